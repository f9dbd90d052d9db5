//! The only HTTP client: calls only whom it may ([`Outbound`]), bounded in time and size, follows no redirect by itself.

use std::{error::Error as _, future::Future, pin::Pin, sync::Arc, time::Duration};

use futures_util::StreamExt;
use reqwest::{
    Method, RequestBuilder, Response, StatusCode,
    header::{HeaderMap, LOCATION},
};
use thiserror::Error;
use url::Url;

use super::outbound::{Outbound, Refusal};
use crate::base::{
    limits,
    secret::{ExposeSecret, SecretString},
};

/// How long a silent connection is kept for the next call: shorter than servers keep it, so that none is used in the
/// moment it is closed.
const IDLE_TIME: Duration = Duration::from_secs(4);

/// A client for other people's servers. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Http {
    client: reqwest::Client,
    outbound: Arc<Outbound>,
}

/// What an answer may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Until its head is there, connecting included.
    pub first_byte: Duration,
    /// Until all of it is there.
    pub total: Duration,
    /// Of its body, after decompression.
    pub bytes: usize,
}

/// An answer, whatever its status.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The header fields.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

/// Why a call failed.
#[derive(Debug, Error)]
pub enum HttpError {
    /// It is not made.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// There was no connection.
    #[error("can't connect: {0}")]
    Connect(#[source] reqwest::Error),
    /// It took longer than it may.
    #[error("no whole answer in time")]
    TimedOut,
    /// It broke off, or the answer is not HTTP.
    #[error("the call failed: {0}")]
    Call(#[source] reqwest::Error),
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
    #[error("{0} answered more than we read")]
    TooLarge(String),
    /// Not UTF-8.
    #[error("{0} answered something that is not text")]
    NotText(String),
    /// Sent from one place to the next.
    #[error("{0} redirects too often, or nowhere")]
    Redirects(String),
    /// Certificates that cannot be used.
    #[error("the client certificate, its key or the certificate authorities cannot be read")]
    Certificate,
}

impl Bounds {
    /// For small documents, while somebody may be waiting.
    pub const SMALL: Self = Self {
        first_byte: limits::OUTBOUND_FIRST_BYTE_TIME,
        total: limits::OUTBOUND_TOTAL_TIME,
        bytes: limits::OUTBOUND_ANSWER_BYTES,
    };
}

impl HttpError {
    /// Whether asking once more might help: nothing was wrong with what we asked.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Connect(_) | Self::TimedOut | Self::Call(_) => true,
            Self::Status { status, .. } => matches!(status, 408 | 425 | 429 | 500..=599),
            _ => false,
        }
    }
}

/// The cause that the library wraps up, found again.
impl From<reqwest::Error> for HttpError {
    fn from(error: reqwest::Error) -> Self {
        let mut cause = error.source();
        while let Some(inner) = cause {
            if let Some(refusal) = inner.downcast_ref::<Refusal>() {
                return Self::Refused(refusal.clone());
            }
            cause = inner.source();
        }
        match error {
            error if error.is_timeout() => Self::TimedOut,
            error if error.is_connect() => Self::Connect(error),
            error => Self::Call(error),
        }
    }
}

/// For `openidconnect` and `oauth2`, whatever the answer's status.
impl<'c> openidconnect::AsyncHttpClient<'c> for Http {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<http::Response<Vec<u8>>, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: http::Request<Vec<u8>>) -> Self::Future {
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let request = self.request(head.method, &head.uri.to_string())?.headers(head.headers).body(body);
            let answer = self.answer(request, Bounds::SMALL).await?;
            let mut response = http::Response::builder().status(answer.status);
            for (name, value) in &answer.headers {
                response = response.header(name, value);
            }
            Ok(response.body(answer.body)?)
        })
    }
}

impl Http {
    /// A client that calls only whom it may.
    pub fn new(outbound: Outbound) -> Result<Self, HttpError> {
        Self::build(Arc::new(outbound), None, None)
    }

    /// One that may call the same, for one peer: trusting these certificate authorities (PEM) instead of the usual ones,
    /// and showing this certificate (PEM: chain and private key).
    pub fn with_tls(&self, authorities: Option<&str>, certificate: Option<&SecretString>) -> Result<Self, HttpError> {
        let identity = match certificate {
            Some(pem) => Some(identity(pem)?),
            None => None,
        };
        let authorities = match authorities.map(|pem| reqwest::Certificate::from_pem_bundle(pem.as_bytes())) {
            Some(Ok(authorities)) if !authorities.is_empty() => Some(authorities),
            Some(_) => return Err(HttpError::Certificate),
            None => None,
        };
        Self::build(Arc::clone(&self.outbound), identity, authorities).map_err(|_| HttpError::Certificate)
    }

    /// The same, showing a client certificate: PEM, the certificate (chain) and its private key.
    pub fn with_certificate(outbound: Outbound, pem: &SecretString) -> Result<Self, HttpError> {
        Self::build(Arc::new(outbound), Some(identity(pem)?), None).map_err(|_| HttpError::Certificate)
    }

