//! What would remain of an answer if one path to it ended.

use crate::catalogue::Permission;
use crate::decide::{By, Decision, Over, Path, Subject, Target, Through};
use crate::event::{Event, GrantHolder};
use crate::ids::{ConnectionId, PersonId, RoleId};
use crate::moment::Moment;
use crate::state::{
    AccountAdminKind, CustomerAccess, ExtraGrant, PeopleScope, Placement, ServiceLevel, State, Tie,
};

impl State {
    /// The same question on a fork where the one tie, role, grant, employment or switch that makes this path is no more. It
    /// asks what would be left, not whether somebody may take it away; other people's answers do not matter here.
    ///
    /// What is not given by anything that can end (a join code, oneself, being the only user) stays as it is.
    pub fn remains_without(
        &self,
        subject: Subject,
        permission: Permission,
        target: Target,
        path: &Path,
        now: Moment,
    ) -> Decision {
        let mut fork = self.clone();
        for event in self.ending(subject, path, now) {
            fork.apply(&event);
        }
        fork.view(subject, now).decide(permission, target)
    }

    /// The facts that end a path.
    fn ending(&self, subject: Subject, path: &Path, now: Moment) -> Vec<Event> {
        let Subject::Person(person) = subject else {
            return match subject {
                Subject::Connection(connection) => self.ending_of_connection(connection, path.by),
                _ => Vec::new(),
            };
        };
        match path.through {
            Through::Direct => self.ending_own(person, path, now),
            Through::Group(group) => self.untied(person, path, now, |tie| tie == Tie::Group(group)),
            // Counted in the group by any membership of it or of a group below.
            Through::UserGroup(above) => self.untied_whenever(person, now, |tie| match tie {
                Tie::UserGroup(group) => self.user_group_chain(group).any(|found| found == above),
                _ => false,
            }),
            Through::Company(_) => vec![Event::EmployerSet {
                person,
                company: None,
                placement: Placement::ByHand,
            }],
        }
    }

    fn ending_of_connection(&self, connection: ConnectionId, by: By) -> Vec<Event> {
        let Some(row) = self.connections().get(connection) else {
            return Vec::new();
        };
        let mut rights = row.rights;
        match by {
            By::AccountRole(_) => {
                let role = RoleId::MEMBER;
                return vec![Event::ConnectionRoleSet { connection, role }];
            }
            By::DeskRight(_) => rights.configure_desk = false,
            By::ContactAdmin => rights.contact_admin = false,
            _ => return Vec::new(),
        }
        vec![Event::ConnectionRightsSet { connection, rights }]
    }

    fn ending_own(&self, person: PersonId, path: &Path, now: Moment) -> Vec<Event> {
        let untied = |tie: Tie| self.untied(person, path, now, move |held| held == tie);
        match path.by {
            By::AccountRole(_) => vec![Event::AccountRoleSet {
                person,
                role: RoleId::MEMBER,
                scope: PeopleScope::All,
            }],
            By::ExtraGrant(permission) => self
                .own_grants(person, permission, path, now)
                .map(|grant| Event::ExtraGrantTaken {
                    from: GrantHolder::Person(person),
                    grant: grant.clone(),
                })
                .collect(),
            By::AccountAdmin(kind) => {
                let mut events = untied(Tie::AccountAdmin(kind));
                if kind == AccountAdminKind::Limited {
                    events.push(Event::LimitedAdminSet {
                        person,
                        admin: None,
                    });
                }
                events
            }
            By::BillingContact => vec![Event::BillingContactSet { person: None }],
            By::Agent => untied(Tie::Agent),
            By::Feature(group) => untied(Tie::DeviceGroup(group)),
            By::DeskRight(right) => untied(Tie::DeskRight(right)),
            By::ServiceLevel(level) => self.ending_level(person, level, path, now),
            By::CustomerAccess(access) => self.ending_access(person, access, path, now),
            By::ContactAdmin => untied(Tie::ContactAdmin),
            By::QueueSupervisor(queue) => untied(Tie::QueueSupervisor(queue)),
            By::QueueAgent(queue) => untied(Tie::QueueAgent(queue)),
            By::Login(queue) => self.untied(
                person,
                path,
                now,
                |tie| matches!(tie, Tie::Login(of, _) if of == queue),
            ),
            By::Switch(switch) => vec![Event::SwitchSet { switch, on: false }],
            By::ProductRole(product, role) => untied(Tie::ProductRole(product, role)),
            // The level comes with a company, so not to the subject itself; the others cannot end.
            By::PortalLevel(_)
            | By::CompanyService
            | By::JoinCode
            | By::Oneself
            | By::OnlyUser
            | By::Job
            | By::ProductGrant(..) => Vec::new(),
        }
    }

    fn ending_level(
        &self,
        person: PersonId,
        level: ServiceLevel,
        path: &Path,
        now: Moment,
    ) -> Vec<Event> {
        self.untied(person, path, now, |tie| {
            matches!((tie, path.over), (Tie::Service(of, held), Over::Service(asked)) if of == asked && held == level)
        })
    }

    fn ending_access(
        &self,
        person: PersonId,
        access: CustomerAccess,
        path: &Path,
        now: Moment,
    ) -> Vec<Event> {
        self.untied(person, path, now, |tie| {
            matches!((tie, path.over), (Tie::Customer(of, held), Over::Service(asked)) if of == asked && held == access)
        })
    }

    /// The grants that make exactly this path.
    fn own_grants<'a>(
        &'a self,
        person: PersonId,
        permission: Permission,
        path: &Path,
        now: Moment,
    ) -> impl Iterator<Item = &'a ExtraGrant> {
        let path = *path;
        let grants = self
            .people()
            .get(person)
            .map_or(&[][..], |row| &row.extras().extra_grants);
        grants.iter().filter(move |grant| {
            let over = match (&grant.scope, path.over) {
                (PeopleScope::UserGroups(groups), Over::UserGroup(group)) => {
                    groups.contains(&group)
                }
                (PeopleScope::All, Over::Account) => true,
                // The portal and the account's own permissions are over the account whatever the scope.
                (PeopleScope::UserGroups(_), Over::Account) => true,
                _ => false,
            };
            grant.permission == permission
                && over
                && grant.window.contains(now)
                && grant.window.end == path.until
        })
    }

    /// Ends the ties that make the path: those that count now and end when the path ends.
    fn untied(
        &self,
        person: PersonId,
        path: &Path,
        now: Moment,
        is_it: impl Fn(Tie) -> bool,
    ) -> Vec<Event> {
        self.untied_where(person, now, |tie, until| is_it(tie) && until == path.until)
    }

    fn untied_whenever(
        &self,
        person: PersonId,
        now: Moment,
        is_it: impl Fn(Tie) -> bool,
    ) -> Vec<Event> {
        self.untied_where(person, now, |tie, _| is_it(tie))
    }

    fn untied_where(
        &self,
        person: PersonId,
        now: Moment,
        ends: impl Fn(Tie, Option<Moment>) -> bool,
    ) -> Vec<Event> {
        let ties = self.people().get(person).map_or(&[][..], |row| &row.ties);
        let ending = ties.iter().filter_map(|tie| match *tie {
            Tie::Timed(timed) => {
                let row = self.timed_ties().get(timed)?;
                (row.window.contains(now) && ends(row.tie, row.window.end))
                    .then_some(Event::TimedUntied { timed })
            }
            tie => ends(tie, None).then_some(Event::Untied { person, tie }),
        });
        ending.collect()
    }
}
