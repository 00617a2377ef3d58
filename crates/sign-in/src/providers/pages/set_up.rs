//! The page of one provider: what is to be entered there, and how it is set up here.

use std::collections::BTreeMap;

use access::{ConnectionId, explain::words::Name, state::ConnectionKind};
use askama::Template;
use axum::http::StatusCode;
use ledger::LedgerError;
use web::{
    Problem, Result,
    common::Submission,
    effect::fingerprint,
    guard::And,
    page::{
        Either, Frame, Page, Picker, Prove, SeeOther,
        connection::{self, Head},
        form::Form,
        moment,
        names::{Mark, Names},
        sentence,
    },
    session::Session,
};

use super::{
    Domain, SECTION,
    asked::{Answers, look},
    domains,
    effect::{Effect, EffectPage},
    fields::{Fields, Pickers, Typed},
    for_whom, last_sign_ins, page_of,
};
use crate::providers::{
    Facet, Provider,
    acts::{Add, Edit, Remove, may_let_in},
    rest::{self, Manager, Server},
};

/// Where browsers are after they signed out at the provider too.
const SIGNED_OUT: &str = "/sign-in";
/// Where the provider says that somebody signed out there.
const BACK_CHANNEL: &str = "/sign-out/provider/back-channel";
/// Connections of directories that are offered.
const DIRECTORIES_MAX: usize = 200;

/// How it stands now.
struct Standing {
    answers: Answers,
    last: Option<String>,
    sessions: u64,
}

/// What is to be entered at the provider.
struct Addresses {
    back: String,
    signed_out: String,
    back_channel: String,
}

impl Addresses {
    /// None where nobody said under which address this server is reached.
    fn of(session: &Session, server: &Server, connection: ConnectionId) -> Option<Self> {
        let origin = server.origin.as_ref()?;
        Some(Self {
            back: server.redirect_uri(&session.account, connection)?,
            signed_out: format!("{origin}{SIGNED_OUT}"),
            back_channel: format!("{origin}{BACK_CHANNEL}"),
        })
    }
}

struct Offered {
    id: String,
    name: String,
    is_chosen: bool,
}

/// Who is shown and cannot be changed by the reader.
struct Facts {
    for_whom: String,
    domains: Vec<Domain>,
    break_glass: Option<Mark>,
}

#[derive(Template)]
#[template(path = "sign-in-provider.html")]
pub(super) struct SetUpPage {
    frame: Frame,
    head: Head,
    addresses: Option<Addresses>,
    /// None: it is not set up yet.
    standing: Option<Standing>,
    has_secret: bool,
    /// There is a secret that was typed and not saved.
    has_new_secret: bool,
    fields: Fields,
    /// For whom the reader may let people in.
    offers_staff: bool,
    offers_customers: bool,
    companies: Vec<Offered>,
    /// Connections by which directories keep people here.
    directories: Vec<Offered>,
    company: Picker,
    person: Picker,
    /// What the reader looks at alone.
    facts: Option<Facts>,
    wrong: Option<String>,
}

type Reply = Either<SeeOther, Either<Page<SetUpPage>, Page<EffectPage>>>;

/// AD-29: of a connection of this kind.
fn of_its_kind(session: &Session, connection: ConnectionId) -> Result<()> {
    let row = session.state().connections().get(connection);
    match row.is_some_and(|row| row.kind == ConnectionKind::SignInProvider) {
        true => Ok(()),
        false => Err(Problem::not_found()),
    }
}

fn may(session: &Session, facet: Facet, alone: bool) -> bool {
    may_let_in(&session.view(), facet, alone).is_ok()
}

/// What is wrong with what was typed; other problems stay ones.
fn wrong(problem: Problem) -> Result<String> {
    let is_typed = [403, 404, 409, 422].contains(&problem.status().as_u16());
    if !is_typed {
        return Err(problem);
    }
    let body = problem.body();
    Ok(sentence(&body.detail.unwrap_or(body.title)))
}

