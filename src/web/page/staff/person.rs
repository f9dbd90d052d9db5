//! Inviting somebody, and changing somebody who is there.

use super::{Nav, Section, home, password::PasswordTrouble, person, staff_page};
use crate::{
    base::Timestamp,
    domain::staff::{Module, Rank, Right, StaffStatus, password::PasswordFault},
    flow::mailing::MailOutcome,
    web::page::Frame,
};

/// The form: `POST /staff/people/new` or `POST /staff/people/{id}` with `name`, `login`, `rank`, `outlet`, `last_day` and
/// `right_{module}`; and what can be done with an account: `POST /staff/people/{id}/do` with `do`.
#[derive(Clone, Debug)]
pub struct Person {
    /// Header and footer.
    pub frame: Frame,
    /// Who, where to, and the way out.
    pub nav: Nav,
    /// Whose staff.
    pub tenant: String,
    /// That tenant's id.
    pub tenant_id: String,
    /// The account, if there is one already.
    pub account: Option<AccountView>,
    /// What was typed, or what there is.
    pub typed: TypedPerson,
    /// The ranks that they can give.
    pub ranks: Vec<Rank>,
    /// The outlets to choose from: id and name.
    pub outlets: Vec<(String, String)>,
    /// The modules with the most that they can give.
    pub modules: Vec<(Module, Right)>,
    /// What is wrong with the form.
    pub fault: Option<PersonFault>,
    /// A link that was just made: shown once.
    pub invitation: Option<(String, Timestamp)>,
    /// What became of the link, where it was sent by mail.
    pub mail: Option<MailOutcome>,
    /// An account was just made with a first password, which works until then.
    pub first_password: Option<Timestamp>,
}

/// What a form of somebody holds.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the names of the form's fields")]
pub struct TypedPerson {
    pub name: String,
    pub login: String,
    pub rank: Option<Rank>,
    pub outlet: String,
    pub last_day: String,
    pub rights: Vec<(Module, Right)>,
    /// A first password instead of a link; what it is, is not shown again.
    pub by_password: bool,
}

/// An account that there is.
#[derive(Clone, Debug)]
pub struct AccountView {
    /// Which.
    pub id: String,
    /// How far it has come.
    pub status: StaffStatus,
    /// Whether there is a second factor.
    pub has_factor: bool,
    /// Until when an open invitation works.
    pub invited_until: Option<Timestamp>,
    /// Until when the manager's password works, while it is one.
    pub first_password_until: Option<Timestamp>,
}

/// What is wrong with the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the sentences say it")]
pub enum PersonFault {
    Name,
    Login,
    LoginTaken,
    Rank,
    Outlet,
    Rights,
    LastDay,
    Password(PasswordFault),
}

impl PersonFault {
    const ALL: [Self; 8] = [
        Self::Name,
        Self::Login,
        Self::LoginTaken,
        Self::Rank,
        Self::Outlet,
        Self::Rights,
        Self::LastDay,
        Self::Password(PasswordFault::TooShort(15)),
    ];

    pub(crate) fn key(&self) -> &'static str {
        match self {
            Self::Name => "person-fault-name",
            Self::Login => "person-fault-login",
            Self::LoginTaken => "person-fault-login-taken",
            Self::Rank => "person-fault-rank",
            Self::Outlet => "person-fault-outlet",
            Self::Rights => "person-fault-rights",
            Self::LastDay => "person-fault-last-day",
            Self::Password(fault) => PasswordTrouble::Fault(*fault).key(),
        }
    }

    /// The fewest characters of a password, where that is the fault.
    pub(crate) const fn least(&self) -> usize {
        match self {
            Self::Password(PasswordFault::TooShort(least)) => *least,
            _ => 0,
        }
    }
}

/// A module's name: the sentence's key.
pub fn module_key(module: &Module) -> String {
    format!("module-{}", module.name())
}

/// A right's name: the sentence's key.
pub fn right_key(right: &Right) -> String {
    format!("right-{}", right.name())
}

