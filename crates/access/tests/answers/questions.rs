//! Of what a question is asked, the question that is about no permission (SD-11), and what a no is put down to.

use access::decide::{GateOutcome, Reason, RecordFacts, Through};
use access::explain::words;
use access::state::{CustomerAccess, CustomerFacet, Facet, Placement, Tie};
use access::{Command, Event, Explanation, Gate, Permission, State, Subject, Target};
use uuid::Uuid;

use crate::office::*;
use crate::worlds::{NOW, id};

/// A face asks first whether there is anything to ask.
#[test]
fn what_a_permission_is_not_asked_of_is_denied_at_the_thing_to_everybody() {
    let office = Office::new();
    let targets = [
        Target::Account,
        Target::Person(nadia()),
        Target::UserGroup(id(0)),
        service(),
        Target::Queue(id(0)),
        Target::Device(id(0)),
        Target::Session {
            code_is_valid: true,
        },
    ];
    for target in targets {
        for permission in Permission::ALL {
            let decision = office.explain(boss(), permission, target).decision;
            let unknown = GateOutcome::Failed(Reason::UnknownResource);
            assert_eq!(
                decision.gates.outcome(Gate::Resource) == unknown,
                !target.takes(permission),
                "{permission:?} on {target:?}"
            );
        }
    }
    let configure = Permission::ServiceDeskAccountConfigure;
    assert!(Target::Account.takes(configure) && !service().takes(configure));
}

fn company_with_the_service(office: &mut Office, company: usize) {
    office.so(Event::CompanyServiceSet {
        company: id(company),
        service: id(0),
        full: true,
    });
}

fn employed(office: &mut Office, company: usize) {
    office.so(Event::EmployerSet {
        person: carl(),
        company: Some(id(company)),
        placement: Placement::ByHand,
    });
}

fn moves(steps: &[Command]) -> bool {
    let mut steps = steps.iter();
    steps.any(|step| matches!(step, Command::SetEmployer { .. }))
}

#[test]
fn sd_21_nobody_is_moved_to_another_company_where_anything_else_helps() {
    let mut office = Office::new();
    office.so(Event::CompanyCreated {
        uid: Uuid::from_u128(0x2000),
    });
    employed(&mut office, 0);
    company_with_the_service(&mut office, 1);
    let remedies = office.remedies(carl(), Permission::PortalIncidentLog, service());
    assert!(!remedies.is_empty());
    assert!(!remedies.iter().any(|steps| moves(steps)), "{remedies:?}");

    // The incidents of another company are seen by its own people alone.
    let record = RecordFacts {
        service: id(0),
        customer: None,
        company: Some(id(1)),
    };
    let see = Permission::PortalIncidentViewCompany;
    let remedies = office.remedies(carl(), see, record);
    assert!(!remedies.is_empty());
    assert!(remedies.iter().all(|steps| moves(steps)), "{remedies:?}");
}

#[test]
fn sd_11_who_cannot_be_chosen_as_customer_is_told_what_would_change_it() {
    let mut office = Office::new();
    employed(&mut office, 0);
    let explain = |state: &State| state.explain_choice(carl(), id(0), NOW);
    let no = explain(&office.state);
    assert!(!no.decision.allowed && no.decision.paths.is_empty());
    assert_eq!(
        no.decision.gates.failed(),
        [(Gate::Permission, Reason::NotHeld)]
    );
    let steps = |explanation: &Explanation| -> Vec<Vec<Command>> {
        let remedies = explanation.remedies.iter();
        remedies
            .map(|remedy| remedy.steps.iter().map(|it| it.command.clone()).collect())
            .collect()
    };
    let own = |access| {
        vec![Command::SaveCustomersTab {
            service: id(0),
            rows: vec![(carl(), Some(access))],
        }]
    };
    let by_company = vec![Command::SaveCompaniesTab {
        service: id(0),
        rows: vec![(id(0), true)],
    }];
    assert_eq!(
        steps(&no),
        [
            own(CustomerAccess::NoPortal),
            own(CustomerAccess::Portal),
            by_company
        ]
    );

    // A yes has its ways, and the bare answer is the same one.
    company_with_the_service(&mut office, 0);
    office.tied(carl(), Tie::Customer(id(0), CustomerAccess::NoPortal));
    let yes = explain(&office.state);
    assert!(yes.decision.allowed && yes.remedies.is_empty());
    let ways: Vec<_> = yes.decision.paths.iter().map(|path| path.through).collect();
    assert_eq!(ways, [Through::Direct, Through::Company(id(0))]);
    let view = office.state.view(Subject::Unknown, NOW);
    assert!(view.selectable(carl(), id(0)).selectable);

    office.so(Event::CustomerFacetSet {
        person: carl(),
        state: CustomerFacet::Deactivated,
    });
    let off = explain(&office.state);
    assert_eq!(
        off.decision.gates.failed(),
        [(Gate::Person, Reason::Deactivated)]
    );
    let back = Command::Reactivate {
        person: carl(),
        facet: Facet::Customer,
    };
    assert_eq!(steps(&off), [[back]]);

    // Staff who are no customers are chosen for nothing; nobody at all neither.
    let staff = office.state.explain_choice(nadia(), id(0), NOW).decision;
    assert_eq!(
        staff.gates.outcome(Gate::Person),
        GateOutcome::Failed(Reason::FacetMissing)
    );
    let nobody = office.state.explain_choice(id(99), id(0), NOW);
    assert!(!nobody.decision.allowed && nobody.remedies.is_empty());
}

#[test]
fn reasons_name_what_was_asked_about() {
    let say = |phrase: words::Phrase| phrase.fill(|_| "Payroll".to_owned());
    let about = |reason, permission| say(words::reason_about(reason, permission, service()));
    assert_eq!(
        about(Reason::OutOfScope, MANAGE),
        "held for another service, not for Payroll"
    );
    assert_eq!(about(Reason::UnknownResource, MANAGE), "Payroll is deleted");
    assert_eq!(
        about(Reason::ParentNotHeld(MANAGE), DELETE),
        "“manage records” is not held, and nothing else counts without it"
    );
}
