//! The contact centre, and its lists for programs: RULES §6 as people meet it.

mod centre;
mod lists;
mod logins;
mod permissions;
mod queue_offers;
mod queues;
mod skills;
