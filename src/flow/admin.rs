//! The operator sets an instance up: universities, ticket issuers, uploaders.

use serde_json::json;

use super::{Failure, Pedell};
use crate::{
    base::secret::PlainToken,
    domain::{
        audit::{Event, Kind},
        client::{Authentication, Client},
        connection::{Connection, Stage},
        policy::{Actor, Scope},
        tenant::{Slug, TenantId, University, UniversityProfile},
    },
    vault::TenantToken,
};

impl Pedell {
    /// A new university, with its own database and its own half of a key. Its students type what its list knows until it
    /// is connected otherwise ([`super::connections`]).
    pub async fn create_university(
        &self,
        slug: Slug,
        profile: UniversityProfile,
        actor: &Actor,
    ) -> Result<University, Failure> {
        let now = self.clock().now();
        let connection = Connection::unset(Stage::Live);
        let university = University { id: TenantId::fresh(self.clock(), self.random()), slug, profile, connection };
        let control = self.stores().control();
        let mut tx = control.begin().await?;
        control.insert_university(&mut tx, &university, &TenantToken::fresh(self.random()), now).await?;
        let event = Event::new(Kind::TenantCreated, university.id.as_str(), json!({ "slug": university.slug }));
        control.audit(&mut tx, now, actor, &event).await?;
        tx.commit().await?;
        self.stores().tenant(&crate::domain::policy::system(&university.id)).await?;
        Ok(university)
    }

    /// The university that a scope is about, if it is active.
    pub async fn university_of(&self, scope: &Scope) -> Result<Option<University>, Failure> {
        Ok(self.stores().control().university_by_id(scope.tenant()).await?)
    }

    /// Changes a university's settings.
    pub async fn change_university(&self, university: &University, actor: &Actor) -> Result<(), Failure> {
        let control = self.stores().control();
        let mut tx = control.begin().await?;
        control.update_university(&mut tx, university).await?;
        let event = Event::new(Kind::TenantChanged, university.id.as_str(), json!({ "after": university.profile }));
        control.audit(&mut tx, self.clock().now(), actor, &event).await?;
        tx.commit().await?;
        Ok(())
    }

    /// A new client. One that proves itself with a secret gets it here, once.
    pub async fn create_client(&self, client: &Client, actor: &Actor) -> Result<Option<PlainToken>, Failure> {
        let now = self.clock().now();
        let secret = self.secret_for(client);
        let control = self.stores().control();
        let mut tx = control.begin().await?;
        control.insert_client(&mut tx, client, secret.as_ref().map(PlainToken::hash).as_ref(), now).await?;
        let event = Event::new(
            Kind::ClientCreated,
            client.id.as_str(),
            json!({ "tenant": client.tenant, "profile": client.profile }),
        );
        control.audit(&mut tx, now, actor, &event).await?;
        tx.commit().await?;
        Ok(secret)
    }

    fn secret_for(&self, client: &Client) -> Option<PlainToken> {
        (client.profile.authentication == Authentication::ClientSecretBasic).then(|| PlainToken::fresh(self.random()))
    }
}
