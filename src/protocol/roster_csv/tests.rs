//! Files as universities export them, and as nobody should.

use std::io::Read;

use encoding_rs::WINDOWS_1252;
use proptest::prelude::*;

use super::{Fault, FaultReason, Field, Layout, LayoutError, Options, Reader, RosterError, Row};
use crate::{
    base::limits::{ROSTER_COLUMNS, ROSTER_LINE_BYTES},
    domain::{
        person::{BirthDate, PostalCode, StudentRecord},
        semester::{KeyForm, Semester},
    },
};

fn options() -> Options {
    Options::new(Semester::parse_canonical("2026W").unwrap())
}

/// All rows, or the error that ended the reading.
fn rows(file: &[u8], options: Options) -> Result<Vec<Row>, RosterError> {
    Reader::open(file, options)?.collect()
}

/// Rows as short texts: `2 0012345|Müller|Anna|1999-05-21|`, `3 skipped`, `4 Name: empty`.
fn read_with(file: impl AsRef<[u8]>, options: Options) -> Vec<String> {
    rows(file.as_ref(), options).unwrap().iter().map(shown).collect()
}

fn read(file: impl AsRef<[u8]>) -> Vec<String> {
    read_with(file, options())
}

fn shown(row: &Row) -> String {
    match row {
        Row::Student { line, record } => format!("{line} {}", fields(record).join("|")),
        Row::Skipped { line } => format!("{line} skipped"),
        Row::Fault(Fault { line, column: Some(column), reason }) => format!("{line} {column}: {}", reason.code()),
        Row::Fault(Fault { line, column: None, reason }) => format!("{line} {}", reason.code()),
    }
}

fn fields(record: &StudentRecord) -> [String; 5] {
    [
        record.matriculation_number.normalised().to_owned(),
        record.family_name.as_str().to_owned(),
        record.given_names.as_str().to_owned(),
        record.birth_date.map(BirthDate::to_iso).unwrap_or_default(),
        record.postal_code.as_ref().map(PostalCode::as_str).unwrap_or_default().to_owned(),
    ]
}

fn refused(file: impl AsRef<[u8]>) -> String {
    rows(file.as_ref(), options()).unwrap_err().to_string()
}

/// The reason for which a row with this one cell is refused.
fn fault_of(header: &str, cell: &str) -> Option<FaultReason> {
    let (number, name, given) = match header {
        "Matrikelnummer" => (cell, "Müller", "Anna"),
        "Name" => ("1", cell, "Anna"),
        "Vorname" => ("1", "Müller", cell),
        _ => ("1", "Müller", "Anna"),
    };
    let other =
        if ["Matrikelnummer", "Name", "Vorname"].contains(&header) { ("Sonstiges", "") } else { (header, cell) };
    let file = format!("Matrikelnummer;Name;Vorname;{}\n{number};{name};{given};{}\n", other.0, other.1);
    let rows = rows(file.as_bytes(), options()).unwrap();
    match &rows[..] {
        [Row::Student { line: 2, .. }] => None,
        [Row::Fault(fault)] => {
            assert_eq!((fault.line, fault.column.as_deref()), (2, Some(header)));
            Some(fault.reason)
        }
        rows => panic!("{rows:?}"),
    }
}

#[derive(Clone, Copy, Debug)]
enum Encoding {
    Utf8,
    Utf8WithMark,
    Windows1252,
    Utf16Le,
    Utf16Be,
    Utf16LeWithMark,
    Utf16BeWithMark,
}

const ENCODINGS: [Encoding; 7] = [
    Encoding::Utf8,
    Encoding::Utf8WithMark,
    Encoding::Windows1252,
    Encoding::Utf16Le,
    Encoding::Utf16Be,
    Encoding::Utf16LeWithMark,
    Encoding::Utf16BeWithMark,
];

