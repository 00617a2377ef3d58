//! What a first sync would do, before it is done: who matches whom, who is new, who clashes. Nothing is written, and nobody is named but by ids.

use std::collections::HashSet;

use access::{
    ConnectionId, PersonId,
    decide::{OnAccount, permissions::ManageIntegrations},
};
use scim::{fold, resource, schema::USER, user::UserFields};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use web::{
    Problem, Result,
    guard::Seen,
    part::Body,
    reply::Answer,
    resource::PersonRef,
    session::{Session, failed},
};

use crate::{
    directory::is_directory,
    links::{
        is_off,
        matching::{self, By, Clash, Match},
        store::Whose,
    },
};

/// Users of one request.
pub(crate) const MOST: usize = 1_000;

/// Users as a directory would send them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Users {
    /// SCIM users, at most 1,000.
    #[schema(value_type = Vec<Object>)]
    resources: Vec<Value>,
}

/// What would become of them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Tried {
    /// In the order in which they were sent.
    outcomes: Vec<Outcome>,
}

/// What would become of one.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = TriedUser)]
pub(crate) struct Outcome {
    /// `match` (somebody who is here), `return` (whom the directory had deleted), `create`, `exist` (a user of the directory already),
    /// `clash`, or `unreadable`.
    pub would: &'static str,
    /// Where somebody matches: `external_id` or `user_name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<&'static str>,
    /// Those whom it would be, or with whom it clashes, as far as the caller sees them.
    pub people: Vec<PersonRef>,
    /// Whether who matches is deactivated: bringing them back needs rank (AD-24).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_deactivated: bool,
    /// Why, for programs.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    /// Why, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl Outcome {
    fn of(found: &Match) -> Self {
        let would = |would| Self {
            would,
            ..Self::default()
        };
        match found {
            Match::New => would("create"),
            Match::Gone(_) => would("return"),
            Match::Person(_, by) => Self {
                by: Some(match by {
                    By::ExternalId => "external_id",
                    By::UserName => "user_name",
                }),
                ..would("match")
            },
            Match::Clash(clash, _) => Self {
                code: Some(clash.code()),
                detail: Some(clash.detail().to_owned()),
                ..would(match clash {
                    Clash::UserName => "exist",
                    _ => "clash",
                })
            },
        }
    }

    fn unreadable(detail: String) -> Self {
        Self {
            would: "unreadable",
            detail: Some(detail),
            ..Self::default()
        }
    }

    fn twice() -> Self {
        Self {
            would: "clash",
            code: Some("named_twice"),
            detail: Some("an earlier one of these has the same userName or externalId".to_owned()),
            ..Self::default()
        }
    }
}

pub(crate) async fn try_users(
    seen: Seen<ConnectionId>,
    Body(users): Body<Users>,
) -> Result<Answer<Tried>> {
    seen.permit(ManageIntegrations, OnAccount)?;
    let outcomes = outcomes(&seen, seen.on, &users.resources).await?;
    seen.answer(Tried { outcomes })
}

/// What would become of each of these, in their order. The caller manages integrations.
pub(crate) async fn outcomes(
    seen: &Session,
    connection: ConnectionId,
    users: &[Value],
) -> Result<Vec<Outcome>> {
    if !is_directory(seen.state(), connection) {
        let detail = "only a connection that provisions people has a directory";
        return Err(Problem::conflict("not_a_directory", detail).rule("AD-29"));
    }
    if users.len() > MOST {
        let detail = format!("send at most {MOST} users at once");
        return Err(Problem::invalid("/resources", detail));
    }
    let account = seen.account.id();
    let whose = Whose {
        account,
        connection,
    };
    let mut names = HashSet::new();
    let mut outcomes = Vec::with_capacity(users.len());
    let mut tx = seen.account.read_once().await.map_err(failed)?;
    for user in users {
        let attributes = match resource::read(&USER, user) {
            Ok(attributes) => attributes,
            Err(error) => {
                outcomes.push(Outcome::unreadable(error.detail));
                continue;
            }
        };
        let fields = UserFields::read(&attributes);
        let by_name = names.insert((true, fold(&fields.user_name)));
        let external_id = fields.external_id.clone();
        let by_id = external_id.is_none_or(|id| names.insert((false, id)));
        if !(by_name && by_id) {
            outcomes.push(Outcome::twice());
            continue;
        }
        let found = matching::find(&mut tx, seen.state(), whose, &fields).await;
        let found = found.map_err(failed)?;
        let people: Vec<PersonId> = match &found {
            Match::New => Vec::new(),
            Match::Person(person, _) => vec![*person],
            Match::Gone(row) => vec![row.person],
            Match::Clash(_, people) => people.clone(),
        };
        let is_off = matches!(found, Match::Person(..) | Match::Gone(_))
            && people.iter().any(|person| is_off(seen.state(), *person));
        outcomes.push(Outcome {
            people: people.iter().filter_map(|one| seen.shown(*one)).collect(),
            is_deactivated: is_off,
            ..Outcome::of(&found)
        });
    }
    drop(tx);
    Ok(outcomes)
}
