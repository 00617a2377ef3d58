//! How people come: as users, as customers, or with a second facet.

use access::{
    Command, Permission::ServiceDeskAccountConfigure, PersonId, PublicId, Target,
    command::RoleAssignment, state::Facet,
};
use ledger::{Change, Field, Of, ProfileWrite};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{
    Result,
    common::Submission,
    guard::{Commands, CommandsOn},
    part::Order,
    reply::Answer,
    resource::{RoleRef, ServiceRef, UserGroupRef},
    route::{Route, post},
    session::{Session, failed},
    submit::Written,
    values::{parse_email, parse_name},
};

use crate::{invitations::with_invitation, people::parse_value};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        post(
            "/api/v1/people/users",
            "people.add_user",
            "Add a user",
            add_user,
        ),
        post(
            "/api/v1/people/customers",
            "people.add_customer",
            "Add a customer",
            add_customer,
        ),
        post(
            "/api/v1/people/{person}/user-facet",
            "people.add_user_facet",
            "Make a customer a user too",
            add_user_facet,
        ),
        post(
            "/api/v1/people/{person}/customer-facet",
            "people.add_customer_facet",
            "Make a user a customer too",
            add_customer_facet,
        ),
    ]
}

/// Contact data.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Contact {
    /// Telephone number.
    #[schema(schema_with = crate::words::contact_if)]
    phone: Option<String>,
    /// Job title.
    #[schema(schema_with = crate::words::contact_if)]
    title: Option<String>,
    /// Preferred language.
    #[schema(schema_with = crate::words::contact_if)]
    language: Option<String>,
    /// Your own id of the person.
    #[schema(schema_with = crate::words::contact_if)]
    external_id: Option<String>,
}

/// A new user.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewUser {
    /// Display name.
    #[schema(schema_with = web::schema::name)]
    pub name: String,
    /// E-mail address; one person per address.
    #[schema(schema_with = web::schema::email)]
    pub email: String,
    /// Further contact data.
    #[serde(default)]
    pub contact: Contact,
    /// User groups to be placed in; a scoped administrator names one of the scope.
    #[serde(default)]
    pub user_groups: Vec<UserGroupRef>,
    /// The account role; absent: Member (AD-1).
    #[serde(default)]
    pub account_role: Option<RoleRef>,
    /// Whether the person is sent the link to accept with; without, `POST /people/{person}/invitation` sends it later.
    #[serde(default = "yes")]
    pub send_invitation: bool,
}

fn yes() -> bool {
    true
}

/// A new customer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCustomer {
    /// Display name.
    #[schema(schema_with = web::schema::name)]
    pub name: String,
    /// E-mail address; one person per address.
    #[schema(schema_with = web::schema::email)]
    pub email: String,
    /// Further contact data.
    #[serde(default)]
    pub contact: Contact,
    /// The service to be selectable in, as Access (no portal).
    #[serde(default)]
    pub service: Option<ServiceRef>,
}

/// User groups for a new user facet.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewUserFacet {
    /// As for a new user.
    #[serde(default)]
    user_groups: Vec<UserGroupRef>,
    /// As for a new user.
    #[serde(default = "yes")]
    send_invitation: bool,
}

/// A service for a new customer facet.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewCustomerFacet {
    /// As for a new customer.
    #[serde(default)]
    service: Option<ServiceRef>,
}

fn profile_of(of: Of, name: &str, email: &str, contact: &Contact) -> Result<ProfileWrite> {
    let mut write = ProfileWrite::new(of)
        .set(Field::Name, parse_name("/name", name)?)
        .set(Field::Email, parse_email("/email", email)?);
    let further = [
        ("/contact/phone", Field::Phone, &contact.phone),
        ("/contact/title", Field::Title, &contact.title),
        ("/contact/language", Field::Language, &contact.language),
        (
            "/contact/external_id",
            Field::ExternalId,
            &contact.external_id,
        ),
    ];
    for (at, field, value) in further {
        if let Some(value) = value {
            write = write.set(field, parse_value(at, value)?);
        }
    }
    Ok(write)
}

