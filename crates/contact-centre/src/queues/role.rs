//! What somebody may be in a queue (CC-1), as a page offers it.

use access::{PersonId, command::QueueRow, state::QueueKind};

use super::person::InQueue;

/// The whole of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    None,
    Agent,
    Supervisor,
    Both,
}

impl Role {
    const ALL: [Role; 4] = [Role::None, Role::Agent, Role::Supervisor, Role::Both];

    pub fn of(now: &InQueue) -> Self {
        match (now.agent.is_some(), now.supervisor.is_some()) {
            (false, false) => Role::None,
            (true, false) => Role::Agent,
            (false, true) => Role::Supervisor,
            (true, true) => Role::Both,
        }
    }

    pub fn is_agent(self) -> bool {
        matches!(self, Role::Agent | Role::Both)
    }

    pub fn is_supervisor(self) -> bool {
        matches!(self, Role::Supervisor | Role::Both)
    }

    /// As the command takes it.
    pub fn row(self, person: PersonId) -> QueueRow {
        QueueRow {
            person,
            agent: self.is_agent(),
            supervisor: self.is_supervisor(),
            licence: None,
        }
    }

    /// Whether it takes something and gives nothing.
    pub fn is_within(self, other: Role) -> bool {
        (!self.is_agent() || other.is_agent()) && (!self.is_supervisor() || other.is_supervisor())
    }

    /// In forms.
    pub fn code(self) -> &'static str {
        match self {
            Role::None => "none",
            Role::Agent => "agent",
            Role::Supervisor => "supervisor",
            Role::Both => "both",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }

    /// In running text.
    pub fn words(self) -> &'static str {
        match self {
            Role::None => "No role",
            Role::Agent => "Agent",
            Role::Supervisor => "Supervisor",
            Role::Both => "Agent and supervisor",
        }
    }

    /// In a row of choices.
    pub fn label(self) -> &'static str {
        match self {
            Role::Both => "Both",
            role => role.words(),
        }
    }

    /// The more it opens, the more ink: a class of the stylesheet.
    pub fn weight(self) -> &'static str {
        match self {
            Role::None => "",
            Role::Agent => "some",
            Role::Supervisor | Role::Both => "full",
        }
    }

    /// What somebody with this role can be made: ring groups have agents only (CC-1), whoever is deactivated is given nothing, and
    /// whatever else the rules refuse is not `offered`. What was chosen for them before stands there, so that it can be chosen away.
    pub fn choices(
        self,
        wanted: Role,
        kind: QueueKind,
        is_open: bool,
        offered: impl Fn(Role) -> bool,
    ) -> Vec<Role> {
        let has_supervisors = kind != QueueKind::RingGroup;
        let offered = |role: &Role| {
            *role == self
                || *role == wanted
                || (is_open || role.is_within(self))
                    && (has_supervisors || !role.is_supervisor())
                    && offered(*role)
        };
        Self::ALL.into_iter().filter(offered).collect()
    }
}
