//! `kill -9` of the gateway or the service while students are asked about, in every order: no verification is recorded that
//! did not happen, none is lost that was answered.

use std::{
    collections::BTreeSet,
    env,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    time::Duration,
};

use futures_util::{StreamExt, stream};
use pedell::base::Clock;
use serde_json::json;

use super::service::{Does, Service};
use crate::{
    scene::{Place, Scene, on_each_engine, start},
    site::{Shop, Site, http},
};

const FOLDER: &str = "PEDELL_TEST_ASKER_FOLDER";
const POSTGRES: &str = "PEDELL_TEST_ASKER_POSTGRES";
const STUDENTS: usize = 120;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the other process of the tests below"]
async fn asker() {
    let Some(folder) = env::var_os(FOLDER) else { return };
    let place = Place { postgres: env::var(POSTGRES).ok().filter(|url| !url.is_empty()), folder: folder.into() };
    let pedell = place.open(Clock::manual(start())).await;
    let site = Site::open(&pedell).await;
    println!("\nat {}", site.address);
    tokio::time::sleep(Duration::from_secs(120)).await;
}

/// The gateway in a process of its own, and its address.
fn gateway(scene: &Scene) -> (Child, String) {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture", "soap::killed::asker"])
        .env(FOLDER, &scene.place.folder)
        .env(POSTGRES, scene.place.postgres.as_deref().unwrap_or_default())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let url = said.find_map(|line| line.strip_prefix("at ").map(|at| format!("http://{at}/v1/checks"))).unwrap();
    (child, url)
}

async fn ask(http: &reqwest::Client, url: &str, shop: &Shop, at: usize) -> Option<serde_json::Value> {
    let question = json!({
        "university": "musterstadt", "matriculation_number": format!("{:08}", 1_000 + at),
        "given_names": "Ada", "family_name": "Lovelace", "birth_date": "2001-12-10", "postal_code": "01067",
    });
    let response = http.post(url).basic_auth(shop.id(), Some(&shop.secret)).json(&question).send().await.ok()?;
    serde_json::from_str(&response.text().await.ok()?).ok()
}

