//! Turns the readable catalogue (`crates/access/catalogue/*.toml`) into what the workspace compiles and what people
//! read: the types of the access core, and the page of permissions. Both are checked in; a test says when one is stale.
//!
//! Deterministic: the same files give the same bytes.

mod docs;
pub mod model;
pub mod rust;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use model::Catalogue;

/// One generated file: where it stands, from the root of the workspace, and what it must hold.
#[derive(Debug)]
struct Output {
    path: &'static str,
    text: String,
}

/// Writes every generated file and says which of them changed.
pub fn run() -> Result<()> {
    let root = root();
    for output in outputs(&root)? {
        let path = root.join(output.path);
        if fs::read_to_string(&path).is_ok_and(|present| present == output.text) {
            println!("unchanged  {}", output.path);
        } else {
            fs::write(&path, output.text).with_context(|| format!("writing {}", path.display()))?;
            println!("written    {}", output.path);
        }
    }
    Ok(())
}

fn outputs(root: &Path) -> Result<Vec<Output>> {
    let catalogue = Catalogue::read(&root.join("crates/access/catalogue"))?;
    Ok(vec![
        Output {
            path: "crates/access/src/catalogue/generated.rs",
            text: rust::render(&catalogue)?,
        },
        Output {
            path: "docs/permissions.md",
            text: docs::render(&catalogue)?,
        },
    ])
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;

    #[test]
    fn generated_files_are_up_to_date() {
        let root = root();
        for output in outputs(&root).unwrap() {
            let present = fs::read_to_string(root.join(output.path)).unwrap_or_default();
            assert!(
                present == output.text,
                "{} is stale: run `cargo xtask generate`",
                output.path
            );
        }
    }
}
