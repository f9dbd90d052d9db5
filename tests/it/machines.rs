//! Machines of universities: rights to exactly one university and to nothing else, and what is taken from them is gone at
//! the next call.

use pedell::{
    base::secret::PlainToken,
    domain::{client::ClientId, policy::Actor},
    flow::clients::ClientChange,
};
use serde_json::json;

use crate::{
    scene::{Scene, on_each_engine},
    site::{Answer, JONAS, Shop, Site, Student, ZOE, list, question},
};

async fn upload(site: &Site, who: &Shop, students: &[Student]) -> Answer {
    let request = site.http.put(site.url("/v1/rosters/2026W")).basic_auth(who.id(), Some(&who.secret));
    Answer::of(request.body(list(students))).await
}

async fn change(scene: &Scene, change: ClientChange) -> Option<PlainToken> {
    scene.pedell.change_client(&ClientId::parse("campus").unwrap(), change, &Actor::Operator).await.unwrap()
}

#[tokio::test]
async fn an_uploader_finds_every_door_of_the_issuers_closed() {
    on_each_engine(async |scene| {
        scene.import(list(&[ZOE, JONAS])).await.unwrap();
        let campus = scene.uploader("campus", &scene.university.id).await;
        let site = scene.site().await;
        // What it may: a list of its own university, and a token of its own for that.
        assert_eq!(upload(&site, &campus, &[ZOE, JONAS]).await.status, 200);
        let own = site.post(&campus, "/token", &[("grant_type", "client_credentials")]).await;
        assert_eq!(own.status, 200, "{own:?}");
        let bearer = own.json()["access_token"].as_str().unwrap().to_owned();

        let forms: [(&str, &[(&str, &str)]); 5] = [
            ("/par", &[("response_type", "code"), ("redirect_uri", "https://shop.example/callback")]),
            (
                "/token",
                &[
                    ("grant_type", "authorization_code"),
                    ("code", "x"),
                    ("redirect_uri", "https://a/"),
                    ("code_verifier", "x"),
                ],
            ),
            ("/introspect", &[("token", "x")]),
            ("/redeem", &[("token", "x")]),
            ("/cancel", &[("token", "x")]),
        ];
        for (path, form) in forms {
            let answer = site.post(&campus, path, form).await;
            assert_eq!((answer.status, answer.error().as_str()), (403, "unauthorized_client"), "{path}");
        }
        let check = site.http.post(site.url("/v1/checks")).json(&question(ZOE, "musterstadt"));
        for check in [check.try_clone().unwrap().basic_auth("campus", Some(&campus.secret)), check.bearer_auth(&bearer)]
        {
            let answer = Answer::of(check).await;
            assert_eq!((answer.status, answer.error().as_str()), (403, "unauthorized_client"));
        }
        for method in ["GET", "POST"] {
            let userinfo = site.http.request(method.parse().unwrap(), site.url("/userinfo")).bearer_auth(&bearer);
            assert_eq!(Answer::of(userinfo).await.status, 401, "its own token is no student's");
        }
        let picture = site.http.get(site.url("/picture/x")).bearer_auth(&bearer);
        assert!(Answer::of(picture).await.status >= 400);
        let form =
            [("response_type", "code"), ("client_id", "campus"), ("redirect_uri", "https://shop.example/callback")];
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        assert_eq!(site.get(&format!("/authorize?{query}")).await.status, 400, "nobody is sent over by it");
        assert!(site.get("/staff").await.status == 303, "nor is it staff");

        // A shop does not upload.
        let shop = scene.shop("shop").await;
        assert_eq!(upload(&site, &shop, &[ZOE]).await.status, 403);
    })
    .await;
}

#[tokio::test]
async fn an_uploader_reaches_one_university_only() {
    on_each_engine(async |scene| {
        scene.import(list(&[ZOE, JONAS])).await.unwrap();
        let other = scene.add_university("anderswo", |_| ()).await;
        let stranger = scene.uploader("stranger", &other.id).await;
        let site = scene.site().await;
        let shop = scene.shop("shop").await;
        let slug = scene.university.slug.to_string();
        assert_eq!(site.check(&shop, JONAS, &slug).await.json()["eligible"], json!(true));
        assert_eq!(upload(&site, &stranger, &[ZOE]).await.status, 200);
        assert_eq!(site.check(&shop, JONAS, &slug).await.json()["eligible"], json!(true), "that list is as it was");
        assert_eq!(site.check(&shop, ZOE, "anderswo").await.json()["eligible"], json!(true));
    })
    .await;
}

#[tokio::test]
async fn each_part_of_a_machines_proof_is_taken_away_by_itself_and_at_once() {
    on_each_engine(async |scene| {
        let mut campus = scene.uploader("campus", &scene.university.id).await;
        let site = scene.site().await;
        let access = async |campus: &Shop| {
            let answer = site.post(campus, "/token", &[("grant_type", "client_credentials")]).await;
            answer.json()["access_token"].as_str().unwrap().to_owned()
        };
        let by_token = async |token: &str| {
            let request = site.http.put(site.url("/v1/rosters/2026W")).bearer_auth(token).body(list(&[ZOE]));
            Answer::of(request).await.status
        };
        let token = access(&campus).await;
        assert_eq!(by_token(&token).await, 200);

        // The secret: what was had by the old one goes with it.
        let secret = change(&scene, ClientChange::NewSecret).await.unwrap();
        assert_eq!(upload(&site, &campus, &[ZOE]).await.status, 401);
        assert_eq!(by_token(&token).await, 401, "a token that the old secret was good for");
        secret.expose().clone_into(&mut campus.secret);
        assert_eq!(upload(&site, &campus, &[ZOE]).await.status, 200);

        // The networks.
        let token = access(&campus).await;
        let from = async |networks: &str| change(&scene, ClientChange::Networks(vec![networks.parse().unwrap()])).await;
        from("192.0.2.0/24").await;
        assert_eq!((upload(&site, &campus, &[ZOE]).await.status, by_token(&token).await), (401, 401));
        from("::ffff:127.0.0.0/104").await;
        assert_eq!((upload(&site, &campus, &[ZOE]).await.status, by_token(&token).await), (200, 200));

        // The whole.
        change(&scene, ClientChange::Active(false)).await;
        assert_eq!((upload(&site, &campus, &[ZOE]).await.status, by_token(&token).await), (401, 401));
    })
    .await;
}
