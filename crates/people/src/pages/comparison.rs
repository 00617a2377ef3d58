//! The role comparison chart of remote support (S0), as the catalogue computes it.

use access::catalogue::chart::{COLUMNS, Cell, FOOT_NOTE, Row, role_comparison};
use askama::Template;
use web::{
    Result,
    guard::SignedIn,
    page::{ACCESS, Frame, Page},
    route::{Route, get},
};

pub(super) const PATH: &str = "/access/comparison";

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            PATH,
            "comparison.page",
            "What the roles of remote support can do, side by side",
            show,
        )
        .in_section(&ACCESS, "Comparison"),
    ]
}

#[derive(Template)]
#[template(path = "comparison.html")]
struct ComparisonPage {
    frame: Frame,
    columns: [&'static str; COLUMNS.len()],
    rows: Vec<Row>,
    foot_note: Option<&'static str>,
}

async fn show(session: SignedIn) -> Result<Page<ComparisonPage>> {
    let rows = role_comparison().to_vec();
    let depends = rows.iter().any(|row| row.cells.contains(&Cell::Depends));
    Ok(Page::new(ComparisonPage {
        frame: Frame::of(&session, "Comparison", PATH, ACCESS.label).await?,
        columns: COLUMNS,
        rows,
        foot_note: depends.then_some(FOOT_NOTE),
    }))
}
