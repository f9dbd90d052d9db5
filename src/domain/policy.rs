//! Who may be where. A [`Scope`] is the proof: only this file makes one, and no tenant's database opens without it.

use super::{
    client::{Client, ClientKind},
    counter::{AtCounter, CounterGrant, CounterView},
    staff::{Action, OutletId, Rank, Reach, StaffId, StaffMember, table},
    tenant::{TenantId, University},
};

/// The proof that somebody may work in one tenant's database, and who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    tenant: TenantId,
    actor: Actor,
}

/// Who does something. Stands in the audit trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A student who was sent over by an issuer.
    StudentOf {
        /// The issuer's client id.
        client: String,
    },
    /// A student at their own account.
    Student,
    /// A machine.
    Machine {
        /// Its client id.
        client: String,
    },
    /// Somebody with a shell on the machine and the master key.
    Operator,
    /// The same, who says who they are: where it matters that two people agree.
    OperatorAs(ShellName),
    /// A member of staff, who has proven who they are.
    Staff {
        /// Which.
        id: StaffId,
        /// With which rank.
        rank: Rank,
    },
    /// A member of staff of an agency, who types what a student at the counter says.
    Counter {
        /// Who, and where.
        at: AtCounter,
        /// With which rank.
        rank: Rank,
    },
    /// Whoever opened the link to a university's test connection.
    Trial {
        /// Who gave the link out.
        given_by: String,
    },
    /// The gateway itself.
    System,
}

impl std::fmt::Display for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::StudentOf { client } => write!(f, "student via {client}"),
            Self::Student => f.write_str("student"),
            Self::Machine { client } => write!(f, "client {client}"),
            Self::Operator => f.write_str("operator"),
            Self::OperatorAs(name) => write!(f, "operator {name}"),
            Self::Staff { id, rank } => write!(f, "staff {id} {rank}"),
            Self::Counter { at, rank } => {
                let place = at.outlet.as_ref().map_or(at.agency.as_str(), OutletId::as_str);
                write!(f, "staff {} {rank} at counter {place}", at.clerk)
            }
            Self::Trial { given_by } => write!(f, "trial by {given_by}"),
            Self::System => f.write_str("system"),
        }
    }
}

impl Actor {
    /// Whether it is somebody in particular, who can be one of two people.
    pub const fn is_a_person(&self) -> bool {
        matches!(self, Self::OperatorAs(_) | Self::Staff { .. })
    }
}

/// How somebody with a shell calls themselves: `[a-z0-9._-]{2,32}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShellName(String);

impl std::str::FromStr for ShellName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let well_formed = (2..=32).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte));
        if well_formed { Ok(Self(text.to_owned())) } else { Err("a name has 2 to 32 of a-z, 0-9, . _ -".to_owned()) }
    }
}

impl std::fmt::Display for ShellName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Scope {
    /// Whose database.
    pub fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    /// Who is there.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }
}

/// A student whom this issuer sent over may be verified at this university, if the issuer may ask about it.
pub fn student(client: &Client, university: &University) -> Option<Scope> {
    let issuer = client.issuer()?;
    (client.active && issuer.may_ask_about(&university.slug))
        .then(|| Scope { tenant: university.id.clone(), actor: Actor::StudentOf { client: client.id.to_string() } })
}

/// Whoever logs in at this university may see and change the one account that the login leads to.
pub fn account_holder(tenant: &TenantId) -> Scope {
    Scope { tenant: tenant.clone(), actor: Actor::Student }
}

/// An issuer may work with the tokens of the universities that it may ask about.
pub fn issuer(client: &Client, university: &University) -> Option<Scope> {
    let issuer = client.issuer()?;
    (client.active && issuer.may_ask_about(&university.slug)).then(|| machine(client, university.id.clone()))
}

/// An uploader may work with the rosters of its own university.
pub fn uploader(client: &Client) -> Option<Scope> {
    match (&client.profile.kind, &client.tenant) {
        (ClientKind::RosterUploader, Some(tenant)) if client.active => Some(machine(client, tenant.clone())),
        _ => None,
    }
}

/// Whoever runs commands on the machine with the master key is the operator.
pub fn operator(tenant: &TenantId) -> Scope {
    Scope { tenant: tenant.clone(), actor: Actor::Operator }
}

/// The same, who says who they are.
pub fn operator_as(tenant: &TenantId, name: ShellName) -> Scope {
    Scope { tenant: tenant.clone(), actor: Actor::OperatorAs(name) }
}

/// Whoever holds the sealed link that `given_by` gave out may log in through this tenant's test connection, and is
/// shown what arrived.
pub fn trial(tenant: &TenantId, given_by: &str) -> Scope {
    Scope { tenant: tenant.clone(), actor: Actor::Trial { given_by: given_by.to_owned() } }
}

/// Whose things an action is about.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// The tenant's.
    pub tenant: &'a TenantId,
    /// Of this outlet, if it is about one.
    pub outlet: Option<&'a OutletId>,
    /// Of this person, if it is about one.
    pub person: Option<&'a StaffId>,
}

