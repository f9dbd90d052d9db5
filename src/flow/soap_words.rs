//! A question's texts, written as the university's service writes them.

use zeroize::Zeroizing;

use crate::{
    domain::{
        person::{PersonName, TypedField, TypedFields},
        semester::Semester,
        soap_connection::SoapConnection,
    },
    protocol::soap::Question,
};

/// Wiped when dropped.
pub(super) struct Words {
    number: Zeroizing<String>,
    given_names: Option<Zeroizing<String>>,
    family_name: Option<Zeroizing<String>>,
    birth_date: Option<Zeroizing<String>>,
    postal_code: Option<Zeroizing<String>>,
    semester: String,
}

impl Words {
    /// What the service compares, and nothing else.
    pub(super) fn of(settings: &SoapConnection, typed: &TypedFields, semester: Semester) -> Self {
        let asks = |field: TypedField| settings.asks(field);
        let name = |name: &Option<PersonName>, field| {
            name.as_ref().filter(|_| asks(field)).map(|name| Zeroizing::new(name.as_str().to_owned()))
        };
        let birth_date = typed.birth_date.filter(|_| asks(TypedField::BirthDate));
        let postal_code = typed.postal_code.as_ref().filter(|_| asks(TypedField::PostalCode));
        Self {
            number: Zeroizing::new(typed.matriculation_number.normalised().to_owned()),
            given_names: name(&typed.given_names, TypedField::GivenNames),
            family_name: name(&typed.family_name, TypedField::FamilyName),
            birth_date: birth_date.map(|date| Zeroizing::new(date.to_iso())),
            postal_code: postal_code.map(|code| Zeroizing::new(code.as_str().to_owned())),
            semester: settings.semester_key.format(semester),
        }
    }

    pub(super) fn question<'a>(&'a self, token: Option<&'a str>) -> Question<'a> {
        let text = |field: &'a Option<Zeroizing<String>>| field.as_ref().map(|text| text.as_str());
        Question {
            token,
            matriculation_number: self.number.as_str(),
            family_name: text(&self.family_name),
            given_names: text(&self.given_names),
            birth_date: text(&self.birth_date),
            postal_code: text(&self.postal_code),
            semester: &self.semester,
        }
    }
}
