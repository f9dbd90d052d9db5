//! Direct check (mission I2): a shop with a form of its own asks in one call.

use std::net::IpAddr;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};

use super::{JsonBody, calling, issuer_only};
use crate::{
    base::limits,
    domain::{
        person::{BirthDate, MatriculationNumber, PersonName, PostalCode, TypedFields},
        reason::Reason,
    },
    flow::direct_check::{DirectAnswer, DirectQuestion},
    protocol::oidc::{OAuthErrorCode, authorization_request::Scope},
    web::{Door, certificate::Caller, failure::IssuerError},
};

/// What the student typed into the shop's form.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct CheckRequest {
    /// The university's short name.
    #[schema(example = "uni-beispielstadt")]
    university: String,
    /// The product; may be left out by an issuer that has only one.
    product: Option<String>,
    /// `current` (default), `next` or a key such as `2026W`.
    semester: Option<String>,
    /// Stands in the token; at most 1,024 bytes.
    nonce: Option<String>,
    /// `profile` and `birthdate` ask for those claims.
    scope: Option<String>,
    /// Leading zeros matter.
    matriculation_number: String,
    /// As typed; the token has the university's spelling. May be left out where the university does not compare it.
    given_names: Option<String>,
    /// The same.
    family_name: Option<String>,
    /// `YYYY-MM-DD` or `DD.MM.YYYY`.
    birth_date: Option<String>,
    /// Of the home address, where the university compares it.
    postal_code: Option<String>,
    /// Where the student comes from, for bounding guesses per address; otherwise the shop's own address counts.
    #[schema(value_type = Option<String>)]
    student_address: Option<IpAddr>,
}

/// The answer.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct CheckResponse {
    /// Whether the student may buy.
    eligible: bool,
    /// The number for support.
    reference: String,
    /// The eligibility token.
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    /// For `too_many_attempts`, and for `source_unavailable` if it can be told: when asking again is worth it, in seconds
    /// since the epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_at: Option<i64>,
}

/// `POST /v1/checks`
#[utoipa::path(post, path = "/v1/checks", tag = "Direct check", security(("basic" = []), ("bearer" = [])),
    request_body = CheckRequest,
    responses(
        (status = 200, description = "Eligible or not, with the reason", body = CheckResponse),
        (status = 400, description = "The request is wrong", body = crate::web::failure::ErrorBody),
        (status = 401, description = "Client authentication failed", body = crate::web::failure::ErrorBody),
        (status = 403, description = "This client may not check directly", body = crate::web::failure::ErrorBody),
        (status = 503, description = "The university could not be asked: try again", body = CheckResponse),
    ))]
pub(in crate::web) async fn check(
    State(door): State<Door>,
    caller: Caller,
    headers: HeaderMap,
    JsonBody(request): JsonBody<CheckRequest>,
) -> Result<Response, IssuerError> {
    let client = issuer_only(calling(&door, &headers, &caller).await?)?;
    let student_address = request.student_address.unwrap_or(caller.address);
    let mut question = understand(request)?;
    question.bound_to = door.pedell().binding(&client, caller.from());
    match door.pedell().check_directly(&client, question, student_address).await? {
        DirectAnswer::Eligible(issued) => {
            let response = CheckResponse {
                eligible: true,
                reference: issued.claims.verification,
                id_token: Some(issued.id_token),
                reason: None,
                retry_at: None,
            };
            Ok((StatusCode::OK, Json(response)).into_response())
        }
        DirectAnswer::Refused { reason, reference, retry_at } => {
            let status =
                if reason == Reason::SourceUnavailable { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
            let response = CheckResponse {
                eligible: false,
                reference: reference.to_string(),
                id_token: None,
                reason: Some(reason),
                retry_at: retry_at.map(crate::base::Timestamp::as_seconds),
            };
            let mut response = (status, Json(response)).into_response();
            if let (StatusCode::SERVICE_UNAVAILABLE, Some(retry_at)) = (status, retry_at) {
                let seconds = retry_at.since(door.pedell().clock().now()).as_secs().max(1);
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            }
            Ok(response)
        }
        DirectAnswer::NotAllowed => {
            Err(IssuerError::new(OAuthErrorCode::UnauthorizedClient, "this client may not check directly")
                .with_status(StatusCode::FORBIDDEN))
        }
        DirectAnswer::Incomplete(field) => {
            let text = format!("{} is needed: this university compares it", field.name());
            Err(IssuerError::new(OAuthErrorCode::InvalidRequest, text))
        }
        DirectAnswer::Unknown(text) => Err(IssuerError::new(OAuthErrorCode::InvalidRequest, text)),
    }
}

fn understand(request: CheckRequest) -> Result<DirectQuestion, IssuerError> {
    let invalid = |text: String| IssuerError::new(OAuthErrorCode::InvalidRequest, text);
    if request.nonce.as_ref().is_some_and(|nonce| nonce.len() > limits::OPAQUE_PARAMETER_BYTES) {
        return Err(invalid(format!("nonce is longer than {} bytes", limits::OPAQUE_PARAMETER_BYTES)));
    }
    let name = |field: &str, text: Option<&String>| {
        text.map(|text| PersonName::parse(text)).transpose().map_err(|error| invalid(format!("{field}: {error}")))
    };
    let birth_date = request.birth_date.as_deref().map(BirthDate::parse).transpose();
    let postal_code = request.postal_code.as_deref().map(PostalCode::parse).transpose();
    Ok(DirectQuestion {
        typed: TypedFields {
            matriculation_number: MatriculationNumber::parse(&request.matriculation_number)
                .map_err(|error| invalid(format!("matriculation_number: {error}")))?,
            given_names: name("given_names", request.given_names.as_ref())?,
            family_name: name("family_name", request.family_name.as_ref())?,
            birth_date: birth_date.map_err(|error| invalid(format!("birth_date: {error}")))?,
            postal_code: postal_code.map_err(|error| invalid(format!("postal_code: {error}")))?,
        },
        university: request.university,
        product: request.product,
        semester: request.semester,
        nonce: request.nonce,
        bound_to: None,
        scope: Scope::parse(request.scope.as_deref().unwrap_or_default()),
    })
}
