//! The catalogue says what RULES.md §2, §3 and §6 say. The lists here are written out once more on purpose: a slip in
//! a catalogue file must not be able to hide in a set that was derived from it.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::HashSet;
use std::fs;

use access::catalogue::chart::{self, Cell};
use access::catalogue::{
    Concerns, Permission, PermissionSet, Product, ScopeKind, Switch, SystemRole, sets,
};

/// The permissions of these keys; `product` is left out in them.
fn keys(product: Product, keys: &str) -> PermissionSet {
    keys.split_whitespace()
        .map(|key| {
            let key = format!("{product}.{key}");
            key.parse::<Permission>()
                .unwrap_or_else(|error| panic!("{key}: {error}"))
        })
        .collect()
}

#[test]
fn every_key_is_unique_and_leads_back() {
    let all: HashSet<&str> = Permission::ALL.iter().map(|p| p.key()).collect();
    assert_eq!(all.len(), Permission::ALL.len());
    for permission in Permission::ALL {
        assert_eq!(Permission::from_key(permission.key()), Some(permission));
    }
    for product in Product::ALL {
        assert_eq!(Product::from_key(product.key()), Some(product));
    }
    for role in SystemRole::ALL {
        assert_eq!(SystemRole::from_key(role.key()), Some(role));
    }
    for switch in Switch::ALL {
        assert_eq!(Switch::from_key(switch.key()), Some(switch));
    }
}

#[test]
fn an_unknown_key_is_nothing() {
    for key in [
        "",
        "admin",
        "admin.users",
        "Admin.users.manage",
        "admin.users.manage ",
        "admin.users.*",
    ] {
        assert_eq!(Permission::from_key(key), None, "{key:?}");
        assert!(key.parse::<Permission>().is_err(), "{key:?}");
    }
}

#[test]
fn every_permission_has_a_name_for_screens_that_no_other_has() {
    let mut labels: Vec<_> = Permission::ALL.map(Permission::label).into();
    for label in &labels {
        assert!(label.starts_with(char::is_lowercase), "{label}");
        assert!((2..=7).contains(&label.split(' ').count()), "{label}");
    }
    labels.sort_unstable();
    labels.dedup();
    assert_eq!(labels.len(), Permission::ALL.len());
}

#[test]
fn every_permission_has_one_sentence() {
    for permission in Permission::ALL {
        let sentence = permission.allows();
        assert!(
            sentence.starts_with(char::is_uppercase),
            "{permission}: {sentence}"
        );
        assert!(sentence.ends_with('.'), "{permission}: {sentence}");
        assert_eq!(
            sentence.matches(". ").count(),
            0,
            "{permission}: {sentence}"
        );
    }
}

#[test]
fn every_permission_stands_in_the_product_of_its_key() {
    let mut seen = PermissionSet::EMPTY;
    for product in Product::ALL {
        for permission in product.permissions() {
            assert_eq!(permission.product(), product);
            assert_eq!(permission.key().split('.').next(), Some(product.key()));
            seen |= permission.set();
        }
    }
    assert_eq!(seen, PermissionSet::ALL);
    let counts = Product::ALL.map(|product| product.permissions().len());
    assert_eq!(counts, [21, 6, 2, 15, 6, 25]);
}

#[test]
fn a_parent_stands_in_the_same_product_and_scope() {
    let mut children = Vec::new();
    for child in Permission::ALL {
        if let Some(parent) = child.parent() {
            assert_eq!(parent.product(), child.product(), "{child}");
            assert_eq!(parent.scope(), child.scope(), "{child}");
            assert_eq!(parent.parent(), None, "{child}: one level is enough");
            children.push(child.key());
        }
    }
    assert_eq!(
        children,
        [
            "admin.user_settings.manage",
            "admin.recordings.access",
            "admin.invoices.pay",
            "service_desk.configuration_items.edit",
            "service_desk.time.edit",
            "contact_centre.queue.edit",
            "contact_centre.pause_reasons.edit",
            "contact_centre.skills.edit",
        ]
    );
}

#[test]
fn i_4_what_a_role_or_a_switch_gives_holds_its_parents() {
    for role in SystemRole::ALL {
        let given = role.permissions();
        assert_eq!(given.with_parents(), given, "{role}");
        let most = given | role.choices();
        assert_eq!(most.with_parents(), most, "{role}");
    }
    for switch in Switch::ALL {
        assert_eq!(switch.opens().with_parents(), switch.opens(), "{switch}");
    }
}

