//! The audit log on the screen (AD-20): who did what, in sentences, with what was so before. Names are those of the profile store, and
//! blanks where somebody was erased (SD-26); events of records are none of it.

mod export;

use access::{
    Dense, Event, PersonId, decide::permissions::ViewAudit, event::ContactCentreList,
    explain::words::Name,
};
use askama::Template;
use ledger::Entry;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{
    Problem, Result,
    guard::{May, TheAccount},
    page::{
        self, AUDIT, EntryNames, Frame, Page, Picker, SeeOther, Sent, Taken,
        find::Kind,
        form::Form,
        names::{Html, Names},
    },
    paging::Paging,
    part::{Path, Query},
    route::{Route, get, post},
    session::Session,
};

use super::{
    audit_acts,
    audit_words::{fact, stored_field},
    fact::{Fact, say},
    person::{self, Head},
};
use crate::{
    audit::{Act, AuditValue, Filter, Start, acts, is_cut},
    audit_values::Values,
};

const PATH: &str = "/audit";
const PEOPLE: &[Kind] = &[Kind::Person];
const THINGS: &[Kind] = &[
    Kind::Person,
    Kind::Service,
    Kind::Queue,
    Kind::Company,
    Kind::Group,
    Kind::UserGroup,
    Kind::DeviceGroup,
    Kind::Device,
    Kind::Role,
];
/// Acts of a page, and changes of an act that are told there; all of them stand on the act's own page.
const PAGE_SIZE: usize = 25;
const TOLD_MAX: usize = 4;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(PATH, "audit.page", "Who did what, newest first", show).in_section(&AUDIT, "Changes"),
        post(
            PATH,
            "audit.choose",
            "Choose what of the audit log to show",
            choose,
        ),
        export::route(),
        get(
            "/audit/{position}",
            "audit.entry",
            "One act with all that it changed",
            entry,
        ),
    ]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Chosen {
    actor: Option<String>,
    actor_text: Option<String>,
    actor_asked: Option<String>,
    concerns: Option<String>,
    concerns_text: Option<String>,
    concerns_asked: Option<String>,
    #[serde(default)]
    act: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
}

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage {
    frame: Frame,
    /// Of the person whose history it is.
    head: Option<Head>,
    actor: Picker,
    concerns: Picker,
    acts: Vec<(&'static str, &'static str, bool)>,
    from: String,
    until: String,
    wrong: Option<&'static str>,
    rows: Vec<Row>,
    is_filtered: bool,
    is_first: bool,
    next: Option<String>,
    begin: String,
    /// The file of the same acts; absent where the page shows none because of what was asked.
    export: Option<String>,
}

#[derive(Template)]
#[template(path = "audit-entry.html")]
struct EntryPage {
    frame: Frame,
    row: Row,
}

/// One act.
struct Row {
    position: u64,
    at: String,
    actor: Html,
    act: Html,
    face: String,
    request: String,
    changes: Vec<Change>,
    /// Changes that are not told here.
    more: usize,
}

struct Change {
    after: Html,
    before: Vec<Html>,
    values: Vec<Value>,
}

struct Value {
    field: &'static str,
    before: Option<String>,
    after: Option<String>,
}

/// One change with everything that is told of it.
struct Changed {
    after: Fact,
    before: Vec<Fact>,
    values: Vec<AuditValue>,
}

fn pickers() -> (Picker, Picker) {
    (
        Picker::new("actor", "Done by", PEOPLE),
        Picker::new("concerns", "Concerns", THINGS),
    )
}

fn offers(chosen: Option<&str>) -> Vec<(&'static str, &'static str, bool)> {
    let acts = audit_acts::ACTS.into_iter();
    acts.map(|(act, words)| (act, words, chosen == Some(act)))
        .collect()
}

fn at(path: &str, filter: &Filter, next: Option<&str>) -> String {
    page::address(
        path,
        &[
            ("actor", filter.actor.as_deref()),
            ("concerns", filter.concerns.as_deref()),
            ("act", filter.act.as_deref()),
            ("from", filter.from.as_deref()),
            ("until", filter.until.as_deref()),
            ("page", next),
        ],
    )
}

