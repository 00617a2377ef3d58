//! Who is logged in to which queue (CC-3, CC-4, CC-5), and pauses (CC-11).

use access::catalogue::{Product, Switch};
use access::command::{Command, RefusalKind};
use access::decide::By;
use access::event::{Event, Node};
use access::state::{Facet, LicenceModel, LoginBasis, QueueKind, Tie};
use access::{LicenceId, Permission, PersonId, QueueId, Subject, Target, Window};

use crate::help::{agent_of, call_queue, licensed, log_in_other, login, set, supervisor_of};
use crate::support::World;

const UNASSIGNED: Switch = Switch::OrganisationUnassignedLogin;
const SERVE: Permission = Permission::ContactCentreCallServe;

fn is_paused(world: &World, person: PersonId, queue: QueueId) -> bool {
    world.has_now(person, Tie::Paused(queue))
}

#[test]
fn cc_3_agents_log_in_to_their_queues() {
    let mut world = World::new();
    for kind in [
        QueueKind::Call,
        QueueKind::RingGroup,
        QueueKind::Inbox,
        QueueKind::Campaign,
    ] {
        let queue = world.queue(kind);
        let agent = agent_of(&mut world, queue);
        world.run(agent, Command::LogIn { queue });
        assert_eq!(
            login(&world, agent, queue),
            Some(LoginBasis::Assignment),
            "{kind:?}"
        );
        world.unchanged(agent, Command::LogIn { queue });
    }
}

#[test]
fn cc_3_by_default_nobody_logs_in_to_an_unassigned_queue() {
    let mut world = World::new();
    let (own, other) = (call_queue(&mut world), call_queue(&mut world));
    let agent = agent_of(&mut world, own);
    let refusal = world.refused(agent, Command::LogIn { queue: other });
    assert_eq!(
        (refusal.rule, refusal.code),
        ("CC-3", "unassigned_login_off")
    );
    assert_eq!(refusal.kind, RefusalKind::Forbidden);
}

#[test]
fn cc_3_with_the_switch_every_licensed_user_does_on_call_queues() {
    let mut world = World::new();
    let (queue, inbox) = (call_queue(&mut world), world.queue(QueueKind::Inbox));
    let (person, unlicensed) = (licensed(&mut world), world.member());
    set(&mut world, UNASSIGNED, true);
    world.run(person, Command::LogIn { queue });
    assert_eq!(
        login(&world, person, queue),
        Some(LoginBasis::UnassignedLogin)
    );
    assert!(world.may(person, SERVE, queue));
    assert_eq!(
        world.code(person, Command::LogIn { queue: inbox }),
        "not_found"
    );
    for kind in [QueueKind::RingGroup, QueueKind::Inbox, QueueKind::Campaign] {
        let other = world.queue(kind);
        let log_in = Permission::ContactCentreQueueLogIn;
        assert!(!world.may(person, log_in, other), "{kind:?}");
    }
    assert_eq!(
        world.code(unlicensed, Command::LogIn { queue }),
        "not_found"
    );
}

#[test]
fn cc_4_i_12_switching_it_off_ends_nobodys_login() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let (person, late) = (licensed(&mut world), licensed(&mut world));
    set(&mut world, UNASSIGNED, true);
    world.run(person, Command::LogIn { queue });
    let answer = world.set(Command::SetSwitch {
        switch: UNASSIGNED,
        on: false,
    });
    assert_eq!(answer.events.len(), 1);
    assert!(world.may(person, SERVE, queue));
    assert_eq!(
        world.code(late, Command::LogIn { queue }),
        "unassigned_login_off"
    );
    world.run(person, Command::LogOut { person, queue });
    assert_eq!(
        world.code(person, Command::LogIn { queue }),
        "unassigned_login_off"
    );
}

#[test]
fn cc_4_a_supervisor_logs_them_out() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let (person, supervisor) = (licensed(&mut world), supervisor_of(&mut world, queue));
    set(&mut world, UNASSIGNED, true);
    world.run(person, Command::LogIn { queue });
    set(&mut world, UNASSIGNED, false);
    world.run(supervisor, Command::LogOut { person, queue });
    assert_eq!(login(&world, person, queue), None);
    world.unchanged(supervisor, Command::LogOut { person, queue });
}

