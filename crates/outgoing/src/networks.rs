//! Which network addresses may be spoken to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use ipnet::IpNet;

/// What of IPv4 is nobody's on the internet (RFC 6890 and what came after it).
const NOT_PUBLIC_V4: [([u8; 4], u8); 15] = [
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
];
/// What of IPv6 is: global unicast, less what stands in [`NOT_PUBLIC_V6`].
const PUBLIC_V6: (u16, u16) = (0x2000, 0x3fff);
/// Protocol assignments with Teredo, documentation, 6to4 (which leads to any IPv4 address), documentation.
const NOT_PUBLIC_V6: [([u16; 2], u8); 4] = [
    ([0x2001, 0x0000], 23),
    ([0x2001, 0x0db8], 32),
    ([0x2002, 0x0000], 16),
    ([0x3fff, 0x0000], 20),
];

/// The addresses that requests may go to: what is public, and the networks that the operator of the server names.
#[derive(Clone, Debug, Default)]
pub struct Allowed(Arc<[IpNet]>);

impl From<Vec<IpNet>> for Allowed {
    fn from(networks: Vec<IpNet>) -> Self {
        Self(networks.into())
    }
}

impl Allowed {
    /// Whether a request may go there.
    pub fn admits(&self, ip: IpAddr) -> bool {
        // An IPv4 address in the clothes of IPv6 is that address.
        let ip = ip.to_canonical();
        is_public(ip) || self.names(ip)
    }

    /// Whether the operator names it: what is inside of their network may be spoken to without TLS.
    pub fn names(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        self.0.iter().any(|network| network.contains(&ip))
    }

    /// Whether the operator names nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let is_in = |(network, bits): &([u8; 4], u8)| {
        let mask = u32::MAX << (32 - u32::from(*bits));
        u32::from(ip) & mask == u32::from_be_bytes(*network)
    };
    !NOT_PUBLIC_V4.iter().any(is_in)
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [first, second, ..] = ip.segments();
    let begin = u32::from(first) << 16 | u32::from(second);
    let is_in = |([one, two], bits): &([u16; 2], u8)| {
        let mask = u32::MAX << (32 - u32::from(*bits));
        begin & mask == u32::from(*one) << 16 | u32::from(*two)
    };
    (PUBLIC_V6.0..=PUBLIC_V6.1).contains(&first) && !NOT_PUBLIC_V6.iter().any(is_in)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admits(allowed: &Allowed, text: &str) -> bool {
        allowed.admits(text.parse().unwrap())
    }

    #[test]
    fn nothing_inside_of_a_network_is_spoken_to_unless_it_is_named() {
        let none = Allowed::default();
        for inside in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "fc00::1",
            "fdff::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!admits(&none, inside), "{inside}");
        }
    }

    #[test]
    fn what_is_public_is_spoken_to() {
        let none = Allowed::default();
        for public in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.1",
            "192.167.255.255",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "::ffff:1.1.1.1",
            "2606:4700:4700::1111",
            "2a00:1450::1",
            "2001:4860:4860::8888",
        ] {
            assert!(admits(&none, public), "{public}");
            assert!(!none.names(public.parse().unwrap()));
        }
    }

    #[test]
    fn the_operator_opens_networks_one_by_one() {
        let some = Allowed::from(vec![
            "10.1.0.0/16".parse().unwrap(),
            "fd00:1::/32".parse().unwrap(),
        ]);
        assert!(
            admits(&some, "10.1.2.3")
                && admits(&some, "::ffff:10.1.2.3")
                && admits(&some, "fd00:1::9")
        );
        assert!(
            !admits(&some, "10.2.0.1")
                && !admits(&some, "127.0.0.1")
                && !admits(&some, "fd00:2::9")
        );
    }
}
