//! Writes: a command goes to the ledger, and what became of it goes back.

use std::borrow::Cow;

use access::{
    Command, Notice, Outcome, PersonId, PublicId, Refusal, State, View, explain::words::Name,
};
use ledger::{Act, Change, Done, Echo, Foreseen, Foresight, Options};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    common::Submission,
    effect::{EffectBody, fingerprint},
    page::person::{Erasure, erasure_of},
    problem::{Problem, Result},
    reply::Answer,
    resource::{Id, PersonRef, Resource},
    session::{Session, failed, id_in, not_done},
};

/// What became of a command, or what would become of it.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct Written {
    /// True: nothing was changed, `effect` says what would be.
    pub dry_run: bool,
    /// False: everything was so already, or everybody of several was refused.
    pub changed: bool,
    /// True: this idempotency key was used before. Nothing was done now, and the rest is the answer of the first time, without its
    /// secret; after an erasure nothing is left of it but this.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub repeated: bool,
    /// The id of what was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// A secret that is shown this once.
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// Who gains and who loses what; with `dry_run`.
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    pub effect: Option<EffectBody>,
    /// The records that would lose their assignee (SD-19), as far as the caller sees them; with `dry_run`.
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    pub loses_assignee: Option<LosesBody>,
    /// What goes with somebody who is erased, and what of others on the same records stays (SD-26); with `dry_run`.
    #[serde(skip_deserializing, skip_serializing_if = "Vec::is_empty")]
    pub goes_along: Vec<GoesBody>,
    /// What else there is to say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<NoticeBody>,
    /// Person by person, in the order asked, where the command was about several (AD-23, SD-25).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outcomes: Vec<OutcomeBody>,
}

/// What would be changed along, as the review of a page says it.
#[derive(Debug, Serialize, ToSchema)]
pub struct LosesBody {
    /// How many, listed or not.
    pub total: usize,
    /// There are more than were counted.
    pub more: bool,
    /// The first of them.
    pub listed: Vec<LossBody>,
}

/// A record that would lose its assignee.
#[derive(Debug, Serialize, ToSchema)]
pub struct LossBody {
    pub title: String,
    /// Its page.
    pub page: String,
    /// The user or the group that would not be assigned any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee: Option<String>,
}

/// How much of one kind goes along, as the review of an erasure says it.
#[derive(Debug, Serialize, ToSchema)]
pub struct GoesBody {
    /// Of what: `files` or `mails`.
    pub what: &'static str,
    /// How many that are theirs go.
    pub theirs: i64,
    /// How many of others stay.
    pub others: i64,
}

impl LosesBody {
    fn of(state: &State, found: Foresight) -> Option<Self> {
        let body = |one: Foreseen| LossBody {
            title: one.title,
            page: one.href,
            assignee: match one.loses {
                Name::Person(person) => state.public(person).map(|id| id.to_string()),
                Name::Group(group) => state.public(group).map(|id| id.to_string()),
                _ => None,
            },
        };
        (found.total > 0).then(|| Self {
            total: found.total,
            more: found.more,
            listed: found.first.into_iter().map(body).collect(),
        })
    }
}

/// Something that the answer to a command says beyond yes.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct NoticeBody {
    /// Stable code.
    pub code: Cow<'static, str>,
    /// People it concerns, as far as the caller sees them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<PersonRef>,
    /// Permissions it concerns, by key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub permissions: Vec<Cow<'static, str>>,
}

impl NoticeBody {
    /// One that is about nobody beside whom the command is about.
    fn of(code: &'static str) -> Self {
        Self {
            code: code.into(),
            people: Vec::new(),
            permissions: Vec::new(),
        }
    }
}

