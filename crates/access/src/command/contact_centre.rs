//! The contact centre (CC-1 to CC-14): queues, the switches of the Permissions page, and who is logged in to which queue.
//!
//! A login is a tie that says what it rests on. One that rests on something that ends by itself ends with it.

use super::{Draft, Notice, Refusal, SwitchRow, ToldOf, account, ties};
use crate::catalogue::{Permission, Product, Switch};
use crate::decide::{Subject, Target, UserStatus, View};
use crate::event::Event;
use crate::ids::{PersonId, PublicId, QueueId, RoleId};
use crate::moment::Window;
use crate::state::{Life, LoginBasis, Queue, QueueKind, State, Tie};

/// Hours of a supervisor's temporary login where none are given (CC-5).
pub const LOGIN_HOURS: u8 = 12;
/// And at most.
const MAX_HOURS: u8 = 24;

/// A queue.
pub(super) fn create(
    draft: &mut Draft<'_>,
    id: PublicId<QueueId>,
    kind: QueueKind,
) -> Result<(), Refusal> {
    draft.require(Permission::ContactCentreQueueConfigure, Target::Account)?;
    draft.is_new(id)?;
    draft.emit(Event::QueueCreated {
        uid: id.uuid(),
        kind,
    });
    account::settle_only_user(draft);
    Ok(())
}

/// CC-2: a switch changes a role, never a user. Switching unassigned login off ends no login (CC-4).
pub(super) fn set_switch(draft: &mut Draft<'_>, switch: Switch, on: bool) -> Result<(), Refusal> {
    draft.require(Permission::ContactCentrePermissionsEdit, Target::Account)?;
    turn(draft, switch, on)?;
    tell_without_effect(draft, &[switch]);
    Ok(())
}

fn turn(draft: &mut Draft<'_>, switch: Switch, on: bool) -> Result<(), Refusal> {
    if draft.before.switch(switch) == on {
        return Ok(());
    }
    if switch.is_locked() {
        let detail = "this switch cannot be changed";
        return Err(Refusal::invalid("CC-9", "switch_locked", detail));
    }
    draft.emit(Event::SwitchSet { switch, on });
    if switch == Switch::SupervisorLimitToAssigned && !on {
        tell_super_admins(draft, ToldOf::QueueLimitWidened);
    }
    Ok(())
}

/// CC-7: a switch that changed has nowhere to act without the portal, as the command leaves it.
fn tell_without_effect(draft: &mut Draft<'_>, switches: &[Switch]) {
    let nowhere = |switch: &Switch| {
        draft.before.switch(*switch) != draft.after.switch(*switch)
            && (switch.needs()).is_some_and(|needed| !draft.after.switch(needed))
    };
    if switches.iter().any(nowhere) {
        draft.notice(Notice::NoEffect);
    }
}

/// CC-2: several at once, none of which somebody else changed since it was read. What the others are does not count.
pub(super) fn save_switches(draft: &mut Draft<'_>, rows: &[SwitchRow]) -> Result<(), Refusal> {
    draft.require(Permission::ContactCentrePermissionsEdit, Target::Account)?;
    for row in rows {
        if draft.before.switch(row.switch) != row.was {
            let now = if row.was { "off" } else { "on" };
            let detail = format!(
                "somebody else switched “{}” {now} since this was read",
                row.switch.label()
            );
            return Err(Refusal::conflict("CC-2", "changed_meanwhile", detail));
        }
    }
    rows.iter()
        .try_for_each(|row| turn(draft, row.switch, row.on))?;
    let switches: Vec<_> = rows.iter().map(|row| row.switch).collect();
    tell_without_effect(draft, &switches);
    Ok(())
}

/// CC-3: an agent logs in to a queue of the own, or, while the switch is on, to any call queue.
pub(super) fn log_in(draft: &mut Draft<'_>, queue: QueueId) -> Result<(), Refusal> {
    let row = known(draft, queue)?;
    let person = draft
        .actor_person()
        .ok_or_else(|| Refusal::invalid("CC-3", "not_a_person", "only people log in to queues"))?;
    let view = draft.view();
    let allowed = draft.require(Permission::ContactCentreQueueLogIn, queue);
    if row.kind == QueueKind::Call && row.life.is_active() && licence_of(&view, person).is_some() {
        allowed.map_err(|no| Refusal {
            rule: "CC-3",
            code: "unassigned_login_off",
            detail: "agents log in to the queues they are assigned to; a supervisor can log them in to another for a time".to_owned(),
            ..no
        })?;
    } else {
        allowed?;
    }
    let (basis, window) = match assigned(&view, person, queue) {
        Some(window) => (LoginBasis::Assignment, window),
        None => (LoginBasis::UnassignedLogin, Window::ALWAYS),
    };
    set_login(draft, person, queue, basis, window);
    Ok(())
}

