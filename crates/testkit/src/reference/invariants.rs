//! RULES §7 *Invariants*, checked from scratch on the reference's own memory.

use std::collections::{BTreeMap, BTreeSet};

use access::command::Tab;
use access::event::Node;
use access::state::{AccountAdminKind, DeskRight, LicenceModel, PeopleScope, Tie, UserFacet};
use access::{Command, Moment, Permission, PersonId, Product, RoleId, Subject, Switch, Target};

use super::roles::{admin_keeps, is_scoped, parent_of, system_role};
use super::{Gift, Granted, Held, Status, World};

/// The most levels of the tree (AD-12).
const LEVELS: usize = 5;

/// Every invariant that one world shows broken.
pub fn violated(world: &World, now: Moment) -> Vec<String> {
    let mut broken = Vec::new();
    if !world.open {
        return broken;
    }
    let mut check = |holds: bool, what: String| {
        if !holds {
            broken.push(what);
        }
    };
    let super_admins = world.people.iter().filter(|(person, row)| {
        row.account_role == RoleId::SUPER_ADMIN
            && row.can_sign_in
            && world.status(**person, now) == Status::Active
    });
    check(super_admins.count() > 0, "I-1".to_owned());

    if let Some(contact) = world.billing_contact {
        let admin = world.people[&contact].user != UserFacet::Absent
            && [AccountAdminKind::Full, AccountAdminKind::Limited]
                .into_iter()
                .any(|kind| world.ties(contact, now).contains(&Tie::AccountAdmin(kind)));
        check(admin, format!("I-2: {contact:?} is no account admin"));
    }

    let domains: BTreeSet<_> = world.domains.iter().map(|(_, domain)| domain).collect();
    check(
        domains.len() == world.domains.len(),
        "I-3: a domain of two companies".to_owned(),
    );

    for (role, permissions) in &world.roles {
        check(
            are_parents_held(permissions),
            format!("I-4: {role:?} holds a child without its parent"),
        );
        if role.is_system() {
            check(
                *permissions == system_role(*role) && world.is_active(Node::Role(*role)),
                format!("I-5: {role:?}"),
            );
        }
    }
    for (person, row) in &world.people {
        let grants: Vec<_> = row.extra_grants.iter().map(|g| g.permission).collect();
        let by_role = world.roles.get(&row.account_role).into_iter().flatten();
        let all: Vec<_> = grants.iter().chain(by_role).copied().collect();
        check(
            are_parents_held(&all),
            format!("I-4: {person:?} holds an extra grant without its parent"),
        );
        check(
            row.role_scope == PeopleScope::All || !row.account_role.is_system(),
            format!("I-8: {person:?} holds a system role over user groups"),
        );
        let belongs = row
            .ties
            .iter()
            .any(|held| matches!(held.tie, Tie::Group(_) | Tie::UserGroup(_)));
        check(
            !belongs || world.is_user(*person),
            format!("I-8: {person:?} is a member and no user"),
        );
        let agent = |now| world.ties(*person, now).contains(&Tie::Agent);
        let admin = row
            .ties
            .iter()
            .any(|held| matches!(held.tie, Tie::AccountAdmin(_)));
        check(
            !admin || agent(now),
            format!("S0: {person:?} is account admin and no Agent"),
        );
    }
    for (group, row) in &world.user_groups {
        let grants: Vec<_> = row.extra_grants.iter().map(|g| g.permission).collect();
        check(
            are_parents_held(&grants),
            format!("I-4: {group:?} gives a child without its parent"),
        );
        let mut levels = 0;
        let mut next = Some(*group);
        while let Some(above) = next
            && levels <= LEVELS
        {
            levels += 1;
            next = world.user_groups.get(&above).and_then(|row| row.parent);
        }
        check(
            levels <= LEVELS,
            format!("I-8: {group:?} is too deep, or in a cycle"),
        );
    }
    for (id, licence) in &world.licences {
        let holds = |person: &&PersonId| {
            let ties = world.ties(**person, now);
            ties.contains(&Tie::Licence(*id))
        };
        let in_use = match licence.model {
            LicenceModel::Named => world.people.keys().filter(holds).count(),
            LicenceModel::Concurrent => licence.seats.len(),
        };
        check(
            in_use <= licence.bought as usize || world.is_deleted(Node::Licence(*id)),
            format!("I-10: {id:?} {in_use} of {}", licence.bought),
        );
    }
    check(
        world.switches_on.contains(&Switch::SupervisorQueueView),
        "I-12".to_owned(),
    );
    broken
}

