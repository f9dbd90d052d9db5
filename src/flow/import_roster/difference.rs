//! What a new list changes: both lists are opened and compared, row by row; nobody's data leave this file.

use std::sync::Arc;

use serde::Serialize;
use tokio::sync::mpsc;

use super::{Import, Progress, rows::Rows};
use crate::{
    domain::person::StudentRecord,
    flow::{
        Failure,
        verify_by_roster::{NUMBER, record_place, row_key},
    },
    store::tenant::RosterInfo,
    vault::{Index, TenantKeys},
};

/// How a new list differs from the current one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Numbers that only the new list has.
    pub added: u64,
    /// Numbers that only the current list has.
    pub removed: u64,
    /// Numbers that both have, with other data.
    pub changed: u64,
    /// Numbers that both have, with the same data.
    pub unchanged: u64,
}

impl Difference {
    /// Rows of the current list.
    pub fn current_rows(&self) -> u64 {
        self.removed + self.changed + self.unchanged
    }

    /// How much of the current list goes, in whole per cent, rounded up.
    pub fn removed_percent(&self) -> u64 {
        (self.removed * 100).div_ceil(self.current_rows().max(1))
    }
}

/// Rows that are fetched at once.
const PAGE: i64 = 4_096;

type Page = Vec<(Index, Vec<u8>)>;

impl Import<'_> {
    /// Compares `rows` with the current list. Fetching and opening run side by side.
    pub(super) async fn difference(
        &self,
        rows: &Arc<Rows>,
        current: Option<&RosterInfo>,
    ) -> Result<Difference, Failure> {
        let added = rows.len() as u64;
        let Some(current) = current else { return Ok(Difference { added, ..Difference::default() }) };
        let (send, receive) = mpsc::channel(2);
        let comparing = tokio::task::spawn_blocking({
            let (keys, rows, current) = (self.keys.clone(), rows.clone(), current.clone());
            move || compare_all(&keys, &rows, &current, receive)
        });
        let (mut after, mut seen) = (None, 0);
        loop {
            let page = self.tenant.roster_page(&current.id, after.as_ref(), PAGE).await?;
            let Some((last, _)) = page.last() else { break };
            (after, seen) = (Some(*last), seen + page.len() as u64);
            (self.progress)(Progress::Comparing { rows: seen, of: u64::try_from(current.row_count).unwrap_or(0) });
            if send.send(page).await.is_err() {
                break; // the comparison has failed and says why
            }
        }
        drop(send);
        comparing.await.map_err(|_| Failure::Stopped("comparing the lists"))?
    }
}

fn compare_all(
    keys: &TenantKeys,
    rows: &Rows,
    current: &RosterInfo,
    mut pages: mpsc::Receiver<Page>,
) -> Result<Difference, Failure> {
    let mut difference = Difference::default();
    while let Some(page) = pages.blocking_recv() {
        for (number, sealed) in page {
            compare(keys, rows, current, &number, &sealed, &mut difference)?;
        }
    }
    difference.added = rows.len() as u64 - difference.changed - difference.unchanged;
    Ok(difference)
}

fn compare(
    keys: &TenantKeys,
    rows: &Rows,
    current: &RosterInfo,
    number: &Index,
    sealed: &[u8],
    difference: &mut Difference,
) -> Result<(), Failure> {
    let open =
        || keys.open(record_place(&row_key(&current.id, number)), sealed).map_err(Failure::open("a roster's record"));
    let found = if current.key_version == keys.newest_version() {
        rows.find(number).map(|row| Ok::<_, Failure>((row, open()?))).transpose()?
    } else {
        // The keys were rotated since: the same number has another index now.
        let plain = open()?;
        let record = StudentRecord::from_bytes(&plain).ok().ok_or(Failure::Corrupt("a roster's record"))?;
        let number = record.matriculation_number.normalised();
        let now =
            keys.index(keys.newest_version(), NUMBER, number.as_bytes()).map_err(Failure::open("a roster's index"))?;
        rows.find(&now).map(|row| (row, plain))
    };
    match found {
        None => difference.removed += 1,
        Some((row, plain)) if row.plain == plain.as_slice() => difference.unchanged += 1,
        Some(_) => difference.changed += 1,
    }
    Ok(())
}
