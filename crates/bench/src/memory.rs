//! Live allocation of the account: the section `memory`, in a program of its own. It counts every allocation, which costs time, so
//! that nothing is timed here.

mod fixture;
mod table;

use cap::Cap;
use mimalloc::MiMalloc;

/// The server's allocator, counted.
#[global_allocator]
static ALLOCATOR: Cap<MiMalloc> = Cap::new(MiMalloc, usize::MAX);

fn main() {
    let chosen: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    if !chosen.is_empty() && !chosen.iter().any(|section| section == "memory") {
        return;
    }
    let size = fixture::Size::from_environment();
    let before = ALLOCATOR.allocated();
    let account = fixture::account(size);
    let bytes = ALLOCATOR.allocated().saturating_sub(before);
    drop(account);
    let mut table = table::Table::default();
    table.add(
        "live allocation per person, ids and indexes included",
        "bytes",
        vec![bytes as f64 / f64::from(size.people)],
    );
    println!("{table}");
}
