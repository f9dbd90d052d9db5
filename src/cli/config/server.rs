//! `[server]`: where Pedell listens and what the world calls it.

use std::net::SocketAddr;

use ipnet::IpNet;
use url::{Host, Url};

use super::reader::{Section, shortened};
use crate::web::ForwardedCertificates;

/// `[server]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerSettings {
    /// The address and port to listen on.
    pub listen: SocketAddr,
    /// The address that students and ticket issuers use.
    pub public_url: PublicUrl,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// How those proxies pass client certificates on.
    pub proxy_client_certificates: ForwardedCertificates,
    /// Who runs this instance, as its pages say; may be empty.
    pub operator: String,
}

impl ServerSettings {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        Self {
            listen: section.parsed("listen", "127.0.0.1:8080", |text| {
                text.parse().map_err(|_| {
                    format!("must be an IP address and a port, like 127.0.0.1:8080, not `{}`", shortened(text))
                })
            }),
            public_url: section.parsed("public_url", "http://127.0.0.1:8080", PublicUrl::parse),
            trusted_proxies: section.list("trusted_proxies", network),
            proxy_client_certificates: section.choice(
                "proxy_client_certificates",
                "off",
                &[
                    ("off", ForwardedCertificates::Off),
                    ("rfc9440", ForwardedCertificates::Rfc9440),
                    ("nginx", ForwardedCertificates::Nginx),
                ],
            ),
            operator: section.parsed("operator", "", |text| match text.chars().count() {
                0..=200 => Ok(text.to_owned()),
                _ => Err("must be at most 200 characters".to_owned()),
            }),
        }
    }
}

/// An address without path, query or fragment; `https`, or `http` on this machine only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(Url);

impl PublicUrl {
    fn parse(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|error| format!("is not a URL: {error}"))?;
        let local = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => return Err("must name a host".to_owned()),
        };
        if url.scheme() != "https" && !(url.scheme() == "http" && local) {
            return Err("must begin with https:// (http:// is for this machine only)".to_owned());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("must not hold a user name or password".to_owned());
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err("must end after the host and port: no path, no query".to_owned());
        }
        Ok(Self(url))
    }

    /// As the `iss` of tokens: no trailing slash (OpenID Connect Discovery 1.0 §4.1 compares it letter by letter).
    pub fn issuer(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    /// For building addresses below it.
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// Whether browsers may be told to send cookies over TLS only.
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }
}

fn network(text: &str) -> Result<IpNet, String> {
    let network = text.parse::<IpNet>().or_else(|_| text.parse().map(|address: std::net::IpAddr| address.into()));
    let network = network.map_err(|_| format!("holds `{}`, which is no network like 10.0.0.0/8", shortened(text)))?;
    if network.trunc() != network {
        return Err(format!("holds `{network}`, which has bits behind its prefix; write `{}`", network.trunc()));
    }
    if network.prefix_len() == 0 {
        return Err(format!("holds `{network}`: then anybody could claim any address"));
    }
    Ok(network)
}
