//! Pages: HTML that the server renders, complete without JavaScript. A page is an ordinary route whose handler gives back a
//! [`Page`]; what it sends is a [`form::Form`], and a form that was taken is answered by [`SeeOther`].

mod assets;
mod attention;
pub mod connection;
mod csv;
mod csv_stream;
pub(crate) mod done;
pub mod download;
mod draft;
mod entries;
mod face;
mod file;
pub mod find;
pub mod form;
mod frame;
pub mod lives;
pub mod making;
mod menu;
mod moments;
pub mod names;
mod next;
mod parts;
pub mod person;
mod picker;
mod problems;
mod prove;
mod refused;
pub mod review;
mod site;
pub mod status;
pub mod upload;
mod views;

use askama::Template;
use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

pub(crate) use assets::PATH as FILES;
pub use assets::asset;
pub use attention::{Attention, Look, Looked};
pub use csv::{Csv, typed};
pub use csv_stream::{CsvStream, Rows};
pub use draft::PageDraft;
pub use entries::{Called, EntryNames, NameEntries};
pub use face::{Face, Faced, Portal, ReadFace};
pub use file::File;
pub use frame::{Crumb, Frame, Me, Viewing};
pub use menu::{
    ACCESS, AUDIT, BILLING, CONFIGURE, CONTACT_CENTRE, Entry, PEOPLE, PORTAL, REMOTE_SUPPORT,
    SERVICE_DESK, Section,
};
pub(crate) use menu::{Listed, MenuEntry};
pub use moments::{MomentFields, day, moment, moment_of_field};
pub use next::Next;
pub use parts::{Pager, Tab, Tabs, capital};
pub use picker::{OnePerson, Picked, Picker, Sent, ThisPerson};
pub use problems::sentence;
pub(crate) use problems::{for_browsers, to_sign_in};
pub use prove::{Carried, Prove};
pub use refused::Refused;
pub(crate) use site::{Pages, Site};
pub use views::Typed;

use crate::{
    about::{About, Content, Good},
    guard::{Public, Reason},
    problem::Problem,
    reply::Reply,
    route::Route,
    sign_ins::Begun,
};

/// The routes that every page leads to: its files, and the search.
pub fn routes() -> Vec<Route> {
    let mut routes = assets::routes();
    routes.extend(find::routes());
    routes
}

/// What a page is sent as.
pub(crate) const HTML: &str = "text/html; charset=utf-8";

/// What a page may load: files of our own. No inline script and no inline style.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// An address with parameters; those without a value are left out. Ids, keys and moments only: what somebody typed is never in it.
pub fn address(path: &str, parameters: &[(&str, Option<&str>)]) -> String {
    let mut pairs = form_urlencoded::Serializer::new(String::new());
    for (name, value) in parameters {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            pairs.append_pair(name, value);
        }
    }
    match pairs.finish() {
        pairs if pairs.is_empty() => path.to_owned(),
        pairs => format!("{path}?{pairs}"),
    }
}

/// The mark before the name.
pub const MARK: &str = r#"<svg class="icon" viewBox="0 0 20 20" aria-hidden="true"><path d="M3.5 2v16"/><path class="pen" d="M8 10.5l3.5 4L18 4.5"/></svg>"#;

