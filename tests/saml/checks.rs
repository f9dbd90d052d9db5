//! Every check of the browser profile, each with its own reason; deadlines to the second around the clock skew.

use pedell::protocol::saml::{Coded, Expectations, RequestId, names, refusal::Check, verify_response};

use crate::idp::*;

/// The reason for which a login is refused when the assertion is changed before it is signed.
fn changed(from: &str, to: &str) -> &'static str {
    let before = assertion();
    let after = before.replacen(from, to, 1);
    assert_ne!(before, after, "{from} is not in the assertion");
    code(&response(&sign_assertion(&after)))
}

/// The same for the response around a signed assertion.
fn around(from: &str, to: &str) -> &'static str {
    let before = signed();
    let after = before.replacen(from, to, 1);
    assert_ne!(before, after, "{from} is not in the response");
    code(&after)
}

fn at_moment(document: &str, now: &str) -> &'static str {
    let expected = Expectations { now: at(now), ..expectations() };
    verify_response(document.as_bytes(), &expected).as_ref().map_or_else(Coded::code, |_| "accepted")
}

#[test]
fn the_response_must_be_one_and_come_from_where_we_asked() {
    assert_eq!(code("<a/>"), "not_a_response");
    assert_eq!(code(&sign_assertion(&assertion())), "not_a_response");
    assert_eq!(around("Version=\"2.0\"", "Version=\"1.1\""), "version");
    assert_eq!(around(&format!("Destination=\"{ACS}\""), "Destination=\"https://other.example/acs\""), "destination");
    assert_eq!(around(&format!(" Destination=\"{ACS}\""), ""), "accepted", "an unsigned response may leave it out");
    let undirected = response(&assertion()).replacen(&format!(" Destination=\"{ACS}\""), "", 1);
    assert_eq!(code(&sign_response(&undirected)), "destination_missing");
    assert_eq!(
        around(&format!(">{IDP}</saml:Issuer><samlp:Status>"), ">https://other.example</saml:Issuer><samlp:Status>"),
        "response_issuer"
    );
    assert_eq!(around(&format!("InResponseTo=\"{REQUEST}\""), "InResponseTo=\"_other\""), "in_response_to");
    assert_eq!(around(&format!(" InResponseTo=\"{REQUEST}\""), ""), "unsolicited");
    assert_eq!(code(&response("")), "assertion_missing");
}

#[test]
fn an_error_of_the_identity_provider_is_told_apart_by_its_inner_code() {
    let status = |outer: &str, inner: &str| {
        let inner = if inner.is_empty() {
            String::new()
        } else {
            format!("<samlp:StatusCode Value=\"{}{inner}\"/>", names::STATUS)
        };
        let document = response("").replacen(
            &format!("<samlp:StatusCode Value=\"{}Success\"/>", names::STATUS),
            &format!("<samlp:StatusCode Value=\"{}{outer}\">{inner}</samlp:StatusCode><samlp:StatusMessage>because</samlp:StatusMessage>", names::STATUS),
            1,
        );
        code(&document)
    };
    for (outer, inner, reason) in [
        ("Responder", "AuthnFailed", "status_authn_failed"),
        ("Responder", "NoPassive", "status_no_passive"),
        ("Requester", "RequestDenied", "status_request_denied"),
        ("Responder", "UnknownPrincipal", "status_unknown_principal"),
        ("Responder", "NoAuthnContext", "status_no_authn_context"),
        ("Requester", "InvalidNameIDPolicy", "status_invalid_name_id_policy"),
        ("Responder", "RequestUnsupported", "status_request_unsupported"),
        ("Requester", "", "status_requester"),
        ("Responder", "", "status_responder"),
        ("Responder", "SomethingElse", "status_responder"),
        ("VersionMismatch", "", "status_version_mismatch"),
        ("Unheard", "", "status_other"),
    ] {
        assert_eq!(status(outer, inner), reason);
    }
    let refusal = judge(&response("").replacen(
        "Success\"/>",
        "Responder\"/><samlp:StatusMessage>be\ncause</samlp:StatusMessage>",
        1,
    ))
    .unwrap_err();
    assert_eq!(refusal.to_string(), "the identity provider answered with an error: Responder (because)");
    let without = signed().replacen(
        &format!("<samlp:Status><samlp:StatusCode Value=\"{}Success\"/></samlp:Status>", names::STATUS),
        "",
        1,
    );
    assert_eq!(code(&without), "status_missing");
}

