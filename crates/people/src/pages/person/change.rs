//! The forms of a person's page: what each of them asks for, as the command that it becomes. All of them are taken at one address, shown
//! in the review, and decided by the command's own check.

use std::collections::BTreeMap;

use access::{
    Command, Permission, PermissionSet, PersonId, PublicId, RoleId, Window,
    command::{AccountAdminGrant, RoleAssignment},
    event::{GrantHolder, ListedCompanies},
    explain::words::Name,
    state::{
        CustomerAccess, DeskRight, ExtraGrant, Facet, LimitedAdmin, PeopleScope, PortalLevel,
        ServiceLevel, Tie,
    },
};
use ledger::{Change, Field, Of};
use mail::Letter;
use serde::de::{DeserializeOwned, IntoDeserializer, value};
use web::{
    Problem, Result,
    guard::CommandsOn,
    page::{
        PEOPLE, SeeOther, Taken,
        names::Names,
        review::{Asking, Review, Reviewed},
    },
    resource::{Id, Resource},
    route::{Route, post},
    session::{Session, failed},
};

use crate::{invitations, people, things};

pub(super) fn routes() -> Vec<Route> {
    vec![
        post(
            "/people/{person}/change",
            "person.change",
            "Review and save what a form of the person's page says",
            change,
        ),
        post(
            "/people/{person}/profile",
            "person.edit_profile",
            "Review and save a person's name, address and the like",
            edit_profile,
        ),
    ]
}

/// What a form says.
pub(super) type Fields = BTreeMap<String, String>;

/// What a form becomes.
struct Act {
    change: Change,
    title: String,
    done: &'static str,
}

impl Act {
    fn new(command: Command, title: impl Into<String>, done: &'static str) -> Self {
        Self {
            change: command.into(),
            title: title.into(),
            done,
        }
    }
}

fn field<'a>(fields: &'a Fields, name: &str) -> Result<&'a str> {
    let value = fields.get(name).map(String::as_str);
    value
        .filter(|value| !value.is_empty())
        .ok_or_else(|| Problem::invalid(name, "this is missing"))
}

/// A thing that a field names by its id.
fn thing<K: Resource>(session: &Session, fields: &Fields, name: &str) -> Result<K> {
    let id: PublicId<K> = field(fields, name)?
        .parse()
        .map_err(|_| Problem::unknown_id(name))?;
    session.named(name, Id(id))
}

/// A word of a list, as it is spelt everywhere else.
fn word<T: DeserializeOwned>(fields: &Fields, name: &str) -> Result<T> {
    let text: value::StrDeserializer<'_, value::Error> = field(fields, name)?.into_deserializer();
    T::deserialize(text).map_err(|_| Problem::invalid(name, "there is no such choice"))
}

/// The people that a right reaches: everybody, or those of the user groups that are ticked (`group.<id>`).
fn scope(session: &Session, fields: &Fields) -> Result<PeopleScope> {
    match fields.get("scope").map(String::as_str) {
        None | Some("all") => Ok(PeopleScope::All),
        Some("groups") => {
            let ticked = fields.keys().filter_map(|name| name.strip_prefix("group."));
            let groups = ticked.map(|id| {
                let id = id.parse().map_err(|_| Problem::unknown_id("group"))?;
                session.named("group", Id(id))
            });
            // AD-26: none ticked reaches nobody.
            Ok(PeopleScope::UserGroups(groups.collect::<Result<_>>()?))
        }
        Some(_) => Err(Problem::invalid("scope", "there is no such choice")),
    }
}

/// The permissions that are ticked (`permission.<key>`).
fn ticked(fields: &Fields) -> Result<PermissionSet> {
    let keys = fields
        .keys()
        .filter_map(|name| name.strip_prefix("permission."));
    let permissions = keys.map(|key| {
        Permission::from_key(key)
            .ok_or_else(|| Problem::invalid("permission", "there is no such permission"))
    });
    permissions.collect()
}

