//! What a university's web service confirmed, for minutes: sealed, and found by a keyed hash of what was asked.

use super::Tenant;
use crate::{base::Timestamp, store::db::StoreError, vault::Index};

impl Tenant {
    /// The sealed evidence under a question, unless it is over.
    pub async fn remembered_answer(&self, question: &Index, now: Timestamp) -> Result<Option<Vec<u8>>, StoreError> {
        let row: Option<(Vec<u8>,)> = self
            .db
            .q("SELECT evidence FROM @remembered_answers WHERE question = $1 AND expires_at > $2")
            .bind(question.as_bytes())
            .bind(now)
            .optional()
            .await?;
        Ok(row.map(|(evidence,)| evidence))
    }

    /// Remembers what was confirmed. The newer of two answers stays.
    pub async fn remember_answer(
        &self,
        question: &Index,
        evidence: &[u8],
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.db
            .w("INSERT INTO @remembered_answers (question, evidence, expires_at) VALUES ($1, $2, $3)
                ON CONFLICT (question) DO UPDATE SET evidence = excluded.evidence, expires_at = excluded.expires_at")
            .bind(question.as_bytes())
            .bind(evidence)
            .bind(expires_at)
            .execute()
            .await?;
        Ok(())
    }
}
