//! The numbers of the product, each beside what it is compared with, in one run: `cargo bench -p bench`.
//!
//! Decisions are timed in CPU seconds of this thread's process, so that a busy machine does not make them slower than they
//! are; what waits for a disk is timed by the clock. Every figure is taken several times and printed as minimum, median and
//! maximum. Arguments choose sections: `cargo bench -p bench -- decide`.

mod chase;
mod decide;
mod fixture;
mod import;
mod memory;
mod peers;
mod preview;
mod start;
mod table;
mod write;

use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<std::alloc::System> = &INSTRUMENTED_SYSTEM;

fn main() -> anyhow::Result<()> {
    let chosen: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let wants = |section: &str| chosen.is_empty() || chosen.iter().any(|word| word == section);
    let size = fixture::Size::from_environment();
    println!(
        "Account of {} people, about 7 ties each, and {} services.\n",
        size.people, size.services
    );
    let mut table = table::Table::default();
    if wants("decide") || wants("memory") || wants("preview") || wants("start") {
        let (state, bytes) = memory::measured(ALLOCATOR, || fixture::account(size));
        memory::report(&mut table, size, bytes);
        if wants("decide") {
            decide::measure(&mut table, &state, size);
            peers::measure(&mut table, &state)?;
        }
        if wants("preview") {
            preview::measure(&mut table, &state)?;
        }
        if wants("start") {
            start::measure(&mut table, &state)?;
        }
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    if wants("write") {
        runtime.block_on(write::measure(&mut table))?;
    }
    if wants("import") {
        runtime.block_on(import::measure(&mut table, size))?;
    }
    println!("{table}");
    Ok(())
}
