//! A shop with a form of its own asks in one call: typed data in, eligibility token or reason out (mission I2).

use std::net::IpAddr;

use super::{
    Failure, Pedell,
    conclude::{Finding, Outcome},
    issue_token::Issued,
    login::Asked,
    verify_by_roster::{Guesser, RosterAnswer},
};
use crate::{
    base::{Reference, Timestamp},
    domain::{client::Client, person::TypedClaim, policy, reason::Reason},
    protocol::oidc::authorization_request::Scope as AskedScope,
};

/// What the shop asks.
#[derive(Debug)]
pub struct DirectQuestion {
    /// The university's short name.
    pub university: String,
    /// The product; may be left out by an issuer that has only one.
    pub product: Option<String>,
    /// `current` (default), `next` or a key.
    pub semester: Option<String>,
    /// Stands in the token.
    pub nonce: Option<String>,
    /// Which claims are asked for.
    pub scope: AskedScope,
    /// What the student typed.
    pub typed: TypedClaim,
}

/// What the shop gets.
#[derive(Debug)]
pub enum DirectAnswer {
    /// A token.
    Eligible(Box<Issued>),
    /// A reason.
    Refused {
        /// Why.
        reason: Reason,
        /// The number for support.
        reference: Reference,
        /// For [`Reason::TooManyAttempts`]: when it works again.
        retry_at: Option<Timestamp>,
    },
    /// The client may not ask this way.
    NotAllowed,
    /// Product, university or semester is not one it may ask for.
    Unknown(&'static str),
}

impl Pedell {
    /// Answers a direct check. `address`: the student's, if the shop says it, or the shop's.
    pub async fn check_directly(
        &self,
        client: &Client,
        question: DirectQuestion,
        address: IpAddr,
    ) -> Result<DirectAnswer, Failure> {
        let Some(issuer) = client.issuer().filter(|issuer| issuer.direct_checks) else {
            return Ok(DirectAnswer::NotAllowed);
        };
        let Some(product) = issuer.product(question.product.as_deref()) else {
            return Ok(DirectAnswer::Unknown("product is unknown, or must be named because there are several"));
        };
        let asked = Asked { client: client.clone(), product: product.clone() };
        let Some(of) = self.asked_of(asked, &question.university, question.semester.as_deref()).await? else {
            return Ok(DirectAnswer::Unknown("university is unknown to this issuer, or the semester is not on sale"));
        };
        let Some(scope) = policy::issuer(client, &of.university) else { return Ok(DirectAnswer::NotAllowed) };
        let guesser = Guesser { address, through: Some(client.id.as_str()) };
        let answer = self.ask_roster(&scope, &of, &question.typed, guesser).await?;
        let mut retry_at = None;
        let finding = match &answer {
            RosterAnswer::Found { evidence, student } => Finding::Seen { evidence, student: *student, once: None },
            RosterAnswer::NotFound => Finding::Nothing(Reason::NotEnrolled),
            RosterAnswer::NoRoster => Finding::Nothing(Reason::SourceUnavailable),
            RosterAnswer::TooMany { until } => {
                retry_at = Some(*until);
                Finding::Nothing(Reason::TooManyAttempts)
            }
        };
        let Outcome { reference, verification, decision, .. } = self.conclude(&scope, &of, None, finding, None).await?;
        if let Err(reason) = decision {
            return Ok(DirectAnswer::Refused { reason, reference, retry_at });
        }
        let request = (question.scope, question.nonce.clone());
        let token = self.issue_directly(&scope, client, &of.university, request, &verification).await?;
        Ok(DirectAnswer::Eligible(Box::new(token)))
    }
}
