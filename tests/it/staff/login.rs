//! Getting in, and being kept out.

use std::time::Duration;

use jiff::civil::date;
use pedell::{
    domain::staff::{Rank, Rights},
    flow::{staff::StaffSettings, staff_admin::StaffPlace, staff_login::LoginAnswer, staff_sessions::Due},
    vault::PasswordCost,
};

use super::cast::{COOKIE, Cast, Person, SENTENCE, code_of, form_key, new_staff, visitor, visitor_from};
use crate::{
    scene::on_each_engine,
    site::{Answer, Browser, between},
};

async fn submit(browser: &Browser<'_>, login: &str, password: &str) -> Answer {
    let page = browser.get("/staff/login").await;
    let key = form_key(&page);
    browser.post("/staff/login", &[("form_key", &key), ("login", login), ("password", password)]).await
}

#[tokio::test]
async fn from_the_invitation_to_the_overview_and_in_again() {
    on_each_engine(async |scene| {
        let site = scene.site().await;
        let first = scene.pedell.first_operator("operator-1".parse().unwrap(), "Olga <b>", false).await.unwrap();
        let link = first.unwrap().path;
        let browser = site.browser();
        let page = browser.get(&link).await;
        assert!(page.status == 200 && page.body.contains("operator-1") && page.body.contains("Olga &#60;b&#62;"));
        let (key, code) = (form_key(&page), link.rsplit('=').next().unwrap().to_owned());
        let choose = async |password: &str, again: &str| {
            let form = [("form_key", key.as_str()), ("code", &code), ("password", password), ("again", again)];
            browser.post("/staff/invitation", &form).await
        };
        assert_eq!(choose("short", "short").await.status, 422);
        assert_eq!(choose("operator-1!", "operator-1!").await.status, 422, "made of the login name");
        assert_eq!(choose(SENTENCE, "another").await.status, 422);
        let chosen = choose(SENTENCE, SENTENCE).await;
        assert_eq!(chosen.redirect().0, "/staff");
        let cookie = chosen.headers.get_all("set-cookie").iter().find(|c| c.as_bytes().starts_with(COOKIE.as_bytes()));
        let cookie = cookie.unwrap().to_str().unwrap().to_owned();
        for flag in ["HttpOnly", "Secure", "SameSite=Strict", "Path=/"] {
            assert!(cookie.contains(flag), "{cookie}");
        }
        assert!(!cookie.contains("Domain") && !cookie.contains("Max-Age"), "{cookie}");
        assert_eq!(choose(SENTENCE, SENTENCE).await.status, 410, "an invitation works once");

        assert_eq!(browser.get("/staff").await.redirect().0, "/staff/factor", "nothing goes on without it");
        let page = browser.get("/staff/factor").await;
        assert!(page.body.contains("<svg") && page.header("cache-control") == "no-store");
        let secret = between(&page.body, "<dd><code>", "</code>").unwrap().replace(' ', "");
        let enrolment = between(&page.body, "name=\"enrolment\" value=\"", "\"").unwrap();
        let key = form_key(&page);
        let confirm = async |code: &str| {
            let form = [("form_key", key.as_str()), ("enrolment", &enrolment), ("code", code)];
            browser.post("/staff/factor", &form).await
        };
        assert_eq!(confirm("000000").await.status, 401);
        let app = app(&secret);
        let now = || pedell::protocol::totp::step_at(scene.clock.now());
        let shown = confirm(&app.code(now())).await;
        assert_eq!(shown.status, 200, "{}", shown.body);
        assert_eq!(shown.body.matches("<li><code>").count(), 10, "recovery codes");
        assert!(browser.get("/staff").await.body.contains("Olga"));

        let key = form_key(&browser.get("/staff").await);
        let out = browser.post("/staff/logout", &[("form_key", &key)]).await;
        assert_eq!(out.redirect().0, "/staff/login");
        assert_eq!(browser.get("/staff").await.redirect().0, "/staff/login");

        scene.clock.advance(Duration::from_secs(30));
        assert_eq!(submit(&browser, "OPERATOR-1 ", SENTENCE).await.redirect().0, "/staff/code");
        assert_eq!(browser.get("/staff").await.redirect().0, "/staff/code", "the password alone opens nothing");
        let key = form_key(&browser.get("/staff/code").await);
        let half = browser.jar()[COOKIE].clone();
        let code = app.code(now());
        let form = [("form_key", key.as_str()), ("code", code.as_str()), ("back", "https://evil.example")];
        let proven = browser.post("/staff/code", &form).await;
        assert_eq!(proven.header("location"), "/staff", "and leads nowhere else");
        assert_ne!(browser.jar()[COOKIE], half, "another token once more is proven");
        assert_eq!(browser.get("/staff").await.status, 200);
        let thief = site.browser();
        thief.jar().insert(COOKIE.to_owned(), half);
        assert_eq!(thief.get("/staff").await.redirect().0, "/staff/login", "the old one opens nothing");
    })
    .await;
}

