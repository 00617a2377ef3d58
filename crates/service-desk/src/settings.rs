//! Configure › Services › [service] › Settings: its name, who overrides due dates (SD-29), whether it is open to all (SD-23), and its end
//! (SD-28).

use access::{
    Command, ServiceId,
    decide::permissions::ConfigureDesk,
    explain::words::Name,
    state::{DueDateOverride, Service},
};
use askama::Template;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{
    Problem, Result,
    guard::{And, May, TheAccount},
    page::{
        Frame, Page, Taken,
        lives::{self, At, Lives, NewLife, NewName},
        names::Names,
        review::{Review, Reviewed},
    },
    part::Query,
    route::{Route, get, post},
    session::Session,
};

use crate::tab::{PLACE, SECTION};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            "/configure/services/{service}/settings",
            "service_settings.page",
            "The settings of a service",
            show,
        ),
        post(
            "/configure/services/{service}/settings/name",
            "service_settings.rename",
            "Rename a service",
            rename,
        ),
        post(
            "/configure/services/{service}/settings/due-date-override",
            "service_settings.set_due_date_override",
            "Review and save who may override due dates",
            set_override,
        ),
        post(
            "/configure/services/{service}/settings/open-to-all",
            "service_settings.set_open_to_all",
            "Review and save whether everybody who registers gets the service",
            set_open,
        ),
        post(
            "/configure/services/{service}/settings/life",
            "service_settings.set_life",
            "Review and archive, restore or delete a service",
            set_life,
        ),
    ]
}

#[derive(Template)]
#[template(path = "service-settings.html")]
struct SettingsPage {
    frame: Frame,
    name: String,
    path: String,
    people: String,
    policies: [(&'static str, &'static str, bool); 3],
    is_open: bool,
    lives: Lives,
}

const POLICIES: [(&str, &str, DueDateOverride); 3] = [
    ("off", "Nobody", DueDateOverride::Off),
    (
        "administrators",
        "Service administrators",
        DueDateOverride::Administrators,
    ),
    (
        "every_user",
        "Every user of the service",
        DueDateOverride::EveryUser,
    ),
];

fn row(session: &Session, service: ServiceId) -> Result<&Service> {
    let row = session.state().services().get(service);
    row.ok_or_else(Problem::not_found)
}

fn path_of(session: &Session, service: ServiceId) -> String {
    format!("{PLACE}/{}", session.id(service).0)
}

async fn name_of(session: &Session, service: ServiceId) -> Result<String> {
    let names = Names::of(session, [Name::Service(service)]).await?;
    Ok(names.text(Name::Service(service)))
}

/// What Ask proposed: it is chosen in the form, and not saved.
#[derive(Debug, Deserialize, IntoParams)]
struct Proposed {
    /// Who may override due dates.
    policy: Option<String>,
}

async fn show(
    may: May<ConfigureDesk, TheAccount>,
    service: And<ServiceId>,
    Query(proposed): Query<Proposed>,
) -> Result<Page<SettingsPage>> {
    let (session, service) = (&*may, service.0);
    let row = row(session, service)?;
    let (name, people) = (name_of(session, service).await?, path_of(session, service));
    let path = format!("{people}/settings");
    let frame = Frame::of(session, "Settings", &path, SECTION).await?;
    let mut policies = POLICIES.into_iter();
    let wanted = policies.find(|(code, ..)| proposed.policy.as_deref() == Some(*code));
    let chosen = wanted.map_or(row.due_date_override, |(.., policy)| policy);
    // SD-28
    let kept = row
        .has_records
        .then_some("It has records, so it is archived and never deleted.");
    Ok(Page::new(SettingsPage {
        lives: Lives {
            kept,
            ..Lives::of(&frame, &path, &name, "service", row.life)
        },
        frame: frame
            .proposing(wanted.is_some())
            .below(PLACE, "Services")
            .below(people.clone(), name.clone()),
        name,
        path,
        people,
        policies: POLICIES.map(|(code, label, policy)| (code, label, policy == chosen)),
        is_open: row.open_to_all,
    }))
}

async fn at(session: &Session, service: ServiceId) -> Result<At> {
    Ok(At {
        page: format!("{}/settings", path_of(session, service)),
        list: PLACE,
        section: SECTION,
        name: name_of(session, service).await?,
    })
}

async fn rename(
    may: May<ConfigureDesk, TheAccount>,
    service: And<ServiceId>,
    form: Reviewed<NewName>,
) -> Result<Taken<Review>> {
    let at = at(&may, service.0).await?;
    lives::rename(&may, service.0, form, &at).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Policy {
    policy: String,
}

async fn set_override(
    may: May<ConfigureDesk, TheAccount>,
    service: And<ServiceId>,
    form: Reviewed<Policy>,
) -> Result<Taken<Review>> {
    let (session, service) = (&*may, service.0);
    let found = POLICIES.iter().find(|(code, ..)| *code == form.body.policy);
    let (_, label, policy) =
        *found.ok_or_else(|| Problem::invalid("policy", "choose one of the three"))?;
    let command = Command::SetDueDateOverride { service, policy };
    let at = at(session, service).await?;
    let title = format!("{label} may override due dates on {}?", at.name);
    let asking = at.asking(title, "", "Save", "due-date-override");
    let settled = form.settle(session, command, asking).await?;
    Ok(settled.then(|_| at.saying("Saved.")))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Open {
    /// A box that is not ticked is not sent.
    #[serde(default)]
    open: Option<String>,
}

async fn set_open(
    may: May<ConfigureDesk, TheAccount>,
    service: And<ServiceId>,
    form: Reviewed<Open>,
) -> Result<Taken<Review>> {
    let (session, service) = (&*may, service.0);
    let open = form.body.open.is_some();
    let command = Command::SetServiceOpenToAll { service, open };
    let at = at(session, service).await?;
    let title = if open {
        format!("Give {} to everybody who registers?", at.name)
    } else {
        format!("Give {} to nobody who registers?", at.name)
    };
    let asking = at.asking(title, "", "Save", "open-to-all");
    let settled = form.settle(session, command, asking).await?;
    Ok(settled.then(|_| at.saying("Saved.")))
}

async fn set_life(
    may: May<ConfigureDesk, TheAccount>,
    service: And<ServiceId>,
    form: Reviewed<NewLife>,
) -> Result<Taken<Review>> {
    let at = at(&may, service.0).await?;
    lives::turn(&may, service.0, form, &at).await
}
