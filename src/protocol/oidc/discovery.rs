//! The discovery document (OpenID Connect Discovery 1.0 §3, RFC 8414 §2).

use serde::Serialize;

/// What a client library needs to know, and nothing that is not so.
#[derive(Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "the standard's own members")]
pub struct Discovery {
    issuer: String,
    authorization_endpoint: String,
    pushed_authorization_request_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: String,
    introspection_endpoint: String,
    jwks_uri: String,
    service_documentation: String,
    response_types_supported: [&'static str; 1],
    response_modes_supported: [&'static str; 1],
    grant_types_supported: [&'static str; 2],
    subject_types_supported: [&'static str; 1],
    id_token_signing_alg_values_supported: Vec<&'static str>,
    token_endpoint_auth_methods_supported: [&'static str; 4],
    token_endpoint_auth_signing_alg_values_supported: [&'static str; 8],
    introspection_endpoint_auth_methods_supported: [&'static str; 4],
    introspection_endpoint_auth_signing_alg_values_supported: [&'static str; 8],
    /// RFC 8705 §3.3.
    tls_client_certificate_bound_access_tokens: bool,
    code_challenge_methods_supported: [&'static str; 1],
    scopes_supported: [&'static str; 3],
    claims_supported: [&'static str; 20],
    claim_types_supported: [&'static str; 1],
    prompt_values_supported: [&'static str; 4],
    ui_locales_supported: [&'static str; 2],
    claims_parameter_supported: bool,
    request_parameter_supported: bool,
    request_uri_parameter_supported: bool,
    require_pushed_authorization_requests: bool,
    authorization_response_iss_parameter_supported: bool,
}

const CLIENT_AUTHENTICATION: [&str; 4] =
    ["client_secret_basic", "private_key_jwt", "tls_client_auth", "self_signed_tls_client_auth"];
const ASSERTION_ALGORITHMS: [&str; 8] = ["ES256", "ES384", "EdDSA", "Ed25519", "PS256", "PS384", "RS256", "RS384"];

impl Discovery {
    /// For the instance at `issuer` (no trailing slash), signing with the named algorithms.
    pub fn new(issuer: &str, signing_algorithms: Vec<&'static str>) -> Self {
        let at = |path: &str| format!("{issuer}{path}");
        Self {
            issuer: issuer.to_owned(),
            authorization_endpoint: at("/authorize"),
            pushed_authorization_request_endpoint: at("/par"),
            token_endpoint: at("/token"),
            userinfo_endpoint: at("/userinfo"),
            introspection_endpoint: at("/introspect"),
            jwks_uri: at("/jwks.json"),
            service_documentation: at("/openapi.json"),
            response_types_supported: ["code"],
            response_modes_supported: ["query"],
            grant_types_supported: ["authorization_code", "client_credentials"],
            subject_types_supported: ["pairwise"],
            id_token_signing_alg_values_supported: signing_algorithms,
            token_endpoint_auth_methods_supported: CLIENT_AUTHENTICATION,
            token_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
            introspection_endpoint_auth_methods_supported: CLIENT_AUTHENTICATION,
            introspection_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
            tls_client_certificate_bound_access_tokens: true,
            code_challenge_methods_supported: ["S256"],
            scopes_supported: ["openid", "profile", "birthdate"],
            claims_supported: [
                "iss",
                "sub",
                "aud",
                "iat",
                "exp",
                "auth_time",
                "jti",
                "nonce",
                "cnf",
                "university",
                "semester",
                "product",
                "proof_method",
                "source_updated_at",
                "repeat",
                "first_issued_at",
                "verification",
                "given_name",
                "family_name",
                "birthdate",
            ],
            claim_types_supported: ["normal"],
            prompt_values_supported: ["none", "login", "consent", "select_account"],
            ui_locales_supported: ["de", "en"],
            claims_parameter_supported: false,
            request_parameter_supported: false,
            request_uri_parameter_supported: false,
            require_pushed_authorization_requests: false,
            authorization_response_iss_parameter_supported: true,
        }
    }
}
