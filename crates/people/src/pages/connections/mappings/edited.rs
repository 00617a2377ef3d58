//! The mappings of a connection as somebody edits them: one ordered list, kept as its editor's draft until it is saved as a whole.

use access::{
    ConnectionId, Fingerprint, ProviderGroupId, PublicId,
    decide::{PermissionType, permissions::ManageIntegrations},
    state::{MappedTo, Mapping, Resolve, ServiceLevel},
};
use ledger::DraftRow;
use web::{Problem, Result, page::PageDraft, session::Session};

/// The one row of the draft.
const ROW: &str = "mappings";

/// What is saved, and what is to be.
pub(super) struct Edited {
    pub connection: ConnectionId,
    /// As it is stored.
    pub saved: Vec<Mapping>,
    /// As its editor wants it; the same where there is no draft.
    pub list: Vec<Mapping>,
    /// What was stored when the draft began, as the draft has it; `None`: there is none.
    began: Option<String>,
}

/// What a button of the page does to the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// An account role goes before the one that stands before it.
    Up(usize),
    /// An account role goes behind the next one.
    Down(usize),
    /// An account role goes before all others.
    First(usize),
    /// One goes.
    Remove(usize),
    /// One of what is saved comes back.
    PutBack(usize),
}

impl Step {
    /// As the button says it: `up.3`.
    pub fn parse(text: &str) -> Result<Self> {
        let found = text.split_once('.').and_then(|(way, at)| {
            let at = at.parse().ok()?;
            Some(match way {
                "up" => Self::Up(at),
                "down" => Self::Down(at),
                "first" => Self::First(at),
                "remove" => Self::Remove(at),
                "back" => Self::PutBack(at),
                _ => return None,
            })
        });
        found.ok_or_else(|| Problem::invalid("step", "there is no such button"))
    }
}

fn draft(session: &Session, connection: ConnectionId) -> PageDraft<'_> {
    let page = format!("mappings/{}", session.id(connection).0);
    PageDraft::new(session, page, ManageIntegrations::PERMISSION, 1)
}

impl Edited {
    pub async fn of(session: &Session, connection: ConnectionId) -> Result<Self> {
        let row = session.state().connections().get(connection);
        let saved = row.ok_or_else(Problem::not_found)?.mappings.clone();
        let kept = draft(session, connection).rows().await?.pop();
        let list = match &kept {
            None => saved.clone(),
            Some(row) => read(session, connection, &row.wanted),
        };
        Ok(Self {
            connection,
            saved,
            list,
            began: kept.map(|row| row.had),
        })
    }

    /// Whether there is something to save.
    pub fn is_changed(&self) -> bool {
        self.list != self.saved
    }

    /// Whether somebody else saved another list since the draft began.
    pub fn has_moved(&self, session: &Session) -> bool {
        let now = written(session, &self.saved);
        self.began.as_ref().is_some_and(|began| *began != now)
    }

    /// The optimistic mark: a form that was made of another list, or over another one that is saved, is not taken.
    pub fn mark(&self) -> String {
        Fingerprint::of_stored(&(&self.saved, &self.list)).to_string()
    }

    /// What is saved, and not wanted any more, with its place there.
    pub fn removed(&self) -> impl Iterator<Item = (usize, Mapping)> {
        let saved = self.saved.iter().copied().enumerate();
        saved.filter(|(_, one)| !self.list.contains(one))
    }

    /// Keeps it for its editor. What is as it is saved is no draft.
    pub async fn keep(&self, session: &Session) -> Result<()> {
        let draft = draft(session, self.connection);
        if !self.is_changed() {
            return draft.end().await;
        }
        let had = self.began.clone();
        let row = DraftRow {
            thing: ROW.to_owned(),
            had: had.unwrap_or_else(|| written(session, &self.saved)),
            wanted: written(session, &self.list),
        };
        draft.keep(vec![row]).await
    }

    /// It is saved, or not wanted any more.
    pub async fn end(session: &Session, connection: ConnectionId) -> Result<()> {
        draft(session, connection).end().await
    }

    /// Does what a button says. Where the mapping stands then; `None`: it is gone.
    pub fn step(&mut self, step: Step) -> Option<usize> {
        match step {
            Step::Up(at) => self.move_to(at, |roles, place| roles.get(place.checked_sub(1)?)),
            Step::Down(at) => self.move_to(at, |roles, place| roles.get(place + 1)),
            Step::First(at) => self.move_to(at, |roles, _| roles.first()),
            Step::Remove(at) => {
                if at < self.list.len() {
                    self.list.remove(at);
                }
                None
            }
            Step::PutBack(at) => {
                let one = *self.saved.get(at)?;
                if self.list.contains(&one) {
                    return None;
                }
                let at = at.min(self.list.len());
                self.list.insert(at, one);
                Some(at)
            }
        }
    }

    /// The places of the account roles: of those alone the order says something (AD-30).
    pub fn roles(&self) -> Vec<usize> {
        let places = self.list.iter().enumerate();
        let roles = places.filter(|(_, one)| matches!(one.to, MappedTo::AccountRole(_)));
        roles.map(|(at, _)| at).collect()
    }

