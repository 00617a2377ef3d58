//! Configure › Companies and Registration.

use access::{
    Command,
    Permission::PortalIncidentLog,
    event::ListedCompanies,
    state::{DeskRight, RegistrationPolicy, Tie},
};
use axum::http::StatusCode;
use testkit::databases::TestDatabase;

use super::desk::{Desk, ULF};

testkit::on_both![
    sd_22_a_domain_names_whom_it_catches_and_sort_now_places_them,
    sd_22_a_domain_that_anybody_can_have_is_refused,
    sd_21_a_second_company_is_refused_or_a_move_in_one_step,
    sd_28_what_employees_lose_with_their_company_is_shown_before,
    sd_33_a_company_outside_of_the_list_is_not_there,
    sd_23_who_may_register_is_said_and_the_denylist_is_asked_about,
];

async fn sd_22_a_domain_names_whom_it_catches_and_sort_now_places_them(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let company = desk.company("Acme").await;
    let cara = desk
        .customer("Cara Customer", "cara@north.acme.example")
        .await;
    desk.customer("Otto Other", "otto@other.example").await;
    let mut browser = desk.owner().await;
    let page = format!("/configure/companies/{}", desk.id(company));

    let form = format!("{page}/domains");
    let review = browser.send(&form, &[("domain", "Acme.example")]).await;
    assert_eq!(review.status, StatusCode::OK, "{}", review.text);
    assert!(review.text.contains("would be placed by “sort now”"));
    assert!(review.text.contains("Cara Customer") && !review.text.contains("Otto Other"));
    let state = desk.house.account.state();
    assert!(state.companies().get(company).unwrap().domains.is_empty());
    let added = browser.save(&form, &[("domain", "Acme.example")]).await;
    assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.text);
    let shown = browser.look(&page).await;
    assert!(shown.text.contains("acme.example"));
    assert_eq!(desk.company_of(cara), None, "nobody is placed by adding it");

    let sort = format!("{page}/sort-now");
    let review = browser.send(&sort, &[]).await;
    assert!(
        review.text.contains("Sort 1 customer into Acme?"),
        "{}",
        review.text
    );
    assert!(!desk.may(cara, PortalIncidentLog));
    let sorted = browser.save(&sort, &[]).await;
    assert_eq!(sorted.status, StatusCode::SEE_OTHER, "{}", sorted.text);
    assert_eq!(desk.company_of(cara), Some(company));
    assert!(desk.may(cara, PortalIncidentLog), "SD-9");
    let again = browser.send("/configure/companies/sort-now", &[]).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "nobody waits any more");

    let take = [("domain", "acme.example")];
    browser.save(&format!("{page}/domains/take"), &take).await;
    let state = desk.house.account.state();
    assert!(state.companies().get(company).unwrap().domains.is_empty());
    assert_eq!(desk.company_of(cara), Some(company), "nobody leaves by it");
}

