//! Which column of a file is which of ours.

use std::collections::BTreeSet;

use super::ImportError;
use super::column::Column;
use super::rejects;

/// Which column of a file is which of ours: `email=Mail`. A column that is not mapped counts by its own name, unless another is
/// mapped to that.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping {
    pairs: Vec<Pair>,
    /// Columns that are neither ours nor mapped are passed over, in place of ending the import.
    pub ignore_others: bool,
    /// Nor does a column count by its own name: what is not mapped is passed over.
    is_whole: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Pair {
    ours: Column,
    theirs: String,
}

impl Mapping {
    /// From pairs `ours=theirs`. Several of theirs can be one of ours, in this order, where it can hold several:
    /// first and last name.
    pub fn parse<'a>(pairs: impl IntoIterator<Item = &'a str>) -> Result<Mapping, ImportError> {
        let mut mapping = Mapping::default();
        for pair in pairs {
            let (ours, theirs) = pair.split_once('=').ok_or_else(|| {
                not_so(pair, "write a mapping as ours=theirs, such as email=Mail")
            })?;
            let column = Column::from_name(ours)
                .ok_or_else(|| not_so(ours, &format!("is none of {}", Column::names())))?;
            mapping.add(column, theirs)?;
        }
        Ok(mapping)
    }

    /// What was chosen for each column of a file; those that are not named are passed over.
    pub fn chosen<'a>(
        pairs: impl IntoIterator<Item = (Column, &'a str)>,
    ) -> Result<Mapping, ImportError> {
        let mut mapping = Mapping {
            ignore_others: true,
            is_whole: true,
            ..Mapping::default()
        };
        for (ours, theirs) in pairs {
            mapping.add(ours, theirs)?;
        }
        if mapping.count(Column::Email) == 0 {
            let reason = "is needed: people are recognised by their address";
            return Err(not_so(Column::Email.name(), reason));
        }
        Ok(mapping)
    }

    fn add(&mut self, ours: Column, theirs: &str) -> Result<(), ImportError> {
        if ours.joint().is_none() && self.count(ours) > 0 {
            return Err(not_so(ours.name(), "is mapped twice, and holds one value"));
        }
        self.pairs.push(Pair {
            ours,
            theirs: folded(theirs),
        });
        Ok(())
    }

    /// Which of ours a column of theirs is.
    pub(super) fn column(&self, theirs: &str) -> Option<Column> {
        let name = folded(theirs);
        let mapped = self.pairs.iter().find(|pair| pair.theirs == name);
        mapped.map(|pair| pair.ours).or_else(|| {
            let own = Column::from_name(theirs).filter(|_| !self.is_whole)?;
            (self.count(own) == 0).then_some(own)
        })
    }

    /// Columns of theirs that are one of ours follow each other as they were mapped, not as they stand in the file.
    pub(super) fn rank(&self, theirs: &str) -> usize {
        let name = folded(theirs);
        let rank = self.pairs.iter().position(|pair| pair.theirs == name);
        rank.unwrap_or(usize::MAX)
    }

    /// What a name says that is none of ours, where that ends the import or the row.
    pub(super) fn unknown(&self) -> String {
        format!(
            "is none of {}; map it to one of them with --map, such as --map email=Mail, or pass over what is not ours with --ignore-others",
            Column::names()
        )
    }

    fn count(&self, ours: Column) -> usize {
        self.pairs.iter().filter(|pair| pair.ours == ours).count()
    }

    /// The columns of a header in their order, `None` where one is passed over; and the names of those.
    pub(super) fn header(
        &self,
        names: &[String],
    ) -> Result<(Vec<Option<Column>>, BTreeSet<String>), ImportError> {
        let columns: Vec<_> = names.iter().map(|name| self.column(name)).collect();
        let is_rejects = rejects::is_theirs(names);
        let mut ignored = BTreeSet::new();
        for (name, column) in names.iter().zip(&columns) {
            let is_ours = column.is_some() || (is_rejects && rejects::is_its_own(name));
            // Spreadsheets write columns without a name and without a value.
            if is_ours || name.trim().is_empty() {
                continue;
            }
            if !self.ignore_others {
                return Err(not_so(name, &self.unknown()));
            }
            ignored.insert(name.clone());
        }
        for column in columns.iter().flatten() {
            let count = columns.iter().flatten().filter(|it| *it == column).count();
            if count > self.count(*column).max(1) {
                return Err(not_so(column.name(), "stands twice in the header"));
            }
        }
        let is_there = |pair: &&Pair| names.iter().any(|name| folded(name) == pair.theirs);
        if let Some(lost) = self.pairs.iter().find(|pair| !is_there(pair)) {
            return Err(not_so(
                &lost.theirs,
                "is mapped, and not in the header of the file",
            ));
        }
        if !columns.contains(&Some(Column::Email)) {
            return Err(not_so(
                Column::Email.name(),
                "is not in the header of the file, and people are recognised by it: name the file's own column, such as --map email=Mail",
            ));
        }
        Ok((columns, ignored))
    }
}

fn not_so(column: &str, reason: &str) -> ImportError {
    ImportError::Header {
        column: column.to_owned(),
        reason: reason.to_owned(),
    }
}

pub(super) fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}
