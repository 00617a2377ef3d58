//! A dry run answers what the real run then does, and changes nothing.

use access::{Command, Product};
use people::import::{Import, Report};
use testkit::databases::TestDatabase;

use crate::desk::{Desk, desk};

testkit::on_both![
    companies_and_groups_that_would_be_made_are_there_for_the_rows_that_need_them,
    people_who_are_there_count_as_changed_by_whatever_changes,
    the_last_licence_goes_to_one_row_only,
];

/// What both say, after it was seen that they say the same.
async fn both(desk: &Desk, text: &str, change: impl Fn(&mut Import)) -> Report {
    let version = desk.account.state().version();
    let file = desk.file("people.csv", text);
    let rehearsed = desk
        .import(file.clone(), |import| {
            change(import);
            import.dry_run = true;
        })
        .await;
    assert_eq!(desk.account.state().version(), version);
    let done = desk.import(file, change).await;
    let without_place = |report: &Report| Report {
        rejects: None,
        ..report.clone()
    };
    assert_eq!(without_place(&rehearsed), without_place(&done));
    done
}

async fn companies_and_groups_that_would_be_made_are_there_for_the_rows_that_need_them(
    db: TestDatabase,
) {
    let desk = desk(db).await;
    let text = "email,kind,company,groups\n\
        ann@orchard.example,customer,Orchard,\n\
        cy@orchard.example,customer,ORCHARD,\n\
        bo@meridian.example,user,,First line; Second line\n";
    let report = both(&desk, text, |import| import.create_missing = true).await;
    assert_eq!((report.added, report.created, report.rejected), (3, 3, 0));
}

async fn people_who_are_there_count_as_changed_by_whatever_changes(db: TestDatabase) {
    let desk = desk(db).await;
    desk.rows(
        "email,name,kind\nann@orchard.example,Ann Lee,customer\nbo@meridian.example,Bo Berg,user\n",
    )
    .await;
    let text = "email,name,services\n\
        ann@orchard.example,Ann Lee,Payroll:portal\n\
        bo@meridian.example,Bo Borg,\n\
        cy@orchard.example,Cy Noor,Payroll:portal\n";
    let report = both(&desk, text, |_| {}).await;
    assert_eq!((report.changed, report.added), (2, 1));
    let report = both(&desk, text, |_| {}).await;
    assert_eq!((report.unchanged, report.changed), (3, 0));
}

async fn the_last_licence_goes_to_one_row_only(db: TestDatabase) {
    let desk = desk(db).await;
    // AD-14: one is the first user's, one is left.
    let state = desk.account.state();
    let pools = state.licences().iter();
    let (licence, _) = pools
        .filter(|(_, row)| row.product == Product::ServiceDesk)
        .last()
        .unwrap();
    desk.submit(desk.owner, Command::SetLicenceSeats { licence, seats: 2 })
        .await;
    let text = "email,kind,licences\n\
        bo@meridian.example,user,service_desk\n\
        cy@meridian.example,user,service_desk\n";
    let report = both(&desk, text, |_| {}).await;
    assert_eq!((report.added, report.rejected), (1, 1));
}
