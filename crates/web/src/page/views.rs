//! Typed text that narrows a page down: kept on the server for whoever typed it, under an opaque id that stands in the address. A name or
//! an address of somebody never stands there itself.

use crate::{
    problem::{Problem, Result},
    session::{Session, failed},
};

/// The longest text that is looked for, in characters.
const CHARS_MAX: usize = 200;

/// What was typed to narrow a page down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Typed {
    /// Nothing.
    #[default]
    Nothing,
    /// A text, and the id that it is kept under.
    Kept {
        /// The text.
        text: String,
        /// Its id.
        view: String,
    },
    /// It is not kept any more, or it was never the caller's. Nothing is found by it: without it, everything would be.
    Gone,
}

impl Typed {
    /// What was typed just now, and the id that it was kept under, if it was anything.
    pub fn of(text: String, view: Option<String>) -> Self {
        view.map_or(Self::Nothing, |view| Self::Kept { text, view })
    }

    /// The text, if there is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Kept { text, .. } => Some(text),
            Self::Nothing | Self::Gone => None,
        }
    }

    /// The id for the address, if there is one.
    pub fn view(&self) -> Option<&str> {
        match self {
            Self::Kept { view, .. } => Some(view),
            Self::Nothing | Self::Gone => None,
        }
    }

    /// Whether there was a text that is not known any more.
    pub fn is_gone(&self) -> bool {
        *self == Self::Gone
    }

    /// Refuses what would be done with everything, because nobody knows any more what was meant.
    pub fn kept(&self) -> Result<()> {
        if self.is_gone() {
            return Err(Problem::invalid(
                "view",
                "what was typed is not kept any more: go back to the list, and search again",
            ));
        }
        Ok(())
    }
}

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
        let kept = self.account.keep_view(self.owner()?, text).await;
        kept.map_err(failed)
    }

    /// What was typed under this id; `None`: it is not one of the caller's, or its day is over.
    pub async fn view_text(&self, id: &str) -> Result<Option<String>> {
        // AD-27: whoever views as somebody reads nothing that either of them typed.
        let Ok(owner) = self.owner() else {
            return Ok(None);
        };
        let text = self.account.view_text(owner, id).await;
        text.map_err(failed)
    }

    /// What was typed under the id of an address.
    pub async fn typed(&self, view: Option<&str>) -> Result<Typed> {
        let Some(view) = view.filter(|view| !view.is_empty()) else {
            return Ok(Typed::Nothing);
        };
        let text = self.view_text(view).await?;
        Ok(text.map_or(Typed::Gone, |text| Typed::Kept {
            text,
            view: view.to_owned(),
        }))
    }
}
