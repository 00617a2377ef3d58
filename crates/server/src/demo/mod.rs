//! The demonstration account: *Meridian IT*, a managed-service provider that never existed. It is made from a seed by the same
//! commands that everybody uses, asked for by people who may ask for them, so it can be in no state that the rules forbid.
//!
//! `staff.rs` makes the people who work there and how they are administered, `desk.rs` services, groups, companies and
//! customers, `contact_centre.rs` the queues, `parts.rs` a tool of another maker. Every rule of the rule book that is about access shows somewhere in it.
//!
//! It has a past: all of that began over a year ago, `past.rs` tells what changed since, and what is under way is of today.

mod contact_centre;
mod desk;
mod names;
mod numbers;
mod parts;
mod past;
mod staff;

use access::state::Tie;
use access::{
    Actor, Command, Dense, LicenceId, Moment, PersonId, PublicId, Refusal, RoleId, State, Window,
};
use ledger::{Change, CredentialKind, Field, HasProfile, NewCredential, Of, ProfileWrite};
use sign_in::password::{self, Password};

use self::numbers::Numbers;

/// How many people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Size {
    /// About 1,000 people.
    Small,
    /// About 100,000.
    Large,
    /// About 1,000,000.
    Huge,
}

impl Size {
    fn users(self) -> u32 {
        match self {
            Size::Small => 120,
            Size::Large => 4_000,
            Size::Huge => 20_000,
        }
    }

    fn customers(self) -> u32 {
        match self {
            Size::Small => 900,
            Size::Large => 96_000,
            Size::Huge => 980_000,
        }
    }

    fn companies(self) -> u32 {
        match self {
            Size::Small => 12,
            Size::Large => 600,
            Size::Huge => 4_000,
        }
    }

    fn services(self) -> u32 {
        match self {
            Size::Small => 12,
            Size::Large => 200,
            Size::Huge => 1_000,
        }
    }

    fn queues(self) -> u32 {
        match self {
            Size::Small => 8,
            Size::Large => 60,
            Size::Huge => 200,
        }
    }
}

/// The name that the account goes by.
pub const ACCOUNT_NAME: &str = "Meridian IT";

/// With what everybody there signs in: on the loopback address, and nowhere else.
pub const PASSWORD: &str = "see how it works";
/// One salt, one hash for all of them: a thousand would take a minute.
const PASSWORD_SALT: &[u8; 16] = b"rolecall demo 01";

/// The domain of the staff's addresses.
pub const STAFF_DOMAIN: &str = "meridian-it.example";

/// One step, in order: when, who asks, and for what.
#[derive(Debug)]
pub struct Step {
    /// Not before the step before it.
    pub at: Moment,
    /// Who asks.
    pub actor: Actor,
    /// For what.
    pub change: Change,
}

/// Why the account could not be made: the steps are commands like any other.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// A command was refused: the demonstration and the rules disagree.
    #[error("the demonstration account asks for something that is refused: {0}")]
    Refused(#[from] Refusal),
    /// The password was not hashed.
    #[error("the password of the demonstration cannot be hashed")]
    Password,
    /// Whoever takes the steps took no more.
    #[error("the steps are not taken any more")]
    Stopped,
}

/// Makes the steps up to today, one after the other, and hands each to `take`, which says whether it wants more.
pub fn make(
    size: Size,
    seed: u64,
    today: Moment,
    take: &mut dyn FnMut(Step) -> bool,
) -> Result<State, DemoError> {
    let mut maker = Maker {
        state: State::empty(),
        numbers: Numbers::new(seed),
        now: today,
        today,
        size,
        people: 0,
        owner: Actor::SetUp,
        password_hash: password::hash_now(&Password::typed(PASSWORD), PASSWORD_SALT)
            .map_err(|_| DemoError::Password)?,
        take,
    };
    maker.it_is(-400);
    let staff = staff::make(&mut maker)?;
    maker.it_is(-390);
    let desk = desk::make(&mut maker, &staff)?;
    maker.it_is(-210);
    let centre = contact_centre::make(&mut maker, &staff)?;
    past::make(&mut maker, &staff, &desk)?;
    maker.it_is(0);
    desk::newcomers(&mut maker)?;
    contact_centre::at_work(&mut maker, &centre)?;
    staff::finish(&mut maker, &staff, &desk)?;
    parts::make(&mut maker, &staff)?;
    desk::portal(&mut maker, &desk)?;
    Ok(maker.state)
}

