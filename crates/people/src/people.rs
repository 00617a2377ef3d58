//! People: users, customers, or both in one person.

use access::{
    Command,
    Permission::ServiceDeskAccountConfigure,
    PersonId, Subject, Target,
    command::RoleAssignment,
    state::{CustomerFacet, Facet, PortalLevel},
};
use ledger::{Change, Field, Of, Profile, ProfileWrite};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{
    Problem, Result,
    common::Submission,
    guard::{Commands, CommandsOn, Seen, SignedIn},
    paging::{Page, Paged, Paging},
    part::{Order, Query},
    reply::Answer,
    resource::{CompanyRef, PersonRef, RoleRef, ServiceRef, UserGroupRef},
    route::{Route, delete, get, patch, post, put},
    session::{Session, failed},
    submit::Written,
};

use crate::{
    bodies::FIELDS,
    things::{self, FindPeople, Search},
    values,
};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            "/api/v1/people",
            "people.list",
            "List the people that the caller may see",
            list,
        ),
        post(
            "/api/v1/people/search",
            "people.search",
            "Find the people whom the caller may see, by the beginning of a name, address, number or id",
            find,
        ),
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
        get(
            "/api/v1/people/{person}",
            "people.show",
            "Show a person",
            show,
        ),
        patch(
            "/api/v1/people/{person}",
            "people.edit",
            "Edit a person's contact data",
            edit,
        ),
        delete(
            "/api/v1/people/{person}",
            "people.erase",
            "Erase a person: personal data goes everywhere, numbers stay",
            erase,
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
        post(
            "/api/v1/people/{person}/deactivation",
            "people.deactivate",
            "Deactivate a facet",
            deactivate,
        ),
        post(
            "/api/v1/people/{person}/reactivation",
            "people.reactivate",
            "Reactivate a facet",
            reactivate,
        ),
        put(
            "/api/v1/people/{person}/employer",
            "people.set_employer",
            "Tie a person to a company, or to none",
            set_employer,
        ),
    ]
}

/// A person.
#[derive(Debug, Serialize, ToSchema)]
struct PersonBody {
    id: PersonRef,
    /// Absent when erased, like all that follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    /// Job title.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    /// Preferred language.
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    /// Your own id of the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
    /// The staff facet, if there is one and the caller sees users of its scope.
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<UserBody>,
    /// The customer facet, if there is one and the caller serves it.
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<CustomerBody>,
    /// The employer (SD-21), if the caller sees it.
    company: Option<CompanyRef>,
}

/// The staff facet.
#[derive(Debug, Serialize, ToSchema)]
struct UserBody {
    /// `active`, `invited`, `suspended` or `deactivated` (AD-15).
    status: String,
    /// The one account role (AD-1), if the caller sees it.
    #[serde(skip_serializing_if = "Option::is_none")]
    account_role: Option<RoleRef>,
}

/// The customer facet.
#[derive(Debug, Serialize, ToSchema)]
struct CustomerBody {
    /// `active`, `unconfirmed` or `deactivated`.
    status: &'static str,
    /// SD-13.
    #[schema(schema_with = crate::words::portal_level)]
    portal_level: PortalLevel,
}

/// Narrows the list of people.
#[derive(Debug, Deserialize, IntoParams)]
struct Which {
    /// Only users, or only customers.
    #[param(value_type = Option<String>)]
    facet: Option<Facet>,
    /// Only people of this company.
    #[param(value_type = Option<String>)]
    company: Option<CompanyRef>,
}

/// Contact data.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct Contact {
    /// Telephone number.
    phone: Option<String>,
    /// Job title.
    title: Option<String>,
    /// Preferred language.
    language: Option<String>,
    /// Your own id of the person.
    external_id: Option<String>,
}

/// A new user.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewUser {
    /// Display name.
    name: String,
    /// E-mail address; one person per address.
    email: String,
    /// Further contact data.
    #[serde(default)]
    contact: Contact,
    /// User groups to be placed in; a scoped administrator names one of the scope.
    #[serde(default)]
    user_groups: Vec<UserGroupRef>,
    /// The account role; absent: Member (AD-1).
    #[serde(default)]
    account_role: Option<RoleRef>,
}

/// A new customer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewCustomer {
    /// Display name.
    name: String,
    /// E-mail address; one person per address.
    email: String,
    /// Further contact data.
    #[serde(default)]
    contact: Contact,
    /// The service to be selectable in, as Access (no portal).
    #[serde(default)]
    service: Option<ServiceRef>,
}

/// Contact data to change. Absent: as it is; `null`: taken away.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct EditPerson {
    /// Display name.
    name: Option<String>,
    /// E-mail address.
    email: Option<String>,
    /// Telephone number.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    phone: Option<Option<String>>,
    /// Job title.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    title: Option<Option<String>>,
    /// Preferred language.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    language: Option<Option<String>>,
    /// Your own id of the person.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    external_id: Option<Option<String>>,
}

