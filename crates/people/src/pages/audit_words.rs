//! What an event of the log says, as a fact that holds since then. What it took the place of is told in the same words, so that before
//! and after stand side by side.

use access::{
    CompanyId, ConnectionId, Dense, DeviceGroupId, DeviceId, Event, GroupId, LicenceId, Permission,
    PersonId, ProviderGroupId, PublicId, QueueId, RoleId, ServiceId, State, UserGroupId,
    event::{
        ContactCentreEvent, ContactCentreList, GrantHolder, MassActionStep, Node, ProfileField,
        ProviderStep, SubscriptionStep,
    },
    explain::words::Name,
    products::ProductEvent,
    state::{
        AccountAdminKind, CustomerAccess, CustomerFacet, DueDateOverride, Facet, LicenceModel,
        Life, RegistrationPolicy, Resolve, ServiceLevel, Tie, TokenOwner, UserFacet,
    },
};
use uuid::Uuid;
use web::page::{moment, status::portal_level};

use super::fact::{Fact, Piece, say};

/// What is so since an event. Things that it made are looked up by their public ids.
pub(crate) fn fact(state: &State, event: &Event) -> Fact {
    match event {
        Event::AccountOpened => say!["the account was opened"],
        Event::AccountActiveSet { active: true } => say!["the account is switched on"],
        Event::AccountActiveSet { active: false } => say!["the account is switched off"],
        Event::PersonAdded {
            uid,
            user,
            customer,
        } => {
            let kind = match (
                *user != UserFacet::Absent,
                *customer != CustomerFacet::Absent,
            ) {
                (true, false) => "as a user",
                (false, true) => "as a customer",
                _ => "as a user and a customer",
            };
            made::<PersonId>(state, *uid, "a person", Name::Person)
                .and(format!(" was added {kind}"))
        }
        Event::UserFacetSet { person, state } => say![*person, " as a user: ", user(*state)],
        Event::CustomerFacetSet { person, state } => {
            say![*person, " as a customer: ", customer(*state)]
        }
        Event::ProfileEdited { person, fields } => {
            let fields: Vec<_> = fields.iter().map(field).collect();
            say!["profile of ", *person, ": ", fields.join(", ")]
        }
        Event::SignInSet {
            person,
            possible: true,
        } => say![*person, " can sign in"],
        Event::SignInSet {
            person,
            possible: false,
        } => say![*person, " cannot sign in"],
        Event::AccessEnded { person } => say!["sign-in sessions and tokens of ", *person, " ended"],
        Event::PersonErased { person } => say![*person, " was erased"],
        Event::AccountRoleSet {
            person,
            role,
            scope,
        } => say!["account role of ", *person, ": ", *role].scope(scope),
        Event::ExtraGrantGiven { to, grant } => say![
            holder(*to),
            " has the extra grant “",
            grant.permission.label(),
            "”"
        ]
        .scope(&grant.scope)
        .window(grant.window),
        Event::ExtraGrantTaken { from, grant } => say![
            holder(*from),
            " no longer has the extra grant “",
            grant.permission.label(),
            "”"
        ]
        .scope(&grant.scope),
        Event::LimitedAdminSet { person, admin } => match admin {
            None => say![*person, " is no limited account admin"],
            Some(admin) => say![
                *person,
                " is a limited account admin: ",
                labels(admin.privileges.iter())
            ]
            .scope(&admin.scope),
        },
        Event::CompanyAccessSet { person, listed } => match listed {
            None => say![*person, " sees all companies"],
            Some(listed) => {
                let seen = say![*person, " sees these companies: "]
                    .list(listed.companies.iter().copied().map(Name::Company), "none");
                match listed.without_company {
                    true => seen.and(", and what has no company"),
                    false => seen,
                }
            }
        },
        Event::RoleCreated { uid, permissions } => {
            made::<RoleId>(state, *uid, "a custom role", Name::Role)
                .and(" was created: ")
                .and(labels(permissions.iter()))
        }
        Event::RoleEdited { role, permissions } => {
            say!["permissions of ", *role, ": ", labels(permissions.iter())]
        }
        Event::Tied { person, tie: one } => tie(state, *person, *one),
        Event::Untied { person, tie: one } => tie(state, *person, *one).and(": ended"),
        Event::TimedTied {
            person,
            tie: one,
            window,
        } => tie(state, *person, *one).window(*window),
        Event::TimedUntied { timed } => match state.timed_ties().get(*timed) {
            Some(row) => tie(state, row.person, row.tie)
                .window(row.window)
                .and(": ended"),
            None => say!["a timed tie ended"],
        },
        Event::PortalLevelSet { person, level } => {
            say!["portal level of ", *person, ": ", portal_level(*level)]
        }
        Event::EmployerSet {
            person, company, ..
        } => match company {
            Some(company) => say!["company of ", *person, ": ", *company],
            None => say!["company of ", *person, ": none"],
        },
        Event::BillingContactSet { person } => match person {
            Some(person) => say!["billing contact: ", *person],
            None => say!["billing contact: none"],
        },
        Event::BillingContactOffered { to } => match to {
            Some(to) => say!["being billing contact is offered to ", *to],
            None => say!["being billing contact is offered to nobody"],
        },
        Event::UserGroupCreated { uid, parent } => {
            let made = made::<UserGroupId>(state, *uid, "a user group", Name::UserGroup)
                .and(" was created");
            match parent {
                Some(parent) => made.and(" below ").and(*parent),
                None => made,
            }
        }
        Event::UserGroupMoved { group, parent } => match parent {
            Some(parent) => say![*group, " stands below ", *parent],
            None => say![*group, " stands at the top"],
        },
        Event::GroupCreated { uid } => {
            made::<GroupId>(state, *uid, "a group", Name::Group).and(" was created")
        }
        Event::GroupAccessSet {
            group,
            service,
            full,
        } => say!["group ", *group, " in ", *service, ": ", full_access(*full)],
        Event::CompanyCreated { uid } => {
            made::<CompanyId>(state, *uid, "a company", Name::Company).and(" was created")
        }
        Event::CompanyServiceSet {
            company,
            service,
            full,
        } => say![
            "company ",
            *company,
            " in ",
            *service,
            ": ",
            full_access(*full)
        ],
        Event::DomainAdded { company, domain } => {
            say!["domain of ", *company, ": ", domain.to_string()]
        }
        Event::DomainRemoved { company, domain } => {
            say!["no domain of ", *company, " any more: ", domain.to_string()]
        }
        Event::CompanyRegistrationSet { company, accepts } => say![
            *company,
            if *accepts {
                " accepts registration"
            } else {
                " does not accept registration"
            }
        ],
        Event::RegistrationSet { policy } => say![
            "who may register: ",
            match policy {
                RegistrationPolicy::Nobody => "nobody",
                RegistrationPolicy::Companies => "people of companies that accept it",
                RegistrationPolicy::Anyone => "anyone",
            }
        ],
        Event::ServiceCreated { uid } => {
            made::<ServiceId>(state, *uid, "a service", Name::Service).and(" was created")
        }
        Event::DueDateOverrideSet { service, policy } => say![
            "who overrides due dates in ",
            *service,
            ": ",
            match policy {
                DueDateOverride::Off => "nobody",
                DueDateOverride::Administrators => "its administrators",
                DueDateOverride::EveryUser => "every user of it",
            }
        ],
        Event::ServiceOpenToAllSet { service, open } => say![
            *service,
            if *open {
                " is open to all who register"
            } else {
                " is not open to all who register"
            }
        ],
        Event::PortalFaceSet => say!["what customers see around the portal was changed"],
        Event::MassAction { service, step, .. } => {
            let what = match step {
                MassActionStep::Started => " had a mass action started",
                MassActionStep::Stopped => " had a mass action stopped",
                MassActionStep::Done => " had a mass action done",
                MassActionStep::Failed => " had a mass action end, because it could not be written",
                MassActionStep::RightEnded => {
                    " had a mass action end, because whoever ran it may not any more"
                }
            };
            say![*service, what]
        }
        Event::ServiceHasRecords { service } => say![*service, " has records"],
        Event::ServiceTargetsSet { service } => {
            say![*service, " changed when its records are due"]
        }
        Event::ServiceMailSet { service } => say![*service, " takes mails at other addresses"],
        Event::ServicePresetsSet { service } => {
            say![*service, " changed what it gives its records"]
        }
        Event::QueueCreated { uid, .. } => {
            made::<QueueId>(state, *uid, "a queue", Name::Queue).and(" was created")
        }
        Event::SwitchSet { switch, on } => {
            say!["“", switch.label(), if *on { "”: on" } else { "”: off" }]
        }
        Event::DeviceGroupCreated { uid } => {
            made::<DeviceGroupId>(state, *uid, "a device group", Name::DeviceGroup)
                .and(" was created")
        }
        Event::DeviceAdded {
            uid,
            group,
            company,
        } => placed(
            made::<DeviceId>(state, *uid, "a device", Name::Device).and(" was added to "),
            *group,
            *company,
        ),
        Event::DeviceMoved {
            device,
            group,
            company,
        } => placed(say![*device, " is in "], *group, *company),
        Event::LicenceBought {
            uid,
            product,
            model,
            seats,
        } => {
            let model = match model {
                LicenceModel::Named => "named",
                LicenceModel::Concurrent => "concurrent",
            };
            made::<LicenceId>(state, *uid, "a licence", Name::Licence).and(format!(
                " was bought: {}, {model}, {seats} seats",
                product.name()
            ))
        }
        Event::LicenceSeatsSet { licence, seats } => {
            say!["seats of ", *licence, ": ", seats.to_string()]
        }
        Event::SeatTaken {
            licence, person, ..
        } => say![*person, " has a seat of ", *licence],
        Event::SeatFreed { licence, .. } => say!["a seat of ", *licence, " is free"],
        Event::LifeSet { of, life: set } => say![node(*of), ": ", life(*set)],
        Event::ConnectionCreated { uid, role, .. } => {
            made::<ConnectionId>(state, *uid, "a connection", Name::Connection)
                .and(" was created with the role ")
                .and(*role)
        }
        Event::ConnectionRoleSet { connection, role } => {
            say!["role of ", *connection, ": ", *role]
        }
        Event::ConnectionRightsSet { connection, rights } => say![
            "rights of ",
            *connection,
            ": ",
            match (rights.configure_desk, rights.contact_admin) {
                (true, true) => "configures the desk, contact admin",
                (true, false) => "configures the desk",
                (false, true) => "contact admin",
                (false, false) => "none",
            }
        ],
        Event::ProviderGroupCreated { uid, connection } => {
            let what = "a provider's group";
            made::<ProviderGroupId>(state, *uid, what, Name::ProviderGroup)
                .and(" was created by ")
                .and(*connection)
        }
        Event::ProviderGroupMembersChanged {
            provider_group,
            added,
            taken,
        } => say!["in ", *provider_group, " came "]
            .list(added.iter().copied().map(Name::Person), "nobody")
            .and(", and went ")
            .list(taken.iter().copied().map(Name::Person), "nobody"),
        Event::MappingsSet {
            connection,
            mappings,
        } => {
            let groups = mappings.iter().map(|mapping| mapping.provider_group);
            say![
                "mappings of ",
                *connection,
                ": ",
                mappings.len().to_string(),
                ", of "
            ]
            .list(groups.map(Name::ProviderGroup), "no group")
        }
        Event::MappedTied {
            person,
            tie: one,
            provider_group,
        } => tie(state, *person, *one)
            .and(", through ")
            .and(*provider_group),
        Event::MappedRoleSet {
            person,
            role,
            provider_group,
        } => say![
            "account role of ",
            *person,
            ": ",
            *role,
            ", through ",
            *provider_group
        ],
        Event::TokenIssued { owner, expires, .. } => match owner {
            TokenOwner::Person(person) => {
                say!["a token of ", *person, ", until ", moment(*expires)]
            }
            TokenOwner::Connection(connection) => {
                say!["a token of ", *connection, ", until ", moment(*expires)]
            }
        },
        Event::TokenRevoked { token } => match state.tokens().get(*token).map(|row| row.owner) {
            Some(TokenOwner::Person(person)) => say!["a token of ", person, " was revoked"],
            Some(TokenOwner::Connection(one)) => say!["a token of ", one, " was revoked"],
            None => say!["a token was revoked"],
        },
        Event::Product(event) => product(state, event),
        Event::SecondFactorRequired { role, required } => {
            let verb = if *required {
                "a second factor is asked of "
            } else {
                "no second factor is asked of "
            };
            match role {
                None => say![verb, "everybody"],
                Some(role) => say![verb, "the holders of ", *role],
            }
        }
        Event::ContactCentre(event) => contact_centre(*event),
        Event::Subscription {
            connection, step, ..
        } => say!["a subscription of ", *connection, subscription(*step)],
        Event::SignInProvider {
            connection, step, ..
        } => {
            say!["the sign-in provider of ", *connection, provider(*step)]
        }
        Event::ProviderLinked {
            person,
            connection,
            linked,
        } => {
            let verb = if *linked {
                " knows "
            } else {
                " no longer knows "
            };
            say![*connection, verb, *person]
        }
        Event::Renamed { of } => say!["name of ", node(*of)],
        Event::DenylistChanged { denied, allowed } => {
            say![format!("on the denylist: {denied} more, {allowed} fewer")]
        }
        Event::GivenToOneself { person } => say![*person, " gave this to themselves"],
        Event::InvitationSent { person, facet } => {
            say!["an invitation was sent to ", *person, facet_word(*facet)]
        }
        Event::SignInSessionsEnded { person } => say!["sign-in sessions of ", *person, " ended"],
        Event::ViewedAs { person } => say!["viewed as ", *person],
        Event::InvitationRevoked { person, facet } => {
            say![
                "an invitation of ",
                *person,
                facet_word(*facet),
                " was revoked"
            ]
        }
    }
}

