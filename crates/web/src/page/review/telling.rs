//! An effect in words: whose access changes and how, and who of several is not changed.

use std::collections::{BTreeMap, HashMap};

use access::{
    Cause, Changes, Effect, Notice, Outcome, Permission, PermissionSet, PersonId, Right, Subject,
    Target,
    decide::{By, Through},
    explain::words::{self, Name},
};
use ledger::{Change, Field, Kind, Of, fold};

use super::{
    Idle, Move,
    alike::{Alike, together},
};
use crate::page::{
    moment,
    names::{Html, Mark, Names, place},
    sentence,
};

/// People whose changes are spelt out in each direction; beyond, they are counted.
pub(super) const SUBJECTS_SHOWN: usize = 100;
/// Rights that are named at once; the others are one click away.
const RIGHTS_NAMED: usize = 6;
/// People who are told by mail that are named.
const TOLD_NAMED: usize = 5;
/// Causes that are named of one person.
const CAUSES_NAMED: usize = 3;

/// Which way.
#[derive(Clone, Copy, Debug)]
pub(super) enum Direction {
    Gain,
    Loss,
}

/// Who gains, or who loses.
#[derive(Debug, Default)]
pub(super) struct Side {
    pub subjects: usize,
    pub people: Vec<Line>,
    /// Where it is between some people: those for whom something changes along with it.
    pub others: Vec<Line>,
}

impl Side {
    pub fn beyond(&self) -> usize {
        let lines = self.people.iter().chain(&self.others);
        let told = lines.map(Line::count).sum::<usize>();
        self.subjects - told.min(self.subjects)
    }
}

#[derive(Debug)]
pub(super) struct Line {
    pub who: Mark,
    pub is_person: bool,
    /// What changes is of those who are served.
    pub is_customer: bool,
    /// Others of whom the same is told, and they themselves.
    pub alike: Option<Alike>,
    pub from_to: Option<(String, String)>,
    pub idle: Option<Idle>,
    /// Why, of somebody whom the page itself does not tell of.
    pub why: Option<Html>,
    pub rights: Vec<String>,
    pub further: Vec<String>,
    /// How many rights these are.
    pub further_total: usize,
}

impl Line {
    /// How many it tells of.
    fn count(&self) -> usize {
        self.alike.as_ref().map_or(1, |alike| alike.count)
    }
}

/// Who of several is not changed.
#[derive(Debug, Default)]
pub(super) struct Skips {
    pub total: usize,
    /// The first of them.
    pub listed: Vec<Skipped>,
}

impl Skips {
    pub fn beyond(&self) -> usize {
        self.total - self.listed.len()
    }
}

#[derive(Debug)]
pub(super) struct Skipped {
    pub who: Mark,
    pub why: String,
}

pub(super) fn names_of(effect: &Effect) -> Vec<Name> {
    let changes = effect.gains.listed.iter().chain(&effect.losses.listed);
    let mut names = Vec::new();
    let causes = effect.gains.causes.iter().chain(&effect.losses.causes);
    for (_, cause) in causes {
        let phrase = match *cause {
            Cause::Way { through, by } => words::giver(through, by),
            Cause::Rank { about, holds } => words::holds(about, holds),
            Cause::Gate(..) => continue,
        };
        names.extend(phrase.names.into_iter().map(|(_, name)| name));
    }
    for change in changes {
        names.extend(subject_name(change.subject));
        names.extend(target_name(change.on));
        if let Right::Company(Some(company)) = change.right {
            names.push(Name::Company(company));
        }
    }
    for notice in &effect.notices {
        if let Notice::Tell { people, .. } = notice {
            let first = people.iter().take(SUBJECTS_SHOWN);
            names.extend(first.map(|person| Name::Person(*person)));
        }
    }
    let locked = effect.locked_out.iter().take(SUBJECTS_SHOWN);
    names.extend(locked.map(|person| Name::Person(*person)));
    names.extend(not_changed(effect).map(|(person, _)| Name::Person(*person)));
    for (person, unmet) in effect.not_given.listed.iter().take(SUBJECTS_SHOWN) {
        let wanted = words::mapped(unmet.mapping.to).names.into_iter();
        names.extend(wanted.map(|(_, name)| name));
        names.push(Name::ProviderGroup(unmet.mapping.provider_group));
        names.push(Name::Person(*person));
    }
    let vacant = effect.vacancies.iter().map(|one| words::vacancy(*one));
    for phrase in effect.notices.iter().map(words::notice).chain(vacant) {
        names.extend(phrase.names.into_iter().map(|(_, name)| name));
    }
    names
}

