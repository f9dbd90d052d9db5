//! Certificates of the people who work here: issued for a person and a machine, asked for, taken back; and why somebody
//! is kept out. Each rule that a door stands on has a line here that fails without it.

use std::{fs, process::Command, sync::Arc, time::Duration};

use pedell::{
    base::{Clock, Random, secret::PlainToken},
    domain::{
        certificate::{CertificatePolicy, CertificateRefusal, MachineName, RevocationReason, Serial},
        policy,
    },
    flow::{
        Pedell,
        authority::AuthorityRefusal,
        certificate_rules::RulesChange,
        staff::{StaffError, Visitor},
        staff_certificate::IssuedCertificate,
        staff_login::LoginAnswer,
        staff_sessions::{SessionFound, StaffSession},
    },
    protocol::x509::{ShownCertificate, pem},
};
use rcgen::{CertificateParams, KeyPair};

use super::cast::{Cast, Person, SENTENCE, key_of, visitor};
use crate::{
    scene::{Scene, on_each_engine},
    site::between,
};

type Shown = Option<Arc<ShownCertificate>>;

/// A request for a fresh key, in PEM.
pub(crate) fn request() -> String {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(["forged.example".to_owned()]).unwrap();
    params.distinguished_name.push(rcgen::DnType::CommonName, "Somebody Else");
    pem::encode("CERTIFICATE REQUEST", params.serialize_request(&key).unwrap().der())
}

/// The first certificate of a PEM text, as if it had been shown.
pub(crate) fn shown(text: &str) -> Shown {
    use rustls::pki_types::{CertificateDer, pem::PemObject};
    let der = CertificateDer::pem_slice_iter(text.as_bytes()).next().unwrap().unwrap();
    ShownCertificate::new(der.to_vec(), Vec::new()).map(Arc::new)
}

fn machine(name: &str) -> MachineName {
    MachineName::parse(name).unwrap()
}

pub(crate) fn with(certificate: &Shown) -> Visitor {
    Visitor { certificate: certificate.clone(), ..visitor() }
}

async fn issued(cast: &Cast, by: &Person, to: &Person) -> IssuedCertificate {
    let by = by.session(&cast.pedell).await;
    cast.pedell.issue_certificate(&by, &to.id, &machine("Notebook 7"), &request()).await.unwrap()
}

/// Their password, with this certificate.
pub(crate) async fn log_in(
    pedell: &Pedell,
    who: &Person,
    certificate: &Shown,
) -> Result<PlainToken, CertificateRefusal> {
    match pedell.staff_login(&who.login, &SENTENCE.into(), &with(certificate)).await.unwrap() {
        LoginAnswer::Begun(token) => Ok(token),
        LoginAnswer::Certificate(refusal) => Err(refusal),
        other => panic!("{other:?}"),
    }
}

/// A request of that session, with this certificate.
async fn ask(pedell: &Pedell, token: &PlainToken, certificate: &Shown) -> Result<StaffSession, CertificateRefusal> {
    match pedell.staff_session_with(token, certificate.as_ref()).await.unwrap() {
        SessionFound::Goes(session) => Ok(*session),
        SessionFound::Certificate(refusal) => Err(refusal),
        SessionFound::None => panic!("there is no session"),
    }
}

/// A session of theirs with everything proven, and its token.
async fn whole(cast: &Cast, scene: &Scene, who: &Person, certificate: &Shown) -> (PlainToken, StaffSession) {
    scene.clock.advance(Duration::from_secs(30));
    let half = log_in(&cast.pedell, who, certificate).await.unwrap();
    let session = ask(&cast.pedell, &half, certificate).await.unwrap();
    let code = who.code(&cast.pedell);
    let token = cast.pedell.prove_factor(&session, &code, &with(certificate)).await.unwrap().token;
    let session = ask(&cast.pedell, &token, certificate).await.unwrap();
    (token, session)
}

async fn set(cast: &Cast, policy: CertificatePolicy) {
    let scope = policy::operator(&cast.university);
    cast.pedell.change_certificate_rules_as(&scope, RulesChange::Policy(policy)).await.unwrap();
}

