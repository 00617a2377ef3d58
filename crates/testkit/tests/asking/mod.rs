//! Asking both readings the same.
#![allow(dead_code, reason = "each test binary asks its own part")]

use std::collections::BTreeMap;
use std::fmt::Write;

use access::state::CustomerFacet;
use access::{Event, Moment, Permission, Product, State, Subject, Target};
use testkit::random::questions;
use testkit::reference::{Status, World};

/// One account, twice.
#[derive(Clone)]
pub struct Both {
    pub state: State,
    pub world: World,
    /// Everything that happened.
    pub log: Vec<Event>,
}

impl Both {
    /// The account that these events lead to.
    pub fn of(events: &[Event]) -> Both {
        let mut both = Both {
            state: State::empty(),
            world: World::empty(),
            log: Vec::new(),
        };
        for event in events {
            both.apply(event);
        }
        both
    }

    pub fn apply(&mut self, event: &Event) {
        self.state.apply(event);
        self.world.apply(event);
        self.log.push(event.clone());
    }

    /// Asks everything.
    pub fn compare(&self, now: Moment, seed: u64, differences: &mut Differences) {
        let targets = questions::targets(&self.world);
        for subject in questions::subjects(&self.world) {
            let view = self.state.view(subject, now);
            if let Subject::Person(person) = subject {
                let status = format!("{:?}", view.user_status(person));
                let expected = format!("{:?}", self.world.status(person, now));
                if status != expected {
                    let what = format!("{person:?} is {status}, reference: {expected}");
                    differences.note(("status", None, false), seed, now, what);
                }
                for service in self.world.services.keys().copied() {
                    let offered = view.selectable(person, service).selectable;
                    if offered != self.world.selectable(person, service, now) {
                        let what = format!("{person:?} on {service:?}: {offered}");
                        differences.note(("selectable", None, !offered), seed, now, what);
                    }
                }
            }
            for target in &targets {
                for permission in Permission::ALL {
                    let decision = view.decide(permission, *target);
                    let expected = self.world.allows(subject, permission, *target, now);
                    differences.asked += 1;
                    if decision.allowed != expected {
                        let what = format!(
                            "{subject:?} {target:?}: {:?} {:?}",
                            decision.gates, decision.paths
                        );
                        let about = (kind(*target), Some(permission), expected);
                        differences.note(about, seed, now, what);
                    }
                }
            }
        }
    }

    /// Counts, for each permission, the questions that make sense and those that are allowed: subjects with the facet, things
    /// of the right kind.
    pub fn count(&self, now: Moment, shares: &mut BTreeMap<Permission, (u64, u64)>) {
        let targets = questions::targets(&self.world);
        for (person, row) in &self.world.people {
            let staff = self.world.status(*person, now) == Status::Active;
            let customer = row.customer == CustomerFacet::Active;
            let subject = Subject::Person(*person);
            for permission in Permission::ALL {
                let has_facet = match permission.product() {
                    Product::Portal => customer,
                    _ => staff,
                };
                if !has_facet {
                    continue;
                }
                for target in &targets {
                    if !self.world.is_sensible(permission, *target) {
                        continue;
                    }
                    let share = shares.entry(permission).or_default();
                    share.1 += 1;
                    share.0 += u64::from(self.world.allows(subject, permission, *target, now));
                }
            }
        }
    }
}

/// What the two readings differ in, one example of each kind.
#[derive(Default)]
pub struct Differences {
    found: BTreeMap<(&'static str, Option<Permission>, bool), (usize, String)>,
    pub asked: u64,
}

impl Differences {
    fn note(
        &mut self,
        about: (&'static str, Option<Permission>, bool),
        seed: u64,
        now: Moment,
        what: String,
    ) {
        let first = || (0, format!("seed {seed} at {}: {what}", now.0));
        self.found.entry(about).or_insert_with(first).0 += 1;
    }

    pub fn assert_none(&self) {
        let mut text = String::new();
        for ((kind, permission, expected), (times, first)) in &self.found {
            let permission = permission.map_or("", Permission::key);
            let _ = writeln!(
                text,
                "{permission} {kind}: the reference says {expected}, {times} times; {first}"
            );
        }
        assert!(text.is_empty(), "of {} questions:\n{text}", self.asked);
    }
}

fn kind(target: Target) -> &'static str {
    match target {
        Target::Account => "on the account",
        Target::Person(_) => "on a person",
        Target::UserGroup(_) => "on a user group",
        Target::Service(_) => "on a service",
        Target::Record(_) => "on a record",
        Target::Queue(_) => "on a queue",
        Target::DirectCall => "on a direct call",
        Target::Device(_) => "on a device",
        Target::Session { .. } => "on a session",
        Target::Thing(_) => "on a thing",
        Target::Unknown => "on something unknown",
    }
}
