//! What somebody holds, line by line, as parts of an enrolment: to give the same to somebody else, or to hand it over.

use access::{
    Command, Permission, PersonId, PublicId, Refusal, Window,
    catalogue::Product,
    command::{AccountAdminGrant, Enrolment, RoleAssignment},
    decide::By,
    explain::words::{self, Name},
    state::{AccountAdminKind, ExtraGrant, Facet, LimitedAdmin, PeopleScope, Person, Tie},
};
use web::{page::names::plain, resource::Resource, session::Session};

/// Lines at most; what was taken over is no line the next time.
pub(super) const LINES_MAX: usize = 200;

/// A part of what is given.
#[derive(Clone)]
enum Part {
    Role(RoleAssignment),
    Admin(AccountAdminGrant),
    Grant(ExtraGrant),
    Tie(Tie, Window),
}

/// Something that the one holds; where it is to be taken from them, also what the other has already.
pub(super) struct Line {
    /// The name of its field.
    pub key: String,
    /// Under which heading it stands.
    pub of: &'static str,
    /// What it is.
    pub label: String,
    /// On what.
    pub on: Option<Name>,
    /// Until when, or for whom.
    pub note: Note,
    /// Whether the other has it already.
    pub is_had: bool,
    /// Why it cannot be given; `None`: it can.
    pub refused: Option<Refusal>,
    part: Part,
}

/// What else there is to say of a line.
pub(super) enum Note {
    /// Nothing.
    Nothing,
    /// It ends then.
    Until(access::Moment),
    /// It reaches these user groups alone.
    Groups(Vec<Name>),
}

/// What becomes of the one who holds it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// It stays theirs.
    Like,
    /// It is taken from them.
    HandOver,
}

/// From whom to whom.
#[derive(Clone, Copy)]
pub(super) struct Pair {
    pub from: PersonId,
    pub to: PersonId,
    pub way: Way,
}

