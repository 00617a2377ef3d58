//! Configuration: command line, then environment (`ROLECALL_…`), then a TOML file, then the default.

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context, bail, ensure};
use clap::Args;
use ipnet::IpNet;
use ledger::{
    Account, Database, DatabaseConfig, Engine, LedgerError, SystemClock, SystemRandomness,
};
use serde::Deserialize;
use url::Url;
use web::{Limits, sign_ins::Lifetimes, tls::Tls};

/// Where the database is.
#[derive(Clone, Debug, Default, Args, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Storage {
    /// A SQLite file, or postgres://user:password@host:port/database. [default: rolecall.db]
    #[arg(long, env = "ROLECALL_DATABASE", hide_env_values = true)]
    pub database: Option<String>,
}

impl Storage {
    /// As the ledger wants it.
    pub fn config(&self) -> DatabaseConfig {
        DatabaseConfig::at(self.address())
    }

    fn address(&self) -> &str {
        self.database.as_deref().unwrap_or("rolecall.db")
    }

    /// The same, for what works on a database that is there: a slip in its name must not make another.
    pub async fn existing(&self) -> anyhow::Result<DatabaseConfig> {
        let config = self.config();
        ensure!(
            is_there(&config).await?,
            "there is no Rolecall database at {config}: name another with --database, or make one with `rolecall serve` or `rolecall demo`"
        );
        Ok(config)
    }

    /// Opens a ledger that is there.
    pub async fn open(&self) -> anyhow::Result<Engine> {
        open(self.existing().await?).await
    }

    /// Opens a ledger that is there, with the account in it.
    pub async fn open_account(&self) -> anyhow::Result<(Engine, Account)> {
        let engine = self.open().await?;
        let id = engine.accounts(None, 1).await?.first().copied();
        let account = engine.account(id.ok_or(LedgerError::NoAccount)?).await?;
        ensure!(
            account.state().account().open,
            "nobody is in this database yet: `rolecall serve` prints the link that sets it up, `rolecall demo` makes a filled one"
        );
        Ok((engine, account))
    }
}

/// Whether a ledger stands there.
pub(crate) async fn is_there(config: &DatabaseConfig) -> anyhow::Result<bool> {
    let is_there = Database::is_there(config).await;
    is_there.with_context(|| cannot_be_opened(config))
}

/// Opens the database alone.
pub(crate) async fn open_database(config: &DatabaseConfig) -> anyhow::Result<Database> {
    let database = Database::open(config).await;
    database.with_context(|| cannot_be_opened(config))
}

/// Opens a ledger with the clock and the randomness of the machine.
pub async fn open(config: DatabaseConfig) -> anyhow::Result<Engine> {
    let complaint = cannot_be_opened(&config);
    let engine = Engine::open(
        config,
        Arc::new(SystemClock),
        Arc::new(SystemRandomness),
        crate::CONSEQUENCES,
    )
    .await;
    engine.context(complaint)
}

fn cannot_be_opened(config: &DatabaseConfig) -> String {
    format!("the database {config} cannot be opened")
}

