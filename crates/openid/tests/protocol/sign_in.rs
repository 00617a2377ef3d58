//! From the first request to the identity.

use aws_lc_rs::digest;
use openid::{Asked, Client, Denied, Error, Pending, Registration, Subject, Whose, Wish};
use outgoing::Failure;
use serde_json::{Value, json};

use crate::fake::{Key, base64, ec, ed};
use crate::stage::{ACCESS_TOKEN, NOW, NOW_MS, Stage, asked, code};

#[tokio::test]
async fn a_browser_is_sent_with_state_nonce_and_a_challenge() {
    let stage = Stage::new().await;
    let wish = Wish {
        login_hint: Some("ann@example.org".to_owned()),
        again: true,
        max_age_seconds: Some(600),
    };
    let (url, pending) = stage.begin(&wish).await.unwrap();
    let root = &stage.fake.root;
    assert!(url.starts_with(&format!("{root}/authorize?")), "{url}");
    let asked = asked(&url);
    let kept = serde_json::to_value(&pending).unwrap();
    let verifier = kept["pkce_verifier"].as_str().unwrap();
    let challenge = base64(digest::digest(&digest::SHA256, verifier.as_bytes()));
    for (name, wanted) in [
        ("response_type", "code"),
        ("client_id", "rolecall"),
        ("redirect_uri", "https://desk.example.org/sign-in/back"),
        ("scope", "openid email profile"),
        ("state", pending.state()),
        ("nonce", kept["nonce"].as_str().unwrap()),
        ("code_challenge_method", "S256"),
        ("code_challenge", &challenge),
        ("login_hint", "ann@example.org"),
        ("max_age", "600"),
        ("prompt", "login"),
    ] {
        assert_eq!(asked.get(name).map(String::as_str), Some(wanted), "{name}");
    }
    assert!(!url.contains(verifier) && verifier.len() == 43);
    let (other, _) = stage.begin(&Wish::default()).await.unwrap();
    let other = crate::stage::asked(&other);
    assert!(other["state"] != asked["state"] && other["nonce"] != asked["nonce"]);
    assert!(!other.contains_key("prompt") && !other.contains_key("max_age"));
}

#[tokio::test]
async fn who_comes_back_is_who_the_provider_says() {
    let stage = Stage::new().await;
    let identity = stage.sign_in(|_| {}).await.unwrap();
    assert_eq!(identity.issuer, stage.fake.root);
    assert_eq!(
        (identity.subject.as_str(), identity.sub.as_str()),
        ("248289761001", "248289761001")
    );
    assert_eq!(identity.session.as_deref(), Some("session-1"));
    assert_eq!(identity.email.as_deref(), Some("ann@example.org"));
    assert!(identity.email_verified && identity.unanswered.is_none());
    assert_eq!(identity.name.as_deref(), Some("Ann Example"));
    assert_eq!(identity.given_name.as_deref(), Some("Ann"));
    assert_eq!(identity.family_name.as_deref(), Some("Example"));
    assert_eq!(identity.groups, None);
    assert_eq!(identity.auth_time_ms, Some((NOW - 20) * 1_000));
    assert_eq!(identity.amr, ["pwd", "otp"]);
    assert_eq!(identity.id_token.split('.').count(), 3);
    assert_eq!(format!("{identity:?}"), "Identity(…)");
    // Everything was in the token: nobody was asked for more.
    assert!(stage.fake.came("GET /me").is_empty());
}