fn are_parents_held(permissions: &[Permission]) -> bool {
    permissions
        .iter()
        .filter_map(|permission| parent_of(*permission))
        .all(|parent| permissions.contains(&parent))
}

/// The independent axes of access to the service desk (SD-6, I-7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Axis {
    /// SD-2.
    Users,
    /// SD-8.
    Groups,
    /// SD-11.
    Customers,
    /// SD-9.
    Companies,
    /// SD-7.
    Modules,
    /// `account.configure`.
    AccountRights,
    /// Configuration items.
    ConfigurationItems,
    /// Time.
    Time,
    /// SD-13.
    PortalLevels,
    /// SD-33.
    CompanyAccess,
}

/// Everything stored, by axis, but for ties that have ended: sweeping those away changes nothing.
pub fn axes(world: &World, now: Moment) -> BTreeMap<Axis, Vec<String>> {
    let mut axes = BTreeMap::<Axis, Vec<String>>::new();
    let mut add = |axis, value: String| axes.entry(axis).or_default().push(value);
    for (person, row) in &world.people {
        let ended = |held: &&Held| held.window.end.is_some_and(|end| end <= now);
        for held in row.ties.iter().filter(|held| !ended(held)) {
            if let Some(axis) = axis_of(world, held.tie) {
                add(axis, format!("{person:?} {held:?}"));
            }
        }
        add(
            Axis::PortalLevels,
            format!("{person:?} {:?}", row.portal_level),
        );
        add(
            Axis::CompanyAccess,
            format!("{person:?} {:?}", row.company_list),
        );
    }
    add(Axis::Groups, format!("{:?}", world.group_access));
    add(Axis::Companies, format!("{:?}", world.company_access));
    axes
}

fn axis_of(world: &World, tie: Tie) -> Option<Axis> {
    match tie {
        Tie::Service(..) => Some(Axis::Users),
        Tie::Customer(..) => Some(Axis::Customers),
        Tie::Licence(licence)
            if world
                .licences
                .get(&licence)
                .is_some_and(|row| row.product == Product::ServiceDesk) =>
        {
            Some(Axis::Modules)
        }
        Tie::DeskRight(DeskRight::Configure) => Some(Axis::AccountRights),
        Tie::DeskRight(DeskRight::ConfigurationItemsRead | DeskRight::ConfigurationItemsEdit) => {
            Some(Axis::ConfigurationItems)
        }
        Tie::DeskRight(DeskRight::TimeRead | DeskRight::TimeEdit) => Some(Axis::Time),
        _ => None,
    }
}

/// The axis that the command is about; `None`: it is not about access to the desk.
fn concerns(world: &World, command: &Command) -> Option<Axis> {
    match command {
        Command::SaveUsersTab { .. } => Some(Axis::Users),
        Command::SaveGroupsTab { .. } => Some(Axis::Groups),
        Command::SaveCustomersTab { .. } => Some(Axis::Customers),
        Command::SaveCompaniesTab { .. } => Some(Axis::Companies),
        Command::ReplaceTab { tab, .. } => Some(match tab {
            Tab::Users(_) => Axis::Users,
            Tab::Groups(_) => Axis::Groups,
            Tab::Customers(_) => Axis::Customers,
            Tab::Companies(_) => Axis::Companies,
        }),
        Command::SetPortalLevel { .. } => Some(Axis::PortalLevels),
        Command::SetCompanyAccess { .. } => Some(Axis::CompanyAccess),
        Command::Tie { tie, .. } | Command::Untie { tie, .. } => axis_of(world, *tie),
        _ => None,
    }
}

/// I-7: the axes that a command about one of them changed although it was not about them.
pub fn changed_beside(before: &World, after: &World, command: &Command, now: Moment) -> Vec<Axis> {
    let Some(about) = concerns(before, command) else {
        return Vec::new();
    };
    let (was, is) = (axes(before, now), axes(after, now));
    let all: BTreeSet<_> = was.keys().chain(is.keys()).copied().collect();
    all.into_iter()
        .filter(|axis| *axis != about && was.get(axis) != is.get(axis))
        .collect()
}

