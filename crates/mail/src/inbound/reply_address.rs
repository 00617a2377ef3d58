//! The address that a reply goes to: it says, sealed, which record is meant and who may answer (SD-37).
//!
//! `prefix+token@domain`. The token holds the number of a record and of a person, hidden, and a mark that only the account's key makes: who
//! has the address may write to it as that person, from that person's own address, and nobody can make one for another record or person.
//! Case is lost on the way of many a mail, so the token has none.

use access::{Dense as _, PersonId};
use data_encoding::BASE32_DNSSEC;
use hmac::{Hmac, KeyInit, Mac};
use ledger::AccountId;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

/// Longest part before the "@" (RFC 5321).
pub const LOCAL_PART_MAX: usize = 64;
/// The mark: 96 bits, of which a guess is tried by one mail each.
const MARK: usize = 12;
/// The number of a record and that of a person.
const MEANT: usize = 8 + 4;
/// Letters of a token: each holds five bits.
const TOKEN: usize = ((MARK + MEANT) * 8).div_ceil(5);
/// Longest part before the "+".
const PREFIX_MAX: usize = LOCAL_PART_MAX - 1 - TOKEN;

/// What a reply address is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The number of the record within its account.
    pub record: i64,
    /// Who may answer by it.
    pub person: PersonId,
}

/// What reply addresses of one account are made and read with.
#[derive(Clone)]
pub struct ReplyKey {
    key: [u8; 32],
    account: AccountId,
}

impl std::fmt::Debug for ReplyKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ReplyKey(…)")
    }
}

impl ReplyKey {
    /// By a secret of the account, which is used for nothing else.
    pub fn new(key: [u8; 32], account: AccountId) -> Self {
        Self { key, account }
    }

    /// The address for replies of a person to a record; `None` where the mailbox leaves no room for it, or is no address.
    pub fn address(&self, mailbox: &str, reply: Reply) -> Option<String> {
        let (prefix, domain) = mailbox.split_once('@')?;
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
        if prefix.is_empty() || prefix.len() > PREFIX_MAX || !prefix.bytes().all(is_plain) {
            return None;
        }
        let token = self.token(reply)?;
        let address = format!("{prefix}+{token}@{domain}");
        address
            .parse::<lettre::Address>()
            .is_ok()
            .then_some(address)
    }

    /// What an address of this key means; `None` for every other, and for one that was changed in any letter but by its case.
    pub fn read(&self, address: &str) -> Option<Reply> {
        let (_, token) = token_of(address)?;
        let bytes = BASE32_DNSSEC.decode(token.as_bytes()).ok()?;
        let (mark, hidden) = bytes.split_first_chunk::<MARK>()?;
        let meant = self.hidden(mark, hidden.try_into().ok()?)?;
        let is_ours = self.mark(&meant)?.ct_eq(mark);
        let (record, person) = meant.split_first_chunk::<8>()?;
        let reply = Reply {
            record: i64::from_be_bytes(*record),
            person: PersonId::from_number(u32::from_be_bytes(person.try_into().ok()?))?,
        };
        bool::from(is_ours).then_some(reply)
    }

    /// A text, or a mail as it came, in which no address of this key can be read any more: whoever reads it could write as somebody else.
    /// It stays as long as it was.
    pub fn hide(&self, text: &[u8]) -> Vec<u8> {
        let mut out = text.to_vec();
        let plus = text.iter().enumerate().filter(|(_, byte)| **byte == b'+');
        for (at, _) in plus {
            let token = at + 1..at + 1 + TOKEN;
            let Some(letters) = text.get(token.clone()) else {
                continue;
            };
            let letters = String::from_utf8_lossy(letters).to_ascii_lowercase();
            if self.read(&format!("x+{letters}@example.org")).is_some()
                && let Some(hidden) = out.get_mut(token)
            {
                hidden.fill(b'x');
            }
        }
        out
    }

    fn token(&self, reply: Reply) -> Option<String> {
        let mut meant = [0; MEANT];
        let (record, person) = meant.split_at_mut(8);
        record.copy_from_slice(&reply.record.to_be_bytes());
        person.copy_from_slice(&reply.person.number().to_be_bytes());
        let mark = self.mark(&meant)?;
        let hidden = self.hidden(&mark, meant)?;
        Some(BASE32_DNSSEC.encode(&[mark.as_slice(), &hidden].concat()))
    }

    /// The mark of a record and a person in this account.
    fn mark(&self, meant: &[u8; MEANT]) -> Option<[u8; MARK]> {
        self.keyed("reply address: mark", meant)
    }

    /// Numbers never leave in the clear. The mark is another for each pair, so it is fit to hide that pair by; twice hidden is shown again.
    fn hidden(&self, mark: &[u8; MARK], meant: [u8; MEANT]) -> Option<[u8; MEANT]> {
        let mask: [u8; MEANT] = self.keyed("reply address: hide", mark)?;
        let mut out = meant;
        for (byte, mask) in out.iter_mut().zip(mask) {
            *byte ^= mask;
        }
        Some(out)
    }

    fn keyed<const N: usize>(&self, purpose: &str, of: &[u8]) -> Option<[u8; N]> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).ok()?;
        mac.update(purpose.as_bytes());
        mac.update(&self.account.0.to_be_bytes());
        mac.update(of);
        mac.finalize().into_bytes().first_chunk::<N>().copied()
    }
}

