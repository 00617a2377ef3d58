//! Export and import on a real database: what goes out comes in again, whole (the demonstration account has all of it).

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use access::command::SystemSubject;
use access::event::{GrantHolder, ListedCompanies, Node};
use access::products::ProductCommand;
use access::state::{ExtraGrant, LicenceModel, PeopleScope, Tie, UserFacet};
use access::{
    Actor, Command, Dense, GroupId, LicenceId, Moment, Permission, PersonId, Product, PublicId,
    RoleId, ServiceId, State, Subject, Target, UserGroupId, Window,
};
use ledger::{
    Account, Change, DatabaseConfig, Engine, FakeClock, Field, Of, Options, Place, ProfileWrite,
    SystemRandomness,
};
use people::import::{Column, Import, Report, run};
use rolecall::demo::{Size, Step, make};
use rolecall::export::{Exported, export};

const NOW: Moment = Moment(1_790_000_000_000);
const TODO: &str = include_str!("../../testkit/catalogues/todo.toml");

struct Desk {
    folder: tempfile::TempDir,
    account: Account,
    clock: FakeClock,
    /// Who imports.
    actor: Actor,
}

impl Desk {
    async fn empty() -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let database = DatabaseConfig::sqlite(folder.path().join("rolecall.db"));
        let (clock, randomness) = (FakeClock::at(NOW), Arc::new(SystemRandomness));
        let engine = Engine::open(
            database,
            Arc::new(clock.clone()),
            randomness,
            rolecall::CONSEQUENCES,
        );
        let engine = engine.await.unwrap();
        Desk {
            account: engine.create_account().await.unwrap(),
            actor: Actor::Person(PersonId::from_number(1).unwrap()),
            folder,
            clock,
        }
    }

    /// The demonstration account, with what only a test thinks of.
    async fn demonstration() -> Desk {
        let desk = Desk::empty().await;
        for Step { at, actor, change } in steps() {
            desk.clock.set(at);
            desk.as_actor(actor, change).await;
        }
        desk
    }

    /// An account of somebody else with the same things, in which nobody of the demonstration is.
    async fn with_the_same_things() -> Desk {
        let desk = Desk::empty().await;
        let Actor::Person(owner) = desk.actor else {
            panic!("a person imports");
        };
        for Step {
            at,
            actor,
            mut change,
        } in steps()
        {
            desk.clock.set(at);
            match &mut change.command {
                Command::OpenAccount { .. } => {
                    change.profiles.clear();
                    desk.as_actor(actor, change).await;
                    // AD-17: whoever is alone gets a part in everything that is made.
                    let id = desk.id();
                    let (user_groups, account_role) = (Vec::new(), None);
                    desk.does(Command::AddUser {
                        id,
                        user_groups,
                        account_role,
                    })
                    .await;
                }
                Command::CreateService {
                    first_administrator,
                    ..
                } => {
                    *first_administrator = owner;
                    desk.does(change).await;
                }
                command if makes_a_thing(command) => desk.does(change).await,
                _ => {}
            }
        }
        desk
    }

    fn id<K>(&self) -> PublicId<K> {
        PublicId::new(self.account.engine().new_uuid())
    }

    async fn does(&self, change: impl Into<Change>) {
        self.as_actor(self.actor, change).await;
    }

    async fn as_actor(&self, actor: Actor, change: impl Into<Change>) {
        let (change, options) = (change.into(), Options::untold("tests"));
        let told = format!("{:?}", change.command);
        if let Err(error) = self.account.submit(actor, change, options).await {
            panic!("{error}: {told}");
        }
    }

    async fn makes<K: ledger::HasProfile + access::state::Resolve>(
        &self,
        name: &str,
        command: impl FnOnce(PublicId<K>) -> Command,
    ) -> K {
        let id = self.id::<K>();
        let profile = ProfileWrite::new(Of::public(id)).set(Field::Name, name);
        self.does(Change::from(command(id)).with_profile(profile))
            .await;
        self.account.state().resolve(id).unwrap()
    }

    async fn export(&self) -> (PathBuf, Exported) {
        let path = self.folder.path().join("people.jsonl");
        let mut file = std::fs::File::create(&path).unwrap();
        let exported = export(&self.account, &mut file).await.unwrap();
        (path, exported)
    }

    async fn import(&self, file: &Path, dry_run: bool) -> Report {
        let import = Import {
            file: file.to_owned().into(),
            dry_run,
            rejects: Some(self.folder.path().join("rejects.csv")),
            ..Import::default()
        };
        let report = run(&self.account, self.actor, &import, &|_| {})
            .await
            .unwrap();
        if let Some(rejects) = &report.rejects {
            panic!("{}", std::fs::read_to_string(rejects).unwrap());
        }
        report
    }

    /// Everybody by address.
    async fn people(&self) -> BTreeMap<String, PersonId> {
        let state = self.account.state();
        let places = state.people().ids();
        let places = places.map(|id| (self.account.id(), Place::of(id)));
        let mut reading = self.account.read().await.unwrap();
        let profiles = ledger::read_profiles(&mut reading.tx, places)
            .await
            .unwrap();
        let by_email = profiles.into_iter().filter_map(|((_, place), _, profile)| {
            Some((
                profile.folded_email()?,
                PersonId::from_number(place.entity)?,
            ))
        });
        by_email.collect()
    }
}

