//! The switches of the Permissions page (CC-2, CC-7, CC-9, CC-10, CC-12).

use access::catalogue::{PermissionSet, Switch, sets};
use access::command::{Command, Notice, RefusalKind, SwitchRow};
use access::decide::{Gate, GateOutcome, Reason};
use access::state::QueueKind;
use access::{Permission, Subject, Target};

use crate::help::{agent_of, call_queue, gives, set, supervisor_of};
use crate::support::World;

const PORTAL: Switch = Switch::SupervisorConfigurationPortal;
const NOTHING: PermissionSet = PermissionSet::EMPTY;

/// What each switch gives over the account, once the portal is open.
const OVER_ACCOUNT: [(Switch, &[Permission]); 4] = [
    (
        Switch::SupervisorPauseReasonsView,
        &[Permission::ContactCentrePauseReasonsView],
    ),
    (
        Switch::SupervisorPauseReasonsEdit,
        &[
            Permission::ContactCentrePauseReasonsView,
            Permission::ContactCentrePauseReasonsEdit,
        ],
    ),
    (
        Switch::SupervisorSkillsView,
        &[Permission::ContactCentreSkillsView],
    ),
    (
        Switch::SupervisorSkillsEdit,
        &[
            Permission::ContactCentreSkillsView,
            Permission::ContactCentreSkillsEdit,
        ],
    ),
];

#[test]
fn cc_2_a_new_account_has_the_switches_of_the_rule_book() {
    let world = World::new();
    let on = Switch::ALL
        .into_iter()
        .filter(|switch| world.state.switch(*switch));
    let expected = [
        Switch::SupervisorLimitToAssigned,
        Switch::SupervisorQueueView,
    ];
    assert_eq!(on.collect::<Vec<_>>(), expected);
}

#[test]
fn cc_7_the_portal_is_closed_to_supervisors_by_default() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let supervisor = supervisor_of(&mut world, queue);
    let open = PermissionSet::of(&[Permission::ContactCentrePortalOpen]);
    assert_eq!(gives(&world, supervisor, Target::Account), NOTHING);
    set(&mut world, PORTAL, true);
    assert_eq!(gives(&world, supervisor, Target::Account), open);
}

#[test]
fn cc_7_without_the_portal_the_other_switches_have_nowhere_to_act() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let supervisor = supervisor_of(&mut world, queue);
    for switch in [
        Switch::SupervisorQueueEdit,
        Switch::SupervisorPauseReasonsEdit,
        Switch::SupervisorSkillsEdit,
    ] {
        let answer = world.set(Command::SetSwitch { switch, on: true });
        assert_eq!(answer.notices, [Notice::NoEffect], "{}", switch.key());
    }
    assert_eq!(gives(&world, supervisor, Target::Account), NOTHING);
    assert_eq!(gives(&world, supervisor, queue), sets::QUEUE_SUPERVISOR);
}

#[test]
fn cc_9_i_12_seeing_queue_settings_cannot_be_switched_off() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let supervisor = supervisor_of(&mut world, queue);
    let switch = Switch::SupervisorQueueView;
    let refusal = world.refused(world.first, Command::SetSwitch { switch, on: false });
    assert_eq!((refusal.rule, refusal.code), ("CC-9", "switch_locked"));
    world.unchanged(world.first, Command::SetSwitch { switch, on: true });
    assert!(world.state.switch(switch));
    assert!(world.may(supervisor, Permission::ContactCentreQueueView, queue));
}

#[test]
fn cc_9_it_opens_the_settings_of_the_queues_they_can_access_only() {
    let mut world = World::new();
    let (own, other) = (call_queue(&mut world), call_queue(&mut world));
    let supervisor = supervisor_of(&mut world, own);
    assert!(!world.may(supervisor, Permission::ContactCentreQueueView, other));
}

#[test]
fn cc_10_each_switch_opens_its_own_and_manage_implies_view() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let supervisor = supervisor_of(&mut world, queue);
    set(&mut world, PORTAL, true);
    let portal = PermissionSet::of(&[Permission::ContactCentrePortalOpen]);
    for (switch, opens) in OVER_ACCOUNT {
        assert_eq!(
            gives(&world, supervisor, Target::Account),
            portal,
            "off by default"
        );
        set(&mut world, switch, true);
        let expected = portal.union(PermissionSet::of(opens));
        assert_eq!(
            gives(&world, supervisor, Target::Account),
            expected,
            "{}",
            switch.key()
        );
        set(&mut world, switch, false);
    }
}

