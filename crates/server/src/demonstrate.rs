//! `demo`: a server with the demonstration account, on this machine only.

mod mailbox;

use std::{
    collections::VecDeque,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use access::{Actor, Dense, Moment, PersonId, RoleId, state::PortalLevel};
use anyhow::{Context, bail, ensure};
use ledger::{
    Account, Clock as _, DatabaseConfig, Engine, FakeClock, Field, Options, Place, SubmitError,
    SystemClock, SystemRandomness,
};
use mail::{Mailbox, Post};
use tempfile::{TempDir, TempPath};
use tokio::sync::mpsc;
use web::route::Route;

use crate::{
    cli::Demo,
    demo::{self, Step},
    mailing::{Incoming, Mailing, head},
    offline::issue_token,
    running::{listen, log, run},
    say::say,
    settings::{Settings, is_there, open, open_database},
};

/// Steps that wait for the ledger, and acts that are on their way: together they share commits.
const STEPS: usize = 1_024;
/// Days that the printed token works.
const TOKEN_DAYS: u32 = 30;

/// Makes the account if the database holds none, prints how to sign in, serves.
pub(crate) async fn demo(options: Demo) -> anyhow::Result<()> {
    log(&Settings {
        log: Some("warn".to_owned()),
        ..Settings::default()
    })?;
    // First of all: a port that is taken is told of before the organisation is made, and not after.
    let listener = listen(SocketAddr::from(([127, 0, 0, 1], options.port)), "--port").await?;
    let address = listener.local_addr()?;
    let incoming = Incoming::of(&Settings {
        lmtp: options.lmtp.clone(),
        ..Settings::default()
    })
    .await?;
    let limits = Settings {
        external_url: options.external_url.clone(),
        outgoing_network: options.outgoing_network.clone(),
        ..Settings::default()
    }
    .limits()?;
    let config = DatabaseConfig::at(&options.database);
    if is_made(&config).await? {
        say!(
            "{config} holds an account already; it is used as it is. Another --database gets a new one."
        )?;
    } else {
        make(&config, &options).await?;
    }
    let engine = open(config).await?;
    let account = engine.first_account().await?;
    let owner = PersonId::from_index(0).context("the account has no first user")?;
    let token = issue_token(&account, owner, "Demonstration", TOKEN_DAYS).await?;
    let url = format!("http://{address}");
    say!("")?;
    say!("{} answers at {url}", demo::ACCOUNT_NAME)?;
    print_who_signs_in(&account, address).await?;
    say!("A program signs in as the owner with this token:")?;
    say!("")?;
    say!("  export TOKEN={}", token.reveal())?;
    say!("  curl -H \"Authorization: Bearer $TOKEN\" {url}/api/v1/me")?;
    say!("")?;
    say!("Mails are shown at {url}{}", mailbox::PATH)?;
    say!("")?;
    let mailbox = Mailbox::default();
    let mailing = Mailing {
        post: Post::Mailbox(mailbox.clone()),
        head: head(&url),
    };
    let pages = pages(mailbox);
    run(
        engine,
        listener,
        limits,
        None,
        true,
        (Some(mailing), incoming),
        pages,
    )
    .await
}

/// The pages that no other server has.
pub(crate) fn pages(mailbox: Mailbox) -> Vec<Route> {
    mailbox::routes(mailbox)
}

/// People of different rank and two who are served, and the password that everybody has. An account that was made without passwords has none to print.
async fn print_who_signs_in(account: &Account, address: SocketAddr) -> anyhow::Result<()> {
    let reading = account.read().await?;
    let (state, mut tx, now) = (reading.state, reading.tx, account.now());
    let mut lines = Vec::new();
    let with = |role: RoleId| {
        let mut people = state.people().iter();
        let found = people.find(|(person, row)| {
            row.account_role == role && row.is_user() && web::tokens::counts(&state, *person, now)
        });
        found.map(|(person, _)| person)
    };
    // Of the customers those who administer their company see the most.
    let served = |level: PortalLevel| {
        let mut people = state.people().iter();
        let found = people.find(|(_, row)| {
            !row.is_user() && row.can_sign_in && row.is_customer() && row.portal_level == level
        });
        found.map(|(person, _)| person)
    };
    for (person, name) in [
        (with(RoleId::SUPER_ADMIN), "Super admin"),
        (with(RoleId::ADMIN), "Admin"),
        (with(RoleId::MEMBER), "Member"),
        (served(PortalLevel::CompanyAdmin), "Company Admin"),
        (served(PortalLevel::Company), "Customer"),
    ] {
        let Some(person) = person else { continue };
        if account.password_of(person).await?.is_none() {
            return Ok(());
        }
        let place = (account.id(), Place::of(person));
        let profiles = ledger::read_profiles(&mut tx, [place].into_iter()).await?;
        let email = profiles
            .first()
            .and_then(|(_, _, profile)| profile.get(Field::Email));
        lines.push(format!("  {:<40} {name}", email.unwrap_or_default()));
    }
    say!("")?;
    say!(
        "Sign in at http://{address}/sign-in with the password \"{}\", as one of",
        demo::PASSWORD
    )?;
    say!("")?;
    for line in lines {
        say!("{line}")?;
    }
    say!("")?;
    Ok(())
}

/// Whether there is an account with somebody in it. One that waits for its first user is not the demonstration's to fill.
async fn is_made(config: &DatabaseConfig) -> anyhow::Result<bool> {
    if !is_there(config).await? {
        return Ok(false);
    }
    let engine = open(config.clone()).await?;
    let Some(account) = engine.accounts(None, 1).await?.first().copied() else {
        engine.close().await;
        return Ok(false);
    };
    let is_open = engine.account(account).await?.state().account().open;
    engine.close().await;
    ensure!(
        is_open,
        "{config} waits for its first user (`rolecall serve` prints the link): name another one with --database"
    );
    Ok(true)
}

/// The organisation is made aside, and comes to its place in one step when it is whole: one whose making was interrupted is
/// nowhere to be used as it is.
async fn make(config: &DatabaseConfig, options: &Demo) -> anyhow::Result<()> {
    say!(
        "Making {} from seed {} in {config} …",
        demo::ACCOUNT_NAME,
        options.seed
    )?;
    let aside = aside(config)?;
    let made = aside.path().join("demo.db");
    let clock = FakeClock::at(SystemClock.now());
    let randomness = Arc::new(SystemRandomness);
    let engine = Engine::open(
        DatabaseConfig::sqlite(&made),
        Arc::new(clock.clone()),
        randomness,
        crate::CONSEQUENCES,
    )
    .await?;
    let account = engine.first_account().await?;
    let filled = unless_interrupted(fill(&account, &clock, options)).await;
    engine.close().await;
    filled?;
    match config {
        DatabaseConfig::Sqlite { path, .. } if !path.exists() => put(made, path).await,
        _ => unless_interrupted(restore(&made, config)).await,
    }
}

/// Ctrl-C ends the work in an orderly way, so that what was made aside goes too.
async fn unless_interrupted(work: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    tokio::select! {
        done = work => done,
        _ = tokio::signal::ctrl_c() => bail!("interrupted: nothing was made"),
    }
}

/// A directory that goes with the process: beside a SQLite file, so that it can be moved from there.
fn aside(config: &DatabaseConfig) -> anyhow::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("rolecall-demo-");
    let aside = match config {
        DatabaseConfig::Sqlite { path, .. } => {
            let parent = path.parent().filter(|parent| *parent != Path::new(""));
            builder.tempdir_in(parent.unwrap_or(Path::new(".")))
        }
        DatabaseConfig::Postgres { .. } => builder.tempdir(),
    };
    aside.context("there is no place to make the demonstration in")
}

