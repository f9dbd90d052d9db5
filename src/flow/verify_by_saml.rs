//! A student logs in at the university's SAML identity provider; what it says is read into the one [`Evidence`].
//!
//! What the login needs travels sealed in the browser ([`SamlLogin`]), under a short name that the provider gives back
//! (`RelayState`). A response is believed only if it answers the request in there, from the provider that was asked.

use std::sync::Arc;

use base64::{Engine, prelude::BASE64_STANDARD, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use super::{
    Failure, Pedell,
    errand::Errand,
    trial::{Arrived, TrialReport},
};
use crate::{
    base::{Timestamp, secret::PlainToken},
    domain::{
        connection::{ConnectionFault, ConnectionSettings, SamlConnection},
        eligibility::{Entitlement, Evidence, Method},
        person::{BirthDate, PersonName},
        policy::Scope,
        rule::{Field, Rule},
        semester::{KeyForm, parse_key},
        tenant::University,
    },
    peers::federation::Idp,
    protocol::saml::{
        Coded, Expectations, RequestId, VerifiedAssertion,
        affiliation::Affiliation,
        algorithms::Sha1,
        assertion::NameId,
        attributes::{self, AttributeNames, Meaning, StudentFacts},
        authn_request::{AuthnRequest, fresh_id},
        names,
        scope::Scope as MetadataScope,
        verify_response,
    },
    vault::{Index, Purpose, Sealed},
};

/// A login that is at the identity provider.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SamlLogin {
    /// What for.
    pub errand: Errand,
    /// The request that the response must answer.
    pub request_id: String,
    /// The provider that was asked.
    pub idp: String,
}

impl Purpose for SamlLogin {
    const PURPOSE: &'static str = "saml-login";
}

/// A student sent to the identity provider.
#[derive(Clone, Debug)]
pub struct Departure {
    /// Where to, with the signed request.
    pub url: String,
    /// The `RelayState`: 22 characters (SAML bindings §3.4.3 allows 80 bytes).
    pub relay: String,
    /// For the browser to keep under that name.
    pub sealed: String,
}

/// What came back.
#[derive(Debug)]
pub enum SamlAnswer {
    /// The response is believed.
    Believed {
        /// What it says.
        evidence: Box<Evidence>,
        /// Keyed hash of who it is.
        student: Index,
        /// Under which the assertion is remembered.
        assertion: String,
        /// For how long.
        until: Timestamp,
    },
    /// It is believed, but there is nothing by which the student could be known again; the names of what is missing.
    Anonymous(String),
    /// It is not.
    Unusable(Unusable),
}

/// Why a response is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// It does not hold, or says that the login failed: the code of [`crate::protocol::saml::Refusal`].
    Refused(&'static str),
    /// The provider's metadata is not here (any more).
    UnknownProvider,
}

impl Unusable {
    /// For support.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Refused(code) => code,
            Self::UnknownProvider => "unknown_identity_provider",
        }
    }
}

/// An assertion that is believed, and who made it.
struct Believed {
    idp: Arc<Idp>,
    assertion: VerifiedAssertion,
}

/// The purpose under which students' keys at their identity provider are indexed.
const KEY: &str = "saml-key";

impl Pedell {
    /// Our entity ID: the address of our metadata.
    pub fn saml_entity_id(&self) -> String {
        format!("{}/saml/metadata", self.settings().public_url)
    }

    /// Where responses are posted.
    pub fn saml_acs_url(&self) -> String {
        format!("{}/saml/acs", self.settings().public_url)
    }

    /// Sends a student to the identity provider; `None` if we have no metadata of it. `max_age_seconds`: how old the login
    /// there may be. SAML can't say that, only that it has to be a new one.
    pub async fn depart_for_saml(
        &self,
        browser: &str,
        errand: Errand,
        connection: &SamlConnection,
        max_age_seconds: Option<u32>,
    ) -> Result<Option<Departure>, Failure> {
        let Some(idp) = self.federation().look_up(&connection.entity_id).await else { return Ok(None) };
        let Some(destination) = idp.descriptor.redirect_endpoints.first() else { return Ok(None) };
        let ring = self.saml_ring().await?;
        let relay = BASE64_URL_SAFE_NO_PAD.encode(self.random().bytes::<16>());
        let request_id = fresh_id(self.random());
        let request = AuthnRequest {
            id: &request_id,
            issued: self.clock().now(),
            sp_entity_id: &self.saml_entity_id(),
            acs_url: &self.saml_acs_url(),
            destination,
            force_authn: connection.force_authn || max_age_seconds.is_some(),
        };
        let url = request.redirect_url(Some(&relay), &ring.signing)?;
        let pending = SamlLogin { errand, request_id, idp: connection.entity_id.clone() };
        let sealed = self.instance_keys().seal(self.random(), &bound(browser, &relay), &pending);
        Ok(Some(Departure { url, relay, sealed: sealed.as_str().to_owned() }))
    }

