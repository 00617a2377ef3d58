//! What a directory reads before anything else (RFC 7644 §4).

use scim::{
    Error, discovery,
    list::{self, Page},
};
use serde_json::Value;
use web::Result;

use crate::{
    dialect::problem,
    directory::{Directory, Noted},
    reply::Told,
    request::{InPath, Kind, Params, Schema},
    search::MOST,
};

pub(crate) async fn config(directory: Directory, params: Params) -> Result<Told<200>> {
    let config = discovery::service_provider_config(&directory.base, MOST);
    let answer = unfiltered(&params).map(|()| Told::body(config));
    directory.tell(Noted::default(), answer)
}

pub(crate) async fn resource_types(directory: Directory, params: Params) -> Result<Told<200>> {
    let types = discovery::RESOURCE_TYPES.into_iter();
    let bodies = types.map(|kind| kind.body(&directory.base)).collect();
    let answer = unfiltered(&params).map(|()| whole(bodies));
    directory.tell(Noted::default(), answer)
}

pub(crate) async fn resource_type(directory: Directory, name: InPath<Kind>) -> Result<Told<200>> {
    let found = discovery::resource_type(&name.text);
    let answer = found.map(|kind| Told::body(kind.body(&directory.base)));
    directory.tell(Noted::default(), answer.ok_or_else(none))
}

pub(crate) async fn schemas(directory: Directory, params: Params) -> Result<Told<200>> {
    let schemas = discovery::schemas().into_iter();
    let bodies = schemas.map(|schema| schema.body(&directory.base)).collect();
    let answer = unfiltered(&params).map(|()| whole(bodies));
    directory.tell(Noted::default(), answer)
}

pub(crate) async fn schema(directory: Directory, urn: InPath<Schema>) -> Result<Told<200>> {
    let found = discovery::schema(&urn.text);
    let answer = found.map(|schema| Told::body(schema.body(&directory.base)));
    directory.tell(Noted::default(), answer.ok_or_else(none))
}

fn none() -> web::Problem {
    problem(Error::plain(404, "there is no such thing"))
}

/// RFC 7644 §4: whatever filters what describes the server is forbidden, so that nobody takes a part of it for the whole.
fn unfiltered(params: &Params) -> Result<()> {
    match &params.filter {
        None => Ok(()),
        Some(_) => {
            let detail = "what describes the server is not filtered (RFC 7644 §4)";
            Err(problem(Error::plain(403, detail)))
        }
    }
}

fn whole(bodies: Vec<Value>) -> Told<200> {
    let page = Page {
        start_index: 1,
        count: bodies.len(),
    };
    Told::body(list::response(&page, bodies.len(), bodies))
}
