//! A person: who they are and what is set (`profile.rs`, `roles.rs`, `products.rs`), what follows from it (`reach.rs`), and the forms
//! that change it (`change.rs`). What belongs to a product, and to signing in, slices show by panels: see [`web::page::person`].

mod alike;
mod along;
mod change;
mod edit;
mod form;
mod holdings;
mod products;
mod profile;
mod reach;
mod roles;
mod scope;
mod view_as;

pub(super) use self::holdings::tie_key;
use access::{PersonId, Subject, decide::UserStatus, explain::words::Name};
use web::{
    Problem, Result,
    page::{
        Frame, PEOPLE,
        names::{Mark, Names},
        person::path_of,
    },
    route::Route,
    session::Session,
};

use super::words;

pub(super) fn routes() -> Vec<Route> {
    let mut routes = profile::routes();
    routes.extend(products::routes());
    routes.extend(roles::routes());
    routes.extend(reach::routes());
    routes.extend(change::routes());
    routes.extend(edit::routes());
    routes.extend(view_as::routes());
    routes.extend(alike::routes());
    routes
}

/// What stands above each page of a person.
pub(super) struct Head {
    pub(super) name: Mark,
    pub(super) about: String,
    pub(super) path: String,
    pub(super) tabs: Vec<Tab>,
    /// Whether the reader may view as them (AD-27).
    pub(super) may_view_as: bool,
    /// Whether what they hold can be given on, or others' be given to them, as far as the reader may do anything of the kind.
    pub(super) may_share: bool,
    /// Ask about their access, where the reader may.
    pub(super) ask: Option<String>,
}

pub(super) struct Tab {
    pub(super) href: String,
    pub(super) label: &'static str,
    pub(super) is_this: bool,
}

/// A page of theirs that stands elsewhere: what happened to them, in the audit log. `None`: the reader sees no page of theirs.
pub(super) async fn head_of_history(
    session: &Session,
    person: PersonId,
) -> Result<Option<(Frame, Head)>> {
    if !session.view().sees(person) || session.state().people().get(person).is_none() {
        return Ok(None);
    }
    let (frame, head) = head(session, person, "History").await?;
    let name = head.name.text().to_owned();
    let frame = frame
        .below(head.path.clone(), name.clone())
        .titled(&format!("History of {name}"));
    Ok(Some((frame, head)))
}

async fn head(session: &Session, person: PersonId, this: &'static str) -> Result<(Frame, Head)> {
    let row = session
        .state()
        .people()
        .get(person)
        .ok_or_else(Problem::not_found)?;
    let mut wanted = vec![Name::Person(person), Name::Role(row.account_role)];
    wanted.extend(row.company.map(Name::Company));
    let names = Names::of(session, wanted).await?;
    let path = path_of(session, person);
    let mut about = Vec::new();
    let view = session.view();
    let is_user = view.sees_as_user(person);
    if is_user {
        if view.sees(row.account_role) {
            about.push(names.text(Name::Role(row.account_role)));
        }
        about.push(words::user_status(status(session, person)).1.to_lowercase());
    }
    if view.sees_as_customer(person) {
        let (_, word) = words::customer_status(row.customer);
        about.push(format!("customer, {}", word.to_lowercase()));
    }
    // SD-33: of whom one does not see the company, one does not learn that there is one.
    if let Some(company) = row.company.filter(|company| view.sees(*company)) {
        about.push(names.text(Name::Company(company)));
    }
    let may_ask = session.may_ask_about(Subject::Person(person));
    let mut tabs = vec![("Profile", path.clone())];
    if may_ask {
        tabs.push(("Roles", format!("{path}/roles")));
        tabs.push(("Products", format!("{path}/products")));
        tabs.push(("Access", format!("{path}/access")));
    }
    if session.opens("/audit") {
        tabs.push((
            "History",
            format!("/audit?concerns={}", session.id(person).0),
        ));
    }
    let tabs = tabs.into_iter().map(|(label, href)| Tab {
        is_this: label == this,
        href,
        label,
    });
    let list = if is_user {
        ("/people/users", "Users")
    } else {
        ("/people/customers", "Customers")
    };
    let name = names.text(Name::Person(person));
    let frame = Frame::of(session, &name, &path, PEOPLE.label).await?;
    let frame = if session.opens(list.0) {
        frame.below(list.0, list.1)
    } else {
        frame
    };
    Ok((
        frame,
        Head {
            name: names.mark(Name::Person(person)),
            about: about.join(" · "),
            may_share: may_share(session, person),
            may_view_as: view_as::is_offered(session, person),
            tabs: tabs.collect(),
            ask: (may_ask && session.opens("/access/ask"))
                .then(|| format!("/access/ask?subject={}", session.id(person).0)),
            path,
        },
    ))
}

/// Whether what somebody holds can be given on, as far as the reader may do anything of the kind.
fn may_share(session: &Session, person: PersonId) -> bool {
    session.may_ask_about(Subject::Person(person)) && shares(session)
}

/// Whether the reader gives anything at all that others hold.
fn shares(session: &Session) -> bool {
    use access::Permission::{
        AdminDeviceGroupsManage, AdminLicencesManage, AdminUserGroupsManage, AdminUsersManage,
        ContactCentreQueueAssign, ServiceDeskAccountConfigure,
    };
    let giving = [
        AdminUsersManage,
        AdminLicencesManage,
        AdminUserGroupsManage,
        AdminDeviceGroupsManage,
        ServiceDeskAccountConfigure,
        ContactCentreQueueAssign,
    ];
    let view = session.view();
    session.viewer().is_none() && giving.into_iter().any(|one| view.holds_somewhere(one))
}

fn status(session: &Session, person: PersonId) -> UserStatus {
    session
        .state()
        .view(Subject::Person(person), session.now())
        .user_status(person)
}

/// AD-15: why it is so, and what would change it.
fn status_reason(status: UserStatus) -> &'static str {
    match status {
        UserStatus::Absent => "Not a user of the account.",
        UserStatus::Deactivated => {
            "Switched off by hand or by provisioning. Cannot sign in, and has no use of what is set here."
        }
        UserStatus::Invited => "The invitation is not accepted yet.",
        UserStatus::Suspended => {
            "Holds no licence, no administrative permission and no right over the desk, so cannot sign in. Give one to end it."
        }
        UserStatus::Active => "Can sign in.",
    }
}
