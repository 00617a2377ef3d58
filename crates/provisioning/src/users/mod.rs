//! Users, one at a time (RFC 7644 §3.3 to §3.6).

mod profile;
mod write;

use access::PersonId;
use scim::{
    Attributes, Error, patch::Patch, project::Projection, resource, schema::USER, user::UserFields,
};
use serde_json::Value;
use web::{
    Result,
    session::{Session, failed},
};

pub(crate) use self::profile::{Said, kept_name};
use self::write::{Put, Switch};
use crate::{
    access_told,
    dialect::problem,
    directory::{Directory, Noted},
    links::{
        UserRow, is_off, location,
        matching::{self, Match},
        store::{self, Which, Whose},
    },
    reply::Told,
    request::{InPath, Params, Sent, User},
};

/// Whose rows a directory has.
pub(crate) fn whose(directory: &Directory) -> Whose {
    Whose {
        account: directory.account.id(),
        connection: directory.connection,
    }
}

fn unknown() -> web::Problem {
    problem(Error::plain(
        404,
        "this directory has no such resource here",
    ))
}

/// The user that a path names, for whoever manages users.
async fn found(directory: &Directory, id: &str, noted: &mut Noted) -> Result<UserRow> {
    directory.require_users()?;
    let person = id.parse().ok().and_then(|id| {
        let state = directory.account.state();
        state.resolve::<PersonId>(id)
    });
    let person = person.ok_or_else(unknown)?;
    let mut tx = directory.account.read_once().await.map_err(failed)?;
    let row = store::one_user(&mut tx, whose(directory), Which::Person(person)).await;
    let row = row.map_err(failed)?.ok_or_else(unknown)?;
    noted.person = Some(person);
    Ok(row)
}

/// A user as it is answered.
pub(crate) async fn shown(
    session: &Session,
    row: &UserRow,
    base: &str,
    projection: &Projection,
) -> Result<Attributes> {
    let mut resource = row.resource(session.state(), base);
    if projection.wants("roles") || projection.wants("entitlements") {
        access_told::of(session, row.person)
            .await?
            .write(&mut resource);
    }
    Ok(projection.project(&resource))
}

/// What is answered to whoever wrote or read one.
async fn told<const STATUS: u16, const OR: u16>(
    directory: &Directory,
    row: &UserRow,
    projection: &Projection,
) -> Result<Told<STATUS, OR>> {
    let session = directory.anew();
    let body = shown(&session, row, &directory.base, projection).await?;
    let whole = row.resource(session.state(), &directory.base);
    Ok(Told {
        etag: Some(row.tag(session.state())),
        location: location(&whole).filter(|_| STATUS == 201),
        ..Told::body(Value::Object(body))
    })
}

pub(crate) async fn create(directory: Directory, params: Params, sent: Sent) -> Result<Told<201>> {
    let mut noted = Noted::default();
    let answer = make(&directory, &params, sent, &mut noted).await;
    directory.tell(noted, answer)
}

async fn make(
    directory: &Directory,
    params: &Params,
    sent: Sent,
    noted: &mut Noted,
) -> Result<Told<201>> {
    directory.require_users()?;
    let projection = params.projection(&USER)?;
    let attributes = resource::read(&USER, &sent.body()?).map_err(problem)?;
    let fields = UserFields::read(&attributes);
    let session = directory.anew();
    let mut tx = session.account.read_once().await.map_err(failed)?;
    let found = matching::find(&mut tx, session.state(), whose(directory), &fields).await;
    drop(tx);
    let person = match found.map_err(failed)? {
        Match::Clash(clash, _) => {
            return Err(web::Problem::conflict(clash.code(), clash.detail()));
        }
        Match::New => write::add(directory, &attributes, &fields, noted).await?,
        Match::Person(person, _) => {
            let put = Put::linking(person, &attributes, &fields);
            write::link(directory, &session, put, noted).await?
        }
        Match::Gone(row) => {
            let put = Put::linking(row.person, &attributes, &fields);
            write::link(directory, &session, put, noted).await?
        }
    };
    noted.person = Some(person);
    let row = again(directory, person).await?;
    told(directory, &row, &projection).await
}

