//! Hostile servers, and servers that have a bad day.

use std::{convert::Infallible, io::Write, time::Instant};

use axum::{
    Router,
    body::{Body, Bytes},
    http::header,
    response::{IntoResponse, Redirect},
    routing::get,
};
use futures_util::stream;
use tokio::net::TcpListener;

use super::*;
use crate::peers::test_server::{TestServer, client};

const QUICK: Bounds =
    Bounds { first_byte: Duration::from_millis(300), total: Duration::from_millis(600), bytes: 64 * 1024 };

async fn ask(http: &Http, url: &str) -> Result<Answer, HttpError> {
    http.answer(http.get(url)?, QUICK).await
}

#[tokio::test]
async fn an_address_inside_is_not_called_unless_it_is_allowed() {
    let server = TestServer::start(Router::new().route("/", get(|| async { "inside" }))).await;
    let port = server.url.rsplit(':').next().unwrap().to_owned();
    let guarded = Http::new(Outbound::default()).unwrap();
    for url in [server.url.clone(), format!("https://127.0.0.1:{port}/"), format!("https://[::1]:{port}/")] {
        assert!(matches!(ask(&guarded, &url).await, Err(HttpError::Refused(_))), "{url}");
    }
    // A name gets as far as the resolver, and no further.
    let refused = ask(&guarded, &format!("https://localhost:{port}/")).await;
    assert!(matches!(refused, Err(HttpError::Refused(Refusal::Inside(_)))), "{refused:?}");
    assert_eq!(ask(&client(), &server.url).await.unwrap().body, b"inside");
}

#[tokio::test]
async fn a_redirect_is_judged_like_an_address() {
    let to = |to: &'static str| get(move || async move { Redirect::temporary(to) });
    let server = TestServer::start(
        Router::new()
            .route("/metadata-service", to("http://169.254.169.254/latest/meta-data/"))
            .route("/metadata-service-tls", to("https://169.254.169.254/latest/meta-data/"))
            .route("/inside", to("https://[::1]:1/"))
            .route("/file", to("file:///etc/passwd"))
            .route("/circle", to("/circle"))
            .route("/nowhere", get(|| async { http::StatusCode::FOUND }))
            .route("/moved", to("/here"))
            .route("/here", get(|| async { "here" })),
    )
    .await;
    let http = client();
    let follow = async |path: &str| http.fetch(&server.at(path), &HeaderMap::new(), QUICK).await;
    for path in ["/metadata-service", "/metadata-service-tls", "/inside", "/file"] {
        assert!(matches!(follow(path).await, Err(HttpError::Refused(_))), "{path}");
    }
    for path in ["/circle", "/nowhere"] {
        assert!(matches!(follow(path).await, Err(HttpError::Redirects(_))), "{path}");
    }
    assert_eq!(follow("/moved").await.unwrap().body, b"here");
    // Where nobody said to follow, nothing is followed.
    assert_eq!(ask(&http, &server.at("/moved")).await.unwrap().status, StatusCode::TEMPORARY_REDIRECT);
}

#[tokio::test]
async fn an_answer_without_end_is_cut_off() {
    let endless = || async {
        Body::from_stream(stream::repeat_with(|| Ok::<_, Infallible>(Bytes::from_static(&[b'x'; 16 * 1024]))))
    };
    let bomb = || async {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packed.write_all(&vec![0; 8 * 1024 * 1024]).unwrap();
        ([(header::CONTENT_ENCODING, "gzip")], packed.finish().unwrap()).into_response()
    };
    let server = TestServer::start(Router::new().route("/endless", get(endless)).route("/bomb", get(bomb))).await;
    let (http, patient) =
        (client(), Bounds { first_byte: Duration::from_secs(20), total: Duration::from_secs(30), ..QUICK });
    for path in ["/endless", "/bomb"] {
        let cut = http.answer(http.get(&server.at(path)).unwrap(), patient).await;
        assert!(matches!(cut, Err(HttpError::TooLarge(_))), "{path}: {cut:?}");
    }
}

#[tokio::test]
async fn a_server_that_is_silent_or_drips_is_given_up() {
    let drip = || async {
        Body::from_stream(stream::unfold((), |()| async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            Some((Ok::<_, Infallible>(Bytes::from_static(b"x")), ()))
        }))
    };
    let server = TestServer::start(Router::new().route("/drip", get(drip))).await;
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap(); // takes connections, says nothing
    for url in [format!("http://{}", silent.local_addr().unwrap()), server.at("/drip")] {
        let began = Instant::now();
        let given_up = ask(&client(), &url).await;
        assert!(matches!(given_up, Err(HttpError::TimedOut)), "{url}: {given_up:?}");
        assert!(began.elapsed() < Duration::from_secs(5), "{url}");
    }
}

#[tokio::test]
async fn what_may_be_tried_again_is_told_apart() {
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let refused = ask(&client(), &closed).await.unwrap_err();
    assert!(matches!(refused, HttpError::Connect(_)) && refused.is_temporary(), "{refused:?}");
    let server =
        TestServer::start(Router::new().route("/503", get(|| async { http::StatusCode::SERVICE_UNAVAILABLE }))).await;
    let busy = client().get_text(&server.at("/503")).await.unwrap_err();
    assert!(matches!(busy, HttpError::Status { status: 503, .. }) && busy.is_temporary());
    let absent = client().get_text(&server.at("/404")).await.unwrap_err();
    assert!(matches!(absent, HttpError::Status { status: 404, .. }) && !absent.is_temporary());
}

#[test]
fn a_client_certificate_that_is_none_is_refused() {
    let made = Http::with_certificate(Outbound::default(), &SecretString::from("no PEM".to_owned()));
    assert!(matches!(made, Err(HttpError::Certificate)));
}
