//! Lists of people say what the core says: for every reader of random accounts, by every filter and in every order, page by page in both
//! directions, on both databases, whether few or many match.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::Arc;

use access::decide::{InSight, OnAccount, Through, UserStatus, permissions::ConfigureDesk};
use access::state::{CustomerAccess, CustomerFacet, Facet, PortalLevel, ServiceLevel, Tie};
use access::{
    Actor, Command, CompanyId, Dense, Event, GroupId, LicenceId, Moment, Permission, Permit,
    PersonId, PublicId, RoleId, State, Subject, UserGroupId, View,
};
use ledger::{
    Account, AccountId, Act, DatabaseConfig, Engine, FakeClock, Here, LedgerError, Options,
    SubmitError, SystemRandomness, Tx,
};
use testkit::databases::TestDatabase;
use testkit::random::{Dice, cases, facts};
use web::lists::{
    Access, Bounds, Sort, Start, Status, Stored, Wanted, Ways, Whole, count, read, stretch, whole,
};

testkit::on_both![ad_10_a_list_is_what_the_core_says_for_every_reader];

/// Windows of ties lie around it.
const NOW: Moment = Moment(500);

/// Facts that somebody reports.
struct Report(Vec<Event>);

impl Act for Report {
    type Needs = ConfigureDesk;
    const NEEDS: ConfigureDesk = ConfigureDesk;
    const NAME: &'static str = "report";

    async fn on(&self, _: &mut Tx, _: AccountId) -> Result<Option<OnAccount>, LedgerError> {
        Ok(Some(OnAccount))
    }

    async fn apply(
        self,
        _: &mut Tx,
        _: Permit<'_, ConfigureDesk>,
        _: Here<'_>,
    ) -> Result<Vec<Event>, SubmitError> {
        Ok(self.0)
    }
}

/// An account with random facts; its people have one of few names and addresses, so that several have the same.
async fn account(engine: &Engine, seed: u64) -> (Account, Vec<(String, String)>) {
    let account = engine.create_account().await.unwrap();
    let first_user = PublicId::<PersonId>::new(engine.new_uuid());
    let licences = std::array::from_fn(|_| PublicId::<LicenceId>::new(engine.new_uuid()));
    let open = Command::OpenAccount {
        token: None,
        first_user,
        licences,
    };
    let submitted = account.submit(Actor::SetUp, open, Options::default());
    submitted.await.unwrap();
    let owner = account.state().resolve(first_user).unwrap();
    let mut dice = Dice::new(seed);
    let events = facts::account(&mut dice);
    let act = account.act(Actor::Person(owner), Report(events), Options::default());
    act.await.unwrap();
    let state = account.state();
    let mut tx = engine.database().begin().await.unwrap();
    let mut keys = Vec::new();
    for person in state.people().ids() {
        let name = ["ann lee", "bo", ""][dice.below(3)].to_owned();
        let address = format!("{}.{}@example.org", dice.below(4), person.number());
        let row =
            "UPDATE person_row SET name = $3, address = $4 WHERE account = $1 AND person = $2";
        let values = [
            account.id().0.into(),
            person.number().into(),
            name.as_str().into(),
            address.as_str().into(),
        ];
        tx.execute(row, values).await.unwrap();
        let number = person.number();
        let words = [
            (0, name.as_str()),
            (1, name.split_once(' ').map_or("", |(_, rest)| rest)),
        ];
        for (field, word) in words.into_iter().filter(|(_, word)| !word.is_empty()) {
            let row = "INSERT INTO search_keys (account, kind, field, word, entity) VALUES ($1, 1, $2, $3, $4)";
            let field: i64 = field;
            let values = [
                account.id().0.into(),
                field.into(),
                word.into(),
                number.into(),
            ];
            tx.execute(row, values).await.unwrap();
        }
        let row = "INSERT INTO emails (account, email, person) VALUES ($1, $2, $3)";
        let values = [
            account.id().0.into(),
            address.as_str().into(),
            number.into(),
        ];
        tx.execute(row, values).await.unwrap();
        let row = "INSERT INTO profiles (account, kind, entity, version, fields) VALUES ($1, 1, $2, 1, $3)";
        let fields = encoded(&[&name, &address]);
        tx.execute(row, [account.id().0.into(), number.into(), fields.into()])
            .await
            .unwrap();
        keys.push((name, address));
    }
    for company in state.companies().ids() {
        let word = "INSERT INTO search_keys (account, kind, field, word, entity) VALUES ($1, 7, 0, $3, $2)";
        let name = company_name(company);
        let values = [account.id().0.into(), company.number().into(), name.into()];
        tx.execute(word, values).await.unwrap();
        let profile = "INSERT INTO profiles (account, kind, entity, version, fields) VALUES ($1, 7, $2, 1, $3)";
        let values = [
            account.id().0.into(),
            company.number().into(),
            encoded(&[&company_name(company)]).into(),
        ];
        tx.execute(profile, values).await.unwrap();
    }
    tx.commit().await.unwrap();
    (account, keys)
}