/// The authenticator app that was shown this key.
fn app(base32: &str) -> pedell::protocol::totp::TotpSecret {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits: String =
        base32.chars().flat_map(|c| format!("{:05b}", ALPHABET.find(c).unwrap()).chars().collect::<Vec<_>>()).collect();
    let bytes: Vec<u8> = bits
        .as_bytes()
        .chunks(8)
        .map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap())
        .collect();
    pedell::protocol::totp::TotpSecret::from_bytes(&bytes).unwrap()
}

#[tokio::test]
async fn nobody_can_tell_why_a_login_was_refused() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let site = scene.site().await;
        let pedell = &cast.pedell;
        let by = cast.manager.session(pedell).await;
        pedell.block_staff(&by, &cast.office.id).await.unwrap();
        let new = new_staff("not-yet-here", Rank::OrganizerStaff, None);
        pedell.invite_staff(&by, &cast.university, new).await.unwrap();
        let mut over = new_staff("over-soon-1", Rank::OrganizerStaff, None);
        over.place.last_day = Some(date(2026, 11, 24));
        let (_, invitation) = pedell.invite_staff(&by, &cast.university, over).await.unwrap();
        pedell.accept_invitation(&code_of(&invitation), &SENTENCE.into(), &visitor()).await.unwrap();
        scene.clock.advance(Duration::from_secs(2 * 86_400));
        let mut pages = Vec::new();
        for (login, password) in [
            ("nobody-at-all", SENTENCE),
            ("manager-1", "Elke dag sta ik als 2de bij de bakker"),
            ("office-01", SENTENCE),
            ("not-yet-here", SENTENCE),
            ("over-soon-1", SENTENCE),
            ("x", ""),
        ] {
            let browser = site.browser();
            let answer = submit(&browser, login, password).await;
            assert_eq!(answer.status, 401, "{login}");
            assert!(!browser.jar().contains_key(COOKIE), "{login}");
            let key = form_key(&answer);
            pages.push(answer.body.replace(&key, "KEY").replace(&format!("value=\"{login}\""), "value=\"LOGIN\""));
        }
        assert!(pages.windows(2).all(|pair| pair[0] == pair[1]));
    })
    .await;
}

