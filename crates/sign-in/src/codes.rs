//! One-time codes (RFC 6238, as every authenticator app makes them) and the recovery codes that stand in for them.

use access::Moment;
use ledger::Randomness;
use totp_rs::{Builder, Secret, Totp};
use web::{Problem, Result};

/// Bytes of a secret, as the standard wants them.
pub(crate) const SECRET_BYTES: usize = 20;
/// Recovery codes that are made at once.
const RECOVERY_CODES: usize = 10;
/// Sixteen letters and digits: too many to be tried, few enough to be copied by hand.
const RECOVERY_BYTES: usize = 10;
const ISSUER: &str = "Rolecall";

fn maker(secret: &[u8], name: &str) -> Result<Totp> {
    // An app would read a colon as the end of the issuer.
    let name: String = name.chars().filter(|letter| *letter != ':').collect();
    let made = Builder::new()
        .with_secret(Secret::new(secret.into()))
        .with_issuer(Some(ISSUER))
        .with_account_name(name)
        .build();
    made.map_err(|error| Problem::internal(error.to_string()))
}

/// The secret as it is typed into an app, in groups of four.
pub(crate) fn shown(secret: &[u8]) -> String {
    grouped(&Secret::new(secret.into()).to_base32(), " ")
}

/// The secret as an app reads it from a QR code.
pub(crate) fn address(secret: &[u8], name: &str) -> Result<String> {
    let address = maker(secret, name)?.to_url();
    address.map_err(|error| Problem::internal(error.to_string()))
}

/// The step of a code that somebody typed, if it is one of now; clocks may be half a minute apart.
pub(crate) fn step_of(secret: &[u8], typed: &str, now: Moment) -> Result<Option<i64>> {
    let digits: String = typed
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .collect();
    let seconds = u64::try_from(now.0 / 1_000).unwrap_or_default();
    let step = maker(secret, "")?.check(&digits, seconds);
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

/// New recovery codes.
pub(crate) fn recovery_codes(randomness: &dyn Randomness) -> Vec<String> {
    let code = |_| {
        let mut bytes = [0; RECOVERY_BYTES];
        randomness.fill(&mut bytes);
        let letters = Secret::new(bytes.as_slice().into()).to_base32();
        grouped(&letters.to_ascii_lowercase(), "-")
    };
    (0..RECOVERY_CODES).map(code).collect()
}

/// A recovery code as it was made, however it was typed.
pub(crate) fn recovery_code(typed: &str) -> String {
    let letters = typed.chars().filter(char::is_ascii_alphanumeric);
    let letters: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
    grouped(&letters, "-")
}

fn grouped(letters: &str, between: &str) -> String {
    let groups: Vec<_> = letters
        .as_bytes()
        .chunks(4)
        .map(|group| String::from_utf8_lossy(group))
        .collect();
    groups.join(between)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, cut to six digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = b"12345678901234567890";
        for (second, code) in [
            (59, "287 082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, " 005924"),
            (20_000_000_000, "353130"),
        ] {
            let step = step_of(secret, code, Moment(second * 1_000)).unwrap();
            assert_eq!(step, Some(second / 30), "{code}");
        }
        for wrong in ["", "000000", "28708", "2870821", "287o82", "\u{662}87082"] {
            assert_eq!(
                step_of(secret, wrong, Moment(59_000)).unwrap(),
                None,
                "{wrong}"
            );
        }
    }

    #[test]
    fn a_code_of_the_steps_beside_now_counts_and_no_other() {
        let secret = b"12345678901234567890";
        let at = |second: i64| step_of(secret, "287082", Moment(second * 1_000)).unwrap();
        assert_eq!([at(0), at(30), at(89)], [Some(1); 3]);
        assert_eq!(at(90), None);
    }

    #[test]
    fn a_recovery_code_is_the_same_however_it_is_typed() {
        let codes = recovery_codes(&ledger::SystemRandomness);
        assert_eq!(codes.len(), RECOVERY_CODES);
        for code in codes {
            assert_eq!(code.len(), 19, "{code}");
            let typed = format!(" {} ", code.replace('-', "").to_uppercase());
            assert_eq!(recovery_code(&typed), code);
        }
    }
}
