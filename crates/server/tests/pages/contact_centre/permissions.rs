//! Contact Center › Admin › General settings › Permissions (S4).

use access::{Permission, RoleId, Switch, state::Tie};
use axum::http::StatusCode;
use testkit::databases::TestDatabase;

use super::centre::{ANN, Centre, MAX, SUE};

testkit::on_both![
    cc_2_the_page_is_the_articles_and_for_contact_admins_alone,
    cc_2_a_save_shows_who_gains_and_who_loses_first,
    cc_2_an_unrelated_change_refuses_nothing_and_a_changed_row_is_shown,
    cc_4_whoever_is_logged_in_stays_and_is_counted,
    cc_9_the_fixed_switch_is_fixed_for_a_forged_form_too,
    section_4_super_admins_are_told_by_mail_that_the_limit_is_off,
    the_rail_leads_to_the_contact_centre_whoever_may_open_it,
];

const PAGE: &str = "/contact-centre/admin/permissions";
const PORTAL: &str = "supervisor.configuration_portal";

async fn cc_2_the_page_is_the_articles_and_for_contact_admins_alone(db: TestDatabase) {
    let centre = Centre::open(&db).await;
    let mut owner = centre.owner().await;
    let page = owner.look(PAGE).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let mut rest = page.main();
    // In the order of the article.
    for words in [
        "Organization",
        "Allow agents to log in to unassigned queues",
        "Supervisor",
        "Access to Contact Center Configuration Portal",
        "Limit access to assigned call queues",
        "View the settings of a call queue",
        "On, always",
        "Manage the settings of a call queue",
        "View pause reasons",
        "Manage pause reasons",
        "View skills and skills assignment of agents",
        "Manage skills and skills assignment of agents",
        "Agent",
        "Manage pre-recorded messages",
        "Manage public pre-written messages",
        "Create custom tags",
    ] {
        let at = rest
            .find(words)
            .unwrap_or_else(|| panic!("{words}: {rest}"));
        rest = &rest[at + words.len()..];
    }
    assert_eq!(
        page.text
            .matches("Needs access to the portal, which is off")
            .count(),
        5
    );
    assert_eq!(page.text.matches("Default: on.").count(), 1, "CC-8");
    assert!(page.text.contains("1 person in 1 queue"), "supervisors");
    // CC-2: hidden from supervisors, even with the portal.
    centre
        .set(Switch::SupervisorConfigurationPortal, true)
        .await;
    for email in [SUE, ANN, MAX] {
        let mut browser = centre.signed_in(email).await;
        let page = browser.look(PAGE).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{email}");
        let home = browser.look("/").await;
        assert!(!home.text.contains(PAGE));
        let before = centre.trace().await;
        let fields = [(&*format!("was.{PORTAL}"), "on")];
        let saved = browser.send(&format!("{PAGE}/supervisor"), &fields).await;
        assert_eq!(saved.status, StatusCode::FORBIDDEN, "{email}");
        assert_eq!(centre.trace().await, before, "a denied act leaves no trace");
    }
    let mut sue = centre.signed_in(SUE).await;
    let queues = sue.look("/contact-centre/queues").await;
    assert!(!queues.text.contains(PAGE), "{}", queues.text);
}

async fn cc_2_a_save_shows_who_gains_and_who_loses_first(db: TestDatabase) {
    let centre = Centre::open(&db).await;
    let mut owner = centre.owner().await;
    owner.look(PAGE).await;
    let open = Permission::ContactCentrePortalOpen;
    let fields = [(&*format!("was.{PORTAL}"), "off"), (PORTAL, "on")];
    let before = centre.trace().await;
    let review = owner.send(&format!("{PAGE}/supervisor"), &fields).await;
    assert!(
        review.text.contains("<b>1</b> gains access"),
        "{}",
        review.text
    );
    assert!(review.text.contains("off → on"), "{}", review.text);
    assert_eq!(centre.trace().await, before, "nothing is saved by looking");
    let mark = review.hidden("reviewed").map(str::to_owned).unwrap();
    let fields = [fields[0], fields[1], ("reviewed", &mark)];
    let done = owner.send(&format!("{PAGE}/supervisor"), &fields).await;
    assert_eq!(
        (done.status, done.leads_to()),
        (StatusCode::SEE_OTHER, PAGE),
        "{}",
        done.text
    );
    let now = centre.house.account.now();
    let state = centre.state();
    let sues = state.view(access::Subject::Person(centre.sue), now);
    assert!(sues.may(open, access::Target::Account));
    // Off again: Sue loses it.
    owner.look(PAGE).await;
    let was = [(&*format!("was.{PORTAL}"), "on")];
    let (review, _) = owner.reviewed(&format!("{PAGE}/supervisor"), &was).await;
    assert!(
        review.text.contains("<b>1</b> loses access"),
        "{}",
        review.text
    );
    assert!(!centre.state().switch(Switch::SupervisorConfigurationPortal));
}

