//! Where somebody can go: the rail, and the tabs of a section. Whoever would be denied is not led there.

use crate::session::Session;

/// A place of the rail with several pages, each a tab.
#[derive(Debug)]
pub struct Section {
    /// Its name on the screen.
    pub label: &'static str,
    /// Its icon.
    pub icon: &'static str,
    /// The names of its tabs, in their order.
    pub tabs: &'static [&'static str],
}

/// Who is who.
pub static PEOPLE: Section = Section {
    label: "People",
    icon: "people",
    tabs: &["Users", "Customers", "User groups"],
};

/// Work of the desk.
pub static SERVICE_DESK: Section = Section {
    label: "Service Desk",
    icon: "desk",
    tabs: &["My work", "Records", "Queries", "Reports"],
};

/// What customers do. Whoever works at the desk and is served as well finds it here; to customers alone no rail is shown.
pub static PORTAL: Section = Section {
    label: "Customer portal",
    icon: "message",
    tabs: &[
        "Start",
        "Log an incident",
        "My incidents",
        "Company’s incidents",
    ],
};

/// Queues and the general settings, in the order of the article.
pub static CONTACT_CENTRE: Section = Section {
    label: "Contact Center",
    icon: "contact",
    tabs: &[
        "Queues",
        "Who is logged in",
        "Permissions",
        "Pause reasons",
        "Skills",
        "Pre-recorded messages",
        "Public pre-written messages",
    ],
};

/// Managed devices and who reaches them.
pub static REMOTE_SUPPORT: Section = Section {
    label: "Remote Support",
    icon: "remote",
    tabs: &["Device groups"],
};

/// What was bought.
pub static BILLING: Section = Section {
    label: "Billing",
    icon: "billing",
    tabs: &["Licences", "Billing contact"],
};

/// How the account is set up.
pub static CONFIGURE: Section = Section {
    label: "Configure",
    icon: "configure",
    tabs: &[
        "Services",
        "Groups",
        "Companies",
        "Registration",
        "Portal",
        "Account",
        "Tokens",
        "Connections",
        "Sign-in providers",
        "Webhooks",
    ],
};

/// Questions about access.
pub static ACCESS: Section = Section {
    label: "Access",
    icon: "access",
    tabs: &["Ask", "Who can", "Roles", "Support check", "Comparison"],
};

/// What happened.
pub static AUDIT: Section = Section {
    label: "Audit",
    icon: "audit",
    tabs: &["Changes", "Sign-ins"],
};

/// The places of the rail in their order; what is not among them comes last.
const RAIL: [&str; 10] = [
    "Home",
    "People",
    "Access",
    "Service Desk",
    "Contact Center",
    "Remote Support",
    "Billing",
    "Configure",
    "Audit",
    "Customer portal",
];

/// How a page stands in the menu.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Listed {
    /// As a place of the rail.
    Alone {
        label: &'static str,
        icon: &'static str,
    },
    /// As a tab.
    In {
        section: &'static Section,
        tab: &'static str,
    },
}

/// A page that the menu leads to.
#[derive(Clone, Debug)]
pub(crate) struct MenuEntry {
    /// Its path.
    pub path: &'static str,
    /// Where it stands.
    pub listed: Listed,
}

impl MenuEntry {
    /// Its name on the screen, alone or as a tab.
    pub fn label(&self) -> &'static str {
        match self.listed {
            Listed::Alone { label, .. } => label,
            Listed::In { tab, .. } => tab,
        }
    }

    /// The place of the rail and its icon.
    fn place(&self) -> (&'static str, &'static str) {
        match self.listed {
            Listed::Alone { label, icon } => (label, icon),
            Listed::In { section, .. } => (section.label, section.icon),
        }
    }
}

/// A link of the rail or of a row of tabs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where it leads.
    pub path: &'static str,
    /// Its name.
    pub label: &'static str,
    /// Its icon; tabs have none.
    pub icon: &'static str,
    /// Whether the page belongs there.
    pub is_current: bool,
}

/// Every page of the menu that opens to the reader.
pub(super) fn open(session: &Session) -> impl Iterator<Item = &MenuEntry> {
    session.site().menu(session)
}

/// The rail: a section stands there once, and leads to the first of its tabs that is open.
pub(super) fn rail(session: &Session, path: &str, place: &str) -> Vec<Entry> {
    let mut rail: Vec<Entry> = Vec::new();
    for entry in sorted(session) {
        let (label, icon) = entry.place();
        if rail.iter().any(|known| known.label == label) {
            continue;
        }
        rail.push(Entry {
            path: entry.path,
            label,
            icon,
            is_current: place == label || place == entry.path || path == entry.path,
        });
    }
    rail.sort_by_key(|entry| position(&RAIL, entry.label));
    rail
}

/// The tabs of a section; one alone needs no row of tabs.
pub(super) fn tabs(session: &Session, path: &str, place: &str) -> Vec<Entry> {
    let of_place = sorted(session).into_iter().filter(
        |entry| matches!(entry.listed, Listed::In { section, .. } if section.label == place),
    );
    let tabs: Vec<Entry> = of_place
        .map(|entry| Entry {
            path: entry.path,
            label: entry.label(),
            icon: "",
            is_current: is_at_or_below(path, entry.path),
        })
        .collect();
    // Below a tab may stand a page that another tab is nearer to: the longest path is the place.
    let nearest = tabs.iter().filter(|tab| tab.is_current);
    let nearest = nearest.map(|tab| tab.path.len()).max();
    let tabs = tabs.into_iter().map(|tab| Entry {
        is_current: tab.is_current && Some(tab.path.len()) == nearest,
        ..tab
    });
    let tabs: Vec<_> = tabs.collect();
    if tabs.len() > 1 { tabs } else { Vec::new() }
}

/// A place by what a page calls it: the label of a section, or the path of an entry. Home, where the reader has no such place.
pub(super) fn known(session: &Session, place: &str) -> &'static str {
    let mut places = open(session).flat_map(|entry| [entry.place().0, entry.path]);
    places.find(|one| *one == place).unwrap_or("/")
}

/// The place that the page at an address belongs to.
pub(super) fn at(session: &Session, address: &str) -> &'static str {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    nearest(session, path).map_or("/", |entry| entry.place().0)
}

/// The page of the menu at a path, or the nearest above it.
pub(super) fn nearest<'a>(session: &'a Session, path: &str) -> Option<&'a MenuEntry> {
    let above = open(session).filter(|entry| is_at_or_below(path, entry.path));
    above.max_by_key(|entry| entry.path.len())
}

/// What is open, the tabs of each section in their order.
fn sorted(session: &Session) -> Vec<&MenuEntry> {
    let mut entries: Vec<_> = open(session).collect();
    entries.sort_by_key(|entry| match entry.listed {
        Listed::Alone { .. } => 0,
        Listed::In { section, tab } => position(section.tabs, tab),
    });
    entries
}

fn position(order: &[&str], label: &str) -> usize {
    let found = order.iter().position(|known| *known == label);
    found.unwrap_or(order.len())
}

fn is_at_or_below(path: &str, above: &str) -> bool {
    path.strip_prefix(above)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_below_a_tab_belongs_to_it() {
        assert!(is_at_or_below("/audit/17", "/audit") && is_at_or_below("/audit", "/audit"));
        assert!(!is_at_or_below("/auditors", "/audit"));
    }

    #[test]
    fn what_nobody_ordered_comes_last() {
        assert!(position(&RAIL, "Audit") < position(&RAIL, "Mailbox"));
    }
}
