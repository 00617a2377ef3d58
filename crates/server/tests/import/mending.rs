//! Rows in error stand in a file that can be mended and imported again.

use ledger::Field;
use people::import::Mapping;
use testkit::databases::TestDatabase;

use crate::desk::{desk, told};

testkit::on_both![
    rejected_rows_are_mended_and_imported_again,
    rejects_that_nobody_has_mended_are_not_written_over,
    names_that_are_not_there_are_told_one_by_one,
];

async fn rejected_rows_are_mended_and_imported_again(db: TestDatabase) {
    let desk = desk(db).await;
    let text = "Mail;Who;What\nann@orchard.example;Zoë Lee;Pairoll:portal\nbo@orchard.example;Bo;Payroll:portal\n";
    let report = desk
        .import(desk.file("people.csv", text), |import| {
            import.mapping = Mapping::parse(["email=Mail", "name=Who", "services=What"]).unwrap();
        })
        .await;
    assert_eq!((report.added, report.rejected), (1, 1));
    let rejects = report.rejects.unwrap();
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(
            &std::fs::metadata(&rejects).unwrap().permissions(),
        );
        assert_eq!(mode & 0o777, 0o600, "names and addresses are its owner's");
    }
    let again = desk.import(rejects.clone(), |_| {}).await;
    assert_eq!((again.rows, again.rejected), (1, 1), "nothing was mended");
    let text = std::fs::read_to_string(&rejects).unwrap();
    std::fs::write(&rejects, text.replace("Pairoll", "Payroll")).unwrap();
    let mended = desk.import(rejects, |_| {}).await;
    assert_eq!((mended.added, mended.rejected), (1, 0));
    let name = desk.value("ann@orchard.example", Field::Name).await;
    assert_eq!(name.as_deref(), Some("Zoë Lee"));
}

async fn rejects_that_nobody_has_mended_are_not_written_over(db: TestDatabase) {
    let desk = desk(db).await;
    let file = desk.file("people.csv", "email\nnobody\n");
    let first = desk.import(file.clone(), |_| {}).await.rejects.unwrap();
    let second = desk.import(file.clone(), |_| {}).await.rejects.unwrap();
    assert_eq!(first.file_name().unwrap(), "people.rejects.csv");
    assert_eq!(second.file_name().unwrap(), "people.rejects-2.csv");
    let text = "email\nann@orchard.example\nnobody\n";
    let file = desk.file("people.csv", text);
    for there in [first, file.clone()] {
        let before = std::fs::read(&there).unwrap();
        let asked = desk.import_as(desk.owner, file.clone(), |import| {
            import.rejects = Some(there.clone())
        });
        let error = asked.await.unwrap_err().to_string();
        assert!(error.contains("is there already"), "{error}");
        assert_eq!(std::fs::read(&there).unwrap(), before);
    }
    assert_eq!(desk.person("ann@orchard.example").await, None);
}

async fn names_that_are_not_there_are_told_one_by_one(db: TestDatabase) {
    let desk = desk(db).await;
    let text = "email,kind,company,groups,user_groups,account_role,services,portal_level,licences\n\
        a@orchard.example,customer,Orchard,,,,,,\n\
        b@orchard.example,user,,Night crew,,,,,\n\
        c@orchard.example,user,,,Rotterdam,,,,\n\
        d@orchard.example,user,,,,Superuser,,,\n\
        e@orchard.example,customer,,,,,Pairoll,,\n\
        f@orchard.example,customer,,,,,Payroll:administrator,,\n\
        g@orchard.example,customer,,,,,,vip,\n\
        h@orchard.example,user,,,,,,,telepathy\n\
        i@orchard.example,both,,,,Member,Payroll:user;Payroll:portal,standard,\n";
    let report = desk.rows(text).await;
    assert_eq!(
        told(&report),
        [
            "2 company",
            "3 groups",
            "4 user_groups",
            "5 account_role",
            "6 services",
            "7 services",
            "8 portal_level",
            "9 licences"
        ]
    );
    assert_eq!((report.added, report.rejected), (1, 8));
    let both = desk.person("i@orchard.example").await.unwrap();
    let state = desk.account.state();
    let row = state.people().get(both).unwrap();
    assert!(row.is_user() && row.is_customer());
}