fn made<K: Dense + Resolve>(
    state: &State,
    uid: Uuid,
    what: &str,
    name: impl Fn(K) -> Name,
) -> Fact {
    match state.resolve(PublicId::<K>::new(uid)) {
        Some(thing) => say![name(thing)],
        None => say![what],
    }
}

fn provider(step: ProviderStep) -> &'static str {
    match step {
        ProviderStep::Made => " was set up",
        ProviderStep::Edited => " was changed",
        ProviderStep::Removed => " was removed",
        ProviderStep::KnowsNobody => " was changed, and knows nobody any more",
    }
}

fn subscription(step: SubscriptionStep) -> &'static str {
    match step {
        SubscriptionStep::Made => " was made",
        SubscriptionStep::Edited => " was changed",
        SubscriptionStep::SecretRotated => " has a new secret",
        SubscriptionStep::Paused => " was paused",
        SubscriptionStep::Resumed => " goes on",
        SubscriptionStep::Replayed => " is told again what it was told",
        SubscriptionStep::Removed => " was removed",
    }
}

fn holder(of: GrantHolder) -> Name {
    match of {
        GrantHolder::Person(person) => Name::Person(person),
        GrantHolder::UserGroup(group) => Name::UserGroup(group),
    }
}

fn placed(fact: Fact, group: DeviceGroupId, company: Option<CompanyId>) -> Fact {
    let fact = fact.and(group);
    match company {
        Some(company) => fact.and(", of ").and(company),
        None => fact,
    }
}

