//! A row is applied whole or not at all, and a person who is there keeps what the row does not name.

use access::state::{CustomerFacet, DeskRight, QueueKind, Tie};
use access::{Actor, Command, PersonId, PublicId, QueueId, Window};
use ledger::{Change, Field, Of, Options, ProfileWrite};
use testkit::databases::TestDatabase;

use crate::desk::{Desk, desk, told};

testkit::on_both![
    a_row_that_is_refused_leaves_the_profile_as_it_was,
    a_row_whose_profile_may_not_be_edited_gives_nothing_else,
    an_address_that_is_only_spelt_otherwise_changes_nothing,
    without_a_kind_somebody_who_is_there_stays_what_they_are,
    what_is_for_users_is_told_of_before_anything_is_made_for_it,
    ad_14_what_a_rule_refuses_is_told_with_the_column_that_asked_for_it,
];

fn row(desk: &Desk, person: PersonId) -> access::state::Person {
    desk.account.state().people().get(person).unwrap().clone()
}

async fn a_row_that_is_refused_leaves_the_profile_as_it_was(db: TestDatabase) {
    let desk = desk(db).await;
    desk.rows("email,name,kind\nbo@meridian.example,Bo Berg,user\n")
        .await;
    let version = desk.account.state().version();
    // AD-14: the one licence that came with the account is the first user's.
    let report = desk
        .rows("email,name,kind,licences\nbo@meridian.example,Bo Borg,user,service_desk\n")
        .await;
    assert_eq!((report.rejected, report.changed), (1, 0));
    assert_eq!(told(&report), ["2 licences"]);
    let name = desk.value("bo@meridian.example", Field::Name).await;
    assert_eq!(name.as_deref(), Some("Bo Berg"));
    assert_eq!(desk.account.state().version(), version);
}

async fn a_row_whose_profile_may_not_be_edited_gives_nothing_else(db: TestDatabase) {
    let desk = desk(db).await;
    desk.rows(
        "email,name,kind\nbo@meridian.example,Bo Berg,user\ncy@meridian.example,Cy Noor,both\n",
    )
    .await;
    let bo = desk.person("bo@meridian.example").await.unwrap();
    let cy = desk.person("cy@meridian.example").await.unwrap();
    let right = Command::Tie {
        person: cy,
        tie: Tie::DeskRight(DeskRight::Configure),
        window: Window::ALWAYS,
    };
    desk.submit(desk.owner, right).await;
    // Cy may make anybody a customer, and edits no user (AD-24).
    let file = desk.file(
        "customers.csv",
        "email,name,kind\nbo@meridian.example,Bo Borg,customer\n",
    );
    let report = desk
        .import_as(Actor::Person(cy), file, |_| {})
        .await
        .unwrap();
    assert_eq!((report.rejected, report.changed), (1, 0));
    assert_eq!(row(&desk, bo).customer, CustomerFacet::Absent);
    let name = desk.value("bo@meridian.example", Field::Name).await;
    assert_eq!(name.as_deref(), Some("Bo Berg"));
}

async fn an_address_that_is_only_spelt_otherwise_changes_nothing(db: TestDatabase) {
    let desk = desk(db).await;
    desk.rows("email\nAnn@Orchard.example\n").await;
    let version = desk.account.state().version();
    let report = desk.rows("email\nann@orchard.example\n").await;
    assert_eq!((report.unchanged, report.changed), (1, 0));
    assert_eq!(desk.account.state().version(), version);
}

async fn without_a_kind_somebody_who_is_there_stays_what_they_are(db: TestDatabase) {
    let desk = desk(db).await;
    desk.rows("email,kind\nbo@meridian.example,user\n").await;
    let bo = desk.person("bo@meridian.example").await.unwrap();
    let report = desk
        .rows("email,title,services\nbo@meridian.example,Technician,Payroll\nann@orchard.example,,Payroll\n")
        .await;
    assert_eq!((report.changed, report.added), (1, 1));
    assert_eq!(row(&desk, bo).customer, CustomerFacet::Absent);
    let title = desk.value("bo@meridian.example", Field::Title).await;
    assert_eq!(title.as_deref(), Some("Technician"));
    let ann = desk.person("ann@orchard.example").await.unwrap();
    assert!(row(&desk, ann).is_customer(), "somebody new is a customer");
}

async fn what_is_for_users_is_told_of_before_anything_is_made_for_it(db: TestDatabase) {
    let desk = desk(db).await;
    desk.rows("email,kind\nbo@meridian.example,user\n").await;
    let text = "email,kind,groups,portal_level,licences,account_role,user_groups\n\
        ann@orchard.example,customer,Night crew,,,,\n\
        bo@meridian.example,,,standard,,,\n\
        cy@orchard.example,,,,service_desk,,\n\
        dee@orchard.example,,,,,Member,\n\
        eve@orchard.example,,,,,,North\n";
    let version = desk.account.state().version();
    let file = desk.file("people.csv", text);
    let report = desk
        .import(file, |import| import.create_missing = true)
        .await;
    let columns = [
        "2 groups",
        "3 portal_level",
        "4 licences",
        "5 account_role",
        "6 user_groups",
    ];
    assert_eq!(
        (report.created, told(&report)),
        (0, columns.map(str::to_owned).into())
    );
    assert_eq!(desk.account.state().version(), version);
    // Somebody who is a user already is one in a row about the customer too.
    let text = "email,kind,groups\nbo@meridian.example,customer,Night crew\n";
    let file = desk.file("people.csv", text);
    let report = desk
        .import(file, |import| import.create_missing = true)
        .await;
    assert_eq!((report.changed, report.created, report.rejected), (1, 1, 0));
}

async fn ad_14_what_a_rule_refuses_is_told_with_the_column_that_asked_for_it(db: TestDatabase) {
    let desk = desk(db).await;
    let id = PublicId::<QueueId>::new(desk.account.engine().new_uuid());
    let kind = QueueKind::Call;
    let named = ProfileWrite::new(Of::public(id)).set(Field::Name, "Helpline");
    let change = Change::from(Command::CreateQueue { id, kind }).with_profile(named);
    let made = desk
        .account
        .submit(desk.owner, change, Options::untold("tests"));
    made.await.unwrap();
    let version = desk.account.state().version();
    // Without a licence, without a seat left, without being an Agent.
    let text = "email,kind,queues,licences,product_roles\n\
        bo@meridian.example,user,Helpline:agent,,\n\
        cy@meridian.example,user,,service_desk,\n\
        dee@meridian.example,user,,,remote_support.unattended.access\n";
    let columns = ["2 queues", "3 licences", "4 product_roles"];
    for dry_run in [true, false] {
        let file = desk.file("people.csv", text);
        let report = desk.import(file, |import| import.dry_run = dry_run).await;
        assert_eq!(
            (report.added, told(&report)),
            (0, columns.map(str::to_owned).into())
        );
        assert_eq!(desk.account.state().version(), version);
    }
}
