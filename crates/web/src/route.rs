//! The list of routes: the one source of the router, the OpenAPI document and the route test.

use std::sync::Arc;

use access::event::ContactCentreList;
use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    http::{
        HeaderName, HeaderValue, Method, StatusCode,
        header::{CONTENT_LENGTH, CONTENT_TYPE},
    },
    middleware::Next,
    response::{IntoResponse, Response},
    routing::{MethodFilter, MethodRouter},
};
use utoipa::openapi::path::ParameterIn;

use crate::{
    about::{About, GuardText},
    app::App,
    call::Call,
    caller::Caller,
    endpoint::Endpoint,
    envelope,
    page::{
        self, Listed, Look, MenuEntry, NameEntries, ReadFace, Section, Site,
        person::{SayErasure, ShowPanel, Spot},
        to_sign_in,
    },
    problem::{Problem, ProblemBody},
    proof::{lead_there, sent_from},
};

/// One route. Made by [`get`], [`post`], [`put`], [`patch`] or [`delete`], and by nothing else.
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path with its `{segments}`.
    pub path: &'static str,
    /// A name that is unique over the server, like `people.list`; the part before the dot groups routes.
    pub name: &'static str,
    /// One line on what it does.
    pub summary: &'static str,
    /// What the handler's types say.
    pub about: About,
    menu: Option<Listed>,
    look: Option<Look>,
    panels: Vec<(Spot, ShowPanel)>,
    erasure: Option<SayErasure>,
    names: Option<(ContactCentreList, NameEntries)>,
    face: Option<ReadFace>,
    dialect: Option<Dialect>,
    handler: MethodRouter<App>,
}

impl Route {
    /// Puts a page into the rail, under this name and with this icon.
    #[must_use]
    pub fn in_menu(mut self, label: &'static str, icon: &'static str) -> Self {
        self.menu = Some(Listed::Alone { label, icon });
        self
    }

    /// Makes a page a tab of a section, under this name. Whoever may open one of the tabs finds the section in the rail.
    #[must_use]
    pub fn in_section(mut self, section: &'static Section, tab: &'static str) -> Self {
        self.menu = Some(Listed::In { section, tab });
        self
    }

    /// Lets a page say on the first page what is to be mended on it.
    #[must_use]
    pub fn watching(mut self, look: Look) -> Self {
        self.look = Some(look);
        self
    }

    /// Lets what a page is about be shown of a person on their own pages. Who sees it, and what of it, is the panel's to say.
    #[must_use]
    pub fn on_person(mut self, spot: Spot, panel: ShowPanel) -> Self {
        self.panels.push((spot, panel));
        self
    }

    /// Lets the review of an erasure say what goes of what the page is about, and what stays (SD-26).
    #[must_use]
    pub fn on_erasure(mut self, say: SayErasure) -> Self {
        self.erasure = Some(say);
        self
    }

    /// Lets others say what the entries of its list are called. Who is told is for whoever reads the names to say.
    #[must_use]
    pub fn naming(mut self, list: ContactCentreList, read: NameEntries) -> Self {
        self.names = Some((list, read));
        self
    }

    /// Lets others show how the organisation shows itself to customers, which stands around all of their pages.
    #[must_use]
    pub fn facing(mut self, read: ReadFace) -> Self {
        self.face = Some(read);
        self
    }

    /// Has problems told in the words of a standard, wherever they arise under these addresses.
    #[must_use]
    pub fn telling(mut self, dialect: Dialect) -> Self {
        self.dialect = Some(dialect);
        self
    }

    /// The standard in whose words problems under its addresses are told.
    pub(crate) fn dialect(&self) -> Option<Dialect> {
        self.dialect
    }

    fn menu_entry(&self) -> Option<MenuEntry> {
        Some(MenuEntry {
            path: self.path,
            listed: self.menu?,
        })
    }

    /// Whether it shows a page to look at. Forms lead to one, and files stand on one.
    pub fn is_page(&self) -> bool {
        let mut media = self
            .about
            .good
            .iter()
            .filter_map(|good| good.content.as_ref());
        self.method == Method::GET && media.any(|content| content.media == page::HTML)
    }

    /// Whether programs ask for it. Pages are for people, and so is whatever reads one of their forms.
    pub fn is_api(&self) -> bool {
        let request = self.about.request.as_ref();
        !self.about.page && request.is_none_or(|request| request.media != page::form::FORM)
    }