/// The markup of an icon; it never stands without words beside it.
pub fn icon(name: &str) -> String {
    let icons = asset("icons.svg");
    format!(r##"<svg class="icon" aria-hidden="true"><use href="{icons}#{name}"/></svg>"##)
}

/// A number as people read it: 12,480.
pub fn count(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A page, with its status.
#[derive(Debug)]
pub struct Page<T> {
    /// The status: 200, or what became of a form that was not taken.
    pub status: StatusCode,
    /// What is shown.
    pub template: T,
}

impl<T> Page<T> {
    /// A page that went well.
    pub fn new(template: T) -> Self {
        Self {
            status: StatusCode::OK,
            template,
        }
    }

    /// A form again, with what is wrong with it.
    pub fn again(template: T) -> Self {
        Self {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            template,
        }
    }
}

impl<T: Template> Reply for Page<T> {
    fn describe(about: &mut About) {
        about.page = true;
        about.good.push(Good {
            status: 200,
            description: "A page.",
            content: Some(Content {
                media: HTML,
                schema: None,
            }),
        });
    }

    fn reply(self) -> Response {
        html(self.status, &self.template)
    }
}

/// Whether an answer is a page.
pub(crate) fn is_page(headers: &HeaderMap) -> bool {
    let media = headers.get(header::CONTENT_TYPE);
    media.is_some_and(|media| media.as_bytes().starts_with(b"text/html"))
}

fn html(status: StatusCode, template: &impl Template) -> Response {
    let text = match template.render() {
        Ok(text) => text,
        Err(error) => return Problem::internal(error).into_response(),
    };
    let headers = [
        (header::CONTENT_TYPE, HTML),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        // With "no-referrer" a form would be sent without its origin.
        (header::REFERRER_POLICY, "same-origin"),
    ];
    (status, headers, text).into_response()
}

/// 303: what was asked for by a form is done, and the page to look at is another one.
#[derive(Debug)]
pub struct SeeOther {
    to: String,
    cookies: Vec<HeaderValue>,
}

impl SeeOther {
    /// To a place of this server.
    pub fn to(place: impl Into<String>) -> Self {
        Self {
            to: place.into(),
            cookies: Vec::new(),
        }
    }

    /// With a cookie that the browser keeps, or drops.
    #[must_use]
    pub(crate) fn with_cookie(mut self, cookie: HeaderValue) -> Self {
        self.cookies.push(cookie);
        self
    }

    /// With a sentence on what was done, which the page that is led to shows. Counts and words of our own: never a name.
    #[must_use]
    pub fn saying(self, done: &str) -> Self {
        let cookie = done::cookie(done);
        match cookie {
            Ok(cookie) => self.with_cookie(cookie),
            Err(_) => self,
        }
    }
}

impl Reply for SeeOther {
    fn describe(about: &mut About) {
        about.page = true;
        about.good.push(Good {
            status: 303,
            description: "Done; the page to look at is another one.",
            content: None,
        });
    }

    fn reply(self) -> Response {
        let mut response = StatusCode::SEE_OTHER.into_response();
        match HeaderValue::from_str(&self.to) {
            Ok(to) => response.headers_mut().insert(header::LOCATION, to),
            Err(error) => return Problem::internal(error).into_response(),
        };
        for cookie in self.cookies {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response
    }
}

/// A page with which the browser is to keep something: another session, or what it brings back from elsewhere.
#[derive(Debug)]
pub struct WithCookie<T> {
    page: Page<T>,
    cookie: HeaderValue,
}

impl<T> WithCookie<T> {
    pub(crate) fn new(page: Page<T>, cookie: HeaderValue) -> Self {
        Self { page, cookie }
    }

    /// The page, and the session that its reader goes on with.
    pub fn renewed(page: Page<T>, begun: Begun) -> Self {
        Self::new(page, begun.into_cookie())
    }
}

impl<T: Template> Reply for WithCookie<T> {
    fn describe(about: &mut About) {
        Page::<T>::describe(about);
    }

    fn reply(self) -> Response {
        let mut response = self.page.reply();
        let headers = response.headers_mut();
        headers.append(header::SET_COOKIE, self.cookie);
        response
    }
}

/// One of two answers.
#[derive(Debug)]
pub enum Either<A, B> {
    /// It was done, or is to be done elsewhere.
    Done(A),
    /// This is to be looked at.
    Again(B),
}

impl<A: Reply, B: Reply> Reply for Either<A, B> {
    fn describe(about: &mut About) {
        A::describe(about);
        B::describe(about);
    }

    fn reply(self) -> Response {
        match self {
            Self::Done(done) => done.reply(),
            Self::Again(again) => again.reply(),
        }
    }
}

/// A page for whoever is nobody yet. A browser in which somebody is signed in has nothing to do there, and goes to its first page.
pub fn for_nobody<R: Reason, T: Template>(
    public: &Public<R>,
    template: T,
) -> Either<SeeOther, Page<T>> {
    match public.is_signed_in {
        true => Either::Done(SeeOther::to("/")),
        false => Either::Again(Page::new(template)),
    }
}

/// What becomes of a form: another page, or the same one with what is wrong.
#[derive(Debug)]
pub enum Taken<T> {
    /// It was taken.
    Done(SeeOther),
    /// It was not.
    Again(Page<T>),
}

impl<T: Template> Reply for Taken<T> {
    fn describe(about: &mut About) {
        SeeOther::describe(about);
        about.good.push(Good {
            status: 422,
            description: "The form again, with what is wrong with it.",
            content: Some(Content {
                media: HTML,
                schema: None,
            }),
        });
    }

    fn reply(self) -> Response {
        match self {
            Self::Done(other) => other.reply(),
            Self::Again(page) => page.reply(),
        }
    }
}
