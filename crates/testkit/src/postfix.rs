//! Postfix, as Debian has it: a mail server that takes mails by SMTP and hands them over by LMTP. It listens on this machine alone, has its own
//! configuration and queue, and touches nothing of a Postfix that is installed.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test whose mail server cannot be made has failed"
)]

use std::fs;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::program::{Program, find, free_port, give, is_root, open_to_others, wait_for};

/// The name by which it vouches for senders.
pub const NAME: &str = "mx.example.org";

/// A running Postfix.
#[derive(Debug)]
pub struct Postfix {
    port: u16,
    // Ended before its folder is removed.
    _program: Program,
    folder: TempDir,
}

impl Postfix {
    /// Hands over mails to this domain at this port of the machine. It vouches for the senders in `verified`, and says of all others that
    /// they failed; a mail that is put off is tried again within seconds, or when it is flushed.
    pub fn start(domain: &str, lmtp: u16, verified: &[&str]) -> Self {
        let program = find(&["/usr/sbin/postfix"], "postfix");
        assert!(
            is_root(),
            "Postfix starts as root only: run this test as root"
        );
        let folder = TempDir::new().expect("a folder");
        let at = folder.path();
        open_to_others(at);
        for name in ["conf", "queue", "data"] {
            fs::create_dir(at.join(name)).expect("a folder");
            open_to_others(&at.join(name));
        }
        give(&at.join("data"), "postfix");
        let here = at.display();
        let port = free_port();
        let vouched: String = verified
            .iter()
            .map(|address| {
                let (_, of) = address.split_once('@').expect("an address");
                format!("{address} PREPEND Authentication-Results: {NAME}; dmarc=pass header.from={of}\n")
            })
            .collect();
        let failed = format!("/./ PREPEND Authentication-Results: {NAME}; dmarc=fail\n");
        fs::write(at.join("conf/vouched"), vouched).unwrap();
        fs::write(at.join("conf/failed"), failed).unwrap();
        fs::write(
            at.join("conf/main.cf"),
            format!(
                "compatibility_level = 3.6\n\
                 queue_directory = {here}/queue\n\
                 data_directory = {here}/data\n\
                 mail_owner = postfix\n\
                 setgid_group = postdrop\n\
                 inet_interfaces = 127.0.0.1\n\
                 inet_protocols = ipv4\n\
                 myhostname = {NAME}\n\
                 mydestination =\n\
                 alias_maps =\n\
                 local_recipient_maps =\n\
                 mynetworks = 127.0.0.0/8\n\
                 virtual_mailbox_domains = {domain}\n\
                 virtual_transport = lmtp:inet:127.0.0.1:{lmtp}\n\
                 default_transport = discard:\n\
                 smtpd_sender_restrictions = check_sender_access texthash:{here}/conf/vouched, \
                 check_sender_access regexp:{here}/conf/failed\n\
                 maillog_file = {here}/mail.log\n\
                 maillog_file_prefixes = {here}\n\
                 queue_run_delay = 1s\n\
                 minimal_backoff_time = 1s\n\
                 maximal_backoff_time = 1s\n"
            ),
        )
        .unwrap();
        fs::write(
            at.join("conf/master.cf"),
            format!(
                "127.0.0.1:{port} inet n - n - - smtpd\n\
                 pickup unix n - n 60 1 pickup\n\
                 cleanup unix n - n - 0 cleanup\n\
                 qmgr unix n - n 300 1 qmgr\n\
                 rewrite unix - - n - - trivial-rewrite\n\
                 bounce unix - - n - 0 bounce\n\
                 defer unix - - n - 0 bounce\n\
                 trace unix - - n - 0 bounce\n\
                 error unix - - n - - error\n\
                 retry unix - - n - - error\n\
                 discard unix - - n - - discard\n\
                 lmtp unix - - n - - lmtp\n\
                 anvil unix - - n - 1 anvil\n\
                 postlog unix-dgram n - n - 1 postlogd\n"
            ),
        )
        .unwrap();
        let pid = at.join("queue/pid/master.pid");
        let conf = format!("{here}/conf");
        let program = Program::start(&pid, &program, &["-c", &conf, "start-fg"]);
        wait_for(port, &at.join("mail.log"));
        Self {
            port,
            _program: program,
            folder,
        }
    }

    /// Where it takes mails by SMTP, in the clear.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Has it try again now what it was to try later. Its own clock for that is another one's: it has been seen to sleep for half a minute.
    pub fn flush(&self) {
        let program = find(&["/usr/sbin/postfix"], "postfix");
        let flushed = Command::new(program)
            .arg("-c")
            .arg(self.folder.path().join("conf"))
            .arg("flush")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        assert!(
            flushed.is_ok_and(|status| status.success()),
            "{}",
            self.log()
        );
    }

    /// What it wrote down.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("mail.log")).unwrap_or_default()
    }
}
