//! Configure › Services › [service] › People (S2): the four tabs, each with its own draft, review and save (SD-2, SD-18).
//!
//! What is chosen on a tab is kept as its owner's draft until it is saved or discarded, so that pages, filters and a missing script lose
//! nothing. A row of a form says what is wanted and what was there when it was shown: `user.none`. A save is the command that PATCH of the
//! REST face submits: the rows of the draft, and no others.

use std::collections::BTreeMap;

use access::{
    Dense, PublicId, ServiceId, decide::permissions::ConfigureDesk, explain::words::Name,
};
use askama::Template;
use ledger::DraftRow;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{
    Problem, Result,
    guard::{And, May, TheAccount},
    page::{
        CONFIGURE, Frame, Next, Page, SeeOther, Taken,
        form::Form,
        names::{Mark, Names},
        review::{Asking, Move, Review, Reviewed},
    },
    paging::Paging,
    part::Query,
    route::{Route, get, post},
    session::{Session, failed},
    things::{self, Search},
};

use crate::{
    kinds::{Choice, Companies, Customers, Groups, Kind, Users},
    rows::{Has, Shown},
};

/// The section of the rail.
pub(crate) const SECTION: &str = CONFIGURE.label;
/// The list of services.
pub(crate) const PLACE: &str = "/configure/services";
/// Rows of one draft. What is more is done in several saves.
const DRAFT_MAX: usize = 20_000;
/// Changes that a review counts one by one in the words of the page.
const MOVES_MAX: usize = 1_000;

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
                    keep::<$kind>,
                ),
                post(
                    concat!($form, "/save"),
                    concat!("service_people.save_", $name),
                    concat!("Review and save the draft of the ", $words, " tab"),
                    save::<$kind>,
                ),
                post(
                    concat!($form, "/discard"),
                    concat!("service_people.discard_", $name),
                    concat!("Discard the draft of the ", $words, " tab"),
                    discard::<$kind>,
                ),
                post(
                    concat!($form, "/all"),
                    concat!("service_people.all_", $name),
                    concat!(
                        "Choose one level for every row of the ",
                        $words,
                        " tab that matches"
                    ),
                    all::<$kind>,
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
struct Which {
    /// With this level stored.
    level: Option<String>,
}

struct TabLink {
    href: String,
    label: &'static str,
    count: String,
    is_this: bool,
}

struct Row {
    id: String,
    name: Mark,
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
    level: Option<&'static Choice>,
    rows: Vec<Row>,
    is_first: bool,
    next: Option<String>,
    /// Rows of the draft, on this page or another.
    changed: usize,
}

fn place(path: &str, service: &str) -> String {
    path.replace("{service}", service)
}

/// The address of the tab with this filter.
fn address<K: Kind>(service: &str, level: Option<&Choice>, page: Option<&str>) -> String {
    let mut address = place(K::PATH, service);
    let mut mark = '?';
    for (name, value) in [("level", level.map(|level| level.code)), ("page", page)] {
        if let Some(value) = value {
            address = format!("{address}{mark}{name}={value}");
            mark = '&';
        }
    }
    address
}

fn form_of<K: Kind>(service: &str) -> String {
    format!("/configure/services/{service}/{}", K::CODE)
}

fn owner(session: &Session) -> Result<access::PersonId> {
    match session.subject {
        access::Subject::Person(person) => Ok(person),
        // A connection has no page to leave.
        _ => Err(Problem::not_found()),
    }
}

fn level_of<K: Kind>(level: Option<&str>) -> Result<Option<&'static Choice>> {
    match level {
        None | Some("") => Ok(None),
        Some(code) => K::choice(code)
            .map(Some)
            .ok_or_else(|| Problem::invalid("level", "there is no such level on this tab")),
    }
}

