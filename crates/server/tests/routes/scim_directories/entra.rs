//! Microsoft Entra ID: it asks before it writes, patches what changed, switches off whoever is not assigned any more and deletes them weeks
//! later (its tutorial), and sends operations with capitals and switches as texts where nobody opted out of that (its known issues).

use axum::http::Method;
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::{Directory, ENTERPRISE, MEMBER, body};

testkit::on_both![
    entra_tests_the_connection_with_a_name_that_nobody_has,
    entra_creates_somebody_once_and_keeps_them_up_to_date,
    ad_24_entra_switches_somebody_off_and_deletes_them_later,
    ad_30_entra_pushes_groups_and_their_mappings_give_and_take,
];

/// What its example calls the user.
const USER_NAME: &str = "Test_User_00aa00aa-bb11-cc22-dd33-44ee44ee44ee";
const EXTERNAL_ID: &str = "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef";

fn named(user_name: &str) -> String {
    format!("/Users?filter=userName eq \"{user_name}\"")
}

/// Joy, whom it knows by an address and with attributes that have no value.
async fn joy(directory: &Directory) -> String {
    let joy = body("entra-create-user-with-nulls", &[]);
    let made = directory.create("/Users", joy).await;
    made.id()
}

async fn entra_tests_the_connection_with_a_name_that_nobody_has(db: TestDatabase) {
    let directory = Directory::connect(&db).await;
    let before = directory.version();
    let random = named("5d48a0a8-9a40-42d7-9f1a-6f0f1bb1b0ba");
    let reply = directory.get(&random).await;
    assert_eq!(reply.resources(), Vec::<Value>::new());
    assert_eq!(directory.version(), before);
}

async fn entra_creates_somebody_once_and_keeps_them_up_to_date(db: TestDatabase) {
    let directory = Directory::connect(&db).await;
    assert!(
        directory
            .get(&named(USER_NAME))
            .await
            .resources()
            .is_empty()
    );
    let made = directory
        .create("/Users", body("entra-create-user", &[]))
        .await;
    let id = made.id();
    let path = format!("/Users/{id}");
    let location = made.header("location");
    assert!(location.ends_with(&format!("/scim/v2{path}")), "{location}");
    assert_eq!(made.body["meta"]["location"], location);
    assert_eq!(made.body["meta"]["resourceType"], "User");
    assert_eq!(made.body["active"], true);
    assert_eq!(directory.read(&path).await, made.body);
    let address = "test_user_11bb11bb-cc22-dd33-ee44-55ff55ff55ff@testuser.com";
    assert_eq!(
        directory.known_as(&id).await,
        ["givenName familyName", address, EXTERNAL_ID, "invited"]
    );
    let person = directory.person(&id).await;
    assert_eq!(person["user"]["account_role"], MEMBER);
    assert_eq!(person["customer"], Value::Null);

    // It finds whom it made, in any case (RFC 7643 §4.1.1), by the id that it gave too, and makes nobody twice.
    for filter in [
        named(USER_NAME),
        named(&USER_NAME.to_uppercase()),
        format!("/Users?filter=externalId eq \"{EXTERNAL_ID}\""),
        format!("/Users?filter=emails[type eq \"work\"].value eq \"{address}\""),
    ] {
        let found = directory.get(&filter).await.resources();
        assert_eq!(found, std::slice::from_ref(&made.body), "{filter}");
    }
    let before = directory.version();
    let twice = directory
        .ask(Method::POST, "/Users", Some(body("entra-create-user", &[])))
        .await;
    twice.is_refused(409, Some("uniqueness"));
    assert_eq!(directory.version(), before);

    // What changed is patched, and nothing else is touched.
    let patch = async |name: &str, ids: &[(&str, &str)]| {
        directory.patch(&path, body(name, ids)).await;
        directory.read(&path).await
    };
    let after = patch("entra-update-multi-valued", &[]).await;
    assert_eq!(after["name"]["familyName"], "updatedFamilyName");
    assert_eq!(after["emails"][0]["value"], "updatedEmail@microsoft.com");
    assert_eq!(after["name"]["givenName"], "givenName");
    let [_, email, ..] = directory.known_as(&id).await;
    assert_eq!(email, "updatedemail@microsoft.com");
    patch("entra-update-single-valued", &[]).await;
    assert!(
        directory
            .get(&named(USER_NAME))
            .await
            .resources()
            .is_empty()
    );
    let renamed = named("5b50642d-79fc-4410-9e90-4c077cdd1a59@testuser.com");
    assert_eq!(directory.get(&renamed).await.resources()[0]["id"], id);

    let after = patch("entra-replace-many-by-path", &[]).await;
    assert_eq!(after[ENTERPRISE]["employeeNumber"], "Eqpj");
    assert_eq!(
        directory.known_as(&id).await,
        ["Pvlo", "testbcwqnm@test.microsoft.com", "Eqpj", "invited"]
    );
    let after = patch("entra-replace-many-by-object", &[]).await;
    assert_eq!(after["name"]["givenName"], "Kkom");
    assert_eq!(after[ENTERPRISE]["employeeNumber"], "Aklq");
    assert_eq!(
        directory.known_as(&id).await,
        ["Bjfe", "testmhvaes@test.microsoft.com", "Eqpj", "invited"]
    );

    // A manager is added as a list of one; an attribute that is not kept here stops nothing, and changes nothing.
    let joy = joy(&directory).await;
    let manager = ("00aa00aa-bb11-cc22-dd33-44ee44ee44ee", joy.as_str());
    let after = patch("entra-set-manager", &[manager]).await;
    assert_eq!(after[ENTERPRISE]["manager"]["value"], joy);
    let before = directory.version();
    assert_eq!(patch("entra-add-text", &[]).await, after);
    assert_eq!(directory.version(), before);
}

