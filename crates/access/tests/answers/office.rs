//! One office to ask in, and explanations held to their word: each remedy is made for real here, by those whom it names.

use access::catalogue::{Permission, PermissionSet, Product};
use access::command::RefusalKind;
use access::explain::{MAX_REMEDIES, Makers, words};
use access::state::{
    AccountAdminKind, CustomerFacet, DeskRight, LicenceModel, PeopleScope, QueueKind, ServiceLevel,
    Tie, UserFacet,
};
use access::{
    Actor, Command, Event, Explanation, PersonId, Refusal, Remedy, RoleId, State, Subject, Target,
    Window,
};
use uuid::Uuid;

use crate::worlds::{NOW, id};

pub const SERVICE_DESK: usize = 1;

/// An account with one of each thing and these people, the first two with every right that gives rights.
pub struct Office {
    pub state: State,
}

pub fn boss() -> PersonId {
    id(0)
}
pub fn deputy() -> PersonId {
    id(1)
}
pub fn nadia() -> PersonId {
    id(2)
}
pub fn carl() -> PersonId {
    id(3)
}

impl Office {
    pub fn new() -> Office {
        let mut office = Office {
            state: State::empty(),
        };
        let uid = |n: u128| Uuid::from_u128(0x1000 + n);
        office.so(Event::AccountOpened);
        for n in 0..4 {
            let (user, customer) = if n == 3 {
                (UserFacet::Absent, CustomerFacet::Active)
            } else {
                (UserFacet::Accepted, CustomerFacet::Absent)
            };
            office.so(Event::PersonAdded {
                uid: uid(n),
                user,
                customer,
            });
        }
        for (n, product) in [
            Product::RemoteSupport,
            Product::ServiceDesk,
            Product::ContactCentre,
        ]
        .into_iter()
        .enumerate()
        {
            office.so(Event::LicenceBought {
                uid: uid(100 + n as u128),
                product,
                model: LicenceModel::Named,
                seats: 3,
            });
        }
        for person in [boss(), deputy()] {
            office.so(Event::AccountRoleSet {
                person,
                role: RoleId::SUPER_ADMIN,
                scope: PeopleScope::All,
            });
            office.so(Event::SignInSet {
                person,
                possible: true,
            });
            for licence in 0..3 {
                office.tied(person, Tie::Licence(id(licence)));
            }
            for tie in [
                Tie::DeskRight(DeskRight::Configure),
                Tie::ContactAdmin,
                Tie::Agent,
            ] {
                office.tied(person, tie);
            }
            office.tied(person, Tie::AccountAdmin(AccountAdminKind::Full));
        }
        office.so(Event::BillingContactSet {
            person: Some(boss()),
        });
        office.so(Event::UserGroupCreated {
            uid: uid(200),
            parent: None,
        });
        office.so(Event::UserGroupCreated {
            uid: uid(201),
            parent: None,
        });
        office.so(Event::GroupCreated { uid: uid(202) });
        office.so(Event::CompanyCreated { uid: uid(203) });
        office.so(Event::ServiceCreated { uid: uid(204) });
        office.so(Event::QueueCreated {
            uid: uid(205),
            kind: QueueKind::Call,
        });
        office.so(Event::QueueCreated {
            uid: uid(206),
            kind: QueueKind::Call,
        });
        office.so(Event::DeviceGroupCreated { uid: uid(207) });
        office.so(Event::DeviceAdded {
            uid: uid(208),
            group: id(0),
            company: None,
        });
        office.so(Event::RoleCreated {
            uid: uid(209),
            permissions: PermissionSet::of(&[Permission::AdminAuditView]),
        });
        office
    }

    pub fn so(&mut self, event: Event) {
        self.state.apply(&event);
    }

    pub fn tied(&mut self, person: PersonId, tie: Tie) {
        self.so(Event::Tied { person, tie });
    }

    /// Nadia with a licence of the desk.
    pub fn with_desk_licence(mut self) -> Office {
        self.tied(nadia(), Tie::Licence(id(SERVICE_DESK)));
        self
    }

