//! Lists of records: every filter, every order, the words that stand in them, my work, and the same as a file.

use access::{Command, GroupId, state::Tie};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::bench::{ADA, Bench, NILS, PAGES, RECORDS, UNA, ask, body_of, edit, listed};
use crate::browser::{Browser, Seen};

testkit::on_both![
    every_filter_and_order_finds_what_it_says_page_by_page,
    words_are_found_in_title_description_and_notes,
    sd_5_sd_33_words_of_what_is_not_visible_are_found_by_nobody,
    sd_26_nobody_is_found_by_the_name_of_somebody_who_is_erased,
    sd_20_the_work_of_a_group_is_its_own_and_its_members,
    my_work_is_what_somebody_has_to_care_for,
    a_list_is_the_same_as_a_file,
    what_a_filter_names_and_the_reader_does_not_know_is_unknown,
];

const MY_WORK: &str = "/service-desk/my-work";

/// Thirty records of two services, no two alike.
async fn thirty(bench: &Bench, group: GroupId) -> Browser {
    let mut owner = bench.owner().await;
    let (una, group) = (bench.id(bench.una), bench.id(group));
    let kinds = ["incident", "problem", "change"];
    for index in 0..30_usize {
        let service = [bench.payroll, bench.network][usize::from(index % 3 == 2)];
        let customer = [bench.cara, bench.nora][usize::from(index % 3 == 2)];
        let mut more = json!({
            "title": format!("Record {index}"),
            "kind": kinds[index % 7 % 3],
            "priority": index % 5 + 1,
        });
        if index % 2 == 0 {
            more["customer"] = bench.id(customer).into();
        }
        if service == bench.payroll && index % 4 < 2 {
            more["assignee"] = [json!({"user": una}), json!({"group": group})][index % 4].clone();
        }
        let record = bench.incident(&mut owner, service, more).await;
        let status = ["", "on_hold", "closed", ""][index % 4];
        if !status.is_empty() {
            let mut edits = json!({"status": status});
            if status == "closed" {
                edits["reason"] = "solved".into();
            }
            let done = edit(&mut owner, &record, edits).await;
            assert_eq!(done.status, StatusCode::OK, "{}", done.text);
        }
        if index % 5 == 0 {
            let due = json!({"due_at": format!("20{}-01-01T00:00:00Z", 20 + index)});
            let path = format!("{RECORDS}/{record}/due-date");
            let due = ask(&mut owner, Method::PUT, &path, Some(due)).await;
            assert_eq!(due.status, StatusCode::OK);
        }
        if index % 6 == 0 {
            let put = format!("{RECORDS}/{record}/common");
            ask(&mut owner, Method::PUT, &put, Some(json!({"is": true}))).await;
        }
    }
    owner
}

/// A whole list, page by page: every page but the last one is full.
async fn walked(by: &mut Browser, question: &str) -> Vec<Value> {
    let (mut found, mut page) = (Vec::new(), String::new());
    let mark = if question.contains('?') { '&' } else { '?' };
    loop {
        let list = by
            .look(&format!("{RECORDS}{question}{mark}page_size=4{page}"))
            .await;
        assert_eq!(list.status, StatusCode::OK, "{question}: {}", list.text);
        let list = body_of(&list);
        let items = list["items"].as_array().unwrap();
        found.extend(items.iter().cloned());
        let Some(next) = list["next"].as_str() else {
            return found;
        };
        assert_eq!(
            items.len(),
            4,
            "{question}: a page is full while another one follows"
        );
        page = format!("&page={next}");
    }
}

fn numbers(records: &[Value]) -> Vec<i64> {
    records
        .iter()
        .map(|one| one["number"].as_i64().unwrap())
        .collect()
}

type Test = Box<dyn Fn(&Value) -> bool>;

