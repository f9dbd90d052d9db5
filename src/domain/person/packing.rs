//! A [`StudentRecord`] as the few bytes that a roster seals, a million times over.
//!
//! Version byte, then each field as a length and its UTF-8; the birth date as days since 1900-01-01 plus one, zero for
//! none; an empty postal code for none. Lengths and days are LEB128 numbers: one byte for nearly every length, three
//! for a date.

use jiff::{
    ToSpan,
    civil::{Date, date},
};
use zeroize::Zeroizing;

use super::{BirthDate, MatriculationNumber, PersonName, PostalCode, StudentRecord};

const VERSION: u8 = 1;
const DAY_ZERO: Date = date(1900, 1, 1);
/// Names of normal length without a single letter, so that they match nobody (see [`crate::domain::matching`]).
const NO_NAME: &str = "- - - - - -";

/// Why bytes are not a record: they were altered, or written by a later version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// Another first byte.
    #[error("the record has a version that this program does not know")]
    Version,
    /// Fewer or more bytes than the fields take.
    #[error("the record's length does not fit its fields")]
    Length,
    /// A field that its own type refuses.
    #[error("the record has a field that cannot be")]
    Field,
}

impl StudentRecord {
    /// A record that no claim matches, of usual size: unknown students are looked up with the same work as known ones.
    pub fn nobody() -> Self {
        let name = PersonName::of_literal(NO_NAME);
        Self {
            matriculation_number: MatriculationNumber::of_literal("0000000"),
            given_names: name.clone(),
            family_name: name,
            birth_date: BirthDate::new(DAY_ZERO).ok(),
            postal_code: None,
        }
    }

    /// The record's bytes, wiped when dropped.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let texts = self.texts();
        // Exactly enough at once: a vector that grows leaves copies behind.
        let size = 1 + 3 + texts.iter().map(|text| 2 + text.len()).sum::<usize>();
        let mut bytes = Zeroizing::new(Vec::with_capacity(size));
        bytes.push(VERSION);
        put_number(&mut bytes, self.birth_date.map_or(0, day_number));
        for text in texts {
            put_number(&mut bytes, text.len());
            bytes.extend_from_slice(text.as_bytes());
        }
        bytes
    }

    /// Reads what [`Self::to_bytes`] gave.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, RecordError> {
        let Some((&VERSION, mut rest)) = bytes.split_first() else { return Err(RecordError::Version) };
        let birth_date = match take_number(&mut rest)? {
            0 => None,
            days => Some(day_of_number(days)?),
        };
        let matriculation_number = MatriculationNumber::parse(take_text(&mut rest)?).map_err(|_| RecordError::Field)?;
        let given_names = PersonName::parse(take_text(&mut rest)?).map_err(|_| RecordError::Field)?;
        let family_name = PersonName::parse(take_text(&mut rest)?).map_err(|_| RecordError::Field)?;
        let postal_code = match take_text(&mut rest)? {
            "" => None,
            text => Some(PostalCode::parse(text).map_err(|_| RecordError::Field)?),
        };
        if !rest.is_empty() {
            return Err(RecordError::Length);
        }
        Ok(Self { matriculation_number, given_names, family_name, birth_date, postal_code })
    }

    fn texts(&self) -> [&str; 4] {
        [
            self.matriculation_number.normalised(),
            self.given_names.as_str(),
            self.family_name.as_str(),
            self.postal_code.as_ref().map_or("", PostalCode::as_str),
        ]
    }
}

fn day_number(birth_date: BirthDate) -> usize {
    let days = DAY_ZERO.duration_until(birth_date.date()).as_hours() / 24;
    usize::try_from(days).unwrap_or(0) + 1
}

fn day_of_number(number: usize) -> Result<BirthDate, RecordError> {
    let days = i32::try_from(number - 1).map_err(|_| RecordError::Field)?;
    let day = DAY_ZERO.checked_add(days.days()).map_err(|_| RecordError::Field)?;
    BirthDate::new(day).map_err(|_| RecordError::Field)
}