#[tokio::test]
async fn a_code_is_exchanged_with_the_verifier_and_our_secret() {
    for (announced, has_secret, in_header, in_body) in [
        (Value::Null, true, true, false),
        (
            json!(["client_secret_post", "client_secret_basic"]),
            true,
            true,
            false,
        ),
        (json!(["client_secret_post"]), true, false, true),
        (json!(["none"]), false, false, false),
        (Value::Null, false, false, false),
    ] {
        let stage = Stage::with(|it| {
            if !has_secret {
                it.client_secret = None;
            }
        })
        .await;
        stage.announce(json!({"token_endpoint_auth_methods_supported": announced}));
        stage.sign_in(|_| {}).await.unwrap();
        let came = stage.fake.came("POST /token").pop().unwrap().text;
        // Each is form-encoded first (RFC 6749 §2.3.1).
        let basic = "authorization: Basic cm9sZWNhbGw6YStzZWNyZXQlMkZvZitvdXJz\r\n";
        assert_eq!(came.contains(basic), in_header, "{announced} {came}");
        assert_eq!(
            came.contains("client_secret=a+secret%2Fof+ours"),
            in_body,
            "{came}"
        );
        assert_eq!(came.contains("client_id=rolecall"), !in_header, "{came}");
        assert!(came.contains("grant_type=authorization_code"), "{came}");
        assert!(came.contains("code=the-code"), "{came}");
        assert!(came.contains("code_verifier="), "{came}");
        assert!(
            came.contains("redirect_uri=https%3A%2F%2Fdesk.example.org%2F"),
            "{came}"
        );
    }
    let stage = Stage::new().await;
    let methods = json!(["private_key_jwt"]);
    stage.announce(json!({"token_endpoint_auth_methods_supported": methods}));
    assert_eq!(code(stage.sign_in(|_| {}).await), "secret_method");
}

