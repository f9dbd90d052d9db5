//! Back to the list before; and what no longer counts is cleared away.

use serde_json::json;
use thiserror::Error;

use crate::{
    domain::{
        audit::{Event, Kind},
        policy::Scope,
        semester::Semester,
    },
    flow::{Failure, Pedell},
    store::{
        StoreError,
        tenant::{RosterChange, RosterInfo, RosterStage, Tenant},
    },
};

/// Why there was no way back.
#[derive(Debug, Error)]
pub enum RollBackError {
    /// There is one list of this semester, or none.
    #[error("there is no previous list of this semester")]
    NothingBefore,
    /// An import or another rollback of this semester came between.
    #[error("another import of this semester was finished meanwhile; nothing was changed")]
    Overtaken,
    /// Something failed here.
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl From<StoreError> for RollBackError {
    fn from(error: StoreError) -> Self {
        Self::Failure(error.into())
    }
}

impl Pedell {
    /// Puts the previous list of a semester in force again; the current one becomes the previous one, so that a second
    /// rollback returns to it. Returns the list that is in force now.
    pub async fn roll_back_roster(&self, scope: &Scope, semester: Semester) -> Result<RosterInfo, RollBackError> {
        let tenant = self.stores().tenant(scope).await?;
        let at_stage = |lists: &[RosterInfo], stage| {
            lists.iter().find(|list| list.semester == semester && list.stage == stage).cloned()
        };
        let lists = tenant.rosters().await?;
        let previous = at_stage(&lists, RosterStage::Previous).ok_or(RollBackError::NothingBefore)?;
        let left = at_stage(&lists, RosterStage::Current).map(|current| current.id);
        let detail = json!({ "semester": semester, "rows": previous.row_count, "instead_of": left });
        let event = Event::new(Kind::RosterRolledBack, &previous.id, detail);
        match tenant.roll_back_roster(&previous, self.clock().now(), scope, &event).await? {
            RosterChange::Done => Ok(RosterInfo { stage: RosterStage::Current, ..previous }),
            RosterChange::Overtaken => Err(RollBackError::Overtaken),
        }
    }

    /// Clears away lists that no longer count, and what killed imports left, in steps that let other writers through.
    pub(in crate::flow) async fn clear_rosters(&self, tenant: &Tenant) -> Result<(), Failure> {
        while tenant.clear_rosters_step(self.clock().now()).await? {
            tokio::task::yield_now().await;
        }
        Ok(())
    }
}
