//! Coming in by a provider, from the sign-in page to a session of the one facet that it opens; and who it is taken to be.

use access::{
    Command, PublicId, RoleId,
    event::Node,
    state::{ConnectionKind, CustomerFacet, Facet, MappedTo, Mapping, UserFacet},
};
use axum::http::{Method, StatusCode};
use ledger::{Change, Field, Of, ProfileWrite};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::provider::{Provider, Stage, call, is_in};
use crate::browser::{Browser, OWNER, PASSWORD};

testkit::on_both![
    somebody_with_a_verified_address_of_a_trusted_domain_comes_in_and_is_known_from_then_on,
    nobody_is_taken_over_by_an_address_that_is_not_believed,
    whoever_is_not_known_confirms_once_by_their_own_means,
    ad_24_whoever_the_directory_knows_comes_in_by_its_id_until_it_switches_them_off,
    people_come_to_be_by_signing_in_only_where_that_was_chosen,
    ad_30_the_groups_that_the_provider_names_give_what_mappings_say,
    s1_a_provider_opens_one_facet_of_the_people_that_it_is_for,
    s1_whoever_is_staff_and_a_customer_of_one_domain_says_as_whom_they_come,
    sd_22_a_provider_makes_customers_of_its_companies_alone,
    oid_counts_inside_of_its_directory_and_no_shared_issuer_is_taken,
    what_did_not_begin_in_this_browser_ends_nowhere,
    ad_25_an_archived_provider_lets_nobody_in_and_its_sessions_end,
];

const ULF: &str = "ulf@staff.example.com";

fn staff() -> Value {
    json!({"domains": ["staff.example.com"]})
}

fn of_ulf() -> Value {
    json!({"sub": "ulf-there", "email": ULF, "email_verified": true})
}

/// Nobody is in, and the page says so.
async fn is_denied(stage: &Stage, provider: &Provider, email: &str, says: Value) {
    let mut browser = stage.house.browser();
    let seen = stage.come(&mut browser, provider, email, says).await;
    assert_eq!(
        seen.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        seen.text
    );
    assert!(!is_in(&mut browser).await);
}

/// Whoever it is has to say so.
async fn is_asked(stage: &Stage, provider: &Provider, email: &str, says: Value) -> Browser {
    let mut browser = stage.house.browser();
    let seen = stage.come(&mut browser, provider, email, says).await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.text);
    assert_eq!(
        seen.leads_to(),
        "/sign-in?next=%2Faccount%2Fproviders%2Flink"
    );
    assert!(!is_in(&mut browser).await);
    browser
}

async fn somebody_with_a_verified_address_of_a_trusted_domain_comes_in_and_is_known_from_then_on(
    db: TestDatabase,
) {
    let stage = Stage::open(&db).await;
    let provider = stage.provider("staff", staff()).await;
    let ulf = stage.house.user(ULF).await;
    let mut browser = stage.house.browser();
    let seen = stage.come(&mut browser, &provider, ULF, of_ulf()).await;
    assert_eq!((seen.status, seen.leads_to()), (StatusCode::SEE_OTHER, "/"));
    assert!(is_in(&mut browser).await);
    assert_eq!(browser.brought, None, "nothing is brought along any more");
    assert_eq!(stage.known(ulf).await, 1);
    let log = stage.house.log().await;
    assert_eq!(log.last(), Some(&("signed_in", Some(ulf))));
    // From then on by the provider's name for them, whatever it says of addresses.
    let moved = json!({"sub": "ulf-there", "email": OWNER, "email_verified": true});
    let mut other = stage.house.browser();
    stage.come(&mut other, &provider, ULF, moved).await;
    assert!(is_in(&mut other).await);
    assert_eq!((stage.sessions(ulf).await, stage.known(ulf).await), (2, 1));
    assert_eq!(stage.known(stage.house.owner).await, 0);
    // Whoever else has the address at the provider since is not them.
    let next = json!({"sub": "another", "email": ULF, "email_verified": true});
    is_asked(&stage, &provider, ULF, next).await;
    assert_eq!((stage.sessions(ulf).await, stage.known(ulf).await), (2, 1));
}

