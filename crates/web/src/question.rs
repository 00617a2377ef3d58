//! Questions about access as callers write them: ids and keys as text, for REST, AuthZEN and the command line alike.
//!
//! What the asker may not ask about is answered like an id that nobody has (AD-31): denied, and no word about why.

use std::collections::HashMap;

use access::{
    Dense,
    Permission::AdminAccessAsk,
    PersonId, PublicId, State, Subject, Target,
    decide::Asking,
    products::{Asked, Entity, Question},
    state::Resolve,
};
use ledger::{Field, Place};

use crate::{
    problem::{Problem, Result},
    session::{Session, failed},
};

/// The thing with this id in a state, if the text is an id of its kind.
fn thing<K: Resolve>(state: &State, text: &str) -> Option<K> {
    state.resolve(text.parse::<PublicId<K>>().ok()?)
}

/// The subject that a text names; unknown texts name [`Subject::Unknown`].
pub fn subject(state: &State, text: &str) -> Subject {
    let person = || thing(state, text).map(Subject::Person);
    let connection = || thing(state, text).map(Subject::Connection);
    person().or_else(connection).unwrap_or(Subject::Unknown)
}

/// The target that a text names: an id, or `account`. Unknown texts name [`Target::Unknown`].
pub fn target(state: &State, text: &str) -> Target {
    if text == "account" {
        return Target::Account;
    }
    let found = match text.split_once('_').map_or(text, |(prefix, _)| prefix) {
        access::PersonId::PREFIX => thing(state, text).map(Target::Person),
        access::UserGroupId::PREFIX => thing(state, text).map(Target::UserGroup),
        access::ServiceId::PREFIX => thing(state, text).map(Target::Service),
        access::QueueId::PREFIX => thing(state, text).map(Target::Queue),
        access::DeviceId::PREFIX => thing(state, text).map(Target::Device),
        _ => None,
    };
    found.unwrap_or(Target::Unknown)
}

/// 403 about the caller: nothing is said about whom they asked.
pub fn asking_needs_a_right() -> Problem {
    Problem::forbidden()
        .rule("AD-31")
        .detail("asking about others needs admin.access.ask")
}

impl Session {
    /// Whether this caller may ask about the subject.
    pub fn may_ask_about(&self, about: Subject) -> bool {
        self.view().asking(about).is_some()
    }

    /// The same with proof, or the problem that the caller gets who may know of the subject and not ask.
    pub fn asking(&self, about: Subject) -> Result<Asking> {
        let asking = self.view().asking(about);
        asking.ok_or_else(asking_needs_a_right)
    }

    /// Whether this caller may ask about anybody but themselves.
    pub fn may_ask_about_others(&self) -> bool {
        self.view().holds_somewhere(AdminAccessAsk)
    }

    /// Whether every question about this account is the caller's to ask.
    pub fn may_ask_everything(&self) -> bool {
        self.view().may(AdminAccessAsk, Target::Account)
    }

    /// The subject as far as the caller may ask about it.
    pub fn askable_subject(&self, text: &str) -> Subject {
        let named = subject(self.asked(), text);
        if self.may_ask_about(named) {
            named
        } else {
            Subject::Unknown
        }
    }

    /// The target as far as the caller, or the subject that is asked about, may know of it; what company access hides from the caller is
    /// unknown whoever is asked about (SD-33).
    pub fn askable_target(&self, about: Subject, target: Target) -> Target {
        let view = self.view();
        let may_know = self.may_ask_everything()
            || view.sees(target)
            // AD-27: whoever views as somebody is told of nothing that they may not see themselves.
            || (self.viewer().is_none()
                && self.asked().view(about, self.asked_at()).sees(target));
        if may_know && !view.hides_target(target) {
            target
        } else {
            Target::Unknown
        }
    }

    /// The question as the caller may ask it. A no tells nobody whether an id is registered in another product, but who may know that:
    /// it is answered like one about an id that nobody has (AD-31).
    pub fn told<'q>(&self, about: Subject, question: Question<'q>) -> Question<'q> {
        if self.may_know_things(about) {
            return question;
        }
        let answer = self.asked().answer(&question, self.asked_at());
        if answer.decision.allowed || !matches!(answer.asked, Asked::Product(..)) {
            return question;
        }
        let resource = Entity {
            known: Some(Target::Unknown),
            ..question.resource
        };
        Question {
            resource,
            ..question
        }
    }

    /// Whether the caller, or the subject that is asked about, may know what other products registered.
    fn may_know_things(&self, about: Subject) -> bool {
        self.may_ask_everything()
            || self.view().sees_things()
            || (self.viewer().is_none() && self.asked().view(about, self.asked_at()).sees_things())
    }

    /// People by the ids that callers gave them (`external_id`), each exactly as it was given: everybody who has one. What reads as an id of
    /// ours is none.
    pub async fn people_by_external_id<'i>(
        &self,
        ids: impl Iterator<Item = &'i str>,
    ) -> Result<HashMap<String, Vec<PersonId>>> {
        let theirs: Vec<_> = ids
            .filter(|id| id.parse::<PublicId<PersonId>>().is_err())
            .collect();
        if theirs.is_empty() {
            return Ok(HashMap::new());
        }
        let mut tx = self.account.read_once().await.map_err(failed)?;
        let found =
            ledger::people_of_external_ids(&mut tx, self.account.id(), theirs.into_iter()).await;
        let found = found.map_err(failed)?.into_iter();
        let people = |numbers: Vec<u32>| -> Vec<PersonId> {
            let people = numbers.into_iter().filter_map(PersonId::from_number);
            people.collect()
        };
        Ok(found.map(|(id, numbers)| (id, people(numbers))).collect())
    }

    /// The id that callers gave the caller, as it is now; nobody else is looked at.
    pub async fn own_external_id(&self) -> Result<Option<String>> {
        let Subject::Person(oneself) = self.subject else {
            return Ok(None);
        };
        let mut tx = self.account.read_once().await.map_err(failed)?;
        let place = (self.account.id(), Place::of(oneself));
        let profiles = ledger::read_profiles(&mut tx, [place].into_iter()).await;
        let own = profiles.map_err(failed)?.into_iter().next();
        Ok(own.and_then(|(_, _, profile)| profile.get(Field::ExternalId).map(str::to_owned)))
    }

    /// Works on a question where conditions may take their time: not on a thread that answers others.
    pub async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Session) -> T + Send + 'static,
    ) -> Result<T> {
        let session = self.clone();
        tokio::task::spawn_blocking(move || work(&session))
            .await
            .map_err(Problem::internal)
    }
}
