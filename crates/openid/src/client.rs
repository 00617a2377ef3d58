//! What we are at a sign-in provider: who it is, and as whom it knows us.

use std::fmt;

use outgoing::{Address, Allowed};
use url::Url;
use uuid::Uuid;

use crate::Error;

/// Characters of a field, where nothing else says so.
const FIELD_MAX: usize = 1_000;
const SCOPES_MAX: usize = 20;
const SCOPE_MAX: usize = 200;
const CLOCK_SKEW_SECONDS_MAX: u32 = 300;

/// Where Entra ID stands, with its clouds and its older addresses.
const ENTRA_HOSTS: [&str; 6] = [
    "login.microsoftonline.com",
    "login.microsoftonline.us",
    "login.partner.microsoftonline.cn",
    "login.microsoft.com",
    "login.windows.net",
    "sts.windows.net",
];
/// What stands in the place of a directory's id where many are meant; the last is the id of everybody's own accounts.
const SHARED: [&str; 4] = [
    "common",
    "organizations",
    "consumers",
    "9188040d-6c67-4c5b-b112-36a304b66dad",
];

/// By which claim a provider names somebody, for as long as they are there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// `sub`, as OpenID Connect says.
    Sub,
    /// `oid` of Entra ID, which is the id that its provisioning writes. It means somebody only inside of one directory: this is its id. The issuer
    /// has to be the one of that directory, and `tid` of each token has to be the same.
    Oid {
        /// A UUID.
        directory: String,
    },
    /// Another claim of the ID token, of which the provider promises what OpenID Connect promises of `sub`: it is one person's for ever, and
    /// nobody gives themselves another: where `sub` is not the id by which its provisioning knows them.
    Claim(String),
}

impl Subject {
    /// The claim.
    pub fn claim(&self) -> &str {
        match self {
            Self::Sub => "sub",
            Self::Oid { .. } => "oid",
            Self::Claim(name) => name,
        }
    }
}

/// Claims that name nobody for ever: they change, or they are about the token.
#[rustfmt::skip]
const NOT_FOR_EVER: [&str; 60] = [
    // OpenID Connect Core §5.1: people change these, and get what others had. `sub` is the default, and not said.
    "sub", "name", "given_name", "family_name", "middle_name", "nickname", "preferred_username", "profile", "picture", "website",
    "email", "email_verified", "gender", "birthdate", "zoneinfo", "locale", "phone_number", "phone_number_verified", "address",
    "updated_at",
    // The same, as vendors call them.
    "upn", "unique_name", "username", "user_name", "login", "login_hint", "mail", "emails", "verified_primary_email",
    "verified_secondary_email", "samaccountname", "onprem_sid", "groups", "roles", "wids",
    // What a token is about, and for whom.
    "iss", "aud", "exp", "nbf", "iat", "jti", "nonce", "sid", "azp", "amr", "acr", "auth_time", "at_hash", "c_hash", "s_hash", "events",
    "client_id", "cid", "scp", "scope", "idp", "ver", "typ",
    // Of a directory, and inside of it: that is what `directory` is for.
    "tid", "oid",
];

/// What somebody types in to connect a provider.
#[derive(Clone)]
pub struct Registration {
    /// The address of the provider, letter by letter as its metadata and its tokens have it.
    pub issuer: String,
    /// What the provider calls us.
    pub client_id: String,
    /// What proves that it is us; without one PKCE alone does.
    pub client_secret: Option<String>,
    /// Where the provider sends browsers back to, as it was registered there.
    pub redirect_uri: String,
    /// Beside `openid`, which is always asked for; `email` and `profile` as a rule.
    pub scopes: Vec<String>,
    /// By what it names people.
    pub subject: Subject,
    /// The claim that lists the provider's groups of somebody; none are read without.
    pub groups_claim: Option<String>,
    /// How far the provider's clock and ours may be apart; [`Registration::CLOCK_SKEW_SECONDS`] as a rule, and 300 at most.
    pub clock_skew_seconds: u32,
}

impl Registration {
    /// What clocks that are kept right differ by, and no more.
    pub const CLOCK_SKEW_SECONDS: u32 = 60;
}

/// It holds a secret.
impl fmt::Debug for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Registration(…)")
    }
}

/// A registration that was looked at.
#[derive(Clone)]
pub struct Client {
    registration: Registration,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Client(…)")
    }
}

impl Client {
    /// Looks at what was typed: nothing is asked of the provider yet.
    ///
    /// # Errors
    /// [`Error::IssuerAddress`], [`Error::SharedIssuer`], [`Error::Directory`] or [`Error::Registration`].
    pub fn new(mut registration: Registration, allowed: &Allowed) -> Result<Self, Error> {
        check_issuer(&registration.issuer, &registration.subject, allowed)?;
        check_subject(&registration)?;
        check_fields(&registration)?;
        registration.scopes.retain(|scope| scope != "openid");
        Ok(Self { registration })
    }

    /// What was typed.
    pub fn registration(&self) -> &Registration {
        &self.registration
    }

