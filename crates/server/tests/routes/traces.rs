//! What a write leaves behind, wherever it writes.

use super::world::World;

/// What a write could leave behind: how much stands in each table, and what was proved.
pub async fn traces(world: &World) -> Vec<(&'static str, i64)> {
    const TABLES: [&str; 28] = [
        "log",
        "profiles",
        "emails",
        "search_keys",
        "person_row",
        "secrets",
        "idempotency",
        "denylist",
        "erasures",
        "credentials",
        "sign_in_sessions",
        "sign_in_attempts",
        "sign_in_log",
        "mails",
        "answered_challenges",
        "contact_centre_entries",
        "contact_centre_skills",
        "event_subscriptions",
        "event_deliveries",
        "provisioned_users",
        "provisioned_groups",
        "provisioning_log",
        "sign_in_providers",
        "drafts",
        "viewings",
        "views",
        "imports",
        "import_files",
    ];
    let database = world.account.engine().database();
    let mut tx = database.begin_read().await.unwrap();
    let version = i64::try_from(world.account.state().version().0).unwrap();
    let mut found = vec![("version", version)];
    let mut ask = async |name, sql: String| {
        let sql = sqlx::AssertSqlSafe(sql);
        let row = tx.fetch_optional(sql, []).await.unwrap().unwrap();
        found.push((name, row.get(0).unwrap()));
    };
    for table in TABLES {
        ask(table, format!("SELECT COUNT(*) FROM {table}")).await;
    }
    ask(
        "proved",
        "SELECT COALESCE(MAX(proved_at), 0) FROM sign_in_sessions".into(),
    )
    .await;
    ask(
        "kept",
        "SELECT COALESCE(MAX(until_at), 0) FROM viewings".into(),
    )
    .await;
    found
}
