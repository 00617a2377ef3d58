//! Setting the targets of a service: a record act, which the log tells by the service alone.

use access::{
    Event, Fingerprint, Permit, Refusal, ServiceId,
    decide::{OnAccount, permissions::ConfigureDesk},
};
use ledger::{AccountId, Act, Here, LedgerError, SubmitError, Tx, Wrote};

use super::Targets;
use crate::records::store;

/// A service says when its records are due.
pub(in crate::records) struct SetTargets {
    pub service: ServiceId,
    pub targets: Targets,
    /// The mark of what was read; `None` for a dry run.
    pub read: Option<Fingerprint>,
}

impl Act for SetTargets {
    type Needs = ConfigureDesk;
    const NEEDS: ConfigureDesk = ConfigureDesk;
    const NAME: &'static str = "set_service_targets";

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
        let there = store::targets(tx, account, service).await?;
        if there == self.targets {
            return Ok(Wrote::default());
        }
        if self.read.is_some_and(|read| read != there.mark(service)) {
            let detail = "somebody else changed it since it was read: read it again";
            return Err(Refusal::conflict("SD-30", "changed_meanwhile", detail).into());
        }
        store::write_targets(tx, account, &permit, service, &self.targets).await?;
        Ok(vec![Event::ServiceTargetsSet { service }].into())
    }
}
