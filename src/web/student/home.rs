//! `/`, and every address that there is not.

use axum::{
    extract::{Query, State},
    http::{HeaderMap, Uri},
    response::Html,
};
use serde::Deserialize;

use crate::web::{
    Door,
    caller::{self, Browser},
    failure::PersonError,
    frame::frame,
    page::{Href, Page, home::Home, problem::ProblemKind},
};

#[derive(Deserialize)]
pub(in crate::web) struct Show {
    ui_locales: Option<String>,
}

/// `GET /`
pub(in crate::web) async fn show(
    State(door): State<Door>,
    browser: Browser,
    headers: HeaderMap,
    Query(query): Query<Show>,
) -> Html<String> {
    let language = caller::language(query.ui_locales.as_deref(), &browser, &headers);
    let page = Home {
        frame: frame(&door, Some("/")),
        shop: door.settings().shop.as_deref().and_then(Href::parse),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    Html(page.render(language))
}

/// Any other address.
pub(in crate::web) async fn not_found(
    State(door): State<Door>,
    browser: Browser,
    headers: HeaderMap,
    uri: Uri,
) -> PersonError {
    let language = caller::language(None, &browser, &headers);
    PersonError::new(&door, language, ProblemKind::NotFound, &uri.path())
}
