//! The list of universities, with a federation of many more behind it.

use axum::{Router, routing::get};
use http::StatusCode;
use pedell::{
    domain::{
        policy::Actor,
        tenant::{Slug, UniversityProfile},
    },
    peers::federation::{Place, Source},
    protocol::saml::names,
};
use tempfile::TempDir;
use url::Url;

use crate::{
    idp::*,
    login::{Browser, Scene},
    metadata::{entity, named, signed_entities},
};

const UNTIL: &str = "2026-11-29T08:00:00Z";
const AUTHORIZE: &str = "/authorize?response_type=code&client_id=shop&redirect_uri=https%3A%2F%2Fshop.example%2Fcallback\
                         &scope=openid&state=s&nonce=n\
                         &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";

fn hidden(entity: &str) -> String {
    let category = format!(
        "<md:Extensions><mdattr:EntityAttributes xmlns:mdattr=\"{}\"><saml:Attribute xmlns:saml=\"{}\" \
         Name=\"http://macedir.org/entity-category\"><saml:AttributeValue>\
         http://refeds.org/category/hide-from-discovery</saml:AttributeValue></saml:Attribute></mdattr:EntityAttributes>",
        names::MDATTR,
        names::ASSERTION
    );
    entity.replacen("<md:Extensions>", &category, 1)
}

/// A picker with two universities: one with a login, one with a list; the federation's file says these entities.
async fn scene(entities: &str) -> (Scene, TempDir) {
    let scene = Scene::new().await;
    let profile: UniversityProfile = serde_json::from_value(serde_json::json!({
        "name_de": "Hochschule für Fischerei Seehafen", "name_en": "Seehafen School of Fishery",
        "calendar": { "summer_month": 3, "winter_month": 9 }, "keywords": ["HFS"],
    }))
    .unwrap();
    scene.pedell.create_university(Slug::parse("hs-fisch").unwrap(), profile, &Actor::Operator).await.unwrap();
    let file = signed_entities(entities, UNTIL);
    let router = Router::new().route("/metadata.xml", get(|| async move { file }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/metadata.xml", listener.local_addr().unwrap())).unwrap();
    let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let cache = TempDir::new().unwrap();
    let federation = scene.pedell.federation();
    let source = Source::new("test", Place::Aggregate(url), vec![keys().idp.verifying()]);
    federation.follow(vec![source], cache.path());
    federation.ask_now().await.pop().unwrap().unwrap();
    server.abort();
    (scene, cache)
}

/// The page that a search for `query` shows, and what can be chosen on it.
async fn search(scene: &Scene, query: &str) -> (String, Vec<String>) {
    let mut browser = Browser::default();
    let begun = scene.get(&mut browser, &format!("{AUTHORIZE}&ui_locales=en")).await;
    let query: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
    let page = scene.get(&mut browser, &format!("{}&q={query}", begun.location)).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let choices = page.body.split("name=\"university\" value=\"").skip(1);
    let choices = choices.map(|rest| rest.split('"').next().unwrap().to_owned()).collect();
    (page.body, choices)
}

/// A university of the federation that is named but cannot be chosen.
fn told(page: &str, name: &str) -> bool {
    page.contains(&format!("<li>{name}</li>"))
}

#[tokio::test]
async fn a_university_of_the_federation_that_takes_no_part_is_told_so_by_name() {
    let koeln = named("https://idp.koeln.example", "Universität Köln", "University of Cologne");
    let (scene, _cache) = scene(&koeln).await;
    for query in ["köln", "koeln uni", "COLOGNE"] {
        let (page, choices) = search(&scene, query).await;
        assert!(choices.is_empty() && told(&page, "University of Cologne"), "{query}: {page}");
        assert!(page.contains("Found, but not taking part"), "{page}");
    }
    let (page, choices) = search(&scene, "").await;
    assert_eq!(choices.len(), 2);
    assert!(!page.contains("Cologne") && page.contains("Search all universities"), "{page}");
    let (page, choices) = search(&scene, "Hogwarts").await;
    assert!(choices.is_empty() && page.contains("No university found") && !page.contains("not taking part"), "{page}");
}

#[tokio::test]
async fn who_takes_part_is_found_by_its_metadata_and_not_listed_as_another() {
    let own = named(IDP, "TU Seehafen (Shibboleth)", "Seehafen Technology");
    let fishery = named("https://idp.fisch.example", "Hochschule für Fischerei Seehafen", "");
    let (scene, _cache) = scene(&(own + &fishery)).await;
    // The file in idp-metadata has the keyword "Beispiel Stadt" and the domain.
    for query in ["beispiel stadt", "uni.example", "seehafen technology"] {
        let (page, choices) = search(&scene, query).await;
        assert_eq!(choices, ["tu-seehafen"], "{query}: {page}");
        assert!(!told(&page, "Seehafen Technology"), "{page}");
    }
    let (page, choices) = search(&scene, "fischerei").await;
    assert_eq!(choices, ["hs-fisch"]);
    assert!(!page.contains("Found, but not taking part"), "the one with a list is the same as that in the federation");
}

#[tokio::test]
async fn who_asks_to_be_hidden_is_not_found_in_any_list() {
    let test_idp = hidden(&named("https://test.example", "Testhochschule", "Test University"));
    let open = named("https://open.example", "Testhochschule Offen", "Open Test University");
    let (scene, _cache) = scene(&(test_idp + &open)).await;
    let (page, _) = search(&scene, "test").await;
    assert!(told(&page, "Open Test University") && !told(&page, "Test University"), "{page}");
    // One of ours that asks so is not in the list either; a shop can still send its students there.
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("uni.xml"), hidden(&entity(IDP, true))).unwrap();
    scene.pedell.federation().refresh(folder.path(), at(NOW)).unwrap();
    let (_, choices) = search(&scene, "").await;
    assert_eq!(choices, ["hs-fisch"]);
    let straight = scene.get(&mut Browser::default(), &format!("{AUTHORIZE}&university=tu-seehafen")).await;
    assert!(straight.location.starts_with("/verify/saml?"), "{}", straight.location);
}

#[tokio::test]
async fn a_search_that_finds_very_many_shows_some_and_says_so() {
    let many: String =
        (0..40).map(|n| named(&format!("https://idp{n}.example"), &format!("Volksuni {n:02}"), "")).collect();
    let (scene, _cache) = scene(&many).await;
    let (page, _) = search(&scene, "volksuni").await;
    assert!(told(&page, "Volksuni 00") && told(&page, "Volksuni 19") && !told(&page, "Volksuni 20"), "{page}");
    assert!(page.contains("There are more."), "{page}");
    let (page, _) = search(&scene, "volksuni 20").await;
    assert!(told(&page, "Volksuni 20") && !page.contains("There are more."), "{page}");
}

#[tokio::test]
async fn a_logo_that_we_do_not_have_is_not_there() {
    let (scene, _cache) = scene("").await;
    let absent = scene.get(&mut Browser::default(), "/logos/AAAAAAAAAAAAAAAAAAAAAA").await;
    assert_eq!(absent.status, StatusCode::NOT_FOUND);
}
