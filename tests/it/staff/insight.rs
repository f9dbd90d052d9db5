//! What managers look at: verifications by number, figures, the trail.

use std::time::Duration;

use pedell::flow::import_roster::ImportOptions;

use super::cast::{Cast, key_of};
use crate::{
    scene::{WINTER, on_each_engine},
    site::{JONAS, ZOE, ZOE_TYPES, list},
};

#[tokio::test]
async fn a_refusal_is_explained_counted_and_recorded() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let site = scene.site().await;
        scene.import_to(&scene.university, WINTER, list(&[ZOE]), ImportOptions::default()).await.unwrap();
        let shop = scene.shop("shop").await;
        site.browser().code(&shop, ZOE_TYPES).await;
        let refused = site.browser().verify(&shop, JONAS, &[]).await;
        let number = refused.reference().unwrap();

        let manager = cast.manager.browser(&site);
        let page = manager.get(&format!("/staff/verifications?reference={number}")).await;
        assert!(page.body.contains("not_enrolled") && page.body.matches("<code>").count() == 2, "{}", page.body);
        assert!(!page.body.contains("Jonas") && !page.body.contains(JONAS.number), "nothing about the person");
        let all = manager.get("/staff/verifications").await.body;
        assert_eq!(all.matches("Verkehrsbetriebe Lindenstadt").count(), 2);
        let eligible = manager.get("/staff/verifications?outcome=eligible&from=2026-11-23&to=2026-11-23").await.body;
        assert_eq!(eligible.matches("Verkehrsbetriebe Lindenstadt").count(), 1);
        let before = manager.get("/staff/verifications?to=2026-11-22").await.body;
        assert_eq!(before.matches("Verkehrsbetriebe Lindenstadt").count(), 0);
        let stranger = cast.stranger.browser(&site);
        let page = stranger.get(&format!("/staff/verifications?reference={number}")).await.body;
        assert!(!page.contains("not_enrolled"), "another university's number");

        let csv = manager.get("/staff/statistics.csv").await;
        assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
        assert_eq!(
            csv.body,
            "day,semester,outcome,reason,count\r\n2026-11-23,2026W,eligible,,1\r\n2026-11-23,2026W,refused,not_enrolled,1\r\n"
        );
        assert!(manager.get("/staff/statistics").await.body.contains("class=\"eligible\""));
        assert!(stranger.get("/staff/statistics.csv").await.body.lines().count() == 1);

        let trail = manager.get("/staff/audit?kind=verification.").await.body;
        assert_eq!(trail.matches("<strong>verification.decided</strong>").count(), 2);
        let house = manager.get(&format!("/staff/audit?trail=house&object={}", cast.office.id)).await.body;
        assert!(house.contains("staff.invited") && house.contains("Name of manager-1"), "{house}");
        let strangers = stranger.get("/staff/audit?trail=house").await.body;
        assert!(!strangers.contains(cast.office.id.as_str()) && strangers.contains(cast.stranger.id.as_str()));
        let wildcards = stranger.get(&format!("/staff/audit?trail=house&actor=%25&object={}", cast.office.id)).await.body;
        assert!(!wildcards.contains("staff.invited"));

        let key = key_of(&manager).await;
        let form = [("form_key", key.as_str()), ("trail", "house"), ("format", "json"), ("kind", "staff.")];
        let taken = manager.post("/staff/audit/export", &form).await;
        let entries = taken.json();
        assert_eq!(entries["key"]["crv"], "Ed25519");
        assert!(entries["entries"].as_array().unwrap().iter().all(|entry| entry["kind"].as_str().unwrap().starts_with("staff.")));
        assert!(manager.get("/staff/audit?trail=house&kind=audit.").await.body.contains("audit.exported"));
        let form = [("form_key", key.as_str()), ("format", "csv")];
        let csv = manager.post("/staff/audit/export", &form).await;
        assert!(csv.body.starts_with("seq,at,actor,kind,object,detail,hash\r\n\"1\","), "{}", csv.body);
        scene.clock.advance(Duration::from_secs(301));
        assert_eq!(manager.post("/staff/audit/export", &form).await.redirect().0, "/staff/step-up");
    })
    .await;
}
