//! Sessions end: by the clock, by their owner, by whoever stands above.

use std::time::Duration;

use jiff::civil::date;
use pedell::{
    base::secret::PlainToken,
    domain::staff::{Rank, Rights},
    flow::{staff_admin::StaffPlace, staff_login::LoginAnswer},
};

use super::cast::{Cast, SENTENCE, code_of, new_staff, visitor};
use crate::scene::on_each_engine;

fn place(rank: Rank) -> StaffPlace {
    StaffPlace { name: "Ayşe".into(), rank, outlet: None, rights: Rights::all_of(rank), last_day: None }
}

#[tokio::test]
async fn after_eight_hours_everybody_is_out_whatever_they_did() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        for _ in 0..28 {
            scene.clock.advance(Duration::from_secs(17 * 60)); // never idle: 7 h 56 min
            assert!(cast.manager.session_if_any(&cast.pedell).await.is_some());
        }
        // A fresh code does not make the day longer.
        let session = cast.manager.session(&cast.pedell).await;
        let proven = cast.pedell.prove_factor(&session, &cast.manager.code(&cast.pedell), &visitor()).await.unwrap();
        scene.clock.advance(Duration::from_secs(3 * 60 + 59));
        assert!(cast.pedell.staff_session(&proven.token).await.unwrap().is_some(), "7 h 59 min 59 s");
        scene.clock.advance(Duration::from_secs(1));
        assert!(cast.pedell.staff_session(&proven.token).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn who_does_nothing_for_half_an_hour_is_out() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        scene.clock.advance(Duration::from_secs(30 * 60 - 1));
        assert!(cast.manager.session_if_any(&cast.pedell).await.is_some());
        scene.clock.advance(Duration::from_secs(30 * 60 - 1));
        assert!(cast.manager.session_if_any(&cast.pedell).await.is_some());
        scene.clock.advance(Duration::from_secs(30 * 60));
        assert!(cast.manager.session_if_any(&cast.pedell).await.is_none());
    })
    .await;
}

#[tokio::test]
async fn a_session_ends_with_what_it_stood_on() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let pedell = &cast.pedell;
        let by = cast.manager.session(pedell).await;
        let again = async || {
            scene.clock.advance(Duration::from_secs(30));
            let half = cast.office.password(pedell).await;
            let session = pedell.staff_session(&half).await.unwrap().unwrap();
            pedell.prove_factor(&session, &cast.office.code(pedell), &visitor()).await.unwrap().token
        };
        let goes_on = async |token: &PlainToken| pedell.staff_session(token).await.unwrap().is_some();

        let token = again().await;
        assert!(goes_on(&token).await);
        let fewer = StaffPlace { rights: Rights::default(), ..place(Rank::OrganizerStaff) };
        pedell.change_staff(&by, &cast.office.id, fewer).await.unwrap();
        assert!(!goes_on(&token).await, "other rights");

        let token = again().await;
        pedell.end_sessions_of(&by, &cast.office.id).await.unwrap();
        assert!(!goes_on(&token).await, "the manager ended it");

        let (here, there) = (again().await, again().await);
        let session = pedell.staff_session(&here).await.unwrap().unwrap();
        let moved =
            pedell.change_password(&session, &SENTENCE.into(), &"Nog een heel andere zin hier".into()).await.unwrap();
        assert!(!goes_on(&here).await && !goes_on(&there).await && goes_on(&moved).await, "another password");
    })
    .await;
}

#[tokio::test]
async fn after_the_last_day_everybody_is_out_in_the_middle_of_the_night() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let pedell = &cast.pedell;
        let by = cast.manager.session(pedell).await;
        let last_day = StaffPlace { last_day: Some(date(2026, 11, 23)), ..place(Rank::OrganizerStaff) };
        pedell.change_staff(&by, &cast.office.id, last_day).await.unwrap();
        let past = StaffPlace { last_day: Some(date(2026, 11, 22)), ..place(Rank::OrganizerStaff) };
        assert!(pedell.change_staff(&by, &cast.office.id, past).await.is_err(), "a day that is over");
        scene.clock.advance(Duration::from_secs(14 * 3600 + 40 * 60)); // 23:40 in Berlin
        let half = pedell.staff_session(&cast.office.password(pedell).await).await.unwrap().unwrap();
        let token = pedell.prove_factor(&half, &cast.office.code(pedell), &visitor()).await.unwrap().token;
        scene.clock.advance(Duration::from_secs(19 * 60 + 59));
        assert!(pedell.staff_session(&token).await.unwrap().is_some());
        scene.clock.advance(Duration::from_secs(1));
        assert!(pedell.staff_session(&token).await.unwrap().is_none(), "midnight");
        let again = pedell.staff_login(&cast.office.login, &SENTENCE.into(), &visitor()).await.unwrap();
        assert!(matches!(again, LoginAnswer::Refused), "{again:?}");
    })
    .await;
}

