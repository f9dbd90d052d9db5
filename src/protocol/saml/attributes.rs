//! What an assertion says about a student, in types: attributes found by their exact names, scopes checked, values that
//! do not fit left out and remarked upon.

use std::collections::BTreeMap;

use super::{
    affiliation::{Affiliation, ScopedAffiliation, split_scoped},
    assertion::VerifiedAssertion,
    codes::{MatriculationNumber, StudentIdentifier, TermOfStudy, date_of_birth},
    dticket::Timeframe,
    names,
    scope::Scope,
    subject::PseudonymousKey,
};
use crate::base::limits;

/// Something that a university can say about a student.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Meaning {
    /// First names.
    GivenName,
    /// Family name.
    FamilyName,
    /// The name as the student wants it shown.
    DisplayName,
    /// An address; never an identifier.
    Mail,
    /// `student@uni.example`.
    ScopedAffiliation,
    /// `student`, without saying where.
    Affiliation,
    /// Rights, as URIs.
    Entitlement,
    /// An identifier for us alone.
    PairwiseId,
    /// An identifier that other services see too.
    SubjectId,
    /// The day of birth.
    DateOfBirth,
    /// The university's domain.
    HomeOrganization,
    /// Matriculation number, European Student Identifier.
    PersonalCode,
    /// Subjects and terms of study.
    TermsOfStudy,
    /// The Swiss matriculation number.
    SwissMatriculation,
    /// How sure the university is of all this.
    Assurance,
    /// The semester. It has no standard name: where it is used, configuration names it.
    Semester,
}

impl Meaning {
    const ALL: [Self; 16] = [
        Self::GivenName,
        Self::FamilyName,
        Self::DisplayName,
        Self::Mail,
        Self::ScopedAffiliation,
        Self::Affiliation,
        Self::Entitlement,
        Self::PairwiseId,
        Self::SubjectId,
        Self::DateOfBirth,
        Self::HomeOrganization,
        Self::PersonalCode,
        Self::TermsOfStudy,
        Self::SwissMatriculation,
        Self::Assurance,
        Self::Semester,
    ];

    /// The names that the standards give it.
    pub fn standard_names(self) -> &'static [&'static str] {
        match self {
            Self::GivenName => &["urn:oid:2.5.4.42"],
            Self::FamilyName => &["urn:oid:2.5.4.4"],
            Self::DisplayName => &["urn:oid:2.16.840.1.113730.3.1.241"],
            Self::Mail => &["urn:oid:0.9.2342.19200300.100.1.3"],
            Self::ScopedAffiliation => &["urn:oid:1.3.6.1.4.1.5923.1.1.1.9"],
            Self::Affiliation => &["urn:oid:1.3.6.1.4.1.5923.1.1.1.1"],
            Self::Entitlement => &["urn:oid:1.3.6.1.4.1.5923.1.1.1.7"],
            Self::PairwiseId => &["urn:oasis:names:tc:SAML:attribute:pairwise-id"],
            Self::SubjectId => &["urn:oasis:names:tc:SAML:attribute:subject-id"],
            Self::DateOfBirth => &["urn:oid:1.3.6.1.4.1.25178.1.2.3", "urn:oid:2.16.756.1.2.5.1.1.2"],
            Self::HomeOrganization => &["urn:oid:1.3.6.1.4.1.25178.1.2.9"],
            Self::PersonalCode => &["urn:oid:1.3.6.1.4.1.25178.1.2.14"],
            Self::TermsOfStudy => &["urn:oid:1.3.6.1.4.1.22177.400.1.1.3.8"],
            Self::SwissMatriculation => &["urn:oid:2.16.756.1.2.5.1.1.11"],
            Self::Assurance => &["urn:oid:1.3.6.1.4.1.5923.1.1.1.11"],
            Self::Semester => &[],
        }
    }
}

/// Which attribute names mean what at one university: the standard ones unless configuration says otherwise. And for which
/// domains it speaks, where its provider speaks for others too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AttributeNames {
    names: BTreeMap<Meaning, Vec<String>>,
    affiliation_scopes: Vec<String>,
}

impl AttributeNames {
    /// At this university `meaning` comes under these names instead, tried in order.
    #[must_use]
    pub fn with(mut self, meaning: Meaning, names: impl IntoIterator<Item = String>) -> Self {
        self.names.insert(meaning, names.into_iter().collect());
        self
    }

    /// Of the provider's scopes, affiliations with these count; with each of them if there are none.
    #[must_use]
    pub fn with_affiliation_scopes(mut self, scopes: impl IntoIterator<Item = String>) -> Self {
        self.affiliation_scopes = scopes.into_iter().map(|scope| scope.to_lowercase()).collect();
        self
    }

