//! Invented people with an account at the demonstration's university, and what it says of them.

use jiff::civil::{Date, date};
use serde::Serialize;

use super::{SCOPE, SEEHAFEN};

/// Somebody who can log in there.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Account {
    /// The university's short name.
    pub(crate) university: &'static str,
    /// Its name.
    pub(crate) university_name: &'static str,
    /// The account's name; also that of its sentence on the login page.
    pub(crate) id: &'static str,
    /// As the university spells it.
    pub(crate) given_names: &'static str,
    /// As the university spells it.
    pub(crate) family_name: &'static str,
    /// What becomes of it: nothing wrong, or a reason code.
    pub(crate) refused_with: Option<&'static str>,
    /// In words.
    pub(crate) what: &'static str,
    /// What else the university says.
    #[serde(skip)]
    pub(super) said: Said,
}

/// What the university says of somebody besides the name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Said {
    /// Whether the login goes well.
    pub(super) logs_in: bool,
    pub(super) birth_date: Option<Date>,
    /// `affiliation@scope`.
    pub(super) affiliation: (&'static str, &'static str),
    pub(super) enrolled: Enrolled,
}

/// For which semester.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Enrolled {
    Now,
    Before,
    Never,
}

/// All of them. The one that nothing is wrong with comes first.
pub(crate) fn accounts() -> Vec<Account> {
    let account = |id, given_names, family_name, refused_with, what, said| Account {
        university: SEEHAFEN.0,
        university_name: SEEHAFEN.1,
        id,
        given_names,
        family_name,
        refused_with,
        what,
        said,
    };
    let student = Said {
        logs_in: true,
        birth_date: Some(date(2002, 6, 30)),
        affiliation: ("student", SCOPE),
        enrolled: Enrolled::Now,
    };
    vec![
        account(
            "amelie",
            "Amélie Sophie",
            "Sørensen-Łukasik",
            None,
            "gets a ticket; nothing has to be typed, the university says it all",
            student,
        ),
        account(
            "bruno",
            "Bruno",
            "Königsmann",
            Some("wrong_semester"),
            "is refused: was enrolled last semester, and has not re-enrolled",
            Said { enrolled: Enrolled::Before, ..student },
        ),
        account(
            "carla",
            "Carla Dolores",
            "Fuentes",
            Some("not_student"),
            "is refused: works at the university, and does not study there",
            Said { affiliation: ("employee", SCOPE), enrolled: Enrolled::Never, ..student },
        ),
        account(
            "deniz",
            "Deniz",
            "Aydın",
            Some("attribute_missing"),
            "is refused: the ticket needs a birth date, and the university does not send one",
            Said { birth_date: None, ..student },
        ),
        account(
            "emeka",
            "Emeka",
            "Okonkwo",
            Some("not_student"),
            "is refused: called a student of another university, for which this one may not speak",
            Said { affiliation: ("student", "uni-lindenstadt.example"), ..student },
        ),
        account(
            "frida",
            "Frida",
            "Lundqvist",
            Some("login_failed"),
            "is refused: the account is locked, and the university says that the login failed",
            Said { logs_in: false, ..student },
        ),
    ]
}
