//! A university's connection: changed at the test stage, made live by two people.

use pedell::{
    domain::{
        connection::{ConnectionSecrets, ConnectionSettings, SamlConnection, Stage},
        policy::{self, Scope},
    },
    flow::connections::{ConnectionError, NewSecrets},
};

use crate::scene::{Scene, on_each_engine};

fn as_person(scene: &Scene, name: &str) -> Scope {
    policy::operator_as(&scene.university.id, name.parse().unwrap())
}

fn nothing() -> NewSecrets {
    NewSecrets::Replace(ConnectionSecrets::default())
}

fn saml(entity_id: &str) -> ConnectionSettings {
    let text = format!(r#"{{"kind":"saml","entity_id":"{entity_id}"}}"#);
    serde_json::from_str(&text).unwrap()
}

async fn live(scene: &Scene) -> (i64, ConnectionSettings) {
    let connection = scene.pedell.university_of(&as_person(scene, "ada")).await.unwrap().unwrap().connection;
    assert_eq!(connection.stage, Stage::Live);
    (connection.version, connection.settings)
}

async fn kinds(scene: &Scene) -> Vec<String> {
    let entries = scene.pedell.stores().control().audit_after(0).await.unwrap();
    entries
        .into_iter()
        .map(|entry| entry.kind)
        .filter(|kind| kind.contains("connection") || kind.contains("promo"))
        .collect()
}

#[tokio::test]
async fn what_was_tried_becomes_live_by_a_second_person() {
    on_each_engine(async |scene| {
        let (ada, grace) = (as_person(&scene, "ada"), as_person(&scene, "grace"));
        let pedell = &scene.pedell;
        assert_eq!(
            live(&scene).await,
            (0, ConnectionSettings::default()),
            "students type before anybody sets something"
        );
        assert!(matches!(pedell.request_promotion(&ada).await, Err(ConnectionError::NoTestConnection)));
        assert!(matches!(pedell.decide_promotion(&grace, 1, true).await, Err(ConnectionError::NothingAsked)));

        let (set, faults) = pedell.set_test_connection(&ada, ConnectionSettings::default(), nothing()).await.unwrap();
        assert_eq!((set.version, faults.iter().map(|f| f.code).collect::<Vec<_>>()), (1, vec!["no_current_roster"]));
        assert_eq!(live(&scene).await.0, 0, "students notice nothing");
        let nobody = policy::operator(&scene.university.id);
        assert!(matches!(pedell.request_promotion(&nobody).await, Err(ConnectionError::Nobody)));
        assert_eq!(pedell.request_promotion(&ada).await.unwrap().version, 1);
        assert!(matches!(pedell.decide_promotion(&ada, 1, true).await, Err(ConnectionError::SamePerson)));
        assert!(matches!(pedell.decide_promotion(&nobody, 1, true).await, Err(ConnectionError::Nobody)));
        assert_eq!(live(&scene).await.0, 0);
        pedell.decide_promotion(&grace, 1, true).await.unwrap();
        assert_eq!(live(&scene).await.0, 1);
        assert!(matches!(pedell.decide_promotion(&grace, 1, true).await, Err(ConnectionError::NothingAsked)), "once");
        assert_eq!(kinds(&scene).await, ["connection.changed", "promotion.requested", "promotion.approved"]);
    })
    .await;
}

#[tokio::test]
async fn a_changed_or_rejected_or_faulty_connection_does_not_become_live() {
    on_each_engine(async |scene| {
        let (ada, grace) = (as_person(&scene, "ada"), as_person(&scene, "grace"));
        let pedell = &scene.pedell;
        pedell.set_test_connection(&ada, ConnectionSettings::default(), nothing()).await.unwrap();
        pedell.request_promotion(&ada).await.unwrap();
        pedell.set_test_connection(&ada, ConnectionSettings::default(), nothing()).await.unwrap();
        let late = pedell.decide_promotion(&grace, 1, true).await;
        assert!(matches!(late, Err(ConnectionError::NothingAsked)), "{late:?}: what was asked about is no more");

        pedell.request_promotion(&ada).await.unwrap();
        let unseen = pedell.decide_promotion(&grace, 1, true).await;
        assert!(matches!(unseen, Err(ConnectionError::Overtaken)), "{unseen:?}: another than grace has looked at");
        pedell.decide_promotion(&ada, 2, false).await.unwrap();
        assert_eq!(live(&scene).await.0, 0, "rejected, by the one who asked");

        let (_, faults) = pedell.set_test_connection(&ada, saml("https://idp.example"), nothing()).await.unwrap();
        assert!(faults.iter().any(|fault| fault.blocks && fault.code == "saml_no_metadata"), "{faults:?}");
        let refused = pedell.request_promotion(&ada).await;
        assert!(matches!(refused, Err(ConnectionError::Faulty(_))), "{refused:?}");
        assert_eq!(live(&scene).await, (0, ConnectionSettings::default()));
    })
    .await;
}

/// Somebody else's asking does not make a second person of who wrote it.
#[tokio::test]
async fn who_wrote_a_connection_does_not_approve_it() {
    on_each_engine(async |scene| {
        let (ada, grace, emmy) = (as_person(&scene, "ada"), as_person(&scene, "grace"), as_person(&scene, "emmy"));
        scene.pedell.set_test_connection(&ada, ConnectionSettings::default(), nothing()).await.unwrap();
        scene.pedell.request_promotion(&grace).await.unwrap();
        let own = scene.pedell.decide_promotion(&ada, 1, true).await;
        assert!(matches!(own, Err(ConnectionError::SamePerson)), "{own:?}");
        scene.pedell.decide_promotion(&emmy, 1, true).await.unwrap();
    })
    .await;
}

/// What was given for one address is not sent to another.
#[tokio::test]
async fn secrets_are_not_kept_for_another_address() {
    on_each_engine(async |scene| {
        let ada = as_person(&scene, "ada");
        let soap = |endpoint: &str| -> ConnectionSettings {
            let text = format!(r#"{{"kind":"soap","endpoint":"{endpoint}","fields":["matriculation_number"]}}"#);
            serde_json::from_str(&text).unwrap()
        };
        let mut secrets = ConnectionSecrets::default();
        secrets.set("token", "hunter2".to_owned().into());
        let first = soap("https://service.uni.example/verify");
        scene.pedell.set_test_connection(&ada, first.clone(), NewSecrets::Replace(secrets)).await.unwrap();
        let keep = || NewSecrets::Amend(ConnectionSecrets::default());
        let kept = scene.pedell.set_test_connection(&ada, first, keep()).await.unwrap().0;
        assert_eq!(scene.pedell.connection_secrets(&ada, &kept).await.unwrap().names().count(), 1);
        let moved = scene.pedell.set_test_connection(&ada, soap("https://evil.example/verify"), keep()).await;
        assert!(matches!(moved, Err(ConnectionError::OtherAddressee)), "{moved:?}");
    })
    .await;
}

/// Two people who decide at once: one does.
#[tokio::test]
async fn of_two_decisions_at_once_one_counts() {
    on_each_engine(async |scene| {
        let (ada, grace, emmy) = (as_person(&scene, "ada"), as_person(&scene, "grace"), as_person(&scene, "emmy"));
        scene.pedell.set_test_connection(&ada, ConnectionSettings::default(), nothing()).await.unwrap();
        scene.pedell.request_promotion(&ada).await.unwrap();
        let (yes, no) = tokio::join!(
            scene.pedell.decide_promotion(&grace, 1, true),
            scene.pedell.decide_promotion(&emmy, 1, false)
        );
        assert!(yes.is_ok() ^ no.is_ok(), "{yes:?} {no:?}");
        assert_eq!(live(&scene).await.0, i64::from(yes.is_ok()));
    })
    .await;
}

#[tokio::test]
async fn a_secret_that_the_kind_does_not_take_is_refused() {
    on_each_engine(async |scene| {
        let ada = as_person(&scene, "ada");
        let mut secrets = ConnectionSecrets::default();
        secrets.set("password", "hunter2".to_owned().into());
        let refused = scene.pedell.set_test_connection(&ada, saml("https://idp.example"), NewSecrets::Replace(secrets));
        let refused = refused.await;
        assert!(matches!(&refused, Err(ConnectionError::UnknownSecret(name, [])) if name == "password"), "{refused:?}");
        assert!(!format!("{refused:?}").contains("hunter2"));
        assert!(kinds(&scene).await.is_empty(), "nothing was written");
    })
    .await;
}

/// An instance of before there were connections goes on.
#[tokio::test]
async fn a_document_with_the_proof_of_old_is_understood() {
    on_each_engine(async |scene| {
        let profile = serde_json::to_value(&scene.university.profile).unwrap();
        let mut document = profile.as_object().unwrap().clone();
        document.insert("proof".to_owned(), serde_json::json!({ "kind": "saml", "entity_id": "https://idp.example" }));
        let document = serde_json::Value::from(document).to_string();
        let sql = format!("UPDATE @tenants SET document = '{}'", document.replace('\'', "''"));
        scene.behind_the_back_of_control(&sql).await;
        let ConnectionSettings::Saml(SamlConnection { entity_id, .. }) = live(&scene).await.1 else { panic!("SAML") };
        assert_eq!(entity_id, "https://idp.example");
        let ada = as_person(&scene, "ada");
        let test = scene.pedell.university_at(&ada, Stage::Test).await.unwrap().unwrap();
        assert_eq!(test.connection.settings, ConnectionSettings::default(), "the old one was live");
    })
    .await;
}
