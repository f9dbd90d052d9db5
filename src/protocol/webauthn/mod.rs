//! Passkeys (Web Authentication Level 3): what a browser answers when somebody makes one ([`register`], §7.1) or proves
//! one ([`assert()`], §7.2), checked. Bytes in, types out.
//!
//! An authenticator signs over its own data ([`authenticator_data`]) and the hash of what the browser saw
//! ([`client_data`]): which challenge, which origin, in no frame. The public key is a COSE key ([`cose`]). Attestation is
//! not asked for and its statement never read ([`attestation`]): it would say which product somebody uses, and nothing here
//! depends on that (decision 0026).

mod assertion;
mod attestation;
mod authenticator_data;
mod client_data;
mod cose;
mod options;
mod refusal;
mod registration;
#[cfg(test)]
mod tests;

pub use self::{
    assertion::{Assertion, Known, Proof, assert},
    cose::ALGORITHMS,
    options::{User, creation, request},
    refusal::Refusal,
    registration::{NewCredential, Registration, register},
};

/// Who asks (§4 "Relying Party"): one host, one origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelyingParty {
    id: String,
    origin: String,
}

/// What is expected of an answer.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// Who asked.
    pub party: &'a RelyingParty,
    /// With which challenge.
    pub challenge: &'a [u8],
    /// Whether the authenticator has to have verified the person, by a PIN or a finger.
    pub user_verification: bool,
}

impl RelyingParty {
    /// The one at this address; `None` if its host is no name: browsers make no passkey for an IP address.
    pub fn at(public_url: &str) -> Option<Self> {
        let url = url::Url::parse(public_url).ok()?;
        match url.host()? {
            url::Host::Domain(name) => Some(Self { id: name.to_owned(), origin: url.origin().ascii_serialization() }),
            url::Host::Ipv4(_) | url::Host::Ipv6(_) => None,
        }
    }

    /// The relying party identifier: the host.
    pub fn id(&self) -> &str {
        &self.id
    }
}
