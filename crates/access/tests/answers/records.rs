//! The filter of records and the decision about each of them agree, whoever asks, and whoever looks on.

use access::decide::permissions::{DeleteRecord, ManageRecord, OverrideDueDate};
use access::decide::{PermissionType, RecordFacts, View};
use access::{State, Subject};
use proptest::prelude::*;

use crate::worlds::{NOW, everybody, world};

/// Records of every service, for nobody and for one customer, with and without each company.
fn records(state: &State) -> Vec<RecordFacts> {
    let customer = state.people().ids().next();
    let companies = || state.companies().ids().map(Some).chain([None]);
    let of = |service| {
        let each = companies().flat_map(move |company| {
            [None, customer].map(|customer| RecordFacts {
                service,
                customer,
                company,
            })
        });
        each.collect::<Vec<_>>()
    };
    state.services().ids().flat_map(of).collect()
}

fn agree<P: PermissionType<On = RecordFacts>>(
    state: &State,
    view: View<'_>,
    permission: P,
) -> Result<usize, TestCaseError> {
    let filter = view.visible_records(permission);
    let mut seen = 0;
    for record in records(state) {
        let may = view.permit(permission, record).is_ok();
        prop_assert_eq!(filter.admits(record), may, "{:?}", record);
        seen += usize::from(may);
    }
    Ok(seen)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn sd_5_sd_33_the_filter_admits_exactly_the_records_that_the_decision_allows(state in world()) {
        for subject in everybody(&state) {
            let view = state.view(subject, NOW);
            agree(&state, view, ManageRecord)?;
            agree(&state, view, DeleteRecord)?;
            agree(&state, view, OverrideDueDate)?;
        }
    }

    #[test]
    fn ad_27_whoever_views_as_somebody_is_shown_the_records_of_both(state in world()) {
        for subject in everybody(&state) {
            for viewer in everybody(&state) {
                agree(&state, state.view(subject, NOW).viewed_by(viewer), ManageRecord)?;
            }
        }
    }

    #[test]
    fn sd_19_whoever_lost_a_record_is_among_those_who_are_looked_at_again(
        (state, events) in (world(), prop::collection::vec(any::<[u8; 4]>(), 1..4))
    ) {
        let events: Vec<_> = events.into_iter().flat_map(crate::worlds::happening).collect();
        let mut after = state.clone();
        events.iter().for_each(|event| after.apply(event));
        let workers = state.workers_of(&after, &events);
        for person in after.people().ids() {
            let (was, is) = [&state, &after].map(|state| state.view(Subject::Person(person), NOW)).into();
            for record in records(&after) {
                let lost = was.permit(ManageRecord, record).is_ok() && is.permit(ManageRecord, record).is_err();
                prop_assert!(!lost || workers.users.contains(person), "{:?} lost {:?}", person, record);
            }
        }
        for group in after.groups().ids() {
            for service in after.services().ids() {
                let (was, is) = [&state, &after].map(|state| state.view(Subject::Guest, NOW)).into();
                let lost = was.group_works_on(group, service) && !is.group_works_on(group, service);
                prop_assert!(!lost || workers.groups.contains(group), "{:?} lost {:?}", group, service);
            }
        }
    }
}
