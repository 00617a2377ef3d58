//! What can be wrong, with what to do about it.

use std::fmt;

use outgoing::{BadAddress, Failure};

/// Who can do something about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Whoever signs in: they try again.
    Person,
    /// Whoever connected the provider, here or there.
    Settings,
    /// The provider, which is not there or does not keep to the protocol.
    Provider,
}

/// What a provider is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// What it can do (OpenID Connect Discovery 1.0).
    Metadata,
    /// The keys that it signs with.
    Keys,
    /// The tokens for a code.
    Tokens,
    /// What it says of somebody beside the token.
    UserInfo,
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Metadata => "metadata",
            Self::Keys => "keys",
            Self::Tokens => "tokens",
            Self::UserInfo => "user info",
        })
    }
}

/// Why the provider sent somebody back without a code (RFC 6749 §4.1.2.1, OpenID Connect Core 1.0 §3.1.2.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// They, or the provider, said no.
    Access,
    /// They would have to do something there first: sign in, agree, choose an account.
    Interaction,
    /// It does not accept what we ask for.
    Request,
    /// It cannot answer now.
    Unavailable,
    /// Some other reason, which is no part of the protocol.
    Other,
}

impl Denied {
    pub(crate) fn of(error: &str) -> Self {
        match error {
            "access_denied" => Self::Access,
            "login_required"
            | "consent_required"
            | "interaction_required"
            | "account_selection_required" => Self::Interaction,
            "server_error" | "temporarily_unavailable" => Self::Unavailable,
            "invalid_request"
            | "invalid_scope"
            | "unauthorized_client"
            | "unsupported_response_type" => Self::Request,
            _ => Self::Other,
        }
    }
}

/// Why a token is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadToken {
    /// It is no signed token, or has another kind of value where one is known.
    Malformed,
    /// It is a token of another kind.
    Kind,
    /// It is signed in a way that is not accepted: not at all, or with a secret.
    Algorithm,
    /// By a key that the provider does not have.
    UnknownKey,
    /// By nobody who has that key.
    Signature,
    /// It comes from another provider.
    Issuer,
    /// It is for somebody else.
    Audience,
    /// Its time is over.
    Expired,
    /// Its time has not come: one of the two clocks is wrong.
    Early,
    /// It answers another request than ours.
    Nonce,
    /// It does not belong to the access token that it came with.
    AccessToken,
    /// It names nobody.
    Subject,
    /// It does not have the claim by which people are known.
    SubjectClaim,
    /// It comes from another directory.
    Directory,
    /// They proved who they are longer ago than was asked for, or it does not say when.
    AuthTime,
    /// It does not say that somebody signed out.
    Event,
    /// It has no id of its own.
    Id,
}

impl BadToken {
    fn code(self) -> &'static str {
        match self {
            Self::Malformed => "token_malformed",
            Self::Kind => "token_kind",
            Self::Algorithm => "token_algorithm",
            Self::UnknownKey => "token_unknown_key",
            Self::Signature => "token_signature",
            Self::Issuer => "token_issuer",
            Self::Audience => "token_audience",
            Self::Expired => "token_expired",
            Self::Early => "token_early",
            Self::Nonce => "token_nonce",
            Self::AccessToken => "token_access_token",
            Self::Subject => "token_subject",
            Self::SubjectClaim => "token_subject_claim",
            Self::Directory => "token_directory",
            Self::AuthTime => "token_auth_time",
            Self::Event => "token_event",
            Self::Id => "token_id",
        }
    }

    fn is_about_clocks(self) -> bool {
        matches!(self, Self::Expired | Self::Early)
    }
}

/// It names no claim's value.
impl fmt::Display for BadToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "it cannot be read",
            Self::Kind => "it is of another kind",
            Self::Algorithm => "it is not signed with a private key of the provider",
            Self::UnknownKey => "it is signed with a key that the provider does not publish",
            Self::Signature => "its signature is wrong",
            Self::Issuer => "it comes from another issuer",
            Self::Audience => "it is for another client",
            Self::Expired => "its time is over",
            Self::Early => "it is of a time to come",
            Self::Nonce => "it does not answer this sign-in",
            Self::AccessToken => "it does not belong to the access token beside it",
            Self::Subject => "it names nobody",
            Self::SubjectClaim => "it lacks the claim by which people are known",
            Self::Directory => "it comes from another directory",
            Self::AuthTime => "who it names has not proved it recently enough",
            Self::Event => "it does not say that somebody signed out",
            Self::Id => "it has no id",
        })
    }
}

