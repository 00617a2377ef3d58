//! Who a user of a directory is here: whoever has its `externalId`, then whoever has its `userName` as an address, and nobody by a name. The
//! dry run and the creation ask the same.

use access::{Dense, PersonId, State};
use ledger::{LedgerError, Tx, fold_email, people_of_external_ids, person_of_email};
use scim::user::UserFields;
use web::values::email;

use super::{
    UserRow,
    store::{self, Taken, Which, Whose},
};

/// By what somebody was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    ExternalId,
    UserName,
}

/// Why a user can be nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clash {
    /// Another user of the directory has the userName.
    UserName,
    /// Another user of the directory has the externalId.
    ExternalId,
    /// Several people have the externalId, or one has it and another the address.
    Several,
    /// Who it would be is another user of the directory already.
    Linked,
    /// Somebody else has the address.
    Address,
}

/// Who it is.
#[derive(Debug)]
pub(crate) enum Match {
    /// Nobody who is here: somebody new.
    New,
    /// Somebody who is here.
    Person(PersonId, By),
    /// Whom the directory had deleted.
    Gone(Box<UserRow>),
    /// Nobody, because of these.
    Clash(Clash, Vec<PersonId>),
}

/// The address of a user: the one that counts, or the userName where it is one.
pub(crate) fn address_of(fields: &UserFields) -> Option<&str> {
    let given = fields.email.as_deref();
    given.or_else(|| email(&fields.user_name))
}

/// Who is still here.
fn people(state: &State, numbers: impl IntoIterator<Item = u32>) -> Vec<PersonId> {
    let people = numbers.into_iter().filter_map(PersonId::from_number);
    let is_here = |person: &PersonId| {
        let row = state.people().get(*person);
        row.is_some_and(|row| row.is_user() || row.is_customer())
    };
    people.filter(is_here).collect()
}

/// Finds out who a user is.
pub(crate) async fn find(
    tx: &mut Tx,
    state: &State,
    whose: Whose,
    fields: &UserFields,
) -> Result<Match, LedgerError> {
    let external_id = fields.external_id.as_deref();
    let new = (&*fields.user_name, external_id);
    if let Some((what, person)) = store::taken(tx, whose, new, None).await? {
        let clash = match what {
            Taken::UserName => Clash::UserName,
            Taken::ExternalId => Clash::ExternalId,
        };
        return Ok(Match::Clash(clash, vec![person]));
    }
    let (address, user_name) = (address_of(fields), email(&fields.user_name));
    let by_address = holder(tx, state, whose, address).await?;
    let by_user_name = match address == user_name {
        true => by_address,
        false => holder(tx, state, whose, user_name).await?,
    };
    let ids = people_of_external_ids(tx, whose.account, external_id.into_iter()).await?;
    let by_id = people(state, ids.into_values().flatten());
    let gone = store::gone(tx, whose, &fields.user_name, external_id).await?;
    // Whoever else has the id comes before whom the directory had called so.
    let is_theirs = |row: &UserRow| by_id.iter().all(|one| *one == row.person);
    if let Some(row) = gone.filter(is_theirs) {
        let others = by_address.into_iter().chain(by_user_name);
        let others: Vec<_> = others.filter(|other| *other != row.person).collect();
        return Ok(match others.is_empty() {
            true => Match::Gone(Box::new(row)),
            false => Match::Clash(Clash::Address, others),
        });
    }
    let (person, by) = match (by_id.as_slice(), by_user_name) {
        ([], None) => {
            return Ok(match by_address {
                None => Match::New,
                Some(other) => Match::Clash(Clash::Address, vec![other]),
            });
        }
        ([], Some(person)) => (person, By::UserName),
        ([person], None) => (*person, By::ExternalId),
        ([person], Some(other)) if *person == other => (*person, By::ExternalId),
        (several, other) => {
            let several = several.iter().copied().chain(other).collect();
            return Ok(Match::Clash(Clash::Several, several));
        }
    };
    if by_address.is_some_and(|other| other != person) {
        let others = by_address.into_iter().collect();
        return Ok(Match::Clash(Clash::Address, others));
    }
    let linked = store::one_user(tx, whose, Which::Person(person)).await?;
    Ok(match linked {
        Some(_) => Match::Clash(Clash::Linked, vec![person]),
        None => Match::Person(person, by),
    })
}

/// Who has the address.
async fn holder(
    tx: &mut Tx,
    state: &State,
    whose: Whose,
    address: Option<&str>,
) -> Result<Option<PersonId>, LedgerError> {
    let Some(address) = address.filter(|address| !fold_email(address).is_empty()) else {
        return Ok(None);
    };
    let holder = person_of_email(tx, whose.account, address).await?;
    Ok(people(state, holder).pop())
}

impl Clash {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::UserName => "user_name_taken",
            Self::ExternalId => "external_id_taken",
            Self::Several => "several_match",
            Self::Linked => "linked_already",
            Self::Address => "address_taken",
        }
    }

    /// For people.
    pub fn detail(self) -> &'static str {
        match self {
            Self::UserName => "another user of this directory has this userName",
            Self::ExternalId => "another user of this directory has this externalId",
            Self::Several => "several people of the account match this externalId and userName",
            Self::Linked => "the person who matches is another user of this directory already",
            Self::Address => "another person of the account has this e-mail address",
        }
    }
}
