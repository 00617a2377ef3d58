//! Who is logged in to a queue (CC-3, CC-4), logging agents in and out and pausing them (CC-11), and logins for a time (CC-5).

use access::{
    Command, PermissionType, PersonId, QueueId, Subject,
    command::LOGIN_HOURS,
    decide::permissions::{LogAgents, LogInToQueue, MonitorAgents},
    explain::words::Name,
    state::LoginBasis,
};
use askama::Template;
use serde::Deserialize;
use web::{
    Problem, Result,
    guard::{CommandsOn, InPath, May, Seen},
    page::{
        Frame, Page, Pager, SeeOther, Taken,
        form::Form,
        moment,
        names::{Mark, Names},
        review::{Asking, Review, Reviewed},
    },
    paging::Paging,
    resource::PersonRef,
    route::{Route, get, post},
    session::Session,
    things,
};

use super::{
    Head, head, path,
    person::{InQueue, is_licensed},
};
use crate::{
    find::{Find, Found},
    frame::SECTION,
};

/// Hours that the page offers for a login for a time; the last is what it lasts where none are given (CC-5).
const HOURS: [u8; 5] = [1, 2, 4, 8, LOGIN_HOURS];

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/contact-centre/queues/{queue}/agents",
            "queues_page.agents",
            "Who is logged in to a queue",
            show,
        ),
        post(
            "/contact-centre/queues/{queue}/agents/find",
            "queues_page.find_agents",
            "Find somebody to log in to the queue",
            find,
        ),
        post(
            "/contact-centre/queues/{queue}/agents",
            "queues_page.set_login",
            "Log somebody in or out, pause or resume them",
            change,
        ),
    ]
}

#[derive(Template)]
#[template(path = "queue-agents.html")]
struct AgentsPage {
    frame: Frame,
    head: Head,
    rows: Vec<Row>,
    pager: Pager,
    can_log: bool,
    hours: [u8; 5],
    found: Option<Found>,
}

struct Row {
    id: PersonRef,
    who: Mark,
    is_logged_in: bool,
    /// What the login rests on, and how long it lasts.
    login: String,
    is_paused: bool,
    can_log_in: bool,
    can_change: bool,
}

impl AgentsPage {
    async fn of(session: &Session, queue: QueueId, people: Vec<PersonId>) -> Result<Self> {
        let (frame, head) = head(session, queue, "/agents").await?;
        let names = Names::of_people(session, people.iter().copied()).await?;
        let view = session.view();
        let can_log = view.may(LogAgents::PERMISSION, queue);
        let row = |person| {
            let found = InQueue::now(session, queue, person);
            let is_oneself = session.subject == Subject::Person(person);
            Row {
                id: session.id(person),
                who: names.mark(Name::Person(person)),
                is_logged_in: found.login.is_some(),
                login: login_text(&found),
                is_paused: found.paused,
                can_log_in: can_log || is_oneself && view.may(LogInToQueue::PERMISSION, queue),
                can_change: can_log || is_oneself,
            }
        };
        Ok(Self {
            rows: people.into_iter().map(row).collect(),
            pager: Pager::default(),
            can_log,
            hours: HOURS,
            found: None,
            frame,
            head,
        })
    }
}

/// What a login rests on, in words.
pub(super) fn login_text(found: &InQueue) -> String {
    let Some((basis, window)) = found.login else {
        return "Logged out".to_owned();
    };
    let what = match basis {
        LoginBasis::Assignment => "Logged in",
        LoginBasis::UnassignedLogin => "Logged in, not assigned",
        LoginBasis::Supervisor => "Logged in for a time",
    };
    match window.end {
        None => what.to_owned(),
        Some(end) => format!("{what}, until {}", moment(end)),
    }
}

/// Whether somebody stands on this page for the caller: CC-11, or oneself.
fn is_shown(session: &Session, queue: QueueId, person: PersonId) -> bool {
    let view = session.view();
    session.subject == Subject::Person(person)
        || view.may(MonitorAgents::PERMISSION, queue) && view.sees_as_user(person)
}

