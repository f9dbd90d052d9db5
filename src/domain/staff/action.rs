//! What somebody may do, each in its module.

use super::{Module, Right};

/// Something to do in the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Action {
    SeeConnection,
    TryConnection,
    RequestPromotion,
    DecidePromotion,
    SeeRosters,
    ImportRoster,
    RollBackRoster,
    SeeVerifications,
    SeeStatistics,
    SeeStaff,
    InviteStaff,
    ChangeStaff,
    BlockStaff,
    ResetFactor,
    ChangeOutlets,
    SeeTenants,
    CreateTenant,
    SearchAudit,
    ExportAudit,
    SeeElevations,
    TakeElevation,
}

impl Action {
    /// Every one.
    pub const ALL: [Self; 21] = [
        Self::SeeConnection,
        Self::TryConnection,
        Self::RequestPromotion,
        Self::DecidePromotion,
        Self::SeeRosters,
        Self::ImportRoster,
        Self::RollBackRoster,
        Self::SeeVerifications,
        Self::SeeStatistics,
        Self::SeeStaff,
        Self::InviteStaff,
        Self::ChangeStaff,
        Self::BlockStaff,
        Self::ResetFactor,
        Self::ChangeOutlets,
        Self::SeeTenants,
        Self::CreateTenant,
        Self::SearchAudit,
        Self::ExportAudit,
        Self::SeeElevations,
        Self::TakeElevation,
    ];

    /// Stable.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SeeConnection => "see_connection",
            Self::TryConnection => "try_connection",
            Self::RequestPromotion => "request_promotion",
            Self::DecidePromotion => "decide_promotion",
            Self::SeeRosters => "see_rosters",
            Self::ImportRoster => "import_roster",
            Self::RollBackRoster => "roll_back_roster",
            Self::SeeVerifications => "see_verifications",
            Self::SeeStatistics => "see_statistics",
            Self::SeeStaff => "see_staff",
            Self::InviteStaff => "invite_staff",
            Self::ChangeStaff => "change_staff",
            Self::BlockStaff => "block_staff",
            Self::ResetFactor => "reset_factor",
            Self::ChangeOutlets => "change_outlets",
            Self::SeeTenants => "see_tenants",
            Self::CreateTenant => "create_tenant",
            Self::SearchAudit => "search_audit",
            Self::ExportAudit => "export_audit",
            Self::SeeElevations => "see_elevations",
            Self::TakeElevation => "take_elevation",
        }
    }

    /// Where it belongs.
    pub const fn module(self) -> Module {
        match self {
            Self::SeeConnection | Self::TryConnection | Self::RequestPromotion | Self::DecidePromotion => {
                Module::Connections
            }
            Self::SeeRosters | Self::ImportRoster | Self::RollBackRoster => Module::Rosters,
            Self::SeeVerifications => Module::Verifications,
            Self::SeeStatistics => Module::Statistics,
            Self::SeeStaff
            | Self::InviteStaff
            | Self::ChangeStaff
            | Self::BlockStaff
            | Self::ResetFactor
            | Self::ChangeOutlets
            | Self::SeeTenants
            | Self::CreateTenant => Module::Staff,
            Self::SearchAudit | Self::ExportAudit => Module::Audit,
            Self::SeeElevations | Self::TakeElevation => Module::Privacy,
        }
    }

    /// The right that it takes.
    pub const fn needs(self) -> Right {
        match self {
            Self::SeeConnection
            | Self::SeeRosters
            | Self::SeeVerifications
            | Self::SeeStatistics
            | Self::SeeStaff
            | Self::SeeTenants
            | Self::SearchAudit
            | Self::ExportAudit
            | Self::SeeElevations => Right::Read,
            Self::TryConnection
            | Self::RequestPromotion
            | Self::DecidePromotion
            | Self::ImportRoster
            | Self::RollBackRoster
            | Self::InviteStaff
            | Self::ChangeStaff
            | Self::BlockStaff
            | Self::ResetFactor
            | Self::ChangeOutlets
            | Self::CreateTenant
            | Self::TakeElevation => Right::Edit,
        }
    }

    /// Whether a factor has to be proven anew for it.
    pub const fn is_dangerous(self) -> bool {
        matches!(
            self,
            Self::RequestPromotion
                | Self::DecidePromotion
                | Self::ResetFactor
                | Self::CreateTenant
                | Self::ExportAudit
                | Self::TakeElevation
        )
    }
}
