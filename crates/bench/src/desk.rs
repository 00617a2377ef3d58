//! The service desk over HTTP: 1,000,000 people, 1,000,000 incidents, 200 services, for a user who works on 12 of them and for a customer who sees
//! the incidents of 10,000 colleagues. Lists are asked for one after the other, so that what is measured is what the server does.

mod cast;
mod records;
mod saves;
mod streams;

use std::time::Instant;

use access::{Moment, PersonId, ServiceId};
use ledger::{Account, Beginning, DatabaseConfig, NewSession, Options, SignInProof};
use tokio::runtime::Runtime;
use web::Limits;

use self::cast::Cast;
use crate::fixture::{Numbers, Size};
use crate::http::Server;
use crate::ledgers;
use crate::pages::{add, ask, name_everybody};
use crate::table::Table;

const REQUESTS: usize = 300;
/// Requests of each kind before them.
const UNCOUNTED: usize = 20;

pub async fn measure(
    table: &mut Table,
    database: DatabaseConfig,
    size: Size,
    engine: &str,
) -> anyhow::Result<()> {
    let size = cast::size(size);
    let (account, owner) = ledgers::account(database).await?;
    ledgers::fill(&account, owner, size).await?;
    name_everybody(&account, owner, size).await?;
    let cast = cast::join(&account, owner, size).await?;
    let start = Instant::now();
    let words = records::write(&account, owner, &cast, size.people).await?;
    eprintln!("{} records written in {:?}", size.people, start.elapsed());
    if engine != "SQLite" {
        // As PostgreSQL does by itself some time after so many rows have come.
        let rows = records::Rows(vec!["ANALYZE".to_owned()]);
        account.act(owner, rows, Options::untold("bench")).await?;
    }
    let limits = Limits {
        per_token: u32::MAX,
        per_address: u32::MAX,
        ..Limits::default()
    };
    // As the product runs: a thread for each core.
    let server = Server::start(&account, limits, Vec::new(), Runtime::new()?)?;
    let lists = Lists {
        account: &account,
        cast: &cast,
        server: &server,
        engine,
    };
    lists.measure(table, &words).await?;
    saves::measure(table, &lists).await?;
    streams::measure(table, &lists).await?;
    server.stop();
    let engine = account.engine().clone();
    drop(account);
    engine.close().await;
    Ok(())
}

/// The secret of a browser in which somebody is signed in.
async fn session(account: &Account, person: PersonId) -> anyhow::Result<String> {
    let new = NewSession {
        person,
        tried: None,
        browser: "bench",
        ends_at: Moment(account.now().0 + 86_400_000),
        proved_at: None,
        proof: SignInProof::Password,
        through: None,
    };
    match account.begin_sign_in_session(new, |_| true).await? {
        Beginning::Begun(secret, _) => Ok(secret.reveal().to_owned()),
        other => anyhow::bail!("nobody is signed in: {other:?}"),
    }
}

struct Lists<'a> {
    account: &'a Account,
    cast: &'a Cast,
    server: &'a Server,
    engine: &'a str,
}