/// What a page is made of, beside what the account knows.
struct Shown<'a> {
    row: Option<&'a Provider>,
    typed: (Fields, Pickers),
    wrong: Option<String>,
}

async fn standing(session: &Session, server: &Server, row: &Provider) -> Result<Standing> {
    let last = last_sign_ins(session).await?;
    let sessions = session.account.sessions_through(row.connection).await;
    Ok(Standing {
        answers: look(session, server, row).await,
        last: last.get(&row.connection).copied().map(moment),
        sessions: sessions.map_err(failed)?,
    })
}

fn failed(error: LedgerError) -> Problem {
    web::session::failed(error)
}

async fn page(
    session: &Session,
    connection: ConnectionId,
    server: &Server,
    shown: Shown<'_>,
) -> Result<SetUpPage> {
    let (frame, head) = connection::head(session, connection, connection::SIGN_IN).await?;
    let Shown { row, typed, wrong } = shown;
    let (fields, pickers) = typed;
    let of_row = row.into_iter().flat_map(|row| row.companies.iter());
    let wanted = fields.companies.iter().chain(of_row);
    let wanted = wanted.map(|company| Name::Company(*company));
    let wanted = wanted.chain(row.and_then(|row| row.break_glass).map(Name::Person));
    let names = Names::of(session, wanted.collect::<Vec<_>>()).await?;
    let companies = fields.companies.iter().map(|company| Offered {
        id: session.id(*company).0.to_string(),
        name: names.text(Name::Company(*company)),
        is_chosen: true,
    });
    let (offers_staff, offers_customers) = match head.is_archived {
        true => (false, false),
        false => (
            may(session, Facet::User, false),
            may(session, Facet::Customer, false),
        ),
    };
    // Whoever takes it from staff to customers takes it from staff.
    let is_closed = match row {
        _ if head.is_archived => true,
        None => !offers_staff && !offers_customers,
        Some(row) => !may(session, row.facet, row.is_alone()),
    };
    let facts = row.filter(|_| is_closed).map(|row| Facts {
        for_whom: for_whom(&names, row),
        domains: domains(row),
        break_glass: row
            .break_glass
            .map(|person| names.mark(Name::Person(person))),
    });
    let standing = match row {
        None => None,
        Some(row) => Some(standing(session, server, row).await?),
    };
    Ok(SetUpPage {
        frame,
        addresses: Addresses::of(session, server, connection),
        standing,
        has_secret: row.is_some_and(|row| !row.secret.is_empty()),
        has_new_secret: !fields.secret.is_empty(),
        companies: companies.collect(),
        directories: directories(session, fields.scim).await?,
        offers_staff: offers_staff && !is_closed,
        offers_customers: offers_customers && !is_closed,
        company: pickers.company,
        person: pickers.person,
        facts,
        wrong,
        fields,
        head,
    })
}

/// The connections by which a directory keeps people, and the one that is chosen.
async fn directories(session: &Session, chosen: Option<ConnectionId>) -> Result<Vec<Offered>> {
    let state = session.state();
    let is_one = |connection: &ConnectionId| {
        let row = state.connections().get(*connection);
        let is_there =
            row.is_some_and(|row| row.kind == ConnectionKind::Provisioning && row.life.is_active());
        is_there && session.still_sees(*connection)
    };
    let found = state.connections().ids().filter(is_one);
    let found: Vec<_> = found.take(DIRECTORIES_MAX).collect();
    let names = found.iter().map(|one| Name::Connection(*one));
    let names = Names::of(session, names.collect::<Vec<_>>()).await?;
    let offered = found.into_iter().map(|one| Offered {
        id: session.id(one).0.to_string(),
        name: names.text(Name::Connection(one)),
        is_chosen: chosen == Some(one),
    });
    Ok(offered.collect())
}

