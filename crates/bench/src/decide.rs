//! Decisions in process, with the full rule set and the full [`access::Decision`].

use std::hint::black_box;

use access::state::{ServiceLevel, Tie};
use access::{Decision, Moment, Permission, PersonId, PublicId, ServiceId, State, Subject, Target};
use cpu_time::ProcessTime;

use crate::chase;
use crate::fixture::{Numbers, Size, id, person_uid};
use crate::table::{Table, median};

const RUNS: usize = 7;
const QUESTIONS: u32 = 1_000_000;
const NOW: Moment = Moment(0);

/// One question of the desk.
pub fn ask(state: &State, person: PersonId, service: ServiceId) -> Decision {
    state.view(Subject::Person(person), NOW).decide(
        Permission::ServiceDeskRecordManage,
        Target::Service(service),
    )
}

/// A user with an own level on the service.
pub fn somebody_with_a_level(state: &State) -> Option<(PersonId, ServiceId)> {
    let person = id::<PersonId>(10);
    let ties = &state.people().get(person)?.ties;
    let service = ties.iter().find_map(|tie| match tie {
        Tie::Service(service, ServiceLevel::Administrator) => Some(*service),
        _ => None,
    });
    Some((person, service?))
}

/// Hot, random, and from typed ids.
pub fn measure(table: &mut Table, state: &State, size: Size) {
    if let Some((person, service)) = somebody_with_a_level(state) {
        let hot =
            per_second(|_, _| u32::from(ask(state, black_box(person), black_box(service)).allowed));
        table.add(
            "decision, the same question again",
            "million per CPU-second",
            hot.iter().map(|n| n / 1e6).collect(),
        );
    }
    let random = per_second(|numbers, before| {
        let (person, service) = question(numbers, before, size);
        u32::from(ask(state, id(person), service).allowed)
    });
    let typed = per_second(|numbers, before| {
        let (person, service) = question(numbers, before, size);
        let person = state.resolve(PublicId::<PersonId>::new(person_uid(person)));
        u32::from(person.is_some_and(|person| ask(state, person, service).allowed))
    });
    table.add(
        "decision, random, the next question from the answer",
        "million per CPU-second",
        scaled(&random),
    );
    table.add(
        "decision, random, from typed ids",
        "million per CPU-second",
        scaled(&typed),
    );
    let read = (0..3)
        .map(|_| chase::read_nanoseconds(size.people as usize * 160, 2_000_000))
        .collect::<Vec<_>>();
    table.add(
        "dependent random read of as much memory",
        "ns",
        read.clone(),
    );
    let reads = |per_second: &[f64]| per_second.iter().map(|n| 1e9 / n / median(&read)).collect();
    table.add(
        "random decision in dependent reads, dense ids",
        "reads",
        reads(&random),
    );
    table.add(
        "random decision in dependent reads, typed ids",
        "reads",
        reads(&typed),
    );
}

fn scaled(per_second: &[f64]) -> Vec<f64> {
    per_second.iter().map(|n| n / 1e6).collect()
}

/// A random user and service; which one depends on the answer before, so that no two questions overlap.
fn question(numbers: &mut Numbers, before: u32, size: Size) -> (u32, ServiceId) {
    let person = (numbers.below(size.people / 10) * 10 + before * 10) % size.people;
    (person, id(numbers.below(size.services)))
}

/// Questions per CPU-second, run by run. The closure gets the answer before.
fn per_second(mut ask: impl FnMut(&mut Numbers, u32) -> u32) -> Vec<f64> {
    let mut figures = Vec::new();
    for run in 0..=RUNS {
        let mut numbers = Numbers(run as u64);
        let mut answer = 0;
        let start = ProcessTime::now();
        for _ in 0..QUESTIONS {
            answer = ask(&mut numbers, answer);
        }
        let seconds = start.elapsed().as_secs_f64();
        black_box(answer);
        // The first run warms up.
        if run > 0 {
            figures.push(f64::from(QUESTIONS) / seconds);
        }
    }
    figures
}
