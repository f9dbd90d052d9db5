//! Reading what comes back: an answer, a fault, or something else.
//!
//! Elements of the answer are found by their local names, whatever prefix or namespace they have: services differ, and
//! nothing is decided by the namespace. The envelope must be SOAP 1.1.

use roxmltree::Node;

use super::{ENVELOPE, ENVELOPE_12, text::decode};
use crate::{
    base::limits,
    domain::soap_connection::SoapElements,
    protocol::saml::{
        Coded,
        xml::{XmlFault, outline::Outline, tree},
    },
};

/// A person that the service knows, as it spells them if it says.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Spelling {
    /// Given names.
    pub given_names: Option<String>,
    /// Family name.
    pub family_name: Option<String>,
    /// As it stands there.
    pub birth_date: Option<String>,
}

impl std::fmt::Debug for Spelling {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Spelling(…)")
    }
}

/// What the service said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// `result` is true.
    Confirmed(Spelling),
    /// `result` is false, with the error code unless it is empty or `0`.
    Denied(Option<String>),
}

/// Why what came back is no answer. None of them says anything about the student.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerFault {
    /// The document cannot be read.
    #[error("{0}")]
    Xml(#[from] XmlFault),
    /// XML, but no envelope.
    #[error("the answer is XML, but no SOAP envelope: <{0}>")]
    NotSoap(String),
    /// SOAP 1.2.
    #[error("the answer is SOAP 1.2; the service must answer SOAP 1.1")]
    Version,
    /// A SOAP fault (SOAP 1.1 §4.4).
    #[error("the service answered a SOAP fault: {code}")]
    Fault {
        /// `faultcode`, without its prefix.
        code: String,
        /// `faultstring`. May hold personal data: for whoever tries the connection, not for the log.
        text: String,
    },
    /// The body holds something else.
    #[error("the body holds <{found}> where <{expected}> was expected")]
    Unexpected {
        /// The settings' name.
        expected: String,
        /// The answer's.
        found: String,
    },
    /// No result in it.
    #[error("the answer has no <{0}>, or more than one")]
    NoResult(String),
    /// Neither true nor false.
    #[error("the result is neither true nor false")]
    Result,
    /// True, and yet an error.
    #[error("the result is true, and yet there is an error code: {0}")]
    Contradiction(String),
}

impl Coded for AnswerFault {
    fn code(&self) -> &'static str {
        match self {
            Self::Xml(fault) => fault.code(),
            Self::NotSoap(_) => "soap_not_soap",
            Self::Version => "soap_version",
            Self::Fault { .. } => "soap_fault",
            Self::Unexpected { .. } => "soap_unexpected",
            Self::NoResult(_) => "soap_no_result",
            Self::Result => "soap_result",
            Self::Contradiction(_) => "soap_contradiction",
        }
    }
}

/// How much of somebody else's text is kept for people, in characters.
const SHOWN_CHARS: usize = 200;

impl Answer {
    /// Reads the body of an answer.
    pub fn parse(bytes: &[u8], elements: &SoapElements) -> Result<Self, AnswerFault> {
        if bytes.len() > limits::SOAP_ANSWER_BYTES {
            return Err(XmlFault::TooLarge.into());
        }
        let text = decode(bytes)?;
        Outline::of(&text)?;
        let document = tree::parse(text.strip_prefix('\u{FEFF}').unwrap_or(&text))?;
        let envelope = document.root_element();
        if envelope.tag_name().namespace() == Some(ENVELOPE_12) {
            return Err(AnswerFault::Version);
        }
        if !tree::is(envelope, ENVELOPE, "Envelope") {
            return Err(AnswerFault::NotSoap(shown(envelope.tag_name().name())));
        }
        let body =
            tree::child(envelope, ENVELOPE, "Body").ok_or_else(|| AnswerFault::NotSoap("Envelope".to_owned()))?;
        if let Some(fault) = tree::child(body, ENVELOPE, "Fault") {
            return Err(read_fault(fault));
        }
        // Independent elements of multi-reference encodings may follow; the first is the response.
        let response = body.children().find(Node::is_element);
        match response {
            Some(response) if response.tag_name().name() == elements.response => read(response, elements),
            other => Err(AnswerFault::Unexpected {
                expected: elements.response.clone(),
                found: other.map(|node| shown(node.tag_name().name())).unwrap_or_default(),
            }),
        }
    }
}

