//! What a person's pages say of their access and their history, in the order in which it is read.

use access::{Command, LicenceId, Product, RoleId, state::Tie};
use axum::http::StatusCode;
use testkit::databases::TestDatabase;

use super::desk::Desk;

testkit::on_both![
    ad_31_access_stands_in_the_order_of_the_menu_and_folds_what_is_many,
    ad_20_the_history_of_somebody_stands_below_their_page,
    ad_23_the_button_of_a_deactivation_says_so_and_leads_to_the_hand_over,
];

fn licence(desk: &Desk, product: Product) -> LicenceId {
    let state = desk.house.account.state();
    let mut licences = state.licences().iter();
    let (licence, _) = licences.find(|(_, row)| row.product == product).unwrap();
    licence
}

async fn ad_31_access_stands_in_the_order_of_the_menu_and_folds_what_is_many(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let tills = desk
        .named("Tills", |id| Command::CreateDeviceGroup { id })
        .await;
    for n in 1..=8 {
        desk.named(&format!("Till {n}"), |id| Command::AddDevice {
            id,
            group: tills,
            company: None,
        })
        .await;
    }
    let licence = licence(&desk, Product::RemoteSupport);
    desk.by_owner(Command::SetLicenceSeats { licence, seats: 5 })
        .await;
    for tie in [
        Tie::Licence(licence),
        Tie::Agent,
        Tie::Feature(access::Permission::RemoteSupportUnattendedAccess),
        Tie::DeviceGroup(tills),
    ] {
        desk.tie(desk.ulf, tie).await;
    }
    let mut owner = desk.owner().await;
    let path = format!("/people/{}/access", desk.id(desk.ulf));
    let page = owner.look(&path).await;
    let at = |heading: &str| page.main().find(heading).expect(heading);
    let (administration, remote) = (at(">Administration</h2>"), at(">Remote support</h2>"));
    assert!(administration < remote);
    let (_, of_remote) = page.main().split_at(remote);
    assert!(of_remote.find("The whole account") < of_remote.find("Till 1"));
    let (shown, folded) = of_remote
        .split_once("<summary>and 3 more devices</summary>")
        .unwrap();
    assert_eq!(shown.matches("<h3><bdi>Till").count(), 5);
    assert_eq!(folded.matches("<h3><bdi>Till").count(), 3);
}

async fn ad_20_the_history_of_somebody_stands_below_their_page(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    desk.house.set_role(desk.ulf, RoleId::MEMBER).await;
    let mut owner = desk.owner().await;
    let path = format!("/people/{}", desk.id(desk.ulf));
    let tab = format!("/audit?concerns={}", desk.id(desk.ulf));
    let page = owner.look(&tab).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.text.contains("<title>History of Ulf User"),
        "{}",
        page.text
    );
    let crumb = format!(r#"<li><a href="{path}">Ulf User</a></li>"#);
    assert!(page.text.contains(&crumb), "{}", page.text);
    let current = format!(r#"<a href="{tab}" aria-current="page">History</a>"#);
    assert!(page.main().contains(&current), "{}", page.text);
    assert!(page.main().contains("Changed account roles"));
    // What is asked of the log besides is no page of a person.
    let page = owner.look("/audit").await;
    assert!(page.text.contains("<title>Changes"), "{}", page.text);
}

async fn ad_23_the_button_of_a_deactivation_says_so_and_leads_to_the_hand_over(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let mut owner = desk.owner().await;
    let path = format!("/people/{}", desk.id(desk.ulf));
    let form = owner.look(&path).await.form(&[r#"value="deactivate""#]);
    let review = form.send(&mut owner).await;
    let (_, main) = review.text.split_once("<main").unwrap();
    assert!(main.contains(r#"<button class="button primary">Deactivate</button>"#));
    assert!(main.contains("What they hold stays theirs"));
    let link = format!(r#"<a href="{path}/hand-over">Hand over what they have…</a>"#);
    assert!(main.contains(&link), "{main}");
}
