//! Subscriptions for programs.

mod bodies;

use access::{
    ConnectionId, Fingerprint,
    decide::{OnAccount, permissions::ManageIntegrations},
};
use ledger::{Account, LedgerError};
use outgoing::{Address, Allowed};
use web::{
    Problem, Result,
    common::Submission,
    guard::{Commands, May, TheAccount},
    part::{Order, Replacement},
    reply::Answer,
    route::{Route, delete, get, post, put},
    session::{Session, failed},
    submit::Written,
    values::parse_name,
};

use self::bodies::{
    Deliveries, DeliveryBody, KindBody, KindList, NewSubscription, ReplayOrder, SubscriptionBody,
    SubscriptionEdit, SubscriptionList,
};
use super::{
    Came, Delivery, Form, InPath, Networks, Secrets, Stage, Subscription, SubscriptionId,
    acts::{Add, Again, Edit, Edited, Remove, Replay, Rotate, Switch},
    address, store, url_mark,
};
use crate::{
    feed::Position,
    kind::{Kind, Kinds},
    signature::Secret,
};

/// Whoever sets them up.
pub(super) type Manager = May<ManageIntegrations, TheAccount>;

/// Of what was tried so much is listed.
const DELIVERIES_MAX: u32 = 100;
/// Longest value of the header `Authorization`.
const AUTHORIZATION_MAX: usize = 4_000;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/api/v1/event-kinds",
            "event_kinds.list",
            "List the kinds of events that others can be told of",
            kinds,
        ),
        get(
            "/api/v1/subscriptions",
            "subscriptions.list",
            "List webhooks and collectors",
            list,
        ),
        post(
            "/api/v1/subscriptions",
            "subscriptions.add",
            "Add a webhook or a collector; the answer holds its secret, this once",
            add,
        ),
        get(
            "/api/v1/subscriptions/{subscription}",
            "subscriptions.show",
            "Show a webhook or a collector",
            show,
        ),
        put(
            "/api/v1/subscriptions/{subscription}",
            "subscriptions.edit",
            "Change a webhook or a collector, by what was read of it",
            edit,
        ),
        delete(
            "/api/v1/subscriptions/{subscription}",
            "subscriptions.remove",
            "Remove a webhook or a collector for ever",
            remove,
        ),
        post(
            "/api/v1/subscriptions/{subscription}/pause",
            "subscriptions.pause",
            "Pause a webhook or a collector",
            pause,
        ),
        post(
            "/api/v1/subscriptions/{subscription}/resume",
            "subscriptions.resume",
            "Let a webhook or a collector go on from where it was",
            resume,
        ),
        post(
            "/api/v1/subscriptions/{subscription}/secret",
            "subscriptions.rotate",
            "Give a webhook a new secret, beside which the older one is good for a day",
            rotate,
        ),
        get(
            "/api/v1/subscriptions/{subscription}/deliveries",
            "subscriptions.deliveries",
            "List what could not be told, what is tried again, and what was told last",
            deliveries,
        ),
        post(
            "/api/v1/subscriptions/{subscription}/replay",
            "subscriptions.replay",
            "Have dead letters told again, or everything since a position",
            replay,
        ),
    ]
}

async fn kinds(session: Manager) -> Result<Answer<KindList>> {
    let items = Kind::ALL.iter().map(|kind| KindBody {
        key: kind.key(),
        about: kind.group(),
        says: kind.words(),
    });
    session.answer(KindList {
        items: items.collect(),
    })
}

/// All of the account.
pub(super) async fn all(session: &Session) -> Result<Vec<Subscription>> {
    let mut tx = session.account.read_once().await.map_err(failed)?;
    store::all(&mut tx, session.account.id())
        .await
        .map_err(failed)
}

/// One of them.
pub(super) async fn one(session: &Session, id: SubscriptionId) -> Result<Subscription> {
    let mut tx = session.account.read_once().await.map_err(failed)?;
    let found = store::one(&mut tx, session.account.id(), id).await;
    found.map_err(failed)?.ok_or_else(Problem::not_found)
}

async fn list(session: Manager) -> Result<Answer<SubscriptionList>> {
    let rows = all(&session).await?.into_iter();
    let items = rows
        .map(|row| SubscriptionBody::of(&session, row))
        .collect();
    session.answer(SubscriptionList { items })
}

async fn show(session: Manager, InPath(id): InPath) -> Result<Answer<SubscriptionBody>> {
    let row = one(&session, id).await?;
    session.answer(SubscriptionBody::of(&session, row))
}

/// What somebody types of a subscription, as it is kept.
#[derive(Clone, Debug)]
pub(super) struct Typed {
    pub name: String,
    pub url: String,
    pub kinds: Kinds,
    pub authorization: Option<String>,
}