#[test]
fn cc_4_losing_assignment_licence_queue_or_active_status_ends_a_login() {
    let losses: [fn(&mut World, PersonId, QueueId); 4] = [
        |world, person, queue| world.untie(person, Tie::QueueAgent(queue)),
        |world, person, _| {
            let licence = Tie::Licence(world.pool(Product::ContactCentre));
            world.untie(person, licence);
        },
        |world, _, queue| world.archive(Node::Queue(queue)),
        |world, person, _| {
            world.set(Command::Deactivate {
                person,
                facet: Facet::User,
            });
        },
    ];
    for (case, lose) in losses.into_iter().enumerate() {
        let mut world = World::new();
        let (queue, other) = (call_queue(&mut world), call_queue(&mut world));
        let person = agent_of(&mut world, queue);
        world.tie(person, Tie::QueueAgent(other));
        world.run(person, Command::LogIn { queue });
        world.run(
            person,
            Command::SetPaused {
                person,
                queue,
                paused: true,
            },
        );
        lose(&mut world, person, queue);
        assert_eq!(login(&world, person, queue), None, "case {case}");
        assert!(!is_paused(&world, person, queue), "case {case}");
        assert!(!world.may(person, SERVE, queue), "case {case}");
    }
}

#[test]
fn cc_4_losing_one_queue_leaves_the_login_to_another() {
    let mut world = World::new();
    let (queue, other) = (call_queue(&mut world), call_queue(&mut world));
    let agent = agent_of(&mut world, queue);
    world.tie(agent, Tie::QueueAgent(other));
    for queue in [queue, other] {
        world.run(agent, Command::LogIn { queue });
    }
    world.untie(agent, Tie::QueueAgent(queue));
    assert_eq!(login(&world, agent, other), Some(LoginBasis::Assignment));
}

#[test]
fn cc_4_a_login_ends_with_an_assignment_for_a_time() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let agent = licensed(&mut world);
    let (tie, window) = (Tie::QueueAgent(queue), world.for_hours(2));
    world.set(Command::Tie {
        person: agent,
        tie,
        window,
    });
    world.run(agent, Command::LogIn { queue });
    assert_eq!(login(&world, agent, queue), Some(LoginBasis::Assignment));
    world.wait_hours(2);
    assert_eq!(login(&world, agent, queue), None);
}

#[test]
fn cc_4_a_login_lasts_no_longer_than_a_licence_that_was_shortened() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let person = licensed(&mut world);
    set(&mut world, UNASSIGNED, true);
    world.run(person, Command::LogIn { queue });
    world.run(
        person,
        Command::SetPaused {
            person,
            queue,
            paused: true,
        },
    );
    let licence = Tie::Licence(world.pool(Product::ContactCentre));
    let shorter = Command::Tie {
        person,
        tie: licence,
        window: world.for_hours(2),
    };
    world.set(shorter);
    assert!(world.may(person, SERVE, queue) && is_paused(&world, person, queue));
    world.wait_hours(2);
    world.tie(person, licence);
    assert!(!world.may(person, SERVE, queue), "the old login is over");
    assert_eq!(login(&world, person, queue), None);
    assert!(!is_paused(&world, person, queue));
}

#[test]
fn cc_4_a_login_by_a_licence_that_goes_rests_on_the_one_that_stays() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let person = licensed(&mut world);
    let other = world.buy(Product::ContactCentre, LicenceModel::Named, 5);
    let window = world.for_hours(2);
    world.set(Command::Tie {
        person,
        tie: Tie::Licence(other),
        window,
    });
    set(&mut world, UNASSIGNED, true);
    let lasting = world.pool(Product::ContactCentre);
    let losses: [fn(&mut World, PersonId, LicenceId); 2] = [
        |world, person, lasting| world.untie(person, Tie::Licence(lasting)),
        |world, _, lasting| world.archive(Node::Licence(lasting)),
    ];
    for lose in losses {
        let mut world = world.clone();
        world.run(person, Command::LogIn { queue });
        lose(&mut world, person, lasting);
        assert!(world.may(person, SERVE, queue));
        world.wait_hours(2);
        assert_eq!(login(&world, person, queue), None);
    }
}

