//! The rules of administration (RULES §4), one test and more for each, by rule id.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

#[path = "administration/above.rs"]
mod above;
#[path = "administration/before.rs"]
mod before;
#[path = "administration/connections.rs"]
mod connections;
#[path = "administration/enrol.rs"]
mod enrol;
#[path = "administration/extra_grants.rs"]
mod extra_grants;
#[path = "administration/facets.rs"]
mod facets;
#[path = "administration/hand_over.rs"]
mod hand_over;
#[path = "administration/invitations.rs"]
mod invitations;
#[path = "administration/licences.rs"]
mod licences;
#[path = "administration/lives.rs"]
mod lives;
#[path = "administration/mapped.rs"]
mod mapped;
#[path = "administration/mappings.rs"]
mod mappings;
#[path = "administration/names.rs"]
mod names;
#[path = "administration/only_user.rs"]
mod only_user;
#[path = "administration/over_people.rs"]
mod over_people;
#[path = "administration/people.rs"]
mod people;
#[path = "administration/previews.rs"]
mod previews;
#[path = "administration/proof.rs"]
mod proof;
#[path = "administration/provisioned.rs"]
mod provisioned;
#[path = "administration/rank.rs"]
mod rank;
#[path = "administration/remote_support.rs"]
mod remote_support;
#[path = "administration/roles.rs"]
mod roles;
#[path = "administration/second_factor.rs"]
mod second_factor;
#[path = "administration/status.rs"]
mod status;
#[path = "administration/ties.rs"]
mod ties;
#[path = "administration/user_groups.rs"]
mod user_groups;
#[path = "administration/view_as.rs"]
mod view_as;
#[path = "administration/widening.rs"]
mod widening;
