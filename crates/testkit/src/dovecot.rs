//! Dovecot, as Debian has it: a server from which mails are fetched by IMAP. It listens on this machine alone, and touches nothing of a Dovecot
//! that is installed.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test whose mail server cannot be made has failed"
)]

use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::certificates;
use crate::program::{Program, find, free_port, give, is_root, open_to_others, wait_for};

/// Its one user.
pub const USER: &str = "desk";
/// The password of that user.
pub const PASSWORD: &str = "secret";
/// The access token that counts.
pub const TOKEN: &str = "ya29anaccesstoken";

/// A running Dovecot.
#[derive(Debug)]
pub struct Dovecot {
    port: u16,
    port_with_tls: u16,
    // Ended before its folder is removed.
    _program: Program,
    folder: TempDir,
}

impl Dovecot {
    /// Starts one.
    pub async fn start() -> Self {
        let program = find(&["/usr/sbin/dovecot"], "dovecot-imapd");
        let folder = TempDir::new().expect("a folder");
        let at = folder.path();
        open_to_others(at);
        for name in ["run", "state", "home"] {
            fs::create_dir(at.join(name)).expect("a folder");
            open_to_others(&at.join(name));
        }
        let here = at.display();
        let (port, port_with_tls) = (free_port(), free_port());
        // As root, mails belong to somebody else: Dovecot works on none of root's.
        let (owner, programs) = if is_root() {
            give(&at.join("home"), "nobody");
            ("uid=nobody gid=nogroup".to_owned(), String::new())
        } else {
            let name = |flag: &str| {
                let said = std::process::Command::new("id").arg(flag).output();
                let said = String::from_utf8(said.expect("id runs").stdout);
                said.expect("a name").trim().to_owned()
            };
            let (user, group) = (name("-un"), name("-gn"));
            let programs = format!(
                "default_internal_user = {user}\ndefault_login_user = {user}\ndefault_internal_group = {group}\n"
            );
            (format!("uid={user} gid={group}"), programs)
        };
        let providers = provider().await;
        fs::write(
            at.join("oauth2.conf"),
            format!(
                "introspection_mode = post\n\
                 introspection_url = http://127.0.0.1:{providers}/\n\
                 username_attribute = username\n\
                 active_attribute = active\n\
                 active_value = true\n"
            ),
        )
        .unwrap();
        let (certificate, key) = (certificates::SERVER, certificates::SERVER_KEY);
        fs::write(
            at.join("dovecot.conf"),
            format!(
                "base_dir = {here}/run\n\
                 state_dir = {here}/state\n\
                 protocols = imap\n\
                 listen = 127.0.0.1\n\
                 log_path = {here}/mail.log\n\
                 ssl = yes\n\
                 ssl_cert = <{certificate}\n\
                 ssl_key = <{key}\n\
                 disable_plaintext_auth = no\n\
                 auth_mechanisms = plain login xoauth2\n\
                 auth_failure_delay = 0\n\
                 mail_location = maildir:{here}/home/Maildir\n\
                 first_valid_uid = 1\n\
                 first_valid_gid = 1\n\
                 {programs}\
                 passdb {{\n driver = static\n mechanisms = plain login\n args = password={PASSWORD}\n}}\n\
                 passdb {{\n driver = oauth2\n mechanisms = xoauth2\n args = {here}/oauth2.conf\n}}\n\
                 userdb {{\n driver = static\n args = {owner} home={here}/home\n}}\n\
                 namespace inbox {{\n inbox = yes\n mailbox Done {{\n auto = create\n }}\n}}\n\
                 service imap-login {{\n chroot =\n\
                 inet_listener imap {{\n port = {port}\n }}\n\
                 inet_listener imaps {{\n port = {port_with_tls}\n ssl = yes\n }}\n}}\n\
                 service anvil {{\n chroot =\n}}\n"
            ),
        )
        .unwrap();
        let pid = at.join("run/master.pid");
        let conf = format!("{here}/dovecot.conf");
        let program = Program::start(&pid, &program, &["-F", "-c", &conf]);
        wait_for(port, &at.join("mail.log"));
        Self {
            port,
            port_with_tls,
            _program: program,
            folder,
        }
    }

    /// Its folder of new mails, as a program of ours takes it: in the clear, on this machine.
    pub fn url(&self) -> String {
        format!("imap://{USER}:{PASSWORD}@127.0.0.1:{}/INBOX", self.port)
    }

    /// The same with TLS. Whoever trusts [`certificates::ROOT`] trusts it, as `localhost`.
    pub fn url_with_tls(&self) -> String {
        format!(
            "imaps://{USER}:{PASSWORD}@localhost:{}/INBOX",
            self.port_with_tls
        )
    }

    /// The same for somebody who has an access token in the place of a password.
    pub fn url_for_token(&self) -> String {
        self.url_with_tls().replace(&format!(":{PASSWORD}@"), "@")
    }

    /// Puts a mail into the folder of new mails.
    pub fn deliver(&self, name: &str, mail: &str) {
        let new = self.mails().join("new");
        for folder in ["new", "cur", "tmp"] {
            let folder = self.mails().join(folder);
            if !folder.exists() {
                fs::create_dir_all(&folder).expect("a folder");
                if is_root() {
                    give(&self.mails(), "nobody");
                    give(&folder, "nobody");
                }
            }
        }
        let path = self.mails().join("tmp").join(name);
        fs::write(&path, mail).expect("a mail");
        if is_root() {
            give(&path, "nobody");
        }
        fs::rename(&path, new.join(name)).expect("a mail");
    }

    /// How many mails of a folder were seen, and how many were not. The folder of new mails has no name.
    pub fn count(&self, folder: &str) -> (usize, usize) {
        let mut at = self.mails();
        if !folder.is_empty() {
            at = at.join(format!(".{folder}"));
        }
        let names = |of: &str| -> Vec<String> {
            let files = fs::read_dir(at.join(of)).into_iter().flatten().flatten();
            files
                .map(|file| file.file_name().to_string_lossy().into_owned())
                .collect()
        };
        let (new, known) = (names("new"), names("cur"));
        // Flags stand behind a comma: S is seen.
        let is_seen = |name: &&String| {
            name.rsplit_once(",")
                .is_some_and(|(_, flags)| flags.contains('S'))
        };
        let seen = known.iter().filter(is_seen).count();
        (seen, new.len() + known.len() - seen)
    }

    /// What it wrote down.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("mail.log")).unwrap_or_default()
    }

    fn mails(&self) -> PathBuf {
        self.folder.path().join("home/Maildir")
    }
}

/// What Dovecot asks about access tokens (RFC 7662): there is one that counts.
async fn provider() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut asked = vec![0; 8_192];
                let mut length = 0;
                let counts = loop {
                    let Ok(read @ 1..) = stream.read(&mut asked[length..]).await else {
                        break false;
                    };
                    length += read;
                    let text = String::from_utf8_lossy(&asked[..length]);
                    if let Some((_, body)) = text.split_once("\r\n\r\n")
                        && body.contains("token=")
                    {
                        break body.split('&').any(|part| part == format!("token={TOKEN}"));
                    }
                };
                let answer = format!(r#"{{"active":{counts},"username":"{USER}"}}"#);
                let answer = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{answer}",
                    answer.len()
                );
                let _gone_already = stream.write_all(answer.as_bytes()).await;
            });
        }
    });
    port
}