async fn every_filter_and_order_finds_what_it_says_page_by_page(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let group = bench.desk.group("Night shift").await;
    bench
        .desk
        .by_owner(Command::SaveGroupsTab {
            service: bench.payroll,
            rows: vec![(group, true)],
        })
        .await;
    let mut owner = thirty(&bench, group).await;
    let all = walked(&mut owner, "").await;
    assert_eq!(all.len(), 30);
    assert!(
        numbers(&all).is_sorted_by(|one, next| one > next),
        "the newest first"
    );

    let is_done = |one: &Value| one["status"] == "closed" || one["status"] == "resolved";
    let (payroll, una, night) = (
        bench.id(bench.payroll),
        bench.id(bench.una),
        bench.id(group),
    );
    let (cara, acme) = (
        bench.id(bench.cara),
        bench.desk.company_of(bench.cara).unwrap(),
    );
    let acme = bench.id(acme);
    let at = |one: &Value| one["due_at"].as_str().unwrap_or("9999").to_owned();
    let text = |value: &str| value.to_owned();
    let filters: Vec<(String, Test)> = vec![
        (format!("service={payroll}"), {
            let payroll = text(&payroll);
            Box::new(move |one| one["service"] == payroll.as_str())
        }),
        (
            text("kind=problem"),
            Box::new(|one| one["kind"] == "problem"),
        ),
        (text("state=open"), Box::new(move |one| !is_done(one))),
        (text("state=done"), Box::new(move |one| is_done(one))),
        (
            text("state=on_hold"),
            Box::new(|one| one["status"] == "on_hold"),
        ),
        (text("priority=2"), Box::new(|one| one["priority"] == 2)),
        (format!("user={una}"), {
            let una = text(&una);
            Box::new(move |one| one["assignee"]["user"] == una.as_str())
        }),
        (format!("group={night}"), {
            let night = text(&night);
            Box::new(move |one| one["assignee"]["group"] == night.as_str())
        }),
        (
            text("whose=nobodys"),
            Box::new(|one| one["assignee"].is_null()),
        ),
        (format!("customer={cara}"), {
            let cara = text(&cara);
            Box::new(move |one| one["customer"] == cara.as_str())
        }),
        (format!("company={acme}"), {
            let acme = text(&acme);
            Box::new(move |one| one["company"] == acme.as_str())
        }),
        (
            text("mark=common"),
            Box::new(|one| one["is_common"] == true),
        ),
        (
            text("due=late"),
            Box::new(|one| one["due_at"].as_str().is_some_and(|at| at < "2026")),
        ),
        (text("number=7"), Box::new(|one| one["number"] == 7)),
        (text("opened_from=2020-01-01"), Box::new(|_| true)),
        (text("opened_until=2020-01-01"), Box::new(|_| false)),
    ];
    let orders = ["newest", "due", "urgent", "changed"];
    for (index, (filter, is_so)) in filters.iter().enumerate() {
        // Each with another one, and in each order.
        let name = |filter: &str| filter.split('=').next().unwrap().to_owned();
        let others = filters.iter().cycle().skip(index + 1);
        let of_assignee = ["user", "group", "whose"];
        let mut others = others.filter(|(other, _)| {
            let both = [name(filter), name(other)];
            both[0] != both[1] && !both.iter().all(|one| of_assignee.contains(&one.as_str()))
        });
        let (other, also) = others.next().unwrap();
        for (question, is_so) in [
            (
                filter.clone(),
                Box::new(|one: &Value| is_so(one)) as Box<dyn Fn(&Value) -> bool>,
            ),
            (
                format!("{filter}&{other}"),
                Box::new(|one: &Value| is_so(one) && also(one)),
            ),
        ] {
            let wanted: Vec<_> = all.iter().filter(|one| is_so(one)).cloned().collect();
            for order in orders {
                let question = format!("?{question}&sort={order}");
                let found = walked(&mut owner, &question).await;
                let mut sorted = wanted.clone();
                match order {
                    "due" => sorted.sort_by_key(|one| (at(one), one["number"].as_i64())),
                    "urgent" => {
                        sorted
                            .sort_by_key(|one| (one["priority"].as_i64(), one["number"].as_i64()));
                    }
                    "changed" => {
                        sorted.sort_by_key(|one| {
                            (
                                one["changed_at"].as_str().map(str::to_owned),
                                one["number"].as_i64(),
                            )
                        });
                        sorted.reverse();
                    }
                    _ => {}
                }
                assert_eq!(numbers(&found), numbers(&sorted), "{question}");
            }
            let page = owner.look(&format!("{PAGES}?{question}")).await;
            let count = match wanted.len() {
                0 => "No record is so.".to_owned(),
                1 => "One record".to_owned(),
                many => format!("{many} records"),
            };
            assert!(
                page.main().contains(&count),
                "{question}: {count}: {}",
                page.main()
            );
        }
    }
}