/// What stands in the fields of a subscription, checked; `at` is before their names in a problem.
pub(super) fn typed(
    allowed: &Allowed,
    form: Form,
    (name, url): (&str, &str),
    kinds: Option<&[String]>,
    authorization: Option<&str>,
) -> Result<Typed> {
    let address = Address::parse(url.trim(), allowed);
    let address = address
        .map_err(|error| Problem::senseless("address_not_taken", "/url", error.to_string()))?;
    // AD-26: nothing chosen is not everything.
    let kinds = match kinds {
        None => Kinds::All,
        Some(keys) => Kinds::of_keys(keys.iter().map(String::as_str))
            .map_err(|wrong| Problem::senseless("unknown_kind", "/kinds", wrong))?,
    };
    let authorization = authorization.map(str::trim).filter(|text| !text.is_empty());
    if let Some(text) = authorization {
        let is_sane =
            text.len() <= AUTHORIZATION_MAX && text.bytes().all(|b| (b' '..=b'~').contains(&b));
        if form != Form::Collector || !is_sane {
            let detail =
                "a collector takes one line of up to 4,000 plain characters; a webhook takes none";
            return Err(Problem::senseless(
                "authorization_not_kept",
                "/authorization",
                detail,
            ));
        }
    }
    Ok(Typed {
        name: parse_name("/name", name)?,
        url: address.as_str().to_owned(),
        kinds,
        authorization: authorization.map(str::to_owned),
    })
}

/// Adds one that was checked; the answer holds its secret.
pub(super) async fn submit_new(
    session: &Session,
    form: Form,
    connection: ConnectionId,
    typed: Typed,
    how: &Submission,
) -> Result<Answer<Written>> {
    // It is handed a key, and what happens here leads out of the house by it.
    session.require_fresh()?;
    let account = &session.account;
    let id = SubscriptionId(account.engine().new_uuid());
    let secret = (form == Form::Webhook).then(|| new_secret(account));
    let secrets = match &secret {
        Some(secret) => Secrets::signing(secret.clone()),
        None => Secrets::collecting(typed.authorization),
    };
    let new = Subscription {
        id,
        connection,
        form,
        name: typed.name,
        url_mark: url_mark(account, id, &typed.url).map_err(failed)?,
        url: typed.url,
        kinds: typed.kinds,
        secrets: secrets.seal(account, id).map_err(failed)?,
        stage: Stage::Active,
        position: Position::now(account),
        epoch: 0,
        revision: 0,
        made_at: session.now(),
        failing_since: None,
        failure: String::new(),
    };
    let done = session.act(Add { new }, how, Some(id.to_string())).await?;
    Ok(showing(done, secret.as_ref()))
}

fn new_secret(account: &Account) -> Secret {
    Secret::new(account.engine().randomness().as_ref())
}

/// The answer of the first time alone shows a secret.
fn showing(mut done: Answer<Written>, secret: Option<&Secret>) -> Answer<Written> {
    if !done.body.dry_run && !done.body.repeated {
        done.body.secret = secret.map(Secret::reveal);
    }
    done
}

async fn add(
    commands: Commands,
    networks: Networks,
    order: Order<NewSubscription>,
) -> Result<Answer<Written>> {
    may_manage(&commands)?;
    let new = &order.body;
    let connection = commands.named("/connection", new.connection)?;
    let (fields, authorization) = ((&*new.name, &*new.url), new.authorization.as_deref());
    let typed = typed(
        &networks.0,
        new.form,
        fields,
        new.kinds.as_deref(),
        authorization,
    )?;
    submit_new(&commands, new.form, connection, typed, &order.how).await
}

/// Changes one into what was checked.
pub(super) async fn submit_edit(
    session: &Session,
    networks: &Networks,
    row: &Subscription,
    typed: Typed,
    read: Option<Fingerprint>,
    how: &Submission,
) -> Result<Answer<Written>> {
    session.require_fresh()?;
    let (account, id) = (&session.account, row.id);
    if typed.authorization.is_none() && leads_elsewhere(&networks.0, row, &typed.url) {
        let held = row.secrets(account).map_err(failed)?;
        if held.authorization().is_some() {
            let detail =
                "the address is of another server: give what is sent to it as Authorization anew";
            return Err(Problem::invalid("/authorization", detail));
        }
    }
    let sealed = |text| -> std::result::Result<_, LedgerError> {
        Secrets::collecting(Some(text)).seal(account, id)
    };
    let to = Edited {
        url_mark: url_mark(account, id, &typed.url).map_err(failed)?,
        name: typed.name,
        url: typed.url,
        kinds: typed.kinds,
        secrets: typed
            .authorization
            .map(sealed)
            .transpose()
            .map_err(failed)?,
    };
    session.act(Edit { id, to, read }, how, None).await
}

/// Whether a subscription would lead to another server: what the one was shown is not the other's to see. The mark of what was read says that
/// the row is still this one.
fn leads_elsewhere(allowed: &Allowed, row: &Subscription, url: &str) -> bool {
    let (old, new) = (address(&row.url, allowed), address(url, allowed));
    old.zip(new)
        .is_none_or(|(old, new)| !new.has_origin_of(&old))
}