async fn show(seen: Seen<QueueId>, paging: Paging) -> Result<Page<AgentsPage>> {
    let queue = seen.on;
    let row = seen.state().queues().get(queue);
    let row = row.ok_or_else(Problem::not_found)?;
    // Whoever may log in without being assigned finds themselves here too (CC-3).
    let oneself = match seen.subject {
        Subject::Person(person) if seen.view().may(LogInToQueue::PERMISSION, queue) => Some(person),
        _ => None,
    };
    let mut all = row.people.clone();
    all.extend(oneself);
    let shown = |person: PersonId| {
        let found = InQueue::now(&seen, queue, person);
        let belongs = found.agent.is_some() || found.login.is_some() || Some(person) == oneself;
        belongs && is_shown(&seen, queue, person)
    };
    let (people, next) = things::walk(&paging, |after| all.iter_after(after), shown)?;
    let page = AgentsPage::of(&seen, queue, people).await?;
    Ok(Page::new(AgentsPage {
        pager: Pager::new(&paging, &page.frame.path, next),
        ..page
    }))
}

async fn find(
    may: May<LogAgents, InPath<QueueId>>,
    Form(Find { q }): Form<Find>,
) -> Result<Page<AgentsPage>> {
    let (session, queue): (&Session, _) = (&may, may.permit()?.on());
    let wanted = |view: &access::View<'_>, person| {
        // Whoever may log in themselves does so in the list.
        let is_other = session.subject != Subject::Person(person);
        is_other && view.sees_as_user(person) && is_licensed(session, person)
    };
    let found = Found::people(session, q, wanted).await?;
    let page = AgentsPage::of(session, queue, Vec::new()).await?;
    Ok(Page::new(AgentsPage {
        found: Some(found),
        ..page
    }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    person: PersonRef,
    to: To,
    /// For how long, where somebody is logged in who is not assigned.
    hours: Option<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum To {
    LogIn,
    LogOut,
    Pause,
    Resume,
}

async fn change(commands: CommandsOn<QueueId>, form: Reviewed<Change>) -> Result<Taken<Review>> {
    let (queue, hours) = (commands.on, form.body.hours);
    let person = commands.named("person", form.body.person)?;
    let names = Names::of(&commands, [Name::Queue(queue), Name::Person(person)]).await?;
    let (of, who) = (
        names.text(Name::Queue(queue)),
        names.text(Name::Person(person)),
    );
    let is_oneself = commands.subject == Subject::Person(person);
    let (command, title, button, said) = match form.body.to {
        To::LogIn => {
            let command = match hours {
                None if is_oneself => Command::LogIn { queue },
                hours => Command::LogInOther {
                    person,
                    queue,
                    hours,
                },
            };
            let title = format!("Log {who} in to {of}?");
            (command, title, "Log in", "Logged in.")
        }
        To::LogOut => (
            Command::LogOut { person, queue },
            format!("Log {who} out of {of}?"),
            "Log out",
            "Logged out.",
        ),
        To::Pause | To::Resume => {
            let paused = form.body.to == To::Pause;
            let command = Command::SetPaused {
                person,
                queue,
                paused,
            };
            if paused {
                let title = format!("Pause {who} in {of}?");
                (command, title, "Pause", "Paused.")
            } else {
                let title = format!("End the pause of {who} in {of}?");
                (command, title, "End the pause", "The pause is over.")
            }
        }
    };
    let is_assigned = InQueue::now(&commands, queue, person).agent.is_some();
    let about = match (form.body.to, hours) {
        // CC-5.
        (To::LogIn, hours) if !is_assigned && !is_oneself => {
            let hours = hours.unwrap_or(LOGIN_HOURS);
            format!(
                "For {hours} hour{}, or until somebody logs them out. No assignment and no role comes with it.",
                if hours == 1 { "" } else { "s" }
            )
        }
        _ => String::new(),
    };
    let back = format!("{}/agents", path(commands.id(queue)));
    let asking = Asking {
        title,
        about,
        button: button.to_owned(),
        action: back.clone(),
        back: back.clone(),
        place: SECTION,
        moves: Vec::new(),
    };
    // CC-5: a login for a time is looked at, also where it opens nothing.
    let form = if hours.is_some() { form.always() } else { form };
    let settled = form.settle(&commands, command, asking).await?;
    Ok(settled.then(|written| {
        let said = if written.changed {
            said
        } else {
            "It was so already."
        };
        SeeOther::to(back).saying(said)
    }))
}
