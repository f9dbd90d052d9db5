//! What real identity providers send, in all its variety, is accepted.

use pedell::protocol::saml::{Coded, Expectations, algorithms::Sha1, names, verify_response};

use crate::idp::*;

#[test]
fn a_signed_assertion_a_signed_response_and_both_are_accepted() {
    let unsigned = response(&assertion());
    for document in [signed(), sign_response(&unsigned), sign_response(&signed())] {
        assert_eq!(student(&document), STUDENT);
    }
}

#[test]
fn everything_the_assertion_says_is_read() {
    let assertion = judge(&signed()).unwrap();
    assert_eq!(assertion.id(), "_assertion-1");
    assert_eq!(assertion.issuer(), IDP);
    assert_eq!(assertion.replayable_until(), at("2026-11-23T08:08:00Z"));
    assert_eq!(assertion.name_id().unwrap().value, "persistent-1");
    assert_eq!(assertion.name_id().unwrap().format.as_deref(), Some(names::PERSISTENT));
    assert_eq!(assertion.authn_instant(), at("2026-11-23T07:59:30Z"));
    assert_eq!(assertion.authn_context(), Some("urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"));
    assert_eq!(assertion.session_index(), Some("s1"));
    assert_eq!(assertion.session_ends(), Some(at("2026-11-23T16:00:00Z")));
    let affiliations = assertion.values("urn:oid:1.3.6.1.4.1.5923.1.1.1.9");
    assert_eq!(affiliations, ["student@uni.example", "member@uni.example"]);
    assert_eq!(assertion.attributes()[1].friendly_name.as_deref(), Some("eduPersonScopedAffiliation"));
}

#[test]
fn every_algorithm_on_the_list_is_accepted() {
    let keys = keys();
    for (key, method, digest) in [
        (&keys.idp, names::RSA_SHA256, names::SHA256),
        (&keys.idp, names::RSA_SHA384, names::SHA384),
        (&keys.idp, names::RSA_SHA512, names::SHA512),
        (&keys.idp, names::RSA_SHA256, names::SHA512),
        (&keys.idp_next, names::RSA_SHA256, names::SHA256),
        (&keys.p256, names::ECDSA_SHA256, names::SHA256),
        (&keys.p384, names::ECDSA_SHA384, names::SHA384),
    ] {
        let signing = Signing { key, method, digest, ..Signing::default() };
        assert_eq!(student(&response(&signing.sign(&assertion(), "_assertion-1"))), STUDENT, "{method}");
        assert_eq!(student(&signing.sign(&response(&assertion()), "_response-1")), STUDENT, "{method}");
    }
}

#[test]
fn every_canonicalisation_on_the_list_is_accepted() {
    // Declared outside of the assertion and used only in its content: what PrefixList and inclusive are about.
    let crowded = response(&assertion().replace(
        "<saml:AttributeValue>student@",
        "<saml:AttributeValue xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"xs:string\">student@",
    ))
    .replacen(
        "<samlp:Response ",
        "<samlp:Response xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xml:lang=\"de\" ",
        1,
    );
    for (canonical, prefix_list) in [
        (names::EXC_C14N, None),
        (names::EXC_C14N, Some("xs")),
        (names::EXC_C14N, Some("#default xs xsi samlp")),
        (names::EXC_C14N, Some("")),
        (names::C14N, None),
    ] {
        let signing = Signing { canonical, prefix_list, ..Signing::default() };
        for id in ["_assertion-1", "_response-1"] {
            assert_eq!(student(&signing.sign(&crowded, id)), STUDENT, "{canonical} {prefix_list:?} {id}");
        }
    }
}