fn put_number(bytes: &mut Vec<u8>, mut number: usize) {
    while number > 0x7f {
        bytes.push(0x80 | number.to_le_bytes()[0]);
        number >>= 7;
    }
    bytes.push(number.to_le_bytes()[0]);
}

fn take_number(rest: &mut &[u8]) -> Result<usize, RecordError> {
    let mut number = 0;
    for shift in [0, 7, 14] {
        let (&byte, after) = rest.split_first().ok_or(RecordError::Length)?;
        *rest = after;
        number |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err(RecordError::Length)
}

fn take_text<'a>(rest: &mut &'a [u8]) -> Result<&'a str, RecordError> {
    let length = take_number(rest)?;
    let (text, after) = rest.split_at_checked(length).ok_or(RecordError::Length)?;
    *rest = after;
    std::str::from_utf8(text).map_err(|_| RecordError::Field)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn record(number: &str, given: &str, family: &str, born: Option<&str>, code: Option<&str>) -> StudentRecord {
        StudentRecord {
            matriculation_number: MatriculationNumber::parse(number).unwrap(),
            given_names: PersonName::parse(given).unwrap(),
            family_name: PersonName::parse(family).unwrap(),
            birth_date: born.map(|text| BirthDate::parse(text).unwrap()),
            postal_code: code.map(|text| PostalCode::parse(text).unwrap()),
        }
    }

    #[test]
    fn a_usual_record_takes_eight_bytes_beside_its_letters() {
        let record = record("0012345", "Anna", "Müller", Some("1999-05-21"), None);
        let bytes = record.to_bytes();
        assert_eq!(bytes.len(), "0012345AnnaMüller".len() + 8);
        assert_eq!(bytes.first(), Some(&1), "the version comes first");
        assert_eq!(StudentRecord::from_bytes(&bytes), Ok(record));
    }

    #[test]
    fn nobody_survives_packing() {
        let nobody = StudentRecord::nobody();
        assert!(nobody.birth_date.is_some());
        assert_eq!(StudentRecord::from_bytes(&nobody.to_bytes()), Ok(nobody));
    }

    #[test]
    fn a_record_is_never_printed() {
        let shown = format!("{:?}", record("0012345", "Anna", "Müller", Some("1999-05-21"), Some("01067")));
        for secret in ["12345", "Anna", "ller", "1999", "01067"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }

    #[test]
    fn a_record_cut_short_or_with_something_behind_it_is_refused() {
        let bytes = record("1", "A", "B", Some("1999-05-21"), Some("01067")).to_bytes();
        for end in 0..bytes.len() {
            assert!(StudentRecord::from_bytes(&bytes[..end]).is_err(), "{end}");
        }
        let mut longer = bytes.to_vec();
        longer.push(0);
        assert_eq!(StudentRecord::from_bytes(&longer), Err(RecordError::Length));
        longer[0] = 2;
        assert_eq!(StudentRecord::from_bytes(&longer), Err(RecordError::Version));
    }

    proptest! {
        #[test]
        fn every_record_comes_back(
            number in "[0-9A-Z]{1,64}", given in "\\p{L}{1,80}", family in "\\p{L}{1,80}",
            days in proptest::option::of(0_i32..73_000), code in proptest::option::of("[0-9]{5}"),
        ) {
            let mut record = record(&number, &given, &family, None, code.as_deref());
            record.birth_date = days.map(|days| BirthDate::new(DAY_ZERO + days.days()).unwrap());
            let bytes = record.to_bytes();
            prop_assert!(bytes.len() <= bytes.capacity());
            prop_assert_eq!(StudentRecord::from_bytes(&bytes), Ok(record));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64), version in any::<bool>()) {
            let mut bytes = bytes;
            if version && !bytes.is_empty() {
                bytes[0] = VERSION;
            }
            if let Ok(record) = StudentRecord::from_bytes(&bytes) {
                prop_assert!(!record.family_name.as_str().is_empty());
            }
        }
    }
}
