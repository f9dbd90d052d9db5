//! Writing an answer.

use std::fmt::Write;

use crate::{domain::person::StudentRecord, protocol::saml::xml::text::push_text};

const BEGIN: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
                     <s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>";
const END: &str = "</s:Body></s:Envelope>\n";

/// What is said, with the error codes of this university.
pub(super) enum Said<'a> {
    /// 0, with the university's own spelling.
    Enrolled(&'a StudentRecord),
    /// 1
    Unknown,
    /// 2
    OtherSemester,
    /// 9
    WrongToken,
}

impl Said<'_> {
    pub(super) fn to_xml(&self) -> String {
        let (result, code) = match self {
            Self::Enrolled(_) => (true, 0),
            Self::Unknown => (false, 1),
            Self::OtherSemester => (false, 2),
            Self::WrongToken => (false, 9),
        };
        let mut fields = format!("<result>{result}</result><fehlerCode>{code}</fehlerCode>");
        if let Self::Enrolled(record) = self {
            let _ = write!(
                fields,
                "<Name>{}</Name><Vorname>{}</Vorname>",
                escaped(record.family_name.as_str()),
                escaped(record.given_names.as_str())
            );
            if let Some(birth_date) = record.birth_date {
                let _ = write!(fields, "<Geburtsdatum>{}</Geburtsdatum>", birth_date.to_iso());
            }
        }
        format!("{BEGIN}<verifyDataResponse>{fields}</verifyDataResponse>{END}")
    }
}

/// A SOAP fault (SOAP 1.1 §4.4).
pub(super) fn fault(code: &str, text: &str) -> String {
    let text = escaped(text);
    format!("{BEGIN}<s:Fault><faultcode>s:{code}</faultcode><faultstring>{text}</faultstring></s:Fault>{END}")
}

fn escaped(text: &str) -> String {
    let mut out = Vec::new();
    push_text(text, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}
