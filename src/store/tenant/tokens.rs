//! Eligibility tokens: issued, redeemed once, cancelled, repeated.

use super::Tenant;
use crate::{
    base::Timestamp,
    store::db::{StoreError, Tx},
};

/// A token as stored.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct StoredToken {
    /// One-time identifier.
    pub jti: String,
    /// The verification it came from.
    pub verification: String,
    /// The issuer's client id.
    pub client: String,
    /// The issuer's product.
    pub product: String,
    /// Canonical key.
    pub semester: String,
    /// Keyed hash.
    pub student: Vec<u8>,
    /// Pairwise subject.
    pub subject: String,
    /// Milliseconds since the epoch.
    pub issued_at: i64,
    /// Milliseconds since the epoch.
    pub expires_at: i64,
    /// Set in a repeat: when the first was issued.
    pub first_issued_at: Option<i64>,
    /// Milliseconds since the epoch.
    pub redeemed_at: Option<i64>,
    /// Milliseconds since the epoch.
    pub cancelled_at: Option<i64>,
    /// The issuer's words.
    pub cancel_reason: Option<String>,
    /// The fields in it, by their claims' names, apart by spaces; none if nobody wrote it down yet.
    pub fields: Option<String>,
    /// Which of them are the student's own word.
    pub self_asserted: Option<String>,
}

/// What came of a redemption.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Redeemed {
    /// This call was the first.
    Now,
    /// Another one was.
    Already(Timestamp),
    /// Cancelled before.
    Cancelled,
    /// Over.
    Expired,
    /// Not one of this client's.
    Unknown,
}

/// What came of a cancellation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cancelled {
    /// This call did it.
    Now,
    /// It was cancelled before.
    Already,
    /// Not one of this client's.
    Unknown,
}

pub(super) const COLUMNS: &str =
    "SELECT jti, verification, client, product, semester, student, subject, issued_at, expires_at,
    first_issued_at, redeemed_at, cancelled_at, cancel_reason, fields, self_asserted FROM @tokens";

impl Tenant {
    /// One token.
    pub async fn token(&self, jti: &str) -> Result<Option<StoredToken>, StoreError> {
        self.db.q(&format!("{COLUMNS} WHERE jti = $1")).bind(jti).optional().await
    }

    /// Redeems a token: one statement decides who is first.
    pub async fn redeem_token(
        &self,
        tx: &mut Tx,
        jti: &str,
        client: &str,
        now: Timestamp,
    ) -> Result<Redeemed, StoreError> {
        let changed = tx
            .q("UPDATE @tokens SET redeemed_at = $3 WHERE jti = $1 AND client = $2 AND redeemed_at IS NULL
                AND cancelled_at IS NULL AND expires_at > $3")
            .bind(jti)
            .bind(client)
            .bind(now)
            .execute()
            .await?;
        if changed == 1 {
            return Ok(Redeemed::Now);
        }
        let token: Option<StoredToken> =
            tx.q(&format!("{COLUMNS} WHERE jti = $1 AND client = $2")).bind(jti).bind(client).optional().await?;
        Ok(match token {
            None => Redeemed::Unknown,
            Some(StoredToken { cancelled_at: Some(_), .. }) => Redeemed::Cancelled,
            Some(StoredToken { redeemed_at: Some(at), .. }) => Redeemed::Already(Timestamp::from_millis(at)),
            Some(_) => Redeemed::Expired,
        })
    }

    /// Cancels a token (storno), whether redeemed or not.
    pub async fn cancel_token(
        &self,
        tx: &mut Tx,
        jti: &str,
        client: &str,
        reason: Option<&str>,
        now: Timestamp,
    ) -> Result<Cancelled, StoreError> {
        let changed = tx
            .q("UPDATE @tokens SET cancelled_at = $3, cancel_reason = $4
                WHERE jti = $1 AND client = $2 AND cancelled_at IS NULL")
            .bind(jti)
            .bind(client)
            .bind(now)
            .bind(reason)
            .execute()
            .await?;
        if changed == 1 {
            return Ok(Cancelled::Now);
        }
        let known: Option<(String,)> =
            tx.q("SELECT jti FROM @tokens WHERE jti = $1 AND client = $2").bind(jti).bind(client).optional().await?;
        Ok(if known.is_some() { Cancelled::Already } else { Cancelled::Unknown })
    }
}
