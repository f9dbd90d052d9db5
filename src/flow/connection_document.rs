//! A connection's settings as people write them (TOML): every fault is said, each with its line.

use std::ops::Range;

use serde::{Deserialize, de::DeserializeOwned};
use toml::{Spanned, Table, de::Error};

use crate::{
    base::limits,
    domain::{
        connection::{
            ConnectionSettings, OAuthConnection, OidcConnection, RosterConnection, SamlConnection, SoapConnection,
        },
        connection_fault::ConnectionFault,
        oidc_connection::{CLIENT_SECRET, PRIVATE_KEY},
    },
};

/// What is wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentFault {
    /// In which line, from 1, if in one.
    pub line: Option<usize>,
    /// In words for the university's IT.
    pub text: String,
}

/// The kinds, each with a document to begin with.
pub const BEGINNINGS: [(&str, &str); 5] = [
    ("roster", include_str!("../../templates/connection/roster.toml")),
    ("saml", include_str!("../../templates/connection/saml.toml")),
    ("oidc", include_str!("../../templates/connection/oidc.toml")),
    ("oauth2", include_str!("../../templates/connection/oauth2.toml")),
    ("soap", include_str!("../../templates/connection/soap.toml")),
];

/// Settings as a document, to be changed.
pub fn write(settings: &ConnectionSettings) -> String {
    toml::to_string(settings).unwrap_or_default()
}

/// Every secret that a document of this kind may take, however it proves itself.
pub fn secrets_of(settings: &ConnectionSettings) -> &'static [&'static str] {
    match settings {
        ConnectionSettings::Roster(_) | ConnectionSettings::Saml(_) => &[],
        ConnectionSettings::Oidc(_) | ConnectionSettings::OAuth(_) => &[CLIENT_SECRET, PRIVATE_KEY],
        ConnectionSettings::Soap(_) => SoapConnection::SECRETS,
    }
}

/// Reads a document; what is wrong is all of it that can be told at once.
pub fn read(text: &str) -> Result<ConnectionSettings, Vec<DocumentFault>> {
    let alone = |line, text: String| Err(vec![DocumentFault { line, text }]);
    if text.len() > limits::CONNECTION_DOCUMENT_BYTES {
        return alone(None, format!("larger than {} bytes", limits::CONNECTION_DOCUMENT_BYTES));
    }
    if let Err(error) = toml::from_str::<Table>(text) {
        return alone(line_of(text, &error), error.message().to_owned());
    }
    let kind = match toml::from_str::<Kind>(text) {
        Ok(Kind { kind }) => kind,
        Err(error) => return alone(line_of(text, &error), error.message().to_owned()),
    };
    // Without its kind, which the types below do not have.
    let rest = without(text, kind.span());
    match kind.get_ref().as_str() {
        "roster" => all::<RosterConnection>(&rest).map(ConnectionSettings::Roster),
        "saml" => all::<SamlConnection>(&rest).map(ConnectionSettings::Saml),
        "oidc" => all::<OidcConnection>(&rest).map(ConnectionSettings::Oidc),
        "oauth2" => all::<OAuthConnection>(&rest).map(ConnectionSettings::OAuth),
        "soap" => all::<SoapConnection>(&rest).map(|soap| ConnectionSettings::Soap(Box::new(soap))),
        other => {
            let kinds = BEGINNINGS.map(|(kind, _)| kind).join(", ");
            alone(Some(line_at(text, kind.span().start)), format!("there is no kind {other:?}; there are {kinds}"))
        }
    }
}

/// The line that a fault of settings is about: the one that sets what its text names first.
pub fn line_of_fault(text: &str, fault: &ConnectionFault) -> Option<usize> {
    let words = fault.text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.'));
    let names = words.map(|word| word.rsplit('.').next().unwrap_or(word)).filter(|word| word.len() > 3);
    let mut lines = names.filter_map(|name| {
        let sets =
            |line: &str| line.trim_start().strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with('='));
        text.lines().position(sets)
    });
    lines.next().map(|line| line + 1)
}

#[derive(Deserialize)]
struct Kind {
    kind: Spanned<String>,
}

