//! The trail: every change leaves one entry, no entry can be touched, and what was touched anyway is found.

use pedell::{domain::policy::Actor, flow::clients::ClientChange, store::ChainFault};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, SqliteConnection};

use crate::{
    scene::{Scene, on_each_engine},
    site::{JONAS, Shop, Site, Student, ZOE, list},
};

/// A trail with some entries.
pub(crate) async fn ready(scene: &Scene) -> (Site, Shop) {
    scene.import(list(&[ZOE, JONAS])).await.unwrap();
    let (site, shop) = (scene.site().await, scene.shop("shop").await);
    let token = site.issue(&shop, ZOE).await;
    site.post(&shop, "/redeem", &[("token", &token)]).await;
    site.check(&shop, Student { family: "Meier", ..ZOE }, "musterstadt").await;
    (site, shop)
}

impl Scene {
    /// Runs SQL in the tenant's database behind the gateway's back; `@` as in the gateway's own.
    pub(crate) async fn behind_the_back(&self, sql: &str) -> Result<(), sqlx::Error> {
        let name = format!("t_{}", self.university.id.as_str().to_lowercase());
        self.behind_the_back_of(&format!("tenants/{name}.db"), &format!("pedell_{name}"), sql).await
    }

    /// The same in the control database.
    pub(crate) async fn behind_the_back_of_control(&self, sql: &str) {
        self.behind_the_back_of("control.db", "pedell_control", sql).await.unwrap();
    }

    /// The same, where it may be refused.
    pub(crate) async fn try_behind_the_back_of_control(&self, sql: &str) -> Result<(), sqlx::Error> {
        self.behind_the_back_of("control.db", "pedell_control", sql).await
    }

    /// Every text of every row that this gives in the control database.
    pub(crate) async fn rows_behind_the_back_of_control(&self, sql: &str) -> String {
        let mut text = String::new();
        match &self.place.postgres {
            None => {
                let file = self.place.folder.join("control.db");
                let mut connection = SqliteConnection::connect(&format!("sqlite:{}", file.display())).await.unwrap();
                let sql = AssertSqlSafe(sql.replace('@', ""));
                for row in sqlx::raw_sql(sql).fetch_all(&mut connection).await.unwrap() {
                    text += &row.get::<String, _>("detail");
                    text.push('\n');
                }
            }
            Some(url) => {
                let mut connection = PgConnection::connect(url).await.unwrap();
                let sql = AssertSqlSafe(sql.replace('@', "pedell_control."));
                for row in sqlx::raw_sql(sql).fetch_all(&mut connection).await.unwrap() {
                    text += &row.get::<String, _>(0);
                    text.push('\n');
                }
            }
        }
        text
    }

    async fn behind_the_back_of(&self, file: &str, schema: &str, sql: &str) -> Result<(), sqlx::Error> {
        match &self.place.postgres {
            None => {
                let file = self.place.folder.join(file);
                let mut connection = SqliteConnection::connect(&format!("sqlite:{}", file.display())).await?;
                let done = sqlx::raw_sql(AssertSqlSafe(sql.replace('@', ""))).execute(&mut connection).await;
                connection.close().await?;
                done.map(|_| ())
            }
            Some(url) => {
                let mut connection = PgConnection::connect(url).await?;
                let sql = sql.replace('@', &format!("{schema}."));
                let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await;
                connection.close().await?;
                done.map(|_| ())
            }
        }
    }

    pub(crate) async fn without_triggers(&self) {
        let sql = match self.place.postgres {
            None => "DROP TRIGGER audit_is_never_changed; DROP TRIGGER audit_is_never_deleted",
            Some(_) => "ALTER TABLE @audit DISABLE TRIGGER ALL",
        };
        self.behind_the_back(sql).await.unwrap();
    }

