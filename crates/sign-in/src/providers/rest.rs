//! Sign-in providers for programs.

use access::{
    ConnectionId, Fingerprint,
    decide::{OnAccount, permissions::ManageIntegrations},
};
use jiff::Timestamp;
use ledger::Account;
use openid::{Client, Registration, RelyingParty};
use outgoing::Allowed;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{
    App, Problem, Result,
    about::About,
    call::Call,
    common::Submission,
    decision::timestamp,
    guard::{And, Commands, May, TheAccount},
    part::{Order, Part, Replacement},
    reply::Answer,
    resource::{CompanyRef, ConnectionRef, PersonRef},
    route::{Route, delete, get, post, put},
    session::{Session, failed, id_in},
    submit::Written,
};

use super::{
    Audience, Provider,
    acts::{Add, Edit, Remove},
    seal, store,
};

/// Whoever sets them up.
pub(super) type Manager = May<ManageIntegrations, TheAccount>;

/// Where a provider sends people back to.
pub(crate) const CALLBACK: &str = "/sign-in/provider/{provider}/callback";

/// Of which provider a place is, as its path has it.
pub(super) fn public_id(account: &Account, connection: ConnectionId) -> String {
    id_in(&account.state(), connection).0.to_string()
}

/// Longest of what is typed in one line.
const LINE_MAX: usize = 2_000;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/api/v1/sign-in-providers",
            "sign_in_providers.list",
            "List the sign-in providers",
            list,
        ),
        get(
            "/api/v1/connections/{connection}/sign-in-provider",
            "sign_in_providers.show",
            "Show how a sign-in provider is set up",
            show,
        ),
        post(
            "/api/v1/connections/{connection}/sign-in-provider",
            "sign_in_providers.add",
            "Set a sign-in provider up, for a connection of that kind",
            add,
        ),
        put(
            "/api/v1/connections/{connection}/sign-in-provider",
            "sign_in_providers.edit",
            "Change how a sign-in provider is set up, by what was read of it",
            edit,
        ),
        delete(
            "/api/v1/connections/{connection}/sign-in-provider",
            "sign_in_providers.remove",
            "Remove how a sign-in provider is set up; whoever is signed in through it is signed out",
            remove,
        ),
    ]
}

/// How a sign-in provider is to be set up.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProviderOrder {
    /// The address of the provider, letter by letter as its tokens have it. One that stands for many directories is refused.
    pub issuer: String,
    /// What the provider calls this server.
    pub client_id: String,
    /// What proves to the provider that it is this server. Never shown again; with a change, the one that is there stays where it is left
    /// out. Without any, PKCE alone proves it.
    #[serde(default)]
    pub client_secret: Option<String>,
    /// For whom it is.
    pub audience: Audience,
    /// Of `customers`: whose people it is for.
    #[serde(default)]
    pub companies: Vec<CompanyRef>,
    /// People are known by `sub`; with the id of a directory of Entra ID, by `oid` in this directory.
    #[serde(default)]
    pub directory: Option<String>,
    /// Without a directory: by this claim of the ID token in the place of `sub`, such as `uid`. It has to be one person’s for ever: what people
    /// can change, or get from each other, is refused. Where another one is chosen, everybody is known anew.
    #[serde(default)]
    pub subject_claim: Option<String>,
    /// Of `staff`: the connection of kind provisioning by which the same provider keeps people over SCIM. Whoever has the `externalId` by
    /// which the provider knows somebody is them.
    #[serde(default)]
    pub provisioning: Option<ConnectionRef>,
    /// For which domains it is believed that somebody’s verified address is theirs, and no other provider of this audience is. Of `customers`:
    /// domains of these companies.
    #[serde(default)]
    pub domains: Vec<String>,
    /// Those of them whose people come in by this provider alone.
    #[serde(default)]
    pub only_domains: Vec<String>,
    /// A Super admin who keeps a password and a passkey while there are any of these.
    #[serde(default)]
    pub break_glass: Option<PersonRef>,
    /// The claim that lists the provider’s groups of somebody.
    #[serde(default)]
    pub groups_claim: Option<String>,
    /// Whether people who are not known come to be by signing in.
    #[serde(default)]
    pub creates_people: bool,
}

/// A sign-in provider. Its secret is never shown.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProviderBody {
    pub connection: ConnectionRef,
    pub issuer: String,
    pub client_id: String,
    /// Whether a secret is kept.
    pub has_client_secret: bool,
    pub audience: Audience,
    pub companies: Vec<CompanyRef>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub directory: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject_claim: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provisioning: Option<ConnectionRef>,
    pub domains: Vec<String>,
    pub only_domains: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub break_glass: Option<PersonRef>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups_claim: Option<String>,
    pub creates_people: bool,
    /// Where the provider sends people back to: register it there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_uri: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    pub made_at: Timestamp,
    /// Send it as `If-Mark` with a change.
    pub mark: String,
}

