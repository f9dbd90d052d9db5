//! The second factor: every code counts once, however many try it at one moment.

use std::time::Duration;

use pedell::{
    base::secret::PlainToken,
    flow::{staff::StaffError, staff_sessions::Due},
};

use super::cast::{Cast, Person, visitor};
use crate::scene::{Scene, on_each_engine};

/// So many sessions of somebody that wait for a code.
async fn half_way(cast: &Cast, person: &Person, many: usize) -> Vec<PlainToken> {
    let mut tokens = Vec::new();
    for _ in 0..many {
        tokens.push(person.password(&cast.pedell).await);
    }
    tokens
}

/// A hundred tries of one code at one moment, from ten sessions; how many win.
async fn race(cast: &Cast, person: &Person, code: &str) -> usize {
    let mut sessions = Vec::new();
    for token in half_way(cast, person, 10).await {
        sessions.push(cast.pedell.staff_session(&token).await.unwrap().unwrap());
    }
    let tries: Vec<_> = (0..100)
        .map(|n: usize| {
            let (pedell, session, code) = (cast.pedell.clone(), sessions[n % 10].clone(), code.to_owned());
            tokio::spawn(async move { pedell.prove_factor(&session, &code, &visitor()).await })
        })
        .collect();
    let mut won = 0;
    for attempt in tries {
        match attempt.await.unwrap() {
            Ok(_) => won += 1,
            Err(StaffError::WrongCode | StaffError::TooMany { .. } | StaffError::NotFound) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    won
}

fn next_step(scene: &Scene) {
    scene.clock.advance(Duration::from_secs(150)); // over every wait
}

#[tokio::test]
async fn of_a_hundred_at_one_moment_one_code_wins() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        next_step(&scene);
        assert_eq!(race(&cast, &cast.manager, &cast.manager.code(&cast.pedell)).await, 1);
        next_step(&scene);
        let session = cast.pedell.staff_session(&cast.manager.password(&cast.pedell).await).await.unwrap().unwrap();
        let fresh = cast.pedell.prove_factor(&session, &cast.manager.code(&cast.pedell), &visitor()).await.unwrap();
        let session = cast.pedell.staff_session(&fresh.token).await.unwrap().unwrap();
        let codes = cast.pedell.renew_recovery_codes(&session).await.unwrap();
        next_step(&scene);
        assert_eq!(race(&cast, &cast.manager, codes[0].expose()).await, 1);
        next_step(&scene);
        assert_eq!(race(&cast, &cast.manager, codes[0].expose()).await, 0, "used is used");
        assert_eq!(cast.pedell.recovery_codes_left(&session).await.unwrap(), 9);
    })
    .await;
}

#[tokio::test]
async fn a_code_that_was_seen_is_worth_nothing() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        next_step(&scene);
        let (pedell, manager) = (&cast.pedell, &cast.manager);
        let code = manager.code(pedell);
        let (first, second) = (manager.password(pedell).await, manager.password(pedell).await);
        let first = pedell.staff_session(&first).await.unwrap().unwrap();
        let second = pedell.staff_session(&second).await.unwrap().unwrap();
        assert_eq!(first.due, Due::Code);
        pedell.prove_factor(&first, &code, &visitor()).await.unwrap();
        let replayed = pedell.prove_factor(&second, &code, &visitor()).await;
        assert!(matches!(replayed, Err(StaffError::WrongCode)), "{replayed:?}");
        let others = pedell.prove_factor(&second, &cast.operator.code(pedell), &visitor()).await;
        assert!(matches!(others, Err(StaffError::WrongCode)), "somebody else's");
        for _ in 0..3 {
            let wrong = pedell.prove_factor(&second, "000000", &visitor()).await;
            assert!(matches!(wrong, Err(StaffError::WrongCode)), "{wrong:?}");
        }
        let wrong = pedell.prove_factor(&second, "000000", &visitor()).await;
        assert!(matches!(wrong, Err(StaffError::WrongCode)), "{wrong:?}");
        let slowed = pedell.prove_factor(&second, "000000", &visitor()).await;
        assert!(matches!(slowed, Err(StaffError::TooMany { .. })), "{slowed:?}");
    })
    .await;
}

#[tokio::test]
async fn a_password_alone_neither_sets_a_factor_nor_a_password() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let (pedell, manager) = (&cast.pedell, &cast.manager);
        let half = pedell.staff_session(&manager.password(pedell).await).await.unwrap().unwrap();
        assert!(matches!(pedell.begin_enrolment(&half), Err(StaffError::NotFound)));
        let change =
            pedell.change_password(&half, &super::cast::SENTENCE.into(), &"Een ander lang zinnetje hier".into()).await;
        assert!(matches!(change, Err(StaffError::NotFound)), "{change:?}");
        scene.clock.advance(Duration::from_secs(601));
        let late = pedell.prove_factor(&half, &manager.code(pedell), &visitor()).await;
        assert!(matches!(late, Err(StaffError::NotFound)), "{late:?}: ten minutes are over");
    })
    .await;
}

#[tokio::test]
async fn what_is_dangerous_takes_a_fresh_code() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let (pedell, manager) = (&cast.pedell, &cast.manager);
        let reset = async |by: &Person| pedell.reset_factor(&by.session(pedell).await, &cast.office.id).await;
        scene.clock.advance(Duration::from_secs(301));
        let stale = reset(manager).await;
        assert!(matches!(stale, Err(StaffError::StepUp)), "{stale:?}");
        assert!(cast.office.session_if_any(pedell).await.is_some());
        let session = manager.session(pedell).await;
        let proven = pedell.prove_factor(&session, &manager.code(pedell), &visitor()).await.unwrap();
        assert!(manager.session_if_any(pedell).await.is_none(), "the old token is gone");
        let fresh = Person { id: manager.id.clone(), login: manager.login.clone(), token: proven.token, secret: None };
        reset(&fresh).await.unwrap();
        assert!(cast.office.session_if_any(pedell).await.is_none(), "and so is the session of whom it was");
        let again = pedell.staff_session(&cast.office.password(pedell).await).await.unwrap().unwrap();
        assert_eq!(again.due, Due::Enrol);
    })
    .await;
}
