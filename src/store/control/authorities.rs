//! Our own certificate authority: its key, its certificate, and the last list of what it took back.

use super::Control;
use crate::{
    base::Timestamp,
    store::db::{StoreError, Tx},
};

/// How far an authority has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthorityStage {
    /// Its certificate has yet to come from the root that is kept elsewhere.
    Waiting,
    /// Issues.
    Active,
    /// Issued once.
    Replaced,
}

impl AuthorityStage {
    /// As stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Active => "active",
            Self::Replaced => "replaced",
        }
    }
}

/// An authority as stored: the private part is sealed.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct StoredAuthority {
    /// ULID.
    pub id: String,
    /// [`AuthorityStage`] by name.
    pub stage: String,
    /// PKCS#8, sealed.
    pub private_key: Vec<u8>,
    /// DER: the certificate that issues.
    pub certificate: Option<Vec<u8>>,
    /// DER: the root above it, where that is kept elsewhere.
    pub root: Option<Vec<u8>>,
    /// Grows with each list.
    pub crl_number: i64,
    /// DER: the last list.
    pub crl: Option<Vec<u8>>,
    /// When it was made.
    pub crl_made_at: i64,
    /// When the key was made.
    pub created_at: i64,
}

const COLUMNS: &str =
    "SELECT id, stage, private_key, certificate, root, crl_number, crl, crl_made_at, created_at FROM @authorities";

impl Control {
    /// The authority of this stage, if there is one.
    pub async fn authority(&self, stage: AuthorityStage) -> Result<Option<StoredAuthority>, StoreError> {
        self.db.q(&format!("{COLUMNS} WHERE stage = $1")).bind(stage.name()).optional().await
    }

    /// The one that issues, while nobody else makes a list of it.
    pub async fn authority_for_update(&self, tx: &mut Tx) -> Result<Option<StoredAuthority>, StoreError> {
        // Locks the row on both engines without FOR UPDATE, which SQLite does not have.
        tx.q("UPDATE @authorities SET stage = stage WHERE stage = 'active'").execute().await?;
        tx.q(&format!("{COLUMNS} WHERE stage = 'active'")).optional().await
    }

    /// A new one; whether there was room for one of its stage.
    pub async fn insert_authority(&self, tx: &mut Tx, authority: &StoredAuthority) -> Result<bool, StoreError> {
        let inserted = tx
            .q("INSERT INTO @authorities (id, stage, private_key, certificate, root, crl_number, crl, crl_made_at,
                created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING")
            .bind(authority.id.as_str())
            .bind(authority.stage.as_str())
            .bind(authority.private_key.as_slice())
            .bind(authority.certificate.as_deref())
            .bind(authority.root.as_deref())
            .bind(authority.crl_number)
            .bind(authority.crl.as_deref())
            .bind(authority.crl_made_at)
            .bind(authority.created_at)
            .execute()
            .await?;
        Ok(inserted == 1)
    }

    /// Its certificate, with the root above it if there is another.
    pub async fn set_authority_certificate(
        &self,
        tx: &mut Tx,
        id: &str,
        stage: AuthorityStage,
        certificate: &[u8],
        root: Option<&[u8]>,
    ) -> Result<(), StoreError> {
        tx.q("UPDATE @authorities SET stage = $2, certificate = $3, root = $4 WHERE id = $1")
            .bind(id)
            .bind(stage.name())
            .bind(certificate)
            .bind(root)
            .execute()
            .await?;
        Ok(())
    }

    /// The one that issued until now ends, and with it all that it has issued.
    pub async fn retire_authority(&self, tx: &mut Tx, at: Timestamp) -> Result<(), StoreError> {
        tx.q("UPDATE @certificates SET revoked_at = $1, reason = 'superseded' WHERE revoked_at IS NULL
              AND authority IN (SELECT id FROM @authorities WHERE stage = 'active')")
            .bind(at)
            .execute()
            .await?;
        tx.q("UPDATE @authorities SET stage = 'replaced' WHERE stage = 'active'").execute().await?;
        Ok(())
    }

    /// A newer list; not if another node has made one in the meantime.
    pub async fn put_crl(
        &self,
        tx: &mut Tx,
        id: &str,
        (number, crl): (i64, &[u8]),
        at: Timestamp,
    ) -> Result<(), StoreError> {
        tx.q("UPDATE @authorities SET crl_number = $2, crl = $3, crl_made_at = $4 WHERE id = $1 AND crl_number < $2")
            .bind(id)
            .bind(number)
            .bind(crl)
            .bind(at)
            .execute()
            .await?;
        Ok(())
    }
}