    fn move_to(
        &mut self,
        at: usize,
        to: impl Fn(&[usize], usize) -> Option<&usize>,
    ) -> Option<usize> {
        let roles = self.roles();
        let place = roles.iter().position(|one| *one == at)?;
        let to = *to(&roles, place)?;
        let one = self.list.remove(at);
        self.list.insert(to, one);
        Some(to)
    }
}

/// The list in lines, by public ids.
fn written(session: &Session, list: &[Mapping]) -> String {
    let lines: Vec<_> = list.iter().map(|one| line(session, *one)).collect();
    lines.join("\n")
}

fn line(session: &Session, mapping: Mapping) -> String {
    let group = session.id(mapping.provider_group).0;
    match mapping.to {
        MappedTo::AccountRole(one) => format!("{group} role {}", session.id(one).0),
        MappedTo::Licence(one) => format!("{group} licence {}", session.id(one).0),
        MappedTo::Service(one, ServiceLevel::User) => {
            format!("{group} user {}", session.id(one).0)
        }
        MappedTo::Service(one, ServiceLevel::Administrator) => {
            format!("{group} administrator {}", session.id(one).0)
        }
        MappedTo::QueueAgent(one) => format!("{group} agent {}", session.id(one).0),
        MappedTo::QueueSupervisor(one) => format!("{group} supervisor {}", session.id(one).0),
    }
}

/// What of it is still there: a group that was deleted took its mappings along.
fn read(session: &Session, connection: ConnectionId, text: &str) -> Vec<Mapping> {
    let row = session.state().connections().get(connection);
    let groups = row.map(|row| &row.provider_groups);
    let lines = text.lines().filter_map(|line| parse(session, line));
    lines
        .filter(|one| groups.is_some_and(|groups| groups.contains(one.provider_group)))
        .collect()
}

fn parse(session: &Session, line: &str) -> Option<Mapping> {
    fn found<K: Resolve>(session: &Session, text: &str) -> Option<K> {
        session.state().resolve(text.parse::<PublicId<K>>().ok()?)
    }
    let mut words = line.split(' ');
    let provider_group = found::<ProviderGroupId>(session, words.next()?)?;
    let (kind, id) = (words.next()?, words.next()?);
    let to = match kind {
        "role" => MappedTo::AccountRole(found(session, id)?),
        "licence" => MappedTo::Licence(found(session, id)?),
        "user" => MappedTo::Service(found(session, id)?, ServiceLevel::User),
        "administrator" => MappedTo::Service(found(session, id)?, ServiceLevel::Administrator),
        "agent" => MappedTo::QueueAgent(found(session, id)?),
        "supervisor" => MappedTo::QueueSupervisor(found(session, id)?),
        _ => return None,
    };
    Some(Mapping { provider_group, to })
}

#[cfg(test)]
mod tests {
    use access::{Dense, LicenceId, RoleId};

    use super::*;

    fn edited(list: Vec<Mapping>) -> Edited {
        Edited {
            connection: ConnectionId::from_index(0).unwrap(),
            saved: list.clone(),
            list,
            began: None,
        }
    }

    /// AD-30: of several account roles the first in the page's order holds; of the others the order says nothing.
    #[test]
    fn ad_30_account_roles_are_put_in_order_among_themselves() {
        let provider_group = ProviderGroupId::from_index(0).unwrap();
        let mapping = |to| Mapping { provider_group, to };
        let role = |at| mapping(MappedTo::AccountRole(RoleId::from_index(at).unwrap()));
        let licence = mapping(MappedTo::Licence(LicenceId::from_index(0).unwrap()));
        let list = vec![role(3), licence, role(4), role(5)];
        for (step, place, after) in [
            (Step::Up(2), Some(0), [role(4), role(3), licence, role(5)]),
            (Step::Down(0), Some(2), [licence, role(4), role(3), role(5)]),
            (
                Step::First(3),
                Some(0),
                [role(5), role(3), licence, role(4)],
            ),
            // There is none before it, none behind it, and a licence has no place.
            (Step::Up(0), None, [role(3), licence, role(4), role(5)]),
            (Step::Down(3), None, [role(3), licence, role(4), role(5)]),
            (Step::Up(1), None, [role(3), licence, role(4), role(5)]),
            (Step::Down(9), None, [role(3), licence, role(4), role(5)]),
        ] {
            let mut edited = edited(list.clone());
            assert_eq!(edited.step(step), place, "{step:?}");
            assert_eq!(edited.list, after, "{step:?}");
        }
        let mut edited = edited(list.clone());
        edited.step(Step::Remove(0));
        assert_eq!(edited.removed().collect::<Vec<_>>(), [(0, role(3))]);
        assert!(edited.is_changed());
        edited.step(Step::PutBack(0));
        assert_eq!(edited.list, list);
        assert!(!edited.is_changed());
    }
}
