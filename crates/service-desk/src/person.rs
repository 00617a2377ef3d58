//! What somebody has of the service desk, on their own page: as staff, and as a customer.

use access::{
    Command,
    catalogue::Product,
    decide::By,
    explain::words::{self, Name},
    state::{CustomerAccess, DeskRight, ServiceLevel, Tie},
};
use web::{
    decision::code,
    page::{
        names::plain,
        person::{Give, Holdings, Reading, Shown, choice},
    },
};

use crate::kinds::{ADMINISTRATOR, NO_PORTAL, PORTAL, USER};

/// Levels on services, groups and account rights.
pub(crate) fn as_staff<'a>(reading: &'a Reading<'a>) -> Shown<'a> {
    Box::pin(async move {
        if !reading.is_shown_as_user() {
            return Ok(None);
        }
        let services = reading.held(|tie| match tie {
            Tie::Service(one, _) => Some(one),
            _ => None,
        });
        let groups = reading.held(|tie| match tie {
            Tie::Group(one) => Some(one),
            _ => None,
        });
        let mut held = reading.lines(|tie| match tie {
            Tie::Service(one, level) => {
                let level = match level {
                    ServiceLevel::Administrator => ADMINISTRATOR,
                    ServiceLevel::User => USER,
                };
                Some(("service_level", reading.id(one), level.label.to_owned()))
            }
            _ => None,
        });
        held.extend(reading.lines(|tie| match tie {
            Tie::Group(one) => Some(("group", reading.id(one), "Member of the group".to_owned())),
            Tie::DeskRight(one) => Some(("desk_right", code(&one), right(one))),
            _ => None,
        }));
        let levels = vec![
            choice(USER.code, USER.label, true),
            choice(ADMINISTRATOR.code, ADMINISTRATOR.label, false),
        ];
        let offered = reading.things(Name::Service, &services).await?;
        let level = reading.give_level(offered, "service_level", levels, |service| {
            Command::SaveUsersTab {
                service,
                rows: vec![(reading.person, Some(ServiceLevel::User))],
            }
        });
        let offered = reading.things(Name::Group, &groups).await?;
        let group = reading.give(offered, "group", "Group to enter", Tie::Group);
        let rights = DeskRight::ALL.into_iter().filter(|one| {
            let tie = Tie::DeskRight(*one);
            !reading.holds(tie) && reading.may(tie)
        });
        let rights = rights.map(|one| choice(code(&one), right(one), false));
        let right = Give::one_of("desk_right", "Account right", rights);
        let holdings = Holdings {
            id: "desk",
            heading: Product::ServiceDesk.name(),
            about: "services, groups and account rights",
            held,
            give: [level, group, right].into_iter().flatten().collect(),
            ..Holdings::default()
        };
        holdings.panel(reading)
    })
}

fn right(right: DeskRight) -> String {
    plain(&words::by(By::DeskRight(right)))
}

/// Access to services.
pub(crate) fn as_customer<'a>(reading: &'a Reading<'a>) -> Shown<'a> {
    Box::pin(async move {
        if !reading.is_shown_as_customer() {
            return Ok(None);
        }
        let services = reading.held(|tie| match tie {
            Tie::Customer(one, _) => Some(one),
            _ => None,
        });
        let levels = vec![
            choice(PORTAL.code, PORTAL.label, true),
            choice(NO_PORTAL.code, NO_PORTAL.label, false),
        ];
        let offered = reading.things(Name::Service, &services).await?;
        let give = reading.give_level(offered, "customer_access", levels, |service| {
            Command::SaveCustomersTab {
                service,
                rows: vec![(reading.person, Some(CustomerAccess::NoPortal))],
            }
        });
        let holdings = Holdings {
            id: "portal-services",
            heading: "As a customer",
            about: "the same value as on the service's page",
            held: reading.lines(|tie| match tie {
                Tie::Customer(one, access) => {
                    let access = match access {
                        CustomerAccess::Portal => PORTAL,
                        CustomerAccess::NoPortal => NO_PORTAL,
                    };
                    let label = access.label.to_owned();
                    Some(("customer_access", reading.id(one), label))
                }
                _ => None,
            }),
            give: give.into_iter().collect(),
            ..Holdings::default()
        };
        holdings.panel(reading)
    })
}