/// One person of a command about several.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct OutcomeBody {
    /// Who.
    pub person: PersonRef,
    /// True: done, or with `dry_run` would be. False: not, for the reason given.
    pub changed: bool,
    /// Stable code of the reason: of the refusal, or `unchanged` where it was so already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Cow<'static, str>>,
    /// The rule that refused; absent where none did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<Cow<'static, str>>,
    /// The reason in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl Session {
    /// Submits a change, or previews it.
    pub async fn submit(
        &self,
        change: impl Into<Change>,
        how: &Submission,
    ) -> Result<Answer<Written>> {
        self.write(change.into(), how, None).await
    }

    /// Submits a command about several people (AD-23, SD-25). Whoever is not there, or is not for the caller to know of, is skipped like
    /// others are: the outcomes are those of exactly the people named. If it is nobody's id at all, the first of them is told.
    pub async fn submit_each(
        &self,
        at: &str,
        people: &[PersonRef],
        command: impl FnOnce(Vec<PersonId>) -> Command,
        how: &Submission,
    ) -> Result<Answer<Written>> {
        let known: Vec<_> = people.iter().filter_map(|id| self.find(*id)).collect();
        if known.is_empty() && !people.is_empty() {
            return Err(Problem::unknown_id(format_args!("{at}/0")));
        }
        let mut answer = self.submit(command(known), how).await?;
        if !answer.body.repeated {
            let mut told = std::mem::take(&mut answer.body.outcomes)
                .into_iter()
                .peekable();
            answer.body.outcomes = people
                .iter()
                .filter_map(|id| match self.find(*id) {
                    Some(_) => told.next_if(|outcome| outcome.person.0 == id.0),
                    None => Some(outcome_body(
                        *id,
                        &Outcome::Skipped(Refusal::not_found("no such person")),
                    )),
                })
                .collect();
        }
        Ok(answer)
    }

    /// Submits a change that makes something with this id.
    pub async fn create<K: Resource>(
        &self,
        id: PublicId<K>,
        change: impl Into<Change>,
        how: &Submission,
    ) -> Result<Answer<Written>> {
        self.write(change.into(), how, Some(id.to_string())).await
    }

    /// Submits a change that makes something with an id of another kind.
    pub async fn make(
        &self,
        id: String,
        change: impl Into<Change>,
        how: &Submission,
    ) -> Result<Answer<Written>> {
        self.write(change.into(), how, Some(id)).await
    }

    /// Does a record act, or tries it. It changes nobody's access, so there is no effect to show, and no fingerprint of one.
    pub async fn act(
        &self,
        act: impl Act,
        how: &Submission,
        id: Option<String>,
    ) -> Result<Answer<Written>> {
        if how.if_fingerprint.is_some() {
            let detail = "this changes nobody's access, and has no preview";
            return Err(Problem::refused_as_invalid("no_preview").detail(detail));
        }
        let mut options = self.options(how, id.clone())?;
        if how.dry_run {
            // What was only tried is not done later because of its key.
            options.idempotency = None;
            options.dry_run = true;
        }
        let done = self.account.act(self.actor()?, act, options).await;
        let done = done.map_err(|error| not_done(&self.view(), error))?;
        let mut answer = self.answer_to(done, id.filter(|_| !how.dry_run));
        answer.body.dry_run = how.dry_run;
        Ok(answer)
    }

    /// A new public id.
    pub fn new_id<K>(&self) -> PublicId<K> {
        PublicId::new(self.account.engine().new_uuid())
    }

    async fn write(
        &self,
        change: Change,
        how: &Submission,
        id: Option<String>,
    ) -> Result<Answer<Written>> {
        if how.dry_run {
            return self.preview(change).await;
        }
        self.require_proof(&change.command)?;
        let options = self.options(how, id.clone())?;
        let done = self.account.submit(self.actor()?, change, options).await;
        let done = done.map_err(|error| not_done(&self.view(), error))?;
        Ok(self.answer_to(done, id))
    }

    /// How something is done; `id` of what it makes.
    fn options(&self, how: &Submission, id: Option<String>) -> Result<Options> {
        let session = self.clone();
        let echo = Echo::new(move |state, done| {
            let body = session.written(state, done, id.clone());
            serde_json::to_vec(&body).unwrap_or_default()
        });
        let face = match self.sign_in() {
            Some(_) => "pages",
            None => "rest",
        };
        Ok(Options {
            request: self.request.clone(),
            fingerprint: how
                .if_fingerprint
                .as_deref()
                .map(|text| fingerprint("If-Fingerprint", text))
                .transpose()?,
            idempotency: how.idempotency.as_ref().map(|given| ledger::Idempotency {
                key: given.key.clone(),
                body: given.request.clone(),
                echo,
            }),
            ..Options::telling(face, mail::letters(&self.account))
        })
    }

    fn answer_to(&self, done: Done, id: Option<String>) -> Answer<Written> {
        let body = if done.repeated {
            first_answer(&done)
        } else {
            self.written(&self.account.state(), &done, id)
        };
        Answer {
            version: done.version.0,
            body,
        }
    }

    /// What the command itself brought into sight is shown too.
    fn written(&self, after: &State, done: &Done, id: Option<String>) -> Written {
        let views = [self.view(), self.view_on(after, self.now())];
        written(&views, done, id)
    }

    async fn preview(&self, change: Change) -> Result<Answer<Written>> {
        let command = change.command.clone();
        let effect = self.account.preview(self.actor()?, change).await;
        let effect = effect.map_err(|error| not_done(&self.view(), error))?;
        let foreseen = self.account.foresee(self.actor()?, &command).await;
        let foreseen = foreseen.map_err(failed)?;
        let erasure = match command {
            Command::ErasePerson { person } => erasure_of(self, person).await?,
            _ => Erasure::default(),
        };
        let mut notices = notices(&[self.view()], &effect.notices);
        notices.extend(erasure.notices.into_iter().map(NoticeBody::of));
        let state = self.state();
        let body = Written {
            dry_run: true,
            changed: effect.events > 0,
            effect: Some(EffectBody::of(&self.view(), &effect)),
            loses_assignee: LosesBody::of(state, foreseen),
            goes_along: erasure.goes,
            notices,
            outcomes: outcomes(state, &effect.outcomes),
            ..Written::default()
        };
        Ok(Answer {
            version: effect.version.0,
            body,
        })
    }
}

