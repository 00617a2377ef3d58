//! What stays shut over every face for whoever is no staff, or is not there any more: words of staff (SD-32) and of other companies (SD-16, SD-33)
//! for customers, and of an erased person for everybody (SD-26). The whole list stands in `shut_faces`.

use access::{Command, CompanyId, state::PortalLevel};
use axum::http::{Method, StatusCode};
use mail::inbound::Outcome;
use serde_json::json;
use testkit::databases::TestDatabase;

use super::{
    attachments,
    bench::{ADA, Bench, CARA, RECORDS, UNA, ask, ask_with, text_of},
    faces::{GIVEN, INTERNAL, MANY, OWN, TOLD, lay, rows_with, search_all, shown},
    mails::{SUPPORT, deliver, mail, room},
};

testkit::on_both![
    sd_32_a_customer_is_shown_no_word_of_staff,
    sd_16_a_company_admin_is_shown_no_word_of_another_company,
    sd_26_an_erased_person_is_in_no_answer_and_in_no_row,
];

async fn sd_32_a_customer_is_shown_no_word_of_staff(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let ids = lay(&bench).await;
    bench
        .set_portal_level(bench.cara, PortalLevel::CompanyAdmin)
        .await;
    let mut cara = bench.browser(CARA).await;
    let words = [
        &INTERNAL[..],
        &GIVEN,
        &OWN,
        &MANY,
        &["Una User", "una@example.net"],
    ]
    .concat();
    // The other incident is hers as well.
    let words: Vec<_> = words
        .into_iter()
        .filter(|word| *word != "Xyloother")
        .collect();
    let mut found = shown(&mut cara, &ids, &words).await;
    // Whoever answers is told by name.
    found.retain(|(_, word)| *word != "Una User");
    assert_eq!(found, []);
    let found = shown(&mut cara, &ids, &TOLD).await;
    for word in ["Xylotitle", "Xylodescription", "Xyloanswer", "xylofile.txt"] {
        assert!(
            found.iter().any(|(_, one)| *one == word),
            "{word} is shown nowhere"
        );
    }
    // Nor by mail.
    for mail in bench
        .desk
        .house
        .mails()
        .await
        .iter()
        .filter(|mail| mail.to == CARA)
    {
        let said = format!("{mail:?}");
        assert!(
            words
                .iter()
                .all(|word| *word == "Una User" || !said.contains(word)),
            "{said}"
        );
    }
}

/// A customer of the twelfth company sees nothing of the first and second, nor of what a colleague logged before they came (SD-33).
async fn sd_16_a_company_admin_is_shown_no_word_of_another_company(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let ids = lay(&bench).await;
    let mut twelfth = bench.desk.company_of(bench.cara).unwrap();
    let mut companies: Vec<CompanyId> = vec![twelfth];
    while companies.len() < 12 {
        twelfth = bench
            .desk
            .company(&format!("Company {}", companies.len() + 1))
            .await;
        companies.push(twelfth);
    }
    let dora = bench.customer("Dora Twelve", "dora@twelve.example").await;
    bench.desk.employ(dora, twelfth).await;
    bench
        .set_portal_level(dora, PortalLevel::CompanyAdmin)
        .await;
    let mut una = bench.browser(UNA).await;
    let mut hidden = vec![];
    for (number, company) in companies.iter().enumerate().take(2) {
        let who = bench
            .desk
            .customer(
                &format!("Xylocustomer {number}"),
                &format!("c{number}@example.org"),
            )
            .await;
        bench.desk.employ(who, *company).await;
        let said = json!({"title": format!("Xyloforeign {number}"), "customer": bench.id(who)});
        hidden.push(bench.incident(&mut una, bench.payroll, said).await);
        // The second one comes over to the twelfth, and brings nothing along.
        if number == 1 {
            bench.employ_instead(who, twelfth).await;
        }
    }
    let said = json!({"title": "Of the twelfth", "customer": bench.id(dora)});
    let own = bench.incident(&mut una, bench.payroll, said).await;
    let mut by = bench.browser("dora@twelve.example").await;
    let words = [
        &TOLD[..],
        &INTERNAL,
        &GIVEN,
        &OWN,
        &MANY,
        &["Xyloforeign", "Xylocustomer", "Acme", "Company 2"],
    ]
    .concat();
    let mut asked = ids.clone();
    for record in &hidden {
        asked.insert("record", record.clone());
        assert_eq!(shown(&mut by, &asked, &words).await, []);
    }
    assert_eq!(
        super::portal::listed(&mut by, "?of=company").await,
        std::slice::from_ref(&own)
    );
    assert_eq!(super::portal::listed(&mut by, "").await, [own]);
    // Whoever came shows them nothing, and keeps their own.
    bench
        .lets_in(bench.desk.house.person("c1@example.org").await)
        .await;
    let mut moved = bench.browser("c1@example.org").await;
    assert_eq!(super::portal::listed(&mut moved, "").await, hidden[1..]);
}

