//! How we prove at a provider's token endpoint that it is us (OpenID Connect Core §9).

use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use serde_json::json;
use url::form_urlencoded::byte_serialize;

use crate::{
    base::{
        Random, Timestamp, limits,
        secret::{ExposeSecret, SecretString},
    },
    protocol::{jwt::client_assertion::ASSERTION_TYPE, oidc::rp::Refusal},
    vault::ClientKey,
};

/// What proves it.
#[derive(Debug)]
pub enum ClientProof {
    /// `client_secret_basic`
    Basic(SecretString),
    /// `client_secret_post`
    Post(SecretString),
    /// `private_key_jwt`
    PrivateKeyJwt {
        /// Signs.
        key: ClientKey,
        /// How the provider knows the public half.
        kid: Option<String>,
        /// Whom the assertion is for.
        audience: String,
    },
}

/// What goes along with a token request.
#[derive(Default)]
pub(super) struct Proven {
    /// The value of `Authorization`.
    pub(super) authorization: Option<SecretString>,
    /// Fields of the form.
    pub(super) fields: Vec<(&'static str, SecretString)>,
}

impl ClientProof {
    pub(super) fn prove(&self, client_id: &str, now: Timestamp, random: &Random) -> Result<Proven, Refusal> {
        let id = || ("client_id", SecretString::from(client_id));
        Ok(match self {
            Self::Basic(secret) => {
                // RFC 6749 §2.3.1: each half is form-encoded before the two are put together.
                let half = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
                let pair = format!("{}:{}", half(client_id), half(secret.expose_secret()));
                let value = format!("Basic {}", BASE64_STANDARD.encode(pair));
                Proven { authorization: Some(value.into()), fields: Vec::new() }
            }
            Self::Post(secret) => Proven { authorization: None, fields: vec![id(), ("client_secret", secret.clone())] },
            Self::PrivateKeyJwt { key, kid, audience } => {
                let claims = json!({
                    "iss": client_id, "sub": client_id, "aud": audience, "iat": now.as_seconds(),
                    "exp": now.plus(limits::OWN_ASSERTION_LIFE).as_seconds(),
                    "jti": BASE64_URL_SAFE_NO_PAD.encode(random.bytes::<16>()),
                });
                let assertion = key.sign(kid.as_deref(), &claims).map_err(|_| Refusal::ClientKey)?;
                let fields = vec![
                    id(),
                    ("client_assertion_type", ASSERTION_TYPE.into()),
                    ("client_assertion", assertion.into()),
                ];
                Proven { authorization: None, fields }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_with_odd_characters_survives_the_header() {
        let proof = ClientProof::Basic("p:ä %".into());
        let proven = proof.prove("a b:c", Timestamp::from_seconds(0), &Random::seeded(1)).unwrap();
        let header = proven.authorization.unwrap();
        let encoded = header.expose_secret().strip_prefix("Basic ").unwrap();
        assert_eq!(BASE64_STANDARD.decode(encoded).unwrap(), b"a+b%3Ac:p%3A%C3%A4+%25");
        assert!(proven.fields.is_empty(), "the id and the secret are not in the form too");
        assert!(!format!("{proof:?}").contains("p:"));
    }
}