/// The names that a form of the page may have.
fn refuse_unknown(fields: &Fields) -> Result<()> {
    const KNOWN: [&str; 6] = ["act", "on", "value", "scope", "move", "without_company"];
    const BEGIN: [&str; 3] = ["group.", "permission.", "company."];
    let odd = fields.keys().find(|name| {
        !KNOWN.contains(&name.as_str()) && !BEGIN.iter().any(|begin| name.starts_with(begin))
    });
    match odd {
        None => Ok(()),
        Some(name) => Err(Problem::invalid(name.clone(), "there is no such field")),
    }
}

fn tie(person: PersonId, tie: Tie) -> Command {
    Command::Tie {
        person,
        tie,
        window: Window::ALWAYS,
    }
}

fn untie(person: PersonId, tie: Tie) -> Command {
    Command::Untie { person, tie }
}

async fn act(session: &Session, person: PersonId, fields: &Fields) -> Result<Act> {
    refuse_unknown(fields)?;
    let names = Names::of_people(session, [person]).await?;
    let who = names.text(Name::Person(person));
    let act = match field(fields, "act")? {
        "account_role" => return account_role(session, person, fields, &who).await,
        "give_extra_grant" | "take_extra_grant" => {
            let permission = Permission::from_key(field(fields, "on")?)
                .ok_or_else(|| Problem::invalid("on", "there is no such permission"))?;
            let grant = ExtraGrant {
                permission,
                scope: scope(session, fields)?,
                window: Window::ALWAYS,
            };
            let holder = GrantHolder::Person(person);
            if field(fields, "act")? == "give_extra_grant" {
                Act::new(
                    Command::GiveExtraGrant { to: holder, grant },
                    format!("Let {who} {}?", permission.label()),
                    "Given.",
                )
            } else {
                Act::new(
                    Command::TakeExtraGrant {
                        from: holder,
                        grant,
                    },
                    format!("No longer let {who} {}?", permission.label()),
                    "Taken away.",
                )
            }
        }
        "account_admin" => {
            let admin = match field(fields, "value")? {
                "none" => None,
                "full" => Some(AccountAdminGrant::Full),
                "limited" => Some(AccountAdminGrant::Limited(LimitedAdmin {
                    privileges: ticked(fields)?,
                    scope: scope(session, fields)?,
                })),
                _ => return Err(Problem::invalid("value", "there is no such choice")),
            };
            let title = match &admin {
                None => format!("Make {who} account admin no longer?"),
                Some(AccountAdminGrant::Full) => format!("Make {who} account admin, full?"),
                Some(AccountAdminGrant::Limited(_)) => {
                    format!("Make {who} account admin, limited?")
                }
            };
            Act::new(Command::SetAccountAdmin { person, admin }, title, "Saved.")
        }
        "deactivate" => Act::new(
            Command::Deactivate {
                person,
                facet: word(fields, "value")?,
            },
            format!("Deactivate {who}?"),
            "Deactivated. All their sessions and tokens ended.",
        ),
        "reactivate" => Act::new(
            Command::Reactivate {
                person,
                facet: word(fields, "value")?,
            },
            format!("Reactivate {who}?"),
            "Reactivated.",
        ),
        "invite" => {
            let facet: Facet = word(fields, "value")?;
            let change = Change::from(Command::Invite { person, facet });
            Act {
                change: invitations::with_invitation(session, change, Of::known(person), facet)?,
                title: format!("Send {who} a new invitation?"),
                done: "The invitation is on its way; earlier links lead nowhere.",
            }
        }
        "revoke_invitation" => Act::new(
            Command::RevokeInvitation {
                person,
                facet: word(fields, "value")?,
            },
            format!("Revoke the invitation of {who}?"),
            "The link that was sent leads nowhere now.",
        ),
        "portal_level" => {
            let level: PortalLevel = word(fields, "value")?;
            Act::new(
                Command::SetPortalLevel {
                    people: vec![person],
                    level,
                    bulk: false,
                },
                format!("Change the portal level of {who}?"),
                "Saved.",
            )
        }
        "employer" => {
            let company = match fields.get("on").map(String::as_str) {
                None | Some("") => None,
                Some(_) => Some(thing(session, fields, "on")?),
            };
            Act::new(
                Command::SetEmployer {
                    person,
                    company,
                    move_from_other: fields.contains_key("move"),
                },
                match company {
                    None => format!("Take {who} out of the company?"),
                    Some(_) => format!("Make {who} an employee of another company?"),
                },
                "Saved.",
            )
        }
        "company_access" => {
            let listed = match field(fields, "value")? {
                "all" => None,
                "listed" => {
                    let ids = fields
                        .keys()
                        .filter_map(|name| name.strip_prefix("company."));
                    let companies = ids.map(|id| {
                        let id = id.parse().map_err(|_| Problem::unknown_id("company"))?;
                        session.named("company", Id(id))
                    });
                    Some(ListedCompanies {
                        companies: companies.collect::<Result<_>>()?,
                        without_company: fields.contains_key("without_company"),
                    })
                }
                _ => return Err(Problem::invalid("value", "there is no such choice")),
            };
            Act::new(
                Command::SetCompanyAccess { person, listed },
                format!("Change which companies {who} sees?"),
                "Saved.",
            )
        }
        "service_level" => {
            let service = thing(session, fields, "on")?;
            let level = match field(fields, "value")? {
                "none" => None,
                _ => Some(word::<ServiceLevel>(fields, "value")?),
            };
            Act::new(
                // SD-17: the same stored value as on the service's page.
                Command::SaveUsersTab {
                    service,
                    rows: vec![(person, level)],
                },
                format!("Change the access of {who} to the service?"),
                "Saved.",
            )
        }
        "customer_access" => {
            let service = thing(session, fields, "on")?;
            let access = match field(fields, "value")? {
                "none" => None,
                _ => Some(word::<CustomerAccess>(fields, "value")?),
            };
            Act::new(
                Command::SaveCustomersTab {
                    service,
                    rows: vec![(person, access)],
                },
                format!("Change the access of {who} to the service?"),
                "Saved.",
            )
        }
        "give" => {
            let given = tie_of(session, fields)?;
            Act::new(tie(person, given), format!("Give this to {who}?"), "Given.")
        }
        "take" => {
            let taken = tie_of(session, fields)?;
            Act::new(
                untie(person, taken),
                format!("Take this from {who}?"),
                "Taken away.",
            )
        }
        "erase" => Act::new(
            Command::ErasePerson { person },
            format!("Erase {who}?"),
            "Erased: the name, the address and everything personal are gone.",
        ),
        _ => return Err(Problem::invalid("act", "there is no such form")),
    };
    Ok(act)
}