/// Against the order of their making.
fn company_name(company: CompanyId) -> String {
    format!("company {}", 9 - company.number())
}

/// A profile as it is stored: how many fields, and of each its number and its text. The first is the name, the second the address.
fn encoded(fields: &[&str]) -> Vec<u8> {
    let mut bytes = vec![u8::try_from(fields.len()).unwrap()];
    for (number, text) in fields.iter().enumerate() {
        bytes.push(u8::try_from(number).unwrap());
        bytes.push(u8::try_from(text.len()).unwrap());
        bytes.extend(text.as_bytes());
    }
    bytes
}

fn filters(view: &View<'_>, facet: Facet) -> Vec<Wanted> {
    let state = view.state();
    let all = || Wanted::all(facet);
    let mut filters = vec![all()];
    let companies = state.companies().ids();
    filters.extend(companies.map(|id| Wanted {
        company: Some(id),
        ..all()
    }));
    let statuses = match facet {
        Facet::User => [
            Status::Active,
            Status::Invited,
            Status::Suspended,
            Status::Deactivated,
        ],
        Facet::Customer => [
            Status::Active,
            Status::Unconfirmed,
            Status::Deactivated,
            Status::Active,
        ],
    };
    filters.extend(statuses.map(|status| Wanted {
        status: Some(status),
        ..all()
    }));
    // A further word of a name, an address, and the name of a company, which begins with what all of them begin with.
    let texts = ["LEE", "ann", "1.", "company", "company 8", "nobody"];
    filters.extend(texts.map(|text| Wanted {
        text: Some(text.to_owned()),
        ..all()
    }));
    filters.extend(state.companies().ids().map(|id| Wanted {
        text: Some("a".to_owned()),
        company: Some(id),
        ..all()
    }));
    for service in state.services().ids() {
        let tie = match facet {
            Facet::User => Tie::Service(service, ServiceLevel::User),
            Facet::Customer => Tie::Customer(service, CustomerAccess::Portal),
        };
        let stored = [Stored::Nothing(service), Stored::Tie(service, tie)];
        filters.extend(stored.map(|stored| Wanted {
            stored: Some(stored),
            ..all()
        }));
        let mut ways = vec![Ways::Any];
        if facet == Facet::User {
            ways.push(Ways::Groups);
            ways.extend(state.groups().ids().map(Ways::Group));
        }
        filters.extend(ways.into_iter().map(|by| Wanted {
            access: Some(Access { service, by }),
            ..all()
        }));
    }
    match facet {
        Facet::User => {
            let roles = state.roles().ids();
            filters.extend(roles.map(|id| Wanted {
                role: Some(id),
                ..all()
            }));
            let groups = state.user_groups().ids();
            filters.extend(groups.map(|id| Wanted {
                user_group: Some(id),
                ..all()
            }));
            let licences = state.licences().ids();
            filters.extend(licences.map(|id| Wanted {
                licence: Some(id),
                ..all()
            }));
        }
        Facet::Customer => {
            let levels = [
                PortalLevel::None,
                PortalLevel::Standard,
                PortalLevel::CompanyAdmin,
            ];
            filters.extend(levels.map(|level| Wanted {
                level: Some(level),
                ..all()
            }));
        }
    }
    filters
}

