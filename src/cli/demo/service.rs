//! The web service of an invented university, running beside the demo.

use tokio::{net::TcpListener, task::JoinHandle};

use super::{campus::Campus, people::service_list};
use crate::{
    base::secret::PlainToken,
    cli::CliError,
    domain::{
        connection::{ConnectionSecrets, ConnectionSettings},
        semester::{Calendar, KeyForm},
    },
    flow::Pedell,
};

/// A running service, which only the demo's Pedell may ask.
pub(super) struct Service {
    address: String,
    token: PlainToken,
    task: JoinHandle<()>,
}

impl Service {
    /// Starts it on a free port.
    pub(super) async fn start(pedell: &Pedell) -> Result<Self, CliError> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}/verify", listener.local_addr()?);
        let token = PlainToken::fresh(pedell.random());
        let list = known_to_it(pedell);
        let campus = Campus::new(list.as_bytes(), &address, Some(token.expose().to_owned()))?;
        let task = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, campus.router()).await {
                tracing::error!(%error, "the demo's web service has ended");
            }
        });
        Ok(Self { address, token, task })
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// As the university's IT would set it.
    pub(super) fn connection(&self) -> Result<(ConnectionSettings, ConnectionSecrets), CliError> {
        let settings = toml::from_str(&format!(
            r#"
kind = "soap"
wsdl_url = "{}?wsdl"
fields = ["matriculation_number", "given_names", "family_name", "birth_date"]
elements = {{ answered_family_name = "Name", answered_given_names = "Vorname", answered_birth_date = "Geburtsdatum" }}

[error_codes]
1 = {{ means = "not_enrolled", text = "Unbekannt, oder andere Angaben" }}
2 = {{ means = "wrong_semester", text = "In diesem Semester nicht eingeschrieben" }}
9 = {{ means = "unavailable", text = "Falsches Token" }}
"#,
            self.address
        ))?;
        let mut secrets = ConnectionSecrets::default();
        secrets.set("token", self.token.expose().to_owned().into());
        Ok((settings, secrets))
    }

    pub(super) fn end(&self) {
        self.task.abort();
    }
}

/// This semester's students and last semester's.
fn known_to_it(pedell: &Pedell) -> String {
    let current = Calendar::university().semester_on(pedell.clock().now().date_in_berlin());
    let key = |semester| KeyForm::ShortYearLetter.format(semester);
    service_list(&key(current), &key(current.previous().unwrap_or(current)))
}
