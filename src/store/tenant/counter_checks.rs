//! Verifications that were typed at an agency's counters, as far as somebody of the agency may see them.

use super::{
    Tenant,
    verifications::{COLUMNS, StoredVerification, VerificationFilter},
};
use crate::{
    base::Timestamp,
    domain::{
        counter::CounterView,
        staff::{OutletId, StaffId},
    },
    store::db::StoreError,
};

/// Verifications at one counter of one day with one outcome.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct CounterCount {
    /// The outlet; empty: none.
    pub outlet: String,
    /// Days since the epoch, in UTC.
    pub day: i64,
    /// Canonical key.
    pub semester: String,
    /// Reason code; empty: eligible.
    pub reason: String,
    /// How many.
    pub count: i64,
}

/// Nothing beyond the view: whose counters, at which outlet, by whom.
const SEEN: &str = "agency = $1 AND ($2 = '' OR outlet = $2) AND ($3 = '' OR clerk = $3)";

impl Tenant {
    /// The newest that fit, newest first, at most so many.
    pub async fn counter_checks(
        &self,
        view: &CounterView,
        filter: &VerificationFilter,
        most: i64,
    ) -> Result<Vec<StoredVerification>, StoreError> {
        self.db
            .q(&format!(
                "{COLUMNS} WHERE {SEEN} AND at >= $4 AND at < $5 AND ($6 = '' OR outcome = $6)
                 AND ($7 = '' OR reason = $7) AND ($8 = '' OR id < $8) ORDER BY id DESC LIMIT $9"
            ))
            .bind(view.agency().as_str())
            .bind(view.outlet().map_or("", OutletId::as_str))
            .bind(view.clerk().map_or("", StaffId::as_str))
            .bind(filter.from)
            .bind(filter.to)
            .bind(&filter.outcome)
            .bind(&filter.reason)
            .bind(&filter.before)
            .bind(most)
            .all()
            .await
    }

    /// How many there were, from one moment until before another.
    pub async fn counter_counts(
        &self,
        view: &CounterView,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<CounterCount>, StoreError> {
        self.db
            .q(&format!(
                "SELECT COALESCE(outlet, '') AS outlet, at / 86400000 AS day, semester,
                        COALESCE(reason, '') AS reason, COUNT(*) AS count
                 FROM @verifications WHERE {SEEN} AND at >= $4 AND at < $5
                 GROUP BY COALESCE(outlet, ''), at / 86400000, semester, COALESCE(reason, '')
                 ORDER BY day, semester, reason, outlet LIMIT 100000"
            ))
            .bind(view.agency().as_str())
            .bind(view.outlet().map_or("", OutletId::as_str))
            .bind(view.clerk().map_or("", StaffId::as_str))
            .bind(from)
            .bind(to)
            .all()
            .await
    }

    /// The one with this number.
    pub async fn counter_check_by_reference(
        &self,
        view: &CounterView,
        reference: &str,
    ) -> Result<Option<StoredVerification>, StoreError> {
        self.db
            .q(&format!("{COLUMNS} WHERE {SEEN} AND reference = $4"))
            .bind(view.agency().as_str())
            .bind(view.outlet().map_or("", OutletId::as_str))
            .bind(view.clerk().map_or("", StaffId::as_str))
            .bind(reference)
            .optional()
            .await
    }
}
