//! What a directory says of a user, as commands that its connection gives (AD-29), with the row beside the first of them.
//!
//! One request can be two commands. The first is the one that can be refused; the second needs no more than the first did.

use access::{Command, PersonId, PublicId, state::Facet};
use axum::http::StatusCode;
use ledger::{Change, Field, Of, Profile, ProfileWrite, fold_email};
use mail::Letter;
use scim::{Attributes, user::UserFields};
use web::{
    Problem, Result,
    common::Submission,
    session::{Session, failed},
    things,
};

use super::{Said, whose};
use crate::{
    directory::{Directory, Noted},
    links::{
        UserRow,
        beside::{EndGroup, HideUser, PutUser},
        is_off, kept,
    },
};

/// Whether somebody is switched off or on (AD-15).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Switch {
    Stays,
    Off,
    On,
}

impl Switch {
    /// What is said, and how it is. Silence switches nobody.
    pub fn of(active: Option<bool>, is_off: bool) -> Self {
        match (active, is_off) {
            (Some(false), false) => Self::Off,
            (Some(true), true) => Self::On,
            _ => Self::Stays,
        }
    }
}

/// What is to be of a person who is there.
#[derive(Clone, Copy)]
pub(super) struct Put<'a> {
    pub person: PersonId,
    pub attributes: &'a Attributes,
    pub fields: &'a UserFields,
    /// The row that was read; `None` for a new link.
    pub read: Option<&'a UserRow>,
    pub switch: Switch,
}

impl<'a> Put<'a> {
    /// Somebody who is linked.
    pub fn linking(person: PersonId, attributes: &'a Attributes, fields: &'a UserFields) -> Self {
        Self {
            person,
            attributes,
            fields,
            read: None,
            switch: Switch::Stays,
        }
    }

    fn row(&self, directory: &Directory) -> PutUser {
        row(
            directory,
            Of::known(self.person),
            self.attributes,
            self.fields,
            self.read,
        )
    }
}

fn row(
    directory: &Directory,
    of: Of,
    attributes: &Attributes,
    fields: &UserFields,
    read: Option<&UserRow>,
) -> PutUser {
    PutUser {
        whose: whose(directory),
        of,
        user_name: fields.user_name.clone(),
        external_id: fields.external_id.clone(),
        attributes: kept(attributes),
        read: read.map(|read| read.revision),
    }
}

async fn submit(session: &Session, change: impl Into<Change>) -> Result<()> {
    let how = Submission::default();
    session.submit(change, &how).await.map(drop)
}

/// The same about somebody who is there. Where rank alone is missing, that is what the directory is told (AD-24).
async fn submit_about(
    session: &Session,
    person: PersonId,
    change: impl Into<Change>,
) -> Result<()> {
    let done = submit(session, change).await;
    done.map_err(|problem| match problem.code() {
        "permission_missing" if !session.view().outranks(person) => outranked(),
        _ => problem,
    })
}

fn outranked() -> Problem {
    let detail = "the role of this connection does not outrank the person: somebody who does has to do it in the account";
    Problem::forbidden_by("outranked")
        .rule("AD-24")
        .detail(detail)
}

fn deactivate(person: PersonId) -> Change {
    let facet = Facet::User;
    Command::Deactivate { person, facet }.into()
}

/// Somebody new. Nobody writes to them: they come through their provider, or are invited here.
pub(super) async fn add(
    directory: &Directory,
    attributes: &Attributes,
    fields: &UserFields,
    noted: &mut Noted,
) -> Result<PersonId> {
    let id: PublicId<PersonId> = directory.new_id();
    let of = Of::public(id);
    let command = Command::AddUser {
        id,
        user_groups: Vec::new(),
        account_role: None,
    };
    let change = Change::from(command)
        .with_profile(Said::by(fields)?.whole(ProfileWrite::new(of)))
        .with_rows(row(directory, of, attributes, fields, None));
    submit(directory, change).await?;
    let session = directory.anew();
    let person = session.state().resolve(id);
    let person = person.ok_or_else(web::Problem::not_found)?;
    noted.person = Some(person);
    if !fields.active {
        submit(&session, deactivate(person)).await?;
    }
    Ok(person)
}

/// Somebody who is here becomes a user of the directory too. Whoever outranks the connection keeps their profile, and can be switched off all
/// the same (AD-24).
pub(super) async fn link(
    directory: &Directory,
    session: &Session,
    mut put: Put<'_>,
    noted: &mut Noted,
) -> Result<PersonId> {
    let person = put.person;
    noted.person = Some(person);
    let row = session.state().people().get(person);
    if row.is_some_and(|row| !row.is_user()) {
        let command = Command::AddUserFacet {
            person,
            user_groups: Vec::new(),
        };
        let said = Said::by(put.fields)?;
        let change = Change::from(command).with_rows(put.row(directory));
        submit(session, change).await?;
        let session = directory.anew();
        if let Some(edit) = edit(&session, person, said, None).await? {
            leave_out(submit_about(&session, person, edit).await, noted);
        }
        if !put.fields.active {
            submit(&session, deactivate(person)).await?;
        }
        return Ok(person);
    }
    // A user who is created is active unless the directory says otherwise.
    put.switch = Switch::of(Some(put.fields.active), is_off(session.state(), person));
    self::put(directory, session, put, noted).await?;
    Ok(person)
}

