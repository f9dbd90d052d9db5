//! One's own account: sessions, password, second factor.

use super::{Nav, Section, staff_page};
use crate::{base::Timestamp, web::page::Frame};

/// The page; `POST /staff/account/end` with `session` (an id, or `others`), `POST /staff/account/recovery-codes`,
/// `POST /staff/account/factor` with `factor`, a passkey's handle or `app`.
#[derive(Clone, Debug)]
pub struct Account {
    /// Header and footer.
    pub frame: Frame,
    /// Who, where to, and the way out.
    pub nav: Nav,
    /// What they log in with.
    pub login: String,
    /// Whether there is a second factor.
    pub has_factor: bool,
    /// Whether there is an authenticator app.
    pub has_app: bool,
    /// Their passkeys, oldest first.
    pub passkeys: Vec<PasskeyRow>,
    /// Whether this instance has passkeys at all.
    pub has_passkeys: bool,
    /// Recovery codes that are left.
    pub codes_left: i64,
    /// Their sessions, newest first.
    pub sessions: Vec<SessionRow>,
}

/// A passkey.
#[derive(Clone, Debug)]
pub struct PasskeyRow {
    /// To remove it by.
    pub handle: String,
    /// What they call it.
    pub name: String,
    /// Whether it may live on several devices.
    pub is_synced: bool,
    /// When it was made.
    pub made_at: Timestamp,
    /// When it was last used.
    pub used_at: Option<Timestamp>,
}

/// A session.
#[derive(Clone, Debug)]
pub struct SessionRow {
    /// To end it by.
    pub id: String,
    /// From where.
    pub address: String,
    /// What the browser says it is.
    pub browser: String,
    /// When it began.
    pub began_at: Timestamp,
    /// When something was last done in it.
    pub seen_at: Timestamp,
    /// Whether it is this one.
    pub is_this: bool,
}

staff_page!(Account, "staff/account.html", || {
    let at = |text: &str| Timestamp::parse(text).unwrap_or(Timestamp::from_seconds(0));
    let row = |is_this, address: &str| SessionRow {
        id: "01ARZ3NDEKTSV4RRFFQ69G5FAV".into(),
        address: address.into(),
        browser: "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0".into(),
        began_at: at("2026-11-24T08:05:00Z"),
        seen_at: at("2026-11-24T09:15:00Z"),
        is_this,
    };
    let one = Account {
        frame: Frame::sample(),
        nav: Nav::sample(Section::Account),
        login: "m.grossmann@uni-lindenstadt.example".into(),
        has_factor: true,
        has_app: true,
        passkeys: Vec::new(),
        has_passkeys: true,
        codes_left: 9,
        sessions: vec![row(true, "192.0.2.7")],
    };
    let two = Account {
        sessions: vec![row(true, "192.0.2.7"), row(false, "2001:db8:1:2:3:4:5:6")],
        codes_left: 1,
        ..one.clone()
    };
    let bare = Account { has_factor: false, has_app: false, codes_left: 0, has_passkeys: false, ..one.clone() };
    let passkey = |name: &str, used_at: Option<Timestamp>| PasskeyRow {
        handle: "01ARZ3NDEKTSV4RRFFQ69G5FAV".into(),
        name: name.into(),
        is_synced: used_at.is_some(),
        made_at: at("2026-11-02T10:00:00Z"),
        used_at,
    };
    let used = Some(at("2026-11-24T08:05:30Z"));
    let passkeys = vec![passkey("Telefon", used), passkey("Schlüssel im Tresor", None)];
    let keys = Account { passkeys: passkeys.clone(), ..one.clone() };
    let keys_only = Account { has_app: false, passkeys, ..one.clone() };
    vec![("passkeys", keys), ("passkeys_only", keys_only), ("one", one), ("two", two), ("bare", bare)]
});
