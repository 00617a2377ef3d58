//! A field of a form that names a person or a thing by typing. With a script it offers what is found while somebody types; without one
//! the page comes back with candidates to choose from.

use access::ServiceId;
use askama::Template;
use serde::Deserialize;

use super::find::{self, Hit, Kind};
use crate::{
    problem::{Problem, Result},
    resource::{Id, PersonRef, Resource},
    session::Session,
};

/// What a form sends of a picker: `{name}`, `{name}_text` and `{name}_asked`.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    /// The id that was chosen.
    pub id: Option<String>,
    /// What stands in the field.
    pub text: Option<String>,
    /// What stood there when the id was chosen, or when candidates were offered. The id counts for this text alone.
    pub asked: Option<String>,
}

/// A form that names a person and nothing else.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnePerson {
    person: Option<String>,
    person_text: Option<String>,
    person_asked: Option<String>,
}

impl OnePerson {
    /// As the picker `person` reads it.
    pub fn sent(&self) -> Sent {
        Sent {
            id: self.person.clone(),
            text: self.person_text.clone(),
            asked: self.person_asked.clone(),
        }
    }
}

/// The button of a row: a person whom the page named.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThisPerson {
    /// Who.
    pub person: PersonRef,
}

/// What comes of a picker that a form cannot do without.
#[derive(Debug)]
pub enum Picked<K> {
    /// It names this.
    One(K),
    /// The field again: the person has to choose first.
    Not(Picker),
}

/// The field, in one of its states: empty, chosen, with candidates, with an error. It is shown by `{{ picker|safe }}`.
#[derive(Clone, Debug, Template)]
#[template(path = "picker.html")]
pub struct Picker {
    name: &'static str,
    label: &'static str,
    kinds: String,
    on: Option<ServiceId>,
    /// The same by its id.
    on_id: String,
    id: String,
    text: String,
    candidates: Vec<Hit>,
    error: Option<&'static str>,
}

impl Picker {
    /// An empty one. Its name is that of the form's field; the label is read to those who do not see it.
    pub fn new(name: &'static str, label: &'static str, kinds: &[Kind]) -> Self {
        let words: Vec<_> = kinds.iter().map(|kind| kind.word()).collect();
        Self {
            name,
            label,
            kinds: words.join(","),
            on: None,
            on_id: String::new(),
            id: String::new(),
            text: String::new(),
            candidates: Vec::new(),
            error: None,
        }
    }

    /// Among those who can stand in a record of this service.
    #[must_use]
    pub fn on(mut self, session: &Session, service: ServiceId) -> Self {
        self.on = Some(service);
        self.on_id = session.id(service).0.to_string();
        self
    }

    /// With something chosen, by its id and its name.
    #[must_use]
    pub fn with(mut self, id: impl Into<String>, text: impl Into<String>) -> Self {
        self.id = id.into();
        self.text = text.into();
        self
    }

    /// Reads what was sent: the id if it still stands for the text, else what is found by the text. One hit is chosen; several are
    /// offered; none is an error.
    pub async fn take(mut self, session: &Session, kinds: &[Kind], sent: Sent) -> Result<Self> {
        let text = sent.text.unwrap_or_default().trim().to_owned();
        let asked = sent.asked.unwrap_or_default();
        self.id = sent.id.unwrap_or_default();
        self.text = text;
        if self.text.is_empty() {
            self.id.clear();
            return Ok(self);
        }
        if !self.id.is_empty() && self.text == asked.trim() {
            return Ok(self);
        }
        self.id.clear();
        let mut hits = find::find(session, kinds, self.on, &self.text).await?;
        match hits.len() {
            0 => self.error = Some("Nothing that you see begins so. Try another word of the name."),
            1 => {
                let hit = hits.remove(0);
                (self.id, self.text) = (hit.id, hit.name);
            }
            _ => self.candidates = hits,
        }
        Ok(self)
    }

    /// Reads what was sent where something has to be named.
    pub async fn pick<K: Resource>(
        self,
        session: &Session,
        kinds: &[Kind],
        sent: Sent,
    ) -> Result<Picked<K>> {
        let picker = self.take(session, kinds, sent).await?;
        if picker.is_open() {
            return Ok(Picked::Not(picker));
        }
        let id = picker.chosen().and_then(|id| id.parse().ok());
        Ok(match id.and_then(|id| session.find(Id(id))) {
            Some(found) => Picked::One(found),
            None => Picked::Not(picker.wrong("Type the beginning of a name, and choose one.")),
        })
    }

    /// What is chosen.
    pub fn chosen(&self) -> Option<&str> {
        (!self.id.is_empty()).then_some(self.id.as_str())
    }

    /// The thing that is chosen, if one is. The id may be anybody's words.
    pub fn thing<K: Resource>(&self, session: &Session) -> Result<Option<K>> {
        let Some(id) = self.chosen() else {
            return Ok(None);
        };
        let id = id.parse().map_err(|_| Problem::unknown_id(self.name))?;
        session.named(self.name, Id(id)).map(Some)
    }

    /// Whether the person has to do something about it before the form can be taken.
    pub fn is_open(&self) -> bool {
        self.error.is_some() || !self.candidates.is_empty()
    }

    /// With an error at the field.
    #[must_use]
    pub fn wrong(mut self, error: &'static str) -> Self {
        self.error = Some(error);
        self
    }
}
