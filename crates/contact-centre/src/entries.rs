//! The lists of the general settings: what has a name and a text, and decides nothing. Four lists, one way to keep them.

pub(crate) mod acts;
mod page;
mod rest;
pub(crate) mod store;

pub(crate) use page::entry;

use std::{fmt, marker::PhantomData, ops::Deref, str::FromStr};

use access::{
    Fingerprint, PermissionType,
    decide::{
        OnAccount,
        permissions::{
            EditPauseReasons, EditPrerecordedMessages, EditPrewrittenMessages, EditSkills,
            OpenDashboard, ViewPauseReasons, ViewSkills,
        },
    },
    event::ContactCentreList,
};
use uuid::Uuid;
use web::{
    Problem, Result,
    about::About,
    call::Call,
    guard::{Anywhere, Guard, May, TheAccount},
    part::Part,
    route::Route,
    session::Session,
};

/// One of the lists, as a type: who reads it, who changes it, and what it is called.
pub(crate) trait List: Copy + Default + fmt::Debug + Send + Sync + 'static {
    /// The guard of whoever reads.
    type Reader: Guard + Deref<Target = Session> + Sync;
    /// The permission of whoever changes.
    type Edit: PermissionType<On = OnAccount> + Send + Sync;
    /// Its only value.
    const EDIT: Self::Edit;
    /// As events name it.
    const LIST: ContactCentreList;
    /// Before the number in an entry's id.
    const PREFIX: &'static str;
    /// The segment of an entry in paths.
    const SEGMENT: &'static str;
    /// The page of the whole list.
    const PAGE: &'static str;
    /// What it is called, and its acts.
    const WORDS: Words;
}

/// What a list is called.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words {
    /// The rule that lets somebody change it.
    pub rule: &'static str,
    pub title: &'static str,
    pub about: &'static str,
    /// One entry.
    pub one: &'static str,
    /// The second field.
    pub text: &'static str,
    pub text_hint: &'static str,
    /// What an empty list says, and to whom it is useful.
    pub empty: &'static str,
    /// The acts, as the audit log names them.
    pub add: &'static str,
    pub edit: &'static str,
    pub remove: &'static str,
}

macro_rules! lists {
    ($($(#[$doc:meta])* $list:ident read by $reader:ty, edited by $edit:ident, in $path:literal, group $group:literal,
       segment $segment:literal, ids $prefix:literal, words $words:expr;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, Default)]
            pub(crate) struct $list;

            impl List for $list {
                type Reader = $reader;
                type Edit = $edit;
                const EDIT: $edit = $edit;
                const LIST: ContactCentreList = ContactCentreList::$list;
                const PREFIX: &'static str = $prefix;
                const SEGMENT: &'static str = $segment;
                const PAGE: &'static str = concat!("/contact-centre/admin/", $path);
                const WORDS: Words = $words;
            }
        )*

        /// The routes of all lists: programs first, then pages.
        pub(crate) fn routes() -> Vec<Route> {
            vec![$(
                web::route::get(concat!("/api/v1/contact-centre/", $path), concat!($group, ".list"),
                    concat!("List all ", $path, ", as they are now"), rest::list::<$list>),
                web::route::post(concat!("/api/v1/contact-centre/", $path), concat!($group, ".add"),
                    concat!("Add one of the ", $path), rest::add::<$list>),
                web::route::put(concat!("/api/v1/contact-centre/", $path, "/{", $segment, "}"), concat!($group, ".edit"),
                    concat!("Change one of the ", $path, ", by what was read of it"), rest::edit::<$list>),
                web::route::delete(concat!("/api/v1/contact-centre/", $path, "/{", $segment, "}"), concat!($group, ".remove"),
                    concat!("Remove one of the ", $path, " for ever"), rest::remove::<$list>),
                web::route::get(concat!("/contact-centre/admin/", $path), concat!($group, "_page.list"),
                    concat!("The page of the ", $path), page::list::<$list>)
                    .in_section(&web::page::CONTACT_CENTRE, $list::WORDS.title),
                web::route::post(concat!("/contact-centre/admin/", $path), concat!($group, "_page.add"),
                    concat!("Add one of the ", $path), page::add::<$list>),
                web::route::get(concat!("/contact-centre/admin/", $path, "/{", $segment, "}"), concat!($group, "_page.show"),
                    concat!("The page of one of the ", $path), page::show::<$list>),
                web::route::post(concat!("/contact-centre/admin/", $path, "/{", $segment, "}"), concat!($group, "_page.edit"),
                    concat!("Change one of the ", $path), page::edit::<$list>),
                web::route::post(concat!("/contact-centre/admin/", $path, "/{", $segment, "}/remove"), concat!($group, "_page.remove"),
                    concat!("Remove one of the ", $path, " for ever"), page::remove::<$list>),
            )*]
        }
    };
}