/// A tie: its kind in `value`, what it is to in `on`.
fn tie_of(session: &Session, fields: &Fields) -> Result<Tie> {
    Ok(match field(fields, "value")? {
        "licence" => Tie::Licence(thing(session, fields, "on")?),
        "group" => Tie::Group(thing(session, fields, "on")?),
        "user_group" => Tie::UserGroup(thing(session, fields, "on")?),
        "device_group" => Tie::DeviceGroup(thing(session, fields, "on")?),
        "queue_agent" => Tie::QueueAgent(thing(session, fields, "on")?),
        "queue_supervisor" => Tie::QueueSupervisor(thing(session, fields, "on")?),
        "contact_admin" => Tie::ContactAdmin,
        "agent" => Tie::Agent,
        "feature" => Tie::Feature(
            Permission::from_key(field(fields, "on")?)
                .ok_or_else(|| Problem::invalid("on", "there is no such permission"))?,
        ),
        "desk_right" => Tie::DeskRight(word::<DeskRight>(fields, "on")?),
        _ => return Err(Problem::invalid("value", "there is no such choice")),
    })
}

async fn account_role(
    session: &Session,
    person: PersonId,
    fields: &Fields,
    who: &str,
) -> Result<Act> {
    let role: RoleId = thing(session, fields, "on")?;
    let scope = scope(session, fields)?;
    let is_administrator = [RoleId::SUPER_ADMIN, RoleId::ADMIN].contains(&role);
    let names = Names::of(session, [Name::Role(role)]).await?;
    // AD-9: what is named again stays.
    let row = session.state().people().get(person);
    let kept = ticked(fields)?;
    let keep = row
        .into_iter()
        .flat_map(|row| row.extras().extra_grants.iter());
    let keep = keep
        .filter(|grant| kept.contains(grant.permission))
        .cloned();
    let mut change = Change::from(Command::SetAccountRoles {
        people: vec![person],
        assignment: RoleAssignment { role, scope },
        keep: keep.collect(),
        bulk: false,
    });
    if is_administrator {
        let told = mail::notice(
            &session.account,
            Of::known(person),
            None,
            &Letter::MadeAdministrator,
        );
        change = change.with_mail(told.map_err(failed)?);
    }
    Ok(Act {
        change,
        title: format!(
            "Give {who} the account role {}?",
            names.text(Name::Role(role))
        ),
        done: "Saved.",
    })
}

