//! The review: what a save would do, in words and counts, before it is done.
//!
//! A form whose save may change access is taken as a [`Reviewed`]. Sent for the first time, it is answered by the review: the preview of
//! the very command that would be submitted. The review holds the same fields and the fingerprint of what it shows; sent from there, the
//! save is done if it would still do that, and shown again if the world moved meanwhile.

mod alike;
mod missing;
mod moves;
mod telling;

use access::{Effect, NotGiven, Outcome, PersonId, explain::words::Name};
use askama::Template;
use axum::{http::StatusCode, response::Response};
use ledger::Change;
use serde::de::DeserializeOwned;

use self::missing::Missing;
pub use self::moves::{Idle, Move};
use self::moves::{by_owner, unmoved};
pub use self::telling::target_name;
use self::telling::{
    Direction, Line, SUBJECTS_SHOWN, Side, Skips, Telling, by_name, names_of, people_of, skipped,
    told, vacant,
};
use super::{
    Carried, Frame, Next, Page, Prove, SeeOther, Taken,
    form::fields,
    names::{Html, Mark, Names},
    sentence,
};
use crate::{
    about::About,
    call::Call,
    common::Submission,
    part::{Part, pairs},
    problem::{Problem, Result},
    reply::Reply,
    resource::PersonRef,
    session::{Session, failed, not_done},
    submit::Written,
};

/// The field that carries the fingerprint of what was shown.
const SEEN_FIELD: &str = "reviewed";

/// A form that is saved only after its effect was shown. Give its type `#[serde(deny_unknown_fields)]`.
#[derive(Debug)]
pub struct Reviewed<T> {
    /// What the form says.
    pub body: T,
    fields: Vec<(String, String)>,
    seen: Option<String>,
    always: bool,
    also: Option<Also>,
    /// Whose gains and losses are told first.
    between: Vec<PersonId>,
    /// What else is to be done about it: where, and what the link says.
    beside: Option<(String, &'static str)>,
    keeps_draft: bool,
}

impl<T: DeserializeOwned + Send> Part for Reviewed<T> {
    fn describe(about: &mut About) {
        super::form::Form::<T>::describe(about);
        about.problems.push(409);
    }

    async fn take(call: &mut Call) -> Result<Self> {
        let mut fields = fields(call).await?;
        let seen = fields.iter().position(|(name, _)| name == SEEN_FIELD);
        let seen = seen.map(|index| fields.remove(index).1);
        Ok(Self {
            body: pairs(&fields)?,
            fields,
            seen,
            always: false,
            also: None,
            between: Vec::new(),
            beside: None,
            keeps_draft: false,
        })
    }
}

/// What the review says around the effect.
#[derive(Clone, Debug)]
pub struct Asking {
    /// The question, like `Save 3 changes to Payroll?`
    pub title: String,
    /// What stays as it is, or what else is to be known.
    pub about: String,
    /// What the button says, like `Save 3 changes`.
    pub button: String,
    /// Where the form is sent to.
    pub action: String,
    /// The page that it came from.
    pub back: String,
    /// The entry of the rail that this belongs to.
    pub place: &'static str,
    /// What changes for somebody, in the words of the page: before and after, told instead of their rights one by one.
    pub moves: Vec<Move>,
}

/// What becomes of people later, or by another act that this one makes possible.
#[derive(Clone, Debug, Default)]
pub struct Also {
    /// After their number: `would be placed by “sort now”`.
    pub what: String,
    /// They.
    pub people: Vec<PersonId>,
    /// There are more of them.
    pub more: bool,
}

/// What became of a reviewed form.
#[derive(Debug)]
pub enum Settled {
    /// It is done, or there was nothing to do.
    Done(Box<Written>),
    /// This is to be looked at first.
    Review(Box<Page<Review>>),
}

impl Settled {
    /// Leads on where it is done.
    pub fn then(self, done: impl FnOnce(&Written) -> SeeOther) -> Taken<Review> {
        match self {
            Self::Done(written) => Taken::Done(done(&written)),
            Self::Review(page) => Taken::Again(*page),
        }
    }

