//! Students' accounts, by the keyed hash of who they are. What stands in them was sealed elsewhere.

use super::{StoredToken, StoredVerification, Tenant, tokens, verifications};
use crate::{
    base::Timestamp,
    store::db::{StoreError, Tx},
    vault::Index,
};

/// An account as stored.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct StoredAccount {
    /// ULID.
    pub id: String,
    /// Keyed hash; gone once anonymised.
    pub student: Option<Vec<u8>>,
    /// Sealed; gone once anonymised.
    pub record: Option<Vec<u8>>,
    /// Milliseconds since the epoch.
    pub created_at: i64,
    /// The last login, in milliseconds since the epoch.
    pub seen_at: i64,
    /// When the student asked for anonymisation, in milliseconds since the epoch.
    pub requested_at: Option<i64>,
    /// Milliseconds since the epoch.
    pub anonymised_at: Option<i64>,
}

/// A photo as stored.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct StoredPhoto {
    /// ULID.
    pub id: String,
    /// Sealed.
    pub photo: Vec<u8>,
}

/// How much was overwritten.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overwritten {
    /// Verifications.
    pub verifications: u64,
    /// Tokens.
    pub tokens: u64,
}

pub(super) const COLUMNS: &str =
    "SELECT id, student, record, created_at, seen_at, requested_at, anonymised_at FROM @accounts";
/// Rows of one student that are read at once: far more than anybody has.
const ROWS: i64 = 1_000;

impl Tenant {
    /// A student's account.
    pub async fn account_of(&self, student: &Index) -> Result<Option<StoredAccount>, StoreError> {
        self.db.q(&format!("{COLUMNS} WHERE student = $1")).bind(student.as_bytes()).optional().await
    }

    /// The same within a transaction.
    pub async fn account_of_in(&self, tx: &mut Tx, student: &Index) -> Result<Option<StoredAccount>, StoreError> {
        tx.q(&format!("{COLUMNS} WHERE student = $1")).bind(student.as_bytes()).optional().await
    }

    /// An account by its id.
    pub async fn account(&self, id: &str) -> Result<Option<StoredAccount>, StoreError> {
        self.db.q(&format!("{COLUMNS} WHERE id = $1")).bind(id).optional().await
    }

    /// The same within a transaction.
    pub async fn account_in(&self, tx: &mut Tx, id: &str) -> Result<Option<StoredAccount>, StoreError> {
        tx.q(&format!("{COLUMNS} WHERE id = $1")).bind(id).optional().await
    }

    /// A new account.
    pub async fn insert_account(&self, tx: &mut Tx, account: &StoredAccount) -> Result<(), StoreError> {
        tx.q("INSERT INTO @accounts (id, student, record, created_at, seen_at) VALUES ($1, $2, $3, $4, $5)")
            .bind(&account.id)
            .bind(account.student.as_deref())
            .bind(account.record.as_deref())
            .bind(account.created_at)
            .bind(account.seen_at)
            .execute()
            .await?;
        Ok(())
    }

    /// Replaces what stands in an account.
    pub async fn update_account(&self, tx: &mut Tx, id: &str, record: &[u8], seen_at: i64) -> Result<(), StoreError> {
        tx.q("UPDATE @accounts SET record = $2, seen_at = $3 WHERE id = $1 AND student IS NOT NULL")
            .bind(id)
            .bind(record)
            .bind(seen_at)
            .execute()
            .await?;
        Ok(())
    }

    /// Notes that the student asks for anonymisation; whether they had not asked yet.
    pub async fn request_anonymisation(&self, tx: &mut Tx, id: &str, at: Timestamp) -> Result<bool, StoreError> {
        let changed = tx
            .q("UPDATE @accounts SET requested_at = $2 WHERE id = $1 AND requested_at IS NULL AND student IS NOT NULL")
            .bind(id)
            .bind(at)
            .execute()
            .await?;
        Ok(changed == 1)
    }

