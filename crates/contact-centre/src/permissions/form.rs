//! The form of a section: of each row what it was when the page was made, and what it is to be. A box that is not ticked is not sent.

use std::collections::BTreeMap;

use access::{Switch, catalogue::Concerns, command::SwitchRow};
use serde::Deserialize;
use web::{Problem, Result};

/// Before the key of a switch: the name of the field that says what it was.
const WAS: &str = "was.";

/// A row as it was sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub was: bool,
    pub on: bool,
}

/// The rows of a section.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(try_from = "BTreeMap<String, String>")]
pub(super) struct Rows(Vec<(Switch, Row)>);

impl TryFrom<BTreeMap<String, String>> for Rows {
    type Error = String;

    fn try_from(mut fields: BTreeMap<String, String>) -> std::result::Result<Self, String> {
        let mut rows = Vec::new();
        for switch in Switch::ALL {
            let was = fields.remove(&format!("{WAS}{}", switch.key()));
            let on = fields.remove(switch.key());
            match (was.as_deref(), on.as_deref()) {
                (None, None) => {}
                (Some(was @ ("on" | "off")), None | Some("on")) => {
                    let row = Row {
                        was: was == "on",
                        on: on.is_some(),
                    };
                    rows.push((switch, row));
                }
                _ => return Err(format!("{} says neither on nor off", switch.key())),
            }
        }
        // RULES §7: a key that nobody knows is a slip or an attempt.
        match fields.into_keys().next() {
            None => Ok(Self(rows)),
            Some(key) => Err(format!("unknown field `{key}`")),
        }
    }
}

impl FromIterator<SwitchRow> for Rows {
    fn from_iter<T: IntoIterator<Item = SwitchRow>>(rows: T) -> Self {
        let rows = rows.into_iter();
        let row = |SwitchRow { switch, was, on }| (switch, Row { was, on });
        Self(rows.map(row).collect())
    }
}

impl Rows {
    pub fn get(&self, switch: Switch) -> Option<Row> {
        let found = self.0.iter().find(|(of, _)| *of == switch);
        found.map(|(_, row)| *row)
    }

    /// A section saves its own rows only.
    pub fn are_of(&self, section: Concerns) -> Result<()> {
        match self.0.iter().find(|(of, _)| of.concerns() != section) {
            None => Ok(()),
            Some((other, _)) => Err(Problem::invalid(
                other.key(),
                "this is a row of another section",
            )),
        }
    }

    /// The rows that are to be something else.
    pub fn changed(&self) -> impl Iterator<Item = SwitchRow> + '_ {
        let changed = self.0.iter().filter(|(_, row)| row.was != row.on);
        changed.map(|(switch, row)| SwitchRow {
            switch: *switch,
            was: row.was,
            on: row.on,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(fields: &[(&str, &str)]) -> std::result::Result<Rows, String> {
        let fields = fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Rows::try_from(fields.collect::<BTreeMap<_, _>>())
    }

    #[test]
    fn cc_2_only_what_changed_is_saved() {
        let sent = rows(&[
            ("was.agent.tags_create", "off"),
            ("agent.tags_create", "on"),
            ("was.agent.prerecorded_edit", "on"),
            ("agent.prerecorded_edit", "on"),
            ("was.agent.prewritten_public_edit", "on"),
        ]);
        let changed: Vec<_> = sent.unwrap().changed().collect();
        let row = |switch, was| SwitchRow {
            switch,
            was,
            on: !was,
        };
        assert_eq!(
            changed,
            [
                row(Switch::AgentPrewrittenPublicEdit, true),
                row(Switch::AgentTagsCreate, false),
            ]
        );
    }

    #[test]
    fn a_field_that_nobody_knows_and_a_row_without_its_value_are_refused() {
        for fields in [
            &[("is_admin", "on")][..],
            &[("agent.tags_create", "on")],
            &[("was.agent.tags_create", "maybe")],
            &[
                ("was.agent.tags_create", "off"),
                ("agent.tags_create", "true"),
            ],
        ] {
            assert!(rows(fields).is_err(), "{fields:?}");
        }
    }
}
