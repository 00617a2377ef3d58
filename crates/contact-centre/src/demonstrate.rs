//! What the lists hold in the demonstration account, by the acts that everybody uses.

use std::marker::PhantomData;

use access::{Actor, PersonId, state::Tie};
use ledger::{Account, Options, SubmitError};

use crate::{
    entries::{Entry, List, PauseReasons, PrerecordedMessages, PrewrittenMessages, Skills, acts},
    skills::GiveSkill,
};

const REASONS: [(&str, &str); 4] = [
    ("Lunch", "At most an hour."),
    ("Training", "Agreed with the supervisor before."),
    ("Meeting", ""),
    ("After a hard call", "Take the time that it takes."),
];
const SKILLS: [(&str, &str); 4] = [
    ("French", "Speaks and writes it."),
    ("Dutch", "Speaks it."),
    ("Network", "Knows our sites, and reads a trace."),
    ("Payroll", "May look into somebody's pay, and explains it."),
];
const RECORDED: [(&str, &str); 2] = [
    (
        "Greeting",
        "“Welcome to Meridian IT.” 12 seconds, kept with the telephone system.",
    ),
    (
        "This call is recorded",
        "To be played before a card is read out.",
    ),
];
const WRITTEN: [(&str, &str); 2] = [
    ("Welcome", "Hello, how can I help you?"),
    (
        "Out of hours",
        "Thank you for writing.\nWe are here from 8 to 18 on working days.",
    ),
];

/// Fills the lists, and gives each of the first agents a skill.
pub async fn fill(account: &Account, owner: Actor) -> Result<(), SubmitError> {
    add::<PauseReasons>(account, owner, &REASONS).await?;
    let skills = add::<Skills>(account, owner, &SKILLS).await?;
    add::<PrerecordedMessages>(account, owner, &RECORDED).await?;
    add::<PrewrittenMessages>(account, owner, &WRITTEN).await?;
    for (at, person) in agents(account).into_iter().enumerate() {
        let skill = skills[at % skills.len()];
        let give = GiveSkill { skill, person };
        account.act(owner, give, options()).await?;
    }
    Ok(())
}

fn options() -> Options {
    Options::untold("demo")
}

async fn add<K: List>(
    account: &Account,
    owner: Actor,
    entries: &[(&str, &str)],
) -> Result<Vec<uuid::Uuid>, SubmitError> {
    let mut ids = Vec::new();
    for (name, text) in entries {
        let id = account.engine().new_uuid();
        let entry = Entry {
            id,
            name: (*name).to_owned(),
            text: (*text).to_owned(),
        };
        let list = PhantomData::<K>;
        account
            .act(owner, acts::Add { entry, list }, options())
            .await?;
        ids.push(id);
    }
    Ok(ids)
}

/// The first people who serve an active queue.
fn agents(account: &Account) -> Vec<PersonId> {
    let (state, now) = (account.state(), account.now());
    let active = |queue| {
        let row = state.queues().get(queue);
        row.is_some_and(|row| row.life.is_active())
    };
    let serves = |(tie, _)| matches!(tie, Tie::QueueAgent(queue) if active(queue));
    let people = state.people().iter();
    let agents = people.filter(|(_, row)| state.ties_at(row, now).any(serves));
    agents.map(|(person, _)| person).take(10).collect()
}
