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
    /// People whom the request names by an external id: everybody who has it.
    people: HashMap<String, Vec<PersonId>>,
}

impl<'a> Asker<'a> {
    /// With the entities that their questions name. 403 is about the caller: who may ask about nobody else is told so, and asks about
    /// themselves only (AD-31); until then nobody else is looked up.
    pub async fn of(
        session: &'a Session,
        subjects: &[&Entity],
        resources: &[&Entity],
    ) -> Result<Self> {
        let mut asker = Self {
            session,
            asks_everything: session.may_ask_everything(),
            people: HashMap::new(),
        };
        if session.may_ask_about_others() {
            asker.look_up(&[subjects, resources].concat()).await?;
            return Ok(asker);
        }
        asker.look_at_oneself(subjects).await?;
        let is_self = |subject: &&Entity| asker.subject(subject) == session.subject;
        if !subjects.iter().all(is_self) {
            return Err(question::asking_needs_a_right());
        }
        asker.look_up(resources).await?;
        Ok(asker)
    }

    /// Who is asked about, as far as the caller may ask.
    pub fn about(&self, subject: &Entity) -> Subject {
        let known = self.known_subject(subject);
        known.unwrap_or_else(|| self.subject(subject))
    }

    /// What the core is told of the subject: who has an external id, and `Unknown` for whom the caller may not ask about. `None` leaves
    /// finding them to the core.
    pub fn known_subject(&self, entity: &Entity) -> Option<Subject> {
        let named = self.subject(entity);
        let may = match named {
            // Of another product, or nobody: those have no scope of people, so the whole account would have to be in it.
            Subject::Unknown => self.asks_everything,
            // SD-33: whoever company access hides is unknown to those too who may ask about the whole account.
            _ => self.session.may_ask_about(named),
        };
        if may {
            self.external_subject(entity)
        } else {
            Some(Subject::Unknown)
        }
    }

    /// The same of the resource: `Unknown` for what neither the caller nor the subject may know of.
    pub fn known_target(&self, about: Subject, entity: &Entity) -> Option<Target> {
        let is_shown = |target| self.session.askable_target(about, target) == target;
        let person = self.only_holder(entity, |person| is_shown(Target::Person(person)));
        if let Some(person) = person {
            return Some(Target::Person(person));
        }
        let state = self.session.asked();
        let named = state.target_named(&entity.r#type, &entity.id);
        (!is_shown(named)).then_some(Target::Unknown)
    }

    /// Who of the account an entity names, by its type as the core reads it.
    fn subject(&self, entity: &Entity) -> Subject {
        let state = self.session.asked();
        let by_id = || state.subject_named(&entity.r#type, &entity.id);
        self.external_subject(entity).unwrap_or_else(by_id)
    }

    fn external_subject(&self, entity: &Entity) -> Option<Subject> {
        let may_ask = |person| self.session.may_ask_about(Subject::Person(person));
        self.only_holder(entity, may_ask).map(Subject::Person)
    }

    /// Who has the external id, of those whom the caller may know of: one alone, or it names nobody.
    fn only_holder(
        &self,
        entity: &Entity,
        may_know: impl Fn(PersonId) -> bool,
    ) -> Option<PersonId> {
        if entity.r#type != PERSON {
            return None;
        }
        let holders = self.people.get(&entity.id)?.iter().copied();
        let mut known = holders.filter(|person| may_know(*person));
        let first = known.next()?;
        known.next().is_none().then_some(first)
    }

    async fn look_up(&mut self, entities: &[&Entity]) -> Result<()> {
        let people = entities.iter().filter(|entity| entity.r#type == PERSON);
        let ids: Vec<_> = people.map(|entity| entity.id.as_str()).collect();
        let found = self.session.people_by_external_id(ids.into_iter()).await?;
        self.people.extend(found);
        Ok(())
    }

    /// Whoever asks about themselves alone is told by their own external id: nothing depends on whether others have one, nor how long it
    /// takes.
    async fn look_at_oneself(&mut self, subjects: &[&Entity]) -> Result<()> {
        let is_self = |subject: &&Entity| self.subject(subject) == self.session.subject;
        if subjects.iter().all(is_self) {
            return Ok(());
        }
        let own = self.session.own_external_id().await?;
        if let (Some(id), Subject::Person(oneself)) = (own, self.session.subject) {
            self.people.insert(id, vec![oneself]);
        }
        Ok(())
    }
}
