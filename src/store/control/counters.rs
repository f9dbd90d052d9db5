//! What agencies' counters may check.

use super::Control;
use crate::{
    base::{Timestamp, limits},
    domain::{client::ClientId, counter::CounterGrant, tenant::TenantId},
    store::db::{StoreError, Tx},
};

#[derive(sqlx::FromRow)]
struct Row {
    agency: String,
    client: String,
    product: String,
    university: String,
}

const GRANTS: &str = "SELECT agency, client, product, university FROM @counter_grants WHERE ended_at IS NULL";
const ORDER: &str = "ORDER BY agency, client, product, university LIMIT";

impl Control {
    /// Grants it; `false` if it is granted already.
    pub async fn grant_counter(&self, tx: &mut Tx, grant: &CounterGrant, at: Timestamp) -> Result<bool, StoreError> {
        let changed = tx
            .q("INSERT INTO @counter_grants AS present (agency, client, product, university, granted_at)
                VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (agency, client, product, university)
                DO UPDATE SET granted_at = excluded.granted_at, ended_at = NULL WHERE present.ended_at IS NOT NULL")
            .bind(grant.agency.as_str())
            .bind(grant.client.as_str())
            .bind(&grant.product)
            .bind(grant.university.as_str())
            .bind(at)
            .execute()
            .await?;
        Ok(changed == 1)
    }

    /// Takes it away; `false` if it is not granted.
    pub async fn end_counter_grant(
        &self,
        tx: &mut Tx,
        grant: &CounterGrant,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let changed = tx
            .q("UPDATE @counter_grants SET ended_at = $5
                WHERE agency = $1 AND client = $2 AND product = $3 AND university = $4 AND ended_at IS NULL")
            .bind(grant.agency.as_str())
            .bind(grant.client.as_str())
            .bind(&grant.product)
            .bind(grant.university.as_str())
            .bind(at)
            .execute()
            .await?;
        Ok(changed == 1)
    }

    /// What is granted to whom.
    pub async fn counter_grants(&self) -> Result<Vec<CounterGrant>, StoreError> {
        let query = format!("{GRANTS} {ORDER} $1");
        let rows: Vec<Row> = self.db.q(&query).bind(limits::COUNTER_GRANTS_LISTED).all().await?;
        rows.into_iter().map(CounterGrant::try_from).collect()
    }

    /// What is granted to an agency.
    pub async fn counter_grants_to(&self, agency: &TenantId) -> Result<Vec<CounterGrant>, StoreError> {
        let query = format!("{GRANTS} AND agency = $1 {ORDER} $2");
        let rows: Vec<Row> = self.db.q(&query).bind(agency.as_str()).bind(limits::COUNTER_GRANTS_LISTED).all().await?;
        rows.into_iter().map(CounterGrant::try_from).collect()
    }

    /// What counters may check of a university's students.
    pub async fn counter_grants_at(&self, university: &TenantId) -> Result<Vec<CounterGrant>, StoreError> {
        let query = format!("{GRANTS} AND university = $1 {ORDER} $2");
        let rows: Vec<Row> =
            self.db.q(&query).bind(university.as_str()).bind(limits::COUNTER_GRANTS_LISTED).all().await?;
        rows.into_iter().map(CounterGrant::try_from).collect()
    }

    /// The universities whose students an agency's counters may check, or could at some time.
    pub async fn universities_of_counters(&self, agency: &TenantId) -> Result<Vec<TenantId>, StoreError> {
        let rows: Vec<(String,)> = self
            .db
            .q("SELECT DISTINCT university FROM @counter_grants WHERE agency = $1 ORDER BY university LIMIT $2")
            .bind(agency.as_str())
            .bind(limits::COUNTER_GRANTS_LISTED)
            .all()
            .await?;
        rows.into_iter()
            .map(|(id,)| match TenantId::parse(&id) {
                Some(id) => Ok(id),
                None => Err(StoreError::Corrupt { table: "counter_grants", what: "university", row: id }),
            })
            .collect()
    }
}

impl TryFrom<Row> for CounterGrant {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let corrupt = |what| StoreError::Corrupt { table: "counter_grants", what, row: row.agency.clone() };
        Ok(Self {
            agency: TenantId::parse(&row.agency).ok_or_else(|| corrupt("agency"))?,
            client: ClientId::parse(&row.client).ok_or_else(|| corrupt("client"))?,
            university: TenantId::parse(&row.university).ok_or_else(|| corrupt("university"))?,
            product: row.product,
        })
    }
}
