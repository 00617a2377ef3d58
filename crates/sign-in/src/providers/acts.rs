//! Setting a provider up, changing it and removing it: record acts of whoever manages integrations. Who lets others in decides who they are,
//! so it is besides for whoever could edit how those sign in (AD-24): of staff a Super admin, of customers who configures the desk.

use access::{
    ConnectionId, Domain, Event, Fingerprint, Permission, Permit, PersonId, Refusal, RoleId,
    Subject, Target, View,
    decide::{OnAccount, UserStatus, permissions::ManageIntegrations},
    event::ProviderStep,
    state::{ConnectionKind, Facet, Life},
};
use ledger::{
    AccountId, Act, Here, LedgerError, SubmitError, ThroughEnding, Tx, Wrote, end_sessions_through,
    means_of,
};

use super::{
    Audience, Provider,
    store::{self, PROVIDERS_MAX},
};

type Found = Result<Option<OnAccount>, LedgerError>;
type Done = Result<Wrote, SubmitError>;
type MayManage<'a> = Permit<'a, ManageIntegrations>;

/// Domains and companies of one provider at most.
const DOMAINS_MAX: usize = 100;
const COMPANIES_MAX: usize = 100;

fn event(connection: ConnectionId, step: ProviderStep, break_glass: Option<PersonId>) -> Wrote {
    Wrote::from(vec![Event::SignInProvider {
        connection,
        step,
        break_glass,
    }])
}

fn changed_meanwhile() -> Refusal {
    let detail = "it was changed since it was read: read it again";
    Refusal::conflict("AD-29", "changed_meanwhile", detail)
}

/// AD-24: it is a key to everybody whom it may let in, and where they come in by it alone, to whom it shuts out. That staff's is a Super
/// admin's is so already by who manages integrations (AD-2); it is asked here too, so that it does not hang on that.
pub(super) fn may_let_in(view: &View<'_>, facet: Facet, alone: bool) -> Result<(), Refusal> {
    if facet == Facet::Customer
        && !view.may(Permission::ServiceDeskAccountConfigure, Target::Account)
    {
        let detail =
            "needs service_desk.account.configure: who lets customers in decides who they are";
        return Err(Refusal::forbidden("AD-24", "permission_missing", detail));
    }
    if (facet == Facet::User || alone) && !view.acts_as(RoleId::SUPER_ADMIN) {
        let detail = "who lets staff in decides who they are, and who shuts other ways decides who comes in: a Super admin sets this up";
        return Err(Refusal::forbidden(
            "AD-24",
            "provider_by_super_admin",
            detail,
        ));
    }
    Ok(())
}

/// AD-29: of a connection of its kind that is there.
fn of_its_kind(view: &View<'_>, connection: ConnectionId) -> Result<(), Refusal> {
    let row = view.state().connections().get(connection);
    let row = row.filter(|row| row.life.is_active() && view.sees(connection));
    let row = row.ok_or_else(|| Refusal::not_found("no such connection"))?;
    if row.kind != ConnectionKind::SignInProvider {
        let detail = "the connection is of another kind than sign-in provider";
        return Err(Refusal::conflict("AD-29", "not_a_sign_in_provider", detail));
    }
    Ok(())
}

/// Whose people it is for: of staff everybody's, of customers those of companies that are there.
fn whose(view: &View<'_>, new: &Provider) -> Result<(), Refusal> {
    let invalid = |detail: &str| Refusal::invalid("AD-26", "bad_companies", detail);
    if new.facet == Facet::User {
        return match new.companies.is_empty() {
            true => Ok(()),
            false => Err(invalid("a provider for staff is for no company's people")),
        };
    }
    if new.companies.is_empty() || new.companies.len() > COMPANIES_MAX {
        return Err(invalid(
            "name 1 to 100 companies whose people come in by it",
        ));
    }
    let is_there = |company: &_| {
        let row = view.state().companies().get(*company);
        row.is_some_and(|row| row.life.is_active()) && view.sees(*company)
    };
    match new.companies.iter().all(is_there) {
        true => Ok(()),
        false => Err(Refusal::not_found("no such company")),
    }
}

/// Whoever its directory knows by an id, it may let in by that: one directory is one provider's, and keeps users alone.
fn directory(view: &View<'_>, new: &Provider, others: &[Provider]) -> Result<(), Refusal> {
    let Some(scim) = new.scim else {
        return Ok(());
    };
    let row = view.state().connections().get(scim);
    let row = row.filter(|row| row.life.is_active() && view.sees(scim));
    let row = row.ok_or_else(|| Refusal::not_found("no such connection"))?;
    if row.kind != ConnectionKind::Provisioning || new.facet != Facet::User {
        let detail = "name a connection of the kind provisioning, of a provider for staff";
        return Err(Refusal::invalid("AD-29", "not_a_directory", detail));
    }
    if others.iter().any(|other| other.scim == new.scim) {
        let detail = "another provider signs in whom this directory keeps already";
        return Err(Refusal::conflict("AD-24", "directory_taken", detail));
    }
    Ok(())
}

