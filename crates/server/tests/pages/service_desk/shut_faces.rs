//! What must stay shut, over every face (SD-5, SD-26, SD-32, SD-33, SD-36): one hidden record with a word in everything that people can type of it,
//! and readers who may know some of these words or none. Each asks every route that shows something, by every id and with every filter, and searches by
//! every word; whatever comes back holds no word that is not theirs. A new route is asked by itself. What customers may not read, and nobody once
//! somebody is erased, stands in `shut_people`. Where each point of the list is proved:
//!
//! | what must stay shut | here, or in `shut_people` | and by itself |
//! |---|---|---|
//! | records of other services and companies, by number, id, filter, count, search, export, report, card, query, mass action | every test | `shut`, `lists`, `reports`, `tags` |
//! | the same for other accounts | | `routes.rs`, of every route |
//! | error texts, previews and counts of what is not there | `sd_5_a_hidden_record_changes_nothing…` | `shut`, `assignees`, `moves`, `merges` |
//! | links, merges, watches that reach an unseen record | `sd_5_no_act_reaches…` | `links`, `moves`, `merges`, `watchers` |
//! | assignee or customer without access | | `assignees`, `records`, `mass_actions`, `presets` |
//! | internal notes to customers | `sd_32_a_customer…` | `portal`, `portal_files`, `mail_notices`, `others_words` |
//! | an old own note after access ended | | `card_notes`; notes of records are never changed |
//! | mail after access ended, or forged | | `mail_replies`, `mails`, `mails_postfix` |
//! | a mass action whose right ends | | `mass_actions` |
//! | keys that nobody asked for | | `routes.rs`, of every route; `portal_shut` |
//! | files by guessed id | every test | `attachments`, `portal_files` |
//! | a customer of company 12 and companies 1 and 2; somebody who moved | `sd_16_…` | `portal` |
//! | erased people | `sd_26_…` | each module, by its own texts |
//! | live updates | | `live` |

use std::collections::BTreeMap;

use access::{Command, state::PortalLevel};
use axum::http::{Method, StatusCode};
use serde_json::json;
use testkit::databases::TestDatabase;

use super::{
    bench::{ADA, Bench, NILS, PAGES, RECORDS, UNA, ask, ask_with, body_of, listed, text_of},
    faces::{GIVEN, INTERNAL, Ids, MANY, OWN, TOLD, lay, outsiders, prepared, read_all, shown},
};
use crate::browser::Browser;

testkit::on_both![
    sd_5_what_is_hidden_is_in_no_answer,
    sd_5_a_hidden_record_changes_nothing_that_others_read,
    sd_5_no_act_reaches_a_hidden_record,
    sd_38_a_record_that_came_does_not_name_where_it_was,
];

async fn sd_5_what_is_hidden_is_in_no_answer(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    desk_of_more(&bench).await;
    let ids = lay(&bench).await;
    for (who, mut by, words) in outsiders(&bench).await {
        assert_eq!(shown(&mut by, &ids, &words).await, [], "{who}");
        // Nor is it named where nobody asked for it.
        for (address, _, text) in read_all(&mut by, &ids)
            .await
            .iter()
            .filter(|(_, names_it, _)| !names_it)
        {
            for kind in ["record", "other", "attachment", "query", "action", "note"] {
                assert!(!text.contains(&ids[kind]), "{who}: {address} names {kind}");
            }
        }
    }
    // Those who may know of it are shown every word: else all of this proves nothing.
    let words = [&TOLD[..], &INTERNAL, &GIVEN, &MANY].concat();
    let mut ada = bench.browser(ADA).await;
    let found = shown(&mut ada, &ids, &words).await;
    for word in words {
        assert!(
            found.iter().any(|(_, one)| *one == word),
            "{word} is shown nowhere"
        );
    }
    let mut una = bench.browser(UNA).await;
    let found = shown(&mut una, &ids, &OWN).await;
    assert!(
        OWN.iter()
            .all(|word| found.iter().any(|(_, one)| one == word)),
        "{found:?}"
    );
}

/// Seats for those whom these tests add.
async fn desk_of_more(bench: &Bench) {
    let licence = bench.desk.licence;
    let more = Command::SetLicenceSeats { licence, seats: 20 };
    bench.desk.by_owner(more).await;
}

