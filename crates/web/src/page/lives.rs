//! What the page of every thing has at its end: its name, and archiving, restoring and deleting it (AD-25). Whether that may be is for the
//! command to say.

use access::{Command, explain::words::Name};
use askama::{Template, filters::HtmlSafe};
use ledger::{Change, Field, Of, ProfileWrite};
use serde::Deserialize;

use super::{
    Frame, SeeOther, Taken,
    names::Names,
    review::{Asking, Review, Reviewed},
};
use crate::{
    problem::{Problem, Result},
    resource::Resource,
    session::Session,
    things::Mortal,
    values,
};

/// The two sections, shown by `{{ lives }}`. Their forms go to `name` and `life` below the page.
#[derive(Clone, Debug, Template)]
#[template(path = "lives.html")]
pub struct Lives {
    /// Of the frame around.
    pub form_token: Option<String>,
    /// The thing's page.
    pub path: String,
    /// The thing's name.
    pub name: String,
    /// What it is, in running text.
    pub one: &'static str,
    /// Whether it is archived.
    pub is_archived: bool,
    /// Why it cannot be deleted, as a sentence.
    pub kept: Option<&'static str>,
    /// Whether the reader may end it too; without that, it is the name alone.
    pub has_end: bool,
}

impl HtmlSafe for Lives {}

impl Lives {
    /// Of a thing that can be deleted.
    pub fn of(
        frame: &Frame,
        path: &str,
        name: &str,
        one: &'static str,
        life: access::state::Life,
    ) -> Self {
        Self {
            form_token: frame.form_token.clone(),
            path: path.to_owned(),
            name: name.to_owned(),
            one,
            is_archived: !life.is_active(),
            kept: None,
            has_end: true,
        }
    }
}

/// Where a thing is shown.
#[derive(Clone, Debug)]
pub struct At {
    /// Its page.
    pub page: String,
    /// The list that it stands in.
    pub list: &'static str,
    /// The label of the section of the rail.
    pub section: &'static str,
    /// Its name.
    pub name: String,
}

impl At {
    /// Of a thing whose page stands below its list, at its id.
    pub async fn below<K: Resource>(
        session: &Session,
        thing: K,
        name: Name,
        list: &'static str,
        section: &'static str,
    ) -> Result<Self> {
        let names = Names::of(session, [name]).await?;
        Ok(Self {
            page: format!("{list}/{}", session.id(thing).0),
            list,
            section,
            name: names.text(name),
        })
    }

    /// What a review of one of the page's forms says; the form goes to this segment below the page.
    pub fn asking(&self, title: String, about: &str, button: &str, form: &str) -> Asking {
        Asking {
            title,
            about: about.to_owned(),
            button: button.to_owned(),
            action: format!("{}/{form}", self.page),
            back: self.page.clone(),
            place: self.section,
            moves: Vec::new(),
        }
    }

    /// Back to the page, with a sentence on what was done.
    pub fn saying(&self, done: &str) -> SeeOther {
        SeeOther::to(self.page.clone()).saying(done)
    }
}

/// A name.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewName {
    /// As it was typed.
    pub name: String,
    /// What it was called when the form was made: a new name of somebody else's is not overwritten unseen.
    #[serde(default)]
    pub was: Option<String>,
}

/// It is called otherwise.
pub async fn rename<K: Mortal>(
    session: &Session,
    thing: K,
    form: Reviewed<NewName>,
    at: &At,
) -> Result<Taken<Review>> {
    let asking = at.asking(format!("Rename {}?", at.name), "", "Rename", "name");
    let name = match values::parse_name("name", &form.body.name) {
        Ok(name) => name,
        Err(problem) => return form.refuse(session, &problem, asking).await,
    };
    let was = form.body.was.as_deref().unwrap_or(&at.name);
    if was != at.name && name != at.name {
        let detail = format!(
            "somebody else renamed it meanwhile: it is now called “{}”. Go back, and rename it again if it still has to be",
            at.name
        );
        let problem = Problem::conflict("changed_meanwhile", detail);
        return form.refuse(session, &problem, asking).await;
    }
    let change = Change::from(Command::Rename { node: thing.node() })
        .with_profile(ProfileWrite::new(Of::known(thing)).set(Field::Name, name));
    let settled = form.settle(session, change, asking).await?;
    Ok(settled.then(|_| at.saying("Renamed.")))
}

/// What is to become of a thing.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Turn {
    Archive,
    Restore,
    Delete,
}

/// A choice of that.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewLife {
    life: Turn,
}

/// It gives nothing from now on, gives again what it gave, or is gone. That is looked at even where nobody has anything by it: what is
/// deleted does not come back.
pub async fn turn<K: Mortal>(
    session: &Session,
    thing: K,
    form: Reviewed<NewLife>,
    at: &At,
) -> Result<Taken<Review>> {
    let (turn, node) = (form.body.life, thing.node());
    let (command, verb, about, done) = match turn {
        Turn::Archive => (
            Command::Archive { node },
            "Archive",
            "It gives nothing until it is restored, and keeps what is set.",
            "Archived: it gives nothing until it is restored.",
        ),
        Turn::Restore => (
            Command::Restore { node },
            "Restore",
            "It gives again what it gave.",
            "Restored: it gives again what it gave.",
        ),
        Turn::Delete => (
            Command::Delete { node },
            "Delete",
            "It is gone for ever, with everything that is set on it.",
            "Deleted.",
        ),
    };
    let asking = at.asking(format!("{verb} {}?", at.name), about, verb, "life");
    let settled = form.always().settle(session, command, asking).await?;
    Ok(settled.then(|_| match turn {
        Turn::Delete => SeeOther::to(at.list).saying(done),
        Turn::Archive | Turn::Restore => at.saying(done),
    }))
}