async fn nobody_is_taken_over_by_an_address_that_is_not_believed(db: TestDatabase) {
    let stage = Stage::open(&db).await;
    let provider = stage.provider("staff", staff()).await;
    let ulf = stage.house.user(ULF).await;
    for says in [
        json!({"email": ULF, "email_verified": false}),
        json!({"email": ULF}),
        json!({"email": ULF, "email_verified": "true, they say"}),
        // Verified, of a domain that it does not speak for.
        json!({"email": OWNER, "email_verified": true}),
        json!({"email": "ulf@staff.example.com.evil.example", "email_verified": true}),
        json!({}),
    ] {
        is_asked(&stage, &provider, ULF, says).await;
    }
    let known = stage.known(ulf).await + stage.known(stage.house.owner).await;
    assert_eq!((known, stage.sessions(ulf).await), (0, 0));
}

async fn whoever_is_not_known_confirms_once_by_their_own_means(db: TestDatabase) {
    let stage = Stage::open(&db).await;
    let provider = stage.provider("staff", staff()).await;
    let ulf = stage.house.user("ulf@elsewhere.example.com").await;
    let says = || json!({"sub": "ulf-there", "email": ULF});
    let mut browser = is_asked(&stage, &provider, ULF, says()).await;
    // Nothing is confirmed by whoever has nothing of their own here.
    let denied = browser.send("/account/providers/link", &[]).await;
    assert_ne!(denied.leads_to(), "/account/providers");
    browser.sign_in("ulf@elsewhere.example.com", PASSWORD).await;
    let page = browser.look("/account/providers/link").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert_eq!(stage.known(ulf).await, 0, "looking confirms nothing");
    let done = browser.send("/account/providers/link", &[]).await;
    assert_eq!(done.leads_to(), "/account/providers", "{}", done.text);
    assert_eq!(stage.known(ulf).await, 1);
    let mut other = stage.house.browser();
    stage.come(&mut other, &provider, ULF, says()).await;
    assert!(is_in(&mut other).await);
    // Not by what another provider says: such a session confirms nothing.
    let second = json!({"domains": ["second.example.com"]});
    let second = stage.provider("second", second).await;
    let says = json!({"sub": "not-ulf"});
    stage
        .come(&mut other, &second, "x@second.example.com", says)
        .await;
    other.look("/account/providers/link").await;
    let done = other.send("/account/providers/link", &[]).await;
    assert_eq!(done.status, StatusCode::FORBIDDEN, "{}", done.text);
    assert_eq!(stage.known(ulf).await, 1);
}

async fn ad_24_whoever_the_directory_knows_comes_in_by_its_id_until_it_switches_them_off(
    db: TestDatabase,
) {
    let stage = Stage::open(&db).await;
    let scim = stage
        .connection("Directory", ConnectionKind::Provisioning)
        .await;
    let besides = json!({"domains": ["staff.example.com"], "provisioning": stage.id(scim)});
    let provider = stage.provider("staff", besides.clone()).await;
    // One directory is one provider's.
    let (_, second) = stage
        .try_provider("second", json!({"provisioning": besides["provisioning"]}))
        .await;
    assert!(second.text.contains("directory_taken"), "{}", second.text);
    let mut owner = stage.house.signed_in(OWNER).await;
    let path = format!("/api/v1/connections/{}/tokens", stage.id(scim));
    let ends = web::decision::timestamp(access::Moment(stage.house.account.now().0 + 86_400_000));
    let token = call(
        &mut owner,
        Method::POST,
        &path,
        json!({"name": "Directory", "expires": ends.to_string()}),
    )
    .await;
    let token: Value = serde_json::from_str(&token.text).unwrap();
    let bearer = format!("Bearer {}", token["secret"].as_str().unwrap());
    let write = async |method: Method, path: &str, body: Value| {
        let headers = [
            ("content-type", "application/scim+json"),
            ("authorization", &*bearer),
        ];
        let mut directory = stage.house.browser();
        let seen = directory
            .ask(method, path, &headers, Some(body.to_string()))
            .await;
        serde_json::from_str::<Value>(&seen.text).unwrap()
    };
    // Whoever holds the directory's secret writes an id of their own beside a Super admin, whom the directory does not outrank.
    let taken = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": OWNER, "externalId": "mallory",
    });
    write(Method::POST, "/scim/v2/Users", taken).await;
    let sessions = stage.sessions(stage.house.owner).await;
    is_asked(
        &stage,
        &provider,
        "x@staff.example.com",
        json!({"sub": "mallory"}),
    )
    .await;
    assert_eq!(stage.known(stage.house.owner).await, 0);
    assert_eq!(stage.sessions(stage.house.owner).await, sessions);
    let user = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "dora", "externalId": "dora-there",
        "displayName": "Dora Directory", "active": true, "emails": [{"value": "dora@staff.example.com", "primary": true}],
    });
    let made = write(Method::POST, "/scim/v2/Users", user).await;
    let dora = stage.house.person("dora@staff.example.com").await;
    stage.house.licence(dora).await;
    let mut browser = stage.house.browser();
    let says = || json!({"sub": "dora-there"});
    stage
        .come(&mut browser, &provider, "dora@staff.example.com", says())
        .await;
    assert!(is_in(&mut browser).await);
    assert_eq!(
        (stage.known(dora).await, stage.sessions(dora).await),
        (1, 1)
    );
    // AD-24: at once.
    let path = format!("/scim/v2/Users/{}", made["id"].as_str().unwrap());
    let off = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "value": {"active": false}}],
    });
    write(Method::PATCH, &path, off).await;
    assert!(!is_in(&mut browser).await);
    assert_eq!(stage.sessions(dora).await, 0);
    is_denied(&stage, &provider, "dora@staff.example.com", says()).await;
    // AD-15: who comes too early is known, and accepts by coming once they are switched on.
    let early = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "evan@staff.example.com", "externalId": "evan-there",
        "active": false,
    });
    let made = write(Method::POST, "/scim/v2/Users", early).await;
    let evan = stage.house.person("evan@staff.example.com").await;
    stage.house.licence(evan).await;
    let says = || json!({"sub": "evan-there"});
    is_denied(&stage, &provider, "evan@staff.example.com", says()).await;
    assert_eq!(
        (stage.known(evan).await, stage.sessions(evan).await),
        (1, 0)
    );
    let path = format!("/scim/v2/Users/{}", made["id"].as_str().unwrap());
    let on = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "value": {"active": true}}],
    });
    write(Method::PATCH, &path, on).await;
    let mut browser = stage.house.browser();
    stage
        .come(&mut browser, &provider, "evan@staff.example.com", says())
        .await;
    assert!(is_in(&mut browser).await);
}

