//! `[staff]`: how people who work here log in.

use super::reader::Section;
use crate::{
    flow::{authority::CertificateSettings, staff::StaffSettings},
    vault::PasswordCost,
};

/// `[staff]`
pub(super) fn read(section: &mut Section<'_>, certificates: CertificateSettings) -> StaffSettings {
    let usual = StaffSettings::default();
    let mut number =
        |key, usual: u32, range| u32::try_from(section.number(key, u64::from(usual), range)).unwrap_or(usual);
    let password_cost = PasswordCost {
        memory_kib: number("password_memory_kib", usual.password_cost.memory_kib, 8_192..=1_048_576),
        passes: number("password_passes", usual.password_cost.passes, 1..=20),
    };
    StaffSettings {
        certificates,
        password_cost,
        hashes_at_once: usual.hashes_at_once,
        idle: section.seconds("idle_seconds", usual.idle.as_secs(), 60..=28_800),
        invitation_life: section.seconds("invitation_life_seconds", usual.invitation_life.as_secs(), 900..=2_592_000),
    }
}
