//! The years in a semester key.

use super::{Semester, Term};

/// Why a text is not a semester key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SemesterKeyError {
    /// Nothing but white space.
    #[error("the semester key is empty")]
    Empty,
    /// More than 64 bytes.
    #[error("the semester key is longer than any key can be")]
    TooLong,
    /// None of the accepted forms.
    #[error("the semester key has none of the accepted forms")]
    Unreadable,
    /// `WS2018/20`
    #[error("the semester key's second year does not follow its first")]
    SecondYear,
    /// Before 2000 or after 2099.
    #[error("the semester key's year is outside 2000 to 2099")]
    YearOutOfRange,
}

/// How a winter's years are written; a summer has the first of them only.
#[derive(Clone, Copy)]
pub(super) enum Years {
    Short,
    ShortPair,
    Long,
    LongShort,
    LongPair,
    Joined,
}

impl Years {
    /// Writes a semester's years.
    pub(super) fn format(self, semester: Semester) -> String {
        let (first, second) = (semester.year(), semester.year() + 1);
        let (short_first, short_second) = (first % 100, second % 100);
        match (self, semester.term()) {
            (Self::Short, _) | (Self::ShortPair, Term::Summer) => format!("{short_first:02}"),
            (Self::ShortPair, Term::Winter) => format!("{short_first:02}/{short_second:02}"),
            (Self::Long, _) | (_, Term::Summer) => format!("{first}"),
            (Self::LongShort, Term::Winter) => format!("{first}/{short_second:02}"),
            (Self::LongPair, Term::Winter) => format!("{first}/{second}"),
            (Self::Joined, Term::Winter) => format!("{first}{second}"),
        }
    }

    /// Reads the year in which the semester begins.
    pub(super) fn read(self, term: Term, text: &str) -> Result<i16, SemesterKeyError> {
        match (self, term) {
            (Self::Short, _) | (Self::ShortPair, Term::Summer) => year(text, 2),
            (Self::ShortPair, Term::Winter) => two_years(text, 2, "/-", 2),
            (Self::Long, _) | (_, Term::Summer) => year(text, 4),
            (Self::LongShort, Term::Winter) => two_years(text, 4, "/-", 2),
            (Self::LongPair, Term::Winter) => two_years(text, 4, "/-", 4),
            (Self::Joined, Term::Winter) => two_years(text, 4, "", 4),
        }
    }
}

/// A year of exactly this many digits.
fn year(text: &str, digits: usize) -> Result<i16, SemesterKeyError> {
    if text.len() != digits || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(SemesterKeyError::Unreadable);
    }
    let year: i16 = text.parse().map_err(|_| SemesterKeyError::Unreadable)?;
    Ok(if digits == 2 { 2000 + year } else { year })
}

/// Two years that follow each other, apart by one of `separators` (or by nothing if there are none): the first of them.
fn two_years(text: &str, first_digits: usize, separators: &str, second_digits: usize) -> Result<i16, SemesterKeyError> {
    let (first, rest) = text.split_at_checked(first_digits).ok_or(SemesterKeyError::Unreadable)?;
    let second = if separators.is_empty() {
        rest
    } else {
        rest.strip_prefix(|c| separators.contains(c)).ok_or(SemesterKeyError::Unreadable)?
    };
    let (first, second) = (year(first, first_digits)?, year(second, second_digits)?);
    let follows = if second_digits == 2 { second % 100 == (first + 1) % 100 } else { second == first + 1 };
    if follows { Ok(first) } else { Err(SemesterKeyError::SecondYear) }
}
