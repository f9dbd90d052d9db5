//! What leads from page to page, and out.

use crate::web::page::Href;

/// Who is logged in, where they can go, and the way out.
#[derive(Clone, Debug, Default)]
pub struct Nav {
    /// Who.
    pub name: String,
    /// Whose they are.
    pub tenant: String,
    /// What a form of this session carries.
    pub form_key: String,
    /// Where they can go.
    pub links: Vec<(Section, Href)>,
    /// Where they are.
    pub here: Option<Section>,
}

/// A part of the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Section {
    Overview,
    Counter,
    Tenants,
    Counters,
    Issuers,
    Machines,
    Connection,
    Rosters,
    Verifications,
    Statistics,
    People,
    Certificates,
    Audit,
    Account,
}

impl Section {
    /// Every one, in the order in which they are offered.
    pub const ALL: [Self; 14] = [
        Self::Overview,
        Self::Counter,
        Self::Tenants,
        Self::Counters,
        Self::Connection,
        Self::Rosters,
        Self::Verifications,
        Self::Statistics,
        Self::Issuers,
        Self::Machines,
        Self::People,
        Self::Certificates,
        Self::Audit,
        Self::Account,
    ];

    /// The sentence's key.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Overview => "nav-overview",
            Self::Counter => "nav-counter",
            Self::Tenants => "nav-tenants",
            Self::Counters => "nav-counters",
            Self::Issuers => "nav-issuers",
            Self::Machines => "nav-machines",
            Self::Connection => "nav-connection",
            Self::Rosters => "nav-rosters",
            Self::Verifications => "nav-verifications",
            Self::Statistics => "nav-statistics",
            Self::People => "nav-people",
            Self::Certificates => "nav-certificates",
            Self::Audit => "nav-audit",
            Self::Account => "nav-account",
        }
    }

    /// Where it is.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Overview => "/staff",
            Self::Counter => "/staff/counter",
            Self::Tenants => "/staff/tenants",
            Self::Counters => "/staff/counters",
            Self::Issuers => "/staff/issuers",
            Self::Machines => "/staff/machines",
            Self::Connection => "/staff/connection",
            Self::Rosters => "/staff/rosters",
            Self::Verifications => "/staff/verifications",
            Self::Statistics => "/staff/statistics",
            Self::People => "/staff/people",
            Self::Certificates => "/staff/certificates",
            Self::Audit => "/staff/audit",
            Self::Account => "/staff/account",
        }
    }
}

impl Nav {
    /// A manager who can go everywhere.
    pub fn sample(here: Section) -> Self {
        Self {
            name: "Margarete Großmann-Özdemir".into(),
            tenant: "Universität Lindenstadt".into(),
            form_key: "00112233445566778899aabbccddeeff".into(),
            links: Section::ALL
                .into_iter()
                .filter_map(|section| Some((section, Href::parse(section.path())?)))
                .collect(),
            here: Some(here),
        }
    }

    pub(crate) fn is_here(&self, section: &Section) -> bool {
        self.here.as_ref() == Some(section)
    }
}
