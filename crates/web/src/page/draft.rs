//! What somebody chose on a page and has not saved: kept as their draft, so that leaving the page, or having no script, loses nothing.

use std::collections::BTreeSet;

use access::{Moment, Permission};
use ledger::{DraftOf, DraftRow};

use crate::{
    problem::{Problem, Result},
    session::{Session, failed},
};

/// The caller's own draft of a page.
#[derive(Debug)]
pub struct PageDraft<'a> {
    session: &'a Session,
    page: String,
    needs: Permission,
    most: usize,
}

impl<'a> PageDraft<'a> {
    /// Of this page, with the right over the account that it ends with, and the most rows that it may have.
    pub fn new(session: &'a Session, page: String, needs: Permission, most: usize) -> Self {
        Self {
            session,
            page,
            needs,
            most,
        }
    }

    /// AD-27: whoever views as somebody has none.
    fn of(&self) -> Result<DraftOf<'_>> {
        Ok(DraftOf {
            person: self.session.owner()?,
            page: &self.page,
            needs: self.needs,
        })
    }

    /// Its rows; none for whoever cannot have one.
    pub async fn rows(&self) -> Result<Vec<DraftRow>> {
        match self.of() {
            Ok(of) => self.session.account.draft(of).await.map_err(failed),
            Err(_) => Ok(Vec::new()),
        }
    }

    /// Which things it names, and since when it is kept; `None`: there is none.
    pub async fn kept(&self) -> Result<Option<(BTreeSet<String>, Moment)>> {
        let of = self.of()?;
        let at = self.session.account.draft_kept_at(of).await;
        let Some(at) = at.map_err(failed)? else {
            return Ok(None);
        };
        let rows = self.rows().await?;
        Ok(Some((rows.into_iter().map(|row| row.thing).collect(), at)))
    }

    /// Keeps rows; those that are wanted as they are go.
    pub async fn keep(&self, rows: Vec<DraftRow>) -> Result<()> {
        let kept = self.session.account.keep_draft(self.of()?, rows, self.most);
        if kept.await.map_err(failed)? {
            return Ok(());
        }
        let detail = format!(
            "at most {} changes are kept at once: save these first, or choose fewer",
            self.most
        );
        Err(Problem::invalid("rows", detail))
    }

    /// It is saved, or not wanted any more.
    pub async fn end(&self) -> Result<()> {
        let dropped = self.session.account.drop_draft(self.of()?).await;
        dropped.map_err(failed)
    }
}
