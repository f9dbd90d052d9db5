//! The day a person was born.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The years that a living student can be born in; the lower bound also catches the zero dates of databases.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2099;

/// A birth date, from 1900-01-01.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BirthDate(Date);

/// Why a text is not a birth date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BirthDateError {
    /// Neither `YYYY-MM-DD` nor `DD.MM.YYYY`.
    #[error("the date is not written as YYYY-MM-DD or DD.MM.YYYY")]
    Form,
    /// `21.05.99`
    #[error("the date's year has two digits")]
    TwoDigitYear,
    /// `30.02.2001`
    #[error("there is no such day in the calendar")]
    NoSuchDay,
    /// Before 1900 or after 2099.
    #[error("the date's year is outside 1900 to 2099")]
    YearOutOfRange,
}

impl BirthDate {
    /// Reads `YYYY-MM-DD` and `DD.MM.YYYY`, in the latter also `D.M.YYYY` and spaces behind the dots.
    pub fn parse(text: &str) -> Result<Self, BirthDateError> {
        let text = text.trim();
        match text.split_once('-') {
            Some((year, rest)) => {
                let (month, day) = rest.split_once('-').ok_or(BirthDateError::Form)?;
                if year.len() != 4 || month.len() != 2 || day.len() != 2 {
                    return Err(BirthDateError::Form);
                }
                Self::from_digits(year, month, day)
            }
            None => Self::parse_day_first(text, '.'),
        }
    }

    /// Reads day, month and year apart by `separator`.
    pub fn parse_day_first(text: &str, separator: char) -> Result<Self, BirthDateError> {
        let (day, rest) = text.trim().split_once(separator).ok_or(BirthDateError::Form)?;
        let (month, year) = rest.split_once(separator).ok_or(BirthDateError::Form)?;
        let (month, year) = (month.trim_start(), year.trim_start());
        let short = |number: &str| (1..=2).contains(&number.len());
        if !short(day) || !short(month) {
            return Err(BirthDateError::Form);
        }
        Self::from_digits(year, month, day)
    }

    /// From a day of the calendar.
    pub fn new(date: Date) -> Result<Self, BirthDateError> {
        if YEARS.contains(&date.year()) { Ok(Self(date)) } else { Err(BirthDateError::YearOutOfRange) }
    }

    /// The day of the calendar.
    pub fn date(self) -> Date {
        self.0
    }

    /// `YYYY-MM-DD` (the `birthdate` claim of `OpenID` Connect Core §5.1).
    pub fn to_iso(self) -> String {
        self.0.to_string()
    }

    fn from_digits(year: &str, month: &str, day: &str) -> Result<Self, BirthDateError> {
        let (Some(year_number), Some(month), Some(day)) = (number(year), number(month), number(day)) else {
            return Err(BirthDateError::Form);
        };
        match year.len() {
            4 => {}
            2 => return Err(BirthDateError::TwoDigitYear),
            _ => return Err(BirthDateError::Form),
        }
        let (Ok(month), Ok(day)) = (i8::try_from(month), i8::try_from(day)) else {
            return Err(BirthDateError::NoSuchDay);
        };
        Self::new(Date::new(year_number, month, day).map_err(|_| BirthDateError::NoSuchDay)?)
    }
}

/// Up to four ASCII digits.
fn number(text: &str) -> Option<i16> {
    let digits = (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

impl fmt::Debug for BirthDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BirthDate(…)")
    }
}

impl TryFrom<String> for BirthDate {
    type Error = BirthDateError;
    fn try_from(text: String) -> Result<Self, BirthDateError> {
        Self::parse(&text)
    }
}

impl From<BirthDate> for String {
    fn from(date: BirthDate) -> String {
        date.to_iso()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_are_read_as_people_write_them() {
        for (text, iso) in [
            ("1999-05-21", "1999-05-21"),
            (" 21.05.1999 ", "1999-05-21"),
            ("1.2.2003", "2003-02-01"),
            ("21. 5. 1999", "1999-05-21"),
            ("29.02.2004", "2004-02-29"),
            ("01.01.1900", "1900-01-01"),
        ] {
            assert_eq!(BirthDate::parse(text).unwrap().to_iso(), iso, "{text}");
        }
    }

    #[test]
    fn what_is_no_birth_date_is_refused_with_its_reason() {
        use BirthDateError::{Form, NoSuchDay, TwoDigitYear, YearOutOfRange};
        for (text, reason) in [
            ("", Form),
            ("21.05.99", TwoDigitYear),
            ("99-05-21", Form),
            ("1999-5-21", Form),
            ("1999-05-21T00:00:00", Form),
            ("21/05/1999", Form),
            ("21.05", Form),
            ("21.05.1999.", Form),
            ("21.05.19999", Form),
            ("+1.05.1999", Form),
            ("٢١.05.1999", Form),
            ("19990521", Form),
            ("30.02.2001", NoSuchDay),
            ("29.02.1900", NoSuchDay),
            ("32.01.2001", NoSuchDay),
            ("01.13.2001", NoSuchDay),
            ("00.01.2001", NoSuchDay),
            ("0000-00-00", NoSuchDay),
            ("31.12.1899", YearOutOfRange),
            ("0001-01-01", YearOutOfRange),
            ("2100-01-01", YearOutOfRange),
        ] {
            assert_eq!(BirthDate::parse(text), Err(reason), "{text:?}");
        }
    }

    #[test]
    fn a_date_is_never_printed_and_travels_as_iso_text() {
        let date = BirthDate::parse("21.05.1999").unwrap();
        assert!(!format!("{date:?}").contains("99"));
        assert_eq!(serde_json::to_string(&date).unwrap(), "\"1999-05-21\"");
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,12}|[0-9]{0,5}[-./][0-9]{0,5}[-./][0-9]{0,5}") {
            if let Ok(date) = BirthDate::parse(&text) {
                prop_assert_eq!(BirthDate::parse(&date.to_iso()), Ok(date));
            }
        }
    }
}