async fn refusals(cast: &Cast) -> Vec<String> {
    let entries = cast.pedell.stores().control().audit_after(0).await.unwrap();
    let of = |entry: &pedell::store::AuditEntry| {
        let detail: serde_json::Value = serde_json::from_str(&entry.detail).unwrap();
        (entry.kind == "certificate.refused").then(|| detail["reason"].as_str().unwrap().to_owned())
    };
    entries.iter().filter_map(of).collect()
}

async fn begin(scene: &Scene) -> Cast {
    let cast = Cast::of(scene).await;
    cast.pedell.create_authority("Pedell", false, &policy::Actor::Operator).await.unwrap();
    cast
}

#[tokio::test]
async fn where_certificates_are_required_only_ones_own_good_one_opens() {
    on_each_engine(async |scene| {
        let cast = begin(&scene).await;
        let pedell = &cast.pedell;
        let own = issued(&cast, &cast.manager, &cast.office).await;
        let revoked = issued(&cast, &cast.manager, &cast.office).await;
        let anothers = issued(&cast, &cast.manager, &cast.manager).await;
        let by = cast.manager.session(pedell).await;
        pedell.revoke_certificate(&by, revoked.serial, RevocationReason::KeyCompromise).await.unwrap();
        let foreign = rcgen::generate_simple_self_signed(["x".to_owned()]).unwrap();
        let foreign = ShownCertificate::new(foreign.cert.der().to_vec(), vec![]).map(Arc::new);
        set(&cast, CertificatePolicy::Required).await;

        let who = &cast.office;
        assert_eq!(log_in(pedell, who, &None).await.unwrap_err(), CertificateRefusal::Missing);
        assert_eq!(log_in(pedell, who, &shown(&revoked.pem)).await.unwrap_err(), CertificateRefusal::Revoked);
        assert_eq!(log_in(pedell, who, &shown(&anothers.pem)).await.unwrap_err(), CertificateRefusal::NotTheirs);
        assert_eq!(log_in(pedell, who, &foreign).await.unwrap_err(), CertificateRefusal::Foreign);
        // Who does not know the password is not told that a certificate is asked for.
        let guess = pedell.staff_login(&who.login, &"a wrong guess".into(), &visitor()).await.unwrap();
        assert!(matches!(guess, LoginAnswer::Refused), "{guess:?}");
        let mine = shown(&own.pem);
        let token = log_in(pedell, who, &mine).await.unwrap();
        assert!(ask(pedell, &token, &mine).await.unwrap().certificate.is_some());
        scene.clock.advance(Duration::from_secs(366 * 86_400));
        assert_eq!(log_in(pedell, who, &mine).await.unwrap_err(), CertificateRefusal::Expired);
        assert_eq!(refusals(&cast).await, ["missing", "revoked", "not_theirs", "foreign", "expired"]);
    })
    .await;
}