/// Sign-in providers of the account.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProviderList {
    /// At most 50, oldest first.
    pub items: Vec<ProviderBody>,
}

/// What the operator of the server says: where requests may go, and under which address browsers reach it.
#[derive(Clone)]
pub(crate) struct Server {
    pub allowed: Allowed,
    pub origin: Option<String>,
    /// Asks providers; without it nobody comes in by one.
    pub party: Option<RelyingParty>,
}

impl Server {
    pub fn of(app: &App) -> Self {
        let limits = app.limits();
        Self {
            allowed: limits.outgoing.clone(),
            origin: limits.origin.clone(),
            party: limits.providers.clone(),
        }
    }

    /// Where a provider sends people back to; `None` where nobody said under which address this is reached.
    pub fn redirect_uri(&self, account: &Account, connection: ConnectionId) -> Option<String> {
        let place = CALLBACK.replace("{provider}", &public_id(account, connection));
        self.origin
            .as_ref()
            .map(|origin| format!("{origin}{place}"))
    }
}

impl Part for Server {
    fn describe(_: &mut About) {}

    async fn take(call: &mut Call) -> Result<Self> {
        Ok(Self::of(&call.app))
    }
}

fn said(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

impl ProviderBody {
    fn of(session: &Session, server: &Server, row: Provider) -> Self {
        let shown = row.companies.iter();
        Self {
            connection: session.id(row.connection),
            mark: row.mark().to_string(),
            has_client_secret: !row.secret.is_empty(),
            audience: Audience::of(row.facet),
            companies: shown.filter_map(|one| session.shown(*one)).collect(),
            directory: said(&row.directory),
            subject_claim: said(&row.subject_claim),
            provisioning: row.scim.and_then(|scim| session.shown(scim)),
            break_glass: row.break_glass.and_then(|person| session.shown(person)),
            groups_claim: said(&row.groups_claim),
            creates_people: row.creates,
            redirect_uri: server.redirect_uri(&session.account, row.connection),
            made_at: timestamp(row.made_at),
            issuer: row.issuer,
            client_id: row.client_id,
            domains: row.domains,
            only_domains: row.only_domains,
        }
    }
}

/// As the protocol knows it. Without an address of this server nobody can come back to it.
pub(crate) fn client(
    account: &Account,
    row: &Provider,
    client_secret: Option<String>,
    server: &Server,
) -> std::result::Result<Client, openid::Error> {
    let registration = Registration {
        issuer: row.issuer.clone(),
        client_id: row.client_id.clone(),
        client_secret,
        redirect_uri: server
            .redirect_uri(account, row.connection)
            .unwrap_or_else(|| "https://localhost/".to_owned()),
        scopes: vec!["email".into(), "profile".into()],
        subject: row.subject(),
        groups_claim: said(&row.groups_claim),
        clock_skew_seconds: Registration::CLOCK_SKEW_SECONDS,
    };
    Client::new(registration, &server.allowed)
}

/// All of the account.
pub(crate) async fn all(session: &Session) -> Result<Vec<Provider>> {
    let mut tx = session.account.read_once().await.map_err(failed)?;
    let found = store::all(&mut tx, session.account.id()).await;
    found.map_err(failed)
}

/// The one of a connection, if it is set up.
pub(crate) async fn of_connection(
    session: &Session,
    connection: ConnectionId,
) -> Result<Option<Provider>> {
    let mut tx = session.account.read_once().await.map_err(failed)?;
    let found = store::one(&mut tx, session.account.id(), connection).await;
    found.map_err(failed)
}

async fn list(session: Manager, server: Server) -> Result<Answer<ProviderList>> {
    let rows = all(&session).await?.into_iter();
    let items = rows.map(|row| ProviderBody::of(&session, &server, row));
    let items = items.collect();
    session.answer(ProviderList { items })
}

async fn show(
    session: Manager,
    And(connection): And<ConnectionId>,
    server: Server,
) -> Result<Answer<ProviderBody>> {
    let row = of_connection(&session, connection).await?;
    let row = row.ok_or_else(Problem::not_found)?;
    session.answer(ProviderBody::of(&session, &server, row))
}

/// One line of what was typed.
fn line(at: &str, text: &str, may_be_empty: bool) -> Result<String> {
    let text = text.trim();
    let is_sane = text.len() <= LINE_MAX
        && !text
            .chars()
            .any(|one| one.is_control() || one.is_whitespace())
        && (may_be_empty || !text.is_empty());
    match is_sane {
        true => Ok(text.to_owned()),
        false => Err(Problem::senseless(
            "not_one_word",
            at,
            "give one word without spaces",
        )),
    }
}

/// Domains in their one spelling, each once.
fn domains(at: &str, typed: &[String]) -> Result<Vec<String>> {
    let parsed = typed.iter().enumerate().map(|(index, text)| {
        let parsed = access::Domain::parse(text.trim());
        let parsed = parsed.map(|domain| domain.as_str().to_owned());
        let at = format!("{at}/{index}");
        parsed.map_err(|error| Problem::senseless(error.code(), at, error.to_string()))
    });
    let mut parsed = parsed.collect::<Result<Vec<_>>>()?;
    parsed.sort_unstable();
    parsed.dedup();
    Ok(parsed)
}

/// What somebody typed of a provider, as it is kept, and the secret where one was given.
pub(super) fn typed(
    session: &Session,
    server: &Server,
    connection: ConnectionId,
    order: &ProviderOrder,
) -> Result<(Provider, Option<String>)> {
    let mut companies = session.named_all("/companies", &order.companies)?;
    companies.sort_unstable();
    companies.dedup();
    let optional = |at, text: &Option<String>| line(at, text.as_deref().unwrap_or_default(), true);
    let secret = order.client_secret.as_deref();
    let secret = secret.map(|secret| line("/client_secret", secret, true));
    let new = Provider {
        connection,
        issuer: line("/issuer", &order.issuer, false)?,
        client_id: line("/client_id", &order.client_id, false)?,
        secret: Vec::new(),
        facet: order.audience.facet(),
        companies,
        directory: optional("/directory", &order.directory)?.to_lowercase(),
        subject_claim: optional("/subject_claim", &order.subject_claim)?,
        scim: session.named_if("/provisioning", order.provisioning)?,
        domains: domains("/domains", &order.domains)?,
        only_domains: domains("/only_domains", &order.only_domains)?,
        break_glass: session.named_if("/break_glass", order.break_glass)?,
        groups_claim: optional("/groups_claim", &order.groups_claim)?,
        creates: order.creates_people,
        revision: 0,
        made_at: session.now(),
    };
    if !new.directory.is_empty() && !new.subject_claim.is_empty() {
        return Err(Problem::senseless(
            "subject_claim",
            "/subject_claim",
            "inside of a directory people are known by oid: give the one or the other",
        ));
    }
    let secret = secret.transpose()?;
    // An empty one takes away the one that is there.
    let some = secret.clone().filter(|secret| !secret.is_empty());
    client(&session.account, &new, some, server).map_err(|error| {
        let at = match &error {
            openid::Error::Directory => "/directory".to_owned(),
            openid::Error::SubjectClaim => "/subject_claim".to_owned(),
            openid::Error::Registration(field) => format!("/{field}"),
            _ => "/issuer".to_owned(),
        };
        Problem::senseless(error.code(), at, format!("{error}: {}", error.remedy()))
    })?;
    Ok((new, secret))
}

/// Sets one up.
pub(super) async fn submit_new(
    session: &Session,
    (mut new, secret): (Provider, Option<String>),
    how: &Submission,
) -> Result<Answer<Written>> {
    // It is a key to everybody whom it may let in.
    session.require_fresh()?;
    new.secret = sealed(session, new.connection, secret.as_deref())?.unwrap_or_default();
    session.act(Add { new }, how, None).await
}

fn sealed(
    session: &Session,
    connection: ConnectionId,
    secret: Option<&str>,
) -> Result<Option<Vec<u8>>> {
    let sealed = secret.map(|secret| seal(&session.account, connection, secret));
    sealed.transpose().map_err(failed)
}

/// Changes one into what was typed.
pub(super) async fn submit_edit(
    session: &Session,
    (to, secret): (Provider, Option<String>),
    read: Option<Fingerprint>,
    how: &Submission,
) -> Result<Answer<Written>> {
    session.require_fresh()?;
    let secret = sealed(session, to.connection, secret.as_deref())?;
    session.act(Edit { to, secret, read }, how, None).await
}

/// Removes one.
pub(super) async fn submit_removal(
    session: &Session,
    connection: ConnectionId,
    how: &Submission,
) -> Result<Answer<Written>> {
    session.require_fresh()?;
    session.act(Remove { connection }, how, None).await
}

/// Nobody else is told what is wrong with what they send.
fn may_manage(session: &Session) -> Result<()> {
    session.permit(ManageIntegrations, OnAccount).map(drop)
}

async fn add(
    commands: Commands,
    And(connection): And<ConnectionId>,
    server: Server,
    order: Order<ProviderOrder>,
) -> Result<Answer<Written>> {
    may_manage(&commands)?;
    let typed = typed(&commands, &server, connection, &order.body)?;
    submit_new(&commands, typed, &order.how).await
}

async fn edit(
    commands: Commands,
    And(connection): And<ConnectionId>,
    server: Server,
    order: Replacement<ProviderOrder>,
) -> Result<Answer<Written>> {
    may_manage(&commands)?;
    let typed = typed(&commands, &server, connection, &order.order.body)?;
    submit_edit(&commands, typed, order.read, &order.order.how).await
}

async fn remove(
    commands: Commands,
    And(connection): And<ConnectionId>,
    how: Submission,
) -> Result<Answer<Written>> {
    may_manage(&commands)?;
    submit_removal(&commands, connection, &how).await
}
