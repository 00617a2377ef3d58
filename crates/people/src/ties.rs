//! Memberships, levels, licences and product roles: giving and taking one.

use access::{Command, PersonId, state::Tie};
use web::{
    Problem, Result,
    common::Submission,
    guard::{And, CommandsOn},
    part::Order,
    reply::Answer,
    resource::Resource,
    session::Session,
    submit::Written,
};

use crate::{bodies::WindowBody, desk_rights::WithLicence};

/// A thing to which people are tied in one way.
pub(crate) trait Tied: Resource {
    /// The way.
    fn tie(self) -> Tie;
}

/// Ties a person to the thing, for ever or for a time.
pub(crate) async fn give<K: Tied>(
    commands: CommandsOn<K>,
    person: And<PersonId>,
    order: Order<WindowBody>,
) -> Result<Answer<Written>> {
    let given = commands.on.tie();
    tie(&commands, person.0, given, order.body, &order.how).await
}

/// Ends that.
pub(crate) async fn take<K: Tied>(
    commands: CommandsOn<K>,
    person: And<PersonId>,
    how: Submission,
) -> Result<Answer<Written>> {
    untie(&commands, person.0, commands.on.tie(), &how).await
}

/// Gives it, for ever or for a time.
pub(crate) async fn tie(
    session: &Session,
    person: PersonId,
    tie: Tie,
    window: WindowBody,
    how: &Submission,
) -> Result<Answer<Written>> {
    session
        .submit(
            Command::Tie {
                person,
                tie,
                window: window.window(),
            },
            how,
        )
        .await
}

/// Takes it away, timed or not.
pub(crate) async fn untie(
    session: &Session,
    person: PersonId,
    tie: Tie,
    how: &Submission,
) -> Result<Answer<Written>> {
    session.submit(Command::Untie { person, tie }, how).await
}

/// Gives it, where it is asked for together with the licence that it needs, in one step (RULES §4, the table).
pub(crate) async fn with_licence(
    session: &Session,
    person: PersonId,
    given: Tie,
    order: &Order<WithLicence>,
) -> Result<Answer<Written>> {
    let window = order.body.window;
    match order.body.licence {
        None => tie(session, person, given, window, &order.how).await,
        Some(_) if !window.window().is_always() => Err(Problem::senseless(
            "licence_for_ever",
            "/window",
            "a licence is given for ever: give it first, then the role for a time",
        )),
        Some(licence) => {
            let licence = session.named("/licence", licence)?;
            session
                .submit(
                    Command::TieWithLicence {
                        person,
                        tie: given,
                        licence,
                    },
                    &order.how,
                )
                .await
        }
    }
}
