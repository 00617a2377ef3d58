//! Files that hang on a record (SD-32, SD-26). What a file is, its content says: what its sender declares is not believed, and nothing is
//! ever shown in its place.

use access::{
    Permit, PersonId, Refusal, Subject, View,
    decide::{
        RecordFacts,
        permissions::{DeleteRecord, ManageRecord},
    },
};
use infer::MatcherType;
use jiff::Timestamp;
use ledger::{AccountId, Act, Here, Tx, Wrote};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{
    Problem, Result,
    common::Submission,
    guard::{Commands, SignedIn},
    page::{
        download::{Download, Pieces},
        upload::Upload,
    },
    part::Query,
    reply::Answer,
    resource::PersonRef,
    route::{Route, delete, get, post},
    session::{Session, failed, id_in},
    sign_ins::SignIns,
    submit::Written,
};

use super::{
    AttachmentId, AttachmentInPath, InPath, Record, RecordId,
    acts::{Done, Found, answered, remember},
    desk::Desk,
    history::Change,
    incidents::Incidents,
    rest::timestamp,
    store::{self, ATTACHMENTS_MAX, Attachment, NewAttachment},
};

/// Bytes of a file at most.
pub(crate) const BYTES_MAX: usize = 25 * 1024 * 1024;
/// Characters of its name at most.
const NAME_CHARS_MAX: usize = 200;
/// Bytes that are looked at to tell a text from anything else.
const LOOKED_AT: usize = 8 * 1024;

const TEXT: &str = "text/plain; charset=utf-8";
const BYTES: &str = "application/octet-stream";

pub(super) fn routes() -> Vec<Route> {
    const ALL: &str = "/api/v1/service-desk/records/{record}/attachments";
    const ONE: &str = "/api/v1/service-desk/records/{record}/attachments/{attachment}";
    vec![
        get(
            ALL,
            "records.attachments",
            "List the files of a record, the newest first",
            list,
        ),
        post(
            ALL,
            "records.attach",
            "Attach a file of at most 25 MB to a record",
            attach,
        ),
        get(
            ONE,
            "records.attachment",
            "Download a file of a record",
            download,
        ),
        delete(
            ONE,
            "records.detach",
            "Take a file of a record away for ever",
            detach,
        ),
    ]
}

/// What a file is, by what stands in it.
pub(super) fn media_of(bytes: &[u8]) -> &'static str {
    let known = infer::get(bytes);
    let known = known.filter(|kind| kind.matcher_type() != MatcherType::Text);
    match known {
        Some(kind) => kind.mime_type(),
        None if is_text(bytes) => TEXT,
        None => BYTES,
    }
}

/// Letters and line ends: HTML, too, which is no page of ours.
fn is_text(bytes: &[u8]) -> bool {
    let first = &bytes[..bytes.len().min(LOOKED_AT)];
    let text = match std::str::from_utf8(first) {
        Ok(text) => text,
        // A letter may be cut in two at the end.
        Err(error) if error.error_len().is_none() && first.len() == LOOKED_AT => {
            std::str::from_utf8(&first[..error.valid_up_to()]).unwrap_or("\0")
        }
        Err(_) => return false,
    };
    let is_odd = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t');
    !text.contains(is_odd)
}

/// A name as it is kept: without the folders of whoever sent it, and without what makes it read otherwise than it is.
pub(super) fn name_of(sent: &str) -> Option<String> {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let turns = |letter: char| matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
    let name = last
        .chars()
        .filter(|letter| !letter.is_control() && !turns(*letter));
    let name: String = name.take(NAME_CHARS_MAX).collect();
    let name = name.trim();
    (!name.is_empty() && !name.chars().all(|one| one == '.')).then(|| name.to_owned())
}

/// A file that was sent, or what is wrong with it.
pub(crate) fn sent(
    session: &Session,
    file: Upload<BYTES_MAX>,
    is_public: bool,
) -> std::result::Result<NewAttachment, &'static str> {
    let bytes = file.bytes.ok_or("a file has at most 25 MB")?;
    let name = name_of(&file.name).ok_or("choose a file first")?;
    if bytes.is_empty() {
        return Err("this file is empty");
    }
    Ok(NewAttachment {
        id: AttachmentId(session.account.engine().new_uuid()),
        is_public,
        name,
        media: media_of(&bytes),
        bytes,
    })
}

/// What it is called, also where that was the name of somebody who is erased (SD-26).
pub(crate) fn called(attachment: &Attachment) -> &str {
    match attachment.name.as_str() {
        "" => "file",
        name => name,
    }
}

/// A file is attached to a record.
pub(super) struct Attach {
    pub id: RecordId,
    pub new: NewAttachment,
}

