//! Parameters that many routes share: which version to read, how much of a list, and how to submit a command.

use std::borrow::Cow;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ArrayBuilder, ObjectBuilder, Ref, RefOr, Schema, Type, path::ParameterIn},
};

use crate::{
    about::About,
    call::Call,
    part::Part,
    problem::{Problem, Result},
};

/// Items in a page when the caller does not say.
pub const PAGE_SIZE_DEFAULT: usize = 50;
/// Items in a page at most.
pub const PAGE_SIZE_MAX: usize = 500;
/// The longest cursor and idempotency key that are looked at, in bytes.
const OPAQUE_BYTES_MAX: usize = 512;

/// The moment that a caller asks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsOf {
    /// A version of the account.
    Version(u64),
    /// Milliseconds since the epoch, UTC.
    Moment(i64),
}

impl AsOf {
    /// Reads a version, or a moment in RFC 3339.
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(version) = text.parse() {
            return Some(Self::Version(version));
        }
        text.parse::<jiff::Timestamp>()
            .ok()
            .map(|moment| Self::Moment(moment.as_millisecond()))
    }
}

/// Which version of the account to read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Wait, for a bounded time, until this version is there.
    pub at_least_version: Option<u64>,
    /// Answer as it was then: today's rules on past facts.
    pub as_of: Option<AsOf>,
}

impl Reading {
    /// Reads the parameters; guards that resolve things use it too.
    pub fn of(call: &Call) -> Result<Self> {
        Ok(Self {
            as_of: call
                .parameter("as_of")
                .map(|text| {
                    AsOf::parse(text).ok_or_else(|| {
                        Problem::invalid("as_of", "give a version, or a moment like 2026-03-03T12:00:00Z (write + as %2B)")
                    })
                })
                .transpose()?,
            ..Self::of_command(call)?
        })
    }

    /// Reads what a command takes of it. It is about the present, and may rest on what another node has just written.
    pub fn of_command(call: &Call) -> Result<Self> {
        Ok(Self {
            at_least_version: number(call, "at_least_version")?,
            as_of: None,
        })
    }

    /// The parameters, for the document.
    pub fn describe(about: &mut About) {
        Self::describe_command(about);
        about.parameter::<String>(
            ParameterIn::Query,
            "as_of",
            false,
            "Answer as of then: a version, or a moment in RFC 3339. Today's rules on past facts.",
        );
    }

    /// The parameter of a command, for the document.
    pub fn describe_command(about: &mut About) {
        about.parameter::<u64>(
            ParameterIn::Query,
            "at_least_version",
            false,
            "Wait, for a bounded time, until the account has reached this version.",
        );
        about.problems.extend([422, 503]);
    }
}

impl Part for Reading {
    fn describe(about: &mut About) {
        Self::describe(about);
    }

    async fn take(call: &mut Call) -> Result<Self> {
        Self::of(call)
    }
}

/// Which part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paging {
    /// Items wanted, within [1, [`PAGE_SIZE_MAX`]].
    pub size: usize,
    /// Where the previous page ended.
    pub after: Option<Cursor>,
}

impl Part for Paging {
    fn describe(about: &mut About) {
        about.parameter::<u16>(
            ParameterIn::Query,
            "page_size",
            false,
            "Items in a page: 1 to 500, 50 by default.",
        );
        about.parameter::<String>(
            ParameterIn::Query,
            "page",
            false,
            "The `next` of the previous page.",
        );
        about.problems.push(422);
    }

    async fn take(call: &mut Call) -> Result<Self> {
        let size = number(call, "page_size")?.unwrap_or(PAGE_SIZE_DEFAULT as u64);
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        if !(1..=PAGE_SIZE_MAX).contains(&size) {
            return Err(Problem::invalid(
                "page_size",
                format!("a page has 1 to {PAGE_SIZE_MAX} items"),
            ));
        }
        let after = call.parameter("page").map(|text| Cursor(text.to_owned()));
        Ok(Self { size, after })
    }
}

impl Paging {
    /// Where the previous page ended, read as the key that this list pages by.
    pub fn after<K: DeserializeOwned>(&self) -> Result<Option<K>> {
        self.after.as_ref().map(Cursor::read).transpose()
    }
}

/// A place in a list. Opaque to callers; not a secret, and checked like everything that comes from outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cursor(String);

