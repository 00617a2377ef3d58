//! What names an attribute (RFC 7644 §3.10), and what a PATCH aims at (RFC 7644 §3.5.2).

use std::fmt;

use crate::error::Error;
use crate::filter::Filter;
use crate::filter::parse::Parser;

/// `urn:…:User:name.familyName`, as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttrPath {
    /// What stands before the last colon.
    pub urn: Option<String>,
    /// The attribute.
    pub attribute: String,
    /// Its sub-attribute.
    pub sub: Option<String>,
}

impl AttrPath {
    /// An attribute without a URN and a sub-attribute.
    pub(crate) fn simple(attribute: &str) -> Self {
        Self {
            urn: None,
            attribute: attribute.to_owned(),
            sub: None,
        }
    }

    /// From the text of a parameter (`attributes`, `sortBy`); `None` where it names nothing.
    pub fn parse(text: &str) -> Option<Self> {
        Parser::new(text).ok()?.whole(Parser::attr_path).ok()
    }
}

impl fmt::Display for AttrPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(urn) = &self.urn {
            write!(f, "{urn}:")?;
        }
        f.write_str(&self.attribute)?;
        match &self.sub {
            Some(sub) => write!(f, ".{sub}"),
            None => Ok(()),
        }
    }
}

/// `emails[type eq "work"].value`: where a PATCH puts, replaces or removes something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatchPath {
    /// The attribute; with its sub-attribute where there is no filter.
    pub attribute: AttrPath,
    /// Which of its values.
    pub filter: Option<Filter>,
    /// What of those values.
    pub sub: Option<String>,
}

impl PatchPath {
    /// Refused as `invalidPath`, with the place where it stopped making sense.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let mut parser = Parser::new(text).map_err(|fault| Error::path(fault.to_string()))?;
        let path = parser.whole(Parser::patch_path);
        path.map_err(|fault| Error::path(format!("path: {fault}")))
    }
}

impl fmt::Display for PatchPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.attribute)?;
        if let Some(filter) = &self.filter {
            write!(f, "[{filter}]")?;
        }
        match &self.sub {
            Some(sub) => write!(f, ".{sub}"),
            None => Ok(()),
        }
    }
}