/// In ids of the last of these views, of people whom one of them sees.
fn notices(views: &[View<'_>], notices: &[Notice]) -> Vec<NoticeBody> {
    notices
        .iter()
        .map(|notice| notice_body(views, notice))
        .collect()
}

fn outcomes(state: &State, outcomes: &[(PersonId, Outcome)]) -> Vec<OutcomeBody> {
    outcomes
        .iter()
        .map(|(person, outcome)| outcome_body(id_in(state, *person), outcome))
        .collect()
}

/// What is said to an act that was done, by views of before and after it.
fn written(views: &[View<'_>; 2], done: &Done, id: Option<String>) -> Written {
    Written {
        changed: done.changed,
        id,
        notices: notices(views, &done.proposal.notices),
        outcomes: outcomes(views[1].state(), &done.proposal.outcomes),
        ..Written::default()
    }
}

/// What was said when the request came for the first time.
fn first_answer(done: &Done) -> Written {
    let first = done.echo.as_deref().map(serde_json::from_slice);
    Written {
        repeated: true,
        ..first.and_then(Result::ok).unwrap_or_default()
    }
}

fn notice_body(views: &[View<'_>], notice: &Notice) -> NoticeBody {
    let keys = |set: &access::PermissionSet| -> Vec<_> {
        set.iter()
            .map(|permission| permission.key().into())
            .collect()
    };
    let (code, people, permissions) = match notice {
        Notice::PermissionsAdjusted { added, removed } => (
            "permissions_adjusted",
            vec![],
            [keys(added), keys(removed)].concat(),
        ),
        Notice::NoEffect => ("no_effect", vec![], vec![]),
        Notice::GivenToOneself => ("given_to_oneself", vec![], vec![]),
        Notice::Tell { people, what } => (what.code(), people.clone(), vec![]),
        Notice::ExtraGrantsDropped { permissions } => {
            ("extra_grants_dropped", vec![], keys(permissions))
        }
        Notice::AccessEnded { person } => ("access_ended", vec![*person], vec![]),
        Notice::GivenByMapping { people, .. } => ("given_by_mapping", people.clone(), vec![]),
    };
    NoticeBody {
        code: code.into(),
        people: people
            .into_iter()
            .filter(|person| views.iter().any(|view| view.sees(*person)))
            .filter_map(|person| Some(id_in(views.last()?.state(), person)))
            .collect(),
        permissions,
    }
}

fn outcome_body(person: Id<access::PersonId>, outcome: &Outcome) -> OutcomeBody {
    let (code, rule, detail) = match outcome {
        Outcome::Changed => (None, None, None),
        Outcome::Unchanged => (Some("unchanged"), None, Some("it was so already")),
        Outcome::Skipped(why) => (Some(why.code), Some(why.rule), Some(&*why.detail)),
    };
    OutcomeBody {
        person,
        changed: *outcome == Outcome::Changed,
        code: code.map(Into::into),
        rule: rule.map(Into::into),
        detail: detail.map(str::to_owned),
    }
}
