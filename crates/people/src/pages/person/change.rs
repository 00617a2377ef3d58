//! The forms of a person's page: what each of them asks for, as the command that it becomes. All of them are taken at one address, shown
//! in the review, and decided by the command's own check.

use access::{
    Command, CompanyId, IdSet, PersonId, RoleId, ServiceId, Window,
    command::{AccountAdminGrant, RoleAssignment},
    event::{GrantHolder, ListedCompanies},
    explain::words::Name,
    state::{
        CompanyAccess, CustomerAccess, DeskRight, ExtraGrant, Facet, LimitedAdmin, PeopleScope,
        PortalLevel, ServiceLevel, Tie,
    },
};
use ledger::{Change, Field, Of};
use web::{
    Problem, Result,
    guard::CommandsOn,
    page::{
        PEOPLE, Page, SeeOther, Taken,
        names::Names,
        person::erasure_of,
        review::{Asking, Filled, Reviewed},
    },
    route::{Route, post},
    session::Session,
    sign_ins::SignIns,
};

use super::{
    along::needed_licence,
    form::Fields,
    holdings,
    roles::{self, RolesPage},
    scope::{self, Returned},
};
use crate::{account_roles, invitations, pages::grants, things};

pub(super) fn routes() -> Vec<Route> {
    vec![post(
        "/people/{person}/change",
        "person.change",
        "Review and save what a form of the person's page says",
        change,
    )]
}

/// What a form becomes.
struct Act {
    change: Change,
    title: String,
    /// What comes along with it.
    about: &'static str,
    /// What the button says: the act.
    button: &'static str,
    done: &'static str,
}

