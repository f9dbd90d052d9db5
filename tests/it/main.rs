//! The flows against real databases: every test runs on SQLite and, where `PEDELL_TEST_POSTGRES` names a server, on
//! PostgreSQL.

mod roster_import;
mod scene;
