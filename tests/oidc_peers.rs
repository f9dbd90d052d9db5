//! Whole logins in Chromium at real providers: npm oidc-provider (pairwise subjects, PKCE required, ES256 and RS256, signed
//! userinfo, `private_key_jwt`, rotation with overlap and abrupt), and an OAuth server that speaks no OpenID Connect. The
//! programs: `tests/oidc_peers/*.mjs`; `tests/run oidc` installs what they need.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has to fail")]

#[path = "running/document.rs"]
mod document;
#[path = "running/process.rs"]
mod process;
#[path = "running/program.rs"]
mod program;

use std::{
    fs,
    net::{Ipv4Addr, TcpListener},
    process::Command,
};

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use pedell::{
    base::Clock,
    domain::semester::Calendar,
    peers::{http::Http, outbound::Outbound},
    vault::ClientKey,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use url::Url;

use crate::{document::add, process::Running, program::Program};

const BACK: &str = "http://127.0.0.1:9/callback";
/// RFC 7636 appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const SECRET: &str = "a secret with % and : in it, of thirty-two bytes and more";
/// A connection each, at the same provider.
const CLIENTS: [&str; 3] = ["es256-pairwise", "rs256-signed", "es256-key"];

const UNIVERSITY: &str = "name_de = \"Universität Zum Seeblick\"\nname_en = \"Seeblick University\"\n\
                          calendar = { summer_month = 4, winter_month = 10 }\n";
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
rule = { version = 1, semesters = ["current"], required_fields = ["given_name", "family_name", "birthdate"] }
"#;

/// A running gateway; universities are connected to it by its own commands.
struct Gateway {
    program: Program,
    url: String,
    secret: String,
    _service: Running,
    _folder: TempDir,
}

/// A student's visit.
#[derive(Clone, Copy)]
struct Visit<'a> {
    university: &'a str,
    login: &'a str,
    abort: bool,
}

impl Gateway {
    fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
        let url = format!("http://{address}");
        let configuration = format!(
            "[server]\nlisten = \"{address}\"\npublic_url = \"{url}\"\n[database]\nurl = \"sqlite:data\"\n\
             [keys]\nmaster_key_file = \"master.key\"\n[outbound]\nallowed = [\"127.0.0.1\"]\n[log]\nfilter = \"warn,pedell=info,sqlx=error\"\n"
        );
        let program = Program::new(folder.path(), &configuration);
        program.done(&["keys", "init"]);
        let secret = add(&program, "client", "shop", SHOP);
        // Its log, of which the first line says that it is there.
        let mut serve = Command::new("sh");
        serve.args(["-c", "exec \"$0\" serve 2>&1", process::PEDELL]);
        serve.current_dir(&program.folder).env("PEDELL_CONFIG", "pedell.toml");
        let (service, line) = Running::start(serve);
        assert!(line.unwrap().contains("Pedell is at the door"));
        Self { program, url, secret, _service: service, _folder: folder }
    }

    fn redirect_uri(&self, university: &str) -> String {
        format!("{}/verify/oidc/{university}", self.url)
    }

    /// A university whose students log in like this, live.
    fn connect(&self, university: &str, settings: &str, secrets: &[(&str, &str)]) {
        add(&self.program, "university", university, UNIVERSITY);
        let file = format!("{university}-connection.toml");
        fs::write(self.program.folder.join(&file), settings).unwrap();
        let mut arguments = vec!["connection".to_owned(), "set".to_owned(), university.to_owned(), file];
        for (name, secret) in secrets {
            fs::write(self.program.folder.join(name), secret).unwrap();
            arguments.extend(["--secret".to_owned(), format!("{name}={name}")]);
        }
        arguments.extend(["--by".to_owned(), "ada".to_owned()]);
        let said = self.program.done(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(!said.contains("fault "), "{said}");
        self.program.done(&["connection", "promote", university, "--by", "ada"]);
        self.program.done(&["connection", "approve", university, "--version", "1", "--by", "grace"]);
    }

    /// Students go the whole way in Chromium, one after the other; how each ended.
    fn visits(&self, visits: &[Visit<'_>]) -> Vec<Value> {
        let visits: Vec<Value> = visits
            .iter()
            .map(|visit| {
                let mut start = Url::parse(&format!("{}/authorize", self.url)).unwrap();
                start.query_pairs_mut().extend_pairs([
                    ("response_type", "code"),
                    ("client_id", "shop"),
                    ("redirect_uri", BACK),
                    ("scope", "openid profile birthdate"),
                    ("state", "s"),
                    ("nonce", "n"),
                    ("code_challenge", CHALLENGE),
                    ("code_challenge_method", "S256"),
                    ("university", visit.university),
                ]);
                json!({ "start": start, "login": visit.login, "abort": visit.abort })
            })
            .collect();
        let mut command = node("student.mjs");
        command.env("VISITS", json!(visits).to_string()).env("BACK", BACK);
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_str(said.lines().last().unwrap()).unwrap()
    }

    fn visit(&self, university: &str, login: &str) -> Value {
        self.visits(&[Visit { university, login, abort: false }]).remove(0)
    }

    /// The claims that the shop gets for the code that a visit ended with.
    async fn claims(&self, ending: &Value) -> Value {
        let code = parameter(ending["url"].as_str().unwrap(), "code");
        let code = code.unwrap_or_else(|| panic!("no code: {ending:#}"));
        let http = Http::new(Outbound::anywhere()).unwrap();
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", BACK),
            ("code_verifier", VERIFIER),
        ];
        let request = http.post(&format!("{}/token", self.url)).unwrap().basic_auth("shop", Some(&self.secret));
        let answer: Value = request.form(&form).send().await.unwrap().json().await.unwrap();
        let token = answer["id_token"].as_str().unwrap_or_else(|| panic!("{answer}"));
        let claims = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
        serde_json::from_slice(&claims).unwrap()
    }
}

