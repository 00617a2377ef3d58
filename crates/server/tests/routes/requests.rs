//! How the tests ask a route: with an address and a body about things of the world, filled in by their names.

use axum::{body::Body, http::Request};
use serde_json::Value;
use utoipa::openapi::path::ParameterIn;
use web::{page::upload::MULTIPART, route::Route};

use super::{
    bodies,
    world::{Answer, Ids, World, signed},
};

const FORM: &str = "application/x-www-form-urlencoded";
const BOUNDARY: &str = "between-the-fields";

impl World {
    /// Calls a route with things of the first account.
    pub async fn call(&self, route: &Route, token: Option<&str>) -> Answer {
        let (path, body) = self.request(route, &self.ids);
        self.send_to(route, &path, token, body).await
    }

    /// Sends a body to a route in the form that it reads.
    pub async fn send_to(
        &self,
        route: &Route,
        path: &str,
        token: Option<&str>,
        body: Option<Value>,
    ) -> Answer {
        let media = route.about.request.as_ref().map(|request| request.media);
        let (Some(body), Some(FORM | MULTIPART)) = (&body, media) else {
            let mark = self.mark(route, path).await;
            let headers: Vec<_> = mark.iter().map(|mark| ("if-mark", &**mark)).collect();
            let (method, body) = (route.method.clone(), body.map(|body| body.to_string()));
            return self.send_with(method, path, token, body, &headers).await;
        };
        let fields = body.as_object().unwrap().iter();
        let mut fields: Vec<_> = fields
            .map(|(name, value)| (name.as_str(), value.as_str().unwrap()))
            .collect();
        let form_token = token.and_then(|token| token.split_once(' '));
        fields.extend(form_token.map(|(_, form_token)| ("form_token", form_token)));
        let (media, text) = match media {
            Some(MULTIPART) => multipart(&fields),
            _ => form(&fields),
        };
        let request = Request::builder()
            .method(route.method.clone())
            .uri(path)
            .header("content-type", media)
            .header("sec-fetch-site", "same-origin");
        let request = signed(request, token).body(Body::from(text));
        self.answer(request.unwrap()).await
    }

    /// What a replacement has read before: the mark of what the owner sees there now.
    async fn mark(&self, route: &Route, path: &str) -> Option<String> {
        let headers = route.about.names(&ParameterIn::Header);
        let is_read_first = headers.iter().any(|name| name == "If-Mark");
        // A dry run replaces nothing.
        if !is_read_first || path.contains("dry_run=true") {
            return None;
        }
        if let Some(mark) = bodies::mark(route.name) {
            return Some(self.with_ids(mark));
        }
        let read = self.get(path, &self.owner).await.body;
        read["mark"].as_str().map(str::to_owned)
    }

    /// Address and body of a request to a route about these things; a write is a dry run.
    pub fn request(&self, route: &Route, ids: &Ids) -> (String, Option<Value>) {
        let mut path = self.filled(route.path, ids);
        if route
            .about
            .names(&ParameterIn::Query)
            .iter()
            .any(|name| name == "dry_run")
        {
            path.push_str("?dry_run=true");
        }
        if let Some(question) = bodies::query(route.name) {
            let joined = if path.contains('?') { '&' } else { '?' };
            path = format!("{path}{joined}{}", self.filled(question, ids));
        }
        let body = bodies::example(route.name)
            .map(|body| serde_json::from_str(&self.filled(&body.to_string(), ids)).unwrap());
        (path, body.filter(|_| route.about.request.is_some()))
    }

    /// A text with the ids of this world's things.
    pub fn with_ids(&self, text: &str) -> String {
        self.filled(text, &self.ids)
    }

    fn filled(&self, text: &str, ids: &Ids) -> String {
        // Of the newest act.
        let position = self.account.state().version().0.to_string();
        let words = [
            ("position", position.as_str()),
            ("switch", "agent.tags_create"),
            ("right", "configure"),
            ("permission", "remote_support.unattended.access"),
            ("domain", "example.org"),
            ("entry", "example.org"),
            ("key", "viewer"),
            ("soon", self.soon.as_str()),
            (
                "file",
                web::page::asset("rolecall.css").trim_start_matches("/assets/"),
            ),
            ("relation", "blocks"),
            ("number", "2"),
            ("attachment", "att_00000000000000000000000000000001"),
            ("mail", "eml_00000000000000000000000000000001"),
            ("note", "nte_00000000000000000000000000000001"),
            ("user", "per_00000000000000000000000000000001"),
            ("directory_group", "pgr_00000000000000000000000000000001"),
            ("resource_type", "User"),
            ("schema", "urn:ietf:params:scim:schemas:core:2.0:User"),
            ("provider", "con_00000000000000000000000000000001"),
            ("seat", "00000000-0000-4000-8000-000000000000"),
            ("sign_in_session", "unknown"),
            ("provider_link", "unknown"),
        ];
        let ids = self.words.iter().chain(ids);
        let ids = ids.map(|(kind, id)| (*kind, id.as_str()));
        words
            .into_iter()
            .chain(ids)
            .fold(text.to_owned(), |text, (name, value)| {
                text.replace(&format!("{{{name}}}"), value)
            })
    }

    /// Whether path or body name a thing of the first account.
    pub fn names_a_thing(&self, route: &Route) -> bool {
        let text = format!(
            "{}{}",
            route.path,
            bodies::example(route.name).unwrap_or_default()
        );
        let asks = ["decisions", "searches", "authzen", "matrix"]
            .iter()
            .any(|group| route.name.starts_with(group));
        !asks
            && self
                .ids
                .keys()
                .any(|kind| text.contains(&format!("{{{kind}}}")))
    }

    /// The id of a thing of the first account that an answer shows without having been told it.
    pub fn shows(&self, body: &Value, route: &Route) -> Option<String> {
        let told = bodies::example(route.name).unwrap_or_default().to_string();
        let told = told + bodies::query(route.name).unwrap_or_default();
        let text = body.to_string();
        self.ids
            .iter()
            .find(|(kind, id)| text.contains(id.as_str()) && !told.contains(&format!("{{{kind}}}")))
            .map(|(_, id)| id.clone())
    }

    /// Whether an item of a list is the caller's own: the person, the role Member, the licence held.
    pub fn is_nobodys(&self, item: &Value) -> bool {
        let id = item["id"].as_str().unwrap_or_default();
        let member = format!("rol_{:032x}", 3);
        id == self.nobody_id
            || id == self.ids["licence"]
            || id == member
            || item["owner"].as_str() == Some(&self.nobody_id)
    }
}

fn form(fields: &[(&str, &str)]) -> (String, String) {
    let fields = fields.iter().map(|(name, value)| format!("{name}={value}"));
    (FORM.to_owned(), fields.collect::<Vec<_>>().join("&"))
}

/// A form that brings a file.
fn multipart(fields: &[(&str, &str)]) -> (String, String) {
    let fields = fields.iter().map(|(name, value)| {
        let file = if *name == "file" { "; filename=\"people.csv\"" } else { "" };
        format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{value}\r\n")
    });
    let text: String = fields.collect();
    (
        format!("{MULTIPART}; boundary={BOUNDARY}"),
        format!("{text}--{BOUNDARY}--\r\n"),
    )
}
