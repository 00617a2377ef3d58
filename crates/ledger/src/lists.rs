//! Candidates of lists of people, in the order of a list: the database knows who stands where, and nothing of who may see whom. Ids
//! come many in one row: a row for each would cost more than finding them.

use std::collections::HashMap;

use access::{CompanyId, Dense, PersonId, RoleId, state::PortalLevel};
use serde::{Deserialize, Serialize};
use sqlx::AssertSqlSafe;

use crate::database::{Row, Tx, Value};
use crate::dialect::{Column, rows_of, wanted};
use crate::error::Result;
use crate::log::AccountId;
use crate::profile::{HasProfile, Kind, Place, most, numbers_in, read_many};

/// What a list is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListOrder {
    /// The folded name.
    Name,
    /// The folded address.
    Address,
}

impl ListOrder {
    fn column(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Address => "address",
        }
    }
}

/// Which way a list is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Toward {
    /// From the first to the last.
    End,
    /// From the last to the first.
    Start,
}

/// Whose part of the account a list walks through; all but the first two are walked through by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Within {
    /// Everybody.
    Account,
    /// Users, in whatever state.
    Users,
    /// The people of a company.
    Company(CompanyId),
    /// Users with an account role.
    Role(RoleId),
    /// Customers with a portal level.
    Level(PortalLevel),
}

/// Few of many, told by their rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Having {
    /// Users, in whatever state.
    User,
    /// Users with an account role.
    Role(RoleId),
    /// Customers with a portal level.
    Level(PortalLevel),
    /// Users who are invited or deactivated.
    UserFacet(access::state::UserFacet),
    /// Customers who are unconfirmed or deactivated.
    CustomerFacet(access::state::CustomerFacet),
}

/// The place of a person in a list: holds personal data, and leaves the server sealed only.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ListPlace {
    key: String,
    person: u32,
}

impl ListPlace {
    /// The dense number of whom, or what, stands there.
    pub fn number(&self) -> u32 {
        self.person
    }
}

/// Who stands after a place of the list, or before it, at most `limit`. Without a place: from the end that the walk comes from.
pub async fn walk(
    tx: &mut Tx,
    account: AccountId,
    order: ListOrder,
    within: Within,
    (from, toward): (Option<&ListPlace>, Toward),
    limit: usize,
) -> Result<Vec<PersonId>> {
    let sql = walk_text(tx, order, within, toward);
    let (key, person) = beginning(from, toward);
    let mut values: Vec<Value> = vec![account.0.into(), key.into(), person.into(), most(limit)];
    values.extend(match within {
        Within::Account | Within::Users => None,
        Within::Company(company) => Some(company.number().into()),
        Within::Role(role) => Some(role.number().into()),
        Within::Level(level) => Some(Value::from(level as i64)),
    });
    people(tx, sql, values).await
}

fn walk_text(tx: &Tx, order: ListOrder, within: Within, toward: Toward) -> String {
    let column = order.column();
    let within = match within {
        Within::Account => "",
        Within::Users => " AND user_facet > 0",
        Within::Company(_) => " AND company = $5 AND company IS NOT NULL",
        Within::Role(_) => " AND account_role = $5 AND user_facet > 0",
        Within::Level(_) => " AND portal_level = $5 AND customer_facet > 0",
    };
    let (than, way) = way(toward);
    let many = tx.many("person");
    format!(
        "SELECT {many} FROM (SELECT person FROM person_row WHERE account = $1{within} AND ({column}, person) {than} ($2, $3) \
         ORDER BY {column}{way}, person{way} LIMIT $4) AS found"
    )
}

/// The same among people who are known already.
pub async fn sorted(
    tx: &mut Tx,
    account: AccountId,
    order: ListOrder,
    among: &[PersonId],
    (from, toward): (Option<&ListPlace>, Toward),
    limit: usize,
) -> Result<Vec<PersonId>> {
    let asked: Vec<_> = among.iter().map(|person| [person.number()]).collect();
    let sql = sorted_text(tx, order, toward);
    let (key, person) = beginning(from, toward);
    let values = vec![
        rows_of(&asked)?,
        account.0.into(),
        key.into(),
        person.into(),
        most(limit),
    ];
    people(tx, sql, values).await
}

