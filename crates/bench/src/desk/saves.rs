//! What is written: customers who are looked for while a record is, records that are opened, and a mass action while others save.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use access::{Actor, ServiceId};
use anyhow::Context as _;
use serde_json::{Value, json};

use super::{Lists, REQUESTS, cast::COLLEAGUES};
use crate::fixture::Numbers;
use crate::http::{Client, request, token};
use crate::pages::{add, ask, get, post};
use crate::table::Table;

/// Who open records at once.
const WRITERS: usize = 32;
/// Different records that each of them opens.
const BODIES: usize = 100;
const WRITING: Duration = Duration::from_secs(10);
/// Between two saves of somebody who saves while a mass action runs.
const PAUSE: Duration = Duration::from_millis(20);

pub(super) async fn measure(table: &mut Table, lists: &Lists<'_>) -> anyhow::Result<()> {
    let engine = lists.engine;
    let token_of_user = token(lists.account, Actor::Person(lists.cast.user)).await?;
    choices(table, lists, &token_of_user)?;
    let mut numbers = Numbers(61);
    let mut bodies = Vec::with_capacity(WRITERS);
    for n in 0..WRITERS {
        let of_writer = (0..BODIES).map(|_| opening(lists, &token_of_user, n, &mut numbers));
        bodies.push(of_writer.collect::<anyhow::Result<Vec<_>>>()?);
    }
    let letters = letters(lists).await?;
    let start = Instant::now();
    let opened = std::thread::scope(|scope| {
        let writers: Vec<_> = bodies
            .iter()
            .map(|bodies| {
                scope.spawn(move || -> anyhow::Result<usize> {
                    let mut connection = Client::connect(lists.server.address())?;
                    let mut opened = 0;
                    while start.elapsed() < WRITING {
                        good(&mut connection, &bodies[opened % BODIES])?;
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
    let took = start.elapsed();
    let opened = opened.iter().sum::<usize>();
    let letters = self::letters(lists).await? - letters;
    anyhow::ensure!(letters == opened as i64, "{letters} letters of {opened}");
    let rate = opened as f64 / took.as_secs_f64();
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

/// Letters that wait in the outbox.
async fn letters(lists: &Lists<'_>) -> anyhow::Result<i64> {
    let mut tx = lists.account.read_once().await?;
    let counted = tx.fetch_optional("SELECT COUNT(*) FROM mails", []).await?;
    Ok(counted.context("a count")?.get(0)?)
}

/// A request that opens a record of a customer, who is told of it by a letter.
pub(super) fn opening(
    lists: &Lists<'_>,
    token: &str,
    n: usize,
    numbers: &mut Numbers,
) -> anyhow::Result<Vec<u8>> {
    let state = lists.account.state();
    let customer = state.public(lists.cast.colleague(numbers.below(COLLEAGUES)));
    let customer = customer.context("a customer")?;
    let (title, description) = lists.cast.text(numbers);
    let body = json!({
        "kind": "incident",
        "service": service(lists, n),
        "title": title,
        "description": description,
        "customer": customer.to_string(),
    });
    request("/api/v1/service-desk/records", token, &body)
}

/// Customers by the beginning of their name where one in 25 can be chosen, the same where hardly anybody can, and by that of their company.
fn choices(table: &mut Table, lists: &Lists<'_>, token: &str) -> anyhow::Result<()> {
    let names = [
        "an", "bo", "cl", "ei", "fat", "jan", "khan", "mar", "okaf", "ana", "linh",
    ];
    let by_company = ["company 1", "company 77", "company 5", "company 333"];
    let rare = public(lists, Some(lists.cast.rare_service()));
    let ask_for = |what: &str, texts: &[&str], on: &dyn Fn(usize) -> String, table: &mut Table| {
        let mut numbers = Numbers(51);
        let choices = (0..REQUESTS).map(|n| {
            let text = texts[numbers.below(texts.len() as u32) as usize];
            let form = format!("q={text}&kinds=customer&on={}", on(n)).replace(' ', "+");
            post(token, "/find/hits", &form).into_bytes()
        });
        let choices: Vec<_> = choices.collect();
        let times = ask(lists.server, &choices, 1)?;
        add(table, &format!("{what}, {}", lists.engine), &times);
        anyhow::Ok(())
    };
    let any = |n| service(lists, n);
    ask_for("customer choice", &names, &any, table)?;
    ask_for("customer choice, by company", &by_company, &any, table)?;
    let what = "customer choice, of the few who can be chosen";
    ask_for(what, &names, &|_| rare.clone(), table)
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
    let save = opening(lists, token_of_user, 0, &mut Numbers(71))?;
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
