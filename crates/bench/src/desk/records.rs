//! A million records, written as rows: made one by one they would take half an hour.

use std::collections::BTreeMap;
use std::fmt::Write;

use access::decide::OnAccount;
use access::decide::permissions::ConfigureDesk;
use access::{Actor, Dense, Permit};
use ledger::{
    Account, AccountId, Act, AssertSqlSafe, Here, LedgerError, Options, SubmitError, Tx, Wrote,
    words_of,
};
use uuid::Uuid;

use super::cast::Cast;
use crate::fixture::Numbers;

/// Rows of a statement.
const ROWS: usize = 500;
/// Statements of a transaction.
const STATEMENTS: usize = 100;
/// Different words; the n-th of them is met n times less often than the first.
const VOCABULARY: u32 = 20_000;

const DAY: i64 = 86_400_000;
/// Where an insert begins.
const RECORDS: &str = "INSERT INTO service_desk_records (account, number, id, kind, service, customer, company, title, description, priority, status, \
     reason, assignee_user, assignee_group, is_common, is_interesting, opened_at, changed_at, told_at, revision, due_at, target_at, warn_at, \
     respond_by, warn_response_at, responded_at, waiting_since, resolved_at, closed_at, answered_at) VALUES ";
const HISTORY: &str =
    "INSERT INTO service_desk_history (account, record, entry, at, actor, change) VALUES ";
const FOUND: &str =
    "INSERT INTO service_desk_words (account, word, record, record_service) VALUES ";

/// Writes them, and says which words stand in how many.
pub async fn write(
    account: &Account,
    owner: Actor,
    cast: &Cast,
    count: u32,
) -> anyhow::Result<Vec<(String, usize)>> {
    let now = account.now().0;
    let mut numbers = Numbers(23);
    let mut found: BTreeMap<String, Vec<(u32, u32)>> = BTreeMap::new();
    let mut writer = Writer::new(account, owner);
    let mut of = [Vec::new(), Vec::new()];
    for number in 1..=count {
        let (title, description) = cast.text(&mut numbers);
        let service = cast.service(&mut numbers);
        for word in words_of(&format!("{title} {description}")) {
            found.entry(word).or_default().push((number, service + 1));
        }
        let id = Uuid::from_u128(u128::from(number) << 64 | 7);
        let row = row(
            account.id(),
            number,
            id,
            service,
            (&title, &description),
            cast,
            now,
            &mut numbers,
        );
        of[0].push(row);
        of[1].push(format!(
            "({}, {number}, 1, {now}, 1, '\"opened\"')",
            account.id().0
        ));
        if of[0].len() == ROWS || number == count {
            writer.insert(RECORDS, std::mem::take(&mut of[0])).await?;
            writer.insert(HISTORY, std::mem::take(&mut of[1])).await?;
        }
    }
    let mut often = Vec::with_capacity(found.len());
    let mut rows = Vec::with_capacity(ROWS);
    for (word, records) in found {
        for (number, service) in &records {
            rows.push(format!(
                "({}, '{word}', {number}, {service})",
                account.id().0
            ));
            if rows.len() == ROWS {
                writer.insert(FOUND, std::mem::take(&mut rows)).await?;
            }
        }
        often.push((word, records.len()));
    }
    if !rows.is_empty() {
        writer.insert(FOUND, rows).await?;
    }
    let last = format!(
        "INSERT INTO service_desk_numbers (account, last, last_change) VALUES ({}, {count}, 0)",
        account.id().0
    );
    writer.run(last).await?;
    writer.finish().await?;
    Ok(often)
}