impl Act for Attach {
    type Needs = ManageRecord;
    const NEEDS: ManageRecord = ManageRecord;
    const NAME: &'static str = "attach_file";

    async fn on(&self, tx: &mut Tx, account: AccountId) -> Found<RecordFacts> {
        store::facts(tx, account, self.id).await
    }

    async fn apply(self, tx: &mut Tx, permit: Permit<'_, ManageRecord>, here: Here<'_>) -> Done {
        let record = store::permitted(tx, here.account, &permit, self.id).await?;
        let present = store::count_files(tx, here.account, &record, false).await?;
        if present >= ATTACHMENTS_MAX {
            let detail = format!("a record has {ATTACHMENTS_MAX} files of staff at most");
            return Err(Refusal::conflict("SD-3", "too_many_files", detail).into());
        }
        let (public, at) = (self.new.is_public, here.view.now());
        store::attach(tx, here.account, &permit, &record, self.new, at).await?;
        remember(tx, here, record.number, &[Change::Attached { public }]).await?;
        // SD-32: of an internal file nobody outside is told.
        let told = match public {
            true => answered(tx, here, &permit, &record, None).await?,
            false => Vec::new(),
        };
        Ok(Wrote::telling(told))
    }
}

/// A file is taken away: by whoever brought it, or by those who may delete the record.
pub(super) struct Detach {
    pub id: RecordId,
    pub attachment: AttachmentId,
}

impl Act for Detach {
    type Needs = ManageRecord;
    const NEEDS: ManageRecord = ManageRecord;
    const NAME: &'static str = "detach_file";

    async fn on(&self, tx: &mut Tx, account: AccountId) -> Found<RecordFacts> {
        store::facts(tx, account, self.id).await
    }

    async fn apply(self, tx: &mut Tx, permit: Permit<'_, ManageRecord>, here: Here<'_>) -> Done {
        let record = store::permitted(tx, here.account, &permit, self.id).await?;
        let found = store::attachment(tx, here.account, &record, self.attachment).await?;
        let found = found.ok_or_else(|| Refusal::not_found("there is no such file"))?;
        if !may_detach(&here.view, found.author, record.facts()) {
            let detail = "a file is taken away by whoever brought it, or who may delete the record";
            return Err(Refusal::forbidden("SD-4", "file_of_another", detail).into());
        }
        let at = here.view.now();
        store::detach(tx, here.account, &permit, &record, &found, at).await?;
        remember(tx, here, record.number, &[Change::Detached]).await?;
        Ok(Wrote::ROWS)
    }
}

pub(super) fn may_detach(view: &View<'_>, author: Option<PersonId>, on: RecordFacts) -> bool {
    let is_own = author.is_some_and(|author| view.subject() == Subject::Person(author));
    is_own || view.permit(DeleteRecord, on).is_ok()
}

impl Desk {
    /// Its files, the newest first.
    pub async fn attachments(&mut self, session: &Session, of: &Record) -> Result<Vec<Attachment>> {
        let found = store::attachments(&mut self.tx, session.account.id(), of).await;
        found.map_err(failed)
    }
}

/// The side from which somebody comes to a file.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Door {
    /// Staff, to a record that they see.
    Desk,
    /// Customers, to what they may have of an incident that the portal shows to them (SD-32).
    Portal,
}

impl Door {
    /// A file that the reader may have; everything else is not there.
    async fn reach(
        self,
        session: &Session,
        of: RecordId,
        attachment: AttachmentId,
    ) -> Result<(Tx, Attachment)> {
        let account = session.account.id();
        let (found, tx) = match self {
            Self::Desk => {
                let mut desk = Desk::open(session).await?;
                let record = desk.record(session, of).await?;
                let found = store::attachment(&mut desk.tx, account, &record, attachment).await;
                (found, desk.tx)
            }
            Self::Portal => {
                let mut portal = Incidents::open(session).await?;
                let incident = portal.incident(session, of).await?;
                let tx = &mut portal.tx;
                let found = store::attachment_for_customers(tx, account, &incident, attachment);
                (found.await, portal.tx)
            }
        };
        let found = found.map_err(failed)?.ok_or_else(Problem::not_found)?;
        Ok((tx, found))
    }
}

/// A file on its way out, of which no piece is read before there is room for it.
struct Reading {
    session: Session,
    sign_ins: SignIns,
    door: Door,
    record: RecordId,
    attachment: AttachmentId,
    next: i64,
}

impl Pieces for Reading {
    async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        // AD-28: whoever loses the right meanwhile, or is signed out, gets no further piece of it.
        let session = self.session.anew(&self.sign_ins).await?;
        let reached = self.door.reach(&session, self.record, self.attachment);
        let (mut tx, attachment) = reached.await?;
        let piece = store::piece(&mut tx, session.account.id(), &attachment, self.next).await;
        self.next += 1;
        piece.map_err(failed)
    }
}