impl Cursor {
    /// The place after the item with this key.
    pub fn after(key: &impl Serialize) -> Self {
        Self(BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(key).unwrap_or_default()))
    }

    fn read<K: DeserializeOwned>(&self) -> Result<K> {
        let bytes = (self.0.len() <= OPAQUE_BYTES_MAX)
            .then(|| BASE64_URL_SAFE_NO_PAD.decode(&self.0).ok())
            .flatten();
        bytes
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .ok_or_else(|| Problem::invalid("page", "this is not a `next` that this list gave"))
    }
}

impl PartialSchema for Cursor {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
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

impl<T> Page<T> {
    /// Cuts what was read, one item more than the page holds, into a page and the way to the next one.
    pub fn cut<K: Serialize>(mut items: Vec<T>, size: usize, key: impl Fn(&T) -> K) -> Self {
        let more = items.len() > size;
        items.truncate(size);
        let next = items
            .last()
            .filter(|_| more)
            .map(|last| Cursor::after(&key(last)));
        Self { items, next }
    }
}

/// How a command is submitted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Submission {
    /// Only tell what would happen.
    pub dry_run: bool,
    /// Refuse unless the preview still has this fingerprint.
    pub if_fingerprint: Option<String>,
    /// A second request with this key does nothing more.
    pub idempotency: Option<Idempotency>,
}

/// A key of the caller's, and the request that it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idempotency {
    /// The key.
    pub key: String,
    /// Method, address and body.
    pub request: Vec<u8>,
}

impl Part for Submission {
    fn describe(about: &mut About) {
        about.parameter::<bool>(
            ParameterIn::Query,
            "dry_run",
            false,
            "Change nothing; answer with the preview: who gains and who loses what.",
        );
        about.parameter::<String>(ParameterIn::Header, "If-Fingerprint", false, "The `fingerprint` of a preview; refused with 409 when the change would do something else by now.");
        about.parameter::<String>(
            ParameterIn::Header,
            "Idempotency-Key",
            false,
            "A key of your own, up to 512 bytes; the same key again gets the first answer again.",
        );
        about.problems.extend([409, 422]);
    }

    async fn take(call: &mut Call) -> Result<Self> {
        let dry_run = match call.parameter("dry_run") {
            None | Some("false") => false,
            Some("true" | "") => true,
            Some(_) => return Err(Problem::invalid("dry_run", "say true or false")),
        };
        Ok(Self {
            dry_run,
            if_fingerprint: opaque(call, "if-fingerprint")?,
            idempotency: opaque(call, "idempotency-key")?.map(|key| Idempotency {
                key,
                request: call.fingerprint(),
            }),
        })
    }
}

fn opaque(call: &Call, name: &str) -> Result<Option<String>> {
    match call.header(name) {
        None => Ok(None),
        Some(value) if value.is_empty() || value.len() > OPAQUE_BYTES_MAX => Err(Problem::invalid(
            name,
            format!("this header takes 1 to {OPAQUE_BYTES_MAX} bytes"),
        )),
        Some(value) => Ok(Some(value.to_owned())),
    }
}

fn number(call: &Call, name: &str) -> Result<Option<u64>> {
    call.parameter(name)
        .map(|text| {
            text.parse()
                .map_err(|_| Problem::invalid(name, "give a whole number that is not negative"))
        })
        .transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_in_rfc_3339_or_as_a_version() {
        assert_eq!(AsOf::parse("42"), Some(AsOf::Version(42)));
        assert_eq!(
            AsOf::parse("1970-01-01T00:00:01.500Z"),
            Some(AsOf::Moment(1500))
        );
        assert_eq!(AsOf::parse("yesterday"), None);
    }

    #[test]
    fn a_page_ends_where_the_next_one_begins() {
        let page = Page::cut(vec![1, 2, 3], 2, |item| *item);
        assert_eq!(page.items, [1, 2]);
        assert_eq!(page.next.unwrap().read::<i32>().unwrap(), 2);
        assert!(Page::cut(vec![1, 2], 2, |item| *item).next.is_none());
    }

    #[test]
    fn a_cursor_of_somebody_elses_making_is_refused() {
        for text in ["x", "!!", &"A".repeat(4000)] {
            assert!(Cursor(text.to_owned()).read::<u32>().is_err());
        }
    }
}
