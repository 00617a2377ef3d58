//! A sentence about what is so, in pieces: texts of ours, and names that are filled in for the reader.

use access::{Window, explain::words::Name, state::PeopleScope};
use uuid::Uuid;
use web::page::{EntryNames, moment, names::Html};

/// Names of one event that are told; the rest is counted.
const LISTED_MAX: usize = 20;
/// A skill whose name was not asked for.
const A_SKILL: &str = "a skill";

/// A sentence in pieces: texts of ours, and names that are filled in for the reader.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fact(Vec<Piece>);

#[derive(Clone, Debug)]
pub(super) enum Piece {
    Text(String),
    Name(Name),
    /// More of a list than is told by name.
    Counted(Vec<Name>),
    /// A skill, which its slice names.
    Skill(Uuid),
    /// A name that is looked up already.
    Typed(String),
}

impl Fact {
    /// Everything that it names.
    pub fn names(&self) -> impl Iterator<Item = Name> + '_ {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Name(name) => Some(*name),
            _ => None,
        })
    }

    /// Whether it is about the thing too.
    pub fn concerns(&self, thing: Name) -> bool {
        self.0.iter().any(|piece| match piece {
            Piece::Name(name) => *name == thing,
            Piece::Counted(names) => names.contains(&thing),
            _ => false,
        })
    }

    /// Whether it names a skill.
    pub fn has_skill(&self) -> bool {
        let mut pieces = self.0.iter();
        pieces.any(|piece| matches!(piece, Piece::Skill(_)))
    }

    /// With what its skills are called; `None`: skills are not for the reader to see.
    pub fn with_skills(self, names: Option<&EntryNames>) -> Self {
        let named = |skill: &Uuid| match names.map(|names| names.get(skill)) {
            None => vec!["a skill that you do not see".into()],
            Some(None) => vec!["a skill that is gone".into()],
            // SD-26: a name that was an erased person's is blank.
            Some(Some(name)) if name.is_empty() => vec!["a skill without a name".into()],
            Some(Some(name)) => vec!["the skill ".into(), Piece::Typed(name.clone())],
        };
        let pieces = self.0.into_iter().flat_map(|piece| match piece {
            Piece::Skill(skill) => named(&skill),
            piece => vec![piece],
        });
        Self(pieces.collect())
    }

    /// As markup.
    pub fn html(&self, name: impl Fn(Name) -> Html) -> Html {
        let pieces = self.0.iter().map(|piece| match piece {
            Piece::Text(text) => Html::text(text),
            Piece::Counted(names) => Html::text(&and_more(names)),
            Piece::Skill(_) => Html::text(A_SKILL),
            Piece::Typed(name) => Html::text(name).bidi(),
            Piece::Name(one) => name(*one),
        });
        Html::joined(pieces, "").capital()
    }

    /// As plain text.
    pub fn text(&self, name: impl Fn(Name) -> String) -> String {
        let pieces = self.0.iter().map(|piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Counted(names) => and_more(names),
            Piece::Skill(_) => A_SKILL.to_owned(),
            Piece::Typed(name) => name.clone(),
            Piece::Name(one) => name(*one),
        });
        pieces.collect()
    }

    pub(super) fn and(mut self, piece: impl Into<Piece>) -> Self {
        self.0.push(piece.into());
        self
    }

    pub(super) fn scope(self, scope: &PeopleScope) -> Self {
        match scope {
            PeopleScope::All => self,
            PeopleScope::UserGroups(groups) => {
                let names = groups.iter().copied().map(Name::UserGroup);
                self.and(", over ").list(names, "nobody")
            }
        }
    }

    pub(super) fn list(mut self, names: impl Iterator<Item = Name>, none: &str) -> Self {
        let names: Vec<_> = names.collect();
        if names.is_empty() {
            return self.and(none);
        }
        for (index, name) in names.iter().take(LISTED_MAX).enumerate() {
            if index > 0 {
                self = self.and(", ");
            }
            self = self.and(*name);
        }
        match names.get(LISTED_MAX..) {
            None | Some([]) => self,
            Some(more) => self.and(Piece::Counted(more.to_vec())),
        }
    }

    pub(super) fn window(self, window: Window) -> Self {
        let from = window.start.map(|at| format!(", from {}", moment(at)));
        let until = window.end.map(|at| format!(", until {}", moment(at)));
        self.and(from.unwrap_or_default())
            .and(until.unwrap_or_default())
    }
}

fn and_more(names: &[Name]) -> String {
    format!(" and {} more", names.len())
}

impl From<&str> for Piece {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Piece {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Name> for Piece {
    fn from(name: Name) -> Self {
        Self::Name(name)
    }
}

macro_rules! names {
    ($($id:ident as $name:ident),*) => {$(
        impl From<access::$id> for Piece {
            fn from(id: access::$id) -> Self {
                Self::Name(Name::$name(id))
            }
        }
    )*};
}
access::named_things!(names);

/// A sentence of these pieces.
macro_rules! say {
    ($($piece:expr),+ $(,)?) => { Fact::default()$(.and($piece))+ };
}
pub(super) use say;
