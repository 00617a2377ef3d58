//! The account, switched off and on by the operator (AD-25): beside a running server, which hears of it, or without one.

use access::Command;
use anyhow::Context;
use clap::ValueEnum;
use ledger::Options;
use people::vouch::OPERATOR;

use crate::{cli::AccountSwitch, say::say};

/// What the account is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// Everybody has what was given.
    On,
    /// Nobody may do anything, until it is on again; nothing is taken away.
    Off,
}

/// `account`.
pub(crate) async fn account(asked: AccountSwitch) -> anyhow::Result<()> {
    let (engine, account) = asked.storage.open_account().await?;
    let options = Options::telling("command_line", mail::letters(&account));
    let active = asked.to == Switch::On;
    let done = account
        .submit(OPERATOR, Command::SetAccountActive { active }, options)
        .await
        .context("the account was not switched")?;
    let already = if done.proposal.events.is_empty() {
        "already "
    } else {
        ""
    };
    let state = if active { "on" } else { "off" };
    say!("The account is {already}{state}.")?;
    engine.close().await;
    Ok(())
}
