//! Connections and tokens (AD-28, AD-29).

use super::{Actor, Command, Draft, Refusal};
use crate::catalogue::{Permission, PermissionSet};
use crate::decide::{Target, UserStatus, View};
use crate::event::{Event, Node};
use crate::ids::{ConnectionId, PersonId, PublicId, RoleId, TokenId};
use crate::moment::Moment;
use crate::state::{Connection, ConnectionKind, ConnectionRights, Life, TokenOwner};

/// A token lives a year at most.
const MAX_TOKEN_DAYS: u32 = 366;

/// AD-30: provisioning gives by mappings alone. What a directory or a sign-in provider has its role and rights for, it may map to, and may
/// do with who people are; a service does whatever its role does.
pub(super) fn may_ask(kind: ConnectionKind, command: &Command) -> Result<(), Refusal> {
    // SD-22: whom a sign-in provider adds is placed by the rule of domains, and never by choice.
    let sorts =
        kind == ConnectionKind::SignInProvider && matches!(command, Command::SortNow { .. });
    if kind == ConnectionKind::Service || sorts || is_provisioning(command) {
        return Ok(());
    }
    Err(Refusal::forbidden(
        "AD-30",
        "by_mappings_only",
        "a connection that provisions people or signs them in says who they are and in which groups; it gives by mappings alone",
    ))
}

/// Who is there, without anything, and in which groups of the provider.
fn is_provisioning(command: &Command) -> bool {
    match command {
        Command::AddUser {
            user_groups,
            account_role,
            ..
        } => {
            let role = account_role.as_ref();
            user_groups.is_empty() && role.is_none_or(|one| one.role.is_member())
        }
        Command::AddUserFacet { user_groups, .. } => user_groups.is_empty(),
        Command::AddCustomer { service, .. } | Command::AddCustomerFacet { service, .. } => {
            service.is_none()
        }
        Command::EditProfile { .. }
        | Command::Invite { .. }
        | Command::RevokeInvitation { .. }
        | Command::SetSignIn { .. }
        | Command::EndSignInSessions { .. }
        | Command::Deactivate { .. }
        | Command::Reactivate { .. }
        // AD-24 refuses it, and says why.
        | Command::ErasePerson { .. }
        | Command::RevokeToken { .. }
        | Command::CreateProviderGroup { .. }
        | Command::ChangeProviderGroup { .. }
        | Command::ApplyMappings { .. } => true,
        Command::Rename { node } | Command::Archive { node } | Command::Delete { node } => {
            matches!(node, Node::ProviderGroup(_))
        }
        _ => false,
    }
}

/// AD-29: with a role chosen by who may give that role.
pub(super) fn create(
    draft: &mut Draft<'_>,
    id: PublicId<ConnectionId>,
    role: RoleId,
    kind: ConnectionKind,
    rights: ConnectionRights,
) -> Result<(), Refusal> {
    require_integrations(draft)?;
    may_give_role(draft, role)?;
    may_give_rights(draft, rights)?;
    if rights != ConnectionRights::default() {
        require_all_companies(draft)?;
    }
    draft.is_new(id)?;
    let maker = draft.actor_person();
    draft.emit(Event::ConnectionCreated {
        uid: id.uuid(),
        role,
        kind,
        maker,
    });
    if rights != ConnectionRights::default() {
        let connection = draft.made(id)?;
        draft.emit(Event::ConnectionRightsSet { connection, rights });
    }
    Ok(())
}

/// AD-29: a change of role is a taking and a giving.
pub(super) fn set_role(
    draft: &mut Draft<'_>,
    connection: ConnectionId,
    role: RoleId,
) -> Result<(), Refusal> {
    require_integrations(draft)?;
    let row = known(draft, connection)?;
    if row.role == role {
        return Ok(());
    }
    require_another(draft, connection)?;
    may_give_set(draft, row.role)?;
    may_give_role(draft, role)?;
    if !role.is_member() {
        require_all_companies(draft)?;
    }
    draft.emit(Event::ConnectionRoleSet { connection, role });
    Ok(())
}

/// AD-29: each right by who could give it to people, and so take it from them.
pub(super) fn set_rights(
    draft: &mut Draft<'_>,
    connection: ConnectionId,
    rights: ConnectionRights,
) -> Result<(), Refusal> {
    require_integrations(draft)?;
    let held = known(draft, connection)?.rights;
    if held == rights {
        return Ok(());
    }
    require_another(draft, connection)?;
    may_give_rights(
        draft,
        ConnectionRights {
            configure_desk: held.configure_desk != rights.configure_desk,
            contact_admin: held.contact_admin != rights.contact_admin,
        },
    )?;
    let is_given = |held: bool, right: bool| right && !held;
    if is_given(held.configure_desk, rights.configure_desk)
        || is_given(held.contact_admin, rights.contact_admin)
    {
        require_all_companies(draft)?;
    }
    draft.emit(Event::ConnectionRightsSet { connection, rights });
    Ok(())
}

/// SD-33: a connection has no list of companies. Whoever has one would see by it what is hidden from them, so they let none act and give it
/// nothing; to take is open to them.
fn require_all_companies(draft: &Draft<'_>) -> Result<(), Refusal> {
    if draft.view().admits_all() {
        return Ok(());
    }
    let could = |view: View<'_>| {
        view.admits_all() && view.may(Permission::AdminIntegrationsManage, Target::Account)
    };
    Err(Refusal {
        who_could: draft.who_could(could),
        ..Refusal::forbidden(
            "SD-33",
            "companies_hidden",
            "a connection sees every company, and some are hidden from you: somebody who sees all of them has to do this",
        )
    })
}