#[test]
fn namespaces_in_odd_places_are_accepted() {
    let default_prefix = assertion()
        .replace("saml:", "")
        .replace("xmlns:saml", "xmlns")
        .replace("<Assertion ID", "<Assertion xmlns=\"\" ID");
    let default_prefix = default_prefix.replacen(":saml=", "=", 1);
    let signing = Signing { after: "</Issuer>", ..Signing::default() };
    assert_eq!(student(&response(&signing.sign(&default_prefix, "_assertion-1"))), STUDENT);

    let hoisted = response(&assertion().replacen(&format!(" xmlns:saml=\"{}\"", names::ASSERTION), "", 1)).replacen(
        "<samlp:Response ",
        &format!("<samlp:Response xmlns:saml=\"{}\" ", names::ASSERTION),
        1,
    );
    assert_eq!(student(&sign_assertion(&hoisted)), STUDENT);

    let redeclared = assertion().replace(
        "<saml:AttributeValue>student@uni.example</saml:AttributeValue>",
        &format!(
            "<s2:AttributeValue xmlns:s2=\"{0}\" xmlns:saml=\"urn:other\">student@uni.example</s2:AttributeValue>",
            names::ASSERTION
        ),
    );
    let judged = judge(&response(&sign_assertion(&redeclared))).unwrap();
    assert_eq!(judged.values("urn:oid:1.3.6.1.4.1.5923.1.1.1.9").len(), 2);
}

#[test]
fn entities_cdata_and_comments_in_attributes_are_read_as_the_text_they_are() {
    for (written, read) in [
        ("a&amp;b &lt;c&gt; &#228;&#x1F600;", "a&b <c> ä😀"),
        ("<![CDATA[a & <b>]]>c", "a & <b>c"),
        ("ad<!-- not here -->min", "admin"),
        ("  \n  padded \t", "padded"),
        ("&quot;&apos;\"'", "\"'\"'"),
    ] {
        let document = signed_with_value(written);
        assert_eq!(judge(&document).unwrap().values("urn:test"), [read], "{written}");
    }
}

fn signed_with_value(value: &str) -> String {
    let attribute = format!(
        "<saml:AttributeStatement><saml:Attribute Name=\"urn:test\"><saml:AttributeValue>{value}</saml:AttributeValue></saml:Attribute>"
    );
    response(&sign_assertion(&assertion().replacen("<saml:AttributeStatement>", &attribute, 1)))
}

#[test]
fn a_comment_put_in_on_the_way_changes_nothing_that_is_read() {
    let document = signed()
        .replace("student-1@uni", "student-<!---->1@uni")
        .replace("<ds:DigestValue>", "<ds:DigestValue><!-- x -->");
    assert_eq!(student(&document), STUDENT);
}

#[test]
fn values_of_one_name_in_several_attributes_come_together_and_empty_ones_do_not_count() {
    let twice = assertion().replace(
        "</saml:AttributeStatement>",
        "<saml:Attribute Name=\"urn:oid:1.3.6.1.4.1.5923.1.1.1.9\"><saml:AttributeValue/><saml:AttributeValue> \
         staff@uni.example </saml:AttributeValue></saml:Attribute></saml:AttributeStatement>",
    );
    let judged = judge(&response(&sign_assertion(&twice))).unwrap();
    let values = judged.values("urn:oid:1.3.6.1.4.1.5923.1.1.1.9");
    assert_eq!(values, ["student@uni.example", "member@uni.example", "staff@uni.example"]);
}

#[test]
fn types_of_values_are_neither_needed_nor_looked_at() {
    let instance = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";
    let schema = "xmlns:xs=\"http://www.w3.org/2001/XMLSchema\"";
    for typed in [
        format!(" {instance} {schema} xsi:type=\"xs:string\""),
        format!(" {instance} {schema} xsi:type=\"xs:anyType\""),
        format!(" {instance} {schema} xsi:type=\"xs:integer\""),
        format!(" {instance} xsi:type=\"nowhere:declared\""),
        format!(" {instance} xsi:nil=\"true\""),
        String::new(),
    ] {
        let plain = format!("<saml:AttributeValue>{STUDENT}");
        let changed = assertion().replace(&plain, &format!("<saml:AttributeValue{typed}>{STUDENT}"));
        assert_eq!(student(&response(&sign_assertion(&changed))), STUDENT, "{typed}");
    }
}

