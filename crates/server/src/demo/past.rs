//! What changed in the last hundred days, so that there is a "then" to look at: who could change access to Payroll a month ago
//! were others than now (AD-21), and the audit log tells of several hands (AD-20).

use access::catalogue::Switch;
use access::state::{DeskRight, ServiceLevel, Tie};
use access::{Actor, Command, PersonId, RoleId, Window};

use super::desk::Desk;
use super::staff::Staff;
use super::{DemoError, Maker};

pub(super) fn make(maker: &mut Maker<'_>, staff: &Staff, desk: &Desk) -> Result<(), DemoError> {
    let [_, _, cleo, dag, helper] = std::array::from_fn(|at| staff.technicians[at]);
    let configure = Tie::DeskRight(DeskRight::Configure);
    let payroll = desk.services[0];
    let level = |person: PersonId, level: Option<ServiceLevel>| Command::SaveUsersTab {
        service: payroll,
        rows: vec![(person, level)],
    };
    maker.it_is(-96);
    maker.tie(dag, configure)?;
    // A colleague helps out for a month, and Dag sees to that (SD-1).
    maker.it_is(-58);
    maker.run_as(
        Actor::Person(dag),
        level(helper, Some(ServiceLevel::User)).into(),
    )?;
    maker.it_is(-45);
    maker.run(Command::SetSwitch {
        switch: Switch::SupervisorPauseReasonsView,
        on: true,
    })?;
    // Somebody stands in as Admin for two weeks.
    let stand_in = staff.technicians[17];
    maker.it_is(-40);
    role(maker, staff, stand_in, RoleId::ADMIN)?;
    maker.it_is(-28);
    maker.run_as(Actor::Person(dag), level(helper, None).into())?;
    maker.it_is(-26);
    role(maker, staff, stand_in, RoleId::MEMBER)?;
    // Dag hands the configuration of the desk on to Cleo.
    maker.it_is(-18);
    maker.run(Command::Untie {
        person: dag,
        tie: configure,
    })?;
    maker.it_is(-12);
    maker.tie(cleo, configure)?;
    maker.it_is(-5);
    maker.run_as(
        Actor::Person(staff.admin),
        Command::Tie {
            person: helper,
            tie: Tie::UserGroup(staff.user_groups[4]),
            window: Window::ALWAYS,
        }
        .into(),
    )
}

/// The deputy makes somebody an administrator, and takes it back.
fn role(
    maker: &mut Maker<'_>,
    staff: &Staff,
    person: PersonId,
    role: RoleId,
) -> Result<(), DemoError> {
    let command = Command::SetAccountRoles {
        bulk: false,
        people: vec![person],
        assignment: maker.role(role),
        keep: Vec::new(),
    };
    maker.run_as(Actor::Person(staff.deputy), command.into())
}
