//! What needs attention, on the first page: what there is, to whom it belongs.

use std::time::Duration;

use pedell::{
    domain::staff::Rank,
    flow::{findings::Finding, import_roster::ImportOptions},
};

use super::cast::{Cast, new_staff};
use crate::{
    scene::{WINTER, on_each_engine},
    site::{ZOE, list},
};

fn days(days: u64) -> Duration {
    Duration::from_secs(days * 24 * 60 * 60)
}

#[tokio::test]
async fn lists_are_missed_before_students_miss_them() {
    on_each_engine(async |scene| {
        let findings = async || scene.pedell.findings_of(&scene.scope(), &scene.university).await.unwrap();
        assert_eq!(findings().await, [Finding::NoRoster { semester: WINTER }]);
        scene.import_to(&scene.university, WINTER, list(&[ZOE]), ImportOptions::default()).await.unwrap();
        assert_eq!(findings().await, []);
        scene.clock.advance(days(46));
        scene.pedell.sign_trails(true).await.unwrap();
        assert!(matches!(findings().await[..], [Finding::OldRoster { semester: WINTER, .. }]));
        scene.clock.advance(days(60));
        let soon = findings().await;
        let [Finding::OldRoster { .. }, next @ Finding::NoNextRoster { semester, begins }] = &soon[..] else {
            panic!("{soon:?}")
        };
        assert!(*semester > WINTER && begins.to_string() == "2027-04-01" && !next.is_fault(), "{soon:?}");
    })
    .await;
}

#[tokio::test]
async fn each_sees_what_is_theirs_to_do() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let site = scene.site().await;
        let pedell = &cast.pedell;
        let see = async |person: &super::cast::Person| person.browser(&site).get("/staff?ui_locales=en").await.body;
        let chief = cast.manager.session(pedell).await;
        pedell
            .invite_staff(&chief, &cast.university, new_staff("late-comer", Rank::OrganizerStaff, None))
            .await
            .unwrap();
        scene.clock.advance(Duration::from_secs(60));
        assert!(!see(&cast.manager).await.contains("One person’s invitation"));

        // Two days later the sessions of today are over; the manager logs in again.
        let (who, manager) = (&cast.manager, &cast.second_manager);
        scene.pedell.sign_trails(true).await.unwrap();
        scene.clock.advance(Duration::from_secs(25 * 60 * 60));
        let half = pedell.staff_session(&manager.password(pedell).await).await.unwrap().unwrap();
        let proven = pedell.prove_factor(&half, &manager.code(pedell), &super::cast::visitor()).await.unwrap();
        let browser = site.browser();
        browser.jar().insert(super::cast::COOKIE.to_owned(), proven.token.expose().to_owned());
        let page = browser.get("/staff?ui_locales=en").await.body;
        assert!(page.contains("One person’s invitation"), "{page}");
        assert!(page.contains("There is no list of the current semester"), "{page}");
        assert!(who.session_if_any(pedell).await.is_none());

        // Somebody rewrites the trail's end behind the gateway's back.
        scene.import_to(&scene.university, WINTER, list(&[ZOE]), ImportOptions::default()).await.unwrap();
        scene.pedell.sign_trails(true).await.unwrap();
        scene.without_triggers().await;
        scene.behind_the_back("DELETE FROM @audit").await.unwrap();
        let page = browser.get("/staff?ui_locales=en").await.body;
        assert!(page.contains("does not fit its newest checkpoint"), "{page}");
    })
    .await;
}

#[tokio::test]
async fn the_operator_is_told_of_the_instance() {
    on_each_engine(async |scene| {
        let told = async || scene.pedell.findings_of_instance().await.unwrap();
        assert_eq!(told().await, []);
        scene.clock.advance(days(366));
        let found = told().await;
        assert!(found.iter().any(|finding| matches!(finding, Finding::SigningKeyOld { .. })), "{found:?}");
        scene.pedell.rotate_signing_keys(&pedell::domain::policy::Actor::Operator).await.unwrap();
        let found = told().await;
        assert!(!found.iter().any(|finding| matches!(finding, Finding::SigningKeyOld { .. })), "{found:?}");
    })
    .await;
}
