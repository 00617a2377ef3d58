//! For whom a right counts: the part of a form that chooses it, what is wrong with what was chosen, and the choice in words.

use access::{RoleId, explain::words::Name, state::PeopleScope};
use web::{
    Result,
    page::{
        names::{Names, system_role},
        person::Choice,
    },
    session::Session,
};

use super::form::Fields;

/// User groups that a title names; the others are counted.
const GROUPS_NAMED: usize = 3;

/// A form that came back: what it says, and what is wrong with it.
#[derive(Clone, Copy)]
pub(super) struct Returned<'a> {
    pub fields: &'a Fields,
    pub wrong: &'static str,
}

/// The choice as the page shows it.
pub(super) struct Scope {
    pub was_for_all: bool,
    pub is_for_all: bool,
    pub groups: Vec<Ticked>,
    pub wrong: Option<&'static str>,
}

/// A box, and whether it was ticked by whoever sent the form.
pub(super) struct Ticked {
    pub choice: Choice,
    pub is_ticked: bool,
}

impl Ticked {
    /// Boxes as they stand, or as they were sent (`kind.<code>`).
    pub fn all(choices: Vec<Choice>, kind: &str, sent: Option<&Fields>) -> Vec<Self> {
        let changes = sent.map(|fields| fields.changes(kind));
        let ticked = |choice: Choice| Self {
            is_ticked: match &changes {
                None => choice.is_set,
                Some(changes) => {
                    let code = choice.code.as_str();
                    changes.added.contains(&code) || choice.is_set && !changes.removes(code)
                }
            },
            choice,
        };
        choices.into_iter().map(ticked).collect()
    }
}

impl Scope {
    /// Of these groups, those of the present scope set.
    pub fn of(groups: Vec<Choice>, was_for_all: bool, returned: Option<Returned<'_>>) -> Self {
        let sent = returned.and_then(|returned| returned.fields.get("scope"));
        Self {
            was_for_all,
            is_for_all: sent.map_or(was_for_all, |sent| sent == "all"),
            groups: Ticked::all(groups, "group", returned.map(|returned| returned.fields)),
            wrong: returned.map(|returned| returned.wrong),
        }
    }
}

/// AD-12: only a custom role counts for user groups.
pub(super) fn has_scope(role: RoleId) -> bool {
    system_role(role).is_none()
}

/// AD-12: what is ticked and would not count. Nobody is given more than the form shows.
pub(super) fn wrong(session: &Session, fields: &Fields) -> Result<Option<&'static str>> {
    let ticks = !fields.changes("group").added.is_empty();
    let without = match fields.get("act") {
        Some("account_role") => {
            let role = match fields.get("on") {
                Some(_) => Some(fields.thing::<RoleId>(session, "on")?),
                None => None,
            };
            role.filter(|role| !has_scope(*role))
                .map(|_| "Only a custom role counts for user groups. Choose one, or untick the groups.")
        }
        Some("account_admin") => (fields.get("value") != Some("limited"))
            .then_some("Only a limited account admin is one for user groups. Choose “Limited”, or untick the groups."),
        Some("give_extra_grant") => None,
        _ => return Ok(None),
    };
    Ok(match without {
        Some(wrong) => ticks.then_some(wrong),
        None => fields
            .ticks_in_vain()
            .then_some("Choose “For the people of these user groups”, or untick the groups."),
    })
}

/// As a question goes on: `for the people of Night crew and below`.
pub(super) async fn in_words(session: &Session, scope: &PeopleScope) -> Result<String> {
    let groups = match scope {
        PeopleScope::All => return Ok("for the whole account".to_owned()),
        // AD-26
        PeopleScope::UserGroups(groups) if groups.is_empty() => {
            return Ok("for nobody, as no user group is ticked".to_owned());
        }
        PeopleScope::UserGroups(groups) => groups,
    };
    let (named, others) = groups.split_at(groups.len().min(GROUPS_NAMED));
    let wanted: Vec<_> = named.iter().map(|group| Name::UserGroup(*group)).collect();
    let names = Names::of(session, wanted.clone()).await?;
    let mut named: Vec<_> = wanted.into_iter().map(|name| names.text(name)).collect();
    if !others.is_empty() {
        named.push(format!("{} more user groups", others.len()));
    }
    let last = named.pop().unwrap_or_default();
    let named = match named.is_empty() {
        true => last,
        false => format!("{} and {last}", named.join(", ")),
    };
    Ok(format!("for the people of {named} and below"))
}
