//! What is chosen on a tab and not saved yet: kept as its owner's draft, reviewed, and saved as the command that PATCH of the REST face
//! submits: the rows of the draft, and no others (SD-18).
//!
//! A row of a form says what is wanted and what was there when it was shown: `user.none`.

use std::collections::BTreeMap;

use access::{
    Dense, PublicId, ServiceId,
    decide::{PermissionType, permissions::ConfigureDesk},
    explain::words::Name,
};
use ledger::DraftRow;
use serde::Deserialize;
use web::{
    Problem, Result,
    guard::{And, May, TheAccount},
    lists::Whole,
    page::{
        Next, PageDraft, SeeOther, Taken, Typed, capital,
        form::Form,
        moment,
        names::Names,
        review::{Asking, Move, Review, Reviewed, Settled},
    },
    session::Session,
    things,
};

use crate::{
    kinds::{Choice, Companies, Customers, Groups, Kind, Users},
    rows::Shown,
    tab::{
        Filter, SECTION, Which, access_of, address, filter, fits, form_of, is_listed, level_of,
        search, wanted,
    },
};

/// Rows of one draft. What is more is done in several saves.
const DRAFT_MAX: usize = 20_000;
/// Changes that a review tells in the words of the page.
const MOVES_MAX: usize = 1_000;

/// The caller's own draft of a tab of a service.
pub(crate) fn of<'a, K: Kind>(session: &'a Session, service: &str) -> PageDraft<'a> {
    let page = format!("{service}/{}", K::CODE);
    PageDraft::new(session, page, ConfigureDesk::PERMISSION, DRAFT_MAX)
}

/// What a form of the tab says: rows, and where to go.
struct Sent {
    rows: Vec<DraftRow>,
    to: Option<String>,
    level: Option<String>,
    has: Option<String>,
    typed: Option<String>,
    /// The list as it was looked at, with its filter.
    back: Option<String>,
}

