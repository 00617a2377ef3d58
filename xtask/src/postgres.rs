//! A PostgreSQL cluster that lives as long as one test run.
//!
//! It is made from nothing in a new directory that only its owner can open, listens on a free port of the loopback
//! interface alone, asks for a password drawn for it, and is stopped and removed when its guard is dropped. If this
//! process was killed, the next start removes what it left.

mod programs;

use std::fs::{self, DirBuilder, File};
use std::io::{BufRead as _, Read as _};
use std::net::TcpListener;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread::{sleep, spawn};
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use clap::Args;

use crate::process::{Interrupts, lives, output};
use programs::Programs;

/// Directories of clusters are named by the process that owns them.
const PREFIX: &str = "rolecall-postgres-";
const USER: &str = "rolecall";
/// Many test processes, each with a pool of its own.
const MAX_CONNECTIONS: u32 = 400;
const POLL: Duration = Duration::from_millis(50);
/// 60 seconds of polling: a slow machine, not a hung one.
const POLLS_UNTIL_READY: u32 = 1_200;
/// The free port is found before the server binds it; somebody else may be quicker.
const ATTEMPTS: u32 = 3;

#[derive(Args)]
pub struct ClusterOptions {
    /// Let PostgreSQL synchronise to the disk (slower; needed only where durable commits are timed)
    #[arg(long)]
    durable: bool,
}

#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    cluster: ClusterOptions,

    /// For tests: stop when the standard input ends; at the line `crash`, crash, start again and say `ready`
    #[arg(long)]
    attended: bool,
}

/// `cargo xtask postgres`: a cluster to try the server on.
pub fn run(options: &Options) -> Result<()> {
    let interrupts = Interrupts::listen()?;
    let mut cluster = Cluster::start(&options.cluster)?;
    println!("{}", cluster.url());
    if options.attended {
        return attend(&interrupts, &mut cluster);
    }
    println!("Ctrl-C stops it and removes its data.");
    interrupts.wait(|| cluster.runs());
    Ok(())
}

