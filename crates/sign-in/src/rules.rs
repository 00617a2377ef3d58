//! What a password may be. Length is what counts; beyond that only what is guessed first is refused.

use crate::password::Password;

const BYTES_MIN: usize = 12;
const BYTES_MAX: usize = 256;
/// Letters that have to be left when what is known about the person is taken out.
const UNKNOWN_CHARS_MIN: usize = 8;
/// Different letters that a password has at least.
const DIFFERENT_CHARS_MIN: usize = 5;
/// Shorter parts of a name are in too many words.
const KNOWN_CHARS_MIN: usize = 3;

/// Passwords of sufficient length that are guessed first, in small letters and without spaces.
const COMMON: &str = include_str!("common_passwords.txt");

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Weak {
    #[error(
        "Too short: at least 12 characters. Four words that have nothing to do with each other are good, and easy to type."
    )]
    Short,
    #[error("Too long: at most 256 characters.")]
    Long,
    #[error(
        "This is little more than your name or your address: take something that nobody knows about you."
    )]
    Known,
    #[error("This is one of the passwords that are tried first: take another one.")]
    Common,
}

/// Whether somebody of this name and address may have the password.
pub(crate) fn check(password: &Password, name: &str, email: &str) -> Result<(), Weak> {
    let text = password.text();
    if text.len() < BYTES_MIN {
        return Err(Weak::Short);
    }
    if text.len() > BYTES_MAX {
        return Err(Weak::Long);
    }
    let folded: String = text
        .to_lowercase()
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    let mut different: Vec<char> = folded.chars().collect();
    different.sort_unstable();
    different.dedup();
    if different.len() < DIFFERENT_CHARS_MIN || COMMON.lines().any(|common| common == folded) {
        return Err(Weak::Common);
    }
    let known = format!("{name} {email} rolecall").to_lowercase();
    let mut known: Vec<&str> = known.split(|c: char| !c.is_alphanumeric()).collect();
    known.sort_unstable_by_key(|word| std::cmp::Reverse(word.len()));
    let known = known
        .into_iter()
        .filter(|word| word.chars().count() >= KNOWN_CHARS_MIN);
    let left = known.fold(folded, |left, word| left.replace(word, ""));
    if left.chars().filter(|c| c.is_alphanumeric()).count() < UNKNOWN_CHARS_MIN {
        return Err(Weak::Known);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_ann(password: &str) -> Result<(), Weak> {
        check(
            &Password::typed(password),
            "Ann Lindqvist",
            "ann.lee@acme.example",
        )
    }

    #[test]
    fn length_is_what_counts() {
        assert_eq!(of_ann("tR9$kq"), Err(Weak::Short));
        assert_eq!(of_ann("correct horse"), Ok(()));
        assert_eq!(of_ann(&"correct horse ".repeat(20)), Err(Weak::Long));
        assert_eq!(of_ann("żółć gęślą jaźń"), Ok(()));
    }

    #[test]
    fn what_is_tried_first_is_refused() {
        for common in [
            "password1234",
            "Password 1234",
            "aaaaaaaaaaaa",
            "123456789012",
            "qwertyuiop123",
        ] {
            assert_eq!(of_ann(common), Err(Weak::Common), "{common}");
        }
    }

    #[test]
    fn what_is_known_about_the_person_is_no_password() {
        for known in [
            "AnnLindqvist1",
            "ann.lee@acme.example",
            "Lindqvist-2026",
            "rolecall-acme",
        ] {
            assert_eq!(of_ann(known), Err(Weak::Known), "{known}");
        }
        assert_eq!(of_ann("Ann likes green tractors"), Ok(()));
    }
}