    async fn fault(&self) -> Option<ChainFault> {
        self.tenant().await.verify_audit().await.unwrap().fault
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_are_neither_changed_nor_deleted_nor_emptied() {
    on_each_engine(async |scene| {
        ready(&scene).await;
        let before = scene.tenant().await.verify_audit().await.unwrap();
        assert!(before.entries >= 5 && before.fault.is_none(), "{before:?}");
        let mut attempts = vec![
            "UPDATE @audit SET actor = 'nobody' WHERE seq = 1",
            "DELETE FROM @audit WHERE seq = 1",
            "DELETE FROM @audit",
        ];
        if scene.place.postgres.is_some() {
            attempts.push("TRUNCATE @audit");
        }
        for sql in attempts {
            let error = scene.behind_the_back(sql).await.expect_err(sql).to_string();
            assert!(error.contains("audit entries are never"), "{sql}: {error}");
        }
        assert_eq!(scene.tenant().await.verify_audit().await.unwrap(), before);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_of_touching_the_trail_is_found_and_named() {
    const SWAP: &str = "UPDATE @audit SET seq = -2 WHERE seq = 2; UPDATE @audit SET seq = 2 WHERE seq = 3;
        UPDATE @audit SET seq = 3 WHERE seq = -2";
    let cases: [(&str, ChainFault); 10] = [
        ("UPDATE @audit SET actor = 'nobody' WHERE seq = 2", ChainFault::Altered { seq: 2 }),
        ("UPDATE @audit SET at = at + 1 WHERE seq = 1", ChainFault::Altered { seq: 1 }),
        ("UPDATE @audit SET kind = 'token.issued' WHERE seq = 2", ChainFault::Altered { seq: 2 }),
        ("UPDATE @audit SET object = object || 'x' WHERE seq = 3", ChainFault::Altered { seq: 3 }),
        ("UPDATE @audit SET detail = '{}' WHERE seq = 3", ChainFault::Altered { seq: 3 }),
        (
            "UPDATE @audit SET hash = (SELECT hash FROM @audit WHERE seq = 1) WHERE seq = 2",
            ChainFault::Altered { seq: 2 },
        ),
        (SWAP, ChainFault::Altered { seq: 2 }),
        ("DELETE FROM @audit WHERE seq = 2", ChainFault::Missing { seq: 2 }),
        ("DELETE FROM @audit WHERE seq > 3", ChainFault::HeadDiffers { expected_seq: 5 }),
        ("DELETE FROM @audit; DELETE FROM @audit_head", ChainFault::HeadDiffers { expected_seq: 0 }),
    ];
    for (sql, expected) in &cases {
        on_each_engine(async |scene| {
            ready(&scene).await;
            scene.without_triggers().await;
            assert_eq!(scene.fault().await, None);
            let head = scene.tenant().await.verify_audit().await.unwrap().head;
            scene.behind_the_back(sql).await.unwrap();
            match expected {
                // Whoever takes everything leaves a chain that is right in itself: the head kept elsewhere tells.
                ChainFault::HeadDiffers { expected_seq: 0 } => {
                    assert_ne!(scene.tenant().await.verify_audit().await.unwrap().head, head);
                }
                expected => assert_eq!(scene.fault().await.as_ref(), Some(expected), "{sql}"),
            }
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_leaves_exactly_one_entry_by_whoever_made_it() {
    on_each_engine(async |scene| {
        scene.import(list(&[ZOE, JONAS])).await.unwrap();
        let (site, shop) = (scene.site().await, scene.shop("shop").await);
        let uploader = scene.uploader("campus", &scene.university.id).await;
        let code = site.browser().code(&shop, ZOE).await;
        let token = site.redeem_code(&shop, &code).await.json()["id_token"].as_str().unwrap().to_owned();
        site.browser().verify(&shop, Student { family: "Meier", ..ZOE }, &[]).await;
        for _ in 0..2 {
            site.post(&shop, "/redeem", &[("token", &token)]).await;
        }
        for _ in 0..2 {
            site.post(&shop, "/cancel", &[("token", &token), ("reason", "returned")]).await;
        }
        site.post(&shop, "/introspect", &[("token", &token)]).await;
        site.check(&shop, JONAS, "musterstadt").await;
        site.redeem_code(&shop, &code).await;
        let request = site.http.put(site.url("/v1/rosters/2026W")).basic_auth("campus", Some(&uploader.secret));
        crate::site::Answer::of(request.body(list(&[ZOE, JONAS]))).await;
        let found = entries(&scene.tenant().await.audit_after(0).await.unwrap());
        let expected = [
            "roster.imported by operator",
            "verification.decided by student via shop",
            "token.issued by client shop",
            "verification.decided by student via shop",
            "token.redeemed by client shop",
            "token.cancelled by client shop",
            "verification.decided by client shop",
            "token.issued by client shop",
            "code.replayed by client shop",
            "roster.imported by client campus",
        ];
        assert_eq!(found, expected);

        scene.pedell.rotate_signing_keys(&Actor::Operator).await.unwrap();
        scene.pedell.rotate_tenant_keys(&scene.university.id, &Actor::Operator).await.unwrap();
        scene.pedell.change_university(&scene.university, &Actor::Operator).await.unwrap();
        scene.pedell.change_client(&shop.client.id, ClientChange::NewSecret, &Actor::Operator).await.unwrap();
        shop.block(&scene).await;
        scene.pedell.delete_tenant_keys(&scene.university.id, &Actor::System).await.unwrap();
        let found = entries(&scene.pedell.stores().control().audit_after(0).await.unwrap());
        let expected = [
            "tenant.created by operator",
            "client.created by operator",
            "client.created by operator",
            "signing_keys.rotated by operator",
            "tenant.keys_rotated by operator",
            "tenant.changed by operator",
            "client.changed by operator",
            "client.blocked by operator",
            "tenant.keys_deleted by system",
        ];
        assert_eq!(found, expected);
        assert_eq!(scene.pedell.stores().control().verify_audit().await.unwrap().fault, None);
        assert_eq!(scene.fault().await, None);
    })
    .await;
}

fn entries(trail: &[pedell::store::AuditEntry]) -> Vec<String> {
    trail.iter().map(|entry| format!("{} by {}", entry.kind, entry.actor)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_name_nobody() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        site.browser().verify(&shop, Student { number: "00555555", ..JONAS }, &[]).await;
        let all = scene.tenant().await.audit_after(0).await.unwrap();
        let text = serde_json::to_string(&all).unwrap();
        for secret in [ZOE.number, ZOE.family, ZOE.given, ZOE.born, JONAS.number, JONAS.family, "00555555", "Meier"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
        assert!(!text.contains(&shop.secret));
        assert!(text.contains("not_enrolled"), "reasons are in it");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_of_many_writers_on_two_nodes_are_one_chain() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let other = Site::open(&scene.place.open(scene.clock.clone()).await).await;
        let checks =
            (0..60).map(|n| if n % 2 == 0 { &site } else { &other }).map(|s| s.check(&shop, JONAS, "musterstadt"));
        let answers = futures_util::future::join_all(checks).await;
        assert!(answers.iter().all(|answer| answer.status == 200));
        let report = scene.tenant().await.verify_audit().await.unwrap();
        assert_eq!((report.entries, report.fault), (5 + 120, None));
    })
    .await;
}
