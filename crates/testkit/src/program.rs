//! A program that ends with the test, however that ends.

#![expect(
    clippy::expect_used,
    reason = "a test whose programs do not run has failed"
)]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Longest wait for a program to be ready, or to end.
const PATIENCE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(20);

/// Starts the program that the arguments name, and ends it when the standard input does: that happens when the test is over, killed ones
/// included. `$0` is the file that will hold the id of its process.
const KEEPER: &str = r#"
"$@" </dev/null &
cat >/dev/null
tries=0
while [ ! -s "$0" ] && [ "$tries" -lt 50 ]; do sleep 0.1; tries=$((tries + 1)); done
[ ! -s "$0" ] || kill $(cat "$0")
wait
"#;

/// A running program.
#[derive(Debug)]
pub(crate) struct Program(Child);

impl Program {
    /// Starts one that writes the id of its process to this file.
    pub fn start(pid: &Path, program: &Path, arguments: &[&str]) -> Self {
        let child = Command::new("sh")
            .args(["-c", KEEPER])
            .arg(pid)
            .arg(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell runs");
        Self(child)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.0.stdin = None;
        let _ended_anyhow = self.0.wait();
    }
}

/// The first of these files that is there; otherwise the test says how to get it.
pub(crate) fn find(places: &[&str], packages: &str) -> PathBuf {
    let found = places.iter().map(PathBuf::from).find(|path| path.exists());
    found.unwrap_or_else(|| {
        panic!(
            "{} is missing: apt-get install {packages}",
            places.join(" or ")
        )
    })
}

/// A port that nobody listens at.
pub(crate) fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

/// Until somebody listens at the port; otherwise the test shows the program's log.
pub(crate) fn wait_for(port: u16, log: &Path) {
    #[expect(clippy::disallowed_methods, reason = "it waits for another program")]
    let began = Instant::now();
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(
            began.elapsed() < PATIENCE,
            "nobody listens at {port}:\n{}",
            std::fs::read_to_string(log).unwrap_or_default()
        );
        std::thread::sleep(POLL);
    }
}

/// Lets every user of the machine look into a folder; programs that start as root go on as others.
pub(crate) fn open_to_others(folder: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).expect("ours");
}

/// Whether we are root.
pub(crate) fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").is_ok_and(|of| of.uid() == 0)
}

/// Gives a file to a user of the machine.
pub(crate) fn give(path: &Path, user: &str) {
    let given = Command::new("chown").arg(user).arg(path).status();
    assert!(given.is_ok_and(|status| status.success()), "{user} has it");
}
