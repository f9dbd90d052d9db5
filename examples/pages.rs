//! Serves every page in every state, from its samples, to look at while designing:
//!
//! ```text
//! cargo run --example pages                  # http://127.0.0.1:8099; another port as argument, 0 takes a free one
//! node tests/browser/look.mjs --out /tmp/look $(curl -s http://127.0.0.1:8099/urls)
//! ```
//!
//! Templates are compiled in: restart after a change. Forms lead nowhere.

#![expect(clippy::print_stdout, reason = "it says where it listens")]

use std::{collections::BTreeMap, error::Error, fmt::Write as _, sync::Arc};

use axum::{
    Router,
    extract::{Path, State},
    http::{
        StatusCode,
        header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    },
    response::{Html, IntoResponse, Response},
    routing::get,
};
use pedell::{
    cli::demo::{idp::page as idp, oidc_provider::page as op, page as shop},
    web::{
        asset::ASSETS,
        page::{self, Language},
    },
};

const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

type Pages = Arc<BTreeMap<String, String>>;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let port: u16 = std::env::args().nth(1).map_or(Ok(8099), |port| port.parse())?;
    let mut pages = BTreeMap::new();
    for language in Language::ALL {
        for (name, html) in page::gallery(language)
            .into_iter()
            .chain(shop::gallery(language))
            .chain(idp::gallery(language))
            .chain(op::gallery(language))
        {
            pages.insert(format!("{name}.{}", language.code()), html);
        }
    }
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    let origin = format!("http://{}", listener.local_addr()?);
    let urls = pages.keys().fold(String::new(), |mut list, name| {
        let _ = writeln!(list, "{origin}/page/{name}");
        list
    });
    let router = Router::new()
        .route("/", get(index))
        .route("/urls", get(|| async { urls }))
        .route("/page/{name}", get(show))
        .route("/assets/{name}", get(asset))
        // A student's photo: any picture will do.
        .route(
            "/account/photo",
            get(|| async { ([(CONTENT_TYPE, "image/svg+xml")], include_str!("../assets/pedell.svg")) }),
        )
        .with_state(Arc::new(pages));
    println!("{origin}");
    axum::serve(listener, router).await?;
    Ok(())
}

async fn index(State(pages): State<Pages>) -> Html<String> {
    let mut list = String::from("<!doctype html><title>Pages</title><ul>");
    for name in pages.keys() {
        let _ = write!(list, "<li><a href=/page/{name}>{name}</a>");
    }
    Html(list)
}

async fn show(State(pages): State<Pages>, Path(name): Path<String>) -> Response {
    let found = pages.get(&name).cloned();
    found.map(|html| ([(CONTENT_SECURITY_POLICY, POLICY)], Html(html))).ok_or(StatusCode::NOT_FOUND).into_response()
}

async fn asset(Path(name): Path<String>) -> Response {
    if name.starts_with("onward.") {
        // The page that this script leaves at once is looked at as it is without script.
        return ([(CONTENT_TYPE, "text/javascript; charset=utf-8")], "").into_response();
    }
    let path = format!("/assets/{name}");
    let found = ASSETS
        .find(&path)
        .or_else(|| shop::ASSETS.find(&path))
        .or_else(|| idp::ASSETS.find(&path))
        .or_else(|| op::ASSETS.find(&path));
    found.map(|asset| ([(CONTENT_TYPE, asset.content_type)], asset.bytes)).ok_or(StatusCode::NOT_FOUND).into_response()
}