#[tokio::test]
async fn a_session_belongs_to_the_certificate_that_it_began_with() {
    on_each_engine(async |scene| {
        let cast = begin(&scene).await;
        let pedell = &cast.pedell;
        let first = shown(&issued(&cast, &cast.manager, &cast.office).await.pem);
        let second = shown(&issued(&cast, &cast.manager, &cast.office).await.pem);
        let unbound = log_in(pedell, &cast.office, &first).await.unwrap();
        assert!(ask(pedell, &unbound, &None).await.is_ok(), "where certificates play no part nothing is bound");
        set(&cast, CertificatePolicy::Optional).await;
        let free = log_in(pedell, &cast.office, &None).await.unwrap();
        assert!(ask(pedell, &free, &None).await.is_ok(), "without one it goes on without one");
        let (bound, _) = whole(&cast, &scene, &cast.office, &first).await;
        assert!(ask(pedell, &bound, &first).await.is_ok());
        assert_eq!(ask(pedell, &bound, &None).await.unwrap_err(), CertificateRefusal::Missing);
        assert_eq!(ask(pedell, &bound, &second).await.unwrap_err(), CertificateRefusal::Another, "their own, too");
        assert!(pedell.staff_session(&bound).await.unwrap().is_none(), "whoever does not ask gets none");
        set(&cast, CertificatePolicy::Off).await;
        assert_eq!(ask(pedell, &bound, &None).await.unwrap_err(), CertificateRefusal::Missing, "it stays bound");
        set(&cast, CertificatePolicy::Required).await;
        for token in [&free, &unbound] {
            assert_eq!(ask(pedell, token, &first).await.unwrap_err(), CertificateRefusal::Missing, "began without");
        }
        assert!(ask(pedell, &bound, &first).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn what_is_taken_back_opens_nothing_from_the_next_request_on() {
    on_each_engine(async |scene| {
        let cast = begin(&scene).await;
        let pedell = &cast.pedell;
        let certificate = issued(&cast, &cast.manager, &cast.office).await;
        let mine = shown(&certificate.pem);
        set(&cast, CertificatePolicy::Required).await;
        let (token, session) = whole(&cast, &scene, &cast.office, &mine).await;
        assert!(session.is_in());
        let before = pedell.revocation_list().await.unwrap().unwrap();
        let scope = policy::operator(&cast.university);
        let stored = pedell.stores().control().certificate(certificate.serial).await.unwrap().unwrap();
        pedell.revoke_as(&scope, &stored, RevocationReason::Superseded).await.unwrap();
        assert_eq!(ask(pedell, &token, &mine).await.unwrap_err(), CertificateRefusal::Revoked);
        assert_ne!(pedell.revocation_list().await.unwrap().unwrap(), before, "and the public list says so at once");
        let again = pedell.revoke_as(&scope, &stored, RevocationReason::Superseded).await;
        assert!(matches!(again, Err(StaffError::NotFound)), "once");
        assert!(pedell.stores().control().verify_audit().await.unwrap().fault.is_none());
    })
    .await;
}

#[tokio::test]
async fn nobody_shuts_themselves_out() {
    on_each_engine(async |scene| {
        let cast = begin(&scene).await;
        let pedell = &cast.pedell;
        let mine = shown(&issued(&cast, &cast.manager, &cast.manager).await.pem);
        let required = || RulesChange::Policy(CertificatePolicy::Required);
        let change =
            async |by: &StaffSession, change| pedell.change_certificate_rules(by, &cast.university, change).await;
        let without = cast.manager.session(pedell).await;
        assert!(matches!(change(&without, required()).await, Err(StaffError::LockOut)), "none in this session");
        change(&without, RulesChange::Policy(CertificatePolicy::Optional)).await.unwrap();
        let (_, with) = whole(&cast, &scene, &cast.manager, &mine).await;
        change(&with, required()).await.unwrap();
        scene.clock.advance(Duration::from_secs(301));
        assert!(matches!(change(&with, required()).await, Err(StaffError::StepUp)), "it takes a fresh factor");
    })
    .await;
}

#[tokio::test]
async fn an_invitation_is_no_way_around() {
    on_each_engine(async |scene| {
        let cast = begin(&scene).await;
        let pedell = &cast.pedell;
        let by = cast.manager.session(pedell).await;
        let new = super::cast::new_staff("office-02", pedell::domain::staff::Rank::OrganizerStaff, None);
        let (id, invitation) = pedell.invite_staff(&by, &cast.university, new).await.unwrap();
        let made = pedell.issue_certificate(&by, &id, &machine("PC"), &request()).await.unwrap();
        set(&cast, CertificatePolicy::Required).await;
        let code = super::cast::code_of(&invitation);
        let accept = async |shown: Shown| pedell.accept_invitation(&code, &SENTENCE.into(), &with(&shown)).await;
        let refused = accept(None).await;
        assert!(matches!(refused, Err(StaffError::Certificate(CertificateRefusal::Missing))), "{refused:?}");
        assert!(accept(shown(&made.pem)).await.is_ok(), "the link is not used up by that");
    })
    .await;
}

#[tokio::test]
async fn a_manager_issues_and_revokes_within_reach_and_with_a_fresh_factor() {
    on_each_engine(async |scene| {
        let cast = begin(&scene).await;
        let pedell = &cast.pedell;
        let issue = async |by: &Person, to: &Person| {
            let by = by.session(pedell).await;
            pedell.issue_certificate(&by, &to.id, &machine("PC"), &request()).await
        };
        let clerks = issue(&cast.outlet_manager, &cast.clerk).await.unwrap();
        let chiefs = issue(&cast.agency_manager, &cast.agency_manager).await.unwrap();
        for (by, to) in [
            (&cast.outlet_manager, &cast.agency_manager),
            (&cast.senior, &cast.clerk),
            (&cast.stranger, &cast.office),
            (&cast.operator, &cast.office),
        ] {
            assert!(matches!(issue(by, to).await, Err(StaffError::NotFound)), "{} for {}", by.login, to.login);
        }
        let by = cast.outlet_manager.session(pedell).await;
        let seen = pedell.certificates(&by, &cast.agency).await.unwrap();
        assert_eq!(seen.len(), 1, "their outlet's");
        assert_eq!((seen[0].machine.as_str(), &seen[0].member.id), ("PC", &cast.clerk.id));
        let revoke = async |serial| pedell.revoke_certificate(&by, serial, RevocationReason::Unspecified).await;
        assert!(matches!(revoke(chiefs.serial).await, Err(StaffError::NotFound)));
        assert!(matches!(revoke(Serial::fresh(&Random::default())).await, Err(StaffError::NotFound)));
        revoke(clerks.serial).await.unwrap();
        scene.clock.advance(Duration::from_secs(301));
        assert!(matches!(issue(&cast.agency_manager, &cast.clerk).await, Err(StaffError::StepUp)));
    })
    .await;
}

#[tokio::test]
async fn without_an_authority_nobody_gets_one_and_a_new_authority_ends_the_old() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let pedell = &cast.pedell;
        let by = cast.manager.session(pedell).await;
        let none = pedell.issue_file(&by, &cast.office.id, &machine("PC")).await;
        assert!(matches!(none, Err(StaffError::NoAuthority)));
        assert!(pedell.revocation_list().await.unwrap().is_none());
        let operator = policy::Actor::Operator;
        pedell.create_authority("Pedell", false, &operator).await.unwrap();
        let again = pedell.create_authority("Pedell", false, &operator).await;
        assert!(matches!(again, Err(AuthorityRefusal::Exists)));
        let mine = shown(&issued(&cast, &cast.manager, &cast.office).await.pem);
        set(&cast, CertificatePolicy::Required).await;
        log_in(pedell, &cast.office, &mine).await.unwrap();
        let before = pedell.authority().await.unwrap().unwrap();
        pedell.renew_authority(&operator).await.unwrap();
        let after = pedell.authority().await.unwrap().unwrap();
        assert_ne!(after.certificate.der(), before.certificate.der());
        assert_eq!(after.certificate.public_key_info, before.certificate.public_key_info);
        log_in(pedell, &cast.office, &mine).await.expect("renewed for the same key");
        pedell.create_authority("Pedell 2", true, &operator).await.unwrap();
        assert_eq!(log_in(pedell, &cast.office, &mine).await.unwrap_err(), CertificateRefusal::Revoked);
    })
    .await;
}

/// What the console shows once, and the file behind it.
#[tokio::test]
async fn the_console_gives_a_file_once_and_to_its_session_only() {
    on_each_engine(async |scene| {
        let cast = begin(&scene).await;
        let site = scene.site().await;
        let browser = cast.manager.browser(&site);
        let page = browser.get("/staff/certificates").await;
        assert!(page.status == 200 && page.body.contains("Pedell"), "{}", page.body);
        let key = key_of(&browser).await;
        let (tenant, person) = (cast.university.as_str(), cast.office.id.as_str());
        let form = [
            ("form_key", key.as_str()),
            ("tenant", tenant),
            ("person", person),
            ("machine", "Notebook <7>"),
            ("request", ""),
        ];
        let page = browser.post("/staff/certificates/issue", &form).await;
        assert!(page.body.contains("Notebook &#60;7&#62;"), "{}", page.body);
        let sealed = between(&page.body, "name=\"sealed\" value=\"", "\"").unwrap();
        let password = between(&page.body, "<code id=\"file-password\">", "</code>").unwrap();
        let take = async |sealed: &str| {
            browser.post("/staff/certificates/file", &[("form_key", key.as_str()), ("sealed", sealed)]).await
        };
        let file = take(&sealed).await;
        assert_eq!((file.status, file.header("content-type")), (200, "application/x-pkcs12"));
        assert_eq!(take("x").await.status, 404);
        let thief = cast.second_manager.browser(&site);
        let other_key = key_of(&thief).await;
        let form = [("form_key", other_key.as_str()), ("sealed", sealed.as_str())];
        assert_eq!(thief.post("/staff/certificates/file", &form).await.status, 404, "another session's");
        assert_eq!(password.len(), 23);
        let list = browser.get("/staff/certificates").await.body;
        assert!(!list.contains(&password) && !list.contains("name=\"sealed\""), "not kept");
        scene.clock.advance(Duration::from_secs(601));
        assert_eq!(take(&sealed).await.status, 404, "too old");
        let serial = between(&list, "name=\"serial\" value=\"", "\"").unwrap();
        let form = [("form_key", key.as_str()), ("serial", serial.as_str()), ("reason", "key_compromise")];
        assert_eq!(browser.post("/staff/certificates/revoke", &form).await.status, 303);
        let list = browser.get("/staff/certificates").await.body;
        assert!(!list.contains("name=\"serial\""), "there is nothing left to revoke");
        for (path, kind) in [
            ("/ca/crl", "application/pkix-crl"),
            ("/ca/certificate", "application/pkix-cert"),
            ("/ca/chain", "application/pem-certificate-chain"),
        ] {
            let answer = browser.get(path).await;
            assert_eq!((answer.status, answer.header("content-type")), (200, kind), "{path}");
        }
    })
    .await;
}

/// Runs openssl in a folder; its words, and whether it was content.
fn openssl(folder: &std::path::Path, arguments: &str) -> (bool, String) {
    let output = Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

#[tokio::test]
async fn openssl_verifies_the_chain_the_purpose_and_the_list() {
    on_each_engine(async |scene| {
        let cast = begin(&scene).await;
        let pedell = &cast.pedell;
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
        let list = async || {
            put("list.der", &pedell.revocation_list().await.unwrap().unwrap());
            assert!(openssl(folder.path(), "crl -inform der -in list.der -out list.pem").0);
            openssl(folder.path(), "crl -in list.pem -noout -text -CAfile root.pem").1
        };
        let (good, bad) =
            (issued(&cast, &cast.manager, &cast.office).await, issued(&cast, &cast.manager, &cast.office).await);
        put("root.pem", pedell.authority().await.unwrap().unwrap().chain_pem().as_bytes());
        put("good.pem", good.pem.as_bytes());
        put("bad.pem", bad.pem.as_bytes());
        let first = list().await;
        assert!(first.contains("verify OK") && first.contains("No Revoked Certificates"), "{first}");
        let by = cast.manager.session(pedell).await;
        pedell.revoke_certificate(&by, bad.serial, RevocationReason::KeyCompromise).await.unwrap();
        let second = list().await;
        assert!(second.contains("verify OK") && second.contains("Key Compromise"), "{second}");
        let number = |text: &str| -> i64 {
            let text = text.split("X509v3 CRL Number:").nth(1).unwrap();
            text.split_whitespace().next().unwrap().trim_start_matches("0x").parse().unwrap()
        };
        assert!(number(&second) > number(&first));
        let at = scene.clock.now().as_seconds();
        let verify = |name: &str, purpose: &str| {
            let arguments = format!(
                "verify -attime {at} -x509_strict -purpose {purpose} -crl_check -CAfile root.pem -CRLfile list.pem {name}"
            );
            openssl(folder.path(), &arguments)
        };
        let (is_good, said) = verify("good.pem", "sslclient");
        assert!(is_good, "{said}");
        let (is_good, said) = verify("bad.pem", "sslclient");
        assert!(!is_good && said.contains("certificate revoked"), "{said}");
        assert!(!verify("good.pem", "sslserver").0, "it is for clients only");
        let text = openssl(folder.path(), "x509 -in good.pem -noout -text").1;
        for part in [
            "CA:FALSE",
            "TLS Web Client Authentication",
            "X509v3 Subject Key Identifier",
            "X509v3 Authority Key Identifier",
            "/ca/crl",
            "Name of office-01",
            "Notebook 7",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("Somebody Else") && !text.contains("forged.example"), "names are ours: {text}");
        // The list is made anew before it ends, without anybody revoking.
        scene.clock.advance(Duration::from_secs(4 * 86_400));
        assert!(number(&list().await) > number(&second));
    })
    .await;
}

#[tokio::test]
async fn a_root_that_is_kept_elsewhere_signs_ours_and_no_other() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let pedell = &cast.pedell;
        let operator = policy::Actor::Operator;
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
        let run = |arguments: &str| {
            let (done, said) = openssl(folder.path(), arguments);
            assert!(done, "{arguments}: {said}");
        };
        for root in ["root", "other"] {
            run(&format!(
                "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj /CN={root} \
                 -addext keyUsage=critical,keyCertSign,cRLSign -keyout {root}.key -out {root}.pem"
            ));
        }
        put("request.csr", &pedell.request_authority("Pedell", false, &operator).await.unwrap());
        put("ca.ext", "basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n");
        put("leaf.ext", "basicConstraints=critical,CA:FALSE\n");
        for (root, ext, name) in [("root", "ca", "good"), ("root", "leaf", "leaf"), ("other", "ca", "wrong")] {
            run(&format!(
                "x509 -req -in request.csr -CA {root}.pem -CAkey {root}.key -CAcreateserial -days 365 \
                 -extfile {ext}.ext -out {name}.pem"
            ));
        }
        // openssl has no other clock than the machine's.
        let behind = u64::try_from(Clock::default().now().as_seconds()).unwrap();
        let ours = u64::try_from(scene.clock.now().as_seconds()).unwrap();
        scene.clock.advance(Duration::from_secs(behind.saturating_sub(ours) + 60));
        let import = async |certificate: &str, root: &str| {
            pedell.import_authority(&read(certificate), &read(root), &operator).await
        };
        assert!(import("leaf.pem", "root.pem").await.is_err(), "no authority's");
        assert!(import("wrong.pem", "root.pem").await.is_err(), "another root's");
        assert!(import("root.pem", "root.pem").await.is_err(), "another key's");
        assert!(pedell.authority().await.unwrap().is_none(), "nothing was taken up");
        import("good.pem", "root.pem").await.unwrap();
        let by = policy::operator(&cast.university);
        let stored = pedell.staff_named(&cast.office.login.parse().unwrap()).await.unwrap().unwrap();
        let made = pedell.issue_by_request(&by, &stored, &machine("PC"), &request()).await.unwrap();
        put("person.pem", &made.pem);
        put("chain.pem", &pedell.authority().await.unwrap().unwrap().chain_pem());
        fs::write(folder.path().join("list.der"), pedell.revocation_list().await.unwrap().unwrap()).unwrap();
        run("crl -inform der -in list.der -out list.pem");
        let at = scene.clock.now().as_seconds();
        run(&format!(
            "verify -attime {at} -purpose sslclient -crl_check -CAfile root.pem -untrusted chain.pem -CRLfile list.pem \
             person.pem"
        ));
        assert_eq!(made.pem.matches("BEGIN CERTIFICATE").count(), 3, "person, ours, root");
        let request = pedell.renew_authority(&operator).await.unwrap().expect("the root is elsewhere");
        assert!(request.contains("BEGIN CERTIFICATE REQUEST"));
    })
    .await;
}

