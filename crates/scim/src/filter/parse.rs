//! Reads filters and paths (RFC 7644, figures 1 and 7).
//!
//! Beside the grammar it reads `emails[type eq "work"].value eq "…"` as `emails[type eq "work" and value eq "…"]`: Entra ID asks so
//! for users by their address.

use std::fmt;

use serde_json::Value;

use super::{Comparison, DEEPEST, Filter, LONGEST, Literal};
use crate::path::{AttrPath, PatchPath};

/// Where a text stopped making sense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Which letter, from 1.
    letter: usize,
    wanted: &'static str,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {} at letter {}", self.wanted, self.letter)
    }
}

type Result<T> = std::result::Result<T, Fault>;

pub(crate) struct Parser<'t> {
    text: &'t str,
    /// How far it has been read, in bytes.
    at: usize,
    /// Brackets that are open.
    depth: usize,
    /// Whether the brackets of a list are open: there are none within them.
    in_list: bool,
}

impl<'t> Parser<'t> {
    /// Refuses what is too long to be read.
    pub(crate) fn new(text: &'t str) -> Result<Self> {
        let parser = Self {
            text,
            at: 0,
            depth: 0,
            in_list: false,
        };
        if text.len() > LONGEST {
            return Err(Fault {
                letter: LONGEST,
                wanted: "the end",
            });
        }
        Ok(parser)
    }

