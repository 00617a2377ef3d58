//! Links between records: what one has to do with another. The right is needed on both sides, and who does not see the other one is told
//! of neither (SD-5).

use access::{
    Permit, Refusal,
    decide::{RecordFacts, permissions::ManageRecord},
};
use ledger::{AccountId, Act, Here, SubmitError, Tx, Value, Wrote};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{
    Result,
    common::Submission,
    guard::{Commands, SignedIn},
    part::{Order, Path},
    reply::Answer,
    route::{Route, delete, get, post},
    session::{Session, failed},
    submit::Written,
};

use super::{
    InPath, Kind, Record, RecordId, Status,
    acts::{Done, Found, remember},
    desk::Desk,
    history::Change,
    store::{self, Asked, LINKS_MAX, Linked},
    titled,
};

pub(super) fn routes() -> Vec<Route> {
    const LINKS: &str = "/api/v1/service-desk/records/{record}/links";
    vec![
        get(
            LINKS,
            "records.links",
            "List the records that a record has to do with, as far as the caller sees them",
            list,
        ),
        post(LINKS, "records.link", "Link a record to another one", link),
        delete(
            "/api/v1/service-desk/records/{record}/links/{relation}/{number}",
            "records.unlink",
            "Take a link away",
            unlink,
        ),
    ]
}

/// What a record has to do with another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Relation {
    RelatesTo,
    Causes,
    CausedBy,
    Blocks,
    BlockedBy,
    Duplicates,
    DuplicatedBy,
    /// Made by merging alone.
    MergedInto,
    /// Made by merging alone.
    MergedFrom,
}

impl Relation {
    /// Those that somebody chooses.
    pub const CHOSEN: [Relation; 7] = [
        Relation::RelatesTo,
        Relation::Causes,
        Relation::CausedBy,
        Relation::Blocks,
        Relation::BlockedBy,
        Relation::Duplicates,
        Relation::DuplicatedBy,
    ];

    /// In words, as a record says it of itself.
    pub fn words(self) -> &'static str {
        match self {
            Relation::RelatesTo => "relates to",
            Relation::Causes => "causes",
            Relation::CausedBy => "is caused by",
            Relation::Blocks => "blocks",
            Relation::BlockedBy => "is blocked by",
            Relation::Duplicates => "says the same as",
            Relation::DuplicatedBy => "is said again by",
            Relation::MergedInto => "was merged into",
            Relation::MergedFrom => "took in",
        }
    }

    /// Its key.
    pub fn key(self) -> &'static str {
        match self {
            Relation::RelatesTo => "relates_to",
            Relation::Causes => "causes",
            Relation::CausedBy => "caused_by",
            Relation::Blocks => "blocks",
            Relation::BlockedBy => "blocked_by",
            Relation::Duplicates => "duplicates",
            Relation::DuplicatedBy => "duplicated_by",
            Relation::MergedInto => "merged_into",
            Relation::MergedFrom => "merged_from",
        }
    }

    pub fn of_key(key: &str) -> Option<Self> {
        Self::CHOSEN.into_iter().find(|one| one.key() == key)
    }

    pub fn is_chosen(self) -> bool {
        Self::CHOSEN.contains(&self)
    }

    /// The same, seen from the other side.
    pub fn back(self) -> Self {
        match self {
            Relation::RelatesTo => Relation::RelatesTo,
            Relation::Causes => Relation::CausedBy,
            Relation::CausedBy => Relation::Causes,
            Relation::Blocks => Relation::BlockedBy,
            Relation::BlockedBy => Relation::Blocks,
            Relation::Duplicates => Relation::DuplicatedBy,
            Relation::DuplicatedBy => Relation::Duplicates,
            Relation::MergedInto => Relation::MergedFrom,
            Relation::MergedFrom => Relation::MergedInto,
        }
    }

    /// Its number in the rows, which it keeps for ever, and whether the row stands for it and not for the one back.
    pub fn stored(self) -> (i64, bool) {
        match self {
            Relation::RelatesTo => (1, true),
            Relation::Causes => (2, true),
            Relation::CausedBy => (2, false),
            Relation::Blocks => (3, true),
            Relation::BlockedBy => (3, false),
            Relation::Duplicates => (4, true),
            Relation::DuplicatedBy => (4, false),
            Relation::MergedInto => (5, true),
            Relation::MergedFrom => (5, false),
        }
    }

    pub fn of_columns(number: i64, forward: i64) -> Option<Self> {
        let there = match number {
            1 => Relation::RelatesTo,
            2 => Relation::Causes,
            3 => Relation::Blocks,
            4 => Relation::Duplicates,
            5 => Relation::MergedInto,
            _ => return None,
        };
        Some(if forward == 0 { there.back() } else { there })
    }

    /// The row between two records: of what is the same from both sides, the smaller number comes first.
    pub fn columns(self, account: AccountId, from: i64, to: i64) -> [Value; 4] {
        let (number, forward) = self.stored();
        let is_so = match self {
            Relation::RelatesTo => from < to,
            _ => forward,
        };
        let (record, other) = if is_so { (from, to) } else { (to, from) };
        [account.0.into(), record.into(), number.into(), other.into()]
    }
}

