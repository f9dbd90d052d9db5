//! One SQL text for both engines (design decision 4).
//!
//! A statement is written once in the subset that SQLite and PostgreSQL share: `$1`, `ON CONFLICT … RETURNING`,
//! milliseconds as BIGINT, identifiers as TEXT. Tables are written `@name`; the `@` becomes the schema on PostgreSQL and
//! nothing on SQLite, where each database is a file. Values and rows travel as the few types that both drivers have.
//!
//! On SQLite one connection writes (so that writers queue in order instead of polling a lock) and four read.

use std::{fs, path::Path, str::FromStr, sync::Arc, time::Duration};

use sqlx::{
    AssertSqlSafe, FromRow, PgPool, Postgres, Sqlite, SqlitePool, Transaction,
    postgres::{PgConnectOptions, PgPoolOptions, PgRow},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous},
};
use thiserror::Error;

/// What went wrong in a database.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The engine refused or failed.
    #[error("the database, at `{statement}`: {source}")]
    Database {
        /// The statement's beginning: which table, doing what.
        statement: String,
        /// What the engine said.
        source: sqlx::Error,
    },
    /// The folder of the databases can't be made.
    #[error("the database's folder {0}: {1}")]
    Folder(String, std::io::Error),
    /// A row holds what no code of ours writes.
    #[error("{table}: {what} in row {row:?} is not what was written")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column, or what is wrong.
        what: &'static str,
        /// The row's key.
        row: String,
    },
}

impl StoreError {
    pub(super) fn database(sql: &str) -> impl FnOnce(sqlx::Error) -> Self + '_ {
        |source| Self::Database { statement: sql.split_whitespace().take(8).collect::<Vec<_>>().join(" "), source }
    }
}

/// One database: a SQLite file, or a schema of PostgreSQL.
#[derive(Clone, Debug)]
pub struct Db {
    pool: Pool,
    /// What `@` becomes.
    prefix: Arc<str>,
}

#[derive(Clone, Debug)]
pub(super) enum Pool {
    Sqlite { write: SqlitePool, read: SqlitePool },
    Postgres(PgPool),
}

/// A transaction that may write. Dropped without [`Tx::commit`], it never happened.
pub struct Tx {
    inner: TxInner,
    prefix: Arc<str>,
}

pub(super) enum TxInner {
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    Postgres(sqlx::Transaction<'static, Postgres>),
}

/// Prepared statements that a connection keeps.
const STATEMENTS_KEPT: usize = 400;

impl Db {
    /// Opens or makes a SQLite file. WAL with `synchronous=FULL`: what was answered is on the disk, also after a power cut.
    pub async fn sqlite(file: &Path) -> Result<Self, StoreError> {
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).map_err(|error| StoreError::Folder(folder.display().to_string(), error))?;
        }
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(20))
            .pragma("temp_store", "memory")
            .pragma("secure_delete", "on")
            // Statements with several rows have a text for each number of rows.
            .statement_cache_capacity(STATEMENTS_KEPT);
        let opened = StoreError::database("open the file");
        // No ping before each use: a file does not go away as a server does, and each ping crosses two threads.
        let pool = || SqlitePoolOptions::new().test_before_acquire(false);
        let write = pool().max_connections(1).connect_with(options.clone()).await.map_err(opened)?;
        let read = pool().max_connections(4).min_connections(0).connect_lazy_with(options);
        Ok(Self { pool: Pool::Sqlite { write, read }, prefix: "".into() })
    }

    /// Connects to PostgreSQL and makes the schema.
    pub async fn postgres(url: &str, max_connections: u32, schema: &str) -> Result<Self, StoreError> {
        let options = PgConnectOptions::from_str(url)
            .map_err(StoreError::database("read the database's address"))?
            .application_name("pedell")
            .statement_cache_capacity(STATEMENTS_KEPT);
        let pool = PgPoolOptions::new()
            .max_connections(max_connections)
            .acquire_timeout(Duration::from_secs(25)) // a request's patience, nearly
            .connect_with(options)
            .await
            .map_err(StoreError::database("connect"))?;
        Self { pool: Pool::Postgres(pool), prefix: "".into() }.in_schema(schema).await
    }

    /// The same PostgreSQL server, another schema, made if it is not there. On SQLite there are no schemas: itself.
    pub(super) async fn in_schema(&self, schema: &str) -> Result<Self, StoreError> {
        let Pool::Postgres(pool) = &self.pool else { return Ok(self.clone()) };
        let exists: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = $1)")
            .bind(schema)
            .fetch_one(pool)
            .await
            .map_err(StoreError::database("look for the schema"))?;
        if !exists {
            // Two nodes may start at once: IF NOT EXISTS alone still races in PostgreSQL.
            let sql = format!(
                "SELECT pg_advisory_xact_lock(7355608); CREATE SCHEMA IF NOT EXISTS \"{}\"",
                schema.replace('"', "")
            );
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(pool).await.map_err(StoreError::database("CREATE SCHEMA"))?;
        }
        Ok(Self { pool: self.pool.clone(), prefix: format!("\"{schema}\".").into() })
    }

    /// Whether this is PostgreSQL: for migrations and bulk loads only.
    pub(super) fn is_postgres(&self) -> bool {
        matches!(self.pool, Pool::Postgres(_))
    }

    /// Begins a transaction that may write; on SQLite at once (`BEGIN IMMEDIATE`), so that it can't fail half-way.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        let error = StoreError::database("BEGIN");
        let inner = match &self.pool {
            Pool::Sqlite { write, .. } => begin_on_sqlite(write).await.map(TxInner::Sqlite),
            Pool::Postgres(pool) => pool.begin().await.map(TxInner::Postgres),
        };
        Ok(Tx { inner: inner.map_err(error)?, prefix: self.prefix.clone() })
    }

    pub(super) async fn close(&self) {
        match &self.pool {
            Pool::Sqlite { write, read } => {
                read.close().await;
                write.close().await;
            }
            Pool::Postgres(pool) => pool.close().await,
        }
    }
}

