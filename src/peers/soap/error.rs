//! Everything that can come instead of an answer, told apart.

use std::{error::Error as _, io};

use super::super::{
    http::HttpError,
    outbound::Refusal,
    source::{Failing, SourceError},
};
use crate::protocol::{
    saml::Coded,
    soap::{AnswerFault, ContractFault, wsdl::WsdlFault},
};

/// Why there is no answer. None of these says anything about the student.
#[derive(Debug, thiserror::Error)]
pub enum SoapError {
    /// It is not called, because of the address.
    #[error(transparent)]
    NotCalled(Refusal),
    /// Nobody is there: the name is unknown, or the connection is refused.
    #[error("can't connect: {0}")]
    Connect(String),
    /// Somebody is there, and either side does not trust the other's certificate.
    #[error("no TLS connection: {0}")]
    Tls(String),
    /// No whole answer in time.
    #[error("no whole answer in time")]
    TimedOut,
    /// The connection broke, or it is not HTTP.
    #[error("the connection broke off: {0}")]
    Broken(String),
    /// More than a web service has to say.
    #[error("the answer is too large")]
    TooLarge,
    /// Another status than an answer or a fault has.
    #[error("the service answered HTTP {0}")]
    Status(u16),
    /// No answer to our question.
    #[error("{0}")]
    Answer(#[from] AnswerFault),
    /// An error code that says nothing about the student.
    #[error("the service answered the error code {code:?}{}", if *is_known { "" } else { ", which `error_codes` does not explain" })]
    NoVerdict {
        /// The service's.
        code: String,
        /// Whether the settings explain it.
        is_known: bool,
    },
    /// A document of the WSDL.
    #[error("the WSDL at {url}: {fault}")]
    Wsdl {
        /// Which.
        url: String,
        /// What is wrong.
        fault: WsdlFault,
    },
    /// The WSDL as a whole.
    #[error("{0}")]
    Contract(#[from] ContractFault),
    /// A certificate without key, or a key without certificate.
    #[error("`client_certificate` and the secret `client_key` belong together: one of them is missing")]
    HalfACertificate,
    /// They cannot be read.
    #[error(
        "`client_certificate`, the secret `client_key` or `ca_certificates` cannot be read: PEM, the key as PKCS#8"
    )]
    Certificate,
    /// The settings say neither endpoint nor WSDL.
    #[error("the settings do not say where the service is")]
    NoEndpoint,
}

impl From<HttpError> for SoapError {
    fn from(error: HttpError) -> Self {
        match error {
            HttpError::Refused(refusal) => Self::NotCalled(refusal),
            HttpError::Connect(cause) => match tls_cause(&cause) {
                Some(text) => Self::Tls(text),
                None => Self::Connect(innermost(&cause)),
            },
            HttpError::TimedOut => Self::TimedOut,
            // With TLS 1.3 the server's refusal of our certificate arrives after the handshake.
            HttpError::Call(cause) => match tls_cause(&cause) {
                Some(text) => Self::Tls(text),
                None => Self::Broken(innermost(&cause)),
            },
            HttpError::TooLarge(_) => Self::TooLarge,
            HttpError::Status { status, .. } => Self::Status(status),
            HttpError::Certificate => Self::Certificate,
            other @ (HttpError::Form(_) | HttpError::NotText(_) | HttpError::Redirects(_)) => {
                Self::Broken(other.to_string())
            }
        }
    }
}

/// What TLS says, if it is TLS: its errors travel as invalid data.
fn tls_cause(error: &reqwest::Error) -> Option<String> {
    let mut cause = error.source();
    while let Some(inner) = cause {
        let mut io = inner.downcast_ref::<io::Error>();
        while let Some(error) = io {
            if error.kind() == io::ErrorKind::InvalidData {
                return Some(error.to_string());
            }
            // One that wraps another hides it from `source`.
            io = error.get_ref().and_then(|inside| inside.downcast_ref());
        }
        cause = inner.source();
    }
    None
}

/// The last cause, which says most; the library's own message has the address.
fn innermost(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = inner.to_string();
        cause = inner.source();
    }
    text
}

impl SoapError {
    /// Whether nobody answered, so that nothing that was typed can have caused it by being what it is. An answer that
    /// cannot be used is something else: a service that fails at one student's data has seen them.
    pub fn nobody_answered(&self) -> bool {
        matches!(self, Self::Connect(_) | Self::Tls(_) | Self::TimedOut | Self::Status(502..=504))
    }

    /// Whether no question was sent: something about our settings or the WSDL came before it.
    pub fn was_not_asked(&self) -> bool {
        matches!(
            self,
            Self::NotCalled(_)
                | Self::Wsdl { .. }
                | Self::Contract(_)
                | Self::HalfACertificate
                | Self::Certificate
                | Self::NoEndpoint
        )
    }
}

impl SourceError for SoapError {
    fn failing(&self) -> Failing {
        match self {
            Self::Connect(_) | Self::Broken(_) | Self::Status(408 | 429 | 502..=504) => Failing::Passing,
            Self::TimedOut => Failing::Sick,
            // HTTP 500 too: it is the service that answers, and one student's data can make it say so.
            _ => Failing::Wrong,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotCalled(_) => "source_not_called",
            Self::Connect(_) => "source_connect",
            Self::Tls(_) => "source_tls",
            Self::TimedOut => "source_timed_out",
            Self::Broken(_) => "source_broken",
            Self::TooLarge => "source_too_large",
            Self::Status(401 | 403 | 407) => "source_credentials",
            Self::Status(408 | 429 | 502..=504) => "source_overloaded",
            Self::Status(500..) => "source_error",
            Self::Status(300..=399) => "source_redirect",
            Self::Status(_) => "source_status",
            Self::Answer(fault) => fault.code(),
            Self::NoVerdict { is_known: true, .. } => "soap_code_unavailable",
            Self::NoVerdict { is_known: false, .. } => "soap_code_unknown",
            Self::Wsdl { .. } => "wsdl_document",
            Self::Contract(fault) => fault.code(),
            Self::HalfACertificate | Self::Certificate => "source_certificate",
            Self::NoEndpoint => "source_no_endpoint",
        }
    }
}
