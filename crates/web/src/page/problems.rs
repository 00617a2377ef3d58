//! What a person at a browser is told when something does not work: the problem as a page, with a way on.

use std::{borrow::Cow, time::Duration};

use access::Permission;
use askama::Template;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    middleware::Next as Inner,
    response::{IntoResponse, Response},
};

use super::{Crumb, Frame, Next, PORTAL, SeeOther, capital, html};
use crate::{
    app::App,
    caller::Caller,
    common::Reading,
    envelope::RequestId,
    problem::ProblemBody,
    reply::Reply,
    session::{Session, VIEWING_AS},
};

/// Where the portal begins.
const PORTAL_PATH: &str = "/portal";
/// How long what stands around a problem is waited for.
const FRAMED_WITHIN: Duration = Duration::from_secs(1);

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    said: Said,
}

/// The same for whoever is in the portal: what stands around its pages stands around this one.
#[derive(Template)]
#[template(path = "problem-portal.html")]
struct PortalProblemPage {
    frame: Frame,
    said: Said,
}

/// What is told.
struct Said {
    title: &'static str,
    why: String,
    next: Crumb,
    status: u16,
    code: String,
    rule: Option<String>,
    request: Option<String>,
}

/// Turns the problems of those who asked for a page into pages. Programs keep theirs.
pub(crate) async fn for_browsers(
    State(app): State<App>,
    request: Request,
    inner: Inner,
) -> Response {
    let wanted = wants_html(request.headers());
    let path = request.uri().path().to_owned();
    let id = request
        .extensions()
        .get::<RequestId>()
        .map(|id| id.0.clone());
    let mut response = inner.run(request).await;
    let Some(body) = response.extensions_mut().remove::<ProblemBody>() else {
        return response;
    };
    if !wanted {
        return response;
    }
    let said = said(body, id.clone());
    let caller = response.extensions_mut().remove::<Caller>();
    let frame = match caller.zip(id).filter(|_| is_framed(response.status())) {
        Some((caller, id)) => {
            let framed = in_portal(&app, &caller, id, said.title, &path);
            let framed = tokio::time::timeout(FRAMED_WITHIN, framed).await;
            framed.ok().flatten()
        }
        None => None,
    };
    let page = match frame {
        Some(frame) => html(response.status(), &PortalProblemPage { frame, said }),
        None => html(response.status(), &ProblemPage { said }),
    };
    let (mut parts, _) = response.into_parts();
    let (new, body) = page.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.remove(header::WWW_AUTHENTICATE);
    parts.headers.extend(new.headers);
    Response::from_parts(parts, body)
}

/// What stands around a page is read for it, outside the bounds of requests: not where there is too much to do already.
fn is_framed(status: StatusCode) -> bool {
    status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS
}

/// What stands around the pages of somebody who is in the portal. `None`: they are not, or it cannot be told now, and then the problem is
/// told plainly.
async fn in_portal(
    app: &App,
    caller: &Caller,
    request: String,
    title: &str,
    path: &str,
) -> Option<Frame> {
    let session = Session::open(caller, request, Reading::default(), app);
    let session = session.await.ok()?;
    let is_there = path.starts_with(PORTAL_PATH) && session.opens(PORTAL_PATH);
    let place = if is_there { PORTAL.label } else { "" };
    let frame = Frame::of(&session, title, path, place).await.ok()?;
    frame.portal.is_some().then_some(frame)
}

/// A page that needs somebody who is signed in leads to where they can.
pub(crate) fn to_sign_in(method: &Method, uri: &Uri) -> Response {
    let place = match *method {
        Method::GET | Method::HEAD => uri.path_and_query().map_or("/", |place| place.as_str()),
        // What was sent is not sent again by signing in.
        _ => "/",
    };
    let mut response = SeeOther::to(Next::parse(place).at_sign_in())
        .reply()
        .into_response();
    let no_store = HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, no_store);
    response
}

