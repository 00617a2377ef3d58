//! Explanations on random accounts: what is named works, and where somebody could help, something is named.

use access::catalogue::{Permission, Product, ScopeKind, sets};
use access::decide::By;
use access::state::{AccountAdminKind, DeskRight, PeopleScope, Tie, UserFacet};
use access::{Event, PersonId, RoleId, State, Subject, Target};
use proptest::prelude::*;

use crate::office::explained;
use crate::worlds::{NOW, everybody, id, targets, world};

/// Gives two people every right that gives rights, and every pool a seat.
fn with_bosses(mut state: State) -> State {
    for person in [id::<PersonId>(0), id(1)] {
        let mut so = |event| state.apply(&event);
        so(Event::UserFacetSet {
            person,
            state: UserFacet::Accepted,
        });
        so(Event::SignInSet {
            person,
            possible: true,
        });
        so(Event::AccountRoleSet {
            person,
            role: RoleId::SUPER_ADMIN,
            scope: PeopleScope::All,
        });
        so(Event::CompanyAccessSet {
            person,
            listed: None,
        });
        let licences = (0..3).map(|licence| Tie::Licence(id(licence)));
        let rights = [
            Tie::DeskRight(DeskRight::Configure),
            Tie::ContactAdmin,
            Tie::Agent,
            Tie::AccountAdmin(AccountAdminKind::Full),
        ];
        for tie in licences.chain(rights) {
            so(Event::Tied { person, tie });
        }
    }
    for licence in 0..3 {
        state.apply(&Event::LicenceSeatsSet {
            licence: id(licence),
            seats: 20,
        });
    }
    state.apply(&Event::BillingContactSet {
        person: Some(id(0)),
    });
    state
}

/// Whether a change of rights could open it: for staff, on a thing that is there and of the right kind, or can be restored.
fn could_be_opened(
    state: &State,
    subject: Subject,
    permission: Permission,
    target: Target,
) -> bool {
    let Subject::Person(person) = subject else {
        return false;
    };
    let is_staff = state.people().get(person).is_some_and(|row| row.is_user());
    let nobody = state.view(Subject::Unknown, NOW).decide(permission, target);
    let is_there = !nobody
        .gates
        .failed()
        .iter()
        .any(|(gate, _)| *gate == access::Gate::Resource);
    // No role gives it over every queue at once.
    let is_one_queues = permission.scope() == ScopeKind::Queue
        && target == Target::Account
        && !sets::CONTACT_ADMIN.contains(permission);
    is_staff && permission.product() != Product::Portal && is_there && !is_one_queues
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever the account looks like: a remedy that is named works, and those named could make it.
    #[test]
    fn every_remedy_works(state in world(), bosses: bool, who: u8, what: u16, on: u8) {
        let state = if bosses { with_bosses(state) } else { state };
        let subjects = everybody(&state);
        let targets = targets(&state);
        let (who, what, on) = (usize::from(who), usize::from(what), usize::from(on));
        for n in 0..40 {
            let subject = subjects[(who + n) % subjects.len()];
            let permission = Permission::ALL[(what + n * 7) % Permission::ALL.len()];
            let target = targets[(on + n * 3) % targets.len()];
            let explanation = explained(&state, subject, permission, target);
            if bosses && could_be_opened(&state, subject, permission, target) {
                let is_answered = explanation.decision.allowed || !explanation.remedies.is_empty();
                prop_assert!(is_answered, "{:?} {} {:?}: {:?}", subject, permission, target, explanation.decision);
            }
        }
    }

    /// Ending a path takes that path away.
    #[test]
    fn without_a_path_it_is_gone(state in world()) {
        let asked = sets::SERVICE_USER | sets::CUSTOM | sets::PORTAL_COMPANY_ADMIN | sets::QUEUE_AGENT;
        for subject in everybody(&state) {
            let view = state.view(subject, NOW);
            for target in targets(&state) {
                for permission in asked {
                    for path in &view.decide(permission, target).paths {
                        let after = state.remains_without(subject, permission, target, path, NOW);
                        let stays = matches!(path.by, By::OnlyUser | By::Oneself | By::JoinCode);
                        prop_assert_eq!(after.paths.contains(path), stays, "{:?} {}", path, permission);
                    }
                }
            }
        }
    }
}
