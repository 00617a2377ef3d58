//! The tables of RULES §2 and §3, written down again from the rule book: what catches a slip in the catalogue's files.

use access::Permission::{self, *};
use access::{Permission as P, RoleId};

/// The permission that must be held too (RULES §2; CC-10: manage implies view).
pub fn parent_of(permission: Permission) -> Option<Permission> {
    match permission {
        AdminUserSettingsManage => Some(AdminUsersManage),
        AdminRecordingsAccess => Some(AdminHistoryAccess),
        AdminInvoicesPay => Some(AdminInvoicesAccess),
        ServiceDeskConfigurationItemsEdit => Some(ServiceDeskConfigurationItemsRead),
        ServiceDeskTimeEdit => Some(ServiceDeskTimeRead),
        _ => None,
    }
}

/// ◦: can be held over user groups.
pub(super) fn is_scoped(permission: Permission) -> bool {
    matches!(
        permission,
        AdminPeopleView
            | AdminLicencesManage
            | AdminUsersManage
            | AdminUserSettingsManage
            | AdminUserGroupsManage
            | AdminHistoryAccess
            | AdminRecordingsAccess
            | AdminAccessAsk
            | RemoteSupportReportsCreate
    )
}

/// ◇: can be part of a custom role.
pub fn may_be_custom(permission: Permission) -> bool {
    matches!(
        permission,
        AdminLicencesManage
            | AdminUsersManage
            | AdminUserSettingsManage
            | AdminUserGroupsManage
            | AdminDeviceGroupsManage
            | AdminHistoryAccess
            | AdminRecordingsAccess
            | AdminInvoicesAccess
            | AdminInvoicesPay
            | AdminSettingsTemplatesManage
            | AdminAuditView
            | AdminAccessAsk
    )
}

/// Desk permissions whose scope is the account.
pub(super) fn is_account_right(permission: Permission) -> bool {
    matches!(
        permission,
        ServiceDeskAccountConfigure
            | ServiceDeskConfigurationItemsRead
            | ServiceDeskConfigurationItemsEdit
            | ServiceDeskTimeRead
            | ServiceDeskTimeEdit
    )
}

/// •: contact-centre permissions that are about the account, not about one queue.
pub(super) fn is_account_wide(permission: Permission) -> bool {
    matches!(
        permission,
        ContactCentreLicenceAssign
            | ContactCentrePermissionsEdit
            | ContactCentreDashboardOpen
            | ContactCentrePortalOpen
            | ContactCentrePauseReasonsView
            | ContactCentrePauseReasonsEdit
            | ContactCentreSkillsView
            | ContactCentreSkillsEdit
            | ContactCentreCallDirect
            | ContactCentrePrerecordedEdit
            | ContactCentrePrewrittenPublicEdit
            | ContactCentreTagsCreate
    )
}

/// Every permission whose key begins so.
pub fn all_of(product: &str) -> Vec<Permission> {
    P::ALL
        .into_iter()
        .filter(|permission| permission.key().split('.').next() == Some(product))
        .collect()
}

/// RULES §3: what an Admin holds by role.
pub fn admin_keeps(permission: Permission) -> bool {
    all_of("admin").contains(&permission)
        && !matches!(
            permission,
            AdminSuperAdminsManage
                | AdminAdminsManage
                | AdminIntegrationsManage
                | AdminBillingManage
                | AdminReportsView
                | AdminAccountView
                | AdminInvoicesAccess
                | AdminInvoicesPay
                | AdminRecordingsAccess
        )
}

/// What the three system roles give, before any custom role exists.
pub(super) fn system_role(role: RoleId) -> Vec<Permission> {
    let mut all = all_of("admin");
    if role == RoleId::ADMIN {
        all.retain(|permission| admin_keeps(*permission));
    } else if role == RoleId::MEMBER {
        all.clear();
    }
    all
}

/// Account admin, full. Limited ones choose from the same without the account-wide settings.
pub(super) const ACCOUNT_ADMIN: [Permission; 6] = [
    AdminUsersManage,
    AdminUserGroupsManage,
    AdminDeviceGroupsManage,
    AdminLicencesManage,
    RemoteSupportReportsCreate,
    RemoteSupportAccountSettingsManage,
];

pub(super) const BILLING_CONTACT: [Permission; 3] = [
    BillingPlanChange,
    BillingPaymentChange,
    RemoteSupportAccountSettingsManage,
];

pub(super) const SERVICE_USER: [Permission; 2] = [ServiceDeskRecordCreate, ServiceDeskRecordManage];

/// CC-11, and CC-9 which cannot be switched off.
pub(super) const SUPERVISOR: [Permission; 8] = [
    ContactCentreAgentsMonitor,
    ContactCentreAgentsLog,
    ContactCentreCallListen,
    ContactCentreCallWhisper,
    ContactCentreCallBarge,
    ContactCentreQueueView,
    ContactCentreReportsView,
    ContactCentreAnalyticsView,
];

/// What a Contact admin lacks.
pub(super) const NOT_FOR_CONTACT_ADMINS: [Permission; 7] = [
    ContactCentreCallServe,
    ContactCentreCallDirect,
    ContactCentreDashboardOpen,
    ContactCentreQueueLogIn,
    ContactCentreCallListen,
    ContactCentreCallWhisper,
    ContactCentreCallBarge,
];
