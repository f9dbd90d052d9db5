//! The one decision behind every way of proving enrollment.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    added::Added,
    person::{BirthDate, PersonName},
    reason::Reason,
    rule::{Field, Rule},
    semester::{Period, Semester},
};
use crate::base::{Timestamp, limits};

/// How enrollment was proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// The university's imported list.
    Roster,
    /// A login at the university's SAML identity provider.
    Saml,
    /// The university's web service.
    Soap,
    /// A login at the university's OpenID provider.
    Oidc,
    /// A login at the university's OAuth 2.0 server, and what its user endpoint says.
    #[serde(rename = "oauth2")]
    OAuth2,
}

impl Method {
    /// As in the token's `proof_method`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Roster => "roster",
            Self::Saml => "saml",
            Self::Soap => "soap",
            Self::Oidc => "oidc",
            Self::OAuth2 => "oauth2",
        }
    }

    /// Whether the student logged in at the university, who is then known again and has an account. Typed data prove
    /// enrollment, but not that the one who typed them is who they are about.
    pub const fn is_a_login(self) -> bool {
        matches!(self, Self::Saml | Self::Oidc | Self::OAuth2)
    }
}

/// What a source said about a student, in the same words whatever the source.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Evidence {
    /// How.
    pub method: Method,
    /// Whether the source calls the person a student; `None` if it does not say what the person is.
    pub is_student: Option<bool>,
    /// Semesters for which the source says "enrolled"; empty if it does not say.
    pub semesters: Vec<Semester>,
    /// Ticket entitlements: prefix and period.
    #[serde(default)]
    pub entitlements: Vec<Entitlement>,
    /// The university's spelling.
    pub given_names: Option<PersonName>,
    /// The university's spelling.
    pub family_name: Option<PersonName>,
    /// As the university has it.
    pub birth_date: Option<BirthDate>,
    /// When the person proved who they are.
    pub proven_at: Timestamp,
    /// When the source itself was brought up to date, if it is a copy.
    pub source_updated_at: Option<Timestamp>,
    /// Exact names of what the source could say and did not, for the university's IT.
    #[serde(default)]
    pub missing: Vec<String>,
}

/// Something that a rule needs to know of a student.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Detail {
    /// By what the student is known again.
    Identifier,
    /// What the person is at the university.
    Affiliation,
    /// For which semester.
    Semester,
    /// The university's spelling.
    GivenNames,
    /// The university's spelling.
    FamilyName,
    /// As the university has it.
    BirthDate,
    /// The student's photo.
    Picture,
}

impl Detail {
    /// Every one, in the order in which a person is told.
    pub const ALL: [Self; 7] = [
        Self::Identifier,
        Self::Affiliation,
        Self::Semester,
        Self::GivenNames,
        Self::FamilyName,
        Self::BirthDate,
        Self::Picture,
    ];

    /// A stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Identifier => "identifier",
            Self::Affiliation => "affiliation",
            Self::Semester => "semester",
            Self::GivenNames => "given_names",
            Self::FamilyName => "family_name",
            Self::BirthDate => "birth_date",
            Self::Picture => "picture",
        }
    }
}

/// What the rule needs and the evidence does not say; not empty where [`decide`] answers [`Reason::AttributeMissing`].
pub fn lacking(rule: &Rule, evidence: &Evidence, added: &Added) -> Vec<Detail> {
    let by_affiliation = rule.entitlement_prefixes.is_empty();
    let needs = |field| rule.required_fields.contains(&field);
    let lacks = |detail: &Detail| match detail {
        Detail::Identifier => false, // without one there is no evidence
        Detail::Affiliation => by_affiliation && evidence.is_student.is_none(),
        Detail::Semester => by_affiliation && evidence.semesters.is_empty(),
        Detail::GivenNames => needs(Field::GivenName) && evidence.given_names.is_none(),
        Detail::FamilyName => needs(Field::FamilyName) && evidence.family_name.is_none(),
        Detail::BirthDate => needs(Field::Birthdate) && evidence.birth_date.is_none() && !added.has(Field::Birthdate),
        Detail::Picture => needs(Field::Picture) && !added.has(Field::Picture),
    };
    Detail::ALL.into_iter().filter(lacks).collect()
}

/// A ticket entitlement (mission V2): both days inclusive, in Europe/Berlin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entitlement {
    /// E.g. `urn:mace:ride-ticketing.de`.
    pub prefix: String,
    /// First day.
    pub first: Date,
    /// Last day.
    pub last: Date,
}

/// What was asked.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The product's rule.
    pub rule: &'a Rule,
    /// For which semester.
    pub semester: Semester,
    /// Its days.
    pub period: Period,
    /// The issuer's own `max_age`, in seconds.
    pub max_age_seconds: Option<u32>,
    /// When.
    pub now: Timestamp,
}

