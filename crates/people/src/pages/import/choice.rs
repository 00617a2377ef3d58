//! What was chosen for a file: which column is which of ours, and what is made and sent beside the rows.

use serde::{Deserialize, Serialize};

use crate::import::{Column, ImportError, Mapping};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Choice {
    /// Ours by its name, and the file's.
    pub columns: Vec<(String, String)>,
    pub create_missing: bool,
    pub send_invitations: bool,
}

impl Choice {
    /// As it was kept; nothing was chosen yet where it cannot be read.
    pub fn of(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What a column of the file was chosen to be.
    pub fn of_column(&self, theirs: &str) -> Option<Column> {
        let pair = self.columns.iter().find(|(_, name)| name == theirs);
        pair.and_then(|(ours, _)| Column::from_name(ours))
    }

    pub fn mapping(&self) -> Result<Mapping, ImportError> {
        let ours =
            |(ours, theirs): &'_ (String, String)| Some((Column::from_name(ours)?, theirs.clone()));
        let mut pairs: Vec<_> = self.columns.iter().filter_map(ours).collect();
        // Several columns of one name follow each other as they are chosen here: the family name comes last.
        pairs.sort_by_key(|(_, theirs)| is_family_name(theirs));
        Mapping::chosen(pairs.iter().map(|(ours, theirs)| (*ours, theirs.as_str())))
    }
}

fn is_family_name(theirs: &str) -> bool {
    let theirs = theirs.to_lowercase();
    ["last", "family", "surname"]
        .iter()
        .any(|word| theirs.contains(word))
}
