//! Finding the marked gates, and breaking one.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

const MARK: &str = "; // gate: ";

/// A statement that works out a gate: an expression of the type `Result<(), Reason>`.
pub struct Gate {
    pub name: String,
    pub file: PathBuf,
    /// Where the expression stands in the file, in bytes.
    start: usize,
    end: usize,
}

/// A way to break a gate.
#[derive(Clone, Copy)]
pub enum Break {
    /// It lets pass what it should deny, and denies what it should let pass.
    Flipped,
    /// It lets everything pass: what a forgotten check looks like.
    Open,
}

impl Break {
    pub const ALL: [Self; 2] = [Self::Flipped, Self::Open];

    pub fn name(self) -> &'static str {
        match self {
            Self::Flipped => "flipped",
            Self::Open => "open",
        }
    }
}

impl Gate {
    /// The text of the file with this gate broken.
    pub fn broken(&self, text: &str, way: Break) -> String {
        let expression = &text[self.start..self.end];
        let broken = match way {
            Break::Flipped => format!(
                "match {{ {expression} }} {{ Ok(()) => Err(crate::decide::Reason::AccountNotActive), Err(_) => Ok(()) }}"
            ),
            Break::Open => format!(
                "{{ let _: Result<(), crate::decide::Reason> = {{ {expression} }}; Ok(()) }}"
            ),
        };
        format!("{}{broken}{}", &text[..self.start], &text[self.end..])
    }
}

/// Every marked gate of the workspace, in the order of the files.
pub fn find(workspace: &Path) -> Result<Vec<Gate>> {
    let mut gates = Vec::new();
    let mut folders = vec![workspace.join("crates")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path)?;
                gates.extend(find_in(&path, &text)?);
            }
        }
    }
    gates.sort_by(|a, b| (&a.file, a.start).cmp(&(&b.file, b.start)));
    Ok(gates)
}

fn find_in(file: &Path, text: &str) -> Result<Vec<Gate>> {
    text.match_indices(MARK)
        .map(|(semicolon, _)| {
            let name = text[semicolon + MARK.len()..].lines().next();
            let name = name.unwrap_or_default().trim().to_owned();
            let (start, end) = expression(text, semicolon).with_context(|| {
                format!("{}: the statement of gate {name} is neither `let x = …` nor `….ask(Gate::X, …)`", file.display())
            })?;
            Ok(Gate { name, file: file.to_owned(), start, end })
        })
        .collect()
}

/// The expression of the statement that ends at `semicolon`.
fn expression(text: &str, semicolon: usize) -> Option<(usize, usize)> {
    let before = &text[..semicolon];
    // At the beginning of a line: an `if let` inside the expression is none.
    let bound = before
        .rmatch_indices("let ")
        .map(|(at, _)| at)
        .find(|at| before[..*at].trim_end_matches(' ').ends_with('\n') || *at == 0);
    let asked = before.rfind(".ask(");
    match (bound, asked) {
        // `gates.ask(Gate::Scope, scope)`, unless a `let` stands between it and the mark.
        (bound, Some(asked)) if bound.is_none_or(|bound| bound < asked) => {
            let comma = asked + before[asked..].find(',')?;
            let close = before.rfind(')')?;
            (comma < close).then_some((comma + 1, close))
        }
        (Some(bound), _) => {
            let equals = bound + before[bound..].find(" = ")?;
            Some((equals + " = ".len(), semicolon))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(text: &str) -> String {
        let gates = find_in(Path::new("x.rs"), text).expect("gates");
        gates[0].broken(text, Break::Open)
    }

    #[test]
    fn the_expression_of_a_binding_is_broken() {
        assert_eq!(
            broken("let a = 1;\nlet held = held.and(parent); // gate: held\n"),
            "let a = 1;\nlet held = { let _: Result<(), crate::decide::Reason> = { held.and(parent) }; Ok(()) }; // gate: held\n"
        );
    }

    #[test]
    fn the_argument_of_a_question_is_broken() {
        assert_eq!(
            broken("let x = 1;\ngates.ask(Gate::Scope, scope); // gate: scope\n"),
            "let x = 1;\ngates.ask(Gate::Scope,{ let _: Result<(), crate::decide::Reason> = {  scope }; Ok(()) }); // gate: scope\n"
        );
    }

    #[test]
    fn an_expression_may_stand_on_several_lines() {
        let text = "gates.ask(Gate::Rank, rank);\nlet rank = if a {\n    Ok(())\n} else {\n    Err(b)\n}; // gate: rank\n";
        let whole = "{ let _: Result<(), crate::decide::Reason> = { if a {\n    Ok(())\n} else {\n    Err(b)\n} }; Ok(()) }";
        assert!(broken(text).contains(whole), "{}", broken(text));
    }
}
