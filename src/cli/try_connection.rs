//! `pedell connection try … --matriculation-number …`: one question to a university's web service.

use clap::Args;

use super::CliError;
use crate::{
    domain::{
        connection::ConnectionSettings,
        person::{BirthDate, MatriculationNumber, PersonName, PostalCode, TypedField, TypedFields},
        semester::{KeyForm, Semester, parse_key},
    },
    flow::{Pedell, trial::Trial},
};

/// A student to ask about. What the service does not compare may be left out.
#[derive(Args)]
pub(super) struct Typed {
    /// Ask a web service about this student.
    #[arg(long, value_name = "NUMBER")]
    matriculation_number: Option<String>,
    /// All given names.
    #[arg(long, value_name = "NAMES", requires = "matriculation_number")]
    given_names: Option<String>,
    /// Family name.
    #[arg(long, value_name = "NAME", requires = "matriculation_number")]
    family_name: Option<String>,
    /// `YYYY-MM-DD` or `DD.MM.YYYY`.
    #[arg(long, value_name = "DATE", requires = "matriculation_number")]
    birth_date: Option<String>,
    /// Of the home address.
    #[arg(long, value_name = "CODE", requires = "matriculation_number")]
    postal_code: Option<String>,
    /// Left out: the current one.
    #[arg(long, value_name = "KEY", requires = "matriculation_number")]
    semester: Option<String>,
}

impl Typed {
    pub(super) fn is_given(&self) -> bool {
        self.matriculation_number.is_some()
    }

    /// Asks, and prints what was sent, what came back and what would be decided. An error, if there was no answer.
    pub(super) async fn ask(self, pedell: &Pedell, trial: &Trial) -> Result<(), CliError> {
        let university = pedell.tried_university(trial).await?.ok_or("there is no such university")?;
        let ConnectionSettings::Soap(settings) = &university.connection.settings else {
            return Err("the test connection is no web service: without a student's data this prints a link".into());
        };
        let (fields, semester) = self.read()?;
        if let Some(missing) = university.typed_fields().into_iter().find(|field| !fields.has(*field)) {
            return Err(format!("the service compares it: --{}", option(missing)).into());
        }
        let report = pedell.try_soap(trial, &university, settings, &fields, semester).await?;
        pedell.end_trial(trial, &report).await?;
        if let Some(exchange) = &report.exchange {
            println!("--- sent (secrets blanked)\n{}", exchange.sent.trim_end());
            println!("--- came back\n{}", exchange.received.trim_end());
        }
        if let Some(refusal) = report.refusal_in_words() {
            return Err(format!("no answer: {refusal}").into());
        }
        println!("--- understood");
        for arrived in &report.arrived {
            let text = arrived.friendly_name.as_ref().map(|text| format!(" ({text})")).unwrap_or_default();
            println!("{}: {}{text}", arrived.name, arrived.values.join(", "));
        }
        for name in &report.missing {
            println!("missing: {name}");
        }
        for verdict in &report.verdicts {
            let what = if verdict.product_en.is_empty() { "the standard rule" } else { &verdict.product_en };
            match verdict.decision {
                Ok(()) => println!("{what}: eligible"),
                Err(reason) => println!("{what}: {}", reason.code()),
            }
        }
        Ok(())
    }

    fn read(self) -> Result<(TypedFields, Option<Semester>), CliError> {
        let name = |text: Option<String>| text.map(|text| PersonName::parse(&text)).transpose();
        let number = self.matriculation_number.unwrap_or_default();
        let fields = TypedFields {
            matriculation_number: MatriculationNumber::parse(&number)?,
            given_names: name(self.given_names)?,
            family_name: name(self.family_name)?,
            birth_date: self.birth_date.map(|text| BirthDate::parse(&text)).transpose()?,
            postal_code: self.postal_code.map(|text| PostalCode::parse(&text)).transpose()?,
        };
        let semester = self.semester.map(|key| parse_key(&key, KeyForm::ALL)).transpose()?;
        Ok((fields, semester))
    }
}

fn option(field: TypedField) -> String {
    field.name().replace('_', "-")
}