/// User groups for a new user facet.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewUserFacet {
    /// As for a new user.
    #[serde(default)]
    user_groups: Vec<UserGroupRef>,
}

/// A service for a new customer facet.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewCustomerFacet {
    /// As for a new customer.
    #[serde(default)]
    service: Option<ServiceRef>,
}

/// Which facet.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OneFacet {
    /// Staff or customer.
    #[schema(schema_with = crate::words::facet)]
    facet: Facet,
}

/// An employer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Employer {
    /// The company; `null`: none.
    company: Option<CompanyRef>,
    /// Leave a present company in the same step; otherwise a second company is refused (SD-21).
    #[serde(default, rename = "move")]
    move_from_other: bool,
}

/// How an erasure is done.
#[derive(Debug, Deserialize, IntoParams)]
struct Erasure {
    /// Keep a keyed hash of the address on the denylist, so that it cannot register again.
    #[serde(default)]
    deny_address: bool,
}

/// Tells `null` from absent.
fn given<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

fn body(session: &Session, person: PersonId, profile: Option<&Profile>) -> Option<PersonBody> {
    let row = session.asked().people().get(person)?;
    let status = session
        .asked()
        .view(Subject::Person(person), session.asked_at())
        .user_status(person);
    let text = |field| things::text(profile, field);
    let view = session.view();
    Some(PersonBody {
        id: session.id(person),
        name: text(Field::Name),
        email: text(Field::Email),
        phone: text(Field::Phone),
        title: text(Field::Title),
        language: text(Field::Language),
        external_id: text(Field::ExternalId),
        user: view.sees_as_user(person).then(|| UserBody {
            status: web::decision::code(&status),
            account_role: session.shown(row.account_role),
        }),
        customer: customer_status(row.customer)
            .filter(|_| view.sees_as_customer(person))
            .map(|status| CustomerBody {
                status,
                portal_level: row.portal_level,
            }),
        company: row.company.and_then(|company| session.shown(company)),
    })
}

fn customer_status(facet: CustomerFacet) -> Option<&'static str> {
    match facet {
        CustomerFacet::Absent => None,
        CustomerFacet::Unconfirmed => Some("unconfirmed"),
        CustomerFacet::Active => Some("active"),
        CustomerFacet::Deactivated => Some("deactivated"),
    }
}

async fn list(
    session: SignedIn,
    paging: Paging,
    Query(which): Query<Which>,
) -> Result<Answer<Page<PersonBody>>> {
    page(&session, &paging, &Search::default(), &which).await
}

async fn find(
    session: SignedIn,
    Query(which): Query<Which>,
    Paged { body: whom, paging }: Paged<FindPeople>,
) -> Result<Answer<Page<PersonBody>>> {
    page(&session, &paging, &whom.search()?, &which).await
}

async fn page(
    session: &Session,
    paging: &Paging,
    search: &Search,
    which: &Which,
) -> Result<Answer<Page<PersonBody>>> {
    let company = session.named_if("company", which.company)?;
    let (people, next) = things::page::<PersonId>(session, paging, search, |view, person| {
        let Some(row) = view.state().people().get(person) else {
            return false;
        };
        let facet = match which.facet {
            None => true,
            Some(Facet::User) => row.is_user() && session.view().sees_as_user(person),
            Some(Facet::Customer) => row.is_customer() && session.view().sees_as_customer(person),
        };
        facet && company.is_none_or(|company| row.company == Some(company))
    })
    .await?;
    let profiles = things::profiles(session, &people).await?;
    let items = people
        .into_iter()
        .filter_map(|person| body(session, person, profiles.get(&person)))
        .collect();
    session.answer(Page { items, next })
}

async fn show(seen: Seen<PersonId>) -> Result<Answer<PersonBody>> {
    let profile = things::profile(&seen, seen.on).await?;
    seen.answer(body(&seen, seen.on, Some(&profile)).ok_or_else(Problem::not_found)?)
}

/// A value as it is kept; not more than a syntax check: whether an address works is proved by writing to it.
fn parse_value(at: &str, value: &str) -> Result<String> {
    let value = values::contact(value).map_err(|error| Problem::invalid(at, error.to_string()))?;
    Ok(value.to_owned())
}

pub(crate) fn parse_email(at: &str, email: &str) -> Result<String> {
    let email = parse_value(at, email)?;
    let plausible = email.rsplit_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && domain.contains('.')
            && !domain.starts_with('.')
            && !domain.ends_with('.')
            && !email.contains(char::is_whitespace)
    });
    if plausible {
        Ok(email)
    } else {
        Err(Problem::invalid(
            at,
            "this is not an e-mail address: it reads somebody@example.org",
        ))
    }
}

