//! Personal data and free text: names, addresses, telephone numbers, names of companies and roles, properties of other
//! products' things. The log never holds any of it. A profile has a version for each entry of the log that changed it, and
//! erasure leaves none (SD-26).

use std::collections::BTreeMap;
use std::sync::Arc;

use access::{Dense, PublicId, State};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use uuid::Uuid;

use crate::error::{LedgerError, Result};

mod limits;
mod search;
mod store;
#[cfg(test)]
pub(crate) use search::external_ids_text;
pub(crate) use search::most;
pub use search::{
    First, Match, people_of_external_ids, search, search_after, search_first, search_many,
};
pub(crate) use store::all_versions;
pub(crate) use store::{
    EMAIL_KEYS, EMAILS, PLACES, PROFILES, REWRITTEN_PROFILES, SEARCH_KEYS, number, numbers_in,
    place_from,
};
pub use store::{addresses_of, person_of_email, read_at, read_emails, read_many, read_versions};
#[cfg(test)]
pub(crate) use store::{read_emails_text, read_many_text, read_versions_text};

/// At most so many folded words of a name begin a search.
const MOST_WORDS: usize = 6;
/// At most so many bytes of a folded word stand in an index.
const LONGEST_WORD: usize = 96;

/// What a profile is about. The numbers stand in the database: a kind keeps its own for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Kind {
    /// A person.
    Person = 1,
    /// A custom role.
    Role = 2,
    /// A group of the desk.
    Group = 3,
    /// A user group.
    UserGroup = 4,
    /// A device group.
    DeviceGroup = 5,
    /// A device.
    Device = 6,
    /// A company.
    Company = 7,
    /// A service.
    Service = 8,
    /// A queue.
    Queue = 9,
    /// A licence pool.
    Licence = 10,
    /// A connection.
    Connection = 11,
    /// A token.
    Token = 12,
    /// Another product.
    Product = 13,
    /// A subject or resource of another product.
    Thing = 14,
    /// A group of people as a provider of identities has it.
    ProviderGroup = 15,
}

/// A dense id whose thing has a profile.
pub trait HasProfile: Dense {
    /// Its kind.
    const KIND: Kind;
}

macro_rules! kinds {
    ($($id:ident => $kind:ident),+ $(,)?) => {
        $(impl HasProfile for access::$id {
            const KIND: Kind = Kind::$kind;
        })+

        /// The number of the thing with this public id, if the account has it.
        fn resolve(state: &State, kind: Kind, uuid: Uuid) -> Option<u32> {
            match kind {
                $(Kind::$kind => state.resolve(PublicId::<access::$id>::new(uuid)).map(Dense::number),)+
                Kind::Product | Kind::Thing => crate::things::resolve(state, kind, uuid),
            }
        }
    };
}
kinds! {
    PersonId => Person, RoleId => Role, GroupId => Group, UserGroupId => UserGroup, DeviceGroupId => DeviceGroup,
    DeviceId => Device, CompanyId => Company, ServiceId => Service, QueueId => Queue, LicenceId => Licence,
    ConnectionId => Connection, TokenId => Token, ProviderGroupId => ProviderGroup,
}

impl HasProfile for access::ProductId {
    const KIND: Kind = Kind::Product;
}
impl HasProfile for access::ThingId {
    const KIND: Kind = Kind::Thing;
}

/// Whose profile: something that is there, or that the command beside it makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Of {
    /// By dense id.
    Known(Kind, u32),
    /// By public id, resolved after the command's events.
    Public(Kind, Uuid),
}

impl Of {
    /// Something that is there.
    pub fn known<K: HasProfile>(id: K) -> Self {
        Self::Known(K::KIND, id.number())
    }

    /// Something by its public id: the way to speak of what the command makes.
    pub fn public<K: HasProfile>(id: PublicId<K>) -> Self {
        Self::Public(K::KIND, id.uuid())
    }

    /// What it is.
    pub fn kind(self) -> Kind {
        match self {
            Self::Known(kind, _) | Self::Public(kind, _) => kind,
        }
    }

    /// The place of the profile in this state.
    pub fn place(self, state: &State) -> Option<Place> {
        match self {
            Self::Known(kind, entity) => Some(Place { kind, entity }),
            Self::Public(kind, uuid) => {
                resolve(state, kind, uuid).map(|entity| Place { kind, entity })
            }
        }
    }
}

