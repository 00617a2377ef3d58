//! Testers of others that are programs of Python: each in an environment of its own below `target/`, in the versions that a file of
//! requirements names.
//!
//! Nothing is resolved: what they pull in stands in the file too, so that a run tests today what it tested yesterday.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::Workspace;
use crate::packages::install;
use crate::process::output;

/// Which versions are installed, as the file of requirements said.
const INSTALLED: &str = "installed.txt";

/// A tester, and what is installed for it.
pub struct Tester {
    /// What the environment is called.
    pub name: &'static str,
    /// The file of requirements, below the root of the workspace.
    pub requirements: &'static str,
    /// Its program.
    pub program: &'static str,
    /// Where tests find that program.
    pub variable: &'static str,
}

/// Of what an OpenAPI document says; `crates/server/tests/processes/fuzz.rs` runs it.
pub const OPENAPI: Tester = Tester {
    name: "schemathesis",
    requirements: "crates/server/tests/processes/fuzz/requirements.txt",
    program: "schemathesis",
    variable: "ROLECALL_SCHEMATHESIS",
};

/// Of SCIM servers; `crates/server/tests/processes/scim_tester.rs` runs it.
pub const SCIM: Tester = Tester {
    name: "scim-tester",
    requirements: "crates/server/tests/processes/scim_tester/requirements.txt",
    program: "scim2",
    variable: "ROLECALL_SCIM_TESTER",
};

impl Tester {
    /// Sees to it that it is there; its program.
    pub fn find_or_install(&self, workspace: &Workspace) -> Result<PathBuf> {
        let requirements = workspace.root().join(self.requirements);
        let wanted = fs::read_to_string(&requirements)
            .with_context(|| format!("read {}", requirements.display()))?;
        let environment = workspace.target().join("python").join(self.name);
        let program = environment.join("bin").join(self.program);
        let installed = fs::read_to_string(environment.join(INSTALLED));
        if installed.is_ok_and(|installed| installed == wanted) && program.exists() {
            return Ok(program);
        }
        println!("{} is missing: installing it with pip", self.name);
        make(&environment)?;
        let pip = || {
            let mut pip = Command::new(environment.join("bin/python"));
            pip.args(["-m", "pip", "--disable-pip-version-check"]);
            pip
        };
        let mut install = pip();
        install.args(["install", "--no-deps", "--only-binary=:all:"]);
        output(install.arg("--requirement").arg(&requirements))
            .with_context(|| format!("install {}", self.name))?;
        output(pip().arg("check")).with_context(|| format!("check {}", self.name))?;
        // Last of all: an installation that was interrupted is made again.
        fs::write(environment.join(INSTALLED), wanted)?;
        Ok(program)
    }
}

/// An empty environment; Debian has what makes one in a package of its own.
fn make(environment: &Path) -> Result<()> {
    let make = || {
        let mut python = Command::new("python3");
        python.args(["-m", "venv", "--clear"]).arg(environment);
        output(&mut python)
    };
    if make().is_ok() {
        return Ok(());
    }
    println!("Python's venv is missing: apt-get install python3-venv");
    if let Err(error) = install(&["python3-venv"]) {
        bail!("could not install python3-venv ({error:#}); install Python 3 with venv");
    }
    make().context("make an environment of Python")?;
    Ok(())
}
