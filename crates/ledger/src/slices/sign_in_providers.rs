//! Who lets people in (OpenID Connect).

use access::state::{Facet, Life};
use access::{ConnectionId, Dense, Domain, PersonId, State};

use super::{SliceTable, rows_of};
use crate::database::Tx;
use crate::dialect::Column;
use crate::engine::Account;
use crate::error::Result;
use crate::log::AccountId;
use crate::profile::{self, Field, Place};
use crate::sign_in::facet_of_number;

/// Nobody types of anybody in them; a provider outlives whoever keeps a password beside it.
pub(super) const PROVIDERS: SliceTable = rows_of(
    "sign_in_providers",
    &[
        ("account", Column::Int),
        ("connection", Column::Int),
        ("issuer", Column::Text),
        ("client_id", Column::Text),
        ("client_secret", Column::Blob),
        ("audience", Column::Int),
        ("companies", Column::Text),
        ("directory", Column::Text),
        ("scim", Column::Int),
        ("domains", Column::Text),
        ("only_domains", Column::Text),
        ("break_glass", Column::Int),
        ("groups_claim", Column::Text),
        ("creates", Column::Int),
        ("revision", Column::Int),
        ("made_at", Column::Int),
        ("subject_claim", Column::Text),
    ],
    "",
);

/// Whether somebody comes in by what they have here: a password, a passkey, a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnMeans {
    /// They do.
    Open,
    /// Their domain's people come in by its sign-in provider alone.
    Shut,
    /// AD-8: they do where nobody else does. All Super admins are told.
    BreakGlass,
}

/// AD-8: the one who is let in where a provider lets nobody in.
pub fn is_break_glass(state: &State, person: PersonId) -> bool {
    let mut connections = state.connections().iter();
    connections.any(|(_, row)| row.life != Life::Deleted && row.break_glass == Some(person))
}

/// Whom of a domain's people a provider shuts out of what they have here.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shut {
    staff: bool,
    customers: bool,
}

impl Shut {
    /// Those of a facet.
    pub fn shuts(self, facet: Facet) -> bool {
        match facet {
            Facet::User => self.staff,
            Facet::Customer => self.customers,
        }
    }

    /// Somebody: by a provider for staff where they are, or were, staff, else by one for customers; and never the one of AD-8.
    pub fn shuts_out(self, state: &State, person: PersonId) -> bool {
        self.shuts(bound_as(state, person)) && !is_break_glass(state, person)
    }
}

/// By providers for whom somebody is bound: a provider shuts nobody out of what it does not open.
pub fn bound_as(state: &State, person: PersonId) -> Facet {
    let row = state.people().get(person);
    match row.is_some_and(|row| row.is_user()) {
        true => Facet::User,
        false => Facet::Customer,
    }
}

/// Whom of the people of an address's domain a provider shuts out. One that is archived lets nobody in, and changes nothing here: else whoever
/// archives it would open the other doors.
async fn shut_at(tx: &mut Tx, account: AccountId, state: &State, address: &str) -> Result<Shut> {
    let mut shut = Shut::default();
    let domain = address.rsplit_once('@');
    let Some(Ok(domain)) = domain.map(|(_, domain)| Domain::of_address(domain)) else {
        return Ok(shut);
    };
    // In its one spelling a domain has no character that a pattern has.
    let sql = "SELECT connection, audience FROM sign_in_providers WHERE account = $1 AND ' ' || only_domains || ' ' LIKE $2 LIMIT 100";
    let values = [account.0.into(), format!("% {} %", domain.as_str()).into()];
    for row in &tx.fetch_all(sql, values).await? {
        let connection = ConnectionId::from_number(profile::number(row.get(0)?)?);
        let there = connection.and_then(|one| state.connections().get(one));
        if there.is_none_or(|row| row.life == Life::Deleted) {
            continue;
        }
        match facet_of_number(row.get(1)?)? {
            Facet::User => shut.staff = true,
            Facet::Customer => shut.customers = true,
        }
    }
    Ok(shut)
}

/// Whether somebody comes in by what they have here.
pub(crate) async fn own_means(
    tx: &mut Tx,
    account: AccountId,
    state: &State,
    person: PersonId,
) -> Result<OwnMeans> {
    if is_break_glass(state, person) {
        return Ok(OwnMeans::BreakGlass);
    }
    let place = (account, Place::of(person));
    let profiles = profile::read_many(tx, [place].into_iter()).await?;
    let address = profiles.first().and_then(|(.., row)| row.get(Field::Email));
    let Some(address) = address else {
        return Ok(OwnMeans::Open);
    };
    let shut = shut_at(tx, account, state, address).await?;
    Ok(match shut.shuts_out(state, person) {
        true => OwnMeans::Shut,
        false => OwnMeans::Open,
    })
}

impl Account {
    /// Whether somebody comes in by what they have here.
    pub async fn own_means(&self, person: PersonId) -> Result<OwnMeans> {
        let mut tx = self.read_once().await?;
        own_means(&mut tx, self.id(), &self.state(), person).await
    }

    /// Whom of the people of an address's domain a provider shuts out of what they have here, whether or not the address is somebody's.
    pub async fn shut_at(&self, address: &str) -> Result<Shut> {
        let mut tx = self.read_once().await?;
        shut_at(&mut tx, self.id(), &self.state(), address).await
    }
}
