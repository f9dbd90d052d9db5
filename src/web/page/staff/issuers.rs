//! Ticket issuers: all of them for the operator; for a university's managers, who may ask about its students and what they get.

use super::{Nav, Section, issuers, staff_page};
use crate::{
    domain::rule::Field,
    web::page::{Frame, Href},
};

/// The page.
#[derive(Clone, Debug)]
pub struct Issuers {
    /// Header and footer.
    pub frame: Frame,
    /// Who, where to, and the way out.
    pub nav: Nav,
    /// The university whose managers look; nothing for the operator.
    pub university: Option<String>,
    /// Who asks.
    pub issuers: Vec<IssuerRow>,
    /// To register one.
    pub new: Option<Href>,
    /// Whose counters may check the university's students: agency, and ticket.
    pub counters: Vec<(String, String)>,
}

/// A ticket issuer.
#[derive(Clone, Debug)]
pub struct IssuerRow {
    /// `client_id`.
    pub id: String,
    /// For people.
    pub name: String,
    /// Whether it is let in.
    pub is_active: bool,
    /// Universities that it may ask about, by short name; empty: all.
    pub universities: Vec<String>,
    /// What it may get.
    pub claims: Vec<Field>,
    /// What it sells.
    pub products: Vec<String>,
    /// Whether it may send typed data itself.
    pub direct_checks: bool,
    /// To change it.
    pub href: Option<Href>,
}

/// A field's sentence.
pub(crate) const fn claim_key(field: &Field) -> &'static str {
    match field {
        Field::GivenName => "issuer-claim-given-name",
        Field::FamilyName => "issuer-claim-family-name",
        Field::Birthdate => "issuer-claim-birthdate",
        Field::Picture => "issuer-claim-picture",
    }
}

staff_page!(Issuers, "staff/issuers.html", || {
    let row = IssuerRow {
        id: "verkehrsbetriebe".into(),
        name: "Verkehrsbetriebe Lindenstadt".into(),
        is_active: true,
        universities: vec!["uni-lindenstadt".into(), "fh-auental".into()],
        claims: Field::ALL.to_vec(),
        products: vec!["Deutschlandsemesterticket".into()],
        direct_checks: true,
        href: Href::parse("/staff/issuers/verkehrsbetriebe"),
    };
    let blocked = IssuerRow {
        is_active: false,
        universities: Vec::new(),
        claims: Vec::new(),
        direct_checks: false,
        ..row.clone()
    };
    let operator = Issuers {
        frame: Frame::sample(),
        nav: Nav::sample(Section::Issuers),
        university: None,
        issuers: vec![row.clone(), blocked],
        new: Href::parse("/staff/issuers/new"),
        counters: Vec::new(),
    };
    let manager = Issuers {
        university: Some("Universität Lindenstadt".into()),
        issuers: vec![IssuerRow { href: None, ..row }],
        new: None,
        counters: vec![("Vorverkauf Lindenstadt".into(), "Deutschlandsemesterticket".into())],
        ..operator.clone()
    };
    let none = Issuers { issuers: Vec::new(), ..manager.clone() };
    vec![("operator", operator), ("manager", manager), ("none", none)]
});
