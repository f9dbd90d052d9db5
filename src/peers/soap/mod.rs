//! A university's web service: one question there and its answer back. [`wsdl`] finds out how it wants to be asked.
//!
//! How often it is asked, and what happens while it fails, is [`super::source`]'s.

mod error;
pub mod wsdl;

use std::{fmt::Write, time::Duration};

use base64::{Engine, prelude::BASE64_STANDARD};
use reqwest::{RequestBuilder, header};
use zeroize::Zeroizing;

pub use self::error::SoapError;
use super::http::{self, Bounds, Http};
use crate::{
    base::{
        limits,
        secret::{ExposeSecret, SecretString},
    },
    domain::soap_connection::SoapConnection,
    protocol::soap::{Answer, Contract, Question},
};

/// What is not in the settings: each is used if it is there.
#[derive(Clone, Debug, Default)]
pub struct SoapSecrets {
    /// For basic authentication.
    pub password: Option<SecretString>,
    /// Inside of the request.
    pub token: Option<SecretString>,
    /// The client certificate's private key, PEM.
    pub client_key: Option<SecretString>,
}

/// One university's web service, ready to be asked. Cheap to clone.
#[derive(Clone, Debug)]
pub struct SoapClient {
    http: Http,
    user: Option<String>,
    password: Option<SecretString>,
    token: Option<SecretString>,
}

/// A call, for whoever tries a connection: what went out, with secrets blanked, and what came back.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// Where to.
    pub endpoint: String,
    /// Header fields, then the body.
    pub sent: String,
    /// Status line, header fields, and the body as far as it is text; empty if nothing came.
    pub received: String,
}

/// How much of an answer is shown to whoever tries a connection, in characters.
const SHOWN_CHARS: usize = 8_000;
/// What stands where a secret was.
const BLANKED: &str = "********";

impl SoapClient {
    /// Puts it together; certificates and keys are read here.
    pub fn new(http: &Http, settings: &SoapConnection, secrets: &SoapSecrets) -> Result<Self, SoapError> {
        let identity = match (&settings.client_certificate, &secrets.client_key) {
            (Some(certificate), Some(key)) => {
                Some(SecretString::from(format!("{certificate}\n{}", key.expose_secret())))
            }
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => return Err(SoapError::HalfACertificate),
        };
        let http = match (&settings.ca_certificates, &identity) {
            (None, None) => http.clone(),
            (authorities, identity) => http.with_tls(authorities.as_deref(), identity.as_ref())?,
        };
        let (password, token) = (secrets.password.clone(), secrets.token.clone());
        Ok(Self { http, user: settings.user.clone(), password, token })
    }

    /// The token that goes into a question.
    pub fn token(&self) -> Option<&str> {
        self.token.as_ref().map(ExposeSecret::expose_secret)
    }

    /// Whether the operator lets the endpoint be called.
    pub fn may_call(&self, contract: &Contract) -> Result<(), SoapError> {
        Ok(self.http.post(&contract.endpoint).map(|_| ())?)
    }

    /// Asks once.
    pub async fn ask(
        &self,
        settings: &SoapConnection,
        contract: &Contract,
        question: &Question<'_>,
        time: Duration,
    ) -> Result<Answer, SoapError> {
        let answer = self.call(settings, contract, question, time).await?;
        read(&answer, settings)
    }

    /// Asks once, and keeps what went there and back.
    pub async fn try_out(
        &self,
        settings: &SoapConnection,
        contract: &Contract,
        question: &Question<'_>,
        time: Duration,
    ) -> (Exchange, Result<Answer, SoapError>) {
        let blanked = Question { token: question.token.map(|_| BLANKED), ..*question };
        let body = blanked.to_xml(contract, &settings.elements);
        let mut sent = format!(
            "POST {}\nContent-Type: {CONTENT_TYPE}\nSOAPAction: \"{}\"\n",
            contract.endpoint, contract.soap_action
        );
        if let Some(user) = &self.user {
            let _ = writeln!(sent, "Authorization: Basic {user}:{BLANKED}");
        }
        sent.push('\n');
        sent.push_str(&String::from_utf8_lossy(&body));
        let mut exchange = Exchange { endpoint: contract.endpoint.clone(), sent, received: String::new() };
        let outcome = match self.call(settings, contract, question, time).await {
            Ok(answer) => {
                exchange.received = self.shown(&answer);
                read(&answer, settings)
            }
            Err(error) => Err(error),
        };
        (exchange, outcome)
    }

