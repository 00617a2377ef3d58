//! Pages of resources (RFC 7644 §3.4.2, §3.4.2.4).

use serde_json::{Value, json};

use crate::error::Error;

/// What the body of a list says that it is.
const MESSAGE: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/// Which of the resources that were found are answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// The first, from 1.
    pub start_index: usize,
    /// At most so many; none is a question for the total alone.
    pub count: usize,
}

impl Page {
    /// From the parameters `startIndex` and `count`: a start before the first is the first, a negative count is none, and no page has more than
    /// `most`. Refused as `invalidValue` where one is no whole number.
    pub fn new(start_index: Option<&str>, count: Option<&str>, most: usize) -> Result<Self, Error> {
        let start_index = whole_number("startIndex", start_index)?.unwrap_or(1);
        let count = match whole_number("count", count)? {
            Some(count) => usize::try_from(count.max(0)).unwrap_or(most).min(most),
            None => most,
        };
        Ok(Self {
            start_index: usize::try_from(start_index.max(1)).unwrap_or(usize::MAX),
            count,
        })
    }

    /// How many stand before its first.
    pub fn skipped(&self) -> usize {
        self.start_index - 1
    }
}

/// A number that is too large to be held is the largest.
fn whole_number(name: &str, text: Option<&str>) -> Result<Option<i64>, Error> {
    let Some(text) = text else {
        return Ok(None);
    };
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Error::value(format!("{name} is no whole number")));
    }
    let bound = if digits.len() < text.len() {
        i64::MIN
    } else {
        i64::MAX
    };
    Ok(Some(text.parse().unwrap_or(bound)))
}

/// The body of an answer: a page of the `total` resources that were found.
pub fn response(page: &Page, total: usize, resources: Vec<Value>) -> Value {
    json!({
        "schemas": [MESSAGE],
        "totalResults": total,
        "startIndex": page.start_index,
        "itemsPerPage": resources.len(),
        "Resources": resources,
    })
}
