//! The row of a person for SQL lists, made from the state in the transaction of the event, with what lists are sorted by beside it.

use access::{Dense, Event, PersonId, State};

use crate::database::{Row, Value};
use crate::dialect::{BulkTable, Column};
use crate::error::Result;
use crate::log::AccountId;
use crate::profile::Profile;

/// What `person_row` holds of one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PersonRow {
    person: u32,
    company: Option<u32>,
    account_role: u32,
    user_facet: i64,
    customer_facet: i64,
    portal_level: i64,
}

pub(crate) static PERSON_ROW: BulkTable = BulkTable {
    name: "person_row",
    columns: &[
        ("account", Column::Int),
        ("person", Column::Int),
        ("company", Column::Int),
        ("account_role", Column::Int),
        ("user_facet", Column::Int),
        ("customer_facet", Column::Int),
        ("portal_level", Column::Int),
    ],
    on_conflict: "ON CONFLICT (account, person) DO UPDATE SET company = excluded.company, \
                  account_role = excluded.account_role, user_facet = excluded.user_facet, \
                  customer_facet = excluded.customer_facet, portal_level = excluded.portal_level",
};

/// The same with what lists are sorted by, where the profile is known.
pub(crate) static PERSON_ROW_WITH_KEYS: BulkTable = BulkTable {
    name: "person_row",
    columns: &[
        ("account", Column::Int),
        ("person", Column::Int),
        ("company", Column::Int),
        ("account_role", Column::Int),
        ("user_facet", Column::Int),
        ("customer_facet", Column::Int),
        ("portal_level", Column::Int),
        ("name", Column::Text),
        ("address", Column::Text),
    ],
    on_conflict: "ON CONFLICT (account, person) DO UPDATE SET company = excluded.company, \
                  account_role = excluded.account_role, user_facet = excluded.user_facet, \
                  customer_facet = excluded.customer_facet, portal_level = excluded.portal_level, \
                  name = excluded.name, address = excluded.address",
};

/// The columns of [`PersonRow::from_row`], in order.
pub(crate) const SELECT: &str = "SELECT person, company, account_role, user_facet, customer_facet, portal_level \
                                 FROM person_row WHERE account = $1 ORDER BY person";

impl PersonRow {
    /// The row as the state has it.
    pub fn from_state(state: &State, person: PersonId) -> Option<Self> {
        let row = state.people().get(person)?;
        Some(Self {
            person: person.number(),
            company: row.company.map(Dense::number),
            account_role: row.account_role.number(),
            user_facet: row.user as i64,
            customer_facet: row.customer as i64,
            portal_level: row.portal_level as i64,
        })
    }

    /// The row as the database has it.
    pub fn from_row(row: &Row) -> Result<Self> {
        use crate::profile::number;
        Ok(Self {
            person: number(row.get(0)?)?,
            company: row.get::<Option<i64>>(1)?.map(number).transpose()?,
            account_role: number(row.get(2)?)?,
            user_facet: row.get(3)?,
            customer_facet: row.get(4)?,
            portal_level: row.get(5)?,
        })
    }

    /// With what lists are sorted by. Without a profile, or with an erased one, that is blank (SD-26).
    pub fn values_with_keys(self, account: AccountId, profile: Option<&Profile>) -> [Value; 9] {
        let keys = profile.map(Profile::list_keys).unwrap_or_default();
        let [account, person, company, role, user, customer, level] = self.values(account);
        let (name, address) = (keys.name.into(), keys.address.into());
        [
            account, person, company, role, user, customer, level, name, address,
        ]
    }

    pub fn values(self, account: AccountId) -> [Value; 7] {
        [
            account.0.into(),
            self.person.into(),
            self.company.into(),
            self.account_role.into(),
            self.user_facet.into(),
            self.customer_facet.into(),
            self.portal_level.into(),
        ]
    }
}

/// The people whose rows an act changed.
pub(crate) fn touched(before: &State, after: &State, events: &[Event]) -> Vec<PersonId> {
    let named = events.iter().filter_map(|event| match event {
        Event::UserFacetSet { person, .. }
        | Event::CustomerFacetSet { person, .. }
        | Event::PersonErased { person }
        | Event::AccountRoleSet { person, .. }
        | Event::MappedRoleSet { person, .. }
        | Event::PortalLevelSet { person, .. }
        | Event::EmployerSet { person, .. } => Some(*person),
        _ => None,
    });
    let added = (before.people().len()..after.people().len()).filter_map(PersonId::from_index);
    named.chain(added).collect()
}