/// In the order of their names. Which of many are told is not by name: the cut is where the core made it.
pub(super) fn by_name<T>(told: &mut [T], who: impl Fn(&T) -> &Mark) {
    told.sort_by_cached_key(|one| fold(who(one).text()));
}

/// What would have nobody left who answers for it, as far as it is named, and how much more there is.
pub(super) fn vacant(names: &Names<'_>, effect: &Effect) -> (Vec<Html>, usize) {
    let told = effect.vacancies.iter().take(SUBJECTS_SHOWN).map(|one| {
        let phrase = words::vacancy(*one);
        (fold(&names.phrase(&phrase)), names.html(&phrase))
    });
    let mut told: Vec<_> = told.collect();
    told.sort_by(|(a, _), (b, _)| a.cmp(b));
    let more = effect.vacancies.len() - told.len();
    (told.into_iter().map(|(_, html)| html).collect(), more)
}

/// A right of somebody that is about themselves.
fn self_named(change: &access::Change) -> bool {
    matches!((change.subject, change.on), (Subject::Person(of), Target::Person(on)) if of == on)
}

/// The people whom the review of an effect names.
pub(super) fn people_of(effect: &Effect) -> impl Iterator<Item = PersonId> {
    let names = names_of(effect).into_iter();
    names.filter_map(|name| match name {
        Name::Person(person) => Some(person),
        _ => None,
    })
}

fn subject_name(subject: Subject) -> Option<Name> {
    match subject {
        Subject::Person(person) => Some(Name::Person(person)),
        Subject::Connection(connection) => Some(Name::Connection(connection)),
        Subject::Thing(thing) => Some(Name::Thing(thing)),
        Subject::Guest | Subject::System(_) | Subject::Unknown => None,
    }
}

/// What a target is called, where it has a name.
pub fn target_name(target: Target) -> Option<Name> {
    Some(match target {
        Target::Person(person) => Name::Person(person),
        Target::UserGroup(group) => Name::UserGroup(group),
        Target::Service(service) => Name::Service(service),
        Target::Record(facts) => Name::Service(facts.service),
        Target::Queue(queue) => Name::Queue(queue),
        Target::Device(device) => Name::Device(device),
        Target::Thing(thing) => Name::Thing(thing),
        Target::Account | Target::DirectCall | Target::Session { .. } | Target::Unknown => {
            return None;
        }
    })
}

/// Who is told by mail, as far as the reader knows them; none where they know nobody.
fn told_by_mail(names: &Names<'_>, people: &[PersonId]) -> Option<String> {
    let known = people
        .iter()
        .filter_map(|one| names.known(Name::Person(*one)));
    let mut known: Vec<_> = known.collect();
    known.sort_by_cached_key(|name| fold(name));
    known.truncate(TOLD_NAMED);
    let beyond = people.len() - known.len();
    let last = match (known.is_empty(), beyond) {
        (true, _) => return None,
        (false, 0) => known.pop()?.to_owned(),
        (false, beyond) => format!("{beyond} more"),
    };
    let whom = match &*known.join(", ") {
        "" => last,
        first => format!("{first} and {last}"),
    };
    let verb = if people.len() == 1 { "is" } else { "are" };
    Some(format!("{whom} {verb} told by mail."))
}

