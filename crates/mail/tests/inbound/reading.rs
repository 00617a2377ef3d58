//! What is read of a mail.

use mail::inbound::{ATTACHMENTS_MAX, Automatic, HOPS_MAX, Mail, SUBJECT_MAX, TEXT_MAX};

pub const MAILS: [&[u8]; 4] = [
    include_bytes!("mails/gmail.eml"),
    include_bytes!("mails/outlook.eml"),
    include_bytes!("mails/apple.eml"),
    include_bytes!("mails/bounce.eml"),
];
const GMAIL: &[u8] = MAILS[0];
const OUTLOOK: &[u8] = MAILS[1];
const APPLE: &[u8] = MAILS[2];
const BOUNCE: &[u8] = MAILS[3];

fn trusted() -> Vec<String> {
    vec!["mx.example.org".to_owned()]
}

fn read(raw: &[u8]) -> Mail {
    Mail::read(raw, &trusted()).unwrap()
}

/// A mail with these headers beside a From.
fn with(headers: &str) -> Mail {
    let raw = format!("From: rita@example.net\r\n{headers}\r\nHello\r\n");
    read(raw.as_bytes())
}

fn strings<'m>(all: impl IntoIterator<Item = &'m String>) -> Vec<&'m str> {
    all.into_iter().map(String::as_str).collect()
}

#[test]
fn a_reply_of_a_browser_is_read() {
    for raw in [GMAIL.to_vec(), crlf(GMAIL)] {
        let mail = read(&raw);
        assert_eq!(mail.id.as_deref(), Some("CAF1+abc=def@mail.example.net"));
        let follows = ["first@example.net", "second@rolecall.example"];
        assert_eq!(strings(&mail.references), follows);
        assert_eq!(mail.from.as_deref(), Some("Rita@example.net"));
        assert_eq!(mail.from_name.as_deref(), Some("Ríta Roth"));
        assert_eq!(strings(&mail.to), ["support@example.org"]);
        assert_eq!(strings(&mail.cc), ["else@example.com", "last@example.com"]);
        assert_eq!(mail.subject, "Re: Drucker überhitzt");
        assert_eq!(
            mail.said.text,
            "It is über 90 degrees.\n\nPlease come soon."
        );
        assert_eq!(mail.said.signature, "Ríta Roth\nRoom 12");
        assert!(mail.said.quoted.starts_with("On Mon, Mar 2, 2026"));
        assert!(mail.said.quoted.contains("> how warm is it?"));
        let file = &mail.attachments[0];
        assert_eq!(
            (file.name.as_str(), file.kind.as_str()),
            ("photo.png", "image/png")
        );
        assert_eq!(file.bytes, b"\x89PNG\r\n\x1a\n");
        assert_eq!((mail.attachments.len(), mail.left_out), (1, 0));
        assert_eq!(
            (mail.automatic, mail.is_loop, mail.is_verified),
            (None, false, true)
        );
    }
}

fn crlf(raw: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(raw).unwrap();
    text.replace('\n', "\r\n").into_bytes()
}

#[test]
fn html_becomes_text_in_which_nothing_acts() {
    let mail = read(OUTLOOK);
    let wanted = "Hallo,\n\ner druckt wieder: die Seite <https://example.net/a?b=1&c>, \
                  danke für alles.\n\nGruß Rita";
    assert_eq!(mail.said.text, wanted);
    let quoted = &mail.said.quoted;
    assert!(
        quoted.starts_with("Von: Support <support@example.org>\n"),
        "{quoted}"
    );
    assert!(quoted.ends_with("Druckt er wieder?"));
    let all = format!("{}{quoted}", mail.said.text);
    for never in ["script", "steal", "Secret", "MsoNormal", "alert"] {
        assert!(!all.contains(never), "{never}");
    }
    assert_eq!(mail.from_name.as_deref(), Some("Roth, Rita"));
}

