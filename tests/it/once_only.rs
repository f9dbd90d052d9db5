//! What counts once: a token redeemed, a code exchanged; whatever happens at the same moment.

use std::time::Duration;

use futures_util::{StreamExt, future::join_all, stream};
use pedell::{
    domain::policy::Actor,
    vault::{SigningAlgorithm, SigningKey},
};

use crate::{
    scene::{Scene, on_each_engine},
    site::{Answer, JONAS, Shop, Site, ZOE, list},
};

async fn ready(scene: &Scene) -> (Site, Shop) {
    scene.import(list(&[ZOE, JONAS])).await.unwrap();
    (scene.site().await, scene.shop("shop").await)
}

async fn status(site: &Site, shop: &Shop, token: &str) -> (bool, String) {
    let state = site.post(shop, "/introspect", &[("token", token)]).await.json();
    (state["active"].as_bool().unwrap(), state["status"].as_str().unwrap_or_default().to_owned())
}

fn outcome(answer: &Answer) -> (u16, String) {
    (answer.status, answer.json()["status"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_thousand_redemptions_at_once_one_wins() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let token = site.issue(&shop, ZOE).await;
        let second_node = Site::open(&scene.place.open(scene.clock.clone()).await).await;
        let form = [("token", token.as_str())];
        let answers: Vec<Answer> = stream::iter(0..1_000)
            .map(|n| if n % 2 == 0 { &site } else { &second_node })
            .map(|site| site.post(&shop, "/redeem", &form))
            .buffer_unordered(100)
            .collect()
            .await;
        let won = answers.iter().filter(|answer| answer.status == 200).count();
        let late = answers.iter().filter(|answer| outcome(answer) == (409, "already_redeemed".to_owned())).count();
        assert_eq!((won, late), (1, 999));
        let entries = scene.tenant().await.audit_after(0).await.unwrap();
        assert_eq!(entries.iter().filter(|entry| entry.kind == "token.redeemed").count(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_thousand_redemptions_at_once_in_the_flow_itself_one_wins() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let token = site.issue(&shop, ZOE).await;
        let tasks = (0..1_000).map(|_| {
            let (pedell, client, token) = (scene.pedell.clone(), shop.client.clone(), token.clone());
            tokio::spawn(async move { pedell.redeem(&client, &token).await.unwrap() })
        });
        let results = join_all(tasks).await;
        let won = results.iter().filter(|r| matches!(r, Ok(pedell::store::tenant::Redeemed::Now))).count();
        let late = results.iter().filter(|r| matches!(r, Ok(pedell::store::tenant::Redeemed::Already(_)))).count();
        assert_eq!((won, late), (1, 999));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_comes_many_times_at_once_leaves_no_token_that_can_be_redeemed() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let second_node = Site::open(&scene.place.open(scene.clock.clone()).await).await;
        for _ in 0..5 {
            let code = site.browser().code(&shop, ZOE).await;
            let tries =
                (0..20).map(|n| if n % 2 == 0 { &site } else { &second_node }).map(|s| s.redeem_code(&shop, &code));
            let answers = join_all(tries).await;
            let given: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
            assert_eq!(given.len(), 1);
            assert!(answers.iter().all(|answer| answer.status == 200 || answer.error() == "invalid_grant"));
            let token = given[0].json()["id_token"].as_str().unwrap().to_owned();
            assert_eq!(status(&site, &shop, &token).await, (false, "cancelled".to_owned()));
        }
    })
    .await;
}

/// Those that wait share a transaction: a code that comes twice takes nobody else's token away, and of each student's tokens
/// one is the first and the others are repeats.
#[tokio::test(flavor = "multi_thread")]
async fn of_tokens_that_are_written_together_each_is_judged_by_itself() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let second_node = Site::open(&scene.place.open(scene.clock.clone()).await).await;
        let mut codes = Vec::new();
        for n in 0..24 {
            codes.push(site.browser().code(&shop, if n % 2 == 0 { ZOE } else { JONAS }).await);
        }
        let stolen = codes[7].clone();
        codes.extend([stolen.clone(), stolen.clone()]);
        let tries = codes.iter().enumerate().map(|(n, code)| {
            let site = if n % 3 == 0 { &second_node } else { &site };
            site.redeem_code(&shop, code)
        });
        let answers = join_all(tries).await;
        let given: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
        assert_eq!(given.len(), 24);
        let (mut first, mut cancelled) = (0, 0);
        for answer in given {
            let token = answer.json()["id_token"].as_str().unwrap().to_owned();
            first += usize::from(!site.claims(&shop, &token).await.repeat);
            match status(&site, &shop, &token).await {
                (true, _) => {}
                (false, state) => {
                    assert_eq!(state, "cancelled");
                    cancelled += 1;
                }
            }
        }
        assert_eq!((first, cancelled), (2, 1));
        assert_eq!(scene.tenant().await.verify_audit().await.unwrap().fault, None);
    })
    .await;
}