/// Reads one kind's settings. After a fault the line is left out, or what is missing put in, and reading goes on.
fn all<T: DeserializeOwned>(text: &str) -> Result<T, Vec<DocumentFault>> {
    let (mut rest, mut faults, mut inserted) = (text.to_owned(), Vec::<DocumentFault>::new(), 0);
    let mut left_out: Vec<String> = Vec::new();
    while faults.len() < limits::CONNECTION_DOCUMENT_FAULTS {
        let error = match toml::from_str::<T>(&rest) {
            Ok(settings) if faults.is_empty() => return Ok(settings),
            Ok(_) => break,
            Err(error) => error,
        };
        let missing = missing_field(error.message());
        match (error.span(), missing) {
            // Nowhere in particular: it has to stand at the top.
            (span, Some(name)) if span.as_ref().is_none_or(|span| span.start == 0 || span.end >= rest.len()) => {
                let is_told = left_out.iter().any(|line| line.trim_start().starts_with(&name));
                if !is_told {
                    faults.push(DocumentFault { line: None, text: error.message().to_owned() });
                }
                rest = format!("{name} = \"/-\"\n{rest}");
                inserted += 1;
                if is_told {
                    break; // what was left out is missing now, and was told before
                }
            }
            (Some(span), _) => {
                let line = line_at(&rest, span.start);
                faults.push(DocumentFault {
                    line: Some(line.saturating_sub(inserted)),
                    text: error.message().to_owned(),
                });
                left_out.push(rest.lines().nth(line.saturating_sub(1)).unwrap_or_default().to_owned());
                let shorter = without(&rest, span);
                if shorter == rest || toml::from_str::<Table>(&shorter).is_err() {
                    break;
                }
                rest = shorter;
            }
            (None, _) => {
                faults.push(DocumentFault { line: None, text: error.message().to_owned() });
                break;
            }
        }
    }
    faults.sort_by_key(|fault| fault.line);
    Err(faults)
}

/// What serde says is missing.
fn missing_field(message: &str) -> Option<String> {
    let name = message.strip_prefix("missing field `")?.split('`').next()?;
    Some(name.to_owned())
}

/// The text with the lines of this place left empty, so that every other one keeps its number.
fn without(text: &str, span: Range<usize>) -> String {
    let (first, last) = (line_at(text, span.start), line_at(text, span.end.max(span.start + 1) - 1));
    let lines = text.split('\n').enumerate();
    let kept = lines.map(|(index, line)| if (first..=last).contains(&(index + 1)) { "" } else { line });
    kept.collect::<Vec<_>>().join("\n")
}

fn line_of(text: &str, error: &Error) -> Option<usize> {
    error.span().filter(|span| span.end > 0).map(|span| line_at(text, span.start))
}

fn line_at(text: &str, position: usize) -> usize {
    let before = text.as_bytes().get(..position).unwrap_or(text.as_bytes());
    before.split(|byte| *byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<(Option<usize>, String)> {
        read(text).unwrap_err().into_iter().map(|fault| (fault.line, fault.text)).collect()
    }

    #[test]
    fn what_one_begins_with_is_read_and_written_and_read() {
        for (kind, text) in BEGINNINGS {
            let settings = read(text).unwrap_or_else(|faults| panic!("{kind}: {faults:?}"));
            assert_eq!(serde_json::json!(settings)["kind"], kind);
            assert_eq!(read(&write(&settings)).unwrap(), settings, "{kind}");
        }
    }

    #[test]
    fn every_fault_is_said_with_its_line() {
        let told = faults(
            "# ours\nkind = \"saml\"\nentityid = \"x\"\naccept_sha1 = \"yes\"\nsemester_attribute = \"s\"\nforce = true\n",
        );
        let lines: Vec<_> = told.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [None, Some(3), Some(4), Some(6)], "{told:?}");
        assert!(told[0].1.contains("missing field `entity_id`") && told[1].1.contains("unknown field `entityid`"));
        let told = faults("kind = \"oauth2\"\n");
        assert_eq!(told.len(), 5, "every missing one: {told:?}");
        let told = faults("kind = \"soap\"\nfields = [\n  \"shoe_size\",\n]\n[elements]\nquestion = \"a\"\n");
        assert_eq!(told.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [Some(3), Some(6)], "{told:?}");
    }

    #[test]
    fn what_is_no_document_is_refused_where_it_is_not() {
        assert_eq!(faults("kind = \"saml\"\nentity_id = \n")[0].0, Some(2));
        assert_eq!(faults("kind = \"telepathy\"\n")[0].0, Some(1));
        assert!(faults("entity_id = \"x\"\n")[0].1.contains("`kind`"));
        assert!(faults("")[0].1.contains("`kind`"));
        assert_eq!(faults(&"#".repeat(limits::CONNECTION_DOCUMENT_BYTES + 1)).len(), 1);
        let hostile = "kind = \"soap\"\n".to_owned() + &"a = 1\n".repeat(3);
        assert_eq!(faults(&hostile).len(), 1, "a name twice");
        let many = (0..200).map(|n| format!("a{n} = 1")).collect::<Vec<_>>().join("\n");
        assert_eq!(faults(&format!("kind = \"saml\"\n{many}")).len(), limits::CONNECTION_DOCUMENT_FAULTS);
    }

    #[test]
    fn a_fault_of_settings_is_led_to_its_line() {
        let text = "kind = \"oidc\"\nissuer = \"http://a\"\n[claims]\n student_values = []\n";
        let line = |said: &str| line_of_fault(text, &ConnectionFault::blocking("x", said));
        assert_eq!(line("issuer is the provider's https address"), Some(2));
        assert_eq!(line("`claims.student_values` is empty"), Some(4));
        assert_eq!(line("there is no such thing"), None);
    }
}
