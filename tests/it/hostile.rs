//! Whatever is sent, the answer is one of ours: never a 5xx, always with the headers that protect a browser.

use std::time::{Duration, Instant};

use reqwest::Method;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    scene::{Scene, on_each_engine},
    site::{Answer, Shop, Site, Student, ZOE, list},
};

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";
const HTML: &str = "\"><script>alert(1)</script>'--; DROP TABLE x; \u{202e}\u{0}";

async fn ready(scene: &Scene) -> (Site, Shop) {
    scene.import(list(&[ZOE])).await.unwrap();
    (scene.site().await, scene.shop("shop").await)
}

fn assert_ours(answer: &Answer, what: &str) {
    assert!(answer.status < 500, "{what}: {answer:?}");
    assert!(!answer.body.contains("<script>alert"), "{what}: unescaped in {}", answer.body);
    for (name, value) in
        [("x-content-type-options", "nosniff"), ("x-frame-options", "DENY"), ("referrer-policy", "no-referrer")]
    {
        assert_eq!(answer.header(name), value, "{what}: {answer:?}");
    }
    assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{what}");
    if answer.status >= 400 {
        let kind = answer.header("content-type");
        assert!(kind.starts_with("application/json") || kind.starts_with("text/html"), "{what}: {kind:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sql_html_and_control_characters_in_every_field_do_no_harm() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let browser = site.browser();
        for field in [
            "client_id",
            "redirect_uri",
            "scope",
            "state",
            "nonce",
            "product",
            "university",
            "semester",
            "ui_locales",
            "prompt",
            "max_age",
            "response_type",
            "response_mode",
            "code_challenge",
            "request",
            "request_uri",
        ] {
            let answer = browser.authorize(&shop, &[(field, HTML)]).await;
            assert_ours(&answer, field);
            if answer.status == 303 {
                let (to, _) = answer.redirect();
                assert!(to == crate::site::CALLBACK || to.starts_with("/verify/"), "{field} led to {to}");
            }
        }
        let form = browser.at_the_form(&shop, &[]).await;
        for own in ["matriculation_number", "given_names", "family_name", "birth_date", "flow", "cancel", "ui_locales"]
        {
            let flow = form.flow();
            let mut fields = vec![
                ("flow", flow.as_str()),
                ("matriculation_number", "1"),
                ("given_names", "a"),
                ("family_name", "b"),
                ("birth_date", "1.1.2000"),
            ];
            fields.retain(|(name, _)| *name != own);
            fields.push((own, HTML));
            assert_ours(&browser.post("/verify/roster", &fields).await, own);
        }
        for path in ["/token", "/par", "/introspect", "/redeem", "/cancel"] {
            for field in [
                "grant_type",
                "code",
                "redirect_uri",
                "code_verifier",
                "token",
                "reason",
                "client_id",
                "client_assertion",
                "client_assertion_type",
                "client_secret",
                "scope",
            ] {
                assert_ours(&site.post(&shop, path, &[(field, HTML)]).await, path);
            }
        }
        for path in [
            "/why?reference=%22%3E%3Cscript%3Ealert(1)",
            "/%00",
            "/..%2f..%2fetc/passwd",
            "/assets/..%2fCargo.toml",
            "/%ff",
            "/verify/choose?flow=%00&q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
        ] {
            assert_ours(&site.get(path).await, path);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_too_large_cut_off_of_another_kind_or_given_twice_are_refused() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let post = |path: &str, kind: &'static str, body: Vec<u8>| {
            let request = site.http.post(site.url(path)).basic_auth(shop.id(), Some(&shop.secret));
            Answer::of(request.header("content-type", kind).body(body))
        };
        for path in
            ["/token", "/par", "/introspect", "/redeem", "/cancel", "/authorize", "/verify/choose", "/verify/roster"]
        {
            for (kind, body) in [
                (FORM, vec![b'a'; 70_000]),
                (FORM, b"token=a&token=b&grant_type=x&grant_type=y&flow=1&flow=2&client_id=1&client_id=2".to_vec()),
                (FORM, vec![0xff, 0xfe, b'=', 0x00]),
                (FORM, b"%zz=%&&&==".to_vec()),
                (JSON, b"{}".to_vec()),
                ("text/plain", b"hello".to_vec()),
                ("", Vec::new()),
            ] {
                let answer = post(path, kind, body).await;
                assert_ours(&answer, path);
                assert!((400..500).contains(&answer.status), "{path} {kind}: {answer:?}");
            }
        }
        let deep = format!("{}{}", "[".repeat(30_000), "]".repeat(30_000));
        for body in [
            b"{".to_vec(),
            deep.into_bytes(),
            b"null".to_vec(),
            br#"{"university":1e999}"#.to_vec(),
            vec![b'x'; 70_000],
            br#"{"university":"musterstadt","extra":1}"#.to_vec(),
        ] {
            let answer = post("/v1/checks", JSON, body).await;
            assert_ours(&answer, "/v1/checks");
            assert!((400..500).contains(&answer.status), "{answer:?}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_method_or_address_gets_an_answer_in_our_form() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        for path in [
            "/",
            "/authorize",
            "/token",
            "/jwks.json",
            "/redeem",
            "/v1/checks",
            "/v1/rosters/2026W",
            "/nowhere",
            "/healthz",
        ] {
            for method in
                [Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS, Method::TRACE]
            {
                let request =
                    site.http.request(method.clone(), site.url(path)).basic_auth(shop.id(), Some(&shop.secret));
                assert_ours(&Answer::of(request).await, &format!("{method} {path}"));
            }
        }
        let long = format!("/why?reference={}", "A".repeat(20_000));
        assert_ours(&site.get(&long).await, "a long address");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_is_bounded_in_what_it_takes() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let long: &'static str = Box::leak("ä".repeat(3_000).into_boxed_str());
        let answer = site.browser().verify(&shop, Student { family: long, ..ZOE }, &[]).await;
        assert_ours(&answer, "a long name");
        assert_eq!(answer.status, 422);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_and_slowness_end_the_connection_and_nothing_else() {
    on_each_engine(async |scene| {
        let (site, _) = ready(&scene).await;
        for garbage in [
            &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
            b"GET / HTTP/9.9\r\n\r\n",
            b"POST /token HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
            b"GET / HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
        ] {
            let mut stream = TcpStream::connect(site.address).await.unwrap();
            stream.write_all(garbage).await.unwrap();
            let mut answer = Vec::new();
            let _ = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut answer)).await.unwrap();
            assert!(!answer.starts_with(b"HTTP/1.1 5"), "{}", String::from_utf8_lossy(&answer));
        }
        // Headers that never end: ten seconds, then the place is free for somebody else.
        let begin = Instant::now();
        let mut slow = TcpStream::connect(site.address).await.unwrap();
        slow.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nx-a: ").await.unwrap();
        let mut answer = Vec::new();
        let _ = tokio::time::timeout(Duration::from_secs(30), slow.read_to_end(&mut answer)).await.unwrap();
        assert!(begin.elapsed() < Duration::from_secs(25), "slow headers are cut off");
        assert_eq!(site.get("/healthz").await.status, 200);
    })
    .await;
}
