//! From where staff may come, and from where nobody may.

use std::{fs, time::Duration};

use ipnet::IpNet;
use pedell::{
    domain::{networks::NetworkFault, policy::Actor, staff::Rank},
    flow::{
        staff::StaffError,
        staff_login::LoginAnswer,
        staff_networks::{NetworkError, Whose},
    },
    web::{ClosedDoors, RegionFiles, Regions},
};
use serde_json::{Value, json};

use super::cast::{Cast, Person, SENTENCE, code_of, form_key, new_staff, visitor_from};
use crate::{
    scene::{Scene, on_each_engine},
    site::{Browser, Site, between},
};

/// Behind a proxy on this machine, so that browsers can come from anywhere.
async fn behind_a_proxy(scene: &Scene, regions: Regions) -> Site {
    Site::open_with(&scene.pedell, |doors| {
        doors.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
        doors.regions = regions;
    })
    .await
}

fn from<'s>(site: &'s Site, address: &'static str) -> Browser<'s> {
    let mut browser = site.browser();
    browser.from = address;
    browser
}

fn person_from<'s>(person: &Person, site: &'s Site, address: &'static str) -> Browser<'s> {
    let mut browser = person.browser(site);
    browser.from = address;
    browser
}

/// What the house's trail says of these kinds: object and detail.
async fn trail(scene: &Scene, kind: &str) -> Vec<(String, Value)> {
    let entries = scene.pedell.stores().control().audit_after(0).await.unwrap();
    let of_kind = entries.into_iter().filter(|entry| entry.kind == kind);
    of_kind.map(|entry| (entry.object.clone(), serde_json::from_str(&entry.detail).unwrap())).collect()
}

#[tokio::test]
async fn a_tenants_list_lets_in_its_own_networks_at_the_login_and_at_every_request() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let site = behind_a_proxy(&scene, Regions::default()).await;
        let manager = person_from(&cast.manager, &site, "203.0.113.7");
        let page = manager.get("/staff/networks").await;
        assert!(page.status == 200 && page.body.contains("203.0.113.7"), "it says where one is: {page:?}");
        let key = form_key(&page);
        let set = async |networks: &str| {
            let form = [("form_key", key.as_str()), ("tenant", cast.university.as_str()), ("networks", networks)];
            manager.post("/staff/networks", &form).await
        };
        let refused = set("192.0.2.0/24").await;
        assert!(refused.status == 422 && refused.body.contains("192.0.2.0/24"), "what was typed is kept: {refused:?}");
        assert_eq!(set("office").await.status, 422);
        assert!(trail(&scene, "networks.changed").await.is_empty(), "nothing was changed");
        assert_eq!(set("203.0.113.0/24\r\n2001:db8::/32").await.status, 303);
        let university = cast.university.to_string();
        let after = json!(["203.0.113.0/24", "2001:db8::/32"]);
        let detail = json!({ "tenant": university, "staff": null, "before": [], "after": after });
        assert_eq!(trail(&scene, "networks.changed").await, [(university, detail)]);

        // At every request of a session that goes on …
        assert_eq!(manager.get("/staff").await.status, 200);
        let office = person_from(&cast.office, &site, "203.0.113.50");
        assert_eq!(office.get("/staff").await.status, 200);
        let away = person_from(&cast.office, &site, "198.51.100.1");
        let page = away.get("/staff/account").await;
        assert_eq!(page.status, 403);
        let reference = page.reference().expect("a reference number");
        assert!(page.body.contains("Von hier aus geht es nicht"), "{reference}: {page:?}");
        assert_eq!(office.get("/staff").await.redirect().0, "/staff/login", "that session has ended, everywhere");
        // … whatever the left side of the header claims …
        let second = person_from(&cast.second_manager, &site, "203.0.113.7, 198.51.100.1");
        assert_eq!(second.get("/staff").await.status, 403);
        // … and at the login, for whoever knows the password; for anybody else it is a wrong one like any other.
        let login = async |login: &str, password: &str, address: &str| {
            cast.pedell.staff_login(login, &password.into(), &visitor_from(address)).await.unwrap()
        };
        assert!(matches!(login("office-01", SENTENCE, "198.51.100.1").await, LoginAnswer::Elsewhere));
        assert!(matches!(login("office-01", "guessed wrong", "198.51.100.1").await, LoginAnswer::Refused));
        for inside in ["203.0.113.1", "::ffff:203.0.113.2", "2001:db8:1::1"] {
            assert!(matches!(login("office-01", SENTENCE, inside).await, LoginAnswer::Begun(_)), "{inside}");
        }
        let browser = from(&site, "198.51.100.1");
        let key = form_key(&browser.get("/staff/login").await);
        let form = [("form_key", key.as_str()), ("login", "office-01"), ("password", SENTENCE)];
        assert_eq!(browser.post("/staff/login", &form).await.status, 403);

        // Nobody else's sessions are touched.
        assert_eq!(person_from(&cast.operator, &site, "198.51.100.1").get("/staff").await.status, 200);
        assert_eq!(person_from(&cast.stranger, &site, "198.51.100.1").get("/staff").await.status, 200);

        let elsewhere = trail(&scene, "staff.elsewhere").await;
        let at: Vec<_> = elsewhere.iter().map(|(_, detail)| detail["at"].as_str().unwrap()).collect();
        assert_eq!(at, ["session", "session", "login", "login"], "{elsewhere:?}");
        let detail = json!({ "tenant": cast.university, "from": "198.51.100.0/24", "list": "tenant", "at": "session" });
        assert_eq!(elsewhere[0], (cast.office.id.to_string(), detail));
    })
    .await;
}

