//! Person › Products: what somebody has of each product, as slices show it, and which companies they see.

use access::{
    Command, CompanyId, Dense, IdSet, PersonId, Subject,
    event::ListedCompanies,
    explain::words::Name,
    state::{CompanyAccess, Life},
};
use askama::Template;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{
    Result,
    guard::Seen,
    page::{
        Frame, Page,
        person::{Choice, Panel, PersonTab, Reading},
    },
    part::Query,
    route::{Route, get},
    sign_ins::SignIns,
    things::Thing,
};

use super::{Head, scope::Ticked};

pub(super) fn routes() -> Vec<Route> {
    vec![get(
        "/people/{person}/products",
        "person.products_page",
        "What a person has of each product",
        products,
    )]
}

#[derive(Template)]
#[template(path = "person-products.html")]
struct ProductsPage {
    frame: Frame,
    head: Head,
    panels: Vec<Panel>,
    sees: Option<Sees>,
}

/// SD-33
struct Sees {
    was_all: bool,
    is_all: bool,
    companies: Vec<Ticked>,
    without_company: bool,
}

/// What Ask proposed: it is chosen in the form, and not saved.
#[derive(Debug, Deserialize, IntoParams)]
struct Proposed {
    /// What a panel gives: its kind, and the id of the thing.
    give: Option<String>,
    /// Company access: `all`, or the id of a company more.
    sees: Option<String>,
}

async fn products(
    seen: Seen<PersonId>,
    sign_ins: SignIns,
    Query(proposed): Query<Proposed>,
) -> Result<Page<ProductsPage>> {
    let (session, person) = (&*seen, seen.on);
    session.asking(Subject::Person(person))?;
    let (frame, head) = super::head(session, person, "Products").await?;
    let frame = frame.proposing(proposed.give.is_some() || proposed.sees.is_some());
    let page = Reading::of(session, &sign_ins, person).await?;
    let page = page.proposing(proposed.give);
    Ok(Page::new(ProductsPage {
        frame,
        head,
        panels: page.panels(PersonTab::Products).await?,
        sees: if page.is_shown_as_user() {
            sees(&page, proposed.sees.as_deref()).await?
        } else {
            None
        },
    }))
}

/// None where the reader could not change it.
async fn sees(page: &Reading<'_>, proposed: Option<&str>) -> Result<Option<Sees>> {
    let stands = page.row().company_access();
    // What stands, because whoever sees a list of companies alone may change this and not give all (SD-33).
    let offered = page.session.offers(&Command::SetCompanyAccess {
        person: page.person,
        listed: match stands {
            CompanyAccess::All => None,
            CompanyAccess::Listed {
                companies,
                without_company,
            } => Some(ListedCompanies {
                companies: companies.iter().collect(),
                without_company: *without_company,
            }),
        },
    });
    if !offered {
        return Ok(None);
    }
    let (is_all, listed, without_company) = match stands {
        CompanyAccess::All => (true, IdSet::default(), false),
        CompanyAccess::Listed {
            companies,
            without_company,
        } => (false, companies.clone(), *without_company),
    };
    let state = page.session.state();
    let companies = (0..CompanyId::rows(state)).map_while(CompanyId::from_index);
    let companies = companies.filter(|company| {
        let life = company.life(state);
        let fits =
            life == Some(Life::Active) || listed.contains(*company) && life == Some(Life::Archived);
        fits && page.session.view().sees(*company)
    });
    let companies = page.at_most(companies, |company| listed.contains(company));
    let companies = page.named(&companies, Name::Company, |company| {
        listed.contains(company)
    });
    let ticked = |choice: Choice| Ticked {
        is_ticked: choice.is_set || Some(&*choice.code) == proposed,
        choice,
    };
    Ok(Some(Sees {
        was_all: is_all,
        is_all: is_all || proposed == Some("all"),
        companies: companies.await?.into_iter().map(ticked).collect(),
        without_company,
    }))
}
