//! A domain whose people come in by its provider alone, at every door; and the one Super admin who comes in without it (AD-8).

use access::{
    Actor, Command, PersonId, RoleId, command::SystemSubject, event::ProfileField, state::Facet,
};
use axum::http::{Method, StatusCode};
use ledger::{Change, CredentialKind, NewCredential, Of, Options};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::{
    device::{Device, is_refused, remove_first, sign_in, with_passkey},
    provider::{Provider, Stage, call, is_in},
};
use crate::browser::{Browser, OWNER, PASSWORD, password_of};

testkit::on_both![
    no_door_of_their_own_opens_to_people_of_the_domain,
    a_right_password_is_answered_as_a_wrong_one,
    no_link_leads_around_the_provider,
    ad_8_one_super_admin_comes_in_without_it_before_the_eyes_of_all,
    ad_8_whoever_comes_in_without_it_keeps_what_they_come_in_by,
    an_archived_provider_opens_no_other_door,
    ad_8_nobody_leaves_the_domain_by_an_address_of_their_own,
    ad_8_a_provider_shuts_nobody_out_of_what_it_does_not_open,
    s1_a_way_in_to_one_side_is_none_to_the_other,
    what_is_shut_is_no_other_way_in,
];

const ULF: &str = "ulf@staff.example.com";
const SECOND: &str = "sue@elsewhere.example.com";

/// A house whose provider may be made the only way in, as its owner has a passkey by now.
struct Shut {
    stage: Stage,
    provider: Provider,
    owner: Browser,
    passkey: Device,
}

impl Shut {
    async fn open(db: &TestDatabase) -> Self {
        let stage = Stage::open(db).await;
        let provider = stage.provider("staff", json!({"domains": ["staff.example.com"]}));
        let provider = provider.await;
        let (owner, passkey) = with_passkey(&stage.house, OWNER).await;
        Self {
            stage,
            provider,
            owner,
            passkey,
        }
    }

    /// From now on the domain's people come in by it alone.
    async fn shut(&mut self) {
        self.edit(json!({
            "only_domains": ["staff.example.com"], "break_glass": self.stage.id(self.stage.house.owner),
        }))
        .await;
    }

    async fn edit(&mut self, besides: Value) {
        let mut order = json!({"domains": ["staff.example.com"]});
        let besides = besides.as_object().unwrap().clone();
        order.as_object_mut().unwrap().extend(besides);
        let (stage, provider) = (&self.stage, &self.provider);
        let done = stage.edit(&mut self.owner, provider, order).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    }

    /// What is refused about the owner by a second Super admin.
    async fn refused(&self, second: PersonId, change: impl Into<Change>) {
        let account = &self.stage.house.account;
        let before = account.state().version();
        let actor = access::Actor::Person(second);
        let done = account
            .submit(actor, change, Options::untold("tests"))
            .await;
        let error = format!("{:?}", done.unwrap_err());
        assert!(error.contains("break_glass"), "{error}");
        assert_eq!(account.state().version(), before);
    }
}

async fn no_door_of_their_own_opens_to_people_of_the_domain(db: TestDatabase) {
    let mut shut = Shut::open(&db).await;
    let ulf = shut.stage.house.user(ULF).await;
    let (mut before, mut device) = with_passkey(&shut.stage.house, ULF).await;
    assert!(is_in(&mut before).await);
    let sessions = shut.stage.sessions(ulf).await;
    shut.shut().await;
    let house = &shut.stage.house;
    let mut browser = house.browser();
    let seen = browser.sign_in(ULF, PASSWORD).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!is_in(&mut browser).await);
    let mut browser = house.browser();
    let seen = sign_in(&mut browser, &mut device).await;
    is_refused(house, &mut browser, &seen).await;
    assert_eq!(shut.stage.sessions(ulf).await, sessions);
    // By the provider they are in.
    let says = json!({"email": ULF, "email_verified": true});
    let mut browser = house.browser();
    shut.stage
        .come(&mut browser, &shut.provider, ULF, says)
        .await;
    assert!(is_in(&mut browser).await);
    // Others come in as they did.
    house.user("una@elsewhere.example.com").await;
    assert!(is_in(&mut house.signed_in("una@elsewhere.example.com").await).await);
    // And it ends with the choice.
    shut.edit(json!({})).await;
    assert!(is_in(&mut shut.stage.house.signed_in(ULF).await).await);
}

