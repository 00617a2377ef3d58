//! Notes of a record, on its page: what was said, and what is being written, with the text modules and the signature of its service.

use access::{Subject, explain::words::Name};
use serde::Deserialize;
use web::{
    Result,
    common::Submission,
    guard::SignedIn,
    page::{
        Page, SeeOther, Taken,
        form::Form,
        moment,
        names::{Mark, Names},
    },
    route::{Route, post},
    session::Session,
};

use super::{
    fields, path,
    show::{RecordPage, opened},
};
use crate::records::{
    InPath, Record,
    acts::AddNote,
    desk::Desk,
    presets::{Placeholders, Presets, TextModule},
    store::Note,
};

pub(super) fn routes() -> Vec<Route> {
    vec![
        post(
            "/service-desk/records/{record}/notes",
            "records_page.note",
            "Add a note to a record",
            add,
        ),
        post(
            "/service-desk/records/{record}/notes/insert",
            "records_page.insert_text",
            "Put a text module into a note that is not added yet",
            insert,
        ),
    ]
}

/// A note as it is shown.
pub(super) struct Said {
    pub who: Option<Mark>,
    pub at: String,
    pub is_public: bool,
    pub by_customer: bool,
    pub by_mail: bool,
    pub text: String,
}

impl Said {
    pub fn of(note: &Note, names: &Names<'_>) -> Self {
        Self {
            who: note.author.map(|who| names.mark(Name::Person(who))),
            at: moment(note.at),
            is_public: note.is_public,
            by_customer: note.by_customer,
            by_mail: note.by_mail,
            text: note.text.clone(),
        }
    }
}

/// A note that is being written.
pub(super) struct Writing {
    pub text: String,
    pub is_public: bool,
    /// What stands under an answer to the customer; `None`: the service has no signature.
    pub signature: Option<String>,
    /// Text modules by their ids, with their names.
    pub modules: Vec<(String, String)>,
    pub wrong: Option<String>,
}

impl Writing {
    pub fn of(session: &Session, record: &Record, names: &Names<'_>, presets: &Presets) -> Self {
        let signature = Some(presets.signature.as_str()).filter(|text| !text.is_empty());
        Self {
            text: String::new(),
            is_public: false,
            signature: signature.map(|text| filled(session, record, names, text)),
            modules: presets.modules.iter().map(TextModule::choice).collect(),
            wrong: None,
        }
    }

    /// The form again as it was sent.
    fn again(&mut self, form: NoteForm) {
        self.is_public = form.is_public();
        self.text = form.text;
        self.signature = self.signature.take().map(|_| form.signature);
    }
}

/// Whoever writes, by name.
pub(super) fn agent(session: &Session) -> Option<Name> {
    match session.view().subject() {
        Subject::Person(person) => Some(Name::Person(person)),
        _ => None,
    }
}

/// A text of the service with what this record says in its placeholders. The names are those that the page shows.
fn filled(session: &Session, record: &Record, names: &Names<'_>, text: &str) -> String {
    let name = |name: Option<Name>| name.map(|name| names.text(name)).unwrap_or_default();
    let said = Placeholders {
        customer: &name(record.content.customer.map(Name::Person)),
        number: record.number,
        agent: &name(agent(session)),
    };
    said.fill(text)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NoteForm {
    text: String,
    /// `public` or `internal`.
    to: String,
    /// What the form showed to be put under an answer.
    #[serde(default)]
    signature: String,
    /// The text module that was chosen last.
    #[serde(default)]
    module: String,
}

impl NoteForm {
    fn is_public(&self) -> bool {
        self.to == "public"
    }

    /// What is said. What stands under an answer was read in the form; notes among staff are not signed.
    fn said(&self) -> String {
        let (text, signature) = (self.text.trim(), self.signature.trim());
        match self.is_public() && !text.is_empty() && !signature.is_empty() {
            true => format!("{text}\n\n{signature}"),
            false => text.to_owned(),
        }
    }
}

/// Puts a text module behind what stands in the form, and adds nothing: whoever answers reads it first.
async fn insert(
    reader: SignedIn,
    InPath(id): InPath,
    Form(mut form): Form<NoteForm>,
) -> Result<Page<RecordPage>> {
    let session = &*reader;
    let (record, mut page) = opened(session, id).await?;
    let mut desk = Desk::open(session).await?;
    let presets = desk.presets(session, record.service).await?;
    drop(desk);
    let mut modules = presets.modules.iter();
    match modules.find(|one| one.choice().0 == form.module) {
        None => page.writing.wrong = Some("Choose a text module first.".to_owned()),
        Some(module) => {
            let named = record.names(&session.view()).chain(agent(session));
            // SD-19: whoever reads a record is told whom it names.
            let names = Names::of_shown(session, named.collect::<Vec<_>>()).await?;
            let text = filled(session, &record, &names, &module.text);
            form.text = match form.text.trim_end() {
                "" => text,
                before => format!("{before}\n\n{text}"),
            };
        }
    }
    page.writing.again(form);
    Ok(Page::new(page))
}

async fn add(
    reader: SignedIn,
    InPath(id): InPath,
    Form(form): Form<NoteForm>,
) -> Result<Taken<RecordPage>> {
    let session = &*reader;
    let is_public = form.is_public();
    let text = match fields::passage(&form.said()) {
        Ok(text) if text.is_empty() => Err("A note says something.".to_owned()),
        other => other,
    };
    match text {
        Ok(text) => {
            let act = AddNote {
                id,
                text,
                is_public,
            };
            session.act(act, &Submission::default(), None).await?;
            let said = if is_public { "Answered." } else { "Noted." };
            Ok(Taken::Done(SeeOther::to(path(id)).saying(said)))
        }
        Err(wrong) => {
            let (_, mut page) = opened(session, id).await?;
            page.writing.again(form);
            page.writing.wrong = Some(wrong);
            Ok(Taken::Again(Page::again(page)))
        }
    }
}
