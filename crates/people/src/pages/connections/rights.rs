//! What a connection may do in products beside its role (AD-29): by it its mappings give levels and queue roles (AD-30).

use access::{
    Command, ConnectionId,
    decide::permissions::ManageIntegrations,
    state::{ConnectionKind, ConnectionRights},
};
use serde::Deserialize;
use web::{
    Problem, Result,
    guard::{And, May, TheAccount},
    page::{
        Taken,
        review::{Review, Reviewed},
    },
    session::Session,
};

/// One of the two.
pub(super) struct Right {
    pub field: &'static str,
    pub label: &'static str,
    /// What its mappings can give by it; nothing where it has none.
    pub gives: &'static str,
    pub is_held: bool,
    /// Whether the rules would let the reader give or take it.
    pub is_offered: bool,
}

const RIGHTS: [(&str, &str, &str); 2] = [
    (
        "configure_desk",
        "Configure the service desk",
        "levels on services",
    ),
    ("contact_admin", "Contact admin", "roles in queues"),
];

fn holds(rights: ConnectionRights, field: &str) -> bool {
    match field {
        "configure_desk" => rights.configure_desk,
        _ => rights.contact_admin,
    }
}

fn with(mut rights: ConnectionRights, field: &str, held: bool) -> ConnectionRights {
    match field {
        "configure_desk" => rights.configure_desk = held,
        _ => rights.contact_admin = held,
    }
    rights
}

/// As a form says which ones were held when it was made.
pub(super) fn code(rights: ConnectionRights) -> String {
    let held = RIGHTS.iter().filter(|(field, ..)| holds(rights, field));
    let held: Vec<_> = held.map(|(field, ..)| *field).collect();
    held.join(" ")
}

/// Both, as the reader may change them.
pub(super) fn of(session: &Session, connection: ConnectionId) -> Vec<Right> {
    let row = session.state().connections().get(connection);
    let Some(row) = row else {
        return Vec::new();
    };
    let rights = RIGHTS.iter().map(|(field, label, gives)| {
        let is_held = holds(row.rights, field);
        Right {
            field,
            label,
            gives: if row.kind == ConnectionKind::Service {
                ""
            } else {
                gives
            },
            is_held,
            is_offered: session.offers(&Command::SetConnectionRights {
                connection,
                rights: with(row.rights, field, !is_held),
            }),
        }
    });
    rights.collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRights {
    /// What was held when the form was made.
    was: String,
    configure_desk: Option<String>,
    contact_admin: Option<String>,
}

pub(super) async fn set(
    may: May<ManageIntegrations, TheAccount>,
    connection: And<ConnectionId>,
    form: Reviewed<NewRights>,
) -> Result<Taken<Review>> {
    let (session, connection) = (&*may, connection.0);
    let row = session.state().connections().get(connection);
    let held = row.ok_or_else(Problem::not_found)?.rights;
    let at = super::at(session, connection).await?;
    let asking = at.asking(
        format!("Save what {} may do in products?", at.name),
        "Its mappings can give as much as it may give itself. What they gave stays until they change.",
        "Save",
        "rights",
    );
    if form.body.was != code(held) {
        let detail = "somebody else changed it meanwhile: go back, and look at it again";
        let problem = Problem::conflict("changed_meanwhile", detail);
        return form.refuse(session, &problem, asking).await;
    }
    // What the form did not offer is as it is.
    let sent = |field: &str| match field {
        "configure_desk" => form.body.configure_desk.is_some(),
        _ => form.body.contact_admin.is_some(),
    };
    let offered = of(session, connection);
    let offered = offered.iter().filter(|right| right.is_offered);
    let rights = offered.fold(held, |rights, right| {
        with(rights, right.field, sent(right.field))
    });
    let command = Command::SetConnectionRights { connection, rights };
    let settled = form.always().settle(session, command, asking).await?;
    Ok(settled.then(|_| at.saying("Saved.")))
}