    /// Says that it may answer with these problems too.
    #[must_use]
    pub fn answering(mut self, statuses: &[u16]) -> Self {
        self.about.problems.extend(statuses);
        self
    }

    /// What stands before the handler.
    pub fn guard(&self) -> &GuardText {
        &self.about.guard
    }
}

impl std::fmt::Debug for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} ({})", self.method, self.path, self.about.guard)
    }
}

/// A route that reads.
pub fn get<A>(
    path: &'static str,
    name: &'static str,
    summary: &'static str,
    endpoint: impl Endpoint<A>,
) -> Route {
    route(
        Method::GET,
        MethodFilter::GET,
        path,
        name,
        summary,
        endpoint,
    )
}

/// A route that creates, or asks with a body.
pub fn post<A>(
    path: &'static str,
    name: &'static str,
    summary: &'static str,
    endpoint: impl Endpoint<A>,
) -> Route {
    route(
        Method::POST,
        MethodFilter::POST,
        path,
        name,
        summary,
        endpoint,
    )
}

/// A route that replaces.
pub fn put<A>(
    path: &'static str,
    name: &'static str,
    summary: &'static str,
    endpoint: impl Endpoint<A>,
) -> Route {
    route(
        Method::PUT,
        MethodFilter::PUT,
        path,
        name,
        summary,
        endpoint,
    )
}

/// A route that changes some members.
pub fn patch<A>(
    path: &'static str,
    name: &'static str,
    summary: &'static str,
    endpoint: impl Endpoint<A>,
) -> Route {
    route(
        Method::PATCH,
        MethodFilter::PATCH,
        path,
        name,
        summary,
        endpoint,
    )
}

/// A route that takes away.
pub fn delete<A>(
    path: &'static str,
    name: &'static str,
    summary: &'static str,
    endpoint: impl Endpoint<A>,
) -> Route {
    route(
        Method::DELETE,
        MethodFilter::DELETE,
        path,
        name,
        summary,
        endpoint,
    )
}

fn route<A, E: Endpoint<A>>(
    method: Method,
    filter: MethodFilter,
    path: &'static str,
    name: &'static str,
    summary: &'static str,
    endpoint: E,
) -> Route {
    let about = E::describe();
    let (page, takes_any) = (about.page, about.takes_any_parameter);
    let is_public = matches!(about.guard, GuardText::Public { .. });
    let known: Arc<[String]> = about.names(&ParameterIn::Query).into();
    let handler =
        MethodRouter::new().on(filter, move |State(app): State<App>, request: Request| {
            let (endpoint, known) = (endpoint.clone(), known.clone());
            let (method, uri) = (request.method().clone(), request.uri().clone());
            let from = if page {
                sent_from(request.headers())
            } else {
                String::new()
            };
            async move {
                let call = match Call::new(app, request).await {
                    Ok(call) => call,
                    Err(problem) => return problem.into_response(),
                };
                // Nobody is told what else is wrong before they are known.
                let admitted = match is_public {
                    true => Ok(()),
                    false => call.caller().map(drop),
                };
                let fits = admitted.and_then(|()| match takes_any {
                    true => Ok(()),
                    false => call.refuse_odd_parameters(&known),
                });
                let response = match fits {
                    Ok(()) => endpoint.call(call).await,
                    Err(problem) => problem.into_response(),
                };
                if page && response.status() == StatusCode::UNAUTHORIZED {
                    return to_sign_in(&method, &uri);
                }
                if page {
                    return lead_there(response, (&method, &uri), &from);
                }
                response
            }
        });
    Route {
        method,
        path,
        name,
        summary,
        about,
        menu: None,
        look: None,
        panels: Vec::new(),
        erasure: None,
        names: None,
        face: None,
        dialect: None,
        handler,
    }
}

