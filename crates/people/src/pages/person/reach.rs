//! Person › Access: everything that somebody may do, by which ways, and what would remain without each of them. All of it is decisions;
//! nothing is worked out here.

use access::{
    PersonId, Subject, Target,
    catalogue::Product,
    decide::{By, GateOutcome, Path, Through},
    explain::words::{self, Name, Phrase},
    state::Tie,
};
use askama::Template;
use web::{
    Result,
    guard::Seen,
    page::{
        Frame, Page, moment,
        names::{Html, Names},
    },
    route::{Route, get},
};

use super::{super::what::What, Head};
use crate::pages::words as said;

/// Things that are looked at; beyond, the page says how many there are.
const TARGETS_MAX: usize = 200;
/// Things of one kind that are shown at once; the others are one click away.
const SHOWN_AT_ONCE: usize = 5;
/// In the order of the menu.
const PRODUCTS: [Product; 6] = [
    Product::Admin,
    Product::Billing,
    Product::ServiceDesk,
    Product::Portal,
    Product::ContactCentre,
    Product::RemoteSupport,
];

pub(super) fn routes() -> Vec<Route> {
    vec![get(
        "/people/{person}/access",
        "person.access_page",
        "Everything that a person may do, with every way that leads to it",
        show,
    )]
}

#[derive(Template)]
#[template(path = "person-access.html")]
struct AccessPage {
    frame: Frame,
    head: Head,
    products: Vec<OfProduct>,
    /// Things that are not looked at.
    beyond: usize,
    /// Whether what is held of a thing that the reader may not ask about is left out.
    is_cut: bool,
    /// Whether a role in another product is held, about which one asks there.
    has_other_products: bool,
    status: &'static str,
    facts: Vec<(&'static str, String)>,
}

struct OfProduct {
    name: &'static str,
    kinds: Vec<OfKind>,
}

/// What is held over things of one kind.
struct OfKind {
    grants: Vec<Grant>,
    folded: Vec<Grant>,
    /// What one of the things is called.
    one: &'static str,
}

/// What is held of one product over one thing.
struct Grant {
    on: Html,
    has: String,
    weight: &'static str,
    /// Labels of what is allowed.
    allowed: Vec<&'static str>,
    /// What is held and does not count, with why.
    closed: Vec<(Html, Vec<&'static str>)>,
    /// Each with what would remain without it; nothing is said of ways to what does not count.
    ways: Vec<(Html, Option<String>)>,
}

/// A source of rights: paths from the same one end together.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Source {
    by: By,
    through: Through,
}

struct Held {
    target: Target,
    what: What,
    /// Why it does not count; `None`: allowed.
    closed: Option<Phrase>,
    paths: Vec<Path>,
}

async fn show(seen: Seen<PersonId>) -> Result<Page<AccessPage>> {
    let (session, person) = (&*seen, seen.on);
    let asking = session.asking(Subject::Person(person))?;
    let mut targets = session.state().reach(asking.about(), session.now());
    targets.sort_unstable();
    targets.dedup();
    targets.retain(|target| session.askable_target(asking.about(), *target) == *target);
    let beyond = targets.len().saturating_sub(TARGETS_MAX);
    let view = session.state().view(asking.about(), session.now());
    let mut held = Vec::new();
    for target in targets.into_iter().take(TARGETS_MAX) {
        for what in What::all().filter(|what| what.is_asked_of(target)) {
            let decision = match (what, target) {
                (What::Permission(permission), _) => view.decide(permission, target),
                (What::Choice, Target::Service(service)) => {
                    view.choice_of_customer(person, service)
                }
                (What::Choice, _) => continue,
            };
            if decision.paths.is_empty() {
                continue;
            }
            let reason = decision
                .gates
                .iter()
                .find_map(|(_, outcome)| match outcome {
                    GateOutcome::Failed(reason) => Some(what.reason(reason, target)),
                    _ => None,
                });
            held.push(Held {
                target,
                what,
                closed: reason.filter(|_| !decision.allowed),
                paths: decision.paths.to_vec(),
            });
        }
    }
    let names = Names::of(session, names_of(&held)).await?;
    let products = PRODUCTS.into_iter().filter_map(|product| {
        let of_product: Vec<_> = held
            .iter()
            .filter(|held| held.what.product() == product)
            .collect();
        let kinds = of_product.chunk_by(|a, b| one(a.target) == one(b.target));
        let kinds: Vec<_> = kinds.map(|held| of_kind(&names, held)).collect();
        (!kinds.is_empty()).then_some(OfProduct {
            name: product.name(),
            kinds,
        })
    });
    let products = products.collect();
    let (frame, head) = super::head(session, person, "Access").await?;
    let row = session.state().people().get(person);
    let ties = row.into_iter();
    let mut ties = ties.flat_map(|row| session.state().ties_at(row, session.now()));
    let has_other_products = ties.any(
        |(tie, _)| matches!(tie, Tie::ProductRole(product, _) if session.view().sees(product)),
    );
    let mut facts = Vec::new();
    if let Some(row) = row.filter(|row| row.is_user()) {
        let licences = session
            .state()
            .ties_at(row, session.now())
            .filter(|(tie, _)| matches!(tie, Tie::Licence(_)))
            .count();
        facts.push((
            "Status",
            said::user_status(super::status(session, person))
                .1
                .to_owned(),
        ));
        facts.push(("Licences", licences.to_string()));
    }
    let is_permission = |held: &&Held| held.what != What::Choice;
    let allowed = held.iter().filter(is_permission);
    let allowed = allowed.filter(|held| held.closed.is_none()).count();
    facts.push(("Permissions that count", allowed.to_string()));
    let ends = held
        .iter()
        .flat_map(|held| &held.paths)
        .filter_map(|path| path.until)
        .min();
    facts.push((
        "Next to end",
        ends.map_or_else(|| "nothing".to_owned(), moment),
    ));
    Ok(Page::new(AccessPage {
        frame,
        head,
        products,
        beyond,
        is_cut: !session.may_ask_everything(),
        has_other_products,
        status: super::status_reason(super::status(session, person)),
        facts,
    }))
}

fn names_of(held: &[Held]) -> Vec<Name> {
    let mut names = Vec::new();
    for one in held {
        names.extend(web::page::review::target_name(one.target));
        for path in &one.paths {
            let phrases = [
                words::by(path.by),
                words::through(path.through),
                words::over(path.over),
            ];
            names.extend(
                phrases
                    .iter()
                    .flat_map(|phrase| phrase.names.iter().map(|(_, name)| *name)),
            );
        }
        names.extend(
            one.closed
                .iter()
                .flat_map(|phrase| phrase.names.iter().map(|(_, name)| *name)),
        );
    }
    names
}

fn source(path: &Path) -> Source {
    Source {
        by: path.by,
        through: path.through,
    }
}

fn one(target: Target) -> &'static str {
    match target {
        Target::Service(_) => "service",
        Target::Queue(_) => "queue",
        Target::Device(_) => "device",
        Target::UserGroup(_) => "user group",
        _ => "thing",
    }
}

