//! Somebody else's server on this machine, and a client that may call it.

use axum::Router;
use tokio::{net::TcpListener, task::JoinHandle};

use super::{
    http::Http,
    outbound::{Allowed, Outbound},
};

/// Ends with the test.
pub(super) struct TestServer {
    /// `http://127.0.0.1:…`
    pub(super) url: String,
    task: JoinHandle<()>,
}

impl TestServer {
    pub(super) async fn start(router: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, task }
    }

    pub(super) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A client that may call 127.0.0.1, and otherwise what is public.
pub(super) fn client() -> Http {
    Http::new(Outbound::public_and([Allowed::parse("127.0.0.1").unwrap()])).unwrap()
}
