//! The one decision function. Everything that answers "may this subject do that with this thing" ends in [`View::decide`]:
//! check, explain, searches, matrix, pages, permits, previews.
//!
//! Read [`View::decide`] first: it asks the gates of RULES §7 one after the other. Which paths lead to a permission is said
//! product by product in the files beside this one.

mod administration;
mod asked_of;
mod contact_centre;
mod decision;
mod desk;
mod in_sight;
mod incidents;
mod permit;
mod portal;
mod rank;
mod records;
mod remote_support;
mod sight;
mod status;

pub use self::decision::{
    By, Decision, Gate, GateOutcome, Gates, Over, Path, Paths, Reason, RecordFacts, Subject,
    Target, Through,
};
pub use self::in_sight::InSight;
pub use self::incidents::VisibleIncidents;
pub use self::permit::{Denied, OnAccount, PermissionType, Permit, permissions};
pub use self::portal::Selectable;
pub use self::rank::Above;
pub use self::records::VisibleRecords;
pub use self::sight::{Asking, Overseen, Visible};
pub use self::status::UserStatus;
use crate::catalogue::{Permission, Product, ScopeKind};
use crate::moment::{Moment, Window};
use crate::state::{ConnectionRights, Facet, Life, Person, State, Tie};

/// A subject at a moment, on one version of the state.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    state: &'a State,
    subject: Subject,
    now: Moment,
    /// AD-27: who looks on as the subject.
    viewer: Option<Subject>,
    /// The one facet that whoever is signed in has here; none: both.
    facet: Option<Facet>,
}

impl State {
    /// Looks at the state as a subject, at a moment.
    pub fn view(&self, subject: Subject, now: Moment) -> View<'_> {
        View {
            state: self,
            subject,
            now,
            viewer: None,
            facet: None,
        }
    }
}

impl<'a> View<'a> {
    /// RULES §1: the same, for somebody whose way in opens one facet alone: as somebody who lacks the other. Where somebody views as the
    /// subject, it is the viewer's.
    #[must_use]
    pub fn only(self, facet: Option<Facet>) -> Self {
        Self { facet, ..self }
    }

    /// Whether the subject is looked at with this facet, whether or not they have it.
    pub(crate) fn opens(&self, facet: Facet) -> bool {
        self.viewer.is_some() || self.facet.is_none_or(|only| only == facet)
    }

    /// Whether nothing of the subject is left out: their way in opens all that they have.
    pub(crate) fn is_whole(&self) -> bool {
        let has_both = |row: &Person| row.is_user() && row.is_customer();
        self.facet.is_none() || !self.person().is_some_and(has_both)
    }

