//! `cargo xtask mutate`: does a test notice when a gate of the decision, or a rule beside the gates, is broken?
//!
//! This copies the workspace and weaves every break into the copy, each asleep until its number is called: so the tests are built
//! once. Then it runs them with one break after the other, and expects a test to turn red each time. A break that no test notices
//! has survived, and is a hole in the tests.

mod gates;
mod rules;
mod weave;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;

use crate::Workspace;
use crate::process::{Interrupts, output};
use crate::runner::Runner;
use rules::RULES;
use weave::{Place, Wrapping, woven};

/// Where the gates and rules stand.
const CODE: &str = "crates/access/src";

#[derive(Args)]
pub struct Options {
    /// Break this gate or rule only; may be given several times
    #[arg(long, value_name = "GATE OR RULE ID")]
    only: Vec<String>,

    /// The crates whose tests must notice
    #[arg(long, short, value_name = "CRATE", default_values = ["access", "testkit"])]
    package: Vec<String>,
}

/// Breaks every gate and rule; fails when a break survives.
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

    let breaks = every_break(&copy.workspace)?;
    let chosen = |one: &Break| {
        let named = |name: &String| one.name.eq_ignore_ascii_case(name);
        options.only.is_empty() || options.only.iter().any(named)
    };
    ensure!(breaks.iter().any(chosen), "no gate or rule of this name");
    weave_in(&copy.workspace, &breaks)?;
    println!("{} breaks; first the tests as they are", breaks.len());
    tests.build()?;
    if let Some(test) = tests.failed_with(None)? {
        bail!("{test} fails before anything is broken");
    }

    let mut unnoticed = 0;
    for (number, one) in breaks.iter().enumerate().filter(|(_, one)| chosen(one)) {
        let noticed = tests.failed_with(Some(number))?;
        let verdict = noticed.as_deref().unwrap_or("SURVIVED");
        println!("{:<11} {:<66} {verdict}", one.name, one.what);
        unnoticed += usize::from(noticed.is_none());
    }
    ensure!(
        unnoticed == 0,
        "{unnoticed} breaks without a test that notices"
    );
    Ok(())
}

/// One thing to break, known by its number in the list.
struct Break {
    /// The gate, or the id of the rule.
    name: String,
    what: String,
    wrapping: Wrapping,
}

/// Every gate that is asked anywhere, each let open and turned round; then the table of rules.
fn every_break(workspace: &Path) -> Result<Vec<Break>> {
    let code = workspace.join(CODE);
    let mut breaks = Vec::new();
    let mut asked = Vec::new();
    for file in rust_files(&code)? {
        for (gate, place) in gates::asked(&file, &fs::read_to_string(&file)?)? {
            let of = file.strip_prefix(&code)?.display();
            for way in ["open", "flipped"] {
                let number = breaks.len();
                breaks.push(Break {
                    name: gate.clone(),
                    what: format!("{way}, in {of}"),
                    wrapping: Wrapping {
                        place: place.clone(),
                        before: format!("crate::broken::{way}({number}, "),
                        after: ")".to_owned(),
                    },
                });
            }
            asked.push(gate);
        }
    }
    let listed = gates::listed(&fs::read_to_string(code.join(gates::LIST))?)?;
    gates::each_is_asked(&listed, &asked)?;
    for rule in RULES {
        let file = code.join(rule.file);
        let place = rule.place(&file, &fs::read_to_string(&file)?)?;
        let number = breaks.len();
        breaks.push(Break {
            name: rule.id.to_owned(),
            what: rule.what.to_owned(),
            wrapping: Wrapping {
                place,
                before: format!(
                    "(if crate::broken::is({number}) {{ {} }} else {{ ",
                    rule.broken
                ),
                after: " })".to_owned(),
            },
        });
    }
    Ok(breaks)
}

/// In the order of their names.
fn rust_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Puts all breaks, and the switch that wakes one, into the copy.
fn weave_in(workspace: &Path, breaks: &[Break]) -> Result<()> {
    let mut by_file: BTreeMap<&Path, Vec<&Wrapping>> = BTreeMap::new();
    for one in breaks {
        let Place { file, .. } = &one.wrapping.place;
        by_file.entry(file).or_default().push(&one.wrapping);
    }
    for (file, wrappings) in by_file {
        fs::write(file, woven(&fs::read_to_string(file)?, &wrappings))?;
    }
    let code = workspace.join(CODE);
    fs::write(code.join("broken.rs"), include_str!("mutate/switch.rs"))?;
    let root = code.join("lib.rs");
    let text = fs::read_to_string(&root)?;
    fs::write(&root, text + "\n#[allow(warnings)]\nmod broken;\n")?;
    Ok(())
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
    fn build(&self) -> Result<()> {
        let log = self.target.join("mutate-build.log");
        let built = self.succeed(&log, &["--no-run"], None)?;
        ensure!(built, "the woven code is no code: see {}", log.display());
        Ok(())
    }

    /// The first test that fails with this break, or with none; `None`: all pass.
    fn failed_with(&self, number: Option<usize>) -> Result<Option<String>> {
        let log = self.target.join("mutate-run.log");
        if self.succeed(&log, self.runner.first_failure(), number)? {
            return Ok(None);
        }
        let text = fs::read_to_string(&log)?;
        let test = text.lines().find_map(|line| self.runner.failed_test(line));
        let test = test.with_context(|| format!("no test failed, but: see {}", log.display()))?;
        Ok(Some(test.to_owned()))
    }

    fn succeed(&self, log: &Path, flags: &[&str], number: Option<usize>) -> Result<bool> {
        let log = File::create(log)?;
        let mut command = self.runner.command();
        command
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", &self.target)
            // It is built once and from a fresh copy: what serves the next build would only fill the disk.
            .env("CARGO_INCREMENTAL", "0")
            // A broken rule must not rewrite what is expected.
            .env("INSTA_UPDATE", "no")
            // The same random cases each time, or a test that fails by bad luck would be taken for one that noticed.
            .env("PROPTEST_RNG_SEED", "1")
            .env("PROPTEST_DISABLE_FAILURE_PERSISTENCE", "1")
            .envs(number.map(|number| ("ROLECALL_BREAK", number.to_string())))
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

/// Copies a file. It gets a new time, so that cargo never takes what was built from an older one for fresh.
fn copy_file(from: &Path, to: &Path) -> Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(from, to)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_gate_is_asked_and_every_rule_of_the_table_stands_in_the_code() {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
        let breaks = every_break(workspace.expect("the workspace")).expect("breaks");
        assert!(breaks.len() > RULES.len());
    }
}