#[test]
fn ad_2_custom_roles_choose_among_the_marked_permissions() {
    let marked = keys(
        Product::Admin,
        "licences.manage users.manage user_settings.manage user_groups.manage device_groups.manage history.access \
         recordings.access invoices.access invoices.pay settings_templates.manage audit.view access.ask",
    );
    assert_eq!(sets::CUSTOM, marked);
    for permission in Permission::ALL {
        assert_eq!(
            permission.is_custom(),
            marked.contains(permission),
            "{permission}"
        );
    }
}

#[test]
fn ad_9_extra_grants_are_the_custom_permissions_and_two_more() {
    let extra = sets::CUSTOM | keys(Product::Admin, "reports.view account.view");
    assert_eq!(sets::EXTRA_GRANTABLE, extra);
    for permission in Permission::ALL {
        assert_eq!(
            permission.is_extra_grantable(),
            extra.contains(permission),
            "{permission}"
        );
    }
}

#[test]
fn ad_9_extra_grants_for_admins_are_five_that_they_lack() {
    let five = keys(
        Product::Admin,
        "reports.view account.view invoices.access invoices.pay recordings.access",
    );
    assert_eq!(sets::ADMIN_EXTRA_FOR_ADMINS, five);
    assert_eq!(SystemRole::Admin.choices(), five);
    assert!((five & sets::ADMIN).is_empty());
    assert!(five.is_subset_of(sets::EXTRA_GRANTABLE));
}

#[test]
fn ad_10_these_can_be_scoped_to_user_groups() {
    let scoped = keys(
        Product::Admin,
        "people.view licences.manage users.manage user_settings.manage user_groups.manage history.access \
         recordings.access access.ask",
    ) | keys(Product::RemoteSupport, "reports.create");
    assert_eq!(sets::PEOPLE_SCOPED, scoped);
    for permission in Permission::ALL {
        assert_eq!(
            permission.is_people_scoped(),
            scoped.contains(permission),
            "{permission}"
        );
    }
}

#[test]
fn s1_super_admin_holds_every_admin_permission_and_no_other() {
    assert_eq!(sets::SUPER_ADMIN, Product::Admin.permissions());
}

#[test]
fn s1_admin_holds_all_but_nine() {
    let held = keys(
        Product::Admin,
        "portal.open people.view licences.manage users.manage user_settings.manage user_groups.manage \
         device_groups.manage history.access settings_templates.manage audit.view access.ask roles.manage",
    );
    assert_eq!(sets::ADMIN, held);
    assert_eq!((sets::SUPER_ADMIN - sets::ADMIN).len(), 9);
}

#[test]
fn s1_member_holds_nothing() {
    assert_eq!(sets::MEMBER, PermissionSet::EMPTY);
    assert_eq!(SystemRole::Member.choices(), PermissionSet::EMPTY);
}

#[test]
fn s0_agent_hosts_and_is_given_features_one_by_one() {
    let agent = keys(Product::RemoteSupport, "session.host settings.personal");
    assert_eq!(sets::AGENT, agent);
    assert_eq!(
        sets::AGENT_FEATURES,
        keys(Product::RemoteSupport, "unattended.access")
    );
}

#[test]
fn s0_account_admin_is_an_agent_with_five_privileges_and_the_settings() {
    let five = keys(
        Product::Admin,
        "users.manage user_groups.manage device_groups.manage licences.manage",
    ) | keys(Product::RemoteSupport, "reports.create");
    assert_eq!(sets::ACCOUNT_ADMIN_PRIVILEGES, five);
    assert_eq!(
        sets::ACCOUNT_ADMIN_FULL,
        five | keys(Product::RemoteSupport, "account_settings.manage")
    );
    assert_eq!(SystemRole::AccountAdminFull.requires(), [SystemRole::Agent]);
    assert_eq!(
        SystemRole::AccountAdminLimited.requires(),
        [SystemRole::Agent]
    );
}

#[test]
fn ad_11_limited_privileges_never_reach_the_account_itself() {
    let limited = SystemRole::AccountAdminLimited;
    assert_eq!(limited.permissions(), PermissionSet::EMPTY);
    assert_eq!(limited.choices(), sets::ACCOUNT_ADMIN_PRIVILEGES);
    for never in [
        Permission::RemoteSupportAccountSettingsManage,
        Permission::AdminRolesManage,
    ] {
        assert!(!limited.choices().contains(never), "{never}");
    }
}

