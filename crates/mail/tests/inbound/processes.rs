//! Debian's Postfix and Dovecot as real processes: a forged, a looped, a late and a good mail (SD-37).

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use access::{Dense as _, PersonId, ServiceId};
use lettre::address::Envelope;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use mail::AccessToken;
use mail::inbound::{
    Delivery, Facts, Fetched, Handler, Imap, ImapError, Known, Limits, Lmtp, Mail, Outcome,
    Refusal, Reply, ReplyKey, Sender, Verdict, judge,
};
use testkit::certificates;
use testkit::dovecot::{self, Dovecot};
use testkit::postfix::{self, Postfix};
use tokio::sync::oneshot;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;

const SUPPORT: &str = "support@example.org";
const RITA: u32 = 7;
const LATE: i64 = 43;
const POLL: Duration = Duration::from_millis(100);

fn key() -> ReplyKey {
    ReplyKey::new([7; 32], ledger::AccountId(1))
}

fn reply(record: i64) -> Reply {
    let person = PersonId::from_number(RITA).unwrap();
    Reply { record, person }
}

fn reply_address(record: i64) -> String {
    key().address(SUPPORT, reply(record)).unwrap()
}

fn service() -> ServiceId {
    ServiceId::from_number(1).unwrap()
}

/// Does with mails what the desk does: judges each, asks for the right, stores what may be, once.
#[derive(Clone, Default)]
struct Desk(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    verdicts: Vec<Verdict>,
    stored: Vec<(Verdict, String)>,
    ids: BTreeSet<String>,
    /// The database is away for so many mails.
    away: usize,
}

impl Desk {
    fn verdicts(&self) -> Vec<Verdict> {
        self.0.lock().unwrap().verdicts.clone()
    }

    fn stored(&self) -> Vec<(Verdict, String)> {
        self.0.lock().unwrap().stored.clone()
    }

    /// Until it has heard of so many mails.
    async fn wait(&self, verdicts: usize, log: impl Fn() -> String) {
        for _ in 0..300 {
            if self.verdicts().len() >= verdicts {
                return;
            }
            tokio::time::sleep(POLL).await;
        }
        panic!("{:?}\n{}", self.verdicts(), log());
    }
}

impl Handler for Desk {
    async fn knows(&self, recipient: &str) -> bool {
        recipient.starts_with("support")
    }

    async fn receive(&self, delivery: Delivery) -> Vec<Outcome> {
        let mut known = self.0.lock().unwrap();
        let outcome = if known.away > 0 {
            known.away -= 1;
            Outcome::Later
        } else {
            known.take(&delivery)
        };
        delivery.recipients.iter().map(|_| outcome).collect()
    }
}

impl Inner {
    fn take(&mut self, delivery: &Delivery) -> Outcome {
        let mail = Mail::read(&delivery.raw, &[postfix::NAME.to_owned()]).unwrap();
        let is_rita = mail.from.as_deref() == Some("rita@example.net");
        let selectable_in = [service()];
        let from = is_rita.then_some(Known {
            person: reply(1).person,
            selectable_in: &selectable_in,
        });
        let facts = Facts {
            key: &key(),
            mailboxes: &[SUPPORT.to_owned()],
            services: &[(SUPPORT.to_owned(), service())],
            from,
        };
        let has_sender = delivery.sender.is_some();
        let verdict = judge(&mail, has_sender, &delivery.recipients, &facts);
        self.verdicts.push(verdict.clone());
        match &verdict {
            // The right is gone: the mail is late.
            Verdict::Replies(reply) if reply.record == LATE => Outcome::Refused,
            Verdict::Refused(_) => Outcome::Refused,
            Verdict::Loop | Verdict::Automatic(_) => Outcome::Stored,
            Verdict::Opens { .. } | Verdict::Replies(_) => {
                if self.ids.insert(mail.id.unwrap_or_default()) {
                    self.stored.push((verdict, mail.said.text));
                }
                Outcome::Stored
            }
        }
    }
}

