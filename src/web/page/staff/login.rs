//! Name and password.

use super::{login, staff_page};
use crate::web::page::Frame;

/// The page: `POST /staff/login` with `login`, `password`.
#[derive(Clone, Debug)]
pub struct Login {
    /// Header and footer.
    pub frame: Frame,
    /// What the form carries.
    pub form_key: String,
    /// What was typed.
    pub login: String,
    /// Why it is shown again.
    pub trouble: LoginTrouble,
}

/// Why the form is shown again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginTrouble {
    /// It is shown for the first time.
    None,
    /// Wrong, or nobody's, or blocked: never said which.
    Refused,
    /// So many seconds.
    Wait(u64),
    /// The form was too old or another browser's.
    Again,
    /// They have logged out, or their session is over.
    Over,
}

staff_page!(Login, "staff/login.html", || {
    let page = |login: &str, trouble| Login {
        frame: Frame::sample(),
        form_key: "0123456789abcdef".into(),
        login: login.into(),
        trouble,
    };
    vec![
        ("empty", page("", LoginTrouble::None)),
        ("refused", page("m.grossmann@uni-lindenstadt.example", LoginTrouble::Refused)),
        ("wait", page("m.grossmann@uni-lindenstadt.example", LoginTrouble::Wait(8))),
        ("again", page("", LoginTrouble::Again)),
        ("over", page("", LoginTrouble::Over)),
    ]
});
