//! Questions at the command line, answered from the database itself, beside a running server or without one. Whoever reaches the database
//! file may ask about everybody: there is no caller to be limited.

use access::{
    Command, Dense, Moment, Permission, PersonId, PublicId, State, Subject, Target, TokenId,
    state::{TokenOwner, UserFacet},
};
use anyhow::{Context, bail};
use ledger::{
    Account, Change, Field, Kind, NewSecret, Of, Options, Place, ProfileWrite, Purpose, Secret,
};
use people::vouch;
use web::{decision::DecisionBody, effect, question};

use crate::{
    cli::{Question, Token, Who},
    names::{self, named},
    say::say,
};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// `check` and `explain`.
pub(crate) async fn check(asked: Question, explain: bool) -> anyhow::Result<()> {
    let (engine, account) = asked.storage.open_account().await?;
    let state = account.state();
    let subject = find_subject(&account, &state, &asked.subject).await?;
    let target = find_target(&account, &state, &asked.on).await?;
    let permission = find_permission(&asked.permission)?;
    let now = account.now();
    let decision = state.view(subject, now).decide(permission, target);
    let body = DecisionBody::of(&state, &decision);
    say!("{}", named(&account, &state, &body.sentence()).await?)?;
    if explain {
        for gate in &body.gates {
            let says = match &gate.says {
                Some(says) => format!(": {}", named(&account, &state, says).await?),
                None => String::new(),
            };
            say!("  {:<12} {}{says}", gate.gate, gate.outcome)?;
        }
        for path in &body.paths {
            say!("  by {}", named(&account, &state, &path.says).await?)?;
        }
        for remedy in state.explain(subject, permission, target, now).remedies {
            print_remedy(&account, &state, &remedy).await?;
        }
    }
    say!("version {}", body.decided_on)?;
    engine.close().await;
    Ok(())
}

/// One way to allow it, with who could make each step.
async fn print_remedy(
    account: &Account,
    state: &State,
    remedy: &access::Remedy,
) -> anyhow::Result<()> {
    for (at, step) in remedy.steps.iter().enumerate() {
        let says = access::explain::words::change(&step.command)
            .map(|says| web::decision::phrase(state, &says))
            .unwrap_or_default();
        let says = named(account, state, &says).await?;
        let mut makers = Vec::new();
        for person in &step.makers.people {
            makers.push(name(account, Subject::Person(*person)).await?);
        }
        if step.makers.operator {
            makers.push("the operator at the server's command line".to_owned());
        }
        let lead = if at == 0 {
            "would be allowed by"
        } else {
            "          together with"
        };
        let more = if step.makers.more {
            " and perhaps others"
        } else {
            ""
        };
        say!("  {lead}: {says} ({}{more} could)", makers.join(", "))?;
    }
    Ok(())
}

/// `who`.
pub(crate) async fn who(asked: Who) -> anyhow::Result<()> {
    let (engine, account) = asked.storage.open_account().await?;
    let state = account.state();
    let target = find_target(&account, &state, &asked.on).await?;
    let permission = find_permission(&asked.permission)?;
    let (mut after, mut listed) = (None, 0);
    loop {
        let page = access::Paging {
            after,
            limit: asked.limit - listed,
        };
        let found = state.subjects(permission, target, account.now(), page, |_| true);
        for subject in &found.items {
            let id = effect::subject_id(&state, *subject).unwrap_or_default();
            say!("{id}  {}", name(&account, *subject).await?)?;
        }
        listed += found.items.len();
        after = found.next;
        if after.is_none() || listed >= asked.limit {
            break;
        }
    }
    say!(
        "{listed} listed{}, version {}",
        if after.is_some() {
            ", and there may be more"
        } else {
            ""
        },
        state.version().0
    )?;
    engine.close().await;
    Ok(())
}

