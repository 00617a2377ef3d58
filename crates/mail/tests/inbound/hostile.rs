//! Bytes of which nobody knows what they are: read without a panic, and in bounded time and space.

use std::fmt::Write as _;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use mail::inbound::{Delivery, Mail, SIZE_MAX};
use proptest::prelude::*;

use crate::reading::MAILS;

/// Whether anything panicked: the reader goes on where a library does, and that is to be known here.
static PANICKED: AtomicBool = AtomicBool::new(false);

fn watch_for_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            PANICKED.store(true, Ordering::SeqCst);
            before(panic);
        }));
    });
}

/// Reads it as it is read, with its bounds.
fn read(raw: &[u8]) {
    watch_for_panics();
    read_within_bounds(raw);
    assert!(!PANICKED.load(Ordering::SeqCst), "{raw:?}");
}

fn read_within_bounds(raw: &[u8]) {
    let _delivery = Delivery::fetched(raw.to_vec());
    let Ok(mail) = Mail::read(raw, &["mx.example.org".to_owned()]) else {
        return;
    };
    let said = mail.said.text.len() + mail.said.signature.len() + mail.said.quoted.len();
    assert!(said <= mail::inbound::TEXT_MAX);
    let letters = mail.subject.chars().count();
    assert!(letters <= mail::inbound::SUBJECT_MAX);
    assert!(!mail.subject.contains(char::is_control));
    assert!(mail.attachments.len() <= mail::inbound::ATTACHMENTS_MAX);
    for file in &mail.attachments {
        assert!(!file.name.is_empty() && !file.name.contains(['/', '\\', '\0', '\n']));
        assert!(file.bytes.len() <= raw.len());
    }
}

