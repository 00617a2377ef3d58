//! Pages over HTTP, with eight connections, at random persons, filters, orders and pages; what a few letters find; and the lists again
//! while fifty people sign in.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use access::{
    Actor, Command, CompanyId, PersonId, ServiceId, State, UserGroupId, Version,
    event::{Node, ProfileField},
};
use ledger::{Account, Change, Field, Of, Options, ProfileWrite};
use tokio::runtime::Runtime;
use web::Limits;

use crate::fixture::{Numbers, Size, id};
use crate::http::{Client, Server, token};
use crate::table::Table;

const REQUESTS: usize = 1_000;
const CONNECTIONS: usize = 8;
/// Questions about a past that is not held: each takes seconds.
const PASTS: usize = 10;
/// People who sign in meanwhile.
const SIGNING_IN: usize = 50;
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

/// Gives everybody a name and an address, and every company a name.
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
            fields: vec![ProfileField::Name, ProfileField::Address],
        };
        let change = Change::from(edit).with_profile(profile);
        answers.push_back(
            account
                .begin(owner, change, Options::untold("bench"))
                .await?,
        );
        if answers.len() == UNDER_WAY
            && let Some(answer) = answers.pop_front()
        {
            answer.await?;
        }
    }
    for n in 0..account.state().companies().len() {
        let company = id::<CompanyId>(u32::try_from(n)?);
        let profile = ProfileWrite::new(Of::known(company)).set(Field::Name, company_name(n));
        let rename = Command::Rename {
            node: Node::Company(company),
        };
        let change = Change::from(rename).with_profile(profile);
        answers.push_back(
            account
                .begin(owner, change, Options::untold("bench"))
                .await?,
        );
    }
    for answer in answers {
        answer.await?;
    }
    Ok(())
}

fn company_name(n: usize) -> String {
    format!("{} & Sons {n}", LAST[n % LAST.len()])
}

/// What is asked for, and how long it may take.
struct Asked {
    what: &'static str,
    requests: Vec<Vec<u8>>,
}

/// The middle, and the longest of a hundred, of what is asked at random.
pub async fn measure(
    table: &mut Table,
    account: &Account,
    owner: Actor,
    size: Size,
    pasts: &[Version],
    engine: &str,
) -> anyhow::Result<()> {
    let before = account.state().version().0;
    change_somebody(account, owner).await?;
    let token = token(account, owner).await?;
    let limits = Limits {
        per_token: u32::MAX,
        per_address: u32::MAX,
        proxies: vec!["127.0.0.0/8".parse()?].into(),
        ..Limits::default()
    };
    // As the product runs: a thread for each core.
    let server = Server::start(account, limits, Vec::new(), Runtime::new()?)?;
    let Actor::Person(person) = owner else {
        anyhow::bail!("the owner is a person");
    };
    let mut numbers = Numbers(11);
    let mut views = Vec::new();
    for _ in 0..50 {
        views.push(account.keep_view(person, letters(&mut numbers)).await?);
    }
    let (state, mut any) = (account.state(), numbers);
    let mut many = |count: usize, what, request: &mut dyn FnMut(&mut Numbers) -> String| Asked {
        what,
        requests: (0..count).map(|_| request(&mut any).into_bytes()).collect(),
    };
    let lists = many(REQUESTS, "list", &mut |numbers| {
        get(&token, &list(&state, numbers))
    });
    let questions = [
        many(REQUESTS, "list, found by some letters", &mut |numbers| {
            let list = ["users", "customers"][numbers.below(2) as usize];
            let view = &views[numbers.below(views.len() as u32) as usize];
            get(&token, &format!("/people/{list}?view={view}"))
        }),
        many(REQUESTS, "search as one types", &mut |numbers| {
            post(&token, "/find/hits", &format!("q={}", letters(numbers)))
        }),
        many(REQUESTS, "person", &mut |numbers| {
            get(
                &token,
                &format!("/people/{}", anybody(&state, numbers, size)),
            )
        }),
        many(REQUESTS, "person, access", &mut |numbers| {
            let person = anybody(&state, numbers, size);
            get(&token, &format!("/people/{person}/access"))
        }),
        many(REQUESTS, "who can, now", &mut |numbers| {
            get(&token, &who_can(&state, numbers, size))
        }),
        many(
            REQUESTS,
            "who can, at an earlier moment that is held",
            &mut |numbers| {
                let matrix = who_can(&state, numbers, size);
                get(&token, &format!("{matrix}&as_of={before}"))
            },
        ),
    ];
    for asked in [&lists].into_iter().chain(&questions) {
        let times = ask(&server, &asked.requests, CONNECTIONS)?;
        add(table, &format!("{}, {engine}", asked.what), &times);
    }
    let (times, signed_in) =
        while_people_sign_in(&server, || ask(&server, &lists.requests, CONNECTIONS))?;
    add(
        table,
        &format!("list, while {SIGNING_IN} people sign in, {engine}"),
        &times,
    );
    let tries =
        vec![signed_in as f64 / times.iter().sum::<Duration>().as_secs_f64() * CONNECTIONS as f64];
    table.add(format!("sign-in, meanwhile, {engine}"), "per second", tries);
    // Each once, one after the other: none was asked about before.
    let mut past = pasts.iter().rev();
    let unheld = many(
        PASTS.min(pasts.len()),
        "who can, at an earlier moment that is not held",
        &mut |numbers| {
            let matrix = who_can(&state, numbers, size);
            let version = past
                .next()
                .map_or_else(String::new, |past| past.0.to_string());
            get(&token, &format!("{matrix}&as_of={version}"))
        },
    );
    let times = ask(&server, &unheld.requests, 1)?;
    add(table, &format!("{}, {engine}", unheld.what), &times);
    server.stop();
    Ok(())
}

