//! Keys that change, and providers that have a bad day.

use std::time::Duration;

use pedell::base::limits;
use serde_json::json;

use crate::{
    forge::{Key, set},
    provider::Behaviour,
    scene::{Browser, NOW, Scene},
};

#[tokio::test]
async fn a_rotation_with_overlap_is_noticed_by_nobody() {
    let scene = Scene::new().await;
    scene.whole_way().await.has_code();
    let before = scene.provider.times(|asked| &asked.keys);
    let next = Key::rs256("second");
    {
        let mut ways = scene.provider.ways();
        ways.published = Some(set(&[&ways.key, &next]));
    }
    // The old key signs on; then the new one takes over, while both are published.
    scene.whole_way().await.has_code();
    scene.provider.ways().key = next;
    scene.whole_way().await.has_code();
    assert_eq!(scene.provider.times(|asked| &asked.keys), before + 1, "one look, for the new key");
}

#[tokio::test]
async fn an_abrupt_rotation_costs_one_look_and_no_login() {
    for kid in ["second", "first"] {
        let scene = Scene::new().await;
        scene.whole_way().await.has_code();
        let before = scene.provider.times(|asked| &asked.keys);
        // The old key is gone at once; some providers even reuse its name.
        scene.provider.ways().key = Key::es256(kid);
        for _ in 0..3 {
            scene.whole_way().await.has_code();
        }
        assert_eq!(scene.provider.times(|asked| &asked.keys), before + 1, "{kid}");
    }
}

#[tokio::test]
async fn a_key_that_is_nowhere_is_looked_for_once_in_a_while_and_refused_clearly() {
    let scene = Scene::new().await;
    scene.whole_way().await.has_code();
    let before = scene.provider.times(|asked| &asked.keys);
    scene.provider.ways().forged = Some(Box::new(|claims, _| Key::es256("nowhere").sign(claims)));
    for _ in 0..5 {
        scene.whole_way().await.refused_as("login_failed");
    }
    assert_eq!(scene.provider.times(|asked| &asked.keys), before + 1, "five logins, one look");
    scene.pedell.clock().advance(limits::PROVIDER_REFETCH_EVERY);
    scene.provider.ways().now = NOW + 30;
    scene.whole_way().await.refused_as("login_failed");
    assert_eq!(scene.provider.times(|asked| &asked.keys), before + 2);
    // Right again, without waiting: the keys at hand fit.
    scene.provider.ways().forged = None;
    scene.whole_way().await.has_code();
}

#[tokio::test]
async fn a_crowd_asks_once() {
    let scene = Scene::new().await;
    let before = scene.provider.times(|asked| &asked.discovery);
    let mut browsers: Vec<Browser> = vec![Browser::default(); 20];
    let departures = futures_util::future::join_all(browsers.iter_mut().map(|browser| scene.authorize(browser, "")));
    assert!(departures.await.iter().all(|away| away.location.starts_with(&scene.provider.url)));
    assert_eq!(scene.provider.times(|asked| &asked.discovery), before + 1);
}

#[tokio::test]
async fn the_last_good_copy_goes_on_while_the_provider_publishes_nothing_good() {
    let scene = Scene::new().await;
    scene.whole_way().await.has_code();
    let mut now = NOW;
    for (discovery, keys) in [
        (Behaviour::Status(500), Behaviour::Right),
        (Behaviour::Html, Behaviour::Right),
        (Behaviour::Right, Behaviour::Garbage),
        (Behaviour::Right, Behaviour::Typed("text/html")),
        (Behaviour::Redirect("http://10.0.0.1/"), Behaviour::Right),
    ] {
        scene.pedell.clock().advance(limits::PROVIDER_FRESH_FOR);
        now += i64::try_from(limits::PROVIDER_FRESH_FOR.as_secs()).unwrap();
        {
            let mut ways = scene.provider.ways();
            (ways.at_discovery, ways.at_keys, ways.now) = (discovery, keys, now);
        }
        let before = scene.provider.times(|asked| &asked.discovery);
        scene.pedell.refresh_providers().await.unwrap();
        assert_eq!(scene.provider.times(|asked| &asked.discovery), before + 1, "it was asked");
        scene.whole_way().await.has_code();
    }
    // Another issuer's document, and one without keys, do not replace what was good either.
    scene.pedell.clock().advance(limits::PROVIDER_FRESH_FOR);
    {
        let mut ways = scene.provider.ways();
        (ways.at_discovery, ways.at_keys) = (Behaviour::Right, Behaviour::Right);
        ways.now = now + i64::try_from(limits::PROVIDER_FRESH_FOR.as_secs()).unwrap();
        ways.document = vec![("issuer", json!("https://evil.example"))];
        ways.published = Some(json!({ "keys": [] }));
    }
    scene.pedell.refresh_providers().await.unwrap();
    scene.whole_way().await.has_code();
}

