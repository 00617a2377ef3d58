//! SD-36: notes on the cards of customers and companies: for staff who see the card, and for nobody else (SD-32, SD-33).

use std::time::Duration;

use access::{
    Command,
    state::{CustomerAccess, PortalLevel, ServiceLevel, Tie},
};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::bench::{ADA, Bench, CARA, NILS, UNA, ask, body_of, text_of};
use crate::browser::{Browser, Seen};

testkit::on_both![
    sd_36_notes_stand_on_the_cards_of_customers_and_companies,
    sd_36_a_note_is_changed_by_whoever_wrote_it_while_they_see_the_card,
    sd_36_sd_33_cards_that_one_does_not_see_have_no_notes,
    sd_33_a_note_stays_with_the_company_that_its_customer_had,
    sd_32_customers_never_read_notes_on_them,
    sd_26_notes_on_a_customer_go_with_them,
    what_cannot_be_noted_is_refused,
];

const NOTES: &str = "service_desk_card_notes";

impl Bench {
    fn notes_on_cara(&self) -> String {
        format!(
            "/api/v1/service-desk/customers/{}/notes",
            self.id(self.cara)
        )
    }

    fn notes_on_acme(&self) -> String {
        let state = self.desk.house.account.state();
        let company = state.people().get(self.cara).unwrap().company.unwrap();
        format!("/api/v1/service-desk/companies/{}/notes", self.id(company))
    }
}

async fn note(by: &mut Browser, path: &str, text: &str) -> Seen {
    ask(by, Method::POST, path, Some(json!({"text": text}))).await
}

async fn noted(by: &mut Browser, path: &str, text: &str) -> String {
    let done = note(by, path, text).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    text_of(&done, "id")
}

async fn texts(by: &mut Browser, path: &str) -> Vec<Value> {
    let read = body_of(&by.look(path).await);
    let items = read["items"].as_array().unwrap().iter();
    items.map(|item| item["text"].clone()).collect()
}

async fn sd_36_notes_stand_on_the_cards_of_customers_and_companies(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut una, mut ada) = (bench.browser(UNA).await, bench.browser(ADA).await);
    let card = format!("/people/{}", bench.id(bench.cara));
    let company = bench.notes_on_acme().replace("/api/v1", "");
    let company = company.trim_end_matches("/notes").to_owned();
    let add = format!("/service-desk/customers/{}/notes", bench.id(bench.cara));
    una.look(&card).await;
    let done = una.send(&add, &[("text", "Calls on <Mondays>")]).await;
    assert_eq!(done.leads_to(), card, "{}", done.text);
    una.look(&company).await;
    let done = una
        .send(&format!("{company}/notes"), &[("text", "Pays late")])
        .await;
    assert_eq!(done.leads_to(), company, "{}", done.text);
    for (page, words) in [
        (&card, "Calls on &#60;Mondays&#62;"),
        (&company, "Pays late"),
    ] {
        let seen = ada.look(page).await;
        assert!(seen.main().contains(words), "{words}: {}", seen.main());
        assert!(seen.main().contains("Una User"), "{}", seen.main());
        // Somebody else's is read, and not changed.
        assert!(!seen.main().contains("Change or delete"));
        assert!(una.look(page).await.main().contains("Change or delete"));
    }
    let path = bench.notes_on_cara();
    bench.desk.house.advance(Duration::from_secs(60)).await;
    noted(&mut ada, &path, "Is on holiday").await;
    let read = texts(&mut una, &path).await;
    assert_eq!(read, ["Is on holiday", "Calls on <Mondays>"]);
    assert_eq!(texts(&mut una, &bench.notes_on_acme()).await, ["Pays late"]);
}

async fn sd_36_a_note_is_changed_by_whoever_wrote_it_while_they_see_the_card(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut una, mut ada) = (bench.browser(UNA).await, bench.browser(ADA).await);
    let path = bench.notes_on_cara();
    let id = noted(&mut una, &path, "First").await;
    let it = format!("/api/v1/service-desk/card-notes/{id}");
    let page = format!("/service-desk/card-notes/{id}");
    let card = format!("/people/{}", bench.id(bench.cara));
    let body = || Some(json!({"text": "Second"}));
    let denied = ask(&mut ada, Method::PUT, &it, body()).await;
    assert_eq!(text_of(&denied, "code"), "not_your_note", "{}", denied.text);
    let denied = ask(&mut ada, Method::DELETE, &it, None).await;
    assert_eq!(denied.status, StatusCode::FORBIDDEN);
    una.look(&card).await;
    let done = una.send(&page, &[("text", "Second")]).await;
    assert_eq!(done.leads_to(), card, "{}", done.text);
    assert_eq!(texts(&mut ada, &path).await, ["Second"]);
    // Whoever does not see the card any more does not change what they wrote there, either.
    bench.sees_companies(bench.una, &[], true).await;
    let denied = ask(&mut una, Method::PUT, &it, Some(json!({"text": "Third"}))).await;
    assert_eq!(denied.status, StatusCode::NOT_FOUND, "{}", denied.text);
    let denied = una
        .send(&page, &[("text", "Third"), ("to", "delete")])
        .await;
    assert_eq!(denied.status, StatusCode::NOT_FOUND, "{}", denied.text);
    let (person, listed) = (bench.una, None);
    bench
        .desk
        .by_owner(Command::SetCompanyAccess { person, listed })
        .await;
    // Nor does whoever works on nothing.
    let tie = Tie::Service(bench.payroll, ServiceLevel::User);
    bench.desk.by_owner(Command::Untie { person, tie }).await;
    let denied = ask(&mut una, Method::DELETE, &it, None).await;
    assert!(denied.status.is_client_error(), "{}", denied.text);
    assert!(una.look(&path).await.status.is_client_error());
    assert_eq!(texts(&mut ada, &path).await, ["Second"]);
    bench
        .desk
        .tie(bench.una, Tie::Service(bench.payroll, ServiceLevel::User))
        .await;
    una.look(&card).await;
    let done = una.send(&page, &[("text", ""), ("to", "delete")]).await;
    assert_eq!(done.leads_to(), card, "{}", done.text);
    assert_eq!(bench.desk.house.rows(NOTES).await, 0);
}

