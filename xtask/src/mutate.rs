//! `cargo xtask mutate`: does a test notice when a gate of the decision is broken?
//!
//! The code marks each gate at the end of the statement that works it out: `let licence = …; // gate: licence`. This
//! copies the workspace, breaks one gate in the copy, expects a test to turn red, mends it, and goes on to the next. A
//! break that no test notices has survived, and is a hole in the tests.

mod gates;

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;

use crate::Workspace;
use crate::process::{Interrupts, output};
use crate::runner::Runner;
use gates::{Break, Gate};

#[derive(Args)]
pub struct Options {
    /// Break this gate only; may be given several times
    #[arg(long, value_name = "NAME")]
    gate: Vec<String>,

    /// The crates whose tests must notice
    #[arg(long, short, value_name = "CRATE", default_values = ["access", "testkit"])]
    package: Vec<String>,
}

/// Breaks every marked gate in every way; fails when a break survives.
pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let interrupts = Interrupts::listen()?;
    let copy = Copy::make(workspace)?;
    let tests = Tests {
        runner: Runner::find(),
        interrupts,
        folder: copy.workspace.clone(),
        target: copy.target.clone(),
        packages: &options.package,
    };

    let chosen = |gate: &Gate| options.gate.is_empty() || options.gate.contains(&gate.name);
    let gates: Vec<Gate> = gates::find(&copy.workspace)?
        .into_iter()
        .filter(chosen)
        .collect();
    ensure!(!gates.is_empty(), "no statement is marked `// gate: …`");
    println!("{} gates; first the tests as they are", gates.len());
    if tests.judge()? != Verdict::Survived {
        bail!("the tests fail before anything is broken");
    }

    let mut unnoticed = 0;
    println!("{:<14} {:<8} verdict", "gate", "break");
    for gate in &gates {
        for way in Break::ALL {
            let text = fs::read_to_string(&gate.file)?;
            fs::write(&gate.file, gate.broken(&text, way))?;
            let verdict = tests.judge()?;
            fs::write(&gate.file, text)?;

            println!("{:<14} {:<8} {}", gate.name, way.name(), verdict.name());
            if verdict != Verdict::Noticed {
                unnoticed += 1;
            }
        }
    }
    ensure!(
        unnoticed == 0,
        "{unnoticed} breaks without a test that notices"
    );
    Ok(())
}

/// What became of a break.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// A test turned red: as it should be.
    Noticed,
    /// Every test passed.
    Survived,
    /// The broken code is no code: this proves nothing.
    DoesNotCompile,
}

impl Verdict {
    fn name(self) -> &'static str {
        match self {
            Self::Noticed => "noticed",
            Self::Survived => "SURVIVED",
            Self::DoesNotCompile => "DOES NOT COMPILE",
        }
    }
}

/// The tests that must notice.
struct Tests<'a> {
    runner: Runner,
    interrupts: Interrupts,
    folder: PathBuf,
    target: PathBuf,
    packages: &'a [String],
}

impl Tests<'_> {
    fn judge(&self) -> Result<Verdict> {
        if !self.succeed(&["--no-run"])? {
            return Ok(Verdict::DoesNotCompile);
        }
        if self.succeed(self.runner.first_failure())? {
            return Ok(Verdict::Survived);
        }
        Ok(Verdict::Noticed)
    }

    fn succeed(&self, flags: &[&str]) -> Result<bool> {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.target.join("mutate.log"))?;
        let mut command = self.runner.command();
        command
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", &self.target)
            // A broken gate must not rewrite what is expected.
            .env("INSTA_UPDATE", "no")
            .args(self.packages.iter().flat_map(|name| ["-p", name]))
            .args(flags)
            .stdout(log.try_clone()?)
            .stderr(log);
        Ok(self.interrupts.run(&mut command)?.success())
    }
}

/// A copy of the workspace to break things in, with a target folder of its own that outlives the run.
struct Copy {
    workspace: PathBuf,
    target: PathBuf,
}

impl Copy {
    fn make(workspace: &Workspace) -> Result<Self> {
        let root = workspace.root();
        let folder = workspace.target().join("mutate");
        let copy = Self {
            workspace: folder.join("rolecall"),
            target: folder.join("target"),
        };
        fs::create_dir_all(&copy.target)?;
        if copy.workspace.exists() {
            fs::remove_dir_all(&copy.workspace)?;
        }
        let listed = output(Command::new("git").current_dir(&root).args([
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
        ]))?;
        for path in listed.lines().filter(|path| root.join(path).is_file()) {
            copy_file(&root.join(path), &copy.workspace.join(path))
                .with_context(|| format!("copy {path}"))?;
        }
        // Published test vectors stand beside the repository.
        if let Ok(shared) = root.join("../shared").canonicalize() {
            let beside = folder.join("shared");
            if !beside.exists() {
                symlink(shared, beside)?;
            }
        }
        Ok(copy)
    }
}

/// Copies a file. It gets a new time, so that cargo never takes what was built from a broken one for fresh.
fn copy_file(from: &Path, to: &Path) -> Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(from, to)?;
    Ok(())
}
