//! The catalogue file as it is written: TOML with its shape, before anything in it is looked up. `docs/how-to-add-a-product.md`
//! explains it to its authors.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use toml::Spanned;

/// Why a catalogue is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct CatalogueError {
    /// From 1.
    pub line: usize,
    /// What is wrong there.
    pub reason: String,
}

/// Bytes of a catalogue.
pub const MAX_CATALOGUE_BYTES: usize = 256 * 1024;

/// Entries by key, each with its place.
pub(super) type Entries<T> = BTreeMap<Spanned<String>, T>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub product: Spanned<String>,
    pub name: Spanned<String>,
    #[serde(default)]
    pub subject_types: Entries<TypeEntry>,
    #[serde(default)]
    pub resource_types: Entries<TypeEntry>,
    #[serde(default)]
    pub permissions: Entries<PermissionEntry>,
    #[serde(default)]
    pub roles: Entries<RoleEntry>,
    #[serde(default)]
    pub grants: Vec<Spanned<GrantEntry>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TypeEntry {
    #[serde(default)]
    pub open: bool,
    #[serde(default)]
    pub properties: Entries<PropertyUse>,
}

/// Whose word counts for a property (AD-31).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PropertyUse {
    /// What was registered, and nothing else.
    #[default]
    Stored,
    /// What the caller sends, and nothing else.
    Sent,
    /// What was registered; what the caller sends, where nothing was.
    SentWhereNotStored,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PermissionEntry {
    pub on: Vec<Spanned<String>>,
    pub parent: Option<Spanned<String>>,
    pub allows: Option<Spanned<String>>,
    #[serde(default)]
    pub properties: Entries<Spanned<PropertyUse>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RoleEntry {
    pub name: Option<Spanned<String>>,
    #[serde(default)]
    pub permissions: Vec<Spanned<String>>,
    #[serde(default)]
    pub rules: Vec<Spanned<RuleEntry>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleEntry {
    pub permissions: Vec<Spanned<String>>,
    pub when: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GrantEntry {
    pub to: Vec<Spanned<String>>,
    pub permissions: Vec<Spanned<String>>,
    pub when: Option<Spanned<String>>,
}

/// The text with its lines, for errors.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'a>(pub &'a str);

impl Source<'_> {
    /// The line of a byte, from 1.
    pub fn line(self, byte: usize) -> usize {
        let before = self.0.as_bytes().get(..byte).unwrap_or(self.0.as_bytes());
        1 + before.iter().filter(|b| **b == b'\n').count()
    }

    /// An error at something that was written there.
    pub fn error<T>(self, at: &Spanned<T>, reason: impl Into<String>) -> CatalogueError {
        self.error_at(at.span().start, reason)
    }

    /// An error at a byte.
    pub fn error_at(self, byte: usize, reason: impl Into<String>) -> CatalogueError {
        CatalogueError {
            line: self.line(byte),
            reason: reason.into(),
        }
    }

    /// The line on which the text of a string begins: a multi-line string begins after its first line break.
    pub fn first_line<T>(self, at: &Spanned<T>) -> usize {
        let raw = self.0.get(at.span()).unwrap_or_default();
        let skipped = ["'''\n", "\"\"\"\n", "'''\r\n", "\"\"\"\r\n"]
            .iter()
            .any(|open| raw.starts_with(open));
        self.line(at.span().start) + usize::from(skipped)
    }
}

impl File {
    pub fn parse(text: &str) -> Result<File, CatalogueError> {
        if text.len() > MAX_CATALOGUE_BYTES {
            return Err(CatalogueError {
                line: 1,
                reason: format!("a catalogue has at most {MAX_CATALOGUE_BYTES} bytes"),
            });
        }
        toml::from_str(text).map_err(|error| {
            let byte = error.span().map_or(0, |span| span.start);
            let reason = error.message().lines().collect::<Vec<_>>().join(", ");
            Source(text).error_at(byte, reason)
        })
    }
}