#[tokio::test]
async fn guessing_waits_longer_each_time_and_keeps_nobody_out_of_their_own_browser() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let pedell = &cast.pedell;
        let guess =
            async |login: &str, visitor| pedell.staff_login(login, &"a wrong guess".into(), &visitor).await.unwrap();
        let stranger = || visitor_from("198.51.100.7");
        for login in ["manager-1", "nobody-at-all"] {
            for _ in 0..6 {
                assert!(matches!(guess(login, stranger()).await, LoginAnswer::Refused));
            }
            let LoginAnswer::Wait { until } = guess(login, stranger()).await else { panic!("no wait at {login}") };
            assert_eq!(until.since(scene.clock.now()), Duration::from_secs(1), "{login}: the same for nobody");
        }
        let right = pedell.staff_login("manager-1", &SENTENCE.into(), &stranger()).await.unwrap();
        assert!(matches!(right, LoginAnswer::Wait { .. }), "the right one has to wait as well");
        scene.clock.advance(Duration::from_secs(1));
        assert!(matches!(guess("manager-1", stranger()).await, LoginAnswer::Refused));
        let LoginAnswer::Wait { until } = guess("manager-1", stranger()).await else { panic!() };
        assert_eq!(until.since(scene.clock.now()), Duration::from_secs(2));

        // A whole botnet tries one name.
        for n in 0..60 {
            guess("manager-1", visitor_from(&format!("203.0.113.{n}"))).await;
        }
        assert!(matches!(guess("manager-1", visitor_from("192.0.2.1")).await, LoginAnswer::Wait { .. }));
        let member = cast.manager.session(pedell).await.member;
        let known = Some(pedell.remember_browser(None, &member));
        let at_home = |known| pedell::flow::staff::Visitor { known, ..visitor_from("192.0.2.1") };
        let back = pedell.staff_login("manager-1", &SENTENCE.into(), &at_home(known.clone())).await.unwrap();
        assert!(matches!(back, LoginAnswer::Begun(_)), "{back:?}: the usual browser is counted by itself");
        let others = pedell.staff_login("manager-2", &SENTENCE.into(), &at_home(known)).await.unwrap();
        assert!(matches!(others, LoginAnswer::Begun(_)), "and nobody else has to wait");
        scene.clock.advance(Duration::from_secs(31));
        let back = pedell.staff_login("manager-1", &SENTENCE.into(), &visitor_from("192.0.2.1")).await.unwrap();
        assert!(matches!(back, LoginAnswer::Begun(_)), "{back:?}: from anywhere else after half a minute at most");
    })
    .await;
}

#[tokio::test]
async fn guesses_at_one_moment_do_not_slip_past_each_other() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let guesses = (0..60).map(|_| {
            let pedell = cast.pedell.clone();
            tokio::spawn(async move {
                let answer = pedell.staff_login("manager-1", &"a wrong guess".into(), &visitor()).await.unwrap();
                matches!(answer, LoginAnswer::Refused)
            })
        });
        let mut tried = 0;
        for guess in guesses.collect::<Vec<_>>() {
            tried += u32::from(guess.await.unwrap());
        }
        assert_eq!(tried, 6, "five are free, and the sixth makes the next one wait");
    })
    .await;
}

#[tokio::test]
async fn a_password_is_hashed_anew_when_the_cost_has_changed() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let dearer = PasswordCost { memory_kib: 128, passes: 2 };
        let staff = StaffSettings { password_cost: dearer, ..StaffSettings::default() };
        let other_node = scene.place.open_with(scene.clock.clone(), |settings| settings.staff = staff).await;
        let hash = async || {
            let stored = cast.pedell.stores().control().staff(&cast.manager.id).await.unwrap().unwrap();
            stored.password.unwrap()
        };
        let before = hash().await;
        cast.manager.password(&cast.pedell).await;
        assert_eq!(hash().await, before, "the same cost");
        cast.manager.password(&other_node).await;
        let after = hash().await;
        assert_ne!(after, before);
        cast.manager.password(&other_node).await;
        assert_eq!(hash().await, after, "once");
    })
    .await;
}

#[tokio::test]
async fn no_other_site_and_no_other_session_can_post_a_form() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let site = scene.site().await;
        let manager = cast.manager.browser(&site);
        let key = super::cast::key_of(&manager).await;
        let others = super::cast::key_of(&cast.operator.browser(&site)).await;
        let path = format!("/staff/people/{}/do", cast.office.id);
        for form in [
            vec![("do", "block")],
            vec![("do", "block"), ("form_key", &others)],
            vec![("do", "block"), ("form_key", "")],
        ] {
            assert_eq!(manager.post(&path, &form).await.status, 403, "{form:?}");
        }
        let good = [("do", "block"), ("form_key", key.as_str())];
        let request = site
            .http
            .post(site.url(&path))
            .form(&good)
            .header("cookie", format!("{COOKIE}={}", cast.manager.token.expose()));
        let cross = Answer::of(request.header("sec-fetch-site", "cross-site")).await;
        assert_eq!(cross.status, 403, "what the browser says is from elsewhere");
        assert!(cast.office.session_if_any(&cast.pedell).await.is_some(), "nothing was done");
        assert_eq!(manager.post(&path, &good).await.status, 303);
        assert!(cast.office.session_if_any(&cast.pedell).await.is_none());

        // Nobody can log a stranger's browser in to an account of theirs.
        let victim = site.browser();
        let form = [("login", "manager-1"), ("password", SENTENCE)];
        assert_eq!(victim.post("/staff/login", &form).await.status, 403);
        let attackers_key = form_key(&site.browser().get("/staff/login").await);
        victim.get("/staff/login").await;
        let form = [("login", "manager-1"), ("password", SENTENCE), ("form_key", &attackers_key)];
        let answer = victim.post("/staff/login", &form).await;
        assert!(answer.status == 403 && !victim.jar().contains_key(COOKIE));
    })
    .await;
}

