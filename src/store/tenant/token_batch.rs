//! Tokens that are written together: a statement for all of them.

use std::collections::HashSet;

use super::{StoredAccount, StoredToken, Tenant, accounts};
use crate::{
    base::Timestamp,
    store::db::{ROWS_AT_ONCE, StoreError, Tx, placeholders},
    vault::Index,
};

/// A one-time value that is to be used up.
#[derive(Clone, Copy, Debug)]
pub struct OneTime<'a> {
    /// Of its kind.
    pub value: &'a str,
    /// What comes of it, to be remembered.
    pub result: Option<&'a str>,
    /// When it may be forgotten.
    pub expires_at: Timestamp,
}

/// When the first token was issued to a student for a product of an issuer and a semester, of those not cancelled.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct FirstToken {
    /// Keyed hash.
    pub student: Vec<u8>,
    /// The issuer's client id.
    pub client: String,
    /// The issuer's product.
    pub product: String,
    /// Canonical key.
    pub semester: String,
    /// Milliseconds since the epoch.
    pub issued_at: i64,
}

impl Tenant {
    /// Uses up values of a kind. Gives those that were good; one that comes twice is good once.
    pub async fn use_each_once(
        &self,
        tx: &mut Tx,
        kind: &str,
        values: &[OneTime<'_>],
    ) -> Result<HashSet<String>, StoreError> {
        let mut good = HashSet::with_capacity(values.len());
        for values in values.chunks(ROWS_AT_ONCE) {
            let rows = placeholders(values.len(), 4);
            let sql = format!(
                "INSERT INTO @used_once (kind, value, result, expires_at) VALUES {rows}
                 ON CONFLICT DO NOTHING RETURNING value"
            );
            let mut insert = tx.q(&sql);
            for value in values {
                insert = insert.bind(kind).bind(value.value).bind(value.result).bind(value.expires_at);
            }
            good.extend(insert.all::<(String,)>().await?.into_iter().map(|(value,)| value));
        }
        Ok(good)
    }

    /// A value that this transaction used up is good again: nothing came of it.
    pub async fn give_back(&self, tx: &mut Tx, kind: &str, value: &str) -> Result<(), StoreError> {
        tx.q("DELETE FROM @used_once WHERE kind = $1 AND value = $2").bind(kind).bind(value).execute().await.map(|_| ())
    }

    /// The accounts of these students, those that there are.
    pub async fn accounts_of_in(&self, tx: &mut Tx, students: &[&Index]) -> Result<Vec<StoredAccount>, StoreError> {
        let mut found = Vec::with_capacity(students.len());
        for students in students.chunks(ROWS_AT_ONCE) {
            let sql = format!("{} WHERE student IN {}", accounts::COLUMNS, placeholders(1, students.len()));
            let query = students.iter().fold(tx.q(&sql), |query, student| query.bind(student.as_bytes()));
            found.extend(query.all::<StoredAccount>().await?);
        }
        Ok(found)
    }

    /// What these students were given first, of each product.
    pub async fn first_tokens(&self, tx: &mut Tx, students: &[&Index]) -> Result<Vec<FirstToken>, StoreError> {
        let mut found = Vec::new();
        for students in students.chunks(ROWS_AT_ONCE) {
            let sql = format!(
                "SELECT student, client, product, semester, MIN(issued_at) AS issued_at FROM @tokens
                 WHERE cancelled_at IS NULL AND student IN {} GROUP BY student, client, product, semester",
                placeholders(1, students.len())
            );
            let query = students.iter().fold(tx.q(&sql), |query, student| query.bind(student.as_bytes()));
            found.extend(query.all::<FirstToken>().await?);
        }
        Ok(found)
    }

    /// Records tokens.
    pub async fn insert_tokens(&self, tx: &mut Tx, tokens: &[StoredToken]) -> Result<(), StoreError> {
        for tokens in tokens.chunks(ROWS_AT_ONCE) {
            let sql = format!(
                "INSERT INTO @tokens (jti, verification, client, product, semester, student, subject, issued_at,
                 expires_at, first_issued_at, fields, self_asserted) VALUES {}",
                placeholders(tokens.len(), 12)
            );
            let mut insert = tx.q(&sql);
            for token in tokens {
                insert = insert
                    .bind(&token.jti)
                    .bind(&token.verification)
                    .bind(&token.client)
                    .bind(&token.product)
                    .bind(&token.semester)
                    .bind(token.student.as_slice())
                    .bind(&token.subject)
                    .bind(token.issued_at)
                    .bind(token.expires_at)
                    .bind(token.first_issued_at)
                    .bind(token.fields.as_ref())
                    .bind(token.self_asserted.as_ref());
            }
            insert.execute().await?;
        }
        Ok(())
    }
}
