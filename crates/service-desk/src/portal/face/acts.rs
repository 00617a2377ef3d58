//! What can be changed of the face: record acts, which the audit log tells of (AD-20).

use access::{
    Event, Permit,
    decide::{OnAccount, permissions::ConfigureDesk},
};
use ledger::{AccountId, Act, Here, LedgerError, SubmitError, Tx, Wrote};

use super::{colour::Colour, picture::Picture, store};

type Found = Result<Option<OnAccount>, LedgerError>;
type Done = Result<Wrote, SubmitError>;

fn told() -> Done {
    Ok(vec![Event::PortalFaceSet].into())
}

/// Another name, or another colour.
pub(super) struct SetFace {
    pub name: String,
    pub colour: Colour,
}

impl Act for SetFace {
    type Needs = ConfigureDesk;
    const NEEDS: ConfigureDesk = ConfigureDesk;
    const NAME: &'static str = "set_portal_face";

    async fn on(&self, _: &mut Tx, _: AccountId) -> Found {
        Ok(Some(OnAccount))
    }

    async fn apply(self, tx: &mut Tx, permit: Permit<'_, ConfigureDesk>, here: Here<'_>) -> Done {
        let kept = store::read(tx, here.account).await?;
        if (&kept.name, kept.colour) == (&self.name, self.colour) {
            return Ok(Wrote::default());
        }
        store::set(tx, here.account, &permit, self.name, self.colour).await?;
        told()
    }
}

/// Another logo.
pub(super) struct SetLogo {
    pub logo: Picture,
}

impl Act for SetLogo {
    type Needs = ConfigureDesk;
    const NEEDS: ConfigureDesk = ConfigureDesk;
    const NAME: &'static str = "set_portal_logo";

    async fn on(&self, _: &mut Tx, _: AccountId) -> Found {
        Ok(Some(OnAccount))
    }

    async fn apply(self, tx: &mut Tx, permit: Permit<'_, ConfigureDesk>, here: Here<'_>) -> Done {
        store::set_logo(tx, here.account, &permit, Some(self.logo)).await?;
        told()
    }
}

/// No logo any more.
pub(super) struct RemoveLogo;

impl Act for RemoveLogo {
    type Needs = ConfigureDesk;
    const NEEDS: ConfigureDesk = ConfigureDesk;
    const NAME: &'static str = "remove_portal_logo";

    async fn on(&self, _: &mut Tx, _: AccountId) -> Found {
        Ok(Some(OnAccount))
    }

    async fn apply(self, tx: &mut Tx, permit: Permit<'_, ConfigureDesk>, here: Here<'_>) -> Done {
        if store::read(tx, here.account).await?.logo.is_none() {
            return Ok(Wrote::default());
        }
        store::set_logo(tx, here.account, &permit, None).await?;
        told()
    }
}
