//! Reads a university's semester key.

use super::{KeyForm, Semester, years::SemesterKeyError};

/// Longer than any form with generous white space, in bytes.
const KEY_BYTES: usize = 64;

/// Reads `text` in any of the accepted forms. White space and case do not matter; two-digit years mean 2000 to 2099;
/// a winter's second year must be the one after its first, and may stand behind `/` or `-`.
pub fn parse_key(text: &str, accepted: &[KeyForm]) -> Result<Semester, SemesterKeyError> {
    if text.len() > KEY_BYTES {
        return Err(SemesterKeyError::TooLong);
    }
    let key: String = text.split_whitespace().collect();
    if key.is_empty() {
        return Err(SemesterKeyError::Empty);
    }
    let mut reason = SemesterKeyError::Unreadable;
    for form in accepted {
        match form.read(&key) {
            Ok(semester) => return Ok(semester),
            Err(SemesterKeyError::Unreadable) => {}
            Err(telling) => reason = telling,
        }
    }
    Err(reason)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::semester::Term;

    fn semesters() -> impl Iterator<Item = Semester> {
        std::iter::successors(Some(Semester::FIRST), |semester| semester.next())
    }

    fn read(text: &str) -> Result<Semester, SemesterKeyError> {
        parse_key(text, KeyForm::ALL)
    }

    #[test]
    fn the_keys_seen_in_the_field_are_read() {
        for (text, canonical) in [
            ("10W", "2010W"),
            ("2019W", "2019W"),
            ("20182", "2018W"),
            ("20181", "2018S"),
            ("WS2018/19", "2018W"),
            ("WS 2018/2019", "2018W"),
            ("ws 18/19", "2018W"),
            ("SS18", "2018S"),
            ("SoSe 2018", "2018S"),
            ("sose2018", "2018S"),
            ("WiSe 20262027", "2026W"),
            ("WiSe 2026/27", "2026W"),
            ("WISE 2026 - 27", "2026W"),
            ("Sommersemester2018", "2018S"),
            ("Wintersemester 2018/2019", "2018W"),
            (" \u{a0}Wintersemester\t2018 / 19\n", "2018W"),
            ("HWS2026", "2026W"),
            ("FSS 2026", "2026S"),
            ("WS99/00", "2099W"),
            ("WS2099/2100", "2099W"),
            ("00s", "2000S"),
        ] {
            assert_eq!(read(text).map(|semester| semester.to_string()).as_deref(), Ok(canonical), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_key_is_refused_with_its_reason() {
        use SemesterKeyError::{Empty, SecondYear, TooLong, Unreadable, YearOutOfRange};
        for (text, reason) in [
            ("", Empty),
            (" \t\u{a0}", Empty),
            ("WS2018/20", SecondYear),
            ("WS2018/18", SecondYear),
            ("WS 18/20", SecondYear),
            ("WiSe 20262028", SecondYear),
            ("WS1999/00", YearOutOfRange),
            ("2100S", YearOutOfRange),
            ("19992", YearOutOfRange),
            ("20183", Unreadable),
            ("2018", Unreadable),
            ("S", Unreadable),
            ("W", Unreadable),
            ("X2018", Unreadable),
            ("SS2018/19", Unreadable),
            ("WS２018", Unreadable),
            ("WS+018", Unreadable),
            ("WS2018/19x", Unreadable),
            ("ＷＳ2018", Unreadable),
            ("ß", Unreadable),
            ("äW", Unreadable),
            ("WS2018'; DROP TABLE rosters--", Unreadable),
        ] {
            assert_eq!(read(text), Err(reason), "{text:?}");
        }
        assert_eq!(read(&"1".repeat(65)), Err(TooLong));
    }

    #[test]
    fn a_form_that_is_not_accepted_is_refused() {
        assert_eq!(parse_key("SS18", &[KeyForm::YearLetter]), Err(SemesterKeyError::Unreadable));
        assert_eq!(parse_key("SS18", &[]), Err(SemesterKeyError::Unreadable));
    }

    #[test]
    fn every_form_round_trips_for_every_semester() {
        for semester in semesters() {
            for &form in KeyForm::ALL {
                let text = form.format(semester);
                for spelling in [text.clone(), text.to_lowercase(), text.to_uppercase(), format!("  {text} ")] {
                    assert_eq!(parse_key(&spelling, &[form]), Ok(semester), "{form:?} {spelling}");
                }
            }
        }
    }

    #[test]
    fn no_text_means_two_semesters() {
        for semester in semesters() {
            for text in KeyForm::ALL.iter().map(|form| form.format(semester)) {
                for &form in KeyForm::ALL {
                    assert_eq!(parse_key(&text, &[form]).unwrap_or(semester), semester, "{form:?} {text}");
                }
                assert_eq!(read(&text), Ok(semester));
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_and_what_is_read_is_in_range(text in "\\PC{0,80}") {
            if let Ok(semester) = read(&text) {
                prop_assert!((Semester::FIRST..=Semester::LAST).contains(&semester));
            }
        }

        #[test]
        fn nearly_keys_never_panic(text in "(W|S|WS|SS|WiSe|SoSe|HWS|ä|Wintersemester)?[ ]?[0-9]{0,5}[/-]?[0-9]{0,5}(S|W|ß)?") {
            if let Ok(semester) = read(&text) {
                let winter_pair = text.contains(['/', '-']);
                prop_assert!(!winter_pair || semester.term() == Term::Winter);
            }
        }
    }
}
