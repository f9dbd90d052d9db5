//! Universities' web services, put together from their connections once per change: certificates are read, connections
//! kept, and what a WSDL said is remembered.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use super::{Failure, Pedell};
use crate::{
    base::{Clock, Timestamp, limits, secret::ExposeSecret},
    domain::{
        connection::{ConnectionFault, ConnectionSecrets, Stage},
        policy::Scope,
        soap_connection::SoapConnection,
        tenant::{TenantId, University},
    },
    peers::{
        soap::{SoapClient, SoapError, SoapSecrets},
        source::SourceError,
    },
    protocol::soap::Contract,
};

/// The services that were asked since the process began, with the version of their connections.
#[derive(Debug, Default)]
pub(super) struct SoapServices(Mutex<HashMap<Whose, Known>>);

type Whose = (TenantId, Stage);
type Known = (i64, Arc<SoapService>);

/// One service.
#[derive(Debug)]
pub(super) struct SoapService {
    client: SoapClient,
    contract: Mutex<Option<(Contract, Timestamp)>>,
}

impl SoapService {
    pub(super) fn client(&self) -> &SoapClient {
        &self.client
    }

    /// How it wants to be asked. A WSDL is read again now and then; while that fails, what it said before is good.
    pub(super) async fn contract(
        &self,
        settings: &SoapConnection,
        clock: &Clock,
        time: Duration,
    ) -> Result<Contract, SoapError> {
        let known = self.contract.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let now = clock.now();
        if let Some((contract, read_at)) = &known
            && now.since(*read_at) < limits::WSDL_FRESH
        {
            return Ok(contract.clone());
        }
        let contract = match (self.client.contract(settings, time).await, known) {
            (Ok(contract), _) => contract,
            (Err(error), Some((contract, _))) => {
                tracing::warn!(%error, "a WSDL cannot be read again; what it said before is used");
                contract
            }
            (Err(error), None) => return Err(error),
        };
        *self.contract.lock().unwrap_or_else(PoisonError::into_inner) = Some((contract.clone(), now));
        Ok(contract)
    }
}

impl Pedell {
    /// The university's service, as its connection describes it.
    pub(super) fn soap_service(
        &self,
        university: &University,
        settings: &SoapConnection,
        secrets: &ConnectionSecrets,
    ) -> Result<Arc<SoapService>, SoapError> {
        let connection = &university.connection;
        let key = (university.id.clone(), connection.stage);
        let services = &self.soap_services().0;
        let known = services.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some((version, service)) = known
            && version == connection.version
        {
            return Ok(service);
        }
        let client = SoapClient::new(self.http(), settings, &soap_secrets(secrets))?;
        let service = Arc::new(SoapService { client, contract: Mutex::default() });
        let mut services = services.lock().unwrap_or_else(PoisonError::into_inner);
        services.insert(key, (connection.version, Arc::clone(&service)));
        Ok(service)
    }

    /// What keeps a web service's connection from working: its settings, its certificates, its WSDL.
    pub(super) async fn check_soap_connection(
        &self,
        scope: &Scope,
        university: &University,
        settings: &SoapConnection,
    ) -> Result<Vec<ConnectionFault>, Failure> {
        let mut faults: Vec<_> = settings.check().into_iter().map(ConnectionFault::from).collect();
        let secrets = self.connection_secrets(scope, &university.connection).await?;
        if settings.user.is_some() && secrets.get("password").is_none() {
            faults.push(ConnectionFault::warning("soap_no_password", "there is a `user`, but no secret \"password\""));
        }
        if !faults.iter().any(|fault| fault.blocks) {
            let contract = match SoapClient::new(self.http(), settings, &soap_secrets(&secrets)) {
                Ok(client) => match client.contract(settings, limits::OUTBOUND_TOTAL_TIME).await {
                    Ok(contract) => client.may_call(&contract),
                    Err(error) => Err(error),
                },
                Err(error) => Err(error),
            };
            faults.extend(contract.err().map(|error| ConnectionFault::blocking(error.code(), error.to_string())));
        }
        if settings.unencrypted {
            faults.push(ConnectionFault::warning("soap_unencrypted", "personal data may travel without TLS"));
        }
        Ok(faults)
    }
}

pub(super) fn soap_secrets(secrets: &ConnectionSecrets) -> SoapSecrets {
    let secret = |name: &str| secrets.get(name).filter(|secret| !secret.expose_secret().is_empty()).cloned();
    SoapSecrets { password: secret("password"), token: secret("token"), client_key: secret("client_key") }
}
