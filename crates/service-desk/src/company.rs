//! Configure › Companies › [company]: its domains (SD-22), its people (SD-21), its services (SD-9), registration (SD-23), its end (SD-28).

use access::{
    Command, CompanyId, Domain, PersonId, decide::permissions::ConfigureDesk, explain::words::Name,
    state::Person,
};
use askama::Template;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{
    Problem, Result,
    guard::{And, May, TheAccount},
    page::{
        Frame, Page, Pager, Picked, Picker, Sent, Taken, ThisPerson,
        find::Kind,
        lives::{self, At, Lives, NewLife, NewName},
        names::{Mark, Names},
        review::{Also, Filled, Review, Reviewed},
        status::portal_level,
    },
    paging::Paging,
    part::Query,
    route::{Route, get, post},
    session::Session,
    sorting, things,
};

use crate::{
    companies::PLACE,
    sort::{self, Step},
    tab::SECTION,
};

const PEOPLE: &[Kind] = &[Kind::Person];
/// Services that a page names; beyond, they are counted.
const SERVICES_MAX: usize = 100;
/// Customers of a domain that a review names; beyond, it says that there are more.
const CAUGHT_MAX: usize = 100;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            "/configure/companies/{company}",
            "company.page",
            "A company, its domains, people and services",
            show,
        ),
        post(
            "/configure/companies/{company}/domains",
            "company.add_domain",
            "Review whom a domain catches, and add it",
            add_domain,
        ),
        post(
            "/configure/companies/{company}/domains/take",
            "company.take_domain",
            "Take a domain from a company",
            take_domain,
        ),
        post(
            "/configure/companies/{company}/sort-now",
            "company.sort_now",
            "Review and sort customers into a company by its domains",
            sort_now,
        ),
        post(
            "/configure/companies/{company}/people",
            "company.employ",
            "Review and make somebody an employee",
            employ,
        ),
        post(
            "/configure/companies/{company}/people/take",
            "company.release",
            "Review and take an employee out of a company",
            release,
        ),
        post(
            "/configure/companies/{company}/registration",
            "company.set_accepts",
            "Let people of its domains register themselves, or not",
            set_accepts,
        ),
        post(
            "/configure/companies/{company}/name",
            "company.rename",
            "Rename a company",
            rename,
        ),
        post(
            "/configure/companies/{company}/life",
            "company.set_life",
            "Review and archive, restore or delete a company",
            set_life,
        ),
    ]
}

struct Employee {
    id: String,
    who: Mark,
    facets: &'static str,
    level: &'static str,
}

#[derive(Template)]
#[template(path = "company.html")]
struct CompanyPage {
    frame: Frame,
    name: String,
    path: String,
    is_archived: bool,
    domains: Vec<String>,
    /// Where sorting goes on.
    sort: Option<String>,
    count: usize,
    employees: Vec<Employee>,
    pager: Pager,
    who: Picker,
    moves: bool,
    services: Vec<Mark>,
    services_beyond: usize,
    accepts: bool,
    lives: Lives,
}

fn who() -> Picker {
    Picker::new("person", "Name or address of a person", PEOPLE)
}

async fn at(session: &Session, company: CompanyId) -> Result<At> {
    At::below(session, company, Name::Company(company), PLACE, SECTION).await
}

/// Where sorting goes on.
#[derive(Debug, Default, Deserialize, IntoParams)]
struct Where {
    /// What the last step gave.
    sort: Option<String>,
}

