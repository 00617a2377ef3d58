//! A new custom role: a name and what it gives (AD-2).

use std::collections::BTreeMap;

use access::{Command, PermissionSet, RoleId, catalogue::sets, decide::permissions::ManageRoles};
use askama::Template;
use ledger::{Change, Field, Of, ProfileWrite};
use web::{
    Result,
    guard::{May, TheAccount},
    page::{
        Frame, Page, SeeOther,
        review::{Asking, Filled, Reviewed},
    },
    route::{Route, get, post},
    session::Session,
    values,
};

use super::{
    PLACE, SECTION,
    permissions::ticked,
    tree::{Branch, tree},
};

const PATH: &str = "/access/roles/new";

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(PATH, "role_new.page", "The form of a new custom role", show),
        post(PATH, "role_new.make", "Make a custom role", make),
    ]
}

#[derive(Template)]
#[template(path = "role-new.html")]
struct NewPage {
    frame: Frame,
    name: String,
    error: Option<String>,
    branches: Vec<Branch>,
}

async fn page(
    session: &Session,
    name: String,
    error: Option<String>,
    ticked: PermissionSet,
) -> Result<NewPage> {
    let frame = Frame::of(session, "New role", PATH, SECTION).await?;
    Ok(NewPage {
        frame: frame.below(PLACE, "Roles"),
        name,
        error,
        branches: tree(sets::CUSTOM, ticked),
    })
}

async fn show(may: May<ManageRoles, TheAccount>) -> Result<Page<NewPage>> {
    let empty = PermissionSet::EMPTY;
    page(&may, String::new(), None, empty).await.map(Page::new)
}

async fn make(
    may: May<ManageRoles, TheAccount>,
    form: Reviewed<BTreeMap<String, String>>,
) -> Result<Filled<NewPage>> {
    let session = &*may;
    let typed = form.body.get("name").cloned().unwrap_or_default();
    let permissions = ticked(form.body.iter().filter(|(name, _)| *name != "name"))?;
    let name = match values::name(&typed) {
        Ok(name) => name.to_owned(),
        Err(error) => {
            let error = Some(format!("Please {error}."));
            let page = page(session, typed, error, permissions).await?;
            return Ok(Filled::Again(Page::again(page)));
        }
    };
    let id = session.new_id::<RoleId>();
    let change = Change::from(Command::CreateRole { id, permissions })
        .with_profile(ProfileWrite::new(Of::public(id)).set(Field::Name, name.clone()));
    let asking = Asking {
        title: format!("Make the role {name}?"),
        about: "Nobody holds it yet: it is given on the page of a person.".to_owned(),
        button: "Make the role".to_owned(),
        action: PATH.to_owned(),
        back: PATH.to_owned(),
        place: SECTION,
        moves: Vec::new(),
    };
    let settled = form.always().settle(session, change, asking).await?;
    Ok(Filled::Settled(settled.then(|_| {
        SeeOther::to(format!("{PLACE}/{id}"))
            .saying("The role is made. Give it on the page of a person.")
    })))
}
