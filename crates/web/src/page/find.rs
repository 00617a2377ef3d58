//! One search over people, companies, services, queues, roles, groups and pages, cut by what the asker sees. What is typed is personal
//! data: it comes in a body, never in an address.

mod customers;

use std::collections::HashMap;

use access::{
    CompanyId, DeviceGroupId, DeviceId, GroupId, PersonId, PublicId, QueueId, RoleId, ServiceId,
    UserGroupId,
    decide::UserStatus,
    explain::words::Name,
    state::{CustomerFacet, Facet},
};
use askama::Template;
use ledger::{Field, HasProfile, Place, Profile, fold, read_profiles, search_first};
use serde::Deserialize;

pub use self::customers::Stretches;
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
    resource::ServiceRef,
    route::{Route, post},
    session::{Session, failed},
    things::{self, Search, Thing},
};

/// Found at most, of all kinds together.
pub const HITS_MAX: usize = 10;
/// Longest text that is searched for, in characters.
const TEXT_CHARS_MAX: usize = 200;
/// Matches of each field that are looked at before more are read: who sees everything finds the hits among them.
const FIRST: usize = 2 * HITS_MAX;

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
    /// Staff who are not deactivated: for what only they can be given.
    User,
    /// Customers who are not deactivated.
    Customer,
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
    const ALL: [Kind; 12] = [
        Kind::Person,
        Kind::User,
        Kind::Customer,
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
            Kind::User => "user",
            Kind::Customer => "customer",
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

    /// What the index calls it; pages stand in none.
    fn looked_up(self) -> Option<ledger::Kind> {
        Some(match self {
            Kind::Person | Kind::User | Kind::Customer => PersonId::KIND,
            Kind::Company => CompanyId::KIND,
            Kind::Service => ServiceId::KIND,
            Kind::Queue => QueueId::KIND,
            Kind::Role => RoleId::KIND,
            Kind::Group => GroupId::KIND,
            Kind::UserGroup => UserGroupId::KIND,
            Kind::DeviceGroup => DeviceGroupId::KIND,
            Kind::Device => DeviceId::KIND,
            Kind::Page => return None,
        })
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

/// The first that are found by the beginning of a word, some of each kind. Where a service is named, users and groups are those that work on it
/// (SD-19), and customers those who can be chosen there (SD-11).
pub async fn find(
    session: &Session,
    kinds: &[Kind],
    on: Option<ServiceId>,
    text: &str,
) -> Result<Vec<Hit>> {
    let text: String = text.trim().chars().take(TEXT_CHARS_MAX).collect();
    if fold(&text).is_empty() {
        return Ok(Vec::new());
    }
    let apart = |kind: &Kind| matches!((kind, on), (Kind::User | Kind::Customer, Some(_)));
    let together = kinds.iter().filter(|kind| !apart(kind));
    let mut looked_up: Vec<_> = together.filter_map(|kind| kind.looked_up()).collect();
    looked_up.sort_unstable();
    looked_up.dedup();
    let first = First::of(session, &looked_up, &text).await?;
    let mut found = Vec::with_capacity(kinds.len());
    for kind in kinds {
        found.push(match (kind, on) {
            (Kind::User, Some(service)) => colleagues(session, service, &first).await?,
            (Kind::Customer, Some(service)) => {
                let hits = customers::choosable(session, service, &text).await?;
                said_who(session, hits).await?
            }
            _ => of_kind(session, *kind, on, &first).await?,
        });
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

async fn of_kind(
    session: &Session,
    kind: Kind,
    on: Option<ServiceId>,
    first: &First<'_>,
) -> Result<Vec<Hit>> {
    match kind {
        Kind::Person | Kind::User | Kind::Customer => {
            let is_of = |person| is_of(session, kind, person);
            said_who(session, those(session, kind, first, is_of).await?).await
        }
        Kind::Company => named::<CompanyId>(session, kind, first).await,
        Kind::Service => named::<ServiceId>(session, kind, first).await,
        Kind::Queue => named::<QueueId>(session, kind, first).await,
        Kind::Group => {
            let view = session.view();
            let works = |group| on.is_none_or(|service| view.group_works_on(group, service));
            those::<GroupId>(session, kind, first, works).await
        }
        Kind::UserGroup => named::<UserGroupId>(session, kind, first).await,
        Kind::DeviceGroup => named::<DeviceGroupId>(session, kind, first).await,
        Kind::Device => named::<DeviceId>(session, kind, first).await,
        Kind::Role => {
            let mut hits = system_roles(session, first.text);
            hits.extend(named::<RoleId>(session, kind, first).await?);
            // Whoever types "Admin" and takes the first means no Super admin.
            let text = fold(first.text);
            hits.sort_by_cached_key(|hit| !fold(&hit.name).starts_with(&text));
            hits.truncate(HITS_MAX);
            Ok(hits)
        }
        Kind::Page => Ok(pages(session, first.text)),
    }
}

/// The first that the text finds of each kind, and their profiles: read at once, because it is asked with every letter.
struct First<'t> {
    text: &'t str,
    matches: HashMap<ledger::Kind, ledger::First>,
    profiles: HashMap<Place, Profile>,
}

impl<'t> First<'t> {
    async fn of(session: &Session, kinds: &[ledger::Kind], text: &'t str) -> Result<Self> {
        let account = session.account.id();
        let mut tx = session.account.read_once().await.map_err(failed)?;
        let matches = search_first(&mut tx, account, kinds, text, FIRST).await;
        let matches = matches.map_err(failed)?;
        let mut places = Vec::new();
        for (kind, first) in &matches {
            let (kind, entities) = (*kind, first.matches.iter().map(|one| one.entity));
            places.extend(entities.map(|entity| (account, Place { kind, entity })));
        }
        let profiles = read_profiles(&mut tx, places.into_iter())
            .await
            .map_err(failed)?;
        let profiles = profiles
            .into_iter()
            .map(|((_, place), _, profile)| (place, profile));
        Ok(Self {
            text,
            profiles: profiles.collect(),
            matches,
        })
    }

    /// Those of a kind whom the asker sees; `None`: more has to be read to know the first of them.
    fn seen<K: Thing>(&self, session: &Session, fits: &impl Fn(K) -> bool) -> Option<Vec<K>> {
        let Some(first) = self.matches.get(&K::KIND) else {
            return Some(Vec::new());
        };
        let seen = first.matches.iter().filter_map(|one| {
            let thing = K::from_number(one.entity)?;
            let is_first = one.is_first(self.profiles.get(&Place::of(thing))?, self.text);
            (is_first && things::is_shown(session, thing) && fits(thing)).then_some(thing)
        });
        let seen: Vec<_> = seen.take(HITS_MAX).collect();
        (seen.len() == HITS_MAX || !first.is_cut).then_some(seen)
    }
}

/// Whether somebody is of a kind of people.
fn is_of(session: &Session, kind: Kind, person: PersonId) -> bool {
    let Some(row) = session.state().people().get(person) else {
        return false;
    };
    match kind {
        Kind::User => {
            session.view().sees_as_user(person)
                && row.is_user()
                && !is_deactivated(session, person, Facet::User)
        }
        Kind::Customer => {
            session.view().sees_as_customer(person)
                && row.is_customer()
                && !is_deactivated(session, person, Facet::Customer)
        }
        _ => true,
    }
}

/// Colleagues of a service who are looked at.
const COLLEAGUES_MAX: usize = 5_000;

/// Those who work on a service, for somebody who works on it, too (SD-35): wherever else they are not shown.
async fn colleagues(session: &Session, service: ServiceId, first: &First<'_>) -> Result<Vec<Hit>> {
    let mut people = session.view().colleagues_on(service);
    people.truncate(COLLEAGUES_MAX);
    let profiles = things::profiles(session, &people).await?;
    let begins = |person: &PersonId| {
        let profile = profiles.get(person);
        let fields = [Field::Name, Field::Email];
        let mut texts = fields
            .iter()
            .filter_map(|field| things::text(profile, *field));
        texts.any(|text| begins(&text, first.text))
    };
    let found = people.iter().copied().filter(begins).take(HITS_MAX);
    let hits = found.map(|person| hit(session, Kind::User, person, profiles.get(&person)));
    let mut hits: Vec<_> = hits.collect();
    hits.sort_by_cached_key(|hit| fold(&hit.name));
    Ok(hits)
}

fn is_deactivated(session: &Session, person: PersonId, facet: Facet) -> bool {
    match facet {
        Facet::User => session.view().user_status(person) == UserStatus::Deactivated,
        Facet::Customer => {
            let row = session.state().people().get(person);
            row.is_some_and(|row| row.customer == CustomerFacet::Deactivated)
        }
    }
}

/// People, each with the word for what they are here.
async fn said_who(session: &Session, mut hits: Vec<Hit>) -> Result<Vec<Hit>> {
    let state = session.state();
    let person = |hit: &Hit| state.resolve(hit.id.parse::<PublicId<PersonId>>().ok()?);
    let found: Vec<_> = hits.iter().map(person).collect();
    let row = |person: Option<PersonId>| person.and_then(|person| state.people().get(person));
    let companies = found.iter().filter_map(|person| row(*person)?.company);
    let companies: Vec<_> = companies.map(Name::Company).collect();
    let names = Names::of(session, companies).await?;
    for (hit, person) in hits.iter_mut().zip(found) {
        let (Some(id), Some(row)) = (person, row(person)) else {
            continue;
        };
        let word = |facet, word: String| match is_deactivated(session, id, facet) {
            true => format!("{word}, deactivated"),
            false => word,
        };
        let of = row.company.filter(|company| session.view().sees(*company));
        let customer = match of {
            Some(company) => format!("customer of {}", names.text(Name::Company(company))),
            None => "customer".to_owned(),
        };
        let customer = word(Facet::Customer, customer);
        let user = word(Facet::User, "user".to_owned());
        let view = session.view();
        let is_user = row.is_user() && view.sees_as_user(id);
        let is_customer = row.is_customer() && view.sees_as_customer(id);
        hit.what = match (is_user, is_customer) {
            (true, true) => format!("{user} and {customer}"),
            (true, false) => user,
            (false, true) => customer,
            (false, false) => continue,
        };
    }
    Ok(hits)
}

async fn named<K: Thing + Into<Name>>(
    session: &Session,
    kind: Kind,
    first: &First<'_>,
) -> Result<Vec<Hit>> {
    those::<K>(session, kind, first, |_| true).await
}

/// Those that fit.
async fn those<K: Thing + Into<Name>>(
    session: &Session,
    kind: Kind,
    first: &First<'_>,
    fits: impl Fn(K) -> bool,
) -> Result<Vec<Hit>> {
    if let Some(seen) = first.seen::<K>(session, &fits) {
        let profile = |thing: K| first.profiles.get(&Place::of(thing));
        let hits = seen
            .into_iter()
            .map(|thing| hit(session, kind, thing, profile(thing)));
        return Ok(hits.collect());
    }
    // The first that are found are for others to see.
    let search = Search {
        q: Some(first.text.to_owned()),
    };
    let paging = Paging::first(session, HITS_MAX);
    let (found, _) = things::page::<K>(session, &paging, &search, |_, thing| fits(thing)).await?;
    let profiles = things::profiles(session, &found).await?;
    let hits = found
        .into_iter()
        .map(|thing| hit(session, kind, thing, profiles.get(&thing)));
    Ok(hits.collect())
}

fn hit<K: Thing + Into<Name>>(
    session: &Session,
    kind: Kind,
    thing: K,
    profile: Option<&Profile>,
) -> Hit {
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
            .link(thing.into())
            .unwrap_or_else(|| ask_about(session, kind, &id)),
        name: name.or(email).unwrap_or_else(|| id.clone()),
        detail,
        id,
    }
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
        (Some(ask), Kind::Person | Kind::User | Kind::Customer) => {
            format!("{}?subject={id}", ask.path)
        }
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
    /// Of whose records it is.
    on: Option<ServiceRef>,
}

impl Find {
    async fn hits(&self, session: &Session) -> Result<Vec<Hit>> {
        let on = session.named_if("on", self.on)?;
        find(session, &Kind::list(&self.kinds), on, &self.q).await
    }
}

#[derive(Template)]
#[template(path = "found.html")]
struct FoundPage {
    frame: Frame,
    hits: Vec<Hit>,
    is_full: bool,
}

async fn page(session: SignedIn, Form(asked): Form<Find>) -> Result<Page<FoundPage>> {
    let hits = asked.hits(&session).await?;
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
    let hits = asked.hits(&session).await?;
    Ok(Page::new(Hits { hits }))
}