#[test]
fn cc_10_managing_settings_is_for_the_queues_they_can_access() {
    let mut world = World::new();
    let (own, call) = (call_queue(&mut world), call_queue(&mut world));
    let inbox = world.queue(QueueKind::Inbox);
    let supervisor = supervisor_of(&mut world, own);
    set(&mut world, PORTAL, true);
    set(&mut world, Switch::SupervisorQueueEdit, true);
    let edit = Permission::ContactCentreQueueEdit;
    let edits = |world: &World| [own, call, inbox].map(|queue| world.may(supervisor, edit, queue));
    assert_eq!(edits(&world), [true, false, false]);
    set(&mut world, Switch::SupervisorLimitToAssigned, false);
    assert_eq!(edits(&world), [true, true, false]);
}

#[test]
fn cc_10_a_denial_names_the_smallest_switch_that_would_open_it() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let supervisor = supervisor_of(&mut world, queue);
    let why = |world: &World| {
        let view = world.state.view(Subject::Person(supervisor), world.now);
        let decision = view.decide(Permission::ContactCentreSkillsView, Target::Account);
        decision.gates.outcome(Gate::Switch)
    };
    let off = |switch| GateOutcome::Failed(Reason::SwitchOff(switch));
    assert_eq!(why(&world), off(Switch::SupervisorSkillsView));
    set(&mut world, Switch::SupervisorSkillsView, true);
    assert_eq!(why(&world), off(PORTAL));
    set(&mut world, PORTAL, true);
    assert_eq!(why(&world), GateOutcome::Passed);
}

#[test]
fn cc_12_agents_use_what_exists_until_their_switches_are_on() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let (agent, supervisor) = (
        agent_of(&mut world, queue),
        supervisor_of(&mut world, queue),
    );
    let always = PermissionSet::of(&[
        Permission::ContactCentreCallDirect,
        Permission::ContactCentreDashboardOpen,
    ]);
    for (switch, opens) in [
        (
            Switch::AgentPrerecordedEdit,
            Permission::ContactCentrePrerecordedEdit,
        ),
        (
            Switch::AgentPrewrittenPublicEdit,
            Permission::ContactCentrePrewrittenPublicEdit,
        ),
        (Switch::AgentTagsCreate, Permission::ContactCentreTagsCreate),
    ] {
        assert_eq!(gives(&world, agent, Target::Account), always);
        set(&mut world, switch, true);
        assert_eq!(gives(&world, agent, Target::Account), always.with(opens));
        assert_eq!(gives(&world, supervisor, Target::Account), NOTHING);
        set(&mut world, switch, false);
    }
}

#[test]
fn cc_2_a_save_of_rows_is_refused_where_one_of_them_changed_and_only_there() {
    let mut world = World::new();
    let row = |switch, was, on| SwitchRow { switch, was, on };
    let (portal, tags) = (
        Switch::SupervisorConfigurationPortal,
        Switch::AgentTagsCreate,
    );
    let save = |rows: &[SwitchRow]| Command::SaveSwitches {
        rows: rows.to_vec(),
    };
    // What somebody else does to another row does not matter.
    set(&mut world, tags, true);
    let both = [
        row(portal, false, true),
        row(Switch::SupervisorSkillsEdit, false, true),
    ];
    let saved = world.set(save(&both));
    assert_eq!(saved.events.len(), 2);
    let refusal = world.refused(world.first, save(&[row(tags, false, true), both[0]]));
    assert_eq!((refusal.rule, refusal.code), ("CC-2", "changed_meanwhile"));
    assert!(refusal.detail.contains(tags.label()), "{}", refusal.detail);
    let locked = row(Switch::SupervisorQueueView, true, false);
    assert_eq!(world.code(world.first, save(&[locked])), "switch_locked");
    let supervisor = {
        let queue = call_queue(&mut world);
        supervisor_of(&mut world, queue)
    };
    let off = save(&[row(portal, true, false)]);
    assert_eq!(world.refused(supervisor, off).kind, RefusalKind::Forbidden);
}
