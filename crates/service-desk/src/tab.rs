//! Configure › Services › [service] › People (S2): the four tabs, each with its own draft, review and save (SD-2, SD-18).
//!
//! What is chosen on a tab is kept as its owner's draft until it is saved or discarded, so that pages, filters and a missing script lose
//! nothing. A row of a form says what is wanted and what was there when it was shown: `user.none`. A save is the command that PATCH of the
//! REST face submits: the rows of the draft, and no others.

use std::collections::{BTreeMap, HashMap};

use access::{
    Dense, PersonId, PublicId, ServiceId, decide::permissions::ConfigureDesk, explain::words::Name,
    state::Facet,
};
use askama::Template;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{
    Problem, Result,
    guard::{And, May, TheAccount},
    lists::{Access, Count, Wanted, Ways},
    page::{
        CONFIGURE, Frame, Page, Typed,
        names::{Mark, Names},
    },
    paging::Paging,
    part::Query,
    resource::Id,
    route::{Route, get, post},
    session::Session,
    things::{self, Search},
};

use crate::{
    access::{Offered, count_full, everybody, groups, offered, ways},
    beside::{self, Beside},
    draft,
    kinds::{Choice, Companies, Customers, Groups, Kind, Users},
    rows::{Has, Shown},
};

/// The section of the rail.
pub(crate) const SECTION: &str = CONFIGURE.label;
/// The list of services.
pub(crate) const PLACE: &str = "/configure/services";

pub(crate) fn routes() -> Vec<Route> {
    let mut routes = Vec::new();
    macro_rules! tab {
        ($kind:ident, $path:literal, $form:literal, $name:literal, $words:literal) => {
            routes.extend([
                get(
                    $path,
                    concat!("service_people.", $name),
                    concat!("The ", $words, " tab of a service's people"),
                    show::<$kind>,
                ),
                post(
                    $form,
                    concat!("service_people.keep_", $name),
                    concat!("Keep what was chosen on the ", $words, " tab as a draft"),
                    draft::keep::<$kind>,
                ),
                post(
                    concat!($form, "/save"),
                    concat!("service_people.save_", $name),
                    concat!("Review and save the draft of the ", $words, " tab"),
                    draft::save::<$kind>,
                ),
                post(
                    concat!($form, "/discard"),
                    concat!("service_people.discard_", $name),
                    concat!("Discard the draft of the ", $words, " tab"),
                    draft::discard::<$kind>,
                ),
                post(
                    concat!($form, "/all"),
                    concat!("service_people.all_", $name),
                    concat!(
                        "Choose one level for every row of the ",
                        $words,
                        " tab that matches"
                    ),
                    draft::all::<$kind>,
                ),
            ]);
        };
    }
    tab!(
        Users,
        "/configure/services/{service}",
        "/configure/services/{service}/users",
        "users",
        "Users"
    );
    tab!(
        Groups,
        "/configure/services/{service}/groups",
        "/configure/services/{service}/groups",
        "groups",
        "Groups"
    );
    tab!(
        Customers,
        "/configure/services/{service}/customers",
        "/configure/services/{service}/customers",
        "customers",
        "Customers"
    );
    tab!(
        Companies,
        "/configure/services/{service}/companies",
        "/configure/services/{service}/companies",
        "companies",
        "Companies"
    );
    routes
}

/// Which rows.
#[derive(Debug, Deserialize, IntoParams)]
pub(crate) struct Which {
    /// With this level stored.
    pub level: Option<String>,
    /// Who has access, by whichever way: `any`, `groups`, the id of a group, or `companies`.
    pub has: Option<String>,
    /// Found by what was typed, kept under this id.
    pub view: Option<String>,
    /// The row of this id alone.
    pub only: Option<String>,
    /// With this level chosen in that row, and not saved.
    pub propose: Option<String>,
}

/// One row, and what Ask proposes for it.
#[derive(Clone, Debug)]
pub(crate) struct Only {
    id: String,
    number: u32,
    propose: Option<&'static Choice>,
}

