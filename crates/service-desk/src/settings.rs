//! Configure › Services › [service] › Settings: its name, who overrides due dates (SD-29), whether it is open to all (SD-23), and its end
//! (SD-28).

use access::{
    Command, ServiceId,
    decide::permissions::ConfigureDesk,
    event::Node,
    explain::words::Name,
    state::{DueDateOverride, Service},
};
use askama::Template;
use ledger::{Change, Field, Of, ProfileWrite};
use serde::Deserialize;
use web::{
    Problem, Result,
    guard::{And, May, TheAccount},
    page::{
        Frame, Page, SeeOther, Taken,
        names::Names,
        review::{Asking, Review, Reviewed},
    },
    route::{Route, get, post},
    session::Session,
    values,
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
    is_archived: bool,
    has_records: bool,
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

async fn show(
    may: May<ConfigureDesk, TheAccount>,
    service: And<ServiceId>,
) -> Result<Page<SettingsPage>> {
    let (session, service) = (&*may, service.0);
    let row = row(session, service)?;
    let (name, people) = (name_of(session, service).await?, path_of(session, service));
    let path = format!("{people}/settings");
    let frame = Frame::of(session, "Settings", &path, SECTION).await?;
    Ok(Page::new(SettingsPage {
        frame: frame
            .below(PLACE, "Services")
            .below(people.clone(), name.clone()),
        name,
        path,
        people,
        policies: POLICIES
            .map(|(code, label, policy)| (code, label, policy == row.due_date_override)),
        is_open: row.open_to_all,
        is_archived: !row.life.is_active(),
        has_records: row.has_records,
    }))
}

/// The review of one setting.
async fn asking(
    session: &Session,
    service: ServiceId,
    form: &str,
    title: impl FnOnce(&str) -> String,
    button: &str,
) -> Result<Asking> {
    let settings = format!("{}/settings", path_of(session, service));
    Ok(Asking {
        title: title(&name_of(session, service).await?),
        about: String::new(),
        button: button.to_owned(),
        action: format!("{settings}/{form}"),
        back: settings,
        place: SECTION,
        moves: Vec::new(),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewName {
    name: String,
}

async fn rename(
    may: May<ConfigureDesk, TheAccount>,
    service: And<ServiceId>,
    form: Reviewed<NewName>,
) -> Result<Taken<Review>> {
    let (session, service) = (&*may, service.0);
    let name = values::parse_name("name", &form.body.name)?;
    let change = Change::from(Command::Rename {
        node: Node::Service(service),
    })
    .with_profile(ProfileWrite::new(Of::known(service)).set(Field::Name, name));
    let title = |name: &str| format!("Rename {name}?");
    let asking = asking(session, service, "name", title, "Rename").await?;
    let back = asking.back.clone();
    let settled = form.settle(session, change, asking).await?;
    Ok(settled.then(|_| SeeOther::to(back).saying("Renamed.")))
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
    let title = |name: &str| format!("{label} may override due dates on {name}?");
    let asking = asking(session, service, "due-date-override", title, "Save").await?;
    let back = asking.back.clone();
    let settled = form.settle(session, command, asking).await?;
    Ok(settled.then(|_| SeeOther::to(back).saying("Saved.")))
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
    let title = |name: &str| {
        if open {
            format!("Give {name} to everybody who registers?")
        } else {
            format!("Give {name} to nobody who registers?")
        }
    };
    let asking = asking(session, service, "open-to-all", title, "Save").await?;
    let back = asking.back.clone();
    let settled = form.settle(session, command, asking).await?;
    Ok(settled.then(|_| SeeOther::to(back).saying("Saved.")))
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum NewLife {
    Archive,
    Restore,
    Delete,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Life {
    life: NewLife,
}

async fn set_life(
    may: May<ConfigureDesk, TheAccount>,
    service: And<ServiceId>,
    form: Reviewed<Life>,
) -> Result<Taken<Review>> {
    let (session, service) = (&*may, service.0);
    let node = Node::Service(service);
    let life = form.body.life;
    let (command, verb, done) = match life {
        NewLife::Archive => (
            Command::Archive { node },
            "Archive",
            "Archived: it gives nothing until it is restored.",
        ),
        NewLife::Restore => (
            Command::Restore { node },
            "Restore",
            "Restored: it gives again what it gave.",
        ),
        NewLife::Delete => (Command::Delete { node }, "Delete", "Deleted."),
    };
    let title = |name: &str| format!("{verb} {name}?");
    let asking = asking(session, service, "life", title, verb).await?;
    let back = if life == NewLife::Delete {
        PLACE.to_owned()
    } else {
        asking.back.clone()
    };
    let settled = form.settle(session, command, asking).await?;
    Ok(settled.then(|_| SeeOther::to(back).saying(done)))
}
