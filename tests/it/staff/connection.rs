//! Two people who prove who they are make a connection live.

use pedell::{
    domain::connection::{ConnectionSecrets, ConnectionSettings},
    flow::connections::NewSecrets,
};

use super::cast::{Cast, key_of};
use crate::scene::on_each_engine;

#[tokio::test]
async fn one_manager_asks_and_another_approves() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let site = scene.site().await;
        let pedell = &cast.pedell;
        let nothing = NewSecrets::Replace(ConnectionSecrets::default());
        pedell.set_test_connection(&scene.scope(), ConnectionSettings::default(), nothing).await.unwrap();
        let (one, other) = (cast.manager.browser(&site), cast.second_manager.browser(&site));
        let (one_key, other_key) = (key_of(&one).await, key_of(&other).await);
        let tenant = cast.university.to_string();
        let form = |what: &'static str, key| {
            vec![("do", what), ("tenant", tenant.as_str()), ("version", "1"), ("form_key", key)]
        };
        let tried = one.post("/staff/connection", &form("try", &one_key)).await;
        assert!(tried.status == 200 && tried.body.contains("/try?trial="), "{}", tried.body);
        assert_eq!(one.post("/staff/connection", &form("promote", &one_key)).await.status, 303);
        let page = one.get("/staff/connection").await;
        assert!(page.body.contains("Name of manager-1") && !page.body.contains("value=\"approve\""), "{}", page.body);
        assert_eq!(one.post("/staff/connection", &form("approve", &one_key)).await.status, 409, "not the same person");
        let page = other.get("/staff/connection").await;
        assert!(page.body.contains("value=\"approve\""));
        assert_eq!(other.post("/staff/connection", &form("approve", &other_key)).await.status, 303);
        let live = pedell.university_of(&scene.scope()).await.unwrap().unwrap().connection;
        assert_eq!(live.version, 1);
        assert_eq!(live.changed.unwrap().by, format!("staff {} organizer_manager", cast.second_manager.id));
        scene.clock.advance(std::time::Duration::from_secs(301));
        let stale = other.post("/staff/connection", &form("promote", &other_key)).await;
        assert_eq!(stale.redirect().0, "/staff/step-up", "a promotion takes a fresh code");
    })
    .await;
}
