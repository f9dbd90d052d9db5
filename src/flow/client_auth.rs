//! A machine proves who it is: by secret, signed assertion or certificate; and by the address it comes from.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use serde::{Deserialize, Serialize};
use serde_json::json;
use thiserror::Error;

use super::{Failure, Pedell};
use crate::{
    base::{
        Timestamp, limits,
        secret::{PlainToken, TokenHash},
    },
    domain::{
        audit::{Event, Kind},
        client::{Authentication, CertificateRule, Client, ClientId},
        policy::Actor,
    },
    protocol::{
        jwt::{JwkSet, JwtError, Unverified, client_assertion::verify_client_assertion},
        x509::{CertificateFault, ShownCertificate, Thumbprint},
    },
    vault::{Purpose, Sealed},
};

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
    /// Nothing but the certificate that the call came with (RFC 8705 §2).
    Certificate {
        /// `client_id`.
        id: String,
    },
}

/// Where a call comes from, and the certificate that it came with.
#[derive(Clone, Copy, Debug)]
pub struct From<'a> {
    /// The address.
    pub address: IpAddr,
    /// Shown at the handshake, ours or a trusted proxy's.
    pub certificate: Option<&'a ShownCertificate>,
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
    /// Its certificate is missing or not the right one.
    #[error("{0}")]
    Certificate(#[from] CertificateFault),
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

/// When a client's refusal was last written down, by what was wrong. Bounded by the clients that there are.
#[derive(Debug, Default)]
pub(super) struct Refusals(Mutex<HashMap<(ClientId, &'static str), Timestamp>>);

/// What an access token of the client credentials grant says (sealed; nobody else reads it).
#[derive(Debug, Serialize, Deserialize)]
pub struct MachineAccess {
    client: ClientId,
    expires_at: Timestamp,
    /// The certificate that it is bound to (RFC 8705 §3).
    #[serde(default)]
    bound_to: Option<Thumbprint>,
    /// What the client had proved itself with: once that is replaced, the token is worth nothing.
    #[serde(default)]
    proved_by: String,
}

impl Purpose for MachineAccess {
    const PURPOSE: &'static str = "machine-access";
}

impl Pedell {
    /// Finds out which client this is. One that has proved itself but comes from elsewhere, or without its certificate,
    /// is refused, and the trail says so: somebody may have its secret.
    pub async fn authenticate_client(
        &self,
        credentials: &Credentials,
        from: From<'_>,
    ) -> Result<Client, ClientAuthError> {
        let client = match credentials {
            Credentials::Basic { id, secret } => self.by_secret(id, secret, from).await?,
            Credentials::Assertion { id, assertion } => self.by_assertion(id.as_deref(), assertion).await?,
            Credentials::Bearer(token) => self.by_access_token(token, from).await?,
            Credentials::Certificate { id } => self.by_certificate(id).await?,
        };
        if let Err(fault) = self.check_certificate(&client, from) {
            // With nothing proved before it, this is a stranger who knows a name: told nothing, and not in the trail.
            if matches!(credentials, Credentials::Certificate { .. }) {
                tracing::info!(client = %client.id, %fault, "a client's certificate was refused");
                return Err(ClientAuthError::Refused);
            }
            self.record_refusal(&client, "certificate").await?;
            return Err(fault.into());
        }
        if !client.may_come_from(from.address) {
            self.record_refusal(&client, "address").await?;
            return Err(ClientAuthError::Address);
        }
        Ok(client)
    }

    /// A short-lived access token for the client's own calls (RFC 6749 §4.4), bound to its certificate if it wants that.
    pub async fn machine_access_token(&self, client: &Client, from: From<'_>) -> Result<String, Failure> {
        let expires_at = self.clock().now().plus(limits::ACCESS_TOKEN_LIFE);
        let bound_to = self.binding(client, from);
        let hash = self.stores().control().client(&client.id).await?.and_then(|(_, hash)| hash);
        let proved_by = self.means_of(client, hash.as_ref());
        let access = MachineAccess { client: client.id.clone(), expires_at, bound_to, proved_by };
        Ok(self.instance_keys().seal(self.random(), "", &access).as_str().to_owned())
    }

    /// A mark of what a client proves itself with at this moment: secret or keys. (Its certificate and its networks are
    /// looked at with every call.)
    fn means_of(&self, client: &Client, secret: Option<&TokenHash>) -> String {
        let method = json!(client.profile.authentication).to_string();
        let parts = [method.as_bytes(), secret.map_or(&[][..], TokenHash::as_bytes)];
        let index = self.instance_keys().index("machine-means", &parts.concat());
        index.as_bytes().iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
    }

    /// What a client's tokens are bound to: nothing, unless it wants them bound.
    pub fn binding(&self, client: &Client, from: From<'_>) -> Option<Thumbprint> {
        from.certificate.filter(|_| client.profile.certificate_bound_tokens).map(ShownCertificate::thumbprint)
    }

    /// The certificate that the client's settings ask for.
    fn check_certificate(&self, client: &Client, from: From<'_>) -> Result<(), CertificateFault> {
        let profile = &client.profile;
        match (&profile.certificate, from.certificate) {
            (None, None) if profile.certificate_bound_tokens => Err(CertificateFault::Missing),
            (None, _) => Ok(()),
            (Some(_), None) => Err(CertificateFault::Missing),
            (Some(CertificateRule::Registered(pem)), Some(shown)) => shown.is_one_of(pem),
            (Some(CertificateRule::Issued { authorities, dns_name }), Some(shown)) => {
                shown.is_issued_by(authorities, dns_name, self.clock().now())
            }
        }
    }

    /// Some of its proofs were right: the trail says which was not, once a minute and node.
    async fn record_refusal(&self, client: &Client, what: &'static str) -> Result<(), Failure> {
        let now = self.clock().now();
        let said = {
            let mut said = self.0.refusals.0.lock().unwrap_or_else(PoisonError::into_inner);
            said.insert((client.id.clone(), what), now)
        };
        if said.is_some_and(|at| now.since(at) < limits::REFUSAL_RECORDED_EVERY) {
            return Ok(());
        }
        let control = self.stores().control();
        let mut tx = control.begin().await?;
        let actor = Actor::Machine { client: client.id.to_string() };
        let mut detail = json!({ "wrong": what });
        // A university's managers find their own machines' among everybody's.
        if let Some(tenant) = &client.tenant {
            detail["tenant"] = json!(tenant);
        }
        let event = Event::new(Kind::ClientRefused, client.id.as_str(), detail);
        control.audit(&mut tx, now, &actor, &event).await?;
        Ok(tx.commit().await?)
    }

    /// Nothing is proved yet: [`Self::check_certificate`] does.
    async fn by_certificate(&self, id: &str) -> Result<Client, ClientAuthError> {
        let (client, _) = self.active_client(id).await?.ok_or(ClientAuthError::Refused)?;
        let by_certificate = matches!(
            client.profile.authentication,
            Authentication::TlsClientAuth | Authentication::SelfSignedTlsClientAuth
        );
        if by_certificate && client.profile.contradiction().is_none() {
            Ok(client)
        } else {
            Err(ClientAuthError::Refused)
        }
    }

    async fn by_secret(&self, id: &str, secret: &PlainToken, from: From<'_>) -> Result<Client, ClientAuthError> {
        let known = self.active_client(id).await?;
        // Unknown clients cost the same comparison.
        let dummy = TokenHash::from_bytes(&[0; 32]);
        let (client, hash) = match known {
            Some((client, hash)) => (Some(client), hash.or(dummy)),
            None => (None, dummy),
        };
        let secret_is_right = hash.is_some_and(|hash| hash.matches(secret));
        let client = client.filter(|client| client.profile.authentication == Authentication::ClientSecretBasic);
        let client = client.ok_or(ClientAuthError::Refused)?;
        if secret_is_right {
            return Ok(client);
        }
        // Whoever holds its certificate and has the wrong secret is not just anybody.
        if client.profile.certificate.is_some() && self.check_certificate(&client, from).is_ok() {
            self.record_refusal(&client, "secret").await?;
        }
        Err(ClientAuthError::Refused)
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

    async fn by_access_token(&self, token: &str, from: From<'_>) -> Result<Client, ClientAuthError> {
        let access: MachineAccess =
            self.instance_keys().open("", &Sealed::presented(token)).map_err(|_| ClientAuthError::Refused)?;
        if access.expires_at <= self.clock().now() {
            return Err(ClientAuthError::Refused);
        }
        if access.bound_to.is_some() && access.bound_to != from.certificate.map(ShownCertificate::thumbprint) {
            return Err(CertificateFault::NotRegistered.into());
        }
        let known = self.active_client(access.client.as_str()).await?;
        let (client, hash) = known.ok_or(ClientAuthError::Refused)?;
        if access.proved_by != self.means_of(&client, hash.as_ref()) {
            return Err(ClientAuthError::Refused);
        }
        Ok(client)
    }

    async fn active_client(&self, id: &str) -> Result<Option<(Client, Option<TokenHash>)>, ClientAuthError> {
        let Some(id) = ClientId::parse(id) else { return Ok(None) };
        let found = self.stores().control().client(&id).await.map_err(Failure::from)?;
        Ok(found.filter(|(client, _)| client.active))
    }
}
