//! What an act of the log is called on the screen: what somebody did, in the past tense.

use access::{
    Event, PersonId, QueueId, RoleId, ServiceId, event::GrantHolder, explain::words::Name,
    state::Tie,
};

/// Acts by which the log can be asked, as it names them, with their words.
pub(super) const ACTS: [(&str, &str); 124] = [
    ("open_account", "Opened the account"),
    ("set_account_active", "Switched the account on or off"),
    (
        "require_second_factor",
        "Set from whom a second factor is asked",
    ),
    ("add_user", "Added a user"),
    ("add_user_facet", "Made a customer a user too"),
    ("add_customer", "Added a customer"),
    ("add_customer_facet", "Made a user a customer too"),
    ("register", "Registered"),
    ("confirm_address", "Confirmed the address"),
    ("arrive", "Registered, and confirmed the address"),
    ("accept_invitation", "Accepted the invitation"),
    ("invite", "Sent an invitation"),
    ("revoke_invitation", "Revoked an invitation"),
    ("set_sign_in", "Changed how somebody signs in"),
    ("end_sign_in_sessions", "Ended sign-in sessions"),
    ("edit_profile", "Changed a profile"),
    ("enrol", "Gave several things at once"),
    ("hand_over", "Handed over"),
    ("deactivate", "Deactivated"),
    ("reactivate", "Reactivated"),
    ("erase_person", "Erased a person"),
    ("view_as", "Viewed as somebody else"),
    ("link_provider", "Linked to a sign-in provider"),
    ("unlink_provider", "Unlinked from a sign-in provider"),
    ("add_sign_in_provider", "Set up a sign-in provider"),
    ("edit_sign_in_provider", "Changed a sign-in provider"),
    ("remove_sign_in_provider", "Removed a sign-in provider"),
    ("set_account_roles", "Changed account roles"),
    ("create_role", "Created a role"),
    ("edit_role", "Changed what a role permits"),
    ("delete_role", "Deleted a role"),
    ("give_extra_grant", "Gave an extra grant"),
    ("take_extra_grant", "Took an extra grant away"),
    ("set_account_admin", "Changed an account admin"),
    ("set_billing_contact", "Set the billing contact"),
    ("offer_billing_contact", "Offered to be billing contact"),
    ("accept_billing_contact", "Accepted to be billing contact"),
    ("create_user_group", "Created a user group"),
    ("move_user_group", "Moved a user group"),
    ("create_device_group", "Created a device group"),
    ("add_device", "Added a device"),
    ("move_device", "Moved a device"),
    ("tie", "Gave"),
    ("untie", "Took away"),
    ("tie_with_licence", "Gave with a licence"),
    ("buy_licence", "Bought a licence"),
    ("set_licence_seats", "Changed the seats of a licence"),
    ("take_seat", "Took a seat"),
    ("free_seat", "Freed a seat"),
    ("create_service", "Created a service"),
    ("set_due_date_override", "Set who overrides due dates"),
    (
        "set_service_targets",
        "Set when records of a service are due",
    ),
    (
        "set_service_presets",
        "Set what a service gives its records",
    ),
    (
        "set_service_open_to_all",
        "Changed whether a service is open to all",
    ),
    ("set_service_mail", "Set where a service takes mails"),
    ("note_records", "Noted that a service has records"),
    ("open_record", "Opened the first record of a service"),
    ("move_record", "Moved the first record to a service"),
    ("log_incident", "Logged the first record of a service"),
    ("open_by_mail", "Took the first record of a service by mail"),
    ("start_mass_action", "Started a mass action"),
    (
        "work_mass_action",
        "Changed the last record of a mass action",
    ),
    ("stop_mass_action", "Stopped a mass action"),
    ("end_mass_action", "Ended a mass action"),
    ("set_portal_face", "Changed name and colour of the portal"),
    ("set_portal_logo", "Changed the logo of the portal"),
    ("remove_portal_logo", "Took the logo of the portal away"),
    ("save_users_tab", "Saved the Users tab"),
    ("save_groups_tab", "Saved the Groups tab"),
    ("save_customers_tab", "Saved the Customers tab"),
    ("save_companies_tab", "Saved the Companies tab"),
    ("replace_tab", "Replaced a tab"),
    ("create_group", "Created a group"),
    ("create_company", "Created a company"),
    ("add_domain", "Added a domain"),
    ("remove_domain", "Removed a domain"),
    ("sort_now", "Sorted people into companies"),
    (
        "set_company_registration",
        "Changed whether a company accepts registration",
    ),
    ("set_registration", "Set who may register"),
    ("set_employer", "Changed whose employee somebody is"),
    ("set_portal_level", "Changed a portal level"),
    (
        "set_company_access",
        "Changed which companies somebody sees",
    ),
    ("create_queue", "Created a queue"),
    ("save_queue_people", "Saved agents and supervisors"),
    ("set_switch", "Changed a switch"),
    ("save_switches", "Saved the Permissions page"),
    ("log_in", "Logged in to a queue"),
    ("log_in_other", "Logged somebody in to a queue"),
    ("log_out", "Logged out of a queue"),
    ("set_paused", "Changed a pause"),
    ("give_skill", "Gave a skill"),
    ("take_skill", "Took a skill away"),
    ("add_skill", "Added a skill"),
    ("edit_skill", "Changed a skill"),
    ("remove_skill", "Removed a skill"),
    ("add_pause_reason", "Added a pause reason"),
    ("edit_pause_reason", "Changed a pause reason"),
    ("remove_pause_reason", "Removed a pause reason"),
    ("add_prerecorded_message", "Added a pre-recorded message"),
    ("edit_prerecorded_message", "Changed a pre-recorded message"),
    (
        "remove_prerecorded_message",
        "Removed a pre-recorded message",
    ),
    ("add_prewritten_message", "Added a pre-written message"),
    ("edit_prewritten_message", "Changed a pre-written message"),
    ("remove_prewritten_message", "Removed a pre-written message"),
    ("product", "Changed something of another product"),
    ("rename", "Renamed"),
    ("archive", "Archived"),
    ("restore", "Restored"),
    ("delete", "Deleted"),
    ("create_connection", "Created a connection"),
    ("set_connection_role", "Changed the role of a connection"),
    (
        "set_connection_rights",
        "Changed the rights of a connection",
    ),
    ("create_provider_group", "Created a group of a provider"),
    (
        "change_provider_group",
        "Changed who is in a group of a provider",
    ),
    ("set_mappings", "Set what groups of a provider give"),
    ("apply_mappings", "Applied what groups of a provider give"),
    ("add_subscription", "Added a webhook or a collector"),
    ("edit_subscription", "Changed a webhook or a collector"),
    ("rotate_subscription", "Gave a webhook a new secret"),
    (
        "switch_subscription",
        "Paused or let go on a webhook or a collector",
    ),
    (
        "replay_subscription",
        "Had a webhook or a collector told again",
    ),
    ("remove_subscription", "Removed a webhook or a collector"),
    ("issue_token", "Issued a token"),
    ("revoke_token", "Revoked a token"),
];