/// Runs each command on a state of its own before handing it on, so that the next one can name what it made.
struct Maker<'a> {
    state: State,
    numbers: Numbers,
    /// When the next step is made.
    now: Moment,
    today: Moment,
    size: Size,
    people: u32,
    /// The first user, once there is one.
    owner: Actor,
    password_hash: String,
    take: &'a mut dyn FnMut(Step) -> bool,
}

impl Maker<'_> {
    /// Does something as the owner.
    fn run(&mut self, command: Command) -> Result<(), DemoError> {
        self.run_as(self.owner, Change::from(command))
    }

    /// Does something as somebody.
    fn run_as(&mut self, actor: Actor, change: Change) -> Result<(), DemoError> {
        let (_, after) = self
            .state
            .propose_and_fork(actor, &change.command, self.now)?;
        self.state = after;
        let at = self.now;
        if (self.take)(Step { at, actor, change }) {
            Ok(())
        } else {
            Err(DemoError::Stopped)
        }
    }

    /// Makes something with a name, as the owner.
    fn create<K>(
        &mut self,
        name: &str,
        command: impl FnOnce(PublicId<K>) -> Command,
    ) -> Result<K, DemoError>
    where
        K: HasProfile + access::state::Resolve,
    {
        let id = self.numbers.id::<K>(self.now);
        let profile = ProfileWrite::new(Of::public(id)).set(Field::Name, name);
        self.run_as(self.owner, Change::from(command(id)).with_profile(profile))?;
        self.state.resolve(id).ok_or(DemoError::Stopped)
    }

    /// A new person with a name and an address at the domain.
    fn person(
        &mut self,
        actor: Actor,
        name: Option<&str>,
        domain: &str,
        command: impl FnOnce(PublicId<PersonId>) -> Command,
    ) -> Result<PersonId, DemoError> {
        let id = self.numbers.id::<PersonId>(self.now);
        let generated = names::person(&mut self.numbers);
        let name = name.unwrap_or(&generated);
        self.people += 1;
        let address = names::address(name, self.people, domain);
        let profile = ProfileWrite::new(Of::public(id))
            .set(Field::Name, name)
            .set(Field::Email, &address);
        self.run_as(actor, Change::from(command(id)).with_profile(profile))?;
        self.state.resolve(id).ok_or(DemoError::Stopped)
    }

    /// What everybody in the demonstration signs in with.
    fn password(&self, of: Of) -> NewCredential {
        NewCredential {
            of,
            kind: CredentialKind::Password,
            data: Some(self.password_hash.clone()),
        }
    }

    /// Gives a tie for ever.
    fn tie(&mut self, person: PersonId, tie: Tie) -> Result<(), DemoError> {
        self.run(Command::Tie {
            person,
            tie,
            window: Window::ALWAYS,
        })
    }

    /// A moment some days from today; negative: before today.
    fn days(&self, days: i64) -> Moment {
        Moment(self.today.0 + days * 24 * 3600 * 1000)
    }

    /// The next steps are made some days from today.
    fn it_is(&mut self, days: i64) {
        self.now = self.days(days);
    }

    /// The pool of a product with this model that was bought first.
    fn licence(&self, product: access::Product) -> Option<LicenceId> {
        self.state
            .licences()
            .iter()
            .find(|(_, row)| row.product == product)
            .map(|(id, _)| id)
    }

    fn first_user(&self) -> PersonId {
        PersonId::from_index(0).unwrap_or_else(|| unreachable!("zero is an index"))
    }

    fn role(&self, role: RoleId) -> access::command::RoleAssignment {
        access::command::RoleAssignment {
            role,
            scope: access::state::PeopleScope::All,
        }
    }
}
