//! Making, changing and removing a subscription: record acts of whoever manages integrations. The engine decides that at the head of the log.

use access::{
    ConnectionId, Event, Fingerprint, Permit, Refusal, Subject, View,
    decide::{
        OnAccount,
        permissions::{ManageIntegrations, ViewAudit},
    },
    event::SubscriptionStep,
    state::ConnectionKind,
};
use ledger::{AccountId, Act, Here, LedgerError, SubmitError, Tx, Wrote};

use super::{
    Came, Stage, Subscription, SubscriptionId,
    store::{self, SUBSCRIPTIONS_MAX},
};
use crate::{feed::Position, kind::Kinds, message::may_hear};

type Found = Result<Option<OnAccount>, LedgerError>;
type Done = Result<Wrote, SubmitError>;
type MayManage<'a> = Permit<'a, ManageIntegrations>;

fn gone() -> Refusal {
    Refusal::not_found("no such subscription")
}

fn event(of: &Subscription, step: SubscriptionStep) -> Wrote {
    Wrote::from(vec![Event::Subscription {
        uid: of.id.0,
        connection: of.connection,
        step,
    }])
}

async fn known(
    tx: &mut Tx,
    account: AccountId,
    id: SubscriptionId,
) -> Result<Subscription, SubmitError> {
    let found = store::one(tx, account, id).await?;
    Ok(found.ok_or_else(gone)?)
}

/// AD-29: it is told as a connection, with its role; whoever sets it up may read what it will be told, of every company (SD-33).
fn may_be_told(view: &View<'_>, connection: ConnectionId) -> Result<(), Refusal> {
    if view.permit(ViewAudit, OnAccount).is_err() {
        let detail = "needs admin.audit.view: nobody has others told what they may not read";
        return Err(Refusal::forbidden("AD-29", "denied", detail));
    }
    if !view.admits_all() {
        // A connection has no list of companies.
        let detail = "a connection is told of every company, and some are hidden from you";
        return Err(Refusal::forbidden("SD-33", "companies_hidden", detail));
    }
    let row = view.state().connections().get(connection);
    let row = row.filter(|row| row.life.is_active() && view.sees(connection));
    let row = row.ok_or_else(|| Refusal::not_found("no such connection"))?;
    if row.kind != ConnectionKind::Service {
        let detail = "a connection that is told what happens is of the kind service";
        return Err(Refusal::conflict("AD-29", "not_a_service", detail));
    }
    let of_it = view
        .state()
        .view(Subject::Connection(connection), view.now());
    if !may_hear(&of_it) {
        let detail =
            "the role of the connection lacks admin.audit.view: give it another role first";
        return Err(Refusal::conflict(
            "AD-28",
            "connection_without_right",
            detail,
        ));
    }
    Ok(())
}

/// What each of these acts needs, and what it is called.
macro_rules! manages_integrations {
    ($name:literal) => {
        type Needs = ManageIntegrations;
        const NEEDS: ManageIntegrations = ManageIntegrations;
        const NAME: &'static str = $name;

        async fn on(&self, _: &mut Tx, _: AccountId) -> Found {
            Ok(Some(OnAccount))
        }
    };
}

/// A new one.
pub(super) struct Add {
    pub new: Subscription,
}

impl Act for Add {
    manages_integrations!("add_subscription");

    async fn apply(mut self, tx: &mut Tx, permit: MayManage<'_>, here: Here<'_>) -> Done {
        may_be_told(&here.view, self.new.connection)?;
        if store::count(tx, here.account).await? >= SUBSCRIPTIONS_MAX {
            let detail = format!("there are {SUBSCRIPTIONS_MAX} already: remove one first");
            return Err(Refusal::conflict("AD-29", "list_full", detail).into());
        }
        // What happened before it was made is asked for by `since`.
        self.new.made_at = here.view.now();
        store::add(tx, here.account, &permit, &self.new).await?;
        Ok(event(&self.new, SubscriptionStep::Made))
    }
}

/// What somebody may change of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Edited {
    pub name: String,
    pub url: String,
    pub url_mark: String,
    pub kinds: Kinds,
    /// Of a collector, where another one is given: sealed.
    pub secrets: Option<Vec<u8>>,
}

/// It has another address, another choice of kinds or another name.
pub(super) struct Edit {
    pub id: SubscriptionId,
    pub to: Edited,
    /// The mark of what was read; `None` for a dry run.
    pub read: Option<Fingerprint>,
}

impl Act for Edit {
    manages_integrations!("edit_subscription");