#[test]
fn an_error_in_a_successful_looking_response_wins_over_its_assertion() {
    assert_eq!(around("status:Success", "status:Responder"), "status_responder");
}

#[test]
fn the_assertion_must_come_from_the_provider_that_was_asked() {
    assert_eq!(changed(&format!("<saml:Issuer>{IDP}"), "<saml:Issuer>https://other.example/idp"), "issuer");
    assert_eq!(
        changed("<saml:Issuer>", "<saml:Issuer Format=\"urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress\">"),
        "issuer"
    );
    assert_eq!(changed("<saml:Issuer>", &format!("<saml:Issuer Format=\"{}\">", names::ENTITY)), "accepted");
    assert_eq!(changed("Version=\"2.0\"", "Version=\"1.1\""), "version");
}

#[test]
fn the_subject_must_be_confirmed_by_one_bearer_for_us() {
    assert_eq!(changed(names::BEARER, "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"), "confirmation_missing");
    assert_eq!(changed(&format!("Recipient=\"{ACS}\""), "Recipient=\"https://other.example/acs\""), "recipient");
    assert_eq!(changed(&format!(" Recipient=\"{ACS}\""), ""), "recipient");
    assert_eq!(
        changed(&format!("InResponseTo=\"{REQUEST}\""), "InResponseTo=\"_other\""),
        "confirmation_in_response_to"
    );
    assert_eq!(changed(&format!("InResponseTo=\"{REQUEST}\" "), ""), "confirmation_in_response_to");
    assert_eq!(changed("NotOnOrAfter=\"2026-11-23T08:05:00Z\" Recipient", "Recipient"), "confirmation_unlimited");
    let whole = assertion();
    let start = whole.find("<saml:SubjectConfirmation ").unwrap();
    let end = whole.find("</saml:SubjectConfirmation>").unwrap() + "</saml:SubjectConfirmation>".len();
    let confirmation = &whole[start..end];
    assert_eq!(changed(confirmation, &confirmation.repeat(2)), "confirmation_several");
    let other = confirmation.replace(names::BEARER, "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches");
    assert_eq!(changed(confirmation, &format!("{other}{confirmation}")), "accepted");
    assert_eq!(changed("<saml:Subject>", "<saml:Subject/><saml:Subject>"), "subject");
}

#[test]
fn the_audience_must_hold_us_in_every_restriction() {
    assert_eq!(changed(&format!("<saml:Audience>{SP}"), "<saml:Audience>https://other.example/sp"), "audience");
    let restriction =
        format!("<saml:AudienceRestriction><saml:Audience>{SP}</saml:Audience></saml:AudienceRestriction>");
    assert_eq!(changed(&restriction, ""), "audience_missing");
    assert_eq!(
        changed(
            &restriction,
            &restriction.replace("<saml:Audience>", "<saml:Audience>urn:other</saml:Audience><saml:Audience>")
        ),
        "accepted"
    );
    assert_eq!(changed(&restriction, &(restriction.clone() + &restriction.replace(SP, "urn:other"))), "audience");
    assert_eq!(changed(&restriction, &format!("{restriction}<saml:OneTimeUse/>")), "accepted");
    assert_eq!(changed(&restriction, &format!("{restriction}<saml:Condition/>")), "condition_unknown");
    let start = assertion().find("<saml:Conditions").unwrap();
    let end = assertion().find("</saml:Conditions>").unwrap() + "</saml:Conditions>".len();
    assert_eq!(changed(&assertion()[start..end], ""), "conditions");
}

#[test]
fn somebody_must_have_logged_in() {
    let whole = assertion();
    let start = whole.find("<saml:AuthnStatement").unwrap();
    let end = whole.find("</saml:AuthnStatement>").unwrap() + "</saml:AuthnStatement>".len();
    assert_eq!(changed(&whole[start..end], ""), "authn_statement_missing");
}

#[test]
fn an_assertion_without_id_is_refused_although_the_response_is_signed() {
    let document = sign_response(&response(&assertion().replacen(" ID=\"_assertion-1\"", "", 1)));
    assert_eq!(code(&document), "id_missing");
}