/// CC-5: a supervisor logs an agent in: to a queue of the agent's own as the agent could, to another call queue for a time.
pub(super) fn log_in_other(
    draft: &mut Draft<'_>,
    person: PersonId,
    queue: QueueId,
    hours: Option<u8>,
) -> Result<(), Refusal> {
    let row = known(draft, queue)?;
    draft.require(Permission::ContactCentreAgentsLog, queue)?;
    draft.user(person)?;
    let view = draft.before.view(Subject::Person(person), draft.now);
    if view.user_status(person) != UserStatus::Active || licence_of(&view, person).is_none() {
        let detail = "only active users with a contact-centre licence take calls";
        return Err(Refusal::conflict("CC-5", "not_licensed", detail));
    }
    let hours = hours.unwrap_or(LOGIN_HOURS);
    if !(1..=MAX_HOURS).contains(&hours) {
        let detail = format!("a temporary login lasts between 1 and {MAX_HOURS} hours");
        return Err(Refusal::invalid("CC-5", "hours_out_of_range", detail));
    }
    if let Some(window) = assigned(&view, person, queue) {
        set_login(draft, person, queue, LoginBasis::Assignment, window);
        return Ok(());
    }
    if row.kind != QueueKind::Call {
        let detail = "only assigned agents log in to a queue of this kind";
        return Err(Refusal::conflict("CC-1", "not_assigned", detail));
    }
    let unassigned_login = draft.before.switch(Switch::OrganisationUnassignedLogin);
    if draft.is_oneself(person) && !unassigned_login {
        let detail = "nobody logs themselves in to a queue they are not assigned to";
        return Err(Refusal::forbidden("CC-5", "not_to_oneself", detail));
    }
    let window = Window {
        start: None,
        end: Some(draft.now.plus_seconds(u32::from(hours) * 3_600)),
    };
    set_login(draft, person, queue, LoginBasis::Supervisor, window);
    Ok(())
}

/// Logging oneself out needs no right; somebody else, `agents.log`.
pub(super) fn log_out(
    draft: &mut Draft<'_>,
    person: PersonId,
    queue: QueueId,
) -> Result<(), Refusal> {
    known(draft, queue)?;
    if !draft.is_oneself(person) {
        draft.require(Permission::ContactCentreAgentsLog, queue)?;
        draft.user(person)?;
    }
    ties::end_logins(draft, person, Some(queue));
    Ok(())
}

/// Pauses or resumes whoever is logged in. A pause ends with the login.
pub(super) fn set_paused(
    draft: &mut Draft<'_>,
    person: PersonId,
    queue: QueueId,
    paused: bool,
) -> Result<(), Refusal> {
    known(draft, queue)?;
    if !draft.is_oneself(person) {
        draft.require(Permission::ContactCentreAgentsLog, queue)?;
        draft.user(person)?;
    }
    let login = |tie| matches!(tie, Tie::Login(of, _) if of == queue);
    let Some(window) = now_tied(draft.before, person, draft.now, login) else {
        let detail = "not logged in to this queue";
        return Err(Refusal::conflict("CC-4", "not_logged_in", detail));
    };
    let pause = Tie::Paused(queue);
    let is_paused = now_tied(draft.before, person, draft.now, |tie| tie == pause).is_some();
    if is_paused != paused {
        draft.untie(person, pause);
        if paused {
            draft.tie(person, pause, window);
        }
    }
    Ok(())
}

/// RULES §4 table: some changes are made before the eyes of the Super admins.
pub(super) fn tell_super_admins(draft: &mut Draft<'_>, what: ToldOf) {
    let holders = draft
        .before
        .roles()
        .get(RoleId::SUPER_ADMIN)
        .map(|role| &role.holders);
    let people = holders.into_iter().flat_map(|holders| holders.iter());
    let people: Vec<_> = people.filter(|person| !draft.is_oneself(*person)).collect();
    if !people.is_empty() {
        draft.notice(Notice::Tell { people, what });
    }
}

