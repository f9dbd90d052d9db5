//! Students' own accounts, and what is asked before anything is handed over, through the doors, with logins at the lying
//! identity provider.

use std::time::Duration;

use pedell::domain::{
    account::AccountId,
    rule::{Field, Rule},
};
use serde_json::Value;

use crate::{
    saml_login::{ANA, BEN, Says, account_number},
    scene::{Scene, on_each_engine},
    site::{Browser, Shop, Site},
};

async fn ready(scene: &Scene) -> (Site, Shop) {
    scene.log_in_by_saml().await;
    (scene.site().await, scene.shop("shop").await)
}

/// The kinds of the events in the trail, in their order.
async fn trail(scene: &Scene) -> Vec<String> {
    scene.tenant().await.audit_after(0).await.unwrap().into_iter().map(|entry| entry.kind).collect()
}

async fn count(scene: &Scene, kind: &str) -> usize {
    trail(scene).await.iter().filter(|found| *found == kind).count()
}

async fn token(site: &Site, shop: &Shop, code: &str) -> String {
    let answer = site.redeem_code(shop, code).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()["id_token"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_student_is_asked_once_and_again_when_more_is_wanted_or_the_consent_was_withdrawn() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let browser = site.browser();
        let little = [("scope", "openid profile")];
        let page = browser.question(&browser.log_in(&scene, &shop, ANA, &little).await).await;
        assert!(
            page.body.contains("Verkehrsbetriebe Lindenstadt") && page.body.contains("Ihre Vornamen"),
            "{}",
            page.body
        );
        assert!(!page.body.contains("Ihr Geburtsdatum"), "only what a token would hold");
        let code = browser.agree(&page).await.back_at_the_shop()["code"].clone();
        let claims = site.claims(&shop, &token(&site, &shop, &code).await).await;
        assert_eq!((claims.given_name.as_deref(), claims.birthdate), (Some("Ana"), None));
        assert!(claims.self_asserted.is_empty());

        // Remembered, on another day and in another browser.
        scene.clock.advance(Duration::from_hours(30));
        let elsewhere = site.browser();
        let back = elsewhere.log_in(&scene, &shop, ANA, &little).await;
        assert!(back.back_at_the_shop().contains_key("code"), "{back:?}");
        let more = [("scope", "openid profile birthdate")];
        let page = browser.question(&browser.log_in(&scene, &shop, ANA, &more).await).await;
        assert!(page.body.contains("Ihr Geburtsdatum"), "{}", page.body);
        assert!(browser.agree(&page).await.back_at_the_shop().contains_key("code"));
        assert!(browser.log_in(&scene, &shop, ANA, &more).await.back_at_the_shop().contains_key("code"));
        // Another issuer is another question, and so is another student.
        let other = scene.shop("other").await;
        browser.question(&browser.log_in(&scene, &other, ANA, &little).await).await;
        browser.question(&browser.log_in(&scene, &shop, BEN, &little).await).await;

        let account = browser.account(&scene, ANA).await;
        assert!(browser.change(&account, "withdraw", &[("client", "shop")]).await.redirect().0 == "/account");
        browser.question(&browser.log_in(&scene, &shop, ANA, &little).await).await;
        assert_eq!((count(&scene, "consent.given").await, count(&scene, "consent.withdrawn").await), (2, 1));
        assert_eq!(count(&scene, "account.created").await, 2, "Ana's and Ben's");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_declines_goes_back_without_a_code_and_without_a_number_to_look_up() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let browser = site.browser();
        let page = browser.question(&browser.log_in(&scene, &shop, ANA, &[]).await).await;
        let back = browser.post("/verify/consent", &[("flow", &page.flow()), ("cancel", "1")]).await.back_at_the_shop();
        assert_eq!((back["error"].as_str(), back["reason"].as_str()), ("access_denied", "consent_denied"));
        assert!(!back.contains_key("code") && !back.contains_key("reference"), "{back:?}");
        browser.question(&browser.log_in(&scene, &shop, ANA, &[]).await).await;
        assert_eq!((count(&scene, "consent.declined").await, count(&scene, "token.issued").await), (1, 0));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_question_opens_in_its_own_browser_while_the_login_lives_and_two_clicks_are_one_token() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let browser = site.browser();
        let back = browser.log_in(&scene, &shop, ANA, &[]).await;
        let page = browser.question(&back).await;
        let flow = page.flow();
        let thief = site.browser();
        thief.get("/account").await; // it has a cookie of its own
        for (who, flow) in [(&thief, flow.as_str()), (&browser, "altered"), (&site.browser(), flow.as_str())] {
            let refused = who.post("/verify/consent", &[("flow", flow), ("agree", "1")]).await;
            assert_eq!((refused.status, refused.header("location")), (400, ""), "{}", refused.body);
        }
        assert_eq!(count(&scene, "consent.given").await, 0);
        let clicks = futures_util::future::join(browser.agree(&page), browser.agree(&page)).await;
        let codes = [clicks.0, clicks.1].map(|answer| answer.back_at_the_shop()["code"].clone());
        assert_eq!(count(&scene, "consent.given").await, 1);
        let answers = [site.redeem_code(&shop, &codes[0]).await, site.redeem_code(&shop, &codes[1]).await];
        assert_eq!(answers.map(|answer| answer.status), [200, 400]);

        let page = browser.question(&browser.log_in(&scene, &scene.shop("slow").await, ANA, &[]).await).await;
        scene.clock.advance(Duration::from_mins(31));
        assert_eq!(browser.agree(&page).await.status, 400, "the login is over");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_yes_that_comes_late_is_too_late_for_a_shop_that_wants_a_fresh_login() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let browser = site.browser();
        let page = browser.question(&browser.log_in(&scene, &shop, ANA, &[("max_age", "120")]).await).await;
        scene.clock.advance(Duration::from_secs(100));
        let back = browser.agree(&page).await.back_at_the_shop();
        assert_eq!(back["reason"], "login_too_old");
        assert_eq!(count(&scene, "consent.given").await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_gives_no_token_once_the_consent_is_withdrawn_or_the_account_is_gone() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let browser = site.browser();
        let code = browser.code_by_login(&scene, &shop, ANA, &[]).await;
        let account = browser.account(&scene, ANA).await;
        browser.change(&account, "withdraw", &[("client", "shop")]).await;
        assert_eq!(site.redeem_code(&shop, &code).await.error(), "invalid_grant");
        let code = browser.code_by_login(&scene, &shop, ANA, &[]).await;
        let id = AccountId::parse(&account_number(&account)).unwrap();
        scene.pedell.anonymise(&scene.scope(), &id).await.unwrap().unwrap();
        assert_eq!(site.redeem_code(&shop, &code).await.error(), "invalid_grant");
        assert_eq!(count(&scene, "token.issued").await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_account_shows_what_was_received_and_what_was_passed_on_to_whom() {
    on_each_engine(async |scene| {
        scene.add_university("nurliste", |profile| profile.name_de = "Hochschule Nurliste".into()).await;
        let (site, shop) = ready(&scene).await;
        let browser = site.browser();
        let ask = browser.get("/account").await;
        assert!(ask.body.contains("Universität Musterstadt") && !ask.body.contains("Nurliste"), "{}", ask.body);
        let nothing = browser.account(&scene, ANA).await;
        assert!(nothing.body.contains("Noch nichts."), "{}", nothing.body);
        let code = browser.code_by_login(&scene, &shop, ANA, &[]).await;
        token(&site, &shop, &code).await;
        let page = browser.get("/account").await;
        for shown in
            ["Ana", "Müller", "17. April 2003", "Wintersemester 2026/27", "saml", "Verkehrsbetriebe Lindenstadt"]
        {
            assert!(page.body.contains(shown), "{shown}: {}", page.body);
        }
        assert!(page.body.contains("Einschreibung, Vornamen, Nachname, Geburtsdatum"), "{}", page.body);
        let ben = site.browser();
        let bens = ben.account(&scene, BEN).await;
        assert!(bens.body.contains("Okafor") && !bens.body.contains("Müller"), "{}", bens.body);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_opens_for_its_browser_for_a_quarter_of_an_hour() {
    on_each_engine(async |scene| {
        let (site, _) = ready(&scene).await;
        let browser = site.browser();
        let page = browser.account(&scene, ANA).await;
        let pass = browser.jar()["__Host-pedell-account"].clone();
        let thief = site.browser();
        thief.get("/account").await;
        thief.jar().insert("__Host-pedell-account".to_owned(), pass);
        assert!(thief.get("/account").await.body.contains("/account/login"), "a stolen pass opens nothing elsewhere");
        assert_eq!(thief.get("/account/download").await.status, 400);
        assert_eq!(thief.get("/account/photo").await.status, 404);
        scene.clock.advance(Duration::from_secs(899));
        assert!(browser.get("/account").await.body.contains("Müller"));
        scene.clock.advance(Duration::from_secs(2));
        assert!(browser.get("/account").await.body.contains("/account/login"));
        assert_eq!(browser.change(&page, "anonymise", &[]).await.status, 400);
        assert_eq!(count(&scene, "anonymisation.requested").await, 0);

        let page = browser.account(&scene, ANA).await;
        assert_eq!(browser.change(&page, "leave", &[]).await.redirect().0, "/");
        browser.jar().remove("__Host-pedell-account");
        assert!(browser.get("/account").await.body.contains("/account/login"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_changes_only_the_account_and_in_the_browser_it_was_shown_for() {
    on_each_engine(async |scene| {
        let (site, _) = ready(&scene).await;
        let (ana, ben) = (site.browser(), site.browser());
        let anas = ana.account(&scene, ANA).await;
        let bens = ben.account(&scene, BEN).await;
        let strange = site.browser().get("/account").await;
        for (who, page) in [(&ben, &anas), (&ana, &bens), (&ana, &strange)] {
            assert_eq!(who.change(page, "anonymise", &[]).await.status, 400);
            assert_eq!(who.upload(page, &crate::saml_login::photo(200, 200)).await.status, 400);
        }
        assert_eq!(ana.post("/account", &[("change", "anonymise")]).await.status, 400, "without what binds it");
        // The same browser, another student: the old page's form is not this account's.
        let ana_again = ana.account(&scene, BEN).await;
        assert_eq!(ana.change(&anas, "anonymise", &[]).await.status, 400);
        assert_eq!(count(&scene, "anonymisation.requested").await, 0);
        assert_eq!(ana.change(&ana_again, "anonymise", &[]).await.status, 303);
        assert_eq!(ana.change(&ana_again, "anonymise", &[]).await.status, 303, "asked twice is asked once");
        assert_eq!(count(&scene, "anonymisation.requested").await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_opens_an_account_once_and_for_the_login_that_it_answers() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let browser = site.browser();
        let away = browser.away_to_the_account().await;
        let answer = away.answer(ANA, scene.clock.now());
        let thief = site.browser();
        let thiefs = thief.away_to_the_account().await;
        assert_eq!(thief.come_back(&thiefs, &answer).await.status, 400, "it answers another request");
        assert_eq!(thief.come_back(&away, &answer).await.status, 400, "and is under way in another browser");
        assert_eq!(browser.come_back(&away, &answer).await.redirect().0, "/account");
        assert_eq!(browser.come_back(&away, &answer).await.redirect().0, "/account", "a double click");
        let spoilt = away.answer(Says { given: "Eve", ..ANA }, scene.clock.now()).replace('A', "B");
        assert_eq!(browser.come_back(&away, &spoilt).await.status, 400);
        let trail = scene.tenant().await.audit_after(0).await.unwrap();
        let opened: Vec<_> = trail.iter().filter(|entry| entry.kind == "account.opened").collect();
        assert!(opened.len() == 2 && opened[0].actor == "student", "{opened:?}");
        assert!(trail.iter().any(|entry| entry.kind == "account.created" && entry.object == opened[0].object));
        // What was brought back for an account serves no shop, and the other way round.
        let to_the_shop = browser.away(&shop, &[]).await;
        let refused = browser.come_back(&to_the_shop, &answer).await;
        assert!(refused.status == 200 && refused.body.contains("login_failed"), "{refused:?}");
        assert_eq!(count(&scene, "account.created").await, 1);
    })
    .await;
}

fn with_birth_date(accept: Vec<Field>) -> Rule {
    Rule { required_fields: vec![Field::GivenName, Field::Birthdate], accept_self_asserted: accept, ..Rule::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_birth_date_of_the_students_own_counts_where_the_rule_takes_it_and_is_marked_everywhere() {
    on_each_engine(async |scene| {
        let (site, _) = ready(&scene).await;
        let strict = scene.shop_with("strict", |_, i| i.products[0].rule = with_birth_date(vec![])).await;
        let lenient =
            scene.shop_with("lenient", |_, i| i.products[0].rule = with_birth_date(vec![Field::Birthdate])).await;
        let silent = scene.shop("silent").await;
        let browser = site.browser();
        let refused = async |browser: &Browser<'_>, shop: &Shop| {
            let page = browser.log_in(&scene, shop, BEN, &[]).await;
            assert!(page.body.contains("attribute_missing"), "{page:?}");
        };
        refused(&browser, &lenient).await;
        let page = browser.account(&scene, BEN).await;
        for wrong in ["", "31.02.2001", "24.12.2033", "yesterday"] {
            let again = browser.change(&page, "birth_date", &[("birth_date", wrong)]).await;
            assert!(again.status == 422 && again.body.contains("aria-invalid"), "{wrong}: {again:?}");
        }
        assert_eq!(browser.change(&page, "birth_date", &[("birth_date", "9.9.1999")]).await.status, 303);
        assert!(browser.get("/account").await.body.contains("von Ihnen ergänzt"));
        refused(&browser, &strict).await;

        let question = browser.question(&browser.log_in(&scene, &lenient, BEN, &[]).await).await;
        assert!(question.body.contains("von Ihnen ergänzt"), "{}", question.body);
        let code = browser.agree(&question).await.back_at_the_shop()["code"].clone();
        let answer = site.redeem_code(&lenient, &code).await.json();
        let claims = site.claims(&lenient, answer["id_token"].as_str().unwrap()).await;
        assert_eq!(
            (claims.birthdate.as_deref(), claims.self_asserted),
            (Some("1999-09-09"), vec!["birthdate".to_owned()])
        );
        let bearer = site.http.get(site.url("/userinfo")).bearer_auth(answer["access_token"].as_str().unwrap());
        let info: Value = bearer.send().await.unwrap().json().await.unwrap();
        assert_eq!(info["self_asserted"], serde_json::json!(["birthdate"]));
        let seen = site.post(&lenient, "/introspect", &[("token", &claims.jti)]).await.json();
        assert_eq!(seen["self_asserted"], serde_json::json!(["birthdate"]));

        // An issuer that did not say that it takes such never gets one; and the university's own goes first.
        let code = browser.code_by_login(&scene, &silent, BEN, &[]).await;
        let claims = site.claims(&silent, &token(&site, &silent, &code).await).await;
        assert_eq!((claims.birthdate, claims.self_asserted.len()), (None, 0));
        let told = Says { born: "20000101", ..BEN };
        let code = browser.code_by_login(&scene, &lenient, told, &[]).await;
        let claims = site.claims(&lenient, &token(&site, &lenient, &code).await).await;
        assert_eq!((claims.birthdate.as_deref(), claims.self_asserted.len()), (Some("2000-01-01"), 0));

        let page = browser.get("/account").await;
        assert!(page.body.contains("Geburtsdatum (von Ihnen ergänzt)"), "what was passed on is marked: {}", page.body);
        browser.change(&page, "remove_birth_date", &[]).await;
        refused(&browser, &lenient).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_downloaded_as_json() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let browser = site.browser();
        let code = browser.code_by_login(&scene, &shop, ANA, &[]).await;
        let jti = site.claims(&shop, &token(&site, &shop, &code).await).await.jti;
        let page = browser.account(&scene, ANA).await;
        browser.change(&page, "birth_date", &[("birth_date", "1.2.2003")]).await;
        browser.upload(&page, &crate::saml_login::photo(300, 400)).await;
        let file = browser.get("/account/download").await;
        assert_eq!((file.status, file.header("content-type")), (200, "application/json"));
        assert!(file.header("content-disposition").starts_with("attachment; filename=\"pedell-"));
        assert_eq!(file.header("cache-control"), "no-store");
        let all = file.json();
        assert_eq!(all["account"], account_number(&page));
        assert_eq!(all["received"]["family_name"]["value"], "Müller");
        assert_eq!(all["received"]["birth_date"]["at"], scene.clock.now().to_string());
        assert_eq!(all["self_asserted"]["birthdate"]["value"], "2003-02-01");
        assert!(all["self_asserted"]["picture"]["value"].as_str().unwrap().starts_with("data:image/jpeg;base64,/9j/"));
        assert_eq!(all["consents"][0]["issuer"], "Verkehrsbetriebe Lindenstadt");
        assert_eq!(all["passed_on"][0]["jti"], jti);
        assert_eq!(all["passed_on"][0]["fields"], serde_json::json!(["given_name", "family_name", "birthdate"]));
        assert_eq!(all["verifications"][0]["seen"]["given_names"], "Ana");
        assert_eq!(all["verifications"].as_array().unwrap().len(), 1);
        assert_eq!(count(&scene, "account.exported").await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_anonymised_student_leaves_counts_and_a_trail_and_nothing_that_leads_to_them() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let browser = site.browser();
        for who in [ANA, BEN] {
            let code = browser.code_by_login(&scene, &shop, who, &[]).await;
            token(&site, &shop, &code).await;
        }
        let page = browser.account(&scene, ANA).await;
        browser.upload(&page, &crate::saml_login::photo(200, 200)).await;
        let scope = scene.scope();
        assert!(scene.pedell.anonymisation_requests(&scope).await.unwrap().is_empty());
        browser.change(&page, "anonymise", &[]).await;
        assert!(browser.get("/account").await.body.contains("Sie haben die Anonymisierung verlangt"));
        let requests = scene.pedell.anonymisation_requests(&scope).await.unwrap();
        let id = AccountId::parse(&account_number(&page)).unwrap();
        assert_eq!(requests.iter().map(|request| &request.account).collect::<Vec<_>>(), [&id]);

        let done = scene.pedell.anonymise(&scope, &id).await.unwrap().unwrap();
        assert_eq!((done.verifications, done.tokens), (1, 1));
        let told: Vec<_> = done.recipients.iter().map(|told| (told.client.as_str(), told.fields.as_deref())).collect();
        assert_eq!(told, [("shop", Some("given_name family_name birthdate"))]);
        assert!(scene.pedell.anonymise(&scope, &id).await.unwrap().is_none(), "once");
        assert!(scene.pedell.anonymisation_requests(&scope).await.unwrap().is_empty());
        assert!(browser.get("/account").await.body.contains("/account/login"), "the pass leads nowhere");
        assert_eq!(browser.change(&page, "birth_date", &[("birth_date", "1.1.2000")]).await.status, 400);

        let trail = scene.tenant().await.audit_after(0).await.unwrap();
        assert!(scene.tenant().await.verify_audit().await.unwrap().fault.is_none());
        assert!(!trail.iter().any(|entry| format!("{entry:?}").contains("Müller")));
        let last = trail.iter().find(|entry| entry.kind == "account.anonymised").unwrap();
        assert!(last.detail.contains("\"recipients\":[\"shop\"]"), "{last:?}");

        // Ben's is whole, and Ana is somebody new.
        assert!(site.browser().account(&scene, BEN).await.body.contains("Okafor"));
        let new = site.browser().account(&scene, ANA).await;
        assert_ne!(account_number(&new), id.to_string());
        assert!(new.body.contains("Noch nichts.") && !new.body.contains("class=\"photo\""), "{}", new.body);
        browser.question(&browser.log_in(&scene, &shop, ANA, &[]).await).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn first_logins_at_the_same_moment_make_one_account_and_keys_may_rotate() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let browsers: Vec<_> = (0..4).map(|_| site.browser()).collect();
        let backs = browsers.iter().map(|browser| browser.log_in(&scene, &shop, ANA, &[]));
        for back in futures_util::future::join_all(backs).await {
            assert_eq!(back.redirect().0, "/verify/consent");
        }
        assert_eq!(count(&scene, "account.created").await, 1);
        let before = account_number(&browsers[0].account(&scene, ANA).await);
        let actor = pedell::domain::policy::Actor::Operator;
        scene.pedell.rotate_tenant_keys(&scene.university.id, &actor).await.unwrap();
        let after = browsers[1].account(&scene, ANA).await;
        assert_eq!(account_number(&after), before);
        let code = browsers[1].code_by_login(&scene, &shop, ANA, &[]).await;
        token(&site, &shop, &code).await;
    })
    .await;
}
