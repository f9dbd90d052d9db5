//! The form at an agency's counter: what is to be checked, and what the student says.

use super::{Nav, STAFF, Section};
use crate::{
    base::Reference,
    domain::semester::{Calendar, Period, Semester},
    web::page::{
        Frame, Href, Language, Page, Text,
        roster_form::{ComparedWith, Fault, Field, FieldView, SemesterName, Trouble, Typed},
        show,
    },
};

/// The page: `POST /staff/counter` with `client`, `product`, `university`, `semester`, `form` and the
/// fields that it shows.
#[derive(Clone, Debug)]
pub struct Counter {
    /// Header and footer.
    pub frame: Frame,
    /// Who, where to, and the way out.
    pub nav: Nav,
    /// What may be checked.
    pub offers: Vec<OfferRow>,
    /// What is being checked, once it is chosen.
    pub form: Option<CounterForm>,
}

/// Something that may be checked.
#[derive(Clone, Debug)]
pub struct OfferRow {
    /// Whose students.
    pub university: String,
    /// For what.
    pub product: String,
    /// Of whom.
    pub issuer: String,
    /// To its form.
    pub href: Href,
}

/// A form for one university and product.
#[derive(Clone, Debug)]
pub struct CounterForm {
    /// Whose students.
    pub university: String,
    /// For what.
    pub product: String,
    /// Of whom.
    pub issuer: String,
    /// What the form carries.
    pub carried: [(&'static str, String); 4],
    /// The semesters on sale.
    pub semesters: Vec<SemesterRow>,
    /// The one that was chosen.
    pub semester: String,
    /// Whether the university's matriculation numbers are all digits.
    pub matriculation_is_digits: bool,
    /// What is asked for.
    pub fields: Vec<Field>,
    /// What it is compared with.
    pub compared_with: ComparedWith,
    /// What was typed before.
    pub typed: Typed,
    /// What was wrong with it.
    pub trouble: Trouble,
}

/// A semester on sale.
#[derive(Clone, Copy, Debug)]
pub struct SemesterRow {
    /// Which.
    pub name: SemesterName,
    /// Canonical key.
    pub key: Semester,
    /// Its days.
    pub period: Period,
}

impl CounterForm {
    pub(crate) fn is_locked(&self) -> bool {
        matches!(self.trouble, Trouble::Locked { .. })
    }

    /// The semester that was asked about, as a sentence says it.
    pub(crate) fn asked_semester(&self, t: &Text) -> String {
        let asked = self.semesters.iter().find(|row| row.key.to_string() == self.semester);
        asked.or(self.semesters.first()).map(|row| row.name.say(t)).unwrap_or_default()
    }
}

impl SemesterRow {
    pub(crate) fn say(&self, t: &Text) -> String {
        let days = [("first", t.date(self.period.first)), ("last", t.date(self.period.last))];
        format!("{}, {}", self.name.say(t), t.with("counter-days", &days))
    }
}

#[derive(askama::Template)]
#[template(path = "staff/counter.html")]
struct View<'a> {
    page: &'a Counter,
    t: Text,
    fields: Vec<FieldView<'a>>,
}

impl View<'_> {
    fn has_fault(&self) -> bool {
        self.fields.iter().any(|field| field.fault.is_some())
    }
}

impl Page for Counter {
    fn render(&self, language: Language) -> String {
        let t = STAFF.text(language);
        let mut fields = Vec::new();
        if let Some(form) = &self.form {
            for field in &form.fields {
                let view = FieldView::of(*field, &form.typed, &form.trouble, form.matriculation_is_digits, &t);
                // What a browser knows of the clerk is not the student's.
                fields.push(FieldView { autocomplete: "off", ..view });
            }
        }
        show(&View { page: self, t, fields })
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let offer = |university: &str| {
            Some(OfferRow {
                university: university.into(),
                product: "Deutschlandsemesterticket".into(),
                issuer: "Verkehrsbetriebe Lindenstadt".into(),
                href: Href::parse("/staff/counter?client=shop&product=ticket&university=uni-lindenstadt")?,
            })
        };
        let choose = Self {
            frame: Frame::sample(),
            nav: Nav { tenant: "Vorverkauf Lindenstadt".into(), ..Nav::sample(Section::Counter) },
            offers: ["Universität Lindenstadt", "Fachhochschule Auental"].into_iter().filter_map(offer).collect(),
            form: None,
        };
        let semester = |name, key| {
            let key = Semester::parse_canonical(key)?;
            Some(SemesterRow { name, key, period: Calendar::fachhochschule().period(key) })
        };
        let form = CounterForm {
            university: "Fachhochschule Auental".into(),
            product: "Deutschlandsemesterticket".into(),
            issuer: "Verkehrsbetriebe Lindenstadt".into(),
            carried: [("client", "shop"), ("product", "ticket"), ("university", "fh-auental"), ("form", "7K3QF9XTR2")]
                .map(|(name, value)| (name, value.to_owned())),
            semesters: [(SemesterName::Winter(2026), "2026W"), (SemesterName::Summer(2027), "2027S")]
                .into_iter()
                .filter_map(|(name, key)| semester(name, key))
                .collect(),
            semester: "2026W".into(),
            matriculation_is_digits: true,
            fields: Field::ALL.to_vec(),
            compared_with: ComparedWith::Service,
            typed: Typed::default(),
            trouble: Trouble::None,
        };
        let typed = Typed { matriculation_number: "00412345".into(), given_names: "Zoë".into(), ..Typed::default() };
        let with = |change: &dyn Fn(&mut CounterForm)| {
            let mut form = CounterForm { typed: typed.clone(), ..form.clone() };
            change(&mut form);
            Self { form: Some(form), ..choose.clone() }
        };
        let faults = Field::ALL.map(|field| (field, Fault::Missing)).to_vec();
        let list = |form: &mut CounterForm| {
            form.compared_with = ComparedWith::List;
            form.fields.retain(|field| *field != Field::PostalCode);
            form.semesters.truncate(1);
        };
        let mut samples = vec![
            ("choose", choose.clone()),
            ("nothing", Self { offers: Vec::new(), ..choose.clone() }),
            ("form", Self { form: Some(form.clone()), ..choose.clone() }),
            ("faults", with(&|form| form.trouble = Trouble::Fields(faults.clone()))),
            ("locked", with(&|form| form.trouble = Trouble::Locked { minutes: 14 })),
        ];
        if let Some(reference) = Reference::parse("7K3QF9XTR2") {
            let no_match = Trouble::NoMatch { reference };
            let one = Self {
                offers: choose.offers.iter().take(1).cloned().collect(),
                ..with(&|form| {
                    list(form);
                    form.trouble = no_match.clone();
                })
            };
            samples.push(("no_match", one));
            samples.push(("no_match_service", with(&|form| form.trouble = no_match.clone())));
        }
        samples
    }
}
