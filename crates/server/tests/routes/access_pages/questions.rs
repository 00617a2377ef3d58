//! Ask and Who can, in the hands of somebody who does not know of what a permission is asked.

use super::*;

testkit::on_both![
    ad_31_what_is_asked_of_the_account_is_not_asked_of_a_service,
    ad_31_a_thing_that_was_chosen_is_named_in_the_reason,
    ad_31_who_can_is_asked_of_the_account_too,
    ad_31_others_who_could_are_one_click_away,
    sd_11_whether_somebody_can_be_chosen_as_customer_is_asked_too,
    sd_11_the_access_of_a_customer_lists_where_they_can_be_chosen,
    ad_20_a_moment_before_the_account_began_is_said_to_be_one,
    somebody_who_is_found_is_called_what_they_are,
    two_of_one_name_are_told_apart_in_the_answer,
    ad_24_ask_names_what_stands_above_whoever_asks,
    sd_2_what_ask_proposes_is_chosen_on_the_page_where_it_is_set,
    settings_that_ask_proposes_are_chosen_where_they_are_set,
    sd_1_who_may_change_access_to_a_thing_stands_beside_who_has_it,
    ad_31_who_can_is_in_the_order_of_names,
    ad_15_a_field_for_users_offers_no_customers_and_nobody_deactivated,
    ask_begins_with_nobody_named,
];

const CONFIGURE: &str = "service_desk.account.configure";
/// What stands above a form in which something is chosen, and not saved.
const FROM_ASK: &str = "<b>From Ask:</b> what was proposed is chosen below";

/// An address as it stands in a page.
fn href(path: &str) -> String {
    format!("href=\"{}\"", path.replace('&', "&#38;"))
}

async fn ad_31_what_is_asked_of_the_account_is_not_asked_of_a_service(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let path = format!("/access/ask?subject={{una}}&permission={CONFIGURE}");
    let page = cast.owners_page(&format!("{path}&on={{service}}")).await;
    let instead = cast.filled(&path);
    let who_can = format!("/access/who-can?on=account&permission={CONFIGURE}");
    says(
        &page,
        &[
            "“configure the service desk” is asked of the account as a whole, not of <bdi>Payroll</bdi>.",
            &href(&instead),
            &href(&who_can),
        ],
    );
    says_nothing_of(
        &page,
        &[
            "<strong>No.",
            "<strong>Yes.",
            ": failed",
            "with this id",
            "held, but",
        ],
    );
    let page = cast.owners_page(&path).await;
    says(
        &page,
        &[
            "<bdi>Unadine</bdi> may not configure the service desk in the account as a whole",
            &href(&who_can),
        ],
    );
    let path = "/access/ask?subject={una}&permission=service_desk.record.delete";
    let page = cast.owners_page(path).await;
    says(
        &page,
        &["“delete records” is asked of a service: name one."],
    );
    says_nothing_of(&page, &["<strong>No.", "with this id"]);
}

async fn ad_31_a_thing_that_was_chosen_is_named_in_the_reason(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let path = "/access/ask?subject={nell}&permission=service_desk.record.delete&on={service}";
    let page = cast.owners_page(path).await;
    says(
        &page,
        &["held for another service, not for <bdi>Payroll</bdi>"],
    );
    says_nothing_of(&page, &["held, but not here"]);
    let path = "/access/ask?subject={max}&permission=admin.users.manage&on={cara}";
    says_nothing_of(&cast.owners_page(path).await, &["with this id"]);
}

async fn ad_31_who_can_is_asked_of_the_account_too(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let world = &cast.world;
    let path = format!("/access/who-can?on=account&permission={CONFIGURE}");
    let page = cast.owners_page(&path).await;
    says(
        &page,
        &["Carlisle", "may configure the service desk: why", "by name"],
    );
    says_nothing_of(&page, &["Unadine"]);
    let rows = page.matches("<th scope=\"row\">").count();
    let total = if rows == 1 { "1 person" } else { "people" };
    says(
        &page,
        &[&format!(
            "<span>{}{total}",
            if rows == 1 {
                String::new()
            } else {
                format!("{rows} ")
            }
        )],
    );

    // Nothing named is the account; what is asked of the account is said to be.
    let fields = [("permission", CONFIGURE)];
    let asked = world.form("/access/who-can", &world.owner, &fields).await;
    assert_eq!(asked.leads_to, path);
    let page = format!("/access/who-can?on={{service}}&permission={CONFIGURE}");
    let page = cast.owners_page(&page).await;
    says(
        &page,
        &[
            "is asked of the account as a whole, not of <bdi>Payroll</bdi>.",
            &href(&path),
        ],
    );
    says_nothing_of(&page, &["<table"]);
    let all = cast.owners_page("/access/who-can?on=account").await;
    says(&all, &["Olga Owner", "may manage users: why"]);
}