fn read(response: Node, elements: &SoapElements) -> Result<Answer, AnswerFault> {
    // Some frameworks put one more element around what they return.
    let mut inner = response.children().filter(Node::is_element);
    let within = match (inner.next(), inner.next()) {
        (Some(only), None) if only.children().any(|child| child.is_element()) => only,
        _ => response,
    };
    let result = only(within, &elements.result)?.ok_or_else(|| AnswerFault::NoResult(elements.result.clone()))?;
    let code =
        only(within, &elements.error_code)?.filter(|code| !code.is_empty() && code != "0").map(|code| shown(&code));
    let is_true = match result.to_ascii_lowercase().as_str() {
        "true" | "1" => true,
        "false" | "0" => false,
        _ => return Err(AnswerFault::Result),
    };
    if !is_true {
        return Ok(Answer::Denied(code));
    }
    if let Some(code) = code {
        return Err(AnswerFault::Contradiction(code));
    }
    let spelt = |name: &Option<String>| match name {
        Some(name) => only(within, name).map(|value| value.filter(|value| !value.is_empty())),
        None => Ok(None),
    };
    Ok(Answer::Confirmed(Spelling {
        given_names: spelt(&elements.answered_given_names)?,
        family_name: spelt(&elements.answered_family_name)?,
        birth_date: spelt(&elements.answered_birth_date)?,
    }))
}

/// The text of the one child of this local name; two of them are a fault.
fn only(within: Node, local: &str) -> Result<Option<String>, AnswerFault> {
    let mut found = within.children().filter(|child| child.is_element() && child.tag_name().name() == local);
    match (found.next(), found.next()) {
        (None, _) => Ok(None),
        (Some(node), None) => Ok(Some(tree::text(node))),
        (Some(_), Some(_)) => Err(AnswerFault::NoResult(local.to_owned())),
    }
}

/// `faultcode` and `faultstring` are unqualified (SOAP 1.1 §4.4); some services qualify them.
fn read_fault(fault: Node) -> AnswerFault {
    let child = |local: &str| {
        let found = fault.children().find(|child| child.is_element() && child.tag_name().name() == local);
        found.map(tree::text).unwrap_or_default()
    };
    let code = child("faultcode");
    AnswerFault::Fault { code: shown(code.rsplit(':').next().unwrap_or_default()), text: shown(&child("faultstring")) }
}

