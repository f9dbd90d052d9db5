//! Whom we call: public addresses over TLS, and what the operator has named.
//!
//! Addresses of metadata, logos, web services and providers come from other people's documents. Without this rule one of
//! them could have us ask our own neighbours: the database next door, a cloud's metadata service (server-side request
//! forgery). A name is looked up by a [resolver of ours](Outbound::resolve) that hands out only what may be reached, so
//! that the address that was judged is the one that is called; an address written as a number is judged in
//! [`Outbound::check`], which every request and every redirect goes through.

use std::{
    fmt, io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// What may be called. By default public addresses over https, and nothing else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outbound {
    anywhere: bool,
    allowed: Vec<Allowed>,
}

/// What an operator allows beyond the public: also without TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Allowed {
    /// A host by its name, wherever that leads; lower case.
    Host(String),
    /// Addresses, as a number in the URL or found by a name.
    Network(IpNet),
}

/// Why a call is not made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not a URL, or of another scheme than http and https.
    #[error("{0} is no https address")]
    NotWeb(String),
    /// Without TLS.
    #[error("{0} is not called without TLS: use https, or allow it in [outbound]")]
    NotHttps(String),
    /// A user name or password in the URL: it would end up in logs.
    #[error("the address of {0} holds a user name or password")]
    Credentials(String),
    /// Only addresses inside: loopback, private, link-local, reserved.
    #[error("{0} is not a public address: allow it in [outbound] if it is meant to be called")]
    Inside(String),
}

impl Allowed {
    /// `idp.intern.example`, `10.20.0.0/16` or `192.0.2.7`. The error completes "`outbound.allowed` …".
    pub fn parse(text: &str) -> Result<Self, String> {
        let network = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        if let Ok(network) = network {
            return match network.trunc() {
                whole if whole == network => Ok(Self::Network(network)),
                whole => Err(format!("holds `{network}`, which has bits behind its prefix; write `{whole}`")),
            };
        }
        match Host::parse(text) {
            Ok(Host::Domain(name)) if !name.contains('*') => Ok(Self::Host(plain(&name))),
            _ => Err(format!("holds `{text:.40}`, which is neither a host name nor a network like 10.20.0.0/16")),
        }
    }
}

impl Outbound {
    /// No limit: for addresses that whoever sits at the keyboard has typed, and for tests.
    pub const fn anywhere() -> Self {
        Self { anywhere: true, allowed: Vec::new() }
    }

    /// Public addresses, and these.
    pub fn public_and(allowed: impl IntoIterator<Item = Allowed>) -> Self {
        Self { anywhere: false, allowed: allowed.into_iter().collect() }
    }

    /// Whether a request to this URL may be made, as far as the URL tells: what its name leads to is judged when it is
    /// looked up.
    pub fn check(&self, url: &Url) -> Result<(), Refusal> {
        let shown = || url.host_str().map_or_else(|| url.scheme().to_owned(), str::to_owned);
        let (true, Some(host)) = (matches!(url.scheme(), "https" | "http"), url.host()) else {
            return Err(Refusal::NotWeb(shown()));
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::Credentials(shown()));
        }
        let is_named = match host {
            Host::Domain(name) => self.names(name),
            Host::Ipv4(address) => self.judge(address.into()).ok_or_else(|| Refusal::Inside(shown()))?.is_named,
            Host::Ipv6(address) => self.judge(address.into()).ok_or_else(|| Refusal::Inside(shown()))?.is_named,
        };
        if url.scheme() == "https" || is_named { Ok(()) } else { Err(Refusal::NotHttps(shown())) }
    }

    fn names(&self, host: &str) -> bool {
        let host = plain(host);
        self.anywhere || self.allowed.iter().any(|allowed| matches!(allowed, Allowed::Host(name) if *name == host))
    }

    fn judge(&self, address: IpAddr) -> Option<Reachable> {
        let address = address.to_canonical();
        let is_named = self.anywhere
            || self.allowed.iter().any(|allowed| matches!(allowed, Allowed::Network(net) if net.contains(&address)));
        (is_named || is_public(address)).then_some(Reachable { is_named })
    }
}

struct Reachable {
    /// Because the operator named it.
    is_named: bool,
}

fn plain(host: &str) -> String {
    host.trim_end_matches('.').to_ascii_lowercase()
}

/// Looks names up, and forgets what may not be reached.
impl Resolve for Outbound {
    fn resolve(&self, name: Name) -> Resolving {
        let rules = self.clone();
        Box::pin(async move {
            let host = name.as_str();
            let is_named = rules.names(host);
            let found: Vec<SocketAddr> = tokio::net::lookup_host((host, 0)).await?.collect();
            if found.is_empty() {
                return Err(io::Error::new(io::ErrorKind::NotFound, "the name has no address").into());
            }
            let reachable: Vec<_> =
                found.into_iter().filter(|address| is_named || rules.judge(address.ip()).is_some()).collect();
            if reachable.is_empty() {
                return Err(Refusal::Inside(host.to_owned()).into());
            }
            Ok(Box::new(reachable.into_iter()) as Addrs)
        })
    }
}

