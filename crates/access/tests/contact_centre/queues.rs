//! Roles in queues (CC-1, CC-2, CC-6, CC-8, CC-11, CC-13, CC-14, CC-16).

use access::catalogue::{PermissionSet, Product, Switch, sets};
use access::command::{Command, Notice, ToldOf};
use access::decide::{Gate, GateOutcome, Reason};
use access::event::Node;
use access::state::{QueueKind, Tie};
use access::{Permission, Subject, Target};

use crate::help::{agent_of, call_queue, gives, licensed, set, supervisor_of};
use crate::support::{World, give};

const KINDS: [QueueKind; 4] = [
    QueueKind::Call,
    QueueKind::RingGroup,
    QueueKind::Inbox,
    QueueKind::Campaign,
];
const NOTHING: PermissionSet = PermissionSet::EMPTY;
const IN_QUEUE: PermissionSet = PermissionSet::of(&[
    Permission::ContactCentreCallServe,
    Permission::ContactCentreQueueLogIn,
]);
const MONITOR: [Permission; 3] = [
    Permission::ContactCentreCallListen,
    Permission::ContactCentreCallWhisper,
    Permission::ContactCentreCallBarge,
];

#[test]
fn cc_1_roles_are_given_within_a_queue_of_each_kind() {
    let mut world = World::new();
    for kind in KINDS {
        let (queue, other) = (world.queue(kind), world.queue(kind));
        let agent = agent_of(&mut world, queue);
        assert_eq!(gives(&world, agent, queue), IN_QUEUE, "{kind:?}");
        assert_eq!(gives(&world, agent, other), NOTHING, "{kind:?}");
    }
}

#[test]
fn cc_1_one_user_may_be_agent_and_supervisor_of_one_queue() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let person = agent_of(&mut world, queue);
    world.tie(person, Tie::QueueSupervisor(queue));
    assert_eq!(
        gives(&world, person, queue),
        IN_QUEUE.union(sets::QUEUE_SUPERVISOR)
    );
}

#[test]
fn cc_1_ring_groups_have_agents_only() {
    let mut world = World::new();
    let ring_group = world.queue(QueueKind::RingGroup);
    let person = licensed(&mut world);
    let refusal = world.refused(world.first, give(person, Tie::QueueSupervisor(ring_group)));
    assert_eq!(refusal.rule, "CC-1");
    world.set(give(person, Tie::QueueAgent(ring_group)));
}

#[test]
fn cc_1_nobody_monitors_a_ring_group_not_even_the_only_user() {
    let mut world = World::alone();
    let (queue, ring_group) = (call_queue(&mut world), world.queue(QueueKind::RingGroup));
    for permission in MONITOR {
        assert!(world.may(world.first, permission, queue));
        assert!(!world.may(world.first, permission, ring_group));
    }
}

#[test]
fn cc_1_queues_are_set_up_by_contact_admins() {
    let mut world = World::new();
    let (queue, contact_admin) = (call_queue(&mut world), world.contact_admin());
    let supervisor = supervisor_of(&mut world, queue);
    for kind in KINDS {
        let id = world.id();
        let create = Command::CreateQueue { id, kind };
        assert_eq!(world.code(supervisor, create.clone()), "permission_missing");
        world.run(contact_admin, create.clone());
        assert_eq!(world.code(contact_admin, create), "id_in_use");
        let queue = world.state.resolve(id).unwrap();
        assert_eq!(world.state.queues().get(queue).unwrap().kind, kind);
    }
}

#[test]
fn cc_2_the_permissions_page_is_the_contact_admins() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let contact_admin = world.contact_admin();
    let supervisor = supervisor_of(&mut world, queue);
    set(&mut world, Switch::SupervisorConfigurationPortal, true);
    let page = Permission::ContactCentrePermissionsEdit;
    assert!(world.may(
        supervisor,
        Permission::ContactCentrePortalOpen,
        Target::Account
    ));
    assert!(!world.may(supervisor, page, Target::Account));
    assert!(world.may(contact_admin, page, Target::Account));
    let (switch, on) = (Switch::AgentTagsCreate, true);
    assert_eq!(
        world.code(supervisor, Command::SetSwitch { switch, on }),
        "permission_missing"
    );
    world.run(contact_admin, Command::SetSwitch { switch, on });
    world.unchanged(contact_admin, Command::SetSwitch { switch, on });
}

