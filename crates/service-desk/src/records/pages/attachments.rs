//! Files of a record, on its page.

use access::explain::words::Name;
use serde::Deserialize;
use web::{
    Result,
    common::Submission,
    guard::SignedIn,
    page::{
        Page, Refused, SeeOther, Taken,
        download::OfPage,
        form::Form,
        moment,
        names::{Mark, Names},
        sentence,
        upload::Upload,
    },
    route::{Route, get, post},
    session::Session,
    sign_ins::SignIns,
};

use super::{
    path,
    show::{RecordPage, opened},
};
use crate::records::{
    AttachmentId, AttachmentInPath, InPath, Record,
    attachments::{self, Attach, BYTES_MAX, Detach, Door},
    desk::Desk,
    store::Attachment,
};

pub(super) fn routes() -> Vec<Route> {
    vec![
        post(
            "/service-desk/records/{record}/attachments",
            "records_page.attach",
            "Attach a file to a record",
            attach,
        ),
        get(
            "/service-desk/records/{record}/attachments/{attachment}",
            "records_page.attachment",
            "Download a file of a record",
            download,
        ),
        post(
            "/service-desk/records/{record}/attachments/{attachment}/remove",
            "records_page.detach",
            "Take a file of a record away for ever",
            detach,
        ),
    ]
}

/// A file as it is shown.
pub(super) struct OneFile {
    pub id: AttachmentId,
    pub name: String,
    pub size: String,
    pub who: Option<Mark>,
    pub at: String,
    pub is_public: bool,
    pub may_remove: bool,
}

pub(super) struct Attachments {
    pub all: Vec<OneFile>,
    pub wrong: Option<String>,
}

impl Attachments {
    pub async fn of(session: &Session, desk: &mut Desk, record: &Record) -> Result<Self> {
        let found = desk.attachments(session, record).await?;
        let authors = found.iter().filter_map(|one| one.author);
        let authors = authors.map(Name::Person).collect::<Vec<_>>();
        // SD-19: as with notes, whoever reads a record is told who brought what.
        let names = Names::of_shown(session, authors).await?;
        let (view, facts) = (session.view(), record.facts());
        let file = |one: &Attachment| OneFile {
            id: one.id,
            name: attachments::called(one).to_owned(),
            size: in_words(one.size),
            who: one.author.map(|who| names.mark(Name::Person(who))),
            at: moment(one.at),
            is_public: one.is_public,
            may_remove: attachments::may_detach(&view, one.author, facts),
        };
        Ok(Self {
            all: found.iter().map(file).collect(),
            wrong: None,
        })
    }
}

/// A size as people read it.
pub(crate) fn in_words(bytes: i64) -> String {
    const KILO: i64 = 1_024;
    match bytes {
        ..KILO => format!("{bytes} bytes"),
        KILO..1_048_576 => format!("{} KB", (bytes + KILO / 2) / KILO),
        _ => {
            let tenths = bytes * 10 / (KILO * KILO);
            format!("{}.{} MB", tenths / 10, tenths % 10)
        }
    }
}

async fn attach(
    reader: SignedIn,
    InPath(id): InPath,
    file: Upload<BYTES_MAX>,
) -> Result<Taken<RecordPage>> {
    let session = &*reader;
    // SD-32: internal, unless it is said.
    let is_public = file.field("to") == Some("public");
    let wrong = match attachments::sent(session, file, is_public) {
        Ok(new) => {
            let how = Submission::default();
            let done = session.act(Attach { id, new }, &how, None).await;
            match Refused::of(done)? {
                None => return Ok(Taken::Done(SeeOther::to(path(id)).saying("Attached."))),
                Some(refused) => refused.why,
            }
        }
        Err(wrong) => sentence(wrong),
    };
    let (_, mut page) = opened(session, id).await?;
    page.parts.attachments.wrong = Some(wrong);
    Ok(Taken::Again(Page::again(page)))
}

async fn download(
    reader: SignedIn,
    sign_ins: SignIns,
    InPath(id): InPath,
    AttachmentInPath(attachment): AttachmentInPath,
) -> Result<OfPage> {
    let file = attachments::go_out(&reader, sign_ins, Door::Desk, (id, attachment));
    file.await.map(OfPage)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DetachForm {}

async fn detach(
    reader: SignedIn,
    InPath(id): InPath,
    AttachmentInPath(attachment): AttachmentInPath,
    Form(DetachForm {}): Form<DetachForm>,
) -> Result<SeeOther> {
    let act = Detach { id, attachment };
    reader.act(act, &Submission::default(), None).await?;
    Ok(SeeOther::to(path(id)).saying("The file is taken away."))
}

#[cfg(test)]
mod tests {
    use super::in_words;

    #[test]
    fn sizes_are_in_words() {
        for (bytes, words) in [
            (7, "7 bytes"),
            (1_023, "1023 bytes"),
            (1_536, "2 KB"),
            (1_572_864, "1.5 MB"),
            (26_214_400, "25.0 MB"),
        ] {
            assert_eq!(in_words(bytes), words);
        }
    }
}
