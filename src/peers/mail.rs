//! Mail, where the operator has a server for it: plain text to one person, bounded in time.
//!
//! What a header holds is made of types that hold no line end: an address is an [`Address`], a subject a text without
//! control characters, encoded by the library. TLS is the house's own, with the system's authorities or the operator's.

use std::{sync::Arc, time::SystemTime};

use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
    transport::smtp::{
        authentication::Credentials,
        client::{Certificate, CertificateStore, Tls, TlsParameters},
        extension::ClientId,
    },
};
use thiserror::Error;
use tokio::sync::Semaphore;

use crate::base::{
    Clock, Random, limits,
    secret::{ExposeSecret, SecretString},
};

/// How the server is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailSecurity {
    /// TLS from the first byte (RFC 8314).
    Tls,
    /// TLS after `STARTTLS`, which the server has to offer: nothing is said in the clear but that.
    StartTls,
    /// None: for a server on this machine.
    None,
}

/// The operator's mail server.
#[derive(Clone, Debug)]
pub struct MailServer {
    /// Its name, as in its certificate.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How it is reached.
    pub security: MailSecurity,
    /// Whom it knows us as, and the password.
    pub login: Option<(String, SecretString)>,
    /// From whom mail is.
    pub from: String,
    /// PEM: trusted instead of the system's authorities.
    pub ca_certificates: Option<String>,
}

/// A mail to one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// In one line.
    pub subject: String,
    /// Plain text.
    pub text: String,
}

/// Why a mail was not sent, or why none can be.
#[derive(Debug, Error)]
pub enum MailError {
    /// The configured sender, or somebody's address.
    #[error("{0:?} is no mail address")]
    Address(String),
    /// The configured authorities.
    #[error("the mail server's authorities can't be read: {0}")]
    Authorities(lettre::transport::smtp::Error),
    /// No place is free: the server is slow.
    #[error("too many mails are being sent")]
    Busy,
    /// It took too long.
    #[error("the mail server took longer than {} s", limits::MAIL_TIME.as_secs())]
    Slow,
    /// What it said, or that it said nothing.
    #[error("the mail server: {0}")]
    Server(#[from] lettre::transport::smtp::Error),
    /// A mail that can't be written.
    #[error("the mail can't be written: {0}")]
    Message(#[from] lettre::error::Error),
}

/// Sends mail. Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    clock: Clock,
    random: Random,
    places: Arc<Semaphore>,
}

impl Mailer {
    /// Gets ready; the server is not asked yet.
    pub fn new(server: &MailServer, clock: Clock, random: Random) -> Result<Self, MailError> {
        let from: Mailbox = server.from.parse().map_err(|_| MailError::Address(server.from.clone()))?;
        let tls = || tls(server).map_err(MailError::Authorities);
        let security = match server.security {
            MailSecurity::Tls => Tls::Wrapper(tls()?),
            MailSecurity::StartTls => Tls::Required(tls()?),
            MailSecurity::None => Tls::None,
        };
        let domain = ClientId::Domain(from.email.domain().to_owned());
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&server.host)
            .port(server.port)
            .tls(security)
            .hello_name(domain)
            .timeout(Some(limits::MAIL_TIME));
        if let Some((user, password)) = &server.login {
            transport = transport.credentials(Credentials::new(user.clone(), password.expose_secret().to_owned()));
        }
        let places = Arc::new(Semaphore::new(limits::MAILS_AT_ONCE));
        Ok(Self { transport: transport.build(), from, clock, random, places })
    }

    /// Sends a mail: the server has taken it when this is `Ok`.
    pub async fn send(&self, to: &str, mail: &Mail) -> Result<(), MailError> {
        let address: Address = to.parse().map_err(|_| MailError::Address(to.to_owned()))?;
        let message = self.message(address, mail)?;
        let _place = self.places.try_acquire().map_err(|_| MailError::Busy)?;
        match tokio::time::timeout(limits::MAIL_TIME, self.transport.send(message)).await {
            Ok(sent) => Ok(sent.map(|_| ())?),
            Err(_) => Err(MailError::Slow),
        }
    }

    fn message(&self, to: Address, mail: &Mail) -> Result<Message, MailError> {
        let now = self.clock.now();
        let id = crate::base::id::fresh(&self.clock, &self.random);
        let millis = std::time::Duration::from_millis(u64::try_from(now.as_millis()).unwrap_or_default());
        let subject: String = mail.subject.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        Ok(Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(subject)
            .date(SystemTime::UNIX_EPOCH + millis)
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .header(ContentType::TEXT_PLAIN)
            .body(mail.text.clone())?)
    }
}

impl std::fmt::Debug for Mailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Mailer(from {})", self.from.email)
    }
}

fn tls(server: &MailServer) -> Result<TlsParameters, lettre::transport::smtp::Error> {
    let mut builder = TlsParameters::builder(server.host.clone());
    if let Some(pem) = &server.ca_certificates {
        builder = builder
            .certificate_store(CertificateStore::None)
            .add_root_certificate(Certificate::from_pem(pem.as_bytes())?);
    }
    builder.build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mailer() -> Mailer {
        let server = MailServer {
            host: "127.0.0.1".into(),
            port: 1,
            security: MailSecurity::None,
            login: None,
            from: "Pedell <pedell@tickets.example>".into(),
            ca_certificates: None,
        };
        Mailer::new(&server, Clock::default(), Random::seeded(1)).unwrap()
    }

    #[test]
    fn no_header_can_be_slipped_in() {
        let hostile = "a\r\nBcc: evil@evil.example\r\n\r\nGo to https://evil.example";
        let mail = Mail { subject: hostile.into(), text: "x".into() };
        let message = mailer().message("ada@uni.example".parse().unwrap(), &mail).unwrap();
        let text = String::from_utf8(message.formatted()).unwrap();
        let (headers, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(!headers.lines().any(|line| line.to_ascii_lowercase().starts_with("bcc")), "{headers}");
        assert_eq!(body.trim_end(), "x");
        assert_eq!(message.envelope().to().len(), 1);
        for bad in
            ["ada@uni.example\r\nBcc: x@y.example", "ada", "ada@uni.example,x@y.example", "<ada@uni.example>", ""]
        {
            assert!(bad.parse::<Address>().is_err(), "{bad}");
        }
    }

    #[tokio::test]
    async fn a_server_that_is_not_there_is_an_error_and_no_panic() {
        let mail = Mail { subject: "s".into(), text: "t".into() };
        let refused = mailer().send("ada@uni.example", &mail).await;
        assert!(matches!(refused, Err(MailError::Server(_))), "{refused:?}");
        assert!(matches!(mailer().send("nobody", &mail).await, Err(MailError::Address(_))));
    }
}
