//! Named values as conditions see them. A map of the language would be gone over in an order of chance, so that a condition could
//! answer differently on two nodes; these can be asked for a name, and not be gone over.

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::Arc;

use cel::ExecutionError;
use cel::common::traits::{Container, Indexer, Sizer};
use cel::common::types::{CelBool, CelDouble, CelInt, CelList, CelNull, CelString, MAP_TYPE, Type};
use cel::common::value::{CowVal, StaticVal, Val};

use super::property::Property;

/// Named values.
#[derive(Debug, Clone, Default)]
pub(super) struct Members(Arc<BTreeMap<Box<str>, Box<dyn Val>>>);

impl Members {
    pub(super) fn new<'a>(members: impl IntoIterator<Item = (&'a str, Box<dyn Val>)>) -> Members {
        let members = members.into_iter();
        Members(Arc::new(
            members.map(|(name, value)| (name.into(), value)).collect(),
        ))
    }

    pub(super) fn of<'a>(properties: impl Iterator<Item = (&'a str, &'a Property)>) -> Members {
        Members::new(properties.map(|(name, property)| (name, value(property))))
    }

    fn find(&self, name: &dyn Val) -> Result<Option<&(dyn Val + 'static)>, ExecutionError> {
        match name.downcast_ref::<CelString>() {
            Some(name) => Ok(self.0.get(name.inner()).map(AsRef::as_ref)),
            None => Err(ExecutionError::UnexpectedType {
                got: name.get_type().name().to_owned(),
                want: "the name of a property".to_owned(),
            }),
        }
    }
}

/// A text as conditions see it.
pub(super) fn text(text: &str) -> Box<dyn Val> {
    Box::new(CelString::from(text.to_owned()))
}

fn value(property: &Property) -> Box<dyn Val> {
    match property {
        Property::Null => Box::new(CelNull),
        Property::Bool(yes) => Box::new(CelBool::from(*yes)),
        Property::Int(number) => Box::new(CelInt::from(*number)),
        Property::Float(number) => Box::new(CelDouble::from(*number)),
        Property::Text(text) => self::text(text),
        Property::List(values) => {
            let values: Vec<Box<dyn Val>> = values.iter().map(value).collect();
            Box::new(CelList::from(values))
        }
        Property::Map(members) => Box::new(Members::of(
            members.iter().map(|(name, value)| (name.as_ref(), value)),
        )),
    }
}

impl Val for Members {
    fn get_type(&self) -> &Type {
        &MAP_TYPE
    }

    fn cel_type() -> &'static Type {
        &MAP_TYPE
    }

    fn as_container(&self) -> Option<&dyn Container> {
        Some(self)
    }

    fn as_indexer<'b, 'v>(&'b self) -> Option<&'b (dyn Indexer + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn as_sizer(&self) -> Option<&dyn Sizer> {
        Some(self)
    }

    fn equals(&self, other: &dyn Val) -> bool {
        other.downcast_ref::<Members>().is_some_and(|other| {
            self.0.len() == other.0.len()
                && self.0.iter().all(|(name, value)| {
                    other
                        .0
                        .get(name)
                        .is_some_and(|other| value.equals(other.as_ref()))
                })
        })
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v>
    where
        Self: 'v,
    {
        Box::new(self.clone())
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }
}

impl StaticVal for Members {}

impl Container for Members {
    fn contains(&self, name: &dyn Val) -> Result<bool, ExecutionError> {
        self.find(name).map(|found| found.is_some())
    }
}

impl Indexer for Members {
    fn get<'b, 'v>(&'b self, name: &dyn Val) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        match self.find(name)? {
            Some(value) => Ok(CowVal::Borrowed(value)),
            None => Err(ExecutionError::no_such_key("a property")),
        }
    }

    fn steal<'v>(self: Box<Self>, name: &dyn Val) -> Result<Box<dyn Val + 'v>, ExecutionError>
    where
        Self: 'v,
    {
        self.get(name).map(CowVal::into_owned)
    }
}

impl Sizer for Members {
    fn size(&self) -> CelInt {
        CelInt::from(i64::try_from(self.0.len()).unwrap_or(i64::MAX))
    }
}
