//! SD-26: an erasure reaches what others typed about the person, written or still to be written.

use std::collections::{BTreeMap, HashSet};

use super::Pending;
use crate::database::Tx;
use crate::error::Result;
use crate::log::{self, AccountId};
use crate::profile::{Kind, Place, Profile, place_from};
use crate::typed::Identity;

impl Pending {
    /// Blanks the person's exact address and full name in the profiles of other things, in every version of them. Gives back
    /// the present profiles that are others now.
    pub async fn blank(
        &mut self,
        tx: &mut Tx,
        account: AccountId,
        identity: &Identity,
    ) -> Result<Vec<(Place, Profile)>> {
        if identity.is_empty() {
            return Ok(Vec::new());
        }
        let stored = blanked(tx, account, identity).await?;
        let unknown: HashSet<_> = stored
            .keys()
            .filter(|place| !self.knows(account, **place))
            .map(|place| (account, *place))
            .collect();
        self.prefetch(tx, unknown, HashSet::new()).await?;
        let mut changed = Vec::new();
        for ((of, place), draft) in &mut self.profiles {
            if *of != account || place.kind == Kind::Person || draft.erased {
                continue;
            }
            if let Some(rewritten) = stored.get(place) {
                draft.rewritten.extend_from_slice(rewritten);
                self.changed_profiles.insert((account, *place));
            }
            for (_, version) in &mut draft.versions {
                if let Some(profile) = identity.blank(version) {
                    *version = profile;
                }
            }
            if let Some(profile) = draft.now.as_ref().and_then(|now| identity.blank(now)) {
                draft.now = Some(profile.clone());
                changed.push((*place, profile));
            }
        }
        Ok(changed)
    }

    /// From every version of the person's profile, written or still to be written. To be asked before it is erased.
    pub async fn identity(
        &self,
        tx: &mut Tx,
        account: AccountId,
        person: Place,
    ) -> Result<Identity> {
        let versions = crate::profile::all_versions(tx, account, person).await?;
        let pending = self.profiles.get(&(account, person));
        let pending = pending.into_iter().flat_map(|draft| &draft.versions);
        Ok(Identity::of(
            versions.iter().chain(pending.map(|(_, profile)| profile)),
        ))
    }
}

/// The stored versions that hold something of the person, with blanks. A whole walk over what is typed: erasures are rare, and
/// no index knows the middle of a text.
async fn blanked(
    tx: &mut Tx,
    account: AccountId,
    identity: &Identity,
) -> Result<BTreeMap<Place, Vec<(u64, Profile)>>> {
    let mut found: BTreeMap<Place, Vec<(u64, Profile)>> = BTreeMap::new();
    tx.for_each(
        "SELECT kind, entity, version, fields FROM profiles WHERE account = $1 AND kind > $2",
        [account.0.into(), i64::from(Kind::Person as u8).into()],
        |row| {
            let fields: Vec<u8> = row.get(3)?;
            if identity.may_stand_in(&fields)
                && let Some(profile) = identity.blank(&Profile::decode(&fields)?)
            {
                let place = place_from(row.get(0)?, row.get(1)?)?;
                let version = log::position(&row, 2)?;
                found.entry(place).or_default().push((version, profile));
            }
            Ok(())
        },
    )
    .await?;
    Ok(found)
}
