//! Contact Center › Admin › General settings › Permissions (S4): what each role may do, set per role and never per user (CC-2).

mod counts;
mod form;
mod words;

use access::{
    Command, Switch, catalogue::Concerns, command::SwitchRow,
    decide::permissions::EditContactCentrePermissions,
};
use askama::Template;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{
    Result,
    guard::{May, TheAccount},
    page::{
        CONTACT_CENTRE, Frame, Page, SeeOther, Taken,
        review::{Asking, Filled, Reviewed},
    },
    part::Query,
    route::{Route, get, post},
    session::Session,
};

use self::{counts::Counts, form::Rows};
use crate::frame;

pub(crate) const PAGE: &str = "/contact-centre/admin/permissions";

type Reader = May<EditContactCentrePermissions, TheAccount>;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            PAGE,
            "contact_centre_permissions_page.show",
            "The Permissions page",
            show,
        )
        .in_section(&CONTACT_CENTRE, "Permissions"),
        post(
            "/contact-centre/admin/permissions/organization",
            "contact_centre_permissions_page.save_organization",
            "Save the section Organization",
            save_organization,
        ),
        post(
            "/contact-centre/admin/permissions/supervisor",
            "contact_centre_permissions_page.save_supervisor",
            "Save the section Supervisor",
            save_supervisor,
        ),
        post(
            "/contact-centre/admin/permissions/agent",
            "contact_centre_permissions_page.save_agent",
            "Save the section Agent",
            save_agent,
        ),
    ]
}

/// A section has its own form, and its own Save.
const SECTIONS: [(Concerns, &str, &str); 3] = [
    (Concerns::Organisation, "Organization", "organization"),
    (Concerns::Supervisor, "Supervisor", "supervisor"),
    (Concerns::Agent, "Agent", "agent"),
];

fn title(section: Concerns) -> &'static str {
    let found = SECTIONS.iter().find(|(concerns, ..)| *concerns == section);
    found.map_or("", |(_, title, _)| title)
}

#[derive(Template)]
#[template(path = "permissions.html")]
struct PermissionsPage {
    frame: Frame,
    sections: Vec<Section>,
    /// Labels of rows that somebody else changed since the form was made, with what they are now.
    moved: Vec<(&'static str, bool)>,
    counts: Counts,
}

struct Section {
    title: &'static str,
    action: String,
    anchor: &'static str,
    about: String,
    rows: Vec<SwitchLine>,
}

impl Section {
    /// Rows that differ from what is stored.
    fn changes(&self) -> usize {
        self.rows.iter().filter(|row| row.is_changed()).count()
    }
}

struct SwitchLine {
    key: &'static str,
    label: &'static str,
    about: &'static str,
    stored: bool,
    /// What the form said; the stored value where nothing was sent.
    shown: bool,
    default: bool,
    locked: bool,
    /// Needs the portal (CC-7); whether that is on now.
    needs: Option<bool>,
    is_unassigned_login: bool,
}

impl SwitchLine {
    fn is_changed(&self) -> bool {
        self.stored != self.shown
    }
}

impl PermissionsPage {
    async fn of(session: &Session, sent: &Rows) -> Result<Self> {
        let counts = Counts::of(session);
        let state = session.state();
        let line = |switch: Switch| SwitchLine {
            key: switch.key(),
            label: switch.label(),
            about: words::about(switch),
            stored: state.switch(switch),
            shown: sent.get(switch).map_or(state.switch(switch), |row| row.on),
            default: switch.default_value(),
            locked: switch.is_locked(),
            needs: switch.needs().map(|needed| state.switch(needed)),
            is_unassigned_login: switch == Switch::OrganisationUnassignedLogin,
        };
        let section = |(concerns, title, anchor): (Concerns, _, _)| Section {
            title,
            action: format!("{PAGE}/{anchor}"),
            anchor,
            about: counts.about(concerns),
            rows: Switch::ALL
                .into_iter()
                .filter(|switch| switch.concerns() == concerns)
                .map(line)
                .collect(),
        };
        Ok(Self {
            frame: frame::of_settings(session, "Permissions", PAGE).await?,
            sections: SECTIONS.map(section).into(),
            moved: Vec::new(),
            counts,
        })
    }
}

/// What Ask proposed: it is chosen in the form, and not saved.
#[derive(Debug, Deserialize, IntoParams)]
struct Proposed {
    /// The key of a switch.
    switch: Option<String>,
    /// Whether it is to be on.
    on: Option<bool>,
}

async fn show(may: Reader, Query(proposed): Query<Proposed>) -> Result<Page<PermissionsPage>> {
    let mut switches = Switch::ALL.into_iter();
    let switch = switches.find(|switch| proposed.switch.as_deref() == Some(switch.key()));
    let row = switch.zip(proposed.on).map(|(switch, on)| {
        let was = may.state().switch(switch);
        SwitchRow { switch, was, on }
    });
    let mut page = PermissionsPage::of(&may, &row.into_iter().collect()).await?;
    page.frame = page.frame.proposing(row.is_some());
    Ok(Page::new(page))
}

type Saved = Filled<PermissionsPage>;

async fn save_organization(may: Reader, form: Reviewed<Rows>) -> Result<Saved> {
    save(may, form, Concerns::Organisation).await
}

async fn save_supervisor(may: Reader, form: Reviewed<Rows>) -> Result<Saved> {
    save(may, form, Concerns::Supervisor).await
}

async fn save_agent(may: Reader, form: Reviewed<Rows>) -> Result<Saved> {
    save(may, form, Concerns::Agent).await
}

/// The rows that changed go with the value that they had: what somebody else did to another row refuses nothing, what they did to
/// one of these is shown.
async fn save(may: Reader, form: Reviewed<Rows>, section: Concerns) -> Result<Saved> {
    form.body.are_of(section)?;
    let rows: Vec<SwitchRow> = form.body.changed().collect();
    let title = title(section);
    if rows.is_empty() {
        let done = SeeOther::to(PAGE).saying("Nothing was changed.");
        return Ok(Filled::Settled(Taken::Done(done)));
    }
    let state = may.state();
    let moved = rows
        .iter()
        .filter(|row| state.switch(row.switch) != row.was);
    let moved: Vec<_> = moved.map(|row| (row.switch.label(), !row.was)).collect();
    if !moved.is_empty() {
        let page = PermissionsPage::of(&may, &form.body).await?;
        return Ok(Filled::Again(Page {
            status: StatusCode::CONFLICT,
            template: PermissionsPage { moved, ..page },
        }));
    }
    let count = match rows.len() {
        1 => "1 change".to_owned(),
        many => format!("{many} changes"),
    };
    let asking = Asking {
        title: format!("Save {count} to {title}?"),
        about: words::changes(&rows, &Counts::of(&may)),
        button: format!("Save {count}"),
        action: format!("{PAGE}/{}", anchor(section)),
        back: PAGE.to_owned(),
        place: frame::SECTION,
        moves: Vec::new(),
    };
    let settled = form
        .settle(&may, Command::SaveSwitches { rows }, asking)
        .await?;
    let done = |_: &web::submit::Written| {
        SeeOther::to(PAGE).saying(&format!("Saved: {count} to {title}."))
    };
    Ok(Filled::Settled(settled.then(done)))
}

fn anchor(section: Concerns) -> &'static str {
    let found = SECTIONS.iter().find(|(concerns, ..)| *concerns == section);
    found.map_or("", |(_, _, anchor)| anchor)
}
