//! SD-29, SD-30: when a record is due, and what stops its clock. Pure: what a target promises is counted in working time from the moment at which
//! the record was opened; the clock stands while it waits for the customer and while it is done; what is set by hand stays.

use access::Moment;
use serde::Serialize;
use utoipa::ToSchema;
use web::page;

use super::{
    Priority,
    life::{Kind, Status},
    targets::{Targets, hours::Work},
};

/// The moments of a record that count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Deadlines {
    /// When it is to be done: what was set by hand, or else what its target says.
    pub due_at: Option<Moment>,
    /// SD-29: set by hand.
    pub is_set: bool,
    /// What its target says, also while something else is set.
    pub target_at: Option<Moment>,
    /// From when on it is nearly late.
    pub warn_at: Option<Moment>,
    /// When it is to be answered.
    pub respond_by: Option<Moment>,
    pub warn_response_at: Option<Moment>,
    /// When staff answered first.
    pub responded_at: Option<Moment>,
    /// Since when it waits for the customer.
    pub waiting_since: Option<Moment>,
    /// How long the clock stood so far.
    pub stood: Work,
    /// When it was done; closing it without that is that too.
    pub resolved_at: Option<Moment>,
    pub closed_at: Option<Moment>,
}

/// How a record stands to one of its deadlines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Standing {
    /// There is time.
    Ahead,
    /// There is little time.
    Soon,
    /// It is too late.
    Late,
    /// The clock stands: it waits for the customer.
    Stands,
    /// Done in time.
    Met,
    /// Done too late.
    Missed,
}

impl Standing {
    /// The shape beside the words.
    fn shape(self) -> &'static str {
        match self {
            Self::Ahead | Self::Met => "on",
            Self::Soon => "wait",
            Self::Late | Self::Missed => "stop",
            Self::Stands => "none",
        }
    }
}

/// One deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Deadline {
    pub at: Moment,
    pub standing: Standing,
}

impl Deadline {
    /// It in words, with their shape.
    pub fn told(self) -> (String, &'static str) {
        (self.words(), self.standing.shape())
    }

    /// It in words, with its moment.
    fn words(self) -> String {
        let at = page::moment(self.at);
        match self.standing {
            Standing::Ahead => format!("by {at}"),
            Standing::Soon => format!("soon: by {at}"),
            Standing::Late => format!("late since {at}"),
            Standing::Stands => "the clock stands while it waits for the customer".to_owned(),
            Standing::Met => format!("in time, by {at}"),
            Standing::Missed => format!("too late, it was due by {at}"),
        }
    }
}

/// Why a due date moved that nobody set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Moved {
    /// Its priority is another one.
    Priority,
    /// Its service is another one.
    Service,
    /// It waited for the customer.
    Waited,
    /// It was done, and is not any more.
    Reopened,
}

impl Deadlines {
    /// Of a record that is opened now.
    pub fn opened(kind: Kind, priority: Priority, at: Moment, targets: &Targets) -> Self {
        let mut new = Self::default();
        new.aim(kind, priority, at, targets);
        new
    }

    /// What the targets say for a priority. What was answered stays answered, and what is set by hand stays set (SD-29).
    pub fn aim(&mut self, kind: Kind, priority: Priority, opened_at: Moment, targets: &Targets) {
        let calendar = targets.calendar();
        let stood = self.stood;
        let after = |work: Work| calendar.after(opened_at, work.plus(stood));
        let resolution = targets.resolution(priority);
        // Somebody waits for a word where something does not work for them.
        let response = targets.response(priority);
        let response = response.filter(|_| kind == Kind::Incident);
        let warn = |work: Work| after(work.percent(targets.warn_percent));
        self.target_at = resolution.map(after);
        if self.responded_at.is_none() {
            self.respond_by = response.map(after);
            self.warn_response_at = response.map(warn);
        }
        if !self.is_set {
            self.due_at = self.target_at;
            self.warn_at = resolution.map(warn);
        }
    }

    /// It goes from one state to another.
    pub fn go(&mut self, to: Status, now: Moment, targets: &Targets) -> Option<Moved> {
        let waits = to == Status::WaitingForCustomer;
        let mut moved = None;
        if !waits && let Some(since) = self.waiting_since.take() {
            moved = self.go_on(since, now, targets).then_some(Moved::Waited);
        }
        if to.is_open() {
            self.closed_at = None;
            if let Some(since) = self.resolved_at.take() {
                moved = self.go_on(since, now, targets).then_some(Moved::Reopened);
            }
        } else {
            self.resolved_at = self.resolved_at.or(Some(now));
            self.closed_at = (to == Status::Closed).then_some(now);
        }
        if waits {
            self.waiting_since = self.waiting_since.or(Some(now));
        }
        moved
    }

