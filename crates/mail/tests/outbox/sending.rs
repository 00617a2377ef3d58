//! How mails go out: once, again, and never.

use std::time::Duration;

use access::Command;
use access::state::Facet;
use ledger::{MailState, Of, Purpose};
use mail::{ATTEMPTS_MAX, LEASE, Letter, pause};
use testkit::databases::TestDatabase;
use testkit::smtp::Turn;

use crate::world::World;

testkit::on_both![
    a_mail_is_sent_once_and_nothing_of_it_is_kept,
    a_mail_that_is_put_off_is_sent_later,
    sd_37_an_answer_says_where_replies_go_and_what_it_follows,
    an_access_token_is_read_again_for_each_mail,
    a_receiver_who_does_not_exist_is_given_up_and_that_is_shown,
    a_wrong_password_of_the_operator_is_nobodys_fault,
    a_mail_is_given_up_in_the_end,
    a_mail_whose_node_died_is_sent_by_the_next,
    a_mail_that_was_taken_without_an_answer_is_sent_again_under_the_same_id,
    two_nodes_send_every_mail_once,
    a_name_gets_no_header_of_its_own,
    a_notice_goes_where_the_person_is_by_then,
    what_waits_too_long_ends,
    without_tls_nothing_is_said_where_it_is_asked_for,
    to_a_server_that_nobody_vouches_for_nothing_is_said,
];

const MINUTE: Duration = Duration::from_secs(60);

async fn a_mail_is_sent_once_and_nothing_of_it_is_kept(db: TestDatabase) {
    let world = World::open(&db).await;
    world.invited("Rita Roth", "rita@example.net").await;
    assert_eq!(world.rows().await, [(0, true)]);
    assert_eq!(world.worker().round().await.unwrap(), 1);
    assert_eq!(world.worker().round().await.unwrap(), 0);
    let received = world.server.received();
    assert_eq!(received.len(), 1);
    let mail = &received[0];
    assert_eq!(mail.to, "rita@example.net");
    for (name, value) in [
        ("To", "rita@example.net"),
        ("From", "Rolecall <rolecall@example.org>"),
        ("Subject", "You are invited to Rolecall"),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
        ("X-Rolecall-Loop", "1"),
        ("Date", "Mon, 02 Mar 2026 09:00:00 +0000"),
    ] {
        assert_eq!(mail.header(name).as_deref(), Some(value), "{name}");
    }
    assert!(mail.text().starts_with("Hello Rita Roth,"));
    assert_eq!(world.rows().await, [(1, false)]);
}

async fn sd_37_an_answer_says_where_replies_go_and_what_it_follows(db: TestDatabase) {
    let world = World::open(&db).await;
    let rita = world.customer("Rita", "rita@example.net").await;
    let reply_to = "support+0123456789abcdefghijklmnopqrstuv@example.org";
    let answer = Letter::Answer {
        subject: "INC-12: the printer".to_owned(),
        text: "It prints again.".to_owned(),
        path: Some("/portal/records/inc_1".to_owned()),
        thread: mail::Thread {
            reply_to: Some(reply_to.to_owned()),
            about: Some("0123456789abcdef".to_owned()),
        },
    };
    let told = mail::notice(&world.account, Of::known(rita), None, &answer).unwrap();
    // Beside any change: what the desk does stands elsewhere.
    let write = ledger::ProfileWrite::new(Of::known(rita));
    let change = ledger::Change::from(Command::EditProfile {
        person: rita,
        fields: vec![access::event::ProfileField::Address],
    })
    .with_profile(write.set(ledger::Field::Email, "roth@example.net"))
    .with_mail(told);
    world.submit(change).await.unwrap();
    assert_eq!(world.worker().round().await.unwrap(), 1);
    let received = world.server.received();
    let mail = &received[0];
    for (name, value) in [
        ("Subject", "INC-12: the printer"),
        ("Reply-To", reply_to),
        ("In-Reply-To", "<0123456789abcdef@example.org>"),
        ("References", "<0123456789abcdef@example.org>"),
    ] {
        assert_eq!(mail.header(name).as_deref(), Some(value), "{name}");
    }
    assert!(mail.text().contains("It prints again."));
    // What goes out here does not come in here.
    let back = mail::inbound::Mail::read(mail.message.as_bytes(), &[]).unwrap();
    assert!(back.is_loop && back.automatic.is_some());
}

