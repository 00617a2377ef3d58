//! One search over people, companies, services, queues, roles, groups and pages, cut by what the asker sees. What is typed is personal
//! data: it comes in a body, never in an address.

use access::{PersonId, PublicId, RoleId, explain::words::Name};
use askama::Template;
use ledger::{Field, fold};
use serde::Deserialize;

use super::{
    Frame, Page,
    form::Form,
    menu,
    names::{Names, system_role},
};
use crate::{
    guard::SignedIn,
    paging::Paging,
    problem::Result,
    route::{Route, post},
    session::Session,
    things::{self, Search, Thing},
};

/// Found at most, of all kinds together.
pub const HITS_MAX: usize = 10;
/// Longest text that is searched for, in characters.
const TEXT_CHARS_MAX: usize = 200;

pub(super) fn routes() -> Vec<Route> {
    vec![
        post(
            "/find",
            "find.page",
            "Find people, things and pages by the beginning of a name",
            page,
        ),
        post(
            "/find/hits",
            "find.hits",
            "The same while somebody types",
            hits,
        ),
    ]
}

/// What can be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// People.
    Person,
    /// Companies.
    Company,
    /// Services.
    Service,
    /// Queues.
    Queue,
    /// Account roles.
    Role,
    /// Groups of the desk.
    Group,
    /// User groups.
    UserGroup,
    /// Device groups.
    DeviceGroup,
    /// Devices.
    Device,
    /// Pages of the menu.
    Page,
}

/// What the search of the top bar is about.
const EVERYTHING: [Kind; 7] = [
    Kind::Person,
    Kind::Company,
    Kind::Service,
    Kind::Queue,
    Kind::Role,
    Kind::Group,
    Kind::Page,
];

impl Kind {
    const ALL: [Kind; 10] = [
        Kind::Person,
        Kind::Company,
        Kind::Service,
        Kind::Queue,
        Kind::Role,
        Kind::Group,
        Kind::UserGroup,
        Kind::DeviceGroup,
        Kind::Device,
        Kind::Page,
    ];

    /// The word for one of them; forms name kinds by it.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Person => "person",
            Kind::Company => "company",
            Kind::Service => "service",
            Kind::Queue => "queue",
            Kind::Role => "role",
            Kind::Group => "group",
            Kind::UserGroup => "user group",
            Kind::DeviceGroup => "device group",
            Kind::Device => "device",
            Kind::Page => "page",
        }
    }

    /// The kinds that a form names; none: everything.
    fn list(text: &str) -> Vec<Kind> {
        let named = Kind::ALL
            .into_iter()
            .filter(|kind| text.split(',').any(|word| word.trim() == kind.word()));
        let named: Vec<_> = named.collect();
        if named.is_empty() {
            EVERYTHING.to_vec()
        } else {
            named
        }
    }
}

/// Something that was found.
#[derive(Clone, Debug)]
pub struct Hit {
    /// What it is.
    pub kind: Kind,
    /// Its id; a page has none.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// The word for it: of a person, whether they are a user or a customer, and whose.
    pub what: String,
    /// What tells it from others of the same name.
    pub detail: String,
    /// Where it is shown.
    pub href: String,
}

/// The first that are found by the beginning of a word, some of each kind.
pub async fn find(session: &Session, kinds: &[Kind], text: &str) -> Result<Vec<Hit>> {
    let text: String = text.trim().chars().take(TEXT_CHARS_MAX).collect();
    if fold(&text).is_empty() {
        return Ok(Vec::new());
    }
    let mut found = Vec::with_capacity(kinds.len());
    for kind in kinds {
        found.push(of_kind(session, *kind, &text).await?);
    }
    // A kind with many leaves room for the others.
    let mut taken = vec![0; found.len()];
    let mut room = HITS_MAX;
    while room > 0 {
        let before = room;
        for (hits, taken) in found.iter().zip(&mut taken) {
            if room > 0 && *taken < hits.len() {
                *taken += 1;
                room -= 1;
            }
        }
        if room == before {
            break;
        }
    }
    let some = found.into_iter().zip(taken);
    Ok(some
        .flat_map(|(hits, taken)| hits.into_iter().take(taken))
        .collect())
}

async fn of_kind(session: &Session, kind: Kind, text: &str) -> Result<Vec<Hit>> {
    match kind {
        Kind::Person => people(session, text).await,
        Kind::Company => named(session, kind, Name::Company, text).await,
        Kind::Service => named(session, kind, Name::Service, text).await,
        Kind::Queue => named(session, kind, Name::Queue, text).await,
        Kind::Group => named(session, kind, Name::Group, text).await,
        Kind::UserGroup => named(session, kind, Name::UserGroup, text).await,
        Kind::DeviceGroup => named(session, kind, Name::DeviceGroup, text).await,
        Kind::Device => named(session, kind, Name::Device, text).await,
        Kind::Role => {
            let mut hits = system_roles(session, text);
            hits.extend(named(session, kind, Name::Role, text).await?);
            hits.truncate(HITS_MAX);
            Ok(hits)
        }
        Kind::Page => Ok(pages(session, text)),
    }
}

