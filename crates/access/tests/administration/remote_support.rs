//! Account admins (S0, AD-10, AD-11), the billing contact (AD-16), device groups (AD-19).

use access::catalogue::sets;
use access::command::{AccountAdminGrant, Command};
use access::state::{AccountAdminKind, Facet, PeopleScope, Tie};
use access::{Permission, PersonId, RoleId, Subject, Target, Window};

use crate::support::{World, assign, give, limited, only};

const USERS: Permission = Permission::AdminUsersManage;
const DEVICES: Permission = Permission::AdminDeviceGroupsManage;
const SETTINGS: Permission = Permission::RemoteSupportAccountSettingsManage;
const UNATTENDED: Permission = Permission::RemoteSupportUnattendedAccess;

fn set(person: PersonId, admin: Option<AccountAdminGrant>) -> Command {
    Command::SetAccountAdmin { person, admin }
}

#[test]
fn s0_an_account_admin_is_an_agent_for_ever() {
    let mut world = World::new();
    let person = world.member();
    let full = set(person, Some(AccountAdminGrant::Full));
    assert_eq!(
        world.code(world.first, full.clone()),
        "account_admin_is_agent"
    );
    let window = world.for_hours(1);
    world.set(Command::Tie {
        person,
        tie: Tie::Agent,
        window,
    });
    assert_eq!(
        world.code(world.first, full.clone()),
        "account_admin_is_agent"
    );
    world.tie(person, Tie::Agent);
    world.set(full);
    let agent = Command::Untie {
        person,
        tie: Tie::Agent,
    };
    assert_eq!(world.code(world.first, agent), "account_admin_is_agent");
    let timed = Command::Tie {
        person,
        tie: Tie::Agent,
        window,
    };
    assert_eq!(world.code(world.first, timed), "account_admin_is_agent");
    world.set(set(person, None));
    world.untie(person, Tie::Agent);
}

#[test]
fn s0_full_by_super_admin_limited_by_admin_never_to_oneself() {
    let mut world = World::new();
    let (admin, person, holder) = (world.admin(), world.agent(), world.custom(&[USERS]));
    world.tie(admin, Tie::Agent);
    let some = limited(&[USERS], PeopleScope::All);
    assert_eq!(
        world.code(admin, set(person, Some(AccountAdminGrant::Full))),
        "account_admin_by_super_admin"
    );
    assert_eq!(
        world.code(holder, set(person, Some(some.clone()))),
        "limited_account_admin_by_admin"
    );
    assert_eq!(
        world.code(admin, set(admin, Some(some.clone()))),
        "not_to_oneself"
    );
    world.run(admin, set(person, Some(some)));
    assert!(world.may(person, USERS, Target::Account));
    world.set(set(person, Some(AccountAdminGrant::Full)));
    assert_eq!(
        world.code(admin, set(person, None)),
        "account_admin_by_super_admin"
    );
    world.run(person, set(person, None));
    assert!(
        !world.may(person, USERS, Target::Account),
        "everybody may give up what they hold"
    );
}

#[test]
fn ad_10_limited_privileges_reach_the_users_of_the_groups_only() {
    let mut world = World::new();
    let group = world.user_group(None);
    let below = world.user_group(group);
    let person = world.limited_admin(&[USERS], only(group));
    let (inside, outside) = (world.member_of(below), world.member());
    assert!(world.may(person, USERS, inside) && !world.may(person, USERS, outside));
    assert!(
        !world.may(person, Permission::AdminLicencesManage, inside),
        "only the chosen privileges"
    );
    assert_eq!(world.code(person, give(outside, Tie::Agent)), "not_found");
    world.run(person, give(inside, Tie::Agent));
}

#[test]
fn ad_10_with_no_privilege_at_all_one_sees_the_people_of_the_scope() {
    let mut world = World::new();
    let group = world.user_group(None);
    let person = world.limited_admin(&[], only(group));
    let (inside, outside) = (world.member_of(group), world.member());
    let sees = |about| world.may(person, Permission::AdminPeopleView, about);
    assert!(sees(inside) && !sees(outside) && !world.may(person, USERS, inside));
}

