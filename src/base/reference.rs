//! The number that a student reads to support: ten characters without look-alikes, `7K3QF-9XTR2`.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Random;

/// Crockford's base 32: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 10;

/// A reference number: 50 random bits, the same in the page, in the log and in the database.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Reference(String);

impl Reference {
    /// A new one.
    pub fn fresh(random: &Random) -> Self {
        let text = random.bytes::<LENGTH>().iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect();
        Self(text)
    }

    /// Reads one as people type it: any case, with or without hyphen and spaces, `O` for `0`, `I` or `L` for `1`.
    pub fn parse(typed: &str) -> Option<Self> {
        let mut text = String::with_capacity(LENGTH);
        for c in typed.chars().filter(|c| !matches!(c, '-' | ' ')) {
            let c = match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            if !u8::try_from(c).is_ok_and(|byte| ALPHABET.contains(&byte)) || text.len() == LENGTH {
                return None;
            }
            text.push(c);
        }
        (text.len() == LENGTH).then_some(Self(text))
    }

    /// The ten characters without hyphen, as the database holds them.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", &self.0[..LENGTH / 2], &self.0[LENGTH / 2..])
    }
}

impl TryFrom<String> for Reference {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("{text:?} is not a reference number"))
    }
}

impl From<Reference> for String {
    fn from(reference: Reference) -> String {
        reference.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_read_back_as_people_type_it() {
        let reference = Reference::fresh(&Random::seeded(3));
        let shown = reference.to_string();
        assert_eq!(Reference::parse(&shown.to_lowercase().replace('-', " ")), Some(reference));
        assert_eq!(Reference::parse("oil00-00000").unwrap().to_string(), "01100-00000");
        for bad in ["", "123", "12345-678901", "12345-6789U", "ä2345-67890"] {
            assert_eq!(Reference::parse(bad), None, "{bad}");
        }
    }
}