/// The filter of a tab.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    /// With this level stored.
    pub level: Option<&'static Choice>,
    /// Who has access, and by which way, with the word for it in the address.
    pub access: Option<(Ways, String)>,
    /// What was typed.
    pub typed: Typed,
    /// This row alone.
    pub only: Option<Only>,
}

/// A page of rows.
struct Rows<T> {
    things: Vec<T>,
    before: Option<String>,
    after: Option<String>,
    range: String,
}

struct TabLink {
    href: String,
    label: &'static str,
    count: Count,
    is_this: bool,
}

struct Row {
    id: String,
    name: Mark,
    beside: Beside,
    /// What is stored.
    stored: &'static Choice,
    /// What the draft wants; the same where it says nothing.
    wanted: &'static Choice,
    has: Has,
}

impl Row {
    fn is_changed(&self) -> bool {
        self.stored != self.wanted
    }
}

#[derive(Template)]
#[template(path = "service-people.html")]
struct TabPage {
    frame: Frame,
    service: String,
    service_path: String,
    is_archived: bool,
    tabs: Vec<TabLink>,
    /// Where the form goes.
    form: String,
    path: String,
    one: &'static str,
    label: &'static str,
    has: &'static str,
    choices: &'static [&'static Choice],
    filter: Filter,
    /// What the filter for who has access offers.
    accesses: Vec<Offered>,
    /// The tab without a filter.
    whole: String,
    /// Where the page is in the list.
    range: String,
    rows: Vec<Row>,
    is_first: bool,
    before: Option<String>,
    after: Option<String>,
    /// Rows of the draft, on this page or another.
    kept: usize,
    /// And what is chosen beyond it.
    changed: usize,
}

fn place(path: &str, service: &str) -> String {
    path.replace("{service}", service)
}

impl TabPage {
    fn typed(&self) -> &str {
        self.filter.typed.text().unwrap_or_default()
    }

    fn is_filtered(&self) -> bool {
        let filter = &self.filter;
        filter.level.is_some()
            || filter.access.is_some()
            || filter.typed.text().is_some()
            || filter.only.is_some()
    }

    /// The row for which something was proposed.
    fn proposed(&self) -> Option<&Row> {
        let only = self.filter.only.as_ref();
        only.filter(|only| only.propose.is_some())
            .and_then(|_| self.rows.first())
            .filter(|row| row.is_changed())
    }
}

/// The address of the tab with this filter.
pub(crate) fn address<K: Kind>(service: &str, filter: &Filter, page: Option<&str>) -> String {
    let parameters = [
        ("level", filter.level.map(|level| level.code)),
        ("has", filter.access.as_ref().map(|(_, code)| code.as_str())),
        ("view", filter.typed.view()),
        ("only", filter.only.as_ref().map(|only| only.id.as_str())),
        ("page", page),
    ];
    web::page::address(&place(K::PATH, service), &parameters)
}

pub(crate) fn form_of<K: Kind>(service: &str) -> String {
    format!("/configure/services/{service}/{}", K::CODE)
}

pub(crate) fn level_of<K: Kind>(level: Option<&str>) -> Result<Option<&'static Choice>> {
    match level {
        None | Some("") => Ok(None),
        Some(code) => K::choice(code)
            .map(Some)
            .ok_or_else(|| Problem::invalid("level", "there is no such level on this tab")),
    }
}

pub(crate) fn access_of<K: Kind>(
    session: &Session,
    has: Option<&str>,
) -> Result<Option<(Ways, String)>> {
    let ways = ways::<K>(session, has)?;
    Ok(ways.zip(has.map(str::to_owned)))
}

/// Reads the filter of an address.
pub(crate) async fn filter<K: Kind>(session: &Session, which: &Which) -> Result<Filter> {
    Ok(Filter {
        level: level_of::<K>(which.level.as_deref())?,
        access: access_of::<K>(session, which.has.as_deref())?,
        typed: session.typed(which.view.as_deref()).await?,
        only: only::<K>(session, which)?,
    })
}

