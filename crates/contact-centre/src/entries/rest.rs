//! The lists for programs.

use std::marker::PhantomData;

use access::Fingerprint;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{
    Result,
    common::Submission,
    guard::Commands,
    part::{Order, Replacement},
    reply::Answer,
    session::{Session, failed},
    submit::Written,
    values::{parse_name, parse_text},
};

use super::{
    Entry, EntryId, InPath, List,
    acts::{Add, Edit, Remove},
    store,
};

/// All of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Entries {
    /// At most 200.
    items: Vec<EntryBody>,
}

/// An entry.
#[derive(Debug, Serialize, ToSchema)]
struct EntryBody {
    id: String,
    /// Empty where it was the name of somebody who is erased.
    name: String,
    /// What is to be known of it; of a pre-written message what is sent.
    text: String,
    /// Send it as `If-Mark` with a change.
    mark: String,
}

/// What an entry is to say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EntryText {
    /// Its name.
    #[schema(schema_with = web::schema::name)]
    name: String,
    /// What is to be known of it; of a pre-written message what is sent.
    #[serde(default)]
    #[schema(schema_with = web::schema::text)]
    text: String,
}

impl EntryText {
    fn entry(&self, id: uuid::Uuid) -> Result<Entry> {
        Ok(Entry {
            id,
            name: parse_name("/name", &self.name)?,
            text: parse_text("/text", &self.text)?,
        })
    }
}

/// The entries of a list now.
pub(super) async fn read<K: List>(reader: &K::Reader) -> Result<Vec<Entry>> {
    let mut reading = reader.account.read().await.map_err(failed)?;
    let entries = store::read::<K>(&mut reading.tx, reader).await;
    entries.map_err(failed)
}

pub(super) async fn list<K: List>(session: K::Reader) -> Result<Answer<Entries>> {
    let body = |entry: Entry| EntryBody {
        id: EntryId::<K>::new(entry.id).to_string(),
        mark: entry.mark().to_string(),
        name: entry.name,
        text: entry.text,
    };
    let items = read::<K>(&session).await?.into_iter().map(body).collect();
    session.answer(Entries { items })
}

/// Adds an entry that was looked at.
pub(super) async fn submit_new<K: List>(
    session: &Session,
    name: String,
    text: String,
    how: &Submission,
) -> Result<Answer<Written>> {
    let id = session.account.engine().new_uuid();
    let (entry, list) = (Entry { id, name, text }, PhantomData::<K>);
    let id = EntryId::<K>::new(id).to_string();
    session.act(Add { entry, list }, how, Some(id)).await
}

/// Changes an entry into one that was looked at.
pub(super) async fn submit_edit<K: List>(
    session: &Session,
    entry: Entry,
    read: Option<Fingerprint>,
    how: &Submission,
) -> Result<Answer<Written>> {
    let list = PhantomData::<K>;
    session.act(Edit { entry, read, list }, how, None).await
}

/// Removes an entry.
pub(super) async fn submit_removal<K: List>(
    session: &Session,
    id: EntryId<K>,
    how: &Submission,
) -> Result<Answer<Written>> {
    let (id, list) = (id.0, PhantomData::<K>);
    session.act(Remove { id, list }, how, None).await
}

pub(super) async fn add<K: List>(
    commands: Commands,
    order: Order<EntryText>,
) -> Result<Answer<Written>> {
    let Entry { name, text, .. } = order.body.entry(uuid::Uuid::nil())?;
    submit_new::<K>(&commands, name, text, &order.how).await
}

pub(super) async fn edit<K: List>(
    commands: Commands,
    InPath(id): InPath<K>,
    order: Replacement<EntryText>,
) -> Result<Answer<Written>> {
    let entry = order.order.body.entry(id.0)?;
    submit_edit::<K>(&commands, entry, order.read, &order.order.how).await
}

pub(super) async fn remove<K: List>(
    commands: Commands,
    InPath(id): InPath<K>,
    how: Submission,
) -> Result<Answer<Written>> {
    submit_removal(&commands, id, &how).await
}