/// Where a profile stands inside an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// About what.
    pub kind: Kind,
    /// Its dense number.
    pub entity: u32,
}

impl Place {
    /// The place of a thing's profile.
    pub fn of<K: HasProfile>(id: K) -> Self {
        Self {
            kind: K::KIND,
            entity: id.number(),
        }
    }
}

/// A field of a profile. New ones are added at the end: their order is part of what is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Display name.
    Name,
    /// E-mail address, as it was written.
    Email,
    /// Telephone number.
    Phone,
    /// Job title.
    Title,
    /// Preferred language.
    Language,
    /// The caller's own id.
    ExternalId,
    /// Free text.
    Description,
    /// Properties of another product's thing, as JSON.
    Properties,
    /// Of what a person wants no mails: keys, with spaces between them.
    NoMails,
}

/// The values of one thing. A copy is a pointer: a batch keeps each as it was and as it will be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Profile(Arc<BTreeMap<Field, String>>);

impl Profile {
    /// A value; `None` when it was never given, or is erased.
    pub fn get(&self, field: Field) -> Option<&str> {
        self.0.get(&field).map(String::as_str)
    }

    /// The same profile with another value.
    #[must_use]
    pub fn with(mut self, field: Field, value: impl Into<String>) -> Self {
        Arc::make_mut(&mut self.0).insert(field, value.into());
        self
    }

    /// All values.
    pub fn iter(&self) -> impl Iterator<Item = (Field, &str)> {
        self.0.iter().map(|(field, value)| (*field, value.as_str()))
    }

    /// The address as it is compared: one person per address (RULES §1).
    pub fn folded_email(&self) -> Option<String> {
        self.get(Field::Email)
            .map(fold_email)
            .filter(|email| !email.is_empty())
    }

    pub(crate) fn encode(&self) -> Result<Vec<u8>> {
        postcard::to_stdvec(self)
            .map_err(|error| LedgerError::Damaged(format!("a profile cannot be encoded: {error}")))
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self> {
        postcard::from_bytes(bytes)
            .map_err(|error| LedgerError::Damaged(format!("a profile cannot be read: {error}")))
    }

    /// What lists of people are sorted by.
    pub(crate) fn list_keys(&self) -> ListKeys {
        let address = self.folded_email().map(|email| bounded(&email));
        let address = address.unwrap_or_default();
        let name = self.get(Field::Name).map(|name| bounded(&fold(name)));
        ListKeys {
            name: name
                .filter(|name| !name.is_empty())
                .unwrap_or_else(|| address.clone()),
            address,
        }
    }

    /// The folded words under which the thing is found. Field 0 is the whole name, 1 its further words, 2 numbers.
    pub(crate) fn search_words(&self) -> Vec<(i64, String)> {
        let mut words = Vec::new();
        if let Some(name) = self
            .get(Field::Name)
            .map(fold)
            .filter(|name| !name.is_empty())
        {
            let rest = name
                .match_indices(' ')
                .map(|(index, _)| (1, bounded(&name[index + 1..])));
            words.extend(rest.take(MOST_WORDS - 1));
            words.push((0, bounded(&name)));
        }
        for field in [Field::Phone, Field::ExternalId] {
            if let Some(word) = self.get(field).map(fold).filter(|word| !word.is_empty()) {
                words.push((2, bounded(&word.replace(' ', ""))));
            }
        }
        words.sort_unstable();
        words.dedup();
        words
    }
}

/// What a list of people is sorted by.
#[derive(Debug, Default)]
pub(crate) struct ListKeys {
    /// The folded name; the address of whoever has none, as lists show them.
    pub name: String,
    /// The folded address.
    pub address: String,
}

/// A change of one profile, written beside a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileWrite {
    /// Whose.
    pub of: Of,
    /// New values; `None` takes a value away. Fields that are not named stay as they are.
    pub fields: Vec<(Field, Option<String>)>,
}

impl ProfileWrite {
    /// Nothing to write yet.
    pub fn new(of: Of) -> Self {
        Self {
            of,
            fields: Vec::new(),
        }
    }

    /// With a value.
    #[must_use]
    pub fn set(mut self, field: Field, value: impl Into<String>) -> Self {
        self.fields.push((field, Some(value.into())));
        self
    }

    /// Without a value.
    #[must_use]
    pub fn clear(mut self, field: Field) -> Self {
        self.fields.push((field, None));
        self
    }

