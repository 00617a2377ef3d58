//! What the fields of the two lists offer.

use access::{
    RoleId,
    explain::words::Name,
    state::{Facet, PortalLevel},
};
use web::{
    Result,
    lists::{Sort, Status},
    page::names::Names,
    resource::Id,
    session::Session,
    things::Thing,
};

use super::{filter::Filter, list::Kind, words};

/// Choices that a field offers; of more, those are found by typing or by a link in the table.
const CHOICES_MAX: usize = 60;

/// One choice of a field.
#[derive(Debug)]
pub(super) struct Choice {
    pub value: String,
    pub label: String,
    pub is_chosen: bool,
}

/// A field of the filter.
#[derive(Debug)]
pub(super) struct Select {
    pub name: &'static str,
    pub label: &'static str,
    pub choices: Vec<Choice>,
}

pub(super) async fn selects(session: &Session, kind: Kind, filter: &Filter) -> Result<Vec<Select>> {
    let mut selects = Vec::new();
    let mut add = |name, label, choices: Vec<Choice>| {
        if !choices.is_empty() {
            selects.push(Select {
                name,
                label,
                choices,
            });
        }
    };
    if kind.is_users() {
        let role = filter
            .role
            .and_then(|role| session.named("role", role).ok());
        add("role", "Account role", ranks(session, kind, role).await?);
        add("status", "Status", statuses(kind, filter.status));
        add(
            "user_group",
            "User group",
            choices(session, filter.user_group, |_| true).await?,
        );
        let overseen = |licence| session.view().oversees(licence);
        add(
            "licence",
            "Licence",
            choices(session, filter.licence, overseen).await?,
        );
    } else {
        add("level", "Portal level", levels(filter.level));
        add("status", "Status", statuses(kind, filter.status));
    }
    let sort = sorts(kind, filter.sort.unwrap_or_default(), sees_roles(session));
    add("sort", "Sorted by", sort);
    Ok(selects)
}

pub(super) fn sees_roles(session: &Session) -> bool {
    session.view().sees(RoleId::SUPER_ADMIN)
}

fn sorts(kind: Kind, chosen: Sort, sees_roles: bool) -> Vec<Choice> {
    let rank = match kind.0 {
        Facet::User => "Sorted by account role",
        Facet::Customer => "Sorted by portal level",
    };
    let all = [
        (Sort::Name, "name", "Sorted by name"),
        (Sort::Address, "address", "Sorted by address"),
        (Sort::Company, "company", "Sorted by company"),
        (Sort::Rank, "rank", rank),
        (Sort::Newest, "newest", "Newest first"),
    ];
    let offered = all
        .into_iter()
        .filter(|(sort, ..)| *sort != Sort::Rank || kind.0 == Facet::Customer || sees_roles);
    offered
        .map(|(sort, value, label)| Choice {
            value: value.to_owned(),
            label: label.to_owned(),
            is_chosen: sort == chosen,
        })
        .collect()
}

fn statuses(kind: Kind, chosen: Option<Status>) -> Vec<Choice> {
    let all: &[(Status, &str)] = if kind.is_users() {
        &[
            (Status::Active, "Active"),
            (Status::Invited, "Invited"),
            (Status::Suspended, "Suspended"),
            (Status::Deactivated, "Deactivated"),
        ]
    } else {
        &[
            (Status::Active, "Active"),
            (Status::Unconfirmed, "Unconfirmed"),
            (Status::Deactivated, "Deactivated"),
        ]
    };
    let choice = |(status, label): &(Status, &str)| Choice {
        value: label.to_lowercase(),
        label: (*label).to_owned(),
        is_chosen: Some(*status) == chosen,
    };
    all.iter().map(choice).collect()
}

pub(super) fn levels(chosen: Option<PortalLevel>) -> Vec<Choice> {
    [
        (PortalLevel::CompanyAdmin, "company_admin"),
        (PortalLevel::Company, "company"),
        (PortalLevel::Standard, "standard"),
        (PortalLevel::None, "none"),
    ]
    .map(|(level, value)| Choice {
        value: value.to_owned(),
        label: words::level(level).to_owned(),
        is_chosen: Some(level) == chosen,
    })
    .into()
}

/// What a bulk change can set: account roles, or portal levels.
pub(super) async fn ranks(
    session: &Session,
    kind: Kind,
    chosen: Option<RoleId>,
) -> Result<Vec<Choice>> {
    if !kind.is_users() {
        return Ok(levels(None));
    }
    choices(session, chosen.map(|role| session.id(role)), |_| true).await
}

/// The first things of a kind that the reader sees, and the one that is chosen already.
pub(super) async fn choices<K: Thing + Into<Name>>(
    session: &Session,
    chosen: Option<Id<K>>,
    is_offered: impl Fn(K) -> bool,
) -> Result<Vec<Choice>> {
    let state = session.state();
    let chosen = chosen.and_then(|id| session.named("filter", id).ok());
    let all = (0..K::rows(state)).map_while(K::from_index);
    let offered = all.filter(|thing| {
        let life = thing.life(state);
        life.is_some_and(|life| life.is_active())
            && session.view().sees(*thing)
            && is_offered(*thing)
    });
    let mut things: Vec<K> = offered.take(CHOICES_MAX).collect();
    things.extend(chosen.filter(|chosen| !things.contains(chosen)));
    let named: Vec<Name> = things.iter().map(|thing| (*thing).into()).collect();
    let names = Names::of(session, named).await?;
    let choices = things.into_iter().map(|thing| Choice {
        value: session.id(thing).0.to_string(),
        label: names.text(thing.into()),
        is_chosen: Some(thing) == chosen,
    });
    let mut choices: Vec<_> = choices.collect();
    choices.sort_by_cached_key(|choice| ledger::fold(&choice.label));
    Ok(choices)
}
