//! Who asks, and what the entities of a request name in Rolecall, as far as this caller may ask about them (AD-31).

use std::collections::HashMap;

use access::{PersonId, Subject, Target, products::PERSON};
use web::{Result, question, session::Session};

use crate::body::Entity;

/// Who asks the questions of a request, and whether every question is theirs to ask: found out once, not for each of a thousand.
pub(crate) struct Asker<'a> {
    pub session: &'a Session,
    /// AD-31: the whole account is in the scope of their `admin.access.ask`.
    asks_everything: bool,
    /// People whom the request names by an external id.
    people: HashMap<String, PersonId>,
}

impl<'a> Asker<'a> {
    /// With the entities that their questions name.
    pub async fn of<'e>(
        session: &'a Session,
        entities: impl Iterator<Item = &'e Entity>,
    ) -> Result<Self> {
        let people = entities.filter(|entity| entity.r#type == PERSON);
        let ids: Vec<_> = people.map(|entity| entity.id.as_str()).collect();
        Ok(Self {
            session,
            asks_everything: session.may_ask_everything(),
            people: session.people_by_external_id(ids.into_iter()).await?,
        })
    }

    /// 403 is about the caller: who may ask about nobody else is told so, and asks about themselves only (AD-31).
    pub fn refuse_strangers<'e>(
        &self,
        subjects: impl IntoIterator<Item = &'e Entity>,
    ) -> Result<()> {
        let is_self = |subject: &Entity| self.subject(subject) == self.session.subject;
        if self.session.may_ask_about_others() || subjects.into_iter().all(is_self) {
            return Ok(());
        }
        Err(question::asking_needs_a_right())
    }

    /// Who is asked about, as far as the caller may ask.
    pub fn about(&self, subject: &Entity) -> Subject {
        let known = self.known_subject(subject);
        known.unwrap_or_else(|| self.subject(subject))
    }

    /// What the core is told of the subject: who has an external id, and `Unknown` for whom the caller may not ask about. `None` leaves
    /// finding them to the core.
    pub fn known_subject(&self, entity: &Entity) -> Option<Subject> {
        let person = self.external(entity).map(Subject::Person);
        if self.asks_everything {
            return person;
        }
        let named = self.subject(entity);
        // Of another product, or nobody: those have no scope of people, so the whole account would have to be in it.
        let may = named != Subject::Unknown && self.session.may_ask_about(named);
        if may { person } else { Some(Subject::Unknown) }
    }

    /// The same of the resource: `Unknown` for what neither the caller nor the subject may know of.
    pub fn known_target(&self, about: impl FnOnce() -> Subject, entity: &Entity) -> Option<Target> {
        let person = self.external(entity).map(Target::Person);
        if self.asks_everything {
            return person;
        }
        let target = person.unwrap_or_else(|| question::target(self.session.asked(), &entity.id));
        let shown = self.session.askable_target(about(), target);
        if shown == target {
            person
        } else {
            Some(Target::Unknown)
        }
    }

    /// Who of the account an entity names.
    fn subject(&self, entity: &Entity) -> Subject {
        let person = self.external(entity).map(Subject::Person);
        person.unwrap_or_else(|| question::subject(self.session.asked(), &entity.id))
    }

    fn external(&self, entity: &Entity) -> Option<PersonId> {
        let is_person = entity.r#type == PERSON;
        is_person
            .then(|| self.people.get(&entity.id).copied())
            .flatten()
    }
}
