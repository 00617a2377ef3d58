//! The answer to a question about access, as Ask shows it: what was checked, every path, what would change a no, and the picture.

use access::{
    Command, Dense, Gate, GateOutcome, Permission, PersonId, Product, RoleId, Step, Subject,
    Target,
    decide::{Over, Path, Reason, Through},
    explain::words::{self, Name},
};
use web::{
    Problem, Result,
    page::{
        self,
        names::{Html, Mark, Names, system_role},
        review::target_name,
    },
    session::Session,
};

use super::{picture::Picture, set_it, things::name_of_subject, what::What, who_can};
use crate::decisions::{self, Asked};

/// Paths that are told of a no: what is held instead.
const NEAREST_MAX: usize = 4;
/// Others who could make a change that are counted.
const OTHERS_MAX: usize = 200;

pub(super) struct Answer {
    pub allowed: bool,
    pub says: Html,
    pub gates: Vec<GateRow>,
    pub paths: Vec<Html>,
    pub remedies: Vec<Remedy>,
    pub picture: Picture,
    pub version: u64,
    pub at: String,
    /// Who else may.
    pub who_can: Option<String>,
    pub who_can_says: &'static str,
}

pub(super) struct GateRow {
    pub class: &'static str,
    pub icon: &'static str,
    pub label: &'static str,
    pub outcome: &'static str,
    pub says: Html,
}

/// Changes that together would allow it.
pub(super) struct Remedy {
    pub steps: Vec<StepRow>,
    /// Where the reader makes the first of them.
    pub set: Option<String>,
}

pub(super) struct StepRow {
    pub says: Html,
    pub makers: Vec<Mark>,
    /// Of those who are not shown, their roles.
    pub roles: Vec<Html>,
    pub others: Others,
    pub operator: bool,
}

/// Who could make it besides those who are named.
pub(super) enum Others {
    Nobody,
    /// So many, who are shown there with whoever may give the right.
    Some(String, String),
    /// Not everybody was asked.
    Perhaps,
}

impl StepRow {
    /// Whether nobody who signs in can do it.
    pub fn is_operators_alone(&self) -> bool {
        self.operator && self.makers.is_empty() && self.roles.is_empty()
    }
}

