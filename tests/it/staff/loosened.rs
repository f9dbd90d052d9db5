//! Every line of the policy table is made looser, one after the other, and somebody has to notice.
//!
//! First where leave is given: what each rank may do to whose things is asked of the real policy and compared with what
//! `table.golden.txt` says, in words of its own. Then at the doors: whatever a rank may not do is allowed to it everywhere,
//! and one of the probes of `routes.rs` that found a door shut has to find it open.

use std::collections::{BTreeMap, BTreeSet};

use pedell::{
    base::{Clock, Random},
    domain::{
        policy::{self, Target},
        staff::{
            Action, OutletId, Rank, Reach, Rights, StaffId, StaffMember, StaffProfile, StaffStatus,
            table::{loosened::loosen, reach},
        },
        tenant::TenantId,
    },
    store::control::StoredStaff,
};

use super::{
    cast::{Cast, key_of},
    routes::{self, Probe, RANKS},
};
use crate::{scene::on_each_engine, site::Browser};

/// Whose things somebody tries to get at.
const TARGETS: [&str; 7] =
    ["own", "colleague's", "other outlet's", "tenant's", "own at another tenant", "another tenant's", "taken view's"];

/// What the golden file says of this line.
fn golden(rank: Rank, action: Action) -> &'static str {
    let golden = include_str!("../../../src/domain/staff/table.golden.txt");
    let lines = golden.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let mut found = lines.filter(|words| words[0] == rank.name() && words[2] == action.name());
    found.next().unwrap_or_else(|| panic!("{rank} {} is not in the file", action.name()))[4]
}

/// What that word means: at which targets.
fn opens(word: &str) -> &'static [&'static str] {
    match word {
        "-" => &[],
        "own" => &["own"],
        "outlet" => &["own", "colleague's"],
        "tenant" => &["own", "colleague's", "other outlet's", "tenant's"],
        "elevated" => &["own", "colleague's", "other outlet's", "tenant's", "taken view's"],
        "instance" => &TARGETS,
        other => panic!("{other}"),
    }
}

/// Where the policy lets this rank do this, now.
fn allowed(rank: Rank, action: Action) -> Vec<&'static str> {
    let (clock, random) = (Clock::default(), Random::default());
    let (home, abroad) = (TenantId::fresh(&clock, &random), TenantId::fresh(&clock, &random));
    let (here, there) = (OutletId::fresh(&clock, &random), OutletId::fresh(&clock, &random));
    let (me, colleague) = (StaffId::fresh(&clock, &random), StaffId::fresh(&clock, &random));
    let who = StaffMember {
        id: me.clone(),
        tenant: home.clone(),
        profile: StaffProfile { login: "somebody".parse().unwrap(), name: "Somebody".into() },
        rank,
        // Whoever is of no outlet is given one: no reach may depend on its being absent.
        outlet: Some(here.clone()),
        rights: Rights::all_of(rank),
        last_day: None,
        status: StaffStatus::Active,
    };
    let may = |target: &str| {
        let at = |tenant, outlet, person| Target { tenant, outlet, person };
        let (of, elevated) = match target {
            "own" => (at(&home, Some(&here), Some(&me)), false),
            "colleague's" => (at(&home, Some(&here), Some(&colleague)), false),
            "other outlet's" => (at(&home, Some(&there), Some(&colleague)), false),
            "tenant's" => (Target::all_of(&home), false),
            "own at another tenant" => (at(&abroad, Some(&here), Some(&me)), false),
            "another tenant's" => (Target::all_of(&abroad), false),
            _ => (Target::all_of(&abroad), true),
        };
        policy::staff(&who, action, of, elevated).is_some()
    };
    TARGETS.into_iter().filter(|target| may(target)).collect()
}

#[test]
fn the_policy_gives_what_the_golden_file_says_and_no_line_can_be_loosened_unnoticed() {
    let mut loosened = 0;
    for rank in Rank::ALL {
        for action in Action::ALL {
            let word = golden(rank, action);
            let right = opens(word);
            assert_eq!(allowed(rank, action), right, "{rank} {}", action.name());
            let is = reach(rank, action);
            assert_eq!(is.name(), word);
            for looser in Reach::ALL.into_iter().filter(|looser| *looser > is) {
                if (is, looser) == (Reach::Elevated, Reach::Tenant) {
                    continue; // narrower: without the taken view
                }
                let _line = loosen(rank, action, looser);
                assert_ne!(allowed(rank, action), right, "{rank} {} {}", action.name(), looser.name());
                loosened += 1;
            }
        }
    }
    assert!(loosened > 700, "{loosened}");
    // And nothing stays loosened.
    assert!(Rank::ALL.iter().all(|rank| reach(*rank, Action::SeeStaff).name() == golden(*rank, Action::SeeStaff)));
}

