//! Addresses in headers.

use mail_parser::{Address, HeaderName, HeaderValue, Message};

use super::text::{line, unquoted};
use super::{ADDRESSES_MAX, raw};

/// Longest name beside an address.
const NAME_MAX: usize = 100;
/// Longest address (RFC 5321).
const ADDRESS_MAX: usize = 254;

/// The sender with their name, where there is one header with one address and nothing that two programs could read differently (SD-37).
pub(super) fn one_from(message: &Message<'_>) -> Option<(String, Option<String>)> {
    let mut headers = message.headers().iter();
    let header = headers.find(|header| header.name == HeaderName::From)?;
    if headers.any(|header| header.name == HeaderName::From) {
        return None;
    }
    let HeaderValue::Address(Address::List(list)) = &header.value else {
        return None;
    };
    let [one] = list.as_slice() else {
        return None;
    };
    let address = plain(one.address.as_deref()?)?;
    // The parser is forgiving; what it forgives could be read as somebody else by whoever checked the sender.
    let mut written = raw(message, "From");
    let has_one = |written: &str| {
        let unquoted = unquoted(written);
        unquoted.matches('@').count() == 1 && unquoted.matches('<').count() <= 1
    };
    if !written.next().is_some_and(has_one) {
        return None;
    }
    let name = one.name.as_deref().map(|name| line(name, NAME_MAX));
    Some((address, name.filter(|name| !name.is_empty())))
}

/// All addresses of a header.
pub(super) fn all(message: &Message<'_>, name: &HeaderName<'static>) -> Vec<String> {
    let headers = message.headers().iter();
    headers
        .filter(|header| header.name == *name)
        .filter_map(|header| header.value.as_address())
        .flat_map(Address::iter)
        .filter_map(|one| plain(one.address.as_deref()?))
        .take(ADDRESSES_MAX)
        .collect()
}

/// Where the last server delivered it: the topmost of each header of that meaning.
pub(super) fn delivered_to(message: &Message<'_>) -> Vec<String> {
    let names = ["X-Original-To", "Delivered-To", "Envelope-To"];
    let mut all: Vec<String> = Vec::new();
    for value in names.iter().filter_map(|name| raw(message, name).next()) {
        for address in value.split(',').take(ADDRESSES_MAX).filter_map(plain) {
            if !all.contains(&address) {
                all.push(address);
            }
        }
    }
    all
}

/// An address that means the same to every program: one "@", nothing quoted, nothing invisible.
pub(super) fn plain(address: &str) -> Option<String> {
    let address = address.trim();
    let address = address.strip_prefix('<').unwrap_or(address);
    let address = address.strip_suffix('>').unwrap_or(address);
    let (local, domain) = address.split_once('@')?;
    let is_plain = |letter: char| {
        !letter.is_whitespace() && !letter.is_control() && !"@<>()[]\\,;:\"".contains(letter)
    };
    let is_one = !local.is_empty()
        && !domain.is_empty()
        && address.len() <= ADDRESS_MAX
        && local.chars().chain(domain.chars()).all(is_plain)
        && address.parse::<lettre::Address>().is_ok();
    is_one.then(|| address.to_owned())
}
