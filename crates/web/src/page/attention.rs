//! What needs somebody's attention, as slices say it of their pages: shown on the first page to whoever can open the page where it is
//! mended.

use crate::session::Session;

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

/// Looks whether there is something, on the state of the session alone.
pub type Look = fn(&Session) -> Vec<Attention>;

impl Session {
    /// What needs the caller's attention, in the order of the routes that say so.
    pub fn attention(&self) -> Vec<Attention> {
        self.site().attention(self)
    }
}