impl Act {
    fn new(
        change: impl Into<Change>,
        title: impl Into<String>,
        (button, done): (&'static str, &'static str),
    ) -> Self {
        Self {
            change: change.into(),
            title: title.into(),
            about: "",
            button,
            done,
        }
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

/// `None`: what the form is about is there no more.
async fn act(session: &Session, person: PersonId, fields: &Fields) -> Result<Option<Act>> {
    let names = Names::of_people(session, [person]).await?;
    let who = names.text(Name::Person(person));
    let act = match fields.field("act")? {
        "account_role" => account_role(session, person, fields, &who).await?,
        "give_extra_grant" => {
            let permission = fields.permission("on")?;
            let scope = fields.scope(session, &PeopleScope::All)?;
            let for_whom = scope::in_words(session, &scope).await?;
            let grant = ExtraGrant {
                permission,
                scope,
                window: Window::ALWAYS,
            };
            let to = GrantHolder::Person(person);
            Act::new(
                Command::GiveExtraGrant { to, grant },
                format!("Let {who} {} {for_whom}?", permission.label()),
                ("Give", "Given."),
            )
        }
        "take_extra_grant" => {
            // AD-9: as it is stored, with its end, and with groups that the reader does not see.
            let row = session.state().people().get(person);
            let held = row.map_or(&[][..], |row| &row.extras().extra_grants);
            let Some(grant) = grants::named(held, fields.field("grant")?).cloned() else {
                return Ok(None);
            };
            let title = format!("No longer let {who} {}?", grant.permission.label());
            let from = GrantHolder::Person(person);
            Act::new(
                Command::TakeExtraGrant { from, grant },
                title,
                ("Take away", "Taken away."),
            )
        }
        "account_admin" => {
            let admin = admin(session, person, fields)?;
            let title = match &admin {
                None => format!("Make {who} account admin no longer?"),
                Some(AccountAdminGrant::Full) => format!("Make {who} account admin, full?"),
                Some(AccountAdminGrant::Limited(limited)) => {
                    let for_whom = scope::in_words(session, &limited.scope).await?;
                    format!("Make {who} account admin, limited, {for_whom}?")
                }
            };
            let button = match &admin {
                None => "Take away",
                Some(_) => "Make account admin",
            };
            let change = Command::SetAccountAdmin { person, admin };
            Act::new(change, title, (button, "Saved."))
        }
        "deactivate" => Act::new(
            Command::Deactivate {
                person,
                facet: fields.word("value")?,
            },
            format!("Deactivate {who}?"),
            (
                "Deactivate",
                "Deactivated. All their sessions and tokens ended.",
            ),
        ),
        "reactivate" => Act::new(
            Command::Reactivate {
                person,
                facet: fields.word("value")?,
            },
            format!("Reactivate {who}?"),
            ("Reactivate", "Reactivated."),
        ),
        "invite" => {
            let facet: Facet = fields.word("value")?;
            let change = Change::from(Command::Invite { person, facet });
            Act {
                change: invitations::with_invitation(session, change, Of::known(person), facet)?,
                title: format!("Send {who} a new invitation?"),
                about: "",
                button: "Send the invitation",
                done: "The invitation is on its way; earlier links lead nowhere.",
            }
        }
        "revoke_invitation" => Act::new(
            Command::RevokeInvitation {
                person,
                facet: fields.word("value")?,
            },
            format!("Revoke the invitation of {who}?"),
            (
                "Revoke the invitation",
                "The link that was sent leads nowhere now.",
            ),
        ),
        "portal_level" => {
            let row = session.state().people().get(person);
            let level: PortalLevel = match (fields.chosen("value"), row) {
                (None, Some(row)) => row.portal_level,
                _ => fields.word("value")?,
            };
            Act::new(
                Command::SetPortalLevel {
                    people: vec![person],
                    level,
                    bulk: false,
                },
                format!("Change the portal level of {who}?"),
                ("Change the level", "Saved."),
            )
        }
        "employer" => {
            let company = match fields.get("on") {
                None => None,
                Some(_) => Some(fields.thing(session, "on")?),
            };
            Act::new(
                Command::SetEmployer {
                    person,
                    company,
                    move_from_other: fields.has("move"),
                },
                match company {
                    None => format!("Take {who} out of the company?"),
                    Some(_) => format!("Make {who} an employee of another company?"),
                },
                match company {
                    None => ("Take out", "Saved."),
                    Some(_) => ("Make employee", "Saved."),
                },
            )
        }
        "company_access" => {
            let listed = listed(session, person, fields)?;
            Act::new(
                Command::SetCompanyAccess { person, listed },
                format!("Change which companies {who} sees?"),
                ("Change the companies", "Saved."),
            )
        }
        "service_level" => {
            let service = fields.thing(session, "on")?;
            let level = match fields.field("value")? {
                "none" => None,
                _ => Some(fields.word::<ServiceLevel>("value")?),
            };
            Act::new(
                // SD-17: the same stored value as on the service's page.
                Command::SaveUsersTab {
                    service,
                    rows: vec![(person, level)],
                },
                format!(
                    "Change the access of {who} to {}?",
                    of_service(session, service).await?
                ),
                ("Change the access", "Saved."),
            )
        }
        "customer_access" => {
            let service = fields.thing(session, "on")?;
            let access = match fields.field("value")? {
                "none" => None,
                _ => Some(fields.word::<CustomerAccess>("value")?),
            };
            Act::new(
                Command::SaveCustomersTab {
                    service,
                    rows: vec![(person, access)],
                },
                format!(
                    "Change the access of {who} to {}?",
                    of_service(session, service).await?
                ),
                ("Change the access", "Saved."),
            )
        }
        "give" => {
            let given = tie_of(session, fields)?;
            let words = ("Give", "Given.");
            let command = tie(person, given);
            let title = format!("Give this to {who}?");
            match needed_licence(session, &command) {
                None => Act::new(command, title, words),
                // CC-13, as the queue's page does it.
                Some(licence) => Act {
                    about: "A contact centre licence is given with it.",
                    ..Act::new(
                        Command::TieWithLicence {
                            person,
                            tie: given,
                            licence,
                        },
                        title,
                        words,
                    )
                },
            }
        }
        "take" => {
            let taken = tie_of(session, fields)?;
            Act::new(
                untie(person, taken),
                format!("Take this from {who}?"),
                ("Take away", "Taken away."),
            )
        }
        "erase" => Act::new(
            Command::ErasePerson { person },
            format!("Erase {who}?"),
            (
                "Erase for ever",
                "Erased: the name, the address and everything personal are gone.",
            ),
        ),
        _ => return Err(Problem::invalid("act", "there is no such form")),
    };
    Ok(Some(act))
}

async fn of_service(session: &Session, service: ServiceId) -> Result<String> {
    let names = Names::of(session, [Name::Service(service)]).await?;
    Ok(names.text(Name::Service(service)))
}

/// A tie: its kind in `value`, what it is to in `on`.
fn tie_of(session: &Session, fields: &Fields) -> Result<Tie> {
    Ok(match fields.field("value")? {
        "licence" => Tie::Licence(fields.thing(session, "on")?),
        "group" => Tie::Group(fields.thing(session, "on")?),
        "user_group" => Tie::UserGroup(fields.thing(session, "on")?),
        "device_group" => Tie::DeviceGroup(fields.thing(session, "on")?),
        "queue_agent" => Tie::QueueAgent(fields.thing(session, "on")?),
        "queue_supervisor" => Tie::QueueSupervisor(fields.thing(session, "on")?),
        "contact_admin" => Tie::ContactAdmin,
        "agent" => Tie::Agent,
        "feature" => Tie::Feature(fields.permission("on")?),
        "desk_right" => Tie::DeskRight(fields.word::<DeskRight>("on")?),
        _ => return Err(Problem::invalid("value", "there is no such choice")),
    })
}

/// What kind of account admin they become.
fn admin(
    session: &Session,
    person: PersonId,
    fields: &Fields,
) -> Result<Option<AccountAdminGrant>> {
    let row = session.state().people().get(person);
    let stands = row.and_then(|row| holdings::admin_of(session, row));
    let kind = match (fields.chosen("value"), &stands) {
        (Some(kind), _) => kind,
        (None, None) => "none",
        (None, Some(AccountAdminGrant::Full)) => "full",
        (None, Some(AccountAdminGrant::Limited(_))) => "limited",
    };
    let limited = match stands {
        Some(AccountAdminGrant::Limited(limited)) => limited,
        _ => LimitedAdmin {
            privileges: access::PermissionSet::EMPTY,
            scope: PeopleScope::All,
        },
    };
    Ok(match kind {
        "none" => None,
        "full" => Some(AccountAdminGrant::Full),
        "limited" => Some(AccountAdminGrant::Limited(LimitedAdmin {
            privileges: fields.permissions(limited.privileges)?,
            scope: fields.scope(session, &limited.scope)?,
        })),
        _ => return Err(Problem::invalid("value", "there is no such choice")),
    })
}

/// SD-33: the list of companies that they see; `None`: all.
fn listed(session: &Session, person: PersonId, fields: &Fields) -> Result<Option<ListedCompanies>> {
    let row = session.state().people().get(person);
    let (is_all, companies, without_company) =
        match row.map_or(&CompanyAccess::All, |row| row.company_access()) {
            CompanyAccess::All => (true, IdSet::<CompanyId>::default(), false),
            CompanyAccess::Listed {
                companies,
                without_company,
            } => (false, companies.clone(), *without_company),
        };
    let is_all = match fields.chosen("value") {
        None => is_all,
        Some("all") => true,
        Some("listed") => false,
        Some(_) => return Err(Problem::invalid("value", "there is no such choice")),
    };
    if is_all {
        return Ok(None);
    }
    Ok(Some(ListedCompanies {
        companies: fields.things(session, "company", companies.iter())?,
        without_company: fields.ticked("without_company", without_company),
    }))
}

async fn account_role(
    session: &Session,
    person: PersonId,
    fields: &Fields,
    who: &str,
) -> Result<Act> {
    let row = session.state().people().get(person);
    let row = row.ok_or_else(Problem::not_found)?;
    let role: RoleId = match fields.chosen("on") {
        Some(_) => fields.thing(session, "on")?,
        None => row.account_role,
    };
    let extras = row.extras();
    // The form shows its fields beside every role.
    let scope = match scope::has_scope(role) {
        false => PeopleScope::All,
        true => fields.scope(session, &extras.role_scope)?,
    };
    // AD-9: what is named again stays, and what the form does not name.
    let dropped = fields.changes("keep");
    let keep = extras.extra_grants.iter();
    let keep = keep.filter(|grant| !dropped.removes(&grants::code(grant)));
    let names = Names::of(session, [Name::Role(role)]).await?;
    let for_whom = match scope::has_scope(role) {
        false => String::new(),
        true => format!(" {}", scope::in_words(session, &scope).await?),
    };
    let change = account_roles::role_change(
        session,
        person,
        RoleAssignment { role, scope },
        keep.cloned().collect(),
    )?;
    let title = format!(
        "Give {who} the account role {}{for_whom}?",
        names.text(Name::Role(role))
    );
    Ok(Act::new(change, title, ("Give the role", "Saved.")))
}

/// The page that the form stands on.
fn page_of(fields: &Fields) -> &'static str {
    let of = |name: &str| fields.get(name).unwrap_or_default();
    match (of("act"), of("value")) {
        ("account_role" | "give_extra_grant" | "take_extra_grant" | "account_admin", _)
        | ("give" | "take", "user_group") => "/roles",
        ("give" | "take" | "service_level" | "customer_access" | "company_access", _) => {
            "/products"
        }
        _ => "",
    }
}

async fn change(
    commands: CommandsOn<PersonId>,
    sign_ins: SignIns,
    form: Reviewed<Fields>,
) -> Result<Filled<RolesPage>> {
    let (session, person) = (&*commands, commands.on);
    form.body.refuse_unknown()?;
    if let Some(wrong) = scope::wrong(session, &form.body)? {
        let returned = Returned {
            fields: &form.body,
            wrong,
        };
        let page = roles::page(
            session,
            &sign_ins,
            person,
            roles::Proposed::default(),
            Some(returned),
        )
        .await?;
        return Ok(Filled::Again(Page::again(page)));
    }
    let is_erasure = form.body.get("act") == Some("erase");
    let path = super::path_of(session, person);
    let back = format!("{path}{}", page_of(&form.body));
    let Some(act) = act(session, person, &form.body).await? else {
        return Ok(Filled::Settled(Taken::Done(SeeOther::to(back).saying(
            "Nothing was taken: what they hold changed since you looked.",
        ))));
    };
    let is_leaving = form.body.get("act") == Some("deactivate");
    let is_licensing = matches!(act.change.command, Command::TieWithLicence { .. });
    let about = if is_leaving {
        "What they hold stays theirs, and counts again when they are reactivated.".to_owned()
    } else {
        act.about.to_owned()
    };
    // What is given along is looked at, also where nobody gains anything by it now.
    let form = if is_licensing { form.always() } else { form };
    let form = match is_leaving && super::may_share(session, person) {
        true => form.beside(format!("{path}/hand-over"), "Hand over what they have…"),
        false => form,
    };
    let asking = Asking {
        title: act.title,
        about,
        button: act.button.to_owned(),
        action: format!("{path}/change"),
        back: back.clone(),
        place: PEOPLE.label,
        moves: Vec::new(),
    };
    let mut settled = form.settle(session, act.change, asking).await?;
    if is_erasure {
        settled = settled.telling(erasure_in_words(session, person)).await?;
    }
    Ok(Filled::Settled(settled.then(|written| {
        // An erased person has no page.
        let to = if is_erasure { "/".to_owned() } else { back };
        SeeOther::to(to).saying(match written.changed {
            true => act.done,
            false => "Nothing was changed.",
        })
    })))
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
    let (blanked, beside) = (
        match blanked.is_empty() {
            true => "what is kept of them".to_owned(),
            false => blanked.join(", "),
        },
        erasure_of(session, person).await?.words,
    );
    Ok(format!(
        "This cannot be undone. Blanked everywhere: {blanked}, and the exact name and address wherever they were typed. {beside} \
         Sessions, tokens and ways to sign in end. Records and the audit log stay, and show a blank where the name was."
    ))
}