#[test]
fn ad_16_billing_contact_is_an_account_admin_of_either_kind() {
    let held = keys(Product::Billing, "plan.change payment.change")
        | keys(Product::RemoteSupport, "account_settings.manage");
    assert_eq!(sets::BILLING_CONTACT, held);
    assert_eq!(
        SystemRole::BillingContact.requires(),
        [
            SystemRole::AccountAdminFull,
            SystemRole::AccountAdminLimited
        ]
    );
}

#[test]
fn ad_18_everybody_joins_sessions_and_nothing_else() {
    assert_eq!(
        sets::EVERYBODY,
        keys(Product::RemoteSupport, "session.join")
    );
    assert_eq!(
        Permission::RemoteSupportSessionJoin.scope(),
        ScopeKind::Session
    );
}

#[test]
fn sd_3_user_access_creates_and_manages_records() {
    assert_eq!(
        sets::SERVICE_USER,
        keys(Product::ServiceDesk, "record.create record.manage")
    );
}

#[test]
fn sd_4_administrator_access_holds_every_permission_on_a_service() {
    let on_a_service = keys(
        Product::ServiceDesk,
        "record.create record.manage due_date.override record.mark_common record.mark_interesting record.delete \
         mass_action.run mass_action.schedule article.publish message.publish",
    );
    assert_eq!(sets::SERVICE_ADMINISTRATOR, on_a_service);
    for permission in Product::ServiceDesk.permissions() {
        let scope = if on_a_service.contains(permission) {
            ScopeKind::Service
        } else {
            ScopeKind::Account
        };
        assert_eq!(permission.scope(), scope, "{permission}");
    }
}

#[test]
fn sd_7_module_access_gates_exactly_these() {
    for permission in Permission::ALL {
        let needed = match permission.product() {
            Product::ServiceDesk => Some(Product::ServiceDesk),
            Product::ContactCentre => Some(Product::ContactCentre),
            _ if keys(Product::RemoteSupport, "session.host unattended.access")
                .contains(permission) =>
            {
                Some(Product::RemoteSupport)
            }
            _ => None,
        };
        assert_eq!(permission.licence(), needed, "{permission}");
    }
}

#[test]
fn sd_14_standard_logs_follows_and_reads() {
    let standard = keys(
        Product::Portal,
        "incident.log incident.view message.view article.view",
    );
    assert_eq!(sets::PORTAL_STANDARD, standard);
}

#[test]
fn sd_15_company_holds_the_same_on_more_services() {
    assert_eq!(sets::PORTAL_COMPANY, sets::PORTAL_STANDARD);
}

#[test]
fn sd_16_company_admin_sees_and_modifies_what_colleagues_logged() {
    let more = keys(
        Product::Portal,
        "incident.view_company incident.modify_company",
    );
    assert_eq!(sets::PORTAL_COMPANY_ADMIN, sets::PORTAL_COMPANY | more);
}

#[test]
fn s4_contact_admin_configures_everything_and_takes_or_monitors_no_call() {
    let not = keys(
        Product::ContactCentre,
        "call.serve call.direct dashboard.open queue.log_in call.listen call.whisper call.barge",
    );
    assert_eq!(
        sets::CONTACT_ADMIN,
        Product::ContactCentre.permissions() - not
    );
}

#[test]
fn cc_11_supervisors_always_hold_these() {
    let always = keys(
        Product::ContactCentre,
        "agents.monitor agents.log call.listen call.whisper call.barge queue.view reports.view analytics.view",
    );
    assert_eq!(sets::QUEUE_SUPERVISOR, always);
}

#[test]
fn cc_6_agents_hold_the_dashboard_and_their_calls() {
    let agent = keys(
        Product::ContactCentre,
        "call.serve queue.log_in call.direct dashboard.open",
    );
    assert_eq!(sets::QUEUE_AGENT, agent);
    let holders = SystemRole::ALL.into_iter().filter(|role| {
        role.permissions()
            .contains(Permission::ContactCentreDashboardOpen)
    });
    assert_eq!(holders.collect::<Vec<_>>(), [SystemRole::QueueAgent]);
}

