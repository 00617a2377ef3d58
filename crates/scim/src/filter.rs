//! Filters (RFC 7644 §3.4.2.2): read here as they are written, and matched in `matcher.rs` once a schema has said what is compared.

use std::fmt;

use serde_json::{Number, Value};

use crate::error::Error;
use crate::path::AttrPath;
use crate::schema::ResourceType;

mod matcher;
pub(crate) mod parse;

pub use matcher::Matcher;
pub(crate) use matcher::boolean;
use parse::Parser;

/// Longest filter, and longest path with a filter in it, in bytes.
pub const LONGEST: usize = 8_192;
/// Most brackets within brackets.
pub const DEEPEST: usize = 16;

/// A filter as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filter {
    /// Each of two or more.
    And(Vec<Filter>),
    /// One of two or more.
    Or(Vec<Filter>),
    /// The contrary.
    Not(Box<Filter>),
    /// `title pr`
    Present(AttrPath),
    /// `userName eq "bjensen"`
    Compare(AttrPath, Comparison, Literal),
    /// `emails[type eq "work"]`: one value that meets all of it.
    Within(AttrPath, Box<Filter>),
}

/// How a value is compared (RFC 7644, table 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// Is the same.
    Equal,
    /// Is another.
    NotEqual,
    /// Has it anywhere.
    Contains,
    /// Begins with it.
    StartsWith,
    /// Ends with it.
    EndsWith,
    /// Is more.
    Greater,
    /// Is more, or the same.
    GreaterOrEqual,
    /// Is less.
    Less,
    /// Is less, or the same.
    LessOrEqual,
}

impl Comparison {
    pub(crate) const ALL: [Self; 9] = [
        Self::Equal,
        Self::NotEqual,
        Self::Contains,
        Self::StartsWith,
        Self::EndsWith,
        Self::Greater,
        Self::GreaterOrEqual,
        Self::Less,
        Self::LessOrEqual,
    ];

    /// As it is written, in any case.
    pub fn keyword(self) -> &'static str {
        match self {
            Self::Equal => "eq",
            Self::NotEqual => "ne",
            Self::Contains => "co",
            Self::StartsWith => "sw",
            Self::EndsWith => "ew",
            Self::Greater => "gt",
            Self::GreaterOrEqual => "ge",
            Self::Less => "lt",
            Self::LessOrEqual => "le",
        }
    }

    /// Whether it asks for a part of a text.
    fn is_of_parts(self) -> bool {
        matches!(self, Self::Contains | Self::StartsWith | Self::EndsWith)
    }

    /// Whether it asks for sameness.
    fn is_of_sameness(self) -> bool {
        matches!(self, Self::Equal | Self::NotEqual)
    }
}

/// What is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Literal {
    /// Nothing.
    Null,
    /// True or false.
    Boolean(bool),
    /// A number.
    Number(Number),
    /// A text, or a moment.
    Text(String),
}

impl Literal {
    pub(crate) fn to_value(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Boolean(boolean) => (*boolean).into(),
            Self::Number(number) => number.clone().into(),
            Self::Text(text) => text.clone().into(),
        }
    }
}

impl Filter {
    /// From the text of the parameter `filter`. Refused as `invalidFilter`, with the place where it stopped making sense.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let mut parser = Parser::new(text).map_err(|fault| Error::filter(fault.to_string()))?;
        let filter = parser.whole(Parser::filter);
        filter.map_err(|fault| Error::filter(format!("filter: {fault}")))
    }

    /// Ready to be matched with resources of a type. Refused as `invalidFilter` where it names what there is not, or compares what cannot be
    /// compared so.
    pub fn bind(&self, kind: &'static ResourceType) -> Result<Matcher, Error> {
        Matcher::of_resource(self, kind)
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::And(all) => joined(f, all, " and ", |one| {
                matches!(one, Self::And(_) | Self::Or(_))
            }),
            Self::Or(any) => joined(f, any, " or ", |one| matches!(one, Self::Or(_))),
            Self::Not(filter) => write!(f, "not ({filter})"),
            Self::Present(path) => write!(f, "{path} pr"),
            Self::Compare(path, comparison, literal) => {
                write!(f, "{path} {} {}", comparison.keyword(), literal.to_value())
            }
            Self::Within(path, filter) => write!(f, "{path}[{filter}]"),
        }
    }
}

/// What needs parentheses is what would be read differently without them.
fn joined(
    f: &mut fmt::Formatter<'_>,
    filters: &[Filter],
    word: &str,
    needs_parentheses: impl Fn(&Filter) -> bool,
) -> fmt::Result {
    for (number, filter) in filters.iter().enumerate() {
        if number > 0 {
            f.write_str(word)?;
        }
        if needs_parentheses(filter) {
            write!(f, "({filter})")?;
        } else {
            write!(f, "{filter}")?;
        }
    }
    Ok(())
}
