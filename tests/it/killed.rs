//! `kill -9` while tokens are issued: this test binary runs itself as the gateway.

use std::{
    collections::BTreeSet,
    env,
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    time::Duration,
};

use futures_util::{StreamExt, stream};
use pedell::base::Clock;

use crate::{
    scene::{Place, on_each_engine, start},
    site::{Answer, Site, Student, code_form, list},
};

const FOLDER: &str = "PEDELL_TEST_ISSUER_FOLDER";
const POSTGRES: &str = "PEDELL_TEST_ISSUER_POSTGRES";
const STUDENTS: usize = 200;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the other process of the test below"]
async fn issuer() {
    let Some(folder) = env::var_os(FOLDER) else { return };
    let place = Place { postgres: env::var(POSTGRES).ok().filter(|url| !url.is_empty()), folder: folder.into() };
    let pedell = place.open(Clock::manual(start())).await;
    let site = Site::open(&pedell).await;
    println!("\nat {}", site.address);
    tokio::time::sleep(Duration::from_secs(120)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_kill_no_code_works_twice_and_every_token_given_is_recorded() {
    on_each_engine(async |scene| {
        let students: Vec<Student> = (0..STUDENTS).map(student).collect();
        scene.import(list(&students)).await.unwrap();
        let shop = scene.shop("shop").await;
        let site = scene.site().await;
        let mut codes = Vec::new();
        for student in &students {
            codes.push(site.browser().code(&shop, *student).await);
        }
        let mut issuer = Command::new(env::current_exe().unwrap())
            .args(["--ignored", "--exact", "--nocapture", "killed::issuer"])
            .env(FOLDER, &scene.place.folder)
            .env(POSTGRES, scene.place.postgres.as_deref().unwrap_or_default())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(issuer.stdout.take().unwrap()).lines().map_while(Result::ok);
        let url =
            said.find_map(|line| line.strip_prefix("at ").map(|address| format!("http://{address}/token"))).unwrap();
        // Several at once; the gateway dies while they are on their way.
        let given = std::sync::Mutex::new(Vec::new());
        let victim = std::sync::Mutex::new(issuer);
        stream::iter(codes.iter().enumerate())
            .for_each_concurrent(8, async |(at, code)| {
                if at == STUDENTS / 2 {
                    victim.lock().unwrap().kill().unwrap(); // SIGKILL
                }
                let request = site.http.post(&url).basic_auth(shop.id(), Some(&shop.secret)).form(&code_form(code));
                let Ok(response) = request.send().await else { return };
                let (status, Ok(body)) = (response.status(), response.text().await) else { return };
                assert_eq!(status.as_u16(), 200, "{body}");
                let answer: serde_json::Value = serde_json::from_str(&body).unwrap();
                given.lock().unwrap().push((code.clone(), answer["id_token"].as_str().unwrap().to_owned()));
            })
            .await;
        victim.into_inner().unwrap().wait().unwrap();
        let given = given.into_inner().unwrap();
        assert!(given.len() >= 20 && given.len() < STUDENTS, "{} tokens were given before the kill", given.len());
        let tenant = scene.tenant().await;
        for (_, token) in &given {
            let jti = site.claims(&shop, token).await.jti;
            assert!(tenant.token(&jti).await.unwrap().is_some(), "a token that was given is recorded");
        }
        // Every code once more: those that gave a token give no second one, the others give their first.
        let used: BTreeSet<&str> = given.iter().map(|(code, _)| code.as_str()).collect();
        for code in &codes {
            let answer: Answer = site.redeem_code(&shop, code).await;
            if used.contains(code.as_str()) {
                assert_eq!((answer.status, answer.error().as_str()), (400, "invalid_grant"));
            }
        }
        let report = tenant.verify_audit().await.unwrap();
        assert_eq!(report.fault, None);
        let mut tokens = 0;
        let mut verifications = BTreeSet::new();
        let mut seq = 0;
        loop {
            let page = tenant.audit_after(seq).await.unwrap();
            let Some(last) = page.last() else { break };
            seq = last.seq;
            for entry in page.iter().filter(|entry| entry.kind == "token.issued") {
                tokens += 1;
                let detail: serde_json::Value = serde_json::from_str(&entry.detail).unwrap();
                verifications.insert(detail["verification"].to_string());
                assert!(tenant.token(&entry.object).await.unwrap().is_some(), "what the trail says was written");
            }
        }
        assert_eq!(tokens, verifications.len(), "one verification, one token");
        assert_eq!(tokens, STUDENTS, "and nobody who was verified is left without");
    })
    .await;
}

fn student(at: usize) -> Student {
    let number: &'static str = Box::leak(format!("{:08}", 1_000 + at).into_boxed_str());
    Student { number, given: "Ada", family: "Lovelace", born: "2001-12-10" }
}