    pub(crate) fn issuer(&self) -> &str {
        &self.registration.issuer
    }

    pub(crate) fn client_id(&self) -> &str {
        &self.registration.client_id
    }

    pub(crate) fn clock_skew_ms(&self) -> i64 {
        i64::from(self.registration.clock_skew_seconds) * 1_000
    }

    pub(crate) fn asks_for(&self, scope: &str) -> bool {
        self.registration.scopes.iter().any(|asked| asked == scope)
    }
}

fn check_issuer(issuer: &str, subject: &Subject, allowed: &Allowed) -> Result<(), Error> {
    Address::parse(issuer, allowed).map_err(Error::IssuerAddress)?;
    let url = Url::parse(issuer).map_err(|_| Error::Registration("issuer"))?;
    // OpenID Connect Discovery 1.0 §4.1: an issuer has neither.
    if url.query().is_some() || url.fragment().is_some() {
        return Err(Error::Registration("issuer"));
    }
    let first = url.path_segments().and_then(|mut parts| parts.next());
    let first = first.unwrap_or_default().to_ascii_lowercase();
    let is_entra = url.host_str().is_some_and(|host| {
        let host = host.trim_end_matches('.');
        ENTRA_HOSTS.contains(&host)
    });
    match subject {
        Subject::Sub | Subject::Claim(_) if !is_entra => Ok(()),
        _ if SHARED.contains(&first.as_str()) => Err(Error::SharedIssuer),
        // There, `sub` is another one for each application: people are known by `oid`, in one directory.
        Subject::Sub | Subject::Claim(_) => Err(Error::Directory),
        Subject::Oid { directory } => match (Uuid::try_parse(directory), Uuid::try_parse(&first)) {
            (Ok(directory), Ok(first)) if directory == first => Ok(()),
            _ => Err(Error::Directory),
        },
    }
}

/// Whether a claim can be what somebody is known by. In another spelling or language (§5.2) it is no other claim.
fn check_subject(registration: &Registration) -> Result<(), Error> {
    let Subject::Claim(name) = &registration.subject else {
        return Ok(());
    };
    let plain = name.split('#').next().unwrap_or_default();
    let plain = plain.to_ascii_lowercase();
    let is_groups = registration.groups_claim.as_ref() == Some(name);
    match is_visible(name) && !is_groups && !NOT_FOR_EVER.contains(&plain.as_str()) {
        true => Ok(()),
        false => Err(Error::SubjectClaim),
    }
}

fn check_fields(registration: &Registration) -> Result<(), Error> {
    let redirect = Url::parse(&registration.redirect_uri);
    let redirect = redirect.is_ok_and(|url| {
        matches!(url.scheme(), "https" | "http") && url.has_host() && url.fragment().is_none()
    });
    let secret = registration.client_secret.as_deref();
    let groups = registration.groups_claim.as_deref();
    let scopes = &registration.scopes;
    let fields = [
        ("client_id", is_visible(&registration.client_id)),
        ("client_secret", secret.is_none_or(is_visible)),
        (
            "redirect_uri",
            redirect && registration.redirect_uri.len() <= FIELD_MAX,
        ),
        (
            "scopes",
            scopes.len() <= SCOPES_MAX && scopes.iter().all(|scope| is_scope(scope)),
        ),
        ("groups_claim", groups.is_none_or(is_visible)),
        (
            "clock_skew_seconds",
            registration.clock_skew_seconds <= CLOCK_SKEW_SECONDS_MAX,
        ),
    ];
    match fields.into_iter().find(|(_, is_right)| !is_right) {
        Some((name, _)) => Err(Error::Registration(name)),
        None => Ok(()),
    }
}

