//! A student logs in at the university's OpenID provider: the code becomes an ID token that is checked, and what the
//! userinfo endpoint says is added to it.

use std::sync::Arc;

use super::{
    Failure, Pedell,
    provider_login::{
        Asked, Destination, ProviderLogin, Said, check_client_secrets, client_proof, clock_fault, provider_fault,
    },
};
use crate::{
    domain::{
        connection::{ConnectionFault, ConnectionSecrets, ConnectionSettings, OidcConnection},
        eligibility::Method,
    },
    peers::oidc::{self, CodeExchange, Provider, UserinfoAnswer},
    protocol::oidc::rp::{
        Expected, IdToken, Refusal,
        answer::Answer,
        request::{Binding, Request},
        userinfo::{self, Whose},
    },
};

impl Pedell {
    pub(super) async fn oidc_destination(
        &self,
        connection: &OidcConnection,
        redirect_uri: &str,
        max_age_seconds: Option<u32>,
        language: &str,
    ) -> Result<Destination, Refusal> {
        let provider = self.providers().provider(self.http(), self.clock(), &connection.issuer).await?;
        let max_age_seconds = [connection.max_age_seconds, max_age_seconds].into_iter().flatten().min();
        let binding = Binding::fresh(self.random());
        let request = Request {
            client_id: &connection.client_id,
            redirect_uri,
            scope: &connection.scopes.join(" "),
            is_openid: true,
            max_age_seconds,
            acr_values: &connection.acr_values,
            language: Some(language),
        };
        let url = request.url(&provider.metadata.authorization_endpoint, &binding).into();
        Ok(Destination { asked: asked(connection), max_age_seconds, binding, url })
    }

    pub(super) async fn ask_oidc(
        &self,
        connection: &OidcConnection,
        secrets: &ConnectionSecrets,
        pending: &ProviderLogin,
        answer: &Answer,
    ) -> Result<Said, Refusal> {
        if asked(connection) != pending.asked {
            return Err(Refusal::ConnectionChanged);
        }
        let issuer = &connection.issuer;
        let mut provider = self.providers().provider(self.http(), self.clock(), issuer).await?;
        let code = answer.code(Some(issuer), provider.metadata.names_itself)?;
        let endpoint = &provider.metadata.token_endpoint;
        let audience = connection.assertion_audience.as_deref().unwrap_or(endpoint.as_str());
        let proof = client_proof(connection.client_authentication, connection.key_id.as_deref(), audience, secrets)?;
        let exchange = CodeExchange {
            endpoint,
            code: &code,
            verifier: &pending.binding.verifier,
            redirect_uri: &self.provider_redirect_uri(&pending.university),
            client_id: &connection.client_id,
            proof: &proof,
        };
        let tokens = oidc::exchange(self.http(), &exchange, self.clock().now(), self.random()).await?;
        let id_token = tokens.id_token.as_deref().ok_or(Refusal::IdTokenMissing)?;
        let expected = Expected {
            issuer,
            client_id: &connection.client_id,
            nonce: &pending.binding.nonce,
            access_token: &tokens.access_token,
            departed: pending.departed,
            max_age_seconds: pending.max_age_seconds,
            acr_values: &connection.acr_values,
            now: self.clock().now(),
        };
        let mut token = IdToken::check(id_token, &provider.keys, &expected);
        // It may have changed its keys since we looked: that is worth a second look.
        if let Err(Refusal::UnknownKey | Refusal::Signature) = token
            && let Some(newer) = self.newer_keys(issuer, &provider).await
        {
            provider = newer;
            token = IdToken::check(id_token, &provider.keys, &expected);
        }
        let token = token?;
        let more = match &provider.metadata.userinfo_endpoint {
            Some(endpoint) if connection.userinfo => {
                let whose = Whose { issuer, client_id: &connection.client_id, subject: &token.subject };
                let answer = oidc::userinfo(self.http(), endpoint, &tokens.access_token).await?;
                Some(self.read_userinfo(&answer, &provider, &whose).await?)
            }
            _ => None,
        };
        Ok(Said {
            method: Method::Oidc,
            subject: (issuer.clone(), token.subject),
            map: connection.claims.clone(),
            proven_at: token.proven_at,
            claims: userinfo::merged(&token.claims, more),
        })
    }

    async fn read_userinfo(
        &self,
        answer: &UserinfoAnswer,
        provider: &Arc<Provider>,
        whose: &Whose<'_>,
    ) -> Result<serde_json::Value, Refusal> {
        let jwt = match answer {
            UserinfoAnswer::Plain(json) => return userinfo::plain(json, whose),
            UserinfoAnswer::Signed(jwt) => jwt,
        };
        match userinfo::signed(jwt, &provider.keys, whose) {
            Err(Refusal::UnknownKey) => match self.newer_keys(whose.issuer, provider).await {
                Some(newer) => userinfo::signed(jwt, &newer.keys, whose),
                None => Err(Refusal::UnknownKey),
            },
            read => read,
        }
        .map_err(|refusal| if refusal == Refusal::UnknownKey { Refusal::UserinfoSignature } else { refusal })
    }

    async fn newer_keys(&self, issuer: &str, than: &Arc<Provider>) -> Option<Arc<Provider>> {
        self.providers().with_newer_keys(self.http(), self.clock(), issuer, than).await
    }

    /// What keeps an OpenID connection from working: its settings, its secrets, and what the provider answers just now.
    pub(super) async fn check_oidc_connection(
        &self,
        connection: &OidcConnection,
        secrets: &ConnectionSecrets,
    ) -> Vec<ConnectionFault> {
        let mut faults = connection.check();
        faults.extend(check_client_secrets(connection.client_authentication, secrets));
        if faults.iter().any(|fault| fault.code == "oidc_issuer") {
            return faults;
        }
        let (provider, date) = match oidc::read(self.http(), &connection.issuer).await {
            Ok(read) => read,
            Err(refusal) => {
                faults.push(provider_fault(refusal));
                return faults;
            }
        };
        faults.extend(clock_fault(date, self.clock().now()));
        let method = connection.client_authentication.name();
        if let Some(offered) = &provider.metadata.client_authentication
            && !offered.iter().any(|offered| offered == method)
        {
            let text = format!("the provider takes {}, and not {method}", offered.join(", "));
            faults.push(ConnectionFault::blocking("client_authentication", text));
        }
        faults
    }

    /// Reads the providers of all OpenID connections again, where that is due: run it now and then.
    pub async fn refresh_providers(&self) -> Result<(), Failure> {
        let issuers =
            self.stores().control().universities().await?.into_iter().filter_map(|university| {
                match university.connection.settings {
                    ConnectionSettings::Oidc(connection) => Some(connection.issuer),
                    _ => None,
                }
            });
        let issuers: Vec<String> = issuers.collect();
        self.providers().refresh(self.http(), self.clock(), &issuers).await;
        Ok(())
    }
}

fn asked(connection: &OidcConnection) -> Asked {
    Asked { provider: connection.issuer.clone(), client_id: connection.client_id.clone() }
}
