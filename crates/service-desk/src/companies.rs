//! Configure › Companies: the list, a new one, and sorting all who wait (SD-22).

use access::{
    Command, CompanyId, PublicId, decide::permissions::ConfigureDesk, explain::words::Name,
};
use askama::Template;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{
    Result,
    guard::{May, TheAccount},
    page::{
        CONFIGURE, Frame, Page, Pager, Taken,
        making::{self, Makeable},
        names::{Mark, Names},
        review::{Review, Reviewed},
    },
    paging::Paging,
    part::Query,
    route::{Route, get, post},
    things::{self, Search},
};

use crate::{
    sort::{self, Step},
    tab::SECTION,
};

pub(crate) const PLACE: &str = "/configure/companies";
/// Domains of one company that the list names.
const DOMAINS_NAMED: usize = 2;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            PLACE,
            "companies.page",
            "The companies that are served, to configure",
            list,
        )
        .in_section(&CONFIGURE, "Companies"),
        get(
            "/configure/companies/new",
            "companies.new_page",
            "The form of a new company",
            making::show::<NewCompany>,
        ),
        post(
            "/configure/companies/new",
            "companies.make",
            "Make a company",
            making::make::<NewCompany>,
        ),
        post(
            "/configure/companies/sort-now",
            "companies.sort_all",
            "Review and sort customers into companies by their domains",
            sort_all,
        ),
    ]
}

/// A company that is made.
struct NewCompany;

impl Makeable for NewCompany {
    type Thing = CompanyId;
    type Maker = May<ConfigureDesk, TheAccount>;
    const SECTION: &'static str = SECTION;
    const PLACE: &'static str = PLACE;
    const FORM: &'static str = "/configure/companies/new";
    const ONE: &'static str = "company";
    const MANY: &'static str = "Companies";
    const HINT: &'static str = "A client organisation, a department or a site whose people are served. Its domains, \
                                people and services are chosen afterwards.";

    fn made_by(id: PublicId<Self::Thing>) -> Command {
        Command::CreateCompany { id }
    }
}

struct Row {
    name: Mark,
    domains: Vec<String>,
    domains_beyond: usize,
    employees: usize,
    services: usize,
    accepts: bool,
    is_archived: bool,
}

/// Where sorting goes on.
#[derive(Debug, Deserialize, IntoParams)]
struct Where {
    /// What the last step gave.
    sort: Option<String>,
}

#[derive(Template)]
#[template(path = "companies.html")]
struct CompaniesPage {
    frame: Frame,
    rows: Vec<Row>,
    pager: Pager,
    sort: Option<String>,
}

async fn list(
    may: May<ConfigureDesk, TheAccount>,
    paging: Paging,
    Query(at): Query<Where>,
) -> Result<Page<CompaniesPage>> {
    let session = &*may;
    let (found, next) =
        things::page::<CompanyId>(session, &paging, &Search::default(), |_, _| true).await?;
    let wanted: Vec<_> = found.iter().map(|one| Name::Company(*one)).collect();
    let names = Names::of(session, wanted).await?;
    let rows = found.iter().filter_map(|company| {
        let row = session.state().companies().get(*company)?;
        let named = row.domains.iter().take(DOMAINS_NAMED);
        Some(Row {
            name: names.mark(Name::Company(*company)),
            domains: named.map(ToString::to_string).collect(),
            domains_beyond: row.domains.len().saturating_sub(DOMAINS_NAMED),
            employees: row.employees.len(),
            services: row.services.len(),
            accepts: row.accepts_registration,
            is_archived: !row.life.is_active(),
        })
    });
    Ok(Page::new(CompaniesPage {
        rows: rows.collect(),
        frame: Frame::of(session, "Companies", PLACE, SECTION).await?,
        pager: Pager::filtered(&paging, PLACE, &[("sort", at.sort.as_deref())], next),
        sort: at.sort,
    }))
}

async fn sort_all(
    may: May<ConfigureDesk, TheAccount>,
    form: Reviewed<Step>,
) -> Result<Taken<Review>> {
    let permit = may.permit()?;
    sort::sort(&may, permit, None, &form).await
}
