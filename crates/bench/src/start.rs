//! Start from a snapshot: its bytes become a state that decides.

use std::time::Instant;

use access::State;

use crate::table::Table;

/// Seconds to read the state back, and the size of what is read.
pub fn measure(table: &mut Table, state: &State) -> anyhow::Result<()> {
    let bytes = postcard::to_stdvec(state)?;
    let mut figures = Vec::new();
    for _ in 0..3 {
        let start = Instant::now();
        let read: State = postcard::from_bytes(&bytes)?;
        figures.push(start.elapsed().as_secs_f64());
        anyhow::ensure!(read.version() == state.version(), "another state came back");
    }
    table.add("state from the bytes of a snapshot", "s", figures);
    table.add(
        "size of the snapshot",
        "MiB",
        vec![bytes.len() as f64 / 1048576.0],
    );
    Ok(())
}
