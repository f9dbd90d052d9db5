//! Rosters as students are checked against them: one current list per semester, and what is known about each list.
//! How a list comes and goes is in [`super::roster_change`].

use super::Tenant;
use crate::{base::Timestamp, domain::semester::Semester, store::db::StoreError, vault::Index};

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
    /// Rows (while it is being filled: so far).
    pub row_count: i64,
    /// SHA-256 of the file.
    pub file_sha256: Vec<u8>,
    /// When its import began.
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

#[derive(sqlx::FromRow)]
#[expect(clippy::struct_field_names, reason = "the columns' names")]
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
        let rows: Vec<Row> =
            self.db.q(&format!("{COLUMNS} WHERE stage <> 'dropped' ORDER BY created_at DESC, id DESC")).all().await?;
        rows.into_iter().map(RosterInfo::try_from).collect()
    }

    /// The list that students of a semester are checked against.
    pub async fn current_roster(&self, semester: Semester) -> Result<Option<RosterInfo>, StoreError> {
        let row: Option<Row> = self
            .db
            .q(&format!("{COLUMNS} WHERE stage = 'current' AND semester = $1"))
            .bind(semester.to_string())
            .optional()
            .await?;
        row.map(RosterInfo::try_from).transpose()
    }

    /// Rows of a list in the order of their numbers, after `after`, at most `limit`.
    pub async fn roster_page(
        &self,
        roster: &str,
        after: Option<&Index>,
        limit: i64,
    ) -> Result<Vec<(Index, Vec<u8>)>, StoreError> {
        let after: &[u8] = after.map_or(&[], |index| index.as_bytes());
        let rows: Vec<(Vec<u8>, Vec<u8>)> = self
            .db
            .q("SELECT number, record FROM @roster_rows WHERE roster = $1 AND number > $2 ORDER BY number LIMIT $3")
            .bind(roster)
            .bind(after)
            .bind(limit)
            .all()
            .await?;
        let corrupt = || StoreError::Corrupt { table: "roster_rows", what: "number", row: roster.to_owned() };
        rows.into_iter().map(|(number, record)| Ok((Index::from_bytes(&number).ok_or_else(corrupt)?, record))).collect()
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
