//! What is written: customers who are looked for while a record is, records that are opened, and a mass action while others save.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use access::{Actor, ServiceId};
use anyhow::Context as _;
use serde_json::{Value, json};

use super::{Lists, REQUESTS};
use crate::fixture::Numbers;
use crate::http::{Client, request, token};
use crate::pages::{add, ask, get, post};
use crate::table::Table;

/// Who open records at once.
const WRITERS: usize = 32;
const WRITING: Duration = Duration::from_secs(10);
/// Between two saves of somebody who saves while a mass action runs.
const PAUSE: Duration = Duration::from_millis(20);

pub(super) async fn measure(table: &mut Table, lists: &Lists<'_>) -> anyhow::Result<()> {
    let engine = lists.engine;
    let token_of_user = token(lists.account, Actor::Person(lists.cast.user)).await?;
    choices(table, lists, &token_of_user)?;
    let bodies = (0..WRITERS).map(|n| opening(lists, &token_of_user, n));
    let bodies = bodies.collect::<anyhow::Result<Vec<_>>>()?;
    let start = Instant::now();
    let opened = std::thread::scope(|scope| {
        let writers: Vec<_> = bodies
            .iter()
            .map(|body| {
                scope.spawn(move || -> anyhow::Result<usize> {
                    let mut connection = Client::connect(lists.server.address())?;
                    let mut opened = 0;
                    while start.elapsed() < WRITING {
                        good(&mut connection, body)?;
                        opened += 1;
                    }
                    Ok(opened)
                })
            })
            .collect();
        let joined = writers.into_iter().map(|writer| {
            writer
                .join()
                .map_err(|_| anyhow::anyhow!("a writer panicked"))?
        });
        joined.collect::<anyhow::Result<Vec<_>>>()
    })?;
    let rate = opened.iter().sum::<usize>() as f64 / start.elapsed().as_secs_f64();
    table.add(
        format!("records opened over REST, {WRITERS} writers, {engine}"),
        "per second",
        vec![rate],
    );
    mass_action(table, lists, &token_of_user).await
}

/// Sends a request and reads what is well answered.
pub(super) fn good(connection: &mut Client, request: &[u8]) -> anyhow::Result<Value> {
    let (head, body) = connection.exchange(request)?;
    let head = String::from_utf8_lossy(head);
    anyhow::ensure!(head.starts_with("HTTP/1.1 2"), "{head}");
    Ok(serde_json::from_slice(body)?)
}

/// A service of the user, as it is called in requests.
fn service(lists: &Lists<'_>, n: usize) -> String {
    let mut services = lists.cast.services_of_user();
    let service = services.nth(n % services.len());
    public(lists, service)
}

fn public(lists: &Lists<'_>, service: Option<ServiceId>) -> String {
    let state = lists.account.state();
    let service = service.and_then(|one| state.public(one));
    service.map_or_else(String::new, |service| service.to_string())
}

/// A request that opens a record.
pub(super) fn opening(lists: &Lists<'_>, token: &str, n: usize) -> anyhow::Result<Vec<u8>> {
    let body = json!({
        "kind": "incident",
        "service": service(lists, n),
        "title": format!("The printer on floor {n} asks for a PIN"),
        "description": "It began on Monday. Nobody knows the number, and the display does not say where it could be changed.",
    });
    request("/api/v1/service-desk/records", token, &body)
}

fn choices(table: &mut Table, lists: &Lists<'_>, token: &str) -> anyhow::Result<()> {
    let mut numbers = Numbers(51);
    let names = [
        "an", "bo", "cl", "ei", "fat", "jan", "khan", "mar", "okaf", "ana", "linh",
    ];
    let choices = (0..REQUESTS).map(|n| {
        let name = names[numbers.below(11) as usize];
        let form = format!("q={name}&kinds=customer&on={}", service(lists, n));
        post(token, "/find/hits", &form).into_bytes()
    });
    let choices: Vec<_> = choices.collect();
    let times = ask(lists.server, &choices, 1)?;
    add(table, &format!("customer choice, {}", lists.engine), &times);
    Ok(())
}

/// All records of a large service get a tag and a priority, while somebody opens records of another one.
async fn mass_action(
    table: &mut Table,
    lists: &Lists<'_>,
    token_of_user: &str,
) -> anyhow::Result<()> {
    let engine = lists.engine;
    let token = token(lists.account, Actor::Person(lists.cast.administrator)).await?;
    let worker = service_desk::MassActionWorker::new(lists.account.engine().clone());
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let worker = tokio::spawn(worker.run(async { drop(stopped.await) }));
    let actions = "/api/v1/service-desk/mass-actions";
    let on = public(lists, Some(lists.cast.large_service()));
    let change = json!({"change": {"priority": 2, "add_tags": ["audit"]}});
    let mut connection = Client::connect(lists.server.address())?;
    let start = Instant::now();
    let looked_at = request(&format!("{actions}?service={on}"), &token, &change)?;
    let looked_at = good(&mut connection, &looked_at)?;
    let id = looked_at["id"].as_str().context("an id")?;
    let look = start.elapsed();
    let asked = get(&token, &format!("{actions}/{id}"));
    let starting = request(&format!("{actions}/{id}/start"), &token, &json!({}))?;
    let is_over = AtomicBool::new(false);
    let save = opening(lists, token_of_user, 0)?;
    let (took, counts, mut saves) = tokio::task::block_in_place(|| {
        std::thread::scope(|scope| -> anyhow::Result<_> {
            let saving = scope.spawn(|| -> anyhow::Result<Vec<Duration>> {
                let mut connection = Client::connect(lists.server.address())?;
                let mut times = Vec::new();
                while !is_over.load(Ordering::Relaxed) {
                    let begun = Instant::now();
                    good(&mut connection, &save)?;
                    times.push(begun.elapsed());
                    std::thread::sleep(PAUSE);
                }
                Ok(times)
            });
            let mut watch = || -> anyhow::Result<_> {
                let start = Instant::now();
                good(&mut connection, &starting)?;
                loop {
                    let told = good(&mut connection, asked.as_bytes())?;
                    match told["stage"].as_str() {
                        Some("running") => std::thread::sleep(PAUSE),
                        Some("done") => return Ok((start.elapsed(), told["counts"].clone())),
                        other => anyhow::bail!("the mass action is {other:?}"),
                    }
                }
            };
            let watched = watch();
            is_over.store(true, Ordering::Relaxed);
            let saves = saving.join();
            let (took, counts) = watched?;
            let saves = saves.map_err(|_| anyhow::anyhow!("who saves panicked"))??;
            Ok((took, counts, saves))
        })
    })?;
    drop(stop);
    worker.await?;
    let changed = counts["changed"].as_u64().context("a count")?;
    anyhow::ensure!(changed > 0, "{counts}");
    let what = format!("mass action on {changed} records");
    table.add(
        format!("{what}, looked at, {engine}"),
        "s",
        vec![look.as_secs_f64()],
    );
    table.add(format!("{what}, {engine}"), "s", vec![took.as_secs_f64()]);
    saves.sort_unstable();
    add(
        table,
        &format!("what others save meanwhile, {engine}"),
        &saves,
    );
    Ok(())
}