async fn a_right_password_is_answered_as_a_wrong_one(db: TestDatabase) {
    let mut shut = Shut::open(&db).await;
    shut.stage.house.user(ULF).await;
    shut.shut().await;
    let answer = async |email: &str, password: &str| {
        let seen = shut.stage.house.browser().sign_in(email, password).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
        // How many tries are left counts down for each address by itself.
        seen.text.replace(email, "")
    };
    let right = answer(ULF, PASSWORD).await;
    let wrong = answer("ulf+2@staff.example.com", "seven red tractors").await;
    assert_eq!(
        right, wrong,
        "nobody learns that it was right, or whose it is"
    );
}

async fn no_link_leads_around_the_provider(db: TestDatabase) {
    let mut shut = Shut::open(&db).await;
    let ulf = shut.stage.house.user(ULF).await;
    let new = json!({"name": "Ida Invited", "email": "ida@staff.example.com"});
    let made = call(&mut shut.owner, Method::POST, "/api/v1/people/users", new).await;
    assert!(made.status.is_success(), "{}", made.text);
    let invitation = shut.stage.house.link_to("ida@staff.example.com").await;
    let ask = async |stage: &Stage| {
        let mut nobody = stage.house.browser();
        let asked = nobody.send("/forgot-password", &[("email", ULF)]).await;
        assert_eq!(asked.status, StatusCode::OK, "{}", asked.text);
        stage
            .house
            .mails()
            .await
            .iter()
            .filter(|mail| mail.to == ULF)
            .count()
    };
    let before = ask(&shut.stage).await;
    let reset = shut.stage.house.link_to(ULF).await;
    shut.shut().await;
    let stage = &shut.stage;
    assert_eq!(ask(stage).await, before, "no link is sent");
    let version = stage.house.account.state().version();
    let mut nobody = stage.house.browser();
    for (path, link) in [
        ("/api/v1/password-resets/complete", &reset),
        ("/api/v1/invitations/accept", &invitation),
    ] {
        let body = json!({"link": link, "password": "nine purple harvesters"});
        let seen = call(&mut nobody, Method::POST, path, body).await;
        assert_eq!(seen.status, StatusCode::CONFLICT, "{}", seen.text);
        assert!(seen.text.contains("provider_only"), "{}", seen.text);
    }
    for (path, link) in [("/password-reset", &reset), ("/invitation", &invitation)] {
        let fields = [("link", &**link), ("password", "nine purple harvesters")];
        let seen = nobody.send(path, &fields).await;
        assert_eq!(seen.status, StatusCode::CONFLICT, "{}", seen.text);
        assert!(!is_in(&mut nobody).await);
    }
    assert_eq!(stage.house.account.state().version(), version);
    assert_eq!(stage.sessions(ulf).await, 0);
    // AD-15: the provider who is sure who it is accepts the invitation.
    let ida = stage.house.person("ida@staff.example.com").await;
    stage.house.give_admin(ida).await;
    let says = json!({"sub": "ida", "email": "ida@staff.example.com", "email_verified": true});
    let mut browser = stage.house.browser();
    stage.come(&mut browser, &shut.provider, ULF, says).await;
    assert!(is_in(&mut browser).await);
}

