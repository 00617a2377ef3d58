//! A preview for the eyes of one actor.

use std::collections::BTreeMap;

use super::{Cause, Change, Right, Vacancy};
use crate::catalogue::Permission;
use crate::decide::{Subject, Target, View, Visible};
use crate::explain::words;

/// What the actor may know of, before the command or after it. Changes come sorted by subject and name few things, so each is looked
/// at once.
pub(super) struct Eyes<'a> {
    views: [View<'a>; 2],
    subject: Option<(Subject, bool)>,
    things: BTreeMap<Target, bool>,
}

impl<'a> Eyes<'a> {
    pub fn new(views: [View<'a>; 2]) -> Self {
        Eyes {
            views,
            subject: None,
            things: BTreeMap::new(),
        }
    }

    pub fn see(&self, thing: impl Visible) -> bool {
        self.views.iter().any(|view| view.sees(thing))
    }

    /// That somebody was the last tells who else there is: it is for whoever may count them.
    pub fn see_vacancy(&self, vacancy: Vacancy) -> bool {
        self.views.iter().any(|view| match vacancy {
            Vacancy::Queue(queue) => view.oversees(queue),
            Vacancy::Service(service) => view.oversees(service),
            // Its managers may stand outside of what a scoped reader sees (AD-10).
            Vacancy::UserGroup(_) => view.may(Permission::AdminPeopleView, Target::Account),
        })
    }

    /// A way through something that they do not know of is not told at all.
    pub fn see_cause(&self, cause: Cause) -> bool {
        match cause {
            Cause::Gate(..) => true,
            Cause::Rank { about, holds } => {
                let named = words::holds(about, holds).names;
                named.iter().all(|(_, name)| self.see(*name))
            }
            Cause::Way { through, by } => {
                let named = words::giver(through, by).names;
                named.iter().all(|(_, name)| self.see(*name))
            }
        }
    }

    pub fn see_change(&mut self, change: &Change) -> bool {
        let subject = match self.subject {
            Some((subject, seen)) if subject == change.subject => seen,
            _ => self.see(change.subject),
        };
        self.subject = Some((change.subject, subject));
        let views = self.views;
        let on = subject
            && *self
                .things
                .entry(change.on)
                .or_insert_with(|| views.iter().any(|view| view.sees(change.on)));
        on && match change.right {
            Right::ProductAction(product, _) => self.see(product),
            Right::Company(Some(company)) => self.see(company),
            Right::Permission(_) | Right::Selectable | Right::Company(None) => true,
        }
    }
}