lists! {
    /// Why agents pause (CC-10).
    PauseReasons read by May<ViewPauseReasons, TheAccount>, edited by EditPauseReasons, in "pause-reasons",
        group "pause_reasons", segment "pause_reason", ids "pau", words Words {
            rule: "CC-10",
            title: "Pause reasons",
            about: "Agents say why they pause with one of these.",
            one: "pause reason",
            text: "Note",
            text_hint: "When it is to be chosen.",
            empty: "Lunch, training, a meeting: what agents say when they pause.",
            add: "add_pause_reason",
            edit: "edit_pause_reason",
            remove: "remove_pause_reason",
        };
    /// What agents are good at (CC-10).
    Skills read by May<ViewSkills, TheAccount>, edited by EditSkills, in "skills",
        group "skills", segment "skill", ids "skl", words Words {
            rule: "CC-10",
            title: "Skills",
            about: "What agents are good at, and who has which skill.",
            one: "skill",
            text: "Description",
            text_hint: "What somebody can do who has it.",
            empty: "Languages, products, topics: what calls are given to the right agents by.",
            add: "add_skill",
            edit: "edit_skill",
            remove: "remove_skill",
        };
    /// Audio messages that agents play into calls (CC-12).
    PrerecordedMessages read by Anywhere<(EditPrerecordedMessages, OpenDashboard)>, edited by EditPrerecordedMessages,
        in "pre-recorded-messages", group "prerecorded_messages", segment "prerecorded_message", ids "aud", words Words {
            rule: "CC-12",
            title: "Pre-recorded messages",
            about: "Audio messages that agents play into calls. Every agent uses what is here.",
            one: "pre-recorded message",
            text: "Note",
            text_hint: "What is said in it, and where the recording is kept.",
            empty: "A greeting, a disclaimer, directions: recordings that are played into calls.",
            add: "add_prerecorded_message",
            edit: "edit_prerecorded_message",
            remove: "remove_prerecorded_message",
        };
    /// Texts that everybody can send (CC-12).
    PrewrittenMessages read by Anywhere<(EditPrewrittenMessages, OpenDashboard)>, edited by EditPrewrittenMessages,
        in "pre-written-messages", group "prewritten_messages", segment "prewritten_message", ids "txt", words Words {
            rule: "CC-12",
            title: "Public pre-written messages",
            about: "Texts that every agent can send in a chat.",
            one: "pre-written message",
            text: "Text",
            text_hint: "As it is sent.",
            empty: "A welcome, opening hours, a goodbye: texts that are sent in chats.",
            add: "add_prewritten_message",
            edit: "edit_prewritten_message",
            remove: "remove_prewritten_message",
        };
}

/// An entry of a list, with what people typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub id: Uuid,
    pub name: String,
    pub text: String,
}

impl Entry {
    /// What a change of it carries: it is refused where the entry says something else by now.
    pub fn mark(&self) -> Fingerprint {
        Fingerprint::of_stored(&(self.id, &self.name, &self.text))
    }
}

/// The id of an entry.
pub(crate) struct EntryId<K>(pub Uuid, PhantomData<K>);

impl<K> EntryId<K> {
    pub const fn new(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }
}

impl<K: List> fmt::Display for EntryId<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", K::PREFIX, self.0.simple())
    }
}

impl<K: List> FromStr for EntryId<K> {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self> {
        let uuid = access::uuid_of(K::PREFIX, text);
        uuid.map(Self::new).ok_or_else(Problem::not_found)
    }
}

/// The entry that the path names. Whether it is there is found out when its list is read.
pub(crate) struct InPath<K>(pub EntryId<K>);

impl<K: List> Part for InPath<K> {
    fn describe(about: &mut About) {
        about.parameter::<String>(
            utoipa::openapi::path::ParameterIn::Path,
            K::SEGMENT,
            true,
            "Its id.",
        );
        about.problems.push(404);
    }

    async fn take(call: &mut Call) -> Result<Self> {
        let text = call.segment(K::SEGMENT).unwrap_or_default();
        text.parse().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_is_written_and_in_no_other_way() {
        let id = EntryId::<Skills>::new(Uuid::from_u128(7));
        let text = id.to_string();
        assert_eq!(text.parse::<EntryId<Skills>>().unwrap().0, id.0);
        for other in [
            text.replace("skl", "pau"),
            text.replace('_', ""),
            format!("{text}0"),
            format!("skl_{}", id.0),
            format!("skl_{:032X}", 0xab),
            String::new(),
        ] {
            assert!(other.parse::<EntryId<Skills>>().is_err(), "{other}");
        }
    }
}