fn sorted_text(tx: &Tx, order: ListOrder, toward: Toward) -> String {
    let column = order.column();
    let (than, way) = way(toward);
    let many = tx.many("person");
    let wanted = wanted(tx, &[("person", Column::Int)]);
    let of = "person_row AS p WHERE p.account = $2 AND p.person = wanted.person";
    let rows = tx.looked_up(&wanted, &format!("p.person, p.{column}"), of);
    format!(
        "SELECT {many} FROM (SELECT p.person FROM {rows} WHERE (p.{column}, p.person) {than} ($3, $4) \
         ORDER BY p.{column}{way}, p.person{way} LIMIT $5) AS found"
    )
}

/// The place of a person.
pub async fn place(
    tx: &mut Tx,
    account: AccountId,
    order: ListOrder,
    person: PersonId,
) -> Result<Option<ListPlace>> {
    let column = order.column();
    let sql = format!("SELECT {column} FROM person_row WHERE account = $1 AND person = $2");
    let values = [account.0.into(), person.number().into()];
    let row = tx.fetch_optional(AssertSqlSafe(sql), values).await?;
    row.map(|row| {
        Ok(ListPlace {
            key: row.get(0)?,
            person: person.number(),
        })
    })
    .transpose()
}

/// Who has something, in no order, if there are not more of them than `limit`.
pub async fn having(
    tx: &mut Tx,
    account: AccountId,
    what: Having,
    limit: usize,
) -> Result<Option<Vec<PersonId>>> {
    let sql = having_text(tx, what);
    let value: Value = match what {
        Having::User => 0_i64.into(),
        Having::Role(role) => role.number().into(),
        Having::Level(level) => Value::from(level as i64),
        Having::UserFacet(facet) => Value::from(facet as i64),
        Having::CustomerFacet(facet) => Value::from(facet as i64),
    };
    let values = [account.0.into(), value, most(limit)];
    let row = tx.fetch_optional(AssertSqlSafe(sql), values).await?;
    match row {
        Some(row) if row.get::<Option<String>>(0)?.is_some() => {
            let found = numbers_in(&row, 0)?.into_iter();
            Ok(Some(found.filter_map(PersonId::from_number).collect()))
        }
        _ => Ok(None),
    }
}

fn having_text(tx: &Tx, what: Having) -> String {
    let (condition, order) = match what {
        Having::User => (
            "user_facet > $2 AND user_facet > 0",
            "account_role, name, person",
        ),
        Having::Role(_) => ("account_role = $2 AND user_facet > 0", "name, person"),
        Having::Level(_) => ("portal_level = $2 AND customer_facet > 0", "name, person"),
        Having::UserFacet(_) => ("user_facet = $2 AND user_facet IN (1, 3)", "person"),
        Having::CustomerFacet(_) => ("customer_facet = $2 AND customer_facet IN (1, 3)", "person"),
    };
    let many = tx.many("person");
    let rows = format!("FROM person_row WHERE account = $1 AND {condition}");
    // To count past some thousands costs less than to bring them along, and they are of no use where there are more. In the order of the
    // index: PostgreSQL would collect all there are first where it has no statistics yet.
    format!(
        "SELECT CASE WHEN EXISTS (SELECT 1 {rows} ORDER BY {order} LIMIT 1 OFFSET $3) THEN NULL \
         ELSE (SELECT COALESCE({many}, '') FROM (SELECT person {rows}) AS found) END"
    )
}

/// Which of some things a text finds: the same as [`crate::search_many`] where it would find too many, and those who matter are few and known.
/// The index of words leads from a word to whom it names, and not back: their profiles are read.
pub async fn found_among<K: HasProfile>(
    tx: &mut Tx,
    account: AccountId,
    things: impl Iterator<Item = K>,
    text: &str,
) -> Result<Vec<K>> {
    let places = things.map(|thing| (account, Place::of(thing)));
    let profiles = read_many(tx, places).await?;
    let found = profiles
        .into_iter()
        .filter(|(_, _, profile)| profile.is_found_by(text));
    Ok(found
        .filter_map(|((_, place), ..)| K::from_number(place.entity))
        .collect())
}

