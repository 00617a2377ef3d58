//! Whom a provider knows here: found by what it says of them, and written down once it is sure that it is them.

use access::{
    Actor, Command, PersonId, Subject,
    command::{MembersChange, SystemSubject},
    state::{Facet, UserFacet},
};
use ledger::{
    Account, Change, CredentialKind, Field, KnownBy, NewCredential, Of, Options, Place,
    ProfileWrite, person_of_directory, read_profiles,
};
use openid::Identity;
use uuid::Uuid;
use web::{
    Result,
    session::{failed, not_done},
};

use super::{Provider, beside::StillStands, link_mark};

const SIGN_IN: Actor = Actor::System(SystemSubject::SignIn);

/// Who it is, and by what that is known.
pub(super) enum Who {
    /// Linked before.
    Linked(PersonId),
    /// Not linked, and beyond doubt: by the id that its directory wrote, or by a verified address that it is believed about.
    Sure(PersonId),
    /// They say themselves, once, by their own means.
    Asks,
    /// Nobody here, and the provider may make people: with this address.
    New(String),
}

/// A provider of an account, and somebody of whom it speaks.
pub(super) struct Vouched<'a> {
    pub account: &'a Account,
    pub provider: &'a Provider,
    pub identity: &'a Identity,
    pub request: String,
}

/// The person to whom the same provider's directory gave this id over SCIM, while that connection counts (AD-25).
async fn provisioned(
    account: &Account,
    provider: &Provider,
    subject: &str,
) -> Result<Option<PersonId>> {
    let state = account.state();
    let counts = |scim: &_| {
        let row = state.connections().get(*scim);
        row.is_some_and(|row| row.life.is_active())
    };
    let Some(scim) = provider.scim.filter(counts) else {
        return Ok(None);
    };
    let mut tx = account.read_once().await.map_err(failed)?;
    let found = person_of_directory(&mut tx, account.id(), scim, subject).await;
    // AD-24: whoever holds the directory's secret writes such ids, and takes over nobody by them whom the directory does not outrank.
    let view = state.view(Subject::Connection(scim), account.now());
    let found = found.map_err(failed)?;
    Ok(found.filter(|person| view.outranks(*person)))
}

