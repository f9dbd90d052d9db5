//! Codes and access tokens of the demonstration's provider: each is good once and for a minute.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use super::accounts::Member;
use crate::{
    base::{Random, Timestamp},
    protocol::oidc::CodeChallenge,
};

const LIFE: Duration = Duration::from_mins(1);
/// At one moment; the oldest make room.
const MOST: usize = 1_000;

/// What somebody has been given a code for.
pub(super) struct Granted {
    pub(super) member: Member,
    pub(super) nonce: String,
    pub(super) challenge: CodeChallenge,
}

#[derive(Default)]
pub(super) struct Codes(Mutex<HashMap<String, (Timestamp, Granted)>>);

impl Codes {
    /// A new one.
    pub(super) fn give(&self, random: &Random, now: Timestamp, granted: Granted) -> String {
        let code = BASE64_URL_SAFE_NO_PAD.encode(random.bytes::<32>());
        let mut codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        codes.retain(|_, (given, _)| now.since(*given) < LIFE);
        if codes.len() >= MOST
            && let Some(oldest) = codes.iter().min_by_key(|(_, (given, _))| *given).map(|(code, _)| code.clone())
        {
            codes.remove(&oldest);
        }
        codes.insert(code.clone(), (now, granted));
        code
    }

    /// What it was given for; from now on it is good for nothing.
    pub(super) fn take(&self, code: &str, now: Timestamp) -> Option<Granted> {
        let taken = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(code);
        taken.filter(|(given, _)| now.since(*given) < LIFE).map(|(_, granted)| granted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::demo::oidc_provider::members;

    fn granted() -> Granted {
        let challenge =
            CodeChallenge::parse(Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"), Some("S256")).unwrap();
        Granted { member: members().remove(0), nonce: String::new(), challenge }
    }

    #[test]
    fn a_code_is_good_once_and_for_a_minute() {
        let (codes, random, now) = (Codes::default(), Random::seeded(1), Timestamp::from_seconds(0));
        let code = codes.give(&random, now, granted());
        assert!(codes.take(&code, now.plus(LIFE / 2)).is_some());
        assert!(codes.take(&code, now).is_none());
        let late = codes.give(&random, now, granted());
        assert!(codes.take(&late, now.plus(LIFE)).is_none());
    }
}