/// Does what the standard input says. That it ends with its owner is why a killed test leaves no server behind.
fn attend(interrupts: &Interrupts, cluster: &mut Cluster) -> Result<()> {
    let (sender, lines) = sync_channel(1);
    spawn(move || {
        let lines = std::io::stdin().lock().lines().map_while(Result::ok);
        for line in lines {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    while !interrupts.came() {
        match lines.recv_timeout(POLL) {
            Ok(line) if line == "crash" => {
                cluster.crash()?;
                println!("ready");
            }
            Ok(line) => bail!("{line:?} is not understood; say crash"),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    Ok(())
}

/// A running cluster; dropping it stops the server and removes its directory.
pub struct Cluster {
    url: String,
    port: u16,
    durable: bool,
    server: Child,
    directory: Directory,
}

impl Cluster {
    /// Makes and starts a cluster; installs the server programs when they are missing.
    pub fn start(options: &ClusterOptions) -> Result<Self> {
        let programs = Programs::find_or_install()?;
        let owner = Owner::choose()?;
        remove_stale(&programs, owner);

        let directory = Directory::make(programs, owner)?;
        let password = random_hex()?;
        directory.initialise(&password)?;
        let mut last = anyhow!("no attempt was made");
        for _ in 0..ATTEMPTS {
            let port = free_port()?;
            match directory.serve(port, options.durable) {
                Ok(server) => {
                    println!("started PostgreSQL on 127.0.0.1:{port} for this run");
                    return Ok(Self {
                        url: format!("postgres://{USER}:{password}@127.0.0.1:{port}/postgres"),
                        port,
                        durable: options.durable,
                        server,
                        directory,
                    });
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// Address of a database, with the right to create others.
    pub fn url(&self) -> &str {
        &self.url
    }

    fn runs(&mut self) -> bool {
        matches!(self.server.try_wait(), Ok(None))
    }

    /// Ends every process of the server at once, without a checkpoint, and lets it recover from its log.
    fn crash(&mut self) -> Result<()> {
        ensure!(self.directory.stop(), "the server did not stop");
        self.server.wait()?;
        self.server = self.directory.serve(self.port, self.durable)?;
        Ok(())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.runs() && !self.directory.stop() {
            let _gone_already = self.server.kill();
        }
        let _gone_already = self.server.wait();
        // The directory removes itself.
    }
}

/// The ordinary user who runs the server: PostgreSQL refuses to run as root.
#[derive(Clone, Copy)]
enum Owner {
    /// The one who runs us.
    Ourselves,
    /// Somebody else, because we are root.
    Other { user: u32, group: u32 },
}

impl Owner {
    fn choose() -> Result<Self> {
        if id("-u", None)? != 0 {
            return Ok(Self::Ourselves);
        }
        for name in ["postgres", "nobody"] {
            if let (Ok(user), Ok(group)) = (id("-u", Some(name)), id("-g", Some(name))) {
                println!("PostgreSQL refuses to run as root: running it as the user {name}");
                return Ok(Self::Other { user, group });
            }
        }
        bail!("PostgreSQL refuses to run as root, and neither the user postgres nor nobody exists")
    }

    /// A command run as this user, with nothing of our environment but the search path.
    fn command(self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("LC_ALL", "C")
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .stdin(Stdio::null());
        if let Self::Other { user, group } = self {
            command.uid(user).gid(group);
        }
        command
    }

    fn owns(self, path: &Path) -> bool {
        let Ok(metadata) = fs::symlink_metadata(path) else {
            return false;
        };
        let user = match self {
            Self::Ourselves => id("-u", None).ok(),
            Self::Other { user, .. } => Some(user),
        };
        metadata.is_dir() && Some(metadata.uid()) == user
    }
}

/// The directory of one cluster; removed when dropped.
struct Directory {
    path: PathBuf,
    programs: Programs,
    owner: Owner,
}

impl Directory {
    fn make(programs: Programs, owner: Owner) -> Result<Self> {
        let path = std::env::temp_dir().join(format!("{PREFIX}{}", std::process::id()));
        DirBuilder::new()
            .mode(0o700)
            .create(&path)
            .with_context(|| format!("make {}", path.display()))?;
        let directory = Self {
            path,
            programs,
            owner,
        };
        directory.give(&directory.path)?;
        Ok(directory)
    }

    fn data(&self) -> PathBuf {
        self.path.join("data")
    }

    fn log(&self) -> PathBuf {
        self.path.join("server.log")
    }

    fn command(&self, program: &str) -> Command {
        let mut command = self.owner.command(&self.programs.path(program));
        command.current_dir(&self.path);
        command
    }

    /// Hands a file over to the user who runs the server.
    fn give(&self, path: &Path) -> Result<()> {
        if let Owner::Other { user, group } = self.owner {
            chown(path, Some(user), Some(group))
                .with_context(|| format!("give {} away", path.display()))?;
        }
        Ok(())
    }

    fn initialise(&self, password: &str) -> Result<()> {
        let password_file = self.path.join("password");
        fs::write(&password_file, password)?;
        self.give(&password_file)?;
        output(
            self.command("initdb")
                .arg("--pgdata")
                .arg(self.data())
                .arg("--pwfile")
                .arg(&password_file)
                .args(["--username", USER, "--auth=scram-sha-256"])
                .args(["--encoding=UTF8", "--no-locale", "--no-sync"]),
        )?;
        fs::remove_file(&password_file)?;
        Ok(())
    }

    /// Starts the server and waits until it takes connections.
    fn serve(&self, port: u16, durable: bool) -> Result<Child> {
        let log = File::create(self.log())?;
        let mut command = self.command("postgres");
        command
            .arg("-D")
            .arg(self.data())
            .args(["-p", &port.to_string(), "-h", "127.0.0.1"])
            .args(["-c", "unix_socket_directories="])
            .args(["-c", &format!("max_connections={MAX_CONNECTIONS}")])
            .stdout(log.try_clone()?)
            .stderr(log);
        if !durable {
            command.args(["-c", "fsync=off", "-c", "full_page_writes=off"]);
        }
        let mut server = command.spawn().context("start postgres")?;
        for _ in 0..POLLS_UNTIL_READY {
            if server.try_wait()?.is_some() {
                let log = fs::read_to_string(self.log()).unwrap_or_default();
                bail!("PostgreSQL did not start:\n{log}");
            }
            if self.is_ready() {
                return Ok(server);
            }
            sleep(POLL);
        }
        server.kill()?;
        server.wait()?;
        bail!("PostgreSQL took too long to start")
    }

    /// The last line of the server's pid file tells its state; `pg_ctl` itself looks there.
    fn is_ready(&self) -> bool {
        fs::read_to_string(self.data().join("postmaster.pid")).is_ok_and(|file| {
            file.lines()
                .last()
                .is_some_and(|line| line.trim() == "ready")
        })
    }

    /// Stops the server without ceremony: its data are thrown away. False if there was none or it did not stop.
    fn stop(&self) -> bool {
        self.command("pg_ctl")
            .args(["stop", "--silent", "--wait", "--mode=immediate", "--pgdata"])
            .arg(self.data())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.path) {
            eprintln!("could not remove {}: {error}", self.path.display());
        }
    }
}

/// Stops and removes the clusters of processes that were killed before they could.
fn remove_stale(programs: &Programs, owner: Owner) {
    let Ok(entries) = fs::read_dir(std::env::temp_dir()) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let maker = name
            .to_str()
            .and_then(|name| name.strip_prefix(PREFIX))
            .and_then(|pid| pid.parse().ok());
        let path = entry.path();
        // Anybody may make a directory in a shared one: touch only our own.
        if maker.is_some_and(|pid| !lives(pid)) && owner.owns(&path) {
            println!("removing {}, left by a run that was killed", path.display());
            let stale = Directory {
                path,
                programs: programs.clone(),
                owner,
            };
            stale.stop();
        }
    }
}

fn id(flag: &str, name: Option<&str>) -> Result<u32> {
    let text = output(Command::new("id").arg(flag).args(name))?;
    Ok(text.trim().parse()?)
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

fn random_hex() -> Result<String> {
    let mut bytes = [0_u8; 16];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
