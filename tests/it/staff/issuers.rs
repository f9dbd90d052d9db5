//! The operator registers ticket issuers; a university's managers see who may ask about its students.

use std::time::Duration;

use pedell::domain::{client::ClientId, rule::Field};

use super::cast::{Cast, key_of};
use crate::{
    scene::{WINTER, on_each_engine},
    site::{Answer, Browser, CALLBACK, Shop, ZOE, between, list},
};

const TICKET: &str =
    r#"[{"key":"ticket","name_de":"Semesterticket","name_en":"Semester ticket","rule":{"version":1}}]"#;

/// The form of a good issuer; `own` replaces.
async fn send(browser: &Browser<'_>, path: &str, own: &[(&str, &str)]) -> Answer {
    let key = key_of(browser).await;
    let mut form = vec![
        ("form_key", key.as_str()),
        ("id", "bahn"),
        ("name", "Bahn <b>AG</b>"),
        ("authentication", "secret"),
        ("redirect_uris", CALLBACK),
        ("universities", "musterstadt\n"),
        ("claim_family_name", "true"),
        ("products", TICKET),
        ("direct_checks", "true"),
    ];
    form.retain(|(name, _)| !own.iter().any(|(other, _)| name == other));
    form.extend_from_slice(own);
    browser.post(path, &form).await
}