/// `node tests/oidc_peers/SCRIPT`.
fn node(script: &str) -> Command {
    let mut command = Command::new("node");
    command.arg(format!("{}/tests/oidc_peers/{script}", env!("CARGO_MANIFEST_DIR")));
    let semester = Calendar::university().semester_on(Clock::default().now().date_in_berlin());
    command.env("SEMESTER", semester.to_string());
    command
}

fn start(command: Command) -> (Running, Value) {
    let (running, line) = Running::start(command);
    (running, serde_json::from_str(&line.unwrap()).unwrap())
}

fn parameter(url: &str, name: &str) -> Option<String> {
    let url = Url::parse(url).unwrap();
    url.query_pairs().find(|(n, _)| n == name).map(|(_, value)| value.into_owned())
}

/// What a refusal's page tells the shop.
#[track_caller]
fn assert_refused(ending: &Value, reason: &str) {
    let back = ending["back"].as_str().unwrap_or_else(|| panic!("no link back to the shop: {ending:#}"));
    assert_eq!(parameter(back, "reason").as_deref(), Some(reason), "{ending:#}");
}

/// As `openssl genpkey -algorithm EC` writes it, and its public half.
fn client_key() -> (String, Value) {
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
    let pem = BASE64_STANDARD.encode(pkcs8.as_ref());
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{pem}\n-----END PRIVATE KEY-----\n");
    let public = ClientKey::from_pem(&pem.clone().into()).unwrap().public(Some("pedell-1"));
    (pem, public)
}

