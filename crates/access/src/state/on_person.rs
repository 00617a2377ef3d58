//! Facts about one person, with all that is kept beside the row: who holds which role, who manages which user group, how many users
//! there are.

use super::apply::set_member;
use super::{
    CustomerFacet, ExtraGrant, Extras, PeopleScope, Person, Placement, PortalLevel, State, Tie,
    TokenOwner, UserFacet,
};
use crate::event::GrantHolder;
use crate::ids::{PersonId, RoleId};

impl State {
    pub(super) fn on_person(&mut self, person: PersonId, change: impl FnOnce(&mut Person)) {
        if let Some(row) = self.people.get_mut(person) {
            change(row);
        }
    }

    pub(super) fn on_extras(&mut self, person: PersonId, change: impl FnOnce(&mut Extras)) {
        self.managed_groups(person, false);
        self.on_person(person, |row| {
            let extras = row.extras.get_or_insert_with(|| Box::new(Extras::NONE));
            change(extras);
            if **extras == Extras::NONE {
                row.extras = None;
            }
        });
        self.managed_groups(person, true);
        self.rest_mut().administrators.insert(person);
    }

    /// Keeps [`UserGroup::managers`] beside the scopes in a person's extras.
    fn managed_groups(&mut self, person: PersonId, member: bool) {
        let Some(extras) = self
            .people
            .get(person)
            .and_then(|row| row.extras.as_deref())
        else {
            return;
        };
        let scopes = std::iter::once(&extras.role_scope)
            .chain(extras.extra_grants.iter().map(|grant| &grant.scope))
            .chain(extras.limited_admin.iter().map(|admin| &admin.scope));
        let groups: Vec<_> = scopes
            .flat_map(|scope| match scope {
                PeopleScope::All => &[][..],
                PeopleScope::UserGroups(groups) => groups,
            })
            .copied()
            .collect();
        for group in groups {
            if let Some(row) = self.rest_mut().user_groups.get_mut(group) {
                set_member(&mut row.managers, person, member);
            }
        }
    }

    /// The extra grants of whoever holds some; `false`: there is nobody.
    pub(super) fn change_grants(
        &mut self,
        holder: GrantHolder,
        change: impl FnOnce(&mut Vec<ExtraGrant>),
    ) -> bool {
        match holder {
            GrantHolder::Person(person) => {
                let known = self.people.get(person).is_some();
                self.on_extras(person, |extras| change(&mut extras.extra_grants));
                known
            }
            GrantHolder::UserGroup(group) => {
                let row = self.rest_mut().user_groups.get_mut(group);
                row.map(|row| change(&mut row.extra_grants)).is_some()
            }
        }
    }

    pub(super) fn set_account_role(&mut self, person: PersonId, role: RoleId, scope: &PeopleScope) {
        let Some(before) = self.people.get(person).map(|row| row.account_role) else {
            return;
        };
        if before != RoleId::MEMBER
            && let Some(row) = self.rest_mut().roles.get_mut(before)
        {
            row.holders.remove(person);
        }
        if role != RoleId::MEMBER
            && let Some(row) = self.rest_mut().roles.get_mut(role)
        {
            row.holders.insert(person);
            self.rest_mut().administrators.insert(person);
        }
        self.on_person(person, |row| row.account_role = role);
        let is_plain = *scope == PeopleScope::All
            && self
                .people
                .get(person)
                .is_none_or(|row| row.extras.is_none());
        if !is_plain {
            self.on_extras(person, |extras| extras.role_scope = scope.clone());
        }
    }

    pub(super) fn set_user_facet(&mut self, person: PersonId, state: UserFacet) {
        let Some(row) = self.people.get_mut(person) else {
            return;
        };
        let was = row.is_user();
        row.user = state;
        if state != UserFacet::Deactivated {
            row.accepted = state == UserFacet::Accepted;
        }
        match (was, row.is_user()) {
            (false, true) => self.users += 1,
            (true, false) => self.users -= 1,
            _ => return,
        }
        self.only_user = match self.users {
            // The one that is left is looked for once, when the second goes; coming is known without looking.
            1 if !was => Some(person),
            1 => self
                .people
                .iter()
                .find(|(_, row)| row.is_user())
                .map(|(id, _)| id),
            _ => None,
        };
    }

    pub(super) fn erase(&mut self, person: PersonId) {
        let Some(row) = self.people.get(person) else {
            return;
        };
        let ties = row.ties.clone();
        if row.is_customer() && !row.is_user() {
            let company = row.company;
            self.rest_mut().erased_customers.insert(person, company);
        }
        for tie in ties.iter().copied() {
            match tie {
                Tie::Timed(timed) => self.end_timed(timed),
                tie => {
                    self.on_person(person, |row| {
                        row.ties.remove(tie);
                    });
                    self.unlink(person, tie);
                }
            }
        }
        self.set_account_role(person, RoleId::MEMBER, &PeopleScope::All);
        let mut grants = Vec::new();
        self.on_extras(person, |extras| {
            grants = std::mem::replace(extras, Extras::NONE).extra_grants;
        });
        grants.iter().for_each(|grant| self.forget(grant.window));
        self.rest_mut().administrators.remove(person);
        if let Some(company) = self.people.get(person).and_then(|row| row.company)
            && let Some(row) = self.rest_mut().companies.get_mut(company)
        {
            row.employees.remove(person);
        }
        self.set_user_facet(person, UserFacet::Absent);
        self.on_person(person, |row| {
            row.customer = CustomerFacet::Absent;
            row.company = None;
            row.portal_level = PortalLevel::None;
            row.placement = Placement::Unsorted;
            row.can_sign_in = false;
        });
        self.end_tokens(TokenOwner::Person(person));
        self.leave_provider_groups(person);
        if self.account.billing_offer == Some(person) {
            self.account_mut().billing_offer = None;
        }
    }
}