async fn people_come_to_be_by_signing_in_only_where_that_was_chosen(db: TestDatabase) {
    let stage = Stage::open(&db).await;
    let provider = stage.provider("staff", staff()).await;
    let before = stage.people();
    let says = || json!({"sub": "new", "email": "nina@staff.example.com", "email_verified": true, "name": "Nina New"});
    is_asked(&stage, &provider, ULF, says()).await;
    assert_eq!(stage.people(), before);
    let other = json!({"domains": ["other.example.com"], "creates_people": true});
    let other = stage.provider("other", other).await;
    // Of an address that it is not believed about nobody is made.
    let mail = "x@other.example.com";
    is_asked(&stage, &other, mail, json!({"sub": "x", "email": mail})).await;
    is_asked(&stage, &other, mail, says()).await;
    assert_eq!(stage.people(), before);
    // Whoever holds nothing is suspended (AD-15): somebody new is there, and not in.
    let verified = json!({"sub": "x", "email": mail, "email_verified": true, "name": "Xenia"});
    is_denied(&stage, &other, mail, verified).await;
    assert_eq!(stage.people(), before + 1);
    let xenia = stage.house.person(mail).await;
    let state = stage.house.account.state();
    let row = state.people().get(xenia).unwrap();
    assert_eq!(
        (row.user, row.account_role),
        (UserFacet::Accepted, RoleId::MEMBER)
    );
    assert_eq!(row.customer, CustomerFacet::Absent);
}

