//! The catalogue of published flaws in other implementations: one test each, refused for its own reason.

use pedell::protocol::saml::{Coded, Expectations, names, verify_response};

use crate::idp::*;

#[test]
fn a_response_that_nobody_signed_is_refused() {
    assert_eq!(code(&response(&assertion())), "signature_missing");
    assert_eq!(code(&response(&Encryption::default().encrypt(&assertion()))), "signature_missing");
}

#[test]
fn nothing_is_believed_where_the_metadata_names_no_key() {
    let expected = Expectations { idp_keys: &[], ..expectations() };
    for document in [signed(), response(&assertion()), sign_response(&response(&assertion()))] {
        let refusal = verify_response(document.as_bytes(), &expected).unwrap_err();
        assert!(["signature_no_keys", "signature_missing"].contains(&refusal.code()), "{refusal}");
    }
}

#[test]
fn a_second_digest_value_outside_of_signed_info_is_not_looked_at() {
    // CVE-2024-45409: the digest was searched in the whole document.
    let forged = signed().replace(STUDENT, "admin@uni.example");
    let outline = forged.find("<ds:DigestValue>").unwrap();
    let digest = &forged[outline..forged.find("</ds:DigestValue>").unwrap() + "</ds:DigestValue>".len()];
    let planted = forged.replacen(
        "</samlp:Status>",
        &format!(
            "<samlp:StatusDetail><x xmlns:ds=\"{}\">{digest}</x></samlp:StatusDetail></samlp:Status>",
            names::DSIG
        ),
        1,
    );
    assert_eq!(code(&planted), "signature_digest");
}

#[test]
fn parsers_cannot_be_made_to_disagree() {
    // CVE-2025-25291/25292, CVE-2025-23369.
    let document = signed();
    assert_eq!(code(&format!("<!DOCTYPE a [<!ENTITY e \"x\">]>{document}")), "xml_doctype");
    assert_eq!(code(&format!("<!doctype a>{document}")), "xml_doctype");
    assert_eq!(code(&document.replace(STUDENT, "&e;")), "xml_entity");
    let redeclared = document.replacen("<ds:SignedInfo>", "<ds:SignedInfo xmlns:ds=\"urn:other\">", 1);
    assert_eq!(code(&redeclared), "signature_structure");
    let moved = document.replacen("<saml:Subject>", "<saml:Subject xmlns:saml=\"urn:other\">", 1);
    assert_eq!(code(&moved), "signature_digest");
    let unbound = document.replacen("<saml:Subject>", "<nowhere:Subject>", 1).replacen(
        "</saml:Subject>",
        "</nowhere:Subject>",
        1,
    );
    assert_eq!(code(&unbound), "xml_prefix");
}

#[test]
fn a_canonicalisation_that_comes_to_nothing_is_refused() {
    // CVE-2025-66567/66568: libxml2 gives up on relative namespaces, and the digest of nothing was right.
    let empty = digest_of(names::SHA256, b"");
    let signing = Signing::default();
    let relative = response(&assertion().replacen(
        "<saml:Issuer>",
        &format!("<saml:Issuer>{IDP}</saml:Issuer>{}<saml:Issuer>", signing.signature("_assertion-1", &empty)),
        1,
    ));
    let complete = signing.complete(&relative);
    assert_eq!(code(&complete), "signature_digest");
    let with_relative = complete.replacen("<saml:Subject>", "<saml:Subject xmlns:r=\"1\">", 1);
    assert_eq!(code(&with_relative), "xml_relative_namespace");
    let no_digest = signed();
    let start = no_digest.find("<ds:DigestValue>").unwrap() + "<ds:DigestValue>".len();
    let end = no_digest.find("</ds:DigestValue>").unwrap();
    assert_eq!(code(&(no_digest[..start].to_owned() + &no_digest[end..])), "signature_value");
}

#[test]
fn an_unsigned_assertion_beside_a_signed_one_is_refused_in_every_order() {
    // CVE-2025-47949, CVE-2022-41912.
    let (genuine, forged) =
        (sign_assertion(&assertion()), assertion().replace(STUDENT, "admin").replace("_assertion-1", "_evil"));
    for content in [format!("{genuine}{forged}"), format!("{forged}{genuine}"), format!("{genuine}{genuine}")] {
        assert_eq!(code(&response(&content)), "assertion_several");
    }
}

