//! From the verified assertion to facts about a student, and support's report.

use jiff::civil::date;
use pedell::protocol::saml::{
    affiliation::Affiliation,
    algorithms::Sha1,
    attributes::{self, AttributeNames, Meaning, StudentFacts, Unusable},
    check::{Provider, Question, check},
    names,
    scope::Scope,
    subject::KeyKind,
};

use crate::idp::*;

fn attribute(name: &str, values: &[&str]) -> String {
    let values: String = values.iter().map(|v| format!("<saml:AttributeValue>{v}</saml:AttributeValue>")).collect();
    format!("<saml:Attribute Name=\"{name}\" NameFormat=\"{}\">{values}</saml:Attribute>", names::URI_NAME)
}

/// What is read of an assertion with only these attributes.
fn facts_of(attributes: &[(&str, &[&str])]) -> StudentFacts {
    facts_with(attributes, &AttributeNames::default())
}

fn document_with(attributes: &[(&str, &[&str])]) -> String {
    let whole = assertion();
    let start = whole.find("<saml:AttributeStatement>").unwrap() + "<saml:AttributeStatement>".len();
    let end = whole.find("</saml:AttributeStatement>").unwrap();
    let content: String = attributes.iter().map(|(name, values)| attribute(name, values)).collect();
    response(&sign_assertion(&format!("{}{content}{}", &whole[..start], &whole[end..])))
}

fn facts_with(attributes: &[(&str, &[&str])], names: &AttributeNames) -> StudentFacts {
    let scopes = [Scope::parse("uni.example", false).unwrap()];
    attributes::read(&judge(&document_with(attributes)).unwrap(), &scopes, names)
}

const PAIRWISE: &str = "urn:oasis:names:tc:SAML:attribute:pairwise-id";
const SUBJECT: &str = "urn:oasis:names:tc:SAML:attribute:subject-id";
const SCOPED: &str = "urn:oid:1.3.6.1.4.1.5923.1.1.1.9";

#[test]
fn a_student_is_read_with_all_that_the_standards_know() {
    let facts = facts_of(&[
        ("urn:oid:2.5.4.42", &["Ana María"]),
        ("urn:oid:2.5.4.4", &["Müller &amp; Söhne"]),
        ("urn:oid:0.9.2342.19200300.100.1.3", &["ana@uni.example"]),
        (SCOPED, &["Student@UNI.example", "member@uni.example"]),
        ("urn:oid:1.3.6.1.4.1.5923.1.1.1.1", &["student"]),
        (
            "urn:oid:1.3.6.1.4.1.5923.1.1.1.7",
            &[
                "urn:geant:dfn.de:uni.example:entitlement:dticket:timeframe:20261001-20270331",
                "urn:mace:dir:entitlement:common-lib-terms",
            ],
        ),
        ("urn:oid:1.3.6.1.4.1.25178.1.2.3", &["20040229"]),
        ("urn:oid:1.3.6.1.4.1.25178.1.2.9", &["Uni.Example"]),
        (
            "urn:oid:1.3.6.1.4.1.25178.1.2.14",
            &[
                "urn:schac:personalUniqueCode:de:uni.example:Matrikelnummer:0012345",
                "urn:schac:personalUniqueCode:int:esi:uni.example:00XY",
            ],
        ),
        ("urn:oid:1.3.6.1.4.1.22177.400.1.1.3.8", &["079$6"]),
    ]);
    assert_eq!(facts.given_name.as_deref(), Some("Ana María"));
    assert_eq!(facts.family_name.as_deref(), Some("Müller & Söhne"));
    assert_eq!(facts.mail.as_deref(), Some("ana@uni.example"));
    let scoped: Vec<_> = facts.scoped_affiliations.iter().map(|s| (s.affiliation, s.scope.as_str())).collect();
    assert_eq!(scoped, [(Affiliation::Student, "uni.example"), (Affiliation::Member, "uni.example")]);
    assert_eq!(facts.affiliations, [Affiliation::Student]);
    assert_eq!(facts.entitlements.len(), 2);
    assert_eq!((facts.dticket[0].first, facts.dticket[0].last), (date(2026, 10, 1), date(2027, 3, 31)));
    assert_eq!(facts.date_of_birth, Some(date(2004, 2, 29)));
    assert_eq!(facts.home_organization.as_deref(), Some("uni.example"));
    assert_eq!(facts.matriculation[0].number, "0012345");
    assert_eq!(facts.student_identifiers[0].code, "00XY");
    assert_eq!((facts.terms_of_study[0].subject.as_str(), facts.terms_of_study[0].term), ("079", 6));
    assert_eq!(facts.remarks, []);
}

#[test]
fn a_provider_cannot_speak_for_another_university() {
    let facts = facts_of(&[
        (SCOPED, &["student@other.example", "student@uni.example@other.example", "student@x.uni.example"]),
        (PAIRWISE, &["a@other.example"]),
        (SUBJECT, &["b@other.example"]),
        ("urn:oid:1.3.6.1.4.1.25178.1.2.9", &["other.example"]),
    ]);
    assert_eq!(facts.scoped_affiliations, []);
    assert_eq!(facts.home_organization, None);
    assert_eq!(facts.key.unwrap().kind(), KeyKind::PersistentNameId, "neither scoped identifier counts");
    for name in [SCOPED, PAIRWISE, SUBJECT, "urn:oid:1.3.6.1.4.1.25178.1.2.9"] {
        assert!(facts.remarks.iter().any(|r| r.name == name && r.why == Unusable::ForeignScope), "{name}");
    }
}