/// Asks, and says what came of it.
pub(super) async fn answer(
    session: &Session,
    subject: Subject,
    what: What,
    target: Target,
) -> Result<Answer> {
    let question = match (what, subject, target) {
        (What::Permission(permission), ..) => Asked::Own(subject, permission, target),
        (What::Choice, Subject::Person(customer), Target::Service(service)) => {
            Asked::Choice(customer, service)
        }
        (What::Choice, ..) => return Err(Problem::not_found()),
    };
    let explanation = decisions::explained(session, question).await?;
    let decision = &explanation.decision;
    let held = match what {
        What::Permission(permission) if decision.paths.is_empty() => {
            nearest(session, subject, permission, target)
        }
        _ => decision.paths.to_vec(),
    };
    let mut steps: Vec<_> = explanation.remedies.iter().map(|it| &it.steps).collect();
    // What nobody can do in the console comes last; before that, what lets somebody do everything.
    steps.sort_by_key(|steps| {
        let by_operator = steps.iter().any(|step| step.makers.operator);
        (by_operator, steps.iter().any(makes_super_admin))
    });
    let mut wanted: Vec<Name> = Vec::new();
    wanted.extend(name_of_subject(subject));
    wanted.extend(target_name(target));
    for path in &held {
        for phrase in [
            words::by(path.by),
            words::through(path.through),
            words::over(path.over),
        ] {
            wanted.extend(phrase.names.iter().map(|(_, name)| *name));
        }
    }
    let above = match target {
        Target::Person(about) => {
            let view = session.asked().view(subject, session.asked_at());
            view.above(about).map(|holds| (about, holds))
        }
        _ => None,
    };
    let why = |reason: Reason| match (reason, above) {
        (Reason::Outranked, Some((about, holds))) => words::above(subject, about, holds),
        _ => what.reason(reason, target),
    };
    for (_, reason) in decision.gates.failed() {
        let phrase = why(*reason);
        wanted.extend(phrase.names.iter().map(|(_, name)| *name));
    }
    for step in steps.iter().copied().flatten() {
        if let Some(phrase) = words::change(&step.command) {
            wanted.extend(phrase.names.iter().map(|(_, name)| *name));
        }
        wanted.extend(step.makers.people.iter().map(|id| Name::Person(*id)));
        wanted.extend(roles_of(session, step).into_iter().map(Name::Role));
    }
    let names = Names::of(session, wanted).await?;

    let gates = decision.gates.iter().map(|(gate, outcome)| {
        let (class, icon, word) = match outcome {
            GateOutcome::Passed => ("pass", "tick", "passed"),
            GateOutcome::Failed(_) => ("fail", "cross", "failed"),
            GateOutcome::NotAsked => ("open", "dash", "not asked"),
        };
        GateRow {
            class,
            icon,
            label: what.gate_label(gate),
            outcome: word,
            says: match outcome {
                GateOutcome::Failed(reason) => names.html(&why(reason)).capital(),
                GateOutcome::NotAsked => Html::text("Does not concern this question"),
                GateOutcome::Passed => passed(&names, gate, subject, what, target, &held),
            },
        }
    });
    let failed = decision.gates.failed().iter();
    let failed = failed.map(|(_, reason)| names.html(&why(*reason)));
    let failed = Html::joined(failed, "; ");
    let remedies = steps.iter().map(|steps| Remedy {
        set: steps
            .iter()
            .find_map(|step| set_it::page(session, &step.command)),
        steps: steps
            .iter()
            .map(|step| step_row(session, &names, step))
            .collect(),
    });
    Ok(Answer {
        allowed: decision.allowed,
        says: says(&names, (subject, what, target), failed, &held),
        gates: gates.collect(),
        paths: if decision.allowed {
            held.iter()
                .map(|path| path_says(&names, path).capital())
                .collect()
        } else {
            Vec::new()
        },
        picture: Picture::of(
            &names,
            subject,
            what,
            target,
            decision,
            held.first(),
            steps.first().and_then(|steps| steps.last()),
        ),
        remedies: remedies.collect(),
        version: decision.version.0,
        at: page::moment(decision.decided_at),
        who_can: who_can(session, what, target),
        who_can_says: match (what, target) {
            (What::Choice, _) => "Who can be chosen there",
            (_, Target::Account) => "Who can do it",
            _ => "Who can do it there",
        },
    })
}

fn makes_super_admin(step: &Step) -> bool {
    matches!(&step.command, Command::SetAccountRoles { assignment, .. } if assignment.role == RoleId::SUPER_ADMIN)
}

/// Where everybody of whom it is so is shown.
pub(super) fn who_can(session: &Session, what: What, target: Target) -> Option<String> {
    match (what, target) {
        (What::Permission(permission), _) => who_can::address(session, permission, target),
        (What::Choice, Target::Service(service)) => set_it::customers_of(session, service),
        (What::Choice, _) => None,
    }
}

/// What of the same product is held on the thing, where the permission itself is not: as the decisions about it tell.
fn nearest(
    session: &Session,
    subject: Subject,
    permission: Permission,
    target: Target,
) -> Vec<Path> {
    let view = session.asked().view(subject, session.asked_at());
    let mut found: Vec<Path> = Vec::new();
    let siblings = permission.product().permissions();
    for sibling in siblings
        .iter()
        .filter(|it| it.scope() == permission.scope())
    {
        for path in view.decide(sibling, target).paths {
            let is_new = !found
                .iter()
                .any(|known| (known.by, known.through) == (path.by, path.through));
            if is_new && found.len() < NEAREST_MAX {
                found.push(path);
            }
        }
    }
    found
}

fn path_says(names: &Names<'_>, path: &Path) -> Html {
    let mut pieces = vec![names.html(&words::by(path.by))];
    if path.through != Through::Direct {
        pieces.push(names.html(&words::through(path.through)));
    }
    if !matches!(path.over, Over::Oneself | Over::Session) {
        let over = names.html(&words::over(path.over));
        pieces.push(Html::joined([Html::text("over "), over], ""));
    }
    if let Some(until) = path.until {
        pieces.push(Html::text(&format!("until {}", page::moment(until))));
    }
    Html::joined(pieces, ", ")
}

