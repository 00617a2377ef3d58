//! The list is saved as a whole, after a look at who gains and who loses what, and at what is wanted and not given (AD-30).

use access::{
    Command, ConnectionId,
    decide::permissions::ManageIntegrations,
    explain::words::{self, Name},
    state::Mapping,
};
use serde::Deserialize;
use web::{
    Problem, Result,
    guard::{And, May, TheAccount},
    page::{
        CONFIGURE, SeeOther, Taken,
        names::Names,
        review::{Asking, Move, Review, Reviewed},
    },
    session::Session,
};

use super::{edited::Edited, names_of, path};

/// What is saved stands in the draft; the mark says of which.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Save {
    mark: String,
}

async fn asking(
    session: &Session,
    connection: ConnectionId,
    end: &str,
    title: impl FnOnce(&str) -> String,
) -> Result<Asking> {
    let names = Names::of(session, [Name::Connection(connection)]).await?;
    let path = path(session, connection);
    Ok(Asking {
        title: title(&names.text(Name::Connection(connection))),
        about: String::new(),
        button: String::new(),
        action: format!("{path}{end}"),
        back: path,
        place: CONFIGURE.label,
        moves: Vec::new(),
    })
}

/// What comes to groups, and what goes: told before the people whom it concerns.
async fn moves(session: &Session, edited: &Edited) -> Result<Vec<Move>> {
    let all = edited.list.iter().chain(&edited.saved);
    let names = all.flat_map(|one| names_of(*one)).collect::<Vec<_>>();
    let names = Names::of(session, names).await?;
    let what = |one: Mapping| names.phrase(&words::mapped(one.to));
    let one = |of: Mapping, from: String, to: String| Move {
        of: Name::ProviderGroup(of.provider_group),
        from,
        to,
        idle: None,
    };
    const NOTHING: &str = "not given";
    let added = edited.list.iter().filter(|one| !edited.saved.contains(one));
    let added = added.map(|new| one(*new, NOTHING.to_owned(), what(*new)));
    let removed = edited.removed();
    let removed = removed.map(|(_, old)| one(old, what(old), NOTHING.to_owned()));
    Ok(added.chain(removed).collect())
}

pub(super) async fn save(
    may: May<ManageIntegrations, TheAccount>,
    And(connection): And<ConnectionId>,
    form: Reviewed<Save>,
) -> Result<Taken<Review>> {
    let session = &*may;
    let edited = Edited::of(session, connection).await?;
    let title = |name: &str| format!("Save the mappings of {name}?");
    let asking = Asking {
        about: "What a mapping gives, people get while they are in the group. What was set by hand stays. Whoever was \
                invited gains it by coming for the first time, and is not counted before."
            .to_owned(),
        button: "Save the mappings".to_owned(),
        ..asking(session, connection, "", title).await?
    };
    let asking = Asking {
        moves: moves(session, &edited).await?,
        ..asking
    };
    let back = asking.back.clone();
    if edited.mark() != form.body.mark {
        let detail = "the list was changed meanwhile, by somebody else or in another window: go back, and look at it again";
        let problem = Problem::conflict("changed_meanwhile", detail);
        return form.keeps_draft().refuse(session, &problem, asking).await;
    }
    let command = Command::SetMappings {
        connection,
        mappings: edited.list,
    };
    let form = form.always().keeps_draft();
    let settled = form.settle(session, command, asking).await?;
    let taken = settled.then(|_| SeeOther::to(back).saying("Saved."));
    if let Taken::Done(_) = &taken {
        Edited::end(session, connection).await?;
    }
    Ok(taken)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// Where a licence was bought, or a right given, what could not be given before can be now.
pub(super) async fn apply(
    may: May<ManageIntegrations, TheAccount>,
    And(connection): And<ConnectionId>,
    form: Reviewed<Nothing>,
) -> Result<Taken<Review>> {
    let session = &*may;
    let title = |name: &str| format!("Try the mappings of {name} again?");
    let asking = Asking {
        about: "What could not be given before is given, where it can be by now.".to_owned(),
        button: "Try again".to_owned(),
        ..asking(session, connection, "/apply", title).await?
    };
    let back = asking.back.clone();
    let command = Command::ApplyMappings { connection };
    let settled = form.settle(session, command, asking).await?;
    Ok(settled
        .then(|_| SeeOther::to(back).saying("Tried again: what can be given by now is given.")))
}
