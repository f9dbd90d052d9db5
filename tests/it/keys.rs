//! Keys that change while the service runs, and keys that are gone.

use std::time::Duration;

use futures_util::future::join_all;
use pedell::{
    base::{Clock, Random},
    domain::policy::Actor,
    flow::{Pedell, import_roster::ImportError},
    protocol::jwt::eligibility::verify_eligibility,
    vault::{MasterKey, SigningAlgorithm},
};

use crate::{
    scene::{Scene, on_each_engine, settings},
    site::{Answer, JONAS, Shop, Site, ZOE, list},
};

async fn ready(scene: &Scene) -> (Site, Shop) {
    scene.import(list(&[ZOE, JONAS])).await.unwrap();
    (scene.site().await, scene.shop("shop").await)
}

/// The key ids of the served JWKS.
async fn kids(site: &Site) -> Vec<String> {
    site.jwks().await.keys.iter().map(|key| key.kid().to_owned()).collect()
}

fn kid(token: &str) -> String {
    jsonwebtoken::decode_header(token).unwrap().kid.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_issued_and_verified_while_keys_rotate() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let mut codes = Vec::new();
        for _ in 0..40 {
            codes.push(site.browser().code(&shop, ZOE).await);
        }
        let rotate = async {
            for _ in 0..5 {
                scene.pedell.rotate_signing_keys(&Actor::Operator).await.unwrap();
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let issue = async {
            let mut tokens = Vec::new();
            for some in codes.chunks(8) {
                for answer in join_all(some.iter().map(|code| site.redeem_code(&shop, code))).await {
                    tokens.push(answer.json()["id_token"].as_str().unwrap().to_owned());
                }
            }
            tokens
        };
        let ((), tokens) = tokio::join!(rotate, issue);
        for token in &tokens {
            site.claims(&shop, token).await;
        }
        let entries = scene.pedell.stores().control().audit_after(0).await.unwrap();
        assert_eq!(entries.iter().filter(|entry| entry.kind == "signing_keys.rotated").count(), 5);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_published_before_it_signs_and_until_its_last_tokens_are_over() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let before = kids(&site).await;
        assert_eq!(before.len(), 2, "the key that signs, and the next");
        let old = site.issue(&shop, ZOE).await;
        let next = before.iter().find(|id| **id != kid(&old)).unwrap().clone();
        assert_eq!(scene.pedell.rotate_signing_keys(&Actor::Operator).await.unwrap(), next);
        let during = kids(&site).await;
        assert_eq!(during.len(), 3);
        assert!(before.iter().all(|kid| during.contains(kid)));
        let new = site.issue(&shop, ZOE).await;
        assert_eq!(kid(&new), next);
        site.claims(&shop, &old).await;
        scene.clock.advance(Duration::from_secs(3599));
        assert!(kids(&site).await.contains(&kid(&old)));
        scene.clock.advance(Duration::from_secs(6));
        let after = kids(&site).await;
        assert!(!after.contains(&kid(&old)) && after.contains(&next) && after.len() == 2, "{after:?}");
        let now = scene.clock.now();
        assert!(verify_eligibility(&old, &site.jwks().await, "https://pedell.example", None, now).is_err());
        let discovery = site.get("/.well-known/openid-configuration").await.json();
        assert_eq!(discovery["id_token_signing_alg_values_supported"], serde_json::json!(["ES256"]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_algorithm_changes_with_the_next_rotation_and_old_tokens_still_verify() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let old = site.issue(&shop, ZOE).await;
        let eddsa = scene
            .place
            .open_with(scene.clock.clone(), |settings| settings.signing_algorithm = SigningAlgorithm::EdDsa)
            .await;
        eddsa.rotate_signing_keys(&Actor::Operator).await.unwrap();
        let site = Site::open(&eddsa).await;
        let new = site.issue(&shop, ZOE).await;
        assert_eq!(jsonwebtoken::decode_header(&new).unwrap().alg, jsonwebtoken::Algorithm::EdDSA);
        site.claims(&shop, &new).await;
        site.claims(&shop, &old).await;
        let discovery = site.get("/.well-known/openid-configuration").await.json();
        assert_eq!(discovery["id_token_signing_alg_values_supported"][0], "EdDSA");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_tenants_rotation_old_data_open_and_new_ones_are_sealed_with_the_new_version() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let first = site.claims(&shop, &site.issue(&shop, ZOE).await).await;
        let code_from_before = site.browser().code(&shop, JONAS).await;
        let id = &scene.university.id;
        assert_eq!(scene.pedell.rotate_tenant_keys(id, &Actor::Operator).await.unwrap(), 2);
        assert_eq!(site.redeem_code(&shop, &code_from_before).await.status, 200, "old evidence opens");
        let second = site.claims(&shop, &site.issue(&shop, ZOE).await).await;
        assert_eq!((second.sub, second.repeat), (first.sub.clone(), true), "it is the same student");
        let tenant = scene.tenant().await;
        let sealed_with = async |reference: &str| {
            let plain = reference.replace('-', "");
            tenant.verification_by_reference(&plain).await.unwrap().unwrap().evidence.unwrap()[0]
        };
        assert_eq!((sealed_with(&first.verification).await, sealed_with(&second.verification).await), (1, 2));
        scene.import(list(&[ZOE, JONAS])).await.unwrap();
        let current = tenant.current_rosters().await.unwrap();
        assert_eq!(current[0].key_version, 2);
        let third = site.claims(&shop, &site.issue(&shop, ZOE).await).await;
        assert_eq!((third.sub, third.repeat), (first.sub, true));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_node_reads_at_once_what_was_sealed_with_a_version_it_has_not_seen() {
    on_each_engine(async |scene| {
        let (_, shop) = ready(&scene).await;
        let other = Site::open(&scene.place.open(scene.clock.clone()).await).await;
        assert_eq!(other.check(&shop, ZOE, "musterstadt").await.json()["eligible"], true, "its keys are read now");
        scene.pedell.rotate_tenant_keys(&scene.university.id, &Actor::Operator).await.unwrap();
        let code = scene.site().await.browser().code(&shop, ZOE).await;
        assert_eq!(other.redeem_code(&shop, &code).await.status, 200, "evidence under the new version");
        let third = Site::open(&scene.place.open(scene.clock.clone()).await).await;
        assert_eq!(third.check(&shop, ZOE, "musterstadt").await.json()["eligible"], true);
        scene.pedell.rotate_tenant_keys(&scene.university.id, &Actor::Operator).await.unwrap();
        scene.import(list(&[ZOE, JONAS])).await.unwrap();
        assert_eq!(third.check(&shop, ZOE, "musterstadt").await.json()["eligible"], true, "a list under the new one");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_node_signs_with_the_new_key_within_five_seconds_and_verifies_what_it_signed_before() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let other = Site::open(&scene.place.open(scene.clock.clone()).await).await;
        let old = kid(&other.issue(&shop, ZOE).await);
        let new = scene.pedell.rotate_signing_keys(&Actor::Operator).await.unwrap();
        let meanwhile = other.issue(&shop, ZOE).await;
        assert_eq!(kid(&meanwhile), old);
        site.claims(&shop, &meanwhile).await;
        scene.clock.advance(Duration::from_secs(5));
        assert_eq!(kid(&other.issue(&shop, ZOE).await), new);
        assert_eq!(kids(&other).await, kids(&site).await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_begins_on_one_node_and_ends_on_another() {
    on_each_engine(async |scene| {
        let (one, shop) = ready(&scene).await;
        let two = Site::open(&scene.place.open(scene.clock.clone()).await).await;
        let (here, there) = (one.browser(), two.browser());
        let form = here.at_the_form(&shop, &[]).await;
        *there.jar() = here.jar().clone();
        let back = there.fill(&form, ZOE).await.back_at_the_shop();
        assert_eq!(one.redeem_code(&shop, &back["code"]).await.status, 200);
        let again = there.fill(&form, ZOE).await.back_at_the_shop();
        assert_eq!(two.redeem_code(&shop, &again["code"]).await.error(), "invalid_grant", "once on both");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn once_a_tenants_keys_are_deleted_nothing_of_it_can_be_read_and_everybody_is_told_so() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let other_node = Site::open(&scene.place.open(scene.clock.clone()).await).await;
        assert_eq!(other_node.check(&shop, ZOE, "musterstadt").await.json()["eligible"], true);
        let code = site.browser().code(&shop, ZOE).await;
        let uploader = scene.uploader("campus", &scene.university.id).await;
        assert_eq!(scene.pedell.delete_tenant_keys(&scene.university.id, &Actor::Operator).await.unwrap(), 1);
        scene.clock.advance(Duration::from_secs(5));
        for site in [&site, &other_node] {
            let page = site.browser().verify(&shop, ZOE, &[]).await;
            assert_eq!(page.status, 200);
            assert!(page.body.contains("source_unavailable") && page.reference().is_some(), "{}", page.body);
            let check = site.check(&shop, ZOE, "musterstadt").await;
            assert_eq!((check.status, check.json()["reason"].as_str()), (503, Some("source_unavailable")));
            let token = site.redeem_code(&shop, &code).await;
            assert_eq!((token.status, token.error().as_str()), (503, "temporarily_unavailable"));
        }
        let request = site.http.put(site.url("/v1/rosters/2026W")).basic_auth("campus", Some(&uploader.secret));
        let upload = Answer::of(request.body(list(&[ZOE]))).await;
        assert_eq!((upload.status, upload.error().as_str()), (503, "temporarily_unavailable"));
        let import = scene.import(list(&[ZOE])).await;
        assert!(matches!(import, Err(ImportError::Failure(pedell::flow::Failure::KeysGone(_)))));
        assert!(scene.pedell.rotate_tenant_keys(&scene.university.id, &Actor::Operator).await.is_err());
        assert!(scene.pedell.tenant_keys(&scene.university.id).await.is_err());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_master_key_is_noticed_at_the_start() {
    on_each_engine(async |scene| {
        let wrong = MasterKey::fresh(&Random::default());
        let stores = scene.place.stores().await;
        let opened = Pedell::new(stores, wrong, Clock::default(), Random::default(), settings()).await;
        let error = opened.err().expect("it does not start").to_string();
        assert!(error.contains("is this the master key that sealed it?"), "{error}");
    })
    .await;
}
