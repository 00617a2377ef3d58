//! The mailbox of the demonstration: the mails that it would have sent, for everybody on this machine to read. No other server has it.

use askama::Template;
use mail::{KeptMail, Mailbox};
use serde::Deserialize;
use utoipa::IntoParams;
use web::{
    Problem, Result,
    guard::{Public, Reason},
    page::{Frame, Page, moment},
    part::Path,
    route::{Route, get},
};

/// The list.
pub(crate) const PATH: &str = "/demo/mailbox";

/// The demonstration is for whoever sits at the machine.
#[derive(Debug)]
struct OnThisMachine;

impl Reason for OnThisMachine {
    const WHY: &'static str =
        "the demonstration answers on this machine only, and everybody in it is made up";
}

/// The pages that show a mailbox.
pub(crate) fn routes(mailbox: Mailbox) -> Vec<Route> {
    let all = mailbox.clone();
    let list = move |_: Public<OnThisMachine>| {
        let mails = all.mails();
        async move { Result::Ok(Page::new(MailboxPage::of(&mails))) }
    };
    let one = move |_: Public<OnThisMachine>, Path(which): Path<Which>| {
        let mail = mailbox.mail(which.mail);
        async move {
            let mail = mail.ok_or_else(Problem::not_found)?;
            Result::Ok(Page::new(MailPage::of(mail)))
        }
    };
    vec![
        get(
            PATH,
            "demo.mailbox",
            "The mails that the demonstration would have sent",
            list,
        ),
        get(
            "/demo/mailbox/{mail}",
            "demo.mail",
            "A mail that the demonstration would have sent",
            one,
        ),
    ]
}

#[derive(Deserialize, IntoParams)]
struct Which {
    /// Its number.
    mail: u64,
}

struct Row {
    number: u64,
    subject: String,
    to: String,
    at: String,
}

#[derive(Template)]
#[template(path = "mailbox.html")]
struct MailboxPage {
    frame: Frame,
    rows: Vec<Row>,
}

impl MailboxPage {
    fn of(mails: &[KeptMail]) -> Self {
        let row = |mail: &KeptMail| Row {
            number: mail.number,
            subject: mail.text.subject.clone(),
            to: mail.to.clone(),
            at: moment(mail.at),
        };
        Self {
            frame: frame("Mailbox of the demonstration", PATH.to_owned()),
            rows: mails.iter().map(row).collect(),
        }
    }
}

#[derive(Template)]
#[template(path = "mail.html")]
struct MailPage {
    frame: Frame,
    to: String,
    at: String,
    body: String,
    link: Option<String>,
    /// Where answers go (SD-37).
    reply_to: Option<String>,
}

impl MailPage {
    fn of(mail: KeptMail) -> Self {
        let frame = frame(&mail.text.subject, format!("{PATH}/{}", mail.number));
        Self {
            frame: frame.below(PATH, "Mailbox of the demonstration"),
            to: mail.to,
            at: moment(mail.at),
            body: mail.text.body,
            link: mail.text.link,
            reply_to: mail.text.thread.and_then(|thread| thread.reply_to),
        }
    }
}

/// Around what nobody has to be signed in for.
fn frame(title: &str, path: String) -> Frame {
    Frame::for_anybody(title, path, (PATH, "Mailbox", "message"))
}
