//! Whoever rewrites a trail and makes every hash anew is found by what was signed.

use std::time::Duration;

use aws_lc_rs::digest::{Context, SHA256};
use pedell::{
    domain::{
        checkpoint::{Checkpoint, TrailOf},
        policy::{self, Actor},
    },
    flow::checkpoints::{CheckpointFault, CheckpointTrouble, TrailReport},
    store::{AuditEntry, ChainFault},
};

use crate::{
    audit::ready,
    scene::{Scene, on_each_engine},
    site::JONAS,
    staff::cast::{Cast, key_of},
};

/// What somebody with the database does who knows how the chain is made.
struct Forger(Vec<AuditEntry>);

impl Forger {
    async fn of(scene: &Scene) -> Self {
        scene.without_triggers().await;
        Self(scene.tenant().await.audit_after(0).await.unwrap())
    }

    /// Writes the trail anew, numbered without gaps, every hash and the head as they have to be.
    async fn write(&self, scene: &Scene) {
        let quoted = |text: &str| text.replace('\'', "''");
        let hex = |bytes: &[u8]| bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        let blob = |bytes: &[u8]| match scene.place.postgres {
            None => format!("x'{}'", hex(bytes)),
            Some(_) => format!("'\\x{}'::bytea", hex(bytes)),
        };
        let (mut sql, mut previous) = ("DELETE FROM @audit;".to_owned(), vec![0; 32]);
        for (seq, entry) in (1_i64..).zip(&self.0) {
            let mut context = Context::new(&SHA256);
            context.update(&previous);
            context.update(&seq.to_be_bytes());
            context.update(&entry.at.to_be_bytes());
            for field in [&entry.actor, &entry.kind, &entry.object, &entry.detail] {
                context.update(&(field.len() as u64).to_be_bytes());
                context.update(field.as_bytes());
            }
            previous = context.finish().as_ref().to_vec();
            let row = format!(
                "INSERT INTO @audit (seq, at, actor, kind, object, detail, hash) VALUES ({seq}, {}, '{}', '{}', '{}', '{}', {});",
                entry.at,
                quoted(&entry.actor),
                quoted(&entry.kind),
                quoted(&entry.object),
                quoted(&entry.detail),
                blob(&previous)
            );
            sql.push_str(&row);
        }
        let head = format!("UPDATE @audit_head SET seq = {}, hash = {}", self.0.len(), blob(&previous));
        sql.push_str(&head);
        scene.behind_the_back(&sql).await.unwrap();
    }
}

impl Scene {
    fn trail(&self) -> TrailOf {
        TrailOf::Tenant(self.university.id.clone())
    }

    async fn report(&self, kept: &[Checkpoint]) -> TrailReport {
        self.pedell.verify_trail(&self.trail(), kept).await.unwrap()
    }

    /// Signs what there is; the tenant's checkpoint.
    async fn signed(&self) -> Checkpoint {
        let signed = self.pedell.sign_trails(true).await.unwrap();
        signed.into_iter().find(|(trail, _)| *trail == self.trail()).expect("it has grown").1
    }

    async fn without_checkpoint_triggers(&self) {
        let sql = match self.place.postgres {
            None => {
                "DROP TRIGGER audit_checkpoints_are_never_changed; DROP TRIGGER audit_checkpoints_are_never_deleted"
            }
            Some(_) => "ALTER TABLE @audit_checkpoints DISABLE TRIGGER ALL",
        };
        self.behind_the_back_of_control(sql).await;
    }

