//! Large files: straight to disk, and only if there is a newer one (RFC 9110 §13.1).

use std::{io, path::Path};

use futures_util::StreamExt;
use reqwest::{
    StatusCode,
    header::{ACCEPT, ETAG, HeaderMap, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED},
};
use serde::{Deserialize, Serialize};
use tokio::{
    fs::OpenOptions,
    io::{AsyncWriteExt, BufWriter},
};

use super::http::{Bounds, Http, HttpError};

/// What SAML metadata is served as (SAML metadata interoperability, draft-young-md-query §2.5).
const KINDS: &str = "application/samlmetadata+xml, application/xml;q=0.9, text/xml;q=0.8, */*;q=0.1";

/// By which a server knows what we have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Validators {
    etag: Option<String>,
    last_modified: Option<String>,
}

/// What a server has answered.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Downloaded {
    /// What we have is the newest.
    NotModified,
    /// All of it is in the file now.
    Whole(Validators),
}

/// Why there is no whole file.
#[derive(Debug, thiserror::Error)]
pub(super) enum DownloadError {
    /// There is no whole answer.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// It cannot be written down.
    #[error(transparent)]
    Disk(#[from] io::Error),
}

/// Asks for metadata.
pub(super) fn metadata_headers() -> HeaderMap {
    HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(KINDS))])
}

impl Validators {
    fn of(headers: &HeaderMap) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Self { etag: text(ETAG), last_modified: text(LAST_MODIFIED) }
    }

    fn add_to(&self, headers: &mut HeaderMap) {
        for (name, value) in [(IF_NONE_MATCH, &self.etag), (IF_MODIFIED_SINCE, &self.last_modified)] {
            if let Some(value) = value.as_ref().and_then(|value| HeaderValue::from_str(value).ok()) {
                headers.insert(name, value);
            }
        }
    }
}

impl Http {
    /// Writes an answer into the new file `to`, unless `have` is still the newest.
    pub(super) async fn download(
        &self,
        url: &str,
        have: &Validators,
        to: &Path,
        bounds: Bounds,
    ) -> Result<Downloaded, DownloadError> {
        let mut headers = metadata_headers();
        have.add_to(&mut headers);
        let response = self.follow(url, &headers, bounds).await?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NOT_MODIFIED if *have != Validators::default() => return Ok(Downloaded::NotModified),
            status => return Err(HttpError::Status { url: url.to_owned(), status: status.as_u16() }.into()),
        }
        let too_large = || HttpError::TooLarge(url.to_owned());
        let announced = response.content_length().is_some_and(|bytes| bytes > bounds.bytes as u64);
        if announced {
            return Err(too_large().into());
        }
        let validators = Validators::of(response.headers());
        let file = OpenOptions::new().write(true).create_new(true).open(to).await?;
        let mut file = BufWriter::new(file);
        let (mut stream, mut bytes) = (response.bytes_stream(), 0_usize);
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.map_err(HttpError::from)?;
            bytes = bytes.saturating_add(chunk.len());
            if bytes > bounds.bytes {
                return Err(too_large().into());
            }
            file.write_all(&chunk).await?;
        }
        finish(file).await?;
        Ok(Downloaded::Whole(validators))
    }
}

async fn finish(mut file: BufWriter<tokio::fs::File>) -> io::Result<()> {
    file.flush().await?;
    file.get_ref().sync_all().await
}