async fn an_access_token_is_read_again_for_each_mail(db: TestDatabase) {
    let world = World::open(&db).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    let url = world
        .server
        .url()
        .replace("smtp://", "smtp://desk%40example.org@");
    let from = "rolecall@example.org";
    let token = mail::AccessToken::in_file(&file);
    let post = mail::Post::smtp_by_token(&url, from, token).unwrap();
    let base = "https://rolecall.example".to_owned();
    let worker = mail::Worker::new(world.engine.clone(), post, mail::Letterhead { base });
    world.invited("Rita", "rita@example.net").await;
    assert_eq!(worker.round().await.unwrap(), 1);
    assert_eq!(world.rows().await, [(0, true)], "without one it waits");
    for token in ["ya29.first", "ya29.second"] {
        std::fs::write(&file, format!("{token}\n")).unwrap();
        world.wait(5 * MINUTE);
        assert_eq!(worker.round().await.unwrap(), 1);
        let received = world.server.received();
        let said = format!("user=desk@example.org\x01auth=Bearer {token}\x01\x01");
        let said = data_encoding::BASE64.encode(said.as_bytes());
        let wanted = format!("XOAUTH2 {said}");
        assert_eq!(
            received.last().unwrap().sign_in.as_deref(),
            Some(wanted.as_str())
        );
        world.invited("Eve", &format!("{token}@example.net")).await;
    }
    for (url, what) in [
        ("smtp://u:p@localhost", "a password too"),
        ("smtp://localhost", "nobody"),
    ] {
        let token = mail::AccessToken::in_file(&file);
        assert!(
            mail::Post::smtp_by_token(url, from, token).is_err(),
            "{what}"
        );
    }
}

async fn a_mail_that_is_put_off_is_sent_later(db: TestDatabase) {
    let world = World::open(&db).await;
    let rita = world.invited("Rita", "rita@example.net").await;
    for turn in [Turn::RefuseReceiver(450), Turn::RefuseMail(451)] {
        world.server.next(turn);
    }
    assert_eq!(world.worker().round().await.unwrap(), 1);
    let sent = world.account.sent_link(rita, Purpose::Invitation).await;
    let mail = sent.unwrap().unwrap().mail.unwrap();
    assert_eq!(
        (mail.state, mail.error.as_deref()),
        (MailState::Waiting, Some("smtp_450"))
    );
    world.wait(MINUTE / 2);
    assert_eq!(world.worker().round().await.unwrap(), 0, "not so soon");
    world.wait(MINUTE / 2);
    assert_eq!(world.worker().round().await.unwrap(), 1);
    world.wait(5 * MINUTE);
    assert_eq!(world.worker().round().await.unwrap(), 1);
    assert_eq!(world.server.received().len(), 1);
    assert_eq!(world.rows().await, [(1, false)]);
}

async fn a_receiver_who_does_not_exist_is_given_up_and_that_is_shown(db: TestDatabase) {
    let world = World::open(&db).await;
    let rita = world.invited("Rita", "rita@example.net").await;
    world.server.next(Turn::RefuseReceiver(550));
    assert_eq!(world.worker().round().await.unwrap(), 1);
    let sent = world.account.sent_link(rita, Purpose::Invitation).await;
    let mail = sent.unwrap().unwrap().mail.unwrap();
    // A code, and not what the server said: that names the person.
    assert_eq!(
        (mail.state, mail.error.as_deref()),
        (MailState::GivenUp, Some("smtp_550"))
    );
    assert!(mail.done_at.is_some());
    world.wait(48 * 60 * MINUTE);
    assert_eq!(world.worker().round().await.unwrap(), 0);
    assert_eq!(world.rows().await, [(2, false)]);
}

