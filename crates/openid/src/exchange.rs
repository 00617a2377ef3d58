//! A code for tokens, and more by one of them.

use std::fmt;
use std::time::Duration;

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreClientAuthMethod, CoreErrorResponseType, CoreGenderClaim,
    CoreIdToken, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm,
    CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::http::header::{AUTHORIZATION, HeaderValue};
use openidconnect::{
    AccessToken, AuthType, AuthorizationCode, ClientId, ClientSecret, EmptyAdditionalClaims,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, OAuth2TokenResponse, PkceCodeVerifier,
    RedirectUrl, RefreshToken, RequestTokenError, Scope, StandardErrorResponse, TokenResponse,
};
use outgoing::Outgoing;
use serde::{Deserialize, Serialize};

use crate::error::Asked;
use crate::http::{Http, get};
use crate::provider::Metadata;
use crate::token::{Claims, text};
use crate::{Client, Error, Pending};

/// What the provider gives for a code.
#[derive(Serialize, Deserialize)]
pub(crate) struct Tokens {
    pub(crate) access_token: AccessToken,
    token_type: CoreTokenType,
    pub(crate) id_token: Option<String>,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens(…)")
    }
}

impl OAuth2TokenResponse for Tokens {
    type TokenType = CoreTokenType;

    fn access_token(&self) -> &AccessToken {
        &self.access_token
    }

    fn token_type(&self) -> &CoreTokenType {
        &self.token_type
    }

    fn expires_in(&self) -> Option<Duration> {
        None
    }

    fn refresh_token(&self) -> Option<&RefreshToken> {
        None
    }

    fn scopes(&self) -> Option<&Vec<Scope>> {
        None
    }
}

impl
    TokenResponse<
        EmptyAdditionalClaims,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    > for Tokens
{
    /// `token.rs` reads it.
    fn id_token(&self) -> Option<&CoreIdToken> {
        None
    }
}

/// The library's client.
pub(crate) type Library = openidconnect::Client<
    EmptyAdditionalClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

pub(crate) fn library(client: &Client, metadata: &Metadata) -> Result<Library, Error> {
    let registration = client.registration();
    let redirect = RedirectUrl::new(registration.redirect_uri.clone());
    let redirect = redirect.map_err(|_| Error::Registration("redirect_uri"))?;
    let client_id = ClientId::new(registration.client_id.clone());
    let secret = registration.client_secret.clone().map(ClientSecret::new);
    let how = how(metadata, secret.is_some())?;
    let library = Library::from_provider_metadata(metadata.clone(), client_id, secret);
    Ok(library.set_auth_type(how).set_redirect_uri(redirect))
}

/// How our secret is shown: as the provider announces, which is in the header where it announces nothing (Discovery §3).
fn how(metadata: &Metadata, has_secret: bool) -> Result<AuthType, Error> {
    let announced = metadata.token_endpoint_auth_methods_supported();
    let takes = |method| announced.is_some_and(|methods| methods.contains(&method));
    if !has_secret {
        Ok(AuthType::RequestBody)
    } else if announced.is_none() || takes(CoreClientAuthMethod::ClientSecretBasic) {
        Ok(AuthType::BasicAuth)
    } else if takes(CoreClientAuthMethod::ClientSecretPost) {
        Ok(AuthType::RequestBody)
    } else {
        Err(Error::SecretMethod)
    }
}

/// The tokens for a code.
pub(crate) async fn tokens(
    outgoing: &Outgoing,
    client: &Client,
    metadata: &Metadata,
    pending: &Pending,
    code: &str,
) -> Result<Tokens, Error> {
    let library = library(client, metadata)?;
    let http = Http(outgoing.clone());
    let request = library.exchange_code(AuthorizationCode::new(code.to_owned()));
    let request = request.map_err(|_| Error::Unreadable(Asked::Metadata))?;
    let verifier = PkceCodeVerifier::new(pending.pkce_verifier.clone());
    let answer = request.set_pkce_verifier(verifier).request_async(&http);
    answer.await.map_err(|error| match error {
        RequestTokenError::Request(error) => error,
        RequestTokenError::ServerResponse(said) => refused(said.error()),
        _ => Error::Unreadable(Asked::Tokens),
    })
}

/// RFC 6749 §5.2.
fn refused(error: &CoreErrorResponseType) -> Error {
    match error {
        CoreErrorResponseType::InvalidGrant => Error::Code,
        CoreErrorResponseType::InvalidClient | CoreErrorResponseType::UnauthorizedClient => {
            Error::ClientRefused
        }
        _ => Error::Exchange,
    }
}

/// What the provider says of somebody beside the token (Core §5.3); nothing where it has no such place.
///
/// # Errors
/// [`Error::UserInfoSubject`] where it is about somebody else: §5.3.2 wants that the same `sub` stands there.
pub(crate) async fn user_info(
    outgoing: &Outgoing,
    metadata: &Metadata,
    access_token: &AccessToken,
    sub: &str,
) -> Result<Option<Claims>, Error> {
    let Some(url) = metadata.userinfo_endpoint() else {
        return Ok(None);
    };
    let unreadable = Error::Unreadable(Asked::UserInfo);
    let bearer = HeaderValue::from_str(&format!("Bearer {}", access_token.secret()));
    let mut bearer = bearer.map_err(|_| unreadable.clone())?;
    bearer.set_sensitive(true);
    let headers = vec![(AUTHORIZATION, bearer)];
    let body = get(outgoing, Asked::UserInfo, url.as_str(), headers).await?;
    let claims: Claims = serde_json::from_slice(&body).map_err(|_| unreadable)?;
    match text(&claims, "sub") == Some(sub) {
        true => Ok(Some(claims)),
        false => Err(Error::UserInfoSubject),
    }
}