/// People, each with the word for what they are here.
async fn people(session: &Session, text: &str) -> Result<Vec<Hit>> {
    let mut hits = named(session, Kind::Person, Name::Person, text).await?;
    let state = session.state();
    let person = |hit: &Hit| state.resolve(hit.id.parse::<PublicId<PersonId>>().ok()?);
    let found: Vec<_> = hits.iter().map(person).collect();
    let row = |person: Option<PersonId>| person.and_then(|person| state.people().get(person));
    let companies = found.iter().filter_map(|person| row(*person)?.company);
    let companies: Vec<_> = companies.map(Name::Company).collect();
    let names = Names::of(session, companies).await?;
    for (hit, person) in hits.iter_mut().zip(found) {
        let Some(row) = row(person) else { continue };
        let of = row.company.filter(|company| session.view().sees(*company));
        let customer = match of {
            Some(company) => format!("customer of {}", names.text(Name::Company(company))),
            None => "customer".to_owned(),
        };
        hit.what = match (row.is_user(), row.is_customer()) {
            (true, true) => format!("user and {customer}"),
            (true, false) => "user".to_owned(),
            (false, true) => customer,
            (false, false) => continue,
        };
    }
    Ok(hits)
}

async fn named<K: Thing>(
    session: &Session,
    kind: Kind,
    name_of: fn(K) -> Name,
    text: &str,
) -> Result<Vec<Hit>> {
    let search = Search {
        q: Some(text.to_owned()),
    };
    let paging = Paging::first(session, HITS_MAX);
    let (found, _) = things::page::<K>(session, &paging, &search, |_, _| true).await?;
    let profiles = things::profiles(session, &found).await?;
    let hit = |thing: K| {
        let profile = profiles.get(&thing);
        let email = things::text(profile, Field::Email);
        let name = things::text(profile, Field::Name);
        let detail = match (&name, email.clone()) {
            (Some(_), Some(email)) => email,
            _ => String::new(),
        };
        let id = session.id(thing).0.to_string();
        Hit {
            kind,
            what: kind.word().to_owned(),
            href: session
                .link(name_of(thing))
                .unwrap_or_else(|| ask_about(session, kind, &id)),
            name: name.or(email).unwrap_or_else(|| id.clone()),
            detail,
            id,
        }
    };
    Ok(found.into_iter().map(hit).collect())
}

/// System roles have their names from the catalogue, and no profile.
fn system_roles(session: &Session, text: &str) -> Vec<Hit> {
    let roles = [RoleId::SUPER_ADMIN, RoleId::ADMIN, RoleId::MEMBER];
    let found = roles.into_iter().filter_map(|role| {
        let name = system_role(role)?;
        let is_found = begins(name, text) && session.view().sees(role);
        is_found.then(|| Hit {
            kind: Kind::Role,
            what: Kind::Role.word().to_owned(),
            id: session.id(role).0.to_string(),
            name: name.to_owned(),
            detail: "system role".to_owned(),
            href: session.link(Name::Role(role)).unwrap_or_default(),
        })
    });
    found.collect()
}

fn pages(session: &Session, text: &str) -> Vec<Hit> {
    menu::open(session)
        .filter(|entry| begins(entry.label(), text))
        .take(HITS_MAX)
        .map(|entry| Hit {
            kind: Kind::Page,
            what: Kind::Page.word().to_owned(),
            id: String::new(),
            name: entry.label().to_owned(),
            detail: String::new(),
            href: entry.path.to_owned(),
        })
        .collect()
}

/// Whether a word of the name begins so.
fn begins(name: &str, text: &str) -> bool {
    let (name, text) = (fold(name), fold(text));
    name.starts_with(&text)
        || name
            .match_indices(' ')
            .any(|(space, _)| name[space + 1..].starts_with(&text))
}

/// What has no page of its own can be asked about.
fn ask_about(session: &Session, kind: Kind, id: &str) -> String {
    let ask = menu::open(session).find(|entry| entry.label() == "Ask");
    match (ask, kind) {
        (Some(ask), Kind::Person) => format!("{}?subject={id}", ask.path),
        (Some(ask), Kind::Service | Kind::Queue | Kind::UserGroup | Kind::Device) => {
            format!("{}?on={id}", ask.path)
        }
        _ => String::new(),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Find {
    q: String,
    /// Kinds, with commas between.
    #[serde(default)]
    kinds: String,
}

#[derive(Template)]
#[template(path = "found.html")]
struct FoundPage {
    frame: Frame,
    hits: Vec<Hit>,
    is_full: bool,
}

async fn page(session: SignedIn, Form(asked): Form<Find>) -> Result<Page<FoundPage>> {
    let hits = find(&session, &Kind::list(&asked.kinds), &asked.q).await?;
    Ok(Page::new(FoundPage {
        frame: Frame::of(&session, "Search", "/find", "/find").await?,
        is_full: hits.len() == HITS_MAX,
        hits,
    }))
}

/// The hits as options of a list.
#[derive(Template)]
#[template(path = "hits.html")]
struct Hits {
    hits: Vec<Hit>,
}

async fn hits(session: SignedIn, Form(asked): Form<Find>) -> Result<Page<Hits>> {
    let hits = find(&session, &Kind::list(&asked.kinds), &asked.q).await?;
    Ok(Page::new(Hits { hits }))
}
