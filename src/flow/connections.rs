//! A university's IT sets up how its students prove their enrollment: changed and tried at the test stage, made live by
//! two people.

use serde_json::json;
use thiserror::Error;

use super::{Failure, Pedell, verify_by_oauth};
use crate::{
    base::limits,
    domain::{
        audit::{Event, Kind},
        connection::{
            Changed, Connection, ConnectionFault, ConnectionSecrets, ConnectionSettings, Promotion, PromotionId, Stage,
        },
        policy::{self, Scope, ShellName},
        tenant::{TenantId, University},
    },
    store::control::PromotionOutcome,
    vault::Place,
};

/// The secrets that come with new settings.
#[derive(Debug)]
pub enum NewSecrets {
    /// These and no others.
    Replace(ConnectionSecrets),
    /// Those that there are, except where these are newer.
    Amend(ConnectionSecrets),
}

/// Why a connection was not changed or not made live. Nothing was written.
#[derive(Debug, Error)]
pub enum ConnectionError {
    /// The tenant is gone or no university.
    #[error("there is no such university")]
    NoUniversity,
    /// A secret that this kind of connection does not take.
    #[error("this kind of connection takes no secret {0:?}; it takes {1:?}")]
    UnknownSecret(String, &'static [&'static str]),
    /// A secret too long to be one.
    #[error("the secret {0:?} is larger than {max} bytes", max = limits::CONNECTION_SECRET_BYTES)]
    LargeSecret(String),
    /// Secrets are nobody else's business: what was given for one address does not go to another.
    #[error("the secrets were given for another address: give them anew")]
    OtherAddressee,
    /// Nobody has set a test connection.
    #[error("there is no test connection yet")]
    NoTestConnection,
    /// There is nothing to decide.
    #[error("nobody has asked for a promotion")]
    NothingAsked,
    /// One person can't be two.
    #[error("who changed the connection or asked can't approve: a second person has to")]
    SamePerson,
    /// It has to be somebody in particular.
    #[error("a promotion takes two people who say who they are")]
    Nobody,
    /// The test connection is not the one that was asked about.
    #[error("the test connection was changed after the promotion was asked for; ask again")]
    Overtaken,
    /// It could not work.
    #[error("the test connection does not pass its checks: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Faulty(Vec<ConnectionFault>),
    /// Ours.
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl From<crate::store::StoreError> for ConnectionError {
    fn from(error: crate::store::StoreError) -> Self {
        Self::Failure(error.into())
    }
}

impl Pedell {
    /// The scope's university with its connection at this stage.
    pub async fn university_at(&self, scope: &Scope, stage: Stage) -> Result<Option<University>, Failure> {
        Ok(self.stores().control().university_at(scope.tenant(), stage).await?)
    }

    /// Opens a connection's secrets.
    pub async fn connection_secrets(
        &self,
        scope: &Scope,
        connection: &Connection,
    ) -> Result<ConnectionSecrets, Failure> {
        let sealed = connection.sealed_secrets.as_slice();
        let Some(version) = sealed.first() else { return Ok(ConnectionSecrets::default()) };
        let keys = self.tenant_keys_with(scope.tenant(), *version).await?;
        let plain = keys.open(place(connection.stage), sealed).map_err(Failure::open("a connection's secrets"))?;
        ConnectionSecrets::from_bytes(&plain).ok_or(Failure::Corrupt("a connection's secrets"))
    }

