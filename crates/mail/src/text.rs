//! The words of a letter: subject and text. Names come from people, so nothing of them ends a line or starts a header.

use access::Moment;
use askama::Template;
use jiff::Timestamp;

use crate::letter::{Letter, Thread};

/// What stands in every mail of a server.
#[derive(Clone, Debug)]
pub struct Letterhead {
    /// The address under which the server is reached, without a slash at its end.
    pub base: String,
}

/// A mail in words.
#[derive(Clone, PartialEq, Eq)]
pub struct Text {
    /// The subject, one line.
    pub subject: String,
    /// The text.
    pub body: String,
    /// The link that stands in it.
    pub link: Option<String>,
    /// What it follows, and where answers go.
    pub thread: Option<Thread>,
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Text(…)")
    }
}

/// What the templates are made with.
struct Words {
    hello: String,
    base: String,
    link: String,
    until: String,
}

macro_rules! templates {
    ($($name:ident = $path:literal;)*) => {$(
        #[derive(Template)]
        #[template(path = $path, escape = "none")]
        struct $name<'a> {
            w: &'a Words,
        }
    )*};
}

templates! {
    Invitation = "invitation.txt";
    PortalInvitation = "portal_invitation.txt";
    PasswordReset = "password_reset.txt";
    ConfirmAddress = "confirm_address.txt";
    AddressToChange = "address_to_change.txt";
    AddressChanged = "address_changed.txt";
    OwnAddressChanged = "own_address_changed.txt";
    Registration = "registration.txt";
    KnownAlready = "known_already.txt";
    SignInLink = "sign_in_link.txt";
    PasswordChanged = "password_changed.txt";
    SecondFactorReset = "second_factor_reset.txt";
    MadeAdministrator = "made_administrator.txt";
    ServiceOpened = "service_opened.txt";
    SupervisorMade = "supervisor_made.txt";
    QueueLimitWidened = "queue_limit_widened.txt";
    BreakGlassUsed = "break_glass_used.txt";
}

#[derive(Template)]
#[template(path = "answer.txt", escape = "none")]
struct Answer<'a> {
    w: &'a Words,
    text: &'a str,
    path: Option<&'a str>,
    /// Whether it is replied to.
    is_open: bool,
}

impl Text {
    /// The words of a letter to somebody of this name.
    pub fn of(
        letter: &Letter,
        name: Option<&str>,
        head: &Letterhead,
    ) -> Result<Self, askama::Error> {
        let link = letter
            .link()
            .map(|(path, secret, _)| format!("{}{path}{secret}", head.base));
        let until = letter.link().map(|(_, _, until)| moment(until));
        let name = name.map(one_line).filter(|name| !name.is_empty());
        let w = &Words {
            hello: name.map_or_else(|| "Hello".to_owned(), |name| format!("Hello {name}")),
            base: head.base.clone(),
            link: link.clone().unwrap_or_default(),
            until: until.unwrap_or_default(),
        };
        let (subject, body) = match letter {
            Letter::Invitation { .. } => ("You are invited to Rolecall", Invitation { w }.render()),
            Letter::PortalInvitation { .. } => (
                "You are invited to the customer portal",
                PortalInvitation { w }.render(),
            ),
            Letter::PasswordReset { .. } => ("Choose a new password", PasswordReset { w }.render()),
            Letter::SignInLink { .. } => ("Sign in", SignInLink { w }.render()),
            Letter::Registration { .. } => ("Confirm your address", Registration { w }.render()),
            Letter::KnownAlready => ("You are known here already", KnownAlready { w }.render()),
            Letter::ConfirmAddress { .. } => {
                ("Confirm your new address", ConfirmAddress { w }.render())
            }
            Letter::AddressToChange { .. } => (
                "Your address is to be changed",
                AddressToChange { w }.render(),
            ),
            Letter::AddressChanged => ("Your address was changed", AddressChanged { w }.render()),
            Letter::OwnAddressChanged => {
                ("Your address was changed", OwnAddressChanged { w }.render())
            }
            Letter::PasswordChanged => {
                ("Your password was changed", PasswordChanged { w }.render())
            }
            Letter::SecondFactorReset => (
                "Your second factor was taken away",
                SecondFactorReset { w }.render(),
            ),
            Letter::MadeAdministrator => (
                "You are an administrator now",
                MadeAdministrator { w }.render(),
            ),
            Letter::ServiceOpened => (
                "Somebody opened a service to themselves",
                ServiceOpened { w }.render(),
            ),
            Letter::SupervisorMade => (
                "Somebody supervises a queue now",
                SupervisorMade { w }.render(),
            ),
            Letter::QueueLimitWidened => (
                "Supervisors reach queues that are not theirs",
                QueueLimitWidened { w }.render(),
            ),
            Letter::BreakGlassUsed => (
                "Somebody came in without the sign-in provider",
                BreakGlassUsed { w }.render(),
            ),
            // It is written before it is put into words.
            Letter::Record(_) => return Err(askama::Error::Fmt),
            Letter::Answer {
                subject,
                text,
                path,
                thread,
            } => {
                let is_open = thread.reply_to.is_some();
                return Ok(Self {
                    subject: one_line(subject),
                    body: Answer {
                        w,
                        text,
                        path: path.as_deref(),
                        is_open,
                    }
                    .render()?,
                    link,
                    thread: Some(thread.clone()),
                });
            }
        };
        Ok(Self {
            subject: subject.to_owned(),
            body: body?,
            link,
            thread: None,
        })
    }
}

