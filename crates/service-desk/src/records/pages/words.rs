//! What happened to a record, in words.

use access::explain::words::Name;
use web::page::{
    moment,
    names::{Mark, Names},
};

use crate::records::{
    Assignee,
    deadlines::Moved,
    history::{Change, Entry},
    life::Kind,
};

/// One line of a history.
pub(super) struct Line {
    pub at: String,
    pub who: Option<Mark>,
    pub what: String,
}

/// Everybody and everything that a history names.
pub(super) fn named(entries: &[Entry]) -> impl Iterator<Item = Name> {
    let of = |entry: &Entry| {
        let who = entry.who.map(Name::Person);
        let assignee = |one: Option<Assignee>| one.map(Assignee::name);
        let [from, to] = match &entry.change {
            Change::Assignee { from, to } => [assignee(*from), assignee(*to)],
            Change::AssigneeLostAccess { who } => [Some(who.name()), None],
            Change::Customer { from, to } => [from.map(Name::Person), to.map(Name::Person)],
            Change::Company { from, to } => [from.map(Name::Company), to.map(Name::Company)],
            Change::Watching { who, .. } | Change::WatcherLostAccess { who } => {
                [Some(Name::Person(*who)), None]
            }
            Change::Moved { from, to } => [Some(Name::Service(*from)), Some(Name::Service(*to))],
            _ => [None, None],
        };
        [who, from, to].into_iter().flatten()
    };
    entries.iter().flat_map(of).collect::<Vec<_>>().into_iter()
}

pub(super) fn lines(kind: Kind, entries: &[Entry], names: &Names<'_>) -> Vec<Line> {
    let line = |entry: &Entry| Line {
        at: moment(entry.at),
        who: entry.who.map(|who| names.mark(Name::Person(who))),
        what: said(kind, &entry.change, names),
    };
    entries.iter().map(line).collect()
}

fn said(kind: Kind, change: &Change, names: &Names<'_>) -> String {
    let moved = |what: &str, from: Option<Name>, to: Option<Name>| {
        let text = |name: Option<Name>| name.map_or("nobody".to_owned(), |name| names.text(name));
        format!("{what}: {} → {}", text(from), text(to))
    };
    match change {
        Change::Opened => "Opened it".to_owned(),
        Change::OpenedByMail { is_verified: true } => "Opened by mail".to_owned(),
        Change::OpenedByMail { is_verified: false } => "Opened by mail, unverified".to_owned(),
        Change::Deleted => "Deleted it".to_owned(),
        Change::Retitled => "Changed the title".to_owned(),
        Change::Redescribed => "Changed the description".to_owned(),
        Change::Priority { from, to } => format!("Priority: {} → {}", from.word(), to.word()),
        Change::Status { from, to, reason } => {
            let why = reason.map_or(String::new(), |why| format!(" ({})", why.word()));
            format!(
                "State: {} → {}{why}",
                kind.name_of(*from),
                kind.name_of(*to)
            )
        }
        Change::Assignee { from, to } => moved(
            "Assigned to",
            from.map(Assignee::name),
            to.map(Assignee::name),
        ),
        Change::AssigneeLostAccess { who } => {
            format!(
                "{} lost access, and is not assigned any more",
                names.text(who.name())
            )
        }
        Change::Customer { from, to } => {
            moved("Customer", from.map(Name::Person), to.map(Name::Person))
        }
        Change::Company { from, to } => {
            moved("Company", from.map(Name::Company), to.map(Name::Company))
        }
        Change::Moved { from, to } => moved(
            "Moved",
            Some(Name::Service(*from)),
            Some(Name::Service(*to)),
        ),
        Change::Due { to: None, .. } => "Took the due date away".to_owned(),
        Change::Due { to: Some(to), .. } => format!("Due: {}", moment(*to)),
        Change::Linked {
            relation,
            other,
            is,
        } => {
            let no_more = if *is { "" } else { " no more" };
            format!("It {} record {other}{no_more}", relation.words())
        }
        Change::Attached { public: true } => "Attached a file for the customer".to_owned(),
        Change::Attached { public: false } => "Attached a file".to_owned(),
        Change::Detached => "Took a file away".to_owned(),
        Change::Categorised => "Changed the category".to_owned(),
        Change::Tagged => "Changed the tags".to_owned(),
        Change::Watching { who, is } => {
            let who = names.text(Name::Person(*who));
            format!("{who} follows it{}", if *is { "" } else { " no more" })
        }
        Change::WatcherLostAccess { who } => {
            let who = names.text(Name::Person(*who));
            format!("{who} lost access, and does not follow it any more")
        }
        Change::DueGivenBack { to, .. } => match to {
            None => "Gave the due date back: there is no target".to_owned(),
            Some(to) => format!("Gave the due date back to its target: {}", moment(*to)),
        },
        Change::DueMoved { to, by } => {
            let why = match by {
                Moved::Priority => "by its priority",
                Moved::Service => "as its service has it",
                Moved::Waited => "the clock stood while it waited",
                Moved::Reopened => "the clock stood while it was done",
            };
            let to = to.map_or("not any more".to_owned(), moment);
            format!("Due: {to} ({why})")
        }
        Change::Common { is: true } => "Marked it as common".to_owned(),
        Change::Common { is: false } => "Marked it as not common".to_owned(),
        Change::Interesting { is: true } => "Marked it as interesting".to_owned(),
        Change::Interesting { is: false } => "Marked it as not interesting".to_owned(),
        Change::Noted { public: true } => "Answered the customer".to_owned(),
        Change::Answered => "Answered in the portal".to_owned(),
        Change::AnsweredByMail => "Answered by mail".to_owned(),
        Change::MadeInternal => {
            "Made internal what was said to another customer or company".to_owned()
        }
        Change::Noted { public: false } => "Added an internal note".to_owned(),
    }
}
