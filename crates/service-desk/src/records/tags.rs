//! Tags of a record: short words, typed in one field. They are compared without case, and kept so.

use access::{
    Fingerprint, Permit,
    decide::{RecordFacts, permissions::ManageRecord},
};
use ledger::{AccountId, Act, Here, Tx, Wrote};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{
    Problem, Result,
    guard::{Commands, SignedIn},
    part::{Body, Replacement},
    reply::Answer,
    route::{Route, get, post, put},
    session::{Session, failed},
    submit::Written,
};

use super::{
    InPath, Record, RecordId,
    acts::{Done, Found, changed_meanwhile, remember},
    desk::{Desk, LIST_TIME_MAX},
    history::Change,
    rest::Reader,
    store::{self, Tagging},
};

/// Tags of one record at most, and the characters of one.
const TAGS_MAX: usize = 10;
const TAG_CHARS_MAX: usize = 40;
/// Tags that are offered at once.
const OFFERED: i64 = 10;
/// What stands between two of them.
const BETWEEN: char = ',';

/// What is said where that is not kept.
pub(super) const WANTED: &str =
    "give up to 10 tags of up to 40 characters each, on one line, with commas between them";

pub(super) fn routes() -> Vec<Route> {
    const TAGS: &str = "/api/v1/service-desk/records/{record}/tags";
    vec![
        get(TAGS, "records.tags", "List the tags of a record", list),
        put(
            TAGS,
            "records.set_tags",
            "Replace the tags of a record, by what was read of them",
            set,
        ),
        post(
            "/api/v1/service-desk/tags/search",
            "records.find_tags",
            "Find tags by their beginning, among those of records that the caller sees",
            find,
        ),
    ]
}

/// One tag as it is kept.
fn folded(typed: &str) -> String {
    let words: Vec<_> = typed.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

/// Tags as they are kept: folded, each once. `None`: they are too many, too long, or none.
pub(super) fn kept<'t>(typed: impl IntoIterator<Item = &'t str>) -> Option<Vec<String>> {
    let mut tags: Vec<String> = Vec::new();
    for one in typed {
        let tag = folded(one);
        let odd = |letter: char| letter.is_control() || letter == BETWEEN;
        let is_sane = tag.chars().count() <= TAG_CHARS_MAX && !tag.contains(odd);
        if !is_sane || one.contains(['\n', '\r']) {
            return None;
        }
        if !tag.is_empty() && !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    (tags.len() <= TAGS_MAX).then_some(tags)
}

/// What somebody typed in one field.
pub(super) fn typed(text: &str) -> Option<Vec<String>> {
    kept(text.split(BETWEEN))
}

/// As one field shows them.
pub(super) fn in_one_field(tags: &[String]) -> String {
    tags.join(", ")
}

/// How a tag is asked for among words: what is typed stands in no address, and this is typed as well.
const ASKED: &str = "tag:\"";

/// Words to be looked for, and a tag, as one text.
pub(super) fn with_tag(words: &str, tag: &str) -> String {
    // A quotation mark ends it.
    let tag = folded(&tag.replace('"', " "));
    match tag.as_str() {
        "" => words.trim().to_owned(),
        tag => format!("{} {ASKED}{tag}\"", words.trim())
            .trim_start()
            .to_owned(),
    }
}

/// The words of such a text, and the tag.
pub(super) fn without_tag(text: &str) -> (String, Option<String>) {
    let parts = text.split_once(ASKED);
    let parts = parts.and_then(|(before, rest)| Some((before, rest.split_once('"')?)));
    let Some((before, (tag, after))) = parts else {
        return (text.to_owned(), None);
    };
    let words = format!("{} {}", before.trim(), after.trim());
    let tag = folded(tag);
    (words.trim().to_owned(), (!tag.is_empty()).then_some(tag))
}

/// What stands in the field before the tag that is being typed, and what is typed of it.
pub(super) fn parts_of(text: &str) -> (String, String) {
    match text.rsplit_once(BETWEEN) {
        Some((before, last)) => (format!("{before}{BETWEEN} "), folded(last)),
        None => (String::new(), folded(text)),
    }
}

/// Of what was read: what takes its place is refused if they changed.
pub(super) fn mark(tags: &[String]) -> Fingerprint {
    Fingerprint::of_stored(&tags)
}

/// Tags with some given and some taken. `None`: there are too many then.
pub(super) fn with(present: &[String], add: &[String], take: &[String]) -> Option<Vec<String>> {
    let kept = present.iter().filter(|tag| !take.contains(tag));
    let mut all: Vec<String> = kept.cloned().collect();
    all.extend(add.iter().filter(|tag| !present.contains(tag)).cloned());
    (all.len() <= TAGS_MAX).then_some(all)
}

/// The tags of two records that become one, as many as there is room for; and those that are left of the second.
pub(super) fn together(these: &[String], those: &[String]) -> (Vec<String>, Vec<String>) {
    let mut all = these.to_vec();
    let mut left = Vec::new();
    for tag in those.iter().filter(|tag| !these.contains(tag)) {
        if all.len() < TAGS_MAX {
            all.push(tag.clone());
        } else {
            left.push(tag.clone());
        }
    }
    (all, left)
}

/// A record has these tags.
pub(super) struct SetTags {
    pub id: RecordId,
    /// The mark of what was read; `None` for a dry run.
    pub read: Option<Fingerprint>,
    pub tags: Vec<String>,
}

impl Act for SetTags {
    type Needs = ManageRecord;
    const NEEDS: ManageRecord = ManageRecord;
    const NAME: &'static str = "tag_record";

    async fn on(&self, tx: &mut Tx, account: AccountId) -> Found<RecordFacts> {
        store::facts(tx, account, self.id).await
    }

    async fn apply(self, tx: &mut Tx, permit: Permit<'_, ManageRecord>, here: Here<'_>) -> Done {
        let record = store::permitted(tx, here.account, &permit, self.id).await?;
        let present = store::tags(tx, here.account, &record).await?;
        if self.read.is_some_and(|read| read != mark(&present)) {
            return Err(changed_meanwhile().into());
        }
        if self.tags == present {
            return Ok(Wrote::default());
        }
        let at = here.view.now();
        let tagging = Tagging::new(&permit, &record, self.tags);
        store::set_tags(tx, here.account, &[tagging], at).await?;
        remember(tx, here, record.number, &[Change::Tagged]).await?;
        Ok(Wrote::ROWS)
    }
}

impl Desk {
    /// Its tags.
    pub async fn tags(&mut self, session: &Session, of: &Record) -> Result<Vec<String>> {
        let found = store::tags(&mut self.tx, session.account.id(), of).await;
        found.map_err(failed)
    }

    /// Tags that begin so, of records that the reader sees: no other is told of.
    pub async fn tags_like(&mut self, session: &Session, beginning: &str) -> Result<Vec<String>> {
        let view = session.view_on(&self.state, session.now());
        let visible = view.visible_records(ManageRecord);
        let account = session.account.id();
        let _hurry = self.tx.hurry(LIST_TIME_MAX).await.map_err(failed)?;
        let found = store::tags_like(&mut self.tx, account, &visible, beginning, OFFERED).await;
        found.map_err(failed)
    }
}

/// The tags of a record.
#[derive(Debug, Serialize, ToSchema)]
struct Tags {
    /// At most 10.
    items: Vec<String>,
    /// Send it as `If-Mark` with what takes their place.
    mark: String,
}

async fn list(reader: SignedIn, InPath(id): InPath) -> Result<Answer<Tags>> {
    let mut desk = Desk::open(&reader).await?;
    let record = desk.record(&reader, id).await?;
    let items = desk.tags(&reader, &record).await?;
    let mark = mark(&items).to_string();
    reader.answer(Tags { items, mark })
}

/// What takes their place.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewTags {
    /// At most 10, of at most 40 characters, without commas.
    tags: Vec<String>,
}