/// A row after it was written.
async fn again(directory: &Directory, person: PersonId) -> Result<UserRow> {
    let mut tx = directory.account.read_once().await.map_err(failed)?;
    let row = store::one_user(&mut tx, whose(directory), Which::Person(person)).await;
    row.map_err(failed)?.ok_or_else(unknown)
}

pub(crate) async fn read(
    directory: Directory,
    user: InPath<User>,
    params: Params,
) -> Result<Told<200, 304>> {
    let mut noted = Noted::default();
    let answer = show(&directory, &user.text, &params, &mut noted).await;
    directory.tell(noted, answer)
}

async fn show(
    directory: &Directory,
    id: &str,
    params: &Params,
    noted: &mut Noted,
) -> Result<Told<200, 304>> {
    let projection = params.projection(&USER)?;
    let row = found(directory, id, noted).await?;
    let tag = row.tag(directory.anew().state());
    if directory.knows(&tag)? {
        return Ok(Told {
            or: true,
            etag: Some(tag),
            ..Told::nothing()
        });
    }
    told(directory, &row, &projection).await
}

pub(crate) async fn replace(
    directory: Directory,
    user: InPath<User>,
    params: Params,
    sent: Sent,
) -> Result<Told<200>> {
    let mut noted = Noted::default();
    let answer = async {
        let new = resource::read(&USER, &sent.body()?).map_err(problem)?;
        change(&directory, (&user.text, &params), &mut noted, |_| {
            Ok(new.clone())
        })
        .await
    };
    let answer = answer.await;
    directory.tell(noted, answer)
}

pub(crate) async fn patch(
    directory: Directory,
    user: InPath<User>,
    params: Params,
    sent: Sent,
) -> Result<Told<200>> {
    let mut noted = Noted::default();
    let answer = async {
        let patch = Patch::parse(&sent.body()?).map_err(problem)?;
        change(&directory, (&user.text, &params), &mut noted, |before| {
            let patched = patch.apply(&USER, before).map_err(problem)?;
            Ok(patched.resource)
        })
        .await
    };
    let answer = answer.await;
    directory.tell(noted, answer)
}

/// What was read becomes something else.
async fn change(
    directory: &Directory,
    (id, params): (&str, &Params),
    noted: &mut Noted,
    become_: impl Fn(&Attributes) -> Result<Attributes> + Send,
) -> Result<Told<200>> {
    let projection = params.projection(&USER)?;
    let mut tries = directory.tries();
    loop {
        let done = try_change(directory, id, noted, &become_).await;
        if let Some(done) = tries.end(done) {
            return told(directory, &done?, &projection).await;
        }
    }
}

async fn try_change(
    directory: &Directory,
    id: &str,
    noted: &mut Noted,
    become_: impl Fn(&Attributes) -> Result<Attributes>,
) -> Result<UserRow> {
    let row = found(directory, id, noted).await?;
    let session = directory.anew();
    directory.require_match(&row.tag(session.state()))?;
    let before = row.attributes(session.state());
    let after = become_(&before)?;
    if before == after {
        return Ok(row);
    }
    let fields = UserFields::read(&after);
    let said = after.get("active").and_then(Value::as_bool);
    let switch = Switch::of(said, is_off(session.state(), row.person));
    let put = Put {
        person: row.person,
        attributes: &after,
        fields: &fields,
        read: Some(&row),
        switch,
    };
    write::put(directory, &session, put, noted).await?;
    again(directory, row.person).await
}

pub(crate) async fn delete(directory: Directory, user: InPath<User>) -> Result<Told<204>> {
    let mut noted = Noted::default();
    let answer = end(&directory, &user.text, &mut noted).await;
    directory.tell(noted, answer)
}

async fn end(directory: &Directory, id: &str, noted: &mut Noted) -> Result<Told<204>> {
    let mut tries = directory.tries();
    loop {
        let done = try_to_end(directory, id, noted).await;
        if let Some(done) = tries.end(done) {
            return done.map(|()| Told::nothing());
        }
    }
}

async fn try_to_end(directory: &Directory, id: &str, noted: &mut Noted) -> Result<()> {
    let row = found(directory, id, noted).await?;
    let session = directory.anew();
    directory.require_match(&row.tag(session.state()))?;
    write::hide(directory, &session, &row).await
}