    /// The addresses that it gives, folded.
    pub(crate) fn addresses(&self) -> impl Iterator<Item = String> {
        let given = self
            .fields
            .iter()
            .filter(|(field, _)| *field == Field::Email);
        given
            .filter_map(|(_, value)| value.as_deref().map(fold_email))
            .filter(|address| !address.is_empty())
    }

    /// The profile after the change.
    pub(crate) fn apply_to(&self, before: &Profile) -> Profile {
        let mut profile = before.clone();
        let values = Arc::make_mut(&mut profile.0);
        for (field, value) in &self.fields {
            match value {
                Some(value) => values.insert(*field, value.clone()),
                None => values.remove(field),
            };
        }
        profile
    }
}

/// An address as it is compared: one mailbox has one spelling, whichever way its domain is written (RULES §1).
pub fn fold_email(address: &str) -> String {
    // Most are plain, and plain ones need no tables.
    if address.is_ascii() {
        let mut plain = address.trim().to_ascii_lowercase();
        plain.retain(|letter| !letter.is_ascii_control());
        return plain;
    }
    let folded = address.trim().nfkc().flat_map(char::to_lowercase);
    let folded: String = folded.filter(|letter| !letter.is_control()).collect();
    match folded.rsplit_once('@') {
        Some((mailbox, domain)) => format!("{mailbox}@{}", one_spelling(domain)),
        None => folded,
    }
}

/// An address, or a domain alone, as it is compared.
pub(crate) fn fold_email_or_domain(text: &str) -> String {
    let folded = fold_email(text);
    if folded.is_ascii() || folded.contains('@') {
        folded
    } else {
        one_spelling(&folded)
    }
}

/// The ASCII form of a domain, which is the one that sorts customers too (SD-22). What is no name of a host stays as it is.
fn one_spelling(domain: &str) -> String {
    access::Domain::of_address(domain)
        .map_or_else(|_| domain.to_owned(), |domain| domain.as_str().to_owned())
}

/// A text as it is searched: without accents, case and doubled spaces.
pub fn fold(text: &str) -> String {
    let readable = |letter: &char| letter.is_whitespace() || !letter.is_control();
    let plain: String = if text.is_ascii() {
        let mut plain = text.to_ascii_lowercase();
        plain.retain(|letter| readable(&letter));
        plain
    } else {
        text.nfkd()
            .filter(|letter| !unicode_normalization::char::is_combining_mark(*letter))
            .flat_map(char::to_lowercase)
            .filter(readable)
            .collect()
    };
    let mut folded = String::with_capacity(plain.len());
    for word in plain.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    folded
}

fn bounded(word: &str) -> String {
    let end = (0..=LONGEST_WORD.min(word.len()))
        .rev()
        .find(|end| word.is_char_boundary(*end));
    word[..end.unwrap_or_default()].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_ignores_accents_case_and_spaces() {
        assert_eq!(fold("  Zoë   ÅNGSTRÖM "), "zoe angstrom");
        assert_eq!(fold_email(" Ann.Lee@Example.COM"), "ann.lee@example.com");
        for spelled in [
            "Zoë@Müller.DE",
            "zoë@xn--mller-kva.de",
            "zoë@mu\u{308}ller。de",
        ] {
            assert_eq!(fold_email(spelled), "zoë@xn--mller-kva.de");
        }
        // What is no name of a host has no other spelling.
        assert_eq!(fold_email("zoë@Mü_ller.de"), "zoë@mü_ller.de");
        assert_eq!(fold_email("zoë.berg"), "zoë.berg");
        // PostgreSQL takes no NUL in a text, not even in a question.
        assert_eq!(
            (fold("a\nb\0c"), fold_email("a\0b")),
            ("a bc".into(), "ab".into())
        );
    }

    #[test]
    fn every_word_of_a_name_begins_a_search() {
        let profile = Profile::default()
            .with(Field::Name, "Anna Maria Berg")
            .with(Field::Phone, "+49 30 1234");
        let words = profile.search_words();
        for word in [
            (0, "anna maria berg"),
            (1, "maria berg"),
            (1, "berg"),
            (2, "+49301234"),
        ] {
            assert!(
                words.contains(&(word.0, word.1.to_owned())),
                "{word:?} in {words:?}"
            );
        }
    }

    #[test]
    fn long_names_are_cut_between_letters() {
        assert_eq!(bounded(&"é".repeat(80)).chars().count(), 48);
    }
}
