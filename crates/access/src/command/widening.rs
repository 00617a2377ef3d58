//! AD-7 in the tree: a place in it says whose rights reach a person, so whoever gives places could bring people into the reach of
//! their own rights. Nobody does: that would be giving to oneself (†). What is archived may come back, and what is timed may
//! begin, so both count.

use super::{Draft, Refusal};
use crate::catalogue::{Permission, PermissionSet, sets};
use crate::decide::{By, View};
use crate::ids::{PersonId, UserGroupId};
use crate::idset::IdSet;
use crate::moment::{Moment, Window};
use crate::state::{PeopleScope, Person, State, Tie};

impl Draft<'_> {
    /// That the actor's own rights reach none of these people anew when they come to this place, for that time. `could`: who may
    /// do the same.
    pub(super) fn require_no_widening(
        &self,
        people: &IdSet<PersonId>,
        place: UserGroupId,
        window: Window,
        could: impl Fn(&View<'_>) -> bool,
    ) -> Result<(), Refusal> {
        let above: Vec<_> = self.before.user_group_chain_of_any_life(place).collect();
        if !widens(&self.view(), people, &above, window) {
            return Ok(());
        }
        let refusal = Refusal::forbidden(
            "AD-7",
            "widens_own_reach",
            "nobody brings people into the reach of their own rights; somebody else who may do this has to",
        );
        Err(Refusal {
            who_could: self
                .who_could(|view| could(&view) && !widens(&view, people, &above, window)),
            ..refusal
        })
    }
}

/// Whether a right of the viewer would reach one of these people through these groups that does not reach them already.
fn widens(
    view: &View<'_>,
    people: &IdSet<PersonId>,
    groups: &[UserGroupId],
    window: Window,
) -> bool {
    let Some(row) = view.person() else {
        return false;
    };
    let state = view.state();
    let at = |moment| state.view(view.subject(), moment);
    let own = turning_points(state, row, view.now());
    // Most people's rights reach everybody or nobody: then no place makes a difference.
    if own
        .iter()
        .all(|moment| at(*moment).reach_in(groups).is_empty())
    {
        return false;
    }
    people.iter().any(|person| {
        let Some(about) = state.people().get(person) else {
            return false;
        };
        let begins = window.start.filter(|start| *start > view.now());
        let moments = own.iter().copied().chain(begins);
        let mut moments = moments.chain(turning_points(state, about, view.now()));
        moments.any(|moment| {
            let view = at(moment);
            window.contains(moment) && !view.reach_in(groups).is_subset_of(view.reach_over(about))
        })
    })
}

impl View<'_> {
    /// Rights over people that one of these groups would bring along.
    fn reach_in(&self, groups: &[UserGroupId]) -> PermissionSet {
        self.rights_over_people(|scope| match scope {
            PeopleScope::All => false,
            PeopleScope::UserGroups(listed) => listed.iter().any(|group| groups.contains(group)),
        })
    }

    /// Rights over people that reach this one.
    fn reach_over(&self, about: &Person) -> PermissionSet {
        self.rights_over_people(|scope| {
            let state = self.state();
            state
                .scope_reaches_person(scope, about, self.now())
                .is_some()
        })
    }

    fn rights_over_people(&self, reaches: impl Fn(&PeopleScope) -> bool) -> PermissionSet {
        let mut rights = PermissionSet::EMPTY;
        self.each_holding(&mut |holding| {
            let mut held = holding.permissions & sets::PEOPLE_SCOPED;
            // RULES §2: seeing them comes by itself.
            if !held.is_empty() || matches!(holding.by, By::AccountAdmin(_)) {
                held = held.with(Permission::AdminPeopleView);
            }
            if !held.is_empty() && reaches(holding.scope) {
                rights |= held;
            }
        });
        rights
    }
}

/// Now, and every later moment at which something of this person begins or ends.
fn turning_points(state: &State, row: &Person, now: Moment) -> Vec<Moment> {
    let mut windows = Vec::new();
    for tie in row.ties.iter() {
        let tie = match *tie {
            Tie::Timed(timed) => {
                let row = state.timed_ties().get(timed);
                windows.extend(row.map(|row| row.window));
                row.map(|row| row.tie)
            }
            tie => Some(tie),
        };
        if let Some(Tie::UserGroup(group)) = tie {
            for above in state.user_group_chain_of_any_life(group) {
                let row = state.user_groups().get(above);
                let grants = row.into_iter().flat_map(|row| &row.extra_grants);
                windows.extend(grants.map(|grant| grant.window));
            }
        }
    }
    windows.extend(row.extras().extra_grants.iter().map(|grant| grant.window));
    let bounds = windows
        .into_iter()
        .flat_map(|window| window.start.into_iter().chain(window.end));
    std::iter::once(now)
        .chain(bounds.filter(|moment| *moment > now))
        .collect()
}
