//! Every rule of the rule book has a test that proves it, found by its id.
//!
//! A test names its rules in its own name (`fn ad_14_two_racing_for_the_last_seat`), or in a line above it
//! (`// proves: AD-14, I-10`). In a folder of tests, a name that begins with an id is a test's, also without an attribute:
//! a macro makes one test of it for each database.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context as _, Result, bail};

use crate::Workspace;

use super::sources::{Source, Sources};
use super::{Finding, Weight};

/// The rule book stands beside the repository; without it, the required rules alone are looked for.
const RULE_BOOK: &str = "../shared/RULES.md";
/// The rules that what is built so far must prove.
const REQUIRED: &str = "xtask/rules-required.txt";

/// Chapter and number, in the order of the rule book: AD-2 before AD-14.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rule {
    chapter: Chapter,
    number: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Chapter {
    Administration,
    ServiceDesk,
    ContactCentre,
    Invariant,
}

impl Chapter {
    fn parse(letters: &str) -> Option<Self> {
        match letters {
            "AD" | "ad" => Some(Self::Administration),
            "SD" | "sd" => Some(Self::ServiceDesk),
            "CC" | "cc" => Some(Self::ContactCentre),
            "I" | "i" => Some(Self::Invariant),
            _ => None,
        }
    }

    fn letters(self) -> &'static str {
        match self {
            Self::Administration => "AD",
            Self::ServiceDesk => "SD",
            Self::ContactCentre => "CC",
            Self::Invariant => "I",
        }
    }
}

impl Rule {
    fn parse(id: &str) -> Option<Self> {
        let (letters, number) = id.trim().split_once('-')?;
        Self::from_parts(letters, number)
    }

    fn from_parts(letters: &str, number: &str) -> Option<Self> {
        Some(Self {
            chapter: Chapter::parse(letters)?,
            number: number.parse().ok()?,
        })
    }
}

impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.chapter.letters(), self.number)
    }
}

/// Required rules without a proof weigh `weight`; the others are only listed.
pub fn check(workspace: &Workspace, sources: &Sources, weight: Weight) -> Result<Vec<Finding>> {
    let required = required(sources)?;
    let proven: BTreeSet<Rule> = sources
        .iter()
        .filter(|source| source.is_rust())
        .flat_map(proofs_in)
        .collect();

    let mut findings = Vec::new();
    let missing = list(required.difference(&proven));
    if !missing.is_empty() {
        let message = format!("required, and no test proves: {missing}");
        findings.push(Finding::new(REQUIRED, message).weighing(weight));
    }
    let all = fs::read_to_string(workspace.root().join(RULE_BOOK));
    let all = all.map_or_else(|_| required.clone(), |book| rules_of(&book));
    let later = list(
        all.difference(&proven)
            .filter(|rule| !required.contains(rule)),
    );
    if !later.is_empty() {
        let message = format!("not required yet, and no test proves: {later}");
        findings.push(Finding::new(RULE_BOOK, message).weighing(Weight::Warns));
    }
    let unknown = list(proven.difference(&all));
    if !unknown.is_empty() && all.len() > required.len() {
        let message = format!("a test claims to prove what is no rule: {unknown}");
        findings.push(Finding::new(RULE_BOOK, message));
    }
    Ok(findings)
}

fn list<'a>(rules: impl Iterator<Item = &'a Rule>) -> String {
    rules.map(Rule::to_string).collect::<Vec<_>>().join(", ")
}

/// One id or range (`SD-20..29`) a line; `#` begins a remark.
fn required(sources: &Sources) -> Result<BTreeSet<Rule>> {
    let file = sources.get(REQUIRED).context(REQUIRED)?;
    let mut rules = BTreeSet::new();
    for (number, line) in file.lines() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        let (first, last) = line.split_once("..").unwrap_or((line, ""));
        let Some(first) = Rule::parse(first) else {
            bail!("{REQUIRED}:{number}: {line} is no rule");
        };
        let last = last.parse().unwrap_or(first.number);
        rules.extend((first.number..=last).map(|number| Rule { number, ..first }));
    }
    Ok(rules)
}

/// The rules of the tables: `| AD-14 | …`.
fn rules_of(book: &str) -> BTreeSet<Rule> {
    book.lines()
        .filter_map(|line| Rule::parse(line.strip_prefix("| ")?.split('|').next()?))
        .collect()
}

/// The rules that the tests of a file say they prove.
fn proofs_in(source: &Source) -> BTreeSet<Rule> {
    let in_tests = source.path.contains("/tests/");
    let mut proven = BTreeSet::new();
    let mut is_test = false;
    let mut named_above = Vec::new();
    for line in source.text.lines().map(str::trim) {
        if let Some(ids) = line.strip_prefix("// proves:") {
            named_above.extend(ids.split(',').filter_map(Rule::parse));
        } else if line.starts_with("#[") {
            is_test |= line.contains("test");
        } else if let Some(name) = function_name(line) {
            if is_test || in_tests && begins_with_rule(name) {
                proven.extend(rules_in_name(name));
                proven.append(&mut named_above.drain(..).collect());
            }
            is_test = false;
            named_above.clear();
        } else if !line.starts_with("//") {
            is_test = false;
            named_above.clear();
        }
    }
    proven
}

fn function_name(line: &str) -> Option<&str> {
    let (before, after) = line.split_once("fn ")?;
    let qualified = before
        .split_whitespace()
        .all(|word| word == "async" || word.starts_with("pub"));
    let end = after.find(['(', '<'])?;
    qualified.then(|| &after[..end])
}

/// `ad_14_i_10_…` names two.
fn rules_in_name(name: &str) -> Vec<Rule> {
    let words: Vec<&str> = name.split('_').collect();
    words
        .windows(2)
        .filter_map(|pair| Rule::from_parts(pair[0], pair[1]))
        .collect()
}

fn begins_with_rule(name: &str) -> bool {
    let mut words = name.split('_');
    let first = words.next().zip(words.next());
    first.is_some_and(|(letters, number)| Rule::from_parts(letters, number).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proven(text: &str) -> String {
        let source = Source {
            path: "x.rs".to_owned(),
            text: text.to_owned(),
        };
        list(proofs_in(&source).iter())
    }

    #[test]
    fn a_test_names_its_rules_in_its_name_or_above() {
        assert_eq!(
            proven("#[test]\nfn ad_14_i_10_last_seat() {"),
            "AD-14, I-10"
        );
        assert_eq!(
            proven("#[tokio::test]\nasync fn sd_9_company_gives() {"),
            "SD-9"
        );
        assert_eq!(
            proven("// proves: CC-3, SD-2\n#[test]\nfn log_in() {"),
            "SD-2, CC-3"
        );
    }

    #[test]
    fn a_helper_proves_nothing() {
        assert_eq!(proven("fn ad_14_world() {"), "");
        assert_eq!(proven("#[test]\nfn other() {}\nfn ad_14_world() {"), "");
        assert_eq!(
            proven("// proves: AD-1\nstruct X;\n#[test]\nfn other() {"),
            ""
        );
    }

    #[test]
    fn rules_stand_in_the_tables_of_the_book() {
        let book = "| id | rule |\n|---|---|\n| AD-2 | x |\n| I-13 | y |\n| AD-14 | z, see AD-1 |";
        assert_eq!(list(rules_of(book).iter()), "AD-2, AD-14, I-13");
    }
}