    pub fn explain(
        &self,
        person: PersonId,
        permission: Permission,
        target: impl Into<Target>,
    ) -> Explanation {
        explained(
            &self.state,
            Subject::Person(person),
            permission,
            target.into(),
        )
    }

    /// The remedies as lists of commands, after each was made for real.
    pub fn remedies(
        &self,
        person: PersonId,
        permission: Permission,
        target: impl Into<Target>,
    ) -> Vec<Vec<Command>> {
        let explanation = self.explain(person, permission, target);
        let commands = |remedy: Remedy| remedy.steps.into_iter().map(|step| step.command).collect();
        explanation.remedies.into_iter().map(commands).collect()
    }
}

/// Explains, and holds the explanation to its word.
pub fn explained(
    state: &State,
    subject: Subject,
    permission: Permission,
    target: Target,
) -> Explanation {
    let explanation = state.explain(subject, permission, target, NOW);
    assert_eq!(
        explanation.decision,
        state.view(subject, NOW).decide(permission, target)
    );
    assert!(explanation.remedies.len() <= MAX_REMEDIES);
    assert!(!explanation.decision.allowed || explanation.remedies.is_empty());
    assert!(
        explanation
            .remedies
            .is_sorted_by_key(|remedy| remedy.steps.len())
    );
    for remedy in &explanation.remedies {
        assert!(
            works(state, subject, permission, target, remedy),
            "{remedy:?}"
        );
    }
    explanation
}

fn works(
    state: &State,
    subject: Subject,
    permission: Permission,
    target: Target,
    remedy: &Remedy,
) -> bool {
    let mut state = state.clone();
    for step in &remedy.steps {
        assert!(
            words::change(&step.command).is_some(),
            "no words for {:?}",
            step.command
        );
        let makers = &step.makers;
        assert!(makers.people.len() <= 8);
        assert!(makers.operator || !makers.people.is_empty());
        let actors: Vec<Actor> = match step.command {
            Command::AcceptInvitation { .. } => {
                vec![Actor::System(access::command::SystemSubject::SignIn)]
            }
            Command::SetAccountActive { .. } => {
                vec![Actor::System(access::command::SystemSubject::Operator)]
            }
            _ => makers.people.iter().copied().map(Actor::Person).collect(),
        };
        if let Some((right, on)) = step.command.right() {
            one_right_says_it(&state, &step.command, makers, right, on);
        }
        let mut after = None;
        for actor in actors {
            let (_, fork) = state.propose_and_fork(actor, &step.command, NOW).unwrap();
            after = Some(fork);
        }
        state = after.unwrap();
    }
    state.view(subject, NOW).may(permission, target)
}

/// Whoever is named holds the right, and whoever holds it could make the change, or does not see what it names.
fn one_right_says_it(
    state: &State,
    change: &Command,
    makers: &Makers,
    right: Permission,
    on: Target,
) {
    let holds = |person| state.view(Subject::Person(person), NOW).may(right, on);
    assert!(
        makers.people.iter().all(|maker| holds(*maker)),
        "{change:?}"
    );
    for person in state.people().ids().filter(|person| holds(*person)) {
        let proposed = state.propose(Actor::Person(person), change, NOW);
        let is_unseen = |no: &Refusal| no.kind == RefusalKind::NotFound;
        let could = proposed.as_ref().err().is_none_or(is_unseen);
        assert!(could, "{person:?} {change:?}: {proposed:?}");
    }
}

pub fn tie(person: PersonId, tie: Tie) -> Command {
    Command::Tie {
        person,
        tie,
        window: Window::ALWAYS,
    }
}

pub fn users_tab(person: PersonId, level: ServiceLevel) -> Command {
    Command::SaveUsersTab {
        service: id(0),
        rows: vec![(person, Some(level))],
    }
}

pub const MANAGE: Permission = Permission::ServiceDeskRecordManage;
pub const DELETE: Permission = Permission::ServiceDeskRecordDelete;

pub fn service() -> Target {
    Target::Service(id(0))
}
