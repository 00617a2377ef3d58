//! Rows of sign-in providers, in transactions of the ledger. Whoever changes one has the permit of that act.

use access::{
    CompanyId, ConnectionId, Dense, Moment, Permit, PersonId,
    decide::permissions::ManageIntegrations,
};
use ledger::{
    AccountId, AssertSqlSafe, LedgerError, Row, Tx, Value, facet_number, facet_of_number,
};

use super::Provider;

type Result<T> = std::result::Result<T, LedgerError>;
type MayManage<'a> = Permit<'a, ManageIntegrations>;

/// Providers of an account at most.
pub(super) const PROVIDERS_MAX: usize = 50;

const COLUMNS: &str = "connection, issuer, client_id, client_secret, audience, companies, directory, domains, only_domains, break_glass, \
                       groups_claim, creates, revision, made_at, scim, subject_claim";

fn damaged() -> LedgerError {
    LedgerError::Damaged("a sign-in provider cannot be read".into())
}

fn dense<K: Dense>(number: i64) -> Result<K> {
    let number = u32::try_from(number).ok();
    number.and_then(K::from_number).ok_or_else(damaged)
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn provider(row: &Row) -> Result<Provider> {
    let text = |index| row.get::<String>(index);
    let number = |index| row.get::<i64>(index);
    let companies = text(5)?;
    let companies = companies.split_whitespace().map(|one| {
        let number = one.parse().map_err(|_| damaged())?;
        dense::<CompanyId>(number)
    });
    let break_glass = row.get::<Option<i64>>(9)?;
    let scim = row.get::<Option<i64>>(14)?;
    Ok(Provider {
        connection: dense(number(0)?)?,
        issuer: text(1)?,
        client_id: text(2)?,
        secret: row.get(3)?,
        facet: facet_of_number(number(4)?)?,
        companies: companies.collect::<Result<_>>()?,
        directory: text(6)?,
        subject_claim: text(15)?,
        domains: words(&text(7)?),
        only_domains: words(&text(8)?),
        break_glass: break_glass.map(dense::<PersonId>).transpose()?,
        groups_claim: text(10)?,
        creates: number(11)? != 0,
        revision: number(12)?,
        made_at: Moment(number(13)?),
        scim: scim.map(dense::<ConnectionId>).transpose()?,
    })
}

/// All of an account, oldest first.
pub(crate) async fn all(tx: &mut Tx, account: AccountId) -> Result<Vec<Provider>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM sign_in_providers WHERE account = $1 ORDER BY made_at, connection"
    );
    let rows = tx.fetch_all(AssertSqlSafe(sql), [account.0.into()]).await?;
    rows.iter().map(provider).collect()
}

/// The one of a connection.
pub(crate) async fn one(
    tx: &mut Tx,
    account: AccountId,
    connection: ConnectionId,
) -> Result<Option<Provider>> {
    let sql =
        format!("SELECT {COLUMNS} FROM sign_in_providers WHERE account = $1 AND connection = $2");
    let values = [account.0.into(), connection.number().into()];
    let row = tx.fetch_optional(AssertSqlSafe(sql), values).await?;
    row.map(|row| provider(&row)).transpose()
}

/// Those of all accounts with this issuer, by which it calls us so, with their accounts.
pub(super) async fn of_issuer(
    tx: &mut Tx,
    issuer: &str,
    client_id: &str,
) -> Result<Vec<(AccountId, Provider)>> {
    let sql = format!(
        "SELECT {COLUMNS}, account FROM sign_in_providers WHERE issuer = $1 AND client_id = $2 ORDER BY account, connection LIMIT 10"
    );
    let rows = tx
        .fetch_all(AssertSqlSafe(sql), [issuer.into(), client_id.into()])
        .await?;
    rows.iter().map(with_account).collect()
}

fn with_account(row: &Row) -> Result<(AccountId, Provider)> {
    Ok((AccountId(row.get(16)?), provider(row)?))
}

