//! Groups, one at a time (RFC 7644 §3.3 to §3.6): groups of a provider, with what their mappings give (AD-30). Their members are users of the
//! same directory.

use std::collections::HashSet;

use access::{
    Command, PersonId, ProviderGroupId, PublicId, State, command::MembersChange, event::Node,
};
use ledger::{Change, Field, Of, ProfileWrite};
use scim::{
    Attributes, Error, ScimType, group::GroupFields, patch::Patch, resource, schema::GROUP,
};
use serde_json::Value;
use web::{
    Result,
    common::Submission,
    session::{Session, failed},
};

use crate::{
    dialect::problem,
    directory::{Directory, Noted},
    links::{
        GroupRow,
        beside::{EndGroup, PutGroup},
        kept, location, member_of, store,
    },
    reply::Told,
    request::{Group, InPath, Params, Sent},
    users::{kept_name, whose},
};

fn unknown() -> web::Problem {
    problem(Error::plain(
        404,
        "this directory has no such resource here",
    ))
}

/// The group that a path names.
async fn found(
    directory: &Directory,
    id: &str,
    members: bool,
    noted: &mut Noted,
) -> Result<GroupRow> {
    let group = id.parse().ok().and_then(|id| {
        let state = directory.account.state();
        state.resolve::<ProviderGroupId>(id)
    });
    let group = group.ok_or_else(unknown)?;
    let row = read_row(directory, group, members).await?;
    noted.group = Some(group);
    Ok(row)
}

async fn read_row(
    directory: &Directory,
    group: ProviderGroupId,
    members: bool,
) -> Result<GroupRow> {
    let mut tx = directory.account.read_once().await.map_err(failed)?;
    let row = store::one_group(&mut tx, whose(directory), group, members).await;
    row.map_err(failed)?.ok_or_else(unknown)
}

/// What is to be of a group: its members apart from what else is kept.
struct Wanted {
    fields: GroupFields,
    attributes: String,
    members: String,
    people: Vec<PersonId>,
}

impl Wanted {
    fn of(state: &State, mut attributes: Attributes) -> Result<Self> {
        let fields = GroupFields::read(&attributes);
        let members = match attributes.remove("members") {
            Some(Value::Array(members)) => members,
            _ => Vec::new(),
        };
        let people = members.iter().map(|member| member_of(state, member));
        let people: Option<Vec<_>> = people.collect();
        Ok(Self {
            fields,
            attributes: kept(&attributes),
            members: Value::Array(members).to_string(),
            people: people.ok_or_else(nobody)?,
        })
    }

    fn row(&self, directory: &Directory, of: Of, read: Option<i64>) -> PutGroup {
        PutGroup {
            whose: whose(directory),
            of,
            display_name: self.fields.display_name.clone(),
            external_id: self.fields.external_id.clone(),
            attributes: self.attributes.clone(),
            members: self.members.clone(),
            read,
        }
    }

    /// The name by which the group is known here.
    fn name(&self) -> String {
        kept_name(&self.fields.display_name).unwrap_or_else(|| "—".to_owned())
    }
}

fn nobody() -> web::Problem {
    let detail = "members: a value is the id of no user of this directory";
    problem(Error::of(ScimType::InvalidValue, detail))
}

/// Members are users of the same directory: whoever else is here is nobody to it.
async fn require_known(directory: &Directory, people: &[PersonId]) -> Result<()> {
    if people.is_empty() {
        return Ok(());
    }
    let mut tx = directory.account.read_once().await.map_err(failed)?;
    let known = store::known(&mut tx, whose(directory), people).await;
    match known.map_err(failed)?.len() == people.len() {
        true => Ok(()),
        false => Err(nobody()),
    }
}

async fn submit(session: &Session, change: impl Into<Change>) -> Result<()> {
    session
        .submit(change, &Submission::default())
        .await
        .map(drop)
}

