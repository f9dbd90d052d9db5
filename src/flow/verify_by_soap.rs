//! A student (or a shop, or a clerk) gives data; the university's web service says whether they are enrolled.
//!
//! *We could not ask* is never *not enrolled*: every failure ends as [`TypedAnswer::Unavailable`], unless nobody answered and
//! the university has its list stand in. The list may then say yes, and the token says that it was the list and how old it
//! is; what is not on it is still unknown, since the list may be older than the student. A yes may be remembered for
//! minutes; a no never is.
//!
//! What a service answers depends on what was typed, even a fault: so an answer that says nothing about the student is never
//! a reason to believe the list instead, and it costs a guess like any other.

use std::time::Duration;

use serde_json::json;
use zeroize::Zeroizing;

use super::{
    Failure, Pedell,
    login::AskedOf,
    soap_services::SoapService,
    soap_words::Words,
    verify_by_roster::{Guesser, Guesses, NUMBER, RosterAnswer},
    verify_typed::TypedAnswer,
};
use crate::{
    base::Timestamp,
    domain::{
        eligibility::{Evidence, Method},
        person::{BirthDate, PersonName, PostalCode, TypedField, TypedFields},
        policy::Scope,
        reason::Reason,
        semester::Semester,
        soap_connection::{SoapConnection, SoapErrorMeaning},
    },
    peers::{
        soap::SoapError,
        source::{Failing, SourceError, Trouble},
    },
    protocol::soap::{Answer, answer::Spelling},
    store::tenant::Tenant,
    vault::{Index, Place, TenantKeys},
};

/// When trying again is worth it after a failure that may pass.
const TRY_AGAIN_AFTER: Duration = Duration::from_mins(1);

impl Pedell {
    /// Asks the university's web service about a student.
    pub(super) async fn ask_soap(
        &self,
        scope: &Scope,
        of: &AskedOf,
        settings: &SoapConnection,
        typed: &TypedFields,
        from: Guesser<'_>,
    ) -> Result<TypedAnswer, Failure> {
        let counted_at = self.clock().now();
        let tenant = self.stores().tenant(scope).await?;
        let keys = match self.tenant_keys(scope.tenant()).await {
            // Nothing could be kept of what the service says, and nobody counted who guesses.
            Err(Failure::KeysGone(_)) => return Ok(TypedAnswer::Unavailable { code: None, retry_at: None }),
            keys => keys?,
        };
        let guesses = Guesses::of(&keys, &typed.matriculation_number, from);
        if let Some(until) = self.too_many(&tenant, &guesses, counted_at).await? {
            return Ok(TypedAnswer::TooMany { until });
        }
        let student = keys.identity(NUMBER, typed.matriculation_number.normalised().as_bytes());
        let memory = Memory { tenant: &tenant, keys: &keys, question: question_index(&keys, of, typed) };
        let connection = &of.university.connection;
        let source = self.sources().source(of.university.slug.as_str(), connection.version);
        if settings.remember_minutes > 0
            && let Some(evidence) = memory.recall(counted_at).await?
        {
            source.figures().remembered();
            self.take_back(&tenant, &guesses, counted_at).await?;
            return Ok(TypedAnswer::Found { evidence: Box::new(evidence), student });
        }
        let secrets = self.connection_secrets(scope, connection).await?;
        let patience = Duration::from_secs(u64::from(settings.time_limit_seconds));
        let asked = match self.soap_service(&of.university, settings, &secrets) {
            Ok(service) => {
                let ask = |left| self.ask_once(&service, settings, typed, of.semester, left);
                source.ask(guesses.asker(), patience, ask).await
            }
            Err(error) => Err(Trouble::Failed(error)),
        };
        let now = self.clock().now();
        match asked {
            Ok(Answer::Confirmed(spelling)) => {
                self.take_back(&tenant, &guesses, counted_at).await?;
                let evidence = evidence(settings, typed, spelling, of.semester, now);
                if settings.remember_minutes > 0 {
                    let minutes = Duration::from_secs(60 * u64::from(settings.remember_minutes));
                    memory.keep(self, &evidence, now.plus(minutes)).await?;
                }
                Ok(TypedAnswer::Found { evidence: Box::new(evidence), student })
            }
            Ok(Answer::Denied(None)) => Ok(TypedAnswer::NotFound),
            Ok(Answer::Denied(Some(code))) => match settings.meaning(&code).0 {
                SoapErrorMeaning::NotEnrolled => {
                    Ok(TypedAnswer::Refused { reason: Reason::NotEnrolled, code: shown_code(&code) })
                }
                meaning => {
                    // Whoever is known to the service has not guessed.
                    self.take_back(&tenant, &guesses, counted_at).await?;
                    Ok(TypedAnswer::Refused { reason: meaning.reason(), code: shown_code(&code) })
                }
            },
            Err(trouble) => {
                let (code, retry_at) = (trouble.code(), retry_at(&trouble, now));
                let nobody_answered = nobody_answered(&trouble);
                let was_not_asked = matches!(&trouble, Trouble::Failed(error) if error.was_not_asked());
                if nobody_answered || was_not_asked {
                    self.take_back(&tenant, &guesses, counted_at).await?;
                }
                if nobody_answered {
                    return self.stand_in(scope, of, settings, typed, from, (code, retry_at)).await;
                }
                Ok(TypedAnswer::Unavailable { code: Some(code), retry_at })
            }
        }
    }

