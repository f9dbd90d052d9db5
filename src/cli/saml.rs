//! `pedell saml …`

use std::{fs, path::PathBuf, process::ExitCode};

use clap::{Args, Subcommand};
use serde_json::json;

use super::{CliError, config::Config, open};
use crate::{
    base::{Clock, Timestamp, secret::SecretString},
    flow::saml_metadata::MetadataCopy,
    protocol::saml::{
        algorithms::Sha1,
        attributes::{AttributeNames, Meaning},
        check::{Accepted, Question, check},
        keys::DecryptionKey,
    },
};

/// SAML: check a response, print our metadata.
#[derive(Subcommand)]
pub(super) enum Saml {
    /// Say whether a response would be accepted, and what it says; the exit code is 0 or 1.
    Check(Box<Check>),
    /// Print our own metadata.
    Metadata,
}

/// What support knows about a login.
#[derive(Args)]
pub(super) struct Check {
    /// The response: XML, or base64 as the browser posted it.
    #[arg(long, value_name = "FILE")]
    response: PathBuf,
    /// The identity provider's metadata: one `EntityDescriptor`.
    #[arg(long, value_name = "FILE")]
    idp_metadata: PathBuf,
    /// Our entity ID.
    #[arg(long, value_name = "URI")]
    sp_entity_id: String,
    /// Where the response was posted.
    #[arg(long, value_name = "URL")]
    acs: String,
    /// A private key that assertions may be encrypted to, as PEM; may be given several times.
    #[arg(long, value_name = "FILE")]
    sp_key: Vec<PathBuf>,
    /// The ID of the request that was answered, if it is known.
    #[arg(long, value_name = "ID")]
    in_response_to: Option<String>,
    /// The moment of the login, such as 2026-11-23T08:00:00Z; now, if it is not said.
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// The attribute that holds the semester.
    #[arg(long, value_name = "NAME")]
    semester_attribute: Option<String>,
    /// This university's exception for SHA-1.
    #[arg(long)]
    accept_sha1: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Saml {
    pub(super) async fn run(self, config: impl FnOnce() -> Result<Config, CliError>) -> Result<ExitCode, CliError> {
        match self {
            Self::Check(check) => check.run(),
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
    fn run(&self) -> Result<ExitCode, CliError> {
        let response = decoded(fs::read(&self.response)?)?;
        let idp_metadata = fs::read(&self.idp_metadata)?;
        let mut keys = Vec::new();
        for file in &self.sp_key {
            let key = DecryptionKey::from_pem(&SecretString::from(fs::read_to_string(file)?));
            keys.push(key.map_err(|fault| format!("{}: {fault}", file.display()))?);
        }
        let at = match &self.at {
            Some(text) => Timestamp::parse(text).ok_or("--at is not a time such as 2026-11-23T08:00:00Z")?,
            None => Clock::default().now(),
        };
        let names = match &self.semester_attribute {
            Some(name) => AttributeNames::default().with(Meaning::Semester, [name.clone()]),
            None => AttributeNames::default(),
        };
        let report = check(&Question {
            response: &response,
            idp_metadata: &idp_metadata,
            sp_entity_id: &self.sp_entity_id,
            acs_url: &self.acs,
            decryption_keys: &keys,
            in_response_to: self.in_response_to.as_deref(),
            at,
            sha1: if self.accept_sha1 { Sha1::Accepted } else { Sha1::Refused },
            names: &names,
        });
        match (&report.outcome, self.json) {
            (Ok(accepted), true) => println!("{:#}", as_json(accepted)),
            (Ok(accepted), false) => print(accepted),
            (Err(refused), true) => {
                println!("{:#}", json!({ "accepted": false, "code": report.code(), "why": refused.to_string() }));
            }
            (Err(refused), false) => println!("refused: {} ({refused})", report.code()),
        }
        Ok(if report.outcome.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// A response as XML, whichever way it was saved.
fn decoded(bytes: Vec<u8>) -> Result<Vec<u8>, CliError> {
    use base64::{Engine, prelude::BASE64_STANDARD};
    if bytes.trim_ascii_start().starts_with(b"<") {
        return Ok(bytes);
    }
    let dense: Vec<u8> = bytes.into_iter().filter(|byte| !byte.is_ascii_whitespace()).collect();
    Ok(BASE64_STANDARD.decode(dense).map_err(|_| "the response is neither XML nor base64")?)
}

fn as_json(accepted: &Accepted) -> serde_json::Value {
    let attributes: Vec<_> = accepted
        .assertion
        .attributes()
        .iter()
        .map(|attribute| json!({ "name": attribute.name, "values": attribute.values }))
        .collect();
    let unused: Vec<_> = accepted
        .facts
        .remarks
        .iter()
        .map(|remark| json!({ "name": remark.name, "why": format!("{:?}", remark.why) }))
        .collect();
    json!({
        "accepted": true, "code": "accepted", "issuer": accepted.assertion.issuer(),
        "authn_instant": accepted.assertion.authn_instant().to_string(), "attributes": attributes, "unused": unused,
        "has_key": accepted.facts.key.is_some(),
    })
}

fn print(accepted: &Accepted) {
    println!("accepted, from {}", accepted.assertion.issuer());
    for attribute in accepted.assertion.attributes() {
        println!("  {} = {}", attribute.name, attribute.values.join(" | "));
    }
    for remark in &accepted.facts.remarks {
        println!("  not used: {} ({:?})", remark.name, remark.why);
    }
    if accepted.facts.key.is_none() {
        println!("  no pairwise-id, subject-id or persistent NameID: the student could not be known again");
    }
}
