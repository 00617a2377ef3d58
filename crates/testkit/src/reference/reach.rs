//! AD-7 in the tree of user groups: whom an administrator's own rights reach, and that no command of theirs makes it more.

use std::collections::BTreeSet;

use access::event::Node;
use access::state::Life;
use access::{Command, Moment, Permission, PersonId, Subject, Target};

use super::World;
use super::roles::is_scoped;

impl World {
    /// The rights over people that reach this one, by what is held and whatever the rank. What is free about oneself is no right.
    fn rights_over(&self, subject: Subject, about: PersonId, now: Moment) -> BTreeSet<Permission> {
        let oneself = subject == Subject::Person(about);
        Permission::ALL
            .into_iter()
            .filter(|permission| is_scoped(*permission))
            .filter(|permission| !(oneself && *permission == Permission::AdminAccessAsk))
            .filter(|permission| self.holds(subject, *permission, Target::Person(about), now))
            .collect()
    }

    /// The world in which every archived user group has come back.
    fn with_all_groups_restored(&self) -> World {
        let mut world = self.clone();
        world
            .lives
            .retain(|node, life| !(matches!(node, Node::UserGroup(_)) && *life == Life::Archived));
        world
    }
}

/// I-6: people whom a right of the actor reaches after the command and did not before, at these moments, as things are and as they
/// would be if all that is archived came back. What restoring gives back (AD-25) was there before. Whoever was no user before is
/// nobody's yet.
pub fn gained_wrongly(
    before: &World,
    after: &World,
    actor: Subject,
    command: &Command,
    moments: &[Moment],
) -> Vec<(PersonId, Permission)> {
    let Subject::Person(_) = actor else {
        return Vec::new();
    };
    let mut pairs = vec![(
        before.with_all_groups_restored(),
        after.with_all_groups_restored(),
    )];
    if !matches!(command, Command::Restore { .. }) {
        pairs.push((before.clone(), after.clone()));
    }
    let mut wrong = Vec::new();
    for (before, after) in &pairs {
        for person in before.people.keys().copied() {
            if !before.is_user(person) || !after.is_user(person) {
                continue;
            }
            for now in moments {
                let had = before.rights_over(actor, person, *now);
                let has = after.rights_over(actor, person, *now);
                wrong.extend(has.difference(&had).map(|right| (person, *right)));
            }
        }
    }
    wrong
}
