//! RULES §5 and §7 *service_desk*.

use access::event::Node;
use access::state::{DueDateOverride, ServiceLevel, Tie};
use access::{CompanyId, Moment, Permission, PersonId, ServiceId, Target};

use super::World;
use super::roles::SERVICE_USER;

impl World {
    pub(super) fn service_desk_gives(
        &self,
        person: PersonId,
        permission: Permission,
        target: Target,
        now: Moment,
    ) -> bool {
        match target {
            Target::Account => self.ties(person, now).into_iter().any(
                |tie| matches!(tie, Tie::DeskRight(right) if right.permission() == permission),
            ),
            Target::Service(service) => self.level_gives(person, permission, service, now),
            Target::Record(record) => self.level_gives(person, permission, record.service, now),
            _ => false,
        }
    }

    fn level_gives(
        &self,
        person: PersonId,
        permission: Permission,
        service: ServiceId,
        now: Moment,
    ) -> bool {
        let every_user = permission == Permission::ServiceDeskDueDateOverride
            && self.services.get(&service) == Some(&DueDateOverride::EveryUser);
        match self.level(person, service, now) {
            Some(ServiceLevel::Administrator) => true,
            Some(ServiceLevel::User) => SERVICE_USER.contains(&permission) || every_user,
            None => false,
        }
    }

    /// SD-10: the maximum of the own level and of User by a group with full access (SD-8).
    pub fn level(&self, person: PersonId, service: ServiceId, now: Moment) -> Option<ServiceLevel> {
        self.ties(person, now)
            .into_iter()
            .filter_map(|tie| match tie {
                Tie::Service(of, level) if of == service => Some(level),
                Tie::Group(group)
                    if self.is_active(Node::Group(group))
                        && self.group_access.contains(&(group, service)) =>
                {
                    Some(ServiceLevel::User)
                }
                _ => None,
            })
            .max()
    }

    /// SD-29: *off* is off for everybody.
    pub(super) fn due_date_override_is_on(&self, permission: Permission, target: Target) -> bool {
        let service = match target {
            Target::Service(service) => service,
            Target::Record(record) => record.service,
            _ => return true,
        };
        permission != Permission::ServiceDeskDueDateOverride
            || self.services.get(&service) != Some(&DueDateOverride::Off)
    }

    /// SD-33: records and devices of companies that are not listed are invisible; a record without customer passes.
    pub(super) fn company_access_passes(
        &self,
        person: PersonId,
        permission: Permission,
        target: Target,
    ) -> bool {
        let company = match target {
            // "a record without customer passes"
            Target::Record(record) if record.customer.is_none() => return true,
            Target::Record(record) => record.company,
            Target::Device(device) if permission == Permission::RemoteSupportUnattendedAccess => {
                match self.devices.get(&device) {
                    Some((_, company)) => *company,
                    None => return false,
                }
            }
            _ => return true,
        };
        self.sees_company(person, company)
    }

    /// SD-33; AD-26: an empty list means nobody.
    fn sees_company(&self, person: PersonId, company: Option<CompanyId>) -> bool {
        match &self.people[&person].company_list {
            None => true,
            Some(list) => match company {
                Some(company) => list.companies.contains(&company),
                None => list.without_company,
            },
        }
    }
}