impl Person {
    pub(crate) fn has(&self, module: &Module, right: &Right) -> bool {
        let given =
            self.typed.rights.iter().find(|(given, _)| given == module).map_or(Right::None, |(_, right)| *right);
        given == *right
    }

    pub(crate) fn is_rank(&self, rank: &Rank) -> bool {
        self.typed.rank.as_ref() == Some(rank)
    }

    /// Whether "no outlet" may be what they want: a rank without one can be given, or there is more than one to choose from.
    pub(crate) fn may_be_of_none(&self) -> bool {
        self.outlets.len() > 1 || !self.ranks.iter().all(|rank| rank.is_of_an_outlet())
    }

    pub(crate) fn rights_up_to(most: &Right) -> Vec<Right> {
        [Right::None, Right::Read, Right::Edit].into_iter().filter(|right| right <= most).collect()
    }
}

staff_page!(Person, "staff/person.html", || {
    let until = Timestamp::parse("2026-11-26T09:00:00Z").unwrap_or(Timestamp::from_seconds(0));
    let all: Vec<(Module, Right)> = Module::ALL.into_iter().map(|module| (module, Right::Edit)).collect();
    let new = Person {
        frame: Frame::sample(),
        nav: Nav::sample(Section::People),
        tenant: "Vorverkauf Lindenstadt".into(),
        tenant_id: "01ARZ3NDEKTSV4RRFFQ69G5FAV".into(),
        account: None,
        typed: TypedPerson { rank: Some(Rank::Clerk), ..TypedPerson::default() },
        ranks: Rank::ALL.to_vec(),
        outlets: vec![("01ARZ3NDEKTSV4RRFFQ69G5FAV".into(), "Hauptbahnhof".into())],
        modules: all.clone(),
        fault: None,
        invitation: None,
        mail: None,
        first_password: None,
    };
    let typed = TypedPerson {
        name: "Ayşe Yılmaz".into(),
        login: "a.yilmaz".into(),
        rank: Some(Rank::SeniorClerk),
        outlet: "01ARZ3NDEKTSV4RRFFQ69G5FAV".into(),
        last_day: "2027-03-31".into(),
        rights: all,
        by_password: false,
    };
    let account = |status, has_factor, invited_until| {
        let id = "01ARZ3NDEKTSV4RRFFQ69G5FAV".into();
        Some(AccountView { id, status, has_factor, invited_until, first_password_until: None })
    };
    let first_password = |until: Timestamp| {
        account(StaffStatus::Active, false, None)
            .map(|account| AccountView { first_password_until: Some(until), ..account })
    };
    let with = |account| Person { account, typed: typed.clone(), ..new.clone() };
    let faults = PersonFault::ALL.map(|fault| (fault.key(), Person { fault: Some(fault), ..with(None) }));
    let made = Some(("https://pedell.example/staff/invitation?code=00112233445566778899aabbccddeeff".into(), until));
    let invited = || account(StaffStatus::Invited, false, Some(until));
    let states = [
        ("active", with(account(StaffStatus::Active, true, None))),
        ("invited", with(account(StaffStatus::Invited, false, Some(until)))),
        ("blocked", with(account(StaffStatus::Blocked, true, None))),
        ("link", Person { invitation: made.clone(), ..with(account(StaffStatus::Invited, false, Some(until))) }),
        ("first_password", Person { first_password: Some(until), ..with(first_password(until)) }),
        ("by_password", Person { typed: TypedPerson { by_password: true, ..typed.clone() }, ..new.clone() }),
        ("mailed", Person { mail: Some(MailOutcome::Sent), invitation: made.clone(), ..with(invited()) }),
        ("not_mailed", Person { mail: Some(MailOutcome::Failed), invitation: made.clone(), ..with(invited()) }),
        ("new", new.clone()),
        ("no_outlets", Person { outlets: Vec::new(), ranks: vec![Rank::OrganizerStaff], ..new.clone() }),
    ];
    faults.into_iter().chain(states).collect()
});
