//! What pages call the things that they name: read at once, cut by what the reader may see, with a link to where one can look.

use std::{collections::HashMap, fmt};

use access::{
    Permission, PersonId, RoleId, State,
    catalogue::SystemRole,
    explain::words::{Name, Phrase},
};
use askama::{Template, filters::HtmlSafe};
use ledger::{Field, Kind, Place, read_profiles};

use crate::{
    problem::{Problem, Result},
    resource::Resource,
    session::{Session, failed},
};

/// The name of an account role that nobody can rename.
pub fn system_role(role: RoleId) -> Option<&'static str> {
    let all = [
        (RoleId::SUPER_ADMIN, SystemRole::SuperAdmin),
        (RoleId::ADMIN, SystemRole::Admin),
        (RoleId::MEMBER, SystemRole::Member),
    ];
    let found = all.iter().find(|(id, _)| *id == role);
    found.map(|(_, system)| system.name())
}

/// A phrase of the core that names nothing.
pub fn plain(phrase: &Phrase) -> String {
    phrase.fill(|_| String::new())
}

/// The names of some things, as one reader may see them.
#[derive(Debug)]
pub struct Names<'a> {
    session: &'a Session,
    texts: HashMap<(Kind, u32), String>,
    addresses: HashMap<u32, String>,
}

impl<'a> Names<'a> {
    /// Reads them.
    pub async fn of(
        session: &'a Session,
        wanted: impl IntoIterator<Item = Name> + Send,
    ) -> Result<Self> {
        let view = session.view();
        let wanted = wanted.into_iter().filter(|name| view.sees(*name));
        let wanted: Vec<_> = wanted.collect();
        Self::of_shown(session, wanted).await
    }

    /// Reads them where something else than sight says what is shown: the audit log has a cut of its own.
    pub async fn of_shown(
        session: &'a Session,
        shown: impl IntoIterator<Item = Name> + Send,
    ) -> Result<Self> {
        let mut places: Vec<_> = shown.into_iter().filter_map(place).collect();
        places.sort_unstable();
        places.dedup();
        let account = session.account.id();
        let mut texts = HashMap::with_capacity(places.len());
        let mut addresses = HashMap::new();
        if !places.is_empty() {
            let mut tx = session.account.read_once().await.map_err(failed)?;
            let places = places.into_iter().map(|place| (account, place));
            let found = read_profiles(&mut tx, places).await.map_err(failed)?;
            for ((_, place), _, profile) in found {
                let id = Field::ExternalId;
                let own = profile.get(id).filter(|_| place.kind == Kind::Thing);
                let address = profile.get(Field::Email);
                if let Some(address) = address.filter(|_| place.kind == Kind::Person) {
                    addresses.insert(place.entity, address.to_owned());
                }
                let text = profile.get(Field::Name).or(address).or(own);
                if let Some(text) = text {
                    texts.insert((place.kind, place.entity), text.to_owned());
                }
            }
        }
        Ok(Self {
            session,
            texts,
            addresses,
        })
    }

    /// The names of people.
    pub async fn of_people(
        session: &'a Session,
        people: impl IntoIterator<Item = PersonId> + Send,
    ) -> Result<Self> {
        let names: Vec<_> = people.into_iter().map(Name::Person).collect();
        Self::of(session, names).await
    }

    /// Its name; `None`: it has none, or it is not for the reader to know.
    pub fn known(&self, name: Name) -> Option<&str> {
        if let Name::Role(role) = name
            && let Some(system) = system_role(role)
        {
            return Some(system);
        }
        let place = place(name)?;
        self.texts
            .get(&(place.kind, place.entity))
            .map(String::as_str)
    }

    /// The address of somebody whose name was asked for.
    pub fn address(&self, person: PersonId) -> Option<&str> {
        let place = Place::of(person);
        self.addresses.get(&place.entity).map(String::as_str)
    }

    /// Whether it is there: what a change is to make has no id yet.
    pub(super) fn is_there(&self, name: Name) -> bool {
        let state = self.session.state();
        match name {
            Name::Service(one) => state.public(one).is_some(),
            Name::Queue(one) => state.public(one).is_some(),
            Name::UserGroup(one) => state.public(one).is_some(),
            Name::Device(one) => state.public(one).is_some(),
            Name::Person(one) => state.public(one).is_some(),
            Name::Connection(one) => state.public(one).is_some(),
            _ => true,
        }
    }

    /// Its name in running text.
    pub fn text(&self, name: Name) -> String {
        if let Some(known) = self.known(name) {
            return known.to_owned();
        }
        match name {
            Name::Word(word) => word.to_owned(),
            Name::Number(number) => number.to_string(),
            Name::Person(person) if self.is_erased(person) => "an erased person".to_owned(),
            name if !self.session.view().sees(name) => "something that you do not see".to_owned(),
            Name::Person(_) => "somebody without a name".to_owned(),
            Name::Licence(licence) => {
                let row = self.session.state().licences().get(licence);
                row.map_or_else(String::new, |row| format!("{} licence", row.product.name()))
            }
            Name::Product(product) => {
                let key = self.session.state().products().product_key(product);
                key.to_string()
            }
            _ => "something without a name".to_owned(),
        }
    }

