//! Pages that are open: 500 streams of people with 50 different rights, while records are opened.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use access::Actor;
use anyhow::Context as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::{
    Lists,
    cast::{RIGHTS, WATCHERS},
    saves::{good, opening},
    session,
};
use crate::fixture::Numbers;
use crate::http::{Client, token};
use crate::pages::{add, get};
use crate::table::Table;

/// Streams of each who watches.
const EACH: usize = 5;
/// Records that are opened meanwhile, and the pause between them.
const OPENED: usize = 200;
const PAUSE: Duration = Duration::from_millis(20);
/// After the last of them everything is told.
const TOLD: Duration = Duration::from_secs(3);

/// A record, as a stream told it, and when.
type Heard = Vec<(String, Instant)>;

/// What a stream tells until then.
async fn listen(lists: &Lists<'_>, session: &str) -> anyhow::Result<TcpStream> {
    let mut stream = TcpStream::connect(lists.server.address()).await?;
    let request = format!(
        "GET /service-desk/live HTTP/1.1\r\nHost: localhost\r\nCookie: __Host-rolecall={session}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut begin = [0; 1_024];
    let read = stream.read(&mut begin).await?;
    let begin = String::from_utf8_lossy(&begin[..read]).into_owned();
    anyhow::ensure!(begin.starts_with("HTTP/1.1 200"), "{begin}");
    Ok(stream)
}

async fn hear(mut stream: TcpStream, until: tokio::time::Instant) -> anyhow::Result<Heard> {
    let (mut heard, mut text) = (Vec::new(), String::new());
    let mut buffer = [0; 8_192];
    while let Ok(read) = tokio::time::timeout_at(until, stream.read(&mut buffer)).await {
        let read = read?;
        anyhow::ensure!(read > 0, "a stream ended");
        text.push_str(std::str::from_utf8(&buffer[..read])?);
        let now = Instant::now();
        while let Some(end) = text.find('\n') {
            let line: String = text.drain(..=end).collect();
            if let Some(record) = line.trim_end().strip_prefix("data: ")
                && !record.is_empty()
            {
                heard.push((record.to_owned(), now));
            }
        }
    }
    Ok(heard)
}

pub(super) async fn measure(table: &mut Table, lists: &Lists<'_>) -> anyhow::Result<()> {
    let mut streams = Vec::new();
    for watcher in lists.cast.watchers() {
        let session = session(lists.account, watcher).await?;
        for _ in 0..EACH {
            streams.push(listen(lists, &session).await?);
        }
    }
    let until = tokio::time::Instant::now() + PAUSE * OPENED as u32 + 2 * TOLD;
    let mut listening = JoinSet::new();
    for (n, stream) in streams.into_iter().enumerate() {
        listening.spawn(async move { anyhow::Ok((n / EACH, hear(stream, until).await?)) });
    }
    let token_of_user = token(lists.account, Actor::Person(lists.cast.user)).await?;
    let mut numbers = Numbers(81);
    let requests = (0..OPENED).map(|n| opening(lists, &token_of_user, n, &mut numbers));
    let requests = requests.collect::<anyhow::Result<Vec<_>>>()?;
    let address = lists.server.address();
    let opened = tokio::task::spawn_blocking(move || -> anyhow::Result<Heard> {
        let mut connection = Client::connect(address)?;
        let open = |request: &Vec<u8>| {
            std::thread::sleep(PAUSE);
            let answer = good(&mut connection, request)?;
            let id = answer["id"].as_str().context("an id")?;
            Ok((id.to_owned(), Instant::now()))
        };
        requests.iter().map(open).collect()
    });
    let opened = opened.await??;
    anyhow::ensure!(
        tokio::time::Instant::now() + TOLD < until,
        "records were opened too slowly"
    );
    let mut heard = Vec::new();
    while let Some(one) = listening.join_next().await {
        heard.push(one??);
    }
    let ids: BTreeSet<&str> = opened.iter().map(|(id, _)| id.as_str()).collect();
    let mut seen = Vec::new();
    for watcher in lists.cast.watchers() {
        let token = token(lists.account, Actor::Person(watcher)).await?;
        let asked = get(&token, "/api/v1/service-desk/records?page_size=500");
        let list = good(&mut Client::connect(address)?, asked.as_bytes())?;
        let items = list["items"].as_array().context("a list")?;
        let items = items.iter().filter_map(|one| one["id"].as_str());
        let items = items.filter(|id| ids.contains(id)).map(str::to_owned);
        seen.push(items.collect::<BTreeSet<_>>());
    }
    let different: BTreeSet<_> = seen.iter().collect();
    anyhow::ensure!(different.len() == RIGHTS as usize, "{}", different.len());
    let mut times = Vec::new();
    for (watcher, heard) in &heard {
        // What was saved shortly before a stream began is told, too: it is of another measurement.
        let heard = heard.iter().filter(|(id, _)| ids.contains(id.as_str()));
        let heard: Vec<_> = heard.collect();
        let told: BTreeSet<String> = heard.iter().map(|(id, _)| id.clone()).collect();
        let seen = &seen[*watcher];
        anyhow::ensure!(
            told == *seen,
            "a stream told of {} records, and the list shows {}",
            told.len(),
            seen.len()
        );
        for (id, at) in heard {
            let opened = opened.iter().find(|(opened, _)| opened == id);
            let (_, opened) = opened.context("a record that was opened before")?;
            times.push(at.saturating_duration_since(*opened));
        }
    }
    times.sort_unstable();
    let streams = WATCHERS as usize * EACH;
    add(
        table,
        &format!(
            "{streams} streams of {RIGHTS} different rights, {}",
            lists.engine
        ),
        &times,
    );
    Ok(())
}
