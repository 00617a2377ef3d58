//! Where the server programs of PostgreSQL are, or how to get them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::packages::install;

/// Where package managers put the programs of one version: the folder above, and what stands below it.
const USUAL_PLACES: [(&str, &str); 4] = [
    ("/usr/lib/postgresql", "bin"), // Debian: /usr/lib/postgresql/15/bin
    ("/usr/pgsql", "bin"),
    ("/opt/homebrew/opt", "bin"), // Homebrew: /opt/homebrew/opt/postgresql@17/bin
    ("/usr/local/opt", "bin"),
];

/// The folder that holds `initdb`, `postgres` and `pg_ctl` of one version.
#[derive(Clone)]
pub struct Programs(PathBuf);

impl Programs {
    /// Finds them, or installs them where we may, and says so.
    pub fn find_or_install() -> Result<Self> {
        if let Some(found) = Self::find() {
            return Ok(found);
        }
        println!("PostgreSQL's server programs are missing: apt-get install postgresql");
        if let Err(error) = install(&["postgresql"]) {
            bail!(
                "could not install PostgreSQL ({error:#}); \
                 install it, or set ROLECALL_TEST_POSTGRES to the address of a server to use"
            );
        }
        match Self::find() {
            Some(found) => Ok(found),
            None => bail!("PostgreSQL was installed, but its server programs were not found"),
        }
    }

    /// The full path of one of the programs.
    pub fn path(&self, program: &str) -> PathBuf {
        self.0.join(program)
    }

    fn find() -> Option<Self> {
        let search_path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&search_path)
            .chain(usual_places())
            .find_map(|folder| Self::in_folder(&folder))
    }

    /// A link on the search path leads to the folder where all of one version stand.
    fn in_folder(folder: &Path) -> Option<Self> {
        let initdb = fs::canonicalize(folder.join("initdb")).ok()?;
        let folder = initdb.parent()?.to_owned();
        let complete = ["postgres", "pg_ctl"]
            .iter()
            .all(|program| folder.join(program).is_file());
        complete.then_some(Self(folder))
    }
}

/// The folders of installed versions, the newest first.
fn usual_places() -> Vec<PathBuf> {
    let mut places: Vec<PathBuf> = USUAL_PLACES
        .iter()
        .filter_map(|(above, below)| Some((fs::read_dir(above).ok()?, below)))
        .flat_map(|(entries, below)| entries.flatten().map(move |entry| entry.path().join(below)))
        .collect();
    places.sort_by_key(|place| std::cmp::Reverse(major_version(place)));
    places
}

/// 15 of `/usr/lib/postgresql/15/bin`.
fn major_version(place: &Path) -> Option<u32> {
    let name = place.parent()?.file_name()?.to_str()?;
    let digits = name.trim_start_matches(|c: char| !c.is_ascii_digit());
    digits.split('.').next()?.parse().ok()
}