/// Every option of `serve`. A file given by --config holds the same names, with underscores.
#[derive(Clone, Debug, Default, Args, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// A TOML file with any of these options.
    #[arg(long, env = "ROLECALL_CONFIG")]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// The address to listen on. [default: 127.0.0.1:8080]
    #[arg(long, env = "ROLECALL_LISTEN")]
    pub listen: Option<SocketAddr>,
    /// A SQLite file, or postgres://user:password@host:port/database. [default: rolecall.db]
    #[arg(long, env = "ROLECALL_DATABASE", hide_env_values = true)]
    pub database: Option<String>,
    /// A file with a certificate in PEM form, followed by what signed it: the server speaks TLS by itself. It is read again when it
    /// changes. [default: none, a proxy in front speaks TLS]
    #[arg(long, env = "ROLECALL_TLS_CERTIFICATE", requires = "tls_key")]
    pub tls_certificate: Option<PathBuf>,
    /// A file with the key of the certificate, in PEM form and without a password.
    #[arg(long, env = "ROLECALL_TLS_KEY", requires = "tls_certificate")]
    pub tls_key: Option<PathBuf>,
    /// The address under which callers reach this server, for links and for AuthZEN's metadata, which needs https; passkeys belong to its
    /// host. [default: the address listened on]
    #[arg(long, env = "ROLECALL_EXTERNAL_URL")]
    pub external_url: Option<String>,
    /// The mail server: smtp://user:password@host:587, or smtps:// where TLS begins at once; without TLS on this machine only. [default:
    /// none, mails wait]
    #[arg(long, env = "ROLECALL_SMTP", hide_env_values = true)]
    pub smtp: Option<String>,
    /// The sender of mails, like Rolecall <rolecall@example.org>; needed with --smtp.
    #[arg(long, env = "ROLECALL_MAIL_FROM")]
    pub mail_from: Option<String>,
    /// A file with the newest access token of the mail server, in the place of a password in --smtp (XOAUTH2). A program of the operator
    /// keeps it fresh. [default: none]
    #[arg(long, env = "ROLECALL_SMTP_TOKEN", requires = "smtp")]
    pub smtp_token: Option<PathBuf>,
    /// Where a mail server hands over mails to addresses of services: lmtp://127.0.0.1:2424 or unix:/run/rolecall/lmtp. [default: none]
    #[arg(long, env = "ROLECALL_LMTP")]
    pub lmtp: Option<String>,
    /// A folder of a mail server from which mails to services are fetched: imaps://user:password@host/INBOX, and ?moved=Folder where they go
    /// elsewhere when they are stored; may be given several times. [default: none]
    #[arg(
        long,
        env = "ROLECALL_IMAP",
        value_delimiter = ',',
        hide_env_values = true
    )]
    pub imap: Option<Vec<String>>,
    /// The files with access tokens of those of --imap that name no password, in their order (XOAUTH2).
    #[arg(long, env = "ROLECALL_IMAP_TOKEN", value_delimiter = ',')]
    pub imap_token: Option<Vec<PathBuf>>,
    /// The name under which a mail server of the operator says whether a sender is true (Authentication-Results, RFC 8601), like
    /// mx.example.org; it has to take away what others wrote under this name. May be given several times. [default: none, no sender is
    /// verified]
    #[arg(long, env = "ROLECALL_MAIL_TRUSTED", value_delimiter = ',')]
    pub mail_trusted: Option<Vec<String>>,
    /// What is logged: a level, or directives like web=debug. [default: info]
    #[arg(long, env = "ROLECALL_LOG")]
    pub log: Option<String>,
    /// How it is logged: text or json. [default: text]
    #[arg(long, env = "ROLECALL_LOG_FORMAT")]
    pub log_format: Option<LogFormat>,
    /// Whether /metrics answers. [default: true]
    #[arg(long, env = "ROLECALL_METRICS")]
    pub metrics: Option<bool>,
    /// Bytes of a request body. [default: 1048576]
    #[arg(long, env = "ROLECALL_BODY_BYTES")]
    pub body_bytes: Option<usize>,
    /// Seconds that a request may take. [default: 30]
    #[arg(long, env = "ROLECALL_REQUEST_SECONDS")]
    pub request_seconds: Option<u64>,
    /// Requests worked on at once. [default: 1024]
    #[arg(long, env = "ROLECALL_CONCURRENT_REQUESTS")]
    pub concurrent_requests: Option<usize>,
    /// Requests of one caller worked on at once. [default: 256]
    #[arg(long, env = "ROLECALL_CONCURRENT_REQUESTS_PER_CALLER")]
    pub concurrent_requests_per_caller: Option<usize>,
    /// Requests per second and token. [default: 2000]
    #[arg(long, env = "ROLECALL_REQUESTS_PER_TOKEN")]
    pub requests_per_token: Option<u32>,
    /// Requests per second and network address without a valid token. [default: 20]
    #[arg(long, env = "ROLECALL_REQUESTS_PER_ADDRESS")]
    pub requests_per_address: Option<u32>,
    /// Open connections. [default: 4096]
    #[arg(long, env = "ROLECALL_CONNECTIONS")]
    pub connections: Option<usize>,
    /// Open connections of one network address. [default: 1024]
    #[arg(long, env = "ROLECALL_CONNECTIONS_PER_ADDRESS")]
    pub connections_per_address: Option<usize>,
    /// The network of a proxy whose X-Forwarded-For counts, like 10.0.0.0/8; may be given several times. [default: none]
    #[arg(long, env = "ROLECALL_TRUSTED_PROXY", value_delimiter = ',')]
    pub trusted_proxy: Option<Vec<IpNet>>,
    /// A network that is not public, like 10.1.0.0/16, into which webhooks and other requests to addresses that somebody typed in may lead, with
    /// TLS or without; may be given several times. [default: none]
    #[arg(long, env = "ROLECALL_OUTGOING_NETWORK", value_delimiter = ',')]
    pub outgoing_network: Option<Vec<IpNet>>,
    /// Minutes that somebody stays signed in at a browser without asking for anything. [default: 720]
    #[arg(long, env = "ROLECALL_SIGN_IN_IDLE_MINUTES")]
    pub sign_in_idle_minutes: Option<u64>,
    /// Minutes that somebody stays signed in at a browser altogether. [default: 720]
    #[arg(long, env = "ROLECALL_SIGN_IN_MINUTES")]
    pub sign_in_minutes: Option<u64>,
    /// Seconds that running requests get to finish when the server stops. [default: 20]
    #[arg(long, env = "ROLECALL_DRAIN_SECONDS")]
    pub drain_seconds: Option<u64>,
}

