//! Invented students: a few to try by hand, and some thousand more, the same ones each time.

use std::fmt::Write;

use jiff::civil::{Date, date};
use serde::Serialize;

use crate::base::Random;

/// A student to try by hand.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Tryout {
    /// The university's short name.
    pub(super) university: &'static str,
    /// Its name.
    pub(super) university_name: &'static str,
    /// Leading zeros matter.
    pub(super) matriculation_number: &'static str,
    /// As on the list.
    pub(super) given_names: &'static str,
    /// As on the list.
    pub(super) family_name: &'static str,
    /// To type; the list may not have it.
    pub(super) birth_date: Date,
    /// On which list.
    pub(super) on: List,
    /// What becomes of it: nothing wrong, or a reason code.
    pub(super) refused_with: Option<&'static str>,
    /// In words.
    pub(super) what: &'static str,
}

/// Where a student stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum List {
    /// On the current semester's list.
    Current,
    /// On the current list, without a birth date.
    CurrentWithoutBirthDate,
    /// On the previous semester's list only.
    Previous,
    /// On none.
    None,
}

pub(super) const LINDENSTADT: (&str, &str) = ("uni-lindenstadt", "Universität Lindenstadt");
pub(super) const AUENTAL: (&str, &str) = ("fh-auental", "Fachhochschule Auental");
/// Has a web service instead of a list.
pub(super) const TANNBERG: (&str, &str) = ("ph-tannberg", "Pädagogische Hochschule Tannberg");
pub(super) const BERGHEIM: (&str, &str) = ("hhs-bergheim", "Handelshochschule Bergheim");

/// The students to try.
pub(super) fn tryouts() -> Vec<Tryout> {
    let tryout = |(university, university_name), number, given, family, born, on, refused_with, what| Tryout {
        university,
        university_name,
        matriculation_number: number,
        given_names: given,
        family_name: family,
        birth_date: born,
        on,
        refused_with,
        what,
    };
    vec![
        tryout(
            LINDENSTADT,
            "0041234",
            "Zoë Anna-Luise",
            "Müller-Lüdenscheidt",
            date(2003, 12, 24),
            List::Current,
            None,
            "gets a ticket; type the name as “zoe mueller luedenscheidt” and see the university's spelling",
        ),
        tryout(
            AUENTAL,
            "700815",
            "Jürgen",
            "Groß",
            date(2001, 2, 3),
            List::Current,
            None,
            "gets a ticket; the semester is the Fachhochschule's, March and September",
        ),
        tryout(
            BERGHEIM,
            "B-2024-017",
            "Nguyễn Thị",
            "Mai",
            date(2004, 7, 1),
            List::Current,
            None,
            "gets a ticket; this university's semesters begin in February and August",
        ),
        tryout(
            LINDENSTADT,
            "0049999",
            "Max",
            "Mustermann",
            date(2000, 1, 1),
            List::None,
            Some("not_enrolled"),
            "is refused: not on the list (a wrong name or birth date gets the same answer)",
        ),
        tryout(
            AUENTAL,
            "600001",
            "Erika",
            "Beispiel",
            date(1999, 5, 21),
            List::Previous,
            Some("wrong_semester"),
            "is refused: was enrolled last semester, and is no more",
        ),
        tryout(
            BERGHEIM,
            "B-2024-018",
            "Jonas",
            "Weiß",
            date(2002, 11, 30),
            List::CurrentWithoutBirthDate,
            Some("attribute_missing"),
            "is refused: the ticket needs a birth date, and the university's list has none",
        ),
        tryout(
            TANNBERG,
            "0310042",
            "Chloé",
            "von der Heide",
            date(2002, 4, 17),
            List::Current,
            None,
            "gets a ticket; this university is asked by its web service, and nobody has a list",
        ),
        tryout(
            TANNBERG,
            "0310043",
            "Emil",
            "Krüger",
            date(2001, 9, 9),
            List::Previous,
            Some("wrong_semester"),
            "is refused: the web service says that it was last semester",
        ),
    ]
}

