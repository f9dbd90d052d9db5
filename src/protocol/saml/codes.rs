//! Numbers and codes of students (schac, DFN-AAI, swissEduPerson).

use jiff::civil::Date;

use super::dticket::compact_date;
use crate::base::limits;

/// A matriculation number. Unique only within its university; leading zeros matter.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MatriculationNumber {
    /// The university's domain in lower case, if the code names it.
    pub scope: Option<String>,
    /// The number as it came.
    pub number: String,
}

impl MatriculationNumber {
    /// `urn:schac:personalUniqueCode:de:<scope>:Matrikelnummer:<no>`, or with the legacy prefix.
    pub(super) fn parse(code: &str) -> Option<Self> {
        let rest = after_prefix(code)?;
        let [country, scope, kind, number] = rest.splitn(4, ':').collect::<Vec<_>>()[..] else { return None };
        let fits = country.eq_ignore_ascii_case("de")
            && kind.eq_ignore_ascii_case("Matrikelnummer")
            && !scope.is_empty()
            && is_number(number);
        fits.then(|| Self { scope: Some(scope.to_lowercase()), number: number.to_owned() })
    }

    /// The Swiss number: eight digits.
    pub(super) fn parse_swiss(number: &str) -> Option<Self> {
        let fits = number.len() == 8 && number.bytes().all(|b| b.is_ascii_digit());
        fits.then(|| Self { scope: None, number: number.to_owned() })
    }
}

/// A European Student Identifier: `urn:schac:personalUniqueCode:int:esi:<country or home organization>:<code>`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StudentIdentifier {
    /// The country's code or the university's domain, in lower case.
    pub issuer: String,
    /// The code as it came.
    pub code: String,
}

impl StudentIdentifier {
    pub(super) fn parse(code: &str) -> Option<Self> {
        let rest = after_prefix(code)?;
        let [int, esi, issuer, code] = rest.splitn(4, ':').collect::<Vec<_>>()[..] else { return None };
        let fits = int.eq_ignore_ascii_case("int")
            && esi.eq_ignore_ascii_case("esi")
            && !issuer.is_empty()
            && !code.is_empty()
            && code.len() <= limits::XML_NAME_BYTES;
        fits.then(|| Self { issuer: issuer.to_lowercase(), code: code.to_owned() })
    }
}

/// A subject and the term in it: `dfnEduPersonTermsOfStudy`, `<subject>$<term>`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TermOfStudy {
    /// The key of the subject in the federal statistics, e.g. `079`.
    pub subject: String,
    /// The term in it (Fachsemester).
    pub term: u16,
}

impl TermOfStudy {
    pub(super) fn parse(value: &str) -> Option<Self> {
        let (subject, term) = value.split_once('$')?;
        let fits = !subject.is_empty()
            && subject.len() <= limits::MATRICULATION_CHARS
            && term.len() <= 3
            && term.bytes().all(|b| b.is_ascii_digit());
        Some(Self { subject: subject.to_owned(), term: term.parse().ok().filter(|_| fits)? })
    }
}

/// `schacDateOfBirth` and `swissEduPersonDateOfBirth`: `YYYYMMDD`.
pub(super) fn date_of_birth(value: &str) -> Option<Date> {
    compact_date(value)
}

fn after_prefix(code: &str) -> Option<&str> {
    ["urn:schac:personalUniqueCode:", "urn:mace:terena.org:schac:personalUniqueCode:"].into_iter().find_map(|prefix| {
        let (start, rest) = code.split_at_checked(prefix.len())?;
        start.eq_ignore_ascii_case(prefix).then_some(rest)
    })
}

fn is_number(number: &str) -> bool {
    !number.is_empty()
        && number.chars().count() <= limits::MATRICULATION_CHARS
        && number.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '/' | '.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matriculation_number_keeps_its_zeros_and_its_university() {
        for code in [
            "urn:schac:personalUniqueCode:de:Uni.Example:Matrikelnummer:0012345",
            "urn:mace:terena.org:schac:personalUniqueCode:de:uni.example:matrikelnummer:0012345",
        ] {
            let number = MatriculationNumber::parse(code).unwrap();
            assert_eq!((number.scope.as_deref(), number.number.as_str()), (Some("uni.example"), "0012345"));
            assert_eq!(StudentIdentifier::parse(code), None);
        }
    }

    #[test]
    fn a_student_identifier_is_no_matriculation_number() {
        let code = "urn:schac:personalUniqueCode:int:esi:uni.example:ab:12";
        let id = StudentIdentifier::parse(code).unwrap();
        assert_eq!((id.issuer.as_str(), id.code.as_str()), ("uni.example", "ab:12"));
        assert_eq!(MatriculationNumber::parse(code), None);
    }

    #[test]
    fn malformed_codes_are_refused() {
        for bad in [
            "",
            "12345",
            "urn:schac:personalUniqueCode:de:uni.example:Matrikelnummer:",
            "urn:schac:personalUniqueCode:de::Matrikelnummer:1",
            "urn:schac:personalUniqueCode:de:uni.example:1",
            "urn:schac:personalUniqueCode:at:uni.example:Matrikelnummer:1",
            "urn:schac:personalUniqueCode:de:u:Matrikelnummer:1 2",
        ] {
            assert_eq!(MatriculationNumber::parse(bad), None, "{bad}");
        }
        assert_eq!(MatriculationNumber::parse_swiss("1234567"), None);
        assert!(MatriculationNumber::parse_swiss("01234567").is_some());
    }

    #[test]
    fn a_term_of_study_is_a_subject_and_a_number() {
        assert_eq!(TermOfStudy::parse("079$6"), Some(TermOfStudy { subject: "079".into(), term: 6 }));
        for bad in ["079", "$6", "079$", "079$x", "079$-1", "079$99999"] {
            assert_eq!(TermOfStudy::parse(bad), None, "{bad}");
        }
    }
}