fn labels(permissions: impl Iterator<Item = Permission>) -> String {
    let labels: Vec<_> = permissions.map(Permission::label).collect();
    if labels.is_empty() {
        "nothing".to_owned()
    } else {
        labels.join(", ")
    }
}

fn tie(state: &State, person: PersonId, held: Tie) -> Fact {
    let fact = say![person, ": "];
    match held {
        Tie::Licence(id) => fact.and("licence ").and(id),
        Tie::Service(service, level) => fact
            .and(match level {
                ServiceLevel::User => "User access to ",
                ServiceLevel::Administrator => "Administrator access to ",
            })
            .and(service),
        Tie::Customer(service, access) => fact
            .and(match access {
                CustomerAccess::Portal => "Access (portal) to ",
                CustomerAccess::NoPortal => "Access (no portal) to ",
            })
            .and(service),
        Tie::Group(id) => fact.and("member of group ").and(id),
        Tie::UserGroup(id) => fact.and("member of user group ").and(id),
        Tie::QueueAgent(id) => fact.and("agent of ").and(id),
        Tie::QueueSupervisor(id) => fact.and("supervisor of ").and(id),
        Tie::Login(id, _) => fact.and("logged in to ").and(id),
        Tie::Paused(id) => fact.and("paused in ").and(id),
        Tie::DeviceGroup(id) => fact.and("reaches device group ").and(id),
        Tie::Agent => fact.and("agent of remote support"),
        Tie::Feature(permission) => fact.and(permission.label()),
        Tie::AccountAdmin(AccountAdminKind::Full) => fact.and("account admin, full"),
        Tie::AccountAdmin(AccountAdminKind::Limited) => fact.and("account admin, limited"),
        Tie::ContactAdmin => fact.and("contact admin"),
        Tie::DeskRight(right) => fact.and(right.permission().label()),
        Tie::ProductRole(product, role) => fact
            .and("role ")
            .and(state.products().role_key(product, role))
            .and(" of ")
            .and(product),
        Tie::Timed(timed) => match state.timed_ties().get(timed) {
            Some(row) if !matches!(row.tie, Tie::Timed(_)) => {
                tie(state, person, row.tie).window(row.window)
            }
            _ => fact.and("a tie for a time"),
        },
    }
}

