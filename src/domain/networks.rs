//! Networks that somebody may come from: prefixes of addresses.
//!
//! An IPv4 address that is written as an IPv6 one (`::ffff:192.0.2.7`, RFC 4291 §2.5.5.2) is the IPv4 address, and so is a
//! network of such: whoever has one of the two on a list means the other as well.

use std::net::{IpAddr, Ipv4Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::base::limits;

/// Networks that are let in; none: every address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AllowList(Vec<IpNet>);

/// What is wrong with a network or a list of them.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NetworkFault {
    /// Neither an address nor a prefix.
    #[error("`{0}` is no network like 192.0.2.0/24 or 2001:db8::/32")]
    Malformed(String),
    /// An address within the network instead of the network: one of the two is a slip.
    #[error("`{given}` has bits behind its prefix; `{meant}` would be the network")]
    BitsBehind {
        /// As it was written.
        given: String,
        /// As it may be meant.
        meant: IpNet,
    },
    /// A prefix of no length.
    #[error("`{0}` is every address")]
    Everything(String),
    /// A list that nobody reads any more.
    #[error("more than {} networks", limits::NETWORKS)]
    TooMany,
}

impl AllowList {
    /// What somebody typed: networks or single addresses, with white space or commas between them.
    pub fn parse(text: &str) -> Result<Self, NetworkFault> {
        let mut networks = Vec::new();
        for word in text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty()) {
            let network = parse_network(word)?;
            if !networks.contains(&network) {
                networks.push(network);
            }
            if networks.len() > limits::NETWORKS {
                return Err(NetworkFault::TooMany);
            }
        }
        Ok(Self(networks))
    }

    /// Whether this address is let in.
    pub fn lets_in(&self, address: IpAddr) -> bool {
        self.0.is_empty() || contains(&self.0, address)
    }

    /// Whether every address is let in.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The networks.
    pub fn networks(&self) -> &[IpNet] {
        &self.0
    }
}

/// A network or a single address.
pub fn parse_network(text: &str) -> Result<IpNet, NetworkFault> {
    let network = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    let network = network.map_err(|_| NetworkFault::Malformed(shown(text)))?;
    if network.trunc() != network {
        return Err(NetworkFault::BitsBehind { given: shown(text), meant: canonical(network.trunc()) });
    }
    let network = canonical(network);
    if network.prefix_len() == 0 { Err(NetworkFault::Everything(shown(text))) } else { Ok(network) }
}

/// Whether one of these networks has this address.
pub fn contains(networks: &[IpNet], address: IpAddr) -> bool {
    let address = address.to_canonical();
    networks.iter().any(|network| canonical(*network).contains(&address))
}

/// As near as is said of somebody in the log and the trail: enough to tell places apart, not a person's address.
pub fn vicinity(address: IpAddr) -> String {
    let network = match address.to_canonical() {
        IpAddr::V4(v4) => Ipv4Net::new(v4, 24).map(|net| net.trunc().to_string()),
        IpAddr::V6(v6) => Ipv6Net::new(v6, 48).map(|net| net.trunc().to_string()),
    };
    network.unwrap_or_default()
}

fn canonical(network: IpNet) -> IpNet {
    let IpNet::V6(v6) = network else { return network };
    match (v6.addr().to_ipv4_mapped(), v6.prefix_len().checked_sub(96)) {
        (Some(v4), Some(length)) => Ipv4Net::new(v4, length).map_or(network, IpNet::V4),
        // `::ffff:0:0/96` itself reads as 0.0.0.0/0 above; a shorter prefix has no IPv4 address in it.
        _ => network,
    }
}

/// At most so much of what was typed, without what would disturb a page or a log.
fn shown(text: &str) -> String {
    text.chars().take(50).map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect()
}

/// An address for samples and tests (RFC 5737).
pub const EXAMPLE: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7));

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> AllowList {
        AllowList::parse(text).unwrap()
    }

    fn lets_in(text: &str, address: &str) -> bool {
        list(text).lets_in(address.parse().unwrap())
    }

    #[test]
    fn an_empty_list_lets_everybody_in_and_any_other_only_its_own() {
        assert!(lets_in(" \n, ", "203.0.113.7") && list("").is_empty());
        assert!(lets_in("192.0.2.0/24, 2001:db8::/32", "192.0.2.255"));
        assert!(lets_in("192.0.2.0/24\r\n2001:db8::/32", "2001:db8:ffff::1"));
        assert!(!lets_in("192.0.2.0/24 2001:db8::/32", "192.0.3.0"));
        assert!(!lets_in("192.0.2.0/24 2001:db8::/32", "2001:db9::"));
        assert!(lets_in("192.0.2.7", "192.0.2.7") && !lets_in("192.0.2.7", "192.0.2.8"));
    }

    #[test]
    fn an_ipv4_address_is_the_same_however_it_is_written() {
        assert!(lets_in("192.0.2.0/24", "::ffff:192.0.2.7"));
        assert!(lets_in("::ffff:192.0.2.0/120", "192.0.2.7"));
        assert!(lets_in("::ffff:192.0.2.7", "::ffff:192.0.2.7"));
        assert!(!lets_in("::ffff:192.0.2.0/120", "192.0.3.7"));
        assert!(!lets_in("2000::/3", "192.0.2.7"));
        assert!(contains(&["::ffff:192.0.2.0/120".parse().unwrap()], "192.0.2.7".parse().unwrap()));
    }

    #[test]
    fn what_is_no_network_is_refused_by_name() {
        let fault = |text| AllowList::parse(text).unwrap_err();
        for bad in ["office", "192.0.2.0/33", "192.0.2", "2001:db8::/129", "192.0.2.0-192.0.2.9", "fe80::1%eth0"] {
            assert_eq!(fault(bad), NetworkFault::Malformed(bad.to_owned()), "{bad}");
        }
        let meant = "192.0.2.0/24".parse().unwrap();
        assert_eq!(fault("192.0.2.7/24"), NetworkFault::BitsBehind { given: "192.0.2.7/24".into(), meant });
        for every in ["0.0.0.0/0", "::/0", "::ffff:0:0/96"] {
            assert_eq!(fault(every), NetworkFault::Everything(every.to_owned()));
        }
        let many = (0..=limits::NETWORKS).fold(String::new(), |list, n| format!("{list} 10.0.{n}.0/24"));
        assert_eq!(fault(&many), NetworkFault::TooMany);
        assert_eq!(list("10.0.0.0/8 10.0.0.0/8").networks().len(), 1);
    }
}
