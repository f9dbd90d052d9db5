//! The certificate that a client has shown: at our own TLS handshake, or to a proxy of ours that says so.

use std::{convert::Infallible, net::IpAddr, net::SocketAddr, sync::Arc};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, request::Parts},
};
use rustls::pki_types::CertificateDer;

use super::{Door, caller::Address};
use crate::{
    flow::client_auth::From,
    protocol::x509::{ShownCertificate, forwarded},
};

/// How proxies pass client certificates on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ForwardedCertificates {
    /// They do not: such header fields are nobody's word.
    #[default]
    Off,
    /// `Client-Cert` and `Client-Cert-Chain` (RFC 9440).
    Rfc9440,
    /// `X-SSL-Client-Cert` with `$ssl_client_escaped_cert` (nginx).
    Nginx,
}

/// What was shown at the handshake of the connection that a request came by.
#[derive(Clone, Debug)]
pub(super) struct PeerCertificate(Option<Arc<ShownCertificate>>);

impl PeerCertificate {
    pub(super) const fn none() -> Self {
        Self(None)
    }

    pub(super) fn from_handshake(chain: Option<&[CertificateDer<'_>]>) -> Self {
        let shown = chain.and_then(|chain| chain.split_first()).and_then(|(own, intermediates)| {
            ShownCertificate::new(own.to_vec(), intermediates.iter().map(|der| der.to_vec()).collect())
        });
        Self(shown.map(Arc::new))
    }
}

/// Who calls, as far as the connection says: address, and certificate if one was shown.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) address: IpAddr,
    pub(super) certificate: Option<Arc<ShownCertificate>>,
}

impl Caller {
    /// For the flows.
    pub(super) fn from(&self) -> From<'_> {
        From { address: self.address, certificate: self.certificate.as_deref() }
    }
}

impl FromRequestParts<Door> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, door: &Door) -> Result<Self, Infallible> {
        let Address(address) = Address::from_request_parts(parts, door).await?;
        let handshake = parts.extensions.get::<PeerCertificate>().and_then(|peer| peer.0.clone());
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
        let settings = door.settings();
        let is_proxy = peer.is_some_and(|peer| settings.trusted_proxies.iter().any(|network| network.contains(&peer)));
        // A proxy's own certificate is not its clients': from a proxy only what it says counts.
        let certificate = match settings.forwarded_certificates {
            ForwardedCertificates::Off => handshake,
            how if is_proxy => said_by_proxy(how, &parts.headers).map(Arc::new),
            _ => handshake,
        };
        Ok(Self { address, certificate })
    }
}

/// One field, once: two would be somebody's who slipped one past the proxy.
fn said_by_proxy(how: ForwardedCertificates, headers: &HeaderMap) -> Option<ShownCertificate> {
    let only = |name: &str| {
        let mut values = headers.get_all(name).iter();
        let value = values.next()?.to_str().ok()?;
        values.next().is_none().then_some(value)
    };
    match how {
        ForwardedCertificates::Off => None,
        ForwardedCertificates::Rfc9440 => {
            let chain = if headers.contains_key("client-cert-chain") { Some(only("client-cert-chain")?) } else { None };
            forwarded::rfc9440(only("client-cert")?, chain)
        }
        ForwardedCertificates::Nginx => forwarded::nginx(only("x-ssl-client-cert")?),
    }
}
