//! A university's web service (SOAP 1.1), and what it calls things where it differs from the recommended interface.

use std::{collections::BTreeMap, net::IpAddr};

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use super::{person::TypedField, reason::Reason, semester::KeyForm};
use crate::base::limits;

/// Where the service is, how it is asked and how its answers are read. Its secrets are named in [`Self::SECRETS`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SoapConnection {
    /// Where questions go. Wins over what a WSDL says.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// Where the WSDL is, from which whatever is not set here is read.
    #[serde(default)]
    pub wsdl_url: Option<String>,
    /// The WSDL itself, for a service that does not publish it.
    #[serde(default)]
    pub wsdl: Option<String>,
    /// The namespace of the request; `""` for none. Left out: the WSDL's; none without a WSDL.
    #[serde(default)]
    pub namespace: Option<String>,
    /// Whether the fields inside of the request have that namespace too. Left out: as in the WSDL's schema; else no.
    #[serde(default)]
    pub qualified: Option<bool>,
    /// Left out: the WSDL's; else empty.
    #[serde(default)]
    pub soap_action: Option<String>,
    /// What the elements are called.
    #[serde(default)]
    pub elements: SoapElements,
    /// What the service compares beside the semester: asked of the student, and nothing else is.
    #[serde(default = "every_field")]
    pub fields: Vec<TypedField>,
    /// How it writes semesters.
    #[serde(default = "short_year_letter")]
    pub semester_key: KeyForm,
    /// For HTTP basic authentication ("htaccess"); the password is a secret.
    #[serde(default)]
    pub user: Option<String>,
    /// PEM: trusted instead of the usual certificate authorities.
    #[serde(default)]
    pub ca_certificates: Option<String>,
    /// PEM: ours, with its chain; the key is a secret.
    #[serde(default)]
    pub client_certificate: Option<String>,
    /// Whether personal data may go over `http:`.
    #[serde(default)]
    pub unencrypted: bool,
    /// What its error codes mean.
    #[serde(default)]
    pub error_codes: BTreeMap<String, SoapErrorCode>,
    /// What every other error code means. An unknown code may well be a fault of the service.
    #[serde(default)]
    pub other_error_codes: SoapErrorMeaning,
    /// How long one question may take, in seconds.
    #[serde(default = "six")]
    pub time_limit_seconds: u16,
    /// For how long "enrolled" is remembered, sealed, in minutes; 0: not at all.
    #[serde(default)]
    pub remember_minutes: u16,
    /// Whether the imported list may say "enrolled" while the service cannot be asked.
    #[serde(default)]
    pub fall_back_to_roster: bool,
}

/// What the elements are called, by default as recommended to universities.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "each is the name of the element that holds what it is called")]
pub struct SoapElements {
    pub request: String,
    pub token: String,
    pub matriculation_number: String,
    pub family_name: String,
    pub given_names: String,
    pub birth_date: String,
    pub postal_code: String,
    pub semester: String,
    pub response: String,
    pub result: String,
    pub error_code: String,
    /// In an answer that also gives the university's own spelling.
    pub answered_family_name: Option<String>,
    /// The same.
    pub answered_given_names: Option<String>,
    /// The same, `YYYY-MM-DD`.
    pub answered_birth_date: Option<String>,
}

/// An error code of the service's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SoapErrorCode {
    /// For us.
    pub means: SoapErrorMeaning,
    /// For people who look after the connection.
    #[serde(default)]
    pub text: String,
}

/// What an error code means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SoapErrorMeaning {
    /// No such student, or other data.
    NotEnrolled,
    /// Enrolled, but not for that semester.
    WrongSemester,
    /// Known, but not as a student.
    NotStudent,
    /// A student without the ticket.
    NotEntitled,
    /// The service could not answer, or does not know us: nothing was said about the student.
    #[default]
    Unavailable,
}

