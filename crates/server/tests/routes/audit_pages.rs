//! The pages of the audit log over HTTP: what they say, to whom they open, and what they leave out.

use access::{Actor, Command, PersonId, PublicId};
use axum::http::{Method, StatusCode};
use ledger::Options;
use serde_json::json;
use testkit::databases::TestDatabase;

use super::{
    access_pages::{says, says_nothing_of},
    cast::Cast,
};

testkit::on_both![
    ad_20_the_audit_log_speaks_in_sentences_with_before_and_after,
    ad_20_the_audit_log_is_filtered_by_ids_kinds_and_days,
    ad_20_the_file_of_the_audit_log_tells_the_acts_that_the_pages_tell,
    cc_10_the_audit_log_names_the_skill_that_was_given,
    sd_26_an_erased_person_is_a_blank_in_the_audit_log,
    sd_33_the_audit_page_names_nothing_of_a_hidden_company,
    the_audit_page_opens_to_who_may_read_it_and_its_entries_too,
];

async fn ad_20_the_audit_log_speaks_in_sentences_with_before_and_after(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    cast.put(
        "people/{una}/account-role",
        json!({"role": "{hidden_role}"}),
    )
    .await;
    let name = json!({"name": "Una <b>Bold</b>"});
    cast.done(Method::PATCH, "people/{ada}", name).await;
    let page = cast.owners_page("/audit").await;
    says(
        &page,
        &[
            "Account role of <bdi>Unadine</bdi>: <bdi>Quaestor</bdi>",
            "before: Account role of <bdi>Unadine</bdi>: <bdi>Member</bdi>",
            "<bdi>Olga Owner</bdi>",
            "name: <del><bdi>Adalind</bdi></del>",
            "Una &#60;b&#62;Bold&#60;/b&#62;",
        ],
    );
    says_nothing_of(&page, &["<b>Bold"]);
    let newest = cast.world.account.state().version().0;
    let entry = cast.owners_page(&format!("/audit/{newest}")).await;
    says(&entry, &["Changed a profile", "rest", "name: <del>"]);
}

async fn ad_20_the_audit_log_is_filtered_by_ids_kinds_and_days(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let owner = cast
        .owners_page("/audit?actor={owner}&act=tie&concerns={quin}")
        .await;
    says(&owner, &["Nothing happened that fits"]);
    let acts = cast.owners_page("/audit?act=set_company_access").await;
    says(
        &acts,
        &["<bdi>Carlisle</bdi> sees these companies: <bdi>Acme</bdi>"],
    );
    says_nothing_of(&acts, &["Account role of"]);
    let acme = cast.owners_page("/audit?concerns={company}").await;
    says(&acme, &["sees these companies: <bdi>Acme</bdi>"]);
    says_nothing_of(&acme, &["agent of"]);
    let quin = cast.owners_page("/audit?concerns={quin}").await;
    says(
        &quin,
        &["<bdi>Quintus</bdi>: agent of <bdi>Front desk</bdi>"],
    );
    says_nothing_of(&quin, &["Carlisle"]);
    for (days, there) in [
        ("from=2020-01-01", true),
        ("until=2020-01-01", false),
        ("from=2199-01-01", false),
    ] {
        let page = cast.owners_page(&format!("/audit?{days}")).await;
        assert_eq!(!page.contains("Nothing happened"), there, "{days}");
    }
    let rest = cast
        .world
        .get("/api/v1/audit?act=set_company_access", &cast.world.owner);
    let rest = rest.await.body["items"].as_array().unwrap().clone();
    assert!(!rest.is_empty() && rest.iter().all(|act| act["act"] == "set_company_access"));
    let unknown = cast
        .world
        .get("/api/v1/audit?from=May", &cast.world.owner)
        .await;
    assert_eq!(unknown.body["code"], "invalid");
    // The form leads to an address with ids.
    let fields = [
        ("concerns_text", "quint"),
        ("act", "tie"),
        ("from", "2026-01-01"),
    ];
    let led = cast.world.form("/audit", &cast.world.owner, &fields).await;
    assert_eq!(
        led.leads_to,
        cast.filled("/audit?concerns={quin}&act=tie&from=2026-01-01")
    );
    let file = cast.filled("/audit/export?concerns={quin}");
    let file = cast.world.get(&file, &cast.world.owner).await;
    says(
        file.body.as_str().unwrap(),
        &["\"version\",\"at\"", "Quintus: agent of Front desk"],
    );
}

/// An act as a page and the file tell it: the version after it, and what was done.
type Told = (u64, String);

