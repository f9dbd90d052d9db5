//! tmp
use serde::{Deserialize, Serialize};
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MatriculationNumber(String);
impl MatriculationNumber {
    pub fn parse(s: &str) -> Result<Self, String> {
        Ok(Self(s.into()))
    }
    pub fn normalised(&self) -> &str {
        &self.0
    }
}
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PersonName(String);
impl PersonName {
    pub fn parse(s: &str) -> Result<Self, String> {
        Ok(Self(s.into()))
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct BirthDate(jiff::civil::Date);
impl BirthDate {
    pub fn parse(s: &str) -> Result<Self, String> {
        s.parse().map(Self).map_err(|_| String::new())
    }
    pub fn to_iso(self) -> String {
        self.0.to_string()
    }
}
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StudentRecord {
    pub matriculation_number: MatriculationNumber,
    pub given_names: PersonName,
    pub family_name: PersonName,
    pub birth_date: Option<BirthDate>,
    pub postal_code: Option<String>,
}
impl StudentRecord {
    pub fn nobody() -> Self {
        Self::draft("", "", "", "2000-01-01").unwrap()
    }
    pub fn draft(n: &str, g: &str, f: &str, b: &str) -> Option<Self> {
        Some(Self {
            matriculation_number: MatriculationNumber(n.into()),
            given_names: PersonName(g.into()),
            family_name: PersonName(f.into()),
            birth_date: Some(BirthDate(b.parse().ok()?)),
            postal_code: None,
        })
    }
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap()
    }
    pub fn from_bytes(b: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(b).map_err(|e| e.to_string())
    }
}
#[derive(Clone, Debug)]
pub struct TypedClaim {
    pub matriculation_number: MatriculationNumber,
    pub given_names: PersonName,
    pub family_name: PersonName,
    pub birth_date: Option<BirthDate>,
}
