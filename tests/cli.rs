//! An operator's day with the real program, on SQLite and, where `PEDELL_TEST_POSTGRES` names a server, on PostgreSQL:
//! from an empty folder to a verified token and a verified audit trail, and every command used wrongly.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has to fail")]

#[path = "running/document.rs"]
mod document;
#[path = "running/process.rs"]
mod process;
#[path = "running/program.rs"]
mod program;
#[path = "running/student.rs"]
mod student;

use std::{
    env, fs,
    net::{Ipv4Addr, TcpListener},
    process::Command,
};

use pedell::{
    base::{Clock, Random, id},
    peers::{http::Http, outbound::Outbound},
    vault::{SigningAlgorithm, SigningKey},
};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use tempfile::TempDir;

use crate::{document::add, process::Running, program::Program};

const REDIRECT_URI: &str = "http://127.0.0.1:9/callback";
/// RFC 7636 appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

const UNIVERSITY: &str = r#"
name_de = "Universität Beispielstadt"
name_en = "University of Beispielstadt"
calendar = { summer_month = 4, winter_month = 10 }
"#;
const SHOP: &str = r#"
name = "Ticketshop"
authentication = "client_secret_basic"
[kind.issuer]
redirect_uris = ["http://127.0.0.1:9/callback"]
claims = ["given_name", "family_name", "birthdate"]
[[kind.issuer.products]]
key = "ticket"
name_de = "Semesterticket"
name_en = "Semester ticket"
rule = { version = 1 }
"#;

#[tokio::test]
async fn an_instance_is_set_up_used_and_checked_on_sqlite() {
    let folder = TempDir::new().unwrap();
    a_day(&folder, "sqlite:data").await;
}

#[tokio::test]
async fn an_instance_is_set_up_used_and_checked_on_postgresql() {
    let Some(server) = env::var("PEDELL_TEST_POSTGRES").ok().filter(|url| !url.is_empty()) else {
        eprintln!("NOT RUN on PostgreSQL: PEDELL_TEST_POSTGRES names no server (tests/run starts one)");
        return;
    };
    let name = format!("test_{}", id::fresh(&Clock::default(), &Random::default()).to_lowercase());
    let mut connection = PgConnection::connect(&server).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut connection).await.unwrap();
    let mut url = url::Url::parse(&server).unwrap();
    url.set_path(&name);
    let folder = TempDir::new().unwrap();
    a_day(&folder, url.as_str()).await;
    sqlx::raw_sql(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).execute(&mut connection).await.unwrap();
}

async fn a_day(folder: &TempDir, database: &str) {
    let address = free_address();
    let public_url = format!("http://{address}");
    let program = Program::new(
        folder.path(),
        &format!(
            "[server]\nlisten = \"{address}\"\npublic_url = \"{public_url}\"\n[database]\nurl = \"{database}\"\n\
             [keys]\nmaster_key_file = \"master.key\"\n[log]\nfilter = \"warn,pedell=info,sqlx=error\"\n"
        ),
    );
    let secret = set_up(&program);
    let mut service = serve(&program);

    let token = buy(&public_url, &secret).await.expect("a token");
    verify(&program, &public_url, &token).await;
    let before = keys(&program, "active");
    let active = program.done(&["keys", "rotate"]);
    assert_ne!(before, active);
    assert_eq!(keys(&program, "active"), active);
    assert_eq!(keys(&program, "retired"), before, "its tokens are still under way");
    let jwks = format!("{public_url}/jwks.json");
    program.done(&["token", "verify", &token, "--jwks", &jwks, "--issuer", &public_url]);
    assert_eq!(program.done(&["keys", "rotate", "--university", "uni-beispielstadt"]), "version 2");
    buy(&public_url, &secret).await.expect("the list still opens under the new version");

    program.done(&["client", "block", "shop"]);
    assert_eq!(buy(&public_url, &secret).await, Err("400".to_owned()), "a blocked client is unknown");
    program.done(&["client", "unblock", "shop"]);
    let renewed = program.done(&["client", "secret", "shop"]);
    assert_eq!(buy(&public_url, &secret).await, Err("invalid_client".to_owned()), "the old secret is over");
    buy(&public_url, &renewed).await.expect("the new one is good");

    accounts(&program);
    audit(&program);
    assert!(service.end().success(), "SIGTERM ends it in peace");
    lose_a_universitys_half(&program);
    if database.starts_with("sqlite:") {
        tamper(&program).await;
    }
    lose_the_master_key(&program);
}