/// A name as it stands in a line of text.
fn one_line(name: &str) -> String {
    let spaced = name.replace(|letter: char| letter.is_control(), " ");
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn moment(moment: Moment) -> String {
    Timestamp::from_millisecond(moment.0).map_or_else(
        |_| String::new(),
        |at| at.strftime("%-d %B %Y, %H:%M UTC").to_string(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head() -> Letterhead {
        Letterhead {
            base: "https://rolecall.example".to_owned(),
        }
    }

    fn answer(subject: &str) -> Letter {
        Letter::Answer {
            subject: subject.to_owned(),
            text: "It prints again.".to_owned(),
            path: Some("/portal/records/inc_1".to_owned()),
            thread: Thread::default(),
        }
    }

    fn letters() -> [Letter; 18] {
        let (link, until) = (|| "rc_1_2".to_owned(), Moment(1_772_442_000_000));
        [
            Letter::Invitation {
                link: link(),
                until,
            },
            Letter::PortalInvitation {
                link: link(),
                until,
            },
            Letter::PasswordReset {
                link: link(),
                until,
            },
            Letter::SignInLink {
                link: link(),
                until,
            },
            Letter::Registration {
                link: link(),
                until,
            },
            Letter::KnownAlready,
            Letter::ConfirmAddress {
                link: link(),
                until,
            },
            Letter::AddressToChange {
                link: link(),
                until,
            },
            Letter::AddressChanged,
            Letter::OwnAddressChanged,
            Letter::PasswordChanged,
            Letter::SecondFactorReset,
            Letter::MadeAdministrator,
            Letter::ServiceOpened,
            Letter::SupervisorMade,
            Letter::QueueLimitWidened,
            Letter::BreakGlassUsed,
            answer("INC-12: the printer"),
        ]
    }

    #[test]
    fn every_letter_greets_and_says_where_its_link_leads_and_until_when() {
        for letter in letters() {
            let text = Text::of(&letter, Some("Rita Roth"), &head()).unwrap();
            assert!(text.body.starts_with("Hello Rita Roth,\n"), "{letter:?}");
            assert!(text.body.contains("https://rolecall.example"), "{letter:?}");
            assert_eq!(text.link.is_some(), letter.link().is_some());
            if let Some(link) = &text.link {
                assert!(link.ends_with("#rc_1_2"), "{letter:?}");
                assert!(text.body.contains(&format!("\n  {link}\n")), "{letter:?}");
                assert!(text.body.contains("2 March 2026, 09:00 UTC"), "{letter:?}");
            }
        }
    }

    #[test]
    fn a_name_cannot_end_its_line_and_markup_stays_as_it_is() {
        let name = "Eve\r\nBcc: all@example.org\u{85}<b>&";
        let text = Text::of(&Letter::AddressChanged, Some(name), &head()).unwrap();
        let first = text.body.lines().next().unwrap();
        assert_eq!(first, "Hello Eve Bcc: all@example.org <b>&,");
        let nameless = Text::of(&Letter::AddressChanged, None, &head()).unwrap();
        assert!(nameless.body.starts_with("Hello,\n"));
    }

    /// SD-37: an answer says where it is read and replied to, and its subject is a line of people's words.
    #[test]
    fn sd_37_an_answer_carries_its_words_and_its_thread() {
        let letter = answer("INC-12: the\r\nBcc: all@example.org");
        let text = Text::of(&letter, Some("Rita"), &head()).unwrap();
        assert_eq!(text.subject, "INC-12: the Bcc: all@example.org");
        assert!(text.body.contains("\n\nIt prints again.\n\n"));
        let at = "\n  https://rolecall.example/portal/records/inc_1\n";
        assert!(text.body.contains(at), "{}", text.body);
        assert_eq!(text.thread, Some(Thread::default()));
    }

    /// SD-11: whoever has only mail is led nowhere else.
    #[test]
    fn sd_11_an_answer_to_whoever_has_only_mail_holds_no_address_of_pages() {
        for reply_to in [None, Some("support+1@example.org".to_owned())] {
            let is_open = reply_to.is_some();
            let letter = Letter::Answer {
                subject: "INC-12: the printer".to_owned(),
                text: "It prints again.".to_owned(),
                path: None,
                thread: Thread {
                    reply_to,
                    about: None,
                },
            };
            let text = Text::of(&letter, Some("Rita"), &head()).unwrap();
            assert!(!text.body.contains("https:"), "{}", text.body);
            assert!(text.body.contains("\n\nIt prints again.\n\n"));
            assert_eq!(text.body.contains("\n\nReply to this mail"), is_open);
            let end = match is_open {
                true => "\n\nRolecall sent this mail. What you reply is added to the incident.",
                false => "\n\nRolecall sent this mail.",
            };
            assert!(text.body.trim_end().ends_with(end), "{}", text.body);
        }
    }

    #[test]
    fn a_letter_does_not_show_its_link_by_accident() {
        for letter in letters() {
            assert!(!format!("{letter:?}").contains("rc_"));
        }
    }
}
