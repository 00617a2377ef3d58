//! Records of the desk, at a browser and for programs: RULES §5 as people meet it.

mod assignees;
mod attachments;
mod bench;
mod deadlines;
mod links;
mod lists;
mod live;
mod moves;
mod others_words;
mod portal;
mod portal_face;
mod portal_shut;
mod records;
mod reports;
mod saves;
mod shut;
mod tags;
mod targets;
mod watchers;