async fn ad_8_one_super_admin_comes_in_without_it_before_the_eyes_of_all(db: TestDatabase) {
    let mut shut = Shut::open(&db).await;
    let second = shut.stage.house.user(SECOND).await;
    shut.stage.house.set_role(second, RoleId::SUPER_ADMIN).await;
    shut.stage.house.user("ada@elsewhere.example.com").await;
    let told = async |shut: &Shut| {
        let mails = shut.stage.house.mails().await;
        let mails = mails.iter().filter(|mail| {
            let subject = "Somebody came in without the sign-in provider";
            mail.text.subject == subject
        });
        let mut told: Vec<_> = mails.map(|mail| mail.to.clone()).collect();
        told.sort();
        told
    };
    shut.stage.house.signed_in(OWNER).await;
    assert!(told(&shut).await.is_empty(), "before it is nothing special");
    shut.shut().await;
    let mut browser = shut.stage.house.signed_in(OWNER).await;
    assert!(is_in(&mut browser).await);
    assert_eq!(told(&shut).await, [OWNER, SECOND]);
    let mut browser = shut.stage.house.browser();
    sign_in(&mut browser, &mut shut.passkey).await;
    assert!(is_in(&mut browser).await);
    assert_eq!(told(&shut).await, [OWNER, OWNER, SECOND, SECOND]);
    // A wrong password is nobody's use of it, and others are nothing special.
    shut.stage
        .house
        .browser()
        .sign_in(OWNER, "seven red tractors")
        .await;
    shut.stage.house.signed_in(SECOND).await;
    assert_eq!(told(&shut).await.len(), 4);
}

async fn ad_8_whoever_comes_in_without_it_keeps_what_they_come_in_by(db: TestDatabase) {
    let mut shut = Shut::open(&db).await;
    let second = shut.stage.house.user(SECOND).await;
    shut.stage.house.set_role(second, RoleId::SUPER_ADMIN).await;
    let (mut theirs, _) = with_passkey(&shut.stage.house, SECOND).await;
    let owner = shut.stage.house.owner;
    let named = shut.stage.id(second);
    shut.edit(json!({"only_domains": ["staff.example.com"], "break_glass": named}))
        .await;
    let page = theirs.look("/account/passkeys").await;
    let refused = remove_first(&mut theirs, &page).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
    let factors = shut.stage.house.account.has_passkeys(second).await;
    assert!(factors.unwrap());
    let (people, facet) = (vec![second], Facet::User);
    let assignment = access::command::RoleAssignment {
        role: RoleId::ADMIN,
        scope: access::state::PeopleScope::All,
    };
    let weaker = Command::SetAccountRoles {
        bulk: false,
        people,
        assignment,
        keep: Vec::new(),
    };
    for command in [
        Command::Deactivate {
            person: second,
            facet,
        },
        Command::ErasePerson { person: second },
        weaker.clone(),
    ] {
        shut.refused(owner, command).await;
    }
    for kind in [CredentialKind::EveryPasskey, CredentialKind::Password] {
        let edit = Command::EditProfile {
            person: second,
            fields: vec![ProfileField::SignIn],
        };
        let of = Of::known(second);
        let data = None;
        let reset = Change::from(edit).with_credential(NewCredential { of, kind, data });
        shut.refused(owner, reset).await;
    }
    // Whoever is named no more is like everybody.
    shut.edit(json!({})).await;
    let actor = access::Actor::Person(owner);
    shut.stage.house.submit(actor, weaker).await;
    let state = shut.stage.house.account.state();
    assert_eq!(
        state.people().get(second).unwrap().account_role,
        RoleId::ADMIN
    );
}