/// Companies in the order of their names, after a name and a company.
pub async fn companies_by_name(
    tx: &mut Tx,
    account: AccountId,
    (from, toward): (Option<&ListPlace>, Toward),
    limit: usize,
) -> Result<Vec<CompanyId>> {
    let (than, way) = way(toward);
    let (key, entity) = beginning(from, toward);
    let many = tx.many("entity");
    let sql = format!(
        "SELECT {many} FROM (SELECT entity FROM search_keys WHERE account = $1 AND kind = $2 AND field = 0 \
         AND (word, entity) {than} ($3, $4) ORDER BY word{way}, entity{way} LIMIT $5) AS found"
    );
    let kind = i64::from(Kind::Company as u8);
    let values = vec![
        account.0.into(),
        kind.into(),
        key.into(),
        entity.into(),
        most(limit),
    ];
    let found = numbers(tx, sql, values).await?;
    Ok(found
        .into_iter()
        .filter_map(CompanyId::from_number)
        .collect())
}

/// Companies of users, at most `limit`, in no order: most users have none, where customers are many.
pub async fn companies_of_users(
    tx: &mut Tx,
    account: AccountId,
    limit: usize,
) -> Result<Vec<CompanyId>> {
    let sql = companies_of_users_text(tx);
    let found = numbers(tx, sql, vec![account.0.into(), most(limit)]).await?;
    Ok(found
        .into_iter()
        .filter_map(CompanyId::from_number)
        .collect())
}

fn companies_of_users_text(tx: &Tx) -> String {
    let many = tx.many("company");
    format!(
        "SELECT {many} FROM (SELECT DISTINCT company FROM person_row WHERE account = $1 AND user_facet > 0 AND company IS NOT NULL \
         LIMIT $2) AS found"
    )
}

/// The place of a company among the others.
pub async fn company_place(
    tx: &mut Tx,
    account: AccountId,
    company: CompanyId,
) -> Result<ListPlace> {
    let places = company_places(tx, account, &[company]).await?;
    Ok(places.into_iter().next().unwrap_or_default())
}

/// The places of companies: the name is looked up in the profile, so that no further index is needed. Who has none comes first.
pub async fn company_places(
    tx: &mut Tx,
    account: AccountId,
    companies: &[CompanyId],
) -> Result<Vec<ListPlace>> {
    let places = companies.iter().map(|id| (account, Place::of(*id)));
    let found = read_many(tx, places).await?.into_iter();
    let mut names: HashMap<u32, String> = found
        .map(|((_, place), _, profile)| (place.entity, profile.list_keys().name))
        .collect();
    let numbers = companies.iter().map(|company| company.number());
    Ok(numbers
        .map(|person| ListPlace {
            key: names.remove(&person).unwrap_or_default(),
            person,
        })
        .collect())
}

fn beginning(from: Option<&ListPlace>, toward: Toward) -> (String, i64) {
    match (from, toward) {
        (Some(place), _) => (place.key.clone(), place.person.into()),
        (None, Toward::End) => (String::new(), -1),
        // No folded text holds the last code point.
        (None, Toward::Start) => ("\u{10FFFF}".to_owned(), i64::MAX),
    }
}

fn way(toward: Toward) -> (&'static str, &'static str) {
    match toward {
        Toward::End => (">", ""),
        Toward::Start => ("<", " DESC"),
    }
}

async fn people(tx: &mut Tx, sql: String, values: Vec<Value>) -> Result<Vec<PersonId>> {
    let found = numbers(tx, sql, values).await?;
    Ok(found
        .into_iter()
        .filter_map(PersonId::from_number)
        .collect())
}