/// Enough at once that every connection of the pool is in a transaction when the keys have to be read anew.
#[tokio::test(flavor = "multi_thread")]
async fn many_codes_at_once_all_give_tokens_also_when_the_keys_have_just_to_be_read_again() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let mut codes = Vec::new();
        for _ in 0..60 {
            codes.push(site.browser().code(&shop, ZOE).await);
        }
        scene.clock.advance(Duration::from_secs(6));
        let answers = join_all(codes.iter().map(|code| site.redeem_code(&shop, code))).await;
        assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
        let trail = scene.tenant().await.verify_audit().await.unwrap();
        assert_eq!(trail.fault, None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_valid_then_redeemed_then_cancelled_and_never_goes_back() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let token = site.issue(&shop, ZOE).await;
        assert_eq!(status(&site, &shop, &token).await, (true, "valid".to_owned()));
        let redeem = async |token: &str| outcome(&site.post(&shop, "/redeem", &[("token", token)]).await);
        let cancel = async |token: &str| outcome(&site.post(&shop, "/cancel", &[("token", token)]).await);
        assert_eq!(redeem(&token).await, (200, "redeemed".to_owned()));
        assert_eq!(redeem(&token).await, (409, "already_redeemed".to_owned()));
        assert_eq!(status(&site, &shop, &token).await, (false, "redeemed".to_owned()));
        assert_eq!(cancel(&token).await, (200, "cancelled".to_owned()));
        assert_eq!(cancel(&token).await, (200, "already_cancelled".to_owned()));
        assert_eq!(status(&site, &shop, &token).await, (false, "cancelled".to_owned()));
        assert_eq!(redeem(&token).await, (409, "cancelled".to_owned()));

        let token = site.issue(&shop, ZOE).await;
        assert_eq!(cancel(&token).await, (200, "cancelled".to_owned()));
        assert_eq!(redeem(&token).await, (409, "cancelled".to_owned()));

        let token = site.issue(&shop, ZOE).await;
        scene.clock.advance(Duration::from_secs(300));
        assert_eq!(status(&site, &shop, &token).await, (false, "expired".to_owned()));
        assert_eq!(redeem(&token).await, (409, "expired".to_owned()));
        assert_eq!(cancel(&token).await, (200, "cancelled".to_owned()), "a ticket is given back long after");
        for reason in ["Returned", "returned by Zoë", "", "a b", &"x".repeat(65)] {
            let form = [("token", token.as_str()), ("reason", reason)];
            assert_eq!(site.post(&shop, "/cancel", &form).await.error(), "invalid_request", "{reason}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_clients_a_forged_and_a_foreign_token_are_unknown() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let other = scene.shop("other").await;
        let token = site.issue(&shop, ZOE).await;
        let jti = site.claims(&shop, &token).await.jti;
        let forged = SigningKey::generate(SigningAlgorithm::Es256).unwrap();
        let claims = site.claims(&shop, &token).await;
        let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
        let signature = parts.pop().unwrap();
        let unsigned = format!("{}.", parts.join("."));
        let other_signature = format!("{}.{}", parts.join("."), signature.chars().rev().collect::<String>());
        let forged = forged.sign("JWT", &claims).unwrap();
        let id = jti.split_once('.').unwrap().1;
        for (shop, token) in [
            (&other, token.as_str()),
            (&other, &jti),
            (&shop, &forged),
            (&shop, &unsigned),
            (&shop, &other_signature),
            (&shop, "musterstadt.01ARZ3NDEKTSV4RRFFQ69G5FAV"),
            (&shop, &format!("auental.{id}")),
            (&shop, &format!("musterstadt.{}\0", &id[1..])),
            (&shop, "musterstadt.\0"),
            (&shop, "musterstadt"),
            (&shop, "' OR 1=1 --"),
            (&shop, ""),
            (&shop, &"x".repeat(50_000)),
        ] {
            let form = [("token", token)];
            assert_eq!(status(&site, shop, token).await, (false, String::new()), "{token:.60}");
            assert_eq!(outcome(&site.post(shop, "/redeem", &form).await), (404, "unknown".to_owned()));
            assert_eq!(outcome(&site.post(shop, "/cancel", &form).await), (404, "unknown".to_owned()));
        }
        assert_eq!(status(&site, &shop, &jti).await, (true, "valid".to_owned()), "nothing of it did anything");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_jti_alone_cancels_long_after_the_keys_are_gone() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let token = site.issue(&shop, ZOE).await;
        let jti = site.claims(&shop, &token).await.jti;
        for _ in 0..2 {
            scene.pedell.rotate_signing_keys(&Actor::Operator).await.unwrap();
            scene.clock.advance(Duration::from_secs(86_400));
        }
        assert_eq!(status(&site, &shop, &token).await, (false, String::new()), "its key is not published any more");
        assert_eq!(status(&site, &shop, &jti).await, (false, "expired".to_owned()));
        let form = [("token", jti.as_str()), ("reason", "returned")];
        assert_eq!(outcome(&site.post(&shop, "/cancel", &form).await), (200, "cancelled".to_owned()));
        assert_eq!(status(&site, &shop, &jti).await, (false, "cancelled".to_owned()));
    })
    .await;
}
