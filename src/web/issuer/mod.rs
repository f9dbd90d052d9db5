//! A ticket issuer's way: plain OpenID Connect, and what goes beyond it in the same style (redeem, cancel, direct check).

pub(super) mod cancel;
pub(super) mod checks;
pub(super) mod discovery;
pub(super) mod health;
pub(super) mod introspect;
pub(super) mod jwks;
pub(super) mod par;
pub(super) mod redeem;
pub(super) mod token;
pub(super) mod userinfo;

use axum::{
    Json,
    extract::{FromRequest, Request, rejection::FormRejection, rejection::JsonRejection},
    http::{HeaderMap, StatusCode},
};
use serde::{Deserialize, de::DeserializeOwned};

use super::{
    Door,
    certificate::Caller,
    client_credentials::{ClientFields, credentials, own_credentials},
    failure::IssuerError,
};
use crate::{domain::client::Client, flow::client_auth::Credentials, protocol::oidc::OAuthErrorCode};

/// A form's fields: the client's, and the endpoint's own. A field given twice is refused (RFC 6749 §3.1).
pub(super) struct OAuthForm<T> {
    client: ClientFields,
    own: T,
}

impl<T: DeserializeOwned> FromRequest<Door> for OAuthForm<T> {
    type Rejection = IssuerError;

    async fn from_request(request: Request, door: &Door) -> Result<Self, IssuerError> {
        let pairs = axum::Form::<Vec<(String, String)>>::from_request(request, door).await.map_err(|rejection| {
            let status = if matches!(rejection, FormRejection::InvalidFormContentType(_)) {
                StatusCode::UNSUPPORTED_MEDIA_TYPE
            } else {
                rejection.status()
            };
            IssuerError::new(OAuthErrorCode::InvalidRequest, "the body is not a form that can be read")
                .with_status(status)
        })?;
        let invalid = |text: String| IssuerError::new(OAuthErrorCode::InvalidRequest, text);
        let mut map = serde_json::Map::new();
        for (name, value) in pairs.0 {
            if map.insert(name.clone(), value.into()).is_some() {
                return Err(invalid(format!("{name} is given twice")));
            }
        }
        let map = serde_json::Value::Object(map);
        let client = ClientFields::deserialize(&map).map_err(|error| invalid(error.to_string()))?;
        let own = T::deserialize(&map).map_err(|error| invalid(error.to_string()))?;
        Ok(Self { client, own })
    }
}

/// A JSON body; whatever is wrong with it is said in one sentence.
pub(super) struct JsonBody<T>(T);

impl<T: DeserializeOwned> FromRequest<Door> for JsonBody<T> {
    type Rejection = IssuerError;

    async fn from_request(request: Request, door: &Door) -> Result<Self, IssuerError> {
        match Json::<T>::from_request(request, door).await {
            Ok(Json(body)) => Ok(Self(body)),
            Err(rejection) => {
                let text = match &rejection {
                    JsonRejection::JsonDataError(error) => error.body_text(),
                    JsonRejection::MissingJsonContentType(_) => "Content-Type must be application/json".to_owned(),
                    _ => "the body is not JSON that can be read".to_owned(),
                };
                let status = match rejection.status() {
                    StatusCode::UNPROCESSABLE_ENTITY => StatusCode::BAD_REQUEST,
                    status => status,
                };
                Err(IssuerError::new(OAuthErrorCode::InvalidRequest, text).with_status(status))
            }
        }
    }
}

/// Who sends a form of OAuth.
async fn authenticated(
    door: &Door,
    headers: &HeaderMap,
    fields: &ClientFields,
    caller: &Caller,
) -> Result<Client, IssuerError> {
    admitted(door, &own_credentials(headers, fields, caller)?, caller).await
}

/// Who makes a call of its own, with its secret or an access token.
async fn calling(door: &Door, headers: &HeaderMap, caller: &Caller) -> Result<Client, IssuerError> {
    admitted(door, &credentials(headers)?, caller).await
}

/// Credentials, address, certificate, and not too often.
async fn admitted(door: &Door, credentials: &Credentials, caller: &Caller) -> Result<Client, IssuerError> {
    let client = door.pedell().authenticate_client(credentials, caller.from()).await?;
    if door.pressure().admits(&client.id) { Ok(client) } else { Err(IssuerError::too_many(&client.id)) }
}

/// An issuer, not an uploader.
fn issuer_only(client: Client) -> Result<Client, IssuerError> {
    if client.issuer().is_some() {
        return Ok(client);
    }
    Err(IssuerError::new(OAuthErrorCode::UnauthorizedClient, "this client is not a ticket issuer")
        .with_status(StatusCode::FORBIDDEN))
}
