//! What a service gives its records: the group that new ones go to (SD-19), categories, text modules, and the signature of answers. Settings that no
//! decision about access rests on; they are read and written as a whole.

mod acts;
mod page;
mod rest;

use access::{Fingerprint, GroupId, ServiceId};
use serde::Serialize;
use uuid::Uuid;
use web::{
    Result,
    route::Route,
    session::{Session, failed},
    values,
};

pub(super) use self::acts::SetPresets;
use super::{CategoryId, Record, desk::Desk, store};

/// Categories of a service at most, and text modules.
pub(super) const ENTRIES_MAX: usize = 200;
/// Characters of a name.
const NAME_CHARS_MAX: usize = 80;

pub(super) fn routes() -> Vec<Route> {
    [rest::routes(), page::routes()]
        .into_iter()
        .flatten()
        .collect()
}

/// What a record is about, in a word of its service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Category {
    pub id: CategoryId,
    pub name: String,
}

impl Category {
    /// Its name to be read, also where it was the name of somebody who is erased (SD-26).
    pub fn title(self) -> String {
        match self.name.is_empty() {
            true => "A category without a name".to_owned(),
            false => self.name,
        }
    }
}

/// A text that is put into answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct TextModule {
    pub id: Uuid,
    pub name: String,
    pub text: String,
}

impl TextModule {
    /// By which it is chosen, and what it is called, also where that was the name of somebody who is erased (SD-26).
    pub fn choice(&self) -> (String, String) {
        let name = match self.name.as_str() {
            "" => "A text module without a name",
            name => name,
        };
        (self.id.simple().to_string(), name.to_owned())
    }
}

/// What a service gives its records.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Presets {
    /// Who gets what nobody is assigned to when it is opened.
    pub default_group: Option<GroupId>,
    pub categories: Vec<Category>,
    pub modules: Vec<TextModule>,
    /// What stands under answers to customers, unless whoever answers takes it away.
    pub signature: String,
}

/// What is wrong with presets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrong {
    Name,
    Text,
    TooMany,
    Twice,
}

impl Wrong {
    pub fn why(self) -> &'static str {
        match self {
            Self::Name => "give a name of up to 80 characters, on one line",
            Self::Text => "give up to 2,000 characters of text",
            Self::TooMany => "a service has up to 200 categories and up to 200 text modules",
            Self::Twice => "each category and each text module has a name of its own",
        }
    }
}

/// A name as it is kept.
pub(super) fn name(text: &str) -> std::result::Result<String, Wrong> {
    let name = values::name(text).map_err(|_| Wrong::Name)?;
    match text.chars().count() <= NAME_CHARS_MAX {
        true => Ok(name.to_owned()),
        false => Err(Wrong::Name),
    }
}

/// A text as it is kept.
pub(super) fn text(text: &str) -> std::result::Result<String, Wrong> {
    values::text(text).ok_or(Wrong::Text)
}

impl Presets {
    /// What is wrong with them as a whole.
    pub fn check(&self) -> std::result::Result<(), Wrong> {
        let categories: Vec<_> = self.categories.iter().map(|one| &one.name).collect();
        let modules: Vec<_> = self.modules.iter().map(|one| &one.name).collect();
        for names in [categories, modules] {
            if names.len() > ENTRIES_MAX {
                return Err(Wrong::TooMany);
            }
            // SD-26: what was the name of somebody who is erased is blank, and may be so more than once.
            let named = names.iter().filter(|name| !name.is_empty());
            let mut folded: Vec<_> = named.map(|name| ledger::fold(name)).collect();
            folded.sort_unstable();
            if folded.windows(2).any(|pair| pair[0] == pair[1]) {
                return Err(Wrong::Twice);
            }
        }
        Ok(())
    }

    /// What a change of them carries: it is refused where they say something else by now.
    pub fn mark(&self, service: ServiceId) -> Fingerprint {
        Fingerprint::of_stored(&(service, self))
    }

    pub fn has(&self, category: CategoryId) -> bool {
        self.categories.iter().any(|one| one.id == category)
    }
}

impl Desk {
    /// What a service gives its records, for whoever has read one of them.
    pub async fn presets(&mut self, session: &Session, service: ServiceId) -> Result<Presets> {
        let found = store::presets(&mut self.tx, session.account.id(), service).await;
        found.map_err(failed)
    }

    /// What the category of a record is called, if it has one that is there still.
    pub async fn category(&mut self, session: &Session, of: &Record) -> Result<Option<String>> {
        let Some(wanted) = of.content.category else {
            return Ok(None);
        };
        let all = self.categories(session, &[of.service]).await?;
        let mut all = all.into_iter().filter(|one| one.id == wanted);
        Ok(all.next().map(Category::title))
    }

    /// The categories of some services that the reader works on.
    pub async fn categories(
        &mut self,
        session: &Session,
        services: &[ServiceId],
    ) -> Result<Vec<Category>> {
        let found = store::categories(&mut self.tx, session.account.id(), services).await;
        found.map_err(failed)
    }
}

/// What stands in the place of what only the answer knows.
pub(super) struct Placeholders<'a> {
    pub customer: &'a str,
    pub number: i64,
    pub agent: &'a str,
}

impl Placeholders<'_> {
    /// A text with them filled in; it stays plain text, and what is filled in is not looked at again.
    pub fn fill(&self, text: &str) -> String {
        let number = self.number.to_string();
        let known = [
            ("{customer}", self.customer),
            ("{number}", &number),
            ("{agent}", self.agent),
        ];
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('{') {
            let (before, from) = rest.split_at(at);
            filled.push_str(before);
            let found = known.iter().find(|(word, _)| from.starts_with(word));
            let (word, value) = found.copied().unwrap_or(("{", "{"));
            filled.push_str(value);
            rest = &from[word.len()..];
        }
        filled.push_str(rest);
        filled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_in_once() {
        let said = Placeholders {
            customer: "Cara {number}",
            number: 7,
            agent: "<Una>",
        };
        let text = "Dear {customer}, {nobody} { of {number}: {agent}{";
        assert_eq!(
            said.fill(text),
            "Dear Cara {number}, {nobody} { of 7: <Una>{"
        );
    }

    #[test]
    fn names_stand_once_and_are_not_too_many() {
        let category = |name: &str| Category {
            id: CategoryId(Uuid::nil()),
            name: name.to_owned(),
        };
        let with = |names: &[&str]| Presets {
            categories: names.iter().map(|name| category(name)).collect(),
            ..Presets::default()
        };
        assert_eq!(with(&["Printer", "Network", "", ""]).check(), Ok(()));
        assert_eq!(with(&["Printer", "printer"]).check(), Err(Wrong::Twice));
        let many: Vec<_> = (0..201).map(|number| number.to_string()).collect();
        let many: Vec<_> = many.iter().map(String::as_str).collect();
        assert_eq!(with(&many).check(), Err(Wrong::TooMany));
        assert_eq!(with(&many[1..]).check(), Ok(()));
        assert_eq!(name(&"x".repeat(81)), Err(Wrong::Name));
    }
}