/// The same, read plainly.
fn fits(view: &View<'_>, wanted: &Wanted, keys: &[(String, String)], person: PersonId) -> bool {
    let state = view.state();
    let row = state.people().get(person).unwrap();
    let has = |tie: Tie| state.ties_at(row, view.now()).any(|(one, _)| one == tie);
    let sees = match wanted.facet {
        Facet::User => view.sees_as_user(person),
        Facet::Customer => view.sees_as_customer(person),
    };
    let in_group = |group: UserGroupId| {
        let below = state.user_groups_below(group);
        below.into_iter().any(|group| has(Tie::UserGroup(group)))
    };
    let status = match wanted.facet {
        Facet::User => match view.user_status(person) {
            UserStatus::Active => Some(Status::Active),
            UserStatus::Invited => Some(Status::Invited),
            UserStatus::Suspended => Some(Status::Suspended),
            UserStatus::Deactivated => Some(Status::Deactivated),
            UserStatus::Absent => None,
        },
        Facet::Customer => match row.customer {
            CustomerFacet::Active => Some(Status::Active),
            CustomerFacet::Unconfirmed => Some(Status::Unconfirmed),
            CustomerFacet::Deactivated => Some(Status::Deactivated),
            CustomerFacet::Absent => None,
        },
    };
    let of_service = |tie: &Tie, service| match (tie, wanted.facet) {
        (Tie::Service(of, _), Facet::User) | (Tie::Customer(of, _), Facet::Customer) => {
            *of == service
        }
        _ => false,
    };
    let is_stored = |stored: Stored| match stored {
        Stored::Tie(_, tie) => row.ties.contains(&tie),
        Stored::Nothing(service) => !row.ties.iter().any(|tie| of_service(tie, service)),
    };
    let is_found = |text: &String| {
        let text = text.to_lowercase();
        let (name, address) = &keys[person.index()];
        let company = row.company.filter(|company| view.sees(*company));
        let mut words: Vec<String> = vec![address.clone(), name.clone()];
        words.extend(name.split(' ').map(str::to_owned));
        words.extend(company.map(company_name));
        words.iter().any(|word| word.starts_with(&text))
    };
    sees && wanted.stored.is_none_or(is_stored)
        && wanted.text.as_ref().is_none_or(is_found)
        && wanted.company.is_none_or(|id| row.company == Some(id))
        && wanted.role.is_none_or(|id| row.account_role == id)
        && wanted.level.is_none_or(|level| row.portal_level == level)
        && wanted.licence.is_none_or(|id| has(Tie::Licence(id)))
        && wanted.user_group.is_none_or(in_group)
        && wanted.status.is_none_or(|wanted| status == Some(wanted))
        && wanted
            .access
            .is_none_or(|access| has_access(view, wanted.facet, access, person))
}

/// SD-10, SD-11.
fn has_access(view: &View<'_>, facet: Facet, access: Access, person: PersonId) -> bool {
    let view = view.state().view(Subject::Person(person), view.now());
    if facet == Facet::Customer {
        return view.selectable(person, access.service).selectable;
    }
    let decision = view.decide(Permission::ServiceDeskRecordCreate, access.service.into());
    let through = |wanted: Option<GroupId>| {
        decision.paths.iter().any(|path| match path.through {
            Through::Group(group) => wanted.is_none_or(|wanted| wanted == group),
            _ => false,
        })
    };
    decision.allowed
        && match access.by {
            Ways::Any => true,
            Ways::Groups => through(None),
            Ways::Group(group) => through(Some(group)),
        }
}

