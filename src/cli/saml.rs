//! `pedell saml …`

use std::{fs, path::PathBuf, process::ExitCode};

use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::{CliError, config::Config, document, open, serve, university};
use crate::{
    base::{Clock, Timestamp, secret::SecretString},
    domain::{
        connection::Stage,
        policy,
        reason::Reason,
        rule::Rule,
        semester::{Calendar, KeyForm, Semester},
    },
    flow::{
        check_saml::{Judgement, ProductJudgement, Saved, Standard, judge},
        saml_metadata::MetadataCopy,
    },
    protocol::saml::{
        algorithms::Sha1,
        attributes::{AttributeNames, Meaning},
        check::{Accepted, Provider, Question, Report, check},
        keys::DecryptionKey,
    },
};

/// SAML: check a response, print our metadata.
#[derive(Subcommand)]
pub(super) enum Saml {
    /// Say whether a response would be accepted, what it says, and what would be decided.
    ///
    /// With --university everything else is taken from this instance: the connection, the provider's metadata, our keys,
    /// the rules of what is on sale. Without it, it is all given here, and nothing of an instance is needed. The exit code
    /// is 0 if the response is accepted and everything asked about would be a ticket, else 1.
    Check(Box<Check>),
    /// Print our own metadata.
    Metadata,
}