async fn show(
    may: May<ViewAudit, TheAccount>,
    Query(filter): Query<Filter>,
    paging: Paging,
) -> Result<Page<AuditPage>> {
    let start = paging.after::<Start>()?;
    let size = PAGE_SIZE.min(paging.size);
    let (found, next) = acts(&may, may.permit()?, &filter, start, size).await?;
    let told = Told::read(&may, &found, &filter).await?;
    let rows = found.iter().map(|act| told.row(act, TOLD_MAX)).collect();
    let next = next.map(|next| paging.next(&next)).transpose()?;
    let (actor, concerns) = pickers();
    let picked = |picker: Picker, id: &Option<String>| match id {
        Some(id) if !id.is_empty() => picker.with(id, told.picked(id)),
        _ => picker,
    };
    let begin = at(PATH, &filter, None);
    let about = filter.concerns.as_deref();
    let about = about.and_then(|id| Name::of_id(may.state(), id));
    let of_person = match about {
        Some(Name::Person(person)) => person::head_of_history(&may, person).await?,
        _ => None,
    };
    let (frame, head) = match of_person {
        Some((frame, head)) => (frame, Some(head)),
        None => (Frame::of(&may, "Changes", PATH, AUDIT.label).await?, None),
    };
    Ok(Page::new(AuditPage {
        frame,
        head,
        actor: picked(actor, &filter.actor),
        concerns: picked(concerns, &filter.concerns),
        acts: offers(filter.act.as_deref()),
        wrong: None,
        rows,
        is_filtered: begin != PATH,
        is_first: paging.is_first(),
        next: next.map(|next| at(PATH, &filter, Some(next.as_str()))),
        export: Some(at(export::PATH, &filter, None)),
        begin,
        from: filter.from.unwrap_or_default(),
        until: filter.until.unwrap_or_default(),
    }))
}

async fn choose(
    may: May<ViewAudit, TheAccount>,
    Form(chosen): Form<Chosen>,
) -> Result<Taken<AuditPage>> {
    let (actor, concerns) = pickers();
    let sent = Sent {
        id: chosen.actor,
        text: chosen.actor_text,
        asked: chosen.actor_asked,
    };
    let actor = actor.take(&may, PEOPLE, sent).await?;
    let sent = Sent {
        id: chosen.concerns,
        text: chosen.concerns_text,
        asked: chosen.concerns_asked,
    };
    let concerns = concerns.take(&may, THINGS, sent).await?;
    let is_day = |text: &str| text.is_empty() || page::day(text).is_some();
    let filter = Filter {
        actor: actor.chosen().map(str::to_owned),
        concerns: concerns.chosen().map(str::to_owned),
        act: Some(chosen.act).filter(|act| !act.is_empty()),
        from: Some(chosen.from),
        until: Some(chosen.until),
    };
    let days = [&filter.from, &filter.until];
    let wrong = if days.into_iter().flatten().any(|day| !is_day(day)) {
        "Give days like 2026-03-01, or leave them empty."
    } else if actor.is_open() || concerns.is_open() {
        "Say who is meant, then show it again."
    } else {
        return Ok(Taken::Done(SeeOther::to(at(PATH, &filter, None))));
    };
    Ok(Taken::Again(Page::again(AuditPage {
        frame: Frame::of(&may, "Changes", PATH, AUDIT.label).await?,
        head: None,
        actor,
        concerns,
        acts: offers(filter.act.as_deref()),
        from: filter.from.unwrap_or_default(),
        until: filter.until.unwrap_or_default(),
        wrong: Some(wrong),
        rows: Vec::new(),
        is_filtered: true,
        is_first: true,
        next: None,
        begin: PATH.to_owned(),
        export: None,
    })))
}

#[derive(Deserialize, IntoParams)]
struct Which {
    /// The version of the account after the act.
    position: u64,
}

async fn entry(
    may: May<ViewAudit, TheAccount>,
    Path(which): Path<Which>,
) -> Result<Page<EntryPage>> {
    let start = Start {
        before: which.position.saturating_add(1),
        skip: 0,
    };
    let none = Filter::default();
    let (found, _) = acts(&may, may.permit()?, &none, Some(start), 1).await?;
    let act = found.first().ok_or_else(Problem::not_found)?;
    if act.entry.position != which.position || which.position > may.asked().version().0 {
        return Err(Problem::not_found());
    }
    let told = Told::read(&may, &found, &none).await?;
    let title = format!("Change {}", which.position);
    let path = format!("{PATH}/{}", which.position);
    Ok(Page::new(EntryPage {
        frame: Frame::of(&may, &title, &path, AUDIT.label).await?,
        row: told.row(act, usize::MAX),
    }))
}

/// A page of acts with everything that is needed to tell them.
struct Told<'a> {
    session: &'a Session,
    values: Values,
    names: Names<'a>,
    /// What skills are called, where an act is about one and the reader may see them.
    skills: Option<EntryNames>,
}