    /// Opens what the browser kept; `None` if it is over, altered, of another login or another browser.
    pub fn open_saml_login(&self, browser: &str, relay: &str, sealed: &str) -> Option<SamlLogin> {
        let sealed = Sealed::presented(sealed);
        let pending: SamlLogin = self.instance_keys().open(&bound(browser, relay), &sealed).ok()?;
        (pending.errand.expires_at() > self.clock().now()).then_some(pending)
    }

    /// Reads a student's response as the browser posted it, in base64. `rule`: what it is needed for.
    pub async fn read_saml_response(
        &self,
        scope: &Scope,
        university: &University,
        rule: &Rule,
        pending: &SamlLogin,
        response: &str,
    ) -> Result<SamlAnswer, Failure> {
        match self.believe(university, pending, response).await? {
            Ok((connection, believed)) => self.understand(scope, university, rule, connection, &believed).await,
            Err(unusable) => Ok(SamlAnswer::Unusable(unusable)),
        }
    }

    /// The same response for somebody who tries the connection: what arrived, and what would be decided.
    pub async fn try_saml_response(
        &self,
        university: &University,
        pending: &SamlLogin,
        response: &str,
    ) -> Result<TrialReport, Failure> {
        let (connection, Believed { idp, assertion }) = match self.believe(university, pending, response).await? {
            Ok(believed) => believed,
            Err(unusable) => {
                return Ok(TrialReport { refusal: Some(unusable.code().to_owned()), ..Default::default() });
            }
        };
        let names = attribute_names(connection);
        let facts = attributes::read(&assertion, &idp.descriptor.scopes, &names);
        let forms = university.profile.semester_forms();
        let evidence = |rule: &Rule| evidence_for(&assertion, &facts, &names, forms, rule);
        let (verdicts, missing) = self.verdicts(university, evidence).await?;
        let mut arrived: Vec<Arrived> = assertion.name_id().map(arrived_name_id).into_iter().collect();
        arrived.extend(assertion.attributes().iter().map(|attribute| Arrived {
            name: attribute.name.clone(),
            friendly_name: attribute.friendly_name.clone(),
            values: attribute.values.clone(),
            is_read: names.meaning_of(&attribute.name).is_some(),
            remark: facts.remarks.iter().find(|remark| remark.name == attribute.name).map(|remark| remark.why.code()),
        }));
        Ok(TrialReport {
            refusal: None,
            explanation: None,
            arrived,
            missing,
            knows_student: facts.key.is_some(),
            verdicts,
            exchange: None,
        })
    }

    /// What keeps a SAML connection from working, as far as it can be seen from here.
    pub(super) async fn check_saml_connection(&self, connection: &SamlConnection) -> Vec<ConnectionFault> {
        let mut faults = Vec::new();
        match self.federation().look_up(&connection.entity_id).await {
            None => {
                let text = format!(
                    "there is no metadata of {:?}: put its file into idp-metadata, or follow a federation that it is in",
                    connection.entity_id
                );
                faults.push(ConnectionFault::blocking("saml_no_metadata", text));
            }
            Some(idp) if idp.descriptor.redirect_endpoints.is_empty() => {
                let text = "its metadata names no SingleSignOnService with the HTTP-Redirect binding";
                faults.push(ConnectionFault::blocking("saml_no_redirect", text));
            }
            Some(idp) if connection.affiliation_scopes.iter().any(|scope| !is_said(&idp.descriptor.scopes, scope)) => {
                let text = "affiliation_scopes are domains such as uni.example that its metadata name as shibmd:Scope";
                faults.push(ConnectionFault::blocking("saml_foreign_scope", text));
            }
            Some(idp) if connection.affiliation_scopes.is_empty() && speaks_for_several(&idp.descriptor.scopes) => {
                let text = "its metadata name more than one shibmd:Scope: say in affiliation_scopes which domains are this \
                            university's, or another's students would be its";
                faults.push(ConnectionFault::blocking("saml_several_scopes", text));
            }
            Some(idp) if idp.descriptor.scopes.is_empty() => {
                let text = "its metadata names no shibmd:Scope: affiliations and pairwise-id will not count";
                faults.push(ConnectionFault::warning("saml_no_scope", text));
            }
            Some(idp) if idp.descriptor.hide_from_discovery => {
                let text = "its metadata asks to hide it (hide-from-discovery): students do not find it in the list";
                faults.push(ConnectionFault::warning("saml_hidden", text));
            }
            Some(_) => {}
        }
        if connection.semester_attribute.is_none() {
            let text = "semester_attribute is not set: only products that ask for an entitlement can be decided";
            faults.push(ConnectionFault::warning("saml_no_semester", text));
        }
        faults
    }