#[tokio::test]
async fn an_accounts_list_is_one_more_and_nobody_locks_themselves_out() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let pedell = &cast.pedell;
        let inside = visitor_from("203.0.113.7");
        let by = cast.manager.session(pedell).await;
        let tenant = Whose::Tenant(cast.university.clone());
        let of = |person: &Person| Whose::Account(person.id.clone());
        pedell.set_networks(&by, &inside, &tenant, "203.0.113.0/24").await.unwrap();
        pedell.set_networks(&by, &inside, &of(&cast.office), "203.0.113.64/26 192.0.2.0/24").await.unwrap();
        let session = cast.office.session(pedell).await;
        let login = async |address: &str| {
            pedell.staff_login("office-01", &SENTENCE.into(), &visitor_from(address)).await.unwrap()
        };
        assert!(matches!(login("203.0.113.65").await, LoginAnswer::Begun(_)), "on both lists");
        assert!(matches!(login("203.0.113.7").await, LoginAnswer::Elsewhere), "on the tenant's only");
        assert!(matches!(login("192.0.2.1").await, LoginAnswer::Elsewhere), "on the account's only");
        let lists: Vec<_> =
            trail(&scene, "staff.elsewhere").await.iter().map(|(_, detail)| detail["list"].clone()).collect();
        assert_eq!(lists, ["account", "tenant"]);
        assert!(pedell.admit_from(&session, &visitor_from("203.0.113.70")).await.unwrap());
        assert!(!pedell.admit_from(&session, &inside).await.unwrap());
        assert!(cast.office.session_if_any(pedell).await.is_none());

        // Oneself: by one's own list, by the tenant's, and the operator too.
        let refused = |result: Result<(), NetworkError>| matches!(result, Err(NetworkError::LocksOut));
        assert!(refused(pedell.set_networks(&by, &inside, &of(&cast.manager), "192.0.2.0/24").await));
        assert!(refused(pedell.set_networks(&by, &inside, &tenant, "192.0.2.0/24, 2001:db8::/32").await));
        let mapped = visitor_from("::ffff:203.0.113.7");
        pedell.set_networks(&by, &mapped, &of(&cast.manager), "203.0.113.7").await.unwrap();
        let operator = cast.operator.session(pedell).await;
        let house = Whose::Tenant(operator.member.tenant.clone());
        assert!(refused(pedell.set_networks(&operator, &inside, &house, "192.0.2.0/24").await));
        assert!(refused(pedell.set_networks(&operator, &inside, &of(&cast.operator), "192.0.2.0/24").await));
        pedell.set_networks(&operator, &inside, &house, "203.0.113.0/24").await.unwrap();

        // Not somebody of the same rank, nor without the right, nor another tenant's without its view.
        let hidden =
            |result: Result<(), NetworkError>| matches!(result, Err(NetworkError::Staff(StaffError::NotFound)));
        assert!(hidden(pedell.set_networks(&by, &inside, &of(&cast.second_manager), "203.0.113.7").await));
        assert!(hidden(pedell.set_networks(&by, &inside, &of(&cast.clerk), "203.0.113.7").await));
        assert!(hidden(pedell.set_networks(&operator, &inside, &tenant, "").await));
        let outlet = cast.outlet_manager.session(pedell).await;
        assert!(hidden(pedell.set_networks(&outlet, &inside, &of(&cast.clerk), "203.0.113.7").await));
        assert!(pedell.networks(&outlet, &Whose::Tenant(cast.agency.clone())).await.is_err());
        let faulty = pedell.set_networks(&by, &inside, &tenant, "203.0.113.7/24").await;
        assert!(matches!(faulty, Err(NetworkError::Faulty(NetworkFault::BitsBehind { .. }))), "{faulty:?}");

        // With the view the operator may, whose own address does not matter there.
        pedell.take_elevation(&operator, &cast.university, "their office has moved", 1).await.unwrap();
        let operator = cast.operator.session(pedell).await;
        pedell.set_networks(&operator, &inside, &tenant, "192.0.2.0/24").await.unwrap();
        assert!(!pedell.admit_from(&by, &inside).await.unwrap(), "at once");

        // Whoever is locked out altogether asks somebody with a shell.
        assert_eq!(pedell.lift_networks(&cast.university, &Actor::Operator).await.unwrap(), 3);
        assert!(matches!(login("198.51.100.1").await, LoginAnswer::Begun(_)));
        assert!(scene.pedell.stores().control().verify_audit().await.unwrap().fault.is_none());
    })
    .await;
}

