//! The only HTTP client: bounded in time and size, follows no redirects.

use std::{future::Future, pin::Pin, time::Duration};

use futures_util::StreamExt;
use thiserror::Error;

/// How long a whole call may take.
const TOTAL_TIME: Duration = Duration::from_secs(10);
/// How long connecting may take.
const CONNECT_TIME: Duration = Duration::from_secs(3);
/// How long a silent connection is kept for the next call.
const IDLE_TIME: Duration = Duration::from_secs(4);
/// An answer's size.
const ANSWER_BYTES: usize = 1024 * 1024;

/// A client for other people's servers. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Http(reqwest::Client);

/// Why a call failed.
#[derive(Debug, Error)]
pub enum HttpError {
    /// It could not be made, or broke off.
    #[error("{0}")]
    Call(#[from] reqwest::Error),
    /// It can't be put into the library's form.
    #[error("{0}")]
    Form(#[from] http::Error),
    /// Not 200.
    #[error("{url} answered {status}")]
    Status {
        /// Whom we asked.
        url: String,
        /// The status code.
        status: u16,
    },
    /// More than we read.
    #[error("{0} answered more than {ANSWER_BYTES} bytes")]
    TooLarge(String),
    /// Not UTF-8.
    #[error("{0} answered something that is not text")]
    NotText(String),
}

/// For `openidconnect` and `oauth2`, whatever the answer's status.
impl<'c> openidconnect::AsyncHttpClient<'c> for Http {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<http::Response<Vec<u8>>, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: http::Request<Vec<u8>>) -> Self::Future {
        Box::pin(async move {
            let response = self.0.execute(request.try_into()?).await?;
            let mut answer = http::Response::builder().status(response.status());
            for (name, value) in response.headers() {
                answer = answer.header(name, value);
            }
            Ok(answer.body(Self::body(response).await?)?)
        })
    }
}

impl Http {
    /// The client.
    pub fn new() -> Result<Self, HttpError> {
        #[expect(clippy::disallowed_methods, reason = "the one place that builds an HTTP client")]
        let builder = reqwest::Client::builder();
        let client = builder
            .timeout(TOTAL_TIME)
            .connect_timeout(CONNECT_TIME)
            // Shorter than servers keep a silent connection, so that none is used in the moment it is closed.
            .pool_idle_timeout(IDLE_TIME)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("pedell/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self(client))
    }

    /// For requests that are made elsewhere, with the same bounds in time.
    pub fn client(&self) -> &reqwest::Client {
        &self.0
    }

    /// Fetches a small text.
    pub async fn get_text(&self, url: &str) -> Result<String, HttpError> {
        let response = self.0.get(url).send().await?;
        let text = Self::bounded(response).await?;
        String::from_utf8(text).map_err(|_| HttpError::NotText(url.to_owned()))
    }

    /// Reads an answer of status 200, up to the limit.
    async fn bounded(response: reqwest::Response) -> Result<Vec<u8>, HttpError> {
        let url = response.url().to_string();
        if response.status() != reqwest::StatusCode::OK {
            return Err(HttpError::Status { url, status: response.status().as_u16() });
        }
        Self::body(response).await
    }

    async fn body(response: reqwest::Response) -> Result<Vec<u8>, HttpError> {
        let url = response.url().to_string();
        let mut body = Vec::new();
        let mut stream = response.bytes_stream();
        while let Some(chunk) = stream.next().await {
            let chunk = chunk?;
            if body.len() + chunk.len() > ANSWER_BYTES {
                return Err(HttpError::TooLarge(url));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}