/// A mail of somebody to somebody.
fn mail(id: &str, from: &str, to: &str, headers: &str, text: &str) -> String {
    format!(
        "From: {from}\r\nTo: {to}\r\nMessage-ID: <{id}@example.net>\r\nSubject: Printer\r\n{headers}\
         MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    )
}

/// Gives a mail to Postfix, as anybody's mail server would.
async fn send(postfix: &Postfix, from: &str, to: &str, raw: &str) {
    let transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("127.0.0.1")
        .port(postfix.port())
        .build();
    let from = (!from.is_empty()).then(|| from.parse().unwrap());
    let envelope = Envelope::new(from, vec![to.parse().unwrap()]).unwrap();
    let sent = transport.send_raw(&envelope, raw.as_bytes()).await;
    assert!(sent.is_ok(), "{sent:?}\n{}", postfix.log());
}

/// SD-37 by way of Postfix and LMTP.
#[tokio::test]
async fn sd_37_postfix_hands_over_a_good_a_forged_a_looped_and_a_late_mail() {
    let lmtp = Lmtp::open("lmtp://127.0.0.1:0", Limits::default())
        .await
        .unwrap();
    let port = lmtp.port().unwrap();
    let desk = Desk::default();
    let (stop, stopped) = oneshot::channel::<()>();
    let task = tokio::spawn(lmtp.run(Arc::new(desk.clone()), async {
        let _ = stopped.await;
    }));
    let rita = "rita@example.net";
    let postfix = Postfix::start("example.org", port, &[rita]);
    let log = || postfix.log();

    // Good: a new one, whose sender the relay vouches for; and a reply.
    send(
        &postfix,
        rita,
        SUPPORT,
        &mail(
            "1",
            "Rita <rita@example.net>",
            SUPPORT,
            "",
            "Es druckt für niemanden.\r\n.",
        ),
    )
    .await;
    desk.wait(1, log).await;
    let to = reply_address(42);
    send(
        &postfix,
        rita,
        &to,
        &mail(
            "2",
            rita,
            &to,
            "",
            "Thank you.\r\n\r\nOn 1 May Support wrote:\r\n> Hello",
        ),
    )
    .await;
    desk.wait(2, log).await;

    // Forged: an address that was not made here, and one that is somebody else's. That they claim to be verified helps nobody.
    let claim = format!(
        "Authentication-Results: {}; dmarc=pass header.from=example.net\r\n",
        postfix::NAME
    );
    let forged = to.replace("support+", "support+0");
    send(
        &postfix,
        "eve@example.com",
        &forged,
        &mail("3", rita, &forged, &claim, "Pay me."),
    )
    .await;
    desk.wait(3, log).await;
    send(
        &postfix,
        "eve@example.com",
        &to,
        &mail("4", "eve@example.com", &to, "", "Pay me."),
    )
    .await;
    desk.wait(4, log).await;
    send(
        &postfix,
        "eve@example.com",
        SUPPORT,
        &mail("5", rita, SUPPORT, &claim, "Not Rita."),
    )
    .await;
    desk.wait(5, log).await;

    // Looped: one of ours comes back; and one that a program answered.
    send(
        &postfix,
        rita,
        &to,
        &mail("6", rita, &to, "X-Rolecall-Loop: 1\r\n", "Again."),
    )
    .await;
    desk.wait(6, log).await;
    send(
        &postfix,
        "",
        &to,
        &mail(
            "7",
            rita,
            &to,
            "Auto-Submitted: auto-replied\r\n",
            "I am away.",
        ),
    )
    .await;
    desk.wait(7, log).await;

    // Late: the address is good, the right is over.
    let late = reply_address(LATE);
    send(
        &postfix,
        rita,
        &late,
        &mail("8", rita, &late, "", "Too late."),
    )
    .await;
    desk.wait(8, log).await;

    // While nothing can be stored, Postfix keeps it.
    desk.0.lock().unwrap().away = 2;
    send(&postfix, rita, &to, &mail("9", rita, &to, "", "Kept.")).await;
    while desk.0.lock().unwrap().away > 0 {
        tokio::time::sleep(POLL).await;
        postfix.flush();
    }
    desk.wait(9, log).await;
    assert_eq!(desk.0.lock().unwrap().away, 0);

    let rita = |is_verified| Verdict::Opens {
        service: service(),
        sender: Sender::Customer {
            person: reply(1).person,
            is_verified,
        },
    };
    let verdicts = [
        rita(true),
        Verdict::Replies(reply(42)),
        Verdict::Refused(Refusal::Forged),
        Verdict::Refused(Refusal::FromDiffers),
        rita(false),
        Verdict::Loop,
        Verdict::Automatic(mail::inbound::Automatic::Said),
        Verdict::Replies(reply(LATE)),
        Verdict::Replies(reply(42)),
    ];
    assert_eq!(desk.verdicts(), verdicts, "{}", postfix.log());
    let text = |text: &str| text.to_owned();
    let stored = [
        (rita(true), text("Es druckt für niemanden.\n.")),
        (Verdict::Replies(reply(42)), text("Thank you.")),
        (rita(false), text("Not Rita.")),
        (Verdict::Replies(reply(42)), text("Kept.")),
    ];
    assert_eq!(desk.stored(), stored);
    drop(stop);
    task.await.unwrap();
}

fn fetched_of(done: usize, later: usize) -> Fetched {
    Fetched {
        done,
        later,
        more: 0,
    }
}

fn root() -> Vec<CertificateDer<'static>> {
    vec![CertificateDer::from_pem_file(certificates::ROOT).unwrap()]
}

