//! Sign-in providers of the account (OpenID Connect): for staff, or for the customers of named companies, and never for both
//! (`docs/decisions/0036-openid-connect.md`). Each belongs to a connection, which is a subject of its own (AD-29).
//!
//! Start reading here, for what is known of one; then `acts.rs` for who may set it up, and `flow.rs` for how somebody comes in by it.

mod acts;
mod again;
mod audience;
mod beside;
mod consequence;
pub(crate) mod flow;
mod link;
mod of_person;
pub(crate) mod own;
mod pages;
mod rest;
pub(crate) mod signed_out;
pub(crate) mod store;

pub(crate) use self::{audience::Audience, consequence::ConnectionEnded, rest::Server};

use access::{CompanyId, ConnectionId, Dense, Fingerprint, Moment, PersonId, State, state::Facet};
use ledger::{Account, LedgerError, Through};
use openid::{Identity, Subject};
use uuid::Uuid;
use web::{route::Route, through::may_come_through};

pub(crate) fn routes() -> Vec<Route> {
    let routes = [
        again::routes(),
        flow::routes(),
        of_person::routes(),
        own::routes(),
        pages::routes(),
        rest::routes(),
        signed_out::routes(),
    ];
    routes.into_iter().flatten().collect()
}

/// A provider as its row has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Provider {
    pub connection: ConnectionId,
    /// Letter by letter as its metadata and its tokens have it.
    pub issuer: String,
    /// What it calls us.
    pub client_id: String,
    /// Sealed; empty where there is none.
    pub secret: Vec<u8>,
    /// The one facet that it opens.
    pub facet: Facet,
    /// For customers: whose people it is for (AD-26: none is for nobody).
    pub companies: Vec<CompanyId>,
    /// Empty: people are known by `sub`; otherwise by `oid`, in the directory of this id.
    pub directory: String,
    /// Where there is no directory: by this claim in the place of `sub`, unless it is empty.
    pub subject_claim: String,
    /// The connection by which the same provider keeps people as its directory has them: whom it knows by an id there, it knows here.
    pub scim: Option<ConnectionId>,
    /// For which its verified addresses are believed.
    pub domains: Vec<String>,
    /// Those of them whose people come in by it alone.
    pub only_domains: Vec<String>,
    /// Who keeps a password and a passkey while there are any of these.
    pub break_glass: Option<PersonId>,
    /// The claim that lists the groups of somebody; empty: none is read.
    pub groups_claim: String,
    /// Whether people come to be by signing in.
    pub creates: bool,
    /// Counts what somebody changed.
    pub revision: i64,
    pub made_at: Moment,
}

impl Provider {
    /// What a change of it carries: it is refused where somebody else changed it.
    pub fn mark(&self) -> Fingerprint {
        Fingerprint::of_stored(&(self.connection.number(), self.made_at.0, self.revision))
    }

    /// Whether a verified address of this domain is believed.
    pub fn trusts(&self, domain: &str) -> bool {
        self.domains.iter().any(|one| one == domain)
    }

    /// Whether people of this domain come in by it alone.
    pub fn is_only_for(&self, domain: &str) -> bool {
        self.only_domains.iter().any(|one| one == domain)
    }

    /// Whoever has to come in without it: nobody, while everybody can.
    pub fn needed(&self) -> Option<PersonId> {
        self.break_glass.filter(|_| self.is_alone())
    }

    /// What proves to it that it is us.
    pub fn secret(&self, account: &Account) -> Result<Option<String>, LedgerError> {
        if self.secret.is_empty() {
            return Ok(None);
        }
        let plain = account.unseal(&bound(self.connection), &self.secret);
        let plain = plain.and_then(|plain| String::from_utf8(plain).ok());
        let damaged = || LedgerError::Damaged("the secret of a sign-in provider".into());
        plain.map(Some).ok_or_else(damaged)
    }

    /// What a session that comes through it opens.
    pub fn through(&self, subject_mark: String, session_mark: Option<String>) -> Through {
        Through {
            connection: self.connection,
            facet: self.facet,
            companies: self.companies.clone(),
            subject_mark,
            session_mark,
            goodbye: None,
        }
    }

    /// Whether it opens anything to somebody now.
    pub fn lets_in(&self, state: &State, person: PersonId, now: Moment) -> bool {
        let through = self.through(String::new(), None);
        may_come_through(state, person, Some(&through), now)
    }

    /// Whether somebody has the side that it opens, switched on or off.
    pub fn is_for(&self, state: &State, person: PersonId) -> bool {
        let row = state.people().get(person);
        row.is_some_and(|row| match self.facet {
            Facet::User => row.is_user(),
            Facet::Customer => row.is_customer(),
        })
    }

    /// By what it calls people.
    pub fn subject(&self) -> Subject {
        match (self.directory.as_str(), self.subject_claim.as_str()) {
            ("", "") => Subject::Sub,
            ("", claim) => Subject::Claim(claim.to_owned()),
            (directory, _) => Subject::Oid {
                directory: directory.to_owned(),
            },
        }
    }

    /// Whether people of some domains come in by it alone.
    pub fn is_alone(&self) -> bool {
        !self.only_domains.is_empty()
    }

    /// Whether it calls people by the names by which it called them before.
    fn names_as(&self, before: &Self) -> bool {
        let of = |one: &Self| (one.issuer.clone(), one.subject());
        of(self) == of(before)
    }

    /// Whether sessions that came through it before would be others now.
    fn opens_as(&self, before: &Self) -> bool {
        let of = |one: &Self| (one.client_id.clone(), one.facet, one.companies.clone());
        self.names_as(before) && of(self) == of(before)
    }
}

/// To what a sealed ID token is bound, which the provider is shown at sign-out.
const GOODBYE: &[u8] = b"goodbye to a provider";

/// To what a sealed secret is bound.
fn bound(connection: ConnectionId) -> Vec<u8> {
    format!("sign-in provider {}", connection.number()).into_bytes()
}

/// A secret as it is kept.
fn seal(account: &Account, of: ConnectionId, secret: &str) -> Result<Vec<u8>, LedgerError> {
    match secret {
        "" => Ok(Vec::new()),
        secret => account.seal(&bound(of), secret.as_bytes()),
    }
}

/// By what a name of a provider for somebody is found again: the name itself stands nowhere. It is of one connection, so that what opens one
/// facet says nothing for another one of the same issuer.
fn link_mark(
    account: &Account,
    of: ConnectionId,
    identity: &Identity,
) -> Result<Uuid, LedgerError> {
    let (named, of) = (&identity.subject, of.number().to_be_bytes());
    let name = [&named.claim, &named.value].map(String::as_bytes);
    let parts = [&of, identity.issuer.as_bytes(), name[0], name[1]];
    let hash = account.keyed("provider link", &parts)?;
    let (half, _) = hash.split_at(16);
    Uuid::from_slice(half).map_err(|_| LedgerError::Damaged("a mark of sixteen bytes".into()))
}

/// The same for what a session is ended by: `what` is `sub` or `sid`.
pub(crate) fn session_mark(
    account: &Account,
    (what, issuer): (&str, &str),
    value: &str,
) -> Result<String, LedgerError> {
    let parts = [what.as_bytes(), issuer.as_bytes(), value.as_bytes()];
    let hash = account.keyed("provider session", &parts)?;
    Ok(hash.iter().map(|byte| format!("{byte:02x}")).collect())
}
