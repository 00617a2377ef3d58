//! Lists of users and groups (RFC 7644 §3.4.2, §3.4.3). What names one resource is found by an index; what needs a look at each is looked at in
//! stretches, up to a bound, so that a question costs the same in a large directory as in a small one.

use access::{Dense, PersonId, ProviderGroupId, State};
use ledger::Tx;
use scim::{
    Attributes, Error, ScimType,
    filter::{Filter, Matcher},
    list::{self, Page},
    project::Projection,
    schema::{GROUP, ResourceType, USER},
    sort::Sort,
};
use serde_json::Value;
use web::{
    Result,
    session::{Session, failed},
};

use crate::{
    dialect::problem,
    directory::{Directory, Noted},
    links::{
        GroupRow, UserRow,
        store::{self, Which, Whose},
    },
    reply::Told,
    request::{Params, Sent},
    users::whose,
};

/// Most resources in one answer.
pub(crate) const MOST: usize = 500;
/// Rows of one stretch.
const STRETCH: usize = 1_000;
/// Rows that one question looks at.
const LOOKED_AT: usize = 100_000;
/// Resources that one question puts in order.
const SORTED: usize = 10_000;

/// What is asked of one kind of resource.
struct Question {
    kind: &'static ResourceType,
    filter: Option<Matcher>,
    projection: Projection,
}

impl Question {
    fn new(kind: &'static ResourceType, params: &Params) -> Result<Self> {
        let filter = params.filter.as_deref().map(Filter::parse);
        let filter = filter.transpose().map_err(problem)?;
        let filter = filter.map(|filter| filter.bind(kind));
        Ok(Self {
            kind,
            filter: filter.transpose().map_err(problem)?,
            projection: params.projection(kind)?,
        })
    }

    fn must_equal(&self, path: &str) -> Option<&str> {
        self.filter.as_ref()?.must_equal(path)
    }

    fn matches(&self, resource: &Attributes) -> bool {
        let filter = self.filter.as_ref();
        filter.is_none_or(|filter| filter.matches(resource))
    }
}

/// What was found: a page of it, and how much there is.
#[derive(Default)]
struct Found {
    total: usize,
    page: Vec<Attributes>,
}

/// Gathers what matches: the page alone where no order is asked for.
struct Gather<'a> {
    page: &'a Page,
    sort: Option<&'a Sort>,
    found: Found,
}

impl Gather<'_> {
    fn add(&mut self, whole: Attributes) -> Result<()> {
        let place = self.found.total;
        self.found.total += 1;
        if self.sort.is_some() {
            if self.found.total > SORTED {
                return Err(too_many("put in order"));
            }
            self.found.page.push(whole);
        } else if place >= self.page.skipped() && self.found.page.len() < self.page.count {
            self.found.page.push(whole);
        }
        Ok(())
    }

    fn end(mut self) -> Found {
        if let Some(sort) = self.sort {
            sort.sort(&mut self.found.page);
            let page = self.found.page.into_iter();
            let page = page.skip(self.page.skipped()).take(self.page.count);
            self.found.page = page.collect();
        }
        self.found
    }
}

fn too_many(what: &str) -> web::Problem {
    let detail = format!(
        "more would have to be {what} than one question may: ask by userName, externalId or displayName"
    );
    problem(Error::of(ScimType::TooMany, detail))
}

pub(crate) async fn list_users(directory: Directory, params: Params) -> Result<Told<200>> {
    let answer = answer(&directory, &[&USER], &params).await;
    directory.tell(Noted::default(), answer)
}

pub(crate) async fn list_groups(directory: Directory, params: Params) -> Result<Told<200>> {
    let answer = answer(&directory, &[&GROUP], &params).await;
    directory.tell(Noted::default(), answer)
}

pub(crate) async fn users(directory: Directory, sent: Sent) -> Result<Told<200>> {
    let answer = by_body(&directory, &[&USER], sent).await;
    directory.tell(Noted::default(), answer)
}

pub(crate) async fn groups(directory: Directory, sent: Sent) -> Result<Told<200>> {
    let answer = by_body(&directory, &[&GROUP], sent).await;
    directory.tell(Noted::default(), answer)
}

pub(crate) async fn all(directory: Directory, sent: Sent) -> Result<Told<200>> {
    let answer = by_body(&directory, &[&USER, &GROUP], sent).await;
    directory.tell(Noted::default(), answer)
}

