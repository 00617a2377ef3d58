//! How a queue is set up: its name, what kind it is, and whether it counts (AD-25).

use access::{
    Command, Permission, QueueId, Target, event::Node, explain::words::Name, state::Life,
};
use askama::Template;
use ledger::{Change, Field, Of, ProfileWrite};
use serde::Deserialize;
use web::{
    Problem, Result,
    common::Submission,
    guard::{CommandsOn, Seen},
    page::{
        Frame, Page, SeeOther, Taken,
        form::Form,
        names::Names,
        review::{Asking, Review, Reviewed},
    },
    route::{Route, get, post},
    session::Session,
    values,
};

use super::{Head, PAGE, head, path};
use crate::frame::{SECTION, refused};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/contact-centre/queues/{queue}/settings",
            "queues_page.settings",
            "How a queue is set up",
            show,
        ),
        post(
            "/contact-centre/queues/{queue}/settings",
            "queues_page.set_name",
            "Rename a queue",
            rename,
        ),
        post(
            "/contact-centre/queues/{queue}/life",
            "queues_page.set_life",
            "Archive, restore or delete a queue",
            set_life,
        ),
    ]
}

#[derive(Template)]
#[template(path = "queue-settings.html")]
struct SettingsPage {
    frame: Frame,
    head: Head,
    name: String,
    wrong: Option<String>,
    can_rename: bool,
    can_configure: bool,
}

impl SettingsPage {
    async fn of(session: &Session, queue: QueueId) -> Result<Self> {
        let (frame, head) = head(session, queue, "/settings").await?;
        let view = session.view();
        // The right to set queues up is an account's: an archived queue has no decision of its own.
        let can_configure = view.may(Permission::ContactCentreQueueConfigure, Target::Account);
        let can_edit = view.may(Permission::ContactCentreQueueEdit, queue);
        Ok(Self {
            name: head.name.clone(),
            wrong: None,
            can_rename: can_edit || can_configure && head.is_archived,
            can_configure,
            frame,
            head,
        })
    }
}

async fn show(seen: Seen<QueueId>) -> Result<Page<SettingsPage>> {
    Ok(Page::new(SettingsPage::of(&seen, seen.on).await?))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rename {
    name: String,
    /// What it was called when the form was made.
    was: String,
}

async fn rename(
    commands: CommandsOn<QueueId>,
    Form(form): Form<Rename>,
) -> Result<Taken<SettingsPage>> {
    let queue = commands.on;
    let page = SettingsPage::of(&commands, queue).await?;
    let wrong = match values::name(&form.name) {
        Err(wrong) => Some(web::page::sentence(&wrong.to_string())),
        Ok(name) if page.head.name != form.was && page.head.name != name => Some(format!(
            "Somebody else renamed it meanwhile: it is now called “{}”. Save again to put your name in its place.",
            page.head.name
        )),
        Ok(name) => {
            let node = Node::Queue(queue);
            let change = Change::from(Command::Rename { node })
                .with_profile(ProfileWrite::new(Of::known(queue)).set(Field::Name, name));
            let done = commands.submit(change, &Submission::default()).await;
            refused(done)?.map(|refused| refused.why)
        }
    };
    if wrong.is_none() {
        let done = SeeOther::to(page.frame.path).saying("Saved.");
        return Ok(Taken::Done(done));
    }
    Ok(Taken::Again(Page::again(SettingsPage {
        name: form.name,
        wrong,
        ..page
    })))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SetLife {
    to: To,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum To {
    Archive,
    Restore,
    Delete,
}

async fn set_life(commands: CommandsOn<QueueId>, form: Reviewed<SetLife>) -> Result<Taken<Review>> {
    let queue = commands.on;
    let row = commands.state().queues().get(queue);
    row.filter(|row| row.life != Life::Deleted)
        .ok_or_else(Problem::not_found)?;
    let names = Names::of(&commands, [Name::Queue(queue)]).await?;
    let name = names.text(Name::Queue(queue));
    let node = Node::Queue(queue);
    let here = path(commands.id(queue));
    let (command, title, about, button, then, said) = match form.body.to {
        To::Archive => (
            Command::Archive { node },
            format!("Archive {name}?"),
            "It gives nothing from then on, and whoever is logged in is logged out. Its people stay, for when it is restored.",
            "Archive",
            format!("{here}/settings"),
            "Archived.",
        ),
        To::Restore => (
            Command::Restore { node },
            format!("Restore {name}?"),
            "It gives again what it gave, to everybody who is still of it.",
            "Restore",
            format!("{here}/settings"),
            "Restored.",
        ),
        To::Delete => (
            Command::Delete { node },
            format!("Delete {name}?"),
            "For ever. Nobody is of it afterwards.",
            "Delete for ever",
            PAGE.to_owned(),
            "Deleted.",
        ),
    };
    let asking = Asking {
        title,
        about: about.to_owned(),
        button: button.to_owned(),
        action: format!("{here}/life"),
        back: format!("{here}/settings"),
        place: SECTION,
        moves: Vec::new(),
    };
    let settled = form.settle(&commands, command, asking).await?;
    Ok(settled.then(|_| SeeOther::to(then).saying(said)))
}
