//! A new user group: at the top, or below another (AD-12).

use access::{Command, UserGroupId, decide::permissions::OpenPortal, explain::words::Name};
use askama::Template;
use ledger::{Change, Field, Of, ProfileWrite};
use serde::Deserialize;
use utoipa::IntoParams;
use web::{
    Result,
    guard::{May, TheAccount},
    page::{
        Frame, Page, SeeOther,
        names::Names,
        review::{Asking, Filled, Reviewed},
    },
    part::Query,
    resource::{Id, UserGroupRef},
    route::{Route, get, post},
    session::Session,
    values,
};

use super::{PLACE, SECTION, path_of};

const PATH: &str = "/people/user-groups/new";

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            PATH,
            "user_group_new.page",
            "The form of a new user group",
            show,
        ),
        post(PATH, "user_group_new.make", "Make a user group", make),
    ]
}

/// Where it will stand.
#[derive(Debug, Deserialize, IntoParams)]
struct Where {
    /// The group above; absent: at the top.
    #[param(value_type = Option<String>)]
    below: Option<UserGroupRef>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewGroup {
    name: String,
    /// An id, or nothing.
    #[serde(default)]
    below: String,
}

#[derive(Template)]
#[template(path = "user-group-new.html")]
struct NewPage {
    frame: Frame,
    name: String,
    error: Option<String>,
    /// The id and the name of the group above.
    below: Option<(String, String)>,
    back: String,
}

async fn page(
    session: &Session,
    below: Option<UserGroupId>,
    name: String,
    error: Option<String>,
) -> Result<NewPage> {
    let frame = Frame::of(session, "New user group", PATH, SECTION)
        .await?
        .below(PLACE, "User groups");
    let names = Names::of(session, below.map(Name::UserGroup)).await?;
    Ok(NewPage {
        frame,
        name,
        error,
        below: below.map(|group| {
            let id = session.id(group).0.to_string();
            (id, names.text(Name::UserGroup(group)))
        }),
        back: back(session, below),
    })
}

/// The page that it is made from.
fn back(session: &Session, below: Option<UserGroupId>) -> String {
    below.map_or_else(
        || PLACE.to_owned(),
        |group| format!("{}/below", path_of(session, group)),
    )
}

async fn show(
    may: May<OpenPortal, TheAccount>,
    Query(place): Query<Where>,
) -> Result<Page<NewPage>> {
    let below = may.named_if("below", place.below)?;
    page(&may, below, String::new(), None).await.map(Page::new)
}

async fn make(
    may: May<OpenPortal, TheAccount>,
    form: Reviewed<NewGroup>,
) -> Result<Filled<NewPage>> {
    let session = &*may;
    let below = match form.body.below.as_str() {
        "" => None,
        id => {
            let id = id.parse().map_err(|_| web::Problem::unknown_id("below"))?;
            Some(session.named("below", Id(id))?)
        }
    };
    let name = match values::name(&form.body.name) {
        Ok(name) => name.to_owned(),
        Err(error) => {
            let error = Some(format!("Please {error}."));
            let page = page(session, below, form.body.name.clone(), error).await?;
            return Ok(Filled::Again(Page::again(page)));
        }
    };
    let id = session.new_id::<UserGroupId>();
    let change = Change::from(Command::CreateUserGroup { id, parent: below })
        .with_profile(ProfileWrite::new(Of::public(id)).set(Field::Name, name.clone()));
    let asking = Asking {
        title: format!("Make the user group {name}?"),
        about: String::new(),
        button: "Make the user group".to_owned(),
        action: PATH.to_owned(),
        back: back(session, below),
        place: SECTION,
        moves: Vec::new(),
    };
    let settled = form.always().settle(session, change, asking).await?;
    Ok(Filled::Settled(settled.then(|_| {
        SeeOther::to(format!("{PLACE}/{id}")).saying("The user group is made. Add its members.")
    })))
}