#[test]
fn cc_4_a_login_lasts_no_longer_than_an_assignment_that_was_shortened() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let agent = agent_of(&mut world, queue);
    world.run(agent, Command::LogIn { queue });
    let (tie, later) = (Tie::QueueAgent(queue), world.for_hours(2));
    let shorter = |window| Command::Tie {
        person: agent,
        tie,
        window,
    };
    // From later on only: now there is none.
    let mut begins = world.clone();
    begins.set(shorter(Window {
        start: later.end,
        end: None,
    }));
    assert_eq!(login(&begins, agent, queue), None);
    world.set(shorter(later));
    assert_eq!(login(&world, agent, queue), Some(LoginBasis::Assignment));
    world.wait_hours(2);
    world.tie(agent, tie);
    assert_eq!(login(&world, agent, queue), None);
}

#[test]
fn cc_5_a_supervisor_logs_somebody_in_for_twelve_hours() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let (supervisor, person) = (supervisor_of(&mut world, queue), licensed(&mut world));
    world.run(supervisor, log_in_other(person, queue));
    assert_eq!(login(&world, person, queue), Some(LoginBasis::Supervisor));
    world.wait_hours(11);
    assert!(world.may(person, SERVE, queue));
    world.wait_hours(1);
    assert!(!world.may(person, SERVE, queue));
}

#[test]
fn cc_5_the_limit_can_be_set_up_to_a_day() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let (supervisor, person) = (supervisor_of(&mut world, queue), licensed(&mut world));
    for hours in [0, 25] {
        let command = Command::LogInOther {
            person,
            queue,
            hours: Some(hours),
        };
        assert_eq!(world.code(supervisor, command), "hours_out_of_range");
    }
    world.run(
        supervisor,
        Command::LogInOther {
            person,
            queue,
            hours: Some(1),
        },
    );
    world.wait_hours(1);
    assert_eq!(login(&world, person, queue), None);
}

#[test]
fn cc_5_it_creates_no_assignment_and_no_role() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let (supervisor, person) = (supervisor_of(&mut world, queue), licensed(&mut world));
    world.run(supervisor, log_in_other(person, queue));
    assert!(!world.has_now(person, Tie::QueueAgent(queue)));
    for permission in [
        Permission::ContactCentreDashboardOpen,
        Permission::ContactCentreCallDirect,
    ] {
        assert!(!world.may(person, permission, Target::Account));
    }
    assert!(!world.may(person, Permission::ContactCentreQueueLogIn, queue));
    world.run(person, Command::LogOut { person, queue });
    assert_eq!(login(&world, person, queue), None);
}

#[test]
fn cc_5_it_is_refused_for_oneself_while_the_switch_is_off() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let supervisor = supervisor_of(&mut world, queue);
    let refusal = world.refused(supervisor, log_in_other(supervisor, queue));
    assert_eq!((refusal.rule, refusal.code), ("CC-5", "not_to_oneself"));
    set(&mut world, UNASSIGNED, true);
    world.run(supervisor, log_in_other(supervisor, queue));
}

#[test]
fn cc_5_only_for_the_queues_that_the_supervisor_can_access() {
    let mut world = World::new();
    let (own, other) = (call_queue(&mut world), call_queue(&mut world));
    let (supervisor, person) = (supervisor_of(&mut world, own), licensed(&mut world));
    let agent = agent_of(&mut world, own);
    assert_eq!(
        world.code(supervisor, log_in_other(person, other)),
        "permission_missing"
    );
    assert_eq!(
        world.code(agent, log_in_other(person, own)),
        "permission_missing"
    );
    let contact_admin = world.contact_admin();
    world.run(contact_admin, log_in_other(person, other));
}

#[test]
fn cc_5_only_licensed_active_users_and_call_queues() {
    let mut world = World::new();
    let (queue, inbox) = (call_queue(&mut world), world.queue(QueueKind::Inbox));
    let supervisor = supervisor_of(&mut world, queue);
    world.tie(supervisor, Tie::QueueSupervisor(inbox));
    let (unlicensed, person) = (world.member(), licensed(&mut world));
    assert_eq!(
        world.code(supervisor, log_in_other(unlicensed, queue)),
        "not_licensed"
    );
    assert_eq!(
        world.code(supervisor, log_in_other(person, inbox)),
        "not_assigned"
    );
    world.set(Command::Deactivate {
        person,
        facet: Facet::User,
    });
    assert_eq!(
        world.code(supervisor, log_in_other(person, queue)),
        "not_licensed"
    );
}

