//! What a check at the counter came to, to read out, to hand on, to print.

use super::{Nav, Section, counter::SemesterRow, staff_page};
use crate::{
    base::{Reference, Timestamp},
    domain::eligibility::Detail,
    web::page::{
        Frame, Href, Reason,
        roster_form::{ComparedWith, SemesterName},
    },
};

/// The outcome.
#[derive(Clone, Debug)]
pub struct CounterOutcome {
    /// Header and footer.
    pub frame: Frame,
    /// Who, where to, and the way out.
    pub nav: Nav,
    /// Eligible, or why not.
    pub decision: Result<(), Reason>,
    /// What the university did not say, if that is why.
    pub missing: Vec<Detail>,
    /// In how many minutes trying again is worth it, if that can be told.
    pub retry_in_minutes: Option<u32>,
    /// The number for support.
    pub reference: Reference,
    /// Who was asked.
    pub university: String,
    /// What for.
    pub product: String,
    /// Whose product.
    pub issuer: String,
    /// For which semester.
    pub semester: SemesterRow,
    /// The university's spelling, as far as the issuer may know it; nothing where it was refused.
    pub given_names: Option<String>,
    /// The same.
    pub family_name: Option<String>,
    /// As the university has it, as far as the issuer may know it.
    pub birth_date: Option<jiff::civil::Date>,
    /// What the data were compared with.
    pub compared_with: ComparedWith,
    /// How old a list is.
    pub source_updated_at: Option<Timestamp>,
    /// When.
    pub when: Timestamp,
    /// To the next one.
    pub again: Option<Href>,
}

staff_page!(CounterOutcome, "staff/counter_outcome.html", || {
    use crate::domain::semester::{Calendar, Semester};
    let (Some(reference), Some(key)) = (Reference::parse("7K3QF-9XTR2"), Semester::parse_canonical("2026W")) else {
        return vec![];
    };
    let at = Timestamp::parse("2026-11-24T09:00:00Z").unwrap_or(Timestamp::from_seconds(0));
    let eligible = CounterOutcome {
        frame: Frame { languages: Vec::new(), ..Frame::sample() },
        nav: Nav { tenant: "Vorverkauf Lindenstadt".into(), ..Nav::sample(Section::Counter) },
        decision: Ok(()),
        missing: Vec::new(),
        retry_in_minutes: None,
        reference,
        university: "Universität Lindenstadt".into(),
        product: "Deutschlandsemesterticket".into(),
        issuer: "Verkehrsbetriebe Lindenstadt".into(),
        semester: SemesterRow { name: SemesterName::Winter(2026), key, period: Calendar::university().period(key) },
        given_names: Some("Zoë Anna-Luise".into()),
        family_name: Some("Freifrau von Müller-Lüdenscheidt".into()),
        birth_date: Some(jiff::civil::date(2003, 12, 24)),
        compared_with: ComparedWith::List,
        source_updated_at: Some(at),
        when: at,
        again: Href::parse("/staff/counter"),
    };
    let few = CounterOutcome {
        given_names: None,
        family_name: None,
        birth_date: None,
        source_updated_at: None,
        compared_with: ComparedWith::Service,
        ..eligible.clone()
    };
    let refused = |reason| CounterOutcome { decision: Err(reason), ..few.clone() };
    let missing = CounterOutcome { missing: Detail::ALL.to_vec(), ..refused(Reason::AttributeMissing) };
    let retry = CounterOutcome { retry_in_minutes: Some(2), ..refused(Reason::SourceUnavailable) };
    vec![
        ("eligible", eligible),
        ("few", few.clone()),
        ("wrong_semester", refused(Reason::WrongSemester)),
        ("unavailable", refused(Reason::SourceUnavailable)),
        ("retry", retry),
        ("missing", missing),
    ]
});