#[test]
fn encrypted_and_unencrypted_assertions_cannot_be_mixed() {
    // CVE-2026-25922, CVE-2026-2092.
    let encrypt = |content: &str| Encryption::default().encrypt(content);
    let genuine = sign_assertion(&assertion());
    let forged = assertion().replace(STUDENT, "admin").replace("_assertion-1", "_evil");
    for content in [
        encrypt(&genuine) + &forged,
        forged.clone() + &encrypt(&genuine),
        encrypt(&forged) + &genuine,
        genuine.clone() + &encrypt(&forged),
        encrypt(&genuine) + &encrypt(&forged),
    ] {
        assert_eq!(code(&response(&content)), "assertion_several");
    }
    assert_eq!(code(&response(&encrypt(&forged))), "signature_missing");
    assert_eq!(code(&response(&encrypt(&(genuine.clone() + &forged)))), "assertion_several");
    assert_eq!(code(&response(&encrypt("text only"))), "not_an_assertion");
    assert_eq!(code(&response(&encrypt(&format!("<x>{genuine}</x>")))), "not_an_assertion");
    assert_eq!(code(&response(&encrypt(&format!("</w>{genuine}<w>")))), "xml_malformed");
}

#[test]
fn several_signed_infos_or_signatures_are_refused() {
    // CVE-2025-29774.
    let document = signed();
    let start = document.find("<ds:SignedInfo>").unwrap();
    let end = document.find("</ds:SignedInfo>").unwrap() + "</ds:SignedInfo>".len();
    let signed_info = document[start..end].to_owned();
    let forged_info = signed_info.replace("<ds:DigestValue>", "<ds:DigestValue>AAAA");
    for (before, after) in [(forged_info.as_str(), ""), ("", forged_info.as_str())] {
        let twice = format!("{}{before}{signed_info}{after}{}", &document[..start], &document[end..]);
        assert_eq!(code(&twice), "signature_structure");
    }
    let start = document.find("<ds:Signature ").unwrap();
    let end = document.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
    let twice = format!("{}{}{}", &document[..end], &document[start..end], &document[end..]);
    assert_eq!(code(&twice), "signature_several");
}

#[test]
fn a_comment_inside_the_digest_value_hides_nothing() {
    // CVE-2025-29775: the first text was taken for the whole, and a comment is not signed.
    let forged = assertion().replace(STUDENT, "admin@uni.example");
    let document = signed();
    let canonical = pedell::protocol::saml::xml::outline::Outline::of(&forged).unwrap();
    let forged_digest = digest_of(
        names::SHA256,
        canonical.canonicalise(canonical.root(), &[], Signing::default().method()).unwrap().as_bytes(),
    );
    for hidden in [
        format!("<ds:DigestValue><!--{forged_digest}-->"),
        format!("<ds:DigestValue><![CDATA[]]><!--{forged_digest}-->"),
    ] {
        let attack = document.replace(STUDENT, "admin@uni.example").replacen("<ds:DigestValue>", &hidden, 1);
        assert_eq!(code(&attack), "signature_digest");
    }
    let prepended = document.replace(STUDENT, "admin@uni.example").replacen(
        "<ds:DigestValue>",
        &format!("<ds:DigestValue>{forged_digest}<!---->"),
        1,
    );
    assert_eq!(code(&prepended), "signature_value");
}

#[test]
fn claims_come_from_the_verified_bytes_and_not_from_the_original() {
    // CVE-2025-54419. What the signature does not cover is inside the signature itself.
    let inside = signed().replacen(
        "</ds:SignatureValue>",
        &format!(
            "</ds:SignatureValue><ds:Object><saml:AttributeStatement><saml:Attribute \
             Name=\"urn:oasis:names:tc:SAML:attribute:pairwise-id\"><saml:AttributeValue>{}</saml:AttributeValue>\
             </saml:Attribute></saml:AttributeStatement></ds:Object>",
            "admin@uni.example"
        ),
        1,
    );
    assert_eq!(student(&inside), STUDENT);

    let forged = assertion().replace(STUDENT, "admin@uni.example").replace("_assertion-1", "_evil");
    let beside = sign_response(&response(&assertion())).replacen(
        "</ds:SignatureValue>",
        &format!("</ds:SignatureValue><ds:Object>{forged}</ds:Object>"),
        1,
    );
    assert_eq!(student(&beside), STUDENT);
}