    /// A trail of seven entries that is signed at the fifth and at the seventh.
    async fn signed_twice(&self) -> [Checkpoint; 2] {
        let (site, shop) = ready(self).await;
        let first = self.signed().await;
        site.check(&shop, JONAS, "musterstadt").await;
        [first, self.signed().await]
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trail_with_every_hash_made_anew_no_longer_fits_what_was_signed() {
    type Forgery = fn(&mut Vec<AuditEntry>);
    let forgeries: [(&str, Forgery, ChainFault); 6] = [
        (
            "altered",
            |entries| "nobody".clone_into(&mut entries[1].actor),
            ChainFault::Rewritten { checkpoint: 1, from: 1, to: 5 },
        ),
        ("altered later", |entries| entries[5].at += 1, ChainFault::Rewritten { checkpoint: 2, from: 6, to: 7 }),
        ("swapped", |entries| entries.swap(2, 3), ChainFault::Rewritten { checkpoint: 1, from: 1, to: 5 }),
        ("removed", |entries| drop(entries.remove(0)), ChainFault::Rewritten { checkpoint: 1, from: 1, to: 5 }),
        ("cut off", |entries| entries.truncate(6), ChainFault::CutOff { checkpoint: 2, to: 7, end: 6 }),
        ("emptied", Vec::clear, ChainFault::CutOff { checkpoint: 1, to: 5, end: 0 }),
    ];
    for (what, forge, expected) in &forgeries {
        on_each_engine(async |scene| {
            let [first, second] = scene.signed_twice().await;
            assert_eq!([first.seq, second.seq], [5, 7]);
            let before = scene.report(&[]).await;
            assert!(before.is_whole() && before.last == Some(second), "{before:?}");
            let mut forger = Forger::of(&scene).await;
            forge(&mut forger.0);
            forger.write(&scene).await;
            let hashes = scene.tenant().await.verify_audit().await.unwrap();
            assert_eq!(hashes.fault, None, "{what}: the hashes alone say nothing");
            assert_eq!(scene.report(&[]).await.chain.fault.as_ref(), Some(expected), "{what}");
            assert!(scene.pedell.sign_trails(true).await.unwrap().iter().all(|(trail, _)| *trail != scene.trail()));
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_kept_elsewhere_outlives_the_checkpoints_in_the_database() {
    on_each_engine(async |scene| {
        let kept = scene.signed_twice().await;
        let mut forger = Forger::of(&scene).await;
        "nobody".clone_into(&mut forger.0[1].actor);
        forger.write(&scene).await;
        scene.without_checkpoint_triggers().await;
        scene.behind_the_back_of_control("DELETE FROM @audit_checkpoints").await;
        // A process that has seen the checkpoint does not sign over it; another one can't know.
        assert!(scene.pedell.sign_trails(true).await.unwrap().is_empty());
        let restarted = scene.place.open(scene.clock.clone()).await;
        assert!(!restarted.sign_trails(true).await.unwrap().is_empty());
        assert!(scene.report(&[]).await.is_whole(), "what is in the database is a lie, and whole");
        let report = scene.report(&kept).await;
        assert_eq!(report.chain.fault, Some(ChainFault::Rewritten { checkpoint: 1, from: 1, to: 5 }));
        assert!(
            matches!(
                report.faults.as_slice(),
                [CheckpointFault::Exchanged { number: 1, .. }, CheckpointFault::Removed { number: 2, seq: Some(7) }]
            ),
            "{:?}",
            report.faults
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_is_neither_changed_nor_removed_nor_made_up() {
    on_each_engine(async |scene| {
        let [first, _] = scene.signed_twice().await;
        let tenant = scene.university.id.to_string();
        for sql in ["UPDATE @audit_checkpoints SET seq = 1", "DELETE FROM @audit_checkpoints"] {
            let refused = scene.try_behind_the_back_of_control(sql).await;
            assert!(refused.expect_err(sql).to_string().contains("are never"), "{sql}");
        }
        scene.without_checkpoint_triggers().await;
        let faults = async |sql: String| {
            scene.behind_the_back_of_control(&sql).await;
            let report = scene.report(&[]).await;
            report.faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
        };
        let other = pedell::vault::AuditKey::derive(&pedell::vault::MasterKey::fresh(&pedell::base::Random::default()));
        let made_up = other.unwrap().sign(&first).unwrap();
        let forged = faults(format!(
            "UPDATE @audit_checkpoints SET signed = '{made_up}' WHERE trail = '{tenant}' AND number = 1"
        ));
        let forged = forged.await;
        assert!(forged.starts_with("checkpoint 1 is not one that this instance has signed"), "{forged}");
        let state = scene.pedell.checkpoint_state(&scene.trail(), 10).await.unwrap();
        assert_eq!(state.trouble, Some(CheckpointTrouble::DoesNotFit));
        let moved = faults(format!(
            "UPDATE @audit_checkpoints SET signed = (SELECT signed FROM @audit_checkpoints WHERE trail = 'instance'
             AND number = 1) WHERE trail = '{tenant}' AND number = 1"
        ));
        assert_eq!(moved.await, "checkpoint 1 is another one, moved to this place");
        let removed = faults(format!("DELETE FROM @audit_checkpoints WHERE trail = '{tenant}' AND number = 1"));
        assert_eq!(removed.await, "checkpoint 1 was removed");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn trails_are_signed_as_they_grow_and_after_an_hour() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let count = async || {
            let signed = scene.pedell.sign_trails(false).await.unwrap();
            signed.iter().filter(|(trail, _)| *trail == scene.trail()).count()
        };
        assert_eq!(count().await, 1, "the first at once");
        site.check(&shop, JONAS, "musterstadt").await;
        assert_eq!(count().await, 0, "not for every entry");
        scene.clock.advance(Duration::from_hours(1));
        assert_eq!(count().await, 1);
        scene.clock.advance(Duration::from_hours(9));
        assert_eq!(count().await, 0, "nothing has happened");
        site.check(&shop, JONAS, "musterstadt").await;
        let state = async || scene.pedell.checkpoint_state(&scene.trail(), 10).await.unwrap();
        assert_eq!((state().await.unsigned, state().await.trouble), (2, None));
        scene.clock.advance(Duration::from_hours(4));
        assert_eq!(state().await.trouble, Some(CheckpointTrouble::Overdue));
        assert_eq!(count().await, 1);
        assert_eq!((state().await.unsigned, state().await.newest.len()), (0, 3));
        let mut tx = scene.tenant().await.begin().await.unwrap();
        for _ in 0..pedell::base::limits::AUDIT_CHECKPOINT_ENTRIES {
            let event = pedell::domain::audit::Event::new(
                pedell::domain::audit::Kind::TokenIssued,
                "many",
                serde_json::json!({}),
            );
            let scope = policy::operator(&scene.university.id);
            scene.tenant().await.audit(&mut tx, scene.clock.now(), &scope, &event).await.unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(count().await, 1, "many at once");
        assert!(scene.report(&[]).await.is_whole());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_nodes_sign_one_chain_of_checkpoints() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let other = scene.place.open(scene.clock.clone()).await;
        for _ in 0..5 {
            let (one, two, ..) = tokio::join!(
                scene.pedell.sign_trails(true),
                other.sign_trails(true),
                site.check(&shop, JONAS, "musterstadt")
            );
            one.unwrap();
            two.unwrap();
        }
        let report = scene.report(&[]).await;
        assert!(report.is_whole(), "{report:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_shows_checkpoints_and_an_export_holds_them() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let site = scene.site().await;
        ready(&scene).await;
        let signed = scene.signed().await;
        let manager = cast.manager.browser(&site);
        let page = manager.get("/staff/audit").await.body;
        assert!(page.contains(&signed.hash), "{page}");
        let key = key_of(&manager).await;
        let taken = manager.post("/staff/audit/export", &[("form_key", &key), ("format", "json")]).await.json();
        let text = taken["checkpoints"][0]["signed"].as_str().unwrap();
        assert_eq!(scene.pedell.audit_key().open(text).unwrap(), signed);
        assert_eq!(taken["entries"][4]["hash"], signed.hash.as_str());
        let csv = manager.post("/staff/audit/export", &[("form_key", &key), ("format", "csv")]).await.body;
        assert!(csv.contains(text) && csv.contains(&signed.hash), "{csv}");
    })
    .await;
}

/// The instance's trail is everybody's: one tenant's entries are found by an index.
#[tokio::test(flavor = "multi_thread")]
async fn what_concerns_a_tenant_is_found_without_reading_everybodys() {
    on_each_engine(async |scene| {
        scene.pedell.change_university(&scene.university, &Actor::Operator).await.unwrap();
        let (explain, indexed) = match scene.place.postgres {
            None => ("EXPLAIN QUERY PLAN ", "audit_by_concern"),
            Some(_) => ("SET enable_seqscan = off; EXPLAIN ", "audit_by_concern"),
        };
        let tenant = scene.university.id.to_string();
        let plan = scene
            .rows_behind_the_back_of_control(&format!(
                "{explain}SELECT seq FROM @audit WHERE concerns = '{tenant}' AND seq < 99 AND at >= 0
                 AND kind LIKE 'x%' ORDER BY seq DESC LIMIT 50"
            ))
            .await;
        assert!(
            plan.contains(indexed) && !plan.to_lowercase().contains("sort") && !plan.contains("TEMP B-TREE"),
            "{plan}"
        );
    })
    .await;
}
