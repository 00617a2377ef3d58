//! What wants a fresh proof of who asks (AD-7): one row and more for each command that there is.

use std::collections::BTreeSet;

use access::Command;
use serde_json::{Value, json};

const PER: &str = "per_00000000000000000000000000000001";

fn enrolment(with: Value) -> Value {
    let mut whole = json!({"id": PER, "user": true});
    whole
        .as_object_mut()
        .unwrap()
        .extend(with.as_object().unwrap().clone());
    whole
}

/// Gives administration, makes a token, or changes how somebody signs in or what is asked of them then.
fn keys() -> Vec<Value> {
    let role = |role: u32| json!({"role": role, "scope": "all"});
    let (super_admin, admin, custom) = (role(1), role(2), role(4));
    let grant = json!({"permission": "admin.users.manage", "scope": "all"});
    let window = json!({});
    let set_role = |role: &Value, people: Value, bulk: bool| json!({"set_account_roles": {"people": people, "assignment": role, "keep": [], "bulk": bulk}});
    let tie = |tie: Value| json!({"tie": {"person": 1, "tie": tie, "window": window}});
    let comes_with = [
        json!({"account_role": admin}),
        json!({"account_admin": "full"}),
        json!({"extra_grants": [grant]}),
        json!({"user_groups": [1]}),
        json!({"ties": [["contact_admin", window]]}),
        json!({"ties": [["agent", window], [{"user_group": 1}, window]]}),
        json!({"fields": ["address"]}),
        json!({"fields": ["name", "sign_in"]}),
    ];
    let mut keys = vec![
        json!({"link_provider": {"person": 1, "connection": 1, "accepts": true}}),
        json!({"unlink_provider": {"person": 1, "connection": 1}}),
        set_role(&super_admin, json!([1]), false),
        set_role(&admin, json!([1, 2, 3]), true),
        set_role(&custom, json!([1, 2]), true),
        json!({"add_user": {"id": PER, "user_groups": [], "account_role": admin}}),
        json!({"add_user": {"id": PER, "user_groups": [1], "account_role": null}}),
        json!({"add_user_facet": {"person": 1, "user_groups": [1]}}),
        tie(json!("contact_admin")),
        tie(json!({"desk_right": "configure"})),
        tie(json!({"account_admin": "full"})),
        tie(json!({"user_group": 1})),
        json!({"tie_with_licence": {"person": 1, "tie": "contact_admin", "licence": 1}}),
        json!({"move_user_group": {"group": 1, "parent": 2}}),
        json!({"set_billing_contact": {"person": 1}}),
        json!({"offer_billing_contact": {"to": 1}}),
        json!({"set_account_admin": {"person": 1, "admin": "full"}}),
        json!({"edit_role": {"role": 4, "permissions": []}}),
        json!({"delete_role": {"role": 5, "replacement": 4}}),
        json!({"give_extra_grant": {"to": {"person": 1}, "grant": grant}}),
        json!({"give_extra_grant": {"to": {"user_group": 1}, "grant": grant}}),
        json!({"create_connection": {"id": "con_00000000000000000000000000000001", "role": 2, "kind": "service"}}),
        json!({"create_connection": {"id": "con_00000000000000000000000000000001", "role": 3, "kind": "service", "rights": {"contact_admin": true}}}),
        json!({"set_connection_role": {"connection": 1, "role": 4}}),
        json!({"set_connection_rights": {"connection": 1, "rights": {"configure_desk": true}}}),
        json!({"set_mappings": {"connection": 1, "mappings": [{"provider_group": 1, "to": {"licence": 1}}, {"provider_group": 1, "to": {"account_role": 4}}]}}),
        json!({"reactivate": {"person": 1, "facet": "user"}}),
        json!({"restore": {"node": {"role": 4}}}),
        json!({"restore": {"node": {"user_group": 1}}}),
        json!({"restore": {"node": {"connection": 1}}}),
        json!({"issue_token": {"id": "tok_00000000000000000000000000000001", "owner": {"person": 1}, "expires": 1}}),
        json!({"issue_token": {"id": "tok_00000000000000000000000000000001", "owner": {"connection": 1}, "expires": 1}}),
        json!({"edit_profile": {"person": 1, "fields": ["sign_in"]}}),
        json!({"edit_profile": {"person": 1, "fields": ["name", "address"]}}),
        json!({"set_sign_in": {"person": 1, "possible": true}}),
        json!({"set_sign_in": {"person": 1, "possible": false}}),
        json!({"require_second_factor": {"role": null, "required": false}}),
        json!({"require_second_factor": {"role": 2, "required": true}}),
    ];
    for with in &comes_with {
        keys.push(json!({"enrol": enrolment(with.clone())}));
        keys.push(json!({"hand_over": {"from": 2, "to": enrolment(with.clone())}}));
    }
    keys
}

