//! Ticket issuers and universities' machines, registered and changed: issuers by the operator, in the console or by command,
//! a machine that uploads rosters also by the managers of the one university that it works for.
//!
//! A change is read, made and written in one transaction: of two people who change a client at one moment, neither brings
//! back what the other took away.

use serde_json::json;
use thiserror::Error;

use super::{Failure, Pedell, staff::StaffError, staff_sessions::StaffSession};
use crate::{
    base::{limits, secret::PlainToken},
    domain::{
        audit::{Event, Kind},
        client::{Authentication, CertificateRule, Client, ClientId, ClientKind, ClientProfile, Product},
        policy::{Actor, Target},
        staff::{Action, TenantKind},
        tenant::{Slug, TenantId},
    },
    protocol::{
        jwt::{JwkError, JwkSet},
        x509::{CertificateFault, check_registration},
    },
    store::StoreError,
};

/// What does not fit in a client's settings.
#[derive(Debug, Error)]
pub enum ProfileFault {
    /// An empty or too long name.
    #[error("a name has 1 to {max} characters", max = limits::STAFF_NAME_CHARS)]
    Name,
    /// A JWKS that holds a private or a weak key, or is none.
    #[error("jwks: {0}")]
    Keys(#[from] JwkError),
    /// A certificate that can't be read.
    #[error("certificate: {0}")]
    Certificate(#[from] CertificateFault),
    /// Two settings that exclude each other.
    #[error("{0}")]
    Contradiction(&'static str),
    /// An issuer has at least one product, and each its own key.
    #[error("an issuer has one product at least, and no two with one key")]
    Products,
    /// One of these universities is not here.
    #[error("there is no university {0}")]
    University(Slug),
    /// The id is a client's.
    #[error("there is a client with this id")]
    IdTaken,
}

/// Why a client is not registered or changed. Nothing was written.
#[derive(Debug, Error)]
pub enum ClientError {
    /// What was typed.
    #[error(transparent)]
    Profile(#[from] ProfileFault),
    /// It is not the one's to do, or a fresh factor is needed.
    #[error(transparent)]
    Staff(#[from] StaffError),
}

impl From<StoreError> for ClientError {
    fn from(error: StoreError) -> Self {
        Self::Staff(error.into())
    }
}

impl From<Failure> for ClientError {
    fn from(failure: Failure) -> Self {
        Self::Staff(failure.into())
    }
}

/// What is done to a client that is there.
#[derive(Clone, Debug)]
pub enum ClientChange {
    /// Other settings; a rule that differs gets the next version.
    Profile(Box<ClientProfile>),
    /// Other networks, and nothing else.
    Networks(Vec<ipnet::IpNet>),
    /// Another certificate that it has to show, in PEM; or none.
    Certificate(Option<String>),
    /// A new secret; the old one stops working.
    NewSecret,
    /// No secret works any more.
    NoSecret,
    /// Let in, or blocked.
    Active(bool),
}

/// A machine that is to upload rosters.
#[derive(Clone, Debug)]
pub struct NewMachine {
    /// For people.
    pub name: String,
    /// Addresses it may come from; empty: any.
    pub networks: Vec<ipnet::IpNet>,
    /// The certificate that it has to show besides its secret, in PEM.
    pub certificate: Option<String>,
}

/// A JWKS that holds a private or a weak key, a certificate that can't be read, and what contradicts itself are refused
/// before they are stored.
pub fn check_profile(profile: &ClientProfile) -> Result<(), ProfileFault> {
    if let Authentication::PrivateKeyJwt(jwks) = &profile.authentication {
        JwkSet::parse(jwks)?;
    }
    if let Some(contradiction) = profile.contradiction() {
        return Err(ProfileFault::Contradiction(contradiction));
    }
    match &profile.certificate {
        None => {}
        Some(CertificateRule::Registered(pem)) => check_registration(pem, None)?,
        Some(CertificateRule::Issued { authorities, dns_name }) => check_registration(authorities, Some(dns_name))?,
    }
    Ok(())
}

impl Pedell {
    /// The ticket issuers that somebody may see, by id: all, for the operator; for a university's managers those that may
    /// ask about its students.
    pub async fn issuers(&self, by: &StaffSession) -> Result<Vec<Client>, StaffError> {
        let own = &by.member.tenant;
        self.allow(by, Action::SeeIssuers, Target::all_of(own))?;
        let clients = self.stores().control().clients().await?;
        let issuers = clients.into_iter().filter(|client| client.issuer().is_some());
        if by.tenant.kind == TenantKind::Operator {
            return Ok(issuers.collect());
        }
        let asks = |client: &Client| {
            client.active && client.issuer().is_some_and(|issuer| issuer.may_ask_about(&by.tenant.slug))
        };
        Ok(issuers.filter(asks).collect())
    }

    /// One of them, for the operator.
    pub async fn issuer_to_change(&self, by: &StaffSession, id: &ClientId) -> Result<Client, StaffError> {
        self.allow(by, Action::ChangeIssuers, Target::all_of(&by.member.tenant))?;
        let found = self.stores().control().client(id).await?;
        found.map(|(client, _)| client).filter(|client| client.issuer().is_some()).ok_or(StaffError::NotFound)
    }

    /// A new issuer. One that proves itself with a secret gets it here, once.
    pub async fn register_issuer(
        &self,
        by: &StaffSession,
        id: ClientId,
        profile: ClientProfile,
    ) -> Result<Option<PlainToken>, ClientError> {
        let scope = self.allow(by, Action::ChangeIssuers, Target::all_of(&by.member.tenant))?;
        self.check_issuer(&profile).await?;
        if self.stores().control().client(&id).await?.is_some() {
            return Err(ProfileFault::IdTaken.into());
        }
        let client = Client { id, profile, tenant: None, active: true };
        Ok(self.create_client(&client, scope.actor()).await?)
    }

    /// Changes an issuer.
    pub async fn change_issuer(
        &self,
        by: &StaffSession,
        id: &ClientId,
        change: ClientChange,
    ) -> Result<Option<PlainToken>, ClientError> {
        self.issuer_to_change(by, id).await?;
        let scope = self.allow(by, Action::ChangeIssuers, Target::all_of(&by.member.tenant))?;
        self.change_client(id, change, scope.actor()).await
    }

    /// The machines that upload a university's rosters, by id.
    pub async fn machines(&self, by: &StaffSession, tenant: &TenantId) -> Result<Vec<Client>, StaffError> {
        let scope = self.allow(by, Action::SeeMachines, Target::all_of(tenant))?;
        self.university_of(&scope).await?.ok_or(StaffError::NotFound)?;
        let clients = self.stores().control().clients().await?;
        let theirs = |client: &Client| {
            client.tenant.as_ref() == Some(tenant) && client.profile.kind == ClientKind::RosterUploader
        };
        Ok(clients.into_iter().filter(theirs).collect())
    }

    /// A new machine of exactly this university, with its id and, once, its secret.
    pub async fn register_machine(
        &self,
        by: &StaffSession,
        tenant: &TenantId,
        new: NewMachine,
    ) -> Result<(Client, PlainToken), ClientError> {
        let scope = self.allow(by, Action::ChangeMachines, Target::all_of(tenant))?;
        let university = self.university_of(&scope).await?.ok_or(StaffError::NotFound)?;
        if self.machines(by, tenant).await?.len() >= limits::MACHINES {
            return Err(ProfileFault::Contradiction("a university has not so many machines").into());
        }
        let profile = ClientProfile {
            name: new.name.trim().to_owned(),
            authentication: Authentication::ClientSecretBasic,
            networks: new.networks,
            certificate: new.certificate.map(CertificateRule::Registered),
            certificate_bound_tokens: false,
            kind: ClientKind::RosterUploader,
        };
        check_name(&profile)?;
        check_profile(&profile)?;
        // An id that nobody chose tells nobody which there are elsewhere.
        let suffix = crate::base::Reference::fresh(self.random()).as_str().to_ascii_lowercase();
        let id = ClientId::parse(&format!("{}-{suffix}", university.slug)).ok_or(Failure::Corrupt("a client's id"))?;
        let client = Client { id, profile, tenant: Some(tenant.clone()), active: true };
        let secret = self.create_client(&client, scope.actor()).await?;
        Ok((client, secret.ok_or(Failure::Corrupt("a new client's secret"))?))
    }

    /// Changes one of a university's machines: any other is not there.
    pub async fn change_machine(
        &self,
        by: &StaffSession,
        tenant: &TenantId,
        id: &ClientId,
        change: ClientChange,
    ) -> Result<Option<PlainToken>, ClientError> {
        let scope = self.allow(by, Action::ChangeMachines, Target::all_of(tenant))?;
        if !self.machines(by, tenant).await?.iter().any(|machine| machine.id == *id) {
            return Err(StaffError::NotFound.into());
        }
        if let ClientChange::Profile(_) = change {
            return Err(StaffError::NotFound.into());
        }
        self.change_client(id, change, scope.actor()).await
    }

    /// Changes a client, for whoever may; its new secret, if it gets one.
    pub async fn change_client(
        &self,
        id: &ClientId,
        change: ClientChange,
        actor: &Actor,
    ) -> Result<Option<PlainToken>, ClientError> {
        if let ClientChange::Profile(profile) = &change
            && matches!(profile.kind, ClientKind::Issuer(_))
        {
            self.check_issuer(profile).await?;
        }
        let control = self.stores().control();
        let mut tx = control.begin().await?;
        let before = control.taken_client(&mut tx, id).await?.ok_or(StaffError::NotFound)?;
        let mut after = before.clone();
        let mut secret = None;
        let mut drops_secret = false;
        match change {
            ClientChange::Profile(profile) => {
                if std::mem::discriminant(&profile.kind) != std::mem::discriminant(&before.profile.kind) {
                    return Err(ProfileFault::Contradiction("a client stays what it is: issuer or uploader").into());
                }
                after.profile = with_next_versions(&before.profile, *profile);
                let has_secret = |profile: &ClientProfile| profile.authentication == Authentication::ClientSecretBasic;
                if has_secret(&after.profile) && !has_secret(&before.profile) {
                    secret = Some(PlainToken::fresh(self.random()));
                }
            }
            ClientChange::Networks(networks) => after.profile.networks = networks,
            ClientChange::Certificate(pem) => after.profile.certificate = pem.map(CertificateRule::Registered),
            ClientChange::NewSecret if after.profile.authentication == Authentication::ClientSecretBasic => {
                secret = Some(PlainToken::fresh(self.random()));
            }
            ClientChange::NewSecret => return Err(ProfileFault::Contradiction("this client has no secret").into()),
            ClientChange::NoSecret => drops_secret = true,
            ClientChange::Active(active) => after.active = active,
        }
        check_profile(&after.profile)?;
        control.update_client(&mut tx, &after, secret.as_ref().map(PlainToken::hash).as_ref()).await?;
        if drops_secret {
            control.drop_client_secret(&mut tx, id).await?;
        }
        let kind = if after.active { Kind::ClientChanged } else { Kind::ClientBlocked };
        let detail = json!({
            "tenant": after.tenant, "before": before.profile, "after": after.profile, "active": after.active,
            "new_secret": secret.is_some(), "no_secret": drops_secret,
        });
        let event = Event::new(kind, id.as_str(), detail);
        control.audit(&mut tx, self.clock().now(), actor, &event).await?;
        tx.commit().await?;
        Ok(secret)
    }

    async fn check_issuer(&self, profile: &ClientProfile) -> Result<(), ClientError> {
        let ClientKind::Issuer(issuer) = &profile.kind else { return Err(StaffError::NotFound.into()) };
        check_name(profile)?;
        check_profile(profile)?;
        let mut keys: Vec<&str> = issuer.products.iter().map(|product| product.key.as_str()).collect();
        keys.sort_unstable();
        keys.dedup();
        let is_named =
            |product: &Product| [&product.key, &product.name_de, &product.name_en].iter().all(|text| is_name(text));
        if keys.is_empty() || keys.len() != issuer.products.len() || !issuer.products.iter().all(is_named) {
            return Err(ProfileFault::Products.into());
        }
        for slug in &issuer.universities {
            if self.stores().control().university(slug).await?.is_none() {
                return Err(ProfileFault::University(slug.clone()).into());
            }
        }
        Ok(())
    }
}

fn is_name(text: &str) -> bool {
    (1..=limits::STAFF_NAME_CHARS).contains(&text.chars().count()) && !text.chars().any(char::is_control)
}

fn check_name(profile: &ClientProfile) -> Result<(), ProfileFault> {
    if is_name(profile.name.trim()) { Ok(()) } else { Err(ProfileFault::Name) }
}

/// A rule's version stands beside each decision: one that was changed is never called as before.
fn with_next_versions(before: &ClientProfile, mut after: ClientProfile) -> ClientProfile {
    if let (ClientKind::Issuer(before), ClientKind::Issuer(after)) = (&before.kind, &mut after.kind) {
        for product in &mut after.products {
            let old = before.products.iter().find(|old| old.key == product.key);
            if let Some(old) = old.filter(|old| old.rule != product.rule && product.rule.version <= old.rule.version) {
                product.rule.version = old.rule.version.saturating_add(1);
            }
        }
    }
    after
}
