//! Import on a real database: what is applied, what is rejected and where, and that a second run changes nothing.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod desk;
mod forms;
mod mending;
mod rehearsal;
mod stops;
mod whole_rows;

use access::state::{PortalLevel, ServiceLevel, Tie};
use access::{Actor, Command, PersonId};
use ledger::Options;
use people::import::Mapping;
use testkit::databases::TestDatabase;

use crate::desk::{desk, told};

testkit::on_both![
    rows_become_people_with_what_belongs_to_them,
    a_second_run_changes_nothing,
    rows_in_error_are_told_by_line_column_and_reason_and_the_others_are_applied,
    a_dry_run_says_the_same_and_changes_nothing,
    ad_7_an_import_gives_nothing_that_its_actor_could_not_give,
    json_lines_and_mapped_columns_read_the_same,
    an_unknown_column_stops_the_import_before_its_first_row,
    ad_15_new_users_are_sent_a_link_where_that_is_asked_for,
];

const PEOPLE: &str = "\
email,name,kind,company,services,portal_level
ann@orchard.example,Ann Lee,customer,Orchard,Payroll:portal,standard
bo@meridian.example,Bo Berg,user,,Payroll:administrator,
cy@orchard.example,Cy Noor,customer,Orchard,,company_admin
";

async fn rows_become_people_with_what_belongs_to_them(db: TestDatabase) {
    let desk = desk(db).await;
    let file = desk.file("people.csv", PEOPLE);
    let report = desk
        .import(file, |import| import.create_missing = true)
        .await;
    assert_eq!(
        (report.rows, report.added, report.rejected, report.created),
        (3, 3, 0, 1)
    );
    let state = desk.account.state();
    let row = |person: PersonId| state.people().get(person).unwrap();
    let ann = desk.person("ANN@orchard.example").await.unwrap();
    let company = row(ann).company.unwrap();
    assert_eq!(row(ann).portal_level, PortalLevel::Standard);
    assert_eq!(
        row(desk.person("cy@orchard.example").await.unwrap()).company,
        Some(company)
    );
    let bo = desk.person("bo@meridian.example").await.unwrap();
    assert!(
        row(bo)
            .ties
            .has(Tie::Service(desk.payroll, ServiceLevel::Administrator))
    );
}

async fn a_second_run_changes_nothing(db: TestDatabase) {
    let desk = desk(db).await;
    let file = desk.file("people.csv", PEOPLE);
    desk.import(file.clone(), |import| import.create_missing = true)
        .await;
    let version = desk.account.state().version();
    let report = desk
        .import(file, |import| import.create_missing = true)
        .await;
    assert_eq!(
        (
            report.unchanged,
            report.added,
            report.changed,
            report.created
        ),
        (3, 0, 0, 0)
    );
    assert_eq!(desk.account.state().version(), version);
}

async fn rows_in_error_are_told_by_line_column_and_reason_and_the_others_are_applied(
    db: TestDatabase,
) {
    let desk = desk(db).await;
    let text = "email,services,kind\nno address,,\nann@orchard.example,Pairoll,\nbo@orchard.example,,guest\n\
        cy@orchard.example,Payroll,customer\nCY@orchard.example,,\n";
    let report = desk.import(desk.file("people.csv", text), |_| {}).await;
    assert_eq!((report.rows, report.added, report.rejected), (5, 1, 4));
    assert_eq!(
        told(&report),
        ["2 email", "3 services", "4 kind", "6 email"]
    );
    let rejects = std::fs::read_to_string(report.rejects.unwrap()).unwrap();
    assert!(rejects.contains("Pairoll"));
}

