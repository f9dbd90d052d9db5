//! Real peers against the running demo: unmodified client libraries of three languages, and requests made up from the
//! served OpenAPI document. What they are and what they look at: `tests/peers/README.md`.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has to fail")]

#[path = "running/demo.rs"]
mod demo;
#[path = "running/document.rs"]
mod document;
#[path = "running/process.rs"]
mod process;
#[path = "running/program.rs"]
mod program;
#[path = "running/student.rs"]
mod student;

use std::{
    fs,
    path::Path,
    process::Command,
    sync::{Arc, Mutex, PoisonError, Weak},
    thread,
    time::{Duration, Instant},
};

use aws_lc_rs::signature::Ed25519KeyPair;
use base64::{Engine, prelude::BASE64_STANDARD};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, Scope, TokenResponse,
    core::{CoreAuthenticationFlow, CoreClient, CoreJwsSigningAlgorithm, CoreProviderMetadata},
};
use pedell::{
    peers::{http::Http, outbound::Outbound},
    vault::{SigningAlgorithm, SigningKey},
};
use serde_json::{Value, json};

use tempfile::TempDir;

use crate::{demo::Demo, document::add, program::Program};

/// Registered for every client here; nothing listens there.
const REDIRECT_URI: &str = "http://127.0.0.1:9/callback";
const PEERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers");

/// The demo with clients of ours. Tests that run at the same time share one.
struct World {
    demo: Demo,
    program: Program,
    folder: TempDir,
    secret: String,
    keys: Vec<SigningKey>,
}

/// How a client proves itself: with its secret, or with one of the world's keys.
#[derive(Clone, Copy)]
enum Proof {
    Secret,
    Key(SigningAlgorithm),
}

const ES256: Proof = Proof::Key(SigningAlgorithm::Es256);
const EDDSA: Proof = Proof::Key(SigningAlgorithm::EdDsa);

impl World {
    fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<World>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(world) = shared.upgrade() {
            return world;
        }
        let world = Arc::new(Self::new());
        *shared = Arc::downgrade(&world);
        world
    }

    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let demo = Demo::start(folder.path());
        let configuration = "[database]\nurl = \"sqlite:data\"\n[keys]\nmaster_key_file = \"master.key\"\n";
        let program = Program::new(folder.path(), configuration);
        let secret = add(&program, "client", "by-secret", &issuer("\"client_secret_basic\""));
        let keys = [SigningAlgorithm::Es256, SigningAlgorithm::EdDsa].map(|algorithm| {
            let key = SigningKey::generate(algorithm).unwrap();
            let jwks = json!({ "keys": [key.public()] });
            let id = format!("by-{}", algorithm.name());
            assert_eq!(add(&program, "client", &id, &issuer(&format!("{{ private_key_jwt = '{jwks}' }}"))), "");
            let pem = BASE64_STANDARD.encode(pkcs8_for_everybody(&key));
            let pem = format!("-----BEGIN PRIVATE KEY-----\n{pem}\n-----END PRIVATE KEY-----\n");
            fs::write(folder.path().join(format!("{id}.pem")), pem).unwrap();
            key
        });
        let without_a_list = "name_de = \"Ohne Liste\"\nname_en = \"Without a list\"\n\
                              calendar = { summer_month = 4, winter_month = 10 }\n";
        add(&program, "university", "uni-ohne-liste", without_a_list);
        Self { demo, program, folder, secret, keys: keys.into() }
    }

    /// A student of the demo whom nothing is wrong with, or who is refused for this reason.
    fn student(&self, refused_with: Option<&str>) -> Value {
        let students = self.demo.said["students"].as_array().unwrap();
        students
            .iter()
            .find(|student| student["refused_with"].as_str() == refused_with)
            .expect("the demo has one")
            .clone()
    }

    /// Runs a library's program; whether it was content, and what it said.
    fn peer(&self, library: Library, proof: Proof, scene: &Scene) -> (bool, Value) {
        let mut command = library.command();
        command
            .env("ISSUER_URL", self.demo.pedell())
            .env("REDIRECT_URI", REDIRECT_URI)
            .env("STUDENT", scene.student.to_string())
            .env("PRODUCT", scene.product)
            .env("USE_PAR", if scene.par { "1" } else { "0" });
        match proof {
            Proof::Secret => command.env("CLIENT_ID", "by-secret").env("CLIENT_SECRET", &self.secret),
            Proof::Key(algorithm) => {
                let id = format!("by-{}", algorithm.name());
                let key = self.keys.iter().find(|key| key.algorithm() == algorithm).unwrap();
                let file = self.folder.path().join(format!("{id}.pem"));
                command.env("CLIENT_ID", id).env("PRIVATE_KEY_FILE", file).env("KID", key.kid())
            }
        };
        match &scene.expected {
            Expected::Claims(claims) => command.env("EXPECT_CLAIMS", claims.to_string()),
            Expected::Refusal(error, reason) => command.env("EXPECT_ERROR", error).env("EXPECT_REASON", reason),
        };
        let output = command.output().expect("the peer runs (`tests/run peers` installs what it needs)");
        let said = String::from_utf8_lossy(&output.stdout);
        let said = serde_json::from_str(said.trim()).unwrap_or_else(|_| {
            panic!("not one line of JSON, but {said}{}", String::from_utf8_lossy(&output.stderr));
        });
        (output.status.success(), said)
    }

    fn must_hold(&self, library: Library, proof: Proof, scene: &Scene) -> Value {
        let (ok, said) = self.peer(library, proof, scene);
        assert!(ok && said["ok"] == true, "{said:#}");
        said
    }

    fn must_be_noticed(&self, library: Library, scene: &Scene) {
        let (ok, said) = self.peer(library, Proof::Secret, scene);
        assert!(!ok && said["ok"] == false, "{said:#}");
    }
}