/// What stands before a door beside its own line, and is opened in advance: a page of another tenant names it, and who
/// changes something sees it.
fn stands_before(action: Action) -> &'static [Action] {
    match action {
        Action::SeeTenants => &[],
        Action::ImportRoster | Action::RollBackRoster => &[Action::SeeTenants, Action::SeeRosters],
        Action::ChangeNetworks => &[Action::SeeTenants, Action::SeeStaff],
        Action::EditConnection => &[Action::SeeTenants, Action::SeeConnection],
        Action::ChangeMachines => &[Action::SeeTenants, Action::SeeMachines],
        Action::ChangeIssuers => &[Action::SeeTenants, Action::SeeIssuers],
        _ => &[Action::SeeTenants],
    }
}

/// Lines that no door shows, although they are loosened: why.
fn is_shut_by_more_than_the_table(rank: Rank, action: Action) -> Option<&'static str> {
    match (rank, action) {
        (_, Action::ChangeStaff | Action::BlockStaff | Action::ResetFactor | Action::InviteStaff) => {
            Some("it also takes somebody below, of the same kind of tenant: `managers.rs`")
        }
        (Rank::AgencyManager, Action::ChangeOutlets) => Some("only agencies have outlets, and there is one"),
        (_, Action::CounterCheck) => {
            Some("it also takes an agency whose counters the operator has opened: `counter.rs`")
        }
        (Rank::OrganizerManager, Action::SeeIssuers) => {
            Some("who is not the operator is shown those who ask about them")
        }
        _ => None,
    }
}

/// Somebody who knocks, with the rights that go with their rank as the table reads now.
struct Knocking<'a> {
    cast: &'a Cast,
    browser: Browser<'a>,
    key: String,
    stored: StoredStaff,
}

impl Knocking<'_> {
    async fn takes_rights(&self, rights: Rights) {
        let control = self.cast.pedell.stores().control();
        let mut tx = control.begin().await.unwrap();
        control.update_staff(&mut tx, &StoredStaff { rights, ..self.stored.clone() }).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn finds_shut(&self, university: &TenantId, probe: &Probe) -> bool {
        routes::knock_with(self.cast, (&self.browser, &self.key), university, probe).await == 404
    }
}

#[tokio::test]
async fn at_the_doors_somebody_notices_too() {
    on_each_engine(async |scene| {
        if scene.place.postgres.is_some() {
            return; // the doors are the same; it takes its time
        }
        let cast = Cast::of(&scene).await;
        let site = scene.site().await;
        let elsewhere = cast.stranger.session(&cast.pedell).await.member.tenant;
        let probes = routes::probes();
        let mut unnoticed = BTreeSet::new();
        for name in RANKS {
            let person = routes::person(&cast, name);
            let browser = person.browser(&site);
            let stored = cast.pedell.stores().control().staff(&person.id).await.unwrap().unwrap();
            let who = Knocking { cast: &cast, key: key_of(&browser).await, browser, stored };
            let rank = who.stored.rank;
            // What is not theirs here, and everything at a university where they do not work.
            let mut doors = Vec::new();
            for probe in &probes {
                if !probe.opens_for.contains(&name) {
                    doors.push((probe, &cast.university));
                }
                if rank != Rank::Operator && probe.mentions("{university}") && probe.stranger == 404 {
                    let is_shut = who.finds_shut(&elsewhere, probe).await;
                    assert!(is_shut, "{} {} of another university as {name}", probe.method, probe.path);
                    doors.push((probe, &elsewhere));
                }
            }
            let mut shut_before: BTreeMap<Vec<&str>, Vec<_>> = BTreeMap::new();
            for action in Action::ALL {
                if reach(rank, action) == Reach::Instance || !routes::ACTIONS.contains(&action) {
                    continue;
                }
                let before = stands_before(action);
                let _before: Vec<_> = before.iter().map(|first| loosen(rank, *first, Reach::Instance)).collect();
                let names: Vec<&str> = before.iter().map(|action| action.name()).collect();
                if !shut_before.contains_key(&names) {
                    who.takes_rights(Rights::all_of(rank)).await;
                    let mut shut = Vec::new();
                    for (probe, university) in &doors {
                        if who.finds_shut(university, probe).await {
                            shut.push((*probe, *university));
                        }
                    }
                    shut_before.insert(names.clone(), shut);
                }
                let _line = loosen(rank, action, Reach::Instance);
                who.takes_rights(Rights::all_of(rank)).await;
                let mut is_noticed = false;
                for (probe, university) in &shut_before[&names] {
                    is_noticed |= !who.finds_shut(university, probe).await;
                    if is_noticed {
                        break;
                    }
                }
                if !is_noticed && is_shut_by_more_than_the_table(rank, action).is_none() {
                    unnoticed.insert(format!("{rank} {}", action.name()));
                }
            }
            who.takes_rights(who.stored.rights.clone()).await;
        }
        assert!(unnoticed.is_empty(), "loosened, and no door was found open:\n{unnoticed:#?}");
    })
    .await;
}
