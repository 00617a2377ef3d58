//! Which servers of mail are spoken to without TLS, and whom to trust with it.

use std::net::IpAddr;

pub(crate) use outgoing::tls::connector;
use url::{Host, Url};

/// Whether a server is this machine; `None` where no server is named.
pub(crate) fn is_here(url: &Url) -> Option<bool> {
    Some(match url.host()? {
        Host::Domain(name) => {
            name.eq_ignore_ascii_case("localhost")
                || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
        }
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
    })
}
