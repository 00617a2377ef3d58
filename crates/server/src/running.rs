//! `serve`: from settings to a server that runs until it is asked to stop.

use std::{
    io::IsTerminal,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use access::Moment;
use anyhow::Context;
use ledger::{Account, Engine};
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;
use web::{Limits, health, route::Route, tls::Tls};

use crate::{
    mailing::{Incoming, Mailing, Running},
    say::say,
    settings::{LogFormat, Settings, open},
    wiring,
};

/// How long a set-up link works. The server prints a new one at each start while the account is not open.
const SET_UP_HOURS: i64 = 24;
const HOUR_MS: i64 = 60 * 60 * 1000;

/// Serves until the process is asked to stop.
pub(crate) async fn serve(settings: Settings) -> anyhow::Result<()> {
    log(&settings)?;
    let mailing = Mailing::of(&settings)?;
    let incoming = Incoming::of(&settings).await?;
    let (limits, tls) = (settings.limits()?, settings.tls()?);
    let storage = crate::settings::Storage {
        database: settings.database.clone(),
    };
    let engine = open(storage.config()).await?;
    let account = engine.first_account().await?;
    let listener = listen(settings.address(), "--listen").await?;
    // Port 0 is whichever is free: the listener knows.
    let address = listener.local_addr()?;
    let url = settings
        .external_url
        .clone()
        .map(|url| url.trim_end_matches('/').to_owned())
        .unwrap_or_else(|| match tls {
            Some(_) => format!("https://{address}"),
            None => format!("http://{address}"),
        });
    say!("Rolecall answers at {url}")?;
    if settings.external_url.is_some() {
        say!("It listens on {address}")?;
    }
    if !account.state().account().open {
        print_set_up(&account, &url).await?;
    }
    if mailing.is_none() {
        say!("No mail server is named: mails wait until there is one (--smtp).")?;
    }
    run(
        engine,
        listener,
        limits,
        tls,
        settings.metrics.unwrap_or(true),
        (mailing, incoming),
        Vec::new(),
    )
    .await
}

/// Serves a ledger on a socket, and closes it at the end.
pub(crate) async fn run(
    engine: Engine,
    listener: TcpListener,
    limits: Limits,
    tls: Option<Tls>,
    metrics: bool,
    (mailing, incoming): (Option<Mailing>, Incoming),
    also: Vec<Route>,
) -> anyhow::Result<()> {
    let ready = Arc::new(AtomicBool::new(true));
    let numbers = metrics.then(health::count).transpose()?;
    if let Some(numbers) = numbers.clone() {
        // Old values are merged now and then, or they would fill the memory of a server that nobody scrapes.
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(std::time::Duration::from_secs(5)).await;
                numbers.run_upkeep();
            }
        });
    }
    let (is_ready, ledger) = (Arc::clone(&ready), engine.clone());
    let mut routes = health::routes(
        move || is_ready.load(Ordering::Relaxed) && ledger.is_in_touch(),
        numbers,
    );
    routes.extend(also);
    let outgoing = outgoing::Outgoing::new(limits.outgoing.clone(), &[]);
    let outgoing = outgoing.context("TLS cannot begin")?;
    let limits = Limits {
        providers: Some(openid::RelyingParty::new(outgoing.clone())),
        ..limits
    };
    let router = wiring::router(engine.clone(), limits.clone(), routes)?;
    let (end_work, ended) = tokio::sync::watch::channel(());
    // The sender is dropped; nothing is sent.
    let end = |mut ended: tokio::sync::watch::Receiver<()>| async move {
        while ended.changed().await.is_ok() {}
    };
    let work = service_desk::MassActionWorker::new(engine.clone());
    let work = tokio::spawn(work.run(end(ended.clone())));
    let lapses = service_desk::Lapses::new(engine.clone());
    let lapses = tokio::spawn(lapses.run(end(ended.clone())));
    let mappings = people::MappingJob::new(engine.clone());
    let mappings = tokio::spawn(mappings.run(end(ended.clone())));
    let events = events::Worker::new(engine.clone(), outgoing);
    let events = tokio::spawn(events.run(end(ended)));
    let mails = Running::start(&engine, mailing, incoming);
    let streaming = engine.clone();
    let stop = async move {
        asked_to_stop().await;
        ready.store(false, Ordering::Relaxed);
        streaming.stop();
        tracing::info!("stopping: requests that run are finished, new ones are not taken");
    };
    let tls = tls.map(Arc::new);
    if let Some(tls) = tls.clone() {
        tokio::spawn(async move { tls.keep_up().await });
    }
    let drained = web::serve::serve(listener, router, &limits, tls, stop).await?;
    if !drained {
        tracing::warn!("some requests did not finish in time");
    }
    drop(end_work);
    // A piece that is under way is finished; the next start goes on.
    let _ = tokio::join!(work, lapses, mappings, events);
    mails.end().await;
    engine.close().await;
    Ok(())
}

/// Takes an address; `option` names another one.
pub(crate) async fn listen(
    address: std::net::SocketAddr,
    option: &str,
) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("{address} cannot be listened on: name another with {option}, 0 for any free port")
    })
}

async fn print_set_up(account: &Account, url: &str) -> anyhow::Result<()> {
    let expires = Moment(account.now().0.saturating_add(SET_UP_HOURS * HOUR_MS));
    let secret = account.set_up_secret(expires).await?;
    say!(
        "Nobody is here yet. Set the account up within {SET_UP_HOURS} hours, in a browser; the link works once:"
    )?;
    say!("")?;
    say!("  {url}/set-up#{}", secret.reveal())?;
    say!("")?;
    say!("Without a browser:")?;
    say!("")?;
    say!("  curl {url}/api/v1/set-up -H 'Content-Type: application/json' \\")?;
    say!(
        "    -d '{{\"link\": \"{}\", \"name\": \"YOUR NAME\", \"email\": \"YOU@EXAMPLE.ORG\"}}'",
        secret.reveal()
    )?;
    say!("")?;
    say!("The answer holds your first API token.")?;
    Ok(())
}

/// Starts the log.
pub(crate) fn log(settings: &Settings) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(settings.log.as_deref().unwrap_or("info"))
        .context("the log filter cannot be read")?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match settings.log_format.unwrap_or(LogFormat::Text) {
        LogFormat::Text => lines.init(),
        LogFormat::Json => lines.json().init(),
    }
    web::envelope::quiet_panics();
    Ok(())
}

/// Ctrl-C, or the signal of a service manager.
async fn asked_to_stop() {
    let interrupt = async {
        // Without a handler the process ends at once, which is safe too.
        let _ = tokio::signal::ctrl_c().await;
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
