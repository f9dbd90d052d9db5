//! Rosters: one current list per semester, the previous one to roll back to, and a list that is being loaded.

use super::Tenant;
use crate::{
    base::Timestamp,
    domain::semester::Semester,
    store::db::{StoreError, Tx},
    vault::Index,
};

/// A list, without its rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterInfo {
    /// ULID.
    pub id: String,
    /// For which semester.
    pub semester: Semester,
    /// Where it stands.
    pub stage: RosterStage,
    /// Under which version of the tenant's keys its rows are indexed.
    pub key_version: u8,
    /// Rows.
    pub row_count: i64,
    /// SHA-256 of the file.
    pub file_sha256: Vec<u8>,
    /// When.
    pub imported_at: Timestamp,
    /// By whom, as in the audit trail.
    pub imported_by: String,
}

/// A list's stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RosterStage {
    /// Being filled; if its importer was killed, it is removed with the next import.
    Loading,
    /// Students are checked against it.
    Current,
    /// The one before, kept for rolling back.
    Previous,
}

impl RosterStage {
    /// As stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Loading => "loading",
            Self::Current => "current",
            Self::Previous => "previous",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        [Self::Loading, Self::Current, Self::Previous].into_iter().find(|stage| stage.name() == name)
    }
}

/// A row to load: sorted by number before it comes here.
#[derive(Clone, Copy, Debug)]
pub struct LoadRow<'a> {
    /// Keyed hash of the matriculation number.
    pub number: &'a Index,
    /// Sealed.
    pub record: &'a [u8],
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    semester: String,
    stage: String,
    key_version: i64,
    row_count: i64,
    file_sha256: Vec<u8>,
    created_at: i64,
    created_by: String,
}

const COLUMNS: &str =
    "SELECT id, semester, stage, key_version, row_count, file_sha256, created_at, created_by FROM @rosters";

impl Tenant {
    /// The current list of each semester, newest semester first.
    pub async fn current_rosters(&self) -> Result<Vec<RosterInfo>, StoreError> {
        let rows: Vec<Row> =
            self.db.q(&format!("{COLUMNS} WHERE stage = 'current' ORDER BY semester DESC")).all().await?;
        rows.into_iter().map(RosterInfo::try_from).collect()
    }

    /// Every list that is not dropped, newest first.
    pub async fn rosters(&self) -> Result<Vec<RosterInfo>, StoreError> {
        let rows: Vec<Row> = self.db.q(&format!("{COLUMNS} ORDER BY created_at DESC, id DESC")).all().await?;
        rows.into_iter().map(RosterInfo::try_from).collect()
    }

    /// The sealed record under a number.
    pub async fn roster_record(&self, roster: &str, number: &Index) -> Result<Option<Vec<u8>>, StoreError> {
        let row: Option<(Vec<u8>,)> = self
            .db
            .q("SELECT record FROM @roster_rows WHERE roster = $1 AND number = $2")
            .bind(roster)
            .bind(number.as_bytes())
            .optional()
            .await?;
        Ok(row.map(|(record,)| record))
    }

    /// Records a list that is about to be loaded.
    pub async fn insert_roster(&self, tx: &mut Tx, roster: &RosterInfo) -> Result<(), StoreError> {
        tx.q("INSERT INTO @rosters (id, semester, stage, key_version, row_count, file_sha256, created_at, created_by)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
            .bind(&roster.id)
            .bind(roster.semester.to_string())
            .bind(roster.stage.name())
            .bind(roster.key_version)
            .bind(roster.row_count)
            .bind(roster.file_sha256.as_slice())
            .bind(roster.imported_at)
            .bind(&roster.imported_by)
            .execute()
            .await?;
        Ok(())
    }
}

impl TryFrom<Row> for RosterInfo {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let corrupt = |what| StoreError::Corrupt { table: "rosters", what, row: row.id.clone() };
        Ok(Self {
            semester: Semester::parse_canonical(&row.semester).ok_or_else(|| corrupt("semester"))?,
            stage: RosterStage::parse(&row.stage).ok_or_else(|| corrupt("stage"))?,
            key_version: u8::try_from(row.key_version).map_err(|_| corrupt("key_version"))?,
            row_count: row.row_count,
            imported_at: Timestamp::from_millis(row.created_at),
            file_sha256: row.file_sha256,
            imported_by: row.created_by,
            id: row.id,
        })
    }
}
