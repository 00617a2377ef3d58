//! Configure › Connections: programs that are subjects of their own, each with a role that it never exceeds (AD-29).

mod ending;
mod group;
mod groups;
mod mappings;
mod of_person;
mod rights;

use access::{
    Command, ConnectionId, RoleId, TokenId,
    decide::permissions::ManageIntegrations,
    explain::words::Name,
    state::{Connection, ConnectionKind, ConnectionRights, TokenOwner},
};
use askama::Template;
use ledger::{Change, Field, Of, ProfileWrite};
use serde::Deserialize;
use utoipa::IntoParams;
use web::{
    Problem, Result,
    guard::{And, May, TheAccount},
    origin::NamedOrigin,
    page::{
        CONFIGURE, Frame, Page, Pager, Picked, Picker, SeeOther, Sent, Taken,
        connection::{self, Head, kind},
        find::Kind,
        form::Form,
        lives::{self, At, Lives, NewLife, NewName},
        names::{Mark, Names},
        person::Spot,
        review::{Asking, Filled, Review, Reviewed},
    },
    paging::Paging,
    part::Query,
    route::{Route, get, post},
    session::Session,
    values,
};

use self::rights::Right;
use super::{
    issuing::{self, NewToken, Place, TokenPage},
    tokens::{self, State, TokenRow},
};
use crate::{
    connections::has_left,
    things::{self, Search},
};

const PLACE: &str = connection::CONNECTIONS;
const SECTION: &str = CONFIGURE.label;
const ROLES: &[Kind] = &[Kind::Role];

pub(super) use self::ending::days_left;