    /// Changes the test connection, and says what keeps it from working. It is kept all the same: the test stage is where
    /// things may be half-done.
    pub async fn set_test_connection(
        &self,
        scope: &Scope,
        settings: ConnectionSettings,
        secrets: NewSecrets,
    ) -> Result<(Connection, Vec<ConnectionFault>), ConnectionError> {
        let before = self.university_at(scope, Stage::Test).await?.ok_or(ConnectionError::NoUniversity)?.connection;
        let takes = settings.secret_names();
        let kept = match secrets {
            NewSecrets::Replace(secrets) => secrets,
            NewSecrets::Amend(newer) => {
                if !before.sealed_secrets.is_empty() && before.settings.addressees() != settings.addressees() {
                    return Err(ConnectionError::OtherAddressee);
                }
                let mut kept = self.connection_secrets(scope, &before).await?;
                kept.retain(takes);
                kept.merge(newer);
                kept
            }
        };
        if let Some(unknown) = kept.names().find(|name| !takes.contains(name)) {
            return Err(ConnectionError::UnknownSecret(unknown.to_owned(), takes));
        }
        if kept.to_bytes().len() > limits::CONNECTION_SECRET_BYTES * takes.len().max(1) {
            return Err(ConnectionError::LargeSecret(kept.names().next().unwrap_or_default().to_owned()));
        }
        let control = self.stores().control();
        let changed = self.changed(scope);
        let sealed = self.seal_secrets(scope, Stage::Test, &kept).await?;
        let mut tx = control.begin().await?;
        let version = control.next_connection_version(&mut tx, scope.tenant()).await?;
        let connection = Connection {
            stage: Stage::Test,
            version,
            settings,
            sealed_secrets: sealed,
            changed: Some(changed.clone()),
        };
        control.put_connection(&mut tx, scope.tenant(), &connection, &changed).await?;
        control.end_promotion(&mut tx, scope.tenant(), None, &changed, PromotionOutcome::Overtaken).await?;
        let detail = json!({
            "stage": Stage::Test, "version": version, "settings": connection.settings,
            "secrets": kept.names().collect::<Vec<_>>(),
        });
        let event = Event::new(Kind::ConnectionChanged, scope.tenant().as_str(), detail);
        control.audit(&mut tx, changed.at, scope.actor(), &event).await?;
        tx.commit().await?;
        let university = self.university_at(scope, Stage::Test).await?.ok_or(ConnectionError::NoUniversity)?;
        let faults = self.check_connection(scope, &university).await?;
        Ok((connection, faults))
    }

    /// What keeps a connection from working: settings, what we know of the provider, and its own answers.
    pub async fn check_connection(
        &self,
        scope: &Scope,
        university: &University,
    ) -> Result<Vec<ConnectionFault>, Failure> {
        Ok(match &university.connection.settings {
            ConnectionSettings::Roster(_) => self.check_roster_connection(scope, university).await?,
            ConnectionSettings::Saml(connection) => self.check_saml_connection(connection).await,
            ConnectionSettings::Oidc(connection) => {
                let secrets = self.connection_secrets(scope, &university.connection).await?;
                self.check_oidc_connection(connection, &secrets).await
            }
            ConnectionSettings::OAuth(connection) => {
                let secrets = self.connection_secrets(scope, &university.connection).await?;
                verify_by_oauth::check(connection, &secrets)
            }
            ConnectionSettings::Soap(settings) => self.check_soap_connection(scope, university, settings).await?,
        })
    }

    /// The promotion that waits for a second person.
    pub async fn open_promotion(&self, scope: &Scope) -> Result<Option<Promotion>, Failure> {
        Ok(self.stores().control().open_promotion(scope.tenant()).await?)
    }

    /// One person asks that the test connection, as it is now, be what students use.
    pub async fn request_promotion(&self, scope: &Scope) -> Result<Promotion, ConnectionError> {
        if !scope.actor().is_a_person() {
            return Err(ConnectionError::Nobody);
        }
        self.refuse_faulty(scope).await?;
        let control = self.stores().control();
        let requested = self.changed(scope);
        let mut tx = control.begin().await?;
        control.next_connection_version(&mut tx, scope.tenant()).await?;
        let version = control.test_version(&mut tx, scope.tenant()).await?.ok_or(ConnectionError::NoTestConnection)?;
        control.end_promotion(&mut tx, scope.tenant(), None, &requested, PromotionOutcome::Overtaken).await?;
        let promotion = Promotion { id: PromotionId::fresh(self.clock(), self.random()), version, requested };
        control.insert_promotion(&mut tx, scope.tenant(), &promotion).await?;
        let detail = json!({ "promotion": promotion.id, "version": version });
        let event = Event::new(Kind::PromotionRequested, scope.tenant().as_str(), detail);
        control.audit(&mut tx, promotion.requested.at, scope.actor(), &event).await?;
        tx.commit().await?;
        Ok(promotion)
    }