/// What it says of addresses is believed for these: of no other provider for the same side, and for customers of no other company.
fn domains(view: &View<'_>, new: &Provider, others: &[Provider]) -> Result<(), Refusal> {
    let invalid = |detail: String| Refusal::invalid("SD-22", "bad_domain", detail);
    if new.domains.len() > DOMAINS_MAX {
        return Err(invalid(format!("{DOMAINS_MAX} domains at most")));
    }
    for domain in &new.domains {
        let parsed =
            Domain::parse(domain).map_err(|error| invalid(format!("{domain}: {error}")))?;
        let is_taken = |other: &Provider| other.facet == new.facet && other.trusts(domain);
        if others.iter().any(is_taken) {
            let whom = Audience::of(new.facet).name();
            let detail = format!("another provider for {whom} speaks for {domain} already");
            return Err(Refusal::conflict("AD-24", "domain_taken", detail));
        }
        let owner = view.state().company_of(&parsed);
        let is_theirs = owner.is_some_and(|owner| new.companies.contains(&owner));
        if new.facet == Facet::Customer && !is_theirs {
            let detail = format!(
                "{domain} is a domain of none of these companies: give it to one of them first"
            );
            return Err(Refusal::conflict("SD-22", "domain_of_no_company", detail));
        }
    }
    let strange = new.only_domains.iter().find(|one| !new.trusts(one));
    strange.map_or(Ok(()), |domain| {
        let detail = format!(
            "{domain}: its people can come in by this alone only where it speaks for the domain"
        );
        Err(invalid(detail))
    })
}

/// AD-8: while people come in by a provider alone, one Super admin comes in without.
async fn break_glass(
    tx: &mut Tx,
    account: AccountId,
    view: &View<'_>,
    new: &Provider,
) -> Result<(), SubmitError> {
    if !new.is_alone() {
        return Ok(());
    }
    let refused = |detail: &str| Refusal::conflict("AD-8", "break_glass_needed", detail);
    let person = new.break_glass.ok_or_else(|| {
        refused("name a Super admin who keeps a password and a passkey: whoever is locked out by the provider is let in by them")
    })?;
    let row = view.state().people().get(person);
    let is_super_admin = row.is_some_and(|row| row.account_role == RoleId::SUPER_ADMIN)
        && view.user_status(person) == UserStatus::Active;
    let means = means_of(tx, account, person).await?;
    if !is_super_admin || !means.password || !means.passkey {
        let detail = "this has to be an active Super admin with a password and a passkey here";
        return Err(refused(detail).into());
    }
    Ok(())
}

/// AD-29: people come to be by the connection's own role, which has to be able to add them.
fn may_create(view: &View<'_>, new: &Provider) -> Result<(), Refusal> {
    if !new.creates {
        return Ok(());
    }
    let of_it = view
        .state()
        .view(Subject::Connection(new.connection), view.now());
    let adds = match new.facet {
        Facet::User => Permission::AdminUsersManage,
        Facet::Customer => Permission::ServiceDeskAccountConfigure,
    };
    if of_it.may(adds, Target::Account) {
        return Ok(());
    }
    let detail = format!(
        "the role of the connection lacks {}: give it first",
        adds.key()
    );
    Err(Refusal::conflict(
        "AD-29",
        "connection_without_right",
        detail,
    ))
}

/// Whether its connection is there: what is left of a deleted one claims nothing.
fn is_there(view: &View<'_>, provider: &Provider) -> bool {
    let row = view.state().connections().get(provider.connection);
    row.is_some_and(|row| row.life != Life::Deleted)
}

/// A domain is spoken for in one account of a database: the sign-in page knows no other name of an account.
async fn in_no_other_account(
    tx: &mut Tx,
    account: AccountId,
    new: &Provider,
) -> Result<(), SubmitError> {
    for domain in &new.domains {
        if store::is_anothers(tx, account, domain).await? {
            let detail = format!("another provider speaks for {domain} already");
            return Err(Refusal::conflict("AD-24", "domain_taken", detail).into());
        }
    }
    Ok(())
}

/// Everything that is asked of what is to stand there.
async fn sound(
    tx: &mut Tx,
    here: Here<'_>,
    new: &Provider,
    all: &[Provider],
) -> Result<(), SubmitError> {
    let view = &here.view;
    let others: Vec<_> = all
        .iter()
        .filter(|other| other.connection != new.connection && is_there(view, other))
        .cloned()
        .collect();
    may_let_in(view, new.facet, new.is_alone())?;
    of_its_kind(view, new.connection)?;
    whose(view, new)?;
    directory(view, new, &others)?;
    domains(view, new, &others)?;
    may_create(view, new)?;
    in_no_other_account(tx, here.account, new).await?;
    break_glass(tx, here.account, view, new).await
}