/// The page that the form stands on.
fn page_of(fields: &Fields) -> &'static str {
    let of = |name: &str| fields.get(name).map_or("", String::as_str);
    match (of("act"), of("value")) {
        ("account_role" | "give_extra_grant" | "take_extra_grant" | "account_admin", _)
        | ("give" | "take", "user_group") => "/roles",
        ("give" | "take" | "service_level" | "customer_access" | "company_access", _) => {
            "/products"
        }
        _ => "",
    }
}

async fn change(commands: CommandsOn<PersonId>, form: Reviewed<Fields>) -> Result<Taken<Review>> {
    let (session, person) = (&*commands, commands.on);
    let is_erasure = form.body.get("act").is_some_and(|act| act == "erase");
    let act = act(session, person, &form.body).await?;
    let path = super::path_of(session, person);
    let back = format!("{path}{}", page_of(&form.body));
    let about = if is_erasure {
        erasure_in_words(session, person).await?
    } else {
        String::new()
    };
    let asking = Asking {
        title: act.title,
        about,
        button: if is_erasure { "Erase for ever" } else { "Save" }.to_owned(),
        action: format!("{path}/change"),
        back: back.clone(),
        place: PEOPLE.label,
        moves: Vec::new(),
    };
    let settled = form.settle(session, act.change, asking).await?;
    Ok(settled.then(|_| {
        // An erased person has no page.
        let to = if is_erasure { "/".to_owned() } else { back };
        SeeOther::to(to).saying(act.done)
    }))
}

/// SD-26: what will be blank.
async fn erasure_in_words(session: &Session, person: PersonId) -> Result<String> {
    let profile = things::profile(session, person).await?;
    let known = [
        (Field::Name, "the name"),
        (Field::Email, "the e-mail address"),
        (Field::Phone, "the telephone number"),
        (Field::Title, "the job title"),
        (Field::Language, "the language"),
        (Field::ExternalId, "the id in another system"),
    ];
    let blanked: Vec<_> = known
        .iter()
        .filter(|(field, _)| profile.get(*field).is_some())
        .map(|(_, words)| *words)
        .collect();
    Ok(format!(
        "This cannot be undone. Blanked everywhere: {}, and the exact name and address wherever they were typed. Sessions, tokens and \
         ways to sign in end. Records and the audit log stay, and show a blank where the name was.",
        if blanked.is_empty() {
            "what is kept of them".to_owned()
        } else {
            blanked.join(", ")
        }
    ))
}

async fn edit_profile(
    commands: CommandsOn<PersonId>,
    form: Reviewed<people::ProfileForm>,
) -> Result<Taken<Review>> {
    let (session, person) = (&*commands, commands.on);
    let path = super::path_of(session, person);
    let Some(change) = people::profile_change(session, person, &form.body).await? else {
        return Ok(Taken::Done(
            SeeOther::to(path).saying("Nothing was changed."),
        ));
    };
    let names = Names::of_people(session, [person]).await?;
    let asking = Asking {
        title: format!(
            "Change the profile of {}?",
            names.text(Name::Person(person))
        ),
        about: String::new(),
        button: "Save".to_owned(),
        action: format!("{path}/profile"),
        back: path.clone(),
        place: PEOPLE.label,
        moves: Vec::new(),
    };
    let settled = form.settle(session, change, asking).await?;
    Ok(settled.then(|_| SeeOther::to(path).saying("Saved.")))
}
