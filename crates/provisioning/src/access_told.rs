//! What a user may use, as a directory is told on request: as far as its connection sees it, and as the core has it (AD-30).

use access::{
    PersonId, RoleId,
    state::{ServiceLevel, Tie},
};
use ledger::HasProfile;
use scim::access::{AccessFields, Given};
use web::{Result, resource::Resource, session::Session, things};

/// Of one user.
pub(crate) async fn of(session: &Session, person: PersonId) -> Result<AccessFields> {
    let Some(row) = session.state().people().get(person) else {
        return Ok(AccessFields::default());
    };
    let role = vec![(row.account_role, "account_role")];
    let (mut services, mut queues, mut licences) = (Vec::new(), Vec::new(), Vec::new());
    for tie in row.ties.iter() {
        match *tie {
            Tie::Service(service, ServiceLevel::User) => services.push((service, "service_user")),
            Tie::Service(service, ServiceLevel::Administrator) => {
                services.push((service, "service_administrator"));
            }
            Tie::QueueAgent(queue) => queues.push((queue, "queue_agent")),
            Tie::QueueSupervisor(queue) => queues.push((queue, "queue_supervisor")),
            Tie::Licence(licence) => licences.push((licence, "licence")),
            _ => {}
        }
    }
    let mut entitlements = given(session, services).await?;
    entitlements.extend(given(session, queues).await?);
    entitlements.extend(given(session, licences).await?);
    let mut role = given(session, role).await?;
    for one in &mut role {
        if let Some(name) = name_of_system(row.account_role) {
            one.display = name.to_owned();
        }
    }
    Ok(AccessFields {
        role: role.pop(),
        entitlements,
    })
}

fn name_of_system(role: RoleId) -> Option<&'static str> {
    match role {
        RoleId::SUPER_ADMIN => Some("Super admin"),
        RoleId::ADMIN => Some("Admin"),
        RoleId::MEMBER => Some("Member"),
        _ => None,
    }
}

async fn given<K: Resource + HasProfile>(
    session: &Session,
    things: Vec<(K, &'static str)>,
) -> Result<Vec<Given>> {
    let view = session.view();
    let things = things.into_iter().filter(|(thing, _)| view.sees(*thing));
    let things: Vec<_> = things.collect();
    let asked: Vec<_> = things.iter().map(|(thing, _)| *thing).collect();
    let names = things::profiles(session, &asked).await?;
    let given = things.into_iter().map(|(thing, kind)| Given {
        value: session.id(thing).0.to_string(),
        display: things::name(&names, thing).unwrap_or_default(),
        kind,
    });
    Ok(given.collect())
}
