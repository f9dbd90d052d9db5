//! Finds the header: which row it is, what separates its columns, and what they mean.

use std::sync::Arc;

use memchr::memchr2;

use super::{
    Field, RosterError,
    charset::Charset,
    layout::missing,
    records::{Beginning, Record},
};
use crate::base::limits::ROSTER_COLUMNS;

/// Titles, comments and the like that may stand above the header, in rows.
const ROWS_ABOVE: usize = 10;
const SEPARATORS: [u8; 4] = [b';', b',', b'\t', b'|'];
/// A column's name is shown no longer than this, in characters.
const NAME_SHOWN_CHARS: usize = 60;

/// Where the data begin and what the columns are.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) separator: u8,
    /// Bytes of the beginning up to the first data row.
    pub(super) bytes: usize,
    /// The line of the first data row.
    pub(super) line: u64,
    pub(super) columns: Vec<Column>,
}

/// One column.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) field: Field,
    /// Its name as the file has it.
    pub(super) name: Arc<str>,
}

/// Finds the header in the first rows, under whichever separator it can be read.
pub(super) fn find(beginning: Beginning<'_>, charset: &mut Charset) -> Result<Header, RosterError> {
    let (beginning, skipped, declared) = excel_separator(beginning);
    let mut best: Option<Candidate> = None;
    for &separator in SEPARATORS.iter().filter(|&&separator| declared.is_none_or(|declared| declared == separator)) {
        let mut above = 0;
        beginning.each(separator, |record, bytes, line| {
            if !record.is_blank() {
                let candidate = Candidate::read(record, *charset, separator, bytes, line, above);
                if candidate.as_ref().is_some_and(|new| best.as_ref().is_none_or(|best| new.rank() > best.rank())) {
                    best = candidate;
                }
                above += 1;
            }
            above <= ROWS_ABOVE
        });
    }
    let mut best = best.ok_or(if beginning.bytes.is_empty() { RosterError::Empty } else { RosterError::NoHeader })?;
    *charset = best.charset;
    best.header.bytes += skipped;
    best.settle()
}

/// The beginning of a file without header, whose columns are configured.
pub(super) fn without(beginning: Beginning<'_>, fields: &[Field]) -> Result<Header, RosterError> {
    let (beginning, skipped, declared) = excel_separator(beginning);
    if beginning.bytes.is_empty() {
        return Err(RosterError::Empty);
    }
    let distance = |separator: &u8| {
        let mut columns = 0;
        beginning.each(*separator, |record, _, _| {
            columns = record.len();
            record.is_blank()
        });
        columns.abs_diff(fields.len())
    };
    let separator = declared.or_else(|| SEPARATORS.into_iter().min_by_key(distance)).unwrap_or(b';');
    let columns = fields.iter().map(|&field| Column { field, name: field.label().into() }).collect();
    Ok(Header { separator, bytes: skipped, line: beginning.line, columns })
}

/// Excel's first line `sep=;`, taken off.
fn excel_separator(beginning: Beginning<'_>) -> (Beginning<'_>, usize, Option<u8>) {
    let bytes = beginning.bytes;
    let line = &bytes[..memchr2(b'\n', b'\r', bytes).unwrap_or(bytes.len())];
    let quoted = line.trim_ascii().strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""));
    let separator = match quoted.unwrap_or(line) {
        [s, e, p, b'=', separator, ..]
            if [*s, *e, *p].eq_ignore_ascii_case(b"sep") && SEPARATORS.contains(separator) =>
        {
            *separator
        }
        _ => return (beginning, 0, None),
    };
    let line_end = if bytes[line.len()..].starts_with(b"\r\n") { 2 } else { 1 };
    let skipped = bytes.len().min(line.len() + line_end);
    (Beginning { bytes: &bytes[skipped..], line: beginning.line + 1, ..beginning }, skipped, Some(separator))
}

/// A row that names at least one known column.
struct Candidate {
    header: Header,
    own_line: u64,
    above: usize,
    meanings: Vec<Option<Meaning>>,
    charset: Charset,
}

impl Candidate {
    fn read(
        record: &Record<'_>,
        mut charset: Charset,
        separator: u8,
        bytes: usize,
        line: u64,
        above: usize,
    ) -> Option<Self> {
        charset.check(record.bytes()).ok()?;
        let names: Vec<String> = record.fields().map(|field| shown(&charset.text(field))).collect();
        let meanings: Vec<_> = names.iter().map(|name| meaning(name)).collect();
        let known: Vec<Field> = meanings.iter().flatten().map(|meaning| meaning.field).collect();
        // A title with the word "Semester" is no header, nor is a student called Name: their row must not be shown.
        if known.len() < 2 && !known.contains(&Field::MatriculationNumber) {
            return None;
        }
        let columns = names.into_iter().map(|name| Column { field: Field::Ignored, name: name.into() }).collect();
        let header = Header { separator, bytes, line, columns };
        Some(Self { header, own_line: record.line, above, meanings, charset })
    }