impl SetUpPage {
    fn is_closed(&self) -> bool {
        !self.offers_staff && !self.offers_customers
    }

    /// Which of the two is chosen in the form, where there is a choice.
    fn is_for_staff(&self) -> bool {
        self.offers_staff && !(self.fields.is_for_customers && self.offers_customers)
    }
}

pub(super) async fn show(
    session: Manager,
    connection: And<ConnectionId>,
    server: Server,
) -> Result<Page<SetUpPage>> {
    of_its_kind(&session, connection.0)?;
    let row = rest::of_connection(&session, connection.0).await?;
    let fields = row.as_ref().map(Fields::of_row).unwrap_or_default();
    let shown = Shown {
        row: row.as_ref(),
        typed: (fields.clone(), fields.pickers(&session).await?),
        wrong: None,
    };
    let page = page(&session, connection.0, &server, shown).await?;
    Ok(Page::new(page))
}

/// The question of a review, with where its form goes.
struct Question {
    name: String,
    of: String,
    title: String,
    button: &'static str,
    action: String,
    back: String,
}

impl Question {
    async fn of(session: &Session, connection: ConnectionId, how: How) -> Result<Self> {
        let names = Names::of(session, [Name::Connection(connection)]).await?;
        let name = names.text(Name::Connection(connection));
        let back = page_of(session, connection);
        let (title, button, below) = match how {
            How::SetUp => (format!("Let people in by {name}?"), "Set it up", ""),
            How::Change => (format!("Change how people come in by {name}?"), "Save", ""),
            How::Removal => (
                format!("Let nobody in by {name} any more?"),
                "Remove",
                "/remove",
            ),
        };
        Ok(Self {
            of: connection::path_of(session, connection),
            name,
            title,
            button,
            action: format!("{back}{below}"),
            back,
        })
    }

    async fn frame(&self, session: &Session) -> Result<Frame> {
        let frame = Frame::of(session, &self.title, &self.action, SECTION).await?;
        let frame = frame.below(connection::CONNECTIONS, "Connections");
        let frame = frame.below(self.of.clone(), self.name.clone());
        Ok(frame.below(self.back.clone(), connection::SIGN_IN))
    }

    /// The password first, and then on with what was typed.
    async fn prove(
        &self,
        session: &Session,
        fields: Vec<(String, String)>,
    ) -> Result<Page<EffectPage>> {
        let of = (&*self.title, &*self.action, &*self.back, SECTION);
        let Some((frame, prove)) = Prove::before(session, of, fields).await? else {
            session.require_fresh()?;
            return Err(Problem::forbidden());
        };
        Ok(Page {
            status: StatusCode::FORBIDDEN,
            template: EffectPage {
                frame,
                prove: Some(prove),
                ..EffectPage::default()
            },
        })
    }

    async fn review(
        self,
        session: &Session,
        effect: Effect,
        (facet, fields): (Facet, Vec<(String, String)>),
        has_moved: bool,
    ) -> Result<Page<EffectPage>> {
        let frame = self.frame(session).await?;
        let page = EffectPage::of(session, frame, effect, (facet, fields)).await?;
        Ok(Page::new(EffectPage {
            has_moved,
            button: self.button,
            back: self.back,
            ..page
        }))
    }
}

#[derive(Clone, Copy)]
enum How {
    SetUp,
    Change,
    Removal,
}

fn tried() -> Submission {
    Submission {
        dry_run: true,
        ..Submission::default()
    }
}

