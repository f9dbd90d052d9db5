//! Passkeys: made with a fresh proof, proven once per question, never the last taken away, asked for by a tenant's rule.

use std::time::Duration;

use pedell::{
    domain::staff::rules::{PasskeyDemand, StaffRules},
    flow::{
        Pedell,
        staff::StaffError,
        staff_passkey::PasskeyAnswer,
        staff_sessions::{Due, StaffSession},
    },
};

use super::{
    authenticator::{Passkey, bytes},
    cast::{Cast, Person, code_of, key_of, new_staff, visitor},
};
use crate::scene::on_each_engine;

macro_rules! assert_refused {
    ($result:expr, $error:pat) => {
        match $result {
            Err($error) => {}
            other => panic!("{other:?}"),
        }
    };
}

/// Somebody makes a passkey, and goes on under their new token.
async fn makes(pedell: &Pedell, person: &mut Person, name: &str) -> Passkey {
    let session = person.session(pedell).await;
    let question = pedell.begin_passkey(&session).await.unwrap();
    let (passkey, new) = Passkey::make(&question, name);
    person.token = pedell.add_passkey(&session, &question.sealed, &new).await.unwrap().token;
    passkey
}

/// A session that waits for the second factor.
async fn half_way(pedell: &Pedell, person: &Person) -> StaffSession {
    pedell.staff_session(&person.password(pedell).await).await.unwrap().unwrap()
}

async fn tries(pedell: &Pedell, session: &StaffSession, passkey: &Passkey) -> Result<(), StaffError> {
    let question = pedell.ask_passkey(session).await.unwrap().unwrap();
    pedell.prove_passkey(session, &question.sealed, &passkey.prove(&question), &visitor()).await.map(|_| ())
}

