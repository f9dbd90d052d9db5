//! The postal code of a person's home.

use std::fmt;

/// Longer than any country's, in characters.
const POSTAL_CODE_CHARS: usize = 16;

/// A postal code of any country: ASCII letters (in upper case), digits, single spaces and hyphens.
#[derive(Clone, PartialEq, Eq)]
pub struct PostalCode(String);

/// Why a text is not a postal code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the postal code is empty, has other characters than letters and digits, or more than {POSTAL_CODE_CHARS}")]
pub struct PostalCodeError;

impl PostalCode {
    /// Reads a postal code.
    pub fn parse(text: &str) -> Result<Self, PostalCodeError> {
        let text = text.trim();
        let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'-');
        if text.is_empty() || text.len() > POSTAL_CODE_CHARS || !text.bytes().all(known) {
            return Err(PostalCodeError);
        }
        Ok(Self(text.to_ascii_uppercase()))
    }

    /// The code, in upper case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PostalCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PostalCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_any_country_are_read_and_nothing_else() {
        for (text, code) in [("01067", "01067"), (" 68131 ", "68131"), ("sw1a 1aa", "SW1A 1AA"), ("NL-1011", "NL-1011")]
        {
            assert_eq!(PostalCode::parse(text).unwrap().as_str(), code);
        }
        for bad in ["", "  ", "12345678901234567", "12345;", "１２", "12\n34"] {
            assert_eq!(PostalCode::parse(bad), Err(PostalCodeError), "{bad:?}");
        }
        assert!(!format!("{:?}", PostalCode::parse("01067").unwrap()).contains("010"));
    }
}
