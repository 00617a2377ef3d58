//! The pages Ask, Who can, Support check and Comparison over HTTP: what they say, to whom they open, and what they leave out for
//! whoever sees a part of the account.

#[path = "access_pages/questions.rs"]
mod questions;

use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::{
    cast::Cast,
    world::{Answer, World},
};

testkit::on_both![
    a_no_is_told_with_gates_remedies_and_a_picture,
    a_yes_is_told_with_every_path,
    ad_31_asking_about_others_needs_the_right_and_about_oneself_none,
    ad_31_a_scoped_asker_is_told_of_people_inside_the_scope_alone,
    remedies_name_those_whom_the_reader_sees_and_roles_of_the_others,
    what_is_typed_is_searched_for_and_never_in_an_address,
    the_search_finds_what_the_caller_sees_and_no_more,
    who_can_is_the_matrix_of_those_who_can_something,
    who_can_answers_as_of_an_earlier_version,
    sd_33_who_can_says_nothing_of_a_hidden_customer,
    ad_21_a_caller_is_helped_with_what_their_own_permissions_allow,
    s0_the_comparison_is_the_chart_of_the_catalogue,
    a_section_shows_the_tabs_that_its_reader_can_open,
];

impl World {
    /// Looks at a page.
    pub async fn look(&self, path: &str, token: &str) -> Answer {
        let headers = [("accept", "text/html")];
        let path = self.with_ids(path);
        self.send_with(Method::GET, &path, Some(token), None, &headers)
            .await
    }

    pub async fn page(&self, path: &str, token: &str) -> String {
        let answer = self.look(path, token).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        let text = answer.body.as_str().unwrap().to_owned();
        for inline in [" style=", "<style", "<script>", "javascript:"] {
            assert!(!text.contains(inline), "{path}: {inline}");
        }
        text
    }

    pub async fn form(&self, path: &str, token: &str, fields: &[(&str, &str)]) -> Answer {
        let text: Vec<_> = fields
            .iter()
            .map(|(name, value)| {
                let value: String = value.bytes().map(|byte| format!("%{byte:02X}")).collect();
                format!("{name}={value}")
            })
            .collect();
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .header("authorization", format!("Bearer {token}"));
        self.answer(request.body(Body::from(text.join("&"))).unwrap())
            .await
    }
}

impl Cast {
    /// Somebody who holds nothing gets a custom role.
    pub async fn with_role(&self, permissions: Value, user_groups: Option<&str>) -> String {
        let role = json!({"name": "Reader", "permissions": permissions});
        let role = self.done(Method::POST, "roles", role).await;
        let nobody = self.nobody().await;
        let mut body = json!({"role": role});
        if let Some(group) = user_groups {
            body["user_groups"] = json!([group]);
        }
        self.put(&format!("people/{nobody}/account-role"), body)
            .await;
        nobody
    }

    async fn nobody(&self) -> String {
        let me = self.world.get("/api/v1/me", &self.world.nobody).await;
        me.body["subject"].as_str().unwrap().to_owned()
    }

    pub async fn owners_page(&self, path: &str) -> String {
        self.world.page(&self.filled(path), &self.world.owner).await
    }

    pub async fn nobodys_page(&self, path: &str) -> String {
        self.world
            .page(&self.filled(path), &self.world.nobody)
            .await
    }
}

const MAY_UNA_DELETE: &str =
    "/access/ask?subject={una}&permission=service_desk.record.delete&on={service}";

#[track_caller]
pub fn says(page: &str, texts: &[&str]) {
    for text in texts {
        assert!(page.contains(text), "{text} is not in {page}");
    }
}

#[track_caller]
pub fn says_nothing_of(page: &str, texts: &[&str]) {
    for text in texts {
        assert!(!page.contains(text), "{text} is in {page}");
    }
}

