//! The binary `rolecall`.

use clap::Parser;

/// A batch of acts is many small allocations on several threads at once; this one makes an import a third quicker.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    rolecall::cli::run(rolecall::cli::Cli::parse()).await
}
