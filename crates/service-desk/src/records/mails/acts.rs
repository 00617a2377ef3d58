//! What a mail that was judged becomes: record acts, so that the right is asked at the head of the log, whatever was so when it came in.

use std::marker::PhantomData;

use access::{
    Permit, PersonId, Refusal, ServiceId,
    decide::{
        PermissionType, RecordFacts,
        permissions::{CreateRecord, FollowByMail, ManageRecord, ModifyCompanyIncidents},
    },
};
use ledger::{AccountId, Act, Here, LedgerError, Tx, Wrote};

use crate::records::{
    Content, Kind, Priority, Record, RecordId, Status,
    acts::{self, Done, Found},
    history::Change,
    incidents::{self, Deed, Right},
    notices,
    store::{self, ATTACHMENTS_MAX, Keeps, NewAttachment, NewMail, NewNote},
};

/// A mail on its way into rows.
pub(super) struct Brought {
    /// By which it is known when it comes again.
    pub known: String,
    pub mail: NewMail,
    pub files: Vec<NewAttachment>,
}

/// Keeps the mail and its files, those that the record has room for.
async fn keep<P: Keeps>(
    tx: &mut Tx,
    here: Here<'_>,
    permit: &Permit<'_, P>,
    (record, room): (i64, usize),
    mut brought: Brought,
) -> Result<(), LedgerError> {
    let (account, now) = (here.account, here.view.now());
    let whose = (brought.mail.person, brought.mail.address.clone());
    let too_many = brought.files.split_off(brought.files.len().min(room));
    brought.mail.left_out += i64::try_from(too_many.len()).unwrap_or(i64::MAX);
    let public = brought.files.iter().map(|file| file.is_public);
    let changes: Vec<_> = public.map(|public| Change::Attached { public }).collect();
    for file in brought.files {
        store::attach_mailed(tx, account, permit, record, whose.clone(), file, now).await?;
    }
    store::keep_mail(tx, account, permit, record, brought.mail, now).await?;
    if !changes.is_empty() {
        acts::remember(tx, here, record, &changes).await?;
    }
    Ok(())
}

/// Incidents that mails of one sender open within an hour, and mails to one address of a service: those whose sender is verified, and the others,
/// each as many, so that forged mail keeps no genuine one waiting.
const BY_SENDER: i64 = 60;
const BY_ADDRESS: i64 = 600;
/// Receipts that go to one customer within an hour, counted apart as well: whoever writes under their name does not fill their mailbox.
const RECEIPTS: i64 = 5;
/// Of a refusal by these bounds: the mail stays where it is, and comes again.
pub(super) const TOO_MANY: &str = "too_many_mails";

/// By what mails are counted that open incidents: keyed hashes, so that nobody's address is kept for it.
pub(super) struct Counted {
    pub sender: String,
    pub address: String,
    pub receipts: String,
}

/// A mail opens an incident. Nobody's right opens it, for nobody knows who wrote it: the job that takes mails does.
pub(super) struct OpenByMail {
    pub service: ServiceId,
    pub id: RecordId,
    pub title: String,
    pub description: String,
    /// Whose address the From shows, and who was selectable when it came.
    pub customer: Option<PersonId>,
    pub counted: Counted,
    pub brought: Brought,
}

impl Act for OpenByMail {
    type Needs = CreateRecord;
    const NEEDS: CreateRecord = CreateRecord;
    const NAME: &'static str = "open_by_mail";

    async fn on(&self, _: &mut Tx, _: AccountId) -> Found<ServiceId> {
        Ok(Some(self.service))
    }