async fn begin_on_sqlite(write: &SqlitePool) -> Result<Transaction<'static, Sqlite>, sqlx::Error> {
    match write.begin_with("BEGIN IMMEDIATE").await {
        // SQLite has ended a transaction by itself (the disk was full at its COMMIT, say), which the connection will never
        // believe: another one.
        Err(sqlx::Error::InvalidSavePointStatement) => {
            write.acquire().await?.close().await?;
            write.begin_with("BEGIN IMMEDIATE").await
        }
        begun => begun,
    }
}

impl Tx {
    /// Makes it so.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self.inner {
            TxInner::Sqlite(tx) => tx.commit().await,
            TxInner::Postgres(tx) => tx.commit().await,
        }
        .map_err(StoreError::database("COMMIT"))
    }

    /// Runs a migration's text: several statements, in the words of SQLite, translated where PostgreSQL has others.
    pub(super) async fn script(&mut self, text: &str) -> Result<(), StoreError> {
        let text = qualified(text, &self.prefix);
        let error = StoreError::database("a migration");
        match &mut self.inner {
            TxInner::Sqlite(tx) => {
                let text = text.replace("/*without-rowid*/", "WITHOUT ROWID");
                sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut **tx).await.map(|_| ())
            }
            TxInner::Postgres(tx) => {
                let text = text.replace("BLOB", "BYTEA");
                sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut **tx).await.map(|_| ())
            }
        }
        .map_err(error)
    }

    pub(super) fn inner(&mut self) -> &mut TxInner {
        &mut self.inner
    }

    /// The schema's prefix, for the one bulk statement that is not written through [`Tx::q`].
    pub(super) fn prefix(&self) -> &str {
        &self.prefix
    }
}

impl<'a> Db {
    /// A statement by itself that reads.
    pub fn q(&'a self, sql: &str) -> Query<'a> {
        let target = match &self.pool {
            Pool::Sqlite { read, .. } => Target::Sqlite(read),
            Pool::Postgres(pool) => Target::Postgres(pool),
        };
        Query { target, sql: qualified(sql, &self.prefix), values: Vec::new() }
    }

    /// A statement by itself that writes.
    pub fn w(&'a self, sql: &str) -> Query<'a> {
        let target = match &self.pool {
            Pool::Sqlite { write, .. } => Target::Sqlite(write),
            Pool::Postgres(pool) => Target::Postgres(pool),
        };
        Query { target, sql: qualified(sql, &self.prefix), values: Vec::new() }
    }
}

impl Tx {
    /// A statement within the transaction.
    pub fn q(&mut self, sql: &str) -> Query<'_> {
        let sql = qualified(sql, &self.prefix);
        let target = match &mut self.inner {
            TxInner::Sqlite(tx) => Target::SqliteTx(tx),
            TxInner::Postgres(tx) => Target::PostgresTx(tx),
        };
        Query { target, sql, values: Vec::new() }
    }
}

/// Rows of a statement with [`placeholders`] at most: what it holds is bounded by its caller's batch anyway.
pub(super) const ROWS_AT_ONCE: usize = 256;

/// `($1, $2), ($3, $4)`: `rows` rows of `width` values.
pub(super) fn placeholders(rows: usize, width: usize) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(rows * (width * 6 + 4));
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 1..=width {
            let _ = write!(text, "{}${}", if column == 1 { "" } else { ", " }, row * width + column);
        }
        text.push(')');
    }
    text
}

fn qualified(sql: &str, prefix: &str) -> String {
    sql.replace('@', prefix)
}

/// A statement with its values.
pub struct Query<'a> {
    target: Target<'a>,
    sql: String,
    values: Vec<Value>,
}

