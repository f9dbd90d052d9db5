//! Every line of the policy table is made looser, one after the other, and somebody has to notice.
//!
//! First where leave is given: what each rank may do to whose things is asked of the real policy and compared with what
//! `table.golden.txt` says, in words of its own. Then at the doors: whatever a rank may not do is allowed to it everywhere,
//! and one of the probes of `routes.rs` that found a door shut has to find it open.

use std::collections::BTreeSet;

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
};

use super::{
    cast::{Cast, key_of},
    routes::{self, RANKS},
};
use crate::scene::on_each_engine;

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
    assert!(loosened > 1_000, "{loosened}");
    // And nothing stays loosened.
    assert!(Rank::ALL.iter().all(|rank| reach(*rank, Action::SeeStaff).name() == golden(*rank, Action::SeeStaff)));
}

/// Lines that no door shows, loosened alone: why.
fn is_shut_by_more_than_the_table(rank: Rank, action: Action) -> Option<&'static str> {
    let manages = [Rank::OutletManager, Rank::AgencyManager, Rank::OrganizerManager, Rank::Operator].contains(&rank);
    match action {
        // `Pedell::manageable` also asks for somebody below.
        Action::ChangeStaff | Action::BlockStaff | Action::ResetFactor | Action::InviteStaff if !manages => {
            Some("nobody stands below this rank")
        }
        Action::ChangeStaff | Action::BlockStaff | Action::ResetFactor | Action::InviteStaff => {
            Some("nobody of another tenant's kind stands below this rank, or its form is seen first")
        }
        _ => None,
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
        let control = cast.pedell.stores().control();
        let elsewhere = cast.stranger.session(&cast.pedell).await.member.tenant;
        let probes = routes::probes();
        let mut unnoticed = BTreeSet::new();
        for name in RANKS {
            let person = routes::person(&cast, name);
            let stored = control.staff(&person.id).await.unwrap().unwrap();
            let browser = person.browser(&site);
            let key = key_of(&browser).await;
            // What is shut to them here, and what is shut to them at the university where they do not work.
            let mut shut = Vec::new();
            for probe in probes.iter().filter(|probe| probe.stranger == 404) {
                if !probe.opens_for.contains(&name) {
                    shut.push((probe, &cast.university));
                }
                if stored.rank != Rank::Operator && probe.mentions("{university}") {
                    let status = routes::knock_with(&cast, (&browser, &key), &elsewhere, probe).await;
                    assert_eq!(status, 404, "{} {} of another university as {name}", probe.method, probe.path);
                    shut.push((probe, &elsewhere));
                }
            }
            for action in Action::ALL {
                if reach(stored.rank, action) == Reach::Instance || !routes::ACTIONS.contains(&action) {
                    continue;
                }
                let _line = loosen(stored.rank, action, Reach::Instance);
                let mut given = stored.clone();
                given.rights = Rights::all_of(stored.rank);
                let mut tx = control.begin().await.unwrap();
                control.update_staff(&mut tx, &given).await.unwrap();
                tx.commit().await.unwrap();
                let mut noticed = false;
                for (probe, university) in &shut {
                    noticed |= routes::knock_with(&cast, (&browser, &key), university, probe).await != 404;
                    if noticed {
                        break;
                    }
                }
                if !noticed && is_shut_by_more_than_the_table(stored.rank, action).is_none() {
                    unnoticed.insert(format!("{} {}", stored.rank, action.name()));
                }
            }
            let mut tx = control.begin().await.unwrap();
            control.update_staff(&mut tx, &stored).await.unwrap();
            tx.commit().await.unwrap();
        }
        assert!(unnoticed.is_empty(), "loosened, and no door was found open:\n{unnoticed:#?}");
    })
    .await;
}
