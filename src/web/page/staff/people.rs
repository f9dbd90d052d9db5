//! The people of a tenant.

use super::{Nav, Section, home, people, staff_page};
use crate::{
    base::Timestamp,
    domain::staff::{
        Rank, StaffStatus,
        rules::{PasskeyDemand, StaffRules},
    },
    web::page::{Frame, Href},
};

/// The page; `POST /staff/people/outlets` with `tenant`, `name`; `POST /staff/people/rules`.
#[derive(Clone, Debug)]
pub struct People {
    /// Header and footer.
    pub frame: Frame,
    /// Who, where to, and the way out.
    pub nav: Nav,
    /// Whose people.
    pub tenant: String,
    /// That tenant's id, for forms.
    pub tenant_id: String,
    /// Who there is, as far as they may see.
    pub people: Vec<PersonRow>,
    /// To invite somebody, if they may.
    pub invite: Option<Href>,
    /// The agency's outlets.
    pub outlets: Vec<String>,
    /// Whether they may add one.
    pub may_add_outlet: bool,
    /// What the tenant asks of everybody, if they may change it.
    pub rules: Option<StaffRules>,
    /// To the networks that they may come from, if they may change them.
    pub networks: Option<Href>,
}

/// Somebody.
#[derive(Clone, Debug)]
pub struct PersonRow {
    /// For people.
    pub name: String,
    /// What they log in with.
    pub login: String,
    /// Where in the hierarchy.
    pub rank: Rank,
    /// Which outlet.
    pub outlet: Option<String>,
    /// How far the account has come.
    pub status: StaffStatus,
    /// Whether its last day is past.
    pub is_over: bool,
    /// Whether there is a second factor.
    pub has_factor: bool,
    /// Until when an invitation works.
    pub invited_until: Option<Timestamp>,
    /// To change them, if they may.
    pub href: Option<Href>,
}

/// Of whom a passkey is asked: the sentence's key.
pub fn demand_key(demand: &PasskeyDemand) -> String {
    format!("passkey-of-{}", demand.name())
}

impl PersonRow {
    pub(crate) fn state_key(&self) -> &'static str {
        match self.status {
            StaffStatus::Blocked => "person-blocked",
            _ if self.is_over => "person-over",
            StaffStatus::Invited if self.invited_until.is_none() => "person-invitation-over",
            StaffStatus::Invited => "person-invited",
            StaffStatus::Active if !self.has_factor => "person-no-factor",
            StaffStatus::Active => "person-active",
        }
    }
}

staff_page!(People, "staff/people.html", || {
    let until = Timestamp::parse("2026-11-26T09:00:00Z");
    let row = |name: &str, rank, status, has_factor| PersonRow {
        name: name.into(),
        login: "m.grossmann@uni-lindenstadt.example".into(),
        rank,
        outlet: None,
        status,
        is_over: false,
        has_factor,
        invited_until: None,
        href: Href::parse("/staff/people/01ARZ3NDEKTSV4RRFFQ69G5FAV"),
    };
    let invited =
        PersonRow { invited_until: until, ..row("Ayşe Yılmaz", Rank::OrganizerStaff, StaffStatus::Invited, false) };
    let me = PersonRow {
        href: None,
        ..row("Margarete Großmann-Özdemir", Rank::OrganizerManager, StaffStatus::Active, true)
    };
    let university = People {
        frame: Frame::sample(),
        nav: Nav::sample(Section::People),
        tenant: "Universität Lindenstadt".into(),
        tenant_id: "01ARZ3NDEKTSV4RRFFQ69G5FAV".into(),
        people: vec![
            me,
            invited,
            row("Bo Li", Rank::OrganizerStaff, StaffStatus::Invited, false),
            row("Jo", Rank::OrganizerStaff, StaffStatus::Active, false),
            row("Gone", Rank::OrganizerStaff, StaffStatus::Blocked, true),
            PersonRow { is_over: true, ..row("Past", Rank::OrganizerStaff, StaffStatus::Active, true) },
        ],
        invite: Href::parse("/staff/people/new"),
        outlets: Vec::new(),
        may_add_outlet: false,
        rules: Some(StaffRules {
            second_factor_for_all: true,
            passkey: PasskeyDemand::Managers,
            ..StaffRules::default()
        }),
        networks: Href::parse("/staff/networks"),
    };
    let clerk = PersonRow { outlet: Some("Hauptbahnhof".into()), ..row("Kim", Rank::Clerk, StaffStatus::Active, true) };
    let agency = People {
        tenant: "Vorverkauf Lindenstadt".into(),
        people: vec![clerk],
        outlets: vec!["Hauptbahnhof".into(), "Rathaus".into()],
        may_add_outlet: true,
        ..university.clone()
    };
    let look = People { invite: None, networks: None, rules: None, ..university.clone() };
    vec![("university", university), ("agency", agency), ("look", look)]
});
