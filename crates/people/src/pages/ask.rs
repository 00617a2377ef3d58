//! May this person do that on this thing? The answer with its gates, every path, and what would change a no. The address names ids, a
//! key and a moment; what is typed to find somebody comes in a body.

use access::{Permission, Subject, Target, explain::words::Name};
use askama::Template;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{
    Problem, Result,
    guard::SignedIn,
    page::{
        self, ACCESS, Frame, MomentFields, Page, Picker, SeeOther, Sent, Taken,
        find::Kind,
        form::Form,
        names::{Html, Mark, Names},
        review::target_name,
    },
    part::Query,
    route::{Route, get, post},
    session::Session,
};

use super::{
    answer::{self, Answer, Others},
    choice::{self, Choice},
    things::{name_of_subject, subject_id},
    what::What,
};
use crate::decisions::{self, Asked, Question};

pub(super) const PATH: &str = "/access/ask";
const PEOPLE: &[Kind] = &[Kind::Person];
pub(super) const THINGS: &[Kind] = &[
    Kind::Service,
    Kind::Queue,
    Kind::Person,
    Kind::UserGroup,
    Kind::Device,
];

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            PATH,
            "ask.page",
            "Whether somebody may do something, and why",
            show,
        )
        .in_section(&ACCESS, "Ask"),
        post(
            PATH,
            "ask.choose",
            "Choose whom and what to ask about",
            choose,
        ),
    ]
}

