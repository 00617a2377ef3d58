//! What is read about one person, for the panels and the pages that they stand on.

use access::{
    Command, PersonId, Window,
    explain::words::Name,
    state::{Life, Person, Tie},
};

use super::{Choice, Line, choice};
use crate::{
    page::{moment, names::Names},
    problem::{Problem, Result},
    resource::Resource,
    session::Session,
    sign_ins::SignIns,
    things::Thing,
};

/// Things that a list of choices holds; whoever has more finds the person on the thing's own page.
pub const CHOICES_MAX: usize = 200;

/// Kind, thing and words of a tie, where it belongs to a panel.
pub type Said = Option<(&'static str, String, String)>;

/// A person as one reader may see them.
#[derive(Debug)]
pub struct Reading<'a> {
    /// The reader.
    pub session: &'a Session,
    /// The browsers in which people are signed in.
    pub sign_ins: &'a SignIns,
    /// About whom.
    pub person: PersonId,
    row: &'a Person,
    /// The ties that the reader may know of.
    ties: Vec<(Tie, Window)>,
    names: Names<'a>,
    form_token: Option<String>,
    /// What is chosen in a form of a panel, though nobody sent it.
    proposed: Option<String>,
}

impl<'a> Reading<'a> {
    /// Reads what the person holds, with the names of what it is on.
    pub async fn of(session: &'a Session, sign_ins: &'a SignIns, person: PersonId) -> Result<Self> {
        let (state, view) = (session.state(), session.view());
        let row = state.people().get(person).ok_or_else(Problem::not_found)?;
        let seen = |tie: Tie| name_of(tie).is_none_or(|name| view.sees(name));
        let ties: Vec<_> = state
            .ties_at(row, session.now())
            .filter(|(tie, _)| seen(*tie))
            .collect();
        let wanted = ties.iter().filter_map(|(tie, _)| name_of(*tie));
        let origins = state.origins_of(person).into_iter();
        let groups = origins.flat_map(|origins| origins.ties.iter().map(|(_, group)| *group));
        let wanted: Vec<_> = wanted.chain(groups.map(Name::ProviderGroup)).collect();
        Ok(Self {
            session,
            sign_ins,
            person,
            row,
            ties,
            names: Names::of(session, wanted).await?,
            form_token: session.form_token(),
            proposed: None,
        })
    }

    /// With something chosen in the form that gives it: its kind and what it is to, like `licence.lic_…`.
    #[must_use]
    pub fn proposing(mut self, give: Option<String>) -> Self {
        self.proposed = give;
        self
    }

    /// Whether a form that gives such a thing begins with this choice.
    pub(super) fn is_proposed(&self, kind: &str, code: &str) -> bool {
        let named = self.proposed.as_deref().and_then(|it| it.split_once('.'));
        named == Some((kind, code))
    }

