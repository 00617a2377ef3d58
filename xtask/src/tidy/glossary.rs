//! One word per concept. GLOSSARY.md names, for each word, those not to be used in its place; code and documents are
//! searched for them. `xtask/glossary-allowed.txt` lists the places where such a word is right, with the reason.
//!
//! A name is taken apart as people read it, so that `call center` is found in `CallCenter`, `call_center` and
//! `Call Centers` alike, and `org` is not found in `organisation`.

use std::mem;

use anyhow::{Context as _, Result, bail};

use super::Finding;
use super::sources::{Source, Sources};

const GLOSSARY: &str = "GLOSSARY.md";
const ALLOWED: &str = "xtask/glossary-allowed.txt";

/// A word that is not used here, and the one that is.
struct Banned {
    /// Taken apart: `["call", "center"]`.
    pieces: Vec<String>,
    instead: String,
}

/// A place where a banned word is right.
struct Allowed {
    /// A path, or the beginning of one that ends in `/`, or the end of one that begins with `*`.
    place: String,
    word: String,
}

pub fn check(sources: &Sources) -> Result<Vec<Finding>> {
    let banned = banned(sources.get(GLOSSARY).context(GLOSSARY)?)?;
    let allowed = allowed(sources.get(ALLOWED).context(ALLOWED)?)?;
    let mut findings = Vec::new();
    for source in sources.iter() {
        if source.path == GLOSSARY || source.path == ALLOWED || source.is_generated() {
            continue;
        }
        for (number, line) in source.lines() {
            let pieces = pieces(line);
            for word in banned.iter().filter(|word| word.stands_in(&pieces)) {
                let name = word.pieces.join(" ");
                if !allowed.iter().any(|one| one.covers(&source.path, &name)) {
                    let message = format!("\"{name}\": say {}", word.instead);
                    findings.push(Finding::at(&source.path, number, message));
                }
            }
        }
    }
    Ok(findings)
}

impl Banned {
    fn stands_in(&self, pieces: &[String]) -> bool {
        pieces.windows(self.pieces.len()).any(|window| {
            let mut pairs = window.iter().zip(&self.pieces).rev();
            // The last one may stand in the plural.
            let last = pairs.next().is_some_and(|(found, banned)| {
                found == banned || found.strip_suffix('s') == Some(banned)
            });
            last && pairs.all(|(found, banned)| found == banned)
        })
    }
}

impl Allowed {
    fn covers(&self, path: &str, word: &str) -> bool {
        let here = if let Some(end) = self.place.strip_prefix('*') {
            path.ends_with(end)
        } else if self.place.ends_with('/') {
            path.starts_with(&self.place)
        } else {
            path == self.place
        };
        here && self.word == word
    }
}

/// The words in backticks of the third column: `| word | meaning | not |`.
fn banned(glossary: &Source) -> Result<Vec<Banned>> {
    let mut banned = Vec::new();
    for line in glossary.text.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [word, _, not] = cells[..] else {
            continue;
        };
        for name in not.split('`').skip(1).step_by(2) {
            banned.push(Banned {
                pieces: pieces(name),
                instead: word.replace('*', ""),
            });
        }
    }
    if banned.is_empty() {
        bail!("{GLOSSARY} has no table of words");
    }
    Ok(banned)
}

/// One exception a line: `place: word: reason`.
fn allowed(list: &Source) -> Result<Vec<Allowed>> {
    let mut allowed = Vec::new();
    for (number, line) in list.lines() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let mut parts = line.splitn(3, ": ");
        match (parts.next(), parts.next(), parts.next()) {
            (Some(place), Some(word), Some(_reason)) => allowed.push(Allowed {
                place: place.to_owned(),
                word: word.to_owned(),
            }),
            _ => bail!("{ALLOWED}:{number}: expected `place: word: reason`"),
        }
    }
    Ok(allowed)
}

/// The words of a line, also those inside a name. A sign that joins no words stands as an empty one, so that
/// `example.org, id` is not read as one name.
fn pieces(line: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut piece = String::new();
    let mut before = ' ';
    for c in line.chars() {
        let begins = c.is_uppercase() && before.is_lowercase();
        if (begins || !c.is_alphanumeric()) && !piece.is_empty() {
            pieces.push(mem::take(&mut piece));
        }
        if c.is_alphanumeric() {
            piece.extend(c.to_lowercase());
        } else if !matches!(c, ' ' | '_' | '-') {
            pieces.push(String::new());
        }
        before = c;
    }
    if !piece.is_empty() {
        pieces.push(piece);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(banned: &str, line: &str) -> bool {
        let banned = Banned {
            pieces: pieces(banned),
            instead: String::new(),
        };
        banned.stands_in(&pieces(line))
    }

    #[test]
    fn a_banned_word_is_found_however_it_is_written() {
        for line in [
            "the call center",
            "CallCenters",
            "call_center_id",
            "CALL-CENTER",
        ] {
            assert!(found("call center", line), "{line}");
        }
        assert!(found("org", "org_id"));
    }

    #[test]
    fn a_part_of_another_word_is_not_a_banned_word() {
        assert!(!found("org", "organisation"));
        assert!(!found("call center", "recall centers"));
        assert!(!found("org id", "x@example.org, id"));
    }
}
