//! What a form of a person's page says. Beside what is chosen it sends what was so when the page was made (`was.…`), and what it does is
//! what was changed on it: what the reader does not see, and what somebody else saved meanwhile, stays.

use std::collections::BTreeMap;

use access::{
    Permission, PermissionSet, PublicId,
    state::{Life, PeopleScope},
};
use serde::{
    Deserialize,
    de::{DeserializeOwned, IntoDeserializer, value},
};
use web::{
    Problem, Result,
    resource::{Id, Resource},
    session::Session,
    things::Thing,
};

use crate::pages::grants;

/// Begins the name of a field that says what was so.
const WAS: &str = "was.";

/// The fields of a form.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct Fields(BTreeMap<String, String>);

/// What was changed in a set of which the form shows a part: what is ticked is `kind.<code>`, what was is `was.kind.<code>`.
pub(super) struct Changes<'a> {
    pub added: Vec<&'a str>,
    removed: Vec<&'a str>,
}

impl Changes<'_> {
    pub fn removes(&self, code: &str) -> bool {
        self.removed.contains(&code)
    }
}

impl Fields {
    pub fn get(&self, name: &str) -> Option<&str> {
        let value = self.0.get(name).map(String::as_str);
        value.filter(|value| !value.is_empty())
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub fn field(&self, name: &str) -> Result<&str> {
        self.get(name)
            .ok_or_else(|| Problem::invalid(name, "this is missing"))
    }

    /// What was chosen; `None`: nothing else than what was so.
    pub fn chosen(&self, name: &str) -> Option<&str> {
        let now = self.get(name)?;
        (self.get(&format!("{WAS}{name}")) != Some(now)).then_some(now)
    }

    /// Whether a box is ticked, where it was changed; otherwise what stands.
    pub fn ticked(&self, name: &str, stands: bool) -> bool {
        let (was, now) = (self.has(&format!("{WAS}{name}")), self.has(name));
        if was == now { stands } else { now }
    }

    /// A thing that a field names by its id.
    pub fn thing<K: Resource>(&self, session: &Session, name: &str) -> Result<K> {
        thing(session, name, self.field(name)?)
    }

    /// A word of a list, as it is spelt everywhere else.
    pub fn word<T: DeserializeOwned>(&self, name: &str) -> Result<T> {
        let text: value::StrDeserializer<'_, value::Error> = self.field(name)?.into_deserializer();
        T::deserialize(text).map_err(|_| Problem::invalid(name, "there is no such choice"))
    }

    pub fn permission(&self, name: &str) -> Result<Permission> {
        grants::permission(name, self.field(name)?)
    }

    pub fn changes(&self, kind: &str) -> Changes<'_> {
        let (now, was) = (format!("{kind}."), format!("{WAS}{kind}."));
        let codes = |begin: &str| {
            let names = self.0.keys();
            let codes = names.filter_map(|name| name.strip_prefix(begin));
            codes.collect::<Vec<_>>()
        };
        let (now, was) = (codes(&now), codes(&was));
        Changes {
            added: now
                .iter()
                .copied()
                .filter(|code| !was.contains(code))
                .collect(),
            removed: was.into_iter().filter(|code| !now.contains(code)).collect(),
        }
    }

    /// What a set of things becomes.
    pub fn things<K: Thing>(
        &self,
        session: &Session,
        kind: &str,
        stand: impl IntoIterator<Item = K>,
    ) -> Result<Vec<K>> {
        let changes = self.changes(kind);
        let stays = |one: &K| {
            let is_there = one.life(session.state()) != Some(Life::Deleted);
            is_there && !changes.removes(&session.id(*one).0.to_string())
        };
        let mut things: Vec<_> = stand.into_iter().filter(stays).collect();
        for id in &changes.added {
            let one = thing(session, kind, id)?;
            if !things.contains(&one) {
                things.push(one);
            }
        }
        Ok(things)
    }

    /// What a set of permissions becomes (`permission.<key>`).
    pub fn permissions(&self, stand: PermissionSet) -> Result<PermissionSet> {
        let changes = self.changes("permission");
        let added = changes
            .added
            .iter()
            .map(|key| grants::permission("permission", key));
        let added = added.collect::<Result<PermissionSet>>()?;
        let stay = stand.iter().filter(|one| !changes.removes(one.key()));
        Ok(stay.chain(added.iter()).collect())
    }

    /// The people that a right reaches: everybody, or those of the user groups that are ticked.
    pub fn scope(&self, session: &Session, stands: &PeopleScope) -> Result<PeopleScope> {
        let is_for_all = match self.chosen("scope") {
            None => *stands == PeopleScope::All,
            Some("all") => true,
            Some("groups") => false,
            Some(_) => return Err(Problem::invalid("scope", "there is no such choice")),
        };
        if is_for_all {
            return Ok(PeopleScope::All);
        }
        let groups = match stands {
            PeopleScope::All => &[],
            PeopleScope::UserGroups(groups) => groups.as_slice(),
        };
        // AD-26: none at all reaches nobody.
        let groups = self.things(session, "group", groups.iter().copied())?;
        Ok(PeopleScope::UserGroups(groups))
    }

    /// Groups are ticked, and the choice above them says that they do not count.
    pub fn ticks_in_vain(&self) -> bool {
        self.get("scope") == Some("all") && self.0.keys().any(|name| name.starts_with("group."))
    }

    /// The names that a form of the page may have.
    pub fn refuse_unknown(&self) -> Result<()> {
        const KNOWN: [&str; 7] = [
            "act",
            "on",
            "value",
            "scope",
            "move",
            "without_company",
            "grant",
        ];
        const BEGIN: [&str; 4] = ["group.", "permission.", "company.", "keep."];
        let is_known = |name: &str| {
            let name = name.strip_prefix(WAS).unwrap_or(name);
            KNOWN.contains(&name) || BEGIN.iter().any(|begin| name.starts_with(begin))
        };
        match self.0.keys().find(|name| !is_known(name)) {
            None => Ok(()),
            Some(name) => Err(Problem::invalid(name.clone(), "there is no such field")),
        }
    }
}

fn thing<K: Resource>(session: &Session, name: &str, id: &str) -> Result<K> {
    let id: PublicId<K> = id.parse().map_err(|_| Problem::unknown_id(name))?;
    session.named(name, Id(id))
}
