//! What a dependent random read costs on this machine, over as much memory as the account takes.

use std::hint::black_box;

use cpu_time::ProcessTime;

use crate::fixture::Numbers;

/// Nanoseconds of one read that depends on the one before, over `bytes` of memory.
pub fn read_nanoseconds(bytes: usize, reads: u32) -> f64 {
    let slots = (bytes / 64).max(2);
    // One cycle through all cache lines in random order (Sattolo).
    let mut next: Vec<[u32; 16]> = (0..slots).map(|at| [at as u32; 16]).collect();
    let mut numbers = Numbers(3);
    for at in (1..slots).rev() {
        let other = numbers.below(at as u32) as usize;
        let kept = next[at][0];
        next[at][0] = next[other][0];
        next[other][0] = kept;
    }
    let mut at = 0_u32;
    let start = ProcessTime::now();
    for _ in 0..reads {
        at = next[at as usize][0];
    }
    let nanoseconds = start.elapsed().as_nanos() as f64 / f64::from(reads);
    black_box(at);
    nanoseconds
}
