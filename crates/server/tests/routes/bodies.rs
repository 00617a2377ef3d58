//! A sensible body for each route that takes one, with `{kind}` for the id of the world's thing of that kind.

use serde_json::{Value, json};

/// A catalogue of another product.
pub const TODO: &str = include_str!("../../../testkit/catalogues/todo.toml");
/// Another one.
pub const SEARCH: &str = include_str!("../../../testkit/catalogues/search.toml");

/// The body; `None`: nobody thought of this route yet.
pub fn example(route: &str) -> Option<Value> {
    let window = || json!({});
    let named = || json!({"name": "Another"});
    // As a picker sends what was chosen.
    let picked = |field: &str, id: &str| {
        let (text, asked) = (format!("{field}_text"), format!("{field}_asked"));
        json!({field: id, text: "x", asked: "x"})
    };
    // As the form of an entry sends what was changed, with the mark of what was read.
    let read = |mark: &str| json!({"name": "Third", "text": "Words", "mark": mark});
    let grant = || json!({"permission": "admin.audit.view"});
    let question = || json!({"permission": "service_desk.record.delete", "on": "{service}"});
    let evaluation = || {
        json!({
            "subject": {"type": "person", "id": "{person}"},
            "action": {"name": "service_desk.record.delete"},
            "resource": {"type": "service", "id": "{service}"},
        })
    };
    let body = match route {
        "account_roles.set" => json!({"role": "{role}"}),
        "account_roles.set_many" => json!({"people": ["{person}"], "role": "{role}"}),
        "account_roles.set_account_admin" => {
            json!({"access": "limited", "privileges": [], "user_groups": ["{user_group}"]})
        }
        "ask.choose" => json!({"permission": "service_desk.record.delete"}),
        "audit.choose" => json!({"act": "tie"}),
        "support_check.choose" => json!({"subject_text": "Tara"}),
        "who_can.choose" => json!({"on_text": "Payroll"}),
        "authzen.evaluation" => evaluation(),
        "authzen.evaluations" => json!({"evaluations": [evaluation()]}),
        "authzen.search_subject" => {
            let mut search = evaluation();
            search["subject"] = json!({"type": "person"});
            search
        }
        "authzen.search_resource" => {
            let mut search = evaluation();
            search["resource"] = json!({"type": "service"});
            search
        }
        "authzen.search_action" => evaluation(),
        "billing_contact.set" | "billing_contact.offer" => json!({"person": "{person}"}),
        "companies.create" | "device_groups.create" | "groups.create" | "user_groups.create" => {
            named()
        }
        rename if rename.ends_with(".rename") => named(),
        "companies.sort_now" => json!({}),
        "companies.add_domain" => json!({"domain": "acme.example"}),
        "companies.set_registration" => json!({"accepts": true}),
        "connections.create" => json!({"name": "Another", "role": "{role}"}),
        "connections.set_role" => json!({"role": "{role}"}),
        "connections.set_rights" => json!({"contact_admin": true}),
        "provider_groups.create" => named(),
        "provider_groups.change_members" => json!({"add": ["{person}"]}),
        "provisioning.dry_run" => {
            json!({"resources": [{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "new@example.net"}]})
        }
        scim if scim.starts_with("scim.") => super::scim::example(scim)?,
        "first_sync.try" => json!({"file": "[]"}),
        // The connection may give nothing, and nothing is mapped.
        "mappings.set" => json!({"mappings": []}),
        "sign_in_providers.add" | "sign_in_providers.edit" => {
            json!({"issuer": "https://login.example.org/", "client_id": "rolecall", "audience": "staff"})
        }
        "subscriptions.add" => {
            json!({"name": "Another", "connection": "{listener}", "url": "https://receiver.example.org/"})
        }
        "subscriptions.edit" => json!({"name": "Another", "url": "https://receiver.example.org/"}),
        "subscriptions.replay" | "webhook.replay" => json!({"since": "0"}),
        "webhooks.make" => {
            json!({"name": "Another", "form": "webhook", "connection": "{listener}", "url": "https://receiver.example.org/", "all": "yes"})
        }
        "webhook.edit" => {
            json!({"name": "Another", "url": "https://receiver.example.org/", "mark": "{subscription_mark}", "all": "yes"})
        }
        "webhook.pause" | "webhook.resume" | "webhook.rotate" | "webhook.remove" => json!({}),
        "contact_centre.make_contact_admin" | "queues.add_agent" | "queues.add_supervisor" => {
            json!({"licence": "{cc_licence}"})
        }
        "contact_centre.set_permission" => json!({"on": true}),
        "decisions.check" | "decisions.explain" => question(),
        "desk_rights.give"
        | "device_groups.add_agent"
        | "groups.add_member"
        | "licences.assign"
        | "products.give_person_role"
        | "remote_support.make_agent"
        | "remote_support.give_feature"
        | "user_groups.add_member" => window(),
        "devices.create" => json!({"name": "Till 2", "device_group": "{device_group}"}),
        "devices.move" => json!({"device_group": "{device_group}", "company": "{company}"}),
        "find.page" => json!({"q": "z"}),
        "find.hits" => json!({"q": "z", "kinds": "person"}),
        "extra_grants.give"
        | "extra_grants.take"
        | "user_groups.give_extra_grant"
        | "user_groups.take_extra_grant" => grant(),
        "licences.buy" => {
            json!({"name": "Desk", "product": "service_desk", "model": "named", "seats": 3})
        }
        "invitations.accept" | "invitations.take" => {
            json!({"link": "rc_0", "password": "seven green tractors"})
        }
        "own_profile.ask_for_address"
        | "password_resets.ask"
        | "password_resets.send"
        | "sign_in_links.ask"
        | "registering.ask" => {
            json!({"email": "somebody.else@example.net"})
        }
        "registering.confirm" => {
            json!({"link": "00", "name": "Somebody", "password": "seven green tractors"})
        }
        "own_profile.confirm_address" | "sign_in_links.take" => json!({"link": "rc_0"}),
        "own_profile.keep_address" => json!({}),
        "own_mails.set" => json!({"off": ["assigned"]}),
        "own_mails.save" => json!({"assigned": "yes"}),
        "own_profile.rename" => json!({"name": "Somebody"}),
        "password_resets.take" | "password_resets.complete" => {
            json!({"link": "rc_0", "password": "seven green tractors"})
        }
        "licences.resize" => json!({"seats": 9}),
        "matrix.people" => {
            json!({"permissions": ["service_desk.record.delete"], "on": "{service}"})
        }
        "people.add_user" | "people.add_customer" => {
            json!({"name": "New Person", "email": "new@example.net"})
        }
        "people.search" | "service_access.find_users" | "service_access.find_customers" => {
            json!({"q": "z"})
        }
        "people.edit" => json!({"phone": "+49 30 1234"}),
        "people.add_user_facet" | "people.add_customer_facet" => json!({}),
        "people.deactivate" | "people.reactivate" => json!({"facet": "user"}),
        "people.set_employer" => json!({"company": "{company}"}),
        "people.set_company_access" => {
            json!({"listed": {"companies": ["{company}"], "without_company": false}})
        }
        "portal_levels.set" => json!({"level": "standard"}),
        "portal_levels.set_many" => json!({"people": ["{person}"], "level": "standard"}),
        "products.load" => {
            json!({"catalogue": SEARCH})
        }
        "products.replace" => json!({"catalogue": TODO}),
        "products.register" => json!({"side": "subject", "type": "user", "external_id": "rick"}),
        "products.describe" => json!({"properties": {"email": "morty@example.net"}}),
        "queues.create" => json!({"name": "Another", "kind": "inbox"}),
        "queues.log_in" => json!({"hours": 2}),
        "queues.save_people" => {
            json!({"rows": [{"person": "{person}", "agent": true, "supervisor": false, "licence": "{cc_licence}"}]})
        }
        "registration.set" => json!({"policy": "companies", "deny": ["spam.example"]}),
        "role.save" => json!({"admin.audit.view": "on"}),
        "role.set_life" | "user_group.set_life" | "device_group.set_life" | "device.set_life" => {
            json!({"life": if route == "role.set_life" { "archive" } else { "delete" }})
        }
        "role_end.delete" => json!({"replacement_text": ""}),
        "role_new.make" => json!({"name": "Another", "admin.audit.view": "on"}),
        "user_group_new.make" => json!({"name": "Another", "below": "{user_group}"}),
        "device_group_new.make" | "device_group.add_device" => named(),
        "user_group.add_member" | "device_group.add_agent" => picked("person", "{person}"),
        "user_group.remove_member" | "device_group.remove_agent" => json!({"person": "{person}"}),
        "user_group.end_manager" => json!({"person": "{manager}"}),
        "user_group.move" => json!({"parent_text": ""}),
        "user_group.name_manager" => json!({
            "person": "{person}", "person_text": "x", "person_asked": "x",
            "role": "{role}", "role_text": "x", "role_asked": "x",
        }),
        "user_group.give_grant" => json!({"permission": "admin.audit.view", "reach": "all"}),
        "user_group.take_grant" => json!({"grant": "0"}),
        "device.move" => picked("device_group", "{device_group}"),
        "roles.create" => json!({"name": "Another", "permissions": ["admin.audit.view"]}),
        "roles.edit" => json!({"permissions": ["admin.audit.view"]}),
        "searches.subjects" => question(),
        "searches.resources" => {
            json!({"permission": "service_desk.record.delete", "kind": "service"})
        }
        "searches.actions" => json!({"on": "{service}"}),
        "service_access.save_users" | "service_access.replace_users" => {
            json!({"rows": [{"person": "{person}", "level": "user"}]})
        }
        "service_access.save_groups" | "service_access.replace_groups" => {
            json!({"rows": [{"group": "{group}", "full": true}]})
        }
        "service_access.save_customers" | "service_access.replace_customers" => {
            json!({"rows": [{"person": "{person}", "access": "portal"}]})
        }
        "service_access.save_companies" | "service_access.replace_companies" => {
            json!({"rows": [{"company": "{company}", "full": true}]})
        }
        "services.create" => json!({"name": "Another", "first_administrator": "{person}"}),
        "service_targets.set" => {
            json!({
                "time_zone": "Europe/Brussels", "hours": null, "holidays": ["2030-12-25"], "warn_at_percent": 50,
                "targets": [{"priority": 1, "first_response_minutes": 30, "resolution_minutes": 120}],
            })
        }
        "service_mail.set" => json!({"addresses": ["support@example.org"]}),
        // It takes none: saving that changes nothing.
        "service_mail_page.set" => {
            json!({"addresses": "", "mark": "00000000000000000000000000000000", "reviewed": ""})
        }
        // What every service begins with: saving it changes nothing.
        "service_targets_page.set" => {
            json!({
                "zone": "UTC", "when": "week", "day_1": "09:00-17:00", "day_2": "09:00-17:00", "day_3": "09:00-17:00",
                "day_4": "09:00-17:00", "day_5": "09:00-17:00", "day_6": "", "day_7": "", "holidays": "", "warn": "75",
                "response_1": "30 min", "response_2": "1 h", "response_3": "4 h", "response_4": "8 h", "response_5": "24 h",
                "resolution_1": "4 h", "resolution_2": "8 h", "resolution_3": "24 h", "resolution_4": "40 h", "resolution_5": "80 h",
                "mark": "00000000000000000000000000000000",
            })
        }
        "service_presets.set" => json!({
            "categories": [{"name": "Printer"}], "text_modules": [{"name": "Hello", "text": "Dear {customer}"}], "signature": "The desk",
        }),
        // As it is already: saving it changes nothing.
        "service_presets_page.set" => {
            json!({"what": "signature", "text": "", "mark": "00000000000000000000000000000000"})
        }
        "services.set_due_date_override" => json!({"policy": "every_user"}),
        "services.set_open_to_all" => json!({"open": true}),
        "services.set_customer_access" => json!({"access": "portal"}),
        "services.set_level" => json!({"level": "user"}),
        "pause_reasons.add"
        | "pause_reasons.edit"
        | "pause_reasons_page.add"
        | "skills.add"
        | "skills.edit"
        | "skills_page.add"
        | "prerecorded_messages.add"
        | "prerecorded_messages.edit"
        | "prerecorded_messages_page.add"
        | "prewritten_messages.add"
        | "prewritten_messages.edit"
        | "prewritten_messages_page.add" => json!({"name": "Another", "text": "Words"}),
        "pause_reasons_page.edit" => read("{pause_reason_mark}"),
        "skills_page.edit" => read("{skill_mark}"),
        "prerecorded_messages_page.edit" => read("{prerecorded_message_mark}"),
        "prewritten_messages_page.edit" => read("{prewritten_message_mark}"),
        "pause_reasons_page.remove"
        | "skills_page.remove"
        | "prerecorded_messages_page.remove"
        | "prewritten_messages_page.remove" => json!({}),
        "skills_page.find" | "queues_page.find_agents" => {
            json!({"q": "z"})
        }
        "skills_page.set" => json!({"person": "{agent}", "to": "give"}),
        "queues_page.create" => json!({"name": "Another", "kind": "inbox"}),
        "queues_page.keep_roles" => json!({"q": "z", "to": "find"}),
        "queues_page.save_roles" | "queues_page.discard_roles" => {
            json!({"{person}": "agent.none"})
        }
        "queues_page.set_login" => json!({"person": "{person}", "to": "log_in", "hours": "2"}),
        "queues_page.set_life" => json!({"life": "archive"}),
        "contact_centre_permissions_page.save_organization" => json!({
            "was.organisation.unassigned_login": "off",
            "organisation.unassigned_login": "on",
        }),
        "contact_centre_permissions_page.save_supervisor" => json!({
            "was.supervisor.configuration_portal": "off",
            "supervisor.configuration_portal": "on",
        }),
        "contact_centre_permissions_page.save_agent" => {
            json!({"was.agent.tags_create": "off", "agent.tags_create": "on"})
        }
        "own_factor.set_up" => json!({"code": "000000"}),
        "own_factor.new_codes" | "own_factor.remove" | "second_factors.reset_by_page" => json!({}),
        "person_providers.unlink_by_page" => json!({"link": "unknown"}),
        "second_factors.require" | "second_factors.require_of_role" => json!({"required": true}),
        "account.ask_second_factor" | "role.ask_second_factor" => json!({"factor": "ask"}),
        "second_step.prove" => json!({"code": "000000"}),
        "sign_in_again.prove" => json!({"password": "x"}),
        "sign_in_again.leave" | "sign_in_again.go_on" => json!({"next": "/account"}),
        "own_passkeys.ask" | "passkeys.ask" | "passkeys.ask_again" | "second_step.ask_passkey" => {
            json!({})
        }
        "own_passkeys.register"
        | "passkeys.sign_in"
        | "passkeys.prove"
        | "second_step.prove_passkey" => {
            json!({"credential": "{}", "state": "0"})
        }
        "own_passkeys.remove" => json!({"passkey": "00000000-0000-4000-8000-000000000000"}),
        "own_password.change" => {
            json!({"old": "wrong", "new": "seven+green+tractors", "again": "seven+green+tractors"})
        }
        "person.like_choose" | "person.hand_over_choose" => picked("other", "{colleague}"),
        "person.like" => json!({"other": "{colleague}", "take.licence.{licence}": "yes"}),
        "person.hand_over" => {
            json!({"other": "{colleague}", "take.agent.": "yes", "take.admin": "yes"})
        }
        "person.view_as" | "view_as.end" | "person_sessions.end" => json!({}),
        "own_sessions.end" => json!({"session": "0"}),
        "own_sessions.end_others" | "sign_in.end" | "own_providers.claim" => json!({}),
        "sign_in_provider.remove" => json!({}),
        "sign_in_provider.save" => {
            json!({"issuer": "https://login.example.org/", "client_id": "rolecall", "audience": "staff", "mark": "{provider_mark}"})
        }
        "own_providers.unlink" => json!({"provider": "00000000-0000-4000-8000-000000000000"}),
        "provider_sign_in.begin" | "sign_in.way" => json!({"email": "somebody@example.net"}),
        "provider_sign_out.told" => json!({"logout_token": "none"}),
        "set_up.first_user" => {
            json!({"link": "rc_0", "name": "Somebody", "email": "somebody@example.net", "password": "x"})
        }
        "sign_in.begin" => json!({"email": "somebody@example.net", "password": "x"}),
        "set_up.open" => {
            json!({"link": "rc_0", "name": "Somebody", "email": "somebody@example.net"})
        }
        "tokens.issue" | "tokens.issue_for_connection" => {
            json!({"name": "Robot", "expires": "{soon}"})
        }
        "user_groups.move" => json!({"parent": null}),
        keep if keep.starts_with("service_people.keep_") => json!({"to": "filter"}),
        all if all.starts_with("service_people.all_") => json!({"choose": "none"}),
        tab if tab.starts_with("service_people.") => json!({}),
        "services.make" => {
            json!({"name": "Another", "first_administrator_text": "nobody@example.net"})
        }
        "service_settings.set_due_date_override" => json!({"policy": "every_user"}),
        "service_settings.set_open_to_all" => json!({"open": "yes"}),
        "service_settings.set_life" => json!({"life": "archive"}),
        "group.set_life" | "company.set_life" | "licence.set_life" | "connection.set_life" => {
            json!({"life": "archive"})
        }
        "groups.make" | "companies.make" => named(),
        "group.put_in" | "company.employ" | "licence.give" | "billing_contact.appoint" => {
            json!({"person_text": "Tara"})
        }
        "group.take_out" | "company.release" | "licence.take" => json!({"person": "{person}"}),
        "company.add_domain" | "company.take_domain" => json!({"domain": "acme.example"}),
        "companies.sort_all" | "company.sort_now" => json!({}),
        "company.set_accepts" => json!({"accepts": "yes"}),
        "registration.set_policy" => json!({"policy": "companies"}),
        "registration.edit_denylist" => json!({"deny": "spam.example"}),
        "registration.ask_denylist" => json!({"entry": "spam.example"}),
        "licences.buy_some" => {
            json!({"name": "Desk", "product": "service_desk", "model": "named", "seats": "3"})
        }
        "licence.clear_seat" => json!({"seat": "{seat}"}),
        "licence.resize" => json!({"seats": "9"}),
        "billing_contact.offer_it" => json!({"to_text": "Tara"}),
        "billing_contact.withdraw" | "billing_contact.accept_it" | "tokens.end" => json!({}),
        "tokens.make" | "connection.make_token" => json!({"name": "Robot", "days": "30"}),
        "connections.make" => {
            json!({"name": "Another", "kind": "service", "role_text": "Helper"})
        }
        "connection.set_role" => json!({"role_text": "Helper"}),
        "connection.set_rights" => json!({"was": "", "contact_admin": "yes"}),
        "connection_mappings.step" => json!({"mark": "0", "step": "up.0"}),
        "connection_mappings.add" => {
            json!({"group": "{provider_group}", "gives": "role.{role}"})
        }
        "connection_mappings.discard" | "connection_mappings.apply" | "provider_group.delete" => {
            json!({})
        }
        // Of no list that is there.
        "connection_mappings.save" => json!({"mark": "0"}),
        "connection_groups.find" => json!({"q": "Helpers"}),
        "connection_groups.make" => named(),
        "person.change" => json!({"act": "deactivate", "value": "user"}),
        "person.edit_profile" => {
            json!({
                "name": "Another", "email": "new@example.net", "phone": "", "title": "",
                "was.name": "Tara Target", "was.email": "target@example.net", "was.phone": "", "was.title": "",
            })
        }
        "import.bring" => json!({"file": "email\nnew@example.net\n"}),
        "import.try" | "import.start" | "import.stop" | "import.forget" => json!({"import": "0"}),
        "records.open" => json!({"kind": "incident", "service": "{service}", "title": "Too loud"}),
        "records.search" => json!({"text": "fire"}),
        "records_page.find" => json!({"q": "fire", "state": "open"}),
        "records.edit" => json!({"title": "Too quiet"}),
        "records.add_note" => json!({"text": "Called back"}),
        "records.mark_common" | "records.mark_interesting" => json!({"is": true}),
        "records.override_due_date" => json!({"due_at": null}),
        "records_page.open" => {
            json!({
                "service": "{service}", "kind": "incident", "title": "Too loud", "description": "", "priority": "3",
            })
        }
        "records_page.edit" => {
            json!({
                "title": "Too quiet", "description": "", "priority": "3", "status": "1", "reason": "", "mark": "{record_mark}",
            })
        }
        "records_page.note" => json!({"text": "Called back", "to": "internal"}),
        "records_page.insert_text" => json!({"text": "", "to": "internal", "module": "none"}),
        "records_page.mark" => json!({"mark": "common", "to": "yes"}),
        "records_page.due" => json!({"day": "2030-01-01", "time": ""}),
        "records_page.delete" => json!({}),
        "records.set_tags" => json!({"tags": ["printer"]}),
        "records.find_tags" => json!({"q": "p"}),
        "records_page.set_tags" => json!({"tags": "printer", "mark": "{tags_mark}"}),
        "records_page.find_tags" => json!({"tags": "p"}),
        "records.link" => json!({"relation": "blocks", "number": 2}),
        "records_page.link" => json!({"relation": "blocks", "number": "2"}),
        "records_page.unlink" => json!({"relation": "blocks", "number": "2"}),
        "records.attach" => json!({"file": "a"}),
        "portal_incidents.attach" | "portal.attach" => json!({"file": "a"}),
        "records_page.attach" => json!({"file": "a", "to": "internal"}),
        "records_page.detach" => json!({}),
        "mass_actions.look_at" => json!({"change": {"priority": 2}}),
        "mass_actions_page.look_at" => {
            json!({"list": "/service-desk/records?service={service}", "priority": "2"})
        }
        "mass_actions_page.start" | "mass_actions_page.stop" => json!({}),
        "records.move" => json!({"service": "{service}"}),
        "records.merge" => json!({"into": 2}),
        "records_page.move" => {
            json!({"service": "{service}", "mark": "{record_mark}", "customer": "same"})
        }
        "records_page.merge" => json!({"into": "1", "mark": "{record_mark}"}),
        "records_page.follow" => json!({"to": "yes"}),
        "records_page.add_watcher" => picked("person", "{person}"),
        "records_page.remove_watcher" => json!({"person": "{person}"}),
        "card_notes.add_to_customer"
        | "card_notes.add_to_company"
        | "card_notes.edit"
        | "card_notes_page.add_to_customer"
        | "card_notes_page.add_to_company"
        | "card_notes_page.change" => json!({"text": "Calls back"}),
        "queries.save" | "queries.replace" => {
            json!({"name": "Late", "question": "due=late", "words": "fire"})
        }
        "queries_page.save" => json!({"name": "Late", "question": "due=late", "words": "fire"}),
        "queries_page.save_over" => json!({"question": "due=late", "words": "fire"}),
        "queries_page.rename" => json!({"name": "Another"}),
        "queries_page.share" => picked("holder", "{group}"),
        "queries_page.unshare" => json!({"holder": "{group}"}),
        "queries_page.delete" => json!({}),
        "portal_incidents.log" => json!({"service": "{service}", "title": "Too loud"}),
        "portal.log" => json!({"service": "{service}", "title": "Too loud", "description": ""}),
        "portal_incidents.answer" | "portal.answer" => json!({"text": "It still is"}),
        "portal_incidents.close" | "portal.close" => json!({"reason": "solved"}),
        "portal_incidents.reopen" | "portal.reopen" => json!({"text": "It is again"}),
        "portal_settings.save" => json!({"name": "Another", "colour": "#336699"}),
        // As a WebP picture begins.
        "portal_settings.bring_logo" => {
            json!({"file": "RIFF0000WEBPVP8 0000tagsyn\u{10}\0\u{10}\0 logo"})
        }
        "portal_settings.remove_logo" => json!({}),
        "users.find" => json!({"q": "new"}),
        "customers.find" => json!({"q": "new", "level": "company"}),
        "users.set_roles" => json!({"filter": "", "to": "{role}", "{person}": "1"}),
        "customers.set_levels" => json!({"filter": "", "to": "standard", "{person}": "1"}),
        "users.add" => {
            json!({"id": "per_00000000000000000000000000000001", "name": "Page", "email": "page@example.net"})
        }
        "customers.add" => json!({"name": "Page", "email": "customer@example.net"}),
        _ => return None,
    };
    Some(body)
}