#[tokio::test]
async fn what_is_fresh_is_not_read_again_and_what_is_old_is_read_in_the_background() {
    let scene = Scene::new().await;
    scene.pedell.refresh_providers().await.unwrap();
    let before = scene.provider.times(|asked| &asked.discovery);
    scene.pedell.refresh_providers().await.unwrap();
    scene.whole_way().await.has_code();
    assert_eq!(scene.provider.times(|asked| &asked.discovery), before, "no student waited for it");
    scene.pedell.clock().advance(limits::PROVIDER_FRESH_FOR);
    scene.pedell.refresh_providers().await.unwrap();
    assert_eq!(scene.provider.times(|asked| &asked.discovery), before + 1);
}

#[tokio::test]
async fn a_provider_that_is_down_is_left_alone_for_a_moment_and_found_again() {
    let scene = Scene::new().await;
    let before = scene.provider.times(|asked| &asked.discovery);
    scene.provider.ways().at_discovery = Behaviour::Status(503);
    for _ in 0..4 {
        scene.authorize(&mut Browser::default(), "").await.refused_as("source_unavailable");
    }
    assert_eq!(scene.provider.times(|asked| &asked.discovery), before + 1, "four students, one question");
    scene.provider.ways().at_discovery = Behaviour::Right;
    scene.pedell.clock().advance(limits::PROVIDER_RETRY_AFTER + Duration::from_secs(1));
    scene.whole_way().await.has_code();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_hangs_is_waited_for_once_by_all_of_its_students_together() {
    let scene = Scene::new().await;
    let before = scene.provider.times(|asked| &asked.discovery);
    scene.provider.ways().at_discovery = Behaviour::Silent;
    let began = std::time::Instant::now();
    let student = async || scene.authorize(&mut Browser::default(), "").await.refused_as("source_unavailable");
    // The clock of these tests stands still, so the time that the first one waits is added by hand.
    let meanwhile = async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        scene.pedell.clock().advance(limits::PROVIDER_RETRY_AFTER);
    };
    tokio::join!(student(), student(), student(), meanwhile);
    assert!(began.elapsed() < limits::PROVIDER_READ_TIME + Duration::from_secs(4), "{:?}", began.elapsed());
    assert_eq!(scene.provider.times(|asked| &asked.discovery), before + 1, "three students, one question");
    assert!(limits::PROVIDER_RETRY_AFTER >= limits::PROVIDER_READ_TIME);
    assert!(limits::PROVIDER_READ_TIME * 2 < limits::REQUEST_TIME, "the student gets a page");
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_were_under_way_do_not_take_the_place_of_newer_ones() {
    let scene = Scene::new().await;
    scene.whole_way().await.has_code();
    scene.pedell.clock().advance(limits::PROVIDER_FRESH_FOR);
    {
        let mut ways = scene.provider.ways();
        ways.now = NOW + i64::try_from(limits::PROVIDER_FRESH_FOR.as_secs()).unwrap();
        ways.at_keys = Behaviour::Late;
    }
    let asked = scene.provider.times(|asked| &asked.keys);
    let rotation = async {
        while scene.provider.times(|asked| &asked.keys) == asked {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        // The old keys are on their way to us; now the provider changes them.
        {
            let mut ways = scene.provider.ways();
            (ways.key, ways.at_keys) = (Key::es256("second"), Behaviour::Right);
        }
        scene.whole_way().await.has_code();
    };
    let (refreshed, ()) = tokio::join!(scene.pedell.refresh_providers(), rotation);
    refreshed.unwrap();
    scene.whole_way().await.has_code();
}

#[tokio::test]
async fn a_look_at_the_keys_alone_does_not_put_off_the_discovery_document() {
    let scene = Scene::new().await;
    scene.whole_way().await.has_code();
    let before = scene.provider.times(|asked| &asked.discovery);
    let almost = limits::PROVIDER_FRESH_FOR.checked_sub(Duration::from_secs(60)).unwrap();
    scene.pedell.clock().advance(almost);
    {
        let mut ways = scene.provider.ways();
        (ways.key, ways.now) = (Key::es256("second"), NOW + i64::try_from(almost.as_secs()).unwrap());
    }
    scene.whole_way().await.has_code();
    scene.pedell.clock().advance(Duration::from_secs(60));
    scene.pedell.refresh_providers().await.unwrap();
    assert_eq!(scene.provider.times(|asked| &asked.discovery), before + 1);
}
