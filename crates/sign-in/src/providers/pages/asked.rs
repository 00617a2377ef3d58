//! Whether a provider answers, as a page tells it: asked anew each time, and waited for no longer than a reader waits.

use std::time::Duration;

use openid::Announced;
use web::{page::sentence, session::Session};

use super::super::{
    Provider,
    rest::{Server, client},
};

/// What a page waits for a provider.
const PATIENCE: Duration = Duration::from_secs(2);

/// What came of asking.
pub(super) struct Answers {
    /// The class of its mark.
    pub class: &'static str,
    pub word: &'static str,
    /// What is wrong, and what to do about it.
    pub why: Option<String>,
    /// What it says that it can do.
    pub announced: Option<Announced>,
}

impl Answers {
    fn not(word: &'static str, why: String) -> Self {
        Self {
            class: "wait",
            word,
            why: Some(why),
            announced: None,
        }
    }
}

/// Asks a provider what it can do.
pub(super) async fn look(session: &Session, server: &Server, row: &Provider) -> Answers {
    let Some(party) = &server.party else {
        let why = "This server asks no sign-in provider.".to_owned();
        return Answers::not("is not asked", why);
    };
    let asked = async {
        let client = client(&session.account, row, None, server)?;
        party.look(&client, session.now().0).await
    };
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(announced)) => Answers {
            class: "on",
            word: "answers",
            why: None,
            announced: Some(announced),
        },
        Ok(Err(error)) => {
            let why = format!("{} {}", sentence(&error.to_string()), error.remedy());
            Answers::not("does not answer", why)
        }
        Err(_) => {
            let why = "It did not answer within two seconds.".to_owned();
            Answers::not("is slow", why)
        }
    }
}