/// OpenSSL reads Ed25519 keys in the first version of PKCS#8 only.
fn pkcs8_for_everybody(key: &SigningKey) -> Vec<u8> {
    match key.algorithm() {
        SigningAlgorithm::Es256 => key.pkcs8().to_vec(),
        SigningAlgorithm::EdDsa => {
            let pair = Ed25519KeyPair::from_pkcs8(key.pkcs8()).unwrap();
            pair.to_pkcs8v1().unwrap().as_ref().to_vec()
        }
    }
}

/// An issuer's settings, with a product for which the roster's students lack the entitlement.
fn issuer(authentication: &str) -> String {
    format!(
        r#"
name = "Peers"
authentication = {authentication}

[kind.issuer]
redirect_uris = ["{REDIRECT_URI}"]
claims = ["given_name", "family_name", "birthdate"]

[[kind.issuer.products]]
key = "ticket"
name_de = "Semesterticket"
name_en = "Semester ticket"
rule = {{ version = 1, required_fields = ["given_name", "family_name", "birthdate"] }}

[[kind.issuer.products]]
key = "entitled"
name_de = "Deutschlandsemesterticket"
name_en = "Deutschlandsemesterticket"
rule = {{ version = 1, entitlement_prefixes = ["urn:mace:ride-ticketing.de"] }}
"#
    )
}

#[derive(Clone, Copy)]
enum Library {
    OpenidClient,
    Authlib,
}

impl Library {
    fn command(self) -> Command {
        match self {
            Self::OpenidClient => {
                let mut command = Command::new("node");
                command.arg(format!("{PEERS}/openid_client.mjs"));
                command
            }
            Self::Authlib => {
                let mut command = Command::new(format!("{PEERS}/.venv/bin/python"));
                command.arg(format!("{PEERS}/authlib_client.py")).env("PYTHONDONTWRITEBYTECODE", "1");
                command
            }
        }
    }
}

/// One student's way, and what must come of it.
struct Scene {
    student: Value,
    product: &'static str,
    par: bool,
    expected: Expected,
}

enum Expected {
    Claims(Value),
    Refusal(&'static str, &'static str),
}

impl Scene {
    /// Types the name carelessly; the university's spelling must come back.
    fn eligible(world: &World) -> Self {
        let on_the_list = world.student(None);
        let mut student = on_the_list.clone();
        student["given_names"] = "zoe".into();
        student["family_name"] = "  MUELLER luedenscheidt".into();
        student["birth_date"] = "24.12.2003".into();
        let expected = json!({
            "given_name": on_the_list["given_names"], "family_name": on_the_list["family_name"],
            "birthdate": on_the_list["birth_date"], "proof_method": "roster",
        });
        Self { student, product: "ticket", par: false, expected: Expected::Claims(expected) }
    }

    fn refused(student: Value, error: &'static str, reason: &'static str) -> Self {
        Self { student, product: "ticket", par: false, expected: Expected::Refusal(error, reason) }
    }

