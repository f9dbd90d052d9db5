//! A code of the second factor: at login, or anew for what is dangerous.

use super::{Nav, Section, code, passkey::PasskeyForm, staff_page};
use crate::web::page::Frame;

/// The page: `POST /staff/code` or `POST /staff/step-up` with `code` and `back`.
#[derive(Clone, Debug)]
pub struct Code {
    /// Header and footer.
    pub frame: Frame,
    /// Who, and the way out.
    pub nav: Nav,
    /// Whether they are logged in and prove it anew.
    pub is_step_up: bool,
    /// Where they go on.
    pub back: String,
    /// Whether a code is taken.
    pub takes_codes: bool,
    /// Whether there is an app that shows some, and not recovery codes only.
    pub has_app: bool,
    /// What asks for a passkey, if there is one.
    pub passkey: Option<PasskeyForm>,
    /// Why it is shown again.
    pub trouble: CodeTrouble,
}

/// Why the form is shown again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeTrouble {
    /// It is shown for the first time.
    None,
    /// Wrong, or used before.
    Wrong,
    /// A passkey that is not theirs, or an answer that was given before.
    WrongPasskey,
    /// So many seconds.
    Wait(u64),
}

staff_page!(Code, "staff/code.html", || {
    let page = |is_step_up, trouble| Code {
        frame: Frame::sample(),
        nav: Nav { links: Vec::new(), ..Nav::sample(Section::Overview) },
        is_step_up,
        back: "/staff".into(),
        takes_codes: true,
        has_app: true,
        passkey: None,
        trouble,
    };
    let both = Code { passkey: Some(PasskeyForm::sample()), ..page(false, CodeTrouble::WrongPasskey) };
    let without_app = Code { has_app: false, trouble: CodeTrouble::None, ..both.clone() };
    let passkey_only = Code { takes_codes: false, is_step_up: true, ..without_app.clone() };
    vec![
        ("passkey", both),
        ("without_app", without_app),
        ("passkey_only", passkey_only),
        ("login", page(false, CodeTrouble::None)),
        ("wrong", page(false, CodeTrouble::Wrong)),
        ("wait", page(false, CodeTrouble::Wait(16))),
        ("step_up", page(true, CodeTrouble::None)),
    ]
});
