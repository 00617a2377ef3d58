//! Records of the desk, at a browser and for programs: RULES §5 as people meet it.

mod assignees;
mod attachments;
mod bench;
mod links;
mod deadlines;
mod lists;
mod live;
mod moves;
mod records;
mod reports;
mod saves;
mod shut;
mod tags;
mod watchers;
mod targets;
