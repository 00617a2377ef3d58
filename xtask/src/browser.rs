//! `cargo xtask browser` and `cargo xtask pictures`: what is looked at in a real browser. The tests and the list of pictures stand in
//! `browser/`, in the language of browsers; this sees to it that they find a server of this build, Node.js and Chromium.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;

use crate::Workspace;
use crate::packages::install;
use crate::process::{Interrupts, output};
use crate::runner::cargo;

/// Names another Chromium.
const CHROMIUM: &str = "ROLECALL_CHROMIUM";
const USUAL_CHROMIUM: &str = "/usr/bin/chromium";
/// Names the server's program to the tests.
const PROGRAM: &str = "ROLECALL";
const NODE_MIN: u32 = 20;
/// No file of tests takes nearly as long (a hundred pages are looked at in one): one that hangs counts as failed.
const TEST_TIMEOUT_MS: u32 = 900_000;

/// Each takes longer than ten others: they begin, so that no processor waits for them at the end.
const LONGEST: [&str; 3] = ["wide.test.mjs", "phone.test.mjs", "many.test.mjs"];

/// AD-28 gives a second, on the screen too. They run by themselves, at the end: beside others it would be measured how busy the processors are.
const TIMED: [&str; 3] = [
    "directory.test.mjs",
    "sign-in-providers.test.mjs",
    "to-its-closing.test.mjs",
];

#[derive(Args)]
pub struct Options {
    /// Passed on to `node --test`: a file, like `tests/set-up.test.mjs`, `--test-name-pattern "my password"`, …
    #[arg(last = true)]
    filter: Vec<String>,
}

/// `cargo xtask browser`.
pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let interrupts = Interrupts::listen()?;
    if !test(workspace, &interrupts, &options.filter)? {
        bail!("failed: browser tests");
    }
    Ok(())
}

/// `cargo xtask pictures`: the pictures of the main pages.
pub fn pictures(workspace: &Workspace) -> Result<()> {
    let interrupts = Interrupts::listen()?;
    let house = House::ready(workspace, &interrupts)?;
    let mut shoot = house.node(&["pictures.mjs"]);
    ensure!(interrupts.run(&mut shoot)?.success(), "no pictures");
    Ok(())
}

/// Whether all browser tests pass.
pub fn test(workspace: &Workspace, interrupts: &Interrupts, filter: &[String]) -> Result<bool> {
    let house = House::ready(workspace, interrupts)?;
    let at_once = std::thread::available_parallelism().map_or(1, usize::from);
    if !filter.is_empty() {
        return house.passes(interrupts, at_once, filter);
    }
    let is_timed = |file: &PathBuf| TIMED.iter().any(|timed| file.ends_with(timed));
    let (timed, others): (Vec<_>, Vec<_>) = files(&house.folder)?.into_iter().partition(is_timed);
    let others = house.passes(interrupts, at_once, &others)?;
    Ok(house.passes(interrupts, 1, &timed)? && others)
}

/// All files of tests, the longest first.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder.join("tests"))? {
        let name = entry?.file_name();
        if let Some(name) = name.to_str().filter(|name| name.ends_with(".test.mjs")) {
            names.push(name.to_owned());
        }
    }
    let place = |name: &str| LONGEST.iter().position(|long| *long == name);
    names.sort_by_key(|name| (place(name).unwrap_or(LONGEST.len()), name.clone()));
    let files = names.iter().map(|name| Path::new("tests").join(name));
    Ok(files.collect())
}

/// Everything that a test needs is there.
struct House {
    folder: PathBuf,
    program: PathBuf,
    chromium: PathBuf,
}

impl House {
    fn ready(workspace: &Workspace, interrupts: &Interrupts) -> Result<Self> {
        let folder = workspace.root().join("browser");
        find_node()?;
        let chromium = find_or_install_chromium()?;
        install_node_packages(&folder, interrupts)?;
        build(workspace, interrupts)?;
        let program = workspace.target().join("debug/rolecall");
        Ok(Self {
            folder,
            program,
            chromium,
        })
    }

