//! The gateway against real databases, through its real doors: every test runs on SQLite and, where
//! `PEDELL_TEST_POSTGRES` names a server, on PostgreSQL.

mod audit;
mod hostile;
mod killed;
mod once_only;
mod roster_import;
mod scene;
mod sealed;
mod site;
mod student_flow;
