//! AD-28, AD-29: connections and tokens.

use access::command::{Actor, Command};
use access::event::{ListedCompanies, Node, ProfileField};
use access::state::{ConnectionKind, ConnectionRights, Facet, Tie, TokenOwner};
use access::{ConnectionId, Event, Moment, Permission, RoleId, Subject, Target, TokenId};

use crate::provisioned::connection_of;
use crate::support::{World, connect, give};

const AUDIT: Permission = Permission::AdminAuditView;

fn connection(world: &mut World, role: RoleId) -> ConnectionId {
    let id = world.id();
    world.set(connect(id, role));
    world.state.resolve(id).unwrap()
}

fn token(world: &mut World, actor: Actor, owner: TokenOwner) -> TokenId {
    let (id, expires) = (world.id(), world.now.plus_seconds(3600));
    world.run(actor, Command::IssueToken { id, owner, expires });
    world.state.resolve(id).unwrap()
}

#[test]
fn ad_29_a_connection_does_what_its_role_does_and_no_more() {
    let mut world = World::new();
    let role = world.role(&[AUDIT]);
    let connection = connection(&mut world, role);
    let view = world.state.view(Subject::Connection(connection), world.now);
    for permission in Permission::ALL {
        let by_role = [AUDIT, Permission::AdminPortalOpen].contains(&permission);
        assert_eq!(
            view.may(permission, Target::Account),
            by_role,
            "{permission}"
        );
    }
    let person = world.member();
    assert_eq!(
        world.code(Actor::Connection(connection), give(person, Tie::Agent)),
        "not_found"
    );
}

#[test]
fn ad_29_by_who_manages_integrations_and_never_super_admin() {
    let mut world = World::new();
    let admin = world.admin();
    let id = world.id();
    let create = |role| connect(id, role);
    assert_eq!(
        world.code(admin, create(RoleId::MEMBER)),
        "permission_missing"
    );
    assert_eq!(
        world.code(world.first, create(RoleId::SUPER_ADMIN)),
        "no_super_admin_connection"
    );
    let connection = connection(&mut world, RoleId::MEMBER);
    let role = RoleId::SUPER_ADMIN;
    let raise = Command::SetConnectionRole { connection, role };
    assert_eq!(world.code(world.first, raise), "no_super_admin_connection");
    let role = RoleId::ADMIN;
    let raise = Command::SetConnectionRole { connection, role };
    assert_eq!(
        world.code(Actor::Connection(connection), raise.clone()),
        "permission_missing"
    );
    world.set(raise);
}

#[test]
fn ad_29_a_connection_lives_on_when_its_maker_leaves() {
    let mut world = World::new();
    let maker = world.super_admin();
    let id = world.id();
    let role = world.role(&[AUDIT]);
    world.run(maker, connect(id, role));
    let connection = world.state.resolve(id).unwrap();
    world.set(Command::ErasePerson { person: maker });
    let view = world.state.view(Subject::Connection(connection), world.now);
    assert!(view.may(AUDIT, Target::Account));
}

#[test]
fn ad_29_a_personal_token_is_issued_by_oneself_only() {
    let mut world = World::new();
    let (member, customer) = (world.member(), world.customer());
    let (id, expires) = (world.id(), world.now.plus_seconds(60));
    let issue = |owner| Command::IssueToken {
        id,
        owner: TokenOwner::Person(owner),
        expires,
    };
    assert_eq!(world.code(world.first, issue(member)), "own_tokens_only");
    assert_eq!(world.code(customer, issue(customer)), "not_an_active_user");
    world.run(member, issue(member));
}

#[test]
fn ad_28_a_token_expires_within_a_year() {
    let mut world = World::new();
    let (person, id) = (world.member(), world.id());
    let issue = |expires| Command::IssueToken {
        id,
        owner: TokenOwner::Person(person),
        expires,
    };
    let day = 24 * 3600;
    for expires in [
        world.now,
        Moment(0),
        world.now.plus_seconds(367 * day),
        Moment(i64::MAX),
    ] {
        assert_eq!(world.code(person, issue(expires)), "bad_expiry");
    }
    world.run(person, issue(world.now.plus_seconds(366 * day)));
}

#[test]
fn ad_29_tokens_are_revoked_by_their_owner_or_who_outranks_them() {
    let mut world = World::new();
    let (admin, member, other) = (world.admin(), world.member(), world.member());
    let first = token(
        &mut world,
        Actor::Person(member),
        TokenOwner::Person(member),
    );
    let revoke = |token| Command::RevokeToken { token };
    assert_eq!(world.code(other, revoke(first)), "not_found");
    world.run(admin, revoke(first));
    assert!(world.state.tokens().get(first).unwrap().revoked);
    world.unchanged(member, revoke(first));
    let first_user = world.first;
    let theirs = token(
        &mut world,
        Actor::Person(first_user),
        TokenOwner::Person(first_user),
    );
    assert_eq!(world.code(admin, revoke(theirs)), "permission_missing");
}