type Keys = (usize, String, String, u32);

fn key(view: &View<'_>, wanted: &Wanted, keys: &[(String, String)], person: PersonId) -> Keys {
    let row = view.state().people().get(person).unwrap();
    let (name, address) = keys[person.index()].clone();
    let number = person.number();
    match wanted.sort {
        Sort::Name => (0, String::new(), name, number),
        Sort::Address => (0, String::new(), address, number),
        Sort::Newest => (0, String::new(), String::new(), u32::MAX - number),
        Sort::Company => match row.company.filter(|company| view.sees(*company)) {
            Some(company) => (0, company_name(company), name, number),
            None => (1, String::new(), name, number),
        },
        Sort::Rank => match wanted.facet {
            Facet::Customer => (3 - row.portal_level as usize, String::new(), name, number),
            Facet::User if !view.sees(RoleId::SUPER_ADMIN) => (0, String::new(), name, number),
            Facet::User if row.account_role.is_member() => {
                (usize::MAX, String::new(), name, number)
            }
            Facet::User => (row.account_role.index(), String::new(), name, number),
        },
    }
}

/// Who looks: somebody, or somebody as whom somebody else views (AD-27).
#[derive(Clone, Copy, Debug)]
struct Reader {
    subject: Subject,
    viewer: Option<Subject>,
}

impl Reader {
    fn view(self, state: &State) -> View<'_> {
        let view = state.view(self.subject, NOW);
        match self.viewer {
            None => view,
            Some(viewer) => view.viewed_by(viewer),
        }
    }
}

/// The whole list in pages of two, read to its end, then back to its beginning; and whether its text finds more than it has.
async fn paged(
    account: &Account,
    subject: Reader,
    wanted: &Wanted,
    bounds: Bounds,
) -> (Vec<PersonId>, bool) {
    let page = async |start: Option<Start>| {
        read(
            account,
            |state| subject.view(state),
            wanted,
            start,
            2,
            bounds,
        )
        .await
        .unwrap()
    };
    let (mut people, mut before) = (Vec::new(), None);
    let mut found = page(None).await;
    let number = found.count.number;
    let is_exact = !found.count.more;
    loop {
        assert_eq!(found.first, people.len(), "{wanted:?} for {subject:?}");
        people.extend(found.people.clone());
        let Some(after) = found.after else { break };
        found = page(Some(after)).await;
        before = found.before.clone();
    }
    if is_exact {
        assert_eq!(number, people.len(), "{wanted:?} for {subject:?}");
    } else {
        assert!(people.len() >= number);
    }
    let last = found.people.len();
    let mut back = Vec::new();
    while let Some(start) = before {
        let found = page(Some(start)).await;
        back = [found.people, back].concat();
        before = found.before;
    }
    assert_eq!(
        back,
        people[..people.len() - last],
        "back: {wanted:?} for {subject:?}"
    );
    (people, found.is_broad)
}

/// The number, the whole and the walk of a list agree with the core's check, or say that there are more.
async fn agree(
    account: &Account,
    reader: Reader,
    wanted: &Wanted,
    bounds: Bounds,
    expected: &[PersonId],
) {
    let what = format!("{wanted:?} for {reader:?}");
    let number = count(account, |state| reader.view(state), wanted, bounds);
    let number = number.await.unwrap();
    assert!(number.number <= expected.len(), "{what}");
    assert!(number.more || number.number == expected.len(), "{what}");
    let most = expected.len();
    for most in [most, most.saturating_sub(1)] {
        let all = whole(account, |state| reader.view(state), wanted, most, bounds);
        match all.await.unwrap() {
            Whole::Everybody(people) => {
                assert_eq!(people, expected, "{what}");
                assert_eq!(most, expected.len(), "{what}");
            }
            // With room for all of them, only where a look at so many is too much.
            Whole::TooMany => assert!(most < expected.len() || number.more, "{what}"),
        }
    }
    let (mut walked, mut after) = (Vec::new(), None);
    loop {
        let found = stretch(
            account,
            |state| reader.view(state),
            wanted,
            after,
            2,
            bounds,
        );
        let found = found.await.unwrap();
        walked.extend(found.people);
        let Some(next) = found.next else { break };
        assert!(after.is_none_or(|after| after < next), "{what}");
        after = Some(next);
    }
    assert_eq!(walked, expected, "{what}");
}

