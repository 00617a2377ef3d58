//! The lists of users and customers at a browser without a script: found, paged, changed in bulk after a look, exported, added to.

use std::time::Duration;

use access::{Command, PersonId, PublicId, state::PortalLevel};
use axum::http::StatusCode;
use ledger::{Change, Field, Of, ProfileWrite};
use testkit::databases::TestDatabase;

use crate::browser::{Browser, House, OWNER, Seen};

testkit::on_both![
    what_was_typed_stands_in_no_address_and_finds_people,
    sd_26_a_search_that_is_gone_finds_nobody,
    ad_27_whoever_views_as_somebody_reads_no_search_of_either,
    a_list_is_paged_both_ways,
    ad_23_several_get_a_role_after_a_look_and_each_is_told,
    ad_6_nobody_is_offered_a_role_that_they_could_not_give,
    sd_25_all_that_match_get_a_level_and_the_skipped_are_told_why,
    ad_22_a_list_is_exported_as_it_is_seen,
    ad_1_a_user_is_added_by_a_form_that_says_what_is_wrong,
    ad_10_whoever_sees_nobody_sees_themselves_alone,
];

async fn customer(house: &House, name: &str, email: &str) -> PersonId {
    let id = PublicId::<PersonId>::new(house.engine.new_uuid());
    let profile = ProfileWrite::new(Of::public(id))
        .set(Field::Name, name)
        .set(Field::Email, email);
    let add = Change::from(Command::AddCustomer { id, service: None }).with_profile(profile);
    house.submit(house.owners(), add).await;
    house.account.state().resolve(id).unwrap()
}

fn public(house: &House, person: PersonId) -> String {
    house.account.state().public(person).unwrap().to_string()
}

/// The fields of the review that a page shows, to be sent from there.
fn fields(page: &Seen) -> Vec<(String, String)> {
    let hidden = page.text.split("<input type=\"hidden\" name=\"").skip(1);
    let fields = hidden.filter_map(|rest| {
        let (name, rest) = rest.split_once("\" value=\"")?;
        let (value, _) = rest.split_once('"')?;
        Some((name.to_owned(), value.replace("&#38;", "&")))
    });
    fields.filter(|(name, _)| name != "form_token").collect()
}

/// Sends what a review shows, from there.
async fn confirm(browser: &mut Browser, path: &str, review: &Seen) -> Seen {
    let fields = fields(review);
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    browser.send(path, &fields).await
}

async fn what_was_typed_stands_in_no_address_and_finds_people(db: TestDatabase) {
    let house = House::open(&db).await;
    customer(&house, "Zoë Ångström", "zoe@halden.example").await;
    customer(&house, "Ruth Oyelaran", "ruth@halden.example").await;
    let mut owner = house.signed_in(OWNER).await;
    let all = owner.look("/people/customers").await;
    assert_eq!(all.status, StatusCode::OK);
    assert!(all.text.contains("1–2 of 2"), "{}", all.text);
    for (typed, found, other) in [
        ("ang", "Zoë Ångström", "Ruth Oyelaran"),
        ("ruth@hal", "Ruth Oyelaran", "Zoë Ångström"),
    ] {
        let sent = owner.send("/people/customers", &[("q", typed)]).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER);
        assert!(!sent.leads_to().contains(typed), "{}", sent.leads_to());
        let page = owner.look(sent.leads_to()).await;
        assert!(
            page.text.contains(found) && !page.text.contains(other),
            "{}",
            page.text
        );
    }
    let sent = owner
        .send("/people/customers", &[("q", "nobody at all")])
        .await;
    let page = owner.look(sent.leads_to()).await;
    assert!(
        page.text.contains("Nobody fits these filters"),
        "{}",
        page.text
    );
}