    fn with_par(self) -> Self {
        Self { par: true, ..self }
    }

    fn expecting(self, expected: Expected) -> Self {
        Self { expected, ..self }
    }
}

/// Every reason that a roster can lead to, each by another student.
fn refusals(world: &World) -> Vec<Scene> {
    let changed = |mut student: Value, field: &str, value: Value| {
        student[field] = value;
        student
    };
    let good = world.student(None);
    let elsewhere = changed(good.clone(), "university", "uni-ohne-liste".into());
    let entitled = Scene::refused(good.clone(), "access_denied", "not_entitled");
    let mut scenes: Vec<Scene> = ["not_enrolled", "wrong_semester", "attribute_missing"]
        .map(|reason| Scene::refused(world.student(Some(reason)), "access_denied", reason))
        .into();
    scenes.extend([
        Scene::refused(changed(good.clone(), "birth_date", "2003-12-25".into()), "access_denied", "not_enrolled"),
        Scene::refused(changed(good, "gives_up", true.into()), "access_denied", "consent_denied"),
        Scene::refused(elsewhere, "temporarily_unavailable", "source_unavailable"),
        Scene { product: "entitled", ..entitled },
    ]);
    scenes
}

fn every_reason_reaches(library: Library) {
    let world = World::shared();
    for scene in refusals(&world) {
        let said = world.must_hold(library, Proof::Secret, &scene);
        assert!(said["error_description"].is_string(), "{said:#}");
    }
}

fn wrong_expectations_are_noticed_by(library: Library) {
    let world = World::shared();
    let typed = json!({ "family_name": "MUELLER luedenscheidt" });
    world.must_be_noticed(library, &Scene::eligible(&world).expecting(Expected::Claims(typed)));
    world.must_be_noticed(
        library,
        &Scene::eligible(&world).expecting(Expected::Refusal("access_denied", "not_enrolled")),
    );
    let refused = || world.student(Some("wrong_semester"));
    world.must_be_noticed(library, &Scene::refused(refused(), "access_denied", "not_enrolled"));
    world.must_be_noticed(library, &Scene::refused(refused(), "temporarily_unavailable", "wrong_semester"));
    world.must_be_noticed(library, &Scene::eligible(&world).expecting(Expected::Claims(json!({ "repeat": "yes" }))));
}

#[test]
fn openid_client_gets_and_verifies_a_token_however_the_shop_proves_itself() {
    let world = World::shared();
    for proof in [Proof::Secret, ES256, EDDSA] {
        world.must_hold(Library::OpenidClient, proof, &Scene::eligible(&world));
        world.must_hold(Library::OpenidClient, proof, &Scene::eligible(&world).with_par());
    }
}

#[test]
fn authlib_gets_and_verifies_a_token_however_the_shop_proves_itself() {
    let world = World::shared();
    for proof in [Proof::Secret, ES256, EDDSA] {
        world.must_hold(Library::Authlib, proof, &Scene::eligible(&world));
    }
}

#[test]
fn every_reason_reaches_openid_client() {
    every_reason_reaches(Library::OpenidClient);
}

#[test]
fn every_reason_reaches_authlib() {
    every_reason_reaches(Library::Authlib);
}

#[test]
fn openid_client_would_notice() {
    wrong_expectations_are_noticed_by(Library::OpenidClient);
}

#[test]
fn authlib_would_notice() {
    wrong_expectations_are_noticed_by(Library::Authlib);
}

/// Rotates a demo of its own: the keys of a shared one would change under the others.
#[tokio::test]
async fn every_library_verifies_eddsa_as_soon_as_the_keys_were_rotated_to_it() {
    let world = World::new();
    let mut rotate = world.program.command(&["keys", "rotate"]);
    let rotated = rotate.env("PEDELL_TOKENS__SIGNING_ALGORITHM", "EdDSA").output().unwrap();
    assert!(rotated.status.success(), "{}", String::from_utf8_lossy(&rotated.stderr));
    let kid = String::from_utf8(rotated.stdout).unwrap().trim().to_owned();
    let http = Http::new(Outbound::anywhere()).unwrap();
    let began = Instant::now();
    while !http.get_text(&format!("{}/jwks.json", world.demo.pedell())).await.unwrap().contains(&kid) {
        assert!(began.elapsed() < Duration::from_secs(30), "the running service takes the new key up");
        thread::sleep(Duration::from_millis(200));
    }
    for library in [Library::OpenidClient, Library::Authlib] {
        world.must_hold(library, EDDSA, &Scene::eligible(&world));
    }
    let (algorithm, _) = buy(&world, &world.student(None)).await.expect("a token");
    assert_eq!(algorithm, CoreJwsSigningAlgorithm::EdDsa);
}