/// AD-3: what was ticked or unticked along is named; the rest is the core's words.
pub(super) fn told(names: &Names<'_>, notice: &Notice) -> String {
    if let Notice::Tell { people, .. } = notice
        && let Some(told) = told_by_mail(names, people)
    {
        return told;
    }
    let Notice::PermissionsAdjusted { added, removed } = notice else {
        return sentence(&names.phrase(&words::notice(notice)));
    };
    let labels = |set: &PermissionSet| {
        let labels: Vec<_> = set.iter().map(Permission::label).collect();
        labels.join(", ")
    };
    let sides = [
        ("Ticked along, because a part of it is ticked", added),
        (
            "Unticked along, because what it is a part of is not ticked",
            removed,
        ),
    ];
    let sides = sides.iter().filter(|(_, set)| !set.is_empty());
    let sides: Vec<_> = sides
        .map(|(words, set)| format!("{words}: {}.", labels(set)))
        .collect();
    sides.join(" ")
}

/// Those of several who are not changed, as far as they are named.
fn not_changed(effect: &Effect) -> impl Iterator<Item = &(PersonId, Outcome)> {
    let outcomes = effect.outcomes.iter();
    outcomes
        .filter(|(_, outcome)| *outcome != Outcome::Changed)
        .take(SUBJECTS_SHOWN)
}

pub(super) fn skipped(telling: &Telling<'_>, effect: &Effect) -> Skips {
    let total = effect
        .outcomes
        .iter()
        .filter(|(_, outcome)| *outcome != Outcome::Changed)
        .count();
    let listed = not_changed(effect).map(|(person, outcome)| Skipped {
        who: telling.who(*person),
        why: match outcome {
            Outcome::Skipped(refusal) => sentence(&refusal.detail),
            Outcome::Unchanged | Outcome::Changed => "It is so already.".to_owned(),
        },
    });
    let mut listed: Vec<_> = listed.collect();
    by_name(&mut listed, |one| &one.who);
    Skips { total, listed }
}

pub(super) struct Telling<'a> {
    pub names: &'a Names<'a>,
    pub moves: &'a BTreeMap<PersonId, Move>,
    /// What tells those apart who have one name.
    twins: HashMap<PersonId, String>,
    /// What the change makes, by the name that it gets.
    made: Option<(Kind, String)>,
}

impl<'a> Telling<'a> {
    /// Tells of these people, among others.
    pub fn of(
        names: &'a Names<'a>,
        moves: &'a BTreeMap<PersonId, Move>,
        people: impl Iterator<Item = PersonId>,
    ) -> Self {
        let mut by_text: BTreeMap<String, Vec<PersonId>> = BTreeMap::new();
        for person in people {
            let known = names.known(Name::Person(person)).map(fold);
            let same = known.map(|text| by_text.entry(text).or_default());
            if let Some(same) = same.filter(|same| !same.contains(&person)) {
                same.push(person);
            }
        }
        let twins = by_text.into_values().filter(|same| same.len() > 1);
        let address = |person| Some((person, names.address(person)?.to_owned()));
        Self {
            twins: twins.flatten().filter_map(address).collect(),
            names,
            moves,
            made: None,
        }
    }

    /// Of a change that may make something: it has no id yet, and its name stands in the change alone.
    pub fn making(mut self, change: &Change) -> Self {
        let mut made = change.profiles.iter().filter_map(|write| {
            let Of::Public(kind, _) = write.of else {
                return None;
            };
            let mut fields = write.fields.iter();
            let (_, name) = fields.find(|(field, _)| *field == Field::Name)?;
            Some((kind, name.clone()?))
        });
        let first = made.next();
        self.made = first.filter(|_| made.next().is_none());
        self
    }

    /// The name of something that is not there yet.
    fn to_be(&self, name: Name) -> Option<&str> {
        let (kind, text) = self.made.as_ref()?;
        let is_it = place(name).is_some_and(|place| place.kind == *kind);
        is_it.then_some(text.as_str())
    }

    /// A person's name, with the address where others have the same name.
    pub fn who(&self, person: PersonId) -> Mark {
        let mark = self.names.mark(Name::Person(person));
        match self.twins.get(&person) {
            Some(address) => mark.beside(address),
            None => mark,
        }
    }

