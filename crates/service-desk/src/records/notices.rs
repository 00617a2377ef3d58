//! Who is told of a record by mail (SD-37). A mail is queued with the act that causes it, for somebody who may read the record then, and holds
//! ids alone; what it says is read and written when it is sent, if they may still read it. Nobody is told what they did themselves.

use access::{
    PersonId, Subject, View,
    decide::{
        RecordFacts,
        permissions::{FollowByMail, ManageRecord, ViewIncident},
    },
};
use ledger::{Account, BoxFuture, Here, LedgerError, Reading, Told, Tx};
use mail::{Happened, Letter, News, Thread, Writes, inbound::Reply};

use super::{
    Assignee, Content, Kind, Reason, Record, RecordId, Status, mails, pages, store, titled,
};

fn news(record: RecordId, what: Happened, note: Option<i64>) -> News {
    News {
        record: record.0,
        what,
        note,
        is_unverified: false,
    }
}

/// The mail to somebody who is told.
fn told(person: PersonId, news: News) -> Option<Told> {
    Some(Told {
        person,
        template: Letter::RECORD,
        letter: serde_json::to_vec(&Letter::Record(news)).ok()?,
    })
}

/// Whether somebody is told of what the subject does: not of one's own.
fn is_somebody_else(view: &View<'_>, person: PersonId) -> bool {
    view.subject() != Subject::Person(person)
}

/// SD-11, SD-32: the customer of an incident, who is still selectable there, with the portal or without.
pub(super) fn to_customer(
    view: &View<'_>,
    (id, kind): (RecordId, Kind),
    facts: RecordFacts,
    what: Happened,
    note: Option<i64>,
) -> Option<Told> {
    let customer = customer_of(view, kind, facts)?;
    told(customer, news(id, what, note))
}

/// SD-37: the customer whose mail opened an incident. Where nobody vouches that it is theirs, they are told of the incident, and of nothing that
/// stood in the mail.
pub(super) fn receipt(
    view: &View<'_>,
    (id, kind): (RecordId, Kind),
    facts: RecordFacts,
    is_verified: bool,
) -> Option<Told> {
    let customer = customer_of(view, kind, facts)?;
    let news = News {
        is_unverified: !is_verified,
        ..news(id, Happened::Logged, None)
    };
    told(customer, news)
}

fn customer_of(view: &View<'_>, kind: Kind, facts: RecordFacts) -> Option<PersonId> {
    let customer = facts.customer.filter(|_| kind == Kind::Incident)?;
    let theirs = view
        .state()
        .view(Subject::Person(customer), view.now())
        .permit(FollowByMail, facts);
    let is_told = theirs.is_ok() && is_somebody_else(view, customer);
    is_told.then_some(customer)
}

fn works_on(view: &View<'_>, person: PersonId, facts: RecordFacts) -> bool {
    let theirs = view.state().view(Subject::Person(person), view.now());
    theirs.permit(ManageRecord, facts).is_ok()
}

/// SD-19: whom it is given to.
pub(super) fn to_assignee(
    view: &View<'_>,
    id: RecordId,
    facts: RecordFacts,
    who: PersonId,
) -> Option<Told> {
    let is_told = is_somebody_else(view, who) && works_on(view, who, facts);
    is_told
        .then(|| told(who, news(id, Happened::Assigned, None)))
        .flatten()
}

/// SD-38: whoever works on a record or follows it, of what its customer says; without a note of a file that they sent.
pub(super) async fn to_staff(
    tx: &mut Tx,
    here: Here<'_>,
    record: &Record,
    note: Option<i64>,
) -> Result<Vec<Told>, LedgerError> {
    let mut people = store::watchers(tx, here.account, record).await?;
    people.extend(record.content.assignee.and_then(Assignee::user));
    people.sort_unstable();
    people.dedup();
    let view = &here.view;
    people.retain(|who| is_somebody_else(view, *who) && works_on(view, *who, record.facts()));
    let what = Happened::CustomerAnswered;
    let mails = people.into_iter();
    Ok(mails
        .filter_map(|who| told(who, news(record.id, what, note)))
        .collect())
}

/// SD-37: its customer is told that staff closed it.
pub(super) fn of_closing(view: &View<'_>, before: &Record, after: &Content) -> Option<Told> {
    let facts = RecordFacts {
        service: before.service,
        customer: after.customer,
        company: after.company,
    };
    let closed = after.status == Status::Closed && before.content.status != Status::Closed;
    let of = (before.id, before.kind);
    let told = closed.then(|| to_customer(view, of, facts, Happened::Closed, None));
    told.flatten()
}

/// What follows from what staff changed.
pub(super) fn of_edit(view: &View<'_>, before: &Record, after: &Content) -> Vec<Told> {
    let facts = RecordFacts {
        service: before.service,
        customer: after.customer,
        company: after.company,
    };
    let given = after
        .assignee
        .filter(|to| before.content.assignee != Some(*to));
    let given = given.and_then(Assignee::user);
    let given = given.map(|who| to_assignee(view, before.id, facts, who));
    let customer = of_closing(view, before, after);
    customer.into_iter().chain(given.flatten()).collect()
}

/// Writes what is told of records.
#[derive(Clone, Copy, Debug)]
pub struct Notices;

impl Writes for Notices {
    fn write<'a>(
        &'a self,
        account: &'a Account,
        person: PersonId,
        news: &'a News,
    ) -> BoxFuture<'a, Result<Option<Letter>, LedgerError>> {
        Box::pin(write(account, person, news))
    }
}

