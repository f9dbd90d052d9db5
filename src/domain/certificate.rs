//! Client certificates of people who work here: for whom, for which machine, until when, and what a tenant asks for.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::base::{Random, Timestamp, limits};

/// A certificate's serial number: 126 random bits (RFC 5280 §4.1.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Serial([u8; 16]);

impl Serial {
    /// A new one, positive and without a leading zero.
    pub fn fresh(random: &Random) -> Self {
        let mut bytes: [u8; 16] = random.bytes();
        bytes[0] = bytes[0] & 0x3F | 0x40;
        Self(bytes)
    }

    /// Reads what [`fmt::Display`] writes; colons and capitals, as other programs print them, are taken too.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|c| *c != ':').collect();
        if digits.len() != 32 || !digits.is_ascii() {
            return None;
        }
        let mut bytes = [0; 16];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(digits.get(at * 2..at * 2 + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }

    /// For DER.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The machine that a certificate is installed on, as people call it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MachineName(String);

impl MachineName {
    /// 1 to 64 characters, none of which is a control character (RFC 5280 §A.1 bounds what it becomes).
    pub fn parse(text: &str) -> Option<Self> {
        let name = text.trim();
        let fits = (1..=limits::MACHINE_NAME_CHARS).contains(&name.chars().count());
        (fits && !name.chars().any(char::is_control)).then(|| Self(name.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for MachineName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let most = limits::MACHINE_NAME_CHARS;
        Self::parse(text).ok_or_else(|| format!("a machine's name has 1 to {most} characters"))
    }
}

/// Why a certificate was revoked (RFC 5280 §5.3.1, as far as it is a person's).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RevocationReason {
    /// Not said.
    #[default]
    Unspecified,
    /// Somebody else may have its key: the machine was lost or broken into.
    KeyCompromise,
    /// The person has left or does something else.
    AffiliationChanged,
    /// There is a newer one.
    Superseded,
}

impl RevocationReason {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Unspecified, Self::KeyCompromise, Self::AffiliationChanged, Self::Superseded];

    /// As stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unspecified => "unspecified",
            Self::KeyCompromise => "key_compromise",
            Self::AffiliationChanged => "affiliation_changed",
            Self::Superseded => "superseded",
        }
    }

    /// Reads [`Self::name`].
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }
}

/// Whether a tenant's staff need a certificate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CertificatePolicy {
    /// Certificates count for nothing.
    #[default]
    Off,
    /// A session that begins with a good one stays bound to it.
    Optional,
    /// No session without a good one.
    Required,
}

impl CertificatePolicy {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Off, Self::Optional, Self::Required];

    /// As stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Optional => "optional",
            Self::Required => "required",
        }
    }

    /// Reads [`Self::name`].
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.name() == name)
    }
}

/// What a tenant asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertificateRules {
    /// Whether certificates are needed.
    #[serde(default)]
    pub policy: CertificatePolicy,
    /// Authorities of its own that it trusts beside ours.
    #[serde(default)]
    pub companies: Vec<CompanyAuthority>,
}

/// A company's own authority, e.g. of its Active Directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompanyAuthority {
    /// For people.
    pub name: String,
    /// The certificates that issue, in PEM.
    pub pem: String,
    /// Where in its certificates the person's name stands.
    pub field: NameField,
    /// Where its list of revoked certificates is; none: it has none, and nothing is looked up.
    #[serde(default)]
    pub crl_url: Option<String>,
    /// For how many hours after a list's end the last good one still counts; 0: certificates are refused at once.
    #[serde(default)]
    pub stale_crl_hours: u32,
}

/// Where in a certificate a person's name stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameField {
    /// The user principal name that Active Directory writes (`otherName` 1.3.6.1.4.1.311.20.2.3).
    Upn,
    /// A mail address in the subject's alternative names (`rfc822Name`).
    Mail,
    /// The subject's common name.
    CommonName,
}

impl NameField {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Upn, Self::Mail, Self::CommonName];

    /// As stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Upn => "upn",
            Self::Mail => "mail",
            Self::CommonName => "common_name",
        }
    }

    /// Reads [`Self::name`].
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }
}

/// Why somebody's certificate does not let them in. Stands in the trail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateRefusal {
    /// None was shown.
    Missing,
    /// Another one than the session began with.
    Another,
    /// Somebody else's.
    NotTheirs,
    /// Taken back.
    Revoked,
    /// Not valid any more, or not yet.
    Expired,
    /// Of an authority that the tenant does not trust.
    Foreign,
    /// It can't be found out whether the company has taken it back.
    CrlUnknown,
}

impl CertificateRefusal {
    /// Every one.
    pub const ALL: [Self; 7] =
        [Self::Missing, Self::Another, Self::NotTheirs, Self::Revoked, Self::Expired, Self::Foreign, Self::CrlUnknown];

    /// As in the trail.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Another => "another",
            Self::NotTheirs => "not_theirs",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
            Self::Foreign => "foreign",
            Self::CrlUnknown => "crl_unknown",
        }
    }
}

/// When a certificate is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// From then on.
    pub not_before: Timestamp,
    /// Not after that.
    pub not_after: Timestamp,
}

impl Validity {
    /// Whether this moment is within.
    pub fn holds_at(self, now: Timestamp) -> bool {
        self.not_before <= now && now <= self.not_after
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_serial_number_is_positive_and_read_back() {
        for seed in 0..50 {
            let serial = Serial::fresh(&Random::seeded(seed));
            assert!((0x40..0x80).contains(&serial.as_bytes()[0]), "{serial}");
            assert_eq!(Serial::parse(&serial.to_string()), Some(serial));
            assert_eq!(Serial::parse(&serial.to_string().to_uppercase()), Some(serial));
        }
        for bad in ["", "00", "g0000000000000000000000000000000", "é0000000000000000000000000000000"] {
            assert_eq!(Serial::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_machine_has_a_name_of_one_line() {
        assert_eq!(MachineName::parse(" notebook-7 ").unwrap().as_str(), "notebook-7");
        for bad in ["", "   ", "a\nb", &"x".repeat(65)] {
            assert!(MachineName::parse(bad).is_none(), "{bad}");
        }
    }
}