async fn show<K: Shown>(
    may: May<ConfigureDesk, TheAccount>,
    service: And<ServiceId>,
    paging: Paging,
    Query(which): Query<Which>,
) -> Result<Page<TabPage>> {
    let (session, service) = (&*may, service.0);
    let level = level_of::<K>(which.level.as_deref())?;
    let id = session.id(service).0.to_string();
    let (found, next) = match level {
        Some(level) if level.code != "none" => {
            let shown = |thing: K::Thing| {
                is_listed::<K>(session, thing) && K::stored(session, service, thing) == level
            };
            let rest = |after| K::with_access(session, service, after).into_iter();
            things::walk(&paging, rest, shown)?
        }
        _ => {
            let wanted = |_: &access::View<'_>, thing: K::Thing| {
                is_listed::<K>(session, thing)
                    && level.is_none_or(|level| K::stored(session, service, thing) == level)
            };
            things::page::<K::Thing>(session, &paging, &Search::default(), wanted).await?
        }
    };
    let names = found
        .iter()
        .flat_map(|thing| K::names(session, service, *thing))
        .chain([Name::Service(service)]);
    let names = Names::of(session, names.collect::<Vec<_>>()).await?;
    let draft = session
        .account
        .draft(owner(session)?, &draft_key::<K>(&id))
        .await
        .map_err(failed)?;
    let wanted: BTreeMap<_, _> = draft
        .iter()
        .filter_map(|row| Some((row.thing.as_str(), K::choice(&row.wanted)?)))
        .collect();
    let rows: Vec<_> = found
        .iter()
        .map(|thing| {
            let id = session.id(*thing).0.to_string();
            let stored = K::stored(session, service, *thing);
            Row {
                name: names.mark(K::name(*thing)),
                stored,
                wanted: wanted.get(id.as_str()).copied().unwrap_or(stored),
                has: K::has(session, &names, service, *thing),
                id,
            }
        })
        .collect();
    let name = names.text(Name::Service(service));
    let next = next.map(|next| address::<K>(&id, level, Some(next.as_str())));
    let row = session.state().services().get(service);
    let path = address::<K>(&id, level, None);
    let frame = Frame::of(session, "People", &path, SECTION).await?;
    Ok(Page::new(TabPage {
        frame: frame
            .below(PLACE, "Services")
            .below(place(Users::PATH, &id), name.clone()),
        service_path: format!("/configure/services/{id}/settings"),
        is_archived: row.is_some_and(|row| !row.life.is_active()),
        tabs: tabs::<K>(session, &id),
        form: form_of::<K>(&id),
        service: name,
        path,
        one: K::ONE,
        label: K::LABEL,
        has: K::HAS,
        choices: K::CHOICES,
        level,
        rows,
        is_first: paging.is_first(),
        next,
        changed: draft.len(),
    }))
}

fn is_listed<K: Kind>(session: &Session, thing: K::Thing) -> bool {
    use web::things::Thing as _;
    let life = thing.life(session.state());
    life.is_some_and(|life| life != access::state::Life::Deleted)
        && K::is_listed(session.state(), thing)
        && session.view().sees(thing)
}

fn tabs<K: Kind>(session: &Session, service: &str) -> Vec<TabLink> {
    fn link<K: Kind, T: Kind>(session: &Session, service: &str) -> TabLink {
        let things = (0..<T::Thing as things::Thing>::rows(session.state()))
            .map_while(T::Thing::from_index)
            .filter(|thing| is_listed::<T>(session, *thing));
        TabLink {
            href: address::<T>(service, None, None),
            label: T::LABEL,
            count: web::page::count(things.count()),
            is_this: K::CODE == T::CODE,
        }
    }
    vec![
        link::<K, Users>(session, service),
        link::<K, Groups>(session, service),
        link::<K, Customers>(session, service),
        link::<K, Companies>(session, service),
    ]
}

fn draft_key<K: Kind>(service: &str) -> String {
    format!("{service}/{}", K::CODE)
}

/// What a form of the tab says: rows, and where to go.
struct Sent {
    rows: Vec<DraftRow>,
    to: Option<String>,
    level: Option<String>,
}

fn sent<K: Kind>(session: &Session, fields: &BTreeMap<String, String>) -> Result<Sent> {
    let mut sent = Sent {
        rows: Vec::new(),
        to: None,
        level: None,
    };
    for (name, value) in fields {
        match name.as_str() {
            "to" => sent.to = Some(value.clone()),
            "level" => sent.level = Some(value.clone()),
            _ => {
                let id: PublicId<K::Thing> = name
                    .parse()
                    .map_err(|_| Problem::invalid(name.clone(), "there is no such field"))?;
                session.named(name, web::resource::Id(id))?;
                let chosen = value.split_once('.').and_then(|(wanted, had)| {
                    Some((K::choice(wanted)?.code, K::choice(had)?.code))
                });
                let Some((wanted, had)) = chosen else {
                    return Err(Problem::invalid(
                        name.clone(),
                        "choose one of the levels of this tab",
                    ));
                };
                sent.rows.push(DraftRow {
                    thing: id.to_string(),
                    had: had.to_owned(),
                    wanted: wanted.to_owned(),
                });
            }
        }
    }
    Ok(sent)
}

