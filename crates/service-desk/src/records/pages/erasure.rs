//! SD-26: what goes of the desk with somebody who is erased, and what stays, before it happens.

use access::PersonId;
use ledger::Reading;
use web::{
    page::person::{Erasure, SaidOfErasure},
    session::{Session, failed},
    submit::GoesBody,
};

use crate::records::store::{self, Gone};

pub(super) fn said(session: &Session, person: PersonId) -> SaidOfErasure<'_> {
    Box::pin(async move {
        let Reading { mut tx, .. } = session.account.read().await.map_err(failed)?;
        let gone = store::gone_with(&mut tx, session.account.id(), person).await;
        let gone = gone.map_err(failed)?;
        Ok(Erasure {
            words: words(&gone),
            goes: numbers(&gone),
            notices: gone
                .is_a_services
                .then_some("service_address_goes")
                .into_iter()
                .collect(),
        })
    })
}

fn numbers(of: &Gone) -> Vec<GoesBody> {
    let kinds = ["files", "mails"].into_iter().zip(of.theirs).zip(of.others);
    kinds
        .map(|((what, theirs), others)| GoesBody {
            what,
            theirs,
            others,
        })
        .collect()
}

fn words(of: &Gone) -> String {
    let [uploads, mails] = of.theirs;
    let [other_uploads, other_mails] = of.others;
    let mut said = format!(
        "Deleted with them: {} that they brought and {} that they sent. {} and {} of others on the same records stay.",
        counted(uploads, "file"),
        counted(mails, "mail"),
        counted(other_uploads, "file"),
        counted(other_mails, "mail"),
    );
    if of.is_a_services {
        said += " A service takes mails at an address of theirs: it is taken from the service, and mails to it, and replies, are refused from then on.";
    }
    said
}

fn counted(count: i64, one: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        count => format!("{count} {one}s"),
    }
}
