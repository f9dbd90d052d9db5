//! What every flow of staff shares: how they log in here, who they are once opened, and why something is refused.

use std::{net::IpAddr, sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};
use thiserror::Error;
use zeroize::Zeroizing;

use super::{
    Failure, Pedell,
    authority::{CertificateSettings, CompanyFault},
};
use crate::{
    base::limits,
    domain::{
        certificate::CertificateRefusal,
        networks,
        staff::{LoginName, StaffId, StaffMember, StaffProfile, password::PasswordFault},
        tenant::TenantId,
    },
    protocol::x509::{RequestFault, ShownCertificate},
    store::{StoreError, control::StoredStaff},
    vault::{Index, PasswordCost, Place},
};

/// How staff log in here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StaffSettings {
    /// How certificates are made.
    pub certificates: CertificateSettings,
    /// What a password's hash costs.
    pub password_cost: PasswordCost,
    /// How many are hashed at one moment.
    pub hashes_at_once: usize,
    /// A session in which nothing was done for so long ends.
    pub idle: Duration,
    /// How long an invitation works.
    pub invitation_life: Duration,
}

impl Default for StaffSettings {
    fn default() -> Self {
        Self {
            certificates: CertificateSettings::default(),
            password_cost: PasswordCost::default(),
            hashes_at_once: super::hashing::places_here(),
            idle: Duration::from_mins(30),
            invitation_life: Duration::from_hours(48),
        }
    }
}

/// Why something was not done. Nothing was written.
#[derive(Debug, Error)]
pub enum StaffError {
    /// There is none, or it is not theirs to see: nobody can tell which.
    #[error("there is no such thing, for this person")]
    NotFound,
    /// A factor has to be proven anew first.
    #[error("this takes a fresh second factor")]
    StepUp,
    /// The login name is somebody's.
    #[error("there is an account with this login name")]
    LoginTaken,
    /// This rank is not one that the manager can give, there.
    #[error("this rank can not be given")]
    Rank,
    /// The rank belongs to an outlet, or does not.
    #[error("this rank takes an outlet of the agency, or none")]
    Outlet,
    /// More than the manager has, or than the rank can have.
    #[error("these rights are not the manager's to give")]
    Rights,
    /// A last day in the past.
    #[error("the last day is over")]
    LastDay,
    /// Nobody would be left who can manage the tenant.
    #[error("the last manager stays")]
    LastManager,
    /// A name that is empty or too long.
    #[error("a name has 1 to {max} characters", max = limits::STAFF_NAME_CHARS)]
    Name,
    /// The short name is taken.
    #[error("there is a tenant with this short name")]
    SlugTaken,
    /// A password that is not taken.
    #[error("the password is refused: {0:?}")]
    Password(PasswordFault),
    /// A password that was the manager's can't be kept.
    #[error("the manager knows this password")]
    ManagersPassword,
    /// The present password is not this.
    #[error("the present password is another")]
    WrongPassword,
    /// Not a code of now, or one that was used.
    #[error("the code is wrong or used")]
    WrongCode,
    /// A passkey is asked of them, and they have one: no code is taken.
    #[error("a passkey is asked for")]
    PasskeyOnly,
    /// There would be nothing left to prove oneself with.
    #[error("the last factor stays")]
    LastFactor,
    /// Whoever asks a passkey of themselves has to have one.
    #[error("without a passkey of one's own none can be asked for")]
    NoPasskey,
    /// Too many wrong ones.
    #[error("too many wrong attempts")]
    TooMany {
        /// When it works again.
        until: crate::base::Timestamp,
    },
    /// From a network that is not on the list.
    #[error("this account can't be used from here")]
    Elsewhere,
    /// Their certificate does not let them in.
    #[error("the certificate does not let them in: {}", .0.name())]
    Certificate(CertificateRefusal),
    /// No authority of ours can issue now.
    #[error("there is no authority that could issue a certificate")]
    NoAuthority,
    /// The request for a certificate is none.
    #[error(transparent)]
    Request(#[from] RequestFault),
    /// The rules would shut out whoever sets them.
    #[error("these rules would shut out whoever sets them")]
    LockOut,
    /// A company's authority can't be trusted as it is written.
    #[error("the company's authority: {0}")]
    Company(CompanyFault),
    /// The name in a company's certificates is empty, too long, or somebody else's.
    #[error("this name in certificates is empty, too long, or somebody else's")]
    ExternalName,
    /// Ours.
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl From<StoreError> for StaffError {
    fn from(error: StoreError) -> Self {
        Self::Failure(error.into())
    }
}

/// Who knocks, as far as the connection says.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// The network address.
    pub address: IpAddr,
    /// What the browser says it is.
    pub browser: String,
    /// The sealed proof that this browser has logged somebody in before, if it brings one.
    pub known: Option<String>,
    /// The certificate that was shown with the request.
    pub certificate: Option<Arc<ShownCertificate>>,
}

/// From where a session was begun: sealed, for its owner to recognise.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SessionPlace {
    /// The network address.
    pub address: String,
    /// The browser.
    pub browser: String,
}