fn require_another(draft: &Draft<'_>, connection: ConnectionId) -> Result<(), Refusal> {
    if draft.actor == Actor::Connection(connection) {
        let detail = "nobody changes the role that they act by";
        return Err(Refusal::forbidden("AD-7", "not_to_oneself", detail));
    }
    Ok(())
}

/// AD-29: one's own, or a connection's by who manages integrations.
pub(super) fn issue_token(
    draft: &mut Draft<'_>,
    id: PublicId<TokenId>,
    owner: TokenOwner,
    expires: Moment,
) -> Result<(), Refusal> {
    match owner {
        TokenOwner::Person(person) => {
            if !draft.is_oneself(person) {
                let detail = "a personal token is issued by the person whose it is";
                return Err(Refusal::forbidden("AD-29", "own_tokens_only", detail));
            }
            if draft.view().user_status(person) != UserStatus::Active {
                let detail = "personal tokens are for active users";
                return Err(Refusal::forbidden("AD-29", "not_an_active_user", detail));
            }
            draft.require_both_facets()?;
        }
        TokenOwner::Connection(connection) => {
            require_integrations(draft)?;
            let row = known(draft, connection)?;
            draft.require_active(Some(row.life), "connection")?;
            may_give_all(draft, row)?;
        }
    }
    issue(draft, id, owner, expires)
}

/// For whoever may have it.
pub(super) fn issue(
    draft: &mut Draft<'_>,
    id: PublicId<TokenId>,
    owner: TokenOwner,
    expires: Moment,
) -> Result<(), Refusal> {
    let last = draft.now.plus_seconds(MAX_TOKEN_DAYS * 24 * 3600);
    if expires <= draft.now || expires > last {
        return Err(Refusal::invalid(
            "AD-28",
            "bad_expiry",
            format!("a token expires after now and within {MAX_TOKEN_DAYS} days"),
        ));
    }
    draft.is_new(id)?;
    draft.emit(Event::TokenIssued {
        uid: id.uuid(),
        owner,
        expires,
    });
    Ok(())
}

/// One's own, a connection's by who manages integrations, or somebody's over whom one has rank (AD-24).
pub(super) fn revoke_token(draft: &mut Draft<'_>, token: TokenId) -> Result<(), Refusal> {
    let row = draft.before.tokens().get(token);
    let not_there = || Refusal::not_found("no such token");
    let row = row.ok_or_else(not_there)?;
    match row.owner {
        TokenOwner::Person(person) if draft.is_oneself(person) => {}
        TokenOwner::Person(person) => require_right_over(draft, person)?,
        TokenOwner::Connection(connection) if draft.actor == Actor::Connection(connection) => {}
        // Who does not manage integrations is told as little as of an unknown token.
        TokenOwner::Connection(_) => require_integrations(draft).map_err(|_| not_there())?,
    }
    if !row.revoked {
        draft.emit(Event::TokenRevoked { token });
    }
    Ok(())
}

fn require_right_over(draft: &Draft<'_>, person: PersonId) -> Result<(), Refusal> {
    if draft.knows(Target::Person(person)) {
        draft.require(Permission::AdminUsersManage, person)
    } else {
        Err(Refusal::not_found("no such token"))
    }
}

pub(super) fn require_integrations(draft: &Draft<'_>) -> Result<(), Refusal> {
    draft.require(Permission::AdminIntegrationsManage, Target::Account)
}

pub(super) fn known<'a>(
    draft: &Draft<'a>,
    connection: ConnectionId,
) -> Result<&'a Connection, Refusal> {
    let row = draft.before.connections().get(connection);
    row.filter(|row| row.life != Life::Deleted)
        .ok_or_else(|| Refusal::not_found("no such connection"))
}

/// A role that counts, and that the actor may give. Super admin never: at least one person answers for everything (AD-8), and
/// a connection lives on when its maker leaves.
fn may_give_role(draft: &Draft<'_>, role: RoleId) -> Result<(), Refusal> {
    let row = draft.before.roles().get(role);
    draft.require_active(row.map(|row| row.life), "role")?;
    if role == RoleId::SUPER_ADMIN {
        return Err(Refusal::invalid(
            "AD-29",
            "no_super_admin_connection",
            "a connection is never Super admin",
        ));
    }
    may_give_set(draft, role)
}

/// Everything that acting as the connection gives: its role, and its rights.
pub(super) fn may_give_all(draft: &Draft<'_>, row: &Connection) -> Result<(), Refusal> {
    may_give_set(draft, row.role)?;
    may_give_rights(draft, row.rights)?;
    require_all_companies(draft)
}

fn may_give_rights(draft: &Draft<'_>, rights: ConnectionRights) -> Result<(), Refusal> {
    let may = draft.view().may_give_rights(rights);
    may.map_err(|no| draft.refuse(no))
}

/// The right to give, and so to take, what the role holds.
fn may_give_set(draft: &Draft<'_>, role: RoleId) -> Result<(), Refusal> {
    match role {
        RoleId::MEMBER => Ok(()),
        RoleId::SUPER_ADMIN | RoleId::ADMIN => {
            draft.require_super_admin("AD-6", "role_by_super_admin")
        }
        custom => {
            let row = draft.before.roles().get(custom);
            let set = row.map_or(PermissionSet::EMPTY, |row| row.permissions);
            let may = draft.view().may_define_role(set);
            may.map_err(|no| draft.refuse(no))
        }
    }
}
