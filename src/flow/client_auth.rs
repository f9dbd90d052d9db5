//! A machine proves who it is: secret or signed assertion, and the address it comes from.

use std::net::IpAddr;

use thiserror::Error;

use super::{Failure, Pedell};
use crate::{
    base::secret::{PlainToken, TokenHash},
    domain::client::{Authentication, Client, ClientId},
    protocol::jwt::{JwkSet, JwtError, Unverified, client_assertion::verify_client_assertion},
    vault::{Purpose, Sealed},
};
use serde::{Deserialize, Serialize};

/// What a client presented.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// `client_secret_basic` (RFC 6749 §2.3.1).
    Basic {
        /// `client_id`.
        id: String,
        /// `client_secret`.
        secret: PlainToken,
    },
    /// `private_key_jwt` (RFC 7523 §2.2).
    Assertion {
        /// `client_id`, if it was sent beside the assertion.
        id: Option<String>,
        /// `client_assertion`.
        assertion: String,
    },
    /// An access token of the client credentials grant (RFC 6750 §2.1).
    Bearer(String),
}

/// Why a client is not let in. All but [`Self::Failure`] look the same from outside (`invalid_client`), except that the
/// client's own developers are told what is wrong with an assertion that named them.
#[derive(Debug, Error)]
pub enum ClientAuthError {
    /// Unknown, blocked, another method than registered, or a wrong secret.
    #[error("client authentication failed")]
    Refused,
    /// Not from its registered networks.
    #[error("the client may not come from this address")]
    Address,
    /// The assertion does not hold.
    #[error("client_assertion: {0}")]
    Assertion(#[from] JwtError),
    /// The assertion was used before.
    #[error("client_assertion: jti was used before")]
    Replayed,
    /// Ours.
    #[error(transparent)]
    Failure(#[from] Failure),
}

/// What an access token of the client credentials grant says (sealed; nobody else reads it).
#[derive(Debug, Serialize, Deserialize)]
pub struct MachineAccess {
    client: ClientId,
    expires_at: crate::base::Timestamp,
}

impl Purpose for MachineAccess {
    const PURPOSE: &'static str = "machine-access";
}

impl Pedell {
    /// Finds out which client this is. `address`: where it comes from.
    pub async fn authenticate_client(
        &self,
        credentials: &Credentials,
        address: IpAddr,
    ) -> Result<Client, ClientAuthError> {
        let client = match credentials {
            Credentials::Basic { id, secret } => self.by_secret(id, secret).await?,
            Credentials::Assertion { id, assertion } => self.by_assertion(id.as_deref(), assertion).await?,
            Credentials::Bearer(token) => self.by_access_token(token).await?,
        };
        if client.may_come_from(address) { Ok(client) } else { Err(ClientAuthError::Address) }
    }

    /// A short-lived access token for the client's own calls (RFC 6749 §4.4).
    pub fn machine_access_token(&self, client: &Client) -> String {
        let expires_at = self.clock().now().plus(crate::base::limits::ACCESS_TOKEN_LIFE);
        let access = MachineAccess { client: client.id.clone(), expires_at };
        self.instance_keys().seal(self.random(), "", &access).as_str().to_owned()
    }

    async fn by_secret(&self, id: &str, secret: &PlainToken) -> Result<Client, ClientAuthError> {
        let known = self.active_client(id).await?;
        // Unknown clients cost the same comparison.
        let dummy = TokenHash::from_bytes(&[0; 32]);
        let (client, hash) = match known {
            Some((client, hash)) => (Some(client), hash.or(dummy)),
            None => (None, dummy),
        };
        let secret_is_right = hash.is_some_and(|hash| hash.matches(secret));
        client
            .filter(|client| secret_is_right && client.profile.authentication == Authentication::ClientSecretBasic)
            .ok_or(ClientAuthError::Refused)
    }

    async fn by_assertion(&self, id: Option<&str>, assertion: &str) -> Result<Client, ClientAuthError> {
        let claimed = Unverified::read(assertion)?;
        if id.is_some_and(|id| id != claimed.claimed_issuer()) {
            return Err(ClientAuthError::Refused);
        }
        let (client, _) = self.active_client(claimed.claimed_issuer()).await?.ok_or(ClientAuthError::Refused)?;
        let Authentication::PrivateKeyJwt(jwks) = &client.profile.authentication else {
            return Err(ClientAuthError::Refused);
        };
        let keys = JwkSet::parse(jwks).map_err(|_| Failure::Corrupt("a client's JWKS"))?;
        let url = &self.settings().public_url;
        let endpoints = ["/token", "/par", "/introspect", "/redeem", "/cancel"].map(|path| format!("{url}{path}"));
        let audiences: Vec<&str> = endpoints.iter().map(String::as_str).chain([url.as_str()]).collect();
        let verified = verify_client_assertion(assertion, client.id.as_str(), &keys, &audiences, self.clock().now())?;
        let first = self
            .stores()
            .control()
            .use_once(&client.id, &verified.jti, verified.expires_at)
            .await
            .map_err(Failure::from)?;
        if first { Ok(client) } else { Err(ClientAuthError::Replayed) }
    }

    async fn by_access_token(&self, token: &str) -> Result<Client, ClientAuthError> {
        let access: MachineAccess =
            self.instance_keys().open("", &Sealed::presented(token)).map_err(|_| ClientAuthError::Refused)?;
        if access.expires_at <= self.clock().now() {
            return Err(ClientAuthError::Refused);
        }
        let (client, _) = self.active_client(access.client.as_str()).await?.ok_or(ClientAuthError::Refused)?;
        Ok(client)
    }

    async fn active_client(&self, id: &str) -> Result<Option<(Client, Option<TokenHash>)>, ClientAuthError> {
        let Some(id) = ClientId::parse(id) else { return Ok(None) };
        let found = self.stores().control().client(&id).await.map_err(Failure::from)?;
        Ok(found.filter(|(client, _)| client.active))
    }
}
