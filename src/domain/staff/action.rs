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
    EditConnection,
    CounterCheck,
    ChangeNetworks,
    SeeIssuers,
    ChangeIssuers,
    ChangeCounters,
    SeeMachines,
    ChangeMachines,
    SeeCertificates,
    IssueCertificate,
    RevokeCertificate,
    ChangeCertificateRules,
}

impl Action {
    /// Every one.
    pub const ALL: [Self; 33] = [
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
        Self::EditConnection,
        Self::CounterCheck,
        Self::ChangeNetworks,
        Self::SeeIssuers,
        Self::ChangeIssuers,
        Self::ChangeCounters,
        Self::SeeMachines,
        Self::ChangeMachines,
        Self::SeeCertificates,
        Self::IssueCertificate,
        Self::RevokeCertificate,
        Self::ChangeCertificateRules,
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
            Self::EditConnection => "edit_connection",
            Self::CounterCheck => "counter_check",
            Self::ChangeNetworks => "change_networks",
            Self::SeeIssuers => "see_issuers",
            Self::ChangeIssuers => "change_issuers",
            Self::ChangeCounters => "change_counters",
            Self::SeeMachines => "see_machines",
            Self::ChangeMachines => "change_machines",
            Self::SeeCertificates => "see_certificates",
            Self::IssueCertificate => "issue_certificate",
            Self::RevokeCertificate => "revoke_certificate",
            Self::ChangeCertificateRules => "change_certificate_rules",
        }
    }

    /// Where it belongs.
    pub const fn module(self) -> Module {
        match self {
            Self::SeeConnection
            | Self::EditConnection
            | Self::TryConnection
            | Self::RequestPromotion
            | Self::DecidePromotion => Module::Connections,
            Self::SeeRosters | Self::ImportRoster | Self::RollBackRoster => Module::Rosters,
            Self::SeeVerifications | Self::CounterCheck => Module::Verifications,
            Self::SeeStatistics => Module::Statistics,
            Self::SeeStaff
            | Self::InviteStaff
            | Self::ChangeStaff
            | Self::BlockStaff
            | Self::ResetFactor
            | Self::ChangeOutlets
            | Self::ChangeNetworks
            | Self::SeeTenants
            | Self::CreateTenant => Module::Staff,
            Self::SeeIssuers
            | Self::ChangeIssuers
            | Self::ChangeCounters
            | Self::SeeMachines
            | Self::ChangeMachines => Module::Issuers,
            Self::SeeCertificates | Self::IssueCertificate | Self::RevokeCertificate | Self::ChangeCertificateRules => {
                Module::Certificates
            }
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
            | Self::SeeIssuers
            | Self::SeeMachines
            | Self::SeeCertificates
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
            | Self::EditConnection
            | Self::CounterCheck
            | Self::ChangeNetworks
            | Self::ChangeIssuers
            | Self::ChangeCounters
            | Self::ChangeMachines
            | Self::IssueCertificate
            | Self::RevokeCertificate
            | Self::ChangeCertificateRules
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
                | Self::ChangeNetworks
                | Self::ChangeIssuers
                | Self::ChangeCounters
                | Self::ChangeMachines
                | Self::IssueCertificate
                | Self::ChangeCertificateRules
        )
    }
}