fn product(state: &State, event: &ProductEvent) -> Fact {
    match event {
        ProductEvent::CatalogueLoaded { uid, .. } => {
            match state.products().rows().find(PublicId::new(*uid)) {
                Some(product) => say!["the catalogue of ", product, " was loaded"],
                None => say!["a catalogue was loaded"],
            }
        }
        ProductEvent::CatalogueReplaced { product, .. } => {
            say!["the catalogue of ", *product, " was replaced"]
        }
        ProductEvent::LifeSet { product, life: set } => say![*product, ": ", life(*set)],
        ProductEvent::ThingRegistered { product, kind, .. } => {
            say!["a ", kind.to_string(), " of ", *product, " was registered"]
        }
        ProductEvent::ThingDescribed { thing, .. } => say!["properties of ", *thing],
        ProductEvent::ThingRemoved { thing } => say![*thing, " was removed"],
        ProductEvent::ThingRoleGiven { thing, role } => {
            say![*thing, ": role ", role.to_string()]
        }
        ProductEvent::ThingRoleTaken { thing, role } => {
            say![*thing, ": role ", role.to_string(), ": ended"]
        }
    }
}

pub(super) fn node(node: Node) -> Name {
    match node {
        Node::Role(id) => Name::Role(id),
        Node::UserGroup(id) => Name::UserGroup(id),
        Node::DeviceGroup(id) => Name::DeviceGroup(id),
        Node::Device(id) => Name::Device(id),
        Node::Group(id) => Name::Group(id),
        Node::Company(id) => Name::Company(id),
        Node::Service(id) => Name::Service(id),
        Node::Queue(id) => Name::Queue(id),
        Node::Licence(id) => Name::Licence(id),
        Node::Connection(id) => Name::Connection(id),
        Node::ProviderGroup(id) => Name::ProviderGroup(id),
    }
}