async fn an_archived_provider_opens_no_other_door(db: TestDatabase) {
    let mut shut = Shut::open(&db).await;
    let ulf = shut.stage.house.user(ULF).await;
    shut.shut().await;
    // Nor does a deleted one: who comes in is said first (AD-8).
    let path = shut.provider.path.replace("/sign-in-provider", "");
    let done = call(&mut shut.owner, Method::DELETE, &path, json!({})).await;
    assert_eq!(done.status, StatusCode::CONFLICT, "{}", done.text);
    let done = call(
        &mut shut.owner,
        Method::POST,
        &format!("{path}/archive"),
        json!({}),
    )
    .await;
    assert!(done.status.is_success(), "{}", done.text);
    shut.stage.house.browser().sign_in(ULF, PASSWORD).await;
    assert_eq!(shut.stage.sessions(ulf).await, 0);
    assert!(is_in(&mut shut.stage.house.signed_in(OWNER).await).await);
}

async fn ad_8_nobody_leaves_the_domain_by_an_address_of_their_own(db: TestDatabase) {
    const AWAY: &str = "ulf@elsewhere.example.com";
    let mut shut = Shut::open(&db).await;
    let ulf = shut.stage.house.user(ULF).await;
    let mut browser = shut.stage.house.signed_in(ULF).await;
    let wish = async |browser: &mut Browser, email: &str| {
        browser.look("/account/profile").await;
        let fields = [("email", email)];
        browser.send("/account/profile/address", &fields).await
    };
    // A wish that is older than the choice.
    let asked = wish(&mut browser, AWAY).await;
    assert_eq!(asked.leads_to(), "/account/profile", "{}", asked.text);
    let links = [
        shut.stage.house.link_to(AWAY).await,
        shut.stage.house.link_to(ULF).await,
    ];
    shut.shut().await;
    let house = &shut.stage.house;
    for link in links {
        let fields = [("link", &*link)];
        house.browser().send("/confirm-address", &fields).await;
    }
    assert_eq!(house.person(ULF).await, ulf, "the address is what it was");
    // And one that comes after it sends no mail.
    let before = house.mails().await.len();
    let asked = wish(&mut browser, "ulf@third.example.com").await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(house.mails().await.len(), before);
}

async fn ad_8_a_provider_shuts_nobody_out_of_what_it_does_not_open(db: TestDatabase) {
    let mut shut = Shut::open(&db).await;
    let made = json!({"name": "Staff of ours"});
    let made = call(&mut shut.owner, Method::POST, "/api/v1/companies", made).await;
    let made: Value = serde_json::from_str(&made.text).unwrap();
    let company = made["id"].as_str().unwrap();
    let path = format!("/api/v1/companies/{company}/domains");
    let domain = json!({"domain": "clients.example.com"});
    call(&mut shut.owner, Method::POST, &path, domain).await;
    let (_, seen) = shut
        .stage
        .try_provider_by(
            &mut shut.owner,
            "clients",
            json!({
                "audience": "customers", "companies": [company], "domains": ["clients.example.com"],
                "only_domains": ["clients.example.com"], "break_glass": shut.stage.id(shut.stage.house.owner),
            }),
        )
        .await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.text);
    let house = &shut.stage.house;
    house.user("una@clients.example.com").await;
    assert!(is_in(&mut house.signed_in("una@clients.example.com").await).await);
    for email in ["cara@clients.example.com", "cleo@staff.example.com"] {
        let person = shut.stage.customer(email).await;
        let set = Command::SetSignIn {
            person,
            possible: true,
        };
        let pages = Actor::System(SystemSubject::SignIn);
        let with_password = Change::from(set).with_credential(password_of(person));
        shut.stage.house.submit(pages, with_password).await;
    }
    // Who is staff is told of, and whoever keeps their own way in is not.
    shut.stage.house.user(ULF).await;
    let page = format!(
        "/configure/connections/{}/sign-in",
        shut.stage.id(shut.provider.connection)
    );
    let mark = shut.owner.look(&page).await;
    let mark = mark.hidden("mark").expect(&mark.text).to_owned();
    let owner = shut.stage.id(shut.stage.house.owner);
    let fields = [
        ("issuer", &*shut.provider.issuer),
        ("client_id", "rolecall"),
        ("audience", "staff"),
        ("domains", "staff.example.com"),
        ("only_domains", "staff.example.com"),
        ("person", &*owner),
        ("person_text", OWNER),
        ("person_asked", OWNER),
        ("mark", &*mark),
    ];
    let review = shut.owner.send(&page, &fields).await.text;
    assert!(
        review.contains("<b>1</b> by the provider alone from now on")
            && review.contains("Nobody is locked out"),
        "{review}"
    );
    shut.shut().await;
    for (email, comes_in) in [
        ("una@clients.example.com", true),
        ("cara@clients.example.com", false),
        ("cleo@staff.example.com", true),
    ] {
        let house = &shut.stage.house;
        let before = house.mails().await.len();
        let mut nobody = house.browser();
        nobody.send("/forgot-password", &[("email", email)]).await;
        let mails = house.mails().await.len() - before;
        assert_eq!(mails, usize::from(comes_in), "{email}");
        let person = house.person(email).await;
        let before = shut.stage.sessions(person).await;
        house.browser().sign_in(email, PASSWORD).await;
        let after = shut.stage.sessions(person).await;
        assert_eq!(after > before, comes_in, "{email}");
    }
}