/// Somebody else's text for people: cut, and without control characters.
fn shown(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(SHOWN_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(body: &str) -> Result<Answer, AnswerFault> {
        let document = format!("<s:Envelope xmlns:s=\"{ENVELOPE}\"><s:Body>{body}</s:Body></s:Envelope>");
        Answer::parse(document.as_bytes(), &SoapElements::default())
    }

    fn yes() -> Answer {
        Answer::Confirmed(Spelling::default())
    }

    #[test]
    fn the_recommended_answer_is_read_in_any_prefix_style() {
        let seed = r#"
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">
  <s:Body>
    <verifyDataResponse>
      <result>true</result>
      <fehlerCode>0</fehlerCode>
    </verifyDataResponse>
  </s:Body>
</s:Envelope>"#;
        assert_eq!(Answer::parse(seed.as_bytes(), &SoapElements::default()), Ok(yes()));
        for body in [
            "<verifyDataResponse xmlns='urn:x'><result>1</result></verifyDataResponse>",
            "<a:verifyDataResponse xmlns:a='urn:x'><result> TRUE </result><fehlerCode/></a:verifyDataResponse>",
            "<a:verifyDataResponse xmlns:a='urn:x'><a:fehlerCode>0</a:fehlerCode><a:result>true</a:result></a:verifyDataResponse>",
            "<verifyDataResponse><return><result>true</result><fehlerCode>0</fehlerCode></return></verifyDataResponse>",
            "<verifyDataResponse><result>tr<!-- x -->u<![CDATA[e]]></result></verifyDataResponse>",
        ] {
            assert_eq!(parse(body), Ok(yes()), "{body}");
        }
        let default = format!(
            "<Envelope xmlns='{ENVELOPE}'><Header/><Body><verifyDataResponse xmlns=''><result>true</result></verifyDataResponse></Body></Envelope>"
        );
        assert_eq!(Answer::parse(default.as_bytes(), &SoapElements::default()), Ok(yes()));
    }

    #[test]
    fn a_no_comes_with_its_code() {
        let no = |code: &str| parse(&format!("<verifyDataResponse><result>false</result>{code}</verifyDataResponse>"));
        assert_eq!(no(""), Ok(Answer::Denied(None)));
        assert_eq!(no("<fehlerCode>0</fehlerCode>"), Ok(Answer::Denied(None)));
        assert_eq!(no("<fehlerCode> 17 </fehlerCode>"), Ok(Answer::Denied(Some("17".to_owned()))));
    }

    #[test]
    fn the_universitys_spelling_is_read_where_it_gives_one() {
        let elements = SoapElements { answered_family_name: Some("Nachname".to_owned()), ..SoapElements::default() };
        let body = "<verifyDataResponse><result>true</result><Nachname> Müller </Nachname></verifyDataResponse>";
        let document = format!("<s:Envelope xmlns:s='{ENVELOPE}'><s:Body>{body}</s:Body></s:Envelope>");
        let spelling = Spelling { family_name: Some("Müller".to_owned()), ..Spelling::default() };
        assert_eq!(Answer::parse(document.as_bytes(), &elements), Ok(Answer::Confirmed(spelling.clone())));
        assert!(!format!("{spelling:?}").contains("ller"));
    }

    #[test]
    fn everything_else_is_told_apart() {
        let code = |body: &str| parse(body).unwrap_err().code();
        assert_eq!(code("<verifyDataResponse/>"), "soap_no_result");
        assert_eq!(code("<verifyDataResponse><result>maybe</result></verifyDataResponse>"), "soap_result");
        assert_eq!(code("<verifyDataResponse><result/></verifyDataResponse>"), "soap_result");
        assert_eq!(
            code("<verifyDataResponse><result>true</result><result>false</result></verifyDataResponse>"),
            "soap_no_result"
        );
        assert_eq!(
            code("<verifyDataResponse><result>true</result><fehlerCode>5</fehlerCode></verifyDataResponse>"),
            "soap_contradiction"
        );
        assert_eq!(code(""), "soap_unexpected");
        assert_eq!(code("<verifyDataRequest><result>true</result></verifyDataRequest>"), "soap_unexpected");
        assert_eq!(
            code("<other><verifyDataResponse><result>true</result></verifyDataResponse></other>"),
            "soap_unexpected"
        );
        let whole = |document: &str| Answer::parse(document.as_bytes(), &SoapElements::default()).unwrap_err().code();
        assert_eq!(whole("<html><body>Wartung</body></html>"), "soap_not_soap");
        assert_eq!(whole(&format!("<Envelope xmlns='{ENVELOPE_12}'/>")), "soap_version");
        assert_eq!(whole(&format!("<Envelope xmlns='{ENVELOPE}'/>")), "soap_not_soap");
        assert_eq!(whole("<!DOCTYPE html><html/>"), "xml_doctype");
        assert_eq!(whole("<!DOCTYPE a [<!ENTITY b 'c'><!ENTITY d '&b;&b;'>]><a>&d;</a>"), "xml_doctype");
        assert_eq!(whole(&format!("<s:Envelope xmlns:s='{ENVELOPE}'><s:Body><verifyDataRes")), "xml_malformed");
        assert_eq!(whole(""), "xml_malformed");
        assert_eq!(whole(&" ".repeat(limits::SOAP_ANSWER_BYTES + 1)), "xml_too_large");
    }

    #[test]
    fn a_fault_is_never_an_answer_even_beside_one() {
        let fault = "<s:Fault><faultcode>s:Server</faultcode><faultstring>Datenbank\n weg</faultstring></s:Fault>";
        let expected = AnswerFault::Fault { code: "Server".to_owned(), text: "Datenbank  weg".to_owned() };
        assert_eq!(parse(fault), Err(expected.clone()));
        let both = format!("<verifyDataResponse><result>true</result></verifyDataResponse>{fault}");
        assert_eq!(parse(&both), Err(expected.clone()));
        assert!(!expected.to_string().contains("Datenbank"), "its text may name a student: {expected}");
        assert_eq!(parse("<s:Fault/>"), Err(AnswerFault::Fault { code: String::new(), text: String::new() }));
    }
}
