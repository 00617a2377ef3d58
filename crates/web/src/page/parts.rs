//! Pieces that many pages have: the tabs of a thing, and what leads on from one page of a list.

use askama::{Template, filters::HtmlSafe};

use super::address;
use crate::{
    lists::Count,
    paging::{Cursor, Paging},
};

/// One of the pages of a thing.
#[derive(Clone, Debug)]
pub struct Tab {
    /// Where it leads.
    pub href: String,
    /// Its name.
    pub label: &'static str,
    /// How many are on it, where that is for the reader to know.
    pub count: Option<Count>,
}

/// The pages of a thing, each a tab. It is shown by `{{ tabs }}`.
#[derive(Clone, Debug, Template)]
#[template(path = "tabs.html")]
pub struct Tabs {
    label: String,
    here: &'static str,
    tabs: Vec<Tab>,
}

impl HtmlSafe for Tabs {}

impl Tabs {
    /// Of what they are, and which of them is looked at, by its name.
    pub fn new(label: impl Into<String>, here: &'static str, tabs: Vec<Tab>) -> Self {
        Self {
            label: label.into(),
            here,
            tabs,
        }
    }
}

/// The ways from one page of a list to others. It is shown by `{{ pager }}`. By default there are none: the list has one page.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "pager.html")]
pub struct Pager {
    first: Option<String>,
    next: Option<String>,
    in_form: bool,
}

impl HtmlSafe for Pager {}

impl Pager {
    /// Of a list at this path, which has no other parameters.
    pub fn new(paging: &Paging, path: &str, next: Option<Cursor>) -> Self {
        Self::filtered(paging, path, &[], next)
    }

    /// Of a list at this path with these parameters.
    pub fn filtered(
        paging: &Paging,
        path: &str,
        filter: &[(&str, Option<&str>)],
        next: Option<Cursor>,
    ) -> Self {
        let next = next.map(|next| {
            let page = [("page", Some(next.as_str()))];
            address(path, &[filter, page.as_slice()].concat())
        });
        Self {
            first: (!paging.is_first()).then(|| address(path, filter)),
            next,
            in_form: false,
        }
    }

    /// Within a form that keeps what is chosen, and goes on to its field `to`.
    #[must_use]
    pub fn in_form(self) -> Self {
        Self {
            in_form: true,
            ..self
        }
    }

    /// Whether the list begins on this page.
    pub fn is_first(&self) -> bool {
        self.first.is_none()
    }
}

/// With a capital at the beginning.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}", first.unwrap_or_default(), letters.as_str())
}
