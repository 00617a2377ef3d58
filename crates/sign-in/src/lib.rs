//! Getting in: the set-up of a new account, signing in with a password, and what somebody does about their own sign-in.
//!
//! **For** people at a browser. The mechanism of sign-in sessions and of forms is `web`'s, what is kept of it is `ledger`'s; here are
//! the pages, what a password may be, and how it is checked.
//!
//! **Must never know** who may do what: a session is another way of being a caller, and rights are decided as for a token. It never
//! tells whether an address is somebody's: known and unknown ones do the same counted work.
//!
//! **Start reading** in [`routes`], then `door.rs`.

mod codes;
mod confirm_address;
mod door;
mod factor_reset;
mod factor_rule;
mod forgotten;
mod home;
mod invitation;
mod links;
mod new_password;
mod own_account;
mod own_factor;
mod own_mails;
mod own_passkeys;
mod own_password;
mod own_profile;
mod own_sessions;
mod passkey_door;
mod passkeys;
pub mod password;
mod password_reset;
mod person_sessions;
mod providers;
mod qr;
mod register;
mod rules;
mod second_step;
mod set_up;
mod set_up_page;
mod sign_in_again;
mod sign_in_link;
mod sign_in_log;
mod sign_in_log_export;
mod sign_in_log_page;
mod sign_in_page;
mod whose;

use ledger::{Consequence, Consequences};
use web::route::Route;

/// What follows here from what happens elsewhere.
pub static CONSEQUENCES: Consequences = &[&providers::ConnectionEnded as &dyn Consequence];

/// Every route of this face.
pub fn routes() -> Vec<Route> {
    [
        factor_reset::routes(),
        factor_rule::routes(),
        confirm_address::routes(),
        forgotten::routes(),
        home::routes(),
        invitation::routes(),
        own_account::routes(),
        own_factor::routes(),
        own_mails::routes(),
        own_passkeys::routes(),
        own_password::routes(),
        own_profile::routes(),
        own_sessions::routes(),
        passkey_door::routes(),
        password_reset::routes(),
        person_sessions::routes(),
        providers::routes(),
        register::routes(),
        second_step::routes(),
        set_up::routes(),
        set_up_page::routes(),
        sign_in_again::routes(),
        sign_in_link::routes(),
        sign_in_log::routes(),
        sign_in_log_export::routes(),
        sign_in_log_page::routes(),
        sign_in_page::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