async fn by_body(
    directory: &Directory,
    kinds: &[&'static ResourceType],
    sent: Sent,
) -> Result<Told<200>> {
    let params = Params::of_body(&sent.body()?)?;
    answer(directory, kinds, &params).await
}

async fn answer(
    directory: &Directory,
    kinds: &[&'static ResourceType],
    params: &Params,
) -> Result<Told<200>> {
    if kinds.iter().any(|kind| kind.name == USER.name) {
        directory.require_users()?;
    }
    let (start, count) = (params.start_index.as_deref(), params.count.as_deref());
    let page = Page::new(start, count, MOST).map_err(problem)?;
    let questions = questions(kinds, params)?;
    let order = params.sort_order.as_deref();
    let sort = params.sort_by.as_deref().zip(questions.first());
    let sort = sort.map(|(by, first)| Sort::new(first.kind, by, order));
    let sort = sort.transpose().map_err(problem)?;
    let mut gather = Gather {
        page: &page,
        sort: sort.as_ref(),
        found: Found::default(),
    };
    let session = directory.anew();
    for question in &questions {
        let asked = Asked {
            question,
            whose: whose(directory),
            session: &session,
            base: &directory.base,
        };
        match question.kind.name {
            "User" => asked.users(&mut gather).await?,
            _ => asked.groups(&mut gather).await?,
        }
    }
    let found = gather.end();
    let mut bodies = Vec::with_capacity(found.page.len());
    for one in found.page {
        bodies.push(shown(&session, one, &questions).await?);
    }
    Ok(Told::body(list::response(&page, found.total, bodies)))
}

/// Of each kind of resource. A filter that means nothing to one of several kinds finds none of it.
fn questions(kinds: &[&'static ResourceType], params: &Params) -> Result<Vec<Question>> {
    let mut asked = Vec::new();
    let mut refused = None;
    for kind in kinds {
        match Question::new(kind, params) {
            Ok(question) => asked.push(question),
            Err(problem) => refused = Some(problem),
        }
    }
    match refused {
        Some(problem) if asked.is_empty() => Err(problem),
        _ => Ok(asked),
    }
}

async fn shown(session: &Session, mut whole: Attributes, questions: &[Question]) -> Result<Value> {
    let kind = whole["meta"]["resourceType"].as_str();
    let question = questions.iter().find(|one| Some(one.kind.name) == kind);
    let Some(question) = question else {
        return Ok(Value::Object(whole));
    };
    let wants = |name| question.projection.wants(name);
    if wants("roles") || wants("entitlements") {
        let id = whole.get("id").and_then(Value::as_str);
        let person = id.and_then(|id| session.state().resolve::<PersonId>(id.parse().ok()?));
        if let Some(person) = person {
            crate::access_told::of(session, person)
                .await?
                .write(&mut whole);
        }
    }
    Ok(Value::Object(question.projection.project(&whole)))
}

/// A question of a directory.
struct Asked<'a> {
    question: &'a Question,
    whose: Whose,
    session: &'a Session,
    base: &'a str,
}

impl Asked<'_> {
    fn state(&self) -> &State {
        self.session.state()
    }

    async fn read(&self) -> Result<Tx> {
        self.session.account.read_once().await.map_err(failed)
    }

    fn look_at_user(&self, gather: &mut Gather<'_>, row: &UserRow) -> Result<()> {
        let whole = row.resource(self.state(), self.base);
        if !self.question.matches(&whole) {
            return Ok(());
        }
        gather.add(whole)
    }

    fn look_at_group(&self, gather: &mut Gather<'_>, row: &GroupRow) -> Result<()> {
        let whole = row.resource(self.state(), self.base);
        if !self.question.matches(&whole) {
            return Ok(());
        }
        gather.add(whole)
    }

    async fn users(&self, gather: &mut Gather<'_>) -> Result<()> {
        let by = self.question;
        let id = by.must_equal("id");
        let named = match (by.must_equal("userName"), by.must_equal("externalId"), id) {
            (Some(name), ..) => Some(Which::UserName(name)),
            (_, Some(id), _) => Some(Which::ExternalId(id)),
            (_, _, Some(id)) => match id.parse().ok().and_then(|id| self.state().resolve(id)) {
                Some(person) => Some(Which::Person(person)),
                None => return Ok(()),
            },
            _ => None,
        };
        if let Some(which) = named {
            let mut tx = self.read().await?;
            let row = store::one_user(&mut tx, self.whose, which).await;
            drop(tx);
            return match row.map_err(failed)? {
                Some(row) => self.look_at_user(gather, &row),
                None => Ok(()),
            };
        }
        if by.filter.is_none() && gather.sort.is_none() && gather.found.total == 0 {
            return self.page_of_users(gather).await;
        }
        let (mut after, mut looked_at) = (0, 0);
        loop {
            // A connection is given back between stretches: others wait for it.
            let mut tx = self.read().await?;
            let rows = store::users_after(&mut tx, self.whose, after, STRETCH).await;
            drop(tx);
            let rows = rows.map_err(failed)?;
            for row in &rows {
                self.look_at_user(gather, row)?;
            }
            looked_at += rows.len();
            match rows.last() {
                Some(last) if rows.len() == STRETCH => after = last.person.number(),
                _ => return Ok(()),
            }
            if looked_at >= LOOKED_AT {
                return Err(too_many("looked at"));
            }
        }
    }

    /// All of them, in the order of their coming.
    async fn page_of_users(&self, gather: &mut Gather<'_>) -> Result<()> {
        let (whose, page) = (self.whose, gather.page);
        let mut tx = self.read().await?;
        let total = store::count_users(&mut tx, whose).await.map_err(failed)?;
        let before = match page.count {
            0 => None,
            _ => store::users_before(&mut tx, whose, page.skipped())
                .await
                .map_err(failed)?,
        };
        let rows = match before {
            Some(before) => store::users_after(&mut tx, whose, before, page.count).await,
            None => Ok(Vec::new()),
        };
        drop(tx);
        let rows = rows.map_err(failed)?;
        let answers = rows.iter().map(|row| row.resource(self.state(), self.base));
        gather.found.page = answers.collect();
        gather.found.total = total;
        Ok(())
    }

    async fn groups(&self, gather: &mut Gather<'_>) -> Result<()> {
        let by = self.question;
        let (name, id) = (by.must_equal("displayName"), by.must_equal("externalId"));
        if name.is_some() || id.is_some() {
            let mut tx = self.read().await?;
            let rows = store::groups_by(&mut tx, self.whose, name, id, STRETCH).await;
            drop(tx);
            return self.look_at_groups(gather, rows.map_err(failed)?).await;
        }
        if let Some(member) = by.must_equal("members.value") {
            return self.groups_of(gather, member).await;
        }
        let mut after = 0;
        loop {
            let mut tx = self.read().await?;
            let rows = store::groups_after(&mut tx, self.whose, after, STRETCH).await;
            drop(tx);
            let rows = rows.map_err(failed)?;
            let next = rows.last().map(|last| last.group.number());
            let is_last = rows.len() < STRETCH;
            self.look_at_groups(gather, rows).await?;
            match next {
                Some(next) if !is_last => after = next,
                _ => return Ok(()),
            }
        }
    }

    /// Those that somebody is in: the state knows.
    async fn groups_of(&self, gather: &mut Gather<'_>, member: &str) -> Result<()> {
        let state = self.state();
        let person = member
            .parse()
            .ok()
            .and_then(|id| state.resolve::<PersonId>(id));
        let Some(person) = person else {
            return Ok(());
        };
        let all = state.connections().get(self.whose.connection);
        let all = all.into_iter().flat_map(|row| row.provider_groups.iter());
        let is_in = |group: &ProviderGroupId| {
            let row = state.provider_groups().get(*group);
            row.is_some_and(|row| row.members.contains(person))
        };
        for group in all.filter(is_in) {
            let mut tx = self.read().await?;
            let row = store::one_group(&mut tx, self.whose, group, true).await;
            drop(tx);
            if let Some(row) = row.map_err(failed)? {
                self.look_at_group(gather, &row)?;
            }
        }
        Ok(())
    }

    /// Members are read of those groups alone of which they are answered or asked about.
    async fn look_at_groups(&self, gather: &mut Gather<'_>, rows: Vec<GroupRow>) -> Result<()> {
        let asks = self.question.filter.is_some();
        let wants = self.question.projection.wants("members");
        for row in rows {
            let place = gather.found.total;
            let ends = gather.page.skipped().saturating_add(gather.page.count);
            let is_on_page = (gather.page.skipped()..ends).contains(&place);
            let row = match asks || (wants && (is_on_page || gather.sort.is_some())) {
                true => {
                    let mut tx = self.read().await?;
                    let whole = store::one_group(&mut tx, self.whose, row.group, true).await;
                    drop(tx);
                    match whole.map_err(failed)? {
                        Some(whole) => whole,
                        None => continue,
                    }
                }
                false => row,
            };
            self.look_at_group(gather, &row)?;
        }
        Ok(())
    }
}