async fn ad_31_others_who_could_are_one_click_away(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    for who in [
        "una",
        "nell",
        "ned",
        "max",
        "ada",
        "quin",
        "hidden_person",
        "person",
    ] {
        let seat = format!("licences/{{desk_licence}}/holders/{{{who}}}");
        cast.put(&seat, json!({})).await;
        let path = format!("people/{{{who}}}/desk-rights/configure");
        cast.put(&path, json!({})).await;
    }
    let page = cast
        .owners_page(
            "/access/ask?subject={cara}&permission=service_desk.record.delete&on={service}",
        )
        .await;
    let list = format!("/access/who-can?on=account&permission={CONFIGURE}");
    says(&page, &[&format!(" and <a {}>2 others</a>", href(&list))]);
    let list = cast.owners_page(&list).await;
    says(&list, &["Unadine", "Nellwyn", "Quintus", "Carlisle"]);
}

async fn sd_11_whether_somebody_can_be_chosen_as_customer_is_asked_too(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let may =
        |who: &str| format!("/access/ask?subject={{{who}}}&permission=selectable&on={{service}}");
    let page = cast.owners_page(&may("cara")).await;
    says(
        &page,
        &[
            "<strong>Yes.</strong>",
            "<bdi>Caralyn</bdi> may be chosen as customer of an incident on <bdi>Payroll</bdi>",
            "<li>Access (portal), over <bdi>Payroll</bdi></li>",
            "<li>The company has the service, through company <bdi>Acme</bdi>, over <bdi>Payroll</bdi></li>",
            "<option value=\"selectable\" selected>be chosen as customer of an incident</option>",
        ],
    );
    let page = cast.owners_page(&may("hidden_customer")).await;
    let set = cast.filled(
        "/configure/services/{service}/customers?only={hidden_customer}&#38;propose=no_portal",
    );
    says(
        &page,
        &[
            "<strong>No.</strong>",
            "neither an access of their own nor one of their company leads there",
            "Give <bdi>Zenobia</bdi> Access (no portal) to <bdi>Payroll</bdi>",
            &format!("<a class=\"button\" href=\"{set}\">Set it…</a>"),
        ],
    );
    // What it says should help does.
    let rows = json!({"rows": [{"person": "{hidden_customer}", "access": "no_portal"}]});
    let path = "services/{service}/access/customers";
    cast.done(Method::PATCH, path, rows).await;
    let page = cast.owners_page(&may("hidden_customer")).await;
    says(&page, &["<strong>Yes.</strong>"]);
    let staff = cast.owners_page(&may("una")).await;
    says(
        &staff,
        &["<strong>No.</strong>", "only customers can be chosen"],
    );
    let nowhere = cast.owners_page("/access/ask?subject={cara}&permission=selectable");
    says(&nowhere.await, &["is asked of a service: name one."]);
}

async fn sd_11_the_access_of_a_customer_lists_where_they_can_be_chosen(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let path = "/people/{hidden_customer}/access";
    let page = cast.owners_page(path).await;
    says(&page, &["Quasar", "Can be chosen as customer"]);
    says_nothing_of(&page, &["Payroll"]);
    let body = json!({"facet": "customer"});
    cast.done(Method::POST, "people/{hidden_customer}/deactivation", body)
        .await;
    let page = cast.owners_page(path).await;
    says_nothing_of(&page, &["Can be chosen as customer"]);
    says(
        &page,
        &["does not count: be chosen as customer of an incident; deactivated"],
    );
}