/// What of a record a mail needs, as its reader may know it.
struct Seen {
    number: i64,
    title: String,
    service: access::ServiceId,
    /// What a record of its kind is called.
    kind: &'static str,
    status: Status,
    reason: Option<Reason>,
    /// Where its reader finds it; `None`: nowhere but in mails.
    path: Option<String>,
    /// Whether a customer reads what is said to it.
    has_reader: bool,
}

async fn write(
    account: &Account,
    person: PersonId,
    news: &News,
) -> Result<Option<Letter>, LedgerError> {
    let id = RecordId(news.record);
    let Reading { state, mut tx } = account.read().await?;
    let view = state.view(Subject::Person(person), account.now());
    let seen = match news.what {
        Happened::Logged | Happened::Answered | Happened::Closed => {
            // SD-11: the customer is told, also without the portal, and nobody else of the company.
            let visible = view.incidents_by_mail();
            let incident = store::incident(&mut tx, account.id(), &visible, id).await?;
            incident.map(|one| Seen {
                path: view
                    .permit(ViewIncident, one.facts())
                    .is_ok()
                    .then(|| format!("/portal/incidents/{id}")),
                number: one.number,
                title: one.title,
                service: one.service,
                kind: Kind::Incident.title(),
                status: one.status,
                reason: one.reason,
                has_reader: true,
            })
        }
        Happened::Assigned | Happened::CustomerAnswered => {
            let visible = view.visible_records(ManageRecord);
            let record = store::record(&mut tx, account.id(), &visible, id).await?;
            // Whoever gave it away, or follows it no more, has nothing to do with it.
            let follows = match &record {
                Some(one) if news.what == Happened::CustomerAnswered => {
                    let following = store::watchers(&mut tx, account.id(), one).await?;
                    following.contains(&person)
                }
                _ => false,
            };
            let mine = Some(Assignee::User(person));
            let still = record.filter(|one| follows || one.content.assignee == mine);
            still.map(|one| Seen {
                number: one.number,
                title: one.content.title,
                service: one.service,
                kind: one.kind.title(),
                status: one.content.status,
                reason: one.content.reason,
                path: Some(pages::path(id)),
                has_reader: one.kind == Kind::Incident && one.content.customer.is_some(),
            })
        }
    };
    let Some(seen) = seen else { return Ok(None) };
    let said = match (news.note, news.what) {
        (Some(note), _) => store::said(&mut tx, account.id(), seen.number, note).await?,
        (None, Happened::Answered | Happened::CustomerAnswered) => {
            let by_customer = news.what == Happened::CustomerAnswered;
            let (id, number) = (account.id(), seen.number);
            let has_file = store::has_public_file(&mut tx, id, number, by_customer).await?;
            has_file.then(|| ("A file was sent.".to_owned(), true))
        }
        (None, _) => None,
    };
    // SD-32: what was made internal meanwhile is not sent.
    let said = said
        .filter(|(_, is_public)| *is_public)
        .map(|(text, _)| text);
    let (kind, number) = (seen.kind, seen.number);
    let text = match (news.what, said) {
        (Happened::Logged, _) if news.is_unverified => format!(
            "We have your mail: it is {} {number}. If you sent us none, you need do nothing.",
            kind.to_lowercase()
        ),
        (Happened::Logged, _) => format!("We have it: it is {} {number}.", kind.to_lowercase()),
        (Happened::Closed, _) if seen.status == Status::Closed => {
            let why = seen.reason.map_or(String::new(), |why| {
                format!(" ({})", why.word().to_lowercase())
            });
            format!("{kind} {number} is closed{why}.")
        }
        (Happened::Assigned, _) => format!("{kind} {number} is assigned to you."),
        (Happened::Answered, Some(said)) => said,
        (Happened::CustomerAnswered, Some(said)) => format!("The customer answered:\n\n{said}"),
        (Happened::Closed | Happened::Answered | Happened::CustomerAnswered, _) => return Ok(None),
    };
    // SD-37: the title of an incident that a mail opened is the sender's, and to its customer it is repeated only where somebody vouches for them.
    let first = match news.what.is_for_customers() {
        true => store::opening_mail(&mut tx, account.id(), number).await?,
        false => None,
    };
    let is_unvouched = news.is_unverified || first.is_some_and(|mail| !mail.is_verified);
    let mailbox = store::addresses(&mut tx, account.id(), seen.service).await?;
    let reply = Reply {
        record: number,
        person,
    };
    let key = mails::reply_key(account)?;
    let reply_to = mailbox.first().and_then(|at| key.address(at, reply));
    let text = match (news.what, &reply_to) {
        (Happened::Closed, Some(_)) => format!("{text} Whoever writes again opens it again."),
        (Happened::Assigned | Happened::CustomerAnswered, Some(_)) if seen.has_reader => {
            format!("{text}\n\nWhat you reply to this mail, the customer reads.")
        }
        _ => text,
    };
    let subject = match is_unvouched {
        true => format!("{kind} {number}"),
        false => format!("{kind} {number}: {}", titled(&seen.title)),
    };
    // No id of a mail that came is kept in clear: this one is the record's own, and says nothing of it.
    let about = account.keyed("thread of a record", &[id.0.as_bytes()])?;
    Ok(Some(Letter::Answer {
        subject,
        text,
        path: seen.path,
        thread: Thread {
            reply_to,
            about: Some(
                about
                    .iter()
                    .take(16)
                    .map(|byte| format!("{byte:02x}"))
                    .collect(),
            ),
        },
    }))
}
