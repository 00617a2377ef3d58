//! Who is who, and who administers what.

use access::command::{AccountAdminGrant, Employer, Enrolment, RoleAssignment};
use access::event::{GrantHolder, ProfileField};
use access::state::{CustomerFacet, ExtraGrant, Facet, LimitedAdmin, PeopleScope, Tie, UserFacet};
use access::{Command, Permission, PermissionSet, PersonId};

use super::super::facts::custom_set;
use super::Hostile;
use crate::reference::World;

impl Hostile<'_> {
    /// Who may become billing contact and is not.
    pub(super) fn next_billing_contact(&mut self) -> PersonId {
        self.one_who(|world, person, now| {
            let ties = world.ties(person, now);
            world.billing_contact != Some(person)
                && ties.iter().any(|tie| matches!(tie, Tie::AccountAdmin(_)))
        })
    }

    pub(super) fn scope(&mut self) -> PeopleScope {
        match self.dice.below(10) {
            0..5 => PeopleScope::All,
            5 => PeopleScope::UserGroups(Vec::new()),
            _ => {
                let count = self.world.user_groups.len();
                PeopleScope::UserGroups((0..=self.dice.below(2)).map(|_| self.id(count)).collect())
            }
        }
    }

    pub(super) fn grant(&mut self) -> ExtraGrant {
        // One in ten can never be given.
        let all: Vec<_> = match self.dice.chance(10) {
            true => Permission::ALL.to_vec(),
            false => Permission::ALL
                .into_iter()
                .filter(|p| p.is_extra_grantable())
                .collect(),
        };
        let permission = self.dice.pick(&all).unwrap_or(Permission::AdminAuditView);
        ExtraGrant {
            permission,
            scope: match permission.is_people_scoped() {
                true => self.scope(),
                false => PeopleScope::All,
            },
            window: self.window(),
        }
    }

    pub(super) fn held_grant(&mut self) -> Option<(GrantHolder, ExtraGrant)> {
        let people = self.world.people.iter().flat_map(|(person, row)| {
            let grants = row.extra_grants.iter().cloned();
            grants.map(|grant| (GrantHolder::Person(*person), grant))
        });
        let groups = self.world.user_groups.iter().flat_map(|(group, row)| {
            let grants = row.extra_grants.iter().cloned();
            grants.map(|grant| (GrantHolder::UserGroup(*group), grant))
        });
        let all: Vec<_> = people.chain(groups).collect();
        self.dice.pick(&all)
    }

    pub(super) fn people(&mut self) -> Command {
        let person = self.person();
        let facet = if self.dice.chance(60) {
            Facet::User
        } else {
            Facet::Customer
        };
        let groups = self.world.user_groups.len();
        let user_groups = match self.dice.chance(40) && groups > 0 {
            true => vec![self.id(groups)],
            false => Vec::new(),
        };
        let service = self
            .dice
            .chance(50)
            .then(|| self.id(self.world.services.len()));
        match self.dice.below(20) {
            0..6 => Command::AddUser {
                id: self.uuid(),
                user_groups,
                account_role: self.dice.chance(40).then(|| self.assignment()),
            },
            6 => Command::AddUserFacet {
                person,
                user_groups,
            },
            7..10 => Command::AddCustomer {
                id: self.uuid(),
                service,
            },
            10 => Command::AddCustomerFacet { person, service },
            11 => Command::EditProfile {
                person,
                fields: vec![ProfileField::Name, ProfileField::Address],
            },
            12..18 => match self.deactivated() {
                Some((person, facet)) if self.dice.chance(60) => {
                    Command::Reactivate { person, facet }
                }
                _ => Command::Deactivate { person, facet },
            },
            18 => Command::ErasePerson { person },
            _ => Command::Enrol(Box::new(self.enrolment())),
        }
    }

    /// Somebody with a facet that is switched off.
    pub(super) fn deactivated(&mut self) -> Option<(PersonId, Facet)> {
        let people = self.world.people.iter();
        let all: Vec<_> = people
            .flat_map(|(person, row)| {
                let user = row.user == UserFacet::Deactivated;
                let customer = row.customer == CustomerFacet::Deactivated;
                let user = user.then_some((*person, Facet::User));
                user.into_iter()
                    .chain(customer.then_some((*person, Facet::Customer)))
            })
            .collect();
        self.dice.pick(&all)
    }

    /// Mostly somebody new, with whatever an import may ask for.
    pub(in crate::random) fn enrolment(&mut self) -> Enrolment {
        let user = self.dice.chance(70);
        let level = (self.id(self.world.services.len()), self.level());
        let access = (self.id(self.world.services.len()), self.access());
        Enrolment {
            id: self.uuid(),
            user,
            customer: !user || self.dice.chance(30),
            fields: Vec::new(),
            account_role: self.dice.chance(30).then(|| self.assignment()),
            user_groups: Vec::new(),
            levels: Vec::from_iter(Some(level).filter(|_| user)),
            accesses: Vec::from_iter(Some(access).filter(|_| !user)),
            ties: (0..self.dice.below(3))
                .map(|_| (self.tie(), self.window()))
                .collect(),
            account_admin: self.account_admin().filter(|_| self.dice.chance(10)),
            extra_grants: Vec::from_iter(self.dice.chance(15).then(|| self.grant())),
            company_access: None,
            employer: self
                .dice
                .chance(50)
                .then(|| Employer::OfDomain(self.domain())),
            portal_level: None,
            deactivated: Vec::new(),
        }
    }

    pub(super) fn assignment(&mut self) -> RoleAssignment {
        let role = self.role();
        RoleAssignment {
            role,
            scope: match role.is_system() {
                true => PeopleScope::All,
                false => self.scope(),
            },
        }
    }

    pub(super) fn administration(&mut self) -> Command {
        let person = self.person();
        let groups = self.world.user_groups.len();
        match self.dice.below(22) {
            0..6 => {
                let more = self.dice.below(2);
                Command::SetAccountRoles {
                    people: (0..=more).map(|_| self.person()).collect(),
                    assignment: self.assignment(),
                    keep: match self.dice.chance(50) {
                        true => self
                            .held_grant()
                            .map(|(_, grant)| grant)
                            .into_iter()
                            .collect(),
                        false => Vec::new(),
                    },
                    bulk: more > 0,
                }
            }
            6 => Command::CreateRole {
                id: self.uuid(),
                permissions: self.set(),
            },
            7..9 => Command::EditRole {
                role: self.role(),
                permissions: self.set(),
            },
            9 => Command::DeleteRole {
                role: self.role(),
                replacement: self.dice.chance(70).then(|| self.role()),
            },
            10..12 => Command::GiveExtraGrant {
                to: match self.dice.chance(70) || groups == 0 {
                    true => GrantHolder::Person(person),
                    false => GrantHolder::UserGroup(self.id(groups)),
                },
                grant: self.grant(),
            },
            12..14 => match self.held_grant() {
                Some((from, grant)) => Command::TakeExtraGrant { from, grant },
                None => Command::AcceptBillingContact,
            },
            14..17 => Command::SetAccountAdmin {
                person,
                admin: self.account_admin(),
            },
            17 => Command::SetBillingContact {
                person: self.next_billing_contact(),
            },
            18 => Command::OfferBillingContact { to: person },
            19 => Command::AcceptBillingContact,
            20 => Command::CreateUserGroup {
                id: self.uuid(),
                parent: self.dice.chance(70).then(|| self.id(groups)),
            },
            _ => Command::MoveUserGroup {
                group: self.id(groups),
                parent: self.dice.chance(70).then(|| self.id(groups)),
            },
        }
    }

    pub(super) fn set(&mut self) -> PermissionSet {
        match self.dice.chance(10) {
            true => self.dice.some(&Permission::ALL).into_iter().collect(),
            false => custom_set(self.dice),
        }
    }

    pub(super) fn account_admin(&mut self) -> Option<AccountAdminGrant> {
        match self.dice.below(5) {
            0 => None,
            1 | 2 => Some(AccountAdminGrant::Full),
            _ => Some(AccountAdminGrant::Limited(LimitedAdmin {
                privileges: self.dice.some(&PRIVILEGES).into_iter().collect(),
                scope: self.scope(),
            })),
        }
    }

    pub(super) fn acceptance(&mut self) -> Command {
        let invited =
            |world: &World, person: PersonId, _| world.people[&person].user == UserFacet::Invited;
        Command::AcceptInvitation {
            person: self.one_who(invited),
        }
    }
}

const PRIVILEGES: [Permission; 5] = [
    Permission::AdminUsersManage,
    Permission::AdminUserGroupsManage,
    Permission::AdminDeviceGroupsManage,
    Permission::AdminLicencesManage,
    Permission::RemoteSupportReportsCreate,
];