    /// Whether a response holds: the connection it came by, and what it says.
    async fn believe<'a>(
        &self,
        university: &'a University,
        pending: &SamlLogin,
        response: &str,
    ) -> Result<Result<(&'a SamlConnection, Believed), Unusable>, Failure> {
        let ConnectionSettings::Saml(connection) = &university.connection.settings else {
            return Ok(Err(Unusable::UnknownProvider));
        };
        // The connection may have been changed while the student was away.
        if connection.entity_id != pending.idp {
            return Ok(Err(Unusable::UnknownProvider));
        }
        let Some(idp) = self.federation().look_up(&pending.idp).await else {
            return Ok(Err(Unusable::UnknownProvider));
        };
        let dense: String = response.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        let Ok(xml) = BASE64_STANDARD.decode(dense) else { return Ok(Err(Unusable::Refused("base64"))) };
        let ring = self.saml_ring().await?;
        let verified = verify_response(
            &xml,
            &Expectations {
                sp_entity_id: &self.saml_entity_id(),
                acs_url: &self.saml_acs_url(),
                idp_entity_id: &pending.idp,
                idp_keys: &idp.keys,
                decryption_keys: &ring.decryption,
                request: RequestId::Asked(&pending.request_id),
                sha1: if connection.accept_sha1 { Sha1::Accepted } else { Sha1::Refused },
                now: self.clock().now(),
            },
        );
        Ok(match verified {
            Ok(assertion) => Ok((connection, Believed { idp, assertion })),
            Err(refusal) => {
                tracing::info!(idp = pending.idp, code = refusal.code(), %refusal, "a SAML response was refused");
                Err(Unusable::Refused(refusal.code()))
            }
        })
    }

    async fn understand(
        &self,
        scope: &Scope,
        university: &University,
        rule: &Rule,
        connection: &SamlConnection,
        Believed { idp, assertion }: &Believed,
    ) -> Result<SamlAnswer, Failure> {
        let names = attribute_names(connection);
        let facts = attributes::read(assertion, &idp.descriptor.scopes, &names);
        let evidence = evidence_for(assertion, &facts, &names, university.profile.semester_forms(), rule);
        let Some(key) = &facts.key else { return Ok(SamlAnswer::Anonymous(evidence.missing.join(", "))) };
        let student = self.tenant_keys(scope.tenant()).await?.identity(KEY, key.to_index_text().as_bytes());
        let id = PlainToken::presented(format!("{}\n{}", assertion.issuer(), assertion.id())).hash();
        Ok(SamlAnswer::Believed {
            evidence: Box::new(evidence),
            student,
            assertion: BASE64_URL_SAFE_NO_PAD.encode(id.as_bytes()),
            until: assertion.replayable_until(),
        })
    }
}

fn arrived_name_id(id: &NameId) -> Arrived {
    let is_read = id.format.as_deref() == Some(names::PERSISTENT);
    Arrived {
        name: "NameID".to_owned(),
        friendly_name: id.format.clone(),
        values: vec![id.value.clone()],
        is_read,
        remark: None,
    }
}

fn bound(browser: &str, relay: &str) -> String {
    format!("{browser}\n{relay}")
}

/// Which attributes mean what at this university.
pub fn attribute_names(connection: &SamlConnection) -> AttributeNames {
    [
        (Meaning::Semester, &connection.semester_attribute),
        (Meaning::GivenName, &connection.given_name_attribute),
        (Meaning::FamilyName, &connection.family_name_attribute),
        (Meaning::DateOfBirth, &connection.birth_date_attribute),
    ]
    .into_iter()
    .filter_map(|(meaning, name)| Some((meaning, name.clone()?)))
    .fold(AttributeNames::default(), |names, (meaning, name)| names.with(meaning, [name]))
    .with_affiliation_scopes(connection.affiliation_scopes.iter().cloned())
}

fn is_said(scopes: &[MetadataScope], domain: &str) -> bool {
    scopes.iter().any(|scope| scope.allows(domain))
}

