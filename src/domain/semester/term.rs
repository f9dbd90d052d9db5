//! One semester, independent of any university's calendar.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Half of an academic year. The summer term of a year begins before its winter term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Term {
    /// Begins in spring (Sommersemester; Mannheim: Frühjahrssemester).
    Summer,
    /// Begins in autumn and ends in the next year (Wintersemester; Mannheim: Herbstsemester).
    Winter,
}

/// A semester: the year in which it begins, 2000 to 2099, and its term. Ordered by time.
///
/// Its text everywhere in Pedell (configuration, databases, tokens, addresses) is `2026S` or `2026W`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Semester {
    year: i16,
    term: Term,
}

impl Semester {
    /// The first semester that has a key: two-digit years mean this century.
    pub const FIRST: Self = Self { year: 2000, term: Term::Summer };
    /// The last one.
    pub const LAST: Self = Self { year: 2099, term: Term::Winter };

    /// The semester of this term that begins in `year`; `None` outside 2000 to 2099.
    pub const fn new(year: i16, term: Term) -> Option<Self> {
        if year < Self::FIRST.year || year > Self::LAST.year { None } else { Some(Self { year, term }) }
    }

    /// The year in which it begins.
    pub const fn year(self) -> i16 {
        self.year
    }

    /// Summer or winter.
    pub const fn term(self) -> Term {
        self.term
    }

    /// The one that follows; `None` after [`Self::LAST`].
    #[must_use]
    pub const fn next(self) -> Option<Self> {
        match self.term {
            Term::Summer => Self::new(self.year, Term::Winter),
            Term::Winter => Self::new(self.year + 1, Term::Summer),
        }
    }

    /// The one before; `None` before [`Self::FIRST`].
    #[must_use]
    pub const fn previous(self) -> Option<Self> {
        match self.term {
            Term::Summer => Self::new(self.year - 1, Term::Winter),
            Term::Winter => Self::new(self.year, Term::Summer),
        }
    }

    /// Reads exactly what `Display` writes, e.g. `2026W`. What universities write is read by
    /// [`parse_key`](super::parse_key).
    pub fn parse_canonical(text: &str) -> Option<Self> {
        let (year, term) = match text.as_bytes() {
            [year @ .., b'S'] => (year, Term::Summer),
            [year @ .., b'W'] => (year, Term::Winter),
            _ => return None,
        };
        if year.len() != 4 || !year.iter().all(u8::is_ascii_digit) {
            return None;
        }
        Self::new(text.get(..4)?.parse().ok()?, term)
    }
}

impl fmt::Display for Semester {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let term = match self.term {
            Term::Summer => 'S',
            Term::Winter => 'W',
        };
        write!(f, "{}{term}", self.year)
    }
}

impl TryFrom<String> for Semester {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse_canonical(&text).ok_or_else(|| "a semester is written like 2026S or 2026W".to_owned())
    }
}

impl From<Semester> for String {
    fn from(semester: Semester) -> String {
        semester.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn semesters_follow_each_other_in_the_order_of_time() {
        let mut semester = Semester::FIRST;
        let mut count = 1;
        while let Some(next) = semester.next() {
            assert!(semester < next);
            assert_eq!(next.previous(), Some(semester));
            assert_eq!(Semester::parse_canonical(&next.to_string()), Some(next));
            semester = next;
            count += 1;
        }
        assert_eq!((semester, count), (Semester::LAST, 200));
        assert_eq!(Semester::FIRST.previous(), None);
    }

    #[test]
    fn only_the_canonical_text_is_read() {
        for bad in ["", "S", "2026", "2026s", "26S", " 2026S", "2026S ", "1999W", "2100S", "+026S", "２026S", "2026SS"]
        {
            assert_eq!(Semester::parse_canonical(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_semester_travels_as_its_text() {
        let semester = Semester::new(2026, Term::Winter).unwrap();
        assert_eq!(serde_json::to_string(&semester).unwrap(), "\"2026W\"");
        assert_eq!(serde_json::from_str::<Semester>("\"2026W\"").unwrap(), semester);
        assert!(serde_json::from_str::<Semester>("\"WS26\"").is_err());
    }
}