#[test]
fn a_comment_or_a_processing_instruction_cannot_cut_a_value_short() {
    // VU#475445.
    let cut = |with: &str| {
        assertion()
            .replace(STUDENT, &format!("student-1@uni.example{with}.evil.example"))
            .replace("persistent-1", &format!("persistent{with}-1"))
    };
    let judged = judge(&response(&sign_assertion(&cut("<!---->")))).unwrap();
    assert_eq!(judged.values("urn:oasis:names:tc:SAML:attribute:pairwise-id"), ["student-1@uni.example.evil.example"]);
    assert_eq!(judged.name_id().unwrap().value, "persistent-1");
    for split in [(STUDENT, "student-<?p?>1@uni.example"), ("persistent-1", "persistent<?p?>-1")] {
        assert_eq!(code(&signed().replace(split.0, split.1)), "xml_processing_instruction");
        let by_the_provider = sign_response(&response(&assertion())).replace(split.0, split.1);
        assert_eq!(code(&by_the_provider), "xml_processing_instruction");
    }
}

#[test]
fn only_the_two_transforms_are_carried_out() {
    let transform = |algorithm: &str| format!("<ds:Transform Algorithm=\"{algorithm}\"/>");
    let enveloped = transform(names::ENVELOPED);
    for planted in [
        transform("http://www.w3.org/TR/1999/REC-xslt-19991116"),
        transform("http://www.w3.org/TR/1999/REC-xpath-19991116"),
        transform("http://www.w3.org/2002/06/xmldsig-filter2"),
        transform("http://www.w3.org/2000/09/xmldsig#base64"),
        enveloped.clone(),
        transform(names::EXC_C14N),
    ] {
        assert_eq!(code(&resigned(&enveloped, &format!("{planted}{enveloped}"))), "signature_transforms", "{planted}");
    }
    assert_eq!(code(&resigned(&enveloped, "")), "signature_transforms");
    for instead in [transform("http://www.w3.org/TR/1999/REC-xpath-19991116"), transform(names::EXC_C14N)] {
        assert_eq!(code(&resigned(&enveloped, &instead)), "signature_transforms", "{instead}");
        let third = format!("{instead}</ds:Transforms>");
        assert_eq!(code(&resigned("</ds:Transforms>", &third)), "signature_transforms", "{instead}");
    }
    let with_comments = format!("{}WithComments", names::EXC_C14N);
    let last = format!("<ds:Transform Algorithm=\"{}\">", names::EXC_C14N);
    assert_eq!(
        code(&resigned(&last, &format!("<ds:Transform Algorithm=\"{with_comments}\">"))),
        "signature_transforms"
    );
    let method = format!("<ds:CanonicalizationMethod Algorithm=\"{}\">", names::EXC_C14N);
    let commented = format!("<ds:CanonicalizationMethod Algorithm=\"{with_comments}\">");
    assert_eq!(code(&resigned(&method, &commented)), "signature_canonicalisation");
    let crowded = Signing { prefix_list: Some("a b c d e f g h i j k l m n o p q"), ..Signing::default() };
    assert_eq!(code(&response(&crowded.sign(&assertion(), "_assertion-1"))), "signature_canonicalisation");
}

#[test]
fn only_the_element_itself_can_be_referred_to() {
    for uri in [
        "",
        "#",
        "#_response-1",
        "#xpointer(/)",
        "#xpointer(id('_assertion-1'))",
        "http://127.0.0.1/x",
        "file:///etc/passwd",
        "_assertion-1",
    ] {
        assert_eq!(code(&resigned("URI=\"#_assertion-1\"", &format!("URI=\"{uri}\""))), "signature_reference", "{uri}");
    }
    assert_eq!(code(&resigned("URI=\"#_assertion-1\"", "")), "signature_reference");
    let two = resigned("</ds:Reference>", "</ds:Reference><ds:Reference URI=\"#_response-1\"/>");
    assert_eq!(code(&two), "signature_structure");
}

#[test]
fn an_id_that_occurs_twice_is_refused_however_it_is_spelled() {
    for duplicate in
        ["ID=\"_assertion-1\"", "Id=\"_assertion-1\"", "id=\"_assertion&#45;1\"", "xml:id=\"_assertion-1\""]
    {
        let document = signed().replacen("<samlp:Status>", &format!("<samlp:Status {duplicate}>"), 1);
        assert_eq!(code(&document), "signature_duplicate_id", "{duplicate}");
    }
}

