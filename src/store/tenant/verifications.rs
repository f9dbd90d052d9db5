//! Verifications, and what counts once: a finished login, a redeemed code.

use super::Tenant;
use crate::{
    base::Timestamp,
    store::db::{StoreError, Tx},
};

/// A verification as stored.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct StoredVerification {
    /// ULID.
    pub id: String,
    /// The number for support, without hyphen.
    pub reference: String,
    /// The issuer's client id.
    pub client: String,
    /// The issuer's product.
    pub product: String,
    /// Canonical key.
    pub semester: String,
    /// How.
    pub method: String,
    /// `eligible` or `refused`.
    pub outcome: String,
    /// Reason code of a refusal.
    pub reason: Option<String>,
    /// Which version of the rule decided.
    pub rule_version: i64,
    /// Keyed hash of who it was, once known.
    pub student: Option<Vec<u8>>,
    /// Sealed.
    pub evidence: Option<Vec<u8>>,
    /// Milliseconds since the epoch.
    pub at: i64,
    /// The agency at whose counter it was typed, if it was.
    pub agency: Option<String>,
    /// The outlet.
    pub outlet: Option<String>,
    /// Who of staff typed it.
    pub clerk: Option<String>,
}

/// Whether a one-time value was still good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Used {
    /// It was, and now it is used.
    First,
    /// It was used before; what came of it.
    Before(Option<String>),
}

/// What is looked for; an empty text is anything.
#[derive(Clone, Debug, Default)]
pub struct VerificationFilter {
    /// `eligible` or `refused`.
    pub outcome: String,
    /// Reason code.
    pub reason: String,
    /// Canonical key of the semester.
    pub semester: String,
    /// Not before this, in milliseconds.
    pub from: i64,
    /// Before this, in milliseconds.
    pub to: i64,
    /// Those before this one in the list.
    pub before: String,
}

pub(super) const COLUMNS: &str =
    "SELECT id, reference, client, product, semester, method, outcome, reason, rule_version, student,
    evidence, at, agency, outlet, clerk FROM @verifications";

impl Tenant {
    /// Records a verification.
    pub async fn insert_verification(&self, tx: &mut Tx, verification: &StoredVerification) -> Result<(), StoreError> {
        let v = verification;
        tx.q("INSERT INTO @verifications (id, reference, client, product, semester, method, outcome, reason,
              rule_version, student, evidence, at, agency, outlet, clerk)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)")
            .bind(&v.id)
            .bind(&v.reference)
            .bind(&v.client)
            .bind(&v.product)
            .bind(&v.semester)
            .bind(&v.method)
            .bind(&v.outcome)
            .bind(v.reason.as_ref())
            .bind(v.rule_version)
            .bind(v.student.as_deref())
            .bind(v.evidence.as_deref())
            .bind(v.at)
            .bind(v.agency.as_deref())
            .bind(v.outlet.as_deref())
            .bind(v.clerk.as_deref())
            .execute()
            .await?;
        Ok(())
    }

    /// One verification. It never changes once it is there.
    pub async fn verification(&self, id: &str) -> Result<Option<StoredVerification>, StoreError> {
        self.db.q(&format!("{COLUMNS} WHERE id = $1")).bind(id).optional().await
    }

    /// The same within a transaction.
    pub async fn verification_in(&self, tx: &mut Tx, id: &str) -> Result<Option<StoredVerification>, StoreError> {
        tx.q(&format!("{COLUMNS} WHERE id = $1")).bind(id).optional().await
    }

    /// One verification by the number that a student reads out.
    pub async fn verification_by_reference(&self, reference: &str) -> Result<Option<StoredVerification>, StoreError> {
        self.db.q(&format!("{COLUMNS} WHERE reference = $1")).bind(reference).optional().await
    }

    /// The newest verifications that fit, newest first, at most so many.
    pub async fn search_verifications(
        &self,
        filter: &VerificationFilter,
        most: i64,
    ) -> Result<Vec<StoredVerification>, StoreError> {
        self.db
            .q(&format!(
                "{COLUMNS} WHERE at >= $1 AND at < $2 AND ($3 = '' OR outcome = $3) AND ($4 = '' OR reason = $4)
                 AND ($5 = '' OR semester = $5) AND ($6 = '' OR id < $6) ORDER BY id DESC LIMIT $7"
            ))
            .bind(filter.from)
            .bind(filter.to)
            .bind(&filter.outcome)
            .bind(&filter.reason)
            .bind(&filter.semester)
            .bind(&filter.before)
            .bind(most)
            .all()
            .await
    }

    /// Uses a one-time value of a kind (`code`, `login`), remembering what came of it.
    pub async fn use_once(
        &self,
        tx: &mut Tx,
        kind: &str,
        value: &str,
        result: Option<&str>,
        expires_at: Timestamp,
    ) -> Result<Used, StoreError> {
        let inserted = tx
            .q("INSERT INTO @used_once (kind, value, result, expires_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING")
            .bind(kind)
            .bind(value)
            .bind(result)
            .bind(expires_at)
            .execute()
            .await?;
        if inserted == 1 {
            return Ok(Used::First);
        }
        let (result,): (Option<String>,) =
            tx.q("SELECT result FROM @used_once WHERE kind = $1 AND value = $2").bind(kind).bind(value).one().await?;
        Ok(Used::Before(result))
    }

    /// What came of a one-time value that was used; `None` if it was not, or if nothing was remembered.
    pub async fn result_of(&self, kind: &str, value: &str) -> Result<Option<String>, StoreError> {
        let row: Option<(Option<String>,)> = self
            .db
            .q("SELECT result FROM @used_once WHERE kind = $1 AND value = $2")
            .bind(kind)
            .bind(value)
            .optional()
            .await?;
        Ok(row.and_then(|(result,)| result))
    }

    /// Forgets one-time values, attempt windows and remembered answers that are over.
    pub async fn forget_expired(&self, now: Timestamp) -> Result<u64, StoreError> {
        let values = self.db.w("DELETE FROM @used_once WHERE expires_at < $1").bind(now).execute().await?;
        let windows = self.db.w("DELETE FROM @attempts WHERE window_end < $1").bind(now).execute().await?;
        let answers = self.db.w("DELETE FROM @remembered_answers WHERE expires_at < $1").bind(now).execute().await?;
        Ok(values + windows + answers)
    }
}
