//! Certificates of the people who work here, and what their tenant asks of them.

use super::{Nav, Section, certificates, staff_page};
use crate::{
    base::Timestamp,
    domain::certificate::{CertificatePolicy, NameField, RevocationReason},
    web::page::Frame,
};

/// The page; `POST /staff/certificates/issue` with `tenant`, `person`, `machine`, `request`;
/// `POST /staff/certificates/revoke` with `serial`, `reason`; `POST /staff/certificates/rules` with `tenant`, `policy`;
/// `POST /staff/certificates/companies` and `POST /staff/certificates/name` for a company's own authority.
#[derive(Clone, Debug)]
pub struct Certificates {
    /// Header and footer.
    pub frame: Frame,
    /// Who, where to, and the way out.
    pub nav: Nav,
    /// Whose people.
    pub tenant: String,
    /// That tenant's id, for forms.
    pub tenant_id: String,
    /// What is asked of them.
    pub policy: CertificatePolicy,
    /// Whether they may change that.
    pub may_change: bool,
    /// The authority that issues: its name, until when, and whether that is soon.
    pub authority: Option<(String, Timestamp, bool)>,
    /// Certificates that there are, as far as they may see.
    pub rows: Vec<CertificateRow>,
    /// Whom they may issue one for: id and name.
    pub people: Vec<(String, String)>,
    /// One that was just made: shown once.
    pub issued: Option<IssuedView>,
    /// The tenant's own authorities.
    pub companies: Vec<CompanyView>,
}

/// A certificate.
#[derive(Clone, Debug)]
pub struct CertificateRow {
    /// Which.
    pub serial: String,
    /// For whom.
    pub name: String,
    /// For which machine.
    pub machine: String,
    /// Until when.
    pub until: Timestamp,
    /// Whether it lets somebody in.
    pub state: CertificateState,
    /// Whether they may revoke it.
    pub may_revoke: bool,
}

/// Whether a certificate lets somebody in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum CertificateState {
    Good,
    EndsSoon,
    Over,
    Revoked(RevocationReason),
}

impl CertificateState {
    pub(crate) const fn key(&self) -> &'static str {
        match self {
            Self::Good => "certificate-good",
            Self::EndsSoon => "certificate-ends-soon",
            Self::Over => "certificate-over",
            Self::Revoked(RevocationReason::Unspecified) => "certificate-revoked",
            Self::Revoked(RevocationReason::KeyCompromise) => "certificate-revoked-key",
            Self::Revoked(RevocationReason::AffiliationChanged) => "certificate-revoked-left",
            Self::Revoked(RevocationReason::Superseded) => "certificate-revoked-superseded",
        }
    }
}

/// What was just made.
#[derive(Clone, Debug)]
pub enum IssuedView {
    /// In PEM, for whoever sent the request.
    Pem {
        /// For whom and which machine.
        name: String,
        /// The certificate.
        pem: String,
    },
    /// A file that waits, with its password.
    File {
        /// For whom and which machine.
        name: String,
        /// The file, sealed for `POST /staff/certificates/file`.
        sealed: String,
        /// What it opens with.
        password: String,
    },
}

/// An authority of the tenant's own.
#[derive(Clone, Debug)]
pub struct CompanyView {
    /// For people.
    pub name: String,
    /// Where people's names stand.
    pub field: NameField,
    /// Where its list is.
    pub crl_url: Option<String>,
    /// When that was last had.
    pub fetched: Option<Timestamp>,
    /// How long an old one counts.
    pub stale_crl_hours: u32,
}

pub(crate) const fn policy_key(policy: &CertificatePolicy) -> &'static str {
    match policy {
        CertificatePolicy::Off => "certificates-policy-off",
        CertificatePolicy::Optional => "certificates-policy-optional",
        CertificatePolicy::Required => "certificates-policy-required",
    }
}