async fn ad_10_a_list_is_what_the_core_says_for_every_reader(db: TestDatabase) {
    let clock = FakeClock::at(NOW);
    let config = DatabaseConfig::at(&db.address);
    let engine = Engine::open(config, Arc::new(clock), Arc::new(SystemRandomness))
        .await
        .unwrap();
    let few = Bounds::default();
    let many = Bounds {
        few: 1,
        sorted: 1,
        walked: 3,
        counted: 3,
        stretch: 2,
    };
    let some = Bounds {
        few: 3,
        sorted: 1,
        walked: 4,
        ..many
    };
    let (mut listed, mut left_out, mut broad) = (0, 0, 0);
    for seed in 7_000..7_000 + cases(6) {
        let (account, keys) = account(&engine, seed).await;
        let state = account.state();
        let people: Vec<_> = state.people().ids().map(Subject::Person).collect();
        let own = people.iter().map(|subject| Reader {
            subject: *subject,
            viewer: None,
        });
        let viewing = Reader {
            subject: people[people.len() - 1],
            viewer: Some(people[people.len() / 2]),
        };
        for subject in own.chain([viewing]) {
            let view = subject.view(&state);
            for facet in [Facet::User, Facet::Customer] {
                for (index, filter) in filters(&view, facet).into_iter().enumerate() {
                    let sorts = [
                        Sort::Name,
                        Sort::Address,
                        Sort::Company,
                        Sort::Rank,
                        Sort::Newest,
                    ];
                    // Each order without a filter, and one of them with each.
                    let sorts = if index == 0 {
                        &sorts[..]
                    } else {
                        &sorts[index % 5..][..1]
                    };
                    for sort in sorts {
                        let wanted = Wanted {
                            sort: *sort,
                            ..filter.clone()
                        };
                        let all = state.people().ids();
                        let mut expected: Vec<_> = all
                            .filter(|person| fits(&view, &wanted, &keys, *person))
                            .collect();
                        left_out += state.people().len() - expected.len();
                        listed += expected.len();
                        let in_order_of_making = expected.clone();
                        expected.sort_by_key(|person| key(&view, &wanted, &keys, *person));
                        for bounds in [few, many, some] {
                            let (found, is_broad) = paged(&account, subject, &wanted, bounds).await;
                            let what = format!("seed {seed}: {wanted:?} for {subject:?}");
                            if !is_broad {
                                assert_eq!(found, expected, "{what}");
                                if *sort == sorts[0] {
                                    let made = &in_order_of_making;
                                    agree(&account, subject, &wanted, bounds, made).await;
                                }
                                continue;
                            }
                            broad += 1;
                            // Whoever sees few misses none of them, and is told of no others.
                            let sight = view.in_sight(facet);
                            let sees_few =
                                matches!(sight, InSight::Among(set) if set.len() <= bounds.few);
                            assert!(!sees_few, "{what}");
                            let mut rest = expected.iter();
                            let in_order = found.iter().all(|one| rest.any(|other| other == one));
                            assert!(in_order, "{what}: {found:?} of {expected:?}");
                        }
                    }
                }
            }
        }
    }
    assert!(
        listed > 500 && left_out > 500 && broad > 50,
        "{listed} listed, {left_out} left out, {broad} broad"
    );
}
