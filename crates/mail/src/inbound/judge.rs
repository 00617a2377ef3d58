//! What a mail is (SD-37). A function of what was received and what is known: it looks nothing up, and does nothing.

use access::{PersonId, ServiceId};

use super::message::{Automatic, Mail};
use super::reply_address::{Reply, ReplyKey, is_below};

/// What has to be known to judge a mail to one account.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// What reply addresses are read with.
    pub key: &'a ReplyKey,
    /// The mailboxes below which reply addresses stand.
    pub mailboxes: &'a [String],
    /// The addresses of services, as they are compared: in lower case.
    pub services: &'a [(String, ServiceId)],
    /// Whose address the From shows; `None` where it is nobody's.
    pub from: Option<Known<'a>>,
}

impl Facts<'_> {
    fn service(&self, address: &str) -> Option<ServiceId> {
        let mut services = self.services.iter();
        let found = services.find(|(of, _)| of.eq_ignore_ascii_case(address));
        found.map(|(_, service)| *service)
    }
}

/// A person whose address the From shows.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// Who.
    pub person: PersonId,
    /// The services in which they are selectable as a customer (SD-11): none for somebody who is unconfirmed or deactivated.
    pub selectable_in: &'a [ServiceId],
}

/// What a mail is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It opens an incident of a service.
    Opens {
        /// At whose address it arrived.
        service: ServiceId,
        /// Who is said to have sent it.
        sender: Sender,
    },
    /// An answer of a person to a record. Whether they may give it, still, is asked when it is stored.
    Replies(Reply),
    /// It is stored as nobody's.
    Refused(Refusal),
    /// A program sent it: it is nobody's answer, opens nothing, and is never answered.
    Automatic(Automatic),
    /// It was here before, or goes in circles. It ends here.
    Loop,
}

/// Who is said to have sent a mail.
#[derive(Clone, PartialEq, Eq)]
pub enum Sender {
    /// A customer who is selectable in the service.
    Customer {
        /// Who.
        person: PersonId,
        /// A trusted relay vouches for it. Otherwise the record is marked *by mail, unverified*.
        is_verified: bool,
    },
    /// Anybody else: text to be shown, and no customer.
    Text(String),
}

impl std::fmt::Debug for Sender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Customer {
                person,
                is_verified,
            } => f
                .debug_struct("Customer")
                .field("person", person)
                .field("is_verified", is_verified)
                .finish(),
            Self::Text(_) => f.write_str("Text(…)"),
        }
    }
}

/// Why a mail is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Its reply address was not made here.
    Forged,
    /// Its reply address is somebody else's, or its From is nobody's or several people's.
    FromDiffers,
    /// It names two of our reply addresses that mean different things.
    Ambiguous,
    /// None of its addresses is one of ours.
    NotHere,
}

impl Refusal {
    /// A stable code, for the log.
    pub fn code(self) -> &'static str {
        match self {
            Self::Forged => "forged",
            Self::FromDiffers => "from_differs",
            Self::Ambiguous => "ambiguous",
            Self::NotHere => "not_here",
        }
    }
}

/// What this mail to these addresses is. `has_sender` is false where the envelope names none, as for reports of other servers.
pub fn judge(mail: &Mail, has_sender: bool, recipients: &[String], facts: &Facts<'_>) -> Verdict {
    if mail.is_loop {
        return Verdict::Loop;
    }
    if let Some(automatic) = mail.automatic {
        return Verdict::Automatic(automatic);
    }
    if !has_sender {
        return Verdict::Automatic(Automatic::NoSender);
    }
    // A mail to a reply address is a reply and nothing else. That its copy went to the address of the service opens no second incident,
    // and a forged one does not fall back to opening one.
    let is_reply = |address: &&String| {
        facts.mailboxes.iter().any(|at| is_below(at, address)) && facts.service(address).is_none()
    };
    let mut replies = recipients
        .iter()
        .filter(is_reply)
        .map(|at| facts.key.read(at));
    if let Some(first) = replies.next() {
        let Some(reply) = first else {
            return Verdict::Refused(Refusal::Forged);
        };
        return match replies.find(|other| *other != first) {
            Some(None) => Verdict::Refused(Refusal::Forged),
            Some(Some(_)) => Verdict::Refused(Refusal::Ambiguous),
            None => replied(mail, reply, facts),
        };
    }
    match recipients.iter().find_map(|address| facts.service(address)) {
        None => Verdict::Refused(Refusal::NotHere),
        Some(service) => Verdict::Opens {
            service,
            sender: sender(mail, service, facts),
        },
    }
}