    fn build(
        outbound: Arc<Outbound>,
        identity: Option<reqwest::Identity>,
        authorities: Option<Vec<reqwest::Certificate>>,
    ) -> Result<Self, HttpError> {
        #[expect(clippy::disallowed_methods, reason = "the one place that builds an HTTP client")]
        let builder = reqwest::Client::builder();
        let mut builder = builder
            .dns_resolver(Arc::clone(&outbound))
            // A proxy would look names up by itself, past our resolver.
            .no_proxy()
            .timeout(limits::OUTBOUND_TOTAL_TIME)
            .connect_timeout(limits::OUTBOUND_CONNECT_TIME)
            .read_timeout(limits::OUTBOUND_FIRST_BYTE_TIME)
            .pool_idle_timeout(IDLE_TIME)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("pedell/", env!("CARGO_PKG_VERSION")));
        if let Some(identity) = identity {
            builder = builder.identity(identity);
        }
        if let Some(authorities) = authorities {
            builder = builder.tls_certs_only(authorities);
        }
        Ok(Self { client: builder.build()?, outbound })
    }

    /// A request to an address that may be called. Have it made by [`Self::answer`], which bounds what comes back.
    pub fn request(&self, method: Method, url: &str) -> Result<RequestBuilder, HttpError> {
        let url = Url::parse(url).map_err(|_| Refusal::NotWeb(url.chars().take(100).collect()))?;
        self.outbound.check(&url)?;
        Ok(self.client.request(method, url))
    }

    /// `GET`, like [`Self::request`].
    pub fn get(&self, url: &str) -> Result<RequestBuilder, HttpError> {
        self.request(Method::GET, url)
    }

    /// `POST`, like [`Self::request`].
    pub fn post(&self, url: &str) -> Result<RequestBuilder, HttpError> {
        self.request(Method::POST, url)
    }

    /// Makes a request and reads the answer, whatever its status.
    pub async fn answer(&self, request: RequestBuilder, bounds: Bounds) -> Result<Answer, HttpError> {
        Answer::read(Self::head(request, bounds).await?, bounds).await
    }

    /// Fetches what is public, by `GET`, following a few redirects; each is judged like the first address.
    pub async fn fetch(&self, url: &str, headers: &HeaderMap, bounds: Bounds) -> Result<Answer, HttpError> {
        Answer::read(self.follow(url, headers, bounds).await?, bounds).await
    }

    /// Fetches a small text.
    pub async fn get_text(&self, url: &str) -> Result<String, HttpError> {
        let answer = self.answer(self.get(url)?, Bounds::SMALL).await?;
        if answer.status != StatusCode::OK {
            return Err(HttpError::Status { url: url.to_owned(), status: answer.status.as_u16() });
        }
        String::from_utf8(answer.body).map_err(|_| HttpError::NotText(url.to_owned()))
    }

    /// The same, with the body not read yet.
    pub(super) async fn follow(&self, url: &str, headers: &HeaderMap, bounds: Bounds) -> Result<Response, HttpError> {
        let nowhere = || HttpError::Redirects(url.to_owned());
        let mut at = url.to_owned();
        for _ in 0..=limits::OUTBOUND_REDIRECTS {
            let response = Self::head(self.get(&at)?.headers(headers.clone()), bounds).await?;
            if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
                return Ok(response);
            }
            let to = response.headers().get(LOCATION).and_then(|to| to.to_str().ok()).ok_or_else(nowhere)?;
            at = response.url().join(to).map_err(|_| nowhere())?.into();
        }
        Err(nowhere())
    }

    /// Makes a request and waits for the head of its answer.
    async fn head(request: RequestBuilder, bounds: Bounds) -> Result<Response, HttpError> {
        let sent = request.timeout(bounds.total).send();
        Ok(tokio::time::timeout(bounds.first_byte, sent).await.map_err(|_| HttpError::TimedOut)??)
    }
}

fn identity(pem: &SecretString) -> Result<reqwest::Identity, HttpError> {
    reqwest::Identity::from_pem(pem.expose_secret().as_bytes()).map_err(|_| HttpError::Certificate)
}

impl Answer {
    async fn read(mut response: Response, bounds: Bounds) -> Result<Self, HttpError> {
        let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
        Ok(Self { status, headers, body: Self::body(response, bounds.bytes).await? })
    }

    /// Reads a body up to the limit.
    async fn body(response: Response, most_bytes: usize) -> Result<Vec<u8>, HttpError> {
        let url = response.url().to_string();
        let mut body = Vec::new();
        let mut stream = response.bytes_stream();
        while let Some(chunk) = stream.next().await {
            let chunk = chunk?;
            if body.len() + chunk.len() > most_bytes {
                return Err(HttpError::TooLarge(url));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

#[cfg(test)]
mod tests;
