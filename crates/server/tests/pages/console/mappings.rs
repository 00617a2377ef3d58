//! What the groups of a provider give (AD-30), in the console: the list and its draft, the review, whom it shows what, and the person's page.

use std::time::Duration;

use access::{
    Actor, Command, ConnectionId, PersonId, ProviderGroupId, QueueId, RoleId,
    command::MembersChange,
    state::{ConnectionKind, ConnectionRights, MappedTo, Mapping, QueueKind, ServiceLevel, Tie},
};
use axum::http::StatusCode;
use testkit::databases::TestDatabase;

use super::{
    desk::{Desk, ULF},
    programs,
};
use crate::browser::{Browser, OWNER, Seen};

testkit::on_both![
    ad_24_a_token_that_ends_soon_is_said_on_the_first_page_until_a_later_one_is_there,
    ad_29_what_a_connection_may_do_in_products_is_reviewed_and_saved,
    ad_30_a_list_that_somebody_else_saved_meanwhile_is_not_overwritten_unseen,
    ad_30_a_sign_in_providers_groups_are_named_here_and_a_directorys_are_not,
    ad_30_mappings_are_put_in_order_reviewed_with_what_is_not_given_and_saved,
    ad_30_what_the_reader_could_not_give_is_absent_and_refused_by_its_rule,
    ad_30_where_what_somebody_holds_came_from_is_said_on_their_page,
];

/// A desk with a connection that may give whatever can be mapped.
struct House {
    desk: Desk,
    connection: ConnectionId,
    page: String,
}

impl House {
    async fn open(db: &TestDatabase, kind: ConnectionKind) -> Self {
        let desk = Desk::open(db).await;
        let rights = ConnectionRights {
            configure_desk: true,
            contact_admin: true,
        };
        let connection = desk.named("Directory", |id| Command::CreateConnection {
            id,
            role: RoleId::ADMIN,
            kind,
            rights,
        });
        let connection = connection.await;
        Self {
            page: format!("/configure/connections/{}", desk.id(connection)),
            desk,
            connection,
        }
    }

    async fn group(&self, name: &str) -> ProviderGroupId {
        let connection = self.connection;
        let by = Actor::Connection(connection);
        let id = access::PublicId::new(self.desk.house.engine.new_uuid());
        let change = ledger::Change::from(Command::CreateProviderGroup { id, connection });
        let name = ledger::ProfileWrite::new(ledger::Of::public(id)).set(ledger::Field::Name, name);
        self.desk.house.submit(by, change.with_profile(name)).await;
        self.desk.house.account.state().resolve(id).unwrap()
    }

    /// The provider says that these people and nobody else are in the group.
    async fn fill(&self, provider_group: ProviderGroupId, people: &[PersonId]) {
        let by = Actor::Connection(self.connection);
        let change = MembersChange::Whole(people.to_vec());
        let command = Command::ChangeProviderGroup {
            provider_group,
            change,
        };
        self.desk.house.submit(by, command).await;
    }

    async fn map(&self, mappings: &[(ProviderGroupId, MappedTo)]) {
        let mapping = |(provider_group, to): &(ProviderGroupId, MappedTo)| Mapping {
            provider_group: *provider_group,
            to: *to,
        };
        let command = Command::SetMappings {
            connection: self.connection,
            mappings: mappings.iter().map(mapping).collect(),
        };
        self.desk.by_owner(command).await;
    }

    async fn queue(&self, name: &str) -> QueueId {
        let kind = QueueKind::Call;
        let queue = self
            .desk
            .named(name, |id| Command::CreateQueue { id, kind });
        queue.await
    }

    fn saved(&self) -> Vec<MappedTo> {
        let state = self.desk.house.account.state();
        let row = state.connections().get(self.connection).unwrap();
        row.mappings.iter().map(|one| one.to).collect()
    }

    fn mappings(&self) -> String {
        format!("{}/mappings", self.page)
    }