async fn a_no_is_told_with_gates_remedies_and_a_picture(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let page = cast.owners_page(MAY_UNA_DELETE).await;
    says(
        &page,
        &[
            "<strong>No.</strong>",
            "<bdi>Unadine</bdi> may not delete records on <bdi>Payroll</bdi>: nothing gives this permission.",
            "Held there: User access",
            "Permission held<span class=\"vh\">: failed",
            "Licence<span class=\"vh\">: passed",
            "Rank<span class=\"vh\">: not asked",
            "Would be allowed by",
            "<bdi>Unadine</bdi> Administrator access to <bdi>Payroll</bdi>",
            "Olga Owner",
            &cast.filled("<a class=\"button\" href=\"/configure/services/{service}?only={una}&#38;propose=administrator\">Set it…</a>"),
            "<svg class=\"picture\"",
            "It breaks after User access: nothing gives this permission.",
            "class=\"broken\"",
        ],
    );
}

async fn a_yes_is_told_with_every_path(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    cast.put("groups/{group}/members/{una}", json!({})).await;
    let path = "/access/ask?subject={una}&permission=service_desk.record.manage&on={service}";
    let page = cast.owners_page(path).await;
    says(
        &page,
        &[
            "<strong>Yes.</strong>",
            "Every path",
            "<li>User access, over <bdi>Payroll</bdi></li>",
            "<li>User access, through group <bdi>Night shift</bdi>, over <bdi>Payroll</bdi></li>",
        ],
    );
    says_nothing_of(&page, &["Would be allowed by", "class=\"broken\""]);
    // The same question as a program asks it.
    let question = json!({"subject": cast.id("una"), "permission": "service_desk.record.manage", "on": cast.id("service")});
    let (token, path) = (Some(cast.world.owner.as_str()), "/api/v1/decisions");
    let answer = cast.world.send(Method::POST, path, token, Some(question));
    assert_eq!(answer.await.body["paths"].as_array().unwrap().len(), 2);
}

async fn ad_31_asking_about_others_needs_the_right_and_about_oneself_none(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let world = &cast.world;
    let other = world
        .look(&cast.filled(MAY_UNA_DELETE), &world.nobody)
        .await;
    assert_eq!(other.status, StatusCode::FORBIDDEN);
    says_nothing_of(&other.body.to_string(), &["Unadine"]);
    let page = cast
        .nobodys_page("/access/ask?permission=admin.users.manage")
        .await;
    says(
        &page,
        &["Nobody Noone</bdi> may not manage users in the account as a whole"],
    );
    let check = cast.filled("/access/support-check?subject={una}");
    let check = world.look(&check, &world.nobody).await;
    assert_eq!(check.status, StatusCode::FORBIDDEN);
}

async fn ad_31_a_scoped_asker_is_told_of_people_inside_the_scope_alone(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    cast.with_role(json!(["admin.access.ask"]), Some("{user_group}"))
        .await;
    let page = cast
        .nobodys_page("/access/ask?subject={ned}&permission=admin.users.manage")
        .await;
    says(&page, &["<bdi>Nedward</bdi> may not manage users"]);
    for outside in [
        "{una}",
        "{hidden_person}",
        "per_00000000000000000000000000000000",
    ] {
        let path = format!("/access/ask?subject={outside}&permission=admin.users.manage");
        let page = cast.nobodys_page(&path).await;
        says(&page, &["nobody with this id is known"]);
        says_nothing_of(&page, &["Unadine", "Zebedee"]);
    }
}

async fn remedies_name_those_whom_the_reader_sees_and_roles_of_the_others(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    cast.with_role(json!(["admin.access.ask"]), Some("{user_group}"))
        .await;
    let path = "/access/ask?subject={ned}&permission=admin.users.manage";
    let page = cast.nobodys_page(path).await;
    says(
        &page,
        &["Would be allowed by", "Can be done by", "Super admin"],
    );
    says_nothing_of(&page, &["Olga", "Set it…"]);
    let page = cast.owners_page(path).await;
    says(&page, &["Olga Owner", "Set it…"]);
}