    /// A phrase of the core with the names in it.
    pub fn phrase(&self, phrase: &Phrase) -> String {
        labelled(phrase).fill(|name| self.text(name))
    }

    /// The same as markup, each name by itself, so that one from right to left does not turn the sentence.
    pub fn html(&self, phrase: &Phrase) -> Html {
        Html(labelled(phrase).fill(|name| self.bare(name).0))
    }

    /// A name as markup and nothing beside it, for running text.
    pub fn bare(&self, name: Name) -> Html {
        if matches!(name, Name::Person(person) if self.is_erased(person)) {
            return Html(self.mark(name).to_string());
        }
        let text = Html::text(&self.text(name));
        match self.known(name) {
            Some(_) => text.bidi(),
            None => text,
        }
    }

    /// Its name as markup, with a link where the reader can look at it.
    pub fn mark(&self, name: Name) -> Mark {
        Mark {
            is_person: matches!(name, Name::Person(_)),
            is_erased: matches!(name, Name::Person(person) if self.is_erased(person)),
            href: self.session.link(name),
            text: self.text(name),
            beside: None,
        }
    }

    fn is_erased(&self, person: PersonId) -> bool {
        // SD-26: the row of an erased person stays, and is nobody's.
        let row = self.session.state().people().get(person);
        row.is_some_and(|row| !row.is_user() && !row.is_customer())
    }
}

/// On a screen a permission is called by its label; its key is for programs.
fn labelled(phrase: &Phrase) -> Phrase {
    let mut phrase = phrase.clone();
    for (_, name) in &mut phrase.names {
        if let Name::Word(key) = name
            && let Some(permission) = Permission::from_key(key)
        {
            *name = Name::Word(permission.label());
        }
    }
    phrase
}

/// Where the profile of what is named stands.
pub fn place(name: Name) -> Option<Place> {
    Some(match name {
        Name::Person(id) => Place::of(id),
        Name::Role(id) => Place::of(id),
        Name::Group(id) => Place::of(id),
        Name::UserGroup(id) => Place::of(id),
        Name::DeviceGroup(id) => Place::of(id),
        Name::Device(id) => Place::of(id),
        Name::Company(id) => Place::of(id),
        Name::Service(id) => Place::of(id),
        Name::Queue(id) => Place::of(id),
        Name::Licence(id) => Place::of(id),
        Name::Connection(id) => Place::of(id),
        Name::ProviderGroup(id) => Place::of(id),
        Name::Product(id) => Place::of(id),
        Name::Thing(id) => Place::of(id),
        Name::Word(_) | Name::Number(_) => return None,
    })
}

/// Markup of ours, in which every text of others is escaped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Html(String);

