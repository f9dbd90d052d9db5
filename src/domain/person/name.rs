//! Given names or a family name, spelled as its owner or the university spells it.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::base::limits::NAME_CHARS;

/// Given names or a family name, in Unicode's NFC, with single spaces and no control characters.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PersonName(String);

/// Why a text is not a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing but white space.
    #[error("the name is empty")]
    Empty,
    /// More than [`NAME_CHARS`] characters.
    #[error("the name is longer than {NAME_CHARS} characters")]
    TooLong,
    /// A control character, or one that changes the direction of the text around it.
    #[error("the name has a control character")]
    Control,
    /// U+FFFD: somebody before us lost a letter.
    #[error("the name has a replacement character where a letter was lost")]
    Lost,
}

impl PersonName {
    /// Reads a name. Runs of white space (a line break in a cell is one) become a single space.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        // No character takes more than four bytes, and none is composed of more than four.
        if text.len() > NAME_CHARS * 4 * 4 {
            return Err(NameError::TooLong);
        }
        if is_plain(text) {
            let fits = text.len() <= NAME_CHARS;
            return if fits { Ok(Self(text.to_owned())) } else { Err(NameError::TooLong) };
        }
        let mut name = String::with_capacity(text.len());
        for word in text.split_whitespace() {
            if !name.is_empty() {
                name.push(' ');
            }
            if is_nfc(word) {
                name.push_str(word);
            } else {
                name.extend(word.nfc());
            }
        }
        if name.is_empty() {
            return Err(NameError::Empty);
        }
        check_characters(&name)?;
        if name.chars().count() > NAME_CHARS {
            return Err(NameError::TooLong);
        }
        Ok(Self(name))
    }

    /// A name that stands in the source and is in normal form there.
    pub(super) fn of_literal(name: &'static str) -> Self {
        Self(name.to_owned())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Nearly every name in a roster of millions: printable ASCII that is in normal form already.
fn is_plain(text: &str) -> bool {
    let mut previous = b' ';
    for byte in text.bytes() {
        let single = byte != b' ' || previous != b' ';
        if !(matches!(byte, b' '..=b'~') && single) {
            return false;
        }
        previous = byte;
    }
    previous != b' '
}

fn check_characters(name: &str) -> Result<(), NameError> {
    if name.contains(char::REPLACEMENT_CHARACTER) {
        return Err(NameError::Lost);
    }
    if name.chars().any(|c| c.is_control() || changes_direction(c)) {
        return Err(NameError::Control);
    }
    Ok(())
}

/// The explicit directional characters (UAX #9 §2), with which a name could rearrange the page that shows it.
fn changes_direction(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonName(…)")
    }
}

impl TryFrom<String> for PersonName {
    type Error = NameError;
    fn try_from(text: String) -> Result<Self, NameError> {
        Self::parse(&text)
    }
}

impl From<PersonName> for String {
    fn from(name: PersonName) -> String {
        name.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_its_spelling() {
        for (text, name) in [
            ("Müller", "Müller"),
            ("Mu\u{308}ller", "Müller"),
            ("  Anna \t Maria\r\n", "Anna Maria"),
            ("Nguyễn Thị", "Nguyễn Thị"),
            ("d’Orléans-van der Berg", "d’Orléans-van der Berg"),
            ("محمد", "محمد"),
            ("علی\u{200c}رضا", "علی\u{200c}رضا"),
            ("-", "-"),
        ] {
            assert_eq!(PersonName::parse(text).unwrap().as_str(), name);
        }
    }

    #[test]
    fn what_is_no_name_is_refused_with_its_reason() {
        for (text, reason) in [
            ("", NameError::Empty),
            (" \n\u{3000}", NameError::Empty),
            ("An\0na", NameError::Control),
            ("An\u{1b}[2Jna", NameError::Control),
            ("An\u{85}\u{80}na", NameError::Control),
            ("\u{202e}annA", NameError::Control),
            ("M\u{fffd}ller", NameError::Lost),
        ] {
            assert_eq!(PersonName::parse(text), Err(reason), "{text:?}");
        }
    }

    #[test]
    fn a_name_is_bounded_in_characters_not_in_bytes() {
        assert!(PersonName::parse(&"u\u{308}".repeat(256)).is_ok());
        assert!(PersonName::parse(&"𠮷".repeat(256)).is_ok());
        assert_eq!(PersonName::parse(&"a".repeat(257)), Err(NameError::TooLong));
        assert_eq!(PersonName::parse(&"a ".repeat(1_000_000)), Err(NameError::TooLong));
    }

    #[test]
    fn a_name_is_never_printed_and_travels_as_text() {
        let name = PersonName::parse("Müller").unwrap();
        assert!(!format!("{name:?}").contains("ller"));
        assert_eq!(serde_json::to_string(&name).unwrap(), "\"Müller\"");
        assert!(serde_json::from_str::<PersonName>("\"\"").is_err());
    }
}