    /// Whether these files of tests pass, so many at once.
    fn passes(
        &self,
        interrupts: &Interrupts,
        at_once: usize,
        files: &[impl AsRef<OsStr>],
    ) -> Result<bool> {
        let mut tests = self.node(&["--test", "--test-reporter=spec"]);
        tests
            .arg(format!("--test-concurrency={at_once}"))
            .arg(format!("--test-timeout={TEST_TIMEOUT_MS}"))
            .args(files);
        Ok(interrupts.run(&mut tests)?.success())
    }

    fn node(&self, arguments: &[&str]) -> Command {
        let mut node = Command::new("node");
        node.current_dir(&self.folder)
            .args(arguments)
            .env(PROGRAM, &self.program)
            .env(CHROMIUM, &self.chromium);
        node
    }
}

fn find_node() -> Result<()> {
    let advice = format!(
        "browser tests need Node.js {NODE_MIN} or newer and npm: install them (https://nodejs.org)"
    );
    let version = output(Command::new("node").arg("--version")).context(advice.clone())?;
    let major = version.trim().trim_start_matches('v').split('.').next();
    let major: Option<u32> = major.and_then(|major| major.parse().ok());
    ensure!(
        major.is_some_and(|major| major >= NODE_MIN),
        "{advice}; this is {}",
        version.trim()
    );
    output(Command::new("npm").arg("--version")).context(advice)?;
    Ok(())
}

/// With the fonts that the stylesheet names, so that widths are the same on every machine that is set up like this.
fn find_or_install_chromium() -> Result<PathBuf> {
    let named = std::env::var_os(CHROMIUM).map(PathBuf::from);
    let is_named = named.is_some();
    let chromium = named.unwrap_or_else(|| USUAL_CHROMIUM.into());
    let answers = || output(Command::new(&chromium).arg("--version"));
    if answers().is_ok() {
        return Ok(chromium);
    }
    let at = chromium.display();
    ensure!(!is_named, "{CHROMIUM} names {at}, which does not answer");
    println!("Chromium is missing: apt-get install chromium fonts-liberation");
    if let Err(error) = install(&["chromium", "fonts-liberation"]) {
        bail!("could not install Chromium ({error:#}); install it, or name it in {CHROMIUM}");
    }
    answers().with_context(|| format!("Chromium was installed, but {at} does not answer"))?;
    Ok(chromium)
}

/// Playwright, axe and a sign-in provider, in the versions of the lock file.
fn install_node_packages(folder: &Path, interrupts: &Interrupts) -> Result<()> {
    let changed = |path: &str| -> Option<SystemTime> {
        let file = fs::metadata(folder.join(path)).ok()?;
        file.modified().ok()
    };
    let installed = changed("node_modules/.package-lock.json");
    if installed.is_some() && installed >= changed("package-lock.json") {
        return Ok(());
    }
    let mut npm = Command::new("npm");
    npm.current_dir(folder)
        .args(["ci", "--no-audit", "--no-fund"]);
    ensure!(
        interrupts.run(&mut npm)?.success(),
        "npm ci failed in browser/"
    );
    Ok(())
}

/// The program, with the dependencies that the other tests are built with. The one example makes databases for houses on PostgreSQL, and asking
/// for examples makes cargo unite the features of development dependencies too, without which most crates would be built twice.
fn build(workspace: &Workspace, interrupts: &Interrupts) -> Result<()> {
    let mut build = Command::new(cargo());
    build.current_dir(workspace.root()).args([
        "build",
        "--workspace",
        "--exclude",
        "bench",
        "--bin",
        "rolecall",
        "--examples",
    ]);
    ensure!(
        interrupts.run(&mut build)?.success(),
        "the server does not build"
    );
    Ok(())
}