#[tokio::test]
async fn a_passkey_logs_in_and_steps_up() {
    on_each_engine(async |scene| {
        let mut cast = Cast::of(&scene).await;
        let pedell = cast.pedell.clone();
        let passkey = makes(&pedell, &mut cast.manager, "Telefon").await;
        let session = half_way(&pedell, &cast.manager).await;
        assert_eq!((session.due, session.factors.apps, session.factors.passkeys), (Due::Code, 1, 1));
        let question = pedell.ask_passkey(&session).await.unwrap().unwrap();
        assert_eq!(bytes(&question.options["allowCredentials"][0]["id"]), passkey.id);
        assert_eq!(question.options["userVerification"], "required");
        let proven = pedell.prove_passkey(&session, &question.sealed, &passkey.prove(&question), &visitor()).await;
        cast.manager.token = proven.unwrap().token;
        let session = cast.manager.session(&pedell).await;
        assert_eq!(session.due, Due::Nothing);
        let seen = pedell.passkeys(&session).await.unwrap();
        assert_eq!((seen.len(), seen[0].name.as_str(), seen[0].is_synced), (1, "Telefon", false));
        assert!(seen[0].used_at.is_some());
        scene.clock.advance(Duration::from_secs(301));
        let stale = cast.manager.session(&pedell).await;
        assert_refused!(pedell.reset_factor(&stale, &cast.office.id).await, StaffError::StepUp);
        let question = pedell.ask_passkey(&stale).await.unwrap().unwrap();
        let proven = pedell.prove_passkey(&stale, &question.sealed, &passkey.prove(&question), &visitor()).await;
        cast.manager.token = proven.unwrap().token;
        pedell.reset_factor(&cast.manager.session(&pedell).await, &cast.office.id).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn what_is_no_proof_opens_nothing() {
    on_each_engine(async |scene| {
        let mut cast = Cast::of(&scene).await;
        let pedell = cast.pedell.clone();
        let mut passkey = makes(&pedell, &mut cast.manager, "Telefon").await;
        let others = makes(&pedell, &mut cast.second_manager, "Another").await;
        let session = half_way(&pedell, &cast.manager).await;
        let mut refused = 0;
        let mut check = async |what: &str, result: Result<(), StaffError>| {
            assert!(matches!(result, Err(StaffError::WrongCode)), "{what}: {result:?}");
            refused += 1;
            scene.clock.advance(Duration::from_secs(125)); // over every wait
        };
        passkey.origin = "https://pedell.evil.example";
        check("origin", tries(&pedell, &session, &passkey).await).await;
        passkey.origin = "https://pedell.example";
        passkey.rp_id = "evil.example";
        check("relying party", tries(&pedell, &session, &passkey).await).await;
        passkey.rp_id = "pedell.example";
        passkey.flags = 0x04;
        let session = half_way(&pedell, &cast.manager).await;
        check("nobody there", tries(&pedell, &session, &passkey).await).await;
        passkey.flags = 0x01;
        check("not verified", tries(&pedell, &session, &passkey).await).await;
        passkey.flags = 0x05;
        let session = half_way(&pedell, &cast.manager).await;
        check("another person's passkey", tries(&pedell, &session, &others).await).await;
        let question = pedell.ask_passkey(&session).await.unwrap().unwrap();
        let stolen = PasskeyAnswer { id: passkey.id.clone(), user_handle: Vec::new(), ..others.prove(&question) };
        let result = pedell.prove_passkey(&session, &question.sealed, &stolen, &visitor()).await.map(|_| ());
        check("another's signature under this id", result).await;
        let session = half_way(&pedell, &cast.manager).await;
        let question = pedell.ask_passkey(&session).await.unwrap().unwrap();
        let handle = PasskeyAnswer { user_handle: b"somebody".to_vec(), ..passkey.prove(&question) };
        let result = pedell.prove_passkey(&session, &question.sealed, &handle, &visitor()).await.map(|_| ());
        check("another user handle", result).await;
        // A question belongs to one session, and is over after five minutes.
        let other = half_way(&pedell, &cast.manager).await;
        let question = pedell.ask_passkey(&other).await.unwrap().unwrap();
        let result = pedell.prove_passkey(&session, &question.sealed, &passkey.prove(&question), &visitor()).await;
        check("another session's question", result.map(|_| ())).await;
        let session = half_way(&pedell, &cast.manager).await;
        let question = pedell.ask_passkey(&session).await.unwrap().unwrap();
        scene.clock.advance(Duration::from_secs(300));
        let result = pedell.prove_passkey(&session, &question.sealed, &passkey.prove(&question), &visitor()).await;
        check("too late", result.map(|_| ())).await;
        let session = half_way(&pedell, &cast.manager).await;
        let sealed = pedell.begin_passkey(&cast.second_manager.session(&pedell).await).await;
        assert!(sealed.is_err(), "stale by now");
        let question = pedell.ask_passkey(&session).await.unwrap().unwrap();
        let result = pedell.prove_passkey(&session, "made up", &passkey.prove(&question), &visitor()).await;
        check("no question", result.map(|_| ())).await;
        let session = half_way(&pedell, &cast.manager).await;
        tries(&pedell, &session, &passkey).await.unwrap();
        assert_eq!(refused, 10);
    })
    .await;
}

#[tokio::test]
async fn a_counter_that_goes_back_is_refused_and_written_down() {
    on_each_engine(async |scene| {
        let mut cast = Cast::of(&scene).await;
        let pedell = cast.pedell.clone();
        let mut passkey = makes(&pedell, &mut cast.manager, "Telefon").await;
        for (count, is_right) in [(7, true), (7, false), (6, false), (0, false), (8, true)] {
            passkey.count = count;
            let session = half_way(&pedell, &cast.manager).await;
            let result = tries(&pedell, &session, &passkey).await;
            assert_eq!(result.is_ok(), is_right, "{count}: {result:?}");
            scene.clock.advance(Duration::from_secs(125));
        }
        let trail = pedell.stores().control().audit_after(0).await.unwrap();
        let refused = trail.iter().filter(|entry| entry.kind == "staff.code_refused");
        assert_eq!(refused.filter(|entry| entry.detail.contains("\"counter\"")).count(), 3);
    })
    .await;
}

#[tokio::test]
async fn of_a_hundred_answers_to_one_question_one_wins() {
    on_each_engine(async |scene| {
        let mut cast = Cast::of(&scene).await;
        let pedell = cast.pedell.clone();
        let passkey = makes(&pedell, &mut cast.manager, "Telefon").await;
        let session = half_way(&pedell, &cast.manager).await;
        let question = pedell.ask_passkey(&session).await.unwrap().unwrap();
        let answer = passkey.prove(&question);
        let second_node = scene.place.open(scene.clock.clone()).await;
        let attempts: Vec<_> = (0..100)
            .map(|n| {
                let pedell = if n % 2 == 0 { pedell.clone() } else { second_node.clone() };
                let (session, sealed, answer) = (session.clone(), question.sealed.clone(), answer.clone());
                tokio::spawn(async move { pedell.prove_passkey(&session, &sealed, &answer, &visitor()).await })
            })
            .collect();
        let mut won = 0;
        for attempt in attempts {
            match attempt.await.unwrap() {
                Ok(_) => won += 1,
                Err(StaffError::WrongCode | StaffError::TooMany { .. } | StaffError::NotFound) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!(won, 1);
        // Not in the session that came of it either.
        scene.clock.advance(Duration::from_secs(125));
        let again = pedell.prove_passkey(&session, &question.sealed, &answer, &visitor()).await;
        assert_refused!(again, StaffError::WrongCode);
        second_node.stores().close().await;
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_was_given_does_not_count_again_in_its_session() {
    on_each_engine(async |scene| {
        let mut cast = Cast::of(&scene).await;
        let pedell = cast.pedell.clone();
        let passkey = makes(&pedell, &mut cast.manager, "Telefon").await;
        let session = half_way(&pedell, &cast.manager).await;
        let question = pedell.ask_passkey(&session).await.unwrap().unwrap();
        let answer = passkey.prove(&question);
        let proven = pedell.prove_passkey(&session, &question.sealed, &answer, &visitor()).await.unwrap();
        // The session goes on under its id, so the question still opens: only that it was answered stands against it.
        let goes_on = pedell.staff_session(&proven.token).await.unwrap().unwrap();
        let replayed = pedell.prove_passkey(&goes_on, &question.sealed, &answer, &visitor()).await;
        assert_refused!(replayed, StaffError::WrongCode);
        pedell.tidy().await.unwrap();
        let replayed = pedell.prove_passkey(&goes_on, &question.sealed, &answer, &visitor()).await;
        assert_refused!(replayed, StaffError::WrongCode);
    })
    .await;
}

#[tokio::test]
async fn making_one_takes_a_fresh_proof_and_belongs_to_one_person() {
    on_each_engine(async |scene| {
        let mut cast = Cast::of(&scene).await;
        let pedell = cast.pedell.clone();
        let passkey = makes(&pedell, &mut cast.manager, "Telefon").await;
        let session = cast.manager.session(&pedell).await;
        let question = pedell.begin_passkey(&session).await.unwrap();
        assert_eq!(bytes(&question.options["excludeCredentials"][0]["id"]), passkey.id);
        let twice = pedell.add_passkey(&session, &question.sealed, &passkey.made(&question, "Twice")).await;
        assert_refused!(twice, StaffError::WrongCode);
        let (_, unnamed) = Passkey::make(&question, " ");
        assert_refused!(pedell.add_passkey(&session, &question.sealed, &unnamed).await, StaffError::Name);
        // Somebody else's credential.
        let other = cast.second_manager.session(&pedell).await;
        let asked = pedell.begin_passkey(&other).await.unwrap();
        let theirs = pedell.add_passkey(&other, &asked.sealed, &passkey.made(&asked, "Mine")).await;
        assert_refused!(theirs, StaffError::WrongCode);
        // Another person's question; a question for a proof; one that was answered.
        let (_, new) = Passkey::make(&asked, "Mine");
        assert_refused!(pedell.add_passkey(&session, &asked.sealed, &new).await, StaffError::WrongCode);
        let proof = pedell.ask_passkey(&session).await.unwrap().unwrap();
        let (_, mut new) = Passkey::make(&question, "Mine");
        new.client_data = passkey.made(&proof, "Mine").client_data;
        assert_refused!(pedell.add_passkey(&session, &proof.sealed, &new).await, StaffError::WrongCode);
        // Half-way and stale sessions.
        let half = half_way(&pedell, &cast.manager).await;
        assert_refused!(pedell.begin_passkey(&half).await, StaffError::NotFound);
        assert_refused!(pedell.add_passkey(&half, &question.sealed, &new).await, StaffError::NotFound);
        scene.clock.advance(Duration::from_secs(301));
        let stale = cast.manager.session(&pedell).await;
        assert_refused!(pedell.begin_passkey(&stale).await, StaffError::StepUp);
        assert_refused!(pedell.add_passkey(&stale, &question.sealed, &new).await, StaffError::StepUp);
    })
    .await;
}

#[tokio::test]
async fn a_first_passkey_brings_recovery_codes_and_ends_other_sessions() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let pedell = cast.pedell.clone();
        let by = cast.manager.session(&pedell).await;
        let new = new_staff("passkey-1", pedell::domain::staff::Rank::OrganizerStaff, None);
        let (_, invitation) = pedell.invite_staff(&by, &cast.university, new).await.unwrap();
        let sentence = super::cast::SENTENCE.into();
        let token = pedell.accept_invitation(&code_of(&invitation), &sentence, &visitor()).await.unwrap();
        let session = pedell.staff_session(&token).await.unwrap().unwrap();
        assert_eq!(session.due, Due::Enrol);
        let question = pedell.begin_passkey(&session).await.unwrap();
        let (passkey, new) = Passkey::make(&question, "Key");
        let proven = pedell.add_passkey(&session, &question.sealed, &new).await.unwrap();
        assert_eq!(proven.recovery_codes.len(), 10);
        let mut person =
            Person { id: session.member.id.clone(), login: "passkey-1".into(), token: proven.token, secret: None };
        assert_eq!(person.session(&pedell).await.due, Due::Nothing);
        // The recovery code is for the day when it is gone.
        let half = half_way(&pedell, &person).await;
        assert_refused!(pedell.prove_factor(&half, "123456", &visitor()).await, StaffError::WrongCode);
        pedell.prove_factor(&half, proven.recovery_codes[0].expose(), &visitor()).await.unwrap();
        // A second one ends the others, and brings no new codes.
        let before = person.session(&pedell).await;
        makes(&pedell, &mut person, "Second").await;
        assert_eq!(pedell.sessions(&person.session(&pedell).await).await.unwrap().len(), 1);
        assert_eq!(pedell.recovery_codes_left(&before).await.unwrap(), 9);
        let half = half_way(&pedell, &person).await;
        tries(&pedell, &half, &passkey).await.unwrap();
        // Who helps takes all of them.
        pedell.reset_factor(&cast.manager.session(&pedell).await, &person.id).await.unwrap();
        assert!(person.session_if_any(&pedell).await.is_none());
        let again = half_way(&pedell, &person).await;
        assert_eq!((again.due, again.factors.passkeys), (Due::Enrol, 0));
    })
    .await;
}

#[tokio::test]
async fn the_last_factor_stays_and_a_removed_one_opens_nothing() {
    on_each_engine(async |scene| {
        let mut cast = Cast::of(&scene).await;
        let pedell = cast.pedell.clone();
        let first = makes(&pedell, &mut cast.manager, "First").await;
        let second = makes(&pedell, &mut cast.manager, "Second").await;
        let session = cast.manager.session(&pedell).await;
        let mut seen = pedell.passkeys(&session).await.unwrap();
        seen.sort_by(|one, other| one.name.cmp(&other.name));
        let handles: Vec<String> = seen.into_iter().map(|passkey| passkey.handle).collect();
        assert_refused!(pedell.remove_factor(&session, "01ARZ3NDEKTSV4RRFFQ69G5FAV").await, StaffError::NotFound);
        let other = cast.second_manager.session(&pedell).await;
        assert_refused!(pedell.remove_factor(&other, &handles[0]).await, StaffError::NotFound);
        assert_refused!(pedell.remove_factor(&other, "app").await, StaffError::LastFactor);
        cast.manager.token = pedell.remove_factor(&session, "app").await.unwrap();
        let half = half_way(&pedell, &cast.manager).await;
        let code = pedell.prove_factor(&half, &cast.manager.code(&pedell), &visitor()).await;
        assert_refused!(code, StaffError::WrongCode);
        // Both at once: one of them stays.
        let session = cast.manager.session(&pedell).await;
        let (one, two) =
            tokio::join!(pedell.remove_factor(&session, &handles[0]), pedell.remove_factor(&session, &handles[1]));
        assert!(one.is_ok() ^ two.is_ok(), "{one:?} {two:?}");
        let (gone, left) = if one.is_ok() { (first, second) } else { (second, first) };
        cast.manager.token = one.or(two).unwrap();
        let half = half_way(&pedell, &cast.manager).await;
        assert_refused!(tries(&pedell, &half, &gone).await, StaffError::WrongCode);
        tries(&pedell, &half, &left).await.unwrap();
        let session = cast.manager.session_if_any(&pedell).await.unwrap();
        for handle in handles {
            let last = pedell.remove_factor(&session, &handle).await;
            assert!(matches!(last, Err(StaffError::LastFactor | StaffError::NotFound)), "{last:?}");
        }
        scene.clock.advance(Duration::from_secs(301));
        let stale = cast.manager.session(&pedell).await;
        assert_refused!(pedell.remove_factor(&stale, "app").await, StaffError::StepUp);
    })
    .await;
}

#[tokio::test]
async fn where_a_passkey_is_asked_for_a_code_is_not_enough() {
    on_each_engine(async |scene| {
        let mut cast = Cast::of(&scene).await;
        let pedell = cast.pedell.clone();
        let rules = StaffRules { passkey: PasskeyDemand::Managers, ..StaffRules::default() };
        let session = cast.manager.session(&pedell).await;
        let locked_out = pedell.set_staff_rules(&session, &cast.university, rules).await;
        assert_refused!(locked_out, StaffError::NoPasskey);
        let passkey = makes(&pedell, &mut cast.manager, "Telefon").await;
        let session = cast.manager.session(&pedell).await;
        pedell.set_staff_rules(&session, &cast.university, rules).await.unwrap();
        assert_eq!(cast.office.session(&pedell).await.due, Due::Nothing, "no manager");
        // The other manager has an app only: a code, and then they make a passkey before anything else.
        assert_eq!(cast.second_manager.session(&pedell).await.due, Due::Passkey);
        scene.clock.advance(Duration::from_secs(301));
        let stale = cast.second_manager.session(&pedell).await;
        assert_refused!(pedell.begin_passkey(&stale).await, StaffError::StepUp);
        assert_refused!(pedell.people(&stale, &cast.university).await, StaffError::NotFound);
        let half = half_way(&pedell, &cast.second_manager).await;
        assert_eq!(half.due, Due::Code);
        let code = cast.second_manager.code(&pedell);
        cast.second_manager.token = pedell.prove_factor(&half, &code, &visitor()).await.unwrap().token;
        assert_eq!(cast.second_manager.session(&pedell).await.due, Due::Passkey);
        let second = makes(&pedell, &mut cast.second_manager, "Mine").await;
        assert_eq!(cast.second_manager.session(&pedell).await.due, Due::Nothing);
        // From now on no code lets them in.
        scene.clock.advance(Duration::from_secs(150));
        let half = half_way(&pedell, &cast.second_manager).await;
        let code = pedell.prove_factor(&half, &cast.second_manager.code(&pedell), &visitor()).await;
        assert_refused!(code, StaffError::PasskeyOnly);
        tries(&pedell, &half, &second).await.unwrap();
        // Nor can they take it away.
        let session = cast.second_manager.session(&pedell).await;
        let handle = pedell.passkeys(&session).await.unwrap()[0].handle.clone();
        assert_refused!(pedell.remove_factor(&session, &handle).await, StaffError::LastFactor);
        let half = half_way(&pedell, &cast.manager).await;
        tries(&pedell, &half, &passkey).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn the_pages_offer_what_there_is() {
    on_each_engine(async |scene| {
        let mut cast = Cast::of(&scene).await;
        let pedell = cast.pedell.clone();
        let site = scene.site().await;
        let page = async |person: &Person, path: &str| person.browser(&site).get(path).await;
        let step_up = page(&cast.manager, "/staff/step-up").await;
        assert!(step_up.body.contains("id=\"code\"") && !step_up.body.contains("id=\"passkey\""));
        let new = page(&cast.manager, "/staff/passkey").await;
        assert!(new.body.contains("data-options=") && new.body.contains("/assets/passkey."), "{}", new.body);
        makes(&pedell, &mut cast.manager, "<b>Telefon</b>").await;
        let step_up = page(&cast.manager, "/staff/step-up").await;
        assert!(step_up.body.contains("id=\"code\"") && step_up.body.contains("action=\"/staff/step-up/passkey\""));
        let account = page(&cast.manager, "/staff/account").await;
        assert!(account.body.contains("Telefon") && !account.body.contains("<b>Telefon"), "names are text");
        // What no authenticator answered is refused, with another question.
        let browser = cast.manager.browser(&site);
        let key = key_of(&browser).await;
        let form = [("form_key", key.as_str()), ("client_data", "!"), ("signature", "%%"), ("question", "x")];
        let refused = browser.post("/staff/step-up/passkey", &form).await;
        assert_eq!(refused.status, 401);
        assert!(refused.body.contains("data-options="));
        let refused = browser.post("/staff/passkey", &[("form_key", key.as_str()), ("name", "x")]).await;
        assert_eq!(refused.status, 401);
        let rule = [("form_key", key.as_str()), ("tenant", cast.university.as_str()), ("passkey", "everybody")];
        assert_eq!(browser.post("/staff/people/rules", &rule).await.status, 303);
        let step_up = page(&cast.manager, "/staff/step-up").await;
        assert!(!step_up.body.contains("id=\"code\""), "codes are no longer asked for");
        assert_eq!(page(&cast.office, "/staff").await.redirect().0, "/staff/passkey");
    })
    .await;
}

#[tokio::test]
async fn a_new_link_does_not_lead_round_the_second_factor() {
    on_each_engine(async |scene| {
        let mut cast = Cast::of(&scene).await;
        let pedell = cast.pedell.clone();
        let passkey = makes(&pedell, &mut cast.office, "Telefon").await;
        let by = cast.manager.session(&pedell).await;
        for _ in 0..2 {
            let invitation = pedell.invite_again(&by, &cast.office.id).await.unwrap();
            let token =
                pedell.accept_invitation(&code_of(&invitation), &super::cast::SENTENCE.into(), &visitor()).await;
            let session = pedell.staff_session(&token.unwrap()).await.unwrap().unwrap();
            assert_eq!(session.due, Due::Code);
            assert_refused!(pedell.begin_passkey(&session).await, StaffError::NotFound);
            assert_refused!(pedell.begin_enrolment(&session), StaffError::NotFound);
            tries(&pedell, &session, &passkey).await.unwrap();
        }
    })
    .await;
}
