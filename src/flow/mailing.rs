//! Staff get mail where there is a server for it: an invitation's link, to whoever logs in by a mail address.

use super::Pedell;
use crate::{
    domain::staff::{LoginName, StaffId},
    peers::mail::{Mail, MailError, Mailer},
};

/// What became of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailOutcome {
    /// The server has taken it.
    Sent,
    /// It could not be sent; the cause is in the log.
    Failed,
}

impl Pedell {
    /// The mail server, for as long as the process runs.
    pub fn use_mailer(&self, mailer: Mailer) {
        // A second one would be another configuration: there is only one.
        let _ = self.0.mailer.set(mailer);
    }

    /// Sends a mail to somebody who logs in by this name: `None` if there is no server, or the name is no address. It is
    /// sent even if nobody waits for it.
    pub async fn mail_to(&self, login: &LoginName, id: &StaffId, mail: Mail) -> Option<MailOutcome> {
        let mailer = self.0.mailer.get().cloned()?;
        let login = login.to_string();
        if !login.contains('@') {
            return None;
        }
        let sending = tokio::spawn(async move { mailer.send(&login, &mail).await });
        Some(match sending.await {
            Ok(Ok(())) => MailOutcome::Sent,
            Ok(Err(MailError::Address(_))) => return None,
            Ok(Err(error)) => {
                tracing::warn!(staff = id.as_str(), %error, "a mail could not be sent");
                MailOutcome::Failed
            }
            Err(_) => MailOutcome::Failed,
        })
    }
}