pub fn add(table: &mut Table, what: &str, times: &[Duration]) {
    for (share, name) in [
        (50, "half of the answers within"),
        (99, "99 of 100 answers within"),
    ] {
        let at = (times.len() * share / 100).min(times.len() - 1);
        let figures = vec![times[at].as_secs_f64() * 1_000.0];
        table.add(format!("{what}: {name}"), "ms", figures);
    }
}

/// So that there is something between now and the earlier moment.
async fn change_somebody(account: &Account, owner: Actor) -> anyhow::Result<()> {
    tokio::time::sleep(Duration::from_millis(20)).await;
    let edit = Command::EditProfile {
        person: id(1),
        fields: vec![ProfileField::Title],
    };
    let profile =
        ProfileWrite::new(Of::known(id::<PersonId>(1))).set(Field::Title, "Fitter".to_owned());
    let change = Change::from(edit).with_profile(profile);
    account
        .submit(owner, change, Options::untold("bench"))
        .await?;
    Ok(())
}

/// The first letters of a name.
fn letters(numbers: &mut Numbers) -> &'static str {
    let name = FIRST[numbers.below(FIRST.len() as u32) as usize];
    let letters = 1 + numbers.below(4) as usize;
    let end = name.char_indices().nth(letters);
    &name[..end.map_or(name.len(), |(at, _)| at)]
}

fn anybody(state: &State, numbers: &mut Numbers, size: Size) -> String {
    let person = state.public::<PersonId>(id(numbers.below(size.people)));
    person.map_or_else(String::new, |person| person.to_string())
}

fn who_can(state: &State, numbers: &mut Numbers, size: Size) -> String {
    let service = state.public::<ServiceId>(id(numbers.below(size.services)));
    let service = service.map_or_else(String::new, |service| service.to_string());
    format!("/access/who-can?on={service}")
}

fn list(state: &State, numbers: &mut Numbers) -> String {
    let sort = ["name", "address", "company", "rank", "newest"][numbers.below(5) as usize];
    let filter = match numbers.below(6) {
        0 => {
            let company = state.public::<CompanyId>(id(numbers.below(10_000)));
            company.map(|company| format!("customers?company={company}&"))
        }
        1 => {
            let group = state.public::<UserGroupId>(id(numbers.below(200)));
            group.map(|group| format!("users?user_group={group}&"))
        }
        2 => {
            let status = ["active", "deactivated"][numbers.below(2) as usize];
            Some(format!("users?status={status}&"))
        }
        3 => Some("customers?level=company&".to_owned()),
        4 => Some("customers?".to_owned()),
        _ => None,
    };
    let filter = filter.unwrap_or_else(|| "users?".to_owned());
    format!("/people/{filter}sort={sort}")
}

pub fn get(token: &str, path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n")
}

pub fn post(token: &str, path: &str, form: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    )
}

/// How long each took, the shortest first.
pub fn ask(
    server: &Server,
    requests: &[Vec<u8>],
    connections: usize,
) -> anyhow::Result<Vec<Duration>> {
    let times = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..connections)
            .map(|first| {
                scope.spawn(move || -> anyhow::Result<Vec<Duration>> {
                    let mut connection = Client::connect(server.address())?;
                    let mut times = Vec::new();
                    for request in requests.iter().skip(first).step_by(connections) {
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

/// Does something while people try to sign in, each from an address of their own, without a pause; how many tries were answered.
/// Nobody has the address that they type, which is as much work as a password that is wrong.
fn while_people_sign_in<T>(
    server: &Server,
    act: impl FnOnce() -> anyhow::Result<T>,
) -> anyhow::Result<(T, usize)> {
    let over = AtomicBool::new(false);
    let over = &over;
    std::thread::scope(|scope| {
        let people: Vec<_> = (0..SIGNING_IN)
            .map(|person| {
                scope.spawn(move || -> anyhow::Result<usize> {
                    let mut connection = Client::connect(server.address())?;
                    let mut tries = 0;
                    while !over.load(Ordering::Relaxed) {
                        let form = format!("email=p{person}t{tries}%40example.net&password=a+long+wrong+one");
                        let request = format!(
                            "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\n\
                             X-Forwarded-For: 10.{}.{person}.1\r\n\
                             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
                            tries / 8,
                            form.len()
                        );
                        connection.exchange(request.as_bytes())?;
                        tries += 1;
                    }
                    Ok(tries)
                })
            })
            .collect();
        let done = act();
        over.store(true, Ordering::Relaxed);
        let mut tries = 0;
        for person in people {
            let answered = person
                .join()
                .map_err(|_| anyhow::anyhow!("somebody panicked"))?;
            tries += answered?;
        }
        Ok((done?, tries))
    })
}
