//! Why an authenticator's answer is refused.

use thiserror::Error;

/// Why. Its name is for the audit trail and the log; people are told the same for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{}", self.name())]
pub enum Refusal {
    /// Over a limit.
    TooLong,
    /// The client data are not the JSON of §5.8.1.
    ClientData,
    /// Another ceremony's answer.
    Type,
    /// Another challenge's answer.
    Challenge,
    /// Given to another site.
    Origin,
    /// Given within a frame of another site.
    CrossOrigin,
    /// Not the CBOR that it has to be.
    Cbor,
    /// The authenticator data are cut short, too long, or lack what their flags say.
    AuthenticatorData,
    /// Made for another relying party.
    RelyingParty,
    /// Nobody was there.
    NotPresent,
    /// The authenticator has not verified who it was.
    NotVerified,
    /// Backed up without being eligible, or not as when it was made.
    Backup,
    /// A key of a kind that was not asked for, or that is not one.
    Key,
    /// No signature of that key over these data.
    Signature,
    /// A counter that has not gone forward: there may be a second copy of the authenticator.
    Counter,
}

impl Refusal {
    /// Stable.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TooLong => "too_long",
            Self::ClientData => "client_data",
            Self::Type => "type",
            Self::Challenge => "challenge",
            Self::Origin => "origin",
            Self::CrossOrigin => "cross_origin",
            Self::Cbor => "cbor",
            Self::AuthenticatorData => "authenticator_data",
            Self::RelyingParty => "relying_party",
            Self::NotPresent => "user_presence",
            Self::NotVerified => "user_verification",
            Self::Backup => "backup",
            Self::Key => "key",
            Self::Signature => "signature",
            Self::Counter => "counter",
        }
    }
}
