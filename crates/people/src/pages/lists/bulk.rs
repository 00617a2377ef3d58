//! One change of many people: of the account role (AD-23) or of the portal level (SD-25). What it would do is shown first, and what
//! became of each afterwards.

use std::collections::BTreeMap;

use access::{
    Command, PersonId, RoleId,
    command::RoleAssignment,
    explain::words::Name,
    state::{Facet, PeopleScope, PortalLevel},
};
use askama::Template;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use web::{
    Problem, Result,
    guard::{Commands, SignedIn},
    lists::Whole,
    page::{
        Frame, Page, SeeOther,
        names::{Mark, Names, system_role},
        review::{Asking, Filled, Reviewed, Settled},
        sentence,
    },
    paging::Paging,
    part::Query,
    resource::PersonRef,
    route::{Route, get, post},
    session::Session,
    submit::Written,
};

use super::{
    filter::Filter,
    list::{self, CUSTOMERS, Kind, ListPage, PLACE, Returned, USERS},
    words,
};
use crate::account_roles::BULK_MAX;

/// People whose reasons are kept and shown afterwards; beyond, they are counted.
const SKIPPED_SHOWN: usize = 1_000;

pub(super) fn routes() -> Vec<Route> {
    vec![
        post(
            "/people/users/role",
            "users.set_roles",
            "Give several users an account role, after a look at what that does",
            set_roles,
        ),
        post(
            "/people/customers/level",
            "customers.set_levels",
            "Set the portal level of several customers, after a look at what that does",
            set_levels,
        ),
        get(
            "/people/users/changed",
            "users.changed",
            "What became of each of several users",
            users_changed,
        ),
        get(
            "/people/customers/changed",
            "customers.changed",
            "What became of each of several customers",
            customers_changed,
        ),
    ]
}

/// The fields of the form: a list of people has a field for each of those who were chosen.
type Fields = BTreeMap<String, String>;

/// What the form says.
struct Sent {
    filter: Filter,
    /// Where in the list the page began.
    page: String,
    to: String,
    all: bool,
    people: Vec<PersonRef>,
}

impl Sent {
    /// Every key is known, or is a person's.
    fn parse(fields: &Fields) -> Result<Self> {
        let (mut filter, mut page, mut to, mut all, mut people) = ("", "", "", false, Vec::new());
        for (name, value) in fields {
            match name.as_str() {
                "filter" => filter = value,
                "page" => page = value,
                "to" => to = value,
                "all" => all = true,
                id => people.push(
                    id.parse()
                        .map(web::resource::Id)
                        .map_err(|_| Problem::invalid(id, "there is no such field"))?,
                ),
            }
        }
        Ok(Self {
            filter: Filter::parse(filter)?,
            page: page.to_owned(),
            to: to.to_owned(),
            all,
            people,
        })
    }

    /// Whom it means.
    async fn people(&self, session: &Session, kind: Kind) -> Result<Vec<PersonId>> {
        let people = if self.all {
            everybody(session, kind, &self.filter).await?
        } else {
            session.named_all("people", &self.people)?
        };
        if people.is_empty() {
            let detail = format!(
                "nobody was chosen: choose {} in the first column",
                kind.noun(2)
            );
            return Err(Problem::invalid("people", detail));
        }
        Ok(people)
    }

    /// The list as it was looked at.
    fn list(&self, kind: Kind) -> String {
        self.filter.address_with(kind.path(), "page", &self.page)
    }

    /// The list again, with what is wrong.
    async fn again(
        self,
        session: &Session,
        kind: Kind,
        problem: Problem,
    ) -> Result<Filled<ListPage>> {
        // An id that names nothing for the caller comes from no page of ours.
        let is_unknown = problem.code() == "unknown_id";
        if is_unknown || problem.status() != StatusCode::UNPROCESSABLE_ENTITY {
            return Err(problem);
        }
        let body = problem.body();
        let returned = Returned {
            wrong: sentence(&body.detail.unwrap_or(body.title)),
            people: self.people.iter().map(|id| id.0.to_string()).collect(),
            to: self.to.clone(),
        };
        let paging = Paging::at(session, &self.list(kind))?;
        let page = list::page(session, kind, self.filter, &paging, Some(returned)).await?;
        Ok(Filled::Again(Page::again(page)))
    }
}

async fn everybody(session: &Session, kind: Kind, filter: &Filter) -> Result<Vec<PersonId>> {
    let wanted = filter.wanted(session, kind.0).await?;
    match session.whole_list(&wanted, BULK_MAX).await? {
        Whole::Everybody(people) => Ok(people),
        Whole::TooMany => Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "too_many_people",
            "These are too many at once",
        )
        .detail(format!(
            "one change takes at most {} people: narrow the list, by company, status or level, and do it in steps",
            words::number(BULK_MAX)
        ))),
    }
}

fn asking(kind: Kind, sent: &Sent, number: usize, what: &str) -> Asking {
    let who = format!("{} {}", words::number(number), kind.noun(number));
    Asking {
        title: format!("Set the {what} of {who}?"),
        about: "Each is changed by the rules for one; who cannot be is left as they are, with the reason.".to_owned(),
        button: format!("Set the {what}"),
        action: match kind.0 {
            Facet::User => "/people/users/role".to_owned(),
            Facet::Customer => "/people/customers/level".to_owned(),
        },
        back: sent.list(kind),
        place: PLACE,
        moves: Vec::new(),
    }
}

