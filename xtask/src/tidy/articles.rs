//! What the articles describe is somewhere: each row of the table names tests that exist, and pages that the browser tests look at.

use std::collections::BTreeSet;

use super::Finding;
use super::sources::{Source, Sources};

const ARTICLES: &str = "docs/articles.md";
/// Every page there is: a test of the server keeps it whole.
const PAGES: &str = "browser/pages.mjs";
/// What has no operation yet needs no test.
const LATER: &str = "*later*";

pub fn check(sources: &Sources) -> Vec<Finding> {
    let (Some(articles), Some(pages)) = (sources.get(ARTICLES), sources.get(PAGES)) else {
        return vec![Finding::new(ARTICLES, "or the list of pages is missing")];
    };
    let rust = sources.iter().filter(|source| source.is_rust());
    let tests: BTreeSet<&str> = rust.flat_map(tests_in).collect();
    let pages: BTreeSet<&str> = routes_in(pages).collect();
    rows(articles)
        .flat_map(|(line, row)| {
            let faults = row.faults(&tests, &pages);
            faults
                .into_iter()
                .map(move |fault| Finding::at(ARTICLES, line, fault))
        })
        .collect()
}

/// One line of a table: what the article says, where it is done, and which tests watch it.
struct Row<'a> {
    page: &'a str,
    tests: &'a str,
}

impl Row<'_> {
    fn faults(&self, tests: &BTreeSet<&str>, pages: &BTreeSet<&str>) -> Vec<String> {
        let named: Vec<_> = quoted(self.tests).collect();
        let mut faults = Vec::new();
        if self.page.is_empty() {
            faults.push("names no page".to_owned());
        }
        if named.is_empty() && !self.page.contains(LATER) {
            faults.push("names no test".to_owned());
        }
        let unknown = named.into_iter().filter(|name| !tests.contains(name));
        faults.extend(unknown.map(|name| format!("there is no test {name}")));
        let absent =
            quoted(self.page).filter(|path| path.starts_with('/') && !pages.contains(path));
        faults.extend(absent.map(|path| format!("there is no page {path}")));
        faults
    }
}

/// The rows of all tables, without their heads.
fn rows(source: &Source) -> impl Iterator<Item = (usize, Row<'_>)> {
    source.lines().filter_map(|(number, line)| {
        let cells: Vec<_> = line.strip_prefix('|')?.split('|').map(str::trim).collect();
        let [what, page, tests, ..] = cells[..] else {
            return None;
        };
        let is_head = what == "in the article" || what.starts_with("---");
        (!is_head).then_some((number, Row { page, tests }))
    })
}

fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// Names of tests: functions that are marked as one, and what a macro makes one of for each database.
fn tests_in(source: &Source) -> Vec<&str> {
    let (mut found, mut is_test, mut in_list) = (Vec::new(), false, false);
    for line in source.text.lines().map(str::trim) {
        let list = match line.split_once("on_both![") {
            Some((_, first)) => Some(first),
            None => in_list.then_some(line),
        };
        if let Some(list) = list {
            in_list = !list.ends_with("];");
            let names = list.trim_end_matches("];").split(',').map(str::trim);
            found.extend(names.filter(|name| !name.is_empty()));
        } else if line.starts_with("#[") {
            is_test |= line.contains("test");
        } else if let Some((_, rest)) = line.split_once("fn ") {
            let name = rest.split(['(', '<']).next();
            found.extend(name.filter(|_| is_test));
            is_test = false;
        } else if !line.starts_with("//") {
            is_test = false;
        }
    }
    found
}

fn routes_in(source: &Source) -> impl Iterator<Item = &str> {
    let routes = source.text.split("route: \"").skip(1);
    routes.filter_map(|rest| rest.split('"').next())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        Source {
            path: "x".to_owned(),
            text: text.to_owned(),
        }
    }

    fn faults(row: &str) -> Vec<String> {
        let tests = source(
            "testkit::on_both![\n    ad_1_one,\n];\ntestkit::on_both![ad_4_four];\nasync fn ad_1_one() {}\nfn helper() {}\n#[test]\nfn ad_2_two() {}",
        );
        let pages = source("{ name: \"a\", route: \"/account\", heading: \"A\" },");
        let table = source(row);
        let (tests, pages) = (tests_in(&tests), routes_in(&pages));
        let (tests, pages) = (tests.into_iter().collect(), pages.collect());
        rows(&table)
            .flat_map(|(_, row)| row.faults(&tests, &pages))
            .collect()
    }

    #[test]
    fn a_row_with_a_page_and_its_tests_is_right() {
        let head = "| in the article | page | test |\n|---|---|---|\n";
        let row = "| Roles | Mine (`/account`) | `ad_1_one`, `ad_2_two`, `ad_4_four` |\n| Reports | *later* | |";
        assert_eq!(faults(&format!("{head}{row}")), Vec::<String>::new());
    }

    #[test]
    fn what_does_not_exist_is_found() {
        assert_eq!(faults("| a | b | |"), ["names no test"]);
        assert_eq!(faults("| a | | `ad_1_one` |"), ["names no page"]);
        for test in ["ad_1", "ad_3_three", "helper"] {
            let row = format!("| a | *later* | `{test}` |");
            assert_eq!(faults(&row), [format!("there is no test {test}")]);
        }
        let row = "| a | `/accounts` | `ad_1_one` |";
        assert_eq!(faults(row), ["there is no page /accounts"]);
    }
}
