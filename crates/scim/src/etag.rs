//! Entity tags (RFC 7644 §3.14). Ours are weak and name a revision: `W/"17"`.
//!
//! RFC 7644 compares weak tags in `If-Match`, which RFC 9110 §13.1.1 would not: tags are compared by what they say, weak or not.

use crate::error::Error;

/// Most tags in one header.
const MOST: usize = 100;

/// The tag of a revision.
pub fn of_revision(revision: u64) -> String {
    format!("W/\"{revision}\"")
}

/// The header `If-Match` or `If-None-Match`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tags {
    /// `*`: whatever there is.
    Any,
    /// One of these, without their marks of weakness and quotation.
    These(Vec<String>),
}

impl Tags {
    /// Refused as `invalidSyntax` where it is no list of tags.
    pub fn parse(header: &str) -> Result<Self, Error> {
        let header = header.trim();
        if header == "*" {
            return Ok(Self::Any);
        }
        let mut tags = Vec::new();
        let mut rest = header;
        while tags.len() < MOST {
            let (tag, after) = tag(rest).ok_or_else(no_list)?;
            tags.push(tag.to_owned());
            rest = after.trim_start();
            if rest.is_empty() {
                return Ok(Self::These(tags));
            }
            rest = rest.strip_prefix(',').ok_or_else(no_list)?.trim_start();
        }
        Err(no_list())
    }

    /// Whether a tag of ours is among them.
    pub fn matches(&self, own: &str) -> bool {
        match self {
            Self::Any => true,
            Self::These(tags) => tag(own).is_some_and(|(own, _)| tags.iter().any(|tag| tag == own)),
        }
    }
}

fn no_list() -> Error {
    Error::syntax("the header holds no list of entity tags")
}

/// What stands between the quotation marks of the first tag, and what comes after it.
fn tag(text: &str) -> Option<(&str, &str)> {
    let quoted = text.strip_prefix("W/").unwrap_or(text);
    let (tag, rest) = quoted.strip_prefix('"')?.split_once('"')?;
    let is_tag = |letter: char| letter == '!' || (letter > '"' && letter != '\u{7f}');
    tag.chars().all(is_tag).then_some((tag, rest))
}
