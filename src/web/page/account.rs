//! A student's own account: what was received, what they added, what was passed on to whom, and what they can do about it.

use askama::Template;
use jiff::civil::Date;

use super::{Frame, Language, Page, STUDENT, Text, roster_form::SemesterName, show};
use crate::{
    base::Timestamp,
    domain::{eligibility::Method, rule::Field},
};

/// The page: `GET /account`. Its forms: `POST /account` with `flow`, `ui_locales` and `change` (`birth_date`,
/// `remove_birth_date`, `remove_photo`, `withdraw` with `client`, `anonymise`, `leave`); `POST /account/photo` as multipart.
#[derive(Clone, Debug)]
pub struct AccountPage {
    /// Header and footer.
    pub frame: Frame,
    /// Sealed: which browser, which account.
    pub flow: String,
    /// The account's number, for letters.
    pub id: String,
    /// Where the student logged in.
    pub university: String,
    /// What the university said.
    pub facts: Vec<Fact>,
    /// What the student says, and since when.
    pub birth_date: Option<(Date, Timestamp)>,
    /// Since when there is a photo.
    pub picture: Option<Timestamp>,
    /// Who may be told what.
    pub consents: Vec<Consent>,
    /// Who was told what, the newest first.
    pub passed_on: Vec<HandedOver>,
    /// When anonymisation was asked for.
    pub requested_at: Option<Timestamp>,
    /// What was wrong with what was sent.
    pub fault: Option<Fault>,
}

/// Something that the university said.
#[derive(Clone, Debug)]
pub struct Fact {
    /// What.
    pub said: Said,
    /// When.
    pub at: Timestamp,
    /// How.
    pub method: Method,
}

/// What it said.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Said {
    GivenNames(String),
    FamilyName(String),
    BirthDate(Date),
    IsStudent(bool),
    Semesters(Vec<SemesterName>),
    /// Prefix, first day, last day.
    Entitlements(Vec<(String, Date, Date)>),
}

/// Whom the student allows what.
#[derive(Clone, Debug)]
pub struct Consent {
    /// The issuer's client id.
    pub client: String,
    /// Its name.
    pub issuer: String,
    /// Which fields, beside the enrollment itself.
    pub fields: Vec<Field>,
    /// When.
    pub given_at: Timestamp,
}

/// A token.
#[derive(Clone, Debug)]
pub struct HandedOver {
    /// Whose.
    pub issuer: String,
    /// When.
    pub at: Timestamp,
    /// Which fields were in it; none if nobody wrote it down.
    pub fields: Option<Vec<Field>>,
    /// Which of them were the student's own word.
    pub self_asserted: Vec<Field>,
}

/// What was wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// No such day, or one that is still to come.
    BirthDate,
    /// No file.
    NoPhoto,
    /// No photo that can be read.
    Photo,
    /// Too many bytes or pixels.
    LargePhoto,
    /// Too few pixels.
    SmallPhoto,
}

impl Fault {
    const ALL: [Self; 5] = [Self::BirthDate, Self::NoPhoto, Self::Photo, Self::LargePhoto, Self::SmallPhoto];

    const fn key(self) -> &'static str {
        match self {
            Self::BirthDate => "account-fault-birth-date",
            Self::NoPhoto => "account-fault-no-photo",
            Self::Photo => "account-fault-photo",
            Self::LargePhoto => "account-fault-large-photo",
            Self::SmallPhoto => "account-fault-small-photo",
        }
    }

    /// The field that it is about.
    const fn field(self) -> &'static str {
        match self {
            Self::BirthDate => "birth_date",
            Self::NoPhoto | Self::Photo | Self::LargePhoto | Self::SmallPhoto => "photo",
        }
    }
}

/// Fields by their claims' names, apart by spaces.
pub fn fields_named(names: &str) -> Vec<Field> {
    Field::ALL.into_iter().filter(|field| names.split(' ').any(|name| name == field.claim())).collect()
}

const fn field_key(field: Field) -> &'static str {
    match field {
        Field::GivenName => "account-given-names",
        Field::FamilyName => "account-family-name",
        Field::Birthdate => "account-birth-date",
        Field::Picture => "account-picture",
    }
}