async fn sd_36_sd_33_cards_that_one_does_not_see_have_no_notes(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut una, mut nils) = (bench.browser(UNA).await, bench.browser(NILS).await);
    let (on_cara, on_acme) = (bench.notes_on_cara(), bench.notes_on_acme());
    let id = noted(&mut una, &on_cara, "Secret of Cara").await;
    noted(&mut una, &on_acme, "Secret of Acme").await;
    let closed = async |by: &mut Browser| {
        for path in [&on_cara, &on_acme] {
            let read = by.look(path).await;
            assert!(
                read.status.is_client_error() && !read.text.contains("Secret"),
                "{path}"
            );
            let denied = note(by, path, "Mine").await;
            assert!(denied.status.is_client_error(), "{path}: {}", denied.text);
            let page = path.replace("/api/v1", "");
            by.look("/service-desk/records").await;
            let denied = by.send(&page, &[("text", "Mine")]).await;
            assert!(denied.status.is_client_error(), "{page}: {}", denied.text);
        }
        let it = format!("/api/v1/service-desk/card-notes/{id}");
        let denied = ask(by, Method::PUT, &it, Some(json!({"text": "Mine"}))).await;
        assert_eq!(denied.status, StatusCode::NOT_FOUND, "{}", denied.text);
    };
    // Nils works on another service, and Una is to see other companies alone.
    closed(&mut nils).await;
    // SD-5: whoever configures the desk and works on another service sees the cards, and none of their notes.
    let mut owner = bench.owner().await;
    assert_eq!(texts(&mut owner, &on_cara).await, ["Secret of Cara"]);
    let (person, service) = (bench.desk.house.owner, bench.payroll);
    let tie = Tie::Service(service, ServiceLevel::Administrator);
    bench.desk.by_owner(Command::Untie { person, tie }).await;
    closed(&mut owner).await;
    let card = owner
        .look(&format!("/people/{}", bench.id(bench.cara)))
        .await;
    assert_eq!(card.status, StatusCode::OK);
    assert!(!card.text.contains("Secret"), "{}", card.text);
    let other = bench.desk.company("Bolt").await;
    bench.sees_companies(bench.una, &[other], false).await;
    closed(&mut una).await;
    assert_eq!(bench.desk.house.rows(NOTES).await, 2);
}

async fn sd_33_a_note_stays_with_the_company_that_its_customer_had(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut una, mut ada) = (bench.browser(UNA).await, bench.browser(ADA).await);
    let acme = bench.desk.company_of(bench.cara).unwrap();
    let bolt = bench.desk.company("Bolt").await;
    let (path, card) = (
        bench.notes_on_cara(),
        format!("/people/{}", bench.id(bench.cara)),
    );
    let old = noted(&mut una, &path, "Secret of Acme").await;
    let it = format!("/api/v1/service-desk/card-notes/{old}");
    // She goes to Bolt, and Una is for Bolt alone: also what she wrote herself stays behind.
    bench.employ_instead(bench.cara, bolt).await;
    bench.sees_companies(bench.una, &[bolt], false).await;
    assert!(texts(&mut una, &path).await.is_empty());
    let page = una.look(&card).await;
    assert!(page.status == StatusCode::OK && !page.text.contains("Secret"));
    let body = || Some(json!({"text": "Changed"}));
    for denied in [
        ask(&mut una, Method::PUT, &it, body()).await,
        ask(&mut una, Method::DELETE, &it, None).await,
    ] {
        assert_eq!(denied.status, StatusCode::NOT_FOUND, "{}", denied.text);
    }
    bench.desk.house.advance(Duration::from_secs(60)).await;
    noted(&mut una, &path, "Of Bolt").await;
    // Whoever sees both companies reads both; whoever is for Acme alone does not see her card any more.
    assert_eq!(texts(&mut ada, &path).await, ["Of Bolt", "Secret of Acme"]);
    bench.sees_companies(bench.ada, &[acme], false).await;
    assert!(ada.look(&path).await.status.is_client_error());
    // Without a company she is for those who see such customers; what was written of her before is not.
    let (person, company) = (bench.cara, None);
    let leave = Command::SetEmployer {
        person,
        company,
        move_from_other: false,
    };
    bench.desk.by_owner(leave).await;
    let tie = Tie::Customer(bench.payroll, CustomerAccess::NoPortal);
    bench.desk.tie(bench.cara, tie).await;
    bench.sees_companies(bench.una, &[bolt], true).await;
    bench.desk.house.advance(Duration::from_secs(60)).await;
    noted(&mut una, &path, "Of nobody").await;
    assert_eq!(texts(&mut una, &path).await, ["Of nobody", "Of Bolt"]);
    bench.sees_companies(bench.ada, &[], true).await;
    assert_eq!(texts(&mut ada, &path).await, ["Of nobody"]);
    assert_eq!(bench.desk.house.rows(NOTES).await, 3);
}