async fn told<const STATUS: u16, const OR: u16>(
    directory: &Directory,
    row: &GroupRow,
    params: &Params,
) -> Result<Told<STATUS, OR>> {
    let session = directory.anew();
    let whole = row.resource(session.state(), &directory.base);
    let body = params.projection(&GROUP)?.project(&whole);
    Ok(Told {
        etag: Some(row.tag()),
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
    params.projection(&GROUP)?;
    let attributes = resource::read(&GROUP, &sent.body()?).map_err(problem)?;
    let session = directory.anew();
    let wanted = Wanted::of(session.state(), attributes)?;
    require_known(directory, &wanted.people).await?;
    let id: PublicId<ProviderGroupId> = directory.new_id();
    let of = Of::public(id);
    let command = Command::CreateProviderGroup {
        id,
        connection: directory.connection,
    };
    let change = Change::from(command)
        .with_profile(ProfileWrite::new(of).set(Field::Name, wanted.name()))
        .with_rows(wanted.row(directory, of, None));
    submit(&session, change).await?;
    let session = directory.anew();
    let group = session.state().resolve(id).ok_or_else(unknown)?;
    noted.group = Some(group);
    if !wanted.people.is_empty() {
        let command = Command::ChangeProviderGroup {
            provider_group: group,
            change: MembersChange::Whole(wanted.people),
        };
        submit(&session, command).await?;
    }
    let row = read_row(directory, group, true).await?;
    told(directory, &row, params).await
}

pub(crate) async fn read(
    directory: Directory,
    group: InPath<Group>,
    params: Params,
) -> Result<Told<200, 304>> {
    let mut noted = Noted::default();
    let answer = show(&directory, &group.text, &params, &mut noted).await;
    directory.tell(noted, answer)
}

async fn show(
    directory: &Directory,
    id: &str,
    params: &Params,
    noted: &mut Noted,
) -> Result<Told<200, 304>> {
    let members = params.projection(&GROUP)?.wants("members");
    let row = found(directory, id, members, noted).await?;
    if directory.knows(&row.tag())? {
        return Ok(Told {
            or: true,
            etag: Some(row.tag()),
            ..Told::nothing()
        });
    }
    told(directory, &row, params).await
}

pub(crate) async fn replace(
    directory: Directory,
    group: InPath<Group>,
    params: Params,
    sent: Sent,
) -> Result<Told<200>> {
    let mut noted = Noted::default();
    let answer = async {
        let new = resource::read(&GROUP, &sent.body()?).map_err(problem)?;
        let row = change(&directory, (&group.text, &params), &mut noted, |_| {
            Ok(new.clone())
        });
        told(&directory, &row.await?, &params).await
    };
    let answer = answer.await;
    directory.tell(noted, answer)
}

/// A group can be large: it is answered where attributes are asked for, and otherwise not (RFC 7644 §3.5.2).
pub(crate) async fn patch(
    directory: Directory,
    group: InPath<Group>,
    params: Params,
    sent: Sent,
) -> Result<Told<204, 200>> {
    let mut noted = Noted::default();
    let answer = async {
        let patch = Patch::parse(&sent.body()?).map_err(problem)?;
        let row = change(&directory, (&group.text, &params), &mut noted, |before| {
            let patched = patch.apply(&GROUP, before).map_err(problem)?;
            Ok(patched.resource)
        });
        let row = row.await?;
        if params.attributes.is_empty() {
            return Ok(Told {
                etag: Some(row.tag()),
                ..Told::nothing()
            });
        }
        let told = told(&directory, &row, &params).await?;
        Ok(Told { or: true, ..told })
    };
    let answer = answer.await;
    directory.tell(noted, answer)
}

async fn change(
    directory: &Directory,
    (id, params): (&str, &Params),
    noted: &mut Noted,
    become_: impl Fn(&Attributes) -> Result<Attributes> + Send + Sync,
) -> Result<GroupRow> {
    params.projection(&GROUP)?;
    let mut tries = directory.tries();
    loop {
        let done = try_change(directory, id, noted, &become_).await;
        if let Some(done) = tries.end(done) {
            return done;
        }
    }
}

async fn try_change(
    directory: &Directory,
    id: &str,
    noted: &mut Noted,
    become_: impl Fn(&Attributes) -> Result<Attributes>,
) -> Result<GroupRow> {
    let row = found(directory, id, true, noted).await?;
    directory.require_match(&row.tag())?;
    let session = directory.anew();
    let before = row.attributes(session.state());
    let after = become_(&before)?;
    if before == after {
        return Ok(row);
    }
    let wanted = Wanted::of(session.state(), after)?;
    put(directory, &session, &row, wanted).await?;
    read_row(directory, row.group, true).await
}

/// Members first: nothing of a name is refused.
async fn put(
    directory: &Directory,
    session: &Session,
    row: &GroupRow,
    wanted: Wanted,
) -> Result<()> {
    let group = row.group;
    let there = session.state().provider_groups().get(group);
    let there = there.ok_or_else(unknown)?;
    let stays: HashSet<_> = wanted.people.iter().copied().collect();
    let add = wanted.people.iter().copied();
    let add: Vec<_> = add.filter(|one| !there.members.contains(*one)).collect();
    let take = there.members.iter().filter(|one| !stays.contains(one));
    let take = take.collect();
    require_known(directory, &add).await?;
    let of = Of::known(group);
    let command = Command::ChangeProviderGroup {
        provider_group: group,
        change: MembersChange::Part { add, take },
    };
    let rows = wanted.row(directory, of, Some(row.revision));
    submit(session, Change::from(command).with_rows(rows)).await?;
    let before = GroupFields::read(&row.attributes).display_name;
    if before == wanted.fields.display_name {
        return Ok(());
    }
    let node = Node::ProviderGroup(group);
    let named = ProfileWrite::new(of).set(Field::Name, wanted.name());
    let change = Change::from(Command::Rename { node }).with_profile(named);
    submit(session, change).await
}

pub(crate) async fn delete(directory: Directory, group: InPath<Group>) -> Result<Told<204>> {
    let mut noted = Noted::default();
    let answer = end(&directory, &group.text, &mut noted).await;
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
    let row = found(directory, id, false, noted).await?;
    directory.require_match(&row.tag())?;
    let node = Node::ProviderGroup(row.group);
    let rows = EndGroup {
        whose: whose(directory),
        group: row.group,
        gone: Some(row.revision),
    };
    let change = Change::from(Command::Delete { node }).with_rows(rows);
    submit(&directory.anew(), change).await
}