enum Target<'a> {
    Sqlite(&'a SqlitePool),
    Postgres(&'a PgPool),
    SqliteTx(&'a mut sqlx::Transaction<'static, Sqlite>),
    PostgresTx(&'a mut sqlx::Transaction<'static, Postgres>),
}

/// A value that both engines take.
#[derive(Clone, Debug)]
pub enum Value {
    /// BIGINT.
    Int(Option<i64>),
    /// TEXT.
    Text(Option<String>),
    /// BLOB, BYTEA.
    Bytes(Option<Vec<u8>>),
}

macro_rules! into_value {
    ($($from:ty => $variant:ident($convert:expr)),* $(,)?) => {$(
        impl From<$from> for Value {
            fn from(value: $from) -> Self {
                let convert: fn($from) -> _ = $convert;
                Self::$variant(Some(convert(value)))
            }
        }
        impl From<Option<$from>> for Value {
            fn from(value: Option<$from>) -> Self {
                let convert: fn($from) -> _ = $convert;
                Self::$variant(value.map(convert))
            }
        }
    )*};
}

into_value! {
    i64 => Int(|value| value),
    bool => Int(i64::from),
    u8 => Int(i64::from),
    crate::base::Timestamp => Int(crate::base::Timestamp::as_millis),
    &str => Text(str::to_owned),
    &String => Text(String::clone),
    String => Text(|value| value),
    &[u8] => Bytes(<[u8]>::to_vec),
    &[u8; 16] => Bytes(|value| value.to_vec()),
    Vec<u8> => Bytes(|value| value),
}

/// A row that both engines can give; `#[derive(sqlx::FromRow)]` makes one.
pub trait Record: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

impl<T> Record for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

/// Binds the values to either engine's query.
macro_rules! bound {
    ($query:expr, $values:expr) => {
        $values.into_iter().fold($query, |query, value| match value {
            Value::Int(value) => query.bind(value),
            Value::Text(value) => query.bind(value),
            Value::Bytes(value) => query.bind(value),
        })
    };
}

/// Runs one of sqlx's verbs on whichever target it is.
macro_rules! on_target {
    ($self:ident, $make:expr, $verb:ident) => {{
        let Query { target, sql, values } = $self;
        let error = StoreError::database(&sql);
        let text = AssertSqlSafe(sql.as_str());
        match target {
            Target::Sqlite(pool) => bound!($make(text), values).$verb(pool).await.map_err(error),
            Target::Postgres(pool) => bound!($make(text), values).$verb(pool).await.map_err(error),
            Target::SqliteTx(tx) => bound!($make(text), values).$verb(&mut **tx).await.map_err(error),
            Target::PostgresTx(tx) => bound!($make(text), values).$verb(&mut **tx).await.map_err(error),
        }
    }};
}

impl Query<'_> {
    /// The next `$n`.
    #[must_use]
    pub fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// At most one row.
    pub async fn optional<R: Record>(self) -> Result<Option<R>, StoreError> {
        on_target!(self, sqlx::query_as, fetch_optional)
    }

    /// Exactly one row.
    pub async fn one<R: Record>(self) -> Result<R, StoreError> {
        on_target!(self, sqlx::query_as, fetch_one)
    }

    /// All rows. The statement bounds how many.
    pub async fn all<R: Record>(self) -> Result<Vec<R>, StoreError> {
        on_target!(self, sqlx::query_as, fetch_all)
    }

    /// How many rows were changed.
    pub async fn execute(self) -> Result<u64, StoreError> {
        let Query { target, sql, values } = self;
        let error = StoreError::database(&sql);
        let text = AssertSqlSafe(sql.as_str());
        match target {
            Target::Sqlite(pool) => bound!(sqlx::query(text), values).execute(pool).await.map(|r| r.rows_affected()),
            Target::Postgres(pool) => bound!(sqlx::query(text), values).execute(pool).await.map(|r| r.rows_affected()),
            Target::SqliteTx(tx) => {
                bound!(sqlx::query(text), values).execute(&mut **tx).await.map(|r| r.rows_affected())
            }
            Target::PostgresTx(tx) => {
                bound!(sqlx::query(text), values).execute(&mut **tx).await.map(|r| r.rows_affected())
            }
        }
        .map_err(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_transaction_that_sqlite_ended_by_itself_does_not_end_all_writing() {
        let folder = tempfile::TempDir::new().unwrap();
        let db = Db::sqlite(&folder.path().join("db")).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        tx.script("CREATE TABLE t (n BIGINT); INSERT INTO t VALUES (1)").await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = db.begin().await.unwrap();
        tx.script("INSERT INTO t VALUES (2); ROLLBACK").await.unwrap(); // as SQLite does when the disk is full at COMMIT
        assert!(tx.commit().await.is_err(), "what is not written is not said to be");
        let mut tx = db.begin().await.expect("the next may write");
        tx.script("INSERT INTO t VALUES (4)").await.unwrap();
        tx.commit().await.unwrap();
        let rows: Vec<(i64,)> = db.q("SELECT n FROM t ORDER BY n").all().await.unwrap();
        assert_eq!(rows, [(1,), (4,)]);
    }
}
