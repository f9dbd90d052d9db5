//! A student's photo: uploaded, kept without what it says besides, and fetched by an issuer that may have it.

use std::time::Duration;

use pedell::{
    base::limits,
    domain::rule::{Field, Rule},
};

use crate::{
    saml_login::{ANA, photo},
    scene::{Scene, on_each_engine},
    site::{Browser, Shop, Site},
};

async fn ready(scene: &Scene) -> (Site, Shop) {
    scene.log_in_by_saml().await;
    let shop = scene
        .shop_with("shop", |_, issuer| {
            issuer.claims.push(Field::Picture);
            issuer.products[0].rule = Rule {
                required_fields: vec![Field::FamilyName, Field::Picture],
                accept_self_asserted: vec![Field::Picture],
                ..Rule::default()
            };
        })
        .await;
    (scene.site().await, shop)
}

const WITH_PICTURE: [(&str, &str); 1] = [("scope", "openid profile picture")];

/// The path of a token's `picture`.
async fn picture(scene: &Scene, site: &Site, shop: &Shop, browser: &Browser<'_>) -> String {
    let code = browser.code_by_login(scene, shop, ANA, &WITH_PICTURE).await;
    let answer = site.redeem_code(shop, &code).await;
    let claims = site.claims(shop, answer.json()["id_token"].as_str().unwrap_or_else(|| panic!("{answer:?}"))).await;
    assert_eq!(claims.self_asserted, ["picture"]);
    claims.picture.unwrap().strip_prefix("https://pedell.example").unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_fetches_the_photo_while_its_token_is_good_and_the_student_lets_it() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let browser = site.browser();
        let refused = browser.log_in(&scene, &shop, ANA, &WITH_PICTURE).await;
        assert!(refused.body.contains("attribute_missing"), "{refused:?}");
        let page = browser.account(&scene, ANA).await;
        assert_eq!(browser.upload(&page, &photo(750, 1000)).await.redirect().0, "/account");
        let own = browser.get("/account/photo").await;
        assert_eq!(
            (own.status, own.header("content-type"), own.header("cache-control")),
            (200, "image/jpeg", "no-store")
        );
        assert!(browser.get("/account").await.body.contains("class=\"photo\""));

        let path = picture(&scene, &site, &shop, &browser).await;
        let bytes = site.http.get(site.url(&path)).send().await.unwrap().bytes().await.unwrap();
        let image = image::load_from_memory(&bytes).unwrap();
        assert_eq!((image.width(), image.height()), (480, 640));
        assert_eq!(site.get(&format!("{path}x")).await.status, 404, "altered");
        assert_eq!(site.get("/picture/nothing").await.status, 404);

        // Another photo is another picture; without the consent, or without a photo, there is none.
        let page = browser.account(&scene, ANA).await;
        browser.upload(&page, &photo(600, 600)).await;
        assert_eq!(site.get(&path).await.status, 404);
        let path = picture(&scene, &site, &shop, &browser).await;
        assert_eq!(site.get(&path).await.status, 200);
        browser.change(&page, "withdraw", &[("client", "shop")]).await;
        assert_eq!(site.get(&path).await.status, 404);
        let path = picture(&scene, &site, &shop, &browser).await;
        browser.change(&page, "remove_photo", &[]).await;
        assert_eq!(site.get(&path).await.status, 404);
        browser.upload(&page, &photo(600, 600)).await;
        let path = picture(&scene, &site, &shop, &browser).await;
        scene.clock.advance(Duration::from_secs(301));
        assert_eq!(site.get(&path).await.status, 404, "the token is over");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_photo_is_refused_in_words_and_changes_nothing() {
    on_each_engine(async |scene| {
        let (site, _) = ready(&scene).await;
        let browser = site.browser();
        let page = browser.account(&scene, ANA).await;
        let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>".to_vec();
        let cut = photo(400, 400)[..300].to_vec();
        for (upload, says) in [
            (Vec::new(), "Wählen Sie ein Foto aus."),
            (svg, "Diese Datei ist kein Foto"),
            (cut, "Diese Datei ist kein Foto"),
            (photo(100, 400), "zu klein"),
            (vec![0xFF; limits::PHOTO_BYTES + 1], "zu groß"),
        ] {
            let again = browser.upload(&page, &upload).await;
            assert_eq!(again.status, 422, "{says}: {}", again.body);
            assert!(again.body.contains(says) && again.body.contains("photo-fault"), "{says}: {}", again.body);
        }
        let flood = browser.upload(&page, &vec![0xFF; limits::PHOTO_FORM_BYTES + 1]).await;
        assert_eq!(flood.status, 413, "{}", flood.body);
        assert_eq!(browser.post("/account/photo", &[("flow", &page.flow())]).await.status, 400, "no multipart");
        assert!(!browser.get("/account").await.body.contains("class=\"photo\""));
        let trail = scene.tenant().await.audit_after(0).await.unwrap();
        assert!(!trail.iter().any(|entry| entry.kind == "account.changed"));
    })
    .await;
}
