//! Live allocation of the account.

use cap::Cap;

use crate::fixture::Size;
use crate::table::Table;

/// Runs something and says how many bytes it left allocated.
pub fn measured<T, A>(allocator: &Cap<A>, make: impl FnOnce() -> T) -> (T, usize) {
    let before = allocator.allocated();
    let made = make();
    (made, allocator.allocated().saturating_sub(before))
}

/// Per person, ids and indexes included.
pub fn report(table: &mut Table, size: Size, bytes: usize) {
    table.add(
        "live allocation per person, ids and indexes included",
        "bytes",
        vec![bytes as f64 / f64::from(size.people)],
    );
}

/// Peak resident set of this process so far, in MiB.
pub fn peak_resident() -> f64 {
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
