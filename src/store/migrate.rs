//! Brings a database to the present form. Each step runs once, in its own transaction, on whichever node comes first.

use super::db::{Db, StoreError};

/// One step; its text is for both engines unless it says which.
struct Step {
    version: i64,
    both: &'static [&'static str],
    sqlite: &'static str,
    postgres: &'static str,
}

const CONTROL: &[Step] = &[
    Step {
        version: 1,
        both: &[include_str!("../../migrations/control/0001_control.sql"), include_str!("../../migrations/audit.sql")],
        sqlite: include_str!("../../migrations/audit_guard.sqlite.sql"),
        postgres: include_str!("../../migrations/audit_guard.postgres.sql"),
    },
    Step { version: 2, both: &[include_str!("../../migrations/control/0002_saml_keys.sql")], sqlite: "", postgres: "" },
    Step {
        version: 3,
        both: &[include_str!("../../migrations/control/0003_connections.sql")],
        sqlite: "",
        postgres: "",
    },
    Step { version: 4, both: &[include_str!("../../migrations/control/0004_staff.sql")], sqlite: "", postgres: "" },
    Step { version: 5, both: &[include_str!("../../migrations/control/0005_counters.sql")], sqlite: "", postgres: "" },
    Step {
        version: 6,
        both: &[include_str!("../../migrations/control/0006_audit_checkpoints.sql")],
        sqlite: include_str!("../../migrations/control/0006_audit_checkpoints.sqlite.sql"),
        postgres: include_str!("../../migrations/control/0006_audit_checkpoints.postgres.sql"),
    },
    Step { version: 7, both: &[include_str!("../../migrations/control/0007_passkeys.sql")], sqlite: "", postgres: "" },
    Step {
        version: 8,
        both: &[include_str!("../../migrations/control/0008_certificates.sql")],
        sqlite: "",
        postgres: "",
    },
    Step { version: 9, both: &[include_str!("../../migrations/control/0009_networks.sql")], sqlite: "", postgres: "" },
    Step {
        version: 10,
        both: &[include_str!("../../migrations/control/0010_lists_of_authorities.sql")],
        sqlite: "",
        postgres: "",
    },
];

const TENANT: &[Step] = &[
    Step {
        version: 1,
        both: &[include_str!("../../migrations/tenant/0001_tenant.sql"), include_str!("../../migrations/audit.sql")],
        sqlite: include_str!("../../migrations/audit_guard.sqlite.sql"),
        postgres: include_str!("../../migrations/audit_guard.postgres.sql"),
    },
    Step { version: 2, both: &[include_str!("../../migrations/tenant/0002_accounts.sql")], sqlite: "", postgres: "" },
    Step {
        version: 3,
        both: &[include_str!("../../migrations/tenant/0003_remembered_answers.sql")],
        sqlite: "",
        postgres: "",
    },
    Step {
        version: 4,
        both: &[include_str!("../../migrations/tenant/0004_counter_checks.sql")],
        sqlite: "",
        postgres: "",
    },
];

pub(super) async fn control(db: &Db) -> Result<(), StoreError> {
    run(db, CONTROL).await
}

pub(super) async fn tenant(db: &Db) -> Result<(), StoreError> {
    run(db, TENANT).await
}

async fn run(db: &Db, steps: &[Step]) -> Result<(), StoreError> {
    let mut tx = db.begin().await?;
    if db.is_postgres() {
        // Nodes that start together wait for each other here until the first has committed.
        tx.script("SELECT pg_advisory_xact_lock(7355608)").await?;
    }
    tx.script("CREATE TABLE IF NOT EXISTS @schema_versions (version BIGINT PRIMARY KEY)").await?;
    let done: Vec<(i64,)> = tx.q("SELECT version FROM @schema_versions").all().await?;
    // Each by itself, not the highest: steps that were made at the same time may arrive in any order.
    for step in steps.iter().filter(|step| !done.contains(&(step.version,))) {
        let own = if db.is_postgres() { step.postgres } else { step.sqlite };
        for text in step.both.iter().chain([&own]).filter(|text| !text.is_empty()) {
            tx.script(text).await?;
        }
        tx.q("INSERT INTO @schema_versions (version) VALUES ($1)").bind(step.version).execute().await?;
    }
    tx.commit().await
}