/// A new one.
pub(super) struct Add {
    pub new: Provider,
}

impl Act for Add {
    type Needs = ManageIntegrations;
    const NEEDS: ManageIntegrations = ManageIntegrations;
    const NAME: &'static str = "add_sign_in_provider";

    async fn on(&self, _: &mut Tx, _: AccountId) -> Found {
        Ok(Some(OnAccount))
    }

    async fn apply(mut self, tx: &mut Tx, permit: MayManage<'_>, here: Here<'_>) -> Done {
        let all = store::all(tx, here.account).await?;
        if all.iter().any(|one| one.connection == self.new.connection) {
            let detail = "it is set up already: change it";
            return Err(Refusal::conflict("AD-29", "already_set_up", detail).into());
        }
        if all.len() >= PROVIDERS_MAX {
            let detail = format!("there are {PROVIDERS_MAX} already: remove one first");
            return Err(Refusal::conflict("AD-29", "list_full", detail).into());
        }
        sound(tx, here, &self.new, &all).await?;
        self.new.made_at = here.view.now();
        store::write(tx, here.account, &permit, &self.new).await?;
        let named = self.new.needed();
        Ok(event(self.new.connection, ProviderStep::Made, named))
    }
}

/// Something of it is another.
pub(super) struct Edit {
    /// All of it but the secret, when it was made and how often it was changed.
    pub to: Provider,
    /// Another secret, sealed.
    pub secret: Option<Vec<u8>>,
    /// The mark of what was read; `None` for a dry run.
    pub read: Option<Fingerprint>,
}

impl Act for Edit {
    type Needs = ManageIntegrations;
    const NEEDS: ManageIntegrations = ManageIntegrations;
    const NAME: &'static str = "edit_sign_in_provider";

    async fn on(&self, _: &mut Tx, _: AccountId) -> Found {
        Ok(Some(OnAccount))
    }

    async fn apply(self, tx: &mut Tx, permit: MayManage<'_>, here: Here<'_>) -> Done {
        let all = store::all(tx, here.account).await?;
        let now = all.iter().find(|one| one.connection == self.to.connection);
        let now = now.ok_or_else(|| Refusal::not_found("it is not set up"))?;
        if self.read.is_some_and(|read| read != now.mark()) {
            return Err(changed_meanwhile().into());
        }
        let is_new_secret = self.secret.is_some();
        let new = Provider {
            secret: self.secret.unwrap_or_else(|| now.secret.clone()),
            revision: now.revision,
            made_at: now.made_at,
            ..self.to
        };
        if new == *now && !is_new_secret {
            return Ok(Wrote::default());
        }
        // Whoever takes it from staff to customers takes it from staff.
        may_let_in(&here.view, now.facet, now.is_alone())?;
        sound(tx, here, &new, &all).await?;
        let new = Provider {
            revision: now.revision + 1,
            ..new
        };
        store::write(tx, here.account, &permit, &new).await?;
        if !new.opens_as(now) {
            let (of, at) = (new.connection, here.view.now());
            end_sessions_through(tx, here.account, of, &ThroughEnding::All, at).await?;
        }
        // By what it called people before, nobody is found any more: the ledger drops these links by the event.
        let step = match new.names_as(now) {
            true => ProviderStep::Edited,
            false => ProviderStep::KnowsNobody,
        };
        Ok(event(new.connection, step, new.needed()))
    }
}

/// It is gone for ever, and nobody is signed in through it any more.
pub(super) struct Remove {
    pub connection: ConnectionId,
}

impl Act for Remove {
    type Needs = ManageIntegrations;
    const NEEDS: ManageIntegrations = ManageIntegrations;
    const NAME: &'static str = "remove_sign_in_provider";

    async fn on(&self, _: &mut Tx, _: AccountId) -> Found {
        Ok(Some(OnAccount))
    }

    async fn apply(self, tx: &mut Tx, permit: MayManage<'_>, here: Here<'_>) -> Done {
        let (account, of) = (here.account, self.connection);
        let now = store::one(tx, account, of).await?;
        let now = now.ok_or_else(|| Refusal::not_found("it is not set up"))?;
        may_let_in(&here.view, now.facet, now.is_alone())?;
        store::remove(tx, account, &permit, of).await?;
        end_sessions_through(tx, account, of, &ThroughEnding::All, here.view.now()).await?;
        Ok(event(of, ProviderStep::Removed, None))
    }
}