/// From nothing to an instance that `doctor` finds well. The shop's secret.
fn set_up(program: &Program) -> String {
    let doctor = |expected: i32| {
        let answer = program.run(&["doctor"]);
        assert_eq!(answer.code, Some(expected), "{}{}", answer.out, answer.err);
        answer.out
    };
    assert!(doctor(1).contains("FAULT master key: the master key file master.key"));
    assert_eq!(program.done(&["keys", "init"]), "master.key");
    assert_fails(program, &["keys", "init"], "exists");
    assert!(doctor(0).contains("ok    signing keys: "));

    let added = add(program, "university", "uni-beispielstadt", UNIVERSITY);
    assert!(added.starts_with("uni-beispielstadt "), "{added}");
    assert!(doctor(1).contains("FAULT university uni-beispielstadt: there is no list for "));
    let list = "Matrikelnummer;Nachname;Vorname;Geburtsdatum\r\n\
                0012345;Müller;Jana Sophie;17.04.2003\r\n0012346;Öz;Ayşe;01.02.2004\r\n";
    fs::write(program.folder.join("liste.csv"), list).unwrap();
    let semester = semester_of(&doctor(1));
    let roster =
        |verb| program.done(&["roster", verb, "--university=uni-beispielstadt", "--semester", &semester, "liste.csv"]);
    assert!(roster("preview").contains("nothing was changed"));
    assert!(roster("import").contains("imported, in force now"));
    assert!(doctor(0).contains("2 students on the list of "));

    let secret = add(program, "client", "shop", SHOP);
    assert_eq!(secret.len(), 43, "256 bits in base64url");
    assert_fails(program, &["client", "add", "shop", "shop.toml"], "there is a client shop already");
    assert_eq!(program.done(&["client", "list"]), "shop\tactive\tTicketshop");
    assert!(program.done(&["university", "list"]).ends_with("\tUniversität Beispielstadt"));
    fs::write(program.folder.join("changed.toml"), UNIVERSITY.replace("name_en", "place = \"Beispielstadt\"\nname_en"))
        .unwrap();
    program.done(&["university", "change", "uni-beispielstadt", "changed.toml"]);
    program.done(&["client", "change", "shop", "shop.toml"]);
    secret
}

/// A federation's key: nobody has the private half.
const FEDERATION_KEY: &str = "-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE3y0lQwmMfXS/B3EB/jPE79fPMgmP
zL4jhUsBJCOr5Jyp+dtMtIq3Ro+m+of5fBIl0HhQgrwkYKV7zPjZ4pCCjA==
-----END PUBLIC KEY-----
";