async fn a_wrong_password_of_the_operator_is_nobodys_fault(db: TestDatabase) {
    let world = World::open(&db).await;
    world.invited("Rita", "rita@example.net").await;
    world.server.next(Turn::RefuseReceiver(530));
    assert_eq!(world.worker().round().await.unwrap(), 1);
    world.wait(MINUTE);
    assert_eq!(world.worker().round().await.unwrap(), 1);
    assert_eq!(world.server.received().len(), 1);
}

async fn a_mail_is_given_up_in_the_end(db: TestDatabase) {
    let world = World::open(&db).await;
    world.invited("Rita", "rita@example.net").await;
    for attempt in 1..=ATTEMPTS_MAX {
        world.server.next(Turn::RefuseMail(452));
        assert_eq!(world.worker().round().await.unwrap(), 1, "try {attempt}");
        world.wait(pause(attempt).unwrap_or_default());
    }
    world.wait(24 * 60 * MINUTE);
    assert_eq!(world.worker().round().await.unwrap(), 0);
    assert!(world.server.received().is_empty());
    assert_eq!(world.rows().await, [(2, false)]);
}

async fn a_mail_whose_node_died_is_sent_by_the_next(db: TestDatabase) {
    let world = World::open(&db).await;
    world.invited("Rita", "rita@example.net").await;
    // It claims, and says nothing more.
    let claimed = world.engine.claim_mails(8, LEASE).await.unwrap();
    assert_eq!(claimed.len(), 1);
    assert_eq!(world.worker().round().await.unwrap(), 0, "it is claimed");
    world.wait(LEASE);
    assert_eq!(world.worker().round().await.unwrap(), 1);
    assert_eq!(world.server.received().len(), 1);
    // What the dead one says when it comes back changes nothing.
    world
        .engine
        .mail_failed(&claimed[0], "late", None)
        .await
        .unwrap();
    assert_eq!(world.rows().await, [(1, false)]);
}

async fn a_mail_that_was_taken_without_an_answer_is_sent_again_under_the_same_id(db: TestDatabase) {
    let world = World::open(&db).await;
    world.invited("Rita", "rita@example.net").await;
    world.server.next(Turn::TakeAndHangUp);
    assert_eq!(world.worker().round().await.unwrap(), 1);
    world.wait(MINUTE);
    assert_eq!(world.worker().round().await.unwrap(), 1);
    let received = world.server.received();
    let ids: Vec<_> = received
        .iter()
        .map(|mail| mail.header("Message-ID").unwrap())
        .collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0], ids[1], "who receives it twice can tell");
    assert_eq!(world.rows().await, [(1, false)]);
}

async fn two_nodes_send_every_mail_once(db: TestDatabase) {
    let world = World::open(&db).await;
    for number in 0..20 {
        let address = format!("user{number}@example.net");
        world.invited("Somebody", &address).await;
    }
    let (here, there) = (world.worker(), world.other_node().await);
    let all = async |worker: &mail::Worker| while worker.round().await.unwrap() > 0 {};
    tokio::join!(all(&here), all(&there));
    let received = world.server.received();
    let mut to: Vec<_> = received.iter().map(|mail| &mail.to).collect();
    to.sort_unstable();
    to.dedup();
    assert_eq!((to.len(), received.len()), (20, 20));
}

async fn a_name_gets_no_header_of_its_own(db: TestDatabase) {
    let world = World::open(&db).await;
    // Line breaks are refused where names are kept; what else a name may hold ends no header.
    let name = "Eve <all@example.org>, \u{2028}Bcc: all@example.org=0D=0A";
    world.invited(name, "eve@example.net").await;
    assert_eq!(world.worker().round().await.unwrap(), 1);
    let received = world.server.received();
    assert_eq!((received.len(), received[0].headers("Bcc")), (1, 0));
    assert_eq!(received[0].to, "eve@example.net");
    // An address that is several is no way in either.
    let address = "eve@example.net>,<all@example.org";
    world.invited("Eve", address).await;
    assert_eq!(world.worker().round().await.unwrap(), 1);
    assert_eq!(world.server.received().len(), 1);
    let mut rows = world.rows().await;
    rows.sort_unstable();
    assert_eq!(rows, [(1, false), (2, false)]);
}