fn replied(mail: &Mail, reply: Reply, facts: &Facts<'_>) -> Verdict {
    let is_same = mail.from.is_some() && facts.from.is_some_and(|from| from.person == reply.person);
    if is_same {
        Verdict::Replies(reply)
    } else {
        Verdict::Refused(Refusal::FromDiffers)
    }
}

fn sender(mail: &Mail, service: ServiceId, facts: &Facts<'_>) -> Sender {
    let Some(address) = &mail.from else {
        return Sender::Text(String::new());
    };
    match facts.from {
        Some(known) if known.selectable_in.contains(&service) => Sender::Customer {
            person: known.person,
            is_verified: mail.is_verified,
        },
        _ => Sender::Text(match &mail.from_name {
            Some(name) => format!("{name} <{address}>"),
            None => address.clone(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use access::Dense as _;

    use super::*;

    const MAILBOX: &str = "support@example.org";
    const RITA: u32 = 7;

    struct Case {
        from: &'static str,
        headers: &'static str,
        to: Vec<String>,
        known: Option<u32>,
        selectable_in: Vec<u32>,
        has_sender: bool,
    }

    /// A mail of Rita, who is a customer of service 1, to that service.
    fn case() -> Case {
        Case {
            from: "Rita Roth <rita@example.net>",
            headers: "",
            to: vec![MAILBOX.to_owned()],
            known: Some(RITA),
            selectable_in: vec![1],
            has_sender: true,
        }
    }

    fn key() -> ReplyKey {
        ReplyKey::new([7; 32], ledger::AccountId(1))
    }

    fn person(number: u32) -> PersonId {
        PersonId::from_number(number).unwrap()
    }

    fn service(number: u32) -> ServiceId {
        ServiceId::from_number(number).unwrap()
    }

    fn reply_address(record: i64, of: u32) -> String {
        let reply = Reply {
            record,
            person: person(of),
        };
        key().address(MAILBOX, reply).unwrap()
    }

    fn verdict(case: &Case) -> Verdict {
        let raw = format!(
            "From: {}\r\nSubject: It\r\n{}\r\nHello\r\n",
            case.from, case.headers
        );
        let mail = Mail::read(raw.as_bytes(), &["mx.example.org".to_owned()]).unwrap();
        let selectable: Vec<_> = case.selectable_in.iter().map(|it| service(*it)).collect();
        let facts = Facts {
            key: &key(),
            mailboxes: &[MAILBOX.to_owned()],
            services: &[
                (MAILBOX.to_owned(), service(1)),
                ("printers@example.org".to_owned(), service(2)),
            ],
            from: case.known.map(|number| Known {
                person: person(number),
                selectable_in: &selectable,
            }),
        };
        judge(&mail, case.has_sender, &case.to, &facts)
    }

    fn opens(number: u32, sender: Sender) -> Verdict {
        let service = service(number);
        Verdict::Opens { service, sender }
    }

    fn rita(is_verified: bool) -> Sender {
        let person = person(RITA);
        Sender::Customer {
            person,
            is_verified,
        }
    }

    #[test]
    fn sd_37_a_mail_to_a_service_opens_an_incident_of_its_customer_unverified() {
        assert_eq!(verdict(&case()), opens(1, rita(false)));
        let upper = Case {
            to: vec!["Support@EXAMPLE.org".to_owned()],
            ..case()
        };
        assert_eq!(verdict(&upper), opens(1, rita(false)));
    }

    #[test]
    fn sd_37_a_trusted_relay_that_reports_dmarc_makes_it_verified() {
        let verified = Case {
            headers: "Authentication-Results: mx.example.org; dmarc=pass header.from=example.net\r\n",
            ..case()
        };
        assert_eq!(verdict(&verified), opens(1, rita(true)));
    }

    #[test]
    fn sd_37_whoever_is_not_selectable_there_is_text_and_no_customer() {
        let text = Sender::Text("Rita Roth <rita@example.net>".to_owned());
        let elsewhere = Case {
            to: vec!["printers@example.org".to_owned()],
            ..case()
        };
        assert_eq!(verdict(&elsewhere), opens(2, text.clone()));
        let unknown = Case {
            known: None,
            ..case()
        };
        assert_eq!(verdict(&unknown), opens(1, text));
        // Verified or not: somebody unknown has nothing that could be.
        let two = Case {
            from: "rita@example.net, eve@example.net",
            ..case()
        };
        assert_eq!(verdict(&two), opens(1, Sender::Text(String::new())));
    }

    #[test]
    fn sd_37_a_reply_is_somebodys_with_their_address_and_their_from() {
        let reply = Case {
            to: vec![reply_address(42, RITA)],
            ..case()
        };
        let wanted = Verdict::Replies(Reply {
            record: 42,
            person: person(RITA),
        });
        assert_eq!(verdict(&reply), wanted);
        // In copy to the service, and named twice: one reply all the same.
        let copied = Case {
            to: vec![
                MAILBOX.to_owned(),
                reply_address(42, RITA),
                reply_address(42, RITA).to_uppercase(),
            ],
            ..case()
        };
        assert_eq!(verdict(&copied), wanted);
    }

    #[test]
    fn sd_37_otherwise_a_reply_is_refused_and_opens_nothing_either() {
        let refused = |case: Case, why: Refusal| assert_eq!(verdict(&case), Verdict::Refused(why));
        let to = |to: String| Case {
            to: vec![to, MAILBOX.to_owned()],
            ..case()
        };
        refused(to(reply_address(42, 8)), Refusal::FromDiffers);
        let unknown = Case {
            known: None,
            ..to(reply_address(42, RITA))
        };
        refused(unknown, Refusal::FromDiffers);
        let several = Case {
            from: "rita@example.net, eve@example.net",
            ..to(reply_address(42, RITA))
        };
        refused(several, Refusal::FromDiffers);

        let forged = reply_address(42, RITA).replace("support+", "support+0");
        refused(to(forged), Refusal::Forged);
        refused(to("support+42@example.org".to_owned()), Refusal::Forged);
        let of_other = ReplyKey::new([7; 32], ledger::AccountId(2));
        let meant = Reply {
            record: 42,
            person: person(RITA),
        };
        refused(
            to(of_other.address(MAILBOX, meant).unwrap()),
            Refusal::Forged,
        );

        let two = Case {
            to: vec![reply_address(42, RITA), reply_address(43, RITA)],
            ..case()
        };
        refused(two, Refusal::Ambiguous);
        let one_forged = Case {
            to: vec![reply_address(42, RITA), "support+1@example.org".to_owned()],
            ..case()
        };
        refused(one_forged, Refusal::Forged);
        refused(to_nobody(), Refusal::NotHere);
    }

    fn to_nobody() -> Case {
        Case {
            to: vec!["nobody@example.org".to_owned(), String::new()],
            ..case()
        }
    }

    #[test]
    fn sd_37_automatic_mail_is_nobodys_answer_and_a_loop_ends() {
        for to in [MAILBOX.to_owned(), reply_address(42, RITA)] {
            for (headers, wanted) in [
                (
                    "Auto-Submitted: auto-replied\r\n",
                    Verdict::Automatic(Automatic::Said),
                ),
                ("Precedence: bulk\r\n", Verdict::Automatic(Automatic::List)),
                ("X-Rolecall-Loop: 1\r\n", Verdict::Loop),
                // A loop is one, whoever began it.
                (
                    "X-Rolecall-Loop: 1\r\nAuto-Submitted: auto-replied\r\n",
                    Verdict::Loop,
                ),
            ] {
                let case = Case {
                    headers,
                    to: vec![to.clone()],
                    ..case()
                };
                assert_eq!(verdict(&case), wanted, "{headers}");
            }
            let bounce = Case {
                has_sender: false,
                to: vec![to],
                ..case()
            };
            let wanted = Verdict::Automatic(Automatic::NoSender);
            assert_eq!(verdict(&bounce), wanted);
        }
    }
}
