//! The doors: turns HTTP into calls of `flow` and back.
//!
//! Imports everything but `cli`. [`router()`] has every route on one page; each endpoint is a file: [`student`] for people
//! in a browser, [`issuer`] for ticket issuers, [`machine`] for universities' machines, [`staff`] for
//! people who work here. [`page`] holds what people see
//! (view models that know no HTTP), [`asset`] the files that belong to it, [`failure`] is the one place that decides what
//! somebody sees when something goes wrong.

pub mod asset;
mod authority;
mod border;
mod caller;
mod certificate;
mod client_credentials;
mod failure;
mod frame;
mod issuer;
mod machine;
mod metrics;
mod openapi;
pub mod page;
mod places;
mod pressure;
mod regions;
mod router;
mod security_headers;
mod server;
mod staff;
mod student;
mod tls;
mod uploads;

use std::sync::Arc;

use ipnet::IpNet;

pub use certificate::ForwardedCertificates;
pub use metrics::metrics_router;
pub use openapi::openapi_document;
pub use regions::{ClosedDoors, RegionFiles, Regions, RegionsError};
pub use router::router;
pub use server::{serve, serve_with};
pub use staff::staff_routes;
pub use tls::{AskedOfClients, Tls, TlsError, TlsFiles};

use tokio::sync::Semaphore;

use crate::{
    base::limits,
    flow::{Pedell, saml_metadata::ServiceProvider},
    web::{pressure::Pressure, uploads::Uploads},
};

/// What every handler needs. Cheap to clone.
#[derive(Clone)]
pub struct Door(Arc<DoorInner>);

struct DoorInner {
    pedell: Pedell,
    settings: DoorSettings,
    pressure: Pressure,
    uploads: Uploads,
    /// Places for photos that are decoded: each holds a thread and a picture in memory, also when nobody waits any more.
    photos: Arc<Semaphore>,
}

/// What the doors let the operator choose.
#[derive(Clone, Debug)]
pub struct DoorSettings {
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// How those proxies pass client certificates on.
    pub forwarded_certificates: ForwardedCertificates,
    /// Regions of the internet that some doors are closed to.
    pub regions: Regions,
    /// Requests that one network address may make in a minute.
    pub requests_per_minute_per_address: std::num::NonZeroU32,
    /// Requests that one client may make in a minute.
    pub requests_per_minute_per_client: std::num::NonZeroU32,
    /// A roster upload's size.
    pub roster_max_bytes: u64,
    /// A roster's rows.
    pub roster_max_rows: u64,
    /// Who runs this instance, as its pages say.
    pub operator: String,
    /// What our SAML metadata says about this service.
    pub service_provider: ServiceProvider,
    /// How long a copy of it may be used.
    pub saml_metadata_life: std::time::Duration,
    /// Whether its people are invented.
    pub is_demo: bool,
    /// The demonstration shop, where there is one.
    pub shop: Option<String>,
}

impl Door {
    /// Puts the doors before the gateway.
    pub fn new(pedell: Pedell, settings: DoorSettings) -> Self {
        let pressure = Pressure::new(settings.requests_per_minute_per_address, settings.requests_per_minute_per_client);
        let uploads = Uploads::new();
        let photos = Arc::new(Semaphore::new(limits::PHOTO_PLACES));
        Self(Arc::new(DoorInner { pedell, settings, pressure, uploads, photos }))
    }

    fn pedell(&self) -> &Pedell {
        &self.0.pedell
    }

    fn settings(&self) -> &DoorSettings {
        &self.0.settings
    }

    fn uploads(&self) -> &Uploads {
        &self.0.uploads
    }

    fn photos(&self) -> Arc<Semaphore> {
        self.0.photos.clone()
    }

    fn pressure(&self) -> &Pressure {
        &self.0.pressure
    }

    /// Whether browsers may be told to use TLS only.
    fn is_https(&self) -> bool {
        self.pedell().settings().public_url.starts_with("https://")
    }
}
