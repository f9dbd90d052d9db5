//! `/saml/metadata`: who we are, for a university's IT or its federation. Its address is our entity ID.

use axum::{
    extract::{Query, State},
    http::header,
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use crate::{
    flow::saml_metadata::MetadataCopy,
    protocol::saml::authn_request::fresh_id,
    web::{Door, failure::IssuerError},
};

#[derive(Deserialize)]
pub(in crate::web) struct Show {
    #[serde(default)]
    signed: bool,
}

/// `GET /saml/metadata`, with `?signed=true` for federations that want a signature.
pub(in crate::web) async fn show(State(door): State<Door>, Query(show): Query<Show>) -> Result<Response, IssuerError> {
    let settings = door.settings();
    let id = show.signed.then(|| fresh_id(door.pedell().random()));
    let copy = MetadataCopy { signed_as: id.as_deref(), life: Some(settings.saml_metadata_life) };
    let xml = door.pedell().saml_metadata(&settings.service_provider, copy).await?;
    let kind = "application/samlmetadata+xml; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=3600")], xml).into_response())
}
