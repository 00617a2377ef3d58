//! Records of the desk, at a browser and for programs: RULES §5 as people meet it.

mod assignees;
mod attachments;
mod bench;
mod deadlines;
mod links;
mod lists;
mod live;
mod mail_addresses;
mod mail_notices;
mod mail_replies;
mod mails;
mod mails_postfix;
mod moves;
mod others_words;
mod portal;
mod portal_face;
mod portal_shut;
mod queries;
mod records;
mod reports;
mod saves;
mod shut;
mod tags;
mod targets;
mod watchers;
