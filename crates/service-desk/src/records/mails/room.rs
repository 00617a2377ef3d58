//! What takes mails that come in, and does with each what it is ([`judge`]).

use std::{marker::PhantomData, sync::Arc};

use access::{
    Actor, Dense, PersonId, ServiceId, Subject, View,
    command::SystemSubject,
    decide::permissions::{CreateRecord, FollowByMail, ManageRecord, ModifyCompanyIncidents},
};
use bytes::Bytes;
use ledger::{
    Account, AccountId, Act, Done, Engine, LedgerError, Options, Reading, SubmitError, fold_email,
    person_of_email,
};
use mail::inbound::{
    Delivery, Facts, Handler, Known, Mail, Outcome, Reply, Sender, Verdict, judge,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use web::values;

use super::{
    acts::{AnswerByMail, Brought, Counted, OpenByMail, TOO_MANY},
    reply_key,
};
use crate::records::{
    AttachmentId, Kind, MailId, RecordId,
    attachments::{BYTES_MAX, media_of, name_of},
    store::{self, Addressed, NewAttachment, NewMail},
};

/// Mails that are in work at once, from the first look to the last row: each takes memory and a processor.
const READ_AT_ONCE: usize = 4;
/// Letters of a title, and of what is told at length.
const TITLE_MAX: usize = 200;
const PASSAGE_MAX: usize = 20_000;
/// Letters of what is shown of sender and copies.
const SHOWN_MAX: usize = 500;

/// Takes mails for the services of all accounts.
#[derive(Clone, Debug)]
pub struct MailRoom {
    engine: Engine,
    /// Whose word on senders is taken.
    trusted: Arc<[String]>,
    reading: Arc<Semaphore>,
}

/// Where a receiver leads.
struct Place {
    account: AccountId,
    /// The address of a service, as it is compared.
    mailbox: String,
    service: ServiceId,
    /// It is below that address, and made there: a reply.
    is_reply: Option<bool>,
}

impl MailRoom {
    /// For the services of this ledger. `trusted` are the names of servers whose word on senders is taken.
    pub fn new(engine: Engine, trusted: Vec<String>) -> Self {
        Self {
            engine,
            trusted: trusted.into(),
            reading: Arc::new(Semaphore::new(READ_AT_ONCE)),
        }
    }

    /// Where a receiver leads; `None`: nowhere here.
    async fn place(&self, receiver: &str) -> Result<Option<Place>, LedgerError> {
        let receiver = fold_email(receiver);
        let mut tx = self.engine.read_once().await?;
        let place = |at: &Addressed, mailbox: &str, is_reply| Place {
            account: at.account,
            mailbox: mailbox.to_owned(),
            service: at.service,
            is_reply,
        };
        if let Some(at) = store::services_at(&mut tx, &receiver).await?.first() {
            return Ok(Some(place(at, &receiver, None)));
        }
        let Some(mailbox) = mailbox_above(&receiver) else {
            return Ok(None);
        };
        let at = store::services_at(&mut tx, &mailbox).await?;
        drop(tx);
        for one in &at {
            let key = reply_key(&self.engine.account(one.account).await?)?;
            if key.read(&receiver).is_some() {
                return Ok(Some(place(one, &mailbox, Some(true))));
            }
        }
        Ok(at.first().map(|one| place(one, &mailbox, Some(false))))
    }

    /// Reads a mail on a thread of its own, which has the place until it is done, whoever waits for it or does not any more.
    async fn read(&self, raw: Bytes, place: Arc<OwnedSemaphorePermit>) -> Option<Mail> {
        let trusted = Arc::clone(&self.trusted);
        let read = tokio::task::spawn_blocking(move || {
            let _place = place;
            Mail::read(&raw, &trusted)
        });
        read.await.ok()?.ok()
    }

    /// What becomes of a mail in one account.
    async fn take(
        &self,
        account: AccountId,
        (mail, raw): (&Mail, &Bytes),
        has_sender: bool,
        (receivers, places): (&[String], &[&Place]),
    ) -> Result<Outcome, SubmitError> {
        let account = self.engine.account(account).await?;
        let key = reply_key(&account)?;
        let Reading { state, mut tx } = account.read().await?;
        let from = match &mail.from {
            Some(address) => person_of_email(&mut tx, account.id(), address).await?,
            None => None,
        };
        let from = from.and_then(PersonId::from_number);
        let view = state.view(Subject::System(SystemSubject::Mail), account.now());
        let mailboxes: Vec<_> = places.iter().map(|place| place.mailbox.clone()).collect();
        // An archived service opens nothing; where the mail went to another one, too, that one does.
        let services = places
            .iter()
            .filter(|place| view.permit(CreateRecord, place.service).is_ok());
        let services: Vec<_> = services
            .map(|place| (place.mailbox.clone(), place.service))
            .collect();
        let selectable_in: Vec<_> = from
            .into_iter()
            .flat_map(|who| services.iter().map(move |(_, service)| (who, *service)))
            .filter(|(who, service)| view.selectable(*who, *service).selectable)
            .map(|(_, service)| service)
            .collect();
        let facts = Facts {
            key: &key,
            mailboxes: &mailboxes,
            services: &services,
            from: from.map(|person| Known {
                person,
                selectable_in: &selectable_in,
            }),
        };
        let done = match judge(mail, has_sender, receivers, &facts) {
            Verdict::Opens { service, sender } => {
                drop(tx);
                let mut at = services.iter().filter(|(_, one)| *one == service);
                let at = at.next().map_or("", |(mailbox, _)| mailbox);
                self.open(&account, (service, at), sender, (mail, raw))
                    .await
            }
            Verdict::Replies(reply) => {
                let found = store::numbered_facts(&mut tx, account.id(), reply.record).await?;
                drop(tx);
                let Some((id, kind, facts)) = found else {
                    return Ok(Outcome::Refused);
                };
                // SD-14, SD-16: customers answer incidents and nothing else. Of other records their customer may be somebody who works on them.
                let is_incident = kind == Kind::Incident;
                // By which of their rights is asked again where the answer is stored.
                let theirs: View<'_> = state.view(Subject::Person(reply.person), account.now());
                if is_incident && theirs.permit(FollowByMail, facts).is_ok() {
                    let act = self.answer::<FollowByMail>(&account, id, reply, (mail, raw))?;
                    act_as(&account, Actor::Person(reply.person), act).await
                } else if is_incident && theirs.permit(ModifyCompanyIncidents, facts).is_ok() {
                    let act =
                        self.answer::<ModifyCompanyIncidents>(&account, id, reply, (mail, raw))?;
                    act_as(&account, Actor::Person(reply.person), act).await
                } else {
                    let act = self.answer::<ManageRecord>(&account, id, reply, (mail, raw))?;
                    act_as(&account, Actor::Person(reply.person), act).await
                }
            }
            Verdict::Refused(refusal) => {
                tracing::info!(why = refusal.code(), "a mail was refused");
                return Ok(Outcome::Refused);
            }
            // SD-37: no answer to automatic mail, and nothing opened by it.
            Verdict::Automatic(_) | Verdict::Loop => return Ok(Outcome::Stored),
        };
        match done {
            Ok(_) => Ok(Outcome::Stored),
            Err(SubmitError::Refused(refusal)) if refusal.code == TOO_MANY => {
                tracing::warn!(
                    why = refusal.code,
                    "a mail could not be stored, and stays where it is"
                );
                Ok(Outcome::Later)
            }
            Err(SubmitError::Refused(refusal)) => {
                tracing::info!(why = refusal.code, "a mail was refused");
                Ok(Outcome::Refused)
            }
            Err(error) => Err(error),
        }
    }

    async fn open(
        &self,
        account: &Account,
        (service, at): (ServiceId, &str),
        sender: Sender,
        (mail, raw): (&Mail, &Bytes),
    ) -> Result<Done, SubmitError> {
        let (customer, is_verified) = match sender {
            Sender::Customer {
                person,
                is_verified,
            } => (Some(person), is_verified),
            Sender::Text(_) => (None, false),
        };
        let mut brought = self.brought(account, mail, raw)?;
        brought.mail.opens = true;
        brought.mail.is_verified = is_verified;
        // What is passed on stands below what is new: to whoever opens it, all of it is new.
        let said = [&mail.said.text, &mail.said.signature, &mail.said.quoted];
        let said: Vec<_> = said.into_iter().filter(|part| !part.is_empty()).collect();
        let said: Vec<_> = said.into_iter().map(String::as_str).collect();
        let said = reply_key(account)?.hide(said.join("\n\n").as_bytes());
        let from = mail.from.as_deref().unwrap_or_default();
        let act = OpenByMail {
            service,
            id: RecordId(self.engine.new_uuid()),
            title: values::name(&cut(&mail.subject, TITLE_MAX))
                .unwrap_or("No subject")
                .to_owned(),
            description: passage(&String::from_utf8_lossy(&said)),
            customer,
            counted: counted(account, (from, is_verified), at)?,
            brought,
        };
        act_as(account, Actor::System(SystemSubject::Mail), act).await
    }

    fn answer<R>(
        &self,
        account: &Account,
        id: RecordId,
        reply: Reply,
        (mail, raw): (&Mail, &Bytes),
    ) -> Result<AnswerByMail<R>, LedgerError> {
        let mut brought = self.brought(account, mail, raw)?;
        brought.mail.person = Some(reply.person);
        brought.mail.is_verified = mail.is_verified;
        (brought.mail.sender, brought.mail.address) = (String::new(), None);
        let said = reply_key(account)?.hide(mail.said.text.as_bytes());
        let text = match passage(&String::from_utf8_lossy(&said)) {
            text if text.is_empty() => "(a mail without text)".to_owned(),
            text => text,
        };
        Ok(AnswerByMail {
            id,
            text,
            brought,
            right: PhantomData,
        })
    }

    /// A mail as it is kept, of nobody known yet.
    fn brought(&self, account: &Account, mail: &Mail, raw: &Bytes) -> Result<Brought, LedgerError> {
        let from = mail.from.as_deref().unwrap_or_default();
        // Its id alone could be that of somebody else's mail, which whoever was in copy knows.
        let known = match &mail.id {
            Some(id) => account.keyed("mail by id", &[id.as_bytes(), from.as_bytes()])?,
            None => account.keyed("mail by content", &[raw])?,
        };
        // SD-37: what is kept is read by others, and a reply address lets whoever has it write as its person.
        let key = reply_key(account)?;
        let hidden = |text: &str| String::from_utf8_lossy(&key.hide(text.as_bytes())).into_owned();
        let files = mail.attachments.iter();
        let kept = files.clone().filter(|file| file.bytes.len() <= BYTES_MAX);
        let kept: Vec<_> = kept
            .map(|file| NewAttachment {
                id: AttachmentId(self.engine.new_uuid()),
                is_public: true,
                name: name_of(&file.name).unwrap_or_else(|| "file".to_owned()),
                media: media_of(&file.bytes),
                bytes: Bytes::from(file.bytes.clone()),
            })
            .collect();
        let left_out = mail.left_out + files.len() - kept.len();
        let sender = match (&mail.from_name, from) {
            (Some(name), from) if !from.is_empty() => format!("{name} <{from}>"),
            (_, from) => from.to_owned(),
        };
        Ok(Brought {
            known: hex(known),
            mail: NewMail {
                id: MailId(self.engine.new_uuid()),
                person: None,
                address: (!from.is_empty()).then(|| fold_email(from)),
                sender: cut(&sender, SHOWN_MAX),
                copies: hidden(&whole(&mail.cc, SHOWN_MAX)),
                opens: false,
                is_verified: false,
                left_out: i64::try_from(left_out).unwrap_or(i64::MAX),
                raw: key.hide(raw).into(),
            },
            files: kept,
        })
    }
}

impl Handler for MailRoom {
    async fn knows(&self, recipient: &str) -> bool {
        match self.place(recipient).await {
            Ok(place) => place.is_some_and(|place| place.is_reply != Some(false)),
            // A receiver that cannot be looked up is none to be refused for ever: its mail waits where it is.
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "a receiver of a mail could not be looked up");
                true
            }
        }
    }

    async fn receive(&self, delivery: Delivery) -> Vec<Outcome> {
        let Delivery {
            sender,
            recipients,
            raw,
        } = delivery;
        let mut places = Vec::new();
        for receiver in &recipients {
            match self.place(receiver).await {
                Ok(place) => places.push(place),
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, "a mail could not be stored, and stays where it is");
                    return vec![Outcome::Later; recipients.len()];
                }
            }
        }
        let Ok(turn) = Arc::clone(&self.reading).acquire_owned().await else {
            return vec![Outcome::Later; recipients.len()];
        };
        let (raw, turn) = (Bytes::from(raw), Arc::new(turn));
        let Some(mail) = self.read(raw.clone(), Arc::clone(&turn)).await else {
            return vec![Outcome::Refused; recipients.len()];
        };
        let mut outcomes = vec![Outcome::Refused; recipients.len()];
        let mut accounts: Vec<_> = places.iter().flatten().map(|place| place.account).collect();
        accounts.sort_unstable();
        accounts.dedup();
        for account in accounts {
            let of = |at: &usize| {
                let place = places.get(*at).and_then(Option::as_ref);
                place.is_some_and(|place| place.account == account)
            };
            let theirs: Vec<_> = (0..recipients.len()).filter(of).collect();
            let receivers = theirs.iter().filter_map(|at| recipients.get(*at)).cloned();
            let receivers: Vec<_> = receivers.collect();
            let at = theirs.iter().filter_map(|at| places.get(*at)?.as_ref());
            let at: Vec<_> = at.collect();
            let taken = self.take(account, (&mail, &raw), sender.is_some(), (&receivers, &at));
            let outcome = taken.await.unwrap_or_else(|error| {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "a mail could not be stored, and stays where it is");
                Outcome::Later
            });
            for at in theirs {
                if let Some(one) = outcomes.get_mut(at) {
                    *one = outcome;
                }
            }
        }
        outcomes
    }
}