impl Vouched<'_> {
    /// By what the provider's name for them is found again.
    pub fn mark(&self) -> Result<Uuid> {
        link_mark(self.account, self.provider.connection, self.identity).map_err(failed)
    }

    /// The address, where the provider says that it is verified and is believed about its domain.
    fn believed_address(&self) -> Option<&str> {
        let address = self.identity.email.as_deref()?;
        let (_, domain) = address.rsplit_once('@')?;
        let domain = access::Domain::of_address(domain).ok()?;
        let is_believed = self.identity.email_verified && self.provider.trusts(domain.as_str());
        is_believed.then_some(address)
    }

    /// Whether the provider is still what it was when it was asked.
    pub async fn still_stands(&self) -> Result<bool> {
        let mut tx = self.account.read_once().await.map_err(failed)?;
        let now = super::store::one(&mut tx, self.account.id(), self.provider.connection).await;
        Ok(now.map_err(failed)?.as_ref() == Some(self.provider))
    }

    /// Whether it is, and knows somebody by the name that it said.
    pub async fn still_knows(&self, person: PersonId) -> Result<bool> {
        let known = self.account.known_by(self.mark()?).await.map_err(failed)?;
        Ok(known == Some(person) && self.still_stands().await?)
    }

    /// Who it is.
    pub async fn who(&self) -> Result<Who> {
        let known = self.account.known_by(self.mark()?).await.map_err(failed)?;
        if let Some(person) = known {
            return Ok(Who::Linked(person));
        }
        let found =
            provisioned(self.account, self.provider, self.identity.subject.as_str()).await?;
        let Some(address) = self.believed_address() else {
            return Ok(found.map_or(Who::Asks, Who::Sure));
        };
        if let Some(person) = found {
            return Ok(Who::Sure(person));
        }
        let engine = self.account.engine();
        let holder = engine
            .sign_in_candidates(&[self.account.id()], address)
            .await;
        let Some(person) = holder.map_err(failed)?.first().map(|found| found.person) else {
            return Ok(match self.provider.creates {
                true => Who::New(address.to_owned()),
                false => Who::Asks,
            });
        };
        // An address that the provider gave to somebody else since is not theirs for that.
        let known = self.account.providers_of(person).await.map_err(failed)?;
        let mut known = known.iter();
        let is_another = known.any(|known| known.connection == self.provider.connection);
        Ok(match is_another {
            true => Who::Asks,
            false => Who::Sure(person),
        })
    }

    fn stands(&self) -> StillStands {
        StillStands {
            connection: self.provider.connection,
            mark: self.provider.mark(),
        }
    }

    /// AD-15: whom the provider knew before they could come in, or before they were invited, accepts by coming.
    pub async fn accept(&self, person: PersonId) -> Result<()> {
        let state = self.account.state();
        let row = state.people().get(person);
        let is_invited = row.is_some_and(|row| row.user == UserFacet::Invited);
        if !is_invited || self.provider.facet != Facet::User {
            return Ok(());
        }
        let accept = Change::from(Command::AcceptInvitation { person });
        self.submit(SIGN_IN, accept.with_rows(self.stands())).await
    }

    /// From now on the provider knows them. AD-15: the first sign-in through a provider that is sure who it is accepts an invitation.
    pub async fn link(&self, person: PersonId, is_sure: bool) -> Result<()> {
        let link = Link {
            person,
            mark: self.mark()?,
            provider: self.stands(),
            accepts: is_sure && self.provider.facet == Facet::User,
        };
        link.write_down(self.account, self.request.clone()).await
    }

    /// Whether the address has a domain, today, of one of the provider's companies (SD-22).
    fn is_of_its_companies(&self, address: &str) -> bool {
        let domain = address.rsplit_once('@').map(|(_, domain)| domain);
        let domain = domain.and_then(|domain| access::Domain::of_address(domain).ok());
        let company = domain.and_then(|domain| self.account.state().company_of(&domain));
        company.is_some_and(|company| self.provider.companies.contains(&company))
    }

    /// Somebody new, with what mappings give to the groups that the provider names. It is the connection's act, by its own role (AD-29).
    pub async fn create(&self, address: &str) -> Result<Option<PersonId>> {
        let account = self.account;
        if self.provider.facet == Facet::Customer && !self.is_of_its_companies(address) {
            return Ok(None);
        }
        let id = access::PublicId::new(account.engine().new_uuid());
        let name = self.identity.name.as_deref().map(str::trim);
        let name = name.filter(|name| !name.is_empty() && name.chars().count() <= 200);
        let profile = ProfileWrite::new(Of::public(id))
            .set(Field::Name, name.unwrap_or(address))
            .set(Field::Email, address);
        let command = match self.provider.facet {
            Facet::User => Command::AddUser {
                id,
                user_groups: Vec::new(),
                account_role: None,
            },
            Facet::Customer => Command::AddCustomer { id, service: None },
        };
        let by_it = Actor::Connection(self.provider.connection);
        let add = Change::from(command).with_profile(profile);
        self.submit(by_it, add).await?;
        let state = account.state();
        let Some(person) = state.resolve(id) else {
            return Ok(None);
        };
        // SD-22: a provider's verified address is a confirmed one.
        if self.provider.facet == Facet::Customer
            && let Some((_, domain)) = address.rsplit_once('@')
        {
            let people = vec![(person, domain.into())];
            self.submit(by_it, Command::SortNow { people }.into())
                .await?;
        }
        self.link(person, true).await?;
        Ok(Some(person))
    }

    /// The groups of the connection are as the provider names them now, as far as it says so: what mappings give follows (AD-30).
    pub async fn settle_groups(&self, person: PersonId) -> Result<()> {
        let Some(named) = &self.identity.groups else {
            return Ok(());
        };
        if self.provider.facet != Facet::User {
            return Ok(());
        }
        let state = self.account.state();
        let connection = state.connections().get(self.provider.connection);
        let groups: Vec<_> = connection
            .map(|row| row.provider_groups.iter().collect())
            .unwrap_or_default();
        let account = self.account.id();
        let places = groups.iter().map(|group| (account, Place::of(*group)));
        let places: Vec<_> = places.collect();
        let mut tx = self.account.read_once().await.map_err(failed)?;
        let profiles = read_profiles(&mut tx, places.into_iter())
            .await
            .map_err(failed)?;
        drop(tx);
        for group in groups {
            let place = (account, Place::of(group));
            let name = profiles.iter().find(|(of, ..)| *of == place);
            let name = name.and_then(|(_, _, profile)| profile.get(Field::Name));
            let row = state.provider_groups().get(group);
            let Some(row) = row.filter(|row| row.life.is_active()) else {
                continue;
            };
            let (is, was) = (
                name.is_some_and(|name| named.iter().any(|one| one == name)),
                row.members.contains(person),
            );
            let change = match (was, is) {
                (false, true) => MembersChange::Part {
                    add: vec![person],
                    take: Vec::new(),
                },
                (true, false) => MembersChange::Part {
                    add: Vec::new(),
                    take: vec![person],
                },
                _ => continue,
            };
            let by_it = Actor::Connection(self.provider.connection);
            let change = Command::ChangeProviderGroup {
                provider_group: group,
                change,
            };
            self.submit(by_it, change.into()).await?;
        }
        Ok(())
    }

    async fn submit(&self, actor: Actor, change: Change) -> Result<()> {
        submit(self.account, actor, change, self.request.clone()).await
    }
}

/// That it knows them no longer.
pub(super) fn unlinking(person: PersonId, known: &KnownBy) -> Change {
    let credential = NewCredential {
        of: Of::known(person),
        kind: CredentialKind::Provider(known.mark),
        data: None,
    };
    let connection = known.connection;
    Change::from(Command::UnlinkProvider { person, connection }).with_credential(credential)
}

/// That a provider knows somebody by a name.
pub(super) struct Link {
    pub person: PersonId,
    pub mark: Uuid,
    pub provider: StillStands,
    /// AD-15: an invitation that waits is accepted by it.
    pub accepts: bool,
}

impl Link {
    /// It does from now on.
    pub async fn write_down(self, account: &Account, request: String) -> Result<()> {
        let (person, connection) = (self.person, self.provider.connection);
        let credential = NewCredential {
            of: Of::known(person),
            kind: CredentialKind::Provider(self.mark),
            data: Some(access::Dense::number(connection).to_string()),
        };
        let link = Command::LinkProvider {
            person,
            connection,
            accepts: self.accepts,
        };
        let link = Change::from(link).with_credential(credential);
        submit(account, SIGN_IN, link.with_rows(self.provider), request).await
    }
}

async fn submit(account: &Account, actor: Actor, change: Change, request: String) -> Result<()> {
    let options = Options {
        request,
        ..Options::telling("pages", mail::letters(account))
    };
    let done = account.submit(actor, change, options).await;
    done.map(drop).map_err(|error| {
        let state = account.state();
        not_done(&state.view(Subject::Unknown, account.now()), error)
    })
}