#[expect(clippy::too_many_arguments, reason = "it is one row")]
fn row(
    account: AccountId,
    number: u32,
    id: Uuid,
    service: u32,
    (title, description): (&str, &str),
    cast: &Cast,
    now: i64,
    numbers: &mut Numbers,
) -> String {
    // The newest tenth is open, and some that are older.
    let is_open = numbers.below(10) == 0;
    let age = i64::from(numbers.below(365 * 24)) * 3_600_000;
    let age = if is_open { age / 12 } else { age };
    let opened = now - age;
    let status = match (is_open, numbers.below(10)) {
        (true, 0..=3) => 1,
        (true, 4..=6) => 2,
        (true, 7..=8) => 3,
        (true, _) => 4,
        (false, 0..=1) => 5,
        (false, _) => 6,
    };
    // One in six of what is open is late.
    let due = match is_open {
        true => now + i64::from(numbers.below(12 * 24)) * 3_600_000 - 2 * DAY,
        false => opened + DAY,
    };
    let done = opened + i64::from(numbers.below(72)) * 3_600_000;
    let null = || "NULL".to_owned();
    let (user, group) = match numbers.below(8) {
        0..=1 => (null(), null()),
        2..=3 => (null(), cast.group(service, numbers).number().to_string()),
        _ => (cast.user(service, numbers).number().to_string(), null()),
    };
    let (customer, company) = cast.customer(numbers);
    let mut row = String::with_capacity(400);
    let service = service + 1;
    let reason = if status == 6 { "1".to_owned() } else { null() };
    let changed = if is_open { opened + age / 2 } else { done };
    let _ = write!(
        row,
        "({}, {number}, '{id}', 1, {service}, {}, {}, '{title}', '{description}', {}, {status}, {reason}, {user}, {group}, {}, {}, \
         {opened}, {changed}, {changed}, 2, {due}, {due}, {}, {}, {}, {}, {}, {}, {}, {})",
        account.0,
        customer.number(),
        company.number(),
        1 + numbers.below(5),
        u32::from(numbers.below(50) == 0),
        u32::from(numbers.below(50) == 1),
        due - 3_600_000,
        opened + 4 * 3_600_000,
        opened + 3 * 3_600_000,
        opened + 2 * 3_600_000,
        if status == 3 {
            changed.to_string()
        } else {
            null()
        },
        if is_open { null() } else { done.to_string() },
        if status == 6 {
            done.to_string()
        } else {
            null()
        },
        if is_open && numbers.below(4) == 0 {
            changed.to_string()
        } else {
            null()
        },
    );
    row
}

/// Words as texts have them: a few everywhere, and very many that hardly stand anywhere.
pub struct Vocabulary {
    words: Vec<String>,
    /// How many are met up to each, of [`Vocabulary::SCALE`].
    up_to: Vec<u32>,
}

impl Vocabulary {
    const SCALE: f64 = 2_000_000_000.0;

    pub fn new() -> Self {
        let weights: Vec<f64> = (1..=VOCABULARY).map(|rank| 1.0 / f64::from(rank)).collect();
        let all: f64 = weights.iter().sum();
        let mut sum = 0.0;
        let up_to = weights.iter().map(|weight| {
            sum += weight / all * Self::SCALE;
            sum as u32
        });
        Self {
            up_to: up_to.collect(),
            words: (0..VOCABULARY).map(word).collect(),
        }
    }

    pub fn word(&self, numbers: &mut Numbers) -> &str {
        let at = numbers.below(Self::SCALE as u32);
        let place = self.up_to.partition_point(|up_to| *up_to <= at);
        &self.words[place.min(self.words.len() - 1)]
    }
}

/// A word that can be spoken.
fn word(rank: u32) -> String {
    const SYLLABLES: [&str; 28] = [
        "ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu",
        "va", "we", "xi", "yo", "zu", "bra", "cle", "dri", "flo", "gru", "pla", "ste", "tri",
    ];
    let (mut rank, mut word) = (rank + 28, String::new());
    while rank > 0 {
        word.push_str(SYLLABLES[(rank % 28) as usize]);
        rank /= 28;
    }
    word
}

/// Statements, some to a transaction.
struct Writer<'a> {
    account: &'a Account,
    owner: Actor,
    waiting: Vec<String>,
}

impl<'a> Writer<'a> {
    fn new(account: &'a Account, owner: Actor) -> Self {
        Self {
            account,
            owner,
            waiting: Vec::new(),
        }
    }

    async fn insert(&mut self, begins: &str, rows: Vec<String>) -> anyhow::Result<()> {
        self.run(format!("{begins}{}", rows.join(", "))).await
    }

    async fn run(&mut self, statement: String) -> anyhow::Result<()> {
        self.waiting.push(statement);
        if self.waiting.len() == STATEMENTS {
            self.finish().await?;
        }
        Ok(())
    }

    async fn finish(&mut self) -> anyhow::Result<()> {
        let rows = Rows(std::mem::take(&mut self.waiting));
        self.account
            .act(self.owner, rows, Options::untold("bench"))
            .await?;
        Ok(())
    }
}

/// Rows to be written.
pub struct Rows(pub Vec<String>);

impl Act for Rows {
    type Needs = ConfigureDesk;
    const NEEDS: ConfigureDesk = ConfigureDesk;
    const NAME: &'static str = "rows";

    async fn on(&self, _: &mut Tx, _: AccountId) -> Result<Option<OnAccount>, LedgerError> {
        Ok(Some(OnAccount))
    }

    async fn apply(
        self,
        tx: &mut Tx,
        _: Permit<'_, ConfigureDesk>,
        _: Here<'_>,
    ) -> Result<Wrote, SubmitError> {
        for statement in self.0 {
            tx.execute(AssertSqlSafe(statement), []).await?;
        }
        Ok(Wrote::ROWS)
    }
}