/// The titles that words find, over REST and on the page.
async fn found(by: &mut Browser, text: &str) -> Vec<String> {
    let path = format!("{RECORDS}/search");
    let found = ask(by, Method::POST, &path, Some(json!({"text": text}))).await;
    assert_eq!(found.status, StatusCode::OK, "{}", found.text);
    let found = body_of(&found);
    let items = found["items"].as_array().unwrap().iter();
    let titles: Vec<_> = items
        .map(|one| one["title"].as_str().unwrap().to_owned())
        .collect();
    let sent = by.send(PAGES, &[("q", text)]).await;
    let address = sent.leads_to().to_owned();
    let is_word = |word: &&str| word.chars().all(char::is_alphabetic);
    for word in text.split(' ').filter(is_word) {
        assert!(
            !address.contains(word),
            "what is typed stands in no address"
        );
    }
    let page = by.look(&address).await;
    for title in &titles {
        assert!(page.main().contains(title.as_str()), "{text}: {title}");
    }
    assert_eq!(
        page.main().contains("No record is so."),
        titles.is_empty(),
        "{text}"
    );
    titles
}

async fn words_are_found_in_title_description_and_notes(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut una = bench.browser(UNA).await;
    let mut ids = Vec::new();
    for (title, description) in [
        ("The printer is on fire", "Since Tuesday, on floor 3."),
        ("Tonërs are missing", "For the PRINTER of floor 4."),
        ("No sound", ""),
    ] {
        let more = json!({"title": title, "description": description});
        ids.push(bench.incident(&mut una, bench.payroll, more).await);
    }
    let [fire, toner, sound] = ["The printer is on fire", "Tonërs are missing", "No sound"];
    for (text, wanted) in [
        ("printer", vec![toner, fire]),
        ("PRINTER fire", vec![fire]),
        ("fire, printer!", vec![fire]),
        ("toners", vec![toner]),
        ("floor 4", vec![toner]),
        ("printers", vec![]),
        ("print", vec![]),
        ("…!", vec![]),
        ("3", vec![sound]),
        ("#1", vec![fire]),
    ] {
        assert_eq!(found(&mut una, text).await, wanted, "{text}");
    }
    // A note adds its words; what is not said any more is not found.
    let note = json!({"text": "It was the amplifier."});
    ask(
        &mut una,
        Method::POST,
        &format!("{RECORDS}/{}/notes", ids[2]),
        Some(note),
    )
    .await;
    assert_eq!(found(&mut una, "amplifier").await, [sound]);
    let said = json!({"title": "The scanner is on fire", "description": "The printer, too."});
    assert_eq!(edit(&mut una, &ids[0], said).await.status, StatusCode::OK);
    assert_eq!(
        found(&mut una, "printer").await,
        [toner, "The scanner is on fire"]
    );
    assert_eq!(found(&mut una, "tuesday").await, [""; 0]);
    let mut ada = bench.browser(ADA).await;
    let gone = ask(
        &mut ada,
        Method::DELETE,
        &format!("{RECORDS}/{}", ids[2]),
        None,
    )
    .await;
    assert_eq!(gone.status, StatusCode::OK);
    assert_eq!(found(&mut una, "amplifier").await, [""; 0]);
    for id in &ids[..2] {
        ask(&mut ada, Method::DELETE, &format!("{RECORDS}/{id}"), None).await;
    }
    assert_eq!(bench.desk.house.rows("service_desk_words").await, 0);
}

async fn sd_5_sd_33_words_of_what_is_not_visible_are_found_by_nobody(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    let cara = json!({"title": "Quartz", "customer": bench.id(bench.cara)});
    bench.incident(&mut owner, bench.payroll, cara).await;
    bench
        .incident(&mut owner, bench.network, json!({"title": "Quartz below"}))
        .await;
    let (mut una, mut nils) = (bench.browser(UNA).await, bench.browser(NILS).await);
    assert_eq!(found(&mut una, "quartz").await, ["Quartz"]);
    assert_eq!(found(&mut nils, "quartz").await, ["Quartz below"]);
    let other = format!("{PAGES}?service={}", bench.id(bench.network));
    let seen = una.look(&other).await;
    assert!(seen.main().contains("No record is so."), "{}", seen.text);
    // SD-33: with a list of no company, what has a customer of one is not there.
    bench.sees_companies(bench.una, &[], true).await;
    assert_eq!(found(&mut una, "quartz").await, [""; 0]);
    assert_eq!(listed(&mut una, "?sort=due").await, [""; 0]);
    let by_customer = format!("?customer={}", bench.id(bench.cara));
    let list = una.look(&format!("{RECORDS}{by_customer}")).await;
    assert_ne!(
        list.status,
        StatusCode::OK,
        "she is not known to Una: {}",
        list.text
    );
}