/// A file, for whoever may have it.
pub(crate) async fn go_out(
    reader: &Session,
    sign_ins: SignIns,
    door: Door,
    (record, attachment): (RecordId, AttachmentId),
) -> Result<Download> {
    let (_, found) = door.reach(reader, record, attachment).await?;
    let size = u64::try_from(found.size).unwrap_or_default();
    let file = (called(&found).to_owned(), found.media, size);
    let reading = Reading {
        session: reader.clone(),
        sign_ins,
        door,
        record,
        attachment,
        next: 0,
    };
    Download::new(reader, file, reading)
}

async fn download(
    reader: SignedIn,
    sign_ins: SignIns,
    InPath(id): InPath,
    AttachmentInPath(attachment): AttachmentInPath,
) -> Result<Download> {
    go_out(&reader, sign_ins, Door::Desk, (id, attachment)).await
}

/// A file of a record.
#[derive(Debug, Serialize, ToSchema)]
struct AttachmentBody {
    id: AttachmentId,
    name: String,
    /// What its content says that it is.
    media: String,
    /// In bytes.
    size: i64,
    /// Absent where a program brought it.
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<PersonRef>,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Whether the customer may have it.
    is_public: bool,
}

/// The files of a record.
#[derive(Debug, Serialize, ToSchema)]
struct Attachments {
    /// At most 100, the newest first.
    items: Vec<AttachmentBody>,
}

async fn list(reader: SignedIn, InPath(id): InPath) -> Result<Answer<Attachments>> {
    let mut desk = Desk::open(&reader).await?;
    let record = desk.record(&reader, id).await?;
    let body = |one: Attachment| AttachmentBody {
        id: one.id,
        name: called(&one).to_owned(),
        media: one.media,
        size: one.size,
        author: one.author.map(|author| id_in(reader.state(), author)),
        at: timestamp(one.at),
        is_public: one.is_public,
    };
    let found = desk.attachments(&reader, &record).await?;
    let items = found.into_iter().map(body).collect();
    reader.answer(Attachments { items })
}

/// Who may have it.
#[derive(Debug, Deserialize, IntoParams)]
struct Audience {
    /// Whether the customer may have it; not unless it is said.
    public: Option<bool>,
}

async fn attach(
    commands: Commands,
    InPath(id): InPath,
    Query(audience): Query<Audience>,
    file: Upload<BYTES_MAX>,
    how: Submission,
) -> Result<Answer<Written>> {
    let is_public = audience.public.unwrap_or_default();
    let new = sent(&commands, file, is_public);
    let new = new.map_err(|wrong| Problem::senseless("file_not_kept", "file", wrong))?;
    let attachment = new.id.to_string();
    commands
        .act(Attach { id, new }, &how, Some(attachment))
        .await
}

async fn detach(
    commands: Commands,
    InPath(id): InPath,
    AttachmentInPath(attachment): AttachmentInPath,
    how: Submission,
) -> Result<Answer<Written>> {
    commands.act(Detach { id, attachment }, &how, None).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_content_says() {
        let png = [b"\x89PNG\r\n\x1a\n".as_slice(), &[0; 16]].concat();
        for (bytes, media) in [
            (png.as_slice(), "image/png"),
            (b"%PDF-1.7\n", "application/pdf"),
            (b"<html><script>alert(1)</script>", TEXT),
            (b"<?xml version=\"1.0\"?><svg onload=\"x\"/>", TEXT),
            ("Gr\u{fc}\u{df}e\r\n".as_bytes(), TEXT),
            (b"\x00\x01\x02", BYTES),
            (b"\xff\xfe\xfd", BYTES),
        ] {
            assert_eq!(media_of(bytes), media, "{bytes:?}");
        }
        // A letter that is cut in two by where one stops to look.
        let long = format!("{}é and on", "x".repeat(LOOKED_AT - 1));
        assert_eq!(media_of(long.as_bytes()), TEXT);
    }

    #[test]
    fn a_name_brings_no_folder_and_does_not_read_backwards() {
        assert_eq!(name_of("C:\\a\\b.txt").unwrap(), "b.txt");
        assert_eq!(name_of("../../etc/passwd").unwrap(), "passwd");
        assert_eq!(name_of("a\u{202e}fdp.exe").unwrap(), "afdp.exe");
        assert_eq!(name_of("x\r\ny").unwrap(), "xy");
        for none in ["", " ", "..", "a/"] {
            assert!(name_of(none).is_none(), "{none}");
        }
        assert_eq!(name_of(&"x".repeat(300)).unwrap().len(), NAME_CHARS_MAX);
    }
}
