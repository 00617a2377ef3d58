//! The mails of a record as they came, for staff (SD-37): whoever reads the record has them, customers never.

use access::{PersonId, explain::words::Name};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use web::{
    Problem, Result,
    guard::SignedIn,
    page::{
        download::{Download, OfPage, Pieces},
        moment,
        names::{Mark, Names},
    },
    reply::Answer,
    resource::PersonRef,
    route::{Route, get},
    session::{Session, failed, id_in},
    sign_ins::SignIns,
};

use crate::records::{
    InPath, MailId, MailInPath, Record, RecordId,
    desk::Desk,
    rest::timestamp,
    store::{self, KeptMail},
};

/// What a mail is, to whoever downloads it.
const MEDIA: &str = "message/rfc822";

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/api/v1/service-desk/records/{record}/mails",
            "records.mails",
            "List the mails that came to a record, the newest first",
            list,
        ),
        get(
            "/api/v1/service-desk/records/{record}/mails/{mail}",
            "records.mail",
            "Download a mail as it came",
            download,
        ),
        get(
            "/service-desk/records/{record}/mails/{mail}",
            "records_page.mail",
            "Download a mail as it came",
            download_of_page,
        ),
    ]
}

/// A mail as it is shown.
pub(in crate::records) struct OneMail {
    pub id: MailId,
    pub at: String,
    pub who: Option<Mark>,
    pub sender: String,
    pub copies: String,
    pub opened: bool,
    pub is_verified: bool,
    pub left_out: i64,
}

/// The mails of a record, as its page shows them.
pub(in crate::records) struct Mails {
    pub all: Vec<OneMail>,
    /// What the mail that opened it says of its sender; `None`: no mail did, or it is of somebody else by now.
    pub opened: Option<Opened>,
}

/// Who opened a record by mail.
pub(in crate::records) struct Opened {
    pub is_verified: bool,
    pub sender: String,
}

impl Mails {
    pub async fn of(session: &Session, desk: &mut Desk, record: &Record) -> Result<Self> {
        let found = desk.mails(session, record).await?;
        let people = found.iter().filter_map(|one| one.person);
        let people = people.map(Name::Person).collect::<Vec<_>>();
        // SD-19: as with notes, whoever reads a record is told who wrote to it.
        let names = Names::of_shown(session, people).await?;
        let one = |mail: KeptMail| OneMail {
            id: mail.id,
            at: moment(mail.at),
            who: mail.person.map(|who| names.mark(Name::Person(who))),
            sender: mail.sender,
            copies: mail.copies,
            opened: mail.opened,
            is_verified: mail.is_verified,
            left_out: mail.left_out,
        };
        let account = session.account.id();
        let first = store::opening_mail(&mut desk.tx, account, record.number).await;
        let first = first.map_err(failed)?;
        // The mark speaks of whose record it is: of whoever staff put there instead, no mail said anything.
        let first = first.filter(|mail| mail.person == record.content.customer);
        Ok(Self {
            all: found.into_iter().map(one).collect(),
            opened: first.map(|mail| Opened {
                is_verified: mail.is_verified,
                sender: mail.sender,
            }),
        })
    }
}

impl Desk {
    /// The mails that came to it, the newest first.
    async fn mails(&mut self, session: &Session, of: &Record) -> Result<Vec<KeptMail>> {
        let found = store::kept_mails(&mut self.tx, session.account.id(), of).await;
        found.map_err(failed)
    }
}

/// A mail that came to a record.
#[derive(Debug, Serialize, ToSchema)]
struct MailBody {
    id: MailId,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Whose address it shows; absent where that is nobody's who is selectable.
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<PersonRef>,
    /// Who it says has sent it, where that is nobody: text, and nothing that is proven.
    #[serde(skip_serializing_if = "String::is_empty")]
    sender: String,
    /// To whom it went in copy: text, too.
    #[serde(skip_serializing_if = "String::is_empty")]
    copies: String,
    /// Whether it opened the record; otherwise it is an answer.
    opened: bool,
    /// Whether a trusted relay vouches for the sender.
    is_verified: bool,
    /// How many of its files were not kept: too many, too large, or not readable.
    left_out: i64,
    /// In bytes.
    size: i64,
}

/// The mails of a record.
#[derive(Debug, Serialize, ToSchema)]
struct MailsBody {
    /// At most 200, the newest first.
    items: Vec<MailBody>,
}

async fn list(reader: SignedIn, InPath(id): InPath) -> Result<Answer<MailsBody>> {
    let mut desk = Desk::open(&reader).await?;
    let record = desk.record(&reader, id).await?;
    let person = |one: PersonId| id_in(reader.state(), one);
    let body = |mail: KeptMail| MailBody {
        id: mail.id,
        at: timestamp(mail.at),
        person: mail.person.map(person),
        sender: mail.sender,
        copies: mail.copies,
        opened: mail.opened,
        is_verified: mail.is_verified,
        left_out: mail.left_out,
        size: mail.size,
    };
    let found = desk.mails(&reader, &record).await?;
    let items = found.into_iter().map(body).collect();
    reader.answer(MailsBody { items })
}

/// A mail on its way out, of which no piece is read before there is room for it.
struct Reading {
    session: Session,
    sign_ins: SignIns,
    record: RecordId,
    mail: KeptMail,
    next: i64,
}

impl Pieces for Reading {
    async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        // AD-28: whoever loses the right meanwhile, or is signed out, gets no further piece of it.
        let session = self.session.anew(&self.sign_ins).await?;
        let mut desk = Desk::open(&session).await?;
        desk.record(&session, self.record).await?;
        let account = session.account.id();
        let piece = store::mail_piece(&mut desk.tx, account, &self.mail, self.next).await;
        self.next += 1;
        piece.map_err(failed)
    }
}

async fn download(
    reader: SignedIn,
    sign_ins: SignIns,
    InPath(id): InPath,
    MailInPath(mail): MailInPath,
) -> Result<Download> {
    let mut desk = Desk::open(&reader).await?;
    let record = desk.record(&reader, id).await?;
    let account = reader.account.id();
    let found = store::kept_mail(&mut desk.tx, account, &record, mail).await;
    let mail = found.map_err(failed)?.ok_or_else(Problem::not_found)?;
    let size = u64::try_from(mail.size).unwrap_or_default();
    let name = format!("{}.eml", mail.id);
    let reading = Reading {
        session: (*reader).clone(),
        sign_ins,
        record: id,
        mail,
        next: 0,
    };
    Download::new(&reader, (name, MEDIA.to_owned(), size), reading)
}

async fn download_of_page(
    reader: SignedIn,
    sign_ins: SignIns,
    id: InPath,
    mail: MailInPath,
) -> Result<OfPage> {
    download(reader, sign_ins, id, mail).await.map(OfPage)
}
