//! What people do, one file per sentence. The only folder that writes; knows no HTTP.
//!
//! A student: [`login`] begins, [`verify_by_roster`] or [`verify_by_saml`] proves, or
//! [`verify_typed`] asks the university's list or web service ([`verify_by_soap`]); [`conclude`] decides, [`handover`] asks
//! who logged in and ends with a code for the shop. Their own [`account`] shows them what was handed over.
//! A ticket issuer: [`client_auth`] proves who it is, [`issue_token`] gives the token, [`token_life`] redeems and cancels,
//! [`direct_check`] does it all in one call. A clerk of an agency: [`counter`]. A university: [`import_roster`], and its IT [`connections`] and [`trial`].
//! The operator: [`admin`], [`clients`] and [`keys`]. [`counters`]. Staff: [`staff_login`], [`staff_sessions`], and what managers do, [`staff_admin`].
//! Their certificates: our [`authority`] issues them ([`staff_certificate`]), and each request shows one ([`certificate_check`]).
//!
//! Start with [`Pedell`], which holds what every flow needs.

pub mod account;
pub mod admin;
pub mod authority;
pub mod certificate_check;
pub mod certificate_rules;
pub mod check_saml;
pub mod checkpoints;
pub mod client_auth;
pub mod clients;
mod company_authorities;
pub mod conclude;
pub mod connection_document;
pub mod connections;
pub mod counter;
pub mod counters;
pub mod direct_check;
pub mod discovery;
pub mod elevation;
pub mod errand;
pub mod findings;
mod first_password;
pub mod handover;
pub mod hashing;
pub mod import_roster;
pub mod insight;
pub mod invitation;
pub mod issue_token;
pub mod keys;
pub mod login;
pub mod lookup;
pub mod mailing;
pub mod once;
pub mod provider_login;
pub mod saml_keys;
pub mod saml_metadata;
mod seen;
mod soap_services;
mod soap_words;
pub mod staff;
pub mod staff_admin;
pub mod staff_certificate;
pub mod staff_factor;
pub mod staff_factors;
pub mod staff_login;
pub mod staff_networks;
pub mod staff_passkey;
pub mod staff_password;
pub mod staff_sessions;
pub mod staff_setup;
mod together;
mod token_batch;
pub mod token_life;
pub mod trial;
mod try_soap;
pub mod verify_by_oauth;
pub mod verify_by_oidc;
pub mod verify_by_roster;
pub mod verify_by_saml;
pub mod verify_by_soap;
pub mod verify_typed;

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use thiserror::Error;

use crate::{
    base::{Clock, Random},
    peers::{
        federation::Federation,
        http::{Http, HttpError},
        logos::Logos,
        mail::Mailer,
        oidc::Providers,
        outbound::Outbound,
        source::Sources,
    },
    protocol::saml::{keys::KeyFault, sign::SignFault},
    store::{StoreError, Stores},
    vault::{AuditKey, AuthorityError, HashError, InstanceKeys, MasterKey, OpenError, SigningAlgorithm, SigningError},
};

/// The gateway: databases, keys, time, randomness and settings. Cheap to clone.
#[derive(Clone)]
pub struct Pedell(Arc<Inner>);

struct Inner {
    stores: Stores,
    master: MasterKey,
    instance: InstanceKeys,
    ring: keys::KeyRing,
    audit_key: AuditKey,
    witness: checkpoints::Witness,
    refusals: client_auth::Refusals,
    token_desks: token_batch::TokenDesks,
    saml: saml_keys::SamlCache,
    companies: company_authorities::Companies,
    certificate_refusals: certificate_check::Refusals,
    federation: Federation,
    providers: Providers,
    http: Http,
    logos: Logos,
    sources: Sources,
    soap: soap_services::SoapServices,
    clock: Clock,
    random: Random,
    settings: Settings,
    /// Mail, where the operator has a server for it.
    mailer: OnceLock<Mailer>,
    /// Places for hashing passwords: each holds a thread and its memory.
    hashing: hashing::HashingPlaces,
}

/// What the flows let the operator choose.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the world reaches this instance, without a trailing slash: the OpenID issuer identifier.
    pub public_url: String,
    /// An eligibility token's life.
    pub token_life: Duration,
    /// What new signing keys are.
    pub signing_algorithm: SigningAlgorithm,
    /// How long a retired signing key stays in the JWKS.
    pub retired_key_overlap: Duration,
    /// Failed attempts per matriculation number and window.
    pub failed_attempts_per_number: u32,
    /// Failed attempts per network address and window.
    pub failed_attempts_per_address: u32,
    /// The window in which failed attempts are counted.
    pub attempt_window: Duration,
    /// Whom we call.
    pub outbound: Outbound,
    /// How staff log in.
    pub staff: staff::StaffSettings,
}

