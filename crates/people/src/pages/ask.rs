//! May this person do that on this thing? The answer with its gates, every path, and what would change a no. The address names ids, a
//! key and a moment; what is typed to find somebody comes in a body.

use access::{
    Dense, Gate, GateOutcome, Permission, PersonId, Product, RoleId, Step, Subject, Target,
    decide::{Over, Path, Through},
    explain::words::{self, Name},
};
use askama::Template;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{
    Problem, Result,
    guard::SignedIn,
    page::{
        self, ACCESS, Frame, Page, Picker, SeeOther, Sent, Taken,
        find::Kind,
        form::Form,
        names::{Html, Mark, Names, system_role},
        review::target_name,
    },
    part::Query,
    route::{Route, get, post},
    session::Session,
};

use super::{
    choice::{self, Choice},
    picture::Picture,
    set_it,
    things::{name_of_subject, subject_id},
};
use crate::decisions::{self, Asked, Question};

pub(super) const PATH: &str = "/access/ask";
const PEOPLE: &[Kind] = &[Kind::Person];
const THINGS: &[Kind] = &[
    Kind::Service,
    Kind::Queue,
    Kind::Person,
    Kind::UserGroup,
    Kind::Device,
];
/// Paths that are told of a no: what is held instead.
const NEAREST_MAX: usize = 4;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            PATH,
            "ask.page",
            "Whether somebody may do something, and why",
            show,
        )
        .in_section(&ACCESS, "Ask"),
        post(
            PATH,
            "ask.choose",
            "Choose whom and what to ask about",
            choose,
        ),
    ]
}

#[derive(Debug, Default, Deserialize, IntoParams)]
struct Address {
    /// A person; absent: oneself.
    subject: Option<String>,
    /// The permission's key.
    permission: Option<String>,
    /// A thing; absent: the account as a whole.
    on: Option<String>,
    /// The guard reads it.
    as_of: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Chosen {
    subject: Option<String>,
    subject_text: Option<String>,
    subject_asked: Option<String>,
    permission: Option<String>,
    on: Option<String>,
    on_text: Option<String>,
    on_asked: Option<String>,
    as_of: Option<String>,
}

#[derive(Template)]
#[template(path = "ask.html")]
struct AskPage {
    frame: Frame,
    who: Picker,
    on: Picker,
    choices: Vec<Choice>,
    /// The moment that was asked about, as the field takes it.
    as_of: String,
    wrong: Option<&'static str>,
    answer: Option<Answer>,
}

struct Answer {
    allowed: bool,
    says: Html,
    gates: Vec<GateRow>,
    paths: Vec<Html>,
    remedies: Vec<Remedy>,
    picture: Picture,
    version: u64,
    at: String,
    /// Who else may.
    who_can: Option<String>,
}

struct GateRow {
    class: &'static str,
    icon: &'static str,
    label: &'static str,
    outcome: &'static str,
    says: Html,
}

/// Changes that together would allow it.
struct Remedy {
    steps: Vec<StepRow>,
    /// Where the reader makes the first of them.
    set: Option<String>,
}

struct StepRow {
    says: Html,
    makers: Vec<Mark>,
    /// Of those who are not shown, their roles.
    roles: Vec<Html>,
    more: bool,
    operator: bool,
}

fn pickers() -> (Picker, Picker) {
    (
        Picker::new("subject", "Person", PEOPLE),
        Picker::new("on", "Thing", THINGS),
    )
}

async fn show(session: SignedIn, Query(address): Query<Address>) -> Result<Page<AskPage>> {
    let frame = Frame::of(&session, "Ask", PATH, ACCESS.label).await?;
    let (who, on) = pickers();
    let permission = address.permission.as_deref().filter(|key| !key.is_empty());
    let as_of = address.as_of.as_ref();
    let as_of = as_of.map(|_| page::moment_field(session.asked_at()));
    let as_of = as_of.unwrap_or_default();
    let known = permission.and_then(Permission::from_key);
    let question = Question::about(
        address.subject.as_deref(),
        // Whom and what is looked up without a permission as well.
        known.unwrap_or(Permission::AdminPortalOpen),
        address.on.as_deref(),
    );
    let asked = decisions::asked(&session, question)?;
    let Asked::Own(subject, _, target) = asked else {
        return Err(Problem::not_found());
    };
    let answer = match known {
        Some(permission) => Some(answer(&session, subject, permission, target).await?),
        None => None,
    };
    let names = Names::of(
        &session,
        [name_of_subject(subject), target_name(target)]
            .into_iter()
            .flatten(),
    )
    .await?;
    let picked = |picker: Picker, id: Option<&String>, name: Option<Name>| match (id, name) {
        (Some(id), Some(name)) => picker.with(id, names.text(name)),
        (Some(_), None) => picker.wrong("Nothing with this id is known."),
        (None, _) => picker,
    };
    let oneself = subject_id(&session, subject);
    let subject_id = address.subject.as_ref().or(oneself.as_ref());
    let on_id = address
        .on
        .as_ref()
        .filter(|id| *id != "account" && !id.is_empty());
    Ok(Page::new(AskPage {
        frame,
        who: picked(who, subject_id, name_of_subject(subject)),
        on: picked(on, on_id, target_name(target)),
        choices: choice::all(known),
        as_of,
        wrong: (permission.is_some() && known.is_none()).then_some("There is no such permission."),
        answer,
    }))
}

async fn choose(session: SignedIn, Form(chosen): Form<Chosen>) -> Result<Taken<AskPage>> {
    let (who, on) = pickers();
    let sent = Sent {
        id: chosen.subject,
        text: chosen.subject_text,
        asked: chosen.subject_asked,
    };
    let who = who.take(&session, PEOPLE, sent).await?;
    let sent = Sent {
        id: chosen.on,
        text: chosen.on_text,
        asked: chosen.on_asked,
    };
    let on = on.take(&session, THINGS, sent).await?;
    let permission = chosen.permission.unwrap_or_default();
    let as_of = chosen.as_of.unwrap_or_default();
    let moment = page::moment_of_field(&as_of);
    let wrong = if permission.is_empty() {
        Some("Choose what the question is about.")
    } else if moment.is_none() {
        Some("Give the moment like 2026-03-03T12:00, or leave it empty to ask about now.")
    } else if who.is_open() || on.is_open() {
        Some("Say who or what is meant, then ask again.")
    } else {
        None
    };
    if wrong.is_none() {
        let moment = moment.flatten();
        return Ok(Taken::Done(SeeOther::to(page::address(
            PATH,
            &[
                ("subject", who.chosen()),
                ("permission", Some(&permission)),
                ("on", on.chosen()),
                ("as_of", moment.as_deref()),
            ],
        ))));
    }
    Ok(Taken::Again(Page::again(AskPage {
        frame: Frame::of(&session, "Ask", PATH, ACCESS.label).await?,
        who,
        on,
        choices: choice::all(Permission::from_key(&permission)),
        as_of,
        wrong,
        answer: None,
    })))
}

async fn answer(
    session: &Session,
    subject: Subject,
    permission: Permission,
    target: Target,
) -> Result<Answer> {
    let asked = Asked::Own(subject, permission, target);
    let explanation = decisions::explained(session, asked).await?;
    let decision = &explanation.decision;
    let held = if decision.paths.is_empty() {
        nearest(session, subject, permission, target)
    } else {
        decision.paths.to_vec()
    };
    let steps: Vec<_> = explanation.remedies.iter().map(|it| &it.steps).collect();
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
    for (_, reason) in decision.gates.failed() {
        let phrase = words::reason(*reason);
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
            label: gate_label(gate),
            outcome: word,
            says: match outcome {
                GateOutcome::Failed(reason) => names.html(&words::reason(reason)).capital(),
                GateOutcome::NotAsked => Html::text("Does not concern this permission"),
                GateOutcome::Passed => passed(&names, gate, subject, permission, target, &held),
            },
        }
    });
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
        says: says(&names, subject, permission, target, decision, &held),
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
            permission,
            target,
            decision,
            held.first(),
            steps.first().and_then(|steps| steps.last()),
        ),
        remedies: remedies.collect(),
        version: decision.version.0,
        at: page::moment(decision.decided_at),
        who_can: super::who_can::address(session, permission, target),
    })
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

