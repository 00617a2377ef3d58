//! How an organisation shows itself to its customers: a name, a colour and a logo, one of each per account. They are for everybody in the account
//! to see, and for whoever configures the desk to set.

mod acts;
mod colour;
mod files;
mod picture;
mod settings;
mod store;

use access::{Actor, Fingerprint};
use ledger::{Account, Options, SubmitError};
use web::{
    Result,
    page::{Face, Faced},
    route::Route,
    session::{Session, failed},
};

use self::{acts::SetFace, colour::Colour, store::Kept};

pub(super) fn routes() -> Vec<Route> {
    [files::routes(), settings::routes()]
        .into_iter()
        .flatten()
        .collect()
}

/// Names the portal of the demonstration, as somebody who may.
pub async fn demonstrate(
    account: &Account,
    by: Actor,
    name: &str,
) -> std::result::Result<(), SubmitError> {
    let set = SetFace {
        name: name.to_owned(),
        colour: Colour::DEFAULT,
    };
    account
        .act(by, set, Options::untold("demo"))
        .await
        .map(drop)
}

/// What stands around every page of a customer.
fn read(session: &Session) -> Faced<'_> {
    Box::pin(async move {
        let kept = kept(session).await?;
        let version = version(session, &kept);
        Ok(Face {
            style: Some(format!("{}?version={version}", files::COLOURS)),
            logo: kept
                .has_logo
                .then(|| format!("{}?version={version}", files::LOGO)),
            name: kept.name,
        })
    })
}

async fn kept(session: &Session) -> Result<Kept> {
    let mut tx = session.account.read_once().await.map_err(failed)?;
    let kept = store::read(&mut tx, session.account.id()).await;
    kept.map_err(failed)
}

/// What the addresses of the files carry, so that a browser may keep them: another one for each account, and after each change.
fn version(session: &Session, kept: &Kept) -> String {
    let account = session.account.public_id().to_string();
    Fingerprint::of_stored(&(account, kept.revision)).to_string()
}