    /// The clock stood, and goes on: what is not set by hand moves by the working time that passed. Whether the due date did.
    fn go_on(&mut self, since: Moment, now: Moment, targets: &Targets) -> bool {
        let calendar = targets.calendar();
        let passed = calendar.between(since, now);
        self.stood = self.stood.plus(passed);
        let later = |at: &mut Option<Moment>| {
            *at = at.map(|at| calendar.after(at, passed));
        };
        let before = self.due_at;
        later(&mut self.target_at);
        if !self.is_set {
            later(&mut self.warn_at);
            self.due_at = self.target_at;
        }
        if self.responded_at.is_none() {
            later(&mut self.respond_by);
            later(&mut self.warn_response_at);
        }
        self.due_at != before
    }

    /// Staff answered; whether it was the first time.
    pub fn answer(&mut self, now: Moment) -> bool {
        let is_first = self.responded_at.is_none();
        self.responded_at = self.responded_at.or(Some(now));
        is_first
    }

    /// SD-29: sets by hand when it is due, or gives that back to its target.
    pub fn set(&mut self, to: Option<Moment>, opened_at: Moment, targets: &Targets) {
        self.is_set = to.is_some();
        self.due_at = to.or(self.target_at);
        let calendar = targets.calendar();
        let share = |due: Moment| {
            let whole = calendar.between(opened_at, due);
            let stood = if self.is_set { Work(0) } else { self.stood };
            let warn = whole.less(stood).percent(targets.warn_percent);
            calendar.after(opened_at, warn.plus(stood))
        };
        self.warn_at = self.due_at.map(share);
    }

    /// How it stands to its due date.
    pub fn resolution(&self, now: Moment) -> Option<Deadline> {
        self.standing(self.due_at, self.warn_at, self.resolved_at, now)
    }

    /// How it stands to its first answer. What was done without one is answered by that.
    pub fn response(&self, now: Moment) -> Option<Deadline> {
        let answered = self.responded_at.into_iter().chain(self.resolved_at).min();
        self.standing(self.respond_by, self.warn_response_at, answered, now)
    }

