//! Packages of the operating system that the tests need: installed where they are missing and we may.

use std::process::Command;

use anyhow::{Result, bail};

use crate::process::output;

/// Installs packages.
pub fn install(packages: &[&str]) -> Result<()> {
    output(Command::new("apt-get").arg("update"))?;
    output(
        Command::new("apt-get")
            .args(["install", "-y", "--no-install-recommends"])
            .args(packages)
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )?;
    Ok(())
}

/// Sees to it that `strace` is there: a test counts what a server synchronises to the disk. Only Linux has it.
pub fn find_or_install_strace() -> Result<()> {
    if !cfg!(target_os = "linux") || output(Command::new("strace").arg("--version")).is_ok() {
        return Ok(());
    }
    println!("strace is missing: apt-get install strace");
    if let Err(error) = install(&["strace"]) {
        bail!("could not install strace ({error:#}); install it");
    }
    Ok(())
}

/// Sees to it that Debian's Postfix and Dovecot are there: tests start them, each with a configuration of its own. Where there is no apt-get
/// the tests say what is missing.
pub fn find_or_install_mail_servers() -> Result<()> {
    let programs = [
        ("/usr/sbin/postfix", "postfix"),
        ("/usr/sbin/dovecot", "dovecot-imapd"),
    ];
    let missing: Vec<_> = programs
        .into_iter()
        .filter(|(path, _)| !std::path::Path::new(path).exists())
        .map(|(_, package)| package)
        .collect();
    if missing.is_empty() || output(Command::new("apt-get").arg("--version")).is_err() {
        return Ok(());
    }
    let all = missing.join(" ");
    println!("mail servers are missing: apt-get install {all}");
    if let Err(error) = install(&missing) {
        bail!("could not install {all} ({error:#}); install them");
    }
    Ok(())
}