pub(crate) const fn reason_key(reason: &RevocationReason) -> &'static str {
    match reason {
        RevocationReason::Unspecified => "certificates-reason-unspecified",
        RevocationReason::KeyCompromise => "certificates-reason-key",
        RevocationReason::AffiliationChanged => "certificates-reason-left",
        RevocationReason::Superseded => "certificates-reason-superseded",
    }
}

pub(crate) const fn field_key(field: &NameField) -> &'static str {
    match field {
        NameField::Upn => "certificates-field-upn",
        NameField::Mail => "certificates-field-mail",
        NameField::CommonName => "certificates-field-common-name",
    }
}

staff_page!(Certificates, "staff/certificates.html", || {
    let Some(until) = Timestamp::parse("2027-11-26T09:00:00Z") else { return vec![] };
    let row = |name: &str, machine: &str, state, may_revoke| CertificateRow {
        serial: "4f0e1d2c3b4a59687766554433221100".into(),
        name: name.into(),
        machine: machine.into(),
        until,
        state,
        may_revoke,
    };
    let whole = Certificates {
        frame: Frame::sample(),
        nav: Nav::sample(Section::Certificates),
        tenant: "Universität Lindenstadt".into(),
        tenant_id: "01ARZ3NDEKTSV4RRFFQ69G5FAV".into(),
        policy: CertificatePolicy::Optional,
        may_change: true,
        authority: Some(("Pedell".into(), until, false)),
        rows: vec![
            row("Margarete Großmann-Özdemir", "Notebook 7", CertificateState::Good, true),
            row("Ayşe Yılmaz", "Schalter am Haupteingang, rechts", CertificateState::EndsSoon, true),
            row("Bo Li", "PC 3", CertificateState::Over, false),
            row("Jo", "PC 4", CertificateState::Revoked(RevocationReason::Unspecified), false),
            row("Jo", "PC 5", CertificateState::Revoked(RevocationReason::KeyCompromise), false),
            row("Jo", "PC 6", CertificateState::Revoked(RevocationReason::AffiliationChanged), false),
            row("Jo", "PC 7", CertificateState::Revoked(RevocationReason::Superseded), false),
        ],
        people: vec![("01ARZ3NDEKTSV4RRFFQ69G5FAW".into(), "Ayşe Yılmaz".into())],
        issued: None,
        companies: vec![CompanyView {
            name: "Active Directory der Universität".into(),
            field: NameField::Upn,
            crl_url: Some("http://pki.uni-lindenstadt.example/CertEnroll/Uni-Lindenstadt-Issuing-CA-2.crl".into()),
            fetched: Some(until),
            stale_crl_hours: 12,
        }],
    };
    let empty = Certificates {
        policy: CertificatePolicy::Off,
        authority: None,
        rows: vec![],
        people: vec![],
        companies: vec![],
        ..whole.clone()
    };
    let mut bare = whole.companies[0].clone();
    (bare.crl_url, bare.fetched, bare.field) = (None, None, NameField::Mail);
    let mut waiting = whole.companies[0].clone();
    (waiting.name, waiting.fetched, waiting.field) = ("Zweite".into(), None, NameField::CommonName);
    let required = Certificates {
        policy: CertificatePolicy::Required,
        authority: Some(("Pedell".into(), until, true)),
        companies: vec![bare, waiting],
        ..whole.clone()
    };
    let look = Certificates { may_change: false, ..whole.clone() };
    let name = "Ayşe Yılmaz · Notebook 7".to_owned();
    let pem = format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", "MIIB".repeat(16));
    let issued = Certificates { issued: Some(IssuedView::Pem { name: name.clone(), pem }), ..whole.clone() };
    let (sealed, password) = ("sealed".into(), "abcde-fghjk-mnpqr-stuvw".into());
    let file = Certificates { issued: Some(IssuedView::File { name, sealed, password }), ..whole.clone() };
    vec![("whole", whole), ("empty", empty), ("required", required), ("look", look), ("issued", issued), ("file", file)]
});