async fn ad_30_the_groups_that_the_provider_names_give_what_mappings_say(db: TestDatabase) {
    let stage = Stage::open(&db).await;
    let besides =
        json!({"domains": ["staff.example.com"], "creates_people": true, "groups_claim": "groups"});
    let provider = stage.provider("staff", besides).await;
    let connection = provider.connection;
    let body = r#"{"name": "Auditor", "permissions": ["admin.audit.view"]}"#;
    let auditor = stage.house.custom_role(body).await;
    let id = PublicId::new(stage.house.engine.new_uuid());
    let group = Change::from(Command::CreateProviderGroup { id, connection });
    let name = ProfileWrite::new(Of::public(id)).set(Field::Name, "Auditors");
    stage.by(connection, group.with_profile(name)).await;
    let provider_group = stage.house.account.state().resolve(id).unwrap();
    let mapping = Mapping {
        provider_group,
        to: MappedTo::AccountRole(auditor),
    };
    let mappings = vec![mapping];
    stage
        .by_owner(Command::SetMappings {
            connection,
            mappings,
        })
        .await;
    let says = |groups: Value| {
        let mut says =
            json!({"sub": "nina", "email": "nina@staff.example.com", "email_verified": true});
        says["groups"] = groups;
        says
    };
    let mut browser = stage.house.browser();
    let groups = json!(["Auditors", "Nobody knows this one"]);
    stage.come(&mut browser, &provider, ULF, says(groups)).await;
    assert!(is_in(&mut browser).await);
    let nina = stage.house.person("nina@staff.example.com").await;
    let role = || {
        let state = stage.house.account.state();
        state.people().get(nina).unwrap().account_role
    };
    assert_eq!(role(), auditor);
    // What the provider does not say changes nothing; what it says does.
    let mut silent = says(json!([]));
    silent.as_object_mut().unwrap().remove("groups");
    let mut again = stage.house.browser();
    stage.come(&mut again, &provider, ULF, silent).await;
    assert_eq!(role(), auditor);
    is_denied(&stage, &provider, ULF, says(json!([]))).await;
    assert_eq!(role(), RoleId::MEMBER);
    assert!(
        !is_in(&mut browser).await,
        "whoever holds nothing is suspended (AD-15)"
    );
}

async fn sd_22_a_provider_makes_customers_of_its_companies_alone(db: TestDatabase) {
    let stage = Stage::open(&db).await;
    let acme = stage.company("acme.example.com").await;
    let globex = stage.company("globex.example.com").await;
    let besides = json!({
        "audience": "customers", "companies": [stage.id(acme)], "domains": ["acme.example.com"], "creates_people": true,
    });
    let provider = stage.provider("customers", besides).await;
    let says = |email: &str| json!({"sub": email, "email": email, "email_verified": true, "name": "Nina New"});
    let come = async |email: &str| {
        let mut browser = stage.house.browser();
        stage
            .come(&mut browser, &provider, email, says(email))
            .await;
    };
    let before = stage.people();
    come("nina@acme.example.com").await;
    assert_eq!(stage.people(), before + 1);
    let nina = stage.house.person("nina@acme.example.com").await;
    let employer = || {
        let state = stage.house.account.state();
        state.people().get(nina).unwrap().company
    };
    assert_eq!(employer(), Some(acme));
    // The domain is another company's by now, though the provider still speaks for it.
    let domain: Box<str> = "acme.example.com".into();
    let take = Command::RemoveDomain {
        company: acme,
        domain: domain.clone(),
    };
    stage.by_owner(take).await;
    let company = globex;
    stage.by_owner(Command::AddDomain { company, domain }).await;
    is_asked(
        &stage,
        &provider,
        "x@acme.example.com",
        says("x@acme.example.com"),
    )
    .await;
    assert_eq!(
        stage.people(),
        before + 1,
        "nobody is made in the other company"
    );
}

async fn s1_a_provider_opens_one_facet_of_the_people_that_it_is_for(db: TestDatabase) {
    let stage = Stage::open(&db).await;
    let (acme, globex) = (
        stage.company("acme.example.com").await,
        stage.company("globex.example.com").await,
    );
    let employ = async |email: &str, company| {
        let person = stage.customer(email).await;
        let company = Some(company);
        stage
            .by_owner(Command::SetEmployer {
                person,
                company,
                move_from_other: true,
            })
            .await;
        person
    };
    let carla = employ("carla@acme.example.com", acme).await;
    // Of another company, with an address of this one's domain.
    let gina = employ("gina@acme.example.com", globex).await;
    let ulf = stage.house.user("ulf@acme.example.com").await;
    let staff = stage.provider("staff", staff()).await;
    let besides = json!({"audience": "customers", "companies": [stage.id(acme)], "domains": ["acme.example.com"]});
    let customers = stage.provider("customers", besides).await;
    let says = |email: &str| json!({"sub": email, "email": email, "email_verified": true});

    let mut browser = stage.house.browser();
    let mail = "carla@acme.example.com";
    let seen = stage.come(&mut browser, &customers, mail, says(mail)).await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.text);
    assert!(is_in(&mut browser).await);
    let account = &stage.house.account;
    let theirs = account.sign_in_sessions(carla, i64::MAX / 2).await.unwrap();
    let through = theirs[0].through.as_ref().unwrap();
    assert_eq!(
        (through.facet, &through.companies),
        (Facet::Customer, &vec![acme])
    );
    // Nor another company's people, nor staff.
    for mail in ["gina@acme.example.com", "ulf@acme.example.com"] {
        is_denied(&stage, &customers, mail, says(mail)).await;
    }
    assert_eq!(
        (stage.sessions(gina).await, stage.sessions(ulf).await),
        (0, 0)
    );
    // Staff's opens nothing for a customer.
    let zoe = stage.customer("zoe@staff.example.com").await;
    let mail = "zoe@staff.example.com";
    is_denied(&stage, &staff, mail, says(mail)).await;
    assert_eq!(stage.sessions(zoe).await, 0);
    // AD-28: whoever leaves the company is out.
    let leave = Command::SetEmployer {
        person: carla,
        company: Some(globex),
        move_from_other: true,
    };
    stage.by_owner(leave).await;
    assert!(!is_in(&mut browser).await);
}

