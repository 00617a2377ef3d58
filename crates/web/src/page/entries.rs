//! What the entries of a list are called: events name them by id alone, and their names stand in rows of a slice, which hands over with
//! its routes how they are read ([`Route::naming`](crate::route::Route::naming)).

use std::{collections::HashMap, pin::Pin};

use access::event::ContactCentreList;
use uuid::Uuid;

use crate::{problem::Result, session::Session};

/// Names of entries, by id.
pub type EntryNames = HashMap<Uuid, String>;

/// What a reader is told of them; `None`: they are not for the reader to see.
pub type Called<'a> = Pin<Box<dyn Future<Output = Result<Option<EntryNames>>> + Send + 'a>>;

/// Reads what all entries of a list are called.
pub type NameEntries = fn(&Session) -> Called<'_>;

impl Session {
    /// What the entries of a list are called; `None`: that is not for the caller to know.
    pub async fn entry_names(&self, list: ContactCentreList) -> Result<Option<EntryNames>> {
        match self.site().naming(list) {
            Some(read) => read(self).await,
            None => Ok(None),
        }
    }
}