    /// One question, in the service's own words.
    async fn ask_once(
        &self,
        service: &SoapService,
        settings: &SoapConnection,
        typed: &TypedFields,
        semester: Semester,
        left: Duration,
    ) -> Result<Answer, SoapError> {
        let contract = service.contract(settings, self.clock(), left).await?;
        let words = Words::of(settings, typed, semester);
        let answer = service.client().ask(settings, &contract, &words.question(service.client().token()), left).await?;
        match &answer {
            Answer::Denied(Some(code)) if settings.meaning(code).0 == SoapErrorMeaning::Unavailable => {
                let is_known = settings.error_codes.contains_key(code);
                Err(SoapError::NoVerdict { code: code.clone(), is_known })
            }
            _ => Ok(answer),
        }
    }

    /// The list in the service's place, if the university wants that: it can say yes, and nothing else.
    async fn stand_in(
        &self,
        scope: &Scope,
        of: &AskedOf,
        settings: &SoapConnection,
        typed: &TypedFields,
        from: Guesser<'_>,
        (code, retry_at): (&'static str, Option<Timestamp>),
    ) -> Result<TypedAnswer, Failure> {
        let unavailable = TypedAnswer::Unavailable { code: Some(code), retry_at };
        let Some(claim) = typed.claim().filter(|_| settings.fall_back_to_roster) else { return Ok(unavailable) };
        Ok(match self.ask_roster(scope, of, &claim, from).await? {
            RosterAnswer::Found { evidence, student } if evidence.semesters.contains(&of.semester) => {
                let version = of.university.connection.version;
                self.sources().source(of.university.slug.as_str(), version).figures().fell_back();
                TypedAnswer::Found { evidence, student }
            }
            RosterAnswer::TooMany { until } => TypedAnswer::TooMany { until },
            RosterAnswer::Found { .. } | RosterAnswer::NotFound | RosterAnswer::NoRoster => unavailable,
        })
    }
}

/// The university's spelling where it gives one. Where its settings name no element for that: what it was asked about and
/// confirmed. Everything else is not known to be true, so it is left out.
pub(super) fn evidence(
    settings: &SoapConnection,
    typed: &TypedFields,
    spelling: Spelling,
    semester: Semester,
    now: Timestamp,
) -> Evidence {
    let elements = &settings.elements;
    let mut missing = Vec::new();
    let mut name = |spelt: Option<String>, element: &Option<String>, field, typed: &Option<PersonName>| {
        let spelt = spelt.and_then(|spelt| PersonName::parse(&spelt).ok());
        let name = spelt.or_else(|| typed.clone().filter(|_| element.is_none() && settings.asks(field)));
        if name.is_none() {
            missing.push(element.clone().unwrap_or_else(|| field.name().to_owned()));
        }
        name
    };
    let given_names =
        name(spelling.given_names, &elements.answered_given_names, TypedField::GivenNames, &typed.given_names);
    let family_name =
        name(spelling.family_name, &elements.answered_family_name, TypedField::FamilyName, &typed.family_name);
    let confirmed = typed.birth_date.filter(|_| settings.asks(TypedField::BirthDate));
    let birth_date = spelling.birth_date.and_then(|spelt| BirthDate::parse(&spelt).ok()).or(confirmed);
    Evidence {
        method: Method::Soap,
        is_student: Some(true),
        semesters: vec![semester],
        entitlements: Vec::new(),
        given_names,
        family_name,
        birth_date,
        proven_at: now,
        source_updated_at: None,
        missing,
    }
}

/// Whether nothing came back that could depend on what was typed.
fn nobody_answered(trouble: &Trouble<SoapError>) -> bool {
    match trouble {
        Trouble::Resting(_) | Trouble::Busy => true,
        Trouble::Failed(error) => error.nobody_answered(),
    }
}

/// When trying again is worth it; never said where somebody has to repair something first.
fn retry_at(trouble: &Trouble<SoapError>, now: Timestamp) -> Option<Timestamp> {
    match trouble {
        Trouble::Resting(until) => Some((*until).max(now.plus(Duration::from_secs(1)))),
        Trouble::Failed(error) if error.failing() == Failing::Wrong => None,
        Trouble::Busy | Trouble::Failed(_) => Some(now.plus(TRY_AGAIN_AFTER)),
    }
}

fn shown_code(code: &str) -> String {
    format!("soap_code {code}")
}

/// What was confirmed minutes ago, sealed.
struct Memory<'a> {
    tenant: &'a Tenant,
    keys: &'a TenantKeys,
    question: Index,
}