fn steps() -> Vec<Step> {
    let mut steps = Vec::new();
    make(Size::Small, 1, NOW, &mut |step| {
        steps.push(step);
        true
    })
    .unwrap();
    steps
}

fn makes_a_thing(command: &Command) -> bool {
    matches!(
        command,
        Command::CreateRole { .. }
            | Command::CreateUserGroup { .. }
            | Command::CreateDeviceGroup { .. }
            | Command::AddDevice { .. }
            | Command::CreateGroup { .. }
            | Command::CreateCompany { .. }
            | Command::CreateQueue { .. }
            | Command::BuyLicence { .. }
            | Command::SetLicenceSeats { .. }
            | Command::SaveGroupsTab { .. }
            | Command::SaveCompaniesTab { .. }
            | Command::AddDomain { .. }
            | Command::SetCompanyRegistration { .. }
            | Command::SetRegistration { .. }
            | Command::SetServiceOpenToAll { .. }
            | Command::SetDueDateOverride { .. }
            | Command::SetSwitch { .. }
            | Command::Archive { .. }
            | Command::Product(
                ProductCommand::LoadCatalogue { .. }
                    | ProductCommand::RegisterThing { .. }
                    | ProductCommand::GiveRole { .. },
            )
            | Command::GiveExtraGrant {
                to: GrantHolder::UserGroup(_),
                ..
            }
    )
}

/// Everything that the access core answers about a person: what they may do, on what.
fn may(state: &State, person: PersonId, about: &[PersonId], now: Moment) -> Vec<String> {
    let view = state.view(Subject::Person(person), now);
    let targets = std::iter::once(Target::Account)
        .chain(state.services().ids().map(Target::Service))
        .chain(state.queues().ids().map(Target::Queue))
        .chain(state.user_groups().ids().map(Target::UserGroup))
        .chain(state.devices().ids().map(Target::Device));
    let mut allowed = Vec::new();
    for target in targets {
        for permission in Permission::ALL {
            if view.may(permission, target) {
                allowed.push(format!("{permission} on {target:?}"));
            }
        }
    }
    for (at, other) in about.iter().enumerate() {
        for permission in Permission::ALL {
            if permission.is_people_scoped() && view.may(permission, *other) {
                allowed.push(format!("{permission} on person {at}"));
            }
        }
    }
    for service in state.services().ids() {
        if view.selectable(person, service).selectable {
            allowed.push(format!("selectable in {service:?}"));
        }
    }
    allowed
}