#[tokio::test]
async fn who_is_blocked_is_out_at_once_and_in_again_when_unblocked() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let pedell = &cast.pedell;
        let by = cast.manager.session(pedell).await;
        pedell.block_staff(&by, &cast.office.id).await.unwrap();
        assert!(cast.office.session_if_any(pedell).await.is_none());
        pedell.unblock_staff(&by, &cast.office.id).await.unwrap();
        assert!(cast.office.session_if_any(pedell).await.is_none(), "old sessions stay ended");
        assert!(pedell.staff_session(&cast.office.password(pedell).await).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn a_person_sees_and_ends_their_own_sessions_and_nobody_elses() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let pedell = &cast.pedell;
        let other = cast.clerk.password(pedell).await;
        let here = cast.clerk.session(pedell).await;
        let sessions = pedell.sessions(&here).await.unwrap();
        assert_eq!(sessions.len(), 2);
        assert_eq!(sessions.iter().filter(|session| session.is_this).count(), 1);
        assert!(sessions.iter().all(|session| session.place.address == "127.0.0.1"));
        let managers = cast.outlet_manager.session(pedell).await;
        assert!(pedell.end_session(&managers, &sessions[0].id).await.is_err(), "somebody else's is not there");
        pedell.end_other_sessions(&here).await.unwrap();
        assert!(pedell.staff_session(&other).await.unwrap().is_none());
        assert!(cast.clerk.session_if_any(pedell).await.is_some());
        for _ in 0..12 {
            cast.clerk.password(pedell).await;
            scene.clock.advance(Duration::from_secs(1));
        }
        assert!(cast.clerk.session_if_any(pedell).await.is_none(), "the oldest of more than ten is gone");
    })
    .await;
}

#[tokio::test]
async fn an_invitation_works_once_and_not_for_ever() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let pedell = &cast.pedell;
        let by = cast.manager.session(pedell).await;
        let accept = async |code: &PlainToken| pedell.accept_invitation(code, &SENTENCE.into(), &visitor()).await;
        let new = |login| new_staff(login, Rank::OrganizerStaff, None);
        let (id, first) = pedell.invite_staff(&by, &cast.university, new("newcomer-1")).await.unwrap();
        assert_eq!(code_of(&first).expose().len(), 32, "128 bits in hex");
        let second = pedell.invite_again(&by, &id).await.unwrap();
        assert!(accept(&code_of(&first)).await.is_err(), "a new one takes its place");
        pedell.revoke_invitation(&by, &id).await.unwrap();
        assert!(accept(&code_of(&second)).await.is_err(), "taken back");
        let third = pedell.invite_again(&by, &id).await.unwrap();
        let code = code_of(&third);
        let (one, other) = tokio::join!(accept(&code), accept(&code));
        assert!(one.is_ok() ^ other.is_ok(), "two at once: one");
        let (_, late) = pedell.invite_staff(&by, &cast.university, new("newcomer-2")).await.unwrap();
        scene.clock.advance(Duration::from_secs(48 * 3600));
        assert!(accept(&code_of(&late)).await.is_err(), "over");
        assert!(accept(&PlainToken::presented("0".repeat(32))).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn an_eleventh_session_ends_the_oldest() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let pedell = &cast.pedell;
        for _ in 0..9 {
            scene.clock.advance(Duration::from_secs(1));
            cast.manager.password(pedell).await;
        }
        assert!(cast.manager.session_if_any(pedell).await.is_some(), "ten of them");
        scene.clock.advance(Duration::from_secs(1));
        cast.manager.password(pedell).await;
        assert!(cast.manager.session_if_any(pedell).await.is_none());
        assert!(cast.second_manager.session_if_any(pedell).await.is_some(), "nobody else's");
    })
    .await;
}
