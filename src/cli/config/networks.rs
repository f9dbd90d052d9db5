//! `[networks]`: regions of the internet that some doors are closed to.

use std::path::PathBuf;

use super::reader::Section;
use crate::{
    domain::networks::parse_network,
    web::{ClosedDoors, RegionFiles},
};

/// `[networks]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkSettings {
    /// What is blocked, and where.
    pub regions: RegionFiles,
}

impl NetworkSettings {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        Self {
            regions: RegionFiles {
                files: section.list("blocked", |text| Ok(PathBuf::from(text))),
                own: section.list("own", |text| parse_network(text).map_err(|fault| format!("is wrong: {fault}"))),
                doors: section.choice(
                    "closed",
                    "staff",
                    &[
                        ("staff", ClosedDoors::Staff),
                        ("staff_and_machines", ClosedDoors::Machines),
                        ("all", ClosedDoors::All),
                    ],
                ),
            },
        }
    }
}
