//! How a user becomes active while there are no sign-in pages: the operator vouches at the server's command line.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use crate::program::{Client, OWNER, Server, printed, run};

testkit::on_both![
    ad_15_the_operator_vouches_for_an_invited_user_and_the_log_says_so,
    ad_15_an_import_brings_active_users_by_the_operators_word_alone,
];

const SUPER_ADMIN: &str = "rol_00000000000000000000000000000001";

/// A server, its owner's client, and one invited user who would be a Super admin.
async fn with_rival(db: &TestDatabase) -> (Server, Client) {
    let mut server = Server::start(&db.address);
    let owner = server.set_up().await;
    let client = server.client(&owner.token);
    let rival =
        json!({"name": "Rita Rival", "email": "rita@example.net", "account_role": SUPER_ADMIN});
    client.made("/people/users", rival).await;
    (server, client)
}

/// Who accepted invitations, by the audit log. The server hears of what another process wrote into its file a moment later, so
/// that many are waited for, within bounds.
async fn accepted_by(client: &Client, expected: usize) -> Vec<(Value, Value)> {
    let mut accepted = Vec::new();
    for _ in 0..100 {
        let entries = client.list("/audit").await.into_iter();
        let acts = entries.filter(|entry| entry["act"] == "accept_invitation");
        accepted = acts
            .map(|entry| (entry["actor"].clone(), entry["face"].clone()))
            .collect();
        if accepted.len() >= expected {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    accepted
}

fn complaint(database: &str, arguments: &[&str]) -> String {
    let output = run(database, arguments);
    assert!(!output.status.success() && output.stdout.is_empty());
    String::from_utf8(output.stderr).unwrap()
}

async fn ad_15_the_operator_vouches_for_an_invited_user_and_the_log_says_so(db: TestDatabase) {
    let (server, owner) = with_rival(&db).await;
    let rita = ["token", "rita@example.net"];
    let told = complaint(&db.address, &rita);
    assert!(told.contains("--accept-invitation"), "{told}");
    let question = ["check", "rita@example.net", "admin.users.manage"];
    assert!(printed(&db.address, &question).starts_with("Denied: "));
    let explained = printed(
        &db.address,
        &["explain", "rita@example.net", "admin.users.manage"],
    );
    assert!(explained.contains("the operator at the server's command line"));

    let token = printed(&db.address, &[rita[0], rita[1], "--accept-invitation"]);
    let rival = server.client(token.trim());
    // Not by a reader of the log alone: Rita does what Super admins do.
    let added = json!({"name": "Sam", "email": "sam@example.net"});
    rival.done(Method::POST, "/people/users", added).await;
    assert_eq!(
        accepted_by(&owner, 1).await,
        [(json!("system:operator"), json!("command_line"))]
    );
    // Again: nothing is left to accept, and the token is another one.
    let again = printed(&db.address, &[rita[0], rita[1], "--accept-invitation"]);
    assert_ne!(again, token);
    assert_eq!(accepted_by(&owner, 1).await.len(), 1);
}

async fn ad_15_an_import_brings_active_users_by_the_operators_word_alone(db: TestDatabase) {
    let (_server, owner) = with_rival(&db).await;
    let file = db.file("people.csv");
    let text = "email,kind,account_role\n\
        rita@example.net,user,\n\
        tom@example.net,user,Admin\n\
        una@example.net,customer,\n";
    std::fs::write(&file, text).unwrap();
    let import = |further: &[&str]| {
        let arguments = [&["import", &file, "--actor", OWNER], further].concat();
        serde_json::from_str::<Value>(&printed(&db.address, &arguments)).unwrap()
    };
    let report = import(&[]);
    assert_eq!(
        (&report["added"], &report["unchanged"]),
        (&json!(2), &json!(1))
    );
    assert!(accepted_by(&owner, 0).await.is_empty());
    assert!(complaint(&db.address, &["token", "tom@example.net"]).contains("invited"));

    let rehearsed = import(&["--accept-invitations", "--dry-run"]);
    let report = import(&["--accept-invitations"]);
    assert_eq!(rehearsed, report);
    assert_eq!(
        (&report["changed"], &report["unchanged"]),
        (&json!(2), &json!(1))
    );
    let operator = (json!("system:operator"), json!("import"));
    assert_eq!(accepted_by(&owner, 2).await, [operator.clone(), operator]);
    printed(&db.address, &["token", "tom@example.net"]);
    let report = import(&["--accept-invitations"]);
    assert_eq!(report["unchanged"], 3);
}