async fn edit(
    commands: Commands,
    InPath(id): InPath,
    networks: Networks,
    order: Replacement<SubscriptionEdit>,
) -> Result<Answer<Written>> {
    let row = manager_of(&commands, id).await?;
    let (to, how) = (&order.order.body, &order.order.how);
    let (fields, authorization) = ((&*to.name, &*to.url), to.authorization.as_deref());
    let typed = typed(
        &networks.0,
        row.form,
        fields,
        to.kinds.as_deref(),
        authorization,
    )?;
    submit_edit(&commands, &networks, &row, typed, order.read, how).await
}

/// Nobody else is told what is wrong with what they send.
fn may_manage(session: &Session) -> Result<()> {
    session.permit(ManageIntegrations, OnAccount).map(drop)
}

/// A row that a change rests on, for whoever manages integrations; the act decides it again.
async fn manager_of(session: &Session, id: SubscriptionId) -> Result<Subscription> {
    may_manage(session)?;
    one(session, id).await
}

/// Gives it a new secret; the answer holds it.
pub(super) async fn submit_rotation(
    session: &Session,
    id: SubscriptionId,
    how: &Submission,
) -> Result<Answer<Written>> {
    session.require_fresh()?;
    let row = manager_of(session, id).await?;
    if row.form != Form::Webhook {
        let detail = "a collector has no secret of ours: change what is sent as Authorization";
        return Err(Problem::conflict("no_secret", detail));
    }
    let account = &session.account;
    let (secret, held) = (new_secret(account), row.secrets(account).map_err(failed)?);
    let secrets = held.rotated(secret.clone(), session.now());
    let act = Rotate {
        id,
        secrets: secrets.seal(account, id).map_err(failed)?,
        revision: row.revision,
    };
    let done = session.act(act, how, None).await?;
    Ok(showing(done, Some(&secret)))
}

async fn rotate(
    commands: Commands,
    InPath(id): InPath,
    how: Submission,
) -> Result<Answer<Written>> {
    submit_rotation(&commands, id, &how).await
}

/// Pauses it, or lets it go on.
pub(super) async fn submit_switch(
    session: &Session,
    id: SubscriptionId,
    on: bool,
    how: &Submission,
) -> Result<Answer<Written>> {
    session.act(Switch { id, on }, how, None).await
}

async fn pause(commands: Commands, InPath(id): InPath, how: Submission) -> Result<Answer<Written>> {
    submit_switch(&commands, id, false, &how).await
}

async fn resume(
    commands: Commands,
    InPath(id): InPath,
    how: Submission,
) -> Result<Answer<Written>> {
    submit_switch(&commands, id, true, &how).await
}

/// Removes it.
pub(super) async fn submit_removal(
    session: &Session,
    id: SubscriptionId,
    how: &Submission,
) -> Result<Answer<Written>> {
    session.act(Remove { id }, how, None).await
}

async fn remove(
    commands: Commands,
    InPath(id): InPath,
    how: Submission,
) -> Result<Answer<Written>> {
    submit_removal(&commands, id, &how).await
}

/// What came to this, newest first.
pub(super) async fn tried(
    session: &Session,
    id: SubscriptionId,
    came: Came,
) -> Result<Vec<Delivery>> {
    let mut tx = session.account.read_once().await.map_err(failed)?;
    let found = store::deliveries(&mut tx, session.account.id(), id, came, DELIVERIES_MAX).await;
    found.map_err(failed)
}

async fn deliveries(session: Manager, InPath(id): InPath) -> Result<Answer<Deliveries>> {
    one(&session, id).await?;
    let mut lists = Came::LISTED.map(|_| Vec::new());
    for (list, came) in lists.iter_mut().zip(Came::LISTED) {
        let found = tried(&session, id, came).await?.into_iter();
        *list = found.map(DeliveryBody::of).collect();
    }
    let [dead, waiting, delivered] = lists;
    session.answer(Deliveries {
        dead,
        waiting,
        delivered,
    })
}

/// Has something told again.
pub(super) async fn submit_replay(
    session: &Session,
    id: SubscriptionId,
    what: Again,
    how: &Submission,
) -> Result<Answer<Written>> {
    session.act(Replay { id, what }, how, None).await
}

async fn replay(
    commands: Commands,
    InPath(id): InPath,
    order: Order<ReplayOrder>,
) -> Result<Answer<Written>> {
    let ReplayOrder { event, dead, since } = order.body;
    let what = match (event, dead, since) {
        (Some(event), false, None) => Again::Dead(event),
        (None, true, None) => Again::AllDead,
        (None, false, Some(since)) => Again::Since(position("/since", &since)?),
        _ => {
            let detail = "give one of event, dead and since";
            return Err(Problem::senseless("one_of_three", "/event", detail));
        }
    };
    submit_replay(&commands, id, what, &order.how).await
}

/// A position in a request.
pub(crate) fn position(at: &str, text: &str) -> Result<Position> {
    text.parse().map_err(|_| {
        Problem::invalid(
            at,
            "give a position as a message has it, or 0 for the beginning",
        )
    })
}
