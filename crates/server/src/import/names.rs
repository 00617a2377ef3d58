//! The account's things by name, as a file names them.

use std::collections::HashMap;

use access::catalogue::Product;
use access::state::{Life, Resolve};
use access::{CompanyId, Dense, GroupId, LicenceId, RoleId, ServiceId, State, UserGroupId};
use ledger::{Account, Field, HasProfile, LedgerError, Place, fold};

/// Names that are asked for at once.
const READ: usize = 2_000;

/// Things of one kind by folded name; `None` where two have the same.
type ByName<K> = HashMap<String, Option<K>>;

/// Everything that a row can name.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub companies: ByName<CompanyId>,
    pub groups: ByName<GroupId>,
    pub user_groups: ByName<UserGroupId>,
    pub services: ByName<ServiceId>,
    pub roles: ByName<RoleId>,
    pub licences: HashMap<&'static str, LicenceId>,
}

impl Names {
    /// Reads them all: there are thousands of things, not millions.
    pub async fn read(account: &Account) -> Result<Names, LedgerError> {
        let state = account.state();
        let roles = [
            ("super admin", RoleId::SUPER_ADMIN),
            ("admin", RoleId::ADMIN),
            ("member", RoleId::MEMBER),
        ];
        let mut names = Names {
            companies: by_name(
                account,
                active(state.companies().iter().map(|(id, row)| (id, row.life))),
            )
            .await?,
            groups: by_name(
                account,
                active(state.groups().iter().map(|(id, row)| (id, row.life))),
            )
            .await?,
            user_groups: by_name(
                account,
                active(state.user_groups().iter().map(|(id, row)| (id, row.life))),
            )
            .await?,
            services: by_name(
                account,
                active(state.services().iter().map(|(id, row)| (id, row.life))),
            )
            .await?,
            roles: by_name(
                account,
                active(state.roles().iter().map(|(id, row)| (id, row.life))),
            )
            .await?,
            licences: licences(&state),
        };
        names
            .roles
            .extend(roles.map(|(name, id)| (name.to_owned(), Some(id))));
        Ok(names)
    }
}

fn active<K: Dense>(rows: impl Iterator<Item = (K, Life)>) -> Vec<K> {
    rows.filter(|(_, life)| life.is_active())
        .map(|(id, _)| id)
        .collect()
}

async fn by_name<K: HasProfile + Resolve>(
    account: &Account,
    ids: Vec<K>,
) -> Result<ByName<K>, LedgerError> {
    let mut names: ByName<K> = HashMap::with_capacity(ids.len());
    let mut reading = account.read().await?;
    for ids in ids.chunks(READ) {
        let places = ids.iter().map(|id| (account.id(), Place::of(*id)));
        for ((_, place), _, profile) in ledger::read_profiles(&mut reading.tx, places).await? {
            let (Some(name), Some(id)) = (profile.get(Field::Name), K::from_number(place.entity))
            else {
                continue;
            };
            names
                .entry(fold(name))
                .and_modify(|known| *known = None)
                .or_insert(Some(id));
        }
    }
    Ok(names)
}

/// The pool of each product that was bought first.
fn licences(state: &State) -> HashMap<&'static str, LicenceId> {
    let mut licences = HashMap::new();
    let named = [
        ("remote_support", Product::RemoteSupport),
        ("service_desk", Product::ServiceDesk),
        ("contact_centre", Product::ContactCentre),
    ];
    for (name, product) in named {
        let pool = state
            .licences()
            .iter()
            .find(|(_, row)| row.product == product && row.life.is_active());
        licences.extend(pool.map(|(id, _)| (name, id)));
    }
    licences
}
