//! What the demonstration account's desk works on, by the acts that everybody uses, asked for by people who may.

use access::{
    Actor, PersonId, ServiceId, State, Subject, View,
    decide::{RecordFacts, permissions::ManageRecord},
};
use ledger::{Account, Options, SubmitError};

use super::{
    Assignee, Content, Kind, Priority, Reason, RecordId, Status,
    acts::{AddNote, Edit, Edits, Open},
    tags::SetTags,
    watchers::Watch,
};

/// Services that have records.
const SERVICES: usize = 8;
/// Records of each of them.
const RECORDS: usize = 9;
/// Customers who are looked at for each service, and users.
const LOOKED_AT: usize = 2_000;

const WORK: [(Kind, &str, &str); 12] = [
    (
        Kind::Incident,
        "The payslip of October shows last year’s rate",
        "Since the update on Monday. The months before are right.",
    ),
    (
        Kind::Incident,
        "No sound in the meeting room on floor 3",
        "The screen works, and the microphone does.",
    ),
    (Kind::Incident, "Printer asks for a PIN that nobody has", ""),
    (
        Kind::Incident,
        "Cannot open the shared calendar from home",
        "It says that the connection was refused.\nAt the office it opens.",
    ),
    (
        Kind::Problem,
        "Sessions end after ten minutes on the train",
        "Four incidents so far, all by the same carrier.",
    ),
    (
        Kind::Change,
        "Move the file server to the new rack",
        "Saturday night, with an hour without files.",
    ),
    (
        Kind::Incident,
        "The till in Ghent prints every receipt twice",
        "Only card payments.",
    ),
    (
        Kind::Incident,
        "New colleague needs access to the ledger",
        "Starts on the first of the month.",
    ),
    (
        Kind::Release,
        "Telephone firmware 4.2",
        "Mends the echo. Two floors first, the others a week later.",
    ),
    (
        Kind::Incident,
        "Mails to one supplier come back",
        "The answer says that our address is on a list.",
    ),
    (Kind::Problem, "Backups of the warehouse take all night", ""),
    (
        Kind::Incident,
        "Laptop does not wake up after lunch",
        "Holding the button for ten seconds helps.",
    ),
];

/// What they are tagged with, one after the other.
const TAGS: [&[&str]; 3] = [&["hardware", "office"], &[], &["telephone"]];

/// Opens records, gives some of them to somebody, answers some and closes some.
pub async fn fill(account: &Account) -> Result<(), SubmitError> {
    let state = account.state();
    let services: Vec<_> = state.services().ids().collect();
    for (at, service) in services.into_iter().take(SERVICES).enumerate() {
        let people = People::of(&state, account, service);
        let Some(first) = people.users.first().copied() else {
            continue;
        };
        for number in 0..RECORDS {
            let (kind, title, description) = WORK[(at * 5 + number) % WORK.len()];
            let pick = |among: &[PersonId], step: usize| -> Option<PersonId> {
                (!among.is_empty()).then(|| among[(at + number * step) % among.len()])
            };
            let by = pick(&people.users, 1).unwrap_or(first);
            let view = |person| state.view(Subject::Person(person), account.now());
            let customer = pick(&people.customers, 7);
            let customer = customer.filter(|one| view(by).sees_as_customer(*one));
            let customer = customer.filter(|_| kind == Kind::Incident);
            let row = customer.and_then(|one| state.people().get(one));
            let facts = RecordFacts {
                service,
                customer,
                company: row.and_then(|row| row.company),
            };
            // SD-33: work is given to those who see it.
            let assignee = pick(&people.users, 3).filter(|_| number % 3 != 2);
            let assignee = assignee.filter(|one| view(*one).permit(ManageRecord, facts).is_ok());
            let content = Content {
                title: title.to_owned(),
                description: description.to_owned(),
                priority: Priority::ALL[(at + number) % Priority::ALL.len()],
                status: Status::FIRST,
                reason: None,
                assignee: assignee.map(Assignee::User),
                customer,
                company: None,
            };
            one(account, service, by, kind, content, number).await?;
        }
    }
    Ok(())
}

/// One record, as far as its number says.
async fn one(
    account: &Account,
    service: ServiceId,
    by: PersonId,
    kind: Kind,
    content: Content,
    number: usize,
) -> Result<(), SubmitError> {
    let id = RecordId(account.engine().new_uuid());
    let open = Open {
        service,
        id,
        kind,
        content,
    };
    let (who, by) = (by, Actor::Person(by));
    account.act(by, open, options()).await?;
    if number.is_multiple_of(2) {
        let watch = Watch { id, who, is: true };
        account.act(by, watch, options()).await?;
    }
    let tags = TAGS[number % TAGS.len()]
        .iter()
        .map(|tag| (*tag).to_owned());
    let tag = SetTags {
        id,
        read: None,
        tags: tags.collect(),
    };
    account.act(by, tag, options()).await?;
    if number.is_multiple_of(3) {
        let note = AddNote {
            id,
            text: "Thank you for telling us. We are looking into it.".to_owned(),
            is_public: true,
        };
        account.act(by, note, options()).await?;
    }
    let status = match number % 4 {
        1 => Some((kind.life()[1].status, None)),
        3 => Some((Status::Closed, Some(Reason::Solved))),
        _ => None,
    };
    if status.is_some() {
        let edits = Edits {
            status,
            ..Edits::default()
        };
        let edit = Edit {
            id,
            read: None,
            edits,
        };
        account.act(by, edit, options()).await?;
    }
    Ok(())
}

/// Who works on a service, and who can be chosen there.
struct People {
    users: Vec<PersonId>,
    customers: Vec<PersonId>,
}

impl People {
    fn of(state: &State, account: &Account, service: ServiceId) -> Self {
        let now = account.now();
        let nobody: View<'_> = state.view(Subject::Guest, now);
        let works = |person: &PersonId| {
            let view = state.view(Subject::Person(*person), now);
            view.visible_records(ManageRecord)
                .services()
                .contains(&service)
        };
        let chosen = |person: &PersonId| nobody.selectable(*person, service).selectable;
        let people = || state.people().ids().take(LOOKED_AT);
        Self {
            users: people().filter(works).take(6).collect(),
            customers: people().filter(chosen).take(40).collect(),
        }
    }
}

fn options() -> Options {
    Options::untold("demo")
}
