//! A hidden record with a word in everything that people can type of it, those who may not know of it, and every way to ask: for `shut_faces.rs` and
//! `shut_people.rs`.

use std::collections::BTreeMap;

use access::state::{DeskRight, ServiceLevel, Tie};
use axum::http::{Method, StatusCode};
use mail::inbound::Outcome;
use serde_json::json;
use utoipa::openapi::path::ParameterIn;

use super::{
    attachments,
    bench::{ADA, Bench, CARA, NILS, PAGES, RECORDS, UNA, ask, ask_with, body_of, text_of},
    mails::{SUPPORT, deliver, mail, room},
};
use crate::{browser::Browser, console::desk::ULF};

/// What a customer reads of their own incident.
pub const TOLD: [&str; 5] = [
    "Xylotitle",
    "Xylodescription",
    "Xyloanswer",
    "xylofile.txt",
    "Xylomail",
];
/// What staff alone read.
pub const INTERNAL: [&str; 6] = [
    "Xylointernal",
    "xylotag",
    "xyloinner.txt",
    "Xyloother",
    "Xylocard",
    "Xylofirm",
];
/// What the service gives its records, for those who work there or configure it.
pub const GIVEN: [&str; 2] = ["Xylocategory", "Xylomodule"];
/// What is Una's own.
pub const OWN: [&str; 2] = ["Xyloquery", "Xylosought"];
/// What somebody did to many records.
pub const MANY: [&str; 1] = ["xylomass"];

/// Everything of the hidden record by the names that routes have for it.
pub type Ids = BTreeMap<&'static str, String>;

/// What Payroll gives its records, set once: its category.
pub async fn prepared(bench: &Bench) -> String {
    let mut owner = bench.owner().await;
    let path = format!("/api/v1/services/{}/presets", bench.id(bench.payroll));
    let read = body_of(&owner.look(&path).await);
    if let Some(category) = read["categories"][0]["id"].as_str() {
        return category.to_owned();
    }
    bench.lets_in(bench.cara).await;
    bench.takes_mails(bench.payroll, &[SUPPORT]).await;
    let mark = read["mark"].as_str().unwrap();
    let presets = json!({
        "categories": [{"name": "Xylocategory"}],
        "text_modules": [{"name": "Xylomodule", "text": "Good day"}],
    });
    let set = ask_with(
        &mut owner,
        Method::PUT,
        &path,
        Some(presets),
        &[("if-mark", mark)],
    )
    .await;
    assert_eq!(set.status, StatusCode::OK, "{}", set.text);
    let read = body_of(&owner.look(&path).await);
    read["categories"][0]["id"].as_str().unwrap().to_owned()
}