impl Said {
    const fn key(&self) -> &'static str {
        match self {
            Self::GivenNames(_) => field_key(Field::GivenName),
            Self::FamilyName(_) => field_key(Field::FamilyName),
            Self::BirthDate(_) => field_key(Field::Birthdate),
            Self::IsStudent(_) => "account-is-student",
            Self::Semesters(_) => "account-semesters",
            Self::Entitlements(_) => "account-entitlements",
        }
    }

    fn value(&self, t: &Text) -> String {
        match self {
            Self::GivenNames(name) | Self::FamilyName(name) => name.clone(),
            Self::BirthDate(date) => t.date(date),
            Self::IsStudent(true) => t.get("account-yes"),
            Self::IsStudent(false) => t.get("account-no"),
            Self::Semesters(semesters) => {
                semesters.iter().map(|semester| semester.say(t)).collect::<Vec<_>>().join(", ")
            }
            Self::Entitlements(entitlements) => {
                let said = |(prefix, first, last): &(String, Date, Date)| {
                    format!("{prefix}: {} – {}", t.date(first), t.date(last))
                };
                entitlements.iter().map(said).collect::<Vec<_>>().join("; ")
            }
        }
    }
}

#[derive(Template)]
#[template(path = "student/account.html")]
struct View<'a> {
    page: &'a AccountPage,
    t: Text,
}

impl View<'_> {
    fn fault_of(&self, field: &str) -> Option<Fault> {
        self.page.fault.filter(|fault| fault.field() == field)
    }

    /// That somebody is enrolled is always told; then the fields.
    fn told(&self, fields: &[Field], own: &[Field]) -> String {
        let said = |field: &Field| {
            let name = self.t.get(field_key(*field));
            if own.contains(field) { format!("{name} ({})", self.t.get("self-asserted")) } else { name }
        };
        let enrollment = self.t.get("account-enrollment");
        [enrollment].into_iter().chain(fields.iter().map(said)).collect::<Vec<_>>().join(", ")
    }
}

impl Page for AccountPage {
    fn render(&self, language: Language) -> String {
        show(&View { page: self, t: STUDENT.text(language) })
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let at = Timestamp::from_seconds(1_795_410_600);
        let fact = |said| Fact { said, at, method: Method::Saml };
        let day = jiff::civil::date(2003, 12, 24);
        let issuer = || "Verkehrsbetriebe Lindenstadt".to_owned();
        let full = Self {
            frame: Frame::sample(),
            flow: "c2VhbGVk".repeat(20),
            id: "01KAZ3NDEKTSV4RRFFQ69G5FAV".into(),
            university: "Technische Universität Groß-Möhringen".into(),
            facts: vec![
                fact(Said::GivenNames("Zoë Anna-Luise".into())),
                fact(Said::FamilyName("Freifrau von Müller-Lüdenscheidt".into())),
                fact(Said::BirthDate(day)),
                fact(Said::IsStudent(true)),
                fact(Said::Semesters(vec![SemesterName::Winter(2026), SemesterName::Summer(2027)])),
                fact(Said::Entitlements(vec![(
                    "urn:geant:dfn.de:tu-moehringen.example".into(),
                    jiff::civil::date(2026, 10, 1),
                    jiff::civil::date(2027, 3, 31),
                )])),
            ],
            birth_date: Some((day, at)),
            picture: Some(at),
            consents: vec![Consent {
                client: "shop".into(),
                issuer: issuer(),
                fields: Field::ALL.to_vec(),
                given_at: at,
            }],
            passed_on: vec![
                HandedOver {
                    issuer: issuer(),
                    at,
                    fields: Some(Field::ALL.to_vec()),
                    self_asserted: vec![Field::Birthdate, Field::Picture],
                },
                HandedOver { issuer: issuer(), at, fields: None, self_asserted: vec![] },
            ],
            requested_at: Some(at),
            fault: None,
        };
        let bare = Self {
            facts: vec![fact(Said::IsStudent(false))],
            birth_date: None,
            picture: None,
            consents: vec![],
            passed_on: vec![],
            requested_at: None,
            ..full.clone()
        };
        let faults = Fault::ALL.map(|fault| {
            let frame = Frame { languages: vec![], ..Frame::sample() };
            (fault.key(), Self { frame, fault: Some(fault), ..bare.clone() })
        });
        [("full", full), ("bare", bare.clone())].into_iter().chain(faults).collect()
    }
}
