//! Passkeys (WebAuthn): what is asked of a browser, and whether it answered. A passkey is kept on a device that asks for a finger, a face
//! or a PIN, so that it is both factors in one; the browser says which of somebody's it is, and so whose.
//!
//! Challenges are kept nowhere: their state goes to the browser and back, sealed, with an end, and bound to what it is for: to sign in, or
//! to prove or register something in one session. Each is good once, because an answer is used up where it counts.

use access::{Moment, PersonId, PublicId};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use ledger::{Account, Engine, FactorProof, Hash, StoredPasskey};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;
use web::{Problem, Result, origin::OwnOrigin, session::failed};
use webauthn_rs::prelude::{
    CreationChallengeResponse, DiscoverableAuthentication, Passkey, PasskeyRegistration,
    PublicKeyCredential, RegisterPublicKeyCredential, Url, Webauthn, WebauthnBuilder,
};

/// How long a browser has for an answer.
const ANSWER_MS: i64 = 5 * 60 * 1_000;
/// Accounts of a database that are looked into.
const ACCOUNTS_MAX: u32 = 1_000;
const NAME: &str = "Rolecall";

/// What is kept of a passkey.
#[derive(Serialize, Deserialize)]
pub(crate) struct Kept {
    /// The browser that it was registered with, in a few words.
    pub browser: String,
    /// The place that it was registered at: it is good for no other.
    place: String,
    key: Passkey,
}

impl Kept {
    pub(crate) fn of(stored: &StoredPasskey) -> Result<Self> {
        serde_json::from_str(&stored.data).map_err(Problem::internal)
    }

    pub(crate) fn new(browser: String, origin: &OwnOrigin, key: Passkey) -> Self {
        Self {
            browser,
            place: origin.0.clone(),
            key,
        }
    }

    pub(crate) fn data(&self) -> Result<String> {
        serde_json::to_string(self).map_err(Problem::internal)
    }
}

/// The state of a challenge, as it goes to the browser.
#[derive(Serialize, Deserialize)]
struct Sealed<S> {
    until: i64,
    state: S,
}

/// A challenge that came back in time.
pub(crate) struct Challenge<S> {
    state: S,
    hash: Hash,
    until: Moment,
}

fn seal<S: Serialize>(account: &Account, what_for: &str, state: S) -> Result<String> {
    let until = account.now().0.saturating_add(ANSWER_MS);
    let plain = serde_json::to_vec(&Sealed { until, state }).map_err(Problem::internal)?;
    let sealed = account.seal(what_for.as_bytes(), &plain).map_err(failed)?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(sealed))
}

fn open<S: DeserializeOwned>(
    account: &Account,
    what_for: &str,
    text: &str,
) -> Option<Challenge<S>> {
    let sealed = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
    let plain = account.unseal(what_for.as_bytes(), &sealed)?;
    let Sealed { until, state } = serde_json::from_slice(&plain).ok()?;
    (account.now().0 < until).then(|| Challenge {
        state,
        hash: Hash::of(&sealed),
        until: Moment(until),
    })
}

/// This server, as passkeys know it: the host that the browser asks.
fn relying_party(origin: &OwnOrigin) -> Result<Webauthn> {
    let origin =
        Url::parse(&origin.0).map_err(|_| Problem::malformed("the origin is no address"))?;
    let host = origin.host_str().unwrap_or_default().to_owned();
    let built = WebauthnBuilder::new(&host, &origin).map(|builder| builder.rp_name(NAME));
    let built = built.and_then(WebauthnBuilder::build);
    built.map_err(|error| Problem::internal(error.to_string()))
}

/// What the browser is asked, and what it has to bring back with the answer.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct Asked {
    /// Options of `navigator.credentials`, in their JSON form.
    #[schema(value_type = Object)]
    options: serde_json::Value,
    /// To be sent back as it is.
    state: String,
}

/// Who registers a passkey.
pub(crate) struct Registering<'a> {
    pub account: &'a Account,
    /// Their id, which the device keeps and shows to nobody.
    pub person: PublicId<PersonId>,
    pub name: &'a str,
    pub email: &'a str,
    /// The sign-in session in which they do it.
    pub session: &'a str,
}

impl Registering<'_> {
    fn what_for(&self) -> String {
        format!("passkey registration {}", self.session)
    }

    pub(crate) fn ask(&self, origin: &OwnOrigin, known: &[StoredPasskey]) -> Result<Asked> {
        let known: Result<Vec<_>> = known.iter().map(Kept::of).collect();
        let known = known?
            .iter()
            .map(|kept| kept.key.cred_id().clone())
            .collect();
        let party = relying_party(origin)?;
        let id = self.person.uuid();
        let (options, state) = party
            .start_passkey_registration(id, self.email, self.name, Some(known))
            .map_err(|error| Problem::internal(error.to_string()))?;
        Ok(Asked {
            options: found_by_itself(&options)?,
            state: seal(self.account, &self.what_for(), state)?,
        })
    }

    /// The passkey that a browser made; `None` where it is none, or comes too late.
    pub(crate) fn take(
        &self,
        origin: &OwnOrigin,
        answer: &Answer,
    ) -> Result<Option<(Passkey, Challenge<PasskeyRegistration>)>> {
        let challenge = open::<PasskeyRegistration>(self.account, &self.what_for(), &answer.state);
        let made = serde_json::from_str::<RegisterPublicKeyCredential>(&answer.credential);
        let (Some(challenge), Ok(made)) = (challenge, made) else {
            return Ok(None);
        };
        let key = relying_party(origin)?.finish_passkey_registration(&made, &challenge.state);
        Ok(key.ok().map(|key| (key, challenge)))
    }
}

