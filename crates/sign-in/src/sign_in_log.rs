//! The sign-in log, for those who may read the audit log.

use access::{Permit, decide::permissions::ViewAudit};
use jiff::Timestamp;
use ledger::{SignInEntry, SignInFact, SignInFilter};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{
    Problem, Result,
    decision::timestamp,
    guard::{May, TheAccount},
    paging::{Page, Paging},
    part::Query,
    reply::Answer,
    resource::{ConnectionRef, PersonRef},
    route::{Route, get},
    session::{Session, failed},
};

pub(crate) fn routes() -> Vec<Route> {
    vec![get(
        "/api/v1/sign-in-log",
        "sign_in_log.list",
        "Read who signed in, failed to, or was signed out, newest first",
        list,
    )]
}

/// Which entries. An empty value is none.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
pub(crate) struct Which {
    /// What happened, as entries name it, like `failed`.
    pub what: Option<String>,
    /// Id of the person whose sign-in it is.
    pub person: Option<String>,
    /// First day, like 2026-03-01, in UTC.
    #[param(schema_with = web::schema::day_if)]
    pub from: Option<String>,
    /// Last day, in UTC.
    #[param(schema_with = web::schema::day_if)]
    pub until: Option<String>,
}

impl Which {
    /// The address of a page or file with these filters, and with others in their place; an empty one is taken out. Ids, codes and days
    /// only: no personal data stands in an address.
    pub fn address(&self, path: &str, others: &[(&'static str, &str)]) -> String {
        let kept = self
            .used()
            .filter(|(name, _)| others.iter().all(|(other, _)| other != name));
        let all = kept.chain(others.iter().copied());
        let all: Vec<_> = all.map(|(name, value)| (name, Some(value))).collect();
        web::page::address(path, &all)
    }

    fn used(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.all().into_iter().filter_map(|(name, value)| {
            let value = value?.as_str();
            (!value.is_empty()).then_some((name, value))
        })
    }

    /// Whether a form left something empty that an address does not need to name.
    pub fn names_nothing(&self) -> bool {
        let mut all = self.all().into_iter();
        all.any(|(_, value)| value.is_some_and(String::is_empty))
    }

    fn all(&self) -> [(&'static str, Option<&String>); 4] {
        [
            ("what", self.what.as_ref()),
            ("person", self.person.as_ref()),
            ("from", self.from.as_ref()),
            ("until", self.until.as_ref()),
        ]
    }

    fn get(&self, wanted: &str) -> Option<&str> {
        let mut used = self.used();
        used.find_map(|(name, value)| (name == wanted).then_some(value))
    }

    /// As the ledger is asked; people whom the caller may not know of are nobody.
    pub fn filter(&self, session: &Session) -> Result<SignInFilter> {
        let what = self.get("what").map(|name| {
            let known = SignInFact::from_name(name);
            known.ok_or_else(|| Problem::invalid("what", "there is no such thing to happen here"))
        });
        let person = self.get("person").map(|id| {
            let id = id.parse().map_err(|_| Problem::unknown_id("person"))?;
            session.named("person", web::resource::Id(id))
        });
        let day = |name: &'static str| {
            let days = self.get(name).map(|text| {
                web::page::day(text).ok_or_else(|| Problem::invalid(name, "a day reads 2026-03-01"))
            });
            days.transpose()
        };
        Ok(SignInFilter {
            what: what.transpose()?,
            person: person.transpose()?,
            from: day("from")?.map(|(begins, _)| begins),
            until: day("until")?.map(|(_, ends)| ends),
        })
    }
}

/// One entry.
#[derive(Debug, Serialize, ToSchema)]
struct SignInLogEntry {
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// `signed_in`, `failed` (the password), `code_failed` (the second factor, after the right password), `locked`, `ended`,
    /// `recovery_code_used`, `recovery_codes_made`, `factor_added`, `factor_removed`, `factor_reset`, `password_reset`, `provider_linked` or
    /// `provider_unlinked`.
    what: &'static str,
    /// Whose sign-in it is. Absent: the address was nobody's, or the caller may not know of the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<PersonRef>,
    /// Through which sign-in provider somebody signed in, as far as the caller may know of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    through: Option<ConnectionRef>,
}

async fn list(
    may: May<ViewAudit, TheAccount>,
    paging: Paging,
    Query(which): Query<Which>,
) -> Result<Answer<Page<SignInLogEntry>>> {
    let page = page(&may, may.permit()?, &which.filter(&may)?, &paging).await?;
    let body = |entry: SignInEntry| SignInLogEntry {
        at: timestamp(entry.at),
        what: entry.what.name(),
        person: entry.person.and_then(|person| may.shown(person)),
        through: entry.through.and_then(|provider| may.shown(provider)),
    };
    may.answer(Page {
        items: page.items.into_iter().map(body).collect(),
        next: page.next,
    })
}

/// A page of the log.
pub(crate) async fn page(
    session: &Session,
    _: Permit<'_, ViewAudit>,
    filter: &SignInFilter,
    paging: &Paging,
) -> Result<Page<SignInEntry>> {
    let limit = u32::try_from(paging.size + 1).unwrap_or(u32::MAX);
    let entries = session.account.sign_in_log(filter, paging.after()?, limit);
    paging.cut(entries.await.map_err(failed)?, SignInEntry::place)
}

/// What happened, for people.
pub(crate) fn words(what: SignInFact) -> &'static str {
    match what {
        SignInFact::SignedIn => "Signed in",
        SignInFact::Failed => "Failed to sign in",
        SignInFact::CodeFailed => "Failed with a wrong code",
        SignInFact::Locked => "Locked out for a while",
        SignInFact::Ended => "Signed out",
        SignInFact::RecoveryCodeUsed => "Used a recovery code",
        SignInFact::FactorAdded => "Set up a second factor or passkey",
        SignInFact::FactorRemoved => "Took a second factor off",
        SignInFact::FactorReset => "Second factor reset by somebody else",
        SignInFact::RecoveryCodesMade => "Made new recovery codes",
        SignInFact::PasswordReset => "Chose a new password by mail",
        SignInFact::ProviderLinked => "Linked to a sign-in provider",
        SignInFact::ProviderUnlinked => "Unlinked from a sign-in provider",
    }
}

/// Its shape beside the words: what went well, what is worth a look, what is over.
pub(crate) fn shape(what: SignInFact) -> &'static str {
    match what {
        SignInFact::SignedIn => "on",
        SignInFact::Locked | SignInFact::FactorReset => "stop",
        SignInFact::Ended => "none",
        _ => "wait",
    }
}
