//! A code gives one token, a token is redeemed once, whoever is fastest (mission I3).

use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;
use pedell::store::tenant::Redeemed;

use crate::{
    scene::{Scene, on_each_engine},
    site::{JONAS, Shop, Site, ZOE, list},
};

async fn ready(scene: &Scene) -> (Site, Shop) {
    scene.import(list(&[ZOE, JONAS])).await.unwrap();
    (scene.site().await, scene.shop("shop").await)
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_thousand_redemptions_at_once_exactly_one_wins() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let token: Arc<str> = site.issue(&shop, ZOE).await.into();
        let tasks = (0..1_000).map(|_| {
            let (pedell, client, token) = (scene.pedell.clone(), shop.client.clone(), token.clone());
            tokio::spawn(async move { pedell.redeem(&client, &token).await.unwrap() })
        });
        let outcomes: Vec<Redeemed> = join_all(tasks).await.into_iter().map(Result::unwrap).collect();
        let count = |wanted: fn(&Redeemed) -> bool| outcomes.iter().filter(|outcome| wanted(outcome)).count();
        assert_eq!(count(|outcome| *outcome == Redeemed::Now), 1);
        assert_eq!(count(|outcome| matches!(outcome, Redeemed::Already(_))), 999);
        assert_eq!(site.post(&shop, "/redeem", &[("token", &token)]).await.status, 409);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_used_many_times_at_once_leaves_no_token_that_still_counts() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let code = site.browser().code(&shop, ZOE).await;
        let answers = join_all((0..50).map(|_| site.redeem_code(&shop, &code))).await;
        let given: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
        assert_eq!(given.len(), 1);
        assert!(answers.iter().filter(|answer| answer.status != 200).all(|answer| answer.error() == "invalid_grant"));
        // RFC 6749 §4.1.2: somebody else had the code too, so what it gave does not count.
        let token = given[0].json()["id_token"].as_str().unwrap().to_owned();
        let state = site.post(&shop, "/introspect", &[("token", &token)]).await.json();
        assert_eq!((state["active"].as_bool(), state["status"].as_str()), (Some(false), Some("cancelled")));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_valid_then_redeemed_and_can_be_cancelled_whenever() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let token = site.issue(&shop, ZOE).await;
        let status = async |shop: &Shop, token: &str| {
            let state = site.post(shop, "/introspect", &[("token", token)]).await.json();
            (state["active"].as_bool().unwrap(), state["status"].as_str().map(str::to_owned))
        };
        assert_eq!(status(&shop, &token).await, (true, Some("valid".to_owned())));
        assert_eq!(site.post(&shop, "/redeem", &[("token", &token)]).await.json()["redeemed"], true);
        assert_eq!(status(&shop, &token).await, (false, Some("redeemed".to_owned())));
        let jti = site.claims(&shop, &token).await.jti;
        // Long after its expiry and its signing key: the jti is enough.
        for _ in 0..3 {
            scene.pedell.rotate_signing_keys(&pedell::domain::policy::Actor::Operator).await.unwrap();
            scene.clock.advance(Duration::from_hours(24));
        }
        assert_eq!(site.post(&shop, "/cancel", &[("token", &token)]).await.status, 404, "its key is gone");
        let cancelled = site.post(&shop, "/cancel", &[("token", &jti), ("reason", "returned")]).await;
        assert_eq!((cancelled.status, cancelled.json()["status"].as_str()), (200, Some("cancelled")));
        let again = site.post(&shop, "/cancel", &[("token", &jti)]).await.json();
        assert_eq!(again["status"], "already_cancelled");
        assert_eq!(status(&shop, &jti).await, (false, Some("cancelled".to_owned())));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_or_expired_token_is_not_redeemed() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let cancelled = site.issue(&shop, ZOE).await;
        assert_eq!(site.post(&shop, "/cancel", &[("token", &cancelled)]).await.status, 200);
        let refused = site.post(&shop, "/redeem", &[("token", &cancelled)]).await;
        assert_eq!((refused.status, refused.json()["status"].as_str()), (409, Some("cancelled")));
        let expired = site.issue(&shop, JONAS).await;
        scene.clock.advance(Duration::from_secs(301));
        let refused = site.post(&shop, "/redeem", &[("token", &expired)]).await;
        assert_eq!((refused.status, refused.json()["status"].as_str()), (409, Some("expired")));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_clients_token_and_a_forged_one_are_unknown() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let other = scene.shop("other").await;
        let token = site.issue(&shop, ZOE).await;
        let jti = site.claims(&shop, &token).await.jti;
        let (body, signature) = token.rsplit_once('.').unwrap();
        let turned: String = signature.chars().rev().collect();
        let forged = format!("{body}.{turned}");
        for (who, what) in [(&other, &token), (&other, &jti), (&shop, &forged)] {
            assert_eq!(site.post(who, "/redeem", &[("token", what)]).await.status, 404);
            assert_eq!(site.post(who, "/cancel", &[("token", what)]).await.status, 404);
            let state = site.post(who, "/introspect", &[("token", what)]).await;
            assert_eq!(state.body, r#"{"active":false}"#);
        }
        assert_eq!(site.post(&shop, "/redeem", &[("token", &token)]).await.status, 200);
    })
    .await;
}
