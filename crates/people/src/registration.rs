//! Who may register in the portal, and who never (SD-23).

use access::{Command, decide::permissions::ConfigureDesk, state::RegistrationPolicy};
use ledger::Change;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{
    Result,
    guard::{Commands, May, TheAccount},
    part::Order,
    reply::Answer,
    route::{Route, get, put},
    submit::Written,
};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            "/api/v1/registration",
            "registration.show",
            "Show who may register in the portal",
            show,
        ),
        put(
            "/api/v1/registration",
            "registration.set",
            "Say who may register in the portal, and edit the denylist",
            set,
        ),
        get(
            "/api/v1/registration/denylist/{entry}",
            "registration.is_denied",
            "Ask whether the denylist holds an address or domain",
            is_denied,
        ),
    ]
}

/// Who may register.
#[derive(Debug, Serialize, ToSchema)]
struct RegistrationBody {
    #[schema(schema_with = crate::words::registration_policy)]
    policy: RegistrationPolicy,
}

/// Who may register, and changes of the denylist.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SetRegistration {
    #[schema(schema_with = crate::words::registration_policy)]
    policy: RegistrationPolicy,
    /// Addresses and domains that may not. Only keyed hashes are kept: the list cannot be read back.
    #[serde(default)]
    deny: Vec<String>,
    /// Addresses and domains to take off the denylist.
    #[serde(default)]
    allow: Vec<String>,
}

/// An entry of the denylist.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
struct Entry {
    /// A domain; addresses do not belong into a URL.
    entry: String,
}

/// Whether it is denied.
#[derive(Debug, Serialize, ToSchema)]
struct Denied {
    denied: bool,
}

async fn show(may: May<ConfigureDesk, TheAccount>) -> Result<Answer<RegistrationBody>> {
    may.answer(RegistrationBody {
        policy: may.asked().account().registration,
    })
}

async fn set(commands: Commands, order: Order<SetRegistration>) -> Result<Answer<Written>> {
    let SetRegistration {
        policy,
        deny,
        allow,
    } = &order.body;
    let number = |entries: &[String]| u32::try_from(entries.len()).unwrap_or(u32::MAX);
    let mut change = Change::from(Command::SetRegistration {
        policy: Some(*policy),
        denied: number(deny),
        allowed: number(allow),
    });
    change.deny.clone_from(deny);
    change.allow.clone_from(allow);
    commands.submit(change, &order.how).await
}

async fn is_denied(
    may: May<ConfigureDesk, TheAccount>,
    web::part::Path(path): web::part::Path<Entry>,
) -> Result<Answer<Denied>> {
    if path.entry.contains('@') {
        return Err(web::Problem::invalid(
            "entry",
            "ask about a domain; an address does not belong into a URL",
        ));
    }
    let denied = may
        .account
        .is_denied(&path.entry)
        .await
        .map_err(web::session::failed)?;
    may.answer(Denied { denied })
}