/// How often it is looked whether the file is closed: half a minute altogether, for a busy machine.
const RELEASE_TRIES: u32 = 1_500;
const RELEASE_PAUSE: Duration = Duration::from_millis(20);

/// Moves a closed SQLite file.
async fn put(made: PathBuf, path: &Path) -> anyhow::Result<()> {
    let log = made.with_extension("db-wal");
    // What works in the background lets go of the file a moment after the engine is told to stop.
    for _ in 0..RELEASE_TRIES {
        if !log.exists() {
            break;
        }
        tokio::time::sleep(RELEASE_PAUSE).await;
    }
    ensure!(!log.exists(), "{} is still open", made.display());
    TempPath::try_from_path(made)?
        .persist_noclobber(path)
        .with_context(|| format!("{} cannot be made", path.display()))
}

/// All of it or nothing, in one transaction.
async fn restore(made: &Path, config: &DatabaseConfig) -> anyhow::Result<()> {
    let backup = made.with_extension("backup");
    let from = open_database(&DatabaseConfig::sqlite(made)).await?;
    ledger::backup(&from, &backup, SystemClock.now()).await?;
    from.close().await;
    let to = open_database(config).await?;
    let restored = ledger::restore(&to, &backup).await;
    restored.with_context(|| format!("the demonstration was not put into {config}"))?;
    to.close().await;
    Ok(())
}

/// Every step is done at its moment: the clock goes with them, from over a year ago to now.
async fn fill(account: &Account, clock: &FakeClock, options: &Demo) -> anyhow::Result<()> {
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
            Some(Step { at, actor, change }) => {
                if at != clock.now() {
                    count += done(under_way.drain(..)).await?;
                    if at == now {
                        records(account, clock, now).await?;
                    }
                    clock.set(at);
                }
                let options = Options::untold("demo");
                under_way.push_back(account.begin(actor, change, options).await?);
            }
            None => {
                let Some(first) = under_way.pop_front() else {
                    break;
                };
                count += done([first]).await?;
            }
        }
    }
    maker
        .await
        .context("the demonstration could not be worked out")??;
    let owner = PersonId::from_index(0).context("the account has no first user")?;
    contact_centre::demonstrate::fill(account, Actor::Person(owner))
        .await
        .context("the lists of the contact centre were not filled")?;
    service_desk::name_portal_of_demonstration(account, Actor::Person(owner), demo::ACCOUNT_NAME)
        .await
        .context("the portal was not named")?;
    service_desk::demonstrate::fill_portal(account)
        .await
        .context("the incidents of the portal were not logged")?;
    say!(
        "{count} commands, {} people.",
        account.state().people().len()
    )?;
    Ok(())
}

/// What the desk worked on since the last step of the past. The log goes on only afterwards: a record is opened no earlier than its end.
async fn records(account: &Account, clock: &FakeClock, now: Moment) -> anyhow::Result<()> {
    let owner = PersonId::from_index(0).context("the account has no first user")?;
    service_desk::demonstrate::fill(account, clock, owner, now)
        .await
        .context("the records of the service desk were not opened")
}

/// Waits for acts that are on their way; how many they were.
async fn done<T>(
    acts: impl IntoIterator<Item = impl Future<Output = Result<T, SubmitError>>>,
) -> anyhow::Result<u64> {
    let mut count = 0;
    for act in acts {
        act.await
            .context("a step of the demonstration was not done")?;
        count += 1;
    }
    Ok(count)
}