fn only<K: Kind>(session: &Session, which: &Which) -> Result<Option<Only>> {
    let Some(id) = which.only.as_deref().filter(|id| !id.is_empty()) else {
        return Ok(None);
    };
    let named = id.parse::<PublicId<K::Thing>>();
    let named = named.map_err(|_| Problem::invalid("only", "there is no such row on this tab"))?;
    Ok(Some(Only {
        number: session.named("only", Id(named))?.number(),
        propose: level_of::<K>(which.propose.as_deref())?,
        id: id.to_owned(),
    }))
}

/// Whom a filter is about, where the rows are people.
pub(crate) fn wanted<K: Kind>(facet: Facet, service: ServiceId, filter: &Filter) -> Wanted {
    Wanted {
        text: filter.typed.text().map(str::to_owned),
        stored: filter.level.and_then(|level| K::filter(service, level)),
        access: filter
            .access
            .as_ref()
            .map(|(by, _)| Access { service, by: *by }),
        ..Wanted::all(facet)
    }
}

async fn rows<K: Kind>(
    session: &Session,
    service: ServiceId,
    filter: &Filter,
    paging: &Paging,
) -> Result<Rows<K::Thing>> {
    if filter.typed.is_gone() {
        return Ok(Rows {
            things: Vec::new(),
            before: None,
            after: None,
            range: String::new(),
        });
    }
    if let Some(only) = &filter.only {
        let thing = K::Thing::from_number(only.number);
        let thing = thing.filter(|thing| is_listed::<K>(session, *thing));
        return Ok(Rows {
            things: thing.into_iter().collect(),
            before: None,
            after: None,
            range: String::new(),
        });
    }
    if let Some(facet) = K::FACET {
        let found = session
            .list(&wanted::<K>(facet, service, filter), paging)
            .await?;
        let text = |cursor: web::paging::Cursor| cursor.as_str().to_owned();
        return Ok(Rows {
            range: found.range(),
            things: found
                .people
                .iter()
                .filter_map(|person| K::Thing::from_number(person.number()))
                .collect(),
            before: found.before.map(text),
            after: found.after.map(text),
        });
    }
    let (things, next) = things::page::<K::Thing>(session, paging, &search(filter), |_, thing| {
        fits::<K>(session, service, filter, thing)
    })
    .await?;
    Ok(Rows {
        range: String::new(),
        things,
        before: None,
        after: next.map(|next| next.as_str().to_owned()),
    })
}

/// What was typed, where the rows are not people.
pub(crate) fn search(filter: &Filter) -> Search {
    Search {
        q: filter.typed.text().map(str::to_owned),
    }
}

/// Whether a row is on the tab with this filter, whatever was typed.
pub(crate) fn fits<K: Kind>(
    session: &Session,
    service: ServiceId,
    filter: &Filter,
    thing: K::Thing,
) -> bool {
    is_listed::<K>(session, thing)
        && filter
            .level
            .is_none_or(|level| K::stored(session, service, thing) == level)
}

