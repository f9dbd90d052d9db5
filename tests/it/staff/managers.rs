//! Managers: below themselves, in their own tenant, with no more than they have.

use std::time::Duration;

use pedell::{
    domain::staff::{Module, Rank, Right, Rights, StaffStatus, TenantKind},
    domain::tenant::Slug,
    flow::{staff::StaffError, staff_admin::StaffPlace},
};

use super::cast::{Cast, Person, key_of, new_staff};
use crate::scene::on_each_engine;

fn place(rank: Rank) -> StaffPlace {
    StaffPlace { name: "Somebody".into(), rank, outlet: None, rights: Rights::all_of(rank), last_day: None }
}

macro_rules! assert_refused {
    ($result:expr, $error:pat) => {
        match $result {
            Err($error) => {}
            other => panic!("{other:?}"),
        }
    };
}

#[tokio::test]
async fn a_manager_invites_only_below_themselves_and_at_home() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let pedell = &cast.pedell;
        let manager = cast.manager.session(pedell).await;
        let invite = async |by, tenant, rank: Rank, outlet| {
            pedell.invite_staff(by, tenant, new_staff("somebody-1", rank, outlet)).await.map(|_| ())
        };
        for rank in [Rank::OrganizerManager, Rank::Operator, Rank::Clerk, Rank::AgencyManager] {
            assert_refused!(invite(&manager, &cast.university, rank, None).await, StaffError::Rank);
        }
        assert_refused!(invite(&manager, &cast.agency, Rank::Clerk, Some(&cast.outlet)).await, StaffError::NotFound);
        let stranger = cast.stranger.session(pedell).await;
        let theirs = invite(&stranger, &cast.university, Rank::OrganizerStaff, None).await;
        assert_refused!(theirs, StaffError::NotFound);
        let outlet = cast.outlet_manager.session(pedell).await;
        let elsewhere = invite(&outlet, &cast.agency, Rank::Clerk, Some(&cast.other_outlet)).await;
        assert_refused!(elsewhere, StaffError::NotFound);
        assert_refused!(invite(&outlet, &cast.agency, Rank::Clerk, None).await, StaffError::NotFound);
        assert_refused!(invite(&outlet, &cast.agency, Rank::OutletManager, Some(&cast.outlet)).await, StaffError::Rank);
        let agency = cast.agency_manager.session(pedell).await;
        assert_refused!(invite(&agency, &cast.agency, Rank::Clerk, None).await, StaffError::Outlet);
        for (by, tenant) in
            [(&cast.office, &cast.university), (&cast.clerk, &cast.agency), (&cast.senior, &cast.agency)]
        {
            let by = by.session(pedell).await;
            let new = new_staff("somebody-1", Rank::Clerk, Some(&cast.outlet));
            assert_refused!(pedell.invite_staff(&by, tenant, new).await, StaffError::NotFound);
        }
        let taken =
            pedell.invite_staff(&manager, &cast.university, new_staff("MANAGER-1", Rank::OrganizerStaff, None)).await;
        assert_refused!(taken, StaffError::LoginTaken);
        invite(&manager, &cast.university, Rank::OrganizerStaff, None).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn nobody_gives_what_they_do_not_have() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let pedell = &cast.pedell;
        let operator = cast.operator.session(pedell).await;
        // A manager who may look at lists and manage staff, and nothing else.
        let mut new = new_staff("poor-manager", Rank::OrganizerManager, None);
        new.place.rights = [(Module::Staff, Right::Edit), (Module::Rosters, Right::Read)].into_iter().collect();
        let (_, invitation) = pedell.invite_staff(&operator, &cast.university, new).await.unwrap();
        let poor = Person::joins(pedell, "poor-manager", &invitation).await.session(pedell).await;
        let mut new = new_staff("somebody-1", Rank::OrganizerStaff, None);
        assert_refused!(pedell.invite_staff(&poor, &cast.university, new.clone()).await, StaffError::Rights);
        let rich = place(Rank::OrganizerStaff);
        assert_refused!(pedell.change_staff(&poor, &cast.office.id, rich).await, StaffError::Rights);
        new.place.rights = [(Module::Rosters, Right::Read)].into_iter().collect();
        pedell.invite_staff(&poor, &cast.university, new).await.unwrap();
        let manager = cast.manager.session(pedell).await;
        let mut beyond = new_staff("somebody-2", Rank::OrganizerStaff, None);
        beyond.place.rights = [(Module::Staff, Right::Edit)].into_iter().collect();
        let beyond = pedell.invite_staff(&manager, &cast.university, beyond).await;
        assert_refused!(beyond, StaffError::Rights);
    })
    .await;
}

