//! After a token was issued: redeemed once, introspected (RFC 7662), cancelled (storno).

use serde::Serialize;
use serde_json::json;

use super::{Failure, Pedell};
use crate::{
    base::Timestamp,
    domain::{
        audit::{Event, Kind},
        client::{Client, ClientId},
        policy::{self, Scope},
        tenant::Slug,
    },
    protocol::jwt::{eligibility::EligibilityClaims, verify},
    store::tenant::{Cancelled, Redeemed, StoredToken, Tenant},
};

/// An introspection's answer (RFC 7662 §2.2).
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Introspection {
    /// Whether the token may still be redeemed: issued to this client, not over, not redeemed, not cancelled.
    pub active: bool,
    /// `valid`, `redeemed`, `cancelled` or `expired`; only for the client's own tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<&'static str>,
    /// The client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// The pairwise subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// One-time identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jti: Option<String>,
    /// Seconds since the epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iat: Option<i64>,
    /// Seconds since the epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exp: Option<i64>,
    /// Seconds since the epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redeemed_at: Option<i64>,
    /// Seconds since the epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancelled_at: Option<i64>,
    /// Which of the token's claims are the student's own word and not the university's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub self_asserted: Vec<String>,
}

impl Pedell {
    /// Redeems a token of this client: the first call wins.
    pub async fn redeem(&self, client: &Client, token: &str) -> Result<Redeemed, Failure> {
        let Some((jti, scope, tenant)) = self.locate(client, token).await? else { return Ok(Redeemed::Unknown) };
        let now = self.clock().now();
        let mut tx = tenant.begin().await?;
        let redeemed = tenant.redeem_token(&mut tx, &jti, client.id.as_str(), now).await?;
        if redeemed == Redeemed::Now {
            let event = Event::new(Kind::TokenRedeemed, &jti, json!({ "client": client.id }));
            tenant.audit(&mut tx, now, &scope, &event).await?;
            tx.commit().await?;
        }
        Ok(redeemed)
    }

    /// Cancels a token of this client, redeemed or not, at any time later.
    pub async fn cancel(&self, client: &Client, token: &str, reason: Option<&str>) -> Result<Cancelled, Failure> {
        let Some((jti, scope, tenant)) = self.locate(client, token).await? else { return Ok(Cancelled::Unknown) };
        let now = self.clock().now();
        let mut tx = tenant.begin().await?;
        let cancelled = tenant.cancel_token(&mut tx, &jti, client.id.as_str(), reason, now).await?;
        if cancelled == Cancelled::Now {
            let event = Event::new(Kind::TokenCancelled, &jti, json!({ "client": client.id, "reason": reason }));
            tenant.audit(&mut tx, now, &scope, &event).await?;
            tx.commit().await?;
        }
        Ok(cancelled)
    }

    /// What is known of a token of this client. Another client's token is simply not active (RFC 7662 §4).
    pub async fn introspect(&self, client: &Client, token: &str) -> Result<Introspection, Failure> {
        let found = match self.locate(client, token).await? {
            Some((jti, _, tenant)) => tenant.token(&jti).await?.filter(|stored| stored.client == client.id.as_str()),
            None => None,
        };
        Ok(found.map_or_else(Introspection::inactive, |stored| Introspection::of(stored, self.clock().now())))
    }

    /// Whether what a token says may still be asked for: the client is let in, and the token was issued and not cancelled
    /// since, by the issuer or because its code came a second time (RFC 6749 §4.1.2).
    pub async fn still_speaks(&self, claims: &EligibilityClaims) -> Result<bool, Failure> {
        let Some(id) = ClientId::parse(&claims.aud) else { return Ok(false) };
        let client = self.stores().control().client(&id).await?.map(|(client, _)| client);
        let Some(client) = client.filter(|client| client.active) else { return Ok(false) };
        let Some((jti, _, tenant)) = self.locate(&client, &claims.jti).await? else { return Ok(false) };
        let stored = tenant.token(&jti).await?;
        Ok(stored.is_some_and(|stored| stored.client == client.id.as_str() && stored.cancelled_at.is_none()))
    }

    /// Finds the database that a token is in. `token`: the whole JWT, whose signature has to hold while its key is
    /// published, or its `jti` alone (an issuer that keeps only that can still cancel).
    async fn locate(&self, client: &Client, token: &str) -> Result<Option<(String, Scope, Tenant)>, Failure> {
        let jti = if token.matches('.').count() == 2 {
            let ring = self.signing_ring().await?;
            match verify::<EligibilityClaims>(token, &ring.published, &["JWT"]) {
                Ok(claims) => claims.jti,
                Err(_) => return Ok(None),
            }
        } else {
            token.to_owned()
        };
        let is_ulid = |id: &str| id.len() == 26 && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let slug = jti.split_once('.').filter(|(_, id)| is_ulid(id)).and_then(|(slug, _)| Slug::parse(slug));
        let Some(slug) = slug else { return Ok(None) };
        let Some(university) = self.stores().control().university(&slug).await? else { return Ok(None) };
        let Some(scope) = policy::issuer(client, &university) else { return Ok(None) };
        let tenant = self.stores().tenant(&scope).await?;
        Ok(Some((jti, scope, tenant)))
    }
}

impl Introspection {
    fn inactive() -> Self {
        Self {
            active: false,
            status: None,
            client_id: None,
            sub: None,
            jti: None,
            iat: None,
            exp: None,
            redeemed_at: None,
            cancelled_at: None,
            self_asserted: Vec::new(),
        }
    }

    fn of(token: StoredToken, now: Timestamp) -> Self {
        let status = match &token {
            StoredToken { cancelled_at: Some(_), .. } => "cancelled",
            StoredToken { redeemed_at: Some(_), .. } => "redeemed",
            StoredToken { expires_at, .. } if *expires_at <= now.as_millis() => "expired",
            _ => "valid",
        };
        let seconds = |millis: i64| Timestamp::from_millis(millis).as_seconds();
        Self {
            active: status == "valid",
            status: Some(status),
            client_id: Some(token.client),
            sub: Some(token.subject),
            jti: Some(token.jti),
            iat: Some(seconds(token.issued_at)),
            exp: Some(seconds(token.expires_at)),
            redeemed_at: token.redeemed_at.map(seconds),
            cancelled_at: token.cancelled_at.map(seconds),
            self_asserted: token.self_asserted.iter().flat_map(|names| names.split(' ')).map(str::to_owned).collect(),
        }
    }
}
