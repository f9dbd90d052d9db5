//! The identity providers, each in a folder of its own.

use std::{
    fs,
    net::{Ipv4Addr, TcpListener},
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use pedell::{
    base::{Clock, Random},
    domain::semester::{Calendar, KeyForm},
    peers::{http::Http, outbound::Outbound},
    protocol::saml::{keys::SigningKey, names, self_signed},
    vault::generate_rsa,
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{HERE, gateway::Gateway, group::Group, process::Running};

const SCOPE: &str = "uni.example";
const PAIRWISE: &str = "urn:oasis:names:tc:SAML:attribute:pairwise-id";
const SCOPED_AFFILIATION: &str = "urn:oid:1.3.6.1.4.1.5923.1.1.1.9";
const GIVEN_NAME: &str = "urn:oid:2.5.4.42";
const FAMILY_NAME: &str = "urn:oid:2.5.4.4";

/// Whose software it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    SimpleSamlPhp,
    Samlp,
}

impl Kind {
    /// Its university's short name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::SimpleSamlPhp => "simplesamlphp",
            Self::Samlp => "samlp",
        }
    }

    /// How its assertions are encrypted: the content, and the content's key.
    pub(crate) const fn encrypts_with(self) -> [&'static str; 2] {
        match self {
            Self::SimpleSamlPhp => [names::AES128_CBC, names::RSA_OAEP_MGF1P],
            Self::Samlp => [names::AES256_GCM, names::RSA_OAEP_MGF1P],
        }
    }

    /// Its words for a request that is not signed.
    pub(crate) const fn says_of_unsigned(self) -> &'static str {
        match self {
            Self::SimpleSamlPhp => "no signature found on message",
            Self::Samlp => "message MUST be signed",
        }
    }
}

/// A running identity provider.
pub(crate) struct Provider {
    kind: Kind,
    url: String,
    folder: TempDir,
    _process: Process,
}

#[expect(dead_code, reason = "held until the test ends")]
enum Process {
    Php(Group),
    Node(Running),
}

impl Provider {
    pub(crate) fn start(kind: Kind, gateway: &Gateway) -> Self {
        let folder = TempDir::new().unwrap();
        fs::create_dir(folder.path().join("tmp")).unwrap();
        fs::write(folder.path().join("people.json"), people(kind).to_string()).unwrap();
        fs::write(folder.path().join("pedell.xml"), gateway.metadata()).unwrap();
        make_key(folder.path(), "signing");
        make_key(folder.path(), "strange");
        let (url, process) = match kind {
            Kind::SimpleSamlPhp => php(folder.path()),
            Kind::Samlp => node(folder.path()),
        };
        Self { kind, url, folder, _process: process }
    }

    pub(crate) fn university(&self) -> &'static str {
        self.kind.name()
    }

    pub(crate) fn entity_id(&self) -> String {
        entity_id(self.kind)
    }

    /// As it serves them.
    pub(crate) fn metadata(&self) -> String {
        let path = match self.kind {
            Kind::SimpleSamlPhp => "saml2/idp/metadata.php",
            Kind::Samlp => "metadata",
        };
        get(&format!("{}/{path}", self.url)).expect("it has metadata")
    }

    /// Takes our new metadata.
    pub(crate) fn learn(&self, gateway: &Gateway) {
        // In one step: it may be reading.
        let fresh = self.folder.path().join("fresh.xml");
        fs::write(&fresh, gateway.metadata()).unwrap();
        fs::rename(fresh, self.folder.path().join("pedell.xml")).unwrap();
    }

    /// A new key pair of this name; one called `next` is published.
    pub(crate) fn make_key(&self, name: &str) {
        make_key(self.folder.path(), name);
    }

    /// The key that was `next` signs from now on, and the old one is `next`: both stay published.
    pub(crate) fn sign_with_next(&self) {
        for kind in ["pem", "crt"] {
            let at = |name: &str| self.folder.path().join(format!("{name}.{kind}"));
            fs::copy(at("signing"), at("old")).unwrap();
            fs::copy(at("next"), at("coming")).unwrap();
            // The certificate is only published, so that for a moment the new key may sign with the old one beside it.
            fs::copy(at("old"), at("next.new")).unwrap();
            fs::rename(at("coming"), at("signing")).unwrap();
            fs::rename(at("next.new"), at("next")).unwrap();
        }
    }

    /// The old key is published no more.
    pub(crate) fn withdraw_old(&self) {
        for kind in ["crt", "pem"] {
            fs::remove_file(self.folder.path().join(format!("next.{kind}"))).unwrap();
        }
    }

    /// Somebody who has stolen the old key.
    pub(crate) fn sign_with_old(&self) {
        for kind in ["pem", "crt"] {
            let at = |name: &str| self.folder.path().join(format!("{name}.{kind}"));
            fs::copy(at("old"), at("signing")).unwrap();
        }
    }
}

