//! Lists of people say what the core says: for every reader of random accounts, by every filter and in every order, page by page in both
//! directions, on both databases, whether few or many match.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "lists/made.rs"]
mod made;
#[path = "lists/plain.rs"]
mod plain;

use std::{collections::HashSet, sync::Arc};

use access::decide::InSight;
use access::state::Facet;
use access::{Moment, PersonId, State, Subject, View};
use ledger::{Account, DatabaseConfig, Engine, FakeClock, SystemRandomness};
use testkit::databases::TestDatabase;
use testkit::random::cases;
use web::lists::{Bounds, Sort, Start, Wanted, Whole, count, read, stretch, whole};

use made::account;
use plain::{filters, fits, key};

testkit::on_both![ad_10_a_list_is_what_the_core_says_for_every_reader];

/// Windows of ties lie around it.
const NOW: Moment = Moment(500);

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
    let engine = Engine::open(config, Arc::new(clock), Arc::new(SystemRandomness), &[])
        .await
        .unwrap();
    let few = Bounds::default();
    let many = Bounds {
        few: 1,
        sorted: 1,
        walked: 3,
        companies: 1,
        searched: 3,
        counted: 3,
        stretch: 2,
    };
    let some = Bounds {
        few: 3,
        walked: 4,
        companies: 2,
        searched: 4,
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
                            let each: HashSet<_> = found.iter().collect();
                            assert_eq!(each.len(), found.len(), "{what}: somebody twice");
                            let belongs = found.iter().all(|one| expected.contains(one));
                            assert!(belongs, "{what}: {found:?} of {expected:?}");
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
