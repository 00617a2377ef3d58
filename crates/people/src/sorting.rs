//! *Sort now*: customers are sorted into companies by the domains of their confirmed addresses (SD-22).

use access::{
    Command, Domain,
    decide::{OnAccount, permissions::ConfigureDesk},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{
    Result,
    common::Submission,
    guard::Commands,
    paging::{Cursor, Paged},
    reply::Answer,
    route::{Route, post},
    sorting,
    submit::Written,
};

pub(crate) fn routes() -> Vec<Route> {
    vec![post(
        "/api/v1/companies/sort-now",
        "companies.sort_now",
        "Sort customers into companies by their domains, a page at a time",
        sort_now,
    )]
}

/// Nothing to say but go.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SortNow {}

/// What became of a page of customers.
#[derive(Debug, Serialize, ToSchema)]
struct Sorted {
    #[serde(flatten)]
    written: Written,
    /// Send it as `page` to sort those who follow; absent when everybody was looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Cursor>,
}

async fn sort_now(
    commands: Commands,
    asked: Paged<SortNow>,
    how: Submission,
) -> Result<Answer<Sorted>> {
    let permit = commands.permit(ConfigureDesk, OnAccount)?;
    let catches = |domain: &Domain| {
        let company = commands.state().company_of(domain);
        company.is_some_and(|company| commands.view().sees(company))
    };
    let (people, next) = sorting::waiting(&commands, permit, &asked.paging, catches).await?;
    let done = commands.submit(Command::SortNow { people }, &how).await?;
    Ok(Answer {
        version: done.version,
        body: Sorted {
            written: done.body,
            next,
        },
    })
}
