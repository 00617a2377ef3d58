//! People: users, customers, or both in one person; how they are listed, shown and edited. How they come is in `newcomers.rs`, how
//! they are switched off and go in `facets.rs`.

use access::{
    Command, PersonId, Subject,
    decide::UserStatus,
    state::{CustomerFacet, Facet, PortalLevel},
};
use ledger::{Change, Field, NewMail, Of, Profile, ProfileWrite};
use mail::Letter;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{
    Problem, Result,
    guard::{CommandsOn, Seen, SignedIn},
    paging::{Page, Paged, Paging},
    part::{Order, Query},
    reply::Answer,
    resource::{CompanyRef, PersonRef, RoleRef},
    route::{Route, get, patch, post},
    session::{Session, failed},
    submit::Written,
    values::{self, parse_email, parse_name},
};

use crate::{
    bodies::FIELDS,
    things::{self, FindPeople, Search},
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
    #[param(schema_with = crate::words::facet)]
    facet: Option<Facet>,
    /// Only people of this company.
    #[param(inline)]
    company: Option<CompanyRef>,
}

/// Contact data to change. Absent: as it is; `null`: taken away.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct EditPerson {
    /// Display name.
    #[schema(schema_with = crate::words::name_if)]
    name: Option<String>,
    /// E-mail address.
    #[schema(schema_with = crate::words::email_if)]
    email: Option<String>,
    /// Telephone number.
    #[serde(deserialize_with = "given")]
    #[schema(schema_with = crate::words::contact_if)]
    phone: Option<Option<String>>,
    /// Job title.
    #[serde(deserialize_with = "given")]
    #[schema(schema_with = crate::words::contact_if)]
    title: Option<Option<String>>,
    /// Preferred language.
    #[serde(deserialize_with = "given")]
    #[schema(schema_with = crate::words::contact_if)]
    language: Option<Option<String>>,
    /// Your own id of the person.
    #[serde(deserialize_with = "given")]
    #[schema(schema_with = crate::words::contact_if)]
    external_id: Option<Option<String>>,
}

/// Tells `null` from absent.
fn given<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

fn body(session: &Session, person: PersonId, profile: Option<&Profile>) -> Option<PersonBody> {
    let row = session.asked().people().get(person)?;
    let status = user_status(session, person);
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

/// AD-15.
pub(crate) fn user_status(session: &Session, person: PersonId) -> UserStatus {
    let view = session
        .asked()
        .view(Subject::Person(person), session.asked_at());
    view.user_status(person)
}

pub(crate) fn customer_status(facet: CustomerFacet) -> Option<&'static str> {
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
pub(crate) fn parse_value(at: &str, value: &str) -> Result<String> {
    let value = values::contact(value).map_err(|error| Problem::invalid(at, error.to_string()))?;
    Ok(value.to_owned())
}

async fn edit(commands: CommandsOn<PersonId>, order: Order<EditPerson>) -> Result<Answer<Written>> {
    let change = edit_change(&commands, commands.on, &order.body).await?;
    commands.submit(change, &order.how).await
}

async fn edit_change(session: &Session, person: PersonId, new: &EditPerson) -> Result<Change> {
    let mut write = ProfileWrite::new(Of::known(person));
    if let Some(name) = &new.name {
        write = write.set(Field::Name, parse_name("/name", name)?);
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
        return Err(Problem::refused_as_invalid("nothing_to_change")
            .detail("name at least one field to change"));
    }
    let mut change = Change::from(Command::EditProfile { person, fields }).with_profile(write);
    if let Some(new) = &new.email {
        change
            .mails
            .extend(tell_old_address(session, person, new).await?);
    }
    Ok(change)
}

/// The profile as a form of a page says it, with what it was when the page was made; what is empty is taken away.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProfileForm {
    name: String,
    email: String,
    phone: String,
    title: String,
    #[serde(rename = "was.name")]
    was_name: String,
    #[serde(rename = "was.email")]
    was_email: String,
    #[serde(rename = "was.phone")]
    was_phone: String,
    #[serde(rename = "was.title")]
    was_title: String,
}

/// What a form of the profile comes to.
pub(crate) enum ProfileSave {
    /// What was changed on it.
    Change(Box<Change>),
    /// Nothing was.
    Nothing,
    /// What was changed on it is no longer as it was then.
    Stale,
}

/// What was changed on the form alone: what somebody else saved meanwhile stays.
pub(crate) async fn profile_change(
    session: &Session,
    person: PersonId,
    form: &ProfileForm,
) -> Result<ProfileSave> {
    let profile = things::profile(session, person).await?;
    let mut is_stale = false;
    let mut changed = |field: Field, was: &str, typed: &str| {
        let (was, typed) = (was.trim(), typed.trim());
        let kept = profile.get(field).unwrap_or_default().trim();
        if typed == was || typed == kept {
            return None;
        }
        is_stale |= kept != was;
        Some(typed.to_owned())
    };
    let optional = |text: String| (!text.is_empty()).then_some(text);
    let new = EditPerson {
        name: changed(Field::Name, &form.was_name, &form.name),
        email: changed(Field::Email, &form.was_email, &form.email),
        phone: changed(Field::Phone, &form.was_phone, &form.phone).map(optional),
        title: changed(Field::Title, &form.was_title, &form.title).map(optional),
        ..EditPerson::default()
    };
    let is_same =
        new.name.is_none() && new.email.is_none() && new.phone.is_none() && new.title.is_none();
    if is_stale {
        return Ok(ProfileSave::Stale);
    }
    if is_same {
        return Ok(ProfileSave::Nothing);
    }
    let change = edit_change(session, person, &new).await?;
    Ok(ProfileSave::Change(Box::new(change)))
}

/// AD-24: when somebody else puts another address in its place, the old one is told.
async fn tell_old_address(
    session: &Session,
    person: PersonId,
    new: &str,
) -> Result<Option<NewMail>> {
    let profile = things::profile(session, person).await?;
    let old = profile
        .get(Field::Email)
        .filter(|old| ledger::fold_email(old) != ledger::fold_email(new));
    let (Some(old), true) = (old, session.subject != Subject::Person(person)) else {
        return Ok(None);
    };
    let (account, of) = (&session.account, Of::known(person));
    let told = mail::notice(account, of, Some(old), &Letter::AddressChanged);
    told.map(Some).map_err(failed)
}
