//! Every person of the account as JSON lines that `import` reads: who they are, where they work, what they may do. Importing the
//! file into the same account changes nothing; importing it into another one that has the same things gives the same access.
//!
//! What gives nothing (AD-25) is left out. The billing contact is handed over and never imported (AD-16); how somebody signs in
//! stays where it is, so whoever comes by an import is invited.

use std::io::Write;

use access::state::{
    AccountAdminKind, CompanyAccess, CustomerAccess, CustomerFacet, ExtraGrant, PeopleScope,
    Person, ServiceLevel, Tie, UserFacet,
};
use access::{Dense, Moment, PersonId, UserGroupId, Window};
use ledger::{Account, Field, LedgerError, Place, Profile};
use people::import::names::Names;
use people::import::{Column, item};
use serde_json::{Map, Value};

/// People that one look into the profile store is about.
const AT_ONCE: usize = 500;

/// What an export wrote.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Exported {
    /// People written.
    pub people: u64,
    /// People left out because nothing recognises them again: they have no address.
    pub without_address: u64,
    /// Customers left out because their address is not confirmed yet (SD-23): they register again.
    pub unconfirmed: u64,
}

/// Why an export ended early.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The ledger failed.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The file could not be written.
    #[error("the file could not be written: {0}")]
    File(#[from] std::io::Error),
}

/// Writes everybody.
pub async fn export(account: &Account, file: &mut impl Write) -> Result<Exported, ExportError> {
    let names = Names::read(account, None).await?;
    let (state, now) = (names.state.clone(), account.now());
    let mut exported = Exported::default();
    let people: Vec<PersonId> = state.people().ids().collect();
    for chunk in people.chunks(AT_ONCE) {
        let mut reading = account.read().await?;
        let places = chunk.iter().map(|id| (account.id(), Place::of(*id)));
        let profiles = ledger::read_profiles(&mut reading.tx, places).await?;
        let profiles: std::collections::HashMap<u32, Profile> = profiles
            .into_iter()
            .map(|((_, place), _, profile)| (place.entity, profile))
            .collect();
        for person in chunk {
            let Some(row) = state.people().get(*person) else {
                continue;
            };
            let Some(kind) = kind(row) else {
                exported.unconfirmed += u64::from(row.is_customer());
                continue;
            };
            let profile = profiles.get(&person.number());
            let profile = profile.filter(|profile| profile.folded_email().is_some());
            let Some(profile) = profile else {
                exported.without_address += 1;
                continue;
            };
            let line = Line::of(&names, row, kind, profile, now);
            writeln!(file, "{}", Value::Object(line))?;
            exported.people += 1;
        }
    }
    file.flush()?;
    Ok(exported)
}

/// The facets that an import gives: a customer whose address is not confirmed opens nothing.
fn kind(row: &Person) -> Option<&'static str> {
    match (row.is_user(), is_customer(row)) {
        (true, true) => Some("both"),
        (true, false) => Some("user"),
        (false, true) => Some("customer"),
        (false, false) => None,
    }
}

fn is_customer(row: &Person) -> bool {
    row.is_customer() && row.customer != CustomerFacet::Unconfirmed
}

/// One line in the making.
struct Line<'a> {
    names: &'a Names,
    now: Moment,
    values: Map<String, Value>,
}

