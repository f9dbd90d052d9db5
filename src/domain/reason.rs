//! Why a student was refused: stable codes that issuers may build on.

use serde::{Deserialize, Serialize};

/// The reason code of a refusal. New ones may be added; a code never changes its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The university does not know this student, or knows other data.
    NotEnrolled,
    /// Enrolled, but not for the semester that was asked for.
    WrongSemester,
    /// Known to the university, but not as a student.
    NotStudent,
    /// A student without the ticket's entitlement (leave of absence, guest, exempt).
    NotEntitled,
    /// The university did not send what the rule needs.
    AttributeMissing,
    /// The proof is older than the rule allows.
    LoginTooOld,
    /// What the university answered to the login is not an answer that can be believed, or says that it failed.
    LoginFailed,
    /// The university could not be asked. Never means "not enrolled".
    SourceUnavailable,
    /// Too many wrong attempts; later it works again.
    TooManyAttempts,
    /// The student went back to the shop without an answer.
    ConsentDenied,
}

impl Reason {
    /// Every reason, for tables and tests.
    pub const ALL: [Self; 10] = [
        Self::NotEnrolled,
        Self::WrongSemester,
        Self::NotStudent,
        Self::NotEntitled,
        Self::AttributeMissing,
        Self::LoginTooOld,
        Self::LoginFailed,
        Self::SourceUnavailable,
        Self::TooManyAttempts,
        Self::ConsentDenied,
    ];

    /// The code on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotEnrolled => "not_enrolled",
            Self::WrongSemester => "wrong_semester",
            Self::NotStudent => "not_student",
            Self::NotEntitled => "not_entitled",
            Self::AttributeMissing => "attribute_missing",
            Self::LoginTooOld => "login_too_old",
            Self::LoginFailed => "login_failed",
            Self::SourceUnavailable => "source_unavailable",
            Self::TooManyAttempts => "too_many_attempts",
            Self::ConsentDenied => "consent_denied",
        }
    }

    /// From its code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }

    /// Whether nothing was decided against the person, so that a page should not look like a refusal.
    pub const fn is_no_verdict(self) -> bool {
        matches!(self, Self::SourceUnavailable | Self::ConsentDenied | Self::LoginTooOld | Self::LoginFailed)
    }

    /// Whether asking again later may end differently although nothing about the student changed.
    pub const fn is_temporary(self) -> bool {
        matches!(self, Self::SourceUnavailable | Self::TooManyAttempts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_serialised_forms_are_the_same_and_parse_back() {
        for reason in Reason::ALL {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.code());
            assert_eq!(Reason::parse(reason.code()), Some(reason));
        }
    }
}