/// A queue that the actor may know: of the own, one whose settings they see, or a call queue, which every licensed user may be
/// logged in to for a time.
fn known<'a>(draft: &Draft<'a>, queue: QueueId) -> Result<&'a Queue, Refusal> {
    let view = draft.view();
    let row = draft
        .before
        .queues()
        .get(queue)
        .filter(|row| row.life != Life::Deleted);
    row.filter(|row| {
        let oneself = draft.actor_person();
        let licensed = oneself.is_some_and(|person| licence_of(&view, person).is_some());
        view.may(Permission::ContactCentreQueueView, queue)
            || row.kind == QueueKind::Call && licensed
            || oneself.is_some_and(|person| row.people.contains(person))
    })
    .ok_or_else(|| Refusal::not_found("no such queue"))
}

/// Makes this the person's one login to the queue. It ends with what it rests on, the licence included.
fn set_login(
    draft: &mut Draft<'_>,
    person: PersonId,
    queue: QueueId,
    basis: LoginBasis,
    window: Window,
) {
    let view = draft.before.view(Subject::Person(person), draft.now);
    let licence = licence_of(&view, person).unwrap_or(Window::ALWAYS);
    let window = Window {
        start: None,
        end: [window.end, licence.end].into_iter().flatten().min(),
    };
    let login = |tie| matches!(tie, Tie::Login(of, _) if of == queue);
    let tie = Tie::Login(queue, basis);
    let present = now_tied(draft.before, person, draft.now, |held| held == tie);
    if present == Some(window) && now_tied(draft.before, person, draft.now, login) == present {
        return;
    }
    ties::end_logins(draft, person, Some(queue));
    draft.tie(person, tie, window);
}

/// CC-4: after a loss, now or at a moment that is known now, a login and its pause last no longer than the licence and, where they
/// rest on it, the assignment.
pub(super) fn settle_logins(draft: &mut Draft<'_>, person: PersonId) {
    let held = draft.held(person);
    let basis_of = |tie| match tie {
        Tie::Login(queue, basis) => Some((queue, basis)),
        Tie::Paused(queue) => held.iter().find_map(|(tie, ..)| match *tie {
            Tie::Login(of, basis) if of == queue => Some((queue, basis)),
            _ => None,
        }),
        _ => None,
    };
    let view = draft.after.view(Subject::Person(person), draft.now);
    let licence = licence_of(&view, person);
    let mut settled = Vec::new();
    for (tie, window, timed) in &held {
        let Some((queue, basis)) = basis_of(*tie) else {
            continue;
        };
        let rests_on = match basis {
            LoginBasis::Assignment => assigned(&view, person, queue),
            LoginBasis::UnassignedLogin | LoginBasis::Supervisor => Some(Window::ALWAYS),
        };
        let lasts = licence.zip(rests_on).map(|(licence, rests_on)| Window {
            start: None,
            end: [window.end, licence.end, rests_on.end]
                .into_iter()
                .flatten()
                .min(),
        });
        if lasts != Some(*window) {
            settled.push((*tie, *timed, lasts));
        }
    }
    for (tie, timed, lasts) in settled {
        draft.drop_tie(person, tie, timed);
        if let Some(window) = lasts {
            draft.tie(person, tie, window);
        }
    }
}

/// Whether, and until when, the person is an agent of the queue.
fn assigned(view: &View<'_>, person: PersonId, queue: QueueId) -> Option<Window> {
    now_tied(view.state(), person, view.now(), |tie| {
        tie == Tie::QueueAgent(queue)
    })
}

/// Whether, and until when, the person has module access to the contact centre.
fn licence_of(view: &View<'_>, person: PersonId) -> Option<Window> {
    let of_contact_centre = |tie| match tie {
        Tie::Licence(licence) => view
            .state()
            .licences()
            .get(licence)
            .is_some_and(|row| row.product == Product::ContactCentre && row.life.is_active()),
        _ => false,
    };
    // AD-17: the licence gate is open to the only user.
    if view.state().only_user() == Some(person) {
        return Some(Window::ALWAYS);
    }
    now_tied(view.state(), person, view.now(), of_contact_centre)
}

/// The window of the tie that counts now and lasts longest.
fn now_tied(
    state: &State,
    person: PersonId,
    now: crate::Moment,
    which: impl Fn(Tie) -> bool,
) -> Option<Window> {
    let row = state.people().get(person)?;
    state
        .ties_at(row, now)
        .filter(|(tie, _)| which(*tie))
        .map(|(_, window)| window)
        .max_by_key(|window| (window.end.is_none(), window.end))
}
