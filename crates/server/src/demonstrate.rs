//! `demo`: a server with the demonstration account, on this machine only.

use std::{collections::VecDeque, net::SocketAddr};

use access::{Dense, PersonId};
use anyhow::Context;
use ledger::{Account, DatabaseConfig, Options};
use tokio::sync::mpsc;
use web::Limits;

use crate::{
    cli::Demo,
    demo::{self, Step},
    offline::issue_token,
    running::{listen, log, run},
    settings::{Settings, open},
};

/// Steps that wait for the ledger, and acts that are on their way: together they share commits.
const STEPS: usize = 1_024;
/// Days that the printed token works.
const TOKEN_DAYS: u32 = 30;

/// Makes the account if the file holds none, prints how to sign in, serves.
pub(crate) async fn demo(options: Demo) -> anyhow::Result<()> {
    log(&Settings {
        log: Some("warn".to_owned()),
        ..Settings::default()
    })?;
    let engine = open(DatabaseConfig::sqlite(&options.file)).await?;
    let account = engine.first_account().await?;
    if account.state().account().open {
        println!(
            "{} holds an account already; it is used as it is.",
            options.file.display()
        );
    } else {
        make(&account, &options).await?;
    }
    let address = SocketAddr::from(([127, 0, 0, 1], options.port));
    let listener = listen(address).await?;
    let owner = PersonId::from_index(0).context("the account has no first user")?;
    let token = issue_token(&account, owner, "Demonstration", TOKEN_DAYS).await?;
    println!();
    println!("{} answers at http://{address}", demo::ACCOUNT_NAME);
    println!("Sign in as the owner with this token:");
    println!();
    println!("  export TOKEN={}", token.reveal());
    println!("  curl -H \"Authorization: Bearer $TOKEN\" http://{address}/api/v1/me");
    println!();
    run(engine, listener, Limits::default(), true).await
}

async fn make(account: &Account, options: &Demo) -> anyhow::Result<()> {
    println!(
        "Making {} from seed {} in {} …",
        demo::ACCOUNT_NAME,
        options.seed,
        options.file.display()
    );
    let (give, mut steps) = mpsc::channel::<Step>(STEPS);
    let (size, seed, now) = (options.size, options.seed, account.now());
    // Steps are worked out on a thread of their own, while the ledger writes the ones before.
    let maker = tokio::task::spawn_blocking(move || {
        demo::make(size, seed, now, &mut |step| {
            give.blocking_send(step).is_ok()
        })
    });
    let (mut under_way, mut count) = (VecDeque::new(), 0_u64);
    loop {
        let step = if under_way.len() < STEPS {
            steps.recv().await
        } else {
            None
        };
        match step {
            Some((actor, change)) => {
                let options = Options {
                    face: "demo",
                    ..Options::default()
                };
                under_way.push_back(account.begin(actor, change, options).await?);
            }
            None => {
                let Some(done) = under_way.pop_front() else {
                    break;
                };
                done.await
                    .context("a step of the demonstration was not done")?;
                count += 1;
            }
        }
    }
    maker
        .await
        .context("the demonstration could not be worked out")??;
    println!(
        "{count} commands, {} people.",
        account.state().people().len()
    );
    Ok(())
}
