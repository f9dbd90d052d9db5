//! The law itself, as tables with reasons. Change it only together with a record in `docs/decisions/`.

/// A row of the house: a folder of `src/`, what it may import, and why not more.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) may_import: &'static [&'static str],
    pub(crate) why: &'static str,
}

/// From the ground up. The crate's root (`lib.rs`, `main.rs`) stands above all of them.
pub(crate) const ROWS: &[Row] = &[
    Row {
        name: "base",
        may_import: &[],
        why: "time, randomness, ids, secrets and limits are what everything stands on, so they know nothing",
    },
    Row {
        name: "domain",
        may_import: &["base"],
        why: "the business is pure: it must be testable without a wire, a key, a database or a network",
    },
    Row {
        name: "protocol",
        may_import: &["base", "domain"],
        why: "the wire is pure: bytes in, types out; it speaks the domain's types and holds no key material",
    },
    Row {
        name: "vault",
        may_import: &["base", "domain", "protocol"],
        why: "keys must be able to move into their own process or an HSM, so they depend on no database and no network",
    },
    Row {
        name: "store",
        may_import: &["base", "domain", "protocol", "vault"],
        why: "the databases speak domain and hold what the vault sealed; they never speak HTTP",
    },
    Row {
        name: "peers",
        may_import: &["base", "domain", "protocol", "vault"],
        why: "calling out must not be able to read or write a database; `flow` joins the two",
    },
    Row {
        name: "flow",
        may_import: &["base", "domain", "protocol", "vault", "store", "peers"],
        why: "what people do must not depend on the door they came through",
    },
    Row {
        name: "web",
        may_import: &["base", "domain", "protocol", "vault", "store", "peers", "flow"],
        why: "a door knows the house, not the program that opens it",
    },
    Row {
        name: "cli",
        may_import: &["base", "domain", "protocol", "vault", "store", "peers", "flow", "web"],
        why: "the program may start everything",
    },
];

/// An outside path that only certain rows may name.
pub(crate) struct Outside {
    pub(crate) path: &'static str,
    pub(crate) rows: &'static [&'static str],
    pub(crate) why: &'static str,
}

/// What keeps "pure" pure, and each engine in its one place.
pub(crate) const OUTSIDE: &[Outside] = &[
    Outside { path: "sqlx", rows: &["store"], why: "SQL lives in `store` only" },
    Outside { path: "reqwest", rows: &["peers"], why: "the one HTTP client lives in `peers`" },
    Outside { path: "lettre", rows: &["peers"], why: "mail goes out where everything does" },
    Outside { path: "axum", rows: &["web", "cli"], why: "HTTP types stay at the doors" },
    Outside { path: "axum_extra", rows: &["web", "cli"], why: "HTTP types stay at the doors" },
    Outside { path: "clap", rows: &["cli"], why: "only the program has a command line" },
    Outside { path: "tokio", rows: NOT_PURE, why: "`domain` and `protocol` do no I/O and never wait" },
    Outside { path: "std::fs", rows: NOT_PURE, why: "`domain` and `protocol` do no I/O" },
    Outside { path: "std::process", rows: NOT_PURE, why: "`domain` and `protocol` do no I/O" },
    Outside { path: "std::thread", rows: NOT_PURE, why: "`domain` and `protocol` run where they are called" },
    Outside { path: "std::env", rows: &["cli"], why: "the environment is read once, by the configuration" },
];

const NOT_PURE: &[&str] = &["base", "vault", "store", "peers", "flow", "web", "cli"];

/// Lines a file may have, tests not counted.
pub(crate) const LINES: usize = 500;

/// The row of that name.
pub(crate) fn row(name: &str) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.name == name)
}
