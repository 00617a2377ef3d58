//! The binary `rolecall`.

use clap::Parser;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    rolecall::cli::run(rolecall::cli::Cli::parse()).await
}
