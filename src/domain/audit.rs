//! What is written into the audit trail: kinds of events, and ids instead of names.

use serde_json::Value;

/// An event to be recorded, in the same transaction as what it records.
#[derive(Clone, Debug)]
pub struct Event {
    /// What happened.
    pub kind: Kind,
    /// To which object: an id, never a name.
    pub object: String,
    /// Ids, codes and numbers; never personal data.
    pub detail: Value,
}

impl Event {
    /// An event about `object`.
    pub fn new(kind: Kind, object: impl Into<String>, detail: Value) -> Self {
        Self { kind, object: object.into(), detail }
    }
}

/// Kinds of events; the names are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Kind {
    TenantCreated,
    TenantChanged,
    TenantKeysRotated,
    TenantKeysDeleted,
    ConnectionChanged,
    PromotionRequested,
    PromotionApproved,
    PromotionRejected,
    TrialBegun,
    TrialEnded,
    ClientCreated,
    ClientChanged,
    ClientBlocked,
    ClientRefused,
    SigningKeysRotated,
    SamlKeysRotated,
    RosterImported,
    RosterRolledBack,
    VerificationDecided,
    TokenIssued,
    TokenRedeemed,
    TokenCancelled,
    CodeReplayed,
    AccountCreated,
    AccountOpened,
    AccountChanged,
    AccountExported,
    ConsentGiven,
    ConsentDeclined,
    ConsentWithdrawn,
    AnonymisationRequested,
    AccountAnonymised,
    StaffInvited,
    StaffInvitationRevoked,
    StaffInvitationAccepted,
    StaffChanged,
    StaffBlocked,
    StaffUnblocked,
    StaffPasswordSet,
    StaffFactorSet,
    StaffFactorReset,
    StaffFactorRemoved,
    StaffRecoveryCodesMade,
    StaffLoggedIn,
    StaffLoginRefused,
    StaffFactorProven,
    StaffCodeRefused,
    StaffLoggedOut,
    StaffSessionsEnded,
    StaffRulesChanged,
    OutletCreated,
    ElevationTaken,
    ElevationEnded,
    AuditExported,
    AuthorityCreated,
    AuthorityCertified,
    CertificateIssued,
    CertificateRevoked,
    CertificateRefused,
    CertificateRulesChanged,
    ExternalNameSet,
}

impl Kind {
    /// As in the trail.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TenantCreated => "tenant.created",
            Self::TenantChanged => "tenant.changed",
            Self::TenantKeysRotated => "tenant.keys_rotated",
            Self::TenantKeysDeleted => "tenant.keys_deleted",
            Self::ConnectionChanged => "connection.changed",
            Self::PromotionRequested => "promotion.requested",
            Self::PromotionApproved => "promotion.approved",
            Self::PromotionRejected => "promotion.rejected",
            Self::TrialBegun => "trial.begun",
            Self::TrialEnded => "trial.ended",
            Self::ClientCreated => "client.created",
            Self::ClientChanged => "client.changed",
            Self::ClientBlocked => "client.blocked",
            Self::ClientRefused => "client.refused",
            Self::SigningKeysRotated => "signing_keys.rotated",
            Self::SamlKeysRotated => "saml_keys.rotated",
            Self::RosterImported => "roster.imported",
            Self::RosterRolledBack => "roster.rolled_back",
            Self::VerificationDecided => "verification.decided",
            Self::TokenIssued => "token.issued",
            Self::TokenRedeemed => "token.redeemed",
            Self::TokenCancelled => "token.cancelled",
            Self::CodeReplayed => "code.replayed",
            Self::AccountCreated => "account.created",
            Self::AccountOpened => "account.opened",
            Self::AccountChanged => "account.changed",
            Self::AccountExported => "account.exported",
            Self::ConsentGiven => "consent.given",
            Self::ConsentDeclined => "consent.declined",
            Self::ConsentWithdrawn => "consent.withdrawn",
            Self::AnonymisationRequested => "anonymisation.requested",
            Self::AccountAnonymised => "account.anonymised",
            Self::StaffInvited => "staff.invited",
            Self::StaffInvitationRevoked => "staff.invitation_revoked",
            Self::StaffInvitationAccepted => "staff.invitation_accepted",
            Self::StaffChanged => "staff.changed",
            Self::StaffBlocked => "staff.blocked",
            Self::StaffUnblocked => "staff.unblocked",
            Self::StaffPasswordSet => "staff.password_set",
            Self::StaffFactorSet => "staff.factor_set",
            Self::StaffFactorReset => "staff.factor_reset",
            Self::StaffFactorRemoved => "staff.factor_removed",
            Self::StaffRecoveryCodesMade => "staff.recovery_codes_made",
            Self::StaffLoggedIn => "staff.logged_in",
            Self::StaffLoginRefused => "staff.login_refused",
            Self::StaffFactorProven => "staff.factor_proven",
            Self::StaffCodeRefused => "staff.code_refused",
            Self::StaffLoggedOut => "staff.logged_out",
            Self::StaffSessionsEnded => "staff.sessions_ended",
            Self::StaffRulesChanged => "staff.rules_changed",
            Self::OutletCreated => "outlet.created",
            Self::ElevationTaken => "elevation.taken",
            Self::ElevationEnded => "elevation.ended",
            Self::AuditExported => "audit.exported",
            Self::AuthorityCreated => "authority.created",
            Self::AuthorityCertified => "authority.certified",
            Self::CertificateIssued => "certificate.issued",
            Self::CertificateRevoked => "certificate.revoked",
            Self::CertificateRefused => "certificate.refused",
            Self::CertificateRulesChanged => "certificate.rules_changed",
            Self::ExternalNameSet => "staff.external_name_set",
        }
    }
}