async fn add_user(commands: Commands, order: Order<NewUser>) -> Result<Answer<Written>> {
    let id = commands.new_id::<PersonId>();
    let change = new_user(&commands, id, &order.body)?;
    commands.create(id, change, &order.how).await
}

/// The change that makes a user, with the invitation if one is to be sent.
pub(crate) fn new_user(session: &Session, id: PublicId<PersonId>, new: &NewUser) -> Result<Change> {
    let user_groups = session.named_all("/user_groups", &new.user_groups)?;
    let role = session.named_if("/account_role", new.account_role)?;
    let account_role = role.map(|role| RoleAssignment {
        role,
        scope: access::state::PeopleScope::All,
    });
    let profile = profile_of(Of::public(id), &new.name, &new.email, &new.contact)?;
    let change = Change::from(Command::AddUser {
        id,
        user_groups,
        account_role,
    })
    .with_profile(profile);
    if new.send_invitation {
        with_invitation(session, change, Of::public(id), Facet::User)
    } else {
        Ok(change)
    }
}

/// RULES §4, the table: for an address that exists already the answer is the same as for a new one and shows nothing.
async fn add_customer(commands: Commands, order: Order<NewCustomer>) -> Result<Answer<Written>> {
    new_customer(&commands, &order.body, &order.how).await
}

/// The same for a page.
pub(crate) async fn new_customer(
    commands: &Commands,
    new: &NewCustomer,
    how: &Submission,
) -> Result<Answer<Written>> {
    let mut answer = add_or_find_customer(commands, new, how).await;
    if matches!(&answer, Err(problem) if problem.code() == "address_taken") {
        // Somebody with the address came in between.
        answer = add_or_find_customer(commands, new, how).await;
    }
    let answer = answer?;
    if commands
        .view()
        .may(ServiceDeskAccountConfigure, Target::Account)
    {
        return Ok(answer);
    }
    let body = Written {
        dry_run: answer.body.dry_run,
        changed: true,
        ..Written::default()
    };
    // The version before it: the one after it tells how much was written.
    Ok(Answer {
        version: commands.state().version().0,
        body,
    })
}

async fn add_or_find_customer(
    commands: &Commands,
    new: &NewCustomer,
    how: &Submission,
) -> Result<Answer<Written>> {
    let service = commands.named_if("/service", new.service)?;
    let id = commands.new_id::<PersonId>();
    let profile = profile_of(Of::public(id), &new.name, &new.email, &new.contact)?;
    match person_of(commands, &new.email).await? {
        Some(person) => {
            commands
                .submit(Command::AddCustomerFacet { person, service }, how)
                .await
        }
        None => {
            let change = Change::from(Command::AddCustomer { id, service }).with_profile(profile);
            commands.create(id, change, how).await
        }
    }
}

pub(crate) async fn person_of(session: &Session, email: &str) -> Result<Option<PersonId>> {
    let mut reading = session.account.read().await.map_err(failed)?;
    let number = ledger::person_of_email(&mut reading.tx, session.account.id(), email)
        .await
        .map_err(failed)?;
    Ok(number.and_then(access::Dense::from_number))
}

async fn add_user_facet(
    commands: CommandsOn<PersonId>,
    order: Order<NewUserFacet>,
) -> Result<Answer<Written>> {
    let user_groups = commands.named_all("/user_groups", &order.body.user_groups)?;
    let person = commands.on;
    let mut change = Change::from(Command::AddUserFacet {
        person,
        user_groups,
    });
    if order.body.send_invitation {
        change = with_invitation(&commands, change, Of::known(person), Facet::User)?;
    }
    commands.submit(change, &order.how).await
}

async fn add_customer_facet(
    commands: CommandsOn<PersonId>,
    order: Order<NewCustomerFacet>,
) -> Result<Answer<Written>> {
    let service = commands.named_if("/service", order.body.service)?;
    commands
        .submit(
            Command::AddCustomerFacet {
                person: commands.on,
                service,
            },
            &order.how,
        )
        .await
}
