//! Secrets and mails on their way into the database, and the links that an event ends: a new link takes the place of the one before,
//! an acceptance uses it up, and whatever changes who somebody is (a new address, deactivation, the end of all access) leaves no
//! link and no mail with one behind (AD-24, SD-24).

use std::collections::BTreeSet;

use access::event::ProfileField;
use access::state::{Facet, UserFacet};
use access::{Dense, Event, PersonId};

use crate::database::{Tx, Value};
use crate::dialect::{Bulk, BulkTable, Column};
use crate::error::Result;
use crate::log::AccountId;
use crate::outbox::MAILS;
use crate::sign_in::ADDRESS_CHANGES_OF;
use crate::tokens::{Bearer, Purpose, SECRETS};

static ENDED_SECRETS: BulkTable = BulkTable {
    name: "secrets",
    columns: &[
        ("account", Column::Int),
        ("purpose", Column::Text),
        ("entity", Column::Int),
    ],
    on_conflict: "",
};

static ENDED_MAILS: BulkTable = BulkTable {
    name: "mails",
    columns: &[
        ("account", Column::Int),
        ("person", Column::Int),
        ("purpose", Column::Text),
    ],
    on_conflict: "",
};

static MAILS_OF_ERASED: BulkTable = BulkTable {
    name: "mails",
    columns: &[("account", Column::Int), ("person", Column::Int)],
    on_conflict: "",
};

/// Whose links of which kind.
type Key = (AccountId, u32, Purpose);

/// What a stretch of a batch does to secrets and mails. What is ended goes first, then what is new is written.
#[derive(Debug, Default)]
pub(super) struct Links {
    secrets: Vec<(Key, [Value; 6])>,
    mails: Vec<(AccountId, u32, Option<Purpose>, [Value; 11])>,
    ended: BTreeSet<Key>,
    erased: BTreeSet<(AccountId, u32)>,
}

impl Links {
    pub fn add_secret(
        &mut self,
        account: AccountId,
        entity: u32,
        purpose: Purpose,
        row: [Value; 6],
    ) {
        self.secrets.push(((account, entity, purpose), row));
    }

    pub fn add_mail(
        &mut self,
        account: AccountId,
        person: u32,
        purpose: Option<Purpose>,
        row: [Value; 11],
    ) {
        self.mails.push((account, person, purpose, row));
    }

    /// Ends what an event ends, what is still to be written included.
    pub fn end(&mut self, account: AccountId, event: &Event) {
        let Some((person, purposes)) = ended_by(event) else {
            return;
        };
        let person = person.number();
        for purpose in purposes {
            let key = (account, person, *purpose);
            self.secrets.retain(|(of, _)| *of != key);
            self.mails
                .retain(|(of, to, purpose, _)| (*of, *to, *purpose) != (key.0, key.1, Some(key.2)));
            self.ended.insert(key);
        }
        if let Event::PersonErased { .. } = event {
            self.mails
                .retain(|(of, to, ..)| (*of, *to) != (account, person));
            // SD-26: a mail to an address that was nobody's may be theirs.
            self.erased.extend([(account, person), (account, 0)]);
        }
    }

    /// Whether an act before has ended the secret, though the database does not know it yet.
    pub fn has_ended(&self, bearer: &Bearer) -> bool {
        self.ended
            .contains(&(bearer.account, bearer.entity, bearer.purpose))
    }

    pub async fn write(self, tx: &mut Tx) -> Result<()> {
        let (mut secrets, mut mails) = (Bulk::new(&ENDED_SECRETS), Bulk::new(&ENDED_MAILS));
        let mut addresses = Bulk::new(&ADDRESS_CHANGES_OF);
        for (account, person, purpose) in self.ended {
            if purpose == Purpose::AddressChange {
                addresses.push([account.0.into(), person.into()]);
            }
            secrets.push([account.0.into(), purpose.name().into(), person.into()]);
            mails.push([account.0.into(), person.into(), purpose.name().into()]);
        }
        secrets.delete(tx).await?;
        mails.delete(tx).await?;
        addresses.delete(tx).await?;
        let mut erased = Bulk::new(&MAILS_OF_ERASED);
        for (account, person) in self.erased {
            erased.push([account.0.into(), person.into()]);
        }
        erased.delete(tx).await?;
        let (mut secrets, mut mails) = (Bulk::new(&SECRETS), Bulk::new(&MAILS));
        self.secrets
            .into_iter()
            .for_each(|(_, row)| secrets.push(row));
        self.mails.into_iter().for_each(|(.., row)| mails.push(row));
        secrets.write(tx).await?;
        mails.write(tx).await
    }
}

/// The links that are over with an event.
fn ended_by(event: &Event) -> Option<(PersonId, &'static [Purpose])> {
    use Purpose::{AddressChange, Invitation, PasswordReset, PortalInvitation, SignIn};
    const ALL: &[Purpose] = &[
        Invitation,
        PortalInvitation,
        PasswordReset,
        SignIn,
        AddressChange,
    ];
    Some(match event {
        Event::InvitationSent { person, facet } | Event::InvitationRevoked { person, facet } => (
            *person,
            match facet {
                Facet::User => &[Invitation],
                Facet::Customer => &[PortalInvitation],
            },
        ),
        Event::UserFacetSet {
            person,
            state: UserFacet::Accepted,
        } => (*person, &[Invitation]),
        Event::SignInSet {
            person,
            possible: true,
        } => (*person, &[PortalInvitation]),
        Event::CustomerFacetSet { person, .. } => (*person, &[PortalInvitation, SignIn]),
        Event::ProfileEdited { person, fields } if fields.contains(&ProfileField::Address) => {
            (*person, ALL)
        }
        Event::ProfileEdited { person, fields } if fields.contains(&ProfileField::SignIn) => {
            (*person, &[PasswordReset, SignIn])
        }
        Event::AccessEnded { person } | Event::PersonErased { person } => (*person, ALL),
        _ => return None,
    })
}
