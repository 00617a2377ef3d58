//! What stands around a page: who is signed in, where they are, and where they can go.

use std::sync::Arc;

use access::{Permission, RoleId, Subject, Target, catalogue::SystemRole};
use ledger::{Field, Place, read_profiles};

use crate::{
    about::GuardText,
    problem::{Problem, Result},
    session::{Session, failed},
};

/// A page that the rail leads to.
#[derive(Clone, Debug)]
pub struct MenuEntry {
    /// Its path.
    pub path: &'static str,
    /// Its name on the screen.
    pub label: &'static str,
    /// Its icon.
    pub icon: &'static str,
    /// What stands before it: whoever would be denied is not led there.
    pub guard: GuardText,
}

impl MenuEntry {
    fn is_open_to(&self, session: &Session) -> bool {
        match self.guard {
            GuardText::Permit { permission, .. } => Permission::from_key(permission)
                .is_some_and(|permission| session.view().may(permission, Target::Account)),
            _ => true,
        }
    }
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
#[derive(Clone, Debug)]
pub struct Frame {
    /// The page's name.
    pub title: String,
    /// Its path, without its parameters.
    pub path: String,
    /// The entry of the rail that it belongs to.
    pub place: &'static str,
    /// The pages above it.
    pub crumbs: Vec<Crumb>,
    /// The rail.
    pub rail: Vec<MenuEntry>,
    /// Who is signed in.
    pub me: Option<Me>,
    /// Proves that a form comes from a page of this session; each page has another one.
    pub form_token: Option<String>,
}

impl Frame {
    /// The frame of a page at `path`, which belongs to the entry `place` of the rail.
    pub async fn of(
        session: &Session,
        title: &str,
        path: &str,
        place: &'static str,
    ) -> Result<Self> {
        let rail = session.menu().iter();
        Ok(Self {
            title: title.to_owned(),
            path: path.to_owned(),
            place,
            crumbs: Vec::new(),
            rail: rail
                .filter(|entry| entry.is_open_to(session))
                .cloned()
                .collect(),
            me: me(session).await?,
            form_token: session.form_token(),
        })
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

async fn me(session: &Session) -> Result<Option<Me>> {
    let Subject::Person(person) = session.subject else {
        return Ok(None);
    };
    let place = Place::of(person);
    let mut tx = session.account.read().await.map_err(failed)?.tx;
    let found = read_profiles(&mut tx, [(session.account.id(), place)].into_iter()).await;
    let name = found.map_err(failed)?.first().and_then(|(_, _, profile)| {
        profile
            .get(Field::Name)
            .or(profile.get(Field::Email))
            .map(str::to_owned)
    });
    let row = session
        .state()
        .people()
        .get(person)
        .ok_or_else(Problem::not_found)?;
    let system = [
        (RoleId::SUPER_ADMIN, SystemRole::SuperAdmin),
        (RoleId::ADMIN, SystemRole::Admin),
        (RoleId::MEMBER, SystemRole::Member),
    ];
    let system = system.iter().find(|(id, _)| *id == row.account_role);
    let role = match system {
        _ if !row.is_user() => "Customer",
        Some((_, role)) => role.name(),
        None => "Custom role",
    };
    Ok(Some(Me {
        name: name.unwrap_or_else(|| session.id(person).0.to_string()),
        role,
    }))
}

/// Shared by every session of a server.
pub(crate) type Menu = Arc<[MenuEntry]>;
