//! Who has which skill (CC-10): for agents, by record acts.

mod page;

use access::{
    Event, Permit, PersonId, Refusal, View,
    decide::{
        OnAccount,
        permissions::{EditSkills, ViewSkills},
    },
    event::{
        ContactCentreEvent::{SkillGiven, SkillTaken},
        ContactCentreList,
    },
    state::Tie,
};
use ledger::{AccountId, Act, Here, LedgerError, SubmitError, Tx, Wrote};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use web::{
    Result,
    common::Submission,
    guard::{And, Commands},
    page::Called,
    paging::{Page, Paging},
    reply::Answer,
    resource::PersonRef,
    route::{Route, delete, get, put},
    session::{Session, failed},
    submit::Written,
    things,
};

use crate::entries::{EntryId, InPath, List, Skills, entry, store};

/// The guard of whoever reads who has what.
type Reader = <Skills as List>::Reader;

pub(crate) fn routes() -> Vec<Route> {
    let mut routes = vec![
        get(
            "/api/v1/contact-centre/skills/{skill}/agents",
            "skills.agents",
            "List who has the skill, as far as the caller sees them; as it is now",
            agents,
        )
        .naming(ContactCentreList::Skills, called),
        put(
            "/api/v1/contact-centre/skills/{skill}/agents/{person}",
            "skills.give",
            "Give an agent the skill",
            give,
        ),
        delete(
            "/api/v1/contact-centre/skills/{skill}/agents/{person}",
            "skills.take",
            "Take the skill from somebody",
            take,
        ),
    ];
    routes.extend(page::routes());
    routes
}

/// Somebody who has a skill.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SkilledAgent {
    id: PersonRef,
    /// Absent when erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

/// One page of those who have a skill and whom the caller sees as users.
async fn holders(
    reader: &Reader,
    skill: &EntryId<Skills>,
    paging: &Paging,
) -> Result<Page<PersonId>> {
    let after = paging.after::<u32>()?.unwrap_or_default();
    let mut reading = reader.account.read().await.map_err(failed)?;
    let found = store::holders(&mut reading.tx, reader, skill.0, after, paging.size + 1);
    let found = found.await.map_err(failed)?;
    let mut page = paging.cut(found, |person| access::Dense::number(*person))?;
    let view = reader.view();
    page.items.retain(|person| view.sees_as_user(*person));
    Ok(page)
}

async fn agents(
    may: Reader,
    InPath(skill): InPath<Skills>,
    paging: Paging,
) -> Result<Answer<Page<SkilledAgent>>> {
    entry::<Skills>(&may, &skill).await?;
    let Page { items, next } = holders(&may, &skill, &paging).await?;
    let profiles = things::profiles(&may, &items).await?;
    let items = items.into_iter().map(|person| SkilledAgent {
        id: may.id(person),
        name: things::name(&profiles, person),
    });
    let items = items.collect();
    may.answer(Page { items, next })
}

async fn give(
    commands: Commands,
    InPath(skill): InPath<Skills>,
    person: And<PersonId>,
    how: Submission,
) -> Result<Answer<Written>> {
    set(&commands, &skill, person.0, true, &how).await
}

async fn take(
    commands: Commands,
    InPath(skill): InPath<Skills>,
    person: And<PersonId>,
    how: Submission,
) -> Result<Answer<Written>> {
    set(&commands, &skill, person.0, false, &how).await
}

/// Gives a skill, or takes it.
async fn set(
    session: &Session,
    skill: &EntryId<Skills>,
    person: PersonId,
    has: bool,
    how: &Submission,
) -> Result<Answer<Written>> {
    let skill = skill.0;
    if has {
        session.act(GiveSkill { skill, person }, how, None).await
    } else {
        session.act(TakeSkill { skill, person }, how, None).await
    }
}