async fn keep_rows<K: Kind>(session: &Session, service: &str, rows: Vec<DraftRow>) -> Result<()> {
    let key = draft_key::<K>(service);
    let kept = session
        .account
        .keep_draft(owner(session)?, &key, rows, DRAFT_MAX)
        .await
        .map_err(failed)?;
    if kept {
        Ok(())
    } else {
        Err(Problem::invalid(
            "rows",
            format!(
                "at most {DRAFT_MAX} changes are kept at once: save these first, or narrow the filter"
            ),
        ))
    }
}

async fn keep<K: Shown>(
    may: May<ConfigureDesk, TheAccount>,
    service: And<ServiceId>,
    Form(fields): Form<BTreeMap<String, String>>,
) -> Result<SeeOther> {
    let session = &*may;
    let id = session.id(service.0).0.to_string();
    let sent = sent::<K>(session, &fields)?;
    keep_rows::<K>(session, &id, sent.rows).await?;
    let to = match (sent.to.as_deref(), sent.level.as_deref()) {
        // The button of the filter: the address says what is asked for.
        (None | Some("filter"), level) => address::<K>(&id, level_of::<K>(level)?, None),
        (Some(to), _) => Next::parse(to).path().to_owned(),
    };
    Ok(SeeOther::to(to))
}

async fn discard<K: Shown>(
    may: May<ConfigureDesk, TheAccount>,
    service: And<ServiceId>,
    Form(fields): Form<BTreeMap<String, String>>,
) -> Result<SeeOther> {
    let session = &*may;
    let id = session.id(service.0).0.to_string();
    // The rows come along, because they stand in the same form.
    sent::<K>(session, &fields)?;
    let key = draft_key::<K>(&id);
    session
        .account
        .drop_draft(owner(session)?, &key)
        .await
        .map_err(failed)?;
    Ok(SeeOther::to(address::<K>(&id, None, None)))
}

/// One level for all that match.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct All {
    /// The level to choose.
    choose: String,
    /// The filter: the level that is stored.
    #[serde(default)]
    level: Option<String>,
}

async fn all<K: Shown>(
    may: May<ConfigureDesk, TheAccount>,
    service: And<ServiceId>,
    Form(all): Form<All>,
) -> Result<SeeOther> {
    let (session, service) = (&*may, service.0);
    let id = session.id(service).0.to_string();
    let level = level_of::<K>(all.level.as_deref())?;
    let wanted = level_of::<K>(Some(&all.choose))?
        .ok_or_else(|| Problem::invalid("choose", "choose a level"))?;
    let things = (0..<K::Thing as things::Thing>::rows(session.state()))
        .map_while(K::Thing::from_index)
        .filter(|thing| is_listed::<K>(session, *thing))
        .map(|thing| (thing, K::stored(session, service, thing)))
        .filter(|(_, stored)| level.is_none_or(|level| *stored == level) && *stored != wanted);
    let rows = things.take(DRAFT_MAX + 1).map(|(thing, stored)| DraftRow {
        thing: session.id(thing).0.to_string(),
        had: stored.code.to_owned(),
        wanted: wanted.code.to_owned(),
    });
    let rows: Vec<_> = rows.collect();
    let chosen = rows.len();
    keep_rows::<K>(session, &id, rows).await?;
    let said = match chosen {
        0 => "Nothing to change: all of them have that level.".to_owned(),
        1 => "Chosen for 1 row, not saved yet: review it below.".to_owned(),
        many => format!("Chosen for {many} rows, not saved yet: review them below."),
    };
    Ok(SeeOther::to(address::<K>(&id, level, None)).saying(&said))
}

