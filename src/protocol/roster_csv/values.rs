//! What stands in a cell.

use super::FaultReason;
use crate::domain::person::{
    BirthDate, BirthDateError, MatriculationNumber, MatriculationNumberError, NameError, PersonName, PostalCode,
};

/// The cell without white space and without what spreadsheets put around text: `="0012345"`.
pub(super) fn cell(text: &str) -> &str {
    let text = text.trim();
    match text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) => inner.trim(),
        None => text,
    }
}

/// A matriculation number that no spreadsheet has computed with.
pub(super) fn matriculation_number(text: &str) -> Result<MatriculationNumber, FaultReason> {
    let text = text.strip_prefix('\'').unwrap_or(text); // a spreadsheet's mark for text
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        check_computed(text)?;
    }
    MatriculationNumber::parse(text).map_err(|error| match error {
        MatriculationNumberError::Empty => FaultReason::Empty,
        MatriculationNumberError::TooLong => FaultReason::NumberTooLong,
        MatriculationNumberError::Character => FaultReason::NumberCharacter,
    })
}

/// Family name or given names.
pub(super) fn name(text: &str) -> Result<PersonName, FaultReason> {
    if !text.is_ascii() && is_garbled(text) {
        return Err(FaultReason::NameGarbled);
    }
    PersonName::parse(text).map_err(|error| match error {
        NameError::Empty => FaultReason::Empty,
        NameError::TooLong => FaultReason::NameTooLong,
        NameError::Control => FaultReason::NameControlCharacter,
        NameError::Lost => FaultReason::NameLostLetter,
    })
}

/// `Müller, Anna`: family name and given names.
pub(super) fn full_name(text: &str) -> Result<(PersonName, PersonName), FaultReason> {
    if text.is_empty() {
        return Err(FaultReason::Empty);
    }
    let (family, given) = text.split_once(',').ok_or(FaultReason::NameWithoutComma)?;
    if given.contains(',') {
        return Err(FaultReason::NameWithoutComma);
    }
    Ok((name(family)?, name(given)?))
}

/// A birth date, also with a midnight behind it as databases write it; an empty cell is none.
pub(super) fn birth_date(text: &str) -> Result<Option<BirthDate>, FaultReason> {
    if text.is_empty() {
        return Ok(None);
    }
    let day = match text.rsplit_once(['T', ' ']) {
        Some((day, time)) if time.contains(':') => {
            if !is_midnight(time) {
                return Err(FaultReason::DateWithTime);
            }
            day
        }
        _ => text,
    };
    let date = if day.contains('/') { BirthDate::parse_day_first(day, '/') } else { BirthDate::parse(day) };
    date.map(Some).map_err(|error| match error {
        BirthDateError::Form => FaultReason::DateForm,
        BirthDateError::TwoDigitYear => FaultReason::DateYearTwoDigits,
        BirthDateError::NoSuchDay => FaultReason::DateImpossible,
        BirthDateError::YearOutOfRange => FaultReason::DateOutOfRange,
    })
}

/// A postal code; an empty cell is none.
pub(super) fn postal_code(text: &str) -> Result<Option<PostalCode>, FaultReason> {
    if text.is_empty() {
        return Ok(None);
    }
    PostalCode::parse(text).map(Some).map_err(|_| FaultReason::PostalCode)
}

/// Whether a status says that somebody has left. On leave (beurlaubt) is still enrolled.
pub(super) fn has_left(status: &str) -> bool {
    let begins = |word: &str| status.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word));
    begins("exmatrik") || begins("exmatric")
}

/// Whether a spreadsheet took the number for an amount.
fn check_computed(text: &str) -> Result<(), FaultReason> {
    if in_exponents(text) {
        return Err(FaultReason::NumberInExponents);
    }
    if with_decimals(text) {
        return Err(FaultReason::NumberWithDecimals);
    }
    Ok(())
}

/// `00:00`, `0:00:00`, `00:00:00.000`. A zone behind it is refused: midnight elsewhere is another day here.
fn is_midnight(time: &str) -> bool {
    time.bytes().all(|byte| matches!(byte, b'0' | b':' | b'.')) && time.len() <= 16
}

/// Whether a Latin letter's two bytes of UTF-8 were taken for two characters: `Ã` and a sign that follows no letter.
fn is_garbled(name: &str) -> bool {
    let mut after_first = false;
    name.chars().any(|c| {
        let second = matches!(c, '\u{80}'..='\u{bf}') || "€‚ƒ„…†‡ˆ‰‹Œ‘“”•–—˜™›œŸ".contains(c);
        let garbled = after_first && second;
        after_first = matches!(c, 'Ã' | 'Ä' | 'Å');
        garbled
    })
}

/// `1.23457E+06`, `1,23E+06`, `123e-2`
fn in_exponents(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else { return false };
    let is_digit = |byte: u8| byte.is_ascii_digit();
    !mantissa.is_empty()
        && mantissa.bytes().all(|byte| is_digit(byte) || matches!(byte, b'.' | b','))
        && exponent.strip_prefix(['+', '-']).is_some_and(|digits| !digits.is_empty() && digits.bytes().all(is_digit))
}

/// `123456.0`, `123456,00`
fn with_decimals(text: &str) -> bool {
    let Some((whole, decimals)) = text.split_once(['.', ',']) else { return false };
    let only = |text: &str, digits: fn(u8) -> bool| !text.is_empty() && text.bytes().all(digits);
    only(whole, |byte| byte.is_ascii_digit()) && only(decimals, |byte| byte == b'0')
}
