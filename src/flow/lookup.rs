//! "Why was I refused?": a reference number gives the reason in plain words, and nothing about the person.

use super::{Failure, Pedell};
use crate::{
    base::{Reference, Timestamp},
    domain::{client::ClientId, policy, reason::Reason, tenant::University},
};

/// What a reference number tells whoever has it.
#[derive(Debug)]
pub struct Explained {
    /// Where.
    pub university: University,
    /// Who asked: the issuer's name.
    pub issuer: String,
    /// When.
    pub at: Timestamp,
    /// Eligible, or why not.
    pub decision: Result<(), Reason>,
}

impl Pedell {
    /// Looks a reference number up. 50 random bits, and rate-limited at the door: nobody finds one by guessing.
    pub async fn explain(&self, reference: &Reference) -> Result<Option<Explained>, Failure> {
        for university in self.stores().control().universities().await? {
            let tenant = self.stores().tenant(&policy::system(&university.id)).await?;
            if let Some(found) = tenant.verification_by_reference(reference.as_str()).await? {
                let decision = match &found.reason {
                    None => Ok(()),
                    Some(code) => Err(Reason::parse(code).ok_or(Failure::Corrupt("a reason"))?),
                };
                let client = match ClientId::parse(&found.client) {
                    Some(id) => self.stores().control().client(&id).await?,
                    None => None,
                };
                let issuer = client.map_or(found.client, |(client, _)| client.profile.name);
                return Ok(Some(Explained { university, issuer, at: Timestamp::from_millis(found.at), decision }));
            }
        }
        Ok(None)
    }
}
