//! Configure › Services › [service] › Mail (SD-37): at which addresses a service takes mails, for people and for programs.

use access::{
    Dense as _, Event, Fingerprint, Permit, PersonId, Refusal, ServiceId,
    decide::{OnAccount, permissions::ConfigureDesk},
    explain::words::Name,
};
use askama::Template;
use ledger::{AccountId, Act, Here, LedgerError, SubmitError, Tx, Wrote};
use mail::inbound::{Reply, ReplyKey};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{
    Problem, Result,
    common::Submission,
    effect::fingerprint,
    guard::{And, CommandsOn, May, TheAccount},
    page::{Frame, Page, Refused, SeeOther, Taken, form::Form, names::Names, sentence},
    part::Replacement,
    reply::Answer,
    route::{Route, get, post, put},
    session::{Session, failed},
    submit::Written,
};

use crate::{
    records::store,
    tab::{PLACE, SECTION},
};

/// Addresses of one service at most.
const ADDRESSES_MAX: usize = 10;

pub(super) fn routes() -> Vec<Route> {
    const PAGE: &str = "/configure/services/{service}/mail";
    const PATH: &str = "/api/v1/services/{service}/mail-addresses";
    vec![
        get(
            PATH,
            "service_mail.show",
            "Show at which addresses a service takes mails; as it is now",
            show,
        ),
        put(
            PATH,
            "service_mail.set",
            "Say at which addresses a service takes mails, by what was read of it",
            set,
        ),
        get(
            PAGE,
            "service_mail_page.show",
            "At which addresses a service takes mails",
            show_page,
        ),
        post(
            PAGE,
            "service_mail_page.set",
            "Review and save at which addresses a service takes mails",
            set_page,
        ),
    ]
}

/// A service takes mails at other addresses.
struct SetMailAddresses {
    service: ServiceId,
    addresses: Vec<String>,
    /// The mark of what was read; `None` for a dry run.
    read: Option<Fingerprint>,
}

impl Act for SetMailAddresses {
    type Needs = ConfigureDesk;
    const NEEDS: ConfigureDesk = ConfigureDesk;
    const NAME: &'static str = "set_service_mail";

    async fn on(
        &self,
        _: &mut Tx,
        _: AccountId,
    ) -> std::result::Result<Option<OnAccount>, LedgerError> {
        Ok(Some(OnAccount))
    }

    async fn apply(
        self,
        tx: &mut Tx,
        permit: Permit<'_, ConfigureDesk>,
        here: Here<'_>,
    ) -> std::result::Result<Wrote, SubmitError> {
        let (account, service) = (here.account, self.service);
        if !here.view.sees(service) {
            return Err(Refusal::not_found("no such service").into());
        }
        let there = store::addresses(tx, account, service).await?;
        if there == self.addresses {
            return Ok(Wrote::default());
        }
        if self.read.is_some_and(|read| read != mark(service, &there)) {
            let detail = "somebody else changed it since it was read: read it again";
            return Err(Refusal::conflict("SD-37", "changed_meanwhile", detail).into());
        }
        for address in &self.addresses {
            // Whichever account it is: a mail goes to one of them, and nobody takes those of another. A service that is gone has none.
            let of_another = store::services_at(tx, address)
                .await?
                .into_iter()
                .any(|at| {
                    let other = here.view.state().services().get(at.service);
                    let is_gone =
                        || other.is_none_or(|row| row.life == access::state::Life::Deleted);
                    at.account != account || (at.service != service && !is_gone())
                });
            if of_another {
                let detail =
                    format!("{address} cannot be used here: mails to it go somewhere else");
                return Err(Refusal::conflict("SD-37", "address_of_another", detail).into());
            }
        }
        store::set_addresses(tx, account, &permit, service, &self.addresses).await?;
        Ok(vec![Event::ServiceMailSet { service }].into())
    }
}

fn mark(service: ServiceId, addresses: &[String]) -> Fingerprint {
    Fingerprint::of_stored(&(service.number(), addresses))
}

/// Addresses as they are kept, or what is wrong with them, and with which.
fn checked<'a>(
    given: impl Iterator<Item = &'a str>,
) -> std::result::Result<Vec<String>, (usize, &'static str)> {
    // Whether there is room for a reply is the same under every key.
    let key = ReplyKey::new([0; 32], AccountId(0));
    let meant = PersonId::from_index(0).map(|person| Reply { record: 1, person });
    let mut addresses = Vec::new();
    for (at, address) in given.enumerate() {
        let address = address.trim().to_lowercase();
        let fits = meant.is_some_and(|meant| key.address(&address, meant).is_some());
        if !fits {
            let wrong = "write an address like support@example.org, with at most 24 letters, digits, dots, hyphens or underscores before the “@”";
            return Err((at, wrong));
        }
        if addresses.contains(&address) {
            return Err((at, "name each address once"));
        }
        if addresses.len() == ADDRESSES_MAX {
            return Err((at, "name ten addresses at most"));
        }
        addresses.push(address);
    }
    Ok(addresses)
}

async fn read(session: &Session, service: ServiceId) -> Result<Vec<String>> {
    let mut tx = session.account.read_once().await.map_err(failed)?;
    let found = store::addresses(&mut tx, session.account.id(), service).await;
    found.map_err(failed)
}

/// Where a service takes mails.
#[derive(Debug, Serialize, ToSchema)]
struct AddressesBody {
    /// Replies go to the first one.
    addresses: Vec<String>,
    /// Send it as `If-Mark` with a change.
    mark: String,
}

/// Where a service is to take mails.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAddresses {
    /// Ten at most; none: it takes no mails. Replies go to the first one.
    addresses: Vec<String>,
}