    fn standing(
        &self,
        at: Option<Moment>,
        warn_at: Option<Moment>,
        done_at: Option<Moment>,
        now: Moment,
    ) -> Option<Deadline> {
        let at = at?;
        let standing = match done_at {
            Some(done) if done <= at => Standing::Met,
            Some(_) => Standing::Missed,
            None if self.waiting_since.is_some() => Standing::Stands,
            None if now > at => Standing::Late,
            None if warn_at.is_some_and(|warn| now >= warn) => Standing::Soon,
            None => Standing::Ahead,
        };
        Some(Deadline { at, standing })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Thursday, 26 November 2026, at this hour and minute of UTC.
    fn at(hour: i64, minute: i64) -> Moment {
        Moment(1_795_651_200_000 + (hour * 60 + minute) * 60_000)
    }

    const CRITICAL: Priority = Priority::ALL[0];
    const HIGH: Priority = Priority::ALL[1];

    /// By the defaults: hours from nine to five, 30 minutes and 4 hours for what is critical, 1 hour and 8 hours for what is high.
    fn opened(priority: Priority) -> (Deadlines, Targets) {
        let targets = Targets::default();
        let of = Deadlines::opened(Kind::Incident, priority, at(9, 0), &targets);
        (of, targets)
    }

    #[test]
    fn sd_30_the_priority_gives_the_due_date() {
        let (of, targets) = opened(CRITICAL);
        assert_eq!(
            (of.respond_by, of.due_at),
            (Some(at(9, 30)), Some(at(13, 0)))
        );
        assert_eq!(of.warn_at, Some(at(12, 0)), "three quarters of four hours");
        let of = Deadlines::opened(Kind::Change, HIGH, at(10, 0), &targets);
        assert_eq!(of.respond_by, None, "nobody waits for a word on a change");
        assert_eq!(of.due_at, Some(at(24 + 10, 0)), "an hour of the next day");
    }

    #[test]
    fn sd_30_a_record_is_ahead_then_nearly_late_then_late() {
        let (mut of, targets) = opened(CRITICAL);
        let resolution = |of: &Deadlines, now| of.resolution(now).unwrap().standing;
        assert_eq!(resolution(&of, at(11, 59)), Standing::Ahead);
        assert_eq!(resolution(&of, at(12, 0)), Standing::Soon);
        assert_eq!(resolution(&of, at(13, 0)), Standing::Soon);
        assert_eq!(resolution(&of, at(13, 1)), Standing::Late);
        of.go(Status::Resolved, at(12, 30), &targets);
        assert_eq!(resolution(&of, at(19, 0)), Standing::Met, "done is done");
        of.resolved_at = Some(at(13, 1));
        assert_eq!(resolution(&of, at(19, 0)), Standing::Missed);
    }

    #[test]
    fn sd_30_the_first_answer_counts_and_so_does_doing_it() {
        let (mut of, targets) = opened(CRITICAL);
        let response = |of: &Deadlines, now| of.response(now).unwrap().standing;
        assert_eq!(response(&of, at(9, 25)), Standing::Soon);
        assert_eq!(response(&of, at(9, 31)), Standing::Late);
        assert!(of.answer(at(9, 20)) && !of.answer(at(11, 0)));
        assert_eq!(response(&of, at(12, 0)), Standing::Met);
        let (mut of, _) = opened(CRITICAL);
        of.go(Status::Closed, at(9, 45), &targets);
        assert_eq!(response(&of, at(12, 0)), Standing::Missed);
    }

    #[test]
    fn sd_30_the_clock_stands_while_it_waits_for_the_customer() {
        let (mut of, targets) = opened(CRITICAL);
        assert_eq!(
            of.go(Status::WaitingForCustomer, at(12, 30), &targets),
            None
        );
        let stands = of.resolution(at(24 * 3, 0)).unwrap();
        assert_eq!(
            stands.standing,
            Standing::Stands,
            "while it waits nothing is late"
        );
        // From half past twelve to ten the next day: four and a half hours, and one.
        let moved = of.go(Status::InProgress, at(24 + 10, 0), &targets);
        assert_eq!(moved, Some(Moved::Waited));
        assert_eq!(of.stood, Work::minutes(330));
        assert_eq!(
            of.due_at,
            Some(at(24 + 10, 30)),
            "half an hour is left, as before"
        );
        assert_eq!(of.warn_at, Some(at(24 + 9, 30)));
        // Another priority counts from the opening, without what it waited.
        of.aim(Kind::Incident, HIGH, at(9, 0), &targets);
        assert_eq!(of.due_at, Some(at(24 + 14, 30)));
    }

    #[test]
    fn sd_30_what_was_late_before_it_waited_is_as_late_after() {
        let (mut of, targets) = opened(CRITICAL);
        of.go(Status::WaitingForCustomer, at(14, 0), &targets);
        of.go(Status::InProgress, at(16, 0), &targets);
        assert_eq!(of.due_at, Some(at(15, 0)), "an hour late");
        assert_eq!(of.resolution(at(16, 0)).unwrap().standing, Standing::Late);
    }

    #[test]
    fn sd_30_the_clock_stands_while_it_is_done() {
        let (mut of, targets) = opened(CRITICAL);
        of.go(Status::Resolved, at(10, 0), &targets);
        of.go(Status::Closed, at(11, 0), &targets);
        assert_eq!(
            (of.resolved_at, of.closed_at),
            (Some(at(10, 0)), Some(at(11, 0)))
        );
        assert_eq!(
            of.go(Status::InProgress, at(12, 0), &targets),
            Some(Moved::Reopened)
        );
        assert_eq!((of.resolved_at, of.closed_at), (None, None));
        assert_eq!(of.due_at, Some(at(15, 0)), "three hours are left");
        // From waiting to done: what it waited does not count, what it was done does not either.
        of.go(Status::WaitingForCustomer, at(13, 0), &targets);
        of.go(Status::Resolved, at(14, 0), &targets);
        assert_eq!(of.due_at, Some(at(16, 0)));
        of.go(Status::InProgress, at(15, 0), &targets);
        assert_eq!(of.due_at, Some(at(17, 0)));
    }

    #[test]
    fn sd_29_what_is_set_by_hand_stays_until_it_is_given_back() {
        let (mut of, targets) = opened(CRITICAL);
        of.set(Some(at(17, 0)), at(9, 0), &targets);
        assert_eq!((of.due_at, of.warn_at), (Some(at(17, 0)), Some(at(15, 0))));
        of.aim(Kind::Incident, HIGH, at(9, 0), &targets);
        of.go(Status::WaitingForCustomer, at(10, 0), &targets);
        assert_eq!(of.go(Status::InProgress, at(11, 0), &targets), None);
        assert_eq!(of.due_at, Some(at(17, 0)), "neither moves it");
        of.set(None, at(9, 0), &targets);
        assert_eq!(
            of.due_at,
            Some(at(24 + 10, 0)),
            "high, and an hour that it waited"
        );
        assert_eq!(of.warn_at, Some(at(16, 0)), "six hours and that one");
        assert!(!of.is_set);
    }

    #[test]
    fn sd_30_without_a_target_nothing_is_due() {
        let mut targets = Targets::default();
        targets.of[0] = Default::default();
        let mut of = Deadlines::opened(Kind::Incident, CRITICAL, at(9, 0), &targets);
        assert_eq!(of, Deadlines::default());
        of.go(Status::WaitingForCustomer, at(10, 0), &targets);
        of.go(Status::InProgress, at(12, 0), &targets);
        assert_eq!((of.due_at, of.resolution(at(12, 0))), (None, None));
    }

    /// The clock stood after the answer: that makes a late one no better.
    #[test]
    fn sd_30_another_priority_does_not_change_whether_the_first_response_was_in_time() {
        let (mut record, targets) = opened(CRITICAL);
        let by = record.respond_by;
        record.answer(at(16, 0));
        record.go(Status::WaitingForCustomer, at(16, 0), &targets);
        record.go(Status::InProgress, at(16, 30), &targets);
        for priority in [HIGH, CRITICAL] {
            record.aim(Kind::Incident, priority, at(9, 0), &targets);
            assert_eq!(record.respond_by, by);
        }
        assert_ne!(record.due_at, None);
    }
}
