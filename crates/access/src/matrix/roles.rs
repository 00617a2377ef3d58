//! The matrix of roles: every permission against every role, on the sample account.

use std::fmt;

use super::sample::{Column, MEMBER, Sample};
use crate::catalogue::{Permission, Product};

/// What one role may with one permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// Everywhere.
    Yes,
    /// On the things that the role was given for; elsewhere too with the setting.
    Scope {
        /// Index into [`RoleMatrix::settings`].
        elsewhere_with: Option<usize>,
    },
    /// With a setting that is not so in a new account.
    With {
        /// Index into [`RoleMatrix::settings`].
        setting: usize,
        /// Only on the things that the role was given for.
        in_scope: bool,
    },
    /// No.
    No,
}

/// One permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Which.
    pub permission: Permission,
    /// In the order of [`RoleMatrix::columns`].
    pub cells: Vec<Cell>,
}

/// The permissions of one product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Which product.
    pub product: Product,
    /// In the order of the catalogue.
    pub rows: Vec<Row>,
}

/// All of it. Its text is Markdown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleMatrix {
    /// Names of the roles.
    pub columns: Vec<&'static str>,
    /// What opens more.
    pub settings: Vec<String>,
    /// A block for each product.
    pub blocks: Vec<Block>,
}

/// Computes the matrix.
pub fn roles() -> RoleMatrix {
    let samples: Vec<Sample> = [Sample::new(), Sample::alone()]
        .into_iter()
        .flatten()
        .collect();
    let columns = || {
        samples
            .iter()
            .flat_map(|sample| sample.columns.iter().map(move |column| (sample, column)))
    };
    let row = |permission| Row {
        permission,
        cells: columns()
            .map(|(sample, column)| cell(sample, column, permission))
            .collect(),
    };
    let blocks = Product::ALL.into_iter().map(|product| Block {
        product,
        rows: product.permissions().iter().map(row).collect(),
    });
    let settings = samples.first().map_or(&[][..], |sample| &sample.settings);
    RoleMatrix {
        columns: columns().map(|(_, column)| column.name).collect(),
        settings: settings
            .iter()
            .map(|setting| setting.name.clone())
            .collect(),
        blocks: blocks.collect(),
    }
}

fn cell(sample: &Sample, column: &Column, permission: Permission) -> Cell {
    let may = |own, setting: Option<usize>| {
        let setting = setting.and_then(|index| sample.settings.get(index));
        sample.may(column, permission, own, setting)
    };
    // What is about the account has no elsewhere: there it is as on the own thing.
    let everywhere = |setting| may(false, setting).unwrap_or(true);
    let settings = || 0..sample.settings.len();
    if may(true, None) == Some(true) {
        if everywhere(None) {
            Cell::Yes
        } else {
            let elsewhere_with = settings().find(|setting| everywhere(Some(*setting)));
            Cell::Scope { elsewhere_with }
        }
    } else {
        let opened = settings().find(|setting| may(true, Some(*setting)) == Some(true));
        opened.map_or(Cell::No, |setting| Cell::With {
            setting,
            in_scope: !everywhere(Some(setting)),
        })
    }
}

impl fmt::Display for RoleMatrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# Matrix of roles\n")?;
        writeln!(
            f,
            "Computed by the decision on a sample account, where somebody holds each role, every licence and nothing else.\n\n\
             - *yes*: on everything. *scope*: on what the role was given for (user group, service, queue, own incidents).\n\
             - *[n]*: with setting n, everywhere; *scope [n]*: with setting n, in the scope; *scope, [n]*: in the scope, with \
             setting n everywhere.\n\
             - empty: no. A role without a column holds nothing in the block, or what a Member holds there."
        )?;
        for block in &self.blocks {
            writeln!(f, "\n## {}\n", block.product.name())?;
            block.write(&self.columns, f)?;
        }
        writeln!(f, "\n## Settings\n")?;
        for (index, setting) in self.settings.iter().enumerate() {
            writeln!(f, "{}. {setting}", index + 1)?;
        }
        Ok(())
    }
}

impl Block {
    fn write(&self, columns: &[&str], f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_everybodys = |row: &Row| row.cells.iter().all(|cell| *cell == Cell::Yes);
        let rows = || self.rows.iter().filter(|row| !is_everybodys(row));
        let member = columns.iter().position(|name| *name == MEMBER);
        let differs = |row: &Row, column: usize, from: Option<usize>| {
            let cell = |column: usize| row.cells.get(column).copied().unwrap_or(Cell::No);
            cell(column) != from.map_or(Cell::No, cell)
        };
        let shown: Vec<usize> = (0..columns.len())
            .filter(|column| {
                let holds = rows().any(|row| differs(row, *column, None));
                let is_member = Some(*column) == member;
                holds && (is_member || rows().any(|row| differs(row, *column, member)))
            })
            .collect();
        let mut table: Vec<Vec<String>> = Vec::new();
        let names = shown.iter().filter_map(|column| columns.get(*column));
        let header = std::iter::once("permission".to_owned());
        table.push(header.chain(names.map(|name| (*name).to_owned())).collect());
        for row in rows() {
            let cells = shown.iter().filter_map(|column| row.cells.get(*column));
            let key = std::iter::once(row.permission.key().to_owned());
            table.push(key.chain(cells.map(Cell::to_string)).collect());
        }
        write_table(&table, f)?;
        for row in self.rows.iter().filter(|row| is_everybodys(row)) {
            writeln!(f, "\n{}: everybody, whatever the role.", row.permission)?;
        }
        Ok(())
    }
}

/// A Markdown table whose columns line up, so that a change of one cell is a change of one line.
fn write_table(table: &[Vec<String>], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let columns = table.first().map_or(0, Vec::len);
    let width = |column: usize| {
        let cells = table.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    for (index, row) in table.iter().enumerate() {
        for (cell, width) in row.iter().zip(&widths) {
            write!(f, "| {cell:width$} ")?;
        }
        writeln!(f, "|")?;
        if index == 0 {
            for width in &widths {
                write!(f, "| {} ", "-".repeat(*width))?;
            }
            writeln!(f, "|")?;
        }
    }
    Ok(())
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cell::Yes => f.write_str("yes"),
            Cell::Scope {
                elsewhere_with: None,
            } => f.write_str("scope"),
            Cell::Scope {
                elsewhere_with: Some(setting),
            } => write!(f, "scope, [{}]", setting + 1),
            Cell::With {
                setting,
                in_scope: false,
            } => write!(f, "[{}]", setting + 1),
            Cell::With {
                setting,
                in_scope: true,
            } => write!(f, "scope [{}]", setting + 1),
            Cell::No => Ok(()),
        }
    }
}
