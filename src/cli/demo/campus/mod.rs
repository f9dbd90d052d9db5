//! A university's web service, small enough to start from: reads students from a CSV file, publishes a WSDL, and answers
//! `verifyDataRequest`. `pedell demo` runs it for an invented university; `examples/verify_service.rs` runs it alone.
//!
//! The list has a header and the columns `Matrikelnummer;Nachname;Vorname;Geburtsdatum;Postleitzahl;Semester`, one row for
//! each student and semester. [`question`] reads what is asked, [`answer`] writes what is said.

mod answer;
mod question;

use std::{collections::HashMap, sync::Arc};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

use self::{
    answer::{Said, fault},
    question::Asked,
};
use crate::domain::{
    matching::{MatchRule, matches},
    person::{BirthDate, MatriculationNumber, PersonName, PostalCode, StudentRecord, TypedClaim},
};

/// A question's size.
const QUESTION_BYTES: usize = 16 * 1024;

/// The service. Cheap to clone.
#[derive(Clone)]
pub struct Campus(Arc<Inner>);

struct Inner {
    /// `http://…/verify`, as the WSDL says it.
    address: String,
    /// Whoever asks has to know it.
    token: Option<String>,
    /// Under number and semester.
    students: HashMap<(String, String), StudentRecord>,
    /// Numbers of students of any semester.
    numbers: HashMap<String, StudentRecord>,
}

/// Why a list is not read.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// A row without the six columns.
    #[error("line {0}: six columns are needed: Matrikelnummer;Nachname;Vorname;Geburtsdatum;Postleitzahl;Semester")]
    Columns(u64),
    /// A value that cannot be.
    #[error("line {0}: a value that cannot be")]
    Value(u64),
    /// The file.
    #[error(transparent)]
    Csv(#[from] csv::Error),
}

impl Campus {
    /// Reads the list. `address` is where the service will be reached: it stands in the WSDL.
    pub fn new(list: impl std::io::Read, address: &str, token: Option<String>) -> Result<Self, ListError> {
        let mut inner = Inner { address: address.to_owned(), token, students: HashMap::new(), numbers: HashMap::new() };
        for row in csv::ReaderBuilder::new().delimiter(b';').flexible(true).from_reader(list).records() {
            let row = row?;
            let line = row.position().map_or(0, csv::Position::line);
            let [number, family, given, born, code, semester] =
                row.iter().collect::<Vec<_>>().try_into().map_err(|_| ListError::Columns(line))?;
            let record = record(number, family, given, born, code).ok_or(ListError::Value(line))?;
            let number = record.matriculation_number.normalised().to_owned();
            inner.students.insert((number.clone(), semester.trim().to_owned()), record.clone());
            inner.numbers.insert(number, record);
        }
        Ok(Self(Arc::new(inner)))
    }

    /// `GET /verify` gives the WSDL (also as `/verify?wsdl`), `POST /verify` answers.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/verify", get(wsdl).post(verify))
            .layer(DefaultBodyLimit::max(QUESTION_BYTES))
            .with_state(self.clone())
    }

    /// Unknown numbers and other data get the same answer, and so does somebody who is not enrolled then.
    fn say(&self, asked: &Asked) -> Said<'_> {
        if self.0.token.is_some() && asked.token != self.0.token {
            return Said::WrongToken;
        }
        let Ok(number) = MatriculationNumber::parse(&asked.matriculation_number) else { return Said::Unknown };
        let number = number.normalised();
        let is_the_person = |record: &&StudentRecord| is_same(record, asked);
        if let Some(record) = self.0.students.get(&(number.to_owned(), asked.semester.clone())).filter(is_the_person) {
            return Said::Enrolled(record);
        }
        match self.0.numbers.get(number).filter(is_the_person) {
            Some(_) => Said::OtherSemester,
            None => Said::Unknown,
        }
    }
}

async fn wsdl(State(campus): State<Campus>) -> Response {
    let text = include_str!("verify.wsdl").replace("@ADDRESS@", &campus.0.address);
    ([(header::CONTENT_TYPE, "text/xml; charset=utf-8")], text).into_response()
}

async fn verify(State(campus): State<Campus>, body: Bytes) -> Response {
    let (status, text) = match Asked::parse(&body) {
        Some(asked) => (StatusCode::OK, campus.say(&asked).to_xml()),
        // SOAP 1.1 §6.2
        None => (StatusCode::INTERNAL_SERVER_ERROR, fault("Client", "this is no verifyDataRequest")),
    };
    (status, [(header::CONTENT_TYPE, "text/xml; charset=utf-8")], text).into_response()
}

fn record(number: &str, family: &str, given: &str, born: &str, code: &str) -> Option<StudentRecord> {
    Some(StudentRecord {
        matriculation_number: MatriculationNumber::parse(number).ok()?,
        family_name: PersonName::parse(family).ok()?,
        given_names: PersonName::parse(given).ok()?,
        birth_date: Some(BirthDate::parse(born).ok()?),
        postal_code: if code.trim().is_empty() { None } else { Some(PostalCode::parse(code).ok()?) },
    })
}

/// Spelling is forgiven (case, accents, hyphens, further given names), the birth date and the postal code are not.
fn is_same(record: &StudentRecord, asked: &Asked) -> bool {
    let name = |text: &Option<String>| text.as_ref().and_then(|text| PersonName::parse(text).ok());
    let (Some(given_names), Some(family_name)) = (name(&asked.given_names), name(&asked.family_name)) else {
        return false;
    };
    let typed = TypedClaim {
        matriculation_number: record.matriculation_number.clone(),
        given_names,
        family_name,
        birth_date: asked.birth_date.as_deref().and_then(|text| BirthDate::parse(text).ok()),
    };
    let code = asked.postal_code.as_deref().and_then(|text| PostalCode::parse(text).ok());
    matches(record, &typed, &MatchRule { require_birth_date: true })
        && (asked.postal_code.is_none() || code == record.postal_code)
}

#[cfg(test)]
mod tests;