async fn sd_22_a_domain_that_anybody_can_have_is_refused(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let company = desk.company("Acme").await;
    let mut browser = desk.owner().await;
    let form = format!("/configure/companies/{}/domains", desk.id(company));
    for domain in ["gmail.com", "co.uk", "not a domain"] {
        let refused = browser.save(&form, &[("domain", domain)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{domain}");
        assert!(refused.text.contains("Rule SD-22"), "{}", refused.text);
    }
    let state = desk.house.account.state();
    assert!(state.companies().get(company).unwrap().domains.is_empty());
}

async fn sd_21_a_second_company_is_refused_or_a_move_in_one_step(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let (acme, globex) = (desk.company("Acme").await, desk.company("Globex").await);
    let cara = desk.customer("Cara Customer", "cara@acme.example").await;
    desk.employ(cara, acme).await;
    let mut browser = desk.owner().await;
    let page = format!("/configure/companies/{}", desk.id(globex));
    let form = format!("{page}/people");
    let refused = browser.save(&form, &[("person_text", "Cara")]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.text.contains("Rule SD-21"), "{}", refused.text);
    assert_eq!(desk.company_of(cara), Some(acme));
    let fields = [("person_text", "Cara"), ("moves", "yes")];
    let moved = browser.save(&form, &fields).await;
    assert_eq!(moved.status, StatusCode::SEE_OTHER, "{}", moved.text);
    assert_eq!(desk.company_of(cara), Some(globex));
    let out = [("person", &*desk.id(cara))];
    browser.save(&format!("{page}/people/take"), &out).await;
    assert_eq!(desk.company_of(cara), None);
}

async fn sd_28_what_employees_lose_with_their_company_is_shown_before(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let company = desk.company("Acme").await;
    let cara = desk.customer("Cara Customer", "cara@acme.example").await;
    desk.employ(cara, company).await;
    assert!(desk.may(cara, PortalIncidentLog));
    let mut browser = desk.owner().await;
    let form = format!("/configure/companies/{}/life", desk.id(company));
    let review = browser.send(&form, &[("life", "delete")]).await;
    assert!(review.text.contains("Cara Customer"), "{}", review.text);
    assert!(desk.may(cara, PortalIncidentLog));
    let gone = browser.save(&form, &[("life", "delete")]).await;
    assert_eq!(gone.leads_to(), "/configure/companies");
    assert_eq!(desk.company_of(cara), None);
    assert!(!desk.may(cara, PortalIncidentLog));
}

async fn sd_33_a_company_outside_of_the_list_is_not_there(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let (acme, globex) = (desk.company("Acme").await, desk.company("Globex").await);
    let hidden = desk.customer("Hilda Hidden", "hilda@globex.example").await;
    desk.employ(hidden, globex).await;
    desk.house.set_role(desk.ulf, access::RoleId::MEMBER).await;
    desk.tie(desk.ulf, Tie::DeskRight(DeskRight::Configure))
        .await;
    desk.by_owner(Command::SetCompanyAccess {
        person: desk.ulf,
        listed: Some(ListedCompanies {
            companies: vec![acme],
            without_company: true,
        }),
    })
    .await;
    let mut browser = desk.browser(ULF).await;
    let list = browser.look("/configure/companies").await;
    assert_eq!(list.status, StatusCode::OK, "{}", list.text);
    assert!(list.text.contains("Acme") && !list.text.contains("Globex"));
    let path = format!("/configure/companies/{}", desk.id(globex));
    assert_eq!(browser.look(&path).await.status, StatusCode::NOT_FOUND);
    let form = format!("/configure/companies/{}/people", desk.id(acme));
    let found = browser.save(&form, &[("person_text", "Hilda")]).await;
    assert_eq!(found.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!found.text.contains("hilda@globex.example"));
    assert_eq!(desk.company_of(hidden), Some(globex));
}

async fn sd_23_who_may_register_is_said_and_the_denylist_is_asked_about(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let mut browser = desk.owner().await;
    let policy = "/configure/registration/policy";
    browser.save(policy, &[("policy", "companies")]).await;
    let registration = desk.house.account.state().account().registration;
    assert_eq!(registration, RegistrationPolicy::Companies);
    let odd = browser.save(policy, &[("policy", "everybody")]).await;
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);

    let denylist = "/configure/registration/denylist";
    let lines = "spam.example\r\nmallory@example.org\r\n";
    let saved = browser
        .save(denylist, &[("deny", lines), ("allow", "")])
        .await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let page = browser.look("/configure/registration").await;
    assert!(
        !page.text.contains("spam.example"),
        "it cannot be read back"
    );
    let ask = format!("{denylist}/ask");
    for (entry, answer) in [
        ("anybody@spam.example", "is on the denylist"),
        ("mallory@example.org", "is on the denylist"),
        ("alice@example.org", "is not on the denylist"),
    ] {
        let asked = browser.send(&ask, &[("entry", entry)]).await;
        assert!(asked.text.contains(answer), "{entry}: {}", asked.text);
    }
    let wrong = browser.save(denylist, &[("deny", "two words")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains(r#"aria-invalid="true""#));
    browser.save(denylist, &[("allow", "spam.example")]).await;
    let asked = browser.send(&ask, &[("entry", "spam.example")]).await;
    assert!(asked.text.contains("is not on the denylist"));
}