async fn set_roles(commands: Commands, form: Reviewed<Fields>) -> Result<Filled<ListPage>> {
    let kind = Kind(Facet::User);
    let sent = Sent::parse(&form.body)?;
    let people = match sent.people(&commands, kind).await {
        Ok(people) => people,
        Err(problem) => return sent.again(&commands, kind, problem).await,
    };
    let Ok(role) = sent.to.parse().map(web::resource::Id) else {
        let problem = Problem::invalid("to", "choose an account role");
        return sent.again(&commands, kind, problem).await;
    };
    let role: RoleId = commands.named("to", role)?;
    let name = match system_role(role) {
        Some(system) => system.to_owned(),
        None => {
            let names = Names::of(&commands, [Name::Role(role)]).await?;
            names.text(Name::Role(role))
        }
    };
    let asking = asking(kind, &sent, people.len(), &format!("account role {name}"));
    let command = Command::SetAccountRoles {
        people,
        assignment: RoleAssignment {
            role,
            scope: PeopleScope::All,
        },
        keep: Vec::new(),
        bulk: true,
    };
    let settled = form.settle(&commands, command, asking).await?;
    done(&commands, USERS, settled).await
}

async fn set_levels(commands: Commands, form: Reviewed<Fields>) -> Result<Filled<ListPage>> {
    let kind = Kind(Facet::Customer);
    let sent = Sent::parse(&form.body)?;
    let people = match sent.people(&commands, kind).await {
        Ok(people) => people,
        Err(problem) => return sent.again(&commands, kind, problem).await,
    };
    let Ok(level) = serde_json::from_value::<PortalLevel>(sent.to.as_str().into()) else {
        let problem = Problem::invalid("to", "choose a portal level");
        return sent.again(&commands, kind, problem).await;
    };
    let asking = asking(
        kind,
        &sent,
        people.len(),
        &format!("portal level {}", words::level(level)),
    );
    let command = Command::SetPortalLevel {
        people,
        level,
        bulk: true,
    };
    let settled = form.settle(&commands, command, asking).await?;
    done(&commands, CUSTOMERS, settled).await
}

/// What became of each, as it is kept for whoever did it.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    changed: usize,
    unchanged: usize,
    skipped: usize,
    /// The first of those who were skipped, and why.
    reasons: Vec<(PersonRef, String)>,
}

impl Kept {
    fn of(written: &Written) -> Self {
        let is_unchanged =
            |code: &Option<std::borrow::Cow<'_, str>>| code.as_deref() == Some("unchanged");
        let outcomes = &written.outcomes;
        let skipped = || {
            let left = outcomes.iter().filter(|outcome| !outcome.changed);
            left.filter(|outcome| !is_unchanged(&outcome.code))
        };
        Self {
            changed: outcomes.iter().filter(|outcome| outcome.changed).count(),
            unchanged: outcomes
                .iter()
                .filter(|outcome| is_unchanged(&outcome.code))
                .count(),
            skipped: skipped().count(),
            reasons: skipped()
                .take(SKIPPED_SHOWN)
                .map(|outcome| (outcome.person, outcome.detail.clone().unwrap_or_default()))
                .collect(),
        }
    }
}

async fn done(session: &Session, path: &str, settled: Settled) -> Result<Filled<ListPage>> {
    let kept = match &settled {
        Settled::Review(_) => None,
        Settled::Done(written) => Some(Kept::of(written)),
    };
    let text = kept.map(|kept| serde_json::to_string(&kept));
    let view = match text.transpose().map_err(Problem::internal)? {
        Some(text) => session.keep_words(&text).await?,
        None => String::new(),
    };
    let done = settled.then(|_| SeeOther::to(format!("{path}/changed?view={view}")));
    Ok(Filled::Settled(done))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
struct Which {
    /// The id of what became of them.
    view: String,
}

#[derive(Debug, Template)]
#[template(path = "people-changed.html")]
struct ChangedPage {
    frame: Frame,
    kind: Kind,
    changed: String,
    unchanged: usize,
    skipped: Vec<(Mark, String)>,
    beyond: usize,
}

async fn users_changed(session: SignedIn, Query(which): Query<Which>) -> Result<Page<ChangedPage>> {
    changed(&session, Kind(Facet::User), &which).await
}

async fn customers_changed(
    session: SignedIn,
    Query(which): Query<Which>,
) -> Result<Page<ChangedPage>> {
    changed(&session, Kind(Facet::Customer), &which).await
}

async fn changed(session: &Session, kind: Kind, which: &Which) -> Result<Page<ChangedPage>> {
    let text = session.view_text(&which.view).await?;
    let kept: Option<Kept> = text.and_then(|text| serde_json::from_str(&text).ok());
    let kept = kept.ok_or_else(Problem::not_found)?;
    let known = kept.reasons.iter().filter_map(|(id, why)| {
        let person = session.named("view", *id).ok()?;
        Some((person, why))
    });
    let known: Vec<_> = known.collect();
    let names = Names::of_people(session, known.iter().map(|(person, _)| *person)).await?;
    let skipped: Vec<_> = known
        .into_iter()
        .map(|(person, why)| (names.mark(Name::Person(person)), sentence(why)))
        .collect();
    let title = "What became of them";
    let path = format!("{}/changed", kind.path());
    Ok(Page::new(ChangedPage {
        frame: Frame::of(session, title, &path, PLACE)
            .await?
            .below(kind.path(), kind.title()),
        kind,
        changed: words::number(kept.changed),
        unchanged: kept.unchanged,
        beyond: kept.skipped - skipped.len().min(kept.skipped),
        skipped,
    }))
}
