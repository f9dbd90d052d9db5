//! What a try of the test connection found: for the university's IT.

use askama::Template;

use super::{Frame, Href, Language, Page, Reason, STUDENT, Text, roster_form::SemesterName, show};

/// The page after the login.
#[derive(Clone, Debug)]
pub struct TrialReport {
    /// Header and footer.
    pub frame: Frame,
    /// Whose connection, in its own words.
    pub university: String,
    /// Why the answer is not believed; then nothing else is known.
    pub refusal: Option<String>,
    /// What arrived.
    pub arrived: Vec<Arrived>,
    /// What the products need and did not arrive.
    pub missing: Vec<String>,
    /// Whether the student would be known again.
    pub knows_student: bool,
    /// What would be decided.
    pub verdicts: Vec<Verdict>,
    /// What went to a web service, secrets blanked, and what came back.
    pub exchange: Option<(String, String)>,
    /// To try again, while the link works.
    pub again: Option<Href>,
}

/// One attribute or claim.
#[derive(Clone, Debug)]
pub struct Arrived {
    /// Its exact name.
    pub name: String,
    /// What it is called for people.
    pub friendly_name: Option<String>,
    /// Its values.
    pub values: Vec<String>,
    /// Whether anything is read from it.
    pub is_read: bool,
    /// Why a value was not used: a code with a sentence of ours, `report-remark-…`.
    pub remark: Option<Remark>,
}

/// Why a value was not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remark {
    /// The provider may not speak for this scope.
    ForeignScope,
    /// Not of the form that its standard demands.
    Malformed,
    /// Several values where one is allowed.
    SeveralValues,
}

impl Remark {
    /// From its code.
    pub fn parse(code: &str) -> Option<Self> {
        match code {
            "foreign_scope" => Some(Self::ForeignScope),
            "malformed" => Some(Self::Malformed),
            "several_values" => Some(Self::SeveralValues),
            _ => None,
        }
    }

    const fn key(self) -> &'static str {
        match self {
            Self::ForeignScope => "report-remark-foreign-scope",
            Self::Malformed => "report-remark-malformed",
            Self::SeveralValues => "report-remark-several-values",
        }
    }
}

/// What would be decided for one product.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Who sells it; empty for the standard rule.
    pub issuer: String,
    /// What is sold; empty for the standard rule.
    pub product: String,
    /// For which semester.
    pub semester: SemesterName,
    /// Eligible, or why not.
    pub decision: Result<(), Reason>,
}

#[derive(Template)]
#[template(path = "student/trial_report.html")]
struct View<'a> {
    page: &'a TrialReport,
    t: Text,
}

impl Page for TrialReport {
    fn render(&self, language: Language) -> String {
        show(&View { page: self, t: STUDENT.text(language) })
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let arrived = |name: &str, friendly: &str, values: &[&str], remark: Option<Remark>| Arrived {
            name: name.into(),
            friendly_name: (!friendly.is_empty()).then(|| friendly.into()),
            values: values.iter().map(|value| (*value).into()).collect(),
            is_read: name != "urn:oid:1.2.3",
            remark,
        };
        let verdict = |product: &str, decision| Verdict {
            issuer: "Verkehrsbetriebe Lindenstadt".into(),
            product: product.into(),
            semester: SemesterName::Winter(2026),
            decision,
        };
        let scoped = "urn:oid:1.3.6.1.4.1.5923.1.1.1.9";
        let full = Self {
            frame: Frame::sample(),
            university: "Technische Universität Groß-Möhringen".into(),
            refusal: None,
            arrived: vec![
                arrived("urn:oid:2.5.4.42", "givenName", &["Ana"], None),
                arrived(
                    scoped,
                    "eduPersonScopedAffiliation",
                    &["student@tu-moehringen.example", "member@other.example"],
                    Some(Remark::ForeignScope),
                ),
                arrived("urn:oid:1.2.3", "", &["something"], None),
                arrived(
                    "urn:oid:1.3.6.1.4.1.25178.1.2.3",
                    "schacDateOfBirth",
                    &["31.12.1999"],
                    Some(Remark::Malformed),
                ),
                arrived("urn:oid:2.16.756.1.2.5.1.1.2", "", &["20000101", "20000102"], Some(Remark::SeveralValues)),
            ],
            missing: vec!["urn:oid:2.5.4.4".into(), "semester_attribute (not configured)".into()],
            knows_student: false,
            verdicts: vec![
                verdict("Deutschlandsemesterticket", Err(Reason::AttributeMissing)),
                verdict("Mensakarte", Ok(())),
            ],
            exchange: None,
            again: Href::parse("/try?trial=sealed"),
        };
        let refused = Self {
            refusal: Some("signature_wrong_key".into()),
            arrived: Vec::new(),
            missing: Vec::new(),
            verdicts: Vec::new(),
            ..full.clone()
        };
        let plain = Verdict { issuer: String::new(), product: String::new(), ..verdict("", Ok(())) };
        let good =
            Self { missing: Vec::new(), knows_student: true, verdicts: vec![plain], again: None, ..full.clone() };
        let empty = Self { arrived: Vec::new(), ..full.clone() };
        let sent = "POST https://campus.tu-moehringen.example/verify\n\n<soapenv:Envelope><token>********</token>…";
        let answer = "200 OK\n\n<s:Envelope><result>true</result></s:Envelope>";
        let asked = Self { exchange: Some((sent.into(), answer.into())), ..good.clone() };
        let silent = Self { exchange: Some((sent.into(), String::new())), ..refused.clone() };
        vec![
            ("missing", full),
            ("refused", refused),
            ("good", good),
            ("empty", empty),
            ("asked", asked),
            ("silent", silent),
        ]
    }
}
