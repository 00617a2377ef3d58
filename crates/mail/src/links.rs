//! Letters for the outbox, with the secrets of their links: to be written beside the command that causes them.

use access::command::ToldOf;
use access::state::Facet;
use access::{Moment, Notice, PersonId, PublicId, State};
use data_encoding::HEXLOWER;
use ledger::{
    Account, LedgerError, Letters, MailDraft, NewLinks, NewMail, NewSecret, Of, Purpose, Secret,
    Told,
};
use uuid::Uuid;

use crate::letter::{Letter, shown};

/// How long an invitation works.
pub const INVITATION_DAYS: i64 = 7;
/// How long a new password can be chosen.
pub const RESET_HOURS: i64 = 1;
/// How long somebody can sign in with a link.
pub const SIGN_IN_MINUTES: i64 = 15;
/// How long somebody can confirm the address that they register with.
pub const REGISTRATION_HOURS: i64 = 24;
/// What a link of a registration opens with, and nothing else.
const REGISTRATION: &[u8] = b"registration";
/// How long a new address can be confirmed.
const ADDRESS_HOURS: i64 = 24;
/// How long it is worth telling somebody what happened.
const NOTICE_DAYS: i64 = 7;
const MINUTE_MS: i64 = 60 * 1_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// What the link of an invitation is good for.
pub fn purpose_of(facet: Facet) -> Purpose {
    match facet {
        Facet::User => Purpose::Invitation,
        Facet::Customer => Purpose::PortalInvitation,
    }
}

/// A new link to accept with, and the mail that brings it (AD-15, SD-24). Nobody but the receiver ever sees it (AD-24).
pub fn invitation(
    account: &Account,
    of: Of,
    facet: Facet,
) -> Result<(NewSecret, NewMail), LedgerError> {
    let until = after(account, INVITATION_DAYS * DAY_MS);
    linked(
        account,
        of,
        purpose_of(facet),
        None,
        until,
        |link| match facet {
            Facet::User => Letter::Invitation { link, until },
            Facet::Customer => Letter::PortalInvitation { link, until },
        },
    )
}

/// Somebody asked for another address of their own: two mails, each with a link of its own, to the new address and to the one there is
/// now (RULES §4, *confirmed at both addresses*). False: the person may not, or not any more.
pub async fn confirm_address(
    account: &Account,
    person: PersonId,
    address: &str,
    may: impl FnOnce(&State) -> bool,
) -> Result<bool, LedgerError> {
    let until = after(account, ADDRESS_HOURS * HOUR_MS);
    let (of, purpose) = (Of::known(person), Purpose::AddressChange);
    let new = linked(account, of, purpose, Some(address), until, |link| {
        Letter::ConfirmAddress { link, until }
    })?;
    let old = linked(account, of, purpose, None, until, |link| {
        Letter::AddressToChange { link, until }
    })?;
    let asked = account.ask_for_address(person, address, NewLinks { new, old }, may);
    asked.await
}

/// What somebody asks a link for who is not signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A new password.
    Reset,
    /// To sign in once.
    SignIn,
}

/// Somebody asked for a link: it goes to whoever has the address, in the place of an earlier one. Where it is nobody's, or theirs who may
/// not have one, the same rows are written, and nothing is sent.
pub async fn queue_link(
    account: &Account,
    asked: Asked,
    address: &str,
    may: impl FnOnce(&State, PersonId) -> bool,
) -> Result<(), LedgerError> {
    let (purpose, pause) = match asked {
        Asked::Reset => (Purpose::PasswordReset, RESET_HOURS * HOUR_MS),
        Asked::SignIn => (Purpose::SignIn, SIGN_IN_MINUTES * MINUTE_MS),
    };
    let until = after(account, pause);
    // Whose mail it is stands in the row that is written.
    let of = Of::public(PublicId::<PersonId>::new(Uuid::nil()));
    let (new, mail) = linked(account, of, purpose, None, until, |link| match asked {
        Asked::Reset => Letter::PasswordReset { link, until },
        Asked::SignIn => Letter::SignInLink { link, until },
    })?;
    let sent = account.send_link(address, purpose, new.secret, mail, may);
    sent.await
}

