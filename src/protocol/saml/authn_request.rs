//! Asking an identity provider to log a student in (SAML core §3.4.1, SAML2int SDP-SP01 ff.).

use super::{
    keys::{KeyFault, SigningKey},
    names, redirect,
    xml::text::push_attribute_value,
};
use crate::base::{Random, Timestamp};

/// A request in the making. No `NameIDPolicy` and no `RequestedAuthnContext`: we want whatever the university does.
#[derive(Clone, Copy, Debug)]
pub struct AuthnRequest<'a> {
    /// From [`fresh_id`]; the response must answer it.
    pub id: &'a str,
    /// The present.
    pub issued: Timestamp,
    /// Our entity ID.
    pub sp_entity_id: &'a str,
    /// Where the response is to be posted.
    pub acs_url: &'a str,
    /// The provider's redirect endpoint, from its metadata.
    pub destination: &'a str,
    /// Whether the student must log in again although a session exists.
    pub force_authn: bool,
}

/// An ID as XML wants it: not beginning with a digit; 160 random bits (SAML core §1.3.4).
pub fn fresh_id(random: &Random) -> String {
    random.bytes::<20>().iter().fold("_".to_owned(), |id, byte| format!("{id}{byte:02x}"))
}

impl AuthnRequest<'_> {
    /// The URL to send the browser to, signed.
    pub fn redirect_url(&self, relay_state: Option<&str>, key: &SigningKey) -> Result<String, KeyFault> {
        let query = redirect::signed_query(&self.to_xml(), relay_state, key)?;
        let separator = if self.destination.contains('?') { '&' } else { '?' };
        Ok(format!("{}{separator}{query}", self.destination))
    }

    fn to_xml(self) -> String {
        let whole_second = Timestamp::from_seconds(self.issued.as_seconds());
        let force = if self.force_authn { " ForceAuthn=\"true\"" } else { "" };
        format!(
            "<samlp:AuthnRequest xmlns:samlp=\"{}\" xmlns:saml=\"{}\" ID=\"{}\" Version=\"2.0\" \
             IssueInstant=\"{whole_second}\" Destination=\"{}\" AssertionConsumerServiceURL=\"{}\" \
             ProtocolBinding=\"{}\"{force}><saml:Issuer>{}</saml:Issuer></samlp:AuthnRequest>",
            names::PROTOCOL,
            names::ASSERTION,
            escaped(self.id),
            escaped(self.destination),
            escaped(self.acs_url),
            names::POST_BINDING,
            escaped(self.sp_entity_id),
        )
    }
}

/// For attributes and for text alike.
pub(crate) fn escaped(value: &str) -> String {
    let mut out = Vec::with_capacity(value.len());
    push_attribute_value(value, &mut out);
    String::from_utf8_lossy(&out).replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use aws_lc_rs::{
        encoding::{AsDer, Pkcs8V1Der},
        rsa::{KeyPair, KeySize},
    };
    use base64::{Engine, prelude::BASE64_STANDARD};
    use url::Url;
    use zeroize::Zeroizing;

    use super::{super::keys::VerifyingKey, *};

    fn request() -> AuthnRequest<'static> {
        AuthnRequest {
            id: "_1",
            issued: Timestamp::parse("2026-11-23T05:10:00.123Z").unwrap(),
            sp_entity_id: "https://sp.example/?a=1&b=<2>",
            acs_url: "https://sp.example/acs",
            destination: "https://idp.example/sso?tenant=1",
            force_authn: true,
        }
    }

    #[test]
    fn the_query_is_signed_as_it_is_sent_and_holds_the_request() {
        let rsa = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let pkcs8: Pkcs8V1Der = rsa.as_der().unwrap();
        let p256 = aws_lc_rs::signature::EcdsaKeyPair::generate_pkcs8(
            &aws_lc_rs::signature::ECDSA_P256_SHA256_FIXED_SIGNING,
            &aws_lc_rs::rand::SystemRandom::new(),
        );
        for pkcs8 in [pkcs8.as_ref().to_vec(), p256.unwrap().as_ref().to_vec()] {
            let key = SigningKey::from_pkcs8(&Zeroizing::new(pkcs8)).unwrap();
            let url = Url::parse(&request().redirect_url(Some("a b&c"), &key).unwrap()).unwrap();
            assert!(url.as_str().starts_with("https://idp.example/sso?tenant=1&SAMLRequest="));
            let parameter =
                |name| url.query_pairs().find(|(n, _)| n == name).map(|(_, v): (Cow<str>, _)| v.into_owned());
            assert_eq!(parameter("RelayState").unwrap(), "a b&c");
            assert_eq!(parameter("SigAlg").unwrap(), key.algorithm().uri());

            let query = url.query().unwrap();
            let signed = &query["tenant=1&".len()..query.find("&Signature=").unwrap()];
            let signature = BASE64_STANDARD.decode(parameter("Signature").unwrap()).unwrap();
            let public = VerifyingKey::from_public_key_info(&key.public_key_info().unwrap()).unwrap();
            assert!(public.verifies(key.algorithm(), signed.as_bytes(), &signature));

            let xml = redirect::inflate(&parameter("SAMLRequest").unwrap()).unwrap();
            let document = roxmltree::Document::parse(&xml).unwrap();
            let root = document.root_element();
            assert!(root.has_tag_name((names::PROTOCOL, "AuthnRequest")));
            assert_eq!(root.attribute("IssueInstant"), Some("2026-11-23T05:10:00Z"));
            assert_eq!(root.attribute("ForceAuthn"), Some("true"));
            assert_eq!(root.first_element_child().unwrap().text(), Some("https://sp.example/?a=1&b=<2>"));
        }
    }

    #[test]
    fn an_id_does_not_begin_with_a_digit_and_is_never_the_same() {
        let random = Random::seeded(1);
        let (first, second) = (fresh_id(&random), fresh_id(&random));
        assert!(first.starts_with('_') && first.len() == 41 && first != second);
    }
}
