//! An OpenID provider on a free port that does everything right, until it is told to lie.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Form, Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use pedell::protocol::oidc::challenge_of;
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};
use url::Url;

use crate::forge::{Key, at_hash, set};

pub(crate) const CLIENT: &str = "pedell-at-uni";
pub(crate) const SECRET: &str = "s3cret & more: ü";
pub(crate) const ACCESS: &str = "access-token-of-the-provider";

/// Running; ends with the test.
pub(crate) struct Provider {
    pub(crate) url: String,
    pub(crate) inner: Arc<Inner>,
    task: JoinHandle<()>,
}

pub(crate) struct Inner {
    issuer: String,
    ways: Mutex<Ways>,
    codes: Mutex<HashMap<String, Issued>>,
    /// How often each endpoint was asked.
    pub(crate) asked: Asked,
}

#[derive(Default)]
pub(crate) struct Asked {
    pub(crate) discovery: AtomicUsize,
    pub(crate) keys: AtomicUsize,
    pub(crate) token: AtomicUsize,
    pub(crate) userinfo: AtomicUsize,
}

/// What it does; a lie is a change of it.
pub(crate) struct Ways {
    pub(crate) now: i64,
    pub(crate) key: Key,
    /// What the JWK set holds; the signing key alone unless it is said.
    pub(crate) published: Option<Value>,
    /// What the discovery document says otherwise (`null`: leaves out).
    pub(crate) document: Vec<(&'static str, Value)>,
    /// What the ID token says otherwise.
    pub(crate) id_token: Vec<(&'static str, Value)>,
    /// What is sent as the ID token instead.
    pub(crate) forged: Option<Forge>,
    /// What userinfo says.
    pub(crate) userinfo: Value,
    /// Signed by this key, if it is.
    pub(crate) signs_userinfo: Option<Key>,
    pub(crate) at_discovery: Behaviour,
    pub(crate) at_keys: Behaviour,
    pub(crate) at_token: Behaviour,
    pub(crate) at_userinfo: Behaviour,
    /// Takes a code as often as it comes.
    pub(crate) forgets_codes: bool,
}

pub(crate) type Forge = Box<dyn Fn(&Value, &Key) -> String + Send>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Behaviour {
    Right,
    Silent,
    /// The answer of the moment it was asked, but late.
    Late,
    Dripping,
    Huge,
    Html,
    Garbage,
    /// The right answer under this content type.
    Typed(&'static str),
    Status(u16),
    /// With the whole request, to here.
    Redirect(&'static str),
}

struct Issued {
    nonce: String,
    challenge: String,
    redirect_uri: String,
}

impl Provider {
    pub(crate) async fn start(now: i64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let ways = Ways {
            now,
            key: Key::es256("first"),
            published: None,
            document: Vec::new(),
            id_token: Vec::new(),
            forged: None,
            userinfo: json!({
                "sub": "pairwise-1", "given_name": "Ana", "family_name": "Müller", "birthdate": "2003-12-24",
                "eduperson_scoped_affiliation": ["student@uni.example"], "studySemester": "20262",
            }),
            signs_userinfo: None,
            at_discovery: Behaviour::Right,
            at_keys: Behaviour::Right,
            at_token: Behaviour::Right,
            at_userinfo: Behaviour::Right,
            forgets_codes: false,
        };
        let inner = Arc::new(Inner {
            issuer: url.clone(),
            ways: Mutex::new(ways),
            codes: Mutex::default(),
            asked: Asked::default(),
        });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/me", get(userinfo))
            .with_state(Arc::clone(&inner));
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, inner, task }
    }

    pub(crate) fn ways(&self) -> MutexGuard<'_, Ways> {
        self.inner.ways.lock().unwrap()
    }

    /// Somebody logs in at the address that Pedell sent them to: where they are sent back to.
    pub(crate) fn log_in(&self, sent_to: &str) -> Return {
        let url = Url::parse(sent_to).unwrap();
        let asked: HashMap<String, String> = url.query_pairs().into_owned().collect();
        assert_eq!(url.origin().ascii_serialization(), self.url);
        assert_eq!((asked["response_type"].as_str(), asked["code_challenge_method"].as_str()), ("code", "S256"));
        assert_eq!(asked["client_id"], CLIENT);
        let mut codes = self.inner.codes.lock().unwrap();
        let code = format!("code-{}-{}", codes.len() + 1, self.url.rsplit(':').next().unwrap());
        let issued = Issued {
            nonce: asked.get("nonce").cloned().unwrap_or_default(),
            challenge: asked["code_challenge"].clone(),
            redirect_uri: asked["redirect_uri"].clone(),
        };
        codes.insert(code.clone(), issued);
        let path = Url::parse(&asked["redirect_uri"]).unwrap().path().to_owned();
        Return { path, code, state: asked["state"].clone(), iss: Some(self.inner.issuer.clone()), asked }
    }

    pub(crate) fn times(&self, counter: impl Fn(&Asked) -> &AtomicUsize) -> usize {
        counter(&self.inner.asked).load(Ordering::SeqCst)
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The way back from the provider.
#[derive(Clone, Debug)]
pub(crate) struct Return {
    pub(crate) path: String,
    pub(crate) code: String,
    pub(crate) state: String,
    pub(crate) iss: Option<String>,
    /// What Pedell asked for.
    pub(crate) asked: HashMap<String, String>,
}

impl Return {
    pub(crate) fn address(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("code", &self.code).append_pair("state", &self.state);
        if let Some(iss) = &self.iss {
            query.append_pair("iss", iss);
        }
        format!("{}?{}", self.path, query.finish())
    }

    pub(crate) fn error(&self, error: &str) -> String {
        let iss = self.iss.clone().unwrap_or_default();
        format!("{}?error={error}&state={}&iss={iss}", self.path, self.state)
    }
}

async fn discovery(State(inner): State<Arc<Inner>>) -> Response {
    inner.asked.discovery.fetch_add(1, Ordering::SeqCst);
    let (behaviour, document) = {
        let ways = inner.ways.lock().unwrap();
        let issuer = &inner.issuer;
        let mut document = json!({
            "issuer": issuer, "authorization_endpoint": format!("{issuer}/auth"), "token_endpoint": format!("{issuer}/token"),
            "userinfo_endpoint": format!("{issuer}/me"), "jwks_uri": format!("{issuer}/keys"),
            "response_types_supported": ["code"], "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": true,
        });
        change(&mut document, &ways.document);
        (ways.at_discovery, document)
    };
    behave(behaviour, Json(document).into_response()).await
}

async fn keys(State(inner): State<Arc<Inner>>) -> Response {
    inner.asked.keys.fetch_add(1, Ordering::SeqCst);
    let (behaviour, set) = {
        let ways = inner.ways.lock().unwrap();
        (ways.at_keys, ways.published.clone().unwrap_or_else(|| set(&[&ways.key])))
    };
    behave(behaviour, ([(header::CONTENT_TYPE, "application/jwk-set+json")], set.to_string()).into_response()).await
}

async fn token(
    State(inner): State<Arc<Inner>>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    inner.asked.token.fetch_add(1, Ordering::SeqCst);
    let (behaviour, answer) = {
        let ways = inner.ways.lock().unwrap();
        (ways.at_token, exchanged(&inner, &ways, &headers, &form))
    };
    behave(behaviour, answer).await
}

/// What an honest provider checks.
fn exchanged(inner: &Inner, ways: &Ways, headers: &HeaderMap, form: &HashMap<String, String>) -> Response {
    let error = |error: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response();
    let half = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let basic = format!("Basic {}", BASE64_STANDARD.encode(format!("{}:{}", half(CLIENT), half(SECRET))));
    let is_basic = headers.get(header::AUTHORIZATION).is_some_and(|value| value.to_str().unwrap() == basic);
    let is_post = form.get("client_id").is_some_and(|id| id == CLIENT)
        && form.get("client_secret").is_some_and(|secret| secret == SECRET);
    if is_basic == is_post {
        return (StatusCode::UNAUTHORIZED, Json(json!({ "error": "invalid_client" }))).into_response();
    }
    let mut codes = inner.codes.lock().unwrap();
    let Some(issued) = form.get("code").and_then(|code| codes.get(code)) else { return error("invalid_grant") };
    let verifier = form.get("code_verifier").map(String::as_str).unwrap_or_default();
    if challenge_of(verifier) != issued.challenge || form.get("redirect_uri") != Some(&issued.redirect_uri) {
        return error("invalid_grant");
    }
    let mut claims = json!({
        "iss": inner.issuer, "sub": "pairwise-1", "aud": CLIENT, "exp": ways.now + 300, "iat": ways.now,
        "auth_time": ways.now - 10, "nonce": issued.nonce, "at_hash": at_hash(ACCESS),
    });
    change(&mut claims, &ways.id_token);
    let id_token = match &ways.forged {
        Some(forge) => forge(&claims, &ways.key),
        None => ways.key.sign(&claims),
    };
    if !ways.forgets_codes {
        codes.remove(&form["code"]);
    }
    Json(json!({ "access_token": ACCESS, "token_type": "Bearer", "expires_in": 60, "id_token": id_token }))
        .into_response()
}

async fn userinfo(State(inner): State<Arc<Inner>>, headers: HeaderMap) -> Response {
    inner.asked.userinfo.fetch_add(1, Ordering::SeqCst);
    let bearer = format!("Bearer {ACCESS}");
    if headers.get(header::AUTHORIZATION).is_none_or(|value| value.to_str().unwrap() != bearer) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let (behaviour, answer) = {
        let ways = inner.ways.lock().unwrap();
        let answer = match &ways.signs_userinfo {
            Some(key) => ([(header::CONTENT_TYPE, "application/jwt")], key.sign(&ways.userinfo)).into_response(),
            None => Json(ways.userinfo.clone()).into_response(),
        };
        (ways.at_userinfo, answer)
    };
    behave(behaviour, answer).await
}

fn change(document: &mut Value, own: &[(&'static str, Value)]) {
    for (name, value) in own {
        match value {
            Value::Null => drop(document.as_object_mut().unwrap().remove(*name)),
            value => document[*name] = value.clone(),
        }
    }
}

async fn behave(behaviour: Behaviour, right: Response) -> Response {
    let json = |body: String| ([(header::CONTENT_TYPE, "application/json")], body).into_response();
    match behaviour {
        Behaviour::Right => right,
        Behaviour::Silent => {
            tokio::time::sleep(Duration::from_secs(60)).await;
            right
        }
        Behaviour::Late => {
            tokio::time::sleep(Duration::from_secs(2)).await;
            right
        }
        Behaviour::Dripping => {
            let drip = futures_util::stream::unfold((), |()| async {
                tokio::time::sleep(Duration::from_millis(300)).await;
                Some((Ok::<_, std::convert::Infallible>(" "), ()))
            });
            let body = axum::body::Body::from_stream(drip);
            ([(header::CONTENT_TYPE, "application/json")], body).into_response()
        }
        Behaviour::Huge => json(format!("{{\"x\": \"{}\"}}", "x".repeat(2 << 20))),
        Behaviour::Html => ([(header::CONTENT_TYPE, "text/html")], "<html>login again</html>").into_response(),
        Behaviour::Garbage => json("{\"access_token\": [[[".to_owned()),
        Behaviour::Typed(kind) => {
            let mut right = right;
            right.headers_mut().insert(header::CONTENT_TYPE, kind.parse().unwrap());
            right
        }
        Behaviour::Status(status) => (StatusCode::from_u16(status).unwrap(), "{}").into_response(),
        Behaviour::Redirect(to) => (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, to)]).into_response(),
    }
}
