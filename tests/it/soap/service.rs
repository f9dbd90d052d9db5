//! A university's web service that does as it is told.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use pedell::domain::connection::{ConnectionSecrets, ConnectionSettings};
use sqlx::{AssertSqlSafe, Connection, FromRow, PgConnection, SqliteConnection, postgres::PgRow, sqlite::SqliteRow};
use tokio::{
    net::TcpListener,
    runtime::{Builder, Runtime},
};

use crate::{
    scene::Scene,
    site::{Answer, Browser, Shop, Site, Student},
};

/// What the service does with a question.
#[derive(Clone, Debug)]
pub(crate) enum Does {
    /// Enrolled.
    Confirms,
    /// Enrolled, with these further elements.
    Spells(&'static str),
    /// Not, with an error code.
    Denies(&'static str),
    /// Answers HTTP with this status.
    Fails(u16),
    /// Answers after so long that nobody waits for it.
    Hangs,
    /// Answers this.
    Says(&'static str),
}

/// A running one. Ends when it is dropped.
pub(crate) struct Service {
    pub(crate) address: String,
    state: Arc<Mutex<Memory>>,
    /// Its own, so that everything ends with it, open connections too.
    runtime: Option<Runtime>,
}

#[derive(Debug)]
struct Memory {
    does: Does,
    asked: Vec<String>,
}

impl Service {
    pub(crate) fn start() -> Self {
        Self::start_at("127.0.0.1:0")
    }

    /// At the same place as one before: `127.0.0.1:…`, or its whole address.
    pub(crate) fn start_at(place: &str) -> Self {
        let place = place.trim_start_matches("http://").trim_end_matches("/verify");
        let state = Arc::new(Mutex::new(Memory { does: Does::Confirms, asked: Vec::new() }));
        // The one before may need a moment to let go, and so may somebody else's connection from this port.
        let mut tries = 0;
        let listener = loop {
            match std::net::TcpListener::bind(place) {
                Ok(listener) => break listener,
                Err(error) => assert!(tries < 100, "{place}: {error}"),
            }
            tries += 1;
            std::thread::sleep(std::time::Duration::from_millis(100));
        };
        listener.set_nonblocking(true).unwrap();
        let address = format!("http://{}/verify", listener.local_addr().unwrap());
        let router = Router::new().route("/verify", post(answer)).with_state(Arc::clone(&state));
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.spawn(async move { axum::serve(TcpListener::from_std(listener).unwrap(), router).await.unwrap() });
        Self { address, state, runtime: Some(runtime) }
    }

    pub(crate) fn now(&self, does: Does) {
        self.state.lock().unwrap().does = does;
    }

    /// How often it was asked since the last time somebody wanted to know; and the last question.
    pub(crate) fn asked(&self) -> (usize, String) {
        let mut state = self.state.lock().unwrap();
        let asked = std::mem::take(&mut state.asked);
        (asked.len(), asked.last().cloned().unwrap_or_default())
    }

    /// Connects the scene's university to it, with these further settings.
    pub(crate) async fn connect(&self, scene: &Scene, more: &str) {
        let settings: ConnectionSettings =
            toml::from_str(&format!("kind = 'soap'\nendpoint = '{}'\ntime_limit_seconds = 1\n{more}", self.address))
                .unwrap();
        let people = ["ada".parse().unwrap(), "grace".parse().unwrap()];
        let mut secrets = ConnectionSecrets::default();
        secrets.set("token", "3423k24".to_owned().into());
        scene.pedell.connect(&scene.university.id, settings, secrets, people).await.unwrap();
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn answer(State(state): State<Arc<Mutex<Memory>>>, body: String) -> Response {
    let does = {
        let mut state = state.lock().unwrap();
        state.asked.push(body);
        state.does.clone()
    };
    let said = match does {
        Does::Confirms => said("true", "0", ""),
        Does::Spells(more) => said("true", "0", more),
        Does::Denies(code) => said("false", code, ""),
        Does::Fails(status) => return StatusCode::from_u16(status).unwrap().into_response(),
        Does::Says(text) => text.to_owned(),
        Does::Hangs => {
            tokio::time::sleep(Duration::from_secs(60)).await;
            String::new()
        }
    };
    ([(header::CONTENT_TYPE, "text/xml")], said).into_response()
}

fn said(result: &str, code: &str, more: &str) -> String {
    format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><verifyDataResponse>\
         <result>{result}</result><fehlerCode>{code}</fehlerCode>{more}</verifyDataResponse></s:Body></s:Envelope>"
    )
}

/// The form's fields as this student fills them in.
pub(crate) fn fields(student: Student) -> Vec<(&'static str, &'static str)> {
    vec![
        ("matriculation_number", student.number),
        ("given_names", student.given),
        ("family_name", student.family),
        ("birth_date", student.born),
        ("postal_code", "01067"),
    ]
}

/// Goes to the service's form; what it looks like.
pub(crate) async fn form(browser: &Browser<'_>, shop: &Shop) -> Answer {
    let sent = browser.authorize(shop, &[("university", "musterstadt")]).await;
    let (to, _) = sent.redirect();
    assert_eq!(to, "/verify/service", "{sent:?}");
    let form = browser.get(sent.header("location")).await;
    assert_eq!(form.status, 200, "{}", form.body);
    form
}

/// Goes there and fills it in.
pub(crate) async fn verify(browser: &Browser<'_>, shop: &Shop, student: Student) -> Answer {
    let form = form(browser, shop).await;
    let flow = form.flow();
    let mut filled = fields(student);
    filled.push(("flow", &flow));
    browser.post("/verify/service", &filled).await
}

/// A direct check with every field.
pub(crate) async fn check(site: &Site, shop: &Shop, student: Student) -> Answer {
    let mut question = crate::site::question(student, "musterstadt");
    question["postal_code"] = "01067".into();
    let request = site.http.post(site.url("/v1/checks")).basic_auth(shop.id(), Some(&shop.secret));
    Answer::of(request.json(&question)).await
}

impl Scene {
    /// Rows of the university's database, as they stand there. Tables are written `@table`.
    pub(crate) async fn rows_behind_the_back<T>(&self, sql: &str) -> Vec<T>
    where
        T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        let name = format!("t_{}", self.university.id.as_str().to_lowercase());
        match &self.place.postgres {
            None => {
                let file = self.place.folder.join("tenants").join(format!("{name}.db"));
                let mut connection = SqliteConnection::connect(&format!("sqlite:{}", file.display())).await.unwrap();
                let sql = sql.replace('@', "");
                sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&mut connection).await.unwrap()
            }
            Some(url) => {
                let mut connection = PgConnection::connect(url).await.unwrap();
                let sql = sql.replace('@', &format!("pedell_{name}."));
                sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&mut connection).await.unwrap()
            }
        }
    }
}
