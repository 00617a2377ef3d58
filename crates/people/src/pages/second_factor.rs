//! Of whom a second factor is asked: of everybody on the page of the account, of those who hold a role on the role's (AD-8). Who may set it
//! is for the command to say.

use access::{
    Command, RoleId,
    decide::permissions::{ManageRoles, ViewAccount},
    explain::words::Name,
};
use askama::{Template, filters::HtmlSafe};
use serde::Deserialize;
use web::{
    Result,
    guard::{And, May, TheAccount},
    page::{
        ACCESS, CONFIGURE, Frame, SeeOther, Taken,
        names::Names,
        review::{Asking, Review, Reviewed},
    },
    resource::Resource,
    route::{Route, post},
    session::Session,
};

use super::{account, roles};

pub(super) fn routes() -> Vec<Route> {
    vec![
        post(
            "/configure/account/second-factor",
            "account.ask_second_factor",
            "Review and ask everybody for a second factor, or no longer",
            of_everybody,
        ),
        post(
            "/access/roles/{role}/settings/second-factor",
            "role.ask_second_factor",
            "Review and ask those who hold a role for a second factor, or no longer",
            of_role,
        ),
    ]
}

/// The section, shown by `{{ second_factor }}`. Its form goes to `second-factor` below the page.
#[derive(Template)]
#[template(path = "second-factor.html")]
pub(super) struct SecondFactor {
    form_token: Option<String>,
    path: String,
    /// Of the holders of one role.
    is_of_role: bool,
    is_asked: bool,
    /// Of whom else it is asked, as a sentence.
    beside: Option<String>,
    may_set: bool,
}

impl HtmlSafe for SecondFactor {}

/// Where nobody asks for it any more.
const KEPT: &str = "Whoever has set one up keeps it, and may take it off.";

fn command(role: Option<RoleId>, required: bool) -> Command {
    Command::RequireSecondFactor { role, required }
}

impl SecondFactor {
    fn of(session: &Session, frame: &Frame, path: String, role: Option<RoleId>) -> Self {
        let is_asked = is_asked(session, role);
        Self {
            form_token: frame.form_token.clone(),
            path,
            is_of_role: role.is_some(),
            is_asked,
            beside: None,
            may_set: session.offers(&command(role, !is_asked)),
        }
    }

    pub async fn of_everybody(session: &Session, frame: &Frame) -> Result<Self> {
        let factor = Self::of(session, frame, account::PLACE.to_owned(), None);
        let roles = asking_roles(session).filter(|role| session.view().sees(*role));
        let roles: Vec<_> = roles.map(Name::Role).collect();
        if factor.is_asked || roles.is_empty() {
            return Ok(factor);
        }
        let names = Names::of(session, roles.iter().copied()).await?;
        let roles: Vec<_> = roles.iter().map(|role| names.text(*role)).collect();
        Ok(Self {
            beside: Some(format!(
                "It is asked of whoever holds {}. Everybody else may choose.",
                roles.join(" or ")
            )),
            ..factor
        })
    }

    pub fn of_role(session: &Session, frame: &Frame, role: RoleId) -> Self {
        Self {
            beside: is_asked(session, None)
                .then(|| "It is asked of everybody in this account.".to_owned()),
            ..Self::of(
                session,
                frame,
                roles::settings_of(session, role),
                Some(role),
            )
        }
    }
}

/// Whether it is asked of whoever holds the role; of everybody where none is named.
pub(super) fn is_asked(session: &Session, role: Option<RoleId>) -> bool {
    session.state().account().second_factor.is_set_for(role)
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Asked {
    Ask,
    AskNoLonger,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Chosen {
    factor: Asked,
}

/// Roles whose holders are asked: a deleted one has none.
fn asking_roles(session: &Session) -> impl Iterator<Item = RoleId> {
    let state = session.state();
    let roles = state.account().second_factor.roles.iter().copied();
    roles.filter(|role| !role.is_deleted(state))
}

/// What the review says. `kept`: what becomes of those that are set up, where it is asked no longer.
fn asking(chosen: Asked, whom: &str, kept: &str, page: String, place: &'static str) -> Asking {
    let (title, about, button) = match chosen {
        Asked::Ask => (
            format!("Ask {whom} for a second factor?"),
            "Whoever has none sets one up at their next page, before anything else. Nobody is locked out by it.",
            "Ask for it",
        ),
        Asked::AskNoLonger => (
            format!("Ask {whom} for a second factor no longer?"),
            kept,
            "Ask for it no longer",
        ),
    };
    Asking {
        title,
        about: about.to_owned(),
        button: button.to_owned(),
        action: format!("{page}/second-factor"),
        back: page,
        place,
        moves: Vec::new(),
    }
}

async fn settle(
    session: &Session,
    role: Option<RoleId>,
    form: Reviewed<Chosen>,
    asking: Asking,
) -> Result<Taken<Review>> {
    let (chosen, back) = (form.body.factor, asking.back.clone());
    let command = command(role, chosen == Asked::Ask);
    let settled = form.always().settle(session, command, asking).await?;
    Ok(settled.then(|written| {
        SeeOther::to(back).saying(match chosen {
            _ if !written.changed => "It was so already.",
            Asked::Ask => "Saved: a second factor is asked.",
            Asked::AskNoLonger => "Saved: a second factor is asked no longer.",
        })
    }))
}

async fn of_everybody(
    may: May<ViewAccount, TheAccount>,
    form: Reviewed<Chosen>,
) -> Result<Taken<Review>> {
    let page = account::PLACE.to_owned();
    let kept = match asking_roles(&may).next() {
        None => KEPT,
        Some(_) => {
            "Whoever has set one up keeps it, and may take it off where their role does not ask for it."
        }
    };
    let asking = asking(form.body.factor, "everybody", kept, page, CONFIGURE.label);
    settle(&may, None, form, asking).await
}

async fn of_role(
    may: May<ManageRoles, TheAccount>,
    role: And<RoleId>,
    form: Reviewed<Chosen>,
) -> Result<Taken<Review>> {
    let (session, role) = (&*may, role.0);
    let names = Names::of(session, [Name::Role(role)]).await?;
    let whom = format!("whoever holds {}", names.text(Name::Role(role)));
    let page = roles::settings_of(session, role);
    let kept = match is_asked(session, None) {
        false => KEPT,
        true => "Whoever has set one up keeps it: it is still asked of everybody in this account.",
    };
    let asking = asking(form.body.factor, &whom, kept, page, ACCESS.label);
    settle(session, Some(role), form, asking).await
}