#[test]
fn ad_28_tokens_end_with_their_owner() {
    let mut world = World::new();
    let person = world.member();
    let personal = token(
        &mut world,
        Actor::Person(person),
        TokenOwner::Person(person),
    );
    let facet = Facet::User;
    world.set(Command::Deactivate { person, facet });
    assert!(world.state.tokens().get(personal).unwrap().revoked);
    let connection = connection(&mut world, RoleId::ADMIN);
    let by = Actor::Person(world.first);
    let service = token(&mut world, by, TokenOwner::Connection(connection));
    world.archive(Node::Connection(connection));
    assert!(world.state.tokens().get(service).unwrap().revoked);
    let member = world.member();
    assert_eq!(
        world.code(Actor::Connection(connection), give(member, Tie::Agent)),
        "actor_not_active"
    );
}

#[test]
fn ad_5_a_role_that_a_connection_acts_by_is_held() {
    let mut world = World::new();
    let role = world.role(&[AUDIT]);
    let connection = connection(&mut world, role);
    let delete = |replacement| Command::DeleteRole { role, replacement };
    assert_eq!(world.code(world.first, delete(None)), "role_is_held");
    world.set(delete(Some(RoleId::MEMBER)));
    assert_eq!(
        world.state.connections().get(connection).unwrap().role,
        RoleId::MEMBER
    );
}

#[test]
fn sd_33_ad_29_no_connection_is_a_way_round_a_list_of_companies() {
    let mut world = World::new();
    let (seen, boss) = (world.company(), world.super_admin());
    let configure = ConnectionRights {
        configure_desk: true,
        contact_admin: false,
    };
    let connection = connection(&mut world, RoleId::ADMIN);
    let (by, owner) = (
        Actor::Person(world.first),
        TokenOwner::Connection(connection),
    );
    let held = token(&mut world, by, owner);
    world.set(Command::SetCompanyAccess {
        person: boss,
        listed: Some(ListedCompanies {
            companies: vec![seen],
            without_company: true,
        }),
    });
    let (id, expires) = (world.id(), world.now.plus_seconds(3600));
    let new = world.id();
    let create = |rights| Command::CreateConnection {
        id: new,
        role: RoleId::MEMBER,
        kind: ConnectionKind::Service,
        rights,
    };
    let set_role = |role| Command::SetConnectionRole { connection, role };
    let set_rights = |rights| Command::SetConnectionRights { connection, rights };
    let none = ConnectionRights::default();
    for command in [
        Command::IssueToken { id, owner, expires },
        set_rights(configure),
        create(configure),
    ] {
        let refusal = world.refused(boss, command);
        assert_eq!((refusal.rule, refusal.code), ("SD-33", "companies_hidden"));
        assert_eq!(refusal.who_could, [world.first]);
    }
    // To take, and what neither acts nor is told, is open to them.
    world.run(boss, create(none));
    world.set(set_rights(configure));
    world.run(boss, set_rights(none));
    world.run(boss, set_role(RoleId::MEMBER));
    assert_eq!(
        world.code(boss, set_role(RoleId::ADMIN)),
        "companies_hidden"
    );
    world.run(boss, Command::RevokeToken { token: held });
    let node = Node::Connection(connection);
    world.run(boss, Command::Archive { node });
    assert_eq!(
        world.code(boss, Command::Restore { node }),
        "companies_hidden"
    );
    world.set(Command::Restore { node });
}

/// A program edits whom its role outranks. A directory notes what it says of those whom it may switch off, which changes nothing of theirs and
/// needs the right alone.
#[test]
fn ad_24_a_connection_edits_whom_its_role_outranks() {
    use ConnectionKind::{Provisioning, Service};
    let mut world = World::new();
    let people = [world.member(), world.admin(), world.super_admin()];
    let (manages, audits) = (
        world.role(&[Permission::AdminUsersManage]),
        world.role(&[AUDIT]),
    );
    let rights = ConnectionRights::default();
    // By whom; about a member, an Admin and a Super admin: whether it may say nothing, and whether it may say a name or an address.
    for (kind, role, may_note, may_edit) in [
        (Provisioning, manages, [true; 3], [true, false, false]),
        (Provisioning, RoleId::ADMIN, [true; 3], [true, false, false]),
        (Provisioning, audits, [false; 3], [false; 3]),
        (Service, manages, [true, false, false], [true, false, false]),
        (
            Service,
            RoleId::ADMIN,
            [true, false, false],
            [true, false, false],
        ),
        (Service, audits, [false; 3], [false; 3]),
    ] {
        let by = Actor::Connection(connection_of(&mut world, kind, role, rights));
        for (at, person) in people.into_iter().enumerate() {
            for (fields, may) in [
                (vec![], may_note[at]),
                (vec![ProfileField::Name], may_edit[at]),
                (vec![ProfileField::Address], may_edit[at]),
            ] {
                let is_note = fields.is_empty();
                let ends = fields.contains(&ProfileField::Address);
                let command = Command::EditProfile { person, fields };
                let done = world.state.propose(by, &command, world.now);
                match done {
                    Ok(done) => {
                        assert!(may, "{kind:?} {role:?} {command:?}");
                        assert_eq!(done.events.is_empty(), is_note);
                        assert_eq!(done.events.contains(&Event::AccessEnded { person }), ends);
                    }
                    Err(refusal) => {
                        assert!(!may, "{kind:?} {role:?} {command:?}");
                        // AD-31: whoever holds nothing here sees nobody.
                        let code = match role == audits {
                            true => "not_found",
                            false => "permission_missing",
                        };
                        assert_eq!(refusal.code, code, "{kind:?} {role:?} {command:?}");
                    }
                }
            }
        }
    }
}