#[test]
fn the_key_is_pairwise_id_then_subject_id_then_the_persistent_name() {
    let key = |attributes: &[(&str, &[&str])]| facts_of(attributes).key.unwrap();
    let best = key(&[(SUBJECT, &["s@uni.example"]), (PAIRWISE, &["P@uni.example"])]);
    assert_eq!((best.kind(), best.value(), best.idp()), (KeyKind::PairwiseId, "p@uni.example", IDP));
    assert_eq!(key(&[(SUBJECT, &["s@uni.example"])]).kind(), KeyKind::SubjectId);
    assert_eq!(
        key(&[(PAIRWISE, &["a@uni.example", "b@uni.example"])]).kind(),
        KeyKind::PersistentNameId,
        "two are none"
    );
    assert_eq!(key(&[]).value(), "!persistent-1");
    let transient = document_with(&[]).replace(names::PERSISTENT, "x");
    assert_eq!(code(&transient), "signature_digest");
    let unkeyed = response(&sign_assertion(
        &assertion()
            .replace(names::PERSISTENT, "urn:oasis:names:tc:SAML:2.0:nameid-format:transient")
            .replace(PAIRWISE, "urn:x"),
    ));
    assert_eq!(attributes::read(&judge(&unkeyed).unwrap(), &[], &AttributeNames::default()).key, None);
}

#[test]
fn what_is_malformed_is_left_out_and_remarked_upon() {
    let facts = facts_of(&[
        (SCOPED, &["student", "wizard@uni.example"]),
        ("urn:oid:1.3.6.1.4.1.25178.1.2.3", &["29.02.2004"]),
        ("urn:oid:2.5.4.42", &[&"x".repeat(257)]),
        ("urn:oid:1.3.6.1.4.1.22177.400.1.1.3.8", &["6"]),
    ]);
    assert_eq!((facts.scoped_affiliations.len(), facts.date_of_birth, facts.given_name), (0, None, None));
    assert_eq!(facts.remarks.iter().filter(|remark| remark.why == Unusable::Malformed).count(), 4);
}

#[test]
fn the_semester_comes_under_the_name_that_the_university_configured() {
    let configured = AttributeNames::default()
        .with(Meaning::Semester, ["urn:uni:semester".to_owned()])
        .with(Meaning::GivenName, ["vorname".to_owned(), "urn:oid:2.5.4.42".to_owned()]);
    let arrived: &[(&str, &[&str])] = &[("urn:uni:semester", &["20262"]), ("vorname", &["Ana"])];
    let facts = facts_with(arrived, &configured);
    assert_eq!((facts.semester, facts.given_name), (vec!["20262".to_owned()], Some("Ana".to_owned())));
    assert_eq!(facts_of(arrived).semester, Vec::<String>::new());
    assert_eq!(configured.meaning_of("urn:uni:semester"), Some(Meaning::Semester));
    assert_eq!(configured.meaning_of("urn:oid:2.5.4.4"), Some(Meaning::FamilyName));
}

#[test]
fn a_missing_attribute_is_named_exactly() {
    let assertion = judge(&document_with(&[("urn:oid:2.5.4.42", &["Ana"]), ("urn:oid:2.5.4.4", &["  "])])).unwrap();
    let names = AttributeNames::default().with(Meaning::Semester, ["urn:uni:semester".to_owned()]);
    let wanted = [Meaning::GivenName, Meaning::FamilyName, Meaning::Semester, Meaning::DateOfBirth];
    let missing = attributes::missing(&assertion, &wanted, &names);
    let pairs: Vec<_> = missing.iter().map(|m| (m.meaning, m.names.join(" "))).collect();
    assert_eq!(
        pairs,
        [
            (Meaning::FamilyName, "urn:oid:2.5.4.4".to_owned()),
            (Meaning::Semester, "urn:uni:semester".to_owned()),
            (Meaning::DateOfBirth, "urn:oid:1.3.6.1.4.1.25178.1.2.3 urn:oid:2.16.756.1.2.5.1.1.2".to_owned()),
        ]
    );
}

#[test]
fn support_learns_what_would_have_happened() {
    let metadata = crate::metadata::entity(IDP, true);
    let names = AttributeNames::default();
    let document = signed();
    let question = Question {
        response: document.as_bytes(),
        idp: Provider::Metadata(metadata.as_bytes()),
        sp_entity_id: SP,
        acs_url: ACS,
        decryption_keys: &keys().decryption,
        in_response_to: None,
        at: at(NOW),
        sha1: Sha1::Refused,
        names: &names,
    };
    let report = check(&question);
    assert_eq!(report.code(), "accepted");
    assert_eq!(report.outcome.unwrap().facts.scoped_affiliations.len(), 2);
    assert_eq!(check(&Question { in_response_to: Some("_other"), ..question }).code(), "in_response_to");
    assert_eq!(check(&Question { at: at("2026-11-24T00:00:00Z"), ..question }).code(), "confirmation_expired");
    assert_eq!(check(&Question { idp: Provider::Metadata(b"<a/>"), ..question }).code(), "metadata_not_metadata");
}