    /// Says with the question what has to be looked up for it. Where it is done nobody reads that, and it is not looked up.
    pub async fn telling(self, about: impl Future<Output = Result<String>>) -> Result<Self> {
        match self {
            Self::Review(mut page) if page.template.prove.is_none() => {
                page.template.about = about.await?;
                Ok(Self::Review(page))
            }
            settled => Ok(settled),
        }
    }
}

/// What becomes of a form with a page of its own: what was settled, or the form again with what is wrong with it.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "made once for a reply, and rendered at once"
)]
pub enum Filled<T> {
    /// Done, or to be looked at first.
    Settled(Taken<Review>),
    /// Something in it cannot be.
    Again(Page<T>),
}

impl<T: Template> Reply for Filled<T> {
    fn describe(about: &mut About) {
        Taken::<T>::describe(about);
    }

    fn reply(self) -> Response {
        match self {
            Self::Settled(taken) => taken.reply(),
            Self::Again(page) => page.reply(),
        }
    }
}

impl<T> Reviewed<T> {
    /// Whether it comes from the review.
    pub fn was_shown(&self) -> bool {
        self.seen.is_some()
    }

    /// Shows the review even where nobody's access changes: the button promised it.
    #[must_use]
    pub fn always(mut self) -> Self {
        self.always = true;
        self
    }

    /// The same, with people whose access does not change by it yet.
    #[must_use]
    pub fn also(mut self, also: Also) -> Self {
        self.also = Some(also);
        self.always()
    }

    /// Says that what was chosen stays in its draft for whoever goes back.
    #[must_use]
    pub fn keeps_draft(mut self) -> Self {
        self.keeps_draft = true;
        self
    }

    /// Tells of these people first, and then what changes for others along with it.
    #[must_use]
    pub fn between(mut self, people: impl IntoIterator<Item = PersonId>) -> Self {
        self.between = people.into_iter().collect();
        self
    }

    /// With a link to what belongs to it and is not done by it. Then the review is shown in any case.
    #[must_use]
    pub fn beside(mut self, href: String, label: &'static str) -> Self {
        self.beside = Some((href, label));
        self.always()
    }

    /// What cannot be done as it was sent, with the way back.
    pub async fn refuse(
        &self,
        session: &Session,
        problem: &Problem,
        asking: Asking,
    ) -> Result<Taken<Review>> {
        let settled = self.refused(session, problem, asking).await?;
        Ok(settled.then(|_| SeeOther::to("/")))
    }

    /// Shows what the change would do, or does it where that was seen.
    pub async fn settle(
        &self,
        session: &Session,
        change: impl Into<Change>,
        asking: Asking,
    ) -> Result<Settled> {
        let change = change.into();
        let Some(seen) = &self.seen else {
            return self.show(session, change, asking, false).await;
        };
        let how = Submission {
            if_fingerprint: Some(seen.clone()),
            ..Submission::default()
        };
        match session.submit(change.clone(), &how).await {
            Ok(answer) => Ok(Settled::Done(Box::new(answer.body))),
            Err(problem) if problem.code() == "world_moved" => {
                self.show(session, change, asking, true).await
            }
            Err(problem) => self.refused(session, &problem, asking).await,
        }
    }