async fn cc_2_an_unrelated_change_refuses_nothing_and_a_changed_row_is_shown(db: TestDatabase) {
    let centre = Centre::open(&db).await;
    let mut owner = centre.owner().await;
    owner.look(PAGE).await;
    let sent = [
        (&*format!("was.{PORTAL}"), "off"),
        (PORTAL, "on"),
        ("was.supervisor.limit_to_assigned", "on"),
        ("supervisor.limit_to_assigned", "on"),
    ];
    // Somebody else changes a row of the same form that is not changed here, and one of another section.
    centre.set(Switch::SupervisorLimitToAssigned, false).await;
    centre.set(Switch::AgentTagsCreate, true).await;
    let (_, done) = owner.reviewed(&format!("{PAGE}/supervisor"), &sent).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let state = centre.state();
    assert!(state.switch(Switch::SupervisorConfigurationPortal));
    assert!(
        !state.switch(Switch::SupervisorLimitToAssigned),
        "left as it is"
    );
    // And then the very row.
    owner.look(PAGE).await;
    let before = centre.trace().await;
    let again = owner.send(&format!("{PAGE}/supervisor"), &sent).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.text);
    let told = "Access to Contact Center Configuration Portal: now on";
    assert!(again.text.contains(told), "{}", again.text);
    assert_eq!(centre.trace().await, before);
}

async fn cc_4_whoever_is_logged_in_stays_and_is_counted(db: TestDatabase) {
    let centre = Centre::open(&db).await;
    let mut owner = centre.owner().await;
    centre.set(Switch::OrganisationUnassignedLogin, true).await;
    let queue = centre.queue;
    let idas = access::Actor::Person(centre.ida);
    centre
        .house
        .submit(idas, access::Command::LogIn { queue })
        .await;
    let page = owner.look(PAGE).await;
    assert!(
        page.text.contains("unassigned=true\">1 person</a>"),
        "{}",
        page.text
    );
    let was = [("was.organisation.unassigned_login", "on")];
    let path = format!("{PAGE}/organization");
    let (review, done) = owner.reviewed(&path, &was).await;
    assert!(
        review
            .text
            .contains("Whoever is logged in now stays: 1 person."),
        "{}",
        review.text
    );
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    assert!(!centre.state().switch(Switch::OrganisationUnassignedLogin));
    assert!(centre.has(
        centre.ida,
        |tie| matches!(tie, Tie::Login(of, _) if of == queue)
    ));
    let logged_in = owner
        .look("/contact-centre/logged-in?unassigned=true")
        .await;
    assert!(
        logged_in.text.contains("Logged in, not assigned"),
        "{}",
        logged_in.text
    );
}

async fn cc_9_the_fixed_switch_is_fixed_for_a_forged_form_too(db: TestDatabase) {
    let centre = Centre::open(&db).await;
    let mut owner = centre.owner().await;
    owner.look(PAGE).await;
    let before = centre.trace().await;
    for fields in [
        &[("was.supervisor.queue_view", "on")][..],
        &[
            ("was.agent.tags_create", "off"),
            ("agent.tags_create", "on"),
        ],
        &[("was.supervisor.skills_edit", "off"), ("is_admin", "on")],
    ] {
        let page = owner.send(&format!("{PAGE}/supervisor"), fields).await;
        assert!(page.status.is_client_error(), "{fields:?}: {}", page.text);
    }
    assert_eq!(centre.trace().await, before);
    assert!(centre.state().switch(Switch::SupervisorQueueView), "I-12");
}

async fn the_rail_leads_to_the_contact_centre_whoever_may_open_it(db: TestDatabase) {
    let centre = Centre::open(&db).await;
    let link = "href=\"/contact-centre/queues\"";
    for (email, is_led) in [
        (SUE, true),
        (ANN, true),
        (super::centre::IDA, false),
        (MAX, false),
    ] {
        let mut browser = centre.signed_in(email).await;
        let home = browser.look("/").await;
        assert_eq!(home.text.contains(link), is_led, "{email}");
        let page = browser.look("/contact-centre/queues").await;
        assert_eq!(page.status == StatusCode::OK, is_led, "{email}");
    }
    // CC-3: with the switch there is something for everybody with a licence.
    centre.set(Switch::OrganisationUnassignedLogin, true).await;
    let mut ida = centre.signed_in(super::centre::IDA).await;
    assert!(ida.look("/").await.text.contains(link));
}

/// RULES §4: widening *limit access* happens before the eyes of the other Super admins.
async fn section_4_super_admins_are_told_by_mail_that_the_limit_is_off(db: TestDatabase) {
    let centre = Centre::open(&db).await;
    centre.house.set_role(centre.max, RoleId::SUPER_ADMIN).await;
    centre.house.mails().await;
    let mut owner = centre.owner().await;
    owner.look(PAGE).await;
    let limit = "was.supervisor.limit_to_assigned";
    let told = async || {
        let mails = centre.house.mails().await;
        let told = mails
            .into_iter()
            .filter(|mail| mail.text.subject.contains("not theirs"));
        told.map(|mail| mail.to).collect::<Vec<_>>()
    };
    let page = format!("{PAGE}/supervisor");
    let (review, done) = owner.reviewed(&page, &[(limit, "on")]).await;
    assert!(review.text.contains("is told by mail"), "{}", review.text);
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert!(!centre.state().switch(Switch::SupervisorLimitToAssigned));
    let newest = centre.house.account.log_page(None, 1).await.unwrap();
    assert_eq!(newest[0].face, "pages", "AD-20: from where");
    assert_eq!(told().await, [MAX], "the others, and oneself is not");
    // That it was saved is said by the page that it leads to, and by no other one.
    let said = done
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    assert!(said.starts_with("__Host-done="), "{said}");
    owner.cookie = owner.cookie.map(|own| format!("{own}; {said}"));
    let page = owner.look(PAGE).await;
    assert!(page.text.contains("Saved"), "{}", page.text);
    assert!(page.header("set-cookie").starts_with("__Host-done=; "));
    // Looking, and switching it on again, tells nobody.
    centre.set(Switch::SupervisorLimitToAssigned, true).await;
    assert_eq!(told().await.len(), 1);
}