fn leave_out(done: Result<()>, noted: &mut Noted) {
    if let Err(problem) = done {
        noted.leave_out(&problem);
    }
}

/// What is said of somebody who is there.
pub(super) async fn put(
    directory: &Directory,
    session: &Session,
    put: Put<'_>,
    noted: &mut Noted,
) -> Result<()> {
    let person = put.person;
    let said = Said::by(put.fields)?;
    let before = put.read.map(|read| UserFields::read(&read.attributes));
    let before = before.as_ref().map(Said::by).transpose()?;
    let edit = edit(session, person, said, before.as_ref()).await?;
    let row = put.row(directory);
    let facet = Facet::User;
    match (put.switch, edit) {
        (Switch::Off, edit) => {
            // Nothing else of the request keeps somebody active.
            submit(session, deactivate(person).with_rows(row)).await?;
            if let Some(edit) = edit {
                leave_out(submit_about(&directory.anew(), person, edit).await, noted);
            }
            Ok(())
        }
        (Switch::On, edit) => {
            let command = Command::Reactivate { person, facet };
            submit_about(session, person, Change::from(command).with_rows(row)).await?;
            match edit {
                Some(edit) => submit_about(&directory.anew(), person, edit).await,
                None => Ok(()),
            }
        }
        (Switch::Stays, Some(edit)) => {
            match submit_about(session, person, edit.with_rows(row.clone())).await {
                Err(problem) if put.read.is_none() && problem.status() == StatusCode::FORBIDDEN => {
                    submit(session, note(person).with_rows(row)).await?;
                    noted.leave_out(&problem);
                    Ok(())
                }
                done => done,
            }
        }
        (Switch::Stays, None) => submit(session, note(person).with_rows(row)).await,
    }
}

/// AD-24: what a directory says of somebody without changing anything of theirs.
fn note(person: PersonId) -> Change {
    let fields = Vec::new();
    Command::EditProfile { person, fields }.into()
}

/// What of somebody's profile becomes another; `None` where nothing does.
async fn edit(
    session: &Session,
    person: PersonId,
    said: Said,
    before: Option<&Said>,
) -> Result<Option<Change>> {
    let profiles = things::profiles(session, &[person]).await?;
    let profile = profiles.get(&person).cloned().unwrap_or_default();
    let address = said.address().map(str::to_owned);
    let write = ProfileWrite::new(Of::known(person));
    let (fields, write) = said.changes(before, &profile, write);
    if fields.is_empty() {
        return Ok(None);
    }
    let mut change = Change::from(Command::EditProfile { person, fields }).with_profile(write);
    if let Some(letter) = told(session, person, &profile, address.as_deref())? {
        change.mails.push(letter);
    }
    Ok(Some(change))
}

/// AD-24: the old address is told of a new one.
fn told(
    session: &Session,
    person: PersonId,
    profile: &Profile,
    new: Option<&str>,
) -> Result<Option<ledger::NewMail>> {
    let (Some(old), Some(new)) = (profile.get(Field::Email), new) else {
        return Ok(None);
    };
    if fold_email(old) == fold_email(new) {
        return Ok(None);
    }
    let of = Of::known(person);
    let letter = mail::notice(&session.account, of, Some(old), &Letter::AddressChanged);
    letter.map(Some).map_err(failed)
}

/// AD-24: the user is deactivated, and no longer there for the directory, nor in any of its groups.
pub(super) async fn hide(directory: &Directory, session: &Session, row: &UserRow) -> Result<()> {
    let person = row.person;
    let hidden = HideUser {
        whose: whose(directory),
        person,
        read: row.revision,
    };
    submit(session, deactivate(person).with_rows(hidden)).await?;
    let session = directory.anew();
    let state = session.state();
    let groups = state.connections().get(directory.connection);
    let groups = groups
        .into_iter()
        .flat_map(|row| row.provider_groups.iter());
    let is_in = |group: &access::ProviderGroupId| {
        let row = state.provider_groups().get(*group);
        row.is_some_and(|row| row.members.contains(person))
    };
    for group in groups.filter(is_in) {
        let command = Command::ChangeProviderGroup {
            provider_group: group,
            change: access::command::MembersChange::Part {
                add: Vec::new(),
                take: vec![person],
            },
        };
        let rows = EndGroup {
            whose: whose(directory),
            group,
            gone: None,
        };
        submit(&session, Change::from(command).with_rows(rows)).await?;
    }
    Ok(())
}