/// How lines of the log look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

impl Settings {
    /// With what the file says where command line and environment say nothing.
    pub fn complete(self) -> anyhow::Result<Self> {
        let Some(path) = &self.config else {
            return Ok(self);
        };
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("{} cannot be read", path.display()))?;
        let file = toml::from_str(&text)
            .with_context(|| format!("{} is not as it should be", path.display()))?;
        Ok(self.or(file))
    }

    fn or(self, file: Self) -> Self {
        Self {
            config: self.config,
            listen: self.listen.or(file.listen),
            database: self.database.or(file.database),
            tls_certificate: self.tls_certificate.or(file.tls_certificate),
            tls_key: self.tls_key.or(file.tls_key),
            external_url: self.external_url.or(file.external_url),
            smtp: self.smtp.or(file.smtp),
            mail_from: self.mail_from.or(file.mail_from),
            smtp_token: self.smtp_token.or(file.smtp_token),
            lmtp: self.lmtp.or(file.lmtp),
            imap: self.imap.or(file.imap),
            imap_token: self.imap_token.or(file.imap_token),
            mail_trusted: self.mail_trusted.or(file.mail_trusted),
            log: self.log.or(file.log),
            log_format: self.log_format.or(file.log_format),
            metrics: self.metrics.or(file.metrics),
            body_bytes: self.body_bytes.or(file.body_bytes),
            request_seconds: self.request_seconds.or(file.request_seconds),
            concurrent_requests: self.concurrent_requests.or(file.concurrent_requests),
            concurrent_requests_per_caller: self
                .concurrent_requests_per_caller
                .or(file.concurrent_requests_per_caller),
            requests_per_token: self.requests_per_token.or(file.requests_per_token),
            requests_per_address: self.requests_per_address.or(file.requests_per_address),
            connections: self.connections.or(file.connections),
            connections_per_address: self
                .connections_per_address
                .or(file.connections_per_address),
            trusted_proxy: self.trusted_proxy.or(file.trusted_proxy),
            outgoing_network: self.outgoing_network.or(file.outgoing_network),
            sign_in_idle_minutes: self.sign_in_idle_minutes.or(file.sign_in_idle_minutes),
            sign_in_minutes: self.sign_in_minutes.or(file.sign_in_minutes),
            drain_seconds: self.drain_seconds.or(file.drain_seconds),
        }
    }

    /// What the server speaks TLS with, where it does so by itself.
    pub fn tls(&self) -> anyhow::Result<Option<Tls>> {
        match (&self.tls_certificate, &self.tls_key) {
            (Some(certificate), Some(key)) => {
                let tls = Tls::read(certificate.clone(), key.clone());
                Ok(Some(tls.context("TLS cannot begin")?))
            }
            (None, None) => Ok(None),
            _ => bail!(
                "a certificate needs its key, and a key its certificate: --tls-certificate, --tls-key"
            ),
        }
    }

    /// Scheme, host and port of the address that the operator names.
    fn origin(&self) -> anyhow::Result<Option<String>> {
        let Some(address) = &self.external_url else {
            return Ok(None);
        };
        let url = Url::parse(address).ok().filter(|url| {
            matches!(url.scheme(), "https" | "http") && url.path() == "/" && url.query().is_none()
        });
        let url = url.with_context(|| {
            format!(
                "--external-url is an address like https://rolecall.example.org, and not {address}"
            )
        })?;
        Ok(Some(url.origin().ascii_serialization()))
    }

    /// The bounds of the HTTP face.
    pub fn limits(&self) -> anyhow::Result<Limits> {
        let default = Limits::default();
        let seconds = |given: Option<u64>, default| given.map_or(default, Duration::from_secs);
        let minutes = |given: Option<u64>, default| {
            seconds(given.map(|minutes| minutes.saturating_mul(60)), default)
        };
        Ok(Limits {
            body_bytes: self.body_bytes.unwrap_or(default.body_bytes),
            request: seconds(self.request_seconds, default.request),
            concurrent: self.concurrent_requests.unwrap_or(default.concurrent),
            concurrent_per_caller: self
                .concurrent_requests_per_caller
                .unwrap_or(default.concurrent_per_caller),
            per_token: self.requests_per_token.unwrap_or(default.per_token),
            per_address: self.requests_per_address.unwrap_or(default.per_address),
            connections: self.connections.unwrap_or(default.connections),
            connections_per_address: self
                .connections_per_address
                .unwrap_or(default.connections_per_address),
            head: default.head,
            drain: seconds(self.drain_seconds, default.drain),
            sign_in: Lifetimes {
                idle: minutes(self.sign_in_idle_minutes, default.sign_in.idle),
                whole: minutes(self.sign_in_minutes, default.sign_in.whole),
            },
            proxies: self.trusted_proxy.clone().unwrap_or_default().into(),
            origin: self.origin()?,
            customer_choice: default.customer_choice,
            outgoing: self.outgoing_network.clone().unwrap_or_default().into(),
            providers: None,
        })
    }

    /// The address to listen on.
    pub fn address(&self) -> SocketAddr {
        self.listen
            .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_wins_over_the_file() {
        let file: Settings = toml::from_str("drain_seconds = 5\nbody_bytes = 10").unwrap();
        let given = Settings {
            body_bytes: Some(20),
            ..Settings::default()
        };
        let limits = given.or(file).limits().unwrap();
        assert_eq!(
            (limits.body_bytes, limits.drain),
            (20, Duration::from_secs(5))
        );
    }

    #[test]
    fn proxies_and_lifetimes_are_read_from_a_file_too() {
        let file = "trusted_proxy = [\"10.0.0.0/8\"]\nsign_in_idle_minutes = 30";
        let limits = toml::from_str::<Settings>(file).unwrap();
        let limits = limits.limits().unwrap();
        assert!(limits.proxies.trust([10, 1, 2, 3].into()));
        assert!(!limits.proxies.trust([192, 0, 2, 1].into()));
        assert_eq!(limits.sign_in.idle, Duration::from_secs(30 * 60));
        assert_eq!(limits.sign_in.whole, Lifetimes::default().whole);
    }

    #[test]
    fn passkeys_belong_to_the_host_that_the_operator_names() {
        let origin = |external_url: &str| {
            let settings = Settings {
                external_url: Some(external_url.to_owned()),
                ..Settings::default()
            };
            settings.limits().map(|limits| limits.origin)
        };
        for (named, meant) in [
            (
                "https://rolecall.example.org",
                "https://rolecall.example.org",
            ),
            (
                "https://Rolecall.example.org:443/",
                "https://rolecall.example.org",
            ),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ] {
            assert_eq!(origin(named).unwrap().as_deref(), Some(meant));
        }
        for wrong in [
            "rolecall.example.org",
            "ftp://a",
            "https://a/under",
            "https://a/?b",
        ] {
            origin(wrong).unwrap_err();
        }
        assert_eq!(Settings::default().limits().unwrap().origin, None);
    }

    #[test]
    fn a_certificate_without_its_key_is_refused() {
        let file = "tls_certificate = \"server.pem\"";
        toml::from_str::<Settings>(file).unwrap().tls().unwrap_err();
    }

    #[test]
    fn an_option_that_does_not_exist_is_refused() {
        assert!(toml::from_str::<Settings>("body_bites = 10").is_err());
    }
}
