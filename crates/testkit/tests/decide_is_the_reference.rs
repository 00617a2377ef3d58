//! Two readings of the rule book give the same answer to every question, on accounts that hold whatever can be stored.

mod asking;

use access::Moment;
use testkit::random::facts::LAST_MOMENT;
use testkit::random::{Dice, cases, facts};

use crate::asking::{Both, Differences};

#[test]
fn every_question_about_random_accounts_has_one_answer() {
    let mut differences = Differences::default();
    for seed in 0..cases(30) {
        let mut dice = Dice::new(seed);
        let both = Both::of(&facts::account(&mut dice));
        let moments = [0, dice.below(LAST_MOMENT as usize) as i64, LAST_MOMENT + 1];
        for now in moments.map(Moment) {
            both.compare(now, seed, &mut differences);
        }
    }
    differences.assert_none();
}