/// The skills of somebody, each with its page; none where they are not for the reader to see.
pub(crate) async fn of_person(
    session: &Session,
    person: PersonId,
) -> Result<Vec<(String, String)>> {
    let view = session.view();
    let Ok(permit) = view.permit(ViewSkills, OnAccount) else {
        return Ok(Vec::new());
    };
    let mut reading = session.account.read().await.map_err(failed)?;
    let found = store::skills_of(&mut reading.tx, session.account.id(), &permit, person);
    let found = found.await.map_err(failed)?.into_iter();
    let skills = found.map(|skill| (skill.name, page::path(&EntryId::new(skill.id))));
    Ok(skills.collect())
}

/// What skills are called, for whoever may see them.
fn called(session: &Session) -> Called<'_> {
    Box::pin(async move {
        let view = session.view();
        let Ok(permit) = view.permit(ViewSkills, OnAccount) else {
            return Ok(None);
        };
        let mut reading = session.account.read().await.map_err(failed)?;
        let found = store::skills(&mut reading.tx, session.account.id(), &permit);
        let found = found.await.map_err(failed)?.into_iter();
        Ok(Some(found.map(|skill| (skill.id, skill.name)).collect()))
    })
}

/// Whether somebody serves a queue that counts: skills are for agents.
fn is_agent(view: &View<'_>, person: PersonId) -> bool {
    let state = view.state();
    let Some(row) = state.people().get(person) else {
        return false;
    };
    state.ties_at(row, view.now()).any(|(tie, _)| match tie {
        Tie::QueueAgent(queue) => {
            let queue = state.queues().get(queue);
            queue.is_some_and(|queue| queue.life.is_active())
        }
        _ => false,
    })
}

/// The skill is there, and the person is one whom the actor knows.
async fn check(
    tx: &mut Tx,
    here: Here<'_>,
    permit: &Permit<'_, EditSkills>,
    skill: Uuid,
    person: PersonId,
) -> std::result::Result<(), SubmitError> {
    let skills = store::entries::<Skills>(tx, here.account, permit).await?;
    if !skills.iter().any(|entry| entry.id == skill) {
        return Err(Refusal::not_found("no such skill").into());
    }
    if !here.view.sees_as_user(person) {
        return Err(Refusal::not_found("no such user").into());
    }
    Ok(())
}

pub(crate) struct GiveSkill {
    pub skill: Uuid,
    pub person: PersonId,
}

impl Act for GiveSkill {
    type Needs = EditSkills;
    const NEEDS: EditSkills = EditSkills;
    const NAME: &'static str = "give_skill";

    async fn on(
        &self,
        _: &mut Tx,
        _: AccountId,
    ) -> std::result::Result<Option<OnAccount>, LedgerError> {
        Ok(Some(OnAccount))
    }

    async fn apply(
        self,
        tx: &mut Tx,
        permit: Permit<'_, EditSkills>,
        here: Here<'_>,
    ) -> std::result::Result<Wrote, SubmitError> {
        let Self { skill, person } = self;
        check(tx, here, &permit, skill, person).await?;
        if !is_agent(&here.view, person) {
            let detail = "only agents of a queue have skills: assign the user to a queue first";
            return Err(Refusal::conflict("CC-10", "not_an_agent", detail).into());
        }
        let is_new = store::give(tx, here.account, &permit, skill, person).await?;
        let given = is_new.then_some(Event::ContactCentre(SkillGiven { person, skill }));
        Ok(Vec::from_iter(given).into())
    }
}

struct TakeSkill {
    skill: Uuid,
    person: PersonId,
}

impl Act for TakeSkill {
    type Needs = EditSkills;
    const NEEDS: EditSkills = EditSkills;
    const NAME: &'static str = "take_skill";

    async fn on(
        &self,
        _: &mut Tx,
        _: AccountId,
    ) -> std::result::Result<Option<OnAccount>, LedgerError> {
        Ok(Some(OnAccount))
    }

    async fn apply(
        self,
        tx: &mut Tx,
        permit: Permit<'_, EditSkills>,
        here: Here<'_>,
    ) -> std::result::Result<Wrote, SubmitError> {
        let Self { skill, person } = self;
        check(tx, here, &permit, skill, person).await?;
        let had = store::take(tx, here.account, &permit, skill, person).await?;
        let taken = had.then_some(Event::ContactCentre(SkillTaken { person, skill }));
        Ok(Vec::from_iter(taken).into())
    }
}
