//! From claims to evidence, by the university's map.

use pedell::{
    base::Timestamp,
    domain::{
        claim_map::ClaimMap,
        eligibility::{Evidence, Method},
        json_pointer::JsonPointer,
        rule::{Field, Rule},
        semester::{KeyForm, Semester},
    },
    protocol::{
        oidc::rp::evidence::{Reading, Remark, evidence},
        saml::attributes::Unusable,
    },
};
use serde_json::{Value, json};

fn map(own: Value) -> ClaimMap {
    serde_json::from_value(own).unwrap()
}

fn standard() -> ClaimMap {
    map(json!({ "affiliation_scopes": ["uni.example"], "semester": "/studySemester" }))
}

fn read_for(claims: &Value, map: &ClaimMap, rule: &Rule) -> (Evidence, Vec<Remark>) {
    let proven_at = Timestamp::from_seconds(1_795_420_800);
    evidence(claims, &Reading { method: Method::Oidc, map, forms: KeyForm::ALL, rule, proven_at })
}

fn read(claims: &Value, map: &ClaimMap) -> (Evidence, Vec<Remark>) {
    read_for(claims, map, &Rule::default())
}

#[test]
fn the_standards_claims_are_read_without_being_told() {
    let claims = json!({
        "given_name": " Zoë  Anna-Luise ", "family_name": "Müller", "birthdate": "2003-12-24",
        "eduperson_scoped_affiliation": ["member@uni.example", "student@uni.example"], "studySemester": "WiSe 2026/27",
        "eduperson_entitlement": [
            "urn:mace:dir:entitlement:common-lib-terms",
            "urn:geant:dfn.de:uni.example:entitlement:dticket:timeframe:20261001-20270331",
            " urn:geant:dfn.de:uni.example:entitlement:dticket:timeframe:20270401-20270930 ",
        ],
    });
    let (evidence, remarks) = read(&claims, &standard());
    assert_eq!(evidence.given_names.unwrap().as_str(), "Zoë Anna-Luise");
    assert_eq!(evidence.family_name.unwrap().as_str(), "Müller");
    assert_eq!(evidence.birth_date.unwrap().to_iso(), "2003-12-24");
    assert_eq!(evidence.is_student, Some(true));
    assert_eq!(evidence.semesters, [Semester::parse_canonical("2026W").unwrap()]);
    assert_eq!(evidence.entitlements.len(), 2, "the current and the next; what is none counts as none");
    assert!(evidence.missing.is_empty() && remarks.is_empty(), "{:?} {remarks:?}", evidence.missing);
}

#[test]
fn an_affiliation_counts_within_the_universitys_own_domains_only() {
    let is_student = |value: Value| read(&json!({ "eduperson_scoped_affiliation": value }), &standard()).0.is_student;
    assert_eq!(is_student(json!("STUDENT@Uni.Example")), Some(true));
    for not in [
        "student@other.example",
        "student@uni.example@evil.example",
        "student@evil.uni.example",
        "student",
        "staff@uni.example",
        "student@",
    ] {
        assert_eq!(is_student(json!(not)), Some(false), "{not}");
    }
    assert_eq!(is_student(json!(["student@other.example", "staff@uni.example"])), Some(false));
    assert_eq!(is_student(json!([])), None, "not said at all");
    let (_, remarks) = read(&json!({ "eduperson_scoped_affiliation": "student@other.example" }), &standard());
    assert_eq!(remarks[0].pointer.as_str(), "/eduperson_scoped_affiliation");
}

#[test]
fn a_universitys_own_words_and_places() {
    let own = map(json!({
        "given_name": "/person/firstNames/0", "family_name": "/person/name", "birth_date": "/person/born",
        "affiliation": "/roles", "student_values": ["Studierende", "true"], "semester": "/studies/*/semester",
    }));
    let claims = json!({
        "person": { "firstNames": ["Jürgen", "Karl"], "name": "Groß", "born": "03.02.2001" },
        "roles": ["Bibliothek", "studierende"], "studies": [{ "semester": "20262" }, { "semester": 20271 }, { "semester": "?" }],
    });
    let (evidence, remarks) = read(&claims, &own);
    assert_eq!(evidence.given_names.unwrap().as_str(), "Jürgen");
    assert_eq!(evidence.birth_date.unwrap().to_iso(), "2001-02-03");
    assert_eq!(evidence.is_student, Some(true));
    assert_eq!(evidence.semesters.len(), 2);
    let odd = Remark { pointer: JsonPointer::parse("/studies/*/semester").unwrap(), why: Unusable::Malformed };
    assert_eq!(remarks, [odd]);
    let enrolled = map(json!({ "affiliation": "/enrolled", "student_values": ["true"] }));
    assert_eq!(read(&json!({ "enrolled": true }), &enrolled).0.is_student, Some(true));
    assert_eq!(read(&json!({ "enrolled": false }), &enrolled).0.is_student, Some(false));
    assert_eq!(read(&json!({ "enrolled": null }), &enrolled).0.is_student, None);
}

#[test]
fn what_is_missing_is_named_by_its_place_as_the_rule_needs_it() {
    let rule = Rule { required_fields: vec![Field::GivenName, Field::Birthdate], ..Rule::default() };
    let unmapped = ClaimMap { semester: None, ..standard() };
    let (evidence, _) = read_for(&json!({ "given_name": "" }), &unmapped, &rule);
    let expected = ["/given_name", "/birthdate", "/eduperson_scoped_affiliation", "semester (not configured)"];
    assert_eq!(evidence.missing, expected);
    let entitled = Rule { entitlement_prefixes: vec!["urn:x".to_owned()], required_fields: vec![], ..Rule::default() };
    assert_eq!(read_for(&json!({}), &standard(), &entitled).0.missing, ["/eduperson_entitlement"]);
}

#[test]
fn values_that_contradict_each_other_are_none_and_garbage_is_remarked_upon() {
    let claims = json!({ "birthdate": ["2001-02-03", "2001-02-04"], "given_name": "\u{202e}evil", "studySemester": ["20262", "WS 2026/27"] });
    let (evidence, remarks) = read(&claims, &standard());
    assert_eq!((evidence.birth_date, evidence.given_names.is_none()), (None, true));
    assert_eq!(evidence.semesters.len(), 1, "two spellings of one semester are one");
    assert_eq!(remarks.len(), 2, "{remarks:?}");
    for odd in [json!(null), json!([]), json!("x"), json!({ "birthdate": { "year": 2001 }, "given_name": [["a"]] })] {
        assert!(read(&odd, &standard()).0.birth_date.is_none());
    }
}