/// SD-26: neither what people read, nor what a file of it holds, nor a row of the database.
async fn sd_26_an_erased_person_is_in_no_answer_and_in_no_row(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let name = "Zoltan Quagga";
    let zoltan = bench.desk.customer(name, "zoltan@quagga.example").await;
    bench.lets_in(zoltan).await;
    let acme = bench.desk.company_of(bench.cara).unwrap();
    bench.desk.employ(zoltan, acme).await;
    let mut ids = lay(&bench).await;
    let (mut una, mut owner) = (bench.browser(UNA).await, bench.owner().await);
    let say = |what: &str| format!("{what}: ask Zoltan Quagga, zoltan@quagga.example");
    let of =
        json!({"title": say("Title"), "description": say("Text"), "customer": bench.id(zoltan)});
    let record = bench.incident(&mut una, bench.payroll, of).await;
    let it = format!("{RECORDS}/{record}");
    for (path, body) in [
        (format!("{it}/notes"), json!({"text": say("Note")})),
        (
            format!("/api/v1/service-desk/companies/{}/notes", bench.id(acme)),
            json!({"text": say("Card")}),
        ),
        (
            "/api/v1/service-desk/queries".to_owned(),
            json!({"name": "For Zoltan Quagga", "question": "", "words": name}),
        ),
    ] {
        let done = ask(&mut una, Method::POST, &path, Some(body)).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    }
    let mark = text_of(&una.look(&format!("{it}/tags")).await, "mark");
    let body = Some(json!({"tags": ["zoltan quagga"]}));
    ask_with(
        &mut una,
        Method::PUT,
        &format!("{it}/tags"),
        body,
        &[("if-mark", &mark)],
    )
    .await;
    attachments::attach(&mut una, &record, "Zoltan Quagga.txt", "File").await;
    let raw = mail(
        "7",
        "Zoltan Quagga <zoltan@quagga.example>",
        "",
        "It is me, Zoltan Quagga",
    );
    assert_eq!(deliver(&room(&bench), SUPPORT, &raw).await, Outcome::Stored);
    // What was typed to find them is kept for a day.
    search_all(&mut una, "Quagga").await;
    ids.insert("record", record);
    ids.insert("person", bench.id(zoltan));
    ids.insert("customer", bench.id(zoltan));
    let words = [
        "Zoltan Quagga",
        "zoltan quagga",
        "zoltan@quagga",
        "quagga.example",
        "Quagga.txt",
    ];
    assert!(!shown(&mut una, &ids, &words).await.is_empty());
    assert!(!rows_with(&bench, &words).await.is_empty());
    bench
        .desk
        .by_owner(Command::ErasePerson { person: zoltan })
        .await;
    // Nor a word of the name by itself: the index of words has none.
    let words_too = [&words[..], &["zoltan", "Zoltan", "quagga", "Quagga"]].concat();
    assert_eq!(rows_with(&bench, &words_too).await, Vec::<String>::new());
    // What is typed from now on is somebody else's name.
    for by in [&mut una, &mut owner, &mut bench.browser(ADA).await] {
        assert_eq!(shown(by, &ids, &words).await, []);
    }
}
