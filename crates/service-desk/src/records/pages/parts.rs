//! What hangs on a record, as its page shows it.

use web::{Result, session::Session};

use super::{attachments::Attachments, links::Links, tags::Tags, watchers::Watchers};
use crate::records::{Record, desk::Desk, mails::Mails};

pub(super) struct Parts {
    pub attachments: Attachments,
    pub links: Links,
    pub mails: Mails,
    pub tags: Tags,
    pub watchers: Watchers,
}

impl Parts {
    pub async fn of(session: &Session, desk: &mut Desk, record: &Record) -> Result<Self> {
        Ok(Self {
            attachments: Attachments::of(session, desk, record).await?,
            links: Links::of(session, desk, record).await?,
            mails: Mails::of(session, desk, record).await?,
            tags: Tags::of(session, desk, record).await?,
            watchers: Watchers::of(session, desk, record).await?,
        })
    }
}