    /// The subject's row, if the subject is a person who is looked at with this facet.
    pub(crate) fn person_as(&self, facet: Facet) -> Option<&'a Person> {
        self.person().filter(|_| self.opens(facet))
    }

    /// AD-27: the same, for a viewer who views as the subject: what both of them may.
    #[must_use]
    pub fn viewed_by(self, viewer: Subject) -> Self {
        Self {
            viewer: Some(viewer),
            ..self
        }
    }

    /// The subject's view and the viewer's, each alone; `None` where nobody looks on.
    fn pair(&self) -> Option<(View<'a>, View<'a>)> {
        let viewer = self.viewer?;
        let alone = View {
            viewer: None,
            facet: None,
            ..*self
        };
        Some((
            alone,
            View {
                subject: viewer,
                facet: self.facet,
                ..alone
            },
        ))
    }

    /// Whether it is so for the subject, and for the viewer where there is one.
    fn both(&self, is_so: impl Fn(&View<'a>) -> bool) -> bool {
        match self.pair() {
            None => is_so(self),
            Some((subject, viewer)) => is_so(&subject) && is_so(&viewer),
        }
    }

    /// The state that is asked.
    pub fn state(&self) -> &'a State {
        self.state
    }

    /// Who is asked about.
    pub fn subject(&self) -> Subject {
        self.subject
    }

    /// For which moment.
    pub fn now(&self) -> Moment {
        self.now
    }

    /// The subject's row, if the subject is a person.
    pub(crate) fn person(&self) -> Option<&'a Person> {
        match self.subject {
            Subject::Person(person) => self.state.people().get(person),
            _ => None,
        }
    }

    /// Decides. Each gate is asked, whether or not one before it failed, so that the answer says everything that is missing.
    pub fn decide(&self, permission: Permission, on: Target) -> Decision {
        if let Some((subject, viewer)) = self.pair() {
            let mut decision = subject.decide(permission, on);
            decision.allowed &= viewer.may(permission, on);
            return decision;
        }
        let mut decision = self.decide_without_rank(permission, on);
        // Changing somebody's settings is a subset of managing them (RULES §2), rank included.
        let manages = matches!(
            permission,
            Permission::AdminUsersManage | Permission::AdminUserSettingsManage
        );
        if let (true, Target::Person(about)) = (manages, on) {
            let rank = if self.outranks(about) {
                Ok(())
            } else {
                Err(Reason::Outranked)
            };
            decision.allowed &= decision.gates.ask(Gate::Rank, rank);
        }
        decision
    }

    /// The decision before rank, which rank itself is worked out from (AD-24).
    pub(crate) fn decide_without_rank(&self, permission: Permission, on: Target) -> Decision {
        let mut gates = Gates::default();
        let person = self.person();
        // AD-17: role, licence and switch gates are open to the only user; existence, account, person and archive gates stay.
        let open = permission.product() != Product::Portal && self.is_only_user();

        gates.ask(Gate::Account, self.account_gate());
        gates.ask(Gate::Person, self.person_gate(permission));
        let resource = gates.ask(Gate::Resource, self.resource_gate(permission, on));
        if let Some(product) = permission.licence() {
            // A job and a program are no seats of anybody's.
            let seatless = matches!(self.subject, Subject::System(_) | Subject::Connection(_));
            let licence = if open || seatless {
                Ok(())
            } else {
                self.licence_gate(person, product)
            };
            gates.ask(Gate::Licence, licence);
        }

        let paths = if resource {
            self.paths(permission, on, open)
        } else {
            Paths::new()
        };
        // RULES §2: a child counts if its parent is held over the same resource, by any path.
        let parent = match permission.parent() {
            Some(parent) if !paths.is_empty() && self.paths(parent, on, open).is_empty() => {
                Err(Reason::ParentNotHeld(parent))
            }
            _ => Ok(()),
        };
        let (held, scope, switch) = if paths.is_empty() {
            self.why_no_path(permission, on)
        } else {
            (Ok(()), Ok(()), Ok(()))
        };
        gates.ask(Gate::Permission, held.and(parent));
        gates.ask(Gate::Scope, scope);
        if permission.product() == Product::ContactCentre {
            gates.ask(Gate::Switch, switch);
        }
        if let Some(company) = self.company_gate(permission, on) {
            gates.ask(Gate::Company, company);
        }

        Decision {
            allowed: gates.all_pass() && !paths.is_empty(),
            version: self.state.version(),
            decided_at: self.now,
            gates,
            paths,
        }
    }

    /// AD-29: what a connection may do in products; everybody else has ties for that.
    fn connection_rights(&self) -> ConnectionRights {
        match self.subject {
            Subject::Connection(connection) => {
                let row = self.state.connections().get(connection);
                row.map(|row| row.rights).unwrap_or_default()
            }
            _ => ConnectionRights::default(),
        }
    }

    /// Whether [`View::decide`] says yes.
    pub fn may(&self, permission: Permission, on: impl Into<Target>) -> bool {
        self.decide(permission, on.into()).allowed
    }

    /// AD-17.
    fn is_only_user(&self) -> bool {
        matches!((self.subject, self.state.only_user()), (Subject::Person(person), Some(only)) if person == only)
            && self.opens(Facet::User)
    }

    pub(crate) fn account_gate(&self) -> Result<(), Reason> {
        let account = self.state.account();
        if account.open && account.active {
            Ok(())
        } else {
            Err(Reason::AccountNotActive)
        }
    }

    /// The thing exists, is of a kind that the permission is about, and is active. This gate stays for everybody (AD-17).
    fn resource_gate(&self, permission: Permission, on: Target) -> Result<(), Reason> {
        if !on.takes(permission) {
            return Err(Reason::UnknownResource);
        }
        let state = self.state;
        match (permission.scope(), on) {
            (ScopeKind::Account | ScopeKind::People, Target::Account) => {
                self.account_wide_resource(permission)
            }
            (ScopeKind::People, Target::Person(about)) => self.person_resource(permission, about),
            (ScopeKind::People, Target::UserGroup(group)) => {
                life(state.user_groups().get(group).map(|row| row.life))
            }
            (ScopeKind::Service, Target::Service(service)) => {
                let row = state.services().get(service);
                life(row.map(|row| row.life))?;
                self.service_resource(permission, service)
            }
            (ScopeKind::Service, Target::Record(facts)) => {
                life(state.services().get(facts.service).map(|row| row.life))?;
                self.record_resource(permission, facts)
            }
            (ScopeKind::Queue, Target::Account) => Ok(()),
            (ScopeKind::Queue, Target::Queue(queue)) => {
                let row = state.queues().get(queue);
                life(row.map(|row| row.life))?;
                self.queue_resource(permission, queue)
            }
            // CC-16: a direct call cannot be monitored.
            (ScopeKind::Queue, Target::DirectCall) => Err(Reason::NotMonitored),
            (ScopeKind::Device, Target::Device(device)) => {
                let row = state.devices().get(device).ok_or(Reason::UnknownResource)?;
                life(Some(row.life))?;
                life(state.device_groups().get(row.group).map(|row| row.life))
            }
            (ScopeKind::Session, Target::Session { code_is_valid }) => {
                if code_is_valid {
                    Ok(())
                } else {
                    Err(Reason::NoJoinCode)
                }
            }
            _ => Err(Reason::UnknownResource),
        }
    }

    /// SD-7: module access is holding a licence of the product.
    fn licence_gate(&self, person: Option<&Person>, product: Product) -> Result<(), Reason> {
        let held = person.is_some_and(|person| self.holds_licence(person, product));
        if held {
            Ok(())
        } else {
            Err(Reason::NoLicence(product))
        }
    }

    /// Whether the person holds a licence of the product now, one that counts (SD-7).
    pub fn holds_licence(&self, person: &Person, product: Product) -> bool {
        self.state
            .ties_at(person, self.now)
            .any(|(tie, _)| match tie {
                Tie::Licence(licence) => self
                    .state
                    .licences()
                    .get(licence)
                    .is_some_and(|row| row.product == product && row.life.is_active()),
                _ => false,
            })
    }

    /// Every path by which the permission, without regard to its parent, is held over the target.
    pub(crate) fn paths(&self, permission: Permission, on: Target, open: bool) -> Paths {
        let mut paths = Paths::new();
        if open {
            paths.push(Path {
                through: Through::Direct,
                by: By::OnlyUser,
                over: Over::Account,
                until: None,
            });
        }
        if let Subject::System(job) = self.subject {
            if job.holds(permission) {
                paths.push(Path {
                    through: Through::Direct,
                    by: By::Job,
                    over: Over::Account,
                    until: None,
                });
            }
            return paths;
        }
        match permission.product() {
            Product::Admin | Product::Billing => {
                self.administration_paths(permission, on, &mut paths)
            }
            Product::RemoteSupport => self.remote_support_paths(permission, on, &mut paths),
            Product::ServiceDesk => self.desk_paths(permission, on, &mut paths),
            Product::Portal => self.portal_paths(permission, on, &mut paths),
            Product::ContactCentre => self.contact_centre_paths(permission, on, &mut paths),
        }
        paths
    }

    /// Nothing leads to the permission over this target: is it held elsewhere, or would a switch open it?
    fn why_no_path(
        &self,
        permission: Permission,
        on: Target,
    ) -> (Result<(), Reason>, Result<(), Reason>, Result<(), Reason>) {
        if let Some(switch) = self.missing_switch(permission, on) {
            return (Ok(()), Ok(()), Err(Reason::SwitchOff(switch)));
        }
        if permission.product() == Product::Portal {
            return self.why_no_portal_path(permission);
        }
        if self.holds_somewhere(permission) {
            (Ok(()), Err(Reason::OutOfScope), Ok(()))
        } else {
            (Err(Reason::NotHeld), Ok(()), Ok(()))
        }
    }
}

/// What the life of a thing says at the gate of the resource.
fn life(life: Option<Life>) -> Result<(), Reason> {
    match life {
        None | Some(Life::Deleted) => Err(Reason::UnknownResource),
        Some(Life::Archived) => Err(Reason::ResourceNotActive),
        Some(Life::Active) => Ok(()),
    }
}

/// The end of a window, as paths show it.
fn until(window: Window) -> Option<Moment> {
    window.end
}
