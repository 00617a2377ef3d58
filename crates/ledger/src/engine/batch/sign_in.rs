//! What is asked of ways to sign in before they come or go, as the acts before in the batch left them.

use std::collections::BTreeSet;

use access::{Dense, Event, PersonId, Refusal, State};

use super::Batch;
use crate::act::{Change, SubmitError};
use crate::engine::rows::change_factor;
use crate::error::Result;
use crate::log::AccountId;
use crate::sign_in::{self, CredentialKind};
use crate::slices::is_break_glass;

impl Batch {
    /// Refuses what would leave somebody without what they have to have, and a name of a provider that is somebody else's.
    pub(super) async fn check_sign_in(
        &mut self,
        account: AccountId,
        change: &Change,
        events: &[Event],
        after: &State,
    ) -> Result<(), SubmitError> {
        if self
            .takes_required_factor(account, change, events, after)
            .await?
        {
            return Err(factor_required().into());
        }
        if self.takes_break_glass(account, change, after).await? {
            return Err(break_glass().into());
        }
        if self.takes_link(account, change, after).await? {
            return Err(linked_to_another().into());
        }
        Ok(())
    }

    /// Whether somebody of whom a second factor is asked would take off their last one. Whoever it is reset for (AD-24) may be without.
    async fn takes_required_factor(
        &mut self,
        account: AccountId,
        change: &Change,
        events: &[Event],
        after: &State,
    ) -> Result<bool> {
        let taken = change.credentials.iter().filter(|one| one.data.is_none());
        let whose: BTreeSet<u32> = taken
            .filter_map(|one| one.of.place(after))
            .map(|place| place.entity)
            .collect();
        for number in whose {
            let person = PersonId::from_number(number);
            let asked = person.filter(|person| after.asks_second_factor(*person));
            let Some(person) = asked.filter(|person| !is_reset(events, *person)) else {
                continue;
            };
            let mut has = sign_in::factors_of(self.tx.here().await?, account, person).await?;
            self.pending.rows.change_factors(account, number, &mut has);
            let had = !has.is_empty();
            for one in &change.credentials {
                if one.of.place(after).map(|place| place.entity) == Some(number) {
                    change_factor(&mut has, one.kind, one.data.is_some());
                }
            }
            if had && has.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// AD-8: whether whoever is let in where a sign-in provider lets nobody in would lose their password or their last passkey.
    async fn takes_break_glass(
        &mut self,
        account: AccountId,
        change: &Change,
        after: &State,
    ) -> Result<bool> {
        let taken = change.credentials.iter().filter(|one| one.data.is_none());
        let taken: Vec<_> = taken
            .filter_map(|one| Some((one.of.place(after)?.entity, one.kind)))
            .filter(|(number, _)| {
                let person = PersonId::from_number(*number);
                person.is_some_and(|person| is_break_glass(after, person))
            })
            .collect();
        for (number, kind) in taken {
            if kind == CredentialKind::Password {
                return Ok(true);
            }
            let Some(person) = PersonId::from_number(number) else {
                continue;
            };
            let mut has = sign_in::factors_of(self.tx.here().await?, account, person).await?;
            self.pending.rows.change_factors(account, number, &mut has);
            change_factor(&mut has, kind, false);
            let keeps = |kind: &CredentialKind| matches!(kind, CredentialKind::Passkey(_));
            let is_passkey = matches!(
                kind,
                CredentialKind::Passkey(_) | CredentialKind::EveryPasskey
            );
            if is_passkey && !has.iter().any(keeps) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a provider would know somebody by a name by which it knows somebody else. An index says so too, and would cost the whole
    /// batch.
    async fn takes_link(
        &mut self,
        account: AccountId,
        change: &Change,
        after: &State,
    ) -> Result<bool> {
        for one in change.credentials.iter().filter(|one| one.data.is_some()) {
            let CredentialKind::Provider(mark) = one.kind else {
                continue;
            };
            let there = sign_in::known_by(self.tx.here().await?, account, mark).await?;
            let known = self.pending.rows.linked(account, mark, there);
            let new = one.of.place(after).map(|place| place.entity);
            if known.is_some_and(|known| Some(known.number()) != new) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Whether it is somebody else who takes off how the person signs in (AD-24).
pub(super) fn is_reset(events: &[Event], person: PersonId) -> bool {
    let ends = |event: &Event| matches!(event, Event::AccessEnded { person: of } if *of == person);
    events.iter().any(ends)
}

fn break_glass() -> Refusal {
    let detail = "this is the Super admin who comes in where a sign-in provider lets nobody in, by a password and a passkey: add another passkey, or \
                  name somebody else there first";
    Refusal::conflict("AD-8", "break_glass", detail)
}

fn factor_required() -> Refusal {
    let detail =
        "a second factor is asked of you here: you can set up another one, and not be without";
    Refusal::conflict("AD-24", "second_factor_required", detail)
}

fn linked_to_another() -> Refusal {
    let detail = "the provider knows somebody else by this name already";
    Refusal::conflict("AD-24", "linked_to_another", detail)
}
