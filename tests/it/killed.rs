//! `kill -9` in the middle of issuing: afterwards no code works twice and the trail is whole.

use std::{
    collections::BTreeMap,
    env,
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::Duration,
};

use futures_util::{StreamExt, stream};
use pedell::base::Clock;
use serde_json::Value;

use crate::{
    scene::{Place, Scene, on_each_engine_now},
    site::{Answer, HEADER, Shop, Site, code_form, http},
};

/// The program itself, on the scene's data.
struct Service {
    process: Child,
    base: String,
}

impl Service {
    async fn start(place: &Place) -> Self {
        // Free now, and most likely still free in a moment.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let database = match &place.postgres {
            None => format!("sqlite:{}", place.folder.display()),
            Some(url) => url.clone(),
        };
        let mut process = Command::new(env!("CARGO_BIN_EXE_pedell"))
            .arg("serve")
            .env("PEDELL_SERVER__LISTEN", format!("127.0.0.1:{port}"))
            .env("PEDELL_SERVER__PUBLIC_URL", "https://pedell.example")
            .env("PEDELL_DATABASE__URL", database)
            .env("PEDELL_KEYS__MASTER_KEY_FILE", place.folder.join("master.key"))
            .env("PEDELL_LIMITS__REQUESTS_PER_MINUTE_PER_ADDRESS", "1000000")
            .env("PEDELL_LIMITS__REQUESTS_PER_MINUTE_PER_CLIENT", "1000000")
            .env_remove("PEDELL_TEST_POSTGRES")
            .current_dir(&place.folder)
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let base = format!("http://127.0.0.1:{port}");
        let client = http();
        for _ in 0..300 {
            if client.get(format!("{base}/readyz")).send().await.is_ok_and(|answer| answer.status().is_success()) {
                return Self { process, base };
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        drop(process.kill());
        panic!("the service does not answer");
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.process.kill()); // SIGKILL
        drop(self.process.wait());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_it_issues_no_code_works_twice_and_every_token_is_in_the_trail() {
    on_each_engine_now(async |scene| {
        let semester = scene.university.profile.calendar.semester_on(scene.clock.now().date_in_berlin());
        let rows = (0..40).fold(HEADER.to_owned(), |rows, n| rows + &format!("{n:08};Muster;Ada;2001-02-03\n"));
        let options = pedell::flow::import_roster::ImportOptions::DEFAULT;
        scene.import_to(&scene.university, semester, rows, options).await.unwrap();
        let shop = scene.shop("shop").await;
        for killed_after in [1, 8, 20] {
            one_round(&scene, &shop, killed_after).await;
        }
    })
    .await;
}

async fn one_round(scene: &Scene, shop: &Shop, killed_after: usize) {
    let now = Clock::default();
    let node = scene.place.open(now.clone()).await;
    let site = Site::open(&node).await;
    let mut codes = Vec::new();
    for n in 0..40 {
        let number: &'static str = format!("{n:08}").leak();
        let student = crate::site::Student { number, given: "Ada", family: "Muster", born: "2001-02-03" };
        codes.push(site.browser().code(shop, student).await);
    }
    let mut service = Service::start(&scene.place).await;
    let client = http();
    let answers = stream::iter(codes.clone().into_iter().enumerate())
        .map(|(n, code)| {
            let request = client.post(format!("{}/token", service.base)).basic_auth(shop.id(), Some(&shop.secret));
            async move {
                let answer = request.form(&code_form(&code)).send().await.ok()?;
                if !answer.status().is_success() {
                    return None;
                }
                answer.json::<Value>().await.ok().map(|body| (n, body["id_token"].as_str().unwrap().to_owned()))
            }
        })
        .buffer_unordered(16);
    tokio::pin!(answers);
    let mut given: BTreeMap<usize, String> = BTreeMap::new();
    while let Some(answer) = answers.next().await {
        given.extend(answer);
        if given.len() == killed_after {
            service.process.kill().unwrap();
        }
    }
    service.process.wait().unwrap();
    assert!(given.len() >= killed_after && given.len() < codes.len(), "killed in the middle: {}", given.len());

    let tenant = node.stores().tenant(&scene.scope()).await.unwrap();
    assert_eq!(tenant.verify_audit().await.unwrap().fault, None);
    let after_kill = issued(scene).await;
    // What the shop was given is recorded.
    for token in given.values() {
        let jti = site.claims(shop, token).await.jti;
        assert!(after_kill.contains(&jti), "{jti} is in the trail");
        assert!(tenant.token(&jti).await.unwrap().is_some());
    }
    for (n, code) in codes.iter().enumerate() {
        let again: Answer = site.redeem_code(shop, code).await;
        if given.contains_key(&n) {
            assert_eq!((again.status, again.error().as_str()), (400, "invalid_grant"));
        } else {
            assert!(again.status == 200 || again.error() == "invalid_grant", "{again:?}");
        }
        assert_eq!(site.redeem_code(shop, code).await.error(), "invalid_grant", "and never a third time");
    }
    // A token row for each entry, an entry for each row, and one per verification.
    let entries = issued(scene).await;
    let mut rows = 0;
    for jti in &entries {
        rows += u32::from(tenant.token(jti).await.unwrap().is_some());
    }
    assert_eq!(rows as usize, entries.len());
    assert_eq!(entries.len() % codes.len(), 0, "one token per code, over all rounds");
    assert_eq!(tenant.verify_audit().await.unwrap().fault, None);
}

/// The `jti`s that the trail says were issued.
async fn issued(scene: &Scene) -> Vec<String> {
    let entries = scene.tenant().await.audit_after(0).await.unwrap();
    entries.into_iter().filter(|entry| entry.kind == "token.issued").map(|entry| entry.object).collect()
}
