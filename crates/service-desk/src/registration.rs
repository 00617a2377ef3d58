//! Configure › Registration: who may register in the portal, and who never (SD-23).

use access::{
    Command, CompanyId, ServiceId, decide::permissions::ConfigureDesk, explain::words::Name,
    state::RegistrationPolicy,
};
use askama::Template;
use ledger::Change;
use serde::Deserialize;
use web::{
    Problem, Result,
    guard::{May, TheAccount},
    page::{
        CONFIGURE, Frame, Page, Taken,
        form::Form,
        lives::At,
        names::{Mark, Names},
        review::{Filled, Review, Reviewed},
    },
    paging::Paging,
    route::{Route, get, post},
    session::{Session, failed},
    things::{self, Search, Thing},
};

use crate::tab::SECTION;

const PLACE: &str = "/configure/registration";
/// Addresses and domains that one save puts on the denylist or takes off it.
const ENTRIES_MAX: usize = 1_000;
/// Companies and services that the page names; beyond, it says that there are more.
const NAMED_MAX: usize = 100;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            PLACE,
            "registration.page",
            "Who may register in the portal",
            show,
        )
        .in_section(&CONFIGURE, "Registration"),
        post(
            "/configure/registration/policy",
            "registration.set_policy",
            "Say who may register in the portal",
            set_policy,
        ),
        post(
            "/configure/registration/denylist",
            "registration.edit_denylist",
            "Put addresses and domains on the denylist, or take them off",
            edit_denylist,
        ),
        post(
            "/configure/registration/denylist/ask",
            "registration.ask_denylist",
            "Ask whether the denylist holds an address or domain",
            ask_denylist,
        ),
    ]
}

const POLICIES: [(&str, &str, &str, RegistrationPolicy); 3] = [
    (
        "nobody",
        "Nobody",
        "Customers are added by hand, by import or by staff.",
        RegistrationPolicy::Nobody,
    ),
    (
        "companies",
        "People of companies that accept it",
        "By the domains of those companies. They come with level Company.",
        RegistrationPolicy::Companies,
    ),
    (
        "anyone",
        "Anyone",
        "They come with level Standard and the services that are open to all; people of companies that accept it with level Company.",
        RegistrationPolicy::Anyone,
    ),
];

/// The answer to a question about the denylist.
struct Asked {
    entry: String,
    is_denied: bool,
}