async fn ad_20_a_moment_before_the_account_began_is_said_to_be_one(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let world = &cast.world;
    let (una, service) = (cast.id("una"), cast.id("service"));
    let fields = [
        ("subject", una),
        ("subject_text", "Unadine"),
        ("subject_asked", "Unadine"),
        ("permission", "service_desk.record.delete"),
        ("on", service),
        ("on_text", "Payroll"),
        ("on_asked", "Payroll"),
        ("as_of", "2020-01-01"),
        ("as_of_time", "00:00"),
    ];
    for (path, fields, kept) in [
        ("/access/ask", &fields[..], &[una, service][..]),
        ("/access/who-can", &fields[3..], &[service][..]),
    ] {
        let answer = world.form(path, &world.owner, fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        let page = answer.body.as_str().unwrap();
        says(
            page,
            &[
                "The account begins on ",
                "value=\"2020-01-01\"",
                "<option value=\"service_desk.record.delete\" selected>",
            ],
        );
        says(page, kept);
    }
    for path in ["/access/who-can?on={service}", "/api/v1/people?"] {
        let path = cast.filled(&format!("{path}&as_of=2020-01-01T00:00:00Z"));
        let answer = world.get(&path, &world.owner).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        assert!(answer.body.to_string().contains("The account begins on "));
    }
}

async fn somebody_who_is_found_is_called_what_they_are(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    for (text, what) in [
        ("unad", "<bdi>user</bdi>"),
        ("zeno", "<bdi>customer of Quokka</bdi>"),
        ("cara", "<bdi>user and customer of Acme</bdi>"),
        ("payr", "<bdi>service</bdi>"),
    ] {
        for path in ["/find", "/find/hits"] {
            let fields = [("q", text)];
            let found = cast.world.form(path, &cast.world.owner, &fields).await;
            says(found.body.as_str().unwrap(), &[what]);
        }
    }
}

async fn two_of_one_name_are_told_apart_in_the_answer(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let mut people = Vec::new();
    for email in ["sam.one@example.net", "sam.two@example.net"] {
        let body = json!({"name": "Sam Same", "email": email});
        people.push((email, cast.done(Method::POST, "people/users", body).await));
    }
    let of = |person: &str| {
        let about = "permission=service_desk.record.delete&on={service}";
        format!("/access/ask?subject={person}&{about}")
    };
    let about = |email: &str| format!("<bdi>Sam Same</bdi>: <bdi>{email}</bdi>");
    for (email, id) in &people {
        let page = cast.owners_page(&of(id)).await;
        says(&page, &[&about(email)]);
    }
    // Of a customer whose, too.
    let page = cast.owners_page(&of("{cara}")).await;
    says(&page, &[", of <a"]);
}

async fn ad_24_ask_names_what_stands_above_whoever_asks(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    cast.put(
        "queues/{queue}/supervisors/{una}",
        json!({"licence": "{cc_licence}"}),
    )
    .await;
    let nobody = cast.with_role(json!(["admin.users.manage"]), None).await;
    let path = format!("/access/ask?subject={nobody}&permission=admin.users.manage&on={{una}}");
    let page = cast.owners_page(&path).await;
    let queue = cast.filled("{queue}");
    assert!(!queue.is_empty());
    says(
        &page,
        &[
            "<bdi>Unadine</bdi> holds the role Supervisor of <bdi>",
            ", which <bdi>Nobody Noone</bdi> could not give (AD-24)",
        ],
    );
    let (_, remedies) = page.split_once("Would be allowed by").unwrap();
    let first = remedies.split("<li>").nth(1).unwrap();
    says(
        first,
        &["Make <bdi>Unadine</bdi> supervisor of", "no longer"],
    );
    let all = "the account role <bdi>Super admin</bdi>";
    let of_all: Vec<_> = remedies
        .split("<li>")
        .skip(1)
        .map(|one| one.contains(all))
        .collect();
    assert!(of_all.is_sorted() && of_all.contains(&true), "{remedies}");
}

async fn sd_2_what_ask_proposes_is_chosen_on_the_page_where_it_is_set(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    // On a tab of a service: one row, with the level chosen and not saved.
    let set = "/configure/services/{service}?only={una}&propose=administrator";
    let page = cast
        .owners_page("/access/ask?subject={una}&permission=service_desk.record.delete&on={service}")
        .await;
    says(&page, &[&href(&cast.filled(set))]);
    let tab = cast.owners_page(set).await;
    let una = cast.id("una");
    says(
        &tab,
        &[
            "<b>From Ask:</b> for <bdi>Unadine</bdi> “Administrator” is chosen in the place of “User”, and not saved.",
            &format!("name=\"{una}\" value=\"administrator.user\" checked"),
            ">1 change<",
        ],
    );
    says_nothing_of(&tab, &["Nellwyn", "in your saved draft"]);
    // An account role: on the person's own page.
    let path = "/access/ask?subject={una}&permission=admin.users.manage";
    let page = cast.owners_page(path).await;
    let roles = cast.filled("/people/{una}/roles");
    let admin = page.split(&format!("href=\"{roles}?role=")).nth(1).unwrap();
    let admin = admin.split('"').next().unwrap();
    let page = cast.owners_page(&format!("{roles}?role={admin}")).await;
    says(
        &page,
        &[
            "<b>From Ask:</b>",
            &format!("<option value=\"{admin}\" selected>"),
            "name=\"was.on\"",
        ],
    );
    assert_eq!(
        page.matches(&format!("value=\"{admin}\" selected")).count(),
        1
    );
    // A role in a queue: in the form of its panel.
    let path = "/access/ask?subject={una}&permission=contact_centre.call.serve&on={queue}";
    let page = cast.owners_page(path).await;
    let give = cast.filled("/people/{una}/products?give=queue_agent.{queue}");
    says(&page, &[&href(&give)]);
    let page = cast.owners_page(&give).await;
    let queue = cast.id("queue");
    says(
        &page,
        &[&format!("<option value=\"{queue}\" selected>"), "From Ask"],
    );
}

async fn settings_that_ask_proposes_are_chosen_where_they_are_set(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    cast.put(
        "queues/{queue}/supervisors/{una}",
        json!({"licence": "{cc_licence}"}),
    )
    .await;
    // CC-2: a switch of a role. SD-29: who overrides due dates.
    for (asked, set, chosen) in [
        (
            "permission=contact_centre.pause_reasons.edit",
            "/contact-centre/admin/permissions?switch=supervisor.pause_reasons_edit&on=true",
            "name=\"supervisor.pause_reasons_edit\" value=\"on\" checked",
        ),
        (
            "permission=service_desk.due_date.override&on={service}",
            "/configure/services/{service}/settings?policy=every_user",
            "name=\"policy\" value=\"every_user\" checked",
        ),
    ] {
        let asked = format!("/access/ask?subject={{una}}&{asked}");
        let set = cast.filled(set);
        says(&cast.owners_page(&asked).await, &[&href(&set)]);
        says(&cast.owners_page(&set).await, &[FROM_ASK, chosen]);
        // Nothing is chosen, and nothing said, without it.
        let (as_it_is, _) = set.split_once('?').unwrap();
        says_nothing_of(&cast.owners_page(as_it_is).await, &[FROM_ASK, chosen]);
    }
    // AD-14: seats. S0: what a limited account admin may. SD-33: whose customers somebody sees.
    for (set, chosen) in [
        (
            "/billing/licences/{cc_licence}?seats=4321",
            "value=\"4321\"",
        ),
        (
            "/people/{una}/roles?admin=limited&privileges=admin.device_groups.manage",
            "name=\"permission.admin.device_groups.manage\" value=\"yes\" checked",
        ),
    ] {
        says(&cast.owners_page(set).await, &[FROM_ASK, chosen]);
        let (as_it_is, _) = set.split_once('?').unwrap();
        says_nothing_of(&cast.owners_page(as_it_is).await, &[FROM_ASK, chosen]);
    }
    let listed = json!({"listed": {"companies": [], "without_company": true}});
    cast.put("people/{una}/company-access", listed).await;
    let all = "name=\"value\" value=\"all\" checked";
    let products = cast.owners_page("/people/{una}/products?sees=all").await;
    // What it was goes with the form as it was.
    let was = "name=\"was.value\" value=\"listed\"";
    says(&products, &[FROM_ASK, all, was]);
    says_nothing_of(&cast.owners_page("/people/{una}/products").await, &[all]);
    let company = "/people/{una}/products?sees={company}";
    let ticked = cast.filled("name=\"company.{company}\" value=\"yes\" checked");
    says(&cast.owners_page(company).await, &[FROM_ASK, &ticked]);
}

async fn sd_1_who_may_change_access_to_a_thing_stands_beside_who_has_it(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let page = cast.owners_page("/access/who-can?on={service}").await;
    let (_, told) = page.split_once("May change access to this").unwrap();
    let told = told.split("</section>").next().unwrap();
    says(told, &["SD-1", "Carlisle", "Super admins", "Olga Owner"]);
    says_nothing_of(told, &["Unadine"]);
    let list = format!("/access/who-can?on=account&permission={CONFIGURE}");
    says(told, &[&href(&list)]);
    let list = cast.owners_page(&list).await;
    says(
        &list,
        &["sets who has access to each of its services (SD-1)"],
    );
    for (thing, right) in [
        ("{queue}", "agent or supervisor of a queue"),
        ("{device}", "manages device groups"),
        ("{user_group}", "manages this user group"),
    ] {
        let path = format!("/access/who-can?on={thing}");
        let page = cast.owners_page(&path).await;
        says(&page, &["May change access to this", right]);
    }
    // Before, it was as it was then.
    let then = cast.world.account.state().version().0;
    cast.done(
        Method::DELETE,
        "people/{carl}/desk-rights/configure",
        json!({}),
    )
    .await;
    let now = cast.owners_page("/access/who-can?on={service}").await;
    let (_, told) = now.split_once("May change access to this").unwrap();
    says_nothing_of(told.split("</section>").next().unwrap(), &["Carlisle"]);
    let before = format!("/access/who-can?on={{service}}&as_of={then}");
    let before = cast.owners_page(&before).await;
    let (_, told) = before.split_once("May change access to this").unwrap();
    let told = told.split("</section>").next().unwrap();
    says(told, &["Carlisle"]);
    // So is the list behind it.
    let list = format!("/access/who-can?on=account&permission={CONFIGURE}&as_of={then}");
    says(told, &[&href(&list)]);
}

async fn ad_31_who_can_is_in_the_order_of_names(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let page = "/access/who-can?on={service}&people=everybody&page_size=200";
    let page = cast.owners_page(page).await;
    let (_, table) = page.split_once("<tbody>").unwrap();
    let place = |name: &str| table.find(name).unwrap_or_else(|| panic!("{name}"));
    // Olga came first.
    assert!(place("Adalind") < place("Nellwyn"));
    assert!(place("Nellwyn") < place("Olga Owner"));
    assert!(place("Olga Owner") < place("Unadine"));
    says(&page, &["by name."]);
}

async fn ad_15_a_field_for_users_offers_no_customers_and_nobody_deactivated(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let body = json!({"facet": "user"});
    cast.done(Method::POST, "people/{nell}/deactivation", body)
        .await;
    let hits = async |kinds: &str, q: &str| {
        let fields = [("q", q), ("kinds", kinds)];
        let found = cast.world.form("/find/hits", &cast.world.owner, &fields);
        found.await.body.as_str().unwrap_or_default().to_owned()
    };
    let nell = hits("person", "nellwyn").await;
    says(&nell, &["Nellwyn", "user, deactivated"]);
    says_nothing_of(&hits("user", "nellwyn").await, &["Nellwyn"]);
    says(&hits("user", "unadine").await, &["Unadine"]);
    says(&hits("person", "zenobia").await, &["Zenobia"]);
    says_nothing_of(&hits("user", "zenobia").await, &["Zenobia"]);
    says(&hits("customer", "zenobia").await, &["Zenobia"]);
}

async fn ask_begins_with_nobody_named(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let page = cast.owners_page("/access/ask").await;
    says(&page, &["name=\"subject_text\" value=\"\"", "Ask about me"]);
    let me = cast.owners_page("/access/ask?subject={owner}").await;
    says(&me, &["name=\"subject_text\" value=\"Olga Owner\""]);
}
