//! The form of a university without a login: the student types what the university's list holds, or its web service
//! compares.

use askama::Template;

use super::{Asking, Frame, Href, Language, Page, STUDENT, Text, roster_form, show};
use crate::base::{
    Reference,
    limits::{MATRICULATION_CHARS, NAME_CHARS},
};

/// What the field for the birth date takes: a day with its month spelled out, and some.
const BIRTH_DATE_CHARS: usize = 32;
/// A postal code of any country.
const POSTAL_CODE_CHARS: usize = 16;

/// The form: `POST` to its `action` with `flow`, `ui_locales`, the fields that it shows, or `cancel`.
#[derive(Clone, Debug)]
pub struct RosterForm {
    /// Header and footer.
    pub frame: Frame,
    /// Who asks.
    pub asking: Asking,
    /// Sealed state, carried along as it is.
    pub flow: String,
    /// The university's name.
    pub university: String,
    /// Back to the picker, if there is more than one university.
    pub other_university: Option<Href>,
    /// The semester that is asked about.
    pub semester: SemesterName,
    /// Whether the university's matriculation numbers are all digits, so that a phone shows its number pad.
    pub matriculation_is_digits: bool,
    /// Where it is sent.
    pub action: &'static str,
    /// What is asked for, in this order.
    pub fields: Vec<Field>,
    /// What it is compared with.
    pub compared_with: ComparedWith,
    /// What the issuer gets, in the order in which it is told.
    pub passed_on: Vec<PassedOn>,
    /// What was typed before.
    pub typed: Typed,
    /// What was wrong with it.
    pub trouble: Trouble,
    /// The university's office for such questions, if known.
    pub help: Option<Href>,
}

/// A semester's name, which each language words in its own way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SemesterName {
    /// Begins in this year and ends in the next.
    Winter(i16),
    /// Lies in this year.
    Summer(i16),
}

/// What typed data are compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComparedWith {
    /// The university's imported list, which has its own spelling.
    List,
    /// The university's web service, which confirms what was typed.
    Service,
}

/// What a person typed, as it was.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the names of the form's fields")]
pub struct Typed {
    pub matriculation_number: String,
    pub given_names: String,
    pub family_name: String,
    pub birth_date: String,
    pub postal_code: String,
}

/// Why the form is shown again, if it is.
#[derive(Clone, Debug, Default)]
pub enum Trouble {
    /// It is shown for the first time.
    #[default]
    None,
    /// Fields that cannot be read.
    Fields(Vec<(Field, Fault)>),
    /// No such student, or other names: never said which.
    NoMatch {
        /// The number for support.
        reference: Reference,
    },
    /// Guessing is stopped for so many minutes.
    Locked {
        /// Minutes until the next attempt.
        minutes: u32,
    },
}

pub use crate::domain::person::TypedField as Field;

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing in it.
    Missing,
    /// Not what it should be, e.g. a date that does not exist.
    Unreadable,
    /// Longer than the limit.
    TooLong,
}

/// Something that the issuer gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PassedOn {
    /// That the person is a student, of which university, in which semester.
    Enrollment,
    /// Given names, from the university's list.
    GivenNames,
    /// Family name, from the university's list.
    FamilyName,
    /// Birth date, from the university's list.
    BirthDate,
    /// A photo that the student added to their account.
    Picture,
    /// A number that means nothing to anybody else.
    Pseudonym,
}

impl ComparedWith {
    pub(super) const fn key(self, list: &'static str, service: &'static str) -> &'static str {
        match self {
            Self::List => list,
            Self::Service => service,
        }
    }
}

impl Fault {
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Unreadable => "unreadable",
            Self::TooLong => "long",
        }
    }
}

impl PassedOn {
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Enrollment => "passed-on-enrollment",
            Self::GivenNames => "passed-on-given-names",
            Self::FamilyName => "passed-on-family-name",
            Self::BirthDate => "passed-on-birth-date",
            Self::Picture => "passed-on-picture",
            Self::Pseudonym => "passed-on-pseudonym",
        }
    }
}

impl SemesterName {
    /// `Wintersemester 2026/27`, `summer semester 2027`.
    pub fn say(self, t: &Text) -> String {
        match self {
            Self::Winter(year) => {
                let years = format!("{year}/{:02}", year.saturating_add(1).rem_euclid(100));
                t.with("semester-winter", &[("years", years)])
            }
            Self::Summer(year) => t.with("semester-summer", &[("year", year.to_string())]),
        }
    }
}

#[derive(Template)]
#[template(path = "student/roster_form.html")]
struct View<'a> {
    page: &'a RosterForm,
    t: Text,
    semester: String,
    fields: Vec<FieldView<'a>>,
}

/// One field as a template shows it.
pub(super) struct FieldView<'a> {
    pub(super) name: &'static str,
    pub(super) label: String,
    pub(super) hint: String,
    pub(super) typed: &'a str,
    pub(super) fault: Option<String>,
    pub(super) autocomplete: &'static str,
    pub(super) input_mode: &'static str,
    pub(super) limit: usize,
}

