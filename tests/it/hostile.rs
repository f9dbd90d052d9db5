//! Whatever comes in at whichever door: a clear error in our own form, never ours to blame, never the input back.

use std::time::{Duration, Instant};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    scene::{Scene, on_each_engine},
    site::{Answer, CALLBACK, Shop, Site, Student, ZOE, between, list},
};

/// Every door, with the method it takes.
const DOORS: [(&str, &str); 23] = [
    ("GET", "/"),
    ("GET", "/authorize"),
    ("POST", "/authorize"),
    ("GET", "/verify/choose"),
    ("POST", "/verify/choose"),
    ("GET", "/verify/roster"),
    ("POST", "/verify/roster"),
    ("GET", "/why"),
    ("GET", "/.well-known/openid-configuration"),
    ("GET", "/jwks.json"),
    ("GET", "/openapi.json"),
    ("POST", "/par"),
    ("POST", "/token"),
    ("GET", "/userinfo"),
    ("POST", "/introspect"),
    ("POST", "/redeem"),
    ("POST", "/cancel"),
    ("POST", "/v1/checks"),
    ("PUT", "/v1/rosters/2026W"),
    ("GET", "/assets/x.css"),
    ("GET", "/logos/x"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
];

const EVIL: [&str; 9] = [
    "' OR '1'='1' --",
    "'; DROP TABLE audit; --",
    "\"><script>alert(1)</script>",
    "{{7*7}}${7*7}",
    "a\0b",
    "\u{202e}\u{feff}\r\nSet-Cookie: x=y",
    "../../../../etc/passwd",
    "%00%ff%c0%af",
    "😀\u{0301}\u{0301}\u{0301}",
];

async fn ready(scene: &Scene) -> (Site, Shop) {
    scene.import(list(&[ZOE])).await.unwrap();
    scene.add_university("auental", |_| ()).await;
    (scene.site().await, scene.shop("shop").await)
}

/// What holds for every answer, whatever was asked.
fn assert_proper(answer: &Answer, what: &str) {
    assert!(answer.status < 500, "{what}: {answer:?}");
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{what}");
    assert_eq!(answer.header("x-frame-options"), "DENY", "{what}");
    assert_eq!(answer.header("referrer-policy"), "no-referrer", "{what}");
    assert!(answer.header("strict-transport-security").contains("max-age="), "{what}");
    assert!(!answer.header("cache-control").is_empty(), "{what}");
    let policy = answer.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{what}: {policy}");
    assert!(!policy.contains("unsafe"), "{what}");
    assert!(answer.headers.get("server").is_none(), "{what}");
    let error = answer.status >= 400;
    if error {
        assert_eq!(answer.header("cache-control"), "no-store", "{what}");
        if answer.header("content-type").starts_with("application/json") {
            let body = answer.json();
            let described = body["error_description"].is_string() && body["error"].is_string();
            assert!(described || body["status"].is_string(), "{what}: {body}");
        } else {
            assert!(answer.header("content-type").starts_with("text/html"), "{what}: {answer:?}");
            assert!(answer.body.contains("<html lang="), "{what}");
        }
    }
    assert!(!answer.body.contains("<script>alert"), "{what}: {}", answer.body);
    assert!(answer.header("location").is_empty() || answer.status == 303, "{what}");
}

fn request(site: &Site, shop: &Shop, method: &str, path: &str) -> reqwest::RequestBuilder {
    site.http.request(method.parse().unwrap(), site.url(path)).basic_auth(shop.id(), Some(&shop.secret))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_door_refuses_bodies_that_are_none_of_its_kind() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let form = "application/x-www-form-urlencoded";
        let deep = "[".repeat(30_000);
        let big = "x=".to_owned() + &"y".repeat(70_000);
        let many = "a=b&".repeat(15_000);
        for (method, path) in DOORS {
            for (kind, body) in [
                (form, b"".to_vec()),
                (form, big.clone().into()),
                (form, many.clone().into()),
                (form, b"token=%FF%FE&code=%00&flow=%C0%AF".to_vec()),
                (form, b"\xff\xfe\x00=\x00".to_vec()),
                (
                    form,
                    b"grant_type=client_credentials&grant_type=authorization_code&token=a&token=b&flow=a&flow=b"
                        .to_vec(),
                ),
                (form, b"&&&===&=;=%".to_vec()),
                ("application/json", b"{".to_vec()),
                ("application/json", deep.clone().into()),
                ("application/json", b"{\"university\":1e999}".to_vec()),
                ("application/json", b"{\"university\":\"\\ud800\",\"nonce\":99999999999999999999}".to_vec()),
                ("application/json", b"\"\xff\"".to_vec()),
                ("application/json", big.clone().into()),
                ("text/plain", b"token=x".to_vec()),
                ("multipart/form-data; boundary=x", b"--x".to_vec()),
                ("application/xml", b"<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>".to_vec()),
                ("text/csv", b"\x00\x01\x02".to_vec()),
                ("", b"?".to_vec()),
            ] {
                let what = format!("{method} {path} {kind} {:?}", String::from_utf8_lossy(&body[..body.len().min(40)]));
                if method == "GET" && body.len() > 1_000 {
                    continue; // nobody reads it: the connection is closed under it
                }
                let mut request = request(&site, &shop, method, path).header("connection", "close").body(body.clone());
                if !kind.is_empty() {
                    request = request.header("content-type", kind);
                }
                let answer = Answer::of(request).await;
                assert_proper(&answer, &what);
                let takes_a_body = method != "GET" && !path.starts_with("/v1/rosters");
                if takes_a_body && body.len() > 65_536 {
                    assert!([413, 415, 400, 422].contains(&answer.status), "{what}: {answer:?}");
                }
                assert!(method == "GET" || path == "/introspect" || answer.status >= 400, "{what}: {answer:?}");
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_door_refuses_other_methods_and_unknown_addresses() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        for (_, path) in DOORS {
            for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "X"] {
                if DOORS.contains(&(method, path)) || (path, method) == ("/userinfo", "POST") {
                    continue;
                }
                let answer = Answer::of(request(&site, &shop, method, path)).await;
                assert_eq!(answer.status, 405, "{method} {path}");
                assert_proper(&answer, &format!("{method} {path}"));
            }
        }
        for path in [
            "/nowhere",
            "/token/",
            "//token",
            "/Token",
            "/token%2f",
            "/%2e%2e/token",
            "/assets/../../Cargo.toml",
            "/assets/%2e%2e%2fCargo.toml",
            "/assets/%FF",
            "/v1/rosters",
            "/v1/rosters/",
            "/v1/rosters/%FF",
            "/.git/config",
            "/<script>alert(1)</script>",
        ] {
            let answer = Answer::of(request(&site, &shop, "GET", path)).await;
            assert!([400, 404, 405].contains(&answer.status), "{path}: {}", answer.status);
            assert_proper(&answer, path);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn evil_text_in_every_field_of_every_door_is_data() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let fields = [
            "client_id",
            "redirect_uri",
            "response_type",
            "scope",
            "state",
            "nonce",
            "code_challenge",
            "ui_locales",
            "code_challenge_method",
            "prompt",
            "max_age",
            "request",
            "request_uri",
            "product",
            "university",
            "semester",
            "flow",
            "q",
            "cancel",
            "matriculation_number",
            "given_names",
            "family_name",
            "birth_date",
            "reference",
            "token",
            "reason",
            "code",
            "grant_type",
            "code_verifier",
            "client_assertion",
            "client_assertion_type",
        ];
        let long = "x".repeat(3_000);
        for evil in EVIL.iter().copied().chain([long.as_str(), "99999999999999999999", "-1", ""]) {
            for (method, path) in DOORS {
                let all: Vec<(&str, &str)> = fields.iter().map(|field| (*field, evil)).collect();
                let mut good: Vec<(String, String)> = shop.request(&[]);
                good.extend([("grant_type", "authorization_code"), ("token", "x")].map(|(a, b)| (a.into(), b.into())));
                let mut requests = vec![all.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()];
                for field in fields {
                    let mut one = good.clone();
                    one.retain(|(name, _)| name != field);
                    one.push((field.to_owned(), evil.to_owned()));
                    requests.push(one);
                }
                // All at once at every door; one by one where a form is read.
                let one_by_one = method == "POST" && path != "/v1/checks" || path == "/authorize";
                for form in requests.iter().take(if one_by_one { usize::MAX } else { 1 }) {
                    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
                    let request = match method {
                        "GET" if query.len() > 20_000 => continue,
                        "GET" => request(&site, &shop, method, &format!("{path}?{query}")),
                        _ => request(&site, &shop, method, path).form(form),
                    };
                    let answer = Answer::of(request).await;
                    assert_proper(&answer, &format!("{method} {path} {evil:?}"));
                }
            }
        }
        for evil in EVIL {
            for field in [
                "university",
                "product",
                "semester",
                "nonce",
                "scope",
                "matriculation_number",
                "given_names",
                "family_name",
                "birth_date",
                "student_address",
                "surprise",
            ] {
                let mut question = crate::site::question(ZOE, "musterstadt");
                question[field] = evil.into();
                let answer = Answer::of(request(&site, &shop, "POST", "/v1/checks").json(&question)).await;
                assert_proper(&answer, &format!("check {field} {evil:?}"));
            }
            for header in ["authorization", "cookie", "x-forwarded-for", "accept-language", "content-type", "host"] {
                let text: String = evil.chars().filter(char::is_ascii_graphic).collect();
                let answer = Answer::of(site.http.get(site.url("/verify/choose?flow=x")).header(header, text)).await;
                assert_proper(&answer, &format!("{header} {evil:?}"));
            }
        }
        let trail = scene.tenant().await.verify_audit().await.unwrap();
        assert_eq!(trail.fault, None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_or_stored_comes_back_as_text() {
    on_each_engine(async |scene| {
        let html = "\"><script>alert(1)</script><b>";
        let mut university = scene.university.clone();
        university.profile.name_de = format!("Uni {html}");
        university.profile.contact = Some(format!("javascript:alert(1) {html}"));
        scene.pedell.change_university(&university, &pedell::domain::policy::Actor::Operator).await.unwrap();
        scene.add_university("auental", |profile| profile.place = html.into()).await;
        scene.import(list(&[ZOE])).await.unwrap();
        let site = Site::open_with(&scene.pedell, |settings| settings.operator = html.to_owned()).await;
        let shop = scene
            .shop_with("shop", |profile, issuer| {
                profile.name = html.to_owned();
                issuer.products[0].name_de = html.to_owned();
            })
            .await;
        let browser = site.browser();
        let sent = browser.authorize(&shop, &[("state", html)]).await;
        let picker = browser.get(sent.header("location")).await;
        let searched = browser.get(&format!("{}&q=%22%3E%3Cscript%3Ealert(1)", sent.header("location"))).await;
        let form = browser.at_the_form(&shop, &[("state", html)]).await;
        let typed = Student { number: "1", given: "<script>alert(1)</script>", family: "\"><b>", born: "01.01.2000" };
        let again = browser.fill(&form, typed).await;
        let unread = browser.fill(&form, Student { born: "<script>alert(1)</script>", ..typed }).await;
        let why = browser.get("/why?reference=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").await;
        let known = browser.get(&format!("/why?reference={}", again.reference().unwrap())).await;
        for (page, what) in [
            (picker, "picker"),
            (searched, "search"),
            (form, "form"),
            (again, "again"),
            (unread, "unread"),
            (why, "why"),
            (known, "known"),
        ] {
            assert!(!page.body.contains("<script>alert") && !page.body.contains("<b>"), "{what}: {}", page.body);
            assert!(!page.body.contains("href=\"javascript:"), "{what}");
        }
        let back = browser.code_with(&shop, ZOE, &[("state", html)]).await;
        assert!(back.len() > 100);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_is_bounded_in_what_it_takes() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let long: &'static str = Box::leak("ä".repeat(3_000).into_boxed_str());
        let answer = site.browser().verify(&shop, Student { family: long, ..ZOE }, &[]).await;
        assert_proper(&answer, "a long name");
        assert_eq!(answer.status, 422);
        let address = format!("/why?reference={}", "A".repeat(20_000));
        assert_proper(&site.get(&address).await, "a long address");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_longest_request_that_is_allowed_goes_the_whole_way() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let (state, nonce) = ("\u{1}".repeat(1_024), "\"".repeat(1_024));
        let browser = site.browser();
        let code = browser
            .code_with(&shop, ZOE, &[("state", &state), ("nonce", &nonce), ("ui_locales", &"d".repeat(1_024))])
            .await;
        let token = site.redeem_code(&shop, &code).await;
        assert_eq!(token.status, 200, "{token:?}");
    })
    .await;
}

async fn raw(site: &Site, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(site.address).await.unwrap();
    // The server may refuse before it has read everything.
    let _ = stream.write_all(request).await;
    let mut answer = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut answer)).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_http_is_refused_and_the_next_connection_is_served() {
    on_each_engine(async |scene| {
        let (site, _) = ready(&scene).await;
        let url = "x".repeat(70_000);
        let header = "y".repeat(70_000);
        let many = "a: b\r\n".repeat(5_000);
        let close = "Connection: close\r\n";
        for (request, statuses) in [
            (format!("GET / HTTP/1.0\r\n{close}\r\n"), vec!["200"]),
            ("GET /nowhere HTTP/1.0\r\n\r\n".to_owned(), vec!["404"]),
            (format!("GET /{url} HTTP/1.1\r\nHost: x\r\n{close}\r\n"), vec!["414", "431"]),
            (format!("GET / HTTP/1.1\r\nHost: x\r\nX: {header}\r\n{close}\r\n"), vec!["431"]),
            (format!("GET / HTTP/1.1\r\nHost: x\r\n{many}{close}\r\n"), vec!["431"]),
            ("\x16\x03\x01\x02\x00".to_owned() + "\r\n\r\n", vec!["400"]),
            (format!("POST /token HTTP/1.1\r\nHost: x\r\n{close}Transfer-Encoding: chunked\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\nzz\r\n"), vec!["400"]),
            (format!("POST /token HTTP/1.1\r\nHost: x\r\n{close}Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef"), vec!["400"]),
            (format!("POST /token HTTP/1.1\r\nHost: x\r\n{close}Content-Length: -1\r\n\r\n"), vec!["400"]),
            (format!("GET / HTTP/9.9\r\nHost: x\r\n{close}\r\n"), vec!["400", "505"]),
        ] {
            let answer = raw(&site, request.as_bytes()).await;
            let status = answer.split(' ').nth(1).unwrap_or_default();
            assert!(statuses.contains(&status), "{request:.60} -> {answer:.200}");
        }
        assert_eq!(site.get("/healthz").await.status, 200);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_that_trickle_are_cut_off() {
    on_each_engine(async |scene| {
        let site = scene.site().await;
        let mut stream = TcpStream::connect(site.address).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n").await.unwrap();
        let began = Instant::now();
        let mut answer = Vec::new();
        let ended = tokio::time::timeout(Duration::from_secs(25), stream.read_to_end(&mut answer)).await;
        assert!(ended.is_ok(), "the connection is still open");
        assert!(began.elapsed() >= Duration::from_secs(5));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_and_a_client_that_ask_too_often_are_told_to_wait() {
    on_each_engine(async |scene| {
        let few = std::num::NonZeroU32::new(10).unwrap();
        let site = Site::open_with(&scene.pedell, |settings| settings.requests_per_minute_per_address = few).await;
        let mut last = site.get("/").await;
        for _ in 0..15 {
            last = site.get("/").await;
        }
        assert_eq!((last.status, last.header("retry-after")), (429, "60"));
        assert_proper(&last, "429");
        assert_eq!(site.get("/healthz").await.status, 200, "load balancers are not counted");
        let shop = scene.shop("shop").await;
        let site = Site::open_with(&scene.pedell, |settings| settings.requests_per_minute_per_client = few).await;
        let mut last = 200;
        for _ in 0..15 {
            last = site.post(&shop, "/introspect", &[("token", "x")]).await.status;
        }
        assert_eq!(last, 429);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_a_login_lets_its_form_lead_to_the_shop_and_nowhere_else() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let form = site.browser().at_the_form(&shop, &[]).await;
        let policy = form.header("content-security-policy").to_owned() + ";";
        let action = between(&policy, "form-action ", ";").unwrap();
        assert_eq!(action, format!("'self' {}", CALLBACK.trim_end_matches("/callback")));
        let cookie = site.browser().authorize(&shop, &[]).await.header("set-cookie").to_owned();
        for part in ["__Host-pedell-browser=", "HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(part), "{cookie}");
        }
    })
    .await;
}
