//! Students of a university with a web service: asked, refused, remembered, and told apart from "we could not ask".

mod killed;
pub(crate) mod service;

use std::time::Duration;

use pedell::{base::limits, domain::policy};

use self::service::{Does, Service, check, fields, form, verify};
use crate::{
    scene::{Scene, on_each_engine},
    site::{JONAS, Shop, Site, Student, ZOE, list},
};

async fn ready(scene: &Scene, more: &str) -> (Service, Site, Shop) {
    let service = Service::start();
    service.connect(scene, more).await;
    (service, scene.site().await, scene.shop("shop").await)
}

/// Method and reason of every verification that is recorded.
async fn recorded(scene: &Scene) -> Vec<(String, Option<String>)> {
    scene.rows_behind_the_back("SELECT method, reason FROM @verifications").await
}

fn because(reason: &str) -> (String, Option<String>) {
    ("soap".to_owned(), Some(reason.to_owned()))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_asks_for_what_the_service_compares_and_the_service_is_asked_exactly_that() {
    on_each_engine(async |scene| {
        let (service, site, shop) =
            ready(&scene, "fields = ['matriculation_number', 'family_name', 'birth_date']").await;
        let browser = site.browser();
        let form = form(&browser, &shop).await;
        for (field, shown) in [
            ("matriculation_number", true),
            ("family_name", true),
            ("birth_date", true),
            ("given_names", false),
            ("postal_code", false),
        ] {
            assert_eq!(form.body.contains(&format!("name=\"{field}\"")), shown, "{field}");
        }
        assert!(form.body.contains("action=\"/verify/service\""));
        let answer = verify(&browser, &shop, Student { born: "24.12.2003", ..ZOE }).await;
        // The standard rule wants given names, which this service neither compares nor gives.
        assert!(answer.body.contains("attribute_missing"), "{}", answer.body);
        let (times, question) = service.asked();
        assert_eq!(times, 1);
        let fields = "<verifyDataRequest><token>3423k24</token><Matrikelnummer>00412345</Matrikelnummer>\
                      <Name>Müller-Lüdenscheidt</Name><Geburtsdatum>2003-12-24</Geburtsdatum>\
                      <Semesterkuerzel>26W</Semesterkuerzel></verifyDataRequest>";
        assert!(question.contains(fields), "{question}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_confirmed_student_gets_a_token_that_says_how() {
    on_each_engine(async |scene| {
        let (_service, site, shop) = ready(&scene, "").await;
        let back = verify(&site.browser(), &shop, ZOE).await.back_at_the_shop();
        let token = site.redeem_code(&shop, &back["code"]).await.json()["id_token"].as_str().unwrap().to_owned();
        let claims = site.claims(&shop, &token).await;
        assert_eq!((claims.proof_method.as_str(), claims.source_updated_at), ("soap", None));
        assert_eq!(claims.family_name.as_deref(), Some("Müller-Lüdenscheidt"));
        assert_eq!(claims.birthdate.as_deref(), Some("2003-12-24"));
        assert_eq!(recorded(&scene).await, [("soap".to_owned(), None)]);
        let again = check(&site, &shop, ZOE).await.json();
        let claims = site.claims(&shop, again["id_token"].as_str().unwrap()).await;
        assert!(claims.repeat, "the same student, however asked");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_the_universitys_where_it_gives_them() {
    on_each_engine(async |scene| {
        let elements = "elements = { answered_given_names = 'Vorname', answered_family_name = 'Name' }";
        let (service, site, shop) = ready(&scene, elements).await;
        service.now(Does::Spells("<Name>Müller-Lüdenscheidt</Name><Vorname>Zoë Anna-Luise</Vorname>"));
        let typed = Student { given: "zoe", family: "MUELLER LUEDENSCHEIDT", ..ZOE };
        let token = check(&site, &shop, typed).await.json()["id_token"].as_str().unwrap().to_owned();
        let claims = site.claims(&shop, &token).await;
        assert_eq!(claims.given_name.as_deref(), Some("Zoë Anna-Luise"));
        assert_eq!(claims.family_name.as_deref(), Some("Müller-Lüdenscheidt"));
        // Where the university said it gives its spelling, what was typed is no substitute.
        service.now(Does::Spells("<Name>Müller-Lüdenscheidt</Name>"));
        let answer = check(&site, &shop, typed).await.json();
        assert_eq!((answer["eligible"].as_bool(), answer["reason"].as_str()), (Some(false), Some("attribute_missing")));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_direct_check_without_what_the_service_compares_is_told_what_is_missing() {
    on_each_engine(async |scene| {
        let (service, site, shop) = ready(&scene, "").await;
        let refused = site.check(&shop, ZOE, "musterstadt").await;
        assert_eq!(refused.status, 400, "{}", refused.body);
        assert!(refused.body.contains("postal_code"), "{}", refused.body);
        assert_eq!(service.asked().0, 0);
        assert_eq!(check(&site, &shop, ZOE).await.json()["eligible"], true);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_no_is_a_no_and_guessing_is_bounded() {
    on_each_engine(async |scene| {
        let service = Service::start();
        service
            .connect(&scene, "error_codes = { 4 = { means = 'not_enrolled' }, 5 = { means = 'wrong_semester' } }")
            .await;
        let shop = scene.shop("shop").await;
        let node = scene.place.open_with(scene.clock.clone(), |s| s.failed_attempts_per_number = 3).await;
        let site = Site::open(&node).await;
        service.now(Does::Denies("5"));
        for _ in 0..5 {
            let known = check(&site, &shop, ZOE).await;
            assert_eq!((known.status, known.json()["reason"].as_str()), (200, Some("wrong_semester")));
        }
        for code in ["0", "4", ""] {
            service.now(Does::Denies(code));
            let page = verify(&site.browser(), &shop, ZOE).await;
            assert_eq!(page.status, 422);
            assert!(page.body.contains("bestätigt diese Angaben"), "{}", page.body);
        }
        let refused = recorded(&scene).await.into_iter().filter(|row| *row == because("not_enrolled")).count();
        assert_eq!(refused, 3);
        service.asked();
        service.now(Does::Confirms);
        let locked = check(&site, &shop, ZOE).await.json();
        assert_eq!(locked["reason"], "too_many_attempts");
        assert!(locked["retry_at"].is_i64());
        assert_eq!(service.asked().0, 0, "a guess too many is not even asked");
    })
    .await;
}

/// The heart of it: whatever goes wrong there, nobody is told that they are not enrolled.
#[tokio::test(flavor = "multi_thread")]
async fn we_could_not_ask_is_never_not_enrolled() {
    on_each_engine(async |scene| {
        let service = Service::start();
        service.connect(&scene, "error_codes = { 9 = { means = 'unavailable' } }").await;
        let shop = scene.shop("shop").await;
        let node = scene.place.open_with(scene.clock.clone(), |s| s.failed_attempts_per_number = 20).await;
        let site = Site::open(&node).await;
        for does in [
            Does::Hangs,
            Does::Fails(503),
            Does::Fails(500),
            Does::Fails(401),
            Does::Denies("9"),
            Does::Denies("77"),
            Does::Says("<html/>"),
            Does::Says("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"),
            Does::Says("<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body><verifyDataResp"),
            Does::Says(
                "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body><s:Fault><faultcode>s:Server\
                 </faultcode></s:Fault></s:Body></s:Envelope>",
            ),
        ] {
            service.now(does.clone());
            let answer = check(&site, &shop, ZOE).await;
            assert_eq!(answer.status, 503, "{does:?}: {}", answer.body);
            assert_eq!(answer.json()["reason"], "source_unavailable", "{does:?}");
            assert!(recorded(&scene).await.iter().all(|row| *row == because("source_unavailable")), "{does:?}");
        }
        service.now(Does::Hangs);
        let answer = check(&site, &shop, ZOE).await;
        assert_eq!(answer.header("retry-after"), "60");
        let page = verify(&site.browser(), &shop, ZOE).await;
        assert_eq!(page.status, 200);
        assert!(page.body.contains("in einer Minute noch einmal"), "{}", page.body);
        assert!(page.body.contains("nichts entschieden"), "{}", page.body);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_answers_nobody_is_locked_out_however_long_it_takes() {
    on_each_engine(async |scene| {
        let service = Service::start();
        service.connect(&scene, "").await;
        let shop = scene.shop("shop").await;
        let node = scene.place.open_with(scene.clock.clone(), |s| s.failed_attempts_per_number = 2).await;
        let site = Site::open(&node).await;
        for status in [502, 503, 504] {
            service.now(Does::Fails(status));
            assert_eq!(check(&site, &shop, ZOE).await.json()["reason"], "source_unavailable", "{status}");
        }
        service.now(Does::Hangs);
        let hour_passes = async {
            tokio::time::sleep(Duration::from_millis(400)).await;
            scene.clock.advance(Duration::from_secs(3600)); // another window than the one it was counted in
        };
        tokio::join!(check(&site, &shop, ZOE), hour_passes);
        let counted: Vec<(i64,)> = scene.rows_behind_the_back("SELECT failures FROM @attempts").await;
        assert!(!counted.is_empty() && counted.iter().all(|(failures,)| *failures == 0), "{counted:?}");
        service.now(Does::Confirms);
        assert_eq!(check(&site, &shop, ZOE).await.json()["eligible"], true);
    })
    .await;
}

const FAULT: &str = "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body><s:Fault><faultcode>s:Server\
                     </faultcode><faultstring>Max Mustermann</faultstring></s:Fault></s:Body></s:Envelope>";

/// What a service answers to a guess, though it says nothing about the student.
fn no_verdicts() -> [Does; 5] {
    [Does::Denies("77"), Does::Says(FAULT), Does::Fails(500), Does::Fails(404), Does::Says("<html/>")]
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_a_verdict_costs_a_guess() {
    on_each_engine(async |scene| {
        let service = Service::start();
        service.connect(&scene, "").await;
        let shop = scene.shop("shop").await;
        let limit = u32::try_from(no_verdicts().len()).unwrap();
        let node = scene.place.open_with(scene.clock.clone(), |s| s.failed_attempts_per_number = limit).await;
        let site = Site::open(&node).await;
        for does in no_verdicts() {
            service.now(does.clone());
            assert_eq!(check(&site, &shop, ZOE).await.json()["reason"], "source_unavailable", "{does:?}");
        }
        service.asked();
        service.now(Does::Confirms);
        assert_eq!(check(&site, &shop, ZOE).await.json()["reason"], "too_many_attempts");
        assert_eq!(service.asked().0, 0);
    })
    .await;
}

/// Otherwise whoever has left would type what makes the service fail and what the list forgives.
#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_no_way_round_what_the_service_answers() {
    on_each_engine(async |scene| {
        let service = Service::start();
        service.connect(&scene, "fall_back_to_roster = true").await;
        scene.import(list(&[ZOE])).await.unwrap();
        let shop = scene.shop("shop").await;
        let node = scene.place.open_with(scene.clock.clone(), |s| s.failed_attempts_per_number = 20).await;
        let site = Site::open(&node).await;
        for does in no_verdicts() {
            service.now(does.clone());
            let answer = check(&site, &shop, Student { family: "Müller-Lüdenscheidt'", ..ZOE }).await;
            assert_eq!(
                (answer.status, answer.json()["reason"].as_str()),
                (503, Some("source_unavailable")),
                "{does:?}"
            );
        }
        for status in [502, 504] {
            service.now(Does::Fails(status));
            assert_eq!(check(&site, &shop, ZOE).await.json()["eligible"], true, "{status}: nobody answered");
        }
        service.now(Does::Hangs);
        assert_eq!(check(&site, &shop, ZOE).await.json()["eligible"], true, "nobody answered in time");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_student_who_leaves_while_the_service_hangs_is_not_locked_out() {
    on_each_engine(async |scene| {
        let service = Service::start();
        service.connect(&scene, "").await;
        let shop = scene.shop("shop").await;
        let node = scene.place.open_with(scene.clock.clone(), |s| s.failed_attempts_per_number = 2).await;
        let site = Site::open(&node).await;
        service.now(Does::Hangs);
        for _ in 0..2 {
            let leaves = tokio::time::timeout(Duration::from_millis(300), check(&site, &shop, ZOE));
            assert!(leaves.await.is_err(), "nobody was answered yet");
        }
        service.now(Does::Confirms);
        let mut answer = check(&site, &shop, ZOE).await.json();
        for _ in 0..50 {
            if answer["eligible"] == true {
                return;
            }
            tokio::time::sleep(Duration::from_millis(200)).await; // until the service has hung for long enough
            answer = check(&site, &shop, ZOE).await.json();
        }
        panic!("{answer}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_down_is_left_alone_and_comes_back_by_itself() {
    on_each_engine(async |scene| {
        let (service, site, shop) = ready(&scene, "").await;
        service.now(Does::Fails(503));
        for _ in 0..2 * limits::SOURCE_FAILURES {
            assert_eq!(check(&site, &shop, JONAS).await.status, 503);
        }
        assert_eq!(scene.pedell.sources().each()[0].2, None, "nobody closes it to others alone");
        for number in ["00400001", "00400002"] {
            assert_eq!(check(&site, &shop, Student { number, ..JONAS }).await.status, 503);
        }
        service.asked();
        service.now(Does::Confirms);
        let answer = check(&site, &shop, ZOE).await;
        assert_eq!(answer.status, 503, "{}", answer.body);
        let retry_at = answer.json()["retry_at"].as_i64().unwrap();
        assert_eq!(service.asked().0, 0);
        let resting = scene.pedell.sources().each();
        assert!(resting[0].0 == "musterstadt" && resting[0].2.is_some(), "{resting:?}");
        let wait = u64::try_from(retry_at - scene.clock.now().as_seconds()).unwrap();
        assert!(wait <= 5, "{wait}");
        scene.clock.advance(Duration::from_secs(wait + 1));
        assert_eq!(check(&site, &shop, ZOE).await.json()["eligible"], true);
        assert_eq!(scene.pedell.sources().each()[0].2, None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_yes_is_remembered_for_minutes_sealed_and_a_no_never() {
    on_each_engine(async |scene| {
        let (service, site, shop) = ready(&scene, "remember_minutes = 10").await;
        service.now(Does::Denies("0"));
        check(&site, &shop, JONAS).await;
        check(&site, &shop, JONAS).await;
        assert_eq!(service.asked().0, 2, "a no is asked again");
        service.now(Does::Confirms);
        let proven = scene.clock.now();
        assert_eq!(check(&site, &shop, ZOE).await.json()["eligible"], true);
        scene.clock.advance(Duration::from_secs(9 * 60));
        service.now(Does::Fails(500));
        let token = check(&site, &shop, ZOE).await.json()["id_token"].as_str().unwrap().to_owned();
        assert_eq!(site.claims(&shop, &token).await.auth_time, proven.as_seconds(), "when it was really proven");
        assert_eq!(service.asked().0, 1);
        let other_name = Student { given: "Anna", ..ZOE };
        assert_eq!(check(&site, &shop, other_name).await.status, 503, "another question is asked");
        let sealed: Vec<(Vec<u8>,)> = scene.rows_behind_the_back("SELECT evidence FROM @remembered_answers").await;
        assert_eq!(sealed.len(), 1);
        assert!(!sealed[0].0.windows(6).any(|bytes| bytes == b"denscheidt".as_slice().get(..6).unwrap()));
        scene.clock.advance(Duration::from_secs(2 * 60));
        assert_eq!(check(&site, &shop, ZOE).await.status, 503, "over");
        scene.pedell.tidy().await.unwrap();
        let rows: Vec<(Vec<u8>,)> = scene.rows_behind_the_back("SELECT evidence FROM @remembered_answers").await;
        assert!(rows.is_empty(), "and forgotten");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_remembered_unless_the_university_wants_it_or_once_it_changed_the_connection() {
    on_each_engine(async |scene| {
        let (service, site, shop) = ready(&scene, "").await;
        check(&site, &shop, ZOE).await;
        check(&site, &shop, ZOE).await;
        assert_eq!(service.asked().0, 2);
        service.connect(&scene, "remember_minutes = 60").await;
        check(&site, &shop, ZOE).await;
        check(&site, &shop, ZOE).await;
        assert_eq!(service.asked().0, 1);
        service.connect(&scene, "remember_minutes = 60").await;
        check(&site, &shop, ZOE).await;
        assert_eq!(service.asked().0, 1, "another version of the connection");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_stands_in_where_the_university_says_so_and_the_token_says_that_it_did() {
    on_each_engine(async |scene| {
        let (service, site, shop) = ready(&scene, "fall_back_to_roster = true").await;
        scene.import(list(&[ZOE])).await.unwrap();
        let imported = scene.clock.now();
        scene.clock.advance(Duration::from_secs(3600));
        service.now(Does::Fails(503));
        let typed = Student { given: "zoe", ..ZOE };
        let token = check(&site, &shop, typed).await.json()["id_token"].as_str().unwrap().to_owned();
        let claims = site.claims(&shop, &token).await;
        assert_eq!((claims.proof_method.as_str(), claims.source_updated_at), ("roster", Some(imported.as_seconds())));
        assert_eq!(claims.given_name.as_deref(), Some("Zoë Anna-Luise"), "the list's spelling");
        assert_eq!(recorded(&scene).await, [("roster".to_owned(), None)]);
        let missing = check(&site, &shop, JONAS).await;
        assert_eq!((missing.status, missing.json()["reason"].as_str()), (503, Some("source_unavailable")));
        assert_eq!(scene.pedell.sources().each()[0].1.read().fallen_back, 1);
        service.now(Does::Denies("0"));
        let denied = check(&site, &shop, ZOE).await.json();
        assert_eq!(denied["reason"], "not_enrolled", "who was asked and said no is believed, whatever the list says");
        service.connect(&scene, "").await;
        service.now(Does::Fails(503));
        assert_eq!(check(&site, &shop, ZOE).await.status, 503, "not unless it is declared");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deleted_keys_leave_nothing_to_go_on_with() {
    on_each_engine(async |scene| {
        let (service, _, shop) = ready(&scene, "remember_minutes = 60").await;
        scene.pedell.delete_tenant_keys(&scene.university.id, &policy::Actor::Operator).await.unwrap();
        let node = scene.place.open(scene.clock.clone()).await;
        let site = Site::open(&node).await;
        let answer = check(&site, &shop, ZOE).await;
        assert_eq!((answer.status, answer.json()["reason"].as_str()), (503, Some("source_unavailable")), "{answer:?}");
        assert_eq!(service.asked().0, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_looks_after_a_connection_asks_one_question_and_sees_all_but_secrets() {
    on_each_engine(async |scene| {
        let (service, site, _) =
            ready(&scene, "error_codes = { 5 = { means = 'wrong_semester', text = 'Exmatrikuliert' } }").await;
        let ada = policy::operator_as(&scene.university.id, "ada".parse().unwrap());
        let trial = scene.pedell.begin_trial(&ada).await.unwrap();
        let browser = site.browser();
        let page = browser.get(&scene.pedell.trial_path(&trial)).await;
        assert!(page.body.contains("name=\"postal_code\"") && page.body.contains(&service.address), "{}", page.body);
        let sealed = scene.pedell.seal_trial(&trial);
        let ask = async |student: Student| {
            let mut form = fields(student);
            form.push(("trial", &sealed));
            browser.post("/try", &form).await
        };
        let fault = ask(Student { born: "31.02.2003", ..ZOE }).await;
        assert!(fault.status == 422 && fault.body.contains("id=\"birth_date-fault\""), "{}", fault.body);
        assert_eq!(service.asked().0, 0);
        let report = ask(ZOE).await;
        assert!(report.body.contains("&#60;token&#62;********&#60;/token&#62;"), "{}", report.body);
        assert!(report.body.contains("200 OK") && !report.body.contains("3423k24"), "{}", report.body);
        assert!(report.body.contains("Berechtigt"), "{}", report.body);
        service.now(Does::Denies("5"));
        let report = ask(ZOE).await;
        assert!(report.body.contains("Exmatrikuliert") && report.body.contains("wrong_semester"), "{}", report.body);
        service.now(Does::Fails(503));
        let report = ask(ZOE).await;
        assert!(report.body.contains("source_overloaded"), "{}", report.body);
        assert_eq!(service.asked().0, 3, "once each");
        let rows: Vec<(String,)> = scene.rows_behind_the_back("SELECT id FROM @verifications").await;
        assert!(rows.is_empty(), "nothing is recorded as a verification");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trial_is_no_way_to_guess_and_what_the_service_says_stays_on_its_page() {
    on_each_engine(async |scene| {
        let service = Service::start();
        service.connect(&scene, "").await;
        let node = scene.place.open_with(scene.clock.clone(), |s| s.failed_attempts_per_number = 5).await;
        let site = Site::open(&node).await;
        let ada = policy::operator_as(&scene.university.id, "ada".parse().unwrap());
        let trial = scene.pedell.begin_trial(&ada).await.unwrap();
        let sealed = scene.pedell.seal_trial(&trial);
        let browser = site.browser();
        browser.get(&scene.pedell.trial_path(&trial)).await;
        let ask = async |student: Student| {
            let mut form = fields(student);
            form.push(("trial", &sealed));
            browser.post("/try", &form).await.body
        };
        service.now(Does::Says(FAULT));
        let page = ask(JONAS).await;
        assert!(page.contains("soap_fault") && page.contains("Max Mustermann"), "{page}");
        let kept: Vec<(String,)> = scene.rows_behind_the_back("SELECT detail FROM @audit").await;
        assert!(kept.iter().any(|(detail,)| detail.contains("soap_fault")), "{kept:?}");
        assert!(!kept.iter().any(|(detail,)| detail.contains("Mustermann")), "{kept:?}");
        service.now(Does::Denies("0"));
        let mut asked = 1;
        while !ask(ZOE).await.contains("too_many_attempts") {
            asked += 1;
            assert!(asked < limits::TRIAL_QUESTIONS, "a number's guesses are bounded");
        }
        service.asked();
        service.now(Does::Confirms);
        assert!(ask(ZOE).await.contains("too_many_attempts"));
        assert_eq!(service.asked().0, 0);
        asked += 2;
        while asked < limits::TRIAL_QUESTIONS {
            assert!(ask(JONAS).await.contains("200 OK"), "{asked}");
            asked += 1;
        }
        service.asked();
        assert!(ask(JONAS).await.contains("too_many_tries"), "a link's questions are bounded");
        assert_eq!(service.asked().0, 0);
    })
    .await;
}
