//! Saved queries, for programs.

use serde::{Deserialize, Serialize};
use utoipa::{
    IntoParams, ToSchema,
    openapi::{RefOr, Schema},
};
use web::{
    Problem, Result,
    common::Submission,
    guard::{Commands, SignedIn},
    part::{Order, Path},
    reply::Answer,
    resource::{GroupRef, PersonRef},
    route::{Route, delete, get, post, put},
    session::{Session, id_in},
    submit::Written,
};

use super::{
    ChangeQuery, Holder, NAME_CHARS_MAX, NAME_WANTED, RemoveQuery, SaveQuery, SavedQuery,
    ShareQuery, name, place, question, words,
};
use crate::records::{
    QueryId, QueryInPath,
    desk::Desk,
    rest::{Reader, colleague},
};

pub(super) fn routes() -> Vec<Route> {
    const QUERIES: &str = "/api/v1/service-desk/queries";
    const QUERY: &str = "/api/v1/service-desk/queries/{query}";
    const USER: &str = "/api/v1/service-desk/queries/{query}/users/{person}";
    const GROUP: &str = "/api/v1/service-desk/queries/{query}/groups/{group}";
    vec![
        get(
            QUERIES,
            "queries.list",
            "List the saved queries of the caller, and those that are shared with them",
            list,
        ),
        post(QUERIES, "queries.save", "Save a query", save),
        get(QUERY, "queries.show", "Show a saved query", show),
        put(
            QUERY,
            "queries.replace",
            "Replace a saved query of the caller's own",
            replace,
        ),
        delete(
            QUERY,
            "queries.remove",
            "Delete a saved query of the caller's own, for everybody who has it",
            remove,
        ),
        put(
            USER,
            "queries.share_with_user",
            "Share a saved query with a user: the query, and no record",
            share_with_user,
        ),
        delete(
            USER,
            "queries.unshare_with_user",
            "Share a saved query with a user no more",
            unshare_with_user,
        ),
        put(
            GROUP,
            "queries.share_with_group",
            "Share a saved query with a group: the query, and no record",
            share_with_group,
        ),
        delete(
            GROUP,
            "queries.unshare_with_group",
            "Share a saved query with a group no more",
            unshare_with_group,
        ),
    ]
}

/// What a saved query asks.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Asks {
    /// At most 80 characters.
    #[schema(schema_with = query_name)]
    name: String,
    /// Filter and order, like `state=open&whose=mine`: the parameters of the list of records.
    #[serde(default)]
    question: String,
    /// What is looked for by a search; at most 200 characters.
    #[serde(default)]
    words: String,
}

fn query_name() -> RefOr<Schema> {
    web::schema::line(NAME_CHARS_MAX)
}

impl Asks {
    /// As it is kept: the name, the question, the words.
    fn kept(&self, session: &Session) -> Result<(String, String, Option<String>)> {
        let name = name(&self.name).ok_or_else(|| Problem::invalid("/name", NAME_WANTED))?;
        Ok((name, question(session, &self.question)?, words(&self.words)))
    }
}

/// A saved query.
#[derive(Debug, Serialize, ToSchema)]
struct QueryBody {
    id: QueryId,
    /// Whose it is; they alone change it.
    owner: PersonRef,
    #[serde(flatten)]
    asks: Asks,
    /// Whom it is shared with, where it is the caller's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    shared_with: Option<SharedWith>,
}

/// Whom a query is shared with; at most 50.
#[derive(Debug, Serialize, ToSchema)]
struct SharedWith {
    users: Vec<PersonRef>,
    groups: Vec<GroupRef>,
}

impl QueryBody {
    fn of(session: &Session, query: SavedQuery) -> Self {
        Self {
            id: query.id,
            owner: id_in(session.state(), query.owner),
            asks: Asks {
                name: query.name,
                question: query.question,
                words: query.words.unwrap_or_default(),
            },
            shared_with: None,
        }
    }
}

/// Saved queries.
#[derive(Debug, Serialize, ToSchema)]
struct Queries {
    /// At most 100 of the caller's own, and then at most 200 of others.
    items: Vec<QueryBody>,
}

async fn list(reader: Reader) -> Result<Answer<Queries>> {
    let (own, shared) = Desk::open(&reader).await?.queries(&reader).await?;
    let all = own.into_iter().chain(shared);
    let items = all.map(|query| QueryBody::of(&reader, query)).collect();
    reader.answer(Queries { items })
}