pub(super) async fn save(
    session: Manager,
    connection: And<ConnectionId>,
    server: Server,
    Form(sent): Form<BTreeMap<String, String>>,
) -> Result<Reply> {
    let (session, connection) = (&*session, connection.0);
    of_its_kind(session, connection)?;
    let typed = Typed::of(session, connection, sent).await?;
    let row = rest::of_connection(session, connection).await?;
    let again = async |typed: (Fields, Pickers), wrong: Option<String>| -> Result<Reply> {
        let row = row.as_ref();
        let shown = Shown { row, typed, wrong };
        let page = page(session, connection, &server, shown).await?;
        Ok(Either::Again(Either::Done(Page::again(page))))
    };
    if typed.pickers.is_open() {
        return again((typed.fields, typed.pickers), None).await;
    }
    let mut fields = typed.fields;
    if typed.adds {
        let pickers = fields.pickers(session).await?;
        return again((fields, pickers), None).await;
    }
    match settle(session, &server, row.as_ref(), (connection, &fields)).await {
        Ok(settled) => Ok(settled),
        Err(problem) => {
            let wrong = wrong(problem)?;
            // Sent again, it takes the place of what is there now.
            fields.mark = row
                .as_ref()
                .map_or_else(String::new, |row| row.mark().to_string());
            let pickers = fields.pickers(session).await?;
            again((fields, pickers), Some(wrong)).await
        }
    }
}

/// Done where its effect was shown; shown otherwise.
async fn settle(
    session: &Session,
    server: &Server,
    row: Option<&Provider>,
    (connection, fields): (ConnectionId, &Fields),
) -> Result<Reply> {
    let how = if row.is_none() {
        How::SetUp
    } else {
        How::Change
    };
    let question = Question::of(session, connection, how).await?;
    let pairs = fields.pairs(session);
    if session.require_fresh().is_err() {
        let page = question.prove(session, pairs).await?;
        return Ok(Either::Again(Either::Again(page)));
    }
    let order = fields.order(session, connection)?;
    let (new, secret) = rest::typed(session, server, connection, &order)?;
    let read = match row {
        None => None,
        Some(_) => Some(fingerprint("mark", &fields.mark)?),
    };
    match row {
        None => {
            let new = new.clone();
            session.act(Add { new }, &tried(), None).await?;
        }
        Some(_) => {
            let (to, secret) = (new.clone(), secret.as_ref().map(|_| Vec::new()));
            session
                .act(Edit { to, secret, read }, &tried(), None)
                .await?;
        }
    }
    let effect = Effect::of(session, row, Some(&new)).await?;
    let shown = fields.reviewed.as_ref();
    if shown != Some(&effect.fingerprint()) {
        let with = (new.facet, pairs);
        let page = question
            .review(session, effect, with, shown.is_some())
            .await?;
        return Ok(Either::Again(Either::Again(page)));
    }
    let how = Submission::default();
    match row {
        None => rest::submit_new(session, (new, secret), &how).await?,
        Some(_) => rest::submit_edit(session, (new, secret), read, &how).await?,
    };
    Ok(Either::Done(SeeOther::to(question.back).saying("Saved.")))
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Removal {
    /// What was shown of the effect.
    reviewed: Option<String>,
}

pub(super) async fn remove(
    session: Manager,
    connection: And<ConnectionId>,
    Form(form): Form<Removal>,
) -> Result<Either<SeeOther, Page<EffectPage>>> {
    let (session, connection) = (&*session, connection.0);
    let row = rest::of_connection(session, connection).await?;
    let row = row.ok_or_else(Problem::not_found)?;
    let question = Question::of(session, connection, How::Removal).await?;
    if session.require_fresh().is_err() {
        return question.prove(session, Vec::new()).await.map(Either::Again);
    }
    session.act(Remove { connection }, &tried(), None).await?;
    let effect = Effect::of(session, Some(&row), None).await?;
    let shown = form.reviewed.as_ref();
    if shown != Some(&effect.fingerprint()) {
        let with = (row.facet, Vec::new());
        let page = question
            .review(session, effect, with, shown.is_some())
            .await?;
        return Ok(Either::Again(page));
    }
    rest::submit_removal(session, connection, &Submission::default()).await?;
    let done = "Nobody comes in by it any more.";
    Ok(Either::Done(SeeOther::to(question.back).saying(done)))
}