impl SoapErrorMeaning {
    /// What the student is told.
    pub const fn reason(self) -> Reason {
        match self {
            Self::NotEnrolled => Reason::NotEnrolled,
            Self::WrongSemester => Reason::WrongSemester,
            Self::NotStudent => Reason::NotStudent,
            Self::NotEntitled => Reason::NotEntitled,
            Self::Unavailable => Reason::SourceUnavailable,
        }
    }
}

impl Default for SoapElements {
    fn default() -> Self {
        Self {
            request: "verifyDataRequest".to_owned(),
            token: "token".to_owned(),
            matriculation_number: "Matrikelnummer".to_owned(),
            family_name: "Name".to_owned(),
            given_names: "Vorname".to_owned(),
            birth_date: "Geburtsdatum".to_owned(),
            postal_code: "Postleitzahl".to_owned(),
            semester: "Semesterkuerzel".to_owned(),
            response: "verifyDataResponse".to_owned(),
            result: "result".to_owned(),
            error_code: "fehlerCode".to_owned(),
            answered_family_name: None,
            answered_given_names: None,
            answered_birth_date: None,
        }
    }
}

fn every_field() -> Vec<TypedField> {
    TypedField::ALL.to_vec()
}

const fn short_year_letter() -> KeyForm {
    KeyForm::ShortYearLetter
}

const fn six() -> u16 {
    6
}

