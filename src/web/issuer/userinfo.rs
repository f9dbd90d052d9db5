//! `/userinfo` (OpenID Connect Core §5.3): for libraries that always ask. It says what the eligibility token says; the
//! access token carries the claims, sealed; what is looked up is whether the eligibility token was cancelled.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, header},
};
use serde::{Deserialize, Serialize};

use crate::{
    base::Timestamp,
    protocol::{jwt::eligibility::EligibilityClaims, oidc::OAuthErrorCode, x509::ShownCertificate},
    vault::{Purpose, Sealed},
    web::{Door, certificate::Caller, failure::IssuerError},
};

/// What a student's access token holds.
#[derive(Serialize, Deserialize)]
pub(in crate::web) struct StudentAccess {
    claims: EligibilityClaims,
}

impl Purpose for StudentAccess {
    const PURPOSE: &'static str = "student-access";
}

impl StudentAccess {
    pub(super) fn seal(door: &Door, claims: &EligibilityClaims) -> String {
        let pedell = door.pedell();
        pedell.instance_keys().seal(pedell.random(), "", &Self { claims: claims.clone() }).as_str().to_owned()
    }
}

/// The claims about the student; those about the token itself are not repeated.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct UserInfo {
    sub: String,
    university: serde_json::Value,
    semester: serde_json::Value,
    product: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    given_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    family_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    birthdate: Option<String>,
    /// Where a JPEG of the student is to be had, as long as the eligibility token is good.
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<String>,
    /// Which of these claims are the student's own word and not the university's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    self_asserted: Vec<String>,
}

/// `GET` or `POST /userinfo`
#[utoipa::path(get, path = "/userinfo", tag = "OpenID Connect", security(("bearer" = [])),
    responses(
        (status = 200, description = "Claims about the student", body = UserInfo),
        (status = 401, description = "The access token is not good", body = crate::web::failure::ErrorBody),
    ))]
pub(in crate::web) async fn show(
    State(door): State<Door>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Json<UserInfo>, IssuerError> {
    let refused = || IssuerError::new(OAuthErrorCode::InvalidToken, "the access token is missing, over or not ours");
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .ok_or_else(refused)?;
    let sealed = Sealed::<StudentAccess>::presented(token);
    let StudentAccess { claims } = door.pedell().instance_keys().open("", &sealed).map_err(|_| refused())?;
    if Timestamp::from_seconds(claims.exp) <= door.pedell().clock().now() {
        return Err(refused());
    }
    let bound_to = claims.cnf.as_ref().map(|confirmation| &confirmation.x5t_s256);
    if bound_to.is_some() && bound_to != caller.certificate.as_deref().map(ShownCertificate::thumbprint).as_ref() {
        return Err(refused());
    }
    if !door.pedell().still_speaks(&claims).await? {
        return Err(refused());
    }
    Ok(Json(UserInfo {
        sub: claims.sub,
        university: serde_json::json!(claims.university),
        semester: serde_json::json!(claims.semester),
        product: claims.product,
        given_name: claims.given_name,
        family_name: claims.family_name,
        birthdate: claims.birthdate,
        picture: claims.picture,
        self_asserted: claims.self_asserted,
    }))
}