async fn sd_26_nobody_is_found_by_the_name_of_somebody_who_is_erased(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut una = bench.browser(UNA).await;
    let said = json!({
        "title": "Phone of Cara Customer", "description": "Write to cara@acme.example, or ask the other customer.",
    });
    let record = bench.incident(&mut una, bench.payroll, said).await;
    let note = json!({"text": "Cara Customer called. Cara is back at noon."});
    ask(
        &mut una,
        Method::POST,
        &format!("{RECORDS}/{record}/notes"),
        Some(note),
    )
    .await;
    for text in ["cara", "acme example", "customer phone"] {
        assert_eq!(found(&mut una, text).await.len(), 1, "{text}");
    }
    bench
        .desk
        .by_owner(Command::ErasePerson { person: bench.cara })
        .await;
    // The rest is not rewritten: the first name alone is a word of the language, too, and so is the other customer.
    for (text, count) in [("acme", 0), ("customer", 1), ("cara", 1), ("phone", 1)] {
        assert_eq!(found(&mut una, text).await.len(), count, "{text}");
    }
    let words = "service_desk_words WHERE word IN ('acme', 'example')";
    assert_eq!(bench.desk.house.rows(words).await, 0);
}

async fn sd_20_the_work_of_a_group_is_its_own_and_its_members(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let group = bench.desk.group("Night shift").await;
    let rows = vec![(group, true)];
    let service = bench.payroll;
    bench
        .desk
        .by_owner(Command::SaveGroupsTab { service, rows })
        .await;
    bench.desk.tie(bench.una, Tie::Group(group)).await;
    let mut owner = bench.owner().await;
    let (una, ada, night) = (bench.id(bench.una), bench.id(bench.ada), bench.id(group));
    let mut made = Vec::new();
    for assignee in [
        json!({"user": una}),
        json!({"group": night}),
        json!({"user": ada}),
    ] {
        let more = json!({"assignee": assignee});
        made.push(bench.incident(&mut owner, bench.payroll, more).await);
    }
    let of_members = listed(&mut owner, &format!("?members_of={night}")).await;
    assert_eq!(of_members, [made[1].clone(), made[0].clone()]);
    let of_group = listed(&mut owner, &format!("?group={night}")).await;
    assert_eq!(of_group, [made[1].clone()]);
    let mut una = bench.browser(UNA).await;
    assert_eq!(
        listed(&mut una, "?whose=my_groups").await,
        [made[1].clone()]
    );
    assert_eq!(
        listed(&mut una, "?whose=ours").await,
        [made[1].clone(), made[0].clone()]
    );
    // The form names the group, and leads to the same.
    let sent = [("assignee_text", "Night shift"), ("state", "open")];
    let sent = una.send(PAGES, &sent).await;
    assert!(
        sent.leads_to().contains(&format!("members_of={night}")),
        "{}",
        sent.leads_to()
    );
    let page = una.look(sent.leads_to()).await;
    assert!(page.main().contains("2 records") && page.main().contains("Night shift"));
}