/// The same four, fetched from Dovecot over TLS with a password.
#[tokio::test]
async fn sd_37_dovecot_has_a_good_a_forged_a_looped_and_a_late_mail() {
    let dovecot = Dovecot::start().await;
    let (good, late) = (reply_address(42), reply_address(LATE));
    let forged = good.replace("support+", "support+0");
    let rita = "rita@example.net";
    // The address in the To is the receiver's, unless the last server says where it delivered.
    let delivered = format!("Delivered-To: {good}\r\n");
    for (name, to, headers) in [
        ("1.good", good.as_str(), ""),
        ("2.forged", &forged, ""),
        ("3.looped", &good, "X-Rolecall-Loop: 1\r\n"),
        ("4.late", &late, ""),
        ("5.hidden", "undisclosed@example.com", &delivered),
    ] {
        dovecot.deliver(name, &mail(name, rita, to, headers, name));
    }
    let desk = Desk::default();
    let imap = Imap::new(&dovecot.url_with_tls(), None, &root()).unwrap();
    let fetched = imap.round(&desk).await.unwrap();
    assert_eq!(fetched, fetched_of(5, 0), "{}", dovecot.log());
    let verdicts = [
        Verdict::Replies(reply(42)),
        Verdict::Refused(Refusal::Forged),
        Verdict::Loop,
        Verdict::Replies(reply(LATE)),
        Verdict::Replies(reply(42)),
    ];
    assert_eq!(desk.verdicts(), verdicts);
    let stored: Vec<_> = desk.stored().into_iter().map(|(_, text)| text).collect();
    assert_eq!(stored, ["1.good", "5.hidden"]);
    assert_eq!(dovecot.count(""), (5, 0));

    // What was seen is not fetched again; what cannot be stored stays unseen, and is.
    desk.0.lock().unwrap().away = 1;
    dovecot.deliver("6", &mail("6", rita, &good, "", "6"));
    let fetched = imap.round(&desk).await.unwrap();
    assert_eq!(fetched, fetched_of(0, 1));
    assert_eq!(dovecot.count(""), (5, 1));
    let fetched = imap.round(&desk).await.unwrap();
    assert_eq!(fetched, fetched_of(1, 0));
    assert_eq!(desk.stored().len(), 3);

    // More than are fetched in one go, the oldest of which cannot be stored at first: they come after all others.
    desk.0.lock().unwrap().away = 3;
    for number in 100..220 {
        let name = number.to_string();
        dovecot.deliver(&name, &mail(&name, rita, &good, "", &name));
    }
    let fetched = imap.round(&desk).await.unwrap();
    assert_eq!(fetched, fetched_of(120, 0));
    let stored: Vec<_> = desk.stored().into_iter().map(|(_, text)| text).collect();
    assert_eq!(stored.len(), 123);
    assert_eq!(stored[3..5], ["103", "104"]);
    assert_eq!(stored[120..], ["100", "101", "102"]);

    // Nobody vouches for the server: nothing is said to it.
    let stranger = Imap::new(&dovecot.url_with_tls(), None, &[]).unwrap();
    let refused = stranger.round(&desk).await;
    assert!(
        matches!(refused, Err(ImapError::Unreachable)),
        "{refused:?}"
    );
    let wrong = dovecot.url().replace(dovecot::PASSWORD, "wrong");
    let refused = Imap::new(&wrong, None, &[]).unwrap().round(&desk).await;
    assert!(
        matches!(refused, Err(ImapError::Refused("the sign-in"))),
        "{refused:?}"
    );
}

/// As it runs: by an access token that changes, moved when stored, and fetched as soon as the server says so.
#[tokio::test]
async fn a_folder_is_watched_with_an_access_token_and_what_is_stored_is_moved() {
    let dovecot = Dovecot::start().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    let url = format!("{}?moved=Done", dovecot.url_for_token());
    let imap = Imap::new(&url, Some(AccessToken::in_file(&file)), &root()).unwrap();
    let desk = Desk::default();
    let none = imap.round(&desk).await;
    assert!(matches!(none, Err(ImapError::NoToken)), "{none:?}");
    std::fs::write(&file, "ya29.one-that-is-over\n").unwrap();
    let over = imap.round(&desk).await;
    assert!(
        matches!(over, Err(ImapError::Refused("the sign-in"))),
        "{over:?}"
    );
    std::fs::write(&file, format!("{}\n", dovecot::TOKEN)).unwrap();

    let fetched = imap.round(&desk).await;
    assert!(fetched.is_ok(), "{fetched:?}\n{}", dovecot.log());

    let good = reply_address(42);
    let rita = "rita@example.net";
    dovecot.deliver("1", &mail("1", rita, &good, "", "Before"));
    let (stop, stopped) = oneshot::channel::<()>();
    let task = tokio::spawn(imap.run(Arc::new(desk.clone()), async {
        let _ = stopped.await;
    }));
    desk.wait(1, || dovecot.log()).await;
    // Long before the folder is looked at again by itself.
    tokio::time::sleep(Duration::from_secs(1)).await;
    dovecot.deliver("2", &mail("2", rita, &good, "", "While it waits"));
    desk.wait(2, || dovecot.log()).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    drop(stop);
    task.await.unwrap();
    let stored: Vec<_> = desk.stored().into_iter().map(|(_, text)| text).collect();
    assert_eq!(stored, ["Before", "While it waits"]);
    assert_eq!((dovecot.count(""), dovecot.count("Done")), ((0, 0), (2, 0)));
}