/// A record of Cara's in Payroll, with everything that can hang on one.
pub async fn lay(bench: &Bench) -> Ids {
    let category = prepared(bench).await;
    let (mut una, mut ada) = (bench.browser(UNA).await, bench.browser(ADA).await);
    let service = bench.id(bench.payroll);
    let acme = bench.desk.company_of(bench.cara).unwrap();
    let record = bench
        .incident(&mut una, bench.payroll, json!({
            "title": "Xylotitle", "description": "Xylodescription", "customer": bench.id(bench.cara), "category": category,
            "assignee": {"user": bench.id(bench.una)},
        }))
        .await;
    let other = bench
        .incident(
            &mut una,
            bench.payroll,
            json!({"title": "Xyloother", "customer": bench.id(bench.cara)}),
        )
        .await;
    let it = format!("{RECORDS}/{record}");
    let read = body_of(&una.look(&format!("{RECORDS}/{other}")).await);
    let number = read["number"].as_i64().unwrap();
    for (method, path, body) in [
        (
            Method::POST,
            format!("{it}/notes"),
            json!({"text": "Xylointernal"}),
        ),
        (
            Method::POST,
            format!("{it}/notes"),
            json!({"text": "Xyloanswer", "is_public": true}),
        ),
        (
            Method::POST,
            format!("{it}/links"),
            json!({"relation": "relates_to", "number": number}),
        ),
        (
            Method::PUT,
            format!("{it}/watchers/{}", bench.id(bench.ada)),
            json!({}),
        ),
        (
            Method::POST,
            format!(
                "/api/v1/service-desk/customers/{}/notes",
                bench.id(bench.cara)
            ),
            json!({"text": "Xylocard"}),
        ),
        (
            Method::POST,
            format!("/api/v1/service-desk/companies/{}/notes", bench.id(acme)),
            json!({"text": "Xylofirm"}),
        ),
    ] {
        let done = ask(&mut una, method, &path, Some(body)).await;
        assert_eq!(done.status, StatusCode::OK, "{path}: {}", done.text);
    }
    let tags = format!("{it}/tags");
    let mark = text_of(&una.look(&tags).await, "mark");
    let body = Some(json!({"tags": ["xylotag"]}));
    ask_with(&mut una, Method::PUT, &tags, body, &[("if-mark", &mark)]).await;
    let inner = attachments::attach(&mut una, &record, "xyloinner.txt", "Inner").await;
    attachments::send(
        &mut una,
        &format!("{it}/attachments?public=true"),
        "xylofile.txt",
        "File",
        "",
    )
    .await;
    let body = json!({"name": "Xyloquery", "question": "state=open", "words": "Xylosought"});
    let query = text_of(
        &ask(
            &mut una,
            Method::POST,
            "/api/v1/service-desk/queries",
            Some(body),
        )
        .await,
        "id",
    );
    let path = format!("/api/v1/service-desk/mass-actions?service={service}");
    let body = json!({"change": {"add_tags": ["xylomass"]}});
    let action = text_of(&ask(&mut ada, Method::POST, &path, Some(body)).await, "id");
    let path = format!("/api/v1/service-desk/mass-actions/{action}/start");
    assert_eq!(
        ask(&mut ada, Method::POST, &path, None).await.status,
        StatusCode::OK
    );
    let worker = service_desk::MassActionWorker::new(bench.desk.house.engine.clone());
    while worker.round().await.unwrap() > 0 {}
    let raw = mail(&record, CARA, "", "Xylomail");
    assert_eq!(deliver(&room(bench), SUPPORT, &raw).await, Outcome::Stored);
    let cards = format!(
        "/api/v1/service-desk/customers/{}/notes",
        bench.id(bench.cara)
    );
    let note = body_of(&una.look(&cards).await)["items"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    BTreeMap::from([
        ("record", record),
        ("other", other),
        ("attachment", inner),
        ("query", query),
        ("action", action),
        ("note", note),
        ("category", category),
        ("service", service),
        ("person", bench.id(bench.cara)),
        ("customer", bench.id(bench.cara)),
        ("user", bench.id(bench.una)),
        ("company", bench.id(acme)),
        ("number", "1".to_owned()),
    ])
}

/// Every address that shows something, with every id in its place and with every filter; each with whether it names something hidden.
fn addresses(ids: &Ids) -> Vec<(String, bool)> {
    let mut all = Vec::new();
    for route in rolecall::wiring::routes() {
        if route.method != Method::GET {
            continue;
        }
        let mut path = route.path.to_owned();
        let records = if path.contains("{record}") {
            vec!["record", "other"]
        } else {
            vec![""]
        };
        for (kind, id) in ids.iter().filter(|(kind, _)| **kind != "record") {
            path = path.replace(&format!("{{{kind}}}"), id);
        }
        for record in records {
            let path = match record {
                "" => path.clone(),
                kind => ids
                    .get(kind)
                    .map_or(path.clone(), |id| path.replace("{record}", id)),
            };
            if path.contains('{') {
                continue;
            }
            let is_plain = path == route.path;
            all.push((path.clone(), !is_plain));
            for filter in route.about.names(&ParameterIn::Query) {
                if let Some(id) = ids.get(filter.as_str()) {
                    all.push((format!("{path}?{filter}={id}"), true));
                }
            }
        }
    }
    all
}

/// What somebody is answered by all of them.
pub async fn read_all(by: &mut Browser, ids: &Ids) -> Vec<(String, bool, String)> {
    let mut answers = Vec::new();
    for (address, names_it) in addresses(ids) {
        let seen = by.look(&address).await;
        assert_ne!(
            seen.status,
            StatusCode::INTERNAL_SERVER_ERROR,
            "{address}: {}",
            seen.text
        );
        answers.push((address, names_it, seen.text));
    }
    answers
}

/// What is found by a word, wherever one is typed; the word itself may stand in the answer.
pub async fn search_all(by: &mut Browser, word: &str) -> Vec<(String, String)> {
    let mut answers = Vec::new();
    for (path, body) in [
        ("/api/v1/service-desk/records/search", json!({"text": word})),
        ("/api/v1/service-desk/records/search", json!({"tag": word})),
        ("/api/v1/service-desk/tags/search", json!({"q": &word[..4]})),
    ] {
        let seen = ask(by, Method::POST, path, Some(body)).await;
        answers.push((path.to_owned(), seen.text));
    }
    by.look("/account/sessions").await;
    for (path, form) in [
        ("/find", [("q", word)].as_slice()),
        ("/find/hits", &[("q", word)]),
        ("/service-desk/tags/hits", &[("q", &word[..4])]),
        (PAGES, &[("q", word)]),
    ] {
        let seen = by.send(path, form).await;
        let lead = seen.leads_to().to_owned();
        answers.push((path.to_owned(), seen.text));
        if !lead.is_empty() {
            answers.push((lead.clone(), by.look(&lead).await.text));
            let export = lead.replace(PAGES, &format!("{PAGES}/export"));
            answers.push((export.clone(), by.look(&export).await.text));
        }
    }
    answers
}

/// The words that somebody is shown by whatever they ask.
pub async fn shown(
    by: &mut Browser,
    ids: &Ids,
    words: &[&'static str],
) -> Vec<(String, &'static str)> {
    let mut found = Vec::new();
    for (address, _, text) in read_all(by, ids).await {
        let held = words.iter().filter(|word| text.contains(**word));
        found.extend(held.map(|word| (address.clone(), *word)));
    }
    for asked in words {
        for (address, text) in search_all(by, asked).await {
            // A page repeats the question; answers for programs and exports do not.
            let repeats = !address.starts_with("/api/") && !address.contains("/export");
            let held = words
                .iter()
                .filter(|word| !(repeats && *word == asked) && text.contains(**word));
            found.extend(held.map(|word| (format!("{address}: {asked}"), *word)));
        }
    }
    found
}

/// Everybody of the staff who may not know of the record, with the words that are nothing to them.
pub async fn outsiders(bench: &Bench) -> Vec<(&'static str, Browser, Vec<&'static str>)> {
    let (desk, licence) = (&bench.desk, bench.desk.licence);
    let bolt = desk.company("Bolt").await;
    let mut others = Vec::new();
    for email in ["vera@example.net", "colin@example.net", "lou@example.net"] {
        let person = desk.house.user(email).await;
        desk.tie(person, Tie::Licence(licence)).await;
        desk.house.set_role(person, access::RoleId::MEMBER).await;
        others.push(person);
    }
    let [vera, colin, _] = others[..] else {
        unreachable!("three")
    };
    // Works on the same service, for another company alone.
    desk.tie(
        vera,
        Tie::Service(bench.payroll, ServiceLevel::Administrator),
    )
    .await;
    bench.sees_companies(vera, &[bolt], false).await;
    // Configures the desk, and works on another service.
    desk.tie(
        colin,
        Tie::Service(bench.network, ServiceLevel::Administrator),
    )
    .await;
    desk.tie(colin, Tie::DeskRight(DeskRight::Configure)).await;
    let nothing = [&TOLD[..], &INTERNAL, &OWN, &MANY].concat();
    let all = [&nothing[..], &GIVEN].concat();
    let mut found = vec![(
        "works on another service",
        bench.browser(NILS).await,
        all.clone(),
    )];
    found.push((
        "works for another company",
        bench.browser("vera@example.net").await,
        nothing.clone(),
    ));
    found.push((
        "configures the desk",
        bench.browser("colin@example.net").await,
        nothing.clone(),
    ));
    found.push((
        "works on nothing",
        bench.browser("lou@example.net").await,
        all,
    ));
    // An Admin, who reads the audit log.
    found.push(("is an Admin", bench.browser(ULF).await, nothing));
    found
}

/// The tables in which one of these words stands, in whatever column.
pub async fn rows_with(bench: &Bench, words: &[&str]) -> Vec<String> {
    let mut tx = bench
        .desk
        .house
        .engine
        .database()
        .begin_read()
        .await
        .unwrap();
    let is_sqlite = matches!(tx, ledger::Tx::Sqlite(_));
    let tables = match is_sqlite {
        true => "SELECT name FROM sqlite_master WHERE type = 'table'",
        false => {
            "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = current_schema()"
        }
    };
    let tables = tx.fetch_all(tables, []).await.unwrap();
    let mut found = Vec::new();
    for table in tables.iter().map(|row| row.get::<String>(0).unwrap()) {
        // Bytes are written by their numbers on both.
        let row = match is_sqlite {
            false => "CAST(one AS TEXT)".to_owned(),
            true => {
                let columns =
                    sqlx::AssertSqlSafe(format!("SELECT name FROM pragma_table_info('{table}')"));
                let columns = tx.fetch_all(columns, []).await.unwrap();
                let columns = columns.iter().map(|row| row.get::<String>(0).unwrap());
                let texts = columns.map(|column| format!("LOWER(HEX(COALESCE(\"{column}\", '')))"));
                texts.collect::<Vec<_>>().join(" || ' ' || ")
            }
        };
        let sql = sqlx::AssertSqlSafe(format!("SELECT {row} FROM {table} AS one"));
        for row in tx.fetch_all(sql, []).await.unwrap() {
            let text: String = row.get(0).unwrap();
            let bytes = |word: &str| {
                word.bytes()
                    .map(|byte| format!("{byte:02x}"))
                    .collect::<String>()
            };
            let held = words
                .iter()
                .filter(|word| text.contains(**word) || text.contains(&bytes(word)));
            found.extend(held.map(|word| format!("{table}: {word}")));
        }
    }
    found.sort();
    found.dedup();
    found
}