    async fn show(
        &self,
        session: &Session,
        change: Change,
        asking: Asking,
        moved: bool,
    ) -> Result<Settled> {
        // Before there is something to look at, and not after it was.
        if session.require_proof(&change.command).is_err() {
            return self.prove_first(session, asking).await;
        }
        let effect = session
            .account
            .preview(session.actor()?, change.clone())
            .await
            .map_err(|error| not_done(&session.view(), error));
        let effect = match effect {
            Ok(effect) => effect,
            Err(problem) => return self.refused(session, &problem, asking).await,
        };
        if effect.events == 0 && effect.outcomes.is_empty() {
            return Ok(Settled::Done(Box::default()));
        }
        let foreseen = session.account.foresee(session.actor()?, &change.command);
        let foreseen = foreseen.await.map_err(failed)?;
        if !moved && !self.always && is_silent(&effect) && foreseen.total == 0 {
            // Nobody's access changes: there is nothing to look at. The fingerprint sees to it that this is still so.
            let how = Submission {
                if_fingerprint: Some(effect.fingerprint.to_string()),
                ..Submission::default()
            };
            return match session.submit(change, &how).await {
                Ok(answer) => Ok(Settled::Done(Box::new(answer.body))),
                Err(problem) => self.refused(session, &problem, asking).await,
            };
        }
        let mut review = self.page(session, asking).await?;
        let (moves, things) = by_owner(std::mem::take(&mut review.moves));
        let unmoved = unmoved(&moves, &effect);
        review.idle_total = unmoved.len();
        let also = self.also.iter().flat_map(|also| &also.people);
        let also = also.chain(unmoved.iter().take(SUBJECTS_SHOWN));
        let also: Vec<_> = also.copied().collect();
        let wanted = names_of(&effect)
            .into_iter()
            .chain(also.iter().map(|person| Name::Person(*person)))
            .chain(foreseen.first.iter().map(|one| one.loses))
            .chain(things.iter().map(|(thing, _)| *thing));
        let names = Names::of(session, wanted.collect::<Vec<_>>()).await?;
        let people = people_of(&effect).chain(also);
        let telling = Telling::of(&names, &moves, people).making(&change);
        review.stored_total = things.len();
        let stored = things.into_iter().map(|(thing, one)| Stored {
            what: names.mark(thing),
            from: one.from,
            to: one.to,
        });
        review.stored = stored.collect();
        by_name(&mut review.stored, |one| &one.what);
        review.stored.truncate(SUBJECTS_SHOWN);
        review.moved = moved;
        review.also = self.also.as_ref().map(|also| AlsoShown {
            what: also.what.clone(),
            count: also.people.len(),
            people: also
                .people
                .iter()
                .take(SUBJECTS_SHOWN)
                .map(|person| telling.who(*person))
                .collect(),
            more: also.more,
        });
        if let Some(also) = &mut review.also {
            by_name(&mut also.people, |who| who);
        }
        review.gains = telling.side(&effect.gains, Direction::Gain, &self.between);
        review.losses = telling.side(&effect.losses, Direction::Loss, &self.between);
        let unmoved = unmoved.iter().take(SUBJECTS_SHOWN);
        review.idle = unmoved.map(|person| telling.unmoved(*person)).collect();
        by_name(&mut review.idle, |line| &line.who);
        review.locked_out = effect
            .locked_out
            .iter()
            .take(SUBJECTS_SHOWN)
            .map(|person| telling.who(*person))
            .collect();
        by_name(&mut review.locked_out, |who| who);
        review.locked_out_total = effect.locked_out.len();
        (review.foreseen_total, review.foreseen_more) = (foreseen.total, foreseen.more);
        let loses = foreseen.first.into_iter().map(|one| Loses {
            who: names.mark(one.loses),
            title: one.title,
            href: one.href,
        });
        review.foreseen = loses.collect();
        (review.vacant, review.vacant_beyond) = vacant(&names, &effect);
        review.everybody = effect.everybody;
        review.complete = effect.complete;
        review.notices = effect
            .notices
            .iter()
            .map(|notice| told(&names, notice))
            .collect();
        review.skipped = skipped(&telling, &effect);
        review.missing = Missing::of(&telling, &effect);
        review.done = effect
            .outcomes
            .iter()
            .filter(|(_, outcome)| *outcome == Outcome::Changed)
            .count();
        review.several = !effect.outcomes.is_empty();
        review.version = effect.version.0;
        review
            .fields
            .push((SEEN_FIELD.to_owned(), effect.fingerprint.to_string()));
        review.can_save = !review.several || review.done > 0;
        Ok(Settled::Review(Box::new(Page::new(review))))
    }

    /// What the rules say no to, with who could do it (as far as the reader sees them).
    async fn refused(
        &self,
        session: &Session,
        problem: &Problem,
        asking: Asking,
    ) -> Result<Settled> {
        if problem.asks_for_proof() {
            return self.prove_first(session, asking).await;
        }
        let status = problem.status();
        let ours = [
            StatusCode::FORBIDDEN,
            StatusCode::CONFLICT,
            StatusCode::UNPROCESSABLE_ENTITY,
        ];
        let body = problem.body();
        if !ours.contains(&status) {
            return Err(Problem::new(status, body.code, "This cannot be done")
                .detail(body.detail.unwrap_or_default()));
        }
        let who = body
            .members
            .get("who_could")
            .and_then(|who| who.as_array())
            .into_iter()
            .flatten()
            .filter_map(|id| serde_json::from_value::<PersonRef>(id.clone()).ok())
            .filter_map(|id| session.find(id))
            .collect::<Vec<_>>();
        let whose = body.members.get("whose").cloned();
        let whose = whose.and_then(|id| serde_json::from_value::<PersonRef>(id).ok());
        let whose = whose.and_then(|id| session.find(id));
        let names = Names::of_people(session, who.iter().copied().chain(whose)).await?;
        let mut review = self.page(session, asking).await?;
        review.refused = Some(Refused {
            why: sentence(&body.detail.unwrap_or(body.title)),
            rule: body.rule,
            whose: whose.map(|person| names.mark(Name::Person(person))),
            who: who
                .into_iter()
                .map(|person| names.mark(Name::Person(person)))
                .collect(),
        });
        Ok(Settled::Review(Box::new(Page {
            status,
            template: review,
        })))
    }