#[test]
fn cc_5_an_assigned_agent_is_logged_in_as_an_agent() {
    let mut world = World::new();
    let (call, inbox) = (call_queue(&mut world), world.queue(QueueKind::Inbox));
    let supervisor = supervisor_of(&mut world, call);
    world.tie(supervisor, Tie::QueueSupervisor(inbox));
    for queue in [call, inbox] {
        let agent = agent_of(&mut world, queue);
        world.run(supervisor, log_in_other(agent, queue));
        assert_eq!(login(&world, agent, queue), Some(LoginBasis::Assignment));
    }
}

#[test]
fn cc_5_there_is_one_login_to_a_queue() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let (supervisor, person) = (supervisor_of(&mut world, queue), licensed(&mut world));
    world.run(supervisor, log_in_other(person, queue));
    world.tie(person, Tie::QueueAgent(queue));
    world.run(person, Command::LogIn { queue });
    let ties = world.state.ties_at(world.row(person), world.now);
    let logins = ties
        .map(|(tie, _)| tie)
        .filter(|tie| matches!(tie, Tie::Login(..)));
    assert_eq!(
        logins.collect::<Vec<_>>(),
        [Tie::Login(queue, LoginBasis::Assignment)]
    );
}

#[test]
fn cc_4_a_login_that_rests_on_an_assignment_gives_nothing_of_its_own() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let person = agent_of(&mut world, queue);
    world.run(person, Command::LogIn { queue });
    let serve = |world: &World| {
        let view = world.state.view(Subject::Person(person), world.now);
        let decision = view.decide(SERVE, queue.into());
        let ways = decision.paths.iter().map(|path| path.by);
        (decision.allowed, ways.collect::<Vec<_>>())
    };
    assert_eq!(serve(&world), (true, vec![By::QueueAgent(queue)]));
    // Without the step that ends the login too.
    let tie = Tie::QueueAgent(queue);
    world.state.apply(&Event::Untied { person, tie });
    assert_eq!(
        login(&world, person, queue),
        Some(LoginBasis::Assignment),
        "still there"
    );
    assert_eq!(serve(&world), (false, vec![]));
}

#[test]
fn cc_4_logging_oneself_out_needs_no_right() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let (person, colleague) = (agent_of(&mut world, queue), agent_of(&mut world, queue));
    world.run(person, Command::LogIn { queue });
    let log_out = Command::LogOut { person, queue };
    assert_eq!(world.code(colleague, log_out.clone()), "permission_missing");
    world.run(person, log_out);
    assert_eq!(login(&world, person, queue), None);
}

#[test]
fn cc_11_supervisors_and_agents_themselves_pause_and_resume() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let (person, supervisor) = (
        agent_of(&mut world, queue),
        supervisor_of(&mut world, queue),
    );
    let colleague = agent_of(&mut world, queue);
    let set_paused = |paused| Command::SetPaused {
        person,
        queue,
        paused,
    };
    assert_eq!(world.code(person, set_paused(true)), "not_logged_in");
    world.run(person, Command::LogIn { queue });
    assert_eq!(
        world.code(colleague, set_paused(true)),
        "permission_missing"
    );
    world.run(person, set_paused(true));
    world.unchanged(supervisor, set_paused(true));
    assert!(is_paused(&world, person, queue));
    world.run(supervisor, set_paused(false));
    assert!(!is_paused(&world, person, queue));
}

#[test]
fn cc_5_a_pause_ends_with_the_login() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let (supervisor, person) = (supervisor_of(&mut world, queue), licensed(&mut world));
    let pause = Command::SetPaused {
        person,
        queue,
        paused: true,
    };
    world.run(supervisor, log_in_other(person, queue));
    world.run(supervisor, pause.clone());
    world.wait_hours(12);
    assert!(!is_paused(&world, person, queue));
    world.run(supervisor, log_in_other(person, queue));
    assert!(!is_paused(&world, person, queue));
    world.run(supervisor, pause);
    world.run(person, Command::LogOut { person, queue });
    assert!(!is_paused(&world, person, queue));
}
