//! Permissions that guard no operation of the product yet are marked in the catalogue (`unused = true`), and counted here. A mark that
//! is no longer true fails: whoever builds the operation takes it away.

use anyhow::Result;

use crate::Workspace;
use crate::generate::model::Catalogue;
use crate::generate::rust::camel;

use super::sources::{Source, Sources};
use super::{Finding, Weight};

const CATALOGUE: &str = "crates/access/catalogue";
/// Where the core asks for a permission before something is done or shown: checks of commands, types of guards, sight. What decides and
/// explains asks about every permission.
const ASKING: [&str; 3] = [
    "crates/access/src/command/",
    "crates/access/src/decide/permit.rs",
    "crates/access/src/decide/sight.rs",
];

pub fn check(workspace: &Workspace, sources: &Sources) -> Result<Vec<Finding>> {
    let catalogue = Catalogue::read(&workspace.root().join(CATALOGUE))?;
    let marked = catalogue.keys_where(|permission| permission.unused);
    let mut findings: Vec<_> = marked.iter().filter_map(|key| used(sources, key)).collect();
    if !marked.is_empty() {
        let message = format!(
            "{} of {} permissions guard no operation of the product yet",
            marked.len(),
            catalogue.permissions().count()
        );
        findings.push(Finding::new(CATALOGUE, message).weighing(Weight::Warns));
    }
    Ok(findings)
}

/// The first place that asks for a permission of which the catalogue says that nothing does.
fn used(sources: &Sources, key: &str) -> Option<Finding> {
    let name = camel(key);
    let asking = |source: &&Source| ASKING.iter().any(|place| source.path.starts_with(place));
    sources.iter().filter(asking).find_map(|source| {
        let mut lines = source.lines();
        let (line, _) = lines.find(|(_, line)| names(line, &name))?;
        let message = format!("asks for {key}, which the catalogue marks as unused");
        Some(Finding::at(&source.path, line, message))
    })
}

/// Whether a line holds the name as a whole word.
fn names(line: &str, name: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    line.split(|letter| !is_part(letter))
        .any(|word| word == name)
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn a_name_is_a_whole_word() {
        let line = "draft.require(Permission::AdminInvoicesPay, Target::Account)?;";
        assert!(names(line, "AdminInvoicesPay"));
        assert!(!names(line, "AdminInvoices"));
    }
}