/// Whether anybody in the world would reach the same machine by this address (IANA special-purpose registries).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// Everything but the special purposes of RFC 6890 and multicast.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let special = match address.octets() {
        [100, second, ..] => (64..128).contains(&second), // shared by carriers; a cloud's metadata service, too
        [172, second, ..] => (16..32).contains(&second),
        octets => matches!(
            octets,
            [0 | 10 | 127 | 224..=255, ..]
                | [169, 254, ..]
                | [192, 168, ..]
                | [192, 0, 0 | 2, _]
                | [192, 88, 99, _]
                | [198, 18 | 19, ..]
                | [198, 51, 100, _]
                | [203, 0, 113, _]
        ),
    };
    !special
}

/// Global unicast (`2000::/3`) without its special purposes. What only wraps an IPv4 address is judged by that.
fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => is_public_v4(embedded(high, low)),
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => false,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

fn embedded(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from((u32::from(high) << 16) | u32::from(low))
}

impl fmt::Display for Allowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host(name) => f.write_str(name),
            Self::Network(network) => network.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rules: &Outbound, url: &str) -> Result<(), Refusal> {
        rules.check(&Url::parse(url).unwrap())
    }

    fn allowing(entries: &[&str]) -> Outbound {
        Outbound::public_and(entries.iter().map(|entry| Allowed::parse(entry).unwrap()))
    }

    #[test]
    fn what_is_inside_is_refused_however_it_is_written() {
        for host in [
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f.1",
            "0177.0.0.1",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.100.100.200",
            "192.0.0.192",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "[::1]",
            "[::]",
            "[fe80::1]",
            "[fd00:ec2::254]",
            "[fc00::1]",
            "[ff02::1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:a9fe:a9fe]",
            "[64:ff9b::a9fe:a9fe]",
            "[64:ff9b:1::1]",
            "[2002:a9fe:a9fe::]",
            "[2001::1]",
            "[2001:db8::1]",
            "[::127.0.0.1]",
            "[fec0::1]",
        ] {
            let refused = check(&Outbound::default(), &format!("https://{host}/"));
            assert!(matches!(refused, Err(Refusal::Inside(_))), "{host}: {refused:?}");
        }
    }

    #[test]
    fn what_is_public_is_called_over_tls_only() {
        for host in ["idp.example", "8.8.8.8", "172.32.0.1", "100.128.0.1", "[2a00:1450::1]", "[64:ff9b::808:808]"] {
            assert_eq!(check(&Outbound::default(), &format!("https://{host}/")), Ok(()), "{host}");
            let plain = check(&Outbound::default(), &format!("http://{host}/"));
            assert!(matches!(plain, Err(Refusal::NotHttps(_))), "{host}: {plain:?}");
        }
    }

    #[test]
    fn other_schemes_and_passwords_in_the_address_are_refused() {
        for url in ["file:///etc/passwd", "ftp://idp.example/", "gopher://127.0.0.1/", "data:,x", "mailto:a@b"] {
            assert!(matches!(check(&Outbound::anywhere(), url), Err(Refusal::NotWeb(_))), "{url}");
        }
        let refused = check(&Outbound::anywhere(), "https://user:secret@idp.example/");
        assert_eq!(refused, Err(Refusal::Credentials("idp.example".into())));
    }

    #[test]
    fn what_the_operator_names_is_called_and_nothing_beside_it() {
        let rules = allowing(&["idp.intern.example", "10.20.0.0/16", "fd12::/16"]);
        for url in [
            "http://idp.intern.example/",
            "https://IDP.intern.example./",
            "http://10.20.1.1:8080/",
            "https://10.20.255.255/",
            "http://[fd12::7]/",
            "https://[::ffff:10.20.0.1]/",
        ] {
            assert_eq!(check(&rules, url), Ok(()), "{url}");
        }
        for url in
            ["http://intern.example/", "http://x.idp.intern.example/", "https://10.21.0.1/", "https://[fd13::1]/"]
        {
            assert!(check(&rules, url).is_err(), "{url}");
        }
    }

    #[test]
    fn an_entry_is_a_name_or_a_network() {
        assert_eq!(Allowed::parse("IdP.Example."), Ok(Allowed::Host("idp.example".into())));
        assert_eq!(Allowed::parse("192.0.2.7").unwrap().to_string(), "192.0.2.7/32");
        for (entry, why) in [
            ("10.0.0.1/8", "write `10.0.0.0/8`"),
            ("*.example", "neither"),
            ("https://idp.example", "neither"),
            ("idp.example:8080", "neither"),
            ("", "neither"),
        ] {
            assert!(Allowed::parse(entry).is_err_and(|fault| fault.contains(why)), "{entry}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_has_no_address() {
        let look_up =
            |rules: Outbound| async move { rules.resolve("localhost".parse().unwrap()).await.map(Iterator::count) };
        let refused = look_up(Outbound::default()).await.unwrap_err();
        assert_eq!(refused.downcast_ref(), Some(&Refusal::Inside("localhost".into())));
        assert!(look_up(allowing(&["localhost"])).await.unwrap() > 0);
        assert!(look_up(allowing(&["127.0.0.0/8", "::1"])).await.unwrap() > 0);
    }
}
