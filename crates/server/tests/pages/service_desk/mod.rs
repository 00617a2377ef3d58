//! Records of the desk, at a browser and for programs: RULES §5 as people meet it.

mod assignees;
mod bench;
mod lists;
mod live;
mod records;
mod saves;
mod shut;
