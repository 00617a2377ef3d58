//! What somebody types of a subscription, and the kinds that they choose from.

use std::collections::BTreeMap;

use web::{Problem, Result};

use super::super::{
    Form as Way, Networks, Subscription,
    rest::{self, Typed},
};
use crate::kind::{Kind, Kinds};

/// Before the keys of kinds in a form.
const KIND: &str = "kind.";

/// What is typed of a subscription.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields {
    pub name: String,
    pub url: String,
    pub form: String,
    pub connection: String,
    pub authorization: String,
    pub mark: String,
    /// All kinds.
    pub all: bool,
    pub kinds: Vec<String>,
}

impl Fields {
    /// Of a form: its fields by name, and of kinds those that are chosen.
    pub fn of(sent: BTreeMap<String, String>) -> Result<Self> {
        let mut fields = Self::default();
        for (name, value) in sent {
            let place = match name.as_str() {
                "name" => &mut fields.name,
                "url" => &mut fields.url,
                "form" => &mut fields.form,
                "connection" => &mut fields.connection,
                "authorization" => &mut fields.authorization,
                "mark" => &mut fields.mark,
                "all" => {
                    fields.all = true;
                    continue;
                }
                other => {
                    let key = other.strip_prefix(KIND).and_then(Kind::of_key);
                    let key =
                        key.ok_or_else(|| Problem::invalid(other, "there is no such field"))?;
                    fields.kinds.push(key.key().to_owned());
                    continue;
                }
            };
            *place = value;
        }
        Ok(fields)
    }

    pub fn of_row(row: &Subscription) -> Self {
        let kinds = row.kinds.keys();
        Self {
            name: row.name.clone(),
            url: row.url.clone(),
            mark: row.mark().to_string(),
            all: row.kinds == Kinds::All,
            kinds: kinds.into_iter().flatten().map(str::to_owned).collect(),
            ..Self::default()
        }
    }

    pub fn way(&self) -> Way {
        match self.form.as_str() {
            "collector" => Way::Collector,
            _ => Way::Webhook,
        }
    }

    pub fn typed(&self, networks: &Networks, form: Way) -> Result<Typed> {
        if self.all && !self.kinds.is_empty() {
            let detail = "choose everything, or some kinds of it";
            return Err(Problem::invalid("/kinds", detail));
        }
        let kinds = (!self.all).then_some(self.kinds.as_slice());
        let authorization = Some(self.authorization.as_str());
        rest::typed(
            &networks.0,
            form,
            (&self.name, &self.url),
            kinds,
            authorization,
        )
    }

    pub fn groups(&self) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        for kind in Kind::ALL {
            if groups.last().is_none_or(|last| last.label != kind.group()) {
                groups.push(Group {
                    label: kind.group(),
                    is_open: false,
                    choices: Vec::new(),
                });
            }
            let is_chosen = self.kinds.iter().any(|key| key == kind.key());
            if let Some(group) = groups.last_mut() {
                group.is_open |= is_chosen;
                group.choices.push(Choice {
                    key: kind.key(),
                    words: kind.words(),
                    is_chosen,
                });
            }
        }
        groups
    }
}

/// Kinds about one thing.
pub(super) struct Group {
    pub label: &'static str,
    pub is_open: bool,
    pub choices: Vec<Choice>,
}

pub(super) struct Choice {
    pub key: &'static str,
    pub words: &'static str,
    pub is_chosen: bool,
}
