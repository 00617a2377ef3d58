//! How a queue is set up: its name, what kind it is, and its end (AD-25).

use access::{Permission, QueueId, Target};
use askama::Template;
use web::{
    Result,
    guard::{CommandsOn, Seen},
    page::{
        Frame, Page, Taken,
        lives::{self, At, Lives, NewLife, NewName},
        review::{Review, Reviewed},
    },
    route::{Route, get, post},
    session::Session,
};

use super::{Head, PAGE, head};
use crate::frame::SECTION;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/contact-centre/queues/{queue}/settings",
            "queues_page.settings",
            "How a queue is set up",
            show,
        ),
        post(
            "/contact-centre/queues/{queue}/settings/name",
            "queues_page.rename",
            "Rename a queue",
            rename,
        ),
        post(
            "/contact-centre/queues/{queue}/settings/life",
            "queues_page.set_life",
            "Review and archive, restore or delete a queue",
            set_life,
        ),
    ]
}

#[derive(Template)]
#[template(path = "queue-settings.html")]
struct SettingsPage {
    frame: Frame,
    head: Head,
    /// The reader may change something of it.
    lives: Option<Lives>,
}

async fn show(seen: Seen<QueueId>) -> Result<Page<SettingsPage>> {
    let (session, queue) = (&*seen, seen.on);
    let (frame, head) = head(session, queue, "/settings").await?;
    let view = session.view();
    // The right to set queues up is an account's: an archived queue has no decision of its own.
    let has_end = view.may(Permission::ContactCentreQueueConfigure, Target::Account);
    let is_changed = has_end || view.may(Permission::ContactCentreQueueEdit, queue);
    let lives = is_changed.then(|| Lives {
        has_end,
        ..Lives::of(&frame, &frame.path, &head.name, "queue", head.life)
    });
    Ok(Page::new(SettingsPage { frame, head, lives }))
}

async fn at(session: &Session, queue: QueueId) -> Result<At> {
    let (frame, head) = head(session, queue, "/settings").await?;
    Ok(At {
        page: frame.path,
        list: PAGE,
        section: SECTION,
        name: head.name,
    })
}

async fn rename(commands: CommandsOn<QueueId>, form: Reviewed<NewName>) -> Result<Taken<Review>> {
    let at = at(&commands, commands.on).await?;
    lives::rename(&commands, commands.on, form, &at).await
}

async fn set_life(commands: CommandsOn<QueueId>, form: Reviewed<NewLife>) -> Result<Taken<Review>> {
    let at = at(&commands, commands.on).await?;
    lives::turn(&commands, commands.on, form, &at).await
}