impl<'a> Target<'a> {
    /// Everything of a tenant.
    pub const fn all_of(tenant: &'a TenantId) -> Self {
        Self { tenant, outlet: None, person: None }
    }
}

/// A member of staff may do this there: the rank reaches so far, and the manager gave the right. `elevated`: they have
/// taken that tenant's view. That the account works and the factor is fresh is the session's to know.
pub fn staff(who: &StaffMember, action: Action, of: Target<'_>, elevated: bool) -> Option<Scope> {
    let at_home = *of.tenant == who.tenant;
    let reaches = match table::reach(who.rank, action) {
        Reach::Nothing => false,
        Reach::Own => at_home && of.person == Some(&who.id),
        Reach::Outlet => at_home && who.outlet.is_some() && of.outlet == who.outlet.as_ref(),
        Reach::Tenant => at_home,
        Reach::Elevated => at_home || elevated,
        Reach::Instance => true,
    };
    let has_right = who.rights.of(action.module()) >= action.needs();
    (reaches && has_right).then(|| Scope { tenant: of.tenant.clone(), actor: staff_actor(who) })
}

/// A clerk may check students of a university for a product that the operator granted to the agency's counters, as long as
/// its issuer itself may ask about them.
pub fn counter(who: &StaffMember, grant: &CounterGrant, client: &Client, university: &University) -> Option<Scope> {
    let own = Target { tenant: &who.tenant, outlet: who.outlet.as_ref(), person: Some(&who.id) };
    staff(who, Action::CounterCheck, own, false)?;
    let issuer = client.issuer()?;
    let is_granted = (&grant.agency, &grant.client, &grant.university) == (&who.tenant, &client.id, &university.id);
    let may_ask =
        client.active && issuer.may_ask_about(&university.slug) && issuer.product(Some(&grant.product)).is_some();
    let at = AtCounter { agency: who.tenant.clone(), outlet: who.outlet.clone(), clerk: who.id.clone() };
    (is_granted && may_ask)
        .then(|| Scope { tenant: university.id.clone(), actor: Actor::Counter { at, rank: who.rank } })
}

/// Which of an agency's counter checks somebody may see, each ([`Action::SeeVerifications`]) or counted
/// ([`Action::SeeStatistics`]): their own, their outlet's, all.
pub fn counter_view(who: &StaffMember, action: Action, agency: &TenantId, elevated: bool) -> Option<CounterView> {
    let of = Target { tenant: agency, outlet: who.outlet.as_ref(), person: Some(&who.id) };
    staff(who, action, of, elevated)?;
    let reach = table::reach(who.rank, action);
    Some(CounterView {
        agency: agency.clone(),
        outlet: who.outlet.clone().filter(|_| reach == Reach::Outlet),
        clerk: (reach == Reach::Own).then(|| who.id.clone()),
    })
}

/// Counter checks stand in the universities' databases; whoever may see some reads those there.
pub fn counter_records(who: &StaffMember, _: &CounterView, university: &TenantId) -> Scope {
    Scope { tenant: university.clone(), actor: staff_actor(who) }
}

/// Everybody may work on their own account.
pub fn oneself(who: &StaffMember) -> Scope {
    Scope { tenant: who.tenant.clone(), actor: staff_actor(who) }
}

/// As they stand in the audit trail.
fn staff_actor(who: &StaffMember) -> Actor {
    Actor::Staff { id: who.id.clone(), rank: who.rank }
}

/// Housekeeping of the gateway itself; and questions in which no person's data are read.
pub fn system(tenant: &TenantId) -> Scope {
    Scope { tenant: tenant.clone(), actor: Actor::System }
}

