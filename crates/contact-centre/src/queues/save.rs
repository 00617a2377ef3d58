//! Saving what was chosen for the people of a queue: all of it in one review, and all of it or nothing (CC-1, CC-13).
//!
//! A row of a form says what is wanted and what was there when it was shown: `agent.none`.

use std::{cmp::Reverse, collections::BTreeMap};

use access::{
    Command, LicenceId, Permission, PersonId, Product, PublicId, QueueId, State, Subject,
    command::QueueRow,
    decide::{Reason, permissions::AssignToQueue},
    explain::words::Name,
    state::LicenceModel,
};
use ledger::DraftRow;
use web::{
    Problem, Result,
    guard::{InPath, May},
    page::{
        Next, SeeOther, Taken,
        names::Names,
        review::{Asking, Idle, Move, Review, Reviewed, Settled},
    },
    resource::Id,
    session::Session,
};

use super::{
    path,
    people::draft,
    person::{InQueue, is_licensed},
    role::Role,
};
use crate::frame::SECTION;

/// What the form of the page says: rows, and where to go.
#[derive(Default)]
pub(super) struct Sent<'a> {
    pub rows: Vec<DraftRow>,
    pub to: Option<&'a str>,
    pub typed: Option<&'a str>,
    /// The page as it was looked at.
    pub back: Option<&'a str>,
}

pub(super) fn sent<'a>(
    session: &Session,
    fields: &'a BTreeMap<String, String>,
) -> Result<Sent<'a>> {
    let mut sent = Sent::default();
    for (name, value) in fields {
        match name.as_str() {
            "to" => sent.to = Some(value),
            "q" => sent.typed = Some(value),
            "back" => sent.back = Some(value),
            _ => {
                let id: PublicId<PersonId> = name
                    .parse()
                    .map_err(|_| Problem::invalid(name.clone(), "there is no such field"))?;
                session.named(name, Id(id))?;
                let chosen = value.split_once('.');
                let chosen =
                    chosen.and_then(|(wanted, had)| Role::parse(wanted).zip(Role::parse(had)));
                let Some((wanted, had)) = chosen else {
                    let detail = "choose one of the roles in a queue";
                    return Err(Problem::invalid(name.clone(), detail));
                };
                sent.rows.push(DraftRow {
                    thing: id.to_string(),
                    had: had.code().to_owned(),
                    wanted: wanted.code().to_owned(),
                });
            }
        }
    }
    Ok(sent)
}

/// Where one goes back to: the page as it was looked at.
pub(super) fn back(session: &Session, queue: QueueId, sent: Option<&str>) -> String {
    let whole = path(session.id(queue));
    let sent = sent.map(Next::parse);
    match sent {
        Some(sent) if sent.path().split('?').next() == Some(&*whole) => sent.path().to_owned(),
        _ => whole,
    }
}

/// Somebody who is to be something else.
pub(super) struct Change {
    pub person: PersonId,
    /// When it was chosen.
    had: Role,
    stored: Role,
    pub wanted: Role,
}

impl Change {
    fn gives(&self) -> bool {
        !self.wanted.is_within(self.stored)
    }
}

/// What of a draft is still to be saved: not whoever is gone meanwhile, or is it already.
pub(super) fn pending(session: &Session, queue: QueueId, draft: &[DraftRow]) -> Vec<Change> {
    let change = |row: &DraftRow| {
        let person = row.thing.parse::<PublicId<PersonId>>().ok()?;
        let person = session.state().resolve(person)?;
        let stored = Role::of(&InQueue::now(session, queue, person));
        let wanted = Role::parse(&row.wanted)?;
        let had = Role::parse(&row.had)?;
        let is_change = stored != wanted && session.view().sees_as_user(person);
        is_change.then_some(Change {
            person,
            had,
            stored,
            wanted,
        })
    };
    draft.iter().filter_map(change).collect()
}

pub(super) async fn save(
    may: May<AssignToQueue, InPath<QueueId>>,
    form: Reviewed<BTreeMap<String, String>>,
) -> Result<Taken<Review>> {
    let (session, queue) = (&*may, may.permit()?.on());
    let sent = sent(session, &form.body)?;
    let back = back(session, queue, sent.back);
    let draft = draft(session, queue);
    draft.keep(sent.rows).await?;
    let pending = pending(session, queue, &draft.rows().await?);
    let changes = changes_in_words(pending.len());
    if pending.is_empty() {
        draft.end().await?;
        return Ok(Taken::Done(
            SeeOther::to(back).saying("There was nothing to save."),
        ));
    }
    let mut seats = Seats::of(session.state());
    let rows = pending.iter().map(|change| QueueRow {
        licence: (change.gives() && !is_licensed(session, change.person))
            .then(|| seats.take())
            .flatten(),
        ..change.wanted.row(change.person)
    });
    let rows: Vec<_> = rows.collect();
    let asking = asking(session, queue, &pending, &rows, &back).await?;
    let command = Command::SaveQueuePeople { queue, rows };
    // What is stored is looked at, also where nobody gains anything by it now.
    let form = form.always().keeps_draft();
    let settled = form.settle(session, command, asking).await?;
    if matches!(settled, Settled::Done(_)) {
        draft.end().await?;
    }
    Ok(settled.then(|_| SeeOther::to(back).saying(&format!("Saved. {changes}."))))
}

