//! A student's own account at one university: what the university said last, what the student added, and whom they allow
//! to be told what. All of it is sealed at rest.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    added::Added,
    eligibility::{Entitlement, Evidence, Method},
    person::{BirthDate, PersonName},
    rule::{Field, Rule},
    semester::Semester,
};
use crate::{base::Timestamp, typed_id};

typed_id!(
    /// Which account. Says nothing about whose.
    AccountId
);

/// What stands in an account.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct AccountRecord {
    /// From the university.
    pub received: Received,
    /// From the student.
    pub added: Added,
    /// By client id.
    pub consents: BTreeMap<String, Consent>,
}

/// The last that the university said of each field. What a later login does not say stays, with its old date.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Received {
    /// The university's spelling.
    pub given_names: Option<Item<PersonName>>,
    /// The university's spelling.
    pub family_name: Option<Item<PersonName>>,
    /// As the university has it.
    pub birth_date: Option<Item<BirthDate>>,
    /// Whether the university calls the person a student.
    pub is_student: Option<Item<bool>>,
    /// For which semesters it says "enrolled".
    pub semesters: Option<Item<Vec<Semester>>>,
    /// Ticket entitlements.
    pub entitlements: Option<Item<Vec<Entitlement>>>,
}

/// Something that was received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item<T> {
    /// What.
    pub value: T,
    /// When.
    pub at: Timestamp,
    /// How.
    pub method: Method,
}

/// The student's leave to tell an issuer something. That they are enrolled, and where, is always part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Which fields.
    pub fields: Vec<Field>,
    /// When it was last given.
    pub given_at: Timestamp,
}

impl Received {
    /// Takes over what a login said.
    pub fn take(&mut self, evidence: &Evidence, at: Timestamp) {
        let method = evidence.method;
        replace(&mut self.given_names, evidence.given_names.clone(), at, method);
        replace(&mut self.family_name, evidence.family_name.clone(), at, method);
        replace(&mut self.birth_date, evidence.birth_date, at, method);
        replace(&mut self.is_student, evidence.is_student, at, method);
        let semesters = (!evidence.semesters.is_empty()).then(|| evidence.semesters.clone());
        replace(&mut self.semesters, semesters, at, method);
        let entitlements = (!evidence.entitlements.is_empty()).then(|| evidence.entitlements.clone());
        replace(&mut self.entitlements, entitlements, at, method);
    }
}

fn replace<T>(item: &mut Option<Item<T>>, value: Option<T>, at: Timestamp, method: Method) {
    if let Some(value) = value {
        *item = Some(Item { value, at, method });
    }
}

impl Added {
    /// What of it counts beside this evidence under this rule: only where the university says nothing, and only what the
    /// rule takes from students.
    #[must_use]
    pub fn counting(&self, rule: &Rule, evidence: &Evidence) -> Self {
        let takes = |field: Field| rule.accept_self_asserted.contains(&field);
        Self {
            birth_date: self.birth_date.clone().filter(|_| evidence.birth_date.is_none() && takes(Field::Birthdate)),
            picture: self.picture.clone().filter(|_| takes(Field::Picture)),
        }
    }
}

impl Consent {
    /// Whether nothing more is wanted than was allowed.
    pub fn covers(&self, fields: &[Field]) -> bool {
        fields.iter().all(|field| self.fields.contains(field))
    }
}

impl AccountRecord {
    /// Allows this issuer these fields, beside those that it may have already.
    pub fn allow(&mut self, client: &str, fields: &[Field], at: Timestamp) {
        let before = self.consents.remove(client).map(|consent| consent.fields).unwrap_or_default();
        let fields = Field::ALL.into_iter().filter(|field| fields.contains(field) || before.contains(field)).collect();
        self.consents.insert(client.to_owned(), Consent { fields, given_at: at });
    }

    /// Whether this issuer may have these fields.
    pub fn allows(&self, client: &str, fields: &[Field]) -> bool {
        self.consents.get(client).is_some_and(|consent| consent.covers(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::added::Own;

    fn evidence(birth_date: Option<&str>) -> Evidence {
        Evidence {
            method: Method::Saml,
            is_student: Some(true),
            semesters: Vec::new(),
            entitlements: Vec::new(),
            given_names: PersonName::parse("Ana").ok(),
            family_name: None,
            birth_date: birth_date.map(|text| BirthDate::parse(text).unwrap()),
            proven_at: Timestamp::from_seconds(0),
            source_updated_at: None,
            missing: Vec::new(),
        }
    }

    #[test]
    fn what_a_later_login_leaves_out_stays_with_its_old_date() {
        let (first, second) = (Timestamp::from_seconds(1), Timestamp::from_seconds(2));
        let mut received = Received::default();
        received.take(&evidence(Some("2001-02-03")), first);
        received.take(&evidence(None), second);
        assert_eq!(received.birth_date.as_ref().map(|item| item.at), Some(first));
        assert_eq!(received.given_names.as_ref().map(|item| item.at), Some(second));
        assert!(received.family_name.is_none() && received.semesters.is_none());
    }

    #[test]
    fn a_students_word_counts_where_the_rule_takes_it_and_the_university_says_nothing() {
        let at = Timestamp::from_seconds(0);
        let own = |text| Own { value: BirthDate::parse(text).unwrap(), at };
        let added = Added { birth_date: Some(own("1999-09-09")), picture: None };
        let takes = Rule { accept_self_asserted: vec![Field::Birthdate, Field::GivenName], ..Rule::default() };
        assert!(added.counting(&takes, &evidence(None)).has(Field::Birthdate));
        assert!(!added.counting(&takes, &evidence(None)).has(Field::GivenName), "names are the university's");
        assert!(!added.counting(&takes, &evidence(Some("2001-02-03"))).has(Field::Birthdate));
        assert!(!added.counting(&Rule::default(), &evidence(None)).has(Field::Birthdate));
    }

    #[test]
    fn a_consent_grows_and_covers_no_more_than_was_given() {
        let mut record = AccountRecord::default();
        let at = Timestamp::from_seconds(0);
        assert!(!record.allows("shop", &[]), "that somebody is enrolled is told with leave only");
        record.allow("shop", &[], at);
        assert!(record.allows("shop", &[]) && !record.allows("shop", &[Field::Birthdate]));
        record.allow("shop", &[Field::Birthdate], at);
        record.allow("shop", &[Field::GivenName], at);
        assert!(record.allows("shop", &[Field::GivenName, Field::Birthdate]));
        assert!(!record.allows("other", &[]));
    }
}
