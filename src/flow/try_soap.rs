//! A university's IT asks its web service one question through the *test* connection, and sees what went out, what came
//! back, and what would be decided. Asked once, whatever the breaker says; nothing is remembered.
//!
//! A link is good for so many questions and no more, a student's number for as many wrong ones as everywhere: a trial is no
//! way to guess.

use std::time::Duration;

use super::{
    Failure, Pedell,
    soap_services::soap_secrets,
    soap_words::Words,
    trial::{Arrived, Trial, TrialReport},
    verify_by_roster::Guesses,
    verify_by_soap::evidence,
};
use crate::{
    base::limits,
    domain::{
        person::TypedFields, policy::Scope, reason::Reason, semester::Semester, soap_connection::SoapConnection,
        tenant::University,
    },
    peers::{
        soap::{Exchange, SoapClient, SoapError},
        source::SourceError,
    },
    protocol::soap::{Answer, answer::Spelling},
};

impl Pedell {
    /// Asks about typed data and the semester (the current one, unless it is given).
    pub async fn try_soap(
        &self,
        trial: &Trial,
        university: &University,
        settings: &SoapConnection,
        typed: &TypedFields,
        semester: Option<Semester>,
    ) -> Result<TrialReport, Failure> {
        let calendar = &university.profile.calendar;
        let now = self.clock().now();
        let semester = semester.unwrap_or_else(|| calendar.semester_on(now.date_in_berlin()));
        let scope = &trial.scope();
        let tenant = self.stores().tenant(scope).await?;
        let keys = self.tenant_keys(scope.tenant()).await?;
        let link = keys.identity("trial", trial.id.as_bytes());
        let counted = tenant.count_attempts(&[&link], trial.expires_at, limits::TRIAL_LIFE).await?;
        let questions = counted.first().copied().unwrap_or_default();
        if questions > i64::from(limits::TRIAL_QUESTIONS) {
            return Ok(TrialReport::refused_because(
                "too_many_tries",
                "this link was used too often: have another one made",
            ));
        }
        let guesses = Guesses::of_number(&keys, &typed.matriculation_number);
        if self.too_many(&tenant, &guesses, now).await?.is_some() {
            let words = "this number was asked about too often without success: wait, or use another one";
            return Ok(TrialReport::refused_because("too_many_attempts", words));
        }
        let places = self.sources().trial_places(university.slug.as_str());
        let Some(_place) = places.enter(tokio::time::Instant::now() + limits::SOURCE_QUEUE_TIME).await else {
            self.take_back(&tenant, &guesses, now).await?;
            return Ok(TrialReport::refused_because("source_busy", "others are trying just now: try again"));
        };
        let (exchange, outcome) = self.ask_for_trial(scope, university, settings, (typed, semester)).await?;
        let is_guess = match &outcome {
            Ok(Answer::Confirmed(_)) => false,
            Ok(Answer::Denied(_)) => true,
            Err(error) => !(error.nobody_answered() || error.was_not_asked()),
        };
        if !is_guess {
            self.take_back(&tenant, &guesses, now).await?;
        }
        let mut report = TrialReport { exchange, knows_student: true, ..TrialReport::default() };
        let (spelling, refused_with) = match outcome {
            Ok(Answer::Confirmed(spelling)) => (spelling, None),
            Ok(Answer::Denied(code)) => {
                report.arrived.push(arrived(&settings.elements.result, "false"));
                let mut reason = Reason::NotEnrolled;
                if let Some(code) = code {
                    let (meaning, explained) = settings.meaning(&code);
                    reason = meaning.reason();
                    let friendly_name = explained.map(str::to_owned);
                    report.arrived.push(Arrived { friendly_name, ..arrived(&settings.elements.error_code, &code) });
                }
                (Spelling::default(), Some(reason))
            }
            Err(error) => {
                report.refusal = Some(error.code().to_owned());
                report.explanation = Some(error.to_string());
                return Ok(report);
            }
        };
        if refused_with.is_none() {
            report.arrived.push(arrived(&settings.elements.result, "true"));
            for (element, value) in [
                (&settings.elements.answered_given_names, &spelling.given_names),
                (&settings.elements.answered_family_name, &spelling.family_name),
                (&settings.elements.answered_birth_date, &spelling.birth_date),
            ] {
                report.arrived.extend(element.iter().zip(value).map(|(element, value)| arrived(element, value)));
            }
        }
        let evidence = evidence(settings, typed, spelling, semester, now);
        let (mut verdicts, missing) = self.verdicts(university, |_| evidence.clone()).await?;
        if let Some(reason) = refused_with {
            for verdict in &mut verdicts {
                verdict.decision = Err(reason);
            }
        } else {
            report.missing = missing;
        }
        report.verdicts = verdicts;
        Ok(report)
    }

    async fn ask_for_trial(
        &self,
        scope: &Scope,
        university: &University,
        settings: &SoapConnection,
        (typed, semester): (&TypedFields, Semester),
    ) -> Result<(Option<Exchange>, Result<Answer, SoapError>), Failure> {
        let secrets = self.connection_secrets(scope, &university.connection).await?;
        let time = Duration::from_secs(u64::from(settings.time_limit_seconds));
        let client = match SoapClient::new(self.http(), settings, &soap_secrets(&secrets)) {
            Ok(client) => client,
            Err(error) => return Ok((None, Err(error))),
        };
        let contract = match client.contract(settings, limits::OUTBOUND_TOTAL_TIME).await {
            Ok(contract) => contract,
            Err(error) => return Ok((None, Err(error))),
        };
        let words = Words::of(settings, typed, semester);
        let (exchange, outcome) = client.try_out(settings, &contract, &words.question(client.token()), time).await;
        Ok((Some(exchange), outcome))
    }
}

fn arrived(name: &str, value: &str) -> Arrived {
    Arrived { name: name.to_owned(), friendly_name: None, values: vec![value.to_owned()], is_read: true, remark: None }
}