async fn ad_24_entra_switches_somebody_off_and_deletes_them_later(db: TestDatabase) {
    let directory = Directory::connect(&db).await;
    let joy = joy(&directory).await;
    let path = format!("/Users/{joy}");
    assert_eq!(
        directory.known_as(&joy).await,
        ["Joy Young", "jyoung@contoso.com", "jyoung", "invited"]
    );
    directory.accepts(&joy).await;
    let hands = directory.works(&joy).await;
    // Both spellings of off, and on again between them: nothing that ended comes back.
    for off in ["entra-disable-user-by-text", "entra-disable-user"] {
        directory.patch(&path, body(off, &[])).await;
        assert_eq!(hands.open(&directory.world).await, [false, false], "{off}");
        assert_eq!(directory.status(&joy).await, "deactivated", "{off}");
        // Softly: she is still found, and is off.
        let found = directory.get(&named("jyoung@testuser.com")).await;
        assert_eq!(found.resources()[0]["active"], false, "{off}");
        let before = directory.version();
        directory.patch(&path, body(off, &[])).await;
        assert_eq!(directory.version(), before, "{off} again changes nothing");
        directory
            .patch(&path, body("entra-enable-user-by-text", &[]))
            .await;
        assert_eq!(directory.status(&joy).await, "active", "{off}");
        assert_eq!(directory.read(&path).await["active"], true);
        assert_eq!(hands.open(&directory.world).await, [false, false], "{off}");
    }
    let hands = directory.works(&joy).await;
    directory.delete(&path).await;
    assert_eq!(hands.open(&directory.world).await, [false, false]);
    let found = directory.get(&named("jyoung@testuser.com")).await;
    assert!(found.resources().is_empty());
    // Hidden there; here the person is off and not erased, which is a person's act.
    assert_eq!(
        directory.known_as(&joy).await,
        ["Joy Young", "jyoung@contoso.com", "jyoung", "deactivated"]
    );
    let again = directory.ask(Method::DELETE, &path, None).await;
    again.is_refused(404, None);
}