#[test]
fn each_deadline_holds_to_the_second_around_three_minutes() {
    let document = signed();
    // NotBefore 08:00:00, NotOnOrAfter 08:05:00 in both places.
    assert_eq!(at_moment(&document, "2026-11-23T07:57:00Z"), "accepted");
    assert_eq!(at_moment(&document, "2026-11-23T08:07:59Z"), "accepted");
    assert_eq!(at_moment(&document, "2026-11-23T08:08:00Z"), "confirmation_expired");
    let issued =
        response(&sign_assertion(
            &assertion()
                .replacen(&format!("IssueInstant=\"{NOW}\""), "IssueInstant=\"2026-11-23T07:50:00Z\"", 1)
                .replacen("AuthnInstant=\"2026-11-23T07:59:30Z\"", "AuthnInstant=\"2026-11-23T07:50:00Z\"", 1),
        ));
    assert_eq!(at_moment(&issued, "2026-11-23T07:56:59Z"), "not_yet_valid");
    assert_eq!(at_moment(&issued, "2026-11-23T07:57:00Z"), "accepted");
}

#[test]
fn each_time_is_checked_by_itself() {
    let replaced = |from: &str, to: &str, now: &str| {
        let before = assertion();
        let after = before.replacen(from, to, 1);
        assert_ne!(before, after, "{from}");
        at_moment(&response(&sign_assertion(&after)), now)
    };
    let conditions = format!("<saml:Conditions NotBefore=\"{NOW}\" NotOnOrAfter=\"2026-11-23T08:05:00Z\">");
    let short = format!("<saml:Conditions NotBefore=\"{NOW}\" NotOnOrAfter=\"2026-11-23T08:01:00Z\">");
    assert_eq!(replaced(&conditions, &short, "2026-11-23T08:03:59Z"), "accepted");
    assert_eq!(replaced(&conditions, &short, "2026-11-23T08:04:00Z"), "expired");

    let confirmation = "InResponseTo=\"_request-1\" NotOnOrAfter";
    let delayed = "InResponseTo=\"_request-1\" NotBefore=\"2026-11-23T08:04:00Z\" NotOnOrAfter";
    assert_eq!(replaced(confirmation, delayed, "2026-11-23T08:00:59Z"), "confirmation_not_yet_valid");
    assert_eq!(replaced(confirmation, delayed, "2026-11-23T08:01:00Z"), "accepted");

    let issued = format!("IssueInstant=\"{NOW}\"");
    assert_eq!(replaced(&issued, "IssueInstant=\"2026-11-23T08:03:00Z\"", NOW), "accepted");
    assert_eq!(replaced(&issued, "IssueInstant=\"2026-11-23T08:03:01Z\"", NOW), "issued_in_future");

    let instant = "AuthnInstant=\"2026-11-23T07:59:30Z\"";
    assert_eq!(replaced(instant, "AuthnInstant=\"2026-11-23T08:03:00Z\"", NOW), "accepted");
    assert_eq!(replaced(instant, "AuthnInstant=\"2026-11-23T08:03:01Z\"", NOW), "authn_in_future");

    let session = "SessionNotOnOrAfter=\"2026-11-23T16:00:00Z\"";
    assert_eq!(replaced(session, "SessionNotOnOrAfter=\"2026-11-23T07:57:01Z\"", NOW), "accepted");
    assert_eq!(replaced(session, "SessionNotOnOrAfter=\"2026-11-23T07:57:00Z\"", NOW), "session_ended");
    assert_eq!(replaced(session, "", NOW), "accepted");
}

#[test]
fn a_time_that_cannot_be_read_is_refused() {
    for (from, to) in [
        ("AuthnInstant=\"2026-11-23T07:59:30Z\"", "AuthnInstant=\"yesterday\""),
        ("AuthnInstant=\"2026-11-23T07:59:30Z\"", ""),
        ("NotOnOrAfter=\"2026-11-23T08:05:00Z\" Recipient", "NotOnOrAfter=\"never\" Recipient"),
        (&format!("NotBefore=\"{NOW}\""), "NotBefore=\"2026-11-23T08:00:00\""),
        (&format!(" IssueInstant=\"{NOW}\""), ""),
    ] {
        assert_eq!(changed(from, to), "time_malformed", "{to}");
    }
}

#[test]
fn support_may_look_at_a_response_without_knowing_its_request() {
    let expected = Expectations { request: RequestId::UnknownForDiagnosis, ..expectations() };
    assert!(verify_response(signed().as_bytes(), &expected).is_ok());
}

#[test]
fn every_check_is_explained_to_the_universitys_it() {
    let page = include_str!("../../docs/saml.md");
    for check in Check::ALL {
        assert!(page.contains(&format!("`{}`", check.code())), "{}", check.code());
    }
}
