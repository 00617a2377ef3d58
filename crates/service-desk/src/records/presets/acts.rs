//! Setting what a service gives its records: a record act, which the log tells by the service alone.

use access::{
    Event, Fingerprint, Permit, Refusal, ServiceId,
    decide::{OnAccount, permissions::ConfigureDesk},
};
use ledger::{AccountId, Act, Here, LedgerError, SubmitError, Tx, Wrote};

use super::Presets;
use crate::records::{acts::changed_meanwhile, store};

/// A service gives its records something else.
pub(in crate::records) struct SetPresets {
    pub service: ServiceId,
    pub presets: Presets,
    /// The mark of what was read; `None` for a dry run.
    pub read: Option<Fingerprint>,
}

impl Act for SetPresets {
    type Needs = ConfigureDesk;
    const NEEDS: ConfigureDesk = ConfigureDesk;
    const NAME: &'static str = "set_service_presets";

    async fn on(&self, _: &mut Tx, _: AccountId) -> Result<Option<OnAccount>, LedgerError> {
        Ok(Some(OnAccount))
    }

    async fn apply(
        self,
        tx: &mut Tx,
        permit: Permit<'_, ConfigureDesk>,
        here: Here<'_>,
    ) -> Result<Wrote, SubmitError> {
        let (account, service) = (here.account, self.service);
        if !here.view.sees(service) {
            return Err(Refusal::not_found("no such service").into());
        }
        let there = store::presets(tx, account, service).await?;
        if there == self.presets {
            return Ok(Wrote::default());
        }
        if self.read.is_some_and(|read| read != there.mark(service)) {
            return Err(changed_meanwhile().into());
        }
        // An id is one of those that stand there, or a new one: none is taken from another service.
        let group = self.presets.default_group;
        if let Some(group) = group.filter(|group| there.default_group != Some(*group)) {
            if !here.view.sees(group) {
                return Err(Refusal::not_found("no such group").into());
            }
            if !here.view.group_works_on(group, service) {
                let detail = "new records go to a group that has access to the service";
                return Err(Refusal::conflict("SD-19", "assignee_without_access", detail).into());
            }
        }
        store::write_presets(tx, account, &permit, service, self.presets).await?;
        Ok(vec![Event::ServicePresetsSet { service }].into())
    }
}