/// Those of all accounts that speak for a domain, with their accounts. A few are enough: one account has one for staff and one for customers.
pub(super) async fn speaking_for(tx: &mut Tx, domain: &str) -> Result<Vec<(AccountId, Provider)>> {
    // In its one spelling a domain has no character that a pattern has.
    let sql = format!(
        "SELECT {COLUMNS}, account FROM sign_in_providers WHERE ' ' || domains || ' ' LIKE $1 ORDER BY account, connection LIMIT 10"
    );
    let pattern = format!("% {domain} %");
    let rows = tx.fetch_all(AssertSqlSafe(sql), [pattern.into()]).await?;
    rows.iter().map(with_account).collect()
}

/// Whether a provider of another account speaks for a domain.
pub(super) async fn is_anothers(tx: &mut Tx, account: AccountId, domain: &str) -> Result<bool> {
    let sql = "SELECT 1 FROM sign_in_providers WHERE account <> $1 AND ' ' || domains || ' ' LIKE $2 LIMIT 1";
    let values = [account.0.into(), format!("% {domain} %").into()];
    Ok(tx.fetch_optional(sql, values).await?.is_some())
}

/// Whether any provider of any account speaks for a domain.
pub(super) async fn any_speaks(tx: &mut Tx) -> Result<bool> {
    let sql = "SELECT 1 FROM sign_in_providers WHERE domains <> '' LIMIT 1";
    let none: [Value; 0] = [];
    Ok(tx.fetch_optional(sql, none).await?.is_some())
}

/// Writes one, in the place of what stands there: everything but when it was made, as one revision more.
pub(super) async fn write(
    tx: &mut Tx,
    account: AccountId,
    _: &MayManage<'_>,
    new: &Provider,
) -> Result<()> {
    let companies = new.companies.iter().map(|one| one.number().to_string());
    let companies: Vec<_> = companies.collect();
    let values: [Value; 17] = [
        account.0.into(),
        new.connection.number().into(),
        new.issuer.clone().into(),
        new.client_id.clone().into(),
        new.secret.clone().into(),
        facet_number(new.facet).into(),
        companies.join(" ").into(),
        new.directory.clone().into(),
        new.domains.join(" ").into(),
        new.only_domains.join(" ").into(),
        new.break_glass.map(Dense::number).into(),
        new.groups_claim.clone().into(),
        i64::from(new.creates).into(),
        new.revision.into(),
        new.made_at.0.into(),
        new.scim.map(Dense::number).into(),
        new.subject_claim.clone().into(),
    ];
    let sql = format!(
        "INSERT INTO sign_in_providers (account, {COLUMNS}) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) \
         ON CONFLICT (account, connection) DO UPDATE SET issuer = excluded.issuer, client_id = excluded.client_id, \
         client_secret = excluded.client_secret, audience = excluded.audience, companies = excluded.companies, \
         directory = excluded.directory, domains = excluded.domains, only_domains = excluded.only_domains, \
         break_glass = excluded.break_glass, groups_claim = excluded.groups_claim, creates = excluded.creates, \
         revision = excluded.revision, scim = excluded.scim, subject_claim = excluded.subject_claim"
    );
    tx.execute(AssertSqlSafe(sql), values).await?;
    Ok(())
}

/// It is gone for ever.
pub(super) async fn remove(
    tx: &mut Tx,
    account: AccountId,
    _: &MayManage<'_>,
    connection: ConnectionId,
) -> Result<()> {
    forget(tx, account, connection).await
}

/// The same, with its connection.
pub(super) async fn forget(
    tx: &mut Tx,
    account: AccountId,
    connection: ConnectionId,
) -> Result<()> {
    let sql = "DELETE FROM sign_in_providers WHERE account = $1 AND connection = $2";
    let values: [Value; 2] = [account.0.into(), connection.number().into()];
    tx.execute(sql, values).await?;
    Ok(())
}