#[test]
fn algorithms_that_are_not_on_the_list_are_refused() {
    for method in [
        "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
        "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-md5",
        names::RSA_SHA1,
        "http://www.w3.org/2000/09/xmldsig#dsa-sha1",
        "",
    ] {
        assert_eq!(code(&resigned(names::RSA_SHA256, method)), "signature_algorithm", "{method}");
    }
    for digest in [names::SHA1, "http://www.w3.org/2001/04/xmldsig-more#md5", ""] {
        let method = format!("<ds:DigestMethod Algorithm=\"{}\"/>", names::SHA256);
        let other = format!("<ds:DigestMethod Algorithm=\"{digest}\"/>");
        assert_eq!(code(&resigned(&method, &other)), "signature_digest_algorithm", "{digest}");
    }
}

#[test]
fn the_key_must_be_of_the_algorithms_type() {
    let rsa_only = [keys().idp.verifying()];
    let expected = Expectations { idp_keys: &rsa_only, ..expectations() };
    let signing = Signing { key: &keys().p256, method: names::ECDSA_SHA256, ..Signing::default() };
    let document = response(&signing.sign(&assertion(), "_assertion-1"));
    assert_eq!(verify_response(document.as_bytes(), &expected).unwrap_err().code(), "signature_key_type");
}

#[test]
fn a_key_that_only_the_message_names_signs_nothing() {
    use base64::{Engine, prelude::BASE64_STANDARD};
    let key_info = format!(
        "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>",
        BASE64_STANDARD.encode(keys().attacker.certificate())
    );
    let key_value = "<ds:KeyInfo><ds:KeyValue><ds:RSAKeyValue><ds:Modulus>AQAB</ds:Modulus><ds:Exponent>AQAB</ds:Exponent>\
                     </ds:RSAKeyValue></ds:KeyValue></ds:KeyInfo>";
    let forged = assertion().replace(STUDENT, "admin@uni.example");
    for key_info in [key_info, key_value.to_owned()] {
        let signing = Signing { key: &keys().attacker, key_info, ..Signing::default() };
        assert_eq!(code(&response(&signing.sign(&forged, "_assertion-1"))), "signature_value");
        assert_eq!(code(&signing.sign(&response(&forged), "_response-1")), "signature_value");
    }
}

#[test]
fn a_public_key_is_no_secret_that_a_message_could_be_authenticated_with() {
    use aws_lc_rs::hmac;
    use base64::{Engine, prelude::BASE64_STANDARD};
    let forged = response(&assertion().replace(STUDENT, "admin@uni.example"));
    let certificate = keys().idp.certificate();
    let base64 = BASE64_STANDARD.encode(&certificate);
    for secret in [keys().idp.spki.clone(), certificate, base64.into_bytes(), vec![]] {
        for (method, algorithm) in [
            ("http://www.w3.org/2001/04/xmldsig-more#hmac-sha256", hmac::HMAC_SHA256),
            ("http://www.w3.org/2000/09/xmldsig#hmac-sha1", hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY),
        ] {
            let signing = Signing { method, ..Signing::default() };
            let key = hmac::Key::new(algorithm, &secret);
            let tag = |bytes: &[u8]| hmac::sign(&key, bytes).as_ref().to_vec();
            for id in ["_assertion-1", "_response-1"] {
                assert_eq!(code(&signing.sign_by(&forged, id, tag)), "signature_algorithm", "{method}");
            }
        }
    }
}

#[test]
fn a_good_signature_does_not_excuse_a_bad_one() {
    let attacker = Signing { key: &keys().attacker, ..Signing::default() };
    let inner_bad = sign_response(&response(&attacker.sign(&assertion(), "_assertion-1")));
    assert_eq!(code(&inner_bad), "signature_value");
    let outer_bad = attacker.sign(&signed(), "_response-1");
    assert_eq!(code(&outer_bad), "signature_value");
}

#[test]
fn a_change_anywhere_in_what_was_signed_is_noticed() {
    let document = signed();
    for (from, to) in [
        (STUDENT, "student-2@uni.example"),
        ("persistent-1", "persistent-2"),
        ("08:05:00Z", "09:05:00Z"),
        (">https://pedell.example/saml<", ">urn:other<"),
    ] {
        assert_eq!(code(&document.replace(from, to)), "signature_digest", "{from}");
    }
    let whole = sign_response(&response(&assertion()));
    assert_eq!(code(&whole.replace("Destination=\"https://", "Destination=\"http://")), "signature_digest");
}

