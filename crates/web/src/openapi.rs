//! The OpenAPI document, made from the list of routes.

use utoipa::{
    ToSchema,
    openapi::{
        ComponentsBuilder, ContentBuilder, HttpMethod, InfoBuilder, OpenApi, OpenApiBuilder,
        PathItem, Paths, RefOr, Required, ResponseBuilder, SecurityRequirement,
        path::{Operation, OperationBuilder},
        request_body::RequestBodyBuilder,
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use crate::{
    about::{Content, GuardText},
    problem::{PROBLEM_JSON, ProblemBody},
    route::Route,
};

const TOKEN: &str = "token";

/// The document of these routes. Pages are for people, and no part of it.
pub fn document(routes: &[Route], version: &str) -> OpenApi {
    let mut paths = Paths::new();
    let mut components = ComponentsBuilder::new()
        .schema_from::<ProblemBody>()
        .security_scheme(
            TOKEN,
            SecurityScheme::Http(
                HttpBuilder::new()
                    .scheme(HttpAuthScheme::Bearer)
                    .description(Some("A personal token, or the token of a connection."))
                    .build(),
            ),
        );
    for route in routes.iter().filter(|route| !route.about.page) {
        for (name, schema) in &route.about.schemas {
            components = components.schema(name, schema.clone());
        }
        let item = PathItem::new(method(route), operation(route));
        match paths.paths.get_mut(route.path) {
            Some(present) => present.merge_operations(item),
            None => {
                paths.paths.insert(route.path.to_owned(), item);
            }
        }
    }
    let info = InfoBuilder::new()
        .title("Rolecall")
        .version(version)
        .description(Some(
            "Who is who in a support organisation, who may do what on which thing, and why.",
        ))
        .build();
    OpenApiBuilder::new()
        .info(info)
        .paths(paths)
        .components(Some(components.build()))
        .build()
}

fn operation(route: &Route) -> Operation {
    let about = &route.about;
    let tag = route.name.split('.').next().unwrap_or(route.name);
    let mut operation = OperationBuilder::new()
        .operation_id(Some(route.name))
        .tag(tag)
        .summary(Some(route.summary))
        .description(Some(about.guard.to_string()))
        .parameters(Some(about.parameters.iter().cloned()));
    if let Some(content) = &about.request {
        let body = RequestBodyBuilder::new()
            .required(Some(Required::True))
            .content(content.media, content_of(content));
        operation = operation.request_body(Some(body.build()));
    }
    for good in &about.good {
        let mut response = ResponseBuilder::new().description(good.description);
        if let Some(content) = &good.content {
            response = response.content(content.media, content_of(content));
        }
        operation = operation.response(good.status.to_string(), response);
    }
    let mut problems = about.problems.clone();
    problems.extend([429, 500, 503]);
    match about.guard {
        GuardText::Public { .. } => {}
        GuardText::SignedIn => problems.push(401),
        GuardText::Seen { .. } => problems.extend([401, 404]),
        GuardText::Permit { .. } | GuardText::Anywhere { .. } => problems.extend([401, 403]),
        // A command is refused because the caller may not (403), because it makes no sense (422), or because it would break what has to
        // hold (409).
        GuardText::Command { .. } => problems.extend([401, 403, 404, 409, 422]),
    }
    problems.sort_unstable();
    problems.dedup();
    for status in problems {
        operation = operation.response(status.to_string(), problem());
    }
    if !matches!(about.guard, GuardText::Public { .. }) {
        operation = operation.security(SecurityRequirement::new(TOKEN, [] as [&str; 0]));
    }
    operation.build()
}

fn content_of(content: &Content) -> utoipa::openapi::Content {
    ContentBuilder::new().schema(content.schema.clone()).build()
}

fn problem() -> utoipa::openapi::Response {
    let reference = RefOr::Ref::<utoipa::openapi::Schema>(utoipa::openapi::Ref::from_schema_name(
        ProblemBody::name(),
    ));
    ResponseBuilder::new()
        .description("It did not work; the code says why.")
        .content(
            PROBLEM_JSON,
            ContentBuilder::new().schema(Some(reference)).build(),
        )
        .build()
}

fn method(route: &Route) -> HttpMethod {
    match route.method.as_str() {
        "POST" => HttpMethod::Post,
        "PUT" => HttpMethod::Put,
        "PATCH" => HttpMethod::Patch,
        "DELETE" => HttpMethod::Delete,
        _ => HttpMethod::Get,
    }
}
