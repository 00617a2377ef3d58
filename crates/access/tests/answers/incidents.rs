//! The filter of the portal and the decision about each incident agree, whoever asks, and whoever looks on.

use access::State;
use access::Subject;
use access::decide::permissions::{FollowByMail, LogIncident, ViewCompanyIncidents, ViewIncident};
use access::decide::{RecordFacts, View};
use proptest::prelude::*;

use crate::worlds::{NOW, everybody, world};

/// Incidents of every service, for nobody and for each of some customers, with and without each company.
fn incidents(state: &State) -> Vec<RecordFacts> {
    let customers = || state.people().ids().map(Some).chain([None]);
    let companies = || state.companies().ids().map(Some).chain([None]);
    let of = |service| {
        let each = companies().flat_map(move |company| {
            customers().map(move |customer| RecordFacts {
                service,
                customer,
                company,
            })
        });
        each.collect::<Vec<_>>()
    };
    state.services().ids().flat_map(of).collect()
}

/// How many of the incidents are shown.
fn agree(view: View<'_>, incidents: &[RecordFacts]) -> Result<usize, TestCaseError> {
    let (filter, by_mail) = (view.visible_incidents(), view.incidents_by_mail());
    let mut seen = 0;
    for incident in incidents.iter().copied() {
        let own = view.permit(ViewIncident, incident).is_ok();
        let company = view.permit(ViewCompanyIncidents, incident).is_ok();
        prop_assert_eq!(filter.admits(incident), own || company, "{:?}", incident);
        seen += usize::from(own || company);
        let mail = view.permit(FollowByMail, incident).is_ok();
        prop_assert_eq!(by_mail.admits(incident), mail, "{:?}", incident);
        prop_assert!(
            mail || !own,
            "mail reaches whoever the portal does: {:?}",
            incident
        );
    }
    let logs = view.logs_with();
    for service in view.state().services().ids() {
        let may = view.permit(LogIncident, service).is_ok();
        prop_assert_eq!(logs.contains(&service), may, "{:?}", service);
    }
    Ok(seen)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn sd_14_sd_16_the_portal_shows_exactly_the_incidents_that_the_decision_allows(state in world()) {
        let incidents = incidents(&state);
        for subject in everybody(&state) {
            agree(state.view(subject, NOW), &incidents)?;
        }
    }

    #[test]
    fn ad_27_whoever_views_as_a_customer_is_shown_the_incidents_of_both(state in world()) {
        let incidents = incidents(&state);
        for subject in everybody(&state) {
            for viewer in everybody(&state) {
                agree(state.view(subject, NOW).viewed_by(viewer), &incidents)?;
            }
        }
    }

    #[test]
    fn sd_11_sd_37_mail_follows_the_own_incidents_where_one_is_selectable_and_no_other(state in world()) {
        let incidents = incidents(&state);
        for subject in everybody(&state) {
            let view = state.view(subject, NOW);
            for incident in incidents.iter().copied() {
                let selectable = matches!(subject, Subject::Person(me) if incident.customer == Some(me)
                    && view.selectable(me, incident.service).selectable);
                prop_assert_eq!(view.permit(FollowByMail, incident).is_ok(), selectable, "{:?}", incident);
            }
        }
    }

    /// RULES §1: each facet opens only its own doors.
    #[test]
    fn whoever_is_no_customer_is_shown_nothing_in_the_portal(state in world()) {
        for subject in everybody(&state) {
            let view = state.view(subject, NOW);
            let opens = !view.logs_with().is_empty() || view.visible_incidents().own().is_some()
                || view.visible_incidents().of_company().is_some();
            prop_assert!(!opens || view.is_customer());
            prop_assert!(!view.is_customer_alone() || view.visible_records(access::decide::permissions::ManageRecord).services().is_empty());
        }
    }
}