pub(super) fn routes() -> Vec<Route> {
    [
        own_routes(),
        mappings::routes(),
        groups::routes(),
        group::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn own_routes() -> Vec<Route> {
    vec![
        get(
            PLACE,
            "connections.page",
            "Programs that connect, with their roles",
            list,
        )
        .in_section(&CONFIGURE, "Connections")
        .watching(ending::look)
        .on_person(Spot::FromProviders, of_person::panel),
        get(
            "/configure/connections/new",
            "connections.new_page",
            "The form of a new connection",
            new,
        ),
        post(
            "/configure/connections/new",
            "connections.make",
            "Review and make a connection with a role",
            make,
        ),
        get(
            "/configure/connections/{connection}",
            "connection.page",
            "A connection, with its role and tokens",
            show,
        ),
        post(
            "/configure/connections/{connection}/role",
            "connection.set_role",
            "Review and give a connection another role",
            set_role,
        ),
        post(
            "/configure/connections/{connection}/rights",
            "connection.set_rights",
            "Review and choose what a connection may do in products",
            rights::set,
        ),
        get(
            "/configure/connections/{connection}/tokens/new",
            "connection.new_token_page",
            "The form of a new token of a connection",
            new_token,
        ),
        post(
            "/configure/connections/{connection}/tokens/new",
            "connection.make_token",
            "Make a token for a connection, and show it this once",
            make_token,
        ),
        post(
            "/configure/connections/{connection}/name",
            "connection.rename",
            "Rename a connection",
            rename,
        ),
        post(
            "/configure/connections/{connection}/life",
            "connection.set_life",
            "Review and archive, restore or delete a connection",
            set_life,
        ),
    ]
}

const KINDS: [(&str, &str, ConnectionKind); 3] = [
    (
        "service",
        "Service: a program with a token",
        ConnectionKind::Service,
    ),
    (
        "provisioning",
        "Provisioning: keeps people as a directory has them",
        ConnectionKind::Provisioning,
    ),
    (
        "sign_in_provider",
        "Sign-in provider: lets people sign in",
        ConnectionKind::SignInProvider,
    ),
];

/// Who made it, if a person did.
struct Maker {
    who: Mark,
    has_left: bool,
}

struct Row {
    name: Mark,
    kind: &'static str,
    role: Mark,
    maker: Option<Maker>,
    is_archived: bool,
}

fn maker(session: &Session, names: &Names<'_>, row: &Connection) -> Option<Maker> {
    row.maker.map(|person| Maker {
        who: names.mark(Name::Person(person)),
        has_left: has_left(session, person),
    })
}

#[derive(Template)]
#[template(path = "connections.html")]
struct ConnectionsPage {
    frame: Frame,
    rows: Vec<Row>,
    pager: Pager,
}

async fn list(
    may: May<ManageIntegrations, TheAccount>,
    paging: Paging,
) -> Result<Page<ConnectionsPage>> {
    let session = &*may;
    let (found, next) =
        things::page::<ConnectionId>(session, &paging, &Search::default(), |_, _| true).await?;
    let mut wanted = Vec::new();
    for connection in &found {
        wanted.push(Name::Connection(*connection));
        if let Some(row) = session.state().connections().get(*connection) {
            wanted.push(Name::Role(row.role));
            wanted.extend(row.maker.map(Name::Person));
        }
    }
    let names = Names::of(session, wanted).await?;
    let rows = found.iter().filter_map(|connection| {
        let row = session.state().connections().get(*connection)?;
        Some(Row {
            name: names.mark(Name::Connection(*connection)),
            kind: kind(row),
            role: names.mark(Name::Role(row.role)),
            maker: maker(session, &names, row),
            is_archived: !row.life.is_active(),
        })
    });
    Ok(Page::new(ConnectionsPage {
        rows: rows.collect(),
        frame: Frame::of(session, "Connections", PLACE, SECTION).await?,
        pager: Pager::new(&paging, PLACE, next),
    }))
}

struct KindChoice {
    code: &'static str,
    label: &'static str,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "connection-new.html")]
struct NewPage {
    frame: Frame,
    name: String,
    name_error: Option<String>,
    kinds: Vec<KindChoice>,
    role: Picker,
    is_again: bool,
}

fn role() -> Picker {
    Picker::new("role", "Name of a role", ROLES)
}

async fn new_page(session: &Session, chosen: &str, role: Picker) -> Result<NewPage> {
    let frame = Frame::of(
        session,
        "New connection",
        "/configure/connections/new",
        SECTION,
    )
    .await?;
    let kinds = KINDS.map(|(code, label, _)| KindChoice {
        code,
        label,
        is_chosen: code == chosen,
    });
    Ok(NewPage {
        frame: frame.below(PLACE, "Connections"),
        name: String::new(),
        name_error: None,
        kinds: kinds.into(),
        role,
        is_again: false,
    })
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct ForWhat {
    /// The kind that is chosen at first.
    kind: Option<String>,
}

async fn new(
    may: May<ManageIntegrations, TheAccount>,
    Query(of): Query<ForWhat>,
) -> Result<Page<NewPage>> {
    let kind = of.kind.unwrap_or_default();
    let known = KINDS.iter().find(|(code, ..)| *code == kind);
    let kind = known.unwrap_or(&KINDS[0]).0;
    new_page(&may, kind, role()).await.map(Page::new)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewConnection {
    name: String,
    kind: String,
    role: Option<String>,
    role_text: Option<String>,
    role_asked: Option<String>,
}

async fn make(
    may: May<ManageIntegrations, TheAccount>,
    form: Reviewed<NewConnection>,
) -> Result<Filled<NewPage>> {
    let (session, new) = (&*may, &form.body);
    let (_, _, kind) = *KINDS
        .iter()
        .find(|(code, ..)| *code == new.kind)
        .ok_or_else(|| Problem::invalid("kind", "choose one of the three"))?;
    let sent = Sent {
        id: new.role.clone(),
        text: new.role_text.clone(),
        asked: new.role_asked.clone(),
    };
    let again = role().with(
        new.role.clone().unwrap_or_default(),
        new.role_text.clone().unwrap_or_default(),
    );
    let picked = role().pick::<RoleId>(session, ROLES, sent).await?;
    let (name, role) = match (values::name(&new.name), picked) {
        (Ok(name), Picked::One(role)) => (name.to_owned(), role),
        (name, picked) => {
            let picker = match picked {
                Picked::Not(picker) => picker,
                Picked::One(_) => again,
            };
            let page = new_page(session, &new.kind, picker).await?;
            return Ok(Filled::Again(Page::again(NewPage {
                name: new.name.clone(),
                name_error: name.err().map(|error| error.to_string()),
                is_again: true,
                ..page
            })));
        }
    };
    let names = Names::of(session, [Name::Role(role)]).await?;
    let id = session.new_id::<ConnectionId>();
    let asking = Asking {
        title: format!(
            "Make the connection {name} with the role {}?",
            names.text(Name::Role(role))
        ),
        about: "It acts by itself, never does more than its role, and lives on when you leave."
            .to_owned(),
        button: "Make the connection".to_owned(),
        action: "/configure/connections/new".to_owned(),
        back: "/configure/connections/new".to_owned(),
        place: SECTION,
        moves: Vec::new(),
    };
    let change = Change::from(Command::CreateConnection {
        id,
        role,
        kind,
        rights: ConnectionRights::default(),
    })
    .with_profile(ProfileWrite::new(Of::public(id)).set(Field::Name, name));
    let settled = form.always().settle(session, change, asking).await?;
    let done = match kind {
        ConnectionKind::SignInProvider => "The connection is made. Say at Sign-in for whom it is.",
        _ => "The connection is made. Make a token for it.",
    };
    Ok(Filled::Settled(settled.then(|_| {
        SeeOther::to(format!("{PLACE}/{id}")).saying(done)
    })))
}

#[derive(Template)]
#[template(path = "connection.html")]
struct ConnectionPage {
    frame: Frame,
    head: Head,
    role: Mark,
    maker: Option<Maker>,
    picker: Picker,
    rights: Vec<Right>,
    /// Those that were held when the form was made.
    rights_were: String,
    rows: Vec<TokenRow>,
    /// They are all its own.
    shows_owner: bool,
    /// How many of its tokens work.
    working: usize,
    pager: Pager,
    /// Where a directory speaks to; nothing else does.
    speaks_to: Option<SpeaksTo>,
    lives: Lives,
}

/// Where a directory speaks to.
struct SpeaksTo {
    address: String,
    /// Nobody said under which address the server is reached: it is a path alone.
    is_path: bool,
}

impl SpeaksTo {
    fn of(kind: ConnectionKind, NamedOrigin(origin): NamedOrigin) -> Option<Self> {
        (kind == ConnectionKind::Provisioning).then(|| Self {
            is_path: origin.is_none(),
            address: format!("{}{}", origin.unwrap_or_default(), connection::SCIM),
        })
    }
}

impl ConnectionPage {
    fn offers_rights(&self) -> bool {
        self.rights.iter().any(|right| right.is_offered)
    }
}

async fn at(session: &Session, connection: ConnectionId) -> Result<At> {
    At::below(
        session,
        connection,
        Name::Connection(connection),
        PLACE,
        SECTION,
    )
    .await
}

async fn page(
    session: &Session,
    connection: ConnectionId,
    paging: &Paging,
    origin: NamedOrigin,
    picker: Picker,
) -> Result<ConnectionPage> {
    let row = session.state().connections().get(connection);
    let row = row.ok_or_else(Problem::not_found)?;
    let wanted = row.maker.map(Name::Person).into_iter();
    let wanted: Vec<_> = wanted.chain([Name::Role(row.role)]).collect();
    let names = Names::of(session, wanted).await?;
    let is_its = |token: TokenId| {
        let row = session.state().tokens().get(token);
        row.is_some_and(|row| row.owner == TokenOwner::Connection(connection))
    };
    let (found, next) = tokens::walk(session, paging, is_its)?;
    let rows = tokens::rows(session, &found).await?;
    let (frame, head) = connection::head(session, connection, connection::ITSELF).await?;
    Ok(ConnectionPage {
        lives: Lives::of(&frame, &head.path, &head.name, "connection", row.life),
        role: names.mark(Name::Role(row.role)),
        maker: maker(session, &names, row),
        picker,
        speaks_to: SpeaksTo::of(row.kind, origin),
        rights: rights::of(session, connection),
        rights_were: rights::code(row.rights),
        working: rows.iter().filter(|row| row.state == State::Works).count(),
        rows,
        shows_owner: false,
        pager: Pager::new(paging, &head.path, next),
        frame,
        head,
    })
}

async fn show(
    may: May<ManageIntegrations, TheAccount>,
    connection: And<ConnectionId>,
    paging: Paging,
    origin: NamedOrigin,
) -> Result<Page<ConnectionPage>> {
    page(&may, connection.0, &paging, origin, role())
        .await
        .map(Page::new)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OneRole {
    role: Option<String>,
    role_text: Option<String>,
    role_asked: Option<String>,
}

async fn set_role(
    may: May<ManageIntegrations, TheAccount>,
    connection: And<ConnectionId>,
    origin: NamedOrigin,
    form: Reviewed<OneRole>,
) -> Result<Filled<ConnectionPage>> {
    let (session, connection) = (&*may, connection.0);
    let sent = Sent {
        id: form.body.role.clone(),
        text: form.body.role_text.clone(),
        asked: form.body.role_asked.clone(),
    };
    let role = match role().pick::<RoleId>(session, ROLES, sent).await? {
        Picked::One(role) => role,
        Picked::Not(picker) => {
            let paging = Paging::at(session, &at(session, connection).await?.page)?;
            let again = page(session, connection, &paging, origin, picker).await?;
            return Ok(Filled::Again(Page::again(again)));
        }
    };
    let at = at(session, connection).await?;
    let names = Names::of(session, [Name::Role(role)]).await?;
    let title = format!(
        "Give {} the role {}?",
        at.name,
        names.text(Name::Role(role))
    );
    let asking = at.asking(title, "", "Give the role", "role");
    let command = Command::SetConnectionRole { connection, role };
    let settled = form.always().settle(session, command, asking).await?;
    Ok(Filled::Settled(settled.then(|_| at.saying("Saved."))))
}

async fn place(session: &Session, connection: ConnectionId) -> Result<Place> {
    let At { page, name, .. } = at(session, connection).await?;
    Ok(Place {
        form: format!("{page}/tokens/new"),
        back: page,
        acts: format!("The token acts as {name}, with its role and no further."),
        label: name,
    })
}

async fn new_token(
    may: May<ManageIntegrations, TheAccount>,
    connection: And<ConnectionId>,
) -> Result<Page<TokenPage>> {
    let place = place(&may, connection.0).await?;
    issuing::show(&may, place).await
}

async fn make_token(
    may: May<ManageIntegrations, TheAccount>,
    connection: And<ConnectionId>,
    Form(new): Form<NewToken>,
) -> Result<Page<TokenPage>> {
    let place = place(&may, connection.0).await?;
    let owner = TokenOwner::Connection(connection.0);
    issuing::make(&may, owner, place, &new).await
}

async fn rename(
    may: May<ManageIntegrations, TheAccount>,
    connection: And<ConnectionId>,
    form: Reviewed<NewName>,
) -> Result<Taken<Review>> {
    let at = at(&may, connection.0).await?;
    lives::rename(&may, connection.0, form, &at).await
}

async fn set_life(
    may: May<ManageIntegrations, TheAccount>,
    connection: And<ConnectionId>,
    form: Reviewed<NewLife>,
) -> Result<Taken<Review>> {
    let at = at(&may, connection.0).await?;
    lives::turn(&may, connection.0, form, &at).await
}