#[derive(Default)]
struct Typed {
    deny: String,
    allow: String,
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "registration.html")]
struct RegistrationPage {
    frame: Frame,
    policies: [(&'static str, &'static str, &'static str, bool); 3],
    companies: Vec<Mark>,
    more_companies: bool,
    services: Vec<Mark>,
    more_services: bool,
    typed: Typed,
    asked: Option<Asked>,
}

async fn page(session: &Session) -> Result<RegistrationPage> {
    let state = session.state();
    let accepts = |company: CompanyId| {
        let row = state.companies().get(company);
        row.is_some_and(|row| row.accepts_registration && row.life.is_active())
    };
    let is_open = |service: ServiceId| {
        let row = state.services().get(service);
        row.is_some_and(|row| row.open_to_all && row.life.is_active())
    };
    let (companies, more_companies) = first(session, accepts).await?;
    let (services, more_services) = first(session, is_open).await?;
    let companies: Vec<_> = companies.into_iter().map(Name::Company).collect();
    let services: Vec<_> = services.into_iter().map(Name::Service).collect();
    let names = Names::of(session, [companies.clone(), services.clone()].concat()).await?;
    let marks = |some: Vec<Name>| some.into_iter().map(|name| names.mark(name)).collect();
    let policy = state.account().registration;
    Ok(RegistrationPage {
        frame: Frame::of(session, "Registration", PLACE, SECTION).await?,
        policies: POLICIES.map(|(code, label, hint, one)| (code, label, hint, one == policy)),
        companies: marks(companies),
        more_companies,
        services: marks(services),
        more_services,
        typed: Typed::default(),
        asked: None,
    })
}

/// The first of those that are so, and whether there may be others.
async fn first<K: Thing>(session: &Session, is_so: impl Fn(K) -> bool) -> Result<(Vec<K>, bool)> {
    let paging = Paging::first(session, NAMED_MAX);
    let all = Search::default();
    let found = things::page::<K>(session, &paging, &all, |_, thing| is_so(thing));
    let (found, next) = found.await?;
    Ok((found, next.is_some()))
}

async fn show(may: May<ConfigureDesk, TheAccount>) -> Result<Page<RegistrationPage>> {
    page(&may).await.map(Page::new)
}

fn at() -> At {
    At {
        page: PLACE.to_owned(),
        list: PLACE,
        section: SECTION,
        name: String::new(),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewPolicy {
    policy: String,
}

async fn set_policy(
    may: May<ConfigureDesk, TheAccount>,
    form: Reviewed<NewPolicy>,
) -> Result<Taken<Review>> {
    let found = POLICIES.iter().find(|(code, ..)| *code == form.body.policy);
    let (_, label, hint, policy) =
        *found.ok_or_else(|| Problem::invalid("policy", "choose one of the three"))?;
    let command = Command::SetRegistration {
        policy: Some(policy),
        denied: 0,
        allowed: 0,
    };
    let at = at();
    let asking = at.asking(
        format!("Who may register: {label}?"),
        hint,
        "Save",
        "policy",
    );
    let settled = form.always().settle(&may, command, asking).await?;
    Ok(settled.then(|_| at.saying("Saved.")))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entries {
    #[serde(default)]
    deny: String,
    #[serde(default)]
    allow: String,
}

/// One a line.
fn entries(text: &str) -> std::result::Result<Vec<String>, String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let entries: Vec<_> = lines.map(str::to_owned).collect();
    if entries.len() > ENTRIES_MAX {
        return Err(format!(
            "At most {} entries are saved at once: send the others afterwards.",
            web::page::count(ENTRIES_MAX)
        ));
    }
    let odd = entries
        .iter()
        .any(|entry| entry.contains(char::is_whitespace) || !entry.contains('.'));
    if odd {
        return Err(
            "Give one address (somebody@example.org) or one domain (example.org) a line."
                .to_owned(),
        );
    }
    Ok(entries)
}

async fn edit_denylist(
    may: May<ConfigureDesk, TheAccount>,
    form: Reviewed<Entries>,
) -> Result<Filled<RegistrationPage>> {
    let session = &*may;
    let (deny, allow) = match (entries(&form.body.deny), entries(&form.body.allow)) {
        (Ok(deny), Ok(allow)) => (deny, allow),
        (Err(error), _) | (_, Err(error)) => {
            let typed = Typed {
                deny: form.body.deny.clone(),
                allow: form.body.allow.clone(),
                error: Some(error),
            };
            let page = page(session).await?;
            return Ok(Filled::Again(Page::again(RegistrationPage {
                typed,
                ..page
            })));
        }
    };
    let number = |entries: &[String]| u32::try_from(entries.len()).unwrap_or(u32::MAX);
    let mut change = Change::from(Command::SetRegistration {
        policy: None,
        denied: number(&deny),
        allowed: number(&allow),
    });
    let said = format!(
        "Saved: {} put on the denylist, {} taken off it.",
        web::page::count(deny.len()),
        web::page::count(allow.len())
    );
    (change.deny, change.allow) = (deny, allow);
    let at = at();
    let asking = at.asking("Change the denylist?".to_owned(), "", "Save", "denylist");
    let settled = form.settle(session, change, asking).await?;
    Ok(Filled::Settled(settled.then(|_| at.saying(&said))))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    entry: String,
}

/// By a form, because an address does not belong into a URL.
async fn ask_denylist(
    may: May<ConfigureDesk, TheAccount>,
    Form(asked): Form<Entry>,
) -> Result<Page<RegistrationPage>> {
    let session = &*may;
    let entry = asked.entry.trim().to_owned();
    let is_denied = session.account.is_denied(&entry).await.map_err(failed)?;
    Ok(Page::new(RegistrationPage {
        asked: Some(Asked { entry, is_denied }),
        ..page(session).await?
    }))
}