#[test]
fn html_has_the_lines_that_its_readers_see() {
    let text = |html: &str| {
        let raw = format!("From: a@b.example\r\nContent-Type: text/html\r\n\r\n{html}");
        read(raw.as_bytes()).said
    };
    for (html, wanted) in [
        ("a  b\n c", "a b c"),
        ("<div>a</div><div>b</div>", "a\nb"),
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("a<br>b<br/><br>c", "a\nb\n\nc"),
        ("<ul><li>a</li><li> b</li></ul>c", "- a\n- b\n\nc"),
        (
            "<table><tr><td>a</td><td>b</td></tr><tr><td>c</table>",
            "a b\nc",
        ),
        ("<pre>a\n  b</pre>c", "a\n  b\nc"),
        ("a<b>b</b>c <i>d</i>", "abc d"),
        (
            "&lt;script&gt;1&lt;/script&gt; &amp;amp; &#8364;",
            "<script>1</script> &amp; €",
        ),
        (
            "<a href='https://x.example'>https://x.example</a>",
            "https://x.example",
        ),
        (
            "<a href='mailto:a@b.example'>a@b.example</a>",
            "a@b.example",
        ),
        (
            "<a href='https://evil.example'>https://good.example</a>",
            "https://good.example <https://evil.example>",
        ),
        (
            "<a href=' javascript:x'>y</a><a href='data:text/html,x'>z</a>",
            "yz",
        ),
        (
            "<style>a</style><title>b</title><script>'</p>'</script>c",
            "c",
        ),
        ("<!-- a --><![CDATA[b]]>c", "c"),
        ("<img src='https://track.example/x.png' onerror=x>a", "a"),
        ("<p>a", "a"),
        ("a < b", "a < b"),
        ("", ""),
    ] {
        assert_eq!(text(html).text, wanted, "{html}");
    }
    let said = text(
        "<div>New</div><div>On 2 March Rita wrote:</div><blockquote><p>a</p><p>b</p></blockquote>",
    );
    assert_eq!(
        (said.text.as_str(), said.quoted.as_str()),
        ("New", "On 2 March Rita wrote:\n\n> a\n>\n> b")
    );
}

#[test]
fn texts_between_pictures_are_one_and_a_mail_within_is_a_file() {
    let mail = read(APPLE);
    assert_eq!(mail.said.text, "Before\n\nAfter");
    let names: Vec<_> = mail
        .attachments
        .iter()
        .map(|file| file.name.as_str())
        .collect();
    assert_eq!(names, ["grün.png", "mail-2.eml"]);
    let within = String::from_utf8_lossy(&mail.attachments[1].bytes);
    assert!(within.contains("Not mine."));
}

#[test]
fn what_is_new_is_told_from_what_was_said_before() {
    for (text, new, signature, quoted) in [
        ("a", "a", "", ""),
        ("a\n\n> b\n> c\n", "a", "", "> b\n> c"),
        (
            "a\n\nOn 1 May Rita wrote:\n> b\n\n> c",
            "a",
            "",
            "On 1 May Rita wrote:\n> b\n\n> c",
        ),
        (
            "a\nAm 1.5. schrieb Rita:\n\n> b",
            "a",
            "",
            "Am 1.5. schrieb Rita:\n\n> b",
        ),
        // Answers between the lines stay whole.
        ("> b\na\n> c\nd", "> b\na\n> c\nd", "", ""),
        ("a\n-- \nRita\n> b", "a", "Rita", "> b"),
        ("a\n-- \nRita", "a", "Rita", ""),
        ("-- \nRita", "-- \nRita", "", ""),
        (
            "a\n-----Original Message-----\nb",
            "a",
            "",
            "-----Original Message-----\nb",
        ),
        (
            "a\n\n*From:* R <r@x>\nSent: 1\nTo: b\nSubject: c\n\nd",
            "a",
            "",
            "*From:* R <r@x>\nSent: 1\nTo: b\nSubject: c\n\nd",
        ),
        (
            "From: this point on\nit fails",
            "From: this point on\nit fails",
            "",
            "",
        ),
        // Passed on as it was: that is what it says.
        ("> b\n> c", "> b\n> c", "", ""),
        (
            "-----Original Message-----\nb",
            "-----Original Message-----\nb",
            "",
            "",
        ),
        ("", "", "", ""),
    ] {
        let raw = format!("From: a@b.example\n\n{text}");
        let said = read(raw.as_bytes()).said;
        let signed = said.signature.as_str();
        let got = (said.text.as_str(), signed, said.quoted.as_str());
        assert_eq!(
            got,
            (new.replace("-- ", "--").as_str(), signature, quoted),
            "{text}"
        );
    }
}