async fn my_work_is_what_somebody_has_to_care_for(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let group = bench.desk.group("Night shift").await;
    let (service, rows) = (bench.payroll, vec![(group, true)]);
    bench
        .desk
        .by_owner(Command::SaveGroupsTab { service, rows })
        .await;
    bench.desk.tie(bench.una, Tie::Group(group)).await;
    let mut una = bench.browser(UNA).await;
    let empty = una.look(MY_WORK).await;
    assert!(empty.main().contains("Nothing open is assigned to you."));
    let mut owner = bench.owner().await;
    let (me, night, ada) = (bench.id(bench.una), bench.id(group), bench.id(bench.ada));
    for (title, assignee, due) in [
        ("My late one", json!({"user": me}), "2020-01-01T00:00:00Z"),
        ("Night one", json!({"group": night}), "2099-01-01T00:00:00Z"),
        ("Open to all", Value::Null, "2020-01-01T00:00:00Z"),
        ("Of Ada", json!({"user": ada}), "2020-01-01T00:00:00Z"),
    ] {
        let more = json!({"title": title, "assignee": assignee});
        let record = bench.incident(&mut owner, bench.payroll, more).await;
        let put = format!("{RECORDS}/{record}/due-date");
        ask(&mut owner, Method::PUT, &put, Some(json!({"due_at": due}))).await;
    }
    bench
        .incident(&mut owner, bench.network, json!({"title": "Below"}))
        .await;
    for (show, wanted) in [
        ("mine", vec!["My late one"]),
        ("my_groups", vec!["Night one"]),
        ("nobodys", vec!["Open to all"]),
        ("answered", vec![]),
        ("soon", vec![]),
        ("late", vec!["My late one", "Open to all"]),
    ] {
        let page = una.look(&format!("{MY_WORK}?show={show}")).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        for title in ["My late one", "Night one", "Open to all", "Of Ada", "Below"] {
            let is_there = page.main().contains(&format!(">{title}<"));
            assert_eq!(is_there, wanted.contains(&title), "{show}: {title}");
        }
        let count = format!(r#"<span class="count">{}</span>"#, wanted.len());
        let sorts = page.main().split("Sorts of work").nth(1).unwrap();
        let tab = sorts.split("aria-current").nth(1).unwrap();
        assert!(
            tab.split("</a>").next().unwrap().contains(&count),
            "{show}: {tab}"
        );
    }
    // Whoever works on no service has no such page.
    let mut ulf = bench.browser(crate::console::desk::ULF).await;
    assert_eq!(ulf.look(MY_WORK).await.status, StatusCode::FORBIDDEN);
}

async fn a_list_is_the_same_as_a_file(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut una = bench.browser(UNA).await;
    let more = json!({"title": "=1+1", "customer": bench.id(bench.cara), "priority": 1});
    bench.incident(&mut una, bench.payroll, more).await;
    bench
        .incident(&mut una, bench.payroll, json!({"title": "Second"}))
        .await;
    let mut owner = bench.owner().await;
    bench
        .incident(&mut owner, bench.network, json!({"title": "Below"}))
        .await;
    let page = una.look(&format!("{PAGES}?priority=1")).await;
    let file = "/service-desk/records/export?priority=1";
    assert!(page.main().contains(file));
    let file = una.look(file).await.text;
    assert_eq!(file.lines().count(), 2, "{file}");
    for words in ["\"'=1+1\"", "Cara Customer", "Acme", "\"Critical\""] {
        assert!(file.contains(words), "{words}: {file}");
    }
    let all = una.look("/service-desk/records/export").await.text;
    assert!(all.contains("Second") && !all.contains("Below"), "{all}");
    let sent = una.send(PAGES, &[("q", "second")]).await;
    let (_, query) = sent.leads_to().split_once('?').unwrap();
    let found = una
        .look(&format!("/service-desk/records/export?{query}"))
        .await
        .text;
    assert!(
        found.contains("Second") && !found.contains("1+1"),
        "{found}"
    );
}

async fn what_a_filter_names_and_the_reader_does_not_know_is_unknown(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut una = bench.browser(UNA).await;
    let nora = bench.id(bench.nora);
    let (network, nils) = (bench.id(bench.network), bench.id(bench.nils));
    let none = |prefix: &str| format!("{prefix}_{}", "0".repeat(32));
    let mut texts = Vec::new();
    for question in [
        format!("customer={nora}"),
        format!("customer={}", none("per")),
        format!("service={network}"),
        format!("service={}", none("svc")),
        format!("user={nils}"),
        format!("user={}", none("per")),
    ] {
        let list = get(&mut una, &format!("{RECORDS}?{question}")).await;
        assert_eq!(
            list.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{question}: {}",
            list.text
        );
        texts.push(body_of(&list)["code"].clone());
    }
    assert!(texts.iter().all(|code| *code == texts[0]), "{texts:?}");
    for wrong in [
        "state=nearly",
        "priority=9",
        "opened_from=yesterday",
        "whose=mine&user=x",
    ] {
        let list = get(&mut una, &format!("{RECORDS}?{wrong}")).await;
        assert_eq!(
            list.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{wrong}: {}",
            list.text
        );
    }
}

async fn get(by: &mut Browser, path: &str) -> Seen {
    ask(by, Method::GET, path, None).await
}
