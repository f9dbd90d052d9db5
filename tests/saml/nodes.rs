//! Several nodes of one instance, several providers that are all known: nobody stands in for another.

use pedell::protocol::saml::{Coded, Expectations, RequestId, verify_response};

use crate::{
    idp::*,
    login::{Browser, Scene, answer, answer_as},
};

const OTHER: &str = "https://idp.other.example/idp/shibboleth";

#[tokio::test]
async fn an_assertion_that_was_used_on_one_node_is_used_on_every_node() {
    let one = Scene::new().await;
    let other = one.another_node().await;
    // Each node finishes what the other began.
    let mut browser = Browser::default();
    let (request, relay) = one.depart(&mut browser).await;
    let document = answer_as("_same", &request, "20262", "student@uni.example");
    let back = other.post(&mut browser, "/verify/saml", &document, &relay).await;
    assert!(back.location.starts_with("https://shop.example/callback?code="), "{}", back.body);
    // The same assertion in another login, signed anew so that only its ID gives it away: for the same student and
    // product it is the first verification again, and never a second one.
    let mut again = Browser::default();
    let (request, relay) = other.depart(&mut again).await;
    let document = answer_as("_same", &request, "20262", "student@uni.example");
    let page = one.post(&mut again, "/verify/saml", &document, &relay).await;
    assert_eq!(one.outcomes().await.len(), 1, "{}", page.body);
    // One that led to a refusal is refused for having been used, wherever it comes again.
    for (node, semester, ending) in [(&one, "20261", "reason=wrong_semester"), (&other, "20262", "reason=login_failed")]
    {
        let mut browser = Browser::default();
        let (request, relay) = node.depart(&mut browser).await;
        let document = answer_as("_again", &request, semester, "student@uni.example");
        let page = node.post(&mut browser, "/verify/saml", &document, &relay).await;
        assert!(page.location.is_empty() && page.body.contains(ending), "{ending}: {}", page.body);
    }
}

#[tokio::test]
async fn a_provider_that_we_know_cannot_answer_for_another() {
    let scene = Scene::new().await;
    // It signs with a key that the other's metadata name only to encrypt to.
    scene.meet(&crate::metadata::entity(OTHER, true).replace("use=\"encryption\"", "use=\"signing\""));
    let other = Signing { key: &keys().attacker, ..Signing::default() };
    for (named, code) in [(OTHER, "response_issuer"), (IDP, "signature_value")] {
        let mut browser = Browser::default();
        let (request, relay) = scene.depart(&mut browser).await;
        let genuine = answer(&request, "20262", "student@uni.example");
        let unsigned = without_signature(&genuine).replace(IDP, named);
        let document = other.sign(&unsigned, &format!("_assertion-{request}"));
        assert_eq!(judged(&document, &request), code);
        let page = scene.post(&mut browser, "/verify/saml", &document, &relay).await;
        assert!(page.location.is_empty() && page.body.contains("reason=login_failed"), "{}", page.body);
    }
}

fn without_signature(document: &str) -> String {
    let (start, end) = ("<ds:Signature ", "</ds:Signature>");
    let (from, to) = (document.find(start).unwrap(), document.find(end).unwrap() + end.len());
    format!("{}{}", &document[..from], &document[to..])
}

/// The reason, as the service would log it.
fn judged(document: &str, request: &str) -> &'static str {
    let keys = [&keys().idp, &keys().p256].map(Pair::verifying);
    let expected = Expectations { idp_keys: &keys, request: RequestId::Asked(request), ..expectations() };
    verify_response(document.as_bytes(), &expected).as_ref().map_or_else(Coded::code, |_| "accepted")
}