/// A change of somebody who knows what mails look like.
#[derive(Clone, Debug)]
enum Change {
    Flip(usize, u8),
    Take(usize, usize),
    Double(usize, usize),
    Insert(usize, &'static str),
}

const PIECES: [&str; 16] = [
    "\r\n\r\n",
    "\r\n",
    "--",
    "\"",
    "=?utf-8?B?",
    "?=",
    "(((",
    "<",
    ",",
    ";",
    "\0",
    "\u{202e}",
    "Content-Type: multipart/mixed; boundary=\"\"\r\n",
    "Content-Type: message/rfc822\r\n",
    "Content-Transfer-Encoding: base64\r\n",
    "charset=utf-7",
];

fn change() -> impl Strategy<Value = Change> {
    let at = any::<usize>;
    prop_oneof![
        (at(), any::<u8>()).prop_map(|(at, byte)| Change::Flip(at, byte)),
        (at(), 0..200_usize).prop_map(|(at, length)| Change::Take(at, length)),
        (at(), 0..200_usize).prop_map(|(at, length)| Change::Double(at, length)),
        (at(), 0..PIECES.len()).prop_map(|(at, piece)| Change::Insert(at, PIECES[piece])),
    ]
}

fn changed(mail: &[u8], changes: &[Change]) -> Vec<u8> {
    let mut raw = mail.to_vec();
    for change in changes {
        let place = |at: &usize| at % (raw.len() + 1);
        match change {
            Change::Flip(at, byte) => {
                let at = place(at);
                if let Some(found) = raw.get_mut(at) {
                    *found = *byte;
                }
            }
            Change::Take(at, length) => {
                let at = place(at);
                let end = (at + length).min(raw.len());
                raw.drain(at..end);
            }
            Change::Double(at, length) => {
                let at = place(at);
                let end = (at + length).min(raw.len());
                let piece = raw[at..end].to_vec();
                raw.splice(at..at, piece);
            }
            Change::Insert(at, piece) => {
                let at = place(at);
                raw.splice(at..at, piece.bytes());
            }
        }
    }
    raw
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn bytes_of_any_kind_are_read(raw in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        read(&raw);
    }

    #[test]
    fn mails_that_were_changed_in_any_place_are_read(
        which in 0..MAILS.len(),
        changes in proptest::collection::vec(change(), 1..20),
    ) {
        read(&changed(MAILS[which], &changes));
    }

    #[test]
    fn headers_of_any_kind_are_read(
        name in "(From|To|Subject|Content-Type|References|Authentication-Results|Content-Disposition|Received)",
        value in "([ -~]|[\t\u{80}-\u{2fff}]|\r\n |[\"()<>@,;=?]){0,80}",
    ) {
        read(format!("{name}: {value}\r\nFrom: a@b.example\r\n\r\nHello").as_bytes());
    }

    #[test]
    fn html_of_any_kind_is_read(html in "(<[/!]?(p|a|blockquote|pre|script|td)( href=['\"]?)?>?|[ -~]|\n){0,60}") {
        read(format!("From: a@b.example\r\nContent-Type: text/html\r\n\r\n{html}").as_bytes());
    }
}

/// Large mails made to cost as much as they can.
fn costly() -> Vec<(&'static str, Vec<u8>)> {
    let head = "From: a@b.example\r\nMIME-Version: 1.0\r\n";
    let fill = |piece: &str| piece.repeat(SIZE_MAX / piece.len());
    let mut nested = head.to_owned();
    for depth in 0..50_000 {
        let _ = write!(
            nested,
            "Content-Type: multipart/mixed; boundary={depth}\r\n\r\n--{depth}\r\n"
        );
    }
    let within = format!("{head}{}", fill("Content-Type: message/rfc822\r\n\r\n"));
    let encoded = {
        let within = data_encoding::BASE64.encode(&within.as_bytes()[..SIZE_MAX / 2]);
        format!(
            "{head}Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n{within}"
        )
    };
    let of = |content: &str, body: String| format!("{head}Content-Type: {content}\r\n\r\n{body}");
    let headers = |piece: &str| format!("{head}{}\r\n", piece.repeat(250_000 / piece.len()));
    [
        ("multiparts within multiparts", nested),
        ("mails within mails", within),
        ("mails within a mail that is encoded", encoded),
        (
            "many parts",
            of("multipart/mixed; boundary=x", fill("--x\r\n\r\na\r\n")),
        ),
        (
            "many digests",
            of("multipart/digest; boundary=x", fill("--x\r\n\r\n\r\n")),
        ),
        (
            "many boundaries",
            of("multipart/mixed; boundary=-", fill("---\r\n")),
        ),
        ("one line", of("multipart/mixed; boundary=x", fill("a"))),
        ("tags within tags", of("text/html", fill("<div>"))),
        ("forms of letters", of("text/html", fill("<b x=1><p>"))),
        (
            "attributes",
            of("text/html", format!("<a {}", fill("a=1 "))),
        ),
        (
            "quotes within quotes",
            of("text/html", fill("<blockquote>a")),
        ),
        ("an open comment", of("text/html", fill("<!--"))),
        ("entities", of("text/html", fill("&ampamp"))),
        ("lines that quote", of("text/plain", fill("> a:\r\n\r\n"))),
        ("lines like headers", of("text/plain", fill("From: a\r\n"))),
        (
            "soft line breaks",
            format!(
                "{head}Content-Transfer-Encoding: quoted-printable\r\n\r\n{}",
                fill("=\r\n")
            ),
        ),
        ("comments in an address", headers("To: ((((((((((\r\n")),
        (
            "one long address list",
            format!("{head}To: {}\r\n\r\n", "a@b.example, ".repeat(19_000)),
        ),
        (
            "open brackets",
            format!("{head}Cc: {}\r\n\r\n", "<(\"".repeat(80_000)),
        ),
        (
            "encoded words",
            format!(
                "{head}Subject: {}\r\n\r\n",
                "=?utf-8?B?YQ==?= ".repeat(14_000)
            ),
        ),
        (
            "many references",
            format!("{head}References: {}\r\n\r\n", "<a@b> ".repeat(40_000)),
        ),
        (
            "many results",
            headers("Authentication-Results: mx.example.org; dmarc=pass\r\n"),
        ),
        (
            "parameters",
            format!(
                "{head}Content-Type: text/plain; {}\r\n\r\n",
                "a*0=b; ".repeat(35_000)
            ),
        ),
        ("empty headers", headers("a:\r\n")),
    ]
    .into_iter()
    .map(|(name, mail)| (name, mail.into_bytes()))
    .collect()
}

/// Built without optimisation, on a machine that has other things to do: what grows with the square of its size takes hours here.
#[test]
#[expect(clippy::disallowed_methods, reason = "it measures")]
fn no_mail_takes_long_however_it_is_made() {
    for (name, mail) in costly() {
        let began = std::time::Instant::now();
        read(&mail);
        let took = began.elapsed();
        eprintln!("{name}: {took:?}");
        assert!(took < Duration::from_secs(20), "{name}: {took:?}");
    }
}