/// What the web service of [`TANNBERG`] knows, as it exports it. `current` and `previous`: semesters as it writes them.
pub(super) fn service_list(current: &str, previous: &str) -> String {
    let mut text = "Matrikelnummer;Nachname;Vorname;Geburtsdatum;Postleitzahl;Semester\n".to_owned();
    for tryout in tryouts().iter().filter(|tryout| tryout.university == TANNBERG.0) {
        let semesters: &[&str] = match tryout.on {
            List::Current | List::CurrentWithoutBirthDate => &[current, previous],
            List::Previous => &[previous],
            List::None => &[],
        };
        for semester in semesters {
            let Tryout { matriculation_number, family_name, given_names, birth_date, .. } = tryout;
            let _ = writeln!(text, "{matriculation_number};{family_name};{given_names};{birth_date};01067;{semester}");
        }
    }
    text
}

const GIVEN: [&str; 40] = [
    "Anna",
    "Ben",
    "Çağla",
    "Dilara",
    "Emil",
    "Fatima",
    "Gökhan",
    "Hannah",
    "Ida",
    "Jakob",
    "Katharina",
    "Łukasz",
    "Mia",
    "Noah",
    "Öykü",
    "Paul",
    "Quirin",
    "Rosalía",
    "Sören",
    "Tabea",
    "Ulrike",
    "Viktor",
    "Wiebke",
    "Xenia",
    "Yusuf",
    "Zoé",
    "Åsa",
    "Bjørn",
    "Chloé",
    "Đorđe",
    "Élodie",
    "Frauke",
    "Giòsuè",
    "Heiner",
    "Inès",
    "Jörg",
    "Klara",
    "Lennart",
    "Marlene",
    "Nils",
];
const FAMILY: [&str; 40] = [
    "Müller",
    "Schmidt",
    "Schneider",
    "Fischer",
    "Weber",
    "Meyer",
    "Wagner",
    "Becker",
    "Schulz",
    "Hoffmann",
    "Schäfer",
    "Koch",
    "Bauer",
    "Richter",
    "Klein",
    "Wolf",
    "Schröder",
    "Neumann",
    "Schwarz",
    "Zimmermann",
    "Braun",
    "Krüger",
    "Hofmann",
    "Hartmann",
    "Lange",
    "Schmitt",
    "Werner",
    "Krause",
    "Lehmann",
    "Köhler",
    "Yılmaz",
    "Kaya",
    "Öztürk",
    "Nowak",
    "Kowalski",
    "von der Heide",
    "O'Brien",
    "García",
    "Nguyễn",
    "Weiß",
];

/// A list as its university exports it: header, the tryouts that stand on it, and `others` invented ones.
pub(super) fn list(university: &str, on: &[List], others: u32, separator: char, with_birth_dates: bool) -> String {
    let random = Random::seeded(u64::from(others) + university.len() as u64);
    let s = separator;
    let mut text = format!("Matrikelnummer{s}Nachname{s}Vorname{s}Geburtsdatum\r\n");
    let mut row = |number: &str, family: &str, given: &str, born: Option<Date>| {
        let born = born.filter(|_| with_birth_dates).map(|born| born.strftime("%d.%m.%Y").to_string());
        let _ = write!(text, "{number}{s}{family}{s}{given}{s}{}\r\n", born.unwrap_or_default());
    };
    for tryout in tryouts().iter().filter(|tryout| tryout.university == university && on.contains(&tryout.on)) {
        let born = Some(tryout.birth_date).filter(|_| tryout.on != List::CurrentWithoutBirthDate);
        row(tryout.matriculation_number, tryout.family_name, tryout.given_names, born);
    }
    for number in 0..others {
        let [given, family, year, day] = random.bytes::<4>();
        let born = date(
            1994 + i16::from(year % 13),
            1 + i8::try_from(day % 12).unwrap_or(0),
            1 + i8::try_from(year % 28).unwrap_or(0),
        );
        let given = GIVEN[usize::from(given) % GIVEN.len()];
        let family = FAMILY[usize::from(family) % FAMILY.len()];
        row(&format!("0{:06}", 100_000 + number * 7), family, given, Some(born));
    }
    text
}
