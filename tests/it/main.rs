//! The gateway against real databases, through its real doors: every test runs on SQLite and, where
//! `PEDELL_TEST_POSTGRES` names a server, on PostgreSQL.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::large_futures,
    reason = "a test that cannot go on says so by ending"
)]

mod account;
mod account_photo;
mod audit;
mod audit_signed;
mod code_and_client;
mod connections;
mod hostile;
#[path = "../saml/idp.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    clippy::cast_possible_truncation,
    clippy::format_collect,
    reason = "shared with tests/saml, which uses all of it"
)]
mod idp;
mod keys;
mod killed;
mod machines;
mod once_only;
mod openapi;
mod roster_import;
mod saml_login;
mod scene;
mod scope;
mod secrets_stay_sealed;
mod site;
mod soap;
mod staff;
mod student_flow;
