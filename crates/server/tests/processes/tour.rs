//! The tour of README.md on both databases: who may, why not, what would change it; change it with a dry run first, kill the server,
//! start it again and see the same. Then everything that keeps the database, beside the running server.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use crate::program::{Server, printed, run, verify};

testkit::on_both![a_newcomers_tour];

const BO: &str = "bo.achterberg6@meridian-it.example";
const DELETE: &str = "service_desk.record.delete";

/// The first id of a kind in a text.
fn id(text: &str, prefix: &str) -> String {
    let at = text.find(prefix).unwrap_or_else(|| panic!("{text}"));
    text[at..at + prefix.len() + 32].to_owned()
}

/// What a command says that must fail: on one line, and without a trace of the program's inside.
fn complaint(database: &str, arguments: &[&str]) -> String {
    let output = run(database, arguments);
    assert!(!output.status.success(), "{arguments:?}");
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert_eq!(complaint.lines().count(), 1, "{complaint}");
    complaint
}

async fn a_newcomers_tour(db: TestDatabase) {
    let database = db.address.as_str();
    let mut server = Server::demo(&db, "small");
    let token = server.demonstrates();
    let owner = server.client(&token);

    let who = printed(database, &["who", DELETE, "Payroll"]);
    assert!(
        who.contains("4 listed") && !who.contains("Bo Achterberg"),
        "{who}"
    );
    let why = printed(database, &["explain", BO, DELETE, "payroll"]);
    assert!(why.starts_with("Denied"), "{why}");
    assert!(
        why.contains("would be allowed by: give Bo Achterberg (per_"),
        "{why}"
    );
    let (bo, payroll) = (id(&why, "per_"), id(&why, "svc_"));

    let search = json!({"q": "bo"});
    let found = owner.done(Method::POST, "/people/search", search).await;
    assert!(found.body["items"].to_string().contains(&bo));
    let question = json!({"subject": bo, "permission": DELETE, "on": payroll});
    let explained = owner
        .done(Method::POST, "/decisions/explain", question.clone())
        .await;
    assert_eq!(explained.body["allowed"], false);
    assert!(explained.body["remedies"][0]["steps"][0]["makers"][0].is_string());

    let level = format!("/services/{payroll}/users/{bo}");
    let administrator = json!({"level": "administrator"});
    let path = format!("{level}?dry_run=true");
    let preview = owner.done(Method::PUT, &path, administrator.clone()).await;
    let gains = preview.body["effect"]["gains"]["listed"].to_string();
    assert!(gains.contains(DELETE), "{gains}");
    let before = owner
        .done(Method::POST, "/decisions", question.clone())
        .await;
    assert_eq!(before.body["allowed"], false, "a dry run changes nothing");
    let written = owner.done(Method::PUT, &level, administrator).await;
    assert_eq!(written.body["changed"], true);

    server.kill();
    let mut server = Server::demo(&db, "small");
    let new_token = server.demonstrates();
    for token in [&token, &new_token] {
        let owner = server.client(token);
        let again = owner
            .done(Method::POST, "/decisions", question.clone())
            .await;
        assert_eq!(again.body["allowed"], true);
    }
    let who = printed(database, &["who", DELETE, "Payroll"]);
    assert!(
        who.contains("5 listed") && who.contains("Bo Achterberg"),
        "{who}"
    );
    verify(database);

    beside_the_running_server(&db, &server, &new_token).await;
}

async fn beside_the_running_server(db: &TestDatabase, server: &Server, token: &str) {
    let database = db.address.as_str();
    let backup = db.file("backup");
    let written = printed(database, &["backup", &backup]);
    let restored = db.file("restored.db");
    assert_eq!(
        printed(&restored, &["restore", &backup]).trim(),
        written.lines().next().unwrap()
    );
    verify(&restored);
    let hash = written.split_whitespace().nth(4).unwrap();
    printed(database, &["verify", "--expect", hash]);
    assert!(complaint(database, &["backup", &backup]).contains("File exists"));
    assert!(complaint(&restored, &["restore", &backup]).contains("into a new one"));
    assert!(complaint(&db.file("slip.db"), &["verify"]).contains("there is no Rolecall database"));
    assert!(complaint(database, &["who", DELETE, "Pairoll"]).contains("nothing here is called"));

    // What is exported can be imported: the first time whoever was never sorted gets a company by domain, as the dry run says.
    let people = db.file("people.jsonl");
    printed(database, &["export", &people]);
    let import = |more: &[&str]| -> Value {
        let owner = "adaeze.okafor@meridian-it.example";
        let arguments = [&["import", &people, "--actor", owner], more].concat();
        serde_json::from_str(&printed(database, &arguments)).unwrap()
    };
    let (dry, first, second) = (import(&["--dry-run"]), import(&[]), import(&[]));
    assert_eq!(dry, first);
    assert_eq!(first["rejected"], 0);
    assert_eq!(second["unchanged"], second["rows"]);

    let of_bo = printed(database, &["token", BO]);
    let me = server.client(of_bo.trim()).read("/me").await;
    assert_eq!(me["permissions"].as_array().map(Vec::is_empty), Some(false));
    printed(database, &["compact"]);
    verify(database);

    // The restored copy is the same account: it knows the same tokens.
    let copy = Server::start(&restored);
    let mine = copy.client(token).read("/me").await;
    assert_eq!(
        mine["subject"],
        server.client(token).read("/me").await["subject"]
    );
}