async fn page(
    session: &Session,
    company: CompanyId,
    paging: &Paging,
    sort: Option<String>,
    who: Picker,
) -> Result<CompanyPage> {
    let row = session.state().companies().get(company);
    let row = row.ok_or_else(Problem::not_found)?;
    let At {
        page: path, name, ..
    } = at(session, company).await?;
    let view = session.view();
    let (found, next) = things::walk(
        paging,
        |after| row.employees.iter_after(after),
        |person| view.sees(person),
    )?;
    let seen: Vec<_> = row.services.iter().filter(|one| view.sees(*one)).collect();
    let shown = &seen[..seen.len().min(SERVICES_MAX)];
    let wanted = found.iter().map(|person| Name::Person(*person));
    let wanted: Vec<_> = wanted
        .chain(shown.iter().map(|service| Name::Service(*service)))
        .collect();
    let names = Names::of(session, wanted).await?;
    let employees = found.iter().map(|person| {
        let row = session.state().people().get(*person);
        Employee {
            id: session.id(*person).0.to_string(),
            who: names.mark(Name::Person(*person)),
            facets: row.map_or("", facets),
            level: row.map_or("", level),
        }
    });
    let pager = Pager::filtered(paging, &path, &[("sort", sort.as_deref())], next);
    let frame = Frame::of(session, &name, &path, SECTION).await?;
    let frame = frame.below(PLACE, "Companies");
    Ok(CompanyPage {
        employees: employees.collect(),
        lives: Lives::of(&frame, &path, &name, "company", row.life),
        frame,
        is_archived: !row.life.is_active(),
        domains: row.domains.iter().map(ToString::to_string).collect(),
        sort,
        count: row.employees.len(),
        pager,
        who,
        moves: false,
        services: shown
            .iter()
            .map(|service| names.mark(Name::Service(*service)))
            .collect(),
        services_beyond: seen.len() - shown.len(),
        accepts: row.accepts_registration,
        name,
        path,
    })
}

fn facets(row: &Person) -> &'static str {
    match (row.is_user(), row.is_customer()) {
        (true, true) => "user and customer",
        (true, false) => "user",
        _ => "customer",
    }
}

/// The portal level of a customer, in the article's words (SD-13).
fn level(row: &Person) -> &'static str {
    if !row.is_customer() {
        return "";
    }
    portal_level(row.portal_level)
}

