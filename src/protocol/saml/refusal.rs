//! Why a login was refused, each reason with its stable code. What a student reads is chosen elsewhere.

use super::{decrypt::DecryptFault, reason::Coded, signature::SignatureFault, status::Status, xml::XmlFault};

/// Why a response is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The document itself.
    #[error(transparent)]
    Xml(#[from] XmlFault),
    /// A signature.
    #[error(transparent)]
    Signature(#[from] SignatureFault),
    /// The encryption.
    #[error(transparent)]
    Decrypt(#[from] DecryptFault),
    /// The identity provider itself says that the login failed (SAML core §3.2.2.2).
    #[error("the identity provider answered with an error: {0}")]
    Status(Status),
    /// A reason that needs no details.
    #[error("{0}")]
    Check(#[from] Check),
}

impl Coded for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Xml(fault) => fault.code(),
            Self::Signature(fault) => fault.code(),
            Self::Decrypt(fault) => fault.code(),
            Self::Status(status) => status.code(),
            Self::Check(check) => check.code(),
        }
    }
}

macro_rules! checks {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $text:literal;)*) => {
        /// A check of SAML2int or of the browser profile (SAML profiles §4.1.4) that failed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
        pub enum Check {
            $($(#[$doc])* #[error($text)] $name,)*
        }

        impl Check {
            /// Every check there is, in the order in which it is made.
            pub const ALL: &[Self] = &[$(Self::$name),*];
        }

        impl Coded for Check {
            fn code(&self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }
        }
    };
}

checks! {
    /// The root is no `samlp:Response`.
    NotAResponse = "not_a_response", "the document is not a SAML response";
    /// `Version` of the response or the assertion is not 2.0.
    Version = "version", "the SAML version is not 2.0";
    /// A signed response must say where it is sent to (SAML bindings §3.5.5.2).
    DestinationMissing = "destination_missing", "the signed response names no destination";
    /// `Destination` is not our ACS.
    Destination = "destination", "the response was sent to another service";
    /// `Issuer` of the response is not the identity provider that was asked.
    ResponseIssuer = "response_issuer", "the response comes from another identity provider than the one asked";
    /// The response answers no request: unsolicited logins are not accepted.
    Unsolicited = "unsolicited", "the response answers no request";
    /// The response answers another request.
    InResponseTo = "in_response_to", "the response answers another request";
    /// `Status` is missing.
    StatusMissing = "status_missing", "the response has no status";
    /// A successful response without assertion.
    NoAssertion = "assertion_missing", "the response holds no assertion";
    /// More than one `Assertion` or `EncryptedAssertion`.
    SeveralAssertions = "assertion_several", "the response holds several assertions";
    /// What was encrypted is not one assertion.
    NotAnAssertion = "not_an_assertion", "what was encrypted is not an assertion";
    /// No `ID`: a replay could not be noticed.
    IdMissing = "id_missing", "the assertion has no ID";
    /// A time that is not `xs:dateTime` in UTC.
    Time = "time_malformed", "a time in the assertion cannot be read";
    /// `IssueInstant` lies in the future.
    IssuedInFuture = "issued_in_future", "the assertion was issued in the future";
    /// `Issuer` of the assertion is not the identity provider that was asked.
    Issuer = "issuer", "the assertion comes from another identity provider than the one asked";
    /// Not exactly one `Subject`.
    Subject = "subject", "the assertion has no subject";
    /// No bearer `SubjectConfirmation` with its data.
    ConfirmationMissing = "confirmation_missing", "the assertion has no bearer confirmation";
    /// Several bearer confirmations.
    ConfirmationSeveral = "confirmation_several", "the assertion has several bearer confirmations";
    /// `Recipient` is not our ACS.
    Recipient = "recipient", "the assertion is meant for another recipient";
    /// The confirmation answers another request, or none.
    ConfirmationInResponseTo = "confirmation_in_response_to", "the confirmation answers another request";
    /// The confirmation does not say when it ends.
    ConfirmationUnlimited = "confirmation_unlimited", "the confirmation has no end";
    /// The confirmation's time has not begun.
    ConfirmationNotYet = "confirmation_not_yet_valid", "the confirmation is not yet valid";
    /// The confirmation's time is over.
    ConfirmationExpired = "confirmation_expired", "the confirmation has expired";
    /// No `Conditions`, or several.
    Conditions = "conditions", "the assertion does not have exactly one set of conditions";
    /// `Conditions/@NotBefore`.
    NotYetValid = "not_yet_valid", "the assertion is not yet valid";
    /// `Conditions/@NotOnOrAfter`.
    Expired = "expired", "the assertion has expired";
    /// No `AudienceRestriction`.
    AudienceMissing = "audience_missing", "the assertion is not restricted to an audience";
    /// We are not in the audience.
    Audience = "audience", "the assertion is meant for another audience";
    /// A condition that we do not know cannot be fulfilled (SAML core §2.5.1).
    UnknownCondition = "condition_unknown", "the assertion has a condition that is not understood";
    /// No `AuthnStatement`: nobody says that anybody logged in.
    AuthnStatementMissing = "authn_statement_missing", "the assertion does not speak of a login";
    /// `AuthnInstant` lies in the future.
    AuthnInFuture = "authn_in_future", "the login lies in the future";
    /// `SessionNotOnOrAfter` is over.
    SessionEnded = "session_ended", "the session at the identity provider has ended";
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_code_is_snake_case_and_there_is_only_one_of_each() {
        let codes: Vec<_> = Check::ALL.iter().map(Coded::code).collect();
        assert!(codes.iter().all(|code| code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')), "{codes:?}");
        assert_eq!(codes.iter().collect::<HashSet<_>>().len(), codes.len());
    }
}