/// A record that another one names by its number, with the permit that is needed there, too. One that the actor may not know of is no
/// record, as a number that nobody has is none.
pub(super) async fn other_side<'h>(
    tx: &mut Tx,
    here: Here<'h>,
    number: i64,
) -> std::result::Result<(Record, Permit<'h, ManageRecord>), SubmitError> {
    let none = || {
        let detail = "no record that you see has this number";
        Refusal::invalid("SD-5", "no_such_record", detail)
    };
    let found = store::numbered(tx, here.account, number).await?;
    let (id, facts) = found.ok_or_else(none)?;
    let permit = here.view.permit(ManageRecord, facts).map_err(|_| none())?;
    let record = store::permitted(tx, here.account, &permit, id).await?;
    Ok((record, permit))
}

/// Two records have to do with each other, or not any more.
pub(super) struct Link {
    pub id: RecordId,
    pub relation: Relation,
    /// The number of the other one.
    pub to: i64,
    pub is: bool,
}

impl Act for Link {
    type Needs = ManageRecord;
    const NEEDS: ManageRecord = ManageRecord;
    const NAME: &'static str = "link_record";

    async fn on(&self, tx: &mut Tx, account: AccountId) -> Found<RecordFacts> {
        store::facts(tx, account, self.id).await
    }

    async fn apply(self, tx: &mut Tx, permit: Permit<'_, ManageRecord>, here: Here<'_>) -> Done {
        let (account, relation, is) = (here.account, self.relation, self.is);
        let record = store::permitted(tx, account, &permit, self.id).await?;
        let (other, there) = other_side(tx, here, self.to).await?;
        if other.number == record.number {
            let detail = "a record has nothing to do with itself: give the number of another one";
            return Err(Refusal::invalid("SD-38", "linked_to_itself", detail).into());
        }
        if !relation.is_chosen() {
            let detail = "this is so by merging, and stays";
            return Err(Refusal::invalid("SD-38", "made_by_merging", detail).into());
        }
        if store::is_linked(tx, account, &record, relation, &other).await? == is {
            return Ok(Wrote::default());
        }
        let permits = [&permit, &there];
        if is {
            for (permit, record) in permits.into_iter().zip([&record, &other]) {
                if store::count_links(tx, account, permit, record).await? >= LINKS_MAX {
                    let detail = format!("a record has {LINKS_MAX} links at most");
                    return Err(Refusal::conflict("SD-38", "too_many_links", detail).into());
                }
            }
            store::link(tx, account, permits, &record, relation, &other).await?;
        } else {
            store::unlink(tx, account, permits, &record, relation, &other).await?;
        }
        remember_both(tx, here, [&record, &other], relation, is).await?;
        Ok(Wrote::ROWS)
    }
}

