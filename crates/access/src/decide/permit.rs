//! Proof of a decision. A function that takes a [`Permit`] cannot be called without one, and only the decision makes them.

use std::marker::PhantomData;

use super::{Decision, Subject, Target, View};
use crate::catalogue::Permission;
use crate::moment::{Moment, Version};

/// A permission as a type, with the kind of thing that it is about.
pub trait PermissionType: Copy {
    /// What a permit of it carries.
    type On: Copy + Into<Target>;
    /// The permission.
    const PERMISSION: Permission;

    /// What decides about it.
    fn decide(view: &View<'_>, on: Self::On) -> Decision {
        view.decide(Self::PERMISSION, on.into())
    }
}

/// The subject may do `P` on exactly this thing, on the version of the state that the view showed. It can be neither copied
/// nor kept beyond that state.
#[derive(Debug)]
pub struct Permit<'s, P: PermissionType> {
    subject: Subject,
    on: P::On,
    version: Version,
    decided_at: Moment,
    state: PhantomData<&'s crate::state::State>,
}

impl<P: PermissionType> Permit<'_, P> {
    /// Who may.
    pub fn subject(&self) -> Subject {
        self.subject
    }

    /// On what.
    pub fn on(&self) -> P::On {
        self.on
    }

    /// Of the state that said so.
    pub fn version(&self) -> Version {
        self.version
    }

    /// For which moment.
    pub fn decided_at(&self) -> Moment {
        self.decided_at
    }
}

/// A decision that was no.
#[derive(Debug, Clone, thiserror::Error)]
#[error("denied")]
pub struct Denied {
    /// With gates and reasons.
    pub decision: Box<Decision>,
}

impl<'s> View<'s> {
    /// Decides, and gives the proof of a yes.
    pub fn permit<P: PermissionType>(&self, _: P, on: P::On) -> Result<Permit<'s, P>, Denied> {
        let decision = P::decide(self, on);
        if !decision.allowed {
            return Err(Denied {
                decision: Box::new(decision),
            });
        }
        Ok(Permit {
            subject: self.subject,
            on,
            version: decision.version,
            decided_at: decision.decided_at,
            state: PhantomData,
        })
    }
}

/// About the account as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnAccount;

impl From<OnAccount> for Target {
    fn from(_: OnAccount) -> Target {
        Target::Account
    }
}

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $permission:ident on $on:ty;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default)]
        pub struct $name;
        impl PermissionType for $name {
            type On = $on;
            const PERMISSION: Permission = Permission::$permission;
        }
    )*};
}

/// The permissions that guard reads as a whole, and record acts, as types. Commands check themselves.
pub mod permissions {
    use super::{OnAccount, PermissionType};
    use crate::catalogue::Permission;
    use crate::decide::{Decision, RecordFacts, View};
    use crate::ids::{PersonId, QueueId, ServiceId};

    permissions! {
        /// Open the admin portal.
        OpenPortal = AdminPortalOpen on OnAccount;
        /// Read the audit log.
        ViewAudit = AdminAuditView on OnAccount;
        /// Ask about everybody's access.
        AskAboutAll = AdminAccessAsk on OnAccount;
        /// Make and change custom roles.
        ManageRoles = AdminRolesManage on OnAccount;
        /// Make and change device groups, their devices and their agents.
        ManageDeviceGroups = AdminDeviceGroupsManage on OnAccount;
        /// Manage users.
        ManageUsers = AdminUsersManage on PersonId;
        /// Tokens, connections and other products' catalogues.
        ManageIntegrations = AdminIntegrationsManage on OnAccount;
        /// The Account section of the portal.
        ViewAccount = AdminAccountView on OnAccount;
        /// Settings, access lists, companies and customers of the desk.
        ConfigureDesk = ServiceDeskAccountConfigure on OnAccount;
        /// The Permissions page.
        EditContactCentrePermissions = ContactCentrePermissionsEdit on OnAccount;
        /// See how a queue is set up.
        ViewQueue = ContactCentreQueueView on QueueId;
        /// Log oneself in to a queue.
        LogInToQueue = ContactCentreQueueLogIn on QueueId;
        /// See who is logged in to a queue.
        MonitorAgents = ContactCentreAgentsMonitor on QueueId;
        /// Log agents in and out, and pause them.
        LogAgents = ContactCentreAgentsLog on QueueId;
        /// Assign users to a queue.
        AssignToQueue = ContactCentreQueueAssign on QueueId;
        /// Set up and create queues.
        ConfigureQueues = ContactCentreQueueConfigure on OnAccount;
        /// See why agents pause.
        ViewPauseReasons = ContactCentrePauseReasonsView on OnAccount;
        /// Change why agents pause.
        EditPauseReasons = ContactCentrePauseReasonsEdit on OnAccount;
        /// See the skills, and who has them.
        ViewSkills = ContactCentreSkillsView on OnAccount;
        /// Change the skills, and who has them.
        EditSkills = ContactCentreSkillsEdit on OnAccount;
        /// Change the audio messages.
        EditPrerecordedMessages = ContactCentrePrerecordedEdit on OnAccount;
        /// Change the texts that everybody can send.
        EditPrewrittenMessages = ContactCentrePrewrittenPublicEdit on OnAccount;
        /// Work at the agent dashboard, where messages are used.
        OpenDashboard = ContactCentreDashboardOpen on OnAccount;
        /// Create records of a service.
        CreateRecord = ServiceDeskRecordCreate on ServiceId;
        /// Read, edit and assign a record.
        ManageRecord = ServiceDeskRecordManage on RecordFacts;
        /// Delete a record.
        DeleteRecord = ServiceDeskRecordDelete on RecordFacts;
        /// Mark a record as common.
        MarkCommon = ServiceDeskRecordMarkCommon on RecordFacts;
        /// Mark a record as interesting.
        MarkInteresting = ServiceDeskRecordMarkInteresting on RecordFacts;
        /// Change many records of a service at once.
        RunMassAction = ServiceDeskMassActionRun on ServiceId;
        /// Set when a record is due.
        OverrideDueDate = ServiceDeskDueDateOverride on RecordFacts;
        /// Log incidents in the portal.
        LogIncident = PortalIncidentLog on ServiceId;
        /// Follow an incident of one's own in the portal, and answer.
        ViewIncident = PortalIncidentView on RecordFacts;
        /// See an incident of one's company in the portal.
        ViewCompanyIncidents = PortalIncidentViewCompany on RecordFacts;
        /// Answer, close and open again an incident of one's company.
        ModifyCompanyIncidents = PortalIncidentModifyCompany on RecordFacts;
    }

    /// Follow an incident of one's own by mail, and answer: what [`ViewIncident`] is in the portal, for whoever is selectable in its service,
    /// with the portal or without (SD-11, SD-37).
    #[derive(Debug, Clone, Copy)]
    pub struct FollowByMail;

    impl PermissionType for FollowByMail {
        type On = RecordFacts;
        const PERMISSION: Permission = Permission::PortalIncidentView;

        fn decide(view: &View<'_>, incident: RecordFacts) -> Decision {
            view.follows_by_mail(incident)
        }
    }
}
