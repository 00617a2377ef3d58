//! The lists of users and of customers, and what is done from there with many at once.

mod add;
mod attention;
mod bulk;
mod choices;
mod export;
mod filter;
mod list;
mod ranks;

pub(super) use self::attention::{count_super_admins, is_last_super_admin};
use super::words;
use web::route::Route;

pub(super) fn routes() -> Vec<Route> {
    [
        list::routes(),
        bulk::routes(),
        export::routes(),
        add::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
