//! The number under which a university knows a student.

use std::fmt;

use crate::base::limits::MATRICULATION_CHARS;

/// A matriculation number: ASCII letters (in upper case), digits, `-`, `/` and `.`. Leading zeros are part of it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct MatriculationNumber(String);

/// Why a text is not a matriculation number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MatriculationNumberError {
    /// Nothing but white space.
    #[error("the matriculation number is empty")]
    Empty,
    /// More than [`MATRICULATION_CHARS`] characters.
    #[error("the matriculation number is longer than {MATRICULATION_CHARS} characters")]
    TooLong,
    /// Something else than letters, digits, `-`, `/` and `.`, or nothing but these three.
    #[error("the matriculation number has a character that such numbers do not have")]
    Character,
}

impl MatriculationNumber {
    /// Reads a number; white space around it does not matter.
    pub fn parse(text: &str) -> Result<Self, MatriculationNumberError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(MatriculationNumberError::Empty);
        }
        if !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'/' | b'.')) {
            return Err(MatriculationNumberError::Character);
        }
        if text.len() > MATRICULATION_CHARS {
            return Err(MatriculationNumberError::TooLong);
        }
        if !text.bytes().any(|byte| byte.is_ascii_alphanumeric()) {
            return Err(MatriculationNumberError::Character);
        }
        Ok(Self(text.to_ascii_uppercase()))
    }

    /// A number that stands in the source and is in normal form there.
    pub(super) fn of_literal(number: &'static str) -> Self {
        Self(number.to_owned())
    }

    /// The number as it is indexed and compared: trimmed, in upper case.
    pub fn normalised(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for MatriculationNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MatriculationNumber(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_keeps_its_zeros_and_forgets_its_case() {
        for (text, normalised) in [
            ("0012345", "0012345"),
            (" 12345\t", "12345"),
            ("\u{a0}12345", "12345"),
            ("ab-12/3.c", "AB-12/3.C"),
            ("7", "7"),
        ] {
            assert_eq!(MatriculationNumber::parse(text).unwrap().normalised(), normalised);
        }
    }

    #[test]
    fn what_is_no_number_is_refused_with_its_reason() {
        use MatriculationNumberError::{Character, Empty, TooLong};
        for (text, reason) in [
            ("", Empty),
            (" \t", Empty),
            ("12 345", Character),
            ("12345;", Character),
            ("１２３", Character),
            ("12345ä", Character),
            ("1\0", Character),
            ("-", Character),
            ("./-", Character),
            ("1' OR '1'='1", Character),
        ] {
            assert_eq!(MatriculationNumber::parse(text), Err(reason), "{text:?}");
        }
        assert!(MatriculationNumber::parse(&"1".repeat(64)).is_ok());
        assert_eq!(MatriculationNumber::parse(&"1".repeat(65)), Err(TooLong));
    }

    #[test]
    fn a_number_is_never_printed() {
        assert!(!format!("{:?}", MatriculationNumber::parse("12345").unwrap()).contains("12345"));
    }
}