async fn s1_whoever_is_staff_and_a_customer_of_one_domain_says_as_whom_they_come(db: TestDatabase) {
    let stage = Stage::open(&db).await;
    let own = stage.company("staff.example.com").await;
    let ulf = stage.house.user(ULF).await;
    stage.serve(ulf, own).await;
    let customers = json!({"audience": "customers", "companies": [stage.id(own)], "domains": ["staff.example.com"]});
    let customers = stage.provider("customers", customers).await;
    let staff = stage.provider("staff", staff()).await;

    let mut browser = stage.house.browser();
    let door = browser.send("/sign-in/way", &[("email", ULF)]).await.text;
    let (as_staff, as_customer) = (
        door.find("Sign in as staff"),
        door.find("Sign in as a customer"),
    );
    assert!(as_staff.is_some() && as_staff < as_customer, "{door}");
    for (provider, audience, facet) in [
        (&staff, "staff", Facet::User),
        (&customers, "customers", Facet::Customer),
    ] {
        let mut browser = stage.house.browser();
        let asked = stage.leave_as(&mut browser, ULF, audience).await;
        let began = (&*asked["state"], &*asked["nonce"]);
        stage
            .come_back(&mut browser, provider, began, of_ulf())
            .await;
        assert!(is_in(&mut browser).await);
        let sessions = stage.house.account.sign_in_sessions(ulf, i64::MAX / 2);
        let opened: Vec<_> = sessions.await.unwrap();
        let opened = opened.iter().filter_map(|one| one.through.as_ref());
        let opened = opened.filter(|one| one.connection == provider.connection);
        assert_eq!(opened.map(|one| one.facet).collect::<Vec<_>>(), [facet]);
    }
    // Who says nothing is asked, whoever they are.
    let begin = async |fields: &[(&str, &str)]| {
        let mut browser = stage.house.browser();
        let seen = browser.send("/sign-in/provider", fields).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
        seen.text
    };
    for email in [ULF, "nobody@staff.example.com"] {
        let asked = begin(&[("email", email)]).await;
        assert!(asked.contains("Sign in as a customer"), "{asked}");
    }
    // Whoever is staff alone is not let in as a customer, nor linked to where they have nothing to do.
    let una = stage.house.user("una@staff.example.com").await;
    let mut browser = stage.house.browser();
    let asked = stage.leave_as(&mut browser, ULF, "customers").await;
    let began = (&*asked["state"], &*asked["nonce"]);
    let says = json!({"sub": "una", "email": "una@staff.example.com", "email_verified": true});
    let seen = stage.come_back(&mut browser, &customers, began, says).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!((stage.known(una).await, stage.sessions(una).await), (0, 0));
    let log = stage.house.log().await;
    assert_eq!(log.last(), Some(&("failed", Some(una))));
    // Where one of them is archived, the other one is the domain's.
    let node = Node::Connection(staff.connection);
    stage.by_owner(Command::Archive { node }).await;
    let mut browser = stage.house.browser();
    let door = browser.send("/sign-in/way", &[("email", ULF)]).await.text;
    assert!(!door.contains("Sign in as"), "{door}");
    let gone = begin(&[("email", ULF), ("audience", "staff")]).await;
    assert!(gone.contains("Choose how to sign in"), "{gone}");
    let seen = stage.come(&mut browser, &customers, ULF, of_ulf());
    assert_eq!(seen.await.status, StatusCode::SEE_OTHER);
}