/// I-6, AD-7: everything gained that the actor could not have given, or that nobody gives to oneself. What a restored thing
/// gives back to the one who restores it (AD-25) was given by somebody else; bringing somebody back needs rank (AD-24).
pub fn gained_wrongly(
    before: &World,
    after: &World,
    actor: Subject,
    command: &Command,
    now: Moment,
) -> Vec<Granted> {
    let restored = matches!(command, Command::Restore { .. });
    if after.only_user().is_some() {
        // AD-17: being left alone is no gift.
        return Vec::new();
    }
    let mut wrong = Vec::new();
    for person in after.people.keys().copied() {
        let had = match before.status(person, now) {
            Status::Active => before.gifts_of(person, now),
            _ => Vec::new(),
        };
        if after.status(person, now) != Status::Active {
            continue;
        }
        for gift in after.gifts_of(person, now) {
            let member = matches!(gift, Gift::AccountRole(RoleId::MEMBER, _));
            let to_oneself = actor == Subject::Person(person) && !restored;
            let back = matches!(command, Command::Reactivate { .. })
                && before.outranks(actor, person, now);
            let could = !to_oneself && (back || before.could_give(actor, &gift, person, now));
            if !had.contains(&gift) && !could && !member {
                wrong.push(Granted { to: person, gift });
            }
        }
    }
    wrong
}

/// Somebody, what they gained, and over what.
pub type Gain = (Subject, Permission, Target);

/// I-6 once more, by effect: administrative permissions that somebody holds now over the account, a user group or a person, and
/// held not before. The actor must be one who gives such a permission to others: a Super admin, or an Admin who holds it by role.
///
/// Where a group or a person came to stand elsewhere in the tree, those who are over that place reach them: this is what entering
/// and moving are for (RULES §4 table), and [`super::reach`] is about whoever does it for their own rights.
pub fn permissions_gained_wrongly(
    before: &World,
    after: &World,
    actor: Subject,
    now: Moment,
) -> Vec<Gain> {
    if after.only_user().is_some() || before.is_role(actor, RoleId::SUPER_ADMIN, now) {
        return Vec::new();
    }
    let mut wrong = Vec::new();
    let admin = before.is_role(actor, RoleId::ADMIN, now);
    let people = after.people.keys().copied().map(Subject::Person);
    let connections = after.connections.keys().copied().map(Subject::Connection);
    for subject in people.chain(connections) {
        let acts = |world: &World| match subject {
            Subject::Person(person) => world.status(person, now) == Status::Active,
            _ => true,
        };
        if !acts(after) {
            continue;
        }
        for permission in Permission::ALL {
            let may = admin && admin_keeps(permission) && subject != actor;
            if may || !matches!(permission.product(), Product::Admin | Product::Billing) {
                continue;
            }
            let holds = |world: &World, target| {
                world.is_fitting_resource(permission, target)
                    && world.holds(subject, permission, target, now)
            };
            for target in targets(after, subject, permission) {
                let had = acts(before) && holds(before, target);
                if holds(after, target)
                    && !had
                    && !stands_elsewhere(before, after, &(subject, permission, target), now)
                {
                    wrong.push((subject, permission, target));
                }
            }
        }
    }
    wrong
}

/// Over what the permission can be held. What is free about oneself is no right that one holds.
fn targets(world: &World, subject: Subject, permission: Permission) -> Vec<Target> {
    let mut targets = vec![Target::Account];
    if is_scoped(permission) {
        targets.extend(world.user_groups.keys().copied().map(Target::UserGroup));
        let others = world.people.keys().copied();
        let others = others.filter(|person| subject != Subject::Person(*person));
        targets.extend(others.map(Target::Person));
    }
    targets
}

/// Whether the target came to be, or to be a user, or to stand elsewhere in the tree. A group that a scope of the subject names is reached by
/// that, wherever it stands.
fn stands_elsewhere(before: &World, after: &World, gain: &Gain, now: Moment) -> bool {
    let (subject, permission, target) = *gain;
    match target {
        Target::Person(person) => {
            !before.is_user(person)
                || before.counted_in(person, now) != after.counted_in(person, now)
        }
        Target::UserGroup(group) => {
            let names = |scope: &PeopleScope| match scope {
                PeopleScope::All => false,
                PeopleScope::UserGroups(groups) => groups.contains(&group),
            };
            let mut held = after.holdings(subject, now).into_iter();
            let is_named = held.any(|(held, scope)| held == permission && names(&scope));
            let was_there = before.user_groups.contains_key(&group);
            !(was_there && is_named) && before.chain(group) != after.chain(group)
        }
        _ => false,
    }
}
