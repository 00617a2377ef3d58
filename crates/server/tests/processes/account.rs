//! The account is switched off and on by the operator at the server's command line, and by nobody else.

use reqwest::Method;
use serde_json::json;
use testkit::databases::TestDatabase;

use crate::program::{Answer, Client, OWNER, Server, printed, verify};

testkit::on_both![ad_25_the_operator_switches_the_account_off_and_on];

/// What the owner is told who looks what would come of a new user.
async fn add_somebody(owner: &Client) -> Answer {
    let somebody = json!({"name": "Sam", "email": "sam@example.net"});
    let path = "/people/users?dry_run=true";
    owner.ask(Method::POST, path, somebody).await
}

async fn ad_25_the_operator_switches_the_account_off_and_on(db: TestDatabase) {
    let mut server = Server::start(&db.address);
    let owner = server.set_up().await;
    assert_eq!(add_somebody(&server.client(&owner.token)).await.status, 200);
    server.kill();

    // While no server runs.
    let said = printed(&db.address, &["account", "off"]);
    assert_eq!(said, "The account is off.\n");
    let said = printed(&db.address, &["account", "off"]);
    assert_eq!(said, "The account is already off.\n");
    let question = ["explain", OWNER, "admin.users.manage"];
    let explained = printed(&db.address, &question);
    assert!(explained.starts_with("Denied: "), "{explained}");
    assert!(explained.contains("the operator at the server's command line"));
    let server = Server::start(&db.address);
    let client = server.client(&owner.token);
    let told = add_somebody(&client).await;
    assert_eq!((told.status, told.rule()), (403, "AD-25"), "{}", told.body);

    // Beside a running one, which hears of it a moment later.
    let said = printed(&db.address, &["account", "on"]);
    assert_eq!(said, "The account is on.\n");
    let mut status = 0;
    for _ in 0..100 {
        status = add_somebody(&client).await.status;
        if status == 200 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(status, 200);
    let entries = client.list("/audit").await.into_iter();
    let acts = entries.filter(|entry| entry["actor"] == "system:operator");
    let faces: Vec<_> = acts.map(|entry| entry["face"].clone()).collect();
    assert_eq!(faces, [json!("command_line"), json!("command_line")]);
    drop(server);
    verify(&db.address);
}