fn machine(client: &Client, tenant: TenantId) -> Scope {
    Scope { tenant, actor: Actor::Machine { client: client.id.to_string() } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::{Clock, Random},
        domain::staff::{Module, Right, Rights, StaffProfile, StaffStatus},
    };

    fn member(rank: Rank, tenant: &TenantId, outlet: Option<&OutletId>) -> StaffMember {
        StaffMember {
            id: StaffId::fresh(&Clock::default(), &Random::default()),
            tenant: tenant.clone(),
            profile: StaffProfile { login: "somebody".parse().unwrap(), name: "Somebody".into() },
            rank,
            outlet: outlet.cloned(),
            rights: Rights::all_of(rank),
            last_day: None,
            status: StaffStatus::Active,
        }
    }

    fn tenant() -> TenantId {
        TenantId::fresh(&Clock::default(), &Random::default())
    }

    #[test]
    fn nobody_but_the_operator_reaches_another_tenant() {
        let (own, other) = (tenant(), tenant());
        let outlet = OutletId::fresh(&Clock::default(), &Random::default());
        for rank in Rank::ALL {
            let who = member(rank, &own, rank.is_of_an_outlet().then_some(&outlet));
            for action in Action::ALL {
                let there = |elevated| {
                    let of = Target { tenant: &other, outlet: Some(&outlet), person: Some(&who.id) };
                    staff(&who, action, of, elevated).is_some()
                };
                let reach = table::reach(rank, action);
                assert_eq!(there(false), reach == Reach::Instance, "{rank} {}", action.name());
                assert_eq!(there(true), matches!(reach, Reach::Instance | Reach::Elevated), "{rank} {}", action.name());
            }
        }
    }

    #[test]
    fn a_clerk_sees_their_own_a_senior_clerk_their_outlets() {
        let own = tenant();
        let here = OutletId::fresh(&Clock::default(), &Random::seeded(1));
        let elsewhere = OutletId::fresh(&Clock::default(), &Random::seeded(2));
        let (clerk, senior) = (member(Rank::Clerk, &own, Some(&here)), member(Rank::SeniorClerk, &own, Some(&here)));
        let sees = |who: &StaffMember, outlet, person| {
            staff(who, Action::SeeVerifications, Target { tenant: &own, outlet, person }, false).is_some()
        };
        assert!(sees(&clerk, Some(&here), Some(&clerk.id)));
        assert!(!sees(&clerk, Some(&here), Some(&senior.id)) && !sees(&clerk, None, None));
        assert!(sees(&senior, Some(&here), Some(&clerk.id)));
        assert!(!sees(&senior, Some(&elsewhere), None) && !sees(&senior, None, None));
    }

    #[test]
    fn a_right_that_was_not_given_is_not_there() {
        let own = tenant();
        let mut who = member(Rank::OrganizerManager, &own, None);
        who.rights = [(Module::Rosters, Right::Read)].into_iter().collect();
        let may = |action| staff(&who, action, Target::all_of(&own), false).is_some();
        assert!(may(Action::SeeRosters));
        assert!(!may(Action::ImportRoster) && !may(Action::SeeStaff));
    }

    #[test]
    fn a_counter_checks_what_was_granted_to_its_own_agency_and_its_issuer_may_ask() {
        use crate::domain::{
            client::{Authentication, ClientId, ClientProfile, IssuerProfile, Product},
            connection::{Connection, Stage},
            rule::Rule,
            semester::Calendar,
            tenant::{Slug, UniversityProfile},
        };
        let (agency, other) = (tenant(), tenant());
        let outlet = OutletId::fresh(&Clock::default(), &Random::default());
        let clerk = member(Rank::Clerk, &agency, Some(&outlet));
        let product = Product { key: "ticket".into(), name_de: "T".into(), name_en: "T".into(), rule: Rule::default() };
        let issuer = IssuerProfile {
            redirect_uris: Vec::new(),
            universities: vec![Slug::parse("uni").unwrap()],
            claims: Vec::new(),
            products: vec![product],
            direct_checks: false,
        };
        let client = Client {
            id: ClientId::parse("shop").unwrap(),
            profile: ClientProfile {
                name: "Shop".into(),
                authentication: Authentication::ClientSecretBasic,
                networks: Vec::new(),
                certificate: None,
                certificate_bound_tokens: false,
                kind: ClientKind::Issuer(issuer.clone()),
            },
            tenant: None,
            active: true,
        };
        let university = University {
            id: tenant(),
            slug: Slug::parse("uni").unwrap(),
            profile: UniversityProfile {
                name_de: "U".into(),
                name_en: "U".into(),
                place: String::new(),
                keywords: Vec::new(),
                calendar: Calendar::university(),
                semester_keys: Vec::new(),
                ask_birth_date: true,
                numbers_are_digits: true,
                contact: None,
            },
            connection: Connection::unset(Stage::Live),
        };
        let grant = CounterGrant {
            agency: agency.clone(),
            client: client.id.clone(),
            product: "ticket".into(),
            university: university.id.clone(),
        };
        let scope = counter(&clerk, &grant, &client, &university).unwrap();
        assert_eq!(*scope.tenant(), university.id);
        let actor = scope.actor().to_string();
        assert_eq!(actor, format!("staff {} clerk at counter {outlet}", clerk.id));
        let without = |who: &StaffMember, grant: &CounterGrant, client: &Client, university: &University| {
            counter(who, grant, client, university).is_none()
        };
        assert!(without(&member(Rank::Clerk, &other, Some(&outlet)), &grant, &client, &university));
        assert!(without(&member(Rank::OrganizerManager, &agency, None), &grant, &client, &university));
        let no_right = StaffMember { rights: Rights::default(), ..clerk.clone() };
        assert!(without(&no_right, &grant, &client, &university));
        let elsewhere = University { id: tenant(), ..university.clone() };
        assert!(without(&clerk, &grant, &client, &elsewhere), "of another university");
        let another = Client { id: ClientId::parse("another").unwrap(), ..client.clone() };
        assert!(without(&clerk, &grant, &another, &university), "another issuer's");
        assert!(without(&clerk, &CounterGrant { product: "none".into(), ..grant.clone() }, &client, &university));
        assert!(without(&clerk, &grant, &Client { active: false, ..client.clone() }, &university), "blocked");
        let not_asked = University { slug: Slug::parse("other").unwrap(), ..university.clone() };
        assert!(without(&clerk, &grant, &client, &not_asked), "the issuer may not ask");
        let uploader = ClientProfile { kind: ClientKind::RosterUploader, ..client.profile.clone() };
        assert!(without(&clerk, &grant, &Client { profile: uploader, ..client.clone() }, &university));
    }
}
