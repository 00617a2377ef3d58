//! What stands around a page: who is signed in, where they are, and where they can go.

mod back;

use access::{Subject, explain::words::Name, state::Facet};

use super::{
    face::Portal,
    menu::{self, Entry},
    moments::moment,
    names::{Names, system_role},
};
use crate::{
    problem::{Problem, Result},
    session::Session,
};

/// What says whom the reader views as.
#[derive(Clone, Debug)]
pub struct Viewing {
    /// As whom.
    pub name: String,
    /// Until when at the latest.
    pub until: String,
}

/// A page above this one.
#[derive(Clone, Debug)]
pub struct Crumb {
    /// Its path.
    pub path: String,
    /// Its name.
    pub label: String,
}

/// Who is signed in.
#[derive(Clone, Debug)]
pub struct Me {
    /// The name, or the id of whoever has none.
    pub name: String,
    /// The account role in words.
    pub role: &'static str,
}

/// The field `frame` of every page that stands in the frame.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// The page's name.
    pub title: String,
    /// Its path, without its parameters.
    pub path: String,
    /// The pages above it.
    pub crumbs: Vec<Crumb>,
    /// The rail.
    pub rail: Vec<Entry>,
    /// The tabs of the section that it belongs to, if it has several that open to the reader.
    pub tabs: Vec<Entry>,
    /// What stands around it for a customer, in the place of the rail.
    pub portal: Option<Portal>,
    /// Who is signed in.
    pub me: Option<Me>,
    /// What the form that led here did.
    pub done: Option<String>,
    /// What Ask proposed is chosen in a form of the page.
    pub is_proposed: bool,
    /// AD-27: that somebody else's view is shown here.
    pub viewing: Option<Viewing>,
    /// Proves that a form comes from a page of this session; each page has another one.
    pub form_token: Option<String>,
}

impl Frame {
    /// The frame of a page at `path`, which belongs to `place`: the path of an entry of the rail, or the label of a section.
    pub async fn of(
        session: &Session,
        title: &str,
        path: &str,
        place: &'static str,
    ) -> Result<Self> {
        let rail = menu::rail(session, path, place);
        let tabs = menu::tabs(session, path, place);
        let section = rail.iter().find(|entry| entry.label == place);
        let section = section.map(|entry| Crumb {
            path: entry.path.to_owned(),
            label: place.to_owned(),
        });
        Ok(Self {
            title: title.to_owned(),
            path: path.to_owned(),
            crumbs: section.into_iter().collect(),
            portal: Portal::around(session, path, place).await?,
            rail,
            tabs,
            done: session.done().map(str::to_owned),
            is_proposed: false,
            me: me(session).await?,
            viewing: viewing(session).await?,
            form_token: session.form_token(),
        })
    }

    /// Under another title, where the page is one of several about the same thing.
    #[must_use]
    pub fn titled(mut self, title: &str) -> Self {
        title.clone_into(&mut self.title);
        self
    }

    /// With a form in which what Ask proposed is chosen: the page says so.
    #[must_use]
    pub fn proposing(mut self, is_proposed: bool) -> Self {
        self.is_proposed = is_proposed;
        self
    }

    /// Around a page that nobody has to be signed in for: the list that it belongs to, and the way home.
    pub fn for_anybody(
        title: &str,
        path: String,
        (list, label, icon): (&'static str, &'static str, &'static str),
    ) -> Self {
        let entry = |to, label, icon| Entry {
            path: to,
            label,
            icon,
            is_current: to == list,
        };
        Self {
            title: title.to_owned(),
            path,
            rail: vec![entry("/", "Home", "home"), entry(list, label, icon)],
            ..Self::default()
        }
    }

    /// Below another page.
    #[must_use]
    pub fn below(mut self, path: impl Into<String>, label: impl Into<String>) -> Self {
        self.crumbs.push(Crumb {
            path: path.into(),
            label: label.into(),
        });
        self
    }
}

async fn viewing(session: &Session) -> Result<Option<Viewing>> {
    let Some((viewed, until)) = session.sign_in().and_then(|sign_in| sign_in.views()) else {
        return Ok(None);
    };
    let names = Names::of_people(session, [viewed]).await?;
    Ok(Some(Viewing {
        name: names.text(Name::Person(viewed)),
        until: moment(until),
    }))
}

async fn me(session: &Session) -> Result<Option<Me>> {
    let Subject::Person(person) = session.subject else {
        return Ok(None);
    };
    let names = Names::of_people(session, [person]).await?;
    let row = session
        .state()
        .people()
        .get(person)
        .ok_or_else(Problem::not_found)?;
    let role = if row.is_user() && session.facet() != Some(Facet::Customer) {
        system_role(row.account_role).unwrap_or("Custom role")
    } else {
        "Customer"
    };
    let name = names.known(Name::Person(person)).map(str::to_owned);
    Ok(Some(Me {
        name: name.unwrap_or_else(|| session.id(person).0.to_string()),
        role,
    }))
}