async fn s1_a_way_in_to_one_side_is_none_to_the_other(db: TestDatabase) {
    let mut shut = Shut::open(&db).await;
    let ulf = shut.stage.house.user(ULF).await;
    let company = shut.stage.company("staff.example.com").await;
    shut.stage.serve(ulf, company).await;
    shut.shut().await;
    let customers = json!({"audience": "customers", "companies": [shut.stage.id(company)], "domains": ["staff.example.com"]});
    let stage = &shut.stage;
    let (customers, seen) = stage
        .try_provider_by(&mut shut.owner, "customers", customers)
        .await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.text);
    let mut browser = stage.house.browser();
    let door = browser.send("/sign-in/way", &[("email", ULF)]).await.text;
    let alone = door.contains("Staff of this organisation come in by its provider alone.");
    assert!(alone && door.contains(r#"id="password""#), "{door}");
    let says = json!({"email": ULF, "email_verified": true});
    for (audience, provider) in [("customers", &customers), ("staff", &shut.provider)] {
        browser = stage.house.browser();
        let asked = stage.leave_as(&mut browser, ULF, audience).await;
        let began = (&*asked["state"], &*asked["nonce"]);
        stage
            .come_back(&mut browser, provider, began, says.clone())
            .await;
        assert!(is_in(&mut browser).await, "{audience}");
    }
    let known = stage.house.account.providers_of(ulf).await.unwrap();
    assert_eq!(known.len(), 2);
    browser.look("/account/providers").await;
    for one in known {
        let fields = [("provider", &*one.mark.to_string())];
        let refused = browser.send("/account/providers/unlink", &fields).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
    }
    assert_eq!(stage.known(ulf).await, 2);
}

async fn what_is_shut_is_no_other_way_in(db: TestDatabase) {
    let mut shut = Shut::open(&db).await;
    let ulf = shut.stage.house.user(ULF).await;
    shut.shut().await;
    let says = json!({"email": ULF, "email_verified": true});
    let mut browser = shut.stage.house.browser();
    let (stage, provider) = (&shut.stage, &shut.provider);
    stage.come(&mut browser, provider, ULF, says).await;
    let known = stage.house.account.providers_of(ulf).await.unwrap();
    let mark = known[0].mark.to_string();
    let unlink = async |browser: &mut Browser| {
        browser.look("/account/providers").await;
        let fields = [("provider", &*mark)];
        browser.send("/account/providers/unlink", &fields).await
    };
    let refused = unlink(&mut browser).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
    assert_eq!(stage.known(ulf).await, 1, "the password does not count");
    shut.edit(json!({})).await;
    let done = unlink(&mut browser).await;
    assert_eq!(done.leads_to(), "/account/providers", "{}", done.text);
    assert_eq!(shut.stage.known(ulf).await, 0);
}