async fn show(reader: SignedIn, QueryInPath(id): QueryInPath) -> Result<Answer<QueryBody>> {
    place(&reader)?;
    let mut desk = Desk::open(&reader).await?;
    let query = desk.query(&reader, id).await?;
    let holders = desk.holders(&reader, &query).await?;
    let is_own = query.owner == reader.owner()?;
    let mut body = QueryBody::of(&reader, query);
    if is_own {
        let state = reader.state();
        let (mut users, mut groups) = (Vec::new(), Vec::new());
        for holder in holders {
            match holder {
                Holder::User(person) => users.push(id_in(state, person)),
                Holder::Group(group) => groups.push(id_in(state, group)),
            }
        }
        body.shared_with = Some(SharedWith { users, groups });
    }
    reader.answer(body)
}

async fn save(commands: Commands, order: Order<Asks>) -> Result<Answer<Written>> {
    let on = place(&commands)?;
    let (name, question, words) = order.body.kept(&commands)?;
    let id = QueryId(commands.account.engine().new_uuid());
    let act = SaveQuery {
        on,
        id,
        name,
        question,
        words,
    };
    commands.act(act, &order.how, Some(id.to_string())).await
}

async fn replace(
    commands: Commands,
    QueryInPath(id): QueryInPath,
    order: Order<Asks>,
) -> Result<Answer<Written>> {
    let on = place(&commands)?;
    let (name, question, words) = order.body.kept(&commands)?;
    let act = ChangeQuery {
        on,
        id,
        name: Some(name),
        asks: Some((question, words)),
    };
    commands.act(act, &order.how, None).await
}

async fn remove(
    commands: Commands,
    QueryInPath(id): QueryInPath,
    how: Submission,
) -> Result<Answer<Written>> {
    let on = place(&commands)?;
    commands.act(RemoveQuery { on, id }, &how, None).await
}

/// With whom.
#[derive(Debug, Deserialize, IntoParams)]
struct User {
    /// The user, by their id.
    #[param(inline)]
    person: PersonRef,
}

/// With whom.
#[derive(Debug, Deserialize, IntoParams)]
struct Group {
    /// The group, by its id.
    #[param(inline)]
    group: GroupRef,
}

async fn share_with_user(
    commands: Commands,
    QueryInPath(id): QueryInPath,
    Path(of): Path<User>,
    how: Submission,
) -> Result<Answer<Written>> {
    let with = Holder::User(colleague(&commands, "person", of.person)?);
    share(&commands, id, with, &how).await
}

async fn share_with_group(
    commands: Commands,
    QueryInPath(id): QueryInPath,
    Path(of): Path<Group>,
    how: Submission,
) -> Result<Answer<Written>> {
    let with = Holder::Group(commands.named("group", of.group)?);
    share(&commands, id, with, &how).await
}

async fn share(
    session: &Session,
    id: QueryId,
    with: Holder,
    how: &Submission,
) -> Result<Answer<Written>> {
    let on = place(session)?;
    let act = ShareQuery {
        on,
        id,
        with,
        is: true,
    };
    session.act(act, how, None).await
}

async fn unshare_with_user(
    commands: Commands,
    QueryInPath(id): QueryInPath,
    Path(of): Path<User>,
    how: Submission,
) -> Result<Answer<Written>> {
    let found = commands.state().resolve(of.person.0);
    unshare(&commands, id, found.map(Holder::User), &how).await
}

async fn unshare_with_group(
    commands: Commands,
    QueryInPath(id): QueryInPath,
    Path(of): Path<Group>,
    how: Submission,
) -> Result<Answer<Written>> {
    let found = commands.state().resolve(of.group.0);
    unshare(&commands, id, found.map(Holder::Group), &how).await
}

/// Whoever shared it may end that, also with somebody whom they do not see any more; nobody else is told whether somebody is there.
pub(super) async fn unshare(
    session: &Session,
    id: QueryId,
    with: Option<Holder>,
    how: &Submission,
) -> Result<Answer<Written>> {
    let on = place(session)?;
    let mut desk = Desk::open(session).await?;
    let query = desk.own_query(session, id).await?;
    let holders = desk.holders(session, &query).await?;
    drop(desk);
    let with = with.filter(|with| holders.contains(with));
    let act = ShareQuery {
        on,
        id,
        with: with.ok_or_else(Problem::not_found)?,
        is: false,
    };
    session.act(act, how, None).await
}