fn wants_html(headers: &HeaderMap) -> bool {
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| {
        accept.split(',').any(|one| {
            let media = one.split(';').next().unwrap_or_default().trim();
            media.eq_ignore_ascii_case("text/html")
        })
    })
}

fn said(body: ProblemBody, request: Option<String>) -> Said {
    let status = StatusCode::from_u16(body.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let link = |path: &str, label: &str| Crumb {
        path: path.to_owned(),
        label: label.to_owned(),
    };
    let (title, why, next) = match status {
        StatusCode::NOT_FOUND => (
            "Nothing here",
            "There is no such page, or it is not for you to see.",
            link("/", "Go to the first page"),
        ),
        StatusCode::UNAUTHORIZED => (
            "Sign in first",
            "This is shown to people who are signed in.",
            link("/sign-in", "Sign in"),
        ),
        // AD-27: the way on is the page with the button that ends it.
        StatusCode::FORBIDDEN if body.code == VIEWING_AS => (
            "You view as somebody else",
            "Nothing can be changed meanwhile: stop viewing first.",
            link("/", "Go to the first page, and stop viewing there"),
        ),
        StatusCode::FORBIDDEN => (
            "You may not do this",
            "Your rights do not reach that far. They may have changed since the page was made.",
            link("/", "See what you can do"),
        ),
        StatusCode::TOO_MANY_REQUESTS => (
            "Too many requests",
            "More was asked from here than one caller may ask at once. Wait a moment, then load the page again.",
            link("/", "Go to the first page"),
        ),
        StatusCode::SERVICE_UNAVAILABLE => (
            "Not now",
            "The server cannot answer this at the moment. Wait a moment, then load the page again.",
            link("/", "Go to the first page"),
        ),
        status if status.is_server_error() => (
            "Something went wrong on our side",
            "It is in the server's log, under the request named below.",
            link("/", "Go to the first page"),
        ),
        _ => (
            "This cannot be done",
            "What was sent cannot be used.",
            link("/", "Go to the first page"),
        ),
    };
    // The words of a refusal say more; those of a failure are for programs.
    let ours = [StatusCode::NOT_FOUND, StatusCode::UNAUTHORIZED];
    let said = body
        .detail
        .filter(|_| status.is_client_error() && !ours.contains(&status));
    Said {
        title,
        why: said.map_or_else(|| why.to_owned(), |said| sentence(&said)),
        next,
        status: body.status,
        code: body.code,
        rule: body.rule,
        request,
    }
}

/// Details begin small, end open, and call permissions by their keys, which are for programs.
pub fn sentence(text: &str) -> String {
    let words: Vec<_> = text.split(' ').map(labelled).collect();
    let text = words.join(" ");
    let end = if text.ends_with(['.', '!', '?']) {
        ""
    } else {
        "."
    };
    format!("{}{end}", capital(&text))
}

fn labelled(word: &str) -> Cow<'_, str> {
    let key = word.trim_end_matches([',', ';', ':', '.']);
    match Permission::from_key(key) {
        Some(permission) => format!("“{}”{}", permission.label(), &word[key.len()..]).into(),
        None => word.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_there_is_too_much_to_do_a_problem_is_told_plainly() {
        assert!(is_framed(StatusCode::NOT_FOUND));
        for plain in [
            StatusCode::TOO_MANY_REQUESTS,
            StatusCode::INTERNAL_SERVER_ERROR,
            StatusCode::SERVICE_UNAVAILABLE,
        ] {
            assert!(!is_framed(plain), "{plain}");
        }
    }

    #[test]
    fn a_permission_is_called_by_its_label_on_a_screen() {
        assert_eq!(
            sentence("this needs admin.user_groups.manage, over what it concerns"),
            "This needs “manage user groups”, over what it concerns."
        );
        assert_eq!(sentence("no such admin.thing"), "No such admin.thing.");
    }
}
