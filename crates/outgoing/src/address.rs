//! An address as somebody types it, checked before anything is asked of it.

use std::fmt;
use std::net::IpAddr;

use url::{Host, Url};

use crate::Allowed;

/// The longest address.
const LENGTH_MAX: usize = 2_000;

/// Where a request goes: `https`, or `http` inside of a network that the operator names.
#[derive(Clone, PartialEq, Eq)]
pub struct Address(Url);

/// It may hold a secret of its receiver.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(…)")
    }
}

/// Why a text is no address to send anything to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    /// It is not one at all.
    #[error("give an address like https://receiver.example.org/events, of up to 2,000 characters")]
    NotOne,
    /// Whatever stands before the host would be sent to whoever the host is.
    #[error("an address has no name and no password in it")]
    WithPassword,
    /// Without TLS.
    #[error(
        "an address begins with https://; http:// is for networks that the operator of the server allows"
    )]
    NotHttps,
    /// It leads into a network that is not the public one.
    #[error(
        "this address lies inside of a network, and the operator of the server does not allow it"
    )]
    Inside,
}

impl Address {
    /// Reads it. What a name leads to is found out each time something is sent; a number is looked at here too.
    pub fn parse(text: &str, allowed: &Allowed) -> Result<Self, BadAddress> {
        let url = Url::parse(text).map_err(|_| BadAddress::NotOne)?;
        // As it is kept and sent, which may be longer than what was typed.
        if url.as_str().len() > LENGTH_MAX {
            return Err(BadAddress::NotOne);
        }
        let is_web = matches!(url.scheme(), "https" | "http");
        if !is_web || url.fragment().is_some() || url.port() == Some(0) {
            return Err(BadAddress::NotOne);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BadAddress::WithPassword);
        }
        let address = Self(url);
        if !address.is_tls() && allowed.is_empty() {
            return Err(BadAddress::NotHttps);
        }
        match address.ip() {
            Some(ip) if !allowed.admits(ip) => Err(BadAddress::Inside),
            Some(ip) if !address.is_tls() && !allowed.names(ip) => Err(BadAddress::NotHttps),
            _ => Ok(address),
        }
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Whether both lead to the same server: scheme, host and port.
    pub fn has_origin_of(&self, other: &Self) -> bool {
        self.0.origin() == other.0.origin()
    }

    /// Whether TLS is spoken.
    pub(crate) fn is_tls(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Its host, where that is a number; `url` reads each way in which one can be written.
    pub(crate) fn ip(&self) -> Option<IpAddr> {
        match self.0.host()? {
            Host::Domain(_) => None,
            Host::Ipv4(ip) => Some(ip.into()),
            Host::Ipv6(ip) => Some(ip.into()),
        }
    }

    /// Its host, where that is a name.
    pub(crate) fn name(&self) -> Option<&str> {
        self.0.domain()
    }

    pub(crate) fn port(&self) -> u16 {
        self.0.port_or_known_default().unwrap_or(443)
    }

    /// What stands in the header `Host`.
    pub(crate) fn authority(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        match self.0.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }

    /// Path and query, as they are asked for.
    pub(crate) fn target(&self) -> String {
        match self.0.query() {
            Some(query) => format!("{}?{query}", self.0.path()),
            None => self.0.path().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> Option<BadAddress> {
        Address::parse(text, &Allowed::default()).err()
    }

    #[test]
    fn an_address_is_https_and_of_the_public_network() {
        assert_eq!(wrong("https://receiver.example.org/events?of=desk"), None);
        assert_eq!(wrong("https://1.1.1.1:8443/"), None);
        for (text, why) in [
            ("receiver.example.org", BadAddress::NotOne),
            ("ftp://receiver.example.org", BadAddress::NotOne),
            ("file:///etc/passwd", BadAddress::NotOne),
            ("https://", BadAddress::NotOne),
            ("https://receiver.example.org/#part", BadAddress::NotOne),
            ("http://receiver.example.org/", BadAddress::NotHttps),
            (
                "https://ann:secret@receiver.example.org/",
                BadAddress::WithPassword,
            ),
            ("https://127.0.0.1/", BadAddress::Inside),
            ("https://[::1]/", BadAddress::Inside),
            ("https://[::ffff:10.0.0.1]/", BadAddress::Inside),
            (
                "https://169.254.169.254/latest/meta-data",
                BadAddress::Inside,
            ),
            // Other ways to write 127.0.0.1.
            ("https://2130706433/", BadAddress::Inside),
            ("https://0x7f.1/", BadAddress::Inside),
            ("https://017700000001/", BadAddress::Inside),
            ("https://127.1/", BadAddress::Inside),
            ("https://①②⑦.0.0.1/", BadAddress::Inside),
        ] {
            assert_eq!(wrong(text), Some(why), "{text}");
        }
    }

    #[test]
    fn without_tls_it_leads_to_what_the_operator_names() {
        let here = Allowed::from(vec!["127.0.0.0/8".parse().unwrap()]);
        let parse = |text: &str| Address::parse(text, &here).err();
        assert_eq!(parse("http://127.0.0.1:9/hook"), None);
        // What its name leads to is found out when something is sent.
        assert_eq!(parse("http://receiver.example.org/"), None);
        assert_eq!(parse("http://1.1.1.1/"), Some(BadAddress::NotHttps));
        assert_eq!(parse("http://10.0.0.1/"), Some(BadAddress::Inside));
    }

    #[test]
    fn an_address_is_as_long_as_it_is_sent() {
        let of = |length: usize| format!("https://receiver.example.org/{}", "a".repeat(length));
        assert_eq!(wrong(&of(2_000 - 29)), None);
        assert_eq!(wrong(&of(2_000 - 28)), Some(BadAddress::NotOne));
        // Each of these is sent as six characters.
        let wide = format!("https://receiver.example.org/{}", "ä".repeat(400));
        assert_eq!(wrong(&wide), Some(BadAddress::NotOne));
    }

    #[test]
    fn another_scheme_host_or_port_is_another_server() {
        let address = |text: &str| Address::parse(text, &Allowed::default()).unwrap();
        let one = address("https://receiver.example.org/a?b");
        for same in [
            "https://receiver.example.org/",
            "https://RECEIVER.example.org:443/c",
        ] {
            assert!(one.has_origin_of(&address(same)), "{same}");
        }
        for other in [
            "https://receiver.example.org:8443/a?b",
            "https://example.org/a?b",
        ] {
            assert!(!one.has_origin_of(&address(other)), "{other}");
        }
    }

    #[test]
    fn what_is_asked_for_is_what_was_typed() {
        let address = Address::parse(
            "https://receiver.example.org:8443/a/b?c=d%20e",
            &Allowed::default(),
        )
        .unwrap();
        assert_eq!(address.authority(), "receiver.example.org:8443");
        assert_eq!(address.target(), "/a/b?c=d%20e");
        assert_eq!(format!("{address:?}"), "Address(…)");
    }
}