async fn asking(
    session: &Session,
    queue: QueueId,
    pending: &[Change],
    rows: &[QueueRow],
    back: &str,
) -> Result<Asking> {
    let people = pending.iter().map(|change| Name::Person(change.person));
    let names = people.chain([Name::Queue(queue)]).collect::<Vec<_>>();
    let names = Names::of(session, names).await?;
    let mut about = about(session, pending, rows);
    let overtaken = pending.iter().filter(|change| change.had != change.stored);
    for change in overtaken.take(10) {
        about.push(format!(
            "Somebody else changed {} since you chose: it was {}, and is {} now.",
            names.text(Name::Person(change.person)),
            change.had.words(),
            change.stored.words()
        ));
    }
    let moves = pending.iter().zip(rows).map(|(change, row)| {
        let idle = idle(session, queue, change);
        // Given along with the role.
        let idle =
            idle.filter(|why| !(row.licence.is_some() && matches!(why, Reason::NoLicence(_))));
        Move {
            of: Name::Person(change.person),
            from: change.stored.words().to_owned(),
            to: change.wanted.words().to_owned(),
            idle: idle.map(|why| Idle::because(&names, change.person, why)),
        }
    });
    let changes = changes_in_words(pending.len());
    Ok(Asking {
        title: format!("Save {changes} to {}?", names.text(Name::Queue(queue))),
        about: about.join(" "),
        button: format!("Save {changes}"),
        action: format!("{}/people/save", path(session.id(queue))),
        back: back.to_owned(),
        place: SECTION,
        moves: moves.collect(),
    })
}

/// CC-13: the licences that come and go with the roles.
fn about(session: &Session, pending: &[Change], rows: &[QueueRow]) -> Vec<String> {
    let mut about = Vec::new();
    let given = rows.iter().filter(|row| row.licence.is_some()).count();
    match (given, Seats::of(session.state()).left()) {
        (0, _) => {}
        // The refusal says it.
        (given, Some(left)) if given > left => {}
        (1, None) => about.push("1 Contact Center licence is given with it.".to_owned()),
        (1, Some(left)) => about.push(format!(
            "1 Contact Center licence is given with it, of {left} left."
        )),
        (given, None) => about.push(format!(
            "{given} Contact Center licences are given with them."
        )),
        (given, Some(left)) => about.push(format!(
            "{given} Contact Center licences are given with them, of {left} left."
        )),
    }
    if pending.iter().any(|change| change.wanted == Role::None) {
        about.push(
            "With the last queue the Contact Center licence goes too, a Contact admin's excepted."
                .to_owned(),
        );
    }
    about
}

/// Why a role opens nothing to somebody now.
fn idle(session: &Session, queue: QueueId, change: &Change) -> Option<Reason> {
    let permission = if change.wanted.is_agent() == change.stored.is_agent() {
        Permission::ContactCentreQueueView
    } else {
        Permission::ContactCentreCallServe
    };
    let state = session.state();
    let view = state.view(Subject::Person(change.person), session.now());
    Idle::reason(&view.decide(permission, queue.into()))
}

/// The licences of the contact centre that can be given, each with the seats that are left; `None`: without a limit. Whether they may be
/// given is for the command to say.
struct Seats {
    left: Vec<(LicenceId, Option<usize>)>,
    taken: Option<LicenceId>,
}

impl Seats {
    fn of(state: &State) -> Self {
        let licences = state.licences().iter();
        let licences = licences
            .filter(|(_, row)| row.product == Product::ContactCentre && row.life.is_active());
        let mut licences: Vec<_> = licences.collect();
        // The largest first: where none has a seat now, whoever leaves most likely frees one of it.
        licences.sort_by_key(|(_, row)| Reverse(row.bought));
        let left = licences.into_iter().map(|(id, row)| {
            let is_named = row.model == LicenceModel::Named;
            let left = (row.bought as usize).saturating_sub(row.in_use());
            (id, is_named.then_some(left))
        });
        Self {
            left: left.collect(),
            taken: None,
        }
    }

    /// One with a seat; where none has any, one all the same: the command says what is missing.
    fn take(&mut self) -> Option<LicenceId> {
        let free = self.left.iter_mut().find(|(_, left)| *left != Some(0));
        if let Some((id, left)) = free {
            *left = left.map(|left| left - 1);
            self.taken = Some(*id);
        }
        self.taken.or(self.left.first().map(|(id, _)| *id))
    }

    /// How many there are in all, where that has a limit.
    fn left(&self) -> Option<usize> {
        self.left.iter().map(|(_, left)| *left).sum()
    }
}

fn changes_in_words(changes: usize) -> String {
    if changes == 1 {
        "1 change".to_owned()
    } else {
        format!("{} changes", web::page::count(changes))
    }
}
