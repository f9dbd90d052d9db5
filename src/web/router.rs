//! Every route on one page.

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{Request, StatusCode},
    middleware,
    routing::{get, post, put},
};
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    timeout::TimeoutLayer,
    trace::{DefaultOnResponse, TraceLayer},
};
use tracing::{Level, Span, info_span};

use super::{Door, authority, border, failure, issuer, machine, openapi, pressure, security_headers, staff, student};
use crate::base::limits;

/// The whole gateway as one service. Serve it with the peer's address (`into_make_service_with_connect_info`).
pub fn router(door: Door) -> Router {
    let students = Router::new()
        .route("/", get(student::home::show))
        .route("/authorize", get(student::authorize::by_get).post(student::authorize::by_post))
        .route("/verify/choose", get(student::choose::show).post(student::choose::choose))
        .route("/verify/roster", get(student::form::show).post(student::form::submit))
        .route("/verify/service", get(student::form::show).post(student::form::submit))
        .route("/verify/saml", get(student::saml::depart))
        .route("/verify/oidc", get(student::oidc::depart))
        .route("/verify/oidc/{university}", get(student::oidc::arrive))
        .route("/saml/metadata", get(student::saml_metadata::show))
        .route("/verify/consent", get(student::consent::show).post(student::consent::answer))
        .route("/account", get(student::account::show::show).post(student::account::change::change))
        .route("/account/login", post(student::account::login::depart))
        .route("/account/download", get(student::account::download::send))
        .route("/try", get(student::trial::show).post(student::trial::depart))
        .route("/why", get(student::why::show))
        .layer(middleware::from_fn_with_state(door.clone(), border::of_students));
    let people = students
        .merge(staff::routes().layer(middleware::from_fn_with_state(door.clone(), border::of_staff)))
        .layer(middleware::from_fn_with_state(door.clone(), pressure::of_people));
    let issuers = Router::new()
        .route("/.well-known/openid-configuration", get(issuer::discovery::show))
        .route("/.well-known/oauth-authorization-server", get(issuer::discovery::show))
        .route("/jwks.json", get(issuer::jwks::show))
        .route("/openapi.json", get(openapi::show))
        .route("/par", post(issuer::par::push))
        .route("/token", post(issuer::token::give))
        .route("/userinfo", get(issuer::userinfo::show).post(issuer::userinfo::show))
        .route("/picture/{leave}", get(issuer::picture::send))
        .route("/introspect", post(issuer::introspect::answer))
        .route("/redeem", post(issuer::redeem::redeem))
        .route("/cancel", post(issuer::cancel::cancel))
        .route("/v1/checks", post(issuer::checks::check))
        .route("/ca/crl", get(authority::crl))
        .route("/ca/certificate", get(authority::certificate))
        .route("/ca/chain", get(authority::chain))
        .layer(middleware::from_fn_with_state(door.clone(), border::of_machines))
        .layer(middleware::from_fn_with_state(door.clone(), pressure::of_machines));
    let bounded = people
        .merge(issuers)
        .layer(DefaultBodyLimit::max(limits::BODY_BYTES))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, limits::REQUEST_TIME));
    // What identity providers have browsers post is larger than what people type.
    let responses = Router::new()
        .route("/saml/acs", post(student::saml_hop::pass_on))
        .route("/verify/saml", post(student::saml::arrive))
        .layer(DefaultBodyLimit::max(limits::SAML_FORM_BYTES))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, limits::REQUEST_TIME))
        .layer(middleware::from_fn_with_state(door.clone(), border::of_students))
        .layer(middleware::from_fn_with_state(door.clone(), pressure::of_people));
    let photos = Router::new()
        .route("/account/photo", get(student::account::photo::show).post(student::account::photo::upload))
        .layer(DefaultBodyLimit::max(limits::PHOTO_FORM_BYTES))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, limits::PHOTO_UPLOAD_TIME))
        .layer(middleware::from_fn_with_state(door.clone(), border::of_students))
        .layer(middleware::from_fn_with_state(door.clone(), pressure::of_people));
    let files = staff::uploads()
        .layer(DefaultBodyLimit::disable())
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, limits::ROSTER_UPLOAD_TIME))
        .layer(middleware::from_fn_with_state(door.clone(), border::of_staff))
        .layer(middleware::from_fn_with_state(door.clone(), pressure::of_people));
    let uploads = Router::new()
        .route("/v1/rosters/{semester}", put(machine::roster_upload::upload))
        .layer(middleware::from_fn_with_state(door.clone(), border::of_machines))
        .layer(middleware::from_fn_with_state(door.clone(), pressure::of_machines))
        .layer(DefaultBodyLimit::disable()) // the import counts bytes itself, while it streams
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, limits::ROSTER_UPLOAD_TIME));
    let unbounded = Router::new()
        .route("/assets/{file}", get(student::assets::send))
        .route("/logos/{key}", get(student::logos::send))
        .route("/healthz", get(issuer::health::live))
        .route("/readyz", get(issuer::health::ready));
    bounded
        .merge(responses)
        .merge(photos)
        .merge(uploads)
        .merge(files)
        .merge(unbounded)
        .fallback(student::home::not_found)
        .method_not_allowed_fallback(failure::method_not_allowed)
        .layer(
            ServiceBuilder::new()
                .layer(middleware::from_fn_with_state(door.clone(), security_headers::add))
                .layer(middleware::from_fn(failure::dress_bare_errors))
                .layer(CatchPanicLayer::custom(failure::panicked))
                .layer(
                    TraceLayer::new_for_http()
                        .make_span_with(span)
                        .on_response(DefaultOnResponse::new().level(Level::INFO))
                        // Ours are logged where they happen, with their cause; a university's are alarms, once.
                        .on_failure(()),
                ),
        )
        .with_state(door)
}

/// What the log says of a request: never its query, its headers or its body, which hold codes and personal data.
fn span<B>(request: &Request<B>) -> Span {
    info_span!("request", method = %request.method(), path = request.uri().path())
}