/// SD-37: whose address the From shows is asked only where there is one.
#[test]
fn sd_37_the_from_is_one_address_or_nobodys() {
    let from = |header: &str| {
        let raw = format!("{header}\r\nSubject: x\r\n\r\nHello\r\n");
        read(raw.as_bytes()).from
    };
    for (header, wanted) in [
        ("From: a@b.example", Some("a@b.example")),
        ("From: <a@b.example>", Some("a@b.example")),
        ("From: A <a@b.example>", Some("a@b.example")),
        ("from:\r\n \"A, B\"\r\n <a@b.example>", Some("a@b.example")),
        ("From: \"x@y.example\" <a@b.example>", Some("a@b.example")),
        ("From: a@b.example (A x@y.example)", Some("a@b.example")),
        (
            "From: =?utf-8?Q?x=40y.example?= <a@b.example>",
            Some("a@b.example"),
        ),
        ("From: ä@b.example", Some("ä@b.example")),
        ("From: a@b.example, c@d.example", None),
        ("From: a@b.example\r\nFrom: c@d.example", None),
        ("From: a@b.example\r\nFrom: a@b.example", None),
        ("From: <a@b.example> <c@d.example>", None),
        ("From: <a@b.example>, <c@d.example>", None),
        ("From: a@b.example <c@d.example>", None),
        ("From: group: a@b.example;", None),
        ("From: a@b.example@d.example", None),
        ("From: \"a b\"@c.example", None),
        ("From: a\0@b.example", None),
        ("From: <@x.example:a@b.example>", None),
        ("From: nobody", None),
        ("From: <>", None),
        ("From:", None),
        ("Sender: a@b.example", None),
    ] {
        assert_eq!(from(header).as_deref(), wanted, "{header}");
    }
}

/// SD-37: only a relay that is trusted, only its own topmost word, and only for this From.
#[test]
fn sd_37_only_the_topmost_word_of_a_trusted_server_verifies() {
    const PASS: &str = "dmarc=pass header.from=example.net";
    for (headers, wanted) in [
        (format!("Authentication-Results: mx.example.org; {PASS}"), true),
        (format!("authentication-results: MX.example.org 1;\r\n\tspf=fail; {PASS}"), true),
        ("Authentication-Results: mx.example.org; dmarc=pass (p=none; \"x\") action=none header.from=Example.NET".to_owned(), true),
        (String::new(), false),
        (format!("Authentication-Results: mx.example.com; {PASS}"), false),
        (format!("Authentication-Results: mx.example.org.evil.example; {PASS}"), false),
        (format!("Authentication-Results: evil.example; x=\"; mx.example.org; {PASS}\""), false),
        (format!("Authentication-Results: (mx.example.org; {PASS}"), false),
        ("Authentication-Results: mx.example.org; none".to_owned(), false),
        ("Authentication-Results: mx.example.org; dmarc=fail header.from=example.net".to_owned(), false),
        ("Authentication-Results: mx.example.org; dmarc=pass".to_owned(), false),
        ("Authentication-Results: mx.example.org; dmarc=pass header.from=evil.example".to_owned(), false),
        ("Authentication-Results: mx.example.org; dkim=pass reason=\"dmarc=pass header.from=example.net\"".to_owned(), false),
        (format!("Authentication-Results: mx.example.org; dkim=fail (; {PASS})"), false),
        (format!("Authentication-Results: mx.example.org; {PASS}; dmarc=fail header.from=example.net"), false),
        // What stands below was written before it came to us, by anybody.
        (format!("Authentication-Results: mx.example.org; dmarc=fail header.from=example.net\r\nAuthentication-Results: mx.example.org; {PASS}"), false),
        (format!("Authentication-Results: mx.example.com; dmarc=fail\r\nAuthentication-Results: mx.example.org; {PASS}"), false),
        (format!("ARC-Authentication-Results: i=1; mx.example.org; {PASS}"), false),
    ] {
        let headers = if headers.is_empty() { headers } else { format!("{headers}\r\n") };
        assert_eq!(with(&headers).is_verified, wanted, "{headers}");
    }
    let raw =
        format!("From: rita@example.net\r\nAuthentication-Results: mx.example.org; {PASS}\r\n\r\n");
    assert!(
        !Mail::read(raw.as_bytes(), &[]).unwrap().is_verified,
        "nobody is trusted"
    );
}

