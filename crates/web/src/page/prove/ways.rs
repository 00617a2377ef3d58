//! How somebody can prove in a session who they are.

use access::explain::words::Name;
use ledger::{OwnMeans, means_of};

use crate::{
    page::names::Names,
    problem::Result,
    session::{Session, failed},
    sign_in::SignIn,
};

/// What a page offers.
#[derive(Clone, Debug, Default)]
pub(super) struct Ways {
    pub password: bool,
    pub passkey: bool,
    /// What the provider is called that the session came through.
    pub provider: Option<String>,
}

impl Ways {
    /// Whoever came by what they have here proves it by that; whoever came through a provider proves it there, and by what they have besides.
    /// Whose domain comes in by its provider alone has nothing of their own that counts.
    pub async fn of(session: &Session, sign_in: &SignIn) -> Result<Self> {
        let (account, person) = (&session.account, sign_in.person());
        let own = account.own_means(person).await.map_err(failed)?;
        let is_open = own != OwnMeans::Shut;
        let Some(through) = sign_in.through() else {
            return Ok(Self {
                password: is_open,
                passkey: is_open,
                provider: None,
            });
        };
        let mut tx = account.read_once().await.map_err(failed)?;
        let means = means_of(&mut tx, account.id(), person).await;
        drop(tx);
        let means = means.map_err(failed)?;
        let name = Name::Connection(through.connection);
        let names = Names::of_shown(session, [name]).await?;
        Ok(Self {
            password: is_open && means.password,
            passkey: is_open && means.passkey,
            provider: Some(
                names
                    .known(name)
                    .unwrap_or("your sign-in provider")
                    .to_owned(),
            ),
        })
    }
}
