//! A shop with a form of its own asks in one call: typed data in, eligibility token or reason out (mission I2).

use std::net::IpAddr;

use super::{
    Failure, Pedell,
    conclude::{Finishes, Outcome},
    issue_token::{Issued, TokenRequest},
    login::Asked,
    verify_by_roster::Guesser,
    verify_typed::TypedAnswer,
};
use crate::{
    base::{Reference, Timestamp},
    domain::{
        client::Client,
        person::{TypedField, TypedFields},
        policy,
        reason::Reason,
    },
    protocol::{oidc::authorization_request::Scope as AskedScope, x509::Thumbprint},
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
    /// The certificate that the token is bound to.
    pub bound_to: Option<Thumbprint>,
    /// What the student typed.
    pub typed: TypedFields,
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
        /// When asking again is worth it: for [`Reason::TooManyAttempts`] and, if it can be told, [`Reason::SourceUnavailable`].
        retry_at: Option<Timestamp>,
    },
    /// The client may not ask this way.
    NotAllowed,
    /// Product, university or semester is not one it may ask for.
    Unknown(&'static str),
    /// This university compares something that was not sent.
    Incomplete(TypedField),
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
        let answer = self.verify_typed(&scope, &of, &question.typed, guesser).await?;
        if let TypedAnswer::Incomplete(field) = answer {
            return Ok(DirectAnswer::Incomplete(field));
        }
        let retry_at = answer.retry_at();
        let Outcome { reference, verification, decision, .. } =
            self.conclude(&scope, &of, None, answer.finding(), Finishes::Nothing).await?;
        if let Err(reason) = decision {
            return Ok(DirectAnswer::Refused { reason, reference, retry_at });
        }
        let request = TokenRequest { scope: question.scope, nonce: question.nonce, bound_to: question.bound_to };
        let token = self.issue_directly(&scope, client, &of.university, request, &verification).await?;
        Ok(DirectAnswer::Eligible(Box::new(token)))
    }
}
