//! Of whom a second factor is asked, at a browser: of everybody on the page of the account, of those who hold a role on the role's.

use access::{Command, RoleId};
use axum::http::StatusCode;
use testkit::databases::TestDatabase;

use super::desk::{Desk, ULF};
use crate::getting_in::authenticator::Authenticator;

testkit::on_both![
    ad_8_a_second_factor_is_asked_of_everybody_on_the_page_of_the_account,
    ad_8_a_second_factor_is_asked_of_whoever_holds_a_role_on_the_roles_page,
    ad_6_an_admin_reads_what_is_asked_of_admins_and_sets_it_for_members,
];

fn is_asked(desk: &Desk, role: Option<RoleId>) -> bool {
    let state = desk.house.account.state();
    state.account().second_factor.is_set_for(role)
}

const ASK: [(&str, &str); 1] = [("factor", "ask")];
const NO_LONGER: [(&str, &str); 1] = [("factor", "ask_no_longer")];

async fn ad_8_a_second_factor_is_asked_of_everybody_on_the_page_of_the_account(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let mut owner = desk.owner().await;
    let (page, form) = ("/configure/account", "/configure/account/second-factor");
    let shown = owner.look(page).await;
    assert!(
        shown.text.contains("Ask everybody for it…"),
        "{}",
        shown.text
    );
    // Nobody below sets it (AD-6).
    let mut theirs = desk.browser(ULF).await;
    let before = desk.house.account.state().version();
    let refused = theirs.send(form, &ASK).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
    assert_eq!(desk.house.account.state().version(), before);
    let review = owner.send(form, &ASK).await;
    assert!(
        review.text.contains("Ask everybody for a second factor?"),
        "{}",
        review.text
    );
    assert!(
        review.text.contains("Nobody is locked out"),
        "{}",
        review.text
    );
    assert!(!is_asked(&desk, None), "it is looked at first");
    let (_, done) = owner.reviewed(form, &ASK).await;
    assert_eq!(done.leads_to(), page);
    assert!(is_asked(&desk, None));
    assert_eq!(theirs.look("/").await.leads_to(), "/account/second-factor");
    // Nor the one who asks, before there is a second factor of theirs.
    let own = "/account/second-factor";
    assert_eq!(owner.look(page).await.leads_to(), own);
    let app = Authenticator::of(&owner.look(own).await.text);
    owner.send(own, &[("code", &app.code(&desk.house))]).await;
    // Where everybody is asked, a role leaves nobody the choice.
    let role = format!("/access/roles/{}/settings", desk.id(RoleId::MEMBER));
    let shown = owner.look(&role).await;
    assert!(
        shown
            .text
            .contains("It is asked of everybody in this account.")
            && !shown.text.contains("to choose."),
        "{}",
        shown.text
    );
    let of_role = format!("{role}/second-factor");
    owner.reviewed(&of_role, &ASK).await;
    let review = owner.send(&of_role, &NO_LONGER).await;
    assert!(
        review.text.contains("still asked of everybody")
            && !review.text.contains("may take it off"),
        "{}",
        review.text
    );
    let review = owner.send(form, &NO_LONGER).await;
    assert!(
        review
            .text
            .contains("may take it off where their role does not ask for it"),
        "{}",
        review.text
    );
}

async fn ad_8_a_second_factor_is_asked_of_whoever_holds_a_role_on_the_roles_page(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let clerk = desk
        .house
        .custom_role(r#"{"name": "Clerk", "permissions": ["admin.licences.manage"]}"#)
        .await;
    desk.house.set_role(desk.ulf, clerk).await;
    let mut owner = desk.owner().await;
    let mut theirs = desk.browser(ULF).await;
    assert_eq!(theirs.look("/").await.status, StatusCode::OK);
    for role in [clerk, RoleId::ADMIN] {
        let page = format!("/access/roles/{}/settings", desk.id(role));
        let form = format!("{page}/second-factor");
        let shown = owner.look(&page).await;
        assert!(shown.text.contains("Ask them for it…"), "{}", shown.text);
        let (review, done) = owner.reviewed(&form, &ASK).await;
        assert!(review.text.contains("Ask whoever holds"), "{}", review.text);
        assert_eq!(done.leads_to(), page);
        assert!(is_asked(&desk, Some(role)) && !is_asked(&desk, None));
        let shown = owner.look(&page).await;
        assert!(
            shown
                .text
                .contains("It is asked of whoever holds this role"),
            "{}",
            shown.text
        );
    }
    assert_eq!(theirs.look("/").await.leads_to(), "/account/second-factor");
    let account = owner.look("/configure/account").await;
    assert!(
        account
            .text
            .contains("It is asked of whoever holds Admin or Clerk. Everybody else may choose.")
            && !account.text.contains("to choose."),
        "{}",
        account.text
    );
    let form = format!("/access/roles/{}/settings/second-factor", desk.id(clerk));
    owner.reviewed(&form, &NO_LONGER).await;
    assert!(!is_asked(&desk, Some(clerk)));
    assert_eq!(theirs.look("/").await.status, StatusCode::OK);
    // AD-25: a deleted role asks nobody.
    owner.reviewed(&form, &ASK).await;
    desk.by_owner(Command::DeleteRole {
        role: clerk,
        replacement: Some(RoleId::MEMBER),
    })
    .await;
    let account = owner.look("/configure/account").await;
    assert!(
        account
            .text
            .contains("It is asked of whoever holds Admin. "),
        "{}",
        account.text
    );
}

async fn ad_6_an_admin_reads_what_is_asked_of_admins_and_sets_it_for_members(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let mut admin = desk.browser(ULF).await;
    let settings = |role| format!("/access/roles/{}/settings", desk.id(role));
    let page = admin.look(&settings(RoleId::ADMIN)).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.text.contains("to choose.") && !page.text.contains("for it…"),
        "{}",
        page.text
    );
    let form = format!("{}/second-factor", settings(RoleId::ADMIN));
    let refused = admin.send(&form, &ASK).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.text.contains("Rule AD-6"), "{}", refused.text);
    assert!(!is_asked(&desk, Some(RoleId::ADMIN)));
    let form = format!("{}/second-factor", settings(RoleId::MEMBER));
    admin.reviewed(&form, &ASK).await;
    assert!(is_asked(&desk, Some(RoleId::MEMBER)));
}
