//! Why a verification was refused, as people are told.

/// A reason with the code that issuers get; the sentences are `reason-<code>-…` in the message files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The university does not know the person as enrolled.
    NotEnrolled,
    /// What was proven is about another semester.
    WrongSemester,
    /// The university's account is not a student's.
    NotStudent,
    /// The university sent less than the rule asks for.
    AttributeMissing,
    /// The university could not be asked: nothing was decided.
    SourceUnavailable,
    /// The person stopped, or did not agree to pass data on.
    ConsentDenied,
    /// Too many wrong attempts.
    TooManyAttempts,
    /// Enrolled, and yet not entitled to this product.
    NotEntitled,
    /// The login at the university was too long ago.
    LoginTooOld,
    /// The person took too long, or came back with an old page.
    RequestExpired,
}

impl Reason {
    /// Every one.
    pub const ALL: [Self; 10] = [
        Self::NotEnrolled,
        Self::WrongSemester,
        Self::NotStudent,
        Self::AttributeMissing,
        Self::SourceUnavailable,
        Self::ConsentDenied,
        Self::TooManyAttempts,
        Self::NotEntitled,
        Self::LoginTooOld,
        Self::RequestExpired,
    ];

    /// The stable code, as in the OAuth error and the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotEnrolled => "not_enrolled",
            Self::WrongSemester => "wrong_semester",
            Self::NotStudent => "not_student",
            Self::AttributeMissing => "attribute_missing",
            Self::SourceUnavailable => "source_unavailable",
            Self::ConsentDenied => "consent_denied",
            Self::TooManyAttempts => "too_many_attempts",
            Self::NotEntitled => "not_entitled",
            Self::LoginTooOld => "login_too_old",
            Self::RequestExpired => "request_expired",
        }
    }

    /// The reason with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }

    /// The key of one of its sentences: `title`, `why`, `next`.
    pub(super) fn key(self, sentence: &str) -> String {
        format!("reason-{}-{sentence}", self.code())
    }

    /// Whether nothing was decided against the person, so that the page should not look like a refusal.
    pub(super) const fn is_no_verdict(self) -> bool {
        matches!(self, Self::SourceUnavailable | Self::ConsentDenied | Self::RequestExpired | Self::LoginTooOld)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_back_and_nothing_else_is() {
        for reason in Reason::ALL {
            assert_eq!(Reason::from_code(reason.code()), Some(reason));
        }
        assert_eq!(Reason::from_code("access_denied"), None);
    }
}