    /// The names for `meaning`, in the order in which they are tried; none for a semester nobody configured.
    pub fn of(&self, meaning: Meaning) -> Vec<&str> {
        match self.names.get(&meaning) {
            Some(names) => names.iter().map(String::as_str).collect(),
            None => meaning.standard_names().to_vec(),
        }
    }

    /// What `name` means here, for a page that shows what arrived.
    pub fn meaning_of(&self, name: &str) -> Option<Meaning> {
        Meaning::ALL.into_iter().find(|meaning| self.of(*meaning).contains(&name))
    }
}

/// What an assertion says about a student.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StudentFacts {
    /// The student's key at this provider: pairwise-id, else subject-id, else the persistent name identifier.
    pub key: Option<PseudonymousKey>,
    /// First names, at most 256 characters, as all names.
    pub given_name: Option<String>,
    /// Family name.
    pub family_name: Option<String>,
    /// The name as the student wants it shown.
    pub display_name: Option<String>,
    /// An address.
    pub mail: Option<String>,
    /// Affiliations whose scope the provider may use, and is this university's.
    pub scoped_affiliations: Vec<ScopedAffiliation>,
    /// Affiliations that do not say where.
    pub affiliations: Vec<Affiliation>,
    /// Entitlements, case-exact.
    pub entitlements: Vec<String>,
    /// Validity periods of the Deutschlandsemesterticket among them.
    pub dticket: Vec<Timeframe>,
    /// The day of birth.
    pub date_of_birth: Option<jiff::civil::Date>,
    /// The university's domain, in lower case, if it is within the provider's scopes.
    pub home_organization: Option<String>,
    /// Matriculation numbers.
    pub matriculation: Vec<MatriculationNumber>,
    /// European Student Identifiers.
    pub student_identifiers: Vec<StudentIdentifier>,
    /// Subjects and terms of study.
    pub terms_of_study: Vec<TermOfStudy>,
    /// Assurance profiles.
    pub assurance: Vec<String>,
    /// The configured semester attribute, as it came.
    pub semester: Vec<String>,
    /// What arrived and was not used.
    pub remarks: Vec<Remark>,
}

/// A value that was not used, with the exact name of its attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// The attribute's name.
    pub name: String,
    /// Why its value was not used.
    pub why: Unusable,
}

/// Why a value was not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// The provider may not speak for this scope (`shibmd:Scope` in its metadata).
    ForeignScope,
    /// Not of the form that its standard demands.
    Malformed,
    /// Several values where the standard allows one.
    Several,
}

impl Unusable {
    /// For people who read an attribute release.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ForeignScope => "foreign_scope",
            Self::Malformed => "malformed",
            Self::Several => "several_values",
        }
    }
}

/// A fact that did not arrive, and under which names it was looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingAttribute {
    /// What is missing.
    pub meaning: Meaning,
    /// The exact names; empty if configuration gives none.
    pub names: Vec<String>,
}

/// Reads an assertion. `scopes` are those of the provider's metadata: nobody else says what is said in their name.
pub fn read(assertion: &VerifiedAssertion, scopes: &[Scope], names: &AttributeNames) -> StudentFacts {
    let mut reader = Reader { assertion, scopes, names, remarks: Vec::new() };
    let entitlements: Vec<String> = reader.values(Meaning::Entitlement).map(|(_, value)| value.clone()).collect();
    let personal_codes: Vec<(String, String)> =
        reader.values(Meaning::PersonalCode).map(|(name, value)| (name.to_owned(), value.clone())).collect();
    let codes = || personal_codes.iter().map(|(_, value)| value.as_str());
    let mut matriculation: Vec<_> = codes().filter_map(MatriculationNumber::parse).collect();
    matriculation.extend(reader.parsed(Meaning::SwissMatriculation, MatriculationNumber::parse_swiss));
    StudentFacts {
        key: reader.key(),
        given_name: reader.name(Meaning::GivenName),
        family_name: reader.name(Meaning::FamilyName),
        display_name: reader.name(Meaning::DisplayName),
        mail: reader.name(Meaning::Mail),
        scoped_affiliations: reader.scoped_affiliations(),
        affiliations: reader.parsed(Meaning::Affiliation, Affiliation::parse),
        dticket: entitlements.iter().filter_map(|value| Timeframe::parse(value)).collect(),
        entitlements,
        date_of_birth: reader.one(Meaning::DateOfBirth).and_then(|(name, value)| {
            let date = date_of_birth(&value);
            if date.is_none() {
                reader.remark(&name, Unusable::Malformed);
            }
            date
        }),
        home_organization: reader.home_organization(),
        matriculation,
        student_identifiers: codes().filter_map(StudentIdentifier::parse).collect(),
        terms_of_study: reader.parsed(Meaning::TermsOfStudy, TermOfStudy::parse),
        assurance: reader.values(Meaning::Assurance).map(|(_, value)| value.clone()).collect(),
        semester: reader.values(Meaning::Semester).map(|(_, value)| value.clone()).collect(),
        remarks: reader.remarks,
    }
}

