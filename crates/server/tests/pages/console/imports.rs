//! People › Import: a file is brought, its columns are chosen, it is tried, and then it is done by the rules of whoever imports.

use std::time::Duration;

use access::{
    Command, Permission, PermissionSet, PublicId, RoleId, UserGroupId, command::RoleAssignment,
    state::PeopleScope,
};
use axum::http::{Method, StatusCode};
use ledger::{Change, Ending, Field, ImportStage, KeptImport, Of, ProfileWrite};
use testkit::databases::TestDatabase;

use crate::browser::{Browser, House, OWNER, Seen};

testkit::on_both![
    s3_a_file_is_tried_then_done_and_a_second_time_changes_nothing,
    s3_columns_are_guessed_chosen_and_refused_in_words,
    s3_the_trial_says_how_many_would_gain_and_lose_access,
    ad_12_a_group_manager_imports_into_the_group_alone_and_learns_of_nothing_else,
    ad_6_rows_that_give_administration_ask_for_the_password_again,
    ad_24_the_import_ends_with_the_session_of_whoever_imports,
    ad_28_the_import_ends_with_the_right_of_whoever_imports,
    a_server_that_stopped_is_told_of_and_the_rest_is_done_by_the_next_run,
    whoever_imports_ends_it_before_its_last_row,
    sd_26_an_erasure_takes_the_files_of_the_account_away,
    ad_27_nobody_imports_as_somebody_else_nor_sees_their_file,
    a_file_is_its_owners_alone_for_a_day_and_no_larger_than_its_bound,
];

const START: &str = "/people/import";
const COLUMNS: &str = "/people/import/columns";
const OUTCOME: &str = "/people/import/outcome";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn bring(browser: &mut Browser, name: &str, text: &str) -> Seen {
    browser.look(START).await;
    let token = browser.form_token.clone().unwrap_or_default();
    let body = format!(
        "--x\r\nContent-Disposition: form-data; name=\"form_token\"\r\n\r\n{token}\r\n--x\r\n\
         Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/csv\r\n\r\n{text}\r\n--x--\r\n"
    );
    let headers = [
        ("sec-fetch-site", "same-origin"),
        ("accept", "text/html"),
        ("content-type", "multipart/form-data; boundary=x"),
    ];
    browser.ask(Method::POST, START, &headers, Some(body)).await
}

/// Brings a file whose columns are called like ours; the id that its forms carry.
async fn brought(browser: &mut Browser, text: &str) -> String {
    let done = bring(browser, "people.csv", text).await;
    assert_eq!(done.leads_to(), COLUMNS, "{}", done.text);
    let page = browser.look(COLUMNS).await;
    page.hidden("import").unwrap().to_owned()
}

async fn kept(house: &House, email: &str) -> Option<KeptImport> {
    let person = house.person(email).await;
    house.account.kept_import(person).await.unwrap()
}