/// What support knows about a login.
#[derive(Args)]
pub(super) struct Check {
    /// The response: XML, base64, or the form as the browser posted it.
    #[arg(long, value_name = "FILE")]
    response: PathBuf,
    /// The university whose student it is.
    #[arg(long, value_name = "SLUG")]
    university: Option<String>,
    /// Which of its connections.
    #[arg(long, value_enum, default_value_t, requires = "university")]
    stage: WhichStage,
    /// Only this product, of those on sale.
    #[arg(long, value_name = "KEY", requires = "university")]
    product: Option<String>,
    #[command(flatten)]
    apart: Apart,
    /// The ID of the request that was answered, if it is known.
    #[arg(long, value_name = "ID")]
    in_response_to: Option<String>,
    /// The moment of the login, such as 2026-11-23T08:00:00Z; now, if it is not said.
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// The semester that a ticket was wanted for, such as 2026W; that of the login's day, if it is not said.
    #[arg(long, value_name = "KEY")]
    semester: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What has to be said where no instance knows it.
#[derive(Args)]
struct Apart {
    /// The identity provider's metadata: one `EntityDescriptor`.
    #[arg(long, value_name = "FILE", required_unless_present = "university", conflicts_with = "university")]
    idp_metadata: Option<PathBuf>,
    /// Our entity ID.
    #[arg(long, value_name = "URI", required_unless_present = "university", conflicts_with = "university")]
    sp_entity_id: Option<String>,
    /// Where the response was posted.
    #[arg(long, value_name = "URL", required_unless_present = "university", conflicts_with = "university")]
    acs: Option<String>,
    /// A private key that assertions may be encrypted to, as PEM; may be given several times.
    #[arg(long, value_name = "FILE", conflicts_with = "university")]
    sp_key: Vec<PathBuf>,
    /// The product's rule, as TOML; the usual one, if it is not said.
    #[arg(long, value_name = "FILE", conflicts_with = "university")]
    rule: Option<PathBuf>,
    /// The attribute that holds the semester.
    #[arg(long, value_name = "NAME", conflicts_with = "university")]
    semester_attribute: Option<String>,
    /// This university's exception for SHA-1.
    #[arg(long, conflicts_with = "university")]
    accept_sha1: bool,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum WhichStage {
    #[default]
    Live,
    Test,
}

impl Saml {
    pub(super) async fn run(self, config: impl FnOnce() -> Result<Config, CliError>) -> Result<ExitCode, CliError> {
        match self {
            Self::Check(check) => check.run(config).await,
            Self::Metadata => {
                let config = config()?;
                let pedell = open::pedell(&config).await?;
                println!("{}", pedell.saml_metadata(&open::service_provider(&config), MetadataCopy::default()).await?);
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

impl Check {
    async fn run(&self, config: impl FnOnce() -> Result<Config, CliError>) -> Result<ExitCode, CliError> {
        let response = decoded(fs::read(&self.response)?)?;
        let at = match &self.at {
            Some(text) => Timestamp::parse(text).ok_or("--at is not a time such as 2026-11-23T08:00:00Z")?,
            None => Clock::default().now(),
        };
        let semester = match &self.semester {
            Some(key) => Some(Semester::parse_canonical(key).ok_or("--semester is not one such as 2026W")?),
            None => None,
        };
        let saved = Saved { response: &response, in_response_to: self.in_response_to.as_deref(), at, semester };
        let (report, judgements) = match &self.university {
            Some(slug) => self.by_the_instance(&config()?, slug, &saved).await?,
            None => self.apart.check(&saved)?,
        };
        if self.json {
            println!("{:#}", as_json(&report, &judgements));
        } else {
            print(&report, &judgements);
        }
        let is_ticket = |by: &ProductJudgement| by.judgement.decision.is_ok();
        let all_well = report.outcome.is_ok() && judgements.iter().all(is_ticket);
        Ok(if all_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    async fn by_the_instance(
        &self,
        config: &Config,
        slug: &str,
        saved: &Saved<'_>,
    ) -> Result<(Report, Vec<ProductJudgement>), CliError> {
        let pedell = open::pedell(config).await?;
        serve::refresh(&pedell, config.saml.idp_metadata_folder.clone()).await;
        serve::follow(&pedell, open::sources(config)?, config.saml.metadata_cache_folder.clone()).await;
        let mut university = university::find(&pedell, slug).await?;
        if matches!(self.stage, WhichStage::Test) {
            let tested = pedell.university_at(&policy::operator(&university.id), Stage::Test).await?;
            university = tested.ok_or("there is no test connection")?;
        }
        let (report, mut judgements) = pedell.check_saml_response(&university, saved).await??;
        if let Some(product) = &self.product {
            judgements.retain(|by| by.product == *product);
            if judgements.is_empty() && report.outcome.is_ok() {
                return Err(format!("nobody sells a product {product} to students of {slug}").into());
            }
        }
        Ok((report, judgements))
    }
}

impl Apart {
    fn check(&self, saved: &Saved<'_>) -> Result<(Report, Vec<ProductJudgement>), CliError> {
        let needed = "--idp-metadata, --sp-entity-id and --acs are needed without --university";
        let idp_metadata = fs::read(self.idp_metadata.as_ref().ok_or(needed)?)?;
        let mut keys = Vec::new();
        for file in &self.sp_key {
            let key = DecryptionKey::from_pem(&SecretString::from(fs::read_to_string(file)?));
            keys.push(key.map_err(|fault| format!("{}: {fault}", file.display()))?);
        }
        let rule: Rule = match &self.rule {
            Some(file) => document::read(file)?,
            None => Rule::default(),
        };
        let names = match &self.semester_attribute {
            Some(name) => AttributeNames::default().with(Meaning::Semester, [name.clone()]),
            None => AttributeNames::default(),
        };
        let report = check(&Question {
            response: saved.response,
            idp: Provider::Metadata(&idp_metadata),
            sp_entity_id: self.sp_entity_id.as_deref().ok_or(needed)?,
            acs_url: self.acs.as_deref().ok_or(needed)?,
            decryption_keys: &keys,
            in_response_to: saved.in_response_to,
            at: saved.at,
            sha1: if self.accept_sha1 { Sha1::Accepted } else { Sha1::Refused },
            names: &names,
        });
        let calendar = Calendar::university();
        let standard = Standard { rule: &rule, calendar: &calendar, forms: KeyForm::ALL, names: &names };
        let judgement = report.outcome.as_ref().ok().map(|accepted| judge(accepted, saved, &standard));
        let by_the_rule = |judgement| ProductJudgement { issuer: String::new(), product: String::new(), judgement };
        Ok((report, judgement.into_iter().map(by_the_rule).collect()))
    }
}

/// A response as XML, whichever way it was saved: XML, base64, or the form as the browser posted it.
fn decoded(bytes: Vec<u8>) -> Result<Vec<u8>, CliError> {
    use base64::{Engine, prelude::BASE64_STANDARD};
    if bytes.trim_ascii_start().starts_with(b"<") {
        return Ok(bytes);
    }
    let mut dense: Vec<u8> = bytes.into_iter().filter(|byte| !byte.is_ascii_whitespace()).collect();
    if dense.contains(&b'%') || dense.contains(&b'&') {
        let form = if dense.starts_with(b"SAMLResponse=") { dense } else { [b"SAMLResponse=", &dense[..]].concat() };
        let field = url::form_urlencoded::parse(&form).find(|(name, _)| name == "SAMLResponse");
        dense = field.map_or(Vec::new(), |(_, value)| value.into_owned().into_bytes());
    }
    Ok(BASE64_STANDARD.decode(dense).map_err(|_| "the response is neither XML nor base64")?)
}

fn as_json(report: &Report, judgements: &[ProductJudgement]) -> Value {
    let accepted = match &report.outcome {
        Ok(accepted) => accepted,
        Err(refused) => return json!({ "accepted": false, "code": report.code(), "why": refused.to_string() }),
    };
    let attributes: Vec<_> = accepted
        .assertion
        .attributes()
        .iter()
        .map(|attribute| {
            json!({ "name": attribute.name, "friendly_name": attribute.friendly_name, "values": attribute.values })
        })
        .collect();
    let unused: Vec<_> =
        accepted.facts.remarks.iter().map(|remark| json!({ "name": remark.name, "why": remark.why.code() })).collect();
    let decisions: Vec<_> = judgements
        .iter()
        .map(|ProductJudgement { issuer, product, judgement }| {
            json!({
                "issuer": issuer, "product": product, "semester": judgement.semester.to_string(),
                "eligible": judgement.decision.is_ok(), "reason": judgement.decision.err().map(Reason::code),
                "missing": judgement.missing,
                "missing_for_the_student": judgement.details.iter().map(|detail| detail.code()).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "accepted": true, "code": report.code(), "issuer": accepted.assertion.issuer(),
        "authn_instant": accepted.assertion.authn_instant().to_string(), "attributes": attributes, "unused": unused,
        "has_key": accepted.facts.key.is_some(), "decisions": decisions,
    })
}

fn print(report: &Report, judgements: &[ProductJudgement]) {
    match &report.outcome {
        Ok(accepted) => print_accepted(accepted),
        Err(refused) => println!("refused: {} ({refused})", report.code()),
    }
    for ProductJudgement { issuer, product, judgement } in judgements {
        let Judgement { semester, decision, missing, .. } = judgement;
        let what = if product.is_empty() { semester.to_string() } else { format!("{product} of {issuer}, {semester}") };
        match decision {
            Ok(()) => println!("{what}: a ticket"),
            Err(reason) => println!("{what}: no ticket, {}", reason.code()),
        }
        for name in missing {
            println!("  missing: {name}");
        }
    }
}

fn print_accepted(accepted: &Accepted) {
    println!("accepted, from {}", accepted.assertion.issuer());
    for attribute in accepted.assertion.attributes() {
        let friendly = attribute.friendly_name.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
        println!("  {}{friendly} = {}", attribute.name, attribute.values.join(" | "));
    }
    for remark in &accepted.facts.remarks {
        println!("  not used: {} ({})", remark.name, remark.why.code());
    }
    if accepted.facts.key.is_none() {
        println!("  no pairwise-id, subject-id or persistent NameID: the student could not be known again");
    }
}