impl Encoding {
    fn encode(self, text: &str) -> Vec<u8> {
        let utf16 = |mark: &str, bytes: fn(u16) -> [u8; 2]| {
            mark.encode_utf16().chain(text.encode_utf16()).flat_map(bytes).collect()
        };
        match self {
            Self::Utf8 => text.as_bytes().to_vec(),
            Self::Utf8WithMark => format!("\u{feff}{text}").into_bytes(),
            Self::Windows1252 => WINDOWS_1252.encode(text).0.into_owned(),
            Self::Utf16Le => utf16("", u16::to_le_bytes),
            Self::Utf16Be => utf16("", u16::to_be_bytes),
            Self::Utf16LeWithMark => utf16("\u{feff}", u16::to_le_bytes),
            Self::Utf16BeWithMark => utf16("\u{feff}", u16::to_be_bytes),
        }
    }
}

#[test]
fn every_encoding_separator_and_line_end_gives_the_same_students() {
    let expected = ["2 0012345|Müller|José|1999-05-21|01067", "3 9|Weiß-Œuvré|Zoë €|2001-02-01|"];
    for encoding in ENCODINGS {
        for separator in [";", ",", "\t", "|"] {
            for line_end in ["\n", "\r", "\r\n"] {
                for quote in ["", "\""] {
                    for last in [line_end, ""] {
                        let text = [
                            ["Matrikelnummer", "Nachname", "Vorname", "Geburtsdatum", "PLZ"],
                            ["0012345", "Müller", "José", "21.05.1999", "01067"],
                            ["9", "Weiß-Œuvré", "Zoë €", "2001-02-01", ""],
                        ]
                        .map(|row| row.map(|cell| format!("{quote}{cell}{quote}")).join(separator))
                        .join(line_end)
                            + last;
                        assert_eq!(read(encoding.encode(&text)), expected, "{encoding:?} {text:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn headers_are_known_in_german_and_english_in_any_spelling() {
    for number in
        ["Matrikelnummer", "MATRIKELNUMMER", "Matr.-Nr.", "MatrNr", "Mtknr", "matriculation_number", "Student ID"]
    {
        for family in ["Name", "Nachname", "Familienname", "last name", "Surname", "familyName"] {
            for given in ["Vorname", "Vornamen", "Vorname(n)", "Rufname", "Given names", "first-name"] {
                for born in ["Geburtsdatum", "GebDat", "geb. am", "Geb.-Datum", "birth date", "date_of_birth"] {
                    let file = format!("{number};{family};{given};{born};Postleitzahl\n1;M;A;1.2.2003;01067");
                    assert_eq!(read(&file), ["2 1|M|A|2003-02-01|01067"], "{file}");
                }
            }
        }
    }
}

#[test]
fn a_surer_header_wins_over_a_vague_one() {
    let file = "Name;Nachname;Vorname;Rufname;Matrikelnummer\nDr. Anna Müller;Müller;Anna Maria;Anna;1";
    assert_eq!(read(file), ["2 1|Müller|Anna Maria||"]);
}

#[test]
fn family_and_given_names_may_share_a_column() {
    let file = "Matrikelnummer;Name, Vorname;Geburtsdatum\n1;Müller, Anna Maria;\n2;von Goethe,Johann;\n3;Weber;\n4;a,b,c;\n5;,b;\n6;;";
    assert_eq!(
        read(file),
        [
            "2 1|Müller|Anna Maria||",
            "3 2|von Goethe|Johann||",
            "4 Name, Vorname: name_without_comma",
            "5 Name, Vorname: name_without_comma",
            "6 Name, Vorname: empty",
            "7 Name, Vorname: empty",
        ]
    );
    assert_eq!(read("MatrNr,\"Name, Vorname\"\n1,\"Müller, Anna\""), ["2 1|Müller|Anna||"]);
}

#[test]
fn what_excel_and_people_put_above_the_header_is_passed_over() {
    let file = "sep=,\r\n# Liste der Studierenden, Semester\r\n\r\nUniversität Beispiel;;\r\nStand: 1.10.2026\r\n,,\r\n\
                MatrNr,Name,Vorname\r\n1,M,A\r\n";
    assert_eq!(read(file), ["8 1|M|A||"]);
    assert_eq!(read("\"sep=|\"\nMatrNr|Name|Vorname\n1|M|A"), ["3 1|M|A||"]);
    let titles = |count| "Titel\n".repeat(count) + "MatrNr;Name;Vorname\n1;M;A";
    assert_eq!(read(titles(10)), ["12 1|M|A||"]);
    assert!(matches!(rows(titles(11).as_bytes(), options()), Err(RosterError::NoHeader)));
}

#[test]
fn separators_at_the_end_and_empty_lines_do_not_matter() {
    let file = "MatrNr;Name;Vorname;;;\n\n1;M;A\n;;;;;\n2;N;B;;;;;;;\n   \n";
    assert_eq!(read(file), ["3 1|M|A||", "5 2|N|B||"]);
}

#[test]
fn quoted_cells_may_hold_separators_quotes_and_lines_and_lines_are_still_counted() {
    let file = "MatrNr;Name;Vorname;Bemerkung\n\
                1;\"Müller;Weber\";\"Anna\n\"\"Anni\"\"\";\"x\r\ny\rz\"\n\
                2; \"N\" ;24\" B;\n\
                3;O;C;\"\"\n";
    assert_eq!(read(file), ["2 1|Müller;Weber|Anna \"Anni\"||", "6 2|N|24\" B||", "7 3|O|C||"]);
}

#[test]
fn text_behind_a_closing_quote_is_a_fault_of_that_row_only() {
    let file = "MatrNr;Name;Vorname\n1;\"M\"x;A\n2;N;B\n3;\"O\"\"P;C\n";
    assert_eq!(read(file), ["2 text_after_quote", "3 2|N|B||", "4 unclosed_quote"]);
}

#[test]
fn a_quote_that_is_never_closed_stops_at_the_limit_of_a_row() {
    let file = "MatrNr;Name;Vorname\n1;M;A\n2;\"N;B\n".to_owned() + &"3;O;C\n".repeat(ROSTER_LINE_BYTES);
    assert!(matches!(rows(file.as_bytes(), options()), Err(RosterError::LineTooLong { line: 3 })));
}

#[test]
fn rows_of_the_wrong_length_are_faults_unless_nothing_is_lost() {
    let file = "MatrNr;Name;Vorname;PLZ\n1;M;A\n2;N\n3\n4;Müller;Weber;B;01067\n";
    assert_eq!(read(file), ["2 1|M|A||", "3 Vorname: too_few_fields", "4 Name: too_few_fields", "5 too_many_fields"]);
}

#[test]
fn a_missing_column_is_named_with_what_is_there() {
    assert_eq!(
        refused("Titel\nMatrNr;Vorname;Ort\n1;A;X\n"),
        "the header in line 2 has no column for family name (Nachname); its columns are: MatrNr, Vorname, Ort"
    );
    assert_eq!(
        refused("Name;Vorname\n"),
        "the header in line 1 has no column for matriculation number (Matrikelnummer); its columns are: Name, Vorname"
    );
}

#[test]
fn a_file_without_header_is_refused_without_showing_a_student() {
    for file in ["4711;Geheim;Anna;21.05.1999\n", "4711;Name;Geheim\n", "\n\n", "x"] {
        let error = rows(file.as_bytes(), options()).unwrap_err();
        assert!(matches!(error, RosterError::NoHeader), "{file}");
        assert!(!error.to_string().contains("Geheim") && !error.to_string().contains("4711"));
    }
}

#[test]
fn two_columns_with_one_meaning_are_refused() {
    assert_eq!(
        refused("MatrNr;Matrikelnummer;Name;Vorname\n1;2;M;A"),
        "the header in line 1 has more than one column for matriculation number (Matrikelnummer): MatrNr, Matrikelnummer"
    );
    assert!(refused("MatrNr;Name;Name;Vorname\n").contains("more than one column for family name"));
}

#[test]
fn a_file_without_header_is_read_with_configured_columns() {
    let columns =
        vec![Field::FamilyName, Field::GivenNames, Field::Ignored, Field::MatriculationNumber, Field::Ignored];
    let layout = Layout::columns(columns).unwrap();
    for separator in [";", ",", "\t", "|"] {
        let file =
            ["Müller", "Anna", "x", "0012", "y"].join(separator) + "\n\n" + &["Weber", "", "", "1", ""].join(separator);
        let read = read_with(file, Options { layout: layout.clone(), ..options() });
        assert_eq!(read, ["1 0012|Müller|Anna||", "3 given names (Vorname): empty"], "{separator:?}");
    }
    assert!(matches!(rows(b"", Options { layout, ..options() }), Err(RosterError::Empty)));
}

#[test]
fn configured_columns_must_be_complete_and_unambiguous() {
    use Field::{FamilyName, FullName, GivenNames, Ignored, MatriculationNumber};
    assert!(matches!(Layout::columns(vec![MatriculationNumber, FamilyName]), Err(LayoutError(GivenNames))));
    assert!(matches!(Layout::columns(vec![FullName]), Err(LayoutError(MatriculationNumber))));
    assert!(matches!(
        Layout::columns(vec![MatriculationNumber, FullName, MatriculationNumber]),
        Err(LayoutError(MatriculationNumber))
    ));
    assert!(Layout::columns(vec![Ignored, FullName, Ignored, MatriculationNumber]).is_ok());
}

#[test]
fn dates_are_read_in_the_forms_of_people_and_databases() {
    for (cell, iso) in [
        ("21.05.1999", "1999-05-21"),
        ("1.2.2003", "2003-02-01"),
        ("1999-05-21", "1999-05-21"),
        ("1999-05-21T00:00:00", "1999-05-21"),
        ("1999-05-21 00:00:00.000", "1999-05-21"),
        ("21.05.1999 00:00", "1999-05-21"),
        ("21.05.1999 0:00:00", "1999-05-21"),
        ("21/05/1999", "1999-05-21"),
        ("3/4/1999", "1999-04-03"),
        ("=\"21.05.1999\"", "1999-05-21"),
        ("", ""),
    ] {
        let file = format!("MatrNr;Name;Vorname;Geburtsdatum\n1;M;A;{cell}");
        assert_eq!(read(&file), [format!("2 1|M|A|{iso}|")], "{cell}");
    }
}

#[test]
fn cells_that_cannot_be_are_faults_with_their_reason() {
    use FaultReason as R;
    for (header, cell, reason) in [
        ("Geburtsdatum", "30.02.2001", R::DateImpossible),
        ("Geburtsdatum", "05/21/1999", R::DateImpossible),
        ("Geburtsdatum", "0000-00-00", R::DateImpossible),
        ("Geburtsdatum", "21.05.99", R::DateYearTwoDigits),
        ("Geburtsdatum", "36301", R::DateForm),
        ("Geburtsdatum", "unbekannt", R::DateForm),
        ("Geburtsdatum", "01.01.1800", R::DateOutOfRange),
        ("Geburtsdatum", "1999-05-20T22:00:00", R::DateWithTime),
        ("Geburtsdatum", "1999-05-21T00:00:00Z", R::DateWithTime),
        ("Matrikelnummer", "", R::Empty),
        ("Matrikelnummer", "=\"\"", R::Empty),
        ("Matrikelnummer", "1.23457E+06", R::NumberInExponents),
        ("Matrikelnummer", "1,23457E+06", R::NumberInExponents),
        ("Matrikelnummer", "1e+06", R::NumberInExponents),
        ("Matrikelnummer", "123456.0", R::NumberWithDecimals),
        ("Matrikelnummer", "123456,00", R::NumberWithDecimals),
        ("Matrikelnummer", "12 345", R::NumberCharacter),
        ("Matrikelnummer", "#######", R::NumberCharacter),
        ("Name", "", R::Empty),
        ("Vorname", " ", R::Empty),
        ("Name", "M\u{7}", R::NameControlCharacter),
        ("Name", "M\u{fffd}ller", R::NameLostLetter),
        ("Name", "MÃ¼ller", R::NameGarbled),
        ("Vorname", "Ã–mer", R::NameGarbled),
        ("Vorname", "AyÅŸe", R::NameGarbled),
        ("PLZ", "straße", R::PostalCode),
        ("Semester", "WS 2025/26", R::OtherSemester),
        ("Semester", "3", R::SemesterUnreadable),
        ("Semester", "", R::Empty),
    ] {
        assert_eq!(fault_of(header, cell), Some(reason), "{header}: {cell}");
    }
    assert_eq!(fault_of("Matrikelnummer", &"1".repeat(65)), Some(R::NumberTooLong));
    assert_eq!(fault_of("Name", &"x".repeat(257)), Some(R::NameTooLong));
    assert_eq!(fault_of("Name", "JOÃO"), None);
    assert_eq!(fault_of("Matrikelnummer", "12E345"), None);
    assert_eq!(fault_of("Matrikelnummer", "1.234.567"), None);
}

#[test]
fn numbers_that_a_spreadsheet_marked_as_text_are_unwrapped() {
    let file = "MatrNr;Name;Vorname\n=\"0012345\";M;A\n\"=\"\"0012346\"\"\";M;A\n'0012347;M;A";
    assert_eq!(read(file), ["2 0012345|M|A||", "3 0012346|M|A||", "4 0012347|M|A||"]);
}

#[test]
fn a_semester_column_must_say_the_list_s_semester_in_a_form_the_university_uses() {
    let file = "MatrNr;Name;Vorname;Semester\n1;M;A;WS 2026/27\n2;M;A;20262\n3;M;A;SS 2026\n4;M;A;WS 2026/27\n";
    let other = "4 Semester: other_semester";
    assert_eq!(read(file), ["2 1|M|A||", "3 2|M|A||", other, "5 4|M|A||"]);
    let strict = Options { semester_keys: vec![KeyForm::WsYearShortSpaced], ..options() };
    assert_eq!(read_with(file, strict), ["2 1|M|A||", "3 Semester: semester_unreadable", other, "5 4|M|A||"]);
}

#[test]
fn students_who_have_left_are_skipped_and_those_on_leave_are_not() {
    let file = "MatrNr;Name;Vorname;Status\n1;M;A;immatrikuliert\n2;M;A;Exmatrikuliert\n3;M;A;beurlaubt\n\
                4;M;A;exmatriculated\n;;;EXMATRIKULIERT\n6;M;A;";
    assert_eq!(read(file), ["2 1|M|A||", "3 skipped", "4 3|M|A||", "5 skipped", "6 skipped", "7 6|M|A||"]);
}

#[test]
fn a_row_in_another_encoding_than_the_rows_before_is_a_fault() {
    let file = [&b"MatrNr;Name;Vorname\n1;M\xc3\xbcller;A\n2;M\xfcller;B\n3;Weber;C\n"[..]].concat();
    assert_eq!(read(file), ["2 1|Müller|A||", "3 not_utf8", "4 3|Weber|C||"]);
    let file = b"MatrNr;Name;Vorname\n1;M\xfcller;A\n2;M\xc3\xbcller;B\n3;Wei\xdf;C\n";
    assert_eq!(read(file), ["2 1|Müller|A||", "3 not_windows_1252", "4 3|Weiß|C||"]);
    let marked = b"\xef\xbb\xbfMatrNr;Name;Vorname\n1;M\xfcller;A\n";
    assert_eq!(read(marked), ["2 not_utf8"]);
    let by_header = "MatrNr;Name;Vorname;Straße\n".as_bytes();
    assert_eq!(read([by_header, b"1;M\xfcller;A;\n"].concat()), ["2 not_utf8"]);
}

#[test]
fn characters_that_windows_1252_does_not_have_are_faults() {
    assert_eq!(read(b"MatrNr;Name;Vorname\n1;M\x81\xfcller;A\n"), ["2 Name: name_control_character"]);
}

#[test]
fn half_a_utf16_character_is_a_lost_letter() {
    let mut file = Encoding::Utf16Le.encode("MatrNr;Name;Vorname\n1;M;A\n2;N;B");
    file.extend([0x3d, 0xd8]);
    assert_eq!(read(&file), ["2 1|M|A||", "3 Vorname: name_lost_letter"]);
    file.push(0x0a);
    assert_eq!(read(&file)[0], "2 1|M|A||");
}

#[test]
fn a_nul_byte_is_a_fault_also_in_a_column_that_does_not_matter() {
    assert_eq!(read("MatrNr;Name;Vorname;Ort\n1;M;A;\0\n2;N;B;\n"), ["2 nul_byte", "3 2|N|B||"]);
}

#[test]
fn files_that_are_no_text_are_named() {
    for (file, kind) in [
        (&b"PK\x03\x04xlsx"[..], "Excel workbook"),
        (b"\xd0\xcf\x11\xe0xls", "old Excel workbook"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"%PDF-1.7", "PDF"),
        (b"\xff\xfe\0\0M\0\0\0", "UTF-32"),
    ] {
        assert!(refused(file).contains(kind), "{kind}");
    }
    assert!(matches!(rows(b"", options()), Err(RosterError::Empty)));
    assert!(matches!(rows(b"\xef\xbb\xbf", options()), Err(RosterError::Empty)));
}

#[test]
fn each_bound_has_its_error() {
    let file = "MatrNr;Name;Vorname\n1;M;A\n2;M;A\n";
    let limited = |max_bytes, max_rows| rows(file.as_bytes(), Options { max_bytes, max_rows, ..options() });
    assert_eq!(limited(32, 2).unwrap().len(), 2);
    assert!(matches!(limited(31, 2), Err(RosterError::TooManyBytes { limit: 31 })));
    assert!(matches!(limited(32, 1), Err(RosterError::TooManyRows { limit: 1 })));

    let long = format!("MatrNr;Name;Vorname\n1;M;A\n2;M;{}\n", "A".repeat(ROSTER_LINE_BYTES));
    assert!(matches!(rows(long.as_bytes(), options()), Err(RosterError::LineTooLong { line: 3 })));
    let endless = format!("MatrNr;Name;Vorname\n1;M;{}", "A".repeat(40 * ROSTER_LINE_BYTES));
    assert!(matches!(rows(endless.as_bytes(), options()), Err(RosterError::LineTooLong { line: 2 })));

    let wide = |columns: usize| format!("MatrNr;Name;Vorname{}\n1;M;A\n", ";x".repeat(columns - 3));
    assert_eq!(read(wide(ROSTER_COLUMNS)).len(), 1);
    assert!(matches!(
        rows(wide(ROSTER_COLUMNS + 1).as_bytes(), options()),
        Err(RosterError::TooManyColumns { line: 1 })
    ));
}

/// Gives a few bytes at a time, then an error if there is one.
struct Dripping<'a>(&'a [u8], usize, bool);

impl Read for Dripping<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.0.is_empty() && self.2 {
            return Err(std::io::Error::other("the line went dead"));
        }
        let count = self.1.min(buffer.len()).min(self.0.len());
        let (now, later) = self.0.split_at(count);
        buffer[..count].copy_from_slice(now);
        self.0 = later;
        Ok(count)
    }
}

#[test]
fn a_large_file_that_comes_in_drops_is_read_whole() {
    let mut file = String::from("MatrNr;Name;Vorname\r\n");
    for i in 0..5_000 {
        let family = "x".repeat(i % 100);
        file.extend([&i.to_string(), ";Müller", &family, ";\"An\"\"na\"\r\n"]);
    }
    for encoding in ENCODINGS {
        let bytes = encoding.encode(&file);
        let rows: Vec<Row> =
            Reader::open(Dripping(&bytes, 1013, false), options()).unwrap().collect::<Result<_, _>>().unwrap();
        assert_eq!(rows.len(), 5_000, "{encoding:?}");
        assert_eq!(shown(&rows[4_900]), "4902 4900|Müller|An\"na||", "{encoding:?}");
    }
}

#[test]
fn a_broken_connection_is_an_error_and_never_a_short_list() {
    let file = "MatrNr;Name;Vorname\n".to_owned() + &"1;M;A\n".repeat(100_000);
    let mut reader = Reader::open(Dripping(file.as_bytes(), 4096, true), options()).unwrap();
    let last = reader.by_ref().find(Result::is_err);
    assert!(matches!(last, Some(Err(RosterError::Read(_)))));
    assert!(reader.next().is_none(), "nothing follows an error");
}

#[test]
fn a_fault_shows_where_it_is_and_never_what_stands_there() {
    let file = "MatrNr;Name;Vorname;Geburtsdatum\n4711;Geheim;Anna;31.02.1999\n";
    let rows = rows(file.as_bytes(), options()).unwrap();
    let [Row::Fault(fault)] = &rows[..] else { panic!("{rows:?}") };
    assert_eq!(fault.to_string(), "line 2, column Geburtsdatum: There is no such day in the calendar.");
    assert!(!format!("{fault:?}").contains("1999"));
}

const PAGE: &str = include_str!("../../../docs/rosters.md");

#[test]
fn the_page_for_universities_lists_every_fault() {
    for reason in FaultReason::ALL {
        let row = format!("\n| `{}` | {reason} |\n", reason.code());
        assert!(PAGE.contains(&row), "docs/rosters.md lacks {row}");
    }
}

#[test]
fn every_header_on_the_page_for_universities_is_known() {
    let mut seen = 0;
    let table = PAGE.split_once("| Column | Needed | Headers |").unwrap().1.split("\n\n").next().unwrap();
    for line in table.lines().filter(|line| !line.is_empty() && !line.starts_with("|---")) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [column, _, headers] = cells[..] else { panic!("{line}") };
        let between = if column == "both names" { " / " } else { ", " };
        for header in headers.split(between) {
            let (columns, cells) = match column {
                "matriculation number" => (["x", "Nachname", "Vorname"], ["1", "M", "A", "4711"]),
                "family name" => (["MatrNr", "x", "Vorname"], ["1", "y", "A", "M"]),
                "given names" => (["MatrNr", "Nachname", "x"], ["1", "M", "y", "A"]),
                "both names" => (["MatrNr", "x", "x"], ["1", "y", "y", "M, A"]),
                _ => (["MatrNr", "Nachname", "Vorname"], ["1", "M", "A", "?"]),
            };
            let expected = match column {
                "matriculation number" => "2 4711|M|A||".to_owned(),
                "birth date" => format!("2 {header}: date_form"),
                "postal code" => format!("2 {header}: postal_code"),
                "semester" => format!("2 {header}: semester_unreadable"),
                "status" => "2 skipped".to_owned(),
                _ => "2 1|M|A||".to_owned(),
            };
            let last = if column == "status" { "exmatrikuliert" } else { cells[3] };
            let file = format!("{};{header}\n{};{last}\n", columns.join(";"), cells[..3].join(";"));
            assert_eq!(read(&file), [expected], "{column}: {header}");
            seen += 1;
        }
    }
    assert!(seen > 40, "only {seen} headers found");
}

/// Cells that survive trimming and are no spreadsheet's formula.
const CELL: &str = "[A-Za-zÄÖÜäöüßéà\";,|'-]{0,6}[a-zäöü][ \n]?[A-Za-zÄÖü;,\t|\"]{0,6}[a-zäöü]";

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(rows) = rows(&bytes, options()) {
            prop_assert!(rows.len() <= 400);
        }
    }

    #[test]
    fn any_bytes_behind_a_header_are_read_or_refused(
        rest in proptest::collection::vec(proptest::sample::select(&b"\"\"\"\n\r\n;;,\t 1aM.=E+\0\xc3\xbc\xfc"[..]), 0..200),
    ) {
        let file = [b"MatrNr;Name;Vorname;Semester;Geburtsdatum\n", &rest[..]].concat();
        let lines = file.len() as u64;
        for row in rows(&file, options()).unwrap() {
            let (Row::Student { line, .. } | Row::Skipped { line } | Row::Fault(Fault { line, .. })) = row;
            prop_assert!((2..=lines).contains(&line));
        }
    }

    #[test]
    fn what_was_written_comes_back(
        students in proptest::collection::vec(("[0-9A-Z]{1,10}", CELL, CELL), 1..20),
        encoding in proptest::sample::select(&ENCODINGS[..]),
        separator in proptest::sample::select(vec![";", ",", "\t", "|"]),
        line_end in proptest::sample::select(vec!["\n", "\r", "\r\n"]),
    ) {
        let quote = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
        let mut file = ["MatrNr", "Name", "Vorname"].join(separator);
        let (mut line, mut expected) = (2, Vec::new());
        for (number, family, given) in &students {
            file += line_end;
            file += &[number.clone(), quote(family), quote(given)].join(separator);
            let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            expected.push(format!("{line} {number}|{}|{}||", words(family), words(given)));
            line += 1 + family.matches('\n').count() + given.matches('\n').count();
        }
        prop_assert_eq!(read(encoding.encode(&file)), expected);
    }
}
