//! Real-looking pairs, and what must hold for all names.

use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

use super::{MatchRule, family_name, given_names, matches};
use crate::domain::person::{BirthDate, MatriculationNumber, PersonName, StudentRecord, TypedClaim};

#[test]
fn family_names_agree_however_they_are_spelled() {
    for (one, other) in [
        ("Müller", "Mueller"),
        ("Müller", "MULLER"),
        ("Mueller", "Muller"),
        ("müller", "MÜLLER"),
        ("Müller", "Mu\u{308}ller"),
        (" Müller ", "Müller"),
        ("Größl", "Groessl"),
        ("Groß", "GROSS"),
        ("Weiß", "Weiss"),
        ("Weiẞ", "WEISS"),
        ("Öztürk", "Oeztuerk"),
        ("Öztürk", "Ozturk"),
        ("Schäuble", "Schaeuble"),
        ("Bäuerle", "Baeuerle"),
        ("Rüegg", "Rueegg"),
        ("Rüegg", "Ruegg"),
        ("Müller-Lüdenscheidt", "Mueller Luedenscheidt"),
        ("Müller-Lüdenscheidt", "Müller – Lüdenscheidt"),
        ("Costa-Ölze", "Costa Oelze"),
        ("O'Brien", "O’Brien"),
        ("O'Brien", "OBrien"),
        ("O'Brien", "O Brien"),
        ("D`Angelo", "d´angelo"),
        ("McDonald", "Mc Donald"),
        ("García Márquez", "GARCIA MARQUEZ"),
        ("Ortega y Gasset", "Ortega Gasset"),
        ("Nuñez", "Nunez"),
        ("Łukaszewski", "Lukaszewski"),
        ("Đorđević", "Dordevic"),
        ("Yıldız", "YILDIZ"),
        ("Erdoğan", "Erdogan"),
        ("Şahin", "Sahin"),
        ("Þórsson", "Thorsson"),
        ("Sørensen", "Soerensen"),
        ("Sørensen", "Sorensen"),
        ("Ångström", "Aangstroem"),
        ("Ångström", "Angstrom"),
        ("Kjærgaard", "Kjaergård"),
        ("Nguyễn", "Nguyen"),
        ("von Goethe", "Goethe"),
        ("von Goethe", "Goethe, von"),
        ("v. Goethe", "von Goethe"),
        ("van der Berg", "Berg"),
        ("van den Berg", "VandenBerg"),
        ("de la Croix", "Delacroix"),
        ("Freiherr vom und zum Stein", "Stein"),
        ("Schenk Graf von Stauffenberg", "Schenk von Stauffenberg"),
        ("Stauffenberg, Gräfin von", "Stauffenberg"),
        ("Dr. Weber", "Weber"),
        ("Weber, Prof. Dr.", "Weber"),
        ("El-Sayed", "El Sayed"),
        ("Al Masri", "Almasri"),
        ("Le", "LE"),
        ("Иванов", "ИВАНОВ"),
        ("Παπαδόπουλος", "ΠΑΠΑΔΌΠΟΥΛΟΣ"),
        ("山田", "山田"),
        ("ﾔﾏﾀﾞ", "ヤマダ"),
    ] {
        assert!(family_name::agree(one, other), "{one} is {other}");
        assert!(family_name::agree(other, one), "{other} is {one}");
    }
}

#[test]
fn family_names_that_are_spoken_differently_do_not_agree() {
    for (one, other) in [
        ("Müller", "Möller"),
        ("Müller", "Miller"),
        ("Muller", "Moeller"),
        ("Schmidt", "Schmitt"),
        ("Schmidt", "Schmid"),
        ("Meyer", "Meier"),
        ("Maier", "Mayer"),
        ("Bauer", "Baur"),
        ("Müller-Lüdenscheidt", "Müller"),
        ("Müller-Lüdenscheidt", "Lüdenscheidt-Müller"),
        ("Jansen", "Janssen"),
        ("Petrov", "Petrova"),
        ("Weber", "Webers"),
        ("von Berg", "Bergmann"),
        ("van der Berg", "van der Burg"),
        ("Graf", "von"),
        ("Graf-Weber", "Weber"),
        ("Le", "La"),
        ("Kim", "Lim"),
        ("Иванов", "Иванова"),
        ("Козлов", "Kozlov"),
        ("Йовков", "Иовков"),
        ("山田", "山本"),
        ("-", "-"),
        ("'", "’"),
        ("...", "..."),
        ("", ""),
    ] {
        assert!(!family_name::agree(one, other), "{one} is not {other}");
        assert!(!family_name::agree(other, one), "{other} is not {one}");
    }
}

