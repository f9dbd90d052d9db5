//! What agencies' counters may check, for the operator.

use super::{Nav, Section, staff_page};
use crate::web::page::Frame;

/// The page: `POST /staff/counters` with `do` (`grant`, `end`), `agency`, `university`, and `product` (`client product`).
#[derive(Clone, Debug)]
pub struct Counters {
    /// Header and footer.
    pub frame: Frame,
    /// Who, where to, and the way out.
    pub nav: Nav,
    /// What is granted.
    pub grants: Vec<GrantRow>,
    /// Agencies to choose from: value and name.
    pub agencies: Vec<(String, String)>,
    /// Issuers' products.
    pub products: Vec<(String, String)>,
    /// Universities.
    pub universities: Vec<(String, String)>,
    /// Whether what was chosen does not go together.
    pub is_unfit: bool,
}

/// A grant.
#[derive(Clone, Debug)]
pub struct GrantRow {
    /// Whose counters.
    pub agency: (String, String),
    /// For what.
    pub product: (String, String),
    /// Whose students.
    pub university: (String, String),
    /// Whether it works.
    pub works: bool,
}

staff_page!(Counters, "staff/counters.html", || {
    let pair = |value: &str, name: &str| (value.to_owned(), name.to_owned());
    let (agency, university) = (pair("vorverkauf", "Vorverkauf Lindenstadt"), pair("uni", "Universität Lindenstadt"));
    let product = pair("shop ticket", "Verkehrsbetriebe Lindenstadt · Deutschlandsemesterticket");
    let row =
        |works| GrantRow { agency: agency.clone(), product: product.clone(), university: university.clone(), works };
    let list = Counters {
        frame: Frame::sample(),
        nav: Nav::sample(Section::Counters),
        grants: vec![row(true), row(false)],
        agencies: vec![agency.clone()],
        products: vec![product.clone()],
        universities: vec![university.clone()],
        is_unfit: false,
    };
    let unfit = Counters { is_unfit: true, ..list.clone() };
    let none = Counters { grants: Vec::new(), agencies: Vec::new(), ..list.clone() };
    vec![("list", list), ("unfit", unfit), ("none", none)]
});
