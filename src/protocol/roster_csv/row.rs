//! Makes a student of a record.

use std::sync::Arc;

use super::{
    Fault, FaultReason, Field,
    charset::Charset,
    header::Column,
    records::Record,
    values::{birth_date, cell, full_name, has_left, matriculation_number, name, postal_code},
};
use crate::domain::{
    person::{PersonName, StudentRecord},
    semester::{KeyForm, Semester, parse_key},
};

/// What a row turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub enum Row {
    /// A student.
    Student {
        /// The physical line in which the row begins, from 1.
        line: u64,
        /// Who it is.
        record: StudentRecord,
    },
    /// A row that says of itself that the student has left (status `exmatrikuliert`); nothing else in it was checked.
    Skipped {
        /// The physical line in which the row begins, from 1.
        line: u64,
    },
    /// A row that cannot be imported; its first fault.
    Fault(Fault),
}

/// Reads rows of one file.
pub(super) struct RowReader {
    columns: Vec<Column>,
    places: Places,
    semester: Semester,
    forms: Vec<KeyForm>,
    charset: Charset,
    /// The last cell that was the right semester: usually they are all the same.
    semester_cell: Vec<u8>,
}

/// Which column holds what.
struct Places {
    matriculation_number: Option<usize>,
    family_name: Option<usize>,
    given_names: Option<usize>,
    full_name: Option<usize>,
    birth_date: Option<usize>,
    postal_code: Option<usize>,
    semester: Option<usize>,
    status: Option<usize>,
}

/// A fault's column and reason.
type Trouble = (Option<usize>, FaultReason);

impl RowReader {
    pub(super) fn new(columns: Vec<Column>, charset: Charset, semester: Semester, forms: Vec<KeyForm>) -> Self {
        let place = |field| columns.iter().position(|column| column.field == field);
        let places = Places {
            matriculation_number: place(Field::MatriculationNumber),
            family_name: place(Field::FamilyName),
            given_names: place(Field::GivenNames),
            full_name: place(Field::FullName),
            birth_date: place(Field::BirthDate),
            postal_code: place(Field::PostalCode),
            semester: place(Field::Semester),
            status: place(Field::Status),
        };
        Self { columns, places, semester, forms, charset, semester_cell: Vec::new() }
    }

    pub(super) fn read(&mut self, record: &Record<'_>) -> Row {
        let line = record.line;
        match self.student(record) {
            Ok(Some(record)) => Row::Student { line, record },
            Ok(None) => Row::Skipped { line },
            Err((column, reason)) => Row::Fault(Fault { line, column: self.column_name(column), reason }),
        }
    }

    fn column_name(&self, column: Option<usize>) -> Option<Arc<str>> {
        Some(Arc::clone(&self.columns.get(column?)?.name))
    }

    fn student(&mut self, record: &Record<'_>) -> Result<Option<StudentRecord>, Trouble> {
        self.whole(record).map_err(|reason| (None, reason))?;
        if self.at(record, self.places.status, |status| Ok(has_left(status)))? == Some(true) {
            return Ok(None);
        }
        let matriculation_number = self.needed(record, self.places.matriculation_number, matriculation_number)?;
        let (family_name, given_names) = self.names(record)?;
        let birth_date = self.at(record, self.places.birth_date, birth_date)?.flatten();
        let postal_code = self.at(record, self.places.postal_code, postal_code)?.flatten();
        self.check_semester(record)?;
        Ok(Some(StudentRecord { matriculation_number, given_names, family_name, birth_date, postal_code }))
    }

    /// What can be wrong with the row as such.
    fn whole(&mut self, record: &Record<'_>) -> Result<(), FaultReason> {
        if memchr::memchr(0, record.bytes()).is_some() {
            return Err(FaultReason::NulByte);
        }
        if let Some(reason) = record.fault {
            return Err(reason);
        }
        self.charset.check(record.bytes())?;
        let surplus = record.fields().skip(self.columns.len());
        if surplus.into_iter().any(|field| !field.trim_ascii().is_empty()) {
            return Err(FaultReason::TooManyFields);
        }
        Ok(())
    }

    /// Reads a column's cell; `None` if there is no such column or the row ends before it.
    fn at<T>(
        &self,
        record: &Record<'_>,
        place: Option<usize>,
        read: impl FnOnce(&str) -> Result<T, FaultReason>,
    ) -> Result<Option<T>, Trouble> {
        let Some(field) = place.and_then(|place| record.field(place)) else { return Ok(None) };
        read(cell(&self.charset.text(field))).map(Some).map_err(|reason| (place, reason))
    }

    /// Reads a column's cell in a row that must have it.
    fn needed<T>(
        &self,
        record: &Record<'_>,
        place: Option<usize>,
        read: impl FnOnce(&str) -> Result<T, FaultReason>,
    ) -> Result<T, Trouble> {
        self.at(record, place, read)?.ok_or((place, FaultReason::TooFewFields))
    }

    fn names(&self, record: &Record<'_>) -> Result<(PersonName, PersonName), Trouble> {
        match (self.places.family_name, self.places.given_names) {
            (family @ Some(_), given @ Some(_)) => {
                Ok((self.needed(record, family, name)?, self.needed(record, given, name)?))
            }
            _ => self.needed(record, self.places.full_name, full_name),
        }
    }

    fn check_semester(&mut self, record: &Record<'_>) -> Result<(), Trouble> {
        let place = self.places.semester;
        let Some(field) = place.and_then(|place| record.field(place)) else { return Ok(()) };
        if !field.is_empty() && field == self.semester_cell {
            return Ok(());
        }
        self.at(record, place, |key| match parse_key(key, &self.forms) {
            _ if key.is_empty() => Err(FaultReason::Empty),
            Ok(semester) if semester == self.semester => Ok(()),
            Ok(_) => Err(FaultReason::OtherSemester),
            Err(_) => Err(FaultReason::SemesterUnreadable),
        })?;
        self.semester_cell = field.to_vec();
        Ok(())
    }
}