fn secret_of(answer: &Answer) -> String {
    between(&answer.body, "<code class=\"link\">", "</code>").unwrap_or_else(|| panic!("no secret in {}", answer.body))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_that_the_operator_registers_asks_and_is_stopped_when_it_is_blocked() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let site = scene.site().await;
        scene
            .import_to(&scene.university, WINTER, list(&[ZOE]), pedell::flow::import_roster::ImportOptions::default())
            .await
            .unwrap();
        let operator = cast.operator.browser(&site);
        let made = send(&operator, "/staff/issuers/new", &[]).await;
        assert_eq!(made.status, 200, "{}", made.body);
        let control = cast.pedell.stores().control();
        let id = ClientId::parse("bahn").unwrap();
        let client = async || control.client(&id).await.unwrap().unwrap().0;
        let mut shop = Shop { client: client().await, secret: secret_of(&made) };
        assert_eq!(shop.client.issuer().unwrap().claims, [Field::FamilyName]);
        let eligible = async |shop: &Shop, university: &str| site.check(shop, ZOE, university).await;
        assert_eq!(eligible(&shop, "musterstadt").await.json()["eligible"], true);
        assert_eq!(eligible(&shop, "anderswo").await.status, 400, "not one of its universities");
        let page = operator.get("/staff/issuers").await.body;
        assert!(page.contains("Bahn &#60;b&#62;AG"), "names are text: {page}");
        assert!(!page.contains(&shop.secret), "shown once");

        // Changed: other universities, another rule, which gets the next version by itself.
        let rule = TICKET.replace(r#""version":1"#, r#""version":1,"required_fields":["birthdate"]"#);
        let own = [("universities", "anderswo"), ("products", rule.as_str()), ("networks", "127.0.0.0/8")];
        assert_eq!(send(&operator, "/staff/issuers/bahn", &own).await.status, 200);
        let changed = client().await;
        assert_eq!(changed.issuer().unwrap().products[0].rule.version, 2);
        assert_eq!(changed.profile.networks[0].to_string(), "127.0.0.0/8");
        assert_eq!(eligible(&shop, "musterstadt").await.status, 400);
        assert_eq!(send(&operator, "/staff/issuers/bahn", &[]).await.status, 200);

        // A new secret: the old one is dead.
        let key = key_of(&operator).await;
        let act = async |what: &str| {
            operator.post("/staff/issuers/bahn/do", &[("form_key", key.as_str()), ("do", what)]).await
        };
        let renewed = secret_of(&act("secret").await);
        assert_eq!(eligible(&shop, "musterstadt").await.status, 401);
        shop.secret = renewed;
        assert_eq!(eligible(&shop, "musterstadt").await.status, 200);
        assert_eq!(act("block").await.status, 200);
        assert_eq!(eligible(&shop, "musterstadt").await.status, 401);
        assert_eq!(act("unblock").await.status, 200);
        assert_eq!(eligible(&shop, "musterstadt").await.status, 200);

        let filter = pedell::store::AuditFilter { object: "bahn".into(), to: i64::MAX, ..Default::default() };
        let kinds = control.search_audit(&filter, 50);
        let kinds: Vec<String> = kinds.await.unwrap().into_iter().rev().map(|entry| entry.kind).collect();
        let changed = "client.changed";
        assert_eq!(kinds, ["client.created", changed, changed, changed, "client.blocked", changed]);

        scene.clock.advance(Duration::from_secs(301));
        for path in ["/staff/issuers/new", "/staff/issuers/bahn"] {
            assert_eq!(operator.get(path).await.redirect().0, "/staff/step-up", "before anybody types: {path}");
            assert_eq!(send(&operator, path, &[]).await.redirect().0, "/staff/step-up", "{path}");
        }
        assert_eq!(act("block").await.redirect().0, "/staff/step-up");
        assert!(client().await.active);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_is_said_and_nothing_is_written() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let site = scene.site().await;
        scene.shop("shop").await;
        let operator = cast.operator.browser(&site);
        let two = format!("{},{}", TICKET.trim_end_matches(']'), TICKET.trim_start_matches('['));
        let private = r#"{"keys":[{"kty":"EC","crv":"P-256","kid":"1","x":"AA","y":"AA","d":"AA"}]}"#;
        for (field, value) in [
            ("id", "not an id"),
            ("id", "shop"),
            ("name", ""),
            ("redirect_uris", "http://shop.example/callback"),
            ("redirect_uris", "javascript:alert(1)"),
            ("universities", "nowhere"),
            ("universities", "../x"),
            ("products", "[]"),
            ("products", "{}"),
            ("products", r#"[{"key":"ticket","name_de":"","name_en":"x","rule":{"version":1}}]"#),
            ("products", r#"[{"key":"ticket","name_de":"x","name_en":"x","rule":{"version":1,"unknown":2}}]"#),
            ("products", two.as_str()),
            ("networks", "everywhere"),
        ] {
            let answer = send(&operator, "/staff/issuers/new", &[(field, value)]).await;
            assert_eq!(answer.status, 422, "{field} {value}: {}", answer.body);
        }
        let keys = [("authentication", "jwks"), ("jwks", private)];
        assert_eq!(send(&operator, "/staff/issuers/new", &keys).await.status, 422, "a private key");
        assert_eq!(cast.pedell.stores().control().clients().await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_universitys_managers_see_who_may_ask_about_it_and_change_nothing() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let site = scene.site().await;
        let only = |slug: &str| vec![pedell::domain::tenant::Slug::parse(slug).unwrap()];
        let theirs = only("musterstadt");
        scene
            .shop_with("ours", |profile, issuer| {
                profile.name = "Unser Shop".into();
                issuer.universities = theirs;
                issuer.claims = vec![Field::FamilyName];
            })
            .await;
        let others = only("anderswo");
        scene
            .shop_with("others", |profile, issuer| {
                profile.name = "Ein anderer Shop".into();
                issuer.universities = others;
            })
            .await;
        scene.shop_with("wide", |profile, _| profile.name = "Shop für alle".into()).await;
        let gone = scene.shop_with("gone", |profile, _| profile.name = "Shop von gestern".into()).await;
        gone.block(&scene).await;
        let names = pedell::flow::counters::GrantNames {
            agency: "tickets",
            client: "ours",
            product: "ticket",
            university: "musterstadt",
        };
        cast.pedell.change_counters_as(&pedell::domain::policy::Actor::Operator, names, true).await.unwrap();
        let manager = cast.manager.browser(&site);
        let page = manager.get("/staff/issuers").await.body;
        for (shown, is) in [
            ("Unser Shop", true),
            ("Shop für alle", true),
            ("Ein anderer Shop", false),
            ("Shop von gestern", false),
            ("Nachname", true),
            ("Vorverkauf", true),
            ("/staff/issuers/", false),
        ] {
            assert_eq!(page.contains(shown), is, "{shown} in {page}");
        }
        let stranger = cast.stranger.browser(&site).get("/staff/issuers").await.body;
        assert!(stranger.contains("Ein anderer Shop") && !stranger.contains("Unser Shop"), "{stranger}");
        assert_eq!(send(&manager, "/staff/issuers/new", &[]).await.status, 404);
        assert_eq!(send(&manager, "/staff/issuers/ours", &[]).await.status, 404);
        // An uploader is no issuer, not for the operator either.
        scene.uploader("campus", &cast.university).await;
        assert_eq!(cast.operator.browser(&site).get("/staff/issuers/campus").await.status, 404);
    })
    .await;
}
