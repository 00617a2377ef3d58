//! Child processes that Ctrl-C ends without leaving anything behind.

use std::process::{Command, ExitStatus};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

const POLL: Duration = Duration::from_millis(50);

/// Ctrl-C, SIGTERM and SIGHUP, as messages instead of a sudden end, so that guards are dropped.
pub struct Interrupts(Receiver<()>);

impl Interrupts {
    /// Takes over the signals of this process; to be called once.
    pub fn listen() -> Result<Self> {
        let (sender, receiver) = sync_channel(1);
        ctrlc::set_handler(move || {
            let _already_on_its_way = sender.try_send(());
        })
        .context("listen for Ctrl-C")?;
        Ok(Self(receiver))
    }

    /// Whether the user wants to stop.
    pub fn came(&self) -> bool {
        self.0.try_recv().is_ok()
    }

    /// Waits until the user wants to stop, or `child` ends by itself.
    pub fn wait(&self, mut child_runs: impl FnMut() -> bool) {
        while !self.came() && child_runs() {
            sleep(POLL);
        }
    }

    /// Runs a command to its end. When interrupted, ends the command first and then fails.
    pub fn run(&self, command: &mut Command) -> Result<ExitStatus> {
        let mut child = command
            .spawn()
            .with_context(|| format!("start {}", command.get_program().display()))?;
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok(status);
            }
            if self.came() {
                // From a terminal the child has had the signal too; from `kill` only we have.
                terminate(child.id());
                child.wait()?;
                bail!("interrupted");
            }
            sleep(POLL);
        }
    }
}

/// Asks a process to end. That it may be gone already is no error.
fn terminate(pid: u32) {
    let _gone_already = Command::new("sh")
        .args(["-c", &format!("kill -TERM {pid} 2>/dev/null")])
        .status();
}

/// Whether a process of this id lives.
pub fn lives(pid: u32) -> bool {
    Command::new("sh")
        .args(["-c", &format!("kill -0 {pid} 2>/dev/null")])
        .status()
        .is_ok_and(|status| status.success())
}

/// Runs a command that must succeed and returns what it printed.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command
        .output()
        .with_context(|| format!("start {}", command.get_program().display()))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        bail!(
            "{} failed ({}):\n{text}{}",
            command.get_program().display(),
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(text)
}
