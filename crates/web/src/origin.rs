//! Whether a request was made by a page of this server (cross-site request forgery).

use axum::http::{HeaderMap, Method, header};

use crate::{
    about::About,
    call::Call,
    part::Part,
    problem::{Problem, Result},
};

const SITE: &str = "sec-fetch-site";
const MODE: &str = "sec-fetch-mode";

/// Whether a page of ours made the request. Browsers say so; where an old one does not, its origin has to be the host that it asks.
pub(crate) fn is_ours(headers: &HeaderMap) -> bool {
    if let Some(site) = text(headers, SITE) {
        return site == "same-origin";
    }
    let origin = text(headers, header::ORIGIN.as_str());
    let host = text(headers, header::HOST.as_str());
    let of_origin = origin.and_then(|origin| origin.split_once("://"));
    matches!((of_origin, host), (Some((_, of_origin)), Some(host)) if of_origin.eq_ignore_ascii_case(host))
}

/// Whether the sign-in session of a browser counts for this request. What changes nothing may be asked for by a link from elsewhere,
/// or by nobody's page at all; everything else is ours alone.
pub(crate) fn may_use_cookie(method: &Method, headers: &HeaderMap) -> bool {
    if !method.is_safe() {
        return is_ours(headers);
    }
    match text(headers, SITE) {
        None | Some("same-origin" | "none") => true,
        Some(_) => text(headers, MODE) == Some("navigate"),
    }
}

/// The origin of the page of ours that made a request: scheme, host and port. It is the one that the operator names; where none is named,
/// it is what the browser says.
#[derive(Debug)]
pub struct OwnOrigin(pub String);

impl Part for OwnOrigin {
    fn describe(about: &mut About) {
        about.problems.push(403);
    }

    async fn take(call: &mut Call) -> Result<Self> {
        let headers = &call.parts.headers;
        let origin = text(headers, header::ORIGIN.as_str());
        let of_ours = origin.filter(|origin| {
            let host = text(headers, header::HOST.as_str());
            let of_origin = origin.split_once("://").map(|(_, of_origin)| of_origin);
            matches!((of_origin, host), (Some(of_origin), Some(host)) if of_origin.eq_ignore_ascii_case(host))
        });
        let of_ours = of_ours.filter(|_| is_ours(headers));
        let named = call.app.limits().origin.as_deref();
        let origin = of_ours.map(|origin| named.unwrap_or(origin));
        origin.map(|origin| Self(origin.to_owned())).ok_or_else(|| {
            Problem::forbidden_by("foreign_form")
                .detail("this is asked for by pages of this server alone")
        })
    }
}

/// Scheme, host and port under which the operator says that this server is reached, if they say so.
#[derive(Debug)]
pub struct NamedOrigin(pub Option<String>);

impl Part for NamedOrigin {
    fn describe(_: &mut About) {}

    async fn take(call: &mut Call) -> Result<Self> {
        Ok(Self(call.app.limits().origin.clone()))
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn a_form_of_another_site_is_not_ours() {
        for foreign in [
            &[][..],
            &[("host", "rolecall.example")],
            &[("origin", "null"), ("host", "rolecall.example")],
            &[
                ("origin", "https://evil.example"),
                ("host", "rolecall.example"),
            ],
            &[
                ("origin", "https://rolecall.example.evil.example"),
                ("host", "rolecall.example"),
            ],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "none")],
            &[
                ("sec-fetch-site", "cross-site"),
                ("origin", "https://a"),
                ("host", "a"),
            ],
        ] {
            let headers = headers(foreign);
            assert!(!is_ours(&headers), "{foreign:?}");
            assert!(!may_use_cookie(&Method::POST, &headers), "{foreign:?}");
        }
    }

    #[test]
    fn a_form_of_ours_is() {
        for ours in [
            &[("sec-fetch-site", "same-origin")][..],
            &[
                ("origin", "https://rolecall.example"),
                ("host", "rolecall.example"),
            ],
            &[
                ("origin", "http://127.0.0.1:8080"),
                ("host", "127.0.0.1:8080"),
            ],
        ] {
            assert!(is_ours(&headers(ours)), "{ours:?}");
        }
    }

    #[test]
    fn a_link_leads_in_and_an_image_does_not_read() {
        let link = headers(&[
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "navigate"),
        ]);
        let image = headers(&[
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "no-cors"),
        ]);
        assert!(may_use_cookie(&Method::GET, &link));
        assert!(!may_use_cookie(&Method::GET, &image));
        assert!(!may_use_cookie(&Method::POST, &link));
    }
}