/// Turns the list into a service, with everything around it that every request passes through.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that registers routes: here every handler has a guard"
)]
pub fn router(routes: Vec<Route>, app: App) -> Router {
    let pages = routes.iter().filter(|route| route.is_page());
    app.set_pages(Site::new(
        routes.iter().filter_map(Route::menu_entry).collect(),
        pages
            .map(|page| (page.path, page.guard().clone()))
            .collect(),
        routes
            .iter()
            .filter_map(|route| Some((route.path, route.look?)))
            .collect(),
        routes
            .iter()
            .flat_map(|route| route.panels.iter().copied())
            .collect(),
        routes.iter().filter_map(|route| route.erasure).collect(),
        routes.iter().filter_map(|route| route.names).collect(),
        routes.iter().find_map(|route| route.face),
    ));
    let dialects = routes.iter().filter_map(|route| route.dialect).collect();
    let mut router = Router::new();
    for route in routes {
        router = router.route(route.path, route.handler);
    }
    let router = router
        .fallback(async || {
            Problem::not_found().detail("no such address; /api/openapi.json lists them all")
        })
        .method_not_allowed_fallback(async || {
            Problem::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "This address does not take this method",
            )
        });
    envelope::wrap(router, app.clone(), dialects).with_state(app)
}

/// How a standard tells of problems.
#[derive(Clone, Copy, Debug)]
pub struct Dialect {
    /// What its problems are called in the OpenAPI document.
    pub name: &'static str,
    /// Under these addresses.
    pub under: &'static str,
    /// Its media type.
    pub media: &'static str,
    /// Status and body of the answer.
    pub tell: fn(&ProblemBody) -> (StatusCode, Vec<u8>),
    /// Takes note of what no handler hears of.
    pub turned_away: fn(&App, &TurnedAway<'_>),
}

/// A request that was turned away before a handler was asked, although it is known whose it is: there were too many of them, or the server is
/// out of touch with its database.
#[derive(Debug)]
pub struct TurnedAway<'a> {
    /// Who asked.
    pub caller: &'a Caller,
    /// How.
    pub method: &'a str,
    /// The address, with names in the place of ids.
    pub route: &'a str,
    /// What they were told.
    pub problem: &'a ProblemBody,
}

/// On an answer: whose request was turned away.
#[derive(Clone, Debug)]
pub(crate) struct Whose(pub Caller);

impl Dialect {
    /// Whether problems of this address are told so.
    pub(crate) fn is_of(&self, path: &str) -> bool {
        let rest = path.strip_prefix(self.under);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// Has problems told as the standard of their address wants them.
pub(crate) async fn in_dialect(
    State((app, dialects)): State<(App, Arc<[Dialect]>)>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    let Some(dialect) = dialects.iter().find(|one| one.is_of(path)).copied() else {
        return next.run(request).await;
    };
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let mut response = next.run(request).await;
    let Some(problem) = response.extensions_mut().remove::<ProblemBody>() else {
        return response;
    };
    if let (Some(Whose(caller)), Some(route)) = (response.extensions_mut().remove(), route) {
        let turned_away = TurnedAway {
            caller: &caller,
            method: method.as_str(),
            route: route.as_str(),
            problem: &problem,
        };
        (dialect.turned_away)(&app, &turned_away);
    }
    let (status, body) = (dialect.tell)(&problem);
    let (mut parts, _) = response.into_parts();
    parts.status = status;
    parts.headers.remove(CONTENT_LENGTH);
    let media = HeaderValue::from_static(dialect.media);
    parts.headers.insert(CONTENT_TYPE, media);
    Response::from_parts(parts, body.into())
}

/// What is wrong with a list of routes, for a test to print: names and paths given twice, segments that nobody reads.
pub fn faults(routes: &[Route]) -> Vec<String> {
    let mut faults = Vec::new();
    for (index, route) in routes.iter().enumerate() {
        if routes[..index]
            .iter()
            .any(|earlier| earlier.name == route.name)
        {
            faults.push(format!("{route:?}: the name {} is given twice", route.name));
        }
        if routes[..index]
            .iter()
            .any(|earlier| earlier.path == route.path && earlier.method == route.method)
        {
            faults.push(format!("{route:?} is there twice"));
        }
        let mut described = route.about.names(&ParameterIn::Path);
        let mut segments: Vec<_> = segments(route.path).map(str::to_owned).collect();
        described.sort();
        described.dedup();
        segments.sort();
        if described != segments {
            faults.push(format!(
                "{route:?}: the path has {segments:?}, guard and parts read {described:?}"
            ));
        }
    }
    faults
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
}

/// A header of ours on a response.
pub(crate) fn header(name: &'static str, value: &'static str) -> (HeaderName, HeaderValue) {
    (
        HeaderName::from_static(name),
        HeaderValue::from_static(value),
    )
}