/// What becomes of the work that is under way.
async fn over(browser: &mut Browser) -> Seen {
    for _ in 0..6_000 {
        let page = browser.look(OUTCOME).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        if !page.text.contains("data-import=\"running\"") {
            return page;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the work does not end");
}

async fn tried(browser: &mut Browser, id: &str, fields: &[(&str, &str)]) -> Seen {
    let mut fields = fields.to_vec();
    fields.push(("import", id));
    let begun = browser.send(COLUMNS, &fields).await;
    assert_eq!(begun.leads_to(), OUTCOME, "{}", begun.text);
    over(browser).await
}

async fn start(browser: &mut Browser, id: &str) -> Seen {
    browser
        .send("/people/import/start", &[("import", id)])
        .await
}

async fn done(browser: &mut Browser, id: &str) -> Seen {
    let begun = start(browser, id).await;
    assert_eq!(begun.leads_to(), OUTCOME, "{}", begun.text);
    over(browser).await
}

/// The fact of this name on the page.
fn fact(page: &Seen, name: &str) -> String {
    let begin = format!("<dt>{name}</dt><dd>");
    let (_, rest) = page.text.split_once(&begin).expect(name);
    rest.split("</dd>").next().unwrap().to_owned()
}

fn people(house: &House) -> usize {
    house.account.state().people().len()
}

/// Many customers, of whom nobody is there yet.
fn many(rows: usize) -> String {
    let rows = (0..rows).map(|row| format!("c{row}@orchard.example,customer\n"));
    format!("email,kind\n{}", rows.collect::<String>())
}
/// Not done within a second on any machine.
const MANY: usize = 40_000;
const MANY_COLUMNS: [(&str, &str); 2] = [("c0", "email"), ("c1", "kind")];

async fn s3_a_file_is_tried_then_done_and_a_second_time_changes_nothing(db: TestDatabase) {
    let house = House::open(&db).await;
    let mut owner = house.signed_in(OWNER).await;
    for list in ["/people/users", "/people/customers"] {
        let page = owner.look(list).await;
        assert!(page.text.contains("href=\"/people/import\""), "{list}");
    }
    let text = "Mail;First name;Last name;kind;company;Shoe size\n\
        ann@orchard.example;Ann;Lee;customer;Orchard;38\n\
        bo@meridian.example;Bo;Berg;user;;43\n\
        nobody;No;Body;customer;;40\n";
    let id = brought(&mut owner, text).await;
    let fields = [
        ("c0", "email"),
        ("c1", "name"),
        ("c2", "name"),
        ("c3", "kind"),
        ("c4", "company"),
        ("create_missing", "1"),
        ("send_invitations", "1"),
    ];
    let (before, version) = (people(&house), house.account.state().version());
    let trial = tried(&mut owner, &id, &fields).await;
    assert_eq!(house.account.state().version(), version, "nothing is done");
    assert_eq!(house.rows("mails").await, 0);
    assert!(trial.text.contains("What the file would do"));
    for (name, value) in [
        ("Added", "2"),
        ("Changed", "0"),
        ("In error", "1"),
        ("Made", "1 company or group"),
        ("Passed over", "<bdi>Shoe size</bdi>"),
        ("Lose access", "0"),
    ] {
        assert_eq!(fact(&trial, name), value, "{name}");
    }
    assert!(trial.text.contains("is no e-mail address"));
    assert!(trial.text.contains(">4</th>"), "the line of the row");

    let outcome = done(&mut owner, &id).await;
    assert_eq!(fact(&outcome, "Added"), "2");
    assert_eq!(people(&house), before + 2);
    assert_eq!(house.rows("mails").await, 1, "the user is invited");
    let ann = house.account.state().people().ids().last().unwrap();
    assert!(house.account.state().people().get(ann).is_some());

    // The file of rows in error can be mended, and imported like any other.
    let rejects = owner.look("/people/import/rejects").await;
    assert!(rejects.header("content-type").starts_with("text/csv"));
    assert!(rejects.text.contains("\"nobody\"") && rejects.text.contains("\"No Body\""));
    let used_up = start(&mut owner, &id).await;
    assert_eq!(used_up.status, StatusCode::CONFLICT, "it is used up");
    assert_eq!(house.rows("import_files").await, 0);
    let mended = rejects.text.replace("\"nobody\"", "\"cy@orchard.example\"");
    let id = brought(&mut owner, &mended).await;
    let page = owner.look(COLUMNS).await;
    assert!(
        !page.text.contains("<bdi>reason</bdi>"),
        "its own columns are none"
    );
    assert_eq!(page.text.matches("selected").count(), 22, "all are ours");
    // Line, column and reason stand before ours.
    let columns = ["c0", "c1", "c2"];
    let fields: Vec<_> = columns.into_iter().zip(["email", "name", "kind"]).collect();
    tried(&mut owner, &id, &fields).await;
    let outcome = done(&mut owner, &id).await;
    assert_eq!(
        (fact(&outcome, "Added").as_str(), people(&house)),
        ("1", before + 3)
    );

    let version = house.account.state().version();
    let again = "email,kind\nann@orchard.example,customer\nbo@meridian.example,user\n";
    let id = brought(&mut owner, again).await;
    tried(&mut owner, &id, &MANY_COLUMNS).await;
    let outcome = done(&mut owner, &id).await;
    assert_eq!(fact(&outcome, "Unchanged"), "2");
    assert_eq!(house.account.state().version(), version);
}

async fn s3_columns_are_guessed_chosen_and_refused_in_words(db: TestDatabase) {
    let house = House::open(&db).await;
    let mut owner = house.signed_in(OWNER).await;
    let id = brought(
        &mut owner,
        "E-Mail,First name,Other mail\na@b.example,Ann,c@d.example\n",
    )
    .await;
    let page = owner.look(COLUMNS).await;
    assert_eq!(page.text.matches("selected").count(), 2);
    assert!(page.text.contains("<bdi>a@b.example</bdi>"), "a sample");
    for (fields, said) in [
        (
            &[("c1", "name")][..],
            "Choose which column holds the e-mail address",
        ),
        (
            &[("c0", "email"), ("c2", "email")],
            "E-mail address is chosen for two columns",
        ),
    ] {
        let mut fields = fields.to_vec();
        fields.push(("import", &id));
        let again = owner.send(COLUMNS, &fields).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.text.contains(said), "{said}: {}", again.text);
    }
    for (name, value) in [("c0", "shoe_size"), ("c9", "email")] {
        let again = owner.send(COLUMNS, &[("import", &id), (name, value)]).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
    }
    // What is not tried is not done; and a page of another file does nothing.
    assert_eq!(start(&mut owner, &id).await.status, StatusCode::CONFLICT);
    brought(&mut owner, "email\nx@y.example\n").await;
    let stale = owner
        .send(COLUMNS, &[("import", &id), ("c0", "email")])
        .await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    // A header that cannot be.
    for text in ["email,EMAIL\na@b.example,x\n", ";;\n"] {
        bring(&mut owner, "people.csv", text).await;
        let page = owner.look(COLUMNS).await;
        assert!(page.text.contains("This file cannot be read."), "{text}");
    }
    let taken = bring(&mut owner, "people.jsonl", "{\"email\":\"j@b.example\"}\n").await;
    assert_eq!(taken.leads_to(), COLUMNS);
    let page = owner.look(COLUMNS).await;
    assert!(page.text.contains("<bdi>j@b.example</bdi>"));
}

async fn s3_the_trial_says_how_many_would_gain_and_lose_access(db: TestDatabase) {
    let house = House::open(&db).await;
    house.user("ulf@example.net").await;
    let una = house.user("una@example.net").await;
    house.set_role(una, RoleId::MEMBER).await;
    let mut owner = house.signed_in(OWNER).await;
    let text = "email,kind,account_role\nulf@example.net,user,Member\nuna@example.net,user,Admin\n";
    let id = brought(&mut owner, text).await;
    let fields = [("c0", "email"), ("c1", "kind"), ("c2", "account_role")];
    let trial = tried(&mut owner, &id, &fields).await;
    assert_eq!(fact(&trial, "Changed"), "2");
    assert_eq!(fact(&trial, "Gain access"), "1");
    assert_eq!(fact(&trial, "Lose access"), "1");
    assert_eq!(
        fact(&trial, "Locked out"),
        "1",
        "whoever holds nothing is suspended"
    );
}

async fn group(house: &House, name: &str) -> UserGroupId {
    let id = PublicId::<UserGroupId>::new(house.engine.new_uuid());
    let make = Command::CreateUserGroup { id, parent: None };
    let named = ProfileWrite::new(Of::public(id)).set(Field::Name, name);
    let change = Change::from(make).with_profile(named);
    house.submit(house.owners(), change).await;
    house.account.state().resolve(id).unwrap()
}

/// Max manages the users of North, and nobody else's.
async fn max(house: &House) -> Browser {
    let max = house.user("max@example.net").await;
    let (north, _south) = (group(house, "North").await, group(house, "South").await);
    let id = PublicId::<RoleId>::new(house.engine.new_uuid());
    let permissions = PermissionSet::of(&[Permission::AdminUsersManage]);
    let named = ProfileWrite::new(Of::public(id)).set(Field::Name, "Lead");
    let make = Change::from(Command::CreateRole { id, permissions }).with_profile(named);
    house.submit(house.owners(), make).await;
    let set = Command::SetAccountRoles {
        bulk: false,
        people: vec![max],
        assignment: RoleAssignment {
            role: house.account.state().resolve(id).unwrap(),
            scope: PeopleScope::UserGroups([north].into()),
        },
        keep: Vec::new(),
    };
    house.submit(house.owners(), set).await;
    house.signed_in("max@example.net").await
}

async fn ad_12_a_group_manager_imports_into_the_group_alone_and_learns_of_nothing_else(
    db: TestDatabase,
) {
    let house = House::open(&db).await;
    let mut max = max(&house).await;
    house.user("ulf@example.net").await;
    let before = people(&house);
    let text = "email,kind,user_groups,name\n\
        bo@example.net,user,North,Bo Berg\n\
        cy@example.net,user,South,Cy Dee\n\
        di@example.net,user,East,Di Eck\n\
        ulf@example.net,user,,Ulf User\n\
        ed@example.net,user,,Ed Ford\n";
    let id = brought(&mut max, text).await;
    let fields = [
        ("c0", "email"),
        ("c1", "kind"),
        ("c2", "user_groups"),
        ("c3", "name"),
    ];
    let trial = tried(&mut max, &id, &fields).await;
    assert_eq!(fact(&trial, "Added"), "1");
    assert_eq!(fact(&trial, "In error"), "4");
    // A group that he may not see is like one that is not there, and so is a person.
    for group in ["South", "East"] {
        let said = format!("no user group is called &#34;{group}&#34;");
        assert!(trial.text.contains(&said), "{said}: {}", trial.text);
    }
    assert!(trial.text.contains("no such person"));
    let says_rule = ["(AD-", "(§4)"]
        .iter()
        .any(|rule| trial.text.contains(rule));
    assert!(says_rule, "a refused row says the rule: {}", trial.main());
    let outcome = done(&mut max, &id).await;
    assert_eq!(fact(&outcome, "Added"), "1");
    assert_eq!(people(&house), before + 1);
}

async fn ad_6_rows_that_give_administration_ask_for_the_password_again(db: TestDatabase) {
    let house = House::open(&db).await;
    let mut owner = house.signed_in(OWNER).await;
    let id = brought(
        &mut owner,
        "email,kind,account_role\nbo@example.net,user,Admin\n",
    )
    .await;
    let fields = [("c0", "email"), ("c1", "kind"), ("c2", "account_role")];
    house.advance(Duration::from_secs(11 * 60)).await;
    let trial = tried(&mut owner, &id, &fields).await;
    assert!(trial.text.contains("One row gives administration"));
    let before = people(&house);
    let away = start(&mut owner, &id).await;
    assert!(
        away.leads_to().starts_with("/sign-in/again"),
        "{}",
        away.text
    );
    assert_eq!(people(&house), before);
    let proved = owner
        .send("/sign-in/again", &[("password", crate::browser::PASSWORD)])
        .await;
    assert_eq!(proved.status, StatusCode::SEE_OTHER, "{}", proved.text);
    owner.look(OUTCOME).await;
    let outcome = done(&mut owner, &id).await;
    assert_eq!(fact(&outcome, "Added"), "1");
}

/// Tries many rows as the owner, and begins to do them.
async fn begun(house: &House, browser: &mut Browser) {
    let id = brought(browser, &many(MANY)).await;
    let trial = tried(browser, &id, &MANY_COLUMNS).await;
    assert_eq!(fact(&trial, "Added"), "40,000");
    let begun = start(browser, &id).await;
    assert_eq!(begun.leads_to(), OUTCOME);
    assert!(kept(house, OWNER).await.unwrap().is_running);
}

/// Waits until nobody works on a file any more.
async fn ended(house: &House, email: &str) -> KeptImport {
    for _ in 0..6_000 {
        let kept = kept(house, email).await.unwrap();
        if !kept.is_running {
            return kept;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the work does not end");
}

async fn ad_24_the_import_ends_with_the_session_of_whoever_imports(db: TestDatabase) {
    let house = House::open(&db).await;
    let mut owner = house.signed_in(OWNER).await;
    let before = people(&house);
    begun(&house, &mut owner).await;
    house
        .account
        .end_sign_in_sessions(house.owner, Ending::Others("none"))
        .await
        .unwrap();
    let kept = ended(&house, OWNER).await;
    assert_eq!(kept.stage, ImportStage::Stopped, "{}", kept.report);
    assert!(kept.report.contains("SignedOut"), "{}", kept.report);
    let there = people(&house);
    assert!(there < before + MANY);
    // Whoever signs in again reads how far it came, and goes on: what is done is not done twice.
    let mut owner = house.signed_in(OWNER).await;
    let page = owner.look(OUTCOME).await;
    assert!(
        page.text
            .contains("Your sign-in session ended while it ran")
    );
    assert!(page.text.contains("what is done is not done twice"));
    let outcome = done(&mut owner, &kept.id).await;
    let rest = before + MANY - there;
    assert_eq!(fact(&outcome, "Added").replace(',', ""), rest.to_string());
    assert_eq!(people(&house), before + MANY);
}

async fn ad_28_the_import_ends_with_the_right_of_whoever_imports(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user("ulf@example.net").await;
    // Something that stays: whoever holds nothing is signed out (AD-15).
    house.licence(ulf).await;
    house.set_role(ulf, RoleId::SUPER_ADMIN).await;
    let mut browser = house.signed_in("ulf@example.net").await;
    let before = people(&house);
    let id = brought(&mut browser, &many(MANY)).await;
    tried(&mut browser, &id, &MANY_COLUMNS).await;
    start(&mut browser, &id).await;
    house.set_role(ulf, RoleId::MEMBER).await;
    let there = people(&house);
    let kept = ended(&house, "ulf@example.net").await;
    assert_eq!(kept.stage, ImportStage::Stopped, "{}", kept.report);
    assert!(kept.report.contains("NoRight"), "{}", kept.report);
    assert_eq!(people(&house), there, "the rule holds from its commit on");
    assert!(there < before + MANY);
    assert_eq!(browser.look(OUTCOME).await.status, StatusCode::FORBIDDEN);
}

async fn a_server_that_stopped_is_told_of_and_the_rest_is_done_by_the_next_run(db: TestDatabase) {
    let house = House::open(&db).await;
    let mut owner = house.signed_in(OWNER).await;
    let id = brought(&mut owner, "email,kind\nbo@example.net,user\n").await;
    tried(&mut owner, &id, &MANY_COLUMNS).await;
    // Another server begins it, says twice that it is there, and is gone.
    let (account, choice) = (&house.account, kept(&house, OWNER).await.unwrap().choice);
    let doing = ImportStage::Doing;
    let begun = account
        .begin_import_work(house.owner, &id, doing, &choice)
        .await;
    assert!(begun.unwrap());
    account
        .import_beat(house.owner, &id, (1_204, 20))
        .await
        .unwrap();
    let page = owner.look(OUTCOME).await;
    assert!(page.text.contains("1,204 rows so far"), "{}", page.text);
    // Two do not work on it at once, and nothing takes its place.
    assert_eq!(start(&mut owner, &id).await.status, StatusCode::CONFLICT);
    let second = bring(&mut owner, "more.csv", "email\nx@y.example\n").await;
    assert_eq!(second.status, StatusCode::CONFLICT);
    house.advance(Duration::from_secs(16)).await;
    let page = owner.look(OUTCOME).await;
    assert!(page.text.contains("The server stopped while it ran."));
    assert!(page.text.contains("About 1,204 rows were done"));
    let outcome = done(&mut owner, &id).await;
    assert_eq!(fact(&outcome, "Added"), "1");
}

async fn whoever_imports_ends_it_before_its_last_row(db: TestDatabase) {
    let house = House::open(&db).await;
    let mut owner = house.signed_in(OWNER).await;
    let before = people(&house);
    begun(&house, &mut owner).await;
    let id = kept(&house, OWNER).await.unwrap().id;
    let stopped = owner.send("/people/import/stop", &[("import", &id)]).await;
    assert_eq!(stopped.leads_to(), OUTCOME);
    let page = over(&mut owner).await;
    assert!(page.text.contains("You stopped it."), "{}", page.text);
    assert!(
        page.text
            .contains("The first row that was not done is in line ")
    );
    assert!(people(&house) < before + MANY);
    let added: usize = fact(&page, "Added").replace(',', "").parse().unwrap();
    assert_eq!(people(&house), before + added, "the count is what was done");
}

async fn sd_26_an_erasure_takes_the_files_of_the_account_away(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user("ulf@example.net").await;
    let mut owner = house.signed_in(OWNER).await;
    let id = brought(&mut owner, "email,kind\nulf@example.net,user\n,user\n").await;
    let trial = tried(&mut owner, &id, &MANY_COLUMNS).await;
    assert_eq!(fact(&trial, "In error"), "1");
    assert_eq!(house.rows("imports").await, 1);
    house
        .submit(house.owners(), Command::ErasePerson { person: ulf })
        .await;
    assert_eq!(house.rows("imports").await, 0);
    assert_eq!(house.rows("import_files").await, 0);
    assert_eq!(owner.look(OUTCOME).await.leads_to(), START);
    let rejects = owner.look("/people/import/rejects").await;
    assert_eq!(rejects.status, StatusCode::NOT_FOUND);
    assert_eq!(start(&mut owner, &id).await.status, StatusCode::CONFLICT);
}

async fn ad_27_nobody_imports_as_somebody_else_nor_sees_their_file(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user("ulf@example.net").await;
    let mut ulfs = house.signed_in("ulf@example.net").await;
    let id = brought(&mut ulfs, "email\nsecret@orchard.example\n").await;
    let mut owner = house.signed_in(OWNER).await;
    let public = house.account.state().public(ulf).unwrap();
    let path = format!("/people/{public}");
    owner.look(&path).await;
    let begun = owner.send(&format!("{path}/view-as"), &[]).await;
    assert_eq!(begun.leads_to(), "/");
    let list = owner.look("/people/users").await;
    assert!(!list.text.contains("href=\"/people/import\""));
    for page in [START, COLUMNS, OUTCOME, "/people/import/rejects"] {
        let page = owner.look(page).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        assert!(!page.text.contains("secret@"));
    }
    owner.look("/").await;
    let brought = bring(&mut owner, "mine.csv", "email\nx@y.example\n").await;
    assert_eq!(brought.status, StatusCode::FORBIDDEN);
    for to in ["start", "stop", "forget"] {
        owner.look("/").await;
        let path = format!("/people/import/{to}");
        let sent = owner.send(&path, &[("import", &id)]).await;
        assert_eq!(sent.status, StatusCode::FORBIDDEN, "{to}");
    }
    let kept = kept(&house, "ulf@example.net").await.unwrap();
    assert_eq!((kept.id, kept.stage), (id, ImportStage::Brought));
}

async fn a_file_is_its_owners_alone_for_a_day_and_no_larger_than_its_bound(db: TestDatabase) {
    let house = House::open(&db).await;
    house.user("ulf@example.net").await;
    let mut owner = house.signed_in(OWNER).await;
    let id = brought(&mut owner, "email\nsecret@orchard.example\n").await;
    let mut ulf = house.signed_in("ulf@example.net").await;
    assert_eq!(ulf.look(COLUMNS).await.leads_to(), START);
    ulf.look(START).await;
    for to in ["columns", "start", "stop", "forget"] {
        let path = format!("/people/import/{to}");
        let sent = ulf.send(&path, &[("import", &id)]).await;
        assert_eq!(sent.status, StatusCode::CONFLICT, "{to}");
    }
    house.advance(DAY - Duration::from_secs(60 * 60)).await;
    assert!(kept(&house, OWNER).await.is_some());
    house.advance(Duration::from_secs(60 * 60)).await;
    assert!(kept(&house, OWNER).await.is_none());
    let left = house.account.import_file(house.owner, &id).await.unwrap();
    assert_eq!(left, None);

    let mut owner = house.signed_in(OWNER).await;
    let row = "ann@orchard.example\n".repeat(1 + 8 * 1024 * 1024 / 20);
    let large = bring(&mut owner, "people.csv", &row).await;
    assert_eq!(large.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(large.text.contains("larger than 8 MB"));
    for (name, text, said) in [
        ("", "", "Choose a file first."),
        ("people.csv", " \n", "This file is empty."),
    ] {
        let again = bring(&mut owner, name, text).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{said}");
        assert!(again.text.contains(said));
    }
    // A form that is no page's of this session.
    owner.look(START).await;
    owner.form_token = Some("0.0".to_owned());
    let token = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nemail\n\r\n--x--\r\n";
    let headers = [
        ("sec-fetch-site", "same-origin"),
        ("content-type", "multipart/form-data; boundary=x"),
    ];
    let foreign = owner
        .ask(Method::POST, START, &headers, Some(token.to_owned()))
        .await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    assert!(kept(&house, OWNER).await.is_none());
    let example = owner.look("/people/import/example").await;
    let id = brought(&mut owner, &example.text).await;
    let columns = [
        "email",
        "name",
        "kind",
        "phone",
        "title",
        "language",
        "external_id",
        "company",
        "groups",
        "portal_level",
    ];
    let names: Vec<String> = (0..columns.len()).map(|at| format!("c{at}")).collect();
    let mut fields: Vec<_> = names.iter().map(String::as_str).zip(columns).collect();
    fields.push(("create_missing", "1"));
    let trial = tried(&mut owner, &id, &fields).await;
    assert_eq!(fact(&trial, "Added"), "2", "the example can be imported");
}
