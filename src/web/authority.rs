//! What our own authority says in public: its certificate, and the list of certificates that it took back.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use super::Door;
use crate::{base::Reference, flow::Failure};

/// `GET /ca/crl`: RFC 5280 §5, in DER (RFC 2585 §4.2).
pub(super) async fn crl(State(door): State<Door>) -> Response {
    match door.pedell().revocation_list().await {
        Ok(Some(crl)) => file("application/pkix-crl", crl),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(failure) => failed(&door, &failure),
    }
}

/// `GET /ca/certificate`: the certificate that issues, in DER (RFC 2585 §4.1).
pub(super) async fn certificate(State(door): State<Door>) -> Response {
    match door.pedell().authority().await {
        Ok(Some(authority)) => file("application/pkix-cert", authority.certificate.der().to_vec()),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(failure) => failed(&door, &failure),
    }
}

/// `GET /ca/chain`: the same in PEM (RFC 8555 §9.1), with the root above it.
pub(super) async fn chain(State(door): State<Door>) -> Response {
    match door.pedell().authority().await {
        Ok(Some(authority)) => file("application/pem-certificate-chain", authority.chain_pem().into_bytes()),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(failure) => failed(&door, &failure),
    }
}

/// For a few minutes: what was taken back should be known soon.
fn file(kind: &'static str, bytes: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=300")], bytes).into_response()
}

fn failed(door: &Door, cause: &Failure) -> Response {
    let reference = Reference::fresh(door.pedell().random());
    tracing::error!(%reference, %cause, "the authority can't say anything");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}
