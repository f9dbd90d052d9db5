//! Why a login at a provider came to nothing, each reason with its stable code (docs/oidc.md). What a student reads is
//! chosen elsewhere.

use crate::domain::reason::Reason;

macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $reason:ident, $text:literal;)*) => {
        /// Why a provider's answer is not believed, or did not come.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
        pub enum Refusal {
            $($(#[$doc])* #[error($text)] $name,)*
        }

        impl Refusal {
            /// Every reason there is, in the order in which it can come up.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The name. It never changes once released.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// What the student and the shop are told.
            pub const fn reason(self) -> Reason {
                match self { $(Self::$name => Reason::$reason,)* }
            }
        }
    };
}

refusals! {
    /// The provider could not be reached, or broke off.
    Unreachable = "provider_unreachable", SourceUnavailable, "the provider can't be reached";
    /// It did not answer in time.
    TooSlow = "provider_too_slow", SourceUnavailable, "the provider took too long";
    /// It failed several students before, and is left alone for a moment.
    Resting = "source_resting", SourceUnavailable, "the provider has failed and is left alone for a moment";
    /// As many students as may be are waiting for it.
    Busy = "source_busy", SourceUnavailable, "too many are waiting for the provider";
    /// More than [`crate::base::limits::PROVIDER_ANSWER_BYTES`].
    TooLarge = "provider_answer_too_large", SourceUnavailable, "the provider's answer is larger than any genuine one";
    /// Its address is one that must not be called: private, or not over TLS.
    ForbiddenAddress = "provider_address_forbidden", SourceUnavailable, "the provider's address must not be called";
    /// A redirect where an answer belongs.
    Redirected = "provider_redirected", SourceUnavailable, "the provider redirects instead of answering";
    /// Another status than the standard has there.
    Status = "provider_status", SourceUnavailable, "the provider answered with an unexpected status";
    /// Not JSON by its content type (or not a JWT, where one belongs).
    ContentType = "provider_content_type", SourceUnavailable, "the provider's answer is of another content type";
    /// The discovery document is not one.
    Discovery = "discovery_malformed", SourceUnavailable, "the provider's discovery document can't be read";
    /// The discovery document speaks for another issuer (Discovery §4.3).
    DiscoveryIssuer = "discovery_issuer", SourceUnavailable, "the discovery document is another issuer's";
    /// An endpoint is no `https` address.
    DiscoveryEndpoint = "discovery_endpoint", SourceUnavailable, "an endpoint in the discovery document is no https address";
    /// It does not do the code flow, or PKCE with S256 although it says what it does.
    DiscoveryUnsupported = "discovery_unsupported", SourceUnavailable, "the provider does not offer the code flow with PKCE S256";
    /// The provider publishes no key that could be used.
    NoKeys = "keys_none", SourceUnavailable, "the provider publishes no usable key";
    /// The connection was changed to another provider while the student was away.
    ConnectionChanged = "connection_changed", SourceUnavailable, "the connection leads to another provider by now";
    /// A secret that the connection needs is not set.
    SecretMissing = "secret_missing", SourceUnavailable, "the connection's secret is not set";
    /// The private key that the connection has is none.
    ClientKey = "client_key", SourceUnavailable, "the connection's private key can't be read";

    /// RFC 9207: the answer comes from another provider than the one asked.
    MixUp = "answer_issuer", LoginFailed, "the answer comes from another provider than the one asked";
    /// The provider says that it always names itself, and did not.
    AnswerIssuerMissing = "answer_issuer_missing", LoginFailed, "the answer does not say from which provider it comes";
    /// The provider says: the student did not consent, or may not.
    AccessDenied = "answer_access_denied", LoginFailed, "the provider did not let the student through, or the student gave up";
    /// The provider can't at the moment.
    ProviderTrouble = "answer_temporarily_unavailable", SourceUnavailable, "the provider can't log anybody in at the moment";
    /// Any other error of the provider.
    ProviderError = "answer_error", LoginFailed, "the provider answered with an error";
    /// Neither code nor error.
    CodeMissing = "code_missing", LoginFailed, "the answer holds no code";
    /// More than [`crate::base::limits::PROVIDER_CODES`] answers to one login.
    TooManyCodes = "codes_too_many", LoginFailed, "too many codes were brought back to one login";

    /// The token endpoint does not know the code: used before, expired, another client's.
    CodeRefused = "token_invalid_grant", LoginFailed, "the provider does not take the code";
    /// The token endpoint does not believe that it is us.
    ClientRefused = "token_invalid_client", SourceUnavailable, "the provider does not accept our credentials";
    /// Any other error of the token endpoint.
    TokenError = "token_error", LoginFailed, "the token endpoint answered with an error";
    /// Its answer is not what RFC 6749 §5.1 says.
    TokenAnswer = "token_malformed", LoginFailed, "the token endpoint's answer can't be read";
    /// Not a bearer token.
    TokenType = "token_type", LoginFailed, "the access token is of a type we don't know";
    /// No ID token.
    IdTokenMissing = "id_token_missing", LoginFailed, "the token endpoint gave no ID token";

    /// Not a signed JWT with claims.
    IdToken = "id_token_malformed", LoginFailed, "the ID token can't be read";
    /// `none`, HMAC, or an algorithm that does not fit the key.
    Algorithm = "id_token_algorithm", LoginFailed, "the ID token's algorithm is not allowed for the key";
    /// Another kind of JWT.
    Type = "id_token_type", LoginFailed, "the JWT is not an ID token";
    /// Signed with a key that the provider does not publish.
    UnknownKey = "id_token_key", LoginFailed, "the ID token is signed with a key that the provider does not publish";
    /// The signature does not verify.
    Signature = "id_token_signature", LoginFailed, "the ID token's signature does not verify";
    /// Another issuer.
    Issuer = "id_token_issuer", LoginFailed, "the ID token comes from another issuer";
    /// We are not in the audience.
    Audience = "id_token_audience", LoginFailed, "the ID token is meant for somebody else";
    /// Several audiences and nobody named, or somebody else is.
    AuthorizedParty = "id_token_azp", LoginFailed, "the ID token was issued to somebody else";
    /// Over.
    Expired = "id_token_expired", LoginFailed, "the ID token has expired";
    /// Not yet, or from the future.
    NotYet = "id_token_not_yet", LoginFailed, "the ID token is from the future";
    /// Issued before the student left.
    Stale = "id_token_stale", LoginFailed, "the ID token was issued before this login began";
    /// Of another login, or none.
    Nonce = "id_token_nonce", LoginFailed, "the ID token belongs to another login";
    /// `at_hash` is not the access token's.
    AtHash = "id_token_at_hash", LoginFailed, "the ID token belongs to another access token";
    /// No `sub`, or none that could be one.
    Subject = "id_token_subject", LoginFailed, "the ID token does not say who it is";
    /// A fresh login was asked for, and nobody says when it was.
    AuthTimeMissing = "auth_time_missing", LoginFailed, "the ID token does not say when the student logged in";
    /// The login lies in the future.
    AuthTimeFuture = "auth_time_future", LoginFailed, "the login lies in the future";
    /// The login is older than was asked for.
    AuthTimeOld = "auth_time_old", LoginTooOld, "the login is older than the connection allows";
    /// Another kind of login than was asked for.
    Acr = "acr", LoginFailed, "the student did not log in the way that the connection asks for";

    /// Not JSON with a subject, or not a JWT.
    Userinfo = "userinfo_malformed", LoginFailed, "the userinfo can't be read";
    /// Another person than in the ID token (Core §5.3.2).
    UserinfoSubject = "userinfo_subject", LoginFailed, "the userinfo is about another person than the ID token";
    /// The signed userinfo is not signed with the provider's key.
    UserinfoSignature = "userinfo_signature", LoginFailed, "the userinfo is not signed with a key of the provider";
    /// The signed userinfo names another issuer.
    UserinfoIssuer = "userinfo_issuer", LoginFailed, "the userinfo comes from another issuer";
    /// The signed userinfo names another audience.
    UserinfoAudience = "userinfo_audience", LoginFailed, "the userinfo is meant for somebody else";
    /// The user endpoint does not take the access token.
    AccessTokenRefused = "userinfo_access_token", LoginFailed, "the user endpoint does not take the access token";
    /// OAuth 2.0: the document does not say who it is about.
    NoSubject = "user_no_subject", AttributeMissing, "the user endpoint does not say who it is";
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_code_is_snake_case_and_there_is_only_one_of_each() {
        let codes: Vec<_> = Refusal::ALL.iter().map(|refusal| refusal.code()).collect();
        assert!(codes.iter().all(|code| code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')), "{codes:?}");
        assert_eq!(codes.iter().collect::<HashSet<_>>().len(), codes.len());
    }

    #[test]
    fn no_refusal_ever_says_that_somebody_is_not_enrolled() {
        for refusal in Refusal::ALL {
            let reason = refusal.reason();
            assert!(reason.is_no_verdict() || reason == Reason::AttributeMissing, "{}", refusal.code());
        }
    }
}