    /// Those between whom it is, and then the others; where it is between nobody, everybody alike.
    pub fn side(&self, changes: &Changes, direction: Direction, between: &[PersonId]) -> Side {
        let is_between = |of_one: &&[access::Change]| match of_one[0].subject {
            Subject::Person(person) => between.is_empty() || between.contains(&person),
            _ => between.is_empty(),
        };
        let subjects = changes.listed.chunk_by(|a, b| a.subject == b.subject);
        let (people, others): (Vec<_>, Vec<_>) = subjects.partition(is_between);
        let lines = |of: Vec<&[access::Change]>| {
            let line = |of_one| self.line(of_one, &changes.causes, direction);
            together(of.into_iter().map(line).collect())
        };
        Side {
            subjects: changes.subjects,
            people: lines(people),
            others: lines(others),
        }
    }

    fn line(
        &self,
        changes: &[access::Change],
        causes: &[(Subject, Cause)],
        direction: Direction,
    ) -> Line {
        let subject = changes[0].subject;
        let name = subject_name(subject);
        let who = match name.filter(|name| self.names.is_there(*name)) {
            Some(Name::Person(person)) => self.who(person),
            Some(name) => self.names.mark(name),
            None => match name.and_then(|name| Some((name, self.to_be(name)?))) {
                Some((name, text)) => Mark::to_be(name, text),
                None => self.names.mark(Name::Word("whoever is made by this")),
            },
        };
        let moved = match subject {
            Subject::Person(person) => self.moves.get(&person),
            _ => None,
        };
        // By resource: the same things are said of many.
        let mut by_target: Vec<(String, Vec<String>)> = Vec::new();
        for change in changes {
            let is_own = self_named(change);
            let is_told = |of: &access::Change| {
                let is_same =
                    (of.right, of.from, of.until) == (change.right, change.from, change.until);
                is_same && matches!(of.on, Target::Account | Target::UserGroup(_))
            };
            if is_own && changes.iter().any(is_told) {
                // The scope says it: a right over people reaches whoever holds it.
                continue;
            }
            let on = self.on(change);
            let right = self.right(change.right);
            match by_target.iter_mut().find(|(known, _)| *known == on) {
                Some((_, rights)) => rights.push(right),
                None => by_target.push((on, vec![right])),
            }
        }
        let mut rights: Vec<String> = Vec::new();
        let mut further: Vec<String> = Vec::new();
        let (mut named, mut further_total) = (0, 0);
        for (on, of_target) in by_target {
            let room = RIGHTS_NAMED.saturating_sub(named).min(of_target.len());
            named += room;
            let (first, rest) = of_target.split_at(room);
            if !first.is_empty() {
                rights.push(format!("{}{on}", first.join(", ")));
            }
            if !rest.is_empty() {
                further_total += rest.len();
                further.push(format!("{}{on}", rest.join(", ")));
            }
        }
        let is_of_customers = |change: &access::Change| match change.right {
            Right::Selectable => true,
            Right::Permission(permission) => permission.key().starts_with("portal."),
            _ => false,
        };
        Line {
            who,
            is_person: matches!(subject, Subject::Person(_)),
            is_customer: changes.iter().any(is_of_customers),
            alike: None,
            from_to: moved.map(|one| (one.from.clone(), one.to.clone())),
            idle: moved
                .and_then(|one| one.idle.clone())
                .filter(|idle| idle.partly),
            why: match moved {
                // What was chosen is why.
                Some(_) => None,
                None => self.why(subject, causes, direction),
            },
            rights,
            further,
            further_total,
        }
    }

    /// Somebody for whom something else is stored, and nothing changes.
    pub fn unmoved(&self, person: PersonId) -> Line {
        let moved = self.moves.get(&person);
        Line {
            who: self.who(person),
            is_person: true,
            is_customer: false,
            alike: None,
            from_to: moved.map(|one| (one.from.clone(), one.to.clone())),
            idle: moved.and_then(|one| one.idle.clone()),
            why: None,
            rights: Vec::new(),
            further: Vec::new(),
            further_total: 0,
        }
    }