async fn set(
    commands: Commands,
    InPath(id): InPath,
    order: Replacement<NewTags>,
) -> Result<Answer<Written>> {
    let Replacement { order, read } = order;
    let given = order.body.tags.iter().map(String::as_str);
    let tags = kept(given).ok_or_else(|| Problem::senseless("tags_not_kept", "/tags", WANTED))?;
    let act = SetTags { id, read, tags };
    commands.act(act, &order.how, None).await
}

/// The beginning of a tag.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Beginning {
    q: String,
}

/// Tags that begin so.
#[derive(Debug, Serialize, ToSchema)]
struct FoundTags {
    /// At most 10, the commonest first.
    items: Vec<String>,
}

async fn find(reader: Reader, Body(asked): Body<Beginning>) -> Result<Answer<FoundTags>> {
    let mut desk = Desk::open(&reader).await?;
    let items = desk.tags_like(&reader, &folded(&asked.q)).await?;
    reader.answer(FoundTags { items })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_folded_and_stand_once() {
        assert_eq!(
            typed(" Printer,  Floor  3 ,printer,, ").unwrap(),
            ["printer", "floor 3"]
        );
        assert_eq!(typed("").unwrap(), Vec::<String>::new());
        // SD-26: accents stay, so that a name is found in them.
        assert_eq!(typed("ZOË").unwrap(), ["zoë"]);
    }

    #[test]
    fn what_is_too_long_or_too_many_is_none() {
        assert!(typed(&"x".repeat(40)).is_some());
        assert!(typed(&"x".repeat(41)).is_none());
        let many = |count: usize| (0..count).map(|one| format!("t{one}")).collect::<Vec<_>>();
        assert!(typed(&in_one_field(&many(10))).is_some());
        assert!(typed(&in_one_field(&many(11))).is_none());
        assert!(kept(["a,b"]).is_none() && typed("a\nb").is_none());
    }

    #[test]
    fn a_tag_is_asked_for_among_words() {
        let asked = |words: &str, tag: &str| without_tag(&with_tag(words, tag));
        let tag = |text: &str| Some(text.to_owned());
        assert_eq!(
            asked("no sound", " Floor  3"),
            ("no sound".into(), tag("floor 3"))
        );
        assert_eq!(asked("", "a\"b"), (String::new(), tag("a b")));
        assert_eq!(asked(" loud ", " "), ("loud".into(), None));
        assert_eq!(without_tag("tag:\"x"), ("tag:\"x".to_owned(), None));
    }

    #[test]
    fn the_last_one_is_being_typed() {
        assert_eq!(parts_of("printer, Flo"), ("printer, ".into(), "flo".into()));
        assert_eq!(parts_of("Flo"), (String::new(), "flo".into()));
    }
}
