//! What the demonstration account's desk works on, by the acts that everybody uses, asked for by people who may, on the days before it is made.

use std::{cmp::Reverse, time::Duration};

use access::{
    Actor, Command, Moment, PersonId, ServiceId, State, Subject, View,
    decide::{RecordFacts, permissions::ManageRecord},
};
use jiff::civil::Date;
use ledger::{Account, FakeClock, Options, SubmitError};

use super::{
    Assignee, CategoryId, Content, Kind, Priority, QueryId, Reason, RecordId, Status,
    acts::{AddNote, Edit, Edits, Open},
    incidents::Log,
    presets::{Category, Presets, SetPresets, TextModule},
    queries::SaveQuery,
    tags::SetTags,
    targets::{SetTargets, Targets},
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

/// How old the records of a service are, in hours: less than the five days since the log said something else.
const AGES: [u64; RECORDS] = [118, 101, 74, 98, 51, 26, 20, 7, 1];
/// How old one is that is to be done soon, where the clock never stands: what is critical has four hours.
const NEARLY_LATE: Duration = Duration::from_secs(3 * 3_600 + 1_800);

const HOUR: i64 = 3_600_000;

/// A record that is to be opened.
struct Work {
    service: ServiceId,
    by: PersonId,
    kind: Kind,
    content: Content,
    number: usize,
    age: Duration,
}

/// Opens records, gives some of them to somebody, answers some and closes some. Each comes at its moment, before now: the clock goes with them.
pub async fn fill(
    account: &Account,
    clock: &FakeClock,
    owner: PersonId,
    now: Moment,
) -> Result<(), SubmitError> {
    let mut work = work(account);
    targets(account, &work, owner).await?;
    work.sort_by_key(|one| Reverse(one.age));
    for one in work {
        open(account, clock, now, one).await?;
    }
    if let Some(service) = account.state().services().ids().next() {
        presets(account, service, owner).await?;
    }
    query(account, owner).await
}

/// What the first service gives its records.
async fn presets(
    account: &Account,
    service: ServiceId,
    owner: PersonId,
) -> Result<(), SubmitError> {
    let new = || account.engine().new_uuid();
    let category = |name: &str| Category {
        id: CategoryId(new()),
        name: name.to_owned(),
    };
    let presets = Presets {
        default_group: None,
        categories: ["Payslips", "Overtime", "Year end"].map(category).into(),
        modules: vec![TextModule {
            id: new(),
            name: "Thank you".to_owned(),
            text: "Dear {customer},\n\nthank you for record {number}. We are looking into it."
                .to_owned(),
        }],
        signature: String::new(),
    };
    let set = SetPresets {
        service,
        presets,
        read: None,
    };
    account
        .act(Actor::Person(owner), set, options())
        .await
        .map(drop)
}

/// What the owner asks again and again.
async fn query(account: &Account, owner: PersonId) -> Result<(), SubmitError> {
    let state = account.state();
    let view = state.view(Subject::Person(owner), account.now());
    let Some(on) = view
        .visible_records(ManageRecord)
        .services()
        .first()
        .copied()
    else {
        return Ok(());
    };
    let save = SaveQuery {
        on,
        id: QueryId(account.engine().new_uuid()),
        name: "Late and urgent".to_owned(),
        question: "due=late&sort=urgent".to_owned(),
        words: None,
    };
    account
        .act(Actor::Person(owner), save, options())
        .await
        .map(drop)
}

/// SD-30: one service has the hours and holidays of its country, one works around the clock, the others keep to what they began with.
async fn targets(account: &Account, work: &[Work], owner: PersonId) -> Result<(), SubmitError> {
    let mut services: Vec<_> = work.iter().map(|one| (one.service, one.by)).collect();
    services.dedup_by_key(|(service, _)| *service);
    let year = jiff::Timestamp::from_millisecond(account.now().0);
    let year = year.map_or(2026, |at| at.to_zoned(jiff::tz::TimeZone::UTC).year());
    let days = [(1, 1), (5, 1), (12, 25), (12, 26)];
    let days = days.map(|(month, day)| Date::new(year, month, day));
    let of_country = Targets {
        zone: "Europe/Brussels".to_owned(),
        holidays: days.into_iter().filter_map(Result::ok).collect(),
        ..Targets::default()
    };
    let always = Targets {
        zone: "Europe/London".to_owned(),
        week: None,
        ..Targets::default()
    };
    for (&(service, _), targets) in services.iter().zip([of_country, always]) {
        let set = SetTargets {
            service,
            targets,
            read: None,
        };
        account.act(Actor::Person(owner), set, options()).await?;
    }
    // SD-28: what is opened in the past tells the log nothing.
    for (service, by) in services {
        let noted = Command::NoteRecords { service };
        account.submit(Actor::Person(by), noted, options()).await?;
    }
    Ok(())
}

fn work(account: &Account) -> Vec<Work> {
    let state = account.state();
    let services: Vec<_> = state.services().ids().collect();
    let mut work = Vec::new();
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
                category: None,
            };
            let is_critical = content.priority == Priority::ALL[0];
            let age = match AGES.get(number) {
                _ if is_critical && at == 1 => NEARLY_LATE,
                hours => Duration::from_secs(hours.unwrap_or(&1) * 3_600 + at as u64 * 240),
            };
            work.push(Work {
                service,
                by,
                kind,
                content,
                number,
                age,
            });
        }
    }
    work
}

