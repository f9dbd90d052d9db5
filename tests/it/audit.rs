//! The trail shows tampering, names the entry, and refuses to be changed in the first place.

use pedell::store::ChainFault;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection};

use crate::{
    scene::{Place, Scene, on_each_engine},
    site::{JONAS, ZOE, list},
};

/// The tenant's database, opened by somebody who owns the machine.
enum Thief {
    Sqlite(SqliteConnection),
    Postgres(PgConnection, String),
}

impl Thief {
    async fn at(place: &Place, scene: &Scene) -> Self {
        let name = format!("t_{}", scene.university.id.as_str().to_lowercase());
        match &place.postgres {
            None => {
                let file = place.folder.join("tenants").join(format!("{name}.db"));
                Self::Sqlite(SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap())
            }
            Some(url) => Self::Postgres(PgConnection::connect(url).await.unwrap(), format!("\"pedell_{name}\".")),
        }
    }

    async fn run(&mut self, sql: &str) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(connection) => connection.execute(AssertSqlSafe(sql.replace('@', ""))).await.map(|_| ()),
            Self::Postgres(connection, prefix) => {
                connection.execute(AssertSqlSafe(sql.replace('@', prefix))).await.map(|_| ())
            }
        }
    }

    /// Takes the guards away, as the owner of the database can.
    async fn disarm(&mut self) {
        match self {
            Self::Sqlite(connection) => {
                for trigger in ["audit_is_never_changed", "audit_is_never_deleted"] {
                    connection.execute(AssertSqlSafe(format!("DROP TRIGGER {trigger}"))).await.unwrap();
                }
            }
            Self::Postgres(connection, prefix) => {
                connection
                    .execute(AssertSqlSafe(format!("ALTER TABLE {prefix}audit DISABLE TRIGGER ALL")))
                    .await
                    .unwrap();
            }
        }
    }
}

async fn with_a_trail(scene: &Scene) -> Thief {
    scene.import(list(&[ZOE, JONAS])).await.unwrap();
    let (site, shop) = (scene.site().await, scene.shop("shop").await);
    for student in [ZOE, JONAS, ZOE] {
        let token = site.issue(&shop, student).await;
        site.post(&shop, "/redeem", &[("token", &token)]).await;
    }
    let report = scene.tenant().await.verify_audit().await.unwrap();
    assert_eq!((report.entries, report.fault), (10, None));
    Thief::at(&scene.place, scene).await
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_are_neither_changed_nor_deleted_while_the_guards_stand() {
    on_each_engine(async |scene| {
        let mut thief = with_a_trail(&scene).await;
        for sql in ["UPDATE @audit SET actor = 'nobody' WHERE seq = 2", "DELETE FROM @audit WHERE seq = 2"] {
            assert!(thief.run(sql).await.is_err(), "{sql}");
        }
        if let Thief::Postgres(..) = thief {
            assert!(thief.run("TRUNCATE @audit").await.is_err());
        }
        assert_eq!(scene.tenant().await.verify_audit().await.unwrap().fault, None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_takes_the_guards_away_is_still_found_out() {
    let frauds: [(&[&str], ChainFault); 5] = [
        (&["UPDATE @audit SET detail = '{}' WHERE seq = 4"], ChainFault::Altered { seq: 4 }),
        (&["UPDATE @audit SET at = at + 1 WHERE seq = 1"], ChainFault::Altered { seq: 1 }),
        (&["DELETE FROM @audit WHERE seq = 6"], ChainFault::Missing { seq: 6 }),
        (
            &[
                "UPDATE @audit SET seq = 100 WHERE seq = 3",
                "UPDATE @audit SET seq = 3 WHERE seq = 5",
                "UPDATE @audit SET seq = 5 WHERE seq = 100",
            ],
            ChainFault::Altered { seq: 3 },
        ),
        (&["DELETE FROM @audit WHERE seq >= 9"], ChainFault::HeadDiffers { expected_seq: 10 }),
    ];
    for (sql, fault) in frauds {
        on_each_engine(async |scene| {
            let mut thief = with_a_trail(&scene).await;
            thief.disarm().await;
            for sql in sql {
                thief.run(sql).await.unwrap();
            }
            let report = scene.tenant().await.verify_audit().await.unwrap();
            assert_eq!(report.fault.as_ref(), Some(&fault), "{sql:?}");
        })
        .await;
    }
}