impl Lists<'_> {
    /// How long the same takes for one after the other.
    fn time(
        &self,
        table: &mut Table,
        what: &str,
        session: &str,
        path: &mut dyn FnMut(&mut Numbers) -> String,
    ) -> anyhow::Result<()> {
        let mut numbers = Numbers(31);
        let get = |path: String| {
            format!(
                "GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: __Host-rolecall={session}\r\n\r\n"
            )
        };
        let mut some = |count| -> Vec<_> {
            let requests = (0..count).map(|_| get(path(&mut numbers)).into_bytes());
            requests.collect()
        };
        // Each connection to the database has what is asked for in its memory, as it has on any day but the first.
        ask(self.server, &some(UNCOUNTED), 1)?;
        let requests = some(REQUESTS);
        let times = ask(self.server, &requests, 1)?;
        add(table, &format!("{what}, {}", self.engine), &times);
        Ok(())
    }

    async fn measure(&self, table: &mut Table, words: &[(String, usize)]) -> anyhow::Result<()> {
        let user = session(self.account, self.cast.user).await?;
        let state = self.account.state();
        let services: Vec<String> = self
            .cast
            .services_of_user()
            .filter_map(|service| state.public::<ServiceId>(service))
            .map(|service| service.to_string())
            .collect();
        let service = |numbers: &mut Numbers| services[numbers.below(12) as usize].clone();
        const RECORDS: &str = "/service-desk/records";
        let fixed: &[(&str, &str)] = &[
            ("My work", "/service-desk/my-work"),
            ("records, as the list begins", RECORDS),
            ("late records", "/service-desk/records?due=late&sort=due"),
            ("open", "/service-desk/records?state=open"),
            ("done", "/service-desk/records?state=done"),
            ("on hold", "/service-desk/records?state=on_hold"),
            ("by due date", "/service-desk/records?sort=due"),
            ("the most urgent first", "/service-desk/records?sort=urgent"),
            ("changed last first", "/service-desk/records?sort=changed"),
            (
                "open, by due date",
                "/service-desk/records?state=open&sort=due",
            ),
            (
                "open, most urgent first",
                "/service-desk/records?state=open&sort=urgent",
            ),
            ("priority 1", "/service-desk/records?priority=1"),
            (
                "problems, of which there are none",
                "/service-desk/records?kind=problem",
            ),
            ("mine", "/service-desk/records?whose=mine"),
            ("my groups'", "/service-desk/records?whose=my_groups"),
            ("nobody's", "/service-desk/records?whose=nobodys"),
            ("ours", "/service-desk/records?whose=ours"),
            ("interesting", "/service-desk/records?mark=interesting"),
            ("late soon", "/service-desk/records?due=soon"),
            ("answered", "/service-desk/records?answered=true"),
            (
                "opened on a day",
                "/service-desk/records?opened_from=2026-06-01&opened_until=2026-06-01",
            ),
        ];
        for (what, path) in fixed {
            self.time(table, what, &user, &mut |_| (*path).to_owned())?;
        }
        self.time(table, "of one service", &user, &mut |numbers| {
            format!("{RECORDS}?service={}", service(numbers))
        })?;
        self.time(table, "of a customer", &user, &mut |numbers| {
            let (customer, _) = self.cast.customer(numbers);
            let customer = state.public::<PersonId>(customer);
            let customer = customer.map_or_else(String::new, |one| one.to_string());
            format!("{RECORDS}?customer={customer}")
        })?;
        self.search(table, &user, words).await?;
        let admin = session(self.account, self.cast.company_admin).await?;
        for (what, path) in [
            ("portal, the company's incidents", "/portal/company"),
            ("portal, my incidents", "/portal/incidents"),
        ] {
            self.time(table, what, &admin, &mut |_| path.to_owned())?;
        }
        Ok(())
    }

    /// Words that stand in few records, in up to 10,000, and everywhere.
    async fn search(
        &self,
        table: &mut Table,
        session: &str,
        words: &[(String, usize)],
    ) -> anyhow::Result<()> {
        let between = |least: usize, most: usize| {
            let fitting = words
                .iter()
                .filter(|(_, often)| (least..=most).contains(often));
            let fitting: Vec<&str> = fitting.map(|(word, _)| word.as_str()).collect();
            fitting
        };
        let (rare, some, common) = (
            between(1, 1_000),
            between(5_000, 10_000),
            between(50_000, usize::MAX),
        );
        let mut numbers = Numbers(41);
        let any = |of: &[&str], numbers: &mut Numbers| {
            of[numbers.below(u32::try_from(of.len()).unwrap_or(u32::MAX)) as usize].to_owned()
        };
        let texts: [(&str, Vec<String>); 4] = [
            (
                "a word in up to 1,000",
                (0..20).map(|_| any(&rare, &mut numbers)).collect(),
            ),
            (
                "a word in 5,000 to 10,000",
                (0..20).map(|_| any(&some, &mut numbers)).collect(),
            ),
            (
                "two such words",
                (0..20)
                    .map(|_| format!("{} {}", any(&some, &mut numbers), any(&some, &mut numbers)))
                    .collect(),
            ),
            (
                "a common word",
                (0..20).map(|_| any(&common, &mut numbers)).collect(),
            ),
        ];
        for (what, texts) in texts {
            let mut views = Vec::new();
            for text in &texts {
                views.push(self.account.keep_view(self.cast.user, text).await?);
            }
            self.time(table, &format!("search, {what}"), session, &mut |numbers| {
                let view = &views[numbers.below(20) as usize];
                format!("/service-desk/records?view={view}")
            })?;
        }
        Ok(())
    }
}
