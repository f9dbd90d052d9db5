//! The databases. Speaks `domain` and bytes sealed elsewhere, never HTTP; one file per family of tables.
//!
//! * [`db`]: one SQL text for SQLite and PostgreSQL; the only file, with [`bulk`], that knows which engine it is.
//! * [`control`]: what belongs to the instance: tenants, their halves of the keys, clients, products, signing keys.
//! * [`tenant`]: what belongs to one university, in a database of its own: rosters, verifications, tokens, audit.
//!
//! A tenant's store is only had with a [`crate::domain::policy::Scope`], the proof that somebody may be there.
//! Start with [`Stores`].

mod audit_chain;
mod bulk;
pub mod control;
pub mod db;
mod migrate;
pub mod tenant;

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

pub use audit_chain::{AuditEntry, AuditFilter, ChainFault, ChainPoint, ChainReport};
pub use bulk::{BLOCK_ROWS, RowBlock};
use db::Db;
pub use db::{StoreError, Tx};
use secrecy::{ExposeSecret, SecretString};

use self::{control::Control, tenant::Tenant};
use crate::domain::{policy::Scope, tenant::TenantId};

/// Which databases.
#[derive(Clone, Debug)]
pub enum Location {
    /// A folder of SQLite files: `control.db` and one per tenant.
    Sqlite(PathBuf),
    /// One PostgreSQL database: a schema for control and one per tenant.
    Postgres {
        /// `postgres://…`, with its password.
        url: SecretString,
        /// Connections of this process.
        max_connections: u32,
    },
}

/// All databases of an instance. Cheap to clone.
#[derive(Clone)]
pub struct Stores(Arc<Inner>);

struct Inner {
    location: Location,
    control: Control,
    tenants: Mutex<HashMap<TenantId, Tenant>>,
}

/// Prefix of schemas, so that several instances (and parallel tests) can share a PostgreSQL database.
const SCHEMA: &str = "pedell";

impl Stores {
    /// Opens the databases, creating and migrating what is not there.
    pub async fn open(location: Location) -> Result<Self, StoreError> {
        let db = match &location {
            Location::Sqlite(folder) => Db::sqlite(&folder.join("control.db")).await?,
            Location::Postgres { url, max_connections } => {
                Db::postgres(url.expose_secret(), *max_connections, &format!("{SCHEMA}_control")).await?
            }
        };
        migrate::control(&db).await?;
        Ok(Self(Arc::new(Inner { location, control: Control::new(db), tenants: Mutex::default() })))
    }

    /// What belongs to the instance.
    pub fn control(&self) -> &Control {
        &self.0.control
    }

    /// One tenant's own database, for somebody who may be there.
    pub async fn tenant(&self, scope: &Scope) -> Result<Tenant, StoreError> {
        let id = scope.tenant();
        let open = self.0.tenants.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned();
        if let Some(tenant) = open {
            return Ok(tenant);
        }
        let name = format!("t_{}", id.as_str().to_ascii_lowercase());
        let db = match &self.0.location {
            Location::Sqlite(folder) => Db::sqlite(&folder.join("tenants").join(format!("{name}.db"))).await?,
            Location::Postgres { .. } => self.0.control.db().in_schema(&format!("{SCHEMA}_{name}")).await?,
        };
        migrate::tenant(&db).await?;
        let tenant = Tenant::new(db);
        let mut tenants = self.0.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(tenants.entry(id.clone()).or_insert(tenant).clone())
    }

    /// Closes every connection; SQLite folds its write-ahead log away.
    pub async fn close(&self) {
        let tenants: Vec<_> =
            self.0.tenants.lock().unwrap_or_else(PoisonError::into_inner).drain().map(|(_, tenant)| tenant).collect();
        for tenant in tenants {
            tenant.db().close().await;
        }
        self.0.control.db().close().await;
    }
}
