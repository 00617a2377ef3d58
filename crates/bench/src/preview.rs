//! Preview of a change that touches many people: a service given to companies with 50,000 employees.

use std::time::Instant;

use access::{Actor, Command, Moment, PersonId, State};

use crate::fixture::{Size, id};
use crate::table::Table;

/// Of whom the change gives something.
const PEOPLE: usize = 50_000;

/// Milliseconds, and the peak resident set meanwhile.
pub fn measure(table: &mut Table, state: &State) -> anyhow::Result<()> {
    let mut people = 0;
    let companies = state.companies().iter().take_while(|(_, row)| {
        let more = people < PEOPLE;
        people += row.employees.len();
        more
    });
    let rows = companies.map(|(company, _)| (company, true)).collect();
    let command = Command::SaveCompaniesTab {
        service: id(Size::UNGIVEN_SERVICE),
        rows,
    };
    let actor = Actor::Person(id::<PersonId>(0));
    let mut figures = Vec::new();
    let mut total = 0;
    for run in 0..=5 {
        let start = Instant::now();
        let effect = state.preview(actor, &command, Moment(0))?;
        if run > 0 {
            figures.push(start.elapsed().as_secs_f64() * 1e3);
        }
        total = effect.gains.subjects;
    }
    table.add(
        format!("preview of a change that gives something to {total} people"),
        "ms",
        figures,
    );
    table.add(
        "peak resident set of the whole run so far",
        "MiB",
        vec![peak_resident()],
    );
    Ok(())
}

/// Peak resident set of this process so far, in MiB.
fn peak_resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap_or_default();
    let kilobytes: f64 = line
        .split_whitespace()
        .nth(1)
        .and_then(|word| word.parse().ok())
        .unwrap_or(f64::NAN);
    kilobytes / 1024.0
}