/// Why these settings cannot work, in words for the university's IT.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SoapSettingsFault {
    /// Nothing says where to.
    #[error("set `endpoint`, `wsdl_url` or `wsdl`: nothing says where the service is")]
    NoEndpoint,
    /// Two WSDLs.
    #[error("set either `wsdl_url` or `wsdl`, not both")]
    TwoWsdls,
    /// Not an address.
    #[error("`{0}` must be an http or https address without a user in it")]
    Address(&'static str),
    /// Personal data in clear.
    #[error("`{0}` is not https: names and birth dates would travel readably. Use https, or set `unencrypted = true`")]
    Unencrypted(&'static str),
    /// An element's name that XML has not.
    #[error("`elements.{0}` is not a name that an XML element can have")]
    Element(&'static str),
    /// Without it no student could be told from another.
    #[error("`fields` must contain \"matriculation_number\"")]
    NoMatriculationNumber,
    /// The list is searched by names.
    #[error(
        "`fall_back_to_roster` needs \"family_name\" and \"given_names\" in `fields`: the list is searched by them"
    )]
    FallBackNeedsNames,
    /// A bound.
    #[error("`{setting}` must be between {least} and {most}")]
    Range {
        /// Which setting.
        setting: &'static str,
        /// At least.
        least: u16,
        /// At most.
        most: u16,
    },
    /// Not PEM.
    #[error("`{0}` holds no PEM certificate (-----BEGIN CERTIFICATE-----)")]
    Certificate(&'static str),
    /// More than is kept.
    #[error("`{0}` is too long")]
    TooLong(&'static str),
    /// Characters that a header cannot have.
    #[error("`{0}` has characters that an HTTP header cannot have")]
    Header(&'static str),
    /// The namespace is not an absolute URI.
    #[error("`namespace` must be an absolute URI such as \"urn:example:verify\", or empty")]
    Namespace,
}

impl SoapSettingsFault {
    /// Stable.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoEndpoint => "soap_no_endpoint",
            Self::TwoWsdls => "soap_two_wsdls",
            Self::Address(_) => "soap_address",
            Self::Unencrypted(_) => "soap_unencrypted",
            Self::Element(_) => "soap_element",
            Self::NoMatriculationNumber => "soap_no_matriculation_number",
            Self::FallBackNeedsNames => "soap_fall_back_needs_names",
            Self::Range { .. } => "soap_range",
            Self::Certificate(_) => "soap_certificate",
            Self::TooLong(_) => "soap_too_long",
            Self::Header(_) => "soap_header",
            Self::Namespace => "soap_namespace",
        }
    }
}

impl SoapConnection {
    /// The names of its secrets: the basic authentication's password, the token inside of the request, and the client
    /// certificate's private key (PEM). Each is used if it is there.
    pub const SECRETS: &'static [&'static str] = &["password", "token", "client_key"];

    /// Whether a field is asked for.
    pub fn asks(&self, field: TypedField) -> bool {
        self.fields.contains(&field)
    }

    /// What the service's error code means, with its text.
    pub fn meaning(&self, code: &str) -> (SoapErrorMeaning, Option<&str>) {
        match self.error_codes.get(code) {
            Some(known) => (known.means, Some(known.text.as_str()).filter(|text| !text.is_empty())),
            None => (self.other_error_codes, None),
        }
    }

    /// Everything that is wrong with the settings.
    pub fn check(&self) -> Vec<SoapSettingsFault> {
        let mut faults = Vec::new();
        if self.endpoint.is_none() && self.wsdl_url.is_none() && self.wsdl.is_none() {
            faults.push(SoapSettingsFault::NoEndpoint);
        }
        if self.wsdl_url.is_some() && self.wsdl.is_some() {
            faults.push(SoapSettingsFault::TwoWsdls);
        }
        for (setting, address) in [("endpoint", &self.endpoint), ("wsdl_url", &self.wsdl_url)] {
            let Some(address) = address else { continue };
            match usable_address(address) {
                None => faults.push(SoapSettingsFault::Address(setting)),
                Some(url) if !self.unencrypted && !is_private_enough(&url) => {
                    faults.push(SoapSettingsFault::Unencrypted(setting));
                }
                Some(_) => {}
            }
        }
        faults.extend(
            self.elements.each().filter(|(_, name)| !is_name(name)).map(|(of, _)| SoapSettingsFault::Element(of)),
        );
        if !self.asks(TypedField::MatriculationNumber) {
            faults.push(SoapSettingsFault::NoMatriculationNumber);
        }
        if self.fall_back_to_roster && !(self.asks(TypedField::FamilyName) && self.asks(TypedField::GivenNames)) {
            faults.push(SoapSettingsFault::FallBackNeedsNames);
        }
        for (setting, value, least, most) in [
            ("time_limit_seconds", self.time_limit_seconds, 1, limits::SOURCE_TIME_MOST_SECONDS),
            ("remember_minutes", self.remember_minutes, 0, limits::SOURCE_REMEMBER_MOST_MINUTES),
        ] {
            if !(least..=most).contains(&value) {
                faults.push(SoapSettingsFault::Range { setting, least, most });
            }
        }
        for (setting, pem) in
            [("ca_certificates", &self.ca_certificates), ("client_certificate", &self.client_certificate)]
        {
            let Some(pem) = pem else { continue };
            if !pem.contains("-----BEGIN CERTIFICATE-----") {
                faults.push(SoapSettingsFault::Certificate(setting));
            }
            if pem.len() > limits::SOURCE_PEM_BYTES {
                faults.push(SoapSettingsFault::TooLong(setting));
            }
        }
        if self.wsdl.as_ref().is_some_and(|wsdl| wsdl.len() > limits::WSDL_BYTES) {
            faults.push(SoapSettingsFault::TooLong("wsdl"));
        }
        let is_header =
            |text: &str| text.len() <= 1024 && text.bytes().all(|b| (b' '..=b'~').contains(&b) && b != b'"');
        if self.soap_action.as_deref().is_some_and(|action| !is_header(action)) {
            faults.push(SoapSettingsFault::Header("soap_action"));
        }
        if self.user.as_deref().is_some_and(|user| user.contains(':') || user.chars().any(char::is_control)) {
            faults.push(SoapSettingsFault::Header("user"));
        }
        if self
            .namespace
            .as_deref()
            .is_some_and(|uri| !uri.is_empty() && (Url::parse(uri).is_err() || uri.len() > 1024))
        {
            faults.push(SoapSettingsFault::Namespace);
        }
        faults
    }
}