fn profile_of(of: Of, name: &str, email: &str, contact: &Contact) -> Result<ProfileWrite> {
    let mut write = ProfileWrite::new(of)
        .set(Field::Name, things::parse_name("/name", name)?)
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
    let new = &order.body;
    let id = commands.new_id::<PersonId>();
    let user_groups = commands.named_all("/user_groups", &new.user_groups)?;
    let role = commands.named_if("/account_role", new.account_role)?;
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
    commands.create(id, change, &order.how).await
}

/// RULES §4, the table: for an address that exists already the answer is the same as for a new one and shows nothing.
async fn add_customer(commands: Commands, order: Order<NewCustomer>) -> Result<Answer<Written>> {
    let mut answer = add_or_find_customer(&commands, &order).await;
    if matches!(&answer, Err(problem) if problem.code() == "address_taken") {
        // Somebody with the address came in between.
        answer = add_or_find_customer(&commands, &order).await;
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
    order: &Order<NewCustomer>,
) -> Result<Answer<Written>> {
    let new = &order.body;
    let service = commands.named_if("/service", new.service)?;
    let id = commands.new_id::<PersonId>();
    let profile = profile_of(Of::public(id), &new.name, &new.email, &new.contact)?;
    match person_of(commands, &new.email).await? {
        Some(person) => {
            commands
                .submit(Command::AddCustomerFacet { person, service }, &order.how)
                .await
        }
        None => {
            let change = Change::from(Command::AddCustomer { id, service }).with_profile(profile);
            commands.create(id, change, &order.how).await
        }
    }
}

async fn person_of(session: &Session, email: &str) -> Result<Option<PersonId>> {
    let mut reading = session.account.read().await.map_err(failed)?;
    let number = ledger::person_of_email(&mut reading.tx, session.account.id(), email)
        .await
        .map_err(failed)?;
    Ok(number.and_then(access::Dense::from_number))
}

async fn edit(commands: CommandsOn<PersonId>, order: Order<EditPerson>) -> Result<Answer<Written>> {
    let new = &order.body;
    let mut write = ProfileWrite::new(Of::known(commands.on));
    if let Some(name) = &new.name {
        write = write.set(Field::Name, things::parse_name("/name", name)?);
    }
    if let Some(email) = &new.email {
        write = write.set(Field::Email, parse_email("/email", email)?);
    }
    let further = [
        ("/phone", Field::Phone, &new.phone),
        ("/title", Field::Title, &new.title),
        ("/language", Field::Language, &new.language),
        ("/external_id", Field::ExternalId, &new.external_id),
    ];
    for (at, field, value) in further {
        write = match value {
            None => write,
            Some(None) => write.clear(field),
            Some(Some(value)) => write.set(field, parse_value(at, value)?),
        };
    }
    let named = |field: Field| write.fields.iter().any(|(written, _)| *written == field);
    let fields: Vec<_> = FIELDS
        .into_iter()
        .filter(|(_, field)| named(*field))
        .map(|(logged, _)| logged)
        .collect();
    if fields.is_empty() {
        return Err(Problem::invalid("", "name at least one field to change"));
    }
    let change = Change::from(Command::EditProfile {
        person: commands.on,
        fields,
    })
    .with_profile(write);
    commands.submit(change, &order.how).await
}

async fn erase(
    commands: CommandsOn<PersonId>,
    Query(erasure): Query<Erasure>,
    how: Submission,
) -> Result<Answer<Written>> {
    let mut change = Change::from(Command::ErasePerson {
        person: commands.on,
    });
    if erasure.deny_address {
        change.deny.extend(things::text(
            Some(&things::profile(&commands, commands.on).await?),
            Field::Email,
        ));
    }
    commands.submit(change, &how).await
}

async fn add_user_facet(
    commands: CommandsOn<PersonId>,
    order: Order<NewUserFacet>,
) -> Result<Answer<Written>> {
    let user_groups = commands.named_all("/user_groups", &order.body.user_groups)?;
    commands
        .submit(
            Command::AddUserFacet {
                person: commands.on,
                user_groups,
            },
            &order.how,
        )
        .await
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

async fn deactivate(
    commands: CommandsOn<PersonId>,
    order: Order<OneFacet>,
) -> Result<Answer<Written>> {
    commands
        .submit(
            Command::Deactivate {
                person: commands.on,
                facet: order.body.facet,
            },
            &order.how,
        )
        .await
}

async fn reactivate(
    commands: CommandsOn<PersonId>,
    order: Order<OneFacet>,
) -> Result<Answer<Written>> {
    commands
        .submit(
            Command::Reactivate {
                person: commands.on,
                facet: order.body.facet,
            },
            &order.how,
        )
        .await
}

async fn set_employer(
    commands: CommandsOn<PersonId>,
    order: Order<Employer>,
) -> Result<Answer<Written>> {
    let company = commands.named_if("/company", order.body.company)?;
    let move_from_other = order.body.move_from_other;
    commands
        .submit(
            Command::SetEmployer {
                person: commands.on,
                company,
                move_from_other,
            },
            &order.how,
        )
        .await
}
