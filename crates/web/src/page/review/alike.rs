//! Many of whom the same is told, like the people of a company: it is told once, with their number, and their names are one click away.

use super::telling::{Line, SUBJECTS_SHOWN, by_name};
use crate::page::names::{Html, Mark};

/// So many are told together; fewer are told one by one.
const TOGETHER_FROM: usize = 4;

/// Those of whom one line tells.
#[derive(Debug)]
pub(super) struct Alike {
    /// What they are: customers, people.
    pub what: &'static str,
    pub count: usize,
    /// The first of them.
    pub people: Vec<Mark>,
}

impl Alike {
    pub fn beyond(&self) -> usize {
        self.count - self.people.len()
    }
}

/// What is told of somebody besides their name.
fn told(line: &Line) -> (&[String], &[String], Option<&Html>, bool) {
    let (rights, further) = (&line.rights, &line.further);
    (rights, further, line.why.as_ref(), line.is_customer)
}

/// The lines, the same ones together: those of most people first, then the others by name. Whoever was chosen by name stays alone.
pub(super) fn together(lines: Vec<Line>) -> Vec<Line> {
    let (alone, many): (Vec<_>, Vec<_>) = lines
        .into_iter()
        .partition(|line| line.from_to.is_some() || !line.is_person);
    let mut several: Vec<Vec<Line>> = Vec::new();
    for line in many {
        match several.iter_mut().find(|of| told(&of[0]) == told(&line)) {
            Some(of) => of.push(line),
            None => several.push(vec![line]),
        }
    }
    let (few, mut several): (Vec<_>, Vec<_>) =
        several.into_iter().partition(|of| of.len() < TOGETHER_FROM);
    several.sort_by_key(|of| std::cmp::Reverse(of.len()));
    let mut singles: Vec<_> = alone.into_iter().chain(few.into_iter().flatten()).collect();
    singles.truncate(SUBJECTS_SHOWN);
    by_name(&mut singles, |line| &line.who);
    let several = several.into_iter().filter_map(as_one);
    several.chain(singles).collect()
}

fn as_one(mut lines: Vec<Line>) -> Option<Line> {
    by_name(&mut lines, |line| &line.who);
    let count = lines.len();
    let people = lines.iter().take(SUBJECTS_SHOWN);
    let people: Vec<_> = people.map(|line| line.who.clone()).collect();
    let mut line = lines.into_iter().next()?;
    let what = if line.is_customer {
        "customers"
    } else {
        "people"
    };
    line.alike = Some(Alike {
        what,
        count,
        people,
    });
    Some(line)
}
