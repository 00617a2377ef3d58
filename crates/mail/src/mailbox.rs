//! The mailbox of the demonstration: what would have been sent, in memory and for a while.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use access::Moment;

use crate::text::Text;

/// Mails that are kept; the oldest go.
const KEPT: usize = 200;

/// The mails that the demonstration would have sent.
#[derive(Clone, Debug, Default)]
pub struct Mailbox(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    /// The newest first.
    mails: VecDeque<KeptMail>,
    /// How many there were.
    count: u64,
}

/// A mail that would have been sent.
#[derive(Clone)]
pub struct KeptMail {
    /// Its number in this mailbox.
    pub number: u64,
    /// When.
    pub at: Moment,
    /// To which address.
    pub to: String,
    /// What it says.
    pub text: Text,
}

impl std::fmt::Debug for KeptMail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeptMail(…)")
    }
}

impl Mailbox {
    pub(crate) fn keep(&self, at: Moment, to: &str, text: &Text) {
        let mut kept = self.kept();
        kept.count += 1;
        let number = kept.count;
        kept.mails.push_front(KeptMail {
            number,
            at,
            to: to.to_owned(),
            text: text.clone(),
        });
        kept.mails.truncate(KEPT);
    }

    /// What it holds, the newest first.
    pub fn mails(&self) -> Vec<KeptMail> {
        self.kept().mails.iter().cloned().collect()
    }

    /// The mail of this number, while it is kept.
    pub fn mail(&self, number: u64) -> Option<KeptMail> {
        let kept = self.kept();
        let mut mails = kept.mails.iter();
        mails.find(|mail| mail.number == number).cloned()
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mailbox_keeps_the_newest() {
        let mailbox = Mailbox::default();
        let text = Text {
            subject: "s".to_owned(),
            body: String::new(),
            link: None,
            thread: None,
        };
        for number in 0..=KEPT as i64 {
            mailbox.keep(Moment(number), "a@example.org", &text);
        }
        let mails = mailbox.mails();
        assert_eq!((mails.len(), mails[0].at.0), (KEPT, KEPT as i64));
        let newest = mailbox.mail(mails[0].number).unwrap();
        assert_eq!(newest.at.0, KEPT as i64);
        assert!(mailbox.mail(1).is_none(), "the oldest is gone");
    }
}
