//! Who somebody is, as the provider says.

use std::fmt;

use serde_json::Value;

use crate::error::BadToken;
use crate::token::{Claims, milliseconds, text};
use crate::{Client, Error, Subject};

/// Bytes of what names somebody, or a session (Core §2: 255).
const SUBJECT_MAX: usize = 255;
/// Bytes of a name or an address.
const TEXT_MAX: usize = 320;
/// Groups of somebody.
const GROUPS_MAX: usize = 2_000;
const METHODS_MAX: usize = 20;

/// By what a provider names somebody. With the issuer and the claim it is one person for ever: the same text in two claims is two people.
#[derive(Clone, PartialEq, Eq)]
pub struct Named {
    /// The claim of the token in which it stands.
    pub claim: String,
    /// Letter by letter.
    pub value: String,
}

impl Named {
    /// What stands there.
    pub fn as_str(&self) -> &str {
        &self.value
    }
}

/// It is personal data.
impl fmt::Debug for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Named(…)")
    }
}

/// What was proved, and what the provider says of them beside it. Texts are bounded, and otherwise as the provider has them.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// Who says so.
    pub issuer: String,
    /// Who it is: by `sub`, or by what the registration names instead.
    pub subject: Named,
    /// `sub`, which logout tokens speak of.
    pub sub: String,
    /// The provider's session (`sid`), where it names one: logout tokens speak of it too.
    pub session: Option<String>,
    /// Their address.
    pub email: Option<String>,
    /// Whether the provider says that it is theirs; never where it says nothing.
    pub email_verified: bool,
    /// Their whole name.
    pub name: Option<String>,
    /// Their given name.
    pub given_name: Option<String>,
    /// Their family name.
    pub family_name: Option<String>,
    /// The provider's groups that they are in. `None` where it does not say: because the claim is not there, or because there are too many to
    /// say. Nobody leaves a group by that.
    pub groups: Option<Vec<String>>,
    /// When they proved who they are, in milliseconds.
    pub auth_time_ms: Option<i64>,
    /// How they proved it (RFC 8176).
    pub amr: Vec<String>,
    /// To be shown again at logout. A secret: whoever keeps it seals it.
    pub id_token: String,
    /// Why the provider did not say more of them, where it was asked and did not answer: something that is missing may not be missing there.
    pub unanswered: Option<Error>,
}

/// It is personal data.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(…)")
    }
}

impl Identity {
    /// From the claims of the token, and what the user info says beside them.
    pub(crate) fn of(
        client: &Client,
        claims: &Claims,
        more: Option<&Claims>,
        id_token: String,
    ) -> Result<Self, BadToken> {
        let both = Both { claims, more };
        let sub = subject(claims, "sub")?;
        let (email, email_verified) = both.email();
        let groups = client.registration().groups_claim.as_deref();
        Ok(Self {
            issuer: client.issuer().to_owned(),
            subject: linked_by(client, claims)?,
            sub,
            session: session(claims)?,
            email,
            email_verified,
            name: both.text("name"),
            given_name: both.text("given_name"),
            family_name: both.text("family_name"),
            groups: groups.and_then(|name| both.groups(name)),
            auth_time_ms: milliseconds(claims, "auth_time")?,
            amr: texts(claims.get("amr"), METHODS_MAX).unwrap_or_default(),
            id_token,
            unanswered: None,
        })
    }
}

/// Whether the user info could say something that is asked for and not in the token.
pub(crate) fn is_incomplete(client: &Client, claims: &Claims) -> bool {
    let groups = client.registration().groups_claim.as_deref();
    (client.asks_for("email") && text(claims, "email").is_none())
        || (client.asks_for("profile") && text(claims, "name").is_none())
        || groups.is_some_and(|name| !claims.contains_key(name))
}

/// `sid` of the provider's session.
pub(crate) fn session(claims: &Claims) -> Result<Option<String>, BadToken> {
    match claims.contains_key("sid") {
        true => subject(claims, "sid").map(Some),
        false => Ok(None),
    }
}

/// A claim that names somebody or something: letter by letter, and nothing that cannot be seen.
pub(crate) fn subject(claims: &Claims, name: &str) -> Result<String, BadToken> {
    let found = text(claims, name).ok_or(BadToken::Subject)?;
    match found.len() <= SUBJECT_MAX && !found.chars().any(char::is_control) {
        true => Ok(found.to_owned()),
        false => Err(BadToken::Subject),
    }
}

/// From the token alone, which is signed for us: never from the user info.
fn linked_by(client: &Client, claims: &Claims) -> Result<Named, BadToken> {
    let by = &client.registration().subject;
    let value = match by {
        Subject::Sub => subject(claims, "sub"),
        // The same id in another directory is somebody else's to give.
        Subject::Oid { directory } => match text(claims, "tid") {
            Some(tid) if tid.eq_ignore_ascii_case(directory) => subject(claims, "oid"),
            _ => Err(BadToken::Directory),
        },
        Subject::Claim(name) => subject(claims, name).map_err(|_| BadToken::SubjectClaim),
    };
    Ok(Named {
        claim: by.claim().to_owned(),
        value: value?,
    })
}

struct Both<'a> {
    claims: &'a Claims,
    more: Option<&'a Claims>,
}

impl<'a> Both<'a> {
    fn each(&self) -> impl Iterator<Item = &'a Claims> {
        std::iter::once(self.claims).chain(self.more)
    }

    fn text(&self, name: &str) -> Option<String> {
        self.each().find_map(|claims| bounded(claims, name))
    }

    /// An address, and whether it is theirs: said in the same breath, of the same address.
    fn email(&self) -> (Option<String>, bool) {
        let Some(email) = self.text("email") else {
            return (None, false);
        };
        let is_verified = self.each().any(|claims| {
            text(claims, "email") == Some(&email) && is_true(claims.get("email_verified"))
        });
        (Some(email), is_verified)
    }

    fn groups(&self, name: &str) -> Option<Vec<String>> {
        let found = self.each().find_map(|claims| claims.get(name));
        texts(found, GROUPS_MAX)
    }
}

/// Some providers write it as a text.
fn is_true(value: Option<&Value>) -> bool {
    value.is_some_and(|value| value == true || value == "true")
}

fn bounded(claims: &Claims, name: &str) -> Option<String> {
    let found = text(claims, name)?.trim();
    let fits = (1..=TEXT_MAX).contains(&found.len()) && !found.chars().any(char::is_control);
    fits.then(|| found.to_owned())
}

/// One text, or a list of them; `None` where it is neither, or longer than anybody reads: half of it would be another list.
fn texts(value: Option<&Value>, most: usize) -> Option<Vec<String>> {
    let fits = |text: &str| (1..=TEXT_MAX).contains(&text.len());
    match value? {
        Value::String(one) if fits(one) => Some(vec![one.clone()]),
        Value::Array(some) if some.len() <= most => some
            .iter()
            .map(|one| one.as_str().filter(|text| fits(text)).map(str::to_owned))
            .collect(),
        _ => None,
    }
}