#[test]
fn every_column_is_explained() {
    let told = include_str!("../../../docs/how-to-import-people.md");
    for column in Column::ALL {
        assert!(told.contains(&format!("`{}`", column.name())), "{column:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn importing_an_export_into_the_same_account_changes_nothing() {
    let desk = Desk::demonstration().await;
    with_everything_odd(&desk).await;
    let version = desk.account.state().version();
    let (file, exported) = desk.export().await;
    for dry_run in [true, false] {
        let report = desk.import(&file, dry_run).await;
        assert_eq!(
            (report.rows, report.unchanged, report.rejected),
            (exported.people, exported.people, 0)
        );
    }
    assert_eq!(desk.account.state().version(), version);
    assert!(exported.people > 900, "{exported:?}");
    assert!(exported.unconfirmed > 0, "{exported:?}");
}

/// AD-16 stands: the billing contact is handed over. Whoever could sign in there accepts the invitation here.
#[tokio::test(flavor = "multi_thread")]
async fn importing_it_into_an_account_with_the_same_things_gives_everybody_the_same_access() {
    let (before, after) = (
        Desk::demonstration().await,
        Desk::with_the_same_things().await,
    );
    before.everybody_logs_out().await;
    let (file, exported) = before.export().await;
    let report = after.import(&file, false).await;
    assert_eq!((report.added, report.rejected), (exported.people, 0));
    let (people, copies) = (before.people().await, after.people().await);
    let state = before.account.state();
    for (email, person) in &people {
        let row = state.people().get(*person).unwrap();
        let Some(copy) = copies.get(email) else {
            assert!(!row.is_user(), "{email} is missing");
            continue;
        };
        if row.user == UserFacet::Accepted {
            let accept = Command::AcceptInvitation { person: *copy };
            after
                .as_actor(Actor::System(SystemSubject::SignIn), accept)
                .await;
        }
        if state.account().billing_contact == Some(*person) {
            let person = *copy;
            after.does(Command::SetBillingContact { person }).await;
        }
    }
    let copied = after.account.state();
    let known: Vec<_> = people
        .iter()
        .filter(|(email, _)| copies.contains_key(*email))
        .collect();
    let sample = known.iter().step_by(37);
    let (about, copies_of): (Vec<_>, Vec<_>) = sample
        .map(|(email, person)| (**person, copies[*email]))
        .unzip();
    let mut allowed = 0;
    for (number, (email, person)) in known.iter().enumerate() {
        let (person, copy) = (**person, copies[*email]);
        let row = |state: &State, person| state.people().get(person).unwrap().clone();
        let (one, other) = (row(&state, person), row(&copied, copy));
        assert_eq!(
            (one.account_role, one.portal_level, one.extras()),
            (other.account_role, other.portal_level, other.extras()),
            "{email}"
        );
        // Every user, and customers enough.
        if !one.is_user() && number % 9 != 0 {
            continue;
        }
        for at in [Some(NOW), state.next_expiry(NOW)].into_iter().flatten() {
            let one = may(&state, person, &about, at);
            assert_eq!(one, may(&copied, copy, &copies_of, at), "{email} at {at:?}");
            allowed += one.len();
        }
    }
    assert!(allowed > 5_000, "{allowed}");
}

/// What gives nothing now is no reason to write it: archived and ended things, and names that a file cannot hold.
async fn with_everything_odd(desk: &Desk) {
    let staff = desk.account.state();
    let mut users = staff
        .people()
        .iter()
        .filter(|(_, row)| row.account_role == RoleId::MEMBER && row.user == UserFacet::Accepted);
    let mut user = || users.next().unwrap().0;
    let (first, second, third) = (user(), user(), user());
    let group = |id: PublicId<GroupId>| Command::CreateGroup { id };
    for (name, person) in [
        ("Twins", first),
        ("Twins", second),
        ("Left; right", first),
        ("-", second),
        ("Nights [..2030-01-01T00:00:00Z]", third),
    ] {
        let group = desk.makes(name, group).await;
        desk.ties(person, Tie::Group(group), Window::ALWAYS).await;
    }
    let licence = |id: PublicId<LicenceId>| Command::BuyLicence {
        id,
        product: Product::ServiceDesk,
        model: LicenceModel::Named,
        seats: 3,
    };
    let further = desk.makes("Further desk", licence).await;
    desk.ties(first, Tie::Licence(further), Window::ALWAYS)
        .await;

    // A level for a time beside the one for ever, and a time that is over.
    let owner = PersonId::from_number(1).unwrap();
    let service = |id: PublicId<ServiceId>| Command::CreateService {
        id,
        first_administrator: owner,
    };
    let service = desk.makes("A: the first", service).await;
    let level = |level| Tie::Service(service, level);
    desk.ties(
        first,
        level(access::state::ServiceLevel::User),
        Window::ALWAYS,
    )
    .await;
    let until = Window {
        start: None,
        end: Some(NOW.plus_seconds(3600)),
    };
    desk.ties(
        first,
        level(access::state::ServiceLevel::Administrator),
        until,
    )
    .await;

    // A role whose scope, a grant whose scope and a list that name what is archived since.
    let user_group = |id: PublicId<UserGroupId>| Command::CreateUserGroup { id, parent: None };
    let kept = desk.makes("Kept|apart", user_group).await;
    let gone = desk.makes("Gone", user_group).await;
    let role = |id: PublicId<RoleId>| Command::CreateRole {
        id,
        permissions: Permission::AdminHistoryAccess.set(),
    };
    let role = desk.makes("Admin", role).await;
    let scope = PeopleScope::UserGroups(vec![kept, gone]);
    desk.does(Command::SetAccountRoles {
        bulk: false,
        people: vec![second],
        assignment: access::command::RoleAssignment {
            role,
            scope: scope.clone(),
        },
        keep: Vec::new(),
    })
    .await;
    for (permission, scope, window) in [
        (Permission::AdminRecordingsAccess, scope, until),
        (Permission::AdminAuditView, PeopleScope::All, Window::ALWAYS),
        (
            Permission::AdminUsersManage,
            PeopleScope::UserGroups(vec![gone]),
            Window::ALWAYS,
        ),
    ] {
        desk.does(Command::GiveExtraGrant {
            to: GrantHolder::Person(third),
            grant: ExtraGrant {
                permission,
                scope,
                window,
            },
        })
        .await;
    }
    let company = desk
        .makes("Bygone", |id| Command::CreateCompany { id })
        .await;
    let listed = Some(ListedCompanies {
        companies: vec![company],
        without_company: true,
    });
    let person = third;
    desk.does(Command::SetCompanyAccess { person, listed })
        .await;
    let customer = desk
        .makes("Cora", |id| Command::AddCustomer { id, service: None })
        .await;
    desk.does(
        Change::from(Command::EditProfile {
            person: customer,
            fields: vec![access::event::ProfileField::Address],
        })
        .with_profile(
            ProfileWrite::new(Of::known(customer)).set(Field::Email, "cora@bygone.example"),
        ),
    )
    .await;
    desk.does(Command::SetEmployer {
        person: customer,
        company: Some(company),
        move_from_other: true,
    })
    .await;
    for node in [
        Node::UserGroup(gone),
        Node::Company(company),
        Node::Licence(further),
    ] {
        desk.does(Command::Archive { node }).await;
    }

    // A role of another product, and what is not recognised again.
    let id = desk.id();
    let text = TODO.into();
    desk.does(Command::Product(ProductCommand::LoadCatalogue { id, text }))
        .await;
    let state = desk.account.state();
    let product = state.products().rows().find(id).unwrap();
    let catalogue = state.products().rows().get(product).unwrap();
    let editor = catalogue.catalogue().unwrap().find_role("editor").unwrap();
    desk.ties(first, Tie::ProductRole(product, editor), Window::ALWAYS)
        .await;
    desk.makes("Nobody's address", |id| Command::AddCustomer {
        id,
        service: None,
    })
    .await;
}

impl Desk {
    /// Logins to queues end with the day; no file holds them.
    async fn everybody_logs_out(&self) {
        let state = self.account.state();
        for (person, row) in state.people().iter() {
            for (tie, _) in state.ties_at(row, NOW) {
                if let Tie::Login(queue, _) = tie {
                    let out = Command::LogOut { person, queue };
                    self.as_actor(Actor::Person(person), out).await;
                }
            }
        }
    }

    async fn ties(&self, person: PersonId, tie: Tie, window: Window) {
        self.does(Command::Tie {
            person,
            tie,
            window,
        })
        .await;
    }
}