#[test]
fn weak_and_unknown_encryption_is_refused() {
    let document = response(&Encryption::default().encrypt(&sign_assertion(&assertion())));
    for (from, to, reason) in [
        (names::RSA_OAEP_MGF1P, "http://www.w3.org/2001/04/xmlenc#rsa-1_5", "encryption_key_algorithm"),
        (names::AES256_GCM, "http://www.w3.org/2001/04/xmlenc#tripledes-cbc", "encryption_algorithm"),
        (names::AES256_GCM, "http://www.w3.org/2001/04/xmlenc#aes192-cbc", "encryption_algorithm"),
        (names::ENCRYPTED_ELEMENT, "http://www.w3.org/2001/04/xmlenc#Content", "encryption_structure"),
    ] {
        assert_eq!(code(&document.replace(from, to)), reason, "{to}");
    }
    let key = &document[document.find("<xenc:EncryptedKey").unwrap()..document.find("</ds:KeyInfo>").unwrap()];
    assert_eq!(code(&document.replacen(key, &key.repeat(5), 1)), "encryption_structure");
    assert_eq!(code(&document.replacen(key, "", 1)), "encryption_structure");
}

#[test]
fn oaep_with_two_different_digests_is_refused_clearly() {
    // Decision 0013: no provider of ours can do it without making an oracle of it.
    let encrypted =
        |wrapping| response(&Encryption { wrapping, ..Encryption::default() }.encrypt(&sign_assertion(&assertion())));
    let digest = |algorithm: &str| format!("<ds:DigestMethod Algorithm=\"{algorithm}\"/>");
    let said = encrypted(Wrapping::Mgf1pSaid);
    let oaep = encrypted(Wrapping::Oaep256);
    for mixed in [
        said.replace(&digest(names::SHA1), &digest(names::SHA256)),
        said.replace(&digest(names::SHA1), &digest(names::SHA512)),
        oaep.replace("mgf1sha256", "mgf1sha1"),
        oaep.replace(&digest(names::SHA256), ""),
        oaep.replace(&digest(names::SHA256), &digest(names::SHA384)),
    ] {
        assert_eq!(code(&mixed), "encryption_key_digests", "{mixed}");
    }
    let unheard = oaep.replace("mgf1sha256", "mgf1whirlpool");
    assert_eq!(code(&unheard), "encryption_key_algorithm");
    // Beside a key that can be opened, it is nobody's business.
    let start = said.find("<xenc:EncryptedKey").unwrap();
    let end = said.find("</xenc:EncryptedKey>").unwrap() + "</xenc:EncryptedKey>".len();
    let other = said[start..end].replace(&digest(names::SHA1), &digest(names::SHA256));
    assert_eq!(student(&format!("{}{other}{}", &said[..end], &said[end..])), STUDENT);
}

#[test]
fn entities_are_neither_fetched_nor_expanded() {
    let document = signed();
    for declared in [
        "<!DOCTYPE r [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>".to_owned(),
        "<!DOCTYPE r [<!ENTITY % e SYSTEM \"http://127.0.0.1:9/e.dtd\"> %e;]>".to_owned(),
        "<!DOCTYPE r SYSTEM \"http://127.0.0.1:9/e.dtd\">".to_owned(),
        format!("<!DOCTYPE r [<!ENTITY a \"{}\"><!ENTITY e \"{}\">]>", "x".repeat(1000), "&a;".repeat(1000)),
    ] {
        assert_eq!(code(&format!("{declared}{}", document.replace(STUDENT, "&e;"))), "xml_doctype");
        assert_eq!(code(&format!("<?xml version=\"1.0\"?>\n{declared}{document}")), "xml_doctype");
        let inside = declared + &sign_assertion(&assertion());
        let encrypted = response(&Encryption::default().encrypt(&inside));
        assert_eq!(code(&encrypted), "xml_doctype");
    }
}

#[test]
fn whatever_goes_wrong_inside_the_encryption_is_one_answer() {
    let foreign = Encryption { to: &keys().attacker, ..Encryption::default() };
    assert_eq!(code(&response(&foreign.encrypt(&sign_assertion(&assertion())))), "decryption_failed");
    for content in [names::AES256_GCM, names::AES128_CBC] {
        let signed = |whole: &str| if content == names::AES128_CBC { sign_response(whole) } else { whole.to_owned() };
        let whole = response(&Encryption { content, ..Encryption::default() }.encrypt(&sign_assertion(&assertion())));
        let end = whole.rfind("</xenc:CipherValue>").unwrap();
        for cut in [4, 24, 44, 64, 1024] {
            let short = whole[..end - cut].to_owned() + &whole[end..];
            assert_eq!(code(&signed(&short)), "decryption_failed", "{content} {cut}");
        }
        let start = whole.rfind("<xenc:CipherValue>").unwrap() + "<xenc:CipherValue>".len();
        for rest in ["", "AAAA", "AAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAA=="] {
            assert_eq!(
                code(&signed(&(whole[..start].to_owned() + rest + &whole[end..]))),
                "decryption_failed",
                "{content} {rest}"
            );
        }
    }
}

