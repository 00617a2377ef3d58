//! Billing › Billing contact: who it is, and handing it over in one step (AD-16).

use access::{Command, PersonId, Subject, decide::permissions::OpenPortal, explain::words::Name};
use askama::Template;
use serde::Deserialize;
use web::{
    Result,
    guard::{May, TheAccount},
    page::{
        BILLING, Frame, OnePerson, Page, Picked, Picker, Sent, Taken,
        find::Kind,
        lives::At,
        names::{Mark, Names},
        review::{Filled, Review, Reviewed},
    },
    route::{Route, get, post},
    session::Session,
};

use crate::licences::SECTION;

const PLACE: &str = "/billing/contact";
const PEOPLE: &[Kind] = &[Kind::User];

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            PLACE,
            "billing_contact.page",
            "Who the billing contact is",
            show,
        )
        .in_section(&BILLING, "Billing contact"),
        post(
            "/billing/contact/offer",
            "billing_contact.offer_it",
            "Hand over: name who is to receive it",
            offer,
        ),
        post(
            "/billing/contact/withdraw",
            "billing_contact.withdraw",
            "Take back what was offered",
            withdraw,
        ),
        post(
            "/billing/contact/accept",
            "billing_contact.accept_it",
            "Review and accept what was offered",
            accept,
        ),
        post(
            "/billing/contact/appoint",
            "billing_contact.appoint",
            "Review and make somebody billing contact at once",
            appoint,
        ),
    ]
}

#[derive(Template)]
#[template(path = "billing-contact.html")]
struct ContactPage {
    frame: Frame,
    contact: Option<Mark>,
    offered: Option<Mark>,
    is_mine: bool,
    is_offered_to_me: bool,
    /// The reader is the billing contact, and can hand it over.
    receiver: Option<Picker>,
    /// The reader decides who it is.
    appointed: Option<Picker>,
}

fn receiver() -> Picker {
    Picker::new("to", "Name or address of an account admin", PEOPLE)
}

fn appointed() -> Picker {
    Picker::new("person", "Name or address of an account admin", PEOPLE)
}

async fn page(session: &Session, receiver: Picker, appointed: Picker) -> Result<ContactPage> {
    let account = session.state().account();
    let people = [account.billing_contact, account.billing_offer];
    let names = Names::of_people(session, people.into_iter().flatten()).await?;
    let mark = |person: PersonId| names.mark(Name::Person(person));
    let is_me = |person: Option<PersonId>| {
        person.is_some_and(|person| session.subject == Subject::Person(person))
    };
    let is_mine = is_me(account.billing_contact);
    Ok(ContactPage {
        frame: Frame::of(session, "Billing contact", PLACE, SECTION).await?,
        contact: account.billing_contact.map(mark),
        offered: account.billing_offer.map(mark),
        is_mine,
        is_offered_to_me: is_me(account.billing_offer),
        receiver: is_mine.then_some(receiver),
        appointed: appoints(session).then_some(appointed),
    })
}

/// Whether the reader decides who it is; asked of the reader as the one who would be named.
fn appoints(session: &Session) -> bool {
    match session.subject {
        Subject::Person(person) => session.offers(&Command::SetBillingContact { person }),
        _ => false,
    }
}

async fn show(may: May<OpenPortal, TheAccount>) -> Result<Page<ContactPage>> {
    page(&may, receiver(), appointed()).await.map(Page::new)
}

fn at() -> At {
    At {
        page: PLACE.to_owned(),
        list: PLACE,
        section: SECTION,
        name: String::new(),
    }
}

async fn name_of(session: &Session, person: PersonId) -> Result<String> {
    let names = Names::of_people(session, [person]).await?;
    Ok(names.text(Name::Person(person)))
}

/// Who is to receive it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Receiver {
    to: Option<String>,
    to_text: Option<String>,
    to_asked: Option<String>,
}

async fn offer(
    may: May<OpenPortal, TheAccount>,
    form: Reviewed<Receiver>,
) -> Result<Filled<ContactPage>> {
    let session = &*may;
    let sent = Sent {
        id: form.body.to.clone(),
        text: form.body.to_text.clone(),
        asked: form.body.to_asked.clone(),
    };
    let to = match receiver().pick(session, PEOPLE, sent).await? {
        Picked::One(person) => person,
        Picked::Not(again) => {
            let again = page(session, again, appointed()).await?;
            return Ok(Filled::Again(Page::again(again)));
        }
    };
    let title = format!(
        "Hand the billing contact over to {}?",
        name_of(session, to).await?
    );
    let about = "Nothing changes before they accept. Until then you can take it back.";
    let asking = at().asking(title, about, "Offer it", "offer");
    let command = Command::OfferBillingContact { to };
    let settled = form.always().settle(session, command, asking).await?;
    Ok(Filled::Settled(settled.then(|_| {
        at().saying("Offered. It is handed over as soon as they accept.")
    })))
}

/// Nothing to say but go.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

async fn withdraw(
    may: May<OpenPortal, TheAccount>,
    form: Reviewed<Nothing>,
) -> Result<Taken<Review>> {
    let session = &*may;
    let asking = at().asking(
        "Take the offer back?".to_owned(),
        "",
        "Take it back",
        "withdraw",
    );
    let Subject::Person(to) = session.subject else {
        let problem = web::Problem::forbidden().detail("a connection is no billing contact");
        return form.refuse(session, &problem, asking).await;
    };
    // Offered to oneself it is offered to nobody else.
    let command = Command::OfferBillingContact { to };
    let settled = form.settle(session, command, asking).await?;
    Ok(settled.then(|_| at().saying("Taken back: nothing is offered.")))
}

async fn accept(
    may: May<OpenPortal, TheAccount>,
    form: Reviewed<Nothing>,
) -> Result<Taken<Review>> {
    let asking = at().asking(
        "Become the billing contact?".to_owned(),
        "Whoever is it now stops being it in the same step.",
        "Accept",
        "accept",
    );
    let command = Command::AcceptBillingContact;
    let settled = form.settle(&may, command, asking).await?;
    Ok(settled.then(|_| at().saying("You are the billing contact.")))
}

async fn appoint(
    may: May<OpenPortal, TheAccount>,
    form: Reviewed<OnePerson>,
) -> Result<Filled<ContactPage>> {
    let session = &*may;
    let person = match appointed().pick(session, PEOPLE, form.body.sent()).await? {
        Picked::One(person) => person,
        Picked::Not(again) => {
            let again = page(session, receiver(), again).await?;
            return Ok(Filled::Again(Page::again(again)));
        }
    };
    let title = format!(
        "Make {} the billing contact?",
        name_of(session, person).await?
    );
    let about = "At once, on behalf of whoever is it now.";
    let asking = at().asking(title, about, "Hand it over", "appoint");
    let command = Command::SetBillingContact { person };
    let settled = form.settle(session, command, asking).await?;
    Ok(Filled::Settled(
        settled.then(|_| at().saying("Handed over.")),
    ))
}
