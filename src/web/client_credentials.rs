//! Finding a client's credentials in a request: `Authorization: Basic`, a signed assertion in the form, or a bearer token.

use axum::http::{HeaderMap, header};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::Deserialize;

use super::{certificate::Caller, failure::IssuerError};
use crate::{
    base::secret::PlainToken,
    flow::client_auth::Credentials,
    protocol::{jwt::client_assertion::ASSERTION_TYPE, oidc::OAuthErrorCode},
};

/// The form's fields about the client, beside whatever else it holds.
#[derive(Debug, Default, Deserialize)]
#[expect(clippy::struct_field_names, reason = "the parameters' names in the standards")]
pub(super) struct ClientFields {
    pub(super) client_id: Option<String>,
    pub(super) client_secret: Option<String>,
    pub(super) client_assertion_type: Option<String>,
    pub(super) client_assertion: Option<String>,
}

/// What a client sends with a JSON body or a file: its secret, or an access token of its own.
pub(super) fn credentials(headers: &HeaderMap) -> Result<Credentials, IssuerError> {
    let value = headers.get(header::AUTHORIZATION).ok_or_else(|| refused("client authentication is missing"))?;
    let text = value.to_str().map_err(|_| refused("Authorization is not readable"))?;
    from_header(text).ok_or_else(|| refused("Authorization is neither Basic nor Bearer"))
}

/// What a client sends with a form of OAuth. One way of proving, not two (RFC 6749 §2.3). A secret in the body is
/// refused: it ends up in logs. So is an access token: at `/token` it could be exchanged for a new one for ever, even
/// after the secret that it came from was renewed.
///
/// Without either, the certificate that was shown may prove the client that `client_id` names (RFC 8705 §2).
pub(super) fn own_credentials(
    headers: &HeaderMap,
    fields: &ClientFields,
    caller: &Caller,
) -> Result<Credentials, IssuerError> {
    let invalid = |text: &str| IssuerError::new(OAuthErrorCode::InvalidRequest, text);
    if fields.client_secret.is_some() {
        return Err(refused("send the secret as Authorization: Basic, not in the body"));
    }
    match (headers.get(header::AUTHORIZATION), &fields.client_assertion) {
        (Some(_), Some(_)) => Err(invalid("more than one way of client authentication")),
        (Some(_), None) => {
            let credentials = credentials(headers)?;
            match (&credentials, &fields.client_id) {
                (Credentials::Bearer(_), _) => Err(refused("an access token is no client authentication here")),
                (Credentials::Basic { id, .. }, Some(other)) if id != other => {
                    Err(invalid("client_id differs from Authorization"))
                }
                _ => Ok(credentials),
            }
        }
        (None, Some(assertion)) => {
            if fields.client_assertion_type.as_deref() != Some(ASSERTION_TYPE) {
                return Err(invalid("client_assertion_type must be jwt-bearer (RFC 7523)"));
            }
            Ok(Credentials::Assertion { id: fields.client_id.clone(), assertion: assertion.clone() })
        }
        (None, None) => match &fields.client_id {
            Some(id) if caller.certificate.is_some() => Ok(Credentials::Certificate { id: id.clone() }),
            _ => Err(refused("client authentication is missing")),
        },
    }
}

fn refused(text: &str) -> IssuerError {
    IssuerError::new(OAuthErrorCode::InvalidClient, text)
}

fn from_header(text: &str) -> Option<Credentials> {
    let (scheme, rest) = text.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(Credentials::Bearer(rest.trim().to_owned()));
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let bytes = BASE64_STANDARD.decode(rest.trim()).ok()?;
    let (id, secret) = std::str::from_utf8(&bytes).ok()?.split_once(':')?;
    // RFC 6749 §2.3.1: both are form-encoded before they are joined.
    let decoded = |text: &str| {
        url::form_urlencoded::parse(format!("x={}", text.replace('&', "%26")).as_bytes())
            .next()
            .map(|(_, value)| value.into_owned())
    };
    Some(Credentials::Basic { id: decoded(id)?, secret: PlainToken::presented(decoded(secret)?) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::AUTHORIZATION, value.parse().unwrap())])
    }

    #[test]
    fn an_access_token_is_good_for_calls_and_not_for_getting_another_one() {
        assert!(matches!(credentials(&header("Bearer x")), Ok(Credentials::Bearer(_))));
        let caller = Caller { address: std::net::Ipv4Addr::LOCALHOST.into(), certificate: None };
        assert!(own_credentials(&header("Bearer x"), &ClientFields::default(), &caller).is_err());
        assert!(own_credentials(&header("Basic YTpi"), &ClientFields::default(), &caller).is_ok());
    }

    fn basic(text: &str) -> Option<Credentials> {
        from_header(&format!("Basic {}", BASE64_STANDARD.encode(text)))
    }

    #[test]
    fn a_secret_is_form_decoded_as_rfc_6749_says() {
        let Some(Credentials::Basic { id, secret }) = basic("a%2Db:p%3Aw+d%26") else { panic!() };
        assert_eq!((id.as_str(), secret.expose()), ("a-b", "p:w d&"));
        assert!(basic("no-colon").is_none());
        assert!(from_header("Basic ???").is_none());
        assert!(from_header("Digest x").is_none());
    }
}
