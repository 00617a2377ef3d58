//! What customers see around their pages in the place of the rail: the name, the colour and the logo of the organisation, as the slice that keeps
//! them hands them over with its routes ([`Route::facing`](crate::route::Route::facing)), and the few places where they can go.

use std::pin::Pin;

use super::menu::{self, Entry, PORTAL};
use crate::{problem::Result, session::Session};

/// How an organisation shows itself to its customers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Face {
    /// What it is called there; empty where nobody said.
    pub name: String,
    /// The address of the stylesheet with its colours.
    pub style: Option<String>,
    /// The address of its logo.
    pub logo: Option<String>,
}

/// The face, when it is there.
pub type Faced<'a> = Pin<Box<dyn Future<Output = Result<Face>> + Send + 'a>>;

/// Reads the face of the caller's account.
pub type ReadFace = fn(&Session) -> Faced<'_>;

/// What stands around a page of a customer.
#[derive(Clone, Debug)]
pub struct Portal {
    /// Whose portal it is.
    pub face: Face,
    /// Where the reader can go there.
    pub places: Vec<Entry>,
    /// The desk, for whoever works there too: each facet has its own doors.
    pub desk: Option<&'static str>,
}

impl Portal {
    /// Around a page of the portal, and around every page for somebody who is here as a customer alone.
    pub(super) async fn around(session: &Session, path: &str, place: &str) -> Result<Option<Self>> {
        let is_alone = session.view().is_customer_alone();
        if !is_alone && place != PORTAL.label {
            return Ok(None);
        }
        let mut places = menu::tabs(session, path, PORTAL.label);
        for place in &mut places {
            (place.label, place.icon) = in_short(place.label);
        }
        let face = match session.site().face() {
            Some(read) => read(session).await?,
            None => Face::default(),
        };
        Ok(Some(Self {
            face,
            places,
            desk: (!is_alone).then_some("/"),
        }))
    }

    /// What the organisation is called.
    pub fn name(&self) -> &str {
        match self.face.name.as_str() {
            "" => "Support",
            name => name,
        }
    }
}

/// Within reach of a thumb there is room for a word.
fn in_short(tab: &'static str) -> (&'static str, &'static str) {
    match tab {
        "Start" => ("Home", "home"),
        "Log an incident" => ("Log", "plus"),
        "My incidents" => ("Incidents", "desk"),
        "Company’s incidents" => ("Company", "company"),
        other => (other, "right"),
    }
}