    async fn call(
        &self,
        settings: &SoapConnection,
        contract: &Contract,
        question: &Question<'_>,
        time: Duration,
    ) -> Result<http::Answer, SoapError> {
        contract.judge(settings)?;
        let body = question.to_xml(contract, &settings.elements);
        let request = self
            .authorised(self.http.post(&contract.endpoint)?)
            .header(header::CONTENT_TYPE, CONTENT_TYPE)
            .header(header::ACCEPT, "text/xml")
            .header("SOAPAction", format!("\"{}\"", contract.soap_action)) // SOAP 1.1 §6.1.1
            .body(body.to_vec());
        let bounds = Bounds { first_byte: time, total: time, bytes: limits::SOAP_ANSWER_BYTES };
        Ok(self.http.answer(request, bounds).await?)
    }

    /// With the user and password, where there are any.
    fn authorised(&self, request: RequestBuilder) -> RequestBuilder {
        match &self.user {
            Some(user) => request.basic_auth(user, self.password.as_ref().map(ExposeSecret::expose_secret)),
            None => request,
        }
    }

    /// An answer as text. A service that repeats our secrets does not have them shown.
    fn shown(&self, answer: &http::Answer) -> String {
        let mut text = format!("{}\n", answer.status);
        for (name, value) in &answer.headers {
            let _ = writeln!(text, "{name}: {}", String::from_utf8_lossy(value.as_bytes()));
        }
        text.push('\n');
        let head = text.chars().count();
        text.push_str(&String::from_utf8_lossy(&answer.body));
        // Before it is cut: half a secret is none that could be found.
        self.blanked(text).chars().take(head + SHOWN_CHARS).collect()
    }

    /// Without our secrets, as they are or as they were sent: XML text, a basic authentication's Base64.
    fn blanked(&self, text: String) -> String {
        let secret = |secret: &Option<SecretString>| {
            Zeroizing::new(secret.as_ref().map(|secret| secret.expose_secret().to_owned()).unwrap_or_default())
        };
        let (password, token) = (secret(&self.password), secret(&self.token));
        let mut forms = Vec::new();
        for plain in [&password, &token].into_iter().filter(|plain| !plain.is_empty()) {
            let escaped = plain.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            forms.push(Zeroizing::new(escaped.replace('"', "&quot;").replace('\'', "&apos;")));
            forms.push(Zeroizing::new(escaped.replace('"', "&quot;").replace('\'', "&#39;")));
            forms.push(Zeroizing::new(escaped.replace('"', "&quot;")));
            forms.push(Zeroizing::new(escaped));
            forms.push(Zeroizing::new(BASE64_STANDARD.encode(plain.as_bytes())));
            forms.push(plain.clone());
        }
        if let Some(user) = self.user.as_ref().filter(|_| !password.is_empty()) {
            let credentials = Zeroizing::new(format!("{user}:{}", *password));
            forms.push(Zeroizing::new(BASE64_STANDARD.encode(credentials.as_bytes())));
        }
        // A short form may be a part of a longer one.
        forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
        forms.iter().fold(text, |text, form| text.replace(form.as_str(), BLANKED))
    }
}

/// SOAP 1.1 §6.
const CONTENT_TYPE: &str = "text/xml; charset=utf-8";

/// SOAP 1.1 §6.2: an answer comes with 200, a fault with 500.
fn read(answer: &http::Answer, settings: &SoapConnection) -> Result<Answer, SoapError> {
    let status = answer.status.as_u16();
    match status {
        200..=299 => Ok(Answer::parse(&answer.body, &settings.elements)?),
        500 => match Answer::parse(&answer.body, &settings.elements) {
            Err(fault @ crate::protocol::soap::AnswerFault::Fault { .. }) => Err(fault.into()),
            _ => Err(SoapError::Status(status)),
        },
        status => Err(SoapError::Status(status)),
    }
}

#[cfg(test)]
mod tests;
