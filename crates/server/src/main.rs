//! The binary `rolecall`.

use std::process::ExitCode;

use clap::Parser;
use rolecall::say::Unheard;

/// What a shell says of a program that wrote where nobody reads: 128 and SIGPIPE.
const UNHEARD: u8 = 141;

/// A batch of acts is many small allocations on several threads at once; this one makes an import a third quicker.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    match rolecall::cli::run(rolecall::cli::Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<Unheard>() => ExitCode::from(UNHEARD),
        Err(error) => {
            eprintln!("error: {}", line(&error));
            ExitCode::FAILURE
        }
    }
}

/// For an operator: what went wrong, and why, on one line. Some causes are told by what they caused already.
fn line(error: &anyhow::Error) -> String {
    let mut line = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if line.is_empty() {
            line = cause;
        } else if !line.contains(&cause) {
            line = format!("{line}: {cause}");
        }
    }
    line
}