impl<'a> Told<'a> {
    async fn read(session: &'a Session, acts: &[Act], filter: &Filter) -> Result<Self> {
        let state = session.state();
        let (mut wanted, mut has_skill): (Vec<Name>, _) = (Vec::new(), false);
        for act in acts {
            wanted.extend(actor(&act.entry));
            for (event, before) in &act.changes {
                for event in before.iter().chain([event]) {
                    let fact = fact(state, event);
                    wanted.extend(fact.names());
                    has_skill |= fact.has_skill();
                }
            }
        }
        for id in [&filter.actor, &filter.concerns].into_iter().flatten() {
            wanted.extend(Name::of_id(state, id));
        }
        wanted.retain(|name| !is_cut(session, *name));
        Ok(Self {
            session,
            values: Values::read(session, acts).await?,
            names: Names::of_shown(session, wanted).await?,
            skills: match has_skill {
                true => session.entry_names(ContactCentreList::Skills).await?,
                false => None,
            },
        })
    }

    fn picked(&self, id: &str) -> String {
        let name = Name::of_id(self.session.state(), id);
        name.map_or_else(String::new, |name| self.names.text(name))
    }

    fn html(&self, fact: &Fact) -> Html {
        fact.html(|name| self.names.bare(name))
    }

    fn told(&self, event: &Event) -> Fact {
        // Ids of what was made meanwhile are known to the present state only.
        fact(self.session.state(), event).with_skills(self.skills.as_ref())
    }

    fn actor(&self, entry: &Entry) -> Html {
        match actor(entry) {
            Some(name) => self.names.bare(name),
            None => Html::text(job(&entry.actor)),
        }
    }

    /// What was done: of a hand-over from whom to whom, of rows whose they are.
    fn act(&self, act: &Act) -> Fact {
        let events: Vec<_> = act.changes.iter().map(|(event, _)| event).collect();
        let (from, to) = match act.entry.act.as_str() {
            "hand_over" => audit_acts::handed_over(&events),
            _ => (None, None),
        };
        let whose = audit_acts::whose_rows(&act.entry.act, &events);
        let named = [
            (" from ", from.map(Name::Person)),
            (" to ", to.map(Name::Person)),
            (" of ", whose),
        ];
        let words = say![audit_acts::words(&act.entry.act)];
        named
            .into_iter()
            .fold(words, |words, (word, name)| match name {
                Some(name) => words.and(word).and(name),
                None => words,
            })
    }

    /// What an act changed, one after the other: the page and the file tell the same.
    fn changes<'b>(&'b self, act: &'b Act) -> impl Iterator<Item = Changed> + 'b {
        let text = |fact: &Fact| fact.text(|name| self.names.text(name));
        act.changes.iter().map(move |(event, before)| {
            let after = self.told(event);
            let (now, ended) = (text(&after), ": ended");
            let before = before.iter().map(|event| self.told(event));
            // What ended is named by its end already.
            let says_more = |before: &Fact| now.strip_suffix(ended) != Some(&text(before));
            Changed {
                before: before.filter(says_more).collect(),
                after,
                values: self.values.of(self.session, &act.entry, event),
            }
        })
    }

    fn row(&self, act: &Act, told_max: usize) -> Row {
        let Act { entry, changes, .. } = act;
        let change = |changed: Changed| Change {
            after: self.html(&changed.after),
            before: changed.before.iter().map(|fact| self.html(fact)).collect(),
            values: changed
                .values
                .into_iter()
                .map(|value| Value {
                    field: stored_field(value.field),
                    before: value.before,
                    after: value.after,
                })
                .collect(),
        };
        Row {
            position: entry.position,
            at: page::moment(entry.at),
            actor: self.actor(entry),
            act: self.html(&self.act(act)),
            face: match entry.face.as_str() {
                "pages" => "the console".to_owned(),
                "rest" => "the API (rest)".to_owned(),
                other => other.to_owned(),
            },
            request: entry.request.clone(),
            more: changes.len().saturating_sub(told_max) + act.left + act.skipped,
            changes: self.changes(act).take(told_max).map(change).collect(),
        }
    }
}

/// Who acted, where it was somebody with a name.
fn actor(entry: &Entry) -> Option<Name> {
    let (kind, number) = entry.actor.split_once(':')?;
    let number = number.parse().ok()?;
    match kind {
        "person" => PersonId::from_number(number).map(Name::Person),
        "connection" => access::ConnectionId::from_number(number).map(Name::Connection),
        _ => None,
    }
}

/// Who acted otherwise.
fn job(actor: &str) -> &'static str {
    match actor {
        "set_up" => "The set-up",
        "system:operator" => "The operator at the server",
        "system:registration" => "The registration",
        "system:sessions" => "The support sessions",
        "system:sign_in" => "The sign-in pages",
        "system:mail" => "The mails",
        _ => "The server",
    }
}