/// Decides. The first rule that is not met names the reason. `added`: what the student says where the source says
/// nothing, as far as the rule takes it (`Added::counting`).
pub fn decide(question: &Question<'_>, evidence: &Evidence, added: &Added) -> Result<(), Reason> {
    let rule = question.rule;
    if rule.entitlement_prefixes.is_empty() {
        match evidence.is_student {
            Some(true) => {}
            Some(false) => return Err(Reason::NotStudent),
            None => return Err(Reason::AttributeMissing),
        }
        if !evidence.semesters.contains(&question.semester) {
            return Err(if evidence.semesters.is_empty() { Reason::AttributeMissing } else { Reason::WrongSemester });
        }
    } else if !is_entitled(question, evidence) {
        return Err(Reason::NotEntitled);
    }
    let has = |field: &Field| match field {
        Field::GivenName => evidence.given_names.is_some(),
        Field::FamilyName => evidence.family_name.is_some(),
        Field::Birthdate => evidence.birth_date.is_some() || added.birth_date.is_some(),
        Field::Picture => added.picture.is_some(),
    };
    if !rule.required_fields.iter().all(has) {
        return Err(Reason::AttributeMissing);
    }
    let oldest = [rule.max_age_seconds, question.max_age_seconds];
    if is_too_old(evidence.proven_at, oldest, question.now) { Err(Reason::LoginTooOld) } else { Ok(()) }
}

/// Whether a login of that moment is older than any of these allows, in seconds.
pub fn is_too_old(proven_at: Timestamp, oldest: [Option<u32>; 2], now: Timestamp) -> bool {
    let age = now.since(proven_at);
    age > limits::FRESH_LOGIN && oldest.into_iter().flatten().any(|oldest| age.as_secs() > u64::from(oldest))
}

/// An entitlement counts if it covers the day from which the ticket would be used: today, or the first day of a semester
/// that has not begun.
fn is_entitled(question: &Question<'_>, evidence: &Evidence) -> bool {
    let day = question.now.date_in_berlin().max(question.period.first);
    evidence.entitlements.iter().any(|entitlement| {
        question.rule.entitlement_prefixes.contains(&entitlement.prefix)
            && (entitlement.first..=entitlement.last).contains(&day)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::semester::Calendar;

    #[test]
    fn a_login_that_was_just_made_is_fresh_whatever_is_asked() {
        let now = Timestamp::parse("2026-11-23T08:00:00Z").unwrap();
        let ago = |seconds: i64| Timestamp::from_millis(now.as_millis() - seconds * 1_000);
        for (asked, seconds, too_old) in [
            ([None, None], 86_400, false),
            ([Some(0), None], 120, false),
            ([None, Some(0)], 121, true),
            ([Some(600), Some(0)], 121, true),
            ([Some(600), None], 600, false),
            ([Some(600), Some(900)], 601, true),
        ] {
            assert_eq!(is_too_old(ago(seconds), asked, now), too_old, "{asked:?} {seconds}");
        }
    }

    #[test]
    fn whoever_is_refused_for_a_missing_attribute_hears_which() {
        let now = Timestamp::parse("2026-11-23T08:00:00Z").unwrap();
        let calendar = Calendar::university();
        let semester = calendar.semester_on(now.date_in_berlin());
        let none = Added::default();
        let name = || PersonName::parse("Ana").ok();
        let full = Evidence {
            method: Method::Saml,
            is_student: Some(true),
            semesters: vec![semester],
            entitlements: Vec::new(),
            given_names: name(),
            family_name: name(),
            birth_date: BirthDate::new(jiff::civil::date(2004, 2, 29)).ok(),
            proven_at: now,
            source_updated_at: None,
            missing: Vec::new(),
        };
        let all = vec![Field::GivenName, Field::FamilyName, Field::Birthdate];
        let rule = Rule { required_fields: all, ..Rule::default() };
        let period = calendar.period(semester);
        let question = Question { rule: &rule, semester, period, max_age_seconds: None, now };
        assert_eq!((decide(&question, &full, &none), lacking(&rule, &full, &none)), (Ok(()), vec![]));
        for (evidence, detail) in [
            (Evidence { is_student: None, ..full.clone() }, Detail::Affiliation),
            (Evidence { semesters: Vec::new(), ..full.clone() }, Detail::Semester),
            (Evidence { given_names: None, ..full.clone() }, Detail::GivenNames),
            (Evidence { family_name: None, ..full.clone() }, Detail::FamilyName),
            (Evidence { birth_date: None, ..full.clone() }, Detail::BirthDate),
        ] {
            assert_eq!(decide(&question, &evidence, &none), Err(Reason::AttributeMissing), "{detail:?}");
            assert_eq!(lacking(&rule, &evidence, &none), [detail]);
        }
        let nothing_asked = Rule { required_fields: Vec::new(), ..Rule::default() };
        let photo = Rule { required_fields: vec![Field::Picture], ..rule.clone() };
        assert_eq!(lacking(&photo, &full, &none), [Detail::Picture]);
        assert_eq!(decide(&Question { rule: &photo, ..question }, &full, &none), Err(Reason::AttributeMissing));
        assert_eq!(lacking(&nothing_asked, &Evidence { birth_date: None, ..full.clone() }, &none), []);
    }
}