/// An open browser is enough for these.
fn others() -> Vec<Value> {
    let id = |prefix: &str| json!(format!("{prefix}_00000000000000000000000000000001"));
    let member = json!({"role": 3, "scope": "all"});
    let grant = json!({"permission": "admin.users.manage", "scope": "all"});
    let uuid = "00000000-0000-4000-8000-000000000000";
    let window = json!({});
    vec![
        json!({"set_account_roles": {"people": [1, 2], "assignment": member, "keep": [], "bulk": true}}),
        json!({"add_user": {"id": PER, "user_groups": [], "account_role": null}}),
        json!({"add_user": {"id": PER, "user_groups": [], "account_role": member}}),
        json!({"add_user_facet": {"person": 1, "user_groups": []}}),
        json!({"enrol": enrolment(json!({"account_role": member, "fields": ["name"], "ties": [["agent", window]]}))}),
        json!({"hand_over": {"from": 2, "to": enrolment(json!({"levels": [[1, "administrator"]]}))}}),
        json!({"tie": {"person": 1, "tie": {"service": [1, "administrator"]}, "window": window}}),
        json!({"tie": {"person": 1, "tie": {"licence": 1}, "window": window}}),
        json!({"tie_with_licence": {"person": 1, "tie": {"queue_agent": 1}, "licence": 1}}),
        json!({"move_user_group": {"group": 1, "parent": null}}),
        json!({"set_account_admin": {"person": 1, "admin": null}}),
        json!({"delete_role": {"role": 4, "replacement": 3}}),
        json!({"delete_role": {"role": 4, "replacement": null}}),
        json!({"create_connection": {"id": id("con"), "role": 3, "kind": "service"}}),
        json!({"set_connection_role": {"connection": 1, "role": 3}}),
        json!({"set_connection_rights": {"connection": 1, "rights": {}}}),
        json!({"create_provider_group": {"id": id("pgr"), "connection": 1}}),
        json!({"change_provider_group": {"provider_group": 1, "change": {"part": {"add": [1], "take": []}}}}),
        json!({"set_mappings": {"connection": 1, "mappings": [{"provider_group": 1, "to": {"service": [1, "user"]}}, {"provider_group": 1, "to": {"account_role": 3}}]}}),
        json!({"apply_mappings": {"connection": 1}}),
        json!({"reactivate": {"person": 1, "facet": "customer"}}),
        json!({"restore": {"node": {"company": 1}}}),
        json!({"edit_profile": {"person": 1, "fields": ["name", "phone"]}}),
        json!({"open_account": {"first_user": PER, "licences": [id("lic"), id("lic"), id("lic")], "token": null}}),
        json!({"register": {"id": PER, "domain": "example.org", "denied": false}}),
        json!({"confirm_address": {"person": 1, "domain": "example.org", "denied": false}}),
        json!({"arrive": {"id": PER, "domain": "example.org", "denied": false}}),
        json!({"accept_invitation": {"person": 1}}),
        json!({"invite": {"person": 1, "facet": "user"}}),
        json!({"revoke_invitation": {"person": 1, "facet": "user"}}),
        json!("accept_billing_contact"),
        json!({"deactivate": {"person": 1, "facet": "user"}}),
        json!({"erase_person": {"person": 1}}),
        json!({"take_extra_grant": {"from": {"person": 1}, "grant": grant}}),
        json!({"untie": {"person": 1, "tie": "contact_admin"}}),
        json!({"archive": {"node": {"role": 4}}}),
        json!({"delete": {"node": {"user_group": 1}}}),
        json!({"revoke_token": {"token": 1}}),
        json!({"create_role": {"id": id("rol"), "permissions": []}}),
        json!({"create_user_group": {"id": id("ugr"), "parent": null}}),
        json!({"create_device_group": {"id": id("dgr")}}),
        json!({"add_device": {"id": id("dev"), "group": 1, "company": null}}),
        json!({"create_group": {"id": id("grp")}}),
        json!({"create_company": {"id": id("com")}}),
        json!({"create_queue": {"id": id("que"), "kind": "call"}}),
        json!({"set_account_active": {"active": true}}),
        json!({"add_customer": {"id": PER, "service": null}}),
        json!({"add_customer_facet": {"person": 1, "service": null}}),
        json!({"view_as": {"person": 1}}),
        json!({"move_device": {"device": 1, "group": 1, "company": null}}),
        json!({"buy_licence": {"id": id("lic"), "product": "remote_support", "model": "named", "seats": 1}}),
        json!({"set_licence_seats": {"licence": 1, "seats": 1}}),
        json!({"take_seat": {"licence": 1, "seat": uuid, "person": 1}}),
        json!({"free_seat": {"licence": 1, "seat": uuid}}),
        json!({"create_service": {"id": id("svc"), "first_administrator": 1}}),
        json!({"set_due_date_override": {"service": 1, "policy": "off"}}),
        json!({"set_service_open_to_all": {"service": 1, "open": true}}),
        json!({"note_records": {"service": 1}}),
        json!({"end_mass_action": {"service": 1, "action": "00000000-0000-4000-8000-000000000000", "failed": false}}),
        json!({"save_users_tab": {"service": 1, "rows": [[1, "administrator"]]}}),
        json!({"save_groups_tab": {"service": 1, "rows": [[1, true]]}}),
        json!({"save_customers_tab": {"service": 1, "rows": [[1, "portal"]]}}),
        json!({"save_companies_tab": {"service": 1, "rows": [[1, true]]}}),
        json!({"replace_tab": {"service": 1, "tab": {"groups": [1]}, "read": null}}),
        json!({"add_domain": {"company": 1, "domain": "example.org"}}),
        json!({"remove_domain": {"company": 1, "domain": "example.org"}}),
        json!({"sort_now": {"people": [[1, "example.org"]]}}),
        json!({"set_company_registration": {"company": 1, "accepts": true}}),
        json!({"set_registration": {"policy": "nobody", "denied": 0, "allowed": 0}}),
        json!({"set_employer": {"person": 1, "company": 1, "move_from_other": true}}),
        json!({"set_portal_level": {"people": [1], "level": "company_admin", "bulk": false}}),
        json!({"set_company_access": {"person": 1, "listed": null}}),
        json!({"save_queue_people": {"queue": 1, "rows": [{"person": 1, "agent": true, "supervisor": true, "licence": 1}]}}),
        json!({"set_switch": {"switch": "organisation.unassigned_login", "on": true}}),
        json!({"save_switches": {"rows": []}}),
        json!({"log_in": {"queue": 1}}),
        json!({"log_in_other": {"person": 1, "queue": 1, "hours": null}}),
        json!({"log_out": {"person": 1, "queue": 1}}),
        json!({"set_paused": {"person": 1, "queue": 1, "paused": true}}),
        json!({"rename": {"node": {"role": 4}}}),
        json!({"end_sign_in_sessions": {"person": 1}}),
        json!({"product": {"give_role": {"thing": 1, "role": "owner"}}}),
    ]
}

fn read(command: &Value) -> Command {
    serde_json::from_value(command.clone()).unwrap_or_else(|error| panic!("{command}: {error}"))
}

fn kind(command: &Value) -> String {
    match command {
        Value::String(kind) => kind.clone(),
        command => command.as_object().unwrap().keys().next().unwrap().clone(),
    }
}

#[test]
fn ad_7_whatever_hands_out_keys_wants_a_proof() {
    for command in keys() {
        assert!(read(&command).wants_proof(), "{command}");
    }
    for command in others() {
        assert!(!read(&command).wants_proof(), "{command}");
    }
}

#[test]
fn every_command_is_in_the_table() {
    let told = serde_json::from_value::<Command>(json!("none")).unwrap_err();
    let told = told.to_string();
    let (_, listed) = told.split_once("expected one of").unwrap();
    let all: BTreeSet<_> = listed
        .split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect();
    assert!(all.len() > 60, "{told}");
    let tried: BTreeSet<_> = keys().iter().chain(&others()).map(kind).collect();
    assert_eq!(all.difference(&tried).next(), None);
}
