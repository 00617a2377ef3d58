//! Somebody new: a user, who is invited by mail, or a customer. The forms make the commands of the API; only their words are here.

use access::{
    Command,
    Permission::ServiceDeskAccountConfigure,
    PersonId, PublicId, RoleId, Target, UserGroupId,
    command::RoleAssignment,
    state::{Facet, PeopleScope},
};
use askama::Template;
use axum::http::StatusCode;
use serde::Deserialize;
use web::{
    Problem, Result,
    common::Submission,
    guard::{Commands, SignedIn},
    page::{
        Either, Frame, Page, SeeOther, Taken,
        form::Form,
        review::{Asking, Review, Reviewed},
    },
    resource::{Id, ServiceRef},
    route::{Route, get, post},
    session::Session,
    values,
};

use super::choices::{Choice, choices};
use super::list::{CUSTOMERS, Kind, PLACE, USERS};
use crate::newcomers::{self, Contact, NewCustomer, NewUser};

const NEW_USER: &str = "/people/users/new";
const NEW_CUSTOMER: &str = "/people/customers/new";

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(NEW_USER, "users.new", "A form for a new user", user_form),
        post(
            NEW_USER,
            "users.add",
            "Add a user, after a look at what that does",
            add_user,
        ),
        get(
            NEW_CUSTOMER,
            "customers.new",
            "A form for a new customer",
            customer_form,
        ),
        post(
            NEW_CUSTOMER,
            "customers.add",
            "Add a customer",
            add_customer,
        ),
    ]
}

/// Whether the caller sets up the desk, and so may add customers without a service.
pub(super) fn configures_desk(session: &Session) -> bool {
    let view = session.view();
    view.may(ServiceDeskAccountConfigure, Target::Account)
}

/// What the forms say.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Sent {
    /// The new user's id: sent twice, the form adds one user.
    id: String,
    name: String,
    email: String,
    role: String,
    user_group: String,
    invite: String,
    service: String,
}

/// What is wrong, at its field.
#[derive(Debug, Default)]
struct Wrong {
    name: Option<String>,
    email: Option<String>,
    /// Of no field of its own.
    whole: Option<String>,
}

impl Wrong {
    fn with(sent: &Sent) -> Self {
        let email = values::email(&sent.email).is_none();
        Self {
            name: values::name(&sent.name)
                .err()
                .map(|error| format!("Please {error}.")),
            email: email.then(|| {
                "This is not an e-mail address: it reads somebody@example.org.".to_owned()
            }),
            whole: None,
        }
    }

    fn is_some(&self) -> bool {
        self.name.is_some() || self.email.is_some() || self.whole.is_some()
    }
}

#[derive(Debug, Template)]
#[template(path = "people-add.html")]
struct AddPage {
    frame: Frame,
    kind: Kind,
    sent: Sent,
    wrong: Wrong,
    roles: Vec<Choice>,
    user_groups: Vec<Choice>,
    services: Vec<Choice>,
    /// A service must be named: without the right over the whole desk, a customer is one of a service.
    needs_service: bool,
}

async fn user_form(session: SignedIn) -> Result<Page<AddPage>> {
    let sent = Sent {
        id: session.new_id::<PersonId>().to_string(),
        invite: "1".to_owned(),
        ..Sent::default()
    };
    form(&session, Kind(Facet::User), sent, Wrong::default()).await
}

async fn customer_form(session: SignedIn) -> Result<Page<AddPage>> {
    form(
        &session,
        Kind(Facet::Customer),
        Sent::default(),
        Wrong::default(),
    )
    .await
}

async fn form(session: &Session, kind: Kind, sent: Sent, wrong: Wrong) -> Result<Page<AddPage>> {
    let (title, path) = match kind.0 {
        Facet::User => ("Add a user", NEW_USER),
        Facet::Customer => ("Add a customer", NEW_CUSTOMER),
    };
    let is_wrong = wrong.is_some();
    if super::list::add(session, kind).is_none() {
        return Err(Problem::forbidden());
    }
    let (mut roles, mut user_groups, mut services) = (Vec::new(), Vec::new(), Vec::new());
    match kind.0 {
        Facet::User => {
            let role = text_of(&sent.role)
                .and_then(|text| text.parse().ok())
                .map(Id);
            let role = role.and_then(|role| session.named("role", role).ok());
            let role = session.id(role.unwrap_or(RoleId::MEMBER));
            let group = sent.user_group.parse().ok().map(Id);
            let is_offered = |group| would_add(session, Some(group), RoleId::MEMBER);
            user_groups = choices::<UserGroupId>(session, group, is_offered).await?;
            let place = place_of_new(session, &user_groups);
            roles = choices(session, Some(role), |role| would_add(session, place, role)).await?;
        }
        Facet::Customer => {
            let service = sent.service.parse().ok().map(Id);
            services = choices(session, service, |service| works_on(session, service)).await?;
        }
    }
    let page = AddPage {
        frame: Frame::of(session, title, path, PLACE)
            .await?
            .below(kind.path(), kind.title()),
        kind,
        sent,
        wrong,
        roles,
        user_groups,
        services,
        needs_service: kind.0 == Facet::Customer && !configures_desk(session),
    };
    Ok(if is_wrong {
        Page::again(page)
    } else {
        Page::new(page)
    })
}

