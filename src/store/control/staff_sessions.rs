//! Sessions of staff: rows, so that they can be ended. The database knows only the hash of a session's token.

use super::Control;
use crate::{
    base::{Timestamp, limits, secret::TokenHash},
    domain::staff::StaffId,
    protocol::x509::Thumbprint,
    store::db::{StoreError, Tx},
};

/// How much was proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionStage {
    /// The password only.
    Password,
    /// All that is asked.
    Full,
}

impl SessionStage {
    /// As stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Full => "full",
        }
    }
}

/// A session as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSession {
    /// To name it by; opens nothing.
    pub id: String,
    /// Whose.
    pub staff: StaffId,
    /// How much was proven.
    pub stage: SessionStage,
    /// When the password was right.
    pub began_at: Timestamp,
    /// When something was last done in it.
    pub seen_at: Timestamp,
    /// When it ends, whatever happens.
    pub ends_at: Timestamp,
    /// When a factor was last proven.
    pub proven_at: Option<Timestamp>,
    /// Sealed: from where.
    pub place: Vec<u8>,
    /// The certificate that it began with.
    pub certificate: Option<Thumbprint>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    staff: String,
    stage: String,
    began_at: i64,
    seen_at: i64,
    ends_at: i64,
    proven_at: i64,
    place: Vec<u8>,
    certificate: Option<String>,
}

const SESSIONS: &str = "SELECT id, staff, stage, began_at, seen_at, ends_at, proven_at, place,
    certificate FROM @staff_sessions";

impl Control {
    /// A new session; somebody's oldest ones end where there are too many.
    pub async fn insert_session(
        &self,
        tx: &mut Tx,
        session: &StoredSession,
        token: &TokenHash,
    ) -> Result<(), StoreError> {
        tx.q("INSERT INTO @staff_sessions (token, id, staff, stage, began_at, seen_at, ends_at, proven_at, place,
              certificate) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
            .bind(token.as_bytes())
            .bind(&session.id)
            .bind(session.staff.as_str())
            .bind(session.stage.name())
            .bind(session.began_at)
            .bind(session.seen_at)
            .bind(session.ends_at)
            .bind(session.proven_at.map_or(0, Timestamp::as_millis))
            .bind(session.place.as_slice())
            .bind(session.certificate.as_ref().map(Thumbprint::as_str))
            .execute()
            .await?;
        tx.q("DELETE FROM @staff_sessions WHERE staff = $1 AND id NOT IN (
                SELECT id FROM @staff_sessions WHERE staff = $1 ORDER BY began_at DESC, id DESC LIMIT $2)")
            .bind(session.staff.as_str())
            .bind(limits::STAFF_SESSIONS)
            .execute()
            .await?;
        Ok(())
    }

    /// The session with this token.
    pub async fn session(&self, token: &TokenHash) -> Result<Option<StoredSession>, StoreError> {
        let row: Option<Row> =
            self.db.q(&format!("{SESSIONS} WHERE token = $1")).bind(token.as_bytes()).optional().await?;
        row.map(StoredSession::try_from).transpose()
    }

    /// Somebody's sessions, newest first.
    pub async fn sessions_of(&self, staff: &StaffId) -> Result<Vec<StoredSession>, StoreError> {
        let rows: Vec<Row> = self
            .db
            .q(&format!("{SESSIONS} WHERE staff = $1 ORDER BY began_at DESC, id DESC LIMIT $2"))
            .bind(staff.as_str())
            .bind(limits::STAFF_SESSIONS)
            .all()
            .await?;
        rows.into_iter().map(StoredSession::try_from).collect()
    }

    /// Something was done in it.
    pub async fn touch_session(&self, token: &TokenHash, at: Timestamp) -> Result<(), StoreError> {
        self.db
            .w("UPDATE @staff_sessions SET seen_at = $2 WHERE token = $1 AND seen_at < $2")
            .bind(token.as_bytes())
            .bind(at)
            .execute()
            .await?;
        Ok(())
    }

    /// Everything was proven: the session goes on under another token; `false` if it has ended meanwhile.
    pub async fn raise_session(
        &self,
        tx: &mut Tx,
        (old, new): (&TokenHash, &TokenHash),
        ends_at: Timestamp,
        proven_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let raised = tx
            .q("UPDATE @staff_sessions SET token = $2, stage = 'full', ends_at = $3,
                proven_at = COALESCE($4, proven_at) WHERE token = $1 AND ends_at > $5")
            .bind(old.as_bytes())
            .bind(new.as_bytes())
            .bind(ends_at)
            .bind(proven_at)
            .bind(now)
            .execute()
            .await?;
        Ok(raised == 1)
    }

    /// Ends one of somebody's sessions; whether there was one.
    pub async fn end_session(&self, tx: &mut Tx, staff: &StaffId, id: &str) -> Result<bool, StoreError> {
        let ended = tx
            .q("DELETE FROM @staff_sessions WHERE staff = $1 AND id = $2")
            .bind(staff.as_str())
            .bind(id)
            .execute()
            .await?;
        Ok(ended == 1)
    }

    /// Ends all of somebody's sessions, but one if it is named; how many.
    pub async fn end_sessions(&self, tx: &mut Tx, staff: &StaffId, but: Option<&str>) -> Result<u64, StoreError> {
        tx.q("DELETE FROM @staff_sessions WHERE staff = $1 AND id <> $2")
            .bind(staff.as_str())
            .bind(but.unwrap_or_default())
            .execute()
            .await
    }

    /// Forgets sessions, invitations and failures that are over.
    pub async fn forget_staff_traces(&self, now: Timestamp) -> Result<(), StoreError> {
        self.db.w("DELETE FROM @staff_sessions WHERE ends_at < $1").bind(now).execute().await?;
        self.db.w("DELETE FROM @passkey_challenges WHERE expires_at < $1").bind(now).execute().await?;
        self.db.w("DELETE FROM @invitations WHERE expires_at < $1").bind(now).execute().await?;
        let forgotten = now.minus(limits::THROTTLE_MEMORY);
        self.db.w("DELETE FROM @throttles WHERE last_at < $1").bind(forgotten).execute().await?;
        Ok(())
    }
}

impl TryFrom<Row> for StoredSession {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let corrupt = |what| StoreError::Corrupt { table: "staff_sessions", what, row: row.id.clone() };
        let stage = match row.stage.as_str() {
            "password" => SessionStage::Password,
            "full" => SessionStage::Full,
            _ => return Err(corrupt("stage")),
        };
        Ok(Self {
            staff: StaffId::parse(&row.staff).ok_or_else(|| corrupt("staff"))?,
            stage,
            began_at: Timestamp::from_millis(row.began_at),
            seen_at: Timestamp::from_millis(row.seen_at),
            ends_at: Timestamp::from_millis(row.ends_at),
            proven_at: (row.proven_at > 0).then(|| Timestamp::from_millis(row.proven_at)),
            id: row.id,
            place: row.place,
            certificate: row.certificate.map(Thumbprint::stored),
        })
    }
}