/// Something failed that is nobody's fault outside: the cause is for the log, not for the person.
#[derive(Debug, Error)]
pub enum Failure {
    /// A database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Sealed data that do not open.
    #[error("{what}: {source}")]
    Open {
        /// What was to be opened.
        what: &'static str,
        /// Why not.
        source: OpenError,
    },
    /// The tenant's half of its key was deleted.
    #[error("the keys of tenant {0} were deleted")]
    KeysGone(String),
    /// Signing.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// Signing as a SAML service provider.
    #[error("a SAML key: {0}")]
    SamlKey(#[from] KeyFault),
    /// Signing a SAML document.
    #[error("a SAML document: {0}")]
    SamlDocument(#[from] SignFault),
    /// The HTTP client cannot be built.
    #[error("the HTTP client: {0}")]
    Http(#[from] HttpError),
    /// Hashing a password.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// Our own authority does not sign.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// There is no active signing key.
    #[error("there is no active signing key")]
    NoSigningKey,
    /// A thread of ours has stopped.
    #[error("{0} has stopped half-way")]
    Stopped(&'static str),
    /// What several were waiting for together failed.
    #[error(transparent)]
    Together(std::sync::Arc<Failure>),
    /// What we wrote ourselves does not read.
    #[error("{0} is not what was written")]
    Corrupt(&'static str),
}

impl Failure {
    fn open(what: &'static str) -> impl FnOnce(OpenError) -> Self {
        move |source| Self::Open { what, source }
    }
}

impl Pedell {
    /// Puts the gateway together; makes the first signing keys if there are none.
    pub async fn new(
        stores: Stores,
        master: MasterKey,
        clock: Clock,
        random: Random,
        settings: Settings,
    ) -> Result<Self, Failure> {
        let instance = InstanceKeys::derive(&master);
        let ring = keys::KeyRing::default();
        let hashing = hashing::HashingPlaces::new(settings.staff.hashes_at_once);
        let audit_key = AuditKey::derive(&master)?;
        let http = Http::new(settings.outbound.clone())?;
        let pedell = Self(Arc::new(Inner {
            stores,
            master,
            instance,
            ring,
            audit_key,
            witness: checkpoints::Witness::default(),
            refusals: client_auth::Refusals::default(),
            token_desks: token_batch::TokenDesks::default(),
            saml: saml_keys::SamlCache::default(),
            companies: company_authorities::Companies::default(),
            certificate_refusals: certificate_check::Refusals::default(),
            federation: Federation::new(clock.clone(), random.clone(), http.clone()),
            logos: Logos::new(clock.clone(), http.clone()),
            providers: Providers::default(),
            http,
            sources: Sources::new(clock.clone(), random.clone()),
            soap: soap_services::SoapServices::default(),
            clock,
            random,
            settings,
            mailer: OnceLock::new(),
            hashing,
        }));
        pedell.ensure_signing_keys().await?;
        // A master key that is not this instance's is noticed here, and not by the first student.
        pedell.signing_ring().await?;
        Ok(pedell)
    }

    /// The databases.
    pub fn stores(&self) -> &Stores {
        &self.0.stores
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// The identity providers that are known.
    pub fn federation(&self) -> &Federation {
        &self.0.federation
    }

    /// The OpenID providers that are known.
    pub fn providers(&self) -> &Providers {
        &self.0.providers
    }

    /// Other people's servers.
    pub fn http(&self) -> &Http {
        &self.0.http
    }

    /// Universities' logos.
    pub fn logos(&self) -> &Logos {
        &self.0.logos
    }

    /// Universities' remote sources: their breakers, places and figures.
    pub fn sources(&self) -> &Sources {
        &self.0.sources
    }

    fn soap_services(&self) -> &soap_services::SoapServices {
        &self.0.soap
    }

    /// Time.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Randomness.
    pub fn random(&self) -> &Random {
        &self.0.random
    }

    /// What signs checkpoints of audit trails.
    pub fn audit_key(&self) -> &AuditKey {
        &self.0.audit_key
    }

    /// What this instance seals for itself.
    pub fn instance_keys(&self) -> &InstanceKeys {
        &self.0.instance
    }

    /// Forgets what has expired, in every database: run it now and then.
    pub async fn tidy(&self) -> Result<(), Failure> {
        let now = self.clock().now();
        self.stores().control().forget_expired(now).await?;
        self.stores().control().forget_staff_traces(now).await?;
        for university in self.stores().control().universities().await? {
            let scope = crate::domain::policy::system(&university.id);
            let tenant = self.stores().tenant(&scope).await?;
            tenant.forget_expired(now).await?;
            self.clear_rosters(&tenant).await?;
        }
        Ok(())
    }
}
