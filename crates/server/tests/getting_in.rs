//! Getting in at a browser that runs no script: set-up, signing in and out, sessions, passwords, the ways that must stay shut.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "getting_in/authenticator.rs"]
mod authenticator;
#[path = "getting_in/browser.rs"]
#[allow(
    dead_code,
    reason = "shared with the tests of the console, which use other parts of it"
)]
mod browser;
#[path = "getting_in/factor_reset.rs"]
mod factor_reset;
#[path = "getting_in/factor_rule.rs"]
mod factor_rule;
#[path = "getting_in/forms.rs"]
mod forms;
#[path = "getting_in/invitations.rs"]
mod invitations;
#[path = "getting_in/passkeys.rs"]
mod passkeys;
#[path = "getting_in/password_resets.rs"]
mod password_resets;
#[path = "getting_in/passwords.rs"]
mod passwords;
#[path = "getting_in/people.rs"]
mod people;
#[path = "getting_in/profile.rs"]
mod profile;
#[path = "getting_in/prove_again.rs"]
mod prove_again;
#[path = "getting_in/second_factor.rs"]
mod second_factor;
#[path = "getting_in/sessions.rs"]
mod sessions;
#[path = "getting_in/set_up.rs"]
mod set_up;
#[path = "getting_in/shell.rs"]
mod shell;
#[path = "getting_in/sign_in_log.rs"]
mod sign_in_log;
#[path = "getting_in/tries.rs"]
mod tries;
