//! Pages of lists of people over HTTP, with eight connections: as the owner, and as users of every kind, by random filters, orders and
//! pages; and lists of whom a few letters find.

use std::time::{Duration, Instant};

use access::{Actor, Command, PersonId, event::ProfileField};
use ledger::{Account, Change, Field, Of, Options, ProfileWrite};
use web::Limits;

use crate::fixture::{Numbers, Size, id};
use crate::http::{Client, Server, token};
use crate::table::Table;

const REQUESTS: usize = 1_000;
const CONNECTIONS: usize = 8;
/// Changes on their way at once, while names are given.
const UNDER_WAY: usize = 4_096;

const FIRST: [&str; 12] = [
    "Ana", "Bo", "Cleo", "Dag", "Eino", "Fatima", "Gita", "Hiroaki", "Ingrid", "Jesús", "Kaisa",
    "Linh",
];
const LAST: [&str; 15] = [
    "Achterberg",
    "Baek",
    "Castellanos",
    "Dubois",
    "Eriksen",
    "Fontaine",
    "Gruber",
    "Haugen",
    "Iyer",
    "Jansen",
    "Khan",
    "Lindqvist",
    "Marsh",
    "Nguyễn",
    "Okafor",
];

/// Gives everybody a name and an address.
pub async fn name_everybody(account: &Account, owner: Actor, size: Size) -> anyhow::Result<()> {
    let mut answers = std::collections::VecDeque::new();
    for n in 0..size.people {
        let person: PersonId = id(n);
        let mut numbers = Numbers(u64::from(n));
        let first = FIRST[numbers.below(FIRST.len() as u32) as usize];
        let last = LAST[numbers.below(LAST.len() as u32) as usize];
        let profile = ProfileWrite::new(Of::known(person))
            .set(Field::Name, format!("{first} {last} {n}"))
            .set(
                Field::Email,
                format!(
                    "{}{n}@{}.example",
                    first.to_lowercase(),
                    last.to_lowercase()
                ),
            );
        let edit = Command::EditProfile {
            person,
            fields: vec![ProfileField::Name, ProfileField::Email],
        };
        let change = Change::from(edit).with_profile(profile);
        answers.push_back(account.begin(owner, change, Options::default()).await?);
        if answers.len() == UNDER_WAY
            && let Some(answer) = answers.pop_front()
        {
            answer.await?;
        }
    }
    for answer in answers {
        answer.await?;
    }
    Ok(())
}

/// The longest of a hundred, and the middle, of what is asked at random.
pub async fn measure(
    table: &mut Table,
    account: &Account,
    owner: Actor,
    size: Size,
    engine: &str,
) -> anyhow::Result<()> {
    let tokens = vec![token(account, owner).await?];
    let limits = Limits {
        per_token: u32::MAX,
        ..Limits::default()
    };
    let server = Server::start(account, limits, Vec::new())?;
    let mut numbers = Numbers(11);
    let paths: Vec<String> = (0..REQUESTS)
        .map(|_| path(account, &mut numbers, size))
        .collect();
    let mut views = Vec::new();
    let Actor::Person(person) = owner else {
        anyhow::bail!("the owner is a person");
    };
    for _ in 0..50 {
        let name = FIRST[numbers.below(FIRST.len() as u32) as usize];
        let letters = 1 + numbers.below(4) as usize;
        let text: String = name.chars().take(letters).collect();
        views.push(account.keep_view(person, &text).await?);
    }
    let typed: Vec<String> = (0..REQUESTS)
        .map(|_| {
            let list = ["users", "customers"][numbers.below(2) as usize];
            let view = &views[numbers.below(views.len() as u32) as usize];
            format!("/people/{list}?view={view}")
        })
        .collect();
    for (what, paths) in [("list", paths), ("list, found by some letters", typed)] {
        let times = ask(&server, &tokens, &paths)?;
        let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)];
        let figures = |time: Duration| vec![time.as_secs_f64() * 1_000.0];
        table.add(
            format!("{what}, {engine}: half of the pages within"),
            "ms",
            figures(at(50)),
        );
        table.add(
            format!("{what}, {engine}: 99 of 100 pages within"),
            "ms",
            figures(at(99)),
        );
    }
    server.stop();
    Ok(())
}

fn path(account: &Account, numbers: &mut Numbers, size: Size) -> String {
    let state = account.state();
    let sort = ["name", "address", "company", "rank", "newest"][numbers.below(5) as usize];
    let filter = match numbers.below(6) {
        0 => {
            let company = state.public::<access::CompanyId>(id(numbers.below(10_000)));
            company.map(|company| format!("customers?company={company}&"))
        }
        1 => {
            let group = state.public::<access::UserGroupId>(id(numbers.below(200)));
            group.map(|group| format!("users?user_group={group}&"))
        }
        2 => Some(format!(
            "users?status={}&",
            ["active", "deactivated"][numbers.below(2) as usize]
        )),
        3 => Some("customers?level=company&".to_owned()),
        4 => Some("customers?".to_owned()),
        _ => Some("users?".to_owned()),
    };
    let _ = size;
    format!(
        "/people/{}sort={sort}",
        filter.unwrap_or_else(|| "users?".to_owned())
    )
}

/// How long each took, the shortest first.
fn ask(server: &Server, tokens: &[String], paths: &[String]) -> anyhow::Result<Vec<Duration>> {
    let requests: Vec<Vec<u8>> = paths
        .iter()
        .enumerate()
        .map(|(index, path)| {
            let token = &tokens[index % tokens.len()];
            format!(
                "GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n"
            )
            .into_bytes()
        })
        .collect();
    let requests = &requests;
    let times = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CONNECTIONS)
            .map(|first| {
                scope.spawn(move || -> anyhow::Result<Vec<Duration>> {
                    let mut connection = Client::connect(server.address())?;
                    let mut times = Vec::new();
                    for request in requests.iter().skip(first).step_by(CONNECTIONS) {
                        let start = Instant::now();
                        connection.ask(request)?;
                        times.push(start.elapsed());
                    }
                    Ok(times)
                })
            })
            .collect();
        let joined = clients.into_iter().map(|client| {
            client
                .join()
                .map_err(|_| anyhow::anyhow!("a client panicked"))?
        });
        joined.collect::<anyhow::Result<Vec<_>>>()
    })?;
    let mut times = times.concat();
    times.sort_unstable();
    Ok(times)
}