async fn ad_30_entra_pushes_groups_and_their_mappings_give_and_take(db: TestDatabase) {
    let directory = Directory::connect(&db).await;
    let ids = &directory.world.ids;
    let (role, licence) = (&ids["role"], &ids["cc_licence"]);
    let called = "/Groups?excludedAttributes=members&filter=displayName eq \"displayName\"";
    assert!(directory.get(called).await.resources().is_empty());
    let made = directory
        .create("/Groups", body("entra-create-group", &[]))
        .await;
    let group = made.id();
    let path = format!("/Groups/{group}");
    assert_eq!(made.body["meta"]["resourceType"], "Group");
    let in_house = directory
        .house(&format!("/api/v1/provider-groups/{group}"))
        .await;
    assert_eq!(
        (&in_house["name"], &in_house["connection"]),
        (&json!("displayName"), &json!(directory.connection))
    );
    let mapping = |kind: &str, id: &str| json!({"provider_group": group, "kind": kind, "id": id});
    let mappings = json!([mapping("account_role", role), mapping("licence", licence)]);
    directory.map(mappings).await;

    let joy = joy(&directory).await;
    let by_hand = directory.user("hanna").await;
    let seat = format!("/api/v1/licences/{licence}/holders/{by_hand}");
    directory.world.done(Method::PUT, &seat, json!({})).await;
    assert_eq!(directory.held(&joy).await, Vec::<String>::new());
    let member = |id: &'static str| (id, joy.as_str());
    let listed = ("f648f8d5ea4e4cd38e9c", joy.as_str());
    let both = ["account_role", "licence"];
    for (name, theirs) in [
        ("entra-remove-members", listed),
        (
            "entra-remove-member-by-path",
            member("7f4bc1a3-285e-48ae-8202-5accb43efb0e"),
        ),
    ] {
        for _ in 0..2 {
            // Sent twice, it is there once.
            let add = body("entra-add-members", &[listed]);
            directory.patch(&path, add).await;
        }
        assert_eq!(directory.held(&joy).await, both);
        let members = directory.read(&path).await["members"].clone();
        assert_eq!(members.as_array().unwrap().len(), 1);
        assert_eq!(members[0]["value"], joy);
        let without = directory
            .read(&format!("{path}?excludedAttributes=members"))
            .await;
        assert_eq!(without.get("members"), None);
        let found = directory.get(called).await.resources();
        assert_eq!(
            (&found[0]["id"], found[0].get("members")),
            (&json!(group), None)
        );
        directory.patch(&path, body(name, &[theirs])).await;
        assert_eq!(directory.held(&joy).await, Vec::<String>::new(), "{name}");
        let person = directory.person(&joy).await;
        assert_eq!(person["user"]["account_role"], MEMBER, "{name}");
    }

    // Of somebody who holds the licence by hand the group gives and takes the rest.
    let hers = ("f648f8d5ea4e4cd38e9c", by_hand.as_str());
    for (name, held) in [
        ("entra-add-members", &["account_role"][..]),
        ("entra-remove-members", &[]),
    ] {
        directory.patch(&path, body(name, &[hers])).await;
        assert_eq!(directory.held(&by_hand).await, held);
    }
    let holders = directory
        .house(&format!("/api/v1/licences/{licence}/holders"))
        .await;
    assert!(holders.to_string().contains(&by_hand), "{holders}");

    // Another name changes nothing of what it gives; gone, it gives nothing.
    directory
        .patch(&path, body("entra-add-members", &[listed]))
        .await;
    directory
        .patch(&path, body("entra-rename-group", &[]))
        .await;
    assert!(directory.get(called).await.resources().is_empty());
    let in_house = directory
        .house(&format!("/api/v1/provider-groups/{group}"))
        .await;
    assert_eq!(
        in_house["name"],
        "1879db59-3bdf-4490-ad68-ab880a269474updatedDisplayName"
    );
    assert_eq!(directory.held(&joy).await, both);
    directory.delete(&path).await;
    assert_eq!(directory.held(&joy).await, Vec::<String>::new());
    assert_eq!(directory.status(&joy).await, "invited", "she stays");
}