#[tokio::test]
async fn a_federation_that_is_away_keeps_nobody_waiting_and_the_doctor_says_so() {
    let folder = TempDir::new().unwrap();
    let address = free_address();
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap(); // takes connections, says nothing
    let away = free_address();
    let configuration = format!(
        "[server]\nlisten = \"{address}\"\npublic_url = \"http://{address}\"\n[database]\nurl = \"sqlite:data\"\n\
         [keys]\nmaster_key_file = \"master.key\"\n[outbound]\nallowed = [\"127.0.0.1\"]\n\
         [[saml.federation]]\nname = \"silent\"\nurl = \"http://{}/a.xml\"\nsigning_certificates = [\"aai.pem\"]\n\
         [[saml.federation]]\nname = \"away\"\nurl = \"http://{away}/b.xml\"\nsigning_certificates = [\"aai.pem\"]\n",
        silent.local_addr().unwrap()
    );
    let program = Program::new(folder.path(), &configuration);
    program.done(&["keys", "init"]);
    let without_key = program.run(&["serve"]);
    assert!(without_key.code == Some(1) && without_key.err.contains("federation silent, aai.pem"), "{without_key:?}");
    fs::write(folder.path().join("aai.pem"), FEDERATION_KEY).unwrap();
    let service = serve(&program);
    let ready = Http::new(Outbound::anywhere()).unwrap().get_text(&format!("http://{address}/readyz")).await;
    assert!(ready.is_ok(), "{ready:?}");
    let began = std::time::Instant::now();
    let doctor = loop {
        let doctor = program.run(&["doctor"]);
        assert_eq!(doctor.code, Some(1));
        if doctor.out.contains("FAULT federation away: there is no copy: federation_unreachable for 1 attempts") {
            break doctor.out;
        }
        assert!(began.elapsed() < std::time::Duration::from_secs(30), "{}", doctor.out);
    };
    assert!(doctor.contains("FAULT federation silent: there is no copy yet"), "{doctor}");
    drop(service);
}

/// The key of the semester that `doctor` misses a list for.
fn semester_of(doctor: &str) -> String {
    let (_, rest) = doctor.split_once("there is no list for ").expect("a missing list");
    rest.split(':').next().unwrap_or_default().to_owned()
}

/// A student's whole way. The eligibility token, or the error of whoever refused first.
async fn buy(public_url: &str, secret: &str) -> Result<String, String> {
    let http = Http::new(Outbound::anywhere()).unwrap();
    let request = format!(
        "{public_url}/authorize?client_id=shop&redirect_uri={REDIRECT_URI}&response_type=code&scope=openid+profile\
         &university=uni-beispielstadt&state=s&code_challenge={CHALLENGE}&code_challenge_method=S256"
    );
    let begun = http.get(&request).unwrap().send().await.unwrap().status();
    if !begun.is_redirection() {
        return Err(begun.as_u16().to_string());
    }
    let jana = json!({
        "matriculation_number": "0012345", "given_names": "jana", "family_name": "MUELLER", "birth_date": "2003-04-17",
    });
    let back = student::walk(&request, REDIRECT_URI, &jana).await;
    let code = back.query_pairs().find(|(name, _)| name == "code").expect("a code").1.into_owned();
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", REDIRECT_URI),
        ("code_verifier", VERIFIER),
    ];
    let answer = http.post(&format!("{public_url}/token")).unwrap().basic_auth("shop", Some(secret)).form(&form).send();
    let answer: Value = answer.await.unwrap().json().await.unwrap();
    answer["id_token"]
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| answer["error"].as_str().unwrap_or_default().to_owned())
}

