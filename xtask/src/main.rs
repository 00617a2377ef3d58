//! Chores of this workspace: `cargo xtask <chore>`.

mod generate;

use anyhow::Result;
use clap::Parser;

#[derive(Parser)]
#[command(name = "cargo xtask")]
enum Chore {
    /// Write the generated files anew from the catalogue.
    Generate,
}

fn main() -> Result<()> {
    match Chore::parse() {
        Chore::Generate => generate::run(),
    }
}