    /// Accounts whose students wait for anonymisation, the oldest request first.
    pub async fn anonymisation_requests(&self) -> Result<Vec<StoredAccount>, StoreError> {
        let wait = "WHERE requested_at IS NOT NULL AND anonymised_at IS NULL ORDER BY requested_at, id LIMIT $1";
        self.db.q(&format!("{COLUMNS} {wait}")).bind(ROWS).all().await
    }

    /// Takes an account and everything that leads to its student out of the database: the account's record, photo and
    /// index, the evidence of verifications; `instead` stands for the student in verifications and tokens from now on.
    pub async fn anonymise_account(
        &self,
        tx: &mut Tx,
        id: &str,
        student: &Index,
        instead: &[u8; 16],
        at: Timestamp,
    ) -> Result<Overwritten, StoreError> {
        tx.q("DELETE FROM @account_photos WHERE account = $1").bind(id).execute().await?;
        tx.q("UPDATE @accounts SET student = NULL, record = NULL, anonymised_at = $2 WHERE id = $1")
            .bind(id)
            .bind(at)
            .execute()
            .await?;
        let verifications = tx
            .q("UPDATE @verifications SET student = $2, evidence = NULL WHERE student = $1")
            .bind(student.as_bytes())
            .bind(instead)
            .execute()
            .await?;
        let tokens = tx
            .q("UPDATE @tokens SET student = $2, subject = 'anonymised' WHERE student = $1")
            .bind(student.as_bytes())
            .bind(instead)
            .execute()
            .await?;
        Ok(Overwritten { verifications, tokens })
    }

    /// Keeps a photo in place of the one before.
    pub async fn put_photo(&self, tx: &mut Tx, account: &str, id: &str, photo: &[u8]) -> Result<(), StoreError> {
        tx.q("INSERT INTO @account_photos (account, id, photo) VALUES ($1, $2, $3)
              ON CONFLICT (account) DO UPDATE SET id = $2, photo = $3")
            .bind(account)
            .bind(id)
            .bind(photo)
            .execute()
            .await?;
        Ok(())
    }

    /// Removes a photo.
    pub async fn delete_photo(&self, tx: &mut Tx, account: &str) -> Result<(), StoreError> {
        tx.q("DELETE FROM @account_photos WHERE account = $1").bind(account).execute().await?;
        Ok(())
    }

    /// An account's photo.
    pub async fn photo(&self, account: &str) -> Result<Option<StoredPhoto>, StoreError> {
        self.db.q("SELECT id, photo FROM @account_photos WHERE account = $1").bind(account).optional().await
    }

    /// A student's tokens, the newest first, at most a thousand.
    pub async fn tokens_of(&self, student: &Index) -> Result<Vec<StoredToken>, StoreError> {
        let columns = tokens::COLUMNS;
        let sql = format!("{columns} WHERE student = $1 ORDER BY issued_at DESC, jti DESC LIMIT $2");
        self.db.q(&sql).bind(student.as_bytes()).bind(ROWS).all().await
    }

    /// The same within a transaction.
    pub async fn tokens_of_in(&self, tx: &mut Tx, student: &Index) -> Result<Vec<StoredToken>, StoreError> {
        let columns = tokens::COLUMNS;
        let sql = format!("{columns} WHERE student = $1 ORDER BY issued_at DESC, jti DESC LIMIT $2");
        tx.q(&sql).bind(student.as_bytes()).bind(ROWS).all().await
    }

    /// A student's verifications, the newest first, at most a thousand.
    pub async fn verifications_of(&self, student: &Index) -> Result<Vec<StoredVerification>, StoreError> {
        let columns = verifications::COLUMNS;
        let sql = format!("{columns} WHERE student = $1 ORDER BY at DESC, id DESC LIMIT $2");
        self.db.q(&sql).bind(student.as_bytes()).bind(ROWS).all().await
    }
}