/// What of the draft is still to be saved.
struct Pending<T> {
    rows: Vec<(T, &'static Choice)>,
    moves: Vec<(T, &'static Choice, &'static Choice)>,
    /// Rows that somebody else changed since they were chosen.
    overtaken: Vec<(T, &'static Choice, &'static Choice)>,
}

fn pending<K: Kind>(
    session: &Session,
    service: ServiceId,
    draft: &[DraftRow],
) -> Pending<K::Thing> {
    let mut pending = Pending {
        rows: Vec::new(),
        moves: Vec::new(),
        overtaken: Vec::new(),
    };
    for row in draft {
        let thing = row.thing.parse::<PublicId<K::Thing>>().ok();
        let thing = thing.and_then(|id| session.state().resolve(id));
        let (Some(thing), Some(wanted), Some(had)) =
            (thing, K::choice(&row.wanted), K::choice(&row.had))
        else {
            continue;
        };
        let stored = K::stored(session, service, thing);
        // Whoever is gone meanwhile, or has it already, is no change.
        if !is_listed::<K>(session, thing) || stored == wanted {
            continue;
        }
        if stored != had {
            pending.overtaken.push((thing, had, stored));
        }
        pending.moves.push((thing, stored, wanted));
        pending.rows.push((thing, wanted));
    }
    pending
}

async fn save<K: Shown>(
    may: May<ConfigureDesk, TheAccount>,
    service: And<ServiceId>,
    form: Reviewed<BTreeMap<String, String>>,
) -> Result<Taken<Review>> {
    let (session, service) = (&*may, service.0);
    let id = session.id(service).0.to_string();
    let sent = sent::<K>(session, &form.body)?;
    keep_rows::<K>(session, &id, sent.rows).await?;
    let (owner, key) = (owner(session)?, draft_key::<K>(&id));
    let draft = session.account.draft(owner, &key).await.map_err(failed)?;
    let pending = pending::<K>(session, service, &draft);
    let back = address::<K>(&id, None, None);
    let changes = pending.rows.len();
    if changes == 0 {
        session
            .account
            .drop_draft(owner, &key)
            .await
            .map_err(failed)?;
        return Ok(Taken::Done(
            SeeOther::to(back).saying("There was nothing to save."),
        ));
    }
    let asking = asking::<K>(session, service, &id, &pending).await?;
    let command = K::save(service, pending.rows);
    let settled = form.always().settle(session, command, asking).await?;
    if matches!(settled, web::page::review::Settled::Done(_)) {
        session
            .account
            .drop_draft(owner, &key)
            .await
            .map_err(failed)?;
    }
    Ok(settled
        .then(|_| SeeOther::to(back).saying(&format!("Saved. {}.", changes_in_words(changes)))))
}

async fn asking<K: Shown>(
    session: &Session,
    service: ServiceId,
    id: &str,
    pending: &Pending<K::Thing>,
) -> Result<Asking> {
    let overtaken = pending.overtaken.iter().map(|(thing, ..)| K::name(*thing));
    let wanted: Vec<_> = overtaken.chain([Name::Service(service)]).collect();
    let names = Names::of(session, wanted).await?;
    let others: Vec<_> = [
        Users::LABEL,
        Groups::LABEL,
        Customers::LABEL,
        Companies::LABEL,
    ]
    .into_iter()
    .filter(|label| *label != K::LABEL)
    .map(str::to_lowercase)
    .collect();
    let mut about = format!(
        "Tab {} only. {} stay as they are.",
        K::LABEL,
        capitalised(&others.join(", "))
    );
    for (thing, had, stored) in pending.overtaken.iter().take(10) {
        about.push_str(&format!(
            " Somebody else changed {} since you chose: it was {}, and is {} now.",
            names.text(K::name(*thing)),
            had.label,
            stored.label
        ));
    }
    let changes = changes_in_words(pending.rows.len());
    let moves = pending.moves.iter().take(MOVES_MAX);
    Ok(Asking {
        title: format!("Save {changes} to {}?", names.text(Name::Service(service))),
        about,
        button: format!("Save {changes}"),
        action: format!("{}/save", form_of::<K>(id)),
        back: address::<K>(id, None, None),
        place: SECTION,
        moves: moves
            .filter_map(|(thing, from, to)| match K::name(*thing) {
                Name::Person(person) => Some(Move {
                    person,
                    from: from.label.to_owned(),
                    to: to.label.to_owned(),
                }),
                _ => None,
            })
            .collect(),
    })
}

fn changes_in_words(changes: usize) -> String {
    if changes == 1 {
        "1 change".to_owned()
    } else {
        format!("{} changes", web::page::count(changes))
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}", first.unwrap_or_default(), letters.as_str())
}
