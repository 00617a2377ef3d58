//! Who asks: a directory, which is a connection of the kind provisioning (AD-29). Each request of one is noted, whatever comes of it.

use std::{ops::Deref, sync::Arc};

use access::{
    ConnectionId, Permission, PersonId, ProviderGroupId, State, Subject, Target,
    state::ConnectionKind,
};
use axum::extract::MatchedPath;
use scim::{Error, etag::Tags};
use web::{
    Problem, Result,
    about::{About, GuardText},
    call::Call,
    common::Reading,
    guard::Guard,
    session::Session,
};

use crate::{
    BASE,
    dialect::{below, detail, problem},
    links::beside::CHANGED,
    log::{Book, Entry},
    reply::Told,
};

/// How often a change that somebody else was quicker with is made anew.
const TRIES: u32 = 4;

/// The tries that a change has left.
pub(crate) struct Tries {
    left: u32,
    /// The directory said what it read.
    matches: bool,
}

impl Tries {
    /// What came of a change; `None`: somebody was quicker, and what they left is to be changed anew. RFC 7644 §3.14: a directory that said what
    /// it read is told that it is no longer so.
    pub fn end<T>(&mut self, done: Result<T>) -> Option<Result<T>> {
        if !matches!(&done, Err(problem) if problem.code() == CHANGED) {
            return Some(done);
        }
        if self.matches {
            return Some(Err(unmatched()));
        }
        let Some(left) = self.left.checked_sub(1) else {
            return Some(done);
        };
        self.left = left;
        None
    }
}

fn unmatched() -> Problem {
    let detail = "it was changed since it was read: read it again";
    problem(Error::plain(412, detail))
}

/// AD-29: whether a connection is that of a directory.
pub(crate) fn is_directory(state: &State, connection: ConnectionId) -> bool {
    let row = state.connections().get(connection);
    row.is_some_and(|row| row.kind == ConnectionKind::Provisioning)
}

/// A directory, and what stands in the head of its request.
pub(crate) struct Directory {
    session: Session,
    pub connection: ConnectionId,
    /// What stands before the addresses of resources.
    pub base: String,
    book: Arc<Book>,
    method: String,
    route: String,
    if_match: Option<String>,
    if_none_match: Option<String>,
}

/// What a request was about, as far as it is known.
#[derive(Debug, Default)]
pub(crate) struct Noted {
    pub person: Option<PersonId>,
    pub group: Option<ProviderGroupId>,
    /// What was not done of a request that went well, with the rule: code and words.
    pub left_out: Option<(String, String)>,
}

impl Noted {
    /// That something was left out, and why.
    pub fn leave_out(&mut self, why: &Problem) {
        let body = why.body();
        self.left_out = Some((body.code.clone(), detail(&body)));
    }
}

impl Deref for Directory {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.session
    }
}

impl Guard for Directory {
    fn text() -> GuardText {
        GuardText::Command { on: None }
    }

    fn describe(about: &mut About) {
        // Entra ID has parameters of its own in the address.
        about.takes_any_parameter = true;
        about.problems.extend([400, 404, 409, 412]);
    }

    async fn open(call: &mut Call) -> Result<Self> {
        let session = call.session(Reading::default()).await?;
        let connection = match session.subject {
            Subject::Connection(connection) => connection,
            _ => return Err(no_directory()),
        };
        if !is_directory(session.state(), connection) {
            return Err(no_directory());
        }
        let origin = call.app.limits().origin.as_deref().unwrap_or_default();
        let route = call.parts.extensions.get::<MatchedPath>();
        let route = route.map_or("", |route| route.as_str());
        let header = |name| call.header(name).map(str::to_owned);
        Ok(Self {
            session,
            connection,
            base: format!("{origin}{BASE}"),
            book: call.app.kept(),
            method: call.parts.method.to_string(),
            route: below(route).to_owned(),
            if_match: header("if-match"),
            if_none_match: header("if-none-match"),
        })
    }
}

fn no_directory() -> Problem {
    let detail = "only a connection that provisions people speaks SCIM: send a token of one";
    Problem::forbidden_by("not_a_directory")
        .rule("AD-29")
        .detail(detail)
}

impl Directory {
    /// The same on the newest state.
    pub fn anew(&self) -> Session {
        self.session.on_newest()
    }

    /// AD-29: users are for a directory whose role manages everybody. It is asked before anything is looked for, so that whoever may do nothing
    /// hears of nobody: neither whom an address would be nor what is taken.
    pub fn require_users(&self) -> Result<()> {
        let session = self.anew();
        if session
            .view()
            .may(Permission::AdminUsersManage, Target::Account)
        {
            return Ok(());
        }
        let detail = "the role of this connection does not manage users";
        Err(Problem::forbidden_by("permission_missing")
            .rule("AD-29")
            .detail(detail))
    }

    /// None but the first where the directory says what it read: nothing else may come in between.
    pub fn tries(&self) -> Tries {
        let matches = self
            .if_match
            .as_deref()
            .is_some_and(|tags| tags.trim() != "*");
        Tries {
            left: TRIES,
            matches,
        }
    }

    /// RFC 7644 §3.14: what is to be changed is what was read.
    pub fn require_match(&self, own: &str) -> Result<()> {
        let Some(header) = &self.if_match else {
            return Ok(());
        };
        if Tags::parse(header).map_err(problem)?.matches(own) {
            return Ok(());
        }
        Err(unmatched())
    }

    /// Whether what is asked for is known already.
    pub fn knows(&self, own: &str) -> Result<bool> {
        let tags = self.if_none_match.as_deref().map(Tags::parse);
        let tags = tags.transpose().map_err(problem)?;
        Ok(tags.is_some_and(|tags| tags.matches(own)))
    }

    /// Notes the request with what came of it.
    pub fn tell<const STATUS: u16, const OR: u16>(
        &self,
        noted: Noted,
        answer: Result<Told<STATUS, OR>>,
    ) -> Result<Told<STATUS, OR>> {
        let (status, code, reason) = match &answer {
            Ok(told) => {
                let (code, reason) = noted.left_out.unwrap_or_default();
                (told.status().as_u16(), code, reason)
            }
            Err(problem) => {
                let body = problem.body();
                (body.status, body.code.clone(), detail(&body))
            }
        };
        let entry = Entry {
            account: self.account.id(),
            connection: self.connection,
            at: self.account.now(),
            id: self.book.new_id(self.account.engine()),
            method: self.method.clone(),
            route: self.route.clone(),
            status,
            code,
            reason,
            person: noted.person,
            group: noted.group,
        };
        self.book.note(self.account.engine(), entry);
        answer
    }
}
