//! Searches page by page. A token is sealed: it holds where the page ended and how long pages are, and is good for the same search by the
//! same caller only.

use std::borrow::Cow;

use access::products::{Budget, FoundPage, Place, Properties};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ArrayBuilder, ObjectBuilder, Ref, RefOr, Schema},
};
use web::{Problem, Result, decision, paging::Paging, session::Session};

use crate::body::{as_bad_request, present};

/// Results on a page where the caller does not say.
const LIMIT_DEFAULT: u64 = 100;
/// Results on a page, whatever the caller says.
const LIMIT_MAX: usize = 1_000;

/// Which part of what is found.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(crate) struct PageAsked {
    /// The `next_token` of the page before; everything else has to be as it was.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = String, required = false)]
    token: Option<String>,
    /// Results at most; more than 1000 is taken as that, and 100 is the default. With a token it may be left out.
    #[serde(default, deserialize_with = "present")]
    #[schema(schema_with = any_number, required = false)]
    limit: Option<u64>,
    /// Nothing is known here; it has to stay the same from page to page.
    #[serde(default)]
    #[schema(value_type = Object)]
    properties: Properties,
}

fn any_number() -> RefOr<Schema> {
    web::schema::number(0, u64::MAX)
}

/// Which part of what is found this is.
#[derive(Debug, Serialize, ToSchema)]
struct PageAnswer {
    /// Send it as `page.token` for what follows; empty: this is the end. There may be more although a page is short.
    next_token: String,
    /// Results on this page.
    count: usize,
}

/// What a search was answered on.
#[derive(Debug, Serialize, ToSchema)]
struct AnsweredOn {
    /// The version of the account.
    version: u64,
    /// The moment.
    #[schema(value_type = String, format = DateTime)]
    decided_at: jiff::Timestamp,
}

/// One page of what was found. Each result, asked about with what the search said, is a yes.
#[derive(Debug, Serialize)]
pub(crate) struct Results<T> {
    page: PageAnswer,
    context: AnsweredOn,
    results: Vec<T>,
}

/// A search on its way.
pub(crate) struct Walk<K> {
    limit: u64,
    after: Option<Place<K>>,
    paging: Paging,
}

impl<K: Copy + Serialize + DeserializeOwned + Send + 'static> Walk<K> {
    /// `question` is all that a token is bound to, the address with it.
    pub fn begin(session: &Session, question: &impl Serialize, page: &PageAsked) -> Result<Self> {
        let bound = (question, &page.properties);
        let paging = Paging::of_body(session, &bound, page.token.as_deref());
        let paging = paging.map_err(no_such_token)?;
        let sealed: Option<(u64, Option<Place<K>>)> = paging.after().map_err(no_such_token)?;
        let (limit, after) = sealed.unwrap_or((page.limit.unwrap_or(LIMIT_DEFAULT), None));
        if page.limit.is_some_and(|asked| asked != limit) {
            let detail = "the limit is another one than on the page before";
            return Err(as_bad_request(Problem::invalid("/page/limit", detail)));
        }
        Ok(Self {
            limit,
            after,
            paging,
        })
    }

    /// The page.
    pub async fn answer<T: Send + 'static>(
        &self,
        session: &Session,
        find: impl FnOnce(&Session, Option<Place<K>>, Budget) -> FoundPage<T, K> + Send + 'static,
    ) -> Result<Results<T>> {
        let after = self.after;
        let most = usize::try_from(self.limit).map_or(LIMIT_MAX, |limit| limit.min(LIMIT_MAX));
        let budget = Budget {
            results: most.max(1),
            ..Budget::default()
        };
        let work = move |session: &Session| find(session, after, budget);
        let page = session.work(work).await?;
        if most == 0 {
            // Nothing is passed over: it goes on where it stood, if there may be anything to find.
            let at_end = page.results.is_empty() && page.next.is_none();
            let next = if at_end {
                String::new()
            } else {
                self.token(after)?
            };
            return Ok(Results::new(session, Vec::new(), next));
        }
        let next = page.next.map(|next| self.token(Some(next))).transpose()?;
        let next = next.unwrap_or_default();
        Ok(Results::new(session, page.results, next))
    }

    fn token(&self, after: Option<Place<K>>) -> Result<String> {
        let next = self.paging.next(&(self.limit, after))?;
        Ok(next.as_str().to_owned())
    }
}

impl<T> Results<T> {
    fn new(session: &Session, results: Vec<T>, next_token: String) -> Self {
        Self {
            page: PageAnswer {
                next_token,
                count: results.len(),
            },
            context: AnsweredOn {
                version: session.asked().version().0,
                decided_at: decision::timestamp(session.asked_at()),
            },
            results,
        }
    }
}

impl<T: ToSchema> PartialSchema for Results<T> {
    fn schema() -> RefOr<Schema> {
        let results = ArrayBuilder::new().items(Ref::from_schema_name(T::name()));
        ObjectBuilder::new()
            .property("page", PageAnswer::schema())
            .required("page")
            .property("context", AnsweredOn::schema())
            .required("context")
            .property("results", results)
            .required("results")
            .into()
    }
}

impl<T: ToSchema> ToSchema for Results<T> {
    fn name() -> Cow<'static, str> {
        format!("ResultsOf{}", T::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(schemas);
    }
}

fn no_such_token(problem: Problem) -> Problem {
    if problem.status() != StatusCode::BAD_REQUEST {
        return problem;
    }
    problem.member("at", "/page/token").detail(
        "send the `next_token` of the page before as it came, with the same search and as the same caller",
    )
}
