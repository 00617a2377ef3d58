//! The files of the face: a stylesheet with its colours, and its logo. On a page nothing stands inline.

use serde::Deserialize;
use utoipa::IntoParams;
use web::{
    Problem, Result,
    guard::SignedIn,
    page::File,
    part::Query,
    route::{Route, get},
    session::failed,
};

use super::{kept, read, store, version};

pub(super) const COLOURS: &str = "/portal/colours";
pub(super) const LOGO: &str = "/portal/logo";

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            COLOURS,
            "portal_face.colours",
            "The colours of the portal, as a stylesheet",
            colours,
        )
        .facing(read),
        get(LOGO, "portal_face.logo", "The logo of the portal", logo),
    ]
}

/// Which of them.
#[derive(Debug, Deserialize, IntoParams)]
struct Which {
    /// As pages name it. Under another one it is not kept by the browser.
    version: Option<String>,
}

async fn colours(reader: SignedIn, Query(which): Query<Which>) -> Result<File> {
    let kept = kept(&reader).await?;
    let style = kept.colours();
    let is_kept = which.version == Some(version(style.as_bytes()));
    Ok(File::new("text/css; charset=utf-8", style).kept(is_kept))
}

async fn logo(reader: SignedIn, Query(which): Query<Which>) -> Result<File> {
    let mut tx = reader.account.read_once().await.map_err(failed)?;
    let logo = store::logo(&mut tx, reader.account.id()).await;
    let logo = logo.map_err(failed)?.ok_or_else(Problem::not_found)?;
    let is_kept = which.version == Some(version(&logo.bytes));
    Ok(File::new(logo.media, logo.bytes).kept(is_kept))
}