#[tokio::test]
async fn who_is_not_below_is_not_there_to_be_changed() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let pedell = &cast.pedell;
        let others: [(&Person, &Person); 8] = [
            (&cast.manager, &cast.manager),
            (&cast.manager, &cast.second_manager),
            (&cast.manager, &cast.operator),
            (&cast.manager, &cast.clerk),
            (&cast.stranger, &cast.office),
            (&cast.outlet_manager, &cast.agency_manager),
            (&cast.office, &cast.manager),
            (&cast.operator, &cast.manager), // without its tenant's view
        ];
        for (by, whom) in others {
            let by = by.session(pedell).await;
            assert_refused!(
                pedell.change_staff(&by, &whom.id, place(Rank::OrganizerStaff)).await,
                StaffError::NotFound
            );
            assert_refused!(pedell.block_staff(&by, &whom.id).await, StaffError::NotFound);
            assert_refused!(pedell.unblock_staff(&by, &whom.id).await, StaffError::NotFound);
            assert_refused!(pedell.reset_factor(&by, &whom.id).await, StaffError::NotFound);
            assert_refused!(pedell.end_sessions_of(&by, &whom.id).await, StaffError::NotFound);
        }
    })
    .await;
}

#[tokio::test]
async fn the_last_manager_stays() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let pedell = &cast.pedell;
        let by = cast.operator.session(pedell).await;
        pedell.take_elevation(&by, &cast.university, "the manager has left", 1).await.unwrap();
        let by = cast.operator.session(pedell).await;
        pedell.block_staff(&by, &cast.second_manager.id).await.unwrap();
        assert_refused!(pedell.block_staff(&by, &cast.manager.id).await, StaffError::LastManager);
        let demoted = pedell.change_staff(&by, &cast.manager.id, place(Rank::OrganizerStaff)).await;
        assert_refused!(demoted, StaffError::LastManager);
        let over = StaffPlace { last_day: Some(jiff::civil::date(2027, 1, 1)), ..place(Rank::OrganizerManager) };
        assert_refused!(pedell.change_staff(&by, &cast.manager.id, over).await, StaffError::LastManager);
        pedell.unblock_staff(&by, &cast.second_manager.id).await.unwrap();
        // Two at once: one of them stays.
        let (one, other) =
            tokio::join!(pedell.block_staff(&by, &cast.manager.id), pedell.block_staff(&by, &cast.second_manager.id));
        assert!(one.is_ok() ^ other.is_ok(), "{one:?} {other:?}");
    })
    .await;
}

#[tokio::test]
async fn the_operator_sees_a_tenant_only_while_its_view_is_taken() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let pedell = &cast.pedell;
        let operator = async || cast.operator.session(pedell).await;
        assert_refused!(pedell.people(&operator().await, &cast.university).await, StaffError::NotFound);
        let unreasoned = pedell.take_elevation(&operator().await, &cast.university, "  ", 1).await;
        assert!(unreasoned.is_err());
        let manager = cast.manager.session(pedell).await;
        assert_refused!(pedell.take_elevation(&manager, &cast.agency, "curious", 1).await, StaffError::NotFound);
        pedell.take_elevation(&operator().await, &cast.university, "they called for help", 1).await.unwrap();
        assert_eq!(pedell.people(&operator().await, &cast.university).await.unwrap().len(), 3);
        assert_refused!(pedell.people(&operator().await, &cast.agency).await, StaffError::NotFound);
        let seen = pedell.elevations_of(&manager, &cast.university).await.unwrap();
        assert_eq!((seen.len(), seen[0].reason.as_str()), (1, "they called for help"), "the managers see it");
        let stranger = cast.stranger.session(pedell).await;
        assert_refused!(pedell.elevations_of(&stranger, &cast.university).await, StaffError::NotFound);

        pedell.end_elevation(&operator().await, &cast.university).await.unwrap();
        assert_refused!(pedell.people(&operator().await, &cast.university).await, StaffError::NotFound);
        pedell.take_elevation(&operator().await, &cast.university, "once more", 1).await.unwrap();
        for _ in 0..3 {
            scene.clock.advance(Duration::from_secs(19 * 60 + 59));
            assert!(pedell.people(&operator().await, &cast.university).await.is_ok());
        }
        scene.clock.advance(Duration::from_secs(3));
        assert_refused!(pedell.people(&operator().await, &cast.university).await, StaffError::NotFound);
    })
    .await;
}

