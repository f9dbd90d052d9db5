//! Support's question: would this response give a ticket, and if not, why? Nothing is recorded and nothing issued.

use super::{
    Failure, Pedell,
    verify_by_saml::{attribute_names, evidence_for},
};
use crate::{
    base::Timestamp,
    domain::{
        connection::ConnectionSettings,
        eligibility::{Detail, Question, decide, lacking},
        reason::Reason,
        rule::Rule,
        semester::{Calendar, KeyForm, Semester},
        tenant::University,
    },
    protocol::saml::{
        algorithms::Sha1,
        attributes::AttributeNames,
        check::{self, Accepted, Provider, Report, check},
    },
};

/// What support holds of a login.
#[derive(Clone, Copy, Debug)]
pub struct Saved<'a> {
    /// The response as XML.
    pub response: &'a [u8],
    /// The request that it should answer, if that is known.
    pub in_response_to: Option<&'a str>,
    /// The moment of the login.
    pub at: Timestamp,
    /// For which semester a ticket was wanted; the one that `at` lies in, if it is not said.
    pub semester: Option<Semester>,
}

/// By what a response is judged.
#[derive(Clone, Copy, Debug)]
pub struct Standard<'a> {
    /// The product's rule.
    pub rule: &'a Rule,
    /// The university's calendar.
    pub calendar: &'a Calendar,
    /// How it writes semesters.
    pub forms: &'a [KeyForm],
    /// What its attributes are called.
    pub names: &'a AttributeNames,
}

/// What a rule makes of a response that is believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// For which semester.
    pub semester: Semester,
    /// Eligible, or why not.
    pub decision: Result<(), Reason>,
    /// What the student would be told is missing.
    pub details: Vec<Detail>,
    /// The exact names of it, for the university's IT.
    pub missing: Vec<String>,
}

/// A judgement by one product on sale.
#[derive(Clone, Debug)]
pub struct ProductJudgement {
    /// Who sells it; empty for the standard rule, where nothing is on sale.
    pub issuer: String,
    /// Its key.
    pub product: String,
    /// What comes of it.
    pub judgement: Judgement,
}

/// Why nothing could be checked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unchecked {
    /// Its students do not log in.
    #[error("this connection is not a SAML one")]
    NoSaml,
    /// Its provider's metadata are not here.
    #[error("there is no metadata of {0:?} here")]
    UnknownProvider(String),
}

/// Decides as a login would.
pub fn judge(accepted: &Accepted, saved: &Saved<'_>, standard: &Standard<'_>) -> Judgement {
    let Standard { rule, calendar, forms, names } = *standard;
    let Accepted { assertion, facts } = accepted;
    let semester = saved.semester.unwrap_or_else(|| calendar.semester_on(saved.at.date_in_berlin()));
    let evidence = evidence_for(assertion, facts, names, forms, rule);
    let period = calendar.period(semester);
    let question = Question { rule, semester, period, max_age_seconds: None, now: saved.at };
    let (decision, details) = if facts.key.is_none() {
        (Err(Reason::AttributeMissing), vec![Detail::Identifier])
    } else {
        (decide(&question, &evidence), lacking(rule, &evidence))
    };
    let details = if decision == Err(Reason::AttributeMissing) { details } else { Vec::new() };
    Judgement { semester, decision, details, missing: evidence.missing }
}

impl Pedell {
    /// The same with all that the instance knows: the connection and the rules on sale at the university.
    pub async fn check_saml_response(
        &self,
        university: &University,
        saved: &Saved<'_>,
    ) -> Result<Result<(Report, Vec<ProductJudgement>), Unchecked>, Failure> {
        let ConnectionSettings::Saml(connection) = &university.connection.settings else {
            return Ok(Err(Unchecked::NoSaml));
        };
        let Some(idp) = self.federation().find(&connection.entity_id) else {
            return Ok(Err(Unchecked::UnknownProvider(connection.entity_id.clone())));
        };
        let (names, ring) = (attribute_names(connection), self.saml_ring().await?);
        let report = check(&check::Question {
            response: saved.response,
            idp: Provider::Known(&idp.descriptor),
            sp_entity_id: &self.saml_entity_id(),
            acs_url: &self.saml_acs_url(),
            decryption_keys: &ring.decryption,
            in_response_to: saved.in_response_to,
            at: saved.at,
            sha1: if connection.accept_sha1 { Sha1::Accepted } else { Sha1::Refused },
            names: &names,
        });
        let Ok(accepted) = &report.outcome else { return Ok(Ok((report, Vec::new()))) };
        let (calendar, forms) = (&university.profile.calendar, university.profile.semester_forms());
        let on_sale = self.on_sale(university).await?;
        let judgement = |(issuer, product): (String, crate::domain::client::Product)| ProductJudgement {
            issuer,
            judgement: judge(accepted, saved, &Standard { rule: &product.rule, calendar, forms, names: &names }),
            product: product.key,
        };
        let judgements = on_sale.into_iter().map(judgement).collect();
        Ok(Ok((report, judgements)))
    }
}
