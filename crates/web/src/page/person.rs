//! A person's pages are made up of panels: what a slice has to say of somebody it says by a panel, and hands it over with its routes
//! ([`Route::on_person`](crate::route::Route::on_person)). The pages stand in `people`, which knows no panel by name.

mod holdings;
mod reading;

use std::pin::Pin;

use access::{Command, PersonId};

pub use holdings::{Choice, Give, Holdings, Line, choice};
pub use reading::{CHOICES_MAX, Reading, Said};

use super::names::Html;
use crate::{problem::Result, session::Session, submit::GoesBody};

/// The path of a person's pages.
pub fn path_of(session: &Session, person: PersonId) -> String {
    format!("/people/{}", session.id(person).0)
}

/// A tab of a person's pages that panels stand on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonTab {
    /// Who somebody is, and whether they can sign in.
    Profile,
    /// What they have of each product.
    Products,
}

/// Where a panel stands: in this order, each on its tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spot {
    /// In which browsers somebody is signed in.
    SignInSessions,
    /// Which sign-in providers know them.
    SignInProviders,
    /// Records of the desk that are open for them.
    OpenForThem,
    /// What staff note of a customer.
    Notes,
    /// Records of the desk that they work on.
    AssignedToThem,
    /// Module access.
    Licences,
    /// The service desk, as staff.
    ServiceDesk,
    /// The contact centre.
    ContactCentre,
    /// Remote support.
    RemoteSupport,
    /// The service desk, as a customer.
    AsCustomer,
    /// What came by mappings, and what they want.
    FromProviders,
}

impl Spot {
    fn tab(self) -> PersonTab {
        match self {
            Self::SignInSessions
            | Self::SignInProviders
            | Self::OpenForThem
            | Self::Notes
            | Self::AssignedToThem => PersonTab::Profile,
            Self::Licences
            | Self::ServiceDesk
            | Self::ContactCentre
            | Self::RemoteSupport
            | Self::AsCustomer
            | Self::FromProviders => PersonTab::Products,
        }
    }
}

/// What stands under one heading.
#[derive(Clone, Debug)]
pub struct Panel {
    /// Its anchor, without `s-`.
    pub id: &'static str,
    /// Its heading.
    pub heading: &'static str,
    /// Half a sentence beside that.
    pub about: &'static str,
    /// What it shows. Its forms lead to routes with guards of their own.
    pub body: Html,
}

/// What a panel shows of somebody to a reader; `None`: nothing.
pub type Shown<'a> = Pin<Box<dyn Future<Output = Result<Option<Panel>>> + Send + 'a>>;

/// Shows one. It is asked for readers who may look at the page, and cuts what else is not for them.
pub type ShowPanel = for<'a> fn(&'a Reading<'a>) -> Shown<'a>;

/// What is said of an erasure before it happens (SD-26): what goes with somebody, and what of others stays.
#[derive(Debug, Default)]
pub struct Erasure {
    /// In sentences, for the review.
    pub words: String,
    /// The same in numbers, for programs.
    pub goes: Vec<GoesBody>,
    /// What else comes of it, by its code among the notices.
    pub notices: Vec<&'static str>,
}

/// What a slice says of its own.
pub type SaidOfErasure<'a> = Pin<Box<dyn Future<Output = Result<Erasure>> + Send + 'a>>;

/// Says it. It is asked for whoever may erase the person.
pub type SayErasure = for<'a> fn(&'a Session, PersonId) -> SaidOfErasure<'a>;

/// SD-26: what goes with somebody, and what stays. Nobody else is told how much there is of them.
pub async fn erasure_of(session: &Session, person: PersonId) -> Result<Erasure> {
    let (mut all, mut words) = (Erasure::default(), Vec::new());
    if session.offers(&Command::ErasePerson { person }) {
        for say in session.site().erasures() {
            let said = say(session, person).await?;
            words.push(said.words);
            all.goes.extend(said.goes);
            all.notices.extend(said.notices);
        }
    }
    all.words = words.join(" ");
    Ok(all)
}

impl Reading<'_> {
    /// The panels of a tab, as far as they have something to show.
    pub async fn panels(&self, tab: PersonTab) -> Result<Vec<Panel>> {
        let mut panels = Vec::new();
        for (spot, show) in self.session.site().panels() {
            if spot.tab() == tab {
                panels.extend(show(self).await?);
            }
        }
        Ok(panels)
    }
}