    async fn apply(self, tx: &mut Tx, permit: MayManage<'_>, here: Here<'_>) -> Done {
        let now = known(tx, here.account, self.id).await?;
        if self.read.is_some_and(|read| read != now.mark()) {
            return Err(changed_meanwhile().into());
        }
        let Edited {
            name,
            url,
            url_mark,
            kinds,
            secrets,
        } = self.to;
        let is_so =
            (&now.name, &now.url, &now.url_mark, &now.kinds) == (&name, &url, &url_mark, &kinds);
        if is_so && secrets.is_none() {
            return Ok(Wrote::default());
        }
        may_be_told(&here.view, now.connection)?;
        let new = Subscription {
            name,
            url,
            url_mark,
            kinds,
            secrets: secrets.unwrap_or(now.secrets),
            ..now
        };
        store::change(tx, here.account, &permit, &new).await?;
        Ok(event(&new, SubscriptionStep::Edited))
    }
}

/// It has a new secret.
pub(super) struct Rotate {
    pub id: SubscriptionId,
    /// Sealed, with the older ones.
    pub secrets: Vec<u8>,
    /// Of what these were made.
    pub revision: i64,
}

impl Act for Rotate {
    manages_integrations!("rotate_subscription");

    async fn apply(self, tx: &mut Tx, permit: MayManage<'_>, here: Here<'_>) -> Done {
        let now = known(tx, here.account, self.id).await?;
        if now.revision != self.revision {
            return Err(changed_meanwhile().into());
        }
        let new = Subscription {
            secrets: self.secrets,
            ..now
        };
        store::change(tx, here.account, &permit, &new).await?;
        Ok(event(&new, SubscriptionStep::SecretRotated))
    }
}

fn changed_meanwhile() -> Refusal {
    let detail = "it was changed since it was read: read it again";
    Refusal::conflict("AD-29", "changed_meanwhile", detail)
}

/// It is paused, or goes on.
pub(super) struct Switch {
    pub id: SubscriptionId,
    pub on: bool,
}

impl Act for Switch {
    manages_integrations!("switch_subscription");

    async fn apply(self, tx: &mut Tx, permit: MayManage<'_>, here: Here<'_>) -> Done {
        let now = known(tx, here.account, self.id).await?;
        let (stage, step) = match self.on {
            true => (Stage::Active, SubscriptionStep::Resumed),
            false => (Stage::Paused, SubscriptionStep::Paused),
        };
        if now.stage == stage {
            return Ok(Wrote::default());
        }
        if self.on {
            // AD-28: what was stopped by a right that ended goes on when somebody says so, and with the right.
            may_be_told(&here.view, now.connection)?;
        }
        let new = Subscription { stage, ..now };
        store::change(tx, here.account, &permit, &new).await?;
        if self.on {
            store::resumed(tx, here.account, &permit, self.id, here.view.now()).await?;
        }
        Ok(event(&new, step))
    }
}

/// What is to be told again.
#[derive(Clone, Debug)]
pub(super) enum Again {
    /// One of what could not be told.
    Dead(String),
    /// All of it.
    AllDead,
    /// Everything since a position.
    Since(Position),
}

/// Something is told again, with the ids that it had.
pub(super) struct Replay {
    pub id: SubscriptionId,
    pub what: Again,
}

impl Act for Replay {
    manages_integrations!("replay_subscription");

    async fn apply(self, tx: &mut Tx, permit: MayManage<'_>, here: Here<'_>) -> Done {
        let (account, now) = (here.account, here.view.now());
        let of = known(tx, account, self.id).await?;
        may_be_told(&here.view, of.connection)?;
        let one = match &self.what {
            Again::Since(position) if !position.has_come(here.view.state(), now) => {
                let detail = "there is no such position yet";
                return Err(Refusal::invalid("AD-29", "no_such_position", detail).into());
            }
            Again::Since(position) => {
                store::rewind(tx, account, &permit, self.id, *position).await?;
                return Ok(event(&of, SubscriptionStep::Replayed));
            }
            Again::Dead(event) => Some(event.as_str()),
            Again::AllDead => None,
        };
        let revived = store::revive(tx, account, &permit, self.id, one, now).await?;
        if revived == 0 && one.is_some() {
            return Err(Refusal::not_found("no such dead letter").into());
        }
        Ok(match revived {
            0 => Wrote::default(),
            _ => event(&of, SubscriptionStep::Replayed),
        })
    }
}

/// It is gone for ever.
pub(super) struct Remove {
    pub id: SubscriptionId,
}

impl Act for Remove {
    manages_integrations!("remove_subscription");

    async fn apply(self, tx: &mut Tx, permit: MayManage<'_>, here: Here<'_>) -> Done {
        let of = known(tx, here.account, self.id).await?;
        store::remove(tx, here.account, &permit, self.id).await?;
        Ok(event(&of, SubscriptionStep::Removed))
    }
}

impl Stage {
    /// As it is shown: a right that is not held now stops it whatever its row says.
    pub fn shown(self, view: &View<'_>, connection: ConnectionId) -> Self {
        let of_it = view
            .state()
            .view(Subject::Connection(connection), view.now());
        match self {
            Self::Active if !may_hear(&of_it) => Self::RightEnded,
            other => other,
        }
    }
}

impl Came {
    /// Those that are listed, each by itself.
    pub const LISTED: [Self; 3] = [Self::Dead, Self::Waiting, Self::Delivered];
}
