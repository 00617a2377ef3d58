//! The numbers of the product, each beside what it is compared with, in one run.

mod fixture;

use std::hint::black_box;
use std::time::Instant;

use access::{Dense, Moment, Permission, PersonId, ServiceId, Subject, Target};
use fixture::{Numbers, Size, account, id};

fn main() {
    let size = Size {
        people: 1_000_000,
        services: 10_000,
    };
    let at = Instant::now();
    let state = account(size);
    println!("fixture: {:?}", at.elapsed());
    rss();
    let now = Moment(0);
    let p = id::<PersonId>(10);
    let s = state.people().get(p).and_then(|row| {
        row.ties.iter().find_map(|t| {
            if let access::state::Tie::Service(s, access::state::ServiceLevel::Administrator) = t {
                Some(*s)
            } else {
                None
            }
        })
    });
    let s = s.unwrap_or(id::<ServiceId>(0));
    for (name, perm) in [
        ("manage", Permission::ServiceDeskRecordManage),
        ("delete", Permission::ServiceDeskRecordDelete),
    ] {
        let at = Instant::now();
        for _ in 0..2_000_000 {
            black_box(
                state
                    .view(Subject::Person(black_box(p)), now)
                    .decide(perm, Target::Service(s)),
            );
        }
        println!("hot {name}: {:.1} ns", at.elapsed().as_nanos() as f64 / 2e6);
    }
    let mut numbers = Numbers(7);
    let mut allowed = 0u32;
    let at = Instant::now();
    for _ in 0..2_000_000 {
        let person =
            id::<PersonId>((numbers.below(size.people / 10) * 10 + allowed % 2 * 10) % size.people);
        let service = id::<ServiceId>(numbers.below(size.services));
        let d = state.view(Subject::Person(person), now).decide(
            Permission::ServiceDeskRecordManage,
            Target::Service(service),
        );
        allowed += u32::from(d.allowed);
    }
    println!(
        "random: {:.1} ns ({allowed} allowed)",
        at.elapsed().as_nanos() as f64 / 2e6
    );
    let mut numbers = Numbers(7);
    let at = Instant::now();
    for _ in 0..2_000_000 {
        let n = (numbers.below(size.people / 10) * 10 + allowed % 2 * 10) % size.people;
        let person = state.resolve(access::PublicId::<PersonId>::new(fixture::person_uid(n)));
        let service = id::<ServiceId>(numbers.below(size.services));
        let Some(person) = person else { continue };
        let d = state.view(Subject::Person(person), now).decide(
            Permission::ServiceDeskRecordManage,
            Target::Service(service),
        );
        allowed += u32::from(d.allowed);
    }
    println!(
        "random typed: {:.1} ns ({allowed} allowed) {}",
        at.elapsed().as_nanos() as f64 / 2e6,
        id::<PersonId>(0).number()
    );
}

fn rss() {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    for line in text
        .lines()
        .filter(|l| l.starts_with("VmRSS") || l.starts_with("VmHWM"))
    {
        println!("{line}");
    }
}
