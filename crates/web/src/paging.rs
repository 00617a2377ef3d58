//! Lists, page by page.
//!
//! A `next` is sealed: it says nothing about how many there are, and is good for the same question by the same caller only. Inside, a
//! page ends at a dense number, which never leaves.

use std::{borrow::Cow, collections::BTreeMap};

use access::Actor;
use axum::http::{Method, StatusCode};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use ledger::{Account, Hash, actor_text};
use serde::{Serialize, de::DeserializeOwned};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ArrayBuilder, ObjectBuilder, Ref, RefOr, Schema, Type, path::ParameterIn},
};

use crate::{
    about::About,
    call::Call,
    common::number,
    part::{Body, Part, json_bytes, parse},
    problem::{Problem, Result},
    schema,
    session::{Session, failed},
};

/// Items in a page when the caller does not say.
pub const PAGE_SIZE_DEFAULT: usize = 50;
/// Items in a page at most.
pub const PAGE_SIZE_MAX: usize = 500;
/// The longest `next` that is looked at, in bytes: a search ends at a word, which may be a whole address.
const NEXT_BYTES_MAX: usize = 2_048;
/// A place is filled up to a multiple of this: its length would tell how large its number is.
const PLACE_BYTES: usize = 64;
/// Parameters that do not change what is asked.
const NOT_THE_QUESTION: [&str; 3] = ["page", "page_size", "at_least_version"];

/// Which part of a list.
#[derive(Clone, Debug)]
pub struct Paging {
    /// Items wanted, within [1, [`PAGE_SIZE_MAX`]].
    pub size: usize,
    /// Where the previous page ended, in JSON.
    place: Option<Vec<u8>>,
    account: Account,
    /// The question and its asker, which a `next` is bound to.
    question: Hash,
}

impl Part for Paging {
    fn describe(about: &mut About) {
        about.parameter_of(
            schema::number(1, PAGE_SIZE_MAX as u64),
            ParameterIn::Query,
            "page_size",
            false,
            "Items in a page: 1 to 500, 50 by default.",
        );
        about.parameter_of(
            schema::pattern("^[A-Za-z0-9_-]{1,2048}$"),
            ParameterIn::Query,
            "page",
            false,
            "The `next` of the previous page of the same question.",
        );
        about.problems.extend([400, 422]);
    }

    async fn take(call: &mut Call) -> Result<Self> {
        if !matches!(call.parts.method, Method::GET | Method::HEAD) {
            // The body is part of the question.
            return Err(Problem::internal("pages of a body are asked for by Paged"));
        }
        Self::of(call, &[])
    }
}

impl Paging {
    /// The beginning of a list that has no further pages.
    pub fn first(session: &Session, size: usize) -> Self {
        Self {
            size,
            place: None,
            account: session.account.clone(),
            question: Hash::of(&[]),
        }
    }

    /// The page of the same list that this leads to.
    pub(crate) fn turned(&self, next: &Cursor) -> Result<Self> {
        let place = unseal(&self.account, self.question, next.as_str());
        Ok(Self {
            place: Some(place.ok_or_else(unknown_page)?),
            ..self.clone()
        })
    }

    /// A list that goes on from form to form: `place` is what the previous step gave, `what` says of which list.
    pub fn of_form(
        session: &Session,
        size: usize,
        what: &str,
        place: Option<&str>,
    ) -> Result<Self> {
        Self::of_question(session, size, &(actor_text(session.actor()?), what), place)
    }

    /// A list whose question and place stand in one body: `place` is what the previous page gave, `question` all that stays the same.
    /// How large its pages are is the caller's business.
    pub fn of_body(
        session: &Session,
        question: &impl Serialize,
        place: Option<&str>,
    ) -> Result<Self> {
        let as_of = format!("{:?}", session.as_of());
        let asker = (session.subject, session.viewer(), as_of);
        Self::of_question(session, PAGE_SIZE_DEFAULT, &(asker, question), place)
    }

    fn of_question(
        session: &Session,
        size: usize,
        question: &impl Serialize,
        place: Option<&str>,
    ) -> Result<Self> {
        let account = session.account.clone();
        let question = Hash::of(&serde_json::to_vec(question).map_err(Problem::internal)?);
        let place = match place.filter(|place| !place.is_empty()) {
            None => None,
            Some(next) => Some(unseal(&account, question, next).ok_or_else(unknown_page)?),
        };
        Ok(Self {
            size,
            place,
            account,
            question,
        })
    }

