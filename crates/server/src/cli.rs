//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use ipnet::IpNet;

use crate::{
    demo::Size,
    demonstrate, exchange, keep, offline, running,
    settings::{Settings, Storage},
    switch::{self, Switch},
};

/// Knows who is who in a support organisation, decides who may do what on which thing, and says why.
#[derive(Debug, Parser)]
#[command(name = "rolecall", version, about, max_term_width = 120)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Answer over HTTP.
    Serve(Box<Settings>),
    /// Answer over HTTP with a made-up organisation in a database of its own, on this machine only.
    Demo(Demo),
    /// Read people and what they may do from a .csv or .jsonl file: row by row, by the rules; a second run changes nothing.
    Import(Import),
    /// Write every person and what they may do as JSON lines that `import` reads, to a file that is not there yet.
    Export(File),
    /// Ask whether a subject may do something.
    Check(Question),
    /// The same, with every gate and every path.
    Explain(Question),
    /// Ask who may do something.
    Who(Who),
    /// Make an API token for a person and print it, this once.
    Token(Token),
    /// Switch the account off, so that nobody may do anything, or on again.
    Account(AccountSwitch),
    /// Replay the log from zero and compare: says the first entry, snapshot or row that is not what the log says.
    Verify(Verify),
    /// Write everything to one file that is not there yet, beside a running server.
    Backup(File),
    /// Read a backup into an empty database.
    Restore(File),
    /// Take what erasures left out of the database files.
    Compact(Storage),
}

/// Options of `demo`.
#[derive(Debug, Args)]
pub struct Demo {
    /// How many people: about 1,000, 100,000 or 1,000,000.
    #[arg(long, value_enum, default_value = "small")]
    pub size: Size,
    /// The organisation is made from it: the same seed, the same organisation.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// A SQLite file, or postgres://user:password@host:port/database. One that holds an account already is used as it is.
    #[arg(long, default_value = "rolecall-demo.db")]
    pub database: String,
    /// The port, on the loopback address.
    #[arg(long, default_value_t = 8080)]
    pub port: u16,
    /// Where mails to addresses of services are handed over, like lmtp://127.0.0.1:2424 or unix:/run/rolecall/lmtp.
    #[arg(long)]
    pub lmtp: Option<String>,
    /// The address under which browsers reach it, like http://localhost:8080: sign-in providers send people back to it.
    #[arg(long)]
    pub external_url: Option<String>,
    /// Networks inside of which requests may go to addresses that somebody typed, like 127.0.0.0/8 for a sign-in provider on this machine.
    #[arg(long, value_delimiter = ',')]
    pub outgoing_network: Option<Vec<IpNet>>,
}

/// An import.
#[derive(Debug, Args)]
pub struct Import {
    /// The file: JSON lines, or values separated by commas, semicolons or tabs under a header.
    pub file: PathBuf,
    /// As whom: a person by id or e-mail address, whose rights hold for every row.
    #[arg(long)]
    pub actor: String,
    /// Which column of the file is which of ours, like email=Mail; may be given several times, for the name and for lists also
    /// with several columns for one: name="First name" and name="Last name".
    #[arg(long = "map", value_name = "OURS=THEIRS")]
    pub map: Vec<String>,
    /// Pass over columns that are neither ours nor mapped, in place of ending.
    #[arg(long)]
    pub ignore_others: bool,
    /// The encoding of a file that is not in Unicode, like windows-1252.
    #[arg(long, value_parser = encoding)]
    pub encoding: Option<&'static encoding_rs::Encoding>,
    /// Change nothing; say what would be done.
    #[arg(long)]
    pub dry_run: bool,
    /// Make companies and groups that are not there yet.
    #[arg(long)]
    pub create_missing: bool,
    /// Vouch for the users of the file: their invitations count as accepted, and the log says that the operator said so.
    #[arg(long)]
    pub accept_invitations: bool,
    /// Send those who become users by the file a mail with a link to accept with; the server sends it.
    #[arg(long, conflicts_with = "accept_invitations")]
    pub send_invitations: bool,
    /// Where rows in error go, a file that is not there yet; beside the imported one by default.
    #[arg(long)]
    pub rejects: Option<PathBuf>,
    /// Where people are written.
    #[command(flatten)]
    pub storage: Storage,
}

fn encoding(label: &str) -> Result<&'static encoding_rs::Encoding, String> {
    encoding_rs::Encoding::for_label(label.as_bytes())
        .ok_or_else(|| "is no known encoding; windows-1252 and utf-16le are some".to_owned())
}

/// A question.
#[derive(Debug, Args)]
pub struct Question {
    /// A person by id or e-mail address, or a connection by id.
    pub subject: String,
    /// The key of a permission, like service_desk.record.delete.
    pub permission: String,
    /// What it is about: an id, the name of a service or queue, or "account".
    #[arg(default_value = "account")]
    pub on: String,
    /// Where the answer comes from.
    #[command(flatten)]
    pub storage: Storage,
}

/// A search.
#[derive(Debug, Args)]
pub struct Who {
    /// The key of a permission, like service_desk.record.delete.
    pub permission: String,
    /// What it is about: an id, the name of a service or queue, or "account".
    #[arg(default_value = "account")]
    pub on: String,
    /// People that are listed at most.
    #[arg(long, default_value_t = 100)]
    pub limit: usize,
    /// Where the answer comes from.
    #[command(flatten)]
    pub storage: Storage,
}

/// A new token.
#[derive(Debug, Args)]
pub struct Token {
    /// A person by id or e-mail address.
    pub person: String,
    /// What it is for.
    #[arg(long, default_value = "Made at the command line")]
    pub name: String,
    /// Days until it ends.
    #[arg(long, default_value_t = 30)]
    pub days: u32,
    /// Vouch for an invited user first: the invitation counts as accepted, and the log says that the operator said so.
    #[arg(long)]
    pub accept_invitation: bool,
    /// Where it is written.
    #[command(flatten)]
    pub storage: Storage,
}

/// The account, off or on.
#[derive(Debug, Args)]
pub struct AccountSwitch {
    /// What it is from now on.
    pub to: Switch,
    /// Where it is written.
    #[command(flatten)]
    pub storage: Storage,
}

/// A verification.
#[derive(Debug, Args)]
pub struct Verify {
    /// A head hash from before, as `backup` and `verify` print it: it has to stand in the log.
    #[arg(long)]
    pub expect: Option<ledger::Hash>,
    /// What is verified.
    #[command(flatten)]
    pub storage: Storage,
}

/// A file.
#[derive(Debug, Args)]
pub struct File {
    /// The file.
    pub file: PathBuf,
    /// The database.
    #[command(flatten)]
    pub storage: Storage,
}

/// Does what was asked.
pub async fn run(cli: Cli) -> anyhow::Result<()> {
    match cli.command {
        Command::Serve(settings) => running::serve(settings.complete()?).await,
        Command::Demo(demo) => demonstrate::demo(demo).await,
        Command::Import(import) => exchange::import(import).await,
        Command::Export(file) => exchange::export(file).await,
        Command::Check(question) => offline::check(question, false).await,
        Command::Explain(question) => offline::check(question, true).await,
        Command::Who(who) => offline::who(who).await,
        Command::Token(token) => offline::token(token).await,
        Command::Account(account) => switch::account(account).await,
        Command::Verify(verify) => keep::verify(verify).await,
        Command::Backup(file) => keep::backup(file).await,
        Command::Restore(file) => keep::restore(file).await,
        Command::Compact(storage) => keep::compact(storage).await,
    }
}
