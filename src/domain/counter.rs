//! Counters of agencies: what they may check, and who typed a student's data there.

use super::{
    client::ClientId,
    staff::{OutletId, StaffId},
    tenant::TenantId,
};

/// The operator lets an agency's counters check whether students of a university are eligible for an issuer's product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CounterGrant {
    /// Whose counters.
    pub agency: TenantId,
    /// The ticket issuer's.
    pub client: ClientId,
    /// Its name for the product, which has the rule.
    pub product: String,
    /// Whose students.
    pub university: TenantId,
}

/// Who typed a student's data. Ids, never names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AtCounter {
    /// Whose counter.
    pub agency: TenantId,
    /// At which outlet; an agency's manager belongs to none.
    pub outlet: Option<OutletId>,
    /// Who.
    pub clerk: StaffId,
}

/// Which of an agency's counter checks somebody may see. Only [`super::policy::counter_view`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CounterView {
    pub(super) agency: TenantId,
    pub(super) outlet: Option<OutletId>,
    pub(super) clerk: Option<StaffId>,
}

impl CounterView {
    /// Whose counters.
    pub const fn agency(&self) -> &TenantId {
        &self.agency
    }

    /// Of this outlet only.
    pub const fn outlet(&self) -> Option<&OutletId> {
        self.outlet.as_ref()
    }

    /// Of this person only.
    pub const fn clerk(&self) -> Option<&StaffId> {
        self.clerk.as_ref()
    }
}