impl Visitor {
    /// The network, for the audit trail: near enough to tell places apart, not a person's address.
    pub fn network(&self) -> String {
        networks::vicinity(self.address)
    }

    /// The household, for counting failures: a whole IPv6 /64 is one.
    pub(super) fn household(&self) -> String {
        match self.address.to_canonical() {
            IpAddr::V4(v4) => v4.to_string(),
            IpAddr::V6(v6) => format!("{:?}", &v6.segments()[..4]),
        }
    }

    pub(super) fn place(&self) -> SessionPlace {
        let browser = self.browser.chars().filter(|c| !c.is_control());
        let mut kept = String::new();
        for c in browser {
            if kept.len() + c.len_utf8() > limits::BROWSER_NAME_BYTES {
                break;
            }
            kept.push(c);
        }
        SessionPlace { address: self.address.to_canonical().to_string(), browser: kept }
    }
}

impl Pedell {
    /// The keyed hash under which a login name is found.
    pub(super) fn login_index(&self, login: &LoginName) -> Index {
        self.instance_keys().index("staff-login", login.as_str().as_bytes())
    }

    /// Seals something of an account for its column.
    pub(super) async fn seal_of_staff(
        &self,
        tenant: &TenantId,
        id: &StaffId,
        column: &'static str,
        plain: &[u8],
    ) -> Result<Vec<u8>, Failure> {
        let keys = self.tenant_keys(tenant).await?;
        Ok(keys.seal(self.random(), place(id, column), plain))
    }

    /// Opens it.
    pub(super) async fn open_of_staff(
        &self,
        tenant: &TenantId,
        id: &StaffId,
        column: &'static str,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Failure> {
        let version = sealed.first().copied().unwrap_or_default();
        let keys = self.tenant_keys_with(tenant, version).await?;
        keys.open(place(id, column), sealed).map_err(Failure::open("a staff account"))
    }

    /// Who it is.
    pub(super) async fn member(&self, stored: &StoredStaff) -> Result<StaffMember, Failure> {
        let plain = self.open_of_staff(&stored.tenant, &stored.id, "profile", &stored.profile).await?;
        let profile: StaffProfile =
            serde_json::from_slice(&plain).map_err(|_| Failure::Corrupt("a staff account's profile"))?;
        Ok(StaffMember {
            id: stored.id.clone(),
            tenant: stored.tenant.clone(),
            profile,
            rank: stored.rank,
            outlet: stored.outlet.clone(),
            rights: stored.rights.clone(),
            last_day: stored.last_day,
            status: stored.status,
        })
    }

    /// Whether this account has to have a second factor.
    pub(super) async fn needs_factor(&self, stored: &StoredStaff) -> Result<bool, Failure> {
        if stored.rank.needs_second_factor() {
            return Ok(true);
        }
        let rules = self.stores().control().staff_rules(&stored.tenant).await?;
        Ok(rules.second_factor_for_all || rules.demand_passkey(stored.rank))
    }
}

fn place<'a>(id: &'a StaffId, column: &'static str) -> Place<'a> {
    Place { table: "staff", column, row: id.as_str().as_bytes() }
}

/// A name for people: not empty, not too long, no control characters.
pub(super) fn name(text: &str) -> Result<String, StaffError> {
    let name = text.trim();
    let fits = (1..=limits::STAFF_NAME_CHARS).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if fits { Ok(name.to_owned()) } else { Err(StaffError::Name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_trail_has_networks_and_not_addresses() {
        let visitor = |address: &str| Visitor {
            address: address.parse().unwrap(),
            browser: String::new(),
            known: None,
            certificate: None,
        };
        assert_eq!(visitor("192.0.2.77").network(), "192.0.2.0/24");
        assert_eq!(visitor("::ffff:192.0.2.77").network(), "192.0.2.0/24");
        assert_eq!(visitor("2001:db8:1:2:3:4:5:6").network(), "2001:db8:1::/48");
    }

    #[test]
    fn a_browsers_name_is_cut_and_harmless() {
        let browser = format!("Fire\u{0}fox{}", "ü".repeat(500));
        let visitor = Visitor { address: IpAddr::from([127, 0, 0, 1]), browser, known: None, certificate: None };
        let place = visitor.place();
        assert!(place.browser.starts_with("Firefoxü") && place.browser.len() <= limits::BROWSER_NAME_BYTES);
    }
}
