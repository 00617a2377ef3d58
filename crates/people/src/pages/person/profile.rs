//! Person › Profile: who somebody is, and whether they can sign in, each with the form that changes it. A form is there where the rules
//! would let the reader do it ([`web::session::Session::offers`]).

use access::{
    Command, PersonId,
    decide::UserStatus,
    explain::words::Name,
    state::{CustomerFacet, Facet, PortalLevel},
};
use askama::Template;
use ledger::Field;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{
    Result,
    guard::Seen,
    page::{
        Frame, Page,
        names::{Mark, Names},
        person::{Choice, Panel, PersonTab, Reading, choice},
    },
    part::Query,
    route::{Route, get},
    sign_ins::SignIns,
    things,
};

use super::Head;
use crate::pages::words;

pub(super) fn routes() -> Vec<Route> {
    vec![get(
        "/people/{person}",
        "person.page",
        "A person: who they are, and whether they can sign in",
        profile,
    )]
}

#[derive(Template)]
#[template(path = "person.html")]
struct PersonPage {
    frame: Frame,
    head: Head,
    profile: Profile,
    user: Option<User>,
    customer: Option<Customer>,
    /// Of other slices.
    panels: Vec<Panel>,
    /// The employer, if the reader sees it (SD-33).
    company: Option<Mark>,
    companies: Vec<Choice>,
    may_employ: bool,
    may_erase: bool,
}

struct Profile {
    name: String,
    email: String,
    phone: String,
    title: String,
    may_edit: bool,
}

struct User {
    status: &'static str,
    class: &'static str,
    reason: &'static str,
    may_deactivate: bool,
    may_reactivate: bool,
    may_invite: bool,
}

struct Customer {
    status: &'static str,
    class: &'static str,
    levels: Vec<Choice>,
    /// The level that is chosen, of which nothing is saved.
    proposed: Option<String>,
    may_set_level: bool,
    may_deactivate: bool,
    may_reactivate: bool,
    may_invite: bool,
}

/// What Ask proposed: it is chosen in the form, and not saved.
#[derive(Debug, Deserialize, IntoParams)]
struct Proposed {
    /// A portal level.
    level: Option<String>,
}

async fn profile(
    seen: Seen<PersonId>,
    sign_ins: SignIns,
    Query(proposed): Query<Proposed>,
) -> Result<Page<PersonPage>> {
    let (session, person) = (&*seen, seen.on);
    let (frame, head) = super::head(session, person, "Profile").await?;
    let frame = frame.proposing(proposed.level.is_some());
    let page = Reading::of(session, &sign_ins, person).await?;
    let company = page.row().company;
    let company = company.filter(|company| session.view().sees(*company));
    let names = Names::of(session, company.map(Name::Company)).await?;
    Ok(Page::new(PersonPage {
        frame,
        head,
        profile: profile_of(&page).await?,
        user: page.is_shown_as_user().then(|| user_of(&page)),
        customer: page
            .is_shown_as_customer()
            .then(|| customer_of(&page, proposed.level)),
        panels: page.panels(PersonTab::Profile).await?,
        company: company.map(|company| names.mark(Name::Company(company))),
        companies: page.things(Name::Company, company.as_slice()).await?,
        may_employ: session.offers(&Command::SetEmployer {
            person,
            company: None,
            move_from_other: true,
        }),
        may_erase: session.offers(&Command::ErasePerson { person }),
    }))
}

async fn profile_of(page: &Reading<'_>) -> Result<Profile> {
    let profile = things::profile(page.session, page.person).await?;
    let text = |field| things::text(Some(&profile), field).unwrap_or_default();
    Ok(Profile {
        name: text(Field::Name),
        email: text(Field::Email),
        phone: text(Field::Phone),
        title: text(Field::Title),
        may_edit: page.session.offers(&Command::EditProfile {
            person: page.person,
            fields: vec![access::event::ProfileField::Name],
        }),
    })
}

fn user_of(page: &Reading<'_>) -> User {
    let person = page.person;
    let status = super::status(page.session, person);
    let facet = Facet::User;
    let is_off = status == UserStatus::Deactivated;
    let (class, word) = words::user_status(status);
    User {
        status: word,
        class,
        reason: super::status_reason(status),
        may_deactivate: !is_off && page.session.offers(&Command::Deactivate { person, facet }),
        may_reactivate: is_off && page.session.offers(&Command::Reactivate { person, facet }),
        may_invite: status == UserStatus::Invited
            && page.session.offers(&Command::Invite { person, facet }),
    }
}

fn customer_of(page: &Reading<'_>, proposed: Option<String>) -> Customer {
    let (person, facet) = (page.person, Facet::Customer);
    let (state, level) = (page.row().customer, page.row().portal_level);
    let is_off = state == CustomerFacet::Deactivated;
    let levels = [
        (PortalLevel::None, "none"),
        (PortalLevel::Standard, "standard"),
        (PortalLevel::Company, "company"),
        (PortalLevel::CompanyAdmin, "company_admin"),
    ];
    let (class, word) = words::customer_status(state);
    let is_level = |code: &String| levels.iter().any(|(_, known)| known == code);
    Customer {
        status: word,
        class,
        proposed: proposed.filter(is_level),
        levels: levels
            .map(|(one, code)| choice(code, words::level(one), one == level))
            .into(),
        may_set_level: page.session.offers(&Command::SetPortalLevel {
            people: vec![person],
            level,
            bulk: false,
        }),
        may_deactivate: !is_off && page.session.offers(&Command::Deactivate { person, facet }),
        may_reactivate: is_off && page.session.offers(&Command::Reactivate { person, facet }),
        may_invite: level != PortalLevel::None
            && page.session.offers(&Command::Invite { person, facet }),
    }
}