/// The answer as a sentence, with why not where that is so.
fn says(
    names: &Names<'_>,
    (subject, what, target): (Subject, What, Target),
    failed: Html,
    held: &[Path],
) -> Html {
    let who = name_of_subject(subject).map(|name| names.bare(name));
    let who = who.unwrap_or_else(|| Html::text("this person"));
    let on = target_name(target).map(|name| names.bare(name));
    let on = match (target, on) {
        (_, Some(name)) => Html::joined([Html::text(" on "), name], ""),
        (Target::Account, None) => Html::text(" in the account as a whole"),
        _ => Html::text(" on this thing"),
    };
    let label = Html::text(what.label());
    let listed = Html::joined(held.iter().map(|path| path_says(names, path)), "; ");
    if failed.is_empty() {
        return Html::joined(
            [
                who,
                Html::text(" may "),
                label,
                on,
                Html::text(": "),
                listed,
                Html::text("."),
            ],
            "",
        )
        .capital();
    }
    let mut pieces = vec![
        who,
        Html::text(" may not "),
        label,
        on,
        Html::text(": "),
        failed,
        Html::text("."),
    ];
    if !held.is_empty() {
        pieces.extend([Html::text(" Held there: "), listed, Html::text(".")]);
    }
    Html::joined(pieces, "").capital()
}

/// What let pass, where there is something to name.
fn passed(
    names: &Names<'_>,
    gate: Gate,
    subject: Subject,
    what: What,
    target: Target,
    held: &[Path],
) -> Html {
    let name = |name: Option<Name>| name.map(|name| names.bare(name)).unwrap_or_default();
    match gate {
        Gate::Person => name(name_of_subject(subject)),
        Gate::Resource => name(target_name(target)),
        Gate::Licence => match what {
            What::Permission(permission) => {
                Html::text(permission.licence().map_or("", Product::name))
            }
            What::Choice => Html::default(),
        },
        Gate::Permission => {
            let by = held.first().map(|path| names.html(&words::by(path.by)));
            by.unwrap_or_default().capital()
        }
        Gate::Scope => {
            let over = held.first().map(|path| names.html(&words::over(path.over)));
            over.unwrap_or_default().capital()
        }
        _ => Html::default(),
    }
}

/// The roles of those makers whom the reader does not see.
fn roles_of(session: &Session, step: &Step) -> Vec<RoleId> {
    let view = session.view();
    let hidden = step.makers.people.iter().filter(|id| !view.sees(**id));
    let roles =
        hidden.filter_map(|id: &PersonId| Some(session.asked().people().get(*id)?.account_role));
    let mut roles: Vec<_> = roles.collect();
    roles.sort_unstable_by_key(|role| role.number());
    roles.dedup();
    roles
}

/// One right alone says who could: those are counted, where somebody was left out.
fn others(session: &Session, step: &Step) -> Others {
    if !step.makers.more {
        return Others::Nobody;
    }
    let right = step.command.right();
    let right =
        right.and_then(|(right, on)| Some((right, on, who_can::address(session, right, on)?)));
    match right {
        None => Others::Perhaps,
        Some((right, on, list)) => {
            let found = who_can::holders(session, right, on, OTHERS_MAX);
            let all = found.items.iter().map(|row| row.person);
            let others = all.filter(|person| !step.makers.people.contains(person));
            match (others.count(), found.next) {
                (0, None) => Others::Nobody,
                (1, None) => Others::Some("1 other".to_owned(), list),
                (some, None) => Others::Some(format!("{some} others"), list),
                (some, Some(_)) => Others::Some(format!("more than {some} others"), list),
            }
        }
    }
}

fn step_row(session: &Session, names: &Names<'_>, step: &Step) -> StepRow {
    let view = session.view();
    let seen = step.makers.people.iter().filter(|id| view.sees(**id));
    let roles = roles_of(session, step).into_iter().map(|role| {
        // A Member makes it by a right of the product, whose name is in the change itself.
        if role.is_member() {
            Html::text("somebody with a right of the product")
        } else if system_role(role).is_some() || view.sees(role) {
            names.bare(Name::Role(role))
        } else {
            Html::text("a custom role")
        }
    });
    StepRow {
        says: words::change(&step.command)
            .map(|phrase| names.html(&phrase).capital())
            .unwrap_or_default(),
        makers: seen.map(|id| names.mark(Name::Person(*id))).collect(),
        roles: roles.collect(),
        others: others(session, step),
        operator: step.makers.operator,
    }
}
