//! Typed text that narrows a page down: kept on the server for whoever typed it, under an opaque id that stands in the address. A name or
//! an address of somebody never stands there itself.

use access::Subject;

use crate::{
    problem::{Problem, Result},
    session::{Session, failed},
};

/// The longest text that is looked for, in characters.
const CHARS_MAX: usize = 200;

impl Session {
    /// Keeps what was typed, and gives the id for the address; `None`: nothing was typed.
    pub async fn keep_view(&self, text: &str) -> Result<Option<String>> {
        let text: String = text.trim().chars().take(CHARS_MAX).collect();
        if ledger::fold(&text).is_empty() {
            return Ok(None);
        }
        self.keep_words(&text).await.map(Some)
    }

    /// Keeps words of the server's own for whoever is to read them once more, like what became of each of many.
    pub async fn keep_words(&self, text: &str) -> Result<String> {
        let Subject::Person(person) = self.subject else {
            return Err(Problem::not_found());
        };
        let kept = self.account.keep_view(person, text).await;
        kept.map_err(failed)
    }

    /// What was typed under this id; `None`: it is not one of the caller's, or its day is over.
    pub async fn view_text(&self, id: &str) -> Result<Option<String>> {
        let Subject::Person(person) = self.subject else {
            return Ok(None);
        };
        let text = self.account.view_text(person, id).await;
        text.map_err(failed)
    }
}
