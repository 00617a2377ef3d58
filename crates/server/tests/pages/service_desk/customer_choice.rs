//! The choice of a record's customer offers exactly those who can be chosen in its service (SD-11, SD-12), as far as they are seen (SD-33, SD-36).

use access::{
    PersonId, ServiceId,
    state::{CustomerAccess, Tie},
};
use testkit::databases::TestDatabase;

use super::bench::{Bench, UNA};
use crate::browser::{Browser, STRETCHES};

testkit::on_both![
    sd_11_the_choice_offers_who_can_be_chosen,
    sd_11_customers_are_found_by_their_company,
    sd_11_whoever_can_be_chosen_is_found_behind_many_who_cannot,
    sd_11_a_company_is_walked_through_to_whoever_can_be_chosen,
    sd_33_the_choice_tells_of_nobody_of_a_company_that_is_not_seen,
];

/// More than are read at first.
const MANY: usize = 3 * STRETCHES.first;

/// What the choice offers for a service.
async fn offered(bench: &Bench, by: &mut Browser, text: &str, on: ServiceId) -> String {
    let on = bench.id(on);
    let asked = [("q", text), ("kinds", "customer"), ("on", on.as_str())];
    by.send("/find/hits", &asked).await.text
}

async fn sd_11_the_choice_offers_who_can_be_chosen(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    for (text, on, name, is) in [
        ("Cara", bench.payroll, "Cara Customer", true),
        ("cara@acme", bench.payroll, "Cara Customer", true),
        ("Cara", bench.network, "Cara Customer", false),
        ("Nora", bench.network, "Nora Network", true),
        ("Nora", bench.payroll, "Nora Network", false),
        ("Una", bench.payroll, "Una", false),
    ] {
        let offered = offered(&bench, &mut owner, text, on).await;
        assert_eq!(offered.contains(name), is, "{text}: {offered}");
    }
}

async fn sd_11_customers_are_found_by_their_company(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    let on = bench.payroll;
    let found = offered(&bench, &mut owner, "acm", on).await;
    assert!(found.contains("Cara Customer"), "{found}");
    let elsewhere = offered(&bench, &mut owner, "acm", bench.network).await;
    assert!(!elsewhere.contains("Cara Customer"), "{elsewhere}");
    // Whoever is found by their name, too, is offered once.
    let acme = bench.desk.company_of(bench.cara).unwrap();
    let named = bench
        .desk
        .customer("Acme Reception", "desk@acme.example")
        .await;
    bench.desk.employ(named, acme).await;
    let found = offered(&bench, &mut owner, "acme", on).await;
    assert_eq!(found.matches("desk@acme.example").count(), 1, "{found}");
    assert!(
        found.find("Acme Reception") < found.find("Cara Customer"),
        "{found}"
    );
}

/// A customer of the network service.
async fn of_network(bench: &Bench, name: &str, address: &str) -> PersonId {
    let person = bench.desk.customer(name, address).await;
    let access = Tie::Customer(bench.network, CustomerAccess::NoPortal);
    bench.desk.tie(person, access).await;
    person
}

async fn sd_11_whoever_can_be_chosen_is_found_behind_many_who_cannot(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    for n in 0..MANY {
        let (name, address) = (format!("Zoe {n:02}"), format!("zoe{n:02}@example.org"));
        bench.desk.customer(&name, &address).await;
    }
    of_network(&bench, "Zoe Zimmer", "zoe@example.org").await;
    // First of few who can be chosen, then of more than are looked at one by one.
    for others in [0, 2 * STRETCHES.few] {
        for n in 0..others {
            of_network(&bench, &format!("Yan {n}"), &format!("yan{n}@example.org")).await;
        }
        let found = offered(&bench, &mut owner, "zoe", bench.network).await;
        assert!(found.contains("Zoe Zimmer"), "{found}");
        assert!(!found.contains("Zoe 01"), "{found}");
    }
}

async fn sd_11_a_company_is_walked_through_to_whoever_can_be_chosen(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    let large = bench.desk.company("Xenon").await;
    for n in 0..MANY {
        let (name, address) = (format!("Abel {n:02}"), format!("abel{n:02}@xenon.example"));
        let person = bench.desk.customer(&name, &address).await;
        bench.desk.employ(person, large).await;
    }
    let zora = of_network(&bench, "Zora Last", "zora@xenon.example").await;
    bench.desk.employ(zora, large).await;
    let found = offered(&bench, &mut owner, "xenon", bench.network).await;
    assert!(found.contains("Zora Last"), "{found}");
    assert!(!found.contains("Abel"), "{found}");
}

async fn sd_33_the_choice_tells_of_nobody_of_a_company_that_is_not_seen(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut una = bench.browser(UNA).await;
    for text in ["Cara", "acme"] {
        let found = offered(&bench, &mut una, text, bench.payroll).await;
        assert!(found.contains("Cara Customer"), "{found}");
    }
    bench.sees_companies(bench.una, &[], true).await;
    for text in ["Cara", "acme"] {
        let found = offered(&bench, &mut una, text, bench.payroll).await;
        assert!(!found.contains("Cara"), "{found}");
    }
}