#[tokio::test]
async fn a_session_that_was_planted_is_not_taken_over() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let site = scene.site().await;
        let victim = site.browser();
        let planted = "A".repeat(43);
        victim.jar().insert(COOKIE.to_owned(), planted.clone());
        submit(&victim, "manager-1", SENTENCE).await;
        assert_ne!(victim.jar()[COOKIE], planted);
        let attacker = site.browser();
        attacker.jar().insert(COOKIE.to_owned(), planted);
        assert_eq!(attacker.get("/staff").await.redirect().0, "/staff/login");
        drop(cast);
    })
    .await;
}

/// No page of the console is within anybody's frame or kept in anybody's cache; and who lies about the host, or about where
/// to go afterwards, is led nowhere.
#[tokio::test]
async fn no_page_is_framed_kept_or_led_astray() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let site = scene.site().await;
        let mut seen = 0;
        for (method, path) in pedell::web::staff_routes() {
            if method != "GET" || path.contains('{') {
                continue;
            }
            let cookie = format!("{COOKIE}={}", cast.manager.token.expose());
            let request = site.http.get(site.url(&format!("{path}?next=https://evil.example/&to=//evil.example")));
            let request = request.header("cookie", cookie).header("host", "evil.example");
            let answer = Answer::of(request.header("x-forwarded-host", "evil.example")).await;
            assert!(answer.status < 500, "{path}: {}", answer.status);
            assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
            assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
            assert_eq!(answer.header("cache-control"), "no-store", "{path}");
            assert!(!answer.header("location").contains("evil"), "{path}: {}", answer.header("location"));
            let leads_away = ["href=\"https://evil", "href=\"//evil", "action=\"https://evil", "action=\"//evil"];
            assert!(!leads_away.iter().any(|link| answer.body.contains(link)), "{path}");
            seen += 1;
        }
        assert!(seen > 12, "{seen}");
    })
    .await;
}

#[tokio::test]
async fn a_password_that_stands_alone_is_longer() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let by = cast.outlet_manager.session(&cast.pedell).await;
        let new = new_staff("clerk-002", Rank::Clerk, Some(&cast.outlet));
        let (_, invitation) = cast.pedell.invite_staff(&by, &cast.agency, new).await.unwrap();
        let code = code_of(&invitation);
        let short = cast.pedell.accept_invitation(&code, &"vK7#qx2P-m".into(), &visitor()).await;
        assert!(short.is_err(), "fifteen without a second factor");
        // The agency asks for a second factor of everybody: eight are enough then, and it is due.
        let manager = cast.agency_manager.session(&cast.pedell).await;
        let rules = pedell::domain::staff::rules::StaffRules { second_factor_for_all: true, ..Default::default() };
        cast.pedell.set_staff_rules(&manager, &cast.agency, rules).await.unwrap();
        let token = cast.pedell.accept_invitation(&code, &"vK7#qx2P-m".into(), &visitor()).await.unwrap();
        let session = cast.pedell.staff_session(&token).await.unwrap().unwrap();
        assert_eq!(session.due, Due::Enrol);
        assert_eq!(cast.clerk.session(&cast.pedell).await.due, Due::Enrol, "of those who are there as well");
    })
    .await;
}

