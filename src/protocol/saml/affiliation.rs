//! Affiliations (eduPerson 202208 §2.2.1): what a person is at a university.

/// The controlled vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Affiliation {
    /// Teaching staff.
    Faculty,
    /// A student; also a guest student or one on leave, so by itself no right to a ticket.
    Student,
    /// Staff.
    Staff,
    /// Alumni.
    Alum,
    /// Member of the institution.
    Member,
    /// Loosely connected.
    Affiliate,
    /// Employed.
    Employee,
    /// A visitor to the library.
    LibraryWalkIn,
}

/// An affiliation and where it holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScopedAffiliation {
    /// What the person is.
    pub affiliation: Affiliation,
    /// Where, in lower case.
    pub scope: String,
}

impl Affiliation {
    /// Without regard to case; `None` if the word is not in the vocabulary.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text.to_ascii_lowercase().as_str() {
            "faculty" => Self::Faculty,
            "student" => Self::Student,
            "staff" => Self::Staff,
            "alum" => Self::Alum,
            "member" => Self::Member,
            "affiliate" => Self::Affiliate,
            "employee" => Self::Employee,
            "library-walk-in" => Self::LibraryWalkIn,
            _ => return None,
        })
    }
}

/// Splits at the first `@`; `None` if either side is empty.
pub(super) fn split_scoped(value: &str) -> Option<(&str, &str)> {
    value.split_once('@').filter(|(left, scope)| !left.is_empty() && !scope.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn affiliations_are_compared_without_case_and_nothing_is_guessed() {
        assert_eq!(Affiliation::parse("STUDENT"), Some(Affiliation::Student));
        assert_eq!(Affiliation::parse("students"), None);
        assert_eq!(Affiliation::parse(""), None);
    }

    #[test]
    fn a_scoped_value_is_split_at_the_first_at_sign() {
        assert_eq!(split_scoped("student@uni.example@evil"), Some(("student", "uni.example@evil")));
        assert_eq!(split_scoped("student@"), None);
        assert_eq!(split_scoped("@uni.example"), None);
        assert_eq!(split_scoped("student"), None);
    }
}