/// A field of a profile on the screen.
pub(super) fn stored_field(field: ledger::Field) -> &'static str {
    match field {
        ledger::Field::Name => "name",
        ledger::Field::Email => "e-mail address",
        ledger::Field::Phone => "telephone",
        ledger::Field::Title => "title",
        ledger::Field::Language => "language",
        ledger::Field::ExternalId => "external id",
        ledger::Field::NoMails => "mails",
        ledger::Field::Description => "description",
        ledger::Field::Properties => "properties",
    }
}

fn field(field: &ProfileField) -> &'static str {
    match field {
        ProfileField::Name => "name",
        ProfileField::Address => "e-mail address",
        ProfileField::Phone => "telephone",
        ProfileField::Title => "title",
        ProfileField::Language => "language",
        ProfileField::SignIn => "way to sign in",
        ProfileField::ExternalId => "external id",
        ProfileField::Mails => "which mails are sent",
    }
}

fn user(facet: UserFacet) -> &'static str {
    match facet {
        UserFacet::Absent => "no longer",
        UserFacet::Invited => "invited",
        // Not "active": that is a status, which more than this makes (AD-15).
        UserFacet::Accepted => "accepted",
        UserFacet::Deactivated => "deactivated",
    }
}

fn customer(facet: CustomerFacet) -> &'static str {
    match facet {
        CustomerFacet::Absent => "no longer",
        CustomerFacet::Unconfirmed => "not confirmed",
        CustomerFacet::Active => "active",
        CustomerFacet::Deactivated => "deactivated",
    }
}

fn facet_word(facet: Facet) -> &'static str {
    match facet {
        Facet::User => " as a user",
        Facet::Customer => " as a customer",
    }
}

fn full_access(full: bool) -> &'static str {
    if full { "Full access" } else { "No access" }
}

fn life(life: Life) -> &'static str {
    match life {
        Life::Active => "active",
        Life::Archived => "archived",
        Life::Deleted => "deleted",
    }
}

/// Of the lists, skills are named: they are given to people. What else stands in them is the contact centre's to show.
fn contact_centre(event: ContactCentreEvent) -> Fact {
    let entry = |list: ContactCentreList, uid: Uuid| match list {
        ContactCentreList::PauseReasons => say!["a pause reason"],
        ContactCentreList::Skills => say![Piece::Skill(uid)],
        ContactCentreList::PrerecordedMessages => say!["a pre-recorded message"],
        ContactCentreList::PrewrittenMessages => say!["a pre-written message"],
    };
    match event {
        ContactCentreEvent::EntryAdded { list, uid } => entry(list, uid).and(" was added"),
        ContactCentreEvent::EntryEdited { list, uid } => entry(list, uid).and(" was changed"),
        ContactCentreEvent::EntryRemoved {
            list: ContactCentreList::Skills,
            ..
        } => say!["a skill was removed"],
        ContactCentreEvent::EntryRemoved { list, uid } => entry(list, uid).and(" was removed"),
        ContactCentreEvent::SkillGiven { person, skill } => {
            say![person, " has ", Piece::Skill(skill)]
        }
        ContactCentreEvent::SkillTaken { person, skill } => {
            say![person, " no longer has ", Piece::Skill(skill)]
        }
    }
}