/// The mark of an entry of a list, where a replacement has to name the one that was read.
pub fn mark(route: &str) -> Option<&'static str> {
    Some(match route {
        "pause_reasons.edit" => "{pause_reason_mark}",
        "skills.edit" => "{skill_mark}",
        "prerecorded_messages.edit" => "{prerecorded_message_mark}",
        "prewritten_messages.edit" => "{prewritten_message_mark}",
        "records.move" | "records.merge" => "{record_mark}",
        "subscriptions.edit" => "{subscription_mark}",
        "sign_in_providers.edit" => "{provider_mark}",
        _ => return None,
    })
}

/// The question of a page that answers one: it stands in the address.
pub fn query(route: &str) -> Option<&'static str> {
    Some(match route {
        "ask.page" => "subject={person}&permission=service_desk.record.delete&on={service}",
        "who_can.page" | "who_can.export" => "on={service}&people=everybody",
        "mass_actions.look_at" | "mass_actions_page.new" => "service={service}",
        "support_check.page" => "subject={person}",
        "audit.page" | "audit.export" => "concerns={person}",
        "person.like_page" | "person.hand_over_page" => "other={colleague}",
        _ => return None,
    })
}

/// What the owner is answered: 200, save where the world has nothing to do it with.
pub fn owners_status(route: &str) -> u16 {
    match route {
        // The link in the example is nobody's; the group has a device; the person is a user already, without a licence of the contact
        // centre, so logged in nowhere, and an account admin, so an agent; the role is held by the connection.
        // The person has accepted, and has no portal level.
        "set_up.open"
        | "invitations.accept"
        | "password_resets.complete"
        | "invitations.send"
        | "invitations.revoke"
        | "portal_invitations.send"
        | "portal_invitations.revoke"
        | "device_groups.delete"
        | "device_group.set_life"
        // That is the id of nobody's file.
        | "import.try"
        | "import.start"
        | "import.stop"
        | "import.forget"
        // It is none of the grants.
        | "user_group.take_grant"
        | "role_end.delete"
        | "people.add_user_facet"
        | "queues.log_in"
        | "queues.pause"
        | "queues.resume"
        | "queues_page.set_login"
        | "skills.give"
        | "remote_support.unmake_agent"
        // The service has a record. The person works on none.
        | "records.watch"
        | "services.delete"
        // It was started already.
        | "mass_actions.start"
        // The list that is saved is another one by now.
        | "connection_mappings.save"
        // The connection signs people in, and provisions nobody.
        | "provisioning.dry_run"
        // It is set up already.
        | "sign_in_providers.add"
        | "roles.delete" => 409,
        scim if scim.starts_with("scim.") => 403,
        // A provider alone says who is in its groups. Nothing is offered to the owner. What a script asks for comes with the origin of its page.
        "provider_groups.change_members"
        | "billing_contact.accept"
        | "billing_contact.accept_it"
        | "own_passkeys.ask"
        | "own_passkeys.register"
        | "passkeys.ask"
        | "passkeys.ask_again"
        | "passkeys.sign_in"
        | "passkeys.prove"
        | "second_step.ask_passkey"
        | "second_step.prove_passkey" => 403,
        // RULES §1: staff rights never open the portal.
        "portal_incidents.list"
        | "portal_incidents.log"
        | "portal.home"
        | "portal.live"
        | "portal.mine"
        | "portal.company"
        | "portal.new" => 403,
        "portal_incidents.show"
        | "portal_incidents.answers"
        | "portal_incidents.answer"
        | "portal_incidents.close"
        | "portal_incidents.reopen"
        | "portal_incidents.attachments"
        | "portal_incidents.attach"
        | "portal_incidents.attachment"
        | "portal.attach"
        | "portal.attachment"
        | "portal.show"
        | "portal.log"
        | "portal.answer"
        | "portal.close"
        | "portal.reopen"
        // Nobody brought one.
        | "portal_face.logo"
        // That is the id of nobody's note.
        | "card_notes.edit"
        | "card_notes.remove"
        | "card_notes_page.change"
        // SD-36: the owner works for none of them.
        | "card_notes.of_customer"
        | "card_notes.add_to_customer"
        | "card_notes.of_company"
        | "card_notes.add_to_company"
        | "card_notes_page.add_to_customer"
        | "card_notes_page.add_to_company"
        // The server of these tests has no https address.
        | "authzen.metadata"
        | "authzen.metadata_of_account"
        // It is shared with nobody.
        | "queries.unshare_with_user"
        | "queries.unshare_with_group" => 404,
        // No session is running. The account is set up already.
        "licences.free_seat" | "licence.clear_seat" | "set_up.page" | "set_up.first_user" => 404,
        // Nobody may register.
        "registering.page" | "registering.ask" | "registering.confirm_page" | "registering.confirm" => 404,
        // A password or a link that is not the one. The person works on no service. A record is not merged into itself.
        "records_page.add_watcher"
        | "records_page.merge"
        | "mass_actions_page.start"
        | "invitations.take"
        | "own_password.change"
        | "own_profile.confirm_address"
        | "password_resets.take"
        | "sign_in_links.take"
        // No provider speaks for the domain, and nobody began with one.
        | "provider_sign_in.begin"
        | "provider_sign_in.come_back"
        | "sign_in.begin" => 422,
        // The connection signs people in, and provisions nobody.
        "provisioning_log.page"
        | "first_sync.page"
        | "first_sync.try"
        // That is the id of nobody's file.
        | "records.attachment"
        | "records.detach"
        | "records_page.attachment"
        | "records_page.detach"
        | "records.mail"
        | "records_page.mail"
        // A token is no browser in which somebody is signed in.
        | "person.view_as"
        | "own_factor.page"
        | "own_passkeys.page"
        | "own_passkeys.remove"
        | "own_providers.unlink"
        | "own_providers.claim"
        | "own_factor.set_up"
        | "own_factor.new_codes"
        | "own_factor.remove"
        | "sign_in_again.page"
        | "sign_in_again.prove"
        | "sign_in_again.leave"
        | "sign_in_again.go_on"
        | "sign_in_again.proved"
        // No provider knows them.
        | "person_providers.unlink"
        | "person_providers.unlink_by_page"
        // Nothing was changed before.
        | "import.rejects"
        | "users.changed"
        | "customers.changed" => 404,
        // What it says is nobody's token.
        "provider_sign_out.told" => 400,
        // Done, and another page is to be looked at. Nobody is half signed in, or signed out at a provider.
        "provider_sign_out.leave" | "second_step.page" | "second_step.prove" => 303,
        "own_profile.ask_for_address"
        | "own_profile.keep_address"
        | "own_mails.save"
        | "own_profile.rename"
        | "view_as.end"
        | "person_sessions.end"
        | "own_sessions.end"
        | "own_sessions.end_others"
        | "sign_in.end"
        | "role.rename"
        | "user_group.rename"
        | "user_group.move"
        | "user_group.remove_member"
        | "device_group.rename"
        | "device_group.remove_agent"
        | "device_group_new.make"
        | "device.rename"
        | "device.move"
        | "ask.choose"
        | "audit.choose"
        | "support_check.choose"
        | "who_can.choose"
        | "person.like_choose"
        | "person.hand_over_choose"
        | "pause_reasons_page.add"
        | "pause_reasons_page.edit"
        | "pause_reasons_page.remove"
        | "skills_page.add"
        | "skills_page.edit"
        | "skills_page.set"
        | "skills_page.remove"
        | "prerecorded_messages_page.add"
        | "prerecorded_messages_page.edit"
        | "prerecorded_messages_page.remove"
        | "prewritten_messages_page.add"
        | "prewritten_messages_page.edit"
        | "prewritten_messages_page.remove"
        | "queues_page.rename"
        | "queues_page.keep_roles"
        | "queues_page.discard_roles"
        | "contact_centre_permissions_page.save_organization"
        | "contact_centre_permissions_page.save_supervisor"
        | "import.bring"
        // There is none yet.
        | "import.outcome"
        | "users.find"
        | "customers.find"
        | "customers.add" => 303,
        // Nobody's access changes by it, or it is so already: done without a review.
        "groups.make"
        | "group.put_in"
        | "group.take_out"
        | "group.rename"
        | "companies.make"
        | "companies.sort_all"
        | "company.take_domain"
        | "company.sort_now"
        | "company.employ"
        | "company.release"
        | "company.set_accepts"
        | "company.rename"
        | "registration.edit_denylist"
        | "licence.take"
        | "licence.resize"
        | "licence.rename"
        | "billing_contact.withdraw"
        | "connection.set_role"
        | "connection_mappings.step"
        | "connection_mappings.add"
        | "connection_mappings.discard"
        | "connection_mappings.apply"
        | "connection_groups.find"
        | "connection_groups.make"
        | "provider_group.rename"
        | "connection.rename" => 303,
        _ => 200,
    }
}
