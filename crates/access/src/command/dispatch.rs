//! Which file knows the rules of which command.

use super::{
    Command, Draft, Refusal, account, companies, connections, contact_centre, enrol, extra_grants,
    hand_over, invitations, licences, lives, mappings, newcomers, people, portal, provider_groups,
    providers, queue_people, registration, remote_support, roles, second_factor, services, tabs,
    ties, user_groups,
};

/// Sends a command to the file that knows its rules.
pub(super) fn dispatch(draft: &mut Draft<'_>, command: &Command) -> Result<(), Refusal> {
    match command {
        Command::OpenAccount {
            first_user,
            licences,
            token,
        } => account::open(draft, *first_user, licences, *token),
        Command::SetAccountActive { active } => account::set_active(draft, *active),

        Command::AddUser {
            id,
            user_groups,
            account_role,
        } => newcomers::add_user(draft, *id, user_groups, account_role.as_ref()),
        Command::AddUserFacet {
            person,
            user_groups,
        } => newcomers::add_user_facet(draft, *person, user_groups),
        Command::AddCustomer { id, service } => newcomers::add_customer(draft, *id, *service),
        Command::AddCustomerFacet { person, service } => {
            newcomers::add_customer_facet(draft, *person, *service)
        }
        Command::Register { id, domain, denied } => {
            registration::register(draft, *id, domain, *denied)
        }
        Command::ConfirmAddress {
            person,
            domain,
            denied,
        } => registration::confirm_address(draft, *person, domain, *denied),
        Command::Arrive { id, domain, denied } => registration::arrive(draft, *id, domain, *denied),
        Command::AcceptInvitation { person } => invitations::accept(draft, *person),
        Command::Invite { person, facet } => invitations::send(draft, *person, *facet),
        Command::RevokeInvitation { person, facet } => invitations::revoke(draft, *person, *facet),
        Command::SetSignIn { person, possible } => people::set_sign_in(draft, *person, *possible),
        Command::EditProfile { person, fields } => people::edit_profile(draft, *person, fields),
        Command::Enrol(enrolment) => enrol::enrol(draft, enrolment),
        Command::HandOver { from, to } => hand_over::hand_over(draft, *from, to),
        Command::EndSignInSessions { person } => people::end_sign_in_sessions(draft, *person),
        Command::Deactivate { person, facet } => people::deactivate(draft, *person, *facet),
        Command::Reactivate { person, facet } => people::reactivate(draft, *person, *facet),
        Command::ViewAs { person } => people::view_as(draft, *person),
        Command::LinkProvider {
            person,
            connection,
            accepts,
        } => providers::link(draft, *person, *connection, *accepts),
        Command::UnlinkProvider { person, connection } => {
            providers::unlink(draft, *person, *connection)
        }
        Command::ErasePerson { person } => people::erase(draft, *person),

        Command::SetAccountRoles {
            people,
            assignment,
            keep,
            bulk,
        } => roles::set_account_roles(draft, people, assignment, keep, *bulk),
        Command::CreateRole { id, permissions } => roles::create(draft, *id, *permissions),
        Command::EditRole { role, permissions } => roles::edit(draft, *role, *permissions),
        Command::DeleteRole { role, replacement } => roles::delete(draft, *role, *replacement),
        Command::GiveExtraGrant { to, grant } => extra_grants::give(draft, *to, grant),
        Command::TakeExtraGrant { from, grant } => extra_grants::take(draft, *from, grant),
        Command::SetAccountAdmin { person, admin } => {
            remote_support::set_account_admin(draft, *person, admin.as_ref())
        }
        Command::SetBillingContact { person } => {
            remote_support::set_billing_contact(draft, *person)
        }
        Command::OfferBillingContact { to } => remote_support::offer_billing_contact(draft, *to),
        Command::AcceptBillingContact => remote_support::accept_billing_contact(draft),

        Command::CreateUserGroup { id, parent } => user_groups::create(draft, *id, *parent),
        Command::MoveUserGroup { group, parent } => user_groups::relocate(draft, *group, *parent),
        Command::CreateDeviceGroup { id } => remote_support::create_device_group(draft, *id),
        Command::AddDevice { id, group, company } => {
            remote_support::add_device(draft, *id, *group, *company)
        }
        Command::MoveDevice {
            device,
            group,
            company,
        } => remote_support::move_device(draft, *device, *group, *company),

        Command::Tie {
            person,
            tie,
            window,
        } => ties::tie(draft, *person, *tie, *window),
        Command::Untie { person, tie } => ties::untie(draft, *person, *tie),
        Command::TieWithLicence {
            person,
            tie,
            licence,
        } => ties::tie_with_licence(draft, *person, *tie, *licence),

        Command::BuyLicence {
            id,
            product,
            model,
            seats,
        } => licences::buy(draft, *id, *product, *model, *seats),
        Command::SetLicenceSeats { licence, seats } => licences::set_seats(draft, *licence, *seats),
        Command::TakeSeat {
            licence,
            seat,
            person,
        } => licences::take_seat(draft, *licence, *seat, *person),
        Command::FreeSeat { licence, seat } => licences::free_seat(draft, *licence, *seat),

        Command::CreateService {
            id,
            first_administrator,
        } => services::create(draft, *id, *first_administrator),
        Command::SetDueDateOverride { service, policy } => {
            services::set_due_date_override(draft, *service, *policy)
        }
        Command::EndMassAction {
            service,
            action,
            failed,
        } => services::end_mass_action(draft, *service, *action, *failed),
        Command::SetServiceOpenToAll { service, open } => {
            services::set_open_to_all(draft, *service, *open)
        }
        Command::NoteRecords { service } => services::note_records(draft, *service),
        Command::SaveUsersTab { service, rows } => {
            services::save_users(draft, *service, &tabs::for_ever(rows))
        }
        Command::SaveGroupsTab { service, rows } => services::save_groups(draft, *service, rows),
        Command::SaveCustomersTab { service, rows } => {
            services::save_customers(draft, *service, &tabs::for_ever(rows))
        }
        Command::SaveCompaniesTab { service, rows } => {
            services::save_companies(draft, *service, rows)
        }
        Command::ReplaceTab { service, tab, read } => tabs::replace(draft, *service, tab, *read),
        Command::CreateGroup { id } => companies::create_group(draft, *id),
        Command::CreateCompany { id } => companies::create(draft, *id),
        Command::AddDomain { company, domain } => companies::add_domain(draft, *company, domain),
        Command::RemoveDomain { company, domain } => {
            companies::remove_domain(draft, *company, domain)
        }
        Command::SortNow { people } => companies::sort_now(draft, people),
        Command::SetCompanyRegistration { company, accepts } => {
            registration::set_company(draft, *company, *accepts)
        }
        Command::RequireSecondFactor { role, required } => {
            second_factor::require(draft, *role, *required)
        }
        Command::SetRegistration {
            policy,
            denied,
            allowed,
        } => registration::set(draft, *policy, *denied, *allowed),
        Command::SetEmployer {
            person,
            company,
            move_from_other,
        } => companies::set_employer(draft, *person, *company, *move_from_other),
        Command::SetPortalLevel {
            people,
            level,
            bulk,
        } => portal::set_level(draft, people, *level, *bulk),
        Command::SetCompanyAccess { person, listed } => {
            companies::set_company_access(draft, *person, listed.as_ref())
        }

        Command::CreateQueue { id, kind } => contact_centre::create(draft, *id, *kind),
        Command::SaveQueuePeople { queue, rows } => queue_people::save(draft, *queue, rows),
        Command::SetSwitch { switch, on } => contact_centre::set_switch(draft, *switch, *on),
        Command::SaveSwitches { rows } => contact_centre::save_switches(draft, rows),
        Command::LogIn { queue } => contact_centre::log_in(draft, *queue),
        Command::LogInOther {
            person,
            queue,
            hours,
        } => contact_centre::log_in_other(draft, *person, *queue, *hours),
        Command::LogOut { person, queue } => contact_centre::log_out(draft, *person, *queue),
        Command::SetPaused {
            person,
            queue,
            paused,
        } => contact_centre::set_paused(draft, *person, *queue, *paused),

        Command::Rename { node } => lives::rename(draft, *node),
        Command::Archive { node } => lives::archive(draft, *node),
        Command::Restore { node } => lives::restore(draft, *node),
        Command::Delete { node } => lives::delete(draft, *node),

        Command::CreateConnection {
            id,
            role,
            kind,
            rights,
        } => connections::create(draft, *id, *role, *kind, *rights),
        Command::SetConnectionRole { connection, role } => {
            connections::set_role(draft, *connection, *role)
        }
        Command::SetConnectionRights { connection, rights } => {
            connections::set_rights(draft, *connection, *rights)
        }
        Command::IssueToken { id, owner, expires } => {
            connections::issue_token(draft, *id, *owner, *expires)
        }
        Command::RevokeToken { token } => connections::revoke_token(draft, *token),

        Command::CreateProviderGroup { id, connection } => {
            provider_groups::create(draft, *id, *connection)
        }
        Command::ChangeProviderGroup {
            provider_group,
            change,
        } => provider_groups::change(draft, *provider_group, change),
        Command::SetMappings {
            connection,
            mappings,
        } => mappings::set(draft, *connection, mappings),
        Command::ApplyMappings { connection } => mappings::apply(draft, *connection),

        Command::Product(command) => crate::products::propose(draft, command),
    }
}
