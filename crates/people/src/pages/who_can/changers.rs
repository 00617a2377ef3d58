//! Who may change access to a thing, and who may give them the right to. One right alone says it for each kind of thing; it is asked
//! beside what the thing's own permissions say, because it is no permission of the thing.

use access::{Permission, PersonId, RoleId, Subject, Target, explain::words::Name};
use web::{
    page::names::{Mark, Names},
    session::Session,
};

use super::{address, by_name};

/// People who are named at most.
const NAMED_MAX: usize = 100;

/// Who may.
pub(super) struct Changers {
    /// The right, in a sentence.
    pub says: &'static str,
    pub people: Vec<Mark>,
    /// There are more of them.
    pub more: bool,
    /// Everybody who holds the right.
    pub list: Option<String>,
    /// Who gives the right to others.
    pub givers: Vec<Mark>,
    pub more_givers: bool,
    pub given: &'static str,
}

/// A right that lets somebody change the access of others.
struct Right {
    permission: Permission,
    says: &'static str,
    given: &'static str,
}

const CONFIGURE: Right = Right {
    permission: Permission::ServiceDeskAccountConfigure,
    says: "Whoever may configure the service desk sets who has access to each of its services (SD-1).",
    given: "Super admins, Admins and whoever holds this right give it to others, and never to themselves.",
};
const QUEUES: Right = Right {
    permission: Permission::ContactCentreQueueAssign,
    says: "Contact admins set who is agent or supervisor of a queue.",
    given: "Super admins and Admins make others Contact admin, and never themselves.",
};
const DEVICES: Right = Right {
    permission: Permission::AdminDeviceGroupsManage,
    says: "Whoever manages device groups sets which devices are in one, and ties people to it (AD-19).",
    given: "Super admins and Admins give it to others, and never to themselves.",
};
const USER_GROUPS: Right = Right {
    permission: Permission::AdminUserGroupsManage,
    says: "Whoever manages this user group sets who is in it.",
    given: "Super admins and Admins give it to others, and never to themselves.",
};

impl Right {
    fn of(target: Target, chosen: Option<Permission>) -> Option<Self> {
        let all = [CONFIGURE, QUEUES, DEVICES, USER_GROUPS];
        match (chosen, target) {
            (Some(chosen), _) => all.into_iter().find(|right| right.permission == chosen),
            (None, Target::Service(_)) => Some(CONFIGURE),
            (None, Target::Queue(_)) => Some(QUEUES),
            (None, Target::Device(_)) => Some(DEVICES),
            (None, Target::UserGroup(_)) => Some(USER_GROUPS),
            _ => None,
        }
    }

    /// Of what it is asked, for this thing.
    fn on(&self, target: Target) -> Target {
        if target.takes(self.permission) {
            target
        } else {
            Target::Account
        }
    }
}

/// Those of whom a page tells, to be named.
pub(super) struct Found {
    right: Right,
    holders: Vec<PersonId>,
    more: bool,
    givers: Vec<PersonId>,
    more_givers: bool,
    on: Target,
}

impl Found {
    /// Of a thing; or of the right itself, where that is what was asked about.
    pub fn of(session: &Session, target: Target, chosen: Option<Permission>) -> Option<Self> {
        let right = Right::of(target, chosen)?;
        let (state, now) = (session.asked(), session.asked_at());
        let on = right.on(target);
        let found = super::holders(session, right.permission, on, NAMED_MAX);
        let may_know = |person: &PersonId| session.may_ask_about(Subject::Person(*person));
        let holders = found.items.iter().map(|row| row.person);
        let above = [RoleId::SUPER_ADMIN, RoleId::ADMIN];
        let rows = above.into_iter().filter_map(|role| state.roles().get(role));
        let givers = rows.flat_map(|row| row.holders.iter()).filter(|person| {
            let view = state.view(Subject::Person(*person), now);
            may_know(person) && above.into_iter().any(|role| view.acts_as(role))
        });
        let mut givers: Vec<_> = givers.take(NAMED_MAX + 1).collect();
        let more_givers = givers.len() > NAMED_MAX;
        givers.truncate(NAMED_MAX);
        Some(Self {
            holders: holders.collect(),
            more: found.next.is_some(),
            givers,
            more_givers,
            right,
            on,
        })
    }

    pub fn names(&self) -> impl Iterator<Item = Name> {
        let people = self.holders.iter().chain(&self.givers);
        people.copied().map(Name::Person)
    }

    pub fn told(&self, session: &Session, names: &Names<'_>) -> Changers {
        let marks = |people: &[PersonId]| {
            let mut people = people.to_vec();
            by_name(names, &mut people);
            let marks = people.into_iter().map(|one| names.mark(Name::Person(one)));
            marks.collect()
        };
        Changers {
            says: self.right.says,
            given: self.right.given,
            people: marks(&self.holders),
            more: self.more,
            list: address(session, self.right.permission, self.on),
            givers: marks(&self.givers),
            more_givers: self.more_givers,
        }
    }
}