/// What was done.
pub(super) fn words(act: &str) -> String {
    let known = ACTS.iter().find(|(key, _)| *key == act);
    known.map_or_else(
        || web::page::capital(&act.replace('_', " ")),
        |(_, words)| (*words).to_owned(),
    )
}

/// The service whose tab was saved, or the queue whose people were.
pub(super) fn whose_rows(act: &str, events: &[&Event]) -> Option<Name> {
    match act {
        "save_queue_people" => queue_of(events).map(Name::Queue),
        tab if tab.ends_with("_tab") => service_of(events).map(Name::Service),
        _ => None,
    }
}

fn queue_of(events: &[&Event]) -> Option<QueueId> {
    events.iter().find_map(|event| match event {
        Event::Tied {
            tie: Tie::QueueAgent(queue) | Tie::QueueSupervisor(queue),
            ..
        }
        | Event::Untied {
            tie: Tie::QueueAgent(queue) | Tie::QueueSupervisor(queue),
            ..
        } => Some(*queue),
        _ => None,
    })
}

fn service_of(events: &[&Event]) -> Option<ServiceId> {
    events.iter().find_map(|event| match event {
        Event::Tied {
            tie: Tie::Service(service, _) | Tie::Customer(service, _),
            ..
        }
        | Event::Untied {
            tie: Tie::Service(service, _) | Tie::Customer(service, _),
            ..
        }
        | Event::GroupAccessSet { service, .. }
        | Event::CompanyServiceSet { service, .. } => Some(*service),
        _ => None,
    })
}

/// From whom to whom something was handed over, as far as the events say it: whoever had everything already is given nothing.
pub(super) fn handed_over(events: &[&Event]) -> (Option<PersonId>, Option<PersonId>) {
    let to = events.iter().find_map(|event| given(event));
    let mut taken = events.iter().filter_map(|event| taken(event));
    (taken.find(|person| Some(*person) != to), to)
}

fn given(event: &Event) -> Option<PersonId> {
    match event {
        Event::Tied { person, .. } | Event::TimedTied { person, .. } => Some(*person),
        Event::ExtraGrantGiven {
            to: GrantHolder::Person(person),
            ..
        } => Some(*person),
        Event::LimitedAdminSet {
            person,
            admin: Some(_),
        } => Some(*person),
        Event::AccountRoleSet { person, role, .. } if *role != RoleId::MEMBER => Some(*person),
        _ => None,
    }
}

fn taken(event: &Event) -> Option<PersonId> {
    match event {
        Event::Untied { person, .. } => Some(*person),
        Event::ExtraGrantTaken {
            from: GrantHolder::Person(person),
            ..
        } => Some(*person),
        Event::LimitedAdminSet {
            person,
            admin: None,
        } => Some(*person),
        Event::AccountRoleSet { person, role, .. } if *role == RoleId::MEMBER => Some(*person),
        _ => None,
    }
}
