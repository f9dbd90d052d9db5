//! The answer to a request: an assertion about an account, signed and encrypted, or that the login failed.

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};

use super::{
    Account, ENTITY_ID, Idp, SCOPE, SEMESTER,
    accounts::Enrolled,
    encrypt::{Encryption, Wrapping},
    request::Request,
    service::Service,
};
use crate::{
    base::Timestamp,
    cli::CliError,
    domain::semester::{Calendar, KeyForm, Semester},
    protocol::saml::{
        attributes::Meaning,
        authn_request::{escaped, fresh_id},
        names,
        sign::sign_root,
    },
};

/// How long an answer may be on its way.
const LIFE: Duration = Duration::from_mins(5);
/// A name for one login only (SAML core §8.3.8).
const TRANSIENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";
const PASSWORD: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";

impl Idp {
    /// The `samlp:Response` for this account.
    pub(super) fn answer(&self, service: &Service, request: &Request, account: &Account) -> Result<String, CliError> {
        let content = if account.said.logs_in {
            let to = Encryption {
                to: service.encryption.public_key_info(),
                content: names::AES256_GCM,
                wrapping: Wrapping::Mgf1p,
                key_beside: false,
            };
            let assertion = self.signed_assertion(service, request, account)?;
            format!("{}{}", status("Success", ""), to.encrypt(&assertion, &self.0.random)?)
        } else {
            status("Responder", "AuthnFailed")
        };
        Ok(format!(
            "<samlp:Response xmlns:samlp=\"{}\" ID=\"{}\" Version=\"2.0\" IssueInstant=\"{}\" Destination=\"{}\" \
             InResponseTo=\"{}\"><saml:Issuer xmlns:saml=\"{}\">{ENTITY_ID}</saml:Issuer>{content}</samlp:Response>",
            names::PROTOCOL,
            fresh_id(&self.0.random),
            self.now(),
            escaped(&service.acs_url),
            escaped(&request.id),
            names::ASSERTION,
        ))
    }

    fn signed_assertion(&self, service: &Service, request: &Request, account: &Account) -> Result<String, CliError> {
        let now = self.now();
        let until = now.plus(LIFE);
        let start = format!(
            "<saml:Assertion xmlns:saml=\"{}\" ID=\"{}\" Version=\"2.0\" IssueInstant=\"{now}\">\
             <saml:Issuer>{ENTITY_ID}</saml:Issuer>",
            names::ASSERTION,
            fresh_id(&self.0.random),
        );
        let rest = format!(
            "<saml:Subject><saml:NameID Format=\"{TRANSIENT}\">{}</saml:NameID><saml:SubjectConfirmation Method=\"{}\">\
             <saml:SubjectConfirmationData InResponseTo=\"{}\" NotOnOrAfter=\"{until}\" Recipient=\"{}\"/>\
             </saml:SubjectConfirmation></saml:Subject>\
             <saml:Conditions NotBefore=\"{now}\" NotOnOrAfter=\"{until}\"><saml:AudienceRestriction><saml:Audience>{}\
             </saml:Audience></saml:AudienceRestriction></saml:Conditions>\
             <saml:AuthnStatement AuthnInstant=\"{now}\"><saml:AuthnContext><saml:AuthnContextClassRef>{PASSWORD}\
             </saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>\
             <saml:AttributeStatement>{}</saml:AttributeStatement></saml:Assertion>",
            fresh_id(&self.0.random),
            names::BEARER,
            escaped(&request.id),
            escaped(&service.acs_url),
            escaped(&service.entity_id),
            attributes(service, account, now),
        );
        Ok(sign_root(&format!("{start}{rest}"), start.len(), &self.0.key)?)
    }

    /// To the second, as SAML writes it.
    fn now(&self) -> Timestamp {
        Timestamp::from_seconds(self.0.clock.now().as_seconds())
    }
}

fn status(outer: &str, inner: &str) -> String {
    let inner = match inner {
        "" => String::new(),
        inner => format!("<samlp:StatusCode Value=\"{}{inner}\"/>", names::STATUS),
    };
    let code = format!("<samlp:StatusCode Value=\"{}{outer}\">{inner}</samlp:StatusCode>", names::STATUS);
    format!("<samlp:Status>{code}</samlp:Status>")
}

fn attributes(service: &Service, account: &Account, now: Timestamp) -> String {
    let said = &account.said;
    let (affiliation, scope) = said.affiliation;
    let standard = |meaning: Meaning| meaning.standard_names().first().copied().unwrap_or_default();
    let semester = semester(said.enrolled, now).map(|semester| KeyForm::YearDigit.format(semester));
    let birth_date = said.birth_date.map(|born| born.strftime("%Y%m%d").to_string());
    [
        (standard(Meaning::PairwiseId), Some(pairwise_id(service, account))),
        (standard(Meaning::ScopedAffiliation), Some(format!("{affiliation}@{scope}"))),
        (standard(Meaning::GivenName), Some(account.given_names.to_owned())),
        (standard(Meaning::FamilyName), Some(account.family_name.to_owned())),
        (standard(Meaning::DateOfBirth), birth_date),
        (SEMESTER, semester),
    ]
    .into_iter()
    .filter_map(|(name, value)| {
        Some(format!(
            "<saml:Attribute Name=\"{name}\" NameFormat=\"{}\"><saml:AttributeValue>{}</saml:AttributeValue>\
             </saml:Attribute>",
            names::URI_NAME,
            escaped(&value?)
        ))
    })
    .collect()
}

/// Another one for each service, the same each time (SAML subject identifier attributes §3.4).
fn pairwise_id(service: &Service, account: &Account) -> String {
    let hash = digest(&SHA256, format!("{}\n{}", service.entity_id, account.id).as_bytes());
    let hex: String = hash.as_ref().iter().take(16).fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    format!("{hex}@{SCOPE}")
}

fn semester(enrolled: Enrolled, now: Timestamp) -> Option<Semester> {
    let current = Calendar::university().semester_on(now.date_in_berlin());
    match enrolled {
        Enrolled::Now => Some(current),
        Enrolled::Before => current.previous(),
        Enrolled::Never => None,
    }
}