async fn what_is_typed_is_searched_for_and_never_in_an_address(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let world = &cast.world;
    let owner = world.owner.as_str();
    let (ned, service) = (cast.id("ned"), cast.id("service"));
    let delete = ("permission", "service_desk.record.delete");
    let fields = [("subject_text", "nedw"), delete, ("on_text", "payr")];
    let found = world.form("/access/ask", owner, &fields).await;
    assert_eq!(found.status, StatusCode::SEE_OTHER, "{}", found.body);
    let wanted =
        format!("/access/ask?subject={ned}&permission=service_desk.record.delete&on={service}");
    assert_eq!(found.leads_to, wanted);

    // Several are offered; the one that is chosen is taken, as long as the text stays.
    let fields = [("subject_text", "ne"), delete];
    let offered = world.form("/access/ask", owner, &fields).await;
    assert_eq!(offered.status, StatusCode::UNPROCESSABLE_ENTITY);
    let text = offered.body.as_str().unwrap();
    says(text, &["Nedward", "Nellwyn", "type=\"radio\"", ned]);
    let mut fields = vec![("subject_text", "ne"), ("subject_asked", "ne"), delete];
    fields.push(("subject", ned));
    let chosen = world.form("/access/ask", owner, &fields).await;
    assert_eq!(chosen.status, StatusCode::SEE_OTHER);
    assert!(chosen.leads_to.contains(ned), "{}", chosen.leads_to);
    fields[0].1 = "nellwyn";
    let other = world.form("/access/ask", owner, &fields).await;
    assert!(
        other.leads_to.contains(cast.id("nell")),
        "{}",
        other.leads_to
    );

    // Nobody is an error at the field, and so is no moment.
    let fields = [("subject_text", "zzz"), delete];
    let none = world.form("/access/ask", owner, &fields).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    says(
        none.body.as_str().unwrap(),
        &["aria-invalid=\"true\"", "zzz"],
    );
    let wrong = world
        .form("/access/ask", owner, &[delete, ("as_of", "soon")])
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let (day, time) = (&world.soon[..10], &world.soon[11..16]);
    let hour = time.replace(':', "%3A");
    // Without a time it is the beginning of the day.
    for (time, wanted) in [
        (time, format!("as_of={day}T{hour}%3A00Z")),
        ("", format!("as_of={day}T00%3A00%3A00Z")),
    ] {
        let moment = [delete, ("as_of", day), ("as_of_time", time)];
        let moment = world.form("/access/ask", owner, &moment).await;
        assert!(moment.leads_to.ends_with(&wanted), "{}", moment.leads_to);
    }
}

async fn the_search_finds_what_the_caller_sees_and_no_more(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let world = &cast.world;
    for (text, found) in [
        ("payr", "Payroll"),
        ("front", "Front desk"),
        ("acme", "Acme"),
        ("super", "Super admin"),
        ("unad", "Unadine"),
        ("night", "Night shift"),
        ("compari", "/access/comparison"),
    ] {
        for path in ["/find", "/find/hits"] {
            let answer = world.form(path, &world.owner, &[("q", text)]).await;
            says(answer.body.as_str().unwrap(), &[found]);
        }
    }
    for text in ["payr", "front", "acme", "super", "unad", "night", "olga"] {
        let answer = world
            .form("/find/hits", &world.nobody, &[("q", text)])
            .await;
        let answer = answer.body.as_str().unwrap_or_default();
        assert!(!answer.contains("role=\"option\""), "{text}: {answer}");
    }
    // Whoever takes the first of "Admin" gets no more than that.
    let roles = [("q", "admin"), ("kinds", "role")];
    let roles = world.form("/find/hits", &world.owner, &roles).await;
    let (first, rest) = roles.body.as_str().unwrap().split_once("</li>").unwrap();
    assert!(first.contains("data-name=\"Admin\"") && rest.contains("Super admin"));
    cast.crowd(20).await;
    let many = [("q", "c"), ("kinds", "person")];
    let many = world.form("/find/hits", &world.owner, &many).await;
    let many = many
        .body
        .as_str()
        .unwrap()
        .matches("role=\"option\"")
        .count();
    assert!(many <= 10, "{many}");
}

