//! The commands that remedies propose, in words.

use super::{Name, Phrase, access_word, desk_right, level_word, portal_word};
use crate::command::{AccountAdminGrant, Command};
use crate::event::{GrantHolder, Node};
use crate::ids::PersonId;
use crate::products::ProductCommand;
use crate::state::{DueDateOverride, Facet, PeopleScope, Tie};

/// What a step of a remedy does, as an order: `give {person} User access to {service}`. `None` for commands that no remedy
/// proposes.
pub fn change(command: &Command) -> Option<Phrase> {
    let for_person =
        |template, person: &PersonId| Phrase::with(template, "person", Name::Person(*person));
    Some(match command {
        Command::SetAccountActive { .. } => Phrase::plain("switch the account on"),
        Command::AddUserFacet { person, .. } => for_person("make {person} a user", person),
        Command::AddCustomerFacet { person, .. } => for_person("make {person} a customer", person),
        Command::AcceptInvitation { person } => {
            for_person("have {person} accept the invitation", person)
        }
        Command::Reactivate { person, facet } => for_person(
            match facet {
                Facet::User => "reactivate the user {person}",
                Facet::Customer => "reactivate the customer {person}",
            },
            person,
        ),
        Command::Restore { node } => restored(*node),
        Command::SetDueDateOverride { service, policy } => Phrase::with(
            match policy {
                DueDateOverride::Off => "let nobody override due dates in {service}",
                DueDateOverride::Administrators => {
                    "let service administrators override due dates in {service}"
                }
                DueDateOverride::EveryUser => "let every user of {service} override due dates",
            },
            "service",
            Name::Service(*service),
        ),
        Command::Tie { person, tie, .. } | Command::TieWithLicence { person, tie, .. } => {
            let with_licence = matches!(command, Command::TieWithLicence { .. });
            tied(*tie, with_licence).and("person", Name::Person(*person))
        }
        Command::SetLicenceSeats { licence, seats } => Phrase::with(
            "buy {licence} up to {seats} seats",
            "licence",
            Name::Licence(*licence),
        )
        .and("seats", Name::Number(*seats)),
        Command::SaveUsersTab { service, rows } => {
            let (person, level) = rows.first()?;
            Phrase::with(
                "give {person} {level} to {service}",
                "person",
                Name::Person(*person),
            )
            .and("level", Name::Word(level.map_or("No access", level_word)))
            .and("service", Name::Service(*service))
        }
        Command::SaveGroupsTab { service, rows } => {
            let (group, _) = rows.first()?;
            Phrase::with(
                "give group {group} full access to {service}",
                "group",
                Name::Group(*group),
            )
            .and("service", Name::Service(*service))
        }
        Command::SaveCustomersTab { service, rows } => {
            let (person, access) = rows.first()?;
            Phrase::with(
                "give {person} {access} to {service}",
                "person",
                Name::Person(*person),
            )
            .and(
                "access",
                Name::Word(access.map_or("No access", access_word)),
            )
            .and("service", Name::Service(*service))
        }
        Command::SaveCompaniesTab { service, rows } => {
            let (company, _) = rows.first()?;
            Phrase::with(
                "give {service} to company {company}",
                "company",
                Name::Company(*company),
            )
            .and("service", Name::Service(*service))
        }
        Command::SetEmployer {
            person, company, ..
        } => for_person("make {person} an employee of {company}", person)
            .and("company", Name::Company((*company)?)),
        Command::SetPortalLevel { people, level, .. } => for_person(
            "set the portal level of {person} to {level}",
            people.first()?,
        )
        .and("level", Name::Word(portal_word(*level))),
        Command::SetCompanyAccess { person, listed } => for_person(
            match listed {
                None => "show {person} all companies",
                Some(_) => "add the company to those that {person} sees",
            },
            person,
        ),
        Command::LogInOther { person, queue, .. } => {
            for_person("log {person} in to {queue} for a time", person)
                .and("queue", Name::Queue(*queue))
        }
        Command::SetSwitch { switch, on } => Phrase::with(
            if *on {
                "switch “{switch}” on"
            } else {
                "switch “{switch}” off"
            },
            "switch",
            Name::Word(switch.label()),
        ),
        Command::SetConnectionRole { connection, role } => Phrase::with(
            "give connection {connection} the role {role}",
            "connection",
            Name::Connection(*connection),
        )
        .and("role", Name::Role(*role)),
        Command::GiveExtraGrant { to, grant } => {
            let granted = match (to, narrow(&grant.scope)) {
                (GrantHolder::Person(person), None) => {
                    for_person("grant {person} {permission}", person)
                }
                (GrantHolder::Person(person), Some(group)) => {
                    for_person("grant {person} {permission} over {user_group}", person)
                        .and("user_group", group)
                }
                (GrantHolder::UserGroup(group), _) => Phrase::with(
                    "grant {user_group} {permission}",
                    "user_group",
                    Name::UserGroup(*group),
                ),
            };
            granted.and("permission", Name::Word(grant.permission.key()))
        }
        Command::SetAccountAdmin { person, admin } => match admin.as_ref()? {
            AccountAdminGrant::Full => for_person("make {person} account admin, full", person),
            AccountAdminGrant::Limited(limited) => match narrow(&limited.scope) {
                None => for_person("make {person} account admin, limited", person),
                Some(group) => for_person(
                    "make {person} account admin, limited, over {user_group}",
                    person,
                )
                .and("user_group", group),
            },
        },
        Command::SetAccountRoles {
            people, assignment, ..
        } => {
            let person = people.first()?;
            let given = match narrow(&assignment.scope) {
                None => for_person("give {person} the account role {role}", person),
                Some(group) => for_person(
                    "give {person} the account role {role} over {user_group}",
                    person,
                )
                .and("user_group", group),
            };
            given.and("role", Name::Role(assignment.role))
        }
        Command::Untie { person, tie } => untied(*tie)?.and("person", Name::Person(*person)),
        Command::TakeExtraGrant {
            from: GrantHolder::Person(person),
            grant,
        } => for_person("take the extra grant “{permission}” from {person}", person)
            .and("permission", Name::Word(grant.permission.label())),
        Command::SetBillingContact { person } => {
            for_person("make {person} the billing contact", person)
        }
        Command::Product(ProductCommand::Restore { product }) => {
            Phrase::with("restore {product}", "product", Name::Product(*product))
        }
        Command::Product(ProductCommand::GiveRole { thing, .. }) => Phrase::with(
            "give {thing} a role of its product",
            "thing",
            Name::Thing(*thing),
        ),
        _ => return None,
    })
}