impl Pair {
    /// The command that does these lines in one step.
    pub fn command<'a>(
        self,
        session: &Session,
        lines: impl IntoIterator<Item = &'a Line>,
    ) -> Command {
        let mut given = nothing(session.id(self.to).0);
        for line in lines {
            line.part.clone().add_to(&mut given);
        }
        if given.account_role.is_some()
            && let Some(row) = session.state().people().get(self.to)
        {
            // AD-9: what they have on top of their role stays.
            let kept = row.extras().extra_grants.iter();
            given.extra_grants.splice(0..0, kept.cloned());
        }
        match self.way {
            Way::Like => Command::Enrol(Box::new(given)),
            Way::HandOver => Command::HandOver {
                from: self.from,
                to: Box::new(given),
            },
        }
    }

    /// What the one holds and the other does not, as far as the reader may know of it; and whether there is more. Of what is handed over
    /// nothing stays behind because the other has it too.
    pub fn lines(self, session: &Session) -> (Vec<Line>, bool) {
        let state = session.state();
        let people = state.people();
        let (Some(from), Some(to)) = (people.get(self.from), people.get(self.to)) else {
            return (Vec::new(), false);
        };
        let mut lines = self.administration(session, from, to);
        let ties: Vec<_> = state.ties_at(to, session.now()).collect();
        // In the order in which one rests on another: licences and roles before what needs them.
        let mut held: Vec<_> = state.ties_at(from, session.now()).collect();
        held.sort_by_key(|(tie, _)| rests(*tie));
        for (tie, window) in held {
            let facet = match tie {
                Tie::Customer(..) => Facet::Customer,
                _ => Facet::User,
            };
            let fits = match facet {
                Facet::User => to.is_user(),
                Facet::Customer => to.is_customer(),
            };
            let is_had = ties.contains(&(tie, window));
            if fits && self.lists(is_had) {
                let line = line_of(session, tie, window);
                lines.extend(line.map(|line| Line { is_had, ..line }));
            }
        }
        lines.retain(|line| line.on.is_none_or(|name| session.view().sees(name)));
        let more = lines.len() > LINES_MAX;
        lines.truncate(LINES_MAX);
        self.judge(session, &mut lines);
        (lines, more)
    }

    fn lists(self, is_had: bool) -> bool {
        !is_had || self.way == Way::HandOver
    }

    fn administration(self, session: &Session, from: &Person, to: &Person) -> Vec<Line> {
        let mut lines = Vec::new();
        if !from.is_user() || !to.is_user() {
            return lines;
        }
        let (had, has) = (from.extras(), to.extras());
        let role = RoleAssignment {
            role: from.account_role,
            scope: had.role_scope.clone(),
        };
        let is_same = (to.account_role, &has.role_scope) == (role.role, &role.scope);
        if !from.account_role.is_member() && self.lists(is_same) {
            lines.push(Line {
                key: "role".to_owned(),
                of: "Administration",
                label: "Account role".to_owned(),
                on: Some(Name::Role(role.role)),
                note: note(&role.scope),
                is_had: is_same,
                refused: None,
                part: Part::Role(role),
            });
        }
        let mut numbers = std::collections::BTreeMap::<Permission, usize>::new();
        for grant in &had.extra_grants {
            let is_had = has.extra_grants.contains(grant);
            if !self.lists(is_had) {
                continue;
            }
            let number = numbers.entry(grant.permission).or_default();
            *number += 1;
            lines.push(Line {
                key: format!("grant.{}.{number}", grant.permission.key()),
                of: "Administration",
                label: grant.permission.label().to_owned(),
                on: None,
                note: note(&grant.scope),
                is_had,
                refused: None,
                part: Part::Grant(grant.clone()),
            });
        }
        let is_had = admin_of(session, from) == admin_of(session, to);
        let admin = admin_of(session, from).filter(|_| self.lists(is_had));
        if let Some(admin) = admin {
            lines.push(Line {
                key: "admin".to_owned(),
                of: Product::RemoteSupport.name(),
                label: match admin {
                    AccountAdminGrant::Full => "Account admin, full".to_owned(),
                    AccountAdminGrant::Limited(_) => "Account admin, limited".to_owned(),
                },
                on: None,
                note: match &admin {
                    AccountAdminGrant::Full => Note::Nothing,
                    AccountAdminGrant::Limited(limited) => note(&limited.scope),
                },
                is_had,
                refused: None,
                part: Part::Admin(admin),
            });
        }
        lines
    }

    /// Each by its own check, alone; what rests on another line, together with that.
    fn judge(self, session: &Session, lines: &mut [Line]) {
        let (first, then): (Vec<_>, Vec<_>) =
            (0..lines.len()).partition(|index| lines[*index].is_rested_on());
        for index in first.into_iter().chain(then) {
            let Err(alone) = session.would(&self.command(session, [&lines[index]])) else {
                continue;
            };
            let with = lines.iter().enumerate().filter(|(at, line)| {
                let is_given = line.refused.is_none() && (line.is_rested_on() || *at < index);
                *at == index || is_given
            });
            let together = self.command(session, with.map(|(_, line)| line));
            if session.would(&together).is_err() {
                lines[index].refused = Some(alone);
            }
        }
    }
}

impl Line {
    /// Licences, and the role Agent: much of the rest is good with them only.
    fn is_rested_on(&self) -> bool {
        matches!(self.part, Part::Tie(Tie::Licence(_) | Tie::Agent, _))
    }
}

impl Part {
    fn add_to(self, given: &mut Enrolment) {
        match self {
            Part::Role(role) => given.account_role = Some(role),
            Part::Admin(admin) => given.account_admin = Some(admin),
            Part::Grant(grant) => given.extra_grants.push(grant),
            Part::Tie(Tie::UserGroup(group), window) if window == Window::ALWAYS => {
                given.user_groups.push(group);
            }
            Part::Tie(Tie::Service(service, level), window) if window == Window::ALWAYS => {
                given.levels.push((service, level));
            }
            Part::Tie(Tie::Customer(service, access), window) if window == Window::ALWAYS => {
                given.accesses.push((service, access));
            }
            Part::Tie(tie, window) => given.ties.push((tie, window)),
        }
    }
}

/// Of somebody who is there; nothing yet.
fn nothing(id: PublicId<PersonId>) -> Enrolment {
    Enrolment {
        id,
        user: false,
        customer: false,
        fields: Vec::new(),
        account_role: None,
        user_groups: Vec::new(),
        levels: Vec::new(),
        accesses: Vec::new(),
        ties: Vec::new(),
        account_admin: None,
        extra_grants: Vec::new(),
        company_access: None,
        employer: None,
        portal_level: None,
        deactivated: Vec::new(),
    }
}

