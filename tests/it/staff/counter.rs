//! At an agency's counter: a clerk gets the decision that the student would get, and nothing that was not granted.

use std::{collections::BTreeSet, time::Duration};

use pedell::{
    domain::{client::ClientKind, policy::Actor, rule::Field, staff::Rank, tenant::Slug},
    flow::{counters::GrantNames, import_roster::ImportOptions},
};

use super::cast::{Cast, Person, key_of};
use crate::{
    scene::{Scene, WINTER, on_each_engine},
    site::{Answer, Browser, JONAS, Shop, Site, Student, ZOE, ZOE_TYPES, list},
    soap::service::{Does, Service},
};

const WRONG_NAME: Student = Student { family: "Meier", ..ZOE };
const TICKET: GrantNames<'static> =
    GrantNames { agency: "tickets", client: "shop", product: "ticket", university: "musterstadt" };

/// Zoë is on the university's list, and the agency's counters may check for the shop's ticket.
async fn ready(scene: &Scene) -> (Cast, Site, Shop) {
    let cast = Cast::of(scene).await;
    scene.import_to(&scene.university, WINTER, list(&[ZOE]), ImportOptions::default()).await.unwrap();
    let shop = scene.shop("shop").await;
    grant(&cast, TICKET).await;
    (cast, scene.site().await, shop)
}

async fn grant(cast: &Cast, names: GrantNames<'_>) {
    cast.pedell.change_counters_as(&Actor::Operator, names, true).await.unwrap();
}

async fn end(cast: &Cast, names: GrantNames<'_>) {
    cast.pedell.change_counters_as(&Actor::Operator, names, false).await.unwrap();
}

/// What the clerk's form holds.
async fn typed(browser: &Browser<'_>, student: Student, own: &[(&'static str, &'static str)]) -> Vec<(String, String)> {
    let mut form = vec![
        ("form_key".to_owned(), key_of(browser).await),
        ("client".into(), "shop".into()),
        ("product".into(), "ticket".into()),
        ("university".into(), "musterstadt".into()),
        ("semester".into(), "2026W".into()),
        ("matriculation_number".into(), student.number.into()),
        ("given_names".into(), student.given.into()),
        ("family_name".into(), student.family.into()),
        ("birth_date".into(), student.born.into()),
        ("postal_code".into(), "01067".into()),
    ];
    for (name, value) in own {
        form.retain(|(there, _)| there != name);
        form.push(((*name).to_owned(), (*value).to_owned()));
    }
    form
}

async fn check_with(browser: &Browser<'_>, student: Student, own: &[(&'static str, &'static str)]) -> Answer {
    let form = typed(browser, student, own).await;
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post("/staff/counter", &form).await
}

async fn check(browser: &Browser<'_>, student: Student) -> Answer {
    check_with(browser, student, &[]).await
}

