//! A checkpoint of an audit trail: what its head was at a moment. Signed, it says so to whoever keeps it: a trail that was
//! rewritten since, with every hash made anew, no longer has this head at this place.

use serde::{Deserialize, Serialize};

use super::tenant::TenantId;
use crate::base::Timestamp;

/// Which trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrailOf {
    /// The instance's own.
    Instance,
    /// One tenant's.
    Tenant(TenantId),
}

impl TrailOf {
    /// As it is signed and stored: a tenant's id, or `instance`.
    pub fn name(&self) -> &str {
        match self {
            Self::Instance => "instance",
            Self::Tenant(tenant) => tenant.as_str(),
        }
    }
}

/// What is signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// [`TrailOf::name`].
    pub trail: String,
    /// Its place among the trail's checkpoints, from 1, without gaps.
    pub number: i64,
    /// The entry that was the last one.
    pub seq: i64,
    /// That entry's hash, in hex.
    pub hash: String,
    /// When, in seconds since the epoch.
    pub iat: i64,
}

impl Checkpoint {
    /// When it was signed.
    pub const fn at(&self) -> Timestamp {
        Timestamp::from_seconds(self.iat)
    }
}