#[tokio::test]
async fn every_login_and_refusal_is_in_the_trail_without_a_name() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let pedell = &cast.pedell;
        pedell.staff_login("manager-1", &"a wrong guess".into(), &visitor_from("192.0.2.77")).await.unwrap();
        cast.manager.password(pedell).await;
        let entries = pedell.stores().control().audit_after(0).await.unwrap();
        let of = |kind: &str| {
            entries.iter().filter(|entry| entry.kind == kind && entry.object == cast.manager.id.as_str()).count()
        };
        assert_eq!((of("staff.login_refused"), of("staff.logged_in"), of("staff.invited")), (1, 1, 1));
        let all = serde_json::to_string(&entries).unwrap();
        assert!(all.contains("192.0.2.0/24") && !all.contains("192.0.2.77"));
        assert!(!all.contains("manager-1") && !all.contains("Name of"), "no names");
        assert!(pedell.stores().control().verify_audit().await.unwrap().fault.is_none());
        let place = StaffPlace {
            name: "x".into(),
            rank: Rank::OrganizerStaff,
            outlet: None,
            rights: Rights::default(),
            last_day: None,
        };
        pedell.change_staff(&cast.manager.session(pedell).await, &cast.office.id, place).await.unwrap();
        let entries = pedell.stores().control().audit_after(0).await.unwrap();
        let last = entries.last().unwrap();
        assert_eq!((last.kind.as_str(), last.object.as_str()), ("staff.changed", cast.office.id.as_str()));
        assert_eq!(last.actor, format!("staff {} organizer_manager", cast.manager.id));
    })
    .await;
}

/// What the database holds of people does not say who they are.
#[tokio::test]
async fn the_second_operator_takes_a_shell() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let again = cast.pedell.first_operator("operator-2".parse().unwrap(), "Otto", false).await.unwrap();
        assert!(again.is_none(), "there is one");
        let another = cast.pedell.first_operator("operator-2".parse().unwrap(), "Otto", true).await.unwrap().unwrap();
        let otto = Person::joins(&cast.pedell, "operator-2", &another).await;
        assert!(otto.session(&cast.pedell).await.is_in());
    })
    .await;
}

/// Somebody who knows a password keeps trying while its owner changes it: nothing that began with the old one goes on, and
/// a new hash of the old one takes no place.
#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_is_under_way_does_not_outlive_the_password() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let by = cast.agency_manager.session(&cast.pedell).await;
        let slow = PasswordCost { memory_kib: 128 * 1024, passes: 4 };
        let slow = scene.place.open_with(scene.clock.clone(), |settings| settings.staff.password_cost = slow).await;
        let link = async || {
            let invitation = cast.pedell.invite_again(&by, &cast.clerk.id).await.unwrap();
            code_of(&invitation)
        };
        let (old, new) = ("Alte Taschen riechen nach Leder", "Neue Taschen riechen nach Plastik");
        // Of the present cost, and of one that is made anew at the next login.
        for node in [&slow, &cast.pedell] {
            slow.accept_invitation(&link().await, &old.into(), &visitor()).await.unwrap();
            let link = link().await;
            let under_way = async { node.staff_login(&cast.clerk.login, &old.into(), &visitor()).await };
            let (began, _) = tokio::join!(under_way, async {
                tokio::time::sleep(Duration::from_millis(20)).await;
                cast.pedell.accept_invitation(&link, &new.into(), &visitor()).await.unwrap()
            });
            // Whichever comes first; with a hash that takes so long it is the change.
            match began.unwrap() {
                LoginAnswer::Refused => {}
                LoginAnswer::Begun(token) => assert!(cast.pedell.staff_session(&token).await.unwrap().is_none()),
                other => panic!("{other:?}"),
            }
            let login =
                async |password: &str| cast.pedell.staff_login(&cast.clerk.login, &password.into(), &visitor()).await;
            assert!(matches!(login(old).await, Ok(LoginAnswer::Refused)), "the old one is not back");
            assert!(matches!(login(new).await, Ok(LoginAnswer::Begun(_))));
        }
    })
    .await;
}