/// The answer as a sentence.
fn says(
    names: &Names<'_>,
    subject: Subject,
    permission: Permission,
    target: Target,
    decision: &access::Decision,
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
    let label = Html::text(permission.label());
    let listed = Html::joined(held.iter().map(|path| path_says(names, path)), "; ");
    if decision.allowed {
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
    let failed = decision.gates.failed().iter();
    let failed = failed.map(|(_, reason)| names.html(&words::reason(*reason)));
    let mut pieces = vec![
        who,
        Html::text(" may not "),
        label,
        on,
        Html::text(": "),
        Html::joined(failed, "; "),
        Html::text("."),
    ];
    if !held.is_empty() {
        pieces.extend([Html::text(" Held there: "), listed, Html::text(".")]);
    }
    Html::joined(pieces, "").capital()
}

/// What a gate is called on the screen.
pub(super) fn gate_label(gate: Gate) -> &'static str {
    match gate {
        Gate::Account => "Account active",
        Gate::Person => "Person active",
        Gate::Resource => "Thing active",
        Gate::Licence => "Licence",
        Gate::Permission => "Permission held",
        Gate::Scope => "Held here",
        Gate::Rank => "Rank",
        Gate::Switch => "Switches and conditions",
        Gate::Company => "Company access",
    }
}

/// What let pass, where there is something to name.
fn passed(
    names: &Names<'_>,
    gate: Gate,
    subject: Subject,
    permission: Permission,
    target: Target,
    held: &[Path],
) -> Html {
    let name = |name: Option<Name>| name.map(|name| names.bare(name)).unwrap_or_default();
    match gate {
        Gate::Person => name(name_of_subject(subject)),
        Gate::Resource => name(target_name(target)),
        Gate::Licence => Html::text(permission.licence().map_or("", Product::name)),
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
        more: step.makers.more,
        operator: step.makers.operator,
    }
}
