//! The page on which a university's IT tries its test connection.

use askama::Template;

use super::{
    Frame, Language, Page, STUDENT, Text,
    roster_form::{Fault, Field},
    show,
};

/// The page: `GET /try` with `trial` and `ui_locales`.
#[derive(Clone, Debug)]
pub struct Trial {
    /// Header and footer.
    pub frame: Frame,
    /// Whose connection, in its own words.
    pub university: String,
    /// The version that is tried; 0 if nobody has set one.
    pub version: i64,
    /// Who is asked: a provider's identifier or address. None if there is nobody to log in at.
    pub provider: Option<String>,
    /// The sealed leave to try.
    pub trial: String,
    /// What keeps the connection from working, in words for its IT.
    pub faults: Vec<String>,
    /// What a web service compares, so that it has to be typed.
    pub fields: Vec<Field>,
    /// What of it cannot be read.
    pub trouble: Vec<(Field, Fault)>,
}

#[derive(Template)]
#[template(path = "student/trial.html")]
struct View<'a> {
    page: &'a Trial,
    t: Text,
    fields: Vec<FieldView>,
}

/// One field as the template shows it.
struct FieldView {
    name: &'static str,
    label: String,
    fault: Option<String>,
}

impl Trial {
    fn field(&self, field: Field, t: &Text) -> FieldView {
        let key = format!("field-{}", field.name().replace('_', "-"));
        let fault = self.trouble.iter().find(|(faulty, _)| *faulty == field);
        let fault = fault.map(|(_, fault)| t.get(&format!("{key}-{}", fault.key())));
        FieldView { name: field.name(), label: t.get(&key), fault }
    }
}

impl Page for Trial {
    fn render(&self, language: Language) -> String {
        let t = STUDENT.text(language);
        let fields = self.fields.iter().map(|field| self.field(*field, &t)).collect();
        show(&View { page: self, t, fields })
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let good = Self {
            frame: Frame::sample(),
            university: "Technische Universität Groß-Möhringen".into(),
            version: 7,
            provider: Some("https://idp.tu-moehringen.example/idp/shibboleth".into()),
            trial: "sealed".into(),
            faults: Vec::new(),
            fields: Vec::new(),
            trouble: Vec::new(),
        };
        let fault =
            "fault saml_no_metadata: there is no metadata of \"https://idp.tu-moehringen.example/idp/shibboleth\"";
        let faulty = Self { faults: vec![fault.into()], ..good.clone() };
        let list = Self { provider: None, version: 0, ..good.clone() };
        let service = Self {
            provider: Some("https://campus.tu-moehringen.example/verify".into()),
            fields: Field::ALL.to_vec(),
            trouble: vec![(Field::MatriculationNumber, Fault::Missing), (Field::BirthDate, Fault::Unreadable)],
            ..good.clone()
        };
        vec![("good", good), ("faulty", faulty), ("list", list), ("service", service)]
    }
}