async fn sd_32_customers_never_read_notes_on_them(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut una = bench.browser(UNA).await;
    let (on_cara, on_acme) = (bench.notes_on_cara(), bench.notes_on_acme());
    noted(&mut una, &on_cara, "Secret of Cara").await;
    noted(&mut una, &on_acme, "Secret of Acme").await;
    bench.lets_in(bench.cara).await;
    bench
        .set_portal_level(bench.cara, PortalLevel::CompanyAdmin)
        .await;
    let mut cara = bench.browser(CARA).await;
    for path in [&on_cara, &on_acme] {
        let read = cara.look(path).await;
        assert!(
            read.status.is_client_error() && !read.text.contains("Secret"),
            "{path}"
        );
        let denied = note(&mut cara, path, "Mine").await;
        assert!(denied.status.is_client_error(), "{}", denied.text);
    }
    let card = format!("/people/{}", bench.id(bench.cara));
    for page in [
        "/portal",
        "/portal/incidents",
        "/portal/company",
        card.as_str(),
    ] {
        let seen = cara.look(page).await;
        assert!(!seen.text.contains("Secret"), "{page}");
    }
    assert_eq!(bench.desk.house.rows(NOTES).await, 2);
}

async fn sd_26_notes_on_a_customer_go_with_them(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.keeps_active(bench.una).await;
    let (mut una, mut ada) = (bench.browser(UNA).await, bench.browser(ADA).await);
    let (on_cara, on_acme) = (bench.notes_on_cara(), bench.notes_on_acme());
    noted(&mut una, &on_cara, "Calls on Mondays").await;
    noted(&mut una, &on_acme, "Ask Cara Customer for keys").await;
    let person = bench.cara;
    bench.desk.by_owner(Command::ErasePerson { person }).await;
    assert_eq!(bench.desk.house.rows(NOTES).await, 1);
    assert_eq!(texts(&mut ada, &on_acme).await, ["Ask  for keys"]);
    // What somebody wrote of others stays, without their name.
    let person = bench.una;
    bench.desk.by_owner(Command::ErasePerson { person }).await;
    assert_eq!(bench.desk.house.rows(NOTES).await, 1);
    let company = on_acme.replace("/api/v1", "");
    let page = ada.look(company.trim_end_matches("/notes")).await;
    assert!(page.main().contains("for keys") && !page.text.contains("Una User"));
}

async fn what_cannot_be_noted_is_refused(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut una = bench.browser(UNA).await;
    let path = bench.notes_on_cara();
    for text in [" ".to_owned(), "x".repeat(2_001)] {
        let refused = note(&mut una, &path, &text).await;
        assert_eq!(text_of(&refused, "at"), "/text", "{}", refused.text);
    }
    let nobody = "/api/v1/service-desk/card-notes/nte_00000000000000000000000000000001";
    let refused = ask(&mut una, Method::DELETE, nobody, None).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    // A user who is no customer has no card of one.
    let ada = format!(
        "/api/v1/service-desk/customers/{}/notes",
        bench.id(bench.ada)
    );
    assert!(
        note(&mut una, &ada, "Colleague")
            .await
            .status
            .is_client_error()
    );
    assert_eq!(bench.desk.house.rows(NOTES).await, 0);
    for number in 0..100 {
        noted(&mut una, &path, &format!("Note {number}")).await;
    }
    let refused = note(&mut una, &path, "One too many").await;
    assert_eq!(text_of(&refused, "code"), "too_many_notes");
    assert_eq!(bench.desk.house.rows(NOTES).await, 100);
    // Of each company by itself; whoever sees both reads the older ones too.
    let bolt = bench.desk.company("Bolt").await;
    bench.employ_instead(bench.cara, bolt).await;
    bench.desk.house.advance(Duration::from_secs(60)).await;
    for number in 0..2 {
        noted(&mut una, &path, &format!("Of Bolt {number}")).await;
    }
    let read = texts(&mut una, &path).await;
    assert_eq!(read.len(), 102);
    for number in 0..100 {
        let wanted = format!("Note {number}");
        assert!(read.iter().any(|one| *one == wanted), "{wanted}");
    }
}