async fn oid_counts_inside_of_its_directory_and_no_shared_issuer_is_taken(db: TestDatabase) {
    let stage = Stage::open(&db).await;
    let directory = "0f0d1c9e-6a1f-4a0b-9a7c-1d2e3f405162";
    let path = format!("{directory}/v2.0");
    let besides = json!({"directory": directory, "domains": ["staff.example.com"]});
    let provider = stage.provider(&path, besides).await;
    let ulf = stage.house.user(ULF).await;
    let says = |tid: &str, sub: &str| json!({"sub": sub, "tid": tid, "oid": "11112222-3333-4444-5555-666677778888", "email": ULF, "email_verified": true});
    let elsewhere = "0f0d1c9e-6a1f-4a0b-9a7c-1d2e3f405163";
    is_denied(&stage, &provider, ULF, says(elsewhere, "a")).await;
    assert_eq!(stage.known(ulf).await, 0);
    let mut browser = stage.house.browser();
    stage
        .come(&mut browser, &provider, ULF, says(directory, "a"))
        .await;
    assert!(is_in(&mut browser).await);
    // By the same oid under another sub it is the same person.
    stage
        .come(
            &mut stage.house.browser(),
            &provider,
            ULF,
            says(directory, "b"),
        )
        .await;
    assert_eq!((stage.known(ulf).await, stage.sessions(ulf).await), (1, 2));
    for shared in ["common", "consumers"] {
        let order = json!({"issuer": format!("https://login.microsoftonline.com/{shared}/v2.0"), "directory": directory});
        let (other, refused) = stage.try_provider(&format!("at-{shared}"), order).await;
        assert_eq!(
            refused.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{}",
            refused.text
        );
        let mut owner = stage.house.signed_in(OWNER).await;
        let there = call(&mut owner, Method::GET, &other.path, Value::Null).await;
        assert_eq!(there.status, StatusCode::NOT_FOUND);
    }
}

async fn what_did_not_begin_in_this_browser_ends_nowhere(db: TestDatabase) {
    let stage = Stage::open(&db).await;
    let provider = stage.provider("staff", staff()).await;
    let ulf = stage.house.user(ULF).await;
    let mut browser = stage.house.browser();
    let asked = stage.leave(&mut browser, ULF).await;
    let (state, nonce) = (&*asked["state"], &*asked["nonce"]);
    for (mut other, state, nonce) in [
        // Somebody else's browser: nobody is signed in as somebody else by a link.
        (stage.house.browser(), state, nonce),
        (browser.clone(), "another", nonce),
        (browser.clone(), state, "another"),
    ] {
        let back = stage.come_back(&mut other, &provider, (state, nonce), of_ulf());
        assert_eq!(back.await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!is_in(&mut other).await);
    }
    stage
        .house
        .advance(std::time::Duration::from_secs(11 * 60))
        .await;
    let late = stage.come_back(&mut browser, &provider, (state, nonce), of_ulf());
    assert_eq!(late.await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!((stage.sessions(ulf).await, stage.known(ulf).await), (0, 0));
    // What an address is to whom is nobody's to be told: the domain alone says which provider it is.
    let mut nobody = stage.house.browser();
    stage
        .leave(&mut nobody, "nobody-there@staff.example.com")
        .await;
    let unknown = nobody
        .send("/sign-in/provider", &[("email", OWNER), ("next", "/")])
        .await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
}

async fn ad_25_an_archived_provider_lets_nobody_in_and_its_sessions_end(db: TestDatabase) {
    let stage = Stage::open(&db).await;
    let provider = stage.provider("staff", staff()).await;
    stage.house.user(ULF).await;
    let mut browser = stage.house.browser();
    let mut waiting = stage.house.browser();
    let asked = stage.leave(&mut waiting, ULF).await;
    stage.come(&mut browser, &provider, ULF, of_ulf()).await;
    assert!(is_in(&mut browser).await);
    let mut owner = stage.house.signed_in(OWNER).await;
    let path = provider.path.replace("/sign-in-provider", "/archive");
    let done = call(&mut owner, Method::POST, &path, json!({})).await;
    assert!(done.status.is_success(), "{}", done.text);
    assert!(!is_in(&mut browser).await);
    let come = (&*asked["state"], &*asked["nonce"]);
    let back = stage
        .come_back(&mut waiting, &provider, come, of_ulf())
        .await;
    assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY);
    let begun = waiting
        .send("/sign-in/provider", &[("email", ULF), ("next", "/")])
        .await;
    assert_eq!(begun.status, StatusCode::UNPROCESSABLE_ENTITY);
}
