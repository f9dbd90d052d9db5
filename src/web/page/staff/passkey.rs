//! Making a passkey; and the part of a page that asks for one.

use super::{Nav, Section, staff_page};
use crate::web::page::Frame;

/// The page: `POST /staff/passkey` with `name`, `question`, and what the script puts in.
#[derive(Clone, Debug)]
pub struct Passkey {
    /// Header and footer.
    pub frame: Frame,
    /// Who, and the way out.
    pub nav: Nav,
    /// Whether nothing goes on without it.
    pub is_due: bool,
    /// Whether an authenticator app would do as well.
    pub may_use_app: bool,
    /// For the script: JSON.
    pub options: String,
    /// Sealed, carried along.
    pub question: String,
    /// Whether what the browser answered was refused.
    pub is_refused: bool,
}

/// What asks for a passkey that there is.
#[derive(Clone, Debug)]
pub struct PasskeyForm {
    /// For the script: JSON.
    pub options: String,
    /// Sealed, carried along.
    pub question: String,
}

impl PasskeyForm {
    /// One to look at.
    pub(super) fn sample() -> Self {
        Self {
            options: r#"{"challenge":"AAAA","rpId":"pedell.example","allowCredentials":[]}"#.into(),
            question: "sealed".into(),
        }
    }
}

staff_page!(Passkey, "staff/passkey.html", || {
    let page = |is_due, is_refused| Passkey {
        frame: Frame::sample(),
        nav: Nav { links: Vec::new(), ..Nav::sample(Section::Account) },
        is_due,
        may_use_app: is_due && is_refused,
        options: r#"{"challenge":"AAAA","user":{"id":"AAAA"},"excludeCredentials":[]}"#.into(),
        question: "sealed".into(),
        is_refused,
    };
    vec![("new", page(false, false)), ("due", page(true, false)), ("refused", page(true, true))]
});
