//! Choosing a password: by an invitation, or in place of another.

use super::{Nav, Section, password, staff_page};
use crate::{domain::staff::password::PasswordFault, web::page::Frame};

/// The page: `POST /staff/invitation` with `code`, `password`; or `POST /staff/password` with `present`, `password`.
#[derive(Clone, Debug)]
pub struct Password {
    /// Header and footer.
    pub frame: Frame,
    /// Who, and the way out; nobody yet with an invitation.
    pub nav: Option<Nav>,
    /// What the form carries.
    pub form_key: String,
    /// The invitation.
    pub invitation: Option<InvitationView>,
    /// The fewest characters.
    pub least: usize,
    /// Whether the present one is the manager's.
    pub is_due: bool,
    /// Why it is shown again.
    pub trouble: PasswordTrouble,
}

/// Whom an invitation is for.
#[derive(Clone, Debug)]
pub struct InvitationView {
    /// Carried along.
    pub code: String,
    /// For people.
    pub name: String,
    /// What they log in with.
    pub login: String,
    /// Whose they will be.
    pub tenant: String,
}

/// Why the form is shown again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordTrouble {
    /// It is shown for the first time.
    None,
    /// Not good enough.
    Fault(PasswordFault),
    /// The two are not the same.
    Differ,
    /// The present one is another.
    WrongPresent,
    /// The manager knows it.
    Managers,
    /// So many seconds.
    Wait(u64),
}

impl PasswordTrouble {
    pub(crate) fn key(&self) -> &'static str {
        match self {
            Self::None | Self::Fault(PasswordFault::TooShort(_)) => "password-too-short",
            Self::Fault(PasswordFault::TooLong) => "password-too-long",
            Self::Fault(PasswordFault::Personal) => "password-personal",
            Self::Fault(PasswordFault::Weak) => "password-weak",
            Self::Fault(PasswordFault::Composition) => "password-composition",
            Self::Differ => "password-differ",
            Self::Managers => "password-managers",
            Self::WrongPresent => "password-wrong-present",
            Self::Wait(_) => "staff-wait-title",
        }
    }
}

staff_page!(Password, "staff/password.html", || {
    let invitation = InvitationView {
        code: "00112233445566778899aabbccddeeff".into(),
        name: "Margarete Großmann-Özdemir".into(),
        login: "m.grossmann@uni-lindenstadt.example".into(),
        tenant: "Universität Lindenstadt".into(),
    };
    let first = Password {
        frame: Frame::sample(),
        nav: None,
        form_key: "0123456789abcdef".into(),
        invitation: Some(invitation),
        least: 8,
        is_due: false,
        trouble: PasswordTrouble::None,
    };
    let with = |trouble| Password { trouble, ..first.clone() };
    let nav = Some(Nav::sample(Section::Account));
    let change = Password { nav, invitation: None, ..first.clone() };
    vec![
        ("short", with(PasswordTrouble::Fault(PasswordFault::TooShort(8)))),
        ("long", with(PasswordTrouble::Fault(PasswordFault::TooLong))),
        ("personal", with(PasswordTrouble::Fault(PasswordFault::Personal))),
        ("weak", with(PasswordTrouble::Fault(PasswordFault::Weak))),
        ("composition", with(PasswordTrouble::Fault(PasswordFault::Composition))),
        ("differ", with(PasswordTrouble::Differ)),
        ("due", Password { is_due: true, ..change.clone() }),
        ("managers", Password { trouble: PasswordTrouble::Managers, is_due: true, ..change.clone() }),
        ("wrong_present", Password { trouble: PasswordTrouble::WrongPresent, ..change.clone() }),
        ("wait", Password { trouble: PasswordTrouble::Wait(4), ..change.clone() }),
        ("change", change),
        ("first", first),
    ]
});
