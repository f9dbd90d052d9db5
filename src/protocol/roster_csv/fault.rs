//! What is wrong with one row.

use std::{fmt, sync::Arc};

/// A row that cannot be imported. Never holds what stands in the row: faults are shown and logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The physical line in which the row begins, from 1.
    pub line: u64,
    /// The header of the column, where the fault is in one.
    pub column: Option<Arc<str>>,
    /// What is wrong.
    pub reason: FaultReason,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.column {
            Some(column) => write!(f, "line {}, column {column}: {}", self.line, self.reason),
            None => write!(f, "line {}: {}", self.line, self.reason),
        }
    }
}

macro_rules! fault_reasons {
    ($($(#[$doc:meta])* $name:ident $code:literal $sentence:literal)*) => {
        /// Why a row is faulty. `Display` is the English sentence for it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FaultReason {
            $(
                #[doc = $sentence]
                $(#[$doc])*
                $name,
            )*
        }

        impl FaultReason {
            /// Every reason.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The stable code, for machines.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }
        }

        impl fmt::Display for FaultReason {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $(Self::$name => $sentence,)*
                })
            }
        }
    };
}

fault_reasons! {
    NulByte "nul_byte" "The row has a NUL byte, so the file was damaged or is not text."
    NotUtf8 "not_utf8" "The row is not UTF-8 although rows before it are."
    NotWindows1252 "not_windows_1252" "The row is UTF-8 although rows before it are Windows-1252."
    UnclosedQuote "unclosed_quote" "A quote is opened and not closed before the end of the file."
    TextAfterQuote "text_after_quote" "There is text between a closing quote and the next separator; quotes inside a value are doubled."
    TooFewFields "too_few_fields" "The row has fewer fields than are needed."
    TooManyFields "too_many_fields" "The row has more fields than the header, perhaps because a value without quotes has a separator in it."
    Empty "empty" "The value is missing."
    NumberInExponents "number_in_exponents" "The number was rounded to an exponent (like 1.2E+06) by a spreadsheet; export the column as text."
    NumberWithDecimals "number_with_decimals" "The number was given decimal places (like .0) by a spreadsheet; export the column as text."
    NumberCharacter "number_character" "A matriculation number has letters, digits, hyphen, slash and dot only."
    NumberTooLong "number_too_long" "The matriculation number is too long."
    NameTooLong "name_too_long" "The name is too long."
    NameControlCharacter "name_control_character" "The name has a control character."
    NameLostLetter "name_lost_letter" "A letter of the name was lost in an earlier conversion and is now a replacement character."
    NameGarbled "name_garbled" "A letter of the name became two signs (like Ã¼) because UTF-8 was read as Windows-1252 before it was exported."
    NameWithoutComma "name_without_comma" "The column has family name and given names, which must be separated by one comma."
    DateForm "date_form" "The date is not written as DD.MM.YYYY, DD/MM/YYYY or YYYY-MM-DD."
    DateYearTwoDigits "date_year_two_digits" "The date's year has two digits."
    DateImpossible "date_impossible" "There is no such day in the calendar."
    DateOutOfRange "date_out_of_range" "The date's year is outside 1900 to 2099."
    DateWithTime "date_with_time" "The date has a time of day other than midnight, so its day is uncertain."
    PostalCode "postal_code" "The postal code has other characters than letters, digits, hyphen and space, or is too long."
    SemesterUnreadable "semester_unreadable" "The semester is not written in a form this university uses."
    OtherSemester "other_semester" "The row belongs to another semester than this list."
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_reason_has_a_code_of_its_own_and_a_sentence() {
        let codes: BTreeSet<_> = FaultReason::ALL.iter().map(|reason| reason.code()).collect();
        assert_eq!(codes.len(), FaultReason::ALL.len());
        for reason in FaultReason::ALL {
            assert!(reason.code().bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_')), "{reason:?}");
            assert!(reason.to_string().ends_with('.'), "{reason}");
        }
    }
}