    /// All of the text.
    pub(crate) fn whole<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.space();
        let read = read(self)?;
        self.space();
        if self.rest().is_empty() {
            Ok(read)
        } else {
            Err(self.fault("the end"))
        }
    }

    /// `FILTER`: `or` binds less than `and`.
    pub(crate) fn filter(&mut self) -> Result<Filter> {
        let mut any = vec![self.all()?];
        while self.word("or") {
            any.push(self.all()?);
        }
        Ok(joined(any, Filter::Or))
    }

    fn all(&mut self) -> Result<Filter> {
        let mut all = vec![self.one()?];
        while self.word("and") {
            all.push(self.one()?);
        }
        Ok(joined(all, Filter::And))
    }

    fn one(&mut self) -> Result<Filter> {
        self.space();
        if self.rest().starts_with('(') {
            return self.bracketed('(', ")", Self::filter);
        }
        let before = self.at;
        if self.word("not") {
            self.space();
            if self.rest().starts_with('(') {
                let filter = self.bracketed('(', ")", Self::filter)?;
                return Ok(Filter::Not(Box::new(filter)));
            }
            self.at = before;
        }
        self.expression()
    }

    /// `attrExp / valuePath`
    fn expression(&mut self) -> Result<Filter> {
        let path = self.attr_path()?;
        if !self.rest().starts_with('[') {
            return self.condition(path);
        }
        let filter = self.value_filter(&path)?;
        let Some(sub) = self.dotted_sub()? else {
            return Ok(Filter::Within(path, Box::new(filter)));
        };
        let condition = self.condition(AttrPath::simple(&sub))?;
        let both = Filter::And(vec![filter, condition]);
        Ok(Filter::Within(path, Box::new(both)))
    }

    /// What follows an attribute: `pr`, or a comparison with a literal.
    fn condition(&mut self, path: AttrPath) -> Result<Filter> {
        if self.word("pr") {
            return Ok(Filter::Present(path));
        }
        for comparison in Comparison::ALL {
            if self.word(comparison.keyword()) {
                let literal = self.literal()?;
                return Ok(Filter::Compare(path, comparison, literal));
            }
        }
        Err(self.fault("an operator"))
    }

    /// `[…]` after the name of a list.
    fn value_filter(&mut self, path: &AttrPath) -> Result<Filter> {
        if self.in_list || path.sub.is_some() {
            return Err(self.fault("an operator"));
        }
        self.in_list = true;
        let filter = self.bracketed('[', "]", Self::filter)?;
        self.in_list = false;
        Ok(filter)
    }

    fn bracketed(
        &mut self,
        open: char,
        close: &'static str,
        read: impl FnOnce(&mut Self) -> Result<Filter>,
    ) -> Result<Filter> {
        if self.depth == DEEPEST {
            return Err(self.fault("fewer brackets"));
        }
        self.at += open.len_utf8();
        self.depth += 1;
        let filter = read(self)?;
        self.depth -= 1;
        self.space();
        if self.taken(close) {
            Ok(filter)
        } else {
            Err(self.fault(close))
        }
    }

    /// The path of a PATCH: an attribute, with a filter, with a sub-attribute.
    pub(crate) fn patch_path(&mut self) -> Result<PatchPath> {
        let attribute = self.attr_path()?;
        let (mut filter, mut sub) = (None, None);
        if self.rest().starts_with('[') {
            filter = Some(self.value_filter(&attribute)?);
            sub = self.dotted_sub()?;
        }
        Ok(PatchPath {
            attribute,
            filter,
            sub,
        })
    }

    /// `[URI ":"] ATTRNAME *1subAttr`
    pub(crate) fn attr_path(&mut self) -> Result<AttrPath> {
        let is_of_urn = |letter: char| is_of_name(letter) || matches!(letter, ':' | '.' | '/');
        let mut rest = self.rest();
        let mut urn = None;
        let has_urn = rest
            .get(..4)
            .is_some_and(|start| start.eq_ignore_ascii_case("urn:"));
        if has_urn {
            let end = rest.find(|letter| !is_of_urn(letter));
            let colon = rest[..end.unwrap_or(rest.len())].rfind(':').unwrap_or(3);
            urn = Some(rest[..colon].to_owned());
            self.at += colon + 1;
            rest = self.rest();
        }
        if !rest.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '$') {
            return Err(self.fault("an attribute"));
        }
        let attribute = self.name().to_owned();
        let sub = self.dotted_sub()?;
        Ok(AttrPath {
            urn,
            attribute,
            sub,
        })
    }

    fn dotted_sub(&mut self) -> Result<Option<String>> {
        if !self.taken(".") {
            return Ok(None);
        }
        match self.name() {
            "" => Err(self.fault("a sub-attribute")),
            name => Ok(Some(name.to_owned())),
        }
    }

    fn literal(&mut self) -> Result<Literal> {
        self.space();
        let rest = self.rest();
        let end = match rest.strip_prefix('"') {
            Some(text) => end_of_text(text).map(|end| end + 1),
            None => rest.find(|letter: char| {
                !letter.is_ascii_alphanumeric() && !matches!(letter, '.' | '-' | '+')
            }),
        };
        let word = &rest[..end.unwrap_or(rest.len())];
        let lower = word.to_ascii_lowercase();
        let is_text = word.starts_with('"');
        let value = serde_json::from_str(if is_text { word } else { &lower });
        let literal = match value {
            Ok(Value::Null) => Literal::Null,
            Ok(Value::Bool(boolean)) => Literal::Boolean(boolean),
            Ok(Value::Number(number)) => Literal::Number(number),
            Ok(Value::String(text)) => Literal::Text(text),
            _ => return Err(self.fault("a value as JSON writes it")),
        };
        self.at += word.len();
        Ok(literal)
    }

    /// A word of the language, in any case, and the space before it. It ends where a name would end.
    fn word(&mut self, word: &str) -> bool {
        let before = self.at;
        self.space();
        if self.name().eq_ignore_ascii_case(word) {
            return true;
        }
        self.at = before;
        false
    }

    fn name(&mut self) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|letter| !is_of_name(letter));
        let name = &rest[..end.unwrap_or(rest.len())];
        self.at += name.len();
        name
    }

    fn taken(&mut self, sign: &str) -> bool {
        let is_there = self.rest().starts_with(sign);
        if is_there {
            self.at += sign.len();
        }
        is_there
    }

    fn space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn fault(&self, wanted: &'static str) -> Fault {
        let letter = self.text[..self.at].chars().count() + 1;
        Fault { letter, wanted }
    }
}

fn is_of_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '$')
}

/// One is itself.
fn joined(mut filters: Vec<Filter>, join: fn(Vec<Filter>) -> Filter) -> Filter {
    match filters.pop() {
        Some(last) if filters.is_empty() => last,
        last => {
            filters.extend(last);
            join(filters)
        }
    }
}

/// The length of a text of JSON after its first quotation mark, with its last.
fn end_of_text(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}