impl Line<'_> {
    fn of(
        names: &Names,
        row: &Person,
        kind: &str,
        profile: &Profile,
        now: Moment,
    ) -> Map<String, Value> {
        let mut line = Line {
            names,
            now,
            values: Map::new(),
        };
        for (column, field) in [
            (Column::Email, Field::Email),
            (Column::Name, Field::Name),
            (Column::Phone, Field::Phone),
            (Column::Title, Field::Title),
            (Column::Language, Field::Language),
            (Column::ExternalId, Field::ExternalId),
        ] {
            line.text(column, profile.get(field).map(str::to_owned));
        }
        line.text(Column::Kind, Some(kind.to_owned()));
        line.company(row);
        if row.is_user() {
            line.administration(row);
        }
        if is_customer(row) {
            let level = serde_json::to_value(row.portal_level).unwrap_or_default();
            line.values
                .insert(Column::PortalLevel.name().to_owned(), level);
        }
        line.ties(row);
        let off = [
            ("user", row.user == UserFacet::Deactivated),
            ("customer", row.customer == CustomerFacet::Deactivated),
        ];
        let off = off.into_iter().filter(|(_, off)| *off);
        for (facet, _) in off {
            line.item(Column::Deactivated, facet.to_owned());
        }
        line.values
    }

    fn text(&mut self, column: Column, value: Option<String>) {
        if let Some(value) = value {
            self.values
                .insert(column.name().to_owned(), Value::String(value));
        }
    }

    fn item(&mut self, column: Column, item: String) {
        let list = self
            .values
            .entry(column.name())
            .or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(items) = list {
            items.push(Value::String(item));
        }
    }

    /// `-`: no domain sorts a customer who is nobody's employee into a company (SD-22).
    fn company(&mut self, row: &Person) {
        let state = &self.names.state;
        let active = row
            .company
            .map(|company| self.names.companies.text(state, company));
        match active {
            Some(Some(name)) => self.text(Column::Company, Some(name)),
            _ if is_customer(row) => self.text(Column::Company, Some(item::NONE.to_owned())),
            _ => {}
        }
    }

    fn administration(&mut self, row: &Person) {
        let (names, extras) = (self.names, row.extras());
        if let Some(role) = names.roles.text(&names.state, row.account_role) {
            self.text(Column::AccountRole, Some(role));
            if let PeopleScope::UserGroups(groups) = &extras.role_scope {
                for group in self.scope(groups) {
                    self.item(Column::RoleUserGroups, group);
                }
            }
        }
        let mut grants: Vec<&ExtraGrant> = extras
            .extra_grants
            .iter()
            .filter(|grant| !grant.is_over(self.now))
            .collect();
        // A child brings its parent along with its own scope, if that is not there before (AD-3).
        grants.sort_by_key(|grant| grant.permission.parent().is_some());
        for grant in grants {
            let text = self.scoped(grant.permission.key(), &grant.scope);
            self.item(Column::ExtraGrants, item::write(&text, grant.window));
        }
        if row.ties.has(Tie::AccountAdmin(AccountAdminKind::Full)) {
            self.item(Column::AccountAdmin, "full".to_owned());
        } else if let Some(limited) = &extras.limited_admin {
            let first = self.scoped("limited", &limited.scope);
            self.item(Column::AccountAdmin, first);
            for privilege in limited.privileges.iter() {
                self.item(Column::AccountAdmin, privilege.key().to_owned());
            }
        }
        if let CompanyAccess::Listed {
            companies,
            without_company,
        } = row.company_access()
        {
            let first = match without_company {
                true => "listed_and_without",
                false => "listed",
            };
            self.item(Column::CompanyAccess, first.to_owned());
            for company in companies.iter() {
                if let Some(name) = names.companies.text(&names.state, company) {
                    self.item(Column::CompanyAccess, name);
                }
            }
        }
    }

    /// Ties for ever before those for a time, as they stand; Agent first, for features rest on it.
    fn ties(&mut self, row: &Person) {
        let state = self.names.state.clone();
        let held = row.ties.iter().filter_map(|tie| match *tie {
            Tie::Timed(timed) => {
                let row = state.timed_ties().get(timed)?;
                Some((row.tie, row.window))
            }
            tie => Some((tie, Window::ALWAYS)),
        });
        let now = self.now;
        let mut held: Vec<_> = held
            .filter(|(_, window)| window.end.is_none_or(|end| now < end))
            .collect();
        held.sort_by_key(|(tie, _)| *tie != Tie::Agent);
        for (tie, window) in held {
            if let Some((column, text)) = self.tie(tie) {
                self.item(column, item::write(&text, window));
            }
        }
    }

    fn tie(&self, tie: Tie) -> Option<(Column, String)> {
        let (names, state) = (self.names, &self.names.state);
        let service = |service, level| {
            let name = names.services.text(state, service)?;
            Some((Column::Services, format!("{name}:{level}")))
        };
        let queue = |queue, role| {
            let name = names.queues.text(state, queue)?;
            Some((Column::Queues, format!("{name}:{role}")))
        };
        let role = |text: &str| Some((Column::ProductRoles, text.to_owned()));
        match tie {
            Tie::Licence(id) => Some((Column::Licences, names.licences.text(state, id)?)),
            Tie::Service(id, ServiceLevel::User) => service(id, "user"),
            Tie::Service(id, ServiceLevel::Administrator) => service(id, "administrator"),
            Tie::Customer(id, CustomerAccess::Portal) => service(id, "portal"),
            Tie::Customer(id, CustomerAccess::NoPortal) => service(id, "no_portal"),
            Tie::Group(id) => Some((Column::Groups, names.groups.text(state, id)?)),
            Tie::UserGroup(id) => Some((Column::UserGroups, names.user_groups.text(state, id)?)),
            Tie::DeviceGroup(id) => {
                Some((Column::DeviceGroups, names.device_groups.text(state, id)?))
            }
            Tie::QueueAgent(id) => queue(id, "agent"),
            Tie::QueueSupervisor(id) => queue(id, "supervisor"),
            Tie::Agent => role("agent"),
            Tie::ContactAdmin => role("contact_admin"),
            Tie::Feature(permission) => role(permission.key()),
            Tie::DeskRight(right) => role(right.permission().key()),
            Tie::ProductRole(product, number) => {
                let text = names.product_role_text(product, number)?;
                Some((Column::ProductRoles, text))
            }
            // Written with its particulars, or gone with the day.
            Tie::AccountAdmin(_) | Tie::Login(..) | Tie::Paused(_) | Tie::Timed(_) => None,
        }
    }

    fn scoped(&self, what: &str, scope: &PeopleScope) -> String {
        match scope {
            PeopleScope::All => what.to_owned(),
            PeopleScope::UserGroups(groups) => {
                let separator = item::OF_SCOPE.to_string();
                format!("{what}@{}", self.scope(groups).join(&separator))
            }
        }
    }

    /// The groups that reach somebody (AD-25); `-` if none does (AD-26).
    fn scope(&self, groups: &[UserGroupId]) -> Vec<String> {
        let named = groups
            .iter()
            .filter_map(|group| self.names.user_groups.text(&self.names.state, *group));
        let mut named: Vec<_> = named.collect();
        if named.is_empty() {
            named.push(item::NONE.to_owned());
        }
        named
    }
}