/// Why somebody was not let in, or a provider cannot be connected. It names nothing that is secret, and nobody.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The issuer is no address that may be asked.
    #[error("the issuer cannot be asked: {0}")]
    IssuerAddress(BadAddress),
    /// It stands for everybody who has an account with that vendor.
    #[error("this issuer stands for many directories, and anybody could come in by one of them")]
    SharedIssuer,
    /// `oid` without a directory, or with an issuer that is not the one of that directory.
    #[error("the issuer is not the one of this directory")]
    Directory,
    /// The claim that was typed is no name of a person.
    #[error("people cannot be known by this claim: it can change, or become somebody else’s")]
    SubjectClaim,
    /// A field of the registration is missing, too long or no address; it is named.
    #[error("the field {0} of the sign-in provider cannot be used")]
    Registration(&'static str),
    /// The provider does not answer.
    #[error("the sign-in provider does not answer when it is asked for its {asked} ({failure})")]
    Unreachable {
        /// For what.
        asked: Asked,
        /// Why not.
        failure: Failure,
    },
    /// It answers with another status than it should; a redirect is one of those.
    #[error("the sign-in provider answers with status {status} when it is asked for its {asked}")]
    Status {
        /// To what.
        asked: Asked,
        /// Of HTTP.
        status: u16,
    },
    /// What it answers is not what the protocol says.
    #[error("the {0} of the sign-in provider cannot be read")]
    Unreadable(Asked),
    /// Its metadata is that of another issuer.
    #[error("the metadata of the sign-in provider names another issuer")]
    IssuerDiffers,
    /// A field of its metadata leads where nobody may be sent.
    #[error("the {0} of the sign-in provider is no address that may be used")]
    Endpoint(&'static str),
    /// Our secret cannot be shown in a way that it accepts.
    #[error("the sign-in provider takes a client secret in no way that is known here")]
    SecretMethod,
    /// What the browser came back with is incomplete.
    #[error("what came back from the sign-in provider is incomplete")]
    Callback,
    /// It is not what this browser went away with.
    #[error("this is not the answer to the sign-in that was begun in this browser")]
    State,
    /// It took them too long.
    #[error("the sign-in was begun too long ago")]
    TooLate,
    /// The answer names another provider than the one that was asked (RFC 9207).
    #[error("the answer comes from another sign-in provider than the one that was asked")]
    CallbackIssuer,
    /// The provider sent them back without a code.
    #[error("the sign-in provider did not let them in")]
    Denied(Denied),
    /// It does not take the code: it was used, or is too old.
    #[error("the sign-in provider does not accept its code any more")]
    Code,
    /// It does not accept that it is us.
    #[error("the sign-in provider does not accept the client id or the client secret")]
    ClientRefused,
    /// It gives no tokens for the code, for another reason.
    #[error("the sign-in provider gives no tokens for its code")]
    Exchange,
    /// It gives tokens, and none of them says who it is.
    #[error("the sign-in provider gave no ID token")]
    NoIdToken,
    /// The token is not believed.
    #[error("the token of the sign-in provider is not accepted: {0}")]
    Token(BadToken),
    /// The user info is that of somebody else.
    #[error("the user info of the sign-in provider is about somebody else than its ID token")]
    UserInfoSubject,
}

impl From<BadToken> for Error {
    fn from(bad: BadToken) -> Self {
        Self::Token(bad)
    }
}

impl Error {
    /// A stable code, for programs and the sign-in log.
    pub fn code(&self) -> &'static str {
        match self {
            Self::IssuerAddress(_) => "issuer_address",
            Self::SharedIssuer => "issuer_shared",
            Self::Directory => "issuer_directory",
            Self::SubjectClaim => "subject_claim",
            Self::Registration(_) => "registration_field",
            Self::Unreachable { .. } => "provider_unreachable",
            Self::Status { .. } => "provider_status",
            Self::Unreadable(_) => "provider_unreadable",
            Self::IssuerDiffers => "issuer_differs",
            Self::Endpoint(_) => "provider_endpoint",
            Self::SecretMethod => "secret_method",
            Self::Callback => "callback_incomplete",
            Self::State => "state_wrong",
            Self::TooLate => "sign_in_too_late",
            Self::CallbackIssuer => "callback_issuer",
            Self::Denied(Denied::Access) => "denied_access",
            Self::Denied(Denied::Interaction) => "denied_interaction",
            Self::Denied(Denied::Request) => "denied_request",
            Self::Denied(Denied::Unavailable) => "denied_unavailable",
            Self::Denied(Denied::Other) => "denied_other",
            Self::Code => "code_refused",
            Self::ClientRefused => "client_refused",
            Self::Exchange => "exchange_refused",
            Self::NoIdToken => "id_token_missing",
            Self::Token(bad) => bad.code(),
            Self::UserInfoSubject => "user_info_subject",
        }
    }

    /// Who can do something about it.
    pub fn whose(&self) -> Whose {
        match self {
            Self::IssuerAddress(_)
            | Self::SharedIssuer
            | Self::Directory
            | Self::SubjectClaim
            | Self::Registration(_)
            | Self::IssuerDiffers
            | Self::Endpoint(_)
            | Self::SecretMethod
            | Self::Denied(Denied::Request | Denied::Other)
            | Self::ClientRefused
            | Self::Exchange
            | Self::NoIdToken
            | Self::Unreachable {
                failure: Failure::Refused,
                ..
            } => Whose::Settings,
            Self::Token(
                BadToken::Directory
                | BadToken::Audience
                | BadToken::Issuer
                | BadToken::SubjectClaim,
            ) => Whose::Settings,
            Self::Callback
            | Self::State
            | Self::TooLate
            | Self::Denied(Denied::Access | Denied::Interaction)
            | Self::Code
            | Self::Token(BadToken::Nonce | BadToken::AuthTime) => Whose::Person,
            _ => Whose::Provider,
        }
    }

    /// What to do about it: a sentence for whoever [`Error::whose`] names.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::IssuerAddress(_) => {
                "Copy the issuer from the sign-in provider, with https:// and nothing after its path."
            }
            Self::SharedIssuer => {
                "Use the issuer that has the id of your own directory in the place of common, organizations or consumers."
            }
            Self::Directory | Self::Token(BadToken::Directory) => {
                "Give the id of the directory, and the issuer that has the same id in it."
            }
            Self::SubjectClaim => {
                "Name a claim that is one person’s for ever, or none: then people are known by sub."
            }
            Self::Token(BadToken::SubjectClaim) => {
                "Have the provider put the claim by which people are known here into its ID tokens."
            }
            Self::Registration(_) => "Correct this field of the sign-in provider.",
            Self::Unreachable {
                failure: Failure::Refused,
                ..
            }
            | Self::Endpoint(_) => {
                "It lies inside of a network: the operator of this server can allow that network."
            }
            Self::Unreachable { .. } | Self::Denied(Denied::Unavailable) => {
                "Try again in a minute; if it goes on, look whether the sign-in provider runs."
            }
            Self::Status { .. } | Self::Unreadable(_) => {
                "Look whether the issuer is right, and what the sign-in provider says of errors."
            }
            Self::IssuerDiffers => {
                "Use the issuer exactly as the metadata of the sign-in provider has it, letter by letter."
            }
            Self::SecretMethod => {
                "Allow client_secret_basic or client_secret_post for this client at the sign-in provider."
            }
            Self::Callback | Self::State | Self::TooLate | Self::Code => {
                "Begin to sign in again, in one window only."
            }
            Self::Token(BadToken::Nonce) => "Begin to sign in again.",
            Self::Token(BadToken::AuthTime) => {
                "Sign in there anew. If you did, it does not say when: whoever looks after it has it send `auth_time`."
            }
            Self::Denied(Denied::Access) => {
                "Ask whoever runs the sign-in provider whether you may use this application."
            }
            Self::Denied(Denied::Interaction) => {
                "Sign in at the provider first, and answer what it asks."
            }
            Self::Denied(_) | Self::Exchange | Self::NoIdToken => {
                "Compare the redirect address, the scopes and the grant types of the client at the sign-in provider."
            }
            Self::ClientRefused => {
                "Compare the client id, and give a client secret that has not expired."
            }
            Self::Token(bad) if bad.is_about_clocks() => {
                "Set the clock of the sign-in provider and the one of this server by the same time."
            }
            Self::Token(BadToken::Algorithm) => {
                "Have ID tokens signed with RS256 or ES256 at the sign-in provider."
            }
            Self::Token(BadToken::Audience | BadToken::Issuer) => {
                "Compare the issuer and the client id with those at the sign-in provider."
            }
            Self::Token(_) | Self::CallbackIssuer | Self::UserInfoSubject => {
                "Do not sign in this way until whoever runs the sign-in provider has looked at it."
            }
        }
    }
}