fn sent<K: Kind>(session: &Session, fields: &BTreeMap<String, String>) -> Result<Sent> {
    let mut sent = Sent {
        rows: Vec::new(),
        to: None,
        level: None,
        has: None,
        typed: None,
        back: None,
    };
    for (name, value) in fields {
        match name.as_str() {
            "to" => sent.to = Some(value.clone()),
            "level" => sent.level = Some(value.clone()),
            "has" => sent.has = Some(value.clone()),
            "back" => sent.back = Some(value.clone()),
            "q" => sent.typed = Some(value.clone()),
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

/// Where one goes on: the tab as it was looked at, with its filter.
fn back<K: Kind>(id: &str, sent: Option<&str>) -> String {
    let whole = address::<K>(id, &Filter::default(), None);
    let sent = sent.map(Next::parse);
    match sent {
        Some(sent) if sent.path().split('?').next() == Some(&*whole) => sent.path().to_owned(),
        _ => whole,
    }
}

pub(crate) async fn keep<K: Shown>(
    may: May<ConfigureDesk, TheAccount>,
    service: And<ServiceId>,
    Form(fields): Form<BTreeMap<String, String>>,
) -> Result<SeeOther> {
    let session = &*may;
    let id = session.id(service.0).0.to_string();
    let sent = sent::<K>(session, &fields)?;
    of::<K>(session, &id).keep(sent.rows).await?;
    let to = match (sent.to.as_deref(), sent.level.as_deref()) {
        // The button of the filter: the address says what is asked for.
        (None | Some("filter"), level) => {
            let typed = sent.typed.unwrap_or_default();
            let view = session.keep_view(&typed).await?;
            let filter = Filter {
                level: level_of::<K>(level)?,
                access: access_of::<K>(session, sent.has.as_deref())?,
                typed: Typed::of(typed, view),
                only: None,
            };
            address::<K>(&id, &filter, None)
        }
        (Some(to), _) => Next::parse(to).path().to_owned(),
    };
    Ok(SeeOther::to(to))
}

pub(crate) async fn discard<K: Shown>(
    may: May<ConfigureDesk, TheAccount>,
    service: And<ServiceId>,
    Form(fields): Form<BTreeMap<String, String>>,
) -> Result<SeeOther> {
    let session = &*may;
    let id = session.id(service.0).0.to_string();
    // The rows come along, because they stand in the same form.
    let sent = sent::<K>(session, &fields)?;
    of::<K>(session, &id).end().await?;
    Ok(SeeOther::to(back::<K>(&id, sent.back.as_deref())))
}

/// One level for all that match.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct All {
    /// The level to choose.
    choose: String,
    /// The filter: the level that is stored.
    #[serde(default)]
    level: Option<String>,
    /// The filter: who has access.
    #[serde(default)]
    has: Option<String>,
    /// The filter: what was typed, under its id.
    #[serde(default)]
    view: Option<String>,
}

pub(crate) async fn all<K: Shown>(
    may: May<ConfigureDesk, TheAccount>,
    service: And<ServiceId>,
    Form(all): Form<All>,
) -> Result<SeeOther> {
    let (session, service) = (&*may, service.0);
    let id = session.id(service).0.to_string();
    let which = Which {
        level: all.level,
        has: all.has,
        view: all.view,
        only: None,
        propose: None,
    };
    let filter = filter::<K>(session, &which).await?;
    let wanted = level_of::<K>(Some(&all.choose))?
        .ok_or_else(|| Problem::invalid("choose", "choose a level"))?;
    let rows: Vec<_> = matching::<K>(session, service, &filter)
        .await?
        .into_iter()
        .map(|thing| (thing, K::stored(session, service, thing)))
        .filter(|(_, stored)| *stored != wanted)
        .map(|(thing, stored)| DraftRow {
            thing: session.id(thing).0.to_string(),
            had: stored.code.to_owned(),
            wanted: wanted.code.to_owned(),
        })
        .collect();
    let chosen = rows.len();
    of::<K>(session, &id).keep(rows).await?;
    let said = match chosen {
        0 => "Nothing to change: all of them have that level.".to_owned(),
        1 => "Chosen for 1 row, not saved yet: review it below.".to_owned(),
        many => format!("Chosen for {many} rows, not saved yet: review them below."),
    };
    Ok(SeeOther::to(address::<K>(&id, &filter, None)).saying(&said))
}

/// Everything that the tab lists with the filter, if one draft can hold it.
async fn matching<K: Kind>(
    session: &Session,
    service: ServiceId,
    filter: &Filter,
) -> Result<Vec<K::Thing>> {
    // Without what was typed, all of them would be meant.
    filter.typed.kept()?;
    let things = match K::FACET {
        Some(facet) => {
            let wanted = wanted::<K>(facet, service, filter);
            match session.whole_list(&wanted, DRAFT_MAX).await? {
                Whole::TooMany => None,
                Whole::Everybody(people) => Some(
                    people
                        .iter()
                        .filter_map(|person| K::Thing::from_number(person.number()))
                        .collect(),
                ),
            }
        }
        None => {
            let fits = |_: &access::View<'_>, thing| fits::<K>(session, service, filter, thing);
            things::whole::<K::Thing>(session, &search(filter), fits, DRAFT_MAX).await?
        }
    };
    things.ok_or_else(|| {
        Problem::invalid(
            "choose",
            format!(
                "more than {DRAFT_MAX} match, or more than can be looked through at once: narrow the filter, and do it in several saves"
            ),
        )
    })
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

pub(crate) async fn save<K: Shown>(
    may: May<ConfigureDesk, TheAccount>,
    service: And<ServiceId>,
    form: Reviewed<BTreeMap<String, String>>,
) -> Result<Taken<Review>> {
    let (session, service) = (&*may, service.0);
    let id = session.id(service).0.to_string();
    let sent = sent::<K>(session, &form.body)?;
    let kept = if form.was_shown() {
        None
    } else {
        of::<K>(session, &id).kept().await?
    };
    of::<K>(session, &id).keep(sent.rows).await?;
    let draft = of::<K>(session, &id).rows().await?;
    let pending = pending::<K>(session, service, &draft);
    let back = back::<K>(&id, sent.back.as_deref());
    let changes = pending.rows.len();
    if changes == 0 {
        of::<K>(session, &id).end().await?;
        return Ok(Taken::Done(
            SeeOther::to(back).saying("There was nothing to save."),
        ));
    }
    let mut asking = Asking {
        back: back.clone(),
        ..asking::<K>(session, service, &id, &pending).await?
    };
    let earlier = kept.map(|(things, at)| {
        let rows = pending.rows.iter();
        let of_before =
            rows.filter(|(thing, _)| things.contains(&session.id(*thing).0.to_string()));
        (of_before.count(), at)
    });
    if let Some((count, at)) = earlier.filter(|(count, _)| *count > 0) {
        let (changes, at) = (changes_in_words(count), moment(at));
        asking
            .about
            .push_str(&format!(" With {changes} kept in your draft from {at}."));
    }
    let command = K::save(service, pending.rows);
    let settled = form
        .always()
        .keeps_draft()
        .settle(session, command, asking)
        .await?;
    if matches!(settled, Settled::Done(_)) {
        of::<K>(session, &id).end().await?;
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
    let moves = pending.moves.iter().take(MOVES_MAX);
    let moved = moves
        .clone()
        .flat_map(|(thing, ..)| K::names(session, service, *thing));
    let wanted = overtaken.chain(moved).chain([Name::Service(service)]);
    let wanted: Vec<_> = wanted.collect();
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
        capital(&others.join(", "))
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
    let level = |thing, own: &Choice| match K::shared(session, &names, service, thing, own) {
        Some(shared) => format!("{} ({shared})", own.label),
        None => own.label.to_owned(),
    };
    Ok(Asking {
        title: format!("Save {changes} to {}?", names.text(Name::Service(service))),
        about,
        button: format!("Save {changes}"),
        action: format!("{}/save", form_of::<K>(id)),
        back: address::<K>(id, &Filter::default(), None),
        place: SECTION,
        moves: moves
            .map(|(thing, from, to)| Move {
                of: K::name(*thing),
                from: level(*thing, from),
                to: level(*thing, to),
                idle: K::idle(session, &names, service, *thing, to),
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
