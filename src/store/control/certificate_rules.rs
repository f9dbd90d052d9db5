//! What tenants ask of certificates, how companies' authorities call their people, and those authorities' last lists.

use super::Control;
use crate::{
    base::Timestamp,
    domain::{certificate::CertificateRules, staff::StaffId, tenant::TenantId},
    store::db::{StoreError, Tx},
    vault::Index,
};

impl Control {
    /// What a tenant asks for.
    pub async fn certificate_rules(&self, tenant: &TenantId) -> Result<CertificateRules, StoreError> {
        let row: Option<(String,)> = self
            .db
            .q("SELECT document FROM @certificate_rules WHERE tenant = $1")
            .bind(tenant.as_str())
            .optional()
            .await?;
        let Some((document,)) = row else { return Ok(CertificateRules::default()) };
        read(tenant.as_str(), &document)
    }

    /// The same of every tenant that asks for anything.
    pub async fn all_certificate_rules(&self) -> Result<Vec<CertificateRules>, StoreError> {
        let rows: Vec<(String, String)> =
            self.db.q("SELECT tenant, document FROM @certificate_rules ORDER BY tenant").all().await?;
        rows.iter().map(|(tenant, document)| read(tenant, document)).collect()
    }

    /// Changes it.
    pub async fn put_certificate_rules(
        &self,
        tx: &mut Tx,
        tenant: &TenantId,
        rules: &CertificateRules,
    ) -> Result<(), StoreError> {
        tx.q("INSERT INTO @certificate_rules (tenant, document) VALUES ($1, $2)
              ON CONFLICT (tenant) DO UPDATE SET document = excluded.document")
            .bind(tenant.as_str())
            .bind(serde_json::json!(rules).to_string())
            .execute()
            .await?;
        Ok(())
    }

    /// Whom a name of a company's certificates means.
    pub async fn staff_by_external_name(&self, tenant: &TenantId, name: &Index) -> Result<Option<StaffId>, StoreError> {
        let row: Option<(String,)> = self
            .db
            .q("SELECT staff FROM @external_names WHERE tenant = $1 AND name = $2")
            .bind(tenant.as_str())
            .bind(name.as_bytes())
            .optional()
            .await?;
        row.map(|(staff,)| {
            StaffId::parse(&staff).ok_or(StoreError::Corrupt { table: "external_names", what: "staff", row: staff })
        })
        .transpose()
    }

    /// Somebody's name in them, sealed.
    pub async fn external_name(&self, staff: &StaffId) -> Result<Option<Vec<u8>>, StoreError> {
        let row: Option<(Vec<u8>,)> =
            self.db.q("SELECT sealed FROM @external_names WHERE staff = $1").bind(staff.as_str()).optional().await?;
        Ok(row.map(|(sealed,)| sealed))
    }

    /// Gives somebody a name, or takes it; `false` if it is somebody else's already.
    pub async fn put_external_name(
        &self,
        tx: &mut Tx,
        (tenant, staff): (&TenantId, &StaffId),
        name: Option<(&Index, &[u8])>,
    ) -> Result<bool, StoreError> {
        tx.q("DELETE FROM @external_names WHERE staff = $1").bind(staff.as_str()).execute().await?;
        let Some((name, sealed)) = name else { return Ok(true) };
        let inserted = tx
            .q("INSERT INTO @external_names (tenant, name, staff, sealed) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING")
            .bind(tenant.as_str())
            .bind(name.as_bytes())
            .bind(staff.as_str())
            .bind(sealed)
            .execute()
            .await?;
        Ok(inserted == 1)
    }

    /// The last good list of this authority (SHA-256 of the list's address and the authority's certificates), and when it
    /// was fetched.
    pub async fn foreign_crl(&self, authority: &str) -> Result<Option<(Vec<u8>, Timestamp)>, StoreError> {
        let row: Option<(Vec<u8>, i64)> = self
            .db
            .q("SELECT der, fetched_at FROM @foreign_crls WHERE authority = $1")
            .bind(authority)
            .optional()
            .await?;
        Ok(row.map(|(der, at)| (der, Timestamp::from_millis(at))))
    }

    /// When this authority's list was fetched.
    pub async fn foreign_crl_fetched_at(&self, authority: &str) -> Result<Option<Timestamp>, StoreError> {
        let row: Option<(i64,)> =
            self.db.q("SELECT fetched_at FROM @foreign_crls WHERE authority = $1").bind(authority).optional().await?;
        Ok(row.map(|(at,)| Timestamp::from_millis(at)))
    }

    /// When each list was fetched.
    pub async fn foreign_crls(&self) -> Result<Vec<(String, Timestamp)>, StoreError> {
        let rows: Vec<(String, i64)> =
            self.db.q("SELECT authority, fetched_at FROM @foreign_crls ORDER BY authority").all().await?;
        Ok(rows.into_iter().map(|(authority, at)| (authority, Timestamp::from_millis(at))).collect())
    }

    /// A newer one.
    pub async fn put_foreign_crl(&self, authority: &str, der: &[u8], at: Timestamp) -> Result<(), StoreError> {
        self.db
            .w("INSERT INTO @foreign_crls (authority, der, fetched_at) VALUES ($1, $2, $3)
                ON CONFLICT (authority) DO UPDATE SET der = excluded.der, fetched_at = excluded.fetched_at")
            .bind(authority)
            .bind(der)
            .bind(at)
            .execute()
            .await?;
        Ok(())
    }

    /// The list of an authority that nobody trusts any more.
    pub async fn drop_foreign_crl(&self, authority: &str) -> Result<(), StoreError> {
        self.db.w("DELETE FROM @foreign_crls WHERE authority = $1").bind(authority).execute().await?;
        Ok(())
    }
}

fn read(tenant: &str, document: &str) -> Result<CertificateRules, StoreError> {
    let corrupt = || StoreError::Corrupt { table: "certificate_rules", what: "document", row: tenant.to_owned() };
    serde_json::from_str(document).map_err(|_| corrupt())
}