fn of_kind(names: &Names<'_>, held: &[&Held]) -> OfKind {
    let of_target = held.chunk_by(|a, b| a.target == b.target);
    let mut grants: Vec<_> = of_target.map(|held| grant(names, held)).collect();
    let folded = grants.split_off(grants.len().min(SHOWN_AT_ONCE));
    OfKind {
        grants,
        folded,
        one: one(held[0].target),
    }
}

fn grant(names: &Names<'_>, held: &[&Held]) -> Grant {
    let target = held[0].target;
    let on = match web::page::review::target_name(target) {
        Some(name) => names.bare(name),
        None => Html::text("The whole account"),
    };
    let allowed: Vec<_> = held.iter().filter(|held| held.closed.is_none()).collect();
    let mut closed: Vec<(Html, Vec<&'static str>)> = Vec::new();
    for one in held {
        let Some(reason) = &one.closed else { continue };
        let reason = names.html(reason);
        let label = one.what.label();
        match closed.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, labels)) => labels.push(label),
            None => closed.push((reason, vec![label])),
        }
    }
    let mut sources: Vec<(Source, Path)> = Vec::new();
    for path in held.iter().flat_map(|held| &held.paths) {
        if !sources.iter().any(|(known, _)| *known == source(path)) {
            sources.push((source(path), *path));
        }
    }
    let without = |ended: Source| {
        let remaining = allowed
            .iter()
            .filter(|held| held.paths.iter().any(|path| source(path) != ended))
            .count();
        let rest = match remaining {
            0 => "nothing".to_owned(),
            all if all == allowed.len() => "all of it".to_owned(),
            some => format!("{some} of {}", allowed.len()),
        };
        (!allowed.is_empty()).then(|| format!("would remain without it: {rest}"))
    };
    let ways = sources.iter();
    let ways = ways.map(|(source, path)| (way(names, path), without(*source)));
    let ways = ways.collect();
    let has = match allowed.len() {
        1 if allowed[0].what == What::Choice => "Can be chosen as customer".to_owned(),
        0 => "Nothing that counts".to_owned(),
        1 => "1 permission".to_owned(),
        many => format!("{many} permissions"),
    };
    Grant {
        on,
        has,
        weight: match (allowed.is_empty(), closed.is_empty()) {
            (true, _) => "",
            (false, true) => "full",
            (false, false) => "some",
        },
        ways,
        allowed: allowed.iter().map(|held| held.what.label()).collect(),
        closed,
    }
}

fn way(names: &Names<'_>, path: &Path) -> Html {
    let mut pieces = vec![
        names.html(&words::through(path.through)),
        Html::text(": "),
        names.html(&words::by(path.by)),
    ];
    if let Some(until) = path.until {
        pieces.push(Html::text(&format!(", until {}", moment(until))));
    }
    Html::joined(pieces, "")
}