/// SD-37: no answer to automatic mail.
#[test]
fn sd_37_automatic_mail_is_known_by_what_the_standards_and_habit_say() {
    for (headers, wanted) in [
        ("", None),
        ("Auto-Submitted: no", None),
        ("Auto-Submitted: No; comment=x", None),
        ("Auto-Submitted: auto-replied", Some(Automatic::Said)),
        (
            "auto-submitted: AUTO-generated; owner-email=a@b.example",
            Some(Automatic::Said),
        ),
        (
            "X-Auto-Response-Suppress: OOF, AutoReply",
            Some(Automatic::Said),
        ),
        ("X-Auto-Response-Suppress: None", None),
        ("X-Autoreply: yes", Some(Automatic::Said)),
        ("Precedence: auto_reply", Some(Automatic::Said)),
        ("Precedence: first-class", None),
        ("Precedence: bulk", Some(Automatic::List)),
        ("Precedence: Junk", Some(Automatic::List)),
        ("Precedence: list", Some(Automatic::List)),
        ("List-Id: Users <users.example.org>", Some(Automatic::List)),
        (
            "Content-Type: multipart/report; boundary=x",
            Some(Automatic::Report),
        ),
        ("Return-Path: <>", Some(Automatic::NoSender)),
        ("Return-Path: <rita@example.net>", None),
    ] {
        let headers = if headers.is_empty() {
            String::new()
        } else {
            format!("{headers}\r\n")
        };
        assert_eq!(with(&headers).automatic, wanted, "{headers}");
    }
    let bounce = read(BOUNCE);
    assert_eq!(bounce.automatic, Some(Automatic::Report));
    assert!(!bounce.is_loop, "what it reports of stands within it");
}

#[test]
fn sd_37_a_mail_of_ours_or_one_that_goes_in_circles_is_a_loop() {
    assert!(with("X-Rolecall-Loop: 1\r\n").is_loop);
    assert!(with("x-rolecall-loop:\r\n").is_loop);
    let passed = |hops| with(&"Received: from a by b\r\n".repeat(hops)).is_loop;
    assert!(!passed(HOPS_MAX));
    assert!(passed(HOPS_MAX + 1));
}

#[test]
fn everything_of_a_mail_is_bounded() {
    let long = "ä".repeat(10_000);
    let mail = with(&format!("Subject: {long}\r\n"));
    assert_eq!(mail.subject.chars().count(), SUBJECT_MAX);
    let mail = with("Subject: a\u{202e}b\tc\u{7}\r\n  d\r\n");
    assert_eq!(mail.subject, "ab c d");

    let raw = format!("From: a@b.example\r\n\r\n{}", "ä".repeat(TEXT_MAX));
    let mail = read(raw.as_bytes());
    assert_eq!(mail.said.text.len(), TEXT_MAX);

    let file = "--x\r\nContent-Type: application/pdf\r\n\r\n%PDF\r\n";
    let raw = format!(
        "From: a@b.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n{}--x--\r\n",
        file.repeat(ATTACHMENTS_MAX + 3)
    );
    let mail = read(raw.as_bytes());
    assert_eq!(
        (mail.attachments.len(), mail.left_out),
        (ATTACHMENTS_MAX, 3)
    );

    let headers = "To: a@b.example\r\n".repeat(30_000);
    let raw = format!("From: a@b.example\r\n{headers}\r\n");
    assert!(Mail::read(raw.as_bytes(), &[]).is_err());
    for nothing in ["", "\r\n", "\r\n\r\nHello", "\0\0\0", "Hello"] {
        let read = Mail::read(nothing.as_bytes(), &[]);
        assert!(
            read.is_err_and(|why| !why.to_string().is_empty()),
            "{nothing:?}"
        );
    }
}

#[test]
fn a_file_has_a_name_that_is_only_a_name() {
    let name = |name: &str| {
        let raw = format!(
            "From: a@b.example\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\r\n%PDF"
        );
        read(raw.as_bytes()).attachments.pop().unwrap().name
    };
    for (sent, wanted) in [
        ("a.pdf", "a.pdf"),
        ("/etc/passwd", "passwd"),
        ("..\\\\..\\\\a.pdf", "a.pdf"),
        ("..", "file-1"),
        ("", "file-1"),
        ("a\u{202e}fdp.exe", "afdp.exe"),
        ("a:b|c?.pdf", "a_b_c_.pdf"),
    ] {
        assert_eq!(name(sent), wanted, "{sent}");
    }
    assert_eq!(name(&"a".repeat(900)).len(), 120);
}
