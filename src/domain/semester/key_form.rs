//! The spellings of a semester that universities use, each with a name for the configuration.

use serde::{Deserialize, Serialize};

use super::{
    Semester, Term,
    years::{SemesterKeyError, Years},
};

/// One way of writing a semester. Reading tolerates case and white space; writing gives exactly the form shown
/// (summer 2018, winter 2018/2019).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyForm {
    /// `18S`, `18W`
    ShortYearLetter,
    /// `2018S`, `2018W`
    YearLetter,
    /// `20181`, `20182`: 1 is summer, 2 is winter
    YearDigit,
    /// `SS18`, `WS18`
    WsShort,
    /// `SS18`, `WS18/19`
    WsShortPair,
    /// `SS2018`, `WS2018`
    WsYear,
    /// `SS2018`, `WS2018/19`
    WsYearShort,
    /// `SS 2018`, `WS 2018/19`
    WsYearShortSpaced,
    /// `SS2018`, `WS2018/2019`
    WsPair,
    /// `SS 2018`, `WS 2018/2019`
    WsPairSpaced,
    /// `SoSe18`, `WiSe18/19`
    WiseShortPair,
    /// `SoSe2018`, `WiSe2018`
    WiseYear,
    /// `SoSe 2018`, `WiSe 2018`
    WiseYearSpaced,
    /// `SoSe2018`, `WiSe2018/19`
    WiseYearShort,
    /// `SoSe 2018`, `WiSe 2018/19`
    WiseYearShortSpaced,
    /// `SoSe 2018`, `WiSe 2018/2019`
    WisePairSpaced,
    /// `SoSe 2018`, `WiSe 20182019`
    WiseJoinedSpaced,
    /// `Sommersemester2018`, `Wintersemester2018`
    SemesterYear,
    /// `Sommersemester2018`, `Wintersemester2018/2019`
    SemesterPair,
    /// `Sommersemester 2018`, `Wintersemester 2018/19`
    SemesterYearShortSpaced,
    /// `Sommersemester 2018`, `Wintersemester 2018/2019`
    SemesterPairSpaced,
    /// `FSS2018`, `HWS2018` (Mannheim)
    HwsYear,
    /// `FSS 2018`, `HWS 2018` (Mannheim)
    HwsYearSpaced,
    /// `FSS 2018`, `HWS 2018/19` (Mannheim)
    HwsYearShortSpaced,
}

impl KeyForm {
    /// Every form, for reading leniently: no text means two different semesters in two of them.
    pub const ALL: &[Self] = &[
        Self::ShortYearLetter,
        Self::YearLetter,
        Self::YearDigit,
        Self::WsShort,
        Self::WsShortPair,
        Self::WsYear,
        Self::WsYearShort,
        Self::WsYearShortSpaced,
        Self::WsPair,
        Self::WsPairSpaced,
        Self::WiseShortPair,
        Self::WiseYear,
        Self::WiseYearSpaced,
        Self::WiseYearShort,
        Self::WiseYearShortSpaced,
        Self::WisePairSpaced,
        Self::WiseJoinedSpaced,
        Self::SemesterYear,
        Self::SemesterPair,
        Self::SemesterYearShortSpaced,
        Self::SemesterPairSpaced,
        Self::HwsYear,
        Self::HwsYearSpaced,
        Self::HwsYearShortSpaced,
    ];

    /// Writes a semester in this form.
    pub fn format(self, semester: Semester) -> String {
        let shape = self.shape();
        let word = shape.words.word(semester.term());
        let years = shape.years.format(semester);
        match (shape.words.follows_years(), shape.spaced) {
            (true, _) => format!("{years}{word}"),
            (false, true) => format!("{word} {years}"),
            (false, false) => format!("{word}{years}"),
        }
    }

    /// Reads a key that holds no white space.
    pub(super) fn read(self, key: &str) -> Result<Semester, SemesterKeyError> {
        let shape = self.shape();
        let read = |term| Some((term, shape.words.strip(term, key)?));
        let (term, years) = read(Term::Summer).or_else(|| read(Term::Winter)).ok_or(SemesterKeyError::Unreadable)?;
        let year = shape.years.read(term, years)?;
        Semester::new(year, term).ok_or(SemesterKeyError::YearOutOfRange)
    }

