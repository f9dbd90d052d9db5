//! The operator's list of tenants, new ones, and the view of one that is taken for a time.

use super::{Nav, Section, staff_page};
use crate::{
    base::Timestamp,
    domain::staff::TenantKind,
    web::page::{Frame, Href},
};

/// The page: `POST /staff/tenants` with `kind`, `slug`, `name_de`, `name_en`; `POST /staff/tenants/view` with `tenant`,
/// `reason`, `hours`, or `tenant` and `end`.
#[derive(Clone, Debug)]
pub struct Tenants {
    /// Header and footer.
    pub frame: Frame,
    /// Who, where to, and the way out.
    pub nav: Nav,
    /// Every tenant.
    pub tenants: Vec<TenantRow>,
    /// What was wrong with a form.
    pub fault: Option<TenantFault>,
}

/// A tenant.
#[derive(Clone, Debug)]
pub struct TenantRow {
    /// Its id.
    pub id: String,
    /// Its short name.
    pub slug: String,
    /// For people.
    pub name: String,
    /// What it is.
    pub kind: TenantKind,
    /// To invite its first manager.
    pub invite: Option<Href>,
    /// Until when its view is taken.
    pub viewed_until: Option<Timestamp>,
    /// Where the view leads, while it is taken.
    pub links: Vec<(Section, Href)>,
}

/// What was wrong with a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the sentences say it")]
pub enum TenantFault {
    Slug,
    SlugTaken,
    Name,
    Reason,
}

impl TenantFault {
    const ALL: [Self; 4] = [Self::Slug, Self::SlugTaken, Self::Name, Self::Reason];

    pub(crate) const fn key(&self) -> &'static str {
        match self {
            Self::Slug => "tenant-fault-slug",
            Self::SlugTaken => "tenant-fault-slug-taken",
            Self::Name => "tenant-fault-name",
            Self::Reason => "tenant-fault-reason",
        }
    }
}

impl TenantRow {
    pub(crate) const fn kind_key(&self) -> &'static str {
        match self.kind {
            TenantKind::University => "tenant-university",
            TenantKind::Agency => "tenant-agency",
            TenantKind::Operator => "tenant-operator",
        }
    }
}

staff_page!(Tenants, "staff/tenants.html", || {
    let row = |name: &str, kind| TenantRow {
        id: "01ARZ3NDEKTSV4RRFFQ69G5FAV".into(),
        slug: "uni-lindenstadt".into(),
        name: name.into(),
        kind,
        invite: Href::parse("/staff/people/new?tenant=01ARZ3NDEKTSV4RRFFQ69G5FAV"),
        viewed_until: None,
        links: Vec::new(),
    };
    let viewed = TenantRow {
        viewed_until: Timestamp::parse("2026-11-26T09:00:00Z"),
        links: Href::parse("/staff/people").into_iter().map(|href| (Section::People, href)).collect(),
        ..row("Universität Lindenstadt", TenantKind::University)
    };
    let list = Tenants {
        frame: Frame::sample(),
        nav: Nav::sample(Section::Tenants),
        tenants: vec![
            TenantRow { invite: None, ..row("Betreiber", TenantKind::Operator) },
            viewed,
            row("Vorverkauf Lindenstadt", TenantKind::Agency),
        ],
        fault: None,
    };
    let faults = TenantFault::ALL.map(|fault| (fault.key(), Tenants { fault: Some(fault), ..list.clone() }));
    faults.into_iter().chain([("list", list.clone())]).collect()
});
