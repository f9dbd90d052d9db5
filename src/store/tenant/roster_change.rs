//! How a list comes and goes: it is loaded beside the current one, takes its place in one transaction, and the list
//! before the previous one is cleared away in small steps.
//!
//! Every step asks for the stage that it expects, so that a list which was given up meanwhile never becomes current, and
//! of two imports the one that compared itself with an outdated list is told so.

use super::{RosterInfo, RosterStage, Tenant};
use crate::{
    base::{Timestamp, limits},
    domain::{audit::Event, policy::Scope, semester::Semester},
    store::{
        bulk::{self, RowBlock},
        db::{StoreError, Tx},
    },
};

/// Rows that one statement deletes.
const CLEAR_ROWS: i64 = 4_000;

/// What came of an attempt to change a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RosterChange {
    /// Done.
    Done,
    /// Another import, a rollback or the housekeeping was there first; nothing has changed.
    Overtaken,
}

/// A list that is ready to take over.
#[derive(Clone, Copy, Debug)]
pub struct Swap<'a> {
    /// The list that was loaded.
    pub roster: &'a str,
    /// Its semester.
    pub semester: Semester,
    /// How many rows it must have.
    pub rows: i64,
    /// The list that it was compared with.
    pub instead_of: Option<&'a str>,
}

impl Tenant {
    /// Records a list that is about to be loaded.
    pub async fn begin_roster(&self, roster: &RosterInfo) -> Result<(), StoreError> {
        self.db
            .w("INSERT INTO @rosters
                (id, semester, stage, key_version, row_count, file_sha256, created_at, created_by, loaded_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $7)")
            .bind(&roster.id)
            .bind(roster.semester.to_string())
            .bind(RosterStage::Loading.name())
            .bind(roster.key_version)
            .bind(0_i64)
            .bind(roster.file_sha256.as_slice())
            .bind(roster.imported_at)
            .bind(&roster.imported_by)
            .execute()
            .await?;
        Ok(())
    }

    /// Adds sorted rows to a list that is being loaded, in one short transaction.
    pub async fn load_roster(
        &self,
        roster: &str,
        now: Timestamp,
        blocks: Vec<RowBlock>,
    ) -> Result<RosterChange, StoreError> {
        let mut tx = self.begin().await?;
        let rows: usize = blocks.iter().map(RowBlock::len).sum();
        // First, so that whoever clears dead imports away waits for these rows or is noticed by us.
        let counted = tx
            .q("UPDATE @rosters SET row_count = row_count + $2, loaded_at = $3 WHERE id = $1 AND stage = 'loading'")
            .bind(roster)
            .bind(i64::try_from(rows).unwrap_or(i64::MAX))
            .bind(now)
            .execute()
            .await?;
        if counted != 1 {
            return Ok(RosterChange::Overtaken);
        }
        let mut taken = 0;
        for block in blocks {
            taken += bulk::load(&mut tx, roster, block).await?;
        }
        if taken != rows as u64 {
            return Err(StoreError::Corrupt { table: "roster_rows", what: "row count", row: roster.to_owned() });
        }
        tx.commit().await?;
        Ok(RosterChange::Done)
    }

    /// Makes a loaded list the current one, keeps the one before, and records it; all at once.
    pub async fn swap_roster(
        &self,
        swap: Swap<'_>,
        at: Timestamp,
        scope: &Scope,
        event: &Event,
    ) -> Result<RosterChange, StoreError> {
        let mut tx = self.begin().await?;
        // The trail's head makes everyone who changes lists queue from here on.
        self.audit(&mut tx, at, scope, event).await?;
        let semester = swap.semester.to_string();
        if current_id(&mut tx, &semester).await?.as_deref() != swap.instead_of {
            return Ok(RosterChange::Overtaken);
        }
        for (from, to) in [(RosterStage::Previous.name(), "dropped"), (RosterStage::Current.name(), "previous")] {
            restage(&mut tx, &semester, from, to).await?;
        }
        let swapped = tx
            .q("UPDATE @rosters SET stage = 'current' WHERE id = $1 AND stage = 'loading' AND row_count = $2")
            .bind(swap.roster)
            .bind(swap.rows)
            .execute()
            .await?;
        if swapped != 1 {
            return Ok(RosterChange::Overtaken);
        }
        tx.commit().await?;
        Ok(RosterChange::Done)
    }

    /// Exchanges the current list and `previous`, and records it.
    pub async fn roll_back_roster(
        &self,
        previous: &RosterInfo,
        at: Timestamp,
        scope: &Scope,
        event: &Event,
    ) -> Result<RosterChange, StoreError> {
        let mut tx = self.begin().await?;
        self.audit(&mut tx, at, scope, event).await?;
        let semester = previous.semester.to_string();
        // Through a stage that nobody ever sees, because there is never more than one current list.
        for (from, to) in [("current", "leaving"), ("previous", "current"), ("leaving", "previous")] {
            restage(&mut tx, &semester, from, to).await?;
        }
        // An import may have come between: then another list than the one recorded would come back.
        if current_id(&mut tx, &semester).await?.as_deref() != Some(&previous.id) {
            return Ok(RosterChange::Overtaken);
        }
        tx.commit().await?;
        Ok(RosterChange::Done)
    }

    /// Gives up a list that was being loaded.
    pub async fn abandon_roster(&self, roster: &str) -> Result<(), StoreError> {
        self.db
            .w("UPDATE @rosters SET stage = 'dropped' WHERE id = $1 AND stage = 'loading'")
            .bind(roster)
            .execute()
            .await?;
        Ok(())
    }

    /// One step of clearing dropped lists and dead imports away. Returns whether there is more to do.
    pub async fn clear_rosters_step(&self, now: Timestamp) -> Result<bool, StoreError> {
        let dead_since = now.minus(limits::ROSTER_IMPORT_DEAD_AFTER);
        self.db
            .w("UPDATE @rosters SET stage = 'dropped' WHERE stage = 'loading' AND loaded_at < $1")
            .bind(dead_since)
            .execute()
            .await?;
        let dropped: Option<(String,)> =
            self.db.q("SELECT id FROM @rosters WHERE stage = 'dropped' ORDER BY id LIMIT 1").optional().await?;
        let Some((roster,)) = dropped else { return Ok(false) };
        let deleted = self
            .db
            .w("DELETE FROM @roster_rows WHERE roster = $1 AND number IN
                (SELECT number FROM @roster_rows WHERE roster = $1 ORDER BY number LIMIT $2)")
            .bind(&roster)
            .bind(CLEAR_ROWS)
            .execute()
            .await?;
        if deleted == 0 {
            self.db.w("DELETE FROM @rosters WHERE id = $1 AND stage = 'dropped'").bind(&roster).execute().await?;
        }
        Ok(true)
    }
}

async fn current_id(tx: &mut Tx, semester: &str) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> =
        tx.q("SELECT id FROM @rosters WHERE semester = $1 AND stage = 'current'").bind(semester).optional().await?;
    Ok(row.map(|(id,)| id))
}

async fn restage(tx: &mut Tx, semester: &str, from: &str, to: &str) -> Result<(), StoreError> {
    tx.q("UPDATE @rosters SET stage = $3 WHERE semester = $1 AND stage = $2")
        .bind(semester)
        .bind(from)
        .bind(to)
        .execute()
        .await?;
    Ok(())
}