/// One domain is one university's; two, or a pattern, may be anybody's.
fn speaks_for_several(scopes: &[MetadataScope]) -> bool {
    !matches!(scopes, [] | [MetadataScope::Literal(_)])
}

/// What a rule needs and an assertion does not say.
struct Gap {
    /// The exact name of the attribute.
    name: String,
    /// Why what arrived could not be used; nothing did, if there is no reason.
    why: Option<&'static str>,
}

impl std::fmt::Display for Gap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)?;
        self.why.map_or(Ok(()), |why| write!(f, " ({why})"))
    }
}

/// What the rule needs, and whether it is known.
fn wanted(facts: &StudentFacts, said: &Evidence, rule: &Rule) -> Vec<(Meaning, bool)> {
    let mut wanted: Vec<_> = rule
        .required_fields
        .iter()
        .filter_map(|field| match field {
            Field::GivenName => Some((Meaning::GivenName, said.given_names.is_some())),
            Field::FamilyName => Some((Meaning::FamilyName, said.family_name.is_some())),
            Field::Birthdate => Some((Meaning::DateOfBirth, said.birth_date.is_some())),
            Field::Picture => None,
        })
        .collect();
    if rule.entitlement_prefixes.is_empty() {
        wanted.push((Meaning::ScopedAffiliation, !facts.scoped_affiliations.is_empty()));
        wanted.push((Meaning::Semester, !said.semesters.is_empty()));
    } else {
        wanted.push((Meaning::Entitlement, !said.entitlements.is_empty()));
    }
    wanted.push((Meaning::PairwiseId, facts.key.is_some()));
    wanted
}

/// The exact names of what the rule needs and is not known, for the university's IT.
fn gaps(
    assertion: &VerifiedAssertion,
    facts: &StudentFacts,
    said: &Evidence,
    rule: &Rule,
    names: &AttributeNames,
) -> Vec<Gap> {
    let wanted = wanted(facts, said, rule).into_iter().filter(|(_, is_known)| !is_known);
    let gap = |(meaning, _): (Meaning, bool)| {
        let names = names.of(meaning);
        if let Some(name) = names.iter().find(|name| !assertion.values(name).is_empty()) {
            let remark = facts.remarks.iter().find(|remark| remark.name == **name).map(|remark| remark.why.code());
            return Gap { name: (*name).to_owned(), why: remark.or(Some("not_understood")) };
        }
        let name = match names.as_slice() {
            [] => "semester_attribute (not configured)".to_owned(),
            names => names.join(" or "),
        };
        Gap { name, why: None }
    };
    wanted.map(gap).collect()
}

/// What an assertion says, in the same words as any other source, and what it does not say of what the rule needs.
pub fn evidence_for(
    assertion: &VerifiedAssertion,
    facts: &StudentFacts,
    names: &AttributeNames,
    forms: &[KeyForm],
    rule: &Rule,
) -> Evidence {
    let said = evidence(facts, forms, assertion.authn_instant());
    let missing = gaps(assertion, facts, &said, rule, names).iter().map(ToString::to_string).collect();
    Evidence { missing, ..said }
}

/// The same words as any other source. An affiliation counts within the provider's scopes only.
fn evidence(facts: &StudentFacts, forms: &[KeyForm], authn_instant: Timestamp) -> Evidence {
    let name = |text: &Option<String>| text.as_deref().and_then(|text| PersonName::parse(text).ok());
    let entitlement = |frame: &crate::protocol::saml::dticket::Timeframe| Entitlement {
        prefix: frame.prefix.clone(),
        first: frame.first,
        last: frame.last,
    };
    let scoped = Meaning::ScopedAffiliation.standard_names();
    let is_student = facts.scoped_affiliations.iter().any(|scoped| scoped.affiliation == Affiliation::Student);
    // One with another university's scope did arrive, and says nothing here.
    let unusable = facts.remarks.iter().any(|remark| scoped.contains(&remark.name.as_str()));
    let arrived = unusable || !facts.scoped_affiliations.is_empty();
    Evidence {
        method: Method::Saml,
        is_student: arrived.then_some(is_student),
        semesters: facts.semester.iter().filter_map(|key| parse_key(key, forms).ok()).collect(),
        entitlements: facts.dticket.iter().map(entitlement).collect(),
        given_names: name(&facts.given_name),
        family_name: name(&facts.family_name),
        birth_date: facts.date_of_birth.and_then(|date| BirthDate::new(date).ok()),
        proven_at: authn_instant,
        source_updated_at: None,
        missing: Vec::new(),
    }
}