/// What kind of account admin they are, with what of it is limited.
pub(super) fn admin_of(session: &Session, row: &Person) -> Option<AccountAdminGrant> {
    let mut ties = session.state().ties_at(row, session.now());
    ties.find_map(|(tie, _)| match tie {
        Tie::AccountAdmin(AccountAdminKind::Full) => Some(AccountAdminGrant::Full),
        Tie::AccountAdmin(AccountAdminKind::Limited) => {
            let limited: Option<&LimitedAdmin> = row.extras().limited_admin.as_ref();
            limited.cloned().map(AccountAdminGrant::Limited)
        }
        _ => None,
    })
}

fn note(scope: &PeopleScope) -> Note {
    match scope {
        PeopleScope::All => Note::Nothing,
        PeopleScope::UserGroups(groups) => {
            Note::Groups(groups.iter().copied().map(Name::UserGroup).collect())
        }
    }
}

/// What rests on what: a licence before everything, Agent before its features.
fn rests(tie: Tie) -> u8 {
    match tie {
        Tie::Licence(_) => 0,
        Tie::Agent | Tie::ContactAdmin => 1,
        _ => 2,
    }
}

/// As the forms that give it name a tie: its kind, and what it is to.
pub(in crate::pages) fn tie_key(session: &Session, tie: Tie) -> Option<String> {
    line_of(session, tie, Window::ALWAYS).map(|line| line.key)
}

/// The words for a tie, where it can be given by hand.
fn line_of(session: &Session, tie: Tie, window: Window) -> Option<Line> {
    fn id<K: Resource>(session: &Session, thing: K) -> String {
        session.id(thing).0.to_string()
    }
    let desk = Product::ServiceDesk.name();
    let centre = Product::ContactCentre.name();
    let support = Product::RemoteSupport.name();
    let (of, kind, on, label, name) = match tie {
        Tie::Licence(one) => (
            "Licences",
            "licence",
            id(session, one),
            "Licence".to_owned(),
            Some(Name::Licence(one)),
        ),
        Tie::UserGroup(one) => (
            "Administration",
            "user_group",
            id(session, one),
            "Member of the user group".to_owned(),
            Some(Name::UserGroup(one)),
        ),
        Tie::Service(one, level) => (
            desk,
            "service",
            id(session, one),
            match level {
                access::state::ServiceLevel::User => "User of the service".to_owned(),
                access::state::ServiceLevel::Administrator => {
                    "Administrator of the service".to_owned()
                }
            },
            Some(Name::Service(one)),
        ),
        Tie::Customer(one, access) => (
            "As a customer",
            "customer",
            id(session, one),
            match access {
                access::state::CustomerAccess::Portal => "Access (portal)".to_owned(),
                access::state::CustomerAccess::NoPortal => "Access (no portal)".to_owned(),
            },
            Some(Name::Service(one)),
        ),
        Tie::Group(one) => (
            desk,
            "group",
            id(session, one),
            "Member of the group".to_owned(),
            Some(Name::Group(one)),
        ),
        Tie::DeskRight(one) => (
            desk,
            "desk_right",
            web::decision::code(&one),
            plain(&words::by(By::DeskRight(one))),
            None,
        ),
        Tie::QueueAgent(one) => (
            centre,
            "queue_agent",
            id(session, one),
            "Agent of the queue".to_owned(),
            Some(Name::Queue(one)),
        ),
        Tie::QueueSupervisor(one) => (
            centre,
            "queue_supervisor",
            id(session, one),
            "Supervisor of the queue".to_owned(),
            Some(Name::Queue(one)),
        ),
        Tie::ContactAdmin => (
            centre,
            "contact_admin",
            String::new(),
            "Contact admin".to_owned(),
            None,
        ),
        Tie::Agent => (
            support,
            "agent",
            String::new(),
            "Agent of remote support".to_owned(),
            None,
        ),
        Tie::Feature(one) => (
            support,
            "feature",
            one.key().to_owned(),
            one.label().to_owned(),
            None,
        ),
        Tie::DeviceGroup(one) => (
            support,
            "device_group",
            id(session, one),
            "Reaches the device group".to_owned(),
            Some(Name::DeviceGroup(one)),
        ),
        // The account admin is a line of its own; logins and roles of other products are given where they are made.
        Tie::AccountAdmin(_)
        | Tie::Login(..)
        | Tie::Paused(_)
        | Tie::ProductRole(..)
        | Tie::Timed(_) => return None,
    };
    Some(Line {
        key: format!("{kind}.{on}"),
        of,
        label,
        on: name,
        note: window.end.map_or(Note::Nothing, Note::Until),
        is_had: false,
        refused: None,
        part: Part::Tie(tie, window),
    })
}