async fn show(
    may: May<ConfigureDesk, TheAccount>,
    company: And<CompanyId>,
    paging: Paging,
    Query(at): Query<Where>,
) -> Result<Page<CompanyPage>> {
    let page = page(&may, company.0, &paging, at.sort, who());
    page.await.map(Page::new)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OneDomain {
    domain: String,
}

async fn add_domain(
    may: May<ConfigureDesk, TheAccount>,
    company: And<CompanyId>,
    form: Reviewed<OneDomain>,
) -> Result<Taken<Review>> {
    let (session, company) = (&*may, company.0);
    let at = at(session, company).await?;
    let domain = form.body.domain.trim();
    let mut asking = at.asking(
        format!("Add the domain {domain} to {}?", at.name),
        "New customers whose confirmed address is of this domain, or of one below it, join the company and have its services. \
         Those who are here already are placed by “sort now”.",
        "Add the domain",
        "domains",
    );
    let command = Command::AddDomain {
        company,
        domain: domain.into(),
    };
    let Ok(added) = Domain::parse(domain) else {
        // What is wrong with it is for the command to say.
        let settled = form.settle(session, command, asking).await?;
        return Ok(settled.then(|_| at.saying("The domain is added.")));
    };
    asking.title = format!("Add the domain {} to {}?", added.as_str(), at.name);
    let caught = |of: &Domain| session.state().would_catch(&added, of);
    let paging = Paging::first(session, CAUGHT_MAX);
    let (people, more) = sorting::waiting(session, may.permit()?, &paging, caught).await?;
    let also = Also {
        what: "would be placed by “sort now”".to_owned(),
        people: people.into_iter().map(|(person, _)| person).collect(),
        more: more.is_some(),
    };
    let settled = form.also(also).settle(session, command, asking).await?;
    Ok(settled.then(|_| at.saying("The domain is added.")))
}

async fn take_domain(
    may: May<ConfigureDesk, TheAccount>,
    company: And<CompanyId>,
    form: Reviewed<OneDomain>,
) -> Result<Taken<Review>> {
    let (session, company) = (&*may, company.0);
    let at = at(session, company).await?;
    let domain = &form.body.domain;
    let asking = at.asking(
        format!("Take the domain {domain} from {}?", at.name),
        "Nobody leaves the company by it; new customers are no longer placed by it.",
        "Take the domain",
        "domains/take",
    );
    let command = Command::RemoveDomain {
        company,
        domain: domain.as_str().into(),
    };
    let settled = form.always().settle(session, command, asking).await?;
    Ok(settled.then(|_| at.saying("The domain is taken away.")))
}

async fn sort_now(
    may: May<ConfigureDesk, TheAccount>,
    company: And<CompanyId>,
    form: Reviewed<Step>,
) -> Result<Taken<Review>> {
    let permit = may.permit()?;
    sort::sort(&may, permit, Some(company.0), &form).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Employ {
    person: Option<String>,
    person_text: Option<String>,
    person_asked: Option<String>,
    /// SD-21. A box that is not ticked is not sent.
    #[serde(default)]
    moves: Option<String>,
}

async fn employ(
    may: May<ConfigureDesk, TheAccount>,
    company: And<CompanyId>,
    form: Reviewed<Employ>,
) -> Result<Filled<CompanyPage>> {
    let (session, company) = (&*may, company.0);
    let moves = form.body.moves.is_some();
    let sent = Sent {
        id: form.body.person.clone(),
        text: form.body.person_text.clone(),
        asked: form.body.person_asked.clone(),
    };
    let person = match who().pick::<PersonId>(session, PEOPLE, sent).await? {
        Picked::One(person) => person,
        Picked::Not(who) => {
            let paging = Paging::at(session, &at(session, company).await?.page)?;
            let again = page(session, company, &paging, None, who).await?;
            return Ok(Filled::Again(Page::again(CompanyPage { moves, ..again })));
        }
    };
    let at = at(session, company).await?;
    let present = session.state().people().get(person);
    let present = present
        .and_then(|row| row.company)
        .filter(|one| *one != company);
    let wanted = present.map(Name::Company);
    let wanted: Vec<_> = wanted.into_iter().chain([Name::Person(person)]).collect();
    let names = Names::of(session, wanted).await?;
    let about = match (present, moves) {
        (Some(present), true) => format!(
            "They leave {} in the same step, and lose what they have by it.",
            names.text(Name::Company(present))
        ),
        _ => {
            "They have the services of the company, and no rule moves them from now on.".to_owned()
        }
    };
    let title = format!(
        "Make {} an employee of {}?",
        names.text(Name::Person(person)),
        at.name
    );
    let asking = at.asking(title, &about, "Make them an employee", "people");
    let command = Command::SetEmployer {
        person,
        company: Some(company),
        move_from_other: moves,
    };
    let settled = form.settle(session, command, asking).await?;
    Ok(Filled::Settled(
        settled.then(|_| at.saying("Saved: they are an employee.")),
    ))
}

async fn release(
    may: May<ConfigureDesk, TheAccount>,
    company: And<CompanyId>,
    form: Reviewed<ThisPerson>,
) -> Result<Taken<Review>> {
    let (session, company) = (&*may, company.0);
    let person = session.named("person", form.body.person)?;
    let at = at(session, company).await?;
    let row = session.state().people().get(person);
    if row.is_none_or(|row| row.company != Some(company)) {
        return Ok(Taken::Done(at.saying("They are not an employee any more.")));
    }
    let names = Names::of_people(session, [person]).await?;
    let title = format!(
        "Take {} out of {}?",
        names.text(Name::Person(person)),
        at.name
    );
    let about = "They stay in the account, without a company, and no rule sorts them again.";
    let asking = at.asking(title, about, "Take them out", "people/take");
    let command = Command::SetEmployer {
        person,
        company: None,
        move_from_other: false,
    };
    let settled = form.settle(session, command, asking).await?;
    Ok(settled.then(|_| at.saying("Saved: they are out of the company.")))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Accepts {
    /// A box that is not ticked is not sent.
    #[serde(default)]
    accepts: Option<String>,
}

async fn set_accepts(
    may: May<ConfigureDesk, TheAccount>,
    company: And<CompanyId>,
    form: Reviewed<Accepts>,
) -> Result<Taken<Review>> {
    let (session, company) = (&*may, company.0);
    let at = at(session, company).await?;
    let accepts = form.body.accepts.is_some();
    let title = if accepts {
        format!("Let people of {} register themselves?", at.name)
    } else {
        format!("Let nobody of {} register themselves?", at.name)
    };
    let asking = at.asking(title, "", "Save", "registration");
    let command = Command::SetCompanyRegistration { company, accepts };
    let settled = form.settle(session, command, asking).await?;
    Ok(settled.then(|_| at.saying("Saved.")))
}

async fn rename(
    may: May<ConfigureDesk, TheAccount>,
    company: And<CompanyId>,
    form: Reviewed<NewName>,
) -> Result<Taken<Review>> {
    let at = at(&may, company.0).await?;
    lives::rename(&may, company.0, form, &at).await
}

async fn set_life(
    may: May<ConfigureDesk, TheAccount>,
    company: And<CompanyId>,
    form: Reviewed<NewLife>,
) -> Result<Taken<Review>> {
    let at = at(&may, company.0).await?;
    lives::turn(&may, company.0, form, &at).await
}