    /// A second person approves *this* version, the one that they have seen, and students use it from their next login
    /// on; or rejects it.
    pub async fn decide_promotion(
        &self,
        scope: &Scope,
        version: i64,
        approve: bool,
    ) -> Result<Promotion, ConnectionError> {
        if !scope.actor().is_a_person() {
            return Err(ConnectionError::Nobody);
        }
        let promotion = self.open_promotion(scope).await?.ok_or(ConnectionError::NothingAsked)?;
        if promotion.version != version {
            return Err(ConnectionError::Overtaken);
        }
        let decided = self.changed(scope);
        if approve && promotion.requested.is_by_the_same_person_as(&decided) {
            return Err(ConnectionError::SamePerson);
        }
        if approve {
            self.refuse_faulty(scope).await?;
        }
        let test = self.university_at(scope, Stage::Test).await?.ok_or(ConnectionError::NoUniversity)?.connection;
        // Somebody else's asking does not make a second person of who wrote it.
        if approve && test.changed.as_ref().is_some_and(|changed| changed.is_by_the_same_person_as(&decided)) {
            return Err(ConnectionError::SamePerson);
        }
        let secrets = self.connection_secrets(scope, &test).await?;
        let sealed_secrets = self.seal_secrets(scope, Stage::Live, &secrets).await?;
        let control = self.stores().control();
        let mut tx = control.begin().await?;
        control.next_connection_version(&mut tx, scope.tenant()).await?;
        let is_meant = test.version == promotion.version
            && control.test_version(&mut tx, scope.tenant()).await? == Some(promotion.version);
        if approve && !is_meant {
            return Err(ConnectionError::Overtaken);
        }
        let outcome = if approve { PromotionOutcome::Approved } else { PromotionOutcome::Rejected };
        if !control.end_promotion(&mut tx, scope.tenant(), Some(&promotion.id), &decided, outcome).await? {
            return Err(ConnectionError::NothingAsked);
        }
        let kind = if approve { Kind::PromotionApproved } else { Kind::PromotionRejected };
        if approve {
            let live = Connection { stage: Stage::Live, sealed_secrets, ..test };
            control.put_connection(&mut tx, scope.tenant(), &live, &decided).await?;
        }
        let detail = json!({
            "promotion": promotion.id, "version": promotion.version, "requested_by": promotion.requested.by,
        });
        control.audit(&mut tx, decided.at, scope.actor(), &Event::new(kind, scope.tenant().as_str(), detail)).await?;
        tx.commit().await?;
        Ok(promotion)
    }

    /// Sets a connection and makes it live in one go, for two people who set an instance up together.
    pub async fn connect(
        &self,
        tenant: &TenantId,
        settings: ConnectionSettings,
        secrets: ConnectionSecrets,
        people: [ShellName; 2],
    ) -> Result<University, ConnectionError> {
        let [one, other] = people;
        let scope = policy::operator_as(tenant, one);
        self.set_test_connection(&scope, settings, NewSecrets::Replace(secrets)).await?;
        let promotion = self.request_promotion(&scope).await?;
        self.decide_promotion(&policy::operator_as(tenant, other), promotion.version, true).await?;
        self.university_of(&scope).await?.ok_or(ConnectionError::NoUniversity)
    }

    async fn refuse_faulty(&self, scope: &Scope) -> Result<(), ConnectionError> {
        let university = self.university_at(scope, Stage::Test).await?.ok_or(ConnectionError::NoUniversity)?;
        if university.connection.version == 0 {
            return Err(ConnectionError::NoTestConnection);
        }
        let mut faults = self.check_connection(scope, &university).await?;
        faults.retain(|fault| fault.blocks);
        if faults.is_empty() { Ok(()) } else { Err(ConnectionError::Faulty(faults)) }
    }

    async fn check_roster_connection(
        &self,
        scope: &Scope,
        university: &University,
    ) -> Result<Vec<ConnectionFault>, Failure> {
        let current = university.profile.calendar.semester_on(self.clock().now().date_in_berlin());
        let rosters = self.stores().tenant(scope).await?.current_rosters().await?;
        if rosters.iter().any(|roster| roster.semester == current) {
            return Ok(Vec::new());
        }
        let text = format!("there is no list of the current semester, {current}: import one");
        Ok(vec![ConnectionFault::warning("no_current_roster", text)])
    }

    async fn seal_secrets(&self, scope: &Scope, stage: Stage, secrets: &ConnectionSecrets) -> Result<Vec<u8>, Failure> {
        if secrets.is_empty() {
            return Ok(Vec::new());
        }
        let keys = self.tenant_keys(scope.tenant()).await?;
        Ok(keys.seal(self.random(), place(stage), &secrets.to_bytes()))
    }

    fn changed(&self, scope: &Scope) -> Changed {
        Changed { at: self.clock().now(), by: scope.actor().to_string() }
    }
}

/// Where a connection's secrets are sealed for: one stage's do not open at the other.
fn place(stage: Stage) -> Place<'static> {
    Place { table: "connections", column: "secrets", row: stage.name().as_bytes() }
}
