//! Seals a list's rows and loads them beside the current list: sealing runs ahead on its own thread.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::{Import, Progress, rows::Rows};
use crate::{
    base::Random,
    flow::{
        Failure,
        verify_by_roster::{record_place, row_key},
    },
    store::{BLOCK_ROWS, RowBlock, tenant::RosterChange},
    vault::TenantKeys,
};

/// Blocks that one transaction loads: other writers wait no longer than for so many (about 50 ms on SQLite).
const BLOCKS_AT_ONCE: usize = 4;

impl Import<'_> {
    /// Loads `rows` into the list `roster`.
    pub(super) async fn load(&self, rows: &Arc<Rows>, roster: &str) -> Result<RosterChange, Failure> {
        let (send, mut receive) = mpsc::channel(BLOCKS_AT_ONCE);
        let sealing = tokio::task::spawn_blocking({
            let (keys, rows, roster) = (self.keys.clone(), rows.clone(), roster.to_owned());
            let random = self.pedell.random().clone();
            move || seal_all(&keys, &rows, &random, &roster, &send)
        });
        let (mut blocks, mut loaded) = (Vec::with_capacity(BLOCKS_AT_ONCE), 0);
        loop {
            let block = receive.recv().await;
            let is_last = block.is_none();
            blocks.extend(block);
            if blocks.len() < BLOCKS_AT_ONCE && !is_last {
                continue;
            }
            loaded += blocks.iter().map(|block: &RowBlock| block.len() as u64).sum::<u64>();
            let now = self.pedell.clock().now();
            if self.tenant.load_roster(roster, now, std::mem::take(&mut blocks)).await? == RosterChange::Overtaken {
                return Ok(RosterChange::Overtaken);
            }
            (self.progress)(Progress::Loading { rows: loaded, of: rows.len() as u64 });
            if is_last {
                break;
            }
        }
        sealing.await.map_err(|_| Failure::Stopped("sealing the list"))?;
        Ok(RosterChange::Done)
    }
}

fn seal_all(keys: &TenantKeys, rows: &Rows, random: &Random, roster: &str, send: &mpsc::Sender<RowBlock>) {
    for start in (0..rows.len()).step_by(BLOCK_ROWS) {
        let mut block = RowBlock::default();
        for at in start..rows.len().min(start + BLOCK_ROWS) {
            let row = rows.get(at);
            let key = row_key(roster, &row.number);
            block.push(&row.number, |out| keys.seal_into(random, record_place(&key), row.plain, out));
        }
        if send.blocking_send(block).is_err() {
            return; // nobody loads them any more
        }
    }
}
