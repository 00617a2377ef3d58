//! The sign-in log as a page: filters stand in its address, people are named as far as the reader sees them.

use access::{decide::permissions::ViewAudit, explain::words::Name};
use askama::Template;
use ledger::{SignInFact, SignInFilter};
use web::{
    Result,
    guard::{May, TheAccount},
    page::{
        AUDIT, Frame, Page, SeeOther, Taken, moment,
        names::{Mark, Names},
    },
    paging::Paging,
    part::Query,
    route::{Route, get},
    session::Session,
};

use crate::{
    sign_in_log::{self, Which, shape, words},
    sign_in_log_export,
};

pub(crate) const PATH: &str = "/audit/sign-ins";

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            PATH,
            "sign_in_log.page",
            "Who signed in, failed to, or was signed out, newest first",
            show,
        )
        .in_section(&AUDIT, "Sign-ins"),
    ]
}

struct Row {
    at: String,
    what: &'static str,
    shape: &'static str,
    /// Absent: the address was nobody's, or the reader may not know of the person.
    who: Option<Mark>,
    /// The log of this person alone.
    only: Option<String>,
}

/// Something that can have happened.
struct Choice {
    name: &'static str,
    words: &'static str,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "sign-in-log.html")]
struct LogPage {
    frame: Frame,
    which: Which,
    choices: Vec<Choice>,
    /// The person whose entries alone are shown, and the way back to everybody's.
    person: Option<(Mark, String)>,
    rows: Vec<Row>,
    is_filtered: bool,
    is_first: bool,
    newest: String,
    older: Option<String>,
    export: String,
    export_max: String,
}

async fn show(
    may: May<ViewAudit, TheAccount>,
    paging: Paging,
    Query(which): Query<Which>,
) -> Result<Taken<LogPage>> {
    if which.names_nothing() {
        // A form names every field; an address that is sent to a colleague names what counts.
        return Ok(Taken::Done(SeeOther::to(which.address(PATH, &[]))));
    }
    let filter = which.filter(&may)?;
    let page = sign_in_log::page(&may, may.permit()?, &filter, &paging).await?;
    let people = page.items.iter().filter_map(|entry| entry.person);
    let people: Vec<_> = people.chain(filter.person).collect();
    let names = Names::of_people(&may, people).await?;
    let mark = |person| names.mark(Name::Person(person));
    let rows = page.items.iter().map(|entry| {
        let who = entry.person.map(|person| (person, mark(person)));
        let who = who.filter(|(person, mark)| may.view().sees(*person) || mark.is_erased());
        let person = entry.person.and_then(|person| may.shown(person));
        Row {
            at: moment(entry.at),
            what: words(entry.what),
            shape: shape(entry.what),
            who: who.map(|(_, mark)| mark),
            only: person
                .filter(|_| filter.person.is_none())
                .map(|id| which.address(PATH, &[("person", &id.0.to_string())])),
        }
    });
    let rows = rows.collect();
    let older = page.next.map(|next| next.as_str().to_owned());
    let everybody = which.address(PATH, &[("person", "")]);
    let template = LogPage {
        frame: frame(&may).await?,
        choices: choices(filter.what),
        person: filter.person.map(|person| (mark(person), everybody)),
        rows,
        is_filtered: filter != SignInFilter::default(),
        is_first: paging.is_first(),
        newest: which.address(PATH, &[]),
        older: older.map(|next| which.address(PATH, &[("page", &next)])),
        export: which.address(sign_in_log_export::PATH, &[]),
        export_max: sign_in_log_export::ROWS_MAX_IN_WORDS.to_owned(),
        which,
    };
    Ok(Taken::Again(Page::new(template)))
}

async fn frame(session: &Session) -> Result<Frame> {
    Frame::of(session, "Sign-ins", PATH, AUDIT.label).await
}

fn choices(chosen: Option<SignInFact>) -> Vec<Choice> {
    let all = SignInFact::ALL.into_iter().map(|fact| Choice {
        name: fact.name(),
        words: words(fact),
        is_chosen: chosen == Some(fact),
    });
    all.collect()
}