async fn act_as(account: &Account, actor: Actor, act: impl Act) -> Result<Done, SubmitError> {
    let options = Options::telling("mail", mail::letters(account));
    account.act(actor, act, options).await
}

/// By what a mail is counted, of somebody to an address of a service. Where nobody vouches for the sender it is counted apart from the others.
fn counted(
    account: &Account,
    (from, is_verified): (&str, bool),
    at: &str,
) -> Result<Counted, LedgerError> {
    let side = match is_verified {
        true => "verified",
        false => "unverified",
    };
    let key = |what: &str, address: &str| {
        let address = fold_email(address);
        let of = [what.as_bytes(), side.as_bytes(), address.as_bytes()];
        account.keyed("mails counted", &of).map(hex)
    };
    Ok(Counted {
        sender: key("sender", from)?,
        address: key("address", at)?,
        receipts: key("receipts", from)?,
    })
}

fn hex(hash: [u8; 32]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The address that one with a "+" stands below.
fn mailbox_above(address: &str) -> Option<String> {
    let (local, domain) = address.split_once('@')?;
    let (prefix, _) = local.split_once('+')?;
    Some(format!("{prefix}@{domain}"))
}

/// The first letters of a text, without a word that is cut in two: half an address is found by no erasure (SD-26).
fn cut(text: &str, most: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(most) else {
        return text.to_owned();
    };
    let first = text.get(..end).unwrap_or_default();
    let whole = first.rfind(char::is_whitespace);
    first
        .get(..whole.unwrap_or(first.len()))
        .unwrap_or_default()
        .to_owned()
}

/// As many of some addresses as there is room for, each of them whole.
fn whole(addresses: &[String], most: usize) -> String {
    let mut shown = String::new();
    for one in addresses {
        let comma = if shown.is_empty() { "" } else { ", " };
        if shown.chars().count() + comma.len() + one.chars().count() > most {
            break;
        }
        shown += comma;
        shown += one;
    }
    shown
}

/// What a mail says, as what people tell at length is kept.
fn passage(text: &str) -> String {
    let text = text.replace('\t', "    ");
    let short = match text.char_indices().nth(PASSAGE_MAX) {
        Some(_) => cut(&text, PASSAGE_MAX - 1) + "…",
        None => text,
    };
    values::passage(&short).unwrap_or_default()
}