/// Whether an address has the form of a reply address below this mailbox, whoever made it.
pub(crate) fn is_below(mailbox: &str, address: &str) -> bool {
    let Some((prefix, domain)) = mailbox.split_once('@') else {
        return false;
    };
    let found = address.split_once('@');
    found.is_some_and(|(local, of)| {
        of.eq_ignore_ascii_case(domain)
            && local
                .split_once('+')
                .is_some_and(|(before, _)| before.eq_ignore_ascii_case(prefix))
    })
}

/// What stands around the "+" of an address of that form.
fn token_of(address: &str) -> Option<(&str, &str)> {
    let (local, _) = address.split_once('@')?;
    let (prefix, token) = local.split_once('+')?;
    (token.len() == TOKEN && local.len() <= LOCAL_PART_MAX).then_some((prefix, token))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAILBOX: &str = "support@example.org";

    fn key() -> ReplyKey {
        ReplyKey::new([7; 32], AccountId(1))
    }

    fn reply(record: i64, person: u32) -> Reply {
        Reply {
            record,
            person: PersonId::from_number(person).unwrap(),
        }
    }

    /// SD-37: staff download mails as they came, and the next reader is not to answer in their name.
    #[test]
    fn sd_37_no_address_is_left_in_what_is_kept() {
        let address = key().address(MAILBOX, reply(42, 7)).unwrap();
        let raw = format!(
            "To: <{}>\r\nCc: a+b@example.org\r\n\r\n2 + 2",
            address.to_uppercase()
        );
        let hidden = String::from_utf8(key().hide(raw.as_bytes())).unwrap();
        assert_eq!(hidden.len(), raw.len());
        assert!(hidden.contains("a+b@example.org") && hidden.contains("2 + 2"));
        let left = hidden.split(['<', '>']).nth(1).unwrap();
        assert_eq!(key().read(&left.to_lowercase()), None, "{hidden}");
    }

    /// SD-37: lower-case base32, 64 characters at most, bound to record and person.
    #[test]
    fn sd_37_an_address_says_what_it_was_made_for_and_fits_where_addresses_go() {
        for (record, person) in [(1, 1), (42, 7), (i64::MAX, u32::MAX)] {
            let wanted = reply(record, person);
            let address = key().address(MAILBOX, wanted).unwrap();
            let (local, domain) = address.split_once('@').unwrap();
            assert_eq!(domain, "example.org");
            assert!(local.len() <= LOCAL_PART_MAX, "{local}");
            let is_lower =
                |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'+';
            assert!(local.bytes().all(is_lower), "{local}");
            assert_eq!(key().read(&address), Some(wanted));
            assert_eq!(
                key().read(&address.to_uppercase()),
                Some(wanted),
                "case is lost on the way"
            );
            assert!(is_below(MAILBOX, &address.to_uppercase()));
        }
    }

    #[test]
    fn sd_37_no_letter_can_be_changed_left_out_or_added() {
        let address = key().address(MAILBOX, reply(42, 7)).unwrap();
        let (local, _) = address.split_once('@').unwrap();
        let (_, token) = local.split_once('+').unwrap();
        let with = |token: &str| format!("support+{token}@example.org");
        let of_token = "0123456789abcdefghijklmnopqrstuv";
        for at in 0..token.len() {
            for letter in of_token.chars().chain("wxyz-_=+. ".chars()) {
                let mut letters: Vec<char> = token.chars().collect();
                if letters[at] == letter {
                    continue;
                }
                letters[at] = letter;
                let changed: String = letters.iter().collect();
                assert_eq!(key().read(&with(&changed)), None, "{at} {letter}");
            }
            let mut shorter = token.to_owned();
            shorter.remove(at);
            assert_eq!(key().read(&with(&shorter)), None);
            let mut longer = token.to_owned();
            longer.insert(at, '0');
            assert_eq!(key().read(&with(&longer)), None);
        }
        for token in ["", "0", &format!("{token}=")] {
            assert_eq!(key().read(&with(token)), None);
        }
        for address in [MAILBOX, "", "@", "+@", token] {
            assert_eq!(key().read(address), None);
        }
    }

    #[test]
    fn sd_37_an_address_of_another_account_or_key_means_nothing() {
        let address = key().address(MAILBOX, reply(42, 7)).unwrap();
        assert_eq!(ReplyKey::new([7; 32], AccountId(2)).read(&address), None);
        assert_eq!(ReplyKey::new([8; 32], AccountId(1)).read(&address), None);
    }

    #[test]
    fn numbers_do_not_leave_in_the_clear() {
        let tokens: Vec<String> = (1..=8)
            .filter_map(|person| key().address(MAILBOX, reply(1, person)))
            .collect();
        for (at, token) in tokens.iter().enumerate() {
            for other in &tokens[..at] {
                let same = token.bytes().zip(other.bytes()).filter(|(a, b)| a == b);
                // "support+" and "@example.org", and what chance leaves.
                assert!(same.count() < 20 + TOKEN / 2, "{token} {other}");
            }
        }
    }

    #[test]
    fn a_mailbox_that_leaves_no_room_or_is_none_has_no_reply_address() {
        let made = |mailbox: &str| key().address(mailbox, reply(1, 1)).is_some();
        let fits = format!("{}@example.org", "a".repeat(PREFIX_MAX));
        assert!(made(&fits));
        for mailbox in [
            &format!("a{fits}"),
            "@example.org",
            "a+b@example.org",
            "a b@example.org",
            "support@",
            "support",
        ] {
            assert!(!made(mailbox), "{mailbox}");
        }
    }
}