async fn show(
    may: May<ConfigureDesk, TheAccount>,
    service: And<ServiceId>,
) -> Result<Answer<AddressesBody>> {
    let addresses = read(&may, service.0).await?;
    let mark = mark(service.0, &addresses).to_string();
    may.answer(AddressesBody { addresses, mark })
}

async fn set(
    commands: CommandsOn<ServiceId>,
    order: Replacement<NewAddresses>,
) -> Result<Answer<Written>> {
    let Replacement { order, read } = order;
    let given = order.body.addresses.iter().map(String::as_str);
    let addresses = checked(given).map_err(|(at, wrong)| {
        Problem::senseless("not_a_mail_address", format!("/addresses/{at}"), wrong)
    })?;
    let act = SetMailAddresses {
        service: commands.on,
        addresses,
        read,
    };
    commands.act(act, &order.how, None).await
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AddressesForm {
    /// One a line.
    addresses: String,
    mark: String,
    /// What was looked at, once it was.
    reviewed: Option<String>,
}

/// What a save would do.
struct Reviewing {
    comes: Vec<String>,
    goes: Vec<String>,
    /// Replies go elsewhere from then on, and those to the address of before are refused.
    replies: bool,
}

#[derive(Template)]
#[template(path = "service-mail.html")]
struct MailPage {
    frame: Frame,
    name: String,
    path: String,
    people: String,
    addresses: String,
    mark: String,
    wrong: Option<String>,
    refused: Option<String>,
    review: Option<Reviewing>,
}

impl MailPage {
    async fn of(session: &Session, service: ServiceId, addresses: String) -> Result<Self> {
        let names = Names::of(session, [Name::Service(service)]).await?;
        let name = names.text(Name::Service(service));
        let people = format!("{PLACE}/{}", session.id(service).0);
        let path = format!("{people}/mail");
        let frame = Frame::of(session, "Mail", &path, SECTION).await?;
        let there = read(session, service).await?;
        Ok(Self {
            frame: frame
                .below(PLACE, "Services")
                .below(people.clone(), name.clone()),
            name,
            path,
            people,
            addresses,
            mark: mark(service, &there).to_string(),
            wrong: None,
            refused: None,
            review: None,
        })
    }
}

impl MailPage {
    /// What was looked at, as it is sent back.
    fn reviewed(&self) -> String {
        let lines = self.addresses.lines().map(str::trim);
        let lines = lines.filter(|line| !line.is_empty());
        let lines: Vec<_> = lines.map(str::to_lowercase).collect();
        lines.join(" ")
    }
}

async fn show_page(
    may: May<ConfigureDesk, TheAccount>,
    service: And<ServiceId>,
) -> Result<Page<MailPage>> {
    let there = read(&may, service.0).await?;
    let page = MailPage::of(&may, service.0, there.join("\n")).await?;
    Ok(Page::new(page))
}

async fn set_page(
    may: May<ConfigureDesk, TheAccount>,
    service: And<ServiceId>,
    Form(form): Form<AddressesForm>,
) -> Result<Taken<MailPage>> {
    let (session, service) = (&*may, service.0);
    let read_mark = fingerprint("mark", &form.mark)?;
    let lines = form.addresses.lines().map(str::trim);
    let (wrong, refused, review) = match checked(lines.filter(|line| !line.is_empty())) {
        Err((_, wrong)) => (Some(sentence(wrong)), None, None),
        Ok(addresses) => {
            // What was reviewed is what is saved: another text is reviewed again.
            let is_reviewed = form.reviewed.as_deref() == Some(addresses.join(" ").as_str());
            let there = read(session, service).await?;
            let reviewing = Reviewing {
                comes: left(&addresses, &there),
                goes: left(&there, &addresses),
                replies: there.first() != addresses.first()
                    && !there.is_empty()
                    && !addresses.is_empty(),
            };
            let how = Submission {
                dry_run: !is_reviewed,
                ..Submission::default()
            };
            let act = SetMailAddresses {
                service,
                addresses,
                read: Some(read_mark),
            };
            match Refused::of(session.act(act, &how, None).await)? {
                None if is_reviewed => {
                    let path = format!("{PLACE}/{}/mail", session.id(service).0);
                    return Ok(Taken::Done(SeeOther::to(path).saying("Saved.")));
                }
                None => (None, None, Some(reviewing)),
                Some(Refused { code, .. }) if code == "changed_meanwhile" => {
                    let why = "Somebody else changed the addresses meanwhile. What you typed is still below: save it to put it in their place.";
                    (None, Some(why.to_owned()), None)
                }
                Some(refused) => (None, Some(refused.why), None),
            }
        }
    };
    let page = MailPage {
        wrong,
        refused,
        review,
        ..MailPage::of(session, service, form.addresses).await?
    };
    Ok(Taken::Again(Page::again(page)))
}

/// Those that the others do not have.
fn left(some: &[String], others: &[String]) -> Vec<String> {
    let left = some.iter().filter(|one| !others.contains(one));
    left.cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sd_37_an_address_leaves_room_for_a_reply_and_is_named_once() {
        let checked = |all: &[&str]| checked(all.iter().copied());
        let two = [" Support@Example.org ", "printers@example.org"];
        let kept = ["support@example.org", "printers@example.org"];
        assert_eq!(checked(&two).unwrap(), kept);
        for wrong in [
            &["support"][..],
            &["a+b@example.org"],
            &["aaaaaaaaaaaaaaaaaaaaaaaaa@example.org"],
            &["a@example.org", "A@example.org"],
        ] {
            assert!(checked(wrong).is_err(), "{wrong:?}");
        }
        let eleven: Vec<_> = (0..11).map(|at| format!("a{at}@example.org")).collect();
        let eleven: Vec<_> = eleven.iter().map(String::as_str).collect();
        assert_eq!(checked(&eleven).unwrap_err().0, 10);
    }
}
