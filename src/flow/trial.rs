//! A university's IT logs in through the *test* connection and sees what arrived, what was missing, and what would be
//! decided. No verification is recorded and no token issued; what arrived is shown and not kept.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Failure, Pedell};
use crate::{
    base::{Timestamp, limits},
    domain::{
        added::Added,
        audit::{Event, Kind},
        client::Product,
        connection::Stage,
        eligibility::{Evidence, Question, decide},
        policy::{self, Scope},
        reason::Reason,
        rule::Rule,
        semester::Semester,
        tenant::{TenantId, University},
    },
    peers::soap::Exchange,
    vault::{Purpose, Sealed},
};

/// Leave to try a university's test connection; good for an hour, for whoever holds the link.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Trial {
    /// For the audit trail.
    pub id: String,
    /// Whose connection.
    pub tenant: TenantId,
    /// Who gave the link out.
    pub given_by: String,
    /// Until when.
    pub expires_at: Timestamp,
}

impl Purpose for Trial {
    const PURPOSE: &'static str = "trial";
}

impl Trial {
    /// What its holder may do.
    pub fn scope(&self) -> Scope {
        policy::trial(&self.tenant, &self.given_by)
    }
}

/// What a try found.
#[derive(Clone, Debug, Default)]
pub struct TrialReport {
    /// Why what came back is not believed: the code, for support. Then there is nothing else.
    pub refusal: Option<String>,
    /// The refusal in words, for the page alone: a service's own text may hold names.
    pub explanation: Option<String>,
    /// What arrived.
    pub arrived: Vec<Arrived>,
    /// What the rules need and did not arrive, by its exact name.
    pub missing: Vec<String>,
    /// Whether the student would be known again.
    pub knows_student: bool,
    /// What would be decided, for each product on sale.
    pub verdicts: Vec<Verdict>,
    /// What went to a web service and came back.
    pub exchange: Option<Exchange>,
}

/// One thing that a provider said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrived {
    /// Its exact name.
    pub name: String,
    /// What it is called for people, if the provider says so.
    pub friendly_name: Option<String>,
    /// Its values, as they came.
    pub values: Vec<String>,
    /// Whether anything is read from it.
    pub is_read: bool,
    /// Why a value was not used.
    pub remark: Option<&'static str>,
}

/// What would be decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Who sells it.
    pub issuer: String,
    /// The product, in German.
    pub product_de: String,
    /// The product, in English.
    pub product_en: String,
    /// For this semester.
    pub semester: Semester,
    /// Eligible, or why not.
    pub decision: Result<(), Reason>,
}

impl TrialReport {
    /// Nothing was asked, or nothing came of it.
    pub(super) fn refused_because(code: &str, words: &str) -> Self {
        Self { refusal: Some(code.to_owned()), explanation: Some(words.to_owned()), ..Self::default() }
    }

    /// The refusal as it is shown: with its explanation.
    pub fn refusal_in_words(&self) -> Option<String> {
        let refusal = self.refusal.as_ref()?;
        Some(self.explanation.as_ref().map_or_else(|| refusal.clone(), |words| format!("{refusal}: {words}")))
    }
}

impl Pedell {
    /// Lets somebody try the test connection.
    pub async fn begin_trial(&self, scope: &Scope) -> Result<Trial, Failure> {
        let now = self.clock().now();
        let trial = Trial {
            id: crate::base::id::fresh(self.clock(), self.random()),
            tenant: scope.tenant().clone(),
            given_by: scope.actor().to_string(),
            expires_at: now.plus(limits::TRIAL_LIFE),
        };
        let tenant = self.stores().tenant(scope).await?;
        let mut tx = tenant.begin().await?;
        let event = Event::new(Kind::TrialBegun, &trial.id, json!({ "expires_at": trial.expires_at }));
        tenant.audit(&mut tx, now, scope, &event).await?;
        tx.commit().await?;
        Ok(trial)
    }

    /// The path of a trial's link.
    pub fn trial_path(&self, trial: &Trial) -> String {
        format!("/try?trial={}", self.seal_trial(trial))
    }

    /// A trial's leave as it stands in its link.
    pub fn seal_trial(&self, trial: &Trial) -> String {
        self.instance_keys().seal(self.random(), "", trial).as_str().to_owned()
    }

    /// Opens a trial's link; `None` if it is over or altered.
    pub fn open_trial(&self, sealed: &str) -> Option<Trial> {
        let trial: Trial = self.instance_keys().open("", &Sealed::presented(sealed)).ok()?;
        (trial.expires_at > self.clock().now()).then_some(trial)
    }

    /// The university that a trial is about, with its test connection.
    pub async fn tried_university(&self, trial: &Trial) -> Result<Option<University>, Failure> {
        self.university_at(&trial.scope(), Stage::Test).await
    }

    /// Records that a try came to its end: how, and nothing of what arrived.
    pub async fn end_trial(&self, trial: &Trial, report: &TrialReport) -> Result<(), Failure> {
        let scope = trial.scope();
        let tenant = self.stores().tenant(&scope).await?;
        let mut tx = tenant.begin().await?;
        let detail = json!({ "refusal": report.refusal, "missing": report.missing });
        tenant.audit(&mut tx, self.clock().now(), &scope, &Event::new(Kind::TrialEnded, &trial.id, detail)).await?;
        tx.commit().await?;
        Ok(())
    }

    /// What each product on sale at this university would decide on the evidence, and what any of them misses, by its
    /// exact name. The standard rule, if nothing is on sale.
    pub(super) async fn verdicts(
        &self,
        university: &University,
        evidence: impl Fn(&Rule) -> Evidence,
    ) -> Result<(Vec<Verdict>, Vec<String>), Failure> {
        let now = self.clock().now();
        let calendar = &university.profile.calendar;
        let semester = calendar.semester_on(now.date_in_berlin());
        let (mut verdicts, mut missing) = (Vec::new(), BTreeSet::new());
        for (issuer, product) in self.on_sale(university).await? {
            let evidence = evidence(&product.rule);
            let period = calendar.period(semester);
            let question = Question { rule: &product.rule, semester, period, max_age_seconds: None, now };
            let decision = decide(&question, &evidence, &Added::default());
            missing.extend(evidence.missing);
            verdicts.push(Verdict {
                issuer,
                product_de: product.name_de,
                product_en: product.name_en,
                semester,
                decision,
            });
        }
        Ok((verdicts, missing.into_iter().collect()))
    }

    /// Who sells what to this university's students.
    pub(super) async fn on_sale(&self, university: &University) -> Result<Vec<(String, Product)>, Failure> {
        let mut on_sale = Vec::new();
        for client in self.stores().control().clients().await?.into_iter().filter(|client| client.active) {
            let issuer = client.issuer().filter(|issuer| issuer.may_ask_about(&university.slug));
            let products = issuer.map(|issuer| issuer.products.clone()).unwrap_or_default();
            on_sale.extend(products.into_iter().map(|product| (client.profile.name.clone(), product)));
        }
        if on_sale.is_empty() {
            let (key, name_de, name_en) = (String::new(), String::new(), String::new());
            on_sale.push((String::new(), Product { key, name_de, name_en, rule: Rule::default() }));
        }
        Ok(on_sale)
    }
}