impl SoapElements {
    fn each(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let always = [
            ("request", Some(&self.request)),
            ("token", Some(&self.token)),
            ("matriculation_number", Some(&self.matriculation_number)),
            ("family_name", Some(&self.family_name)),
            ("given_names", Some(&self.given_names)),
            ("birth_date", Some(&self.birth_date)),
            ("postal_code", Some(&self.postal_code)),
            ("semester", Some(&self.semester)),
            ("response", Some(&self.response)),
            ("result", Some(&self.result)),
            ("error_code", Some(&self.error_code)),
            ("answered_family_name", self.answered_family_name.as_ref()),
            ("answered_given_names", self.answered_given_names.as_ref()),
            ("answered_birth_date", self.answered_birth_date.as_ref()),
        ];
        always.into_iter().filter_map(|(of, name)| Some((of, name?.as_str())))
    }
}

/// Letters, digits, `_`, `-` and `.`, not beginning with a digit, `-` or `.`: less than an `NCName`, more than anybody uses.
fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && chars.all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
        && text.len() <= 128
}

fn usable_address(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let usable = matches!(url.scheme(), "http" | "https")
        && url.username().is_empty()
        && url.password().is_none()
        && url.host().is_some()
        && text.len() <= 2048;
    usable.then_some(url)
}

/// TLS, or this very machine.
pub(crate) fn is_private_enough(url: &Url) -> bool {
    url.scheme() == "https"
        || match url.host() {
            Some(Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
            Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(toml: &str) -> SoapConnection {
        toml::from_str(toml).unwrap()
    }

    fn codes(toml: &str) -> Vec<&'static str> {
        read(toml).check().iter().map(SoapSettingsFault::code).collect()
    }

    #[test]
    fn an_endpoint_alone_is_the_recommended_interface() {
        let soap = read("endpoint = 'https://service.uni.example/verify'");
        assert_eq!(soap.check(), []);
        assert_eq!(soap.elements.semester, "Semesterkuerzel");
        assert_eq!(soap.fields, TypedField::ALL);
        assert_eq!((soap.remember_minutes, soap.fall_back_to_roster), (0, false), "nothing is kept unless asked for");
        assert_eq!(
            soap.meaning("5").0,
            SoapErrorMeaning::Unavailable,
            "an unknown code says nothing about the student"
        );
    }

    #[test]
    fn each_fault_of_the_settings_is_found() {
        let here = "endpoint = 'https://a.example/'\n";
        assert_eq!(codes(""), ["soap_no_endpoint"]);
        assert_eq!(codes("wsdl_url = 'https://a.example/?wsdl'\nwsdl = '<a/>'"), ["soap_two_wsdls"]);
        for bad in ["ftp://a.example/", "a.example", "https://user:pw@a.example/", "file:///etc/passwd"] {
            assert_eq!(codes(&format!("endpoint = '{bad}'")), ["soap_address"], "{bad}");
        }
        assert_eq!(codes("endpoint = 'http://a.example/'"), ["soap_unencrypted"]);
        assert!(codes("endpoint = 'http://a.example/'\nunencrypted = true").is_empty());
        assert!(codes("endpoint = 'http://127.0.0.1:8080/'").is_empty());
        for (more, code) in [
            ("elements = { semester = '1x' }", "soap_element"),
            ("elements = { answered_family_name = 'a:b' }", "soap_element"),
            ("fields = ['family_name']", "soap_no_matriculation_number"),
            ("fields = ['matriculation_number']\nfall_back_to_roster = true", "soap_fall_back_needs_names"),
            ("time_limit_seconds = 0", "soap_range"),
            ("time_limit_seconds = 9", "soap_range"),
            ("remember_minutes = 61", "soap_range"),
            ("ca_certificates = 'x'", "soap_certificate"),
            ("soap_action = \"a\\r\\nb\"", "soap_header"),
            ("user = 'a:b'", "soap_header"),
            ("namespace = 'relative'", "soap_namespace"),
        ] {
            assert_eq!(codes(&format!("{here}{more}")), [code], "{more}");
        }
        assert!(toml::from_str::<SoapConnection>("end_point = 'x'").is_err(), "a misspelt setting is no setting");
    }
}