/// The last user group of a scope: the one that was added.
fn narrow(scope: &PeopleScope) -> Option<Name> {
    match scope {
        PeopleScope::All => None,
        PeopleScope::UserGroups(groups) => groups.last().copied().map(Name::UserGroup),
    }
}

/// `None` for what no remedy takes away.
fn untied(tie: Tie) -> Option<Phrase> {
    Some(match tie {
        Tie::QueueSupervisor(id) => Phrase::with(
            "make {person} supervisor of {queue} no longer",
            "queue",
            Name::Queue(id),
        ),
        Tie::ContactAdmin => Phrase::plain("make {person} contact admin no longer"),
        Tie::DeskRight(right) => Phrase::with(
            "take the {right} from {person}",
            "right",
            Name::Word(desk_right(right).template),
        ),
        Tie::Feature(permission) => Phrase::with(
            "take “{permission}” from {person}",
            "permission",
            Name::Word(permission.label()),
        ),
        Tie::DeviceGroup(id) => Phrase::with(
            "let {person} reach device group {device_group} no longer",
            "device_group",
            Name::DeviceGroup(id),
        ),
        _ => return None,
    })
}

fn tied(tie: Tie, with_licence: bool) -> Phrase {
    match tie {
        Tie::Licence(id) => Phrase::with("give {person} {licence}", "licence", Name::Licence(id)),
        Tie::Service(service, level) => Phrase::with(
            "give {person} {level} to {service}",
            "service",
            Name::Service(service),
        )
        .and("level", Name::Word(level_word(level))),
        Tie::Customer(service, access) => Phrase::with(
            "give {person} {access} to {service}",
            "service",
            Name::Service(service),
        )
        .and("access", Name::Word(access_word(access))),
        Tie::Group(id) => Phrase::with("add {person} to group {group}", "group", Name::Group(id)),
        Tie::UserGroup(id) => Phrase::with(
            "add {person} to user group {user_group}",
            "user_group",
            Name::UserGroup(id),
        ),
        Tie::QueueAgent(id) => Phrase::with(
            if with_licence {
                "make {person} agent of {queue}, with a licence"
            } else {
                "make {person} agent of {queue}"
            },
            "queue",
            Name::Queue(id),
        ),
        Tie::QueueSupervisor(id) => Phrase::with(
            if with_licence {
                "make {person} supervisor of {queue}, with a licence"
            } else {
                "make {person} supervisor of {queue}"
            },
            "queue",
            Name::Queue(id),
        ),
        Tie::Login(id, _) => Phrase::with("log {person} in to {queue}", "queue", Name::Queue(id)),
        Tie::Paused(id) => Phrase::with("pause {person} in {queue}", "queue", Name::Queue(id)),
        Tie::DeviceGroup(id) => Phrase::with(
            "let {person} reach device group {device_group}",
            "device_group",
            Name::DeviceGroup(id),
        ),
        Tie::Agent => Phrase::plain("make {person} an agent of remote support"),
        Tie::Feature(permission) => Phrase::with(
            "give {person} {permission}",
            "permission",
            Name::Word(permission.key()),
        ),
        Tie::AccountAdmin(_) => Phrase::plain("make {person} account admin"),
        Tie::ContactAdmin if with_licence => {
            Phrase::plain("make {person} contact admin, with a licence")
        }
        Tie::ContactAdmin => Phrase::plain("make {person} contact admin"),
        Tie::DeskRight(right) => Phrase::with(
            "give {person} the {right}",
            "right",
            Name::Word(desk_right(right).template),
        ),
        Tie::ProductRole(product, _) => Phrase::with(
            "give {person} a role of {product}",
            "product",
            Name::Product(product),
        ),
        Tie::Timed(_) => Phrase::plain("give {person} a tie for a time"),
    }
}

fn restored(node: Node) -> Phrase {
    let (template, placeholder, name) = match node {
        Node::Role(id) => ("restore role {role}", "role", Name::Role(id)),
        Node::UserGroup(id) => (
            "restore user group {user_group}",
            "user_group",
            Name::UserGroup(id),
        ),
        Node::DeviceGroup(id) => (
            "restore device group {device_group}",
            "device_group",
            Name::DeviceGroup(id),
        ),
        Node::Device(id) => ("restore device {device}", "device", Name::Device(id)),
        Node::Group(id) => ("restore group {group}", "group", Name::Group(id)),
        Node::Company(id) => ("restore company {company}", "company", Name::Company(id)),
        Node::Service(id) => ("restore service {service}", "service", Name::Service(id)),
        Node::Queue(id) => ("restore queue {queue}", "queue", Name::Queue(id)),
        Node::Licence(id) => ("restore licence {licence}", "licence", Name::Licence(id)),
        Node::Connection(id) => (
            "restore connection {connection}",
            "connection",
            Name::Connection(id),
        ),
        Node::ProviderGroup(id) => (
            "restore provider group {provider_group}",
            "provider_group",
            Name::ProviderGroup(id),
        ),
    };
    Phrase::with(template, placeholder, name)
}
