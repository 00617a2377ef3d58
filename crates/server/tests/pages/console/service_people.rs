//! Configure › Services › [service] › People.

use access::{
    Command, PersonId, PublicId, ServiceId,
    state::{DeskRight, ServiceLevel, Tie},
};
use axum::http::StatusCode;
use ledger::{Change, Field, Of, ProfileWrite};
use testkit::databases::TestDatabase;

use crate::browser::{Browser, House, OWNER};

testkit::on_both![
    sd_2_a_level_is_chosen_kept_reviewed_and_saved,
    sd_18_saving_a_tab_never_touches_another,
    a_draft_is_its_owners_alone_and_can_be_discarded,
    i_6_what_moved_since_the_review_is_shown_again_and_not_saved,
    somebody_elses_change_of_a_row_is_told_before_it_is_overwritten,
    whoever_configures_nothing_finds_no_page_and_leaves_no_draft,
    one_level_is_chosen_for_all_that_match,
    sd_18_what_is_chosen_for_all_is_what_the_tab_lists,
    sd_26_of_a_search_that_is_gone_nothing_is_listed_or_chosen,
    sd_18_a_draft_ends_with_the_right,
    ad_27_whoever_views_as_somebody_has_no_draft_of_either,
];

const CONFIGURES: Tie = Tie::DeskRight(DeskRight::Configure);

struct World {
    house: House,
    service: ServiceId,
    path: String,
    ulf: PersonId,
}

impl World {
    async fn open(db: &TestDatabase) -> Self {
        let house = House::open(db).await;
        // A second user: the first one alone passes every gate (AD-17).
        let ulf = house.user("ulf@example.net").await;
        let id = PublicId::<ServiceId>::new(house.engine.new_uuid());
        let make = Command::CreateService {
            id,
            first_administrator: house.owner,
        };
        let named = ProfileWrite::new(Of::public(id)).set(Field::Name, "Payroll");
        house
            .submit(house.owners(), Change::from(make).with_profile(named))
            .await;
        // SD-7: without a licence nothing that is set opens anything.
        let state = house.account.state();
        let mut licences = state.licences().iter();
        let licence = licences.find(|(_, row)| row.product == access::Product::ServiceDesk);
        let (licence, _) = licence.unwrap();
        let seats = Command::SetLicenceSeats { licence, seats: 5 };
        house.submit(house.owners(), seats).await;
        let give = Command::Tie {
            person: ulf,
            tie: Tie::Licence(licence),
            window: access::Window::ALWAYS,
        };
        house.submit(house.owners(), give).await;
        Self {
            service: house.account.state().resolve(id).unwrap(),
            path: format!("/configure/services/{id}"),
            ulf,
            house,
        }
    }

    fn id(&self, person: PersonId) -> String {
        self.house
            .account
            .state()
            .public(person)
            .unwrap()
            .to_string()
    }

    fn level(&self, person: PersonId) -> Option<ServiceLevel> {
        let state = self.house.account.state();
        let row = state.people().get(person).unwrap();
        row.ties.iter().find_map(|tie| match *tie {
            Tie::Service(service, level) if service == self.service => Some(level),
            _ => None,
        })
    }

    /// Ulf, who may configure the desk too.
    async fn configures(&self) -> Browser {
        let give = Command::Tie {
            person: self.ulf,
            tie: CONFIGURES,
            window: access::Window::ALWAYS,
        };
        self.house.submit(self.house.owners(), give).await;
        let mut browser = self.house.signed_in("ulf@example.net").await;
        browser.look(&self.path).await;
        browser
    }

    async fn owner(&self) -> Browser {
        let mut browser = self.house.signed_in(OWNER).await;
        browser.look(&self.path).await;
        browser
    }
}