#[tokio::test]
async fn the_operator_makes_tenants_and_their_first_manager() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let pedell = &cast.pedell;
        let by = cast.operator.session(pedell).await;
        let slug = |text| Slug::parse(text).unwrap();
        let names = ("Hochschule Neustadt", "Neustadt University");
        let made = pedell.create_tenant(&by, TenantKind::University, slug("neustadt"), names).await.unwrap();
        assert!(pedell.stores().control().university(&slug("neustadt")).await.unwrap().is_some());
        let again = pedell.create_tenant(&by, TenantKind::Agency, slug("neustadt"), names).await;
        assert_refused!(again, StaffError::SlugTaken);
        let manager = cast.manager.session(pedell).await;
        let theirs = pedell.create_tenant(&manager, TenantKind::Agency, slug("mine"), names).await;
        assert_refused!(theirs, StaffError::NotFound);
        let first = Person::invited(pedell, &by, &made, "neustadt-1", Rank::OrganizerManager, None).await;
        let people = pedell.people(&first.session(pedell).await, &made).await.unwrap();
        assert_eq!(people.len(), 1);
        assert_eq!(people[0].member.status, StaffStatus::Active);
    })
    .await;
}

#[tokio::test]
async fn an_outlet_manager_sees_their_outlet_an_agency_manager_all() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let pedell = &cast.pedell;
        let agency = cast.agency_manager.session(pedell).await;
        Person::invited(pedell, &agency, &cast.agency, "clerk-elsewhere", Rank::Clerk, Some(&cast.other_outlet)).await;
        assert_eq!(pedell.people(&agency, &cast.agency).await.unwrap().len(), 5);
        let outlet = cast.outlet_manager.session(pedell).await;
        let seen = pedell.people(&outlet, &cast.agency).await.unwrap();
        assert_eq!(seen.len(), 3);
        assert!(seen.iter().all(|person| person.member.outlet.as_ref() == Some(&cast.outlet)));
        // And moves nobody out of it.
        let moved = StaffPlace { outlet: Some(cast.other_outlet.clone()), ..place(Rank::Clerk) };
        assert_refused!(pedell.change_staff(&outlet, &cast.clerk.id, moved.clone()).await, StaffError::Outlet);
        pedell.change_staff(&agency, &cast.clerk.id, moved).await.unwrap();
        assert_refused!(pedell.block_staff(&outlet, &cast.clerk.id).await, StaffError::NotFound);
    })
    .await;
}

#[tokio::test]
async fn the_form_offers_an_outlet_managers_own_outlet_and_says_when_it_is_missing() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let site = scene.site().await;
        let manager = cast.outlet_manager.browser(&site);
        let page = manager.get("/staff/people/new").await.body;
        assert!(page.contains(&format!(r#"<option value="{}">"#, cast.outlet)), "{page}");
        assert!(!page.contains(r#"<option value="">"#) && !page.contains(cast.other_outlet.as_str()), "{page}");
        let (key, tenant) = (key_of(&manager).await, cast.agency.to_string());
        let typed = [("form_key", key.as_str()), ("tenant", tenant.as_str()), ("name", "Nele"), ("login", "new-clerk")];
        let refused =
            manager.post("/staff/people/new?ui_locales=en", &[&typed[..], &[("rank", "clerk")]].concat()).await;
        assert!(refused.status == 422 && refused.body.contains("This rank needs an outlet"), "{refused:?}");
    })
    .await;
}