    fn why(
        &self,
        subject: Subject,
        causes: &[(Subject, Cause)],
        direction: Direction,
    ) -> Option<Html> {
        let first = causes.partition_point(|(of, _)| *of < subject);
        let mut told: Vec<Html> = Vec::new();
        for (of, cause) in &causes[first..] {
            if *of != subject {
                break;
            }
            let clause = self.clause(subject, *cause, direction);
            if !told.contains(&clause) {
                told.push(clause);
            }
        }
        let more = told.len().saturating_sub(CAUSES_NAMED);
        told.truncate(CAUSES_NAMED);
        let tail = Html::text(&match more {
            0 => ".".to_owned(),
            1 => ", and for one more reason.".to_owned(),
            more => format!(", and for {more} more reasons."),
        });
        (!told.is_empty())
            .then(|| Html::joined([Html::text("Because "), Html::joined(told, ", "), tail], ""))
    }

    /// As it goes on after "because".
    fn clause(&self, subject: Subject, cause: Cause, direction: Direction) -> Html {
        let (through, by) = match (cause, direction) {
            (Cause::Way { through, by }, _) => (through, by),
            (Cause::Rank { about, holds }, _) => {
                return self.names.html(&words::above(subject, about, holds));
            }
            (Cause::Gate(gate, why), Direction::Gain) => {
                return self.names.html(&words::opens(gate, why));
            }
            (Cause::Gate(_, why), Direction::Loss) => return self.names.html(&words::closes(why)),
        };
        let giver = self.names.html(&words::giver(through, by));
        let is_term = through == Through::Direct && !matches!(by, By::Switch(_));
        let (open, close) = if is_term { ("“", "”") } else { ("", "") };
        let gives = match direction {
            Direction::Gain => " gives it",
            Direction::Loss => " gives it no longer",
        };
        Html::joined(
            [
                Html::text(open),
                giver,
                Html::text(close),
                Html::text(gives),
            ],
            "",
        )
    }

    fn right(&self, right: Right) -> String {
        match right {
            Right::Permission(permission) => permission.label().to_owned(),
            Right::Selectable => "can be chosen as customer".to_owned(),
            Right::Company(None) => "sees what has no company".to_owned(),
            Right::Company(Some(company)) => {
                format!(
                    "sees what is of {}",
                    self.names.text(Name::Company(company))
                )
            }
            Right::ProductAction(product, _) => {
                format!("acts in {}", self.names.text(Name::Product(product)))
            }
        }
    }

    fn on(&self, change: &access::Change) -> String {
        let mut on = match (change.right, change.on) {
            (Right::Company(_), _) | (_, Target::Account | Target::Session { .. }) => String::new(),
            (_, Target::DirectCall) => " in direct calls".to_owned(),
            _ if self_named(change) => " on themselves".to_owned(),
            (_, target) => match target_name(target) {
                Some(name) if self.names.is_there(name) => {
                    format!(" on {}", self.names.text(name))
                }
                name => match name.and_then(|name| self.to_be(name)) {
                    Some(text) => format!(" on {text}"),
                    None => " on what is made by this".to_owned(),
                },
            },
        };
        if let Some(from) = change.from {
            on.push_str(&format!(", from {}", moment(from)));
        }
        if let Some(until) = change.until {
            on.push_str(&format!(", until {}", moment(until)));
        }
        on
    }
}

#[cfg(test)]
mod tests {
    use access::{Dense, Fingerprint, NotGiven, Version};

    use super::*;

    /// AD-23: who is not changed is named, however many are changed before them.
    #[test]
    fn ad_23_whoever_is_skipped_is_named_behind_any_number_of_others() {
        let people = (1..=300).filter_map(PersonId::from_number);
        let outcomes = people.map(|person| match person.number() {
            201.. => (person, Outcome::Unchanged),
            _ => (person, Outcome::Changed),
        });
        let effect = Effect {
            version: Version(1),
            events: 200,
            gains: Changes::default(),
            losses: Changes::default(),
            locked_out: Vec::new(),
            vacancies: Vec::new(),
            everybody: false,
            complete: true,
            notices: Vec::new(),
            outcomes: outcomes.collect(),
            not_given: NotGiven::default(),
            fingerprint: Fingerprint([0; 16]),
        };
        let named = names_of(&effect);
        let wanted: Vec<_> = (201..=300)
            .filter_map(PersonId::from_number)
            .map(Name::Person)
            .collect();
        assert_eq!(named, wanted);
    }
}