async fn who_can_is_the_matrix_of_those_who_can_something(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let page = cast.owners_page("/access/who-can?on={service}").await;
    says(
        &page,
        &[
            "Unadine",
            "may manage records: why",
            "may not delete records: why not",
        ],
    );
    says_nothing_of(&page, &["Adalind"]);
    says(&page, &[&cast.filled(
        "/access/ask?subject={una}&amp;permission=service_desk.record.delete&amp;on={service}",
    ).replace("&amp;", "&#38;")]);
    let everybody = cast
        .owners_page("/access/who-can?on={service}&people=everybody")
        .await;
    says(&everybody, &["Adalind"]);
    let deleters = "/access/who-can?on={service}&permission=service_desk.record.delete";
    let deleters = cast.owners_page(deleters).await;
    says(&deleters, &["Olga Owner"]);
    says_nothing_of(&deleters, &["Unadine"]);
    let portal = cast
        .owners_page("/access/who-can?on={service}&product=portal")
        .await;
    says(&portal, &["Caralyn", "may log incidents: why"]);

    // Page by page it is the same.
    let mut path = cast.filled("/access/who-can?on={service}&page_size=1");
    let mut pages = 0;
    let mut seen = String::new();
    loop {
        let page = cast.owners_page(&path).await;
        pages += 1;
        seen.push_str(&page);
        let Some((before, _)) = page.split_once("\" rel=\"next\"") else {
            break;
        };
        let (_, href) = before.rsplit_once("href=\"").unwrap();
        path = format!(
            "{}&page_size=1",
            href.replace("&#38;", "&").replace("&amp;", "&")
        );
    }
    assert!(pages > 1);
    says(&seen, &["Unadine", "Olga Owner"]);

    // As a file, in which no name is a formula.
    let name = json!({"name": "=HYPERLINK(1)"});
    cast.done(Method::PATCH, "people/{una}", name).await;
    let file = cast.filled("/access/who-can/export?on={service}");
    let file = cast.world.get(&file, &cast.world.owner).await;
    says(
        file.body.as_str().unwrap(),
        &[
            "\"id\",\"name\",\"service_desk.record.create\"",
            "\"'=HYPERLINK(1)\",\"yes\",\"yes\",\"no\"",
        ],
    );
    for path in ["/access/who-can", "/access/who-can/export"] {
        let closed = cast.world.look(path, &cast.world.nobody).await;
        assert_eq!(closed.status, StatusCode::FORBIDDEN);
    }
}

async fn who_can_answers_as_of_an_earlier_version(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let then = cast.world.account.state().version().0;
    cast.done(Method::DELETE, "services/{service}/users/{una}", json!({}))
        .await;
    let now = cast.owners_page("/access/who-can?on={service}").await;
    says_nothing_of(&now, &["Unadine"]);
    let path = format!("/access/who-can?on={{service}}&as_of={then}");
    says(
        &cast.owners_page(&path).await,
        &["Unadine", "may manage records: why"],
    );
}

/// Zenobia uses the portal of Payroll, for a company that is not on the asker's list; Caralyn's is.
async fn sd_33_who_can_says_nothing_of_a_hidden_customer(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let rows = json!({"rows": [{"person": "{hidden_customer}", "access": "portal"}]});
    cast.done(Method::PATCH, "services/{service}/access/customers", rows)
        .await;
    let level = json!({"level": "standard"});
    cast.put("people/{hidden_customer}/portal-level", level)
        .await;
    let asker = cast.with_role(json!(["admin.access.ask"]), None).await;
    let configures = format!("people/{asker}/desk-rights/configure");
    let seat = format!("licences/{{desk_licence}}/holders/{asker}");
    for path in [seat, configures] {
        cast.put(&path, json!({})).await;
    }
    let paths = [
        "/access/who-can?on={service}&product=portal",
        "/access/who-can?on={service}&people=everybody",
        "/access/who-can/export?on={service}&product=portal",
        "/access/who-can/export?on={service}&people=everybody",
    ];
    let read = async |path: &str, token: &str| {
        let answer = cast.world.look(&cast.filled(path), token).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        answer.body.as_str().unwrap().to_owned()
    };
    let hidden = ["Zenobia", cast.id("hidden_customer")];
    for path in paths {
        says(&read(path, &cast.world.nobody).await, &hidden);
    }
    let listed = json!({"listed": {"companies": ["{company}"], "without_company": true}});
    cast.put(&format!("people/{asker}/company-access"), listed)
        .await;
    for path in paths {
        let text = read(path, &cast.world.nobody).await;
        says(&text, &["Caralyn", cast.id("cara")]);
        says_nothing_of(&text, &hidden);
    }
    // Nor do the questions one by one, and the API's.
    for path in [
        "/access/support-check?subject={hidden_customer}",
        "/access/ask?subject={hidden_customer}&permission=portal.incident.log&on={service}",
    ] {
        says_nothing_of(&read(path, &cast.world.nobody).await, &["Zenobia"]);
    }
    for (path, body) in [
        (
            "/api/v1/matrix/people",
            json!({"permissions": ["portal.incident.log"], "on": cast.id("service")}),
        ),
        (
            "/api/v1/search/subjects",
            json!({"permission": "portal.incident.log", "on": cast.id("service")}),
        ),
    ] {
        let token = Some(&*cast.world.nobody);
        let answer = cast.world.send(Method::POST, path, token, Some(body)).await;
        let text = answer.body.to_string();
        says(&text, &[cast.id("cara")]);
        says_nothing_of(&text, &[cast.id("hidden_customer")]);
    }
}