/// An answer without what is another one each time.
fn plain(text: &str) -> String {
    let begins = [
        (r#"name="form_token" value=""#, '"'),
        (r#""request_id":""#, '"'),
        (", request ", '<'),
        // That something happened in the account is no secret.
        (r#""version":"#, ','),
    ];
    begins
        .into_iter()
        .fold(text.to_owned(), |text, (begin, end)| {
            let mut parts = text.split(begin);
            let first = parts.next().unwrap_or_default().to_owned();
            parts.fold(first, |kept, part| {
                kept + part.split_once(end).map_or("", |(_, rest)| rest)
            })
        })
}

/// What stands in the answers about nothing that is hidden, as somebody reads it.
async fn about_the_rest(by: &mut Browser, ids: &Ids) -> BTreeMap<String, String> {
    let answers = read_all(by, ids).await.into_iter();
    let rest = answers.filter(|(_, names_it, _)| !names_it);
    rest.map(|(address, _, text)| (address, plain(&text)))
        .collect()
}

/// Counts, previews, reports, offers: nobody can tell from anything that they read whether a record is there, or one more.
async fn sd_5_a_hidden_record_changes_nothing_that_others_read(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    desk_of_more(&bench).await;
    prepared(&bench).await;
    let dora = bench.customer("Dora", "dora@bolt.example").await;
    let mut readers = vec![(
        "is a customer of another company",
        bench.browser("dora@bolt.example").await,
    )];
    for (who, mut by, _) in outsiders(&bench).await {
        // Those who configure or administer read of the people, and of what happened.
        if ["configures the desk", "is an Admin"].contains(&who) {
            continue;
        }
        let own = json!({"kind": "incident", "service": bench.id(bench.network), "title": "Mine"});
        ask(&mut by, Method::POST, RECORDS, Some(own)).await;
        readers.push((who, by));
    }
    let company = bench.desk.company("Bolt and sons").await;
    bench.desk.employ(dora, company).await;
    bench
        .set_portal_level(dora, PortalLevel::CompanyAdmin)
        .await;
    let mut own = bench.browser("dora@bolt.example").await;
    super::portal::log(&bench, &mut own, "Of Dora").await;
    let mut differ = Vec::new();
    for round in 0..2 {
        let mut before = Vec::new();
        for (_, by) in &mut readers {
            before.push(about_the_rest(by, &Ids::new()).await);
        }
        lay(&bench).await;
        for ((who, by), before) in readers.iter_mut().zip(before) {
            let after = about_the_rest(by, &Ids::new()).await;
            for (address, text) in before {
                if after.get(&address) != Some(&text) {
                    differ.push(format!(
                        "{round}: {who}: {address}: {}",
                        first_difference(&text, &after[&address])
                    ));
                }
            }
        }
    }
    assert_eq!(differ, Vec::<String>::new());
}

fn first_difference(before: &str, after: &str) -> String {
    let pairs = before.chars().zip(after.chars());
    let same = pairs.take_while(|(one, other)| one == other).count();
    let near = |text: &str| -> String {
        text.chars()
            .skip(same.saturating_sub(60))
            .take(140)
            .collect()
    };
    format!("{:?} is {:?}", near(before), near(after))
}

/// SD-38: what is moved or merged into a service does not tell its readers where it came from.
async fn sd_38_a_record_that_came_does_not_name_where_it_was(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut ids = lay(&bench).await;
    let (mut owner, mut nils) = (bench.owner().await, bench.browser(NILS).await);
    let order = async |owner: &mut Browser, record: &str, what: &str, body: serde_json::Value| {
        let it = format!("{RECORDS}/{record}");
        let mark = text_of(&owner.look(&it).await, "mark");
        let path = format!("{it}/{what}");
        let done = ask_with(
            owner,
            Method::POST,
            &path,
            Some(body),
            &[("if-mark", &mark)],
        )
        .await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    };
    let to = json!({"service": bench.id(bench.network), "customer": null});
    order(&mut owner, &ids["other"], "move", to).await;
    let target = bench
        .incident(&mut owner, bench.network, json!({"title": "Target"}))
        .await;
    let number = body_of(&owner.look(&format!("{RECORDS}/{target}")).await)["number"]
        .as_i64()
        .unwrap();
    order(&mut owner, &ids["record"], "merge", json!({"into": number})).await;
    let (moved, merged) = (ids["other"].clone(), ids["record"].clone());
    ids.insert("record", target);
    let hidden = [
        "Payroll",
        "Xylotitle",
        "Xylodescription",
        "Xylocategory",
        merged.as_str(),
    ];
    for (address, _, text) in read_all(&mut nils, &ids).await {
        // He sees them, as they are now.
        for word in hidden {
            assert!(
                !text.contains(word) || address.contains(word),
                "{address}: {word}: {text}"
            );
        }
    }
    let seen = nils.look(&format!("{PAGES}/{moved}")).await;
    assert!(
        seen.main().contains("Moved") && seen.main().contains("Xyloother"),
        "{}",
        seen.main()
    );
    let seen = nils.look(&format!("{PAGES}/{}", ids["record"])).await;
    assert!(
        seen.main().contains("Xylointernal") && !seen.main().contains("took in"),
        "{}",
        seen.main()
    );
}

async fn sd_5_no_act_reaches_a_hidden_record(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    desk_of_more(&bench).await;
    let ids = lay(&bench).await;
    for (who, mut by, _) in outsiders(&bench).await {
        // A record of one's own that could be linked to it, where there is one.
        let own = json!({"kind": "incident", "service": bench.id(bench.network), "title": "Mine"});
        ask(&mut by, Method::POST, RECORDS, Some(own)).await;
        let before = written(&bench).await;
        let it = format!("{RECORDS}/{}", ids["record"]);
        let desk = "/api/v1/service-desk";
        let user = bench.id(bench.nils);
        for (method, path, body) in [
            (Method::PATCH, it.clone(), Some(json!({"title": "Mine"}))),
            (Method::DELETE, it.clone(), None),
            (
                Method::POST,
                format!("{it}/notes"),
                Some(json!({"text": "Mine"})),
            ),
            (
                Method::PUT,
                format!("{it}/common"),
                Some(json!({"is": true})),
            ),
            (
                Method::PUT,
                format!("{it}/interesting"),
                Some(json!({"is": true})),
            ),
            (
                Method::PUT,
                format!("{it}/due-date"),
                Some(json!({"due_at": null})),
            ),
            (
                Method::PUT,
                format!("{it}/tags"),
                Some(json!({"tags": ["mine"]})),
            ),
            (
                Method::POST,
                format!("{it}/links"),
                Some(json!({"relation": "blocks", "number": 4})),
            ),
            (Method::DELETE, format!("{it}/links/relates_to/2"), None),
            (Method::PUT, format!("{it}/watchers/{user}"), None),
            (
                Method::DELETE,
                format!("{it}/watchers/{}", bench.id(bench.ada)),
                None,
            ),
            (
                Method::POST,
                format!("{it}/move"),
                Some(json!({"service": bench.id(bench.network)})),
            ),
            (
                Method::POST,
                format!("{it}/merge"),
                Some(json!({"into": 4})),
            ),
            (
                Method::DELETE,
                format!("{it}/attachments/{}", ids["attachment"]),
                None,
            ),
            (
                Method::POST,
                format!("{desk}/mass-actions/{}/start", ids["action"]),
                None,
            ),
            (
                Method::POST,
                format!("{desk}/mass-actions/{}/stop", ids["action"]),
                None,
            ),
            (
                Method::PUT,
                format!("{desk}/queries/{}", ids["query"]),
                Some(json!({"name": "Mine", "question": "", "words": ""})),
            ),
            (
                Method::PUT,
                format!("{desk}/queries/{}/users/{user}", ids["query"]),
                None,
            ),
            (
                Method::DELETE,
                format!("{desk}/queries/{}", ids["query"]),
                None,
            ),
            (
                Method::PUT,
                format!("{desk}/card-notes/{}", ids["note"]),
                Some(json!({"text": "Mine"})),
            ),
            (
                Method::DELETE,
                format!("{desk}/card-notes/{}", ids["note"]),
                None,
            ),
        ] {
            for dry in ["", "?dry_run=true"] {
                let path = format!("{path}{dry}");
                let headers = [("if-mark", "00000000000000000000000000000000")];
                let seen = ask_with(&mut by, method.clone(), &path, body.clone(), &headers).await;
                // Of a person or a service that is not there for them they are told that.
                let is_nobody = seen.text.contains("unknown_id")
                    && ["/watchers/", "/move", "/users/"]
                        .iter()
                        .any(|one| path.contains(one));
                assert!(
                    seen.status == StatusCode::NOT_FOUND || is_nobody,
                    "{who}: {method} {path}: {} {}",
                    seen.status,
                    seen.text
                );
            }
        }
        // Nor from the other side, nor by a number.
        for own in records_of(&mut by).await {
            for (below, body) in [
                ("links", json!({"relation": "blocks", "number": 1})),
                ("merge", json!({"into": 1})),
            ] {
                let path = format!("{RECORDS}/{own}/{below}");
                let mark = text_of(&by.look(&format!("{RECORDS}/{own}")).await, "mark");
                let seen = ask_with(
                    &mut by,
                    Method::POST,
                    &path,
                    Some(body),
                    &[("if-mark", &mark)],
                )
                .await;
                assert_eq!(
                    text_of(&seen, "code"),
                    "no_such_record",
                    "{who}: {}",
                    seen.text
                );
            }
        }
        assert_eq!(
            written(&bench).await,
            before,
            "{who}: a denied act leaves no trace"
        );
    }
}

/// The records that somebody works on; whoever works on none has no list.
async fn records_of(by: &mut Browser) -> Vec<String> {
    match by.look(RECORDS).await.status {
        StatusCode::OK => listed(by, "").await,
        _ => Vec::new(),
    }
}

/// How much of everything is written.
async fn written(bench: &Bench) -> Vec<i64> {
    let mut all = bench.trace().await.to_vec();
    for table in [
        "tags",
        "links",
        "watchers",
        "attachments",
        "queries",
        "query_shares",
        "card_notes",
        "mass_actions",
        "mails",
    ] {
        all.push(
            bench
                .desk
                .house
                .rows(&format!("service_desk_{table}"))
                .await,
        );
    }
    all
}
