//! The mailbox of the demonstration: the mails that it would have sent, for everybody on this machine to read. No other server has it.

use askama::Template;
use mail::{KeptMail, Mailbox};
use web::{
    Result,
    decision::timestamp,
    guard::{Public, Reason},
    page::Page,
    route::{Route, get},
};

/// The page.
pub(crate) const PATH: &str = "/demo/mailbox";

/// The demonstration is for whoever sits at the machine.
#[derive(Debug)]
struct OnThisMachine;

impl Reason for OnThisMachine {
    const WHY: &'static str =
        "the demonstration answers on this machine only, and everybody in it is made up";
}

/// The page that shows a mailbox.
pub(crate) fn route(mailbox: Mailbox) -> Route {
    let show = move |_: Public<OnThisMachine>| {
        let page = MailboxPage {
            mails: mailbox.mails(),
        };
        async move { Result::Ok(Page::new(page)) }
    };
    get(
        PATH,
        "demo.mailbox",
        "The mails that the demonstration would have sent",
        show,
    )
}

#[derive(Template)]
#[template(path = "mailbox.html")]
struct MailboxPage {
    mails: Vec<KeptMail>,
}

impl MailboxPage {
    /// When a mail was sent.
    fn at(&self, mail: &KeptMail) -> String {
        timestamp(mail.at).to_string()
    }
}