/// One answer with what REST finds: of the account, the services and the queues.
async fn ad_21_a_caller_is_helped_with_what_their_own_permissions_allow(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let page = cast
        .owners_page("/access/support-check?subject={una}")
        .await;
    says(
        &page,
        &[
            "Unadine",
            "Payroll",
            ">manage records</a>",
            ">create records</a>",
        ],
    );
    says_nothing_of(
        &page,
        &[">delete records</a>", ">manage users</a>", "Quasar"],
    );
    let caller = cast
        .owners_page("/access/support-check?subject={cara}")
        .await;
    says(&caller, &["Payroll", ">log incidents</a>"]);
    says_nothing_of(&caller, &[">manage records</a>"]);
    // Whoever was let go is helped with nothing.
    let body = json!({"facet": "user"});
    cast.done(Method::POST, "people/{una}/deactivation", body)
        .await;
    let page = cast
        .owners_page("/access/support-check?subject={una}")
        .await;
    says(&page, &["With nothing."]);
}

async fn s0_the_comparison_is_the_chart_of_the_catalogue(db: TestDatabase) {
    use access::catalogue::chart::{COLUMNS, Cell, FOOT_NOTE, role_comparison};
    let cast = Cast::make(&db).await;
    let page = cast.nobodys_page("/access/comparison").await;
    says(&page, &COLUMNS);
    let rows: Vec<_> = page.split("<th scope=\"row\">").skip(1).collect();
    let chart = role_comparison();
    assert_eq!(rows.len(), chart.len());
    for (row, wanted) in rows.iter().zip(chart) {
        assert!(row.starts_with(wanted.feature), "{row}");
        let cells: Vec<_> = row.split("<td>").skip(1).collect();
        let cells: Vec<_> = cells
            .iter()
            .map(
                |cell| match (cell.contains("yes"), cell.contains("#depends")) {
                    (true, true) => Cell::Depends,
                    (true, false) => Cell::Yes,
                    _ => Cell::No,
                },
            )
            .collect();
        assert_eq!(cells, wanted.cells, "{}", wanted.feature);
    }
    says(&page, &[&FOOT_NOTE.replace('\'', "&#39;")]);
}

/// RULES §7, AD-4: nothing in the menu ends in "denied".
async fn a_section_shows_the_tabs_that_its_reader_can_open(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let nobody = cast.nobodys_page("/access/ask").await;
    says(
        &nobody,
        &["href=\"/access/ask\"", "href=\"/access/comparison\""],
    );
    says_nothing_of(&nobody, &["/access/who-can", "href=\"/audit\""]);
    let owner = cast.owners_page("/access/ask").await;
    says(&owner, &["/access/who-can", "href=\"/audit\""]);
    cast.with_role(json!(["admin.audit.view"]), None).await;
    let auditor = cast.nobodys_page("/access/ask").await;
    says(&auditor, &["href=\"/audit\""]);
    says_nothing_of(&auditor, &["/access/who-can"]);
}
