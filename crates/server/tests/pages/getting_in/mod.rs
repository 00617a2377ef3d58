//! Getting in: set-up, signing in and out, sessions, passwords, factors, the ways that must stay shut.

pub mod authenticator;
mod device;
mod factor_reset;
mod factor_rule;
mod forms;
mod guesses;
mod invitations;
mod passkeys;
mod password_resets;
mod passwords;
mod people;
mod profile;
mod prove_again;
mod provider;
mod provider_again;
mod provider_flow;
mod provider_names;
mod provider_only;
mod provider_signed_out;
mod provider_unlinked;
mod required_passkey;
mod second_factor;
mod sessions;
mod set_up;
mod shell;
mod sign_in_log;
mod tries;