async fn a_dry_run_says_the_same_and_changes_nothing(db: TestDatabase) {
    let desk = desk(db).await;
    let version = desk.account.state().version();
    let text = "email,kind\nann@orchard.example,customer\nbo@orchard.example,guest\n";
    let report = desk
        .import(desk.file("people.csv", text), |import| {
            import.dry_run = true
        })
        .await;
    assert_eq!((report.rows, report.added, report.rejected), (2, 1, 1));
    assert_eq!(desk.account.state().version(), version);
    assert_eq!(desk.person("ann@orchard.example").await, None);
}

async fn ad_7_an_import_gives_nothing_that_its_actor_could_not_give(db: TestDatabase) {
    let desk = desk(db).await;
    desk.import(
        desk.file("first.csv", "email,kind\nbo@meridian.example,user\n"),
        |_| {},
    )
    .await;
    let bo = desk.person("bo@meridian.example").await.unwrap();
    let accept = Command::AcceptInvitation { person: bo };
    let sign_in = Actor::System(access::command::SystemSubject::SignIn);
    desk.account
        .submit(sign_in, accept, Options::untold("tests"))
        .await
        .unwrap();
    let text = "email,kind,account_role\neve@meridian.example,user,Super admin\nbo@meridian.example,user,Admin\n";
    let version = desk.account.state().version();
    let report = desk
        .import_as(Actor::Person(bo), desk.file("climb.csv", text), |_| {})
        .await
        .unwrap();
    assert_eq!((report.rejected, report.added, report.changed), (2, 0, 0));
    assert_eq!(desk.account.state().version(), version);
}

async fn json_lines_and_mapped_columns_read_the_same(db: TestDatabase) {
    let desk = desk(db).await;
    let text = "{\"Mail\": \"ann@orchard.example\", \"name\": \"Ann Lee\", \"services\": [\"Payroll:portal\"]}\n\n";
    let report = desk
        .import(desk.file("people.jsonl", text), |import| {
            import.mapping = Mapping::parse(["email=mail"]).unwrap()
        })
        .await;
    assert_eq!((report.rows, report.added), (1, 1));
    assert!(desk.person("ann@orchard.example").await.is_some());
}

async fn an_unknown_column_stops_the_import_before_its_first_row(db: TestDatabase) {
    let desk = desk(db).await;
    let file = desk.file("people.csv", "email,shoe size\nann@orchard.example,39\n");
    let error = desk.import_as(desk.owner, file, |_| {}).await.unwrap_err();
    assert!(error.to_string().contains("shoe size"), "{error}");
    assert_eq!(desk.person("ann@orchard.example").await, None);
}

async fn ad_15_new_users_are_sent_a_link_where_that_is_asked_for(db: TestDatabase) {
    let desk = desk(db).await;
    let (before, after) = (
        desk.file("before.csv", "email,kind\ndi@meridian.example,user\n"),
        desk.file(
            "people.csv",
            &format!("{PEOPLE}di@meridian.example,,user,,,\n"),
        ),
    );
    desk.import(before, |_| {}).await;
    let waiting = async || desk.account.engine().waiting_mails().await.unwrap();
    assert_eq!(waiting().await, 0, "not unless it is asked for");
    for (dry_run, mails) in [(true, 0), (false, 1), (false, 1)] {
        desk.import(after.clone(), |import| {
            import.create_missing = true;
            import.send_invitations = true;
            import.dry_run = dry_run;
        })
        .await;
        // To the one who becomes a user by it: not to customers, and not to a user who was there.
        assert_eq!(waiting().await, mails);
    }
    let bo = desk.person("bo@meridian.example").await.unwrap();
    let sent = desk
        .account
        .sent_link(bo, ledger::Purpose::Invitation)
        .await;
    assert!(sent.unwrap().unwrap().expires_at.is_some());
    // AD-24: nor to somebody who comes switched off.
    let off = "email,kind,deactivated\neli@meridian.example,user,user\n";
    let off = desk.file("off.csv", off);
    desk.import(off, |import| import.send_invitations = true)
        .await;
    assert!(desk.person("eli@meridian.example").await.is_some());
    assert_eq!(waiting().await, 1);
}