async fn sd_2_a_level_is_chosen_kept_reviewed_and_saved(db: TestDatabase) {
    let world = World::open(&db).await;
    let (id, form) = (world.id(world.ulf), format!("{}/users", world.path));
    let mut browser = world.owner().await;
    let page = browser.look(&world.path).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.main().contains("Ulf User") && page.main().contains("Olga Owner"));

    // Kept as a draft: shown as changed, and nothing is saved.
    let row = (id.as_str(), "user.none");
    let kept = browser.send(&form, &[row, ("to", "filter")]).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
    let page = browser.look(&world.path).await;
    assert!(page.text.contains(r#"<tr class="changed">"#) && page.text.contains("1 change"));
    assert_eq!(world.level(world.ulf), None);

    // Reviewed, from the draft alone: who, and from what to what.
    let review = browser.send(&format!("{form}/save"), &[]).await;
    assert_eq!(review.status, StatusCode::OK);
    assert!(
        review.text.contains("Save 1 change to Payroll?"),
        "{}",
        review.text
    );
    assert!(review.main().contains("Ulf User") && review.text.contains("</span>No access</del>"));
    assert_eq!(world.level(world.ulf), None);

    let seen = review.hidden("reviewed").unwrap().to_owned();
    let saved = browser
        .send(&format!("{form}/save"), &[("reviewed", &seen)])
        .await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    assert_eq!(world.level(world.ulf), Some(ServiceLevel::User));
    let page = browser.look(&world.path).await;
    assert!(page.text.contains("No changes") && !page.text.contains(r#"<tr class="changed">"#));
}

async fn sd_18_saving_a_tab_never_touches_another(db: TestDatabase) {
    let world = World::open(&db).await;
    let id = world.id(world.ulf);
    let mut browser = world.owner().await;
    browser
        .send(
            &format!("{}/users", world.path),
            &[(&id, "administrator.none")],
        )
        .await;
    let saved = browser
        .send(&format!("{}/groups/save", world.path), &[])
        .await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER);
    assert_eq!(world.level(world.ulf), None);
    let page = browser.look(&world.path).await;
    assert!(
        page.text.contains("1 change"),
        "the draft of the other tab is still there"
    );
}

async fn a_draft_is_its_owners_alone_and_can_be_discarded(db: TestDatabase) {
    let world = World::open(&db).await;
    let (id, form) = (world.id(world.ulf), format!("{}/users", world.path));
    let mut browser = world.owner().await;
    browser.send(&form, &[(&id, "user.none")]).await;
    let mut other = world.configures().await;
    let page = other.look(&world.path).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        !page.text.contains(r#"<tr class="changed">"#),
        "{}",
        page.text
    );
    browser.send(&format!("{form}/discard"), &[]).await;
    assert_eq!(world.house.rows("drafts").await, 0);
}

async fn i_6_what_moved_since_the_review_is_shown_again_and_not_saved(db: TestDatabase) {
    let world = World::open(&db).await;
    let (id, save) = (world.id(world.ulf), format!("{}/users/save", world.path));
    let mut browser = world.owner().await;
    let row = (id.as_str(), "administrator.none");
    let review = browser.send(&save, &[row]).await;
    let seen = review.hidden("reviewed").unwrap().to_owned();
    let meanwhile = Command::SaveUsersTab {
        service: world.service,
        rows: vec![(world.ulf, Some(ServiceLevel::User))],
    };
    world.house.submit(world.house.owners(), meanwhile).await;
    let again = browser.send(&save, &[row, ("reviewed", &seen)]).await;
    assert_eq!(again.status, StatusCode::OK);
    assert!(
        again.text.contains("Something changed since you looked."),
        "{}",
        again.text
    );
    assert_eq!(world.level(world.ulf), Some(ServiceLevel::User));
    let seen = again.hidden("reviewed").unwrap().to_owned();
    let saved = browser.send(&save, &[row, ("reviewed", &seen)]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER);
    assert_eq!(world.level(world.ulf), Some(ServiceLevel::Administrator));
}

async fn somebody_elses_change_of_a_row_is_told_before_it_is_overwritten(db: TestDatabase) {
    let world = World::open(&db).await;
    let (id, form) = (world.id(world.ulf), format!("{}/users", world.path));
    let mut browser = world.owner().await;
    browser.send(&form, &[(&id, "administrator.none")]).await;
    let meanwhile = Command::SaveUsersTab {
        service: world.service,
        rows: vec![(world.ulf, Some(ServiceLevel::User))],
    };
    world.house.submit(world.house.owners(), meanwhile).await;
    let review = browser.send(&format!("{form}/save"), &[]).await;
    let told = "Somebody else changed Ulf User since you chose: it was No access, and is User now.";
    assert!(review.text.contains(told), "{}", review.text);
}

async fn whoever_configures_nothing_finds_no_page_and_leaves_no_draft(db: TestDatabase) {
    let world = World::open(&db).await;
    let id = world.id(world.ulf);
    world
        .house
        .set_role(world.ulf, access::RoleId::MEMBER)
        .await;
    let level = Command::SaveUsersTab {
        service: world.service,
        rows: vec![(world.ulf, Some(ServiceLevel::Administrator))],
    };
    world.house.submit(world.house.owners(), level).await;
    let mut browser = world.house.signed_in("ulf@example.net").await;
    let home = browser.look("/").await;
    assert!(
        !home.text.contains("/configure/services"),
        "no link leads there"
    );
    browser.look("/account/sessions").await;
    let page = browser.look(&world.path).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    let kept = browser
        .send(&format!("{}/users", world.path), &[(&id, "user.none")])
        .await;
    assert_eq!(kept.status, StatusCode::FORBIDDEN);
    assert_eq!(world.house.rows("drafts").await, 0);
}

async fn one_level_is_chosen_for_all_that_match(db: TestDatabase) {
    let world = World::open(&db).await;
    let form = format!("{}/users", world.path);
    let mut browser = world.owner().await;
    let fields = [("choose", "user"), ("level", "none")];
    let chosen = browser.send(&format!("{form}/all"), &fields).await;
    assert_eq!(chosen.status, StatusCode::SEE_OTHER, "{}", chosen.text);
    let saved = browser.save(&format!("{form}/save"), &[]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    assert_eq!(world.level(world.ulf), Some(ServiceLevel::User));
    assert_eq!(
        world.level(world.house.owner),
        Some(ServiceLevel::Administrator)
    );
}

/// A company is found by its own id too, and not by letters within a word; by typing, the same are listed and chosen.
async fn sd_18_what_is_chosen_for_all_is_what_the_tab_lists(db: TestDatabase) {
    let world = World::open(&db).await;
    for (name, own) in [("Acme", "K-17"), ("Kiel Works", "Z-1"), ("Blak", "Z-2")] {
        let id = PublicId::<access::CompanyId>::new(world.house.engine.new_uuid());
        let profile = ProfileWrite::new(Of::public(id))
            .set(Field::Name, name)
            .set(Field::ExternalId, own);
        let make = Change::from(Command::CreateCompany { id }).with_profile(profile);
        world.house.submit(world.house.owners(), make).await;
    }
    let form = format!("{}/companies", world.path);
    let mut browser = world.owner().await;
    let sent = browser.send(&form, &[("q", "k"), ("to", "filter")]).await;
    let path = sent.leads_to().to_owned();
    let page = browser.look(&path).await;
    let rows = page.text.matches("<fieldset").count();
    assert!(page.text.contains("Acme") && page.text.contains("Kiel Works"));
    assert!(!page.text.contains("Blak"), "{}", page.text);
    assert_eq!(rows, 2, "{}", page.text);
    let view = page.hidden("view").unwrap().to_owned();
    let fields = [("choose", "full"), ("view", view.as_str())];
    let chosen = browser.send(&format!("{form}/all"), &fields).await;
    assert_eq!(chosen.status, StatusCode::SEE_OTHER, "{}", chosen.text);
    assert_eq!(world.house.rows("drafts").await, 2);
}

async fn sd_26_of_a_search_that_is_gone_nothing_is_listed_or_chosen(db: TestDatabase) {
    let world = World::open(&db).await;
    let mut browser = world.owner().await;
    for tab in ["users", "companies"] {
        let form = format!("{}/{tab}", world.path);
        let shown = match tab {
            "users" => world.path.clone(),
            _ => form.clone(),
        };
        let page = browser.look(&format!("{shown}?view=0123456789")).await;
        assert!(page.text.contains("This search is over."), "{}", page.text);
        assert!(!page.text.contains("<fieldset"), "{}", page.text);
        let choose = if tab == "users" { "user" } else { "full" };
        let fields = [("choose", choose), ("view", "0123456789")];
        let refused = browser.send(&format!("{form}/all"), &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("not kept any more"));
    }
    assert_eq!(world.house.rows("drafts").await, 0);
}

async fn sd_18_a_draft_ends_with_the_right(db: TestDatabase) {
    let world = World::open(&db).await;
    let id = world.id(world.ulf);
    let form = format!("{}/users", world.path);
    let mut owner = world.owner().await;
    owner.send(&form, &[(&id, "user.none")]).await;
    let mut ulf = world.configures().await;
    let kept = ulf.send(&form, &[(&id, "user.none")]).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
    assert_eq!(world.house.rows("drafts").await, 2);
    let take = Command::Untie {
        person: world.ulf,
        tie: CONFIGURES,
    };
    world.house.submit(world.house.owners(), take).await;
    world.house.engine.forget_what_is_over().await.unwrap();
    world.configures().await;
    assert_eq!(world.house.rows("drafts").await, 1, "the owner's is left");
    let page = ulf.look(&world.path).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("No changes"), "{}", page.text);
}

async fn ad_27_whoever_views_as_somebody_has_no_draft_of_either(db: TestDatabase) {
    let world = World::open(&db).await;
    let (id, form) = (world.id(world.ulf), format!("{}/users", world.path));
    let mut ulf = world.configures().await;
    let row = [(id.as_str(), "user.none")];
    let kept = ulf.send(&form, &row).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
    let mut owner = world.owner().await;
    owner.send(&form, &[(&id, "administrator.none")]).await;
    let path = format!("/people/{id}");
    owner.look(&path).await;
    let begun = owner.send(&format!("{path}/view-as"), &[]).await;
    assert_eq!(begun.leads_to(), "/", "{}", begun.text);
    let page = owner.look(&world.path).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(!page.text.contains(r#"<tr class="changed">"#) && page.text.contains("No changes"));
    for to in ["", "/save", "/discard"] {
        let refused = owner.send(&format!("{form}{to}"), &row).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{to}");
    }
    assert_eq!(world.house.rows("drafts").await, 2, "both are as they were");
}
