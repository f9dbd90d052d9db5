//! A first password of the manager's: good for one page and for a while, and never kept.

use std::time::Duration;

use pedell::{
    base::secret::SecretString,
    domain::staff::{Rank, password::PasswordFault},
    flow::{staff::StaffError, staff_login::LoginAnswer, staff_sessions::Due},
    web::staff_routes,
};

use super::cast::{COOKIE, Cast, SENTENCE, code_of, key_of, new_staff, visitor};
use crate::scene::on_each_engine;

const FIRST: &str = "De bakker geeft mij elke dag een broodje";

fn password(text: &str) -> SecretString {
    text.into()
}

#[tokio::test]
async fn it_opens_the_page_where_another_one_is_chosen_and_no_other() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let site = scene.site().await;
        let manager = cast.outlet_manager.browser(&site);
        let key = key_of(&manager).await;
        let (tenant, outlet) = (cast.agency.to_string(), cast.outlet.to_string());
        let form = |first: &'static str| {
            vec![
                ("form_key", key.as_str()),
                ("tenant", tenant.as_str()),
                ("login", "new-clerk"),
                ("name", "Nele"),
                ("rank", "clerk"),
                ("outlet", outlet.as_str()),
                ("way", "password"),
                ("first_password", first),
            ]
        };
        for weak in ["", "short", "password1password1", "Vorverkauf-Vorverkauf"] {
            let refused = manager.post("/staff/people/new", &form(weak)).await;
            assert_eq!(refused.status, 422, "{weak}");
            assert!(weak.is_empty() || !refused.body.contains(&format!("\"{weak}\"")), "it is not shown again");
        }
        let made = manager.post("/staff/people/new", &form(FIRST)).await;
        assert!(
            made.status == 200 && !made.body.contains(FIRST) && !made.body.contains("invitation?code="),
            "{made:?}"
        );

        let browser = site.browser();
        let login = browser.get("/staff/login").await;
        let key = super::cast::form_key(&login);
        let form = [("form_key", key.as_str()), ("login", "new-clerk"), ("password", FIRST)];
        let sent = browser.post("/staff/login", &form).await.redirect().0;
        let due = browser.get(&sent).await;
        assert_eq!(if due.status == 303 { due.redirect().0 } else { sent }, "/staff/password");
        let page = browser.get("/staff/password").await;
        let key = super::cast::form_key(&page);
        // Every other page of the console leads back here, whatever it is asked.
        for (method, route) in staff_routes() {
            let is_before = ["/staff/login", "/staff/invitation", "/staff/logout", "/staff/password"].contains(&route);
            if is_before {
                continue;
            }
            let path = route.replace("{id}", cast.clerk.id.as_str());
            let answer = match method {
                "GET" => browser.get(&path).await,
                _ if route == "/staff/rosters" => {
                    browser.post_file(&path, &[("form_key", &key)], "a.csv", "Matrikelnummer\n").await
                }
                _ => browser.post(&path, &[("form_key", &key), ("session", "others"), ("do", "x")]).await,
            };
            let led_back = answer.status == 303 && answer.redirect().0 == "/staff/password";
            assert!(led_back || answer.status == 404 || answer.status == 400, "{method} {route}: {answer:?}");
        }
        // It can't be kept, nor can a bad one be chosen.
        let change = async |new: &str| {
            let form = [("form_key", key.as_str()), ("present", FIRST), ("password", new), ("again", new)];
            browser.post("/staff/password", &form).await
        };
        assert_eq!(change(FIRST).await.status, 422);
        assert_eq!(change("short").await.status, 422);
        assert_eq!(browser.get("/staff/account").await.redirect().0, "/staff/password");
        assert_eq!(change(SENTENCE).await.redirect().0, "/staff");
        assert_eq!(browser.get("/staff/account").await.status, 200, "a clerk needs no second factor");
        assert!(browser.jar().contains_key(COOKIE));
        let old = cast.pedell.staff_login("new-clerk", &password(FIRST), &visitor()).await.unwrap();
        assert!(matches!(old, LoginAnswer::Refused), "{old:?}");
    })
    .await;
}

#[tokio::test]
async fn it_lapses_is_not_kept_by_a_link_either_and_counts_for_no_manager() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let pedell = &cast.pedell;
        let by = cast.operator.session(pedell).await;
        let new = || new_staff("manager-3", Rank::OrganizerManager, None);
        let weak = pedell.create_staff(&by, &cast.university, new(), &password("Name of manager")).await;
        assert!(matches!(weak, Err(StaffError::Password(PasswordFault::Personal))), "{weak:?}");
        let (id, until) = pedell.create_staff(&by, &cast.university, new(), &password(FIRST)).await.unwrap();
        let chief = cast.manager.session(pedell).await;
        let stranger = cast.stranger.session(pedell).await;
        for (by, error) in [(&chief, "this rank"), (&stranger, "there is no such")] {
            let refused = pedell.create_staff(by, &cast.university, new(), &password(FIRST)).await.unwrap_err();
            assert!(refused.to_string().starts_with(error), "{refused}");
        }
        let again = pedell.create_staff(&by, &cast.university, new(), &password(FIRST)).await;
        assert!(matches!(again, Err(StaffError::LoginTaken)), "{again:?}");

        let LoginAnswer::Begun(token) = pedell.staff_login("manager-3", &password(FIRST), &visitor()).await.unwrap()
        else {
            panic!("it works")
        };
        let session = pedell.staff_session(&token).await.unwrap().unwrap();
        assert_eq!(session.due, Due::Password);
        assert!(pedell.begin_enrolment(&session).is_err(), "no second factor before");
        let kept = pedell.change_password(&session, &password(FIRST), &password(FIRST)).await;
        assert!(matches!(kept, Err(StaffError::ManagersPassword)), "{kept:?}");

        let invitation = pedell.invite_again(&by, &id).await.unwrap();
        let kept = pedell.accept_invitation(&code_of(&invitation), &password(FIRST), &visitor()).await;
        assert!(matches!(kept, Err(StaffError::ManagersPassword)), "{kept:?}");

        // Of two managers who could stay, one has only a first password: the others can't both go.
        pedell.take_elevation(&by, &cast.university, "they called for help", 1).await.unwrap();
        let by = cast.operator.session(pedell).await;
        pedell.block_staff(&by, &cast.second_manager.id).await.unwrap();
        let last = pedell.block_staff(&by, &cast.manager.id).await;
        assert!(matches!(last, Err(StaffError::LastManager)), "{last:?}");

        scene.clock.advance(until.since(scene.clock.now()).saturating_sub(Duration::from_millis(1)));
        assert!(matches!(
            pedell.staff_login("manager-3", &password(FIRST), &visitor()).await.unwrap(),
            LoginAnswer::Begun(_)
        ));
        scene.clock.advance(Duration::from_millis(1));
        assert!(matches!(
            pedell.staff_login("manager-3", &password(FIRST), &visitor()).await.unwrap(),
            LoginAnswer::Refused
        ));
    })
    .await;
}
