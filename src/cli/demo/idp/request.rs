//! What Pedell asks: a signed `AuthnRequest` (SAML core §3.4.1), believed only if everything about it is right.

use super::service::Service;
use crate::{
    cli::CliError,
    protocol::saml::{
        names, redirect,
        xml::{
            canonical::Method,
            outline::Outline,
            tree::{self, attribute, child},
        },
    },
};

/// A request that the service made.
#[derive(Debug)]
pub(super) struct Request {
    /// What the response must say that it answers.
    pub(super) id: String,
    /// Goes back as it came.
    pub(super) relay_state: Option<String>,
}

impl Request {
    /// From a query as it was sent; `destination` is our own address.
    pub(super) fn read(query: &str, service: &Service, destination: &str) -> Result<Self, CliError> {
        let signed = redirect::read_signed_request(query, &service.signing)?;
        let outline = Outline::of(&signed.message)?;
        let canonical = outline.canonicalise(outline.root(), &[], Method::Inclusive)?;
        let document = tree::parse(&canonical)?;
        let request = document.root_element();
        if !tree::is(request, names::PROTOCOL, "AuthnRequest") {
            return Err("the message is not an AuthnRequest".into());
        }
        let issuer = child(request, names::ASSERTION, "Issuer").map(tree::text);
        if issuer.as_deref() != Some(&service.entity_id) {
            return Err("the request comes from somebody else".into());
        }
        if attribute(request, "Destination") != Some(destination) {
            return Err("the request was sent to another identity provider".into());
        }
        if attribute(request, "AssertionConsumerServiceURL").is_some_and(|url| url != service.acs_url) {
            return Err("the response is wanted at an address that is not in the metadata".into());
        }
        let id = attribute(request, "ID").ok_or("the request has no ID")?.to_owned();
        Ok(Self { id, relay_state: signed.relay_state })
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
    use zeroize::Zeroizing;

    use super::*;
    use crate::{
        base::Timestamp,
        protocol::saml::{authn_request::AuthnRequest, certificate::Certificate, keys::SigningKey, self_signed},
    };

    const SSO: &str = "https://idp.example/sso";

    fn key() -> (SigningKey, Certificate) {
        let pair = aws_lc_rs::rsa::KeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
        let pkcs8: Pkcs8V1Der = pair.as_der().unwrap();
        let key = SigningKey::from_pkcs8(&Zeroizing::new(pkcs8.as_ref().to_vec())).unwrap();
        let (from, until) = (Timestamp::from_seconds(0), Timestamp::from_seconds(1));
        let certificate = self_signed::certificate(&key, "sp", [1; 16], from, until).unwrap();
        (key, certificate)
    }

    #[test]
    fn a_request_is_answered_only_if_the_service_made_it_for_us() {
        let ((own, certificate), (stranger, _)) = (key(), key());
        let service = Service {
            entity_id: "https://sp.example".to_owned(),
            acs_url: "https://sp.example/acs".to_owned(),
            signing: vec![certificate.verifying_key().unwrap()],
            encryption: certificate,
        };
        let asking = |sp: &str, acs: &str, destination: &str, key: &SigningKey| {
            let request = AuthnRequest {
                id: "_1",
                issued: Timestamp::from_seconds(0),
                sp_entity_id: sp,
                acs_url: acs,
                destination,
                force_authn: false,
            };
            let url = request.redirect_url(Some("r&s"), key).unwrap();
            Request::read(url.split_once('?').unwrap().1, &service, SSO).map_err(|error| error.to_string())
        };
        let (sp, acs) = ("https://sp.example", "https://sp.example/acs");
        let request = asking(sp, acs, SSO, &own).unwrap();
        assert_eq!((request.id.as_str(), request.relay_state.as_deref()), ("_1", Some("r&s")));
        for (refused, why) in [
            (asking(sp, acs, SSO, &stranger), "signature"),
            (asking("https://evil.example", acs, SSO, &own), "somebody else"),
            (asking(sp, "https://evil.example/acs", SSO, &own), "not in the metadata"),
            (asking(sp, acs, "https://other.example/sso", &own), "another identity provider"),
        ] {
            let error = refused.unwrap_err();
            assert!(error.contains(why), "{error}");
        }
    }
}