/// Every answer that was given is recorded as it was given; what is recorded as eligible was confirmed by the service.
async fn assert_whole(scene: &Scene, given: &[serde_json::Value], confirmed: usize) {
    let rows: Vec<(String, String)> = scene.rows_behind_the_back("SELECT reference, outcome FROM @verifications").await;
    let eligible: BTreeSet<String> =
        rows.iter().filter(|(_, outcome)| outcome == "eligible").map(|(reference, _)| reference.clone()).collect();
    let all: BTreeSet<String> = rows.iter().map(|(reference, _)| reference.clone()).collect();
    for answer in given {
        let reference = answer["reference"].as_str().unwrap().replace('-', "");
        assert!(all.contains(&reference), "answered and lost: {answer}");
        assert_eq!(eligible.contains(&reference), answer["eligible"] == true, "{answer}");
    }
    assert!(eligible.len() <= confirmed, "{} recorded, {confirmed} confirmed", eligible.len());
    let report = scene.tenant().await.verify_audit().await.unwrap();
    assert_eq!(report.fault, None);
    let decided: Vec<(i64,)> =
        scene.rows_behind_the_back("SELECT seq FROM @audit WHERE kind = 'verification.decided'").await;
    assert_eq!(decided.len(), rows.len(), "each with its entry in the trail, and no entry without");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gateway_is_killed_while_it_asks() {
    on_each_engine(async |scene| {
        let service = Service::start();
        service.connect(&scene, "").await;
        let shop = scene.shop("shop").await;
        let (child, url) = gateway(&scene);
        let (http, victim) = (http(), std::sync::Mutex::new(child));
        let given = std::sync::Mutex::new(Vec::new());
        stream::iter(0..STUDENTS)
            .for_each_concurrent(8, async |at| {
                if at == STUDENTS / 2 {
                    victim.lock().unwrap().kill().unwrap(); // SIGKILL
                }
                if let Some(answer) = ask(&http, &url, &shop, at).await {
                    given.lock().unwrap().push(answer);
                }
            })
            .await;
        victim.into_inner().unwrap().wait().unwrap();
        let mut given = given.into_inner().unwrap();
        assert!(given.len() >= 20 && given.len() < STUDENTS, "{} answers before the kill", given.len());
        // Those who were answered ask again at a new process, which goes on where the old one was.
        let (mut child, url) = gateway(&scene);
        let again = ask(&http, &url, &shop, 0).await.unwrap();
        assert_eq!(again["eligible"], true, "{again}");
        given.push(again);
        child.kill().unwrap();
        child.wait().unwrap();
        assert_whole(&scene, &given, service.asked().0).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_goes_away_while_it_is_asked_and_comes_back() {
    on_each_engine(async |scene| {
        let service = Service::start();
        service.connect(&scene, "").await;
        let (shop, site) = (scene.shop("shop").await, scene.site().await);
        let (http, url) = (http(), site.url("/v1/checks"));
        let given = std::sync::Mutex::new(Vec::new());
        let ask_all = async |from: usize, to: usize| {
            stream::iter(from..to)
                .for_each_concurrent(8, async |at| {
                    let answer = ask(&http, &url, &shop, at).await.expect("the gateway answers");
                    given.lock().unwrap().push(answer);
                })
                .await;
        };
        ask_all(0, 20).await;
        service.now(Does::Hangs); // questions are under way, and their connections are cut
        let (address, confirmed) = (service.address.clone(), service.asked().0);
        let ((), ()) = tokio::join!(ask_all(20, 40), async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            drop(service);
        });
        ask_all(40, 50).await;
        let unavailable =
            given.lock().unwrap().iter().filter(|answer| answer["reason"] == "source_unavailable").count();
        assert_eq!(unavailable, 30, "nobody was told anything else");
        let service = Service::start_at(&address);
        scene.clock.advance(Duration::from_secs(31));
        ask_all(50, 51).await; // one question tries
        ask_all(51, 70).await;
        let eligible = given.lock().unwrap().iter().filter(|answer| answer["eligible"] == true).count();
        assert_eq!(eligible, 40, "before and after");
        let given = given.into_inner().unwrap();
        assert_whole(&scene, &given, confirmed + service.asked().0).await;
    })
    .await;
}

/// Both at the same moment, while questions are under way; then both again, in either order.
#[tokio::test(flavor = "multi_thread")]
async fn gateway_and_service_are_killed_at_the_same_time_and_come_back_in_either_order() {
    on_each_engine(async |scene| {
        let first = Service::start();
        first.connect(&scene, "").await;
        let shop = scene.shop("shop").await;
        let address = first.address.clone();
        let (http, given) = (http(), std::sync::Mutex::new(Vec::new()));
        let ask_all = async |url: &str, from: usize, to: usize, killed: &(dyn Fn(usize) + Sync)| {
            stream::iter(from..to)
                .for_each_concurrent(8, async |at| {
                    killed(at);
                    if let Some(answer) = ask(&http, url, &shop, at).await {
                        given.lock().unwrap().push(answer);
                    }
                })
                .await;
        };
        let nothing = |_| ();
        let eligible = || given.lock().unwrap().iter().filter(|answer| answer["eligible"] == true).count();

        let (child, url) = gateway(&scene);
        let victims = std::sync::Mutex::new(Some((child, first)));
        let (confirmed, dead) = (std::sync::Mutex::new(0), std::sync::Mutex::new(None));
        ask_all(&url, 0, STUDENTS, &|at| {
            if at == STUDENTS / 2
                && let Some((mut child, service)) = victims.lock().unwrap().take()
            {
                child.kill().unwrap(); // SIGKILL
                *confirmed.lock().unwrap() += service.asked().0;
                drop(service);
                *dead.lock().unwrap() = Some(child);
            }
        })
        .await;
        dead.into_inner().unwrap().expect("it was killed").wait().unwrap();
        let before = eligible();
        assert!((20..STUDENTS).contains(&before), "{before} answers before");
        assert_eq!(before, given.lock().unwrap().len(), "who was not confirmed was told nothing");

        // The gateway first: it says that it could not ask. Then the service: all is as it was.
        let (mut child, url) = gateway(&scene);
        ask_all(&url, STUDENTS, STUDENTS + 3, &nothing).await;
        let unavailable = |answer: &&serde_json::Value| answer["reason"] == "source_unavailable";
        assert_eq!(given.lock().unwrap().iter().filter(unavailable).count(), 3);
        let second = Service::start_at(&address);
        ask_all(&url, STUDENTS + 3, STUDENTS + 10, &nothing).await;
        assert_eq!(eligible(), before + 7);

        // Both again; and the service first.
        let mut confirmed = confirmed.into_inner().unwrap() + second.asked().0;
        child.kill().unwrap();
        drop(second);
        child.wait().unwrap();
        let third = Service::start_at(&address);
        let (mut child, url) = gateway(&scene);
        ask_all(&url, STUDENTS + 10, STUDENTS + 20, &nothing).await;
        assert_eq!(eligible(), before + 17);
        confirmed += third.asked().0;
        child.kill().unwrap();
        child.wait().unwrap();
        assert_whole(&scene, &given.into_inner().unwrap(), confirmed).await;
    })
    .await;
}
