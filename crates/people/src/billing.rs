//! The billing contact: at most one, handed over in one step (AD-16).

use access::Command;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{
    Result,
    common::Submission,
    guard::{Commands, May, TheAccount},
    part::Order,
    reply::Answer,
    resource::PersonRef,
    route::{Route, get, post, put},
    submit::Written,
};

use access::decide::permissions::OpenPortal;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            "/api/v1/billing-contact",
            "billing_contact.show",
            "Show the billing contact",
            show,
        ),
        put(
            "/api/v1/billing-contact",
            "billing_contact.set",
            "Make somebody billing contact at once (Super admin)",
            set,
        ),
        post(
            "/api/v1/billing-contact/offer",
            "billing_contact.offer",
            "Hand over: name who is to receive it",
            offer,
        ),
        post(
            "/api/v1/billing-contact/acceptance",
            "billing_contact.accept",
            "Accept what was offered to the caller",
            accept,
        ),
    ]
}

/// The billing contact, as far as the caller sees the people.
#[derive(Debug, Serialize, ToSchema)]
struct BillingContactBody {
    /// Who it is.
    person: Option<PersonRef>,
    /// To whom it is being handed over.
    offered_to: Option<PersonRef>,
}

/// Somebody.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Receiver {
    /// Who.
    person: PersonRef,
}

async fn show(may: May<OpenPortal, TheAccount>) -> Result<Answer<BillingContactBody>> {
    let account = may.asked().account();
    may.answer(BillingContactBody {
        person: account.billing_contact.and_then(|who| may.shown(who)),
        offered_to: account.billing_offer.and_then(|who| may.shown(who)),
    })
}

async fn set(commands: Commands, order: Order<Receiver>) -> Result<Answer<Written>> {
    let person = commands.named("/person", order.body.person)?;
    commands
        .submit(Command::SetBillingContact { person }, &order.how)
        .await
}

async fn offer(commands: Commands, order: Order<Receiver>) -> Result<Answer<Written>> {
    let to = commands.named("/person", order.body.person)?;
    commands
        .submit(Command::OfferBillingContact { to }, &order.how)
        .await
}

async fn accept(commands: Commands, how: Submission) -> Result<Answer<Written>> {
    commands.submit(Command::AcceptBillingContact, &how).await
}