async fn show<K: Shown>(
    may: May<ConfigureDesk, TheAccount>,
    service: And<ServiceId>,
    paging: Paging,
    Query(which): Query<Which>,
) -> Result<Page<TabPage>> {
    let (session, service) = (&*may, service.0);
    let filter = filter::<K>(session, &which).await?;
    let id = session.id(service).0.to_string();
    let found = rows::<K>(session, service, &filter, &paging).await?;
    let groups = groups::<K>(session, service);
    let names = found
        .things
        .iter()
        .flat_map(|thing| K::names(session, service, *thing))
        .chain([Name::Service(service)])
        .chain(groups.iter().map(|group| Name::Group(*group)));
    let names = Names::of(session, names.collect::<Vec<_>>()).await?;
    let draft = draft::of::<K>(session, &id).rows().await?;
    let wanted: BTreeMap<_, _> = draft
        .iter()
        .filter_map(|row| Some((row.thing.as_str(), K::choice(&row.wanted)?)))
        .collect();
    let mut beside = match K::FACET {
        None => HashMap::new(),
        Some(facet) => {
            let people = found.things.iter();
            let people = people.filter_map(|thing| PersonId::from_number(thing.number()));
            beside::of(session, facet, &people.collect::<Vec<_>>()).await?
        }
    };
    let proposed = filter.only.as_ref().and_then(|only| only.propose);
    let rows = found.things.iter().map(|thing| {
        let person = PersonId::from_number(thing.number());
        let id = session.id(*thing).0.to_string();
        let stored = K::stored(session, service, *thing);
        Row {
            name: names.mark(K::name(*thing)),
            beside: person
                .and_then(|person| beside.remove(&person))
                .unwrap_or_default(),
            stored,
            wanted: proposed
                .or(wanted.get(id.as_str()).copied())
                .unwrap_or(stored),
            has: K::has(session, &names, service, *thing),
            id,
        }
    });
    let rows: Vec<_> = rows.collect();
    let anew = rows.iter().filter(|row| row.is_changed());
    let anew = anew.filter(|row| !wanted.contains_key(row.id.as_str()));
    let changed = draft.len() + anew.count();
    let name = names.text(Name::Service(service));
    let page =
        |cursor: Option<String>| cursor.map(|cursor| address::<K>(&id, &filter, Some(&cursor)));
    let row = session.state().services().get(service);
    let path = address::<K>(&id, &filter, None);
    let frame = Frame::of(session, "People", &path, SECTION).await?;
    Ok(Page::new(TabPage {
        frame: frame
            .below(PLACE, "Services")
            .below(place(Users::PATH, &id), name.clone()),
        service_path: format!("{PLACE}/{id}"),
        is_archived: row.is_some_and(|row| !row.life.is_active()),
        tabs: tabs::<K>(session, service, &id).await?,
        form: form_of::<K>(&id),
        whole: address::<K>(&id, &Filter::default(), None),
        service: name,
        one: K::ONE,
        label: K::LABEL,
        has: K::HAS,
        choices: K::CHOICES,
        range: found.range,
        accesses: offered::<K>(
            session,
            &names,
            &groups,
            filter.access.as_ref().map(|(_, code)| code.as_str()),
        ),
        rows,
        is_first: paging.is_first(),
        before: page(found.before),
        after: page(found.after),
        kept: draft.len(),
        changed,
        filter,
        path,
    }))
}

pub(crate) fn is_listed<K: Kind>(session: &Session, thing: K::Thing) -> bool {
    use web::things::Thing as _;
    let life = thing.life(session.state());
    life.is_some_and(|life| life != access::state::Life::Deleted)
        && K::is_listed(session.state(), thing)
        && session.view().sees(thing)
}

/// The four tabs, each with how many have access there: by whichever way, of people.
async fn tabs<K: Kind>(session: &Session, service: ServiceId, id: &str) -> Result<Vec<TabLink>> {
    fn link<K: Kind, T: Kind>(id: &str, count: Count) -> TabLink {
        TabLink {
            href: address::<T>(id, &Filter::default(), None),
            label: T::LABEL,
            count,
            is_this: K::CODE == T::CODE,
        }
    }
    let people = [Users::FACET, Customers::FACET].into_iter().flatten();
    let people: Vec<_> = people.map(|facet| everybody(facet, service)).collect();
    let mut counts = session.list_counts(&people).await?.into_iter();
    let mut next = || counts.next().unwrap_or(Count::from(0));
    Ok(vec![
        link::<K, Users>(id, next()),
        link::<K, Groups>(id, count_full::<Groups>(session, service)),
        link::<K, Customers>(id, next()),
        link::<K, Companies>(id, count_full::<Companies>(session, service)),
    ])
}
