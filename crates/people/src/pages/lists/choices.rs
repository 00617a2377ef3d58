//! What the fields of the two lists offer.

use access::{
    LicenceId, RoleId, UserGroupId,
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

/// What the fields offer, before it has its names.
pub(super) struct Fields {
    roles: Offer<RoleId>,
    user_groups: Offer<UserGroupId>,
    licences: Offer<LicenceId>,
}

impl Fields {
    pub fn of(session: &Session, kind: Kind, filter: &Filter) -> Self {
        if !kind.is_users() {
            return Self {
                roles: Offer::nothing(),
                user_groups: Offer::nothing(),
                licences: Offer::nothing(),
            };
        }
        let overseen = |licence| session.view().oversees(licence);
        Self {
            roles: Offer::of(session, filter.role, |_| true),
            user_groups: Offer::of(session, filter.user_group, |_| true),
            licences: Offer::of(session, filter.licence, overseen),
        }
    }

    /// What is to be named.
    pub fn names(&self) -> impl Iterator<Item = Name> {
        let roles = self.roles.names();
        roles
            .chain(self.user_groups.names())
            .chain(self.licences.names())
    }

    /// The fields of the filter.
    pub fn selects(
        &self,
        session: &Session,
        kind: Kind,
        filter: &Filter,
        names: &Names<'_>,
    ) -> Vec<Select> {
        let sort = sorts(kind, filter.sort.unwrap_or_default(), sees_roles(session));
        let status = statuses(kind, filter.status);
        let fields = if kind.is_users() {
            vec![
                ("role", "Account role", self.roles.choices(session, names)),
                ("status", "Status", status),
                (
                    "user_group",
                    "User group",
                    self.user_groups.choices(session, names),
                ),
                ("licence", "Licence", self.licences.choices(session, names)),
                ("sort", "Sorted by", sort),
            ]
        } else {
            vec![
                ("level", "Portal level", levels(filter.level, |_| true)),
                ("status", "Status", status),
                ("sort", "Sorted by", sort),
            ]
        };
        let offered = fields
            .into_iter()
            .filter(|(_, _, choices)| !choices.is_empty());
        offered
            .map(|(name, label, choices)| Select {
                name,
                label,
                choices,
            })
            .collect()
    }

    /// The account roles, as far as a change of several could give them.
    pub fn roles_among(
        &self,
        session: &Session,
        names: &Names<'_>,
        chosen: Option<RoleId>,
        is_offered: impl Fn(RoleId) -> bool,
    ) -> Vec<Choice> {
        let roles = self.roles.things.iter().copied();
        let roles = Offer {
            things: roles.filter(|role| is_offered(*role)).collect(),
            chosen,
        };
        roles.choices(session, names)
    }
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

pub(super) fn levels(
    chosen: Option<PortalLevel>,
    is_offered: impl Fn(PortalLevel) -> bool,
) -> Vec<Choice> {
    let all = [
        (PortalLevel::CompanyAdmin, "company_admin"),
        (PortalLevel::Company, "company"),
        (PortalLevel::Standard, "standard"),
        (PortalLevel::None, "none"),
    ];
    let offered = all.into_iter().filter(|(level, _)| is_offered(*level));
    offered
        .map(|(level, value)| Choice {
            value: value.to_owned(),
            label: words::level(level).to_owned(),
            is_chosen: Some(level) == chosen,
        })
        .collect()
}

/// The first things of a kind that the reader sees, and the one that is chosen already.
pub(super) async fn choices<K: Thing + Into<Name>>(
    session: &Session,
    chosen: Option<Id<K>>,
    is_offered: impl Fn(K) -> bool,
) -> Result<Vec<Choice>> {
    let offer = Offer::of(session, chosen, is_offered);
    let names: Vec<_> = offer.names().collect();
    let names = Names::of(session, names).await?;
    Ok(offer.choices(session, &names))
}

/// Things that a field offers.
struct Offer<K> {
    things: Vec<K>,
    chosen: Option<K>,
}

impl<K: Thing + Into<Name>> Offer<K> {
    fn nothing() -> Self {
        Self {
            things: Vec::new(),
            chosen: None,
        }
    }

    fn of(session: &Session, chosen: Option<Id<K>>, is_offered: impl Fn(K) -> bool) -> Self {
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
        Self { things, chosen }
    }

    fn names(&self) -> impl Iterator<Item = Name> {
        self.things.iter().map(|thing| (*thing).into())
    }

    fn choices(&self, session: &Session, names: &Names<'_>) -> Vec<Choice> {
        let choices = self.things.iter().map(|thing| Choice {
            value: session.id(*thing).0.to_string(),
            label: names.text((*thing).into()),
            is_chosen: Some(*thing) == self.chosen,
        });
        let mut choices: Vec<_> = choices.collect();
        choices.sort_by_cached_key(|choice| ledger::fold(&choice.label));
        choices
    }
}