async fn numbers(tx: &mut Tx, sql: String, values: Vec<Value>) -> Result<Vec<u32>> {
    let row: Option<Row> = tx.fetch_optional(AssertSqlSafe(sql), values).await?;
    row.map_or_else(|| Ok(Vec::new()), |row| numbers_in(&row, 0))
}

#[cfg(test)]
mod tests {
    use access::state::{CustomerFacet, UserFacet};

    use super::*;
    use crate::database::Database;
    use crate::database_config::DatabaseConfig;

    /// Readers would wait for one another, and nothing would say so.
    #[tokio::test]
    async fn sqlite_is_built_without_one_lock_on_all_its_caches() {
        let directory = tempfile::tempdir().unwrap();
        let config = DatabaseConfig::sqlite(directory.path().join("built.db"));
        let database = Database::open(&config).await.unwrap();
        let mut tx = database.begin_read().await.unwrap();
        let used = "SELECT sqlite_compileoption_used('ENABLE_MEMORY_MANAGEMENT')";
        let used = tx.fetch_optional(used, []).await.unwrap().unwrap();
        assert_eq!(used.get::<i64>(0).unwrap(), 0, "see .cargo/config.toml");
    }

    /// At a million people a walk that sorts, or that looks at everybody, takes seconds.
    #[tokio::test]
    async fn no_list_sorts_or_scans_the_people() {
        let directory = tempfile::tempdir().unwrap();
        let config = DatabaseConfig::sqlite(directory.path().join("plan.db"));
        let database = Database::open(&config).await.unwrap();
        let mut tx = database.begin_read().await.unwrap();
        let (company, role) = (CompanyId::from_number(1), RoleId::from_number(1));
        let (company, role) = (company.unwrap(), role.unwrap());
        let level = PortalLevel::Standard;
        let mut texts = Vec::new();
        for toward in [Toward::End, Toward::Start] {
            for (order, all, users) in [
                (ListOrder::Name, "name", "user_name"),
                (ListOrder::Address, "address", "user_address"),
            ] {
                texts.push((walk_text(&tx, order, Within::Account, toward), Some(all)));
                texts.push((walk_text(&tx, order, Within::Users, toward), Some(users)));
                texts.push((sorted_text(&tx, order, toward), None));
            }
            for (within, index) in [
                (Within::Company(company), "company"),
                (Within::Role(role), "role"),
                (Within::Level(level), "level"),
            ] {
                let text = walk_text(&tx, ListOrder::Name, within, toward);
                texts.push((text, Some(index)));
            }
        }
        texts.push((companies_of_users_text(&tx), Some("user_company")));
        for (what, index) in [
            (Having::User, "role"),
            (Having::Role(role), "role"),
            (Having::Level(level), "level"),
            (Having::UserFacet(UserFacet::Invited), "user"),
            (
                Having::CustomerFacet(CustomerFacet::Unconfirmed),
                "customer",
            ),
        ] {
            texts.push((having_text(&tx, what), Some(index)));
        }
        for (text, index) in texts {
            let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {text}"));
            let plan = tx.fetch_all(explain, []).await.unwrap();
            let plan: Vec<String> = plan.iter().map(|step| step.get(3).unwrap()).collect();
            let rows: Vec<_> = plan
                .iter()
                .filter(|step| step.contains(" person_row ") || step.contains(" p "))
                .collect();
            // Who is known is looked up; all others are read from an index that holds them in their order, without their rows.
            let looks = match index {
                Some(index) => format!("USING COVERING INDEX person_row_{index} (account=? "),
                None => "USING PRIMARY KEY (account=? AND person=?)".to_owned(),
            };
            let looks = |step: &&String| {
                let alone = looks.replace("(account=? ", "(account=?)");
                step.starts_with("SEARCH") && (step.contains(&looks) || step.contains(&alone))
            };
            assert!(
                !rows.is_empty() && rows.iter().all(looks),
                "{text}: {plan:?}"
            );
            let sorts = plan.iter().any(|step| step.contains("TEMP B-TREE"));
            assert!(!(index.is_some() && sorts), "{text}: {plan:?}");
        }
    }
}