#[test]
fn cc_2_a_contact_admin_serves_and_monitors_no_calls() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let contact_admin = world.contact_admin();
    let over_account = gives(&world, contact_admin, Target::Account);
    let everything = over_account.union(gives(&world, contact_admin, queue));
    assert_eq!(everything, sets::CONTACT_ADMIN);
    for permission in MONITOR {
        assert!(!sets::CONTACT_ADMIN.contains(permission));
    }
}

#[test]
fn cc_6_the_dashboard_needs_the_agent_role() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let dashboard = Permission::ContactCentreDashboardOpen;
    let (agent, supervisor) = (
        agent_of(&mut world, queue),
        supervisor_of(&mut world, queue),
    );
    let (contact_admin, other) = (world.contact_admin(), licensed(&mut world));
    assert!(world.may(agent, dashboard, Target::Account));
    for person in [supervisor, contact_admin, other] {
        assert!(!world.may(person, dashboard, Target::Account));
    }
    world.archive(Node::Queue(queue));
    assert!(
        !world.may(agent, dashboard, Target::Account),
        "AD-25: the queue gives nothing"
    );
}

#[test]
fn cc_8_supervisors_see_their_queues_until_the_limit_goes() {
    let mut world = World::new();
    let (own, other) = (call_queue(&mut world), call_queue(&mut world));
    let supervisor = supervisor_of(&mut world, own);
    assert_eq!(gives(&world, supervisor, own), sets::QUEUE_SUPERVISOR);
    assert_eq!(gives(&world, supervisor, other), NOTHING);
    set(&mut world, Switch::SupervisorLimitToAssigned, false);
    assert_eq!(gives(&world, supervisor, other), sets::QUEUE_SUPERVISOR);
    set(&mut world, Switch::SupervisorLimitToAssigned, true);
    assert_eq!(gives(&world, supervisor, other), NOTHING);
}

#[test]
fn cc_8_inbox_queues_and_campaigns_always_follow_assignment() {
    let mut world = World::new();
    let (inbox, call) = (world.queue(QueueKind::Inbox), call_queue(&mut world));
    let others = [QueueKind::Inbox, QueueKind::Campaign, QueueKind::RingGroup];
    let others = others.map(|kind| world.queue(kind));
    let supervisor = supervisor_of(&mut world, inbox);
    set(&mut world, Switch::SupervisorLimitToAssigned, false);
    assert_eq!(gives(&world, supervisor, inbox), sets::QUEUE_SUPERVISOR);
    assert_eq!(
        gives(&world, supervisor, call),
        sets::QUEUE_SUPERVISOR,
        "every call queue"
    );
    for queue in others {
        assert_eq!(gives(&world, supervisor, queue), NOTHING);
    }
}

#[test]
fn cc_8_who_supervises_no_active_queue_is_no_supervisor() {
    let mut world = World::new();
    let (own, other) = (call_queue(&mut world), call_queue(&mut world));
    let supervisor = supervisor_of(&mut world, own);
    set(&mut world, Switch::SupervisorLimitToAssigned, false);
    set(&mut world, Switch::SupervisorConfigurationPortal, true);
    world.archive(Node::Queue(own));
    assert_eq!(gives(&world, supervisor, other), NOTHING);
    assert_eq!(gives(&world, supervisor, Target::Account), NOTHING);
}

#[test]
fn cc_8_widening_the_limit_tells_the_super_admins() {
    let mut world = World::new();
    let contact_admin = world.contact_admin();
    let switch = Switch::SupervisorLimitToAssigned;
    let answer = world.run(contact_admin, Command::SetSwitch { switch, on: false });
    let told = Notice::Tell {
        people: vec![world.first],
        what: ToldOf::QueueLimitWidened,
    };
    assert_eq!(answer.notices, [told]);
    let answer = world.run(contact_admin, Command::SetSwitch { switch, on: true });
    assert_eq!(answer.notices, []);
}

#[test]
fn cc_11_supervisors_always_manage_agents_and_monitor_their_queues() {
    let mut world = World::new();
    for kind in [QueueKind::Call, QueueKind::Inbox, QueueKind::Campaign] {
        let (queue, other) = (world.queue(kind), world.queue(kind));
        let supervisor = supervisor_of(&mut world, queue);
        assert_eq!(
            gives(&world, supervisor, queue),
            sets::QUEUE_SUPERVISOR,
            "{kind:?}"
        );
        assert_eq!(gives(&world, supervisor, other), NOTHING, "{kind:?}");
    }
}

