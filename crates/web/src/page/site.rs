//! Which pages there are, as far as other pages lead to them.

use std::{collections::HashMap, sync::Arc};

use access::{Permission, Target};

use crate::{about::GuardText, session::Session};

/// A page that the rail leads to.
#[derive(Clone, Debug)]
pub struct MenuEntry {
    /// Its path.
    pub path: &'static str,
    /// Its name on the screen.
    pub label: &'static str,
    /// Its icon.
    pub icon: &'static str,
}

/// The pages of a server.
#[derive(Debug, Default)]
pub(crate) struct Site {
    /// What the rail leads to.
    rail: Vec<MenuEntry>,
    /// What stands before each page, by the path of its route.
    guards: HashMap<&'static str, GuardText>,
}

/// Shared by every session of a server.
pub(crate) type Pages = Arc<Site>;

impl Site {
    pub(crate) fn new(rail: Vec<MenuEntry>, guards: HashMap<&'static str, GuardText>) -> Self {
        Self { rail, guards }
    }

    /// The rail of somebody: whoever would be denied is not led there.
    pub(crate) fn rail(&self, session: &Session) -> Vec<MenuEntry> {
        let rail = self.rail.iter();
        rail.filter(|entry| self.opens(session, entry.path))
            .cloned()
            .collect()
    }

    /// Whether there is such a page, and its guard lets them through. A guard that looks at a thing of the path is asked with the thing.
    pub(crate) fn opens(&self, session: &Session, path: &str) -> bool {
        match self.guards.get(path) {
            None => false,
            Some(GuardText::Permit { permission, on }) => {
                *on != "the account"
                    || Permission::from_key(permission)
                        .is_some_and(|permission| session.view().may(permission, Target::Account))
            }
            Some(_) => true,
        }
    }
}
