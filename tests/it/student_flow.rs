//! A student's way from the shop through the form and back: with a token, or with a reason.

use std::time::Duration;

use pedell::{
    domain::{
        rule::{Field, Rule},
        semester::{Calendar, Semester, Term},
    },
    flow::import_roster::ImportOptions,
};

use crate::{
    scene::{Scene, WINTER, on_each_engine},
    site::{Answer, HEADER, JONAS, Shop, Site, Student, ZOE, ZOE_TYPES, list},
};

/// A scene with Zoë and Jonas on the winter's list, and a shop.
async fn ready(scene: &Scene) -> (Site, Shop) {
    scene.import(list(&[ZOE, JONAS])).await.unwrap();
    (scene.site().await, scene.shop("shop").await)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_student_on_the_list_comes_back_with_a_code_for_a_token_in_the_universitys_spelling() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let imported = scene.clock.now();
        scene.clock.advance(Duration::from_secs(3600));
        let browser = site.browser();
        let back = browser.verify(&shop, ZOE_TYPES, &[]).await.back_at_the_shop();
        assert_eq!(back["state"], "st at&e");
        let answer = site.redeem_code(&shop, &back["code"]).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let response = answer.json();
        assert_eq!((response["token_type"].as_str(), response["expires_in"].as_u64()), (Some("Bearer"), Some(300)));
        assert_eq!(response["scope"], "openid profile birthdate");
        let claims = site.claims(&shop, response["id_token"].as_str().unwrap()).await;
        assert_eq!(claims.given_name.as_deref(), Some("Zoë Anna-Luise"));
        assert_eq!(claims.family_name.as_deref(), Some("Müller-Lüdenscheidt"));
        assert_eq!(claims.birthdate.as_deref(), Some("2003-12-24"));
        assert_eq!((claims.iss.as_str(), claims.aud.as_str()), ("https://pedell.example", "shop"));
        assert_eq!(claims.nonce.as_deref(), Some("n-0S6"));
        let now = scene.clock.now().as_seconds();
        assert_eq!((claims.iat, claims.exp, claims.auth_time), (now, now + 300, now));
        assert_eq!(claims.source_updated_at, Some(imported.as_seconds()));
        let semester = &claims.semester;
        assert_eq!((semester.key.as_str(), semester.first_day.as_str()), ("2026W", "2026-10-01"));
        assert_eq!(semester.last_day, "2027-03-31");
        assert_eq!((claims.university.id.as_str(), claims.product.as_str()), ("musterstadt", "ticket"));
        assert_eq!(claims.university.name, "Universität Musterstadt");
        assert_eq!((claims.proof_method.as_str(), claims.repeat, claims.first_issued_at), ("roster", false, None));
        let why = browser.get(&format!("/why?reference={}", claims.verification)).await;
        assert_eq!(why.status, 200);
        assert!(why.body.contains(&claims.verification) && why.body.contains("Universität Musterstadt"));
        assert!(!why.body.contains("Zoë"), "the page tells nothing about the person");
        let access = response["access_token"].as_str().unwrap();
        let info = Answer::of(site.http.get(site.url("/userinfo")).bearer_auth(access)).await.json();
        assert_eq!(info["sub"], claims.sub);
        assert_eq!(info["family_name"], "Müller-Lüdenscheidt");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_subject_is_the_same_for_one_issuer_and_another_for_the_next() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let other = scene.shop("other").await;
        let first = site.claims(&shop, &site.issue(&shop, ZOE).await).await;
        let again = site.claims(&shop, &site.issue(&shop, ZOE_TYPES).await).await;
        let elsewhere = site.claims(&other, &site.issue(&other, ZOE).await).await;
        let jonas = site.claims(&shop, &site.issue(&shop, JONAS).await).await;
        assert_eq!(first.sub, again.sub);
        assert_ne!(first.sub, elsewhere.sub);
        assert_ne!(first.sub, jonas.sub);
        assert_ne!(first.jti, again.jti);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_token_is_marked_as_a_repeat_unless_the_first_was_cancelled() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let first = site.claims(&shop, &site.issue(&shop, ZOE).await).await;
        scene.clock.advance(Duration::from_secs(86_400));
        let second = site.claims(&shop, &site.issue(&shop, ZOE).await).await;
        assert_eq!((second.repeat, second.first_issued_at), (true, Some(first.iat)));
        let elsewhere = scene.shop("elsewhere").await;
        assert!(!site.claims(&elsewhere, &site.issue(&elsewhere, ZOE).await).await.repeat, "another issuer's is none");
        for token in [&first.jti, &second.jti] {
            assert_eq!(site.post(&shop, "/cancel", &[("token", token)]).await.status, 200);
        }
        let third = site.claims(&shop, &site.issue(&shop, ZOE).await).await;
        assert_eq!((third.repeat, third.first_issued_at), (false, None));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tokens_at_the_same_moment_are_not_both_the_first() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        for _ in 0..5 {
            let mut codes = Vec::new();
            for _ in 0..8 {
                codes.push(site.browser().code(&shop, ZOE).await);
            }
            let answers = futures_util::future::join_all(codes.iter().map(|code| site.redeem_code(&shop, code))).await;
            let mut firsts = 0;
            for answer in answers {
                let claims = site.claims(&shop, answer.json()["id_token"].as_str().unwrap()).await;
                firsts += u32::from(!claims.repeat);
                scene.pedell.cancel(&shop.client, &claims.jti, None).await.unwrap();
            }
            assert_eq!(firsts, 1);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_is_given_only_if_it_is_allowed_and_asked_for() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let modest = scene.shop_with("modest", |_, issuer| issuer.claims = vec![Field::FamilyName]).await;
        for (shop, scope, given, family, birth) in [
            (&shop, "openid profile birthdate", true, true, true),
            (&shop, "openid profile", true, true, false),
            (&shop, "openid birthdate", false, false, true),
            (&shop, "openid", false, false, false),
            (&modest, "openid profile birthdate email", false, true, false),
        ] {
            let code = site.browser().code_with(shop, ZOE, &[("scope", scope)]).await;
            let token = site.redeem_code(shop, &code).await.json()["id_token"].as_str().unwrap().to_owned();
            let claims = site.claims(shop, &token).await;
            let has = (claims.given_name.is_some(), claims.family_name.is_some(), claims.birthdate.is_some());
            assert_eq!(has, (given, family, birth), "{} {scope}", shop.id());
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_number_a_wrong_name_and_a_wrong_birth_date_look_the_same() {
    on_each_engine(async |scene| {
        let typed = Student { number: "00777777", given: "Ada", family: "Muster", born: "2000-01-01" };
        let site = scene.site().await;
        let shop = scene.shop("shop").await;
        let replace = ImportOptions { allow_shrink: true, ..ImportOptions::DEFAULT };
        let mut answers = Vec::new();
        for on_the_list in [
            Student { number: "00888888", ..typed },
            Student { given: "Bea", ..typed },
            Student { family: "Master", ..typed },
            Student { born: "2000-01-02", ..typed },
        ] {
            scene.import_with(list(&[on_the_list]), replace).await.unwrap();
            let answer = site.browser().verify(&shop, typed, &[]).await;
            assert_eq!(answer.status, 422);
            let mut headers = answer.headers.clone();
            headers.remove("date");
            answers.push((answer.constant(), format!("{headers:?}")));
        }
        assert!(answers[0].0.contains("REFERENCE"));
        for other in &answers[1..] {
            assert_eq!(other, &answers[0]);
        }
        let mut checks = Vec::new();
        for on_the_list in [Student { number: "00888888", ..typed }, Student { family: "Master", ..typed }] {
            scene.import_with(list(&[on_the_list]), replace).await.unwrap();
            let mut check = site.check(&shop, typed, "musterstadt").await.json();
            check.as_object_mut().unwrap().remove("reference").unwrap();
            checks.push(check.to_string());
        }
        assert_eq!(checks[0], checks[1]);
        assert_eq!(checks[0], r#"{"eligible":false,"reason":"not_enrolled"}"#);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn giving_up_after_a_refusal_tells_the_shop_the_refusal_and_before_it_that_the_student_went() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let browser = site.browser();
        let form = browser.at_the_form(&shop, &[]).await;
        let gone = browser.post("/verify/roster", &[("flow", &form.flow()), ("cancel", "1")]).await.back_at_the_shop();
        assert_eq!((gone["error"].as_str(), gone["reason"].as_str()), ("access_denied", "consent_denied"));
        assert_eq!(gone["state"], "st at&e");
        assert_eq!(gone.get("reference"), None);

        let refused = browser.fill(&form, Student { family: "Meier", ..ZOE }).await;
        let reference = refused.reference().unwrap();
        let form = [("flow", refused.flow()), ("cancel", "1".to_owned())];
        let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let back = browser.post("/verify/roster", &form).await.back_at_the_shop();
        assert_eq!((back["error"].as_str(), back["reason"].as_str()), ("access_denied", "not_enrolled"));
        assert_eq!(back["reference"], reference);
        let why = browser.get(&format!("/why?reference={reference}")).await;
        assert!(why.body.contains("not_enrolled") || why.body.contains("Musterstadt"), "{}", why.body);

        let picker = browser.authorize(&shop, &[]).await;
        let (_, parameters) = picker.redirect();
        let form = [("flow", parameters["flow"].as_str()), ("cancel", "1")];
        let back = browser.post("/verify/choose", &form).await.back_at_the_shop();
        assert_eq!(back["reason"], "consent_denied");
    })
    .await;
}

/// The reason that the refusal page names, and where its way back leads.
fn refusal(page: &Answer) -> String {
    assert_eq!(page.status, 200, "{}", page.body);
    let start = page.body.find(&format!("href=\"{}?error=", crate::site::CALLBACK)).expect("a way back to the shop");
    let href = page.body[start + 6..].split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
    let url = url::Url::parse(&href).unwrap();
    let get = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    assert_eq!(get("state").as_deref(), Some("st at&e"));
    assert_eq!(get("iss").as_deref(), Some("https://pedell.example"));
    assert_eq!(get("reference"), page.reference());
    format!("{} {}", get("error").unwrap(), get("reason").unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_list_the_answer_is_that_the_source_is_unavailable() {
    on_each_engine(async |scene| {
        let (site, shop) = (scene.site().await, scene.shop("shop").await);
        let page = site.browser().verify(&shop, ZOE, &[]).await;
        assert_eq!(refusal(&page), "temporarily_unavailable source_unavailable");
        let check = site.check(&shop, ZOE, "musterstadt").await;
        assert_eq!((check.status, check.json()["reason"].as_str()), (503, Some("source_unavailable")));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_student_of_the_last_semester_only_is_told_that_it_is_the_wrong_one() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let summer = Semester::new(2026, Term::Summer).unwrap();
        let left = Student { number: "00400000", ..JONAS };
        scene.import_to(&scene.university, summer, list(&[left]), ImportOptions::DEFAULT).await.unwrap();
        assert_eq!(refusal(&site.browser().verify(&shop, left, &[]).await), "access_denied wrong_semester");
        let check = site.check(&shop, left, "musterstadt").await;
        assert_eq!((check.status, check.json()["reason"].as_str()), (200, Some("wrong_semester")));
        let wrong = Student { family: "Weiss-Meier", ..left };
        assert_eq!(site.browser().verify(&shop, wrong, &[]).await.status, 422, "the old list tells nobody anything");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_without_what_the_rule_needs_is_told_as_a_missing_attribute() {
    on_each_engine(async |scene| {
        let university = scene.add_university("bergheim", |profile| profile.ask_birth_date = false).await;
        let row = format!("{HEADER}00412345;{};{};\n", ZOE.family, ZOE.given);
        scene.import_to(&university, WINTER, row, ImportOptions::DEFAULT).await.unwrap();
        let site = scene.site().await;
        let rule = Rule { required_fields: vec![Field::Birthdate], ..Rule::default() };
        let shop = scene.shop_with("shop", |_, issuer| issuer.products[0].rule = rule).await;
        let page = site.browser().verify(&shop, ZOE, &[("university", "bergheim")]).await;
        assert_eq!(refusal(&page), "access_denied attribute_missing");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_proof_at_this_moment_whatever_max_age_says() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        scene.clock.advance(Duration::from_secs(86_400));
        let browser = site.browser();
        let code = browser.code_with(&shop, ZOE, &[("max_age", "0")]).await;
        assert_eq!(site.redeem_code(&shop, &code).await.status, 200);
        let bad = browser.authorize(&shop, &[("max_age", "soon")]).await.back_at_the_shop();
        assert_eq!((bad["error"].as_str(), bad["state"].as_str()), ("invalid_request", "st at&e"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_too_many_attempts_even_the_right_one_waits_for_the_windows_end() {
    on_each_engine(async |scene| {
        let (_, shop) = ready(&scene).await;
        let node = scene.place.open_with(scene.clock.clone(), |settings| settings.failed_attempts_per_number = 3).await;
        let site = Site::open(&node).await;
        let browser = site.browser();
        let mut page = browser.at_the_form(&shop, &[]).await;
        for _ in 0..3 {
            page = browser.fill(&page, Student { family: "Meier", ..ZOE }).await;
            assert_eq!(page.status, 422);
            assert!(page.body.contains("name=\"matriculation_number\""), "the form is still there");
        }
        let locked = browser.fill(&page, ZOE).await;
        assert_eq!(locked.status, 422);
        assert!(!locked.body.contains("name=\"matriculation_number\""), "no form while it is locked");
        let back = browser.post("/verify/roster", &[("flow", &locked.flow()), ("cancel", "1")]).await;
        let back = back.back_at_the_shop();
        assert_eq!(back["reason"], "too_many_attempts");
        assert_eq!(back["error"], "temporarily_unavailable");
        let check = site.check(&shop, ZOE, "musterstadt").await.json();
        assert_eq!(check["reason"], "too_many_attempts");
        let window_end = check["retry_at"].as_i64().unwrap();
        assert!(window_end > scene.clock.now().as_seconds() && window_end <= scene.clock.now().as_seconds() + 900);
        assert_eq!(site.check(&shop, JONAS, "musterstadt").await.json()["eligible"], true, "others go on");
        scene.clock.advance(Duration::from_secs(u64::try_from(window_end - scene.clock.now().as_seconds()).unwrap()));
        assert!(browser.fill(&page, ZOE).await.back_at_the_shop().contains_key("code"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_of_many_numbers_from_one_address_are_stopped_too_and_right_ones_are_not_counted() {
    on_each_engine(async |scene| {
        let (_, shop) = ready(&scene).await;
        let node = scene.place.open_with(scene.clock.clone(), |s| s.failed_attempts_per_address = 4).await;
        let site = Site::open(&node).await;
        for _ in 0..6 {
            assert_eq!(site.check(&shop, ZOE, "musterstadt").await.json()["eligible"], true);
        }
        for number in ["1", "2", "3", "4"] {
            let reason = site.check(&shop, Student { number, ..ZOE }, "musterstadt").await.json()["reason"].clone();
            assert_eq!(reason, "not_enrolled");
        }
        assert_eq!(site.check(&shop, ZOE, "musterstadt").await.json()["reason"], "too_many_attempts");
        let mut elsewhere = crate::site::question(ZOE, "musterstadt");
        elsewhere["student_address"] = "198.51.100.7".into();
        let request = site.http.post(site.url("/v1/checks")).basic_auth(shop.id(), Some(&shop.secret));
        assert_eq!(Answer::of(request.json(&elsewhere)).await.json()["eligible"], true, "another student's address");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_at_the_same_moment_do_not_slip_past_the_limit() {
    on_each_engine(async |scene| {
        let (_, shop) = ready(&scene).await;
        let node = scene.place.open_with(scene.clock.clone(), |s| s.failed_attempts_per_number = 5).await;
        let site = Site::open(&node).await;
        let wrong = Student { family: "Meier", ..ZOE };
        let guesses = (0..40).map(|_| site.check(&shop, wrong, "musterstadt"));
        let answers = futures_util::future::join_all(guesses).await;
        let looked_up = answers.iter().filter(|answer| answer.json()["reason"] == "not_enrolled").count();
        assert_eq!(looked_up, 5);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_sent_twice_gives_one_token() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let browser = site.browser();
        let form = browser.at_the_form(&shop, &[]).await;
        let (one, two) = tokio::join!(browser.fill(&form, ZOE), browser.fill(&form, ZOE));
        let codes = [one, two].map(|answer| answer.back_at_the_shop()["code"].clone());
        let first = site.redeem_code(&shop, &codes[0]).await;
        assert_eq!(first.status, 200);
        let second = site.redeem_code(&shop, &codes[1]).await;
        assert_eq!((second.status, second.error().as_str()), (400, "invalid_grant"));
        assert_eq!(decisions(&scene).await, 1, "one verification");

        // Minutes later, when the first code has long been forgotten.
        scene.clock.advance(Duration::from_secs(300));
        scene.pedell.tidy().await.unwrap();
        let late = browser.fill(&form, ZOE).await.back_at_the_shop()["code"].clone();
        let third = site.redeem_code(&shop, &late).await;
        assert_eq!((third.status, third.error().as_str()), (400, "invalid_grant"));
        // Somebody else in the same login is not handed the first one's answer.
        let other = browser.fill(&form, JONAS).await;
        assert_eq!(refusal(&other), "access_denied not_enrolled");
    })
    .await;
}

async fn decisions(scene: &Scene) -> usize {
    let entries = scene.tenant().await.audit_after(0).await.unwrap();
    entries.iter().filter(|entry| entry.kind == "verification.decided").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_university_skips_the_picker_several_are_searched_and_the_choice_is_remembered() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let browser = site.browser();
        let (to, _) = browser.authorize(&shop, &[]).await.redirect();
        assert_eq!(to, "/verify/choose");
        let sent = browser.authorize(&shop, &[]).await;
        let (to, _) = browser.get(sent.header("location")).await.redirect();
        assert_eq!(to, "/verify/roster", "one university needs no picker");

        scene
            .add_university("auental", |profile| {
                profile.name_de = "Fachhochschule Auental".into();
                profile.calendar = Calendar::fachhochschule();
            })
            .await;
        let browser = site.browser();
        let sent = browser.authorize(&shop, &[]).await;
        let picker = browser.get(sent.header("location")).await;
        assert_eq!(picker.status, 200);
        assert!(picker.body.contains("Universität Musterstadt") && picker.body.contains("Fachhochschule Auental"));
        let found = browser.get(&format!("{}&q=auent", sent.header("location"))).await;
        assert!(found.body.contains("Fachhochschule Auental") && !found.body.contains("Universität Musterstadt"));
        let unknown = browser.post("/verify/choose", &[("flow", &picker.flow()), ("university", "nowhere")]).await;
        assert_eq!(unknown.status, 400);
        let chosen = browser.post("/verify/choose", &[("flow", &picker.flow()), ("university", "musterstadt")]).await;
        let form = browser.get(chosen.header("location")).await;
        assert!(form.body.contains("Universität Musterstadt"));
        assert!(browser.fill(&form, ZOE).await.back_at_the_shop().contains_key("code"));
        assert_eq!(browser.jar().get("pedell-university").map(String::as_str), Some("musterstadt"));
        let hinted = browser.at_the_form(&shop, &[("university", "auental")]).await;
        assert!(hinted.body.contains("Fachhochschule Auental"));
        let wrong = browser.authorize(&shop, &[("university", "nowhere")]).await.back_at_the_shop();
        assert_eq!((wrong["error"].as_str(), wrong["state"].as_str()), ("invalid_request", "st at&e"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_speak_the_language_that_the_shop_or_the_browser_asks_for() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let mut browser = site.browser();
        assert!(browser.at_the_form(&shop, &[]).await.body.contains("<html lang=\"de\""));
        assert!(browser.at_the_form(&shop, &[("ui_locales", "en")]).await.body.contains("<html lang=\"en\""));
        browser.language = "en-GB,de;q=0.5";
        assert!(browser.at_the_form(&shop, &[]).await.body.contains("University of Musterstadt"));
        assert!(browser.at_the_form(&shop, &[("ui_locales", "fr de")]).await.body.contains("<html lang=\"de\""));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_of_another_browser_an_altered_and_an_old_one_end_on_a_page_that_says_so() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let (browser, other, bare) = (site.browser(), site.browser(), site.browser());
        let form = browser.at_the_form(&shop, &[]).await;
        other.at_the_form(&shop, &[]).await;
        let stopped = |answer: Answer| {
            assert_eq!(answer.status, 400, "{}", answer.body);
            assert!(answer.reference().is_some() && !answer.body.contains("name=\"flow\""), "{}", answer.body);
        };
        stopped(other.fill(&form, ZOE).await);
        stopped(bare.fill(&form, ZOE).await);
        let mut altered = form.clone();
        for position in [0, 40, form.flow().len() - 1] {
            let mut flow: Vec<u8> = form.flow().into_bytes();
            flow[position] = if flow[position] == b'A' { b'B' } else { b'A' };
            altered.body = format!("name=\"flow\" value=\"{}\"", String::from_utf8(flow).unwrap());
            stopped(browser.fill(&altered, ZOE).await);
        }
        scene.clock.advance(Duration::from_secs(30 * 60 - 1));
        assert_eq!(browser.fill(&form, Student { family: "Meier", ..ZOE }).await.status, 422);
        scene.clock.advance(Duration::from_secs(1));
        stopped(browser.fill(&form, ZOE).await);
        let form = browser.at_the_form(&shop, &[]).await;
        shop.block(&scene).await;
        stopped(browser.fill(&form, ZOE).await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_semester_that_is_not_on_sale_is_an_error_for_the_shop_and_the_next_opens_sixty_days_before() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let browser = site.browser();
        for semester in ["2026S", "next", "2027S", "2030W"] {
            let own = [("semester", semester), ("university", "musterstadt")];
            let sent = browser.authorize(&shop, &own).await;
            let back = browser.get(sent.header("location")).await.back_at_the_shop();
            assert_eq!(back["error"], "invalid_request", "{semester}");
        }
        let bad = browser.authorize(&shop, &[("semester", "winter")]).await.back_at_the_shop();
        assert_eq!(bad["error"], "invalid_request");
        let days_until_february = 70;
        scene.clock.advance(Duration::from_secs(86_400 * days_until_february));
        let page = browser.verify(&shop, ZOE, &[("semester", "next")]).await;
        assert_eq!(refusal(&page), "temporarily_unavailable source_unavailable", "open, but there is no list yet");
        assert!(browser.verify(&shop, ZOE, &[]).await.back_at_the_shop().contains_key("code"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_error_of_the_request_goes_back_with_state_and_iss() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let browser = site.browser();
        let long = "x".repeat(1025);
        for (own, error) in [
            (("response_type", "token"), "unsupported_response_type"),
            (("response_type", ""), "unsupported_response_type"),
            (("response_mode", "fragment"), "invalid_request"),
            (("scope", "profile"), "invalid_scope"),
            (("code_challenge", ""), "invalid_request"),
            (("code_challenge", "short"), "invalid_request"),
            (("code_challenge_method", "plain"), "invalid_request"),
            (("code_challenge_method", ""), "invalid_request"),
            (("prompt", "none"), "login_required"),
            (("prompt", "perhaps"), "invalid_request"),
            (("nonce", long.as_str()), "invalid_request"),
            (("product", "other"), "invalid_request"),
            (("request", "eyJ"), "request_not_supported"),
        ] {
            let answer = browser.authorize(&shop, &[own]).await;
            let back = answer.back_at_the_shop();
            assert_eq!((back["error"].as_str(), back["state"].as_str()), (error, "st at&e"), "{own:?}");
            assert!(!back.contains_key("code"));
            let form = shop.request(&[own]);
            let form: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            assert_eq!(browser.post("/authorize", &form).await.back_at_the_shop()["error"], error);
        }
        let stateless = browser.authorize(&shop, &[("state", ""), ("prompt", "none")]).await.back_at_the_shop();
        assert_eq!(stateless.get("state"), None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_said_field_by_field() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let browser = site.browser();
        let form = browser.at_the_form(&shop, &[]).await;
        let blank = Student { number: "", given: " ", family: "", born: "31.02.2001" };
        let page = browser.fill(&form, blank).await;
        assert_eq!(page.status, 422);
        assert_eq!(page.body.matches("aria-invalid=\"true\"").count(), 4);
        assert_eq!(decisions(&scene).await, 0, "nothing was looked up");
        assert!(browser.fill(&page, ZOE).await.back_at_the_shop().contains_key("code"));
    })
    .await;
}