/// Whether the rules would let the caller add a user there, with this role.
fn would_add(session: &Session, user_group: Option<UserGroupId>, role: RoleId) -> bool {
    session.offers(&Command::AddUser {
        id: session.new_id(),
        user_groups: user_group.into_iter().collect(),
        account_role: Some(RoleAssignment {
            role,
            scope: PeopleScope::All,
        }),
    })
}

/// Where the caller could add somebody: whoever administers some user groups only adds people to one of them.
fn place_of_new(session: &Session, offered: &[Choice]) -> Option<UserGroupId> {
    if would_add(session, None, RoleId::MEMBER) {
        return None;
    }
    let first = offered.first()?.value.parse().ok()?;
    session.state().resolve(first)
}

fn works_on(session: &Session, service: access::ServiceId) -> bool {
    configures_desk(session)
        || session
            .view()
            .may(access::Permission::ServiceDeskRecordManage, service)
}

fn text_of(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

fn parsed<K: web::resource::Resource>(at: &str, text: &str) -> Result<Option<Id<K>>> {
    let id = text_of(text).map(|text| text.parse().map(Id));
    id.transpose().map_err(|_| Problem::unknown_id(at))
}

async fn add_user(
    commands: Commands,
    form: Reviewed<Sent>,
) -> Result<Either<Taken<Review>, Page<AddPage>>> {
    let (kind, sent) = (Kind(Facet::User), form.body.clone());
    let wrong = Wrong::with(&sent);
    if wrong.is_some() {
        return self::form(&commands, kind, sent, wrong)
            .await
            .map(Either::Again);
    }
    let id: PublicId<PersonId> = sent
        .id
        .parse()
        .map_err(|_| Problem::invalid("id", "open the form again"))?;
    let invites = !sent.invite.is_empty();
    let new = NewUser {
        name: sent.name.clone(),
        email: sent.email.clone(),
        contact: Contact::default(),
        user_groups: parsed("user_group", &sent.user_group)?
            .into_iter()
            .collect(),
        account_role: parsed("role", &sent.role)?,
        send_invitation: invites,
    };
    let change = newcomers::new_user(&commands, id, &new)?;
    // §1: one person per address, whoever that is. Whoever could not add the user does not learn whether the address is somebody's.
    let is_taken = commands.would(&change.command).is_ok()
        && newcomers::person_of(&commands, &sent.email)
            .await?
            .is_some();
    if is_taken {
        let wrong = Wrong {
            email: Some("Somebody here has this address already.".to_owned()),
            ..Wrong::default()
        };
        return self::form(&commands, kind, sent, wrong)
            .await
            .map(Either::Again);
    }
    let asking = Asking {
        title: format!("Add {}?", sent.name.trim()),
        about: if invites {
            "They are sent a link by mail, and can do nothing before they accept.".to_owned()
        } else {
            "No mail is sent. They can do nothing before they are invited, and accept.".to_owned()
        },
        button: "Add the user".to_owned(),
        action: NEW_USER.to_owned(),
        back: NEW_USER.to_owned(),
        place: PLACE,
        moves: Vec::new(),
    };
    let settled = form.settle(&commands, change, asking).await?;
    let said = if invites {
        "The user is added, and the invitation is on its way."
    } else {
        "The user is added."
    };
    let taken = settled.then(|_| SeeOther::to(format!("{USERS}?sort=newest")).saying(said));
    Ok(Either::Done(taken))
}

async fn add_customer(commands: Commands, Form(sent): Form<Sent>) -> Result<Taken<AddPage>> {
    let kind = Kind(Facet::Customer);
    let wrong = Wrong::with(&sent);
    if wrong.is_some() {
        return form(&commands, kind, sent, wrong).await.map(Taken::Again);
    }
    let service: Option<ServiceRef> = parsed("service", &sent.service)?;
    let new = NewCustomer {
        name: sent.name.clone(),
        email: sent.email.clone(),
        contact: Contact::default(),
        service,
    };
    let ours = [
        StatusCode::FORBIDDEN,
        StatusCode::CONFLICT,
        StatusCode::UNPROCESSABLE_ENTITY,
    ];
    match newcomers::new_customer(&commands, &new, &Submission::default()).await {
        Ok(_) => {
            // The same words whether the address was new or known (RULES §4).
            let said = "Taken: whoever has this address is a customer here.";
            Ok(Taken::Done(SeeOther::to(CUSTOMERS).saying(said)))
        }
        Err(problem) if ours.contains(&problem.status()) => {
            let status = problem.status();
            let body = problem.body();
            let wrong = Wrong {
                whole: Some(body.detail.unwrap_or(body.title)),
                ..Wrong::default()
            };
            let page = form(&commands, kind, sent, wrong).await?;
            let template = page.template;
            Ok(Taken::Again(Page { status, template }))
        }
        Err(problem) => Err(problem),
    }
}
