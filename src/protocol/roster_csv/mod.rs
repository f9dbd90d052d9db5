//! tmp draft
use std::io::Read;
use crate::domain::person::*;
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct FileFault(String);
pub struct RowFault { pub line: u64, pub column: Option<String>, pub reason: Why }
#[derive(Debug, thiserror::Error)]
#[error("bad")]
pub struct Why;
impl Why { pub fn code(&self) -> &'static str { "bad" } }
pub struct Reader<R>(csv::Reader<R>);
impl<R: Read> Reader<R> {
    pub fn open(r: R, _: bool) -> Result<Self, FileFault> {
        Ok(Self(csv::ReaderBuilder::new().delimiter(b';').from_reader(r)))
    }
}
impl<R: Read> Iterator for Reader<R> {
    type Item = Result<Result<(u64, StudentRecord), RowFault>, FileFault>;
    fn next(&mut self) -> Option<Self::Item> {
        let mut r = csv::StringRecord::new();
        match self.0.read_record(&mut r) {
            Ok(false) => None,
            Err(e) => Some(Err(FileFault(e.to_string()))),
            Ok(true) => {
                let line = r.position().unwrap().line();
                Some(Ok(draft(&r[0], &r[1], &r[2], &r[3]).ok_or(RowFault { line, column: Some("Geburtsdatum".into()), reason: Why }).map(|s| (line, s))))
            }
        }
    }
}
fn draft(n: &str, g: &str, f: &str, b: &str) -> Option<StudentRecord> {
    Some(StudentRecord { matriculation_number: MatriculationNumber::parse(n).ok()?, given_names: PersonName::parse(g).ok()?, family_name: PersonName::parse(f).ok()?, birth_date: Some(BirthDate::parse(b).ok()?), postal_code: None })
}