/// Somebody asked to register with an address (SD-23): a link goes to it, where it is nobody's and may come; whoever has it is told that they
/// are known. Where neither may be, as much is written, and nothing is sent. The link itself carries the address, sealed: nothing else is
/// kept of whoever does not confirm it, and nothing that they typed is sent to somebody else.
pub async fn queue_registration(
    account: &Account,
    address: &str,
    may: impl FnOnce(&State, Option<PersonId>, bool) -> bool,
) -> Result<(), LedgerError> {
    let until = after(account, REGISTRATION_HOURS * HOUR_MS);
    let plain = serde_json::to_vec(&(address, until))
        .map_err(|error| LedgerError::Damaged(format!("a link cannot be written: {error}")))?;
    let link = HEXLOWER.encode(&account.seal(REGISTRATION, &plain)?);
    let nobody = Of::public(PublicId::<PersonId>::new(Uuid::nil()));
    let letter = Letter::Registration { link, until };
    let link = mail(account, nobody, Some(address), None, until, &letter)?;
    let known = notice(account, nobody, None, &Letter::KnownAlready)?;
    let answered = account.answer_registration(address, [link, known], may);
    answered.await
}

/// The address that a link of a registration confirms, for as long as it works.
pub fn registering(account: &Account, link: &str) -> Option<String> {
    let sealed = HEXLOWER.decode(link.as_bytes()).ok()?;
    let plain = account.unseal(REGISTRATION, &sealed)?;
    let (address, until): (String, Moment) = serde_json::from_slice(&plain).ok()?;
    (account.now() < until).then_some(address)
}

/// What somebody is told, at the address that they have or at another one.
pub fn notice(
    account: &Account,
    of: Of,
    address: Option<&str>,
    letter: &Letter,
) -> Result<NewMail, LedgerError> {
    let until = after(account, NOTICE_DAYS * DAY_MS);
    mail(account, of, address, None, until, letter)
}

/// Mails to those whom a notice of what is done in the account concerns, and to those who are told of a record.
pub fn letters(account: &Account) -> Letters {
    let (of_notices, of_records) = (account.clone(), account.clone());
    Letters::new(
        move |notice| told(&of_notices, notice),
        move |told| told_of_record(&of_records, told),
    )
}

/// What those are told before whose eyes something is to happen (RULES §4).
fn told(account: &Account, notice: &Notice) -> Result<Vec<NewMail>, LedgerError> {
    let Notice::Tell { people, what } = notice else {
        return Ok(Vec::new());
    };
    let letter = match what {
        ToldOf::ServiceOpenedToOneself => Letter::ServiceOpened,
        ToldOf::QueueSupervisorMade => Letter::SupervisorMade,
        ToldOf::QueueLimitWidened => Letter::QueueLimitWidened,
    };
    let mails = people.iter();
    mails
        .map(|person| self::notice(account, Of::known(*person), None, &letter))
        .collect()
}

/// What somebody is told of a record: what it says is written when it is sent.
fn told_of_record(account: &Account, told: &Told) -> Result<NewMail, LedgerError> {
    account.new_mail(MailDraft {
        of: Of::known(told.person),
        address: None,
        template: told.template,
        letter: &told.letter,
        purpose: None,
        ends_at: after(account, NOTICE_DAYS * DAY_MS),
    })
}

fn after(account: &Account, pause_ms: i64) -> Moment {
    Moment(account.now().0.saturating_add(pause_ms))
}

fn linked(
    account: &Account,
    of: Of,
    purpose: Purpose,
    address: Option<&str>,
    until: Moment,
    letter: impl FnOnce(String) -> Letter,
) -> Result<(NewSecret, NewMail), LedgerError> {
    let secret = Secret::make(account.engine().randomness().as_ref());
    let letter = letter(shown(&secret));
    let mail = mail(account, of, address, Some(purpose), until, &letter)?;
    let new = NewSecret {
        purpose,
        of: Some(of),
        secret,
        expires_at: Some(until),
    };
    Ok((new, mail))
}

fn mail(
    account: &Account,
    of: Of,
    address: Option<&str>,
    purpose: Option<Purpose>,
    ends_at: Moment,
    letter: &Letter,
) -> Result<NewMail, LedgerError> {
    let text = serde_json::to_vec(letter)
        .map_err(|error| LedgerError::Damaged(format!("a letter cannot be written: {error}")))?;
    account.new_mail(MailDraft {
        of,
        address,
        template: letter.key(),
        letter: &text,
        purpose,
        ends_at,
    })
}
