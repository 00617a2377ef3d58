//! What of the desk the actor may know and change: the lookups that every desk command begins with. Somebody without the right
//! to configure is refused before anything is looked up, so that a refusal tells nothing about what is there; company access
//! (SD-33) then hides companies and their customers as if they were not there.

use super::{Draft, Refusal};
use crate::catalogue::Permission;
use crate::decide::Target;
use crate::ids::{CompanyId, Dense, GroupId, PublicId, ServiceId};
use crate::idset::IdSet;
use crate::state::{Company, Group, Life, Resolve, Service};

/// Rows, people or companies that one command may name.
const MAX_ROWS: usize = 100_000;

impl<'a> Draft<'a> {
    /// Configures the desk: services, groups, companies, customers (RULES §4 table).
    pub(super) fn may_configure(&self) -> Result<(), Refusal> {
        self.require(Permission::ServiceDeskAccountConfigure, Target::Account)
    }

    /// SD-33: whether the actor may know of what belongs to this company.
    pub(super) fn reaches(&self, company: Option<CompanyId>) -> bool {
        self.view()
            .person()
            .is_none_or(|row| row.company_access().admits(company))
    }

    /// A service of the desk that can be configured, for somebody who may. SD-5: to whoever has no level on it, it is not there.
    pub(super) fn configurable(&self, service: ServiceId) -> Result<&'a Service, Refusal> {
        let configures = self.may_configure();
        let view = self.view();
        let known = configures.is_ok() || view.may(Permission::ServiceDeskRecordManage, service);
        let row = self.before.services().get(service);
        let row = row
            .filter(|row| known && row.life != Life::Deleted)
            .ok_or_else(|| Refusal::not_found("no such service"))?;
        configures?;
        self.require_active(Some(row.life), "service")?;
        Ok(row)
    }

    /// A company within the actor's company access that counts.
    pub(super) fn active_company(&self, company: CompanyId) -> Result<&'a Company, Refusal> {
        let row = self.company(company)?;
        self.require_active(Some(row.life), "company")?;
        Ok(row)
    }

    /// A company within the actor's company access.
    pub(super) fn company(&self, company: CompanyId) -> Result<&'a Company, Refusal> {
        self.before
            .companies()
            .get(company)
            .filter(|row| row.life != Life::Deleted && self.reaches(Some(company)))
            .ok_or_else(|| Refusal::not_found("no such company"))
    }

    /// A group that was not deleted.
    pub(super) fn group(&self, group: GroupId) -> Result<&'a Group, Refusal> {
        self.before
            .groups()
            .get(group)
            .filter(|row| row.life != Life::Deleted)
            .ok_or_else(|| Refusal::not_found("no such group"))
    }
    /// The dense id of what was just made.
    pub(super) fn made<K: Resolve>(&self, id: PublicId<K>) -> Result<K, Refusal> {
        self.after
            .resolve(id)
            .ok_or_else(|| Refusal::conflict("§7", "account_is_full", "no more rows of this kind"))
    }

    /// New things bring their public id: one that is there already was made before.
    pub(super) fn is_new<K: Resolve>(&self, id: PublicId<K>) -> Result<(), Refusal> {
        match self.after.resolve(id) {
            None => Ok(()),
            Some(_) => Err(Refusal::conflict(
                "§7",
                "id_in_use",
                "a thing with this id is there already",
            )),
        }
    }
}

/// Every list has a limit and names each thing once.
pub(super) fn each_once<K: Dense>(ids: impl ExactSizeIterator<Item = K>) -> Result<(), Refusal> {
    if ids.len() > MAX_ROWS {
        let detail = format!("one command takes at most {MAX_ROWS} rows");
        return Err(Refusal::invalid("§7", "too_many_rows", detail));
    }
    if ids.len() < 2 {
        return Ok(());
    }
    let mut seen = IdSet::default();
    for id in ids {
        if !seen.insert(id) {
            return Err(Refusal::invalid(
                "§7",
                "named_twice",
                "a row is named twice",
            ));
        }
    }
    Ok(())
}
