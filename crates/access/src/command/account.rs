//! The account itself: set-up, switching off and on, and what its only user gets so that nothing changes when a second one
//! comes (AD-17, I-13).

use super::{Actor, Draft, Refusal, SystemSubject, connections};
use crate::catalogue::{Product, sets};
use crate::event::Event;
use crate::ids::{LicenceId, PersonId, PublicId, RoleId, TokenId};
use crate::moment::{Moment, Window};
use crate::state::{
    AccountAdminKind, CustomerFacet, DeskRight, LicenceModel, PeopleScope, QueueKind, ServiceLevel,
    Tie, TokenOwner, UserFacet,
};

/// The products whose modules need a licence (RULES §7).
pub(super) const LICENSED: [Product; 3] = [
    Product::RemoteSupport,
    Product::ServiceDesk,
    Product::ContactCentre,
];

/// The set-up link was used: the first user comes, signed in already, with everything (AD-17).
pub(super) fn open(
    draft: &mut Draft<'_>,
    first_user: PublicId<PersonId>,
    licences: &[PublicId<LicenceId>; 3],
    token: Option<(PublicId<TokenId>, Moment)>,
) -> Result<(), Refusal> {
    draft.emit(Event::AccountOpened);
    for (product, id) in LICENSED.into_iter().zip(licences) {
        draft.is_new(*id)?;
        draft.emit(Event::LicenceBought {
            uid: id.uuid(),
            product,
            model: LicenceModel::Named,
            seats: 1,
        });
    }
    draft.emit(Event::PersonAdded {
        uid: first_user.uuid(),
        user: UserFacet::Accepted,
        customer: CustomerFacet::Absent,
    });
    let person = draft.made(first_user)?;
    draft.emit(Event::SignInSet {
        person,
        possible: true,
    });
    settle_only_user(draft);
    match token {
        Some((id, expires)) => connections::issue(draft, id, TokenOwner::Person(person), expires),
        None => Ok(()),
    }
}

/// At the server's own command line only: whoever can reach it can stop the server anyway.
pub(super) fn set_active(draft: &mut Draft<'_>, active: bool) -> Result<(), Refusal> {
    if draft.actor != Actor::System(SystemSubject::Operator) {
        return Err(Refusal::forbidden(
            "AD-25",
            "operator_only",
            "the account is switched off and on at the server's command line",
        ));
    }
    if draft.before.account().active != active {
        draft.emit(Event::AccountActiveSet { active });
    }
    Ok(())
}

/// AD-17: writes down for the only user whatever the gates are open to. Called at set-up, after each creation while alone, and
/// before a second user counts. Does nothing in an account with several users.
pub(super) fn settle_only_user(draft: &mut Draft<'_>) {
    let Some(person) = draft.after.only_user() else {
        return;
    };
    let Some(row) = draft.after.people().get(person).cloned() else {
        return;
    };
    if row.account_role != RoleId::SUPER_ADMIN {
        draft.emit(Event::AccountRoleSet {
            person,
            role: RoleId::SUPER_ADMIN,
            scope: PeopleScope::All,
        });
    }
    if row.ties.has(Tie::AccountAdmin(AccountAdminKind::Limited)) {
        let tie = Tie::AccountAdmin(AccountAdminKind::Limited);
        draft.emit(Event::Untied { person, tie });
        let admin = None;
        draft.emit(Event::LimitedAdminSet { person, admin });
    }
    let mut ties = vec![
        Tie::Agent,
        Tie::AccountAdmin(AccountAdminKind::Full),
        Tie::ContactAdmin,
    ];
    ties.extend(sets::AGENT_FEATURES.iter().map(Tie::Feature));
    ties.extend(DeskRight::ALL.map(Tie::DeskRight));
    ties.extend(missing_licences(draft, person).into_iter().flatten());
    for (service, row) in draft.after.services().iter() {
        if row.life.is_active() {
            ties.push(Tie::Service(service, ServiceLevel::Administrator));
        }
    }
    for (queue, row) in draft.after.queues().iter() {
        if row.life.is_active() {
            ties.push(Tie::QueueAgent(queue));
            // CC-1: ring groups have agents only.
            if row.kind != QueueKind::RingGroup {
                ties.push(Tie::QueueSupervisor(queue));
            }
        }
    }
    for (group, row) in draft.after.device_groups().iter() {
        if row.life.is_active() {
            ties.push(Tie::DeviceGroup(group));
        }
    }
    for tie in ties {
        if let Tie::Service(service, ServiceLevel::Administrator) = tie {
            draft.untie(person, Tie::Service(service, ServiceLevel::User));
        }
        draft.tie(person, tie, Window::ALWAYS);
    }
    if draft.after.account().billing_contact != Some(person) {
        let person = Some(person);
        draft.emit(Event::BillingContactSet { person });
    }
}

/// Before a second user counts: everything is written down for the first (I-13), or the refusal says what has to be bought.
pub(super) fn prepare_for_second_user(draft: &mut Draft<'_>) -> Result<(), Refusal> {
    let Some(person) = draft.after.only_user() else {
        return Ok(());
    };
    settle_only_user(draft);
    let unlicensed =
        LICENSED.into_iter().find(|product| {
            let row = draft.after.people().get(person);
            !row.is_some_and(|row| {
                row.ties.iter().any(|tie| match *tie {
                    Tie::Licence(id) => draft.after.licences().get(id).is_some_and(|licence| {
                        licence.product == *product && licence.life.is_active()
                    }),
                    _ => false,
                })
            })
        });
    match unlicensed {
        None => Ok(()),
        Some(product) => Err(Refusal::conflict(
            "AD-17",
            "only_user_needs_licence",
            format!(
                "buy a licence of {} for the only user first: without it that user would lose the module when another comes",
                product.name()
            ),
        )),
    }
}

/// For each licensed product: the licence to give to somebody who holds none for ever, if a seat is left.
fn missing_licences(draft: &Draft<'_>, person: PersonId) -> [Option<Tie>; 3] {
    let licences = draft.after.licences();
    let row = draft.after.people().get(person);
    LICENSED.map(|product| {
        let pools = || {
            let all = licences.iter();
            all.filter(move |(_, pool)| pool.product == product && pool.life.is_active())
        };
        let held = pools().any(|(id, _)| row.is_some_and(|row| row.ties.has(Tie::Licence(id))));
        let free = pools().find(|(_, pool)| {
            // A seat held for a time counts already.
            pool.model == LicenceModel::Concurrent
                || pool.in_use() < pool.bought as usize
                || pool.holders.contains(person)
        });
        free.filter(|_| !held).map(|(id, _)| Tie::Licence(id))
    })
}
