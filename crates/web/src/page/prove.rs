//! The proof asked for in the middle of something: a password, a passkey, or the provider's word. A form that was sent too late is carried along by the page that asks, and gone on
//! with from the page behind it: nothing that was typed or ticked is lost, and nothing of it is done before.

use access::explain::words::Name;
use askama::{Template, filters::HtmlSafe};
use serde::{Deserialize, Serialize};

use super::{Frame, Next, menu, names::Names};
use crate::{
    problem::{Problem, Result},
    session::Session,
};

mod ways;

use self::ways::Ways;

/// The page of the sign-in that takes the proof.
const PATH: &str = "/sign-in/again";
const TITLE: &str = "Your password, please";
/// Where a password is not what is asked for first.
const TITLE_BY_PROVIDER: &str = "Prove that it is you";
/// What a form says that is carried, at most: encoded twice it still fits into a body.
const BYTES_MAX: usize = 128 * 1024;

/// A form with a review that waits for the proof. It holds no password: what is reviewed is shown.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Carried {
    /// What its review asks.
    title: String,
    action: String,
    back: String,
    place: String,
    fields: Vec<(String, String)>,
}

fn is_ours(place: &str) -> bool {
    Next::parse(place).path() == place
}

impl Carried {
    /// `None`: there is too much of it to be carried.
    pub(super) fn new(
        (title, action, back, place): (String, String, String, &str),
        fields: Vec<(String, String)>,
    ) -> Option<Self> {
        let length: usize = fields
            .iter()
            .map(|(name, value)| name.len() + value.len())
            .sum();
        let fits = length <= BYTES_MAX && [&action, &back].into_iter().all(|place| is_ours(place));
        fits.then(|| Self {
            title,
            action,
            back,
            place: place.to_owned(),
            fields,
        })
    }

    /// As the page carried it. It leads to no other server.
    pub fn parse(text: &str) -> Result<Self> {
        let begun: Self = serde_json::from_str(text)
            .map_err(|_| Problem::invalid("begun", "begin again at the page of the form"))?;
        if ![&begun.action, &begun.back]
            .into_iter()
            .all(|place| is_ours(place))
        {
            return Err(Problem::invalid("begun", "this is no place of this server"));
        }
        Ok(begun)
    }

    /// What was begun, as a statement.
    pub fn what(&self) -> &str {
        self.title.trim_end_matches('?')
    }

    /// Where its form is sent to.
    pub fn action(&self) -> &str {
        &self.action
    }

    /// The page that it came from.
    pub fn back(&self) -> &str {
        &self.back
    }

    /// What it says.
    pub fn fields(&self) -> &[(String, String)] {
        &self.fields
    }

    /// The frame of a page on the way.
    pub async fn frame(&self, session: &Session, title: &str) -> Result<Frame> {
        let place = menu::known(session, &self.place);
        let frame = Frame::of(session, title, PATH, place).await?;
        frame.under(session, &self.back).await
    }
}

/// Asks for the proof. It is shown by `{{ prove }}`, with the script `passkeys.js`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "prove.html")]
pub struct Prove {
    form_token: Option<String>,
    title: &'static str,
    email: String,
    next: String,
    begun: Option<(Carried, String)>,
    ways: Ways,
    /// The provider did not answer.
    pub is_away: bool,
    /// Nothing was proved at the provider yet.
    pub is_not_yet: bool,
    /// The password was a wrong one.
    pub wrong: bool,
    /// Tries that are left.
    pub left: u32,
    /// The passkey was nobody's here.
    pub wrong_passkey: bool,
    /// How long to wait, after too many tries.
    pub wait: Option<String>,
}

impl HtmlSafe for Prove {}

impl Prove {
    /// For a form without a review, which the page that asks carries along; `None`: there is too much of it.
    pub async fn before(
        session: &Session,
        (title, action, back, place): (&str, &str, &str, &'static str),
        fields: Vec<(String, String)>,
    ) -> Result<Option<(Frame, Self)>> {
        let of = (title.to_owned(), action.to_owned(), back.to_owned(), place);
        match Carried::new(of, fields) {
            None => Ok(None),
            Some(begun) => Self::of(session, &Next::parse("/"), Some(begun))
                .await
                .map(Some),
        }
    }

    /// Before a page, or before going on with what was begun; with the frame around it.
    pub async fn of(
        session: &Session,
        next: &Next,
        begun: Option<Carried>,
    ) -> Result<(Frame, Self)> {
        let sign_in = session.sign_in().ok_or_else(Problem::not_found)?;
        let person = sign_in.person();
        let ways = Ways::of(session, sign_in).await?;
        let title = match ways.password && ways.provider.is_none() {
            true => TITLE,
            false => TITLE_BY_PROVIDER,
        };
        let frame = match &begun {
            Some(begun) => begun.frame(session, title).await?,
            None => Frame::of(session, title, PATH, menu::at(session, next.path())).await?,
        };
        let names = Names::of_shown(session, [Name::Person(person)]).await?;
        let with_text = |begun: Carried| -> Result<_> {
            let text = serde_json::to_string(&begun).map_err(Problem::internal)?;
            Ok((begun, text))
        };
        let prove = Self {
            form_token: frame.form_token.clone(),
            title,
            ways,
            email: names.address(person).unwrap_or_default().to_owned(),
            next: next.path().to_owned(),
            begun: begun.map(with_text).transpose()?,
            ..Self::default()
        };
        Ok((frame, prove))
    }
}