#[test]
fn a_targeted_id_is_read_out_of_its_name_identifier() {
    let targeted = signed_with_value("<saml:NameID>abc=</saml:NameID>");
    assert_eq!(judge(&targeted).unwrap().values("urn:test"), ["abc="]);
}

#[test]
fn every_encryption_on_the_list_is_accepted() {
    for content in [names::AES128_GCM, names::AES192_GCM, names::AES256_GCM, names::AES128_CBC, names::AES256_CBC] {
        for wrapping in [Wrapping::Mgf1p, Wrapping::Mgf1pSaid, Wrapping::Oaep256] {
            for key_beside in [false, true] {
                let encryption = Encryption { content, wrapping, key_beside, ..Encryption::default() };
                let inner_signed = response(&encryption.encrypt(&sign_assertion(&assertion())));
                let outer_signed = sign_response(&response(&encryption.encrypt(&assertion())));
                let both = sign_response(&inner_signed);
                for document in [outer_signed, both] {
                    assert_eq!(student(&document), STUDENT, "{content}");
                }
                if ![names::AES128_CBC, names::AES256_CBC].contains(&content) {
                    assert_eq!(student(&inner_signed), STUDENT, "{content}");
                }
            }
        }
    }
}

#[test]
fn each_of_our_keys_opens_what_was_encrypted_to_it() {
    for to in [&keys().sp, &keys().sp_next] {
        let encryption = Encryption { to, ..Encryption::default() };
        assert_eq!(student(&response(&encryption.encrypt(&sign_assertion(&assertion())))), STUDENT);
    }
}

#[test]
fn a_message_to_several_recipients_is_opened_with_our_key() {
    let other = Encryption { to: &keys().attacker, key_beside: true, ..Encryption::default() };
    let ours = Encryption { key_beside: true, ..Encryption::default() };
    let key_of = |encryption: &Encryption| {
        let whole = encryption.encrypt("x");
        whole[whole.find("<xenc:EncryptedKey").unwrap()..whole.find("</saml:EncryptedAssertion>").unwrap()].to_owned()
    };
    let document = response(&ours.encrypt(&sign_assertion(&assertion()))).replacen(
        "</xenc:EncryptedData>",
        &format!("</xenc:EncryptedData>{}", key_of(&other)),
        1,
    );
    assert_eq!(student(&document), STUDENT);
}

#[test]
fn an_encrypted_assertion_may_use_prefixes_that_are_declared_around_it() {
    let bare = assertion().replacen(&format!(" xmlns:saml=\"{}\"", names::ASSERTION), "", 1);
    let encrypted = Encryption::default().encrypt(&bare);
    assert_eq!(student(&sign_response(&response(&encrypted))), STUDENT);
}

#[test]
fn an_xml_declaration_a_byte_order_mark_and_line_ends_of_windows_are_accepted() {
    let spaced = sign_response(&response(&assertion()).replace("><saml:", ">\n  <saml:"));
    assert_eq!(
        student(&format!(
            "\u{FEFF}<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<!-- x -->{}\r\n",
            spaced.replace('\n', "\r\n")
        )),
        STUDENT
    );
}

#[test]
fn sha_1_is_accepted_only_where_a_university_says_so() {
    let signing = Signing { digest: names::SHA1, ..Signing::default() };
    let document = response(&signing.sign(&assertion(), "_assertion-1"));
    assert_eq!(code(&document), "signature_digest_algorithm");
    let lenient = Expectations { sha1: Sha1::Accepted, ..expectations() };
    assert!(verify_response(document.as_bytes(), &lenient).is_ok());

    // We have nobody who would still sign with it; but the algorithm gets as far as to be tried.
    let renamed = signed().replacen(names::RSA_SHA256, names::RSA_SHA1, 1);
    assert_eq!(code(&renamed), "signature_algorithm");
    assert_eq!(verify_response(renamed.as_bytes(), &lenient).unwrap_err().code(), "signature_value");
}
