//! The gates of the decision: every one that a decision can report is asked through `gates.ask(Gate::X, …)`, and each of those
//! calls is broken.

use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};

use super::weave::Place;

/// Where the list of gates stands.
pub const LIST: &str = "decide/decision.rs";

/// The names of all gates, from the text of the file that lists them.
pub fn listed(text: &str) -> Result<Vec<String>> {
    let start = "pub enum Gate {";
    let (_, rest) = text.split_once(start).context("no list of gates")?;
    let (body, _) = rest.split_once("\n}").context("the list has no end")?;
    let names = body.lines().map(str::trim).filter_map(|line| {
        let name = line.strip_suffix(',')?;
        name.chars()
            .all(char::is_alphanumeric)
            .then(|| name.to_owned())
    });
    Ok(names.collect())
}

/// The outcome handed in at each call of `gates.ask` in a file, with the name of its gate.
pub fn asked(file: &Path, text: &str) -> Result<Vec<(String, Place)>> {
    const CALL: &str = "gates.ask(";
    let mut found = Vec::new();
    for (at, _) in text.match_indices(CALL) {
        let open = at + CALL.len();
        let line = text[..at].lines().count();
        let unread = || format!("{}:{line}: not `gates.ask(Gate::X, …)`", file.display());
        let close = open + closing(&text[open..]).with_context(unread)?;
        let Some((gate, _)) = text[open..close].split_once(',') else {
            bail!(unread());
        };
        let start = open + gate.len() + 1;
        let gate = gate.trim().strip_prefix("Gate::").with_context(unread)?;
        let end = start + text[start..close].trim_end().trim_end_matches(',').len();
        found.push((
            gate.to_owned(),
            Place {
                file: file.to_owned(),
                start,
                end,
            },
        ));
    }
    Ok(found)
}

/// Nobody forgets a gate: each that is listed is asked somewhere.
pub fn each_is_asked(listed: &[String], asked: &[String]) -> Result<()> {
    let missing: Vec<_> = listed.iter().filter(|gate| !asked.contains(gate)).collect();
    ensure!(
        missing.is_empty(),
        "no `gates.ask(Gate::X, …)` to break for {missing:?}"
    );
    Ok(())
}

/// Where the bracket closes that was opened before this text.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, character) in text.char_indices() {
        match character {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth == 0 => return Some(at),
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expressions(text: &str) -> Result<Vec<(String, String)>> {
        let found = asked(Path::new("x.rs"), text)?.into_iter();
        Ok(found
            .map(|(gate, place)| (gate, text[place.start..place.end].trim().to_owned()))
            .collect())
    }

    #[test]
    fn the_outcome_handed_in_is_the_place() {
        let found = expressions(
            "let a = gates.ask(Gate::Resource, self.gate(on, (1, 2)));\ndecision.gates.ask(\n    Gate::Rank,\n    rank,\n);\n",
        );
        let found = found.expect("places");
        assert_eq!(
            found,
            [
                ("Resource".to_owned(), "self.gate(on, (1, 2))".to_owned()),
                ("Rank".to_owned(), "rank".to_owned())
            ]
        );
    }

    #[test]
    fn a_gate_that_is_not_named_is_no_secret() {
        assert!(expressions("gates.ask(gate, outcome);").is_err());
    }

    #[test]
    fn a_gate_that_is_never_asked_is_missed() {
        let listed =
            listed("pub enum Gate {\n    /// One.\n    One,\n    Two,\n}\n").expect("list");
        assert!(each_is_asked(&listed, &["One".to_owned()]).is_err());
        assert!(each_is_asked(&listed, &["One".to_owned(), "Two".to_owned()]).is_ok());
    }
}
