//! *Sort now*: who waits is placed by the domain of their address, some at a time, after it was shown who that is (SD-22).

use access::{
    Command, CompanyId, Domain, Permit, decide::permissions::ConfigureDesk, explain::words::Name,
};
use serde::Deserialize;
use web::{
    Result,
    page::{
        SeeOther, Taken, address,
        names::Names,
        review::{Asking, Review, Reviewed},
    },
    paging::Paging,
    session::Session,
    sorting,
};

use crate::{companies::PLACE, tab::SECTION};

/// Customers that one step sorts.
const STEP: usize = 500;

/// Where to go on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    /// What the last step gave; nothing: from the beginning.
    #[serde(default)]
    from: String,
}

/// Into one company, or into all of them.
pub(crate) async fn sort(
    session: &Session,
    permit: Permit<'_, ConfigureDesk>,
    company: Option<CompanyId>,
    form: &Reviewed<Step>,
) -> Result<Taken<Review>> {
    let (page, into) = match company {
        None => (PLACE.to_owned(), "companies".to_owned()),
        Some(company) => {
            let names = Names::of(session, [Name::Company(company)]).await?;
            let page = format!("{PLACE}/{}", session.id(company).0);
            (page, names.text(Name::Company(company)))
        }
    };
    let paging = Paging::of_form(
        session,
        STEP,
        &format!("sort {page}"),
        Some(&form.body.from),
    )?;
    let catches = |domain: &Domain| {
        let caught = session.state().company_of(domain);
        match company {
            None => caught.is_some_and(|company| session.view().sees(company)),
            wanted => caught == wanted,
        }
    };
    let (people, next) = sorting::waiting(session, permit, &paging, catches).await?;
    let next = next.map(|next| next.as_str().to_owned());
    // Back to where it goes on, if there are more to look at.
    let back = address(&page, &[("sort", next.as_deref())]);
    if people.is_empty() {
        let said = match next {
            None => "Nobody waits to be sorted there.",
            Some(_) => "Nobody among those who were looked at waits. There are more: go on.",
        };
        return Ok(Taken::Done(SeeOther::to(back).saying(said)));
    }
    let count = people.len();
    let asking = Asking {
        title: format!("Sort {} into {into}?", in_words(count)),
        about: "By the domains of their confirmed addresses. Whoever was placed or removed by hand is never moved."
            .to_owned(),
        button: "Sort now".to_owned(),
        action: format!("{page}/sort-now"),
        back: page,
        place: SECTION,
        moves: Vec::new(),
    };
    let settled = form
        .settle(session, Command::SortNow { people }, asking)
        .await?;
    Ok(settled.then(|_| {
        let more = if next.is_some() {
            " There are more: go on."
        } else {
            ""
        };
        SeeOther::to(back).saying(&format!("Sorted {}.{more}", in_words(count)))
    }))
}

fn in_words(count: usize) -> String {
    match count {
        1 => "1 customer".to_owned(),
        many => format!("{} customers", web::page::count(many)),
    }
}
