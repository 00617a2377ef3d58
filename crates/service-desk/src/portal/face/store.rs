//! The row of the face, in a transaction of the ledger. Everybody in the account may read it; whoever writes has the permit of the act.

use access::{Permit, decide::permissions::ConfigureDesk};
use ledger::{AccountId, LedgerError, Tx, Value};

use super::{colour::Colour, picture::Picture, version};

type Result<T> = std::result::Result<T, LedgerError>;

/// What is kept of it, without the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kept {
    /// Empty where nobody said.
    pub name: String,
    pub colour: Colour,
    /// The version of its logo, where there is one.
    pub logo: Option<String>,
}

pub(super) async fn read(tx: &mut Tx, account: AccountId) -> Result<Kept> {
    // A logo has 128 kB at most: reading it costs less than a mark of it that might be wrong.
    let sql = "SELECT name, colour, logo FROM service_desk_portal WHERE account = $1";
    let row = tx.fetch_optional(sql, [account.0.into()]).await?;
    let Some(row) = row else {
        return Ok(Kept {
            name: String::new(),
            colour: Colour::DEFAULT,
            logo: None,
        });
    };
    Ok(Kept {
        name: row.get(0)?,
        colour: Colour::parse(&row.get::<String>(1)?).unwrap_or(Colour::DEFAULT),
        logo: row.get::<Option<Vec<u8>>>(2)?.map(|logo| version(&logo)),
    })
}

pub(super) async fn logo(tx: &mut Tx, account: AccountId) -> Result<Option<Picture>> {
    let sql = "SELECT media, logo FROM service_desk_portal WHERE account = $1 AND logo IS NOT NULL";
    let row = tx.fetch_optional(sql, [account.0.into()]).await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Picture::kept(&row.get::<String>(0)?, row.get(1)?))
}

pub(super) async fn set(
    tx: &mut Tx,
    account: AccountId,
    _: &Permit<'_, ConfigureDesk>,
    name: String,
    colour: Colour,
) -> Result<()> {
    let sql = "INSERT INTO service_desk_portal (account, name, colour, logo, media, revision) VALUES ($1, $2, $3, NULL, NULL, 1) \
               ON CONFLICT (account) DO UPDATE SET name = excluded.name, colour = excluded.colour, \
               revision = service_desk_portal.revision + 1";
    let values = [account.0.into(), name.into(), colour.to_string().into()];
    tx.execute(sql, values).await?;
    Ok(())
}

/// Another logo, or none.
pub(super) async fn set_logo(
    tx: &mut Tx,
    account: AccountId,
    _: &Permit<'_, ConfigureDesk>,
    logo: Option<Picture>,
) -> Result<()> {
    let sql = "INSERT INTO service_desk_portal (account, name, colour, logo, media, revision) VALUES ($1, '', $2, $3, $4, 1) \
               ON CONFLICT (account) DO UPDATE SET logo = excluded.logo, media = excluded.media, \
               revision = service_desk_portal.revision + 1";
    let (media, bytes) = logo.map(|logo| (logo.media.to_owned(), logo.bytes)).unzip();
    let values = [
        account.0.into(),
        Colour::DEFAULT.to_string().into(),
        Value::Blob(bytes),
        Value::Text(media),
    ];
    tx.execute(sql, values).await?;
    Ok(())
}
