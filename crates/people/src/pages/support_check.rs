//! The support check (AD-21): somebody calls, and is helped with exactly what their own permissions allow.

use access::{Permission, Subject, Target, catalogue::Product, explain::words::Name};
use askama::Template;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{
    Result,
    guard::SignedIn,
    page::{
        self, ACCESS, Frame, Page, Picker, SeeOther, Sent, Taken,
        find::Kind,
        form::Form,
        names::{Mark, Names},
        review::target_name,
    },
    part::Query,
    route::{Route, get, post},
    session::Session,
};

use super::{ask, things::subject_id};
use crate::decisions::{self, Asked, Question};

pub(super) const PATH: &str = "/access/support-check";
const PEOPLE: &[Kind] = &[Kind::Person];
/// Things that one page tells of.
const THINGS_MAX: usize = 50;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            PATH,
            "support_check.page",
            "What a caller may be helped with",
            show,
        )
        .in_section(&ACCESS, "Support check"),
        post(PATH, "support_check.choose", "Choose the caller", choose),
    ]
}

#[derive(Debug, Default, Deserialize, IntoParams)]
struct Address {
    /// Who calls.
    subject: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Chosen {
    subject: Option<String>,
    subject_text: Option<String>,
    subject_asked: Option<String>,
}

#[derive(Template)]
#[template(path = "support-check.html")]
struct SupportCheckPage {
    frame: Frame,
    who: Picker,
    wrong: Option<&'static str>,
    check: Option<Check>,
}

struct Check {
    caller: Mark,
    parts: Vec<Part>,
    /// There are more things than are told of.
    more: bool,
}

/// What is allowed on one thing.
struct Part {
    on: Option<Mark>,
    helps: Vec<Help>,
}

struct Help {
    label: &'static str,
    product: &'static str,
    href: String,
}

async fn show(session: SignedIn, Query(address): Query<Address>) -> Result<Page<SupportCheckPage>> {
    let who = Picker::new("subject", "Who calls", PEOPLE);
    let frame = Frame::of(&session, "Support check", PATH, ACCESS.label).await?;
    let Some(id) = address.subject.filter(|id| !id.is_empty()) else {
        return Ok(Page::new(SupportCheckPage {
            frame,
            who,
            wrong: None,
            check: None,
        }));
    };
    // Looked up as every question is: who may not be asked about is unknown (AD-31).
    let question = Question::about(Some(&id), Permission::AdminPortalOpen, None);
    let person = match decisions::asked(&session, question)? {
        Asked::Own(Subject::Person(person), ..) => person,
        _ => {
            return Ok(Page::new(SupportCheckPage {
                frame,
                who: who.wrong("Nobody with this id is known."),
                wrong: Some("Name somebody else."),
                check: None,
            }));
        }
    };
    let subject = Subject::Person(person);
    let (found, more) = allowed(&session, subject);
    let wanted = found.iter().filter_map(|(target, _)| target_name(*target));
    let wanted: Vec<_> = wanted.chain([Name::Person(person)]).collect();
    let names = Names::of(&session, wanted).await?;
    let parts = found.into_iter().map(|(target, permissions)| Part {
        on: target_name(target).map(|name| names.mark(name)),
        helps: permissions
            .into_iter()
            .map(|permission| help(&session, subject, permission, target))
            .collect(),
    });
    Ok(Page::new(SupportCheckPage {
        frame,
        who: who.with(id, names.text(Name::Person(person))),
        wrong: None,
        check: Some(Check {
            caller: names.mark(Name::Person(person)),
            parts: parts.collect(),
            more,
        }),
    }))
}

fn help(session: &Session, subject: Subject, permission: Permission, target: Target) -> Help {
    let on = web::effect::target_id(session.asked(), target);
    let on = Some(on.as_str()).filter(|_| target != Target::Account);
    Help {
        label: permission.label(),
        product: permission.product().name(),
        href: page::address(
            ask::PATH,
            &[
                ("subject", subject_id(session, subject).as_deref()),
                ("permission", Some(permission.key())),
                ("on", on),
            ],
        ),
    }
}

/// What the caller's own permissions allow, thing by thing: the account, the services and the queues that they hold something on.
fn allowed(session: &Session, subject: Subject) -> (Vec<(Target, Vec<Permission>)>, bool) {
    let (state, now) = (session.asked(), session.asked_at());
    let mut targets = vec![Target::Account];
    let mut more = false;
    for (product, kind) in [
        (Product::ServiceDesk, access::ResourceKind::Service),
        (Product::Portal, access::ResourceKind::Service),
        (Product::ContactCentre, access::ResourceKind::Queue),
        (Product::Admin, access::ResourceKind::UserGroup),
        (Product::RemoteSupport, access::ResourceKind::Device),
    ] {
        for permission in product.permissions().iter() {
            // What is held over all of them is told once, of the account.
            if state.view(subject, now).may(permission, Target::Account) {
                continue;
            }
            let page = access::Paging::first(THINGS_MAX);
            let found = state.resources(subject, permission, kind, now, page, |_| true);
            more |= found.next.is_some();
            for target in found.items {
                if !targets.contains(&target) {
                    targets.push(target);
                }
            }
        }
    }
    more |= targets.len() > THINGS_MAX;
    targets.truncate(THINGS_MAX);
    let known = targets
        .into_iter()
        .filter(|target| session.askable_target(subject, *target) == *target)
        .map(|target| (target, state.actions(subject, target, now)));
    (
        known.filter(|(_, actions)| !actions.is_empty()).collect(),
        more,
    )
}

async fn choose(session: SignedIn, Form(chosen): Form<Chosen>) -> Result<Taken<SupportCheckPage>> {
    let sent = Sent {
        id: chosen.subject,
        text: chosen.subject_text,
        asked: chosen.subject_asked,
    };
    let who = Picker::new("subject", "Who calls", PEOPLE);
    let who = who.take(&session, PEOPLE, sent).await?;
    if let Some(id) = who.chosen() {
        let to = page::address(PATH, &[("subject", Some(id))]);
        return Ok(Taken::Done(SeeOther::to(to)));
    }
    Ok(Taken::Again(Page::again(SupportCheckPage {
        frame: Frame::of(&session, "Support check", PATH, ACCESS.label).await?,
        who,
        wrong: Some("Name who calls: by the beginning of a name or an address."),
        check: None,
    })))
}
