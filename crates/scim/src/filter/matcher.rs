//! A filter whose attributes are known: each comparison is made as the type of its attribute asks (RFC 7644 §3.4.2.2).

use std::cmp::Ordering;

use serde_json::{Number, Value};

use super::{Comparison, Filter, Literal};
use crate::date_time::DateTime;
use crate::error::Error;
use crate::path::AttrPath;
use crate::schema::{Attribute, Kind, Named, Place, ResourceType};
use crate::{Attributes, fold};

/// A filter that can be matched with resources, or with the values of a list.
#[derive(Clone, Debug)]
pub struct Matcher(Test);

#[derive(Clone, Debug)]
enum Test {
    All(Vec<Test>),
    Any(Vec<Test>),
    Not(Box<Test>),
    Present(Place),
    Compare(Place, Comparison, Operand),
    Within(Place, Box<Test>),
}

/// What is compared with, as the attribute's type has it.
#[derive(Clone, Debug)]
struct Operand {
    literal: Literal,
    typed: Typed,
}

#[derive(Clone, Debug)]
enum Typed {
    Null,
    Boolean(bool),
    Number(Number),
    Moment(DateTime),
    Exact(String),
    Folded(String),
}

impl Matcher {
    pub(super) fn of_resource(filter: &Filter, kind: &'static ResourceType) -> Result<Self, Error> {
        let resolve = |path: &AttrPath| match kind.resolve(path) {
            Some(Named::Attribute(place)) => Ok(place),
            Some(Named::Extension(_)) => Err(Error::filter(format!("{path} is no attribute"))),
            None => Err(Error::filter(format!("{path} is unknown"))),
        };
        test(filter, &resolve).map(Self)
    }

    /// Of the values of a list: its attributes are the list's sub-attributes.
    pub(crate) fn of_values(filter: &Filter, list: &'static Attribute) -> Result<Self, Error> {
        test(filter, &|path| sub_of(list, path)).map(Self)
    }

    /// Whether a resource as it is answered meets the filter; or one value of a list.
    pub fn matches(&self, resource: &Attributes) -> bool {
        self.0.matches(resource)
    }

    /// What an attribute has to equal in each resource that meets the filter, as the filter has it: `must_equal("userName")`,
    /// `must_equal("members.value")`. An index finds those by it, and [`Self::matches`] says which of them it are. What case does not count
    /// in is to be folded on both sides.
    pub fn must_equal(&self, path: &str) -> Option<&str> {
        self.0.must_equal(path, "")
    }

    /// The value that a list has to have for this filter to find it, where it asks for nothing but sameness.
    pub(crate) fn example(&self) -> Option<Attributes> {
        let mut example = Attributes::new();
        self.0.exemplify(&mut example).then_some(example)
    }
}

fn sub_of(list: &'static Attribute, path: &AttrPath) -> Result<Place, Error> {
    let is_simple = path.urn.is_none() && path.sub.is_none();
    let sub = list.sub(&path.attribute).filter(|_| is_simple);
    let unknown = || Error::filter(format!("{path} is unknown in {}", list.name));
    sub.map(Place::within_value).ok_or_else(unknown)
}

fn test(
    filter: &Filter,
    resolve: &dyn Fn(&AttrPath) -> Result<Place, Error>,
) -> Result<Test, Error> {
    let each = |filters: &[Filter]| -> Result<Vec<Test>, Error> {
        filters.iter().map(|one| test(one, resolve)).collect()
    };
    Ok(match filter {
        Filter::And(all) => Test::All(each(all)?),
        Filter::Or(any) => Test::Any(each(any)?),
        Filter::Not(filter) => Test::Not(Box::new(test(filter, resolve)?)),
        Filter::Present(path) => Test::Present(resolve(path)?),
        Filter::Compare(path, comparison, literal) => {
            let place = resolve(path)?.leaf();
            let typed = typed(place.last(), *comparison, literal);
            let typed = typed.ok_or_else(|| {
                let (keyword, kind) = (comparison.keyword(), place.last().kind.keyword());
                Error::filter(format!(
                    "{path} is a {kind}: {keyword} cannot compare it so"
                ))
            })?;
            let literal = literal.clone();
            Test::Compare(place, *comparison, Operand { literal, typed })
        }
        Filter::Within(path, filter) => {
            let place = resolve(path)?;
            let inner = test(filter, &|path| sub_of(place.last(), path))?;
            Test::Within(place, Box::new(inner))
        }
    })
}

/// `None` where the attribute cannot be compared so. Booleans have no order, and only texts have parts (RFC 7644, table 3).
fn typed(attribute: &Attribute, comparison: Comparison, literal: &Literal) -> Option<Typed> {
    if *literal == Literal::Null {
        return comparison.is_of_sameness().then_some(Typed::Null);
    }
    match (attribute.kind, literal) {
        (Kind::String | Kind::Reference, Literal::Text(text)) if attribute.case_exact => {
            Some(Typed::Exact(text.clone()))
        }
        (Kind::String | Kind::Reference, Literal::Text(text)) => Some(Typed::Folded(fold(text))),
        (Kind::Boolean, literal) if comparison.is_of_sameness() => {
            boolean(&literal.to_value()).map(Typed::Boolean)
        }
        (Kind::Integer, Literal::Number(number)) if !comparison.is_of_parts() => {
            Some(Typed::Number(number.clone()))
        }
        (Kind::DateTime, Literal::Text(text)) if !comparison.is_of_parts() => {
            DateTime::parse(text).map(Typed::Moment)
        }
        _ => None,
    }
}