impl Memory<'_> {
    fn place(&self) -> Place<'_> {
        Place { table: "remembered_answers", column: "evidence", row: self.question.as_bytes() }
    }

    async fn recall(&self, now: Timestamp) -> Result<Option<Evidence>, Failure> {
        let Some(sealed) = self.tenant.remembered_answer(&self.question, now).await? else { return Ok(None) };
        // What does not open (sealed by a node whose new key has not come here yet) is asked again.
        let Ok(plain) = self.keys.open(self.place(), &sealed) else { return Ok(None) };
        serde_json::from_slice(&plain).map(Some).map_err(|_| Failure::Corrupt("a remembered answer"))
    }

    async fn keep(&self, pedell: &Pedell, evidence: &Evidence, until: Timestamp) -> Result<(), Failure> {
        let plain = Zeroizing::new(json!(evidence).to_string());
        let sealed = self.keys.seal(pedell.random(), self.place(), plain.as_bytes());
        Ok(self.tenant.remember_answer(&self.question, &sealed, until).await?)
    }
}

/// Everything that the answer depended on, as a keyed hash.
fn question_index(keys: &TenantKeys, of: &AskedOf, typed: &TypedFields) -> Index {
    let parts = json!([
        of.university.connection.version,
        of.semester.to_string(),
        typed.matriculation_number.normalised(),
        typed.given_names.as_ref().map(PersonName::as_str),
        typed.family_name.as_ref().map(PersonName::as_str),
        typed.birth_date.map(BirthDate::to_iso),
        typed.postal_code.as_ref().map(PostalCode::as_str),
    ]);
    keys.identity("remembered-answer", Zeroizing::new(parts.to_string()).as_bytes())
}