/// Whoever signs in with a passkey types no address: the device has to find it by itself.
fn found_by_itself(options: &CreationChallengeResponse) -> Result<serde_json::Value> {
    let mut options = serde_json::to_value(options).map_err(Problem::internal)?;
    let selection = &mut options["publicKey"]["authenticatorSelection"];
    selection["residentKey"] = "required".into();
    selection["requireResidentKey"] = true.into();
    Ok(options)
}

/// What a browser brings back.
#[derive(Deserialize)]
pub(crate) struct Answer {
    pub credential: String,
    pub state: String,
}

/// What a passkey is to prove. An answer to the one is none to the other.
#[derive(Clone, Copy)]
pub(crate) enum ProofFor<'a> {
    /// Who somebody is that nobody knows yet.
    SignIn,
    /// Who sits there, in this session.
    Session(&'a str),
}

impl ProofFor<'_> {
    fn text(self) -> String {
        match self {
            Self::SignIn => "passkey sign-in".to_owned(),
            Self::Session(session) => format!("passkey proof {session}"),
        }
    }
}

/// Asks for a passkey, whoever's it is.
pub(crate) async fn ask(
    engine: &Engine,
    origin: &OwnOrigin,
    proof_for: ProofFor<'_>,
) -> Result<Asked> {
    let first = engine.first_account().await.map_err(failed)?;
    let asked = relying_party(origin)?.start_discoverable_authentication();
    let (options, state) = asked.map_err(|error| Problem::internal(error.to_string()))?;
    Ok(Asked {
        options: serde_json::to_value(options).map_err(Problem::internal)?,
        state: seal(&first, &proof_for.text(), state)?,
    })
}

/// Somebody whose passkey answered. It still has to be used up.
pub(crate) struct Proved {
    pub account: Account,
    pub person: PersonId,
    id: Uuid,
    before: String,
    after: String,
    challenge: Hash,
    until: Moment,
}

impl Proved {
    /// Where it is this person's: somebody else's says nothing about who sits there.
    pub(crate) fn of(self, account: &Account, person: PersonId) -> Option<Self> {
        (self.account.id() == account.id() && self.person == person).then_some(self)
    }

    pub(crate) fn proof(&self) -> FactorProof<'_> {
        FactorProof::Passkey {
            id: self.id,
            before: &self.before,
            after: &self.after,
            challenge: &self.challenge,
            until: self.until,
        }
    }

    /// A passkey that was registered just now, and is a proof as well.
    pub(crate) fn by_registering<S>(
        (account, person): (&Account, PersonId),
        id: Uuid,
        data: &str,
        challenge: &Challenge<S>,
    ) -> Self {
        Self {
            account: account.clone(),
            person,
            id,
            before: data.to_owned(),
            after: data.to_owned(),
            challenge: challenge.hash,
            until: challenge.until,
        }
    }
}

/// Whose passkey answered, if it is somebody's and the answer is right.
pub(crate) async fn check(
    engine: &Engine,
    origin: &OwnOrigin,
    answer: &Answer,
    proof_for: ProofFor<'_>,
) -> Result<Option<Proved>> {
    let first = engine.first_account().await.map_err(failed)?;
    let what_for = proof_for.text();
    let challenge = open::<DiscoverableAuthentication>(&first, &what_for, &answer.state);
    let given = serde_json::from_str::<PublicKeyCredential>(&answer.credential);
    let (Some(challenge), Ok(given)) = (challenge, given) else {
        return Ok(None);
    };
    let party = relying_party(origin)?;
    let Ok((whose, key)) = party.identify_discoverable_authentication(&given) else {
        return Ok(None);
    };
    let Some((account, person)) = find(engine, whose).await? else {
        return Ok(None);
    };
    for stored in account.passkeys(person).await.map_err(failed)? {
        let mut kept = Kept::of(&stored)?;
        if kept.key.cred_id().as_slice() != key || kept.place != origin.0 {
            continue;
        }
        let state = challenge.state;
        let Ok(right) = party.finish_discoverable_authentication_v2(&given, state, &kept.key)
        else {
            return Ok(None);
        };
        if !right.user_verified() {
            return Ok(None);
        }
        kept.key.update_credential(&right);
        return Ok(Some(Proved {
            account,
            person,
            id: stored.id,
            before: stored.data,
            after: kept.data()?,
            challenge: challenge.hash,
            until: challenge.until,
        }));
    }
    Ok(None)
}

async fn find(engine: &Engine, whose: Uuid) -> Result<Option<(Account, PersonId)>> {
    for account in engine.accounts(None, ACCOUNTS_MAX).await.map_err(failed)? {
        let account = engine.account(account).await.map_err(failed)?;
        let person = account.state().resolve(PublicId::<PersonId>::new(whose));
        if let Some(person) = person {
            return Ok(Some((account, person)));
        }
    }
    Ok(None)
}