    /// The password first: it is asked for at once, and the form is gone on with afterwards.
    async fn prove_first(&self, session: &Session, asking: Asking) -> Result<Settled> {
        let mut fields = self.fields.clone();
        fields.extend(
            self.seen
                .iter()
                .map(|seen| (SEEN_FIELD.to_owned(), seen.clone())),
        );
        let of = (asking.title, asking.action, asking.back, asking.place);
        let Some(begun) = Carried::new(of, fields) else {
            return Err(session
                .require_fresh()
                .err()
                .unwrap_or_else(Problem::forbidden));
        };
        let (frame, prove) = Prove::of(session, &Next::parse("/"), Some(begun)).await?;
        Ok(Settled::Review(Box::new(Page {
            status: StatusCode::FORBIDDEN,
            template: Review {
                frame,
                prove: Some(prove),
                ..Review::default()
            },
        })))
    }

    async fn page(&self, session: &Session, asking: Asking) -> Result<Review> {
        Ok(Review {
            frame: Frame::of(session, &asking.title, &asking.action, asking.place)
                .await?
                .under(session, &asking.back)
                .await?,
            about: asking.about,
            beside: self.beside.clone(),
            keeps_draft: self.keeps_draft,
            button: asking.button,
            action: asking.action,
            back: asking.back,
            moves: asking.moves,
            fields: self.fields.clone(),
            ..Review::default()
        })
    }
}

/// The page.
#[derive(Debug, Default, Template)]
#[template(path = "review.html")]
pub struct Review {
    frame: Frame,
    /// What is to be proved before there is something to look at.
    prove: Option<Prove>,
    about: String,
    beside: Option<(String, &'static str)>,
    keeps_draft: bool,
    button: String,
    action: String,
    back: String,
    moves: Vec<Move>,
    fields: Vec<(String, String)>,
    moved: bool,
    /// What is saved of things that give it to others.
    stored: Vec<Stored>,
    stored_total: usize,
    also: Option<AlsoShown>,
    gains: Side,
    losses: Side,
    /// Stored, and nobody's access changes by it.
    idle: Vec<Line>,
    idle_total: usize,
    locked_out: Vec<Mark>,
    locked_out_total: usize,
    /// Records that lose their assignee (SD-19).
    foreseen: Vec<Loses>,
    foreseen_total: usize,
    foreseen_more: bool,
    /// What would have nobody left who answers for it.
    vacant: Vec<Html>,
    vacant_beyond: usize,
    everybody: bool,
    complete: bool,
    notices: Vec<String>,
    /// Whether the command is about several people, each of whom may be skipped.
    several: bool,
    done: usize,
    skipped: Skips,
    missing: Missing,
    can_save: bool,
    refused: Option<Refused>,
    version: u64,
}

/// A thing's level before and after.
#[derive(Debug)]
struct Stored {
    what: Mark,
    from: String,
    to: String,
}

/// A thing that would lose somebody.
#[derive(Debug)]
struct Loses {
    title: String,
    href: String,
    who: Mark,
}

#[derive(Debug)]
struct AlsoShown {
    what: String,
    count: usize,
    people: Vec<Mark>,
    more: bool,
}

impl AlsoShown {
    fn beyond(&self) -> usize {
        self.count - self.people.len()
    }
}

#[derive(Debug)]
struct Refused {
    why: String,
    rule: Option<String>,
    /// Of several: who stands in the way.
    whose: Option<Mark>,
    who: Vec<Mark>,
}

/// Whether nothing of it is for anybody to weigh up.
fn is_silent(effect: &Effect) -> bool {
    effect.gains.total == 0
        && effect.losses.total == 0
        && effect.locked_out.is_empty()
        && effect.vacancies.is_empty()
        && !effect.everybody
        && effect.complete
        && effect.notices.is_empty()
        && effect.outcomes.is_empty()
        && effect.not_given == NotGiven::default()
}