#[test]
fn ad_11_limited_privileges_never_reach_the_account() {
    let mut world = World::new();
    let (group, person) = (world.user_group(None), world.agent());
    for permission in [
        SETTINGS,
        Permission::AdminRolesManage,
        Permission::AdminAuditView,
    ] {
        let more = limited(&[permission], PeopleScope::All);
        assert_eq!(
            world.code(world.first, set(person, Some(more))),
            "not_a_privilege"
        );
    }
    let devices = limited(&[DEVICES], only(group));
    assert_eq!(
        world.code(world.first, set(person, Some(devices))),
        "not_scopable"
    );
    let everything: Vec<_> = sets::ACCOUNT_ADMIN_PRIVILEGES.iter().collect();
    world.set(set(person, Some(limited(&everything, PeopleScope::All))));
    assert!(!world.may(person, SETTINGS, Target::Account));
}

#[test]
fn ad_16_one_billing_contact_who_is_an_account_admin() {
    let mut world = World::new();
    let (agent, admin, other) = (world.agent(), world.account_admin(), world.super_admin());
    assert_eq!(
        world.code(world.first, Command::SetBillingContact { person: agent }),
        "not_account_admin"
    );
    let set_admin = Command::SetBillingContact { person: admin };
    assert_eq!(
        world.code(admin, set_admin.clone()),
        "billing_contact_by_super_admin"
    );
    world.run(other, set_admin);
    assert_eq!(world.state.account().billing_contact, Some(admin));
    assert!(world.may(admin, Permission::BillingPlanChange, Target::Account));
    assert!(!world.may(world.first, Permission::BillingPlanChange, Target::Account));
    assert_eq!(world.code(world.first, set(admin, None)), "billing_contact");
}

#[test]
fn ad_16_handing_over_is_one_step_that_the_receiver_accepts() {
    let mut world = World::new();
    let (first, receiver, stranger) = (world.first, world.account_admin(), world.account_admin());
    assert_eq!(
        world.code(stranger, Command::OfferBillingContact { to: stranger }),
        "not_billing_contact"
    );
    assert_eq!(
        world.code(receiver, Command::AcceptBillingContact),
        "no_offer"
    );
    world.run(first, Command::OfferBillingContact { to: receiver });
    assert_eq!(
        world.state.account().billing_contact,
        Some(first),
        "not before it is accepted"
    );
    assert_eq!(
        world.code(stranger, Command::AcceptBillingContact),
        "no_offer"
    );
    world.run(receiver, Command::AcceptBillingContact);
    assert_eq!(world.state.account().billing_contact, Some(receiver));
    assert_eq!(
        world.code(receiver, Command::AcceptBillingContact),
        "no_offer"
    );
}

#[test]
fn ad_16_an_offer_is_withdrawn_and_ends_with_who_made_it() {
    let mut world = World::new();
    let (contact, receiver) = (world.account_admin(), world.account_admin());
    world.set(Command::SetBillingContact { person: contact });
    let offer = Command::OfferBillingContact { to: receiver };
    world.run(contact, offer.clone());
    world.run(contact, Command::OfferBillingContact { to: contact });
    assert_eq!(
        world.code(receiver, Command::AcceptBillingContact),
        "no_offer"
    );
    world.run(contact, offer);
    let facet = Facet::User;
    world.set(Command::Deactivate {
        person: contact,
        facet,
    });
    assert_eq!(
        world.code(receiver, Command::AcceptBillingContact),
        "no_offer"
    );
    assert_eq!(
        world.state.account().billing_contact,
        Some(contact),
        "it works at once, and gives nothing meanwhile"
    );
    assert!(!world.may(contact, Permission::BillingPlanChange, Target::Account));
}

#[test]
fn ad_16_the_billing_contact_is_not_demoted_or_deleted() {
    let mut world = World::new();
    let person = world.account_admin();
    world.set(Command::SetBillingContact { person });
    for command in [set(person, None), Command::ErasePerson { person }] {
        assert_eq!(world.code(world.first, command.clone()), "billing_contact");
        world.refused(person, command);
    }
    // An account role is something else.
    world.set(assign(person, RoleId::ADMIN, PeopleScope::All));
}

#[test]
fn ad_19_unattended_access_needs_the_permission_and_the_tie() {
    let mut world = World::new();
    let group = world.device_group();
    let (device, person) = (world.device(group, None), world.agent());
    assert!(!world.may(person, UNATTENDED, device));
    world.tie(person, Tie::Feature(UNATTENDED));
    assert!(!world.may(person, UNATTENDED, device));
    world.tie(person, Tie::DeviceGroup(group));
    assert!(world.may(person, UNATTENDED, device));
    let other = world.device_group();
    world.set(Command::MoveDevice {
        device,
        group: other,
        company: None,
    });
    assert!(!world.may(person, UNATTENDED, device));
}