async fn verify(program: &Program, public_url: &str, token: &str) {
    let jwks = Http::new(Outbound::anywhere()).unwrap().get_text(&format!("{public_url}/jwks.json")).await.unwrap();
    fs::write(program.folder.join("jwks.json"), jwks).unwrap();
    let base = ["token", "verify", token, "--jwks", "jwks.json", "--issuer", public_url];
    let with = |more: &[&'static str]| -> Vec<String> { base.iter().chain(more).map(ToString::to_string).collect() };
    let run = |arguments: &[String]| program.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    let claims: Value = serde_json::from_str(&run(&with(&["--audience", "shop"])).out).expect("the claims as JSON");
    assert_eq!(claims["family_name"], "Müller", "the university's spelling");
    assert_eq!(claims.get("birthdate"), None, "not asked for");
    assert_eq!(claims["semester"]["first_day"].as_str().map(str::len), Some(10));

    let piped = format!("printf %s '{token}' | \"$0\" token verify - --jwks jwks.json --issuer {public_url}");
    let piped = Command::new("sh").args(["-c", &piped, process::PEDELL]).current_dir(&program.folder).output().unwrap();
    assert!(piped.status.success(), "{}", String::from_utf8_lossy(&piped.stderr));

    for (more, reason) in [
        (vec!["--audience", "another"], "aud is another ticket issuer"),
        (vec!["--at", "2099-01-01T00:00:00Z"], "expired"),
        (vec!["--at", "2020-01-01T00:00:00Z"], "issued in the future"),
        (vec!["--at", "yesterday"], "--at is not a time"),
    ] {
        let answer = run(&with(&more));
        assert_eq!((answer.code, answer.out.as_str()), (Some(1), ""), "{more:?}");
        assert!(answer.err.contains(reason), "{}", answer.err);
    }
    let [header, _, signature] = token.split('.').collect::<Vec<_>>()[..] else { panic!("three parts") };
    let altered = format!("{header}.eyJpc3MiOiJ4In0.{signature}");
    for (token, jwks, issuer, reason) in [
        (altered.as_str(), "jwks.json", public_url, "refused: the signature does not verify"),
        ("not.a.token", "jwks.json", public_url, "refused: not a signed JWT"),
        (token, "jwks.json", "https://pedell.example", "refused: iss is another issuer"),
        (token, "missing.json", public_url, "missing.json: "),
        (token, "pedell.toml", public_url, "not a JWK set"),
        (token, "http://127.0.0.1:1/jwks.json", public_url, "error sending request"),
    ] {
        assert_fails(program, &["token", "verify", token, "--jwks", jwks, "--issuer", issuer], reason);
    }
}

fn accounts(program: &Program) {
    assert_eq!(program.done(&["account", "list-requests"]), "", "nobody has logged in");
    assert_eq!(program.done(&["account", "list-requests", "uni-beispielstadt"]), "");
    let anonymise = |university, account| ["account", "anonymise", university, account, "--by", "ada"];
    let unknown = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    assert_fails(program, &anonymise("uni-beispielstadt", unknown), "has no account 01ARZ3NDEKTSV4RRFFQ69G5FAV");
    assert_fails(program, &anonymise("uni-beispielstadt", "7"), "\"7\" is no account's number");
    assert_fails(program, &anonymise("nowhere", unknown), "there is no university nowhere");
}

fn audit(program: &Program) {
    let verified = program.done(&["audit", "verify"]);
    let lines: Vec<&str> = verified.lines().collect();
    assert!(lines[0].starts_with("instance: ") && lines[1].starts_with("uni-beispielstadt: "), "{verified}");
    assert!(lines.iter().all(|line| line.contains(" entries, whole, head ")), "{verified}");
    let exported = program.done(&["audit", "export", "--university", "uni-beispielstadt"]);
    let entries: Vec<Value> = exported.lines().map(|line| serde_json::from_str(line).expect("JSON lines")).collect();
    assert!(entries.iter().any(|entry| entry["kind"] == "token.issued"), "{exported}");
    for personal in ["Müller", "Jana", "0012345", "2003-04-17"] {
        assert!(!exported.contains(personal), "{personal} is in the audit trail");
    }
    assert!(program.done(&["audit", "export"]).contains("client.blocked"));
    let signed = program.done(&["audit", "checkpoint"]);
    fs::write(program.folder.join("kept.txt"), &signed).unwrap();
    let verified = program.done(&["audit", "verify", "--checkpoints", "kept.txt"]);
    assert!(verified.lines().all(|line| line.contains("signed up to")), "{verified}");
    assert!(program.done(&["audit", "export"]).contains("\"signed\":\"eyJ"));
    assert!(program.done(&["audit", "key"]).contains("\"Ed25519\""));
    let last = signed.trim_end().rsplit(' ').next().expect("a signed checkpoint");
    let (message, signature) = last.rsplit_once('.').expect("a signature");
    let forged: String = signature.chars().rev().collect();
    fs::write(program.folder.join("forged.txt"), format!("kept: {message}.{forged}\n")).unwrap();
    let answer = program.run(&["audit", "verify", "--checkpoints", "forged.txt"]);
    assert_eq!(answer.code, Some(1), "{}", answer.out);
    assert!(answer.out.contains("forged.txt, line 1: BROKEN"), "{}", answer.out);
    fs::write(program.folder.join("empty.txt"), "nothing\n").unwrap();
    assert_fails(program, &["audit", "verify", "--checkpoints", "empty.txt"], "there is no checkpoint in it");
}

fn lose_a_universitys_half(program: &Program) {
    assert_fails(
        program,
        &["keys", "delete", "--university", "uni-beispielstadt", "--really", "uni"],
        "the same university",
    );
    let deleted = ["keys", "delete", "--university", "uni-beispielstadt", "--really", "uni-beispielstadt"];
    assert_eq!(program.done(&deleted), "2 versions deleted");
    assert_fails(program, &["doctor"], "");
    program.done(&["audit", "verify"]); // the trail holds no personal data, so it is as good as before
}

fn lose_the_master_key(program: &Program) {
    fs::remove_file(program.folder.join("master.key")).unwrap();
    program.done(&["keys", "init"]);
    let answer = program.run(&["doctor"]);
    assert!(answer.out.contains("FAULT"), "another master key opens nothing: {}", answer.out);
}

/// Somebody with the database file changes an entry.
async fn tamper(program: &Program) {
    let file = program.folder.join("data/control.db");
    let mut database = SqliteConnection::connect(&format!("sqlite:{}", file.display())).await.unwrap();
    let change = "UPDATE audit SET detail = replace(detail, 'shop', 'shed') WHERE seq = 2";
    assert!(sqlx::raw_sql(change).execute(&mut database).await.is_err(), "not even by hand, at first");
    let open = format!("DROP TRIGGER audit_is_never_changed; {change}");
    sqlx::raw_sql(AssertSqlSafe(open)).execute(&mut database).await.unwrap();
    database.close().await.unwrap();
    let answer = program.run(&["audit", "verify"]);
    assert_eq!(answer.code, Some(1), "{}", answer.err);
    assert!(answer.out.contains("instance: BROKEN after "), "{}{}", answer.out, answer.err);
}

#[test]
fn wrong_use_says_what_is_wrong() {
    let folder = TempDir::new().unwrap();
    let program = Program::new(
        folder.path(),
        "[database]\nurl = \"sqlite:data\"\n[keys]\nmaster_key_file = \"keys/master.key\"\n",
    );
    assert_fails(&program, &["university", "list"], "keys/master.key");
    program.done(&["keys", "init"]);
    for (arguments, reason) in [
        (vec!["university", "add", "Großstadt", "x.toml"], "is no short name"),
        (vec!["university", "add", "uni", "missing.toml"], "missing.toml: No such file"),
        (vec!["roster", "list", "--university", "uni"], "there is no university uni"),
        (vec!["keys", "rotate", "--university", "uni"], "there is no university uni"),
        (
            vec!["counter", "grant", "tickets", "--issuer", "shop", "--product", "ticket", "--university", "uni"],
            "there is no such agency",
        ),
        (vec!["audit", "export", "--university", "uni"], "there is no university uni"),
        (vec!["client", "block", "shop"], "there is no client shop"),
        (vec!["client", "secret", "kiosk at the corner"], "is no client id"),
    ] {
        assert_fails(&program, &arguments, reason);
    }
    for arguments in [vec![], vec!["frobnicate"], vec!["token", "verify"], vec!["roster", "import", "x.csv"]] {
        let answer = program.run(&arguments);
        assert_eq!(answer.code, Some(2), "{arguments:?}");
        assert!(answer.err.contains("Usage:"), "{}", answer.err);
    }
}

#[test]
fn documents_with_mistakes_are_refused_with_the_line() {
    let folder = TempDir::new().unwrap();
    let program =
        Program::new(folder.path(), "[database]\nurl = \"sqlite:data\"\n[keys]\nmaster_key_file = \"master.key\"\n");
    program.done(&["keys", "init"]);
    let private = SigningKey::generate(SigningAlgorithm::Es256).unwrap();
    let mut jwk = json!(private.public());
    jwk["d"] = "c2VjcmV0".into();
    let with_key = |jwk: &Value| {
        SHOP.replace("\"client_secret_basic\"", &format!("{{ private_key_jwt = '{}' }}", json!({ "keys": [jwk] })))
    };
    let uploader = "name = \"U\"\nauthentication = \"client_secret_basic\"\nkind = \"roster_uploader\"\n";
    for (what, document, reason) in [
        ("client", SHOP.replace("claims", "claim"), "unknown field `claim`"),
        ("client", SHOP.replace("http://127.0.0.1:9", "http://shop.example"), "must be https"),
        ("client", SHOP.replace("birthdate", "matriculation_number"), "unknown variant `matriculation_number`"),
        ("client", SHOP.replace("version = 1", ""), "missing field `version`"),
        ("client", with_key(&jwk), "contains a private part"),
        (
            "client",
            with_key(&json!({ "kid": "a", "kty": "RSA", "n": "AQAB", "e": "AQAB" })),
            "RSA of at least 2048 bits",
        ),
        ("client", uploader.to_owned(), "an uploader needs --university"),
        ("university", UNIVERSITY.replace("= 4", "= 10"), "each lasts four months or more"),
        ("university", UNIVERSITY.replace("name_en", "name"), "unknown field `name`"),
    ] {
        fs::write(program.folder.join("document.toml"), document).unwrap();
        assert_fails(&program, &[what, "add", "somebody", "document.toml"], reason);
    }
    assert_eq!(program.done(&["client", "list"]) + &program.done(&["university", "list"]), "");
}

#[test]
fn all_faults_of_the_configuration_are_told_at_once() {
    let folder = TempDir::new().unwrap();
    let program = Program::new(
        folder.path(),
        "[server]\nlisten = \"everywhere\"\n[token]\n[students]\nfailed_attempts_per_number = 0\n",
    );
    for command in ["doctor", "serve"] {
        let answer =
            program.command(&[command]).env("PEDELL_SERVER__PUBLIC_ULR", "https://pedell.example").output().unwrap();
        assert_eq!(answer.status.code(), Some(1));
        let said = String::from_utf8([answer.stdout, answer.stderr].concat()).unwrap();
        for fault in ["pedell.toml:2", "[token]", "failed_attempts_per_number", "PEDELL_SERVER__PUBLIC_ULR"] {
            assert!(said.contains(fault), "{command} does not tell {fault}: {said}");
        }
    }
}

fn assert_fails(program: &Program, arguments: &[&str], reason: &str) {
    let answer = program.run(arguments);
    assert_eq!(answer.code, Some(1), "pedell {}: {}{}", arguments.join(" "), answer.out, answer.err);
    assert!(answer.err.contains(reason), "pedell {}: {:?} is not in {:?}", arguments.join(" "), reason, answer.err);
}

/// The kid of the signing key at this stage.
fn keys(program: &Program, stage: &str) -> String {
    let list = program.done(&["keys", "list"]);
    let found: Vec<&str> = list.lines().filter(|line| line.split('\t').nth(2) == Some(stage)).collect();
    let [key] = found[..] else { panic!("one {stage} key in {list}") };
    key.split('\t').next().unwrap_or_default().to_owned()
}

/// `pedell serve`, once it says that it is at the door.
fn serve(program: &Program) -> Running {
    let mut command = Command::new("sh");
    command.args(["-c", "exec \"$0\" serve 2>&1", process::PEDELL]);
    command.current_dir(&program.folder).env("PEDELL_CONFIG", "pedell.toml");
    let (service, line) = Running::start(command);
    let line = line.expect("it logs a line");
    assert!(line.contains("Pedell is at the door"), "{line}");
    service
}

/// Free a moment ago, and most probably still.
fn free_address() -> std::net::SocketAddr {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap()
}