#[test]
fn cc_13_contact_admins_give_licences_and_queues() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let (contact_admin, supervisor) = (world.contact_admin(), supervisor_of(&mut world, queue));
    let person = world.member();
    let tie = Tie::QueueAgent(queue);
    let licence = world.pool(Product::ContactCentre);
    assert_eq!(world.code(contact_admin, give(person, tie)), "no_licence");
    let both = Command::TieWithLicence {
        person,
        tie,
        licence,
    };
    let refusal = world.refused(supervisor, both.clone());
    assert!(matches!(refusal.code, "permission_missing" | "not_found"));
    world.run(contact_admin, both);
    assert!(world.has(person, tie) && world.has(person, Tie::Licence(licence)));
}

#[test]
fn cc_13_a_new_supervisor_is_told_to_the_super_admins() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let (contact_admin, person) = (world.contact_admin(), licensed(&mut world));
    let answer = world.run(contact_admin, give(person, Tie::QueueSupervisor(queue)));
    let told = Notice::Tell {
        people: vec![world.first],
        what: ToldOf::QueueSupervisorMade,
    };
    assert_eq!(answer.notices, [told]);
    let oneself = give(contact_admin, Tie::QueueSupervisor(queue));
    assert_eq!(world.code(contact_admin, oneself), "not_to_oneself");
}

#[test]
fn cc_13_removal_from_the_last_queue_frees_the_licence() {
    let mut world = World::new();
    let (first, second) = (call_queue(&mut world), call_queue(&mut world));
    let agent = agent_of(&mut world, first);
    world.tie(agent, Tie::QueueSupervisor(second));
    let licence = Tie::Licence(world.pool(Product::ContactCentre));
    world.untie(agent, Tie::QueueAgent(first));
    assert!(world.has(agent, licence), "one queue is left");
    world.untie(agent, Tie::QueueSupervisor(second));
    assert!(!world.has(agent, licence));
}

#[test]
fn cc_13_a_contact_admin_keeps_the_licence() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let contact_admin = world.contact_admin();
    world.tie(contact_admin, Tie::QueueAgent(queue));
    world.untie(contact_admin, Tie::QueueAgent(queue));
    assert!(world.has(
        contact_admin,
        Tie::Licence(world.pool(Product::ContactCentre))
    ));
}

#[test]
fn cc_13_without_a_licence_no_role_opens_anything() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let agent = agent_of(&mut world, queue);
    world.untie(agent, Tie::Licence(world.pool(Product::ContactCentre)));
    assert_eq!(gives(&world, agent, queue), NOTHING);
    assert_eq!(gives(&world, agent, Target::Account), NOTHING);
}

#[test]
fn cc_14_a_call_is_judged_by_the_queue_that_it_is_in_now() {
    let mut world = World::new();
    let (before, after) = (call_queue(&mut world), call_queue(&mut world));
    let (here, there) = (
        supervisor_of(&mut world, before),
        supervisor_of(&mut world, after),
    );
    for permission in MONITOR {
        assert!(world.may(here, permission, before) && !world.may(here, permission, after));
        assert!(world.may(there, permission, after) && !world.may(there, permission, before));
    }
}

#[test]
fn cc_14_whoever_monitors_is_asked_again_when_the_right_ends() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let supervisor = licensed(&mut world);
    let (tie, window) = (Tie::QueueSupervisor(queue), world.for_hours(1));
    world.set(Command::Tie {
        person: supervisor,
        tie,
        window,
    });
    assert!(world.may(supervisor, Permission::ContactCentreCallListen, queue));
    assert_eq!(world.state.next_expiry(world.now), window.end);
    world.wait_hours(1);
    assert!(!world.may(supervisor, Permission::ContactCentreCallListen, queue));
}

#[test]
fn cc_16_a_direct_call_cannot_be_monitored() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let supervisor = supervisor_of(&mut world, queue);
    assert_eq!(gives(&world, supervisor, Target::DirectCall), NOTHING);
    let alone = World::alone();
    for permission in MONITOR {
        let view = alone.state.view(Subject::Person(alone.first), alone.now);
        let decision = view.decide(permission, Target::DirectCall);
        let why = decision.gates.outcome(Gate::Resource);
        assert_eq!(why, GateOutcome::Failed(Reason::NotMonitored));
    }
}
