//! My settings: where what is one's own stands, what one holds in short, and who viewed as oneself (AD-27). In an account with one
//! user the settings of the account are reached from here too (AD-17).

use access::{Permission, PersonId, Subject, Target, explain::words::Name};
use askama::Template;
use ledger::Viewing;
use web::{
    Result,
    guard::SignedIn,
    page::{
        Frame, Page, address, moment,
        names::{Mark, Names},
    },
    paging::Paging,
    route::{Route, get},
    session::{Session, failed},
};

use crate::{own_sessions::oneself, providers::own};

const PATH: &str = "/account";
/// Viewings of a page.
const VIEWINGS: usize = 20;

const TOKENS: &str = "/configure/tokens";

/// Where one's own things stand, with what they are for. What is not there, or does not open, is left out.
const OWN: [Place; 8] = [
    Place {
        path: "/account/profile",
        label: "My profile",
        about: "your name, address and the like",
    },
    Place {
        path: "/account/mails",
        label: "My mails",
        about: "what you are told of by mail",
    },
    Place {
        path: "/account/password",
        label: "My password",
        about: "changed with the present one, where you have one",
    },
    Place {
        path: "/account/second-factor",
        label: "Second factor",
        about: "one-time codes of an app, and recovery codes",
    },
    Place {
        path: "/account/passkeys",
        label: "Passkeys",
        about: "sign in without a password",
    },
    Place {
        path: own::PATH,
        label: "My sign-in providers",
        about: "by which you sign in, in the place of a password",
    },
    Place {
        path: "/account/sessions",
        label: "My sign-in sessions",
        about: "the browsers in which you are signed in",
    },
    Place {
        path: TOKENS,
        label: "My tokens",
        about: "for programs that act as you",
    },
];

/// AD-17: the settings of the account, for whoever is alone in it.
const ACCOUNT: [Place; 8] = [
    Place {
        path: "/configure/account",
        label: "Account",
        about: "its name, and what holds for everybody",
    },
    Place {
        path: "/configure/services",
        label: "Services",
        about: "what is supported, and who has access",
    },
    Place {
        path: "/configure/companies",
        label: "Companies",
        about: "whose people are served",
    },
    Place {
        path: "/configure/groups",
        label: "Groups",
        about: "to whom work is assigned",
    },
    Place {
        path: "/configure/registration",
        label: "Registration",
        about: "who may register in the portal",
    },
    Place {
        path: "/contact-centre/permissions",
        label: "Permissions of the contact centre",
        about: "what agents and supervisors may",
    },
    Place {
        path: "/billing/licences",
        label: "Licences",
        about: "what is bought, and who holds it",
    },
    Place {
        path: "/access/roles",
        label: "Roles",
        about: "what administrators may",
    },
];

const ADD_USER: &str = "/people/users/new";

#[derive(Clone, Copy)]
struct Place {
    path: &'static str,
    label: &'static str,
    about: &'static str,
}

pub(crate) fn routes() -> Vec<Route> {
    vec![get(
        PATH,
        "own_account.page",
        "What is one's own: settings, rights in short, who viewed as oneself",
        show,
    )]
}

#[derive(Template)]
#[template(path = "own-account.html")]
struct AccountPage {
    frame: Frame,
    places: Vec<Place>,
    rights: Vec<(&'static str, usize)>,
    /// Everything with its paths.
    access: Option<String>,
    /// AD-17: there where the reader is the only user.
    alone: Option<Alone>,
    viewings: Vec<Row>,
    is_first: bool,
    next: Option<String>,
}

struct Alone {
    places: Vec<Place>,
    add_user: Option<&'static str>,
}

struct Row {
    viewer: Mark,
    since: String,
    until: String,
    lasts: bool,
}

async fn show(session: SignedIn, paging: Paging) -> Result<Page<AccountPage>> {
    let person = oneself(&session)?;
    let size = VIEWINGS.min(paging.size);
    let found = session.account.viewings_of(
        person,
        paging.after()?,
        u32::try_from(size + 1).unwrap_or(u32::MAX),
    );
    let mut found = found.await.map_err(failed)?;
    let more = found.len() > size;
    found.truncate(size);
    let next = found.last().filter(|_| more);
    let next = next.map(|last| paging.next(&last.number)).transpose()?;
    let is_alone = session.state().only_user() == Some(person);
    let frame = Frame::of(&session, "My settings", PATH, PATH).await?;
    // How one signs in is for nobody else to look at.
    let mut places = match session.viewer() {
        None => open(&session, &OWN),
        Some(_) => Vec::new(),
    };
    // AD-29: a token is a user's.
    places.retain(|place| place.path != TOKENS || !session.view().is_customer_alone());
    if !own::concerns(&session).await? {
        places.retain(|place| place.path != own::PATH);
    }
    Ok(Page::new(AccountPage {
        frame,
        places,
        rights: rights(&session),
        access: access(&session, person),
        alone: is_alone.then(|| Alone {
            places: open(&session, &ACCOUNT),
            add_user: Some(ADD_USER).filter(|path| session.opens(path)),
        }),
        viewings: rows(&session, found).await?,
        is_first: paging.is_first(),
        next: next.map(|next| address(PATH, &[("page", Some(next.as_str()))])),
    }))
}

fn open(session: &Session, places: &[Place]) -> Vec<Place> {
    let open = places.iter().filter(|place| session.opens(place.path));
    open.copied().collect()
}

fn access(session: &Session, person: PersonId) -> Option<String> {
    let opens =
        session.opens("/people/{person}/access") && session.may_ask_about(Subject::Person(person));
    opens.then(|| format!("/people/{}/access", session.id(person).0))
}

/// How much is held of each product over the account as a whole.
fn rights(session: &Session) -> Vec<(&'static str, usize)> {
    let view = session.view();
    let held = |product: access::catalogue::Product| {
        let all = Permission::ALL.into_iter();
        let held = all
            .filter(|permission| permission.product() == product)
            .filter(|permission| view.may(*permission, Target::Account));
        (product.name(), held.count())
    };
    let all = access::catalogue::Product::ALL.into_iter().map(held);
    all.filter(|(_, count)| *count > 0).collect()
}

/// The viewed person is told who it was, seen or not (AD-27); somebody who views as them, only whom both see.
async fn rows(session: &Session, found: Vec<Viewing>) -> Result<Vec<Row>> {
    let viewers: Vec<_> = found.iter().map(|one| Name::Person(one.viewer)).collect();
    let names = match session.viewer() {
        None => Names::of_shown(session, viewers).await?,
        Some(_) => Names::of(session, viewers).await?,
    };
    let row = |one: Viewing| Row {
        viewer: names.mark(Name::Person(one.viewer)),
        since: moment(one.since),
        until: moment(one.until),
        lasts: session.now() < one.until,
    };
    Ok(found.into_iter().map(row).collect())
}
