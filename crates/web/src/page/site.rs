//! Which pages there are, as far as other pages lead to them.

use std::{collections::HashMap, sync::Arc};

use access::{Permission, Target, event::ContactCentreList};

use super::{
    attention::Look,
    entries::NameEntries,
    face::ReadFace,
    menu::MenuEntry,
    person::{SayErasure, ShowPanel, Spot},
};
use crate::{about::GuardText, session::Session};

/// The pages of a server.
#[derive(Debug, Default)]
pub(crate) struct Site {
    /// What the rail and the tabs of its sections lead to.
    menu: Vec<MenuEntry>,
    /// What stands before each page, by the path of its route.
    guards: HashMap<&'static str, GuardText>,
    /// What looks for something that is to be mended, by the path of the page where it is.
    looks: Vec<(&'static str, Look)>,
    /// What a person's pages are made up of, in its order.
    panels: Vec<(Spot, ShowPanel)>,
    /// What says before an erasure what goes.
    erasures: Vec<SayErasure>,
    /// What the entries of lists are called.
    names: Vec<(ContactCentreList, NameEntries)>,
    /// What customers see around their pages.
    face: Option<ReadFace>,
}

/// Shared by every session of a server.
pub(crate) type Pages = Arc<Site>;

impl Site {
    pub(crate) fn new(
        menu: Vec<MenuEntry>,
        guards: HashMap<&'static str, GuardText>,
        looks: Vec<(&'static str, Look)>,
        mut panels: Vec<(Spot, ShowPanel)>,
        erasures: Vec<SayErasure>,
        names: Vec<(ContactCentreList, NameEntries)>,
        face: Option<ReadFace>,
    ) -> Self {
        panels.sort_by_key(|(spot, _)| *spot);
        Self {
            menu,
            guards,
            looks,
            panels,
            erasures,
            names,
            face,
        }
    }

    /// What a person's pages are made up of.
    pub(crate) fn panels(&self) -> impl Iterator<Item = (Spot, ShowPanel)> {
        self.panels.iter().copied()
    }

    /// What says before an erasure what goes, and what stays.
    pub(crate) fn erasures(&self) -> impl Iterator<Item = SayErasure> {
        self.erasures.iter().copied()
    }

    /// What reads the names of a list's entries.
    pub(crate) fn naming(&self, list: ContactCentreList) -> Option<NameEntries> {
        let mut names = self.names.iter();
        names.find_map(|(of, read)| (*of == list).then_some(*read))
    }

    /// What reads how the caller's organisation shows itself to customers.
    pub(super) fn face(&self) -> Option<ReadFace> {
        self.face
    }

    /// What looks for something to mend on pages that open to somebody.
    pub(crate) fn looks(&self, session: &Session) -> impl Iterator<Item = Look> {
        let looks = self.looks.iter();
        looks
            .filter(|(path, _)| self.opens(session, path))
            .map(|(_, look)| *look)
    }

    /// The pages of the menu that open to somebody: whoever would be denied is not led there.
    pub(crate) fn menu(&self, session: &Session) -> impl Iterator<Item = &MenuEntry> {
        let nothing_yet = session.lacks_second_factor();
        let menu = self.menu.iter();
        menu.filter(move |entry| !nothing_yet && self.opens(session, entry.path))
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
            Some(GuardText::Anywhere { permissions }) => session.may_anywhere(permissions),
            Some(_) => true,
        }
    }
}

impl Session {
    /// Whether there is such a page, by the path of its route, and its guard lets the caller through.
    pub fn opens(&self, path: &str) -> bool {
        self.site().opens(self, path)
    }
}