#[tokio::test]
async fn networks_take_a_fresh_factor_and_an_invitation_is_taken_up_inside_only() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let pedell = &cast.pedell;
        let by = cast.manager.session(pedell).await;
        let tenant = Whose::Tenant(cast.university.clone());
        let new = new_staff("newcomer-1", Rank::OrganizerStaff, None);
        let (id, invitation) = pedell.invite_staff(&by, &cast.university, new).await.unwrap();
        pedell.set_networks(&by, &visitor_from("203.0.113.7"), &tenant, "203.0.113.0/24").await.unwrap();
        let code = code_of(&invitation);
        let accept =
            async |address: &str| pedell.accept_invitation(&code, &SENTENCE.into(), &visitor_from(address)).await;
        assert!(matches!(accept("198.51.100.1").await, Err(StaffError::Elsewhere)));
        let token = accept("203.0.113.9").await.unwrap();
        let session = pedell.staff_session(&token).await.unwrap().unwrap();
        assert_eq!(session.member.id, id, "the link still worked");

        scene.clock.advance(Duration::from_secs(6 * 60));
        let by = cast.manager.session(pedell).await;
        let stale = pedell.set_networks(&by, &visitor_from("203.0.113.7"), &tenant, "").await;
        assert!(matches!(stale, Err(NetworkError::Staff(StaffError::StepUp))), "{stale:?}");
    })
    .await;
}

fn regions(folder: &std::path::Path, doors: ClosedDoors) -> Regions {
    let file = folder.join("regions.txt");
    fs::write(&file, "198.51.100.0/24\n2001:db8::/32\n").unwrap();
    let own: Vec<IpNet> = vec!["198.51.100.128/25".parse().unwrap()];
    Regions::new(RegionFiles { files: vec![file], own, doors }).unwrap()
}

#[tokio::test]
async fn blocked_regions_find_the_staffs_door_closed_and_others_only_if_that_is_wanted() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let folder = tempfile::tempdir().unwrap();
        let site = behind_a_proxy(&scene, regions(folder.path(), ClosedDoors::default())).await;
        for blocked in ["198.51.100.7", "::ffff:198.51.100.7", "2001:db8::1", "203.0.113.7, 198.51.100.7"] {
            for path in ["/staff/login", "/staff", "/staff/invitation?code=x", "/staff/rosters"] {
                let page = from(&site, blocked).get(path).await;
                assert_eq!(page.status, 403, "{path} from {blocked}");
                assert!(page.reference().is_some() && page.body.contains("kein Zugriff"), "{page:?}");
            }
        }
        let inside = person_from(&cast.manager, &site, "198.51.100.7");
        assert_eq!(inside.get("/staff").await.status, 403, "a session does not help");
        assert_eq!(person_from(&cast.manager, &site, "198.51.100.200").get("/staff").await.status, 200, "one's own");
        assert_eq!(person_from(&cast.manager, &site, "198.51.100.7, 203.0.113.7").get("/staff").await.status, 200);
        let page = from(&site, "198.51.100.7").get("/").await;
        let style = format!("/assets/{}", between(&page.body, "href=\"/assets/", "\"").unwrap());
        for path in ["/", "/healthz", "/readyz", "/jwks.json", &style] {
            assert_eq!(from(&site, "198.51.100.7").get(path).await.status, 200, "{path}");
        }

        let site = behind_a_proxy(&scene, regions(folder.path(), ClosedDoors::All)).await;
        let page = from(&site, "198.51.100.7").get("/").await;
        assert!(page.status == 403 && page.reference().is_some(), "{page:?}");
        assert_eq!(from(&site, "198.51.100.7").get("/account").await.status, 403);
        let machine = from(&site, "198.51.100.7").post("/token", &[("grant_type", "client_credentials")]).await;
        assert_eq!((machine.status, machine.error().as_str()), (403, "access_denied"));
        for path in ["/healthz", "/readyz", &style] {
            assert_eq!(from(&site, "198.51.100.7").get(path).await.status, 200, "{path}");
        }
        assert_eq!(from(&site, "203.0.113.7").get("/").await.status, 200);
    })
    .await;
}