#[test]
fn ad_19_ad_25_unattended_access_ends_with_the_first_of_what_it_needs() {
    let needed = |group| {
        [
            Tie::Agent,
            Tie::Feature(UNATTENDED),
            Tie::DeviceGroup(group),
        ]
    };
    for ends in 0..3 {
        let mut world = World::new();
        let (group, person) = (world.device_group(), world.member());
        let device = world.device(group, None);
        for (at, tie) in needed(group).into_iter().enumerate() {
            let window = world.for_hours(if at == ends { 1 } else { 2 });
            world.set(Command::Tie {
                person,
                tie,
                window,
            });
        }
        let view = world.state.view(Subject::Person(person), world.now);
        let decision = view.decide(UNATTENDED, device.into());
        assert!(decision.allowed);
        assert_eq!(decision.paths[0].until, world.for_hours(1).end);
        world.wait_hours(1);
        assert!(!world.may(person, UNATTENDED, device));
    }
}

#[test]
fn ad_19_features_are_for_agents_and_go_with_the_role() {
    let mut world = World::new();
    let (person, feature) = (world.member(), Tie::Feature(UNATTENDED));
    assert_eq!(
        world.code(world.first, give(person, feature)),
        "not_an_agent"
    );
    let other = Tie::Feature(Permission::RemoteSupportSessionHost);
    world.tie(person, Tie::Agent);
    assert_eq!(
        world.code(world.first, give(person, other)),
        "not_a_feature"
    );
    world.tie(person, feature);
    world.untie(person, Tie::Agent);
    assert!(!world.has(person, feature));
}

#[test]
fn ad_19_device_groups_by_who_manages_them_never_to_oneself() {
    let mut world = World::new();
    let (group, holder, agent) = (
        world.device_group(),
        world.custom(&[DEVICES]),
        world.agent(),
    );
    let id = world.id();
    assert_eq!(
        world.code(agent, Command::CreateDeviceGroup { id }),
        "permission_missing"
    );
    world.run(holder, give(agent, Tie::DeviceGroup(group)));
    assert_eq!(
        world.code(holder, give(holder, Tie::DeviceGroup(group))),
        "not_to_oneself"
    );
    assert_eq!(
        world.code(agent, give(agent, Tie::DeviceGroup(group))),
        "not_to_oneself"
    );
    world.run(
        agent,
        Command::Untie {
            person: agent,
            tie: Tie::DeviceGroup(group),
        },
    );
}

#[test]
fn sd_33_devices_of_a_hidden_company_are_not_there() {
    let mut world = World::new();
    let (shown, hidden, group) = (world.company(), world.company(), world.device_group());
    let (device, holder) = (world.device(group, Some(hidden)), world.custom(&[DEVICES]));
    let companies = vec![shown];
    world.set(Command::SetCompanyAccess {
        person: holder,
        listed: Some(access::event::ListedCompanies {
            companies,
            without_company: true,
        }),
    });
    let id = world.id();
    let unknown = world.code(
        holder,
        Command::AddDevice {
            id,
            group,
            company: Some(hidden),
        },
    );
    assert_eq!(unknown, "not_found");
    assert_eq!(
        world.code(
            holder,
            Command::MoveDevice {
                device,
                group,
                company: None
            }
        ),
        "not_found"
    );
    world.run(
        holder,
        Command::AddDevice {
            id,
            group,
            company: Some(shown),
        },
    );
}

#[test]
fn s0_the_kind_changes_in_one_step() {
    let mut world = World::new();
    let (person, group) = (world.account_admin(), world.user_group(None));
    world.set(set(person, Some(limited(&[USERS], only(group)))));
    assert!(!world.has(person, Tie::AccountAdmin(AccountAdminKind::Full)));
    assert!(world.has(person, Tie::AccountAdmin(AccountAdminKind::Limited)));
    assert!(!world.may(person, USERS, Target::Account));
    let own = Command::Tie {
        person,
        tie: Tie::AccountAdmin(AccountAdminKind::Full),
        window: Window::ALWAYS,
    };
    assert_eq!(
        world.code(world.first, own),
        "own_command",
        "no other way round"
    );
}