fn openid_connection(issuer: &str, client_id: &str, own: &str) -> String {
    format!(
        "kind = \"oidc\"\nissuer = \"{issuer}\"\nclient_id = \"{client_id}\"\nscopes = [\"openid\", \"profile\", \"enrolment\"]\n{own}\n\
         [claims]\naffiliation_scopes = [\"uni.example\"]\nsemester = \"/studySemester\"\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn students_log_in_at_a_certified_openid_provider_in_every_way_it_has() {
    let gateway = Gateway::start();
    let (pem, public) = client_key();
    let redirect_uris: Value = CLIENTS.iter().map(|client| (*client, json!(gateway.redirect_uri(client)))).collect();
    let mut provider = node("openid_provider.mjs");
    provider.env("REDIRECT_URIS", redirect_uris.to_string()).env("CLIENT_JWK", public.to_string());
    let (_provider, said) = start(provider);
    let issuer = said["issuer"].as_str().unwrap();
    gateway.connect("es256-pairwise", &openid_connection(issuer, "es256-pairwise", ""), &[("client_secret", SECRET)]);
    let post = "client_authentication = \"client_secret_post\"";
    gateway.connect("rs256-signed", &openid_connection(issuer, "rs256-signed", post), &[("client_secret", SECRET)]);
    let key = "client_authentication = \"private_key_jwt\"\nkey_id = \"pedell-1\"\nmax_age_seconds = 3600";
    gateway.connect("es256-key", &openid_connection(issuer, "es256-key", key), &[("private_key", &pem)]);

    let visits: Vec<Visit<'_>> = CLIENTS
        .iter()
        .map(|university| Visit { university, login: "ana", abort: false })
        .chain([
            Visit { university: "es256-pairwise", login: "stefan", abort: false },
            Visit { university: "rs256-signed", login: "late", abort: false },
            Visit { university: "es256-key", login: "ana", abort: true },
        ])
        .collect();
    let endings = gateway.visits(&visits);
    for (university, ending) in CLIENTS.iter().zip(&endings) {
        let claims = gateway.claims(ending).await;
        assert_eq!(claims["proof_method"], "oidc", "{university}");
        assert_eq!(claims["university"]["id"], *university);
        assert_eq!(
            (&claims["given_name"], &claims["birthdate"]),
            (&json!("Ana"), &json!("2003-12-24")),
            "{university}"
        );
    }
    assert_refused(&endings[3], "not_student");
    assert_refused(&endings[4], "wrong_semester");
    assert_refused(&endings[5], "login_failed");

    // New keys beside the old ones, then new keys and no old ones: nobody notices either.
    let http = Http::new(Outbound::anywhere()).unwrap();
    for keep in [true, false] {
        let rotated = http.post(&format!("{issuer}/rotate")).unwrap().json(&json!({ "keep": keep })).send().await;
        assert!(rotated.unwrap().status().is_success());
        for university in ["es256-pairwise", "rs256-signed"] {
            let claims = gateway.claims(&gateway.visit(university, "ana")).await;
            assert_eq!(claims["repeat"], true, "the same student: {claims}");
        }
        if keep {
            // Pedell looks again for a key that it does not know, but not twice in half a minute.
            tokio::time::sleep(pedell::base::limits::PROVIDER_REFETCH_EVERY).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn students_log_in_at_an_oauth_server_that_speaks_no_openid() {
    let gateway = Gateway::start();
    let mut server = node("oauth_server.mjs");
    server.env("REDIRECT_URI", gateway.redirect_uri("uni-oauth"));
    let (_server, said) = start(server);
    let server = said["server"].as_str().unwrap();
    let settings = format!(
        "kind = \"oauth2\"\nauthorization_endpoint = \"{server}/authorize\"\ntoken_endpoint = \"{server}/token\"\n\
         user_endpoint = \"{server}/api/me\"\nclient_id = \"oauth-client\"\nscopes = [\"basic\"]\nsubject = \"/id\"\n[claims]\n\
         given_name = \"/person/names/first\"\nfamily_name = \"/person/names/last\"\nbirth_date = \"/person/born\"\n\
         affiliation = \"/enrolled\"\nstudent_values = [\"true\"]\nsemester = \"/studies/*/semester\"\n"
    );
    gateway.connect("uni-oauth", &settings, &[("client_secret", "a secret of the OAuth server")]);
    let visit = |login| Visit { university: "uni-oauth", login, abort: false };
    let endings = gateway.visits(&[visit("ana"), visit("stefan"), visit("late")]);
    let claims = gateway.claims(&endings[0]).await;
    assert_eq!((&claims["proof_method"], &claims["family_name"]), (&json!("oauth2"), &json!("Müller-Lüdenscheidt")));
    assert_refused(&endings[1], "not_student");
    assert_refused(&endings[2], "wrong_semester");
}