/// `token`.
pub(crate) async fn token(asked: Token) -> anyhow::Result<()> {
    let (engine, account) = asked.storage.open_account().await?;
    let state = account.state();
    let Subject::Person(person) = find_subject(&account, &state, &asked.person).await? else {
        bail!("a token made here is a person's");
    };
    if asked.accept_invitation {
        let accepted = vouch::accept_invitation(&account, person, "command_line").await;
        if accepted.context("the invitation was not accepted")? {
            eprintln!("The invitation counts as accepted, by your word as the operator.");
        }
    } else if is_invited(&state, person) {
        bail!(
            "this user is invited and has not accepted yet: vouch for the person with --accept-invitation, until there are sign-in pages"
        );
    }
    let secret = issue_token(&account, person, &asked.name, asked.days).await?;
    say!("{}", secret.reveal())?;
    engine.close().await;
    Ok(())
}

fn is_invited(state: &State, person: PersonId) -> bool {
    let row = state.people().get(person);
    row.is_some_and(|row| row.user == UserFacet::Invited)
}

/// Makes a token of a person (AD-29): it acts as its owner and no further.
pub(crate) async fn issue_token(
    account: &Account,
    person: PersonId,
    name: &str,
    days: u32,
) -> anyhow::Result<Secret> {
    let engine = account.engine();
    let id = PublicId::<TokenId>::new(engine.new_uuid());
    let expires = Moment(account.now().0.saturating_add(i64::from(days) * DAY_MS));
    let secret = Secret::make(engine.randomness().as_ref());
    let change = Change::from(Command::IssueToken {
        id,
        owner: TokenOwner::Person(person),
        expires,
    })
    .with_profile(ProfileWrite::new(Of::public(id)).set(Field::Name, name))
    .with_secret(NewSecret {
        purpose: Purpose::Token,
        of: Some(Of::public(id)),
        secret: secret.clone(),
        expires_at: Some(expires),
    });
    let options = Options::telling("command_line", mail::letters(account));
    account
        .submit(access::Actor::Person(person), change, options)
        .await
        .context("the token was not made")?;
    Ok(secret)
}

fn find_permission(key: &str) -> anyhow::Result<Permission> {
    Permission::from_key(key).with_context(|| {
        format!("there is no permission {key}: docs/permissions.md and /api/v1/catalogue list them")
    })
}

pub(crate) async fn find_subject(
    account: &Account,
    state: &State,
    text: &str,
) -> anyhow::Result<Subject> {
    let by_id = question::subject(state, text);
    if by_id != Subject::Unknown {
        return Ok(by_id);
    }
    let mut reading = account.read().await?;
    let person = ledger::person_of_email(&mut reading.tx, account.id(), text).await?;
    let person = person.and_then(PersonId::from_number);
    person
        .map(Subject::Person)
        .with_context(|| format!("nobody here is called {text}; give an id or an e-mail address"))
}

/// By id, or by the exact name of a service or queue.
async fn find_target(account: &Account, state: &State, text: &str) -> anyhow::Result<Target> {
    let by_id = question::target(state, text);
    if by_id != Target::Unknown {
        return Ok(by_id);
    }
    let mut found = Vec::new();
    for kind in [Kind::Service, Kind::Queue] {
        let mut reading = account.read().await?;
        for number in ledger::search(&mut reading.tx, account.id(), kind, text, 100).await? {
            let profile = ledger::read_at(
                &mut reading.tx,
                account.id(),
                Place {
                    kind,
                    entity: number,
                },
                state.version().0,
            )
            .await?;
            let same = profile
                .as_ref()
                .and_then(|profile| profile.get(Field::Name))
                .is_some_and(|name| ledger::fold(name) == ledger::fold(text));
            let target = match kind {
                Kind::Service => access::ServiceId::from_number(number).map(Target::Service),
                _ => access::QueueId::from_number(number).map(Target::Queue),
            };
            found.extend(target.filter(|_| same));
        }
    }
    match found[..] {
        [target] => Ok(target),
        [] => bail!("nothing here is called {text}; give an id, or the name of a service or queue"),
        _ => bail!("several things are called {text}; give an id"),
    }
}

async fn name(account: &Account, subject: Subject) -> anyhow::Result<String> {
    match subject {
        Subject::Person(person) => names::name(account, Place::of(person)).await,
        Subject::Connection(connection) => names::name(account, Place::of(connection)).await,
        _ => Ok(String::new()),
    }
}