/// What people log in the portal who can sign in there, and what they are answered.
pub async fn fill_portal(account: &Account) -> Result<(), SubmitError> {
    let state = &account.state();
    let can = state.people().iter().filter(|(_, row)| row.can_sign_in);
    for (person, _) in can.filter(|(_, row)| row.is_customer() && !row.is_user()) {
        let logs = state
            .view(Subject::Person(person), account.now())
            .logs_with();
        let Some(service) = logs.first().copied() else {
            continue;
        };
        let by = People::of(state, account, service).users.first().copied();
        for (number, (title, description)) in LOGGED.into_iter().enumerate() {
            let id = RecordId(account.engine().new_uuid());
            let log = Log {
                service,
                id,
                title: title.to_owned(),
                description: description.to_owned(),
            };
            account.act(Actor::Person(person), log, options()).await?;
            if let Some(by) = by {
                answered(account, Actor::Person(by), id, number).await?;
            }
        }
    }
    Ok(())
}

const LOGGED: [(&str, &str); 3] = [
    (
        "Overtime of October is missing on my payslip",
        "Eleven hours, all on weekends.",
    ),
    (
        "New starter needs access before the first of the month",
        "She begins on Monday, in the warehouse.",
    ),
    ("The reminder of last year’s statement comes every day", ""),
];

/// One waits for the customer, one is being worked on, one is solved.
async fn answered(
    account: &Account,
    by: Actor,
    id: RecordId,
    number: usize,
) -> Result<(), SubmitError> {
    let (text, status) = match number {
        0 => (
            "Which weekends were they?",
            (Status::WaitingForCustomer, None),
        ),
        1 => ("We see to it.", (Status::InProgress, None)),
        _ => ("It is off.", (Status::Closed, Some(Reason::Solved))),
    };
    let note = AddNote {
        id,
        text: text.to_owned(),
        is_public: true,
    };
    account.act(by, note, options()).await?;
    let edits = Edits {
        status: Some(status),
        ..Edits::default()
    };
    let edit = Edit {
        id,
        read: None,
        edits,
    };
    account.act(by, edit, options()).await.map(drop)
}

/// One record, as far as its number says.
async fn open(
    account: &Account,
    clock: &FakeClock,
    now: Moment,
    work: Work,
) -> Result<(), SubmitError> {
    let Work {
        service,
        by,
        kind,
        content,
        number,
        age,
    } = work;
    let opened_at = now.0 - i64::try_from(age.as_millis()).unwrap_or(0);
    let at = |hours: i64| Moment(now.0.min(opened_at + hours * HOUR));
    clock.set(at(0));
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
        clock.set(at(1 + number as i64));
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
        2 if kind == Kind::Incident => Some((Status::WaitingForCustomer, None)),
        _ => None,
    };
    if status.is_some() {
        clock.set(at(2 + 3 * number as i64));
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
