//! A student logs in at the university's OAuth 2.0 server, which speaks no OpenID Connect: the code becomes an access token,
//! and the user endpoint says who that belongs to.
//!
//! There is no ID token, and so no signature, no nonce and no time of the login. What stands instead: PKCE, an address to
//! come back to that belongs to this university alone, and TLS to the endpoint that is configured. A product that asks how
//! old the login is can't be had this way.

use super::{
    Pedell,
    provider_login::{Asked, Destination, ProviderLogin, Said, check_client_secrets, client_proof},
};
use crate::{
    domain::{
        connection::{ConnectionFault, ConnectionSecrets, OAuthConnection},
        eligibility::Method,
    },
    peers::oidc::{self, CodeExchange},
    protocol::oidc::rp::{
        Refusal,
        answer::Answer,
        id_token::is_subject,
        metadata::endpoint,
        request::{Binding, Request},
    },
};

impl Pedell {
    pub(super) fn oauth_destination(
        &self,
        connection: &OAuthConnection,
        redirect_uri: &str,
        max_age_seconds: Option<u32>,
    ) -> Result<Destination, Refusal> {
        if max_age_seconds.is_some() {
            return Err(Refusal::AuthTimeMissing);
        }
        let binding = Binding::fresh(self.random());
        let request = Request {
            client_id: &connection.client_id,
            redirect_uri,
            scope: &connection.scopes.join(" "),
            is_openid: false,
            max_age_seconds: None,
            acr_values: &[],
            language: None,
        };
        let authorization = endpoint(&connection.authorization_endpoint).ok_or(Refusal::DiscoveryEndpoint)?;
        let url = request.url(&authorization, &binding).into();
        Ok(Destination { asked: asked(connection), max_age_seconds: None, binding, url })
    }

    pub(super) async fn ask_oauth(
        &self,
        connection: &OAuthConnection,
        secrets: &ConnectionSecrets,
        pending: &ProviderLogin,
        answer: &Answer,
    ) -> Result<Said, Refusal> {
        if asked(connection) != pending.asked {
            return Err(Refusal::ConnectionChanged);
        }
        // A server that has a name for itself may still not give it; one that gives another is another.
        let code = answer.code(connection.issuer.as_deref(), false)?;
        let token_endpoint = endpoint(&connection.token_endpoint).ok_or(Refusal::DiscoveryEndpoint)?;
        let user_endpoint = endpoint(&connection.user_endpoint).ok_or(Refusal::DiscoveryEndpoint)?;
        let audience = connection.assertion_audience.as_deref().unwrap_or(token_endpoint.as_str());
        let proof = client_proof(connection.client_authentication, connection.key_id.as_deref(), audience, secrets)?;
        let exchange = CodeExchange {
            endpoint: &token_endpoint,
            code: &code,
            verifier: &pending.binding.verifier,
            redirect_uri: &self.provider_redirect_uri(&pending.university),
            client_id: &connection.client_id,
            proof: &proof,
        };
        let tokens = oidc::exchange(self.http(), &exchange, self.clock().now(), self.random()).await?;
        let document = oidc::user_document(self.http(), &user_endpoint, &tokens.access_token).await?;
        let claims: serde_json::Value = serde_json::from_slice(&document).map_err(|_| Refusal::Userinfo)?;
        let mut subjects = connection.subject.texts(&claims);
        let subject = subjects.pop().filter(|subject| subjects.is_empty() && is_subject(subject));
        Ok(Said {
            method: Method::OAuth2,
            subject: (connection.namespace(), subject.ok_or(Refusal::NoSubject)?),
            map: connection.claims.clone(),
            proven_at: self.clock().now(),
            claims,
        })
    }
}

/// What keeps an OAuth connection from working, as far as it can be seen without a login.
pub(super) fn check(connection: &OAuthConnection, secrets: &ConnectionSecrets) -> Vec<ConnectionFault> {
    let mut faults = connection.check();
    faults.extend(check_client_secrets(connection.client_authentication, secrets));
    faults
}

fn asked(connection: &OAuthConnection) -> Asked {
    Asked { provider: connection.namespace(), client_id: connection.client_id.clone() }
}