/// Not even what is good: there is no answer that depends on what is inside, so there is nothing to ask.
#[test]
fn cbc_without_a_signature_around_it_is_not_opened() {
    for content in [names::AES128_CBC, names::AES256_CBC] {
        let cbc = Encryption { content, ..Encryption::default() };
        let good = sign_assertion(&assertion());
        for inside in [good.as_str(), "not xml <", "<x/>", &good.replace(STUDENT, "admin@uni.example")] {
            assert_eq!(code(&response(&cbc.encrypt(inside))), "encryption_cbc_unsigned", "{inside}");
        }
    }
}

/// How much work a message makes must not depend on what is inside (it would be a padding oracle, by time).
#[test]
fn the_first_key_that_opens_is_the_key() {
    let key_of = |whole: &str| {
        let start = whole.find("<xenc:EncryptedKey").unwrap();
        whole[start..whole.find("</saml:EncryptedAssertion>").unwrap()].to_owned()
    };
    let beside = |content| Encryption { content, key_beside: true, ..Encryption::default() };
    let whole = beside(names::AES256_GCM).encrypt(&sign_assertion(&assertion()));
    let (own, other) = (key_of(&whole), key_of(&beside(names::AES128_GCM).encrypt("x")));
    let twice = |first: &str, second: &str| response(&whole.replace(&own, &format!("{first}{second}")));
    assert_eq!(student(&twice(&own, &other)), STUDENT);
    assert_eq!(code(&twice(&other, &own)), "decryption_failed");
}

#[test]
fn documents_that_are_bombs_are_refused_before_anything_is_built() {
    let many: String = (0..100_000).map(|n| format!(" a{n}=''")).collect();
    let deep = "<a>".repeat(100_000);
    for (planted, reason) in [
        (format!("<x{many}/>"), "xml_too_large"),
        (format!("<x{}/>", &many[..200_000]), "xml_too_many_attributes"),
        (deep, "xml_too_deep"),
        ("<a/>".repeat(30_000), "xml_too_many_nodes"),
    ] {
        assert_eq!(code(&response(&planted)), reason);
    }
    let padded = format!("{}{}", signed(), " ".repeat(512 * 1024));
    assert_eq!(code(&padded), "xml_too_large");
}

#[test]
fn a_digest_that_is_empty_or_cut_short_is_no_digest_even_when_it_is_signed() {
    let start = signed().find("<ds:DigestValue>").unwrap() + "<ds:DigestValue>".len();
    let digest = signed()[start..start + 44].to_owned();
    for short in ["", &digest[..4], &digest[..40]] {
        assert_eq!(code(&resigned(&digest, short)), "signature_digest", "{short}");
    }
}

#[test]
fn nothing_may_stand_before_what_is_signed() {
    let document = signed().replacen("<ds:SignedInfo>", "<ds:KeyInfo/><ds:SignedInfo>", 1);
    assert_eq!(code(&document), "signature_structure");
}

#[test]
fn a_signed_info_that_is_a_burden_is_refused_before_it_is_canonicalised() {
    let crowd = "<ds:Reference URI=\"#_assertion-1\"/>".repeat(500);
    let document = signed().replacen("</ds:SignedInfo>", &format!("{crowd}</ds:SignedInfo>"), 1);
    assert_eq!(code(&document), "signature_structure");
}

/// A genuine identity provider that signs something odd: `from` in the signature is replaced before it is signed.
fn resigned(from: &str, to: &str) -> String {
    let signing = Signing::default();
    let document = assertion();
    let outline = pedell::protocol::saml::xml::outline::Outline::of(&document).unwrap();
    let canonical = outline.canonicalise(outline.root(), &[], signing.method()).unwrap();
    let signature = signing.signature("_assertion-1", &digest_of(names::SHA256, canonical.as_bytes()));
    let odd = signature.replacen(from, to, 1);
    assert_ne!(signature, odd, "{from} is not in the signature");
    response(&signing.complete(&document.replacen("</saml:Issuer>", &format!("</saml:Issuer>{odd}"), 1)))
}
