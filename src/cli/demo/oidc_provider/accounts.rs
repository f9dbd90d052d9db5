//! Invented people with an account at the demonstration's OpenID provider, and the claims that it has of them.

use jiff::civil::{Date, date};
use serde::Serialize;
use serde_json::{Value, json};

use super::{SCOPE, WIESENTAL};
use crate::domain::semester::Semester;

/// Somebody who can log in there.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Member {
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
    said: Said,
}

#[derive(Clone, Copy, Debug)]
struct Said {
    birth_date: Option<Date>,
    affiliation: &'static str,
    is_enrolled: bool,
    gives_up: bool,
}

impl Member {
    /// Whether the provider says that the person does not want this.
    pub(super) fn gives_up(&self) -> bool {
        self.said.gives_up
    }

    /// What the userinfo endpoint says.
    pub(super) fn claims(&self, subject: &str, current: Semester) -> Value {
        let semester = if self.said.is_enrolled { Some(current) } else { current.previous() };
        let mut claims = json!({
            "sub": subject, "given_name": self.given_names, "family_name": self.family_name,
            "eduperson_scoped_affiliation": [format!("{}@{SCOPE}", self.said.affiliation)],
            "semester": semester.map(|semester| semester.to_string()),
        });
        if let Some(born) = self.said.birth_date {
            claims["birthdate"] = born.to_string().into();
        }
        claims
    }
}

/// All of them. The one that nothing is wrong with comes first.
pub(crate) fn members() -> Vec<Member> {
    let member = |id, given_names, family_name, refused_with, what, said| Member {
        university: WIESENTAL.0,
        university_name: WIESENTAL.1,
        id,
        given_names,
        family_name,
        refused_with,
        what,
        said,
    };
    let student =
        Said { birth_date: Some(date(2004, 2, 29)), affiliation: "student", is_enrolled: true, gives_up: false };
    vec![
        member(
            "greta",
            "Greta Marie",
            "von Öhringen",
            None,
            "gets a ticket; the university's OpenID provider says it all",
            student,
        ),
        member(
            "hakan",
            "Hakan",
            "Çelik",
            Some("wrong_semester"),
            "is refused: was enrolled last semester, and has not re-enrolled",
            Said { is_enrolled: false, ..student },
        ),
        member(
            "ingrid",
            "Ingrid",
            "Søndergård",
            Some("not_student"),
            "is refused: has graduated",
            Said { affiliation: "alum", ..student },
        ),
        member(
            "joao",
            "João",
            "Pereira",
            Some("attribute_missing"),
            "is refused: the ticket needs a birth date, and the provider does not send one",
            Said { birth_date: None, ..student },
        ),
        member(
            "klara",
            "Klára",
            "Nováková",
            Some("login_failed"),
            "changes her mind at the login and goes back without one",
            Said { gives_up: true, ..student },
        ),
    ]
}