#[test]
fn given_names_agree_when_the_first_does_and_none_contradicts() {
    for (one, other) in [
        ("Anna", "ANNA"),
        ("Anna Maria", "Anna"),
        ("Anna Maria Luise", "Anna Luise"),
        ("Anna-Maria", "Anna Maria"),
        ("Hans-Peter", "Hanspeter"),
        ("Hans-Peter", "Hans"),
        ("Hans Peter Georg", "Hanspeter"),
        ("José", "Jose"),
        ("Jürgen", "Juergen"),
        ("Jürgen", "Jurgen"),
        ("Bjørn", "Bjoern"),
        ("Zoë", "Zoe"),
        ("Raül", "Raul"),
        ("François", "Francois"),
        ("Ayşe", "Ayse"),
        ("Dr. Anna", "Anna"),
        ("Dr.-Ing. Karl", "Karl"),
        ("Johann Wolfgang von", "Johann Wolfgang"),
        ("Ing-Wen", "Ing Wen"),
        ("Thị Vân", "Thi Van"),
        ("Nur'ain", "Nurain"),
        ("Алексей", "АЛЕКСЕЙ"),
        ("भारती", "भारती"),
    ] {
        assert!(given_names::agree(one, other), "{one} is {other}");
        assert!(given_names::agree(other, one), "{other} is {one}");
    }
}

#[test]
fn given_names_that_contradict_do_not_agree() {
    for (one, other) in [
        ("Anna", "Anne"),
        ("Anna", "Hanna"),
        ("Anna Maria", "Maria"),
        ("Anna Maria", "Maria Anna"),
        ("Anna Maria", "Anna Luise"),
        ("Ali Mohammed", "Hasan Mohammed"),
        ("Hans-Peter", "Peter"),
        ("Annalena", "Anna"),
        ("Jan", "Jana"),
        ("Jan", "Jann"),
        ("Michael", "Michaela"),
        ("Stefan", "Stephan"),
        ("Philipp", "Philip"),
        ("Kim", "Tim"),
        ("भारती", "भारत"),
        ("-", "-"),
        (".", "Anna"),
        ("", "Anna"),
    ] {
        assert!(!given_names::agree(one, other), "{one} is not {other}");
        assert!(!given_names::agree(other, one), "{other} is not {one}");
    }
}

#[test]
fn the_page_for_universities_says_what_happens() {
    type Agree = fn(&str, &str) -> bool;
    let page = include_str!("../../../docs/rosters.md");
    let section = |heading: &str| page.split_once(heading).unwrap().1.split("\n### ").next().unwrap();
    let checks: [(&str, Agree); 2] =
        [("\n### Family names\n", family_name::agree), ("\n### Given names\n", given_names::agree)];
    for (heading, agree) in checks {
        let rows: Vec<Vec<&str>> = section(heading)
            .lines()
            .filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"))
            .map(|line| line.split(" | ").collect())
            .skip(1)
            .collect();
        assert!(rows.len() > 15, "{heading} has {} examples", rows.len());
        for row in rows {
            let [listed, typed, same] = row[..] else { panic!("{row:?}") };
            assert!(["yes", "no"].contains(&same), "{row:?}");
            assert_eq!(agree(listed, typed), same == "yes", "{listed} and {typed}");
        }
    }
}

fn record(number: &str, given: &str, family: &str, born: Option<&str>) -> StudentRecord {
    let typed = typed(number, given, family, born);
    StudentRecord {
        matriculation_number: typed.matriculation_number,
        given_names: typed.given_names,
        family_name: typed.family_name,
        birth_date: typed.birth_date,
        postal_code: None,
    }
}

fn typed(number: &str, given: &str, family: &str, born: Option<&str>) -> TypedClaim {
    TypedClaim {
        matriculation_number: MatriculationNumber::parse(number).unwrap(),
        given_names: PersonName::parse(given).unwrap(),
        family_name: PersonName::parse(family).unwrap(),
        birth_date: born.map(|text| BirthDate::parse(text).unwrap()),
    }
}