#[tokio::test]
async fn openidconnect_of_rust_gets_and_verifies_a_token_and_hears_of_a_refusal() {
    let world = World::shared();
    let (algorithm, subject) = buy(&world, &world.student(None)).await.expect("a token");
    assert_eq!(algorithm, CoreJwsSigningAlgorithm::EcdsaP256Sha256);
    let (_, again) = buy(&world, &world.student(None)).await.expect("another");
    assert_eq!(subject, again, "the same student is the same subject for the same issuer");
    assert_eq!(buy(&world, &world.student(Some("wrong_semester"))).await, Err("wrong_semester".to_owned()));
}

/// The whole flow with the Rust crate: the token's algorithm and subject, or the reason of a refusal.
async fn buy(world: &World, student: &Value) -> Result<(CoreJwsSigningAlgorithm, String), String> {
    let http = Http::new(Outbound::anywhere()).unwrap();
    let issuer = IssuerUrl::new(world.demo.pedell().to_owned()).unwrap();
    let metadata = CoreProviderMetadata::discover_async(issuer, &http).await.expect("discovery");
    let secret = ClientSecret::new(world.secret.clone());
    let client = CoreClient::from_provider_metadata(metadata, ClientId::new("by-secret".to_owned()), Some(secret))
        .set_redirect_uri(RedirectUrl::new(REDIRECT_URI.to_owned()).unwrap());
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (url, state, nonce) = client
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
        .add_scopes(["profile", "birthdate"].map(|scope| Scope::new(scope.to_owned())))
        .add_extra_param("product", "ticket")
        .set_pkce_challenge(challenge)
        .url();
    let back = student::walk(url.as_str(), REDIRECT_URI, student).await;
    let answer = |name: &str| back.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    assert_eq!(answer("state").as_deref(), Some(state.secret().as_str()));
    let Some(code) = answer("code").map(AuthorizationCode::new) else {
        return Err(answer("reason").expect("a reason where there is no code"));
    };
    let wrong = PkceCodeVerifier::new("w".repeat(43));
    let refused = client.exchange_code(code.clone()).unwrap().set_pkce_verifier(wrong).request_async(&http).await;
    assert!(refused.is_err(), "another verifier does not fit");
    let exchange = client.exchange_code(code).unwrap().set_pkce_verifier(verifier);
    let response = exchange.request_async(&http).await.expect("a token response");
    let token = response.id_token().expect("an ID token");
    let claims = token.claims(&client.id_token_verifier(), &nonce).expect("the library verifies it");
    assert!(token.claims(&client.id_token_verifier(), &Nonce::new("another".to_owned())).is_err());
    let family_name = claims.family_name().and_then(|name| name.get(None)).map(|name| name.as_str());
    assert_eq!(family_name, student["family_name"].as_str());
    Ok((token.signing_alg().expect("an algorithm").clone(), claims.subject().to_string()))
}

#[test]
fn nothing_made_up_from_the_openapi_document_gets_a_5xx() {
    let world = World::new();
    let uploader = "name = \"Uploader\"\nauthentication = \"client_secret_basic\"\nkind = \"roster_uploader\"\n";
    fs::write(world.program.folder.join("uploader.toml"), uploader).unwrap();
    let added = ["client", "add", "uploader", "uploader.toml", "--university", "uni-ohne-liste"];
    let uploader = world.program.done(&added);
    for (id, secret, seconds) in [("by-secret", &world.secret, "50"), ("uploader", &uploader, "25")] {
        let basic = BASE64_STANDARD.encode(format!("{id}:{secret}"));
        let output = Command::new(Path::new(PEERS).join("schemathesis.sh"))
            .env("ISSUER_URL", world.demo.pedell())
            .env("AUTH_HEADERS", format!("Authorization: Basic {basic}"))
            .env("MAX_SECONDS", seconds)
            .output()
            .expect("schemathesis runs (`tests/run peers` installs it)");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        assert!(said.contains("Test cases:") || said.contains("generated"), "it tried something: {said}");
    }
}
