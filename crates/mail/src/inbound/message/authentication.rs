//! What a trusted server says of the sender: `Authentication-Results` (RFC 8601).

use mail_parser::Message;

use super::raw;
use super::text::unquoted;

/// SD-37: the topmost word on the sender is one of a trusted server, and says that DMARC passed for this From. Whatever stands below it may
/// have been written by the sender.
pub(super) fn passes(message: &Message<'_>, trusted: &[String], from: &str) -> bool {
    let Some(value) = raw(message, "Authentication-Results").next() else {
        return false;
    };
    let Some((_, domain)) = from.rsplit_once('@') else {
        return false;
    };
    let value = unquoted(value);
    let mut parts = value.split(';');
    // The name, and perhaps the version of the format after it.
    let server = parts.next().and_then(|it| it.split_whitespace().next());
    let is_trusted = server.is_some_and(|server| {
        let mut names = trusted.iter();
        names.any(|name| name.eq_ignore_ascii_case(server))
    });
    if !is_trusted {
        return false;
    }
    let results: Vec<_> = parts.filter_map(dmarc).collect();
    // Two results contradict each other, or are a trick.
    matches!(results.as_slice(), [(true, Some(of))] if of.eq_ignore_ascii_case(domain))
}

/// Whether DMARC passed, and for the From of which domain; `None` where the result is another one.
fn dmarc(result: &str) -> Option<(bool, Option<&str>)> {
    let mut words = result.split_whitespace();
    let (method, outcome) = words.next()?.split_once('=')?;
    if !method.eq_ignore_ascii_case("dmarc") && !method.eq_ignore_ascii_case("dmarc/1") {
        return None;
    }
    let domain = words
        .filter_map(|word| word.split_once('='))
        .find(|(name, _)| name.eq_ignore_ascii_case("header.from"))
        .map(|(_, domain)| domain);
    Some((outcome.eq_ignore_ascii_case("pass"), domain))
}