const WITH_DATE: MatchRule = MatchRule { require_birth_date: true };
const WITHOUT_DATE: MatchRule = MatchRule { require_birth_date: false };

#[test]
fn a_person_matches_only_in_all_fields() {
    let record = record("0012345", "Anna Maria", "Müller", Some("1999-05-21"));
    for (claim, expected) in [
        (typed("0012345", "anna", "MUELLER", Some("21.05.1999")), true),
        (typed("12345", "Anna", "Müller", Some("1999-05-21")), false),
        (typed("0012345", "Anne", "Müller", Some("1999-05-21")), false),
        (typed("0012345", "Anna", "Möller", Some("1999-05-21")), false),
        (typed("0012345", "Anna", "Müller", Some("1999-05-22")), false),
        (typed("0012345", "Müller", "Anna", Some("1999-05-21")), false),
    ] {
        for rule in [WITH_DATE, WITHOUT_DATE] {
            assert_eq!(matches(&record, &claim, &rule), expected);
        }
    }
}

#[test]
fn a_son_is_not_his_father_of_the_same_name() {
    let father = record("4711", "Karl", "Weber", Some("1970-01-31"));
    assert!(!matches(&father, &typed("4711", "Karl", "Weber", Some("2004-01-31")), &WITHOUT_DATE));
}

#[test]
fn a_missing_birth_date_matches_only_where_none_is_required() {
    let dated = record("4711", "Karl", "Weber", Some("1970-01-31"));
    let undated = record("4711", "Karl", "Weber", None);
    let claims = [typed("4711", "Karl", "Weber", None), typed("4711", "Karl", "Weber", Some("1970-01-31"))];
    for (record, claim, required) in [
        (&dated, &claims[0], false),
        (&undated, &claims[0], false),
        (&undated, &claims[1], false),
        (&dated, &claims[1], true),
    ] {
        assert!(matches(record, claim, &WITHOUT_DATE));
        assert_eq!(matches(record, claim, &WITH_DATE), required);
    }
}

#[test]
fn nobody_matches_no_claim_not_even_their_own() {
    let nobody = StudentRecord::nobody();
    let claim = TypedClaim {
        matriculation_number: nobody.matriculation_number.clone(),
        given_names: nobody.given_names.clone(),
        family_name: nobody.family_name.clone(),
        birth_date: nobody.birth_date,
    };
    assert!(!matches(&nobody, &claim, &WITHOUT_DATE));
}

/// Names of several scripts, with the marks and signs that occur in them.
const NAMES: &str = "[A-Za-zÄÖÜäöüßéèñçøåæłđışğþőňжйіЖαώς' -]{0,24}";

proptest! {
    #[test]
    fn agreement_is_reflexive_where_there_is_a_letter(name in NAMES) {
        let has_letter = name.chars().any(char::is_alphabetic);
        prop_assert_eq!(family_name::agree(&name, &name), has_letter);
        prop_assert_eq!(given_names::agree(&name, &name), has_letter);
    }

    #[test]
    fn agreement_is_symmetric(one in "[aeou msüß'-]{0,6}( von| dr| de la)?", other in "[aeou msüß'-]{0,6}( von| dr)?") {
        prop_assert_eq!(family_name::agree(&one, &other), family_name::agree(&other, &one));
        prop_assert_eq!(given_names::agree(&one, &other), given_names::agree(&other, &one));
    }

    #[test]
    fn case_and_composition_do_not_matter(name in NAMES) {
        let has_letter = name.chars().any(char::is_alphabetic);
        for other in [
            name.to_uppercase(), name.to_lowercase(), name.nfd().collect(), name.nfc().collect(), name.nfkc().collect(),
        ] {
            prop_assert_eq!(family_name::agree(&name, &other), has_letter, "{}", other);
            prop_assert_eq!(given_names::agree(&name, &other), has_letter, "{}", other);
        }
    }

    #[test]
    fn any_text_is_compared_without_a_panic(one in "\\PC{0,64}", other in any::<String>()) {
        let _ = family_name::agree(&one, &other) | given_names::agree(&one, &other);
        prop_assert!(!family_name::agree(&one, "") && !given_names::agree("", &other));
    }
}
