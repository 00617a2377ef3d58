//! What is asked of providers over HTTP, within bounds.

use std::pin::Pin;
use std::time::Duration;

use openidconnect::http::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue};
use openidconnect::http::{Method, StatusCode};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use outgoing::{Address, Answer, Outgoing, Question};

use crate::Error;
use crate::error::Asked;

/// Bytes of an answer. A provider with many keys stays below a tenth of it.
const ANSWER_MAX: usize = 256 * 1024;
/// For one answer; somebody waits for it.
const WITHIN: Duration = Duration::from_secs(10);

/// The body of what stands there.
pub(crate) async fn get(
    outgoing: &Outgoing,
    asked: Asked,
    url: &str,
    mut headers: Vec<(HeaderName, HeaderValue)>,
) -> Result<Vec<u8>, Error> {
    headers.push((ACCEPT, HeaderValue::from_static("application/json")));
    let answer = ask(outgoing, asked, Method::GET, url, headers, Vec::new()).await?;
    match answer.status {
        StatusCode::OK => Ok(answer.body.to_vec()),
        status => Err(Error::Status {
            asked,
            status: status.as_u16(),
        }),
    }
}

/// What the library sends its requests for tokens with. The future has a name and a box: whoever awaits it has to be `Send` for every
/// lifetime, which is not seen through a closure.
pub(crate) struct Http(pub(crate) Outgoing);

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Error>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(send(&self.0, Asked::Tokens, request))
    }
}

/// Sends a request of the library.
async fn send(
    outgoing: &Outgoing,
    asked: Asked,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let (parts, body) = request.into_parts();
    let headers = parts.headers.iter();
    let headers = headers.filter(|(name, _)| **name != CONTENT_TYPE);
    let headers = headers.map(|(name, value)| (name.clone(), value.clone()));
    let url = parts.uri.to_string();
    let answer = ask(outgoing, asked, parts.method, &url, headers.collect(), body).await?;
    let mut response = HttpResponse::new(answer.body.to_vec());
    *response.status_mut() = answer.status;
    Ok(response)
}

async fn ask(
    outgoing: &Outgoing,
    asked: Asked,
    method: Method,
    url: &str,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Vec<u8>,
) -> Result<Answer, Error> {
    let address = Address::parse(url, outgoing.allowed());
    let question = Question {
        method,
        address: &address.map_err(|_| Error::Endpoint(field(asked)))?,
        headers,
        media: "application/x-www-form-urlencoded",
        body: body.into(),
        answer_max: ANSWER_MAX,
        within: WITHIN,
    };
    let answer = outgoing.send(question).await;
    answer.map_err(|failure| Error::Unreachable { asked, failure })
}

/// The field of the metadata that says where it stands.
fn field(asked: Asked) -> &'static str {
    match asked {
        Asked::Metadata => "issuer",
        Asked::Keys => "jwks_uri",
        Asked::Tokens => "token_endpoint",
        Asked::UserInfo => "userinfo_endpoint",
    }
}