impl HtmlSafe for Html {}

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Html {
    /// A text of anybody's.
    pub fn text(text: &str) -> Self {
        let mut escaped = String::with_capacity(text.len());
        for letter in text.chars() {
            match letter {
                '&' => escaped.push_str("&amp;"),
                '<' => escaped.push_str("&lt;"),
                '>' => escaped.push_str("&gt;"),
                '"' => escaped.push_str("&quot;"),
                '\'' => escaped.push_str("&#39;"),
                letter => escaped.push(letter),
            }
        }
        Self(escaped)
    }

    /// By itself, so that a name from right to left does not turn the sentence.
    #[must_use]
    pub fn bidi(self) -> Self {
        Self(format!("<bdi>{}</bdi>", self.0))
    }

    /// What a template of ours makes: it escapes what others typed.
    pub fn of(template: &impl Template) -> Result<Self> {
        template.render().map(Self).map_err(Problem::internal)
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Pieces, with something between them.
    pub fn joined(pieces: impl IntoIterator<Item = Html>, between: &str) -> Self {
        let pieces: Vec<_> = pieces.into_iter().map(|piece| piece.0).collect();
        Self(pieces.join(between))
    }

    /// With a capital at the beginning; markup begins with none.
    #[must_use]
    pub fn capital(self) -> Self {
        let mut letters = self.0.chars();
        match letters.next() {
            Some(first) if first.is_lowercase() => {
                Self(first.to_uppercase().chain(letters).collect())
            }
            _ => self,
        }
    }
}

/// A name as markup: `{{ mark|safe }}` is not needed, it is safe by itself.
#[derive(Clone, Debug, Template)]
#[template(path = "mark.html")]
pub struct Mark {
    is_person: bool,
    is_erased: bool,
    href: Option<String>,
    text: String,
    beside: Option<String>,
}

impl HtmlSafe for Mark {}

impl Mark {
    /// With what tells them from others of the same name.
    #[must_use]
    pub fn beside(mut self, text: &str) -> Self {
        self.beside = Some(text.to_owned());
        self
    }

    /// What is not there yet, by the name that it gets.
    pub(super) fn to_be(name: Name, text: &str) -> Self {
        Self {
            is_person: matches!(name, Name::Person(_)),
            is_erased: false,
            href: None,
            text: text.to_owned(),
            beside: None,
        }
    }

    /// The name in running text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it is a blank where a name was (SD-26).
    pub fn is_erased(&self) -> bool {
        self.is_erased
    }

    /// Where it leads, if the reader can look at it.
    pub fn href(&self) -> Option<&str> {
        self.href.as_deref()
    }

    fn initials(&self) -> String {
        let mut words = self.text.split_whitespace();
        let first = words.next().and_then(|word| word.chars().next());
        let last = words.next_back().and_then(|word| word.chars().next());
        let letters = first.into_iter().chain(last);
        letters.flat_map(char::to_uppercase).collect()
    }
}

/// The pages of single things: the path of the route, and the segment that stands for the id.
fn page_of(state: &State, name: Name) -> Option<(&'static str, &'static str, String)> {
    fn id<K: Resource>(state: &State, thing: K) -> Option<String> {
        let id = state.public(thing).map(|id| id.to_string());
        id.filter(|_| !thing.is_deleted(state))
    }
    Some(match name {
        Name::Person(one) => ("/people/{person}", "{person}", id(state, one)?),
        Name::Role(one) => ("/access/roles/{role}", "{role}", id(state, one)?),
        Name::Group(one) => ("/configure/groups/{group}", "{group}", id(state, one)?),
        Name::UserGroup(one) => (
            "/people/user-groups/{user_group}",
            "{user_group}",
            id(state, one)?,
        ),
        Name::DeviceGroup(one) => (
            "/remote-support/device-groups/{device_group}",
            "{device_group}",
            id(state, one)?,
        ),
        Name::Device(one) => (
            "/remote-support/devices/{device}",
            "{device}",
            id(state, one)?,
        ),
        Name::Company(one) => (
            "/configure/companies/{company}",
            "{company}",
            id(state, one)?,
        ),
        Name::Service(one) => (
            "/configure/services/{service}",
            "{service}",
            id(state, one)?,
        ),
        Name::Licence(one) => ("/billing/licences/{licence}", "{licence}", id(state, one)?),
        Name::Connection(one) => (
            "/configure/connections/{connection}",
            "{connection}",
            id(state, one)?,
        ),
        Name::Queue(one) => ("/contact-centre/queues/{queue}", "{queue}", id(state, one)?),
        Name::ProviderGroup(one) => (
            "/configure/provider-groups/{provider_group}",
            "{provider_group}",
            id(state, one)?,
        ),
        _ => return None,
    })
}

impl Session {
    /// Whether the rules would let the caller do it, whatever else stands in the way: a form for what one may not do is absent. The
    /// command's own check says so, and says it again when the form comes back.
    pub fn offers(&self, command: &access::Command) -> bool {
        use access::RefusalKind::{Forbidden, NotFound};
        match self.would(command) {
            Ok(()) => true,
            Err(refusal) => !matches!(refusal.kind, Forbidden | NotFound),
        }
    }

    /// The same, with what stands in the way. Whoever views as somebody else is offered nothing (AD-27).
    pub fn would(&self, command: &access::Command) -> Result<(), access::Refusal> {
        let actor = self.actor().map_err(|_| {
            let detail = "nothing can be changed while one views as somebody else";
            access::Refusal::forbidden("AD-27", "viewing_as", detail)
        })?;
        self.state().propose(actor, command, self.now()).map(drop)
    }

    /// Where one can look at the thing: a page that is there, and that opens to whoever asks.
    pub fn link(&self, name: Name) -> Option<String> {
        let (path, segment, id) = page_of(self.state(), name)?;
        // SD-36: whoever works for a company, and does not configure it, has its card.
        let card = matches!(name, Name::Company(_)).then_some("/service-desk/companies/{company}");
        let mut paths = [Some(path), card].into_iter().flatten();
        let open = paths.find(|path| self.site().opens(self, path))?;
        self.view().sees(name).then(|| open.replace(segment, &id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_text_and_never_markup() {
        assert_eq!(
            Html::text("<img src=x onerror='a'>&").to_string(),
            "&lt;img src=x onerror=&#39;a&#39;&gt;&amp;"
        );
    }

    #[test]
    fn a_sentence_begins_with_a_capital() {
        assert_eq!(Html::text("no licence").capital().to_string(), "No licence");
        assert_eq!(Html::text("Ana").capital().to_string(), "Ana");
    }
}