    /// What the state has of them.
    pub fn row(&self) -> &'a Person {
        self.row
    }

    /// The path of their pages.
    pub fn path(&self) -> String {
        super::path_of(self.session, self.person)
    }

    /// What a form carries.
    pub fn form_token(&self) -> Option<&str> {
        self.form_token.as_deref()
    }

    /// Whether they are a user, and the reader may know.
    pub fn is_shown_as_user(&self) -> bool {
        self.row.is_user() && self.session.view().sees_as_user(self.person)
    }

    /// The same of a customer.
    pub fn is_shown_as_customer(&self) -> bool {
        self.row.is_customer() && self.session.view().sees_as_customer(self.person)
    }

    /// Whether the rules would let the reader give it to them.
    pub fn may(&self, tie: Tie) -> bool {
        self.session.offers(&Command::Tie {
            person: self.person,
            tie,
            window: Window::ALWAYS,
        })
    }

    /// Whether they would let the reader take it, by the command that the line's form becomes.
    fn may_take(&self, tie: Tie) -> bool {
        let person = self.person;
        self.session.offers(&match tie {
            Tie::Service(service, _) => Command::SaveUsersTab {
                service,
                rows: vec![(person, None)],
            },
            Tie::Customer(service, _) => Command::SaveCustomersTab {
                service,
                rows: vec![(person, None)],
            },
            tie => Command::Untie { person, tie },
        })
    }

    /// Whether they hold it.
    pub fn holds(&self, tie: Tie) -> bool {
        self.ties.iter().any(|(held, _)| *held == tie)
    }

    /// What they hold of one kind.
    pub fn held<T>(&self, pick: impl Fn(Tie) -> Option<T>) -> Vec<T> {
        self.ties.iter().filter_map(|(tie, _)| pick(*tie)).collect()
    }

    /// Until when it is held, and by which provider's group it came (AD-30), as far as that is for the reader to know.
    fn note(&self, tie: Tie, window: Window) -> Option<String> {
        let until = window.end.map(|end| format!("until {}", moment(end)));
        let by = self.session.state().tie_origin(self.person, tie);
        let by = by.map(|group| match self.names.known(Name::ProviderGroup(group)) {
            Some(group) => format!("by the provider’s group {group}"),
            None => "by a provider’s group".to_owned(),
        });
        let notes: Vec<_> = until.into_iter().chain(by).collect();
        (!notes.is_empty()).then(|| notes.join(", "))
    }

    /// A line for each of their ties that belongs to the panel.
    pub fn lines(&self, of: impl Fn(Tie) -> Said) -> Vec<Line> {
        let line = |(tie, window): &(Tie, Window)| {
            let (kind, on, label) = of(*tie)?;
            Some(Line {
                label,
                on: name_of(*tie).map(|name| self.names.mark(name)),
                note: self.note(*tie, *window),
                take: self.may_take(*tie).then_some((kind, on)),
            })
        };
        self.ties.iter().filter_map(line).collect()
    }

    /// The id of a thing, as forms name it.
    pub fn id<K: Resource>(&self, thing: K) -> String {
        self.session.id(thing).0.to_string()
    }

    /// Active things of a kind, by name, that are not among those held.
    pub async fn things<K: Thing>(
        &self,
        name: impl Fn(K) -> Name,
        held: &[K],
    ) -> Result<Vec<Choice>> {
        let view = self.session.view();
        let state = self.session.state();
        let found: Vec<_> = (0..K::rows(state))
            .map_while(K::from_index)
            .filter(|thing| thing.life(state) == Some(Life::Active))
            .filter(|thing| !held.contains(thing) && view.sees(*thing))
            .take(CHOICES_MAX)
            .collect();
        self.named(&found, name, |_| false).await
    }

    /// As many as a list of choices holds, those that are set among them.
    pub fn at_most<K: Copy>(
        &self,
        things: impl Iterator<Item = K>,
        is_set: impl Fn(K) -> bool,
    ) -> Vec<K> {
        let mut room = CHOICES_MAX;
        let things = things.filter(|one| {
            let is_free = room > 0;
            room = room.saturating_sub(1);
            is_free || is_set(*one)
        });
        things.collect()
    }

    /// Things to choose from, by name.
    pub async fn named<K: Resource>(
        &self,
        things: &[K],
        name: impl Fn(K) -> Name,
        is_set: impl Fn(K) -> bool,
    ) -> Result<Vec<Choice>> {
        let wanted: Vec<_> = things.iter().map(|thing| name(*thing)).collect();
        let names = Names::of(self.session, wanted).await?;
        let mut choices: Vec<_> = things
            .iter()
            .map(|thing| choice(self.id(*thing), names.text(name(*thing)), is_set(*thing)))
            .collect();
        choices.sort_by_key(|choice| ledger::fold(&choice.label));
        Ok(choices)
    }
}

/// What a tie is to.
fn name_of(tie: Tie) -> Option<Name> {
    Some(match tie {
        Tie::Licence(one) => Name::Licence(one),
        Tie::Service(one, _) | Tie::Customer(one, _) => Name::Service(one),
        Tie::Group(one) => Name::Group(one),
        Tie::UserGroup(one) => Name::UserGroup(one),
        Tie::QueueAgent(one)
        | Tie::QueueSupervisor(one)
        | Tie::Login(one, _)
        | Tie::Paused(one) => Name::Queue(one),
        Tie::DeviceGroup(one) => Name::DeviceGroup(one),
        _ => return None,
    })
}