#[tokio::test]
async fn every_kind_of_key_is_taken_that_is_a_pair() {
    let keys: [(&str, &'static Key); 2] = [
        ("ES256", Box::leak(Box::new(ec()))),
        ("EdDSA", Box::leak(Box::new(ed()))),
    ];
    for (algorithm, key) in keys {
        let stage = Stage::new().await;
        stage
            .fake
            .publish(&[json!({"kty": "quantum"}), key.published("b")]);
        let identity = stage.sign_in(|said| {
            said.key = key;
            said.header = json!({"alg": algorithm, "kid": "b"});
        });
        assert_eq!(code(identity.await), "let in", "{algorithm}");
    }
    let stage = Stage::new().await;
    let pss = stage.sign_in(|said| said.header = json!({"alg": "PS256", "kid": "a"}));
    assert_eq!(code(pss.await), "let in");
    let nameless = stage.sign_in(|said| said.header = json!({"alg": "RS256"}));
    assert_eq!(code(nameless.await), "let in");
}

#[tokio::test]
async fn only_the_browser_that_went_away_comes_back() {
    let stage = Stage::new().await;
    let other_state = stage.sign_in(|said| said.query = said.query.replace("state=", "state=x"));
    assert_eq!(code(other_state.await), "state_wrong");
    let no_state = stage.sign_in(|said| said.query = "code=the-code".to_owned());
    assert_eq!(code(no_state.await), "callback_incomplete");
    let in_time = stage.sign_in(|said| said.now_ms += Pending::LASTS_MS - 1);
    // In time, but the tokens were made when the browser went away.
    assert_eq!(code(in_time.await), "token_expired");
    let late = stage.sign_in(|said| said.now_ms += Pending::LASTS_MS);
    assert_eq!(code(late.await), "sign_in_too_late");

    // What was begun with one client is not finished with another.
    let (url, pending) = stage.begin(&Wish::default()).await.unwrap();
    let query = format!("code=the-code&state={}", asked(&url)["state"]);
    let exchanged = stage.fake.came("POST /token").len();
    let elsewhere = Stage::new().await;
    let finished = elsewhere.come_back(&pending, &query, NOW_MS).await;
    assert_eq!(code(finished), "state_wrong");
    assert_eq!(stage.fake.came("POST /token").len(), exchanged);
    assert!(elsewhere.fake.came("POST /token").is_empty());
}

#[tokio::test]
async fn a_pending_sign_in_survives_being_kept() {
    let stage = Stage::new().await;
    let (url, pending) = stage.begin(&Wish::default()).await.unwrap();
    assert_eq!(format!("{pending:?}"), "Pending(…)");
    let kept = serde_json::to_string(&pending).unwrap();
    let pending: Pending = serde_json::from_str(&kept).unwrap();
    let said = stage.said(&url, |_| {});
    stage.give(
        json!(said.key.signed(&said.header, &said.claims)),
        &json!({}),
    );
    let back = stage.come_back(&pending, &said.query, NOW_MS).await;
    assert_eq!(code(back), "let in");
}

#[tokio::test]
async fn an_answer_of_another_provider_is_not_taken() {
    let stage = Stage::new().await;
    let mixed = stage.sign_in(|said| said.query = said.query.replace("iss=", "iss=https://evil."));
    assert_eq!(code(mixed.await), "callback_issuer");
    // It says that it names itself, and does not.
    let without = |said: &mut crate::stage::Said| {
        said.query.truncate(said.query.find("&iss=").unwrap());
    };
    assert_eq!(code(stage.sign_in(without).await), "callback_issuer");
    assert!(
        stage.fake.came("POST /token").is_empty(),
        "no code was given away"
    );

    let stage = Stage::new().await;
    stage.announce(json!({"authorization_response_iss_parameter_supported": false}));
    assert_eq!(code(stage.sign_in(without).await), "let in");
    let mixed = stage.sign_in(|said| said.query = said.query.replace("iss=", "iss=https://evil."));
    assert_eq!(code(mixed.await), "callback_issuer");
}

#[tokio::test]
async fn what_the_provider_refuses_is_told_with_what_to_do() {
    let stage = Stage::new().await;
    for (error, denied) in [
        ("access_denied", Denied::Access),
        ("login_required", Denied::Interaction),
        ("invalid_scope", Denied::Request),
        ("server_error", Denied::Unavailable),
        ("words_of_theirs", Denied::Other),
    ] {
        let back = stage.sign_in(|said| {
            said.query = said
                .query
                .replace("code=the-code", &format!("error={error}"));
        });
        let refused = back.await.unwrap_err();
        assert_eq!(refused, Error::Denied(denied));
        assert!(!refused.remedy().is_empty() && !refused.to_string().contains(error));
    }
    let (url, pending) = stage.begin(&Wish::default()).await.unwrap();
    let said = stage.said(&url, |_| {});
    for (status, body, wanted, whose) in [
        (
            400,
            r#"{"error": "invalid_grant"}"#,
            "code_refused",
            Whose::Person,
        ),
        (
            401,
            r#"{"error": "invalid_client"}"#,
            "client_refused",
            Whose::Settings,
        ),
        (
            400,
            r#"{"error": "unauthorized_client"}"#,
            "client_refused",
            Whose::Settings,
        ),
        (
            400,
            r#"{"error": "invalid_request"}"#,
            "exchange_refused",
            Whose::Settings,
        ),
        (
            400,
            r#"{"error": "use_dpop_nonce"}"#,
            "exchange_refused",
            Whose::Settings,
        ),
        (
            500,
            "<h1>Sorry</h1>",
            "provider_unreadable",
            Whose::Provider,
        ),
        (302, "", "provider_unreadable", Whose::Provider),
        (200, "[]", "provider_unreadable", Whose::Provider),
        (
            200,
            r#"{"access_token": "a", "token_type": "Bearer"}"#,
            "id_token_missing",
            Whose::Settings,
        ),
    ] {
        stage.fake.put("/token", status, body);
        let back = stage.come_back(&pending, &said.query, NOW_MS).await;
        let error = back.unwrap_err();
        assert_eq!(
            (error.code(), error.whose()),
            (wanted, whose),
            "{status} {body}"
        );
    }
    assert!(
        stage.fake.came("GET /elsewhere").is_empty(),
        "nobody goes elsewhere"
    );
}

#[tokio::test]
async fn what_is_missing_in_the_token_is_asked_for() {
    let stage = Stage::new().await;
    let me = |other: Value| {
        let mut me = json!({
            "sub": "248289761001", "email": "ann@example.org", "email_verified": "true",
            "name": "Ann from there",
        });
        me.as_object_mut()
            .unwrap()
            .extend(other.as_object().unwrap().clone());
        stage.fake.put("/me", 200, me);
    };
    me(json!({}));
    let identity = stage.sign_in(|said| said.forget("email")).await.unwrap();
    assert_eq!(identity.email.as_deref(), Some("ann@example.org"));
    assert!(identity.email_verified);
    // The token comes first.
    assert_eq!(identity.name.as_deref(), Some("Ann Example"));
    let came = stage.fake.came("GET /me").pop().unwrap().text;
    assert!(
        came.contains(&format!("authorization: Bearer {ACCESS_TOKEN}\r\n")),
        "{came}"
    );

    // An address is verified by whoever says so of *that* address.
    me(json!({"email": "boss@example.org"}));
    let mixed = stage.sign_in(|said| {
        said.forget("name");
        said.forget("email_verified");
    });
    let mixed = mixed.await.unwrap();
    assert_eq!(mixed.email.as_deref(), Some("ann@example.org"));
    assert!(!mixed.email_verified);
    assert_eq!(mixed.name.as_deref(), Some("Ann from there"));

    me(json!({"sub": "somebody-else"}));
    let other = stage.sign_in(|said| said.forget("email")).await;
    assert_eq!(code(other), "user_info_subject");
}

#[tokio::test]
async fn who_it_is_counts_although_the_provider_says_no_more() {
    let stage = Stage::new().await;
    for (status, body, wanted) in [
        (401, String::new(), "provider_status"),
        (302, String::new(), "provider_status"),
        (200, "a.signed.token".to_owned(), "provider_unreadable"),
        (
            200,
            format!("{{{}}}", " ".repeat(300_000)),
            "provider_unreachable",
        ),
    ] {
        stage.fake.put("/me", status, &body);
        let identity = stage.sign_in(|said| said.forget("email")).await.unwrap();
        assert_eq!(identity.email, None);
        assert!(!identity.email_verified);
        assert_eq!(identity.unanswered.map(|error| error.code()), Some(wanted));
    }
    stage.announce(json!({"userinfo_endpoint": null}));
    stage.party.look(&stage.client, NOW_MS).await.unwrap();
    let identity = stage.sign_in(|said| said.forget("email")).await.unwrap();
    assert_eq!((identity.email, identity.unanswered), (None, None));
}

#[tokio::test]
async fn an_address_is_verified_only_where_the_provider_says_so() {
    let stage = Stage::new().await;
    for (value, wanted) in [
        (json!(true), true),
        (json!("true"), true),
        (json!(false), false),
        (json!("false"), false),
        (json!(1), false),
        (json!("yes"), false),
        (json!(null), false),
    ] {
        let identity = stage.sign_in(|said| said.claim("email_verified", value.clone()));
        assert_eq!(identity.await.unwrap().email_verified, wanted, "{value}");
    }
    let identity = stage.sign_in(|said| said.forget("email_verified")).await;
    assert!(!identity.unwrap().email_verified);
}

#[tokio::test]
async fn groups_come_from_the_claim_that_was_named() {
    let stage = Stage::with(|it| it.groups_claim = Some("desk_groups".to_owned())).await;
    let many: Vec<String> = (0..2_001).map(|number| number.to_string()).collect();
    for (value, wanted) in [
        (json!(["Desk", "Night"]), Some(vec!["Desk", "Night"])),
        (json!("Desk"), Some(vec!["Desk"])),
        (json!([]), Some(vec![])),
        // Half of a list would be another list.
        (json!(["Desk", 7]), None),
        (json!({"a": "b"}), None),
        (json!(many), None),
    ] {
        let identity = stage.sign_in(|said| said.claim("desk_groups", value.clone()));
        let groups = identity.await.unwrap().groups;
        let groups = groups.as_ref();
        let groups = groups.map(|all| all.iter().map(String::as_str).collect());
        assert_eq!(groups, wanted);
    }
    // Entra ID says that there are too many to say.
    let identity = stage.sign_in(|said| {
        said.claim("_claim_names", json!({"desk_groups": "src1"}));
    });
    assert_eq!(identity.await.unwrap().groups, None);
    stage.fake.put(
        "/me",
        200,
        json!({"sub": "248289761001", "desk_groups": ["There"]}),
    );
    let identity = stage.sign_in(|_| {}).await.unwrap();
    assert_eq!(identity.groups, Some(vec!["There".to_owned()]));
}

#[tokio::test]
async fn oid_counts_inside_of_its_directory_alone() {
    let directory = "0f0d1c9e-6a1f-4a0b-9a7c-1d2e3f405162";
    let stage = Stage::with(|it| {
        it.issuer = format!("{}/{directory}/v2.0", it.issuer);
        it.subject = Subject::Oid {
            directory: directory.to_owned(),
        };
    })
    .await;
    let oid = json!("11112222-3333-4444-5555-666677778888");
    let identity = stage.sign_in(|said| {
        said.claim("tid", json!(directory));
        said.claim("oid", oid.clone());
    });
    let identity = identity.await.unwrap();
    assert_eq!(identity.subject.as_str(), oid.as_str().unwrap());
    assert_eq!(identity.subject.claim, "oid");
    assert_eq!(identity.sub, "248289761001");
    for (tid, oid, wanted) in [
        (
            json!("0f0d1c9e-6a1f-4a0b-9a7c-1d2e3f405163"),
            oid.clone(),
            "token_directory",
        ),
        (Value::Null, oid.clone(), "token_directory"),
        (json!(directory), Value::Null, "token_subject"),
        (json!(directory), json!(""), "token_subject"),
    ] {
        let refused = stage.sign_in(|said| {
            said.claim("tid", tid.clone());
            said.claim("oid", oid.clone());
        });
        assert_eq!(code(refused.await), wanted, "{tid} {oid}");
    }
}

#[tokio::test]
async fn a_claim_that_was_chosen_names_people_by_the_token_alone() {
    let stage = Stage::with(|it| it.subject = Subject::Claim("uid".to_owned())).await;
    // What the user info says of it is nothing: it is not signed for us.
    let said = json!({"sub": "248289761001", "uid": "mallory", "desk_groups": []});
    stage.fake.put("/me", 200, said);
    let identity = stage.sign_in(|said| said.claim("uid", json!("00u1"))).await;
    let identity = identity.unwrap();
    let by = (identity.subject.claim.as_str(), identity.subject.as_str());
    assert_eq!(by, ("uid", "00u1"));
    // Logout goes on to speak of `sub`.
    assert_eq!(identity.sub, "248289761001");
    for uid in [
        Value::Null,
        json!(""),
        json!(17),
        json!(["00u1"]),
        json!("u".repeat(256)),
        json!("u\n1"),
    ] {
        let refused = stage.sign_in(|said| {
            said.claim("uid", uid.clone());
            said.forget("email");
        });
        assert_eq!(code(refused.await), "token_subject_claim", "{uid}");
    }
    let refused = stage.sign_in(|said| said.forget("email")).await;
    assert_eq!(code(refused), "token_subject_claim");
    // Nor is anybody without a `sub`.
    let refused = stage.sign_in(|said| {
        said.claim("uid", json!("00u1"));
        said.forget("sub");
    });
    assert_eq!(code(refused.await), "token_subject");
}

#[tokio::test]
async fn a_provider_that_is_not_there_is_told_apart() {
    let stage = Stage::new().await;
    let registration = Registration {
        // Nothing listens there.
        issuer: "http://127.0.0.1:9".to_owned(),
        ..stage.client.registration().clone()
    };
    let client = Client::new(registration, stage.party.allowed()).unwrap();
    let error = stage.party.look(&client, NOW_MS).await.unwrap_err();
    let wanted = Error::Unreachable {
        asked: Asked::Metadata,
        failure: Failure::NotConnected,
    };
    assert_eq!(error, wanted);
    assert_eq!(error.whose(), Whose::Provider);
}
