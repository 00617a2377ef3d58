//! One reading of records: one moment of the rows, and what the reader may see at it.

use std::{sync::Arc, time::Duration};

use access::{Dense, State, decide::permissions::ManageRecord};
use ledger::{Hurry, Reading, Tx, rarest, words_of};
use web::{
    Problem, Result,
    paging::{Page, Paging},
    session::{Session, failed},
};

use super::{
    Record, RecordId,
    history::Entry,
    store::{self, Asked, COMMON, COUNTED_MAX, Note, Order, Place, WORDS_MAX},
    tags,
};

/// A list that takes longer is broken off, and its reader told so.
pub(super) const LIST_TIME_MAX: Duration = Duration::from_secs(1);

/// What a read goes by: one moment of the rows, and what the reader may see at it.
pub(super) struct Desk {
    pub state: Arc<State>,
    pub tx: Tx,
}

/// A page of a list, and how long the list is.
pub(super) struct Found {
    pub page: Page<Record>,
    pub count: Count,
}

/// How many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Count {
    /// So many.
    Exactly(usize),
    /// More than were counted.
    More(usize),
    /// Every word stands in very many records: nobody counts.
    Common,
}

impl Count {
    fn of(counted: i64) -> Self {
        let counted = usize::try_from(counted).unwrap_or_default();
        let most = COUNTED_MAX as usize;
        match counted <= most {
            true => Self::Exactly(counted),
            false => Self::More(most),
        }
    }
}

impl Desk {
    pub async fn open(session: &Session) -> Result<Self> {
        let Reading { state, tx } = session.account.read().await.map_err(failed)?;
        Ok(Self { state, tx })
    }

    /// From here on whatever takes too long is broken off, while what is given back is kept.
    pub async fn hurry(&mut self) -> Result<Hurry> {
        self.tx.hurry(LIST_TIME_MAX).await.map_err(failed)
    }

    /// One page of a list, narrowed down by what was typed, and how long the list is.
    pub async fn find(
        &mut self,
        session: &Session,
        mut asked: Asked,
        text: Option<&str>,
        paging: &Paging,
    ) -> Result<Found> {
        let _hurry = self.hurry().await?;
        let mut is_common = false;
        if let Some(text) = text {
            is_common = self.look_for(session, &mut asked, text).await?;
        }
        let records = self.some(session, &asked, paging.after()?, paging.size + 1);
        let page = paging.cut(records.await?, |record| asked.order.place(record))?;
        let count = match is_common && page.next.is_some() {
            true => Count::Common,
            false => self.counted(session, &asked).await?,
        };
        Ok(Found { page, count })
    }

    /// Asks for the words of a text, or for the record that has this number. Whether all words are common ones.
    pub async fn look_for(
        &mut self,
        session: &Session,
        asked: &mut Asked,
        text: &str,
    ) -> Result<bool> {
        let account = session.account.id();
        let (text, tag) = tags::without_tag(text);
        let text = text.as_str();
        asked.tag = tag;
        if text.is_empty() && asked.tag.is_some() {
            return Ok(false);
        }
        let number = text.trim().trim_start_matches('#').parse().ok();
        if let Some(number) = number.filter(|number| *number > 0) {
            let that = Asked {
                number: Some(number),
                ..asked.clone()
            };
            if !self.some(session, &that, None, 1).await?.is_empty() {
                *asked = that;
                return Ok(false);
            }
        }
        let view = session.view_on(&self.state, session.now());
        let visible = view.visible_records(ManageRecord);
        let services = visible.services().iter().map(|one| one.number());
        let words = rarest(&mut self.tx, account, services, words_of(text), COMMON + 1).await;
        let mut words = words.map_err(failed)?;
        words.truncate(WORDS_MAX);
        // Signs alone find nothing: without a word everything would be found.
        let rarest = words.first().map_or(0, |(_, count)| *count);
        asked.words = words.into_iter().map(|(word, _)| word).collect();
        // A word leads from the newest to the oldest by itself.
        if asked.order == Order::Opened {
            asked.order = Order::Newest;
        }
        if asked.words.is_empty() {
            asked.words.push(String::new());
        }
        Ok(rarest > COMMON)
    }

    /// The first of a list after a place.
    pub async fn some(
        &mut self,
        session: &Session,
        asked: &Asked,
        after: Option<Place>,
        most: usize,
    ) -> Result<Vec<Record>> {
        let view = session.view_on(&self.state, session.now());
        let visible = view.visible_records(ManageRecord);
        let account = session.account.id();
        let found = store::list(&mut self.tx, account, &visible, asked, after, most).await;
        found.map_err(failed)
    }

    /// How long a list is.
    pub async fn counted(&mut self, session: &Session, asked: &Asked) -> Result<Count> {
        let view = session.view_on(&self.state, session.now());
        let visible = view.visible_records(ManageRecord);
        let account = session.account.id();
        let count = store::count(&mut self.tx, account, &visible, asked, COUNTED_MAX + 1).await;
        count.map(Count::of).map_err(failed)
    }

    /// A record that somebody may read; everything else is not there.
    pub async fn record(&mut self, session: &Session, id: RecordId) -> Result<Record> {
        let view = session.view_on(&self.state, session.now());
        let visible = view.visible_records(ManageRecord);
        let found = store::record(&mut self.tx, session.account.id(), &visible, id).await;
        found.map_err(failed)?.ok_or_else(Problem::not_found)
    }

    /// What was said to it, the newest first, page by page.
    pub async fn notes(
        &mut self,
        session: &Session,
        of: &Record,
        paging: &Paging,
    ) -> Result<Page<Note>> {
        let (account, after) = (session.account.id(), paging.after()?);
        let found = store::notes(&mut self.tx, account, of, after, paging.size + 1).await;
        paging.cut(found.map_err(failed)?, Note::place)
    }

    /// How many notes it has.
    pub async fn count_notes(&mut self, session: &Session, of: &Record) -> Result<usize> {
        let count = store::count_notes(&mut self.tx, session.account.id(), of).await;
        count.map_err(failed)
    }

    /// What happened to it, the newest first.
    pub async fn history(&mut self, session: &Session, of: &Record) -> Result<Vec<Entry>> {
        let account = session.account.id();
        let found = store::history(&mut self.tx, account, of).await;
        let mut found = found.map_err(failed)?;
        // SD-5: a record that the reader does not see is not told of here, either.
        let view = session.view_on(&self.state, session.now());
        let visible = view.visible_records(ManageRecord);
        let others = found.iter().filter_map(|entry| entry.change.other());
        let seen = store::seen(&mut self.tx, account, &visible, others).await;
        let seen = seen.map_err(failed)?;
        found.retain(|entry| entry.change.other().is_none_or(|one| seen.contains(&one)));
        Ok(found)
    }
}