fn entity_id(kind: Kind) -> String {
    format!("https://{}.{SCOPE}/idp", kind.name())
}

/// With the variables that both take.
fn command(program: &str, kind: Kind, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.env("IDP_FOLDER", folder).env("IDP_ENTITY_ID", entity_id(kind)).env("IDP_SCOPE", SCOPE);
    command
}

fn php(folder: &Path) -> (String, Process) {
    let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
    let url = format!("http://{address}");
    let log = fs::File::create(folder.join("php.log")).unwrap();
    let mut command = command("php", Kind::SimpleSamlPhp, folder);
    command
        .args(["-S", &address.to_string(), "-t", "/usr/share/simplesamlphp/www"])
        .env("IDP_URL", &url)
        .env("SIMPLESAMLPHP_CONFIG_DIR", format!("{HERE}/simplesamlphp"))
        .env("PHP_CLI_SERVER_WORKERS", "4")
        .stdout(log.try_clone().unwrap())
        .stderr(log);
    let group = Group::start(command);
    let began = Instant::now();
    while get(&format!("{url}/saml2/idp/metadata.php")).is_none() {
        assert!(
            began.elapsed() < Duration::from_secs(30),
            "SimpleSAMLphp has no metadata: {}",
            fs::read_to_string(folder.join("php.log")).unwrap()
        );
        thread::sleep(Duration::from_millis(100));
    }
    (url, Process::Php(group))
}

fn node(folder: &Path) -> (String, Process) {
    let mut command = command("node", Kind::Samlp, folder);
    command.arg("--no-deprecation").arg(format!("{HERE}/samlp_idp.mjs"));
    let (process, line) = Running::start(command);
    (line.expect("it prints its address").trim().to_owned(), Process::Node(process))
}

fn get(url: &str) -> Option<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(Http::new(Outbound::anywhere()).unwrap().get_text(url)).ok()
}

fn make_key(folder: &Path, name: &str) {
    let pkcs8 = generate_rsa().unwrap();
    let key = SigningKey::from_pkcs8(&pkcs8).unwrap();
    let now = Clock::default().now();
    let until = now.plus(Duration::from_hours(24));
    let certificate = self_signed::certificate(&key, SCOPE, Random::default().bytes(), now, until).unwrap();
    fs::write(folder.join(format!("{name}.crt")), pem("CERTIFICATE", certificate.der())).unwrap();
    fs::write(folder.join(format!("{name}.pem")), pem("PRIVATE KEY", &pkcs8)).unwrap();
}

fn pem(label: &str, der: &[u8]) -> String {
    let base64 = BASE64_STANDARD.encode(der);
    let lines: Vec<_> = base64.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// Who can log in, by name and password, and what is said of each.
fn people(kind: Kind) -> Value {
    let today = Clock::default().now().date_in_berlin();
    let current = Calendar::university().semester_on(today);
    let semester = |semester| KeyForm::YearDigit.format(semester);
    let person = |name: &str, affiliation: &str, semester: String| {
        json!({
            PAIRWISE: [format!("{name}-1@{SCOPE}")],
            SCOPED_AFFILIATION: [format!("{affiliation}@{SCOPE}"), format!("member@{SCOPE}")],
            GIVEN_NAME: ["Ana María"],
            FAMILY_NAME: ["Müller & Söhne"],
            "studySemester": [semester],
        })
    };
    let mut people = json!({
        "ana:secret": person("ana", "student", semester(current)),
        "bea:secret": person("bea", "student", semester(current.previous().unwrap())),
        "cem:secret": person("cem", "staff", semester(current)),
        "dora:secret": person("dora", "student", semester(current)),
    });
    people["dora:secret"].as_object_mut().unwrap().remove(FAMILY_NAME);
    if kind == Kind::Samlp {
        for fault in ["unsigned", "key", "issuer", "audience", "recipient", "destination", "in_response_to", "cipher"] {
            let mut person = person("eve", "student", semester(current));
            person["fault"] = fault.into();
            people[format!("{fault}:secret")] = person;
        }
    }
    people
}
