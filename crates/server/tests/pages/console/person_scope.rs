//! For whom a right counts: what is ticked is never ignored, and the question names the scope.

use access::{
    Command,
    Permission::AdminUsersManage,
    PermissionSet, RoleId, UserGroupId,
    state::{PeopleScope, Tie},
};
use axum::http::StatusCode;
use testkit::databases::TestDatabase;

use super::desk::Desk;
use crate::{
    browser::{Browser, Seen},
    filled::Filled,
};

testkit::on_both![
    ad_12_a_ticked_group_is_never_ignored,
    ad_12_a_role_that_has_no_scope_takes_no_groups,
    ad_9_an_extra_grant_is_not_given_for_more_than_is_ticked,
    ad_10_a_limited_admin_is_not_made_for_more_than_is_ticked,
];

const IN_VAIN: &str = "Choose “For the people of these user groups”, or untick the groups.";

struct Scene {
    desk: Desk,
    keeper: RoleId,
    night: UserGroupId,
    owner: Browser,
    roles: String,
}

impl Scene {
    async fn open(db: &TestDatabase) -> Self {
        let desk = Desk::open(db).await;
        desk.house.set_role(desk.ulf, RoleId::MEMBER).await;
        let permissions = PermissionSet::of(&[AdminUsersManage]);
        let keeper = desk
            .named("Keeper", |id| Command::CreateRole { id, permissions })
            .await;
        let night = desk
            .named("Night crew", |id| Command::CreateUserGroup {
                id,
                parent: None,
            })
            .await;
        Self {
            owner: desk.owner().await,
            roles: format!("/people/{}/roles", desk.id(desk.ulf)),
            desk,
            keeper,
            night,
        }
    }

    /// Sends a form that is refused: it comes back, and leaves no trace.
    async fn refused(&mut self, form: Filled) -> Seen {
        let before = self.desk.house.account.state().version();
        let again = form.send(&mut self.owner).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(self.desk.house.account.state().version(), before);
        again
    }

    fn scope(&self) -> (RoleId, PeopleScope) {
        let state = self.desk.house.account.state();
        let row = state.people().get(self.desk.ulf).unwrap();
        (row.account_role, row.extras().role_scope.clone())
    }
}

async fn ad_12_a_ticked_group_is_never_ignored(db: TestDatabase) {
    let mut scene = Scene::open(&db).await;
    let group = format!("group.{}", scene.desk.id(scene.night));
    let form = scene.owner.look(&scene.roles).await.form(&["account_role"]);
    let form = form
        .with("on", &scene.desk.id(scene.keeper))
        .with(&group, "yes");
    let again = scene.refused(form).await;
    // At the top and at the field, and nothing of it is gone.
    assert_eq!(again.main().matches(IN_VAIN).count(), 2, "{}", again.text);
    assert_eq!(scene.scope().0, RoleId::MEMBER, "nothing was saved");
    let back = again.form(&["account_role"]);
    assert_eq!(back.value(&group), Some("yes"));
    assert_eq!(back.value("on"), Some(scene.desk.id(scene.keeper).as_str()));
    let review = back.with("scope", "groups").send(&mut scene.owner).await;
    assert!(
        review.text.contains(
            "Give Ulf User the account role Keeper for the people of Night crew and below?"
        ),
        "{}",
        review.text
    );
    let saved = review.form(&["reviewed"]).send(&mut scene.owner).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let scope = PeopleScope::UserGroups(vec![scene.night]);
    assert_eq!(scene.scope(), (scene.keeper, scope));
    // Nor is a group that stands there, where the choice above is changed alone.
    let form = scene.owner.look(&scene.roles).await.form(&["account_role"]);
    let for_all = form.clone().with("scope", "all");
    scene.refused(for_all).await;
    let review = form.without(&group).with("scope", "all");
    let review = review.send(&mut scene.owner).await;
    let asked = "Give Ulf User the account role Keeper for the whole account?";
    assert!(review.text.contains(asked), "{}", review.text);
}

async fn ad_12_a_role_that_has_no_scope_takes_no_groups(db: TestDatabase) {
    let mut scene = Scene::open(&db).await;
    let group = format!("group.{}", scene.desk.id(scene.night));
    let form = scene.owner.look(&scene.roles).await.form(&["account_role"]);
    let form = form
        .with("on", &scene.desk.id(RoleId::ADMIN))
        .with("scope", "groups")
        .with(&group, "yes");
    let again = scene.refused(form).await;
    assert!(again.main().contains("Only a custom role counts"));
    assert_eq!(scene.scope().0, RoleId::MEMBER);
}

async fn ad_9_an_extra_grant_is_not_given_for_more_than_is_ticked(db: TestDatabase) {
    let mut scene = Scene::open(&db).await;
    let group = format!("group.{}", scene.desk.id(scene.night));
    let page = scene.owner.look(&scene.roles).await;
    let form = page.form(&["give_extra_grant"]);
    let form = form.with("on", AdminUsersManage.key()).with(&group, "yes");
    let again = scene.refused(form).await;
    assert!(again.main().contains(IN_VAIN), "{}", again.text);
    let back = again.form(&["give_extra_grant"]);
    assert_eq!(back.value("on"), Some(AdminUsersManage.key()));
    let review = back.with("scope", "groups").send(&mut scene.owner).await;
    assert!(
        review
            .text
            .contains("for the people of Night crew and below?"),
        "{}",
        review.text
    );
    // It reaches people: that they could do it to themselves goes without saying.
    assert!(!review.main().contains("on Ulf User"), "{}", review.text);
}

async fn ad_10_a_limited_admin_is_not_made_for_more_than_is_ticked(db: TestDatabase) {
    let mut scene = Scene::open(&db).await;
    scene.desk.tie(scene.desk.ulf, Tie::Agent).await;
    let group = format!("group.{}", scene.desk.id(scene.night));
    let page = scene.owner.look(&scene.roles).await;
    let form = page.form(&["account_admin"]).with(&group, "yes");
    let limited = form.clone().with("value", "limited");
    let again = scene.refused(limited).await;
    assert!(again.main().contains(IN_VAIN), "{}", again.text);
    let back = again.form(&["account_admin"]);
    assert_eq!(back.value("value"), Some("limited"));
    let full = form.with("value", "full").with("scope", "groups");
    let again = scene.refused(full).await;
    assert!(again.main().contains("Only a limited account admin"));
}