/// The page without what differs on each view.
fn constant(answer: &Answer, student: Student) -> String {
    let page = answer.body.replace(&answer.reference().unwrap(), "REFERENCE");
    let form = page.split("name=\"form\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let page = page.replace(&form, "FORM");
    [student.number, student.given, student.family, student.born]
        .into_iter()
        .fold(page, |page, typed| page.replace(&format!("value=\"{typed}\""), "value=\"TYPED\""))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clerk_gets_the_students_decision_with_the_universitys_names() {
    on_each_engine(async |scene| {
        let (cast, site, shop) = ready(&scene).await;
        let clerk = cast.clerk.browser(&site);
        let form = clerk.get("/staff/counter").await;
        for field in ["matriculation_number", "given_names", "family_name", "birth_date"] {
            assert!(form.body.contains(&format!("name=\"{field}\"")), "{field}");
        }
        assert!(!form.body.contains("name=\"postal_code\""), "a list has none");
        assert!(form.body.contains("1. Oktober 2026 bis 31. März 2027"), "{}", form.body);
        assert!(!form.body.contains("autocomplete=\"given-name\""), "the clerk's own browser knows the clerk");

        let answer = check(&clerk, ZOE_TYPES).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        for shown in ["Zoë Anna-Luise", "Müller-Lüdenscheidt", "24. Dezember 2003", "1. Oktober 2026 bis 31. März 2027"]
        {
            assert!(answer.body.contains(shown), "{shown} in {}", answer.body);
        }
        assert!(!answer.body.contains("ZOE") && !answer.body.contains(ZOE.number), "nothing that was typed");
        let stored = scene.rows_behind_the_back::<(String, String, String, String, String)>(
            "SELECT client, method, agency, outlet, clerk FROM @verifications",
        );
        let expected = (
            "shop".to_owned(),
            "roster".to_owned(),
            cast.agency.to_string(),
            cast.outlet.to_string(),
            cast.clerk.id.to_string(),
        );
        assert_eq!(stored.await, [expected]);

        // The same student gets the same, and the university's trail says who typed and where, without a name.
        let number = answer.reference().unwrap();
        let trail = cast.manager.browser(&site).get("/staff/audit?kind=verification.decided").await.body;
        for id in [cast.clerk.id.as_str(), cast.outlet.as_str(), cast.agency.as_str()] {
            assert!(trail.contains(id), "{id} in {trail}");
        }
        assert!(!trail.contains("clerk-001") && !trail.contains("Zoë"), "{trail}");
        assert!(trail.contains(&number.replace('-', "")) || trail.contains(&number), "{trail}");
        site.browser().code(&shop, ZOE_TYPES).await;
        let csv = cast.manager.browser(&site).get("/staff/statistics.csv").await.body;
        assert!(csv.contains("2026-11-23,2026W,eligible,,2"), "counted like any other: {csv}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_that_may_not_know_a_name_shows_none() {
    on_each_engine(async |scene| {
        let (cast, site, mut shop) = ready(&scene).await;
        shop.change(&scene, |issuer| issuer.claims = vec![Field::FamilyName]).await;
        let answer = check(&cast.clerk.browser(&site), ZOE_TYPES).await;
        assert!(answer.body.contains("Müller-Lüdenscheidt"), "{}", answer.body);
        assert!(!answer.body.contains("Zoë") && !answer.body.contains("Dezember 2003"), "{}", answer.body);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_number_and_a_wrong_name_are_the_same_page() {
    on_each_engine(async |scene| {
        let (cast, site, _) = ready(&scene).await;
        let clerk = cast.clerk.browser(&site);
        let (unknown, wrong) = (check(&clerk, JONAS).await, check(&clerk, WRONG_NAME).await);
        assert_eq!((unknown.status, wrong.status), (422, 422));
        assert_eq!(constant(&unknown, JONAS), constant(&wrong, WRONG_NAME));
        let faulty = check_with(&clerk, ZOE, &[("birth_date", "31.02.2004")]).await;
        assert!(faulty.status == 422 && faulty.body.contains("aria-invalid"), "{}", faulty.body);
        let reasons = scene.rows_behind_the_back::<(String,)>("SELECT reason FROM @verifications").await;
        assert_eq!(reasons, [("not_enrolled".to_owned(),), ("not_enrolled".to_owned(),)], "a fault is no question");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_granted_is_not_there() {
    on_each_engine(async |scene| {
        let (cast, site, mut shop) = ready(&scene).await;
        let auental = scene.add_university("auental", |_| ()).await;
        scene.import_to(&auental, WINTER, list(&[ZOE]), ImportOptions::default()).await.unwrap();
        scene.shop("other").await;
        let clerk = cast.clerk.browser(&site);
        for own in [
            [("university", "auental")],
            [("university", "nowhere")],
            [("client", "other")],
            [("product", "another")],
            [("semester", "2019W")],
        ] {
            assert_eq!(check_with(&clerk, ZOE, &own).await.status, 404, "{own:?}");
        }
        let path = "/staff/counter?client=shop&product=ticket&university=auental";
        assert_eq!(clerk.get(path).await.status, 404);
        // Another agency has none of it.
        let by = cast.operator.session(&cast.pedell).await;
        let slug = Slug::parse("rivals").unwrap();
        let kind = pedell::domain::staff::TenantKind::Agency;
        let rivals = cast.pedell.create_tenant(&by, kind, slug, ("Andere", "Others")).await.unwrap();
        let chief = Person::invited(&cast.pedell, &by, &rivals, "rival-001", Rank::AgencyManager, None).await;
        assert_eq!(check(&chief.browser(&site), ZOE).await.status, 404);
        assert!(chief.browser(&site).get("/staff/counter").await.body.contains("Betreiber von Pedell"));
        // Nor has the agency once the issuer may not ask, is blocked, or the grant is taken away.
        assert_eq!(check(&clerk, ZOE).await.status, 200);
        shop.change(&scene, |issuer| issuer.universities = vec![Slug::parse("auental").unwrap()]).await;
        assert_eq!(check(&clerk, ZOE).await.status, 404, "the issuer may not ask about it any more");
        shop.change(&scene, |issuer| issuer.universities.clear()).await;
        assert_eq!(check(&clerk, ZOE).await.status, 200);
        end(&cast, TICKET).await;
        assert_eq!(check(&clerk, ZOE).await.status, 404, "it was taken away");
        grant(&cast, TICKET).await;
        assert_eq!(check(&clerk, ZOE).await.status, 200, "and granted again");
        shop.block(&scene).await;
        assert_eq!(check(&clerk, ZOE).await.status, 404, "the issuer is blocked");
        assert_eq!(check(&cast.manager.browser(&site), ZOE).await.status, 404, "a university serves nobody");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_are_bounded_per_number_and_per_clerk() {
    on_each_engine(async |scene| {
        let (cast, _, _) = ready(&scene).await;
        let narrow = scene.place.open_with(scene.clock.clone(), |settings| {
            (settings.failed_attempts_per_number, settings.failed_attempts_per_address) = (2, 4);
        });
        let site = Site::open(&narrow.await).await;
        let (clerk, senior) = (cast.clerk.browser(&site), cast.senior.browser(&site));
        let is_locked = |answer: &Answer| answer.body.contains("<h2>Zu viele Versuche</h2>");
        assert!(!is_locked(&check(&clerk, WRONG_NAME).await) && !is_locked(&check(&clerk, WRONG_NAME).await));
        let locked = check(&clerk, ZOE).await;
        assert!(is_locked(&locked) && !locked.body.contains("name=\"family_name\""), "{}", locked.body);
        assert!(is_locked(&check(&senior, ZOE).await), "the number is closed, whoever asks");
        // Two more of other numbers, and the clerk is closed: the colleague at the next counter is not.
        for number in ["00000001", "00000002"] {
            assert!(!is_locked(&check(&clerk, Student { number, ..ZOE }).await), "{number}");
        }
        assert!(is_locked(&check(&clerk, Student { number: "00000003", ..ZOE }).await));
        assert!(!is_locked(&check(&senior, Student { number: "00000003", ..ZOE }).await), "same address, other person");
        scene.clock.advance(Duration::from_secs(900));
        assert_eq!(check(&clerk, ZOE).await.status, 200);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_web_service_is_asked_with_what_it_compares_and_its_silence_is_no_refusal() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let service = Service::start();
        service.connect(&scene, "elements = { answered_given_names = 'Vorname', answered_family_name = 'Name' }").await;
        let (site, _) = (scene.site().await, scene.shop("shop").await);
        grant(&cast, TICKET).await;
        let clerk = cast.clerk.browser(&site);
        assert!(clerk.get("/staff/counter").await.body.contains("name=\"postal_code\""));
        service.now(Does::Spells("<Name>Müller-Lüdenscheidt</Name><Vorname>Zoë Anna-Luise</Vorname>"));
        let answer = check(&clerk, ZOE_TYPES).await;
        assert!(answer.status == 200 && answer.body.contains("Zoë Anna-Luise"), "{}", answer.body);
        service.now(Does::Fails(503));
        let down = check(&clerk, ZOE).await;
        assert!(down.body.contains("source_unavailable") && down.body.contains("class=\"paused\""), "{}", down.body);
        assert!(!down.body.contains("not_enrolled"), "{}", down.body);
        assert!(down.body.contains("1. Oktober 2026 bis 31. März 2027") && down.reference().is_some());
        let rows =
            scene.rows_behind_the_back::<(Option<String>, Option<String>)>("SELECT reason, clerk FROM @verifications");
        let (rows, clerk) = (rows.await, Some(cast.clerk.id.to_string()));
        assert!(rows.len() == 2 && rows.contains(&(Some("source_unavailable".to_owned()), clerk)), "{rows:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_rank_sees_its_own_its_outlets_or_all() {
    on_each_engine(async |scene| {
        let (cast, site, _) = ready(&scene).await;
        let by = cast.agency_manager.session(&cast.pedell).await;
        let at = Some(&cast.other_outlet);
        let elsewhere = Person::invited(&cast.pedell, &by, &cast.agency, "clerk-002", Rank::Clerk, at).await;
        let typed_by = async |person: &Person, student| {
            let answer = check(&person.browser(&site), student).await;
            answer.reference().unwrap()
        };
        let clerks = typed_by(&cast.clerk, JONAS).await;
        let seniors = typed_by(&cast.senior, ZOE).await;
        let others = typed_by(&elsewhere, ZOE).await;
        for (who, sees) in [
            (&cast.clerk, [true, false, false]),
            (&cast.senior, [true, true, false]),
            (&cast.outlet_manager, [true, true, false]),
            (&cast.agency_manager, [true, true, true]),
            (&elsewhere, [false, false, true]),
        ] {
            let browser = who.browser(&site);
            let all = browser.get("/staff/verifications").await;
            for (number, sees) in [&clerks, &seniors, &others].into_iter().zip(sees) {
                let one = browser.get(&format!("/staff/verifications?reference={number}")).await;
                assert_eq!(one.status, if sees { 200 } else { 404 }, "{} {number}", who.login);
                assert_eq!(all.body.contains(number.as_str()), sees, "{} {number}", who.login);
            }
        }
        let why = cast.clerk.browser(&site).get(&format!("/staff/verifications?reference={clerks}")).await.body;
        assert!(why.contains("not_enrolled") && why.contains("Musterstadt") && !why.contains("Jonas"), "{why}");
        let refused = cast.agency_manager.browser(&site).get("/staff/verifications?outcome=refused").await.body;
        assert!(refused.contains(&clerks) && !refused.contains(&seniors), "{refused}");
        assert!(refused.contains("am Schalter: Name of clerk-001"), "{refused}");
        // The university sees all of them, and at whose counters; not who works there.
        let page = cast.manager.browser(&site).get("/staff/verifications").await.body;
        assert_eq!(page.matches("am Schalter: Vorverkauf").count(), 3, "{page}");
        assert!(!page.contains("Name of clerk-001"), "{page}");
        // What was checked is still found when nothing is granted any more.
        end(&cast, TICKET).await;
        let path = format!("/staff/verifications?reference={clerks}");
        assert_eq!(cast.clerk.browser(&site).get(&path).await.status, 200);
        // A student's own verification is none of an agency's.
        let shop = scene.shop("web").await;
        let own = site.browser().verify(&shop, JONAS, &[]).await.reference().unwrap();
        let path = format!("/staff/verifications?reference={own}");
        assert_eq!(cast.agency_manager.browser(&site).get(&path).await.status, 404);
        assert_eq!(cast.manager.browser(&site).get(&path).await.status, 200);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_grants_with_a_fresh_code_and_only_what_fits() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let site = scene.site().await;
        let shop = scene.shop_with("shop", |_, issuer| issuer.universities = vec![Slug::parse("musterstadt").unwrap()]);
        let shop = shop.await;
        assert!(matches!(shop.client.profile.kind, ClientKind::Issuer(_)));
        let operator = cast.operator.browser(&site);
        let key = key_of(&operator).await;
        let send = async |what: &str, product: &str, university: &str| {
            let form = [
                ("form_key", key.as_str()),
                ("do", what),
                ("agency", "tickets"),
                ("product", product),
                ("university", university),
            ];
            operator.post("/staff/counters", &form).await
        };
        assert_eq!(send("grant", "shop ticket", "anderswo").await.status, 422, "the issuer may not ask about it");
        assert_eq!(send("grant", "shop another", "musterstadt").await.status, 422);
        assert_eq!(send("grant", "shop ticket", "musterstadt").await.status, 303);
        assert_eq!(send("grant", "shop ticket", "musterstadt").await.status, 303, "twice is once");
        let page = operator.get("/staff/counters").await.body;
        assert_eq!(page.matches("value=\"end\"").count(), 1, "{page}");
        let house = cast.agency_manager.browser(&site).get("/staff/audit?trail=house&kind=counter.").await.body;
        assert_eq!(house.matches("<strong>counter.granted</strong>").count(), 1, "{house}");
        assert_eq!(send("end", "shop ticket", "musterstadt").await.status, 303);
        scene.clock.advance(Duration::from_secs(301));
        assert_eq!(send("grant", "shop ticket", "musterstadt").await.redirect().0, "/staff/step-up");
        assert!(cast.pedell.all_counter_grants().await.unwrap().is_empty());
    })
    .await;
}

/// A double click, a reload, a browser that sends again: one form is one verification and one guess.
#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_sent_again_is_the_same_check() {
    on_each_engine(async |scene| {
        let (cast, site, _) = ready(&scene).await;
        let clerk = cast.clerk.browser(&site);
        let page = clerk.get("/staff/counter").await.body;
        let form = page.split("name=\"form\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let form: &'static str = Box::leak(form.to_owned().into_boxed_str());
        assert!(!clerk.get("/staff/counter").await.body.contains(form), "the next form is another one");
        let recorded = async || {
            let rows = scene.rows_behind_the_back::<(String,)>("SELECT outcome FROM @verifications ORDER BY outcome");
            rows.await.into_iter().map(|(outcome,)| outcome).collect::<Vec<_>>()
        };
        let first = check_with(&clerk, ZOE_TYPES, &[("form", form)]).await;
        let number = first.reference().unwrap();
        let again = check_with(&clerk, ZOE_TYPES, &[("form", form)]).await;
        assert_eq!((again.status, again.reference().unwrap()), (200, number.clone()));
        assert!(again.body.contains("Müller-Lüdenscheidt"), "{}", again.body);
        let at_once = (0..10).map(|_| check_with(&clerk, ZOE_TYPES, &[("form", "AT-ONCE")]));
        let numbers: BTreeSet<_> =
            futures_util::future::join_all(at_once).await.iter().map(|answer| answer.reference().unwrap()).collect();
        assert!(numbers.len() == 1 && !numbers.contains(&number), "{numbers:?}");
        assert_eq!(recorded().await, ["eligible"; 2]);

        // What is typed into the same form afterwards is another check, and so is the same in another clerk's.
        let wrong = check_with(&clerk, WRONG_NAME, &[("form", form)]).await;
        for _ in 0..10 {
            let again = check_with(&clerk, WRONG_NAME, &[("form", form)]).await;
            assert_eq!((again.status, again.reference()), (422, wrong.reference()), "not one guess more");
        }
        let senior = check_with(&cast.senior.browser(&site), ZOE_TYPES, &[("form", form)]).await;
        assert_ne!(senior.reference().unwrap(), number);
        assert_eq!(recorded().await, ["eligible", "eligible", "eligible", "refused"]);
        // A form without a name is asked each time.
        for _ in 0..2 {
            assert_eq!(check(&clerk, ZOE_TYPES).await.status, 200);
        }
        assert_eq!(recorded().await.len(), 6);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agencys_figures_are_its_own_counters_and_an_outlets_its_own() {
    on_each_engine(async |scene| {
        let (cast, site, shop) = ready(&scene).await;
        let by = cast.agency_manager.session(&cast.pedell).await;
        let at = Some(&cast.other_outlet);
        let elsewhere = Person::invited(&cast.pedell, &by, &cast.agency, "clerk-002", Rank::Clerk, at).await;
        for (person, student) in [(&cast.clerk, ZOE), (&cast.senior, WRONG_NAME), (&elsewhere, ZOE)] {
            check(&person.browser(&site), student).await;
        }
        site.browser().code(&shop, ZOE_TYPES).await; // at no counter
        let figures = async |person: &Person| person.browser(&site).get("/staff/statistics.csv").await;
        let lines = |answer: Answer| answer.body.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
        let (eligible, refused) = ("2026-11-23,2026W,eligible,,", "2026-11-23,2026W,refused,not_enrolled,1");
        assert_eq!(lines(figures(&cast.agency_manager).await), [format!("{eligible}2"), refused.to_owned()]);
        for person in [&cast.outlet_manager, &cast.senior] {
            assert_eq!(lines(figures(person).await), [format!("{eligible}1"), refused.to_owned()]);
        }
        assert_eq!(figures(&cast.clerk).await.status, 404);
        assert_eq!(
            lines(figures(&cast.manager).await),
            [format!("{eligible}3"), refused.to_owned()],
            "with the shop's"
        );
        let page = cast.agency_manager.browser(&site).get("/staff/statistics?ui_locales=en").await.body;
        for shown in ["Bahnhof</dt><dd>1 eligible, 1 not", "Rathaus</dt><dd>1 eligible, 0 not"] {
            assert!(page.contains(shown), "{shown} in {page}");
        }
        assert!(!page.contains("Tokens issued") && page.contains("class=\"eligible\""), "{page}");
        let page = cast.senior.browser(&site).get("/staff/statistics").await.body;
        assert!(page.contains("Bahnhof") && !page.contains("Rathaus"), "{page}");
        // Somebody else's agency, or university.
        for (person, tenant) in [(&cast.manager, &cast.agency), (&cast.agency_manager, &cast.university)] {
            let answer = person.browser(&site).get(&format!("/staff/statistics?tenant={tenant}")).await;
            assert_eq!(answer.status, 404);
        }
        let operator = cast.operator.browser(&site);
        let csv = operator.get(&format!("/staff/statistics.csv?tenant={}", cast.agency)).await;
        assert_eq!(lines(csv), [format!("{eligible}2"), refused.to_owned()], "figures name nobody: they take no view");
    })
    .await;
}
