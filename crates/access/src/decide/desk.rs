//! Paths to `service_desk.*` (RULES §5): levels on services, account rights, and company access.

use super::{By, Over, Path, Paths, Reason, RecordFacts, Target, Through, View, until};
use crate::catalogue::{Permission, Product, sets};
use crate::ids::ServiceId;
use crate::state::{DeskRight, DueDateOverride, Facet, ServiceLevel, Tie};

const CONFIGURE: Permission = Permission::ServiceDeskAccountConfigure;

impl View<'_> {
    pub(super) fn service_resource(
        &self,
        permission: Permission,
        service: ServiceId,
    ) -> Result<(), Reason> {
        // SD-29: off means nobody, the only user included (I-13).
        let off = permission == Permission::ServiceDeskDueDateOverride
            && self
                .state
                .services()
                .get(service)
                .is_some_and(|row| row.due_date_override == DueDateOverride::Off);
        if off {
            Err(Reason::OverrideIsOff)
        } else {
            Ok(())
        }
    }

    pub(super) fn record_resource(
        &self,
        permission: Permission,
        facts: RecordFacts,
    ) -> Result<(), Reason> {
        let known = facts
            .customer
            .is_none_or(|customer| self.state.people().get(customer).is_some())
            && facts
                .company
                .is_none_or(|company| self.state.companies().get(company).is_some());
        if known {
            self.service_resource(permission, facts.service)
        } else {
            Err(Reason::UnknownResource)
        }
    }

    pub(super) fn desk_paths(&self, permission: Permission, on: Target, paths: &mut Paths) {
        match on {
            Target::Account => self.desk_right_paths(permission, paths),
            Target::Service(service) | Target::Record(RecordFacts { service, .. }) => {
                self.each_level(service, &mut |through, level, until| {
                    if self.level_gives(level, permission, service) {
                        let by = By::ServiceLevel(level);
                        paths.push(Path {
                            through,
                            by,
                            over: Over::Service(service),
                            until,
                        });
                    }
                });
            }
            _ => {}
        }
    }

    fn desk_right_paths(&self, permission: Permission, paths: &mut Paths) {
        if permission == CONFIGURE && self.connection_rights().configure_desk {
            paths.push(Path {
                through: Through::Direct,
                by: By::DeskRight(DeskRight::Configure),
                over: Over::Account,
                until: None,
            });
        }
        let Some(row) = self.person_as(Facet::User) else {
            return;
        };
        for (tie, window) in self.state.ties_at(row, self.now) {
            if let Tie::DeskRight(right) = tie
                && right.permission() == permission
            {
                let by = By::DeskRight(right);
                paths.push(Path {
                    through: Through::Direct,
                    by,
                    over: Over::Account,
                    until: until(window),
                });
            }
        }
    }

    /// Every level on a service: the own one, and User through each active group with full access (SD-8, SD-10).
    pub(crate) fn each_level(
        &self,
        service: ServiceId,
        found: &mut dyn FnMut(Through, ServiceLevel, Option<crate::Moment>),
    ) {
        let Some(row) = self.person_as(Facet::User) else {
            return;
        };
        for (tie, window) in self.state.ties_at(row, self.now) {
            match tie {
                Tie::Service(own, level) if own == service => {
                    found(Through::Direct, level, until(window))
                }
                Tie::Group(group) => {
                    let gives =
                        self.state.groups().get(group).is_some_and(|row| {
                            row.life.is_active() && row.services.contains(service)
                        });
                    if gives {
                        found(Through::Group(group), ServiceLevel::User, until(window));
                    }
                }
                _ => {}
            }
        }
    }

    fn level_gives(&self, level: ServiceLevel, permission: Permission, service: ServiceId) -> bool {
        // SD-29: the service says who overrides; Off was the resource gate's.
        if permission == Permission::ServiceDeskDueDateOverride {
            let policy = self
                .state
                .services()
                .get(service)
                .map(|row| row.due_date_override);
            return match policy {
                Some(DueDateOverride::EveryUser) => true,
                Some(DueDateOverride::Administrators) => level == ServiceLevel::Administrator,
                Some(DueDateOverride::Off) | None => false,
            };
        }
        match level {
            ServiceLevel::User => sets::SERVICE_USER.contains(permission),
            ServiceLevel::Administrator => sets::SERVICE_ADMINISTRATOR.contains(permission),
        }
    }

    /// Whether something of the subject's own gives the permission on some service. It says why a decision is no, not whether:
    /// so it looks at ties only and leaves the services behind them unread.
    pub(super) fn desk_somewhere(&self, permission: Permission) -> bool {
        let Some(row) = self.person_as(Facet::User) else {
            return permission == CONFIGURE && self.connection_rights().configure_desk;
        };
        let by_user = sets::SERVICE_USER.contains(permission)
            || permission == Permission::ServiceDeskDueDateOverride;
        self.state.ties_at(row, self.now).any(|(tie, _)| match tie {
            Tie::DeskRight(right) => right.permission() == permission,
            Tie::Service(_, ServiceLevel::Administrator) => {
                sets::SERVICE_ADMINISTRATOR.contains(permission)
            }
            Tie::Service(_, ServiceLevel::User) | Tie::Group(_) => by_user,
            _ => false,
        })
    }

    /// SD-33: company access of a user, on records and devices. `None`: it does not concern this question.
    pub(super) fn company_gate(
        &self,
        permission: Permission,
        on: Target,
    ) -> Option<Result<(), Reason>> {
        let company = match (permission.product(), on) {
            // A record without customer passes.
            (Product::ServiceDesk, Target::Record(RecordFacts { customer: None, .. })) => {
                return Some(Ok(()));
            }
            (Product::ServiceDesk, Target::Record(facts)) => facts.company,
            (Product::RemoteSupport, Target::Device(device)) => {
                self.state.devices().get(device)?.company
            }
            _ => return None,
        };
        let admitted = self
            .person()
            .is_some_and(|row| row.company_access().admits(company));
        Some(if admitted {
            Ok(())
        } else {
            Err(Reason::CompanyHidden)
        })
    }

    /// Whether the subject holds this right over the whole desk and is active.
    pub fn has_desk_right(&self, right: DeskRight) -> bool {
        self.may(right.permission(), Target::Account)
    }
}
