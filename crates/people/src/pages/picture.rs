//! The answer as a picture: person, tie, role, permission, thing, one below the other; the broken link is marked. The sizes are those of
//! the drawing, the colours are the page's.

use access::{
    Decision, Gate, Step, Subject, Target,
    decide::{Path, Through},
    explain::words::{self, Name, Phrase},
};
use web::page::{capital, names::Names, review::target_name};

use super::{
    things::{kind_of_target, name_of_subject},
    what::What,
};

/// Between two stops.
const STEP: i32 = 84;
/// The first one.
const TOP: i32 = 28;
/// Letters of a name that fit beside a stop, and beside the line of what would help.
const LETTERS_MAX: usize = 40;
const LETTERS_BESIDE_MAX: usize = 15;
const LINES_BESIDE_MAX: usize = 4;
/// Between two of those lines.
const LINE: i32 = 15;
/// Letters of a reason beside the broken link.
const LETTERS_CUT_MAX: usize = 30;

pub(super) struct Picture {
    pub title: String,
    pub text: String,
    pub height: i32,
    pub stops: Vec<Stop>,
    pub links: Vec<Link>,
    pub would: Option<Would>,
}

pub(super) struct Stop {
    pub y: i32,
    pub name: String,
    pub kind: String,
    /// Behind the broken link.
    pub is_unmet: bool,
}

pub(super) struct Link {
    pub from: i32,
    pub to: i32,
    pub class: &'static str,
    /// Of the broken one: where, and why.
    pub cut: Option<(i32, String)>,
}

/// A change that would lead round the broken link.
pub(super) struct Would {
    pub from: i32,
    pub to: i32,
    pub end: i32,
    pub middle: i32,
    /// What it is, beside the line.
    pub lines: Vec<(i32, String)>,
}

impl Picture {
    pub fn of(
        names: &Names<'_>,
        subject: Subject,
        what: What,
        target: Target,
        decision: &Decision,
        held: Option<&Path>,
        remedy: Option<&Step>,
    ) -> Self {
        let who = name_of_subject(subject).map(|name| names.text(name));
        let who = who.unwrap_or_else(|| "nobody known".to_owned());
        let on = match (target_name(target), target) {
            (Some(name), _) => names.text(name),
            (None, Target::Account) => "The account".to_owned(),
            (None, _) => "Nothing known".to_owned(),
        };
        let mut named = vec![(who.clone(), "person".to_owned())];
        if let Some(path) = held {
            let tie = match path.through {
                Through::Direct => None,
                Through::Group(id) => Some((Name::Group(id), "group")),
                Through::UserGroup(id) => Some((Name::UserGroup(id), "user group")),
                Through::Company(id) => Some((Name::Company(id), "company")),
            };
            named.extend(tie.map(|(name, kind)| (names.text(name), kind.to_owned())));
            let over = names.phrase(&words::over(path.over));
            named.push((
                capital(&names.phrase(&words::by(path.by))),
                format!("over {over}"),
            ));
        }
        let at_permission = named.len();
        named.push((what.label().to_owned(), what.kind().to_owned()));
        named.push((on.clone(), kind_of_target(target).to_owned()));

        let failed = decision.gates.failed().first();
        let broken = failed.map(|(gate, reason)| {
            let after = match gate {
                Gate::Account | Gate::Person | Gate::Licence => 0,
                Gate::Permission => at_permission - 1,
                _ => at_permission,
            };
            (after, names.phrase(&what.reason(*reason, target)))
        });
        let y = |index: usize| TOP + STEP * i32::try_from(index).unwrap_or(0);
        let break_after = broken.as_ref().map_or(usize::MAX, |(after, _)| *after);
        let links = (1..named.len()).map(|index| {
            let (from, to) = (y(index - 1) + 6, y(index) - 6);
            let class = match (index - 1).cmp(&break_after) {
                std::cmp::Ordering::Less => "",
                std::cmp::Ordering::Equal => "broken",
                std::cmp::Ordering::Greater => "unmet",
            };
            let cut = broken.as_ref().filter(|_| class == "broken");
            Link {
                from,
                to,
                class,
                cut: cut.map(|(_, why)| ((from + to) / 2 + 4, short(why, LETTERS_CUT_MAX))),
            }
        });
        let links: Vec<_> = links.collect();
        let said = remedy.and_then(|step| words::change(&step.command));
        let said = said.map(|phrase| names.phrase(&phrase));
        let lines = remedy
            .and_then(|step| words::change(&step.command))
            .map(|phrase| beside(names, &phrase))
            .unwrap_or_default();
        let would = (!lines.is_empty() && break_after < at_permission).then(|| {
            let middle = (y(break_after) + y(at_permission)) / 2 + 9;
            let rows = i32::try_from(lines.len()).unwrap_or(1);
            let first = middle + 4 - LINE * (rows - 1) / 2;
            Would {
                from: y(break_after) + 34,
                to: y(at_permission) - 16,
                end: y(at_permission) - 6,
                middle,
                lines: (0..rows).map(|row| first + LINE * row).zip(lines).collect(),
            }
        });
        let verb = if decision.allowed { "holds" } else { "breaks" };
        let chain: Vec<_> = named
            .iter()
            .map(|(name, kind)| format!("{name} ({kind})"))
            .collect();
        let mut text = format!("{}.", chain.join(", then "));
        if let Some((after, why)) = &broken {
            text = format!("{text} It breaks after {}: {why}.", named[*after].0);
        }
        if let Some(said) = said.filter(|_| !decision.allowed) {
            text = format!("{text} It would be closed by this: {said}.");
        }
        let stops = named
            .into_iter()
            .enumerate()
            .map(|(index, (name, kind))| Stop {
                y: y(index),
                name: short(&name, LETTERS_MAX),
                kind: short(&kind, LETTERS_MAX + 6),
                is_unmet: index > break_after,
            });
        let stops: Vec<_> = stops.collect();
        Self {
            title: format!("The path from {who} to {} on {on} {verb}", what.label()),
            text,
            height: stops.last().map_or(0, |stop| stop.y) + TOP,
            stops,
            links,
            would,
        }
    }
}

/// A change in a few short lines. Of whom it is about stands at the top of the picture.
fn beside(names: &Names<'_>, change: &Phrase) -> Vec<String> {
    let said = change.fill(|name| match name {
        Name::Person(_) => String::new(),
        name => names.text(name),
    });
    let mut lines: Vec<String> = Vec::new();
    for word in said.trim_start_matches("give ").split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < LETTERS_BESIDE_MAX => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(short(word, LETTERS_BESIDE_MAX)),
        }
    }
    lines.truncate(LINES_BESIDE_MAX);
    lines
}

fn short(text: &str, letters: usize) -> String {
    if text.chars().count() <= letters {
        return text.to_owned();
    }
    let kept: String = text.chars().take(letters - 1).collect();
    format!("{}…", kept.trim_end())
}
