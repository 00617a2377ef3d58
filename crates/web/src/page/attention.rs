//! What needs somebody's attention, as slices say it of their pages: shown on the first page to whoever can open the page where it is
//! mended.

use std::pin::Pin;

use crate::{problem::Result, session::Session};

/// Something to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attention {
    /// What it is, as a sentence.
    pub text: String,
    /// What the link says.
    pub label: &'static str,
    /// Where it is mended.
    pub href: String,
}

/// What a look finds, when it is there.
pub type Looked<'a> = Pin<Box<dyn Future<Output = Result<Vec<Attention>>> + Send + 'a>>;

/// Looks whether there is something. It looks at so many things at most, however many the account has.
pub type Look = fn(&Session) -> Looked<'_>;

impl Session {
    /// What needs the caller's attention, in the order of the routes that say so.
    pub async fn attention(&self) -> Result<Vec<Attention>> {
        let looks = self.site().looks(self).map(|look| look(self));
        let found = futures_util::future::try_join_all(looks).await?;
        Ok(found.into_iter().flatten().collect())
    }
}