/// The owner on their overview, and whoever looks after them.
#[tokio::test]
async fn who_has_a_certificate_that_ends_soon_is_told() {
    on_each_engine(async |scene| {
        let cast = begin(&scene).await;
        let pedell = &cast.pedell;
        let mine = shown(&issued(&cast, &cast.manager, &cast.manager).await.pem);
        set(&cast, CertificatePolicy::Optional).await;
        let (_, early) = whole(&cast, &scene, &cast.manager, &mine).await;
        assert_eq!(pedell.own_certificate_ends(&early).await.unwrap(), None);
        scene.clock.advance(Duration::from_secs(336 * 86_400));
        let (token, late) = whole(&cast, &scene, &cast.manager, &mine).await;
        assert!(pedell.own_certificate_ends(&late).await.unwrap().is_some());
        drop(token);
        // Another session, without it: their manager's view is the same.
        scene.clock.advance(Duration::from_secs(30));
        let half = pedell.staff_session(&cast.second_manager.password(pedell).await).await.unwrap().unwrap();
        let proven = pedell.prove_factor(&half, &cast.second_manager.code(pedell), &visitor()).await.unwrap();
        let site = scene.site().await;
        let browser = site.browser();
        browser.jar().insert(super::cast::COOKIE.to_owned(), proven.token.expose().to_owned());
        let overview = browser.get("/staff").await.body;
        let says = |page: &str, sentences: [&str; 2]| sentences.iter().any(|sentence| page.contains(sentence));
        assert!(says(&overview, ["Ein Zertifikat läuft bald ab", "One certificate ends soon"]), "{overview}");
        let list = browser.get("/staff/certificates").await.body;
        assert!(says(&list, ["Gültig, läuft bald ab", "Valid, ends soon"]), "{list}");
    })
    .await;
}
