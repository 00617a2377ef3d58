//! The gate of company access (SD-33): one more company on the list, or all companies.

use super::{Case, Change};
use crate::command::Command;
use crate::decide::Target;
use crate::event::ListedCompanies;
use crate::state::CompanyAccess;

impl Case<'_> {
    pub(super) fn company(&self) -> Vec<Change> {
        let Some((person, row)) = self.person() else {
            return Vec::new();
        };
        let CompanyAccess::Listed {
            companies,
            without_company,
        } = row.company_access()
        else {
            return Vec::new();
        };
        let hidden = match self.target() {
            Target::Record(facts) => facts.company,
            Target::Device(device) => self.state.devices().get(device).and_then(|row| row.company),
            _ => return Vec::new(),
        };
        let listed = ListedCompanies {
            companies: companies.iter().chain(hidden).collect(),
            without_company: *without_company || hidden.is_none(),
        };
        let set = |listed| vec![Command::SetCompanyAccess { person, listed }];
        vec![set(Some(listed)), set(None)]
    }
}
