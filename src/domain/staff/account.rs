//! A member of staff.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{LoginName, Rank, Rights};
use crate::{domain::tenant::TenantId, typed_id};

typed_id!(
    /// Which member of staff. Stands in the audit trail instead of a name.
    StaffId
);
typed_id!(
    /// Which outlet of an agency.
    OutletId
);

/// A place of an agency where clerks work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlet {
    /// Which.
    pub id: OutletId,
    /// For people.
    pub name: String,
}

/// Who it is: sealed in the database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffProfile {
    /// To log in with.
    pub login: LoginName,
    /// For people.
    pub name: String,
}

/// How far an account has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StaffStatus {
    /// Has no password of its own yet.
    Invited,
    /// Works.
    Active,
    /// Does not.
    Blocked,
}

impl StaffStatus {
    /// As stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Blocked => "blocked",
        }
    }

    /// Reads [`Self::name`].
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Invited, Self::Active, Self::Blocked].into_iter().find(|status| status.name() == name)
    }
}

/// A member of staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffMember {
    /// Which.
    pub id: StaffId,
    /// Whose.
    pub tenant: TenantId,
    /// Who.
    pub profile: StaffProfile,
    /// Where in the hierarchy.
    pub rank: Rank,
    /// At which outlet, for ranks that belong to one.
    pub outlet: Option<OutletId>,
    /// What the manager gave of what the rank allows.
    pub rights: Rights,
    /// The last day on which the account works, in Germany.
    pub last_day: Option<Date>,
    /// How far the account has come.
    pub status: StaffStatus,
}

impl StaffMember {
    /// Whether the account works on this day: it is active and not over.
    pub fn works_on(&self, today: Date) -> bool {
        self.status == StaffStatus::Active && !self.is_over(today)
    }

    /// Whether the last day is past.
    pub fn is_over(&self, today: Date) -> bool {
        self.last_day.is_some_and(|last| today > last)
    }
}
