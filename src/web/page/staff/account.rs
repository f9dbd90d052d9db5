//! One's own account: sessions, password, second factor.

use super::{Nav, Section, staff_page};
use crate::{base::Timestamp, web::page::Frame};

/// The page; `POST /staff/account/end` with `session` (an id, or `others`), `POST /staff/account/recovery-codes`.
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
    /// Recovery codes that are left.
    pub codes_left: i64,
    /// Their sessions, newest first.
    pub sessions: Vec<SessionRow>,
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
        codes_left: 9,
        sessions: vec![row(true, "192.0.2.7")],
    };
    let two = Account {
        sessions: vec![row(true, "192.0.2.7"), row(false, "2001:db8:1:2:3:4:5:6")],
        codes_left: 1,
        ..one.clone()
    };
    let bare = Account { has_factor: false, codes_left: 0, ..one.clone() };
    vec![("one", one), ("two", two), ("bare", bare)]
});