/// Entra ID writes `"True"` for true.
pub(crate) fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(boolean) => Some(*boolean),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

impl Test {
    fn matches(&self, resource: &Attributes) -> bool {
        match self {
            Self::All(all) => all.iter().all(|test| test.matches(resource)),
            Self::Any(any) => any.iter().any(|test| test.matches(resource)),
            Self::Not(test) => !test.matches(resource),
            Self::Present(place) => place.values(resource).into_iter().any(says_something),
            Self::Within(place, test) => {
                let values = place.values(resource);
                let mut objects = values.into_iter().filter_map(Value::as_object);
                objects.any(|value| test.matches(value))
            }
            Self::Compare(place, comparison, operand) => {
                let values = place.values(resource);
                operand.compare(*comparison, &values)
            }
        }
    }

    fn must_equal(&self, path: &str, before: &str) -> Option<&str> {
        match self {
            Self::All(all) => all.iter().find_map(|test| test.must_equal(path, before)),
            Self::Compare(place, Comparison::Equal, operand) => match &operand.literal {
                Literal::Text(text) if format!("{before}{}", place.dotted()) == path => Some(text),
                _ => None,
            },
            Self::Within(place, test) => test.must_equal(path, &format!("{}.", place.dotted())),
            _ => None,
        }
    }

    fn exemplify(&self, example: &mut Attributes) -> bool {
        match self {
            Self::All(all) => all.iter().all(|test| test.exemplify(example)),
            Self::Compare(place, Comparison::Equal, operand) => {
                let value = match operand.typed {
                    Typed::Boolean(boolean) => boolean.into(),
                    _ => operand.literal.to_value(),
                };
                !value.is_null()
                    && example
                        .insert(place.last().name.to_owned(), value)
                        .is_none()
            }
            _ => false,
        }
    }
}

impl Operand {
    /// Whether one of the values compares so. What is not there equals nothing, so that it is unequal to everything.
    fn compare(&self, comparison: Comparison, values: &[&Value]) -> bool {
        let is_null = matches!(self.typed, Typed::Null);
        if is_null || values.is_empty() {
            let is_there = values.iter().any(|value| says_something(value));
            let wants_there = comparison == Comparison::NotEqual;
            return if is_null {
                is_there == wants_there
            } else {
                wants_there
            };
        }
        values.iter().any(|value| match comparison {
            Comparison::NotEqual => self.order(value) != Some(Ordering::Equal),
            Comparison::Contains => self.has_part(value, |text, part| text.contains(part)),
            Comparison::StartsWith => self.has_part(value, |text, part| text.starts_with(part)),
            Comparison::EndsWith => self.has_part(value, |text, part| text.ends_with(part)),
            Comparison::Equal => self.order(value) == Some(Ordering::Equal),
            Comparison::Greater => self.order(value).is_some_and(Ordering::is_gt),
            Comparison::GreaterOrEqual => self.order(value).is_some_and(Ordering::is_ge),
            Comparison::Less => self.order(value).is_some_and(Ordering::is_lt),
            Comparison::LessOrEqual => self.order(value).is_some_and(Ordering::is_le),
        })
    }

    /// Of a value to this; `None` where the value is of another type than its schema says.
    fn order(&self, value: &Value) -> Option<Ordering> {
        match &self.typed {
            Typed::Null => None,
            Typed::Boolean(boolean) => Some(value.as_bool()?.cmp(boolean)),
            Typed::Number(number) => compare_numbers(value.as_number()?, number),
            Typed::Moment(moment) => Some(DateTime::parse(value.as_str()?)?.cmp(moment)),
            Typed::Exact(text) => Some(value.as_str()?.cmp(text)),
            Typed::Folded(text) => Some(fold(value.as_str()?).cmp(text)),
        }
    }

    fn has_part(&self, value: &Value, has: impl Fn(&str, &str) -> bool) -> bool {
        match (&self.typed, value.as_str()) {
            (Typed::Exact(part), Some(text)) => has(text, part),
            (Typed::Folded(part), Some(text)) => has(&fold(text), part),
            _ => false,
        }
    }
}

fn compare_numbers(one: &Number, other: &Number) -> Option<Ordering> {
    match (one.as_i64(), other.as_i64()) {
        (Some(one), Some(other)) => Some(one.cmp(&other)),
        _ => one.as_f64()?.partial_cmp(&other.as_f64()?),
    }
}

/// Whether a value is neither nothing nor empty: what `pr` asks for.
fn says_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(values) => values.iter().any(says_something),
        Value::Object(object) => object.values().any(says_something),
        Value::Bool(_) | Value::Number(_) => true,
    }
}