/// Writes down on both sides that they are linked, or not any more.
pub(super) async fn remember_both(
    tx: &mut Tx,
    here: Here<'_>,
    [record, other]: [&Record; 2],
    relation: Relation,
    is: bool,
) -> std::result::Result<(), SubmitError> {
    let linked = |relation, other| Change::Linked {
        relation,
        other,
        is,
    };
    let there = linked(relation, other.number);
    let back = linked(relation.back(), record.number);
    remember(tx, here, record.number, &[there]).await?;
    remember(tx, here, other.number, &[back]).await?;
    Ok(())
}

impl Desk {
    /// What it has to do with, as far as the reader sees it.
    pub async fn links(&mut self, session: &Session, of: &Record) -> Result<Vec<Linked>> {
        let view = session.view_on(&self.state, session.now());
        let visible = view.visible_records(ManageRecord);
        let found = store::links(&mut self.tx, session.account.id(), &visible, of).await;
        found.map_err(failed)
    }

    /// The record with a number, if the reader sees it.
    pub async fn numbered(&mut self, session: &Session, number: i64) -> Result<Option<Record>> {
        let asked = Asked {
            number: Some(number),
            ..Asked::default()
        };
        Ok(self.some(session, &asked, None, 1).await?.pop())
    }
}

/// Another record.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RecordLink)]
struct LinkBody {
    relation: Relation,
    id: RecordId,
    number: i64,
    kind: Kind,
    status: Status,
    title: String,
}

/// What a record has to do with.
#[derive(Debug, Serialize, ToSchema)]
struct Links {
    /// At most 100.
    items: Vec<LinkBody>,
}

async fn list(reader: SignedIn, InPath(id): InPath) -> Result<Answer<Links>> {
    let mut desk = Desk::open(&reader).await?;
    let record = desk.record(&reader, id).await?;
    let body = |one: Linked| LinkBody {
        relation: one.relation,
        id: one.id,
        number: one.number,
        kind: one.kind,
        status: one.status,
        title: titled(&one.title).to_owned(),
    };
    let found = desk.links(&reader, &record).await?;
    let items = found.into_iter().map(body).collect();
    reader.answer(Links { items })
}

/// A new link.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewLink {
    /// Not one that is made by merging.
    relation: Relation,
    /// The number of the other record.
    number: i64,
}

async fn link(
    commands: Commands,
    InPath(id): InPath,
    order: Order<NewLink>,
) -> Result<Answer<Written>> {
    let NewLink { relation, number } = order.body;
    let act = Link {
        id,
        relation,
        to: number,
        is: true,
    };
    commands.act(act, &order.how, None).await
}

/// Which link.
#[derive(Debug, Deserialize, IntoParams)]
struct Which {
    /// What it says.
    #[param(inline)]
    relation: Relation,
    /// The number of the other record.
    number: i64,
}

async fn unlink(
    commands: Commands,
    InPath(id): InPath,
    Path(which): Path<Which>,
    how: Submission,
) -> Result<Answer<Written>> {
    let act = Link {
        id,
        relation: which.relation,
        to: which.number,
        is: false,
    };
    commands.act(act, &how, None).await
}

/// A number as people write it: 12, or #12.
pub(super) fn number(text: &str) -> Option<i64> {
    let text = text.trim();
    text.strip_prefix('#').unwrap_or(text).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_relation_reads_the_same_from_its_row_on_both_sides() {
        let merged = [Relation::MergedInto, Relation::MergedFrom];
        for one in Relation::CHOSEN.into_iter().chain(merged) {
            assert_eq!(one.back().back(), one);
            let (number, forward) = one.stored();
            assert_eq!(
                Relation::of_columns(number, i64::from(forward)),
                Some(one),
                "{one:?}"
            );
            let account = AccountId(1);
            assert_eq!(
                one.columns(account, 3, 7),
                one.back().columns(account, 7, 3),
                "{one:?}"
            );
            let key = serde_json::to_value(one).unwrap();
            assert_eq!(key, one.key());
        }
    }

    #[test]
    fn a_number_is_read_as_people_write_it() {
        assert_eq!(number(" #12 "), Some(12));
        assert_eq!(number("12"), Some(12));
        assert_eq!(number("twelve"), None);
    }
}