/// What all pages of the log tell, one after the other.
async fn on_pages(cast: &Cast, path: &str) -> Vec<Told> {
    let (mut told, mut next) = (Vec::new(), Some(cast.filled(path)));
    while let Some(path) = next {
        let page = cast.owners_page(&path).await;
        // What stands before the first of them is none.
        for row in page.split("<th class=\"keep\" scope=\"row\">").skip(1) {
            let position = between(row, "href=\"/audit/", "\"").parse().unwrap();
            let act = between(row, "<td class=\"quiet\">", "</td>");
            told.push((position, act.replace("<bdi>", "").replace("</bdi>", "")));
        }
        let older = page.split("<a href=\"").skip(1);
        let mut older = older.filter(|link| between(link, ">", "<").starts_with("Older"));
        next = older
            .next()
            .map(|link| between(link, "", "\"").replace("&#38;", "&"));
    }
    told
}

/// What the file tells under the same filter, and the keys of its acts.
async fn in_file(cast: &Cast, filter: &str) -> (Vec<Told>, Vec<String>) {
    let path = cast.filled(&format!("/audit/export{filter}"));
    let file = cast.world.get(&path, &cast.world.owner).await;
    let mut rows = file.body.as_str().unwrap().split("\r\n");
    assert_eq!(
        rows.next().unwrap(),
        "\"version\",\"at\",\"actor\",\"act\",\"act_in_words\",\"face\",\"request\",\"what\",\"before\""
    );
    let rows = rows.filter(|row| !row.is_empty()).map(|row| {
        let cells = row[1..row.len() - 1].split("\",\"");
        cells.map(str::to_owned).collect::<Vec<_>>()
    });
    let mut rows: Vec<_> = rows.collect();
    let odd = rows.iter().find(|row| row.len() != 9);
    assert_eq!(odd, None);
    rows.dedup_by(|one, other| one[0] == other[0]);
    let keys = rows.iter().map(|row| row[3].clone()).collect();
    let told = rows.into_iter();
    let told = told.map(|row| (row[0].parse().unwrap(), row[4].clone()));
    (told.collect(), keys)
}

fn between<'a>(text: &'a str, begin: &str, end: &str) -> &'a str {
    let (_, rest) = text.split_once(begin).unwrap_or_default();
    rest.split(end).next().unwrap_or_default()
}

async fn ad_20_the_file_of_the_audit_log_tells_the_acts_that_the_pages_tell(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    // Acts by which nobody's access changes, and one that finds everything as it is to be.
    let skill = "contact-centre/skills/{skill}/agents/{quin}";
    cast.put(&cast.world.with_ids(skill), json!({})).await;
    let account = &cast.world.account;
    let state = account.state();
    let person = |key| {
        let id = cast.id(key).parse::<PublicId<PersonId>>().unwrap();
        state.resolve(id).unwrap()
    };
    let (owner, una) = (Actor::Person(person("owner")), person("una"));
    let view_as = Command::ViewAs { person: una };
    let untold = Options::untold("tests");
    account.submit(owner, view_as, untold).await.unwrap();
    let registration = cast.world.get("/api/v1/registration", &cast.world.owner);
    let policy = registration.await.body["policy"].clone();
    let denied = json!({"policy": policy, "deny": ["spam.example"]});
    cast.put("registration", denied).await;
    let newest = account.state().version();
    cast.put(&cast.world.with_ids(skill), json!({})).await;
    assert_eq!(account.state().version(), newest, "nothing to log");
    let log = account.log_page(None, 10_000).await.unwrap();
    let log: Vec<_> = log
        .iter()
        .map(|entry| (entry.position, &entry.act))
        .collect();

    let (told, keys) = in_file(&cast, "").await;
    let file: Vec<_> = told.iter().map(|(at, _)| *at).zip(&keys).collect();
    assert_eq!(file, log, "every act of the log");
    for (key, words) in [
        ("give_skill", "Gave a skill"),
        ("view_as", "Viewed as somebody else"),
        ("set_registration", "Set who may register"),
        ("add_skill", "Added a skill"),
        ("save_companies_tab", "Saved the Companies tab of Payroll"),
    ] {
        let mut acts = keys.iter().zip(&told);
        assert!(
            acts.any(|(act, (_, told))| (act.as_str(), told.as_str()) == (key, words)),
            "{key}"
        );
    }
    let raw = |key: &str, words: &str| words.to_lowercase().replace(' ', "_") == key;
    let mut acts = keys.iter().zip(&told);
    let untold = acts.find(|(key, (_, words))| raw(key, words));
    assert_eq!(untold, None, "an act without words");
    for filter in [
        "",
        "?actor={owner}",
        "?actor={una}",
        "?act=give_skill",
        "?act=view_as&from=2026-01-01",
        "?concerns={quin}",
        "?concerns={service}&act=save_companies_tab",
        "?until=2020-01-01",
    ] {
        let pages = on_pages(&cast, &format!("/audit{filter}")).await;
        assert_eq!(in_file(&cast, filter).await.0, pages, "{filter}");
        let is_there = !["?actor={una}", "?until=2020-01-01"].contains(&filter);
        assert_eq!(!pages.is_empty(), is_there, "{filter}");
    }
    // What cannot be asked has no file either.
    let wrong = [("from", "May"), ("act", "")];
    let page = cast.world.form("/audit", &cast.world.owner, &wrong).await;
    let page = page.body.as_str().unwrap();
    says(page, &["Give days like 2026-03-01"]);
    says_nothing_of(page, &["/audit/export"]);
}