/// RFC 6749 appendix A.1 and A.2.
fn is_visible(text: &str) -> bool {
    (1..=FIELD_MAX).contains(&text.len()) && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

/// RFC 6749 appendix A.4.
fn is_scope(text: &str) -> bool {
    let fits = |byte: u8| matches!(byte, b'!' | b'#'..=b'[' | b']'..=b'~');
    (1..=SCOPE_MAX).contains(&text.len()) && text.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIRECTORY: &str = "0f0d1c9e-6a1f-4a0b-9a7c-1d2e3f405162";

    fn typed(issuer: &str) -> Registration {
        Registration {
            issuer: issuer.to_owned(),
            client_id: "rolecall".to_owned(),
            client_secret: Some("a secret of ours".to_owned()),
            redirect_uri: "https://desk.example.org/sign-in/back".to_owned(),
            scopes: vec!["openid".to_owned(), "email".to_owned()],
            subject: Subject::Sub,
            groups_claim: None,
            clock_skew_seconds: Registration::CLOCK_SKEW_SECONDS,
        }
    }

    fn wrong(registration: Registration) -> Option<Error> {
        Client::new(registration, &Allowed::default()).err()
    }

    fn by_oid(issuer: &str, directory: &str) -> Option<Error> {
        wrong(Registration {
            subject: Subject::Oid {
                directory: directory.to_owned(),
            },
            ..typed(issuer)
        })
    }

    #[test]
    fn an_issuer_is_https_and_has_no_query() {
        assert_eq!(wrong(typed("https://id.example.org")), None);
        assert_eq!(wrong(typed("https://id.example.org/realms/staff/")), None);
        for issuer in [
            "http://id.example.org",
            "id.example.org",
            "https://10.0.0.1/",
            "https://id.example.org/#a",
        ] {
            let error = wrong(typed(issuer)).unwrap();
            assert_eq!(error.code(), "issuer_address", "{issuer}");
        }
        let query = wrong(typed("https://id.example.org/?a=b"));
        assert_eq!(query, Some(Error::Registration("issuer")));
    }

    #[test]
    fn an_issuer_of_everybody_is_refused() {
        for shared in SHARED {
            for host in ENTRA_HOSTS {
                let issuer = format!("https://{host}/{shared}/v2.0");
                assert_eq!(wrong(typed(&issuer)), Some(Error::SharedIssuer), "{issuer}");
            }
            let upper = shared.to_ascii_uppercase();
            let elsewhere = format!("https://id.example.org/{upper}/v2.0");
            assert_eq!(by_oid(&elsewhere, DIRECTORY), Some(Error::SharedIssuer));
        }
        let rooted = wrong(typed("https://login.microsoftonline.com./common/v2.0"));
        assert_eq!(rooted, Some(Error::SharedIssuer));
        // A word like another to everybody else.
        assert_eq!(wrong(typed("https://id.example.org/common")), None);
    }

    #[test]
    fn oid_wants_the_issuer_of_one_directory() {
        let issuer = format!("https://login.microsoftonline.com/{DIRECTORY}/v2.0");
        assert_eq!(by_oid(&issuer, DIRECTORY), None);
        assert_eq!(by_oid(&issuer, &DIRECTORY.to_uppercase()), None);
        let other = "0f0d1c9e-6a1f-4a0b-9a7c-1d2e3f405163";
        for (issuer, directory) in [
            (issuer.as_str(), other),
            (issuer.as_str(), ""),
            (
                "https://login.microsoftonline.com/example.org/v2.0",
                DIRECTORY,
            ),
            (
                "https://login.microsoftonline.com/example.org/v2.0",
                "example.org",
            ),
            ("https://login.microsoftonline.com/", DIRECTORY),
        ] {
            assert_eq!(
                by_oid(issuer, directory),
                Some(Error::Directory),
                "{issuer}"
            );
        }
    }

    #[test]
    fn people_are_known_by_what_is_theirs_for_ever() {
        let by = |claim: &str| {
            wrong(Registration {
                subject: Subject::Claim(claim.to_owned()),
                groups_claim: Some("teams".to_owned()),
                ..typed("https://id.example.org")
            })
        };
        for claim in [
            "uid",
            "employee_id",
            "https://id.example.org/claims/uid",
            "user_id",
        ] {
            assert_eq!(by(claim), None, "{claim}");
        }
        let others = [
            "",
            "EMAIL",
            "Preferred_Username",
            "name#ja-Kana-JP",
            "u\nid",
            "teams",
        ];
        for claim in NOT_FOR_EVER.into_iter().chain(others) {
            assert_eq!(by(claim), Some(Error::SubjectClaim), "{claim}");
        }
        // There, nobody is known but inside of a directory.
        let entra = Registration {
            subject: Subject::Claim("uid".to_owned()),
            ..typed(&format!(
                "https://login.microsoftonline.com/{DIRECTORY}/v2.0"
            ))
        };
        assert_eq!(wrong(entra), Some(Error::Directory));
    }

    #[test]
    fn each_field_is_named_that_cannot_be_used() {
        let right = || typed("https://id.example.org");
        type Change = fn(&mut Registration);
        let wrongs: [(&str, Change); 9] = [
            ("client_id", |it| it.client_id.clear()),
            ("client_id", |it| it.client_id = "a\nb".to_owned()),
            ("client_secret", |it| it.client_secret = Some(String::new())),
            ("redirect_uri", |it| it.redirect_uri = "/back".to_owned()),
            ("redirect_uri", |it| it.redirect_uri.push_str("#a")),
            ("scopes", |it| it.scopes.push("a b".to_owned())),
            ("scopes", |it| it.scopes = vec!["a".to_owned(); 21]),
            ("groups_claim", |it| it.groups_claim = Some(String::new())),
            ("clock_skew_seconds", |it| it.clock_skew_seconds = 301),
        ];
        for (name, change) in wrongs {
            let mut registration = right();
            change(&mut registration);
            assert_eq!(wrong(registration), Some(Error::Registration(name)));
        }
        let client = Client::new(right(), &Allowed::default()).unwrap();
        assert_eq!(client.registration().scopes, ["email"]);
        let said = format!("{client:?} {:?}", client.registration());
        assert_eq!(said, "Client(…) Registration(…)");
    }
}