async fn a_notice_goes_where_the_person_is_by_then(db: TestDatabase) {
    let world = World::open(&db).await;
    let rita = world.invited("Rita", "old@example.net").await;
    let accept = Command::AcceptInvitation { person: rita };
    world.as_actor(crate::world::SIGN_IN, accept).await.unwrap();
    let told = mail::notice(
        &world.account,
        Of::known(rita),
        None,
        &Letter::MadeAdministrator,
    )
    .unwrap();
    let change = ledger::Change::from(Command::SetAccountRoles {
        people: vec![rita],
        assignment: access::command::RoleAssignment {
            role: access::RoleId::ADMIN,
            scope: access::state::PeopleScope::All,
        },
        keep: Vec::new(),
        bulk: false,
    })
    .with_mail(told);
    world.submit(change.clone()).await.unwrap();
    world.move_to(rita, "new@example.net").await;
    // Asked again, nothing changes, and nobody is told.
    world.submit(change).await.unwrap();
    while world.worker().round().await.unwrap() > 0 {}
    let received = world.server.received();
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].to, "new@example.net");
    assert!(received[0].text().contains("administrator"));
}

async fn what_waits_too_long_ends(db: TestDatabase) {
    let world = World::open(&db).await;
    let rita = world.invited("Rita", "rita@example.net").await;
    world.wait(Duration::from_secs(7 * 24 * 60 * 60));
    assert_eq!(world.worker().round().await.unwrap(), 0, "its link is over");
    world.engine.sweep_mails().await.unwrap();
    let sent = world.account.sent_link(rita, Purpose::Invitation).await;
    let sent = sent.unwrap().unwrap();
    assert_eq!(sent.expires_at, None);
    assert_eq!(sent.mail.unwrap().error.as_deref(), Some("expired"));
    world.wait(Duration::from_secs(31 * 24 * 60 * 60));
    world.engine.sweep_mails().await.unwrap();
    assert!(world.rows().await.is_empty());
    // A new one is another one.
    world.invite(rita, Facet::User).await.unwrap();
    assert_eq!(world.worker().round().await.unwrap(), 1);
}

async fn without_tls_nothing_is_said_where_it_is_asked_for(db: TestDatabase) {
    let world = World::open(&db).await;
    world.invited("Rita", "rita@example.net").await;
    let url = format!("{}?tls=required", world.server.url());
    let post = mail::Post::smtp(&url, "rolecall@example.org").unwrap();
    let base = "https://rolecall.example".to_owned();
    let worker = mail::Worker::new(world.engine.clone(), post, mail::Letterhead { base });
    assert_eq!(worker.round().await.unwrap(), 1);
    assert!(world.server.received().is_empty());
    assert_eq!(world.rows().await, [(0, true)], "it is tried again");
}

/// What follows the handshake stands in the tests of processes, which trust a root of their own.
async fn to_a_server_that_nobody_vouches_for_nothing_is_said(db: TestDatabase) {
    let world = World::open(&db).await;
    let rita = world.invited("Rita", "rita@example.net").await;
    let server = testkit::smtp::MailServer::start_with_tls().await;
    let post = mail::Post::smtp(&server.url_with_tls(), "rolecall@example.org").unwrap();
    let base = "https://rolecall.example".to_owned();
    let worker = mail::Worker::new(world.engine.clone(), post, mail::Letterhead { base });
    assert_eq!(worker.round().await.unwrap(), 1);
    assert!(server.received().is_empty());
    let sent = world.account.sent_link(rita, Purpose::Invitation).await;
    let mail = sent.unwrap().unwrap().mail.unwrap();
    assert_eq!(mail.state, MailState::Waiting, "it is tried again");
    assert!(mail.error.is_some());
}
