//! The first page: what needs attention, and where to go.

use jiff::civil::Date;

use super::{Nav, Section, home, staff_page};
use crate::{
    base::Timestamp,
    domain::{
        connection::ConnectionFault,
        semester::{Calendar, Semester, Term},
        staff::Rank,
    },
    flow::{checkpoints::CheckpointTrouble, findings::Finding},
    web::page::Frame,
};

/// A rank's name: the sentence's key.
pub fn rank_key(rank: &Rank) -> String {
    format!("rank-{}", rank.name())
}

/// The overview.
#[derive(Clone, Debug)]
pub struct Home {
    /// Header and footer.
    pub frame: Frame,
    /// Who, where to, and the way out.
    pub nav: Nav,
    /// Their rank.
    pub rank: Rank,
    /// When this session ends.
    pub ends_at: Timestamp,
    /// How many other sessions of this account go on.
    pub other_sessions: usize,
    /// What needs somebody to do something.
    pub attention: Vec<Attention>,
}

/// Something that needs somebody.
#[derive(Clone, Debug)]
pub enum Attention {
    /// What `pedell doctor` would say too.
    Found(Finding),
    /// The operator has the view of this tenant.
    Elevation {
        /// Until when.
        until: Timestamp,
    },
    /// People who have not come in yet, and soon can't any more.
    Invitations {
        /// How many.
        count: usize,
    },
    /// No recovery code is left, or hardly one.
    RecoveryCodes(i64),
    /// The certificate that they are here with ends soon.
    OwnCertificate {
        /// When.
        until: Timestamp,
    },
    /// So many certificates of their people end soon.
    Certificates(usize),
}

staff_page!(Home, "staff/home.html", || {
    let semester = Semester::new(2026, Term::Winter).unwrap_or_else(|| Calendar::university().semester_on(Date::MIN));
    let at = |text: &str| Timestamp::parse(text).unwrap_or(Timestamp::from_seconds(0));
    let quiet = Home {
        frame: Frame::sample(),
        nav: Nav::sample(Section::Overview),
        rank: Rank::OrganizerManager,
        ends_at: at("2026-11-24T16:05:00Z"),
        other_sessions: 0,
        attention: Vec::new(),
    };
    let busy = Home {
        other_sessions: 2,
        attention: vec![
            Attention::Found(Finding::NoRoster { semester }),
            Attention::Found(Finding::NoNextRoster { semester, begins: at("2027-04-01T08:00:00Z").date_in_berlin() }),
            Attention::Found(Finding::OldRoster { semester, imported_at: at("2026-10-01T08:00:00Z") }),
            Attention::Found(Finding::Connection(ConnectionFault::warning(
                "saml_certificate_expires",
                "the certificate ends in nine days",
            ))),
            Attention::Found(Finding::SourceResting {
                university: "uni-lindenstadt".into(),
                until: at("2026-11-24T12:00:00Z"),
            }),
            Attention::Found(Finding::Promotion { version: 4 }),
            Attention::Found(Finding::Trail(CheckpointTrouble::DoesNotFit)),
            Attention::Found(Finding::Trail(CheckpointTrouble::Overdue)),
            Attention::Found(Finding::SigningKeyOld { since: at("2025-10-01T08:00:00Z") }),
            Attention::Found(Finding::Federation { name: "dfn".into(), text: "there is no copy yet".into() }),
            Attention::Invitations { count: 2 },
            Attention::Elevation { until: at("2026-11-24T12:00:00Z") },
            Attention::RecoveryCodes(1),
            Attention::OwnCertificate { until: at("2026-12-01T12:00:00Z") },
            Attention::Certificates(2),
        ],
        ..quiet.clone()
    };
    let ranks = [
        ("clerk", Rank::Clerk),
        ("senior_clerk", Rank::SeniorClerk),
        ("outlet_manager", Rank::OutletManager),
        ("agency_manager", Rank::AgencyManager),
        ("organizer_staff", Rank::OrganizerStaff),
        ("operator", Rank::Operator),
    ];
    let others = ranks.map(|(name, rank)| (name, Home { rank, ..quiet.clone() }));
    others.into_iter().chain([("quiet", quiet), ("busy", busy)]).collect()
});