    async fn add(
        &self,
        browser: &mut Browser,
        group: ProviderGroupId,
        fields: &[(&str, &str)],
    ) -> Seen {
        let page = browser.look(&self.mappings()).await;
        let mut form = page
            .form(&["name=\"gives\""])
            .with("group", &self.desk.id(group));
        for (name, value) in fields {
            form = form.with(name, value);
        }
        form.send(browser).await
    }

    /// What the page would save.
    async fn review(&self, browser: &mut Browser) -> Seen {
        let page = browser.look(&self.mappings()).await;
        let form = page.form(&["name=\"mark\"", "Review changes"]);
        form.send(browser).await
    }

    /// Presses a button of a row.
    async fn press(&self, browser: &mut Browser, step: &str) -> Seen {
        let page = browser.look(&self.mappings()).await;
        assert!(
            page.text.contains(&format!(r#"value="{step}""#)),
            "{step}: {}",
            page.text
        );
        let form = page.form(&["name=\"step\""]);
        form.with("step", step).send(browser).await
    }
}

/// Where each of these stands in the page, one behind the other.
fn in_order(seen: &Seen, texts: &[&str]) -> bool {
    let mut rest = seen.main();
    texts.iter().all(|text| match rest.split_once(text) {
        Some((_, after)) => {
            rest = after;
            true
        }
        None => false,
    })
}

async fn ad_30_mappings_are_put_in_order_reviewed_with_what_is_not_given_and_saved(
    db: TestDatabase,
) {
    let house = House::open(&db, ConnectionKind::SignInProvider).await;
    let desk = &house.desk;
    desk.house
        .custom_role(r#"{"name": "Auditor", "permissions": ["admin.audit.view"]}"#)
        .await;
    let mia = desk.house.user("mia@example.net").await;
    desk.house.set_role(mia, RoleId::MEMBER).await;
    house.queue("Calls").await;
    let (staff, night) = (house.group("Staff").await, house.group("Night shift").await);
    house.fill(staff, &[mia]).await;
    let mut browser = desk.owner().await;
    let empty = browser.look(&house.mappings()).await;
    assert!(empty.text.contains("No group gives an account role."));

    // The form says what is missing, and what was chosen stays.
    let form = empty.form(&["name=\"gives\""]);
    let again = form.send(&mut browser).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.text.contains("Choose a group."), "{}", again.text);
    let nameless = house.add(&mut browser, staff, &[("gives", "agent")]).await;
    assert_eq!(nameless.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        nameless.text.contains("Name the queue."),
        "{}",
        nameless.text
    );
    let chosen = format!(r#"value="{}" selected"#, desk.id(staff));
    assert!(nameless.text.contains(&chosen) && nameless.text.contains(r#"value="agent" selected"#));

    let state = desk.house.account.state();
    let (auditor, _) = state.roles().iter().last().unwrap();
    let member = format!("role.{}", desk.id(RoleId::MEMBER));
    let auditor_code = format!("role.{}", desk.id(auditor));
    for (group, fields) in [
        (night, vec![("gives", &*member)]),
        (staff, vec![("gives", &*auditor_code)]),
        (
            staff,
            vec![("gives", "administrator"), ("on_text", "Payroll")],
        ),
        (staff, vec![("gives", "agent"), ("on_text", "Calls")]),
    ] {
        let added = house.add(&mut browser, group, &fields).await;
        assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.text);
    }
    let twice = house.add(&mut browser, night, &[("gives", &*member)]).await;
    assert_eq!(twice.status, StatusCode::SEE_OTHER);
    assert_eq!(house.saved(), [], "nothing is saved before the review");
    let page = browser.look(&house.mappings()).await;
    assert_eq!(page.text.matches("not saved yet</span>").count(), 4);
    assert!(in_order(
        &page,
        &[
            "Night shift",
            "Staff",
            "Everything else",
            "Payroll",
            "Calls"
        ]
    ));

    // Without a script, and by the keyboard: the button leads back to the row.
    let moved = house.press(&mut browser, "up.1").await;
    assert!(moved.leads_to().ends_with("#m-0"), "{}", moved.leads_to());
    let page = browser.look(&house.mappings()).await;
    assert!(in_order(
        &page,
        &["Staff", "Night shift", "Everything else"]
    ));
    house.press(&mut browser, "remove.1").await;
    let stale = page.form(&["name=\"step\""]).with("step", "remove.0");
    stale.send(&mut browser).await;
    let page = browser.look(&house.mappings()).await;
    assert!(
        !page.main().contains("<bdi>Night shift</bdi>"),
        "{}",
        page.text
    );
    assert!(
        page.main().contains("<bdi>Staff</bdi>"),
        "a stale button does nothing"
    );

    // Nobody else sees it.
    desk.house.set_role(desk.ulf, RoleId::SUPER_ADMIN).await;
    let mut ulf = desk.browser(ULF).await;
    let others = ulf.look(&house.mappings()).await;
    assert!(others.text.contains("No group gives an account role."));

    let review = page.form(&["name=\"mark\"", "Review changes"]);
    let seen = review.send(&mut browser).await;
    let main = seen.main();
    for told in [
        "Save the mappings of Directory?",
        "gains access",
        "Mia User",
        "read the audit log",
    ] {
        assert!(main.contains(told), "{told}: {}", seen.text);
    }
    // She has no licence of the contact centre, so that the queue role is not given, and why is said before it is saved.
    let (_, missing) = main.split_once(r#"id="missing""#).expect(&seen.text);
    let (missing, _) = missing.split_once("</section>").unwrap();
    for told in [
        "<b>1</b> wanted, not given",
        "Mia User",
        "agent of <bdi>Calls</bdi>",
        "Rule §7",
    ] {
        assert!(missing.contains(told), "{told}: {missing}");
    }
    assert_eq!(house.saved(), []);
    let done = review.save(&mut browser).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert_eq!(house.saved().len(), 3);
    assert_eq!(house.saved()[0], MappedTo::AccountRole(auditor));
    let state = desk.house.account.state();
    assert_eq!(state.people().get(mia).unwrap().account_role, auditor);
    let page = browser.look(&house.mappings()).await;
    assert!(!page.text.contains("not saved yet</span>") && !page.text.contains("Discard draft"));

    // What is taken out of what is saved can be put back, and a draft be dropped.
    house.press(&mut browser, "remove.0").await;
    let page = browser.look(&house.mappings()).await;
    assert!(page.text.contains("Taken out"), "{}", page.text);
    house.press(&mut browser, "back.0").await;
    let page = browser.look(&house.mappings()).await;
    assert!(
        !page.text.contains("Discard draft"),
        "it is as it was: {}",
        page.text
    );
    house.press(&mut browser, "remove.1").await;
    let page = browser.look(&house.mappings()).await;
    page.form(&["Discard draft"]).send(&mut browser).await;
    assert_eq!(house.saved().len(), 3);
    let page = browser.look(&house.mappings()).await;
    assert!(!page.text.contains("Taken out"), "{}", page.text);
}

async fn ad_30_a_list_that_somebody_else_saved_meanwhile_is_not_overwritten_unseen(
    db: TestDatabase,
) {
    let house = House::open(&db, ConnectionKind::SignInProvider).await;
    let desk = &house.desk;
    let staff = house.group("Staff").await;
    let licence = MappedTo::Licence(desk.licence);
    let level = MappedTo::Service(desk.service, ServiceLevel::User);
    let mut browser = desk.owner().await;
    let code = format!("licence.{}", desk.id(desk.licence));
    house.add(&mut browser, staff, &[("gives", &*code)]).await;
    let page = browser.look(&house.mappings()).await;
    let review = page.form(&["name=\"mark\"", "Review changes"]);
    let seen = review.send(&mut browser).await;
    assert_eq!(seen.status, StatusCode::OK);
    house.map(&[(staff, level)]).await;

    for answer in [
        review.send(&mut browser).await,
        review.save(&mut browser).await,
    ] {
        assert_eq!(answer.status, StatusCode::CONFLICT);
        assert!(answer.text.contains("changed meanwhile"), "{}", answer.text);
        assert!(answer.hidden("reviewed").is_none());
    }
    // From the review that was there before, too.
    let reviewed = seen.form(&["name=\"reviewed\""]);
    assert_eq!(
        reviewed.send(&mut browser).await.status,
        StatusCode::CONFLICT
    );
    assert_eq!(house.saved(), [level]);
    let page = browser.look(&house.mappings()).await;
    assert!(page.text.contains("Somebody else saved these mappings"));
    assert!(
        page.text.contains("Taken out"),
        "what would go is said: {}",
        page.text
    );
    let review = page.form(&["name=\"mark\"", "Review changes"]);
    review.save(&mut browser).await;
    assert_eq!(house.saved(), [licence]);
}

async fn ad_30_what_the_reader_could_not_give_is_absent_and_refused_by_its_rule(db: TestDatabase) {
    let house = House::open(&db, ConnectionKind::SignInProvider).await;
    let desk = &house.desk;
    let staff = house.group("Staff").await;
    house
        .map(&[(staff, MappedTo::Service(desk.service, ServiceLevel::User))])
        .await;
    // A Super admin, who configures neither the desk nor the contact centre.
    desk.house.set_role(desk.ulf, RoleId::SUPER_ADMIN).await;
    let mut ulf = desk.browser(ULF).await;
    let page = ulf.look(&house.mappings()).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(page.text.contains("not for you to change"), "{}", page.text);
    for absent in [r#"value="user""#, r#"value="agent""#, r#"name="step""#] {
        assert!(!page.text.contains(absent), "{absent}");
    }
    // SD-5: he has no level on it, so that he is not told which one it is.
    assert!(!page.main().contains("Payroll"), "{}", page.text);
    let admin = format!("role.{}", desk.id(RoleId::ADMIN));
    assert!(
        !page.text.contains(&admin),
        "AD-6: Admins are made by Super admins"
    );

    // Sent all the same, the rule says no, and nothing is saved.
    let form = page.form(&["name=\"gives\""]);
    let form = form.with("group", &desk.id(staff)).with("gives", &admin);
    let added = form.send(&mut ulf).await;
    assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.text);
    let refused = house.review(&mut ulf).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
    assert!(refused.text.contains("Rule AD-30"), "{}", refused.text);
    let step = format!("{}/step", house.mappings());
    for absent in ["what he may not give", "and what he added"] {
        let page = ulf.look(&house.mappings()).await;
        let mark = page.hidden("mark").expect(absent).to_owned();
        ulf.send(&step, &[("mark", &mark), ("step", "remove.0")])
            .await;
    }
    let refused = house.review(&mut ulf).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
    assert!(
        refused.text.contains("This cannot be saved."),
        "{}",
        refused.text
    );
    assert_eq!(house.saved().len(), 1);

    // Whoever manages no integrations finds no page.
    desk.house.set_role(desk.ulf, RoleId::ADMIN).await;
    for path in [house.mappings(), format!("{}/groups", house.page)] {
        assert_eq!(
            ulf.look(&path).await.status,
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }

    // What the connection could not give is absent for the owner, too, and it is said where that is changed.
    desk.by_owner(Command::SetConnectionRights {
        connection: house.connection,
        rights: ConnectionRights::default(),
    })
    .await;
    let mut browser = desk.owner().await;
    let page = browser.look(&house.mappings()).await;
    assert!(!page.text.contains(r#"value="user""#));
    for told in [
        "no right to configure the desk",
        "To nobody new",
        "Rule AD-30",
    ] {
        assert!(page.text.contains(told), "{told}: {}", page.text);
    }
}

async fn ad_30_a_sign_in_providers_groups_are_named_here_and_a_directorys_are_not(
    db: TestDatabase,
) {
    let house = House::open(&db, ConnectionKind::SignInProvider).await;
    let mut browser = house.desk.owner().await;
    let groups = format!("{}/groups", house.page);
    let page = browser.look(&groups).await;
    assert!(
        page.text.contains("There is no group yet."),
        "{}",
        page.text
    );
    let form = page.form(&["name=\"name\"", "Name the group"]);
    let nameless = form.with("name", " ").send(&mut browser).await;
    assert_eq!(nameless.status, StatusCode::UNPROCESSABLE_ENTITY);
    let long = "Every member of the service desk in every country ".repeat(3);
    for name in ["Staff", long.trim()] {
        let page = browser.look(&groups).await;
        let form = page.form(&["Name the group"]).with("name", name);
        let made = form.send(&mut browser).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
        assert!(
            made.leads_to().contains("/mappings?group=pgr_"),
            "{}",
            made.leads_to()
        );
        let narrowed = browser.look(made.leads_to()).await;
        assert!(narrowed.main().contains(name), "{}", narrowed.text);
    }
    let find = browser.look(&groups).await.form(&["/groups/find"]);
    let found = find.with("q", "sta").send(&mut browser).await;
    let found = browser.look(found.leads_to()).await;
    assert!(found.main().contains("Staff") && !found.main().contains("every country"));
    let (_, rest) = found
        .text
        .split_once("/configure/provider-groups/")
        .unwrap();
    let group = format!(
        "/configure/provider-groups/{}",
        rest.split('"').next().unwrap()
    );
    let page = browser.look(&group).await;
    for told in ["Nobody is in it.", "it is not mapped", "Delete…"] {
        assert!(page.text.contains(told), "{told}: {}", page.text);
    }
    let renamed = page.form(&["Rename"]).with("name", "Colleagues");
    assert_eq!(
        renamed.send(&mut browser).await.status,
        StatusCode::SEE_OTHER
    );
    let page = browser.look(&group).await;
    assert!(page.main().contains("Colleagues"));
    let gone = page.form(&["Delete…"]).save(&mut browser).await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER, "{}", gone.text);
    assert_eq!(browser.look(&group).await.status, StatusCode::NOT_FOUND);
}

async fn ad_30_where_what_somebody_holds_came_from_is_said_on_their_page(db: TestDatabase) {
    let house = House::open(&db, ConnectionKind::Provisioning).await;
    let desk = &house.desk;
    let mia = desk.house.user("mia@example.net").await;
    desk.house.set_role(mia, RoleId::MEMBER).await;
    let other = desk.named("Facilities", |id| Command::CreateService {
        id,
        first_administrator: desk.house.owner,
    });
    let other = other.await;
    desk.tie(mia, Tie::Service(other, ServiceLevel::User)).await;
    let (staff, calls) = (house.group("Staff").await, house.group("Callers").await);
    let queue = house.queue("Calls").await;
    house
        .map(&[
            (staff, MappedTo::Licence(desk.licence)),
            (staff, MappedTo::Service(desk.service, ServiceLevel::User)),
            (calls, MappedTo::QueueAgent(queue)),
        ])
        .await;
    let path = format!("/people/{}/products", desk.id(mia));
    let mut browser = desk.owner().await;
    let page = browser.look(&path).await;
    assert!(!page.text.contains("From providers"), "{}", page.text);
    house.fill(staff, &[mia]).await;
    house.fill(calls, &[mia]).await;
    let page = browser.look(&path).await;
    let (_, panel) = page.text.split_once(r#"id="s-mapped""#).expect(&page.text);
    let (panel, _) = panel.split_once("</section>").unwrap();
    for told in [
        "User access to <bdi>Payroll</bdi>",
        "User access to <bdi>Facilities</bdi>",
        "set by hand",
        "Wanted, and not given",
        "Agent of <bdi>Calls</bdi>",
        "Why?",
        "Rule §7",
    ] {
        assert!(panel.contains(told), "{told}: {panel}");
    }
    assert!(
        page.text.contains("by the provider’s group Staff"),
        "{}",
        page.text
    );
    // A directory says by itself who is in its groups, and which there are.
    let group = format!("/configure/provider-groups/{}", desk.id(staff));
    let group = browser.look(&group).await;
    assert!(group.main().contains("Mia User") && !group.text.contains("Rename"));
    let groups = browser.look(&format!("{}/groups", house.page)).await;
    assert!(!groups.text.contains("Name the group"), "{}", groups.text);

    // Whoever manages no integrations is told of no provider's group.
    let clerk = r#"{"name": "Clerk", "permissions": ["admin.users.manage", "admin.access.ask"]}"#;
    let clerk = desk.house.custom_role(clerk).await;
    desk.house.set_role(desk.ulf, clerk).await;
    let mut ulf = desk.browser(ULF).await;
    let page = ulf.look(&path).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(!page.text.contains("From providers") && !page.text.contains("Staff"));
}

async fn ad_29_what_a_connection_may_do_in_products_is_reviewed_and_saved(db: TestDatabase) {
    let house = House::open(&db, ConnectionKind::Provisioning).await;
    let desk = &house.desk;
    let rights = || {
        let state = desk.house.account.state();
        let rights = state.connections().get(house.connection).unwrap().rights;
        (rights.configure_desk, rights.contact_admin)
    };
    let mut browser = desk.owner().await;
    let page = browser.look(&house.page).await;
    let form = page.form(&["name=\"configure_desk\""]);
    assert_eq!(form.value("contact_admin"), Some("yes"));
    let form = form.without("contact_admin");
    let review = form.send(&mut browser).await;
    let told = "Save what Directory may do in products?";
    assert!(review.text.contains(told), "{}", review.text);
    assert_eq!(rights(), (true, true));
    form.save(&mut browser).await;
    assert_eq!(rights(), (true, false));
    // What somebody else saved meanwhile is not overwritten unseen.
    let stale = form.with("contact_admin", "yes").send(&mut browser).await;
    assert_eq!(stale.status, StatusCode::CONFLICT, "{}", stale.text);
    for path in ["", "/mappings", "/groups"] {
        let page = browser.look(&format!("{}{path}", house.page)).await;
        assert!(page.text.contains("aria-current=\"page\">"), "{path}");
    }
}

async fn ad_24_a_token_that_ends_soon_is_said_on_the_first_page_until_a_later_one_is_there(
    db: TestDatabase,
) {
    let house = House::open(&db, ConnectionKind::Provisioning).await;
    let desk = &house.desk;
    let mut browser = desk.owner().await;
    let new = format!("{}/tokens/new", house.page);
    let first = browser
        .send(&new, &[("name", "Old key"), ("days", "90")])
        .await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.text);
    let warning = "The last token of Directory ends on";
    assert!(!browser.look("/").await.text.contains(warning));
    desk.house
        .advance(Duration::from_secs(61 * 24 * 60 * 60))
        .await;
    let mut browser = desk.browser(OWNER).await;
    let home = browser.look("/").await;
    assert!(home.main().contains(warning), "{}", home.text);
    let page = browser.look(&house.page).await;
    assert!(page.text.contains("ends in 29 days"), "{}", page.text);

    // Both work while the program is given the new one.
    programs::make(&mut browser, &new).await;
    let page = browser.look(&house.page).await;
    assert!(page.text.contains("2 tokens work."), "{}", page.text);
    let home = browser.look("/").await;
    // It lasts for as long as the warning does.
    assert!(home.main().contains(warning), "{}", home.text);
    browser
        .send(&new, &[("name", "New key"), ("days", "365")])
        .await;
    assert!(!browser.look("/").await.text.contains(warning));
}
