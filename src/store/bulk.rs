//! The one place, beside migrations, that knows the engine: loading a million sorted rows.
//!
//! Rows come in [`RowBlock`]s, sorted by number (unsorted keys are three to five times slower on either engine). A block
//! is one statement: on SQLite it travels as packed values that SQL takes apart again, on PostgreSQL as
//! `COPY … BINARY`.

use std::io::Write;

use sqlx::PgConnection;

use super::db::{StoreError, Tx, TxInner};
use crate::vault::Index;

/// Rows of a block: enough that a statement's own cost vanishes, few enough that a block is small in memory.
pub const BLOCK_ROWS: usize = 4_096;

const NUMBER_BYTES: usize = 16;

/// Sorted rows, packed: keyed hashes of matriculation numbers and sealed records.
#[derive(Debug)]
pub struct RowBlock {
    numbers: Vec<u8>,
    /// Where each record ends in `records`.
    ends: Vec<usize>,
    records: Vec<u8>,
}

impl Default for RowBlock {
    fn default() -> Self {
        Self {
            numbers: Vec::with_capacity(BLOCK_ROWS * NUMBER_BYTES),
            ends: Vec::with_capacity(BLOCK_ROWS),
            records: Vec::with_capacity(BLOCK_ROWS * 128),
        }
    }
}

impl RowBlock {
    /// Adds a row whose sealed record `append` writes. Its number has to be greater than the last one's.
    pub fn push(&mut self, number: &Index, append: impl FnOnce(&mut Vec<u8>)) {
        self.numbers.extend_from_slice(number.as_bytes());
        append(&mut self.records);
        self.ends.push(self.records.len());
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    fn starts(&self) -> impl Iterator<Item = usize> + '_ {
        std::iter::once(0).chain(self.ends.iter().copied())
    }

    fn rows(&self) -> impl Iterator<Item = (&[u8], &[u8])> + '_ {
        let records = self.starts().zip(&self.ends).map(|(start, end)| &self.records[start..*end]);
        self.numbers.chunks_exact(NUMBER_BYTES).zip(records)
    }
}

/// Puts a block into a list. Returns how many rows the engine took.
pub(super) async fn load(tx: &mut Tx, roster: &str, block: RowBlock) -> Result<u64, StoreError> {
    let statement = format!("COPY {}roster_rows (roster, number, record) FROM STDIN (FORMAT BINARY)", tx.prefix());
    if let TxInner::Postgres(connection) = tx.inner() {
        return copy(connection, &statement, &copy_data(roster, &block))
            .await
            .map_err(StoreError::database(&statement));
    }
    load_packed(tx, roster, block).await
}

/// Digits of a bound: far above any block's size.
const DIGITS: usize = 9;

async fn load_packed(tx: &mut Tx, roster: &str, block: RowBlock) -> Result<u64, StoreError> {
    // SQL has no words to read binary numbers, but casts decimal ones: start and length of each record, fixed width.
    let mut bounds = Vec::with_capacity(block.len() * 2 * DIGITS);
    for (start, end) in block.starts().zip(&block.ends) {
        // Writing to a Vec never fails.
        let _ = write!(bounds, "{:09}{:09}", start + 1, end - start);
    }
    let rows = i64::try_from(block.len()).unwrap_or(i64::MAX);
    tx.q("WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $2)
          INSERT INTO @roster_rows (roster, number, record)
          SELECT $1, substr($3, i * 16 + 1, 16),
                 substr($5, CAST(substr($4, i * 18 + 1, 9) AS INTEGER), CAST(substr($4, i * 18 + 10, 9) AS INTEGER))
          FROM n WHERE i < $2")
        .bind(roster)
        .bind(rows)
        .bind(block.numbers)
        .bind(bounds)
        .bind(block.records)
        .execute()
        .await
}

/// A block in PostgreSQL's binary copy format ("COPY", section "Binary Format").
fn copy_data(roster: &str, block: &RowBlock) -> Vec<u8> {
    const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0";
    let mut out = Vec::with_capacity(block.records.len() + block.len() * (NUMBER_BYTES + roster.len() + 14) + 32);
    out.extend_from_slice(SIGNATURE);
    out.extend_from_slice(&[0; 8]); // no flags, no extension
    for (number, record) in block.rows() {
        out.extend_from_slice(&3_i16.to_be_bytes());
        for field in [roster.as_bytes(), number, record] {
            // A record is a few hundred bytes: the reader bounds every field.
            out.extend_from_slice(&i32::try_from(field.len()).unwrap_or(i32::MAX).to_be_bytes());
            out.extend_from_slice(field);
        }
    }
    out.extend_from_slice(&(-1_i16).to_be_bytes());
    out
}

async fn copy(connection: &mut PgConnection, statement: &str, data: &[u8]) -> Result<u64, sqlx::Error> {
    let mut copy = connection.copy_in_raw(statement).await?;
    copy.send(data).await?;
    copy.finish().await
}
