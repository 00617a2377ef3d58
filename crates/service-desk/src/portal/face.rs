//! How an organisation shows itself to its customers: a name, a colour and a logo, one of each per account. They are for everybody in the account
//! to see, and for whoever configures the desk to set.

mod acts;
mod colour;
mod files;
mod picture;
mod settings;
mod store;

use access::Actor;
use ledger::{Account, Hash, Options, SubmitError};
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
        Ok(Face {
            style: Some(kept.colours_path()),
            logo: kept.logo_path(),
            name: kept.name,
        })
    })
}

async fn kept(session: &Session) -> Result<Kept> {
    let mut tx = session.account.read_once().await.map_err(failed)?;
    let kept = store::read(&mut tx, session.account.id()).await;
    kept.map_err(failed)
}

/// What the address of a file carries, so that a browser may keep it: what stands in it, so that nothing else is ever kept by that address.
fn version(content: &[u8]) -> String {
    let mut version = Hash::of(content).to_string();
    version.truncate(32);
    version
}

impl Kept {
    fn colours_path(&self) -> String {
        let version = version(self.colours().as_bytes());
        format!("{}?version={version}", files::COLOURS)
    }

    fn logo_path(&self) -> Option<String> {
        let version = self.logo.as_ref()?;
        Some(format!("{}?version={version}", files::LOGO))
    }

    /// The stylesheet with its colour.
    fn colours(&self) -> String {
        let (colour, text) = (self.colour, self.colour.text_on());
        format!(":root {{ --brand: {colour}; --on-brand: {text}; }}\n")
    }
}
