//! What a student, or somebody who tries a connection, leaves our site for and comes back with.

use serde::{Deserialize, Serialize};

use super::{account::visit::AccountVisit, login::Login, trial::Trial};
use crate::base::Timestamp;

/// Why a browser is sent to a university's login. Travels sealed in it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Errand {
    /// A shop sent a student over.
    Shop(Box<Login>),
    /// The university's IT tries its test connection.
    Trial(Trial),
    /// A student comes to their own account.
    Account(AccountVisit),
}

impl Errand {
    /// When it has to be begun anew.
    pub fn expires_at(&self) -> Timestamp {
        match self {
            Self::Shop(login) => login.expires_at,
            Self::Trial(trial) => trial.expires_at,
            Self::Account(visit) => visit.expires_at,
        }
    }
}
