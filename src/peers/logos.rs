//! Universities' logos, fetched by us and kept for a while: a student's browser tells no university that it looks at the
//! list. What is shown is small, of a known kind, and never waited for.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use reqwest::{
    StatusCode,
    header::{ACCEPT, HeaderMap, HeaderValue},
};
use tokio::sync::Semaphore;

use super::http::{Bounds, Http};
use crate::{
    base::{Clock, Timestamp, limits},
    protocol::image::{self, Kind},
};

/// The logos that we have. Cheap to clone; clones share them.
#[derive(Clone, Debug)]
pub struct Logos(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    clock: Clock,
    http: Http,
    kept: Mutex<HashMap<String, Kept>>,
    fetches: Semaphore,
}

/// A picture.
#[derive(Debug, PartialEq, Eq)]
pub struct Logo {
    /// Which kind.
    pub kind: Kind,
    /// All of it.
    pub bytes: Vec<u8>,
}

#[derive(Clone, Debug)]
struct Kept {
    /// `None`: it is being fetched for the first time, or cannot be had.
    logo: Option<Arc<Logo>>,
    /// Until when nobody fetches it.
    settled_until: Timestamp,
}

impl Logos {
    /// None yet.
    pub fn new(clock: Clock, http: Http) -> Self {
        let fetches = Semaphore::new(limits::LOGO_FETCHES);
        Self(Arc::new(Inner { clock, http, kept: Mutex::default(), fetches }))
    }

    /// The key of the logo at this address, if it is here; otherwise it is fetched behind, for the next one who looks.
    /// Call it inside the runtime.
    pub fn key_of(&self, url: &str) -> Option<String> {
        let key = key(url);
        let now = self.0.clock.now();
        let mut kept = self.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kept.get(&key).cloned();
        if known.as_ref().is_none_or(|known| known.settled_until <= now) {
            if known.is_none() && kept.len() >= limits::LOGOS {
                kept.retain(|_, kept| kept.settled_until > now);
                if kept.len() >= limits::LOGOS {
                    return None;
                }
            }
            let logo = known.as_ref().and_then(|known| known.logo.clone());
            kept.insert(key.clone(), Kept { logo, settled_until: now.plus(limits::LOGO_FAILED_TIME) });
            let (me, url) = (self.clone(), url.to_owned());
            tokio::spawn(async move { me.fetch(&url).await });
        }
        known?.logo.map(|_| key)
    }

    /// The logo under a key.
    pub fn get(&self, key: &str) -> Option<Arc<Logo>> {
        let kept = self.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(key)?.logo.clone()
    }

    async fn fetch(&self, url: &str) {
        let Ok(_place) = self.0.fetches.acquire().await else { return };
        let bounds = Bounds { bytes: limits::LOGO_BYTES, ..Bounds::SMALL };
        let kinds = HeaderValue::from_static("image/png, image/webp, image/jpeg, image/gif");
        let answer = self.0.http.fetch(url, &HeaderMap::from_iter([(ACCEPT, kinds)]), bounds).await;
        let logo = match answer {
            Ok(answer) if answer.status == StatusCode::OK => image::read(&answer.body)
                .map(|image| Arc::new(Logo { kind: image.kind, bytes: answer.body }))
                .ok_or_else(|| "it is no picture of a kind and size that we show".to_owned()),
            Ok(answer) => Err(format!("status {}", answer.status)),
            Err(error) => Err(error.to_string()),
        };
        let now = self.0.clock.now();
        let mut kept = self.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        match logo {
            Ok(logo) => {
                kept.insert(key(url), Kept { logo: Some(logo), settled_until: now.plus(limits::LOGO_LIFE) });
            }
            // What was there is shown on; when to try again is written already.
            Err(fault) => tracing::info!(url, fault, "a logo cannot be had"),
        }
    }
}

fn key(url: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(&digest(&SHA256, url.as_bytes()).as_ref()[..16])
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicUsize, Ordering},
        time::Duration,
    };

    use axum::{Router, http::header, response::IntoResponse, routing::get};

    use super::*;
    use crate::peers::test_server::{TestServer, client};

    const GIF: &[u8] = b"GIF89a\x50\0\x3c\0\0\0\0";

    async fn comes(logos: &Logos, url: &str) -> Option<String> {
        for _ in 0..100 {
            if let Some(key) = logos.key_of(url) {
                return Some(key);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        None
    }

    fn logos(clock: &Clock) -> Logos {
        Logos::new(clock.clone(), client())
    }

    #[tokio::test]
    async fn a_logo_is_fetched_once_for_a_day_and_never_waited_for() {
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&asked);
        let answer = move || {
            let asked = Arc::clone(&counted);
            async move {
                // What it says it is does not matter.
                if asked.fetch_add(1, Ordering::SeqCst) == 0 {
                    ([(header::CONTENT_TYPE, "text/html")], GIF).into_response()
                } else {
                    axum::http::StatusCode::INTERNAL_SERVER_ERROR.into_response()
                }
            }
        };
        let server = TestServer::start(Router::new().route("/logo", get(answer))).await;
        let clock = Clock::manual(Timestamp::from_seconds(1_000_000_000));
        let logos = logos(&clock);
        assert_eq!(logos.key_of(&server.at("/logo")), None, "the first one sees none");
        let key = comes(&logos, &server.at("/logo")).await.unwrap();
        assert_eq!(logos.get(&key).unwrap().kind, Kind::Gif);
        assert_eq!(logos.get(&key).unwrap().bytes, GIF);
        clock.advance(Duration::from_hours(25));
        assert_eq!(logos.key_of(&server.at("/logo")), Some(key.clone()), "the old one meanwhile");
        for _ in 0..100 {
            if asked.load(Ordering::SeqCst) == 2 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(asked.load(Ordering::SeqCst), 2);
        assert_eq!(logos.key_of(&server.at("/logo")), Some(key), "and if there is no new one, too");
        assert_eq!(asked.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn what_is_no_small_picture_or_lies_inside_is_not_shown() {
        let router = Router::new()
            .route("/svg", get(|| async { ([(header::CONTENT_TYPE, "image/png")], "<svg><script/></svg>") }))
            .route("/large", get(|| async { [GIF, &vec![0; limits::LOGO_BYTES]].concat() }))
            .route("/inside", get(|| async { axum::response::Redirect::temporary("http://169.254.169.254/logo.png") }));
        let server = TestServer::start(router).await;
        let logos = logos(&Clock::default());
        for path in ["/svg", "/large", "/inside", "/absent"] {
            assert_eq!(comes(&logos, &server.at(path)).await, None, "{path}");
        }
        assert_eq!(logos.get("AAAA"), None);
    }

    #[tokio::test]
    async fn there_are_no_more_logos_than_there_may_be() {
        let logos = logos(&Clock::default());
        for n in 0..limits::LOGOS + 50 {
            assert_eq!(logos.key_of(&format!("ftp://refused.example/{n}")), None);
        }
        assert_eq!(logos.0.kept.lock().unwrap().len(), limits::LOGOS);
    }
}