    async fn apply(
        mut self,
        tx: &mut Tx,
        permit: Permit<'_, CreateRecord>,
        here: Here<'_>,
    ) -> Done {
        let (account, view, service) = (here.account, &here.view, permit.on());
        if !store::is_new_mail(tx, account, &permit, &self.brought.known).await? {
            return Ok(Wrote::default());
        }
        let now = view.now();
        for (what, most) in [
            (&self.counted.sender, BY_SENDER),
            (&self.counted.address, BY_ADDRESS),
        ] {
            if store::count_mails(tx, account, &permit, what, now).await? > most {
                let detail = "too many mails opened incidents within the hour";
                return Err(Refusal::conflict("SD-37", TOO_MANY, detail).into());
            }
        }
        // SD-11, SD-12: whoever is not selectable any more is text.
        let is_selectable = |who: &PersonId| view.selectable(*who, service).selectable;
        let customer = self.customer.filter(is_selectable);
        let mail = &mut self.brought.mail;
        mail.person = customer;
        mail.is_verified &= customer.is_some();
        if customer.is_some() {
            (mail.sender, mail.address) = (String::new(), None);
        }
        let content = Content {
            title: self.title,
            description: self.description,
            priority: Priority::DEFAULT,
            status: Status::FIRST,
            reason: None,
            assignee: None,
            customer,
            company: acts::company_now(view, customer),
            category: None,
        };
        let facts = RecordFacts {
            service,
            customer,
            company: content.company,
        };
        let of = (self.id, Kind::Incident);
        let is_verified = mail.is_verified;
        let how = Change::OpenedByMail { is_verified };
        let (number, mut wrote) = acts::opened(tx, here, &permit, of, content, how).await?;
        let place = (number, ATTACHMENTS_MAX);
        keep(tx, here, &permit, place, self.brought).await?;
        if let Some(receipt) = notices::receipt(view, of, facts, is_verified) {
            let receipts = &self.counted.receipts;
            let sent = store::count_mails(tx, account, &permit, receipts, now).await?;
            wrote.told.extend((sent <= RECEIPTS).then_some(receipt));
        }
        Ok(wrote)
    }
}

/// A right by which somebody answers a record by mail.
pub(super) trait Answers:
    PermissionType<On = RecordFacts> + Keeps + Send + Sync + 'static
{
    const RIGHT: Self;

    fn facts(
        tx: &mut Tx,
        account: AccountId,
        id: RecordId,
    ) -> impl Future<Output = Found<RecordFacts>> + Send;

    fn answer(
        tx: &mut Tx,
        here: Here<'_>,
        permit: &Permit<'_, Self>,
        record: &Record,
        text: String,
    ) -> impl Future<Output = Done> + Send;
}

macro_rules! answers_as_customer {
    ($($right:ident)*) => {$(
        impl Answers for $right {
            const RIGHT: Self = <$right as Right>::RIGHT;

            async fn facts(tx: &mut Tx, account: AccountId, id: RecordId) -> Found<RecordFacts> {
                store::incident_facts(tx, account, id).await
            }

            async fn answer(
                tx: &mut Tx,
                here: Here<'_>,
                permit: &Permit<'_, Self>,
                record: &Record,
                text: String,
            ) -> Done {
                // Whoever writes again has more to say: what is closed is open again, as in the portal.
                let deed = match record.content.status {
                    Status::Closed => Deed::Reopen(Some(text)),
                    _ => Deed::Answer(text),
                };
                incidents::worked(tx, here, permit, record, deed, true).await
            }
        }
    )*};
}

answers_as_customer! { FollowByMail ModifyCompanyIncidents }

impl Answers for ManageRecord {
    const RIGHT: Self = ManageRecord;

    async fn facts(tx: &mut Tx, account: AccountId, id: RecordId) -> Found<RecordFacts> {
        store::facts(tx, account, id).await
    }

    async fn answer(
        tx: &mut Tx,
        here: Here<'_>,
        permit: &Permit<'_, Self>,
        record: &Record,
        text: String,
    ) -> Done {
        if store::is_merged(tx, here.account, permit, record).await? {
            return Err(acts::merged().into());
        }
        let new = NewNote {
            text,
            is_public: true,
            by_mail: true,
        };
        acts::noted(tx, here, permit, record, new).await
    }
}

/// A mail is somebody's answer: it is given as that person, whose right is asked.
pub(super) struct AnswerByMail<R> {
    pub id: RecordId,
    pub text: String,
    pub brought: Brought,
    pub right: PhantomData<R>,
}

impl<R: Answers> Act for AnswerByMail<R> {
    type Needs = R;
    const NEEDS: R = R::RIGHT;
    const NAME: &'static str = "answer_by_mail";

    async fn on(&self, tx: &mut Tx, account: AccountId) -> Found<RecordFacts> {
        R::facts(tx, account, self.id).await
    }

    async fn apply(self, tx: &mut Tx, permit: Permit<'_, R>, here: Here<'_>) -> Done {
        let account = here.account;
        let record = store::permitted(tx, account, &permit, self.id).await?;
        if !store::is_new_mail(tx, account, &permit, &self.brought.known).await? {
            return Ok(Wrote::default());
        }
        let wrote = R::answer(tx, here, &permit, &record, self.text).await?;
        let files = store::count_files(tx, account, &record, R::BY_CUSTOMER).await?;
        let place = (record.number, ATTACHMENTS_MAX.saturating_sub(files));
        keep(tx, here, &permit, place, self.brought).await?;
        Ok(wrote)
    }
}