    fn shape(self) -> Shape {
        let shape = |words, years| Shape { words, years, spaced: false };
        let spaced = |words, years| Shape { words, years, spaced: true };
        match self {
            Self::ShortYearLetter => shape(Words::Letter, Years::Short),
            Self::YearLetter => shape(Words::Letter, Years::Long),
            Self::YearDigit => shape(Words::Digit, Years::Long),
            Self::WsShort => shape(Words::Ws, Years::Short),
            Self::WsShortPair => shape(Words::Ws, Years::ShortPair),
            Self::WsYear => shape(Words::Ws, Years::Long),
            Self::WsYearShort => shape(Words::Ws, Years::LongShort),
            Self::WsYearShortSpaced => spaced(Words::Ws, Years::LongShort),
            Self::WsPair => shape(Words::Ws, Years::LongPair),
            Self::WsPairSpaced => spaced(Words::Ws, Years::LongPair),
            Self::WiseShortPair => shape(Words::Wise, Years::ShortPair),
            Self::WiseYear => shape(Words::Wise, Years::Long),
            Self::WiseYearSpaced => spaced(Words::Wise, Years::Long),
            Self::WiseYearShort => shape(Words::Wise, Years::LongShort),
            Self::WiseYearShortSpaced => spaced(Words::Wise, Years::LongShort),
            Self::WisePairSpaced => spaced(Words::Wise, Years::LongPair),
            Self::WiseJoinedSpaced => spaced(Words::Wise, Years::Joined),
            Self::SemesterYear => shape(Words::Semester, Years::Long),
            Self::SemesterPair => shape(Words::Semester, Years::LongPair),
            Self::SemesterYearShortSpaced => spaced(Words::Semester, Years::LongShort),
            Self::SemesterPairSpaced => spaced(Words::Semester, Years::LongPair),
            Self::HwsYear => shape(Words::Hws, Years::Long),
            Self::HwsYearSpaced => spaced(Words::Hws, Years::Long),
            Self::HwsYearShortSpaced => spaced(Words::Hws, Years::LongShort),
        }
    }
}

struct Shape {
    words: Words,
    years: Years,
    spaced: bool,
}

#[derive(Clone, Copy)]
enum Words {
    Letter,
    Digit,
    Ws,
    Wise,
    Semester,
    Hws,
}

impl Words {
    fn word(self, term: Term) -> &'static str {
        let (summer, winter) = match self {
            Self::Letter => ("S", "W"),
            Self::Digit => ("1", "2"),
            Self::Ws => ("SS", "WS"),
            Self::Wise => ("SoSe", "WiSe"),
            Self::Semester => ("Sommersemester", "Wintersemester"),
            Self::Hws => ("FSS", "HWS"),
        };
        match term {
            Term::Summer => summer,
            Term::Winter => winter,
        }
    }

    fn follows_years(self) -> bool {
        matches!(self, Self::Letter | Self::Digit)
    }

    /// The years, if the key has this term's word where it belongs.
    fn strip(self, term: Term, key: &str) -> Option<&str> {
        let word = self.word(term);
        let (found, years) = if self.follows_years() {
            let (years, found) = key.split_at_checked(key.len().checked_sub(word.len())?)?;
            (found, years)
        } else {
            key.split_at_checked(word.len())?
        };
        found.eq_ignore_ascii_case(word).then_some(years)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_writes_what_its_documentation_shows() {
        let (summer, winter) = (Semester::new(2018, Term::Summer).unwrap(), Semester::new(2018, Term::Winter).unwrap());
        let source = include_str!("key_form.rs");
        for &form in KeyForm::ALL {
            let declaration = format!("\n    {form:?},\n");
            let end = source.find(&declaration).unwrap();
            let doc = source[..end].rsplit("/// ").next().unwrap();
            let shown = format!("`{}`, `{}`", form.format(summer), form.format(winter));
            assert!(doc.starts_with(&shown), "{form:?} is documented as {doc} and writes {shown}");
        }
    }

    #[test]
    fn a_form_is_named_in_snake_case_in_the_configuration() {
        assert_eq!(serde_json::to_string(&KeyForm::WsYearShortSpaced).unwrap(), "\"ws_year_short_spaced\"");
        assert!(serde_json::from_str::<KeyForm>("\"ws\"").is_err());
    }
}