    /// The page of a list that stands at an address of ours, as its own route would read it.
    pub fn at(session: &Session, address: &str) -> Result<Self> {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let mut place = None;
        let mut filters = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "page" => place = Some(value.into_owned()),
                name if NOT_THE_QUESTION.contains(&name) => {}
                name => drop(filters.insert(name.to_owned(), value.into_owned())),
            }
        }
        let filters = filters.iter().collect();
        let question = asked(session.actor()?, Method::GET.as_str(), path, &filters, &[])?;
        let account = session.account.clone();
        let place = match place {
            None => None,
            Some(next) => Some(unseal(&account, question, &next).ok_or_else(unknown_page)?),
        };
        Ok(Self {
            size: PAGE_SIZE_DEFAULT,
            place,
            account,
            question,
        })
    }

    /// The way to this very page; none to the first.
    pub fn here(&self) -> Result<Option<Cursor>> {
        let place = self.place.as_deref().map(|place| self.sealed(place));
        place.transpose()
    }

    fn of(call: &Call, body: &[u8]) -> Result<Self> {
        let size = number(call, "page_size")?.unwrap_or(PAGE_SIZE_DEFAULT as u64);
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        if !(1..=PAGE_SIZE_MAX).contains(&size) {
            return Err(Problem::invalid(
                "page_size",
                format!("a page has 1 to {PAGE_SIZE_MAX} items"),
            ));
        }
        let account = call.caller()?.account.clone();
        let question = question(call, body)?;
        let place = match call.parameter("page") {
            None => None,
            Some(next) => Some(unseal(&account, question, next).ok_or_else(unknown_page)?),
        };
        Ok(Self {
            size,
            place,
            account,
            question,
        })
    }

    /// Where the previous page ended, read as the key that this list pages by.
    pub fn after<K: DeserializeOwned>(&self) -> Result<Option<K>> {
        let place = self.place.as_deref().map(serde_json::from_slice);
        place.transpose().map_err(|_| unknown_page())
    }

    /// Whether the list begins here.
    pub fn is_first(&self) -> bool {
        self.place.is_none()
    }

    /// The way to the page after the item with this key.
    pub fn next(&self, key: &impl Serialize) -> Result<Cursor> {
        let mut place = serde_json::to_vec(key).map_err(Problem::internal)?;
        place.resize(place.len().next_multiple_of(PLACE_BYTES), b' ');
        self.sealed(&place)
    }

    fn sealed(&self, place: &[u8]) -> Result<Cursor> {
        let sealed = self.account.seal(&self.question.0, place);
        let sealed = sealed.map_err(failed)?;
        Ok(Cursor(BASE64_URL_SAFE_NO_PAD.encode(sealed)))
    }

    /// Cuts what was read, one item more than the page holds, into a page and the way to the next one.
    pub fn cut<T, K: Serialize>(
        &self,
        mut items: Vec<T>,
        key: impl Fn(&T) -> K,
    ) -> Result<Page<T>> {
        let more = items.len() > self.size;
        items.truncate(self.size);
        let last = items.last().filter(|_| more);
        let next = last.map(|last| self.next(&key(last))).transpose()?;
        Ok(Page { items, next })
    }
}

/// A JSON body that asks, and which page of the answer. One part, because a `next` is bound to the body.
#[derive(Debug)]
pub struct Paged<T> {
    /// What is asked.
    pub body: T,
    /// Which page.
    pub paging: Paging,
}

impl<T: DeserializeOwned + ToSchema + Send> Part for Paged<T> {
    fn describe(about: &mut About) {
        Body::<T>::describe(about);
        Paging::describe(about);
    }

    async fn take(call: &mut Call) -> Result<Self> {
        let bytes = json_bytes(call).await?;
        let body = parse(&bytes)?;
        // The same question in other words: order of members and spaces do not count.
        let plain: serde_json::Value = parse(&bytes)?;
        let paging = Paging::of(call, plain.to_string().as_bytes())?;
        // A command that pages takes an idempotency key too.
        call.keep(bytes);
        Ok(Self { body, paging })
    }
}

/// What a `next` is bound to: who asks, where, and what.
fn question(call: &Call, body: &[u8]) -> Result<Hash> {
    let filters: BTreeMap<_, _> = call
        .query()
        .iter()
        .filter(|(name, _)| !NOT_THE_QUESTION.contains(&name.as_str()))
        .map(|(name, value)| (name, value))
        .collect();
    let method = call.parts.method.as_str();
    asked(
        call.caller()?.actor,
        method,
        call.parts.uri.path(),
        &filters,
        body,
    )
}

fn asked(
    actor: Actor,
    method: &str,
    path: &str,
    filters: &BTreeMap<&String, &String>,
    body: &[u8],
) -> Result<Hash> {
    let parts = (actor_text(actor), method, path, filters, body);
    let parts = serde_json::to_vec(&parts).map_err(Problem::internal)?;
    Ok(Hash::of(&parts))
}

fn unseal(account: &Account, question: Hash, next: &str) -> Option<Vec<u8>> {
    let sealed = (next.len() <= NEXT_BYTES_MAX)
        .then(|| BASE64_URL_SAFE_NO_PAD.decode(next).ok())
        .flatten()?;
    account.unseal(&question.0, &sealed)
}

fn unknown_page() -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "unknown_page",
        "There is no such page",
    )
    .member("at", "page")
    .detail("send the `next` of the previous page as it came, with the same question and as the same caller; without `page` the list begins again")
}

/// The way to the next page. Opaque to callers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cursor(String);

impl Cursor {
    /// As an address of a page has it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PartialSchema for Cursor {
    fn schema() -> RefOr<Schema> {
        String::schema()
    }
}

impl ToSchema for Cursor {}

/// One page of a list.
#[derive(Debug, Serialize)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Send it as `page` for what follows; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Cursor>,
}

impl<T: ToSchema> PartialSchema for Page<T> {
    fn schema() -> RefOr<Schema> {
        let items = ArrayBuilder::new().items(Ref::from_schema_name(T::name()));
        let next = ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(
                "Send it as `page` for what follows; absent on the last page.",
            ));
        ObjectBuilder::new()
            .property("items", items)
            .required("items")
            .property("next", next)
            .into()
    }
}

impl<T: ToSchema> ToSchema for Page<T> {
    fn name() -> Cow<'static, str> {
        format!("PageOf{}", T::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(schemas);
    }
}