/// Which of `wanted` the assertion does not have at all, with the names that the university's IT must release.
pub fn missing(assertion: &VerifiedAssertion, wanted: &[Meaning], names: &AttributeNames) -> Vec<MissingAttribute> {
    let is_missing = |meaning: &Meaning| !names.of(*meaning).iter().any(|name| !assertion.values(name).is_empty());
    let with_names =
        |meaning| MissingAttribute { meaning, names: names.of(meaning).into_iter().map(str::to_owned).collect() };
    wanted.iter().copied().filter(is_missing).map(with_names).collect()
}

struct Reader<'a> {
    assertion: &'a VerifiedAssertion,
    scopes: &'a [Scope],
    names: &'a AttributeNames,
    remarks: Vec<Remark>,
}

impl<'a> Reader<'a> {
    /// All values, each with the name it came under.
    fn values(&self, meaning: Meaning) -> impl Iterator<Item = (&'a str, &'a String)> + use<'a> {
        let (assertion, names) = (self.assertion, self.names);
        names
            .of(meaning)
            .into_iter()
            .flat_map(move |name| assertion.values(name).iter().map(move |value| (name, value)))
    }

    /// The single value; several are none.
    fn one(&mut self, meaning: Meaning) -> Option<(String, String)> {
        let mut values = self.values(meaning);
        let (name, first) = values.next()?;
        if values.any(|(_, other)| other != first) {
            self.remark(name, Unusable::Several);
            return None;
        }
        Some((name.to_owned(), first.clone()))
    }

    fn remark(&mut self, name: &str, why: Unusable) {
        let remark = Remark { name: name.to_owned(), why };
        if !self.remarks.contains(&remark) {
            self.remarks.push(remark);
        }
    }

    fn parsed<T>(&mut self, meaning: Meaning, parse: impl Fn(&str) -> Option<T>) -> Vec<T> {
        let mut parsed = Vec::new();
        for (name, value) in self.values(meaning) {
            match parse(value) {
                Some(item) => parsed.push(item),
                None => self.remark(name, Unusable::Malformed),
            }
        }
        parsed
    }

    /// A name: the first of several, since people do have several.
    fn name(&mut self, meaning: Meaning) -> Option<String> {
        let (name, value) = self.values(meaning).next()?;
        if value.chars().count() > limits::NAME_CHARS || value.chars().any(char::is_control) {
            self.remark(name, Unusable::Malformed);
            return None;
        }
        Some(value.clone())
    }

    fn is_own_scope(&self, scope: &str) -> bool {
        self.scopes.iter().any(|own| own.allows(scope))
    }

    /// Whether an affiliation there is one at this university.
    fn is_of_this_university(&self, scope: &str) -> bool {
        let own = &self.names.affiliation_scopes;
        self.is_own_scope(scope) && (own.is_empty() || own.contains(&scope.to_lowercase()))
    }

    fn scoped_affiliations(&mut self) -> Vec<ScopedAffiliation> {
        let mut found = Vec::new();
        for (name, value) in self.values(Meaning::ScopedAffiliation) {
            match split_scoped(value).and_then(|(left, scope)| Some((Affiliation::parse(left)?, scope))) {
                None => self.remark(name, Unusable::Malformed),
                Some((_, scope)) if !self.is_of_this_university(scope) => self.remark(name, Unusable::ForeignScope),
                Some((affiliation, scope)) => {
                    found.push(ScopedAffiliation { affiliation, scope: scope.to_lowercase() });
                }
            }
        }
        found
    }

    fn home_organization(&mut self) -> Option<String> {
        let (name, value) = self.one(Meaning::HomeOrganization)?;
        if !self.is_own_scope(&value) {
            self.remark(&name, Unusable::ForeignScope);
            return None;
        }
        Some(value.to_lowercase())
    }

    fn key(&mut self) -> Option<PseudonymousKey> {
        let kinds = [
            (Meaning::PairwiseId, PseudonymousKey::pairwise as fn(&str, &str) -> Option<PseudonymousKey>),
            (Meaning::SubjectId, PseudonymousKey::subject),
        ];
        for (meaning, parse) in kinds {
            let Some((name, value)) = self.one(meaning) else { continue };
            let Some(key) = parse(self.assertion.issuer(), &value) else {
                self.remark(&name, Unusable::Malformed);
                continue;
            };
            if split_scoped(&value).is_some_and(|(_, scope)| self.is_own_scope(scope)) {
                return Some(key);
            }
            self.remark(&name, Unusable::ForeignScope);
        }
        let name_id = self.assertion.name_id().filter(|id| id.format.as_deref() == Some(names::PERSISTENT))?;
        let key = PseudonymousKey::persistent(self.assertion.issuer(), name_id);
        if key.is_none() {
            self.remark("NameID", Unusable::Malformed);
        }
        key
    }
}
