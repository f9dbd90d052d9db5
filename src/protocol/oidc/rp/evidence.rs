//! From claims to evidence, by the university's [`ClaimMap`]: the same words as any other source.

use serde_json::Value;

use crate::{
    base::Timestamp,
    domain::{
        claim_map::ClaimMap,
        eligibility::{Entitlement, Evidence, Method},
        json_pointer::JsonPointer,
        person::{BirthDate, PersonName},
        rule::{Field, Rule},
        semester::{KeyForm, parse_key},
    },
    protocol::saml::{attributes::Unusable, dticket::Timeframe},
};

/// How claims are read at this university.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'a> {
    /// OpenID Connect or OAuth 2.0.
    pub method: Method,
    /// Which claim means what.
    pub map: &'a ClaimMap,
    /// How it writes semesters.
    pub forms: &'a [KeyForm],
    /// What the product needs.
    pub rule: &'a Rule,
    /// When the student proved who they are.
    pub proven_at: Timestamp,
}

/// Something that did arrive and is not used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// Where it stands.
    pub pointer: JsonPointer,
    /// Why.
    pub why: Unusable,
}

/// Reads the claims; what does not fit is left out and remarked upon, never guessed.
pub fn evidence(claims: &Value, reading: &Reading<'_>) -> (Evidence, Vec<Remark>) {
    let map = reading.map;
    let mut reader = Reader { claims, remarks: Vec::new() };
    let given_names = reader.name(&map.given_name);
    let family_name = reader.name(&map.family_name);
    let birth_date = reader.one(&map.birth_date, |text| BirthDate::parse(text).ok());
    let is_student = reader.is_student(map);
    let read_key = |text: &str| parse_key(text, reading.forms).ok();
    let semesters = map.semester.as_ref().map(|pointer| reader.all(pointer, read_key)).unwrap_or_default();
    let entitlements = map.entitlement.texts(claims);
    let evidence = Evidence {
        method: reading.method,
        is_student,
        semesters,
        entitlements: entitlements.iter().filter_map(|text| Timeframe::parse(text)).map(of_frame).collect(),
        given_names,
        family_name,
        birth_date,
        proven_at: reading.proven_at,
        source_updated_at: None,
        missing: missing(claims, map, reading.rule),
    };
    (evidence, reader.remarks)
}

fn of_frame(frame: Timeframe) -> Entitlement {
    Entitlement { prefix: frame.prefix, first: frame.first, last: frame.last }
}

/// Where the rule would look, and nothing stands.
fn missing(claims: &Value, map: &ClaimMap, rule: &Rule) -> Vec<String> {
    let mut wanted: Vec<Option<&JsonPointer>> = rule
        .required_fields
        .iter()
        .map(|field| match field {
            Field::GivenName => Some(&map.given_name),
            Field::FamilyName => Some(&map.family_name),
            Field::Birthdate => Some(&map.birth_date),
        })
        .collect();
    if rule.entitlement_prefixes.is_empty() {
        wanted.extend([Some(&map.affiliation), map.semester.as_ref()]);
    } else {
        wanted.push(Some(&map.entitlement));
    }
    let name = |pointer: Option<&JsonPointer>| match pointer {
        None => Some("semester (not configured)".to_owned()),
        Some(pointer) => pointer.texts(claims).is_empty().then(|| pointer.to_string()),
    };
    wanted.into_iter().filter_map(name).collect()
}

struct Reader<'a> {
    claims: &'a Value,
    remarks: Vec<Remark>,
}

impl Reader<'_> {
    fn remark(&mut self, pointer: &JsonPointer, why: Unusable) {
        let remark = Remark { pointer: pointer.clone(), why };
        if !self.remarks.contains(&remark) {
            self.remarks.push(remark);
        }
    }

    fn all<T: PartialEq>(&mut self, pointer: &JsonPointer, parse: impl Fn(&str) -> Option<T>) -> Vec<T> {
        let mut found = Vec::new();
        for text in pointer.texts(self.claims) {
            match parse(&text) {
                Some(value) if !found.contains(&value) => found.push(value),
                Some(_) => {}
                None => self.remark(pointer, Unusable::Malformed),
            }
        }
        found
    }

    /// A name: the first of several, since people do have several.
    fn name(&mut self, pointer: &JsonPointer) -> Option<PersonName> {
        self.all(pointer, |text| PersonName::parse(text).ok()).into_iter().next()
    }

    /// The single value; several different ones are none.
    fn one<T: PartialEq>(&mut self, pointer: &JsonPointer, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let mut found = self.all(pointer, parse);
        if found.len() > 1 {
            self.remark(pointer, Unusable::Several);
            return None;
        }
        found.pop()
    }

    /// Whether one of the values says so; `None` if there is none at all. Words are compared without case, as eduPerson
    /// wants it; a scope that the university does not speak for says nothing of anybody.
    fn is_student(&mut self, map: &ClaimMap) -> Option<bool> {
        let values = map.affiliation.texts(self.claims);
        if values.is_empty() {
            return None;
        }
        let means_student = |word: &str| map.student_values.iter().any(|value| value.eq_ignore_ascii_case(word));
        let mut is_student = false;
        for value in values {
            if map.affiliation_scopes.is_empty() {
                is_student |= means_student(&value);
                continue;
            }
            match value.split_once('@') {
                Some((word, scope)) if map.affiliation_scopes.iter().any(|own| own.eq_ignore_ascii_case(scope)) => {
                    is_student |= means_student(word);
                }
                Some(_) => self.remark(&map.affiliation, Unusable::ForeignScope),
                None => self.remark(&map.affiliation, Unusable::Malformed),
            }
        }
        Some(is_student)
    }
}