    /// Better is: nothing missing, then more columns known, then further up.
    fn rank(&self) -> (bool, usize, std::cmp::Reverse<usize>) {
        let fields: Vec<Field> = self.meanings.iter().flatten().map(|meaning| meaning.field).collect();
        (missing(&fields).is_empty(), fields.len(), std::cmp::Reverse(self.above))
    }

    /// Gives each field its column, or says what is wrong.
    fn settle(mut self) -> Result<Header, RosterError> {
        let line = self.own_line;
        if self.header.columns.len() > ROSTER_COLUMNS {
            return Err(RosterError::TooManyColumns { line });
        }
        for meaning in self.meanings.clone().into_iter().flatten() {
            let of_field = |other: &Option<Meaning>| other.filter(|other| other.field == meaning.field);
            let surest = self.meanings.iter().filter_map(of_field).map(|other| other.sure).max();
            let columns: Vec<usize> = (0..self.meanings.len())
                .filter(|&i| of_field(&self.meanings[i]).is_some_and(|other| Some(other.sure) == surest))
                .collect();
            let [column] = columns[..] else {
                let found = columns.iter().map(|&i| self.header.columns[i].name.to_string()).collect();
                return Err(RosterError::DuplicateColumn { line, field: meaning.field, found });
            };
            self.header.columns[column].field = meaning.field;
        }
        let fields: Vec<Field> = self.header.columns.iter().map(|column| column.field).collect();
        let missing = missing(&fields);
        if !missing.is_empty() {
            let found = self.header.columns.iter().map(|column| column.name.to_string()).collect();
            return Err(RosterError::MissingColumns { line, missing, found });
        }
        Ok(self.header)
    }
}

/// What a column's name says. `Name` beside `Nachname`, or `Rufname` beside `Vorname`, is not sure and gives way.
#[derive(Clone, Copy)]
struct Meaning {
    field: Field,
    sure: bool,
}

fn meaning(name: &str) -> Option<Meaning> {
    let plain: String = name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let plain = plain.replace('ü', "ue").replace('ä', "ae");
    let (field, sure) = match plain.as_str() {
        "matrikelnummer"
        | "matrikelnr"
        | "matrikel"
        | "matrnr"
        | "matrnummer"
        | "matnr"
        | "matnummer"
        | "mtknr"
        | "mtknummer"
        | "mtrnr"
        | "immatrikulationsnummer"
        | "studierendennummer"
        | "matriculationnumber"
        | "matriculationno"
        | "matriculationnr"
        | "matriculation"
        | "registrationnumber"
        | "studentnumber"
        | "studentno"
        | "studentid" => (Field::MatriculationNumber, true),
        "nachname" | "nachnamen" | "familienname" | "familiennamen" | "zuname" | "lastname" | "surname"
        | "familyname" | "sn" => (Field::FamilyName, true),
        "name" => (Field::FamilyName, false),
        "vorname" | "vornamen" | "givenname" | "givennames" | "firstname" | "firstnames" | "forename" | "forenames" => {
            (Field::GivenNames, true)
        }
        "rufname" | "rufnamen" | "preferredname" => (Field::GivenNames, false),
        "namevorname"
        | "namevornamen"
        | "nachnamevorname"
        | "nachnamevornamen"
        | "familiennamevorname"
        | "familiennamevornamen"
        | "lastnamefirstname"
        | "surnamegivenname"
        | "familynamegivenname"
        | "familynamegivennames" => (Field::FullName, true),
        "geburtsdatum" | "gebdatum" | "gebdat" | "gebam" | "geborenam" | "geboren" | "geburtstag" | "gebtag"
        | "birthdate" | "dateofbirth" | "birthday" | "dob" => (Field::BirthDate, true),
        "plz" | "postleitzahl" | "postalcode" | "postcode" | "zip" | "zipcode" => (Field::PostalCode, true),
        "semester" | "semesterkuerzel" | "semesterkurzel" | "semesterkennung" | "semesterkey" | "studysemester"
        | "term" => (Field::Semester, true),
        "status"
        | "studierendenstatus"
        | "studentenstatus"
        | "immatrikulationsstatus"
        | "enrollmentstatus"
        | "enrolmentstatus" => (Field::Status, true),
        _ => return None,
    };
    Some(Meaning { field, sure })
}

fn shown(name: &str) -> String {
    name.trim().chars().filter(|c| !c.is_control()).take(NAME_SHOWN_CHARS).collect()
}
