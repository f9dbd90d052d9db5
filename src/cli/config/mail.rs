//! `[mail]`: the operator's mail server.

use std::path::PathBuf;

use super::reader::{Section, shortened};
use crate::peers::mail::MailSecurity;

/// `[mail]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailSettings {
    /// The server's name; `None`: there is no mail.
    pub host: Option<String>,
    /// Its port; 0: the usual one.
    pub port: u16,
    /// How it is reached.
    pub security: MailSecurity,
    /// Whom it knows us as.
    pub user: Option<String>,
    /// A file with the password.
    pub password_file: Option<PathBuf>,
    /// From whom mail is.
    pub from: String,
    /// A file of authorities that are trusted instead of the system's.
    pub ca_certificate_file: Option<PathBuf>,
}

impl MailSettings {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        let text = |text: &str| Ok(Some(text.to_owned()).filter(|text| !text.is_empty()));
        let file = |text: &str| Ok(Some(PathBuf::from(text)).filter(|path| !path.as_os_str().is_empty()));
        let settings = Self {
            host: section.parsed("host", "", host),
            port: u16::try_from(section.number("port", 0, 0..=65_535)).unwrap_or_default(),
            security: section.choice(
                "security",
                "tls",
                &[("tls", MailSecurity::Tls), ("starttls", MailSecurity::StartTls), ("none", MailSecurity::None)],
            ),
            user: section.parsed("user", "", text),
            password_file: section.parsed("password_file", "", file),
            from: section.parsed("from", "", |text| Ok(text.to_owned())),
            ca_certificate_file: section.parsed("ca_certificate_file", "", file),
        };
        if settings.host.is_some() && !settings.from.contains('@') {
            section.fault("`mail.from` must be a mail address where `mail.host` is set");
        }
        if settings.user.is_some() != settings.password_file.is_some() {
            section.fault("`mail.user` and `mail.password_file` go together");
        }
        let is_here = matches!(settings.host.as_deref(), Some("localhost" | "127.0.0.1" | "::1"));
        if settings.host.is_some() && settings.security == MailSecurity::None && !is_here {
            section.fault("`mail.security` must be tls or starttls: links would travel readably");
        }
        settings
    }

    /// Where the server listens.
    pub fn port_or_usual(&self) -> u16 {
        match (self.port, self.security) {
            (0, MailSecurity::Tls) => 465,
            (0, MailSecurity::StartTls) => 587,
            (0, MailSecurity::None) => 25,
            (port, _) => port,
        }
    }
}

fn host(text: &str) -> Result<Option<String>, String> {
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:".contains(&byte));
    match text {
        "" => Ok(None),
        _ if plain && text.len() <= 253 => Ok(Some(text.to_owned())),
        _ => Err(format!("must be a server's name, or empty, not `{}`", shortened(text))),
    }
}
