//! The common shape of a panel: what somebody holds, line by line, and forms to give more. All of them are sent to one address, where
//! the command's own check decides.

use access::{Command, ServiceId, state::Tie};
use askama::Template;

use super::{Panel, Reading};
use crate::{
    page::names::{Html, Mark},
    problem::Result,
    resource::Resource,
};

/// What is held of one kind, and what can be given.
#[derive(Debug, Default)]
pub struct Holdings {
    /// The anchor of the panel.
    pub id: &'static str,
    /// Its heading.
    pub heading: &'static str,
    /// Half a sentence beside that.
    pub about: &'static str,
    /// What is held.
    pub held: Vec<Line>,
    /// What else is to be said below it, as items of the same list.
    pub more: Html,
    /// Forms to give more.
    pub give: Vec<Give>,
}

/// Something that is held.
#[derive(Debug)]
pub struct Line {
    /// What it is.
    pub label: String,
    /// On what.
    pub on: Option<Mark>,
    /// Until when.
    pub note: Option<String>,
    /// What takes it away: kind and thing; `None`: not for the reader to take.
    pub take: Option<(&'static str, String)>,
}

/// A form that gives something.
#[derive(Debug)]
pub struct Give {
    /// The act of the form.
    pub act: &'static str,
    /// What is given, where the act is to give a tie.
    pub kind: &'static str,
    /// What the choice is called.
    pub label: &'static str,
    /// What can be chosen.
    pub choices: Vec<Choice>,
    /// Levels that are chosen along with the thing.
    pub levels: Vec<Choice>,
}

/// Something to choose.
#[derive(Debug)]
pub struct Choice {
    /// As the form sends it.
    pub code: String,
    /// As it is read.
    pub label: String,
    /// Whether it is chosen already.
    pub is_set: bool,
}

/// One to choose.
pub fn choice(code: impl Into<String>, label: impl Into<String>, is_set: bool) -> Choice {
    Choice {
        code: code.into(),
        label: label.into(),
        is_set,
    }
}

impl Give {
    /// A form to give one of these ties; none where there is nothing to choose.
    pub fn one_of(
        kind: &'static str,
        label: &'static str,
        choices: impl IntoIterator<Item = Choice>,
    ) -> Option<Self> {
        let choices: Vec<_> = choices.into_iter().collect();
        (!choices.is_empty()).then_some(Self {
            act: "give",
            kind,
            label,
            choices,
            levels: Vec::new(),
        })
    }
}

#[derive(Template)]
#[template(path = "person-holdings.html")]
struct Body<'a> {
    path: String,
    form_token: Option<&'a str>,
    holdings: &'a Holdings,
}

impl Holdings {
    /// The panel; none where nothing is held and nothing can be given.
    pub fn panel(mut self, reading: &Reading<'_>) -> Result<Option<Panel>> {
        for give in &mut self.give {
            for choice in &mut give.choices {
                choice.is_set = reading.is_proposed(give.kind, &choice.code);
            }
        }
        if self.held.is_empty() && self.give.is_empty() && self.more.is_empty() {
            return Ok(None);
        }
        Ok(Some(Panel {
            id: self.id,
            heading: self.heading,
            about: self.about,
            body: Html::of(&Body {
                path: reading.path(),
                form_token: reading.form_token(),
                holdings: &self,
            })?,
        }))
    }
}

impl Reading<'_> {
    /// A form to give one of these, as far as the rules would let the reader.
    pub fn give<K: Resource>(
        &self,
        offered: Vec<Choice>,
        kind: &'static str,
        label: &'static str,
        tie: impl Fn(K) -> Tie,
    ) -> Option<Give> {
        Give::one_of(
            kind,
            label,
            self.giveable(offered, |thing| self.may(tie(thing))),
        )
    }

    /// A form to give a level on one of these services.
    pub fn give_level(
        &self,
        offered: Vec<Choice>,
        act: &'static str,
        levels: Vec<Choice>,
        command: impl Fn(ServiceId) -> Command,
    ) -> Option<Give> {
        let choices = self.giveable(offered, |service| self.session.offers(&command(service)));
        (!choices.is_empty()).then_some(Give {
            act,
            kind: "",
            label: "Service",
            choices,
            levels,
        })
    }

    /// Those of the choices that the rules would let the reader give.
    fn giveable<K: Resource>(&self, offered: Vec<Choice>, may: impl Fn(K) -> bool) -> Vec<Choice> {
        let state = self.session.state();
        let thing = |choice: &Choice| state.resolve::<K>(choice.code.parse().ok()?);
        let offered = offered.into_iter();
        offered
            .filter(|choice| thing(choice).is_some_and(&may))
            .collect()
    }
}