#[test]
fn cc_8_and_cc_9_only_two_switches_are_on_by_default() {
    let on: Vec<_> = Switch::ALL
        .into_iter()
        .filter(|switch| switch.default_value())
        .collect();
    assert_eq!(
        on,
        [
            Switch::SupervisorLimitToAssigned,
            Switch::SupervisorQueueView
        ]
    );
}

#[test]
fn cc_9_viewing_queue_settings_cannot_be_removed() {
    let locked: Vec<_> = Switch::ALL
        .into_iter()
        .filter(|switch| switch.is_locked())
        .collect();
    assert_eq!(locked, [Switch::SupervisorQueueView]);
    assert!(
        Switch::SupervisorQueueView
            .opens()
            .is_subset_of(sets::QUEUE_SUPERVISOR)
    );
}

#[test]
fn cc_7_settings_have_nowhere_to_act_without_the_portal() {
    let needing: Vec<_> = Switch::ALL
        .into_iter()
        .filter(|switch| switch.needs().is_some())
        .collect();
    assert_eq!(
        needing,
        [
            Switch::SupervisorQueueEdit,
            Switch::SupervisorPauseReasonsView,
            Switch::SupervisorPauseReasonsEdit,
            Switch::SupervisorSkillsView,
            Switch::SupervisorSkillsEdit,
        ]
    );
    for switch in needing {
        assert_eq!(switch.needs(), Some(Switch::SupervisorConfigurationPortal));
    }
}

#[test]
fn cc_10_manage_implies_view() {
    let opens = |switch: Switch| switch.opens();
    let of = |text| keys(Product::ContactCentre, text);
    assert_eq!(
        opens(Switch::SupervisorQueueEdit),
        of("queue.view queue.edit")
    );
    assert_eq!(
        opens(Switch::SupervisorPauseReasonsEdit),
        of("pause_reasons.view pause_reasons.edit")
    );
    assert_eq!(
        opens(Switch::SupervisorPauseReasonsView),
        of("pause_reasons.view")
    );
    assert_eq!(
        opens(Switch::SupervisorSkillsEdit),
        of("skills.view skills.edit")
    );
    assert_eq!(opens(Switch::SupervisorSkillsView), of("skills.view"));
}

#[test]
fn cc_12_agent_switches_open_one_permission_each() {
    let agent = Switch::ALL
        .into_iter()
        .filter(|switch| switch.concerns() == Concerns::Agent);
    let opened: Vec<PermissionSet> = agent.map(Switch::opens).collect();
    let of = |text| keys(Product::ContactCentre, text);
    assert_eq!(
        opened,
        [
            of("prerecorded.edit"),
            of("prewritten_public.edit"),
            of("tags.create")
        ]
    );
}

#[test]
fn cc_3_the_organisation_switch_opens_the_login() {
    let organisation = Switch::ALL
        .into_iter()
        .filter(|switch| switch.concerns() == Concerns::Organisation);
    assert_eq!(
        organisation.collect::<Vec<_>>(),
        [Switch::OrganisationUnassignedLogin]
    );
    assert_eq!(
        Switch::OrganisationUnassignedLogin.opens(),
        keys(Product::ContactCentre, "queue.log_in")
    );
}

#[test]
fn s0_the_comparison_chart_is_the_checked_one() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/golden/role-comparison-chart.txt"
    );
    let computed = chart::PlainText.to_string();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(path, &computed).unwrap();
    }
    let checked = fs::read_to_string(path).unwrap_or_default();
    assert!(
        checked == computed,
        "{path} says otherwise; if the new chart is right, run with UPDATE_GOLDEN=1:\n{computed}"
    );
}

#[test]
fn s0_only_what_an_account_admin_may_lack_has_the_foot_note() {
    use Cell::{Depends, No, Yes};
    let cells = |feature: &str| {
        let rows = chart::role_comparison();
        rows.iter()
            .find(|row| row.feature == feature)
            .unwrap()
            .cells
    };
    assert_eq!(cells("Account required"), [No, Yes, Yes, Yes]);
    assert_eq!(cells("Join support sessions"), [Yes, Yes, Yes, Yes]);
    assert_eq!(
        cells("Add and manage other agents"),
        [No, No, Depends, Depends]
    );
    assert_eq!(
        cells("Manage account-wide settings"),
        [No, No, Depends, Yes]
    );
    assert_eq!(cells("Change billing information"), [No, No, No, Yes]);
}
