//! An issuer that may ask about one university learns nothing about another, at any door.

use crate::{
    scene::{Scene, WINTER, on_each_engine},
    site::{Shop, Site, ZOE, list},
};
use pedell::{domain::tenant::Slug, flow::import_roster::ImportOptions};

/// Zoë studies at both universities; the narrow shop may ask about Auental only, the wide one about both.
async fn ready(scene: &Scene) -> (Site, Shop, Shop) {
    scene.import(list(&[ZOE])).await.unwrap();
    let auental = scene.add_university("auental", |profile| profile.name_de = "Hochschule Auental".into()).await;
    scene.import_to(&auental, WINTER, list(&[ZOE]), ImportOptions::DEFAULT).await.unwrap();
    let only = vec![Slug::parse("auental").unwrap()];
    let narrow = scene.shop_with("narrow", |_, issuer| issuer.universities = only).await;
    (scene.site().await, narrow, scene.shop("wide").await)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_way_of_a_student_leads_to_allowed_universities_only() {
    on_each_engine(async |scene| {
        let (site, narrow, wide) = ready(&scene).await;
        let browser = site.browser();
        let hinted = browser.authorize(&narrow, &[("university", "musterstadt")]).await.back_at_the_shop();
        let unknown = browser.authorize(&narrow, &[("university", "nowhere")]).await.back_at_the_shop();
        assert_eq!(hinted, unknown, "not even that there is such a university");
        assert_eq!(hinted["error"], "invalid_request");
        let sent = browser.authorize(&narrow, &[]).await;
        let skipped = browser.get(sent.header("location")).await;
        let form = browser.get(skipped.header("location")).await;
        assert!(form.body.contains("Hochschule Auental") && !form.body.contains("Musterstadt"), "{}", form.body);
        let (_, parameters) = sent.redirect();
        let chosen = [("flow", parameters["flow"].as_str()), ("university", "musterstadt")];
        assert_eq!(browser.post("/verify/choose", &chosen).await.status, 400);
        // A login that began when it was allowed ends when it no longer is.
        let mut wide = wide;
        let form = browser.at_the_form(&wide, &[]).await;
        wide.change(&scene, |issuer| issuer.universities = vec![Slug::parse("auental").unwrap()]).await;
        let back = browser.fill(&form, ZOE).await.back_at_the_shop();
        assert_eq!((back["error"].as_str(), back.get("code")), ("invalid_request", None));
        assert!(browser.code_with(&narrow, ZOE, &[("university", "auental")]).await.len() > 100);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_direct_check_about_another_university_is_as_about_none() {
    on_each_engine(async |scene| {
        let (site, narrow, wide) = ready(&scene).await;
        let forbidden = site.check(&narrow, ZOE, "musterstadt").await;
        let unknown = site.check(&narrow, ZOE, "nowhere").await;
        assert_eq!((forbidden.status, &forbidden.body), (400, &unknown.body));
        assert_eq!(site.check(&narrow, ZOE, "auental").await.json()["eligible"], true);
        assert_eq!(site.check(&wide, ZOE, "musterstadt").await.json()["eligible"], true);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn once_the_right_is_taken_away_codes_and_tokens_of_that_university_are_dead() {
    on_each_engine(async |scene| {
        let (site, _, mut wide) = ready(&scene).await;
        let code = site.browser().code(&wide, ZOE).await;
        let token = site.issue(&wide, ZOE).await;
        let jti = site.claims(&wide, &token).await.jti;
        let everything = wide.clone();
        wide.change(&scene, |issuer| issuer.universities = vec![Slug::parse("auental").unwrap()]).await;
        assert_eq!(site.redeem_code(&wide, &code).await.error(), "invalid_grant");
        for token in [&token, &jti] {
            let form = [("token", token.as_str())];
            let state = site.post(&wide, "/introspect", &form).await;
            assert_eq!(state.body, r#"{"active":false}"#);
            assert_eq!(site.post(&wide, "/redeem", &form).await.status, 404);
            assert_eq!(site.post(&wide, "/cancel", &form).await.status, 404);
        }
        everything.rewrite(&scene).await;
        assert_eq!(site.redeem_code(&everything, &code).await.status, 200, "the code was not used up");
        assert_eq!(site.post(&everything, "/redeem", &[("token", &jti)]).await.status, 200);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_uploader_replaces_the_list_of_its_own_university_only() {
    on_each_engine(async |scene| {
        let (site, _, wide) = ready(&scene).await;
        let auental =
            scene.pedell.stores().control().university(&Slug::parse("auental").unwrap()).await.unwrap().unwrap();
        let uploader = scene.uploader("campus", &auental.id).await;
        let nobody = crate::site::Student { number: "00000001", ..ZOE };
        let request = site.http.put(site.url("/v1/rosters/2026W?allow_shrink=true"));
        let request = request.basic_auth(uploader.id(), Some(&uploader.secret)).body(list(&[nobody]));
        assert_eq!(crate::site::Answer::of(request).await.status, 200);
        assert_eq!(site.check(&wide, ZOE, "auental").await.json()["reason"], "not_enrolled");
        assert_eq!(site.check(&wide, ZOE, "musterstadt").await.json()["eligible"], true);
    })
    .await;
}

/// The same student at two universities is two subjects to one issuer: which other university somebody studies at is
/// nobody's business.
#[tokio::test(flavor = "multi_thread")]
async fn one_number_at_two_universities_is_two_students() {
    on_each_engine(async |scene| {
        let (site, _, wide) = ready(&scene).await;
        let mut subjects = Vec::new();
        for university in ["auental", "musterstadt"] {
            let check = site.check(&wide, ZOE, university).await.json();
            let claims = site.claims(&wide, check["id_token"].as_str().unwrap()).await;
            assert!(!claims.repeat);
            subjects.push(claims.sub);
        }
        assert_ne!(subjects[0], subjects[1]);
    })
    .await;
}