/// Of a search that is over, or somebody else's, nothing is known: without it everybody would be found, changed and exported.
async fn sd_26_a_search_that_is_gone_finds_nobody(db: TestDatabase) {
    let house = House::open(&db).await;
    customer(&house, "Ruth Oyelaran", "ruth@halden.example").await;
    let mut owner = house.signed_in(OWNER).await;
    owner.look("/people/customers").await;
    let sent = owner.send("/people/customers", &[("q", "ruth")]).await;
    let path = sent.leads_to().to_owned();
    let page = owner.look(&path).await;
    assert!(page.text.contains("Ruth Oyelaran"), "{}", page.text);
    house.user("ulf@example.net").await;
    for why in ["somebody else's", "its day is over"] {
        let mut browser = if why == "its day is over" {
            house.advance(Duration::from_secs(24 * 60 * 60)).await;
            house.signed_in(OWNER).await
        } else {
            house.signed_in("ulf@example.net").await
        };
        let page = browser.look(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{why}");
        assert!(page.text.contains("This search is over."), "{why}");
        assert!(!page.text.contains("Ruth Oyelaran"), "{why}: {}", page.text);
        let query = path.split_once('?').unwrap().1;
        let export = format!("/people/customers/export?{query}");
        let file = browser.look(&export).await;
        assert_eq!(file.status, StatusCode::UNPROCESSABLE_ENTITY, "{why}");
        assert!(!file.text.contains("ruth@"), "{why}");
        browser.look("/people/customers").await;
        let all = [("filter", query), ("to", "none"), ("all", "1")];
        let refused = browser.send("/people/customers/level", &all).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{why}");
        assert!(refused.text.contains("not kept any more"), "{why}");
    }
}

/// AD-27: under whom somebody views, neither finds what the other typed.
async fn ad_27_whoever_views_as_somebody_reads_no_search_of_either(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user("ulf@example.net").await;
    customer(&house, "Ruth Oyelaran", "ruth@halden.example").await;
    let mut own = house.signed_in("ulf@example.net").await;
    own.look("/people/customers").await;
    let ulfs = own.send("/people/customers", &[("q", "ruth")]).await;
    let mut owner = house.signed_in(OWNER).await;
    owner.look("/people/customers").await;
    let owners = owner.send("/people/customers", &[("q", "ruth")]).await;
    let path = format!("/people/{}", public(&house, ulf));
    owner.look(&path).await;
    let begun = owner.send(&format!("{path}/view-as"), &[]).await;
    assert_eq!(begun.leads_to(), "/", "{}", begun.text);
    for path in [ulfs.leads_to(), owners.leads_to()] {
        let page = owner.look(path).await;
        assert!(page.text.contains("This search is over."), "{}", page.text);
        assert!(!page.text.contains("ruth"), "{}", page.text);
    }
    let before = house.rows("views").await;
    let typed = owner.send("/people/customers", &[("q", "oyel")]).await;
    assert_eq!(typed.status, StatusCode::FORBIDDEN);
    assert_eq!(house.rows("views").await, before);
}

async fn a_list_is_paged_both_ways(db: TestDatabase) {
    let house = House::open(&db).await;
    for name in ["Ann", "Bo", "Cy"] {
        customer(&house, name, &format!("{name}@example.org")).await;
    }
    let mut owner = house.signed_in(OWNER).await;
    let link = |page: &Seen, rel: &str| {
        let (before, _) = page.text.split_once(&format!("\" rel=\"{rel}\"")).unwrap();
        before
            .rsplit_once("href=\"")
            .unwrap()
            .1
            .replace("&#38;", "&")
    };
    let first = owner.look("/people/customers?page_size=2").await;
    assert!(first.text.contains("1–2 of 3"), "{}", first.text);
    let next = link(&first, "next") + "&page_size=2";
    let second = owner.look(&next).await;
    assert!(
        second.text.contains("3–3 of 3") && second.text.contains("Cy"),
        "{}",
        second.text
    );
    let back = link(&second, "prev") + "&page_size=2";
    let first = owner.look(&back).await;
    assert!(
        first.text.contains("1–2 of 3") && first.text.contains("Ann"),
        "{}",
        first.text
    );
}

async fn ad_23_several_get_a_role_after_a_look_and_each_is_told(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user("ulf@example.net").await;
    let member = access::RoleId::MEMBER;
    let role = house.account.state().public(member).unwrap().to_string();
    let mut owner = house.signed_in(OWNER).await;
    owner.look("/people/users").await;
    let (own, his) = (public(&house, house.owner), public(&house, ulf));
    let chosen = [
        ("filter", ""),
        ("to", role.as_str()),
        (his.as_str(), "1"),
        (own.as_str(), "1"),
    ];
    let review = owner.send("/people/users/role", &chosen).await;
    assert_eq!(review.status, StatusCode::OK, "{}", review.text);
    assert!(review.main().contains("Ulf User"), "{}", review.text);
    let role_of = |person| {
        house
            .account
            .state()
            .people()
            .get(person)
            .unwrap()
            .account_role
    };
    assert_ne!(role_of(ulf), member, "nothing is done by looking");
    let done = confirm(&mut owner, "/people/users/role", &review).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert_eq!(role_of(ulf), member);
    assert_ne!(
        role_of(house.owner),
        member,
        "AD-8: the last Super admin stays"
    );
    let page = owner.look(done.leads_to()).await;
    assert!(page.text.contains("1 changed"), "{}", page.text);
    assert!(
        page.main().contains("Olga Owner"),
        "who was left, and why: {}",
        page.text
    );
    // What became of them is for whoever did it, and for no other administrator.
    let una = house.user("una@example.net").await;
    house.set_role(una, access::RoleId::SUPER_ADMIN).await;
    let mut una = house.signed_in("una@example.net").await;
    assert_eq!(una.look("/people/users").await.status, StatusCode::OK);
    let theirs = una.look(done.leads_to()).await;
    assert_eq!(theirs.status, StatusCode::NOT_FOUND, "{}", theirs.text);
    let again = owner.look(done.leads_to()).await;
    assert_eq!(again.status, StatusCode::OK, "it is there still");
}

/// AD-6, AD-7: neither for several, nor for somebody new.
async fn ad_6_nobody_is_offered_a_role_that_they_could_not_give(db: TestDatabase) {
    let house = House::open(&db).await;
    house.user("ulf@example.net").await;
    let una = house.user("una@example.net").await;
    house.licence(una).await;
    house.set_role(una, access::RoleId::MEMBER).await;
    let role = async |permissions: &[access::Permission]| {
        let id = PublicId::<access::RoleId>::new(house.engine.new_uuid());
        let permissions = access::PermissionSet::of(permissions);
        let create = Command::CreateRole { id, permissions };
        house.submit(house.owners(), create).await;
        id.to_string()
    };
    let within = role(&[access::Permission::AdminAuditView]).await;
    let beyond = role(&[access::Permission::AdminInvoicesAccess]).await;
    let state = house.account.state();
    let system = [
        access::RoleId::SUPER_ADMIN,
        access::RoleId::ADMIN,
        access::RoleId::MEMBER,
    ];
    let [first, admin, member] = system.map(|role| state.public(role).unwrap().to_string());
    let offers = |select: &str, role: &str| select.contains(&format!(r#"<option value="{role}""#));
    let cut = |page: &Seen, id: &str| {
        let (_, select) = page.text.split_once(&format!(r#"<select id="{id}""#))?;
        Some(select.split_once("</select>")?.0.to_owned())
    };
    let mut ulf = house.signed_in("ulf@example.net").await;
    for (path, id) in [("/people/users", "bulk"), ("/people/users/new", "role")] {
        let select = cut(&ulf.look(path).await, id).unwrap();
        for role in [&member, &within] {
            assert!(offers(&select, role), "{path}: {select}");
        }
        for role in [&first, &admin, &beyond] {
            assert!(!offers(&select, role), "{path}: {select}");
        }
    }
    let mut owner = house.signed_in(OWNER).await;
    let select = cut(&owner.look("/people/users").await, "bulk").unwrap();
    for role in [&first, &admin, &member, &within, &beyond] {
        assert!(offers(&select, role), "{select}");
    }
    // Whoever may change nobody has nothing to choose.
    let mut una = house.signed_in("una@example.net").await;
    for path in ["/people/users", "/people/customers"] {
        let page = una.look(path).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        assert!(cut(&page, "bulk").is_none(), "{}", page.text);
        assert!(!page.main().contains("checkbox"), "{}", page.text);
    }
}

async fn sd_25_all_that_match_get_a_level_and_the_skipped_are_told_why(db: TestDatabase) {
    let house = House::open(&db).await;
    let ruth = customer(&house, "Ruth Oyelaran", "ruth@halden.example").await;
    let company = PublicId::new(house.engine.new_uuid());
    house
        .submit(house.owners(), Command::CreateCompany { id: company })
        .await;
    let company = house.account.state().resolve(company);
    let employ = Command::SetEmployer {
        person: ruth,
        company,
        move_from_other: false,
    };
    house.submit(house.owners(), employ).await;
    customer(&house, "Cy Nocompany", "cy@example.org").await;
    let mut owner = house.signed_in(OWNER).await;
    owner.look("/people/customers").await;
    let all = [("filter", ""), ("to", "company"), ("all", "1")];
    let review = owner.send("/people/customers/level", &all).await;
    assert_eq!(review.status, StatusCode::OK, "{}", review.text);
    assert!(review.text.contains("2 customers"), "{}", review.text);
    let done = confirm(&mut owner, "/people/customers/level", &review).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let level = house
        .account
        .state()
        .people()
        .get(ruth)
        .unwrap()
        .portal_level;
    assert_eq!(level, PortalLevel::Company);
    let page = owner.look(done.leads_to()).await;
    assert!(page.text.contains("Cy Nocompany"), "{}", page.text);
    // A key that nobody knows is no choice, and nobody chosen is said.
    let odd = owner
        .send(
            "/people/customers/level",
            &[("filter", ""), ("is_admin", "1")],
        )
        .await;
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
    let none = owner
        .send("/people/customers/level", &[("filter", ""), ("to", "none")])
        .await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    // The list is there again, with what was chosen.
    let list = none.main();
    assert!(list.contains("Nobody was chosen"), "{}", none.text);
    assert!(list.contains("Ruth Oyelaran") && list.contains("1–2 of 2"));
    assert!(list.contains(r#"value="none" selected"#), "{}", none.text);
    let ruth = public(&house, ruth);
    let unset = [("filter", "sort=newest"), ("to", ""), (&*ruth, "1")];
    let unset = owner.send("/people/customers/level", &unset).await;
    assert_eq!(unset.status, StatusCode::UNPROCESSABLE_ENTITY);
    let list = unset.main();
    assert!(list.contains("Choose a portal level"), "{}", unset.text);
    let ticked = format!(r#"name="{ruth}" value="1" checked"#);
    assert!(list.contains(&ticked), "{}", unset.text);
    assert!(list.contains(r#"name="filter" value="sort=newest""#));
}

async fn ad_22_a_list_is_exported_as_it_is_seen(db: TestDatabase) {
    let house = House::open(&db).await;
    customer(&house, "=SUM(A1)", "sum@example.org").await;
    let mut owner = house.signed_in(OWNER).await;
    let file = owner.look("/people/customers/export").await;
    assert_eq!(file.status, StatusCode::OK);
    assert!(file.header("content-type").starts_with("text/csv"));
    assert_eq!(file.text.lines().count(), 2, "{}", file.text);
    assert!(
        file.text.contains("\"'=SUM(A1)\",\"sum@example.org\""),
        "{}",
        file.text
    );
    let users = owner.look("/people/users/export").await;
    assert!(
        users.text.contains("Olga Owner") && !users.text.contains("SUM"),
        "{}",
        users.text
    );
}

async fn ad_1_a_user_is_added_by_a_form_that_says_what_is_wrong(db: TestDatabase) {
    let house = House::open(&db).await;
    let mut owner = house.signed_in(OWNER).await;
    let form = owner.look("/people/users/new").await;
    assert_eq!(form.status, StatusCode::OK, "{}", form.text);
    let id = fields(&form)
        .into_iter()
        .find(|(name, _)| name == "id")
        .unwrap()
        .1;
    let mut sent = vec![("id", id.as_str()), ("name", "Nia New"), ("email", "nia")];
    let wrong = owner.send("/people/users/new", &sent).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        wrong.text.contains("email-error") && wrong.text.contains("Nia New"),
        "{}",
        wrong.text
    );
    sent[2].1 = OWNER;
    let wrong = owner.send("/people/users/new", &sent).await;
    assert!(
        wrong.text.contains("has this address already"),
        "{}",
        wrong.text
    );
    sent[2].1 = "nia@example.net";
    sent.push(("invite", "1"));
    let mut done = owner.send("/people/users/new", &sent).await;
    if done.status == StatusCode::OK {
        done = confirm(&mut owner, "/people/users/new", &done).await;
    }
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let page = owner.look(done.leads_to()).await;
    assert!(
        page.text.contains("Nia New") && page.text.contains("Invited"),
        "{}",
        page.text
    );
    assert_eq!(
        house.rows("mails").await,
        1,
        "the invitation waits to be sent"
    );
}

async fn ad_10_whoever_sees_nobody_sees_themselves_alone(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user("ulf@example.net").await;
    // Whoever holds nothing is suspended (AD-15): a licence is held, and nothing else.
    house.licence(ulf).await;
    house.set_role(ulf, access::RoleId::MEMBER).await;
    let mut browser = house.signed_in("ulf@example.net").await;
    let page = browser.look("/people/users").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(page.main().contains("1–1 of 1"), "{}", page.text);
    assert!(page.main().contains("Ulf User"), "{}", page.text);
    assert!(!page.text.contains("Olga Owner"), "{}", page.text);
    let file = browser.look("/people/users/export").await;
    assert_eq!(file.status, StatusCode::OK, "{}", file.text);
    assert_eq!(file.text.lines().count(), 2, "{}", file.text);
    assert!(file.text.contains("Ulf User"), "{}", file.text);
    let form = browser.look("/people/users/new").await;
    assert_eq!(form.status, StatusCode::FORBIDDEN, "{}", form.text);
}
