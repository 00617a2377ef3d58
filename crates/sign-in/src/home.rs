//! The first page: what one can do here.

use access::{Permission, Target, catalogue::Product};
use askama::Template;
use web::{
    Result,
    guard::SignedIn,
    page::{Attention, Either, Frame, Page, SeeOther},
    route::{Route, get},
    session::Session,
};

/// Where customers are.
const PORTAL: &str = "/portal";

pub(crate) fn routes() -> Vec<Route> {
    vec![get("/", "home.page", "What one can do here", show).in_menu("Home", "home")]
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    frame: Frame,
    attention: Vec<Attention>,
    /// What is held over the account as a whole.
    rights: Vec<Rights>,
}

/// What is held of one product.
struct Rights {
    product: &'static str,
    allowed: Vec<&'static str>,
}

async fn show(session: SignedIn) -> Result<Either<SeeOther, Page<HomePage>>> {
    // RULES §1: each facet has its own doors, and whoever is served alone has one.
    if session.view().is_customer_alone() && session.opens(PORTAL) {
        return Ok(Either::Done(SeeOther::to(PORTAL)));
    }
    let rights = rights(&session);
    Ok(Either::Again(Page::new(HomePage {
        frame: Frame::of(&session, "Home", "/", "/").await?,
        attention: session.attention().await?,
        rights,
    })))
}

fn rights(session: &Session) -> Vec<Rights> {
    let view = session.view();
    let of = |product: Product| Rights {
        product: product.name(),
        allowed: Permission::ALL
            .into_iter()
            .filter(|permission| permission.product() == product)
            // What no operation asks for opens nothing yet.
            .filter(|permission| permission.is_used())
            .filter(|permission| view.may(*permission, Target::Account))
            .map(first_clause)
            .collect(),
    };
    let all = Product::ALL.into_iter().map(of);
    all.filter(|rights| !rights.allowed.is_empty()).collect()
}

/// What it opens; how else one comes to it is for those who give it.
fn first_clause(permission: Permission) -> &'static str {
    let allows = permission.allows().split(';').next().unwrap_or_default();
    allows.trim_end_matches('.')
}
