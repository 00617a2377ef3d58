//! A list as a file: whoever sees it may take it with them (viewing and exporting are the same right, AD-22). It is read stretch by
//! stretch, each with the rights of its own moment: who loses sight of people in between gets no more of them.

use access::{PersonId, explain::words::Name, state::Facet};
use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures_util::stream;
use ledger::Field;
use web::{
    Problem, Result,
    about::{About, Content, Good},
    guard::SignedIn,
    lists::Wanted,
    page::{add_row, names::Names},
    part::Query,
    reply::Reply,
    route::{Route, get},
    session::Session,
    things,
};

use super::{filter::Filter, list::Kind, words};

/// People that are read at once.
const AT_ONCE: usize = 500;
const MEDIA: &str = "text/csv; charset=utf-8";

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/people/users/export",
            "users.export",
            "The users of a list as a file, as far as the caller sees them",
            users,
        ),
        get(
            "/people/customers/export",
            "customers.export",
            "The customers of a list as a file, as far as the caller sees them",
            customers,
        ),
    ]
}

struct Export {
    session: Session,
    wanted: Wanted,
}

async fn users(session: SignedIn, Query(filter): Query<Filter>) -> Result<Export> {
    export(&session, Facet::User, &filter).await
}

async fn customers(session: SignedIn, Query(filter): Query<Filter>) -> Result<Export> {
    export(&session, Facet::Customer, &filter).await
}

async fn export(session: &Session, facet: Facet, filter: &Filter) -> Result<Export> {
    let wanted = filter.wanted(session, facet).await?;
    if filter.view.is_some() && wanted.text.is_none() {
        return Err(Problem::invalid(
            "view",
            "what was typed is not kept any more: go back to the list, and search again",
        ));
    }
    Ok(Export {
        session: session.clone(),
        wanted,
    })
}

impl Reply for Export {
    fn describe(about: &mut About) {
        about.page = true;
        about.good.push(Good {
            status: 200,
            description: "The file, as values separated by commas.",
            content: Some(Content {
                media: MEDIA,
                schema: None,
            }),
        });
    }

    fn reply(self) -> Response {
        let name = match self.wanted.facet {
            Facet::User => "attachment; filename=\"users.csv\"",
            Facet::Customer => "attachment; filename=\"customers.csv\"",
        };
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static(MEDIA)),
            (header::CONTENT_DISPOSITION, HeaderValue::from_static(name)),
        ];
        let rows = stream::try_unfold((self, Place::Head), |(export, place)| async move {
            export.stretch(place).await.map(|next| {
                let (text, place) = next?;
                Some((Bytes::from(text), (export, place)))
            })
        });
        (headers, Body::from_stream(rows)).into_response()
    }
}

enum Place {
    Head,
    After(Option<PersonId>),
    End,
}

impl Export {
    async fn stretch(&self, place: Place) -> std::io::Result<Option<(String, Place)>> {
        let after = match place {
            Place::End => return Ok(None),
            Place::Head => {
                let rank = match self.wanted.facet {
                    Facet::User => "account_role",
                    Facet::Customer => "portal_level",
                };
                let mut head = String::new();
                add_row(
                    &mut head,
                    ["id", "name", "email", rank, "company", "status"],
                );
                return Ok(Some((head, Place::After(None))));
            }
            Place::After(after) => after,
        };
        // A reader of half a file has to notice that it is half.
        let read = self.read(after).await;
        read.map_err(|problem| std::io::Error::other(problem.code()))
    }

    async fn read(&self, after: Option<PersonId>) -> Result<Option<(String, Place)>> {
        let session = &self.session;
        let people = session.list_after(&self.wanted, after, AT_ONCE).await?;
        let Some(last) = people.last().copied() else {
            return Ok(None);
        };
        let place = if people.len() < AT_ONCE {
            Place::End
        } else {
            Place::After(Some(last))
        };
        let state = session.account.state();
        let view = session.view_on(&state, session.account.now());
        let rows = || {
            people
                .iter()
                .filter_map(|person| Some((*person, state.people().get(*person)?)))
        };
        let names = rows().flat_map(|(_, row)| {
            let company = row.company.map(Name::Company);
            company.into_iter().chain([Name::Role(row.account_role)])
        });
        let names = Names::of(session, names.collect::<Vec<_>>()).await?;
        let profiles = things::profiles(session, &people).await?;
        let kind = Kind(self.wanted.facet);
        let mut text = String::new();
        for (person, row) in rows() {
            let profile = profiles.get(&person);
            let (rank, status) = match kind.0 {
                Facet::User => (
                    names
                        .known(Name::Role(row.account_role))
                        .filter(|_| view.sees(row.account_role)),
                    words::user_status(view.user_status(person)).1,
                ),
                Facet::Customer => (
                    Some(words::level(row.portal_level)),
                    words::customer_status(row.customer).1,
                ),
            };
            let company = row.company.filter(|company| view.sees(*company));
            let company = company.and_then(|company| names.known(Name::Company(company)));
            let id = state.public(person).map(|id| id.to_string());
            let cells = [
                id.unwrap_or_default(),
                things::text(profile, Field::Name).unwrap_or_default(),
                things::text(profile, Field::Email).unwrap_or_default(),
                rank.unwrap_or_default().to_owned(),
                company.unwrap_or_default().to_owned(),
                status.to_owned(),
            ];
            add_row(&mut text, cells);
        }
        Ok(Some((text, place)))
    }
}
