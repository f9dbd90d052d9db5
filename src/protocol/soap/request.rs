//! Writing a question: the envelope of seed interface `verifyDataRequest`, with whatever names the university has.

use zeroize::Zeroizing;

use super::{Contract, ENVELOPE};
use crate::{domain::soap_connection::SoapElements, protocol::saml::xml::text};

/// One question about one person. Fields that the service does not compare are `None`.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// Ours, if the service wants one.
    pub token: Option<&'a str>,
    /// As the student typed it.
    pub matriculation_number: &'a str,
    /// As the student typed it.
    pub family_name: Option<&'a str>,
    /// As the student typed it.
    pub given_names: Option<&'a str>,
    /// `YYYY-MM-DD`
    pub birth_date: Option<&'a str>,
    /// Of the home address.
    pub postal_code: Option<&'a str>,
    /// As the university writes it.
    pub semester: &'a str,
}

impl std::fmt::Debug for Question<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Question(…, {})", self.semester)
    }
}

impl Question<'_> {
    /// The request's body, UTF-8.
    pub fn to_xml(&self, contract: &Contract, elements: &SoapElements) -> Zeroizing<Vec<u8>> {
        let fields = [
            (&elements.token, self.token),
            (&elements.matriculation_number, Some(self.matriculation_number)),
            (&elements.family_name, self.family_name),
            (&elements.given_names, self.given_names),
            (&elements.birth_date, self.birth_date),
            (&elements.postal_code, self.postal_code),
            (&elements.semester, Some(self.semester)),
        ];
        // Enough at once: a vector that grows leaves copies behind. The longest replacement is `&quot;`, for six bytes.
        let values: usize = fields.iter().filter_map(|(_, value)| *value).map(|value| 6 * value.len()).sum();
        let names: usize = fields.iter().map(|(name, _)| 2 * name.len() + 5).sum();
        let mut out = Zeroizing::new(Vec::with_capacity(
            512 + values + names + 2 * elements.request.len() + 6 * contract.namespace.len(),
        ));
        put(&mut out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<soapenv:Envelope xmlns:soapenv=\"");
        put(&mut out, ENVELOPE);
        put(&mut out, "\"><soapenv:Header/><soapenv:Body>");
        // Unqualified fields must not inherit the request's namespace, so that it gets a prefix then.
        let prefix = if contract.namespace.is_empty() || contract.qualified { "" } else { "v:" };
        put(&mut out, "<");
        put(&mut out, prefix);
        put(&mut out, &elements.request);
        if !contract.namespace.is_empty() {
            put(&mut out, if prefix.is_empty() { " xmlns=\"" } else { " xmlns:v=\"" });
            text::push_attribute_value(&contract.namespace, &mut out);
            put(&mut out, "\"");
        }
        put(&mut out, ">");
        for (name, value) in fields {
            let Some(value) = value else { continue };
            put(&mut out, "<");
            put(&mut out, name);
            put(&mut out, ">");
            put_value(&mut out, value);
            put(&mut out, "</");
            put(&mut out, name);
            put(&mut out, ">");
        }
        put(&mut out, "</");
        put(&mut out, prefix);
        put(&mut out, &elements.request);
        put(&mut out, "></soapenv:Body></soapenv:Envelope>\n");
        out
    }
}

fn put(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
}

/// A value as character data. A carriage return and what XML cannot hold at all become spaces.
fn put_value(out: &mut Vec<u8>, value: &str) {
    for c in value.chars() {
        match c {
            '&' => put(out, "&amp;"),
            '<' => put(out, "&lt;"),
            '>' => put(out, "&gt;"),
            '\t' | '\n' => put(out, " "),
            c if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') => put(out, " "),
            c => put(out, c.encode_utf8(&mut [0; 4])),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAX: Question<'_> = Question {
        token: Some("3423k24"),
        matriculation_number: "1234",
        family_name: Some("Mustermann"),
        given_names: Some("Max"),
        birth_date: Some("1990-01-01"),
        postal_code: Some("1234"),
        semester: "10W",
    };

    fn contract(namespace: &str, qualified: bool) -> Contract {
        Contract { endpoint: String::new(), namespace: namespace.to_owned(), qualified, soap_action: String::new() }
    }

    fn written(question: &Question<'_>, contract: &Contract) -> String {
        String::from_utf8(question.to_xml(contract, &SoapElements::default()).to_vec()).unwrap()
    }

    #[test]
    fn without_settings_it_is_the_request_that_is_recommended_to_universities() {
        let seed = r#"
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">
  <soapenv:Header/>
  <soapenv:Body>
    <verifyDataRequest>
      <token>3423k24</token>
      <Matrikelnummer>1234</Matrikelnummer>
      <Name>Mustermann</Name>
      <Vorname>Max</Vorname>
      <Geburtsdatum>1990-01-01</Geburtsdatum>
      <Postleitzahl>1234</Postleitzahl>
      <Semesterkuerzel>10W</Semesterkuerzel>
    </verifyDataRequest>
  </soapenv:Body>
</soapenv:Envelope>"#;
        let plain: String = seed.lines().map(str::trim).collect();
        let ours = written(&MAX, &contract("", false));
        assert_eq!(ours.split_once("?>\n").unwrap().1.trim_end(), plain);
    }

    #[test]
    fn a_namespace_is_the_fields_too_if_they_are_qualified() {
        let qualified = written(&MAX, &contract("urn:a&b", true));
        assert!(qualified.contains("<verifyDataRequest xmlns=\"urn:a&amp;b\"><token>"), "{qualified}");
        let not = written(&MAX, &contract("urn:a", false));
        assert!(not.contains("<v:verifyDataRequest xmlns:v=\"urn:a\"><token>"), "{not}");
        for text in [qualified, not] {
            crate::protocol::saml::xml::outline::Outline::of(&text).unwrap();
        }
    }

    #[test]
    fn what_is_not_compared_is_not_sent_and_nothing_typed_becomes_markup() {
        let question = Question {
            token: None,
            family_name: Some("</Name><token>x</token>&amp;\u{1}\u{FFFF}"),
            given_names: None,
            birth_date: None,
            postal_code: None,
            ..MAX
        };
        let text = written(&question, &contract("", false));
        assert!(
            text.contains("<Name>&lt;/Name&gt;&lt;token&gt;x&lt;/token&gt;&amp;amp;  </Name><Semesterkuerzel>"),
            "{text}"
        );
        for absent in ["<token>", "Vorname", "Geburtsdatum", "Postleitzahl"] {
            assert!(!text.contains(absent), "{absent} in {text}");
        }
    }

    #[test]
    fn a_question_is_written_without_leaving_copies_behind_and_never_printed() {
        let names = ["&".repeat(256), "<".repeat(256)];
        let question = Question { family_name: Some(&names[0]), given_names: Some(&names[1]), ..MAX };
        let bytes = question.to_xml(&contract(&format!("urn:{}", "\"".repeat(500)), true), &SoapElements::default());
        assert!(bytes.len() > 3_000);
        assert!(bytes.capacity() < 3 * bytes.len() + 2048, "one allocation, not a grown one");
        assert!(!format!("{MAX:?}").contains("Muster"));
    }
}