async fn cc_10_the_audit_log_names_the_skill_that_was_given(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let skill = cast.world.with_ids("contact-centre/skills/{skill}");
    let given = format!("{skill}/agents/{{quin}}");
    cast.put(&given, json!({})).await;
    cast.done(Method::DELETE, &given, json!({})).await;
    let file = async || {
        let file = cast.world.get("/audit/export", &cast.world.owner).await;
        file.body.as_str().unwrap().to_owned()
    };
    says(
        &cast.owners_page("/audit").await,
        &[
            "<bdi>Quintus</bdi> has the skill <bdi>Frisian</bdi>",
            "<bdi>Quintus</bdi> no longer has the skill <bdi>Frisian</bdi>",
        ],
    );
    says(
        &cast.owners_page("/audit?act=add_skill").await,
        &["The skill <bdi>Frisian</bdi> was added"],
    );
    says(
        &file().await,
        &[
            "Quintus has the skill Frisian",
            "Quintus no longer has the skill Frisian",
        ],
    );
    // Whoever may read the log and no skills is told of the act, and not of the skill.
    cast.with_role(json!(["admin.audit.view"]), None).await;
    for path in ["/audit?act=give_skill", "/audit/export?act=give_skill"] {
        let told = cast.world.look(path, &cast.world.nobody).await;
        let told = told.body.as_str().unwrap().to_owned();
        says(&told, &["Quintus", "has a skill that you do not see"]);
        says_nothing_of(&told, &["Frisian"]);
    }
    // It is called what it is called now, and that is a text.
    let mark = cast.world.words["skill_mark"].clone();
    let renamed = json!({"name": "<b>Danish"}).to_string();
    let path = format!("/api/v1/{skill}");
    let headers = [("if-mark", mark.as_str())];
    let owner = Some(cast.world.owner.as_str());
    let done = cast
        .world
        .send_with(Method::PUT, &path, owner, Some(renamed), &headers)
        .await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    let page = cast.owners_page("/audit").await;
    says(&page, &["has the skill <bdi>&lt;b&gt;Danish</bdi>"]);
    says_nothing_of(&page, &["<b>Danish", "Frisian"]);
    // Who is erased is a blank beside it, and what is removed has no name any more.
    cast.done(Method::DELETE, "people/{quin}", json!({})).await;
    let page = cast.owners_page("/audit?act=give_skill").await;
    says(
        &page,
        &[
            "<span class=\"vh\">an erased person</span>",
            "has the skill <bdi>&lt;b&gt;Danish</bdi>",
        ],
    );
    cast.done(Method::DELETE, &skill, json!({})).await;
    let page = cast.owners_page("/audit").await;
    says(&page, &["has a skill that is gone", "A skill was removed"]);
    says_nothing_of(&page, &["Danish"]);
    says(
        &file().await,
        &["an erased person has a skill that is gone"],
    );
}

async fn sd_26_an_erased_person_is_a_blank_in_the_audit_log(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    says(
        &cast.owners_page("/audit?concerns={quin}").await,
        &["Quintus"],
    );
    cast.done(Method::DELETE, "people/{quin}", json!({})).await;
    let page = cast.owners_page("/audit?concerns={quin}").await;
    says(
        &page,
        &["<span class=\"vh\">an erased person</span>", "was erased"],
    );
    says_nothing_of(&page, &["Quintus", "Quintus@staff.example"]);
}

async fn sd_33_the_audit_page_names_nothing_of_a_hidden_company(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let nobody = cast.with_role(json!(["admin.audit.view"]), None).await;
    let listed = json!({"listed": {"companies": ["{company}"], "without_company": true}});
    cast.put(&format!("people/{nobody}/company-access"), listed)
        .await;
    for path in ["/audit?page_size=500", "/audit/export"] {
        let answer = cast.world.look(path, &cast.world.nobody).await;
        let text = answer.body.as_str().unwrap().to_owned();
        says_nothing_of(&text, &["Zenobia", "zenobia@client.example"]);
    }
    let page = cast.world.look("/audit/export", &cast.world.nobody).await;
    says(page.body.as_str().unwrap(), &["Unadine"]);
}

async fn the_audit_page_opens_to_who_may_read_it_and_its_entries_too(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    for path in ["/audit", "/audit/{position}", "/audit/export"] {
        let closed = cast.world.look(path, &cast.world.nobody).await;
        assert_eq!(closed.status, StatusCode::FORBIDDEN, "{path}");
    }
    let absent = cast.world.look("/audit/999999", &cast.world.owner).await;
    assert_eq!(absent.status, StatusCode::NOT_FOUND);
    cast.with_role(json!(["admin.audit.view"]), None).await;
    says(&cast.nobodys_page("/audit").await, &["Olga Owner"]);
}