#[derive(Debug, Default, Deserialize, IntoParams)]
struct Address {
    /// A person; absent: oneself.
    subject: Option<String>,
    /// The permission's key; `selectable`: being chosen as customer (SD-11).
    permission: Option<String>,
    /// A thing; absent: the account as a whole.
    on: Option<String>,
    /// The guard reads it.
    as_of: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Chosen {
    subject: Option<String>,
    subject_text: Option<String>,
    subject_asked: Option<String>,
    permission: Option<String>,
    on: Option<String>,
    on_text: Option<String>,
    on_asked: Option<String>,
    /// The day.
    as_of: Option<String>,
    as_of_time: Option<String>,
}

#[derive(Template)]
#[template(path = "ask.html")]
struct AskPage {
    frame: Frame,
    who: Picker,
    on: Picker,
    choices: Vec<Choice>,
    /// The moment that was asked about, as the fields take it.
    as_of: MomentFields,
    wrong: Option<String>,
    elsewhere: Option<Elsewhere>,
    answer: Option<Answer>,
    /// What tells who is meant from others of the same name.
    beside: Option<Beside>,
    /// To name oneself, where nobody is named.
    me: Option<String>,
}

/// Of somebody: their address, and whose customer they are.
struct Beside {
    who: Html,
    address: String,
    company: Option<Mark>,
}

impl Beside {
    fn of(session: &Session, names: &Names<'_>, subject: Subject) -> Option<Self> {
        let Subject::Person(person) = subject else {
            return None;
        };
        let name = Name::Person(person);
        let address = names.address(person).unwrap_or_default();
        let company = company_of(session, subject);
        // Whoever has no name is called by the address.
        let address = Some(address).filter(|address| *address != names.text(name));
        (address.is_some_and(|address| !address.is_empty()) || company.is_some()).then(|| Self {
            who: names.bare(name),
            address: address.unwrap_or_default().to_owned(),
            company: company.map(|company| names.mark(company)),
        })
    }
}

/// Whose customer the subject is, as far as the reader sees it.
fn company_of(session: &Session, subject: Subject) -> Option<Name> {
    let Subject::Person(person) = subject else {
        return None;
    };
    let row = session.asked().people().get(person)?;
    let company = row.company.map(Name::Company)?;
    session.view().sees(company).then_some(company)
}

/// What was named is nothing that it could be asked of.
struct Elsewhere {
    says: Html,
    /// The same question about the account as a whole.
    instead: Option<String>,
    /// And who can do it there.
    who_can: Option<String>,
}

fn pickers() -> (Picker, Picker) {
    (
        Picker::new("subject", "Person", PEOPLE),
        Picker::new("on", "Thing", THINGS),
    )
}

async fn show(session: SignedIn, Query(address): Query<Address>) -> Result<Page<AskPage>> {
    let frame = Frame::of(&session, "Ask", PATH, ACCESS.label).await?;
    let (who, on) = pickers();
    let permission = address.permission.as_deref().filter(|key| !key.is_empty());
    let as_of = address.as_of.as_ref();
    let as_of = as_of.map(|_| MomentFields::of(session.asked_at()));
    let as_of = as_of.unwrap_or_default();
    let known = permission.and_then(What::from_key);
    let question = Question::about(
        address.subject.as_deref(),
        match known {
            Some(What::Permission(permission)) => permission,
            // Whom and what is looked up without a permission as well.
            _ => Permission::AdminPortalOpen,
        },
        address.on.as_deref(),
    );
    let asked = decisions::asked(&session, question)?;
    let Asked::Own(subject, _, target) = asked else {
        return Err(Problem::not_found());
    };
    let is_asked_of = |what: What| target == Target::Unknown || what.is_asked_of(target);
    let answer = match known.filter(|what| is_asked_of(*what)) {
        Some(What::Choice) if !is_choice(subject, target) => None,
        Some(what) => Some(answer::answer(&session, subject, what, target).await?),
        None => None,
    };
    let names = Names::of(
        &session,
        [
            name_of_subject(subject),
            target_name(target),
            company_of(&session, subject),
        ]
        .into_iter()
        .flatten(),
    )
    .await?;
    let beside = Beside::of(&session, &names, subject);
    let elsewhere = known.filter(|what| !is_asked_of(*what));
    let elsewhere = elsewhere.map(|what| Elsewhere::of(&session, &names, &address, what, target));
    let picked = |picker: Picker, id: Option<&String>, name: Option<Name>| match (id, name) {
        (Some(id), Some(name)) => picker.with(id, names.text(name)),
        (Some(_), None) => picker.wrong("Nothing with this id is known."),
        (None, _) => picker,
    };
    // Nobody is named in a field that nobody filled: what is typed there would stand behind it.
    let oneself = subject_id(&session, subject);
    let me = oneself
        .as_deref()
        .filter(|_| address.subject.is_none())
        .map(|id| page::address(PATH, &[("subject", Some(id))]));
    let oneself = oneself.filter(|_| answer.is_some());
    let subject_id = address.subject.as_ref().or(oneself.as_ref());
    let on_id = address
        .on
        .as_ref()
        .filter(|id| *id != "account" && !id.is_empty());
    Ok(Page::new(AskPage {
        frame,
        who: picked(who, subject_id, name_of_subject(subject)),
        on: picked(on, on_id, target_name(target)),
        choices: choice::all(known),
        as_of,
        wrong: (permission.is_some() && known.is_none())
            .then(|| "There is no such permission.".to_owned()),
        elsewhere,
        answer,
        beside,
        me,
    }))
}

async fn choose(session: SignedIn, Form(chosen): Form<Chosen>) -> Result<Taken<AskPage>> {
    let (who, on) = pickers();
    let sent = Sent {
        id: chosen.subject,
        text: chosen.subject_text,
        asked: chosen.subject_asked,
    };
    let who = who.take(&session, PEOPLE, sent).await?;
    let sent = Sent {
        id: chosen.on,
        text: chosen.on_text,
        asked: chosen.on_asked,
    };
    let on = on.take(&session, THINGS, sent).await?;
    let permission = chosen.permission.unwrap_or_default();
    let as_of = MomentFields {
        day: chosen.as_of.unwrap_or_default(),
        time: chosen.as_of_time.unwrap_or_default(),
    };
    let moment = as_of.moment();
    let past = moment.clone().flatten();
    let wrong = if permission.is_empty() {
        Some("Choose what the question is about.".to_owned())
    } else if moment.is_none() {
        Some(
            "Give the day like 2026-03-03 and the time like 12:00, or leave both empty to ask about now.".to_owned(),
        )
    } else if who.is_open() || on.is_open() {
        Some("Say who or what is meant, then ask again.".to_owned())
    } else {
        session.wrong_past(past.as_deref()).await?
    };
    if wrong.is_none() {
        return Ok(Taken::Done(SeeOther::to(page::address(
            PATH,
            &[
                ("subject", who.chosen()),
                ("permission", Some(&permission)),
                ("on", on.chosen()),
                ("as_of", past.as_deref()),
            ],
        ))));
    }
    Ok(Taken::Again(Page::again(AskPage {
        frame: Frame::of(&session, "Ask", PATH, ACCESS.label).await?,
        who,
        on,
        choices: choice::all(What::from_key(&permission)),
        as_of,
        wrong,
        elsewhere: None,
        answer: None,
        beside: None,
        me: None,
    })))
}

/// Whether the choice of a customer can be asked about them: what is unknown is said at the field.
fn is_choice(subject: Subject, target: Target) -> bool {
    matches!((subject, target), (Subject::Person(_), Target::Service(_)))
}

impl Elsewhere {
    fn of(
        session: &Session,
        names: &Names<'_>,
        address: &Address,
        what: What,
        target: Target,
    ) -> Self {
        let account = Target::Account;
        let is_asked = what.is_asked_of(account);
        let question = [
            ("subject", address.subject.as_deref()),
            ("permission", Some(what.key())),
            ("as_of", address.as_of.as_deref()),
        ];
        Self {
            says: what.asked_elsewhere(names, target),
            instead: is_asked.then(|| page::address(PATH, &question)),
            who_can: is_asked
                .then(|| answer::who_can(session, what, account))
                .flatten(),
        }
    }
}