impl View<'_> {
    fn has_fault(&self) -> bool {
        self.fields.iter().any(|field| field.fault.is_some())
    }

    fn is_locked(&self) -> bool {
        matches!(self.page.trouble, Trouble::Locked { .. })
    }
}

impl Trouble {
    fn of(&self, field: Field) -> Option<Fault> {
        match self {
            Self::Fields(faults) => faults.iter().find(|(faulty, _)| *faulty == field).map(|(_, fault)| *fault),
            _ => None,
        }
    }
}

impl<'a> FieldView<'a> {
    /// A field with what was typed and what was wrong with it.
    pub(super) fn of(field: Field, typed: &'a Typed, trouble: &Trouble, number_is_digits: bool, t: &Text) -> Self {
        let name = field.name();
        let key = name.replace('_', "-");
        let (typed, autocomplete, input_mode, limit) = match field {
            Field::MatriculationNumber if number_is_digits => {
                (&typed.matriculation_number, "off", "numeric", MATRICULATION_CHARS)
            }
            Field::MatriculationNumber => (&typed.matriculation_number, "off", "text", MATRICULATION_CHARS),
            Field::GivenNames => (&typed.given_names, "given-name", "text", NAME_CHARS),
            Field::FamilyName => (&typed.family_name, "family-name", "text", NAME_CHARS),
            // Number pads have no full stop; "decimal" has one, or a comma, and both are read.
            Field::BirthDate => (&typed.birth_date, "bday", "decimal", BIRTH_DATE_CHARS),
            Field::PostalCode => (&typed.postal_code, "postal-code", "text", POSTAL_CODE_CHARS),
        };
        Self {
            name,
            label: t.get(&format!("field-{key}")),
            hint: t.get(&format!("field-{key}-hint")),
            typed,
            fault: trouble.of(field).map(|fault| t.get(&format!("field-{key}-{}", fault.key()))),
            autocomplete,
            input_mode,
            limit,
        }
    }
}

impl Page for RosterForm {
    fn render(&self, language: Language) -> String {
        let t = STUDENT.text(language);
        let view = |field: &Field| FieldView::of(*field, &self.typed, &self.trouble, self.matriculation_is_digits, &t);
        let fields = self.fields.iter().map(view).collect();
        show(&View { page: self, t, semester: self.semester.say(&t), fields })
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let empty = Self {
            frame: Frame::sample(),
            asking: Asking::sample(),
            flow: "c2VhbGVk".repeat(100),
            university: "Fachhochschule Auental".into(),
            other_university: Href::parse("/verify/choose"),
            semester: SemesterName::Winter(2026),
            matriculation_is_digits: true,
            action: "/verify/roster",
            fields: Field::ALL.into_iter().filter(|field| *field != Field::PostalCode).collect(),
            compared_with: ComparedWith::List,
            passed_on: vec![
                PassedOn::Enrollment,
                PassedOn::GivenNames,
                PassedOn::FamilyName,
                PassedOn::BirthDate,
                PassedOn::Pseudonym,
            ],
            typed: Typed::default(),
            trouble: Trouble::None,
            help: Href::mail("studierendensekretariat@fh-auental.example"),
        };
        let typed = Typed {
            matriculation_number: "00412345".into(),
            given_names: "Zoë Anna-Luise".into(),
            family_name: "Freifrau von Müller-Lüdenscheidt".into(),
            birth_date: "31.02.2004".into(),
            postal_code: "ä".into(),
        };
        let with = |trouble| Self {
            typed: typed.clone(),
            trouble,
            frame: Frame { languages: vec![], ..Frame::sample() },
            ..empty.clone()
        };
        let service = |page: Self| Self {
            action: "/verify/service",
            fields: Field::ALL.to_vec(),
            compared_with: ComparedWith::Service,
            ..page
        };
        let faults = |fault| service(with(Trouble::Fields(Field::ALL.map(|field| (field, fault)).to_vec())));
        let short = Self {
            fields: vec![Field::MatriculationNumber, Field::GivenNames, Field::FamilyName],
            matriculation_is_digits: false,
            semester: SemesterName::Summer(2027),
            other_university: None,
            passed_on: vec![PassedOn::Enrollment, PassedOn::Pseudonym],
            ..empty.clone()
        };
        let no_match = Reference::parse("7K3QF9XTR2").map(|reference| with(Trouble::NoMatch { reference }));
        let no_help = no_match.clone().map(|page| ("no_match_no_help", Self { help: None, ..page }));
        let by_service = no_match.clone().map(|page| ("no_match_service", service(page)));
        let refusals = no_match.map(|page| ("no_match", page)).into_iter().chain(no_help).chain(by_service);
        let others = vec![
            ("missing", Self { typed: Typed::default(), ..faults(Fault::Missing) }),
            ("unreadable", faults(Fault::Unreadable)),
            ("long", faults(Fault::TooLong)),
            ("one_fault", with(Trouble::Fields(vec![(Field::BirthDate, Fault::Unreadable)]))),
            ("locked", with(Trouble::Locked { minutes: 14 })),
            ("locked_one", with(Trouble::Locked { minutes: 1 })),
            ("short", short),
            ("service", service(empty.clone())),
            ("empty", empty),
        ];
        others.into_iter().chain(refusals).collect()
    }
}
